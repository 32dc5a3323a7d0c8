//! What the fuzz targets share: the rules of the project, compiled, and the properties that hold for
//! any input. Each target is a loop around one function here, so that a plain test can call it too.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use assize_compiler::{Database, PackageInput, Severity};
use assize_eval::data::NoData;
use assize_eval::json::NumberStyle;
use assize_eval::trace::Explain;
use assize_eval::{ErrorCode, Interpreter, Limits, Watch};
use assize_ir::Program;
use assize_runtime::{Loaded, Options, Rules, SnapshotLimits, load_snapshot};

/// Longest rule text that is checked as a whole, in bytes: checking is not what finds faults of
/// reading, and it is slower.
const CHECKED_BYTES: usize = 4 * 1024;
/// Steps of one decision: enough for every sample, few enough for thousands of runs a second.
const STEPS: u64 = 50_000;

/// The one-page package of the project.
pub const SHOP: &str = include_str!("../../rules/shop/shop.assize");

/// A database with one file, and the package of it.
fn database(text: &str) -> (Database, PackageInput) {
    let db = Database::default();
    let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
    (db, package)
}

/// The compiled one-page package.
pub fn shop() -> &'static Program {
    static SHOP_PROGRAM: OnceLock<Program> = OnceLock::new();
    SHOP_PROGRAM.get_or_init(|| {
        let (db, package) = database(SHOP);
        assize_compiler::program(&db, package)
            .expect("the package of the project has no errors")
            .program
    })
}

/// Rule text: reading is total and lossless, laying out is idempotent and loses nothing, checking
/// ends, places are inside of the text, and what has no error compiles to a sound bundle.
pub fn rules(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let text = text.as_ref();
    let file = assize_grammar::parse_file(text);
    let mut end = 0;
    for piece in &file.pieces {
        assert_eq!(piece.range.start, end, "pieces are next to each other");
        end = piece.range.end;
    }
    assert_eq!(end as usize, text.len(), "pieces cover the text");
    for (range, declaration) in &file.declarations {
        let part = text.get(range.start as usize..range.end as usize);
        assert_eq!(Some(declaration.tree.text()), part, "a tree is its text");
    }
    for fault in assize_grammar::explain_file(text, &file) {
        assert!(fault.range.end as usize <= text.len(), "{fault:?}");
    }
    let laid_out = assize_grammar::format(text);
    assert_eq!(assize_grammar::format(&laid_out), laid_out, "idempotent");
    if text.len() > CHECKED_BYTES {
        return;
    }
    let (db, package) = database(text);
    let found = assize_compiler::diagnostics(&db, package);
    for one in &found {
        let (file, range) = assize_compiler::resolve(&db, &one.primary.at);
        assert!(
            file.text(&db)
                .get(range.start as usize..range.end as usize)
                .is_some(),
            "{one:?}"
        );
    }
    if found.iter().all(|one| one.severity != Severity::Error) {
        // What has no error links, or is refused with a reason that is not a fault of ours.
        let linked = match assize_compiler::program(&db, package) {
            Ok(linked) => linked,
            Err(fault) => panic!("no error, and yet: {fault:?}"),
        };
        let (bytes, digest) = assize_ir::bundle::write(&linked.program);
        let read = assize_ir::bundle::read(&bytes).expect("what was written can be read");
        assert_eq!(read.digest, digest);
    }
}

/// Bundle bytes: an error or a sound program, whose text form comes back and whose decisions end.
pub fn bundle(bytes: &[u8]) {
    let mut sealed = bytes.to_vec();
    // With the right digest the decoder and the verifier are reached.
    let mut hasher = blake3::Hasher::new();
    hasher.update(bytes.get(..8).unwrap_or_default());
    hasher.update(bytes.get(40..).unwrap_or_default());
    if let Some(digest) = sealed.get_mut(8..40) {
        digest.copy_from_slice(hasher.finalize().as_bytes());
    }
    let Ok(bundle) = assize_ir::bundle::read(&sealed) else {
        return;
    };
    let program: &Program = &bundle.program;
    let text = assize_ir::print(program);
    let again = assize_ir::parse(&text).expect("what is printed can be read");
    assert_eq!(&again, program, "the text form says everything");
    let limits = Limits {
        max_steps: STEPS,
        ..Limits::default()
    };
    for decision in &program.decisions {
        let line = format!("{{\"decision\":{:?},\"input\":{{}}}}", decision.name);
        let rules = Arc::new(Rules::from_program(bundle.program.clone()));
        let Ok(mut loaded) = Loaded::new(rules, &BTreeMap::new(), &SnapshotLimits::default())
        else {
            continue;
        };
        loaded.limits = limits;
        let answer = loaded.decide_json(line.as_bytes(), &Options::default());
        assert!(!answer.contains("\"code\":\"internal\""), "{answer}");
    }
    // Callables without parameters can be called whatever the data are.
    let interpreter = Interpreter::new(program, &NoData, limits);
    for (index, callable) in program.callables.iter().enumerate() {
        if !callable.params.is_empty() {
            continue;
        }
        let id = assize_ir::CallableId(index as u32);
        let plain = interpreter.call_with(id, &[], Watch::default());
        let traced = interpreter.call_with(
            id,
            &[],
            Watch {
                explain: Some(Explain::default()),
                observer: None,
            },
        );
        assert_eq!(plain.result, traced.result, "a trace changes nothing");
        if let Err(failure) = plain.result {
            assert_ne!(failure.code, ErrorCode::Internal, "{failure:?}");
        }
    }
}

/// The samples' data for these rules.
fn with_samples(rules: Rules) -> Loaded {
    let files: BTreeMap<String, Vec<u8>> = [
        (
            "snapshot.json".to_owned(),
            include_bytes!("../../rules/shop/samples/data/snapshot.json").to_vec(),
        ),
        (
            "Supply.csv".to_owned(),
            include_bytes!("../../rules/shop/samples/data/Supply.csv").to_vec(),
        ),
    ]
    .into();
    let loaded = Loaded::new(Arc::new(rules), &files, &SnapshotLimits::default());
    loaded.expect("the sample data are sound")
}

fn loaded() -> &'static Loaded {
    static LOADED: OnceLock<Loaded> = OnceLock::new();
    LOADED.get_or_init(|| {
        let verified = assize_ir::verify_owned(shop().clone()).expect("a sound program");
        with_samples(Rules::from_program(verified))
    })
}

/// Decisions of every type that a caller can hand in, with what they are given as their answer.
const EVERY_TYPE: &str = include_str!("../../tests/identity/json.assize");

/// The rules of the one-page package, and those of every type, by the interpreter and by machine code.
fn pairs() -> &'static [[Loaded; 2]] {
    static PAIRS: OnceLock<Vec<[Loaded; 2]>> = OnceLock::new();
    PAIRS.get_or_init(|| {
        let (db, package) = database(EVERY_TYPE);
        let linked = assize_compiler::program(&db, package);
        let every = linked
            .expect("the rules of the tests have no errors")
            .program;
        let no_data = |rules: Rules| {
            let files = BTreeMap::from([(
                "snapshot.json".to_owned(),
                br#"{"as_of":"2026-11-20T10:00:00Z","relations":{}}"#.to_vec(),
            )]);
            let loaded = Loaded::new(Arc::new(rules), &files, &SnapshotLimits::default());
            loaded.expect("no data are sound")
        };
        let rules = |program: &Program| {
            let verified = assize_ir::verify_owned(program.clone()).expect("a sound program");
            Rules::from_program(verified)
        };
        let pair = |load: &dyn Fn() -> Loaded| [load(), load().compiled()];
        vec![
            pair(&|| with_samples(rules(shop()))),
            pair(&|| no_data(rules(&every))),
        ]
    })
}

/// A call as JSON: every answer is one line of JSON, the same each time and by machine code, and never
/// `internal`.
pub fn input(bytes: &[u8]) {
    for [interpreted, compiled] in pairs() {
        // Both ways of writing numbers, and both variants of the code.
        for (style, decided) in [
            (NumberStyle::String, false),
            (NumberStyle::Number, false),
            (NumberStyle::Number, true),
        ] {
            let options = Options {
                style,
                decided,
                ..Options::default()
            };
            let answer = compiled.decide_json(bytes, &options);
            assert_eq!(answer, interpreted.decide_json(bytes, &options));
        }
    }
    let options = Options {
        receipt: true,
        explain: Some(Explain::default()),
        ..Options::default()
    };
    let answer = loaded().decide_json(bytes, &options);
    assert!(!answer.contains('\n'), "one line");
    assert!(!answer.contains("\"code\":\"internal\""), "{answer}");
    assert_eq!(loaded().decide_json(bytes, &options), answer);
    assert!(
        assize_eval::json::parse(answer.as_bytes(), "").is_ok(),
        "an answer is JSON: {answer}"
    );
}

/// A file of reference data: a snapshot or faults with a place, and the digest does not depend on
/// how often it is read.
pub fn snapshot(bytes: &[u8]) {
    // The first byte says which file is broken.
    let (first, rest) = bytes
        .split_first()
        .map_or((0, bytes), |(first, rest)| (*first, rest));
    let manifest = include_bytes!("../../rules/shop/samples/data/snapshot.json").to_vec();
    let rows = include_bytes!("../../rules/shop/samples/data/Supply.csv").to_vec();
    let files: BTreeMap<String, Vec<u8>> = match first % 3 {
        0 => [
            ("snapshot.json".to_owned(), manifest),
            ("Supply.csv".to_owned(), rest.to_vec()),
        ]
        .into(),
        1 => [
            ("snapshot.json".to_owned(), rest.to_vec()),
            ("Supply.csv".to_owned(), rows),
        ]
        .into(),
        _ => {
            let text = String::from_utf8_lossy(&manifest).replace("Supply.csv", "Supply.json");
            [
                ("snapshot.json".to_owned(), text.into_bytes()),
                ("Supply.json".to_owned(), rest.to_vec()),
            ]
            .into()
        }
    };
    let limits = SnapshotLimits::default();
    match load_snapshot(shop(), &files, &limits) {
        Ok(snapshot) => {
            let again = load_snapshot(shop(), &files, &limits).expect("once read, read again");
            assert_eq!(snapshot.digest, again.digest);
        }
        Err(faults) => assert!(!faults.is_empty(), "a refusal says why"),
    }
}
