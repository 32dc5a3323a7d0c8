//! Mistakes in words: those of other languages and of everyday speech for words of this one.

use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[
    declared_like_elsewhere,
    between_to,
    until,
    valid_from_to,
    exclusive,
    sorted_by,
    so_far,
    else_if,
    end_word,
];

/// `const x = …`, `return x` in a body.
fn declared_like_elsewhere(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here).find(|index| {
        matches!(
            scene.word(*index),
            "const" | "var" | "val" | "return" | "yield" | "final" | "set"
        )
    })?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    let proposal = |claim: &str| Proposal::new("A0132", token.start, token.end, claim);
    if matches!(word, "return" | "yield") {
        let next = scene.start(index + 1);
        let after_let = scene
            .find_back(index, &["let", "give", "each"])
            .is_some_and(|found| scene.word(found) != "give");
        let base = proposal(&format!("`{word}` is a word of other languages")).because(
            "the last value of a declaration is its result; behind `let` and `for each` it begins with `give`",
        );
        return Some(if after_let {
            base.instead("write `give`")
                .certain("write `give`", token.start, token.end, "give")
        } else {
            base.instead("leave it out")
                .certain(&format!("remove `{word}`"), token.start, next, "")
        });
    }
    let name = scene.word(index + 1);
    if scene.word(index + 2) != "=" && scene.word(index + 2) != ":" {
        return None;
    }
    Some(
        proposal(&format!("`{word}` is a word of other languages"))
            .because("a value is given a name with `let`")
            .instead(format!("write `let {name}`"))
            .certain("write `let`", token.start, token.end, "let"),
    )
}

fn between_to(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let word = scene.word(scene.here);
    if !matches!(word, "to" | "," | "." | "until" | "or") {
        return None;
    }
    let between = scene.find_back(scene.here, &["between", "and"])?;
    if scene.word(between) != "between" {
        return None;
    }
    let mut end = token.end;
    if word == "." && scene.word(scene.here + 1) == "." {
        end = scene.token(scene.here + 1)?.end;
    }
    let shown = scene.slice(token.start, end);
    let left = if scene.slice(0, token.start).ends_with(' ') {
        ""
    } else {
        " "
    };
    let right = if scene.slice(end, end + 1) == " " {
        ""
    } else {
        " "
    };
    Some(
        Proposal::new(
            "A0169",
            token.start,
            end,
            format!("behind `between` the two ends are parted by `{shown}`"),
        )
        .because("`x between a and b` includes both ends")
        .instead("write `and`")
        .certain(
            "write `and`",
            token.start,
            end,
            &format!("{left}and{right}"),
        ),
    )
}

fn until(scene: &Scene<'_>) -> Option<Proposal> {
    let index =
        (scene.here.saturating_sub(1)..=scene.here).find(|index| scene.word(*index) == "until")?;
    let token = scene.token(index)?;
    // Only a period ends with a day.
    let number = scene.first_word() == "number"
        || scene.is_cell(token.start)
            && !scene
                .slice(token.end, scene.text.len())
                .trim_start()
                .get(..5)
                .is_some_and(|date| date.ends_with('-'));
    let (end, last) = if number {
        ("end", "what stands behind it belongs to the range")
    } else {
        ("last day", "the day behind it is the last one that counts")
    };
    let mut proposal = Proposal::new(
        "A0112",
        token.start,
        token.end,
        format!("`until` does not say whether the {end} counts"),
    )
    .because(format!("`to` is the word of the language, and {last}"))
    .instead(format!("write `to` and the {end} that counts"))
    .sure();
    let valid = scene.find_back(index, &["valid"]);
    let from = valid.filter(|valid| {
        scene.word(valid + 1) == "from"
            && scene
                .token(valid + 2)
                .is_some_and(|token| token.sort == Sort::Number)
    });
    proposal = match from {
        Some(valid) => {
            let start = scene.start(valid + 1);
            let text = format!("{}to", scene.slice(scene.start(valid + 2), token.start));
            proposal.choice(
                "write `to`; the day behind it counts",
                start,
                token.end,
                &text,
            )
        }
        None if number => {
            proposal.choice("write `to`; the end counts", token.start, token.end, "to")
        }
        None => proposal.choice(
            "write `to`; the day behind it counts",
            token.start,
            token.end,
            "to",
        ),
    };
    Some(proposal)
}

fn valid_from_to(scene: &Scene<'_>) -> Option<Proposal> {
    if scene.word(scene.here) != "to" {
        return None;
    }
    let valid = scene.find_back(scene.here, &["valid"])?;
    if scene.word(valid + 1) != "from" {
        return None;
    }
    let from = scene.token(valid + 1)?;
    let first = scene.start(valid + 2);
    Some(
        Proposal::new(
            "A0163",
            from.start,
            from.end,
            "a period with both ends has no `from`",
        )
        .because("it is written `valid A to B`; `valid from A` alone is open at the end")
        .instead("leave `from` out")
        .certain("remove `from`", from.start, first, ""),
    )
}

fn exclusive(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here).find(|index| {
        matches!(
            scene.word(*index),
            "exclusive" | "excluded" | "excluding" | "inclusive" | "included"
        )
    })?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    let start = scene.end_before(index);
    let proposal = Proposal::new(
        "A0164",
        token.start,
        token.end,
        format!("`{word}` cannot be said of a border"),
    );
    let row = scene.is_row(token.start);
    Some(if word.starts_with("incl") {
        proposal
            .because("both ends of a period and of a range count unless `below` stands before the upper one")
            .instead("leave it out")
            .certain(&format!("remove `{word}`"), start, token.end, "")
    } else {
        let how = if row {
            "write `a to below b`"
        } else {
            "name the last day that counts"
        };
        proposal
            .because("both ends of a period and of a range count; in a table `to below` leaves the upper one out")
            .instead(how)
            .sure()
    })
}

fn sorted_by(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here).find(|index| {
        matches!(
            scene.word(*index),
            "sorted" | "sort" | "order" | "ordered" | "group" | "desc" | "asc" | "ascending"
        )
    })?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    match word {
        "desc" => Some(
            Proposal::new("A0115", token.start, token.end, "`desc` is written in full")
                .because("the order is rising unless `descending` stands behind the key")
                .instead("write `descending`")
                .certain("write `descending`", token.start, token.end, "descending"),
        ),
        "asc" | "ascending" => Some(
            Proposal::new(
                "A0115",
                token.start,
                token.end,
                format!("`{word}` is not said"),
            )
            .because("the order is rising unless `descending` stands behind the key")
            .instead("leave it out")
            .certain(
                &format!("remove `{word}`"),
                scene.end_before(index),
                token.end,
                "",
            ),
        ),
        _ if scene.word(index + 1) != "by" => None,
        "group" => Some(
            Proposal::new(
                "A0115",
                token.start,
                scene.token(index + 1)?.end,
                "`group by` does not follow a list",
            )
            .because("groups are a list of their own, made before it is gone through")
            .instead(
                "write `let groups = group x in list by key: x.field`, then `for each g in groups`",
            )
            .sure(),
        ),
        _ => Some(
            Proposal::new(
                "A0115",
                token.start,
                scene.token(index + 1)?.end,
                format!("`{word} by` has a word too many"),
            )
            .because("an order is said by `by` alone")
            .instead("write `by`")
            .certain(
                &format!("remove `{word}`"),
                token.start,
                scene.start(index + 1),
                "",
            )
            .sure(),
        ),
    }
}

fn so_far(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here)
        .find(|index| scene.word(*index) == "so" && scene.word(index + 1) == "far")?;
    let (start, end) = (scene.start(index), scene.token(index + 1)?.end);
    Some(
        Proposal::new("A0117", start, end, "`so far` does not name a running value")
            .because("a value that grows from element to element has a start and says what the next element sees")
            .instead("write `carry total = 0` and `next total = total + x`; for rounding, `carrying remainder`")
            .sure(),
    )
}

fn else_if(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here)
        .find(|index| matches!(scene.word(*index), "elif" | "elsif" | "elseif" | "elsf"))?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    Some(
        Proposal::new(
            "A0130",
            token.start,
            token.end,
            format!("`{word}` is written as two words"),
        )
        .because("the next case is an `if` of its own behind `else`")
        .instead("write `else if`")
        .certain("write `else if`", token.start, token.end, "else if")
        .sure(),
    )
}

fn end_word(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here).find(|index| {
        matches!(
            scene.word(*index),
            "end" | "endif" | "end_if" | "fi" | "begin" | "endfor" | "done" | "do"
        )
    })?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    let two = word == "end" && matches!(scene.word(index + 1), "if" | "for");
    let end = if two {
        scene.token(index + 1)?.end
    } else {
        token.end
    };
    let shown = scene.slice(token.start, end);
    let start = scene.end_before(index).min(token.start);
    let start = if scene.slice(start, token.start).trim().is_empty() {
        start
    } else {
        token.start
    };
    Some(
        Proposal::new(
            "A0131",
            token.start,
            end,
            if matches!(word, "do" | "begin") {
                format!("`{shown}` opens nothing")
            } else {
                format!("`{shown}` closes nothing")
            },
        )
        .because("a choice and a declaration begin and end by themselves")
        .instead("leave it out")
        .certain(&format!("remove `{shown}`"), start, end, ""),
    )
    .map(|proposal| {
        if matches!(word, "endif" | "end_if" | "endfor") {
            proposal.sure()
        } else {
            proposal
        }
    })
}
