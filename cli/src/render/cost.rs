//! What a decision costs at most, in one line.

use assize_ir::Cost;

/// The bound: `at most 1_234 steps`, or a formula where the number of rows is not bounded.
pub fn bound(cost: &Cost) -> String {
    let Some(first) = cost.terms.first() else { return "no steps".to_owned() };
    if first.unbounded.is_empty() {
        return format!("at most {} steps", grouped(first.steps));
    }
    let terms: Vec<String> = cost
        .terms
        .iter()
        .map(|term| {
            let rows = term.unbounded.iter().map(|relation| format!(" × rows of {}", bare(relation)));
            format!("{}{}", grouped(term.steps), rows.collect::<String>())
        })
        .collect();
    format!("at most {} steps", terms.join(" + "))
}

/// What makes up the greatest term; empty when nothing is repeated.
pub fn factor(cost: &Cost) -> String {
    let Some(first) = cost.terms.first() else { return String::new() };
    let rows = first.unbounded.iter().map(|relation| format!("rows of {} (no bound)", bare(relation)));
    rows.chain(first.factors.iter().cloned()).collect::<Vec<_>>().join(" × ")
}

fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// `1_234_567`, as the language writes it.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use assize_ir::CostTerm;

    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let all = [0, 7, 999, 1_000, 123_456, 1_234_567].map(grouped).join(" ");
        assert_eq!(all, "0 7 999 1_000 123_456 1_234_567");
    }

    #[test]
    fn bounds_and_factors() {
        let term = |steps, factors: &[&str], unbounded: &[&str]| CostTerm {
            steps,
            factors: factors.iter().map(|&it| it.to_owned()).collect(),
            unbounded: unbounded.iter().map(|&it| it.to_owned()).collect(),
        };
        let cost = Cost { terms: vec![term(12_000, &["lines at most 500"], &[])] };
        assert_eq!((bound(&cost), factor(&cost)), ("at most 12_000 steps".into(), "lines at most 500".into()));
        let cost = Cost { terms: vec![term(40, &[], &["m.Price"]), term(7, &[], &[])] };
        assert_eq!(bound(&cost), "at most 40 × rows of Price + 7 steps");
        assert_eq!(factor(&cost), "rows of Price (no bound)");
        assert_eq!(bound(&Cost::default()), "no steps");
    }
}
