//! JSON as text: without blanks to compare it, with line ends to read it. Numbers stay as written.

/// Widest line of a JSON block.
const MAX_COLUMNS: usize = 96;

/// The text without blanks outside of texts.
pub fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    let mut escaped = false;
    for character in text.chars() {
        if inside {
            inside = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if character.is_ascii_whitespace() {
            continue;
        } else {
            inside = character == '"';
        }
        out.push(character);
    }
    out
}

/// The text on as many lines as it needs to be read, with a line end.
pub fn pretty(text: &str) -> String {
    let text = compact(text);
    let mut out = String::new();
    let mut rest = text.as_str();
    value(&mut rest, 0, 0, &mut out);
    out.push('\n');
    out
}

/// Writes one value, and takes it off the text. `used` columns of its line are taken.
fn value(rest: &mut &str, depth: usize, used: usize, out: &mut String) {
    let length = length(rest);
    let Some((text, behind)) = rest.split_at_checked(length) else {
        return;
    };
    let inner = text
        .strip_prefix(['{', '['])
        .and_then(|text| text.strip_suffix(['}', ']']));
    let Some(mut inner) = inner.filter(|inner| !inner.is_empty()) else {
        out.push_str(text);
        *rest = behind;
        return;
    };
    let line = spaced(text);
    if used + line.chars().count() < MAX_COLUMNS {
        out.push_str(&line);
        *rest = behind;
        return;
    }
    let opening = if text.starts_with('{') { '{' } else { '[' };
    out.push(opening);
    loop {
        let indent = 2 * (depth + 1);
        out.push('\n');
        out.push_str(&" ".repeat(indent));
        let mut taken = indent;
        if opening == '{' {
            let (name, value) = inner
                .split_at_checked(self::length(inner))
                .unwrap_or((inner, ""));
            out.push_str(name);
            out.push_str(": ");
            taken += name.chars().count() + 2;
            inner = value.strip_prefix(':').unwrap_or(value);
        }
        value(&mut inner, depth + 1, taken, out);
        let Some(next) = inner.strip_prefix(',') else {
            break;
        };
        out.push(',');
        inner = next;
    }
    out.push('\n');
    out.push_str(&" ".repeat(2 * depth));
    out.push(if opening == '{' { '}' } else { ']' });
    *rest = behind;
}

/// Bytes of the value that the text begins with.
fn length(text: &str) -> usize {
    let (mut depth, mut inside, mut escaped) = (0_usize, false, false);
    for (at, character) in text.char_indices() {
        if inside {
            inside = escaped || character != '"';
            escaped = !escaped && character == '\\';
            if !inside && depth == 0 {
                return at + 1;
            }
            continue;
        }
        match character {
            '"' => inside = true,
            '{' | '[' => depth += 1,
            '}' | ']' if depth == 1 => return at + 1,
            '}' | ']' if depth == 0 => return at,
            '}' | ']' => depth -= 1,
            ',' | ':' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// The text on one line, with a blank behind each comma and colon.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut inside, mut escaped) = (false, false);
    for character in text.chars() {
        out.push(character);
        if inside {
            inside = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if character == '"' {
            inside = true;
        } else if character == ',' || character == ':' {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_inside_of_texts_stay() {
        assert_eq!(
            compact("{ \"a \\\" b\" : [ 1.50, 2 ] }\n"),
            r#"{"a \" b":[1.50,2]}"#
        );
    }

    #[test]
    fn what_fits_stays_on_one_line() {
        assert_eq!(
            pretty(r#"{"a":[1,{"b":"x, y"}]}"#),
            "{\"a\": [1, {\"b\": \"x, y\"}]}\n"
        );
        assert_eq!(pretty("{}"), "{}\n");
    }

    #[test]
    fn pretty_text_says_the_same() {
        let long = "x".repeat(60);
        let text =
            format!(r#"{{"a":"{long}","b":[{{"c":"{long}"}},{{"d":null}}],"e":["{long}"]}}"#);
        let shown = pretty(&text);
        assert_eq!(compact(&shown), text);
        assert!(shown.lines().count() > 4, "{shown}");
        assert!(
            shown
                .lines()
                .all(|line| line.chars().count() <= MAX_COLUMNS),
            "{shown}"
        );
    }
}
