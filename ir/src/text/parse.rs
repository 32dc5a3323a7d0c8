//! Reads a program from text: the cursor over tokens, names, types and constants.

use rust_decimal::Decimal;

use super::lex::{Lexed, Token, lex};
use crate::facts::{NumFacts, Places};
use crate::node::Const;
use crate::program::Program;
use crate::types::{CallableId, EnumId, NumType, PlaceId, ReasonId, RecordId, RelationId, Type};

/// Greatest nesting of brackets in a text.
pub const MAX_TEXT_DEPTH: u32 = 64;

/// A text that is no program of the text form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for TextError {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for TextError {}

pub(crate) type Read<T = ()> = Result<T, TextError>;

/// Reads a program. It is not verified; see [`super::parse_and_verify`].
pub fn parse(text: &str) -> Result<Program, TextError> {
    let tokens = lex(text)?;
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        depth: 0,
        program: Program::default(),
    };
    reader.program()?;
    Ok(reader.program)
}

pub(crate) struct Reader<'t> {
    pub tokens: &'t [Lexed],
    pub at: usize,
    pub depth: u32,
    /// What has been read; names of all declarations are there from the start.
    pub program: Program,
}

impl Reader<'_> {
    pub(crate) fn peek(&self) -> &Token {
        self.tokens
            .get(self.at)
            .map_or(&Token::End, |lexed| &lexed.token)
    }

    pub(crate) fn peek_after(&self) -> &Token {
        self.tokens
            .get(self.at.saturating_add(1))
            .map_or(&Token::End, |lexed| &lexed.token)
    }

    pub(crate) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at = self.at.saturating_add(1);
        token
    }

    pub(crate) fn fault<T>(&self, message: impl Into<String>) -> Read<T> {
        self.fault_at(self.at, message)
    }

    pub(crate) fn fault_at<T>(&self, at: usize, message: impl Into<String>) -> Read<T> {
        let found = self.tokens.get(at).or(self.tokens.last());
        Err(TextError {
            line: found.map_or(1, |lexed| lexed.line),
            column: found.map_or(1, |lexed| lexed.column),
            message: message.into(),
        })
    }

    pub(crate) fn expected<T>(&self, what: &str) -> Read<T> {
        self.fault(format!(
            "{what} is expected here, not {}",
            self.peek().show()
        ))
    }

    pub(crate) fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    pub(crate) fn eat(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        if found {
            self.at = self.at.saturating_add(1);
        }
        found
    }

    pub(crate) fn need(&mut self, sign: &str) -> Read {
        if self.eat(sign) {
            Ok(())
        } else {
            self.expected(&format!("`{sign}`"))
        }
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(found) if found == word)
    }

    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.at = self.at.saturating_add(1);
        }
        found
    }

    pub(crate) fn need_word(&mut self, word: &str) -> Read {
        if self.eat_word(word) {
            Ok(())
        } else {
            self.expected(&format!("`{word}`"))
        }
    }

    pub(crate) fn word(&mut self, what: &str) -> Read<String> {
        match self.peek() {
            Token::Word(word) => {
                let word = word.clone();
                self.at = self.at.saturating_add(1);
                Ok(word)
            }
            _ => self.expected(what),
        }
    }

    /// A bare word or a text in quotes.
    pub(crate) fn name(&mut self, what: &str) -> Read<String> {
        match self.peek() {
            Token::Word(name) | Token::Text(name) => {
                let name = name.clone();
                self.at = self.at.saturating_add(1);
                Ok(name)
            }
            _ => self.expected(what),
        }
    }

    pub(crate) fn text(&mut self) -> Read<String> {
        match self.peek() {
            Token::Text(text) => {
                let text = text.clone();
                self.at = self.at.saturating_add(1);
                Ok(text)
            }
            _ => self.expected("a text in quotes"),
        }
    }

    /// A whole number without a sign.
    pub(crate) fn whole<T: TryFrom<u64>>(&mut self) -> Read<T> {
        let found = match self.peek() {
            Token::Number(number) if number.scale() == 0 => u64::try_from(number.mantissa())
                .ok()
                .and_then(|number| T::try_from(number).ok()),
            _ => None,
        };
        match found {
            Some(found) => {
                self.at = self.at.saturating_add(1);
                Ok(found)
            }
            None => self.expected("a whole number"),
        }
    }

    pub(crate) fn signed(&mut self) -> Read<i32> {
        let found = match self.peek() {
            Token::Number(number) if number.scale() == 0 => i32::try_from(number.mantissa()).ok(),
            _ => None,
        };
        match found {
            Some(found) => {
                self.at = self.at.saturating_add(1);
                Ok(found)
            }
            None => self.expected("a whole number"),
        }
    }

    /// `@7`, or the first place.
    pub(crate) fn place(&mut self) -> PlaceId {
        match self.peek() {
            Token::Place(id) => {
                let id = PlaceId(*id);
                self.at = self.at.saturating_add(1);
                id
            }
            _ => PlaceId(0),
        }
    }

    /// `because "…"`, or nothing.
    pub(crate) fn because(&mut self) -> Read<String> {
        if self.eat_word("because") {
            self.text()
        } else {
            Ok(String::new())
        }
    }

    /// Items parted by commas up to a closing sign, which is read too.
    pub(crate) fn items<T>(
        &mut self,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Read<T>,
    ) -> Read<Vec<T>> {
        let mut all = Vec::new();
        while !self.eat(close) {
            all.push(item(self)?);
            if !self.eat(",") {
                self.need(close)?;
                break;
            }
        }
        Ok(all)
    }

    pub(crate) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= MAX_TEXT_DEPTH {
            return self.fault(format!("nested deeper than {MAX_TEXT_DEPTH}"));
        }
        self.depth = self.depth.saturating_add(1);
        let read = read(self);
        self.depth = self.depth.saturating_sub(1);
        read
    }

    fn id(&mut self) -> Option<u32> {
        match self.peek() {
            Token::Id(id) => {
                let id = *id;
                self.at = self.at.saturating_add(1);
                Some(id)
            }
            _ => None,
        }
    }

    /// A name that leads to a position, or `#position`.
    fn named(&mut self, what: &str, find: impl Fn(&Program, &str) -> Option<usize>) -> Read<u32> {
        if let Some(id) = self.id() {
            return Ok(id);
        }
        let at = self.at;
        let name = self.name(what)?;
        match find(&self.program, &name).and_then(|found| u32::try_from(found).ok()) {
            Some(found) => Ok(found),
            None => self.fault_at(at, format!("there is no {what} `{name}`")),
        }
    }

    pub(crate) fn record(&mut self) -> Read<RecordId> {
        self.named("record", |program, name| {
            position(&program.records, name, |one| &one.name)
        })
        .map(RecordId)
    }

    pub(crate) fn relation(&mut self) -> Read<RelationId> {
        self.named("relation", |program, name| {
            position(&program.relations, name, |one| &one.name)
        })
        .map(RelationId)
    }

    pub(crate) fn reason(&mut self) -> Read<ReasonId> {
        self.named("reason", |program, name| {
            position(&program.reasons, name, |one| &one.code)
        })
        .map(ReasonId)
    }

    /// `module.name#7`, `#7`, or a name that only one callable has.
    pub(crate) fn callable(&mut self) -> Read<CallableId> {
        if let Some(id) = self.id() {
            return Ok(CallableId(id));
        }
        let at = self.at;
        let name = self.word("a callable")?;
        if let Some(id) = self.id() {
            return Ok(CallableId(id));
        }
        let all = self.program.callables.iter().enumerate();
        let full: Vec<usize> = all
            .clone()
            .filter(|(_, one)| {
                super::names::full_name(&one.module, &one.name).as_deref() == Some(&name)
            })
            .map(|(at, _)| at)
            .collect();
        let found = if full.is_empty() {
            all.filter(|(_, one)| one.name == name)
                .map(|(at, _)| at)
                .collect()
        } else {
            full
        };
        match (found.as_slice(), found.first()) {
            ([_], Some(one)) => Ok(CallableId(u32::try_from(*one).unwrap_or(u32::MAX))),
            ([], _) => self.fault_at(at, format!("there is no callable `{name}`")),
            _ => self.fault_at(at, format!("several callables are called `{name}`")),
        }
    }

    /// A type; [`super::type_text`] writes it.
    pub(crate) fn ty(&mut self) -> Read<Type> {
        let mut ty = self.deeper(Self::type_without_mark)?;
        while self.eat("?") {
            ty = Type::Optional(Box::new(ty));
        }
        Ok(ty)
    }

    fn type_without_mark(&mut self) -> Read<Type> {
        let at = self.at;
        let word = self.name("a type")?;
        Ok(match word.as_str() {
            "bool" => Type::Bool,
            "int" => Type::Int,
            "number" => Type::Num(self.number_type()?),
            "text" => Type::Text,
            "code" => Type::Code,
            "date" => Type::Date,
            "date_formula" => Type::DateFormula,
            "calendar" => Type::Calendar,
            "reason" => Type::Reason,
            "list" => {
                let mut at_most = None;
                if self.eat("(") {
                    self.need_word("at")?;
                    self.need_word("most")?;
                    at_most = Some(self.whole()?);
                    self.need(")")?;
                }
                self.need_word("of")?;
                // The mark belongs to the element: a list itself is never optional.
                Type::List {
                    item: Box::new(self.ty()?),
                    at_most,
                }
            }
            "optional" => {
                self.need("(")?;
                let inner = self.ty()?;
                self.need(")")?;
                Type::Optional(Box::new(inner))
            }
            "row" => Type::Row(self.relation()?),
            "enum" => match self.id() {
                Some(id) => Type::Enum(EnumId(id)),
                None => return self.expected("`#` and a number"),
            },
            "record" => match self.id() {
                Some(id) => Type::Record(RecordId(id)),
                None => return self.expected("`#` and a number"),
            },
            name => match self.type_by_name(name) {
                Some(ty) => ty,
                None => return self.fault_at(at, format!("there is no type `{name}`")),
            },
        })
    }

    fn type_by_name(&self, name: &str) -> Option<Type> {
        let id = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(at) = position(&self.program.enums, name, |one| &one.name) {
            return Some(Type::Enum(EnumId(id(at))));
        }
        position(&self.program.records, name, |one| &one.name)
            .map(|at| Type::Record(RecordId(id(at))))
    }

    fn number_type(&mut self) -> Read<NumType> {
        let mut number = NumType::PLAIN;
        if self.eat("(") {
            self.items(")", |reader| {
                if reader.eat_word("percent") {
                    number.percent = true;
                } else if matches!(reader.peek(), Token::Text(_)) {
                    number.unit = Some(reader.text()?.into());
                } else if reader.is("..") || matches!(reader.peek_after(), Token::Sign("..")) {
                    (number.lowest, number.highest) = reader.range()?;
                } else {
                    number.places = Some(reader.whole()?);
                    reader.need_word("places")?;
                }
                Ok(())
            })?;
        }
        Ok(number)
    }

    fn range(&mut self) -> Read<(Option<Decimal>, Option<Decimal>)> {
        let low = self.end();
        self.need("..")?;
        Ok((low, self.end()))
    }

    fn end(&mut self) -> Option<Decimal> {
        match self.peek() {
            Token::Number(number) => {
                let number = *number;
                self.at = self.at.saturating_add(1);
                Some(number)
            }
            _ => None,
        }
    }

    /// Facts in braces; `{none}` for a node that states none.
    pub(crate) fn facts(&mut self) -> Read<Option<NumFacts>> {
        self.need("{")?;
        if self.eat_word("none") {
            self.need("}")?;
            return Ok(None);
        }
        let mut facts = NumFacts::UNKNOWN;
        self.items("}", |reader| {
            if reader.eat_word("exact") {
                facts.exact = true;
            } else if reader.eat_word("open") {
                facts.places = Places::Open;
            } else if reader.eat_word("from") {
                reader.need_word("data")?;
                facts.places = Places::FromData;
            } else if reader.is("..") || matches!(reader.peek_after(), Token::Sign("..")) {
                (facts.lowest, facts.highest) = reader.range()?;
            } else {
                facts.places = Places::AtMost(reader.whole()?);
                reader.need_word("places")?;
            }
            Ok(())
        })?;
        Ok(Some(facts))
    }

    /// Whether a constant begins here that may stand as an expression.
    pub(crate) fn constant(&mut self) -> Read<Const> {
        self.deeper(Self::constant_inside)
    }

    fn constant_inside(&mut self) -> Read<Const> {
        let at = self.at;
        match self.next() {
            Token::Int(value) => Ok(Const::Int(value)),
            Token::Number(value) => Ok(Const::Num(value)),
            Token::Date(day) => Ok(Const::Date(day)),
            Token::Text(text) => Ok(Const::Text(text)),
            Token::Sign("[") => self.items("]", Self::constant).map(Const::List),
            Token::Word(word) => self.constant_word(&word, at),
            other => self.fault_at(
                at,
                format!("a constant is expected here, not {}", other.show()),
            ),
        }
    }

    fn constant_word(&mut self, word: &str, at: usize) -> Read<Const> {
        let in_brackets = self.is("(");
        match word {
            "true" => Ok(Const::Bool(true)),
            "false" => Ok(Const::Bool(false)),
            "missing" => Ok(Const::Missing),
            "code" | "formula" | "calendar" if in_brackets => {
                self.need("(")?;
                let text = self.text()?;
                self.need(")")?;
                Ok(match word {
                    "code" => Const::Code(text),
                    "formula" => Const::DateFormula(text),
                    _ => Const::Calendar(text),
                })
            }
            "date" if in_brackets => {
                self.need("(")?;
                let Token::Int(day) = self.next() else {
                    return self.fault_at(at, "a day number such as `12i` is expected here");
                };
                self.need(")")?;
                match i32::try_from(day) {
                    Ok(day) => Ok(Const::Date(day)),
                    Err(_) => self.fault_at(at, "the day is out of bounds"),
                }
            }
            "enum" if in_brackets => {
                self.need("(")?;
                let id = self.whole()?;
                self.need(",")?;
                let value = self.whole()?;
                self.need(")")?;
                Ok(Const::Enum(EnumId(id), value))
            }
            "record" => {
                let record = self.record()?;
                self.need("(")?;
                let values = self.items(")", Self::constant)?;
                Ok(Const::Record(record, values))
            }
            _ => match self.enum_value(word) {
                Some(value) => Ok(value),
                None => self.fault_at(at, format!("there is no constant `{word}`")),
            },
        }
    }

    /// `Enum.value`.
    pub(crate) fn enum_value(&self, word: &str) -> Option<Const> {
        let (name, value) = word.rsplit_once('.')?;
        let id = position(&self.program.enums, name, |one| &one.name)?;
        let found = self.program.enums.get(id)?;
        let at = found.values.iter().position(|one| one == value)?;
        Some(Const::Enum(
            EnumId(u32::try_from(id).ok()?),
            u32::try_from(at).ok()?,
        ))
    }
}

/// The first with this name.
pub(crate) fn position<T>(all: &[T], name: &str, of: impl Fn(&T) -> &String) -> Option<usize> {
    all.iter().position(|one| of(one) == name)
}
