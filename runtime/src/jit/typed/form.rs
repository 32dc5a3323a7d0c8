//! How a Rust value lies in the words of an image.
//!
//! The image of a value is a fixed number of words, which depends on its Rust type alone; a record lies in
//! the image of the record around it. Machine code that is made for the type reads and writes images.

/// The name of what stands for all names that have none of their own.
pub(crate) const OTHERS: &str = "*";

/// What a Rust type says about its image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// 0 or 1.
    Bool,
    /// A whole number.
    Int(Span),
    /// The coefficient of a number with so many places.
    Fixed(u8, Span),
    /// A number with any places, in two words.
    Decimal,
    /// A day.
    Day,
    /// Address and bytes of a text, a code, a calendar or a date formula.
    Text,
    /// The position in these names.
    Choice(&'static [&'static str]),
    /// Whether it is there, and the value.
    Optional(Box<Form>),
    /// Address of the first element, and how many there are.
    List(Box<Form>),
    /// So many elements one after the other.
    Array(usize, Box<Form>),
    /// Named fields one after the other.
    Record(Vec<(&'static str, Form)>),
    /// The number of a variant, and room for the parameters of the longest.
    Reasons(Vec<Variant>),
    /// One bit for each of these reasons or values of an enum.
    Set(Box<Form>),
    /// A value that is read where the caller holds it: so many bytes behind the record or element that it is in.
    Placed(usize, Bytes, Box<Form>),
    /// So many elements in a row where the caller holds them, from an offset on, each so many bytes behind the other.
    PlacedArray(usize, usize, usize, Box<Form>),
    /// Address of the first element where the caller holds it, and how many there are, each so many bytes behind the
    /// other.
    PlacedList(usize, Box<Form>),
}

/// How a word lies in the memory of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bytes {
    /// A whole number of so many bytes, with a sign.
    Signed(u8),
    /// A whole number of so many bytes, without a sign.
    Unsigned(u8),
}

impl Bytes {
    /// The words that it can be.
    pub(crate) const fn span(self) -> Span {
        match self {
            Bytes::Signed(bytes @ 1..8) => {
                let end = 1i64 << (bytes * 8 - 1);
                Span {
                    low: -end,
                    high: end - 1,
                }
            }
            Bytes::Unsigned(bytes @ 1..8) => Span {
                low: 0,
                high: (1i64 << (bytes * 8)) - 1,
            },
            Bytes::Signed(_) | Bytes::Unsigned(_) => Span::ALL,
        }
    }
}

/// The words that the values of a Rust type can be, lowest and highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The lowest.
    pub low: i64,
    /// The highest.
    pub high: i64,
}

impl Span {
    /// Every word.
    pub(crate) const ALL: Span = Span {
        low: i64::MIN,
        high: i64::MAX,
    };
}

/// A reason with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its name in the rules.
    pub name: &'static str,
    /// Its parameters.
    pub params: Vec<(&'static str, Form)>,
}

impl Form {
    /// Words of the image.
    pub(crate) fn words(&self) -> usize {
        match self {
            Form::Bool
            | Form::Int(_)
            | Form::Fixed(..)
            | Form::Day
            | Form::Choice(_)
            | Form::Set(_) => 1,
            Form::Decimal | Form::Text | Form::List(_) => 2,
            Form::Optional(inner) => 1 + inner.words(),
            Form::Placed(..) | Form::PlacedArray(..) => 0,
            Form::PlacedList(..) => 2,
            Form::Array(count, item) => count * item.words(),
            Form::Record(fields) => words_of(fields),
            Form::Reasons(variants) => {
                let longest = variants
                    .iter()
                    .map(|variant| words_of(&variant.params))
                    .max();
                1 + longest.unwrap_or(0)
            }
        }
    }

    /// The form in words of somebody who writes Rust.
    pub(crate) fn described(&self) -> String {
        match self {
            Form::Bool => "bool".to_owned(),
            Form::Int(_) => "a whole number".to_owned(),
            Form::Fixed(places, Span::ALL) => format!("Fixed<{places}>"),
            Form::Fixed(places, Span { low, high }) => format!("Within<{places}, {low}, {high}>"),
            Form::Decimal => "Decimal".to_owned(),
            Form::Day => "Day".to_owned(),
            Form::Text => "a text".to_owned(),
            Form::Choice(names) => format!("a choice of {}", names.join(", ")),
            Form::Optional(inner) => format!("Option of {}", inner.described()),
            Form::Placed(_, _, inner) => inner.described(),
            Form::List(item) | Form::PlacedList(_, item) => {
                format!("a list of {}", item.described())
            }
            Form::Array(count, item) | Form::PlacedArray(_, count, _, item) => {
                format!("{count} of {}", item.described())
            }
            Form::Record(_) => "a record".to_owned(),
            Form::Reasons(_) => "a reason".to_owned(),
            Form::Set(item) => format!("a set of {}", item.described()),
        }
    }
}

/// Words of fields one after the other.
pub(crate) fn words_of(fields: &[(&'static str, Form)]) -> usize {
    fields.iter().map(|(_, form)| form.words()).sum()
}
