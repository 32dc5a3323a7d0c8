//! JSON laid out for people: what fits on a line stays on it. Numbers and names are not touched.

use assize_eval::json::{Json, parse, write_text};

/// Columns that a list or object may take to stay on one line.
const LINE_COLUMNS: usize = 96;
/// Columns of one level.
const INDENT: &str = "  ";

/// The same JSON on several lines; what is too deep or too long to be read again stays as it is.
pub fn pretty(text: &str) -> String {
    let Ok(document) = parse(text.as_bytes(), "") else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(text.len() * 2);
    write(&document.value, 0, 0, true, &mut out);
    out
}

fn write(value: &Json<'_>, depth: usize, used: usize, opened: bool, out: &mut String) {
    let (open, close, count) = match value {
        Json::List(items) => ('[', ']', items.len()),
        Json::Object(members) => ('{', '}', members.len()),
        scalar => return flat(scalar, out),
    };
    let mut line = String::new();
    flat(value, &mut line);
    let room = LINE_COLUMNS.saturating_sub(depth * INDENT.len() + used);
    // The outermost object is always opened: the answer begins on a line of its own.
    if count == 0 || (line.chars().count() <= room && !opened) {
        out.push_str(&line);
        return;
    }
    out.push(open);
    let indent = INDENT.repeat(depth + 1);
    let begin = |index: usize, out: &mut String| {
        out.push_str(if index > 0 { ",\n" } else { "\n" });
        out.push_str(&indent);
    };
    match value {
        Json::List(items) => {
            for (index, item) in items.iter().enumerate() {
                begin(index, out);
                write(item, depth + 1, 1, false, out);
            }
        }
        Json::Object(members) => {
            for (index, (name, member)) in members.iter().enumerate() {
                begin(index, out);
                write_text(name, out);
                out.push_str(": ");
                write(member, depth + 1, name.chars().count() + 5, false, out);
            }
        }
        _ => {}
    }
    out.push('\n');
    out.push_str(&INDENT.repeat(depth));
    out.push(close);
}

/// On one line, with a blank after `,` and `:`.
fn flat(value: &Json<'_>, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(text) => out.push_str(text),
        Json::Text(text) => write_text(text, out),
        Json::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                flat(item, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_text(name, out);
                out.push_str(": ");
                flat(member, out);
            }
            out.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_things_stay_on_a_line() {
        let text = r#"{"output":{"credit":"clear","net":1.50,"ships":["2026-12-05",null],"long":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"],"none":[]}}"#;
        let wanted = r#"{
  "output": {
    "credit": "clear",
    "net": 1.50,
    "ships": ["2026-12-05", null],
    "long": [
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
    ],
    "none": []
  }
}"#;
        assert_eq!(pretty(text), wanted);
        assert_eq!(pretty("no json"), "no json");
    }
}
