//! Rows of tables, fixtures and cases: cells as text, columns of equal width.

use super::atoms;
use super::spacing;
use crate::kind::Kind;
use crate::tree::Node;

/// The longest cell that widens its column, in characters.
pub const MAX_ALIGNED_CELL: usize = 60;

/// One row, before its columns have their widths.
#[derive(Clone, Debug)]
pub(crate) struct RowCells {
    /// The node that holds the rows: those of one node are aligned with each other.
    pub(crate) table: u32,
    /// The mark before each cell (`|` or `||`) and the cell.
    cells: Vec<(&'static str, String)>,
}

impl RowCells {
    /// The cells of a row; `added` is set if parentheses were.
    pub(crate) fn new(row: Node<'_>, parentheses: bool, added: &mut bool) -> RowCells {
        let mut cells: Vec<(&'static str, String)> = Vec::new();
        let mut last: Option<atoms::Atom<'_>> = None;
        for atom in atoms::collect(row, parentheses) {
            *added |= atom.opens;
            let mark = match atom.token() {
                _ if atom.node.parent() != Some(row) => None,
                "|" => Some("|"),
                "||" => Some("||"),
                _ => None,
            };
            if let Some(mark) = mark {
                cells.push((mark, String::new()));
                last = None;
                continue;
            }
            if let Some((_, cell)) = cells.last_mut() {
                if last.is_some_and(|last| spacing::blank_between(last, atom)) {
                    cell.push(' ');
                }
                atom.write(cell);
            }
            last = Some(atom);
        }
        // What follows the last mark is nothing: it closes the row.
        cells.pop();
        RowCells {
            table: row.parent().map_or(0, Node::index),
            cells,
        }
    }

    /// The cells with the place of their column: the zone (before or after `||`) and the number in it.
    fn places(&self) -> impl Iterator<Item = ((bool, usize), &(&'static str, String))> {
        let mut place = (false, 0);
        self.cells.iter().map(move |cell| {
            if cell.0 == "||" {
                place = (true, 0);
            }
            let here = place;
            place.1 += 1;
            (here, cell)
        })
    }

    pub(crate) fn write(&self, widths: &Widths) -> String {
        let mut out = String::new();
        for ((out_zone, number), (mark, cell)) in self.places() {
            out.push_str(mark);
            out.push(' ');
            out.push_str(cell);
            let length = cell.chars().count();
            let width = widths.of(out_zone, number);
            out.extend(std::iter::repeat_n(' ', width.saturating_sub(length) + 1));
        }
        out.push('|');
        out
    }
}

/// The widths of the columns of one table, in characters.
#[derive(Debug, Default)]
pub(crate) struct Widths {
    keys: Vec<usize>,
    outs: Vec<usize>,
}

impl Widths {
    pub(crate) fn add(&mut self, row: &RowCells) {
        for ((out_zone, number), (_, cell)) in row.places() {
            let zone = if out_zone {
                &mut self.outs
            } else {
                &mut self.keys
            };
            if zone.len() <= number {
                zone.resize(number + 1, 0);
            }
            let length = cell.chars().count();
            if let Some(width) = zone.get_mut(number)
                && length <= MAX_ALIGNED_CELL
            {
                *width = length.max(*width);
            }
        }
    }

    fn of(&self, out_zone: bool, number: usize) -> usize {
        let zone = if out_zone { &self.outs } else { &self.keys };
        zone.get(number).copied().unwrap_or(0)
    }
}

/// A row that can be laid out: one line, and nothing in it that could not be read.
pub(crate) fn is_plain(row: Node<'_>) -> bool {
    !row.text().contains('\n')
        && row
            .descendants()
            .all(|node| !matches!(node.kind(), Kind::Error | Kind::Comment | Kind::DocComment))
}
