//! What a decision costs at most, in one line.

use assize_ir::{Cost, CostTerm, Program};
use serde_json::{Value, json};

/// The bound: `at most 1_234 steps`; where a size has no bound, the greatest term of a formula.
pub fn bound(program: &Program, cost: &Cost) -> String {
    let Some(first) = cost.terms.first() else {
        return "no steps".to_owned();
    };
    // Beyond 64 bits there is no bound, only a number that is certainly too small for one.
    let mut out = match first.steps {
        u64::MAX => format!("more than {}", grouped(u64::MAX - 1)),
        steps => format!("at most {}", grouped(steps)),
    };
    let mut unbounded = first.unbounded.as_slice();
    while let Some((name, rest)) = unbounded.split_first() {
        let times = 1 + rest.iter().take_while(|other| *other == name).count();
        unbounded = unbounded.get(times..).unwrap_or_default();
        out.push_str(" × ");
        out.push_str(&size(program, name));
        match times {
            1 => {}
            2 => out.push('²'),
            3 => out.push('³'),
            _ => out.push_str(&format!("^{times}")),
        }
    }
    out.push_str(" steps");
    match cost.terms.len() {
        1 => {}
        2 => out.push_str(" (and one smaller term)"),
        more => out.push_str(&format!(" (and {} smaller terms)", more - 1)),
    }
    out
}

/// What makes up the greatest term: sizes without a bound, then those that are multiplied in. Empty
/// when nothing is repeated.
pub fn factor(cost: &Cost) -> String {
    let Some(first) = cost.terms.first() else {
        return String::new();
    };
    let mut names: Vec<&str> = first.unbounded.iter().map(|name| bare(name)).collect();
    names.dedup();
    let mut parts = Vec::new();
    if !names.is_empty() {
        parts.push(format!("no bound on {}", names.join(", ")));
    }
    if !first.factors.is_empty() {
        parts.push(first.factors.join(" × "));
    }
    parts.join("; ")
}

/// A size without a bound: of a relation or of a list.
fn size(program: &Program, name: &str) -> String {
    let name = bare(name);
    if program
        .relations
        .iter()
        .any(|relation| bare(&relation.name) == name)
    {
        format!("rows of {name}")
    } else {
        format!("length of {name}")
    }
}

fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// All terms, for machines. Steps are a text: many readers keep 53 bits of a number, and a bound may
/// need all 64.
pub fn terms(cost: &Cost) -> Value {
    let term = |term: &CostTerm| {
        let steps = term.steps.to_string();
        json!({"steps": steps, "factors": term.factors, "unbounded": term.unbounded})
    };
    cost.terms.iter().map(term).collect()
}

/// `1_234_567`, as the language writes it.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let all = [0, 7, 999, 1_000, 123_456, 1_234_567]
            .map(grouped)
            .join(" ");
        assert_eq!(all, "0 7 999 1_000 123_456 1_234_567");
    }

    #[test]
    fn many_steps() {
        let of = |steps| Cost {
            terms: vec![CostTerm {
                steps,
                factors: Vec::new(),
                unbounded: Vec::new(),
            }],
        };
        let text = |steps| bound(&Program::default(), &of(steps));
        assert_eq!(
            text(u64::MAX - 1),
            "at most 18_446_744_073_709_551_614 steps"
        );
        assert_eq!(text(u64::MAX), "more than 18_446_744_073_709_551_614 steps");
        let terms = terms(&of(9_007_199_254_740_993));
        assert_eq!(terms[0]["steps"], "9007199254740993");
    }

    #[test]
    fn bounds_and_factors() {
        let program = Program::default();
        let term = |steps, factors: &[&str], unbounded: &[&str]| CostTerm {
            steps,
            factors: factors.iter().map(|&it| it.to_owned()).collect(),
            unbounded: unbounded.iter().map(|&it| it.to_owned()).collect(),
        };
        let cost = Cost {
            terms: vec![term(12_000, &["lines at most 500"], &[])],
        };
        assert_eq!(
            (bound(&program, &cost), factor(&cost)),
            ("at most 12_000 steps".into(), "lines at most 500".into())
        );
        let cost = Cost {
            terms: vec![term(40, &[], &["m.Price"]), term(7, &[], &[])],
        };
        assert_eq!(
            bound(&program, &cost),
            "at most 40 × length of Price steps (and one smaller term)"
        );
        assert_eq!(factor(&cost), "no bound on Price");
        let squared = Cost {
            terms: vec![term(
                1_000,
                &["a at most 9"],
                &["lines", "m.Price", "m.Price"],
            )],
        };
        assert_eq!(
            bound(&program, &squared),
            "at most 1_000 × length of lines × length of Price² steps"
        );
        assert_eq!(factor(&squared), "no bound on lines, Price; a at most 9");
        assert_eq!(bound(&program, &Cost::default()), "no steps");
    }
}
