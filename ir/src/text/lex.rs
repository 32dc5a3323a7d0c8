//! Tokens of the text form.

use rust_decimal::Decimal;

use super::parse::TextError;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// `add`, `shop.Line.item`
    Word(String),
    /// `%quantity`, `%"odd"`
    Slot(String),
    /// `$12`, `$price`
    Label(String),
    /// `#7`
    Id(u32),
    /// `@7`
    Place(u32),
    /// `12`, `-0.50`
    Number(Decimal),
    /// `12i`
    Int(i64),
    /// `2026-11-20`
    Date(i32),
    /// `"text"`
    Text(String),
    /// One of `( ) { } [ ] , : = < > <= >= .. ? * =>`.
    Sign(&'static str),
    /// The end of the text.
    End,
}

impl Token {
    /// For messages.
    pub(crate) fn show(&self) -> String {
        match self {
            Token::Word(word) => format!("`{word}`"),
            Token::Slot(slot) => format!("`%{slot}`"),
            Token::Label(label) => format!("`${label}`"),
            Token::Id(id) => format!("`#{id}`"),
            Token::Place(id) => format!("`@{id}`"),
            Token::Number(number) => format!("`{number}`"),
            Token::Int(number) => format!("`{number}i`"),
            Token::Date(day) => format!("`{}`", crate::date::format(*day)),
            Token::Text(_) => "a text".to_owned(),
            Token::Sign(sign) => format!("`{sign}`"),
            Token::End => "the end".to_owned(),
        }
    }
}

/// A token and where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Lexed {
    pub token: Token,
    /// From 1.
    pub line: u32,
    /// In Unicode scalar values, from 1.
    pub column: u32,
}

const SIGNS: [&str; 18] = [
    "..", "=>", "<=", ">=", "(", ")", "{", "}", "[", "]", ",", ":", "=", "<", ">", "?", "*", ";",
];

struct Lexer<'a> {
    rest: &'a str,
    line: u32,
    column: u32,
}

/// All tokens of a text; the last is [`Token::End`].
pub(crate) fn lex(text: &str) -> Result<Vec<Lexed>, TextError> {
    let mut lexer = Lexer {
        rest: text,
        line: 1,
        column: 1,
    };
    let mut all = Vec::new();
    loop {
        lexer.skip_blank();
        let (line, column) = (lexer.line, lexer.column);
        let token = lexer.token()?;
        let end = token == Token::End;
        all.push(Lexed {
            token,
            line,
            column,
        });
        if end {
            return Ok(all);
        }
    }
}

impl<'a> Lexer<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn step(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let char = chars.next()?;
        self.rest = chars.as_str();
        if char == '\n' {
            self.line = self.line.saturating_add(1);
            self.column = 1;
        } else {
            self.column = self.column.saturating_add(1);
        }
        Some(char)
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(char) = self.peek() {
            if !wanted(char) {
                break;
            }
            taken.push(char);
            self.step();
        }
        taken
    }

    fn skip_blank(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if !self.rest.starts_with("//") {
                return;
            }
            self.take_while(|char| char != '\n');
        }
    }

    fn fault<T>(&self, message: impl Into<String>) -> Result<T, TextError> {
        Err(TextError {
            line: self.line,
            column: self.column,
            message: message.into(),
        })
    }

    fn token(&mut self) -> Result<Token, TextError> {
        let Some(first) = self.peek() else {
            return Ok(Token::End);
        };
        match first {
            '"' => self.text().map(Token::Text),
            '%' => {
                self.step();
                self.after_sigil().map(Token::Slot)
            }
            '$' => {
                self.step();
                Ok(Token::Label(self.take_while(in_word)))
            }
            '#' => {
                self.step();
                self.whole().map(Token::Id)
            }
            '@' => {
                self.step();
                self.whole().map(Token::Place)
            }
            '0'..='9' | '-' => self.number(),
            char if char.is_alphabetic() || char == '_' => Ok(Token::Word(self.word())),
            other => {
                for sign in SIGNS {
                    if let Some(rest) = self.rest.strip_prefix(sign) {
                        self.rest = rest;
                        self.column = self.column.saturating_add(sign.len() as u32);
                        return Ok(Token::Sign(sign));
                    }
                }
                self.fault(format!("`{other}` means nothing here"))
            }
        }
    }

    fn word(&mut self) -> String {
        let mut word = self.take_while(in_word);
        while let Some(rest) = self.rest.strip_prefix('.') {
            if !rest.starts_with(|char: char| char.is_alphabetic() || char == '_') {
                break;
            }
            self.step();
            word.push('.');
            word.push_str(&self.take_while(in_word));
        }
        word
    }

    fn after_sigil(&mut self) -> Result<String, TextError> {
        if self.peek() == Some('"') {
            self.text()
        } else {
            Ok(self.take_while(in_word))
        }
    }

    fn whole(&mut self) -> Result<u32, TextError> {
        let digits = self.take_while(|char| char.is_ascii_digit());
        match digits.parse() {
            Ok(whole) => Ok(whole),
            Err(_) => self.fault("a whole number is expected here"),
        }
    }

    fn number(&mut self) -> Result<Token, TextError> {
        let mut text = String::new();
        if self.peek() == Some('-') {
            self.step();
            text.push('-');
        }
        text.push_str(&self.take_while(|char| char.is_ascii_digit()));
        let is_date = |rest: &str| {
            let mut bytes = rest.bytes();
            let mut digits = |count: usize| {
                bytes.next() == Some(b'-')
                    && bytes
                        .by_ref()
                        .take(count)
                        .filter(u8::is_ascii_digit)
                        .count()
                        == count
            };
            digits(2) && digits(2)
        };
        if text.len() == 4 && is_date(self.rest) {
            for _ in 0..6 {
                text.extend(self.step());
            }
            return match crate::date::parse(&text) {
                Some(day) => Ok(Token::Date(day)),
                None => self.fault(format!("{text} is no day")),
            };
        }
        let fraction = self
            .rest
            .strip_prefix('.')
            .is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit()));
        if fraction {
            text.extend(self.step());
            text.push_str(&self.take_while(|char| char.is_ascii_digit()));
        } else if self.peek() == Some('i') {
            self.step();
            return match text.parse() {
                Ok(value) => Ok(Token::Int(value)),
                Err(_) => self.fault("a whole number within 64 bits is expected here"),
            };
        }
        match Decimal::from_str_exact(&text) {
            Ok(value) => Ok(Token::Number(value)),
            Err(_) => self.fault("a decimal of 96 bits and at most 28 places is expected here"),
        }
    }

    fn text(&mut self) -> Result<String, TextError> {
        self.step();
        let mut out = String::new();
        loop {
            match self.step() {
                None => return self.fault("the text has no closing quote"),
                Some('"') => return Ok(out),
                Some('\\') => match self.step() {
                    Some('n') => out.push('\n'),
                    Some('r') => out.push('\r'),
                    Some('t') => out.push('\t'),
                    Some(same @ ('"' | '\\')) => out.push(same),
                    Some('u') => {
                        let open = self.step() == Some('{');
                        let digits = self.take_while(|char| char.is_ascii_hexdigit());
                        let close = self.step() == Some('}');
                        match u32::from_str_radix(&digits, 16)
                            .ok()
                            .and_then(char::from_u32)
                        {
                            Some(char) if open && close => out.push(char),
                            _ => return self.fault("`\\u{…}` names no character"),
                        }
                    }
                    _ => return self.fault("after `\\` stands one of n r t u \" \\"),
                },
                Some(char) => out.push(char),
            }
        }
    }
}

fn in_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}
