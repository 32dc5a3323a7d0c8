//! Where an input ends, and what it is: an expression, a name for one, or a command.

use assize_grammar::words::{WordClass, class_of};

/// Words after which an expression goes on.
const OPEN_WORDS: &[&str] = &[
    "and",
    "or",
    "not",
    "in",
    "is",
    "to",
    "by",
    "with",
    "otherwise",
    "then",
    "else",
    "if",
    "when",
    "where",
    "let",
    "give",
    "for",
    "each",
    "of",
    "per",
    "on",
    "as",
    "using",
    "round",
    "between",
    "has",
    "carry",
    "next",
    "finally",
    "sum",
    "count",
    "lowest",
    "highest",
    "first",
    "stop",
];

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input<'t> {
    /// Nothing but blanks and comments.
    Nothing,
    /// `:word rest`
    Command(&'t str, &'t str),
    /// `let name = expression`: the name, and the first byte of the expression.
    Name(&'t str, usize),
    /// The begin of a declaration: its first word.
    Declaration(&'t str),
    /// An expression.
    Expression,
}

/// Whether a word begins a declaration of a rule file, or opens one to others. It may be a name as well.
fn begins_declaration(word: &str) -> bool {
    class_of(word) == Some(WordClass::Declaration) || word == "open"
}

/// What an input is.
pub fn read(text: &str) -> Input<'_> {
    let trimmed = text.trim_start();
    let only_comments = text
        .lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with("//"));
    if only_comments {
        return Input::Nothing;
    }
    if let Some(command) = trimmed.strip_prefix(':') {
        let command = command.trim();
        let (word, rest) = command
            .split_once(char::is_whitespace)
            .unwrap_or((command, ""));
        return Input::Command(word, rest.trim());
    }
    let tokens = tokens(text);
    if let Some((name, at)) = named(text)
        // With a `give` of its own it is an expression.
        && Blocks::of(&tokens).first == First::Open
    {
        return Input::Name(name, at);
    }
    match tokens.as_slice() {
        // A name is followed by an operator, never by another name.
        [Token::Word(word), Token::Word(second), ..]
            if begins_declaration(word) && !OPEN_WORDS.contains(second) =>
        {
            Input::Declaration(word)
        }
        _ => Input::Expression,
    }
}

/// `let name =` at the start, and where the value begins.
fn named(text: &str) -> Option<(&str, usize)> {
    let after = text.trim_start().strip_prefix("let")?;
    let rest = after.trim_start();
    if rest.len() == after.len() {
        return None;
    }
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let value = rest.trim_start().strip_prefix('=')?;
    if name.is_empty() || name.starts_with(|c: char| c.is_numeric()) {
        return None;
    }
    let value = value.trim_start();
    Some((name, text.len() - value.len()))
}

/// Whether more lines must follow: a bracket is open, the last word or sign asks for more, or a
/// `let` or `for each` inside has no `give` yet.
pub fn goes_on(text: &str) -> bool {
    if text.trim_start().starts_with(':') {
        return false;
    }
    let tokens = tokens(text);
    let mut depth = 0_usize;
    for token in &tokens {
        match token {
            Token::Sign('(' | '[') => depth += 1,
            // What closes nothing is told at once: more lines cannot mend it.
            Token::Sign(')' | ']') if depth == 0 => return false,
            Token::Sign(')' | ']') => depth -= 1,
            _ => {}
        }
    }
    if depth > 0 {
        return true;
    }
    match tokens.as_slice() {
        // After a dot any word is a name of a field.
        [.., Token::Sign('.'), Token::Word(_)] => {}
        [.., Token::Word(word)] if OPEN_WORDS.contains(word) => return true,
        [
            ..,
            Token::Sign('+' | '-' | '*' | '/' | '=' | '<' | '>' | ',' | '.' | ':'),
        ] => return true,
        _ => {}
    }
    Blocks::of(&tokens).wait
}

/// Whether a line begins an input of its own although the one before it could go on: a command, or
/// `let name =` where no bracket and no block is open. Otherwise one mistake swallows all that follows.
pub fn begins_anew(begun: &str, line: &str) -> bool {
    if line.starts_with(':') {
        return true;
    }
    let tokens = tokens(begun);
    let count = |signs: [char; 2]| {
        let is = |token: &&Token<'_>| matches!(token, Token::Sign(sign) if signs.contains(sign));
        tokens.iter().filter(is).count()
    };
    line.starts_with("let")
        && named(line).is_some()
        && count(['(', '[']) == count([')', ']'])
        && !Blocks::of(&tokens).wait
}

/// What became of the `let` at the start of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    /// There is none, or a `give` ended it: it belongs to an expression.
    Ended,
    /// No `give` belongs to it: it names what follows.
    Open,
}

/// Which `let` and `for each` have their `give`.
struct Blocks {
    first: First,
    /// Whether one has not, other than the first `let`, which may name what it says.
    wait: bool,
}

impl Blocks {
    fn of(tokens: &[Token<'_>]) -> Blocks {
        // Depth in brackets at which each block stands; whether it is the first `let`.
        let mut open: Vec<(usize, bool)> = Vec::new();
        let (mut depth, mut goes_on) = (0_usize, false);
        let mut before: Option<Token<'_>> = None;
        for (index, token) in tokens.iter().enumerate() {
            match token {
                Token::Sign('(' | '[') => depth += 1,
                Token::Sign(')' | ']') => {
                    depth = depth.saturating_sub(1);
                    open.retain(|(at, _)| *at <= depth);
                }
                Token::Word("let") => {
                    // Behind a value it is the next of its block, elsewhere it begins one.
                    let behind_value = match before {
                        Some(Token::Word(word)) => !OPEN_WORDS.contains(&word),
                        Some(Token::Sign(sign)) => matches!(sign, ')' | ']' | '%'),
                        Some(Token::Other) => true,
                        None => false,
                    };
                    match open.last() {
                        Some((at, first)) if behind_value && *at == depth => goes_on |= *first,
                        _ => open.push((depth, index == 0)),
                    }
                }
                Token::Word("each") if before == Some(Token::Word("for")) => {
                    open.push((depth, false));
                }
                Token::Word("give" | "finally") => drop(open.pop()),
                _ => {}
            }
            before = Some(*token);
        }
        let first = open.iter().any(|(_, first)| *first);
        Blocks {
            first: if first { First::Open } else { First::Ended },
            wait: open.iter().any(|(_, first)| !first) || (first && goes_on),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Sign(char),
    Other,
}

/// Words and signs; texts count as one, comments not at all.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if c == '"' {
            let mut escaped = false;
            let end = after.find(|c| {
                let ends = (c == '"' && !escaped) || c == '\n';
                escaped = c == '\\' && !escaped;
                ends
            });
            rest = end.and_then(|end| after.get(end + 1..)).unwrap_or_default();
            out.push(Token::Other);
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            out.push(if c.is_numeric() {
                Token::Other
            } else {
                Token::Word(word)
            });
            rest = after;
        } else {
            if !c.is_whitespace() {
                out.push(Token::Sign(c));
            }
            rest = after;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_go_on() {
        for text in [
            "f(1,",
            "[1",
            "1 +",
            "if a",
            "let x =",
            "for each l in lines",
            "(let a = 1",
            "x = ",
            "for each l in lines\n    let a = l.b",
            "a and",
            "f(1, // two",
        ] {
            let more = text == "if a";
            assert_eq!(goes_on(text), !more, "{text}");
        }
        for text in [
            "1",
            "let x = 1",
            "f(1)",
            "line.to",
            "\"(\"",
            "1 // (",
            ":type (",
            "5%",
            "for each l in lines give l.item",
            "let x = 1 give x",
            "",
            ")(",
        ] {
            assert!(!goes_on(text), "{text}");
        }
    }

    #[test]
    fn a_new_input_ends_one_that_lacks_something() {
        assert!(begins_anew("1 +", "let x = 2"));
        assert!(begins_anew("for each l in lines", ":quit"));
        assert!(!begins_anew("for each l in lines", "let x = 2"));
        assert!(!begins_anew("f(1,", "let x = 2"));
        assert!(!begins_anew("1 +", "  let x = 2"));
        assert!(!begins_anew("1 +", "letter"));
    }

    #[test]
    fn what_was_typed() {
        assert_eq!(read("  // only words"), Input::Nothing);
        assert_eq!(read(" :type 1 + 2 "), Input::Command("type", "1 + 2"));
        assert_eq!(read(":help"), Input::Command("help", ""));
        assert_eq!(read("let x = 1"), Input::Name("x", 8));
        assert_eq!(read("let x=1"), Input::Name("x", 6));
        assert_eq!(read("let x = 1 give x"), Input::Expression);
        assert_eq!(
            read("let a = for each x in xs give x\nlet b = 2\ngive b"),
            Input::Expression
        );
        for text in [
            "let x = for each y in ys give y",
            "let x = (let y = 1 give y)",
            "let x = let y = 1 let z = y give z",
            "let x = for each y in ys let z = y give z",
        ] {
            assert_eq!(read(text), Input::Name("x", 8), "{text}");
            assert!(!goes_on(text), "{text}");
        }
        assert_eq!(read("define f (n: int)"), Input::Declaration("define"));
        assert_eq!(read("data in rows"), Input::Expression);
        assert_eq!(read("rule + 1"), Input::Expression);
        assert_eq!(read("letter = 1"), Input::Expression);
        assert_eq!(read("1 + 1"), Input::Expression);
    }
}
