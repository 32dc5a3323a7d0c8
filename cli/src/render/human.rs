//! Findings drawn for people with miette: the text, arrows, and below them why and what to do.
//!
//! On a terminal with Unicode lines and colours; in a file or pipe with plain characters; with
//! `NO_GRAPHICS` (for screen readers) in sentences.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use assize_compiler::Severity;
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    NarratableReportHandler, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::finding::{Finding, Place};
use super::long_lines::Cut;
use super::source::Source;
use crate::console::Console;

/// Longest replacement that is shown with a fix, in characters.
const MAX_FIX_CHARS: usize = 200;

/// Draws findings.
pub struct Renderer {
    characters: ThemeCharacters,
    styles: ThemeStyles,
    columns: usize,
    narrated: Option<NarratableReportHandler>,
}

impl Renderer {
    /// For stdout.
    pub fn for_stdout(console: &Console) -> Renderer {
        Renderer::new(console.out.color, console.out_is_terminal, console.columns)
    }

    /// For stderr.
    pub fn for_stderr(console: &Console) -> Renderer {
        Renderer::new(console.err.color, console.err_is_terminal, console.columns)
    }

    /// Drawn with or without colours, Unicode lines (on a terminal) or plain characters.
    pub fn new(color: bool, terminal: bool, columns: usize) -> Renderer {
        let characters = if terminal {
            ThemeCharacters::unicode()
        } else {
            ThemeCharacters::ascii()
        };
        let styles = if color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        };
        let narrated = std::env::var_os("NO_GRAPHICS")
            .is_some_and(|value| !value.is_empty() && value != "0")
            .then(NarratableReportHandler::new);
        Renderer {
            characters,
            styles,
            columns,
            narrated,
        }
    }

    /// The code stands beside the weight, so that a finding begins with its claim.
    fn graphical(&self, code: &str) -> GraphicalReportHandler {
        let characters = ThemeCharacters {
            error: format!("error {code}:"),
            warning: format!("warning {code}:"),
            advice: format!("note {code}:"),
            ..self.characters.clone()
        };
        GraphicalReportHandler::new_themed(GraphicalTheme {
            characters,
            styles: self.styles.clone(),
        })
        .with_links(false)
        .with_context_lines(1)
        .without_syntax_highlighting()
        .with_width(self.columns)
    }

    /// One finding as text that ends in a line end.
    pub fn render(&self, finding: &Finding) -> String {
        let shown = Shown::of(finding);
        let mut out = String::new();
        // Writing to a text cannot fail; what miette cannot draw is told in one line.
        let drawn = match &self.narrated {
            Some(narrated) => narrated.render_report(&mut out, &shown),
            None => self
                .graphical(finding.code)
                .render_report(&mut out, &shown.without_header()),
        };
        if drawn.is_err() {
            out = one_line(finding);
        }
        let mut text = String::with_capacity(out.len());
        for line in out.trim_matches('\n').lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// `shop.assize:12:5: error A0301: the claim`.
pub fn one_line(finding: &Finding) -> String {
    let start = finding.primary.start();
    format!(
        "{}:{}:{}: {} {}: {}\n",
        finding.primary.source.path,
        start.line,
        start.column,
        finding.severity_word(),
        finding.code,
        finding.claim
    )
}

/// `1 error`, `2 errors`.
pub fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Shown {
    code: String,
    severity: miette::Severity,
    message: String,
    page: Option<String>,
    help: Option<String>,
    source: Text,
    labels: Vec<LabeledSpan>,
}

/// A text whose columns are counted in characters, as everywhere else: miette counts bytes.
#[derive(Debug)]
struct Text {
    whole: Arc<Source>,
    /// The same with long lines cut, where there are any, and the columns at which places begin that
    /// were moved: first byte in the cut text, column in the whole one.
    cut: Option<(Cut, Vec<(usize, usize)>)>,
}

impl Text {
    /// What is drawn of a file to show these places in it, and where they are there.
    fn of(whole: &Arc<Source>, ranges: Vec<Range<usize>>) -> (Text, Vec<Range<usize>>) {
        let whole = Arc::clone(whole);
        let Some(cut) = Cut::of(&whole.text, &ranges) else {
            return (Text { whole, cut: None }, ranges);
        };
        let moved: Vec<_> = ranges.iter().map(|range| cut.moved(range)).collect();
        let columns = ranges
            .iter()
            .zip(&moved)
            .map(|(old, new)| (new.start, whole.position(old.start).column))
            .collect();
        let cut = Some((cut, columns));
        (Text { whole, cut }, moved)
    }

    fn shown(&self) -> &str {
        match &self.cut {
            Some((cut, _)) => &cut.text,
            None => &self.whole.text,
        }
    }

    fn column(&self, at: usize) -> usize {
        match &self.cut {
            None => self.whole.position(at).column,
            // Whole lines begin at column 1, and only places begin elsewhere.
            Some((_, columns)) => columns
                .iter()
                .find(|(start, _)| *start == at)
                .map_or(1, |(_, column)| *column),
        }
    }
}

impl SourceCode for Text {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let read = SourceCode::read_span(self.shown(), span, lines_before, lines_after)?;
        let column = self.column(read.span().offset());
        Ok(Box::new(MietteSpanContents::new_named(
            self.whole.path.clone(),
            read.data(),
            *read.span(),
            read.line(),
            column.saturating_sub(1),
            read.line_count(),
        )))
    }
}

impl Shown {
    fn of(finding: &Finding) -> Shown {
        let file = &finding.primary.source;
        let here = |place: &&Place| place.source.path == file.path;
        let parties = finding.related.iter().filter(here);
        let places: Vec<_> = std::iter::once(&finding.primary).chain(parties).collect();
        let ranges = places.iter().map(|place| place.range.clone()).collect();
        let (source, spans) = Text::of(file, ranges);
        let labels = places.iter().zip(spans).enumerate();
        let labels = labels.map(|(at, (place, span))| label(place, span, at == 0));
        Shown {
            code: finding.code.to_owned(),
            severity: match finding.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Note => miette::Severity::Advice,
            },
            message: finding.claim.clone(),
            page: Some(finding.page()),
            help: help(finding),
            labels: labels.collect(),
            source,
        }
    }

    /// The same with its page below instead of above.
    fn without_header(mut self) -> Shown {
        self.code.clear();
        if let Some(page) = self.page.take() {
            let help = self.help.get_or_insert_default();
            if !help.is_empty() {
                help.push('\n');
            }
            help.push_str("see ");
            help.push_str(&page);
        }
        self
    }
}

fn label(place: &Place, span: Range<usize>, primary: bool) -> LabeledSpan {
    let text = (!place.text.is_empty()).then(|| place.text.clone());
    if primary {
        LabeledSpan::new_primary_with_span(text, span)
    } else {
        LabeledSpan::new_with_span(text, span)
    }
}

/// Parties in other files: a picture shows one file, so they are told with their line.
fn elsewhere(finding: &Finding) -> Vec<String> {
    let mut out = Vec::new();
    let path = &finding.primary.source.path;
    for place in finding.related.iter().filter(|it| it.source.path != *path) {
        let at = place.start();
        let text = match place.text.as_str() {
            "" => "see also",
            text => text,
        };
        let source = &place.source;
        out.push(format!("{}:{}:{}: {text}", source.path, at.line, at.column));
        let (text, _) = Text::of(source, vec![place.range.clone()]);
        let line = text.shown().lines().nth(at.line.saturating_sub(1));
        let line = line.unwrap_or_default().trim();
        if !line.is_empty() {
            out.push(format!("  {line}"));
        }
    }
    out
}

/// What to do, why, the parties elsewhere, the changes that would do it, and the case that shows it.
fn help(finding: &Finding) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(finding.instead.clone());
    lines.extend(
        finding
            .because
            .iter()
            .map(|because| format!("because {because}")),
    );
    lines.extend(elsewhere(finding));
    for fix in &finding.fixes {
        lines.push(match fix.edits.as_slice() {
            [edit] => {
                let old = edit.source.slice(&edit.range);
                let short =
                    |text: &str| !text.contains('\n') && text.chars().count() <= MAX_FIX_CHARS;
                match (old, edit.text.as_str()) {
                    // The title may say it all.
                    (_, new) if !new.trim().is_empty() && fix.title.contains(new.trim()) => {
                        format!("fix: {}", fix.title)
                    }
                    ("", new) if short(new) => format!("fix: {}: add `{}`", fix.title, new.trim()),
                    (old, "") if short(old) => {
                        format!("fix: {}: delete `{}`", fix.title, old.trim())
                    }
                    (old, new) if short(old) && short(new) => {
                        format!(
                            "fix: {}: `{}` becomes `{}`",
                            fix.title,
                            old.trim(),
                            new.trim()
                        )
                    }
                    _ => format!("fix: {}", fix.title),
                }
            }
            _ => format!("fix: {}", fix.title),
        });
    }
    if let Some(witness) = &finding.witness {
        let width = witness
            .inputs
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        lines.push("for example".to_owned());
        for (name, value) in &witness.inputs {
            lines.push(format!("  {name:width$} = {value}"));
        }
        lines.push(format!("  gives {}", witness.outcome));
        if !witness.test.is_empty() {
            lines.push("as a test".to_owned());
            lines.extend(witness.test.lines().map(|line| format!("  {line}")));
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl miette::Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.code.is_empty()).then(|| Box::new(&self.code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.page
            .as_ref()
            .map(|page| Box::new(page) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
