//! Shares: something divided over the elements of a loop so that nothing is lost.
//!
//! The shares of a loop are computed before its body runs, in one pass over the elements. For each
//! element and share only what the share reads is evaluated: its guard, then total, weight, step,
//! mode and `per`, the `let`s they use; then the carried values that are marked for it advance. After
//! the pass the shares are divided in their order, each `per` by its first appearance.
//!
//! W is the exact sum of the weights, and each part is `total × weight ÷ W` rounded once: nothing is
//! rounded or can overflow before that.

use std::collections::BTreeMap;

use assize_ir::{Loop, Node, PlaceId, Rest, Share};
use rust_decimal::Decimal;

use super::frame::{Binding, Frame};
use super::loops::at_element;
use super::machine::{Eval, Machine};
use super::numbers::{Rounding, rounding_of};
use super::price;
use crate::decimal;
use crate::failure::ErrorCode;
use crate::order::ValueKey;
use crate::rounding::{Exact, Mode, round_share, round_to};
use crate::trace::Part;
use crate::trace::parts::{Quotient, SharePart, Told, of_share};
use crate::value::Value;

/// Who takes part in a share, by `per` in order of first appearance.
#[derive(Default)]
struct Division {
    places: BTreeMap<Option<ValueKey>, usize>,
    groups: Vec<Vec<Sharer>>,
}

/// An element that takes part.
struct Sharer {
    element: usize,
    what: Rounding,
    weight: Decimal,
    /// What a trace says of it.
    told: Option<Box<Told>>,
}

impl<'a> Machine<'a, '_> {
    #[inline(never)]
    pub(super) fn eval_share_part(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        share: u32,
    ) -> Eval<Value> {
        let state = frame.loops.iter().rev().find(|state| state.has_shares);
        let part = state.and_then(|state| {
            let parts = state.parts.get(share as usize)?;
            parts.get(state.element).copied().flatten()
        });
        match part {
            Some(part) => {
                if self.recorder.is_some() {
                    let told = state.and_then(|state| {
                        let told = state.told.get(share as usize)?;
                        told.get(state.element).cloned().flatten()
                    });
                    let during = frame.during();
                    self.note_share(node, told, during);
                }
                Ok(Value::Num(part))
            }
            None => Err(self.internal(frame, node.place, "a share without a part")),
        }
    }

    /// Computes the parts of all shares of the innermost loop.
    #[inline(never)]
    pub(super) fn compute_shares(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        (it, starts): (&'a Loop, &[Value]),
        elements: &[Value],
    ) -> Eval<()> {
        self.bind_carries(frame, node, it, starts)?;
        let mut divisions: Vec<Division> = Vec::new();
        divisions.resize_with(it.shares.len(), Division::default);
        for (index, element) in elements.chunks(it.sources.len().max(1)).enumerate() {
            self.charge(frame, node.place, price::ELEMENT)?;
            at_element(frame, index);
            self.bind_element(frame, node, it, element)?;
            self.reset_lets(frame, node, it)?;
            for (share, division) in it.shares.iter().zip(&mut divisions) {
                self.take_part(frame, share, index, division)?;
            }
            self.carry_on(frame, node, it)?;
        }
        let count = elements.len() / it.sources.len().max(1);
        for (share, division) in it.shares.iter().zip(divisions) {
            if division.groups.is_empty() && share.per.is_none() {
                self.reset_lets(frame, node, it)?;
                self.share_of_nobody(frame, share)?;
            }
            let mut parts = vec![None; count];
            // Without a trace nothing is told.
            let mut told = vec![None; if self.recorder.is_some() { count } else { 0 }];
            for group in division.groups {
                self.divide(frame, share, &group, (&mut parts, &mut told))?;
            }
            if let Some(state) = frame.loops.last_mut() {
                state.parts.push(parts);
                state.told.push(told);
            }
        }
        Ok(())
    }

    fn reset_lets(&self, frame: &mut Frame<'a>, node: &'a Node, it: &'a Loop) -> Eval<()> {
        for each in &it.lets {
            self.bind(frame, node.place, each.slot, Binding::Lazy(each.value))?;
        }
        Ok(())
    }

    /// Evaluates a share for the current element, if it takes part.
    #[inline(never)]
    fn take_part(
        &mut self,
        frame: &mut Frame<'a>,
        share: &'a Share,
        element: usize,
        division: &mut Division,
    ) -> Eval<()> {
        if let Some(guard) = share.guard
            && !self.eval_bool(frame, guard)?
        {
            return Ok(());
        }
        let (sharer, key) = self.sharer(frame, share, element)?;
        let place = *division.places.entry(key).or_insert(division.groups.len());
        match division.groups.get_mut(place) {
            Some(group) => group.push(sharer),
            None => division.groups.push(vec![sharer]),
        }
        Ok(())
    }

    /// Advances the carried values that shares read.
    fn carry_on(&mut self, frame: &mut Frame<'a>, node: &'a Node, it: &'a Loop) -> Eval<()> {
        let mut next = Vec::new();
        for carry in it.carries.iter().filter(|carry| carry.in_shares) {
            if let Some(value) = carry.next {
                next.push((carry.slot, self.eval(frame, value)?));
            }
        }
        for (slot, value) in next {
            self.bind(frame, node.place, slot, Binding::Value(value))?;
        }
        Ok(())
    }

    fn sharer(
        &mut self,
        frame: &mut Frame<'a>,
        share: &'a Share,
        element: usize,
    ) -> Eval<(Sharer, Option<ValueKey>)> {
        let total = self.eval(frame, share.total)?;
        let weight = self.eval(frame, share.weight)?;
        let step = self.eval(frame, share.step)?;
        let mode = self.eval(frame, share.mode)?;
        let key = match share.per {
            Some(per) => Some(self.eval(frame, per)?),
            None => None,
        };
        let told = self.told_of_share(frame, share, [&total, &weight, &step, &mode], key.as_ref());
        let weight = match weight {
            Value::Num(weight) => Some(weight),
            Value::Int(weight) => Some(Decimal::from(weight)),
            _ => None,
        };
        match (rounding_of(&total, &step, &mode), weight) {
            (Some(what), Some(weight)) => Ok((
                Sharer {
                    element,
                    what,
                    weight,
                    told,
                },
                key.map(ValueKey),
            )),
            _ => Err(self.internal(frame, share.place, "not a share")),
        }
    }

    /// Nobody takes part: that loses the total, unless it is 0. Without `per` the total does not
    /// depend on the element.
    fn share_of_nobody(&mut self, frame: &mut Frame<'a>, share: &'a Share) -> Eval<()> {
        match self.eval(frame, share.total)? {
            Value::Num(total) if total.is_zero() => Ok(()),
            Value::Num(total) => Err(self
                .fail(frame, share.place, ErrorCode::NothingToShareBy)
                .with("total", crate::format::plain_number(total))
                .with("weights", "0")),
            _ => Err(self.internal(frame, share.place, "not a share")),
        }
    }

    /// Divides over one group.
    fn divide(
        &mut self,
        frame: &Frame<'a>,
        share: &Share,
        group: &[Sharer],
        (parts, told): (&mut [Option<Decimal>], &mut [Option<Part>]),
    ) -> Eval<()> {
        let Some(first) = group.first() else {
            return Ok(());
        };
        for sharer in group {
            let same = sharer.what.value == first.what.value
                && sharer.what.step == first.what.step
                && sharer.what.mode == first.what.mode;
            if !same {
                let text = crate::format::plain_number;
                return Err(self
                    .fail(frame, share.place, ErrorCode::OutOfRange)
                    .with("total", text(first.what.value))
                    .with("step", text(first.what.step))
                    .with("other total", text(sharer.what.value))
                    .with("other step", text(sharer.what.step)));
            }
        }
        let given = match parts_of(share.rest, group, &first.what) {
            Ok(given) => given,
            Err(code) => return Err(self.share_failure(frame, share.place, &first.what, code)),
        };
        for (sharer, part) in group.iter().zip(&given.parts) {
            if let Some(place) = parts.get_mut(sharer.element) {
                *place = Some(*part);
            }
        }
        if self.recorder.is_some() {
            tell(share.rest, group, &given, told);
        }
        Ok(())
    }

    fn share_failure(
        &self,
        frame: &Frame<'a>,
        place: PlaceId,
        what: &Rounding,
        code: ErrorCode,
    ) -> Box<crate::failure::Failure> {
        let failure = self.fail(frame, place, code);
        let failure = failure.with("total", crate::format::plain_number(what.value));
        if code == ErrorCode::NothingToShareBy {
            failure.with("weights", "0")
        } else {
            failure.with("step", crate::format::plain_number(what.step))
        }
    }
}

/// The parts of a group.
struct Parts {
    /// In order.
    parts: Vec<Decimal>,
    /// The sum of the weights.
    weights: Exact,
    /// Who takes what is left over, and how much it is; nobody where the parts run.
    rest: Option<(usize, Decimal)>,
}

fn parts_of(rest: Rest, group: &[Sharer], what: &Rounding) -> Result<Parts, ErrorCode> {
    let whole = round_to(what.value, what.step, what.mode)?;
    let mut weights = Exact::ZERO;
    if what.value.is_zero() {
        for sharer in group {
            // Nothing is divided by them, so they may be too many.
            weights = weights.add(&Exact::new(sharer.weight)).unwrap_or(weights);
        }
        return Ok(Parts {
            parts: vec![Decimal::ZERO; group.len()],
            weights,
            rest: None,
        });
    }
    for sharer in group {
        let sum = weights.add(&Exact::new(sharer.weight));
        weights = sum.ok_or(ErrorCode::Overflow)?;
    }
    if weights.is_zero() {
        return Err(ErrorCode::NothingToShareBy);
    }
    let part = |weight: Exact| round_share(what.value, weight, weights, what.step, what.mode);
    let mut parts = Vec::with_capacity(group.len());
    let mut given = Decimal::ZERO;
    if rest == Rest::Running {
        let mut so_far = Exact::ZERO;
        for sharer in group {
            let sum = so_far.add(&Exact::new(sharer.weight));
            so_far = sum.ok_or(ErrorCode::Overflow)?;
            let until_here = part(so_far)?;
            parts.push(decimal::subtract(until_here, given)?);
            given = until_here;
        }
        return Ok(Parts {
            parts,
            weights,
            rest: None,
        });
    }
    for sharer in group {
        let own = part(Exact::new(sharer.weight))?;
        given = decimal::add(given, own)?;
        parts.push(own);
    }
    let missing = decimal::subtract(whole, given)?;
    let taker = taker(rest, group).ok_or(ErrorCode::NothingToShareBy)?;
    if let Some(own) = parts.get_mut(taker) {
        *own = decimal::add(*own, missing)?;
    }
    Ok(Parts {
        parts,
        weights,
        rest: Some((taker, missing)),
    })
}

/// What a trace says of the parts of a group.
fn tell(rest: Rest, group: &[Sharer], given: &Parts, told: &mut [Option<Part>]) {
    let mut so_far = Exact::ZERO;
    let mut total = Decimal::ZERO;
    for (index, (sharer, part)) in group.iter().zip(&given.parts).enumerate() {
        let left_over = given
            .rest
            .filter(|(taker, left)| *taker == index && !left.is_zero());
        let weight = Exact::new(sharer.weight);
        let numbers = SharePart {
            weight,
            before: (rest == Rest::Running).then_some((so_far, total)),
            rest: left_over.map(|(_, left)| left),
            value: *part,
        };
        let of = Quotient {
            total: sharer.what.value,
            weights: given.weights,
            step: sharer.what.step,
        };
        let words = sharer
            .told
            .as_ref()
            .map(|told| of_share(told, of, &numbers));
        if let Some(place) = told.get_mut(sharer.element) {
            *place = words;
        }
        // What did not overflow when it was divided does not here.
        so_far = so_far.add(&weight).unwrap_or(so_far);
        total = decimal::add(total, *part).unwrap_or(total);
    }
}

/// The parts of a total over weights, in their order: for every other engine.
pub fn divided(
    rest: Rest,
    (total, step, mode): (Decimal, Decimal, Mode),
    weights: &[Decimal],
) -> Result<Vec<Decimal>, ErrorCode> {
    let what = || Rounding {
        value: total,
        step,
        mode,
    };
    let sharers = weights.iter().enumerate().map(|(element, weight)| Sharer {
        element,
        what: what(),
        weight: *weight,
        told: None,
    });
    let group: Vec<Sharer> = sharers.collect();
    parts_of(rest, &group, &what()).map(|given| given.parts)
}

/// Who takes the rest.
fn taker(rest: Rest, group: &[Sharer]) -> Option<usize> {
    let weighty = |(_, sharer): &(usize, &Sharer)| !sharer.weight.is_zero();
    let mut all = group.iter().enumerate().filter(weighty);
    match rest {
        Rest::First => all.next().map(|(index, _)| index),
        Rest::Last | Rest::Running => all.next_back().map(|(index, _)| index),
        Rest::Largest => {
            let mut best: Option<(usize, Decimal)> = None;
            for (index, sharer) in all {
                let weight = sharer.weight.abs();
                if best.is_none_or(|(_, greatest)| weight > greatest) {
                    best = Some((index, weight));
                }
            }
            best.map(|(index, _)| index)
        }
    }
}
