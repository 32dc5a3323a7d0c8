//! Rows and columns that can decide one case together.

use std::collections::BTreeMap;

use assize_compiler::diagnostic::At;
use assize_compiler::{Database, PackageInput, SourceFile, Workspace, diagnostics, resolve};

use super::check;

#[test]
fn an_overlap_of_unique_rows_has_a_replayed_witness() {
    let text = r"enum Segment = retail | trade

table rate (segment: Segment, quantity: int) gives int
    | #     | segment | quantity || rate |
    | few   | -       | < 10     || 0    |
    | trade | trade   | 5 to 20  || 3    |
    | many  | -       | > 20     || 5    |
    | more  | retail  | >= 10    || 6    |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 6: row few and row trade can both apply
      line 6: says 3
      line 5: says 0
      because both take segment trade, quantity 5
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row few and row trade
      | test "rate: segment trade, quantity 5"
      |     expect error conflict in rate(trade, 5)
    Error A0411 line 8: row many and row more can both apply
      line 8: says 6
      line 7: says 5
      because both take segment retail, quantity 21
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row many and row more
      | test "rate: segment retail, quantity 21"
      |     expect error conflict in rate(retail, 21)
    "#);
}

#[test]
fn equal_outputs_of_overlapping_rows_may_be_allowed() {
    let text = r"table rate (quantity: int) gives int
    | quantity || rate |
    | <= 10    || 3    |
    | >= 10    || 3    |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 4: row 1 and row 2 can both apply
      line 4: says 3
      line 3: says 3
      because both take quantity 10, and both give 3
      instead narrow one of them, or allow rows that say the same: `hit same`
      case: conflict between row 1 and row 2
      | test "rate: quantity 10"
      |     expect error conflict in rate(10)
    "#);
}

#[test]
fn an_overlap_that_hangs_on_a_parameter_is_proved_by_a_case() {
    let text = r"table rate (quantity: int, limit: int) gives int
    | quantity || rate |
    | < limit  || 0    |
    | >= 10    || 3    |
    | < 10     || 1    |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 4: row 1 and row 2 can both apply
      line 4: says 3
      line 3: says 0
      because both take quantity 10, limit 11
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row 1 and row 2
      | test "rate: quantity 10, limit 11"
      |     expect error conflict in rate(10, 11)
    Error A0411 line 5: row 1 and row 3 can both apply
      line 5: says 1
      line 3: says 0
      because both take quantity -1, limit 0
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row 1 and row 3
      | test "rate: quantity -1, limit 0"
      |     expect error conflict in rate(-1, 0)
    "#);
}

#[test]
fn rows_of_hit_same_that_say_different_things() {
    let text = r"table rate (quantity: int) gives int
    hit same
    | quantity || rate |
    | <= 10    || 3    |
    | 10 to 20 || 3    |
    | >= 20    || 5    |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 6: row 2 and row 3 can both apply and say different things
      line 6: says 5
      line 5: says 3
      because both take quantity 20
      instead let both say the same, or narrow one of them
      case: conflict between row 2 and row 3
      | test "rate: quantity 20"
      |     expect error conflict in rate(20)
    "#);
}

#[test]
fn two_rows_of_a_grid_overlap() {
    let text = r"enum Segment = retail | trade

table rate (segment: Segment, quantity: int) gives int
    | #    | segment \ quantity | 0+ | 10+ |
    | all  | -                  | 1  | 2   |
    | best | trade              | 3  | 4   |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 3: no row of `rate` takes quantity < 0
      because for example quantity -1: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: quantity -1"
      |     expect error undecided in rate(retail, -1)
    Error A0411 line 6: row all and row best can both apply
      line 6: says 3
      line 5: says 1
      because both take segment trade, quantity 0
      instead narrow one of them
      case: conflict between row all and row best
      | test "rate: segment trade, quantity 0"
      |     expect error conflict in rate(trade, 0)
    "#);
}

#[test]
fn many_overlaps_are_counted() {
    let text = r"table rate (a: int, b: int) gives int
    | a    | b    || rate |
    | -    | > 0  || 1    |
    | -    | > 1  || 2    |
    | > 0  | -    || 3    |
    | > 1  | -    || 4    |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 1: no row of `rate` takes a < 1, b < 1
      because for example a 0, b 0: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: a 0, b 0"
      |     expect error undecided in rate(0, 0)
    Error A0411 line 6: row 1, row 2, row 3 and row 4 can all apply
      line 6: says 4
      line 3: says 1
      line 4: says 2
      line 5: says 3
      because all take a 2, b 2
      instead narrow them, or let the first decide: `hit first`
      case: conflict between row 1, row 2, row 3 and row 4
      | test "rate: a 2, b 2"
      |     expect error conflict in rate(2, 2)
    "#);
}

#[test]
fn rows_that_take_one_case_are_told_together() {
    let text = r"number Percent = percent

table rate (quantity: int) gives Percent
    | quantity || rate |
    | <= 10    || 5%   |
    | 5 to 20  || 5.0% |
    | 8 to 30  || 5%   |
    | > 30     || 7%   |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 7: row 1, row 2 and row 3 can all apply
      line 7: says 5%
      line 5: says 5%
      line 6: says 5.0%
      because all take quantity 8, and all give 5%
      instead narrow them, or allow rows that say the same: `hit same`
      case: conflict between row 1, row 2 and row 3
      | test "rate: quantity 8"
      |     expect error conflict in rate(8)
    "#);
}

#[test]
fn overlaps_beyond_those_shown_are_counted() {
    let rows: String = (1..=7)
        .map(|n| {
            let (low, middle, high) = (n * 10, n * 10 + 5, n * 10 + 9);
            format!("    | {low} to {middle} || 1 |\n    | {middle} to {high} || 2 |\n")
        })
        .collect();
    let told = check(&format!(
        "table rate (a: int) gives int?\n    | a || rate |\n{rows}"
    ));
    assert_eq!(told.matches("can both apply").count(), 5, "{told}");
    assert!(
        told.contains("Note A0411 line 1: 2 more pairs of rows overlap"),
        "{told}"
    );
}

#[test]
fn places_of_a_sheet_are_cells_of_its_text() {
    let row = |line: u32, cells: &[&str]| {
        let cells = cells.iter().map(|cell| (*cell).to_string()).collect();
        assize_compiler::SheetRow::texts(line, cells)
    };
    let text = "table rate (name: text, n: int) gives int\n    from \"r.csv\"\n";
    let db = Database::default();
    let file = SourceFile::new(&db, "a.assize".into(), "a".into(), text.to_string());
    // A row that goes over two lines, and an empty line before the last.
    let rows = vec![
        row(1, &["name", "n", "||", "out"]),
        row(2, &["say \"a\"\n, b", "> 1", "", "10"]),
        row(5, &["- ", " > 2 ", "", " 20 "]),
    ];
    let sheet = assize_compiler::Sheet::of_rows(&db, "r.csv".into(), "a".into(), rows);
    let package = PackageInput::new(
        &db,
        "a".into(),
        "0.1.0".into(),
        vec![file],
        Vec::new(),
        Vec::new(),
        BTreeMap::from([("r.csv".to_string(), sheet)]),
    );
    let _ = Workspace::new(&db, vec![package], package);
    let overlap = diagnostics(&db, package)
        .into_iter()
        .find(|found| found.code.0 == "A0411")
        .expect("an overlap");
    let shown = |at: &At| {
        let (file, range) = resolve(&db, at);
        let text = file.text(&db);
        let before = text.get(..range.start as usize).unwrap_or_default();
        let slice = text.get(range.start as usize..range.end as usize);
        let (line, slice) = (before.matches('\n').count() + 1, slice.unwrap_or_default());
        format!("{}:{line} {slice:?}", file.path(&db))
    };
    assert_eq!(shown(&overlap.primary.at), "r.csv:5 \"- , > 2 ,, 20\"");
    assert_eq!(overlap.primary.text, "says 20");
    let related: Vec<String> = overlap
        .related
        .iter()
        .map(|label| shown(&label.at))
        .collect();
    assert_eq!(
        related,
        ["r.csv:2 \"\\\"say \\\"\\\"a\\\"\\\"\\n, b\\\",> 1,,10\""]
    );
}

#[test]
fn outputs_that_the_record_gives_have_no_words_in_a_row() {
    let text = r#"record Terms
    days  : int = 14
    rate  : int
    level : int
    note  : text?

table terms (n: int) gives Terms
    | n     || rate | level |
    | <= 10 || 5    | 1     |
    | >= 10 || 5    | 1     |
"#;
    let told = check(text);
    assert!(told.contains("line 10: says 5, 1\n"), "{told}");
    assert!(
        told.contains("because both take n 10, and both give 5, 1"),
        "{told}"
    );
}

#[test]
fn rows_and_columns_of_a_grid_clash_apart() {
    let text = r"enum Segment = retail | trade | key

table rate (segment: Segment, quantity: int) gives int
    | segment \ quantity | <= 10 | >= 10 |
    | retail, trade      | 1     | 2     |
    | trade, key         | 3     | 4     |

table repeated (segment: Segment, other: Segment) gives int
    | segment \ other    | retail | trade | retail | key |
    | retail, trade, key | 1      | 2     | 3      | 4   |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 4: column <= 10 and column >= 10 can both apply
      line 4: says 2
      line 4: says 1
      because both take segment retail, quantity 10
      instead narrow one of them
      case: conflict between column <= 10 and column >= 10
      | test "rate: segment retail, quantity 10"
      |     expect error conflict in rate(retail, 10)
    Error A0411 line 6: row 1 and row 2 can both apply
      line 6: says 3
      line 5: says 1
      because both take segment trade, quantity 0
      instead narrow one of them
      case: conflict between row 1 and row 2
      | test "rate: segment trade, quantity 0"
      |     expect error conflict in rate(trade, 0)
    Error A0411 line 9: column 1 (retail) and column 3 (retail) can both apply
      line 9: says 3
      line 9: says 1
      because both take segment retail, other retail
      instead narrow one of them
      case: conflict between column 1 (retail) and column 3 (retail)
      | test "repeated: segment retail, other retail"
      |     expect error conflict in repeated(retail, retail)
    "#);
}

#[test]
fn clashes_of_a_grid_and_of_rows_that_should_say_the_same_are_counted() {
    let steps: Vec<String> = (0..9)
        .map(|n| format!("{} to {}", n * 10, n * 10 + 10))
        .collect();
    let cells: Vec<String> = (0..9).map(|n| n.to_string()).collect();
    let rows: Vec<String> = steps
        .iter()
        .enumerate()
        .map(|(n, step)| format!("    | {step} || {n} |\n"))
        .collect();
    let text = format!(
        "table rate (open: bool, n: int) gives int?\n    | open \\ n | {} |\n    | true, false | {} |\n\n\
         table same (n: int) gives int?\n    hit same\n    | n || rate |\n{}",
        steps.join(" | "),
        cells.join(" | "),
        rows.concat()
    );
    let told = check(&text);
    let counted: Vec<&str> = told.lines().filter(|line| line.contains("Note")).collect();
    insta::assert_snapshot!(counted.join("\n"), @r"
    Note A0411 line 1: 3 other pairs of rows or columns can both apply
    Note A0411 line 5: 3 other cases in which rows say different things
    ");
    assert_eq!(told.matches("Error").count(), 10);
}

#[test]
fn rows_that_say_the_same_agree() {
    let text = r"table rate (quantity: int) gives int
    hit same
    | quantity || rate |
    | <= 50    || 1    |
    | >= 40    || 1    |
    | > 60     || 2    |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 6: row 2 and row 3 can both apply and say different things
      line 6: says 2
      line 5: says 1
      because both take quantity 61
      instead let both say the same, or narrow one of them
      case: conflict between row 2 and row 3
      | test "rate: quantity 61"
      |     expect error conflict in rate(61)
    "#);
}

#[test]
fn what_rows_of_hit_same_compute_is_told_with_all_that_they_need() {
    let text = r"table rate (quantity: int, base: int) gives int
    hit same
    | quantity || rate     |
    | <= 10    || base     |
    | >= 10    || base * 2 |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 5: row 1 and row 2 can both apply and say different things
      line 5: says base * 2
      line 4: says base
      because both take quantity 10, base 1
      instead let both say the same, or narrow one of them
      case: conflict between row 1 and row 2
      | test "rate: quantity 10, base 1"
      |     expect error conflict in rate(10, 1)
    "#);
}
