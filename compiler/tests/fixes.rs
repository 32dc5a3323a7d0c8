//! What a text is after the fixes that can be applied unseen.

#![cfg(test)]

use assize_compiler::diagnostic::Applicability;
use assize_compiler::{Database, Diagnostic, PackageInput, diagnostics, resolve};

fn told<T>(text: &str, show: impl Fn(&Database, Vec<Diagnostic>) -> T) -> T {
    let db = Database::default();
    let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
    show(&db, diagnostics(&db, package))
}

/// The first certain fix of this code, applied; nothing of the code is said afterwards.
#[track_caller]
fn check(code: &str, text: &str, expected: &str) {
    let edits = told(text, |db, found| {
        let of_code = found.into_iter().filter(|found| found.code.0 == code);
        let fix = of_code
            .flat_map(|found| found.fixes)
            .find(|fix| fix.applicability == Applicability::Certain);
        let mut edits: Vec<_> = fix
            .into_iter()
            .flat_map(|fix| fix.edits)
            .map(|(at, new)| (resolve(db, &at).1, new))
            .collect();
        edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        edits
    });
    let mut mended = text.to_string();
    for (range, new) in edits {
        mended.replace_range(range.start as usize..range.end as usize, &new);
    }
    assert_eq!(mended, expected);
    if mended != text {
        let left = told(&mended, |_, found| {
            found.iter().map(|found| found.code.0).collect::<Vec<_>>()
        });
        let damaged = left.iter().any(|it| *it == code || it.starts_with("A01"));
        assert!(!damaged, "{left:?} of {mended}");
    }
}

/// The brackets are no part of the place of what stands in them.
#[test]
fn an_unneeded_otherwise_goes_with_its_brackets() {
    let text = |body: &str| format!("define f (a: int, b: int) gives int\n    {body}\n");
    for (wrong, right) in [
        ("(a + b) otherwise 0", "(a + b)"),
        ("((a)) otherwise (0)", "((a))"),
        ("a otherwise ((b) + 1)", "a"),
        ("lowest of [(a otherwise (b)), 1]", "lowest of [(a), 1]"),
    ] {
        check("A0327", &text(wrong), &text(right));
    }
}

#[test]
fn the_rest_of_an_order_goes_behind_the_brackets_of_its_key() {
    let text = |key: &str| {
        format!(
            "data Rate\n    key item : code, row : int\n    rate : int\n\n\
             define f (item: code) gives int?\n    first of r.rate for r in Rate where r.item = item by {key}\n"
        )
    };
    check("A0710", &text("(r.rate)"), &text("(r.rate) then r.row"));
    check(
        "A0710",
        &text("(r.rate + (1)) descending"),
        &text("(r.rate + (1)) descending then r.row"),
    );
}

/// What is wrong here is no blank: no such function could be there.
#[test]
fn behind_expect_error_stands_no_call() {
    let text = "test \"t\"\n    expect error (1) in 2\n";
    check("A0135", text, text);
}

/// Where nothing can be missing, `none` is a name that the author forgot to declare.
#[test]
fn none_is_certain_only_where_a_value_may_be_missing() {
    let text = |result: &str, body: &str| format!("define f gives {result}\n    {body}\n");
    check("A0202", &text("int?", "none"), &text("int?", "missing"));
    check("A0202", &text("int", "none"), &text("int", "none"));
}

#[test]
fn the_name_of_an_argument_goes_without_its_brackets() {
    let text = |call: &str| {
        format!(
            "define f (n: int, m: int) gives int\n    n + m\n\ndefine g (a: int) gives int\n    f({call})\n"
        )
    };
    for (wrong, right) in [
        ("n: (a * 2), m: 3", "(a * 2), 3"),
        ("n :( a * 2 ), m: ((3))", "( a * 2 ), ((3))"),
    ] {
        check("A0219", &text(wrong), &text(right));
    }
}
