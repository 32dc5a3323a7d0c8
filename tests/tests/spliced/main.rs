//! Rules made of parts of rules that are there (`texts.rs`): most are wrong, some are right in ways
//! nobody wrote.
//!
//! Of each holds: checking ends without a panic, and says the same in a database that knows other
//! texts; what has no error can be loaded, and what is loaded never ends with a fault of the engine
//! itself (`cases.rs`), keeps its facts about numbers and its bound of cost (`watch.rs`), and is the
//! same when it is laid out, written and read; what is offered and shown is true (`promises.rs`).
//! `ASSIZE_SPLICES=100000` looks longer than the gate, `ASSIZE_SEED=2`
//! elsewhere, `ASSIZE_ONLY=7` at one, `ASSIZE_SHOW=1` with `--nocapture` prints each text before.

#![cfg(test)]

mod cases;
mod promises;
mod texts;
mod watch;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use assize_compiler::testing::{TestOptions, TestReport, render_text, run_tests_watched};
use assize_grammar::Kind;
use promises::Looked;
use texts::{Corpus, Texts};

/// Texts that the gate makes.
const SPLICES: u64 = 500;
/// Of so many right texts one is documented.
const PAGES_OF: usize = 4;
/// Parts that take each other's place: whoever may stand in one place may stand in the others.
const FAMILIES: &[&[Kind]] = &[
    &[
        Kind::Name,
        Kind::Decimal,
        Kind::Measure,
        Kind::Percent,
        Kind::Date,
        Kind::Missing,
        Kind::Boolean,
        Kind::String,
        Kind::Term,
        Kind::Paren,
        Kind::List,
        Kind::Sum,
        Kind::Product,
        Kind::Negative,
        Kind::Comparison,
        Kind::And,
        Kind::Or,
        Kind::Not,
        Kind::Rounding,
        Kind::IfThen,
        Kind::ForEach,
        Kind::Aggregate,
        Kind::Otherwise,
        Kind::Exists,
        Kind::Every,
        Kind::Counted,
        Kind::Share,
        Kind::Updated,
        Kind::Group,
        Kind::Stop,
        Kind::Block,
    ],
    &[Kind::Type],
    &[Kind::Cell],
    &[Kind::Out],
    &[Kind::Limit],
    &[Kind::Where, Kind::OrderBy],
    &[Kind::Using, Kind::Carrying, Kind::Per],
    &[
        Kind::When,
        Kind::Unless,
        Kind::Then,
        Kind::Validity,
        Kind::Overrides,
    ],
    &[Kind::Hit],
    &[Kind::Combine],
    &[Kind::Exception, Kind::DefaultClause],
    &[Kind::Row],
    &[Kind::Body],
    &[Kind::Let, Kind::Carry],
];

/// Families of what stands on lines of its own: exceptions, rows, and `let` or `carry`.
const LINES: &[usize] = &[10, 11, 13];

/// Numbers at the ends of what a decimal holds and of what is usual; a program is as sound with them.
const ENDS: &[&str] = &[
    "0",
    "1",
    "-1",
    "7",
    "0.1",
    "0.005",
    "27",
    "28",
    "1_000_000",
    "9223372036854775807",
    "-9223372036854775807",
    "79228162514264337593543950335",
    "-79228162514264337593543950335",
    "7.9228162514264337593543950335",
    "0.0000000000000000000000000001",
    "3.333333333333333333333333333",
];

/// A sequence of numbers that is the same on every machine (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }
}

/// The parts of a text: family and range.
fn parts(text: &str) -> Vec<(usize, std::ops::Range<usize>)> {
    let mut out = Vec::new();
    for (range, declaration) in &assize_grammar::parse_file(text).declarations {
        for node in declaration.tree.root().descendants() {
            let family = FAMILIES
                .iter()
                .position(|family| family.contains(&node.kind()));
            // What declares a name is left alone: another name would only be an unknown one.
            let declares = node.kind() == Kind::Name
                && node.parent().is_some_and(|above| {
                    above.kind().is_declaration() || above.kind() == Kind::Param
                });
            if let Some(family) = family.filter(|_| !declares) {
                let start = (range.start + node.range().start) as usize;
                out.push((family, start..start + node.text().trim_end().len()));
            }
        }
    }
    out
}

/// One of the files with one part in the place of another, twice in every third.
fn splice(texts: &Texts, numbers: &mut Numbers) -> Texts {
    let mut out = texts.clone();
    let keys: Vec<_> = texts.files.keys().cloned().collect();
    for _ in 0..1 + usize::from(numbers.below(3) == 0) {
        let key = &keys[numbers.below(keys.len())];
        // Most parts fit only beside what is declared in their file.
        let giver = match numbers.below(4) {
            0 => &keys[numbers.below(keys.len())],
            _ => key,
        };
        let mut text = out.files[key].clone();
        change(&mut text, &out.files[giver], numbers);
        out.files.insert(key.clone(), text);
    }
    out
}

/// Changes a text in one place.
fn change(text: &mut String, giver: &str, numbers: &mut Numbers) {
    let parts = parts(text);
    match numbers.below(16) {
        0..4 => {
            let written = |(_, place): &&(usize, std::ops::Range<usize>)| {
                let part = text.get(place.clone()).unwrap_or_default();
                part.starts_with(|c: char| c.is_ascii_digit())
                    && part
                        .chars()
                        .all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'))
            };
            let written: Vec<_> = parts.iter().filter(written).collect();
            if let Some((_, place)) = written.get(numbers.below(written.len())) {
                let end = ENDS.get(numbers.below(ENDS.len())).unwrap_or(&"0");
                text.replace_range(place.clone(), end);
                return;
            }
        }
        4 => {
            // What stands on lines of its own, once more or not at all.
            let lines: Vec<_> = parts
                .iter()
                .filter(|(family, _)| LINES.contains(family))
                .collect();
            if let Some((_, place)) = lines.get(numbers.below(lines.len())) {
                let part = text.get(place.clone()).unwrap_or_default().to_string();
                if numbers.below(2) == 0 {
                    text.replace_range(place.clone(), "");
                } else {
                    text.insert_str(place.end, &format!("\n    {part}"));
                }
                return;
            }
        }
        _ => {}
    }
    let Some((family, place)) = parts.get(numbers.below(parts.len())).cloned() else {
        return;
    };
    let given = self::parts(giver);
    let fitting: Vec<_> = given.iter().filter(|(other, _)| *other == family).collect();
    let Some((_, from)) = fitting.get(numbers.below(fitting.len())) else {
        return;
    };
    let mut part = giver.get(from.clone()).unwrap_or_default().to_string();
    let simple = |text: &str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '.')
    };
    if family == 0 && !simple(&part) && !part.contains('\n') {
        part = format!("({part})");
    }
    text.replace_range(place, &part);
}

/// Texts as they are before anything is changed, in a database that is edited again and again.
#[derive(Default)]
struct Known(BTreeMap<(usize, usize), (Looked, String)>);

/// What is wrong with us, not with the texts; and whether they were right.
fn fault(
    texts: &Texts,
    base: (&Texts, &mut (Looked, String)),
    numbers: &mut Numbers,
) -> (Option<String>, bool) {
    let looked = Looked::at(texts);
    let ours = looked.found.iter().find(|found| {
        let instead = found.instead.as_deref().unwrap_or_default();
        instead.contains("fault of the compiler")
    });
    if let Some(ours) = ours {
        return (Some(format!("{}: {:?}", ours.claim, ours.because)), true);
    }
    let (base, (before, known)) = base;
    let edited = || promises::edited(before, known, base, &looked, texts);
    if !looked.is_right() {
        let fault = promises::fixes(texts, &looked)
            .or_else(|| promises::cases(texts, &looked))
            .or_else(|| promises::form(texts, &looked, None))
            .or_else(edited);
        return (fault, false);
    }
    let linked = match assize_compiler::everything(&looked.db, looked.package) {
        Ok(linked) => linked,
        Err(fault) => return (Some(format!("no error, and not linked: {fault:?}")), true),
    };
    let (fault, report) = decided(&looked);
    let fault = fault
        .or_else(|| cases::called(&linked.program, &looked.found, numbers))
        .or_else(|| promises::written(&linked.program))
        .or_else(|| promises::unused(texts, &looked, &report))
        .or_else(|| promises::fixes(texts, &looked))
        .or_else(|| promises::cases(texts, &looked))
        .or_else(|| promises::form(texts, &looked, Some(&linked.program)))
        .or_else(edited)
        .or_else(|| {
            // It takes as long as all the others.
            let now = numbers.below(PAGES_OF) == 0;
            now.then(|| promises::pages(texts))?
        });
    (fault, true)
}

/// What came out of the tests that cannot be, and what came out.
fn decided(looked: &Looked) -> (Option<String>, TestReport) {
    let mut watcher = watch::Watcher::default();
    let options = TestOptions::default();
    let report = run_tests_watched(&looked.db, looked.package, &options, &mut watcher);
    let said = render_text(&report);
    if said.contains("internal") {
        return (Some(said), report);
    }
    let breaches: Vec<String> = watcher.breaches.into_iter().collect();
    let told = format!("promises broken: {}", breaches.join("\n"));
    ((!breaches.is_empty()).then_some(told), report)
}

/// A number that is set from outside.
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn spliced_rules_are_refused_or_decide() {
    let splices = setting("ASSIZE_SPLICES").unwrap_or(SPLICES);
    let seed = setting("ASSIZE_SEED").unwrap_or(1);
    let only = setting("ASSIZE_ONLY");
    let corpus = Corpus::read();
    let sizes = corpus.sizes();
    assert!(sizes.iter().all(|size| *size > 10), "{sizes:?}");
    let mut right = 0;
    let mut faults = Vec::new();
    let mut known = Known::default();
    for number in 0..splices {
        if only.is_some_and(|only| only != number) {
            continue;
        }
        let mut numbers = Numbers(seed.wrapping_mul(1 << 32).wrapping_add(number));
        let (at, base) = corpus.choose(&mut |end| numbers.below(end));
        let texts = splice(base, &mut numbers);
        if std::env::var_os("ASSIZE_SHOW").is_some() {
            eprintln!("---- {number}\n{}", texts.shown());
        }
        let ended = catch_unwind(AssertUnwindSafe(|| {
            let before = known.0.entry(at).or_insert_with(|| {
                let looked = Looked::at(base);
                let told = looked.told();
                (looked, told)
            });
            fault(&texts, (base, before), &mut numbers)
        }));
        let mut told = |fault: &str| {
            // What it knows may be of the text before.
            known.0.remove(&at);
            let told = format!("{number}: {fault}\n{}", texts.shown());
            // A long run is looked at while it runs.
            eprintln!("----\n{told}");
            faults.push(told);
        };
        match ended {
            Ok((None, good)) => right += u64::from(good),
            Ok((Some(fault), _)) => told(&fault),
            Err(_) => told("a panic"),
        }
    }
    assert!(faults.is_empty(), "{} faults", faults.len());
    // Else nothing but refusals was looked at.
    let enough = only.is_some() || right * 8 > splices;
    assert!(enough, "{right} of {splices} were right");
}
