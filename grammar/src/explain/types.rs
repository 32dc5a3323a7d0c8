//! Types as other languages write them: `not null`, an enum where it is used, a key without its type.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[key_type, key_brackets, written_out, column];

fn form(start: usize, end: usize, claim: String) -> Proposal {
    Proposal::new("A0179", start, end, claim)
}

fn fields(scene: &Scene<'_>) -> bool {
    matches!(scene.first_word(), "record" | "data")
}

/// A field that is declared on a line of its own: its type, and the whole of its line.
struct Declared<'t> {
    kind: &'t str,
    start: usize,
    end: usize,
}

/// The declaration `word : type` on a line of its own, anywhere in the relation.
fn declared<'t>(scene: &Scene<'t>, word: &str) -> Option<Declared<'t>> {
    let field = (0..scene.tokens.len()).find(|index| {
        scene.word(*index) == word
            && scene.word(index + 1) == ":"
            && scene.token(*index).is_some_and(|token| token.first)
    })?;
    let mut next = field + 2;
    while scene.token(next).is_some_and(|token| !token.first) {
        next += 1;
    }
    Some(Declared {
        kind: scene.slice(scene.start(field + 2), scene.end_before(next)),
        start: scene.start(field),
        end: scene.end_before(next),
    })
}

/// `key a, b` above `a : code`, or without types at all.
fn key_type(scene: &Scene<'_>) -> Option<Proposal> {
    if scene.first_word() != "data" {
        return None;
    }
    let here = scene.here;
    // The error lies behind the first name without a type, or at the bracket before it.
    let line = scene.line(scene.end_before(here)).0;
    let key = (scene.from..here).rev().find(|index| {
        scene.word(*index) == "key" && scene.line(scene.start(*index)).0 >= line.min(scene.at)
    });
    let key = key.or_else(|| scene.find_back(here, &["key"]))?;
    let mut end = key + 1;
    while scene.token(end).is_some_and(|token| !token.first) {
        end += 1;
    }
    if here > end || here <= key || scene.word(key + 1) == ":" {
        return None;
    }
    // Names alone, parted by commas or by nothing; those that have a type keep it.
    let mut names: Vec<(&str, Option<&str>)> = Vec::new();
    let mut at = key + 1;
    while at < end {
        let word = scene.word(at);
        match scene.token(at)?.sort {
            Sort::Word if scene.word(at + 1) == ":" => {
                let stop = scene.find_flat(at + 2, &[","]).min(end);
                let kind = scene.slice(scene.start(at + 2), scene.end_before(stop));
                names.push((word, Some(kind)));
                at = stop;
            }
            Sort::Word if word == "and" => at += 1,
            Sort::Word => {
                names.push((word, None));
                at += 1;
            }
            _ if matches!(word, "," | "(" | ")" | "[" | "]" | "+") => at += 1,
            _ => return None,
        }
    }
    let bare: Vec<&str> = names
        .iter()
        .filter(|(_, kind)| kind.is_none())
        .map(|(name, _)| *name)
        .collect();
    let first = *bare.first()?;
    let known: Vec<(&str, Option<Declared<'_>>)> = bare
        .iter()
        .map(|name| (*name, declared(scene, name)))
        .collect();
    // `key a int`: a type without its colon is told as that.
    let commas = (key + 1..end).any(|index| scene.word(index) == ",");
    let all = known.iter().all(|(_, declared)| declared.is_some());
    if bare.len() > 1 && !commas && !all {
        return None;
    }
    let place = (key + 1..end).find(|index| scene.word(*index) == first)?;
    let token = scene.token(place)?;
    let shown = bare
        .iter()
        .map(|name| code(name))
        .collect::<Vec<_>>()
        .join(", ");
    let base = form(
        token.start,
        token.end,
        if bare.len() == 1 {
            format!("the key {shown} has no type")
        } else {
            format!("the keys {shown} have no types")
        },
    )
    .because(
        "the fields of a key are declared where the key is said, and stand no second time below",
    );
    if !all {
        let missing = known
            .iter()
            .find(|(_, declared)| declared.is_none())
            .map_or(first, |(name, _)| name);
        return Some(
            base.instead(format!(
                "write {} and its type, such as `code`",
                code(&format!("{missing} :"))
            ))
            .sure(),
        );
    }
    let typed: Vec<String> = names
        .iter()
        .filter_map(|(name, kind)| {
            let kind = match kind {
                Some(kind) => kind,
                None => {
                    known
                        .iter()
                        .find(|(other, _)| other == name)?
                        .1
                        .as_ref()?
                        .kind
                }
            };
            Some(format!("{name} : {kind}"))
        })
        .collect();
    let ours = typed.join(", ");
    let base = base.instead(format!(
        "write {} and leave the {} out where {} now",
        code(&format!("key {ours}")),
        if bare.len() == 1 { "line" } else { "lines" },
        if bare.len() == 1 {
            "it stands"
        } else {
            "they stand"
        },
    ));
    // One change from the first of the places to the last: the key, and the lines that go.
    let mut cuts: Vec<(usize, usize)> = known
        .iter()
        .filter_map(|(_, declared)| declared.as_ref())
        .map(|declared| {
            let (line, content) = scene.line(declared.start);
            (line.saturating_sub(1), line + content.len())
        })
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let simple = known
        .iter()
        .filter_map(|(_, declared)| declared.as_ref())
        .all(|declared| {
            let (line, content) = scene.line(declared.start);
            let above = scene.line(line.saturating_sub(1)).1;
            !declared.kind.is_empty()
                && !above.trim_start().starts_with("//")
                && !declared.kind.contains([',', '='])
                && line + content.trim_end().len() == declared.end
        });
    let (key_start, key_end) = (scene.start(key + 1), scene.end_before(end));
    let start = cuts
        .first()
        .map_or(key_start, |(cut, _)| key_start.min(*cut));
    let stop = cuts.last().map_or(key_end, |(_, cut)| key_end.max(*cut));
    let mut text = String::new();
    let mut from = start;
    let mut parts: Vec<(usize, usize, &str)> =
        cuts.iter().map(|(start, end)| (*start, *end, "")).collect();
    parts.push((key_start, key_end, ours.as_str()));
    parts.sort_unstable();
    for (start, end, with) in parts {
        text.push_str(scene.slice(from, start));
        text.push_str(with);
        from = end;
    }
    text.push_str(scene.slice(from, stop));
    let comments = scene.slice(key_start, key_end).contains("//");
    Some(if simple && !comments {
        base.certain("declare it with the key", start, stop, &text)
            .sure()
    } else {
        base.sure()
    })
}

/// `key (a: int)`.
fn key_brackets(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    if scene.word(here) != "(" || scene.before(here, 1) != "key" || scene.first_word() != "data" {
        return None;
    }
    let closing = scene.find_flat(here + 1, &[]);
    let end = scene.end_before(closing + 1);
    let inner = scene.slice(token.end, scene.start(closing)).trim();
    (scene.word(closing) == ")" && !inner.is_empty()).then(|| {
        form(
            token.start,
            end,
            "the fields of a key stand in no brackets".to_owned(),
        )
        .because("a key is written `key list : code, row : int`")
        .instead("leave the brackets out")
        .certain("remove the brackets", token.start, end, inner)
    })
}

/// `a : enum(x, y)`, `a : x | y`, `a : "x" | "y"`.
fn written_out(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let params = matches!(
        scene.first_word(),
        "define" | "decision" | "rule" | "table" | "reason"
    ) && scene
        .open_brackets(here)
        .first()
        .is_some_and(|opening| *opening <= 2);
    let gives = scene.find_back(here, &["gives"]).is_some();
    if !fields(scene) && !params && !gives {
        return None;
    }
    let leads = |index: usize| {
        let before = scene.before(index, 1);
        matches!(before, ":" | "gives") || before == "of" && scene.before(index, 2) == "list"
    };
    let value = |index: usize| {
        scene
            .token(index)
            .is_some_and(|token| matches!(token.sort, Sort::Word | Sort::Text))
    };
    let from = (here.saturating_sub(1)..=here).find(|index| leads(*index))?;
    let mut values: Vec<&str> = Vec::new();
    let mut at = from;
    let word = scene.word(from).to_lowercase();
    let call = matches!(
        word.as_str(),
        "enum" | "oneof" | "one_of" | "choice" | "literal" | "union"
    ) && matches!(scene.word(from + 1), "(" | "[" | "{" | "<");
    if call {
        at = from + 2;
    }
    while value(at) {
        values.push(scene.word(at).trim_matches('"'));
        at += 1;
        let parts = if call {
            matches!(scene.word(at), "," | "|")
        } else {
            scene.word(at) == "|"
        };
        if !parts {
            break;
        }
        at += 1;
    }
    let closed = call && matches!(scene.word(at), ")" | "]" | "}" | ">");
    let end = scene.end_before(at + usize::from(closed));
    if values.is_empty() || !call && values.len() < 2 || values.contains(&"missing") {
        return None;
    }
    let named = values.iter().all(|value| {
        value.starts_with(char::is_alphabetic)
            && value.chars().all(|c| c.is_alphanumeric() || c == '_')
    });
    let ours = if named {
        format!("enum Kind = {}", values.join(" | "))
    } else {
        "enum Kind = x | y".to_owned()
    };
    let start = scene.start(from);
    Some(
        form(start, end, format!("{} is no type", code(scene.slice(start, end))))
            .because("values to choose from are an enum, which is declared by itself and used by its name, so that all places mean the same values")
            .instead(format!("declare {} by itself, and write `Kind` here", code(&ours)))
            .sure(),
    )
}

/// `a : int not null`, `a : int null`, `a : int required`, `a : int primary key`.
fn column(scene: &Scene<'_>) -> Option<Proposal> {
    let params = matches!(scene.first_word(), "define" | "decision" | "rule" | "table");
    if !fields(scene) && !params {
        return None;
    }
    // The word may be read as the name of the next field, so that the error lies behind it.
    let index = (scene.here.saturating_sub(2)..=scene.here).find(|index| {
        let word = scene.word(*index).to_lowercase();
        let said = matches!(
            word.as_str(),
            "not"
                | "null"
                | "required"
                | "mandatory"
                | "nullable"
                | "notnull"
                | "nonnull"
                | "optional"
                | "primary"
                | "unique"
        );
        said && scene.token(*index).is_some_and(|token| !token.first)
            && scene
                .token(index.saturating_sub(1))
                .is_some_and(|before| before.sort == Sort::Word || scene.before(*index, 1) == "?")
            && scene.before(*index, 1) != "not"
            && scene
                .find_back(*index, &[":", ",", "="])
                .is_some_and(|colon| scene.word(colon) == ":" && colon + 1 < *index)
    })?;
    let second = scene.word(index + 1).to_lowercase();
    let word = scene.word(index).to_lowercase();
    let two = matches!(
        (word.as_str(), second.as_str()),
        ("not", "null") | ("primary", "key")
    );
    if word == "not" && !two || scene.word(index + 1) == ":" {
        return None;
    }
    let last = index + usize::from(two);
    let (start, end) = (scene.start(index), scene.end_before(last + 1));
    let said = scene.slice(start, end);
    let kind = scene.before(index, 1);
    let cut = scene.end_before(index);
    let claim = format!("{} cannot be said of a type", code(said));
    let proposal = form(start, end, claim);
    if word == "primary" || word == "unique" {
        return Some(
            proposal
                .because("the fields that name a row of a relation stand behind `key`; that no two rows have equal values is a `check distinct`")
                .instead(if word == "primary" {
                    "write the field behind `key` in a `data` declaration"
                } else {
                    "write `check distinct` and the fields in a `data` declaration"
                })
                .sure(),
        );
    }
    if matches!(word.as_str(), "null" | "nullable" | "optional") {
        let ours = format!("{kind}?");
        return Some(
            proposal
                .because("a question mark behind the type says that a value may be missing")
                .instead(format!("write {}", code(&ours)))
                .certain(
                    &format!("write {}", code(&ours)),
                    cut,
                    end,
                    if kind == "?" { "" } else { "?" },
                )
                .sure(),
        );
    }
    Some(
        proposal
            .because("a value is never missing, unless a question mark stands behind its type")
            .instead("leave it out")
            .certain(&format!("remove {}", code(said)), cut, end, "")
            .sure(),
    )
}
