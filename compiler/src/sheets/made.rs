//! The rows of a sheet as a rule author would have written them.
//!
//! In a column of codes or texts a cell is the value itself, as it stands; only a cell of an input may
//! say more. A row that cannot be written so is a fault of its own and is left out, so that the others
//! are still read.

use std::ops::Range;

use super::layout::{Column, Layout, Literal, Role};
use super::rendered::{Rendered, RenderedCell, length};
use crate::ast::Span;
use crate::codes;
use crate::db::{CellKind, SheetRow};
use crate::diagnostic::Code;

/// The text that the rows are read from.
#[derive(Default)]
pub(super) struct Made {
    pub(super) text: String,
    /// Pieces of the text in its order, with their places in the sheet.
    pub(super) pieces: Vec<Piece>,
    pub(super) faults: Vec<Fault>,
    /// Whether there is a header with a row below it, so that reading the text tells something.
    pub(super) readable: bool,
}

/// A cell in the text that the rows were read from, and in the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) made: Range<u32>,
    pub(super) sheet: Range<u32>,
    /// Whether both are the same text, byte for byte.
    pub(super) verbatim: bool,
    pub(super) quoted: bool,
}

/// Why a row cannot be written.
pub(super) struct Fault {
    pub(super) code: Code,
    /// In the made text.
    pub(super) span: Span,
    pub(super) claim: String,
    pub(super) because: Option<String>,
    pub(super) instead: String,
}

/// What a rule author would write for a cell.
enum Written {
    /// The cell, its line ends as blanks.
    AsIs,
    /// Another text.
    Other(String),
}

impl Made {
    /// The rows as text. The first line is filled up, so that every row begins behind the text of the
    /// declaration, `before` bytes long.
    pub(super) fn of(name: &str, before: usize, rows: &[SheetRow], layout: &Layout) -> Made {
        let rendered = Rendered::of(rows);
        let mut places = rendered.cells.iter();
        let mut made = Made {
            text: format!("table {name} () gives bool"),
            ..Made::default()
        };
        let fill = before.saturating_add(1).saturating_sub(made.text.len());
        made.text.extend(std::iter::repeat_n(' ', fill));
        made.text.push('\n');
        let (mut has_header, mut has_rows) = (false, false);
        for (number, (row, first)) in rows.iter().zip(&rendered.rows).enumerate() {
            let at: Vec<&RenderedCell> = places.by_ref().take(row.cells.len()).collect();
            // Spreadsheets write rows of nothing below the last one.
            if number > 0 && row.cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let start = length(&made.text);
            made.pieces.push(Piece {
                made: start..start,
                sheet: *first..*first,
                verbatim: false,
                quoted: false,
            });
            if number == 0 {
                made.header(row, &at, layout);
                has_header = made.faults.is_empty();
            } else {
                has_rows |= made.row(row, &at, layout);
            }
        }
        made.readable = has_header && (has_rows || made.faults.is_empty());
        made
    }

    fn header(&mut self, row: &SheetRow, at: &[&RenderedCell], layout: &Layout) {
        self.text.push_str("    ");
        let mut behind = None;
        let columns = row.cells.iter().zip(&layout.columns).zip(at).enumerate();
        for (index, ((cell, column), at)) in columns {
            if column.role == Role::Border {
                self.text.push('|');
                continue;
            }
            self.text.push_str("| ");
            let span = match (layout.axis, behind) {
                // Behind the corner stand the values of the other axis.
                (Some(literal), Some(axis)) => {
                    let written = typed(cell, row.kind(index), axis, literal)
                        .and_then(|()| of_input(cell, literal));
                    self.cell(cell, at, written)
                }
                _ => self.cell(cell, at, Ok(Written::AsIs)),
            };
            if cell.trim().is_empty() {
                self.faults.push(Fault {
                    code: codes::SHEET,
                    span,
                    claim: "this column has no header".to_owned(),
                    because: None,
                    instead: "head it, or delete the column".to_owned(),
                });
            }
            behind = behind.or(column
                .name
                .split_once('\\')
                .map(|(_, across)| across.trim()));
            self.text.push(' ');
        }
        self.text.push_str("|\n");
    }

    /// Writes a row; whether it stands there as one.
    fn row(&mut self, row: &SheetRow, at: &[&RenderedCell], layout: &Layout) -> bool {
        let before = (self.text.len(), self.faults.len());
        self.text.push_str("    ");
        let start = length(&self.text);
        for (index, (cell, at)) in row.cells.iter().zip(at).enumerate() {
            let Some(column) = layout.columns.get(index) else {
                self.text.push_str("| ");
                self.cell(cell, at, Ok(Written::AsIs));
                continue;
            };
            if column.role == Role::Border {
                self.text.push('|');
                if !cell.trim().is_empty() {
                    self.cell(cell, at, Err(below_border(cell)));
                }
                continue;
            }
            self.text.push_str("| ");
            let name = match column.name.split_once('\\') {
                Some((down, _)) => down.trim(),
                None => &column.name,
            };
            let written = typed(cell, row.kind(index), name, column.literal).and_then(|()| {
                match column.role {
                    Role::Output { optional } => of_output(cell, column, optional),
                    _ => of_input(cell, column.literal),
                }
            });
            self.cell(cell, at, written);
            self.text.push(' ');
        }
        self.text.push_str("|\n");
        if row.cells.len() != layout.columns.len() {
            self.faults.truncate(before.1);
            let counted = crate::check::access::count(row.cells.len(), "cell");
            self.faults.push(Fault {
                code: codes::ROW_WIDTH,
                span: Span {
                    start,
                    end: length(&self.text).saturating_sub(2),
                },
                claim: format!(
                    "this row has {counted}, and the header has {}",
                    layout.columns.len()
                ),
                because: None,
                instead:
                    "give each cell its header and each header its cell, empty where there is \
                          nothing to say"
                        .to_owned(),
            });
        }
        let fine = self.faults.len() == before.1;
        if !fine {
            // A comment of the same length: the places stay.
            let line = self.text.split_off(before.0);
            self.text.push_str(&line.replacen("    ", " // ", 1));
        }
        fine
    }

    /// Writes a cell; its place in the text.
    fn cell(&mut self, cell: &str, at: &RenderedCell, written: Result<Written, Told>) -> Span {
        let start = length(&self.text);
        let same = match &written {
            Ok(Written::Other(text)) => {
                self.text.push_str(text);
                false
            }
            Ok(Written::AsIs) | Err(_) => {
                // A row is one line; what parts words may be any white space.
                let signs = cell.trim().chars();
                self.text.extend(signs.map(|sign| match sign {
                    '\n' | '\r' | '\t' => ' ',
                    other => other,
                }));
                true
            }
        };
        let span = Span {
            start,
            end: length(&self.text),
        };
        self.pieces.push(Piece {
            made: span.start..span.end,
            sheet: at.range.clone(),
            verbatim: same && at.verbatim,
            quoted: at.quoted,
        });
        if let Err(told) = written {
            self.faults.push(Fault {
                code: codes::SHEET,
                span,
                claim: told.claim,
                because: told.because,
                instead: told.instead,
            });
        }
        span
    }
}

/// Why a cell cannot be written.
struct Told {
    claim: String,
    because: Option<String>,
    instead: String,
}

fn told(claim: String, instead: String) -> Told {
    Told {
        claim,
        because: None,
        instead,
    }
}

/// Refuses what a workbook keeps as something else than the text that was typed, where the text
/// matters: `007` is the number 7 there, and `1-2` a day.
fn typed(cell: &str, kind: CellKind, column: &str, literal: Literal) -> Result<(), Told> {
    let (held, because) = match kind {
        CellKind::Text => return Ok(()),
        CellKind::Number => (
            "number",
            "a number has lost the zeros that were typed before it",
        ),
        CellKind::Day => (
            "day",
            "a spreadsheet makes days of codes that look like one",
        ),
        CellKind::Bool => ("truth value", "a spreadsheet keeps these words as values"),
    };
    let is = match literal {
        Literal::No => return Ok(()),
        Literal::Code => "code",
        Literal::Text => "text",
    };
    let (column, cell) = (shown(column), shown(cell.trim()));
    Err(Told {
        claim: format!("`{column}` is a {is}, and this cell holds the {held} {cell}"),
        because: Some(because.to_owned()),
        instead: format!("format the cell as text and type the {is} again"),
    })
}

fn below_border(cell: &str) -> Told {
    let cell = shown(cell);
    told(
        format!("`{cell}` stands in the column headed `||`, which parts inputs from outputs"),
        "move it below the header that it belongs to".to_owned(),
    )
}

fn of_input(cell: &str, literal: Literal) -> Result<Written, Told> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(Written::Other("-".to_owned()));
    }
    if literal == Literal::No || matches!(cell, "-" | "missing") || cell.starts_with('"') {
        return Ok(Written::AsIs);
    }
    let (not, value) = match cell.strip_prefix("not ") {
        Some(rest) => ("not ", rest.trim_start()),
        None => ("", cell),
    };
    if value == "missing" || value.starts_with('"') {
        return Ok(Written::AsIs);
    }
    // In a text a comma is ordinary; in a code it is more likely a list.
    if value.contains(',') && (literal == Literal::Code || !not.is_empty()) {
        let one = quoted(value);
        let several: Vec<String> = value.split(',').map(|part| quoted(part.trim())).collect();
        let several = several.join(", ");
        return Err(told(
            format!("`{}` may be one value or several", shown(cell)),
            format!("write `{not}{several}` for several, or `{not}{one}` for one"),
        ));
    }
    Ok(Written::Other(format!("{not}{}", quoted(value))))
}

fn of_output(cell: &str, column: &Column, optional: bool) -> Result<Written, Told> {
    let cell = cell.trim();
    let name = shown(&column.name);
    if cell.is_empty() || cell == "-" {
        if optional {
            return Ok(Written::Other("missing".to_owned()));
        }
        let claim = match cell {
            "" => format!("the cell below `{name}` is empty, and each row gives a value there"),
            _ => format!("`-` below `{name}` is no value, and each row gives one there"),
        };
        let instead = match (cell, column.literal) {
            ("-", Literal::Code | Literal::Text) => {
                "write the value; `\"-\"`, with the quotes, is the sign itself"
            }
            _ => "write the value, or let the result be one with `?`, so that it may be missing",
        };
        return Err(told(claim, instead.to_owned()));
    }
    if column.literal == Literal::No || cell == "missing" || is_text_literal(cell) {
        return Ok(Written::AsIs);
    }
    Ok(Written::Other(quoted(cell)))
}

/// Whether a cell is one text as rules write it, from its first quote to its last.
fn is_text_literal(cell: &str) -> bool {
    let Some(inner) = cell
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return false;
    };
    let mut escaped = false;
    for sign in inner.chars() {
        if sign == '"' && !escaped {
            return false;
        }
        escaped = sign == '\\' && !escaped;
    }
    !escaped
}

/// A text in quotes, as rules write it.
fn quoted(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len() + 2);
    out.push('"');
    for sign in cell.chars() {
        match sign {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '{' => out.push_str("{{"),
            '}' => out.push_str("}}"),
            '\n' => out.push_str("\\n"),
            '\r' => {}
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// A cell in a message: on one line and not too long.
fn shown(cell: &str) -> String {
    const LONGEST: usize = 40;
    let line = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.replace('`', "'");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let mut short: String = line.chars().take(LONGEST).collect();
    short.push('…');
    short
}
