//! What is said of names of other languages, and of lines that lost their indent.

use assize_compiler::{Database, Diagnostic, PackageInput, diagnostics, resolve};

/// What is told of a file, one line each: code, line, claim, what to do, number of edits of each fix.
fn check(text: &str) -> Vec<String> {
    let db = Database::default();
    let package = PackageInput::alone(&db, "t", [("t.assize", text)]);
    let shown = |one: &Diagnostic| {
        let (_, range) = resolve(&db, &one.primary.at);
        let before = text.get(..range.start as usize).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let way = one.instead.clone().unwrap_or_default();
        let edits: Vec<usize> = one.fixes.iter().map(|fix| fix.edits.len()).collect();
        format!("{} {line} {} / {way} {edits:?}", one.code.0, one.claim)
    };
    diagnostics(&db, package).iter().map(shown).collect()
}

#[test]
fn types_of_other_languages_are_known() {
    let text = "record R\n    a : string\n    b : Boolean\n    c : decimal\n    d : integer\n";
    let said = |line: usize, name: &str, ours: &str| {
        format!("A0204 {line} there is no type `{name}` / did you mean `{ours}`? [1]")
    };
    assert_eq!(
        check(text),
        [
            said(2, "string", "text"),
            said(3, "Boolean", "bool"),
            said(4, "decimal", "number"),
            said(5, "integer", "int"),
        ]
    );
    // A declared one is nothing to be said of.
    let text = "number decimal = plain, 2 places\nrecord R\n    c : decimal\n";
    assert!(!check(text).iter().any(|one| one.starts_with("A0204")));
}

#[test]
fn functions_of_other_languages_have_a_way_out() {
    let text = "define f (a: list of number) gives number\n    max(a)\n\
        define g (a: text) gives bool\n    contains(a, \"x\")\n\
        define h (a: number) gives number\n    round a to 2 places\n";
    assert_eq!(
        check(text),
        [
            "A0203 2 there is no function `max` / write `highest of [a, b]`, or `highest of list` []",
            "A0203 4 there is no function `contains` / write `element in list`; of texts can be asked how they begin: `starts_with(text, \"A\")` []",
            "A0206 6 there is no currency or unit `places` / write the step of a rounding as a number: `to 0.01` keeps 2 places []",
        ]
    );
}

#[test]
fn lines_that_lost_their_indent_are_told_once() {
    let lost = "this line is not indented and begins no declaration";
    let text = "define f (a: int) gives int\nlet b = a\nlet c = b\ngive c\n\nunit piece\n";
    assert_eq!(
        check(text),
        [format!("A0141 2 {lost} / indent the line [3]")]
    );
    // What is wrong above for another reason is told as well.
    let text = "define f (a: int) gives int\n    (a\nlet b = a\n";
    let found = check(text);
    assert_eq!(found.len(), 2, "{found:?}");
    // Nothing stands above that the line could belong to.
    assert_eq!(
        check("let a = 5\ngive a\n"),
        [format!(
            "A0141 1 {lost} / write `parameter a : TYPE` and below it, indented, `is` and the value; or move the line into the declaration that needs it []"
        )]
    );
    assert_eq!(
        check(
            "give a
"
        ),
        [format!(
            "A0141 1 {lost} / begin the file with a declaration, such as `define` or `record` []"
        )]
    );
}
