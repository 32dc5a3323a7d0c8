//! Blocks as other languages write them: `let x = 1 in …`, an exception on one line, `given a = 1`.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[
    late_for_all,
    let_in,
    exception_sign,
    exception_condition,
    exception_value,
    given_value,
    given_rows,
    no_expect,
];

/// `let x = 1 in x + 1`: the `in` is read as the question whether a list holds the value.
fn let_in(scene: &Scene<'_>) -> Option<Proposal> {
    let part = scene.from..scene.here.min(scene.tokens.len());
    part.rev()
        .filter(|index| {
            scene.word(*index) == "let"
                && scene
                    .token(index + 1)
                    .is_some_and(|name| name.sort == Sort::Word)
                && scene.word(index + 2) == "="
        })
        .find_map(|index| {
            let within = scene.find_flat(
                index + 3,
                &["in", "let", "give", "for", "of", "exists", "every", "|"],
            );
            let name = scene.word(index + 1);
            let token = scene.token(within)?;
            let next = scene.token(within + 1)?;
            let used = (within + 1..scene.tokens.len()).any(|at| {
                scene.word(at) == name
                    && scene.before(at, 1) != "."
                    && scene.word(at + 1) != ":"
                    && scene.token(at).is_some_and(|used| !used.in_hole)
            });
            // `let known = a in list`, where `known` is used below.
            let alone = scene.word(within - 1) != "not"
                && (token.first || next.first || {
                    let end = scene.line(token.start);
                    let line_end = end.0 + end.1.len();
                    (within + 1..scene.tokens.len()).any(|at| {
                        scene.word(at) == name && scene.start(at) < line_end
                    })
                });
            if scene.word(within) != "in" || !used || !alone {
                return None;
            }
            let proposal = Proposal::new(
                "A0118",
                token.start,
                token.end,
                format!("`in` does not lead the result of `let {name}`"),
            )
            .because("`in` asks whether a list holds a value; what is made of the names stands behind `give`");
            Some(if scene.word(within + 1) == "let" {
                let start = scene.end_before(within);
                proposal
                    .instead("leave `in` out; a `let` may follow a `let`")
                    .certain("remove `in`", start, token.end, "")
            } else {
                proposal
                    .instead("write `give`")
                    .certain("write `give`", token.start, token.end, "give")
            })
        })
}

/// The `exception` in whose head the error lies, and the word behind its name.
fn exception(scene: &Scene<'_>) -> Option<usize> {
    if !matches!(scene.first_word(), "rule" | "extend") {
        return None;
    }
    let exception = scene.find_back(scene.here, &["exception", "then", "because"])?;
    let token = scene.token(exception)?;
    (scene.word(exception) == "exception" && token.first).then_some(exception)
}

const CASE: &str =
    "an exception is `exception name`, and behind it `when` its condition and `then` its value";

/// `exception big: when …`, `exception big = when …`, `exception big -> when …`.
fn exception_sign(scene: &Scene<'_>) -> Option<Proposal> {
    let head = exception(scene)?;
    let here = scene.here;
    let token = scene.token(here)?;
    let mut next = here + 1;
    if matches!(scene.word(here), "-" | "=") && scene.word(next) == ">" {
        next += 1;
    }
    let sign = matches!(scene.word(here), ":" | "=" | "," | "(") || next > here + 1;
    let clause = matches!(
        scene.word(next),
        "when" | "unless" | "valid" | "overrides" | "yields" | "then" | "if"
    );
    if head + 2 != here || !sign || !clause || token.first || scene.word(here) == "(" {
        return None;
    }
    let end = scene.end_before(next);
    let shown = scene.slice(token.start, end);
    Some(
        Proposal::new(
            "A0180",
            token.start,
            end,
            format!("{} has no meaning here", code(shown)),
        )
        .because(CASE)
        .instead("leave it out")
        .certain(
            &format!("remove `{shown}`"),
            scene.end_before(here),
            end,
            "",
        )
        .sure(),
    )
}

/// `exception big if a > 1 then 2`, `exception big (a > 1) then 2`, `exception when a > 1 then 2`.
fn exception_condition(scene: &Scene<'_>) -> Option<Proposal> {
    const CLAUSES: &[&str] = &[
        "then",
        "when",
        "unless",
        "valid",
        "overrides",
        "yields",
        "exception",
        "default",
        "because",
    ];
    let head = exception(scene)?;
    let name = head + 1;
    let here = scene.here;
    // The word behind the name may be read as a second one, so that the error lies behind it.
    let inside = here.saturating_sub(head) <= 4;
    if !inside {
        return None;
    }
    if scene.word(name) == "when" || scene.word(name) == "unless" || scene.word(name) == "if" {
        let token = scene.token(head)?;
        return Some(
            Proposal::new(
                "A0170",
                token.start,
                token.end,
                "this `exception` has no name",
            )
            .because("results and messages say by name what decided")
            .instead(format!("write `exception name {} …`", scene.word(name)))
            .sure(),
        );
    }
    let after = scene.token(name + 1).filter(|after| !after.first)?;
    let word = scene.word(name + 1);
    if matches!(word, "if" | "where" | "on" | "for") && here <= name + 2 {
        let proposal = Proposal::new(
            "A0183",
            after.start,
            after.end,
            format!("`{word}` begins no clause here"),
        )
        .because(CASE)
        .instead("write `when`");
        return Some(
            proposal
                .fix(
                    "write `when`",
                    after.start,
                    after.end,
                    "when",
                    matches!(word, "if" | "where"),
                )
                .sure(),
        );
    }
    let then = scene.find_flat(name + 1, CLAUSES);
    let compares = (name + 1..then).any(|index| {
        matches!(
            scene.word(index),
            "<" | "<=" | ">" | ">=" | "=" | "!=" | "is" | "in" | "between" | "(" | "." | "not"
        )
    });
    let value = after.sort == Sort::Word && !super::forms::RESERVED.contains(&word)
        || word == "("
        || word == "not";
    (scene.word(then) == "then" && compares && value).then(|| {
        Proposal::new(
            "A0183",
            after.start,
            after.end,
            format!(
                "between the name {} and its condition stands no `when`",
                code(scene.word(name))
            ),
        )
        .because(CASE)
        .instead("write `when` before the condition")
        .certain("insert `when`", after.start, after.start, "when ")
        .sure()
    })
}

/// `exception big when a > 1 gives 2`.
fn exception_value(scene: &Scene<'_>) -> Option<Proposal> {
    let head = exception(scene)?;
    let here = scene.here;
    let token = scene.token(here)?;
    let word = scene.word(here);
    let lead = scene.find_back(here, &["when", "unless", "then", "exception"])?;
    let arrow = matches!(word, "=" | "-") && scene.word(here + 1) == ">";
    let said = matches!(word, "gives" | "give" | "returns" | "return" | "is") || arrow;
    let next = here + 1 + usize::from(arrow);
    (said
        && lead > head
        && matches!(scene.word(lead), "when" | "unless")
        && scene.value_before(here)
        && scene.token(next).is_some_and(|next| !next.first))
    .then(|| {
        let end = scene.end_before(next);
        let shown = code(scene.slice(token.start, end));
        Proposal::new(
            "A0183",
            token.start,
            end,
            format!("{shown} does not lead the value of an exception"),
        )
        .because(CASE)
        .instead("write `then`")
        .certain("write `then`", token.start, end, "then")
    })
}

fn tests(scene: &Scene<'_>) -> bool {
    matches!(scene.first_word(), "test" | "property")
}

/// The `given` whose name stands directly before the error.
fn given(scene: &Scene<'_>) -> Option<usize> {
    let given = scene.here.checked_sub(2)?;
    let begins = scene.token(given).is_some_and(|token| token.first);
    (tests(scene) && scene.word(given) == "given" && begins).then_some(given)
}

/// `given a = 1`, `given a is 1`, `given a: 1`.
fn given_value(scene: &Scene<'_>) -> Option<Proposal> {
    let given = given(scene)?;
    let sign = scene.token(scene.here)?;
    let next = scene.token(scene.here + 1)?;
    let rows = scene.word(scene.here + 1) == "[" || scene.word(scene.here + 1) == "|";
    if !matches!(scene.word(scene.here), "=" | "is" | ":" | "be") || next.first || rows {
        return None;
    }
    let name = scene.word(given + 1);
    let start = scene.start(given);
    let ours = format!("let {name} =");
    // The sign stands at the name or behind a blank; what follows it keeps its distance.
    let blank = if scene.slice(sign.end, next.start).is_empty() {
        " "
    } else {
        ""
    };
    Some(
        Proposal::new(
            "A0183",
            start,
            sign.end,
            format!("`given` gives `{name}` no value"),
        )
        .because("`given` fills a relation with rows; a value that a test works with is named with `let`")
        .instead(format!("write `{ours}`"))
        .certain(
            &format!("write `{ours}`"),
            start,
            sign.end,
            &format!("{ours}{blank}"),
        )
        .sure(),
    )
}

/// `given P(list: "a")`, `given P = [P(…)]`.
fn given_rows(scene: &Scene<'_>) -> Option<Proposal> {
    let given = given(scene)?;
    let token = scene.token(scene.here)?;
    let word = scene.word(scene.here);
    let listed = matches!(word, "=" | "is" | ":") && scene.word(scene.here + 1) == "[";
    let name = scene.word(given + 1);
    (matches!(word, "(" | "[") || listed).then(|| {
        Proposal::new(
            "A0183",
            token.start,
            token.end,
            format!("the rows of `{name}` are not written like values"),
        )
        .because("`given` is followed by a header with the names of the fields and by one line for each row, between bars")
        .instead(format!("write the rows below `given {name}`, as `| field | field |` and `| value | value |`"))
        .sure()
    })
}

/// `d(1) = 3` in a test.
fn no_expect(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let next = scene.word(scene.here + 1);
    if !tests(scene)
        || !token.first
        || token.sort != Sort::Word
        || !matches!(next, "(" | ".")
        || super::forms::RESERVED.contains(&scene.word(scene.here))
    {
        return None;
    }
    let mut end = scene.here + 1;
    while scene.token(end).is_some_and(|token| !token.first) {
        end += 1;
    }
    let compares = (scene.here..end).any(|index| {
        matches!(
            scene.word(index),
            "=" | "is" | "!=" | "<" | ">" | "<=" | ">="
        )
    });
    compares.then(|| {
        Proposal::new(
            "A0183",
            token.start,
            token.end,
            "before this condition stands no `expect`",
        )
        .because("a test says what must hold behind `expect`")
        .instead("write `expect`")
        .certain("insert `expect`", token.start, token.start, "expect ")
    })
}

/// `for all` of a property below its first step.
fn late_for_all(scene: &Scene<'_>) -> Option<Proposal> {
    const STEPS: &[&str] = &["given", "let", "expect", "cases"];
    let here = scene.here;
    let token = scene.token(here)?;
    let all = scene.token(here + 1)?;
    let begins = |index: &usize| {
        let first = scene.token(*index).is_some_and(|token| token.first);
        first && STEPS.contains(&scene.word(*index))
    };
    let named = scene.first_word() == "property" && token.first;
    if !named || scene.word(here) != "for" || scene.word(here + 1) != "all" {
        return None;
    }
    let step = (0..here).find(begins)?;
    let stop = (here..scene.tokens.len()).find(begins);
    let end = scene.end_before(stop.unwrap_or(scene.tokens.len()));
    let start = scene.start(step);
    let line = scene.slice(token.start, end);
    let above = scene.slice(start, scene.end_before(here));
    let word = code(scene.word(step));
    Some(
        Proposal::new(
            "A0148",
            token.start,
            all.end,
            format!("`for all` stands below {word}"),
        )
        .because(
            "what a property is about stands first; the steps below it, also `given`, may use it",
        )
        .instead("move `for all` up, below the title")
        .certain(
            "move `for all` up",
            start,
            end,
            &format!("{line}\n    {above}"),
        )
        .sure(),
    )
}
