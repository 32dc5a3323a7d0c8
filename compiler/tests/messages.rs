//! What a wrong rule text is told: code, the text it is said of, the way out, and the text that each
//! fix leaves behind.

#![cfg(test)]

use assize_compiler::diagnostic::Applicability;
use assize_compiler::{Database, Diagnostic, PackageInput, Severity, diagnostics, resolve};

/// The text as a module, and what is said of it.
fn told<T>(text: &str, show: impl Fn(&Database, &Diagnostic) -> T) -> Vec<T> {
    let db = Database::default();
    let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
    let found = diagnostics(&db, package);
    let errors = found
        .iter()
        .filter(|found| found.severity == Severity::Error);
    errors.map(|found| show(&db, found)).collect()
}

/// `CODE of TEXT: way out`; then each fix, a certain one with `!`, as the line that it leaves.
fn line(db: &Database, found: &Diagnostic, text: &str) -> String {
    let (_, range) = resolve(db, &found.primary.at);
    let of = text
        .get(range.start as usize..range.end as usize)
        .unwrap_or("?");
    let instead = found.instead.as_deref().unwrap_or("-");
    let mut out = format!("{} of {of}: {instead}", found.code.0);
    for fix in &found.fixes {
        let mut mended = text.to_string();
        let mut edits: Vec<_> = fix
            .edits
            .iter()
            .map(|(at, new)| (resolve(db, at).1, new))
            .collect();
        edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        for (range, new) in edits {
            mended.replace_range(range.start as usize..range.end as usize, new);
        }
        let changed = mended
            .lines()
            .zip(text.lines())
            .find(|(new, old)| new != old)
            .map_or("nothing", |(new, _)| new.trim());
        let sure = match fix.applicability {
            Applicability::Certain => "!",
            Applicability::Choice => "?",
        };
        out.push_str(&format!("\n  {sure} {changed}"));
        // A certain fix leaves fewer faults than there were.
        if fix.applicability == Applicability::Certain {
            let before = told(text, |_, _| ()).len();
            let after = told(&mended, |_, found| found.claim.clone());
            assert!(after.len() < before, "{mended}\n{after:?}");
        }
    }
    out
}

#[track_caller]
fn check(declarations: &str, wrong: &str, expected: &[&str]) {
    let text = format!("{declarations}\n{wrong}\n");
    let found = told(&text, |db, found| line(db, found, &text));
    assert_eq!(found, expected, "{text}");
}

const RATES: &str = "number Rate = percent, 2 places, from 0% to 100%
number Any = plain
number Factor = plain, 2 places
record Out
    rate  : Rate
    other : Rate
    count : int
";

/// Nobody knows whether `0.15` means 15 % or 0.15 %, so no fix is certain; `15` can mean one thing.
#[test]
fn a_forgotten_percent_sign() {
    check(
        RATES,
        "define f gives Rate\n    0.15",
        &["A0302 of 0.15: write `15%` or `0.15%`, whichever is meant\n  ? 15%\n  ? 0.15%"],
    );
    check(
        RATES,
        "define f gives Rate\n    15",
        &["A0302 of 15: write `15%`\n  ! 15%"],
    );
    check(
        RATES,
        "define f (r: Rate) gives Rate\n    1 - r",
        &["A0302 of 1 - r: write `100%` or `1%`, whichever is meant\n  ? 100% - r\n  ? 1% - r"],
    );
    check(
        RATES,
        "define f (r: Rate) gives Rate\n    r + 1",
        &["A0302 of r + 1: write `100%` or `1%`, whichever is meant\n  ? r + 100%\n  ? r + 1%"],
    );
    check(
        RATES,
        "table f (r: Rate) gives int\n    | r      || f |\n    | <= 0.2 || 1 |\n    | > 20%  || 2 |",
        &[
            "A0302 of 0.2: write `20%` or `0.2%`, whichever is meant\n  ? | <= 20% || 1 |\n  ? | <= 0.2% || 1 |",
        ],
    );
    // Each end of a range is told.
    check(
        RATES,
        "table f (r: Rate) gives int\n    hit first\n    | r        || f |\n    | 10 to 20 || 1 |\n    | -        || 2 |",
        &[
            "A0302 of 10: write `10%`\n  ! | 10% to 20 || 1 |",
            "A0302 of 20: write `20%`\n  ! | 10 to 20% || 1 |",
        ],
    );
}

/// `0.5 percent` would be off by a hundred if it were read as a number and a unit.
#[test]
fn words_of_dimensions_are_no_units() {
    check(
        RATES,
        "define f gives Rate\n    0.5 percent",
        &["A0302 of 0.5 percent: write `0.5%`\n  ! 0.5%"],
    );
    check(
        RATES,
        "define f gives int\n    5 plain",
        &["A0302 of 5 plain: write `5`\n  ! 5"],
    );
}

#[test]
fn names_of_the_language_stay() {
    check(
        "",
        "define absolute (x: int) gives int\n    x\nenum date = a | b\nunit piece, weeks",
        &[
            "A0224 of absolute: give it another name",
            "A0224 of date: give it another name",
            "A0224 of weeks: give it another name",
        ],
    );
}

#[test]
fn an_int_has_a_range() {
    check("", "define f gives int\n    9_223_372_036_854_775_807", &[]);
    check(
        "",
        "define f gives int\n    9_223_372_036_854_775_808",
        &["A0305 of 9_223_372_036_854_775_808: declare a `number` for it"],
    );
}

/// What data holds is checked when it is there; what is written is checked now.
#[test]
fn written_alternatives_have_the_places_of_the_border() {
    check(
        RATES,
        "define f (x: Any?) gives Factor\n    x otherwise 1.555",
        &["A0304 of 1.555: write it with 2 places"],
    );
    check(
        RATES,
        "define f (x: Any, c: bool) gives Factor\n    if c then x else 1.555",
        &["A0304 of 1.555: write it with 2 places"],
    );
    check(
        RATES,
        "define f (x: Rate?) gives Rate\n    x otherwise 1.555%",
        &["A0304 of 1.555%: write it with 2 places"],
    );
}

/// Of a choice each branch is told where it stands, and in a list or beside another branch the sign is
/// what is wanted, not another type.
#[test]
fn a_sign_that_is_forgotten_in_a_branch_or_a_list_is_written() {
    check(
        RATES,
        "define f (a: int) gives Rate\n    if a > 1 then 5 else 0%",
        &["A0302 of 5: write `5%`\n  ! if a > 1 then 5% else 0%"],
    );
    check(
        RATES,
        "define f (a: int) gives Rate\n    if a > 1 then 5 else if a > 0 then 3 else 0",
        &[
            "A0302 of 5: write `5%`\n  ! if a > 1 then 5% else if a > 0 then 3 else 0",
            "A0302 of 3: write `3%`\n  ! if a > 1 then 5 else if a > 0 then 3% else 0",
        ],
    );
    check(
        RATES,
        "define f (a: int) gives Rate\n    let _b = a\n    give 7",
        &["A0302 of 7: write `7%`\n  ! give 7%"],
    );
    check(
        RATES,
        "define f (a: int) gives Rate\n    if a > 1 then 5% else 3",
        &["A0326 of 3: write `3%`\n  ! if a > 1 then 5% else 3%"],
    );
    check(
        RATES,
        "define f (a: int) gives Rate\n    if a > 1 then 5 else 3%",
        &["A0326 of 3%: write `5%`\n  ! if a > 1 then 5% else 3%"],
    );
    check(
        RATES,
        "define f (a: Rate) gives Rate\n    lowest of [a, 5]",
        &["A0702 of 5: write `5%`\n  ! lowest of [a, 5%]"],
    );
    check(
        RATES,
        "define f (a: Rate) gives bool\n    a in [20, 2%]",
        &["A0702 of 2%: write `20%`\n  ! a in [20%, 2%]"],
    );
    // Where a number is wanted, the percent is what is wrong.
    check(
        RATES,
        "define f (a: int) gives Any\n    if a > 1 then 5% else 3",
        &["A0326 of 3: give both branches the same type"],
    );
    // In a row of `cases` it is the cell that lacks the sign, not the name of its column.
    check(
        RATES,
        "define f (a: Rate) gives Rate\n    a\ntest \"t\"\n    cases\n        | a  || f(a) |\n        | 5% || 5%   |\n        | 7  || 7%   |",
        &["A0302 of 7: write `7%`\n  ! | 7%  || 7%   |"],
    );
    // A name has no sign that could be forgotten.
    check(
        RATES,
        "define f (a: Rate, b: Any) gives Rate\n    lowest of [a, b]",
        &["A0702 of b: make lists of their own, or records that hold both"],
    );
}

#[test]
fn a_day_between_quotation_marks_is_written_as_one() {
    let day = |text: &str| format!("define f (d: date) gives bool\n    d < \"{text}\"");
    for (text, told) in [
        (
            "2026-12-31",
            "A0307 of d < \"2026-12-31\": write the day without quotation marks: `2026-12-31`\n  ! d < 2026-12-31",
        ),
        (
            "31.12.2026",
            "A0307 of d < \"31.12.2026\": write `2026-12-31`\n  ? d < 2026-12-31",
        ),
        (
            "1.2.2026",
            "A0307 of d < \"1.2.2026\": write `2026-02-01`\n  ? d < 2026-02-01",
        ),
        (
            "12/31/2026",
            "A0307 of d < \"12/31/2026\": write `2026-12-31`\n  ? d < 2026-12-31",
        ),
        // There is no such day, and of these figures nobody knows which is the month.
        (
            "31.02.2026",
            "A0307 of d < \"31.02.2026\": compare values of one type",
        ),
        (
            "1/2/2026",
            "A0307 of d < \"1/2/2026\": compare values of one type",
        ),
        (
            "1.2.2026.3",
            "A0307 of d < \"1.2.2026.3\": compare values of one type",
        ),
    ] {
        check("", &day(text), &[told]);
    }
}

/// `0,19` are two values, so what is told is that there is one too many.
#[test]
fn a_comma_for_a_point_is_seen_where_commas_part_values() {
    let rates = format!("{RATES}define g (a: Any, b: int) gives Any\n    a * b");
    check(
        &rates,
        "define f (a: int) gives Any\n    g(0,19, a)",
        &["A0218 of g(0,19, a): write `0.19`\n  ? g(0.19, a)"],
    );
    check(
        &rates,
        "define f (a: int) gives Any\n    g(-2,05, a)",
        &["A0218 of g(-2,05, a): write `-2.05`\n  ? g(-2.05, a)"],
    );
    check(
        &rates,
        "define f gives Out\n    Out(rate: 12,5%, other: 5%, count: 3)",
        &["A0220 of 5%: write `12.5%`\n  ? Out(rate: 12.5%, other: 5%, count: 3)"],
    );
    check(
        &rates,
        "define f (o: Out) gives Out\n    o with (count: 1,5)",
        &["A0220 of 5: write `1.5`\n  ? o with (count: 1.5)"],
    );
    // A blank behind the comma says that two values are meant, and so does the right number of them.
    check(
        &rates,
        "define f (a: int) gives Any\n    g(0, 19, a)",
        &["A0218 of g(0, 19, a): it takes (a, b)"],
    );
    check(&rates, "define f gives Any\n    g(0,19)", &[]);
    check(
        &rates,
        "define f (a: int) gives Any\n    g(0.5,19,a)",
        &["A0218 of g(0.5,19,a): it takes (a, b)"],
    );
}

/// It is a warning, so what is asked here is all that is said of a list.
#[test]
fn a_comma_for_a_point_among_items_is_doubted() {
    let of = |text: &str| {
        let db = Database::default();
        let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
        let found = diagnostics(&db, package);
        let found = found.iter().filter(|found| found.code.0 == "A0712");
        found
            .map(|found| line(&db, found, text))
            .collect::<Vec<_>>()
    };
    let said = |list: &str| {
        of(&format!(
            "define f (a: number, n: int) gives number\n    a * n + (sum of {list})\n"
        ))
    };
    assert_eq!(
        said("[a, 1,5]"),
        [
            "A0712 of 1,5: write `1.5`\n  ? a * n + (sum of [a, 1.5])\n  ? a * n + (sum of [a, 1, 5])"
        ]
    );
    assert_eq!(said("[0, -1,05, a]").len(), 1);
    for list in ["[a, 1, 5]", "[a,1,5]", "[1,5]", "[a, 1.5,5]", "[a, n,5]"] {
        assert_eq!(said(list), [""; 0], "{list}");
    }
    // No number with places could stand among whole numbers.
    let whole = of("define f (n: int) gives bool\n    n in [n, 1,5]\n");
    assert_eq!(whole, [""; 0]);
}

#[test]
fn fields_are_given_with_a_colon() {
    check(
        RATES,
        "define f gives Out\n    Out(rate = 5%, other: 5%, count = 3)",
        &[
            "A0220 of rate = 5%: write `rate: …`\n  ! Out(rate: 5%, other: 5%, count = 3)",
            "A0220 of count = 3: write `count: …`\n  ! Out(rate = 5%, other: 5%, count: 3)",
        ],
    );
    // One fault is told once: the field that is lacking is the one that was misspelt.
    check(
        RATES,
        "define f gives Out\n    Out(rate: 5%, othr: 5%, count: 3)",
        &["A0205 of othr: did you mean `other`?\n  ? Out(rate: 5%, other: 5%, count: 3)"],
    );
    check(
        RATES,
        "define f gives Out\n    Out(rate: 5%, m: 5%)",
        &[
            "A0607 of Out(rate: 5%, m: 5%): give them",
            "A0205 of m: there are `rate`, `other` and `count`",
        ],
    );
}

/// A package that can be checked can be loaded.
#[test]
fn what_engines_do_not_take_is_refused() {
    let many = |part: &str, by: &str| vec![part; 10_001].join(by);
    let values: Vec<String> = (0..10_001).map(|at| format!("v{at}")).collect();
    check(
        "",
        &format!(
            "enum Many = {}\ndefine f (a: Many) gives bool\n    a is v1",
            values.join(" | ")
        ),
        &["A1005 of Many: divide it into several declarations"],
    );
    let conditions = vec!["a"; 700].join(" and ");
    check(
        "",
        &format!("define f (a: bool) gives bool\n    {conditions}"),
        &["A1005 of f: divide it into several declarations"],
    );
    let name = many("a", "");
    check(
        "",
        &format!("decision {name} (a: int) gives int\n    a"),
        &[&format!("A1005 of {name}: write a shorter name")],
    );
    let lets: String = (1..700)
        .map(|at| format!("    let v{at} = v{} + 1\n", at - 1))
        .collect();
    check(
        "",
        &format!("define f (a: int) gives int\n    let v0 = a\n{lets}    give v699"),
        &["A1004 of f: divide it: let functions of their own compute parts of it"],
    );
}

#[test]
fn a_cell_asks_for_missing_only_where_it_can_be() {
    check(
        "",
        "table f (a: int) gives int\n    | a       || f |\n    | missing || 1 |\n    | -       || 2 |",
        &["A0306 of missing: leave it out, or declare the value as one with `?`"],
    );
}

#[test]
fn one_fault_is_told_once() {
    check(
        "",
        "currency EUR\ncurrency EUR\nnumber Amount = money in EUR\ndefine f (a: Amount) gives Amount\n    a",
        &["A0208 of EUR: give one of them another name"],
    );
    check(
        "",
        "record A\n    b : B\nrecord B\n    c : C\nrecord C\n    a : A?",
        &["A0608 of A: hold its key instead, or a list in a record above both"],
    );
    check(
        "",
        "record A\n    b : B\nrecord B\n    b : B",
        &["A0608 of B: hold its key instead, or a list in a record above both"],
    );
}

#[test]
fn functions_of_other_languages() {
    check(
        "",
        "define f (a: int, b: int) gives int\n    max(a, b) + abs(a)",
        &[
            "A0203 of max: write `highest of [a, b]`, or `highest of list`",
            "A0203 of abs: write `absolute(x)`",
        ],
    );
    check(
        "",
        "define f (all: list of int) gives int\n    count of all + 1",
        &[
            "A0309 of +: take a number of the list, in brackets: `(count of …) + 1`, `(sum of …) + 1`",
        ],
    );
}

/// Of another type it would not fit if it were there.
#[test]
fn missing_or_not_the_type_is_wrong() {
    check(
        RATES,
        "define f (a: Rate?) gives Any\n    a",
        &["A0302 of a: divide by the whole: `… / 100%`, so 5% gives 0.05"],
    );
    check(
        RATES,
        "define f (a: Rate?) gives Rate\n    a",
        &[
            "A0303 of a: say what holds then: `… otherwise VALUE`, `… otherwise stop REASON(…)`, or ask `is not missing` first\n  ? a otherwise",
        ],
    );
}

/// A cell of `cases` sees the columns left of it: not its own, and not what the result binds.
#[test]
fn cells_of_cases_mean_what_they_mean_where_they_stand() {
    check(
        "define f (a: int) gives int\n    a",
        "test \"x\"\n    cases\n        | a    || f(a) |\n        | f(a) || 8    |",
        &["A0202 of a: declare it, or `use` the module that does"],
    );
    check(
        "define f (a: int) gives int\n    a",
        "test \"x\"\n    cases\n        | a | b    || sum of a + b for a in [5] |\n        | 1 | f(a) || 6                         |",
        &[],
    );
}

#[test]
fn priority_is_the_order_of_an_enum() {
    check(
        "enum Level = low < high\nrecord Out\n    level : Level\n    fee   : int",
        "table t (n: int) gives Out\n    hit priority\n    | n   || level | fee |\n    | > 1 || low   | 1   |\n    | -   || high  | 2   |",
        &["A0404 of fee: write `hit highest` or `hit lowest`, which take one output column"],
    );
}

/// Branches of int and number, and results that may be missing, are loaded as they are checked.
#[test]
fn mixed_branches_can_be_loaded() {
    for text in [
        "define mean (xs: list of number) gives number?
    if (count of xs) = 0 then 2 else round (sum of xs) / (count of xs) to 0.01",
        "define mean (xs: list of number) gives number?
    if (count of xs) = 0 then (count of xs) else round (sum of xs) / (count of xs) to 0.01",
        "define f (n: int, x: number) gives number
    if x = 0 then 1 / x else if x = 1 then n else 1 / x",
        "define f (a: number) gives number
    let quotient = 1 / a
    give if a = 0 then 0 else quotient",
        "record Pair
    a : number
    b : number
define pair (x: number, y: number) gives Pair
    Pair(b: 79228162514264337593543950335 * y, a: 1 / x)",
    ] {
        check("", text, &[]);
    }
}

/// However an example names itself, it is a circle.
#[test]
fn examples_that_need_themselves() {
    for value in [
        "(lamp.item + 10)",
        "if 1 in [lamp.item] then 1 else 2",
        "count of x in [1, 2] where x is lamp.item",
    ] {
        let text = format!("example lamp = Line(item: {value})");
        let found = told(
            &format!("record Line\n    item : int\n{text}\n"),
            |_, found| found.code.0,
        );
        assert_eq!(found, ["A0221"], "{text}");
    }
}

/// Who takes the rest of a share takes the places of the total.
#[test]
fn a_rest_has_the_places_of_the_total() {
    let share = |rest: &str| {
        format!(
            "number Total = plain, 4 places\nnumber Part = plain, 2 places
define parts (xs: list of Total, t: Total) gives list of Part
    for each x in xs
        give share of t by x to 0.01 {rest}"
        )
    };
    check("", &share(""), &[]);
    check(
        "",
        &share("rest to last"),
        &[
            "A0304 of share of t by x to 0.01 rest to last: round it: `round … to 0.01`\n  ? give round (share of t by x to 0.01 rest to last) to 0.01",
        ],
    );
}

#[test]
fn reasons_whose_texts_need_themselves() {
    check(
        "",
        "reason late (n: int)\n    \"{n} of {count of all(n)}\"\ndefine all (n: int) gives list of Reason\n    [late(n)]",
        &["A0214 of late: go through a list with `for each … carry`, or split the function"],
    );
}

/// Where a value of an enum and a name of such a value both fit, the author says which is meant.
#[test]
fn enum_values_and_names_that_both_fit() {
    let tiers = "enum Tier = basic | best\nrecord L\n    tier : Tier";
    let told = "A0201 of basic: write `Tier.basic`, or give the other another name\n  ? tier is Tier.basic";
    check(
        tiers,
        "define f (tier: Tier, basic: Tier) gives bool\n    tier is basic",
        &[told],
    );
    check(
        tiers,
        "parameter basic : Tier\n    is best\ndefine f (tier: Tier) gives bool\n    tier is basic",
        &[told],
    );
    // A cell of a case may name a column left of its own, or a value of its own column.
    check(
        tiers,
        "define f (basic: bool, tier: Tier) gives bool\n    basic and tier is best\ntest \"t\"\n    cases\n        | basic | tier  || f(basic, tier) |\n        | true  | basic || false          |",
        &[
            "A0201 of basic: write `Tier.basic`, or give the other another name\n  ? | true  | Tier.basic || false          |",
        ],
    );
    check(
        tiers,
        "define f (basic: bool, tier: Tier) gives bool\n    basic and tier is best\ntest \"t\"\n    cases\n        | tier  | basic || f(basic, tier) |\n        | basic | true  || false          |",
        &[],
    );
    // A name of another type does not fit, and a name in full is the value.
    check(
        tiers,
        "define f (l: L, basic: bool) gives bool\n    l.tier is basic and basic",
        &[],
    );
    check(
        tiers,
        "define f (tier: Tier, basic: Tier) gives bool\n    tier is Tier.basic and basic is best",
        &[],
    );
}

/// The product may have 29 places, one more than a decimal has; nothing is wrong with rounding it.
#[test]
fn a_product_of_more_places_than_a_decimal_has_is_rounded() {
    check(
        "number Fine = plain, 24 places, from 0 to 1\nnumber Price = plain, 5 places, from 0 to 1",
        "define f (a: Fine, b: Price) gives Price\n    round a * b to 0.00001",
        &[],
    );
}

#[test]
fn what_a_broken_declaration_declares_is_not_told_as_unknown() {
    let text = "\
currency EUR
type Amount = EUR, 2 places, from 0 EUR to 100 EUR

define f (amount: Amount) gives Amount
    amount + Other
";
    let told = told(text, |db, found| line(db, found, text));
    let codes: Vec<&str> = told.iter().filter_map(|line| line.get(..5)).collect();
    assert_eq!(codes, ["A0132", "A0202"], "{told:?}");
}
