//! Where an input ends, and what it is: an expression, a name for one, or a command.

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
    /// An expression.
    Expression,
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
    if let Some((name, at)) = named(text)
        // With `give` it is an expression of its own.
        && !tokens(text).contains(&Token::Word("give"))
    {
        return Input::Name(name, at);
    }
    Input::Expression
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
    let (mut depth, mut lets, mut gives) = (0_usize, 0_usize, 0_usize);
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('(' | '[') => depth += 1,
            // What closes nothing is told at once: more lines cannot mend it.
            Token::Sign(')' | ']') if depth == 0 => return false,
            Token::Sign(')' | ']') => depth -= 1,
            // The first `let` of an input may name what it says.
            Token::Word("let") if index > 0 => lets += 1,
            Token::Word("each")
                if tokens.get(index.wrapping_sub(1)) == Some(&Token::Word("for")) =>
            {
                lets += 1;
            }
            Token::Word("give" | "finally") => gives += 1,
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
    lets > 0 && gives == 0
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
    fn what_was_typed() {
        assert_eq!(read("  // only words"), Input::Nothing);
        assert_eq!(read(" :type 1 + 2 "), Input::Command("type", "1 + 2"));
        assert_eq!(read(":help"), Input::Command("help", ""));
        assert_eq!(read("let x = 1"), Input::Name("x", 8));
        assert_eq!(read("let x=1"), Input::Name("x", 6));
        assert_eq!(read("let x = 1 give x"), Input::Expression);
        assert_eq!(read("letter = 1"), Input::Expression);
        assert_eq!(read("1 + 1"), Input::Expression);
    }
}
