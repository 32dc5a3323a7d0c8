//! What could stand at the place of an error: found by trying, so it is exact and needs no second table.
//!
//! Only for rendering: it parses the text before the error once for each word of the language.

use crate::cut;
use crate::parse::{MAX_PROBED_BYTES, RawError};
use crate::parser::{self, Rule};

/// Kinds of token and all words and marks, as they are shown and as they are tried.
const TRIED: &[(&str, &str)] = &[
    ("a name", "a_name"),
    ("a number", "1"),
    ("a date", "2000-01-01"),
    ("a text", "\"\""),
    ("true", "true"),
    ("false", "false"),
    ("missing", "missing"),
    ("(", "("),
    (")", ")"),
    ("[", "["),
    ("]", "]"),
    (",", ","),
    (":", ":"),
    (".", ".a"),
    ("=", "="),
    ("+", "+"),
    ("-", "-"),
    ("*", "*"),
    ("/", "/"),
    ("<", "<"),
    ("<=", "<="),
    (">", ">"),
    (">=", ">="),
    ("!=", "!="),
    ("|", "|"),
    ("||", "||"),
    ("?", "?"),
    ("agree", "agree"),
    ("all", "all"),
    ("and", "and"),
    ("any", "any"),
    ("as", "as"),
    ("at", "at"),
    ("because", "because"),
    ("below", "below"),
    ("between", "between"),
    ("by", "by"),
    ("calendar", "calendar"),
    ("carry", "carry"),
    ("carrying", "carrying"),
    ("cases", "cases"),
    ("check", "check"),
    ("combine", "combine"),
    ("count", "count"),
    ("default", "default"),
    ("descending", "descending"),
    ("distinct", "distinct"),
    ("each", "each"),
    ("else", "else"),
    ("ending", "ending"),
    ("error", "error"),
    ("every", "every"),
    ("exception", "exception"),
    ("exceptions", "exceptions"),
    ("exists", "exists"),
    ("expect", "expect"),
    ("finally", "finally"),
    ("for", "for"),
    ("fresh", "fresh"),
    ("from", "from"),
    ("give", "give"),
    ("given", "given"),
    ("gives", "gives"),
    ("group", "group"),
    ("has", "has"),
    ("hit", "hit"),
    ("if", "if"),
    ("in", "in"),
    ("is", "is"),
    ("key", "key"),
    ("least", "least"),
    ("let", "let"),
    ("list", "list"),
    ("may", "may"),
    ("money", "money"),
    ("most", "most"),
    ("next", "next"),
    ("none", "none"),
    ("not", "not"),
    ("of", "of"),
    ("on", "on"),
    ("open", "open"),
    ("or", "or"),
    ("otherwise", "otherwise"),
    ("overrides", "overrides"),
    ("per", "per"),
    ("places", "places"),
    ("remainder", "remainder"),
    ("rest", "rest"),
    ("round", "round"),
    ("rows", "rows"),
    ("share", "share"),
    ("stop", "stop"),
    ("sum", "sum"),
    ("then", "then"),
    ("to", "to"),
    ("unless", "unless"),
    ("up", "up"),
    ("using", "using"),
    ("valid", "valid"),
    ("values", "values"),
    ("when", "when"),
    ("where", "where"),
    ("while", "while"),
    ("with", "with"),
    ("within", "within"),
    ("working", "working"),
    ("yields", "yields"),
];

/// What fits at the error of a declaration, in a fixed order; words that are possible only as a name are
/// left out when a name fits. Empty above `MAX_PROBED_BYTES`.
#[must_use]
pub fn expected_at(declaration: &str, error: RawError) -> Vec<&'static str> {
    let base = cut::lead_length(declaration);
    let Some(before) = declaration.get(base..error.at as usize) else {
        return Vec::new();
    };
    if before.len() > MAX_PROBED_BYTES {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut name_reach = false;
    for (shown, tried) in TRIED {
        let separate = if before.ends_with(char::is_alphanumeric) {
            " "
        } else {
            ""
        };
        let text = format!("{before}{separate}{tried}");
        let reached = match parser::run(Rule::declaration_entry, &text) {
            Ok(_) => true,
            Err(refusal) => !refusal.too_deep && refusal.at >= text.len(),
        };
        if !reached {
            continue;
        }
        if *shown == "a name" {
            name_reach = true;
        }
        let is_word = tried.starts_with(char::is_alphabetic) && *shown != "a name";
        if is_word && name_reach && fits_as_name(before, separate, tried) {
            continue;
        }
        found.push(*shown);
    }
    found
}

/// A word that leads on exactly where a made-up name does is only a name here.
fn fits_as_name(before: &str, separate: &str, tried: &str) -> bool {
    const RESERVED: &[&str] = &[
        "and",
        "as",
        "because",
        "between",
        "by",
        "carry",
        "carrying",
        "default",
        "else",
        "ending",
        "exception",
        "expect",
        "false",
        "finally",
        "for",
        "give",
        "gives",
        "has",
        "if",
        "in",
        "is",
        "let",
        "missing",
        "next",
        "not",
        "or",
        "otherwise",
        "overrides",
        "round",
        "stop",
        "then",
        "to",
        "true",
        "unless",
        "using",
        "valid",
        "when",
        "where",
        "with",
    ];
    if RESERVED.contains(&tried) {
        return false;
    }
    // A word of the grammar goes on with something a name would not: ` of`, ` in` and the like.
    let follows = |word: &str, next: &str| {
        let text = format!("{before}{separate}{word} {next}");
        match parser::run(Rule::declaration_entry, &text) {
            Ok(_) => true,
            Err(refusal) => refusal.at >= text.len(),
        }
    };
    let probes = [
        "of", "in", "a_name", "at", "least", "most", "to", "distinct", "within", "x: int",
    ];
    probes
        .iter()
        .all(|next| follows(tried, next) == follows("a_name", next))
}
