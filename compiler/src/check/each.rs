//! `for each`: one value per element, running values, shares.

use assize_ir::{Carry, Loop, LoopLet, LoopResult, NodeId, NumFacts, Op, Slot};

use super::access::is_bare;
use super::lists::Head;
use super::walk::reads;
use super::{Binding, BindingKind, Checker, LoopCx, Stands, Target, Val};
use crate::ast::{Expr, ForEachExpr, ForEachResult, LetStmt, Name, Span, Step};
use crate::codes;
use crate::signature::Header;
use crate::ty::Ty;

impl Checker<'_> {
    pub(crate) fn for_each(&mut self, each: &ForEachExpr, want: Option<&Ty>, span: Span) -> Val {
        // Starts of carried values are evaluated before the first element and see none.
        let mut starts: Vec<(&LetStmt, Val)> = Vec::new();
        for step in &each.steps {
            if let Step::Carry(statement) = step {
                let val = self.carry_start(statement);
                starts.push((statement, val));
            }
        }
        self.loops.push(LoopCx::default());
        let val = self.block(|checker| checker.for_each_body(each, starts, want, span));
        self.loops.pop();
        val
    }

    fn for_each_body(
        &mut self,
        each: &ForEachExpr,
        starts: Vec<(&LetStmt, Val)>,
        want: Option<&Ty>,
        span: Span,
    ) -> Val {
        let Head { mut it, bound, .. } = self.head(&each.query);
        let elements = each.query.binders.len();
        let first_element = self.scope.len().saturating_sub(elements);
        for (statement, start) in starts {
            let slot = self.slot(&statement.name.text, &start.ty);
            self.bind(Binding {
                name: statement.name.text.clone(),
                stands: Stands::Slot(slot),
                ty: start.ty.clone(),
                span: statement.name.span,
                kind: BindingKind::Carry,
                used: false,
            });
            it.carries.push(Carry {
                slot,
                start: start.node,
                next: None,
                in_shares: false,
            });
        }
        self.set_allowed(true);
        for step in &each.steps {
            match step {
                Step::Carry(_) => {}
                Step::Let(statement) => {
                    let (slot, mode, value) = self.let_statement(statement);
                    it.lets.push(LoopLet { slot, mode, value });
                }
                Step::Next { name, value } => self.next(name, value, &mut it),
            }
        }
        let (result, ty) = match &each.result {
            ForEachResult::Give(value) => {
                let hint = match want {
                    Some(Ty::List(item, _)) => Some((**item).clone()),
                    _ => None,
                };
                let val = match &hint {
                    // The result of each element is a border of the list's element.
                    Some(hint) if !hint.is_error() => {
                        let val = self.expr(value, Some(hint));
                        if super::access::compatible(&val.ty, hint) {
                            self.coerce(val, hint, "each element", value)
                        } else {
                            val
                        }
                    }
                    _ => self.expr(value, None),
                };
                if matches!(val.ty, Ty::List(..)) && !val.ty.is_error() {
                    // A list of lists exists only to be walked through: `for xs in lists for x in xs`.
                    let nested = Ty::List(Box::new(val.ty.clone()), bound);
                    (LoopResult::List(val.node), nested)
                } else if val.ty == Ty::Missing {
                    self.error(
                        codes::NEEDS_TYPE,
                        value.span,
                        "the type of the elements is not known",
                    )
                    .instead = Some("declare the result: `let xs: list of TYPE? = …`".into());
                    (LoopResult::List(val.node), Ty::Error)
                } else {
                    (
                        LoopResult::List(val.node),
                        Ty::List(Box::new(val.ty), bound),
                    )
                }
            }
            ForEachResult::Finally(value) => {
                if it.carries.is_empty() {
                    self.error(
                        codes::FINALLY_WITHOUT_CARRY,
                        value.span,
                        "`finally` gives a carried value, and nothing is carried",
                    )
                    .instead =
                        Some("add `carry v = …` and `next v = …`, or end with `give`".into());
                }
                self.set_allowed(false);
                // After the last element there is none: elements and lets are out of sight.
                let mut hidden = Vec::new();
                for (index, binding) in self.scope.iter_mut().enumerate().skip(first_element) {
                    if binding.kind != BindingKind::Carry {
                        hidden.push((index, std::mem::take(&mut binding.name)));
                    }
                }
                let val = self.expr(value, want);
                for (index, name) in hidden {
                    if let Some(binding) = self.scope.get_mut(index) {
                        binding.name = name;
                    }
                }
                (LoopResult::Finally(val.node), val.ty)
            }
        };
        it.result = result;
        if let Some(cx) = self.loops.last_mut() {
            it.running = cx.running;
            it.shares = std::mem::take(&mut cx.shares);
        }
        self.carries_in_shares(&mut it, span);
        self.val(Op::Loop(Box::new(it)), ty, span)
    }

    fn carry_start(&mut self, statement: &LetStmt) -> Val {
        let what = format!("`{}`", statement.name.text);
        if let Some(ty) = &statement.ty {
            let mut header = Header {
                db: self.db,
                decl: self.decl.clone(),
                diagnostics: Vec::new(),
            };
            let ty = header.ty(ty, None);
            self.out.diagnostics.append(&mut header.diagnostics);
            let val = self.expr_as(&statement.value, &ty, &what);
            return Val { node: val.node, ty };
        }
        let bare = is_bare(self, &statement.value);
        let val = self.expr(&statement.value, None);
        let unknown = bare && matches!(&val.ty, Ty::Missing | Ty::Int | Ty::Num(..) | Ty::Text)
            || matches!(&val.ty, Ty::List(item, _) if **item == Ty::Never);
        if unknown {
            let name = &statement.name.text;
            let claim = format!("the type of `{name}` is not known");
            self.error(codes::NEEDS_TYPE, statement.name.span, claim)
                .instead = Some(format!("write it: `carry {name}: TYPE = …`"));
            return self.broken(statement.value.span);
        }
        // A carry is a border: dimension and places come from its start, no range.
        let ty = match &val.ty {
            Ty::Num(dim, facts) => Ty::Num(
                dim.clone(),
                NumFacts {
                    places: facts.places,
                    lowest: None,
                    highest: None,
                    exact: true,
                },
            ),
            Ty::Optional(inner) => match &**inner {
                Ty::Num(dim, facts) => Ty::Num(
                    dim.clone(),
                    NumFacts {
                        places: facts.places,
                        lowest: None,
                        highest: None,
                        exact: true,
                    },
                )
                .optional(),
                _ => val.ty.clone(),
            },
            Ty::List(item, _) => Ty::List(item.clone(), None),
            other => other.clone(),
        };
        Val { node: val.node, ty }
    }

    fn next(&mut self, name: &Name, value: &Expr, it: &mut Loop) {
        let Some(index) = self.local(&name.text) else {
            let claim = format!("nothing called `{}` is carried", name.text);
            self.error(codes::UNKNOWN_NAME, name.span, claim).instead =
                Some(format!("begin with `carry {} = …`", name.text));
            self.expr(value, None);
            return;
        };
        let (ty, slot) = match self.scope.get(index) {
            Some(Binding {
                kind: BindingKind::Carry,
                ty,
                stands: Stands::Slot(slot),
                ..
            }) => (ty.clone(), *slot),
            _ => {
                let claim = format!("`{}` is not carried", name.text);
                self.error(codes::NOT_CARRIED, name.span, claim).instead =
                    Some(format!("begin with `carry {} = …`", name.text));
                self.expr(value, None);
                return;
            }
        };
        self.note_use(
            name.span,
            Target::Local(self.scope.get(index).map_or(name.span, |b| b.span)),
        );
        let what = format!("`{}`", name.text);
        let val = self.expr_as(value, &ty, &what);
        let Some(carry) = it.carries.iter_mut().find(|carry| carry.slot == slot) else {
            return;
        };
        if carry.next.is_some() {
            let claim = format!("`next {}` is said twice", name.text);
            self.error(codes::TWICE, name.span, claim).instead =
                Some("say it once; all of them take effect together".into());
            return;
        }
        carry.next = Some(val.node);
    }

    /// Which carried values are needed to compute shares; a share that needs its own result is an
    /// error.
    fn carries_in_shares(&mut self, it: &mut Loop, span: Span) {
        if it.shares.is_empty() {
            return;
        }
        let lets: Vec<(Slot, NodeId)> = it
            .lets
            .iter()
            .map(|bound| (bound.slot, bound.value))
            .collect();
        let closure = |checker: &Self, roots: Vec<NodeId>| {
            let mut all = reads(&checker.nodes, roots);
            loop {
                let more: Vec<NodeId> = lets
                    .iter()
                    .filter(|(slot, _)| all.slots.contains(slot))
                    .map(|(_, value)| *value)
                    .collect();
                let next = reads(&checker.nodes, more);
                let before = (all.slots.len(), all.shares);
                all.slots.extend(next.slots);
                all.shares |= next.shares;
                if (all.slots.len(), all.shares) == before {
                    return all;
                }
            }
        };
        // Without `per` there is one total: it cannot be another one for each element.
        let mut by_element: Vec<NodeId> = Vec::new();
        for share in it.shares.iter().filter(|share| share.per.is_none()) {
            for node in [share.total, share.step] {
                let read = closure(self, vec![node]).slots;
                let element = it.sources.iter().map(|source| source.slot);
                let carried = it.carries.iter().map(|carry| carry.slot);
                if element.chain(carried).any(|slot| read.contains(&slot)) {
                    by_element.push(node);
                }
            }
        }
        for node in by_element {
            let place = self
                .nodes
                .get(node.index())
                .map_or(0, |node| node.place.index());
            let span = self.places.get(place).copied().unwrap_or(span);
            let claim =
                "what is shared is one for all elements, and this differs from element to element";
            let error = self.error(codes::SHARE_BY_ELEMENT, span, claim);
            error.because.push("the parts add up to one total".into());
            error.instead = Some(
                "write `per KEY` before `rest`, so that each key has its own, or share one value"
                    .into(),
            );
        }
        let mut roots: Vec<NodeId> = Vec::new();
        let mut of_another: Option<Span> = None;
        for share in &it.shares {
            let mut own = vec![share.total, share.weight, share.step, share.mode];
            own.extend(share.guard);
            own.extend(share.per);
            if of_another.is_none() && closure(self, own.clone()).shares {
                let place = self.places.get(share.place.index());
                of_another = Some(place.copied().unwrap_or(span));
            }
            roots.extend(own);
        }
        // A `let` does not see itself, so without a carried value it is another share that is read.
        if let Some(span) = of_another {
            let error = self.error(
                codes::SHARE_NEEDS_ITSELF,
                span,
                "this share needs the parts of another one",
            );
            error.because.push(
                "the shares of a `for each` are divided together, before the first element".into(),
            );
            error.instead = Some(
                "let a `for each` of its own give those parts, and share in a second one that goes \
                 through them"
                    .into(),
            );
            return;
        }
        loop {
            let all = closure(self, roots.clone());
            let mut grown = false;
            let mut circular = all.shares;
            for carry in &mut it.carries {
                if all.slots.contains(&carry.slot) && !carry.in_shares {
                    carry.in_shares = true;
                    grown = true;
                    roots.extend(carry.next);
                }
            }
            let again = closure(self, roots.clone());
            circular |= again.shares;
            if circular {
                self.error(
                    codes::SHARE_NEEDS_ITSELF,
                    span,
                    "a share here needs its own result: what it divides, or by what, depends on the \
                     parts",
                )
                .instead = Some("compute the weights in a `for each` of their own first".into());
                return;
            }
            if !grown {
                return;
            }
        }
    }
}
