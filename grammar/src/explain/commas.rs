//! Commas that part nothing: behind a `let`, before the next word of a phrase, at the end.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[last, comma];

/// Words before which no comma stands.
const NEXT: &[&str] = &[
    "where",
    "let",
    "give",
    "then",
    "else",
    "by",
    "ending",
    "when",
    "unless",
    "because",
    "default",
    "exception",
    "expect",
    "carry",
    "next",
    "finally",
    "and",
    "or",
    "otherwise",
    "gives",
    "using",
    "carrying",
    "with",
    "has",
    "hit",
    "overrides",
    "yields",
    "cases",
    "given",
];

/// `b : int,` as the last line of a record.
fn last(scene: &Scene<'_>) -> Option<Proposal> {
    let last = scene.tokens.len().checked_sub(1)?;
    let token = scene.token(last)?;
    let named = matches!(
        scene.first_word(),
        "record" | "data" | "enum" | "unit" | "currency" | "number"
    );
    (named && scene.word(last) == ",").then(|| {
        Proposal::new("A0191", token.start, token.end, "this comma parts nothing")
            .because("behind the last one nothing follows")
            .instead("leave it out")
            .certain("remove `,`", token.start, token.end, "")
            .sure()
    })
}

fn comma(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    if scene.word(scene.here) != "," || scene.is_row(token.start) {
        return None;
    }
    let next = scene.here + 1;
    let word = scene.word(next);
    let proposal = Proposal::new("A0191", token.start, token.end, "this comma parts nothing");
    let open = !scene.open_brackets(scene.here).is_empty();
    let lead = scene.find_back(scene.here, &["let", "give", "carry", "next", "in"]);
    let named = scene
        .token(next)
        .is_some_and(|token| token.sort == Sort::Word && !super::forms::RESERVED.contains(&word))
        && scene.word(next + 1) == "=";
    if named && lead.is_some_and(|lead| scene.word(lead) == "let") && !open {
        let line = scene.token(next).is_some_and(|token| token.first);
        let start = if line { token.start } else { scene.start(next) };
        let (text, end) = if line {
            (
                format!("{}let ", scene.slice(token.end, scene.start(next))),
                scene.start(next),
            )
        } else {
            (" let ".to_owned(), start)
        };
        return Some(
            proposal
                .because("each value is given its name with a `let` of its own")
                .instead(format!("write {}", code(&format!("let {word} ="))))
                .certain("write `let`", token.start, end, &text)
                .sure(),
        );
    }
    let end = scene.token(next).is_none();
    if !end && !NEXT.contains(&word) || scene.word(next + 1) == ":" {
        return None;
    }
    let proposal = proposal
        .because("a comma parts arguments, the elements of a list, fields and names; what follows begins with a word of its own")
        .instead("leave it out")
        .certain("remove `,`", token.start, token.end, "");
    Some(if open { proposal } else { proposal.sure() })
}
