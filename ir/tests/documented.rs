//! The pages of `docs/ir` describe every part of the IR: each variant has its row, with its text form.

#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails says so by a panic"
)]

use assize_ir::{depth, parse, verify};

const INDEX: &str = include_str!("../../docs/ir.md");
const PROGRAMS: &str = include_str!("../../docs/ir/program.md");
const OPERATIONS: &str = include_str!("../../docs/ir/operations.md");
const NUMBERS: &str = include_str!("../../docs/ir/numbers.md");
const LOOPS: &str = include_str!("../../docs/ir/loops.md");
const TABLES: &str = include_str!("../../docs/ir/tables-and-rules.md");
const CALLS: &str = include_str!("../../docs/ir/calls-and-errors.md");
const TEXT: &str = include_str!("../../docs/ir/text-form.md");
const BINARY: &str = include_str!("../../docs/ir/binary-form.md");
const VERIFIER: &str = include_str!("../../docs/ir/verifier.md");

const NODE: &str = include_str!("../src/node.rs");
const PROGRAM: &str = include_str!("../src/program.rs");
const TYPES: &str = include_str!("../src/types.rs");
const LIMITS: &str = include_str!("../src/verify/limits.rs");

/// Names of the variants of an enum, read from its definition.
fn variants<'s>(source: &'s str, name: &str) -> Vec<&'s str> {
    let begin = source.find(&format!("pub enum {name} {{")).unwrap();
    let rest = &source[begin..];
    let end = rest.find("\n}").unwrap();
    rest[..end]
        .lines()
        .skip(1)
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .map(|line| {
            let length = line.find(|char: char| !char.is_alphanumeric());
            &line[..length.unwrap_or(line.len())]
        })
        .collect()
}

/// The cells of the rows of all tables of a page.
fn rows(page: &str) -> Vec<Vec<&str>> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|line| line.split(" | ").collect())
        .collect()
}

/// What stands in backticks.
fn codes(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The row whose first cell is this name (or begins with it, as `AtLeast(n)` does).
fn row_of<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let named = |row: &Vec<&str>| {
        codes(row[0]).first().is_some_and(|first| {
            *first == name
                || first
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('('))
        })
    };
    let found = rows(page).into_iter().find(named);
    found.unwrap_or_else(|| panic!("there is no row for `{name}`"))
}

#[test]
fn every_variant_has_a_row() {
    for (source, name, page, least) in [
        (NODE, "Op", OPERATIONS, 49),
        (NODE, "Counting", OPERATIONS, 4),
        (NODE, "Builtin", OPERATIONS, 7),
        (NODE, "LoopResult", LOOPS, 10),
        (NODE, "Rest", LOOPS, 4),
        (PROGRAM, "Hit", TABLES, 10),
        (PROGRAM, "Cell", TABLES, 3),
        (PROGRAM, "Test", TABLES, 4),
        (PROGRAM, "CombineHow", TABLES, 4),
        (TYPES, "Type", PROGRAMS, 14),
    ] {
        let found = variants(source, name);
        assert!(found.len() >= least, "{name} has {found:?}");
        for variant in found {
            let row = row_of(page, variant);
            assert!(
                row.len() > 1 && !row[row.len() - 1].is_empty(),
                "{name}::{variant}"
            );
        }
    }
    for body in variants(PROGRAM, "Body") {
        assert!(TABLES.contains(&format!("\n## `{body}`\n")), "Body::{body}");
    }
    for mode in assize_ir::ROUNDING_VALUES {
        row_of(NUMBERS, mode);
    }
}

/// The word with which a text form begins, where it is an operation or part of a loop.
fn word(form: &str) -> Option<&str> {
    let (word, _) = form.split_once('(')?;
    let simple = word
        .chars()
        .all(|next| next.is_ascii_lowercase() || next == '_');
    (simple && !word.is_empty()).then_some(word)
}

#[test]
fn every_text_form_is_one() {
    let said = |body: &str| match parse(&format!(
        "package \"a\" \"1\" define a.f () gives int {{ {body} }}"
    )) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    assert!(said("nothing_such()").contains("there is no operation"));
    assert!(said("loop(nothing_such())").contains("is no part of a loop"));
    let mut checked = 0;
    let operations = variants(NODE, "Op")
        .into_iter()
        .chain(variants(NODE, "Builtin"));
    for name in operations {
        let row = row_of(OPERATIONS, name);
        let forms = codes(row[1]);
        assert!(!forms.is_empty(), "{name} has no text form");
        for word in forms.into_iter().filter_map(word) {
            let error = said(&format!("{word}()"));
            assert!(!error.contains("there is no operation"), "{name}: {error}");
            checked += 1;
        }
    }
    assert!(checked > 60, "{checked}");
    for name in variants(NODE, "LoopResult") {
        let row = row_of(LOOPS, name);
        let form = codes(row[1])[0];
        let error = match word(form) {
            Some(word) => said(&format!("loop({word}())")),
            None => said(&format!("loop({form})")),
        };
        assert!(!error.contains("is no part of a loop"), "{name}: {error}");
    }
    // The words of tables and rules stand in the grammar.
    let snake = |name: &str| {
        let mut out = String::new();
        for char in name.chars() {
            if char.is_uppercase() && !out.is_empty() {
                out.push('_');
            }
            out.extend(char.to_lowercase());
        }
        out
    };
    for (name, count) in [("Hit", 10), ("CombineHow", 4)] {
        let all = variants(PROGRAM, name);
        assert_eq!(all.len(), count);
        for variant in all {
            assert!(
                TEXT.contains(&format!("\"{}\"", snake(variant))),
                "{variant}"
            );
        }
    }
    for rest in variants(NODE, "Rest") {
        assert!(TEXT.contains(&format!("\"{}\"", snake(rest))), "{rest}");
    }
    for unit in variants(NODE, "DateUnit") {
        assert!(TEXT.contains(&format!("\"{}\"", snake(unit))), "{unit}");
    }
}

/// The number of each operation in the binary form is its position.
#[test]
fn operations_have_their_numbers() {
    let mut numbers: Vec<(usize, &str)> = Vec::new();
    for row in rows(BINARY) {
        let all: Option<Vec<usize>> = row[0].split(", ").map(|one| one.parse().ok()).collect();
        if let (Some(all), 2) = (all, row.len()) {
            let names = codes(row[1]);
            numbers.extend(all.into_iter().zip(names));
        }
    }
    let wanted: Vec<(usize, &str)> = variants(NODE, "Op").into_iter().enumerate().collect();
    assert_eq!(numbers, wanted);
    // So do the variants of the others, each written as `0 `Name``.
    for (source, name) in [
        (NODE, "Arithmetic"),
        (NODE, "Order"),
        (NODE, "Counting"),
        (NODE, "DateUnit"),
        (NODE, "LetMode"),
        (NODE, "Rest"),
        (NODE, "Builtin"),
        (NODE, "Over"),
        (NODE, "LoopResult"),
        (NODE, "Const"),
        (PROGRAM, "Body"),
        (PROGRAM, "Hit"),
        (PROGRAM, "CombineHow"),
        (PROGRAM, "Cell"),
        (PROGRAM, "Test"),
    ] {
        let page = BINARY.replace('\n', " ");
        for (at, variant) in variants(source, name).into_iter().enumerate() {
            assert!(
                page.contains(&format!("{at} `{variant}`")),
                "{name}::{variant}"
            );
        }
    }
}

#[test]
fn every_limit_is_named_with_its_value() {
    let spaced = |number: u64| {
        let digits = number.to_string();
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(' ');
            }
            out.push(digit);
        }
        out
    };
    let mut limits = vec![(
        "MAX_EVALUATION_DEPTH",
        u64::from(depth::MAX_EVALUATION_DEPTH),
    )];
    for line in LIMITS.lines() {
        let Some((name, rest)) = line
            .strip_prefix("pub const ")
            .and_then(|rest| rest.split_once(':'))
        else {
            continue;
        };
        let value = rest.split_once("= ").unwrap().1.trim_end_matches(';');
        let factors = value
            .split(" * ")
            .map(|one| one.replace('_', "").parse::<u64>().unwrap());
        limits.push((name, factors.product()));
    }
    assert!(limits.len() >= 13, "{limits:?}");
    for (name, value) in limits {
        let row = row_of(VERIFIER, name);
        assert_eq!(row[1], spaced(value), "{name}");
    }
    assert_eq!(u64::try_from(verify::MAX_FAULTS).unwrap(), 100);
}

#[test]
fn the_levels_of_depth_are_those_that_are_counted() {
    for (what, levels) in [
        (
            "a `Define`, on top of the node that calls it",
            depth::DEFINE,
        ),
        ("a `Rule` or `Parameter`", depth::RULE),
        ("a `Table` or `Grid`", depth::TABLE),
        (
            "the checks of a record, on top of the `Check` node or the table",
            depth::CHECK,
        ),
    ] {
        assert!(CALLS.contains(&format!("| {what} | {levels} |")), "{what}");
    }
    let each = format!(
        "| a `Loop`, on top of its node | {}, and {} for each source but the first |",
        depth::LOOP,
        depth::SOURCE
    );
    assert!(CALLS.contains(&each));
}

#[test]
fn the_example_is_sound() {
    let begin = INDEX.find("```\npackage").unwrap() + 4;
    let example = &INDEX[begin..];
    let example = &example[..example.find("```").unwrap()];
    if let Err(error) = assize_ir::parse_and_verify(example) {
        panic!("{error}");
    }
}
