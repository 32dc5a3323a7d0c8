//! The TextMate grammar is made here, from the table of words, and held against the trees.
//!
//! `ASSIZE_UPDATE=1 cargo test -p assize-grammar --test textmate` writes the file anew.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]
#![expect(clippy::indexing_slicing, reason = "a wrong place must fail the test")]
#![expect(clippy::string_slice, reason = "a wrong offset must fail the test")]
#![expect(
    clippy::disallowed_methods,
    reason = "the grammar and the corpus are files"
)]

#[path = "textmate/grammar.rs"]
mod grammar;
#[path = "textmate/scopes.rs"]
mod scopes;

use assize_grammar::words::{self, WORDS, WordClass};
use assize_grammar::{Kind, parse_declaration, parse_file};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder(inner: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(inner)
}

#[test]
fn the_file_is_up_to_date() {
    let path = folder("textmate/assize.tmLanguage.json");
    let mut wanted = serde_json::to_string_pretty(&grammar::grammar()).unwrap();
    wanted.push('\n');
    if std::env::var_os("ASSIZE_UPDATE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(
        found == wanted,
        "run the test with ASSIZE_UPDATE=1 and look at the difference"
    );
}

#[test]
fn the_table_of_words_is_sorted_and_found_in() {
    assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(words::class_of("rule"), Some(WordClass::Declaration));
    assert_eq!(words::class_of("amount"), None);
    assert!(words::of_class(WordClass::Constant).eq(["false", "missing", "true"]));
}

/// The words that the pest grammar spells, but for the factored rule `reserved`.
#[test]
fn the_grammar_has_the_words_of_the_table() {
    let source = std::fs::read_to_string(folder("src/assize.pest")).unwrap();
    let reserved_rule = source.find("reserved = _{").unwrap();
    let behind = reserved_rule + source[reserved_rule..].find("}\n").unwrap();
    let without = format!("{}{}", &source[..reserved_rule], &source[behind..]);
    let quoted = fancy_regex::Regex::new("\"([a-z]{2,})\"").unwrap();
    let found: BTreeSet<String> = without
        .lines()
        .map(|line| line.split(" //").next().unwrap())
        .flat_map(|line| {
            let words = quoted.captures_iter(line).map(|found| found.unwrap());
            words.map(|found| found[1].to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let table: BTreeSet<String> = WORDS.iter().map(|(word, _)| (*word).to_owned()).collect();
    assert_eq!(found, table);
}

#[test]
fn the_grammar_reserves_what_the_table_reserves() {
    for (word, class) in WORDS {
        let as_name = parse_declaration(&format!("unit {word}"));
        assert_eq!(as_name.errors.is_empty(), !class.is_reserved(), "{word}");
        let as_unit = parse_declaration(&format!("define f gives int\n    1 {word}"));
        let no_unit = class.is_reserved() || words::NOT_A_UNIT.contains(word);
        assert_eq!(as_unit.errors.is_empty(), !no_unit, "{word}");
        let begins = parse_declaration(&format!("{word} \u{2}"))
            .tree
            .declaration()
            .is_some();
        assert_eq!(begins, *class == WordClass::Declaration, "{word}");
    }
}

#[test]
fn the_textmate_grammar_names_every_word() {
    let text = serde_json::to_string(&grammar::grammar()).unwrap();
    let any = fancy_regex::Regex::new("[a-z]+").unwrap();
    let named: BTreeSet<&str> = any
        .find_iter(&text)
        .map(|found| found.unwrap().as_str())
        .collect();
    let left_out: Vec<&str> = WORDS
        .iter()
        .map(|(word, _)| *word)
        .filter(|word| !named.contains(word))
        .collect();
    assert_eq!(left_out, Vec::<&str>::new());
}

/// What the tree says about a byte: a class of scope, or nothing that is checked.
fn told_by_tree(text: &str) -> Vec<Option<&'static str>> {
    let mut told = vec![None; text.len()];
    for (range, declaration) in &parse_file(text).declarations {
        for node in declaration
            .tree
            .root()
            .descendants()
            .filter(|node| node.is_leaf())
        {
            let parent = node.parent().unwrap().kind();
            let class = match node.kind() {
                Kind::Comment | Kind::DocComment => "comment",
                Kind::TextPart => "string",
                Kind::Token if parent == Kind::String => "string",
                Kind::Token if node.text().starts_with(char::is_alphabetic) => "keyword",
                Kind::Aggregator | Kind::RestTo | Kind::Severity => "keyword",
                Kind::DefaultValue | Kind::Boolean | Kind::Missing => "keyword",
                Kind::Name | Kind::Word | Kind::Path | Kind::Head | Kind::RowName => "name",
                Kind::Decimal | Kind::Percent | Kind::Date | Kind::Count => "number",
                _ => continue,
            };
            let start = (range.start + node.range().start) as usize;
            let end = (range.start + node.range().end) as usize;
            told[start..end].fill(Some(class));
        }
    }
    told
}

fn class_of_scope(scope: &str) -> &'static str {
    let begins = |prefix: &str| scope.starts_with(prefix);
    if begins("comment") {
        "comment"
    } else if begins("string") || begins("constant.character") {
        "string"
    } else if begins("constant.numeric") {
        "number"
    } else if begins("keyword.operator.symbol") || begins("punctuation") {
        "mark"
    } else if begins("keyword") || begins("storage") || begins("constant.language") {
        "keyword"
    } else {
        "name"
    }
}

/// Where the TextMate grammar, which has no parser behind it, sees something else than the tree.
#[test]
fn scopes_agree_with_the_trees() {
    let grammar = scopes::Grammar::new(&grammar::grammar());
    let mut differences: Vec<String> = Vec::new();
    let mut checked = 0;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder("tests/corpus"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let told = told_by_tree(&text);
        let scopes = grammar.scopes(&text);
        let mut last = 0;
        for (at, class) in told.iter().enumerate() {
            let Some(class) = class else { continue };
            if text.as_bytes()[at] == b'.' && *class == "name" {
                continue; // the dot of a path
            }
            checked += 1;
            if class_of_scope(&scopes[at]) != *class && text.is_char_boundary(at) {
                let line = text[..at].matches('\n').count() + 1;
                if line != last {
                    let shown = text.lines().nth(line - 1).unwrap().trim();
                    let name = path.file_name().unwrap().to_string_lossy();
                    let column = at - text[..at].rfind('\n').map_or(0, |end| end + 1) + 1;
                    differences.push(format!(
                        "{name}:{line}:{column}: {class}, not {:?}: {shown}\n",
                        scopes[at]
                    ));
                }
                last = line;
            }
        }
    }
    assert!(checked > 20_000);
    insta::assert_snapshot!("scope_differences", differences.concat());
}

#[test]
fn scopes_by_example() {
    let text = "\
/// Doc.
rule price (line: Line, on: date) gives list of Percent? // end
    as of on
    default round (a - 5%) to 0.01 EUR
    exception e overrides x.y
        when line.first is not \"x {a + \"} \\\" {{\"
        then missing
table t (a: int) gives int
    | #   | a \\ b | 1+ |
    | one | -     | 2026-01-01 |
record R
    from : date?, to : list of code = f(x: 1)
";
    let grammar = scopes::Grammar::new(&grammar::grammar());
    insta::assert_snapshot!("scopes", grammar.told(text));
}
