//! Rows of constants as columns: the same table in text, in a bundle and node by node; and what the verifier says of
//! columns that nobody could have made of rows.

#![cfg(test)]

use assize_ir::bundle::{BundleError, read, write};
use assize_ir::literal::{Ints, OutputShape, PACKED_FROM, RowPlaces, Texts, Values};
use assize_ir::{
    Body, Callable, Cell, Const, EnumId, Literals, NodeId, NumFacts, PlaceId, Program, Rows, Test,
    Type, parse, print, verify,
};
use rust_decimal::Decimal;

/// The head of a table with every kind of column.
const HEAD: &str = r#"
package "a" "1"
enum a.Rank ordered { low, middle, high }
table a.t (%item: code, %note: text?, %day: date, %size: number(3 places, 0..1000), %count: int, %rank: a.Rank,
           %yes: bool, %how: date_formula, %at: calendar)
    gives number(2 places, 0..100)? {
  hit first
  outputs (price)
  column "item" = %item
  column "note" = %note
  column "day" = %day
  column "size" = %size
  column "count" = %count
  column "rank" = %rank
  column "yes" = %yes
  column "how" = %how
  column "at" = %at
  packed
"#;

/// The text form of a table of all kinds.
fn table() -> String {
    let row = |name: &str, cells: &str, output: &str| {
        format!("  row \"{name}\" ({cells}) => ({output})\n")
    };
    let rows = [
        row(
            "1",
            "is(code(\"A\")), is(\"x\"), is(>=(2026-01-01)), is(range(1, 2.5)), is(<(3i)), is(a.Rank.low), \
             is(true), is(formula(\"1M\")), is(calendar(\"X\"))",
            "some(1.5)",
        ),
        row(
            "2",
            "is(code(\"B\")), is(absent), is(range(2026-01-01, 2026-02-01)), is(range_below(1, 2)), is(>(-3i)), \
             is(<=(a.Rank.high)), is(false), any, any",
            "missing: number(2 places, 0..100)?",
        ),
        row(
            "3",
            "is_not(code(\"A\")), is_not(absent), any, is(range(0)), is_not(7i), any, any, any, is_not(calendar(\"Y\"))",
            "some(99.99)",
        ),
        row(
            "4",
            "any, any, any, any, any, any, any, any, any",
            "some(0)",
        ),
    ];
    format!("{HEAD}{}}}\n", rows.concat())
}

fn packed() -> Program {
    parse(&table()).unwrap()
}

fn callable(program: &mut Program) -> &mut Callable {
    program.callables.last_mut().unwrap()
}

fn literals(program: &Program) -> Literals {
    match &program.callables.last().unwrap().body {
        Body::Table(table) => table.rows.literals().unwrap().clone(),
        _ => panic!("no table"),
    }
}

fn with(change: impl FnOnce(&mut Literals)) -> Program {
    let mut program = packed();
    let mut changed = literals(&program);
    change(&mut changed);
    if let Body::Table(table) = &mut callable(&mut program).body {
        table.rows = Rows::from(changed);
    }
    program
}

fn unpacked() -> Program {
    let mut program = packed();
    program.unpack();
    program
}

#[test]
fn columns_are_the_rows_that_they_were() {
    let (mut columns, rows) = (packed(), unpacked());
    verify(&columns).unwrap();
    verify(&rows).unwrap();
    let (of_columns, of_rows) = (
        callable(&mut columns).clone(),
        rows.callables.last().unwrap(),
    );
    let (Body::Table(a), Body::Table(b)) = (&of_columns.body, &of_rows.body) else {
        panic!("no table")
    };
    assert_eq!(a.rows.len(), 4);
    assert!(a.rows.plain().is_empty() && b.rows.literals().is_none());
    assert_eq!(a.rows[..], b.rows[..]);
    // The nodes of the nine columns are those of the arena.
    assert_eq!(of_columns.nodes.len(), 9);
    for number in 0..=u32::try_from(of_rows.nodes.len()).unwrap() {
        assert_eq!(
            of_columns.node(NodeId(number)),
            of_rows.node(NodeId(number))
        );
    }
    let mut again = rows.clone();
    again.pack(5);
    assert_eq!(again, rows, "four rows are not five");
    again.pack(4);
    assert_eq!(again, columns);
}

#[test]
fn a_constant_of_no_use_is_left_out() {
    // As a compiler leaves the number behind a sign.
    let text = "package \"a\" \"1\" table a.t (%item: int) gives int {\n  $0 = %item\n  $1 = 1i\n  outputs (x)\n  \
                column \"item\" = $0\n  row \"1\" (is(-1i)) => (2i)\n  row \"2\" (is(4i)) => (3i)\n}";
    let mut program = parse(text).unwrap();
    let unused = program.callables[0].nodes[1].clone();
    program.callables[0].nodes.insert(3, unused);
    let Body::Table(table) = &mut program.callables[0].body else {
        panic!("no table")
    };
    // The row's output has moved behind it, and so have the nodes of the other row.
    for row in table.rows.plain_mut() {
        let moved = |id: &mut NodeId| id.0 += u32::from(id.0 >= 3);
        row.outputs.iter_mut().for_each(moved);
        for cell in &mut row.cells {
            if let Cell::OneOf(tests) = cell
                && let [Test::Equal(id)] = tests.as_mut_slice()
            {
                moved(id);
            }
        }
    }
    verify(&program).unwrap();
    let mut packed = program.clone();
    packed.pack(1);
    let callable = verify(&packed).unwrap().callables[0].clone();
    assert_eq!(callable.nodes.len(), 2, "{}", print(&packed));
    packed.unpack();
    assert_eq!(
        packed.callables[0].nodes.len(),
        program.callables[0].nodes.len() - 1
    );
    assert!(print(&packed).contains("row \"1\" (is(-1i)) => (2i)"));
}

#[test]
fn the_text_says_that_rows_are_columns() {
    let columns = packed();
    let text = print(&columns);
    assert_eq!(text.matches("  packed\n").count(), 1);
    assert_eq!(parse(&text).unwrap(), columns);
    assert_eq!(text.replace("  packed\n", ""), print(&unpacked()));
}

#[test]
fn rows_that_cannot_be_columns_are_told_in_the_text() {
    for (from, to) in [
        ("is(code(\"A\"))", "is(code(\"A\"), code(\"C\"))"),
        ("some(1.5)", "some(add(1.5, 1))"),
        ("is(<(3i))", "is(<(%count))"),
    ] {
        let text = table().replacen(from, to, 1);
        let plain = text.replace("  packed\n", "");
        verify(&parse(&plain).unwrap()).unwrap();
        let fault = parse(&text).unwrap_err();
        assert_eq!(
            fault.message, "these rows are not constants of one kind in a column",
            "{to}"
        );
        // They stay rows.
        let mut kept = parse(&plain).unwrap();
        kept.pack(1);
        assert_eq!(kept, parse(&plain).unwrap());
    }
}

#[test]
fn a_bundle_has_columns_from_so_many_rows_on() {
    for (count, columns) in [(PACKED_FROM - 1, false), (PACKED_FROM, true)] {
        let rows: String = (1..=count)
            .map(|number| format!("  row \"{number}\" (is(code(\"I{number}\"))) => ({number}.5)\n"))
            .collect();
        let text = format!(
            "package \"a\" \"1\" table a.t (%item: code) gives number {{\n  outputs (x)\n  column \"item\" = %item\n{rows}}}"
        );
        let plain = parse(&text).unwrap();
        let (bytes, digest) = write(&plain);
        let mut packed = plain.clone();
        packed.pack(PACKED_FROM);
        // Whether a program in memory has columns makes no difference to its bundle.
        assert_eq!(write(&packed).1, digest);
        let mut found = read(&bytes).unwrap().program.into_program();
        let Body::Table(table) = &found.callables[0].body else {
            panic!("no table")
        };
        assert_eq!(table.rows.literals().is_some(), columns);
        found.unpack();
        found.hidden = plain.hidden.clone();
        assert_eq!(found, plain);
    }
}

#[test]
fn names_and_places_of_rows_are_kept() {
    let text = table()
        .replace("row \"2\"", "row \"second\"")
        .replace("row \"3\" (", "row \"3\" @1 (");
    let text = format!("{text}file \"a\" \"a\" \"text\"\nplace 0 0..1 1:1\nplace 0 1..2 1:2\n");
    let columns = parse(&text).unwrap();
    let Body::Table(table) = &columns.callables.last().unwrap().body else {
        panic!("no table")
    };
    assert_eq!(table.rows[1].name, "second");
    assert_eq!(table.rows[2].place, PlaceId(1));
    assert_eq!(table.rows[3].place, PlaceId(0));
    assert_eq!(parse(&print(&columns)).unwrap(), columns);
    let (bytes, _) = write(&columns);
    assert_eq!(read(&bytes).unwrap().program.callables, columns.callables);
}

fn ints(values: &[i64]) -> Ints {
    Ints::new(values).unwrap()
}

fn texts(values: &[&str]) -> Texts {
    Texts::new(values.iter().copied()).unwrap()
}

/// Texts of which another one stands at a place.
fn swapped(values: &[&str], place: usize, by: i64) -> Texts {
    let texts = texts(values);
    let mut which: Vec<i64> = texts.which().iter().collect();
    which[place] = by;
    // The last list of the three that are written.
    let mut bytes = postcard::to_allocvec(&texts).unwrap();
    let before = postcard::to_allocvec(texts.which()).unwrap().len();
    bytes.truncate(bytes.len() - before);
    bytes.extend(postcard::to_allocvec(&ints(&which)).unwrap());
    postcard::from_bytes(&bytes).unwrap()
}

#[test]
fn columns_that_no_rows_have_are_refused() {
    type Change = fn(&mut Literals);
    const ONE_FORM: &str = "columns in their one form";
    let changes: [(&str, Change); 33] = [
        (ONE_FORM, |l| {
            l.names = Some(["1", "2", "3", "4"].map(str::to_owned).into())
        }),
        (ONE_FORM, |l| {
            l.places = RowPlaces::Listed((0..30).map(PlaceId).collect())
        }),
        (ONE_FORM, |l| l.cells[0].values.narrow = true),
        (ONE_FORM, |l| {
            l.outputs[0].values.facts = Some(NumFacts::constant(Decimal::new(15, 1)))
        }),
        (ONE_FORM, |l| {
            l.outputs[0].shapes = ints(&[1, 0, 1, 1]);
            l.outputs[0].values.values = Values::Num(ints(&[1, 1, 2, 0]), ints(&[1; 4]));
        }),
        ("texts that follow each other", |l| {
            l.cells[0].values.values = Values::Code(swapped(&["A", "B", "A"], 1, 0));
        }),
        ("texts that follow each other", |l| {
            l.cells[0].values.values = Values::Code(swapped(&["A", "B", "C"], 0, 1));
        }),
        ("texts that follow each other", |l| {
            l.cells[0].values.values = Values::Code(swapped(&["A", "B", "C"], 2, 0));
        }),
        ("4 cells in a column", |l| {
            l.cells[0].shapes = ints(&[3, 3, 4])
        }),
        ("the shape of a cell, found 13", |l| {
            l.cells[0].shapes = ints(&[3, 3, 4, 13])
        }),
        ("the shape of a cell, found -1", |l| {
            l.cells[0].shapes = ints(&[3, 3, 4, -1])
        }),
        ("a value for each cell", |l| {
            l.cells[0].shapes = ints(&[3, 3, 4, 3])
        }),
        ("2 values, found 3", |l| {
            l.cells[0].shapes = ints(&[3, 3, 0, 0])
        }),
        ("9 columns, found 8", |l| drop(l.cells.pop())),
        ("1 output columns, found 0", |l| drop(l.outputs.pop())),
        ("columns whose nodes begin at $9, found $8", |l| {
            l.first_node = 8
        }),
        ("5 cells in a column", |l| l.count = 5),
        ("at most 100000 rows", |l| l.count = 100_001),
        ("4 names, found 1", |l| l.names = Some(vec!["a".to_owned()])),
        ("a name of at most", |l| {
            l.names = Some(["a", "b\n", "c", "d"].map(str::to_owned).into());
        }),
        ("30 places, found 1", |l| {
            l.places = RowPlaces::Listed(vec![PlaceId(0)])
        }),
        ("30 places, found @0 on", |l| {
            l.places = RowPlaces::From(PlaceId(0))
        }),
        ("a place, found @7", |l| {
            l.places = RowPlaces::Listed(vec![PlaceId(7); 30])
        }),
        ("codes and formulas in their normal form", |l| {
            l.cells[0].values.values = Values::Code(texts(&["a", "B", "A"]));
        }),
        ("codes and formulas in their normal form", |l| {
            l.cells[7].values.values = Values::DateFormula(texts(&["1 M"]));
        }),
        ("expected type text, found code", |l| {
            l.cells[0].values.values = Values::Text(texts(&["A", "B", "A"]));
        }),
        ("0 or 1", |l| {
            l.cells[6].values.values = Values::Bool(ints(&[1, 2]))
        }),
        ("a.Rank", |l| {
            l.cells[5].values.values = Values::Enum(EnumId(3), ints(&[0, 3]))
        }),
        ("columns of which rows can be built", |l| {
            l.cells[2].values.values = Values::Date(ints(&[0, 1 << 40, 0]));
        }),
        ("a constant that is no value of its type", |l| {
            l.cells[2].values.values = Values::Date(ints(&[0, 3_000_000, 0]));
        }),
        ("number(2 places, 0..100)", |l| {
            l.outputs[0].values.values = Values::Num(ints(&[1, 10_001, 0]), ints(&[2, 2, 0]));
        }),
        ("places for each number", |l| {
            l.outputs[0].values.values = Values::Num(ints(&[1, 2, 0]), ints(&[2, 2]));
        }),
        ("columns of which rows can be built", |l| {
            l.outputs[0].missing = None
        }),
    ];
    for (expected, change) in changes {
        let program = with(change);
        let faults = verify(&program).unwrap_err();
        let found: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(
            found.iter().any(|fault| fault.contains(expected)),
            "{expected}: {found:#?}"
        );
        // As a bundle, too, and no other way than by an error.
        assert!(matches!(
            read(&write(&program).0),
            Err(BundleError::Faults(_) | BundleError::Content(_))
        ));
        // Asked before it is verified, it has fewer rows, and does not panic.
        let _ = print(&program);
    }
}

/// What lies between the ends of a column is looked at as well.
#[test]
fn every_value_between_is_looked_at() {
    let program = with(|l| {
        l.outputs[0].values.values = Values::Num(ints(&[1, 333, 2]), ints(&[0, 3, 0]));
    });
    let fault = verify(&program).unwrap_err();
    assert!(
        fault[0].to_string().contains("number(2 places, 0..100)"),
        "{fault:?}"
    );
}

#[test]
fn small_columns_of_large_rows_are_refused() {
    let one = |count: u32, cells: usize| {
        let mut program = packed();
        let mut large = literals(&program);
        large.count = count;
        large.places = RowPlaces::From(PlaceId(0));
        let same = |value: i64| Ints::new(&vec![value; count as usize]).unwrap();
        let mut cell = large.cells[0].clone();
        cell.shapes = same(0);
        cell.values.values = Values::Code(texts(&[]));
        large.cells = vec![cell; cells];
        large.outputs[0].shapes = same(0);
        large.outputs[0].values.values = Values::Num(same(1), same(0));
        let callable = callable(&mut program);
        if let Body::Table(table) = &mut callable.body {
            let column = table.columns[0].clone();
            table.columns = vec![column; cells];
            table.rows = large.into();
        }
        verify(&program).unwrap_err()[0].to_string()
    };
    assert!(one(100_000, 20).contains("at most 2000000 cells"));

    let long = "A".repeat(20_000);
    let mut program = packed();
    let mut large = literals(&program);
    let count = 20_000;
    large.count = count;
    let same = |value: i64| Ints::new(&vec![value; count as usize]).unwrap();
    for cell in &mut large.cells {
        cell.shapes = same(0);
        cell.values.values = Values::Bool(ints(&[]));
    }
    large.cells[0].shapes = same(3);
    large.cells[0].values.values = Values::Code(texts(&vec![long.as_str(); count as usize]));
    large.outputs[0].shapes = same(0);
    large.outputs[0].values.values = Values::Num(same(1), same(0));
    large.places = RowPlaces::Listed(vec![PlaceId(0); 3 * count as usize]);
    if let Body::Table(table) = &mut callable(&mut program).body {
        table.rows = large.into();
    }
    let faults = verify(&program).unwrap_err();
    let told = |it: &assize_ir::VerifyFault| it.to_string().contains("bytes of texts in all rows");
    assert!(faults.iter().any(told), "{faults:?}");
}

#[test]
fn a_list_is_bounded_by_all_rows() {
    let text = "package \"a\" \"1\" table a.t (%item: int) gives list(at most 2) of int {\n  hit list\n  \
                outputs (x)\n  column \"item\" = %item\n  packed\n  row \"1\" (any) => (1i)\n  row \"2\" (any) => (2i)\n";
    assert!(verify(&parse(&format!("{text}}}")).unwrap()).is_ok());
    let third = format!("{text}  row \"3\" (any) => (1i)\n}}");
    let faults = verify(&parse(&third).unwrap()).unwrap_err();
    assert!(
        faults[0]
            .to_string()
            .contains("a bound that is not below the number of rows"),
        "{faults:?}"
    );
}

#[test]
fn values_are_what_they_were() {
    let literals = literals(&packed());
    let constant = |column: usize, at: usize| literals.cells[column].values.values.constant(at);
    assert_eq!(constant(0, 1), Some(Const::Code("B".to_owned())));
    assert_eq!(constant(4, 1), Some(Const::Int(-3)));
    assert_eq!(constant(5, 1), Some(Const::Enum(EnumId(3), 2)));
    assert_eq!(constant(6, 1), Some(Const::Bool(false)));
    assert_eq!(constant(6, 2), None);
    assert_eq!(literals.cells[3].values.ty, Type::NUMBER);
    assert_eq!(
        literals.outputs[0]
            .shapes
            .iter()
            .map(OutputShape::of)
            .collect::<Vec<_>>(),
        [
            OutputShape::Some,
            OutputShape::Missing,
            OutputShape::Some,
            OutputShape::Some
        ]
        .map(Some)
    );
}
