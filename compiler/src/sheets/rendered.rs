//! A sheet as one text, so that a place in it is a range of bytes like any other.

use std::ops::Range;

use crate::db::SheetRow;

/// The sheet as text: its cells parted by commas, each row on the line that it has in its file.
///
/// Of a CSV file this is the file as programs write it; a workbook has no text of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// First byte of each row.
    pub(super) rows: Vec<u32>,
    /// Bytes of the cells, row after row.
    pub(super) cells: Vec<RenderedCell>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RenderedCell {
    /// Bytes of what the cell says, without blanks around it.
    pub(super) range: Range<u32>,
    /// Whether the text has them as the cell has them: no quote is doubled.
    pub(super) verbatim: bool,
    /// Whether the cell stands in quotes.
    pub(super) quoted: bool,
}

impl Rendered {
    /// The text of rows.
    pub fn of(rows: &[SheetRow]) -> Rendered {
        let mut out = Rendered::default();
        let mut line = 1;
        for row in rows {
            while line < row.line {
                out.text.push('\n');
                line += 1;
            }
            out.rows.push(length(&out.text));
            for (index, cell) in row.cells.iter().enumerate() {
                if index > 0 {
                    out.text.push(',');
                }
                out.cell(cell);
                line += lines_in(cell);
            }
        }
        out.text.push('\n');
        out
    }

    fn cell(&mut self, cell: &str) {
        let quoted = cell.contains(['"', ',', '\n', '\r']);
        let verbatim = !cell.contains('"');
        if quoted {
            self.text.push('"');
        }
        let start = length(&self.text);
        if verbatim {
            self.text.push_str(cell);
        } else {
            self.text.push_str(&cell.replace('"', "\"\""));
        }
        let end = length(&self.text);
        if quoted {
            self.text.push('"');
        }
        let blanks = |text: &str, trimmed: &str| length(text).saturating_sub(length(trimmed));
        let range = if verbatim && !cell.trim().is_empty() {
            let first = start + blanks(cell, cell.trim_start());
            first..end.saturating_sub(blanks(cell, cell.trim_end())).max(first)
        } else {
            start..end
        };
        self.cells.push(RenderedCell {
            range,
            verbatim,
            quoted,
        });
    }
}

pub(super) fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

fn lines_in(cell: &str) -> u32 {
    u32::try_from(cell.matches('\n').count()).unwrap_or(u32::MAX)
}
