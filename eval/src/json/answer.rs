//! What comes back: `{"output": …}` or `{"error": {…}}`, with `decided`, `trace` and `receipt` on request.

use assize_ir::{Program, Type};

use super::encode::{EncodeError, NumberStyle, write_text, write_value};
use super::fault::Fault;
use crate::digest::Receipt;
use crate::failure::{ErrorCode, Failure};
use crate::value::Value;

/// What an answer carries besides the result.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extras<'a> {
    /// How decimals of the output are written.
    pub style: NumberStyle,
    /// What decided, as JSON text.
    pub decided: Option<&'a str>,
    /// The explanation, as JSON text.
    pub trace: Option<&'a str>,
    /// The digests.
    pub receipt: Option<&'a Receipt>,
}

/// The text of an answer: one line without blanks.
///
/// A value that does not fit its type cannot come out of a verified program; it is answered as the
/// error `internal`, so that a caller gets a refusal and never half a document.
pub fn answer_text(
    program: &Program,
    ty: &Type,
    result: Result<&Value, &Failure>,
    extras: Extras<'_>,
) -> String {
    let mut out = String::from("{");
    let written = match result {
        Ok(value) => {
            out.push_str("\"output\":");
            write_value(program, ty, value, extras.style, &mut out)
        }
        Err(failure) => {
            out.push_str("\"error\":");
            write_failure(program, failure, extras.style, &mut out)
        }
    };
    if let Err(error) = written {
        out = internal(program, &error);
    }
    if let Some(decided) = extras.decided {
        out.push_str(",\"decided\":");
        out.push_str(decided);
    }
    if let Some(trace) = extras.trace {
        out.push_str(",\"trace\":");
        out.push_str(trace);
    }
    if let Some(receipt) = extras.receipt {
        out.push_str(",\"receipt\":");
        receipt.write_json(&mut out);
    }
    out.push('}');
    out
}

fn internal(program: &Program, error: &EncodeError) -> String {
    let failure = Failure::new(ErrorCode::Internal).with("output", error.to_string());
    let mut out = String::from("{\"error\":");
    // Without a reason there is nothing in it that could not be written.
    drop(write_failure(
        program,
        &failure,
        NumberStyle::String,
        &mut out,
    ));
    out
}

/// Appends the object of an error: code, rule, place and values in their order; a `stop` carries its
/// reason.
pub fn write_failure(
    program: &Program,
    failure: &Failure,
    style: NumberStyle,
    out: &mut String,
) -> Result<(), EncodeError> {
    out.push_str("{\"code\":");
    write_text(failure.code.name(), out);
    out.push_str(",\"rule\":");
    write_text(&failure.rule, out);
    out.push_str(",\"place\":");
    write_text(&failure.place, out);
    // A list and no object: names repeat, as the rows of a conflict do.
    out.push_str(",\"values\":[");
    for (index, (name, value)) in failure.values.iter().enumerate() {
        out.push_str(if index > 0 {
            ",{\"name\":"
        } else {
            "{\"name\":"
        });
        write_text(name, out);
        out.push_str(",\"value\":");
        write_text(value, out);
        out.push('}');
    }
    out.push(']');
    if let Some(reason) = &failure.reason {
        out.push_str(",\"reason\":");
        let value = Value::Reason(std::sync::Arc::clone(reason));
        write_value(program, &Type::Reason, &value, style, out)?;
    }
    out.push('}');
    Ok(())
}

/// The answer to an input with faults.
pub fn invalid_input_text(faults: &[Fault]) -> String {
    invalid_line_text(None, faults)
}

/// The answer to an input with faults that is one of many: `line` says which, from 1.
pub fn invalid_line_text(line: Option<u64>, faults: &[Fault]) -> String {
    let mut out = String::from("{\"error\":{\"code\":\"invalid_input\",");
    if let Some(line) = line {
        out.push_str(&format!("\"line\":{line},"));
    }
    out.push_str("\"faults\":[");
    for (index, fault) in faults.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_fault(fault, &mut out);
    }
    out.push_str("]}}");
    out
}

/// Appends the object of a fault.
pub fn write_fault(fault: &Fault, out: &mut String) {
    out.push_str("{\"path\":");
    write_text(&fault.path, out);
    out.push_str(",\"code\":");
    write_text(fault.code.name(), out);
    out.push_str(",\"expected\":");
    write_text(&fault.expected, out);
    out.push_str(",\"found\":");
    write_text(&fault.found, out);
    out.push('}');
}
