//! Rules, extensions and parameters.

use assize_ir::{Body, DefaultValue, Exception, NodeId, ParameterValue, Rule};

use super::{Binding, BindingKind, Checker, Part, Stands, Target};
use crate::ast::{
    ExceptionDecl, Expr, ExprKind, ExtendDecl, Name, ParameterDecl, ParameterValueDecl, Path,
    RuleDecl, Span, TextLit, ValidityDecl,
};
use crate::codes;
use crate::items::{DeclId, DeclKind, decl_ast, decl_text};
use crate::names::{Space, lookup_path};
use crate::signature::{ParamSig, SignatureKind, signature};
use crate::ty::Ty;

impl Checker<'_> {
    /// Parameters as the first slots.
    pub(crate) fn bind_params(&mut self, params: &[ParamSig]) {
        for param in params {
            let slot = self.slot(&param.name, &param.ty);
            if let Some(slot) = self.slots.get_mut(slot.index()) {
                slot.sensitive = param.sensitive;
            }
            self.bind(Binding {
                name: param.name.clone(),
                stands: Stands::Slot(slot),
                ty: param.ty.clone(),
                span: param.span,
                kind: BindingKind::Param,
                used: false,
            });
        }
    }

    /// Whether a parameter of the callable was read; warns about those that were not.
    pub(crate) fn warn_unused_params(&mut self, what: &str) {
        let unused: Vec<(String, Span)> = self
            .scope
            .iter()
            .filter(|binding| {
                binding.kind == BindingKind::Param
                    && !binding.used
                    && !binding.name.starts_with('_')
            })
            .map(|binding| (binding.name.to_string(), binding.span))
            .collect();
        for (name, span) in unused {
            self.warn(
                codes::UNUSED_PARAMETER,
                span,
                format!("`{name}` is never read in this {what}"),
            )
            .instead = Some("leave it out, or begin its name with `_`".into());
        }
    }

    pub(crate) fn rule(&mut self, rule: &RuleDecl, doc: &str, span: Span) {
        let SignatureKind::Function { params, result } =
            &signature(self.db, &self.decl.clone()).kind
        else {
            return;
        };
        let (params, result) = (params.clone(), result.clone());
        self.bind_params(&params);
        let as_of = self.as_of(&rule.as_of);
        let combine = self.combine(&rule.combine, &result, rule.may_agree);
        let default = rule.default.as_ref().map(|default| {
            let value = self.expr_as(&default.value, &result, "the default");
            DefaultValue {
                value: value.node,
                because: words(default.because.as_ref()),
                place: self.place(default.span),
            }
        });
        let default_ty = default.as_ref().map(|_| result.clone());
        let names: Vec<Name> = rule
            .exceptions
            .iter()
            .map(|exception| exception.name.clone())
            .collect();
        self.twice(&names, "exception");
        let base: Vec<String> = names.iter().map(|name| name.text.to_string()).collect();
        let exceptions = self.exceptions(
            &rule.exceptions,
            &result,
            default_ty,
            as_of.is_some(),
            &base,
        );
        self.overrides_cycle(&exceptions, &rule.exceptions);
        self.compounded(&rule.combine, &result, self.parts(&exceptions, 0));
        if exceptions.is_empty() && default.is_none() && rule.open.is_none() {
            let name = &rule.name;
            let claim = format!("`{}` has neither a default nor an exception", name.text);
            self.error(codes::EMPTY_RULE, name.span, claim).instead =
                Some("add `default VALUE`, or an exception".into());
        }
        for exception in &rule.exceptions {
            if exception.when.is_none() && exception.unless.is_none() && exception.valid.is_none() {
                let claim = format!("the exception `{}` always applies", exception.name.text);
                let error = self.error(
                    codes::EXCEPTION_WITHOUT_CONDITION,
                    exception.name.span,
                    claim,
                );
                error.instead = Some("make it the `default`, or add `when`".into());
            }
        }
        // Others may read them in the exceptions that they add.
        if rule.open.is_none() {
            self.warn_unused_params("rule");
        }
        let body = Body::Rule(Rule {
            as_of,
            default,
            exceptions,
            combine,
            may_agree: rule.may_agree.is_some(),
        });
        let name = rule.name.text.to_string();
        self.emit(Part::Main, params.len(), &result, body, &name, doc, span);
    }

    /// Reports names that are given twice.
    fn twice(&mut self, names: &[Name], what: &str) {
        for (index, name) in names.iter().enumerate() {
            if let Some(first) = names
                .iter()
                .take(index)
                .find(|known| known.text == name.text)
            {
                let first = self.here(first.span, "first here");
                let claim = format!("the {what} `{}` is declared twice", name.text);
                let error = self.error(codes::TWICE, name.span, claim);
                error.related.push(first);
                error.instead = Some("give one of them another name".into());
            }
        }
    }

    pub(crate) fn as_of(&mut self, clauses: &[Expr]) -> Option<NodeId> {
        if let Some(second) = clauses.get(1) {
            self.error(codes::TWICE, second.span, "`as of` is said twice")
                .instead = Some("leave one of them out".into());
        }
        let day = clauses.first()?;
        Some(self.expr_as(day, &Ty::Date, "the day after `as of`").node)
    }

    /// Exceptions; `known` are the names that precedence may refer to, this rule's own first.
    pub(crate) fn exceptions(
        &mut self,
        list: &[ExceptionDecl],
        result: &Ty,
        default_ty: Option<Ty>,
        has_as_of: bool,
        known: &[String],
    ) -> Vec<Exception> {
        let mut out = Vec::new();
        for decl in list {
            let (from, to) = match &decl.valid {
                Some(valid) => self.validity(valid, has_as_of),
                None => (None, None),
            };
            let facts = self.known.len();
            let when = decl.when.as_ref().map(|when| {
                let node = self.condition(when);
                self.learn(when, true);
                node
            });
            let unless = decl.unless.as_ref().map(|unless| {
                let node = self.condition(unless);
                self.learn(unless, false);
                node
            });
            self.default_ty = default_ty.clone();
            let what = format!("the value of `{}`", decl.name.text);
            let then = match &decl.then {
                Some(then) => self.expr_as(then, result, &what).node,
                None => self.broken(decl.span).node,
            };
            self.default_ty = None;
            self.known.truncate(facts);
            let mut overrides = Vec::new();
            for path in &decl.overrides {
                if let Some(index) = self.exception_index(path, known) {
                    overrides.push(index);
                }
            }
            let place = self.place(decl.span);
            out.push(Exception {
                name: decl.name.text.to_string(),
                from,
                to,
                when,
                unless,
                then,
                overrides,
                because: words(decl.because.as_ref()),
                place,
            });
        }
        // `a yields to b` says that b overrides a.
        for (position, decl) in list.iter().enumerate() {
            for path in &decl.yields_to {
                let Some(index) = self.exception_index(path, known) else {
                    continue;
                };
                let me = u32::try_from(position).unwrap_or(u32::MAX);
                if let Some(other) = out.get_mut(index as usize)
                    && !other.overrides.contains(&me)
                {
                    other.overrides.push(me);
                }
            }
        }
        out
    }

    fn exception_index(&mut self, path: &Path, known: &[String]) -> Option<u32> {
        let text = path.text();
        let found = known.iter().position(|name| *name == text);
        if found.is_none() {
            let claim = format!("there is no exception `{text}`");
            self.error(codes::UNKNOWN_EXCEPTION, path.span(), claim)
                .offer(&text, known.iter().map(String::as_str));
        }
        found.and_then(|index| u32::try_from(index).ok())
    }

    /// Reports precedence that runs in a circle.
    fn overrides_cycle(&mut self, exceptions: &[Exception], decls: &[ExceptionDecl]) {
        for start in 0..exceptions.len() {
            let mut stack = vec![start];
            let mut seen = vec![false; exceptions.len()];
            while let Some(at) = stack.pop() {
                for next in exceptions
                    .get(at)
                    .map(|e| e.overrides.as_slice())
                    .unwrap_or_default()
                {
                    let next = *next as usize;
                    if next == start {
                        if let Some(decl) = decls.get(start) {
                            let claim = format!(
                                "`{}` overrides itself, directly or through others",
                                decl.name.text
                            );
                            self.error(codes::OVERRIDES_CYCLE, decl.name.span, claim)
                                .instead =
                                Some("leave out one of the `overrides` or `yields to`".into());
                        }
                        return;
                    }
                    if let Some(seen) = seen.get_mut(next)
                        && !*seen
                    {
                        *seen = true;
                        stack.push(next);
                    }
                }
            }
        }
    }

    fn validity(&mut self, valid: &ValidityDecl, has_as_of: bool) -> (Option<i32>, Option<i32>) {
        if !has_as_of {
            let error = self.error(
                codes::VALID_WITHOUT_AS_OF,
                valid.span,
                "a validity needs the day that counts",
            );
            error.because.push(
                "an order has several days: ordered, posted, shipped; none of them is meant unasked"
                    .into(),
            );
            error.instead = Some("add `as of DAY` before the default".into());
        }
        let from = valid.from.and_then(|date| date.day);
        let to = valid.to.and_then(|date| date.day);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            self.error(
                codes::EMPTY_RANGE,
                valid.span,
                "this validity ends before it begins",
            )
            .instead = Some("change one of the days; both belong to it".into());
        }
        (from, to)
    }

    // ------------------------------------------------------------------ parameters

    pub(crate) fn parameter(&mut self, parameter: &ParameterDecl, doc: &str, span: Span) {
        let ty = match &signature(self.db, &self.decl.clone()).kind {
            SignatureKind::Parameter { ty, .. } => ty.clone(),
            _ => return,
        };
        let values = self.values(&parameter.values, &ty, None);
        if values.is_empty() && !parameter.values.is_empty() {
            return;
        }
        let dated = values.iter().any(|value| value.from.is_some());
        let name = parameter.name.text.to_string();
        self.emit(
            Part::Main,
            usize::from(dated),
            &ty,
            Body::Parameter(values),
            &name,
            doc,
            span,
        );
    }

    /// Values through time: constant, rising, no day twice.
    fn values(
        &mut self,
        decls: &[ParameterValueDecl],
        ty: &Ty,
        base_dated: Option<bool>,
    ) -> Vec<ParameterValue> {
        let dated = base_dated.unwrap_or_else(|| decls.iter().any(|value| value.from.is_some()));
        if dated {
            self.slot("day", &Ty::Date);
        }
        if decls.is_empty() {
            self.error(
                codes::EMPTY_RULE,
                Span::default(),
                format!("`{}` has no value", self.decl.name()),
            )
            .instead = Some("add `is VALUE`, or `from DATE is VALUE`".into());
        }
        let mut out: Vec<ParameterValue> = Vec::new();
        for decl in decls {
            if decl.from.is_some() != dated {
                let error = self.error(
                    codes::MIXED_VALUES,
                    decl.span,
                    if dated {
                        "this value has no first day, and others have"
                    } else {
                        "this parameter has one value only, whatever the day"
                    },
                );
                error.instead = Some(if dated {
                    "write `from DATE is VALUE` for each".into()
                } else {
                    "write `is VALUE`".into()
                });
                continue;
            }
            let from = decl.from.and_then(|date| date.day);
            if let (Some(day), Some(last)) = (from, out.last().and_then(|value| value.from))
                && day <= last
            {
                let text = assize_ir::date::format(day);
                let (claim, instead) = if day == last {
                    (
                        format!("{text} has two values"),
                        "leave one of them out, or give it another day",
                    )
                } else {
                    (
                        format!("{text} stands after {}", assize_ir::date::format(last)),
                        "write the values in rising order of their days",
                    )
                };
                self.error(codes::VALUES_ORDER, decl.span, claim).instead = Some(instead.into());
                continue;
            }
            if let Some(second) = self.second_value(&decl.value) {
                self.said_twice(second);
                continue;
            }
            let value = self.expr_as(&decl.value, ty, "the value");
            if !super::decl::is_constant(&self.nodes, value.node) {
                self.error(
                    codes::NOT_CONSTANT,
                    decl.value.span,
                    "the value of a parameter is constant",
                )
                .instead = Some("compute it with a `define`".into());
            }
            let place = self.place(decl.span);
            out.push(ParameterValue {
                from,
                value: value.node,
                because: words(decl.because.as_ref()),
                place,
            });
        }
        if !dated && out.len() > 1 {
            let span = decls.get(1).map_or(Span::default(), |decl| decl.span);
            self.said_twice(span);
            out.truncate(1);
        }
        out
    }

    fn said_twice(&mut self, span: Span) {
        self.error(codes::TWICE, span, "the value is said twice")
            .instead =
            Some("leave one of them out, or give each its day: `from DATE is VALUE`".into());
    }

    /// `is 1` and below it `is 2` read as one comparison: the place of the second value.
    fn second_value(&self, value: &Expr) -> Option<Span> {
        let ExprKind::Is { left, right, .. } = &*value.kind else {
            return None;
        };
        let text = decl_text(self.db, self.decl.file, self.decl.key.clone())?;
        let between = left.span.end as usize..right.span.start as usize;
        let below = text.text(self.db).get(between)?.contains('\n');
        below.then_some(right.span)
    }

    // ------------------------------------------------------------------ layers

    pub(crate) fn extend(&mut self, extend: &ExtendDecl, span: Span) {
        let Some(target) = self.extend_target(extend) else {
            return;
        };
        self.note_use(extend.target.span(), Target::Decl(target.clone(), None));
        let name = format!("extension of {}", target.name());
        match (
            decl_ast(self.db, &target).map(|ast| &ast.item),
            &signature(self.db, &target).kind,
        ) {
            (Some(crate::ast::Item::Rule(base)), SignatureKind::Function { params, result }) => {
                if base.open.is_none() {
                    self.not_open(extend, &target, "exceptions");
                    return;
                }
                if !extend.values.is_empty() {
                    self.error(
                        codes::EXTEND_WHAT,
                        extend.target.span(),
                        format!(
                            "`{}` is a rule: it takes exceptions, not values",
                            target.name()
                        ),
                    )
                    .instead = Some("write `exception NAME when … then …`".into());
                    return;
                }
                let (params, result) = (params.clone(), result.clone());
                self.bind_params(&params);
                let names: Vec<Name> = extend
                    .exceptions
                    .iter()
                    .map(|exception| exception.name.clone())
                    .collect();
                self.twice(&names, "exception");
                // Own exceptions first; those of the base and of other extensions follow by name.
                let mut known: Vec<String> =
                    names.iter().map(|name| name.text.to_string()).collect();
                known.extend(
                    base.exceptions
                        .iter()
                        .map(|exception| exception.name.text.to_string()),
                );
                known.extend(self.other_exceptions(&target));
                let default_ty = base.default.as_ref().map(|_| result.clone());
                let as_of = !base.as_of.is_empty();
                let own = extend.exceptions.len();
                let mut exceptions =
                    self.exceptions(&extend.exceptions, &result, default_ty, as_of, &known);
                exceptions.truncate(own);
                let mut parts = self.parts(&exceptions, 0);
                parts.extend(self.parts_of_base(&target, own));
                self.compounded_by_extension(&base.combine, extend, &result, parts);
                let body = Body::Rule(Rule {
                    as_of: None,
                    default: None,
                    exceptions,
                    combine: None,
                    may_agree: false,
                });
                self.emit(Part::Main, params.len(), &result, body, &name, "", span);
            }
            (
                Some(crate::ast::Item::Parameter(base)),
                SignatureKind::Parameter { ty, dated, .. },
            ) => {
                if !base.open {
                    self.not_open(extend, &target, "values");
                    return;
                }
                if !extend.exceptions.is_empty() {
                    self.error(
                        codes::EXTEND_WHAT,
                        extend.target.span(),
                        format!(
                            "`{}` is a parameter: it takes values, not exceptions",
                            target.name()
                        ),
                    )
                    .instead = Some("write `is VALUE`, or `from DATE is VALUE`".into());
                    return;
                }
                let (ty, dated) = (ty.clone(), *dated);
                let values = self.values(&extend.values, &ty, Some(dated));
                let body = Body::Parameter(values);
                self.emit(Part::Main, usize::from(dated), &ty, body, &name, "", span);
            }
            _ => {
                let claim = format!("`{}` cannot be extended", extend.target.text());
                self.error(codes::EXTEND_WHAT, extend.target.span(), claim)
                    .instead = Some(
                    "only a rule that is open to exceptions, or a parameter open to values".into(),
                );
            }
        }
    }

    fn not_open(&mut self, extend: &ExtendDecl, target: &DeclId, to: &str) {
        let place = crate::diagnostic::Label {
            at: target.at(decl_ast(self.db, target)
                .and_then(|ast| ast.item.name())
                .map_or(Span::default(), |name| name.span)),
            text: "declared here".into(),
        };
        let claim = format!("`{}` is not open to {to}", extend.target.text());
        let error = self.error(codes::NOT_OPEN, extend.target.span(), claim);
        error.related.push(place);
        error.instead = Some(format!("its package must say `open to {to}`"));
    }

    /// What an `extend` is about.
    pub(crate) fn extend_target(&mut self, extend: &ExtendDecl) -> Option<DeclId> {
        let found = extend_target(self.db, &self.decl, &extend.target);
        if found.is_none() {
            let claim = format!("there is no rule or parameter `{}`", extend.target.text());
            self.error(codes::UNKNOWN_NAME, extend.target.span(), claim)
                .instead =
                Some("write it with its module, and `use` or depend on its package".into());
        } else {
            self.declared_dependency(&extend.target);
        }
        found
    }

    /// Exceptions that other visible modules add to the same rule, by full name.
    fn other_exceptions(&self, target: &DeclId) -> Vec<String> {
        let mut out = Vec::new();
        for other in crate::layers::extensions_of(self.db, self.decl.file, target) {
            if other == self.decl {
                continue;
            }
            if let Some(crate::ast::Item::Extend(extend)) =
                decl_ast(self.db, &other).map(|ast| &ast.item)
            {
                let module = crate::names::module_name(self.db, other.file);
                out.extend(
                    extend
                        .exceptions
                        .iter()
                        .map(|e| format!("{module}.{}", e.name.text)),
                );
            }
        }
        out
    }
}

/// The rule or parameter that an `extend` of a declaration is about.
pub(crate) fn extend_target(db: &dyn crate::db::Db, from: &DeclId, path: &Path) -> Option<DeclId> {
    let rule = lookup_path(db, from.file, Space::Function, path);
    let value = lookup_path(db, from.file, Space::Value, path);
    rule.into_iter()
        .chain(value)
        .map(|meaning| meaning.decl)
        .find(|decl| !matches!(decl.key.kind, DeclKind::Example))
}

/// The words of a `because`.
pub(crate) fn words(text: Option<&TextLit>) -> String {
    text.map(|text| text.text.clone()).unwrap_or_default()
}
