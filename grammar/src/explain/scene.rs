//! The text around an error as tokens, for the checks that look for known mistakes.
//!
//! Texts and comments are told apart from the rest, so that nothing inside them is taken for code.
//! It knows spelling and brackets, no grammar.

use crate::parse::RawError;
use crate::scan::{self, Scanned};
use crate::tree::TextRange;

/// Quotation marks that word processors put in place of `"`, and those of other languages.
pub(super) const FOREIGN_QUOTES: &[char] = &[
    '„', '“', '”', '‟', '‘', '’', '‚', '‛', '«', '»', '‹', '›', '\'', '`', '´',
];

/// How far a closing foreign quotation mark is looked for, in characters.
const MAX_QUOTED_CHARACTERS: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Word,
    Number,
    /// A text or a piece of one up to a hole.
    Text,
    /// A text that is not closed on its line.
    OpenText,
    /// What stands between foreign quotation marks, the marks included.
    Quoted,
    Mark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) sort: Sort,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Nothing but white space stands before it on its line.
    pub(super) first: bool,
    /// It stands inside a hole of a text.
    pub(super) in_hole: bool,
}

/// A text cut into tokens and the error that is being explained.
pub(super) struct Scene<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token>,
    pub(super) error: RawError,
    /// Place of the error in bytes.
    pub(super) at: usize,
    /// First token that ends behind the error; the number of tokens at the end of the text.
    pub(super) here: usize,
    /// First token of the part that is lost.
    pub(super) from: usize,
}

impl<'t> Scene<'t> {
    pub(super) fn new(text: &'t str, error: RawError) -> Scene<'t> {
        let tokens = tokens(text);
        let at = error.at as usize;
        let here = tokens.partition_point(|token| token.end <= at);
        let start = error.part.start as usize;
        let from = tokens.partition_point(|token| token.end <= start);
        Scene {
            text,
            tokens,
            error,
            at,
            here,
            from,
        }
    }

    pub(super) fn token(&self, index: usize) -> Option<Token> {
        self.tokens.get(index).copied()
    }

    /// The text of a token; empty outside.
    pub(super) fn word(&self, index: usize) -> &'t str {
        self.token(index)
            .map_or("", |token| self.slice(token.start, token.end))
    }

    pub(super) fn before(&self, index: usize, steps: usize) -> &'t str {
        index
            .checked_sub(steps)
            .map_or("", |index| self.word(index))
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Start of a token, or the end of the written text.
    pub(super) fn start(&self, index: usize) -> usize {
        self.token(index)
            .map_or(self.text.trim_end().len(), |token| token.start)
    }

    /// End of the token before `index`.
    pub(super) fn end_before(&self, index: usize) -> usize {
        index
            .checked_sub(1)
            .and_then(|index| self.token(index))
            .map_or(0, |token| token.end)
    }

    pub(super) fn end_of_part(&self) -> usize {
        self.error.part.end as usize
    }

    /// The line around a place, without its end, and where it begins.
    pub(super) fn line(&self, at: usize) -> (usize, &'t str) {
        line_at(self.text, at)
    }

    /// The word that begins the declaration.
    pub(super) fn first_word(&self) -> &'t str {
        let declaration = self.tokens.iter().position(|token| token.first);
        declaration.map_or("", |index| self.word(index))
    }

    /// A line of a table, of fixtures or of cases; elsewhere a line may begin with a wrong `||`.
    pub(super) fn is_row(&self, at: usize) -> bool {
        matches!(self.first_word(), "table" | "test" | "property")
            && self.line(at).1.trim_start().starts_with('|')
    }

    /// A place in a cell of a table that says what must hold: left of `||`, or, where there is none,
    /// on an axis of a grid.
    pub(super) fn is_cell(&self, at: usize) -> bool {
        if self.first_word() != "table" || !self.is_row(at) {
            return false;
        }
        let (start, line) = self.line(at);
        let before = self.slice(start, at);
        if line.contains("||") {
            return !before.contains("||");
        }
        // The corner `a \ b` stands above the last cell of a row that is an axis.
        let bars = |text: &str| text.matches('|').count();
        let corner = self.text.lines().find_map(|line| {
            let (head, _) = line.split_once('\\')?;
            head.trim_start().starts_with('|').then(|| bars(head))
        });
        line.contains('\\') || corner.is_some_and(|corner| bars(before) <= corner)
    }

    /// The brackets that are open before a token, as indexes of tokens, from the start of the part.
    pub(super) fn open_brackets(&self, before: usize) -> Vec<usize> {
        let mut open: Vec<usize> = Vec::new();
        for index in self.from..before {
            match self.word(index) {
                "(" | "[" => open.push(index),
                closing @ (")" | "]")
                    if open
                        .last()
                        .is_some_and(|top| pair_of(self.word(*top)) == closing) =>
                {
                    open.pop();
                }
                _ => {}
            }
        }
        open
    }

    /// The token before `index`, in the same part, can end a value.
    pub(super) fn value_before(&self, index: usize) -> bool {
        let Some((before, token)) = index
            .checked_sub(1)
            .filter(|before| *before >= self.from)
            .and_then(|before| Some((before, self.token(before)?)))
        else {
            return false;
        };
        let word = self.word(before);
        match token.sort {
            Sort::Number | Sort::Text | Sort::Quoted => true,
            Sort::Word => {
                !super::forms::RESERVED.contains(&word)
                    || matches!(word, "true" | "false" | "missing" | "default")
                    || self.before(before, 1) == "."
            }
            Sort::Mark => matches!(word, ")" | "]" | "%"),
            Sort::OpenText => false,
        }
    }

    /// The first token from `index` on, outside of brackets, whose word is one of `words`, or the
    /// bracket that closes around it, or the number of tokens.
    pub(super) fn find_flat(&self, index: usize, words: &[&str]) -> usize {
        let mut depth = 0_usize;
        for next in index..self.tokens.len() {
            match self.word(next) {
                "(" | "[" => depth += 1,
                ")" | "]" if depth == 0 => return next,
                ")" | "]" => depth -= 1,
                word if depth == 0 && words.contains(&word) => return next,
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// The token stands in the line of the head, or begins what follows it.
    pub(super) fn begins_body(&self, index: usize) -> bool {
        let gives = self.find_flat(0, &["gives"]);
        gives < index
            && (gives + 1..index).all(|inner| self.token(inner).is_some_and(|token| !token.first))
    }

    /// The nearest token before `index`, on the same level of brackets, whose word is in `words`.
    pub(super) fn find_back(&self, index: usize, words: &[&str]) -> Option<usize> {
        let mut depth = 0_usize;
        for previous in (self.from..index).rev() {
            match self.word(previous) {
                ")" | "]" => depth += 1,
                "(" | "[" if depth == 0 => return None,
                "(" | "[" => depth -= 1,
                word if depth == 0 && words.contains(&word) => return Some(previous),
                _ => {}
            }
        }
        None
    }
}

pub(super) fn pair_of(opening: &str) -> &'static str {
    if opening == "(" { ")" } else { "]" }
}

/// The line around a place, without its end, and where it begins.
pub(super) fn line_at(text: &str, at: usize) -> (usize, &str) {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(start..).unwrap_or_default();
    let line = line.split_once('\n').map_or(line, |(line, _)| line);
    (start, line.trim_end_matches('\r'))
}

/// All tokens of a text; comments and white space are left out.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    tokens_and_comments(text).0
}

/// All tokens of a text, and the places of its comments.
pub(super) fn tokens_and_comments(text: &str) -> (Vec<Token>, Vec<TextRange>) {
    let mut lexer = Lexer {
        text,
        at: 0,
        first: true,
        holes: Vec::new(),
        tokens: Vec::new(),
        comments: Vec::new(),
    };
    while lexer.step().is_some() {}
    (lexer.tokens, lexer.comments)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    first: bool,
    /// For each hole that is open, the braces that are open inside it.
    holes: Vec<usize>,
    tokens: Vec<Token>,
    comments: Vec<TextRange>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, sort: Sort, length: usize) {
        self.tokens.push(Token {
            sort,
            start: self.at,
            end: self.at + length,
            first: self.first,
            in_hole: !self.holes.is_empty(),
        });
        self.first = false;
        self.at += length;
    }

    fn step(&mut self) -> Option<()> {
        let rest = self.rest();
        let (scanned, length) = scan::scan(rest)?;
        let character = rest.chars().next()?;
        let in_number = self
            .text
            .get(..self.at)
            .is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()))
            && rest
                .chars()
                .nth(1)
                .is_some_and(|next| next.is_ascii_digit());
        if FOREIGN_QUOTES.contains(&character) && in_number {
            self.push(Sort::Mark, character.len_utf8());
            return Some(());
        }
        if FOREIGN_QUOTES.contains(&character) {
            let length = quoted_length(rest, character);
            self.push(Sort::Quoted, length);
            return Some(());
        }
        match scanned {
            Scanned::Whitespace => {
                self.first |= rest.get(..length)?.contains('\n');
                self.at += length;
            }
            Scanned::Comment | Scanned::DocComment => {
                self.comments
                    .push(TextRange::new(self.at, self.at + length));
                self.at += length;
            }
            Scanned::Word => self.push(Sort::Word, length),
            Scanned::Number => {
                let length = number_length(rest);
                self.push(Sort::Number, length);
            }
            Scanned::Quote => self.string(1),
            Scanned::Mark if character.is_whitespace() => self.at += length,
            Scanned::Mark => match (character, self.holes.last_mut()) {
                ('}', Some(0)) => {
                    self.holes.pop();
                    self.string(1);
                }
                ('}', Some(depth)) => {
                    *depth -= 1;
                    self.push(Sort::Mark, length);
                }
                ('{', Some(depth)) => {
                    *depth += 1;
                    self.push(Sort::Mark, length);
                }
                _ => self.push(Sort::Mark, length),
            },
        }
        Some(())
    }

    /// A text from `self.at`, of which `skip` bytes are read, up to a hole or its end.
    fn string(&mut self, skip: usize) {
        let rest = self.rest();
        let mut inner = rest
            .char_indices()
            .skip_while(|(at, _)| *at < skip)
            .peekable();
        let mut found = (Sort::OpenText, rest.len());
        while let Some((at, character)) = inner.next() {
            match character {
                '\n' | '\r' => {
                    found = (Sort::OpenText, at);
                    break;
                }
                '"' => {
                    found = (Sort::Text, at + 1);
                    break;
                }
                '\\' if inner
                    .peek()
                    .is_some_and(|(_, next)| !matches!(next, '\n' | '\r')) =>
                {
                    inner.next();
                }
                '{' if inner.peek().is_some_and(|(_, next)| *next == '{') => {
                    inner.next();
                }
                '{' => {
                    self.push(Sort::Text, at + 1);
                    self.holes.push(0);
                    return;
                }
                _ => {}
            }
        }
        self.push(found.0, found.1);
        if found.0 == Sort::OpenText {
            self.holes.clear();
        }
    }
}

/// `1_000.50`, without sign and percent.
fn number_length(text: &str) -> usize {
    let digits = |text: &str| {
        text.bytes()
            .take_while(|byte| byte.is_ascii_digit() || *byte == b'_')
            .count()
    };
    let whole = digits(text);
    let after = text.get(whole..).unwrap_or_default();
    match after.strip_prefix('.') {
        Some(fraction) if fraction.starts_with(|c: char| c.is_ascii_digit()) => {
            whole + 1 + digits(fraction)
        }
        _ => whole,
    }
}

/// From a foreign quotation mark to the next one that can close it on the same line.
fn quoted_length(text: &str, opening: char) -> usize {
    let closing: &[char] = match opening {
        '„' | '“' | '”' | '‟' => &['“', '”', '‟', '"'],
        '‘' | '’' | '‚' | '‛' => &['‘', '’', '‛', '\''],
        '«' | '»' => &['«', '»'],
        '‹' | '›' => &['‹', '›'],
        '`' | '´' => &['`', '´', '\''],
        _ => &['\'', '’'],
    };
    text.char_indices()
        .skip(1)
        .take(MAX_QUOTED_CHARACTERS)
        .take_while(|(_, character)| !matches!(character, '\n' | '\r'))
        .find(|(_, character)| closing.contains(character))
        .map_or(opening.len_utf8(), |(at, character)| {
            at + character.len_utf8()
        })
}
