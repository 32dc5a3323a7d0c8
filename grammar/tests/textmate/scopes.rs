//! A small tokenizer for TextMate grammars: the innermost scope of each byte, as an editor finds it.
//! It knows `match`, `begin`/`end`, captures and includes of the repository; that is all we use.

#![expect(clippy::indexing_slicing, reason = "a wrong number must fail the test")]
#![expect(clippy::panic, reason = "a wrong grammar must fail the test")]

use fancy_regex::Regex;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

struct Pattern {
    start: Regex,
    name: String,
    captures: BTreeMap<usize, String>,
    /// The end of a range, the scopes of what matches there, and the patterns inside.
    range: Option<(Regex, BTreeMap<usize, String>, Vec<usize>)>,
}

pub(crate) struct Grammar {
    patterns: Vec<Pattern>,
    top: Vec<usize>,
}

impl Grammar {
    /// Panics on a regular expression or an include that is not valid.
    pub(crate) fn new(source: &Value) -> Grammar {
        let mut grammar = Grammar {
            patterns: Vec::new(),
            top: Vec::new(),
        };
        let mut known = BTreeMap::new();
        grammar.top = grammar.list(&source["patterns"], source, &mut known);
        grammar
    }

    fn list(
        &mut self,
        list: &Value,
        source: &Value,
        known: &mut BTreeMap<String, Vec<usize>>,
    ) -> Vec<usize> {
        let mut found = Vec::new();
        for value in list.as_array().unwrap() {
            if let Some(name) = value["include"].as_str() {
                let name = name.strip_prefix('#').unwrap();
                if let Some(done) = known.get(name) {
                    found.extend(done);
                    continue;
                }
                // A repository that includes itself (a hole in a text) sees what is known by then:
                // its patterns are numbered first and filled in afterwards.
                let inner = source["repository"][name]["patterns"].as_array();
                let inner = inner
                    .unwrap_or_else(|| panic!("no {name} in the repository"))
                    .clone();
                let list = self.list(&Value::Array(inner), source, known);
                known.insert(name.to_owned(), list.clone());
                found.extend(list);
                continue;
            }
            let compile = |key: &str| value[key].as_str().map(|text| Regex::new(text).unwrap());
            let number = self.patterns.len();
            let begin = compile("begin");
            let is_range = begin.is_some();
            self.patterns.push(Pattern {
                start: begin.or_else(|| compile("match")).unwrap(),
                name: value["name"].as_str().unwrap_or_default().to_owned(),
                captures: scopes(
                    &value[if is_range {
                        "beginCaptures"
                    } else {
                        "captures"
                    }],
                ),
                range: None,
            });
            found.push(number);
            if let Some(end) = compile("end") {
                let recursive = value["patterns"].as_array().unwrap().iter().all(|inner| {
                    inner["include"].as_str() == Some("#expression")
                        && !known.contains_key("expression")
                });
                let inner = if recursive {
                    Vec::new()
                } else {
                    self.list(&value["patterns"], source, known)
                };
                self.patterns[number].range = Some((end, scopes(&value["endCaptures"]), inner));
            }
        }
        found
    }

    /// The innermost scope of each byte, without the scope of the language; empty if there is none.
    pub(crate) fn scopes(&self, text: &str) -> Vec<String> {
        let mut out = vec![String::new(); text.len()];
        let mut stack: Vec<usize> = Vec::new();
        let mut base = 0;
        for line in text.split_inclusive('\n') {
            self.line(
                line.trim_end_matches(['\n', '\r']),
                &mut stack,
                &mut out[base..base + line.len()],
            );
            base += line.len();
        }
        out
    }

    fn line(&self, line: &str, stack: &mut Vec<usize>, out: &mut [String]) {
        let mut at = 0;
        let mut turns = 0;
        loop {
            turns += 1;
            assert!(turns < 10_000, "no progress in {line}");
            let around = stack.last().map(|number| &self.patterns[*number]);
            let range = around.and_then(|pattern| pattern.range.as_ref());
            let inner = match (range, stack.last()) {
                // The expression in a hole: all there is, but for what stands in column 0.
                (Some((_, _, inner)), _) if inner.is_empty() => &self.top,
                (Some((_, _, inner)), _) => inner,
                (None, _) => &self.top,
            };
            let mut best: Option<(usize, usize, Option<usize>)> = None;
            if let Some((end, _, _)) = range
                && let Some(found) = end.find_from_pos(line, at).unwrap()
            {
                best = Some((found.start(), found.end(), None));
            }
            for number in inner {
                let found = self.patterns[*number]
                    .start
                    .find_from_pos(line, at)
                    .unwrap();
                if let Some(found) = found
                    && best.is_none_or(|(start, ..)| found.start() < start)
                {
                    best = Some((found.start(), found.end(), Some(*number)));
                }
            }
            let name = around
                .map(|pattern| pattern.name.clone())
                .unwrap_or_default();
            let Some((start, end, number)) = best else {
                paint(out, at, line.len(), &name);
                return;
            };
            paint(out, at, start, &name);
            match number {
                None => {
                    paint(out, start, end, &name);
                    if let Some((regex, captures, _)) = range {
                        paint_groups(regex, captures, line, start, out);
                    }
                    stack.pop();
                }
                Some(number) => {
                    let pattern = &self.patterns[number];
                    let inner = if pattern.name.is_empty() {
                        &name
                    } else {
                        &pattern.name
                    };
                    paint(out, start, end, inner);
                    paint_groups(&pattern.start, &pattern.captures, line, start, out);
                    if pattern.range.is_some() {
                        stack.push(number);
                    }
                }
            }
            at = end;
            if at >= line.len() && stack.is_empty() {
                return;
            }
        }
    }

    /// Each line with the pieces that have a scope.
    pub(crate) fn told(&self, text: &str) -> String {
        let scopes = self.scopes(text);
        let mut out = String::new();
        let mut base = 0;
        for line in text.lines() {
            let _ = writeln!(out, "{line}");
            let mut start = 0;
            for (at, character) in line.char_indices() {
                let next = at + character.len_utf8();
                let scope = &scopes[base + start];
                if next == line.len() || scopes[base + next] != *scope {
                    if !scope.is_empty() && !line[start..next].trim().is_empty() {
                        let _ = writeln!(
                            out,
                            "    {} {}",
                            &line[start..next],
                            scope.trim_end_matches(".assize")
                        );
                    }
                    start = next;
                }
            }
            base += line.len() + 1;
        }
        out
    }
}

fn scopes(captures: &Value) -> BTreeMap<usize, String> {
    let Some(captures) = captures.as_object() else {
        return BTreeMap::new();
    };
    captures
        .iter()
        .map(|(group, value)| {
            (
                group.parse().unwrap(),
                value["name"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

fn paint(out: &mut [String], start: usize, end: usize, scope: &str) {
    for place in &mut out[start..end] {
        scope.clone_into(place);
    }
}

fn paint_groups(
    regex: &Regex,
    scopes: &BTreeMap<usize, String>,
    line: &str,
    at: usize,
    out: &mut [String],
) {
    let Some(found) = regex.captures_from_pos(line, at).unwrap() else {
        return;
    };
    for (group, scope) in scopes {
        if let Some(found) = found.get(*group) {
            paint(out, found.start(), found.end(), scope);
        }
    }
}
