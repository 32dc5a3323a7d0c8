//! Declarations: one arm per kind.

use std::collections::HashSet;

use assize_ir::{Body, Node, NodeId, Op};

use super::within::holds_row;
use super::{Binding, BindingKind, Checker, Part, Stands, check_decl};
use crate::ast::{
    CheckDecl, DataDecl, Decl, DefineDecl, Expr, ExprKind, FieldDecl, Item, RecordDecl, Span,
};
use crate::codes;
use crate::db::Db;
use crate::items::DeclId;
use crate::signature::{FieldSig, SignatureKind, signature};
use crate::ty::{RecordRef, Ty};

impl Checker<'_> {
    /// Checks a declaration.
    pub(crate) fn declaration(&mut self, ast: &Decl) {
        let span = ast.span;
        let header = signature(self.db, &self.decl.clone());
        self.out
            .diagnostics
            .extend(header.diagnostics.iter().cloned());
        match &ast.item {
            Item::Define(define) => self.define(define, &ast.doc, span, "define"),
            Item::Decision(define) => {
                self.decision_schema(define);
                self.define(define, &ast.doc, span, "decision");
            }
            Item::Rule(rule) => self.rule(rule, &ast.doc, span),
            Item::Extend(extend) => self.extend(extend, span),
            Item::Table(table) => self.table(table, &ast.doc, span),
            Item::Parameter(parameter) => self.parameter(parameter, &ast.doc, span),
            Item::Record(record) => self.record(record),
            Item::Data(data) => self.data(data),
            Item::Reason(reason) => self.reason(reason, &ast.doc, span),
            Item::Example { value, .. } => {
                self.examples = true;
                let val = self.expr(value, None);
                if matches!(val.ty, Ty::Missing | Ty::Span(..)) {
                    self.error(
                        codes::NEEDS_TYPE,
                        value.span,
                        "the type of this example is not known",
                    )
                    .instead = Some("name a value that is there".into());
                }
                let ty = val.ty.clone();
                self.out.value = Some(ty.clone());
                let name = self.decl.name().to_string();
                self.emit(
                    Part::Main,
                    0,
                    &ty,
                    Body::Define(val.node),
                    &name,
                    &ast.doc,
                    span,
                );
            }
            Item::Test(test) => self.test(test),
            Item::Property(property) => self.property(property),
            Item::Use(path) => {
                if crate::names::module_file(self.db, self.decl.file, path.text().into()).is_none()
                {
                    let visible = crate::names::visible_modules(self.db, self.decl.file);
                    let text = path.text();
                    let near = crate::names::nearest(&text, visible.keys().map(|name| &**name))
                        .map(|near| format!("did you mean `{near}`?"));
                    let error = self.error(
                        codes::UNKNOWN_MODULE,
                        path.span(),
                        format!("there is no module `{text}`"),
                    );
                    error.because.push(format!(
                        "no file of the package begins with `module {text}`"
                    ));
                    error.instead = near.or_else(|| {
                        Some("add its package to `[dependencies]` of `assize.toml`".into())
                    });
                } else if let Some(undeclared) =
                    crate::names::undeclared_module(self.db, self.decl.file, &path.text())
                {
                    let (claim, instead) = undeclared.told();
                    self.error(codes::UNKNOWN_MODULE, path.span(), claim)
                        .instead = Some(instead);
                }
            }
            Item::Number(_)
            | Item::Enum(_)
            | Item::Module(_)
            | Item::Currency(_)
            | Item::Unit(_)
            | Item::Broken => {}
        }
    }

    fn define(&mut self, define: &DefineDecl, doc: &str, span: Span, what: &str) {
        let SignatureKind::Function { params, result } =
            &signature(self.db, &self.decl.clone()).kind
        else {
            return;
        };
        let (params, result) = (params.clone(), result.clone());
        self.bind_params(&params);
        let place = format!("the result of `{}`", define.name.text);
        let val = self.expr_as(&define.body, &result, &place);
        self.warn_unused_params(what);
        let name = define.name.text.to_string();
        self.emit(
            Part::Main,
            params.len(),
            &result,
            Body::Define(val.node),
            &name,
            doc,
            span,
        );
    }

    /// Inputs and outputs of a decision hold no rows: those never leave the snapshot.
    fn decision_schema(&mut self, define: &DefineDecl) {
        let SignatureKind::Function { params, result } =
            &signature(self.db, &self.decl.clone()).kind
        else {
            return;
        };
        let mut seen = HashSet::new();
        for param in params {
            if let Some(path) = holds_row(self.db, &param.ty, &mut seen) {
                let claim = format!("the input `{}{path}` holds a row of the data", param.name);
                self.error(codes::ROW_IN_SCHEMA, param.span, claim).instead =
                    Some("take its key, and look the row up inside".into());
            }
        }
        if let Some(path) = holds_row(self.db, result, &mut HashSet::new()) {
            let at = define
                .result
                .as_ref()
                .map_or(define.name.span, |ty| ty.span);
            self.error(
                codes::ROW_IN_SCHEMA,
                at,
                format!(
                    "the output{} holds a row of the data",
                    if path.is_empty() {
                        String::new()
                    } else {
                        format!(" `{path}`")
                    }
                ),
            )
            .instead = Some("give the fields that the caller needs".into());
        }
    }

    fn record(&mut self, record: &RecordDecl) {
        let decl = self.decl.clone();
        let SignatureKind::Record { fields, .. } = &signature(self.db, &decl).kind else {
            return;
        };
        let fields = fields.clone();
        self.records_end(&fields, record.name.span);
        self.defaults(record.fields.iter(), &fields);
        let own = Ty::Record(RecordRef::Declared(decl));
        self.checks(&record.checks, &fields, &own);
    }

    fn data(&mut self, data: &DataDecl) {
        let decl = self.decl.clone();
        let SignatureKind::Data { fields, .. } = &signature(self.db, &decl).kind else {
            return;
        };
        let fields = fields.clone();
        self.records_end(&fields, data.name.span);
        for (field, sig) in data.keys.iter().chain(&data.fields).zip(&fields) {
            if holds_row(self.db, &sig.ty, &mut HashSet::new()).is_some() {
                self.error(
                    codes::ROW_IN_SCHEMA,
                    field.ty.span,
                    "a row of the data cannot hold another row",
                )
                .instead = Some("hold its key".into());
            }
        }
        self.defaults(data.keys.iter().chain(&data.fields), &fields);
        let own = Ty::Row(decl);
        self.checks(&data.checks, &fields, &own);
        let name_of = |name: &crate::ast::Name| fields.iter().any(|field| field.name == name.text);
        for name in data
            .distinct
            .iter()
            .flat_map(|distinct| &distinct.fields)
            .chain(data.rows.iter().flat_map(|rows| &rows.per))
        {
            if !name_of(name) {
                let claim = format!("there is no field `{}`", name.text);
                self.error(codes::UNKNOWN_FIELD, name.span, claim)
                    .offer(&name.text, fields.iter().map(|field| &*field.name));
            }
        }
        for distinct in &data.distinct {
            if distinct.while_valid && data.valid.is_empty() {
                self.error(
                    codes::NO_VALIDITY,
                    distinct.span,
                    "`while valid` needs to know when a row is valid",
                )
                .instead = Some("declare it: `valid from START to END`".into());
            }
        }
        for rows in &data.rows {
            if rows.at_most.value.is_none_or(|n| n == 0) {
                self.error(codes::BAD_BOUND, rows.at_most.span, "a bound is 1 or more")
                    .instead = Some("write how many rows there are at most".into());
            }
        }
        if let Some(second) = data.fresh.get(1) {
            self.error(codes::TWICE, second.span, "`fresh within` is said twice")
                .instead = Some("leave one of them out".into());
        }
        if let Some(fresh) = data.fresh.first()
            && fresh_seconds(fresh).is_none()
        {
            self.error(codes::BAD_FRESH, fresh.span, "this is no age")
                .instead = Some(
                "write a whole number of minutes, hours or days: `fresh within 15 minutes`".into(),
            );
        }
    }

    /// Defaults of fields: constant expressions, each a callable without parameters.
    fn defaults<'f>(&mut self, decls: impl Iterator<Item = &'f FieldDecl>, fields: &[FieldSig]) {
        for (index, (decl, sig)) in decls.zip(fields).enumerate() {
            let Some(default) = &decl.default else {
                continue;
            };
            let what = format!("the default of `{}`", sig.name);
            let val = self.expr_as(default, &sig.ty, &what);
            if !is_constant(&self.nodes, val.node) {
                self.error(
                    codes::NOT_CONSTANT,
                    default.span,
                    format!("{what} is constant"),
                )
                .instead =
                    Some("leave the field optional, and say `otherwise` where it is read".into());
            }
            let part = Part::Default(u32::try_from(index).unwrap_or(u32::MAX));
            let name = format!("default of {}", sig.name);
            self.emit(
                part,
                0,
                &sig.ty,
                Body::Define(val.node),
                &name,
                "",
                default.span,
            );
        }
    }

    /// Checks: each a callable of the record or row.
    fn checks(&mut self, checks: &[CheckDecl], fields: &[FieldSig], own: &Ty) {
        for (index, check) in checks.iter().enumerate() {
            let slot = self.slot("it", own);
            debug_assert_eq!(slot.0, 0, "a check has one parameter");
            self.bind_own_fields(fields);
            let cond = self.condition(&check.cond);
            let part = Part::Check(u32::try_from(index).unwrap_or(u32::MAX));
            let name = format!("check {} of {}", index + 1, self.decl.name());
            self.emit(
                part,
                1,
                &Ty::Bool,
                Body::Define(cond),
                &name,
                "",
                check.span,
            );
        }
    }

    fn reason(&mut self, reason: &crate::ast::ReasonDecl, doc: &str, span: Span) {
        let SignatureKind::Reason { params, .. } = &signature(self.db, &self.decl.clone()).kind
        else {
            return;
        };
        let params = params.clone();
        self.bind_params(&params);
        for param in &params {
            if holds_row(self.db, &param.ty, &mut HashSet::new()).is_some() {
                let claim = format!("`{}` holds a row of the data", param.name);
                self.error(codes::ROW_IN_SCHEMA, param.span, claim).instead =
                    Some("give the fields that the text needs".into());
            }
        }
        let Some(message) = &reason.message else {
            return;
        };
        let val = self.expr_as(message, &Ty::Text, "the text of a reason");
        let name = reason.name.text.to_string();
        self.emit(
            Part::Main,
            params.len(),
            &Ty::Text,
            Body::Define(val.node),
            &name,
            doc,
            span,
        );
    }

    /// Binds a name to another expression: a cell in place of a column of `cases`.
    pub(crate) fn bind_cell(&mut self, name: &crate::ast::Name, cell: &Expr) {
        self.bind(Binding {
            name: name.text.clone(),
            stands: Stands::Expr(cell.clone()),
            ty: Ty::Error,
            span: name.span,
            kind: BindingKind::Cell,
            used: false,
        });
    }
}

/// The type of an example.
#[salsa::tracked(cycle_result = example_cycle)]
fn example_type_of(db: &dyn Db, file: crate::db::SourceFile, key: crate::items::DeclKey) -> Ty {
    check_decl(db, file, key).value.clone().unwrap_or(Ty::Error)
}

fn example_cycle(
    _db: &dyn Db,
    _id: salsa::Id,
    _file: crate::db::SourceFile,
    _key: crate::items::DeclKey,
) -> Ty {
    Ty::Error
}

/// The type of an example; unknown when examples refer to each other in a circle.
pub(crate) fn example_type(db: &dyn Db, decl: &DeclId) -> Ty {
    if crate::layers::example_in_circle(db, decl.file, decl.key.clone()) {
        return Ty::Error;
    }
    example_type_of(db, decl.file, decl.key.clone()).clone()
}

/// Seconds of `15 minutes`.
pub fn fresh_seconds(expr: &Expr) -> Option<u64> {
    let ExprKind::Number {
        value: Some(value),
        unit: Some(unit),
        ..
    } = &*expr.kind
    else {
        return None;
    };
    if unit.per.is_some() || !value.fract().is_zero() {
        return None;
    }
    let n = u64::try_from(value.trunc().mantissa()).ok()?;
    let seconds: u64 = match &*unit.over.text {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        _ => return None,
    };
    n.checked_mul(seconds).filter(|seconds| *seconds > 0)
}

/// Whether a node reads nothing but constants: no parameters, data, or loops over them.
pub(crate) fn is_constant(nodes: &[Node], root: NodeId) -> bool {
    let mut stack = vec![root];
    while let Some(id) = stack.pop() {
        let Some(node) = nodes.get(id.index()) else {
            return false;
        };
        match &node.op {
            Op::Local(_)
            | Op::Lookup { .. }
            | Op::Default
            | Op::Loop(_)
            | Op::Stop(_)
            | Op::Let { .. } => return false,
            // A record's default is a constant too; other calls are not.
            Op::Call(_, args) if !args.is_empty() => return false,
            _ => {}
        }
        super::walk::children(&node.op, &mut |child| stack.push(child));
    }
    true
}
