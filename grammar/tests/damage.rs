//! Damage stays small: whatever is cut off, taken out or put in, a file parses, nothing of it is lost,
//! and at most one declaration is broken (two where the damage touches the end of a line).

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]
#![expect(clippy::string_slice, reason = "a wrong offset must fail the test")]
#![expect(clippy::disallowed_methods, reason = "the rules are a folder of files")]

use assize_grammar::{
    Kind, MAX_FILE_BYTES, MAX_NESTING, MAX_TREE_DEPTH, ParsedDeclaration, ParsedFile, PieceKind,
    RawErrorKind, cut, parse_declaration, parse_file,
};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The rule packages, as far as they are there.
fn rules() -> Vec<String> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules")];
    let mut found: Vec<PathBuf> = Vec::new();
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|name| name == "assize") {
                found.push(path);
            }
        }
    }
    found.sort();
    let texts = found
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok());
    texts.collect()
}

const SMALL: &str = "module a.b

/// Doc.
define f (a: int) gives int
    if a > 1 then \"x {a}\" else round a to 1 // end

table t (a: int) gives int
    | # | a     || r |
    | n | - || f(a) |
    | m | 1 to 2 || 0 |
record R
    a : int, b : date?
rule r (a: int) gives int
    default 0
    exception e
        when not a
        then 2
";

/// Parses and checks that the leaves of the trees and the trivia between are the text.
fn lossless(text: &str) -> ParsedFile {
    let parsed = parse_file(text);
    let mut at = 0;
    let mut declarations = parsed.declarations.iter();
    for piece in &parsed.pieces {
        assert_eq!(piece.range.start, at, "{text}");
        at = piece.range.end;
        if piece.kind == PieceKind::Declaration {
            let (range, declaration) = declarations.next().unwrap();
            assert_eq!(*range, piece.range);
            check_leaves(range.of(text), declaration);
        }
    }
    assert_eq!(at as usize, text.len(), "{text}");
    parsed
}

fn check_leaves(text: &str, parsed: &ParsedDeclaration) {
    let mut rebuilt = String::with_capacity(text.len());
    let root = parsed.tree.root();
    for node in root.descendants().skip(1).filter(|node| node.is_leaf()) {
        rebuilt.push_str(node.text());
    }
    assert_eq!(rebuilt, text);
}

/// The declarations of a file that are known to be good or not. Damage leaves most of a file alone,
/// and the cutter looks at single lines only, so that each damage costs the parse of what it touched.
struct Known<'t> {
    text: &'t str,
    good: HashMap<&'t str, bool>,
    count: usize,
}

impl<'t> Known<'t> {
    fn new(text: &'t str) -> Known<'t> {
        let parsed = lossless(text);
        let declarations = parsed.declarations.iter();
        Known {
            text,
            good: declarations
                .map(|(range, parsed)| (range.of(text), parsed.errors.is_empty()))
                .collect(),
            count: parsed.good(),
        }
    }

    /// The good declarations of a damaged text, of which nothing may be lost.
    fn good(&self, damaged: &str) -> usize {
        let mut at = 0;
        let mut good = 0;
        for piece in cut(damaged) {
            assert_eq!(piece.range.start, at, "{damaged}");
            at = piece.range.end;
            if piece.kind != PieceKind::Declaration {
                continue;
            }
            let text = piece.range.of(damaged);
            let is_good = self.good.get(text).copied().unwrap_or_else(|| {
                let parsed = parse_declaration(text);
                check_leaves(text, &parsed);
                parsed.errors.is_empty()
            });
            good += usize::from(is_good);
        }
        assert_eq!(at as usize, damaged.len(), "{damaged}");
        good
    }

    fn check(&self, damaged: &str, at: usize) {
        let lost = self.count.saturating_sub(self.good(damaged));
        assert!(
            lost <= allowed(self.text, at),
            "{lost} lost at {at}: {damaged}"
        );
    }

    /// Everything before a place.
    fn prefix(&self, at: usize) {
        self.good(&self.text[..at]);
    }

    /// Everything but the character at a place.
    fn deletion(&self, at: usize, removed: char) {
        let (before, rest) = self.text.split_at(at);
        self.check(&format!("{before}{}", &rest[removed.len_utf8()..]), at);
    }

    fn insertion(&self, at: usize, inserted: &str) {
        let (before, rest) = self.text.split_at(at);
        self.check(&format!("{before}{inserted}{rest}"), at);
    }
}

/// At the end or the start of a line, damage may join or cut two declarations.
fn allowed(text: &str, at: usize) -> usize {
    let edge = at == 0
        || text[..at].ends_with('\n')
        || text[at..].starts_with(['\n', '\r'])
        || at == text.len();
    if edge { 2 } else { 1 }
}

const INSERTED: [&str; 20] = [
    "(",
    ")",
    "[",
    "]",
    "\"",
    "|",
    "||",
    "{",
    "}",
    ";",
    "x",
    " then ",
    "/",
    "//",
    "\\",
    "\t",
    "\r",
    "\0",
    "\u{feff}",
    "\u{1f600}",
];

/// Every prefix, deletion and insertion at each of the places.
fn damage(known: &Known<'_>, places: impl Iterator<Item = (usize, usize, char)>) {
    for (turn, at, removed) in places {
        known.prefix(at);
        known.deletion(at, removed);
        known.insertion(at, INSERTED.get(turn % INSERTED.len()).unwrap());
    }
}

fn places(text: &str) -> impl Iterator<Item = (usize, usize, char)> {
    text.char_indices()
        .enumerate()
        .map(|(turn, (at, c))| (turn, at, c))
}

#[test]
fn every_damage_of_a_small_file() {
    assert_eq!(parse_file(SMALL).file_errors().next(), None);
    let known = Known::new(SMALL);
    damage(&known, places(SMALL));
    for (_, at, _) in places(SMALL) {
        for inserted in INSERTED {
            known.insertion(at, inserted);
        }
    }
    let windows = SMALL.replace('\n', "\r\n");
    damage(&Known::new(&windows), places(&windows));
}

/// What is known of the parts is what is found in the whole.
#[test]
fn parts_of_a_file_are_read_as_in_the_whole() {
    for text in rules() {
        let known = Known::new(&text);
        assert_eq!(known.good(&text), known.count);
        for eighth in 1..8 {
            let at = (text.len() * eighth / 8..text.len())
                .find(|at| text.is_char_boundary(*at))
                .unwrap();
            let damaged = format!("{}({}", &text[..at], &text[at..]);
            assert_eq!(known.good(&damaged), lossless(&damaged).good());
        }
    }
}

/// The page of rules to start from.
fn shop() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/shop/shop.assize");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn every_prefix_of_the_shop() {
    let text = shop();
    let known = Known::new(&text);
    for (_, at, _) in places(&text) {
        known.prefix(at);
    }
}

#[test]
fn every_deletion_of_the_shop() {
    let text = shop();
    let known = Known::new(&text);
    for (_, at, removed) in places(&text) {
        known.deletion(at, removed);
    }
}

#[test]
fn sampled_damage_of_the_rules() {
    // A prime, so that the places shift against the lines; each file begins elsewhere.
    let step = 211;
    for (number, text) in rules().iter().enumerate() {
        let known = Known::new(text);
        let skip = (number * 53) % step;
        damage(&known, places(text).skip(skip).step_by(step));
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a switch of the tests")]
fn every_damage_of_the_rules() {
    // Takes minutes: asked for by `ASSIZE_EXHAUSTIVE=1`; the tests above always run.
    if std::env::var_os("ASSIZE_EXHAUSTIVE").is_none() {
        return;
    }
    for text in rules() {
        damage(&Known::new(&text), places(&text));
    }
}

#[test]
fn a_file_of_the_greatest_size_is_read_and_one_byte_more_is_not() {
    let line = "unit a\n";
    let comment = format!("// {}\n", "x".repeat(1020));
    let mut text = comment.repeat(MAX_FILE_BYTES / comment.len() - 1);
    text.push_str(&"/".repeat(MAX_FILE_BYTES - text.len() - line.len() - 1));
    text.push('\n');
    text.push_str(line);
    assert_eq!(text.len(), MAX_FILE_BYTES);
    assert_eq!(lossless(&text).good(), 1);
    text.push('\n');
    let parsed = parse_file(&text);
    assert_eq!(parsed.good(), 0);
    let kinds: Vec<RawErrorKind> = parsed.file_errors().map(|error| error.kind).collect();
    assert_eq!(kinds, [RawErrorKind::TooLarge]);
}

/// Nests `open … close` and gives the first error.
fn nested(open: &str, close: &str, depth: usize) -> Option<RawErrorKind> {
    let text = format!(
        "define x gives int\n    {}1{}",
        open.repeat(depth),
        close.repeat(depth)
    );
    let parsed = parse_declaration(&text);
    let mut deepest = 0;
    let mut open: Vec<u32> = Vec::new();
    for node in parsed.tree.root().descendants() {
        while open.last().is_some_and(|end| *end <= node.range().start) {
            open.pop();
        }
        if !node.is_leaf() {
            open.push(node.range().end);
        }
        deepest = deepest.max(open.len());
    }
    assert!(deepest <= MAX_TREE_DEPTH);
    parsed.errors.first().map(|error| error.kind)
}

#[test]
fn nesting_at_the_limit_and_past_it() {
    // Brackets and words that lead an expression count one level each.
    let levels = [
        ("(", ")", 1),
        ("[", "]", 1),
        ("f(", ")", 1),
        ("P[", "]", 1),
        ("-(", ")", 2),
        ("not (", ")", 2),
        ("a + (", ")", 1),
        ("(a otherwise ", ")", 2),
        ("sum of (", ")", 2),
        ("(round ", " to 1)", 2),
        ("exists x in (", ") where a", 2),
    ];
    let exact = move || {
        for (open, close, each) in levels {
            let most = MAX_NESTING / each;
            assert_eq!(nested(open, close, most), None, "{open}");
            let past = nested(open, close, most + 1);
            assert_eq!(past, Some(RawErrorKind::TooDeep), "{open}");
        }
    };
    let safe = move || {
        for (open, close, _) in levels {
            assert_eq!(nested(open, close, MAX_NESTING / 8), None, "{open}");
            for depth in [MAX_NESTING, MAX_NESTING + 1, 40 * MAX_NESTING] {
                nested(open, close, depth);
            }
        }
        // Words that lead without brackets: good to the limit, and never a crash beyond it.
        let led = [
            ("if a then ", " else 1"),
            ("if a then 1 else ", ""),
            ("let a = ", " give a"),
            ("let a = 1 give ", ""),
            ("let a = 1\n    give ", ""),
            ("for each x in xs give ", ""),
            ("exists x in xs where ", ""),
            ("every x in xs has ", ""),
            ("not ", ""),
            ("- ", ""),
            ("a otherwise ", ""),
            ("all of [", "]"),
            ("\"{", "}\""),
        ];
        for (open, close) in led {
            assert_eq!(nested(open, close, MAX_NESTING / 8), None, "{open}");
            for depth in [
                MAX_NESTING / 2,
                MAX_NESTING,
                MAX_NESTING + 1,
                4 * MAX_NESTING,
            ] {
                nested(open, close, depth);
            }
            let past = nested(open, close, 40 * MAX_NESTING);
            assert!(past.is_some(), "{open}");
        }
    };
    // The limit itself needs more stack in an unoptimised build than a thread has by default; with
    // less stack the parser refuses earlier, but it never overflows.
    let thread = |bytes: usize| std::thread::Builder::new().stack_size(bytes);
    thread(64 << 20).spawn(exact).unwrap().join().unwrap();
    thread(2 << 20).spawn(safe).unwrap().join().unwrap();
}

#[test]
fn long_is_not_deep() {
    for (open, close) in [
        ("a + ", ""),
        ("a and ", ""),
        ("a * ", ""),
        ("a or ", ""),
        ("let a = (1)\n    ", ""),
    ] {
        let text = format!(
            "define x gives int\n    {}{}{}",
            open.repeat(20 * MAX_NESTING),
            if open.starts_with("let") {
                "give 1"
            } else {
                "1"
            },
            close
        );
        assert_eq!(parse_declaration(&text).errors, [], "{open}");
    }
    let rows = format!(
        "table t (a: int) gives int\n    | a || r |\n{}",
        "    | 1 || -(1) |\n".repeat(2_000)
    );
    let parsed = parse_declaration(rows.trim_end());
    assert_eq!(parsed.errors, []);
    assert_eq!(
        parsed
            .tree
            .declaration()
            .unwrap()
            .children_of(Kind::Row)
            .count(),
        2_000
    );
}
