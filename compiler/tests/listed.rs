//! The pages of the codes for unknown names list what those codes say, in the words in which they say it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]
#![expect(clippy::disallowed_methods, reason = "the pages are files")]

use assize_compiler::{Database, PackageInput, diagnostics};

/// Each way of each code: what is in the list of its page, and a text of which it is said.
const SAID: &[(&str, &str, &str)] = &[
    (
        "A0202",
        "there is no value `…`",
        "define f (a: int) gives int\n    b\n",
    ),
    (
        "A0202",
        "there is no parameter `…`",
        "define f (d: date) gives int\n    rate on d\n",
    ),
    (
        "A0202",
        "there is no rule or parameter `…`",
        "module m\nextend m.price\n    is 5\n",
    ),
    (
        "A0202",
        "`…` has no value `…`",
        "enum K = a | b\ndefine f (k: K) gives bool\n    k is c\n",
    ),
    (
        "A0202",
        "`…` is a function, not a value",
        "define g (a: int) gives int\n    a\ndefine f (a: int) gives int\n    g\n",
    ),
    (
        "A0202",
        "`…` is a relation, not a value",
        "data P\n    key a : int\ndefine f (a: int) gives int\n    P\n",
    ),
    (
        "A0202",
        "nothing called `…` is carried",
        "define f (l: list of int) gives int\n    for each x in l\n        carry n: int = 0\n        next m = n + x\n        finally n\n",
    ),
    (
        "A0203",
        "there is no function `…`",
        "define f (a: int) gives int\n    max(a)\n",
    ),
    (
        "A0203",
        "`…` is no function",
        "define f (l: list of int) gives list of int\n    l.sort()\n",
    ),
    ("A0204", "there is no type `…`", "record R\n    a : cod\n"),
    (
        "A0204",
        "`…` is a dimension, and no type",
        "record R\n    a : percent\n",
    ),
    (
        "A0204",
        "`…` is a currency or a unit, and no type",
        "currency EUR\nrecord R\n    a : EUR\n",
    ),
    ("A0204", "`enum` is no type", "record R\n    a : enum\n"),
    (
        "A0204",
        "`…` does not say of what it is a list",
        "record R\n    a : array\n",
    ),
    (
        "A0204",
        "`…` does not say what is in it",
        "record R\n    a : json\n",
    ),
    (
        "A0205",
        "`…` has no field `…`",
        "record R\n    a : int\ndefine f (r: R) gives int\n    r.b\n",
    ),
    (
        "A0205",
        "there is no field `…`",
        "data P\n    key a : int\n    check distinct c\n",
    ),
    (
        "A0205",
        "… has no fields",
        "define f (a: int) gives int\n    a.b\n",
    ),
    (
        "A0205",
        "a reason has no field `…`",
        "define f (r: Reason) gives bool\n    r.text is r.code\n",
    ),
];

/// A claim has the form of a line, in which `…` stands for anything.
fn fits(line: &str, claim: &str) -> bool {
    let mut rest = claim;
    let pieces: Vec<&str> = line.split('…').collect();
    let (last, between) = pieces.split_last().unwrap();
    for (place, piece) in between.iter().enumerate() {
        match rest.split_once(piece) {
            Some((before, behind)) if place > 0 || before.is_empty() => rest = behind,
            _ => return false,
        }
    }
    if between.is_empty() {
        rest == *last
    } else {
        rest.ends_with(last)
    }
}

#[test]
fn pages_list_what_is_said_of_unknown_names() {
    assert!(fits("a `…` b", "a `x` b") && !fits("a `…` b", "b a `x` b") && !fits("a", "a b"));
    let page = |code: &str| {
        let path = format!("{}/../docs/errors/{code}.md", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(path).unwrap();
        let says = page.split("\n## Why").next().unwrap();
        says.lines()
            .filter_map(|line| line.strip_prefix("- "))
            .map(str::to_string)
            .collect::<Vec<String>>()
    };
    for (code, form, text) in SAID {
        let db = Database::default();
        let package = PackageInput::alone(&db, "t", [("t.assize", *text)]);
        let claims: Vec<String> = diagnostics(&db, package)
            .into_iter()
            .filter(|one| one.code.0 == *code)
            .map(|one| one.claim)
            .collect();
        assert!(
            claims.iter().any(|claim| fits(form, claim)),
            "{form}: {claims:?} of {text}"
        );
        let list = page(code);
        assert!(list.iter().any(|line| line == form), "{code}: {form}");
    }
    // And nothing stands in a list that no text shows.
    for code in ["A0202", "A0203", "A0204", "A0205"] {
        for line in page(code) {
            let shown = SAID
                .iter()
                .any(|(of, form, _)| *of == code && *form == line);
            assert!(shown, "{code}: {line}");
        }
    }
}
