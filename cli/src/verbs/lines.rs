//! Lines of any number, each of bounded length, in constant memory.

use std::io::{self, BufRead};

/// A line that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// It is in the buffer, without its line end.
    Read,
    /// It was longer than the limit; its rest was skipped.
    TooLong,
    /// There are no more.
    End,
}

/// Reads the next line into `line`, at most `limit` bytes of it.
pub fn next(input: &mut dyn BufRead, line: &mut Vec<u8>, limit: usize) -> io::Result<Line> {
    line.clear();
    let mut any = false;
    let mut long = false;
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok(match (any, long) {
                (false, _) => Line::End,
                (true, true) => Line::TooLong,
                (true, false) => Line::Read,
            });
        }
        any = true;
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
        if line.len().saturating_add(part.len()) > limit {
            long = true;
            line.clear();
        }
        if !long {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(if long { Line::TooLong } else { Line::Read });
        }
    }
}

/// Whether a line holds nothing.
pub fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_long_ones_skipped() {
        // A small buffer, so that lines span several reads.
        let text = b"one\r\n\nfour four four\nlast".as_slice();
        let mut input = io::BufReader::with_capacity(4, text);
        let mut line = Vec::new();
        let mut told = Vec::new();
        loop {
            match next(&mut input, &mut line, 9).unwrap() {
                Line::Read => told.push(String::from_utf8_lossy(&line).into_owned()),
                Line::TooLong => told.push("too long".to_owned()),
                Line::End => break,
            }
        }
        assert_eq!(told, ["one", "", "too long", "last"]);
        assert!(is_blank(b" \t") && !is_blank(b" {"));
    }
}
