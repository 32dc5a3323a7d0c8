//! `docs/ir.md` names every part of the IR.

#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test that fails says so by a panic"
)]

const DOCS: &str = include_str!("../../docs/ir.md");
const NODE: &str = include_str!("../src/node.rs");
const PROGRAM: &str = include_str!("../src/program.rs");
const TYPES: &str = include_str!("../src/types.rs");

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

#[test]
fn every_variant_is_described() {
    let all = [
        (NODE, "Op", 40),
        (NODE, "LoopResult", 10),
        (NODE, "Builtin", 7),
        (NODE, "Rest", 4),
        (PROGRAM, "Body", 5),
        (PROGRAM, "Hit", 10),
        (PROGRAM, "Cell", 3),
        (PROGRAM, "Test", 4),
        (PROGRAM, "CombineHow", 4),
        (TYPES, "Type", 14),
    ];
    for (source, name, least) in all {
        let found = variants(source, name);
        assert!(found.len() >= least, "{name} has {found:?}");
        for variant in found {
            assert!(
                DOCS.contains(&format!("`{variant}`"))
                    || DOCS.contains(&format!("::{variant}`"))
                    || (name == "Type" && DOCS.contains(&format!("{variant} "))),
                "{name}::{variant} is not in docs/ir.md"
            );
        }
    }
}

#[test]
fn the_example_is_sound() {
    let begin = DOCS.find("```\npackage").unwrap() + 4;
    let example = &DOCS[begin..];
    let example = &example[..example.find("```").unwrap()];
    if let Err(error) = assize_ir::parse_and_verify(example) {
        panic!("{error}");
    }
}
