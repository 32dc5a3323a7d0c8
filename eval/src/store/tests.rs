//! Tests of relations in memory, against rows kept plainly.

use std::sync::Arc;

use assize_ir::{
    CallableId, Check, Distinct, Enum, EnumId, Field, Index, IndexId, PlaceId, Program, Relation,
    RelationId, RowLimit, Type, date,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::canonical::snapshot_digest;
use crate::date_formula::DateFormula;
use crate::order;
use crate::value::RowRef;

const OFFER: RelationId = RelationId(0);

fn field(name: &str, ty: Type) -> Field {
    Field {
        name: name.to_owned(),
        ty,
        default: None,
        doc: String::new(),
        sensitive: false,
    }
}

fn optional(ty: Type) -> Type {
    Type::Optional(Box::new(ty))
}

/// `data Offer`: key row; item, currency?, minimum, starts?, ends?, kind, on, formula, sizes, note?.
fn program() -> Program {
    let sizes = Type::List {
        item: Box::new(Type::Int),
        at_most: None,
    };
    let distinct = |fields: &[u32], while_valid: bool, because: &str| Distinct {
        fields: fields.to_vec(),
        while_valid,
        because: because.to_owned(),
        place: PlaceId(0),
    };
    let limit = |at_most: u64, per: &[u32]| RowLimit {
        at_most,
        per: per.to_vec(),
        place: PlaceId(0),
    };
    let offer = Relation {
        name: "shop.Offer".to_owned(),
        fields: vec![
            field("row", Type::Int),
            field("item", Type::Code),
            field("currency", optional(Type::Code)),
            field("minimum", Type::NUMBER),
            field("starts", optional(Type::Date)),
            field("ends", optional(Type::Date)),
            field("kind", Type::Enum(EnumId(0))),
            field("on", Type::Bool),
            field("formula", Type::DateFormula),
            field("sizes", sizes),
            field("note", optional(Type::Text)),
        ],
        key_fields: 1,
        fresh_within_seconds: None,
        valid: Some((4, 5)),
        checks: vec![Check {
            callable: CallableId(0),
            because: "A minimum is not negative".to_owned(),
            place: PlaceId(0),
        }],
        distinct: vec![distinct(&[1, 2, 3], true, "")],
        limits: vec![limit(40, &[1]), limit(100, &[])],
        indexes: vec![
            Index { fields: vec![1] },
            Index {
                fields: vec![1, 2, 3],
            },
            Index { fields: vec![6, 7] },
            Index {
                fields: vec![8, 9, 10],
            },
            Index { fields: vec![] },
        ],
        doc: String::new(),
        place: PlaceId(0),
    };
    Program {
        enums: vec![Enum {
            name: "shop.Kind".to_owned(),
            ordered: false,
            values: ["a", "b", "c"].map(str::to_owned).to_vec(),
            doc: String::new(),
        }],
        relations: vec![offer],
        ..Program::default()
    }
}

fn row(number: i64) -> Vec<Value> {
    vec![
        Value::Int(number),
        Value::Code(Arc::from("LAMP")),
        Value::Missing,
        Value::Num(Decimal::from(number)),
        Value::Missing,
        Value::Missing,
        Value::Enum(0),
        Value::Bool(true),
        Value::DateFormula(Arc::new(DateFormula::parse("1W").unwrap())),
        Value::List(Arc::from([])),
        Value::Missing,
    ]
}

fn build(program: &Program, rows: &[Vec<Value>]) -> Built {
    let mut builder = RelationBuilder::new(program, OFFER, None).unwrap();
    for (line, row) in (2u32..).zip(rows) {
        builder.push(row, line).unwrap();
    }
    builder.finish()
}

fn faults(rows: &[Vec<Value>]) -> String {
    let built = build(&program(), rows);
    built
        .faults
        .iter()
        .map(|fault| format!("{fault}\n"))
        .collect()
}

fn dated(number: i64, starts: Option<&str>, ends: Option<&str>) -> Vec<Value> {
    let day = |text: Option<&str>| {
        text.map_or(Value::Missing, |text| {
            Value::Date(date::parse(text).unwrap())
        })
    };
    let mut row = row(number);
    row[3] = Value::Num(Decimal::ONE);
    row[4] = day(starts);
    row[5] = day(ends);
    row
}

#[test]
fn no_rows() {
    let program = program();
    let built = build(&program, &[]);
    assert!(built.faults.is_empty());
    let mut store = Store::empty(&program);
    assert_eq!(store.rows(OFFER), 0);
    store.set_table(OFFER, built.table);
    assert_eq!(store.lookup(OFFER, &[Value::Int(1)]), None);
    assert_eq!(
        store.select(OFFER, IndexId(0), &[Value::Code(Arc::from("A"))]),
        []
    );
    assert_eq!(store.select(OFFER, IndexId(4), &[]), []);
    assert_eq!(store.field(OFFER, 0, 0), Value::Missing);
    assert_eq!(store.field(RelationId(7), 0, 0), Value::Missing);
    assert_eq!(store.table(OFFER).unwrap().bytes_per_row(), 0);
}

#[test]
fn a_row_of_another_shape_is_refused() {
    let program = program();
    let mut builder = RelationBuilder::new(&program, OFFER, None).unwrap();
    assert_eq!(builder.push(&[Value::Int(1)], 1), Err(RowError::Shape));
    let mut wrong = row(1);
    wrong[0] = Value::Bool(true);
    assert_eq!(builder.push(&wrong, 1), Err(RowError::Shape));
    assert!(RelationBuilder::new(&program, RelationId(9), None).is_none());
}

#[test]
fn duplicate_keys_are_all_reported() {
    insta::assert_snapshot!(faults(&[row(2), row(1), row(2), row(3), row(2)]), @r#"
    shop.Offer[2] line 4: duplicate_row: expected each key once, found the row of line 2 as well
    shop.Offer[2] line 6: duplicate_row: expected each key once, found the row of line 2 as well
    shop.Offer[2] line 4: not_distinct: expected distinct item, currency, minimum while valid, found "LAMP", missing, 2 in the row of line 2 as well
    shop.Offer[2] line 6: not_distinct: expected distinct item, currency, minimum while valid, found "LAMP", missing, 2 in the row of line 2 as well
    "#);
}

#[test]
fn distinct_while_valid() {
    // Side by side, one day between; open ends on either side.
    let apart = [
        dated(1, None, Some("2026-01-31")),
        dated(2, Some("2026-02-01"), Some("2026-02-28")),
        dated(3, Some("2026-03-02"), None),
        // Never valid, so never together with another.
        dated(4, Some("2026-03-01"), Some("2026-01-01")),
    ];
    assert_eq!(faults(&apart), "");
    // A common day is enough; one long row clashes with all that begin inside it.
    insta::assert_snapshot!(faults(&[
        dated(1, Some("2026-01-01"), Some("2026-12-31")),
        dated(2, Some("2026-02-01"), Some("2026-02-28")),
        dated(3, Some("2026-03-01"), Some("2026-03-31")),
        dated(4, Some("2026-12-31"), None),
    ]), @r#"
    shop.Offer[2] line 3: not_distinct: expected distinct item, currency, minimum while valid, found "LAMP", missing, 1 in the row of line 2 as well
    shop.Offer[3] line 4: not_distinct: expected distinct item, currency, minimum while valid, found "LAMP", missing, 1 in the row of line 2 as well
    shop.Offer[4] line 5: not_distinct: expected distinct item, currency, minimum while valid, found "LAMP", missing, 1 in the row of line 2 as well
    "#);
    insta::assert_snapshot!(faults(&[dated(1, None, None), dated(2, None, None)]), @r#"shop.Offer[2] line 3: not_distinct: expected distinct item, currency, minimum while valid, found "LAMP", missing, 1 in the row of line 2 as well"#);
    let mut other = dated(2, None, None);
    other[2] = Value::Code(Arc::from("USD"));
    assert_eq!(faults(&[dated(1, None, None), other]), "");
}

#[test]
fn distinct_without_validity() {
    let mut program = program();
    program.relations[0].distinct[0].while_valid = false;
    program.relations[0].distinct[0].because = "One offer each".to_owned();
    let rows = [
        dated(1, None, Some("2026-01-31")),
        dated(2, Some("2026-02-01"), None),
        row(3),
    ];
    let built = build(&program, &rows);
    let text: String = built
        .faults
        .iter()
        .map(|fault| format!("{fault}\n"))
        .collect();
    insta::assert_snapshot!(text, @r#"shop.Offer[2] line 3: not_distinct: expected One offer each (distinct item, currency, minimum), found "LAMP", missing, 1 in the row of line 2 as well"#);
}

#[test]
fn rows_at_most() {
    let many = |count: i64| (0..count).map(row).collect::<Vec<_>>();
    assert_eq!(faults(&many(40)), "");
    insta::assert_snapshot!(faults(&many(41)), @r#"shop.Offer[0] line 2: too_many_rows: expected at most 40 rows per item, found 41 with "LAMP""#);
    let mut mixed = many(101);
    for (number, row) in mixed.iter_mut().enumerate() {
        row[1] = Value::Code(Arc::from(format!("ITEM{}", number / 40)));
    }
    insta::assert_snapshot!(faults(&mixed), @"shop.Offer: too_many_rows: expected at most 100 rows, found 101");
}

#[test]
fn the_number_of_faults_is_bounded() {
    let rows = vec![row(1); crate::json::fault::MAX_FAULTS + 10];
    let faults = build(&program(), &rows).faults;
    assert_eq!(faults.len(), crate::json::fault::MAX_FAULTS + 1);
    assert_eq!(
        faults.last().unwrap().fault.code,
        crate::json::FaultCode::TooManyFaults
    );
}

#[test]
fn rows_are_checked() {
    let program = program();
    let rows = [row(3), row(-1), row(7)];
    let built = build(&program, &rows);
    let mut store = Store::empty(&program);
    store.set_table(OFFER, built.table);
    let data = store.clone();
    let mut checker = |_: &Check, row: RowRef| match data.field(row.relation, row.row, 3) {
        Value::Num(minimum) if minimum == Decimal::from(7) => {
            Err("overflow at shop.Offer:3:5".to_owned())
        }
        Value::Num(minimum) => Ok(minimum >= Decimal::ZERO),
        _ => Ok(false),
    };
    let faults = check_rows(&program, &store, OFFER, &built.lines, &mut checker);
    let text: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
    insta::assert_snapshot!(text, @r"
    shop.Offer[-1] line 3: check_failed: A minimum is not negative
    shop.Offer[7] line 4: check_failed: A minimum is not negative (it could not be computed: overflow at shop.Offer:3:5)
    ");
}

#[test]
fn every_width_comes_back() {
    for edge in [
        1i64,
        127,
        128,
        32_767,
        32_768,
        2_147_483_647,
        2_147_483_648,
        i64::MAX,
    ] {
        let rows = [row(-edge), row(0), row(edge)];
        let program = program();
        let mut store = Store::empty(&program);
        store.set_table(OFFER, build(&program, &rows).table);
        for (position, number) in (0u32..).zip([-edge, 0, edge]) {
            assert_eq!(store.field(OFFER, position, 0), Value::Int(number));
            assert_eq!(store.lookup(OFFER, &[Value::Int(number)]), Some(position));
        }
        assert_eq!(store.lookup(OFFER, &[Value::Int(5)]), None);
    }
}

#[test]
fn numbers_beyond_64_bits_come_back() {
    let program = program();
    let wide = [
        "79228162514264337593543950335",
        "0.0000000000000000000000000001",
        "1.5",
        "-3",
    ];
    let rows: Vec<_> = (0i64..)
        .zip(wide)
        .map(|(number, text)| {
            let mut row = row(number);
            row[3] = Value::Num(text.parse().unwrap());
            row
        })
        .collect();
    let mut store = Store::empty(&program);
    store.set_table(OFFER, build(&program, &rows).table);
    for (position, row) in (0u32..).zip(&rows) {
        assert_eq!(store.field(OFFER, position, 3), row[3]);
        let found = store.select(OFFER, IndexId(1), &row[1..4]);
        assert_eq!(found, [position]);
    }
}

#[test]
fn the_digest_ignores_the_order_of_rows() {
    let program = program();
    let digest = |rows: &[Vec<Value>], as_of: Option<i64>| {
        let mut builder = RelationBuilder::new(&program, OFFER, as_of).unwrap();
        for row in rows {
            builder.push(row, 1).unwrap();
        }
        let mut store = Store::empty(&program);
        store.set_table(OFFER, builder.finish().table);
        snapshot_digest(&program, &store, store.calendars()).unwrap()
    };
    let first = digest(&[row(1), row(2), row(3)], Some(0));
    assert_eq!(first, digest(&[row(3), row(1), row(2)], Some(0)));
    assert_ne!(first, digest(&[row(1), row(2)], Some(0)));
    assert_ne!(first, digest(&[row(1), row(2), row(3)], Some(1)));
    let mut zeros = row(2);
    zeros[3] = Value::Num("2.000".parse().unwrap());
    assert_eq!(first, digest(&[row(1), zeros, row(3)], Some(0)));
    insta::assert_snapshot!(first, @"b3:aa9fcc0872521d84e3047cf572d04cbb7f26c202609cdb813c0d712521a3c33d");
}

fn any_row() -> impl Strategy<Value = Vec<Value>> {
    let code = |texts: &'static [&'static str]| {
        proptest::sample::select(texts).prop_map(|text| Value::Code(Arc::from(text)))
    };
    let days = || prop_oneof![Just(Value::Missing), (0i32..40).prop_map(Value::Date)];
    let numbers = prop_oneof![
        (0i64..4).prop_map(|n| Value::Num(Decimal::new(n, 1))),
        Just(Value::Num(Decimal::new(10, 1))),
        Just(Value::Num("0.1234567890123456789".parse().unwrap())),
    ];
    let formulas = proptest::sample::select(&["1W", "CM", "CM+1D"][..])
        .prop_map(|text| Value::DateFormula(Arc::new(DateFormula::parse(text).unwrap())));
    let sizes = proptest::collection::vec((0i64..2).prop_map(Value::Int), 0..2);
    (
        (-50i64..50).prop_map(Value::Int),
        code(&["A", "B", "Ä", "\u{10000}", "\u{fffd}"]),
        prop_oneof![Just(Value::Missing), code(&["EUR", "USD"])],
        numbers,
        days(),
        days(),
        (0u32..3).prop_map(Value::Enum),
        any::<bool>().prop_map(Value::Bool),
        formulas,
        sizes.prop_map(|sizes| Value::List(Arc::from(sizes))),
        prop_oneof![Just(Value::Missing), Just(Value::Text(Arc::from("n")))],
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i, j, k)| vec![a, b, c, d, e, f, g, h, i, j, k])
}

proptest! {
    #[test]
    fn as_rows_kept_plainly(rows in proptest::collection::vec(any_row(), 0..40), asked in any_row()) {
        let program = program();
        let relation = &program.relations[0];
        let mut plain = rows.clone();
        plain.sort_by(|a, b| order::total(&a[0], &b[0]));
        let built = build(&program, &rows);
        for (line, row) in built.lines.iter().zip(&plain) {
            prop_assert_eq!(&rows[*line as usize - 2], row);
        }
        let mut store = Store::empty(&program);
        store.set_table(OFFER, built.table);
        prop_assert_eq!(store.rows(OFFER) as usize, plain.len());
        for (position, row) in (0u32..).zip(&plain) {
            for (number, value) in (0u32..).zip(row) {
                prop_assert_eq!(&store.field(OFFER, position, number), value);
            }
        }
        for key in plain.iter().chain([&asked]) {
            let first = plain.iter().position(|row| row[0] == key[0]);
            prop_assert_eq!(store.lookup(OFFER, &key[..1]).map(|row| row as usize), first);
            for (number, index) in (0u32..).zip(&relation.indexes) {
                let of = |row: &[Value]| -> Vec<Value> {
                    index.fields.iter().map(|field| row[*field as usize].clone()).collect()
                };
                let wanted: Vec<u32> = (0u32..)
                    .zip(&plain)
                    .filter(|(_, row)| of(row) == of(key))
                    .map(|(position, _)| position)
                    .collect();
                prop_assert_eq!(store.select(OFFER, IndexId(number), &of(key)), wanted);
            }
        }
        // Duplicate keys and overlaps against all pairs.
        let twice = (1..plain.len()).filter(|at| plain[*at][0] == plain[at - 1][0]).count();
        let code = crate::json::FaultCode::DuplicateRow;
        let reported = built.faults.iter().filter(|fault| fault.fault.code == code).count();
        prop_assert_eq!(reported, twice);
        let span = |row: &[Value]| {
            let day = |value: &Value, open: i32| match value { Value::Date(day) => *day, _ => open };
            (day(&row[4], date::FIRST_DAY), day(&row[5], date::LAST_DAY))
        };
        let clash = |a: &[Value], b: &[Value]| {
            let ((a1, a2), (b1, b2)) = (span(a), span(b));
            a[1..4] == b[1..4] && a1 <= a2 && b1 <= b2 && a1 <= b2 && b1 <= a2
        };
        let any = (0..plain.len()).any(|a| (0..a).any(|b| clash(&plain[a], &plain[b])));
        let code = crate::json::FaultCode::NotDistinct;
        prop_assert_eq!(built.faults.iter().any(|fault| fault.fault.code == code), any);
    }
}
