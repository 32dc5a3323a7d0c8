//! Tables and grids.

use std::collections::HashMap;

use assize_ir::{Body, Column, Const, Grid, GridHead, Hit, NodeId, Op, RecordId, Row, Table};

use super::fragment::CallableRef;
use super::{BindingKind, Checker, Part};
use crate::analysis::first_of;
use crate::ast::{
    CellDecl, CellKind, Expr, ExprKind, GridBody, Path, RowDecl, RowsBody, Span, TableBody,
    TableDecl,
};
use crate::codes;
use crate::signature::{FieldSig, SignatureKind, signature};
use crate::ty::{RecordRef, Ty};

/// What `hit` may be followed by.
const POLICIES: [&str; 9] = [
    "unique", "same", "first", "priority", "list", "sum", "lowest", "highest", "count",
];

/// An input column with its type.
pub(crate) struct InputColumn {
    pub(crate) column: Column,
    pub(crate) ty: Ty,
}

/// How the outputs of a table make its result.
struct Outputs {
    /// One for each column, in the order of the text.
    types: Vec<(String, Ty)>,
    /// Several: the record, and where each of its fields comes from.
    record: Option<(RecordId, Vec<FieldFrom>)>,
}

/// Where a field of the result comes from.
enum FieldFrom {
    /// An output column, by its position.
    Column(usize),
    /// The default of the record: a callable without parameters.
    Default(assize_ir::CallableId, Ty),
    /// It is optional and left out.
    Missing(Ty),
}

impl Outputs {
    /// Names in the order in which the result holds them.
    fn names(&self, fields: &[String]) -> Vec<String> {
        match &self.record {
            Some(_) => fields.to_vec(),
            None => self.types.iter().map(|(name, _)| name.clone()).collect(),
        }
    }
}

impl Checker<'_> {
    pub(crate) fn table(&mut self, table: &TableDecl, doc: &str, span: Span) {
        let SignatureKind::Function { params, result } =
            &signature(self.db, &self.decl.clone()).kind
        else {
            return;
        };
        let (params, result) = (params.clone(), result.clone());
        self.bind_params(&params);
        let as_of = self.as_of(&table.as_of);
        let sheet;
        let body = match &table.body {
            TableBody::File(_) => {
                sheet = crate::sheets::read_sheet(self.db, &self.decl);
                self.out
                    .diagnostics
                    .extend(sheet.diagnostics.iter().cloned());
                match &sheet.body {
                    Some(body) => body,
                    None => return self.abandon(),
                }
            }
            other => other,
        };
        let body = match body {
            TableBody::Rows(rows) => self.rows_table(table, rows, as_of, &result),
            TableBody::Grid(grid) => {
                if let Some(hit) = &table.hit {
                    self.error(codes::HIT_ON_GRID, hit.word.span, "a grid is always unique")
                        .instead = Some("leave out `hit`".into());
                }
                self.grid_table(grid, as_of, &result)
            }
            TableBody::File(_) | TableBody::Error => None,
        };
        let Some(body) = body else {
            return self.abandon();
        };
        // Rows of a sheet that are at fault are left out: the others are checked, and make no table.
        if matches!(table.body, TableBody::File(_))
            && !crate::sheets::read_sheet(self.db, &self.decl)
                .diagnostics
                .is_empty()
        {
            return self.abandon();
        }
        self.warn_unused_params("table");
        let name = table.name.text.to_string();
        self.emit(Part::Main, params.len(), &result, body, &name, doc, span);
    }

    /// Forgets the callable that is being built: its faults are reported.
    pub(crate) fn abandon(&mut self) {
        self.nodes.clear();
        self.slots.clear();
        self.lazy.clear();
        self.places.clear();
        self.scope.clear();
        self.known.clear();
        self.refs = super::Refs::new();
    }

    fn hit(&mut self, table: &TableDecl) -> Hit {
        let Some(hit) = &table.hit else {
            return Hit::Unique;
        };
        let by = hit.by.as_ref().map(|by| &*by.text);
        match (&*hit.word.text, by) {
            ("unique", None) => Hit::Unique,
            ("same" | "any", None) => {
                if *hit.word.text == *"any" {
                    let at = self.decl.at(hit.word.span);
                    let error = self.error(
                        codes::UNKNOWN_WORD,
                        hit.word.span,
                        "`any` is called `same` here: rows may overlap only if they say the same",
                    );
                    error.instead = Some("write `hit same`".into());
                    error.fixes.push(crate::diagnostic::Fix {
                        title: "write `same`".into(),
                        edits: vec![(at, "same".into())],
                        applicability: crate::diagnostic::Applicability::Certain,
                    });
                }
                Hit::Same
            }
            ("first", None) => Hit::First,
            ("priority", None) => Hit::Priority,
            ("list", None) => Hit::List,
            ("list", Some("priority")) => Hit::ListByPriority,
            ("sum", None) => Hit::Sum,
            ("lowest", None) => Hit::Lowest,
            ("highest", None) => Hit::Highest,
            ("count", None) => Hit::Count,
            (word, Some(_)) if word != "list" && POLICIES.contains(&word) => {
                let claim = format!("`hit {word}` has no `by`");
                self.error(codes::UNKNOWN_WORD, hit.word.span, claim)
                    .instead = Some(format!("write `hit {word}`, or `hit list by priority`"));
                Hit::Unique
            }
            // The grammar tells of another word.
            _ => Hit::Unique,
        }
    }

    /// A column: a parameter or its fields, or `valid`.
    pub(crate) fn input_column(
        &mut self,
        path: &Path,
        as_of: Option<NodeId>,
    ) -> Option<InputColumn> {
        let span = path.span();
        let first = path.parts.first()?;
        if path.parts.len() == 1 && *first.text == *"valid" && self.local("valid").is_none() {
            let Some(value) = as_of else {
                self.error(
                    codes::VALID_WITHOUT_AS_OF,
                    span,
                    "a column of validities needs the day that counts",
                )
                .instead = Some("add `as of DAY` before the rows".into());
                return None;
            };
            return Some(InputColumn {
                column: Column {
                    name: "valid".into(),
                    value,
                },
                ty: Ty::Date,
            });
        }
        let is_param = self
            .local(&first.text)
            .and_then(|index| self.scope.get(index))
            .is_some_and(|binding| binding.kind == BindingKind::Param);
        if !is_param {
            let params: Vec<String> = self
                .scope
                .iter()
                .filter(|binding| binding.kind == BindingKind::Param)
                .map(|binding| binding.name.to_string())
                .collect();
            let claim = format!("`{}` is no parameter of this table", first.text);
            self.error(codes::UNKNOWN_COLUMN, first.span, claim)
                .offer(&first.text, params.iter().map(String::as_str));
            return None;
        }
        let val = self.expr(&expr_of(path), None);
        if val.ty.is_error() {
            return None;
        }
        if matches!(
            val.ty.plain(),
            Ty::Record(_) | Ty::Row(_) | Ty::List(..) | Ty::Reason
        ) {
            let text = val.ty.text();
            let error = self.error(
                codes::BAD_COLUMN,
                span,
                format!("a column compares single values, and this is {text}"),
            );
            error.instead = Some("name one of its fields".into());
            return None;
        }
        Some(InputColumn {
            column: Column {
                name: path.text(),
                value: val.node,
            },
            ty: val.ty,
        })
    }

    fn rows_table(
        &mut self,
        table: &TableDecl,
        rows: &RowsBody,
        as_of: Option<NodeId>,
        result: &Ty,
    ) -> Option<Body> {
        let hit = self.hit(table);
        let mut columns = Vec::new();
        let mut fine = true;
        for path in &rows.columns {
            match self.input_column(path, as_of) {
                Some(column) => columns.push(column),
                None => fine = false,
            }
        }
        let outputs = self.outputs(table, rows, hit, result)?;
        let fields = self.field_names(result);
        if !fine {
            return None;
        }
        let mut out: Vec<Row> = Vec::new();
        let mut names: HashMap<&str, Span> = HashMap::new();
        for (number, row) in rows.rows.iter().enumerate() {
            self.row_name(row, &mut names);
            if row.cells.len() != columns.len() || row.outputs.len() != outputs.types.len() {
                let claim = format!(
                    "this row has {} and {}; the header has {} and {}",
                    super::access::count(row.cells.len(), "cell"),
                    super::access::count(row.outputs.len(), "output"),
                    columns.len(),
                    outputs.types.len()
                );
                self.error(codes::ROW_WIDTH, row.span, claim).instead =
                    Some("`-` stands for a cell that takes anything".into());
                fine = false;
                continue;
            }
            let cells = row
                .cells
                .iter()
                .zip(&columns)
                .map(|(cell, column)| self.cell(cell, &column.ty, &column.column.name))
                .collect();
            let mut nodes = Vec::new();
            for (output, (name, ty)) in row.outputs.iter().zip(&outputs.types) {
                if hit == Hit::Count && !matches!(*output.kind, ExprKind::Bool(true)) {
                    self.not_counted(output);
                    nodes.push(self.broken_as(ty, output.span).node);
                    continue;
                }
                let what = format!("`{name}`");
                nodes.push(self.expr_as(output, ty, &what).node);
            }
            if let Some((_, fields)) = &outputs.record {
                nodes = self.fields_of_row(fields, &nodes, row.span);
            }
            let place = self.place(row.span);
            out.push(Row {
                name: row_title(row, number),
                cells,
                outputs: nodes,
                place,
            });
        }
        if !fine {
            return None;
        }
        if out.is_empty() {
            self.error(codes::EMPTY_RULE, table.name.span, "this table has no rows")
                .instead = Some("add a row below the header".into());
        }
        Some(Body::Table(Table {
            hit,
            columns: columns.into_iter().map(|column| column.column).collect(),
            outputs: outputs.names(&fields),
            record: outputs.record.map(|(record, _)| record),
            rows: out.into(),
        }))
    }

    /// An output under `hit count` that says something, while nobody listens.
    fn not_counted(&mut self, output: &Expr) {
        let text = self.source_text(output.span);
        let claim = format!("`{text}` says nothing here: the row counts whatever its output is");
        let error = self.error(codes::HIT_RESULT, output.span, claim);
        error
            .because
            .push("`hit count` gives how many rows fit, and looks at no output".into());
        error.instead = Some(if matches!(*output.kind, ExprKind::Bool(false)) {
            "leave the row out, which then does not count, or write `true`".into()
        } else {
            "write `true`; to add the outputs up, write `hit sum`".into()
        });
    }

    fn row_name<'r>(&mut self, row: &'r RowDecl, names: &mut HashMap<&'r str, Span>) {
        let Some(name) = &row.name else { return };
        let first = *names.entry(&name.text).or_insert(name.span);
        if first != name.span {
            let first = self.here(first, "first here");
            let claim = format!("the row name `{}` is given twice", name.text);
            let error = self.error(codes::TWICE, name.span, claim);
            error.related.push(first);
            error.instead = Some("give one of them another name".into());
        }
    }

    /// Types of the output columns, from the type of the result and the hit policy.
    fn outputs(
        &mut self,
        table: &TableDecl,
        rows: &RowsBody,
        hit: Hit,
        result: &Ty,
    ) -> Option<Outputs> {
        let span = table.result.as_ref().map_or(table.name.span, |ty| ty.span);
        let single: Ty = match (hit, result) {
            (_, Ty::Error) => return None,
            (Hit::List | Hit::ListByPriority, Ty::List(item, _)) => (**item).clone(),
            (Hit::List | Hit::ListByPriority, other) => {
                let text = other.text();
                self.error(
                    codes::HIT_RESULT,
                    span,
                    format!("`hit list` gives a list, not {text}"),
                )
                .instead = Some(format!("write `gives list of {text}`"));
                return None;
            }
            (Hit::Count, Ty::Int) => Ty::Error,
            (Hit::Count, other) => {
                let text = other.text();
                self.error(
                    codes::HIT_RESULT,
                    span,
                    format!("`hit count` gives an int, not {text}"),
                )
                .instead = Some("write `gives int`".into());
                return None;
            }
            (Hit::Sum, ty) if !ty.is_number() || ty.is_optional() => {
                let text = ty.text();
                self.error(
                    codes::HIT_RESULT,
                    span,
                    format!("`hit sum` gives a number, not {text}"),
                )
                .instead = Some("let the table give a number, or choose another hit policy".into());
                return None;
            }
            (Hit::Lowest | Hit::Highest, ty) if !self.ordered(ty.plain()) => {
                self.no_order(ty, span);
                return None;
            }
            (
                Hit::Unique | Hit::Same | Hit::First | Hit::Priority | Hit::Lowest | Hit::Highest,
                ty,
            ) => ty.plain().clone(),
            (_, ty) => ty.clone(),
        };
        if hit == Hit::Count {
            // What is counted are hits; the output is not looked at, but must be there to be read.
            let types = rows
                .outputs
                .iter()
                .map(|path| (path.text(), Ty::Bool))
                .collect();
            return Some(Outputs {
                types,
                record: None,
            });
        }
        if let [one] = rows.outputs.as_slice() {
            // A result that may be missing may be missing in a row, too.
            let ty = if result.is_optional() {
                result.clone()
            } else {
                single
            };
            if matches!(hit, Hit::Priority | Hit::ListByPriority) {
                self.by_priority(&ty, one);
            }
            return Some(Outputs {
                types: vec![(one.text(), ty)],
                record: None,
            });
        }
        if matches!(hit, Hit::Sum | Hit::Lowest | Hit::Highest) {
            let at = rows.outputs.get(1).map_or(span, Path::span);
            self.error(
                codes::HIT_RESULT,
                at,
                "this hit policy takes one output column",
            )
            .instead = Some("leave the others out, or make tables of them".into());
            return None;
        }
        let Ty::Record(RecordRef::Declared(decl)) = &single else {
            let text = single.text();
            self.error(
                codes::HIT_RESULT,
                span,
                format!("several output columns make a record, and the result is {text}"),
            )
            .instead = Some("declare a record with these fields, and give that".into());
            return None;
        };
        let fields: Vec<FieldSig> = signature(self.db, decl).kind.fields().to_vec();
        let mut types: Vec<(String, Ty)> = Vec::new();
        for path in &rows.outputs {
            let text = path.text();
            if types.iter().any(|(name, _)| *name == text) {
                let claim = format!("the column `{text}` stands here twice");
                self.error(codes::TWICE, path.span(), claim).instead =
                    Some("leave one of them out, or name another field".into());
                return None;
            }
            match fields.iter().find(|field| *field.name == *text) {
                Some(field) => {
                    if matches!(hit, Hit::Priority | Hit::ListByPriority) {
                        self.by_priority(&field.ty, path);
                    }
                    types.push((text, field.ty.clone()));
                }
                None => {
                    let claim = format!("`{}` has no field `{text}`", decl.name());
                    self.error(codes::UNKNOWN_FIELD, path.span(), claim)
                        .offer(&text, fields.iter().map(|field| &*field.name));
                    return None;
                }
            }
        }
        let lacking: Vec<String> = fields
            .iter()
            .filter(|field| !types.iter().any(|(name, _)| **name == *field.name))
            .filter(|field| !field.has_default && !field.ty.is_optional())
            .map(|field| format!("`{}`", field.name))
            .collect();
        if !lacking.is_empty() {
            let claim = format!(
                "the outputs lack {} of `{}`",
                first_of(&lacking),
                decl.name()
            );
            self.error(codes::MISSING_FIELDS, table.name.span, claim)
                .instead = Some("add the output columns, or defaults in the record".into());
            return None;
        }
        let record = self.refs.record_id(&RecordRef::Declared(decl.clone()));
        let mut from = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let column = types.iter().position(|(name, _)| **name == *field.name);
            from.push(match column {
                Some(column) => FieldFrom::Column(column),
                None if field.has_default => {
                    let part = Part::Default(u32::try_from(index).unwrap_or(u32::MAX));
                    let id = self.refs.callable_id(&CallableRef {
                        decl: decl.clone(),
                        part,
                    });
                    FieldFrom::Default(id, field.ty.clone())
                }
                None => FieldFrom::Missing(field.ty.clone()),
            });
        }
        // Priority compares from the left, and what is left of what is said once: by the record.
        let columns: Vec<usize> = from
            .iter()
            .filter_map(|field| match field {
                FieldFrom::Column(column) => Some(*column),
                _ => None,
            })
            .collect();
        if matches!(hit, Hit::Priority | Hit::ListByPriority) && !columns.is_sorted() {
            let at = rows.outputs.first().map_or(span, Path::span);
            let names: Vec<String> = columns
                .iter()
                .filter_map(|column| types.get(*column))
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            self.error(
                codes::HIT_RESULT,
                at,
                "`priority` compares outputs from the left, and here they stand in another order than the fields",
            )
            .instead = Some(format!("put the columns in this order: {}", names.join(", ")));
            return None;
        }
        Some(Outputs {
            types,
            record: Some((record, from)),
        })
    }

    /// Priority is the place in an ordered enum: that of a number is said by `lowest` or `highest`.
    fn by_priority(&mut self, ty: &Ty, column: &Path) {
        let plain = ty.plain();
        if matches!(plain, Ty::Enum(_)) && self.ordered(plain) || plain.is_error() {
            return;
        }
        if matches!(plain, Ty::Enum(_)) {
            self.no_order(ty, column.span());
            return;
        }
        let claim = format!(
            "`priority` goes by the order of an enum, and `{}` is {}",
            column.text(),
            plain.text()
        );
        let error = self.error(codes::HIT_RESULT, column.span(), claim);
        error.instead = Some(if plain.is_number() {
            "write `hit highest` or `hit lowest`, which take one output column".into()
        } else {
            "leave the column out, or write `hit first` and put the rows in order".into()
        });
    }

    /// The fields of the record that a row gives, in declared order.
    fn fields_of_row(
        &mut self,
        fields: &[FieldFrom],
        outputs: &[NodeId],
        span: Span,
    ) -> Vec<NodeId> {
        let mut nodes = Vec::with_capacity(fields.len());
        for field in fields {
            let node = match field {
                FieldFrom::Column(column) => outputs.get(*column).copied(),
                FieldFrom::Default(id, ty) => Some(self.push(Op::Call(*id, Vec::new()), ty, span)),
                FieldFrom::Missing(ty) => Some(self.push(Op::Const(Const::Missing), ty, span)),
            };
            nodes.extend(node);
        }
        nodes
    }

    /// Names of the fields of a result, or of the items of one.
    fn field_names(&self, result: &Ty) -> Vec<String> {
        let single = match result.plain() {
            Ty::List(item, _) => item.plain(),
            other => other,
        };
        match single {
            Ty::Record(RecordRef::Declared(decl)) => signature(self.db, decl)
                .kind
                .fields()
                .iter()
                .map(|field| field.name.to_string())
                .collect(),
            _ => Vec::new(),
        }
    }

    fn grid_table(&mut self, grid: &GridBody, as_of: Option<NodeId>, result: &Ty) -> Option<Body> {
        let mut columns = Vec::new();
        let mut fine = true;
        for path in grid.columns.iter().chain([&grid.row_axis]) {
            match self.input_column(path, as_of) {
                Some(column) => columns.push(column),
                None => fine = false,
            }
        }
        let across = self.input_column(&grid.column_axis, as_of);
        let (Some(across), true) = (across, fine) else {
            return None;
        };
        let steps = self.axis_kind(&grid.heads)?;
        let mut heads = Vec::new();
        for (index, head) in grid.heads.iter().enumerate() {
            let next = steps.then(|| grid.heads.get(index + 1)).flatten();
            let cell = self.axis_cell(head, next, &across.ty, &across.column.name);
            let place = self.place(head.span);
            heads.push(GridHead {
                name: self.source_text(head.span),
                cell,
                place,
            });
        }
        let output = result.plain().clone();
        let output = if result.is_optional() {
            result.clone()
        } else {
            output
        };
        let row_heads: Vec<&CellDecl> = grid
            .rows
            .iter()
            .filter_map(|row| row.cells.last())
            .collect();
        let row_steps = match row_heads.first() {
            Some(_) => {
                let owned: Vec<CellDecl> = row_heads.iter().map(|cell| (*cell).clone()).collect();
                self.axis_kind(&owned)?
            }
            None => false,
        };
        let mut rows = Vec::new();
        let mut names: HashMap<&str, Span> = HashMap::new();
        for (number, row) in grid.rows.iter().enumerate() {
            self.row_name(row, &mut names);
            if row.cells.len() != columns.len() || row.outputs.len() != heads.len() {
                let claim = format!(
                    "this row has {}; the header has {}",
                    super::access::count(row.cells.len() + row.outputs.len(), "cell"),
                    columns.len() + heads.len()
                );
                self.error(codes::ROW_WIDTH, row.span, claim).instead =
                    Some("`-` stands for a cell that takes anything".into());
                fine = false;
                continue;
            }
            let mut cells = Vec::new();
            for (index, (cell, column)) in row.cells.iter().zip(&columns).enumerate() {
                let axis = index + 1 == columns.len();
                if axis {
                    // Steps of rows with equal cells before them belong together.
                    let next = row_steps
                        .then(|| {
                            grid.rows
                                .iter()
                                .skip(number + 1)
                                .find(|other| same_keys(self, row, other))
                        })
                        .flatten()
                        .and_then(|other| other.cells.last());
                    cells.push(self.axis_cell(cell, next, &column.ty, &column.column.name));
                } else {
                    cells.push(self.cell(cell, &column.ty, &column.column.name));
                }
            }
            let mut outputs = Vec::new();
            for value in &row.outputs {
                outputs.push(self.expr_as(value, &output, "the value of the grid").node);
            }
            let place = self.place(row.span);
            rows.push(Row {
                name: row_title(row, number),
                cells,
                outputs,
                place,
            });
        }
        if !fine {
            return None;
        }
        Some(Body::Grid(Grid {
            columns: columns.into_iter().map(|column| column.column).collect(),
            across: across.column,
            heads,
            rows,
        }))
    }

    /// Whether an axis is one of steps; an axis has only steps or only cells.
    fn axis_kind(&mut self, heads: &[CellDecl]) -> Option<bool> {
        let is_step = |cell: &CellDecl| matches!(cell.kind, CellKind::Step(_));
        let first = heads.first().is_some_and(is_step);
        if let Some(odd) = heads.iter().find(|cell| is_step(cell) != first) {
            self.error(
                codes::MIXED_AXIS,
                odd.span,
                "an axis has only steps (`10+`) or only cells",
            )
            .instead = Some("write all of them as steps, or none".into());
            return None;
        }
        Some(first)
    }

    /// Where a value ends, with the brackets around it, which are no part of its place.
    pub(crate) fn end_with_brackets(&self, span: Span) -> u32 {
        self.with_brackets(span).end
    }

    /// A value with the brackets around it.
    pub(crate) fn with_brackets(&self, span: Span) -> Span {
        let text = crate::items::decl_text(self.db, self.decl.file, self.decl.key.clone());
        let Some(text) = text.map(|text| text.text(self.db)) else {
            return span;
        };
        let before = text.get(..span.start as usize).unwrap_or_default();
        let opened: Vec<usize> = before
            .char_indices()
            .rev()
            .filter(|(_, c)| !c.is_whitespace())
            .take_while(|(_, c)| *c == '(')
            .map(|(at, _)| at)
            .collect();
        let behind = text.get(span.end as usize..).unwrap_or_default();
        let closing = behind
            .char_indices()
            .filter(|(_, c)| !c.is_whitespace())
            .take_while(|(_, c)| *c == ')')
            .map(|(at, _)| span.end as usize + at + 1);
        let Some((start, end)) = opened.into_iter().zip(closing).last() else {
            return span;
        };
        Span {
            start: u32::try_from(start).unwrap_or(span.start),
            end: u32::try_from(end).unwrap_or(span.end),
        }
    }

    /// The text of a place of this declaration, or of its sheet.
    pub(crate) fn source_text(&self, span: Span) -> String {
        if let Some((file, range)) = crate::sheets::resolve(self.db, &self.decl, span) {
            let text = file.text(self.db);
            let text = text.get(range.start as usize..range.end as usize);
            return text.unwrap_or_default().trim().to_string();
        }
        crate::items::decl_text(self.db, self.decl.file, self.decl.key.clone())
            .and_then(|text| {
                text.text(self.db)
                    .get(span.start as usize..span.end as usize)
            })
            .unwrap_or_default()
            .trim()
            .to_string()
    }
}

/// A row's name, or its number from 1.
fn row_title(row: &RowDecl, number: usize) -> String {
    row.name
        .as_ref()
        .map_or_else(|| (number + 1).to_string(), |name| name.text.to_string())
}

/// Whether two grid rows have equal key cells before the axis.
fn same_keys(checker: &Checker<'_>, a: &RowDecl, b: &RowDecl) -> bool {
    let keys = |row: &RowDecl| -> Vec<String> {
        let (_, keys) = row
            .cells
            .split_last()
            .map_or((None, &[][..]), |(last, keys)| (Some(last), keys));
        keys.iter()
            .map(|cell| checker.source_text(cell.span))
            .collect()
    };
    keys(a) == keys(b)
}

/// A path as an expression.
pub(crate) fn expr_of(path: &Path) -> Expr {
    let mut parts = path.parts.iter();
    let first = parts.next();
    let mut out = match first {
        Some(name) => Expr {
            kind: Box::new(ExprKind::Name(name.clone())),
            span: name.span,
        },
        None => Expr {
            kind: Box::new(ExprKind::Error),
            span: Span::default(),
        },
    };
    for name in parts {
        let span = out.span.to(name.span);
        out = Expr {
            kind: Box::new(ExprKind::Field {
                base: out,
                name: name.clone(),
            }),
            span,
        };
    }
    out
}
