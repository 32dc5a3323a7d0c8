//! Signatures: what other declarations may know of a declaration without reading its body.

use std::sync::Arc;

use assize_ir::{NumFacts, NumType, Places};
use rust_decimal::Decimal;

use crate::ast::{
    DimAtom, DimExpr, Expr, ExprKind, FieldDecl, Item, Name, ParamDecl, Path, Span, TypeExpr,
    TypeKind, Word,
};
use crate::codes;
use crate::db::{Db, SourceFile};
use crate::diagnostic::{Diagnostic, Severity};
use crate::items::{DeclId, DeclKey, DeclKind, decl_ast, decl_text, syntax_diagnostics};
use crate::names::{Space, all_words, full_name, lookup, lookup_path, nearest, undeclared_path};
use crate::ty::{Base, Dim, EnumRef, RecordRef, Ty};

/// What others may know of a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// What it is.
    pub kind: SignatureKind,
    /// Faults in the header.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a declaration is to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureKind {
    /// Nothing.
    None,
    /// `number`
    Number(Ty),
    /// `enum`
    Enum {
        /// Written with `<`.
        ordered: bool,
        /// Values in order.
        values: Vec<Word>,
    },
    /// `record`
    Record {
        /// Fields in order.
        fields: Vec<FieldSig>,
        /// Whether it has checks.
        checked: bool,
    },
    /// `data`
    Data {
        /// Fields, key fields first.
        fields: Vec<FieldSig>,
        /// How many are the key.
        keys: usize,
        /// Positions of the fields that bound validity.
        valid: Option<(u32, u32)>,
    },
    /// `parameter`
    Parameter {
        /// Type.
        ty: Ty,
        /// Read with `on`.
        dated: bool,
        /// Open to values.
        open: bool,
    },
    /// `reason`
    Reason {
        /// Parameters.
        params: Vec<ParamSig>,
        /// Position in `Severity`.
        severity: u32,
    },
    /// `define`, `decision`, `rule`, `table`
    Function {
        /// Parameters.
        params: Vec<ParamSig>,
        /// Type of the value.
        result: Ty,
    },
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSig {
    /// Name.
    pub name: Word,
    /// Type.
    pub ty: Ty,
    /// Whether it may be left out although it is not optional.
    pub has_default: bool,
    /// Where the name stands.
    pub span: Span,
    /// Documentation.
    pub doc: String,
    /// Whether its values are not to be shown.
    pub sensitive: bool,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamSig {
    /// Name.
    pub name: Word,
    /// Type.
    pub ty: Ty,
    /// Where the name stands.
    pub span: Span,
    /// Whether its values are shown to nobody.
    pub sensitive: bool,
}

impl SignatureKind {
    /// Fields of a record or relation.
    pub fn fields(&self) -> &[FieldSig] {
        match self {
            SignatureKind::Record { fields, .. } | SignatureKind::Data { fields, .. } => fields,
            _ => &[],
        }
    }
}

/// The signature of a declaration.
pub fn signature<'db>(db: &'db dyn Db, decl: &DeclId) -> &'db Arc<Signature> {
    signature_of(db, decl.file, decl.key.clone())
}

#[salsa::tracked(returns(ref))]
fn signature_of(db: &dyn Db, file: SourceFile, key: DeclKey) -> Arc<Signature> {
    let decl = DeclId { file, key };
    let mut header = Header {
        db,
        decl: decl.clone(),
        diagnostics: Vec::new(),
    };
    let kind = match decl_ast(db, &decl).map(|ast| &ast.item) {
        Some(item) => header.kind(item),
        None => SignatureKind::None,
    };
    Arc::new(Signature {
        kind,
        diagnostics: header.diagnostics,
    })
}

/// Reads written types of one declaration.
pub struct Header<'db> {
    /// The database.
    pub db: &'db dyn Db,
    /// The declaration.
    pub decl: DeclId,
    /// Faults found.
    pub diagnostics: Vec<Diagnostic>,
}

impl Header<'_> {
    fn error(
        &mut self,
        code: crate::diagnostic::Code,
        span: Span,
        claim: String,
    ) -> &mut Diagnostic {
        let at = self.decl.at(span);
        self.diagnostics
            .push(Diagnostic::new(code, Severity::Error, at, claim));
        let last = self.diagnostics.len().saturating_sub(1);
        #[expect(
            clippy::indexing_slicing,
            reason = "an element was pushed the line before"
        )]
        &mut self.diagnostics[last]
    }

    fn kind(&mut self, item: &Item) -> SignatureKind {
        match item {
            Item::Number(number) => SignatureKind::Number(self.number(number)),
            Item::Enum(decl) => {
                self.distinct(decl.values.iter(), "value");
                SignatureKind::Enum {
                    ordered: decl.ordered,
                    values: decl.values.iter().map(|value| value.text.clone()).collect(),
                }
            }
            Item::Record(record) => {
                self.distinct(record.fields.iter().map(|field| &field.name), "field");
                SignatureKind::Record {
                    fields: record
                        .fields
                        .iter()
                        .map(|field| self.field(field))
                        .collect(),
                    checked: !record.checks.is_empty(),
                }
            }
            Item::Data(data) => {
                let all = || data.keys.iter().chain(&data.fields);
                self.distinct(all().map(|field| &field.name), "field");
                // A key that cannot be read is told where it stands.
                if data.keys.is_empty() && !self.has_word("key") {
                    let span = data.name.span;
                    let name = &data.name.text;
                    self.error(
                        codes::DATA_WITHOUT_KEY,
                        span,
                        format!("`{name}` has no key"),
                    )
                    .instead = Some(
                        match data.fields.iter().any(|field| &*field.name.text == "key") {
                            true => "leave the colon behind `key` out: `key item : code`; with a colon, `key` is the name of a field".into(),
                            false => "name the fields that tell its rows apart: `key item : code`".into(),
                        },
                    );
                }
                let fields: Vec<FieldSig> = all().map(|field| self.field(field)).collect();
                for (field, sig) in data.keys.iter().zip(&fields) {
                    let comparable = matches!(
                        sig.ty,
                        Ty::Int
                            | Ty::Num(..)
                            | Ty::Text
                            | Ty::Code
                            | Ty::Date
                            | Ty::Bool
                            | Ty::Enum(_)
                            | Ty::Error
                    );
                    if !comparable {
                        let claim = format!("`{}` cannot be part of a key", sig.name);
                        let error = self.error(codes::BAD_KEY, field.ty.span, claim);
                        error.because.push(format!(
                            "a key is a bool, a number, a text, a code, a date or an enum value, \
                             never missing; this is {}",
                            sig.ty.text()
                        ));
                        error.instead = Some(if sig.ty.is_optional() {
                            "leave out the `?`, or take another field".into()
                        } else {
                            "take another field".into()
                        });
                    }
                }
                let valid = self.validity(&data.valid, &fields);
                SignatureKind::Data {
                    fields,
                    keys: data.keys.len(),
                    valid,
                }
            }
            Item::Parameter(parameter) => SignatureKind::Parameter {
                ty: self.ty(&parameter.ty, None),
                dated: parameter.values.iter().any(|value| value.from.is_some()),
                open: parameter.open,
            },
            Item::Reason(reason) => {
                let severity = match reason.severity.as_ref().map(|word| &*word.text) {
                    Some("warning") => 1,
                    Some("error") => 2,
                    _ => 0,
                };
                SignatureKind::Reason {
                    params: self.shown(
                        &reason.params,
                        "a reason with its values is part of the answer",
                    ),
                    severity,
                }
            }
            Item::Define(define) | Item::Decision(define) => SignatureKind::Function {
                params: self.params(&define.params),
                result: self.result(define.result.as_ref()),
            },
            Item::Rule(rule) => SignatureKind::Function {
                params: self.params(&rule.params),
                result: self.result(rule.result.as_ref()),
            },
            Item::Table(table) => SignatureKind::Function {
                params: self.params(&table.params),
                result: self.result(table.result.as_ref()),
            },
            _ => SignatureKind::None,
        }
    }

    fn result(&mut self, ty: Option<&TypeExpr>) -> Ty {
        ty.map_or(Ty::Error, |ty| self.ty(ty, None))
    }

    fn field(&mut self, field: &FieldDecl) -> FieldSig {
        FieldSig {
            name: field.name.text.clone(),
            ty: self.ty(&field.ty, bound(field.at_most.as_ref())),
            has_default: field.default.is_some(),
            span: field.name.span,
            doc: field.doc.clone(),
            sensitive: field.sensitive,
        }
    }

    /// Parameters of a function.
    pub fn params(&mut self, params: &[ParamDecl]) -> Vec<ParamSig> {
        self.distinct(params.iter().map(|param| &param.name), "parameter");
        params
            .iter()
            .map(|param| ParamSig {
                name: param.name.text.clone(),
                ty: self.ty(&param.ty, bound(param.at_most.as_ref())),
                span: param.name.span,
                sensitive: param.sensitive,
            })
            .collect()
    }

    /// Parameters whose values are told to people, so that no mark can hide them.
    pub fn shown(&mut self, params: &[ParamDecl], why: &str) -> Vec<ParamSig> {
        for param in params.iter().filter(|param| param.sensitive) {
            let name = &param.name;
            let claim = format!("`{}` cannot be `sensitive` here", name.text);
            let error = self.error(codes::NOTHING_TO_HIDE, name.span, claim);
            error.because.push(why.to_owned());
            error.instead = Some("leave `sensitive` out".to_owned());
        }
        self.params(params)
    }

    fn distinct<'n>(&mut self, names: impl Iterator<Item = &'n Name>, what: &str) {
        let mut seen: Vec<&Name> = Vec::new();
        for name in names {
            if let Some(first) = seen.iter().find(|known| known.text == name.text) {
                let first = self.decl.at(first.span);
                let claim = format!("the {what} `{}` is declared twice", name.text);
                let error = self.error(codes::TWICE, name.span, claim);
                error.related.push(crate::diagnostic::Label {
                    at: first,
                    text: "first here".into(),
                });
                error.instead = Some("give one of them another name".into());
            } else {
                seen.push(name);
            }
        }
    }

    fn validity(&mut self, valid: &[(Name, Name)], fields: &[FieldSig]) -> Option<(u32, u32)> {
        let (from, to) = valid.first()?;
        if let Some((again, _)) = valid.get(1) {
            self.error(
                codes::TWICE,
                again.span,
                "`valid from` is said twice".into(),
            )
            .instead = Some("leave one of them out".into());
        }
        let mut position = |name: &Name| {
            let found = fields.iter().position(|field| field.name == name.text);
            let Some(index) = found else {
                let claim = format!("there is no field `{}`", name.text);
                let near = nearest(&name.text, fields.iter().map(|field| &*field.name));
                let instead = near.map_or_else(
                    || format!("declare it: `{} : date?`", name.text),
                    |near| format!("did you mean `{near}`?"),
                );
                self.error(codes::UNKNOWN_FIELD, name.span, claim).instead = Some(instead);
                return None;
            };
            let ty = fields.get(index).map(|field| &field.ty);
            if !matches!(ty, Some(Ty::Optional(inner)) if **inner == Ty::Date) {
                let claim = format!("`{}` cannot bound the validity of a row", name.text);
                let error = self.error(codes::BAD_VALIDITY_FIELD, name.span, claim);
                error
                    .because
                    .push("a missing day means open, so the field is a `date?`".into());
                error.instead = Some(format!("declare `{} : date?`", name.text));
                return None;
            }
            u32::try_from(index).ok()
        };
        let from = position(from);
        let to = position(to);
        Some((from?, to?))
    }

    /// A written type.
    pub fn ty(&mut self, ty: &TypeExpr, at_most: Option<u32>) -> Ty {
        let plain = match &ty.kind {
            TypeKind::Error => Ty::Error,
            TypeKind::List(item) => {
                let item = self.ty(item, None);
                if matches!(item, Ty::List(..)) {
                    self.error(
                        codes::LIST_OF_LISTS,
                        ty.span,
                        "a list has no lists as items".into(),
                    )
                    .instead = Some("declare a record that holds the inner list".into());
                    return Ty::Error;
                }
                if ty.optional {
                    let error = self.error(
                        codes::OPTIONAL_LIST,
                        ty.span,
                        "a list is never optional".into(),
                    );
                    error
                        .because
                        .push("an empty list already says that nothing is there".into());
                    error.instead = Some("leave out the `?`".into());
                }
                return Ty::List(Box::new(item), at_most);
            }
            TypeKind::Named(path) => self.named(path),
        };
        if at_most.is_some() {
            let error = self.error(
                codes::BOUND_WITHOUT_LIST,
                ty.span,
                "only a list has a bound".into(),
            );
            error.instead = Some("leave out `at most`".into());
        }
        if ty.optional { plain.optional() } else { plain }
    }

    /// A line of the declaration begins with a word.
    fn has_word(&self, word: &str) -> bool {
        decl_text(self.db, self.decl.file, self.decl.key.clone()).is_some_and(|text| {
            text.text(self.db).lines().any(|line| {
                let code = line.split("//").next().unwrap_or_default();
                code.match_indices(word).any(|(at, _)| {
                    let before = code.get(..at).unwrap_or_default();
                    let behind = code.get(at + word.len()..).unwrap_or_default();
                    before.ends_with([' ', '\t']) && behind.starts_with([' ', '(', '\t'])
                        // A field of that name.
                        && !behind.trim_start().starts_with(':')
                })
            })
        })
    }

    /// Behind a written type stands what no type has, and reading told of both as a whole. A bracket
    /// alone is no fault of reading: the result of a function may begin with one.
    fn goes_on(&self, span: Span) -> bool {
        let Some(text) = decl_text(self.db, self.decl.file, self.decl.key.clone()) else {
            return false;
        };
        let behind = text.text(self.db).get(span.end as usize..);
        let behind = behind.unwrap_or_default();
        let sign = behind.trim_start_matches([' ', '\t']);
        let at = (span.end as usize).saturating_add(behind.len().saturating_sub(sign.len()));
        sign.starts_with(['(', '[', '{', '<', '|'])
            && syntax_diagnostics(self.db, &self.decl).iter().any(|one| {
                let told = one.primary.at.span;
                told.start as usize <= at && told.end >= span.start
            })
    }

    fn named(&mut self, path: &Path) -> Ty {
        if let [word] = path.parts.as_slice()
            && let Some(builtin) = builtin_type(&word.text)
        {
            return builtin;
        }
        let meanings = lookup_path(self.db, self.decl.file, Space::Type, path);
        match meanings.as_slice() {
            [] => {
                let text = path.text();
                if self.goes_on(path.span()) {
                    return Ty::Error;
                }
                let measure =
                    || !lookup_path(self.db, self.decl.file, Space::Measure, path).is_empty();
                let meant = crate::elsewhere::dimension_meant(&text)
                    .or_else(|| measure().then(|| crate::elsewhere::measure_meant(&text)));
                if let Some(meant) = meant {
                    let error = self.error(codes::UNKNOWN_TYPE, path.span(), meant.claim);
                    error.because.push(meant.because.into());
                    error.instead = Some(meant.instead);
                    return Ty::Error;
                }
                let mut words: Vec<Word> = all_words(self.db, self.decl.file, Space::Type);
                words.extend(BUILTIN_TYPES.iter().map(|word| Word::from(*word)));
                let near = nearest(&text, words.iter().map(|word| &**word)).map(str::to_string);
                let near = crate::elsewhere::type_meant(&text)
                    .map(str::to_string)
                    .or(near);
                let at = self.decl.at(path.span());
                let mut diagnostic = Diagnostic::new(
                    codes::UNKNOWN_TYPE,
                    Severity::Error,
                    at.clone(),
                    format!("there is no type `{text}`"),
                );
                if let Some(near) = near {
                    diagnostic = diagnostic.instead(format!("did you mean `{near}`?")).fix(
                        format!("write `{near}`"),
                        at,
                        near,
                        crate::diagnostic::Applicability::Choice,
                    );
                } else {
                    diagnostic = diagnostic.instead("declare it, or `use` the module that does");
                }
                self.diagnostics.push(diagnostic);
                Ty::Error
            }
            [one] => {
                if let Some(undeclared) = undeclared_path(self.db, self.decl.file, path) {
                    let (claim, instead) = undeclared.told();
                    self.error(codes::UNKNOWN_MODULE, path.span(), claim)
                        .instead = Some(instead);
                }
                self.declared(&one.decl)
            }
            [first, second, ..] => {
                let claim = format!("`{}` may mean two types", path.text());
                let names = [
                    full_name(self.db, &first.decl),
                    full_name(self.db, &second.decl),
                ];
                let error = self.error(codes::AMBIGUOUS, path.span(), claim);
                error.instead = Some(format!("write `{}` or `{}`", names[0], names[1]));
                Ty::Error
            }
        }
    }

    fn declared(&mut self, decl: &DeclId) -> Ty {
        match decl.key.kind {
            DeclKind::Enum => Ty::Enum(EnumRef::Declared(decl.clone())),
            DeclKind::Record => Ty::Record(RecordRef::Declared(decl.clone())),
            DeclKind::Data => Ty::Row(decl.clone()),
            DeclKind::Number => match &signature(self.db, decl).kind {
                SignatureKind::Number(ty) => ty.clone(),
                _ => Ty::Error,
            },
            _ => Ty::Error,
        }
    }

    /// A written dimension.
    pub fn dim(&mut self, dim: &DimExpr) -> Option<Dim> {
        let over = self.dim_atom(&dim.over)?;
        match &dim.per {
            None => Some(over),
            Some(per) => {
                let below = self.dim_atom(per)?;
                let out = over.combine(&below, -1);
                if out.is_none() || below == Dim::Percent || over == Dim::Percent {
                    self.error(
                        codes::BAD_DIMENSION,
                        dim.span,
                        "percent is not a part of another dimension".into(),
                    )
                    .instead = Some("write `plain` for it".into());
                    return None;
                }
                out
            }
        }
    }

    fn dim_atom(&mut self, atom: &DimAtom) -> Option<Dim> {
        let (name, money) = match atom {
            DimAtom::Money(name) => (name, true),
            DimAtom::Named(name) => (name, false),
            DimAtom::Error => return None,
        };
        if !money {
            match &*name.text {
                "percent" => return Some(Dim::Percent),
                "plain" => return Some(Dim::PLAIN),
                "days" | "day" => return Some(Dim::days()),
                _ => {}
            }
        }
        let base = measure(self.db, self.decl.file, name);
        match base {
            Some(base @ Base::Unit(_)) if money => {
                let claim = format!("`{}` is a unit, not a currency", name.text);
                self.error(codes::BAD_DIMENSION, name.span, claim).instead = Some(format!(
                    "leave out `money in`, or declare `currency {}`",
                    name.text
                ));
                Some(Dim::base(base))
            }
            Some(base) => Some(Dim::base(base)),
            None => {
                // The dimension of a number type may be written by its name.
                if !money
                    && let [one] =
                        lookup(self.db, self.decl.file, Space::Type, name.text.clone()).as_slice()
                    && one.decl.key.kind == DeclKind::Number
                    && one.decl != self.decl
                    && let SignatureKind::Number(Ty::Num(dim, _)) =
                        &signature(self.db, &one.decl).kind
                {
                    return Some(dim.clone());
                }
                let what = if money {
                    "currency"
                } else {
                    "currency or unit"
                };
                let words = all_words(self.db, self.decl.file, Space::Measure);
                let near = nearest(&name.text, words.iter().map(|word| &**word));
                let instead = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if money => format!("declare it: `currency {}`", name.text),
                    None if matches!(&*name.text, "places" | "digits" | "decimals") => {
                        "write the step of a rounding as a number: `to 0.01` keeps 2 places".into()
                    }
                    None => format!("declare it: `unit {}`", name.text),
                };
                let claim = format!("there is no {what} `{}`", name.text);
                self.error(codes::UNKNOWN_MEASURE, name.span, claim).instead = Some(instead);
                None
            }
        }
    }

    fn number(&mut self, number: &crate::ast::NumberDecl) -> Ty {
        let Some(dim) = self.dim(&number.dim) else {
            return Ty::Error;
        };
        let percent = dim == Dim::Percent;
        let mut places = None;
        for (value, span) in &number.places {
            let most = if percent { 26 } else { 28 };
            match u8::try_from(*value)
                .ok()
                .filter(|n| value.fract().is_zero() && *n <= most)
            {
                Some(n) => places = Some(if percent { n.saturating_add(2) } else { n }),
                None => {
                    let claim = format!("a number has 0 to {most} places");
                    self.error(codes::BAD_PLACES, *span, claim).instead =
                        Some("write how many places are kept".into());
                }
            }
        }
        let lowest = number
            .from
            .as_ref()
            .and_then(|bound| self.bound(bound, percent));
        let highest = number
            .to
            .as_ref()
            .and_then(|bound| self.bound(bound, percent));
        if let (Some(low), Some(high)) = (lowest, highest)
            && low > high
        {
            let span = number.to.as_ref().map_or(number.name.span, |to| to.span);
            let error = self.error(
                codes::EMPTY_RANGE,
                span,
                "nothing lies in this range".into(),
            );
            error
                .because
                .push(format!("{} is above {}", low.normalize(), high.normalize()));
            error.instead = Some("write the lower end first".into());
        }
        let ty = NumType {
            percent,
            places,
            lowest,
            highest,
            unit: None,
        };
        let mut facts = NumFacts::declared(&ty);
        if places.is_none() {
            facts.places = Places::FromData;
        }
        Ty::Num(dim, facts)
    }

    fn bound(&mut self, bound: &Expr, percent: bool) -> Option<Decimal> {
        let (value, is_percent) = match constant_number(bound) {
            Some(found) => found,
            None => {
                self.error(
                    codes::BAD_BOUND,
                    bound.span,
                    "the end of a range is a written number".into(),
                )
                .instead = Some("write the number".into());
                return None;
            }
        };
        if is_percent != percent && !value.is_zero() {
            let text = value.normalize();
            let error = self.error(
                codes::BAD_BOUND,
                bound.span,
                format!(
                    "the range is in {}",
                    if percent { "percent" } else { "plain numbers" }
                ),
            );
            error.instead = Some(if percent {
                format!("write `{text}%`")
            } else {
                format!("write `{text}`")
            });
            return None;
        }
        Some(value)
    }
}

/// The value of a written number, and whether it is a percent (then as its fraction).
pub fn constant_number(expr: &Expr) -> Option<(Decimal, bool)> {
    match &*expr.kind {
        ExprKind::Percent(points) => {
            let mut value = (*points)?;
            value.set_scale(value.scale() + 2).ok()?;
            Some((value, true))
        }
        ExprKind::Number { value, .. } => Some(((*value)?, false)),
        ExprKind::Negate(inner) => constant_number(inner).map(|(value, is)| (-value, is)),
        _ => None,
    }
}

/// The base dimension that a word means.
pub fn measure(db: &dyn Db, file: SourceFile, name: &Name) -> Option<Base> {
    let meanings = lookup(db, file, Space::Measure, name.text.clone());
    let [one] = meanings.as_slice() else {
        return None;
    };
    let full: Arc<str> = Arc::from(format!(
        "{}.{}",
        crate::names::module_name(db, one.decl.file),
        name.text
    ));
    Some(match one.decl.key.kind {
        DeclKind::Currency => Base::Money(full),
        _ => Base::Unit(full),
    })
}

/// Names of the built-in types.
pub const BUILTIN_TYPES: [&str; 12] = [
    "bool",
    "int",
    "number",
    "text",
    "code",
    "date",
    "date_formula",
    "calendar",
    "Rounding",
    "Reason",
    "ReasonCode",
    "Severity",
];

/// A built-in type.
pub fn builtin_type(word: &str) -> Option<Ty> {
    Some(match word {
        "bool" => Ty::Bool,
        "int" => Ty::Int,
        "number" => Ty::number(),
        "text" => Ty::Text,
        "code" => Ty::Code,
        "date" => Ty::Date,
        "date_formula" => Ty::DateFormula,
        "calendar" => Ty::Calendar,
        "Rounding" => Ty::Enum(EnumRef::Rounding),
        "Severity" => Ty::Enum(EnumRef::Severity),
        "ReasonCode" => Ty::Enum(EnumRef::ReasonCode),
        "Reason" => Ty::Reason,
        _ => return None,
    })
}

fn bound(count: Option<&crate::ast::Count>) -> Option<u32> {
    count
        .and_then(|count| count.value)
        .map(|value| u32::try_from(value).unwrap_or(u32::MAX))
}
