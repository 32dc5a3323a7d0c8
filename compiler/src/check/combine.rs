//! `combine`: what several exceptions become together.

use assize_ir::{Body, Combine, CombineHow, Exception, Node, NodeId, Places};

use super::{Checker, Part, checked};
use crate::ast::{CombineDecl, ExtendDecl, Span};
use crate::codes;
use crate::items::DeclId;
use crate::ty::{Dim, Ty};

/// Up to so many exceptions it is computed which of them can apply together; of more, all of them count.
const MAX_COMPARED: usize = 12;

/// An exception as a factor of a product.
pub(super) struct Factor {
    /// Places of its value, that of a percent as a fraction; `None`: known only when it runs.
    places: Option<u8>,
    /// Positions of those that do not apply beside it.
    overrides: Vec<usize>,
}

impl Checker<'_> {
    pub(super) fn combine(
        &mut self,
        clauses: &[CombineDecl],
        result: &Ty,
        may_agree: Option<Span>,
    ) -> Option<Combine> {
        let clause = clauses.first()?;
        if let Some(second) = clauses.get(1) {
            self.error(codes::TWICE, second.span, "`combine` is said twice")
                .instead = Some("leave one of them out".into());
        }
        if let Some(agree) = may_agree {
            let here = self.here(clause.span, "combines them");
            let error = self.error(
                codes::COMBINE_AND_AGREE,
                agree,
                "exceptions that are combined need not agree",
            );
            error.related.push(here);
            error.instead = Some("leave out one of the two".into());
        }
        let how = match &*clause.how.text {
            "sum" => CombineHow::Sum,
            "highest" => CombineHow::Highest,
            "lowest" => CombineHow::Lowest,
            "compound" => CombineHow::Compound,
            // The grammar tells of another word.
            _ => return None,
        };
        let fits = match (how, result) {
            (_, Ty::Error) => true,
            (CombineHow::Compound, Ty::Num(Dim::Percent, _)) => true,
            (CombineHow::Compound, _) => false,
            (_, Ty::Num(..) | Ty::Int) => true,
            (CombineHow::Highest | CombineHow::Lowest, other) => self.ordered(other),
            _ => false,
        };
        if !fits {
            let text = result.text();
            let claim = format!("`combine {}` cannot take {text}", clause.how.text);
            self.error(codes::BAD_COMBINE, clause.how.span, claim)
                .instead = Some(if how == CombineHow::Compound {
                "only percents are compounded".into()
            } else {
                "only numbers are added; only ordered values are compared".into()
            });
        }
        let cap = clause
            .cap
            .as_ref()
            .map(|cap| self.expr_as(cap, result, "the cap").node);
        Some(Combine { how, cap })
    }

    /// Exceptions as factors, where `shift` others stand before them.
    pub(super) fn parts(&self, exceptions: &[Exception], shift: usize) -> Vec<Factor> {
        factors(exceptions, &self.nodes, shift)
    }

    /// Those of the rule that is extended.
    pub(super) fn parts_of_base(&self, base: &DeclId, shift: usize) -> Vec<Factor> {
        let fragments = &checked(self.db, base).fragments;
        let Some(fragment) = fragments.iter().find(|one| one.part == Part::Main) else {
            return Vec::new();
        };
        match &fragment.callable.body {
            Body::Rule(rule) => factors(&rule.exceptions, &fragment.callable.nodes, shift),
            _ => Vec::new(),
        }
    }

    /// The places of a product are those of its factors together: more than the result has are a fault
    /// of the rule, as they are of a written product.
    pub(super) fn compounded(
        &mut self,
        clauses: &[CombineDecl],
        result: &Ty,
        factors: Vec<Factor>,
    ) {
        let Some(clause) = clauses.first() else {
            return;
        };
        if *clause.how.text == *"compound" {
            self.refuse_product(clause.how.span, result, &factors);
        }
    }

    /// The same of exceptions that an extension adds.
    pub(super) fn compounded_by_extension(
        &mut self,
        clauses: &[CombineDecl],
        extend: &ExtendDecl,
        result: &Ty,
        factors: Vec<Factor>,
    ) {
        let compound = |clause: &CombineDecl| *clause.how.text == *"compound";
        // Where the base alone has too many, it says so itself.
        let base = factors.get(extend.exceptions.len()..).unwrap_or_default();
        if clauses.first().is_some_and(compound) && too_many(result, base).is_none() {
            self.refuse_product(extend.target.span(), result, &factors);
        }
    }

    fn refuse_product(&mut self, span: Span, result: &Ty, factors: &[Factor]) {
        let Some((most, needed)) = too_many(result, factors) else {
            return;
        };
        let claim =
            format!("the result has {most} places, and the exceptions together may have more");
        let error = self.error(codes::TOO_MANY_PLACES, span, claim);
        error.because.push(format!(
            "100% − (100% − a) * (100% − b) has the places of all its parts: up to {needed} here"
        ));
        error.instead = Some(format!(
            "let the rule give a percent of {needed} places, and round it where it is used"
        ));
    }
}

fn factors(exceptions: &[Exception], nodes: &[Node], shift: usize) -> Vec<Factor> {
    let places = |then: NodeId| match nodes.get(then.index())?.facts.as_ref()?.places {
        Places::AtMost(places) => Some(places),
        Places::FromData | Places::Open => None,
    };
    let factor = |exception: &Exception| Factor {
        places: places(exception.then),
        overrides: exception
            .overrides
            .iter()
            .map(|other| shift.saturating_add(*other as usize))
            .collect(),
    };
    exceptions.iter().map(factor).collect()
}

/// The places of the result and those that a product may have, as percents, when these are more.
fn too_many(result: &Ty, factors: &[Factor]) -> Option<(u8, u8)> {
    let Ty::Num(Dim::Percent, facts) = result else {
        return None;
    };
    let Places::AtMost(most) = facts.places else {
        return None;
    };
    let needed = most_places(factors);
    (needed > most).then(|| (most.saturating_sub(2), needed.saturating_sub(2)))
}

/// The most places of a product of factors that can apply together.
fn most_places(factors: &[Factor]) -> u8 {
    let places = |index: usize| {
        factors
            .get(index)
            .and_then(|factor| factor.places)
            .unwrap_or(0)
    };
    if factors.len() > MAX_COMPARED {
        return (0..factors.len()).fold(0, |sum: u8, index| sum.saturating_add(places(index)));
    }
    let apart = |set: u32, index: usize| {
        let overrides = factors.get(index).map(|factor| factor.overrides.as_slice());
        let others = overrides.unwrap_or_default();
        others
            .iter()
            .any(|other| *other < factors.len() && set >> other & 1 == 1)
    };
    let sets = 0..1u32 << factors.len();
    sets.filter_map(|set| {
        let mut sum: u8 = 0;
        for index in (0..factors.len()).filter(|index| set >> index & 1 == 1) {
            if apart(set, index) {
                return None;
            }
            sum = sum.saturating_add(places(index));
        }
        Some(sum)
    })
    .max()
    .unwrap_or(0)
}
