//! A small exact JSON reader.
//!
//! It reads RFC 8259 and nothing beyond it. Numbers stay text. Refused, each with its place: bytes
//! that are not UTF-8, a byte order mark, raw control characters in texts, lone surrogates, nesting
//! beyond [`MAX_JSON_DEPTH`], documents beyond their limits, and anything after the value. A name
//! that stands twice in an object is kept as a fault with its path, so that it can be reported
//! together with the faults of the types.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::fault::{Fault, FaultCode, Faults, Path};
use super::lines::Lines;

/// Deepest nesting of lists and objects, in levels.
pub const MAX_JSON_DEPTH: usize = 64;
/// Longest document, in bytes.
pub const MAX_JSON_BYTES: usize = 16 * 1024 * 1024;
/// Most values (lists, objects and scalars) in a document.
pub const MAX_JSON_VALUES: usize = 1_000_000;

/// Up to so many members of an object, names are compared one by one instead of by a set.
const FEW_MEMBERS: usize = 16;

/// What is found where a text ends too early.
const THE_END: &str = "the end";

/// A JSON value. Texts without escapes are borrowed from the document.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// The number as written.
    Number(&'a str),
    /// The text, escapes resolved.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Json<'a>>),
    /// An object: names, each once, in the order of the document.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// The member with this name, when this is an object that has one.
    pub fn get(&self, name: &str) -> Option<&Json<'a>> {
        match self {
            Json::Object(members) => members
                .iter()
                .inspect(|_| work::count())
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// What it is, for a fault: a scalar as written, else its kind.
    pub fn found(&self) -> String {
        match self {
            Json::Null => "null".to_owned(),
            Json::Bool(value) => value.to_string(),
            Json::Number(text) => (*text).to_owned(),
            Json::Text(text) => format!("\"{text}\""),
            Json::List(items) => format!("a list of {}", items.len()),
            Json::Object(_) => "an object".to_owned(),
        }
    }
}

/// The members of an object, found by name in the same time however many there are.
pub struct Members<'j, 'a> {
    members: &'j [(Cow<'a, str>, Json<'a>)],
    /// Made when the first of many is asked for.
    by_name: Option<BTreeMap<&'j str, &'j Json<'a>>>,
}

impl<'j, 'a> Members<'j, 'a> {
    /// The members of an object.
    pub const fn new(members: &'j [(Cow<'a, str>, Json<'a>)]) -> Members<'j, 'a> {
        Members {
            members,
            by_name: None,
        }
    }

    /// The member with this name.
    pub fn get(&mut self, name: &str) -> Option<&'j Json<'a>> {
        let pairs = self.members.iter().inspect(|_| work::count());
        let mut pairs = pairs.map(|(key, value)| (&**key, value));
        if self.members.len() <= FEW_MEMBERS {
            return pairs.find(|(key, _)| *key == name).map(|(_, value)| value);
        }
        let by_name = self.by_name.get_or_insert_with(|| pairs.collect());
        by_name.get(name).copied()
    }
}

/// Counts the names that are looked at, in tests: what grows with the square of an input is seen
/// without a clock.
pub(super) mod work {
    #[cfg(test)]
    std::thread_local! {
        static NAMES: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    }

    /// One more name.
    #[inline]
    pub fn count() {
        #[cfg(test)]
        NAMES.with(|names| names.set(names.get() + 1));
    }

    /// The names since the last time this was asked.
    #[cfg(test)]
    pub fn take() -> u64 {
        NAMES.with(|names| names.replace(0))
    }
}

/// What was read, and the names that stood twice.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// The value; of a name that stands twice the first value is kept.
    pub value: Json<'a>,
    /// Names that stood twice, with their path below the root that was given.
    pub duplicates: Vec<Fault>,
}

/// Why a document is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What kind of fault.
    pub code: FaultCode,
    /// Line, from 1.
    pub line: usize,
    /// Column in Unicode scalar values, from 1.
    pub column: usize,
    /// What would have been right.
    pub expected: String,
    /// What was there.
    pub found: String,
}

impl JsonError {
    /// Whether the text is good so far and only ends too early.
    pub fn is_at_end(&self) -> bool {
        self.code == FaultCode::InvalidJson && self.found == THE_END
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Fault::from(self.clone()))
    }
}

impl std::error::Error for JsonError {}

impl From<JsonError> for Fault {
    fn from(error: JsonError) -> Fault {
        let path = format!("line {}, column {}", error.line, error.column);
        Fault::new(path, error.code, error.expected, &error.found)
    }
}

/// Reads one document. `root` is the name at which paths of faults begin.
pub fn parse<'a>(bytes: &'a [u8], root: &str) -> Result<Document<'a>, JsonError> {
    if bytes.len() > MAX_JSON_BYTES {
        return Err(JsonError {
            code: FaultCode::TooLong,
            line: 1,
            column: 1,
            expected: format!("at most {MAX_JSON_BYTES} bytes"),
            found: format!("{} bytes", bytes.len()),
        });
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(JsonError {
            code: FaultCode::WrongEncoding,
            line: 1,
            column: 1,
            expected: "UTF-8 without a byte order mark".to_owned(),
            found: "a byte order mark".to_owned(),
        });
    }
    if is_wide(bytes) {
        return Err(JsonError {
            code: FaultCode::WrongEncoding,
            line: 1,
            column: 1,
            expected: "UTF-8".to_owned(),
            found: "UTF-16".to_owned(),
        });
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let text = std::str::from_utf8(good).unwrap_or_default();
            let (line, column) = line_and_column(text, text.len());
            let byte = bytes.get(error.valid_up_to()).copied().unwrap_or(0);
            return Err(JsonError {
                code: FaultCode::WrongEncoding,
                line,
                column,
                expected: "UTF-8".to_owned(),
                found: format!("byte 0x{byte:02X}"),
            });
        }
    };
    let mut reader = Reader {
        text,
        at: 0,
        values: 0,
        duplicates: Faults::default(),
        lines: None,
    };
    reader.blanks();
    let value = reader.value(0, &Path::Root(root))?;
    reader.blanks();
    if reader.peek().is_some() {
        return Err(reader.fault("the end"));
    }
    Ok(Document {
        value,
        duplicates: reader.duplicates.into_list(),
    })
}

/// Notes the lines of a document that was read before.
pub(super) fn walk(bytes: &[u8], root: &str, lines: Lines) -> Lines {
    let mut reader = Reader {
        text: std::str::from_utf8(bytes).unwrap_or_default(),
        at: 0,
        values: 0,
        duplicates: Faults::default(),
        lines: Some(lines),
    };
    reader.blanks();
    // What is broken has been told: lines are noted up to there.
    let _value = reader.value(0, &Path::Root(root));
    reader.lines.unwrap_or_default()
}

/// Whether bytes look like UTF-16 without a byte order mark: one of the first two is 0. Every text
/// that is read here begins with a character of ASCII.
pub fn is_wide(bytes: &[u8]) -> bool {
    matches!(bytes, [first, second, ..] if (*first == 0) != (*second == 0))
}

/// Reads one document in which no name may stand twice.
pub fn parse_strict(bytes: &[u8]) -> Result<Json<'_>, Vec<Fault>> {
    let document = parse(bytes, "").map_err(|error| vec![Fault::from(error)])?;
    if document.duplicates.is_empty() {
        Ok(document.value)
    } else {
        Err(document.duplicates)
    }
}

/// Line and column, both from 1, of a byte.
fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    (line, column)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    values: usize,
    duplicates: Faults,
    lines: Option<Lines>,
}

impl<'a> Reader<'a> {
    fn note(&mut self, at: usize, path: &Path<'_>) {
        if let Some(lines) = &mut self.lines {
            lines.note(self.text, at, path);
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        if there {
            self.at += 1;
        }
        there
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn error(&self, code: FaultCode, expected: &str, found: String) -> JsonError {
        let (line, column) = line_and_column(self.text, self.at);
        JsonError {
            code,
            line,
            column,
            expected: expected.to_owned(),
            found,
        }
    }

    /// Something else stands here.
    fn fault(&self, expected: &str) -> JsonError {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = match rest.chars().next() {
            None => THE_END.to_owned(),
            Some(next) if next.is_control() => format!("the character U+{:04X}", u32::from(next)),
            Some(next) => format!("`{next}`"),
        };
        self.error(FaultCode::InvalidJson, expected, found)
    }

    fn value(&mut self, depth: usize, path: &Path<'_>) -> Result<Json<'a>, JsonError> {
        self.values += 1;
        if self.values > MAX_JSON_VALUES {
            let expected = format!("at most {MAX_JSON_VALUES} values in a document");
            return Err(self.error(FaultCode::TooLong, &expected, "more".to_owned()));
        }
        match self.peek() {
            Some(b'{') => self.object(depth, path),
            Some(b'[') => self.list(depth, path),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.fault("a value")),
        }
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, JsonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.fault("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn enter(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth >= MAX_JSON_DEPTH {
            let expected = format!("at most {MAX_JSON_DEPTH} levels of lists and objects");
            return Err(self.error(FaultCode::TooDeep, &expected, "one more".to_owned()));
        }
        self.at += 1;
        self.blanks();
        Ok(())
    }

    fn list(&mut self, depth: usize, path: &Path<'_>) -> Result<Json<'a>, JsonError> {
        self.enter(depth)?;
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Json::List(items));
        }
        loop {
            let path = path.item(items.len());
            self.note(self.at, &path);
            let item = self.value(depth + 1, &path)?;
            items.push(item);
            self.blanks();
            if self.take(b']') {
                return Ok(Json::List(items));
            }
            if !self.take(b',') {
                return Err(self.fault("`,` or `]`"));
            }
            self.blanks();
        }
    }

    fn object(&mut self, depth: usize, path: &Path<'_>) -> Result<Json<'a>, JsonError> {
        self.enter(depth)?;
        let mut members: Vec<(Cow<'a, str>, Json<'a>)> = Vec::new();
        let mut many: BTreeSet<Cow<'a, str>> = BTreeSet::new();
        if self.take(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.fault("a name in quotes"));
            }
            let start = self.at;
            let name = self.string()?;
            self.note(start, &path.field(&name));
            self.blanks();
            if !self.take(b':') {
                return Err(self.fault("`:`"));
            }
            self.blanks();
            let value = self.value(depth + 1, &path.field(&name))?;
            if members.len() == FEW_MEMBERS {
                many.extend(members.iter().map(|(name, _)| name.clone()));
            }
            let again = if members.len() < FEW_MEMBERS {
                members.iter().any(|(earlier, _)| *earlier == name)
            } else {
                !many.insert(name.clone())
            };
            if !again {
                members.push((name, value));
            } else {
                self.duplicates.add(Fault::new(
                    path.field(&name),
                    FaultCode::DuplicateKey,
                    "each name once in an object",
                    &format!("\"{name}\" again"),
                ));
            }
            self.blanks();
            if self.take(b'}') {
                return Ok(Json::Object(members));
            }
            if !self.take(b',') {
                return Err(self.fault("`,` or `}`"));
            }
            self.blanks();
        }
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.fault("a digit"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Json<'a>, JsonError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        } else if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.fault("a number without leading zeros"));
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(Json::Number(
            self.text.get(start..self.at).unwrap_or_default(),
        ))
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let start = self.at;
        self.plain();
        if self.take(b'"') {
            let text = self.text.get(start..self.at - 1).unwrap_or_default();
            return Ok(Cow::Borrowed(text));
        }
        let mut text = self.text.get(start..self.at).unwrap_or_default().to_owned();
        loop {
            let start = self.at;
            self.plain();
            text.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => text.push(self.escape()?),
                None => return Err(self.fault("`\"` at the end of a text")),
                Some(_) => {
                    return Err(self.fault("an escape such as `\\n` for a control character"));
                }
            }
        }
    }

    /// Moves over characters that stand for themselves.
    fn plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F))
            .unwrap_or(rest.len());
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        self.at += 1;
        let plain = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => return Err(self.fault("one of `\" \\ / b f n r t u` after `\\`")),
        };
        self.at += 1;
        Ok(plain)
    }

    /// `\uXXXX`, or two of them that are a surrogate pair; the `u` of the first is next.
    fn unicode(&mut self, start: usize) -> Result<char, JsonError> {
        self.at += 1;
        let first = self.four()?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        if (0xD800..0xDC00).contains(&first) && self.take(b'\\') && self.take(b'u') {
            let second = self.four()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                if let Some(character) = char::from_u32(code) {
                    return Ok(character);
                }
            }
        }
        self.at = start;
        let found = format!("the lone surrogate \\u{first:04x}");
        let expected = "a character, or both halves of a surrogate pair";
        Err(self.error(FaultCode::InvalidJson, expected, found))
    }

    fn four(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self
                .peek()
                .and_then(|byte| char::from(byte).to_digit(16))
                .ok_or_else(|| self.fault("four hexadecimal digits"))?;
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}
