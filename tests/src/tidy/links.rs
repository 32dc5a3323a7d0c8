//! Links in the documents: every relative link, every anchor, every page that is named in passing.
//!
//! Links to other sites are not followed: the tests need no network.

use std::collections::{BTreeMap, BTreeSet};

use super::Fault;
use crate::rust_text::source_without_tests;
use crate::tree::SourceFile;

/// A link as it stands in a document.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    /// Line, counted from 0.
    line: usize,
    target: String,
}

/// Every relative link of every Markdown file leads to a file or folder of the project, and its
/// anchor to a heading there.
pub fn markdown_links(files: &[SourceFile]) -> Vec<Fault> {
    let places = places(files);
    let anchors: BTreeMap<&str, BTreeSet<String>> = files
        .iter()
        .filter(|file| file.ends_with(".md"))
        .map(|file| (file.path.as_str(), anchors(&file.text)))
        .collect();
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.ends_with(".md")) {
        for link in links(&file.text) {
            if let Err(message) = follow(&file.path, &link.target, &places, &anchors) {
                faults.push(Fault::at_line(file, link.line, message));
            }
        }
    }
    faults
}

/// Every `docs/….md` named in a source, a document or a setting exists. Names with `xxxx` stand for
/// many pages; the test modules of sources plant what they like.
pub fn named_pages(files: &[SourceFile]) -> Vec<Fault> {
    let places = places(files);
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| !file.is_test_only()) {
        let text = if file.ends_with(".rs") {
            source_without_tests(&file.text)
        } else {
            // Targets of links are the matter of the other check.
            without_link_targets(&file.text)
        };
        for (index, line) in text.lines().enumerate() {
            let in_path =
                |character: char| character.is_alphanumeric() || "/._-".contains(character);
            for word in line.split(|character: char| !in_path(character)) {
                let word = word.trim_end_matches('.');
                let is_page = word.starts_with("docs/") && word.ends_with(".md");
                if is_page && !word.contains("xxxx") && !places.contains(word) {
                    faults.push(Fault::at_line(
                        file,
                        index,
                        format!("names {word}, which is not there"),
                    ));
                }
            }
        }
    }
    faults
}

/// All files, and all folders that hold one.
fn places(files: &[SourceFile]) -> BTreeSet<&str> {
    let mut places = BTreeSet::from([""]);
    for file in files {
        places.insert(&file.path);
        let folders = file
            .path
            .match_indices('/')
            .filter_map(|(at, _)| file.path.get(..at));
        places.extend(folders);
    }
    places
}

fn follow(
    from: &str,
    target: &str,
    places: &BTreeSet<&str>,
    anchors: &BTreeMap<&str, BTreeSet<String>>,
) -> Result<(), String> {
    let is_elsewhere = ["https://", "http://", "mailto:"]
        .iter()
        .any(|it| target.starts_with(it));
    if is_elsewhere {
        return Ok(());
    }
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (target, None),
    };
    let place = if path.is_empty() {
        Some(from.to_owned())
    } else {
        resolve(from, path)
    };
    let Some(place) = place.filter(|place| places.contains(place.as_str())) else {
        return Err(format!("the link `{target}` leads nowhere"));
    };
    match anchor {
        None => Ok(()),
        Some(anchor)
            if anchors
                .get(place.as_str())
                .is_some_and(|known| known.contains(anchor)) =>
        {
            Ok(())
        }
        Some(anchor) => Err(format!(
            "`{place}` has no heading for the anchor `#{anchor}`"
        )),
    }
}

/// The path from the root that `path` means in the file `from`; `None` if it leaves the project.
fn resolve(from: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Lines outside fenced code, with their number from 0.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    text.lines().enumerate().filter(move |(_, line)| {
        let line = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| line.starts_with(mark));
        match (fence, mark) {
            (None, None) => true,
            (None, Some(mark)) => {
                fence = Some(mark);
                false
            }
            (Some(open), mark) => {
                if mark == Some(open) {
                    fence = None;
                }
                false
            }
        }
    })
}

/// The line with the contents of code spans replaced by blanks.
fn without_code_spans(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, opened)) = rest.split_once('`') {
        kept.push_str(before);
        let ticks = 1 + opened.len() - opened.trim_start_matches('`').len();
        let body = opened.trim_start_matches('`');
        let Some((_, after)) = body.split_once("`".repeat(ticks).as_str()) else {
            kept.push_str(body);
            return kept;
        };
        kept.push(' ');
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// The links of a document: `[a](b)`, `![a](b)`, `[a]: b`, `href="b"`, `src="b"`.
fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (line, raw) in prose(text) {
        let seen = without_code_spans(raw);
        let mut found = |target: &str| {
            let target = target.trim().trim_start_matches('<');
            let target = target.split([' ', '>']).next().unwrap_or_default();
            links.push(Link {
                line,
                target: target.to_owned(),
            });
        };
        for after in seen.split("](").skip(1) {
            found(after.split(')').next().unwrap_or_default());
        }
        for attribute in ["href=\"", "src=\""] {
            for after in seen.split(attribute).skip(1) {
                found(after.split('"').next().unwrap_or_default());
            }
        }
        let definition = seen
            .trim_start()
            .strip_prefix('[')
            .and_then(|it| it.split_once("]: "));
        if let Some((_, target)) = definition {
            found(target);
        }
    }
    links
}

/// The anchors of a document, made from its headings as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for (_, line) in prose(text) {
        let level = line.len() - line.trim_start_matches('#').len();
        let Some(heading) = line.get(level..).and_then(|it| it.strip_prefix(' ')) else {
            continue;
        };
        if !(1..=6).contains(&level) {
            continue;
        }
        let slug = slug(heading.trim());
        let mut anchor = slug.clone();
        let mut again = 0_usize;
        while !anchors.insert(anchor.clone()) {
            again += 1;
            anchor = format!("{slug}-{again}");
        }
    }
    anchors
}

fn slug(heading: &str) -> String {
    without_link_targets(heading)
        .chars()
        .flat_map(char::to_lowercase)
        .filter_map(|character| match character {
            ' ' => Some('-'),
            '-' | '_' => Some(character),
            _ if character.is_alphanumeric() => Some(character),
            _ => None,
        })
        .collect()
}

/// The text with each `](target)` made a `]`: what links say stays, where they lead goes.
fn without_link_targets(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        plain.push_str(before);
        plain.push(']');
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::super::messages;
    use super::*;

    fn tree(readme: &str) -> Vec<SourceFile> {
        vec![
            SourceFile::new("README.md", readme),
            SourceFile::new(
                "docs/guide.md",
                "# Guide\n## The `quote`, twice\n## Same\n## Same\n",
            ),
            SourceFile::new("rules/shop/shop.assize", "// a\n"),
        ]
    }

    #[test]
    fn good_links_pass() {
        let text = "# A b\n[a](docs/guide.md) ![b](./docs/../rules/shop) [c](#a-b)\n\
            [d](docs/guide.md#the-quote-twice) [e](docs/guide.md#same-1) [f](https://a.b/c)\n\
            `[no](link)` ``[no](link)``\n```\n[no](link)\n```\n[g]: rules/shop/shop.assize\n";
        assert_eq!(markdown_links(&tree(text)), []);
        assert_eq!(links(text).len(), 7);
    }

    #[test]
    fn each_kind_of_broken_link_is_found() {
        for (text, fault) in [
            ("[a](docs/gone.md)", "`docs/gone.md` leads nowhere"),
            (
                "[a](docs/guide.md#gone)",
                "no heading for the anchor `#gone`",
            ),
            ("[a](#gone)", "no heading for the anchor `#gone`"),
            ("[a](/docs/guide.md)", "leads nowhere"),
            ("[a](../README.md)", "leads nowhere"),
            ("![a](gone.png)", "leads nowhere"),
            ("[a]: gone.md", "leads nowhere"),
            ("<img src=\"gone.svg\">", "leads nowhere"),
            ("[`a`](gone.md \"title\")", "`gone.md` leads nowhere"),
        ] {
            let found = messages(&markdown_links(&tree(&format!("x\n{text}\n"))));
            assert!(
                found.contains("README.md:2: ") && found.contains(fault),
                "{text}: {found}"
            );
        }
    }

    #[test]
    fn a_named_page_must_exist() {
        let named = |page: &str| {
            let mut files = tree("x\n");
            files.push(SourceFile::new(
                "ir/src/lib.rs",
                format!("//! See `{page}`.\n"),
            ));
            named_pages(&files).len()
        };
        assert_eq!(named("docs/guide.md"), 0);
        assert_eq!(named("docs/errors/Axxxx.md"), 0);
        assert_eq!(named("docs/gone.md"), 1);
    }

    #[test]
    fn slugs_are_those_of_the_site() {
        assert_eq!(slug("Why: `is`, *can*, may?"), "why-is-can-may");
        assert_eq!(slug("See [the page](a.md) now"), "see-the-page-now");
    }
}
