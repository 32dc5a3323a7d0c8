//! Rows that say the same of the same cases.

use std::collections::HashMap;

use assize_ir::{Hit, Program, Row as IrRow, Table};

use super::table::{Context, constants};
use super::{Finder, MAX_SHOWN, counted_rest};
use crate::boxes::AtomSet;
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};

impl Context<'_> {
    /// Rows that repeat an earlier row where every row that hits counts. Under `hit unique` they are
    /// a conflict, and under `hit first` such a row can never decide: both are told elsewhere.
    pub(super) fn repeated(&self, finder: &mut Finder<'_>, table: Option<&Table>) {
        let Some(table) = table else { return };
        let effect = match table.hit {
            Hit::Sum => "`hit sum` adds their output once for each",
            Hit::Count => "`hit count` counts each of them",
            Hit::List | Hit::ListByPriority => "the list holds their output once for each",
            Hit::Priority | Hit::Lowest | Hit::Highest => "the second one changes nothing",
            Hit::Unique | Hit::Same | Hit::First => return,
        };
        let program = finder.program;
        let mut boxes: Vec<Vec<&[AtomSet]>> = vec![Vec::new(); table.rows.len()];
        for (boxed, (row, _)) in self.compressed.rows.iter().zip(&self.subjects.origin) {
            // What is asked of values that are known only when it runs is compared by its words.
            if let Some(of_row) = boxes.get_mut(*row)
                && !boxed.sides.iter().any(AtomSet::is_empty)
            {
                of_row.push(boxed.sides.as_slice());
            }
        }
        let mut known: HashMap<(Vec<&[AtomSet]>, Vec<String>), usize> = HashMap::new();
        let mut found = 0;
        for (number, (boxes, row)) in boxes.into_iter().zip(&table.rows).enumerate() {
            if boxes.is_empty() {
                continue;
            }
            let outputs = self.said(finder, program, row);
            let first = *known.entry((boxes, outputs)).or_insert(number);
            let Some(earlier) = table.rows.get(first).filter(|_| first != number) else {
                continue;
            };
            found += 1;
            if found > MAX_SHOWN {
                continue;
            }
            let (one, two) = (finder.row_name(earlier), finder.row_name(row));
            let diagnostic = Diagnostic::new(
                codes::REPEATED_ROW,
                Severity::Warning,
                finder.at(row.place),
                format!("{two} says the same as {one}"),
            )
            .label("the same again")
            .related(finder.at(earlier.place), "first here")
            .because(format!("both take the same cases, and {effect}"))
            .instead("leave one of them out, or correct what should differ");
            finder.out.push(diagnostic);
        }
        if found > MAX_SHOWN {
            let rest = counted_rest(found - MAX_SHOWN, false, "row");
            let says = if found - MAX_SHOWN == 1 {
                "says"
            } else {
                "say"
            };
            let claim = format!("{rest} {says} the same as an earlier one");
            finder.rest(codes::REPEATED_ROW, finder.name_of(self.id), claim);
        }
    }

    /// What a row gives: its constants, or the author's words.
    fn said(&self, finder: &Finder<'_>, program: &Program, row: &IrRow) -> Vec<String> {
        constants(program, self.id, row).unwrap_or_else(|| {
            let callable = program.callable(self.id);
            let nodes = row.outputs.iter();
            nodes
                .filter_map(|node| callable?.node(*node))
                .filter(|node| node.place != row.place)
                .map(|node| finder.source(node.place))
                .collect()
        })
    }

    /// Whether a row takes the same cases as an earlier one and gives the same.
    pub(super) fn repeats(&self, finder: &Finder<'_>, earlier: u32, later: usize) -> bool {
        let program = finder.program;
        let Ok(number) = u32::try_from(later) else {
            return false;
        };
        let boxes = (
            self.compressed.rows.get(earlier as usize),
            self.compressed.rows.get(later),
        );
        let (Some((one, _)), Some((two, _))) =
            (self.row(program, earlier), self.row(program, number))
        else {
            return false;
        };
        boxes.0 == boxes.1 && self.said(finder, program, &one) == self.said(finder, program, &two)
    }
}
