//! Decisions on columns: every row has the interpreter's answer, or its words; and what does not fit is told.

#![cfg(test)]

use std::collections::BTreeMap;

use assize_eval::Value as RuleValue;
use assize_eval::json::NumberStyle;
use assize_runtime::columns::{Answers, Buffer, Cells, Codes, Data, Field, Kind};
use assize_runtime::typed::Refused;
use assize_runtime::{Loaded, Options};
use rust_decimal::Decimal;
use serde_json::{Value, json};

const RULES: &str = include_str!("columns/rules.assize");

fn loaded() -> Loaded {
    assize_tests::loaded::loaded("columns", RULES).unwrap()
}

/// Compiling takes a large stack.
fn with_rules(test: impl FnOnce(&Loaded, &Loaded) + Send) {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(64 << 20);
        let run = builder.spawn_scoped(scope, || test(&loaded(), &loaded()));
        run.unwrap().join().unwrap();
    });
}

/// Numbers that look random, and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn among<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.roll() as usize % values.len()]
    }

    fn in_ten(&mut self, count: u64) -> bool {
        self.roll() % 10 < count
    }
}

/// Bits, the first in the lowest.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    count: usize,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        if self.count.is_multiple_of(8) {
            self.bytes.push(0);
        }
        *self.bytes.last_mut().unwrap() |= u8::from(bit) << (self.count % 8);
        self.count += 1;
    }
}

#[derive(Default)]
struct Texts {
    offsets: Vec<i32>,
    text: String,
}

impl Texts {
    fn push(&mut self, text: &str) {
        if self.offsets.is_empty() {
            self.offsets.push(0);
        }
        self.text.push_str(text);
        self.offsets.push(self.text.len() as i32);
    }

    fn ended(&mut self) {
        if self.offsets.is_empty() {
            self.offsets.push(0);
        }
    }
}

/// Rows as columns, and as the JSON of a call each.
#[derive(Default)]
struct Rows {
    price: Vec<i64>,
    quantity: Vec<i128>,
    limit: (Vec<i64>, Bits),
    segment: (Vec<i8>, Bits),
    sold: Vec<i32>,
    open: Bits,
    note: (Texts, Bits),
    contract: Bits,
    number: Texts,
    share: Vec<i64>,
    since: (Vec<i32>, Bits),
    parts: Vec<i32>,
    weight: Vec<i64>,
    tag: (Texts, Bits),
    serial: Vec<i16>,
    sizes: Vec<i64>,
    twice: Bits,
    calls: Vec<Value>,
}

/// In another order than that of the rules.
const SEGMENTS: [&str; 3] = ["partner", "retail", "trade"];

fn fixed(number: impl Into<i128>, places: u32) -> Value {
    let number = Decimal::try_from_i128_with_scale(number.into(), places).unwrap();
    Value::String(number.to_string())
}

fn day(day: i32) -> Value {
    Value::String(assize_ir::date::format(day))
}

impl Rows {
    fn push(&mut self, dice: &mut Dice) {
        let mut line = BTreeMap::new();
        let rare = if dice.in_ten(1) { 1_300 } else { 7 };
        let price = dice.among(&[0, 1, 5, 99, 100_000, 33_333, rare]);
        self.price.push(price);
        line.insert("price", fixed(price, 2));
        let quantity = dice.among(&[
            0i128,
            1_000,
            1_001,
            -5_000,
            i128::from(i64::MAX),
            10i128.pow(20),
            250,
        ]);
        self.quantity.push(quantity);
        line.insert("quantity", fixed(quantity, 3));
        let limit = dice.among(&[0, 10_000, -1, i64::MAX]);
        let there = dice.in_ten(5);
        self.limit.0.push(limit);
        self.limit.1.push(there);
        line.insert("limit", if there { fixed(limit, 4) } else { Value::Null });
        let (segment, there) = (dice.among(&[0i8, 1, 2]), dice.in_ten(7));
        // A code beside the names does not count where the value is missing.
        let strange = !there && dice.in_ten(3);
        self.segment.0.push(if strange { 77 } else { segment });
        self.segment.1.push(there);
        let name = there.then(|| SEGMENTS[segment as usize]);
        line.insert("segment", json!(name));
        let sold = dice.among(&[0, 20_000, -719_162, 2_932_896]);
        self.sold.push(sold);
        line.insert("sold", day(sold));
        let open = dice.in_ten(5);
        self.open.push(open);
        line.insert("open", json!(open));
        let (note, there) = (dice.among(&["", "größer", "x"]), dice.in_ten(5));
        self.note.0.push(note);
        self.note.1.push(there);
        line.insert("note", if there { json!(note) } else { Value::Null });
        let there = dice.in_ten(6);
        self.contract.push(there);
        let number = dice.among(&["C-1", " c-2 ", "ZZ"]);
        self.number.push(number);
        let share = dice.among(&[0, 125, 1_000]);
        self.share.push(share);
        let (since, known) = (dice.among(&[1, 19_999]), dice.in_ten(5));
        self.since.0.push(since);
        self.since.1.push(known);
        let since = if known { day(since) } else { Value::Null };
        let contract = json!({"number": number, "share": fixed(share, 1), "since": since});
        line.insert("contract", if there { contract } else { Value::Null });
        let count = dice.roll() % 5;
        let parts: Vec<Value> = (0..count).map(|_| self.part(dice)).collect();
        self.parts.push(self.weight.len() as i32);
        line.insert("parts", Value::Array(parts));
        let sizes = [dice.among(&[1, 500]), dice.among(&[2, 499])];
        self.sizes.extend(sizes);
        line.insert("sizes", json!([fixed(sizes[0], 2), fixed(sizes[1], 2)]));
        let twice = dice.in_ten(3);
        self.twice.push(twice);
        self.calls
            .push(json!({"decision": "sell", "input": {"line": line, "twice": twice}}));
    }

    fn part(&mut self, dice: &mut Dice) -> Value {
        let weight = dice.among(&[0, 12_345, 60_000]);
        self.weight.push(weight);
        let (tag, there) = (dice.among(&["red", "", "blue"]), dice.in_ten(5));
        self.tag.0.push(tag);
        self.tag.1.push(there);
        let serial = dice.among(&[1i16, -1, i16::MAX]);
        self.serial.push(serial);
        let tag = if there { json!(tag) } else { Value::Null };
        json!({"weight": fixed(weight, 2), "tag": tag, "serial": serial})
    }

    fn made(count: usize, seed: u64) -> Rows {
        let (mut rows, mut dice) = (Rows::default(), Dice(seed));
        rows.parts.push(0);
        for _ in 0..count {
            rows.push(&mut dice);
        }
        rows.tag.0.ended();
        rows
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        fn texts(texts: &Texts) -> Cells<'_> {
            Cells::Utf8(&texts.offsets, &texts.text)
        }
        vec![
            Cells::I64(&self.price).into(),
            Cells::I128(&self.quantity).into(),
            Cells::I64(&self.limit.0).valid(&self.limit.1.bytes),
            Cells::I8(&self.segment.0).valid(&self.segment.1.bytes),
            Cells::I32(&self.sold).into(),
            Cells::Bits(&self.open.bytes).into(),
            texts(&self.note.0).valid(&self.note.1.bytes),
            Cells::Nothing.valid(&self.contract.bytes),
            texts(&self.number).into(),
            Cells::I64(&self.share).into(),
            Cells::I32(&self.since.0).valid(&self.since.1.bytes),
            Cells::Offsets(&self.parts).into(),
            Cells::I64(&self.weight).into(),
            texts(&self.tag.0).valid(&self.tag.1.bytes),
            Cells::I16(&self.serial).into(),
            Cells::Nothing.into(),
            Cells::I64(&self.sizes).into(),
            Cells::Bits(&self.twice.bytes).into(),
        ]
    }
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("line.price", Kind::Decimal64(2)),
        Field::new("line.quantity", Kind::Decimal128(3)),
        Field::new("line.limit", Kind::Decimal64(4)).nullable(),
        Field::new(
            "line.segment",
            Kind::Dictionary(Codes::Int8, SEGMENTS.map(str::to_owned).to_vec()),
        )
        .nullable(),
        Field::new("line.sold", Kind::Date32),
        Field::new("line.open", Kind::Boolean),
        Field::new("line.note", Kind::Utf8).nullable(),
        Field::new("line.contract", Kind::Struct).nullable(),
        Field::new("line.contract.number", Kind::Utf8),
        Field::new("line.contract.share", Kind::Decimal64(3)),
        Field::new("line.contract.since", Kind::Date32).nullable(),
        Field::new("line.parts", Kind::List),
        Field::new("line.parts[].weight", Kind::Decimal64(2)),
        Field::new("line.parts[].tag", Kind::Utf8).nullable(),
        Field::new("line.parts[].serial", Kind::Int16),
        Field::new("line.sizes", Kind::FixedSizeList(2)),
        Field::new("line.sizes[]", Kind::Decimal64(2)),
        Field::new("twice", Kind::Boolean),
    ]
}

fn number(number: Decimal) -> Value {
    Value::String(number.normalize().to_string())
}

/// JSON with every number in text without zeros behind the point.
fn plainly(value: &Value) -> Value {
    match value {
        Value::String(text) => match Decimal::from_str_exact(text) {
            Ok(it) => number(it),
            Err(_) => value.clone(),
        },
        Value::Array(items) => items.iter().map(plainly).collect(),
        other => other.clone(),
    }
}

fn of_rules(value: &RuleValue, wanted: &Value) -> Value {
    match value {
        RuleValue::Missing => Value::Null,
        RuleValue::Num(it) => number(*it),
        RuleValue::Text(text) | RuleValue::Code(text) => plainly(&Value::String(text.to_string())),
        RuleValue::List(items) => {
            let wanted = wanted.as_array().cloned().unwrap_or_default();
            let items = items.iter().enumerate();
            items
                .map(|(at, item)| of_rules(item, wanted.get(at).unwrap_or(&Value::Null)))
                .collect()
        }
        // Reasons and enums are compared by what the interpreter shows, and by the sets of bits.
        _ => wanted.clone(),
    }
}

/// The cell of a row, as the interpreter would show it.
fn shown(answers: &Answers, path: &str, row: usize, wanted: &Value) -> Value {
    let column = answers.column(path).unwrap();
    if column.there.as_ref().is_some_and(|there| there[row] == 0) {
        return Value::Null;
    }
    match &column.data {
        Data::Bool(data) => json!(data[row] != 0),
        Data::Int(data) => json!(data[row]),
        Data::Fixed(places, data) => number(Decimal::new(data[row], u32::from(*places))),
        Data::Decimal(data) => number(data[row]),
        Data::Day(data) => day(data[row]),
        Data::Choice(names, data) => json!(names[data[row] as usize]),
        Data::Set(names, data) => {
            let names = names.iter().enumerate();
            names
                .filter(|(at, _)| data[row] >> at & 1 == 1)
                .map(|(_, name)| json!(name))
                .collect()
        }
        Data::Values(data) => of_rules(&data[row], wanted),
    }
}

const PATHS: [&str; 18] = [
    "amount",
    "exact",
    "half",
    "day",
    "kind",
    "open",
    "known",
    "count",
    "serial",
    "inner.best",
    "inner.when",
    "inner.where",
    "label",
    "number",
    "tags",
    "weights",
    "bits",
    "kinds",
];

fn compare(slow: &Loaded, rows: &Rows, answers: &Answers) -> (usize, usize) {
    let options = Options {
        style: NumberStyle::String,
        ..Options::default()
    };
    let refused: BTreeMap<usize, &Refused> = answers
        .refused
        .iter()
        .map(|(row, why)| (*row, why))
        .collect();
    let (mut failed, mut great) = (0, 0);
    for (row, call) in rows.calls.iter().enumerate() {
        let text = slow.decide_json(call.to_string().as_bytes(), &options);
        let wanted: Value = serde_json::from_str(&text).unwrap();
        let Some(output) = wanted.get("output") else {
            failed += 1;
            let words = match refused.get(&row) {
                Some(Refused::Invalid(faults)) => faults[0].words(),
                Some(Refused::Failed(failure)) => failure.code.name().to_owned(),
                other => panic!("{row}: {text} and {other:?}"),
            };
            assert!(text.contains(&words), "{row}: {words} is not in {text}");
            continue;
        };
        if let Some(why) = refused.get(&row) {
            assert!(
                matches!(why, Refused::DoesNotFit),
                "{row}: {why} and {text}"
            );
            great += 1;
            continue;
        }
        for path in PATHS {
            let at = format!("/{}", path.replace('.', "/"));
            let mut value = output.pointer(&at).unwrap().clone();
            if path == "bits" {
                let mut codes: Vec<String> = value
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| it["code"].as_str().unwrap().to_owned())
                    .collect();
                codes.sort_by_key(|code| {
                    ["over", "closed", "heavy"].iter().position(|it| it == code)
                });
                value = json!(codes);
            }
            let value = plainly(&value);
            assert_eq!(
                shown(answers, path, row, &value),
                value,
                "{path} of row {row}: {text}"
            );
        }
        // Reasons with their parameters are values.
        let Data::Values(reasons) = &answers.column("reasons").unwrap().data else {
            panic!("a list of reasons is no other column");
        };
        let RuleValue::List(reasons) = &reasons[row] else {
            panic!("{:?}", reasons[row]);
        };
        assert_eq!(reasons.len(), output["reasons"].as_array().unwrap().len());
    }
    (failed, great)
}

#[test]
fn rows_are_decided_alike() {
    with_rules(|compiled, slow| {
        let columns = compiled.columns("sell", &fields(), &["bits"]).unwrap();
        assert_eq!(columns.not_yet(), None);
        let mut batch = columns.batch();
        // One more than a piece, none, and fewer than before.
        for (count, seed) in [(2_500, 1), (0, 2), (70, 3)] {
            let rows = Rows::made(count, seed);
            let answers = batch.decide(count, &rows.buffers()).unwrap();
            let (failed, great) = compare(slow, &rows, answers);
            if count > 1_000 {
                assert!(
                    failed > 10 && great > 10,
                    "{failed} failed, {great} do not fit"
                );
                assert!(failed + great < count / 2);
            }
        }
    });
}

#[test]
fn without_machine_code_rows_are_decided_alike() {
    with_rules(|compiled, slow| {
        let mut columns = compiled.columns("sell", &fields(), &["bits"]).unwrap();
        columns.interpreted();
        let mut batch = columns.batch();
        let rows = Rows::made(300, 4);
        let answers = batch.decide(300, &rows.buffers()).unwrap();
        compare(slow, &rows, answers);
    });
}

#[test]
fn columns_that_do_not_fit_are_all_told() {
    with_rules(|compiled, _| {
        let fields = [
            Field::new("line.price", Kind::Decimal64(3)),
            Field::new("line.quantity", Kind::Decimal64(19)),
            Field::new("line.segment", Kind::dictionary(["retail", "wholesale"])),
            Field::new("line.sold", Kind::Int32),
            Field::new("line.contract", Kind::Utf8),
            Field::new("line.contract.share", Kind::Decimal64(1)),
            Field::new("line.parts", Kind::FixedSizeList(9)),
            Field::new("line.parts[].weight", Kind::Decimal64(2)),
            Field::new("line.sizes[]", Kind::Decimal64(2)),
            Field::new("line.colour", Kind::Utf8),
            Field::new("twice", Kind::Boolean),
            Field::new("twice", Kind::Boolean),
        ];
        let misfits = compiled
            .columns("sell", &fields, &["amount", "tags"])
            .unwrap_err();
        let told: Vec<String> = misfits.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(told.join("\n"));
        let misfits = compiled.columns("buy", &[], &[]).unwrap_err();
        insta::assert_snapshot!(misfits[0].to_string(), @"buy: is no decision of these rules");
    });
}

#[test]
fn buffers_that_are_not_what_was_bound_are_told() {
    with_rules(|compiled, _| {
        let columns = compiled.columns("sell", &fields(), &[]).unwrap();
        let mut batch = columns.batch();
        let rows = Rows::made(20, 5);
        let good = rows.buffers();
        let mut told = vec![
            batch.decide(21, &good).unwrap_err().to_string(),
            batch.decide(20, &good[..17]).unwrap_err().to_string(),
        ];
        let mut replace = |at: usize, buffer: Buffer<'_>| {
            let mut buffers = good.clone();
            buffers[at] = buffer;
            told.push(batch.decide(20, &buffers).unwrap_err().to_string());
        };
        replace(0, Cells::I32(&rows.sold).into());
        replace(0, Cells::I64(&rows.price).valid(&rows.open.bytes));
        replace(2, Cells::I64(&rows.limit.0).into());
        replace(2, Cells::I64(&rows.limit.0).valid(&rows.open.bytes[..2]));
        replace(6, Cells::Utf8(&[0; 21][..20], "").valid(&rows.note.1.bytes));
        let mut outside = rows.number.offsets.clone();
        *outside.last_mut().unwrap() += 1;
        replace(8, Cells::Utf8(&outside, &rows.number.text).into());
        // An offset in the middle of a letter.
        let split = [vec![0], vec![3; 20]].concat();
        replace(8, Cells::Utf8(&split, "größer").into());
        let mut falling = rows.parts.clone();
        falling.swap(3, 10);
        replace(11, Cells::Offsets(&falling).into());
        let mut far = rows.parts.clone();
        *far.last_mut().unwrap() += 100;
        replace(11, Cells::Offsets(&far).into());
        replace(16, Cells::I64(&rows.sizes[..39]).into());
        insta::assert_snapshot!(told.join("\n"));
        assert!(batch.decide(20, &good).is_ok());
    });
}
