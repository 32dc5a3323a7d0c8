//! Numeric facts are sound: whatever the operands are, the result is what the facts say, and where
//! they say `exact` the definition's result is the mathematical one.

#![expect(clippy::unwrap_used, reason = "a test that fails says so by a panic")]

use assize_ir::{NumFacts, Places};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// A fraction of whole numbers, `top / 10^scale`, wide enough for the exact result.
fn exact_add(a: Decimal, b: Decimal) -> Option<(i128, u32)> {
    let scale = a.scale().max(b.scale());
    let lift = |x: Decimal| {
        x.mantissa()
            .checked_mul(10i128.checked_pow(scale - x.scale())?)
    };
    Some((lift(a)?.checked_add(lift(b)?)?, scale))
}

fn same(value: Decimal, exact: (i128, u32)) -> bool {
    let scale = value.scale().max(exact.1);
    let lift = |top: i128, from: u32| {
        10i128
            .checked_pow(scale - from)
            .and_then(|by| top.checked_mul(by))
    };
    match (
        lift(value.mantissa(), value.scale()),
        lift(exact.0, exact.1),
    ) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

fn inside(value: Decimal, facts: &NumFacts) -> Result<(), TestCaseError> {
    if let Places::AtMost(places) = facts.places {
        prop_assert!(
            value.normalize().scale() <= u32::from(places),
            "{value} has more than {places} places"
        );
    }
    if let Some(low) = facts.lowest {
        prop_assert!(value >= low, "{value} is below {low}");
    }
    if let Some(high) = facts.highest {
        prop_assert!(value <= high, "{value} is above {high}");
    }
    Ok(())
}

fn decimal() -> impl Strategy<Value = Decimal> {
    let small = (-2000i64..2000, 0u32..4).prop_map(|(top, scale)| Decimal::new(top, scale));
    let wide = (any::<i64>(), 0u32..19).prop_map(|(top, scale)| Decimal::new(top, scale));
    let huge = (any::<u128>(), any::<bool>(), 0u32..=28).prop_map(|(top, negative, scale)| {
        let top = i128::try_from(top >> 32).unwrap();
        Decimal::from_i128_with_scale(if negative { -top } else { top }, scale)
    });
    prop_oneof![4 => small, 2 => wide, 1 => huge]
}

/// Facts and a value that they are true of.
fn known() -> impl Strategy<Value = (NumFacts, Decimal)> {
    let ends = (decimal(), decimal(), any::<bool>(), any::<bool>(), 0u8..3);
    (decimal(), ends).prop_map(|(value, (a, b, low, high, places))| {
        let scale = u8::try_from(value.normalize().scale()).unwrap();
        let facts = NumFacts {
            places: match places {
                0 => Places::AtMost(scale),
                1 => Places::AtMost(scale.saturating_add(2).min(28)),
                _ => Places::FromData,
            },
            lowest: low.then(|| a.min(b).min(value)),
            highest: high.then(|| a.max(b).max(value)),
            exact: true,
        };
        (facts, value)
    })
}

/// Rounds half away from zero to a multiple of a step, where that is possible with whole numbers.
fn rounded(value: Decimal, step: Decimal, up: i128) -> Option<Decimal> {
    let scale = value.scale().max(step.scale());
    let lift = |x: Decimal| {
        x.mantissa()
            .checked_mul(10i128.checked_pow(scale - x.scale())?)
    };
    let (top, by) = (lift(value)?, lift(step)?);
    let (low, rest) = (top.div_euclid(by), top.rem_euclid(by));
    let times = match up {
        0 => low,
        1 => low + i128::from(rest != 0),
        _ => low + i128::from(rest >= by - rest),
    };
    Decimal::try_from_i128_with_scale(times.checked_mul(by)?, scale).ok()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn sums((fa, a) in known(), (fb, b) in known()) {
        for (facts, result, exact) in [
            (fa.add(&fb), a.checked_add(b), exact_add(a, b)),
            (fa.subtract(&fb), a.checked_sub(b), exact_add(a, -b)),
        ] {
            if facts.exact {
                prop_assert!(result.is_some());
            }
            let Some(result) = result else { continue };
            inside(result, &facts)?;
            if let (true, Some(exact)) = (facts.exact, exact) {
                prop_assert!(same(result, exact), "{a} and {b} give {result}");
            }
        }
    }

    #[test]
    fn products((fa, a) in known(), (fb, b) in known()) {
        let facts = fa.multiply(&fb);
        let result = a.checked_mul(b);
        if facts.exact {
            prop_assert!(result.is_some());
        }
        if let Some(result) = result {
            inside(result, &facts)?;
            let top = a.normalize().mantissa().checked_mul(b.normalize().mantissa());
            let scale = a.normalize().scale() + b.normalize().scale();
            if let (true, Some(top)) = (facts.exact, top) {
                prop_assert!(same(result, (top, scale)), "{a} * {b} gives {result}");
            }
        }
    }

    #[test]
    fn quotients((fa, a) in known(), (fb, b) in known(), power in -6i64..7) {
        let ten = if power >= 0 {
            Decimal::from(10i64.pow(u32::try_from(power).unwrap()))
        } else {
            Decimal::new(1, u32::try_from(-power).unwrap())
        };
        for (divisor, fd) in [(b, fb), (ten, NumFacts::constant(ten))] {
            let facts = fa.divide(&fd);
            let Some(result) = a.checked_div(divisor) else {
                prop_assert!(!facts.exact || divisor.is_zero());
                continue;
            };
            inside(result, &facts)?;
            if facts.exact {
                prop_assert_eq!(result.checked_mul(divisor), Some(a));
            }
        }
    }

    #[test]
    fn signs((fa, a) in known(), (fb, b) in known()) {
        inside(-a, &fa.negate())?;
        inside(a.abs(), &fa.absolute())?;
        inside(a, &fa.join(&fb))?;
        inside(b, &fa.join(&fb))?;
        inside(a.min(b), &fa.least(&fb))?;
        inside(a.max(b), &fa.greatest(&fb))?;
    }

    #[test]
    fn rounding((fa, a) in known(), (fs, step) in known(), of_data in any::<bool>(), up in 0i128..3) {
        let (fs, step) = (fs.absolute(), step.abs());
        prop_assume!(!step.is_zero());
        let known_step = NumFacts::constant(step);
        let facts = fa.round(if of_data { &fs } else { &known_step });
        if let Some(result) = rounded(a, step, up) {
            inside(result, &facts)?;
        }
    }

    #[test]
    fn whole_numbers((fa, a) in known()) {
        if a.normalize().scale() == 0 && i64::try_from(a.normalize().mantissa()).is_ok() {
            inside(a, &fa.within_int())?;
            inside(a, &fa.to_int())?;
        }
        let facts = fa.within_int();
        if facts.exact {
            let most = Decimal::from(i64::MAX);
            prop_assert!(fa.lowest.is_some_and(|low| low >= -most));
            prop_assert!(fa.highest.is_some_and(|high| high <= most));
        }
    }

    #[test]
    fn totals((facts, first) in known(), more in proptest::collection::vec(any::<bool>(), 0..6)) {
        // The same value several times, which the facts are true of too.
        let count = u32::try_from(more.len()).unwrap();
        let mut total = Decimal::ZERO;
        for _ in &more {
            match total.checked_add(first) {
                Some(sum) => total = sum,
                None => {
                    prop_assert!(!facts.sum(Some(count)).exact);
                    return Ok(());
                }
            }
        }
        inside(total, &facts.sum(Some(count)))?;
        inside(total, &facts.sum(None))?;
    }

    #[test]
    fn what_implies_holds((fa, a) in known(), (fb, _) in known()) {
        if fa.implies(&fb) {
            inside(a, &fb)?;
        }
        prop_assert!(fa.implies(&fa));
        prop_assert!(fa.implies(&NumFacts::UNKNOWN));
    }
}
