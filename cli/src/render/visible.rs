//! Text for a terminal: what would command it is made visible.
//!
//! Names of tests and files, texts of rules and values of inputs come from elsewhere. An escape
//! sequence in one could hide a failure, rename the window or answer for the person who reads.

use std::borrow::Cow;

/// The text with its control characters written as `\u{1b}`. Line ends and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    write(text, false)
}

/// Like [`visible`], but colours stay: for text that was painted, piece by piece, from visible ones.
pub fn visible_painted(text: &str) -> Cow<'_, str> {
    write(text, true)
}

fn write(text: &str, painted: bool) -> Cow<'_, str> {
    let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let colour = if painted { colour_at(rest) } else { 0 };
        if colour > 0 {
            let (sequence, after) = rest.split_at_checked(colour).unwrap_or((rest, ""));
            out.push_str(sequence);
            rest = after;
            continue;
        }
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
        if is_plain(next) || (next == '\r' && rest.starts_with('\n')) {
            out.push(next);
        } else {
            out.extend(next.escape_default());
        }
    }
    Cow::Owned(out)
}

/// Length of the sequence that sets a colour or style at the start of a text; 0 if there is none.
fn colour_at(text: &str) -> usize {
    let Some(after) = text.strip_prefix("\u{1b}[") else {
        return 0;
    };
    let numbers = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
    match numbers.strip_prefix('m') {
        Some(rest) => text.len() - rest.len(),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_a_terminal_is_written_out() {
        assert_eq!(visible("größe\t1\r\n2"), "größe\t1\r\n2");
        assert_eq!(visible("a\u{1b}[31mb\rc\u{7}"), r"a\u{1b}[31mb\rc\u{7}");
        assert_eq!(visible("\u{9b}2J"), r"\u{9b}2J");
        let painted = "\u{1b}[1;31mred\u{1b}[0m \u{1b}]0;title\u{7}\u{1b}[2J\u{1b}[3";
        assert_eq!(
            visible_painted(painted),
            "\u{1b}[1;31mred\u{1b}[0m \\u{1b}]0;title\\u{7}\\u{1b}[2J\\u{1b}[3"
        );
    }
}
