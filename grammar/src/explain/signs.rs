//! Mistakes in signs: quotation marks, numbers, dates, operators and comments of other notations.

use super::proposal::Proposal;
use super::scene::{FOREIGN_QUOTES, Scene, Sort, Token};

pub(super) const CHECKS: &[super::Check] = &[
    quotes, open_text, comments, dates, grouped_or_comma, operators, assignment, semicolon, percent,
    currency, multiplication, minus, braces,
];

fn touching<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = (usize, Token)> + 's {
    let first = scene.here.saturating_sub(1);
    (first..=scene.here)
        .filter_map(|index| Some((index, scene.token(index)?)))
        .filter(|(_, token)| token.start <= scene.at && scene.at <= token.end)
}

fn quotes(scene: &Scene<'_>) -> Option<Proposal> {
    let (_, token) = touching(scene)
        .find(|(_, token)| matches!(token.sort, Sort::Quoted | Sort::OpenText))?;
    let shown = scene.slice(token.start, token.end);
    let length = match token.sort {
        Sort::OpenText => {
            let (at, mark) = shown
                .char_indices()
                .find(|(_, c)| matches!(c, '“' | '”' | '‟'))?;
            at + mark.len_utf8()
        }
        _ => shown.len(),
    };
    let end = token.start + length;
    let shown = scene.slice(token.start, end);
    let mark = shown.chars().find(|c| FOREIGN_QUOTES.contains(c))?;
    let inner = shown
        .trim_start_matches(|c| c == '"' || FOREIGN_QUOTES.contains(&c))
        .trim_end_matches(|c| c == '"' || FOREIGN_QUOTES.contains(&c));
    let proposal = Proposal::new("A0105", token.start, end, format!("`{mark}` does not enclose a text"))
        .because("a text stands between two straight quotation marks; mail and word processors put others in their place")
        .sure();
    let closed = shown.chars().count() > 1 && !inner.contains('"');
    Some(if closed {
        proposal
            .instead(format!("write `\"{inner}\"`"))
            .certain("use straight quotation marks", token.start, end, &format!("\"{inner}\""))
    } else {
        proposal.instead("put `\"` before and behind the text")
    })
}

fn open_text(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here + 1).find(|index| {
        scene.token(*index).is_some_and(|token| {
            token.sort == Sort::OpenText
                && scene.line(token.start).0 == scene.line(scene.at).0
        })
    })?;
    let token = scene.token(index)?;
    let hole = token.in_hole || scene.word(index).starts_with('}');
    if hole {
        let opening = (0..index)
            .rev()
            .filter_map(|index| scene.token(index))
            .find(|token| token.sort == Sort::Text && scene.slice(token.start, token.end).ends_with('{'))?;
        let at = opening.end - 1;
        return Some(
            Proposal::new("A0167", at, opening.end, "the `{` in this text has no `}` before the text ends")
                .because("in a text, `{` begins a value that is filled in")
                .instead("close the value with `}`, or write `{{` for the sign itself")
                .choice("write the sign itself", at, opening.end, "{{")
                .sure(),
        );
    }
    let written = scene.word(index).trim_end();
    // In a row the text most likely ends with its cell.
    let cell = scene.is_row(token.start).then(|| written.find('|')).flatten();
    let stop = cell
        .or_else(|| written.find(" //"))
        .or_else(|| written.find([')', ']', ',']))
        .unwrap_or(written.len());
    let text = written.get(..stop).unwrap_or_default().trim_end();
    let end = token.start + text.len();
    Some(
        Proposal::new("A0106", token.start, token.start + written.len(), "this text has no closing `\"` on its line")
            .because("a text ends on the line where it begins")
            .instead(format!("write `{text}\"`"))
            .choice("close the text", end, end, "\"")
            .sure(),
    )
}

fn comments(scene: &Scene<'_>) -> Option<Proposal> {
    let (start, line) = scene.line(scene.at.min(scene.text.len()));
    let inner = line.trim_start();
    let from = start + line.len() - inner.len();
    let (mark, behind) = ["/*", "#", "--", "'"].iter().find_map(|mark| {
        let on_line = inner.starts_with(mark).then_some(from);
        // Behind code only where the sign cannot be part of it.
        let later = || {
            let token = scene.token(scene.here)?;
            let at = match token.start {
                at if scene.slice(at, scene.text.len()).starts_with(mark) => at,
                at => at.checked_sub(1).filter(|at| scene.slice(*at, scene.text.len()).starts_with(mark))?,
            };
            (*mark != "'" && scene.line(at).0 == start).then_some(at)
        };
        Some((*mark, on_line.or_else(later)?))
    })?;
    if behind > scene.at {
        return None;
    }
    let line_end = start + line.len();
    let proposal = Proposal::new("A0165", behind, behind + mark.len(), format!("`{mark}` does not begin a comment"))
        .because("a comment begins with `//` and ends with its line")
        .instead("write `//`");
    let rest = scene.slice(behind + mark.len(), line_end).trim_end();
    if mark == "/*" {
        let inner = rest.strip_suffix("*/")?;
        return Some(proposal.certain("write `//`", behind, line_end, &format!("//{}", inner.trim_end())));
    }
    Some(proposal.certain("write `//`", behind, behind + mark.len(), "//"))
}

/// The run of digits and parting signs around the error.
fn run<'t>(scene: &Scene<'t>, parts: &[char]) -> Option<(usize, &'t str)> {
    let belongs = |c: char| c.is_ascii_digit() || parts.contains(&c);
    let before = scene.slice(0, scene.at);
    let start = before.trim_end_matches(belongs).len();
    let after = scene.slice(scene.at, scene.text.len());
    let length = after.len() - after.trim_start_matches(belongs).len();
    let whole = scene.slice(start, scene.at + length);
    let kept = whole.trim_end_matches(|c: char| !c.is_ascii_digit());
    let begins = before
        .get(..start)
        .is_none_or(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
    (begins && kept.starts_with(|c: char| c.is_ascii_digit())).then_some((start, kept))
}

fn dates(scene: &Scene<'_>) -> Option<Proposal> {
    let (start, written) = run(scene, &['.', '/', '-'])?;
    let parts: Vec<&str> = written.split(['.', '/', '-']).collect();
    let [a, b, c] = *parts.as_slice() else { return None };
    if [a, b, c].iter().any(|part| part.is_empty() || part.len() > 4) {
        return None;
    }
    let number = |part: &str| part.parse::<u32>().ok();
    let (first, second, third) = (number(a)?, number(b)?, number(c)?);
    let end = start + written.len();
    // Readings as (year, month, day), the likelier first.
    let mut readings: Vec<(u32, u32, u32)> = Vec::new();
    let mut short_year = false;
    if a.len() == 4 {
        readings.push((first, second, third));
    } else {
        short_year = c.len() <= 2;
        let year = if short_year { 2000 + third } else { third };
        readings.push((year, second, first));
        if written.contains('/') && first != second {
            readings.push((year, first, second));
        }
    }
    readings.retain(|(year, month, day)| {
        (1..=12).contains(month) && (1..=31).contains(day) && *year > 0
    });
    let shown = |(year, month, day): (u32, u32, u32)| format!("{year:04}-{month:02}-{day:02}");
    let certain = readings.len() == 1 && !short_year;
    let mut proposal = Proposal::new("A0111", start, end, format!("`{written}` is not the form of a date"))
        .because("a date is written year-month-day, with four, two and two digits");
    if readings.len() > 1 {
        proposal = proposal.because("it can be read with the day first or with the month first");
    }
    for reading in &readings {
        let text = shown(*reading);
        proposal = proposal.fix(&format!("write `{text}`"), start, end, &text, certain);
    }
    let choices: Vec<String> = readings.iter().map(|reading| format!("`{}`", shown(*reading))).collect();
    if choices.is_empty() {
        return None;
    }
    Some(proposal.instead(format!("write {}", choices.join(" or "))).sure())
}

fn grouped_or_comma(scene: &Scene<'_>) -> Option<Proposal> {
    if let Some((start, written)) = run(scene, &[',', '.', '\'', '’'])
        && let Some(proposal) = number_form(start, written)
    {
        return Some(proposal);
    }
    // `1 000 000`: groups of three parted by a blank.
    let previous = scene.here.checked_sub(1)?;
    let first = scene.token(previous).filter(|token| token.sort == Sort::Number)?;
    let lead = scene.word(previous);
    if lead.len() > 3 || lead.contains('.') {
        return None;
    }
    let mut text = lead.to_owned();
    let mut end = first.end;
    let mut index = scene.here;
    while let Some(token) = scene.token(index).filter(|token| token.sort == Sort::Number) {
        let word = scene.word(index);
        let whole = word.split('.').next().unwrap_or_default();
        if whole.len() != 3 || scene.slice(end, token.start) != " " {
            break;
        }
        text.push('_');
        text.push_str(word);
        end = token.end;
        index += 1;
    }
    (end > first.end).then(|| {
        let written = scene.slice(first.start, end);
        Proposal::new("A0150", first.start, end, format!("`{written}` is read as several numbers"))
            .because("groups of digits are parted by `_` alone")
            .instead(format!("write `{text}`"))
            .choice(&format!("write `{text}`"), first.start, end, &text)
    })
}

/// Numbers with a decimal comma or with marks between groups of three digits.
fn number_form(start: usize, written: &str) -> Option<Proposal> {
    let end = start + written.len();
    let marks: Vec<char> = written.chars().filter(|c| !c.is_ascii_digit()).collect();
    let parts: Vec<&str> = written.split(|c: char| !c.is_ascii_digit()).collect();
    let (whole, rest) = parts.split_first()?;
    if parts.iter().any(|part| part.is_empty()) || marks.is_empty() {
        return None;
    }
    let grouped = |parts: &[&str]| {
        !whole.is_empty() && whole.len() <= 3 && *whole != "0" && parts.iter().all(|part| part.len() == 3)
    };
    let group = |text: &str, certain: bool| {
        let title = format!("write `{text}`");
        Proposal::new("A0150", start, end, format!("`{written}` is not the form of a number"))
            .because("groups of digits are parted by `_`, and the decimal point is `.`")
            .fix(&title, start, end, text, certain)
            .sure()
    };
    let last = *marks.last()?;
    let same = marks.iter().all(|mark| *mark == last);
    let inner_same = marks.split_last().is_some_and(|(_, inner)| {
        inner.first().is_some_and(|first| inner.iter().all(|mark| mark == first))
    });
    if same && last == ',' && marks.len() == 1 {
        let point = parts.join(".");
        if grouped(rest) {
            let thousands = parts.join("_");
            return Some(
                group(&thousands, false)
                    .because("it can mean a whole number or a decimal fraction")
                    .instead(format!("write `{thousands}` or `{point}`"))
                    .choice(&format!("write `{point}`"), start, end, &point),
            );
        }
        return Some(
            Proposal::new("A0104", start, end, format!("`{written}` has a comma for a decimal point"))
                .because("the decimal point is `.`; a comma parts values from each other")
                .instead(format!("write `{point}`"))
                .certain(&format!("write `{point}`"), start, end, &point)
                .sure(),
        );
    }
    if same && last != '.' && grouped(rest) || same && last == '.' && marks.len() > 1 && grouped(rest) {
        let text = parts.join("_");
        return Some(group(&text, true).instead(format!("write `{text}`")));
    }
    let (fraction, groups) = rest.split_last()?;
    if !same && inner_same && matches!(last, '.' | ',') && grouped(groups) {
        let text = format!("{whole}_{}.{fraction}", groups.join("_"));
        return Some(group(&text, true).instead(format!("write `{text}`")));
    }
    None
}

/// Operators of other languages, the longer first, and what they are here.
const OPERATORS: &[(&str, &str, &str)] = &[
    ("===", "=", "equality is `=`"),
    ("!==", "!=", "the opposite of `=` is `!=`"),
    ("==", "=", "equality is `=`"),
    ("=!", "!=", "the opposite of `=` is `!=`"),
    ("<>", "!=", "the opposite of `=` is `!=`"),
    ("=>", ">=", "`>=` is greater or equal"),
    ("=<", "<=", "`<=` is less or equal"),
    ("≥", ">=", "`>=` is greater or equal"),
    ("≤", "<=", "`<=` is less or equal"),
    ("≠", "!=", "the opposite of `=` is `!=`"),
    ("&&", "and", "two conditions that must both hold are joined by `and`"),
    ("||", "or", "two conditions of which one must hold are joined by `or`"),
    ("&", "and", "two conditions that must both hold are joined by `and`"),
    ("!", "not ", "the opposite of a condition is `not`"),
];

fn operators(scene: &Scene<'_>) -> Option<Proposal> {
    let (line_start, line) = scene.line(scene.at);
    let in_row = line.trim_start().starts_with('|');
    OPERATORS.iter().find_map(|(sign, ours, why)| {
        if in_row && *sign == "||" {
            return None;
        }
        let (at, _) = line.match_indices(sign).find(|(at, _)| {
            let at = line_start + at;
            at <= scene.at && scene.at <= at + sign.len()
        })?;
        let start = line_start + at;
        let end = start + sign.len();
        if sign.is_ascii() && *sign == "!" && scene.slice(end, scene.text.len()).starts_with('=') {
            return None;
        }
        // Not inside a text or a comment.
        let inside = |token: &Token| {
            matches!(token.sort, Sort::Text | Sort::OpenText | Sort::Quoted)
                && token.start < end
                && start < token.end
        };
        let covered = scene
            .tokens
            .iter()
            .any(|token| token.sort == Sort::Mark && token.start <= start && start < token.end);
        if scene.tokens.iter().any(inside) || !covered {
            return None;
        }
        let spaced = |at: Option<char>| at.is_none_or(char::is_whitespace);
        let word = ours.starts_with(char::is_alphabetic);
        let left = word && !spaced(scene.slice(0, start).chars().next_back()) && *sign != "!";
        let right = word && !ours.ends_with(' ') && !spaced(scene.slice(end, scene.text.len()).chars().next());
        let text = format!("{}{ours}{}", if left { " " } else { "" }, if right { " " } else { "" });
        let shown = ours.trim();
        let mut claim = format!("`{sign}` is not an operator");
        if *sign == "||" {
            claim = "`||` parts the columns of a table and joins no conditions".to_owned();
        }
        Some(
            Proposal::new("A0113", start, end, claim)
                .because(*why)
                .instead(format!("write `{shown}`"))
                .certain(&format!("write `{shown}`"), start, end, &text)
                .sure(),
        )
    })
}

fn assignment(scene: &Scene<'_>) -> Option<Proposal> {
    let line = scene.line(scene.at);
    let (at, _) = line.1.match_indices(":=").find(|(at, _)| {
        let at = line.0 + at;
        at <= scene.at && scene.at <= at + 2
    })?;
    let start = line.0 + at;
    Some(
        Proposal::new("A0133", start, start + 2, "`:=` gives no value a name")
            .because("a name is given with `=`, once; there is no assignment")
            .instead("write `=`")
            .certain("write `=`", start, start + 2, "=")
            .sure(),
    )
}

fn semicolon(scene: &Scene<'_>) -> Option<Proposal> {
    if scene.word(scene.here) != ";" {
        return None;
    }
    let token = scene.token(scene.here)?;
    let proposal = Proposal::new("A0134", token.start, token.end, "`;` has no meaning here")
        .because("nothing is ended by a sign; lists and arguments are parted by `,`")
        .sure();
    let in_brackets = !scene.open_brackets(scene.here).is_empty();
    Some(if in_brackets {
        proposal
            .instead("write `,`")
            .choice("write `,`", token.start, token.end, ",")
            .choice("remove it", token.start, token.end, "")
    } else {
        proposal
            .instead("leave it out")
            .certain("remove `;`", token.start, token.end, "")
    })
}

fn percent(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here).find(|index| scene.word(*index) == "%")?;
    let sign = scene.token(index)?;
    let number = index.checked_sub(1).and_then(|index| scene.token(index));
    if let Some(number) = number.filter(|number| number.sort == Sort::Number && number.end < sign.start) {
        let written = scene.slice(number.start, number.end);
        return Some(
            Proposal::new("A0151", number.start, sign.end, format!("between `{written}` and `%` stands a blank"))
                .because("the sign belongs to its number")
                .instead(format!("write `{written}%`"))
                .certain("remove the blank", number.end, sign.start, ""),
        );
    }
    let number = scene.token(index + 1).filter(|number| number.sort == Sort::Number)?;
    let written = scene.slice(number.start, number.end);
    Some(
        Proposal::new("A0151", sign.start, number.end, format!("`%` stands before `{written}`"))
            .because("the sign stands behind its number")
            .instead(format!("write `{written}%`"))
            .certain(&format!("write `{written}%`"), sign.start, number.end, &format!("{written}%")),
    )
}

const CURRENCIES: &[(&str, &str)] = &[
    ("€", "EUR"), ("$", "USD"), ("£", "GBP"), ("¥", "JPY"), ("₣", "CHF"), ("₺", "TRY"), ("₹", "INR"),
    ("zł", "PLN"),
];

fn currency(scene: &Scene<'_>) -> Option<Proposal> {
    (scene.here.saturating_sub(1)..=scene.here).find_map(|index| {
        let sign = scene.token(index)?;
        let (shown, name) = CURRENCIES.iter().find(|(shown, _)| *shown == scene.word(index))?;
        let number = |index: usize| scene.token(index).filter(|token| token.sort == Sort::Number);
        let before = index.checked_sub(1).and_then(number);
        let number = before.or_else(|| number(index + 1))?;
        let written = scene.slice(number.start, number.end);
        let (start, end) = (sign.start.min(number.start), sign.end.max(number.end));
        let text = format!("{written} {name}");
        Some(
            Proposal::new("A0152", start, end, format!("`{shown}` is not a currency"))
                .because("a currency is a name that the rules declare, and stands behind its number")
                .instead(format!("write `{text}`, if `{name}` is the name that is declared"))
                .choice(&format!("write `{text}`"), start, end, &text)
                .sure(),
        )
    })
}

fn multiplication(scene: &Scene<'_>) -> Option<Proposal> {
    let propose = |token: Token, ours: &str, certain: bool| {
        let shown = scene.slice(token.start, token.end);
        let name = if ours == "*" { "multiplication" } else { "division" };
        let spaced = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let left = if spaced(scene.slice(0, token.start).chars().next_back()) { "" } else { " " };
        let right = if spaced(scene.slice(token.end, scene.text.len()).chars().next()) { "" } else { " " };
        Proposal::new("A0153", token.start, token.end, format!("`{shown}` is not the sign of {name}"))
            .because(format!("{name} is written `{ours}`"))
            .instead(format!("write `{ours}`"))
            .fix(&format!("write `{ours}`"), token.start, token.end, &format!("{left}{ours}{right}"), certain)
    };
    let here = scene.token(scene.here)?;
    match scene.word(scene.here) {
        "×" | "·" | "⋅" | "∙" | "∗" => return Some(propose(here, "*", true).sure()),
        "÷" | "∕" | "⁄" => return Some(propose(here, "/", true).sure()),
        "x" | "X" => return Some(propose(here, "*", false)),
        _ => {}
    }
    let previous = scene.here.checked_sub(1)?;
    matches!(scene.word(previous), "x" | "X").then(|| scene.token(previous).map(|token| propose(token, "*", false)))?
}

fn minus(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let shown = scene.word(scene.here);
    matches!(shown, "–" | "—" | "−" | "‐" | "‑" | "‒").then(|| {
        Proposal::new("A0154", token.start, token.end, format!("`{shown}` is not a minus"))
            .because("it is a dash or a typographic minus, as word processors put it")
            .instead("write `-`")
            .certain("write `-`", token.start, token.end, "-")
            .sure()
    })
}

fn braces(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let shown = scene.word(scene.here);
    (matches!(shown, "{" | "}") && !token.in_hole && token.sort == Sort::Mark).then(|| {
        Proposal::new("A0166", token.start, token.end, format!("`{shown}` encloses nothing here"))
            .because("what belongs to a declaration is indented; a record is written `Name(field: value)`")
            .instead("leave the braces out")
            .sure()
    })
}
