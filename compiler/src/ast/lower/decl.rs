//! Declarations, and the members of types: fields, checks, bounds.

use assize_grammar::{Kind, Node};

use super::super::{
    CheckDecl, Count, DataDecl, DefineDecl, DimAtom, DimExpr, DistinctDecl, EnumDecl, Expr,
    ExprKind, FieldDecl, Item, Name, NumberDecl, ParamDecl, ReasonDecl, RecordDecl, RowsDecl,
    TextLit, TypeExpr, TypeKind,
};
use super::salvage::{Loose, first_leaf};
use super::{DocLines, Lower, after, error_at, name, names, path, span};

/// The readable part of what stands before the body of a function.
pub(super) struct Header {
    pub(super) name: Name,
    pub(super) params: Vec<ParamDecl>,
    pub(super) result: Option<TypeExpr>,
}

impl Lower {
    pub(super) fn item(&mut self, node: Node<'_>) -> Item {
        self.item_if_named(node).unwrap_or(Item::Broken)
    }

    /// `None` when the name cannot be read.
    fn item_if_named(&mut self, node: Node<'_>) -> Option<Item> {
        Some(match node.kind() {
            Kind::ModuleDecl => Item::Module(path(node.child(Kind::Path)?)),
            Kind::UseDecl => Item::Use(path(node.child(Kind::Path)?)),
            Kind::CurrencyDecl => Item::Currency(listed_names(node)),
            Kind::UnitDecl => Item::Unit(listed_names(node)),
            Kind::NumberDecl => Item::Number(self.number_decl(node)?),
            Kind::EnumDecl => Item::Enum(enum_decl(node)?),
            Kind::RecordDecl => Item::Record(self.record(node)?),
            Kind::DataDecl => Item::Data(self.data(node)?),
            Kind::ParameterDecl => Item::Parameter(self.parameter(node)?),
            Kind::ReasonDecl => Item::Reason(self.reason(node)?),
            Kind::DefineDecl => Item::Define(self.define(node)?),
            Kind::DecisionDecl => Item::Decision(self.define(node)?),
            Kind::ExampleDecl => {
                let name = name(node.child(Kind::Name)?);
                Item::Example {
                    name,
                    value: self.body(node),
                }
            }
            Kind::RuleDecl => Item::Rule(self.rule(node)?),
            Kind::ExtendDecl => Item::Extend(self.extend(node)?),
            Kind::TableDecl => Item::Table(self.table(node)?),
            Kind::TestDecl => Item::Test(self.test(node)?),
            Kind::PropertyDecl => Item::Property(self.property(node)?),
            _ => return None,
        })
    }

    /// Name, parameters and result; what the grammar refused is looked for word by word.
    pub(super) fn header(&mut self, node: Node<'_>) -> Option<Header> {
        let word = name(node.child(Kind::Name)?);
        let result = node
            .child(Kind::Returns)
            .and_then(|returns| returns.child(Kind::Type));
        if result.is_none()
            && let Some(error) = node.child(Kind::Error)
        {
            let (params, result) = self.salvage_params(&mut Loose::of(error));
            return Some(Header {
                name: word,
                params,
                result,
            });
        }
        let params = self.params(node.child(Kind::Params));
        Some(Header {
            name: word,
            params,
            result: result.map(|ty| self.type_expr(ty)),
        })
    }

    pub(super) fn params(&mut self, around: Option<Node<'_>>) -> Vec<ParamDecl> {
        let Some(around) = around else {
            return Vec::new();
        };
        around
            .children_of(Kind::Param)
            .filter_map(|param| self.param(param))
            .collect()
    }

    fn param(&mut self, node: Node<'_>) -> Option<ParamDecl> {
        let name = name(node.child(Kind::Word)?);
        let ty = self.type_of(node);
        Some(ParamDecl {
            name,
            ty,
            at_most: self.at_most(node),
            sensitive: node.token("sensitive").is_some(),
        })
    }

    /// The type among the children of a node.
    pub(super) fn type_of(&mut self, node: Node<'_>) -> TypeExpr {
        match node.child(Kind::Type) {
            Some(ty) => self.type_expr(ty),
            None => TypeExpr {
                kind: TypeKind::Error,
                optional: false,
                span: after(node),
            },
        }
    }

    fn at_most(&mut self, node: Node<'_>) -> Option<Count> {
        node.child(Kind::AtMost)?
            .child(Kind::Count)
            .map(|count| self.count(count))
    }

    fn body(&mut self, node: Node<'_>) -> Expr {
        match node.child(Kind::Body) {
            Some(body) => self.only_child(body),
            None => error_at(after(node)),
        }
    }

    fn define(&mut self, node: Node<'_>) -> Option<DefineDecl> {
        let Header {
            name,
            params,
            result,
        } = self.header(node)?;
        Some(DefineDecl {
            name,
            params,
            result,
            body: self.body(node),
        })
    }

    fn reason(&mut self, node: Node<'_>) -> Option<ReasonDecl> {
        let name = name(node.child(Kind::Name)?);
        let params = match node.child(Kind::Error) {
            Some(error) if node.child(Kind::Params).is_none() => {
                self.salvage_params(&mut Loose::of(error)).0
            }
            _ => self.params(node.child(Kind::Params)),
        };
        let severity = node.child(Kind::Severity).map(super::name);
        let message = node.child(Kind::String).map(|text| self.text(text));
        Some(ReasonDecl {
            name,
            params,
            severity,
            message,
        })
    }

    fn number_decl(&mut self, node: Node<'_>) -> Option<NumberDecl> {
        let name = name(node.child(Kind::Name)?);
        let dim = match node.child(Kind::Dimension) {
            Some(dim) => self.dimension(dim),
            None => DimExpr {
                over: DimAtom::Error,
                per: None,
                span: after(node),
            },
        };
        let (mut places, mut from, mut to) = (Vec::new(), None, None);
        for limit in node.children_of(Kind::Limit) {
            if let Some(digits) = limit.child(Kind::Decimal) {
                places.extend(self.decimal(digits).map(|value| (value, span(digits))));
            }
            let mut bounds = limit.children_of(Kind::Bound);
            let low = limit.token("from").and_then(|_| bounds.next());
            let high = limit.token("to").and_then(|_| bounds.next());
            if let Some(low) = low {
                let bound = self.bound(low);
                self.once(&mut from, limit, bound);
            }
            if let Some(high) = high {
                let bound = self.bound(high);
                // `from a to b` said twice is one fault, not two.
                if low.is_none() || to.is_none() {
                    self.once(&mut to, limit, bound);
                }
            }
        }
        Some(NumberDecl {
            name,
            dim,
            places,
            from,
            to,
        })
    }

    fn bound(&mut self, node: Node<'_>) -> Expr {
        let inner = match node.nodes().next() {
            Some(number) => self.number(number),
            None => error_at(after(node)),
        };
        self.signed(node, inner)
    }

    fn record(&mut self, node: Node<'_>) -> Option<RecordDecl> {
        let name = name(node.child(Kind::Name)?);
        let mut checks = Vec::new();
        let mut fields = Vec::new();
        self.members(node, |lower, member, doc| match member.kind() {
            Kind::Field => fields.extend(lower.field(member, doc)),
            Kind::Check => checks.push(lower.check(member)),
            Kind::Error => {
                spoil_field(fields.last_mut(), member);
                fields.extend(lower.salvage_fields(&mut Loose::of(member)));
            }
            _ => {}
        });
        Some(RecordDecl {
            name,
            fields,
            checks,
        })
    }

    fn data(&mut self, node: Node<'_>) -> Option<DataDecl> {
        let mut data = DataDecl {
            name: name(node.child(Kind::Name)?),
            keys: Vec::new(),
            fields: Vec::new(),
            checks: Vec::new(),
            distinct: Vec::new(),
            valid: Vec::new(),
            rows: Vec::new(),
            fresh: Vec::new(),
        };
        // A key that was read in part goes on behind a comma.
        let mut behind_key = false;
        self.members(node, |lower, member, doc| {
            match member.kind() {
                Kind::Field => data.fields.extend(lower.field(member, doc)),
                Kind::Key => {
                    lower.members(member, |lower, field, inner| {
                        // Lines above `key` belong to the first field behind it.
                        let doc = if inner.is_empty() && data.keys.is_empty() {
                            &doc
                        } else {
                            &inner
                        };
                        data.keys.extend(lower.field(field, doc.clone()));
                    });
                }
                Kind::Check => data.checks.push(lower.check(member)),
                Kind::CheckDistinct => data.distinct.push(lower.distinct(member)),
                Kind::ValidRows => {
                    let mut words = member.children_of(Kind::Word).map(name);
                    data.valid.extend(words.next().zip(words.next()));
                }
                Kind::Rows => data.rows.extend(lower.rows_bound(member)),
                Kind::Fresh => data
                    .fresh
                    .extend(member.nodes().next().map(|age| lower.number(age))),
                Kind::Error => {
                    let first = first_leaf(member).map(Node::text);
                    let keys = first == Some("key") || (behind_key && first == Some(","));
                    let place = if keys {
                        &mut data.keys
                    } else {
                        &mut data.fields
                    };
                    spoil_field(place.last_mut(), member);
                    place.extend(lower.salvage_fields(&mut Loose::of(member)));
                }
                _ => {}
            }
            behind_key = member.kind() == Kind::Key;
        });
        Some(data)
    }

    /// Visits the members of a declaration with the documentation above each.
    fn members(&mut self, node: Node<'_>, mut visit: impl FnMut(&mut Lower, Node<'_>, String)) {
        let mut docs = DocLines::default();
        for child in node.children() {
            if let Some(doc) = docs.pass(child)
                && child.kind() != Kind::Token
            {
                visit(self, child, doc);
            }
        }
    }

    fn field(&mut self, node: Node<'_>, doc: String) -> Option<FieldDecl> {
        let name = name(node.child(Kind::Word)?);
        let ty = self.type_of(node);
        let at_most = self.at_most(node);
        let default = node
            .child(Kind::FieldDefault)
            .map(|part| self.only_child(part));
        Some(FieldDecl {
            name,
            ty,
            at_most,
            default,
            doc,
            sensitive: node.token("sensitive").is_some(),
        })
    }

    fn check(&mut self, node: Node<'_>) -> CheckDecl {
        let cond = self.only_child(node);
        CheckDecl {
            cond,
            because: self.because(node),
            span: span(node),
        }
    }

    fn distinct(&mut self, node: Node<'_>) -> DistinctDecl {
        DistinctDecl {
            fields: names(node, Kind::Word),
            while_valid: node.token("while").is_some(),
            because: self.because(node),
            span: span(node),
        }
    }

    fn rows_bound(&mut self, node: Node<'_>) -> Option<RowsDecl> {
        let at_most = self.count(node.child(Kind::Count)?);
        let group = node.child(Kind::RowGroup);
        let per = group
            .map(|group| names(group, Kind::Word))
            .unwrap_or_default();
        Some(RowsDecl {
            at_most,
            per,
            span: span(node),
        })
    }

    /// The text of the `because` among the children of a node.
    pub(super) fn because(&mut self, node: Node<'_>) -> Option<TextLit> {
        let text = node.child(Kind::Because)?.child(Kind::String)?;
        Some(self.text_literal(text))
    }
}

/// Names with commas between them, also those in what the grammar refused.
fn listed_names(node: Node<'_>) -> Vec<Name> {
    let mut listed = names(node, Kind::Name);
    for error in node.children_of(Kind::Error) {
        listed.extend(names(error, Kind::Word));
    }
    listed
}

fn enum_decl(node: Node<'_>) -> Option<EnumDecl> {
    let word = name(node.child(Kind::Name)?);
    let values = |node: Node<'_>| names(node, Kind::Word);
    let (ordered, values) = match (node.child(Kind::Ordered), node.child(Kind::Error)) {
        (Some(list), _) => (true, values(list)),
        (None, Some(error)) => (error.token("<").is_some(), values(error)),
        (None, None) => (
            false,
            node.child(Kind::Unordered).map(values).unwrap_or_default(),
        ),
    };
    Some(EnumDecl {
        name: word,
        ordered,
        values,
    })
}

/// The words that begin a member of a record or relation other than a field.
const MEMBER_WORDS: [&str; 5] = ["check", "fresh", "key", "rows", "valid"];

/// An error that begins no member is the rest of the field before it, of which too much was believed.
fn spoil_field(field: Option<&mut FieldDecl>, error: Node<'_>) {
    let (Some(field), Some(first)) = (field, first_leaf(error)) else {
        return;
    };
    let labelled = error.token(":").is_some_and(|colon| {
        let mut before = error
            .nodes()
            .filter(|node| node.range().end <= colon.range().start);
        before.next() == Some(first) && before.next().is_none()
    });
    if labelled || first.text() == "," || MEMBER_WORDS.contains(&first.text()) {
        return;
    }
    if let Some(default) = &mut field.default {
        spoil(default);
    }
    // `list of` without an element was read as a type called `list`.
    if matches!(&field.ty.kind, TypeKind::Named(path) if path.text() == "list") {
        field.ty.kind = TypeKind::Error;
    }
}

/// Takes a value back that was read only in part: what follows it could not be read.
pub(super) fn spoil(value: &mut Expr) {
    *value.kind = ExprKind::Error;
}
