//! Mistakes in signs: operators of other languages and of word processors, semicolons, braces.

use super::proposal::Proposal;
use super::scene::{Scene, Sort, Token};

pub(super) const CHECKS: &[super::Check] = &[
    operators,
    assignment,
    second_value,
    semicolon,
    multiplication,
    minus,
    braces,
];

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
    (
        "&&",
        "and",
        "two conditions that must both hold are joined by `and`",
    ),
    (
        "||",
        "or",
        "two conditions of which one must hold are joined by `or`",
    ),
    (
        "&",
        "and",
        "two conditions that must both hold are joined by `and`",
    ),
    ("!", "not ", "the opposite of a condition is `not`"),
];

fn operators(scene: &Scene<'_>) -> Option<Proposal> {
    let (line_start, line) = scene.line(scene.at);
    let in_row = scene.is_row(scene.at);
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
        let text = |index: Option<usize>| {
            index
                .and_then(|index| scene.token(index))
                .is_some_and(|token| matches!(token.sort, Sort::Text | Sort::Quoted))
        };
        let index = scene.tokens.partition_point(|token| token.end <= start);
        if let Some(found) = compared_with_nothing(scene, (sign, ours), start, end) {
            return Some(found);
        }
        if *sign == "&" && (text(index.checked_sub(1)) || text(Some(index + 1))) {
            return Some(
                Proposal::new("A0113", start, end, "`&` joins no texts")
                    .because("a text is put together by what it fills in")
                    .instead("write one text with holes, such as `\"{first} {second}\"`")
                    .sure(),
            );
        }
        let spaced = |at: Option<char>| at.is_none_or(char::is_whitespace);
        let word = ours.starts_with(char::is_alphabetic);
        let left = word && !spaced(scene.slice(0, start).chars().next_back()) && *sign != "!";
        let right = word
            && !ours.ends_with(' ')
            && !spaced(scene.slice(end, scene.text.len()).chars().next());
        let text = format!(
            "{}{ours}{}",
            if left { " " } else { "" },
            if right { " " } else { "" }
        );
        // In a cell the opposite of a value is `not`.
        let cell = scene.is_cell(start) && *ours == "!=";
        let (ours, text, why) = if cell {
            let parted = scene.slice(end, scene.text.len()).starts_with([' ', '\t']);
            let text = if parted { "not" } else { "not " }.to_owned();
            (
                &"not",
                text,
                &"a cell that must not be a value is `not VALUE`",
            )
        } else {
            (ours, text, why)
        };
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

/// `a == null`: both words are those of other languages, and one fix writes what is meant.
fn compared_with_nothing(
    scene: &Scene<'_>,
    (sign, ours): (&str, &str),
    start: usize,
    sign_end: usize,
) -> Option<Proposal> {
    let next = scene.tokens.partition_point(|token| token.start < sign_end);
    let word = scene.word(next);
    if !matches!(ours, "=" | "!=") || !super::whole::NULLS.contains(&word) || scene.is_cell(start) {
        return None;
    }
    let end = scene.token(next)?.end;
    let asked = if ours == "=" {
        "is missing"
    } else {
        "is not missing"
    };
    let claim = format!("`{sign}` is not an operator, and `{word}` is a word of other languages");
    Some(
        Proposal::new("A0113", start, end, claim)
            .because(format!(
                "a value that is not there is `missing`, and whether one is there asks `{asked}`"
            ))
            .written(start, end, asked)
            .sure(),
    )
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

/// `b = b + 1` on a line of its own, `a += 1`.
fn second_value(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    let sign = scene.before(here, 1);
    if scene.word(here) == "=" && matches!(sign, "+" | "-" | "*" | "/") {
        let start = scene.start(here - 1);
        return (scene.end_before(here) == token.start).then(|| {
            Proposal::new("A0133", start, token.end, format!("`{sign}=` gives no value a name"))
                .because("a name keeps its value; what grows from element to element is said with `carry` and `next`")
                .instead("write `let` and a name of its own for the new value")
                .sure()
        });
    }
    let lead = scene.find_back(here, &["let", "give", "carry", "next", "finally"])?;
    let open = scene.word(lead) != "give" && scene.word(lead) != "finally";
    if !open || !token.first || token.sort != Sort::Word || scene.word(here + 1) != "=" {
        return None;
    }
    let name = scene.word(here);
    let known = (scene.from..here)
        .any(|index| matches!(scene.word(index), "let" | "carry") && scene.word(index + 1) == name);
    let proposal = Proposal::new(
        "A0133",
        token.start,
        scene.token(here + 1)?.end,
        format!("before `{name} =` stands no `let`"),
    );
    Some(if known {
        proposal
            .because(format!(
                "`{name}` has its value already, and keeps it; there is no assignment"
            ))
            .instead("write `let` and a name of its own for the new value")
            .sure()
    } else {
        proposal
            .because("a value is given a name with `let`")
            .instead(format!("write `let {name} =`"))
            .certain("insert `let`", token.start, token.start, "let ")
    })
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

fn multiplication(scene: &Scene<'_>) -> Option<Proposal> {
    let propose = |token: Token, ours: &str, certain: bool| {
        let shown = scene.slice(token.start, token.end);
        let name = if ours == "*" {
            "multiplication"
        } else {
            "division"
        };
        let spaced = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let left = if spaced(scene.slice(0, token.start).chars().next_back()) {
            ""
        } else {
            " "
        };
        let right = if spaced(scene.slice(token.end, scene.text.len()).chars().next()) {
            ""
        } else {
            " "
        };
        Proposal::new(
            "A0153",
            token.start,
            token.end,
            format!("`{shown}` is not the sign of {name}"),
        )
        .because(format!("{name} is written `{ours}`"))
        .instead(format!("write `{ours}`"))
        .fix(
            &format!("write `{ours}`"),
            token.start,
            token.end,
            &format!("{left}{ours}{right}"),
            certain,
        )
    };
    let here = scene.token(scene.here)?;
    match scene.word(scene.here) {
        "×" | "·" | "⋅" | "∙" | "∗" => return Some(propose(here, "*", true).sure()),
        "÷" | "∕" | "⁄" => return Some(propose(here, "/", true).sure()),
        "x" | "X" => return Some(propose(here, "*", false)),
        _ => {}
    }
    let previous = scene.here.checked_sub(1)?;
    matches!(scene.word(previous), "x" | "X").then(|| {
        scene
            .token(previous)
            .map(|token| propose(token, "*", false))
    })?
}

fn minus(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let shown = scene.word(scene.here);
    matches!(shown, "–" | "—" | "−" | "‐" | "‑" | "‒").then(|| {
        Proposal::new(
            "A0154",
            token.start,
            token.end,
            format!("`{shown}` is not a minus"),
        )
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
        Proposal::new(
            "A0166",
            token.start,
            token.end,
            format!("`{shown}` encloses nothing here"),
        )
        .because(
            "what belongs to a declaration is indented; a record is written `Name(field: value)`",
        )
        .instead("leave the braces out")
        .sure()
    })
}
