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
use assize_eval::json::reader::is_wide;

use crate::snapshot::unreadable;

/// Bytes that are asked for at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// U+FEFF in UTF-8, which spreadsheets write first.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Limits of a file, enforced while it is read.
#[derive(Clone, Copy, Debug)]
pub struct CsvLimits {
    /// Longest cell, in bytes.
    pub cell_bytes: usize,
    /// Most cells of a row.
    pub cells: usize,
    /// Longest row, in bytes.
    pub row_bytes: usize,
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

    /// Reads the next bytes: enough for a byte order mark, unless the file ends before.
    fn fill(&mut self) -> Result<(), CsvFault> {
        self.at = 0;
        self.filled = 0;
        while self.filled < BYTE_ORDER_MARK.len() {
            let free = self.chunk.get_mut(self.filled..).unwrap_or_default();
            let read = match self.input.read(free) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let found = unreadable(&error);
                    return Err(self.fatal(FaultCode::MissingFile, "a readable file", &found));
                }
            };
            self.filled += read;
            self.read = self
                .read
                .saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        }
        self.ended = self.filled == 0;
        if self.read > self.limits.file_bytes {
            let expected = format!("a file of at most {} bytes", self.limits.file_bytes);
            return Err(self.fatal(FaultCode::TooLong, &expected, "more"));
        }
        Ok(())
    }

    /// A fault after which nothing more is read.
    fn fatal(&mut self, code: FaultCode, expected: &str, found: &str) -> CsvFault {
        self.ended = true;
        self.at = self.filled;
        let fault = self.fault(code, expected, found);
        CsvFault {
            fatal: true,
            ..fault
        }
    }

    fn skip_byte_order_mark(&mut self) -> Result<(), CsvFault> {
        self.started = true;
        let rest = self.rest()?;
        if rest.starts_with(BYTE_ORDER_MARK) {
            self.at += BYTE_ORDER_MARK.len();
        } else if rest.starts_with(b"\xFF\xFE") || rest.starts_with(b"\xFE\xFF") || is_wide(rest) {
            return Err(self.fatal(FaultCode::WrongEncoding, "UTF-8", "UTF-16"));
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
            let rest = self.rest()?;
            let Some(first) = rest.first().copied() else {
                if state == State::Quoted {
                    let fault = self.broken("`\"` at the end of a cell", "the end");
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
            let plain = match state {
                State::Plain => rest
                    .iter()
                    .position(|byte| matches!(byte, b',' | b'\n' | b'\r' | b'"')),
                State::Quoted => rest.iter().position(|byte| matches!(byte, b'"' | b'\n')),
                State::Start | State::Closing => Some(0),
            };
            let plain = plain.unwrap_or(rest.len());
            if plain > 0 {
                row.bytes
                    .extend_from_slice(rest.get(..plain).unwrap_or_default());
                self.at += plain;
            } else {
                self.at += 1;
                match self.special(row, state, first)? {
                    Some(next) => state = next,
                    None => return Ok(true),
                }
            }
            self.within_limits(row)?;
        }
    }

    /// Takes a character that may mean something; `None`: it ends the row.
    fn special(
        &mut self,
        row: &mut CsvRow,
        state: State,
        byte: u8,
    ) -> Result<Option<State>, CsvFault> {
        Ok(Some(match (state, byte) {
            (State::Start, b'"') => State::Quoted,
            (State::Quoted, b'"') => State::Closing,
            (State::Closing, b'"') => {
                row.bytes.push(b'"');
                State::Quoted
            }
            (State::Quoted, _) => {
                row.bytes.push(byte);
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
                return Ok(None);
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
                row.bytes.push(byte);
                State::Plain
            }
        }))
    }

    /// Nothing longer than the limits is gathered.
    fn within_limits(&self, row: &CsvRow) -> Result<(), CsvFault> {
        let start = row.cells.last().map_or(0, |cell| cell.end);
        let CsvLimits {
            cell_bytes,
            row_bytes,
            ..
        } = self.limits;
        let expected = if row.bytes.len() - start > cell_bytes {
            format!("a cell of at most {cell_bytes} bytes")
        } else if row.bytes.len() > row_bytes {
            format!("a row of at most {row_bytes} bytes")
        } else {
            return Ok(());
        };
        Err(CsvFault {
            line: row.line,
            ..self.fault(FaultCode::TooLong, expected, "more")
        })
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
    use proptest::prelude::*;

    use super::*;

    const LIMITS: CsvLimits = CsvLimits {
        cell_bytes: 10,
        cells: 4,
        row_bytes: 24,
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
        insta::assert_snapshot!(read(b"a,b\r\n1,\"\"\n\n,\n\"x,\"\"y\"\"\n\",z\n\"\"\nlast"), @r#"
    1: [Some("a"), Some("b")]
    2: [Some("1"), Some("")]
    4: [None, None]
    5: [Some("x,\"y\"\n"), Some("z")]
    7: [Some("")]
    8: [Some("last")]
    "#);
        assert_eq!(read(b""), "");
        assert_eq!(read(b"\n\r\n"), "");
        assert_eq!(read(b"\xEF\xBB\xBFa\n"), "1: [Some(\"a\")]\n");
        assert_eq!(read(b"a,"), "1: [Some(\"a\"), None]\n");
    }

    #[test]
    fn broken_rows() {
        let text = b"a\"b,c\nd\n\"e\"f\ng\nh\ri\nj\n\xFFk\nl\n1,2,3,4,5\nm\n12345678901\nn\n\"o";
        insta::assert_snapshot!(read(text), @r#"
        1: broken_row: expected quotes around the whole cell, found `"` inside a cell
        2: [Some("d")]
        3: broken_row: expected `,` or the end of the row, found something after the closing `"`
        4: [Some("g")]
        5: broken_row: expected LF after CR, found CR alone
        6: [Some("j")]
        7: wrong_encoding: expected UTF-8, found byte 0xFF
        8: [Some("l")]
        9: broken_row: expected at most 4 cells in a row, found more
        10: [Some("m")]
        11: too_long: expected a cell of at most 10 bytes, found more
        12: [Some("n")]
        13: broken_row: expected `"` at the end of a cell, found the end
        "#);
        insta::assert_snapshot!(
            read(b"\xFF\xFEa\x00"),
            @"1: wrong_encoding: expected UTF-8, found UTF-16"
        );
    }

    #[test]
    fn limits() {
        assert_eq!(read(b"1234567890\n"), "1: [Some(\"1234567890\")]\n");
        assert_eq!(read(b"1,2,3,4\n").lines().count(), 1);
        assert!(read(b"12345678,12345678,12345678\n").starts_with("1: [Some("));
        let long = read(b"12345678,12345678,123456789\n2\n");
        insta::assert_snapshot!(long, @r#"
        1: too_long: expected a row of at most 24 bytes, found more
        2: [Some("2")]
        "#);
        assert_eq!(read("x\n".repeat(100).as_bytes()).lines().count(), 100);
        // How many rows come before the fault depends on the pieces in which a file arrives.
        let long = "x\n".repeat(101);
        for found in [read_all(long.as_bytes()), read_all(Drops(long.as_bytes()))] {
            let last = found.lines().last().unwrap_or_default();
            assert!(last.ends_with("too_long: expected a file of at most 200 bytes, found more"));
        }
    }

    proptest! {
        #[test]
        fn cells_come_back(rows in proptest::collection::vec(
            proptest::collection::vec(proptest::option::of("[a\",\r\n ]{0,5}"), 1..4), 0..6,
        )) {
            let mut text = String::new();
            for row in &rows {
                let cell = |cell: &Option<String>| match cell {
                    None => String::new(),
                    Some(text) => format!("\"{}\"", text.replace('"', "\"\"")),
                };
                let cells: Vec<String> = row.iter().map(cell).collect();
                text.push_str(&cells.join(","));
                text.push('\n');
            }
            let limits = CsvLimits { file_bytes: 10_000, ..LIMITS };
            let mut reader = CsvReader::new(Drops(text.as_bytes()), limits);
            let mut row = CsvRow::default();
            let mut back = Vec::new();
            while reader.read(&mut row).unwrap() {
                let cells = (0..row.len()).map(|at| row.cell(at).map(str::to_owned));
                back.push(cells.collect::<Vec<_>>());
            }
            // A row with nothing at all is no row.
            let wanted: Vec<_> = rows.into_iter().filter(|row| *row != [None]).collect();
            prop_assert_eq!(back, wanted);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), proptest::sample::select(&b"\",\r\n"[..])], 0..150,
        )) {
            read(&bytes);
        }
    }
}
