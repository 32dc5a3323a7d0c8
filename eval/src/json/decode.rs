//! JSON against a type: a value, or every fault in the order of the schema.
//!
//! A field of an object is looked at in declared order, names that the schema does not know come
//! after. A check of a record runs as soon as the fields that it reads are known to be good, so that
//! a violated check stands in the same answer as the faults of other fields and records.

use std::collections::BTreeMap;
use std::sync::Arc;

use assize_ir::{
    Body, Callable, CallableId, Check, Const, EnumId, Field, NumType, Op, Param, Program, ReasonId,
    RecordId, Slot, Type, code::normalise_code, date,
};
use rust_decimal::Decimal;

use super::describe::{describe, suggestion};
use super::fault::{Fault, FaultCode, Faults, Path};
use super::nearest::nearest;
use super::number;
use super::reader::{Json, Members};
use crate::date_formula::DateFormula;
use crate::format;
use crate::interp::value_of;
use crate::value::{ReasonValue, Value};

/// Longest text or code, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The whole numbers there are.
const WHOLE_RANGE: &str = "a whole number from -9223372036854775807 to 9223372036854775807";

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
    /// Whether no fault may repeat the value.
    fn sensitive(&self) -> bool;
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
    fn sensitive(&self) -> bool {
        self.sensitive
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
    fn sensitive(&self) -> bool {
        self.sensitive
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
        _ => Err(decoder.take_faults()),
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
    faults: Faults,
    /// The fields that checks read, of those that were asked for.
    reads: BTreeMap<CallableId, Reads>,
    /// Whether what is read stands in a field whose values are not shown.
    hidden: bool,
}

/// Which fields of its record a check looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reads {
    /// These.
    Fields(Vec<u32>),
    /// All: the record is used as a whole.
    Whole,
}

impl<'p, 'c> Decoder<'p, 'c> {
    /// A decoder for values of a program; `checker` runs the checks of records.
    pub fn new(program: &'p Program, checker: &'c mut Checker<'_>) -> Decoder<'p, 'c> {
        Decoder {
            program,
            checker,
            faults: Faults::default(),
            hidden: false,
            reads: BTreeMap::new(),
        }
    }

    /// The faults so far; the decoder goes on without them.
    pub fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults).into_list()
    }

    /// Adds a fault, up to [`MAX_FAULTS`](super::fault::MAX_FAULTS).
    fn fault(
        &mut self,
        path: &Path<'_>,
        code: FaultCode,
        expected: impl Into<String>,
        found: &str,
    ) -> Option<Value> {
        if self.faults.is_at_limit() {
            self.faults.more(path);
        } else {
            let nothing = code == FaultCode::MissingField;
            let found = if self.hidden && !nothing {
                format::HIDDEN
            } else {
                found
            };
            self.faults.add(Fault::new(path, code, expected, found));
        }
        None
    }

    /// Reads something whose values are not shown if this is so.
    pub fn hiding<T>(&mut self, hidden: bool, read: impl FnOnce(&mut Self) -> T) -> T {
        let around = self.hidden;
        self.hidden = around || hidden;
        let value = read(self);
        self.hidden = around;
        value
    }

    /// What was expected, with the nearest of the names; comparing names is left out when the fault
    /// would not be listed.
    fn suggested<'n>(
        &self,
        expected: impl FnOnce() -> String,
        name: &str,
        names: impl Iterator<Item = &'n str>,
    ) -> String {
        if self.faults.is_at_limit() {
            return String::new();
        }
        // The nearest name says what was written.
        if self.hidden {
            return expected();
        }
        suggestion(expected(), nearest(name, names))
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
            None => self.fault(path, FaultCode::OutOfRange, WHOLE_RANGE, &json.found()),
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
                        "{}, written like {}, without blanks and separators",
                        describe(self.program, ty),
                        sample(ty)
                    ),
                    FaultCode::TooManyPlaces if *ty == Type::Int => describe(self.program, ty),
                    FaultCode::OutOfRange if *ty == Type::Int => WHOLE_RANGE.to_owned(),
                    FaultCode::TooManyPlaces => {
                        format!("{}, of at most 28 places", describe(self.program, ty))
                    }
                    _ => format!("{}, of at most 28 digits", describe(self.program, ty)),
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
            let expected = format!("a text of at most {MAX_TEXT_BYTES} bytes");
            let found = format!("{} bytes", text.len());
            return self.fault(path, FaultCode::TooLong, expected, &found);
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
        let expected = self.suggested(|| describe(self.program, &Type::Enum(id)), text, names);
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
        let too_long = items.len() > bound;
        if too_long {
            // The elements are looked at all the same: their faults belong into the same answer.
            let plural = if bound == 1 { "" } else { "s" };
            let expected = format!("a list of at most {bound} element{plural}");
            let found = format!("{} elements", items.len());
            self.fault(path, FaultCode::TooLong, expected, &found);
        }
        let mut values = Vec::with_capacity(items.len());
        for (index, element) in items.iter().enumerate() {
            if let Some(value) = self.value(item, element, &path.item(index)) {
                values.push(value);
            }
        }
        (!too_long && values.len() == items.len()).then(|| Value::List(Arc::from(values)))
    }

    fn record(&mut self, id: RecordId, json: &Json<'_>, path: &Path<'_>) -> Option<Value> {
        let program = self.program;
        let record = program.record(id)?;
        let what = format::bare(&record.name);
        let (fields, known) = self.fields(what, &record.fields, json, path)?;
        let missing: Vec<usize> = (0..).zip(&fields).filter_map(absent).collect();
        // A check never looks at what stands in the place of a faulty field.
        let fields: Vec<Value> = fields
            .into_iter()
            .map(|field| field.unwrap_or(Value::Missing))
            .collect();
        let value = Value::Record(Arc::from(fields));
        let mut good = known && missing.is_empty();
        for check in &record.checks {
            if !missing.is_empty() && self.looks_at(check.callable, &missing) {
                continue;
            }
            let found = match (self.checker)(check, &value) {
                Ok(true) => continue,
                Ok(false) => super::fault::HOLDS_NOT.to_owned(),
                Err(words) => format!("it could not be computed: {words}"),
            };
            good = false;
            self.fault(path, FaultCode::CheckFailed, check.because.as_str(), &found);
        }
        good.then_some(value)
    }

    /// Whether a check looks at one of these fields.
    fn looks_at(&mut self, check: CallableId, fields: &[usize]) -> bool {
        let program = self.program;
        let reads = self.reads.entry(check);
        match reads.or_insert_with(|| reads_of(program, check)) {
            Reads::Whole => true,
            Reads::Fields(reads) => reads
                .iter()
                .any(|field| fields.contains(&(*field as usize))),
        }
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
            let expected = self.suggested(|| "the code of a reason".to_owned(), code, names);
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
                self.unknown(path, "a reason", name, (value, false), known.into_iter());
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
        (value, hidden): (&Json<'_>, bool),
        names: impl Iterator<Item = &'n str>,
    ) {
        let expected = self.suggested(|| format!("a field of {what}"), name, names);
        self.hiding(hidden, |it| {
            it.fault(
                &path.field(name),
                FaultCode::UnknownField,
                expected,
                &value.found(),
            )
        });
    }

    /// Reads an object by the fields or parameters of `what`.
    pub fn members<N: Named>(
        &mut self,
        what: &str,
        fields: &[N],
        json: &Json<'_>,
        path: &Path<'_>,
    ) -> Option<Vec<Value>> {
        let (values, known) = self.fields(what, fields, json, path)?;
        if known {
            values.into_iter().collect()
        } else {
            None
        }
    }

    /// Reads the fields of an object, `None` in the place of a faulty one, and whether the schema
    /// knows all of its names; `None`: it is no object.
    fn fields<N: Named>(
        &mut self,
        what: &str,
        fields: &[N],
        json: &Json<'_>,
        path: &Path<'_>,
    ) -> Option<(Vec<Option<Value>>, bool)> {
        let Json::Object(members) = json else {
            let expected = format!("an object with the fields of {what}");
            self.fault(path, FaultCode::WrongType, expected, &json.found());
            return None;
        };
        let mut by_name = Members::new(members);
        let mut values = Vec::with_capacity(fields.len());
        let mut used = Vec::with_capacity(fields.len());
        for (index, field) in fields.iter().enumerate() {
            // Callers mostly keep the declared order, so the same position is looked at first.
            let member = match members.get(index) {
                Some((name, value)) if name == field.name() => Some(value),
                _ => by_name.get(field.name()),
            };
            used.extend(member.map(|_| field.name()));
            let inner = path.field(field.name());
            values.push(match member {
                Some(member) => {
                    self.hiding(field.sensitive(), |it| it.value(field.ty(), member, &inner))
                }
                None => self.left_out(field, &inner),
            });
        }
        if used.len() == members.len() {
            return Some((values, true));
        }
        used.sort_unstable();
        // A field that is there already is not what was meant.
        let free: Vec<&str> = fields
            .iter()
            .map(N::name)
            .filter(|field| used.binary_search(field).is_err())
            .collect();
        // What is misspelt may be one of these.
        let hidden = fields.iter().any(N::sensitive);
        for (name, value) in members {
            if used.binary_search(&&**name).is_err() {
                if self.faults.is_at_limit() {
                    self.faults.more(path.field(name));
                    break;
                }
                self.unknown(path, what, name, (value, hidden), free.iter().copied());
            }
        }
        Some((values, false))
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

/// How a number of a type is written, for who wrote something else.
fn sample(ty: &Type) -> &'static str {
    match ty {
        Type::Num(number) if number.written_places() != Some(0) => "12.5",
        _ => "12 or -3",
    }
}

/// The position of a field that is not there.
fn absent((position, field): (usize, &Option<Value>)) -> Option<usize> {
    field.is_none().then_some(position)
}

/// Which fields a check reads of the record that it is given.
fn reads_of(program: &Program, check: CallableId) -> Reads {
    let Some(callable) = program.callable(check) else {
        return Reads::Whole;
    };
    let record = Op::Local(Slot(0));
    let is_record =
        |node: &assize_ir::NodeId| callable.node(*node).is_none_or(|node| node.op == record);
    // Only in the usual form are all uses of the record operands of a node.
    if !matches!(&callable.body, Body::Define(root) if !is_record(root)) {
        return Reads::Whole;
    }
    let mut fields = Vec::new();
    for node in &callable.nodes {
        match &node.op {
            Op::Field(of, field) if is_record(of) => fields.push(*field),
            op if op.operands().iter().any(is_record) => return Reads::Whole,
            _ => {}
        }
    }
    Reads::Fields(fields)
}
