//! The parser's work grows with the text, counted in calls of pest, not in time: a text that is doubled
//! takes at most two and a half times the calls, whichever construct is repeated or nested.
//!
//! pest counts calls against a limit of the whole process, which the library never sets. This file is a
//! process of its own with a single test, so that nobody else parses under the limit.

use assize_grammar::parse_declaration;
use constructs::OUTER;
use std::num::NonZeroUsize;

#[path = "shapes/constructs.rs"]
#[expect(dead_code, reason = "only the outer constructs are nested")]
mod constructs;

/// More calls than any text here needs.
const MOST_CALLS: usize = 1 << 24;

fn is_read(text: &str, calls: usize) -> bool {
    pest::set_call_limit(NonZeroUsize::new(calls));
    let parsed = parse_declaration(text);
    pest::set_call_limit(None);
    parsed.errors.is_empty()
}

/// The fewest calls with which a good text can be read.
fn calls(text: &str) -> usize {
    assert!(is_read(text, MOST_CALLS), "{text}");
    let (mut refused, mut read) = (0, MOST_CALLS);
    while refused + 1 < read {
        // The sizes are guessed upwards, as most texts need few calls.
        let middle = if read == MOST_CALLS {
            (refused * 2).max(1024)
        } else {
            refused.midpoint(read)
        };
        if is_read(text, middle) {
            read = middle;
        } else {
            refused = middle;
        }
    }
    read
}

fn check(name: &str, text: impl Fn(usize) -> String, size: usize) {
    let (once, twice) = (calls(&text(size)), calls(&text(2 * size)));
    assert!(
        2 * twice <= 5 * once,
        "{name}: {once} calls for {size}, {twice} for {}",
        2 * size
    );
}

/// What may be said many times in one declaration: before, the part that is repeated, behind.
const REPEATED: &[(&str, &str, &str)] = &[
    ("define x gives int\n    ", "a + ", "b"),
    ("define x gives int\n    ", "a * ", "b"),
    ("define x gives int\n    ", "a < b and ", "b"),
    ("define x gives int\n    ", "a is missing or ", "b"),
    ("define x gives int\n    ", "a otherwise ", "b"),
    ("define x gives int\n    ", "let a = b + 1\n    ", "give a"),
    ("define x gives int\n    ", "if a then b else ", "c"),
    ("define x gives int\n    [", "a when b, ", "c]"),
    ("define x gives int\n    f(", "a, ", "c)"),
    ("define x gives int\n    f(", "n: a, ", "n: c)"),
    ("define x gives int\n    P[", "a, ", "c]"),
    ("define x gives int\n    a", ".b", ""),
    ("define x gives int\n    a", "(b)", ""),
    ("define x gives int\n    a", " with (b: c)", ""),
    ("define x gives int\n    all of [", "a = b, ", "c]"),
    ("define x gives int\n    \"", "text {a} ", "\""),
    (
        "define x gives int\n    for each a in b",
        " for a in b",
        " give a",
    ),
    (
        "define x gives int\n    for each a in b by a",
        " then a",
        " give a",
    ),
    (
        "define x gives int\n    for each a in b ",
        "carry a = b ",
        "finally a",
    ),
    (
        "define x gives int\n    for each a in b ",
        "let a = b ",
        "give a",
    ),
    (
        "define x gives int\n    for each a in group b in c by k: d",
        " then k: d",
        " give a",
    ),
    ("define x gives int\n    a", " // words\n    ", ""),
    (
        "define x (",
        "a: list of int, at most 5, ",
        "b: int) gives int\n    a",
    ),
    ("record R\n", "    a : list of code?, at most 5\n", ""),
    (
        "record R\n",
        "    check a > 0 because \"x\"\n",
        "    a : int",
    ),
    ("data P\n    key ", "a : code, ", "b : int"),
    ("data P\n    check distinct ", "a, ", "b"),
    ("enum E = ", "a | ", "b"),
    ("enum E = ", "a < ", "b"),
    ("unit ", "a, ", "b"),
    ("use ", "a.", "b"),
    ("parameter p : int\n", "    from 2026-01-01 is 1\n", ""),
    (
        "rule r (a: int) gives int\n    default 0\n",
        "    exception e overrides f\n        when a > 1\n        unless a > 2\n        then 2\n        because \"x\"\n",
        "",
    ),
    (
        "rule r (a: int) gives int\n    exception e overrides ",
        "a.b, ",
        "c\n        then 1",
    ),
    (
        "table t (a: int) gives int\n    | a || b |\n",
        "    | not 1, 2 to below 3 || f(1) |\n",
        "",
    ),
    (
        "table t (a: int) gives int\n    | a || b |\n    | ",
        "1, ",
        "2 || 3 |",
    ),
    (
        "table t (a: int) gives int\n    | # | a || b |\n",
        "    | n | < 1 || 2 |\n",
        "",
    ),
    (
        "table t (a: int) gives int\n    | a \\ b | 0+ |\n",
        "    | x | 1 |\n",
        "",
    ),
    (
        "table t (a: int) gives int\n    | a | b | c \\ d | 0+ |\n",
        "    | x | y | z | 1 |\n",
        "",
    ),
    (
        "test \"t\"\n    given P\n        | a |\n",
        "        | 1 |\n",
        "",
    ),
    (
        "test \"t\"\n    cases\n        | a || f(a) |\n",
        "        | 1 || 2 |\n",
        "",
    ),
    (
        "test \"t\"\n    cases\n        | a || f(a) | by |\n",
        "        | 1 || 2 | x.y, z |\n",
        "",
    ),
    ("test \"t\"\n", "    expect a = b\n", ""),
    ("test \"t\"\n", "    expect error undecided in f(1)\n", ""),
];

#[test]
fn calls_grow_with_the_text() {
    for (before, repeated, behind) in REPEATED {
        let text = |count: usize| format!("{before}{}{behind}", repeated.repeat(count));
        check(repeated, text, 40);
    }
    // Each construct in its own places, in brackets where it cannot stand without. A nesting that
    // doubled the work of each level would take a thousand times as much.
    for outer in OUTER.lines() {
        let bare = outer.replace('_', outer);
        let bare = bare.replace('_', "b");
        let stands = is_read(&format!("define x gives int\n    {bare}"), MOST_CALLS);
        let step = if stands {
            outer.to_owned()
        } else {
            outer.replace('_', "(_)")
        };
        let text = |depth: usize| {
            let mut inner = "b".to_owned();
            for _ in 0..depth {
                inner = step.replace('_', &inner);
            }
            format!("define x gives int\n    {inner}")
        };
        check(outer, text, 10);
    }
}
