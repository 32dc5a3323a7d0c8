//! A small CSV reader that knows whether a cell was quoted.
//!
//! It reads RFC 4180: cells parted by commas, rows by LF or CRLF, `"` around a cell and doubled inside
//! it. An empty cell without quotes is *missing*, an empty one in quotes is the empty text; the
//! usual readers do not tell them apart. A UTF-8 byte order mark at the start is skipped, since
//! spreadsheets write one. Rows without any character are skipped. Memory is bounded by one row.
//!
//! A row that cannot be taken apart is one fault, and reading goes on with the next line.

use std::io::{self, Read};

use assize_eval::json::FaultCode;

/// Bytes that are asked for at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Limits of a file, enforced while it is read.
#[derive(Clone, Copy, Debug)]
pub struct CsvLimits {
    /// Longest cell, in bytes.
    pub cell_bytes: usize,
    /// Most cells of a row.
    pub cells: usize,
    /// Longest file, in bytes.
    pub file_bytes: u64,
}

/// A row of cells; one value is used for all rows of a file.
#[derive(Clone, Debug, Default)]
pub struct CsvRow {
    text: String,
    bytes: Vec<u8>,
    cells: Vec<Cell>,
    line: u32,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    end: usize,
    quoted: bool,
}

impl CsvRow {
    /// Line on which the row begins, from 1.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cell at a position: `None` when it is missing, that is, empty and not quoted.
    pub fn cell(&self, at: usize) -> Option<&str> {
        let cell = self.cells.get(at)?;
        let start = match at.checked_sub(1) {
            Some(before) => self.cells.get(before)?.end,
            None => 0,
        };
        let text = self.text.get(start..cell.end)?;
        (cell.quoted || !text.is_empty()).then_some(text)
    }
}

/// Why a row or a file is refused.
#[derive(Debug)]
pub struct CsvFault {
    /// Line, from 1.
    pub line: u32,
    /// What kind.
    pub code: FaultCode,
    /// What would have been right.
    pub expected: String,
    /// What was there.
    pub found: String,
    /// Nothing more can be read.
    pub fatal: bool,
}

/// Reads rows one by one.
pub struct CsvReader<R> {
    input: R,
    limits: CsvLimits,
    chunk: Vec<u8>,
    at: usize,
    filled: usize,
    read: u64,
    line: u32,
    started: bool,
    ended: bool,
}

/// What a row is at while it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first character of a cell.
    Start,
    /// In a cell without quotes.
    Plain,
    /// Between quotes.
    Quoted,
    /// After a quote inside quotes: the end, or half of a doubled one.
    Closing,
}

impl<R: Read> CsvReader<R> {
    /// A reader of a file.
    pub fn new(input: R, limits: CsvLimits) -> CsvReader<R> {
        CsvReader {
            input,
            limits,
            chunk: vec![0; CHUNK_BYTES],
            at: 0,
            filled: 0,
            read: 0,
            line: 1,
            started: false,
            ended: false,
        }
    }

    fn fault(&self, code: FaultCode, expected: impl Into<String>, found: &str) -> CsvFault {
        CsvFault {
            line: self.line,
            code,
            expected: expected.into(),
            found: found.to_owned(),
            fatal: false,
        }
    }

    /// What is read and not yet used; empty at the end of the file.
    fn rest(&mut self) -> Result<&[u8], CsvFault> {
        if self.at == self.filled && !self.ended {
            self.fill()?;
        }
        Ok(self.chunk.get(self.at..self.filled).unwrap_or_default())
    }

    fn fill(&mut self) -> Result<(), CsvFault> {
        let read = loop {
            match self.input.read(&mut self.chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let read = read.map_err(|error| {
            self.ended = true;
            let fault = self.fault(
                FaultCode::MissingFile,
                "a readable file",
                &error.to_string(),
            );
            CsvFault {
                fatal: true,
                ..fault
            }
        })?;
        self.at = 0;
        self.filled = read;
        self.ended = read == 0;
        self.read = self
            .read
            .saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        if self.read > self.limits.file_bytes {
            self.ended = true;
            self.filled = 0;
            let expected = format!("a file of at most {} bytes", self.limits.file_bytes);
            let fault = self.fault(FaultCode::TooLong, expected, "more");
            return Err(CsvFault {
                fatal: true,
                ..fault
            });
        }
        Ok(())
    }

    fn skip_byte_order_mark(&mut self) -> Result<(), CsvFault> {
        self.started = true;
        let rest = self.rest()?;
        if rest.starts_with(b"\xEF\xBB\xBF") {
            self.at += 3;
        } else if rest.starts_with(b"\xFF\xFE") || rest.starts_with(b"\xFE\xFF") {
            self.ended = true;
            self.at = self.filled;
            let fault = self.fault(FaultCode::WrongEncoding, "UTF-8", "UTF-16");
            return Err(CsvFault {
                fatal: true,
                ..fault
            });
        }
        Ok(())
    }

    /// Reads the next row into `row`; `false` at the end of the file.
    pub fn read(&mut self, row: &mut CsvRow) -> Result<bool, CsvFault> {
        if !self.started {
            self.skip_byte_order_mark()?;
        }
        loop {
            row.bytes.clear();
            row.cells.clear();
            row.line = self.line;
            match self.row(row) {
                Ok(false) => return Ok(false),
                Ok(true) => {}
                Err(fault) if fault.fatal => return Err(fault),
                Err(fault) => {
                    self.skip_line()?;
                    return Err(fault);
                }
            }
            let empty = row.cells.len() == 1 && row.bytes.is_empty();
            if !empty || row.cells.first().is_some_and(|cell| cell.quoted) {
                break;
            }
        }
        // The text keeps its memory from row to row.
        row.text.clear();
        match std::str::from_utf8(&row.bytes) {
            Ok(text) => row.text.push_str(text),
            Err(error) => {
                let byte = row.bytes.get(error.valid_up_to()).copied().unwrap_or(0);
                let found = format!("byte 0x{byte:02X}");
                let fault = self.fault(FaultCode::WrongEncoding, "UTF-8", &found);
                return Err(CsvFault {
                    line: row.line,
                    ..fault
                });
            }
        }
        Ok(true)
    }

    /// Reads to the end of a row; `false` when there is none.
    fn row(&mut self, row: &mut CsvRow) -> Result<bool, CsvFault> {
        let mut state = State::Start;
        let mut any = false;
        loop {
            let limits = self.limits;
            let start = row.cells.last().map_or(0, |cell| cell.end);
            let rest = self.rest()?;
            let Some(first) = rest.first().copied() else {
                if state == State::Quoted {
                    let fault =
                        self.fault(FaultCode::BrokenRow, "`\"` at the end of a cell", "the end");
                    return Err(CsvFault {
                        line: row.line,
                        ..fault
                    });
                }
                if any {
                    self.close(row, state)?;
                }
                return Ok(any);
            };
            any = true;
            // All that stands for itself is taken at once.
            let taken = match state {
                State::Plain => rest
                    .iter()
                    .position(|byte| matches!(byte, b',' | b'\n' | b'\r' | b'"')),
                State::Quoted => rest.iter().position(|byte| matches!(byte, b'"' | b'\n')),
                State::Start | State::Closing => Some(0),
            };
            let taken = taken.unwrap_or(rest.len());
            if taken > 0 {
                row.bytes
                    .extend_from_slice(rest.get(..taken).unwrap_or_default());
                self.at += taken;
                if row.bytes.len() - start > limits.cell_bytes {
                    return Err(self.long_cell(row));
                }
                continue;
            }
            self.at += 1;
            state = match (state, first) {
                (State::Start, b'"') => State::Quoted,
                (State::Quoted, b'"') => State::Closing,
                (State::Closing, b'"') => {
                    row.bytes.push(b'"');
                    State::Quoted
                }
                (State::Quoted, _) => {
                    row.bytes.push(first);
                    self.line = self.line.saturating_add(1);
                    State::Quoted
                }
                (_, b',') => {
                    self.close(row, state)?;
                    State::Start
                }
                (_, b'\n') => {
                    if let Err(fault) = self.close(row, state) {
                        // The end of this line is still to be skipped.
                        self.at -= 1;
                        return Err(fault);
                    }
                    self.line = self.line.saturating_add(1);
                    return Ok(true);
                }
                (_, b'\r') => {
                    if self.rest()?.first() != Some(&b'\n') {
                        return Err(self.broken("LF after CR", "CR alone"));
                    }
                    state
                }
                (State::Plain, _) => {
                    return Err(self.broken("quotes around the whole cell", "`\"` inside a cell"));
                }
                (State::Closing, _) => {
                    let found = "something after the closing `\"`";
                    return Err(self.broken("`,` or the end of the row", found));
                }
                (State::Start, _) => {
                    row.bytes.push(first);
                    State::Plain
                }
            };
            if row.bytes.len() - start > limits.cell_bytes {
                return Err(self.long_cell(row));
            }
        }
    }

    fn close(&self, row: &mut CsvRow, state: State) -> Result<(), CsvFault> {
        if row.cells.len() >= self.limits.cells {
            let expected = format!("at most {} cells in a row", self.limits.cells);
            return Err(self.fault(FaultCode::BrokenRow, expected, "more"));
        }
        row.cells.push(Cell {
            end: row.bytes.len(),
            quoted: state == State::Closing,
        });
        Ok(())
    }

    fn broken(&self, expected: &str, found: &str) -> CsvFault {
        self.fault(FaultCode::BrokenRow, expected, found)
    }

    fn long_cell(&self, row: &CsvRow) -> CsvFault {
        let expected = format!("a cell of at most {} bytes", self.limits.cell_bytes);
        let fault = self.fault(FaultCode::TooLong, expected, "more");
        CsvFault {
            line: row.line,
            ..fault
        }
    }

    /// Moves behind the next line end: where the next row is most likely to begin.
    fn skip_line(&mut self) -> Result<(), CsvFault> {
        loop {
            let rest = self.rest()?;
            if rest.is_empty() {
                return Ok(());
            }
            match rest.iter().position(|byte| *byte == b'\n') {
                Some(end) => {
                    self.at += end + 1;
                    self.line = self.line.saturating_add(1);
                    return Ok(());
                }
                None => self.at = self.filled,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: CsvLimits = CsvLimits {
        cell_bytes: 10,
        cells: 4,
        file_bytes: 200,
    };

    /// Gives one byte at a time, so that every chunk border is crossed.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let (Some((first, rest)), Some(place)) = (self.0.split_first(), into.first_mut())
            else {
                return Ok(0);
            };
            *place = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn read_all(input: impl Read) -> String {
        let mut reader = CsvReader::new(input, LIMITS);
        let mut row = CsvRow::default();
        let mut out = String::new();
        loop {
            match reader.read(&mut row) {
                Ok(false) => return out,
                Ok(true) => {
                    let cells: Vec<_> = (0..row.len()).map(|at| row.cell(at)).collect();
                    out.push_str(&format!("{}: {cells:?}\n", row.line()));
                }
                Err(fault) => {
                    let CsvFault {
                        line,
                        code,
                        expected,
                        found,
                        fatal,
                    } = fault;
                    out.push_str(&format!(
                        "{line}: {code}: expected {expected}, found {found}\n"
                    ));
                    if fatal {
                        return out;
                    }
                }
            }
        }
    }

    fn read(text: &[u8]) -> String {
        let whole = read_all(text);
        assert_eq!(whole, read_all(Drops(text)));
        whole
    }

    #[test]
    fn cells() {
        insta::assert_snapshot!(read(b"a,b\r\n1,\"\"\n\n,\n\"x,\"\"y\"\"\n\",z\n\"\"\nlast"), @"");
        assert_eq!(read(b""), "");
        assert_eq!(read(b"\n\r\n"), "");
        assert_eq!(read(b"\xEF\xBB\xBFa\n"), "1: [Some(\"a\")]\n");
        assert_eq!(read(b"a,"), "1: [Some(\"a\"), None]\n");
    }

    #[test]
    fn broken_rows() {
        insta::assert_snapshot!(read(b"a\"b,c\nd\n\"e\"f\ng\nh\ri\nj\n\xFFk\nl\n1,2,3,4,5\nm\n12345678901\nn\n\"o"), @"");
        insta::assert_snapshot!(read(b"\xFF\xFEa\x00"), @"");
        insta::assert_snapshot!(read("x\n".repeat(101).as_bytes()).lines().last().unwrap_or(""), @"");
        assert_eq!(read("x\n".repeat(100).as_bytes()).lines().count(), 100);
        assert_eq!(read(b"1234567890\n"), "1: [Some(\"1234567890\")]\n");
        assert_eq!(read(b"1,2,3,4\n").lines().count(), 1);
    }
}
