//! The formatter: its layout by example, and what holds for every text.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]
#![expect(clippy::indexing_slicing, reason = "a wrong place must fail the test")]
#![expect(clippy::string_slice, reason = "a wrong offset must fail the test")]
#![expect(clippy::disallowed_methods, reason = "the corpus is a folder of files")]

use assize_grammar::{
    Edit, Kind, MAX_FILE_BYTES, Node, PieceKind, TextRange, format, format_declaration,
    format_parsed, format_range, parse_file,
};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn corpus() -> Vec<(String, String)> {
    files(&["tests/corpus"])
}

/// The corpus and the rule packages, as far as they are there.
fn rule_files() -> Vec<(String, String)> {
    files(&["tests/corpus", "../rules"])
}

fn files(folders: &[&str]) -> Vec<(String, String)> {
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
        while let Some(folder) = open.pop() {
            let Ok(entries) = std::fs::read_dir(&folder) else {
                continue;
            };
            for path in entries.map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|name| name == "assize") {
                    found.push(path);
                }
            }
        }
    }
    found.sort();
    assert!(found.len() >= 23, "the corpus is missing");
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    found.into_iter().map(read).collect()
}

/// A parenthesis of `round (a - b) to`, written or added.
fn is_round_parenthesis(node: Node<'_>) -> bool {
    let Some(paren) = node.parent().filter(|paren| paren.kind() == Kind::Paren) else {
        return false;
    };
    let inner = paren.nodes().next();
    inner.is_some_and(|inner| inner.kind() == Kind::Sum)
        && paren.parent().is_some_and(|around| {
            around.kind() == Kind::Rounding && around.nodes().next() == Some(paren)
        })
}

/// All that must survive: tokens and comments in order, and each broken piece byte for byte.
fn kept(text: &str) -> Vec<(Kind, String)> {
    let mut kept = Vec::new();
    let comment = |line: &str| (Kind::Comment, line.trim().to_owned());
    let parsed = parse_file(text);
    let mut declarations = parsed.declarations.iter();
    for piece in &parsed.pieces {
        let source = piece.range.of(text);
        if piece.kind == PieceKind::Trivia {
            let source = source.trim_start_matches('\u{feff}');
            kept.extend(
                source
                    .lines()
                    .filter(|line| !line.trim().is_empty())
                    .map(comment),
            );
            continue;
        }
        let (_, declaration) = declarations.next().unwrap();
        for node in declaration.tree.root().descendants().skip(1) {
            match node.kind() {
                Kind::Whitespace => {}
                Kind::Comment | Kind::DocComment => kept.push(comment(node.text())),
                Kind::Token if is_round_parenthesis(node) => {}
                Kind::Error | Kind::String => kept.push((node.kind(), node.text().to_owned())),
                kind if node.is_leaf() => kept.push((kind, node.text().to_owned())),
                _ => {}
            }
        }
    }
    kept
}

/// Checks all guarantees on one text and gives its layout.
fn check(text: &str) -> String {
    let out = format(text);
    assert_eq!(format(&out), out, "not idempotent: {text:?}");
    assert_eq!(
        kept(text),
        kept(&out),
        "something was lost: {text:?}\n{out}"
    );
    assert!(
        out.is_empty() || out == "\u{feff}" || out.ends_with('\n'),
        "no final line end: {out:?}"
    );
    let parsed = parse_file(text);
    assert_eq!(parsed.good(), parse_file(&out).good());
    out
}

/// The lines that change, as a diff without context.
fn changes(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut out = String::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        // The nearest place where both go on alike.
        let (skip_old, skip_new) = (0..old.len() + new.len() + 1)
            .flat_map(|sum| (0..=sum).map(move |a| (a, sum - a)))
            .find(|(a, b)| match (old.get(i + a), new.get(j + b)) {
                (Some(x), Some(y)) => x == y,
                (None, None) => i + a == old.len() && j + b == new.len(),
                _ => false,
            })
            .unwrap_or((old.len() - i, new.len() - j));
        for line in &old[i..i + skip_old] {
            out.push_str(&format!("-{line}\n"));
        }
        for line in &new[j..j + skip_new] {
            out.push_str(&format!("+{line}\n"));
        }
        (i, j) = (i + skip_old, j + skip_new);
    }
    out
}

#[test]
fn the_corpus_is_in_layout_but_for_reviewed_lines() {
    let mut out = String::new();
    for (name, text) in corpus() {
        let changes = changes(&text, &check(&text));
        if !changes.is_empty() {
            out.push_str(&format!("{name}\n{changes}"));
        }
    }
    insta::assert_snapshot!("corpus_changes", out);
}

const MESSY: &str = include_str!("format/messy.assize");

#[test]
fn a_messy_file() {
    let parsed = parse_file(MESSY);
    let errors: Vec<&str> = parsed
        .file_errors()
        .map(|error| &MESSY[error.at as usize..])
        .filter_map(|rest| rest.lines().next())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    insta::assert_snapshot!("messy", check(MESSY));
}

#[test]
fn a_broken_file() {
    let text = include_str!("format/raw/broken.assize");
    insta::assert_snapshot!("broken", check(text));
}

#[test]
fn what_cannot_be_read_keeps_its_blanks() {
    for text in [
        "module m\n\nfoo bar   \n\n$$$  \n",
        "define f (n: int) gives int\n    n +   \n    )  \t\n",
        "define f (n: int) gives text\n    \"open   \n\ndefine g () gives int\n    1\n",
        "foo  \r\n\r\nbar \r\n",
    ] {
        assert_eq!(format(text), text);
    }
    let broken = "foo bar   \n";
    let all = TextRange { start: 0, end: 4 };
    assert_eq!(format_range(broken, all), []);
    // What can be read beside it is laid out.
    assert_eq!(
        format("foo bar  \n\ndefine f () gives int   \n  1   \n"),
        "foo bar  \n\ndefine f () gives int\n    1\n"
    );
}

#[test]
fn line_ends_marks_and_tabs() {
    for (name, text) in corpus() {
        let plain = format(&text);
        let crlf = check(&text.replace('\n', "\r\n"));
        assert_eq!(crlf, plain.replace('\n', "\r\n"), "{name}");
        assert_eq!(check(&text.replace("    ", "\t")), plain, "{name}");
        let marked = format!("\u{feff}{text}");
        assert_eq!(check(&marked), format!("\u{feff}{plain}"), "{name}");
        assert_eq!(check(text.trim_end()), plain, "{name}");
        assert_eq!(check(&format!("\n \r\n\n{text}\n\n\t\n")), plain, "{name}");
        assert_eq!(format_parsed(&text, &parse_file(&text)), plain);
    }
    assert_eq!(check(""), "");
    assert_eq!(check("\r\n\t\n"), "");
    assert_eq!(check("unit  a\r\nunit b\n"), "unit a\r\nunit b\r\n");
}

#[test]
fn indentation_of_the_author_is_of_no_account() {
    for (name, text) in corpus() {
        let plain = format(&text);
        let squeezed: Vec<String> = plain
            .lines()
            .map(|line| match line.strip_prefix(' ') {
                // Comments below the last line of a body keep their own level.
                Some(rest) if !rest.trim_start().starts_with("//") => {
                    format!(" {}", rest.trim_start())
                }
                _ => line.to_owned(),
            })
            .collect();
        assert_eq!(check(&squeezed.join("\n")), plain, "{name}");
    }
}

#[test]
fn one_declaration() {
    let laid_out = format_declaration("/// doc\nunit  a ,b // c");
    assert_eq!(laid_out.as_deref(), Some("/// doc\nunit a, b // c"));
    assert_eq!(format_declaration("unit a ;"), None);
    assert_eq!(format_declaration("unit a\nunit b"), None);
    assert_eq!(format_declaration(""), None);
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut out = text.to_owned();
    for edit in edits.iter().rev() {
        out.replace_range(
            edit.range.start as usize..edit.range.end as usize,
            &edit.text,
        );
    }
    out
}

#[test]
fn a_range_is_laid_out_by_declarations() {
    let text = "\u{feff}unit  a\n\n\n\nnumber  N = plain\nnumber  Long  = plain\n\nunit  b\n";
    let place = |part: &str| {
        let start = text.find(part).unwrap();
        TextRange {
            start: u32::try_from(start).unwrap(),
            end: u32::try_from(start + part.len()).unwrap(),
        }
    };
    let edits = format_range(text, place("Long"));
    assert_eq!(
        apply(text, &edits),
        text.replace("number  Long  =", "number Long =")
    );
    // Neighbours that are aligned with each other stay aligned.
    let edits = format_range(text, place("N = plain"));
    assert_eq!(
        apply(text, &edits),
        text.replace("number  N =", "number N    =")
    );
    for (_, text) in rule_files()
        .into_iter()
        .chain([(String::new(), MESSY.to_owned())])
    {
        let whole = TextRange {
            start: 0,
            end: u32::try_from(text.len()).unwrap(),
        };
        let once = apply(&text, &format_range(&text, whole));
        assert_eq!(format(&once), format(&text));
        assert_eq!(format_range(&format(&text), whole), []);
    }
}

#[test]
fn a_file_above_the_limit_is_left_alone() {
    let text = "unit  a\n".repeat(MAX_FILE_BYTES / 8 + 1);
    assert_eq!(format(&text), text);
}

#[test]
fn parentheses_that_would_pass_the_limit_of_nesting_are_not_added() {
    for depth in 240..=256 {
        let text = format!(
            "define x gives int\n    {}round a - b to 1{}\n",
            "(".repeat(depth),
            ")".repeat(depth)
        );
        check(&text);
    }
}

/// The parsed size of what comes out grows with what goes in: no line is laid out twice.
/// In column 0 it would begin a declaration, and the file could not be read any more.
#[test]
fn a_closing_bracket_stays_in_its_declaration() {
    let text =
        "example x = R(a: [\n  1,\n  ], b: 3)\n\ndefine f (\n  a: int\n  ) gives int\n    a\n";
    let laid_out = format(text);
    assert_eq!(
        laid_out,
        "example x = R(a: [\n    1,\n    ], b: 3)\n\ndefine f (\n    a: int\n    ) gives int\n    a\n"
    );
    assert_eq!(kept(&laid_out), kept(text));
}

#[test]
fn long_files_and_deep_trees() {
    let text = rule_files()[0].1.repeat(20);
    check(&text);
    let chain = format!(
        "define x gives int\n    if a then 1{}\n    else 2\n",
        "\n  else if b then 2".repeat(200)
    );
    check(&chain);
    check(&format!(
        "define x gives int\n    a{}\n",
        "\n + b".repeat(20_000)
    ));
}

const PIECES: [&str; 78] = [
    "\n",
    "\n\n",
    "\n    ",
    "\n        ",
    " ",
    "  ",
    "\t",
    "\r\n",
    "// c\n",
    "    // d\n",
    "/// e\n",
    "\u{feff}",
    "define f (a: int) gives int\n    ",
    "record R\n    ",
    "data D\n    key a : int",
    "rule r (a: int) gives int\n    ",
    "table t (a: int) gives int\n",
    "    | a || r |\n",
    "    | 1 || 2 |\n",
    "    | a \\ b | 1+ |\n",
    "test \"t\"\n    ",
    "given D",
    "cases",
    "expect ",
    "expect error e in ",
    "exception e",
    "when ",
    "then ",
    "unless ",
    "because \"x {a}\"",
    "default ",
    "number N = plain",
    "enum E  = a | b",
    "let x = ",
    "let y  = ",
    "give ",
    "for each x in ",
    "where ",
    "by ",
    "carry c = ",
    "next c = ",
    "finally ",
    "sum of ",
    "if ",
    "else ",
    "round ",
    " to ",
    "a",
    "b.c",
    "f(x)",
    "f (x)",
    "1",
    "5%",
    "2 EUR",
    "2026-01-01",
    "\"s\"",
    "\"",
    "{",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    "=",
    "-",
    "+",
    "*",
    "|",
    "||",
    "not ",
    "and ",
    "or ",
    "otherwise ",
    "is ",
    "in ",
    "\u{1f600}",
    "missing",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_of_pieces(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40)) {
        check(&pieces.concat());
    }

    #[test]
    fn any_text_at_all(text in "\\PC{0,60}") {
        check(&text);
    }
}

/// The texts near a text: prefixes, and what is left or comes of one deletion or insertion.
fn near(text: &str, step: usize, skip: usize) -> Vec<String> {
    const INSERTED: [&str; 12] = [
        "(", ")", "\"", "|", "{", ";", "x", "//", "\n", "\t", "\r", "  ",
    ];
    let mut out = Vec::new();
    for (turn, (at, removed)) in text.char_indices().enumerate().skip(skip).step_by(step) {
        let (before, rest) = text.split_at(at);
        out.push(before.to_owned());
        out.push(format!("{before}{}", &rest[removed.len_utf8()..]));
        out.push(format!("{before}{}{rest}", INSERTED[turn % INSERTED.len()]));
    }
    out
}

/// Declarations with what stands before and behind each, so that damage is tried on short texts.
fn windows(text: &str) -> Vec<&str> {
    let pieces = parse_file(text).pieces;
    let declarations = pieces
        .iter()
        .enumerate()
        .filter(|(_, piece)| piece.kind == PieceKind::Declaration);
    let window = |index: usize| {
        let first = &pieces[index.saturating_sub(1)];
        let last = &pieces[(index + 2).min(pieces.len() - 1)];
        &text[first.range.start as usize..last.range.end as usize]
    };
    declarations.map(|(index, _)| window(index)).collect()
}

#[test]
fn damaged_files() {
    for (number, (_, text)) in rule_files().into_iter().enumerate() {
        for (turn, window) in windows(&text).into_iter().enumerate() {
            for damaged in near(window, 997, (number * 61 + turn * 97) % 997) {
                check(&damaged);
            }
        }
    }
}

#[test]
fn a_damaged_messy_file() {
    for (turn, window) in windows(MESSY).into_iter().enumerate() {
        for damaged in near(window, 89, turn * 7 % 89) {
            check(&damaged);
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a switch of the tests")]
fn every_damage_of_every_file() {
    // Takes minutes: asked for by `ASSIZE_EXHAUSTIVE=1`; the sampled variant above always runs.
    if std::env::var_os("ASSIZE_EXHAUSTIVE").is_none() {
        return;
    }
    for (_, text) in rule_files() {
        for window in windows(&text) {
            for damaged in near(window, 1, 0) {
                check(&damaged);
            }
        }
    }
}
