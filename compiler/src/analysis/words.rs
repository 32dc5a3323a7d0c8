//! Sides and boxes in the author's notation.

use std::ops::Bound;

use assize_eval::Value;
use assize_ir::{Program, Type};
use rust_decimal::Decimal;

use super::first_of;
use super::space::{Atoms, Compressed, Dimension, Subject, ends_of_type, has_others, typed};
use crate::boxes::{AtomBox, AtomSet};

impl Compressed<'_> {
    /// Whether a side of a column that may be missing is every value that is there.
    fn is_all_but_missing(&self, column: usize, set: &AtomSet, ty: &Type) -> bool {
        let missing = self.space.columns.get(column).and_then(|of| {
            ty.is_optional()
                .then(|| of.atoms().checked_sub(1))
                .flatten()
        });
        missing.is_some_and(|missing| missing > 0 && *set == AtomSet::span(0, missing))
    }

    /// A side in the author's notation: `1 to 9`, `retail, trade`.
    pub fn words(&self, program: &Program, column: usize, set: &AtomSet, ty: &Type) -> String {
        let show = |number: &Decimal| {
            typed(*number, ty).map_or_else(
                || number.normalize().to_string(),
                |value| crate::literal::literal(program, ty, &value),
            )
        };
        let others = has_others(ty);
        if self.is_all_but_missing(column, set, ty) {
            return "not missing".to_string();
        }
        let mut words = Vec::new();
        match self.columns.get(column) {
            Some(Atoms::Ordered { axis, step, .. }) => {
                for span in set.spans() {
                    if span.start >= axis.atoms() {
                        words.push("missing".to_string());
                        continue;
                    }
                    let with_missing = span.end > axis.atoms();
                    let span = crate::boxes::Span {
                        start: span.start,
                        end: span.end.min(axis.atoms()),
                    };
                    let Some((low, high)) = axis.values(span) else {
                        continue;
                    };
                    // The ends of the calendar and of whole numbers are no ends of anybody's.
                    let ends = ends_of_type(ty);
                    let whole = matches!(ty.plain(), Type::Int);
                    let ends = ends.filter(|_| whole);
                    let low = match low {
                        Bound::Included(x) if ends.is_some_and(|it| it.0 == *x) => Bound::Unbounded,
                        low => low,
                    };
                    let high = match high {
                        Bound::Included(x) if ends.is_some_and(|it| it.1 == *x) => Bound::Unbounded,
                        high => high,
                    };
                    let ends = ends_of_type(ty);
                    // Of a side that is open at one end the author's own limit is shown.
                    match (&low, &high) {
                        (Bound::Unbounded, Bound::Excluded(x)) => {
                            words.push(format!("< {}", show(x)));
                            words.extend(with_missing.then(|| "missing".to_string()));
                            continue;
                        }
                        (Bound::Excluded(x), Bound::Unbounded) => {
                            words.push(format!("> {}", show(x)));
                            words.extend(with_missing.then(|| "missing".to_string()));
                            continue;
                        }
                        _ => {}
                    }
                    // Over stepped values both ends are shown as values.
                    let low = match (low, step) {
                        (Bound::Excluded(x), Some(step)) => Some((*x + *step, true)),
                        (Bound::Included(x), _) => Some((*x, true)),
                        (Bound::Excluded(x), None) => Some((*x, false)),
                        (Bound::Unbounded, _) => None,
                    };
                    let low = low.filter(|low| ends.is_none_or(|ends| *low != (ends.0, true)));
                    let high = match (high, step) {
                        (Bound::Excluded(x), Some(step)) => Some((*x - *step, true)),
                        (Bound::Included(x), _) => Some((*x, true)),
                        (Bound::Excluded(x), None) => Some((*x, false)),
                        (Bound::Unbounded, _) => None,
                    };
                    let high = high.filter(|high| ends.is_none_or(|ends| *high != (ends.1, true)));
                    words.push(match (low, high) {
                        (Some((a, true)), Some((b, true))) if a == b => show(&a),
                        (Some((a, true)), Some((b, true))) => {
                            format!("{} to {}", show(&a), show(&b))
                        }
                        (Some((a, true)), Some((b, false))) => {
                            format!("{} to below {}", show(&a), show(&b))
                        }
                        (Some((a, false)), Some((b, true))) => {
                            format!("above {} to {}", show(&a), show(&b))
                        }
                        (Some((a, false)), Some((b, false))) => {
                            format!("above {} to below {}", show(&a), show(&b))
                        }
                        (Some((a, true)), None) => format!(">= {}", show(&a)),
                        (Some((a, false)), None) => format!("> {}", show(&a)),
                        (None, Some((b, true))) => format!("<= {}", show(&b)),
                        (None, Some((b, false))) => format!("< {}", show(&b)),
                        (None, None) => "anything".to_string(),
                    });
                    if with_missing {
                        words.push("missing".to_string());
                    }
                }
            }
            Some(Atoms::Enum { size, .. }) => {
                for atom in set.atoms() {
                    words.push(if atom >= *size {
                        "missing".to_string()
                    } else if others && atom + 1 == *size {
                        "any other".to_string()
                    } else if matches!(ty.plain(), Type::Bool) {
                        (atom == 1).to_string()
                    } else {
                        crate::literal::literal(program, ty, &Value::Enum(atom))
                    });
                }
            }
            Some(Atoms::Constants { known, .. }) => {
                let values = &known.values;
                for atom in set.atoms() {
                    words.push(match values.get(atom as usize) {
                        Some(value) => crate::literal::literal(program, ty, value),
                        None if atom as usize == values.len() => "any other".to_string(),
                        None => "missing".to_string(),
                    });
                }
            }
            None => {}
        }
        first_of(&words)
    }

    /// A box in the author's notation: only the columns that matter.
    pub fn box_words(
        &self,
        program: &Program,
        dimensions: &[Dimension],
        inside: &AtomBox,
    ) -> String {
        let words: Vec<String> = inside
            .narrow_columns(&self.space)
            .into_iter()
            .filter_map(|index| {
                let (dimension, side) = (dimensions.get(index)?, inside.sides.get(index)?);
                if let Subject::Order(left, right) = &dimension.subject {
                    let sign = match self.allowed(index, side) {
                        [true, false, false] => "<",
                        [true, true, false] => "<=",
                        [false, true, false] => "=",
                        [false, true, true] => ">=",
                        [false, false, true] => ">",
                        _ => "!=",
                    };
                    return Some(format!("{left} {sign} {right}"));
                }
                let words = self.words(program, index, side, &dimension.ty);
                // A condition that is taken as a whole holds or does not.
                if let (Subject::Opaque(text), Type::Bool) = (&dimension.subject, &dimension.ty) {
                    return Some(match words.as_str() {
                        "true" => text.clone(),
                        _ => format!("not {text}"),
                    });
                }
                Some(format!("{} {words}", dimension.name))
            })
            .collect();
        if words.is_empty() {
            "any case".to_string()
        } else {
            words.join(", ")
        }
    }
}
