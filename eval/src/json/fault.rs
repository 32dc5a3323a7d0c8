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

impl Fault {
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
        let Fault {
            path,
            code,
            expected,
            found,
        } = self;
        write!(f, "{path}: {code}: expected {expected}, found {found}")
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

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root(name) => f.write_str(name),
            Path::Field(Path::Root(""), name) => f.write_str(&cut(name)),
            Path::Field(outer, name) => write!(f, "{outer}.{}", cut(name)),
            Path::Item(outer, index) => write!(f, "{outer}[{index}]"),
        }
    }
}
