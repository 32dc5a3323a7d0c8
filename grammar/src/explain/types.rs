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

/// `key a` above `a : code`, or without a type at all.
fn key_type(scene: &Scene<'_>) -> Option<Proposal> {
    if scene.first_word() != "data" {
        return None;
    }
    let name = scene.here.checked_sub(1)?;
    let token = scene.token(name)?;
    let key = scene.find_back(name, &["key", ":"])?;
    let leads = scene.word(key) == "key"
        && matches!(scene.before(name, 1), "key" | ",")
        && token.sort == Sort::Word;
    let ended =
        scene.word(scene.here) == "," || scene.token(scene.here).is_none_or(|next| next.first);
    if !leads || !ended || token.first {
        return None;
    }
    let word = scene.word(name);
    let base = form(
        token.start,
        token.end,
        format!("the key {} has no type", code(word)),
    )
    .because(
        "the fields of a key are declared where the key is said, and stand no second time below",
    );
    let declared = (scene.here..scene.tokens.len()).find(|index| {
        scene.word(*index) == word
            && scene.word(index + 1) == ":"
            && scene.token(*index).is_some_and(|token| token.first)
    });
    let Some(field) = declared else {
        return Some(
            base.instead(format!(
                "write {} and its type, such as `code`",
                code(&format!("{word} :"))
            ))
            .sure(),
        );
    };
    let mut next = field + 2;
    while scene.token(next).is_some_and(|token| !token.first) {
        next += 1;
    }
    let kind = scene.slice(scene.start(field + 2), scene.end_before(next));
    let ours = format!("{word} : {kind}");
    // From the name to the end of its second declaration; the line of the latter goes.
    let between = scene.slice(token.end, scene.start(field)).trim_end();
    let end = scene.end_before(next);
    let comments = scene.slice(token.end, end).contains("//");
    let simple = !kind.is_empty() && !kind.contains([',', '=']);
    let base = base.instead(format!(
        "write {} and leave the line below out",
        code(&format!("key {ours}"))
    ));
    Some(if simple && !comments {
        base.certain(
            "declare it with the key",
            token.start,
            end,
            &format!("{ours}{between}"),
        )
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
