//! Lines of the values that faults speak of. A tree keeps no places, since good documents need none:
//! where there are faults, the document is walked once more.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{Fault, FaultCode, Path, outer};
use super::reader::walk;

/// Where values begin, by their paths. Only what is wanted is kept.
#[derive(Debug, Default)]
pub(super) struct Lines {
    wanted: BTreeSet<String>,
    /// The first line, and the last one, which differs for a name that stands twice.
    found: BTreeMap<String, (usize, usize)>,
    /// How far lines have been counted, in bytes, and the line there.
    counted: (usize, usize),
}

impl Lines {
    /// A value, or the name before it, begins at this byte of the text.
    pub(super) fn note(&mut self, text: &str, at: usize, path: &Path<'_>) {
        let (from, line) = self.counted;
        let between = text.as_bytes().get(from..at).unwrap_or_default();
        let line = line + between.iter().filter(|byte| **byte == b'\n').count();
        self.counted = (at.max(from), line);
        let path = path.to_string();
        if self.wanted.contains(&path) {
            let lines = self.found.entry(path).or_insert((line, line));
            lines.1 = line;
        }
    }

    fn of(&self, fault: &Fault) -> Option<usize> {
        let mut path = Some(fault.path.as_str());
        while let Some(this) = path {
            if let Some((first, last)) = self.found.get(this) {
                let again = fault.code == FaultCode::DuplicateKey;
                return Some(1 + if again { *last } else { *first });
            }
            path = outer(this);
        }
        None
    }
}

/// The line of each fault of a document, from 1: where the value of its path begins, or for one that
/// is not there, what should hold it. `None` where not even that is in the document.
pub fn lines_of(bytes: &[u8], root: &str, faults: &[Fault]) -> Vec<Option<usize>> {
    let mut lines = Lines::default();
    for fault in faults {
        let mut path = Some(fault.path.as_str());
        while let Some(this) = path {
            lines.wanted.insert(this.to_owned());
            path = outer(this);
        }
    }
    let lines = walk(bytes, root, lines);
    faults.iter().map(|fault| lines.of(fault)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_have_the_line_of_their_value_or_of_what_holds_it() {
        let text = "{\"a\": 1,\n \"b\": {\n  \"c.d\": [1,\n 2]},\n \"a\":\n 3}";
        let line = |path: &str, code| {
            let fault = Fault::new(path, code, "", "");
            lines_of(text.as_bytes(), "", &[fault])
                .into_iter()
                .next()
                .unwrap()
        };
        let wrong = FaultCode::WrongType;
        assert_eq!(line("a", wrong), Some(1));
        assert_eq!(line("a", FaultCode::DuplicateKey), Some(5));
        assert_eq!(line("b", wrong), Some(2));
        assert_eq!(line("b[\"c.d\"][1]", wrong), Some(4));
        assert_eq!(line("b[\"c.d\"][2]", FaultCode::MissingField), Some(3));
        assert_eq!(line("b.e.f", FaultCode::MissingField), Some(2));
        assert_eq!(line("e", FaultCode::MissingField), None);
    }
}
