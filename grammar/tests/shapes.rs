//! Tree shapes of expressions and small declarations, reviewed by eye against the table in `kind.rs`.

#![expect(clippy::string_slice, reason = "a wrong offset must fail the test")]

use assize_grammar::{Kind, Node, parse_declaration};

const EXPRESSIONS: &str = r#"
a
12.50 EUR
1 document per local
5%
2026-11-20
"x {a + 1} {{ \" y"
""
true
missing
f()
f(x).y
f(x, y: 1,)[k, day].first
a + b - c
a + b * c / d
a / b as percent
x as money in local per base_unit
(x as money in local) * 2
-a * -(b)
a = b or c < d and not e is missing
x between a and b and y
x not in [a, b when c,]
p valid on day
order is not large
vat on document.posting_date
vat on (day + 1 month) with (rate: 1) with (x)
a otherwise b otherwise stop r(c)
if a then b else if c then d else e otherwise f
let x: int? = missing let y = 2 give x + y
round a - b to 0.01 using up carrying remainder per k
share of freight by l.weight to 0.01 using up per k rest to largest
sum of l.a * 2 for l in lines where l.a > 0
lowest of [a, b]
count of lines
first of p in P where p.a by p.b descending then p.c ending with p.d
f(first of p in P by p.a then p.b, 3)
exists x in S for y in x.parts where y = 1
every x in S where a has not x.b
all of [a, none of [b, c], at least 2 of [d, e, f,]]
for each l in lines where l.a by l.b let p = 1 carry c: int = 0 next c = c + p give l with (p)
for each c in rows carry best: C? = missing next best = c finally best
for each g in group l in lines by vat: l.v then n: l.a < 0 give g
let g = group l in lines where l.a by k: l.b give g
highest of [10%, default]
a and (b or c) and not d in e
"#;

const DECLARATIONS: &[&str] = &[
    "module a.b.c",
    "number Q = money in document per local, 5 places, from -1 to 1_000, to 5%",
    "enum C = clear < warning < hold",
    "record L\n    item : list of code?, at most 5\n    n : int = 1, check : bool\n    check n > 0 because \"x\"",
    "data P\n    fresh within 15 minutes\n    key a : code, b : int\n    from : date?, to : date?\n    valid from from to to\n    check distinct a, b while valid\n    rows at most 40 per a, b",
    "parameter v : Percent\n    open to values\n    from 2001-01-01 is 19% because \"x\"",
    "rule r (a: int) gives int\n    as of day\n    combine sum up to 30%\n    open to exceptions\n    default 0\n    exception e overrides x.y, z yields to w\n        valid 2026-11-20 to 2026-11-30\n        when a\n        unless b\n        then default\n        because \"x\"",
    "table t (a: int, b: K) gives F\n    hit list by priority\n    | # | a | b.c || r | s |\n    | n | - | not x, y || 1 | f(2) |\n    | m | < 0, 1 to below 2 | missing || -1 | 3 |",
    "table g (a: int, b: K, c: int) gives F\n    | a | b \\ c | 0+ | -10+ |\n    | 1 | x, y | 0% | 3% | // c",
    "table f (a: int) gives F\n    from \"tiers.csv\"",
    "test \"t\"\n    given P\n        | a | b |\n        | \"S\" | - |\n    expect error stopped in f(1)\n    cases\n        | q || f(q) | by |\n        | 1 || 0% | t.x, default |",
    "property \"p\"\n    for all n: list of N, s: int where s >= 0\n    expect f(n) <= s",
    "extend a.b\n    is 0.10",
    "reason r (a: int)\n    warning \"x {a}\"",
];

const BROKEN: &[&str] = &[
    "define f (a: int gives int\n    a",
    "define f (a: int) gives int\n    let b = a *\n    let c = 2\n    give b + c",
    "record R\n    a : int\n    b : \n    c : code",
    "rule r (a: int) gives int\n    default 0\n    exception e\n        when a >\n        then 2\n    exception f\n        then 3",
    "table t (a: int) gives int\n    hit first\n    | a || r |\n    | 1 || ( |\n    | - || 0 |",
    "test \"t\"\n    given R\n        | a |\n        | ( |\n        | 2 |\n    expect 1 is",
    "enum E = a | ; b",
    "nonsense \"text\" 12",
];

#[test]
fn shapes() {
    let mut out = String::new();
    for source in EXPRESSIONS.lines().filter(|line| !line.is_empty()) {
        let text = format!("define x gives int\n    {source}");
        let parsed = parse_declaration(&text);
        assert_eq!(parsed.errors, [], "{source}");
        let whole = parsed.tree.sexpr();
        let body = whole.split_once("(Body ").unwrap().1;
        out.push_str(&format!(
            "{source}\n    {}\n",
            body.strip_suffix(")))").unwrap()
        ));
    }
    for source in DECLARATIONS {
        let parsed = parse_declaration(source);
        assert_eq!(parsed.errors, [], "{source}");
        out.push_str(&format!("{source}\n    {}\n", parsed.tree.sexpr()));
    }
    insta::assert_snapshot!("shapes", out);
}

#[test]
fn broken_shapes() {
    let mut out = String::new();
    for source in BROKEN {
        let parsed = parse_declaration(source);
        assert!(!parsed.errors.is_empty(), "{source}");
        out.push_str(&format!("{source}\n    {}\n", parsed.tree.sexpr()));
        for error in &parsed.errors {
            out.push_str(&format!("    at {:?}\n", &source[error.at as usize..]));
        }
    }
    insta::assert_snapshot!("broken_shapes", out);
}

#[test]
fn names_of_kinds_are_unique() {
    let names: std::collections::BTreeSet<&str> =
        Kind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), Kind::ALL.len());
}

#[test]
fn reserved_words_are_no_names() {
    let words = "and as because between by carry carrying default else ending exception expect false finally for \
                 give gives has if in is let missing next not or otherwise overrides round stop then to true unless \
                 using valid when where with";
    for word in words.split_whitespace() {
        assert!(
            !parse_declaration(&format!("unit {word}")).errors.is_empty(),
            "{word}"
        );
        assert!(
            parse_declaration(&format!("unit {word}x"))
                .errors
                .is_empty(),
            "{word}x"
        );
        assert!(
            parse_declaration(&format!("record R\n    {word} : int"))
                .errors
                .is_empty(),
            "{word}"
        );
        assert!(
            parse_declaration(&format!("define f gives int\n    a.{word}"))
                .errors
                .is_empty(),
            "{word}"
        );
    }
}

/// Every construct with a place `_` in it where another may stand.
const OUTER: &str = "\
if _ then b else c
if a then _ else c
if a then b else _
let x = _ give x
let x = a give _
for each x in _ give x
for each x in xs where _ give x
for each x in xs by _ give x
for each x in xs by k ending with _ give x
for each x in xs give _
for each x in xs carry v = _ next v = a finally v
for each x in xs carry v = a next v = _ finally v
sum of _
sum of _ for x in xs
sum of x in _
sum of e for x in xs where _
first of x in xs by _
exists x in _ where a
exists x in xs where _
every x in xs has _
every x in xs where _ has b
all of [_, b]
at least 1 of [a, _]
let g = group x in _ by k: a give g
let g = group x in xs by k: _ give g
_ otherwise b
a otherwise _
stop _
round _ to s
round a to _
round a to s using _
round a to s carrying remainder per _
share of _ by w to s
share of t by _ to s
share of t by w to _ rest to last
r with (f: _)
_ with (f: a)
vat on _
_ on day
_ as percent
[_]
[_ when a]
[a when _]
f(_)
R(f: _)
P[_]
_.f
x between _ and b
x between a and _
_ between a and b
a is _
a is not _
_ is a
a = _
_ < a
x in _
_ in xs
x not in _
_ valid on day
x valid on _
not _
_ and b
a and _
_ or b
a or _
_ + b
a + _
_ - b
a - _
_ * b
a * _
_ / b
a / _
-_
\"{_}\"
(_)";

const INNER: [&str; 40] = [
    "if c then d else e",
    "let y = c give y",
    "for each y in ys give y",
    "for each y in ys carry v = 0 finally v",
    "sum of y in ys",
    "sum of c for y in ys",
    "first of y in ys by c then d descending",
    "lowest of [c, d]",
    "exists y in ys where c",
    "every y in ys has c",
    "all of [c, d]",
    "at least 2 of [c, d, e]",
    "none of [c]",
    "c otherwise d",
    "stop r(c)",
    "round c to d",
    "round c - d to e",
    "round c to d using up",
    "share of c by d to e",
    "share of c by d to e rest to first",
    "c with (g: d)",
    "c on d",
    "c as percent",
    "[c, d when e]",
    "f(c)",
    "P[c]",
    "c between d and e",
    "c is d",
    "c is not d",
    "c < d",
    "c in d",
    "c not in d",
    "c valid on d",
    "not c",
    "c and d",
    "c or d",
    "c + d",
    "c * d",
    "-c",
    "5 EUR",
];

const UNMARKED: [Kind; 24] = {
    use Kind::*;
    [
        Args,
        Index,
        Paren,
        NamedArg,
        Conditions,
        Hole,
        String,
        Measure,
        UnitOf,
        Dimension,
        DimensionAtom,
        Carry,
        Next,
        Give,
        Finally,
        Let,
        GroupKey,
        OrderBy,
        Using,
        Per,
        Carrying,
        Rest,
        Body,
        List,
    ]
};

/// The leaves of an expression, each node that has more than one in brackets of its own.
fn grouped(node: Node<'_>, out: &mut String) {
    let leaf = node.is_leaf() || node.kind() == Kind::String && node.nodes().next().is_none();
    let blank = |out: &mut String| {
        if !out.is_empty() && !out.ends_with(['⟨', ' ']) {
            out.push(' ');
        }
    };
    if leaf {
        blank(out);
        out.push_str(node.text());
        return;
    }
    // Clauses have no operands of their own to be mistaken about: only expressions are marked.
    let marked = !UNMARKED.contains(&node.kind());
    blank(out);
    if marked {
        out.push('⟨');
    }
    for child in node.children().filter(|child| !child.kind().is_trivia()) {
        grouped(child, out);
    }
    if marked {
        out.push('⟩');
    }
}

/// One line for each pair, so that a change of the grammar that regroups anything is seen.
#[test]
fn every_construct_in_every_other() {
    let mut out = String::new();
    for outer in OUTER.lines() {
        out.push_str(&format!("{outer}\n"));
        for inner in INNER {
            let source = outer.replace('_', inner);
            let parsed = parse_declaration(&format!("define x gives int\n    {source}"));
            if parsed.errors.is_empty() {
                let body = parsed
                    .tree
                    .root()
                    .descendants()
                    .find(|node| node.kind() == Kind::Body)
                    .unwrap();
                let mut line = String::new();
                grouped(body, &mut line);
                out.push_str(&format!("    {line}\n"));
            } else {
                let at = parsed.errors[0].at as usize;
                let text = parsed.tree.text();
                let (before, rest) = text.split_at(at);
                let before = before.rsplit('\n').next().unwrap_or_default().trim_start();
                out.push_str(&format!("    refused: {before}!{rest}\n"));
            }
        }
    }
    insta::assert_snapshot!("pairs", out);
}
