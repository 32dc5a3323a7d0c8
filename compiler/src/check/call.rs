//! Calls of functions and reasons, records and their copies, rows by key.

use assize_ir::{Const, LetMode, Op};

use super::access::{count, path_of};
use super::fragment::{CallableRef, Part, Target};
use super::{Checker, Val};
use crate::analysis::first_of;
use crate::ast::{Arg, CompareOp, Expr, ExprKind, Name, Path, Span, Word};
use crate::codes;
use crate::diagnostic::{Applicability, Fix};
use crate::items::{DeclId, DeclKind, decl_text, syntax_diagnostics};
use crate::names::{Meaning, Space, all_words, full_name, nearest};
use crate::signature::{FieldSig, ParamSig, SignatureKind, signature};
use crate::ty::{RecordRef, Ty};

impl Checker<'_> {
    // ------------------------------------------------------------------ calls

    pub(crate) fn call(&mut self, callee: &Expr, args: &[Arg], span: Span) -> Val {
        let Some(path) = path_of(callee) else {
            self.error(
                codes::NOT_A_FUNCTION,
                callee.span,
                "only a function can be called",
            )
            .instead = Some("write the name of a function before the bracket".into());
            self.arguments_only(args);
            return self.broken(span);
        };
        let functions = self.look_up(Space::Function, &path);
        match functions.as_slice() {
            [one] => return self.call_decl(&one.decl.clone(), &path, args, span),
            [first, second, ..] => {
                let (a, b) = (
                    full_name(self.db, &first.decl),
                    full_name(self.db, &second.decl),
                );
                self.arguments_only(args);
                return self.ambiguous(&path.text(), &a, &b, callee.span);
            }
            [] => {}
        }
        if let [word] = path.parts.as_slice()
            && let Some(val) = self.builtin(word, args, span)
        {
            return val;
        }
        let types = self.look_up(Space::Type, &path);
        if let Some(Meaning { decl, .. }) = types.first() {
            let decl = decl.clone();
            self.note_use(callee.span, Target::Decl(decl.clone(), None));
            return match decl.key.kind {
                DeclKind::Record => self.make_record(&decl, args, span),
                DeclKind::Data => {
                    self.error(
                        codes::ROW_BUILT,
                        callee.span,
                        format!(
                            "a row of `{}` comes from the data and cannot be made",
                            path.text()
                        ),
                    )
                    .instead = Some(format!("take one by its key: `{}[…]`", path.text()));
                    self.broken(span)
                }
                _ => {
                    let text = path.text();
                    self.error(
                        codes::NOT_A_FUNCTION,
                        callee.span,
                        format!("`{text}` is a type and cannot be called"),
                    )
                    .instead = Some(format!(
                        "read a number in a dimension with `as`: `x as {text}`"
                    ));
                    self.broken(span)
                }
            };
        }
        if let Some(val) = self.method(callee, args, span) {
            return val;
        }
        let text = path.text();
        let mut words = all_words(self.db, self.decl.file, Space::Function);
        words.extend(all_words(self.db, self.decl.file, Space::Type));
        words.extend(super::builtin::NAMES.iter().map(|name| Word::from(*name)));
        let near = nearest(&text, words.iter().map(|word| &**word))
            .filter(|_| crate::elsewhere::function_meant(&text).is_none())
            .map(str::to_string);
        let at = self.decl.at(callee.span);
        let written = self.call_meant(&text, args, span);
        let error = self.error(
            codes::UNKNOWN_FUNCTION,
            callee.span,
            format!("there is no function `{text}`"),
        );
        match near {
            _ if written.is_some() => {
                error.instead = written.as_ref().map(|fix| fix.title.clone());
                error.fixes.extend(written);
            }
            Some(near) => {
                error.instead = Some(format!("did you mean `{near}`?"));
                error
                    .fixes
                    .push(Fix::write(at, near, Applicability::Choice));
            }
            None => {
                let meant = crate::elsewhere::function_meant(&text);
                error.instead = Some(
                    meant
                        .unwrap_or("declare it, or `use` the module that does")
                        .into(),
                );
            }
        }
        self.arguments_only(args);
        self.broken(span)
    }

    /// Checks arguments of something that is not there, so that faults inside are found too.
    pub(crate) fn arguments_only(&mut self, args: &[Arg]) {
        for arg in args {
            self.expr(&arg.value, None);
        }
    }

    /// Calls a declared function with checked arguments.
    pub(crate) fn call_decl(
        &mut self,
        decl: &DeclId,
        path: &Path,
        args: &[Arg],
        span: Span,
    ) -> Val {
        self.note_use(path.span(), Target::Decl(decl.clone(), None));
        let name = path.text();
        match &signature(self.db, decl).kind {
            SignatureKind::Function { params, result } => {
                let nodes = self.arguments(&name, params, args, span);
                let id = self.refs.callable_id(&CallableRef {
                    decl: decl.clone(),
                    part: Part::Main,
                });
                match nodes {
                    Some(nodes) => self.val(Op::Call(id, nodes), result.clone(), span),
                    None => self.broken_as(result, span),
                }
            }
            SignatureKind::Reason { params, .. } => {
                let nodes = self.arguments(&name, params, args, span);
                let id = self.refs.reason_id(decl);
                match nodes {
                    Some(nodes) => self.val(Op::Reason(id, nodes), Ty::Reason, span),
                    None => self.broken_as(&Ty::Reason, span),
                }
            }
            _ => self.broken(span),
        }
    }

    fn arguments(
        &mut self,
        name: &str,
        params: &[ParamSig],
        args: &[Arg],
        span: Span,
    ) -> Option<Vec<assize_ir::NodeId>> {
        let mut fine = true;
        let named: Vec<(&Arg, &Name, Option<&ParamSig>)> = (args.iter().enumerate())
            .filter_map(|(at, arg)| Some((arg, arg.name.as_ref()?, params.get(at))))
            .collect();
        if let Some((_, first, _)) = named.first() {
            // A bracket around the value stands before what is taken as its place.
            let colon = |named: &Name, value: Span| {
                let text = decl_text(self.db, self.decl.file, self.decl.key.clone())?;
                let between = named.span.end as usize..value.start as usize;
                let (_, after) = text.text(self.db).get(between)?.split_once(':')?;
                Some(value.start - u32::try_from(after.trim_start().len()).ok()?)
            };
            let label = |arg: &Arg, named: &Name| {
                let value = arg.value.span;
                let span = Span {
                    start: named.span.start,
                    end: colon(named, value).unwrap_or(value.start),
                };
                (self.decl.at(span), String::new())
            };
            let edits = named.iter().map(|(arg, named, _)| label(arg, named));
            let edits: Vec<_> = edits.collect();
            // Under another name it may stand in the wrong place.
            let in_place = named
                .iter()
                .all(|(_, named, param)| param.is_some_and(|param| param.name == named.text));
            let names = named
                .iter()
                .map(|(_, named, _)| format!("`{}:`", named.text));
            let title = format!("leave out {}", names.collect::<Vec<_>>().join(", "));
            let claim = format!("arguments of `{name}` are given by position");
            let error = self.error(codes::NAMED_ARGUMENT, first.span, claim);
            error.instead = Some(title.clone());
            error.fixes.push(Fix {
                title,
                edits,
                applicability: Applicability::certain_if(in_place),
            });
            fine = false;
        }
        let mut nodes = Vec::new();
        for (param, arg) in params.iter().zip(args) {
            let what = format!("`{}` of `{name}`", param.name);
            nodes.push(self.expr_as(&arg.value, &param.ty, &what).node);
        }
        if params.len() != args.len() {
            let rest: Vec<String> = params
                .iter()
                .skip(args.len())
                .map(|param| format!("{}: {}", param.name, param.ty.text()))
                .collect();
            let all: Vec<&str> = params.iter().map(|param| &*param.name).collect();
            let point = (args.len() > params.len())
                .then(|| self.comma_for_point(args.iter().map(|arg| &arg.value)))
                .flatten();
            let error = self.error(
                codes::ARGUMENT_COUNT,
                span,
                format!(
                    "`{name}` takes {}, and gets {}",
                    count(params.len(), "argument"),
                    args.len()
                ),
            );
            error.instead = Some(if rest.is_empty() {
                format!("it takes ({})", all.join(", "))
            } else {
                format!("add {}", rest.join(", "))
            });
            if let Some(point) = point {
                error.point_instead(point);
            }
            self.arguments_only(args.get(params.len()..).unwrap_or_default());
            return None;
        }
        fine.then_some(nodes)
    }

    // ------------------------------------------------------------------ records and rows

    fn make_record(&mut self, decl: &DeclId, args: &[Arg], span: Span) -> Val {
        let ty = Ty::Record(RecordRef::Declared(decl.clone()));
        let SignatureKind::Record { fields, checked } = &signature(self.db, decl).kind else {
            return self.broken(span);
        };
        let given = self.named_arguments(decl.name(), fields, args);
        let lost = args.len().saturating_sub(given.len());
        let mut missing: Vec<String> = Vec::new();
        let mut nodes: Vec<assize_ir::NodeId> = Vec::new();
        let in_order = given.windows(2).all(|pair| match pair {
            [a, b] => a.0 < b.0,
            _ => true,
        });
        // Fields are evaluated in the order of the text.
        let mut lets = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let found = given.iter().find(|(at, ..)| *at == index);
            let node = match found {
                Some((_, node, value_ty)) if !in_order && !self.simple(*node) => {
                    let slot = self.slot(&field.name, value_ty);
                    lets.push((index, slot, *node));
                    self.push(Op::Local(slot), value_ty, span)
                }
                Some((_, node, _)) => *node,
                None if field.has_default => {
                    let part = Part::Default(u32::try_from(index).unwrap_or(u32::MAX));
                    let id = self.refs.callable_id(&CallableRef {
                        decl: decl.clone(),
                        part,
                    });
                    self.push(Op::Call(id, Vec::new()), &field.ty, span)
                }
                None if field.ty.is_optional() => {
                    self.push(Op::Const(Const::Missing), &field.ty, span)
                }
                None => {
                    missing.push(format!("`{}`", field.name));
                    self.broken(span).node
                }
            };
            nodes.push(node);
        }
        // What could not be read may be just what is missing, and what was read of a broken record may be
        // no field: that fault is told.
        let in_doubt = missing.len() <= lost || !syntax_diagnostics(self.db, decl).is_empty();
        if !missing.is_empty() && in_doubt {
            return self.broken_as(&ty, span);
        }
        if !missing.is_empty() {
            let names = first_of(&missing);
            self.error(
                codes::MISSING_FIELDS,
                span,
                format!("`{}` lacks {names}", decl.name()),
            )
            .instead = Some(format!(
                "give {}",
                if missing.len() == 1 { "it" } else { "them" }
            ));
            return self.broken_as(&ty, span);
        }
        let id = self.refs.record_id(&RecordRef::Declared(decl.clone()));
        let mut val = self.val(Op::Record(id, nodes), ty.clone(), span);
        // In the order of the text, the first outermost.
        let mut text_order: Vec<_> = lets;
        text_order.sort_by_key(|(index, ..)| {
            given
                .iter()
                .position(|(at, ..)| at == index)
                .unwrap_or(usize::MAX)
        });
        for (_, slot, node) in text_order.into_iter().rev() {
            val = self.val(
                Op::Let {
                    slot,
                    mode: LetMode::Now,
                    value: node,
                    body: val.node,
                },
                ty.clone(),
                span,
            );
        }
        if *checked {
            self.val(Op::Check(val.node), ty, span)
        } else {
            val
        }
    }

    /// Whether a node can neither fail nor be seen to be evaluated.
    fn simple(&self, node: assize_ir::NodeId) -> bool {
        matches!(self.op(node), Some(Op::Const(_) | Op::Local(_)))
    }

    /// Arguments by name, in the order of the text: position of the field, node, type of the value.
    fn named_arguments(
        &mut self,
        owner: &str,
        fields: &[FieldSig],
        args: &[Arg],
    ) -> Vec<(usize, assize_ir::NodeId, Ty)> {
        let mut out: Vec<(usize, assize_ir::NodeId, Ty)> = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            let mut value = &arg.value;
            let name = match (&arg.name, &*arg.value.kind) {
                (Some(name), _) | (None, ExprKind::Name(name)) => name.clone(),
                (None, kind) if let Some((name, given)) = given_by_equals(kind, fields) => {
                    self.equals_for_colon(name, given);
                    value = given;
                    name.clone()
                }
                (None, _) => {
                    let before = at.checked_sub(1).and_then(|at| args.get(at));
                    let pair = before.into_iter().chain([arg]).map(|arg| &arg.value);
                    let point = self.comma_for_point(pair);
                    let error = self.error(
                        codes::UNNAMED_FIELD,
                        arg.value.span,
                        format!("fields of `{owner}` are given by name"),
                    );
                    error.instead = Some("write `field: value`".into());
                    if let Some(point) = point {
                        error.point_instead(point);
                    }
                    self.expr(&arg.value, None);
                    continue;
                }
            };
            let Some(index) = fields.iter().position(|field| field.name == name.text) else {
                self.unknown_field(&name, owner, fields);
                self.expr(value, None);
                continue;
            };
            if out.iter().any(|(at, ..)| *at == index) {
                let claim = format!("`{}` is given twice", name.text);
                self.error(codes::TWICE, name.span, claim).instead =
                    Some("leave one of them out".into());
                continue;
            }
            let Some(field) = fields.get(index) else {
                continue;
            };
            let what = format!("`{}`", field.name);
            // `price: 12,5`: half a number is told with its other half, and fits nothing alone.
            let halved = args
                .get(at + 1)
                .filter(|next| next.name.is_none())
                .and_then(|next| self.comma_for_point([value, &next.value].into_iter()))
                .is_some();
            let val = if halved {
                self.broken_as(&field.ty, value.span)
            } else {
                self.expr_as(value, &field.ty, &what)
            };
            out.push((index, val.node, val.ty));
        }
        out
    }

    /// `Line(quantity = 3)`, as other languages write it.
    fn equals_for_colon(&mut self, name: &Name, value: &Expr) {
        let between = Span {
            start: name.span.end,
            end: value.span.start,
        };
        let at = self.decl.at(between);
        let claim = format!("`{}` is compared here, not given", name.text);
        let error = self.error(codes::UNNAMED_FIELD, name.span.to(value.span), claim);
        error
            .because
            .push("`=` asks whether two values are equal".into());
        error.instead = Some(format!("write `{}: …`", name.text));
        error.fixes.push(Fix {
            title: "write `:` for `=`".into(),
            edits: vec![(at, ": ".into())],
            applicability: Applicability::Certain,
        });
    }

    pub(crate) fn with(&mut self, base: &Expr, args: &[Arg], span: Span) -> Val {
        let value = self.expr(base, None);
        let decl = match &value.ty {
            Ty::Record(RecordRef::Declared(decl)) => decl.clone(),
            Ty::Error => {
                self.arguments_only(args);
                return self.broken(span);
            }
            other => {
                let text = other.text();
                let row = matches!(other, Ty::Row(_));
                let error = self.error(
                    codes::WITH_WHAT,
                    base.span,
                    format!("`with` changes a copy of a record, and this is {text}"),
                );
                if row {
                    error
                        .because
                        .push("a row of the data is never changed".into());
                } else if other.is_optional() {
                    error.instead = Some("ask `is not missing` first".into());
                }
                self.arguments_only(args);
                return self.broken(span);
            }
        };
        let ty = value.ty.clone();
        let SignatureKind::Record { fields, checked } = &signature(self.db, &decl).kind else {
            return self.broken(span);
        };
        if args.is_empty() {
            self.warn(codes::ALWAYS, span, "this changes nothing")
                .instead = Some("name what is changed: `… with (field: value)`".into());
        }
        let changes: Vec<(u32, assize_ir::NodeId)> = self
            .named_arguments(decl.name(), fields, args)
            .into_iter()
            .map(|(index, node, _)| (u32::try_from(index).unwrap_or(u32::MAX), node))
            .collect();
        let val = self.val(Op::With(value.node, changes), ty.clone(), span);
        if *checked {
            self.val(Op::Check(val.node), ty, span)
        } else {
            val
        }
    }

    /// `Relation[key, …]`
    pub(crate) fn row_by_key(&mut self, base: &Expr, keys: &[Expr], span: Span) -> Val {
        let decl = path_of(base).and_then(|path| self.relation(&path));
        let Some(decl) = decl else {
            let val = self.expr(base, None);
            if !val.ty.is_error() {
                let text = val.ty.text();
                let meant = self.position_meant(base, &val.ty, keys);
                let error = self.error(
                    codes::NOT_A_RELATION,
                    base.span,
                    format!("`[…]` takes a row of a relation by its key, and this is {text}"),
                );
                error.instead = meant;
            }
            return self.broken(span);
        };
        self.note_use(base.span, Target::Decl(decl.clone(), None));
        let SignatureKind::Data {
            fields,
            keys: key_count,
            ..
        } = &signature(self.db, &decl).kind
        else {
            return self.broken(span);
        };
        let wanted: Vec<FieldSig> = fields.iter().take(*key_count).cloned().collect();
        if wanted.is_empty() {
            // The relation is told to have no key: what is said here follows from that.
            for key in keys {
                self.expr(key, Some(&Ty::Error));
            }
            return self.broken_as(&Ty::Row(decl), span);
        }
        if wanted.len() != keys.len() {
            let names: Vec<&str> = wanted.iter().map(|field| &*field.name).collect();
            let claim = format!(
                "the key of `{}` has {}, and {} given",
                decl.name(),
                count(wanted.len(), "field"),
                if keys.len() == 1 {
                    "1 is".to_string()
                } else {
                    format!("{} are", keys.len())
                }
            );
            self.error(codes::ARGUMENT_COUNT, span, claim).instead =
                Some(format!("write `{}[{}]`", decl.name(), names.join(", ")));
            return self.broken_as(&Ty::Row(decl), span);
        }
        let mut nodes = Vec::new();
        for (field, key) in wanted.iter().zip(keys) {
            let what = format!("`{}` of the key", field.name);
            nodes.push(self.expr_as(key, &field.ty, &what).node);
        }
        let relation = self.refs.relation_id(&decl);
        self.val(
            Op::Lookup {
                relation,
                key: nodes,
            },
            Ty::Row(decl),
            span,
        )
    }
}

/// The field and the value of `field = value`.
fn given_by_equals<'a>(kind: &'a ExprKind, fields: &[FieldSig]) -> Option<(&'a Name, &'a Expr)> {
    let ExprKind::Compare {
        op: CompareOp::Equal,
        left,
        right,
        ..
    } = kind
    else {
        return None;
    };
    match &*left.kind {
        ExprKind::Name(name) if fields.iter().any(|field| field.name == name.text) => {
            Some((name, right))
        }
        _ => None,
    }
}
