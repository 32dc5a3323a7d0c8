//! What is known of a value, whatever the parameters are.

use std::collections::BTreeSet;

use assize_eval::Value;

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Abs {
    /// The same for all values of the leaves that compare alike.
    Settled,
    /// One of these constants, settled which.
    Known(Vec<Value>),
    /// One of these leaves, or something settled; settled which.
    Leaf(BTreeSet<usize>),
    /// A record of these.
    Record(Vec<Abs>),
}

pub(super) fn settled(abs: &Abs) -> bool {
    match abs {
        Abs::Settled | Abs::Known(_) => true,
        Abs::Leaf(_) => false,
        Abs::Record(fields) => fields.iter().all(settled),
    }
}

/// Either of two values, settled which.
pub(super) fn join(a: Abs, b: Abs) -> Option<Abs> {
    Some(match (a, b) {
        (Abs::Known(mut a), Abs::Known(b)) => {
            for value in b {
                if !a.contains(&value) {
                    a.push(value);
                }
            }
            Abs::Known(a)
        }
        (Abs::Leaf(mut leaves), Abs::Leaf(more)) => {
            leaves.extend(more);
            Abs::Leaf(leaves)
        }
        // What is settled compares alike with constants, whatever it is.
        (Abs::Leaf(leaves), b) | (b, Abs::Leaf(leaves)) if settled(&b) => Abs::Leaf(leaves),
        (Abs::Record(a), Abs::Record(b)) if a.len() == b.len() => Abs::Record(
            a.into_iter()
                .zip(b)
                .map(|(a, b)| join(a, b))
                .collect::<Option<_>>()?,
        ),
        (a, b) if settled(&a) && settled(&b) => Abs::Settled,
        _ => return None,
    })
}
