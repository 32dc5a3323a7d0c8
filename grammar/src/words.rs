//! Every word of the language with its class: the one table that highlighting, completion and the
//! tests of the grammar go by (language reference §17).

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WordClass {
    /// Begins a declaration in column 0; a name everywhere else.
    Declaration,
    /// Never a name, but after a dot, before a colon and in cells.
    Reserved,
    /// Reserved, and a value.
    Constant,
    /// A word in certain places; a name everywhere else.
    InPlace,
}

impl WordClass {
    /// Whether words of this class cannot be names.
    #[must_use]
    pub fn is_reserved(self) -> bool {
        matches!(self, WordClass::Reserved | WordClass::Constant)
    }
}

/// All words of the grammar in alphabetical order. A word of two classes has the stricter one;
/// declaration words that are words in other places too are [`WordClass::Declaration`].
pub const WORDS: &[(&str, WordClass)] = {
    use WordClass::*;
    &[
        ("agree", InPlace),
        ("all", InPlace),
        ("and", Reserved),
        ("any", InPlace),
        ("as", Reserved),
        ("at", InPlace),
        ("because", Reserved),
        ("below", InPlace),
        ("between", Reserved),
        ("by", Reserved),
        ("calendar", InPlace),
        ("carry", Reserved),
        ("carrying", Reserved),
        ("cases", InPlace),
        ("check", InPlace),
        ("combine", InPlace),
        ("count", InPlace),
        ("currency", Declaration),
        ("data", Declaration),
        ("decision", Declaration),
        ("default", Reserved),
        ("define", Declaration),
        ("descending", InPlace),
        ("distinct", InPlace),
        ("each", InPlace),
        ("else", Reserved),
        ("ending", Reserved),
        ("enum", Declaration),
        ("error", InPlace),
        ("every", InPlace),
        ("example", Declaration),
        ("exception", Reserved),
        ("exceptions", InPlace),
        ("exists", InPlace),
        ("expect", Reserved),
        ("extend", Declaration),
        ("false", Constant),
        ("finally", Reserved),
        ("first", InPlace),
        ("for", Reserved),
        ("fresh", InPlace),
        ("from", InPlace),
        ("give", Reserved),
        ("given", InPlace),
        ("gives", Reserved),
        ("group", InPlace),
        ("has", Reserved),
        ("highest", InPlace),
        ("hit", InPlace),
        ("if", Reserved),
        ("in", Reserved),
        ("info", InPlace),
        ("is", Reserved),
        ("key", InPlace),
        ("largest", InPlace),
        ("last", InPlace),
        ("least", InPlace),
        ("let", Reserved),
        ("list", InPlace),
        ("lowest", InPlace),
        ("may", InPlace),
        ("missing", Constant),
        ("module", Declaration),
        ("money", InPlace),
        ("most", InPlace),
        ("next", Reserved),
        ("none", InPlace),
        ("not", Reserved),
        ("number", Declaration),
        ("of", InPlace),
        ("on", InPlace),
        ("open", InPlace),
        ("or", Reserved),
        ("otherwise", Reserved),
        ("overrides", Reserved),
        ("parameter", Declaration),
        ("per", InPlace),
        ("places", InPlace),
        ("property", Declaration),
        ("reason", Declaration),
        ("record", Declaration),
        ("remainder", InPlace),
        ("rest", InPlace),
        ("round", Reserved),
        ("rows", InPlace),
        ("rule", Declaration),
        ("sensitive", InPlace),
        ("share", InPlace),
        ("stop", Reserved),
        ("sum", InPlace),
        ("table", Declaration),
        ("test", Declaration),
        ("then", Reserved),
        ("to", Reserved),
        ("true", Constant),
        ("unit", Declaration),
        ("unless", Reserved),
        ("up", InPlace),
        ("use", Declaration),
        ("using", Reserved),
        ("valid", Reserved),
        ("values", InPlace),
        ("warning", InPlace),
        ("when", Reserved),
        ("where", Reserved),
        ("while", InPlace),
        ("with", Reserved),
        ("within", InPlace),
        ("working", InPlace),
        ("yields", InPlace),
    ]
};

/// Words that are no unit after a number, besides the reserved ones.
pub const NOT_A_UNIT: &[&str] = &[
    "check",
    "descending",
    "exceptions",
    "from",
    "of",
    "on",
    "open",
    "per",
    "rest",
    "rows",
];

/// The types of single values that can be written and compared: what is never the name of a record.
pub const VALUE_TYPES: &[&str] = &[
    "bool",
    "int",
    "number",
    "text",
    "code",
    "date",
    "date_formula",
];

/// The class of a word; `None` for a name.
#[must_use]
pub fn class_of(word: &str) -> Option<WordClass> {
    let place = WORDS.binary_search_by_key(&word, |(text, _)| *text).ok()?;
    WORDS.get(place).map(|(_, class)| *class)
}

/// The words of a class, in alphabetical order.
pub fn of_class(class: WordClass) -> impl Iterator<Item = &'static str> {
    WORDS
        .iter()
        .filter(move |(_, other)| *other == class)
        .map(|(text, _)| *text)
}
