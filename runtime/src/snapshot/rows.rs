//! Rows of one relation from a file.

use std::borrow::Cow;
use std::io::Read;

use assize_eval::format::{HIDDEN, shown_field};
use assize_eval::json::decode::{MAX_TEXT_BYTES, Named};
use assize_eval::json::describe::suggestion;
use assize_eval::json::{
    Decoder, Fault, FaultCode, Json, Path, decode_row_members, lines_of, nearest, parse,
};
use assize_eval::store::RelationBuilder;
use assize_eval::value::Value;
use assize_ir::{Field, Program, Type};

use super::{Faults, MAX_CELLS, SnapshotFault, SnapshotLimits};
use crate::csv::{CsvFault, CsvLimits, CsvReader, CsvRow};
use crate::json_rows::{JsonLimits, JsonRows};

/// Reads the rows of one file into a builder.
pub struct RowReader<'r, 'p, 'c> {
    /// For the text of keys.
    pub program: &'p Program,
    /// Name of the file, for faults.
    pub file: &'r str,
    /// Limits.
    pub limits: &'r SnapshotLimits,
    /// Where rows go.
    pub builder: &'r mut RelationBuilder<'p>,
    /// Reads values.
    pub decoder: &'r mut Decoder<'p, 'c>,
    /// Where faults go.
    pub faults: &'r mut Faults,
    /// The element of a JSON file that is read: its number, and relation and key where they can be read.
    pub element: Option<(u64, String)>,
}

impl RowReader<'_, '_, '_> {
    fn fault(&mut self, line: u32, fault: Fault) {
        let mut fault = SnapshotFault::new(self.file, line, fault);
        if let Some((number, row)) = &self.element {
            fault.element = Some(*number);
            fault.row.clone_from(row);
        }
        self.faults.add(fault);
    }

    /// Relation and key of an element with faults, as far as its key has none.
    fn key_of(&mut self, json: &Json<'_>) -> String {
        let relation = self.builder.relation();
        let keys = relation.fields.iter().take(relation.key_fields as usize);
        let mut texts = Vec::new();
        for field in keys {
            let value = json.get(&field.name);
            let value = value.and_then(|it| self.decoder.value(&field.ty, it, &Path::Root("")));
            texts.push(value.map(|value| shown_field(self.program, field, &value)));
        }
        // Its faults have been told.
        self.decoder.take_faults();
        let texts: Option<Vec<String>> = texts.into_iter().collect();
        let row = texts.map(|texts| format!("{}[{}]", relation.name, texts.join(", ")));
        row.unwrap_or_default()
    }

    /// Faults of an element that begins on a line, each with the line of its value.
    fn faults_of_element(&mut self, bytes: &[u8], line: u32, faults: Vec<Fault>) {
        if faults.is_empty() {
            return;
        }
        for (fault, below) in faults.iter().zip(lines_of(bytes, "", &faults)) {
            let below = u32::try_from(below.unwrap_or(1)).unwrap_or(u32::MAX);
            let line = line.saturating_add(below.saturating_sub(1));
            self.fault(line, fault.clone());
        }
    }

    /// Moves the decoder's faults to a line.
    fn take_faults(&mut self, line: u32) {
        for fault in self.decoder.take_faults() {
            self.fault(line, fault);
        }
    }

    /// Adds a row; `false`: there are too many.
    fn push(&mut self, values: &[Value], line: u32) -> bool {
        if self.builder.rows() >= self.limits.rows as usize {
            let expected = format!("at most {} rows", self.limits.rows);
            self.fault(
                line,
                Fault::new("", FaultCode::TooManyRows, expected, "more"),
            );
            return false;
        }
        if let Err(error) = self.builder.push(values, line) {
            let fault = Fault::new("", FaultCode::BrokenRow, error.to_string(), "this row");
            self.fault(line, fault);
            return false;
        }
        true
    }

    /// Reads a JSON array of objects.
    pub fn json(&mut self, input: impl Read) {
        let limits = JsonLimits {
            element_bytes: self.limits.row_bytes,
            file_bytes: self.limits.file_bytes,
        };
        let relation = self.builder.relation();
        let mut rows = JsonRows::new(input, limits);
        for number in 1u64.. {
            self.element = None;
            let (bytes, line) = match rows.read() {
                Ok(Some(row)) => row,
                Ok(None) => return,
                Err(error) => {
                    // Before the first one there may be no list at all.
                    self.element = (number > 1).then(|| (number, String::new()));
                    let line = u32::try_from(error.line).unwrap_or(u32::MAX);
                    let fault = Fault::new("", error.code, error.expected, &error.found);
                    return self.fault(line, fault);
                }
            };
            self.element = Some((number, String::new()));
            let document = match parse(bytes, "") {
                Ok(document) => document,
                Err(error) => {
                    let below = u32::try_from(error.line)
                        .unwrap_or(u32::MAX)
                        .saturating_sub(1);
                    let fault = Fault::new("", error.code, error.expected, &error.found);
                    self.fault(line.saturating_add(below), fault);
                    continue;
                }
            };
            let clean = document.duplicates.is_empty();
            let json = &document.value;
            let values = decode_row_members(self.decoder, &relation.name, &relation.fields, json);
            let mut faults = document.duplicates;
            faults.extend(self.decoder.take_faults());
            if !faults.is_empty() {
                self.element = Some((number, self.key_of(json)));
                self.faults_of_element(bytes, line, faults);
            }
            if let Some(values) = values.filter(|_| clean)
                && !self.push(&values, line)
            {
                return;
            }
            if self.faults.is_full() {
                return;
            }
        }
    }

    /// Reads a CSV file with a header.
    pub fn csv(&mut self, input: impl Read) {
        let limits = CsvLimits {
            cell_bytes: self.limits.cell_bytes,
            cells: MAX_CELLS,
            row_bytes: self.limits.row_bytes,
            file_bytes: self.limits.file_bytes,
        };
        let mut reader = CsvReader::new(input, limits);
        let mut row = CsvRow::default();
        let header = match reader.read(&mut row) {
            Ok(true) => match other_separator(&row) {
                Some(found) => {
                    // All that could be said of the rows comes from this.
                    let expected = "cells parted by `,`";
                    let fault = Fault::new("", FaultCode::BrokenRow, expected, found);
                    return self.fault(row.line(), fault);
                }
                None => self.header(&row),
            },
            Ok(false) => {
                let fault = Fault::new("", FaultCode::MissingField, "a header", "an empty file");
                return self.fault(1, fault);
            }
            // Without a header no cell has a meaning.
            Err(fault) => return self.broken(fault),
        };
        loop {
            match reader.read(&mut row) {
                Ok(false) => return,
                Ok(true) => {
                    if !self.row(&header, &row) {
                        return;
                    }
                }
                Err(fault) => {
                    let fatal = fault.fatal;
                    self.broken(fault);
                    if fatal {
                        return;
                    }
                }
            }
            if self.faults.is_full() {
                return;
            }
        }
    }

    fn broken(&mut self, fault: CsvFault) {
        let line = fault.line;
        self.fault(
            line,
            Fault::new("", fault.code, fault.expected, &fault.found),
        );
    }

    /// The column of each field.
    fn header(&mut self, row: &CsvRow) -> Header {
        let fields = &self.builder.relation().fields;
        let names: Vec<&str> = (0..row.len())
            .map(|at| row.cell(at).unwrap_or(""))
            .collect();
        for (at, name) in names.iter().enumerate() {
            if names
                .get(..at)
                .is_some_and(|earlier| earlier.contains(name))
            {
                let expected = "each column once";
                let fault = Fault::new(Path::Root(name), FaultCode::DuplicateKey, expected, name);
                self.fault(row.line(), fault);
            } else if fields.iter().all(|field| field.name != **name) {
                let free = fields.iter().map(|field| field.name.as_str());
                let near = nearest(name, free.filter(|field| !names.contains(field)));
                let expected = suggestion("a field of the relation".to_owned(), near);
                let found = format!("the column \"{name}\"");
                let fault = Fault::new("", FaultCode::UnknownField, expected, &found);
                self.fault(row.line(), fault);
            }
        }
        let column = |field: &Field| names.iter().position(|name| *name == field.name);
        let columns: Vec<Option<usize>> = fields.iter().map(column).collect();
        for (field, column) in fields.iter().zip(&columns) {
            let needed = field.default().is_none() && !field.ty.is_optional();
            if column.is_none() && needed {
                let expected = format!("the column \"{}\"", field.name);
                let fault = Fault::new("", FaultCode::MissingField, expected, "nothing");
                self.fault(row.line(), fault);
            }
        }
        Header {
            columns,
            width: names.len(),
        }
    }

    /// Reads a row; `false`: no further one can be taken.
    fn row(&mut self, header: &Header, row: &CsvRow) -> bool {
        if row.len() != header.width {
            let expected = format!("{} cells, as in the header", header.width);
            let found = row.len().to_string();
            self.fault(
                row.line(),
                Fault::new("", FaultCode::BrokenRow, expected, &found),
            );
            return true;
        }
        let fields = &self.builder.relation().fields;
        let mut values = Vec::with_capacity(fields.len());
        for (field, column) in fields.iter().zip(&header.columns) {
            let path = Path::Root(&field.name);
            let value = match column.and_then(|column| row.cell(column)) {
                Some(cell) => self.cell(field, cell, row.line()),
                // Said once, with the header.
                None if column.is_none() && !field.ty.is_optional() && field.default.is_none() => {
                    None
                }
                None => self.decoder.left_out(field, &path),
            };
            values.extend(value);
        }
        self.take_faults(row.line());
        values.len() != fields.len() || self.push(&values, row.line())
    }

    /// Reads a cell: as the JSON text with these characters, `true` and `false` as themselves, and
    /// lists, records and reasons as JSON.
    fn cell(&mut self, field: &Field, cell: &str, line: u32) -> Option<Value> {
        let path = Path::Root(&field.name);
        let json = match (field.ty.plain(), cell) {
            (Type::Bool, "true") => Json::Bool(true),
            (Type::Bool, "false") => Json::Bool(false),
            (Type::List { .. } | Type::Record(_) | Type::Reason, _) => {
                let document = match parse(cell.as_bytes(), &field.name) {
                    Ok(document) => document,
                    Err(error) => {
                        let expected = format!("JSON: {}", error.expected);
                        let found = if field.sensitive {
                            HIDDEN
                        } else {
                            &error.found
                        };
                        self.fault(line, Fault::new(path, error.code, expected, found));
                        return None;
                    }
                };
                let clean = document.duplicates.is_empty();
                for fault in document.duplicates {
                    self.fault(line, fault);
                }
                let value = self.decoder.hiding(field.sensitive, |it| {
                    it.value(&field.ty, &document.value, &path)
                });
                return value.filter(|_| clean);
            }
            _ => Json::Text(Cow::Borrowed(cell)),
        };
        self.decoder
            .hiding(field.sensitive, |it| it.value(&field.ty, &json, &path))
    }
}

/// What parts the cells of a header that has no comma, as some spreadsheets save it.
fn other_separator(header: &CsvRow) -> Option<&'static str> {
    let cell = header.cell(0).filter(|_| header.len() == 1)?;
    let parted = |(byte, _): &(char, &str)| cell.contains(*byte);
    let found = [(';', "`;`"), ('\t', "tabs"), ('|', "`|`")];
    found.into_iter().find(parted).map(|(_, found)| found)
}

/// Where the fields are.
struct Header {
    /// Column of each field of the relation.
    columns: Vec<Option<usize>>,
    /// Number of columns.
    width: usize,
}

// A cell longer than a text may be is refused by the decoder with its field; the reader's own limit
// only bounds memory.
const _: () = assert!(super::MAX_CELL_BYTES >= MAX_TEXT_BYTES);
