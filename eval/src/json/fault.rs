//! Faults of an input: what is wrong, where, what was expected and what was found.

use std::fmt;

/// Most faults that one answer lists; one more says that there were more.
pub const MAX_FAULTS: usize = 1_000;
/// Most characters of a found value that a fault repeats; what is longer ends in `…`.
pub const MAX_FOUND_CHARS: usize = 80;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What kind of fault it is. Codes are stable and never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultCode {
            $($(#[$doc])* $name,)*
        }

        impl FaultCode {
            /// All codes.
            pub const ALL: &'static [FaultCode] = &[$(FaultCode::$name,)*];

            /// The code as callers see it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(FaultCode::$name => $text,)*
                }
            }
        }
    };
}

codes! {
    /// The text is no JSON.
    InvalidJson = "invalid_json",
    /// The bytes are not UTF-8, or begin with a byte order mark.
    WrongEncoding = "wrong_encoding",
    /// Lists and objects inside each other beyond the limit.
    TooDeep = "too_deep",
    /// A text, a list, a file or a number of values is beyond its limit.
    TooLong = "too_long",
    /// A name stands twice in one object, or a column twice in a header.
    DuplicateKey = "duplicate_key",
    /// A field without default that is not there.
    MissingField = "missing_field",
    /// A name that the schema does not have.
    UnknownField = "unknown_field",
    /// Another kind of value.
    WrongType = "wrong_type",
    /// Text that is no number.
    NotANumber = "not_a_number",
    /// More places than declared, or than a decimal can have.
    TooManyPlaces = "too_many_places",
    /// Outside the declared range, or beyond what a decimal can hold.
    OutOfRange = "out_of_range",
    /// No value of the enum.
    NotInEnum = "not_in_enum",
    /// No day of the calendar written `2026-11-20`.
    NotADate = "not_a_date",
    /// No date formula.
    NotADateFormula = "not_a_date_formula",
    /// No instant written `2026-11-20T10:15:00Z`.
    NotAnInstant = "not_an_instant",
    /// No reason of the program.
    UnknownReason = "unknown_reason",
    /// No decision of the program.
    UnknownDecision = "unknown_decision",
    /// A declared check does not hold.
    CheckFailed = "check_failed",
    /// No relation of the program.
    UnknownRelation = "unknown_relation",
    /// A relation of the program that the snapshot does not list.
    MissingRelation = "missing_relation",
    /// A file that cannot be read.
    MissingFile = "missing_file",
    /// A file name that leaves the folder or has no known ending.
    WrongFile = "wrong_file",
    /// A row of a file that cannot be taken apart into fields.
    BrokenRow = "broken_row",
    /// Two rows with the same key.
    DuplicateRow = "duplicate_row",
    /// Two rows that `check distinct` keeps apart.
    NotDistinct = "not_distinct",
    /// More rows than `rows at most`, or than a relation can have.
    TooManyRows = "too_many_rows",
    /// Another number of rows than `snapshot.json` says, or fewer than it asks for.
    RowCount = "row_count",
    /// There were more faults than an answer lists.
    TooManyFaults = "too_many_faults",
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: `input.lines[2].quantity`; `line 3, column 14` where the text is no JSON.
    pub path: String,
    /// What kind.
    pub code: FaultCode,
    /// What would have been right.
    pub expected: String,
    /// What was there, cut after [`MAX_FOUND_CHARS`].
    pub found: String,
}

/// What was found where a check says that its value is wrong.
pub(crate) const HOLDS_NOT: &str = "it does not hold";

impl Fault {
    /// What is wrong, for people. What a check says is wrong is nothing that was expected.
    pub fn words(&self) -> String {
        let (expected, found) = (&self.expected, &self.found);
        match self.code {
            FaultCode::CheckFailed if found == HOLDS_NOT => expected.clone(),
            FaultCode::CheckFailed => format!("{expected} ({found})"),
            _ => format!("expected {expected}, found {found}"),
        }
    }

    /// A fault; `found` is cut visibly.
    pub fn new(
        path: impl fmt::Display,
        code: FaultCode,
        expected: impl Into<String>,
        found: &str,
    ) -> Fault {
        Fault {
            path: path.to_string(),
            code,
            expected: expected.into(),
            found: cut(found),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.path, self.code, self.words())
    }
}

/// Collects the faults of one answer: up to [`MAX_FAULTS`], and one more that says that there were
/// more.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    /// Adds a fault, or says that there were more.
    pub fn add(&mut self, fault: Fault) {
        if self.list.len() < MAX_FAULTS {
            self.list.push(fault);
        } else {
            self.more(fault.path);
        }
    }

    /// Says once that there were more faults than are listed.
    pub fn more(&mut self, path: impl fmt::Display) {
        if self.list.len() == MAX_FAULTS {
            let expected = format!("at most {MAX_FAULTS} faults");
            let fault = Fault::new(path, FaultCode::TooManyFaults, expected, "more");
            self.list.push(fault);
        }
    }

    /// Whether a further fault would not be listed: then no time is spent on its words, or an input
    /// that is all faults would cost far more than a good one.
    pub fn is_at_limit(&self) -> bool {
        self.list.len() >= MAX_FAULTS
    }

    /// Number of faults so far.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The list.
    pub fn into_list(self) -> Vec<Fault> {
        self.list
    }
}

impl Extend<Fault> for Faults {
    fn extend<T: IntoIterator<Item = Fault>>(&mut self, faults: T) {
        for fault in faults {
            self.add(fault);
        }
    }
}

/// A text for a fault: at most [`MAX_FOUND_CHARS`] characters, control characters made visible.
pub fn cut(text: &str) -> String {
    let mut out = String::new();
    for (index, next) in text.chars().enumerate() {
        if index == MAX_FOUND_CHARS {
            out.push('…');
            break;
        }
        if next.is_control() {
            out.extend(next.escape_default());
        } else {
            out.push(next);
        }
    }
    out
}

/// A place in a JSON value, from the outside in; it lives on the stack while reading.
#[derive(Clone, Copy, Debug)]
pub enum Path<'a> {
    /// The outermost name.
    Root(&'a str),
    /// A field of what stands at the outer place.
    Field(&'a Path<'a>, &'a str),
    /// An element of what stands at the outer place, from 0.
    Item(&'a Path<'a>, usize),
}

impl<'a> Path<'a> {
    /// A field below this place.
    pub const fn field(&'a self, name: &'a str) -> Path<'a> {
        Path::Field(self, name)
    }

    /// An element below this place.
    pub const fn item(&'a self, index: usize) -> Path<'a> {
        Path::Item(self, index)
    }
}

/// Names that are no plain words stand in brackets and quotes: `input["a.b"].c`, so that a path has
/// one reading.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root(name) => f.write_str(name),
            Path::Field(Path::Root(""), name) if is_plain(name) => f.write_str(&cut(name)),
            Path::Field(outer, name) if is_plain(name) => write!(f, "{outer}.{}", cut(name)),
            Path::Field(outer, name) => write!(f, "{outer}[{}]", quoted(name)),
            Path::Item(outer, index) => write!(f, "{outer}[{index}]"),
        }
    }
}

/// Whether a name is written in a path as it is: letters, digits and `_`, no digit first.
fn is_plain(name: &str) -> bool {
    let word = |next: char| next == '_' || next.is_alphanumeric();
    name.chars().all(word) && name.chars().next().is_some_and(|first| !first.is_numeric())
}

/// A name in quotes, cut as a found value is.
fn quoted(name: &str) -> String {
    let mut out = String::from("\"");
    for (index, next) in name.chars().enumerate() {
        if index == MAX_FOUND_CHARS {
            out.push('…');
            break;
        }
        match next {
            '"' | '\\' => out.extend(['\\', next]),
            _ if next.is_control() => out.extend(next.escape_default()),
            _ => out.push(next),
        }
    }
    out.push('"');
    out
}

/// The path of what holds the place of a path: `a` for `a.b`, `a[0]` and `a["b.c"]`; `None` for an
/// outermost name.
pub fn outer(path: &str) -> Option<&str> {
    let (mut quoted, mut escaped, mut cut_at) = (false, false, None);
    for (at, byte) in path.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'.' | b'[' if !quoted => cut_at = Some(at),
            _ => {}
        }
    }
    path.get(..cut_at?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_words_are_quoted() {
        let root = Path::Root("input");
        let told = |name: &str| root.field(name).to_string();
        assert_eq!(told("shipment_date"), "input.shipment_date");
        assert_eq!(told("größe2"), "input.größe2");
        assert_eq!(told("a.b"), r#"input["a.b"]"#);
        assert_eq!(told("a[0]"), r#"input["a[0]"]"#);
        assert_eq!(told("2a"), r#"input["2a"]"#);
        assert_eq!(told("x-y"), r#"input["x-y"]"#);
        assert_eq!(told(""), r#"input[""]"#);
        assert_eq!(told("a\"b\\\n"), r#"input["a\"b\\\n"]"#);
        assert_eq!(Path::Root("").field("a b").to_string(), r#"["a b"]"#);
        let item = root.item(0);
        assert_eq!(
            item.field("a.b").field("c").to_string(),
            r#"input[0]["a.b"].c"#
        );
        let long = Path::Root("").field(&"a.".repeat(50)).to_string();
        assert_eq!(long.chars().count(), MAX_FOUND_CHARS + 5);
    }

    #[test]
    fn paths_without_their_last_part() {
        for (path, wanted) in [
            ("a", None),
            ("", None),
            ("a.b", Some("a")),
            ("a.b[2]", Some("a.b")),
            (r#"a["b.c"]"#, Some("a")),
            (r#"a["b\".c["].d"#, Some(r#"a["b\".c["]"#)),
            (r#"["a"]"#, Some("")),
        ] {
            assert_eq!(outer(path), wanted, "{path}");
        }
    }

    #[test]
    fn faults_up_to_the_limit() {
        let mut faults = Faults::default();
        let fault = |at: usize| Fault::new(Path::Root("a").item(at), FaultCode::WrongType, "", "");
        faults.extend((0..MAX_FAULTS).map(fault));
        assert!(faults.is_at_limit() && faults.len() == MAX_FAULTS);
        faults.add(fault(7));
        faults.add(fault(8));
        let list = faults.into_list();
        assert_eq!(list.len(), MAX_FAULTS + 1);
        let last = list.last().unwrap();
        assert_eq!(
            (last.path.as_str(), last.code),
            ("a[7]", FaultCode::TooManyFaults)
        );
    }
}
