//! The cheap scan for nesting that runs before the parser.
//!
//! Counts open brackets and the words and signs that begin an expression inside an expression. It
//! overlooks some word-led nesting on purpose (`and`, or a `let` on a new line, ends what was led
//! before); the parser's stack guard and the limit on the depth of the tree stand behind it.

use crate::scan::{self, Scanned};

/// Where the limit of levels is passed first.
pub(crate) fn too_deep_at(text: &str, limit: usize) -> Option<usize> {
    // For each open bracket the words led inside it; the first stands for the declaration itself.
    let mut led: Vec<usize> = vec![0];
    let mut total: usize = 0;
    let mut fresh_line = true;
    let mut after_operand = false;
    let mut at = 0;
    while let Some((kind, length)) = text.get(at..).and_then(scan::scan) {
        let rest = text.get(at..).unwrap_or_default();
        let length = match kind {
            // Text holds no nesting unless it has holes.
            Scanned::Quote => {
                let string = scan::string_length(rest).0;
                let holes = rest
                    .get(..string)
                    .is_some_and(|string| string.contains('{'));
                if holes { length } else { string }
            }
            _ => length,
        };
        let piece = rest.get(..length).unwrap_or_default();
        match kind {
            Scanned::Whitespace => {
                fresh_line |= piece.contains('\n');
                at += length;
                continue;
            }
            Scanned::Comment | Scanned::DocComment => {
                at += length;
                continue;
            }
            Scanned::Mark | Scanned::Word => match piece {
                "(" | "[" | "{" => {
                    led.push(0);
                    total += 1;
                }
                ")" | "]" | "}" if led.len() > 1 => {
                    total = total.saturating_sub(1 + led.pop().unwrap_or(0));
                }
                "," | "|" | "||" | "and" | "or" => end_led(&mut led, &mut total),
                "let" | "next" | "carry" | "exception" | "default" | "when" | "expect"
                | "cases" | "given"
                    if fresh_line =>
                {
                    end_led(&mut led, &mut total);
                }
                "-" if after_operand => {}
                "-" | "if" | "else" | "not" | "let" | "give" | "for" | "otherwise" | "of"
                | "every" | "has" | "exists" | "round" | "finally" => {
                    if let Some(count) = led.last_mut() {
                        *count += 1;
                        total += 1;
                    }
                }
                _ => {}
            },
            Scanned::Number | Scanned::Quote => {}
        }
        if total > limit {
            return Some(at);
        }
        after_operand = match kind {
            Scanned::Mark => matches!(piece, ")" | "]" | "%"),
            _ => !matches!(piece, "if" | "then" | "else" | "not" | "give" | "to" | "in"),
        };
        fresh_line = false;
        at += length;
    }
    None
}

fn end_led(led: &mut [usize], total: &mut usize) {
    if let Some(count) = led.last_mut() {
        *total = total.saturating_sub(*count);
        *count = 0;
    }
}
