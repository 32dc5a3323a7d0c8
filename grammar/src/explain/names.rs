//! Mistakes in names and their types: names of several words, a type before its name or without its
//! colon, types in the notation of other languages.

use super::forms::RESERVED;
use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};
use crate::words::VALUE_TYPES;

pub(super) const CHECKS: &[super::Check] = &[
    no_type,
    no_default,
    list_type,
    optional_type,
    range_of_type,
    dimension_of_type,
    default_word,
    name_and_type,
    several_words,
];

/// Types, those of other languages too, which nobody takes for the name of a field.
fn is_type(word: &str) -> bool {
    VALUE_TYPES.contains(&word)
        || matches!(
            word,
            "calendar" | "string" | "boolean" | "decimal" | "integer" | "float" | "double"
        )
}

fn is_word(scene: &Scene<'_>, index: usize) -> bool {
    scene
        .token(index)
        .is_some_and(|token| token.sort == Sort::Word)
}

/// A plain name or a type may stand at a token.
fn is_name(scene: &Scene<'_>, index: usize) -> bool {
    is_word(scene, index) && !RESERVED.contains(&scene.word(index))
}

/// The index of the bracket of the parameters that a token stands in.
fn parameters(scene: &Scene<'_>, index: usize) -> Option<usize> {
    let opening = (0..index).find(|index| scene.word(*index) == "(")?;
    let head = matches!(
        scene.first_word(),
        "define" | "decision" | "rule" | "table" | "reason"
    );
    let gives = scene.find_flat(opening + 1, &["gives"]);
    let line = scene.line(scene.start(0)).0 == scene.line(scene.start(opening)).0;
    (head && opening <= 2 && line && gives >= index).then_some(opening)
}

/// A name that is being declared with its type begins at a token: a field or a parameter.
fn declares(scene: &Scene<'_>, index: usize) -> bool {
    let fields = matches!(scene.first_word(), "record" | "data");
    let before = scene.before(index, 1);
    let field = fields
        && index > 1
        && (scene.token(index).is_some_and(|token| token.first)
            || matches!(before, "," | "key" | "sensitive"));
    field || parameters(scene, index).is_some() && matches!(before, "(" | "," | "sensitive")
}

fn form(start: usize, end: usize, claim: String) -> Proposal {
    Proposal::new("A0179", start, end, claim)
}

/// `define f (a) …`.
fn no_type(scene: &Scene<'_>) -> Option<Proposal> {
    let name = scene.here.checked_sub(1)?;
    let token = scene.token(name)?;
    let ended = matches!(scene.word(scene.here), ")" | ",");
    (ended && declares(scene, name) && is_name(scene, name)).then(|| {
        let word = scene.word(name);
        form(
            token.start,
            token.end,
            format!("{} has no type", code(word)),
        )
        .because("what a name holds is said where it is declared, so that mistakes are found before anything runs")
        .instead(format!("write {} and its type, such as `number`", code(&format!("{word}:"))))
        .sure()
    })
}

/// `define f (a: int = 5) …`.
fn no_default(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let inside = parameters(scene, scene.here)?;
    let value = scene.find_flat(scene.here, &[","]);
    let colon = scene.find_back(scene.here, &[":", ","])?;
    (scene.word(scene.here) == "=" && scene.word(colon) == ":" && colon > inside).then(|| {
        let start = scene.end_before(scene.here);
        form(
            token.start,
            scene.end_before(value),
            "a parameter has no default".to_owned(),
        )
        .because("a function is called with every argument, so that each call says what it means")
        .instead("leave it out, or take a record, whose fields may have defaults")
        .choice("remove the default", start, scene.end_before(value), "")
    })
}

/// `int[]`, `[int]`, `List<int>`, `list int`.
fn list_type(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let leads = |index: usize| matches!(scene.before(index, 1), ":" | "gives");
    let (from, element, to) = match scene.word(here) {
        "[" if scene.word(here + 1) == "]" && leads(here.checked_sub(1)?) => {
            (here - 1, here - 1, here + 1)
        }
        "[" if leads(here) && scene.word(here + 2) == "]" => (here, here + 1, here + 2),
        "<" if leads(here.checked_sub(1)?) && scene.word(here + 2) == ">" => {
            (here - 1, here + 1, here + 2)
        }
        _ => {
            let element = here.checked_sub(1)?;
            let list = element.checked_sub(1)?;
            let said = scene.word(list).eq_ignore_ascii_case("list") && leads(list);
            if !said || scene.token(element)?.first {
                return None;
            }
            (list, element, element)
        }
    };
    if !is_name(scene, element) {
        return None;
    }
    let (start, end) = (scene.start(from), scene.token(to)?.end);
    let shown = code(scene.slice(start, end));
    let generic = scene.word(here) == "<";
    let lists = ["list", "array", "set", "sequence", "collection"];
    if generic && !lists.contains(&scene.word(from).to_lowercase().as_str()) {
        return Some(
            form(start, end, format!("{shown} is no type"))
                .because("a type takes no other types with it; there are lists, `list of T`, and optional values, `T?`")
                .instead("declare a `record` with the fields that are meant")
                .sure(),
        );
    }
    let ours = format!("list of {}", scene.word(element));
    Some(
        form(start, end, format!("{shown} is not how a list is declared"))
            .because("a list says of what it is one")
            .instead(format!("write {}", code(&ours)))
            .certain(&format!("write {}", code(&ours)), start, end, &ours),
    )
}

/// `optional int`, `int | missing`.
fn optional_type(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let leads = |index: usize| matches!(scene.before(index, 1), ":" | "gives");
    let (from, inner, to) = if scene.word(here) == "|"
        && matches!(scene.word(here + 1), "missing" | "null" | "None" | "nil")
        && leads(here.checked_sub(1)?)
    {
        (here - 1, here - 1, here + 1)
    } else {
        let inner = here.checked_sub(1)?;
        let said = inner.checked_sub(1)?;
        let optional = matches!(
            scene.word(said).to_lowercase().as_str(),
            "optional" | "maybe" | "nullable" | "option"
        );
        if !optional || !leads(said) || scene.token(inner)?.first {
            return None;
        }
        (said, inner, inner)
    };
    if !is_name(scene, inner) {
        return None;
    }
    let (start, end) = (scene.start(from), scene.token(to)?.end);
    let ours = format!("{}?", scene.word(inner));
    let shown = code(scene.slice(start, end));
    Some(
        form(
            start,
            end,
            format!("{shown} is not how a value is declared that may be missing"),
        )
        .because("a question mark behind the type says that a value may be missing")
        .instead(format!("write `{ours}`"))
        .certain(&format!("write `{ours}`"), start, end, &ours),
    )
}

/// `a : int from 0 to 5`.
fn range_of_type(scene: &Scene<'_>) -> Option<Proposal> {
    let from = scene.here.checked_sub(1)?;
    let field = from.checked_sub(2)?;
    (matches!(scene.word(from), "from" | "between")
        && scene.word(field) == ":"
        && matches!(scene.first_word(), "record" | "data")
        && scene.token(scene.here)?.sort == Sort::Number)
        .then(|| {
            form(
                scene.start(from),
                scene.end_before(scene.here),
                "a field says no range".to_owned(),
            )
            .because(
                "the range belongs to the number, so that it holds wherever the number is used",
            )
            .instead(
                "declare `number Age = plain, 0 places, from 0 to 120` and use `Age` as the type",
            )
            .sure()
        })
}

/// `a : money in EUR`, `a : EUR per piece`, `a : plain, 2 places`.
fn dimension_of_type(scene: &Scene<'_>) -> Option<Proposal> {
    // Behind a field what follows its type may be the name of the next one.
    let joint = match scene.word(scene.here) {
        "in" | "per" => scene.here,
        _ => scene.here.checked_sub(1)?,
    };
    let word = joint.checked_sub(1)?;
    let colon = word.checked_sub(1)?;
    let places = scene.word(joint) == ","
        && scene.token(joint + 1)?.sort == Sort::Number
        && matches!(scene.word(joint + 2), "place" | "places");
    let dimension = matches!(scene.word(joint), "in" | "per") && is_word(scene, joint + 1);
    let field = matches!(scene.first_word(), "record" | "data");
    if !(places || dimension)
        || scene.word(colon) != ":"
        || !field && parameters(scene, word).is_none()
    {
        return None;
    }
    let end = joint + 1 + usize::from(places);
    let what = if field { "a field" } else { "a parameter" };
    Some(
        form(
            scene.start(word),
            scene.end_before(end + 1),
            format!("{what} says no dimension and no places"),
        )
        .because("both belong to the number, so that they hold wherever the number is used")
        .instead("declare `number Amount = money in EUR, 2 places` and use `Amount` as the type")
        .sure(),
    )
}

/// `a : int default 0`.
fn default_word(scene: &Scene<'_>) -> Option<Proposal> {
    let word = scene.here.checked_sub(1)?;
    let token = scene.token(word)?;
    (scene.word(word) == "default"
        && !token.first
        && scene.value_before(word)
        && matches!(scene.first_word(), "record" | "data"))
    .then(|| {
        form(
            token.start,
            token.end,
            "`default` does not lead the default of a field".to_owned(),
        )
        .because("a field is written `name : type = value`")
        .instead("write `=`")
        .certain("write `=`", token.start, token.end, "=")
    })
}

/// `int a`, `a int`.
fn name_and_type(scene: &Scene<'_>) -> Option<Proposal> {
    let name = scene.here.checked_sub(1)?;
    let (one, other) = (scene.token(name)?, scene.token(scene.here)?);
    let follows = scene.word(scene.here + 1);
    let alone = matches!(follows, ")" | "," | "=" | "?" | "of" | "")
        || scene.token(scene.here + 1).is_some_and(|next| next.first);
    if !alone
        || other.first
        || !declares(scene, name)
        || !is_name(scene, name)
        || !is_name(scene, scene.here)
    {
        return None;
    }
    let (first, second) = (scene.word(name), scene.word(scene.here));
    let swapped = is_type(first) && !is_type(second) && follows != "of";
    let base = form(
        one.start,
        other.end,
        if swapped {
            format!("the type `{first}` stands before the name `{second}`")
        } else {
            format!("between `{first}` and `{second}` stands no colon")
        },
    )
    .because("the name comes first, then a colon, then the type");
    let ours = if swapped {
        format!("{second}: {first}")
    } else {
        format!("{first}: {second}")
    };
    Some(base.instead(format!("write `{ours}`")).fix(
        &format!("write `{ours}`"),
        one.start,
        other.end,
        &ours,
        swapped || (is_type(second) || follows == "of") && !is_type(first),
    ))
}

/// Words that begin a declaration and are followed by its name.
const NAMED: &[&str] = &[
    "define",
    "decision",
    "rule",
    "table",
    "record",
    "data",
    "enum",
    "number",
    "reason",
    "example",
    "parameter",
    "exception",
    "module",
    "use",
    "extend",
    "let",
    "carry",
    "next",
];

/// `my name : text`, `order-number : text`, `enum A = order-confirmed`, `| my field |`.
fn several_words(scene: &Scene<'_>) -> Option<Proposal> {
    // `record My Line`: the second word is read as the first field.
    let record = scene.token(scene.here).is_none_or(|token| token.first)
        && matches!(scene.first_word(), "record" | "data")
        && scene.here == 3;
    let here = scene.here - usize::from(record);
    let at = scene.token(here)?;
    let line = scene.line(at.start).0;
    // A word or a hyphen that belongs to what stands before it.
    let joins = |index: usize| {
        let (Some(token), Some(before)) = (
            scene.token(index),
            index.checked_sub(1).and_then(|before| scene.token(before)),
        ) else {
            return false;
        };
        let hyphen = |index: usize| scene.word(index) == "-";
        let touching = token.start == before.end;
        !token.first
            && scene.line(token.start).0 == line
            && (hyphen(index) && touching && is_word(scene, index - 1)
                || is_word(scene, index)
                    && (hyphen(index - 1) && touching
                        || is_word(scene, index - 1) && token.start == before.end + 1))
    };
    if !joins(here) {
        return None;
    }
    let mut first = here - 1;
    while joins(first) && !NAMED.contains(&scene.before(first, 1)) {
        first -= 1;
    }
    let mut last = here;
    let stop = |index: usize| {
        matches!(
            scene.word(index),
            "gives" | "overrides" | "yields" | "when" | "then" | "valid" | "as" | "per" | "is"
        )
    };
    while joins(last + 1) && !stop(last + 1) {
        last += 1;
    }
    let words: Vec<&str> = (first..=last)
        .map(|index| scene.word(index))
        .filter(|word| *word != "-")
        .collect();
    if words.len() < 2 || stop(here) || scene.word(last) == "-" {
        return None;
    }
    if NAMED.contains(&scene.word(first)) && scene.word(last + 1) != ":" {
        return None;
    }
    let lead = scene.before(first, 1);
    let leads = NAMED.contains(&lead) && scene.token(first - 1).is_some_and(|token| token.first);
    let declared = declares(scene, first) && scene.word(last + 1) == ":";
    let hyphens = (first..=last).any(|index| scene.word(index) == "-");
    let value = hyphens
        && (scene.first_word() == "enum" || scene.is_cell(at.start))
        && matches!(lead, "|" | "=" | "<" | "," | "not");
    let header = scene.is_row(at.start) && lead.starts_with('|') && {
        let above = line.checked_sub(1).map_or("", |end| scene.line(end).1);
        !above.trim_start().starts_with('|')
    };
    if !(leads || declared || value || header) {
        return None;
    }
    let (start, end) = (scene.start(first), scene.token(last)?.end);
    let shown = scene.slice(start, end);
    let ours = words.join("_");
    Some(
        Proposal::new("A0178", start, end, format!("`{shown}` is not one name"))
            .because("a name is one word of letters, digits and `_`; a blank ends it, and `-` is the minus")
            .instead(format!("write `{ours}`, here and wherever it is used"))
            .choice(&format!("write `{ours}`"), start, end, &ours),
    )
}
