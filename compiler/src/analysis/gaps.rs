//! Cases that no row of a table takes.

use assize_eval::Value;
use assize_eval::failure::ErrorCode;
use assize_ir::{Hit, Type};

use super::table::Context;
use super::witness::Case;
use super::{Finder, MAX_COUNTED, MAX_SHOWN, counted_rest};
use crate::boxes::{AtomBox, AtomSet, MAX_NODES, Rest, gaps, meeting_box};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};

impl Context<'_> {
    /// Cases that no row takes, each replayed; what is not shown is counted.
    pub(super) fn gaps(&self, finder: &mut Finder<'_>, hit: Hit) {
        let program = finder.program;
        if self.compressed.space.columns.is_empty() && !self.compressed.rows.is_empty() {
            return;
        }
        let found = gaps(
            &self.compressed.space,
            &self.compressed.rows,
            MAX_NODES,
            MAX_SHOWN + MAX_COUNTED,
        );
        let name = program
            .callable(self.id)
            .map(|c| c.name.clone())
            .unwrap_or_default();
        let (mut shown, mut more) = (0, 0);
        for gap in &found.found {
            let Some(case) = self.open_case(finder, gap) else {
                continue;
            };
            match self.outside_of_time(gap) {
                Some(Outside::Before) => continue,
                Some(Outside::After { column }) => {
                    self.end_of_time(finder, gap, column);
                    continue;
                }
                _ => {}
            }
            if shown == MAX_SHOWN {
                more += 1;
                continue;
            }
            shown += 1;
            let words = self
                .compressed
                .box_words(program, &self.subjects.dimensions, gap);
            let mut diagnostic = Diagnostic::new(
                codes::GAP,
                Severity::Warning,
                finder.name_of(self.id),
                format!("no row of `{name}` takes {words}"),
            )
            .because(format!(
                "for example {}: the decision ends with `undecided`",
                case.words()
            ));
            diagnostic.instead = Some(match hit {
                Hit::First => "add a row for it, or a last row for everything else".into(),
                _ => "add a row for it, or widen one".into(),
            });
            diagnostic.witness = Some(case.witness(program, self.id, "undecided", "undecided"));
            finder.out.push(diagnostic);
        }
        // Where more than what is shown was found, the steps have ended with the count.
        let unfinished = match found.rest {
            Rest::Nothing => false,
            Rest::More => true,
            Rest::NotDecided(undecided) => {
                if more == 0 {
                    let claim = format!(
                        "whether every case is covered was not decided: {}.{} % of the distinct cases \
                         were shown to be covered in {} steps",
                        undecided.covered_per_mille / 10,
                        undecided.covered_per_mille % 10,
                        undecided.steps
                    );
                    let at = finder.name_of(self.id);
                    finder.out.push(
                        Diagnostic::new(codes::GAP_NOT_DECIDED, Severity::Note, at, claim)
                            .because(
                                "when it runs, a case that no row takes is refused, never guessed",
                            )
                            .instead("add a last row for everything else, or split the table"),
                    );
                }
                true
            }
        };
        if more > 0 {
            let kinds = counted_rest(more, unfinished, "kind");
            let claim = format!("no row of `{name}` takes {kinds} of case");
            finder.note(codes::GAP, finder.name_of(self.id), claim);
        }
    }

    /// A case of a gap, if it can happen and nothing decides it.
    fn open_case(&self, finder: &Finder<'_>, gap: &AtomBox) -> Option<Case> {
        if self.opaque(gap) {
            return None;
        }
        let case = self.case(finder.program, gap, true)?;
        match case.replay(finder.program, self.id) {
            Some(Err(failure)) if failure.code == ErrorCode::Undecided => Some(case),
            _ => None,
        }
    }

    /// Notes the last day of the rows before a gap that has no end.
    fn end_of_time(&self, finder: &mut Finder<'_>, gap: &AtomBox, column: usize) {
        let program = finder.program;
        let (Some(dimension), Some(side)) =
            (self.subjects.dimensions.get(column), gap.sides.get(column))
        else {
            return;
        };
        let Some(Value::Date(first)) = self.compressed.value(column, side, &dimension.ty) else {
            return;
        };
        let mut others = gap.clone();
        if let (Some(side), Some(column)) = (
            others.sides.get_mut(column),
            self.compressed.space.columns.get(column),
        ) {
            *side = column.all();
        }
        let claim = format!(
            "the last day of `{}` is {} for {}: after it nothing is decided",
            dimension.name,
            assize_ir::date::format(first.saturating_sub(1)),
            self.compressed
                .box_words(program, &self.subjects.dimensions, &others)
        );
        finder.note(codes::TIME_END, finder.name_of(self.id), claim);
    }

    /// Whether a gap lies before the first or after the last day of all rows that could take it.
    fn outside_of_time(&self, gap: &AtomBox) -> Option<Outside> {
        let space = &self.compressed.space;
        for (index, dimension) in self.subjects.dimensions.iter().enumerate() {
            let (Type::Date, Some(days)) = (dimension.ty.plain(), gap.sides.get(index)) else {
                continue;
            };
            let (first, end) = (days.spans().first()?.start, days.spans().last()?.end);
            let mut others = gap.clone();
            if let (Some(side), Some(column)) =
                (others.sides.get_mut(index), space.columns.get(index))
            {
                *side = column.all();
            }
            let mut found = None;
            for row in &self.compressed.rows {
                let Some(meet) = meeting_box(space, row, &others) else {
                    continue;
                };
                let spans = meet
                    .sides
                    .get(index)
                    .map(AtomSet::spans)
                    .unwrap_or_default();
                let (Some(low), Some(high)) = (spans.first(), spans.last()) else {
                    continue;
                };
                let side = if low.start >= end {
                    Outside::Before
                } else if high.end <= first {
                    Outside::After { column: index }
                } else {
                    Outside::Between
                };
                found = Some(match found {
                    None => side,
                    Some(known) if known == side => side,
                    Some(_) => Outside::Between,
                });
            }
            match found {
                Some(Outside::Between) | None => {}
                outside => return outside,
            }
        }
        None
    }
}

/// Where a gap lies in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outside {
    /// Before the first day of all rows.
    Before,
    /// After the last day of all rows.
    After { column: usize },
    /// Neither.
    Between,
}
