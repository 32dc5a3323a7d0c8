//! What a typed call does where machine code leaves: the image as JSON, so that it is read, refused and
//! decided by the words of the definition; and the value that comes of it as an image again.

use std::borrow::Cow;

use assize_eval::Value;
use assize_eval::json::Json;
use assize_ir::{Program, Type, date};
use rust_decimal::Decimal;

use super::form::{Form, OTHERS, Variant, words_of};
use crate::jit::lower::images::{positions_of, set_positions};
use crate::jit::shape::coefficient;
use crate::jit::words::{decimal_words, text, text_words, words_decimal};

/// The JSON of images.
pub(crate) struct Shown<'p> {
    pub(crate) program: &'p Program,
}

impl Shown<'_> {
    /// The members of the image of a record, with the types of their names.
    ///
    /// # Safety
    /// The words are an image of these fields, and all they point to is alive.
    #[expect(unsafe_code, reason = "reads images")]
    pub(crate) unsafe fn members<'t>(
        &self,
        fields: &[(&'static str, Form)],
        mut from: &[u64],
        ty: impl Fn(&str) -> Option<&'t Type>,
    ) -> Option<Json<'static>> {
        let mut members = Vec::with_capacity(fields.len());
        for (name, form) in fields {
            let (words, rest) = from.split_at_checked(form.words())?;
            from = rest;
            // SAFETY: the images of fields lie one after the other.
            let value = unsafe { self.term(form, ty(name)?, words) }?;
            members.push((Cow::Borrowed(*name), value));
        }
        Some(Json::Object(members))
    }

    /// # Safety
    /// The words are an image of this form, and all they point to is alive.
    #[expect(unsafe_code, reason = "reads images")]
    unsafe fn term(&self, form: &Form, ty: &Type, from: &[u64]) -> Option<Json<'static>> {
        let (first, rest) = from.split_first()?;
        let whole = first.cast_signed();
        let shown = |text: String| Json::Text(Cow::Owned(text));
        Some(match form {
            Form::Optional(_) if *first == 0 => Json::Null,
            // SAFETY: the value is there, so its image follows.
            Form::Optional(inner) => unsafe { self.term(inner, ty.plain(), rest) }?,
            Form::Bool => Json::Bool(*first != 0),
            Form::Int(_) => shown(whole.to_string()),
            Form::Day => shown(date::format(i32::try_from(whole).ok()?)),
            Form::Fixed(places, _) => {
                let number = i128::from(whole);
                let value = Decimal::try_from_i128_with_scale(number, u32::from(*places)).ok()?;
                shown(written(value, ty)?)
            }
            Form::Decimal => shown(written(words_decimal([*first, *rest.first()?]), ty)?),
            Form::Text => {
                // SAFETY: the words are those of a text.
                shown(unsafe { text(*first, *rest.first()?) }?.to_owned())
            }
            Form::Choice(names) => {
                let name = names.get(usize::try_from(*first).ok()?)?;
                Json::Text(Cow::Borrowed(name))
            }
            Form::Record(fields) => {
                let Type::Record(id) = ty.plain() else {
                    return None;
                };
                let record = self.program.record(*id)?;
                let ty = |name: &str| Some(&record.fields.iter().find(|it| it.name == name)?.ty);
                // SAFETY: the words are an image of the fields.
                unsafe { self.members(fields, from, ty) }?
            }
            Form::List(item) => {
                let count = usize::try_from(*rest.first()?).ok()?;
                let words = count.checked_mul(item.words())?;
                let images: &[u64] = if words == 0 {
                    &[]
                } else {
                    // SAFETY: the words of a list are the address and the count of images.
                    unsafe { std::slice::from_raw_parts(*first as *const u64, words) }
                };
                // SAFETY: so many images lie there.
                unsafe { self.elements(item, ty, images, count) }?
            }
            // SAFETY: the images lie in the image itself.
            Form::Array(count, item) => unsafe { self.elements(item, ty, from, *count) }?,
            // Answers only, and what is read in its place, which an image by words has none of.
            Form::Reasons(_)
            | Form::Set(_)
            | Form::Placed(..)
            | Form::PlacedArray(..)
            | Form::PlacedList(..) => return None,
        })
    }

    /// # Safety
    /// The words are so many images of this form, and all they point to is alive.
    #[expect(unsafe_code, reason = "reads images")]
    unsafe fn elements(
        &self,
        item: &Form,
        ty: &Type,
        images: &[u64],
        count: usize,
    ) -> Option<Json<'static>> {
        let Type::List { item: ty, .. } = ty.plain() else {
            return None;
        };
        let mut elements = Vec::with_capacity(count);
        for number in 0..count {
            let at = number * item.words();
            let image = images.get(at..at + item.words())?;
            // SAFETY: images lie one after the other.
            elements.push(unsafe { self.term(item, ty, image) }?);
        }
        Some(Json::List(elements))
    }
}

/// A held number as it is written at a border: a percent in points.
fn written(value: Decimal, ty: &Type) -> Option<String> {
    let percent = matches!(ty.plain(), Type::Num(number) if number.percent);
    let value = if percent {
        value.checked_mul(Decimal::ONE_HUNDRED)?
    } else {
        value
    };
    Some(value.to_string())
}

/// Images of values; texts and lists lie in the words that are kept beside.
#[derive(Default)]
pub(crate) struct Painter {
    texts: Vec<Box<str>>,
    lists: Vec<Vec<u64>>,
}

impl Painter {
    /// Adds the image of a value; `None` when it has none in this form.
    pub(crate) fn paint(
        &mut self,
        program: &Program,
        (value, ty): (&Value, &Type),
        form: &Form,
        to: &mut Vec<u64>,
    ) -> Option<()> {
        match (form, value) {
            (Form::Optional(_), Value::Missing) => {
                to.resize(to.len() + form.words(), 0);
            }
            (Form::Optional(inner), value) => {
                to.push(1);
                self.paint(program, (value, ty.plain()), inner, to)?;
            }
            (Form::Bool, Value::Bool(value)) => to.push(u64::from(*value)),
            (Form::Int(_), Value::Int(value)) => to.push(value.cast_unsigned()),
            (Form::Day, Value::Date(day)) => to.push(i64::from(*day).cast_unsigned()),
            (Form::Fixed(places, _), Value::Num(number)) => {
                to.push(coefficient(*number, *places)?.cast_unsigned());
            }
            (Form::Decimal, Value::Num(number)) => to.extend(decimal_words(*number)),
            (Form::Text, Value::Text(text) | Value::Code(text) | Value::Calendar(text)) => {
                self.text(text, to);
            }
            (Form::Text, Value::DateFormula(formula)) => self.text(&formula.to_string(), to),
            (Form::Choice(names), Value::Enum(position)) => {
                let Type::Enum(id) = ty else {
                    return None;
                };
                let positions = positions_of(&program.enum_of(*id)?.values, names)?;
                to.push(*positions.get(*position as usize)?);
            }
            (Form::Record(fields), Value::Record(values)) => {
                let Type::Record(id) = ty else {
                    return None;
                };
                let record = program.record(*id)?;
                for (name, form) in fields {
                    let at = record.fields.iter().position(|it| it.name == *name)?;
                    let of = (values.get(at)?, &record.fields.get(at)?.ty);
                    self.paint(program, of, form, to)?;
                }
            }
            (Form::List(item), Value::List(values)) => {
                let Type::List { item: ty, .. } = ty else {
                    return None;
                };
                let mut words = Vec::with_capacity(values.len() * item.words());
                for value in values.iter() {
                    self.paint(program, (value, ty), item, &mut words)?;
                }
                to.extend([words.as_ptr() as u64, values.len() as u64]);
                self.lists.push(words);
            }
            (Form::Set(item), Value::List(values)) => {
                let Type::List { item: ty, .. } = ty else {
                    return None;
                };
                let positions = set_positions(program, ty, item)?;
                let mut bits = 0u64;
                for value in values.iter() {
                    let number = match value {
                        Value::Enum(position) => *position as usize,
                        Value::Reason(reason) => reason.reason.index(),
                        _ => return None,
                    };
                    bits |= 1u64.checked_shl(u32::try_from(*positions.get(number)?).ok()?)?;
                }
                to.push(bits);
            }
            (Form::Reasons(variants), Value::Reason(reason)) => {
                let declared = program.reason(reason.reason)?;
                let named = |name: &str| variants.iter().position(|it| it.name == name);
                let position = named(&declared.code).or_else(|| named(OTHERS))?;
                let Variant { params, .. } = variants.get(position)?;
                let longest = variants.iter().map(|it| words_of(&it.params)).max()?;
                let end = to.len() + 1 + longest;
                to.push(u64::try_from(position).ok()?);
                for (name, form) in params {
                    let at = declared.params.iter().position(|it| it.name == *name)?;
                    let of = (reason.arguments.get(at)?, &declared.params.get(at)?.ty);
                    self.paint(program, of, form, to)?;
                }
                to.resize(end, 0);
            }
            _ => return None,
        }
        Some(())
    }

    fn text(&mut self, text: &str, to: &mut Vec<u64>) {
        let held: Box<str> = Box::from(text);
        to.extend(text_words(&held));
        self.texts.push(held);
    }
}
