//! Records and several values at once as other languages write them: `R { a: 1 }`, `{ "a": 1 }`,
//! `new R(…)`, `(a, b)`, `gives (int, text)`.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[braces, new_record, tuple_type, several_names, tuple];

/// The declarations in which values are written.
fn values(scene: &Scene<'_>) -> bool {
    matches!(
        scene.first_word(),
        "define" | "decision" | "example" | "rule" | "table" | "test" | "property"
    )
}

/// What stands between two braces, written between brackets.
struct Fields {
    text: String,
    /// What the fields are taken from, `...x`.
    base: Option<String>,
    end: usize,
    /// There is nothing in it that is written otherwise here.
    plain: bool,
}

/// The fields between the brace at a token and its partner; `None` if there are none.
fn fields(scene: &Scene<'_>, opening: usize) -> Option<Fields> {
    let mut at = opening + 1;
    let mut items: Vec<String> = Vec::new();
    let mut base = None;
    let mut plain = true;
    loop {
        if scene.word(at) == "}" {
            break;
        }
        let stop = closes(scene, at)?;
        if scene.word(at) == "." {
            // `...x`
            while scene.word(at) == "." {
                at += 1;
            }
            base = Some(
                scene
                    .slice(scene.start(at), scene.end_before(stop))
                    .to_owned(),
            );
        } else {
            let key = scene.token(at)?;
            let name = match key.sort {
                Sort::Word => scene.word(at),
                Sort::Text => scene.word(at).trim_matches('"'),
                Sort::Quoted => scene.word(at).trim_matches(['\'', '’', '‘', '“', '”', '„']),
                _ => return None,
            };
            let named = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            if !named {
                return None;
            }
            if at + 1 == stop && key.sort == Sort::Word {
                items.push(name.to_owned());
            } else if matches!(scene.word(at + 1), ":" | "=") && at + 2 < stop {
                let value = scene.slice(scene.start(at + 2), scene.end_before(stop));
                plain &= !value.contains(['{', '}', '\n']) && scene.word(at + 2) != "=";
                items.push(format!("{name}: {value}"));
            } else {
                return None;
            }
        }
        at = stop + usize::from(matches!(scene.word(stop), "," | ";"));
    }
    let end = scene.end_before(at + 1);
    Some(Fields {
        plain: plain && !items.is_empty() && !scene.slice(scene.start(opening), end).contains("//"),
        text: items.join(", "),
        base,
        end,
    })
}

/// The comma or the brace that ends what begins at a token.
fn closes(scene: &Scene<'_>, from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for index in from..scene.tokens.len() {
        match scene.word(index) {
            "(" | "[" | "{" => depth += 1,
            "," | ";" | "}" if depth == 0 => return Some(index),
            ")" | "]" | "}" => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// `R { a: 1 }`, `{ "a": 1 }`, `x with { a: 1 }`, `{ ...x, a: 1 }`.
fn braces(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    if scene.word(here) != "{" || token.in_hole || token.sort != Sort::Mark || !values(scene) {
        return None;
    }
    // Before `gives` the braces stand around a type, behind it they may enclose the body.
    let gives = scene.find_flat(0, &["gives", "="]);
    let test = matches!(scene.first_word(), "test" | "property");
    let body = match scene.word(gives) {
        "gives" => gives + 2 < here || gives + 2 == here && token.first,
        _ => gives < here,
    };
    if !body && !test {
        return None;
    }
    let fields = fields(scene, here)?;
    let before = scene.before(here, 1);
    let end = fields.end;
    let named = here
        .checked_sub(1)
        .and_then(|name| scene.token(name))
        .is_some_and(|name| {
            name.sort == Sort::Word && !super::forms::RESERVED.contains(&before) && {
                let same_line = !token.first;
                same_line && (!scene.begins_body(here) || gives + 1 < here - 1)
            }
        });
    let proposal = |start: usize| {
        Proposal::new("A0166", start, end, "a record stands in no braces").because(
            "a record is written like a call with the names of its fields, `Name(field: value)`",
        )
    };
    let text = &fields.text;
    if let Some(base) = &fields.base {
        let ours = format!("{base} with ({text})");
        return Some(finish(
            proposal(token.start),
            token.start,
            &fields,
            &ours,
            true,
        ));
    }
    if before == "with" {
        let ours = format!("({text})");
        return Some(finish(
            proposal(token.start),
            token.start,
            &fields,
            &ours,
            true,
        ));
    }
    if named {
        // `new R { … }`: the word goes with the braces.
        let new = scene.before(here, 2) == "new";
        let start = scene.start(here - 1 - usize::from(new));
        let ours = format!("{before}({text})");
        return Some(finish(proposal(start), start, &fields, &ours, true));
    }
    // The type of the result is known by its name, where the braces are the whole result.
    let result = scene.word(gives + 1);
    let whole = scene.word(gives) == "gives"
        && (scene.begins_body(here) || before == "give")
        && scene.tokens.last().is_some_and(|last| last.end == end)
        && result.starts_with(char::is_uppercase)
        && scene.token(gives + 2).is_some_and(|next| next.first);
    let name = if whole { result } else { "Name" };
    let ours = format!("{name}({text})");
    Some(if whole {
        finish(proposal(token.start), token.start, &fields, &ours, false)
    } else {
        proposal(token.start)
            .instead(format!(
                "write {}, with the name of the record",
                code(&one_line(&ours))
            ))
            .sure()
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn finish(
    proposal: Proposal,
    start: usize,
    fields: &Fields,
    ours: &str,
    certain: bool,
) -> Proposal {
    let ours = one_line(ours);
    let step = format!("write {}", code(&ours));
    let proposal = proposal.instead(step.as_str());
    if fields.plain {
        proposal
            .fix(&step, start, fields.end, &ours, certain)
            .sure()
    } else {
        proposal.sure()
    }
}

/// `new R(a: 1)`.
fn new_record(scene: &Scene<'_>) -> Option<Proposal> {
    let new = scene.here.checked_sub(1)?;
    let token = scene.token(new)?;
    let name = scene.token(scene.here)?;
    let opening = scene.token(scene.here + 1)?;
    (scene.word(new) == "new"
        && name.sort == Sort::Word
        && !name.first
        && scene.word(scene.here + 1) == "("
        && opening.start == name.end
        && values(scene))
    .then(|| {
        Proposal::new(
            "A0176",
            token.start,
            token.end,
            "`new` is no word of the language",
        )
        .because("a record is written like a call with names")
        .instead("leave `new` out")
        .certain("remove `new`", token.start, name.start, "")
        .sure()
    })
}

const ONE_VALUE: &str =
    "a name and a result hold one value; several that belong together are the fields of a record";

/// `gives (int, text)`, `a : (int, text)`, `gives int, text`, `gives (int)`.
fn tuple_type(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    let before = scene.before(here, 1);
    let field = matches!(scene.first_word(), "record" | "data");
    let leads = before == "gives" || before == ":" && (field || params(scene, here));
    let listed = before == "of" && scene.before(here, 2) == "list";
    if matches!(scene.word(here), "(" | "{") && (leads || listed) && !token.first {
        let closing = closing(scene, here)?;
        let end = scene.end_before(closing + 1);
        let shown = scene.slice(token.start, end);
        let inner = scene.slice(token.end, scene.start(closing)).trim();
        let single = scene.word(here) == "("
            && closing == here + 2
            && scene
                .token(here + 1)
                .is_some_and(|only| only.sort == Sort::Word);
        if single {
            return Some(
                Proposal::new("A0179", token.start, end, "a type stands in no brackets")
                    .because("brackets behind a name hold its parameters, and a type is one name")
                    .written(token.start, end, inner),
            );
        }
        let several = closing > here + 1 && shown.contains([',', ':']);
        return (several && !shown.contains('\n')).then(|| {
            Proposal::new(
                "A0176",
                token.start,
                end,
                format!("{} is no type", code(shown)),
            )
            .because(ONE_VALUE)
            .instead(
                "declare `record Result` with a field for each of them, and write `Result` here",
            )
            .sure()
        });
    }
    let gives = scene.find_flat(0, &["gives"]);
    let head = (gives + 1..=here).all(|index| scene.token(index).is_some_and(|token| !token.first));
    let ours = matches!(scene.first_word(), "define" | "decision" | "rule" | "table");
    // `list of T, at most 5` is the bound of a list.
    (scene.word(here) == ","
        && gives + 2 == here
        && head
        && ours
        && scene.token(here + 1).is_some_and(|next| {
            next.sort == Sort::Word && !matches!(scene.word(here + 1), "at" | "max" | "most")
        }))
    .then(|| {
        let name = scene.word(1);
        Proposal::new(
            "A0176",
            token.start,
            token.end,
            format!("{} gives more than one value", code(name)),
        )
        .because(ONE_VALUE)
        .instead("declare `record Result` with a field for each of them, and write `gives Result`")
        .sure()
    })
}

/// The token stands between the brackets of the parameters.
fn params(scene: &Scene<'_>, index: usize) -> bool {
    matches!(
        scene.first_word(),
        "define" | "decision" | "rule" | "table" | "reason"
    ) && scene
        .open_brackets(index)
        .first()
        .is_some_and(|opening| *opening <= 2)
}

fn closing(scene: &Scene<'_>, opening: usize) -> Option<usize> {
    if scene.word(opening) == "(" {
        let closing = scene.find_flat(opening + 1, &[]);
        return (scene.word(closing) == ")").then_some(closing);
    }
    let mut at = opening + 1;
    loop {
        let stop = closes(scene, at)?;
        if scene.word(stop) == "}" {
            return Some(stop);
        }
        at = stop + 1;
    }
}

/// `let (x, y) = …`, `let {x, y} = …`, `let x, y = …`.
fn several_names(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let word = scene.word(here);
    let leads = |index: usize| matches!(scene.before(index, 1), "let" | "carry" | "next");
    let opening = if matches!(word, "(" | "{" | "[") && leads(here) {
        here
    } else if word == "," && leads(here.checked_sub(1)?) {
        let equals = scene.find_flat(here, &["=", "give", "let"]);
        let names = (here..equals).all(|index| {
            scene.word(index) == ","
                || scene
                    .token(index)
                    .is_some_and(|token| token.sort == Sort::Word && !token.first)
        });
        if scene.word(equals) != "=" || !names {
            return None;
        }
        here - 1
    } else {
        return None;
    };
    let lead = scene.before(opening, 1);
    let equals = scene.find_flat(opening + 1, &["=", "}"]);
    let stop = if scene.word(equals) == "=" {
        equals
    } else {
        equals + 1
    };
    let start = scene.start(opening);
    Some(
        Proposal::new(
            "A0176",
            start,
            scene.end_before(stop).max(start),
            format!("a `{lead}` names one value"),
        )
        .because(ONE_VALUE)
        .instead(format!(
            "name the record, `{lead} r = …`, and take its fields where they are needed, `r.x`"
        ))
        .sure(),
    )
}

/// `(a, 1)` as a value.
fn tuple(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    if scene.word(here) != "," || !values(scene) {
        return None;
    }
    let opening = *scene.open_brackets(here).last()?;
    let token = scene.token(opening)?;
    let begins = token.first
        || matches!(
            scene.before(opening, 1),
            "=" | "give" | "then" | "else" | "," | "[" | "||" | "otherwise" | "is"
        );
    let body = scene.find_flat(0, &["gives"]) < opening
        || matches!(scene.first_word(), "example" | "test" | "property");
    if scene.word(opening) != "(" || !begins || !body {
        return None;
    }
    let closing = scene.find_flat(here + 1, &[]);
    let end = scene.end_before((closing + 1).min(scene.tokens.len()));
    let inner = scene.slice(token.end, scene.start(closing)).trim();
    let list = code(&one_line(&format!("[{inner}]")));
    Some(
        Proposal::new("A0176", token.start, end, "brackets hold one value")
            .because("several values that belong together are the fields of a record, or the elements of a list")
            .instead(format!("write {list} if it is a list, or a record, `Name(field: value)`"))
            .sure(),
    )
}
