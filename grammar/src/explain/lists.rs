//! Mistakes about lists: sums and extremes in other words, loops, conditions behind a list, conditions
//! that are counted otherwise.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] =
    &[aggregates, aggregate_form, tails, counted, loops, grouped];

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
        )
        .sure(),
    })
}

/// `sum x in lines`, `count lines`, `sum(x for x in lines)`.
fn aggregate_form(scene: &Scene<'_>) -> Option<Proposal> {
    const OURS: &[&str] = &["sum", "count", "lowest", "highest", "first"];
    let here = scene.here;
    let because =
        "lists are summed up by `sum of`, `count of`, `lowest of`, `highest of`, `first of`";
    let lead = here.checked_sub(1)?;
    let word = scene.word(lead);
    let token = scene.token(here)?;
    let value = matches!(token.sort, Sort::Word)
        && scene.word(here) != "of"
        && !super::forms::RESERVED.contains(&scene.word(here));
    if OURS.contains(&word) && value && !scene.value_before(lead) {
        let (start, end) = (scene.start(lead), scene.end_before(here));
        return Some(
            Proposal::new("A0174", start, end, format!("`{word}` has no `of`"))
                .because(because)
                .instead(format!("write `{word} of`"))
                .certain("insert `of`", token.start, token.start, "of ")
                .sure(),
        );
    }
    if !matches!(scene.word(here), "for" | "where") {
        return None;
    }
    let opening = *scene.open_brackets(here).last()?;
    let called = scene.before(opening, 1);
    let inner = scene.slice(
        scene.end_before(opening + 1),
        scene.end_before(scene.find_flat(here, &[])),
    );
    let (start, end) = (scene.start(opening), scene.token(here)?.end);
    if scene.word(opening) == "(" && OURS.contains(&called) {
        let ours = format!("{called} of {inner}");
        return Some(
            Proposal::new(
                "A0174",
                scene.start(opening - 1),
                scene.end_before(opening + 1),
                format!("`{called}` is no function"),
            )
            .because(because)
            .instead(format!("write {}", code(&ours)))
            .sure(),
        );
    }
    (scene.word(opening) == "[" && scene.word(here) == "for").then(|| {
        let value = scene.slice(scene.end_before(opening + 1), scene.end_before(here));
        let tail = scene.slice(
            scene.start(here + 1),
            scene.end_before(scene.find_flat(here, &["if"])),
        );
        Proposal::new(
            "A0175",
            start,
            end,
            "a written list goes through no other list",
        )
        .because("what is made of each element of a list stands behind `give`")
        .instead(format!(
            "write {}",
            code(&format!("for each {tail} give {value}"))
        ))
        .sure()
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

/// `count of group l in lines by …`: groups within an expression.
fn grouped(scene: &Scene<'_>) -> Option<Proposal> {
    let word = scene.here.checked_sub(1)?;
    if scene.word(word) != "group" || scene.word(scene.here + 1) != "in" {
        return None;
    }
    Some(
        Proposal::new(
            "A0175",
            scene.token(word)?.start,
            scene.token(scene.here + 1)?.end,
            "`group` stands within an expression",
        )
        .because("groups are a list of their own, behind `let … =` or behind `in`, and are asked by its name")
        .instead("write `let groups = group …` before it, or `for each g in group …`")
        .sure(),
    )
}

/// Words behind a list that lead no condition here: `exists x in a such that …`, `for each x in a when …`.
fn tails(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    if scene.word(here) == "of" && matches!(scene.before(here, 2), "exists" | "every" | "group") {
        return Some(
            Proposal::new(
                "A0175",
                token.start,
                token.end,
                "`of` does not lead the list that is asked",
            )
            .because("a list is asked with `exists x in list where …` and `every x in list has …`")
            .instead("write `in`")
            .certain("write `in`", token.start, token.end, "in")
            .sure(),
        );
    }
    let queried = scene.find_back(here, &["in", "where", "give", "let", "then", "else"]);
    if scene.word(here) == "where"
        && queried.is_none_or(|index| scene.word(index) != "in")
        && scene.value_before(here)
        && !scene.is_row(token.start)
        && scene
            .find_back(here, &["exists", "every", "each", "of", "where"])
            .is_none()
    {
        return Some(
            Proposal::new(
                "A0175",
                token.start,
                token.end,
                "`where` follows no list that is gone through",
            )
            .because("the elements of a list have a name, so that the condition can speak of them")
            .instead("write `for each x in list where … give x`")
            .sure(),
        );
    }
    // `with` waits for its brackets, so that the error lies behind it.
    let here = here - usize::from(scene.before(here, 1) == "with");
    let token = scene.token(here)?;
    let lead = scene.find_back(
        here,
        &[
            "exists", "every", "each", "where", "has", "give", "let", "of",
        ],
    )?;
    let (ours, because) = match scene.word(lead) {
        "exists" => (
            "where",
            "what an element must be like stands behind `where`",
        ),
        "every" => ("has", "what each element must be like stands behind `has`"),
        "each" => ("where", "which elements are taken stands behind `where`"),
        _ => return None,
    };
    if scene.word(lead + 2) != "in" || here <= lead + 3 {
        return None;
    }
    let word = scene.word(here);
    let end = match word {
        "such" if scene.word(here + 1) == "that" => scene.token(here + 1)?.end,
        "satisfies" | "satisfying" | "fulfils" | "having" | "when" | "if" | "filter" => token.end,
        "has" | "with" if ours == "where" => token.end,
        "is" if ours == "has" => {
            let name = scene.word(lead + 1);
            return Some(
                Proposal::new(
                    "A0175",
                    token.start,
                    token.end,
                    "before this condition stands no `has`",
                )
                .because(because)
                .instead(format!("write `has {name} is`"))
                .certain(
                    &format!("write `has {name} is`"),
                    token.start,
                    token.start,
                    &format!("has {name} "),
                ),
            );
        }
        _ => return None,
    };
    // `if` may also begin what is given.
    if word == "if" && (scene.word(lead) != "each" || token.first) {
        return None;
    }
    let shown = scene.slice(token.start, end);
    Some(
        Proposal::new(
            "A0175",
            token.start,
            end,
            format!("`{shown}` does not lead a condition behind a list"),
        )
        .because(because)
        .instead(format!("write `{ours}`"))
        .certain(&format!("write `{ours}`"), token.start, end, ours),
    )
}
