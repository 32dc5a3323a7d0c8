//! Makes a counterexample smaller: values nearer to zero, shorter lists, fewer digits.

use std::sync::Arc;

use assize_eval::Value;
use assize_ir::{NumType, Program, Type};
use rust_decimal::Decimal;

use super::values::{fits, number_value};

/// Greatest number of elements of a list that are left out or made smaller one by one.
const MAX_ELEMENTS_TRIED: usize = 16;
/// Halvings of a distance that are tried.
const MAX_HALVINGS: u32 = 24;

/// Makes arguments smaller as long as `fails` says that they still fail; at most `budget` questions.
pub fn shrink(
    program: &Program,
    types: &[&Type],
    mut arguments: Vec<Value>,
    mut budget: u32,
    fails: &mut dyn FnMut(&[Value]) -> bool,
) -> Vec<Value> {
    loop {
        let mut better = None;
        'search: for (index, ty) in types.iter().enumerate() {
            let Some(value) = arguments.get(index) else {
                continue;
            };
            for smaller in smaller(program, ty, value) {
                let Some(left) = budget.checked_sub(1) else {
                    return arguments;
                };
                budget = left;
                let mut tried = arguments.clone();
                if let Some(place) = tried.get_mut(index) {
                    *place = smaller;
                }
                if fails(&tried) {
                    better = Some(tried);
                    break 'search;
                }
            }
        }
        match better {
            Some(found) => arguments = found,
            None => return arguments,
        }
    }
}

/// Smaller values of a type, the smallest first. Each is smaller by a measure that has an end.
fn smaller(program: &Program, ty: &Type, value: &Value) -> Vec<Value> {
    if *value == Value::Missing {
        return Vec::new();
    }
    let mut out = Vec::new();
    if ty.is_optional() {
        out.push(Value::Missing);
    }
    match (ty.plain(), value) {
        (Type::Bool, Value::Bool(true)) => out.push(Value::Bool(false)),
        (Type::Enum(_), Value::Enum(at)) => out.extend((0..*at).map(Value::Enum)),
        (Type::Int, Value::Int(value)) => {
            let num = NumType {
                places: Some(0),
                ..NumType::PLAIN
            };
            let numbers = smaller_numbers(&num, Decimal::from(*value));
            out.extend(
                numbers
                    .into_iter()
                    .filter_map(|number| number_value(&Type::Int, number)),
            );
        }
        (Type::Num(num), Value::Num(value)) => {
            out.extend(smaller_numbers(num, *value).into_iter().map(Value::Num));
        }
        (Type::Date, Value::Date(day)) => {
            // 2026-01-01: a plain day of a plain year.
            let plain = assize_ir::date::from_civil(2026, 1, 1).unwrap_or(0);
            let far = day.saturating_sub(plain);
            let halves = (0..MAX_HALVINGS).map(|by| far.checked_shr(by).unwrap_or(0));
            out.extend(
                halves
                    .map(|distance| day.saturating_sub(distance))
                    .filter(|other| other.abs_diff(plain) < day.abs_diff(plain))
                    .map(Value::Date),
            );
        }
        (Type::Text, Value::Text(text)) => {
            out.extend(smaller_texts(text).into_iter().map(Value::Text));
        }
        (Type::Code, Value::Code(text)) => {
            out.extend(smaller_texts(text).into_iter().map(Value::Code));
        }
        (Type::List { item, .. }, Value::List(items)) => {
            if !items.is_empty() {
                out.push(Value::List(Arc::from([])));
            }
            if items.len() > 2 {
                let half = items.len() / 2;
                out.extend(items.get(..half).map(|part| Value::List(part.into())));
                out.extend(items.get(half..).map(|part| Value::List(part.into())));
            }
            let tried = items.len().min(MAX_ELEMENTS_TRIED);
            for left_out in 0..tried {
                let kept = items.iter().enumerate().filter(|(at, _)| *at != left_out);
                out.push(Value::List(kept.map(|(_, value)| value.clone()).collect()));
            }
            for (at, element) in items.iter().enumerate().take(tried) {
                for smaller in smaller(program, item, element) {
                    out.push(Value::List(replaced(items, at, smaller)));
                }
            }
        }
        (Type::Record(id), Value::Record(values)) => {
            let Some(record) = program.record(*id) else {
                return out;
            };
            for (at, (field, value)) in record.fields.iter().zip(values.iter()).enumerate() {
                let default = field
                    .default
                    .as_ref()
                    .and_then(assize_eval::interp::value_of);
                match default {
                    // A field with its default is not written: nothing is smaller.
                    Some(default) if default == *value => {}
                    Some(default) => {
                        out.push(Value::Record(replaced(values, at, default)));
                        for smaller in smaller(program, &field.ty, value) {
                            out.push(Value::Record(replaced(values, at, smaller)));
                        }
                    }
                    None => {
                        for smaller in smaller(program, &field.ty, value) {
                            out.push(Value::Record(replaced(values, at, smaller)));
                        }
                    }
                }
            }
        }
        _ => {}
    }
    out
}

fn replaced(values: &[Value], at: usize, by: Value) -> Arc<[Value]> {
    let mut by = Some(by);
    values
        .iter()
        .enumerate()
        .map(|(index, value)| match by.take_if(|_| index == at) {
            Some(new) => new,
            None => value.clone(),
        })
        .collect()
}

/// How much there is to read in a number.
fn digits(value: Decimal) -> u32 {
    let normal = value.normalize();
    let written = normal
        .mantissa()
        .unsigned_abs()
        .checked_ilog10()
        .map_or(1, |log| log + 1);
    written.saturating_add(normal.scale())
}

fn smaller_numbers(num: &NumType, value: Decimal) -> Vec<Decimal> {
    let mut goal = Decimal::ZERO;
    if let Some(low) = num.lowest {
        goal = goal.max(low);
    }
    if let Some(high) = num.highest {
        goal = goal.min(high);
    }
    let measure = |of: Decimal| {
        (
            digits(of),
            of.checked_sub(goal).map(|far| far.abs()),
            of < goal,
        )
    };
    let places = num.places.map_or(value.normalize().scale(), u32::from);
    // Whole numbers, and whole points of a percent.
    let whole = if num.percent { 2 } else { 0 };
    let mut out = vec![goal, value.trunc(), -value];
    out.extend((whole..places).map(|places| value.trunc_with_scale(places)));
    let mut far = value.checked_sub(goal).unwrap_or(Decimal::ZERO);
    for _ in 0..MAX_HALVINGS {
        far = far
            .checked_div(Decimal::TWO)
            .unwrap_or(Decimal::ZERO)
            .trunc_with_scale(places);
        if far.is_zero() {
            break;
        }
        if let Some(nearer) = value.checked_sub(far) {
            out.extend([nearer.trunc_with_scale(whole), nearer]);
        }
    }
    let mut out: Vec<Decimal> = out
        .into_iter()
        .map(|number| number.normalize())
        .filter(|number| fits(num, *number) && measure(*number) < measure(value))
        .collect();
    out.dedup();
    out
}

fn smaller_texts(text: &str) -> Vec<Arc<str>> {
    let length = text.chars().count();
    let mut out: Vec<Arc<str>> = Vec::new();
    if length > 0 {
        out.push(Arc::from(""));
    }
    if length > 1 {
        out.push(Arc::from("A"));
        let half: String = text.chars().take(length / 2).collect();
        out.push(Arc::from(half.trim_end()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MAX_SHRINK_STEPS;

    /// How many smaller cases are tried for so many numbers that all have to stay above 500.
    fn tried(numbers: usize, budget: u32) -> u32 {
        let program = assize_ir::text::parse("package \"a\" \"1\"").unwrap();
        let types = vec![&Type::Int; numbers];
        let start = vec![Value::Int(1_000_000); numbers];
        let mut asked = 0;
        shrink(&program, &types, start, budget, &mut |case| {
            asked += 1;
            case.iter()
                .all(|value| matches!(value, Value::Int(n) if *n > 500))
        });
        asked
    }

    #[test]
    fn so_many_smaller_cases_are_tried() {
        let few = tried(2, MAX_SHRINK_STEPS);
        assert!(few < MAX_SHRINK_STEPS, "{few}");
        assert_eq!((tried(2, few), tried(2, few - 1)), (few, few - 1));
        assert_eq!(tried(200, MAX_SHRINK_STEPS), MAX_SHRINK_STEPS);
    }
}
