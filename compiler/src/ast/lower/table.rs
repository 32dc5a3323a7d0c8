//! Tables and grids, tests and properties: everything made of rows.

use assize_grammar::{Kind, Node};

use super::super::{
    CalendarDecl, CaseRow, CasesDecl, CellDecl, CellKind, Decider, DeciderPart, Expr, FixtureRow,
    GivenDecl, GridBody, HitDecl, Name, Path, PropertyDecl, RowDecl, RowsBody, Span, TableBody,
    TableDecl, TestCell, TestDecl, TestKind, TestStep,
};
use super::decl::{Header, spoil};
use super::expr::{compare_op, path_expr};
use super::salvage::{Loose, first_leaf};
use super::{Lower, after, error_at, name, path, span};

impl Lower {
    pub(super) fn table(&mut self, node: Node<'_>) -> Option<TableDecl> {
        let Header {
            name: word,
            params,
            result,
        } = self.header(node)?;
        let mut as_of = Vec::new();
        let mut hit = None;
        for clause in node.nodes() {
            match clause.kind() {
                Kind::AsOf => as_of.push(self.only_child(clause)),
                Kind::Hit => {
                    let mut words = clause.children_of(Kind::Word).map(name);
                    if let Some(word) = words.next() {
                        self.once(
                            &mut hit,
                            clause,
                            HitDecl {
                                word,
                                by: words.next(),
                            },
                        );
                    }
                }
                Kind::Error if first_leaf(clause).is_some_and(|leaf| leaf.text() == "as") => {
                    as_of.push(error_at(span(clause)));
                }
                _ => {}
            }
        }
        Some(TableDecl {
            name: word,
            params,
            result,
            as_of,
            hit,
            body: self.table_body(node),
        })
    }

    fn table_body(&mut self, node: Node<'_>) -> TableBody {
        if let Some(header) = node.child(Kind::Header) {
            return TableBody::Rows(self.rows(node, header));
        }
        if let Some(header) = node.child(Kind::GridHeader) {
            let grid = self.grid(node, header);
            return grid.map_or(TableBody::Error, TableBody::Grid);
        }
        let file = node
            .child(Kind::FromFile)
            .and_then(|clause| clause.child(Kind::String));
        file.map_or(TableBody::Error, |file| {
            TableBody::File(self.text_literal(file))
        })
    }

    fn rows(&mut self, node: Node<'_>, header: Node<'_>) -> RowsBody {
        let (columns, outputs) = split(header);
        RowsBody {
            named: header.token("#").is_some(),
            columns: columns.into_iter().map(path).collect(),
            outputs: outputs.into_iter().map(path).collect(),
            rows: node
                .children_of(Kind::Row)
                .map(|row| self.row(row))
                .collect(),
        }
    }

    fn grid(&mut self, node: Node<'_>, header: Node<'_>) -> Option<GridBody> {
        let mut axes = header
            .child(Kind::Corner)?
            .children_of(Kind::Head)
            .map(path);
        Some(GridBody {
            named: header.token("#").is_some(),
            columns: header.children_of(Kind::Head).map(path).collect(),
            row_axis: axes.next()?,
            column_axis: axes.next()?,
            heads: header.nodes().filter_map(|head| self.cell(head)).collect(),
            rows: node
                .children_of(Kind::GridRow)
                .map(|row| self.row(row))
                .collect(),
        })
    }

    fn row(&mut self, node: Node<'_>) -> RowDecl {
        RowDecl {
            name: node.child(Kind::RowName).map(name),
            cells: node.nodes().filter_map(|cell| self.cell(cell)).collect(),
            outputs: self.outs(node),
            span: span(node),
        }
    }

    fn outs(&mut self, node: Node<'_>) -> Vec<Expr> {
        node.children_of(Kind::Out)
            .map(|out| self.only_child(out))
            .collect()
    }

    /// `Cell` and `StepUp`; `None` for everything else in a row.
    fn cell(&mut self, node: Node<'_>) -> Option<CellDecl> {
        let kind = match node.kind() {
            Kind::StepUp => match node.nodes().next() {
                Some(number) => {
                    let number = self.number(number);
                    CellKind::Step(self.signed(node, number))
                }
                None => CellKind::Error,
            },
            Kind::Cell => self.tests(node),
            _ => return None,
        };
        Some(CellDecl {
            kind,
            span: span(node),
        })
    }

    fn tests(&mut self, node: Node<'_>) -> CellKind {
        let mut tests = Vec::new();
        for test in node.children_of(Kind::CellTest) {
            match self.cell_test(test) {
                Some(test) => tests.push(test),
                None => return CellKind::Error,
            }
        }
        match (tests.is_empty(), node.token("-")) {
            (false, _) => CellKind::Tests(tests),
            (true, Some(_)) => CellKind::Any,
            (true, None) => CellKind::Error,
        }
    }

    fn cell_test(&mut self, node: Node<'_>) -> Option<TestCell> {
        let mut values = node.children_of(Kind::CellValue);
        let first = self.cell_value(values.next()?)?;
        let kind = match values.next() {
            Some(high) => {
                let below = node.token("below").is_some();
                TestKind::Range {
                    low: first,
                    high: self.cell_value(high)?,
                    below,
                }
            }
            None => match node.tokens().find_map(|sign| compare_op(sign.text())) {
                Some(op) => TestKind::Compare(op, first),
                None => TestKind::Value(first),
            },
        };
        Some(TestCell {
            not: node.token("not").map(span),
            kind,
            span: span(node),
        })
    }

    fn cell_value(&mut self, node: Node<'_>) -> Option<Expr> {
        let value = node.nodes().next()?;
        let inner = match value.kind() {
            Kind::Head => path_expr(path(value))?,
            _ => self.expr(value),
        };
        Some(self.signed(node, inner))
    }

    pub(super) fn test(&mut self, node: Node<'_>) -> Option<TestDecl> {
        let title = self.text_literal(node.child(Kind::String)?);
        Some(TestDecl {
            title,
            steps: self.steps(node),
        })
    }

    pub(super) fn property(&mut self, node: Node<'_>) -> Option<PropertyDecl> {
        let title = self.text_literal(node.child(Kind::String)?);
        let all = node.child(Kind::ForAll);
        let filter = all.and_then(|all| all.child(Kind::Where));
        Some(PropertyDecl {
            title,
            params: self.params(all),
            filter: filter.map(|part| self.only_child(part)),
            steps: self.steps(node),
        })
    }

    fn steps(&mut self, node: Node<'_>) -> Vec<TestStep> {
        let mut steps = Vec::new();
        let mut parts = node.nodes().peekable();
        while let Some(part) = parts.next() {
            let read = self.step(part);
            // The rest of a step that was read in part only is an error right behind it.
            let torn = parts
                .peek()
                .copied()
                .filter(|next| next.kind() == Kind::Error);
            match read {
                Some(step) if torn.is_some_and(|rest| !begins_step(rest)) => {
                    steps.extend(without_value(step));
                }
                read => steps.extend(read),
            }
        }
        steps
    }

    fn step(&mut self, node: Node<'_>) -> Option<TestStep> {
        let place = span(node);
        Some(match node.kind() {
            Kind::Given => match node.child(Kind::Calendar) {
                Some(head) => TestStep::Calendar(self.calendar(node, head)?),
                None => TestStep::Given(self.given(node)?),
            },
            Kind::Let => TestStep::Let(self.let_stmt(node)?),
            Kind::Cases => TestStep::Cases(self.cases(node)),
            Kind::Expect => TestStep::Expect {
                cond: self.only_child(node),
                span: place,
            },
            Kind::ExpectError => {
                let code = name(node.child(Kind::Name)?);
                let value = node.nodes().nth(1);
                let value = self.expr_or_error(value, after(node));
                TestStep::ExpectError {
                    code,
                    value,
                    span: place,
                }
            }
            Kind::Error => TestStep::Let(Loose::of(node).broken_let()?),
            _ => return None,
        })
    }

    /// Without a header that can be read the rows mean nothing.
    fn given(&mut self, node: Node<'_>) -> Option<GivenDecl> {
        let relation = Path {
            parts: vec![name(node.child(Kind::Name)?)],
        };
        let (columns, rows) = self.given_rows(node);
        Some(GivenDecl {
            relation,
            columns,
            rows,
            span: span(node),
        })
    }

    fn given_rows(&mut self, node: Node<'_>) -> (Vec<Name>, Vec<FixtureRow>) {
        let mut columns = Vec::new();
        let mut rows = Vec::new();
        if let Some(header) = node.child(Kind::FixtureHeader) {
            columns.extend(header.children_of(Kind::Head).map(name));
            for row in node.children_of(Kind::FixtureRow) {
                rows.push(FixtureRow {
                    cells: self.fixtures(row),
                    span: span(row),
                });
            }
        }
        (columns, rows)
    }

    fn calendar(&mut self, node: Node<'_>, head: Node<'_>) -> Option<CalendarDecl> {
        let code = self.text_literal(head.child(Kind::String)?);
        let weekdays = head.child(Kind::Weekdays);
        let mut known = Vec::new();
        if let Some(days) = head.child(Kind::Known) {
            for day in days.children_of(Kind::Date) {
                known.push(self.date_text(day.text(), day.range()));
            }
        }
        let known = match known.as_slice() {
            [from, to] => Some((*from, *to)),
            _ => None,
        };
        let (columns, rows) = self.given_rows(node);
        Some(CalendarDecl {
            code,
            working: weekdays.map(|days| days.children_of(Kind::Count).map(name).collect()),
            known,
            columns,
            rows,
            span: span(node),
        })
    }

    fn fixtures(&mut self, node: Node<'_>) -> Vec<Option<Expr>> {
        let cells = node.children_of(Kind::Fixture);
        cells
            .map(|cell| cell.nodes().next().map(|value| self.expr(value)))
            .collect()
    }

    fn cases(&mut self, node: Node<'_>) -> CasesDecl {
        let mut cases = CasesDecl {
            columns: Vec::new(),
            outputs: Vec::new(),
            by: false,
            rows: Vec::new(),
            span: span(node),
        };
        let Some(header) = node.child(Kind::CaseHeader) else {
            return cases;
        };
        cases.columns = header.children_of(Kind::Head).map(path).collect();
        cases.outputs = self.outs(header);
        cases.by = header.token("by").is_some();
        for row in node.children_of(Kind::CaseRow) {
            let by = row.child(Kind::DecidedBy).map(|by| self.decided_by(by));
            cases.rows.push(CaseRow {
                cells: self.fixtures(row),
                outputs: self.outs(row),
                by: by.unwrap_or_default(),
                span: span(row),
            });
        }
        cases
    }

    fn decided_by(&mut self, node: Node<'_>) -> Vec<Decider> {
        node.children_of(Kind::Decider)
            .map(|decider| self.decider(decider))
            .collect()
    }

    fn decider(&mut self, node: Node<'_>) -> Decider {
        let mut parts = Vec::new();
        let mut rest = if node.text() == "-" { "" } else { node.text() };
        let mut start = node.range().start;
        while !rest.is_empty() {
            let (text, after) = rest
                .split_at_checked(decider_part_end(rest))
                .unwrap_or((rest, ""));
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            let end = start.saturating_add(length);
            let span = Span { start, end };
            parts.push(self.decider_part(Name {
                text: text.into(),
                span,
            }));
            start = end.saturating_add(1);
            rest = after.strip_prefix('.').unwrap_or_default();
        }
        Decider {
            parts,
            span: span(node),
        }
    }

    fn decider_part(&mut self, part: Name) -> DeciderPart {
        // `2` is a row without a name, `10+` the head of a column.
        let is_date =
            part.text.starts_with(|first: char| first.is_ascii_digit()) && part.text.contains('-');
        if !is_date || part.text.ends_with('+') {
            return DeciderPart::Word(part);
        }
        let Span { start, end } = part.span;
        DeciderPart::Date(self.date_text(&part.text, assize_grammar::TextRange { start, end }))
    }
}

/// Where the first part of a decider ends: at a dot, which the step of a grid (`31.5+`) may hold itself.
fn decider_part_end(text: &str) -> usize {
    let is_number = text.starts_with(|first: char| first.is_ascii_digit() || first == '-');
    let step = text.find('+').filter(|_| is_number);
    step.map(|at| at + 1)
        .or_else(|| text.find('.'))
        .unwrap_or(text.len())
}

/// The heads of a header before and after its `||`.
fn split<'t>(header: Node<'t>) -> (Vec<Node<'t>>, Vec<Node<'t>>) {
    let bars = header
        .token("||")
        .map_or(u32::MAX, |bars| bars.range().start);
    header
        .children_of(Kind::Head)
        .partition(|head| head.range().start < bars)
}

fn begins_step(error: Node<'_>) -> bool {
    let words = ["given", "let", "cases", "expect"];
    first_leaf(error).is_some_and(|leaf| words.contains(&leaf.text()))
}

/// A step whose value was read in part: a `let` keeps its name, an expectation is dropped.
fn without_value(step: TestStep) -> Option<TestStep> {
    match step {
        TestStep::Let(mut stmt) => {
            spoil(&mut stmt.value);
            Some(TestStep::Let(stmt))
        }
        TestStep::Expect { .. } | TestStep::ExpectError { .. } => None,
        whole => Some(whole),
    }
}
