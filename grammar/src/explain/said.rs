//! Names in quotation marks, and phrases that leave out a word: `10% of a`, `count of l where …`,
//! `x = a + 1` without `let`, `percent(2)`.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[
    quoted_name,
    unquoted_title,
    part_of,
    unnamed_elements,
    no_let,
    places_in_brackets,
];

/// `exception "big orders"`, `rule "big order"`.
fn quoted_name(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let before = scene.before(scene.here, 1);
    let named = matches!(
        before,
        "exception"
            | "rule"
            | "table"
            | "define"
            | "decision"
            | "record"
            | "data"
            | "enum"
            | "reason"
            | "example"
            | "parameter"
            | "module"
            | "unit"
            | "currency"
            | "number"
    );
    if token.sort != Sort::Text || !named || !scene.token(scene.here - 1)?.first {
        return None;
    }
    let shown = scene.word(scene.here);
    let words: Vec<String> = shown
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_string)
        .collect();
    let ours = words.join("_");
    let fits = ours.starts_with(char::is_alphabetic) && !super::forms::RESERVED.contains(&&*ours);
    let proposal = Proposal::new(
        "A0178",
        token.start,
        token.end,
        format!("{} is a text, and no name", code(shown)),
    )
    .because("a name is one word of letters, digits and `_`, without quotation marks");
    Some(if fits {
        proposal
            .instead(format!("write `{ours}`"))
            .certain(&format!("write `{ours}`"), token.start, token.end, &ours)
            .sure()
    } else {
        proposal.instead("write one word").sure()
    })
}

/// `test f_works`.
fn unquoted_title(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let keyword = scene.before(here, 1);
    let first = scene.token(here)?;
    if here != 1
        || !matches!(keyword, "test" | "property")
        || first.sort != Sort::Word
        || first.first
    {
        return None;
    }
    let mut next = here + 1;
    while scene
        .token(next)
        .is_some_and(|token| !token.first && token.sort != Sort::Text)
    {
        next += 1;
    }
    let end = scene.end_before(next);
    let words = scene
        .slice(first.start, end)
        .trim_end_matches(':')
        .trim_end();
    let ours = format!("\"{words}\"");
    let plain = !words.contains(['"', '{', '}', '\\']);
    Some(
        Proposal::new(
            "A0178",
            first.start,
            end,
            format!("this {keyword} has no text to be called by"),
        )
        .because("what is tested is said in words, between quotation marks")
        .instead(format!("write {}", code(&ours)))
        .fix(
            &format!("write {}", code(&ours)),
            first.start,
            end,
            &ours,
            plain,
        )
        .sure(),
    )
}

/// `10% of a`.
fn part_of(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let number = scene
        .here
        .checked_sub(2)
        .and_then(|index| scene.token(index))
        .is_some_and(|token| token.sort == Sort::Number);
    (scene.word(scene.here) == "of" && scene.before(scene.here, 1) == "%" && number).then(|| {
        Proposal::new(
            "A0171",
            token.start,
            token.end,
            "`of` does not take a part of a value",
        )
        .because("a part is a product, `10% * price`")
        .instead("write `*`")
        .certain("write `*`", token.start, token.end, "*")
        .sure()
    })
}

/// `count of lines where amount > 3`.
fn unnamed_elements(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    let word = scene.word(here);
    let of = scene.find_back(here, &["of", "in", "for", "where", "by"])?;
    let how = scene.before(of, 1);
    if !matches!(word, "where" | "by" | "ending")
        || scene.word(of) != "of"
        || !matches!(how, "count" | "sum" | "first" | "lowest" | "highest")
        || !scene.value_before(here)
    {
        return None;
    }
    let at = scene.start(of + 1);
    let list = scene.slice(at, scene.end_before(here));
    let ours = format!("{how} of x in {list} {word} …");
    Some(
        Proposal::new(
            "A0175",
            token.start,
            token.end,
            format!("`{word}` stands behind a list whose elements have no name"),
        )
        .because("what is asked of an element is asked by its name, `x in list where x.amount > 3`")
        .instead(format!("write {}", code(&ours)))
        .choice("name the elements `x`", at, at, "x in ")
        .sure(),
    )
}

/// `x = a + 1` as the first line of a body, and its use below.
fn no_let(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let body = matches!(scene.first_word(), "define" | "decision");
    if !body || !token.first || token.sort != Sort::Word {
        return None;
    }
    let line = (0..scene.here).find(|index| {
        scene.token(*index).is_some_and(|token| token.first)
            && *index >= scene.from
            && scene.word(index + 1) == "="
            && *index > 0
    })?;
    let name = scene.word(line);
    let first = scene.token(line)?;
    let known = super::forms::RESERVED.contains(&name);
    let used = (scene.here..scene.tokens.len()).any(|index| scene.word(index) == name);
    let let_before = (scene.from..line).any(|index| scene.word(index) == "let");
    (!known && used && !let_before && scene.word(scene.here) != "give").then(|| {
        Proposal::new(
            "A0133",
            first.start,
            scene.end_before(line + 2),
            format!("before `{name} =` stands no `let`"),
        )
        .because("a value is given a name with `let`, and what is made of it stands behind `give`")
        .instead(format!(
            "write `let {name} =`, and `give` before the result"
        ))
        .sure()
    })
}

/// `number Rate = percent(2)`, `number Amount = decimal(10,2)`.
fn places_in_brackets(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let token = scene.token(here)?;
    if scene.first_word() != "number" || scene.word(here) != "(" || scene.before(here, 2) != "=" {
        return None;
    }
    let closing = scene.find_flat(here + 1, &[]);
    let last = closing.checked_sub(1)?;
    let places = scene.token(last).filter(|last| last.sort == Sort::Number)?;
    let count = scene.slice(places.start, places.end);
    let end = scene.end_before((closing + 1).min(scene.tokens.len()));
    let dimension = scene.before(here, 1);
    let start = scene.start(here - 1);
    let kind = match dimension.to_lowercase().as_str() {
        "decimal" | "numeric" | "number" | "float" | "double" => "plain",
        _ => dimension,
    };
    let ours = format!("{kind}, {count} places");
    Some(
        Proposal::new(
            "A0186",
            token.start,
            end,
            "decimal places stand in no brackets",
        )
        .because("a number is `number Name = DIMENSION, 2 places, from 0 to 100`; the dimension is `plain`, `percent`, `money in EUR` or a unit")
        .instead(format!("write `{ours}`"))
        .fix(&format!("write `{ours}`"), start, end, &ours, kind == dimension)
        .sure(),
    )
}
