//! Every file of the corpus (the example packages and the blocks of the language reference) is good, and
//! damage to any of them stays small.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]
#![expect(clippy::string_slice, reason = "a wrong offset must fail the test")]
#![expect(clippy::disallowed_methods, reason = "the corpus is a folder of files")]

use assize_grammar::{
    Kind, MAX_NESTING, ParsedFile, PieceKind, RawErrorKind, cut, expected_at, parse_declaration,
    parse_file,
};

fn corpus() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.display().to_string(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    files.sort();
    assert!(files.len() >= 23, "the corpus is missing");
    files
}

/// Parses, checks that pieces and leaves cover the text and that trees are well formed.
fn check_lossless(text: &str) -> ParsedFile {
    let parsed = parse_file(text);
    let mut rebuilt = String::new();
    let mut declarations = parsed.declarations.iter();
    for piece in &parsed.pieces {
        assert_eq!(
            piece.range.start as usize,
            rebuilt.len(),
            "pieces leave a gap in {text:?}"
        );
        match piece.kind {
            PieceKind::Trivia => rebuilt.push_str(piece.range.of(text)),
            PieceKind::Declaration => {
                let (_, declaration) = declarations.next().unwrap();
                let root = declaration.tree.root();
                let before = rebuilt.len();
                for node in root
                    .descendants()
                    .filter(|node| node.is_leaf() && node.index() > 0)
                {
                    let at = rebuilt.len() - before;
                    assert_eq!(
                        node.range().start as usize,
                        at,
                        "leaves leave a gap in {text:?}"
                    );
                    rebuilt.push_str(node.text());
                }
                for node in root.descendants().skip(1) {
                    let outer = node.parent().unwrap().range();
                    let inner = node.range();
                    assert!(outer.start <= inner.start && inner.end <= outer.end);
                }
                let has_error = root.descendants().any(|node| node.kind() == Kind::Error);
                assert!(!has_error || !declaration.errors.is_empty());
            }
        }
    }
    assert_eq!(rebuilt, text);
    parsed
}

#[test]
fn every_file_of_the_corpus_is_good() {
    for (path, text) in corpus() {
        let parsed = check_lossless(&text);
        let errors: Vec<_> = parsed.file_errors().collect();
        let first = errors
            .first()
            .map(|error| text[error.at as usize..].lines().next());
        assert!(errors.is_empty(), "{path}: {errors:?} at {first:?}");
        let has_error = |tree: &assize_grammar::Tree| {
            tree.root().descendants().any(|n| n.kind() == Kind::Error)
        };
        assert!(
            parsed
                .declarations
                .iter()
                .all(|(_, parsed)| !has_error(&parsed.tree))
        );
    }
}

#[test]
fn line_ends_byte_order_mark_and_tabs_change_no_shape() {
    for (path, text) in corpus() {
        let plain: Vec<_> = parse_file(&text)
            .declarations
            .iter()
            .map(|(_, d)| d.tree.sexpr())
            .collect();
        for other in [
            text.replace('\n', "\r\n"),
            format!("\u{feff}{text}"),
            text.replace("    ", "\t"),
        ] {
            let parsed = check_lossless(&other);
            assert_eq!(parsed.file_errors().next(), None, "{path}");
            let shapes: Vec<_> = parsed
                .declarations
                .iter()
                .map(|(_, d)| d.tree.sexpr())
                .collect();
            assert_eq!(plain, shapes, "{path}");
        }
    }
}

const SMALL: &str = r#"/// Doc.
define f (a: int) gives int
    let b = if a > 0 then [a when a < 9, 1] else g("x {a}")
    give b[0] // end

table t (x: int, y: Kind) gives Percent
    | x    | y \ z | 1+ |
    | not a, b | c | 5% |

rule r (a: int) gives int
    default 0
    exception e
        when a > 1
        then 2
        because "why"

record R
    a : int, b : list of code? = []
    check a > 0 because "no"

test "t"
    given R
        | a | b |
        | 1 | - |
    cases
        | a || f(a) |
        | 1 || 2    |
"#;

/// Applies a damage; at a line end or start it may cost two declarations, else one.
fn check_damage(original: &str, good: usize, damaged: &str, at: usize) {
    let parsed = check_lossless(damaged);
    let edge = at == 0
        || original[..at].ends_with('\n')
        || original[at..].starts_with(['\n', '\r'])
        || at == original.len();
    let lost = good.saturating_sub(parsed.good());
    assert!(
        lost <= if edge { 2 } else { 1 },
        "{lost} lost at {at}: {damaged}"
    );
}

const INSERTED: [char; 10] = ['(', ')', '"', '|', '{', ';', 'x', '/', '\\', '\u{1f600}'];

#[test]
fn one_damage_costs_one_declaration_in_a_small_file() {
    let good = check_lossless(SMALL).good();
    assert_eq!(good, 5);
    for (at, removed) in SMALL.char_indices() {
        check_lossless(&SMALL[..at]);
        let rest = &SMALL[at + removed.len_utf8()..];
        check_damage(SMALL, good, &format!("{}{rest}", &SMALL[..at]), at);
        for inserted in INSERTED {
            check_damage(
                SMALL,
                good,
                &format!("{}{inserted}{}", &SMALL[..at], &SMALL[at..]),
                at,
            );
        }
    }
}

#[test]
fn one_damage_costs_one_declaration_in_the_corpus() {
    for (number, (_, text)) in corpus().into_iter().enumerate() {
        let good = parse_file(&text).good();
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        for (turn, at) in places
            .iter()
            .copied()
            .enumerate()
            .skip(number % 7)
            .step_by(151)
        {
            let next = places.get(turn + 1).copied().unwrap_or(text.len());
            check_lossless(&text[..at]);
            check_damage(
                &text,
                good,
                &format!("{}{}", &text[..at], &text[next..]),
                at,
            );
            let inserted = INSERTED[turn % INSERTED.len()];
            check_damage(
                &text,
                good,
                &format!("{}{inserted}{}", &text[..at], &text[at..]),
                at,
            );
        }
    }
}

#[test]
fn a_broken_row_costs_its_line_alone() {
    let text = "table t (a: int) gives int\n    hit first\n    | a || r |\n    | 1 || (2 |\n    | 2 || 3 |\n    | 3 4 || 5 |\n    | - || 0 |";
    let parsed = parse_declaration(text);
    let lost: Vec<&str> = parsed
        .errors
        .iter()
        .map(|error| error.part.of(text))
        .collect();
    assert_eq!(lost, ["| 1 || (2 |", "| 3 4 || 5 |"]);
    let table = parsed.tree.declaration().unwrap();
    assert_eq!(table.kind(), Kind::TableDecl);
    assert_eq!(table.children_of(Kind::Row).count(), 2);
    assert_eq!(table.children_of(Kind::Error).count(), 2);
    let places: Vec<&str> = parsed
        .errors
        .iter()
        .map(|error| &text[error.at as usize..][..1])
        .collect();
    assert_eq!(places, ["|", "4"]);
}

#[test]
fn a_row_may_not_go_on_in_the_next_line() {
    let text =
        "table t (a: int) gives int\n    | a || r |\n    | 1 || 2 +\n      3 |\n    | 2 || 3 |";
    let parsed = parse_declaration(text);
    assert_eq!(
        parsed
            .tree
            .declaration()
            .unwrap()
            .children_of(Kind::Row)
            .count(),
        1
    );
    assert_eq!(parsed.errors.len(), 2);
}

#[test]
fn work_grows_with_the_text() {
    // Nodes of the tree stand for the work of building; that of parsing is counted in `work.rs`.
    for (open, close) in [
        ("(", ")"),
        ("f(", ")"),
        ("[", "]"),
        ("if a then ", " else 1"),
        ("sum of (", ")"),
    ] {
        let count = |depth: usize| {
            let text = format!(
                "define x gives int\n    {}1{}\n",
                open.repeat(depth),
                close.repeat(depth)
            );
            let parsed = parse_declaration(&text);
            assert!(
                parsed.errors.is_empty(),
                "{open} {depth} {:?}",
                parsed.errors
            );
            parsed.tree.node_count()
        };
        let (once, twice) = (count(20), count(40));
        assert!(twice <= 2 * once, "{open}: {once} {twice}");
    }
    let once = parse_file(SMALL);
    let twice = parse_file(&SMALL.repeat(2));
    assert_eq!(twice.good(), 2 * once.good());
}

#[test]
fn deep_input_is_an_error_on_a_small_stack() {
    let run = || {
        let endings = [
            ("(", ")"),
            ("f(", ")"),
            ("[", "]"),
            ("if a then ", " else 1"),
            ("-", ""),
            ("not ", ""),
            ("a otherwise ", ""),
            ("\"{", "}\""),
            ("sum of ", ""),
            ("let a =\n let b = ", " give 1"),
            ("exists x in S where a and ", ""),
            ("f(", ""),
            ("round ", " to 1"),
            ("list of ", ""),
        ];
        for (open, close) in endings {
            for depth in [MAX_NESTING / 8, MAX_NESTING + 1, 100_000] {
                let text = format!(
                    "define x gives int\n    {}1{}\n",
                    open.repeat(depth),
                    close.repeat(depth)
                );
                let parsed = check_lossless(&text);
                // Just above the limit some word-led nesting is overlooked; brackets never are.
                if depth > 10 * MAX_NESTING
                    || (depth > MAX_NESTING && !close.is_empty() && open.len() < 3)
                {
                    assert_eq!(parsed.good(), 0, "{open} {depth}");
                }
            }
        }
        let deep = format!(
            "define x gives int\n    {}1{}",
            "(".repeat(300),
            ")".repeat(300)
        );
        assert_eq!(
            parse_declaration(&deep).errors[0].kind,
            RawErrorKind::TooDeep
        );
    };
    std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn expected_names_what_fits() {
    let text = "define f (a: int) gives int\n    if a > 0 then 1 * else 2";
    let parsed = parse_declaration(text);
    let error = parsed.errors[0];
    assert_eq!(&text[error.at as usize..], "else 2");
    let expected = expected_at(text, error);
    assert!(
        expected.contains(&"a name") && expected.contains(&"round"),
        "{expected:?}"
    );
    assert!(
        !expected.contains(&"else") && !expected.contains(&"rows"),
        "{expected:?}"
    );
}

#[test]
fn docs_belong_to_the_declaration_below() {
    let text = "// one\n\n/// doc\n/// more\nunit a\n// two\n/// lost\n\nunit b // c\n";
    let pieces: Vec<&str> = cut(text).iter().map(|piece| piece.range.of(text)).collect();
    assert_eq!(
        pieces,
        [
            "// one\n\n",
            "/// doc\n/// more\nunit a",
            "\n// two\n/// lost\n\n",
            "unit b // c",
            "\n"
        ]
    );
}
