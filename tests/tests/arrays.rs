//! Loops over arrays and lists of a caller: whether elements are read in their place or handed over, written one by
//! one or gone through, the answer is the interpreter's.

#![cfg(test)]

use assize_eval::json::NumberStyle;
use assize_runtime::typed::{Choice, Day, Fixed, Record, Refused, Within};
use assize_runtime::{Loaded, Options};
use rust_decimal::Decimal;
use serde_json::{Value, json};

const RULES: &str = include_str!("arrays/rules.assize");

#[derive(Clone, Copy, Debug, PartialEq, Choice)]
#[repr(u8)]
enum Kind {
    Heavy,
    Light,
    Odd,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Kind::Heavy => "heavy",
            Kind::Light => "light",
            Kind::Odd => "odd",
        }
    }
}

/// In another order than that of the rules, which is not that of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
enum Turned {
    Odd,
    Heavy,
    Light,
}

/// Read in its place.
#[derive(Clone, Copy, Debug, Record)]
struct Item {
    open: bool,
    whole: i16,
    day: Day,
    kind: Kind,
    big: Fixed<2>,
    small: Within<3, -1_000_000, 1_000_000>,
    part: Within<1, 0, 1_000>,
}

/// Handed over, since only Rust knows how an option is held.
#[derive(Clone, Copy, Debug, Record)]
struct Loose {
    kind: Turned,
    big: Fixed<2>,
    extra: Option<Fixed<3>>,
    small: Fixed<3>,
    part: Fixed<1>,
    whole: i64,
    day: Day,
    open: bool,
}

impl From<Item> for Loose {
    fn from(item: Item) -> Loose {
        Loose {
            kind: match item.kind {
                Kind::Heavy => Turned::Heavy,
                Kind::Light => Turned::Light,
                Kind::Odd => Turned::Odd,
            },
            big: item.big,
            extra: None,
            small: item.small.into(),
            part: item.part.into(),
            whole: item.whole.into(),
            day: item.day,
            open: item.open,
        }
    }
}

#[derive(Clone, Debug, Record)]
#[assize(input_only)]
struct Three {
    limit: Fixed<2>,
    items: [Item; 3],
    least: Fixed<3>,
}

#[derive(Clone, Debug, Record)]
#[assize(input_only)]
struct ThreeLoose {
    items: [Loose; 3],
    limit: Fixed<2>,
    least: Fixed<3>,
}

#[derive(Clone, Debug, Record)]
#[assize(input_only)]
struct Nine {
    items: [Item; 9],
    limit: Fixed<2>,
    least: Fixed<3>,
}

#[derive(Clone, Debug, Record)]
#[assize(input_only)]
struct Many {
    items: Vec<Item>,
    limit: Fixed<2>,
    least: Fixed<3>,
}

#[derive(Clone, Debug, Record)]
#[assize(input_only)]
struct ManyLoose<'t> {
    items: &'t [Loose],
    limit: Fixed<2>,
    least: Fixed<3>,
}

#[derive(Clone, Debug, PartialEq, Record)]
#[assize(output_only)]
struct Sums {
    big: Fixed<2>,
    small: Decimal,
    some: Decimal,
    open: i64,
    whole: i64,
    wide: Fixed<2>,
}

#[derive(Clone, Debug, PartialEq, Record)]
#[assize(output_only)]
struct Ends {
    lowest: Option<Fixed<3>>,
    highest: Option<Fixed<2>>,
    first: Option<i64>,
    kind: Option<Turned>,
    day: Option<Day>,
    best: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Record)]
#[assize(output_only)]
struct Tests {
    any: bool,
    all: bool,
    either: bool,
}

#[derive(Clone, Debug, PartialEq, Record)]
#[assize(output_only)]
struct Answer {
    sums: Sums,
    ends: Ends,
    tests: Tests,
    pairs: Decimal,
    listed: Vec<i64>,
    sorted: Vec<i64>,
    grouped: i64,
    rounded: Fixed<2>,
    nearest: Fixed<2>,
    near_even: Fixed<2>,
    halves: Fixed<3>,
}

fn loaded() -> Loaded {
    assize_tests::loaded::loaded("arrays", RULES).unwrap()
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

    /// Mostly near an edge, and seldom where sums leave their word.
    fn big(&mut self) -> i64 {
        let near = self.roll() as i64 % 5 - 2;
        let edges = [0, 7, 15, 25, 1_000, -1_000, 123_456, -35];
        let far = [
            i64::MAX / 3,
            i64::MAX / 2,
            i64::MIN / 2,
            i64::MAX - 3,
            i64::MIN + 3,
        ];
        if self.roll().is_multiple_of(40) {
            self.among(&far) + near
        } else {
            self.among(&edges) + near
        }
    }

    fn item(&mut self) -> Item {
        let small = self.among(&[0, 1, 499, 500, 501, -500, 999_999, -1_000_000, 25, 75]);
        Item {
            open: self.roll().is_multiple_of(2),
            whole: self.among(&[0, 1, -1, i16::MAX, i16::MIN]),
            day: Day(self.among(&[0, 20_000, -719_162, 2_932_896])),
            kind: self.among(&[Kind::Heavy, Kind::Light, Kind::Odd]),
            big: Fixed(self.big()),
            small: Within::new(small).unwrap(),
            part: Within::new(self.among(&[0, 4, 5, 99, 100, 101, 499, 500, 1_000])).unwrap(),
        }
    }
}

fn number<T: ToString>(number: T) -> Value {
    Value::String(number.to_string())
}

/// What the interpreter answers; its error, where there is one.
fn interpreted(loaded: &Loaded, items: &[Item], limit: Fixed<2>, least: Fixed<3>) -> Value {
    let items: Vec<Value> = items
        .iter()
        .map(|item| {
            json!({
                "kind": item.kind.name(),
                "big": number(item.big),
                "small": number(item.small),
                "part": number(item.part),
                "whole": item.whole,
                "day": number(item.day),
                "open": item.open,
            })
        })
        .collect();
    let input = json!({"items": items, "limit": number(limit), "least": number(least)});
    let call = json!({"decision": "all", "input": input}).to_string();
    let options = Options {
        style: NumberStyle::String,
        ..Options::default()
    };
    let text = loaded.decide_json(call.as_bytes(), &options);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert!(
        answer.get("output").is_some() || answer.get("error").is_some(),
        "{text}"
    );
    answer.get("output").cloned().unwrap_or(Value::Null)
}

/// A number without zeros behind the point, so that one is written alike however it is held.
fn plain(number: impl TryInto<Decimal, Error: std::fmt::Debug>) -> Value {
    Value::String(number.try_into().unwrap().normalize().to_string())
}

fn opt<T>(value: Option<T>, shown: impl FnOnce(T) -> Value) -> Value {
    value.map_or(Value::Null, shown)
}

/// An answer as JSON, with numbers as [`plain`] writes them.
fn shown(answer: &Answer) -> Value {
    let (sums, ends, tests) = (&answer.sums, &answer.ends, &answer.tests);
    json!({
        "sums": {
            "big": plain(sums.big),
            "small": plain(sums.small),
            "some": plain(sums.some),
            "open": sums.open,
            "whole": sums.whole,
            "wide": plain(sums.wide),
        },
        "ends": {
            "lowest": opt(ends.lowest, plain),
            "highest": opt(ends.highest, plain),
            "first": opt(ends.first, Value::from),
            "kind": opt(ends.kind, |kind| Value::from(match kind {
                Turned::Odd => "odd",
                Turned::Heavy => "heavy",
                Turned::Light => "light",
            })),
            "day": opt(ends.day, number),
            "best": opt(ends.best, Value::from),
        },
        "tests": {"any": tests.any, "all": tests.all, "either": tests.either},
        "pairs": plain(answer.pairs),
        "listed": answer.listed,
        "sorted": answer.sorted,
        "grouped": answer.grouped,
        "rounded": plain(answer.rounded),
        "nearest": plain(answer.nearest),
        "near_even": plain(answer.near_even),
        "halves": plain(answer.halves),
    })
}

/// JSON with every number in text as [`plain`] writes it.
fn plainly(value: Value) -> Value {
    match value {
        Value::String(text) => match Decimal::from_str_exact(&text) {
            Ok(number) => plain(number),
            Err(_) => Value::String(text),
        },
        Value::Array(items) => items.into_iter().map(plainly).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, it)| (name, plainly(it)));
            Value::Object(fields.collect())
        }
        other => other,
    }
}

/// Whether an answer has a number that no coefficient of 64 bits with 2 places is.
fn is_great(answer: &Value) -> bool {
    match answer {
        Value::String(text) => Decimal::from_str_exact(text)
            .is_ok_and(|number| Fixed::<2>::try_from(number.trunc_with_scale(2)).is_err()),
        Value::Array(items) => items.iter().any(is_great),
        Value::Object(fields) => fields.values().any(is_great),
        _ => false,
    }
}

/// Whether a caller is told what the interpreter says.
fn is_told(answer: Result<Answer, Refused>, wanted: &Value) {
    match answer {
        Ok(answer) => assert_eq!(shown(&answer), *wanted),
        Err(Refused::Failed(_)) => assert!(wanted.is_null(), "{wanted}"),
        Err(Refused::DoesNotFit) => assert!(is_great(wanted), "{wanted}"),
        Err(other) => panic!("{other}"),
    }
}

/// Compiling takes a large stack.
fn with_rules(test: impl FnOnce(&Loaded, &Loaded) + Send) {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(64 << 20);
        let run = builder.spawn_scoped(scope, || test(&loaded(), &loaded()));
        run.unwrap().join().unwrap();
    });
}

#[test]
fn elements_are_decided_alike_wherever_they_lie() {
    with_rules(|compiled, slow| {
        let three = compiled.typed::<Three, Answer>("all").unwrap();
        let three_loose = compiled.typed::<ThreeLoose, Answer>("all").unwrap();
        let nine = compiled.typed::<Nine, Answer>("all").unwrap();
        let many = compiled.typed::<Many, Answer>("all").unwrap();
        let many_loose = compiled.typed::<ManyLoose<'_>, Answer>("all").unwrap();
        assert_eq!(three.not_yet(), None);
        let mut callers = (
            three.caller(),
            three_loose.caller(),
            nine.caller(),
            many.caller(),
        );
        assert!(!slow.is_compiled());
        let mut dice = Dice(7);
        let (mut great, mut decided) = (0, 0);
        for _ in 0..1_500 {
            let items: Vec<Item> = (0..9).map(|_| dice.item()).collect();
            let loose: Vec<Loose> = items.iter().copied().map(Loose::from).collect();
            let (limit, least) = (Fixed(dice.big()), Fixed(dice.among(&[0, 500, -1, 999_999])));
            let few: [Item; 3] = items[..3].try_into().unwrap();
            let wanted = plainly(interpreted(slow, &few, limit, least));
            if is_great(&wanted) {
                great += 1;
            } else {
                decided += 1;
            }
            let asked = Three {
                limit,
                items: few,
                least,
            };
            is_told(callers.0.decide(&asked), &wanted);
            let asked = ThreeLoose {
                items: few.map(Loose::from),
                limit,
                least,
            };
            is_told(callers.1.decide(&asked), &wanted);
            let asked = Many {
                items: few.to_vec(),
                limit,
                least,
            };
            is_told(callers.3.decide(&asked), &wanted);
            let wanted = plainly(interpreted(slow, &items, limit, least));
            let asked = Nine {
                items: items.as_slice().try_into().unwrap(),
                limit,
                least,
            };
            is_told(callers.2.decide(&asked), &wanted);
            let asked = ManyLoose {
                items: &loose,
                limit,
                least,
            };
            let mut caller = many_loose.caller();
            is_told(caller.decide(&asked), &wanted);
        }
        // Both are seen often enough to count.
        assert!(
            great > 50 && decided > 500,
            "{great} beyond a word, {decided} decided"
        );
        let asked = Many {
            items: Vec::new(),
            limit: Fixed(1),
            least: Fixed(0),
        };
        let wanted = plainly(interpreted(slow, &[], Fixed(1), Fixed(0)));
        is_told(callers.3.decide(&asked), &wanted);
    });
}

fn ask(items: &[Loose]) -> ManyLoose<'_> {
    ManyLoose {
        items,
        limit: Fixed(0),
        least: Fixed(0),
    }
}

#[test]
fn what_is_out_of_its_range_is_refused_where_it_lies() {
    with_rules(|compiled, _| {
        let many = compiled.typed::<ManyLoose<'_>, Answer>("all").unwrap();
        // These types ask less of numbers than the rules do.
        let mut outside = [Loose::from(Dice(3).item())];
        outside[0].part = Fixed(1_001);
        let mut inside = outside;
        inside[0].part = Fixed(0);
        let too_many = vec![inside[0]; 13];
        let mut caller = many.caller();
        let refused = |answer| matches!(answer, Err(Refused::Invalid(_)));
        assert!(refused(caller.decide(&ask(&outside))));
        assert!(refused(caller.decide(&ask(&too_many))));
        assert!(caller.decide(&ask(&inside)).is_ok());
    });
}
