//! Texts that are too long to be written out.
//!
//! `⟨text×N⟩` in a block stands for the text N times; `№` in it is the number of the repetition,
//! from 1, and `№+1` that of the next. So an example one past a limit of many thousands is one line.

use std::borrow::Cow;

/// Most bytes that the blocks of an example may have when they are written out.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// The text with every repetition written out; a repetition that cannot be read stays as it is, so
/// that whoever reads the text refuses it.
pub fn written_out(text: &str) -> Cow<'_, str> {
    if !text.contains('⟨') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('⟨') {
        out.push_str(before);
        let found = behind.split_once('⟩').and_then(|(inner, behind)| {
            let (piece, count) = inner.rsplit_once('×')?;
            Some((piece, count.parse::<usize>().ok()?, behind))
        });
        let Some((piece, count, behind)) = found else {
            out.push('⟨');
            rest = behind;
            continue;
        };
        for number in 1..=count {
            if out.len() > MAX_BYTES {
                break;
            }
            let piece = piece.replace("№+1", &(number + 1).to_string());
            out.push_str(&piece.replace('№', &number.to_string()));
        }
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::written_out;

    #[test]
    fn pieces_are_repeated_and_numbered() {
        assert_eq!(written_out("a⟨(×3⟩b⟨)×2⟩"), "a(((b))");
        assert_eq!(written_out("⟨x№, ×3⟩"), "x1, x2, x3, ");
        assert_eq!(written_out("⟨№-№+1 ×2⟩"), "1-2 2-3 ");
        assert_eq!(written_out("⟨a\n×2⟩b"), "a\na\nb");
        assert_eq!(written_out("⟨a × b×2⟩"), "a × ba × b");
    }

    #[test]
    fn what_is_no_repetition_stays() {
        for text in ["a", "⟨a⟩", "⟨a×⟩", "⟨a×b⟩", "⟨a×2", "a⟩"] {
            assert_eq!(written_out(text), text);
        }
    }
}
