//! A text with its name and lines.

/// A text as people see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Its path from where they are.
    pub path: String,
    /// The text.
    pub text: String,
    /// First bytes of its lines.
    lines: Vec<usize>,
}

/// A position as people and editors count: both from 1, columns in Unicode scalar values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl Source {
    /// A text and where it came from.
    pub fn new(path: String, text: String) -> Source {
        let lines = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Source { path, text, lines }
    }

    /// The position of a byte.
    pub fn position(&self, at: usize) -> Position {
        let line = self.lines.partition_point(|start| *start <= at).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..at)
            .map_or(0, |before| before.chars().count())
            + 1;
        Position { line, column }
    }

    /// The text of a range; empty where there is none.
    pub fn slice(&self, range: &std::ops::Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let source = Source::new(String::new(), "añb\nc".to_owned());
        let at = |byte| {
            let Position { line, column } = source.position(byte);
            (line, column)
        };
        assert_eq!(
            [at(0), at(3), at(4), at(5), at(6)],
            [(1, 1), (1, 3), (1, 4), (2, 1), (2, 2)]
        );
        assert_eq!(
            Source::default().position(0),
            Position { line: 1, column: 1 }
        );
    }
}
