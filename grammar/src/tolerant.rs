//! The tree of a declaration that the strict grammar refused: whatever of it can be read, and `Error`
//! nodes for the rest.
//!
//! A declaration falls into its head and its parts, by the words that begin lines; a table falls into
//! its lines before any of them is parsed. Each part is parsed alone, so damage stays in its part.

use crate::build::Builder;
use crate::kind::Kind;
use crate::parse::{ParsedDeclaration, RawError, RawErrorKind};
use crate::parser::{self, PairRecord, Refusal, Rule};
use crate::scan::{self, Scanned};
use crate::tree::{TextRange, offset};

/// The most parts that are read as one when a line inside a part happens to begin like a part.
const MAX_JOINED_PARTS: usize = 8;

/// How the declarations of one keyword fall into parts.
struct Style {
    kind: Kind,
    entry: Rule,
    parts: Parts,
}

enum Parts {
    Body,
    Fields(Rule, Rule),
    Clauses(Rule, Rule),
    Table,
    Steps,
}

pub(crate) fn parse(text: &str, base: usize, strict: (usize, RawErrorKind)) -> ParsedDeclaration {
    let end = text.trim_end().len().max(base);
    let mut state = Tolerant {
        text,
        end,
        builder: Builder::new(text, text.len() / 8),
        errors: Vec::new(),
    };
    let keyword = text.get(base..end).map(first_word).unwrap_or_default();
    match style(keyword) {
        Some(style) => state.declaration(base, keyword, &style),
        None => state.simple(base, keyword),
    }
    if state.errors.is_empty() {
        let part = TextRange::new(base, end);
        state.errors.push(RawError {
            at: offset(base + strict.0),
            kind: strict.1,
            part,
        });
    }
    state.errors.sort_unstable();
    ParsedDeclaration {
        tree: state.builder.finish(),
        errors: state.errors,
    }
}

fn style(keyword: &str) -> Option<Style> {
    let (kind, entry, parts) = match keyword {
        "define" => (Kind::DefineDecl, Rule::define_entry, Parts::Body),
        "decision" => (Kind::DecisionDecl, Rule::decision_entry, Parts::Body),
        "example" => (Kind::ExampleDecl, Rule::example_entry, Parts::Body),
        "record" => {
            let parts = Parts::Fields(Rule::record_part, Rule::record_some);
            (Kind::RecordDecl, Rule::record_entry, parts)
        }
        "data" => {
            let parts = Parts::Fields(Rule::data_part, Rule::data_some);
            (Kind::DataDecl, Rule::data_entry, parts)
        }
        "rule" => {
            let parts = Parts::Clauses(Rule::rule_part, Rule::rule_some);
            (Kind::RuleDecl, Rule::rule_entry, parts)
        }
        "extend" => {
            let parts = Parts::Clauses(Rule::extend_part, Rule::extend_some);
            (Kind::ExtendDecl, Rule::extend_entry, parts)
        }
        "parameter" => {
            let parts = Parts::Clauses(Rule::parameter_part, Rule::parameter_some);
            (Kind::ParameterDecl, Rule::parameter_entry, parts)
        }
        "table" => (Kind::TableDecl, Rule::table_entry, Parts::Table),
        "test" => (Kind::TestDecl, Rule::test_entry, Parts::Steps),
        "property" => (Kind::PropertyDecl, Rule::property_entry, Parts::Steps),
        _ => return None,
    };
    Some(Style { kind, entry, parts })
}

fn simple_kind(keyword: &str) -> Option<Kind> {
    Some(match keyword {
        "module" => Kind::ModuleDecl,
        "use" => Kind::UseDecl,
        "currency" => Kind::CurrencyDecl,
        "unit" => Kind::UnitDecl,
        "number" => Kind::NumberDecl,
        "enum" => Kind::EnumDecl,
        "reason" => Kind::ReasonDecl,
        _ => return None,
    })
}

struct Tolerant<'t> {
    text: &'t str,
    end: usize,
    builder: Builder<'t>,
    errors: Vec<RawError>,
}

impl<'t> Tolerant<'t> {
    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn run(&self, rule: Rule, start: usize, end: usize) -> Result<Vec<PairRecord>, Refusal> {
        parser::run(rule, self.slice(start, end))
    }

    fn report(&mut self, refusal: Refusal, start: usize, end: usize) {
        let kind = if refusal.too_deep {
            RawErrorKind::TooDeep
        } else {
            RawErrorKind::Syntax
        };
        let at = offset(start + refusal.at);
        self.errors.push(RawError {
            at,
            kind,
            part: TextRange::new(start, end),
        });
    }

    /// A declaration without parts, or text that begins with no keyword.
    fn simple(&mut self, base: usize, keyword: &str) {
        let Some(kind) = simple_kind(keyword) else {
            self.builder.error(base, self.end);
            return;
        };
        self.builder.open(kind, base);
        let rest = self.head_by_hand(base, keyword);
        if rest < self.end {
            self.builder.error(rest, self.end);
        }
        self.builder.close();
    }

    /// Keyword and name as leaves; gives the place behind them.
    fn head_by_hand(&mut self, base: usize, keyword: &str) -> usize {
        let mut at = base + keyword.len();
        self.builder.leaf(Kind::Token, base, at);
        for (kind, start, end) in scan::pieces(self.slice(at, self.end)) {
            match kind {
                Scanned::Word => {
                    self.builder.leaf(Kind::Name, at + start, at + end);
                    at += end;
                    break;
                }
                Scanned::Whitespace | Scanned::Comment | Scanned::DocComment => {}
                _ => break,
            }
        }
        at + leading_space(self.slice(at, self.end))
    }

    fn declaration(&mut self, base: usize, keyword: &str, style: &Style) {
        self.builder.open(style.kind, base);
        let boundaries = boundaries(self.slice(base, self.end), &style.parts);
        let first_part = boundaries.first().map_or(self.end, |first| base + first);
        let parts_from = match self.run(style.entry, base, self.end) {
            Ok(pairs) => {
                let done = base + consumed(&pairs);
                self.builder.add_pairs(&pairs, base);
                self.builder.gap(done.min(self.end));
                done.min(self.end)
            }
            Err(refusal) => {
                self.report(refusal, base, first_part);
                let rest = self.head_by_hand(base, keyword);
                // Without lines that begin like a part the rest of the head is all there is.
                let to = first_part.max(rest);
                if rest < to {
                    self.builder.error(rest, to);
                }
                to
            }
        };
        let mut starts: Vec<usize> = boundaries
            .iter()
            .map(|start| base + start)
            .filter(|at| *at > parts_from)
            .collect();
        starts.insert(0, parts_from);
        starts.push(self.end);
        starts.dedup();
        match style.parts {
            Parts::Body => self.body(parts_from),
            Parts::Fields(part, some) => self.parts(&starts, part, some, false),
            Parts::Clauses(part, some) => self.parts(&starts, part, some, true),
            Parts::Table => self.table(parts_from),
            Parts::Steps => self.steps(&starts),
        }
        self.builder.close();
    }

    fn body(&mut self, from: usize) {
        if from >= self.end {
            return;
        }
        let refusal = match self.run(Rule::body_part, from, self.end) {
            Ok(pairs) => return self.builder.add_pairs(&pairs, from),
            Err(refusal) => refusal,
        };
        self.report(refusal, from, self.end);
        self.builder.open(Kind::Body, from);
        self.salvage(from, self.end, Rule::statement_some, &STATEMENT_WORDS);
        self.builder.close();
    }

    /// An error node with the readable sub-parts inside.
    fn salvage(&mut self, start: usize, end: usize, some: Rule, words: &[&str]) {
        self.builder.open(Kind::Error, start);
        let mut starts: Vec<usize> = line_starts(self.slice(start, end))
            .filter(|(_, line)| words.contains(&first_word(line)))
            .map(|(at, _)| start + at)
            .filter(|at| *at > start)
            .collect();
        starts.insert(0, start);
        starts.push(end);
        for pair in starts.windows(2) {
            if let [from, to] = *pair {
                self.prefix(from, to, some);
            }
        }
        self.builder.close();
    }

    /// As much of a part as can be read, then loose leaves.
    fn prefix(&mut self, start: usize, end: usize, some: Rule) {
        let mut at = start;
        if let Ok(pairs) = self.run(some, start, end) {
            at = start + consumed(&pairs);
            self.builder.add_pairs(&pairs, start);
            self.builder.gap(at);
        }
        if at < end {
            self.builder.loose(at, end);
        }
    }

    fn parts(&mut self, starts: &[usize], part: Rule, some: Rule, clauses: bool) {
        let mut index = 0;
        while let (Some(&start), Some(&next)) = (starts.get(index), starts.get(index + 1)) {
            if let Some((joined, pairs)) = self.join(starts, index, part) {
                self.builder.add_pairs(&pairs, start);
                index += joined;
                continue;
            }
            index += 1;
            let solid = start + self.slice(start, next).trim_end().len();
            if let Err(refusal) = self.run(part, start, next) {
                self.report(refusal, start, solid);
            }
            if clauses {
                self.salvage(start, solid, Rule::exception_some, &CLAUSE_WORDS);
            } else {
                self.fields(start, solid, some);
            }
        }
    }

    /// Readable members, then an error node for what is left of the line.
    fn fields(&mut self, start: usize, end: usize, some: Rule) {
        let mut at = start;
        if let Ok(pairs) = self.run(some, start, end) {
            at = start + consumed(&pairs);
            self.builder.add_pairs(&pairs, start);
            self.builder.gap(at);
        }
        if at < end {
            self.builder
                .error(at + leading_space(self.slice(at, end)), end);
        }
    }

    /// The pairs of the part that begins at `index`, joined with as few of the next as needed.
    fn join(&self, starts: &[usize], index: usize, part: Rule) -> Option<(usize, Vec<PairRecord>)> {
        let start = *starts.get(index)?;
        (1..=MAX_JOINED_PARTS).find_map(|count| {
            let end = *starts.get(index + count)?;
            self.run(part, start, end).ok().map(|pairs| (count, pairs))
        })
    }

    fn table(&mut self, from: usize) {
        let first_row = line_starts(self.slice(from, self.end))
            .find(|(_, line)| line.starts_with('|'))
            .map_or(self.end, |(at, _)| from + at);
        let mut starts: Vec<usize> = line_starts(self.slice(from, first_row))
            .filter(|(_, line)| matches!(first_word(line), "as" | "hit" | "from"))
            .map(|(at, _)| from + at)
            .filter(|at| *at > from)
            .collect();
        starts.insert(0, from);
        starts.push(first_row);
        if from + leading_space(self.slice(from, first_row)) < first_row {
            self.parts(&starts, Rule::table_part, Rule::table_some, false);
        }
        self.rows(first_row, self.end, &TABLE_FORMS);
    }

    /// The lines of a table, each alone. The first tells the form of the others.
    fn rows(&mut self, from: usize, end: usize, forms: &[(Rule, Rule)]) {
        let mut form: Option<Rule> = None;
        let lines: Vec<(usize, &str)> = line_starts(self.slice(from, end)).collect();
        for (at, line) in lines {
            let start = from + at;
            let line = line.trim_end();
            if line.is_empty() || line.starts_with("//") {
                continue;
            }
            let to = start + line.len();
            let tried: Vec<(Rule, Rule)> = match form {
                Some(known) => vec![(known, known)],
                None => forms.to_vec(),
            };
            let mut best: Option<Refusal> = None;
            let mut read = false;
            for (rule, below) in tried {
                match self.run(rule, start, to) {
                    Ok(pairs) => {
                        self.builder.add_pairs(&pairs, start);
                        form = Some(below);
                        read = true;
                        break;
                    }
                    Err(refusal) if best.is_none_or(|best| best.at < refusal.at) => {
                        best = Some(refusal);
                    }
                    Err(_) => {}
                }
            }
            if !read {
                let refusal = best.unwrap_or(Refusal {
                    at: 0,
                    too_deep: false,
                });
                self.report(refusal, start, to);
                self.builder.error(start, to);
                form = form.or_else(|| guess_form(line, forms));
            }
        }
    }

    fn steps(&mut self, starts: &[usize]) {
        let mut index = 0;
        while let (Some(&start), Some(&next)) = (starts.get(index), starts.get(index + 1)) {
            let step = start + leading_space(self.slice(start, next));
            let word = self
                .slice(step, next)
                .split(|c: char| !c.is_alphanumeric())
                .next();
            let (kind, forms): (Kind, &[(Rule, Rule)]) = match word {
                Some("given") => (Kind::Given, &GIVEN_FORMS),
                Some("cases") => (Kind::Cases, &CASE_FORMS),
                _ => {
                    if let Some((joined, pairs)) = self.join(starts, index, Rule::step_part) {
                        self.builder.add_pairs(&pairs, start);
                        index += joined;
                        continue;
                    }
                    let solid = start + self.slice(start, next).trim_end().len();
                    if let Err(refusal) = self.run(Rule::step_part, start, next)
                        && step < next
                    {
                        self.report(refusal, start, solid);
                        self.fields(step, solid, Rule::step_some);
                    }
                    index += 1;
                    continue;
                }
            };
            let first_row = line_starts(self.slice(step, next))
                .find(|(_, line)| line.starts_with('|'))
                .map_or(next, |(at, _)| step + at);
            self.builder.open(kind, step);
            if let Err(refusal) = self.run(Rule::step_part, step, first_row) {
                let solid = step + self.slice(step, first_row).trim_end().len();
                self.report(refusal, step, solid);
                self.fields(step, solid, Rule::step_some);
            } else if let Ok(pairs) = self.run(Rule::step_some, step, first_row) {
                self.builder.add_pairs(&pairs, step);
                self.builder.gap(first_row);
            }
            self.rows(first_row, next, forms);
            self.builder.close();
            index += 1;
        }
    }
}

const STATEMENT_WORDS: [&str; 9] = [
    "let", "give", "carry", "next", "finally", "where", "by", "ending", "for",
];
const CLAUSE_WORDS: [&str; 8] = [
    "exception",
    "valid",
    "when",
    "unless",
    "then",
    "because",
    "default",
    "from",
];

const TABLE_FORMS: [(Rule, Rule); 8] = [
    (Rule::header, Rule::row),
    (Rule::named_header, Rule::named_row),
    (Rule::grid_head_1, Rule::grid_row_1),
    (Rule::grid_head_2, Rule::grid_row_2),
    (Rule::grid_head_3, Rule::grid_row_3),
    (Rule::named_grid_head_1, Rule::named_grid_row_1),
    (Rule::named_grid_head_2, Rule::named_grid_row_2),
    (Rule::named_grid_head_3, Rule::named_grid_row_3),
];
const GIVEN_FORMS: [(Rule, Rule); 1] = [(Rule::fixture_head, Rule::fixture_row)];
const CASE_FORMS: [(Rule, Rule); 2] = [
    (Rule::case_head_by, Rule::case_row_by),
    (Rule::case_head, Rule::case_row),
];

/// The form of the rows below a header that cannot be read.
fn guess_form(header: &str, forms: &[(Rule, Rule)]) -> Option<Rule> {
    let keys = header
        .split(['\\'])
        .next()
        .unwrap_or_default()
        .matches('|')
        .count();
    let named = header.trim_start_matches(['|', ' ', '\t']).starts_with('#');
    let grid = !header.contains("||") && header.contains('\\');
    let wanted = match (grid, named, keys) {
        (false, false, _) => Rule::row,
        (false, true, _) => Rule::named_row,
        (true, false, 0 | 1) => Rule::grid_row_1,
        (true, false, 2) => Rule::grid_row_2,
        (true, false, _) => Rule::grid_row_3,
        (true, true, 0..=2) => Rule::named_grid_row_1,
        (true, true, 3) => Rule::named_grid_row_2,
        (true, true, _) => Rule::named_grid_row_3,
    };
    let by = header.trim_end_matches(['|', ' ', '\t']).ends_with(" by");
    let known = forms.iter().map(|(_, row)| *row);
    known.clone().find(|known| *known == wanted).or_else(|| {
        if by {
            known.clone().next()
        } else {
            known.clone().next_back()
        }
    })
}

/// Where the parse of a `*_entry` or `*_some` rule ended.
fn consumed(pairs: &[PairRecord]) -> usize {
    pairs
        .iter()
        .rev()
        .find(|pair| pair.rule == Rule::done)
        .map_or(0, |pair| pair.start)
}

/// Line starts at which a part begins, relative to the declaration, the first line left out.
fn boundaries(text: &str, parts: &Parts) -> Vec<usize> {
    let begins = |line: &str| match parts {
        Parts::Body => true,
        Parts::Fields(..) => {
            let word = first_word(line);
            let rest = line.get(word.len()..).unwrap_or_default().trim_start();
            (!word.is_empty() && rest.starts_with(':'))
                || matches!(
                    word,
                    "check" | "key" | "valid" | "rows" | "fresh" | "sensitive"
                )
        }
        Parts::Clauses(..) => matches!(
            first_word(line),
            "as" | "combine" | "exceptions" | "open" | "default" | "exception" | "is" | "from"
        ),
        Parts::Table => line.starts_with('|') || matches!(first_word(line), "as" | "hit" | "from"),
        Parts::Steps => matches!(first_word(line), "given" | "let" | "cases" | "expect"),
    };
    line_starts(text)
        .skip(1)
        .filter(|(_, line)| !line.is_empty() && !line.starts_with("//") && begins(line))
        .map(|(at, _)| at)
        .collect()
}

/// The first character of each line that is no white space, and the line from there on.
fn line_starts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        let inner = line.trim_end_matches(['\n', '\r']);
        let indent = inner.len() - inner.trim_start_matches([' ', '\t', '\r']).len();
        (start + indent, inner.get(indent..).unwrap_or_default())
    })
}

fn first_word(text: &str) -> &str {
    match scan::scan(text) {
        Some((Scanned::Word, length)) => text.get(..length).unwrap_or_default(),
        _ => "",
    }
}

/// Trivia at the start of a text, in bytes.
fn leading_space(text: &str) -> usize {
    scan::pieces(text)
        .find(|(kind, _, _)| {
            !matches!(
                kind,
                Scanned::Whitespace | Scanned::Comment | Scanned::DocComment
            )
        })
        .map_or(text.len(), |(_, start, _)| start)
}
