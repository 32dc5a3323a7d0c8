//! Checks declarations: types, dimensions, places, names; leaves IR with symbolic references.
//!
//! Checking is bidirectional: an expected type flows inward, so that bare numbers and enum values
//! take the type of their place. Each expression yields its node and its type at once.

pub mod access;
mod advice;
pub mod builtin;
pub mod calendars;
pub mod call;
pub mod cells;
pub mod coerce;
pub mod combine;
pub mod cond;
pub mod decl;
pub mod each;
pub mod expr;
pub mod fragment;
pub mod index;
pub mod lists;
mod meant;
pub mod number;
mod otherwise;
pub mod plan;
pub mod rule;
pub mod table;
pub mod walk;
mod within;

use std::collections::BTreeMap;
use std::sync::Arc;

use assize_ir::{Body, Callable, Const, Node, NodeId, Op, Param, PlaceId, Slot};

use crate::ast::{Expr, Path, Span, Word};
use crate::codes;
use crate::db::{Db, SourceFile};
use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use crate::items::{DeclId, DeclKey, decl_ast};
use crate::names::{Meaning, Space, lookup_path, undeclared_path};
use crate::ty::Ty;
pub use fragment::{
    CallableRef, Checked, Fragment, Part, PlanStep, Refs, Target, TestPlan, Use, Val,
};

/// Checks a declaration. Examples that need themselves have no type; `whole` tells them.
#[salsa::tracked(returns(ref), cycle_result = in_circle)]
pub fn check_decl(db: &dyn Db, file: SourceFile, key: DeclKey) -> Arc<Checked> {
    let decl = DeclId { file, key };
    let Some(ast) = decl_ast(db, &decl) else {
        return Arc::new(Checked::default());
    };
    let mut checker = Checker::new(db, decl);
    checker.declaration(ast);
    checker.finish()
}

fn in_circle(_db: &dyn Db, _id: salsa::Id, _file: SourceFile, _key: DeclKey) -> Arc<Checked> {
    Arc::new(Checked {
        value: Some(Ty::Error),
        ..Checked::default()
    })
}

/// Types of the expressions of a declaration, in the order in which they were found: for editors.
pub fn expression_types(db: &dyn Db, decl: &DeclId) -> Vec<(Span, Ty)> {
    let Some(ast) = decl_ast(db, decl) else {
        return Vec::new();
    };
    let mut checker = Checker::new(db, decl.clone());
    checker.record_types = true;
    checker.declaration(ast);
    checker.out.types
}

/// Checks a declaration.
pub fn checked<'db>(db: &'db dyn Db, decl: &DeclId) -> &'db Arc<Checked> {
    check_decl(db, decl.file, decl.key.clone())
}

/// How a local came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// A parameter.
    Param,
    /// A `let`.
    Let,
    /// An element of a loop.
    Element,
    /// A carried value.
    Carry,
    /// A field of the record or row that a check is about.
    OwnField,
    /// A column of `cases`: the cell stands in its place.
    Cell,
}

/// What a local stands for.
#[derive(Clone, Debug)]
pub enum Stands {
    /// A slot.
    Slot(Slot),
    /// A field of slot 0.
    Field(u32),
    /// Another expression, typed where it is used.
    Expr(Expr),
}

/// A local name.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The word.
    pub name: Word,
    /// What it stands for.
    pub stands: Stands,
    /// Type.
    pub ty: Ty,
    /// Where it is bound.
    pub span: Span,
    /// How.
    pub kind: BindingKind,
    /// Whether it was read.
    pub used: bool,
}

/// A value that a condition has shown to be there: a local and a path of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPath {
    /// Position of the binding in the scope.
    pub binding: usize,
    /// Fields.
    pub fields: Vec<Word>,
}

/// What the body of a `for each` may contain at the place that is being checked.
#[derive(Clone, Debug, Default)]
pub struct LoopCx {
    /// Running totals so far.
    pub running: u32,
    /// Shares so far.
    pub shares: Vec<assize_ir::Share>,
    /// Conditions of the branches around the place, for the guard of a share.
    pub guards: Vec<(NodeId, bool)>,
    /// Whether `carrying remainder` and `share of` may stand here.
    pub allowed: bool,
    /// Names of the carries, to find a share that depends on itself.
    pub carries: Vec<Word>,
}

/// Checks one declaration.
pub struct Checker<'db> {
    pub(crate) db: &'db dyn Db,
    pub(crate) decl: DeclId,
    pub(crate) out: Checked,
    // The callable that is being built.
    pub(crate) nodes: Vec<Node>,
    pub(crate) slots: Vec<Param>,
    /// What a `let` is bound to, where that is evaluated at its first use.
    pub(crate) lazy: BTreeMap<Slot, NodeId>,
    pub(crate) places: Vec<Span>,
    pub(crate) refs: Refs,
    pub(crate) scope: Vec<Binding>,
    pub(crate) block: usize,
    pub(crate) known: Vec<KnownPath>,
    /// In a test: how many of `known` were taught by an `expect` above.
    pub(crate) taught: usize,
    /// Whether what is built relies on one of those.
    pub(crate) relied: bool,
    /// Whether what is read is the cell of a case.
    pub(crate) in_cell: bool,
    pub(crate) loops: Vec<LoopCx>,
    pub(crate) default_ty: Option<Ty>,
    pub(crate) examples: bool,
    pub(crate) depth: u32,
    /// Keeps the type of each expression: an editor asks for them, a check of a package does not.
    pub(crate) record_types: bool,
}

/// Greatest nesting of an expression in a declaration, in levels.
pub const MAX_EXPRESSION_DEPTH: u32 = 300;

impl<'db> Checker<'db> {
    /// For one declaration.
    pub fn new(db: &'db dyn Db, decl: DeclId) -> Checker<'db> {
        Checker {
            db,
            decl,
            out: Checked::default(),
            nodes: Vec::new(),
            slots: Vec::new(),
            lazy: BTreeMap::new(),
            places: Vec::new(),
            refs: Refs::new(),
            scope: Vec::new(),
            block: 0,
            known: Vec::new(),
            taught: 0,
            relied: false,
            in_cell: false,
            loops: Vec::new(),
            default_ty: None,
            examples: false,
            depth: 0,
            record_types: false,
        }
    }

    fn finish(mut self) -> Arc<Checked> {
        self.out.diagnostics.sort_by_key(|diagnostic| {
            (
                diagnostic.primary.at.span.start,
                diagnostic.code,
                diagnostic.claim.clone(),
            )
        });
        self.out.diagnostics.dedup();
        // Kept as long as the text is: no room to grow is kept with it.
        for fragment in &mut self.out.fragments {
            fragment.callable.nodes.shrink_to_fit();
            fragment.callable.slots.shrink_to_fit();
            fragment.places.shrink_to_fit();
        }
        self.out.fragments.shrink_to_fit();
        self.out.uses.shrink_to_fit();
        Arc::new(self.out)
    }

    // ------------------------------------------------------------------ findings

    /// Reports an error at a place of this declaration and lets the caller add to it.
    pub(crate) fn error(
        &mut self,
        code: Code,
        span: Span,
        claim: impl Into<String>,
    ) -> &mut Diagnostic {
        self.report(code, Severity::Error, span, claim)
    }

    /// What a written path means here.
    pub(crate) fn look_up(&mut self, space: Space, path: &Path) -> Vec<Meaning> {
        let found = lookup_path(self.db, self.decl.file, space, path);
        if !found.is_empty() {
            self.declared_dependency(path);
        }
        found
    }

    /// Says where a path in full names a module of a package that is no dependency.
    pub(crate) fn declared_dependency(&mut self, path: &Path) {
        let Some(undeclared) = undeclared_path(self.db, self.decl.file, path) else {
            return;
        };
        let (claim, instead) = undeclared.told();
        let at = self.decl.at(path.span());
        let known =
            |known: &Diagnostic| known.code == codes::UNKNOWN_MODULE && known.primary.at == at;
        // A path may be looked up as more than one thing.
        if !self.out.diagnostics.iter().any(known) {
            self.error(codes::UNKNOWN_MODULE, path.span(), claim)
                .instead = Some(instead);
        }
    }

    /// Reports a warning.
    pub(crate) fn warn(
        &mut self,
        code: Code,
        span: Span,
        claim: impl Into<String>,
    ) -> &mut Diagnostic {
        self.report(code, Severity::Warning, span, claim)
    }

    /// Reports at a place of this declaration.
    pub(crate) fn report(
        &mut self,
        code: Code,
        severity: Severity,
        span: Span,
        claim: impl Into<String>,
    ) -> &mut Diagnostic {
        let at = self.decl.at(span);
        self.out
            .diagnostics
            .push(Diagnostic::new(code, severity, at, claim));
        let last = self.out.diagnostics.len() - 1;
        #[expect(
            clippy::indexing_slicing,
            reason = "an element was pushed the line before"
        )]
        &mut self.out.diagnostics[last]
    }

    /// A label in this declaration.
    pub(crate) fn here(&self, span: Span, text: impl Into<String>) -> Label {
        Label {
            at: self.decl.at(span),
            text: text.into(),
        }
    }

    /// Notes what a name means.
    pub(crate) fn note_use(&mut self, span: Span, target: Target) {
        self.out.uses.push(Use { span, target });
    }

    // ------------------------------------------------------------------ building

    /// The identifier of a place.
    pub(crate) fn place(&mut self, span: Span) -> PlaceId {
        if self.places.last() != Some(&span) {
            self.places.push(span);
        }
        PlaceId(u32::try_from(self.places.len() - 1).unwrap_or(u32::MAX))
    }

    /// Adds a node; its facts are those of its type.
    pub(crate) fn push(&mut self, op: Op, ty: &Ty, span: Span) -> NodeId {
        let ir = self.refs.ir_type(ty);
        let place = self.place(span);
        let mut facts = ty.facts();
        let computes = match &op {
            Op::Arithmetic(..) => true,
            Op::Loop(each) => matches!(each.result, assize_ir::LoopResult::Sum(_)),
            _ => false,
        };
        if let (Ty::Int, true, Some(facts)) = (ty.plain(), computes, &mut facts) {
            // Whole numbers end at ±(2^63 − 1): the result may not be there.
            facts.exact = false;
        }
        self.nodes.push(Node {
            op,
            ty: ir,
            facts,
            place,
        });
        NodeId(u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX))
    }

    /// Adds a node and gives it with its type.
    pub(crate) fn val(&mut self, op: Op, ty: Ty, span: Span) -> Val {
        let node = self.push(op, &ty, span);
        Val { node, ty }
    }

    /// A value of a reported fault: no further faults follow from it.
    pub(crate) fn broken(&mut self, span: Span) -> Val {
        self.val(Op::Const(Const::Bool(false)), Ty::Error, span)
    }

    /// A new slot.
    pub(crate) fn slot(&mut self, name: &str, ty: &Ty) -> Slot {
        let ty = self.refs.ir_type(ty);
        self.slots.push(Param {
            name: name.to_string(),
            ty,
            sensitive: false,
        });
        Slot(u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX))
    }

    /// Gives the branches of a value that never comes (`stop`) the type of its place.
    pub(crate) fn retype(&mut self, node: NodeId, ty: &Ty) {
        let ir = self.refs.ir_type(ty);
        let facts = ty.facts();
        let mut stack = vec![node];
        while let Some(id) = stack.pop() {
            let Some(node) = self.nodes.get_mut(id.index()) else {
                continue;
            };
            node.ty = ir.clone();
            node.facts = facts.clone();
            match &node.op {
                Op::Let { body, .. } => stack.push(*body),
                Op::If { then, other, .. } => stack.extend([*then, *other]),
                _ => {}
            }
        }
    }

    /// The operation of a node.
    pub(crate) fn op(&self, node: NodeId) -> Option<&Op> {
        self.nodes.get(node.index()).map(|node| &node.op)
    }

    /// The constant that a node is.
    pub(crate) fn constant(&self, node: NodeId) -> Option<&Const> {
        match self.op(node) {
            Some(Op::Const(constant)) => Some(constant),
            _ => None,
        }
    }

    /// Brings a name into sight.
    pub(crate) fn bind(&mut self, binding: Binding) {
        if binding.kind != BindingKind::OwnField
            && let Some(known) = self
                .scope
                .iter()
                .skip(self.block)
                .find(|known| known.name == binding.name && known.kind != BindingKind::OwnField)
        {
            let first = self.here(known.span, "first here");
            let claim = format!("the name `{}` is given twice in one block", binding.name);
            let error = self.error(codes::TWICE, binding.span, claim);
            error.related.push(first);
            error.instead = Some("give one of them another name".into());
        }
        self.scope.push(binding);
    }

    /// Runs `body` in an inner block: names bound inside are out of sight afterwards.
    pub(crate) fn block<T>(&mut self, body: impl FnOnce(&mut Self) -> T) -> T {
        let (outer, start) = (self.block, self.scope.len());
        let known = self.known.len();
        self.block = start;
        let out = body(self);
        self.warn_unused(start);
        self.scope.truncate(start);
        // What a filter has shown of outer names holds of its elements alone.
        self.known.truncate(known);
        self.block = outer;
        out
    }

    fn warn_unused(&mut self, start: usize) {
        let unused: Vec<(Word, Span, BindingKind)> = self
            .scope
            .iter()
            .skip(start)
            .filter(|binding| {
                !binding.used
                    && !binding.name.starts_with('_')
                    && matches!(binding.kind, BindingKind::Let | BindingKind::Carry)
            })
            .map(|binding| (binding.name.clone(), binding.span, binding.kind))
            .collect();
        for (name, span, kind) in unused {
            let what = if kind == BindingKind::Let {
                "let"
            } else {
                "carry"
            };
            self.warn(codes::UNUSED_LOCAL, span, format!("`{name}` is never read"))
                .instead = Some(format!("leave out the `{what}`, or use it"));
        }
    }

    /// Ends the callable that is being built and starts anew.
    #[expect(
        clippy::too_many_arguments,
        reason = "one place makes callables of all kinds"
    )]
    pub(crate) fn emit(
        &mut self,
        part: Part,
        params: usize,
        result: &Ty,
        body: Body,
        name: &str,
        doc: &str,
        span: Span,
    ) {
        let start = self.scope.len();
        debug_assert!(start >= self.block, "blocks are closed in order");
        let result = self.refs.ir_type(result);
        let place = self.place(span);
        let slots = std::mem::take(&mut self.slots);
        self.lazy.clear();
        let callable = Callable {
            name: name.to_string(),
            module: String::new(),
            params: slots.iter().take(params).cloned().collect(),
            result,
            slots,
            nodes: std::mem::take(&mut self.nodes),
            body,
            doc: doc.to_string(),
            place,
        };
        self.out.fragments.push(Fragment {
            part,
            callable,
            refs: std::mem::replace(&mut self.refs, Refs::new()),
            places: std::mem::take(&mut self.places),
        });
        self.scope.clear();
        self.known.clear();
        self.taught = 0;
        self.loops.clear();
        self.block = 0;
        self.default_ty = None;
    }
}
