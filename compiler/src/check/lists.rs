//! Queries, `for each`, groups, aggregates.

use assize_ir::{Const, Key, Loop, LoopResult, NodeId, NumFacts, Op, Over, Source};

use super::access::path_of;
use super::{Binding, BindingKind, Checker, LoopCx, Stands, Target, Val};
use crate::ast::{
    AggregateHow, AggregateOf, Binder, Expr, ExprKind, GroupExpr, Item, Name, Query, Span,
};
use crate::codes;
use crate::items::decl_ast;
use crate::signature::signature;
use crate::ty::{GroupTy, Ty};

/// The head of a loop: sources, filter, order, end.
pub(super) struct Head {
    pub(super) it: Loop,
    pub(super) bound: Option<u32>,
    /// Bounds of the sources that are lists.
    bounds: Vec<Option<u32>>,
}

fn empty_loop() -> Loop {
    Loop {
        sources: Vec::new(),
        filter: None,
        order: Vec::new(),
        until: None,
        carries: Vec::new(),
        lets: Vec::new(),
        running: 0,
        shares: Vec::new(),
        result: LoopResult::Exists,
    }
}

impl Checker<'_> {
    /// Checks the tail of a query; its names stay in sight until the enclosing block ends.
    pub(super) fn head(&mut self, query: &Query) -> Head {
        let mut head = Head {
            it: empty_loop(),
            bound: Some(1),
            bounds: Vec::new(),
        };
        for binder in &query.binders {
            self.binder(binder, &mut head);
        }
        if let Some(filter) = &query.filter {
            head.it.filter = Some(self.condition(filter));
            self.learn(filter, true);
        }
        for key in &query.order {
            let val = self.expr(&key.value, None);
            let plain = val.ty.plain().clone();
            if !self.ordered(&plain) && plain != Ty::Bool {
                self.no_order(&plain, key.value.span);
            }
            head.it.order.push(Key {
                value: val.node,
                descending: key.descending,
            });
        }
        if let Some(ending) = &query.ending {
            head.it.until = Some(self.condition(ending));
        }
        self.choose_indexes(&mut head.it);
        if query.ending.is_some() {
            self.note_ties(&head.it, query);
        }
        head.bound = self.bound_of(&head);
        head
    }

    /// Greatest number of elements: the product of the bounds of the sources; of a relation the
    /// smallest `rows at most` that its index makes good.
    fn bound_of(&self, head: &Head) -> Option<u32> {
        let mut out = 1_u32;
        for (source, listed) in head.it.sources.iter().zip(&head.bounds) {
            let bound = match &source.over {
                Over::List(_) => (*listed)?,
                Over::Relation(relation) => self.rows_at_most(*relation, &[])?,
                Over::Indexed {
                    relation, index, ..
                } => {
                    let fields = self
                        .refs
                        .indexes
                        .get(index.index())
                        .map(|(_, fields)| fields)?;
                    self.rows_at_most(*relation, fields)?
                }
            };
            out = out.checked_mul(bound)?;
        }
        Some(out)
    }

    /// The smallest declared bound of the rows that agree in these fields.
    fn rows_at_most(&self, relation: assize_ir::RelationId, fields: &[u32]) -> Option<u32> {
        let decl = self.refs.relations.get(relation.index())?;
        let sigs = signature(self.db, decl).kind.fields();
        let Some(Item::Data(data)) = decl_ast(self.db, decl).map(|ast| &ast.item) else {
            return None;
        };
        let fixed = |name: &Name| {
            sigs.iter()
                .position(|field| field.name == name.text)
                .and_then(|at| u32::try_from(at).ok())
                .is_some_and(|at| fields.contains(&at))
        };
        data.rows
            .iter()
            .filter(|rows| rows.per.iter().all(fixed))
            .filter_map(|rows| rows.at_most.value.and_then(|n| u32::try_from(n).ok()))
            .min()
    }

    fn binder(&mut self, binder: &Binder, head: &mut Head) {
        let (over, element, bound) = self.source(&binder.source);
        head.bound = match (head.bound, bound) {
            (Some(a), Some(b)) => a.checked_mul(b),
            _ => None,
        };
        let slot = self.slot(&binder.name.text, &element);
        self.bind(Binding {
            name: binder.name.text.clone(),
            stands: Stands::Slot(slot),
            ty: element,
            span: binder.name.span,
            kind: BindingKind::Element,
            used: false,
        });
        head.it.sources.push(Source { slot, over });
        head.bounds.push(bound);
    }

    /// Where elements come from, their type, and a bound of their number.
    fn source(&mut self, source: &Expr) -> (Over, Ty, Option<u32>) {
        if let Some(path) = path_of(source)
            && let Some(decl) = self.relation(&path)
        {
            self.note_use(source.span, Target::Decl(decl.clone(), None));
            let id = self.refs.relation_id(&decl);
            return (Over::Relation(id), Ty::Row(decl), None);
        }
        let val = match &*source.kind {
            ExprKind::Group(group) => self.group(group, source.span),
            _ => self.expr(source, None),
        };
        match val.ty.clone() {
            Ty::List(item, bound) => {
                let element = self.known_element(*item, source.span);
                (Over::List(val.node), element, bound)
            }
            Ty::Error => (Over::List(val.node), Ty::Error, None),
            other => {
                let text = other.text();
                let error = self.error(
                    codes::NOT_A_LIST,
                    source.span,
                    format!("a list or a relation is wanted after `in`, and this is {text}"),
                );
                error.instead = Some(if other.is_optional() {
                    "ask `is not missing` first".into()
                } else {
                    "write a list: `[a, b]`, or the name of a relation".into()
                });
                (Over::List(val.node), Ty::Error, None)
            }
        }
    }

    /// The type of the elements of a list; of `[]` alone nobody knows one, and engines want one.
    fn known_element(&mut self, item: Ty, span: Span) -> Ty {
        if item != Ty::Never {
            return item;
        }
        let claim = "the type of the elements is not known";
        let error = self.error(codes::NEEDS_TYPE, span, claim);
        error
            .because
            .push("nothing says what the empty list would hold".into());
        error.instead = Some("give it a name and a type first: `let xs: list of TYPE = []`".into());
        Ty::Error
    }

    // ------------------------------------------------------------------ aggregates

    pub(crate) fn aggregate(
        &mut self,
        how: AggregateHow,
        of: &AggregateOf,
        want: Option<&Ty>,
        span: Span,
    ) -> Val {
        match of {
            AggregateOf::List(list) => self.aggregate_list(how, list, want, span),
            AggregateOf::Query { value, query } => {
                self.loops.push(LoopCx::default());
                let val = self.block(|checker| {
                    let head = checker.head(query);
                    if how == AggregateHow::First && query.ending.is_none() {
                        checker.note_ties(&head.it, query);
                    }
                    let val = match value {
                        Some(value) => {
                            let hint = want.map(|want| want.plain().clone());
                            checker.expr(value, hint.as_ref())
                        }
                        None => checker.only_element(query, how),
                    };
                    let value_span = value.as_ref().map_or(query.span, |value| value.span);
                    checker.aggregate_of(how, head, val, value_span, span)
                });
                self.loops.pop();
                val
            }
        }
    }

    /// The element itself, when no value is written.
    fn only_element(&mut self, query: &Query, how: AggregateHow) -> Val {
        match query.binders.as_slice() {
            [one] => match self.local(&one.name.text) {
                Some(index) => self.read_local(index, None, one.name.span),
                None => self.broken(query.span),
            },
            _ if how == AggregateHow::Count => {
                self.val(Op::Const(Const::Bool(true)), Ty::Bool, query.span)
            }
            _ => {
                self.error(
                    codes::WHICH_ELEMENT,
                    query.span,
                    "say which of the elements is wanted",
                )
                .instead = Some("write the value first: `E for x in … for y in …`".into());
                self.broken(query.span)
            }
        }
    }

    fn aggregate_of(
        &mut self,
        how: AggregateHow,
        head: Head,
        val: Val,
        value_span: Span,
        span: Span,
    ) -> Val {
        let Head { mut it, bound, .. } = head;
        if val.ty == Ty::Never && how != AggregateHow::Count {
            let claim = "the type of this value is not known";
            let error = self.error(codes::NEEDS_TYPE, value_span, claim);
            error.because.push("`stop` gives no value".into());
            error.instead = Some("say when it stops: `if … then stop REASON(…) else VALUE`".into());
            return self.broken(span);
        }
        let (result, ty) = match how {
            AggregateHow::Count => (LoopResult::Count, Ty::Int),
            AggregateHow::First => {
                if matches!(val.ty, Ty::List(..)) {
                    self.error(
                        codes::OPTIONAL_LIST,
                        value_span,
                        "the first of lists would be a list that may be missing",
                    )
                    .instead = Some("go through them: `for x in … for y in x.… `".into());
                    return self.broken(span);
                }
                (LoopResult::First(val.node), val.ty.clone().optional())
            }
            AggregateHow::Sum => match &val.ty {
                Ty::Int => (LoopResult::Sum(val.node), Ty::Int),
                Ty::Num(dim, facts) => {
                    let ty = Ty::Num(dim.clone(), facts.sum(bound));
                    (LoopResult::Sum(val.node), ty)
                }
                Ty::Error => return self.broken(span),
                other => {
                    let text = other.text();
                    let optional = other.is_optional();
                    let error = self.error(
                        codes::WRONG_TYPE,
                        value_span,
                        format!("a sum is of numbers, and this is {text}"),
                    );
                    if optional {
                        error.instead = Some(
                            "leave the missing ones out (`where … is not missing`), or say what \
                             they count: `(… otherwise 0)`"
                                .into(),
                        );
                    }
                    return self.broken(span);
                }
            },
            AggregateHow::Lowest | AggregateHow::Highest => {
                if !self.ordered(val.ty.plain()) {
                    self.no_order(&val.ty, value_span);
                    return self.broken(span);
                }
                if val.ty.is_optional() {
                    self.error(
                        codes::MAY_BE_MISSING,
                        value_span,
                        "this may be missing, and is neither lowest nor highest then",
                    )
                    .instead = Some("leave the missing ones out: `where … is not missing`".into());
                    return self.broken(span);
                }
                let result = if how == AggregateHow::Lowest {
                    LoopResult::Lowest(val.node)
                } else {
                    LoopResult::Highest(val.node)
                };
                (result, val.ty.clone().optional())
            }
        };
        it.result = result;
        self.val(Op::Loop(Box::new(it)), ty, span)
    }

    fn aggregate_list(
        &mut self,
        how: AggregateHow,
        list: &Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Val {
        // The lowest of a written list without `when` is always there, and so is the first.
        let there = match &*list.kind {
            ExprKind::List(items) => {
                !items.is_empty() && items.iter().all(|item| item.when.is_none())
            }
            _ => false,
        };
        if there && matches!(how, AggregateHow::Lowest | AggregateHow::Highest) {
            return self.written_extreme(how, list, want, span);
        }
        let mut optional_items = false;
        self.loops.push(LoopCx::default());
        let val = self.block(|checker| {
            let mut head = Head {
                it: empty_loop(),
                bound: Some(1),
                bounds: Vec::new(),
            };
            let (over, element, bound) =
                match path_of(list).and_then(|path| checker.relation(&path)) {
                    Some(_) => checker.source(list),
                    None => {
                        let hint = want
                            .filter(|_| !matches!(how, AggregateHow::Count))
                            .map(|want| Ty::List(Box::new(want.plain().clone()), None));
                        let val = checker.expr(list, hint.as_ref());
                        match val.ty.clone() {
                            Ty::List(item, bound) if how == AggregateHow::Count => {
                                (Over::List(val.node), *item, bound)
                            }
                            Ty::List(item, bound) => {
                                let element = checker.known_element(*item, list.span);
                                (Over::List(val.node), element, bound)
                            }
                            Ty::Error => return checker.broken(span),
                            other => {
                                let text = other.text();
                                checker
                                    .error(
                                        codes::NOT_A_LIST,
                                        list.span,
                                        format!("a list is wanted here, and this is {text}"),
                                    )
                                    .instead = Some(if other.is_optional() {
                                    "ask `is not missing` first".into()
                                } else {
                                    "write a list: `[a, b]`, or `x in …`".into()
                                });
                                return checker.broken(span);
                            }
                        }
                    }
                };
            head.bound = bound;
            optional_items = element.is_optional();
            let slot = checker.slot("element", &element);
            head.it.sources.push(Source { slot, over });
            let val = if how == AggregateHow::Count {
                checker.val(Op::Const(Const::Bool(true)), Ty::Bool, list.span)
            } else {
                checker.val(Op::Local(slot), element, list.span)
            };
            checker.aggregate_of(how, head, val, list.span, span)
        });
        self.loops.pop();
        match &val.ty {
            Ty::Optional(inner) if there && how == AggregateHow::First && !optional_items => {
                let ty = (**inner).clone();
                self.val(Op::Present(val.node), ty, span)
            }
            _ => val,
        }
    }

    fn written_extreme(
        &mut self,
        how: AggregateHow,
        list: &Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Val {
        let hint = want.map(|want| Ty::List(Box::new(want.plain().clone()), None));
        let val = self.expr(list, hint.as_ref());
        let Ty::List(item, _) = val.ty.clone() else {
            return self.broken(span);
        };
        if item.is_error() {
            return self.broken(span);
        }
        if item.is_optional() {
            self.error(
                codes::MAY_BE_MISSING,
                list.span,
                "one of these may be missing, and is neither lowest nor highest then",
            )
            .instead = Some("leave it out when it is: `[… when … is not missing]`".into());
            return self.broken(span);
        }
        if !self.ordered(&item) {
            self.no_order(&item, list.span);
            return self.broken(span);
        }
        let nodes: Vec<NodeId> = match self.op(val.node) {
            Some(Op::List(items)) => items.iter().map(|item| item.value).collect(),
            _ => return self.broken(span),
        };
        let low = how == AggregateHow::Lowest;
        let ty = match &*item {
            Ty::Num(dim, _) => {
                let mut all: Option<NumFacts> = None;
                for node in &nodes {
                    let Some(facts) = self.nodes.get(node.index()).and_then(|n| n.facts.clone())
                    else {
                        return self.broken(span);
                    };
                    all = Some(match all {
                        None => facts,
                        Some(known) => extreme_facts(&known, &facts, low),
                    });
                }
                Ty::Num(dim.clone(), all.unwrap_or(NumFacts::UNKNOWN))
            }
            other => other.clone(),
        };
        let op = if low {
            Op::Lowest(nodes)
        } else {
            Op::Highest(nodes)
        };
        self.val(op, ty, span)
    }

    pub(crate) fn exists(&mut self, query: &Query, span: Span) -> Val {
        self.loops.push(LoopCx::default());
        let val = self.block(|checker| {
            let Head { mut it, .. } = checker.head(query);
            it.result = LoopResult::Exists;
            checker.val(Op::Loop(Box::new(it)), Ty::Bool, span)
        });
        self.loops.pop();
        val
    }

    pub(crate) fn every(&mut self, query: &Query, has: &Expr, span: Span) -> Val {
        self.loops.push(LoopCx::default());
        let val = self.block(|checker| {
            let Head { mut it, .. } = checker.head(query);
            let has = checker.condition(has);
            it.result = LoopResult::Every(has);
            checker.val(Op::Loop(Box::new(it)), Ty::Bool, span)
        });
        self.loops.pop();
        val
    }

    pub(crate) fn group(&mut self, group: &GroupExpr, span: Span) -> Val {
        self.loops.push(LoopCx::default());
        let val = self.block(|checker| {
            let mut head = Head {
                it: empty_loop(),
                bound: Some(1),
                bounds: Vec::new(),
            };
            checker.binder(&group.binder, &mut head);
            let member = checker
                .scope
                .last()
                .map_or(Ty::Error, |binding| binding.ty.clone());
            if let Some(filter) = &group.filter {
                head.it.filter = Some(checker.condition(filter));
                checker.learn(filter, true);
            }
            checker.choose_indexes(&mut head.it);
            head.bound = checker.bound_of(&head);
            let mut keys = Vec::new();
            let mut types = Vec::new();
            for (name, value) in &group.keys {
                let val = checker.expr(value, None);
                if *name.text == *"members" || types.iter().any(|(known, _)| *known == name.text) {
                    let claim = format!("a group cannot have the key `{}` here", name.text);
                    checker.error(codes::TWICE, name.span, claim).instead =
                        Some("give it another name".into());
                }
                if matches!(val.ty, Ty::List(..) | Ty::Span(..)) {
                    let text = val.ty.text();
                    checker
                        .error(
                            codes::WRONG_TYPE,
                            value.span,
                            format!("a key of a group is a single value, and this is {text}"),
                        )
                        .instead = Some("take one of its parts".into());
                }
                keys.push(val.node);
                types.push((name.text.clone(), val.ty));
            }
            let ty = checker.group_record(GroupTy {
                keys: types,
                member,
                at_most: head.bound,
            });
            let record = match &ty {
                Ty::Record(of) => checker.refs.record_id(of),
                _ => return checker.broken(span),
            };
            head.it.result = LoopResult::Group { keys, record };
            let list = Ty::List(Box::new(ty), head.bound);
            checker.val(Op::Loop(Box::new(head.it)), list, span)
        });
        self.loops.pop();
        val
    }
}

/// Facts of the lower or the higher of two values.
fn extreme_facts(a: &NumFacts, b: &NumFacts, low: bool) -> NumFacts {
    let joined = a.join(b);
    let (lowest, highest) = if low {
        // The lower is at most each highest.
        let highest = match (a.highest, b.highest) {
            (Some(x), Some(y)) => Some(x.min(y)),
            (known, None) | (None, known) => known,
        };
        (joined.lowest, highest)
    } else {
        let lowest = match (a.lowest, b.lowest) {
            (Some(x), Some(y)) => Some(x.max(y)),
            (known, None) | (None, known) => known,
        };
        (lowest, joined.highest)
    };
    NumFacts {
        lowest,
        highest,
        ..joined
    }
}
