//! Columns with few values: what a cell or a condition may say of them, and every value they take.

use assize_eval::Value;
use rust_decimal::Decimal;

use crate::Numbers;

/// What stands before every table and rule.
pub const DECLARATIONS: &str = "enum Color = red | blue | green
enum Tier = low < mid < high
number Small = plain, 0 places, from -1 to 2
number Tenth = plain, 1 places, from 0 to 0.5
";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bool,
    Color,
    Tier,
    Int,
    Small,
    Tenth,
    Open,
    Day,
    Code,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    pub optional: bool,
    /// Codes end in this: another column has others.
    pub codes: usize,
}

/// Whether one number compares with another so.
type Holds = fn(&Decimal, &Decimal) -> bool;

/// A value with how it is written, and its place in the order of its kind.
#[derive(Clone, Debug)]
pub struct Known {
    pub value: Value,
    pub text: String,
    /// `None`: missing.
    pub order: Option<Decimal>,
}

const KINDS: &[Kind] = &[
    Kind::Bool,
    Kind::Color,
    Kind::Tier,
    Kind::Int,
    Kind::Int,
    Kind::Small,
    Kind::Tenth,
    Kind::Open,
    Kind::Day,
    Kind::Code,
];

impl Column {
    pub fn random(numbers: &mut Numbers, at: usize, day: bool) -> Column {
        let kinds: Vec<Kind> = KINDS
            .iter()
            .copied()
            .filter(|kind| day || *kind != Kind::Day)
            .collect();
        Column {
            name: format!("c{at}"),
            codes: at,
            kind: numbers.pick(&kinds),
            optional: numbers.chance(25),
        }
    }

    pub fn ty(&self) -> String {
        let name = match self.kind {
            Kind::Bool => "bool",
            Kind::Color => "Color",
            Kind::Tier => "Tier",
            Kind::Int => "int",
            Kind::Small => "Small",
            Kind::Tenth => "Tenth",
            Kind::Open => "number",
            Kind::Day => "date",
            Kind::Code => "code",
        };
        format!("{name}{}", if self.optional { "?" } else { "" })
    }

    pub fn is_ordered(&self) -> bool {
        !matches!(self.kind, Kind::Bool | Kind::Color | Kind::Code)
    }

    /// Every value that something tells apart: two more than are written at either end, so that two
    /// columns which are compared have room.
    pub fn domain(&self) -> Vec<Known> {
        let known = |value: Value, text: String, order: Decimal| Known {
            value,
            text,
            order: Some(order),
        };
        let named = |names: &[&str]| {
            let all = (0u32..).zip(names);
            all.map(|(at, name)| known(Value::Enum(at), (*name).into(), Decimal::from(at)))
                .collect()
        };
        let mut out: Vec<Known> = match self.kind {
            Kind::Bool => [false, true]
                .map(|it| known(Value::Bool(it), it.to_string(), Decimal::from(u8::from(it))))
                .to_vec(),
            Kind::Color => named(&["red", "blue", "green"]),
            Kind::Tier => named(&["low", "mid", "high"]),
            Kind::Int => (-3..=5)
                .map(|n| known(Value::Int(n), n.to_string(), Decimal::from(n)))
                .collect(),
            Kind::Small => (-1..=2)
                .map(|n| {
                    known(
                        Value::Num(Decimal::from(n)),
                        n.to_string(),
                        Decimal::from(n),
                    )
                })
                .collect(),
            Kind::Tenth | Kind::Open => {
                let tenths: &[i64] = match self.kind {
                    Kind::Tenth => &[0, 1, 2, 3, 4, 5],
                    _ => &[
                        -20, -10, 0, 2, 3, 5, 6, 7, 10, 12, 15, 20, 22, 23, 25, 30, 40,
                    ],
                };
                let numbers = tenths.iter().map(|n| Decimal::new(*n, 1).normalize());
                numbers
                    .map(|x| known(Value::Num(x), x.to_string(), x))
                    .collect()
            }
            Kind::Day => (1..=7)
                .map(|n| format!("2026-01-0{n}"))
                .map(|text| {
                    let day = assize_ir::date::parse(&text).unwrap();
                    known(Value::Date(day), text, Decimal::from(day))
                })
                .collect(),
            Kind::Code => (0u32..)
                .zip(["A", "B", "C", "OTHER"])
                .map(|(at, name)| {
                    let name = match name {
                        "OTHER" => name.to_string(),
                        name => format!("{name}{}", self.codes),
                    };
                    let value = Value::Code(name.as_str().into());
                    known(value, format!("\"{name}\""), Decimal::from(at))
                })
                .collect(),
        };
        if self.optional {
            out.push(Known {
                value: Value::Missing,
                text: "missing".into(),
                order: None,
            });
        }
        out
    }

    /// A value that is written.
    pub fn constant(&self, numbers: &mut Numbers) -> String {
        match self.kind {
            Kind::Bool => numbers.pick(&["true", "false"]).to_string(),
            Kind::Color => numbers.pick(&["red", "blue", "green"]).to_string(),
            Kind::Tier => numbers.pick(&["low", "mid", "high"]).to_string(),
            Kind::Int => (numbers.below(5) as i64 - 1).to_string(),
            Kind::Small => (numbers.below(5) as i64 - 1).to_string(),
            Kind::Tenth => numbers
                .pick(&["0", "0.1", "0.2", "0.3", "0.4", "0.5"])
                .to_string(),
            Kind::Open => numbers.pick(&["0", "1", "2", "0.5", "2.5"]).to_string(),
            Kind::Day => format!("2026-01-0{}", 2 + numbers.below(5)),
            Kind::Code => format!("\"{}{}\"", numbers.pick(&["A", "B", "C"]), self.codes),
        }
    }

    /// Two written values, rising.
    pub fn two(&self, numbers: &mut Numbers) -> Option<(String, String)> {
        let domain = self.domain();
        let place = |text: &str| domain.iter().position(|known| known.text == text);
        let (a, b) = (self.constant(numbers), self.constant(numbers));
        let (at, other) = (place(&a)?, place(&b)?);
        (at != other).then_some(if at < other { (a, b) } else { (b, a) })
    }

    /// A test of a cell without a comma. `other` is the name of a column that may be compared.
    fn test(&self, numbers: &mut Numbers, other: Option<&str>) -> String {
        let value = match other.filter(|_| numbers.chance(30)) {
            Some(other) => other.to_string(),
            None => self.constant(numbers),
        };
        if self.is_ordered() {
            match numbers.below(8) {
                0..=3 => format!("{} {value}", numbers.pick(&["<", "<=", ">", ">="])),
                4 | 5 => match self.two(numbers) {
                    Some((a, b)) => {
                        let below = numbers.pick(&["", "", "below "]);
                        match (numbers.below(4), other) {
                            (0, Some(other)) => format!("{a} to {below}{other}"),
                            (1, Some(other)) => format!("{other} to {below}{b}"),
                            _ => format!("{a} to {below}{b}"),
                        }
                    }
                    None => value,
                },
                _ => value,
            }
        } else {
            value
        }
    }

    /// A cell.
    pub fn cell(&self, numbers: &mut Numbers, other: Option<&str>) -> String {
        if numbers.chance(30) {
            return "-".into();
        }
        if self.optional && numbers.chance(15) {
            return "missing".into();
        }
        let mut text = self.test(numbers, other);
        if numbers.chance(20) {
            text = format!("{text}, {}", self.test(numbers, other));
        }
        if self.optional && numbers.chance(10) {
            text = format!("{text}, missing");
        }
        if numbers.chance(20) {
            text = format!("not {text}");
        }
        text
    }

    /// Whether words of a message take a value: parts of a side, parted by commas. What the text does
    /// not write is `any other`.
    pub fn takes(&self, words: &[String], known: &Known, text: &str) -> Option<bool> {
        let mut any = false;
        for word in words {
            any |= match word.as_str() {
                "any other" => known.order.is_some() && !text.contains(&known.text),
                word => self.takes_one(word, known)?,
            };
        }
        Some(any)
    }

    fn takes_one(&self, word: &str, known: &Known) -> Option<bool> {
        if word == "missing" {
            return Some(known.order.is_none());
        }
        if word == "not missing" {
            return Some(known.order.is_some());
        }
        let Some(x) = known.order else {
            return Some(false);
        };
        let domain = self.domain();
        let at = |text: &str| match self.kind {
            Kind::Int | Kind::Small | Kind::Tenth | Kind::Open => text.parse::<Decimal>().ok(),
            Kind::Day => assize_ir::date::parse(text).map(Decimal::from),
            _ => domain.iter().find(|known| known.text == text)?.order,
        };
        let signs: [(&str, Holds); 4] = [
            ("<= ", Decimal::le),
            (">= ", Decimal::ge),
            ("< ", Decimal::lt),
            ("> ", Decimal::gt),
        ];
        for (sign, holds) in signs {
            if let Some(rest) = word.strip_prefix(sign) {
                return Some(holds(&x, &at(rest)?));
            }
        }
        if let Some((a, b)) = word.split_once(" to ") {
            let low = match a.strip_prefix("above ") {
                Some(a) => x > at(a)?,
                None => x >= at(a)?,
            };
            return Some(match b.strip_prefix("below ") {
                Some(b) => low && x < at(b)?,
                None => low && x <= at(b)?,
            });
        }
        Some(x == at(word)?)
    }
}

/// What the words of a message say.
pub struct Sides {
    /// Of each column: one of these.
    columns: Vec<Option<Vec<String>>>,
    /// How two columns compare.
    orders: Vec<(usize, String, usize)>,
}

impl Sides {
    /// Whether a point is in them; `None`: they say something else.
    pub fn take(&self, columns: &[Column], point: &[Known], text: &str) -> Option<bool> {
        let mut all = true;
        for ((column, known), side) in columns.iter().zip(point).zip(&self.columns) {
            if let Some(words) = side {
                all &= column.takes(words, known, text)?;
            }
        }
        for (left, sign, right) in &self.orders {
            let (left, right) = (point.get(*left)?, point.get(*right)?);
            let (Some(a), Some(b)) = (left.order, right.order) else {
                all &= sign == "!=";
                continue;
            };
            all &= match sign.as_str() {
                "<" => a < b,
                "<=" => a <= b,
                "=" => a == b,
                ">=" => a >= b,
                ">" => a > b,
                "!=" => a != b,
                _ => return None,
            };
        }
        Some(all)
    }
}

/// What the words of a message say of each column; `None`: they speak of something else.
pub fn sides(columns: &[Column], words: &str) -> Option<Sides> {
    let mut out = Sides {
        columns: vec![None; columns.len()],
        orders: Vec::new(),
    };
    if words == "any case" {
        return Some(out);
    }
    let mut now = None;
    for part in words.split(", ") {
        let by_name = |name: &str| columns.iter().position(|column| column.name == name);
        if let [left, sign, right] = part.split(' ').collect::<Vec<_>>().as_slice()
            && let (Some(left), Some(right)) = (by_name(left), by_name(right))
        {
            out.orders.push((left, (*sign).to_string(), right));
            now = None;
            continue;
        }
        let named = columns
            .iter()
            .enumerate()
            .find_map(|(at, column)| Some((at, part.strip_prefix(&format!("{} ", column.name))?)));
        let (at, word) = match (named, now) {
            (Some((at, word)), _) => (at, word),
            (None, Some(at)) => (at, part),
            (None, None) => return None,
        };
        now = Some(at);
        out.columns
            .get_mut(at)?
            .get_or_insert_default()
            .push(word.into());
    }
    Some(out)
}

/// All combinations of the values of columns.
pub fn points(columns: &[Column]) -> Vec<Vec<Known>> {
    let mut out: Vec<Vec<Known>> = vec![Vec::new()];
    for column in columns {
        let domain = column.domain();
        out = out
            .iter()
            .flat_map(|point| {
                domain.iter().map(|known| {
                    let mut longer = point.clone();
                    longer.push(known.clone());
                    longer
                })
            })
            .collect();
    }
    out
}
