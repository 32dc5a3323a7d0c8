//! The bytes that digests are taken over (language reference §15 and §16).
//!
//! The canonical form is compact JSON as [`crate::json::encode`] writes it with decimals as texts:
//! decoded, defaults filled in, fields in declared order. So a digest can be checked by hand with
//! any BLAKE3 tool.
//!
//! * input: `{"decision":"quote","at":"2026-11-20T10:15:00Z","input":{…}}`; `at` is `null` when it
//!   was not said;
//! * output: `{"output":…}` or `{"error":{…}}`, without trace and receipt;
//! * snapshot: one line each, every line ended by U+000A:
//!   `relation NAME as_of INSTANT`, its rows in key order as objects, and after all relations
//!   (in order of their names) `calendar CODE` with the calendar as an object, in order of codes.

use std::fmt::Write as _;

use assize_ir::{Decision, Program, Relation, RelationId, Type, date};

use crate::calendar::Calendar;
use crate::data::Data;
use crate::digest::{Digest, Hasher};
use crate::failure::Failure;
use crate::json::answer::{Extras, answer_text};
use crate::json::encode::{EncodeError, NumberStyle, write_members, write_text};
use crate::json::instant;
use crate::value::Value;

// Writing to a text cannot fail, so what `write!` says is not looked at.

/// Rows are hashed in pieces of about this many bytes.
const PIECE_BYTES: usize = 64 * 1024;

/// The canonical text of a call.
pub fn input_text(
    program: &Program,
    decision: &Decision,
    at: Option<i64>,
    arguments: &[Value],
) -> Result<String, EncodeError> {
    let params = program
        .callable(decision.callable)
        .map_or(&[][..], |callable| &callable.params);
    if params.len() != arguments.len() {
        let expected = format!("{} arguments", params.len());
        return Err(EncodeError::Mismatch(expected));
    }
    let mut out = String::from("{\"decision\":");
    write_text(&decision.name, &mut out);
    out.push_str(",\"at\":");
    match at {
        Some(seconds) => write_text(&instant::format(seconds), &mut out),
        None => out.push_str("null"),
    }
    out.push_str(",\"input\":");
    let members = params.iter().zip(arguments);
    let members = members.map(|(param, value)| (param.name.as_str(), &param.ty, value));
    write_members(program, members, NumberStyle::String, &mut out)?;
    out.push('}');
    Ok(out)
}

/// The canonical text of a result.
pub fn output_text(program: &Program, ty: &Type, result: Result<&Value, &Failure>) -> String {
    answer_text(program, ty, result, Extras::default())
}

/// The digest of the reference data that a program reads: its relations and the calendars.
pub fn snapshot_digest<'c>(
    program: &Program,
    data: &dyn Data,
    calendars: impl IntoIterator<Item = &'c Calendar>,
) -> Result<Digest, EncodeError> {
    let mut hasher = Hasher::new();
    let mut relations: Vec<(u32, &Relation)> = (0u32..).zip(&program.relations).collect();
    relations.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    let mut piece = String::new();
    for (position, relation) in relations {
        let id = RelationId(position);
        let as_of = data.as_of_seconds(id).map(instant::format);
        let as_of = as_of.as_deref().unwrap_or("-");
        let _ = writeln!(piece, "relation {} as_of {as_of}", relation.name);
        hash_rows(program, data, (id, relation), &mut piece, &mut hasher)?;
    }
    let mut calendars: Vec<&Calendar> = calendars.into_iter().collect();
    calendars.sort_by(|a, b| a.code.cmp(&b.code));
    for calendar in calendars {
        write_calendar(calendar, &mut piece);
    }
    hasher.update(piece.as_bytes());
    Ok(hasher.finish())
}

/// The digest of the rows of a relation, in the order of their keys, whenever they were taken: a relation that has the
/// same rows at another time has the same digest.
pub fn relation_digest(
    program: &Program,
    data: &dyn Data,
    id: RelationId,
) -> Result<Digest, EncodeError> {
    let mut hasher = Hasher::new();
    let mut piece = String::new();
    if let Some(relation) = program.relation(id) {
        hash_rows(program, data, (id, relation), &mut piece, &mut hasher)?;
    }
    hasher.update(piece.as_bytes());
    Ok(hasher.finish())
}

/// Hashes rows, one line each. The last ones stay in the piece.
fn hash_rows(
    program: &Program,
    data: &dyn Data,
    (id, relation): (RelationId, &Relation),
    piece: &mut String,
    hasher: &mut Hasher,
) -> Result<(), EncodeError> {
    let mut row_values = Vec::with_capacity(relation.fields.len());
    for row in 0..data.rows(id) {
        row_values.clear();
        row_values.extend(
            (0u32..)
                .zip(&relation.fields)
                .map(|(f, _)| data.field(id, row, f)),
        );
        let members = relation.fields.iter().zip(&row_values);
        let members = members.map(|(field, value)| (field.name.as_str(), &field.ty, value));
        write_members(program, members, NumberStyle::String, piece)?;
        piece.push('\n');
        if piece.len() >= PIECE_BYTES {
            hasher.update(piece.as_bytes());
            piece.clear();
        }
    }
    Ok(())
}

fn write_calendar(calendar: &Calendar, out: &mut String) {
    out.push_str("calendar ");
    write_text(&calendar.code, out);
    out.push_str(" {\"working\":[");
    for (index, weekday) in calendar.working.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let _ = write!(out, "{weekday}");
    }
    out.push_str("],\"exceptions\":{");
    for (index, (day, works)) in calendar.exceptions.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let _ = write!(out, "\"{}\":{works}", date::format(*day));
    }
    let (from, to) = (date::format(calendar.from), date::format(calendar.to));
    let _ = writeln!(out, "}},\"from\":\"{from}\",\"to\":\"{to}\"}}");
}
