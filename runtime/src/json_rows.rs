//! The elements of a JSON array, one after another, without the whole file in memory.
//!
//! Elements are cut out by their brackets and quotes; each is then read by the exact JSON reader. So
//! memory is bounded by one element, and a broken element is one fault.

use std::io::{self, Read};

use assize_eval::json::{FaultCode, JsonError};

use crate::snapshot::unreadable;

/// Limits of a file, enforced while it is read.
#[derive(Clone, Copy, Debug)]
pub struct JsonLimits {
    /// Longest element, in bytes.
    pub element_bytes: usize,
    /// Longest file, in bytes.
    pub file_bytes: u64,
}

/// Cuts a JSON array into its elements.
pub struct JsonRows<R> {
    input: io::Bytes<io::BufReader<R>>,
    limits: JsonLimits,
    read: u64,
    line: usize,
    state: State,
    element: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before `[`.
    Start,
    /// Before an element; `first`: it may be missing.
    Before { first: bool },
    /// After the last element or a fault that ends the file.
    Ended,
}

/// What ended an element.
enum End {
    Comma,
    Bracket,
}

impl<R: Read> JsonRows<R> {
    /// The elements of a file.
    pub fn new(input: R, limits: JsonLimits) -> JsonRows<R> {
        JsonRows {
            input: io::BufReader::with_capacity(64 * 1024, input).bytes(),
            limits,
            read: 0,
            line: 1,
            state: State::Start,
            element: Vec::new(),
        }
    }

    /// The next element and the line on which it begins; `None` at the end. After an error there is
    /// nothing more.
    pub fn read(&mut self) -> Result<Option<(&[u8], u32)>, JsonError> {
        let result = self.advance();
        if !matches!(result, Ok(Some(_))) {
            self.state = State::Ended;
        }
        let line = result?;
        Ok(line.map(|line| {
            (
                self.element.as_slice(),
                u32::try_from(line).unwrap_or(u32::MAX),
            )
        }))
    }

    fn advance(&mut self) -> Result<Option<usize>, JsonError> {
        if self.state == State::Ended {
            return Ok(None);
        }
        if self.state == State::Start {
            match self.after_blanks()? {
                Some(b'[') => self.state = State::Before { first: true },
                Some(0xEF) => {
                    let expected = "UTF-8 without a byte order mark";
                    return Err(self.error(
                        FaultCode::WrongEncoding,
                        expected,
                        "a byte order mark",
                    ));
                }
                // Without a byte order mark the other half of the first character is 0.
                Some(0xFF | 0xFE | 0) => return Err(self.wide()),
                other => return Err(self.wrong("a list of objects: `[`", other)),
            }
        }
        let Some(start) = self.after_blanks()? else {
            return Err(self.wrong("`]`", None));
        };
        if start == b']' && self.state == (State::Before { first: true }) {
            return self.finish();
        }
        if matches!(start, b']' | b',') {
            return Err(self.wrong("an object", Some(start)));
        }
        if start == 0 && self.state == (State::Before { first: true }) {
            return Err(self.wide());
        }
        let line = self.line;
        match self.cut(start)? {
            End::Comma => self.state = State::Before { first: false },
            End::Bracket => {
                self.finish()?;
                self.state = State::Ended;
            }
        }
        Ok(Some(line))
    }

    /// Only blanks may follow the list.
    fn finish(&mut self) -> Result<Option<usize>, JsonError> {
        match self.after_blanks()? {
            None => Ok(None),
            other => Err(self.wrong("the end", other)),
        }
    }

    /// Takes an element up to the `,` or `]` behind it.
    fn cut(&mut self, start: u8) -> Result<End, JsonError> {
        self.element.clear();
        let line = self.line;
        let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
        let mut byte = start;
        loop {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                _ if quoted => {}
                b'[' | b'{' => depth += 1,
                b',' if depth == 0 => return Ok(End::Comma),
                b']' if depth == 0 => return Ok(End::Bracket),
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if self.element.len() >= self.limits.element_bytes {
                let expected = format!("an element of at most {} bytes", self.limits.element_bytes);
                let fault = self.error(FaultCode::TooLong, &expected, "more");
                // Where it begins is where it can be cut; the byte that is too much says nothing.
                return Err(JsonError { line, ..fault });
            }
            self.element.push(byte);
            byte = match self.next()? {
                Some(next) => next,
                None => return Err(self.wrong("`,` or `]`", None)),
            };
        }
    }

    fn after_blanks(&mut self) -> Result<Option<u8>, JsonError> {
        loop {
            match self.next()? {
                Some(b' ' | b'\t' | b'\n' | b'\r') => {}
                other => return Ok(other),
            }
        }
    }

    fn next(&mut self) -> Result<Option<u8>, JsonError> {
        match self.input.next() {
            None => Ok(None),
            Some(Err(error)) => {
                let found = unreadable(&error);
                Err(self.error(FaultCode::MissingFile, "a readable file", &found))
            }
            Some(Ok(byte)) => {
                self.read += 1;
                if self.read > self.limits.file_bytes {
                    let expected = format!("a file of at most {} bytes", self.limits.file_bytes);
                    return Err(self.error(FaultCode::TooLong, &expected, "more"));
                }
                self.line += usize::from(byte == b'\n');
                Ok(Some(byte))
            }
        }
    }

    fn wide(&self) -> JsonError {
        self.error(FaultCode::WrongEncoding, "UTF-8", "UTF-16")
    }

    fn wrong(&self, expected: &str, found: Option<u8>) -> JsonError {
        let found = match found {
            None => "the end".to_owned(),
            Some(byte) if byte.is_ascii_graphic() => format!("`{}`", char::from(byte)),
            Some(byte) => format!("byte 0x{byte:02X}"),
        };
        self.error(FaultCode::InvalidJson, expected, &found)
    }

    fn error(&self, code: FaultCode, expected: &str, found: &str) -> JsonError {
        JsonError {
            code,
            line: self.line,
            column: 0,
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        let limits = JsonLimits {
            element_bytes: 20,
            file_bytes: 60,
        };
        let mut rows = JsonRows::new(text.as_bytes(), limits);
        let mut out = String::new();
        loop {
            match rows.read() {
                Ok(None) => return out,
                Ok(Some((bytes, line))) => {
                    let text = String::from_utf8_lossy(bytes);
                    out.push_str(&format!("{line}: {}\n", text.trim_end()));
                }
                Err(JsonError {
                    code,
                    line,
                    expected,
                    found,
                    ..
                }) => {
                    out.push_str(&format!(
                        "{line}: {code}: expected {expected}, found {found}\n"
                    ));
                }
            }
        }
    }

    #[test]
    fn elements() {
        assert_eq!(read("[]"), "");
        assert_eq!(read(" [ ] \n"), "");
        insta::assert_snapshot!(read("[{\"a\":\"]},\\\"\"},\n {\"b\":[1,2]}\n, 3 ]"), @r#"
    1: {"a":"]},\""}
    2: {"b":[1,2]}
    3: 3
    "#);
    }

    #[test]
    fn broken() {
        let samples = [
            "",
            "{}",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1] 2",
            "[\"",
            "[{]",
            "[}]",
            "\u{feff}[]",
            "[\"12345678901234567890\"]",
            "[\"1\",\"123456789012345678\"]",
        ];
        let all: String = samples
            .iter()
            .map(|text| format!("{text:?}\n{}", read(text)))
            .collect();
        insta::assert_snapshot!(all, @r#"
    ""
    1: invalid_json: expected a list of objects: `[`, found the end
    "{}"
    1: invalid_json: expected a list of objects: `[`, found `{`
    "["
    1: invalid_json: expected `]`, found the end
    "[1"
    1: invalid_json: expected `,` or `]`, found the end
    "[1,"
    1: 1
    1: invalid_json: expected `]`, found the end
    "[1,]"
    1: 1
    1: invalid_json: expected an object, found `]`
    "[,1]"
    1: invalid_json: expected an object, found `,`
    "[1] 2"
    1: invalid_json: expected the end, found `2`
    "[\""
    1: invalid_json: expected `,` or `]`, found the end
    "[{]"
    1: invalid_json: expected `,` or `]`, found the end
    "[}]"
    1: }
    "\u{feff}[]"
    1: wrong_encoding: expected UTF-8 without a byte order mark, found a byte order mark
    "[\"12345678901234567890\"]"
    1: too_long: expected an element of at most 20 bytes, found more
    "[\"1\",\"123456789012345678\"]"
    1: "1"
    1: "123456789012345678"
    "#);
        insta::assert_snapshot!(read("[1,\n{\"a\":\n1,\n\"b\": 123456789}]"), @"
        1: 1
        2: too_long: expected an element of at most 20 bytes, found more
        ");
        let long = format!("[1{}", " ".repeat(60));
        insta::assert_snapshot!(read(&long), @"1: too_long: expected an element of at most 20 bytes, found more");
    }

    proptest! {
        #[test]
        fn elements_are_those_of_the_whole(items in proptest::collection::vec(
            r#"[0-9]{1,3}|"[a-z,\[\]{}]{0,5}"|\{"a":\[1,"]"\]\}"#, 0..5,
        )) {
            let text = format!(" [ {} ] ", items.join(" ,\n "));
            let limits = JsonLimits { element_bytes: 100, file_bytes: 1_000 };
            let mut rows = JsonRows::new(text.as_bytes(), limits);
            let mut back = Vec::new();
            while let Some((bytes, line)) = rows.read().unwrap() {
                prop_assert_eq!(line as usize, back.len() + 1);
                back.push(String::from_utf8_lossy(bytes).trim_end().to_owned());
            }
            prop_assert_eq!(back, items);
        }

        #[test]
        fn any_text_is_read_or_refused(text in r#"[\[\]{},"\\ a1]{0,40}"#) {
            read(&text);
        }
    }
}
