//! Faults of a whole declaration: signs that must not be in a file, its place on the page, its first
//! word, and words that the grammar leaves open.

use unicode_normalization::UnicodeNormalization as _;

use super::nearest;
use super::proposal::Proposal;
use super::scene::{Scene, Sort, Token, tokens, tokens_and_comments};
use super::texts::comment;
use crate::cut::lead_length;
use crate::kind::Kind;
use crate::tree::{Node, TextRange};

/// The most signs and names of one declaration that are looked at; more than are told.
const MAX_SIGNS: usize = 64;

/// The words that begin declarations.
const DECLARATIONS: &[&str] = &[
    "module",
    "use",
    "currency",
    "unit",
    "number",
    "enum",
    "record",
    "data",
    "reason",
    "define",
    "decision",
    "example",
    "parameter",
    "rule",
    "table",
    "test",
    "property",
    "extend",
];

/// Words of other languages and the declaration that stands for them here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("function", "define"),
    ("def", "define"),
    ("fn", "define"),
    ("func", "define"),
    ("fun", "define"),
    ("sub", "define"),
    ("procedure", "define"),
    ("class", "record"),
    ("struct", "record"),
    ("type", "record"),
    ("const", "parameter"),
    ("var", "parameter"),
    ("import", "use"),
    ("include", "use"),
    ("using", "use"),
    ("require", "use"),
    ("package", "module"),
    ("namespace", "module"),
    ("relation", "data"),
];

/// Words that begin a line inside a declaration.
const INSIDE: &[&str] = &[
    "let",
    "give",
    "if",
    "then",
    "else",
    "for",
    "carry",
    "next",
    "finally",
    "where",
    "by",
    "ending",
    "when",
    "unless",
    "because",
    "default",
    "exception",
    "valid",
    "as",
    "combine",
    "hit",
    "given",
    "cases",
    "expect",
    "check",
    "key",
    "sensitive",
    "rows",
    "fresh",
    "from",
    "is",
    "return",
    "and",
    "or",
    "otherwise",
];

/// Signs that change or hide what is read, in order of their places.
pub(super) fn signs(text: &str) -> Vec<Proposal> {
    if let Some(at) = text.find('\0') {
        return vec![
            Proposal::new("A0158", at, at + 1, "between the letters stand empty bytes")
                .because("so looks a file that was saved as UTF-16; a rule file is UTF-8")
                .instead("save the file as UTF-8"),
        ];
    }
    // All signs that must not be in a file but the empty byte are beyond ASCII, or control characters.
    if text
        .bytes()
        .all(|byte| byte.is_ascii() && (byte >= b' ' || b"\t\r\n".contains(&byte)))
    {
        return Vec::new();
    }
    let (tokens, comments) = tokens_and_comments(text);
    let mut found = Vec::new();
    for (at, character) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
        let end = at + character.len_utf8();
        let number = format!("U+{:04X}", u32::from(character));
        if found.len() >= MAX_SIGNS {
            break;
        }
        match character {
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => found.push(
                Proposal::new("A0156", at, end, format!("here stands a hidden sign that changes the order of reading ({number})"))
                    .because("with it a text shows something else than it says, so it is refused everywhere")
                    .instead("remove it")
                    .certain("remove the hidden sign", at, end, ""),
            ),
            '\u{feff}' if at == 0 => {}
            '\u{feff}' if !is_quiet(at, &tokens, &comments) => found.push(
                Proposal::new("A0157", at, end, "inside the file stands the mark of a file's beginning (U+FEFF)")
                    .because("it is left over where two files were joined, and it is not seen")
                    .instead("remove it")
                    .certain("remove the mark", at, end, ""),
            ),
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}' | '\u{180e}'
                if !is_quiet(at, &tokens, &comments) =>
            {
                found.push(
                    Proposal::new("A0155", at, end, format!("here stands a sign that is not seen ({number})"))
                        .because("it comes along when text is copied from a page or a mail")
                        .instead("remove it")
                        .certain("remove the hidden sign", at, end, ""),
                );
            }
            _ if character.is_whitespace() && !is_quiet(at, &tokens, &comments) => found.push(
                Proposal::new("A0155", at, end, format!("here stands a blank that is not a plain one ({number})"))
                    .because("it looks like a blank and comes along when text is copied from a page or a mail")
                    .instead("write a plain blank")
                    .certain("write a plain blank", at, end, " "),
            ),
            _ => {}
        }
    }
    found
}

/// Inside a text or a comment.
fn is_quiet(at: usize, tokens: &[Token], comments: &[TextRange]) -> bool {
    let token = tokens.get(tokens.partition_point(|token| token.end <= at));
    let comment = comments.get(comments.partition_point(|range| range.end as usize <= at));
    comment.is_some_and(|range| range.start as usize <= at)
        || token.is_some_and(|token| {
            token.start <= at && matches!(token.sort, Sort::Text | Sort::OpenText | Sort::Quoted)
        })
}

/// Names that are not in the normal form in which two equal names have equal bytes.
pub(super) fn names(text: &str) -> Vec<Proposal> {
    if text.is_ascii() {
        return Vec::new();
    }
    let words = tokens(text)
        .into_iter()
        .filter(|token| token.sort == Sort::Word);
    words
        .filter_map(|token| {
            let word = text.get(token.start..token.end)?;
            let normal: String = word.nfc().collect();
            (normal != word).then(|| {
                Proposal::new("A0159", token.start, token.end, format!("`{normal}` is written with separate accents"))
                    .because("the same name written with joined letters would be another name that looks alike")
                    .instead("write each letter with its accent as one sign")
                    .certain("join letters and accents", token.start, token.end, &normal)
            })
        })
        .take(MAX_SIGNS)
        .collect()
}

/// Words that the grammar takes as they come: how a table hits, how a rule combines; `null`.
pub(super) fn open_words(root: Node<'_>) -> Vec<Proposal> {
    const HITS: &[&str] = &[
        "unique", "same", "first", "priority", "list", "sum", "lowest", "highest", "count",
    ];
    const COMBINES: &[&str] = &["sum", "highest", "lowest", "compound"];
    let mut found = Vec::new();
    for node in root.descendants() {
        let (words, known, what) = match node.kind() {
            Kind::Hit => (
                node.children_of(Kind::Word).collect::<Vec<_>>(),
                HITS,
                "hit",
            ),
            // A second name is the cap.
            Kind::Combine => (
                node.children_of(Kind::Name).take(1).collect(),
                COMBINES,
                "combine",
            ),
            Kind::Param => {
                found.extend(unreadable(node));
                continue;
            }
            Kind::Name | Kind::Head => {
                found.extend(null(node).or_else(|| border(node)));
                continue;
            }
            _ => continue,
        };
        for (place, word) in words.into_iter().enumerate() {
            let known = if place == 0 { known } else { &["priority"] };
            let text = word.text();
            // Of `hit any`, the word of other notations, the compiler says what it is called here.
            if known.contains(&text) || text == "any" && what == "hit" {
                continue;
            }
            // What stands behind it belongs to it, and is an error that is told with it.
            if what == "hit" && place == 0 && goes_on(node) {
                continue;
            }
            let elsewhere = (what == "hit" && place == 0)
                .then(|| super::hits::policy(text))
                .flatten();
            let near = match text {
                _ if elsewhere.is_some() => elsewhere,
                "all" if what == "hit" => Some("list"),
                "min" | "minimum" => Some("lowest"),
                "max" | "maximum" => Some("highest"),
                "total" | "add" => Some("sum"),
                _ => nearest(text, known),
            };
            let (start, end) = (word.range().start as usize, word.range().end as usize);
            let proposal =
                Proposal::new("A0149", start, end, format!("`{text}` is no way to {what}"))
                    .because(if what == "hit" {
                        "behind `hit` stands what happens when several rows fit"
                    } else {
                        "behind `combine` stands how the values of several exceptions become one"
                    })
                    .instead(match elsewhere {
                        Some(ours) => format!("write `hit {ours}`"),
                        None => format!("write `{}`", known.join("`, `")),
                    });
            found.push(match near {
                Some(near) => proposal.fix(
                    &format!("write `{near}`"),
                    start,
                    end,
                    near,
                    elsewhere.is_some(),
                ),
                None => proposal,
            });
        }
    }
    found
}

/// A parameter whose name is a word of the language: before its colon it may stand, but no expression can
/// read it. A table reads it in its header.
fn unreadable(node: Node<'_>) -> Option<Proposal> {
    let name = node.children().find(|child| !child.kind().is_trivia())?;
    let word = name.text();
    let table = |node: Node<'_>| node.kind() == Kind::TableDecl;
    let reads = node.parent().and_then(|params| params.parent());
    let reads = reads.is_some_and(table);
    if !super::forms::RESERVED.contains(&word) || reads {
        return None;
    }
    let (start, end) = (name.range().start as usize, name.range().end as usize);
    let text = format!("{word}_value");
    Some(
        Proposal::new(
            "A0139",
            start,
            end,
            format!("`{word}` is a word of the language, and no expression can read a parameter of that name"),
        )
        .because("after a dot or before a colon any word is a name; where a parameter is read, it stands alone")
        .instead(format!("give it another name, such as `{text}`"))
        .choice(&format!("write `{text}`"), start, end, &text),
    )
}

/// Behind a node its line goes on.
fn goes_on(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else {
        return false;
    };
    let from = node.range().end.saturating_sub(parent.range().start) as usize;
    let rest = parent.text().get(from..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    let line = line.split("//").next().unwrap_or_default();
    !line.trim().is_empty() && node.text().trim_end() == node.text()
}

/// `5 exclusive`: the word is read as a unit.
fn border(node: Node<'_>) -> Option<Proposal> {
    let word = node.text();
    let unit = node
        .parent()
        .filter(|parent| parent.kind() == Kind::UnitOf)?;
    matches!(word, "exclusive" | "excluded" | "excluding" | "inclusive" | "included").then(|| {
        let (start, end) = (unit.range().start as usize, unit.range().end as usize);
        Proposal::new("A0164", start, end, format!("`{word}` cannot be said of a border"))
            .because("both ends of a period and of a range count; in a table `to below` leaves the upper one out")
            .instead("write `a to b`, or in a table `a to below b`")
    })
}

/// What other languages call a value that is not there.
pub(super) const NULLS: [&str; 6] = ["null", "NULL", "Null", "nil", "Nil", "undefined"];

/// `null` and its like, where a value is read and the declaration itself does not give the name.
fn null(node: Node<'_>) -> Option<Proposal> {
    let word = node.text();
    if !NULLS.contains(&word) {
        return None;
    }
    let parent = node.parent()?.kind();
    let names = matches!(
        parent,
        Kind::Let
            | Kind::Carry
            | Kind::Next
            | Kind::Binder
            | Kind::Header
            | Kind::GridHeader
            | Kind::FixtureHeader
            | Kind::CaseHeader
            | Kind::Corner
            | Kind::Error
            | Kind::Group
            | Kind::Given
            | Kind::UnitOf
            | Kind::DimensionAtom
            | Kind::Exception
            | Kind::ExpectError
    ) || parent.is_declaration();
    if names {
        return None;
    }
    let (start, end) = (node.range().start as usize, node.range().end as usize);
    Some(
        Proposal::new(
            "A0114",
            start,
            end,
            format!("`{word}` is a word of other languages"),
        )
        .because("a value that is not there is `missing`")
        .instead("write `missing`")
        .certain("write `missing`", start, end, "missing"),
    )
}

/// A declaration that is indented although it is the first of its file.
pub(super) fn indented_first(text: &str) -> Option<Proposal> {
    let base = lead_length(text);
    let rest = text.get(base..)?;
    let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let word = first_word(rest.get(blank..)?);
    (blank > 0 && DECLARATIONS.contains(&word)).then(|| indented(base, base + blank, word))
}

fn indented(line: usize, at: usize, word: &str) -> Proposal {
    Proposal::new(
        "A0140",
        at,
        at + word.len(),
        format!("`{word}` is indented"),
    )
    .because(
        "a declaration begins at the start of its line; what is indented belongs to the one above",
    )
    .instead(format!("move `{word}` to the start of the line"))
    .certain("move it to the start of the line", line, at, "")
}

/// The first word of the text cannot begin a declaration, or one stands indented inside another.
pub(super) fn head(scene: &Scene<'_>) -> Option<Proposal> {
    let text = scene.text;
    let base = lead_length(text);
    let rest = text.get(base..)?;
    let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let word = first_word(rest.get(blank..)?);
    let (start, end) = (base + blank, base + blank + word.len());
    if DECLARATIONS.contains(&word) {
        return inner_declaration(scene);
    }
    if word.is_empty()
        && let Some(sign) = beginning_sign(scene, start)
    {
        return Some(sign);
    }
    let lower = word.to_lowercase();
    let claim = |claim: String| Proposal::new("A0142", start, end, claim);
    let follows = tokens(rest).get(1).map(|token| {
        (
            token.sort,
            rest.get(token.start..token.end).unwrap_or_default(),
        )
    });
    let names_follow = follows.is_some_and(|(sort, _)| matches!(sort, Sort::Word | Sort::Text));
    if let Some((_, ours)) = ELSEWHERE.iter().find(|(other, _)| *other == lower)
        && names_follow
    {
        // `type Rate = …` gives a dimension a name, as a rule.
        let named = lower == "type"
            && tokens(rest)
                .get(2)
                .is_some_and(|token| rest.get(token.start..token.end) == Some("="));
        let ours = if named { &"number" } else { ours };
        let meant = matches!(*ours, "define" | "use" | "module");
        return Some(
            Proposal::new(
                "A0132",
                start,
                end,
                format!("`{word}` is a word of other languages"),
            )
            .because(format!("this declaration begins with `{ours}`"))
            .instead(format!("write `{ours}`"))
            .fix(&format!("write `{ours}`"), start, end, ours, meant)
            .sure(),
        );
    }
    let near =
        nearest(&lower, DECLARATIONS).filter(|_| names_follow && !INSIDE.contains(&lower.as_str()));
    if let Some(near) = near {
        return Some(
            claim(format!("`{word}` begins no declaration"))
                .because(format!("the nearest word that does is `{near}`"))
                .instead(format!("write `{near}`"))
                .fix(&format!("write `{near}`"), start, end, near, near == lower)
                .sure(),
        );
    }
    if let Some(closing) = closing_word(scene, start, &lower) {
        return Some(closing);
    }
    let loose = word.is_empty() || INSIDE.contains(&lower.as_str()) || !names_follow;
    if loose {
        let line = scene.line(start).1.trim_end();
        let end = start + line.trim_start().len();
        return Some(
            Proposal::new(
                "A0141",
                start,
                end.max(start),
                "this line is not indented and begins no declaration",
            )
            .because("what belongs to a declaration is indented, by any amount")
            .instead("indent the line")
            .choice("indent the line", base, base, "    ")
            .sure(),
        );
    }
    Some(
        claim(format!("`{word}` begins no declaration"))
            .because("a line that is not indented begins a declaration")
            .instead("begin with `define`, `record`, `table`, `rule`, `data`, `test` or another word of a declaration, or indent the line")
            .sure(),
    )
}

/// `end` at the start of a line, alone or with the word of what it closes.
fn closing_word(scene: &Scene<'_>, start: usize, word: &str) -> Option<Proposal> {
    let closes = matches!(
        word,
        "end" | "endif" | "end_if" | "endfor" | "fi" | "done" | "begin" | "esac" | "od"
    );
    let line = scene.line(start).1;
    let said = line.split("//").next().unwrap_or(line).trim();
    let end = start + said.len();
    let few = said.split_whitespace().count() <= 2 && said.chars().all(|c| !matches!(c, '=' | '('));
    // What is below it may belong to it.
    let alone = scene.slice(end, scene.text.len()).trim().is_empty();
    (closes && few && alone).then(|| {
        Proposal::new(
            "A0131",
            start,
            end,
            if word == "begin" {
                format!("`{said}` opens nothing")
            } else {
                format!("`{said}` closes nothing")
            },
        )
        .because("a declaration ends where the next one begins; what belongs to it is indented")
        .instead("leave it out")
        .certain(&format!("remove `{said}`"), start, end, "")
        .sure()
    })
}

/// A comment of another language, or a brace, at the start of a line that belongs to nothing.
fn beginning_sign(scene: &Scene<'_>, start: usize) -> Option<Proposal> {
    let rest = scene.slice(start, scene.text.len());
    let line = scene.line(start).1.trim_end();
    let mark = ["/*", "#", "--", "'", "}", "{"]
        .into_iter()
        .find(|mark| rest.starts_with(mark))?;
    let end = start + mark.len();
    if matches!(mark, "}" | "{") {
        let alone = line.trim() == mark;
        let proposal = Proposal::new(
            "A0166",
            start,
            end,
            format!("`{mark}` encloses nothing here"),
        )
        .because("what belongs to a declaration is indented, and it ends where the next one begins")
        .instead("leave the braces out")
        .sure();
        return Some(if alone {
            proposal.certain(&format!("remove `{mark}`"), start, end, "")
        } else {
            proposal
        });
    }
    let proposal = Proposal::new(
        "A0165",
        start,
        end,
        format!("`{mark}` does not begin a comment"),
    )
    .because("a comment begins with `//` and ends with its line")
    .instead("write `//`")
    .sure();
    let inner = line.trim_start();
    Some(
        match inner.strip_prefix("/*").map(|inner| inner.find("*/")) {
            // Code may stand behind a comment that ends on its line, and below one that does not.
            Some(closing) if closing.is_none_or(|at| at + 4 < inner.len()) => proposal,
            Some(_) => {
                let text = inner.strip_prefix("/*").unwrap_or(inner);
                let text = comment(text.strip_suffix("*/").unwrap_or(text));
                proposal.certain("write `//`", start, start + inner.len(), &text)
            }
            None => proposal.certain("write `//`", start, end, "//"),
        },
    )
}

/// An indented word of a declaration, at the error, where a declaration begins by its form.
fn inner_declaration(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here).find(|index| {
        scene.token(*index).is_some_and(|token| token.first)
            && DECLARATIONS.contains(&scene.word(*index))
    })?;
    let token = scene.token(index)?;
    let (line, _) = scene.line(token.start);
    let next = scene.token(index + 1)?;
    let after = scene.word(index + 2);
    let word = scene.word(index);
    let ends = |index: usize| scene.token(index).is_none_or(|token| token.first);
    // `rule number : code` is a field of two words, unless its line looks like the declaration.
    let form = match word {
        "parameter" => {
            let value = (index + 3..scene.tokens.len()).find(|index| ends(*index));
            after == ":"
                && value.is_some_and(|value| matches!(scene.word(value), "is" | "from" | "open"))
        }
        "define" | "decision" | "rule" | "table" => matches!(after, "(" | "gives"),
        "number" | "enum" | "example" => after == "=",
        "test" | "property" => next.sort == Sort::Text,
        "reason" => {
            after == "("
                || scene
                    .token(index + 2)
                    .is_some_and(|next| next.sort == Sort::Text)
        }
        _ => matches!(after, "," | ".") || ends(index + 2),
    };
    let form = form && matches!(next.sort, Sort::Word | Sort::Text) && !next.first;
    (line < token.start && index > 0 && form).then(|| indented(line, token.start, word).sure())
}

fn first_word(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

pub(super) fn begins_part(line: &str) -> bool {
    let word = first_word(line);
    INSIDE.contains(&word) || DECLARATIONS.contains(&word)
}
