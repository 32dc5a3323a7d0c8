//! What other languages have and this one leaves out or says otherwise: choices, functions without a
//! name, powers, roundings, further parts of parameters, grids and packages.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[
    left_out_declarations,
    value_first,
    rounding,
    ternary,
    power,
    lambda,
    local_function,
    left_out_words,
];

/// `1 if a > 5 else 2`, `1 unless a > 5`.
fn value_first(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    let word = scene.word(here);
    let body = matches!(scene.first_word(), "define" | "decision" | "example");
    let query = scene
        .find_back(here, &["each", "exists", "every", "of"])
        .is_some();
    if matches!(word, "unless" | "when") && body && !query && scene.value_before(here) {
        let ours = if word == "unless" {
            "if CONDITION then … else VALUE"
        } else {
            "if CONDITION then VALUE else …"
        };
        return Some(
            Proposal::new("A0176", token.start, token.end, format!("`{word}` stands behind a value"))
                .because("`when` and `unless` belong to the exceptions of a rule; a choice begins with its condition, and has a value in both cases")
                .instead(format!("write {}", code(ours)))
                .sure(),
        );
    }
    let otherwise = scene.find_flat(here, &["else", "then"]);
    (scene.word(here) == "if"
        && !token.first
        && scene.value_before(here)
        && scene.word(otherwise) == "else")
        .then(|| {
            let condition = scene.slice(scene.start(here + 1), scene.end_before(otherwise));
            let ours = format!("if {condition} then … else …");
            Proposal::new("A0176", token.start, token.end, "`if` stands behind its value")
                .because("a choice begins with its condition, so that it is read in the order in which it is decided")
                .instead(format!("write {}", code(&ours)))
                .sure()
        })
}

/// `round(a, 2)`, `round up a to 0.01`, `round a`.
fn rounding(scene: &Scene<'_>) -> Option<Proposal> {
    const MODES: &[&str] = &["nearest", "even", "up", "down", "floor", "ceiling"];
    let here = scene.here;
    let proposal = |start: usize, end: usize, claim: &str| {
        Proposal::new("A0185", start, end, claim)
            .because("a rounding is written `round VALUE to STEP`, and `using MODE` behind it if it is not to the nearest")
    };
    let mode = here.checked_sub(1)?;
    if MODES.contains(&scene.word(mode)) && scene.before(mode, 1) == "round" {
        let word = scene.word(mode);
        let (start, end) = (scene.start(mode), scene.end_before(here));
        let to = scene.find_flat(here, &["to"]);
        let plain = |token: usize| {
            scene
                .token(token)
                .is_some_and(|token| matches!(token.sort, Sort::Number | Sort::Word))
        };
        let base = proposal(start, end, "the mode of a rounding stands before its value")
            .instead(format!("write `using {word}` behind the step"));
        return Some(if scene.word(to) == "to" && plain(to + 1) {
            let after = scene.token(to + 1).map_or(end, |token| token.end);
            let moved = format!("{} using {word}", scene.slice(scene.start(here), after));
            base.certain("put the mode behind the step", start, after, &moved)
        } else {
            base
        });
    }
    let opening = scene.open_brackets(here).last().copied();
    if scene.word(here) == ","
        && let Some(opening) = opening.filter(|opening| scene.before(*opening, 1) == "round")
    {
        let (start, end) = (scene.start(opening - 1), scene.token(opening)?.end);
        let value = scene.slice(end, scene.start(here));
        let step = match scene.word(here + 1).parse::<usize>() {
            Ok(0) => "1".to_owned(),
            Ok(places) if places <= 12 => format!("0.{}1", "0".repeat(places - 1)),
            _ => "STEP".to_owned(),
        };
        return Some(
            proposal(start, end, "`round` is no function")
                .instead(format!(
                    "write {}",
                    code(&format!("round {value} to {step}"))
                ))
                .sure(),
        );
    }
    let round = scene.find_back(here, &["round", "to", "then", "else", "give", "let"])?;
    let token = scene.token(round)?;
    (scene.word(round) == "round"
        && round + 1 < here
        && scene.value_before(here)
        && (scene.token(here).is_none_or(|token| token.first)
            || matches!(scene.word(here), ")" | "]" | "," | "|")))
    .then(|| {
        let at = scene.end_before(here);
        proposal(token.start, at, "this rounding has no step")
            .instead("write `to` and the step, such as `to 0.01`")
            .choice("round to 0.01", at, at, " to 0.01")
    })
}

/// `a ? b : c`, `a ?? b`.
fn ternary(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    if scene.word(scene.here) != "?" || scene.find_back(scene.here, &["if"]).is_some() {
        return None;
    }
    let next = scene.token(scene.here + 1)?;
    if scene.word(scene.here + 1) == "?" && next.start == token.end {
        return Some(
            Proposal::new("A0113", token.start, next.end, "`??` is not an operator")
                .because("what stands in for a missing value is said with `otherwise`")
                .instead("write `otherwise`")
                .choice("write `otherwise`", token.start, next.end, "otherwise")
                .sure(),
        );
    }
    Some(
        Proposal::new("A0113", token.start, token.end, "`?` is not an operator")
            .because("a choice is written in words, and both cases have a value")
            .instead("write `if CONDITION then VALUE else VALUE`")
            .sure(),
    )
}

/// `a ^ 2`, `a ** 2`, `a % 2`, `a++`.
fn power(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    let word = scene.word(here);
    let twice = |sign: &str| {
        word == sign
            && here
                .checked_sub(1)
                .and_then(|before| scene.token(before))
                .is_some_and(|before| before.end == token.start)
            && scene.before(here, 1) == sign
    };
    let start = token.start;
    let proposal = |start: usize, claim: &str| Proposal::new("A0176", start, token.end, claim);
    if word == "^" || twice("*") {
        let start = if word == "^" { start } else { start - 1 };
        return Some(
            proposal(start, "there are no powers")
                .because("amounts, quantities and percents have none, and nobody has to know how they are rounded")
                .instead("write the multiplications, `a * a`")
                .sure(),
        );
    }
    if word == "%" && here > scene.from && scene.value_before(here) && scene.before(here, 1) != "%"
    {
        let number = here
            .checked_sub(1)
            .and_then(|before| scene.token(before))
            .is_some_and(|before| before.sort == Sort::Number);
        return (!number).then(|| {
            proposal(start, "there is no remainder of a division")
                .because("`%` belongs to a number, and makes it a percentage")
                .instead("let the data say it, as a field of its own")
                .sure()
        });
    }
    ((twice("+") || twice("-") && scene.token(here + 1).is_none()) && !scene.before(here, 2).is_empty()).then(|| {
        proposal(start - 1, "no value counts up")
            .because("a name keeps its value; what the next element of a list sees is said with `carry` and `next`")
            .instead("write `carry n = 0` and `next n = n + 1` in a `for each`")
            .sure()
    })
}

const NO_LAMBDA: &str = "functions have names, so that results can say which of them decided";

/// `x => x + 1`, `x -> x + 1`.
fn lambda(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let index = [here, here.saturating_sub(1)]
        .into_iter()
        .find(|index| scene.word(*index) == ">" && matches!(scene.before(*index, 1), "-" | "="))?;
    let (sign, token) = (scene.token(index.checked_sub(1)?)?, scene.token(index)?);
    let name = index.checked_sub(2)?;
    let named = scene
        .token(name)
        .is_some_and(|token| token.sort == Sort::Word)
        && (matches!(scene.before(name, 1), "(" | "," | "=" | "\\") || scene.token(name)?.first);
    if sign.end != token.start || !named || scene.find_flat(0, &["gives"]) >= here {
        return None;
    }
    // `(a => 1)` is more likely a condition.
    let parameter = scene.word(name);
    let used = (index + 1..scene.tokens.len())
        .take_while(|index| scene.token(*index).is_some_and(|token| !token.first))
        .any(|index| scene.word(index) == parameter);
    (scene.before(index, 1) == "-" || used).then(|| {
        Proposal::new(
            "A0176",
            scene.start(name),
            token.end,
            "a function without a name cannot be written",
        )
        .because(NO_LAMBDA)
        .instead("write a `define`, or go through the list with `for each x in list give …`")
        .sure()
    })
}

/// `let g (x: int) = …`.
fn local_function(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    (scene.word(here) == "(" && scene.before(here, 2) == "let").then(|| {
        let (start, end) = (scene.start(here - 1), scene.token(here)?.end);
        Some(
            Proposal::new("A0176", start, end, "a `let` has no parameters")
                .because("it names one value; what depends on others is a function of its own")
                .instead(format!(
                    "write `define {} (…) gives …` as a declaration of its own",
                    scene.before(here, 1)
                ))
                .sure(),
        )
    })?
}

/// Words that begin a construct elsewhere: why there is none, and the way out.
const LEFT_OUT: &[(&str, &str, &str)] = &[
    ("match", CHOICES, CHOOSE),
    ("switch", CHOICES, CHOOSE),
    ("case", CHOICES, CHOOSE),
    (
        "select",
        "rules ask lists, not databases",
        "write `for each x in list where … by … give …`",
    ),
    ("search", SEARCHES, SEARCH),
    ("find", SEARCHES, SEARCH),
    ("lookup", SEARCHES, SEARCH),
    ("while", LOOPS, LOOP),
    ("repeat", LOOPS, LOOP),
    ("try", ERRORS, STOP),
    ("throw", ERRORS, STOP),
    ("raise", ERRORS, STOP),
    ("error", ERRORS, STOP),
    ("fail", ERRORS, STOP),
    (
        "new",
        "a record is written like a call with names",
        "write `Name(field: value)`",
    ),
    (
        "function",
        NO_LAMBDA,
        "write a `define` as a declaration of its own",
    ),
    (
        "fn",
        NO_LAMBDA,
        "write a `define` as a declaration of its own",
    ),
    (
        "def",
        NO_LAMBDA,
        "write a `define` as a declaration of its own",
    ),
    (
        "lambda",
        NO_LAMBDA,
        "write a `define` as a declaration of its own",
    ),
    ("set", "a name keeps its value", "write `let name = value`"),
];

const CHOICES: &str = "a choice of a few cases is an `if`, one of many is a table, which is checked for gaps and overlaps";
const CHOOSE: &str = "write `if … then … else if … then … else …`, or a `table`";
const SEARCHES: &str = "what is looked for in a list is the first of an order, so that nothing depends on how the list happens to lie";
const SEARCH: &str =
    "write `first of x in list where … by …`, or a ranked search, `by … ending with …`";
const LOOPS: &str =
    "nothing is repeated without end; a list is gone through once, and carries what grows";
const LOOP: &str = "write `for each x in list`, with `carry` and `next`";
const ERRORS: &str = "a decision ends with a reason, or with a value for what is missing";
const STOP: &str = "write `otherwise stop reason_name(…)`, or a `check`";

fn left_out_words(scene: &Scene<'_>) -> Option<Proposal> {
    let index = scene.here.checked_sub(1)?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    let (_, why, way) = LEFT_OUT.iter().find(|(said, ..)| *said == word)?;
    let next = scene.token(scene.here)?;
    let begins = token.first
        || matches!(
            scene.before(index, 1),
            "=" | "then" | "else" | "give" | "(" | "[" | "," | "in" | "||" | "otherwise"
        );
    let value = matches!(next.sort, Sort::Word | Sort::Number | Sort::Text)
        || matches!(scene.word(scene.here), "{" | "*");
    (begins && value && !next.first).then(|| {
        Proposal::new(
            "A0176",
            token.start,
            token.end,
            format!("`{word}` is no word of the language"),
        )
        .because(*why)
        .instead(*way)
        .sure()
    })
}

/// What declarations leave out: parameters of parameters, extensions of tables, results of grids.
fn left_out_declarations(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    let found = scene.word(here);
    let proposal = |claim: &str| Proposal::new("A0176", token.start, token.end, claim);
    match scene.first_word() {
        "parameter" if found == "|" || found == "(" && scene.before(here, 2) == "parameter" => Some(
            proposal("a parameter has one value at a time")
                .because("what depends on a key as well is a grid, and its days are steps of one axis")
                .instead("write a `table` with a header such as `| channel \\ day | 2025-01-01+ | 2027-01-01+ |`")
                .sure(),
        ),
        "extend" if matches!(found, "default" | "|" | "hit") => Some(
            proposal(if found == "default" {
                "an extension has no default"
            } else {
                "a table is not extended"
            })
            .because("from outside, a rule takes exceptions and a parameter takes values; all else stays what its package says")
            .instead("write `exception name` with a `when`, in an extension of a rule that is `open to exceptions`")
            .sure(),
        ),
        "extend"
            if here == 2
                && matches!(
                    scene.before(here, 1),
                    "rule" | "parameter" | "table" | "define" | "decision"
                ) =>
        {
            let start = scene.start(here - 1);
            Some(
                Proposal::new("A0176", start, scene.end_before(here), "`extend` does not say what kind of thing it extends")
                    .because("the name alone says it; rules take exceptions, parameters take values, all else is not extended")
                    .instead("leave the word out")
                    .certain("leave it out", start, token.start, ""),
            )
        }
        "define" | "decision" | "rule" | "table" | "record" | "data" | "enum"
            if here == 2 && found == "<" =>
        {
            let end = scene.find_flat(here, &[">"]);
            Some(
                Proposal::new("A0176", token.start, scene.end_before(end + 1), "a declaration has no types as parameters")
                    .because("each function and each record is for the types that it names, so that all of it can be checked")
                    .instead("write it once for each type")
                    .sure(),
            )
        }
        "table" if found == "||" && scene.line(token.start).1.contains('\\') => Some(
            proposal("a grid has one result")
                .because("the columns of a grid are the values of its second axis, so that there is no room for more results")
                .instead("write a table with two key columns and several results behind `||`, or one grid for each")
                .sure(),
        ),
        "table"
            if found == "+"
                && scene.is_cell(token.start)
                && !scene.text.contains('\\')
                && scene.token(here - 1)?.sort == Sort::Number =>
        {
            let number = scene.before(here, 1);
            let start = scene.start(here - 1);
            let ours = format!(">= {number}");
            Some(
                Proposal::new("A0176", start, token.end, format!("`{number}+` stands in no grid"))
                    .because("a step ends where the next one begins, which the axis of a grid shows; a row of a table says both of its borders")
                    .instead(format!("write `{ours}`, or `{number} to below` and the next border"))
                    .choice(&format!("write `{ours}`"), start, token.end, &ours)
                    .sure(),
            )
        }
        _ => None,
    }
}
