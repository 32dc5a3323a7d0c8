//! Rust source seen without its comments or its texts.
//!
//! A tidy check that looks for a word must not find it in a comment or in the sample of another
//! check. The views keep every line where it was, so that a fault can name its line. This is a
//! scanner for that purpose alone: it knows comments, literals and nothing else of Rust.

/// What a view leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// Comments of all kinds; texts stay.
    Comments,
    /// Comments, and the contents of text and character literals.
    CommentsAndTexts,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lexeme {
    Code,
    Comment,
    Literal,
}

/// The source with what is left out replaced by blanks; as many lines and characters as before.
pub fn view(source: &str, without: Without) -> String {
    let mut seen = String::with_capacity(source.len());
    let mut rest = source;
    let mut previous = ' ';
    while let Some(first) = rest.chars().next() {
        let (length, kind) = next_lexeme(rest, first, previous);
        let Some((piece, after)) = rest.split_at_checked(length) else {
            break;
        };
        let keep = match kind {
            Lexeme::Code => true,
            Lexeme::Literal => without == Without::Comments,
            Lexeme::Comment => false,
        };
        for character in piece.chars() {
            seen.push(if keep || character == '\n' {
                character
            } else {
                ' '
            });
        }
        previous = piece.chars().next_back().unwrap_or(' ');
        rest = after;
    }
    seen
}

/// Length in bytes and kind of what stands first; at least one character.
fn next_lexeme(rest: &str, first: char, previous: char) -> (usize, Lexeme) {
    let starts_word = !(previous.is_alphanumeric() || previous == '_');
    if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), Lexeme::Comment)
    } else if rest.starts_with("/*") {
        (block_comment_length(rest), Lexeme::Comment)
    } else if let Some(length) = starts_word.then(|| raw_text_length(rest)).flatten() {
        (length, Lexeme::Literal)
    } else if first == '"' {
        (quoted_length(rest, '"'), Lexeme::Literal)
    } else if first == '\'' && is_character_literal(rest) {
        (quoted_length(rest, '\''), Lexeme::Literal)
    } else {
        (first.len_utf8(), Lexeme::Code)
    }
}

fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += tail.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Length of `r"…"`, `r#"…"#`, `br"…"` or `cr"…"`, if one stands here.
fn raw_text_length(rest: &str) -> Option<usize> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
        rest.strip_prefix(prefix)
            .is_some_and(|tail| tail.starts_with(['"', '#']))
    })?;
    let after_prefix = rest.get(prefix.len()..)?;
    let hashes = after_prefix.len() - after_prefix.trim_start_matches('#').len();
    let body = after_prefix.get(hashes..)?.strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    let opening = prefix.len() + hashes + 1;
    Some(
        body.find(&closing)
            .map_or(rest.len(), |at| opening + at + closing.len()),
    )
}

/// Length of a literal that begins and ends with `quote`, with `\` escaping the next character.
fn quoted_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == quote {
            return at + character.len_utf8();
        }
    }
    rest.len()
}

/// Tells `'x'` and `'\n'` from the lifetime `'x`.
fn is_character_literal(rest: &str) -> bool {
    let mut characters = rest.chars().skip(1);
    match characters.next() {
        Some('\\') => true,
        Some(_) => characters.next() == Some('\''),
        None => false,
    }
}

/// The words of a line of code: runs of letters, digits and `_`.
pub fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|character: char| !(character.is_alphanumeric() || character == '_'))
        .filter(|word| !word.is_empty())
}

/// The number of lines before the test module that closes the file, or of the whole file.
///
/// The module counts as tests only if it stands last: `#[cfg(test)]` at the beginning of a line,
/// then `mod …{`, and its closing brace is the last line.
pub fn lines_without_tests(source: &str) -> usize {
    let code = view(source, Without::CommentsAndTexts);
    let lines: Vec<&str> = code.lines().collect();
    let all = lines.len();
    let Some(start) = lines
        .iter()
        .rposition(|line| line.trim_end() == "#[cfg(test)]")
    else {
        return all;
    };
    let mut after = lines
        .iter()
        .skip(start + 1)
        .filter(|line| !line.starts_with("#["));
    let opens_module = after
        .next()
        .is_some_and(|line| words(line).any(|word| word == "mod") && line.contains('{'));
    let mut to_the_end = after.skip_while(|line| !line.starts_with('}'));
    let closed = to_the_end.next().is_some();
    if opens_module && closed && to_the_end.all(|line| line.trim().is_empty()) {
        start
    } else {
        all
    }
}

/// The source before the test module that closes the file.
pub fn source_without_tests(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    for line in source.lines().take(lines_without_tests(source)) {
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_become_blanks_and_lines_stay() {
        let source = "let a = \"x // \\\" y\"; // say x\n/* x /* x */ x */ b('x', 'l: loop);\n";
        let code = view(source, Without::CommentsAndTexts);
        assert_eq!(code.lines().count(), 2);
        assert!(!code.contains('x'), "{code}");
        assert!(code.contains("let a =") && code.contains("b(") && code.contains("'l: loop"));
        let with_texts = view(source, Without::Comments);
        assert!(with_texts.contains("x // \\\" y") && !with_texts.contains("say"));
    }

    #[test]
    fn raw_texts_end_at_their_own_quote() {
        let source = "f(r#\"a \" b\"#, br\"c\\\", r, for_r\"d\") + e";
        let code = view(source, Without::CommentsAndTexts);
        assert_eq!(code.trim_end(), "f(          ,       , r, for_r   ) + e");
        assert_eq!(code.len(), source.len());
    }

    #[test]
    fn unfinished_literals_reach_the_end_without_harm() {
        for source in ["\"abc", "/* abc", "r#\"abc", "'\\", "'", "\"\\"] {
            assert_eq!(
                view(source, Without::CommentsAndTexts).chars().count(),
                source.len()
            );
        }
    }

    #[test]
    fn the_closing_test_module_does_not_count() {
        let source =
            "fn a() {\n}\n\n#[cfg(test)]\nmod tests {\n    const T: &str = \"\n}\n\";\n}\n";
        assert_eq!(lines_without_tests(source), 3);
        assert_eq!(source_without_tests(source), "fn a() {\n}\n\n");
    }

    #[test]
    fn a_test_module_in_the_middle_counts() {
        let source = "#[cfg(test)]\nmod tests {\n}\nfn a() {\n}\n";
        assert_eq!(lines_without_tests(source), 5);
        let only_declared = "fn a() {\n}\n#[cfg(test)]\nmod tests;\n";
        assert_eq!(lines_without_tests(only_declared), 4);
    }
}
