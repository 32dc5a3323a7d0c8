//! What other languages have and this one leaves out or says otherwise: sums and extremes of lists,
//! loops, choices, functions without a name, powers, further parts of parameters, grids and packages.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[
    left_out_declarations,
    aggregates,
    counted,
    loops,
    rounding,
    ternary,
    power,
    lambda,
    local_function,
    left_out_words,
];

/// Words before `of` elsewhere, and what they are here; an empty word has no counterpart.
const AGGREGATES: &[(&str, &str)] = &[
    ("max", "highest"),
    ("maximum", "highest"),
    ("greatest", "highest"),
    ("largest", "highest"),
    ("biggest", "highest"),
    ("min", "lowest"),
    ("minimum", "lowest"),
    ("smallest", "lowest"),
    ("total", "sum"),
    ("number", "count"),
    ("average", ""),
    ("avg", ""),
    ("mean", ""),
    ("median", ""),
    ("last", ""),
];

/// `max of …`, `average of …`.
fn aggregates(scene: &Scene<'_>) -> Option<Proposal> {
    let index = scene.here.checked_sub(1)?;
    if scene.word(scene.here) != "of" {
        return None;
    }
    let token = scene.token(index)?;
    let word = scene.word(index).to_lowercase();
    let (said, ours) = AGGREGATES.iter().find(|(said, _)| *said == word)?;
    let proposal = Proposal::new(
        "A0174",
        token.start,
        scene.token(scene.here)?.end,
        format!("`{said} of` sums up no list"),
    );
    let proposal = proposal.because(match *said {
        "average" | "avg" | "mean" | "median" => {
            "what the middle of an empty list is, and how it is rounded, is for the rule to say"
        }
        "last" => "what comes last is what comes first in the opposite order",
        _ => "lists are summed up by `sum of`, `count of`, `lowest of`, `highest of`, `first of`",
    });
    Some(match *said {
        "last" => proposal
            .instead("write `first of … by KEY descending`")
            .sure(),
        _ if ours.is_empty() => proposal
            .instead("divide, `(sum of x.a for x in list) / (count of list)`, where the list is not empty")
            .sure(),
        _ => proposal.instead(format!("write `{ours} of`")).certain(
            &format!("write `{ours}`"),
            token.start,
            token.end,
            ours,
        ),
    })
}

/// `at most 2 of [a, b]`, `exactly 2 of [a, b]`.
fn counted(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let number = |index: usize| scene.word(index).parse::<u32>().ok();
    if scene.word(here) == "most" && scene.before(here, 1) == "at" && scene.word(here + 2) == "of" {
        let (start, end) = (scene.start(here - 1), scene.end_before(here + 2));
        let ours = format!("not at least {} of", number(here + 1)?.checked_add(1)?);
        return Some(
            Proposal::new("A0176", start, end, "conditions are not counted with `at most`")
                .because("a list of conditions is read until the result is certain, which one word says, `at least`")
                .instead(format!("write `{ours}`"))
                .choice(&format!("write `{ours}`"), start, scene.token(here + 2)?.end, &ours),
        );
    }
    let word = here.checked_sub(1)?;
    let exactly = matches!(scene.word(word), "exactly" | "only");
    (exactly && scene.word(here + 1) == "of").then(|| {
        let counted = number(here)?;
        let more = counted.checked_add(1)?;
        Some(
            Proposal::new(
                "A0176",
                scene.start(word),
                scene.end_before(here + 1),
                format!("conditions are not counted with `{}`", scene.word(word)),
            )
            .because("a list of conditions is read until the result is certain, which one word says, `at least`")
            .instead(format!("write `at least {counted} of […] and not at least {more} of […]`"))
            .sure(),
        )
    })?
}

/// `for l in lines`, `any l in lines where …`, `every` and `exists` in other words.
fn loops(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let proposal =
        |start: usize, end: usize, claim: String| Proposal::new("A0175", start, end, claim);
    // `any of l in lines`, `all of lines`: only a written list is counted.
    let word = scene.before(here, 2);
    if scene.before(here, 1) == "of" && matches!(word, "any" | "all" | "none") {
        let (start, end) = (scene.start(here - 2), scene.end_before(here));
        let ours = match word {
            "any" => "exists x in list where CONDITION",
            "all" => "every x in list has CONDITION",
            _ => "not exists x in list where CONDITION",
        };
        return Some(
            proposal(
                start,
                end,
                format!("`{word} of` does not go through a list"),
            )
            .because("it counts conditions that are written between `[` and `]`")
            .instead(format!("write `{ours}`"))
            .sure(),
        );
    }
    if scene.word(here) == "of" && scene.before(here, 2) == "each" {
        let token = scene.token(here)?;
        return Some(
            proposal(
                token.start,
                token.end,
                "`of` does not lead the list that is gone through".to_owned(),
            )
            .because("a list is gone through with `for each x in list`")
            .instead("write `in`")
            .certain("write `in`", token.start, token.end, "in"),
        );
    }
    let lead = here.checked_sub(1)?;
    let index = if scene.word(here) == "all" && scene.word(lead) == "for" {
        here + 1
    } else {
        here
    };
    let named = scene
        .token(index)
        .is_some_and(|token| token.sort == Sort::Word);
    if !named || scene.word(index + 1) != "in" {
        return None;
    }
    let (start, end) = (scene.start(lead), scene.end_before(index));
    let said = scene.slice(start, end);
    let has = scene.word(scene.find_flat(
        index + 2,
        &["has", "where", "give", "finally", "let", "then"],
    ));
    let (ours, certain) = match said.to_lowercase().as_str() {
        "for" | "foreach" | "loop" => ("for each", true),
        "any" | "some" => ("exists", true),
        "all" | "forall" | "for all" if matches!(has, "give" | "let" | "finally") => {
            ("for each", true)
        }
        "all" | "forall" | "for all" => ("every", has == "has"),
        "no" | "none" => ("not exists", true),
        _ => return None,
    };
    Some(
        proposal(start, end, format!("{} does not go through a list", code(said)))
            .because("a list is gone through with `for each x in list`, asked with `exists x in list where …` and `every x in list has …`")
            .instead(format!("write `{ours}`"))
            .fix(&format!("write `{ours}`"), start, end, ours, certain),
    )
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
