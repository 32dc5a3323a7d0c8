//! Rules, parameters and their extensions: the clauses below a header.

use assize_grammar::{Kind, Node};

use super::super::{
    CombineDecl, DateLit, DefaultDecl, ExceptionDecl, ExtendDecl, ParameterDecl,
    ParameterValueDecl, RuleDecl, ValidityDecl,
};
use super::decl::Header;
use super::salvage::Loose;
use super::{Lower, after, error_at, name, path, paths, span};

impl Lower {
    pub(super) fn rule(&mut self, node: Node<'_>) -> Option<RuleDecl> {
        let Header {
            name: word,
            params,
            result,
        } = self.header(node)?;
        let mut rule = RuleDecl {
            name: word,
            params,
            result,
            as_of: Vec::new(),
            combine: Vec::new(),
            may_agree: None,
            open: None,
            default: None,
            exceptions: Vec::new(),
        };
        for clause in node.nodes() {
            match clause.kind() {
                Kind::AsOf => rule.as_of.push(self.only_child(clause)),
                Kind::Combine => rule.combine.extend(self.combine(clause)),
                Kind::MayAgree => self.once(&mut rule.may_agree, clause, span(clause)),
                Kind::OpenRule => self.once(&mut rule.open, clause, span(clause)),
                Kind::DefaultClause => {
                    let because = self.because(clause);
                    let value = self.only_child(clause);
                    let default = DefaultDecl {
                        value,
                        because,
                        span: span(clause),
                    };
                    self.once(&mut rule.default, clause, default);
                }
                Kind::Exception => rule.exceptions.extend(self.exception(clause)),
                Kind::Error => self.broken_clause(clause, &mut rule),
                _ => {}
            }
        }
        Some(rule)
    }

    fn combine(&mut self, node: Node<'_>) -> Option<CombineDecl> {
        let mut parts = node.nodes();
        let how = name(parts.next()?);
        let cap = parts.next().map(|cap| self.expr(cap));
        Some(CombineDecl {
            how,
            cap,
            span: span(node),
        })
    }

    /// Keeps that a clause is there, so that nobody misses it.
    fn broken_clause(&mut self, node: Node<'_>, rule: &mut RuleDecl) {
        let mut leaves = Loose::of(node);
        match leaves.next_text() {
            "exception" => rule.exceptions.extend(self.broken_exception(node)),
            "default" if rule.default.is_none() => {
                let value = error_at(after(node));
                rule.default = Some(DefaultDecl {
                    value,
                    because: None,
                    span: span(node),
                });
            }
            "as" => rule.as_of.push(error_at(span(node))),
            "combine" => {
                if let Some(how) = leaves.word() {
                    rule.combine.push(CombineDecl {
                        how,
                        cap: None,
                        span: span(node),
                    });
                }
            }
            _ => {}
        }
    }

    fn exception(&mut self, node: Node<'_>) -> Option<ExceptionDecl> {
        let word = name(node.child(Kind::Name)?);
        let mut clause = |kind: Kind| node.child(kind).map(|part| self.only_child(part));
        let (when, unless, then) = (clause(Kind::When), clause(Kind::Unless), clause(Kind::Then));
        Some(ExceptionDecl {
            name: word,
            overrides: node.children_of(Kind::Overrides).flat_map(paths).collect(),
            yields_to: node.children_of(Kind::Yields).flat_map(paths).collect(),
            valid: node.child(Kind::Validity).map(|part| self.validity(part)),
            when,
            unless,
            then,
            because: self.because(node),
            span: span(node),
        })
    }

    /// An exception of which the name can be read: nobody knows when it applies.
    fn broken_exception(&mut self, node: Node<'_>) -> Option<ExceptionDecl> {
        let mut leaves = Loose::of(node);
        leaves.next_text();
        let name = leaves.word()?;
        Some(ExceptionDecl {
            name,
            overrides: node.children_of(Kind::Overrides).flat_map(paths).collect(),
            yields_to: node.children_of(Kind::Yields).flat_map(paths).collect(),
            valid: node.child(Kind::Validity).map(|part| self.validity(part)),
            when: Some(error_at(span(node))),
            unless: None,
            then: Some(error_at(span(node))),
            because: self.because(node),
            span: span(node),
        })
    }

    fn validity(&mut self, node: Node<'_>) -> ValidityDecl {
        let mut dates = node.children_of(Kind::Date);
        let open_start = node.token("to").is_some() && dates.clone().count() == 1;
        let mut next = || dates.next().map(|date| self.date(date));
        let from = if open_start { None } else { next() };
        ValidityDecl {
            from,
            to: next(),
            span: span(node),
        }
    }

    pub(super) fn parameter(&mut self, node: Node<'_>) -> Option<ParameterDecl> {
        let name = name(node.child(Kind::Name)?);
        let ty = self.type_of(node);
        let mut open = None;
        for clause in node.children_of(Kind::OpenValues) {
            self.once(&mut open, clause, ());
        }
        Some(ParameterDecl {
            name,
            ty,
            open: open.is_some(),
            values: self.values(node),
        })
    }

    fn values(&mut self, node: Node<'_>) -> Vec<ParameterValueDecl> {
        node.nodes()
            .filter_map(|clause| self.parameter_value(clause))
            .collect()
    }

    fn parameter_value(&mut self, node: Node<'_>) -> Option<ParameterValueDecl> {
        let (from, value) = match node.kind() {
            Kind::Value => (None, self.only_child(node)),
            Kind::DatedValue => {
                let from = node.child(Kind::Date).map(|date| self.date(date));
                let value = node.nodes().nth(1);
                (from, self.expr_or_error(value, after(node)))
            }
            // Of a broken value it is known that there is one, and whether it is dated.
            Kind::Error => {
                let word = Loose::of(node).next_text();
                if !matches!(word, "from" | "is") {
                    return None;
                }
                let from = (word == "from").then(|| DateLit {
                    day: None,
                    span: span(node),
                });
                (from, error_at(span(node)))
            }
            _ => return None,
        };
        Some(ParameterValueDecl {
            from,
            value,
            because: self.because(node),
            span: span(node),
        })
    }

    pub(super) fn extend(&mut self, node: Node<'_>) -> Option<ExtendDecl> {
        let target = path(node.child(Kind::Path)?);
        let mut exceptions = Vec::new();
        for clause in node.nodes() {
            match clause.kind() {
                Kind::Exception => exceptions.extend(self.exception(clause)),
                Kind::Error if Loose::of(clause).next_text() == "exception" => {
                    exceptions.extend(self.broken_exception(clause));
                }
                _ => {}
            }
        }
        Some(ExtendDecl {
            target,
            exceptions,
            values: self.values(node),
        })
    }
}
