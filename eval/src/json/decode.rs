//! JSON against a type: a value, or every fault in the order of the schema.
//!
//! A field of an object is looked at in declared order, names that the schema does not know come
//! after. The checks of a record run as soon as all of its fields are known to be good, so that a
//! violated check stands in the same answer as the faults of other records.

use std::sync::Arc;

use assize_ir::{
    Callable, Check, Const, EnumId, Field, NumType, Param, Program, ReasonId, RecordId, Type,
    code::normalise_code, date,
};
use rust_decimal::Decimal;

use super::describe::{describe, suggestion};
use super::fault::{Fault, FaultCode, MAX_FAULTS, Path};
use super::nearest::nearest;
use super::number;
use super::reader::Json;
use crate::date_formula::DateFormula;
use crate::format;
use crate::interp::value_of;
use crate::value::{ReasonValue, Value};

/// Longest text or code, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Whether a check holds. `Err` is what went wrong while it was computed; it counts as violated.
pub type CheckResult = Result<bool, String>;

/// Runs a check of a record on a value of it: the interpreter's call of the check's callable.
pub type Checker<'c> = dyn FnMut(&Check, &Value) -> CheckResult + 'c;

/// What a field and a parameter have in common.
pub trait Named {
    /// The name.
    fn name(&self) -> &str;
    /// The type.
    fn ty(&self) -> &Type;
    /// The value when left out.
    fn default(&self) -> Option<&Const>;
}

impl Named for Field {
    fn name(&self) -> &str {
        &self.name
    }
    fn ty(&self) -> &Type {
        &self.ty
    }
    fn default(&self) -> Option<&Const> {
        self.default.as_ref()
    }
}

impl Named for Param {
    fn name(&self) -> &str {
        &self.name
    }
    fn ty(&self) -> &Type {
        &self.ty
    }
    fn default(&self) -> Option<&Const> {
        None
    }
}

/// Reads the parameters of a callable from an object by name. The paths of faults begin with
/// `input`.
pub fn decode_arguments(
    program: &Program,
    callable: &Callable,
    json: &Json<'_>,
    checker: &mut Checker<'_>,
) -> Result<Vec<Value>, Vec<Fault>> {
    let mut decoder = Decoder::new(program, checker);
    let values = decoder.members(&callable.name, &callable.params, json, &Path::Root("input"));
    match (values, decoder.faults.is_empty()) {
        (Some(values), true) => Ok(values),
        _ => Err(decoder.faults),
    }
}

/// Reads the fields of a row from an object. The paths of faults begin with the field.
pub fn decode_row_members(
    decoder: &mut Decoder<'_, '_>,
    relation: &str,
    fields: &[Field],
    json: &Json<'_>,
) -> Option<Vec<Value>> {
    decoder.members(format::bare(relation), fields, json, &Path::Root(""))
}

/// Collects faults while values are read.
pub struct Decoder<'p, 'c> {
    program: &'p Program,
    checker: &'c mut Checker<'c>,
    faults: Vec<Fault>,
}

impl<'p, 'c> Decoder<'p, 'c> {
    /// A decoder for values of a program; `checker` runs the checks of records.
    pub fn new(program: &'p Program, checker: &'c mut Checker<'_>) -> Decoder<'p, 'c> {
        Decoder {
            program,
            checker,
            faults: Vec::new(),
        }
    }

    /// The faults so far; the decoder goes on without them.
    pub fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }

    /// Adds a fault, up to [`MAX_FAULTS`].
    fn fault(
        &mut self,
        path: &Path<'_>,
        code: FaultCode,
        expected: impl Into<String>,
        found: &str,
    ) -> Option<Value> {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault::new(path, code, expected, found));
        } else if self.faults.len() == MAX_FAULTS {
            let expected = format!("at most {MAX_FAULTS} faults");
            let fault = Fault::new(path, FaultCode::TooManyFaults, expected, "more");
            self.faults.push(fault);
        }
        None
    }

    fn wrong_type(&mut self, ty: &Type, json: &Json<'_>, path: &Path<'_>) -> Option<Value> {
        let expected = describe(self.program, ty);
        self.fault(path, FaultCode::WrongType, expected, &json.found())
    }

    /// Reads one value; `None`: there was at least one fault.
    pub fn value(&mut self, ty: &Type, json: &Json<'_>, path: &Path<'_>) -> Option<Value> {
        match (ty, json) {
            (Type::Optional(_), Json::Null) => Some(Value::Missing),
            (Type::Optional(inner), _) => self.value(inner, json, path),
            (Type::Bool, Json::Bool(value)) => Some(Value::Bool(*value)),
            (Type::Int, _) => self.int(json, path),
            (Type::Num(number), _) => self.number(number, ty, json, path),
            (Type::Enum(id), Json::Text(text)) => self.enum_value(*id, text, path),
            (Type::Record(id), _) => self.record(*id, json, path),
            (Type::Reason, _) => self.reason(json, path),
            (Type::List { item, at_most }, Json::List(items)) => {
                self.list(item, *at_most, items, path)
            }
            (Type::Bool | Type::Enum(_) | Type::List { .. }, _) => self.wrong_type(ty, json, path),
            (Type::Text | Type::Code | Type::Calendar | Type::Date | Type::DateFormula, _) => {
                match json {
                    Json::Text(text) => self.text(ty, text, path),
                    _ => self.wrong_type(ty, json, path),
                }
            }
            // No schema of a border holds rows; refusing is right if one ever does.
            (Type::Row(_), _) => self.wrong_type(ty, json, path),
        }
    }

    fn int(&mut self, json: &Json<'_>, path: &Path<'_>) -> Option<Value> {
        let exact = self.decimal(&Type::Int, 0, json, path)?;
        if !exact.is_integer() {
            return self.fault(
                path,
                FaultCode::TooManyPlaces,
                "a whole number",
                &json.found(),
            );
        }
        let whole = i64::try_from(exact.trunc().mantissa())
            .ok()
            .filter(|whole| *whole != i64::MIN);
        match whole {
            Some(whole) => Some(Value::Int(whole)),
            None => {
                let expected = format!("a whole number from -{0} to {0}", i64::MAX);
                self.fault(path, FaultCode::OutOfRange, expected, &json.found())
            }
        }
    }

    /// The exact decimal of a JSON number or text.
    fn decimal(
        &mut self,
        ty: &Type,
        shift: i64,
        json: &Json<'_>,
        path: &Path<'_>,
    ) -> Option<Decimal> {
        let text: &str = match json {
            Json::Number(text) => text,
            Json::Text(text) => text,
            _ => {
                self.wrong_type(ty, json, path);
                return None;
            }
        };
        match number::decimal(text, shift) {
            Ok(value) => Some(value),
            Err(code) => {
                let expected = match code {
                    FaultCode::NotANumber => format!(
                        "{}, written like 12.5 or -3e2, without blanks and separators",
                        describe(self.program, ty)
                    ),
                    _ => format!(
                        "{}, of at most 96 bits and 28 places",
                        describe(self.program, ty)
                    ),
                };
                self.fault(path, code, expected, &json.found());
                None
            }
        }
    }

    fn number(
        &mut self,
        number: &NumType,
        ty: &Type,
        json: &Json<'_>,
        path: &Path<'_>,
    ) -> Option<Value> {
        let shift = if number.percent { -2 } else { 0 };
        let value = self.decimal(ty, shift, json, path)?;
        if number
            .places
            .is_some_and(|places| value.scale() > u32::from(places))
        {
            let expected = describe(self.program, ty);
            return self.fault(path, FaultCode::TooManyPlaces, expected, &json.found());
        }
        let low = number.lowest.is_some_and(|lowest| value < lowest);
        let high = number.highest.is_some_and(|highest| value > highest);
        if low || high {
            let expected = describe(self.program, ty);
            return self.fault(path, FaultCode::OutOfRange, expected, &json.found());
        }
        Some(Value::Num(value))
    }

    /// Everything that is written as a JSON text.
    fn text(&mut self, ty: &Type, text: &str, path: &Path<'_>) -> Option<Value> {
        if text.len() > MAX_TEXT_BYTES {
            let expected = format!("at most {MAX_TEXT_BYTES} bytes");
            return self.fault(
                path,
                FaultCode::TooLong,
                expected,
                &format!("{}", text.len()),
            );
        }
        let quoted = || format!("\"{text}\"");
        match ty {
            Type::Code => Some(Value::Code(Arc::from(normalise_code(text)))),
            Type::Calendar => Some(Value::Calendar(Arc::from(normalise_code(text)))),
            Type::Date => match date::parse(text) {
                Some(day) => Some(Value::Date(day)),
                None => {
                    let expected = describe(self.program, ty);
                    self.fault(path, FaultCode::NotADate, expected, &quoted())
                }
            },
            Type::DateFormula => match DateFormula::parse(text) {
                Ok(formula) => Some(Value::DateFormula(Arc::new(formula))),
                Err(fault) => {
                    let expected = format!(
                        "{}; position {}: {}",
                        describe(self.program, ty),
                        fault.at + 1,
                        fault.expected
                    );
                    self.fault(path, FaultCode::NotADateFormula, expected, &quoted())
                }
            },
            _ => Some(Value::Text(Arc::from(text))),
        }
    }

    fn enum_value(&mut self, id: EnumId, text: &str, path: &Path<'_>) -> Option<Value> {
        let values = self
            .program
            .enum_of(id)
            .map_or(&[][..], |found| &found.values);
        let position = values.iter().position(|value| value == text);
        if let Some(position) = position.and_then(|position| u32::try_from(position).ok()) {
            return Some(Value::Enum(position));
        }
        let names = values.iter().map(String::as_str);
        let expected = suggestion(
            describe(self.program, &Type::Enum(id)),
            nearest(text, names),
        );
        self.fault(path, FaultCode::NotInEnum, expected, &format!("\"{text}\""))
    }

    fn list(
        &mut self,
        item: &Type,
        at_most: Option<u32>,
        items: &[Json<'_>],
        path: &Path<'_>,
    ) -> Option<Value> {
        let bound = at_most.map_or(usize::MAX, |bound| bound as usize);
        if items.len() > bound {
            let expected = format!("at most {bound} elements");
            return self.fault(path, FaultCode::TooLong, expected, &items.len().to_string());
        }
        let mut values = Vec::with_capacity(items.len());
        for (index, element) in items.iter().enumerate() {
            if let Some(value) = self.value(item, element, &path.item(index)) {
                values.push(value);
            }
        }
        (values.len() == items.len()).then(|| Value::List(Arc::from(values)))
    }

    fn record(&mut self, id: RecordId, json: &Json<'_>, path: &Path<'_>) -> Option<Value> {
        let program = self.program;
        let record = program.record(id)?;
        let fields = self.members(format::bare(&record.name), &record.fields, json, path)?;
        let value = Value::Record(Arc::from(fields));
        let mut held = true;
        for check in &record.checks {
            let found = match (self.checker)(check, &value) {
                Ok(true) => continue,
                Ok(false) => "it does not hold".to_owned(),
                Err(words) => format!("it could not be computed: {words}"),
            };
            held = false;
            self.fault(path, FaultCode::CheckFailed, check.because.as_str(), &found);
        }
        held.then_some(value)
    }

    fn reason(&mut self, json: &Json<'_>, path: &Path<'_>) -> Option<Value> {
        let program = self.program;
        let Json::Object(members) = json else {
            return self.wrong_type(&Type::Reason, json, path);
        };
        let code_path = path.field("code");
        let code: &str = match json.get("code") {
            Some(Json::Text(code)) => code,
            Some(other) => {
                return self.wrong_type(&Type::Enum(assize_ir::REASON_CODE), other, &code_path);
            }
            None => {
                let expected = describe(program, &Type::Enum(assize_ir::REASON_CODE));
                return self.fault(&code_path, FaultCode::MissingField, expected, "nothing");
            }
        };
        let found = program
            .reasons
            .iter()
            .position(|reason| reason.code == code);
        let found = found.and_then(|at| Some((u32::try_from(at).ok()?, program.reasons.get(at)?)));
        let Some((position, reason)) = found else {
            let names = program.reasons.iter().map(|reason| reason.code.as_str());
            let expected = suggestion("the code of a reason".to_owned(), nearest(code, names));
            return self.fault(
                &code_path,
                FaultCode::UnknownReason,
                expected,
                &format!("\"{code}\""),
            );
        };
        let before = self.faults.len();
        if let Some(severity) = json.get("severity") {
            let declared = assize_ir::SEVERITY_VALUES
                .get(reason.severity as usize)
                .copied();
            if !matches!(severity, Json::Text(text) if Some(&**text) == declared) {
                let expected = format!("\"{}\", as {code} declares", declared.unwrap_or_default());
                self.fault(
                    &path.field("severity"),
                    FaultCode::NotInEnum,
                    expected,
                    &severity.found(),
                );
            }
        }
        let none = Json::Object(Vec::new());
        let parameters = json.get("parameters").unwrap_or(&none);
        let arguments = self.members(code, &reason.params, parameters, &path.field("parameters"));
        let known = ["code", "severity", "parameters"];
        for (name, value) in members {
            if !known.contains(&&**name) {
                self.unknown(path, "a reason", name, value, known.into_iter());
            }
        }
        let arguments = arguments.filter(|_| self.faults.len() == before)?;
        Some(Value::Reason(Arc::new(ReasonValue {
            reason: ReasonId(position),
            arguments,
        })))
    }

    fn unknown<'n>(
        &mut self,
        path: &Path<'_>,
        what: &str,
        name: &str,
        value: &Json<'_>,
        names: impl Iterator<Item = &'n str>,
    ) {
        let expected = suggestion(format!("a field of {what}"), nearest(name, names));
        self.fault(
            &path.field(name),
            FaultCode::UnknownField,
            expected,
            &value.found(),
        );
    }

    /// Reads an object by the fields or parameters of `what`.
    pub fn members<N: Named>(
        &mut self,
        what: &str,
        fields: &[N],
        json: &Json<'_>,
        path: &Path<'_>,
    ) -> Option<Vec<Value>> {
        let Json::Object(members) = json else {
            let expected = format!("an object with the fields of {what}");
            self.fault(path, FaultCode::WrongType, expected, &json.found());
            return None;
        };
        let mut values = Vec::with_capacity(fields.len());
        let mut used = 0;
        for (index, field) in fields.iter().enumerate() {
            // Callers mostly keep the declared order, so the same position is looked at first.
            let member = match members.get(index) {
                Some((name, value)) if name == field.name() => Some(value),
                _ => json.get(field.name()),
            };
            used += usize::from(member.is_some());
            let inner = path.field(field.name());
            let value = match member {
                Some(member) => self.value(field.ty(), member, &inner),
                None => self.left_out(field, &inner),
            };
            values.extend(value);
        }
        let complete = values.len() == fields.len();
        if used == members.len() {
            return complete.then_some(values);
        }
        for (name, value) in members {
            if fields.iter().all(|field| field.name() != name) {
                // A field that is there already is not what was meant.
                let free = fields
                    .iter()
                    .map(N::name)
                    .filter(|field| json.get(field).is_none());
                self.unknown(path, what, name, value, free);
            }
        }
        None
    }

    /// The value of a field that is not there.
    pub fn left_out<N: Named>(&mut self, field: &N, path: &Path<'_>) -> Option<Value> {
        match field.default() {
            Some(default) => match value_of(default) {
                Some(value) => Some(value),
                None => {
                    let expected = describe(self.program, field.ty());
                    self.fault(
                        path,
                        FaultCode::MissingField,
                        expected,
                        "a default that is no value",
                    )
                }
            },
            None if field.ty().is_optional() => Some(Value::Missing),
            None => {
                let expected = describe(self.program, field.ty());
                self.fault(path, FaultCode::MissingField, expected, "nothing")
            }
        }
    }
}
