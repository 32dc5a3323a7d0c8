//! Formulas of spreadsheets: `=IF(a > 1; 2; 3)`, a choice as a call, `;` between arguments.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[formula, choice_as_call];

/// The deepest nesting of formulas that is written anew.
const MAX_LEVELS: usize = 8;

/// `=IF(…)`, `=a + 1`: a sign that says that a formula follows.
fn formula(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    let begins = token.first
        || matches!(
            scene.before(here, 1),
            "=" | "then" | "else" | "give" | "|" | "||"
        );
    let value = scene
        .token(here + 1)
        .is_some_and(|next| next.sort != Sort::Mark || matches!(scene.word(here + 1), "(" | "-"));
    let body = matches!(
        scene.first_word(),
        "define" | "decision" | "example" | "table" | "test"
    );
    // Behind `|`, `=` begins a cell that compares, which is told as a cell.
    if scene.word(here) != "=" || !begins || !value || !body || scene.is_cell(token.start) {
        return None;
    }
    // `a =` and `= b` on two lines are one comparison, and `==` is another sign.
    if scene.value_before(here) && token.first && !scene.begins_body(here)
        || scene.before(here, 1) == "=" && scene.end_before(here) == token.start
    {
        return None;
    }
    let proposal = Proposal::new(
        "A0193",
        token.start,
        token.end,
        "`=` does not lead a formula",
    )
    .because("what is calculated is written by itself; `=` asks whether two values are equal");
    let next = scene.start(here + 1);
    if let Some(call) = call(scene, here + 1, 0)
        && (call.changed || scene.word(here + 1) == "IF")
    {
        return Some(rewritten(
            scene,
            proposal,
            (token.start, call.end),
            &call,
            here,
        ));
    }
    Some(
        proposal
            .instead("leave `=` out")
            .certain("remove `=`", token.start, next, "")
            .sure(),
    )
}

/// `IF(a > 1; 2; 3)`, `if(a > 1, 2, 3)`.
fn choice_as_call(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    if !matches!(scene.word(here), "," | ";") {
        return None;
    }
    let called = scene
        .open_brackets(here)
        .into_iter()
        .filter_map(|opening| opening.checked_sub(1))
        .find(|name| is_if(scene.word(*name)) && touches(scene, *name))?;
    let start = scene.start(called);
    let shown = scene.word(called);
    let proposal = Proposal::new(
        "A0193",
        start,
        scene.end_before(called + 2),
        format!("{} is not called like a function", code(shown)),
    )
    .because("a choice is written in words, and both cases have a value");
    let Some(call) = call(scene, called, 0) else {
        return Some(
            proposal
                .instead("write `if CONDITION then VALUE else VALUE`")
                .sure(),
        );
    };
    Some(rewritten(scene, proposal, (start, call.end), &call, called))
}

/// The formula, or the call, written as it is here.
fn rewritten(
    scene: &Scene<'_>,
    proposal: Proposal,
    (start, end): (usize, usize),
    call: &Call,
    index: usize,
) -> Proposal {
    if !call.whole {
        return proposal
            .instead("write `if CONDITION then VALUE else VALUE`")
            .sure();
    }
    let before = scene.before(index, 1);
    let alone = scene.token(index).is_some_and(|token| token.first)
        || matches!(
            before,
            "=" | "give" | "then" | "else" | "(" | "," | "|" | "||"
        );
    let after = scene.tokens.partition_point(|token| token.end <= end);
    let ends = scene.token(after).is_none_or(|token| token.first)
        || matches!(scene.word(after), ")" | "," | ";" | "|");
    let text = if alone && ends || !call.choice {
        call.text.clone()
    } else {
        format!("({})", call.text)
    };
    let step = format!("write {}", code(&text));
    proposal
        .instead(step.as_str())
        .fix(&step, start, end, &text, call.certain)
        .sure()
}

fn is_if(word: &str) -> bool {
    word.eq_ignore_ascii_case("if") || word.eq_ignore_ascii_case("iif")
}

fn touches(scene: &Scene<'_>, name: usize) -> bool {
    match (scene.token(name), scene.token(name + 1)) {
        (Some(name), Some(opening)) => name.end == opening.start,
        _ => false,
    }
}

/// A call in the notation of spreadsheets, and how it is written here.
struct Call {
    text: String,
    end: usize,
    choice: bool,
    /// It is written otherwise here.
    changed: bool,
    /// All of it could be written here.
    whole: bool,
    certain: bool,
}

/// The call that begins at a token.
fn call(scene: &Scene<'_>, name: usize, level: usize) -> Option<Call> {
    if level > MAX_LEVELS
        || scene.token(name)?.sort != Sort::Word
        || scene.word(name + 1) != "("
        || !touches(scene, name)
    {
        return None;
    }
    let opening = name + 1;
    let semicolon = scene.word(scene.find_flat(opening + 1, &[";"])) == ";";
    // Where `;` parts the arguments, a comma between digits is a decimal one.
    let sign = if semicolon { ";" } else { "," };
    let mut arguments: Vec<Argument> = Vec::new();
    let mut from = opening + 1;
    let closing = loop {
        let to = scene.find_flat(from, &[sign]);
        arguments.push(argument(scene, from, to, level, semicolon));
        if scene.word(to) == sign {
            from = to + 1;
            continue;
        }
        break to;
    };
    if scene.word(closing) != ")" {
        return None;
    }
    let end = scene.end_before(closing + 1);
    let filled = arguments.iter().all(|argument| !argument.text.is_empty());
    let certain = filled && arguments.iter().all(|argument| argument.certain);
    let word = scene.word(name);
    let upper = word.to_uppercase();
    let spelled = |joint: &str| {
        let items: Vec<&str> = arguments.iter().map(|item| item.text.as_str()).collect();
        format!("({})", items.join(joint))
    };
    let mut call = Call {
        text: String::new(),
        end,
        choice: false,
        changed: true,
        whole: filled,
        certain,
    };
    match (upper.as_str(), arguments.as_slice()) {
        ("IF" | "IIF", [condition, yes, no]) => {
            let yes = yes.inner();
            call.choice = true;
            call.text = format!(
                "if {} then {} else {}",
                condition.inner(),
                yes,
                no.text.as_str()
            );
        }
        ("IF" | "IIF", _) => {
            call.choice = true;
            call.whole = false;
        }
        ("AND", [_, _, ..]) if upper == word => call.text = spelled(" and "),
        ("OR", [_, _, ..]) if upper == word => call.text = spelled(" or "),
        ("NOT", [only]) if upper == word => call.text = format!("not ({})", only.text),
        _ => {
            let inner = spelled(", ");
            call.text = format!("{word}{inner}");
            call.changed = semicolon || arguments.iter().any(|argument| argument.changed);
        }
    }
    Some(call)
}

struct Argument {
    text: String,
    changed: bool,
    certain: bool,
    /// It begins with a choice, which reaches to the right as far as it can.
    choice: bool,
}

impl Argument {
    fn inner(&self) -> String {
        if self.choice {
            format!("({})", self.text)
        } else {
            self.text.clone()
        }
    }
}

/// The tokens between two places, with the calls in them written as they are here.
fn argument(
    scene: &Scene<'_>,
    from: usize,
    to: usize,
    level: usize,
    comma_is_point: bool,
) -> Argument {
    let mut out = Argument {
        text: String::new(),
        changed: false,
        certain: true,
        choice: false,
    };
    let mut at = scene.start(from);
    let stop = scene.end_before(to);
    let mut index = from;
    while index < to {
        let shown = scene.word(index);
        if let Some(inner) = call(scene, index, level + 1)
            && inner.changed
            && inner.whole
        {
            let start = scene.start(index);
            out.text.push_str(scene.slice(at, start));
            let next = scene.tokens.partition_point(|token| token.end <= inner.end);
            let alone = index == from && next >= to;
            if inner.choice && !alone {
                out.text.push_str(&format!("({})", inner.text));
            } else {
                out.choice |= inner.choice;
                out.text.push_str(&inner.text);
            }
            out.changed = true;
            out.certain &= inner.certain;
            at = inner.end;
            index = next;
            continue;
        }
        let next = index + 1;
        if shown == "<" && scene.word(next) == ">" && scene.end_before(next) == scene.start(next) {
            out.text.push_str(scene.slice(at, scene.start(index)));
            out.text.push_str("!=");
            out.changed = true;
            at = scene.end_before(next + 1);
            index += 2;
            continue;
        }
        if shown == "," && comma_is_point && between_digits(scene, index) {
            out.text.push_str(scene.slice(at, scene.start(index)));
            out.text.push('.');
            out.changed = true;
            at = scene.end_before(index + 1);
            index += 1;
            continue;
        }
        out.certain &= !matches!(shown, "," | ";" | "\\" | "&" | "^");
        index += 1;
    }
    if at < stop {
        out.text.push_str(scene.slice(at, stop));
    }
    out.text = out.text.trim().to_owned();
    out.certain &= !out.text.contains('\n') && !out.text.contains("//");
    out
}

/// `1,5`
fn between_digits(scene: &Scene<'_>, comma: usize) -> bool {
    let number = |index: usize| {
        scene
            .token(index)
            .filter(|token| token.sort == Sort::Number)
    };
    let (Some(before), Some(after)) = (comma.checked_sub(1).and_then(number), number(comma + 1))
    else {
        return false;
    };
    before.end == scene.start(comma) && after.start == scene.end_before(comma + 1)
}
