//! What is known of JSON text before any is read: where the value of each name goes, in which form, and what
//! is written around each part of an answer. Made once, from the types of a program.
//!
//! Whatever has no plan is left to the reader and writer of the definition.

use assize_eval::Value;
use assize_eval::json::write_text;
use assize_ir::{NumType, RelationId};

use super::names::{MOST_NAMES, Names};
use super::out::Fragment;
use super::quick::Step;
use super::scan::{Literal, Places};
use crate::jit::arena::Arena;
use crate::jit::code::Entry;
use crate::jit::shape::scaled;

/// Most fields of an object that has a plan.
pub(super) const MOST_FIELDS: usize = MOST_NAMES;

/// The plans of a program.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    /// By number; `None` for a record that has no JSON form.
    pub(super) records: Vec<Option<Object>>,
    /// By number.
    pub(super) reasons: Vec<Option<Reason>>,
    /// In the order of the program.
    pub(super) decisions: Vec<Decision>,
    /// By their names.
    pub(super) called: Names,
    #[expect(dead_code, reason = "keeps alive what defaults point to")]
    pub(super) held: Held,
}

/// Defaults of fields, and the memory of their words.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) arena: Arena,
    pub(super) values: Vec<Value>,
}

// SAFETY: all addresses point into the arena and the values of the plans themselves, and nothing is written
// there any more.
#[expect(unsafe_code, reason = "memory that is never written again")]
unsafe impl Send for Held {}
// SAFETY: as above.
#[expect(unsafe_code, reason = "memory that is never written again")]
unsafe impl Sync for Held {}

/// A decision that can be answered without values.
#[derive(Debug)]
pub(super) struct Decision {
    /// Its name and the quote behind it.
    pub(super) ending: Literal,
    /// Its name, and its full name.
    pub(super) names: [String; 2],
    /// `None`: it is left to the definition.
    pub(super) plan: Option<Plan>,
}

/// How a decision is answered.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) entry: Entry,
    /// The parameters, in the place of fields.
    pub(super) input: Object,
    pub(super) output: Kind,
    /// Words of the result.
    pub(super) room: usize,
    /// Whether a call must say its time.
    pub(super) needs_instant: bool,
    /// The relations with the greatest age, in seconds, that is accepted.
    pub(super) fresh: Vec<(RelationId, u64)>,
}

/// The form of a value.
#[derive(Debug)]
pub(super) enum Kind {
    Bool,
    Int,
    Fixed(Fixed),
    Decimal(NumType),
    Text,
    /// A code or a calendar.
    Code,
    Date,
    DateFormula,
    Enum(Choice),
    Record(usize),
    Reason,
    List {
        item: Box<Kind>,
        /// Words of an element.
        words: usize,
        at_most: usize,
    },
    Optional(Box<Kind>),
}

impl Kind {
    /// The form of a value that is there.
    #[inline(always)]
    pub(super) fn present(&self) -> &Kind {
        match self {
            Kind::Optional(inner) => inner,
            kind => kind,
        }
    }
}

/// A number in one word.
#[derive(Debug)]
pub(super) struct Fixed {
    /// Places with which it is written, where the coefficient of that is the word.
    pub(super) written: Option<u8>,
    /// The same, for a number that is read.
    pub(super) read: Option<Places>,
    /// Lowest and highest coefficient. What is outside is looked at once more, as a decimal.
    pub(super) range: (i64, i64),
    pub(super) scale: u8,
    pub(super) ty: NumType,
}

/// An enum.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) values: Vec<EnumValue>,
    pub(super) names: Names,
}

/// A value of an enum.
#[derive(Debug)]
pub(super) struct EnumValue {
    pub(super) name: String,
    /// The name and the quote behind it.
    pub(super) ending: Literal,
    /// The name as it is written, in quotes.
    pub(super) written: Fragment,
}

/// A record, the parameters of a decision, or those of a reason.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) fields: Vec<Field>,
    /// How each of them is mostly read.
    pub(super) steps: Vec<Step>,
    pub(super) names: Names,
    pub(super) words: usize,
    /// The checks of the record; `None` where one is not there as machine code, so that the record can only
    /// be written.
    pub(super) checks: Option<Vec<Entry>>,
}

/// A field or parameter.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// The name and the quote behind it.
    pub(super) ending: Literal,
    /// What is written before its value: brace or comma, the name, and the colon.
    pub(super) before: Fragment,
    /// The first of its words, and how many it has.
    pub(super) at: usize,
    pub(super) words: usize,
    pub(super) kind: Kind,
    pub(super) left_out: LeftOut,
}

/// What becomes of a field that is not there.
#[derive(Debug)]
pub(super) enum LeftOut {
    /// It is missing: all its words are 0.
    Missing,
    /// It has these words.
    Default(Vec<u64>),
    /// The definition says what is wrong.
    Fault,
}

/// A reason.
#[derive(Debug)]
pub(super) struct Reason {
    pub(super) code: String,
    pub(super) severity: &'static str,
    pub(super) parameters: Object,
    /// What is written before the parameters; all of it, where there are none.
    pub(super) before: Fragment,
}

impl Plans {
    /// The decision with this name: as it is called, or in full.
    pub(super) fn named(&self, name: &str) -> Option<&Decision> {
        let by = |full: bool| {
            self.decisions.iter().find(move |decision| {
                let [called, whole] = &decision.names;
                name == if full { whole } else { called }
            })
        };
        by(false).or_else(|| by(true))
    }

    pub(super) fn record(&self, record: usize) -> Option<&Object> {
        self.records.get(record)?.as_ref()
    }

    pub(super) fn reason(&self, reason: usize) -> Option<&Reason> {
        self.reasons.get(reason)?.as_ref()
    }

    /// The reason with this code, and its number.
    pub(super) fn reason_named(&self, code: &[u8]) -> Option<(usize, &Reason)> {
        let mut all = self.reasons.iter().enumerate();
        all.find_map(|(number, reason)| {
            let reason = reason.as_ref()?;
            (reason.code.as_bytes() == code).then_some((number, reason))
        })
    }
}

impl Choice {
    pub(super) fn new<'n>(names: impl Iterator<Item = &'n str>) -> Choice {
        let values: Vec<_> = names.map(EnumValue::new).collect();
        Choice {
            names: Names::new(&values),
            values,
        }
    }
}

impl EnumValue {
    pub(super) fn new(name: &str) -> EnumValue {
        let mut written = String::new();
        write_text(name, &mut written);
        EnumValue {
            name: name.to_owned(),
            ending: Literal::around("", name, "\""),
            written: Fragment::new(&written),
        }
    }
}

impl Fixed {
    pub(super) fn new(ty: &NumType, scale: u8) -> Fixed {
        let end = |end: Option<rust_decimal::Decimal>, open: i64| match end {
            None => Some(open),
            Some(end) => scaled(end, scale),
        };
        // An end between two coefficients leaves every number to be looked at as a decimal.
        let range = end(ty.lowest, -i64::MAX).zip(end(ty.highest, i64::MAX));
        let written = if ty.percent {
            scale.checked_sub(2)
        } else {
            Some(scale)
        };
        Fixed {
            written,
            read: written.and_then(Places::new),
            range: range.unwrap_or((1, 0)),
            scale,
            ty: ty.clone(),
        }
    }
}
