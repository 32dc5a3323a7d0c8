//! Tree shapes of expressions and small declarations, reviewed by eye against the table in `kind.rs`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]
#![expect(clippy::string_slice, reason = "a wrong offset must fail the test")]

use assize_grammar::{Kind, Node, parse_declaration};
use constructs::{INNER, OUTER};

#[path = "shapes/constructs.rs"]
mod constructs;

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

/// The part of the grammar about expressions as rules: name, whether it leaves no node, the names in it.
fn expression_rules() -> Vec<(String, bool, Vec<String>)> {
    let grammar = include_str!("../src/assize.pest");
    let (_, section) = grammar.split_once("expressions, loosest first").unwrap();
    let (section, _) = section.split_once("// -----").unwrap();
    let mut rules: Vec<(String, bool, Vec<String>)> = Vec::new();
    for line in section.lines().skip(1) {
        let line = line.split("//").next().unwrap();
        // What stands between quotes is text, not a name.
        let code: String = line.split('"').step_by(2).collect::<Vec<_>>().join(" ");
        let words = |code: &str| -> Vec<String> {
            code.split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let defines = !code.starts_with(' ') && code.contains(" = ");
        if defines {
            let (name, body) = code.split_once('=').unwrap();
            let body = body.trim_start();
            let silent = body.starts_with("_{");
            rules.push((
                name.trim().to_owned(),
                silent,
                words(body.trim_start_matches('_')),
            ));
        } else if let Some((_, _, names)) = rules.last_mut() {
            names.extend(words(&code));
        }
    }
    rules
}

/// The kind of a rule of the grammar: `if_then` is `IfThen`.
fn kind_of(rule: &str) -> Kind {
    let name = match rule {
        "let_value" => "Let".to_owned(),
        "where_clause" => "Where".to_owned(),
        _ => rule
            .split('_')
            .map(|word| word[..1].to_uppercase() + &word[1..])
            .collect(),
    };
    let kind = Kind::ALL.iter().find(|kind| kind.name() == name);
    *kind
        .ok_or_else(|| format!("no kind for the rule {rule}"))
        .unwrap()
}

/// How many kinds of node each hold a value directly, by a rule of the grammar.
#[test]
fn every_rule_of_an_expression_is_in_the_matrix() {
    const OPERANDS: [&str; 11] = [
        "expr",
        "condition",
        "and",
        "negated",
        "sum",
        "product",
        "unary",
        "term_w",
        "primary",
        "item",
        "comparison",
    ];
    let rules = expression_rules();
    assert!(rules.len() > 45, "{}", rules.len());
    // The words of a rule, with the rules that leave no node in their place, but for operands.
    fn words(name: &str, rules: &[(String, bool, Vec<String>)], out: &mut Vec<String>) {
        let Some((_, _, names)) = rules.iter().find(|(rule, ..)| rule == name) else {
            return;
        };
        for word in names {
            let silent = rules
                .iter()
                .any(|(rule, silent, _)| rule == word && *silent);
            if silent && !OPERANDS.contains(&word.as_str()) {
                words(word, rules, out);
            } else {
                out.push(word.clone());
            }
        }
    }
    let mut inner: Vec<Kind> = Vec::new();
    for source in INNER {
        let parsed = parse_declaration(&format!("define x gives int\n    {source}"));
        assert_eq!(parsed.errors, [], "{source}");
        inner.extend(parsed.tree.root().descendants().map(|node| node.kind()));
    }
    // The kind of node in which the place of each outer construct lies.
    let mut outer: Vec<Kind> = Vec::new();
    for source in OUTER.lines() {
        let text = format!("define x gives int\n    {}", source.replace('_', "place"));
        let parsed = parse_declaration(&text);
        assert_eq!(parsed.errors, [], "{source}");
        let place = parsed
            .tree
            .root()
            .descendants()
            .find(|node| node.kind() == Kind::Name && node.text() == "place")
            .unwrap();
        outer.push(place.parent().unwrap().kind());
    }
    for (rule, silent, _) in &rules {
        if *silent {
            continue;
        }
        let kind = kind_of(rule);
        assert!(inner.contains(&kind), "no inner construct has a {rule}");
        let mut names = Vec::new();
        words(rule, &rules, &mut names);
        let places = names
            .iter()
            .filter(|name| OPERANDS.contains(&name.as_str()))
            .count();
        let tried = outer.iter().filter(|outer| **outer == kind).count();
        assert!(
            tried >= places,
            "{rule} has {places} places for values, of which {tried} are tried"
        );
    }
    // What a value may be besides: names, brackets and literals.
    let mut names = Vec::new();
    words("primary", &rules, &mut names);
    assert!(names.len() >= 8, "{names:?}");
    for name in names.iter().filter(|name| *name != "number") {
        assert!(
            inner.contains(&kind_of(name)),
            "no inner construct is a {name}"
        );
    }
    for kind in [
        Kind::Date,
        Kind::Percent,
        Kind::Measure,
        Kind::Decimal,
        Kind::Hole,
    ] {
        assert!(inner.contains(&kind), "no inner construct has a {kind:?}");
    }
}
