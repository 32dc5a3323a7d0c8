//! Mistakes in the form of a declaration: `:` and `=` in each other's place, the values of an enum,
//! the value of a parameter, what `use` names, words that begin a clause elsewhere.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[
    enum_values,
    number_form,
    parameter_value,
    used,
    colon_or_equals,
    clause_words,
];

/// `enum A: x | y`, `a = int` in a record, `record R:`, `default: 0`.
fn colon_or_equals(scene: &Scene<'_>) -> Option<Proposal> {
    const CLAUSES: &[&str] = &[
        "default", "when", "unless", "then", "because", "expect", "cases", "check", "hit",
    ];
    let here = scene.here;
    let token = scene.token(here)?;
    let sign = scene.word(here);
    if !matches!(sign, ":" | "=") {
        return None;
    }
    let other = if sign == ":" { "=" } else { ":" };
    let proposal = |claim: String| Proposal::new("A0180", token.start, token.end, claim);
    let keyword = scene.first_word();
    if sign == ":"
        && matches!(keyword, "enum" | "number" | "example")
        && scene.before(here, 2) == keyword
    {
        return Some(
            proposal(format!(
                "`:` does not part the name of this {keyword} from what it is"
            ))
            .because("a colon leads a type; what a name stands for is led by `=`")
            .instead("write `=`")
            .certain("write `=`", token.start, token.end, other),
        );
    }
    let field = here
        .checked_sub(1)
        .and_then(|name| scene.token(name))
        .is_some_and(|name| name.first && name.sort == Sort::Word);
    if sign == "=" && matches!(keyword, "record" | "data") && field {
        let name = scene.before(here, 1);
        let base = proposal(format!("`=` does not part the name `{name}` from its type"))
            .because("a field is written `name : type`, and a default stands behind it, `name : type = value`");
        let value = scene
            .token(here + 1)
            .is_none_or(|next| next.sort != Sort::Word);
        return Some(if value {
            base.instead(format!("write `{name} : ` and its type before `=`"))
        } else {
            base.instead("write `:`")
                .choice("write `:`", token.start, token.end, other)
        });
    }
    // A head without `gives` has more to say than that its sign is one too many.
    let unsaid = matches!(keyword, "define" | "decision" | "rule" | "table")
        && scene.find_flat(0, &["gives"]) >= here;
    if sign == ":"
        && scene
            .token(here + 1)
            .is_some_and(|next| next.sort == Sort::Text)
        && scene
            .find_back(here, &["check", "because"])
            .is_some_and(|check| scene.word(check) == "check")
    {
        return Some(
            proposal("`:` does not lead the words of a check".to_owned())
                .because("what is said when a check is violated stands behind `because`")
                .instead("write `because`")
                .certain(
                    "write `because`",
                    scene.end_before(here),
                    token.end,
                    " because",
                ),
        );
    }
    let ends = !unsaid && scene.token(here + 1).is_none_or(|next| next.first);
    let word = scene.before(here, 1);
    let leads = CLAUSES.contains(&word) && (sign == ":" || matches!(word, "default" | "then"));
    if !ends && !leads {
        return None;
    }
    let start = scene.end_before(here);
    Some(
        proposal(format!("`{sign}` has no meaning here"))
            .because(if ends {
                "what belongs to a line is indented below it; no sign announces it"
            } else {
                "what a clause says stands behind its word; no sign parts them"
            })
            .instead("leave it out")
            .certain(&format!("remove `{sign}`"), start, token.end, ""),
    )
}

/// `enum A = x, y`, `enum A { x, y }`, values one below the other, values as texts.
fn enum_values(scene: &Scene<'_>) -> Option<Proposal> {
    if scene.first_word() != "enum" {
        return None;
    }
    let first = scene.tokens.iter().position(|token| token.first)?;
    let from = first + 2;
    let mut values: Vec<&str> = Vec::new();
    let mut signs: Vec<&str> = Vec::new();
    for index in from..scene.tokens.len() {
        let word = scene.word(index);
        match scene.token(index)?.sort {
            Sort::Word if word == "or" => signs.push(word),
            Sort::Word => values.push(word),
            Sort::Text => values.push(word.trim_matches('"')),
            _ if matches!(word, "=" | "," | "|" | "/" | ";" | "{" | "}" | ":" | "<") => {
                signs.push(word);
            }
            _ if word == ">" => {
                let token = scene.token(index)?;
                return (index == scene.here).then(|| {
                    Proposal::new(
                        "A0181",
                        token.start,
                        token.end,
                        "values of an enum do not fall",
                    )
                    .because("an order is written with the lowest value first, `low < high`")
                    .instead("turn the values round and write `<`")
                    .sure()
                });
            }
            _ => return None,
        }
    }
    let named = values.iter().all(|value| {
        value.starts_with(char::is_alphabetic)
            && value.chars().all(|c| c.is_alphanumeric() || c == '_')
    });
    let (start, end) = (scene.start(from), scene.end_before(scene.tokens.len()));
    if !named || values.is_empty() || start >= end || scene.before(from, 1) == "=" {
        return None;
    }
    let token = scene.token(scene.here);
    let (at, to) = token.map_or((end, end), |token| (token.start, token.end));
    let proposal = |claim: &str| Proposal::new("A0181", at, to, claim);
    if signs.contains(&"<") {
        return signs.contains(&"|").then(|| {
            proposal("this enum is ordered in part only")
                .because("either all values have an order, `low < middle < high`, or none has")
                .instead("part all of them by `<`, or all of them by `|`")
                .sure()
        });
    }
    let found = scene.word(scene.here);
    let blank = token.is_none_or(|token| token.sort == Sort::Word || token.sort == Sort::Text);
    if !blank && !matches!(found, "," | "/" | ";" | "{" | "}") {
        return None;
    }
    let ours = format!("= {}", values.join(" | "));
    Some(
        proposal("the values of this enum are not parted by `|`")
            .because("an enum is written `enum A = x | y`, or `enum A = x < y` if its values have an order")
            .instead(format!("write {}", code(&ours)))
            .choice("part the values by `|`", start, end, &ours)
            .sure(),
    )
}

/// `number Q = money EUR`, `number Q = percent 2 places`, `number Q = 2 places`.
fn number_form(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    if scene.first_word() != "number" || scene.before(here, 1).is_empty() {
        return None;
    }
    let found = scene.word(here);
    let proposal = |claim: String| {
        Proposal::new("A0186", token.start, token.end, claim).because(
            "a number is `number Name = DIMENSION, 2 places, from 0 to 100`; the dimension is `plain`, `percent`, `money in EUR` or a unit",
        )
    };
    let number = token.sort == Sort::Number;
    let at = token.start;
    match scene.before(here, 1) {
        "=" if number && scene.word(here + 1) == "places" => Some(
            proposal("this number has no dimension".to_owned())
                .instead("write `plain,` before it, or another dimension")
                .choice("insert `plain`", at, at, "plain, "),
        ),
        "money" if token.sort == Sort::Word => Some(
            proposal(format!("between `money` and `{found}` stands no `in`"))
                .instead(format!("write `money in {found}`"))
                .certain("insert `in`", at, at, "in "),
        ),
        "," if matches!(found, "places" | "decimals" | "digits") => {
            let count = scene
                .token(here + 1)
                .filter(|next| next.sort == Sort::Number)?;
            let ours = format!("{} places", scene.slice(count.start, count.end));
            Some(
                proposal(format!("`{found}` stands before its number"))
                    .instead(format!("write `{ours}`"))
                    .certain(&format!("write `{ours}`"), at, count.end, &ours),
            )
        }
        "," if matches!(found, ">=" | "<=") => {
            let ours = if found == ">=" { "from" } else { "to" };
            Some(
                proposal(format!("`{found}` does not begin a border"))
                    .instead(format!("write `{ours}`"))
                    .certain(&format!("write `{ours}`"), at, token.end, ours),
            )
        }
        _ if matches!(found, "digits" | "decimals" | "place")
            && scene
                .token(here - 1)
                .is_some_and(|before| before.sort == Sort::Number) =>
        {
            Some(
                proposal(format!("`{found}` is not the word for decimal places"))
                    .instead("write `places`")
                    .certain("write `places`", at, token.end, "places"),
            )
        }
        _ if (number || found == "from") && scene.value_before(here) => {
            let end = scene.end_before(here);
            Some(
                proposal(format!("before `{found}` stands no comma"))
                    .instead("write `,` before it")
                    .certain("insert `,`", end, end, ","),
            )
        }
        _ => None,
    }
}

/// `parameter p : number = 5`, `from 2026-01-01 5%`, `since`, a last day.
fn parameter_value(scene: &Scene<'_>) -> Option<Proposal> {
    let keyword = scene.first_word();
    if !matches!(keyword, "parameter" | "extend") {
        return None;
    }
    let here = scene.here;
    let token = scene.token(here)?;
    let found = scene.word(here);
    let proposal =
        |start: usize, end: usize, claim: String| Proposal::new("A0182", start, end, claim);
    let form = "a parameter says `is VALUE`, or `from DAY is VALUE` for each day on which its value changes";
    if found == "=" && keyword == "parameter" && scene.before(here, 2) == "parameter" {
        let name = scene.before(here, 1);
        return Some(
            proposal(
                token.start,
                token.end,
                format!("the parameter `{name}` has no type"),
            )
            .because("a parameter is written `parameter name : type`, and below it its value")
            .instead(format!(
                "write `parameter {name} : number`, or another type, and `is` before the value"
            ))
            .sure(),
        );
    }
    if matches!(found, "=" | ":=" | ":") || found == "since" || found == "until" {
        let ours = if found == "since" { "from" } else { "is" };
        if found == "until" || found == ":" && scene.before(here, 2) != ":" {
            return None;
        }
        return Some(
            proposal(
                token.start,
                token.end,
                format!("`{found}` does not lead the value of a parameter"),
            )
            .because(form)
            .instead(format!("write `{ours}`"))
            .certain(&format!("write `{ours}`"), token.start, token.end, ours),
        );
    }
    if found == "to"
        && scene
            .find_back(here, &["from", "is", "because"])
            .is_some_and(|from| scene.word(from) == "from")
    {
        let is = scene.find_flat(here, &["is"]);
        let (start, end) = (scene.end_before(here), scene.end_before(is));
        return Some(
            proposal(token.start, end, "a value of a parameter has no last day".to_owned())
                .because("each value holds until the day before the next one, so that there is no gap and no overlap")
                .instead("leave it out, and write `from` and the day of the next value below")
                .choice("remove the last day", start, end, ""),
        );
    }
    let value = matches!(token.sort, Sort::Number | Sort::Text)
        || matches!(found, "true" | "false" | "missing" | "-" | "[");
    let dated = scene
        .find_back(here, &["from", "is"])
        .is_some_and(|from| scene.word(from) == "from");
    // `parameter rate : number 5`
    let typed = keyword == "parameter"
        && scene.before(here, 2) == ":"
        && scene.before(here, 4) == "parameter"
        && token.sort == Sort::Number;
    ((keyword == "parameter" && token.first || dated || typed) && value).then(|| {
        proposal(
            token.start,
            token.end,
            "before this value stands no `is`".to_owned(),
        )
        .because(form)
        .instead("write `is`")
        .certain("insert `is`", token.start, token.start, "is ")
    })
}

/// `use a.b.*`, `use a.b as c`, `use a, b`.
fn used(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let first = scene.tokens.iter().position(|token| token.first)?;
    if scene.word(first) != "use" || scene.here < first + 2 {
        return None;
    }
    let end = scene.end_before(scene.tokens.len());
    let proposal = |claim: &str| Proposal::new("A0184", token.start, end, claim);
    match scene.word(scene.here) {
        "." if scene.word(scene.here + 1) == "*" => Some(
            proposal("`use` brings all names of a module")
                .because("nothing has to say so")
                .instead("leave `.*` out")
                .certain("remove `.*`", token.start, end, ""),
        ),
        "as" => Some(
            proposal("`use` gives a module no other name")
                .because("a name that two used modules offer is written in full, with its module")
                .instead("leave `as` out and write the full name where it is needed")
                .choice("remove it", scene.end_before(scene.here), end, ""),
        ),
        "," => Some(
            proposal("`use` names one module")
                .because("each module that is used has a line of its own")
                .instead("write a `use` of its own for each"),
        ),
        _ => None,
    }
}

/// What begins a clause elsewhere, where it stands, what does here, and why; an empty word has no fix.
const CLAUSES: &[(&str, &str, &str, &str)] = &[
    (
        "if",
        "exception",
        "when",
        "an exception says `when`, and behind `then` the value that it gives",
    ),
    (
        "where",
        "exception",
        "when",
        "an exception says `when`, and behind `then` the value that it gives",
    ),
    (
        "give",
        "exception",
        "then",
        "an exception says `when`, and behind `then` the value that it gives",
    ),
    (
        "else",
        "rule",
        "default",
        "what a rule gives when no exception applies stands behind `default`",
    ),
    (
        "otherwise",
        "rule",
        "default",
        "what a rule gives when no exception applies stands behind `default`",
    ),
    (
        "assert",
        "test",
        "expect",
        "a test says what must hold behind `expect`",
    ),
    (
        "assert_equal",
        "test",
        "expect",
        "a test says what must hold behind `expect`",
    ),
    (
        "should",
        "test",
        "expect",
        "a test says what must hold behind `expect`",
    ),
    (
        "then",
        "test",
        "expect",
        "a test says what must hold behind `expect`",
    ),
    (
        "when",
        "test",
        "let",
        "what a test works with is named with `let`",
    ),
    (
        "warn",
        "reason",
        "warning",
        "a reason is an `info`, a `warning` or an `error`",
    ),
    (
        "fatal",
        "reason",
        "error",
        "a reason is an `info`, a `warning` or an `error`",
    ),
    (
        "primary",
        "data",
        "",
        "the fields that name a row stand behind `key` alone, `key list : code, row : int`",
    ),
    (
        "unique",
        "data",
        "check distinct",
        "that no two rows have equal values is a check",
    ),
];

fn clause_words(scene: &Scene<'_>) -> Option<Proposal> {
    let keyword = scene.first_word();
    let here = scene.here;
    // The word is not known, so that the error may lie behind it.
    let index = [here, here.saturating_sub(1)].into_iter().find(|index| {
        CLAUSES.iter().any(|(word, ..)| *word == scene.word(*index))
            && scene
                .token(*index)
                .is_some_and(|token| token.first || scene.word(*index) == "give")
    });
    let exception =
        matches!(keyword, "rule" | "extend") && scene.find_back(here, &["exception"]).is_some();
    let place = if exception { "exception" } else { keyword };
    let place = if place == "property" { "test" } else { place };
    let known = index.and_then(|index| {
        let (_, _, ours, why) = CLAUSES
            .iter()
            .find(|(word, at, ..)| *word == scene.word(index) && *at == place)?;
        Some((index, *ours, *why))
    });
    if let Some((index, ours, why)) = known {
        let token = scene.token(index)?;
        let word = scene.word(index);
        let proposal = Proposal::new(
            "A0183",
            token.start,
            token.end,
            format!("`{word}` begins no clause here"),
        )
        .because(why);
        let shown = if ours.is_empty() { "key" } else { ours };
        let proposal = proposal.instead(format!("write `{shown}`"));
        return Some(if ours.is_empty() {
            proposal.certain("remove it", token.start, scene.start(index + 1), "")
        } else {
            proposal.certain(&format!("write `{ours}`"), token.start, token.end, ours)
        });
    }
    let token = scene.token(here)?;
    let word = scene.word(here);
    let claim = |claim: String| Proposal::new("A0183", token.start, token.end, claim);
    match (place, word) {
        ("rule", "when" | "unless" | "if" | "then") => Some(
            claim(format!("`{word}` stands outside of an exception"))
                .because("each case of a rule is an exception with a name, so that results say what decided")
                .instead("write `exception name` above it, and what holds in all other cases behind `default`")
                .sure(),
        ),
        ("exception", "priority" | "precedence" | "rank" | "order") => Some(
            claim(format!("`{word}` begins no clause of an exception"))
                .because("which of two exceptions goes first is said between the two, so that nobody has to compare numbers")
                .instead("write `exception name overrides other`, or `yields to other`")
                .sure(),
        ),
        ("exception", "before" | "after" | "over" | "beats") if scene.before(here, 2) == "exception" => {
            let ours = if word == "after" { "yields to" } else { "overrides" };
            Some(
                claim(format!("`{word}` does not say which exception goes first"))
                    .because("which of two exceptions goes first is said with `overrides` or `yields to`")
                    .instead(format!("write `{ours}`"))
                    .choice(&format!("write `{ours}`"), token.start, token.end, ours),
            )
        }
        ("test", _) => expected(scene),
        _ => None,
    }
}

/// `expect f(1) throws x`, `expect f(1) is error x`, `expect f(1) to be 2`.
fn expected(scene: &Scene<'_>) -> Option<Proposal> {
    const FAILS: &[&str] = &[
        "to be an error",
        "to be error",
        "is an error",
        "is error",
        "gives error",
        "to throw",
        "to fail with",
        "fails with",
        "stops with",
        "throws",
        "raises",
        "fails",
        "stops",
        "errors",
    ];
    const IS: &[&str] = &[
        "to be equal to",
        "should be equal to",
        "should be",
        "should equal",
        "must be",
        "must equal",
        "shall be",
        "to equal",
        "to be",
        "to eq",
        "should",
        "returns",
        "return",
        "gives",
        "yields",
        "toBe",
        "toEqual",
        "is equal to",
        "equals to",
        "equals",
        "to",
    ];
    let here = scene.here;
    let expect = scene.find_back(here, &["expect", "let"])?;
    if scene.word(expect) != "expect" {
        return None;
    }
    // The words that stand behind a value; of some of them the first is read as a part of it.
    let said = |phrases: &[&str]| {
        phrases.iter().find_map(|phrase| {
            let words: Vec<&str> = phrase.split(' ').collect();
            let from = here.saturating_sub(words.len()).max(expect + 2);
            let first = (from..=here).find(|first| {
                scene.value_before(*first)
                    && words
                        .iter()
                        .enumerate()
                        .all(|(at, word)| scene.word(first + at) == *word)
            })?;
            Some((first, first + words.len()))
        })
    };
    let claim = |first: usize, end: usize, claim: &str| {
        let (start, stop) = (scene.start(first), scene.end_before(end));
        let shown = code(scene.slice(start, stop));
        Proposal::new("A0183", start, stop, format!("{shown} {claim}"))
    };
    if let Some((first, end)) = said(FAILS) {
        let value = scene.slice(scene.start(expect + 1), scene.end_before(first));
        let name = scene
            .token(end)
            .filter(|token| token.sort == Sort::Word && !token.first)
            .map_or("CODE", |_| scene.word(end));
        let ours = format!("expect error {name} in {value}");
        let proposal = claim(first, end, "does not say that an error is expected")
            .because("an expected error is named first, then where it comes from")
            .instead(format!("write {}", code(&ours)));
        let next = end + 1;
        let alone = name != "CODE" && scene.token(next).is_none_or(|token| token.first);
        let (start, stop) = (scene.start(expect), scene.end_before(next));
        return Some(if alone {
            proposal
                .certain(&format!("write {}", code(&ours)), start, stop, &ours)
                .sure()
        } else {
            proposal.sure()
        });
    }
    let (first, end) = said(IS)?;
    let behind = scene.token(end)?;
    (!behind.first && end > here).then(|| {
        claim(first, end, "does not say what is expected")
            .because("behind `expect` stands a condition, which must hold")
            .instead("write `=`")
            .certain("write `=`", scene.start(first), scene.end_before(end), "=")
            .sure()
    })
}
