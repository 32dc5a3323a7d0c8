//! A page of a document as sections of blocks.
//!
//! Nothing here knows what a block means beyond the words behind its fence. What cannot be read is a
//! fault: a block that is skipped silently would be a test that never runs.

use std::borrow::Cow;

use super::Fault;
use super::repeat::written_out;

/// What the words behind a fence ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not run: any other language, or none.
    Prose,
    /// Rules of the section; with a name, rules of a package that it depends on.
    Rules(Option<String>),
    /// Rules of their own that must have the findings of the next block.
    Fails,
    /// Rules of their own whose tests must fail as the next block says.
    TestFails,
    /// Findings.
    Diagnostics,
    /// Tests that fail.
    Report,
    /// A call of a decision.
    Call(Asked),
    /// The answer to the call before it.
    Output,
    /// Why the answer before it is what it is: what decided, or everything that was considered.
    Explanation(bool),
    /// Reference data: name of the relation, and whether it is CSV (else JSON).
    Data(String, bool),
    /// `snapshot.json` itself.
    Manifest,
    /// Why the reference data is refused.
    Faults,
    /// A file of rows for `table … from "name"`.
    Sheet(String),
    /// Rules to be laid out.
    Format,
    /// How the rules before it are laid out.
    Formatted,
    /// The words of a class, in alphabetical order.
    Words(WordList),
}

/// A call of a decision, and what is wanted besides the result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The decision, whose input the block is; `None`: the block is the whole call, byte for byte.
    pub decision: Option<String>,
    /// Adds the trace to the answer.
    pub explain: bool,
    /// Adds the receipt to the answer.
    pub receipt: bool,
    /// Adds what decided.
    pub decided: bool,
    /// Writes decimals as numbers.
    pub numbers: bool,
}

/// A list of words of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordList {
    /// Never a bare name.
    Reserved,
    /// They begin declarations.
    Declaration,
    /// Words in their place.
    InPlace,
    /// Neither unit nor currency after a number, besides the reserved ones.
    NoUnit,
}

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is for.
    pub kind: Kind,
    /// Line of the opening fence, from 1.
    pub line: usize,
    /// The package of `rules/` that its rules may use.
    pub library: Option<String>,
    /// Its lines, each with its line end.
    pub text: String,
}

impl Block {
    /// Its text with every repetition written out.
    pub fn written_out(&self) -> Cow<'_, str> {
        written_out(&self.text)
    }

    /// Line of the closing fence, from 1.
    pub fn end(&self) -> usize {
        self.line + self.text.lines().count() + 1
    }
}

/// What stands between two headings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Text of the heading; empty before the first one.
    pub title: String,
    /// Line of the heading, from 1.
    pub line: usize,
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// Why it is not run, when it says so.
    pub known: Option<String>,
}

/// Words that begin a block with a meaning; after them only what [`kind`] knows may follow.
const OWN_WORDS: &[&str] = &[
    "assize",
    "diagnostics",
    "report",
    "faults",
    "explanation",
    "formatted",
    "words",
];

/// What stands behind `json call` or `json input=NAME`.
fn asked(decision: Option<&str>, wishes: &[&str]) -> Option<Kind> {
    let mut asked = Asked {
        decision: decision.map(str::to_owned),
        ..Asked::default()
    };
    for wish in wishes {
        match *wish {
            "explain" => asked.explain = true,
            "receipt" => asked.receipt = true,
            "decided" => asked.decided = true,
            "numbers" => asked.numbers = true,
            _ => return None,
        }
    }
    Some(Kind::Call(asked))
}

/// What the words behind a fence mean.
fn kind(info: &str) -> Option<Kind> {
    let words: Vec<&str> = info.split_whitespace().collect();
    let pair = words.get(1).and_then(|word| word.split_once('='));
    Some(match (words.as_slice(), pair) {
        (["assize"], _) | (["assize", _], Some(("with", _))) => Kind::Rules(None),
        (["assize", _], Some(("package", name))) => Kind::Rules(Some(name.to_owned())),
        (["assize", "fails"], _) => Kind::Fails,
        (["assize", "test-fails"], _) => Kind::TestFails,
        (["diagnostics"], _) => Kind::Diagnostics,
        (["report"], _) => Kind::Report,
        (["faults"], _) => Kind::Faults,
        (["explanation"], _) => Kind::Explanation(false),
        (["explanation", "all"], _) => Kind::Explanation(true),
        (["assize", "format"], _) => Kind::Format,
        (["formatted"], _) => Kind::Formatted,
        (["words", "reserved"], _) => Kind::Words(WordList::Reserved),
        (["words", "declaration"], _) => Kind::Words(WordList::Declaration),
        (["words", "in-place"], _) => Kind::Words(WordList::InPlace),
        (["words", "no-unit"], _) => Kind::Words(WordList::NoUnit),
        (["json", "output"], _) => Kind::Output,
        (["json", "snapshot"], _) => Kind::Manifest,
        (["json", "call", wishes @ ..], _) => return asked(None, wishes),
        (["json", _, wishes @ ..], Some(("input", name))) => return asked(Some(name), wishes),
        (["json", _], Some(("data", name))) => Kind::Data(name.to_owned(), false),
        (["csv", _], Some(("data", name))) => Kind::Data(name.to_owned(), true),
        (["csv", _], Some(("sheet", name))) => Kind::Sheet(name.to_owned()),
        ([first, ..], _) if OWN_WORDS.contains(first) => return None,
        (["json" | "csv", _, ..], _) => return None,
        _ => Kind::Prose,
    })
}

/// The sections of a page, each with its blocks; and what cannot be read.
pub fn sections(path: &str, text: &str) -> (Vec<Section>, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut sections = vec![Section::default()];
    let mut open: Option<Block> = None;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let number = index + 1;
        let bare = line.trim_end();
        let Some(section) = sections.last_mut() else {
            break;
        };
        if let Some(mut block) = open.take() {
            if bare == "```" {
                section.blocks.push(block);
            } else {
                block.text.push_str(line);
                open = Some(block);
            }
        } else if let Some(info) = bare.strip_prefix("```") {
            let found = kind(info).unwrap_or_else(|| {
                faults.push(Fault::new(
                    path,
                    number,
                    format!("unknown kind of block: {info}"),
                ));
                Kind::Prose
            });
            let with = info
                .split_once(" with=")
                .map(|(_, name)| name.trim().to_owned());
            open = Some(Block {
                library: with.filter(|_| matches!(found, Kind::Rules(_))),
                kind: found,
                line: number,
                text: String::new(),
            });
        } else if bare.trim_start().starts_with("```") {
            faults.push(Fault::new(path, number, "a block begins in column 1"));
        } else if let Some(why) = bare.strip_prefix("<!-- known:") {
            section.known = Some(why.trim_end_matches("-->").trim().to_owned());
        } else if let Some(title) = bare
            .strip_prefix("## ")
            .or_else(|| bare.strip_prefix("### "))
        {
            let title = title.trim().to_owned();
            sections.push(Section {
                title,
                line: number,
                ..Section::default()
            });
        }
    }
    if let Some(block) = open {
        faults.push(Fault::new(path, block.line, "the block is never closed"));
    }
    (sections, faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> String {
        let (_, faults) = sections("a.md", text);
        faults
            .iter()
            .map(|fault| fault.to_string())
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn headings_of_two_levels_begin_sections() {
        let (found, faults) = sections("a.md", "# T\n\n```assize\na\n```\n## A\n### B\n#### C\n");
        let titles: Vec<&str> = found.iter().map(|section| section.title.as_str()).collect();
        assert_eq!(titles, ["", "A", "B"]);
        assert_eq!(found[0].blocks[0].text, "a\n");
        assert_eq!((found[0].blocks[0].line, found[0].blocks[0].end()), (3, 5));
        assert!(faults.is_empty());
    }

    #[test]
    fn headings_inside_of_blocks_are_text() {
        let (found, _) = sections("a.md", "```text\n## A\n```\n");
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_misspelt_block_is_a_fault() {
        for info in [
            "assize fail",
            "assize fails now",
            "diagnostics x",
            "json input",
            "csv dta=A",
            "json input=a explian",
            "json call receipts",
            "explanation some",
            "words reservd",
            "formatted x",
        ] {
            let said = faults(&format!("```{info}\n```\n"));
            assert_eq!(said, format!("a.md:1: unknown kind of block: {info}"));
        }
        for info in ["", "text", "sh", "json", "csv", "toml", "rust,ignore"] {
            assert_eq!(faults(&format!("```{info}\n```\n")), "", "{info}");
        }
    }

    #[test]
    fn blocks_that_would_be_lost_are_faults() {
        assert_eq!(faults("  ```assize\n  ```\n").lines().count(), 2);
        assert_eq!(
            faults("```assize\na\n"),
            "a.md:1: the block is never closed"
        );
    }

    #[test]
    fn a_section_may_say_why_it_is_not_run() {
        let (found, _) = sections("a.md", "## A\n<!-- known: waits for x -->\n");
        assert_eq!(found[1].known.as_deref(), Some("waits for x"));
    }
}
