//! Counterexamples: arguments made from a box, replayed in the interpreter.

use std::sync::Arc;

use assize_eval::data::Data;
use assize_eval::failure::Failure;
use assize_eval::interp::{Interpreter, Limits, value_of};
use assize_eval::{RowRef, Value};
use assize_ir::{CallableId, IndexId, Program, RelationId, Type};
use rust_decimal::Decimal;

use super::space::{Dimension, Subject};
use crate::diagnostic::Witness;
use crate::literal::literal;

/// Longest line of a test that is offered, without its indentation.
const MAX_LINE_CHARS: usize = 76;

/// One row of each relation that a witness needs: a row passed as a parameter.
#[derive(Clone, Debug, Default)]
pub(super) struct OneRow {
    rows: Vec<(RelationId, Vec<Value>)>,
}

impl OneRow {
    /// The fields of a row.
    pub(super) fn fields_of(&self, row: RowRef) -> Option<&[Value]> {
        let mut rows = self.rows.iter().filter(|(id, _)| *id == row.relation);
        rows.nth(row.row as usize)
            .map(|(_, fields)| fields.as_slice())
    }

    /// Gives a row other fields.
    pub(super) fn set_fields(&mut self, row: RowRef, new: Vec<Value>) {
        let mut rows = self.rows.iter_mut().filter(|(id, _)| *id == row.relation);
        if let Some((_, fields)) = rows.nth(row.row as usize) {
            *fields = new;
        }
    }
}

impl Data for OneRow {
    fn rows(&self, relation: RelationId) -> u32 {
        u32::try_from(self.rows.iter().filter(|(id, _)| *id == relation).count()).unwrap_or(0)
    }
    fn field(&self, relation: RelationId, row: u32, field: u32) -> Value {
        self.rows
            .iter()
            .filter(|(id, _)| *id == relation)
            .nth(row as usize)
            .and_then(|(_, fields)| fields.get(field as usize))
            .cloned()
            .unwrap_or(Value::Missing)
    }
    fn lookup(&self, _relation: RelationId, _key: &[Value]) -> Option<u32> {
        None
    }
    fn select(&self, _relation: RelationId, _index: IndexId, _key: &[Value]) -> Vec<u32> {
        Vec::new()
    }
    fn as_of_seconds(&self, _relation: RelationId) -> Option<i64> {
        None
    }
    fn calendar(&self, _code: &str) -> Option<&assize_eval::calendar::Calendar> {
        None
    }
}

/// Arguments of a callable, made from what a box says of their fields.
#[derive(Clone, Debug)]
pub struct Case {
    pub(super) arguments: Vec<Value>,
    pub(super) data: OneRow,
    /// What the box says, by name, in the author's notation.
    pub says: Vec<(String, String)>,
}

/// Makes arguments: the given values where the columns say so, plain samples elsewhere.
pub fn case(
    program: &Program,
    callable: CallableId,
    values: &[(&Dimension, Value)],
) -> Option<Case> {
    let callable = program.callable(callable)?;
    let mut data = OneRow::default();
    let mut arguments = Vec::new();
    for (index, param) in callable.params.iter().enumerate() {
        let index = u32::try_from(index).ok()?;
        let mut told: Vec<(&[u32], &Value)> = Vec::new();
        for (dimension, value) in values {
            if let Subject::Path { param, fields } = &dimension.subject
                && *param == index
            {
                told.push((fields, value));
            }
        }
        arguments.push(make(program, &param.ty, &told, &mut data, 0)?);
    }
    Some(Case {
        arguments,
        data,
        says: Vec::new(),
    })
}

/// A plain value of a type without rows.
pub(super) fn plain_value(program: &Program, ty: &Type) -> Option<Value> {
    let mut data = OneRow::default();
    let value = make(program, ty, &[], &mut data, 0)?;
    data.rows.is_empty().then_some(value)
}

/// A value of a type that has these values at these paths of fields.
fn make(
    program: &Program,
    ty: &Type,
    told: &[(&[u32], &Value)],
    data: &mut OneRow,
    depth: u32,
) -> Option<Value> {
    if let Some((_, value)) = told.iter().find(|(path, _)| path.is_empty()) {
        return Some((*value).clone());
    }
    if depth > 16 {
        return None;
    }
    let fields = match ty.plain() {
        Type::Record(id) => &program.record(*id)?.fields,
        Type::Row(id) => &program.relation(*id)?.fields,
        _ => return sample(ty),
    };
    if ty.is_optional() && told.is_empty() {
        return Some(Value::Missing);
    }
    let mut made = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let index = u32::try_from(index).ok()?;
        let inner: Vec<(&[u32], &Value)> = told
            .iter()
            .filter(|(path, _)| path.first() == Some(&index))
            .map(|(path, value)| (path.get(1..).unwrap_or_default(), *value))
            .collect();
        let default = field.default.as_ref().and_then(value_of);
        made.push(match default {
            Some(value) if inner.is_empty() => value,
            _ => make(program, &field.ty, &inner, data, depth + 1)?,
        });
    }
    match ty.plain() {
        Type::Row(relation) => {
            let row = data.rows(*relation);
            data.rows.push((*relation, made));
            Some(Value::Row(RowRef {
                relation: *relation,
                row,
            }))
        }
        _ => Some(Value::Record(made.into())),
    }
}

/// A plain value of a type.
pub(super) fn sample(ty: &Type) -> Option<Value> {
    Some(match ty {
        Type::Optional(_) => Value::Missing,
        Type::Bool => Value::Bool(false),
        Type::Int => Value::Int(1),
        Type::Num(num) => {
            let one = Decimal::ONE;
            let value = match (num.lowest, num.highest) {
                (Some(low), _) if low > one || num.percent => low,
                (_, Some(high)) if high < one => high,
                _ => one,
            };
            Value::Num(value.normalize())
        }
        Type::Text => Value::Text("text".into()),
        Type::Code => Value::Code("CODE".into()),
        Type::Date => Value::Date(assize_ir::date::parse("2026-01-01")?),
        Type::DateFormula => Value::DateFormula(Arc::new(
            assize_eval::date_formula::DateFormula::parse("1D").ok()?,
        )),
        Type::Calendar => Value::Calendar("CALENDAR".into()),
        Type::Enum(_) => Value::Enum(0),
        Type::List { .. } => Value::List(Arc::from(Vec::new())),
        Type::Record(_) | Type::Row(_) | Type::Reason => return None,
    })
}

impl Case {
    /// Says the values of these columns, as they are now.
    pub(super) fn say<'d>(
        &mut self,
        program: &Program,
        columns: impl IntoIterator<Item = &'d Dimension>,
    ) {
        self.says = columns
            .into_iter()
            .filter_map(|dimension| {
                let value = self.at(&dimension.subject)?;
                let words = literal(program, &dimension.ty, &value);
                Some((dimension.name.clone(), words))
            })
            .collect();
    }

    /// The value at a path.
    pub(super) fn at(&self, subject: &Subject) -> Option<Value> {
        let Subject::Path { param, fields } = subject else {
            return None;
        };
        let mut value = self.arguments.get(*param as usize)?.clone();
        for field in fields {
            let inner = match &value {
                Value::Record(fields) => fields.get(*field as usize).cloned(),
                Value::Row(row) => self.data.fields_of(*row)?.get(*field as usize).cloned(),
                _ => None,
            };
            value = inner?;
        }
        Some(value)
    }

    /// Runs the case.
    pub fn replay(&self, program: &Program, callable: CallableId) -> Result<Value, Box<Failure>> {
        Interpreter::new(program, &self.data, Limits::default()).call(callable, &self.arguments)
    }

    /// The case as a witness with a ready test; tests cannot be written for rows of the data.
    pub fn witness(
        &self,
        program: &Program,
        callable: CallableId,
        outcome: &str,
        code: &str,
    ) -> Witness {
        let name = program
            .callable(callable)
            .map(|c| c.name.clone())
            .unwrap_or_default();
        let params = program
            .callable(callable)
            .map(|c| c.params.clone())
            .unwrap_or_default();
        let rows = self
            .arguments
            .iter()
            .any(|value| matches!(value, Value::Row(_)));
        let words: Vec<String> = self
            .says
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        let arguments: Vec<String> = params
            .iter()
            .zip(&self.arguments)
            .map(|(param, value)| literal(program, &param.ty, value))
            .collect();
        let expected = format!("expect error {code} in {name}({})", arguments.join(", "));
        let test = if rows {
            String::new()
        } else {
            format!(
                "test \"{name}: {}\"\n    {}\n",
                words.join(", ").replace("\\\"", "'").replace('"', "'"),
                folded(&expected)
            )
        };
        Witness {
            inputs: self.says.clone(),
            outcome: outcome.to_string(),
            test,
        }
    }

    /// Says the other arguments as well: what holds depends on more than the box says.
    pub fn say_all(&mut self, program: &Program, callable: CallableId) {
        let Some(callable) = program.callable(callable) else {
            return;
        };
        for (param, value) in callable.params.iter().zip(&self.arguments) {
            let told = self.says.iter().any(|(name, _)| {
                name == &param.name || name.starts_with(&format!("{}.", param.name))
            });
            if !told {
                self.says
                    .push((param.name.clone(), literal(program, &param.ty, value)));
            }
        }
    }

    /// `a retail, b 10`: what the box says.
    pub fn words(&self) -> String {
        let words: Vec<String> = self
            .says
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        if words.is_empty() {
            "any case".to_string()
        } else {
            words.join(", ")
        }
    }
}

/// A long line, broken behind commas outside of texts.
fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    let (mut in_text, mut escaped) = (false, false);
    let mut word = String::new();
    let mut words = Vec::new();
    for c in line.chars() {
        word.push(c);
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            ' ' if !in_text && word.ends_with(", ") => words.push(std::mem::take(&mut word)),
            _ => {}
        }
    }
    words.push(word);
    for word in words {
        let chars = word.trim_end().chars().count();
        if width > 0 && width + chars > MAX_LINE_CHARS {
            let kept = out.trim_end().len();
            out.truncate(kept);
            out.push_str("\n        ");
            width = 4;
        }
        width += word.chars().count();
        out.push_str(&word);
    }
    out
}
