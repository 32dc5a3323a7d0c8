//! Parts of a declaration that are missing, too many, or written as two things at once: a group without
//! the name of its key, a grid with too many keys, a table without rows, `if` in another language.

use super::forms::RESERVED;
use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[
    other_language,
    group_key,
    grid_keys,
    compared_range,
    second_default,
    bare_exception,
    no_content,
];

/// `if`, `then` and `else` of other languages.
const CHOICES: [[&str; 3]; 9] = [
    ["wenn", "dann", "sonst"],
    ["falls", "dann", "sonst"],
    ["als", "dan", "anders"],
    ["si", "alors", "sinon"],
    ["si", "entonces", "sino"],
    ["se", "allora", "altrimenti"],
    ["se", "então", "senão"],
    ["se", "entao", "senao"],
    ["jeśli", "to", "inaczej"],
];

/// `wenn n > 3 dann 1 sonst 2`: all three words, so that no name is taken for one.
fn other_language(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, words) = (scene.from..scene.here).rev().find_map(|at| {
        let choice = CHOICES.iter().find(|words| {
            scene.word(at).eq_ignore_ascii_case(words[0])
                && scene.word(scene.find_flat(at + 1, &words[1..2])) == words[1]
        })?;
        Some((at, choice))
    })?;
    let then = scene.find_flat(first + 1, &words[1..2]);
    let other = scene.find_flat(then + 1, &words[2..3]);
    let (start, end) = (scene.token(first)?.start, scene.token(first)?.end);
    let proposal = Proposal::new(
        "A0172",
        start,
        end,
        format!(
            "{} is no word of the language",
            code(scene.slice(start, end))
        ),
    )
    .because("the words of rules are English; names may be words of any language")
    .instead("write `if … then … else …`")
    .sure();
    let (then, Some(other)) = (scene.token(then)?, scene.token(other)) else {
        return Some(proposal);
    };
    let text = format!(
        "if{}then{}else",
        scene.slice(end, then.start),
        scene.slice(then.end, other.start)
    );
    Some(proposal.certain("write `if … then … else …`", start, other.end, &text))
}

/// `group x in xs by x.a`
fn group_key(scene: &Scene<'_>) -> Option<Proposal> {
    let by = scene.find_back(scene.here, &["by", "then", "let", "give"])?;
    let group = scene.find_back(by, &["group", "let", "give"])?;
    let key = scene.token(by + 1)?;
    if scene.word(group) != "group"
        || !matches!(scene.word(by), "by" | "then")
        || key.sort != Sort::Word
        || scene.word(by + 2) == ":"
    {
        return None;
    }
    let mut last = by + 1;
    while scene.word(last + 1) == "." {
        last += 2;
    }
    let name = scene.word(last);
    let written = scene.slice(key.start, scene.token(last)?.end);
    let proposal = Proposal::new(
        "A0170",
        key.start,
        scene.token(last)?.end,
        "this key of the group has no name",
    )
    .because("each group is a record, and its keys are fields of it");
    if RESERVED.contains(&name) || scene.word(last + 1) == "(" {
        return Some(proposal.instead("write `name: …` before it").sure());
    }
    let named = format!("{name}: ");
    Some(
        proposal
            .instead(format!("write `{named}{written}`"))
            .certain(&format!("name it `{name}`"), key.start, key.start, &named)
            .sure(),
    )
}

/// More than two keys before the corner of a grid.
fn grid_keys(scene: &Scene<'_>) -> Option<Proposal> {
    if scene.word(scene.here) != "\\" || !scene.is_row(scene.at) {
        return None;
    }
    let corner = scene.token(scene.here)?;
    let (line, _) = scene.line(corner.start);
    let head = scene.tokens.partition_point(|token| token.start < line);
    let bars = (head..scene.here).filter(|at| scene.word(*at) == "|");
    let named = usize::from(scene.word(head + 1) == "#");
    let keys = bars.count().saturating_sub(1 + named);
    (keys > 2).then(|| {
        Proposal::new(
            "A0176",
            corner.start,
            corner.end,
            format!("before the corner of this grid stand {keys} columns, and at most two may"),
        )
        .because("the keys of a row are to be seen at a glance, beside those of the columns")
        .instead("write a table, with a row for each case and `||` before the output")
        .sure()
    })
}

/// `< 3 to 5`
fn compared_range(scene: &Scene<'_>) -> Option<Proposal> {
    let to = scene.token(scene.here)?;
    if scene.word(scene.here) != "to" || !scene.is_cell(to.start) {
        return None;
    }
    let sign = scene.find_back(scene.here, &["<", "<=", ">", ">=", "|", "||", ","])?;
    let token = scene.token(sign)?;
    if matches!(scene.word(sign), "|" | "||" | ",") || sign + 1 == scene.here {
        return None;
    }
    let bar = scene.find_flat(scene.here, &["|", "||", ","]);
    let end = scene.end_before(bar);
    let range = scene.slice(scene.start(sign + 1), end);
    Some(
        Proposal::new(
            "A0177",
            token.start,
            end,
            format!(
                "{} is a comparison and a range at once",
                code(scene.slice(token.start, end))
            ),
        )
        .because("a comparison has one border, a range has two, and both belong to it")
        .instead(format!(
            "write `{range}`; where the upper end does not belong to it, `to below`"
        ))
        .choice(&format!("write `{range}`"), token.start, end, range)
        .sure(),
    )
}

/// A second `default` of a rule.
fn second_default(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let begins =
        |at: usize| scene.word(at) == "default" && scene.token(at).is_some_and(|token| token.first);
    if scene.first_word() != "rule" || !begins(scene.here) || !(0..scene.here).any(begins) {
        return None;
    }
    Some(
        Proposal::new(
            "A0101",
            token.start,
            token.end,
            "this rule has two values that hold by default",
        )
        .because("where no exception applies, one value holds")
        .instead("keep one `default`; what holds in some cases is an `exception` with `when`")
        .sure(),
    )
}

/// An exception whose value follows its name on a line of its own, without `when` and `then`.
fn bare_exception(scene: &Scene<'_>) -> Option<Proposal> {
    let value = scene.token(scene.here)?;
    let name = scene.token(scene.here.checked_sub(1)?)?;
    let begins = matches!(value.sort, Sort::Number | Sort::Text);
    if !value.first || !begins || scene.before(scene.here, 2) != "exception" {
        return None;
    }
    let written = scene.slice(name.start, name.end);
    Some(
        Proposal::new(
            "A0102",
            name.start,
            name.end,
            format!("the exception `{written}` does not say when it applies"),
        )
        .because("an exception holds where its condition does; its value stands behind `then`")
        .instead("write `when` and the condition below it, and `then` before the value")
        .sure(),
    )
}

/// A declaration that ends with its head, or a table with its header.
fn no_content(scene: &Scene<'_>) -> Option<Proposal> {
    let end = scene.text.trim_end().len();
    if scene.at < end || scene.token(scene.here).is_some() {
        return None;
    }
    let first = scene.tokens.iter().position(|token| token.first)?;
    let (start, name) = (scene.token(first + 1)?, scene.word(first + 1));
    let lines = (first + 1..scene.tokens.len())
        .filter(|at| scene.token(*at).is_some_and(|token| token.first));
    let below: Vec<&str> = lines.map(|at| scene.word(at)).collect();
    let (claim, step) = match (scene.first_word(), below.as_slice()) {
        ("record" | "data", []) if scene.tokens.len() == first + 2 => (
            format!("`{name}` has no fields"),
            "write a line for each below it, indented: `name : type`",
        ),
        ("table", []) if scene.word(scene.here.saturating_sub(2)) == "gives" => (
            format!("the table `{name}` has no rows"),
            "write a header and its rows below, indented: `| input || output |`",
        ),
        ("table", [.., "|"]) if below.iter().filter(|word| **word == "|").count() == 1 => (
            format!("the table `{name}` has a header and no row"),
            "write a row below the header for each case",
        ),
        _ => return None,
    };
    Some(
        Proposal::new("A0101", start.start, start.end, claim)
            .because("the declaration ends before it is complete")
            .instead(step)
            .sure(),
    )
}
