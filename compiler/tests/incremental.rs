//! An edit inside one declaration re-parses that declaration and re-checks only what reads it:
//! counted by salsa's own events. And the incremental answers are those of a fresh database.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assize_compiler::{Database, PackageInput, SourceFile, diagnostics};
use salsa::Setter;

const MODEL: &str = "module shop.model

currency EUR
number Amount = money in EUR, 2 places

record Line
    amount : Amount
    pieces : int

define doubled (l: Line) gives Amount
    l.amount + l.amount

define pieces (l: Line) gives int
    l.pieces
";

const MAIN: &str = "module shop.main
use shop.model

define total (l: Line) gives Amount
    doubled(l) + l.amount

decision quote (l: Line) gives Amount
    total(l)

decision twice (l: Line) gives int
    pieces(l) + l.pieces
";

type Log = Arc<Mutex<Vec<String>>>;

/// The events so far. A lock poisoned by another test's failure still holds them.
fn held(log: &Log) -> MutexGuard<'_, Vec<String>> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watched() -> (Database, Log) {
    let log: Log = Log::default();
    let sink = log.clone();
    let db = Database::watched(move |event| {
        if let salsa::EventKind::WillExecute { database_key } = event.kind {
            held(&sink).push(format!("{database_key:?}"));
        }
    });
    (db, log)
}

fn package(db: &Database, files: &[(&str, &str)]) -> (PackageInput, Vec<SourceFile>) {
    let package = PackageInput::alone(db, "shop", files.iter().copied());
    let files = package.files(db).clone();
    (package, files)
}

/// How many queries of a kind ran since the last look.
fn counts(log: &Log) -> impl Fn(&str) -> usize + use<> {
    let events: Vec<String> = std::mem::take(&mut *held(log));
    move |name: &str| {
        events
            .iter()
            .filter(|event| event.starts_with(name))
            .count()
    }
}

fn start() -> (Database, Log, PackageInput, Vec<SourceFile>) {
    let (db, log) = watched();
    let (package, files) = package(&db, &[("model.assize", MODEL), ("main.assize", MAIN)]);
    assert_eq!(show(&db, package), Vec::<String>::new());
    let cold = counts(&log);
    assert!(cold("check_decl") >= 10, "the first look checks everything");
    (db, log, package, files)
}

#[test]
fn an_edit_of_a_body_checks_that_declaration_alone() {
    let (mut db, log, package, files) = start();
    let edited = MODEL.replace("l.amount + l.amount", "l.amount + l.amount + l.amount");
    files[0].set_text(&mut db).to(edited);
    assert_eq!(show(&db, package), Vec::<String>::new());
    let warm = counts(&log);
    assert_eq!(warm("parse("), 1, "one text is new");
    assert_eq!(
        warm("check_decl"),
        1,
        "callers read the signature, and that is the same"
    );
}

#[test]
fn an_edit_of_a_signature_checks_what_reads_it() {
    let (mut db, log, package, files) = start();
    let edited = MODEL.replace(
        "define pieces (l: Line) gives int",
        "define pieces (l: Line) gives number",
    );
    files[0].set_text(&mut db).to(edited);
    assert_eq!(
        diagnostics(&db, package).len(),
        1,
        "an int is wanted in `twice`"
    );
    let warm = counts(&log);
    assert_eq!(warm("parse("), 1);
    assert_eq!(
        warm("check_decl"),
        2,
        "`pieces` and `twice`, which calls it"
    );
}

#[test]
fn a_line_above_everything_checks_nothing() {
    let (mut db, log, package, files) = start();
    files[0]
        .set_text(&mut db)
        .to(format!("// moved down\n\n{MODEL}"));
    assert_eq!(show(&db, package), Vec::<String>::new());
    let warm = counts(&log);
    assert_eq!(warm("parse("), 0);
    assert_eq!(warm("check_decl"), 0);
}

#[test]
fn a_new_declaration_checks_itself_and_who_missed_it() {
    let (mut db, log) = watched();
    let main = MAIN.replace("doubled(l)", "trebled(l)");
    let (package, files) = package(&db, &[("model.assize", MODEL), ("main.assize", &main)]);
    assert!(
        show(&db, package)
            .iter()
            .any(|found| found.contains("trebled"))
    );
    let _ = counts(&log);
    let more =
        format!("{MODEL}\ndefine trebled (l: Line) gives Amount\n    doubled(l) + l.amount\n");
    files[0].set_text(&mut db).to(more);
    assert!(
        !show(&db, package)
            .iter()
            .any(|found| found.contains("trebled"))
    );
    let warm = counts(&log);
    assert_eq!(warm("parse("), 1);
    assert_eq!(
        warm("check_decl"),
        2,
        "the new one, and the one that asked for its name"
    );
}

#[test]
fn incremental_answers_are_those_of_a_fresh_database() {
    // Random edits, always the same ones: a deletion, an insertion, or back to the start.
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % u64::try_from(below.max(1)).unwrap()).unwrap()
    };
    let (mut db, _, input, files) = start();
    let mut text = MODEL.to_string();
    for step in 0..60 {
        match random(5) {
            0 => text = MODEL.to_string(),
            1 | 2 => {
                let at = random(text.len());
                if at < text.len() && text.is_char_boundary(at) {
                    text.remove(at);
                }
            }
            _ => {
                let at = random(text.len());
                let word = ["(", "x", " ", "\n", "amount", "gives", "?", ":"][random(8)];
                if text.is_char_boundary(at) {
                    text.insert_str(at, word);
                }
            }
        }
        files[0].set_text(&mut db).to(text.clone());
        let warm = show(&db, input);
        let (fresh, _) = watched();
        let (fresh_input, _) = package(&fresh, &[("model.assize", &text), ("main.assize", MAIN)]);
        assert_eq!(
            warm,
            show(&fresh, fresh_input),
            "after step {step}:\n{text}"
        );
    }
}

fn show(db: &Database, package: PackageInput) -> Vec<String> {
    diagnostics(db, package)
        .iter()
        .map(|found| {
            let (file, range) = assize_compiler::resolve(db, &found.primary.at);
            format!(
                "{} {range:?} {} {}",
                file.path(db),
                found.code.0,
                found.claim
            )
        })
        .collect()
}
