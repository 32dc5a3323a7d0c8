//! Names, fields, calls, records, rows.

use assize_ir::{Const, LetMode, Op};

use super::fragment::{CallableRef, Part, Target};
use super::{BindingKind, Checker, KnownPath, Stands, Val};
use crate::ast::{Arg, Expr, ExprKind, Name, Path, Span, Word};
use crate::codes;
use crate::diagnostic::Applicability;
use crate::items::{DeclId, DeclKind};
use crate::names::{Meaning, Space, all_words, full_name, lookup, lookup_path, nearest};
use crate::signature::{FieldSig, ParamSig, SignatureKind, signature};
use crate::ty::{EnumRef, RecordRef, Ty};

impl Checker<'_> {
    // ------------------------------------------------------------------ names

    /// Position of the innermost local with a name.
    pub(crate) fn local(&self, word: &str) -> Option<usize> {
        self.scope.iter().rposition(|binding| *binding.name == *word)
    }

    /// A bare name: values in sight first, those that fit the wanted type before others.
    pub(crate) fn name(&mut self, name: &Name, want: Option<&Ty>) -> Val {
        let span = name.span;
        let enum_value = want.and_then(|want| self.enum_value_of(want.plain(), &name.text));
        if let Some(index) = self.local(&name.text) {
            let fits = self.scope.get(index).is_some_and(|binding| {
                matches!(binding.stands, Stands::Expr(_))
                    || want.is_none_or(|want| compatible(&binding.ty, want))
            });
            if fits || enum_value.is_none() {
                return self.read_local(index, want, span);
            }
        }
        if let Some((ty, index, decl)) = enum_value {
            if let Some(decl) = decl {
                self.note_use(span, Target::Decl(decl, Some(index)));
            }
            return self.enum_constant(ty, index, span);
        }
        let values = lookup(self.db, self.decl.file, Space::Value, name.text.clone()).clone();
        match values.as_slice() {
            [one] => return self.global_value(&one.decl, name, want),
            [first, second, ..] => {
                let (a, b) = (full_name(self.db, &first.decl), full_name(self.db, &second.decl));
                return self.ambiguous(&name.text, &a, &b, span);
            }
            [] => {}
        }
        let values = lookup(self.db, self.decl.file, Space::EnumValue, name.text.clone()).clone();
        match values.as_slice() {
            [one] => {
                self.note_use(span, Target::Decl(one.decl.clone(), Some(one.index)));
                let ty = Ty::Enum(EnumRef::Declared(one.decl.clone()));
                return self.enum_constant(ty, one.index, span);
            }
            [first, second, ..] => {
                let (a, b) = (
                    format!("{}.{}", first.decl.name(), name.text),
                    format!("{}.{}", second.decl.name(), name.text),
                );
                return self.ambiguous(&name.text, &a, &b, span);
            }
            [] => {}
        }
        self.unknown_name(name)
    }

    fn ambiguous(&mut self, word: &str, a: &str, b: &str, span: Span) -> Val {
        let at = self.decl.at(span);
        let error = self.error(codes::AMBIGUOUS, span, format!("`{word}` may mean two things here"));
        error.instead = Some(format!("write `{a}` or `{b}`"));
        for text in [a, b] {
            error.fixes.push(crate::diagnostic::Fix {
                title: format!("write `{text}`"),
                edits: vec![(at.clone(), text.to_string())],
                applicability: Applicability::Choice,
            });
        }
        self.broken(span)
    }

    fn unknown_name(&mut self, name: &Name) -> Val {
        let file = self.decl.file;
        let mut words: Vec<Word> = self.scope.iter().map(|binding| binding.name.clone()).collect();
        words.extend(all_words(self.db, file, Space::Value));
        words.extend(all_words(self.db, file, Space::EnumValue));
        let near = nearest(&name.text, words.iter().map(|word| &**word)).map(str::to_string);
        let function = !lookup(self.db, file, Space::Function, name.text.clone()).is_empty();
        let relation = lookup(self.db, file, Space::Type, name.text.clone())
            .iter()
            .any(|meaning| meaning.decl.key.kind == DeclKind::Data);
        let at = self.decl.at(name.span);
        let text = name.text.clone();
        let error = self.error(codes::UNKNOWN_NAME, name.span, format!("there is no value `{text}`"));
        if function {
            error.claim = format!("`{text}` is a function, not a value");
            error.instead = Some(format!("call it: `{text}(…)`"));
        } else if relation {
            error.claim = format!("`{text}` is a relation, not a value");
            error.instead =
                Some(format!("take a row by its key (`{text}[…]`) or go through it (`for x in {text}`)"));
        } else if let Some(near) = near {
            error.instead = Some(format!("did you mean `{near}`?"));
            error.fixes.push(crate::diagnostic::Fix {
                title: format!("write `{near}`"),
                edits: vec![(at, near)],
                applicability: Applicability::Choice,
            });
        } else {
            error.instead = Some("declare it, or `use` the module that does".into());
        }
        self.broken(name.span)
    }

    /// Reads a local; a value known to be there is a plain one.
    pub(crate) fn read_local(&mut self, index: usize, want: Option<&Ty>, span: Span) -> Val {
        let Some(binding) = self.scope.get_mut(index) else { return self.broken(span) };
        binding.used = true;
        let (stands, ty, bound) = (binding.stands.clone(), binding.ty.clone(), binding.span);
        self.note_use(span, Target::Local(bound));
        let val = match stands {
            Stands::Slot(slot) => self.val(Op::Local(slot), ty, span),
            Stands::Field(field) => {
                let own = self.own_type();
                let base = self.push(Op::Local(assize_ir::Slot(0)), &own, span);
                self.val(Op::Field(base, field), ty, span)
            }
            Stands::Expr(expr) => return self.expr(&expr, want),
        };
        self.narrowed(val, &KnownPath { binding: index, fields: Vec::new() }, span)
    }

    /// The type of the record or row that a check is about.
    fn own_type(&self) -> Ty {
        match self.decl.key.kind {
            DeclKind::Data => Ty::Row(self.decl.clone()),
            _ => Ty::Record(RecordRef::Declared(self.decl.clone())),
        }
    }

    fn narrowed(&mut self, val: Val, path: &KnownPath, span: Span) -> Val {
        match &val.ty {
            Ty::Optional(inner) if self.known.contains(path) => {
                let ty = (**inner).clone();
                self.val(Op::Present(val.node), ty, span)
            }
            _ => val,
        }
    }

    pub(crate) fn enum_constant(&mut self, ty: Ty, index: u32, span: Span) -> Val {
        if ty == Ty::Enum(EnumRef::ReasonCode) {
            // The position in the program is known when it is linked; until then that of the fragment.
            return self.val(Op::Const(Const::Enum(assize_ir::REASON_CODE, index)), ty, span);
        }
        let id = match &ty {
            Ty::Enum(of) => self.refs.enum_id(of),
            _ => return self.broken(span),
        };
        self.val(Op::Const(Const::Enum(id, index)), ty, span)
    }

    /// The value of an enum type with this name, where the type has one.
    pub(crate) fn enum_value_of(&mut self, ty: &Ty, word: &str) -> Option<(Ty, u32, Option<DeclId>)> {
        let Ty::Enum(of) = ty else { return None };
        match of {
            EnumRef::Rounding => {
                Self::rounding_value(word).map(|index| (ty.clone(), index, None))
            }
            EnumRef::Severity => assize_ir::SEVERITY_VALUES
                .iter()
                .position(|name| *name == word)
                .and_then(|index| u32::try_from(index).ok())
                .map(|index| (ty.clone(), index, None)),
            EnumRef::ReasonCode => {
                let found = lookup(self.db, self.decl.file, Space::Function, Word::from(word));
                let decl = found
                    .iter()
                    .find(|meaning| meaning.decl.key.kind == DeclKind::Reason)
                    .map(|meaning| meaning.decl.clone())?;
                let index = self.refs.reason_id(&decl);
                Some((ty.clone(), index.0, None))
            }
            EnumRef::Declared(decl) => {
                let SignatureKind::Enum { values, .. } = &signature(self.db, decl).kind else {
                    return None;
                };
                let index = values.iter().position(|value| **value == *word)?;
                Some((ty.clone(), u32::try_from(index).ok()?, Some(decl.clone())))
            }
        }
    }

    fn global_value(&mut self, decl: &DeclId, name: &Name, want: Option<&Ty>) -> Val {
        let span = name.span;
        self.note_use(span, Target::Decl(decl.clone(), None));
        if decl.key.kind == DeclKind::Example {
            if !self.examples {
                self.error(
                    codes::EXAMPLE_PLACE,
                    span,
                    format!("`{}` is an example: rules and decisions cannot see it", name.text),
                )
                .instead = Some("give it as an argument, or declare a parameter".into());
                return self.broken(span);
            }
            let _ = want;
            let ty = super::decl::example_type(self.db, decl);
            let id = self
                .refs
                .callable_id(&CallableRef { decl: decl.clone(), part: Part::Main });
            return self.val(Op::Call(id, Vec::new()), ty, span);
        }
        match &signature(self.db, decl).kind {
            SignatureKind::Parameter { ty, dated: false, .. } => {
                let id = self
                    .refs
                    .callable_id(&CallableRef { decl: decl.clone(), part: Part::Main });
                self.val(Op::Call(id, Vec::new()), ty.clone(), span)
            }
            SignatureKind::Parameter { dated: true, .. } => {
                let end = self.decl.at(Span { start: span.end, end: span.end });
                let text = &name.text;
                let claim = format!("`{text}` has values through time");
                let error = self.error(codes::DATED_PARAMETER, span, claim);
                error.because.push("there is no current day in a decision".into());
                error.instead = Some(format!("say which day counts: `{text} on DATE`"));
                error.fixes.push(crate::diagnostic::Fix {
                    title: "add `on`".into(),
                    edits: vec![(end, " on ".into())],
                    applicability: Applicability::Choice,
                });
                self.broken(span)
            }
            _ => self.broken(span),
        }
    }

    /// `parameter on date`
    pub(crate) fn on(&mut self, base: &Expr, date: &Expr, span: Span) -> Val {
        let day = self.expr_as(date, &Ty::Date, "the day after `on`");
        let Some(path) = path_of(base) else {
            self.error(codes::ON_WHAT, base.span, "`on` reads a parameter that has values through time");
            return self.broken(span);
        };
        let found = lookup_path(self.db, self.decl.file, Space::Value, &path);
        let parameter = found.iter().find(|meaning| meaning.decl.key.kind == DeclKind::Parameter);
        let Some(parameter) = parameter else {
            let text = path.text();
            let words = all_words(self.db, self.decl.file, Space::Value);
            let near = nearest(&text, words.iter().map(|word| &**word)).map(str::to_string);
            let error =
                self.error(codes::UNKNOWN_NAME, base.span, format!("there is no parameter `{text}`"));
            error.instead = near.map(|near| format!("did you mean `{near}`?"));
            return self.broken(span);
        };
        let decl = parameter.decl.clone();
        self.note_use(base.span, Target::Decl(decl.clone(), None));
        match &signature(self.db, &decl).kind {
            SignatureKind::Parameter { ty, dated: true, .. } => {
                let id = self.refs.callable_id(&CallableRef { decl, part: Part::Main });
                self.val(Op::Call(id, vec![day.node]), ty.clone(), span)
            }
            SignatureKind::Parameter { dated: false, .. } => {
                let text = path.text();
                self.error(
                    codes::ON_WHAT,
                    span,
                    format!("`{text}` has one value only, whatever the day"),
                )
                .instead = Some(format!("write `{text}` alone"));
                self.broken(span)
            }
            _ => self.broken(span),
        }
    }

    // ------------------------------------------------------------------ fields

    /// `base.name`: a field, an enum value written in full, or a name with its module.
    pub(crate) fn field_or_path(&mut self, expr: &Expr, want: Option<&Ty>) -> Val {
        let span = expr.span;
        let ExprKind::Field { base, name } = &*expr.kind else { return self.broken(span) };
        if let Some(path) = path_of(expr)
            && let Some(first) = path.parts.first()
            && self.local(&first.text).is_none()
            && lookup(self.db, self.decl.file, Space::Value, first.text.clone()).is_empty()
            && let Some(val) = self.full_path(&path, want, span)
        {
            return val;
        }
        let value = self.expr(base, None);
        let val = self.field(value, name, base, span);
        match self.known_path(expr) {
            Some(path) => self.narrowed(val, &path, span),
            None => val,
        }
    }

    /// `Enum.value`, `module.Enum.value`, `module.parameter`.
    fn full_path(&mut self, path: &Path, want: Option<&Ty>, span: Span) -> Option<Val> {
        let (last, before) = path.parts.split_last()?;
        let of = Path { parts: before.to_vec() };
        let types = lookup_path(self.db, self.decl.file, Space::Type, &of);
        if let Some(found) = types.iter().find(|meaning| meaning.decl.key.kind == DeclKind::Enum) {
            let ty = Ty::Enum(EnumRef::Declared(found.decl.clone()));
            let Some((ty, index, decl)) = self.enum_value_of(&ty, &last.text) else {
                let values: Vec<Word> = match &signature(self.db, &found.decl).kind {
                    SignatureKind::Enum { values, .. } => values.clone(),
                    _ => Vec::new(),
                };
                let near = nearest(&last.text, values.iter().map(|word| &**word))
                    .map(|near| format!("did you mean `{near}`?"));
                let claim = format!("`{}` has no value `{}`", of.text(), last.text);
                self.error(codes::UNKNOWN_NAME, last.span, claim).instead = near;
                return Some(self.broken(span));
            };
            if let Some(decl) = decl {
                self.note_use(span, Target::Decl(decl, Some(index)));
            }
            return Some(self.enum_constant(ty, index, span));
        }
        if before.len() == 1
            && let Some(builtin) = before.first().and_then(|part| crate::signature::builtin_type(&part.text))
            && let Some((ty, index, _)) = self.enum_value_of(&builtin, &last.text)
        {
            return Some(self.enum_constant(ty, index, span));
        }
        let values = lookup_path(self.db, self.decl.file, Space::Value, path);
        let found = values.first()?;
        let name = Name { text: last.text.clone(), span };
        Some(self.global_value(&found.decl.clone(), &name, want))
    }

    fn field(&mut self, value: Val, name: &Name, base: &Expr, span: Span) -> Val {
        let fields: Vec<FieldSig> = match &value.ty {
            Ty::Error | Ty::Never => return self.broken(span),
            Ty::Optional(_) => {
                let text = value.ty.text();
                let error = self.error(
                    codes::MAY_BE_MISSING,
                    base.span,
                    format!("this may be missing ({text}), and has no fields then"),
                );
                error.instead = Some("ask `is not missing` first, or say what holds then: `(… otherwise VALUE)`".into());
                return self.broken(span);
            }
            Ty::Reason => {
                return match &*name.text {
                    "code" => self.val(
                        Op::ReasonCode(value.node),
                        Ty::Enum(EnumRef::ReasonCode),
                        span,
                    ),
                    "severity" => self.val(
                        Op::ReasonSeverity(value.node),
                        Ty::Enum(EnumRef::Severity),
                        span,
                    ),
                    other => {
                        let claim = format!("a reason has no field `{other}`");
                        self.error(codes::UNKNOWN_FIELD, name.span, claim).instead =
                            Some("it has `code` and `severity`".into());
                        self.broken(span)
                    }
                };
            }
            Ty::Record(RecordRef::Declared(decl) | RecordRef::RowOf(decl)) | Ty::Row(decl) => {
                let fields = signature(self.db, decl).kind.fields().to_vec();
                if let Some(index) = fields.iter().position(|field| field.name == name.text) {
                    let target = Target::Decl(decl.clone(), u32::try_from(index).ok());
                    self.note_use(name.span, target);
                }
                fields
            }
            Ty::Record(RecordRef::Group(group)) => group_fields(group),
            other => {
                let claim = format!("{} has no fields", other.text());
                self.error(codes::UNKNOWN_FIELD, name.span, claim);
                return self.broken(span);
            }
        };
        let Some(index) = fields.iter().position(|field| field.name == name.text) else {
            let owner = value.ty.text();
            self.unknown_field(name, &owner, &fields);
            return self.broken(span);
        };
        let ty = fields.get(index).map_or(Ty::Error, |field| field.ty.clone());
        self.val(Op::Field(value.node, u32::try_from(index).unwrap_or(u32::MAX)), ty, span)
    }

    fn unknown_field(&mut self, name: &Name, owner: &str, fields: &[FieldSig]) {
        let near = nearest(&name.text, fields.iter().map(|field| &*field.name)).map(str::to_string);
        let at = self.decl.at(name.span);
        let claim = format!("`{owner}` has no field `{}`", name.text);
        let error = self.error(codes::UNKNOWN_FIELD, name.span, claim);
        match near {
            Some(near) => {
                error.instead = Some(format!("did you mean `{near}`?"));
                error.fixes.push(crate::diagnostic::Fix {
                    title: format!("write `{near}`"),
                    edits: vec![(at, near)],
                    applicability: Applicability::Choice,
                });
            }
            None => {
                let names: Vec<&str> = fields.iter().map(|field| &*field.name).take(12).collect();
                error.instead = Some(format!("it has {}", names.join(", ")));
            }
        }
    }

    /// A local and its fields, as the key of what is known about it.
    pub(crate) fn known_path(&self, expr: &Expr) -> Option<KnownPath> {
        match &*expr.kind {
            ExprKind::Name(name) => {
                let binding = self.local(&name.text)?;
                match self.scope.get(binding)?.stands {
                    Stands::Expr(_) => None,
                    _ => Some(KnownPath { binding, fields: Vec::new() }),
                }
            }
            ExprKind::Field { base, name } => {
                let mut path = self.known_path(base)?;
                path.fields.push(name.text.clone());
                Some(path)
            }
            _ => None,
        }
    }

    // ------------------------------------------------------------------ calls

    pub(crate) fn call(&mut self, callee: &Expr, args: &[Arg], span: Span) -> Val {
        let Some(path) = path_of(callee) else {
            self.error(codes::NOT_A_FUNCTION, callee.span, "this cannot be called");
            self.arguments_only(args);
            return self.broken(span);
        };
        let functions = lookup_path(self.db, self.decl.file, Space::Function, &path);
        match functions.as_slice() {
            [one] => return self.call_decl(&one.decl.clone(), &path, args, span),
            [first, second, ..] => {
                let (a, b) = (full_name(self.db, &first.decl), full_name(self.db, &second.decl));
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
        let types = lookup_path(self.db, self.decl.file, Space::Type, &path);
        if let Some(Meaning { decl, .. }) = types.first() {
            let decl = decl.clone();
            self.note_use(callee.span, Target::Decl(decl.clone(), None));
            return match decl.key.kind {
                DeclKind::Record => self.make_record(&decl, args, span),
                DeclKind::Data => {
                    self.error(
                        codes::ROW_BUILT,
                        callee.span,
                        format!("a row of `{}` comes from the data and cannot be made", path.text()),
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
                    .instead = Some(format!("read a number in a dimension with `as`: `x as {text}`"));
                    self.broken(span)
                }
            };
        }
        let text = path.text();
        let mut words = all_words(self.db, self.decl.file, Space::Function);
        words.extend(all_words(self.db, self.decl.file, Space::Type));
        words.extend(super::builtin::NAMES.iter().map(|name| Word::from(*name)));
        let near = nearest(&text, words.iter().map(|word| &**word)).map(str::to_string);
        let at = self.decl.at(callee.span);
        let error =
            self.error(codes::UNKNOWN_FUNCTION, callee.span, format!("there is no function `{text}`"));
        match near {
            Some(near) => {
                error.instead = Some(format!("did you mean `{near}`?"));
                error.fixes.push(crate::diagnostic::Fix {
                    title: format!("write `{near}`"),
                    edits: vec![(at, near)],
                    applicability: Applicability::Choice,
                });
            }
            None => error.instead = Some("declare it, or `use` the module that does".into()),
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
    pub(crate) fn call_decl(&mut self, decl: &DeclId, path: &Path, args: &[Arg], span: Span) -> Val {
        self.note_use(path.span(), Target::Decl(decl.clone(), None));
        let name = path.text();
        match &signature(self.db, decl).kind {
            SignatureKind::Function { params, result } => {
                let nodes = self.arguments(&name, params, args, span);
                let id = self
                    .refs
                    .callable_id(&CallableRef { decl: decl.clone(), part: Part::Main });
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
        if let Some(named) = args.iter().find_map(|arg| arg.name.as_ref()) {
            self.error(
                codes::NAMED_ARGUMENT,
                named.span,
                format!("arguments of `{name}` are given by position"),
            )
            .instead = Some(format!("leave out `{}:`", named.text));
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
            let error = self.error(
                codes::ARGUMENT_COUNT,
                span,
                format!("`{name}` takes {}, and gets {}", count(params.len(), "argument"), args.len()),
            );
            error.instead = Some(if rest.is_empty() {
                format!("it takes ({})", all.join(", "))
            } else {
                format!("add {}", rest.join(", "))
            });
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
                    let id = self.refs.callable_id(&CallableRef { decl: decl.clone(), part });
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
        if !missing.is_empty() {
            let names = missing.join(", ");
            self.error(
                codes::MISSING_FIELDS,
                span,
                format!("`{}` lacks {names}", decl.name()),
            )
            .instead = Some(format!("give {}", if missing.len() == 1 { "it" } else { "them" }));
            return self.broken_as(&ty, span);
        }
        let id = self.refs.record_id(&RecordRef::Declared(decl.clone()));
        let mut val = self.val(Op::Record(id, nodes), ty.clone(), span);
        // In the order of the text, the first outermost.
        let mut text_order: Vec<_> = lets;
        text_order.sort_by_key(|(index, ..)| {
            given.iter().position(|(at, ..)| at == index).unwrap_or(usize::MAX)
        });
        for (_, slot, node) in text_order.into_iter().rev() {
            val = self.val(
                Op::Let { slot, mode: LetMode::Now, value: node, body: val.node },
                ty.clone(),
                span,
            );
        }
        if *checked { self.val(Op::Check(val.node), ty, span) } else { val }
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
        for arg in args {
            let name = match (&arg.name, &*arg.value.kind) {
                (Some(name), _) | (None, ExprKind::Name(name)) => name.clone(),
                (None, _) => {
                    self.error(
                        codes::UNNAMED_FIELD,
                        arg.value.span,
                        format!("fields of `{owner}` are given by name"),
                    )
                    .instead = Some("write `field: value`".into());
                    self.expr(&arg.value, None);
                    continue;
                }
            };
            let Some(index) = fields.iter().position(|field| field.name == name.text) else {
                self.unknown_field(&name, owner, fields);
                self.expr(&arg.value, None);
                continue;
            };
            if out.iter().any(|(at, ..)| *at == index) {
                let claim = format!("`{}` is given twice", name.text);
                self.error(codes::TWICE, name.span, claim);
                continue;
            }
            let Some(field) = fields.get(index) else { continue };
            let what = format!("`{}`", field.name);
            let val = self.expr_as(&arg.value, &field.ty, &what);
            out.push((index, val.node, field.ty.clone()));
        }
        out
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
                    error.because.push("a row of the data is never changed".into());
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
        let changes: Vec<(u32, assize_ir::NodeId)> = self
            .named_arguments(decl.name(), fields, args)
            .into_iter()
            .map(|(index, node, _)| (u32::try_from(index).unwrap_or(u32::MAX), node))
            .collect();
        let val = self.val(Op::With(value.node, changes), ty.clone(), span);
        if *checked { self.val(Op::Check(val.node), ty, span) } else { val }
    }

    /// `Relation[key, …]`
    pub(crate) fn row_by_key(&mut self, base: &Expr, keys: &[Expr], span: Span) -> Val {
        let decl = path_of(base).and_then(|path| self.relation(&path));
        let Some(decl) = decl else {
            let val = self.expr(base, None);
            if !val.ty.is_error() {
                let text = val.ty.text();
                let error = self.error(
                    codes::NOT_A_RELATION,
                    base.span,
                    format!("`[…]` takes a row of a relation by its key, and this is {text}"),
                );
                if matches!(val.ty, Ty::List(..)) {
                    error.instead =
                        Some("search the list: `first of x in … where …`".into());
                }
            }
            return self.broken(span);
        };
        self.note_use(base.span, Target::Decl(decl.clone(), None));
        let SignatureKind::Data { fields, keys: key_count, .. } = &signature(self.db, &decl).kind
        else {
            return self.broken(span);
        };
        let wanted: Vec<FieldSig> = fields.iter().take(*key_count).cloned().collect();
        if wanted.len() != keys.len() {
            let names: Vec<&str> = wanted.iter().map(|field| &*field.name).collect();
            let claim = format!(
                "the key of `{}` has {}, and {} given",
                decl.name(),
                count(wanted.len(), "field"),
                if keys.len() == 1 { "1 is".to_string() } else { format!("{} are", keys.len()) }
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
        self.val(Op::Lookup { relation, key: nodes }, Ty::Row(decl), span)
    }

    /// The relation that a path means, when no local hides it.
    pub(crate) fn relation(&self, path: &Path) -> Option<DeclId> {
        if let [one] = path.parts.as_slice()
            && self.local(&one.text).is_some()
        {
            return None;
        }
        lookup_path(self.db, self.decl.file, Space::Type, path)
            .into_iter()
            .find(|meaning| meaning.decl.key.kind == DeclKind::Data)
            .map(|meaning| meaning.decl)
    }

    /// Whether a field or name shadows nothing: used by `is` to find functions.
    pub(crate) fn is_value_in_sight(&self, word: &str) -> bool {
        self.local(word).is_some()
            || !lookup(self.db, self.decl.file, Space::Value, Word::from(word)).is_empty()
    }

    /// Marks the fields of the own record as in sight.
    pub(crate) fn bind_own_fields(&mut self, fields: &[FieldSig]) {
        for (index, field) in fields.iter().enumerate() {
            self.bind(super::Binding {
                name: field.name.clone(),
                stands: Stands::Field(u32::try_from(index).unwrap_or(u32::MAX)),
                ty: field.ty.clone(),
                span: field.span,
                kind: BindingKind::OwnField,
                used: false,
            });
        }
    }
}

/// The fields of the record that a `group` makes.
pub(crate) fn group_fields(group: &crate::ty::GroupTy) -> Vec<FieldSig> {
    let field = |name: &Word, ty: Ty| FieldSig {
        name: name.clone(),
        ty,
        has_default: false,
        span: Span::default(),
        doc: String::new(),
    };
    let mut fields: Vec<FieldSig> =
        group.keys.iter().map(|(name, ty)| field(name, ty.clone())).collect();
    fields.push(field(
        &Word::from("members"),
        Ty::List(Box::new(group.member.clone()), group.at_most),
    ));
    fields
}

/// A dotted path of bare names.
pub(crate) fn path_of(expr: &Expr) -> Option<Path> {
    match &*expr.kind {
        ExprKind::Name(name) => Some(Path { parts: vec![name.clone()] }),
        ExprKind::Field { base, name } => {
            let mut path = path_of(base)?;
            path.parts.push(name.clone());
            Some(path)
        }
        _ => None,
    }
}

/// Whether an expression takes its type from its place: bare numbers, enum values, `missing`, texts.
pub(crate) fn is_bare(checker: &Checker<'_>, expr: &Expr) -> bool {
    match &*expr.kind {
        ExprKind::Missing | ExprKind::Text(_) => true,
        ExprKind::Number { unit, .. } => unit.is_none(),
        ExprKind::Negate(inner) => is_bare(checker, inner),
        ExprKind::List(items) => items.iter().all(|item| is_bare(checker, &item.value)),
        ExprKind::Name(name) => !checker.is_value_in_sight(&name.text),
        ExprKind::If { then, other, .. } => is_bare(checker, then) && is_bare(checker, other),
        ExprKind::Arithmetic { left, right, .. } => {
            is_bare(checker, left) && is_bare(checker, right)
        }
        _ => false,
    }
}

/// Whether a value of one type may stand where the other is wanted; numbers fit numbers, so that a
/// wrong dimension is reported as such.
pub(crate) fn compatible(have: &Ty, want: &Ty) -> bool {
    (have.is_number() && want.is_number()) || super::coerce::unify(have, want).is_some()
}

/// `1 argument`, `2 arguments`.
pub(crate) fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
