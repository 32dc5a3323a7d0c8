//! Whether values of a caller are of the types that they stand for.
//!
//! Machine code takes a word for what its type says: the position of an enum is looked up, the number of a row is an
//! address. Values from JSON are of their types; others come from whoever writes Rust, and go to the interpreter where
//! they are not.

use assize_eval::store::Store;
use assize_eval::{Data, Value};
use assize_ir::{Program, Type, date};

/// What values are compared with.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    pub(super) program: &'k Program,
    pub(super) store: &'k Store,
}

impl Known<'_> {
    /// Whether a value is of a type.
    pub(super) fn fits(self, value: &Value, ty: &Type) -> bool {
        match (value, ty) {
            (Value::Missing, Type::Optional(_)) => true,
            (value, Type::Optional(ty)) => self.fits(value, ty),
            (Value::Date(day), Type::Date) => (date::FIRST_DAY..=date::LAST_DAY).contains(day),
            (Value::Bool(_), Type::Bool)
            | (Value::Int(_), Type::Int)
            | (Value::Num(_), Type::Num(_))
            | (Value::Text(_), Type::Text)
            | (Value::Code(_), Type::Code)
            | (Value::Calendar(_), Type::Calendar)
            | (Value::DateFormula(_), Type::DateFormula) => true,
            (Value::Enum(position), Type::Enum(id)) => {
                let known = self.program.enum_of(*id);
                known.is_some_and(|it| (*position as usize) < it.values.len())
            }
            (Value::Row(row), Type::Row(relation)) => {
                row.relation == *relation && row.row < self.store.rows(*relation)
            }
            (Value::Record(fields), Type::Record(id)) => {
                let declared = self.program.record(*id);
                let declared = declared.map(|it| it.fields.iter().map(|field| &field.ty));
                declared.is_some_and(|types| self.all_fit(fields, types))
            }
            (Value::List(items), Type::List { item, .. }) => {
                items.iter().all(|value| self.fits(value, item))
            }
            (Value::Reason(reason), Type::Reason) => {
                let declared = self.program.reason(reason.reason);
                let declared = declared.map(|it| it.params.iter().map(|param| &param.ty));
                declared.is_some_and(|types| self.all_fit(&reason.arguments, types))
            }
            _ => false,
        }
    }

    fn all_fit<'t>(self, values: &[Value], types: impl ExactSizeIterator<Item = &'t Type>) -> bool {
        values.len() == types.len()
            && values
                .iter()
                .zip(types)
                .all(|(value, ty)| self.fits(value, ty))
    }
}
