//! The text of conditions, from the source that the program carries.

use assize_ir::{PlaceId, Program};

/// Longest text of a condition in characters; what is longer ends in `…`.
pub(crate) const MAX_SOURCE_CHARS: usize = 120;

/// The text at a place on one line; empty when the program does not carry it.
pub(crate) fn text(program: &Program, place: PlaceId) -> String {
    let Some(place) = program.place(place) else {
        return String::new();
    };
    let file = program.files.get(place.file as usize);
    let text = file.and_then(|file| file.text.get(place.start as usize..place.end as usize));
    let mut line = String::new();
    let mut chars = 0;
    for word in text.unwrap_or_default().split_whitespace() {
        if chars > 0 {
            line.push(' ');
            chars += 1;
        }
        for next in word.chars() {
            if chars == MAX_SOURCE_CHARS {
                line.push('…');
                return line;
            }
            line.push(next);
            chars += 1;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use assize_ir::{Place, SourceFile};

    use super::*;

    fn program(text: &str, start: u32, end: u32) -> Program {
        Program {
            files: vec![SourceFile {
                module: "shop".to_owned(),
                path: "shop.assize".to_owned(),
                text: text.to_owned(),
            }],
            places: vec![Place {
                file: 0,
                start,
                end,
                line: 1,
                column: 1,
            }],
            ..Program::default()
        }
    }

    #[test]
    fn one_line() {
        assert_eq!(
            text(&program("when a\n    >= b then", 5, 15), PlaceId(0)),
            "a >= b"
        );
    }

    #[test]
    fn nothing_there() {
        assert_eq!(text(&program("é", 1, 2), PlaceId(0)), "");
        assert_eq!(text(&program("a", 0, 9), PlaceId(0)), "");
        assert_eq!(text(&program("a", 0, 1), PlaceId(1)), "");
    }

    #[test]
    fn cut() {
        let long = "x".repeat(500);
        let cut = text(&program(&long, 0, 500), PlaceId(0));
        assert_eq!(cut.chars().count(), MAX_SOURCE_CHARS + 1);
    }
}
