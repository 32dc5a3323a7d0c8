//! Rules made of parts of the manual's rules: most are wrong, some are right in ways nobody wrote.
//!
//! Of each holds: checking ends without a panic, what has no error can be loaded, and what is loaded
//! never ends with a fault of the engine itself, keeps its facts about numbers and its bound of cost
//! (`watch.rs`), and is the same when it is laid out, written and read; what is offered and shown is
//! true (`promises.rs`). `ASSIZE_SPLICES=100000` looks longer than the gate, `ASSIZE_SEED=2`
//! elsewhere, `ASSIZE_ONLY=7` at one, `ASSIZE_SHOW=1` with `--nocapture` prints each text before.

#![cfg(test)]

mod promises;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};

use assize_compiler::testing::{TestOptions, render_text, run_tests_watched};
use assize_grammar::Kind;
use assize_tests::spec::page::{Kind as BlockKind, sections};
use assize_tests::tree::{read_tree, repository_root};
use promises::Looked;

/// Texts that the gate makes.
const SPLICES: u64 = 800;
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

/// Rule texts of the manual and of the one-page package.
fn corpus() -> Vec<String> {
    let mut out = Vec::new();
    for file in read_tree(&repository_root()).unwrap() {
        if file.path == "rules/shop/shop.assize" {
            out.push(file.text.clone());
        }
        if !file.path.starts_with("docs/language/") || !file.ends_with(".md") {
            continue;
        }
        for section in sections(&file.path, &file.text).0 {
            let rules = section.blocks.iter().filter(|block| {
                matches!(block.kind, BlockKind::Rules(None) | BlockKind::TestFails)
            });
            out.extend(
                rules
                    .map(|block| block.written_out().into_owned())
                    .filter(|text| text.len() < 8_000),
            );
        }
    }
    out
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

/// The text with one part in the place of another, twice in every third.
fn splice(text: &str, numbers: &mut Numbers) -> String {
    let mut text = text.to_string();
    for _ in 0..1 + usize::from(numbers.below(3) == 0) {
        let parts = parts(&text);
        if numbers.below(4) == 0 {
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
                continue;
            }
        }
        let Some((family, place)) = parts.get(numbers.below(parts.len())).cloned() else {
            return text;
        };
        let fitting: Vec<_> = parts.iter().filter(|(other, _)| *other == family).collect();
        let Some((_, from)) = fitting.get(numbers.below(fitting.len())) else {
            return text;
        };
        let mut part = text.get(from.clone()).unwrap_or_default().to_string();
        let simple = |text: &str| {
            text.chars()
                .all(|c| c.is_alphanumeric() || c == '_' || c == '.')
        };
        if family == 0 && !simple(&part) && !part.contains('\n') {
            part = format!("({part})");
        }
        text.replace_range(place, &part);
    }
    text
}

/// What is wrong with us, not with the text; and whether the text was right.
fn fault(text: &str) -> (Option<String>, bool) {
    let looked = Looked::at(text);
    let ours = looked.found.iter().find(|found| {
        let instead = found.instead.as_deref().unwrap_or_default();
        instead.contains("fault of the compiler")
    });
    if let Some(ours) = ours {
        return (Some(format!("{}: {:?}", ours.claim, ours.because)), true);
    }
    if !looked.is_right() {
        let fault = promises::fixes(text, &looked)
            .or_else(|| promises::cases(text, &looked))
            .or_else(|| promises::form(text, &looked, None));
        return (fault, false);
    }
    let linked = match assize_compiler::everything(&looked.db, looked.package) {
        Ok(linked) => linked,
        Err(fault) => return (Some(format!("no error, and not linked: {fault:?}")), true),
    };
    let fault = decided(&looked)
        .or_else(|| promises::written(&linked.program))
        .or_else(|| promises::fixes(text, &looked))
        .or_else(|| promises::cases(text, &looked))
        .or_else(|| promises::form(text, &looked, Some(&linked.program)));
    (fault, true)
}

/// What came out of the tests that cannot be.
fn decided(looked: &Looked) -> Option<String> {
    let mut watcher = watch::Watcher::default();
    let options = TestOptions::default();
    let report = run_tests_watched(&looked.db, looked.package, &options, &mut watcher);
    let said = render_text(&report);
    if said.contains("internal") {
        return Some(said);
    }
    let breaches: Vec<String> = watcher.breaches.into_iter().collect();
    (!breaches.is_empty()).then(|| format!("promises broken: {}", breaches.join("\n")))
}

#[test]
fn spliced_rules_are_refused_or_decide() {
    let splices = std::env::var("ASSIZE_SPLICES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(SPLICES);
    let corpus = corpus();
    assert!(corpus.len() > 100, "{}", corpus.len());
    let mut right = 0;
    let mut faults = Vec::new();
    let seed: u64 = std::env::var("ASSIZE_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let only: Option<u64> = std::env::var("ASSIZE_ONLY")
        .ok()
        .and_then(|text| text.parse().ok());
    for number in 0..splices {
        if only.is_some_and(|only| only != number) {
            continue;
        }
        let mut numbers = Numbers(seed.wrapping_mul(1 << 32).wrapping_add(number));
        let text = splice(&corpus[numbers.below(corpus.len())], &mut numbers);
        if std::env::var_os("ASSIZE_SHOW").is_some() {
            eprintln!("---- {number}\n{text}");
        }
        match catch_unwind(AssertUnwindSafe(|| fault(&text))) {
            Ok((None, good)) => right += u64::from(good),
            Ok((Some(fault), _)) => faults.push(format!("{number}: {fault}\n{text}")),
            Err(_) => faults.push(format!("{number}: a panic\n{text}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n----\n"));
    // Else nothing but refusals was looked at.
    assert!(
        only.is_some() || right * 8 > splices,
        "{right} of {splices} were right"
    );
}
