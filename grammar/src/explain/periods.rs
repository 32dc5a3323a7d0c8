//! Periods in which an exception is valid, written in other words.

use super::general::code;
use super::proposal::Proposal;
use super::scene::Scene;

pub(super) const CHECKS: &[super::Check] = &[period];

/// A day at the start of a text, and the rest.
fn day(text: &str) -> Option<(&str, &str)> {
    let (day, rest) = text.split_at_checked(10)?;
    let form = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    form.then_some((day, rest))
}

fn period(scene: &Scene<'_>) -> Option<Proposal> {
    if !matches!(scene.first_word(), "rule" | "extend") {
        return None;
    }
    let below = scene.token(scene.here).is_none_or(|token| token.first);
    let here = scene.here + usize::from(!below);
    let valid = scene
        .find_back(here, &["valid", "when", "unless", "then", "exception"])
        .filter(|index| scene.word(*index) == "valid")?;
    let (from, line) = scene.line(scene.start(valid));
    let first = scene.end_before(valid + 1);
    let written = scene.slice(first, from + line.len());
    let written = written.split("//").next().unwrap_or(written).trim_end();
    let start = first + written.len() - written.trim_start().len();
    let (end, text) = (first + written.len(), written.trim());
    let proposal = |claim: String| {
        Proposal::new("A0192", start, end, claim).because(
            "a period is `valid from A`, `valid to B` or `valid A to B`, and both days belong to it",
        )
    };
    let lead = text.split(' ').next().unwrap_or_default();
    let rest = if day(text).is_some() {
        text
    } else {
        text.get(lead.len()..)?.trim_start()
    };
    let (one, behind) = day(rest)?;
    let behind = behind.trim();
    if behind.is_empty() {
        if lead == one {
            let (open, alone) = (format!("from {one}"), format!("{one} to {one}"));
            return Some(
                proposal(format!("{} does not say from or to when", code(text)))
                    .instead(format!(
                        "write `valid {open}`, or `valid {alone}` for that day alone"
                    ))
                    .choice(&format!("write `{open}`"), start, end, &open)
                    .choice(&format!("write `{alone}`"), start, end, &alone)
                    .sure(),
            );
        }
        let ours = match lead {
            "since" | "starting" | "as" => format!("from {one}"),
            "through" | "till" => format!("to {one}"),
            // Whether the day itself counts is what the words leave open.
            "after" => format!("from {one}"),
            "before" => format!("to {one}"),
            _ => return None,
        };
        let certain = !matches!(lead, "after" | "before");
        return Some(
            proposal(format!("`{lead}` does not begin a period"))
                .instead(format!("write `valid {ours}`"))
                .fix(&format!("write `{ours}`"), start, end, &ours, certain)
                .sure(),
        );
    }
    let sign = [
        "...", "..", "…", "–", "—", "-", ",", "/", "and ", "through ", "till ", "to ",
    ]
    .into_iter()
    .find(|sign| behind.starts_with(sign))?;
    let (two, after) = day(behind.get(sign.len()..)?.trim_start())?;
    // `from A to B` and `A to B` are told, or right.
    if !after.is_empty() || sign == "to " && lead != "between" {
        return None;
    }
    let ours = format!("{one} to {two}");
    Some(
        proposal(format!("{} is no period", code(text)))
            .instead(format!("write `valid {ours}`"))
            .certain(&format!("write `{ours}`"), start, end, &ours)
            .sure(),
    )
}
