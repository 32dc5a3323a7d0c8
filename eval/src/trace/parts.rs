//! How a part came to be: of a share, or of values that are rounded with the remainder carried along.

use assize_ir::{Node, NodeId, NumType, Share, Slot, Type};
use rust_decimal::Decimal;

use super::{Divided, LeftOver, Note, Part};
use crate::decimal;
use crate::format;
use crate::interp::{Frame, Machine};
use crate::rounding::{Exact, Mode, round_share};
use crate::value::Value;

/// Places of an exact part beyond those of its step: enough to see why it was rounded as it was.
const MORE_PLACES: u32 = 6;
/// Most places of a decimal.
const MAX_PLACES: u32 = assize_ir::facts::MAX_SCALE as u32;

/// What a note says of a share besides numbers, as it was when the element took part.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    total: String,
    weight: String,
    per: Option<String>,
    step: String,
    using: String,
    kind: NumType,
    weights: Option<NumType>,
    /// Whether none of the numbers is to be shown: each says something of the others.
    hidden: bool,
}

/// What is divided by what in a share: `total × weight ÷ weights`.
#[derive(Clone, Copy)]
pub(crate) struct Quotient {
    pub(crate) total: Decimal,
    pub(crate) weights: Exact,
    pub(crate) step: Decimal,
}

/// A quotient lies between these; where it is a decimal of so many places, both are it.
#[derive(Clone, Copy)]
struct Between {
    low: Decimal,
    high: Decimal,
}

impl Between {
    fn of(value: Decimal) -> Between {
        Between {
            low: value,
            high: value,
        }
    }

    fn less(self, given: Decimal) -> Option<Between> {
        Some(Between {
            low: decimal::subtract(self.low, given).ok()?,
            high: decimal::subtract(self.high, given).ok()?,
        })
    }

    /// The digits that are certain, and `…` where more follow.
    fn text(self, kind: &NumType) -> String {
        let cut = if self.low >= Decimal::ZERO {
            self.low
        } else {
            self.high
        };
        let more = if self.low == self.high { "" } else { "…" };
        let mut text = format!("{}{more}", format::number(cut, kind));
        format::measure(kind, &mut text);
        text
    }
}

/// What a number of this type is a number of: how it is written, without its places and range.
fn kind_of(ty: &Type) -> NumType {
    let number = number_type(ty).unwrap_or(NumType::PLAIN);
    NumType {
        percent: number.percent,
        unit: number.unit,
        ..NumType::PLAIN
    }
}

/// The digits of a number as it is shown.
fn digits(shown: &str) -> &str {
    shown.split([' ', '%']).next().unwrap_or(shown)
}

/// A value that was rounded to a step, with the places that the step is written with.
fn rounded(value: Decimal, step: &str, kind: &NumType) -> String {
    let places = digits(step).split_once('.');
    let places = places.map_or(0, |(_, fraction)| fraction.len());
    let places = u8::try_from(places).unwrap_or(0);
    let mut text = format::with_places(value, kind.percent, places);
    format::measure(kind, &mut text);
    text
}

impl Quotient {
    /// The exact part of this much weight. Of a total without weights it is nothing.
    fn exact(self, weight: Exact) -> Option<Between> {
        if self.total.is_zero() {
            return Some(Between::of(Decimal::ZERO));
        }
        // As many places as fit beside the digits before the point.
        let most = (self.step.scale() + MORE_PLACES).min(MAX_PLACES);
        (0..=most).rev().find_map(|places| {
            let step = Decimal::new(1, places);
            let to = |mode| round_share(self.total, weight, self.weights, step, mode).ok();
            Some(Between {
                low: to(Mode::Floor)?,
                high: to(Mode::Ceiling)?,
            })
        })
    }
}

/// What is rounded with its remainder carried along: the nodes, and what they gave.
pub(crate) struct Remainder<'v> {
    pub(crate) value: (NodeId, Decimal),
    pub(crate) step: (NodeId, Decimal),
    pub(crate) mode: (NodeId, Mode),
    pub(crate) per: Option<(NodeId, &'v Value)>,
}

/// The numbers of a part of a share.
pub(crate) struct SharePart {
    /// Its own weight.
    pub(crate) weight: Exact,
    /// The weights before it and what these were given, where the parts run.
    pub(crate) before: Option<(Exact, Decimal)>,
    /// What is left over after all are rounded, where this one takes it.
    pub(crate) rest: Option<Decimal>,
    /// What it gets.
    pub(crate) value: Decimal,
}

impl<'a> Machine<'a, '_> {
    /// What an element says of its part; nothing where no trace is wanted.
    #[inline(never)]
    pub(crate) fn told_of_share(
        &self,
        frame: &Frame<'a>,
        share: &'a Share,
        [total, weight, step, mode]: [&Value; 4],
        per: Option<&Value>,
    ) -> Option<Box<Told>> {
        self.recorder.as_ref()?;
        let show = |id: NodeId, value: &Value| self.show_node(frame, id, value);
        let total_of = frame.callable.node(share.total);
        let hidden = [share.total, share.weight, share.step]
            .into_iter()
            .any(|id| self.hides(frame, id));
        Some(Box::new(Told {
            total: show(share.total, total),
            weight: show(share.weight, weight),
            per: share.per.zip(per).map(|(id, value)| show(id, value)),
            step: show(share.step, step),
            using: show(share.mode, mode),
            kind: total_of.map_or(NumType::PLAIN, |node| kind_of(&node.ty)),
            weights: frame
                .callable
                .node(share.weight)
                .and_then(|node| number_type(&node.ty)),
            hidden,
        }))
    }

    /// The part of an element of a loop with shares.
    #[inline(never)]
    pub(crate) fn note_share(
        &mut self,
        node: &'a Node,
        part: Option<Part>,
        during: Vec<(Slot, usize)>,
    ) {
        let Some(mut part) = part else {
            return;
        };
        part.part = self.source(node.place);
        self.note_during(Some(node.place), Note::Part(Box::new(part)), during);
    }

    /// A value was rounded with the remainder carried along.
    #[inline(never)]
    pub(crate) fn note_remainder(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        rounding: &Remainder<'_>,
        (carried, part): (Option<Decimal>, Decimal),
    ) {
        if self.recorder.is_none() {
            return;
        }
        let show = |id: NodeId, value: &Value| self.show_node(frame, id, value);
        let Remainder {
            value,
            step,
            mode,
            per,
        } = rounding;
        let of = frame.callable.node(value.0);
        let kind = of.map_or(NumType::PLAIN, |node| kind_of(&node.ty));
        let position = Mode::ALL.iter().position(|other| *other == mode.1);
        let position = position.and_then(|at| u32::try_from(at).ok());
        let using = position.map(|at| show(mode.0, &Value::Enum(at)));
        let step = show(step.0, &Value::Num(step.1));
        let note = Part {
            part: self.source(node.place),
            divided: None,
            per: per.map(|(id, value)| show(id, value)),
            exact: show(value.0, &Value::Num(value.1)),
            carried: carried.map(|carried| Between::of(carried).text(&kind)),
            value: rounded(part, &step, &kind),
            step,
            using: using.unwrap_or_default(),
            rest: None,
        };
        let hidden = [value.0, rounding.step.0]
            .into_iter()
            .any(|id| self.hides(frame, id));
        let note = if hidden { note.hidden() } else { note };
        self.note_during(Some(node.place), Note::Part(Box::new(note)), frame.during());
    }
}

/// The note of a part, without the text of the share.
pub(crate) fn of_share(told: &Told, of: Quotient, part: &SharePart) -> Part {
    let kind = &told.kind;
    let text = |between: Option<Between>| {
        between.map_or_else(|| "…".to_owned(), |between| between.text(kind))
    };
    let carried = part.before.map(|(weight, given)| {
        let carried = of.exact(weight).and_then(|before| before.less(given));
        text(carried)
    });
    let weights = of.weights.decimal().map(|weights| {
        let ty = told.weights.as_ref().unwrap_or(&NumType::PLAIN);
        format::measured(weights, ty)
    });
    let note = Part {
        part: String::new(),
        divided: Some(Divided {
            total: told.total.clone(),
            weight: told.weight.clone(),
            weights: weights.unwrap_or_else(|| "…".to_owned()),
        }),
        per: told.per.clone(),
        exact: text(of.exact(part.weight)),
        carried,
        step: told.step.clone(),
        using: told.using.clone(),
        rest: part.rest.and_then(|rest| {
            let own = decimal::subtract(part.value, rest).ok()?;
            Some(LeftOver {
                rounded: rounded(own, &told.step, kind),
                rest: rounded(rest, &told.step, kind),
            })
        }),
        value: rounded(part.value, &told.step, kind),
    };
    if told.hidden { note.hidden() } else { note }
}

impl Part {
    /// Without its numbers.
    fn hidden(self) -> Part {
        let hide = || format::HIDDEN.to_owned();
        Part {
            divided: self.divided.map(|_| Divided {
                total: hide(),
                weight: hide(),
                weights: hide(),
            }),
            exact: hide(),
            carried: self.carried.map(|_| hide()),
            step: hide(),
            rest: self.rest.map(|_| LeftOver {
                rounded: hide(),
                rest: hide(),
            }),
            value: hide(),
            ..self
        }
    }
}

fn number_type(ty: &Type) -> Option<NumType> {
    match ty.plain() {
        Type::Num(number) => Some(number.clone()),
        _ => None,
    }
}

/// A part in words.
pub fn words(part: &Part) -> String {
    let mut line = match part.part.as_str() {
        "" => "a part".to_owned(),
        written => written.to_owned(),
    };
    if let Some(per) = &part.per {
        line.push_str(&format!(", for {per}"));
    }
    line.push_str(": ");
    if let Some(of) = &part.divided {
        line.push_str(&format!(
            "{} * {} / {} is ",
            of.total, of.weight, of.weights
        ));
    }
    line.push_str(&part.exact);
    if let Some(carried) = &part.carried {
        line.push_str(&format!(", {carried} carried over"));
    }
    let how = match part.using.as_str() {
        "even" => "half to even to",
        "up" => "up to",
        "down" => "down to",
        "floor" => "to the lower",
        "ceiling" => "to the higher",
        _ => "to",
    };
    let own = part.rest.as_ref().map_or(&part.value, |it| &it.rounded);
    line.push_str(&format!(", rounded {how} {own}"));
    // A step from data is not in the text.
    if !part.part.contains(digits(&part.step)) {
        line.push_str(&format!(" in steps of {}", part.step));
    }
    if let Some(LeftOver { rest, .. }) = &part.rest {
        line.push_str(&format!(", takes the rest of {rest}: {}", part.value));
    }
    line
}
