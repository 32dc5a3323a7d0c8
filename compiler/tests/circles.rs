//! Examples that need themselves are told, however they name each other; and modules that use each other.

use assize_compiler::{Database, PackageInput, diagnostics};

fn codes(text: &str) -> Vec<&'static str> {
    let db = Database::default();
    let package = PackageInput::alone(&db, "p", [("m.assize", text)]);
    diagnostics(&db, package)
        .iter()
        .map(|one| one.code.0)
        .collect()
}

fn of(value: &str) -> Vec<&'static str> {
    codes(&format!(
        "module m\n\nexample x = {value}\n\nexample y = m.x\n"
    ))
}

#[test]
fn an_example_that_needs_itself_in_any_way_is_told() {
    for value in [
        "x",
        "m.x",
        "m.y",
        "x > 1",
        "\"{x}\"",
        "true and x",
        "[1 when x]",
        "x in [1]",
        "x between 1 and 2",
        "x is missing",
        "x otherwise 1",
        "all of [x]",
        "for each z in [1] give x",
        "for each z in x give z",
        "for each z in [1] carry n = x next n = n finally n",
        "exists z in [1] where z = m.x",
        "every z in [1] has x",
        "sum of x for z in [1]",
        "lowest of z in [1] by x",
        "round 1.5 to x",
        "let z = x give z",
    ] {
        assert!(of(value).contains(&"A0221"), "{value}: {:?}", of(value));
    }
}

#[test]
fn a_name_of_its_own_is_no_use_of_the_example() {
    for value in [
        "for each x in [1] give x",
        "let x = 2 give x",
        "sum of x for x in [1]",
        "exists x in [1] where x = 1",
    ] {
        assert_eq!(of(value), Vec::<&str>::new(), "{value}");
    }
}

#[test]
fn an_example_may_be_called_like_the_value_that_it_has() {
    let text = |retail: &str| {
        format!(
            "module m\n\nenum Segment = retail | trade\n\nrecord Customer\n    segment : Segment\n    \
             n : int = 1\n\nexample retail = {retail}\n\nexample same = retail\n"
        )
    };
    assert_eq!(
        codes(&text("Customer(segment: retail)")),
        Vec::<&str>::new()
    );
    // Where no value of an enum fits, it is the example.
    assert!(codes(&text("retail with (n: 2)")).contains(&"A0221"));
    assert!(codes(&text("same")).contains(&"A0221"));
}

/// Modules `m0`, `m1`, … that use those with these numbers: what is said of circles.
fn module_circles(uses: &[&[usize]]) -> Vec<String> {
    let db = Database::default();
    let files = uses.iter().enumerate().map(|(at, uses)| {
        let uses: String = uses.iter().map(|used| format!("use m{used}\n")).collect();
        let text = format!("module m{at}\n{uses}define f{at} () gives int\n    1\n");
        (format!("m{at}.assize"), text)
    });
    let package = PackageInput::alone(&db, "p", files);
    diagnostics(&db, package)
        .into_iter()
        .filter(|one| one.code.0 == "A0215")
        .map(|one| one.claim)
        .collect()
}

#[test]
fn circles_of_modules_are_told_with_what_leads_to_them_and_away() {
    // 0 → 1 → 2 → 3 → 1, and 3 → 4; 5 and 6 use each other; 7 stands between both circles.
    let uses: &[&[usize]] = &[&[1], &[2], &[3], &[1, 4], &[], &[6, 7], &[5], &[1]];
    assert_eq!(
        module_circles(uses),
        [
            "`m1`, `m2`, `m3` use each other in a circle",
            "`m5`, `m6` use each other in a circle"
        ]
    );
    assert!(module_circles(&[&[1, 2], &[2], &[]]).is_empty());
}

#[test]
fn a_long_chain_of_modules_is_read_once() {
    let numbers: Vec<Vec<usize>> = (0..2_000)
        .map(|at: usize| at.checked_sub(1).into_iter().collect())
        .collect();
    let uses: Vec<&[usize]> = numbers.iter().map(Vec::as_slice).collect();
    assert!(module_circles(&uses).is_empty());
}

#[test]
fn records_that_contain_themselves_are_told_and_end() {
    let uses = "define f (a: R, b: R) gives bool\n    a = b\n\n\
                define g (a: R, b: R) gives bool\n    a in [b] and a.next = b.next\n";
    for records in [
        "record R\n    next : R\n",
        "record R\n    next : R?\n    n : int\n",
        "record R\n    next : list of R, at most 3\n",
        "record R\n    next : S\n\nrecord S\n    back : list of R\n",
    ] {
        let told = codes(&format!("{records}\n{uses}"));
        assert!(told.contains(&"A0608"), "{told:?}");
    }
}
