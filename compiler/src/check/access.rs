//! Names in sight, fields, values through time.

use assize_ir::{Const, Op};

use super::fragment::{CallableRef, Part, Target};
use super::{BindingKind, Checker, KnownPath, Stands, Val};
use crate::ast::{Expr, ExprKind, Item, Name, Path, Span, Word};
use crate::codes;
use crate::diagnostic::{Applicability, Fix};
use crate::items::{DeclId, DeclKind, decl_ast};
use crate::names::{Space, all_words, full_name, lookup, nearest};
use crate::signature::{FieldSig, SignatureKind, signature};
use crate::ty::{EnumRef, RecordRef, Ty};

impl Checker<'_> {
    // ------------------------------------------------------------------ names

    /// Position of the innermost local with a name.
    pub(crate) fn local(&self, word: &str) -> Option<usize> {
        self.scope
            .iter()
            .rposition(|binding| *binding.name == *word)
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
            let both = enum_value.is_some()
                && self.scope.get(index).is_some_and(|binding| {
                    matches!(binding.stands, Stands::Slot(_) | Stands::Field(_))
                        && Some(binding.ty.plain()) == want.map(Ty::plain)
                });
            // A cell that names a column left of it, where its own column has such a value, too.
            let column = enum_value.is_some()
                && self.in_cell
                && self
                    .scope
                    .get(index)
                    .is_some_and(|binding| matches!(binding.stands, Stands::Expr(_)));
            if both || column {
                return self.value_and_name(name, want);
            }
            if fits || enum_value.is_none() {
                return self.read_local(index, want, span);
            }
        }
        if let Some((ty, index, decl)) = enum_value {
            if self.is_parameter_of(&name.text, &ty) {
                return self.value_and_name(name, want);
            }
            if let Some(decl) = decl {
                self.note_use(span, Target::Decl(decl, Some(index)));
            }
            return self.enum_constant(ty, index, span);
        }
        let values = lookup(self.db, self.decl.file, Space::Value, name.text.clone()).clone();
        match values.as_slice() {
            [one] => return self.global_value(&one.decl, name, want),
            [first, second, ..] => {
                let (a, b) = (
                    full_name(self.db, &first.decl),
                    full_name(self.db, &second.decl),
                );
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
        self.unknown_name(name, want)
    }

    pub(crate) fn ambiguous(&mut self, word: &str, a: &str, b: &str, span: Span) -> Val {
        let at = self.decl.at(span);
        let error = self.error(
            codes::AMBIGUOUS,
            span,
            format!("`{word}` may mean two things here"),
        );
        error.instead = Some(format!("write `{a}` or `{b}`"));
        for text in [a, b] {
            error
                .fixes
                .push(Fix::write(at.clone(), text, Applicability::Choice));
        }
        self.broken(span)
    }

    fn unknown_name(&mut self, name: &Name, want: Option<&Ty>) -> Val {
        let file = self.decl.file;
        // Words of other languages that the language could have as names: no declaration has them here.
        let lower = name.text.to_lowercase();
        let written = match lower.as_str() {
            "none" | "nothing" | "empty" | "blank" => Some("missing"),
            "true" => Some("true"),
            "false" => Some("false"),
            "missing" => Some("missing"),
            _ => None,
        };
        if let Some(written) = written {
            let at = self.decl.at(name.span);
            // Where no value may be missing, something else was meant.
            let applicability = match want {
                _ if written != "missing" => Applicability::Certain,
                Some(Ty::Optional(_)) => Applicability::Certain,
                _ => Applicability::Choice,
            };
            let error = self.error(
                codes::UNKNOWN_NAME,
                name.span,
                format!("there is no value `{}`", name.text),
            );
            if written == "missing" {
                error
                    .because
                    .push("a value that is not there is `missing`".into());
            }
            error.instead = Some(format!("write `{written}`"));
            error.fixes.push(Fix::write(at, written, applicability));
            return self.broken(name.span);
        }
        // What the checker binds for itself has no name that could be meant.
        let mut words: Vec<Word> = self
            .scope
            .iter()
            .map(|binding| binding.name.clone())
            .filter(|name| !name.is_empty())
            .collect();
        words.extend(all_words(self.db, file, Space::Value));
        words.extend(all_words(self.db, file, Space::EnumValue));
        let near = nearest(&name.text, words.iter().map(|word| &**word))
            .filter(|_| crate::elsewhere::value_meant(&name.text).is_none())
            .map(str::to_string);
        let functions = lookup(self.db, file, Space::Function, name.text.clone());
        let function = !functions.is_empty();
        let alone = matches!(functions.as_slice(), [one] if match &signature(self.db, &one.decl).kind {
            SignatureKind::Function { params, .. } | SignatureKind::Reason { params, .. } => {
                params.is_empty()
            }
            _ => false,
        });
        let itself = functions.iter().any(|one| one.decl == self.decl);
        let relation = lookup(self.db, file, Space::Type, name.text.clone())
            .iter()
            .any(|meaning| meaning.decl.key.kind == DeclKind::Data);
        if let Some(of @ Ty::Enum(_)) = want.map(Ty::plain)
            && !function
            && !relation
        {
            let values = self.values_of_enum(of);
            return self.unknown_value(&of.text(), &values, &name.text, name.span);
        }
        let at = self.decl.at(name.span);
        let text = name.text.clone();
        let error = self.error(
            codes::UNKNOWN_NAME,
            name.span,
            format!("there is no value `{text}`"),
        );
        if function {
            error.claim = format!("`{text}` is a function, not a value");
            error.instead = Some(format!("call it: `{text}(…)`"));
            if alone {
                let called = format!("{text}()");
                error.instead = Some(format!("call it: `{called}`"));
                // In itself it would not end.
                let applicability = Applicability::certain_if(!itself);
                error.fixes.push(Fix::write(at, called, applicability));
            }
        } else if relation {
            error.claim = format!("`{text}` is a relation, not a value");
            error.instead = Some(format!(
                "take a row by its key (`{text}[…]`) or go through it (`for x in {text}`)"
            ));
        } else if let Some(near) = near {
            error.instead = Some(format!("did you mean `{near}`?"));
            error
                .fixes
                .push(Fix::write(at, near, Applicability::Choice));
        } else if lower == "error" {
            error.instead = Some("an error is expected with `expect error CODE in …`".into());
        } else {
            error.instead = Some(
                crate::elsewhere::value_meant(&text)
                    .unwrap_or("declare it, or `use` the module that does")
                    .into(),
            );
        }
        self.broken(name.span)
    }

    /// The values of an enum type; reasons when it is the type of their codes.
    pub(super) fn values_of_enum(&self, ty: &Ty) -> Vec<Word> {
        let words = |list: &[&str]| list.iter().map(|word| Word::from(*word)).collect();
        match ty {
            Ty::Enum(EnumRef::Rounding) => words(&assize_ir::ROUNDING_VALUES),
            Ty::Enum(EnumRef::Severity) => words(&assize_ir::SEVERITY_VALUES),
            Ty::Enum(EnumRef::ReasonCode) => all_words(self.db, self.decl.file, Space::Function)
                .into_iter()
                .filter(|word| {
                    lookup(self.db, self.decl.file, Space::Function, word.clone())
                        .iter()
                        .any(|meaning| meaning.decl.key.kind == DeclKind::Reason)
                })
                .collect(),
            Ty::Enum(EnumRef::Declared(decl)) => match &signature(self.db, decl).kind {
                SignatureKind::Enum { values, .. } => values.clone(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Reports a word that is none of the values of an enum.
    fn unknown_value(&mut self, owner: &str, values: &[Word], word: &str, span: Span) -> Val {
        let claim = format!("`{owner}` has no value `{word}`");
        // A local may be meant as well.
        let names = self.scope.iter().map(|binding| &*binding.name);
        let local = nearest(word, names.filter(|name| !name.is_empty()));
        let local = local.map(str::to_string);
        let near = nearest(word, values.iter().map(|value| &**value)).is_some();
        let error = self.error(codes::UNKNOWN_NAME, span, claim);
        match local.filter(|_| !near) {
            Some(local) => error.offer(word, [local.as_str()]),
            None => error.offer(word, values.iter().map(|value| &**value)),
        }
        self.broken(span)
    }

    /// Reads a local; a value known to be there is a plain one.
    pub(crate) fn read_local(&mut self, index: usize, want: Option<&Ty>, span: Span) -> Val {
        let Some(binding) = self.scope.get_mut(index) else {
            return self.broken(span);
        };
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
            Stands::Expr(expr) => {
                // It means what it means where it stands: among the columns left of its own, without
                // the names that were bound on the way here.
                let hidden = self.scope.split_off(index.min(self.scope.len()));
                let outer = std::mem::replace(&mut self.in_cell, true);
                let val = self.expr(&expr, want);
                self.in_cell = outer;
                self.scope.truncate(index);
                self.scope.extend(hidden);
                return val;
            }
        };
        self.narrowed(
            val,
            &KnownPath {
                binding: index,
                fields: Vec::new(),
            },
            span,
        )
    }

    /// The type of the record or row that a check is about.
    fn own_type(&self) -> Ty {
        match self.decl.key.kind {
            DeclKind::Data => Ty::Row(self.decl.clone()),
            _ => Ty::Record(RecordRef::Declared(self.decl.clone())),
        }
    }

    fn narrowed(&mut self, val: Val, path: &KnownPath, span: Span) -> Val {
        let known = self.known.iter().position(|known| known == path);
        match (&val.ty, known) {
            (Ty::Optional(inner), Some(known)) => {
                self.relied |= known < self.taught;
                let ty = (**inner).clone();
                self.val(Op::Present(val.node), ty, span)
            }
            _ => val,
        }
    }

    pub(crate) fn enum_constant(&mut self, ty: Ty, index: u32, span: Span) -> Val {
        if ty == Ty::Enum(EnumRef::ReasonCode) {
            // The position in the program is known when it is linked; until then that of the fragment.
            return self.val(
                Op::Const(Const::Enum(assize_ir::REASON_CODE, index)),
                ty,
                span,
            );
        }
        let id = match &ty {
            Ty::Enum(of) => self.refs.enum_id(of),
            _ => return self.broken(span),
        };
        self.val(Op::Const(Const::Enum(id, index)), ty, span)
    }

    /// The value of an enum type with this name, where the type has one.
    pub(crate) fn enum_value_of(
        &mut self,
        ty: &Ty,
        word: &str,
    ) -> Option<(Ty, u32, Option<DeclId>)> {
        let Ty::Enum(of) = ty else { return None };
        match of {
            EnumRef::Rounding => Self::rounding_value(word).map(|index| (ty.clone(), index, None)),
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
                    format!(
                        "`{}` is an example: rules and decisions cannot see it",
                        name.text
                    ),
                )
                .instead = Some("give it as an argument, or declare a parameter".into());
                return self.broken(span);
            }
            let _ = want;
            let ty = super::decl::example_type(self.db, decl);
            let id = self.refs.callable_id(&CallableRef {
                decl: decl.clone(),
                part: Part::Main,
            });
            return self.val(Op::Call(id, Vec::new()), ty, span);
        }
        match &signature(self.db, decl).kind {
            SignatureKind::Parameter {
                ty, dated: false, ..
            } => {
                let id = self.refs.callable_id(&CallableRef {
                    decl: decl.clone(),
                    part: Part::Main,
                });
                self.val(Op::Call(id, Vec::new()), ty.clone(), span)
            }
            SignatureKind::Parameter { dated: true, .. } => {
                let end = self.decl.at(Span {
                    start: span.end,
                    end: span.end,
                });
                let text = &name.text;
                let claim = format!("`{text}` has values through time");
                let error = self.error(codes::DATED_PARAMETER, span, claim);
                error
                    .because
                    .push("there is no current day in a decision".into());
                error.instead = Some(format!("say which day counts: `{text} on DATE`"));
                error.fixes.push(Fix {
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
            self.error(
                codes::ON_WHAT,
                base.span,
                "`on` reads a parameter that has values through time",
            )
            .instead = Some("write `PARAMETER on DATE`".into());
            return self.broken(span);
        };
        let found = self.look_up(Space::Value, &path);
        let parameter = found
            .iter()
            .find(|meaning| meaning.decl.key.kind == DeclKind::Parameter);
        let Some(parameter) = parameter else {
            let text = path.text();
            let words = all_words(self.db, self.decl.file, Space::Value);
            let claim = format!("there is no parameter `{text}`");
            let error = self.error(codes::UNKNOWN_NAME, base.span, claim);
            error.instead = Some("declare it, or `use` the module that does".into());
            if let Some(near) = nearest(&text, words.iter().map(|word| &**word)) {
                error.offer(&text, [near]);
            }
            return self.broken(span);
        };
        let decl = parameter.decl.clone();
        self.note_use(base.span, Target::Decl(decl.clone(), None));
        match &signature(self.db, &decl).kind {
            SignatureKind::Parameter {
                ty, dated: true, ..
            } => {
                self.before_first_value(&decl, day.node, date.span);
                let id = self.refs.callable_id(&CallableRef {
                    decl,
                    part: Part::Main,
                });
                self.val(Op::Call(id, vec![day.node]), ty.clone(), span)
            }
            SignatureKind::Parameter { dated: false, .. } => {
                let text = path.text();
                let rest = self.decl.at(Span {
                    start: base.span.end,
                    end: span.end,
                });
                let claim = format!("`{text}` has one value only, whatever the day");
                let error = self.error(codes::ON_WHAT, span, claim);
                error.instead = Some(format!("write `{text}` alone"));
                error.fixes.push(Fix {
                    title: format!("write `{text}` alone"),
                    edits: vec![(rest, String::new())],
                    applicability: Applicability::Certain,
                });
                self.broken(span)
            }
            _ => self.broken(span),
        }
    }

    /// Reports a written day before the first value of a parameter. Tests may ask for the error that
    /// comes of it.
    fn before_first_value(&mut self, parameter: &DeclId, day: assize_ir::NodeId, span: Span) {
        let Some(Const::Date(day)) = self.constant(day).cloned() else {
            return;
        };
        let extensions = crate::layers::extensions_of(self.db, self.decl.file, parameter);
        let first_day = std::iter::once(parameter)
            .chain(&extensions)
            .filter_map(|decl| match decl_ast(self.db, decl).map(|ast| &ast.item) {
                Some(Item::Parameter(parameter)) => Some(&parameter.values),
                Some(Item::Extend(extend)) => Some(&extend.values),
                _ => None,
            })
            .flatten()
            .filter_map(|value| value.from.and_then(|date| date.day))
            .min();
        let Some(first_day) = first_day.filter(|first| day < *first && !self.examples) else {
            return;
        };
        let first = assize_ir::date::format(first_day);
        let claim = format!(
            "`{}` has no value on {}",
            parameter.name(),
            assize_ir::date::format(day)
        );
        let error = self.error(codes::TIME_HOLE, span, claim);
        error
            .because
            .push(format!("its first value begins on {first}"));
        error.instead = Some(format!(
            "ask for {first} or later, or declare an earlier value"
        ));
    }

    // ------------------------------------------------------------------ fields

    /// `base.name`: a field, an enum value written in full, or a name with its module.
    pub(crate) fn field_or_path(&mut self, expr: &Expr, want: Option<&Ty>) -> Val {
        let span = expr.span;
        let ExprKind::Field { base, name } = &*expr.kind else {
            return self.broken(span);
        };
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
        let of = Path {
            parts: before.to_vec(),
        };
        let types = self.look_up(Space::Type, &of);
        if let Some(found) = types
            .iter()
            .find(|meaning| meaning.decl.key.kind == DeclKind::Enum)
        {
            let ty = Ty::Enum(EnumRef::Declared(found.decl.clone()));
            let Some((ty, index, decl)) = self.enum_value_of(&ty, &last.text) else {
                let values = self.values_of_enum(&ty);
                return Some(self.unknown_value(&of.text(), &values, &last.text, last.span));
            };
            if let Some(decl) = decl {
                self.note_use(span, Target::Decl(decl, Some(index)));
            }
            return Some(self.enum_constant(ty, index, span));
        }
        if before.len() == 1
            && let Some(builtin) = before
                .first()
                .and_then(|part| crate::signature::builtin_type(&part.text))
            && let Some((ty, index, _)) = self.enum_value_of(&builtin, &last.text)
        {
            return Some(self.enum_constant(ty, index, span));
        }
        let values = self.look_up(Space::Value, path);
        let found = values.first()?;
        let name = Name {
            text: last.text.clone(),
            span,
        };
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
                error.instead = Some(
                    "ask `is not missing` first, or say what holds then: `(… otherwise VALUE)`"
                        .into(),
                );
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
                let list = matches!(other, Ty::List(..));
                let meant = self.member_meant(base, other, &name.text);
                let of = self.source_text(base.span);
                let x = if of == "x" { "y" } else { "x" };
                self.error(codes::UNKNOWN_FIELD, name.span, claim).instead =
                    Some(meant.unwrap_or_else(|| {
                        if list {
                            format!(
                                "go through its elements, such as `sum of {x}.{} for {x} in {of}`",
                                name.text
                            )
                        } else {
                            format!("leave out `.{}`", name.text)
                        }
                    }));
                return self.broken(span);
            }
        };
        let Some(index) = fields.iter().position(|field| field.name == name.text) else {
            let owner = value.ty.text();
            self.unknown_field(name, &owner, &fields);
            return self.broken(span);
        };
        let ty = fields
            .get(index)
            .map_or(Ty::Error, |field| field.ty.clone());
        self.val(
            Op::Field(value.node, u32::try_from(index).unwrap_or(u32::MAX)),
            ty,
            span,
        )
    }

    pub(crate) fn unknown_field(&mut self, name: &Name, owner: &str, fields: &[FieldSig]) {
        let claim = format!("`{owner}` has no field `{}`", name.text);
        self.error(codes::UNKNOWN_FIELD, name.span, claim)
            .offer(&name.text, fields.iter().map(|field| &*field.name));
    }

    /// A local and its fields, as the key of what is known about it.
    pub(crate) fn known_path(&self, expr: &Expr) -> Option<KnownPath> {
        match &*expr.kind {
            ExprKind::Name(name) => {
                let binding = self.local(&name.text)?;
                match self.scope.get(binding)?.stands {
                    Stands::Expr(_) => None,
                    _ => Some(KnownPath {
                        binding,
                        fields: Vec::new(),
                    }),
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

    /// The relation that a path means, when no local hides it.
    pub(crate) fn relation(&mut self, path: &Path) -> Option<DeclId> {
        if let [one] = path.parts.as_slice()
            && self.local(&one.text).is_some()
        {
            return None;
        }
        self.look_up(Space::Type, path)
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
        // What a marked field gives as a key hides the whole group.
        sensitive: false,
    };
    let mut fields: Vec<FieldSig> = group
        .keys
        .iter()
        .map(|(name, ty)| field(name, ty.clone()))
        .collect();
    fields.push(field(
        &Word::from("members"),
        Ty::List(Box::new(group.member.clone()), group.at_most),
    ));
    fields
}

/// A dotted path of bare names.
pub(crate) fn path_of(expr: &Expr) -> Option<Path> {
    match &*expr.kind {
        ExprKind::Name(name) => Some(Path {
            parts: vec![name.clone()],
        }),
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

/// Whether the other side of a comparison says what this one is: it is bare, or a name in sight that is
/// an enum value, too.
pub(crate) fn takes_type(checker: &Checker<'_>, expr: &Expr) -> bool {
    let enum_value = |name: &Name| {
        let values = lookup(
            checker.db,
            checker.decl.file,
            Space::EnumValue,
            name.text.clone(),
        );
        !values.is_empty()
    };
    is_bare(checker, expr) || matches!(&*expr.kind, ExprKind::Name(name) if enum_value(name))
}

/// Whether a value of one type may stand where the other is wanted; numbers fit numbers, so that a
/// wrong dimension is reported as such.
pub(crate) fn compatible(have: &Ty, want: &Ty) -> bool {
    (have.is_number() && want.is_number()) || super::coerce::unify(have, want).is_some()
}

/// `1 argument`, `2 arguments`.
pub(crate) fn count(n: usize, what: &str) -> String {
    if n == 1 {
        format!("1 {what}")
    } else {
        format!("{n} {what}s")
    }
}
