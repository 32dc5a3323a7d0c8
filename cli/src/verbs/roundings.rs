//! What a decision rounded: to find the step that made a number another one.

use std::collections::{BTreeMap, BTreeSet};

use assize_eval::Value;
use assize_eval::format::shown;
use assize_eval::interp::Observer;
use assize_eval::rounding::{Mode, round_to};
use assize_ir::types::ROUNDING_VALUES;
use assize_ir::{CallableId, NodeId, Op, PlaceId, Program, Type};
use rust_decimal::Decimal;

/// Most roundings of a decision that are kept.
const MAX_KEPT: usize = 10_000;
/// Most roundings that are told of a number.
const MAX_TOLD: usize = 3;

/// A `round` that was made, and what it is shown as.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rounded {
    exact: Decimal,
    step: Decimal,
    mode: u32,
    gave: Decimal,
    /// `24.375 EUR`, `0.01 EUR`, `24.38 EUR`.
    words: [String; 3],
    /// Where it stands.
    pub place: PlaceId,
    /// The file, line and column of the place, once it is looked up.
    pub located: String,
}

impl Rounded {
    /// Of a number that was one value and is another: the roundings that gave what it is, and would give what it was in
    /// another mode.
    pub fn telling(all: &[Rounded], (was, is): (Decimal, Decimal)) -> Vec<String> {
        let words = all.iter().filter(|it| it.gave == is);
        words
            .filter_map(|it| it.words_if(was))
            .take(MAX_TOLD)
            .collect()
    }

    fn words_if(&self, was: Decimal) -> Option<String> {
        let others: Vec<String> = Mode::ALL
            .into_iter()
            .zip(ROUNDING_VALUES)
            .filter(|(mode, _)| round_to(self.exact, self.step, *mode) == Ok(was))
            .map(|(_, name)| format!("`{name}`"))
            .collect();
        let own = usize::try_from(self.mode).ok();
        let own = own.and_then(|at| ROUNDING_VALUES.get(at))?;
        let [exact, step, gave] = &self.words;
        let at = match self.located.as_str() {
            "" => String::new(),
            located => format!(" ({located})"),
        };
        (!others.is_empty()).then(|| {
            format!(
                "rounded from {exact} to {gave} in steps of {step} by `{own}`{at}; {} would give what it was",
                others.join(", ")
            )
        })
    }
}

/// Hears the roundings of a decision.
#[derive(Default)]
pub struct Roundings {
    /// The `round`s of callables: the node, and those of value, step and mode.
    sites: BTreeMap<CallableId, Vec<(NodeId, [NodeId; 3])>>,
    /// What operands were last.
    values: BTreeMap<(CallableId, NodeId), Value>,
    found: BTreeSet<Rounded>,
}

impl Roundings {
    /// All that were heard, each once.
    pub fn into_all(self) -> Vec<Rounded> {
        self.found.into_iter().collect()
    }

    fn heard(
        &mut self,
        program: &Program,
        (callable, node): (CallableId, NodeId),
        [of, step, mode]: [NodeId; 3],
        value: &Value,
    ) -> Option<()> {
        if self.found.len() >= MAX_KEPT || program.hidden.node(callable, node) {
            return None;
        }
        let held = |at: NodeId| self.values.get(&(callable, at));
        let (Value::Num(exact), Value::Num(step)) = (held(of)?, held(step)?) else {
            return None;
        };
        let (Value::Enum(mode), Value::Num(gave)) = (held(mode)?, value) else {
            return None;
        };
        let (exact, step, callable) = (*exact, *step, program.callable(callable)?);
        let (node, from) = (callable.node(node)?, callable.node(of)?);
        self.found.insert(Rounded {
            exact,
            step,
            mode: *mode,
            gave: *gave,
            words: [
                digits(&from.ty, exact)?,
                digits(&from.ty, step)?,
                shown(program, None, &node.ty, value),
            ],
            place: node.place,
            located: String::new(),
        });
        Some(())
    }
}

/// A number with the digits that it has, whatever places its type may have: `24.375 EUR`.
fn digits(ty: &Type, value: Decimal) -> Option<String> {
    let Type::Num(num) = ty.plain() else {
        return None;
    };
    if num.percent {
        let points = value.checked_mul(Decimal::ONE_HUNDRED)?;
        return Some(format!("{}%", points.normalize()));
    }
    let unit = num.unit.as_deref().map(|unit| format!(" {unit}"));
    Some(format!("{}{}", value.normalize(), unit.unwrap_or_default()))
}

impl Observer for Roundings {
    fn value(&mut self, program: &Program, callable: CallableId, node: NodeId, value: &Value) {
        let sites = self.sites.entry(callable).or_insert_with(|| {
            let nodes = program.callable(callable).map(|it| it.nodes.as_slice());
            let nodes = (0u32..).map(NodeId).zip(nodes.unwrap_or_default());
            nodes
                .filter_map(|(id, it)| match it.op {
                    Op::Round { value, step, mode } => Some((id, [value, step, mode])),
                    _ => None,
                })
                .collect()
        });
        let is_operand = sites.iter().any(|(_, of)| of.contains(&node));
        let site = sites.iter().find(|(id, _)| *id == node).copied();
        if is_operand {
            self.values.insert((callable, node), value.clone());
        }
        if let Some((_, operands)) = site {
            self.heard(program, (callable, node), operands, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(exact: &str, step: &str, mode: u32) -> Rounded {
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        let mode_of = Mode::at(mode).unwrap();
        let gave = round_to(number(exact), number(step), mode_of).unwrap();
        Rounded {
            exact: number(exact),
            step: number(step),
            mode,
            gave,
            words: [exact.to_owned(), step.to_owned(), gave.to_string()],
            place: PlaceId(0),
            located: "a.assize:1:5".to_owned(),
        }
    }

    fn told(of: &[Rounded], was: &str, is: &str) -> Vec<String> {
        Rounded::telling(of, (was.parse().unwrap(), is.parse().unwrap()))
    }

    #[test]
    fn the_rounding_that_another_mode_turns_is_told() {
        let tie = rounded("24.365", "0.01", 0);
        assert_eq!(
            told(std::slice::from_ref(&tie), "24.36", "24.37"),
            [
                "rounded from 24.365 to 24.37 in steps of 0.01 by `nearest` (a.assize:1:5); `even`, `down`, `floor` \
                 would give what it was"
            ]
        );
        // No mode gives that, and of another number nothing is known.
        assert_eq!(told(std::slice::from_ref(&tie), "24.35", "24.37"), [""; 0]);
        assert_eq!(told(&[tie], "24.36", "24.38"), [""; 0]);
    }

    #[test]
    fn few_of_many_are_told() {
        let all: Vec<Rounded> = (1..=MAX_TOLD + 1)
            .map(|n| rounded(&format!("24.36{}", n + 4), "0.01", 0))
            .collect();
        assert_eq!(told(&all, "24.36", "24.37").len(), MAX_TOLD);
    }
}
