//! What is said of values, types and cells that are written as in other languages, and the way out.

use assize_compiler::diagnostic::Applicability;
use assize_compiler::{Database, Diagnostic, PackageInput, Severity, diagnostics, resolve};

fn found(text: &str) -> (Database, Vec<Diagnostic>) {
    let db = Database::default();
    let package = PackageInput::alone(&db, "t", [("t.assize", text)]);
    let found = diagnostics(&db, package);
    (db, found)
}

fn errors(all: &[Diagnostic]) -> usize {
    let error = |one: &&Diagnostic| one.severity == Severity::Error;
    all.iter().filter(error).count()
}

/// One line for each error: code, text, way out; `!` where a certain fix stands. What a certain fix
/// leaves behind has fewer errors.
fn check(text: &str) -> Vec<String> {
    let (db, all) = found(text);
    let mut out = Vec::new();
    let error = |one: &&Diagnostic| one.severity == Severity::Error;
    for one in all.iter().filter(error) {
        let (_, range) = resolve(&db, &one.primary.at);
        let of = text
            .get(range.start as usize..range.end as usize)
            .unwrap_or_default();
        let way = one.instead.clone().unwrap_or_default();
        let mut mark = String::new();
        for fix in &one.fixes {
            let certain = fix.applicability == Applicability::Certain;
            mark.push(if certain { '!' } else { '?' });
            let [(at, new)] = fix.edits.as_slice() else {
                continue;
            };
            let (_, range) = resolve(&db, at);
            let mut mended = text.to_string();
            mended.replace_range(range.start as usize..range.end as usize, new);
            if certain {
                let left = errors(&found(&mended).1);
                assert!(left < errors(&all), "{mended}");
            }
        }
        out.push(format!("{} {of}: {way} {mark}", one.code.0));
    }
    out
}

#[test]
fn several_values_of_one_comparison_are_told_once() {
    let of = |body: &str| {
        check(&format!(
            "enum K = x | y | z\ndefine f (a: int, k: K) gives bool\n    a > 0 and ({body}) and k is x\n"
        ))
    };
    assert_eq!(of("a is 1 or 2"), ["A0301 2: write `a in [1, 2]` !"]);
    assert_eq!(of("a = 1 or 2 or 3"), ["A0301 2: write `a in [1, 2, 3]` !"]);
    assert_eq!(of("k is x or y"), ["A0301 y: write `k in [x, y]` !"]);
    assert_eq!(
        of("k is not x and y"),
        ["A0301 y: write `k not in [x, y]` !"]
    );
    // Whether neither or one of them is meant, nobody knows.
    assert_eq!(
        of("k is not x or y"),
        ["A0301 y: write `k not in [x, y]` ?"]
    );
    // A value that is compared with nothing is another mistake.
    assert_eq!(of("a > 1 or 2"), ["A0301 2: compare it with something "]);
    assert_eq!(
        of("a = 1 or a = 2 or 3"),
        ["A0301 3: write `a in [2, 3]` !"]
    );
    assert_eq!(of("a = 1 or a = 2"), Vec::<String>::new());
    // Whether something is there is no value among others.
    assert_eq!(
        check("define f (a: date?, b: date) gives bool\n    a is not missing and b\n"),
        ["A0301 b: compare it with something "]
    );
    // Brackets around the values go with them.
    for body in ["(a is 1) or (2)", "(a) is (1) or 2", "((a = 1) or 2)"] {
        assert_eq!(of(body), ["A0301 2: write `a in [1, 2]` !"], "{body}");
    }
}

#[test]
fn dimensions_and_measures_are_no_types() {
    let text = "currency EUR\nunit kg\nrecord R\n    a : percent\n    b : money\n    c : plain?\n    d : list of kg\n    e : EUR\n    f : list\n    g : enum\n";
    assert_eq!(
        check(text),
        [
            "A0204 percent: declare `number Rate = percent, 2 places`, and write `Rate` here ",
            "A0204 money: declare `number Amount = money in EUR, 2 places`, with the currency that is meant, and write `Amount` here ",
            "A0204 plain: write `number`, or declare `number Factor = plain, 4 places` and write `Factor` here ",
            "A0204 kg: declare `number Quantity = kg, 2 places`, and write `Quantity` here ",
            "A0204 EUR: declare `number Amount = money in EUR, 2 places`, and write `Amount` here ",
            "A0204 list: write `list of T`, or with a bound `list of T, at most 100` ",
            "A0204 enum: declare `enum Kind = x | y`, and write `Kind` here ",
        ]
    );
    // What is wrong behind the type is told where it is read, and a key that cannot be read as well.
    let text = "record R\n    a : enum(x, y)\n";
    assert_eq!(check(text).len(), 1, "{:?}", check(text));
    let text = "data P\n    key a\n    b : int\n";
    assert_eq!(check(text).len(), 1, "{:?}", check(text));
}

#[test]
fn members_and_positions_are_told_what_is_written_for_them() {
    let of = |body: &str| {
        check(&format!(
            "record R\n    name : text\ndefine g (r: R) gives int\n    length(r.name)\ndefine none_left gives int\n    3\ndefine f (a: list of int, r: R) gives int\n    a[0] otherwise length(r.name) + {body}\n"
        ))
        .split_off(1)
    };
    let position = check("define f (a: list of int) gives int\n    a[-1]\n");
    assert_eq!(
        position,
        ["A0606 a: write `first of x in a by KEY descending` "]
    );
    assert_eq!(of("a.length"), ["A0205 length: write `count of a` "]);
    assert_eq!(of("a.size()"), ["A0203 a.size: write `count of a` "]);
    assert_eq!(
        of("r.name.length"),
        ["A0205 length: write `length(r.name)` "]
    );
    assert_eq!(of("r.g()"), ["A0203 r.g: write `g(r)` ?"]);
    assert_eq!(
        of("length(r.name())"),
        ["A0203 r.name: leave the brackets out: `r.name` !"]
    );
    assert_eq!(
        of("none_left"),
        ["A0202 none_left: call it: `none_left()` !"]
    );
}

#[test]
fn words_in_cells_are_told_what_is_written_for_them() {
    let of = |cell: &str| {
        check(&format!(
            "table t (a: int) gives int\n    | a || r |\n    | {cell} || 1 |\n"
        ))
    };
    assert_eq!(of("any"), ["A0202 any: write `-` !"]);
    assert_eq!(of("up to 5")[0], "A0202 up: write `<= 5` !");
    assert_eq!(
        of("else"),
        [
            "A0202 else: write `-`, and `hit first` above the header, so that the rows above this one go first ?"
        ]
    );
    assert!(
        of("!= 5")[0].ends_with("write `not 5` !"),
        "{:?}",
        of("!= 5")
    );
    // A value of the column is itself.
    let text = "enum K = any | other\ntable t (a: K) gives int\n    | a || r |\n    | any || 1 |\n    | other || 2 |\n";
    assert_eq!(check(text), Vec::<String>::new());
}

#[test]
fn a_value_of_an_enum_stands_without_quotation_marks() {
    let text = "enum K = retail | trade\ndefine f (k: K) gives bool\n    k = \"Retail\"\n";
    let way = "write the value without quotation marks: `retail` !";
    assert_eq!(check(text), [format!("A0307 k = \"Retail\": {way}")]);
    let text = "enum K = retail | trade\ndefine f (k: K) gives bool\n    k = \"other\"\n";
    assert_eq!(
        check(text),
        ["A0307 k = \"other\": compare values of one type "]
    );
}

#[test]
fn the_number_of_what_is_not_shown_comes_last() {
    let rows: String = (0..12).map(|_| "    | 1 || 1 |\n").collect();
    let text = format!(
        "table t (a: int) gives int\n    hit first\n    | a || r |\n{rows}    | - || 2 |\n"
    );
    let (db, all) = found(&text);
    let rest = all.iter().position(|one| one.counts_rest).unwrap();
    assert!(
        all[rest].claim.ends_with("rows more can never decide"),
        "{}",
        all[rest].claim
    );
    let of_code = |one: &&Diagnostic| one.code == all[rest].code;
    assert_eq!(all.iter().rposition(|one| of_code(&one)), Some(rest));
    assert!(
        resolve(&db, &all[rest].primary.at).1.start
            < resolve(&db, &all[rest - 1].primary.at).1.start
    );
}

#[test]
fn calls_of_spreadsheets_are_written_anew() {
    let of = |body: &str| {
        check(&format!(
            "define f (a: number, d: date) gives number\n    {body}\n"
        ))
    };
    assert_eq!(
        of("IF(a > 1, 2, IF(a > 0, 1, 0))"),
        [
            "A0203 IF: write `if a > 1 then 2 else IF(a > 0, 1, 0)` !",
            "A0203 IF: write `if a > 0 then 1 else 0` !"
        ]
    );
    assert_eq!(
        of("IF(a > 1, 2, 3) * 2"),
        ["A0203 IF: write `(if a > 1 then 2 else 3)` !"]
    );
    assert_eq!(
        of("if d > date(2026, 1, 5) then 1 else 2"),
        ["A0203 date: write `2026-01-05` !"]
    );
    // There is no such day, so that nothing can be written for it.
    assert_eq!(
        of("if d > date(2026, 2, 30) then 1 else 2"),
        ["A0203 date: declare it, or `use` the module that does "]
    );
}

#[test]
fn numbers_and_days_between_quotation_marks_are_told() {
    let of = |body: &str| {
        check(&format!(
            "define f (a: number, d: date) gives bool\n    {body}\n"
        ))
    };
    assert_eq!(
        of("a = \"5\""),
        ["A0307 a = \"5\": write the number without quotation marks: `5` !"]
    );
    assert_eq!(
        of("d > \"2026-01-05\""),
        ["A0307 d > \"2026-01-05\": write the day without quotation marks: `2026-01-05` !"]
    );
    assert_eq!(
        of("a = \"5 pieces\""),
        ["A0307 a = \"5 pieces\": compare values of one type "]
    );
    let (_, all) = found("define f (d: date) gives bool\n    d > \"2026-02-30\"\n");
    assert!(
        all.iter()
            .any(|one| one.because == ["`2026-02-30` is no day of the calendar"]),
        "{all:?}"
    );
}

#[test]
fn what_stands_for_rows_is_told_once() {
    let of = |text: &str| {
        let codes: Vec<&str> = found(text).1.iter().map(|one| one.code.0).collect();
        codes
    };
    let data = "data P\n    key a : int\n    b : int\n";
    assert_eq!(
        of(&format!(
            "{data}test \"x\"\n    given P(a: 1)\n    expect 1 = 1\n"
        )),
        ["A0183"]
    );
    assert_eq!(
        of(&format!(
            "{data}test \"x\"\n    given b = 1\n    expect 1 = 1\n"
        )),
        ["A0183"]
    );
    // A key that cannot be read is told where it stands.
    assert_eq!(of("data P\n    primary key a : int\n"), ["A0183"]);
    assert_eq!(of("data P key a\n    a : int\n"), ["A0179"]);
    let (_, all) = found("data P\n    key: int\n");
    assert!(
        all.iter().any(|one| one.code.0 == "A0601"
            && one
                .instead
                .as_ref()
                .is_some_and(|way| way.contains("leave the colon"))),
        "{all:?}"
    );
}

#[test]
fn a_sign_is_added_only_where_the_result_is_allowed() {
    let number = "number P = percent, 2 places, from 0% to 100%\n";
    let of = |value: &str| check(&format!("{number}parameter p : P\n    is {value}\n"));
    assert_eq!(of("15"), ["A0302 15: write `15%` !"]);
    assert_eq!(
        of("150"),
        ["A0302 150: write a percent with its sign; `150%` is beyond what is allowed, 0% to 100% "]
    );
    let cell = |value: &str| {
        check(&format!(
            "{number}table t (p: P) gives int\n    | p || v |\n    | > {value} || 1 |\n"
        ))
    };
    let first = |all: Vec<String>| all.into_iter().next().unwrap_or_default();
    assert_eq!(first(cell("15")), "A0302 15: write `15%` !");
    assert!(!first(cell("150")).ends_with('!'));
}

#[test]
fn running_values_outside_of_a_loop_are_told_to_go_through_a_list() {
    assert_eq!(
        check("define f (x: number) gives number\n    round x to 0.01 carrying remainder\n"),
        [
            "A0706 carrying remainder: go through the elements: `for each x in list give …`, with what is given for each of them "
        ]
    );
    let inside = "define f (l: list of number) gives list of number\n    for each x in l\n        give (round x to 0.01 carrying remainder) otherwise 5\n";
    assert!(
        check(inside)
            .iter()
            .any(|one| one.ends_with("name it first with a `let` of the `for each` "))
    );
}

/// What stands behind `is not missing` is a condition of its own, and no further value.
#[test]
fn a_value_behind_a_question_for_something_is_no_second_value() {
    let text = "define f (a: int?) gives bool\n    a is not missing and a\n";
    assert_eq!(check(text), ["A0301 a: compare it with something "]);
}
