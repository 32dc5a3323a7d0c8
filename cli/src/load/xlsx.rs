//! Cells of an XLSX file as the texts that a rule author would have written.
//!
//! A workbook stores every number as a binary float. The shortest decimal that reads back as the same
//! float is what the author saw; one that needs more than 15 digits cannot have been typed in and is
//! refused. Nothing is guessed: dates with a time of day, formulas without a stored result, errors of
//! formulas, numbers shown with zeros that are not part of them, merged cells and second sheets are
//! refused with the cell's name.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};
use std::thread;

use assize_compiler::{CellKind, SheetRow};
use assize_ir::date;
use calamine::{DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible, Xlsx};

use super::sheets::{MAX_CELL_BYTES, MAX_CELLS, MAX_SHEET_COLUMNS, MAX_SHEET_ROWS, told};
use crate::render::few::few;

mod formats;

use formats::Format;

/// Most bytes that a part of a workbook may unpack to for each packed byte.
pub const MAX_UNPACK_RATIO: u64 = 100;
/// A part may unpack to so many bytes whatever its ratio.
pub const SMALL_PART_BYTES: u64 = 1024 * 1024;
/// Most bytes that all parts together may unpack to.
pub const MAX_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;
/// Most parts of a workbook.
pub const MAX_PARTS: usize = 10_000;
/// Most significant digits of a number that can have been typed in.
pub const MAX_DIGITS: usize = 15;
/// Name of the thread that reads workbooks: a panic there is an answer, and is not told as one.
pub const THREAD: &str = "workbook";

/// The rows of the one sheet of a workbook; rows without any value are left out.
///
/// The reader of workbooks counts on sound ones: it panics where the number of a row overflows or a
/// part lies in no folder. So it has a thread of its own, and its panic means a damaged file.
pub fn read(bytes: Vec<u8>) -> Result<Vec<SheetRow>, String> {
    check_parts(&bytes)?;
    let reader = thread::Builder::new()
        .name(THREAD.to_owned())
        .spawn(move || rows_of(bytes))
        .map_err(|error| format!("no thread can be started: {error}"))?;
    reader.join().unwrap_or_else(|_| {
        Err("the workbook is damaged; open it in a spreadsheet and save it again".to_owned())
    })
}

fn rows_of(bytes: Vec<u8>) -> Result<Vec<SheetRow>, String> {
    let broken = |error: calamine::XlsxError| format!("this is no XLSX file: {error}");
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let sheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut filled: Vec<(String, Read)> = Vec::new();
    for name in sheets {
        // One that is damaged as a whole says so; the others are read all the same.
        let read = sheet(&mut workbook, &name).unwrap_or_else(|why| Read {
            rows: Vec::new(),
            faults: vec![why],
        });
        if !(read.rows.is_empty() && read.faults.is_empty()) {
            // Rows that nobody will get take no memory.
            if let Some((_, before)) = filled.last_mut() {
                before.rows = Vec::new();
            }
            filled.push((name, read));
        }
    }
    let mut faults = Vec::new();
    if filled.len() > 1 {
        let names: Vec<String> = filled
            .iter()
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        let all = match names.as_slice() {
            [one, other] => format!("{one} and {other}"),
            all => few(all),
        };
        let (which, hide) = match filled.len() {
            2 => ("both", "other"),
            _ => ("all", "others"),
        };
        faults.push(format!(
            "the sheets {all} {which} hold cells; keep one, or hide the {hide}"
        ));
    }
    for (name, read) in &filled {
        let several = filled.len() > 1;
        let place = |fault: &String| match several {
            true => format!("sheet \"{name}\", {fault}"),
            false => fault.clone(),
        };
        faults.extend(read.faults.iter().map(place));
    }
    if faults.is_empty() {
        Ok(filled.pop().map(|(_, read)| read.rows).unwrap_or_default())
    } else {
        Err(told(&faults))
    }
}

/// What a sheet holds, and what is wrong with it.
struct Read {
    rows: Vec<SheetRow>,
    faults: Vec<String>,
}

/// Unpacks every part once and counts, so that nothing that is unpacked later can be a bomb: what a
/// part says of its own size is not believed.
fn check_parts(bytes: &[u8]) -> Result<(), String> {
    let broken = |error: zip::result::ZipError| format!("this is no XLSX file: {error}");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > MAX_PARTS {
        return Err(format!("the workbook has more than {MAX_PARTS} parts"));
    }
    let mut total: u64 = 0;
    let mut piece = vec![0; 64 * 1024];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(broken)?;
        let packed = part.compressed_size();
        let mut unpacked: u64 = 0;
        loop {
            let count = part
                .read(&mut piece)
                .map_err(|error| format!("the workbook is damaged: {error}"))?;
            if count == 0 {
                break;
            }
            unpacked = unpacked.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
            let room = packed
                .saturating_mul(MAX_UNPACK_RATIO)
                .max(SMALL_PART_BYTES);
            if unpacked > room || total.saturating_add(unpacked) > MAX_UNPACKED_BYTES {
                return Err(format!(
                    "the workbook unpacks to too much: at most {MAX_UNPACK_RATIO} times its size \
                     and {MAX_UNPACKED_BYTES} bytes are read"
                ));
            }
        }
        total = total.saturating_add(unpacked);
    }
    Ok(())
}

type Workbook = Xlsx<Cursor<Vec<u8>>>;

/// Filled cells by row and column.
type Cells = BTreeMap<u32, BTreeMap<u32, (String, CellKind)>>;

fn sheet(workbook: &mut Workbook, name: &str) -> Result<Read, String> {
    let broken = |error: calamine::XlsxError| format!("the sheet \"{name}\" is damaged: {error}");
    let is_1904 = workbook.has_1904_epoch();
    let merged = workbook.merge_cells_by_sheet_name(name).map_err(broken)?;
    let mut faults: Vec<String> = merged
        .iter()
        .map(|area| {
            let (from, to) = (cell_name(area.start), cell_name(area.end));
            format!("{from} to {to} are merged; give each cell its own value")
        })
        .collect();
    let mut formulas: BTreeSet<(u32, u32)> = BTreeSet::new();
    let mut reader = workbook.worksheet_cells_reader(name).map_err(broken)?;
    // Without the texts of formulas, which are of no use here: to spread a shared one over its cells
    // the reader takes as much memory as a damaged file asks for.
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(broken)? {
        if cell.formula.is_some() {
            formulas.insert(cell.pos);
        }
        if formulas.len() > MAX_CELLS {
            return Err(format!(
                "the sheet \"{name}\" has more than {MAX_CELLS} cells"
            ));
        }
    }
    drop(reader);
    let mut rows: Cells = BTreeMap::new();
    let mut count = 0usize;
    let mut reader = workbook.worksheet_cells_reader(name).map_err(broken)?;
    let formats: Vec<Format> = reader
        .styles()
        .iter()
        .map(|style| {
            let format = style.number_format.as_ref();
            format.map_or_else(Format::default, |format| Format::of(&format.format_code))
        })
        .collect();
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(broken)? {
        let position @ (row, column) = cell.get_position();
        count += 1;
        let wide = usize::try_from(column).unwrap_or(usize::MAX) >= MAX_SHEET_COLUMNS;
        if count > MAX_CELLS || (rows.len() > MAX_SHEET_ROWS && !rows.contains_key(&row)) {
            return Err(format!(
                "the sheet \"{name}\" is too large: at most {MAX_SHEET_ROWS} rows below the header \
                 and {MAX_CELLS} cells are read"
            ));
        }
        let format = formats.get(style).copied().unwrap_or_default();
        let text = match cell_text(cell.get_value(), format, is_1904) {
            Ok(text) if text.is_empty() && formulas.contains(&position) => {
                Err("the formula has no stored result; open and save the file once".to_owned())
            }
            Ok(text) if text.len() > MAX_CELL_BYTES => {
                Err(format!("the cell is longer than {MAX_CELL_BYTES} bytes"))
            }
            Ok(text) if wide && !text.is_empty() => Err(format!(
                "the sheet is wider than {MAX_SHEET_COLUMNS} columns"
            )),
            other => other,
        };
        match text {
            Ok(text) if text.is_empty() => {}
            Ok(text) => {
                let kind = kind_of(cell.get_value());
                rows.entry(row).or_default().insert(column, (text, kind));
            }
            Err(why) => faults.push(format!("{}: {why}", cell_name(position))),
        }
    }
    let rows = rectangle(&rows, &mut faults);
    Ok(Read { rows, faults })
}

/// The rows as wide as the header; each value beside the header's columns is a fault.
fn rectangle(rows: &Cells, faults: &mut Vec<String>) -> Vec<SheetRow> {
    let Some((_, header)) = rows.iter().next() else {
        return Vec::new();
    };
    let first = header.keys().next().copied().unwrap_or(0);
    let last = header.keys().last().copied().unwrap_or(0);
    let mut out = Vec::with_capacity(rows.len());
    for (row, cells) in rows {
        for column in cells.keys().filter(|at| **at < first || **at > last) {
            let name = cell_name((*row, *column));
            faults.push(format!("{name}: there is no header above this cell"));
        }
        let (cells, kinds) = (first..=last)
            .map(|column| cells.get(&column).cloned().unwrap_or_default())
            .unzip();
        out.push(SheetRow {
            line: row.saturating_add(1),
            cells,
            kinds,
        });
    }
    out
}

fn kind_of(value: &DataRef<'_>) -> CellKind {
    match value {
        DataRef::Int(_) | DataRef::Float(_) => CellKind::Number,
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) => CellKind::Day,
        DataRef::Bool(_) => CellKind::Bool,
        _ => CellKind::Text,
    }
}

fn cell_text(value: &DataRef<'_>, format: Format, is_1904: bool) -> Result<String, String> {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::String(text) => Ok(text.clone()),
        DataRef::SharedString(text) => Ok((*text).to_owned()),
        DataRef::Bool(value) => Ok(value.to_string()),
        DataRef::Int(value) => number(&value.to_string(), format),
        // `Display` writes the shortest decimal that reads back as the same float, without exponent.
        DataRef::Float(value) => number(&value.to_string(), format),
        DataRef::DateTime(value) => day(value, is_1904),
        DataRef::DateTimeIso(text) => {
            let day = text.strip_suffix("T00:00:00").unwrap_or(text);
            match date::parse(day) {
                Some(_) => Ok(day.to_owned()),
                None => Err(format!("{text} is no whole day")),
            }
        }
        DataRef::DurationIso(text) => Err(format!("{text} is a duration, not a day")),
        DataRef::Error(error) => Err(format!("the formula ends in {error}")),
    }
}

/// A number as it was typed in; of a percent, its points with `%`.
fn number(text: &str, format: Format) -> Result<String, String> {
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-')
    {
        return Err(format!("{text} is no number"));
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_start_matches('0').trim_end_matches('0').len();
    if significant > MAX_DIGITS {
        return Err(format!(
            "{text} has {significant} digits, more than the {MAX_DIGITS} that a spreadsheet keeps; \
             round it there, or format the cell as text"
        ));
    }
    let text = if text == "-0" { "0" } else { text };
    let text = if format.percent {
        format!("{}%", hundredfold(text))
    } else {
        text.to_owned()
    };
    if format.pads(&text) {
        return Err(format!(
            "the number {text} is shown with zeros in front that it does not have; if it is a code, \
             format the column as text and type it again, else choose a format without them"
        ));
    }
    Ok(text)
}

/// A decimal text times 100, by moving the point.
fn hundredfold(text: &str) -> String {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let mut fraction = fraction.chars();
    let mut moved = whole.to_owned();
    for _ in 0..2 {
        moved.push(fraction.next().unwrap_or('0'));
    }
    let moved = moved.trim_start_matches('0');
    let moved = if moved.is_empty() { "0" } else { moved };
    let fraction = fraction.as_str();
    if fraction.is_empty() {
        format!("{sign}{moved}")
    } else {
        format!("{sign}{moved}.{fraction}")
    }
}

/// A serial date as an ISO day.
fn day(value: &ExcelDateTime, is_1904: bool) -> Result<String, String> {
    let serial = value.as_f64().to_string(); // float: XLSX stores dates as floats; only its text is used
    if value.is_duration() {
        return Err(format!("{serial} is a duration, not a day"));
    }
    let Ok(days) = serial.parse::<i32>() else {
        return Err(format!(
            "{serial} is a day with a time; write the day alone"
        ));
    };
    let impossible = || Err(format!("the serial {serial} is no day"));
    // Serial 60 of the 1900 system is a 29 February 1900 that never was.
    let epoch = match (is_1904, days) {
        (true, 0..) => "1904-01-01",
        (false, 1..=59) => "1899-12-31",
        (false, 61..) => "1899-12-30",
        _ => return impossible(),
    };
    let day = date::parse(epoch).and_then(|epoch| epoch.checked_add(days));
    match day {
        Some(day) if day <= date::LAST_DAY => Ok(date::format(day)),
        _ => impossible(),
    }
}

/// `B7`, from positions that count from 0.
fn cell_name((row, column): (u32, u32)) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
        if rest == 0 {
            break;
        }
        rest -= 1;
    }
    let letters: String = letters.iter().rev().collect();
    format!("{letters}{}", row.saturating_add(1))
}

#[cfg(test)]
mod tests;
