//! Comparison with brute force on many small random tables, and cases made by hand.

mod random;

use std::ops::Bound;

use super::cell::Cell;
use super::natural::Natural;
use super::*;

fn ordered(atoms: u32) -> Column {
    Column::Ordered {
        atoms,
        missing: false,
    }
}

fn space(columns: impl IntoIterator<Item = Column>) -> Space {
    Space {
        columns: columns.into_iter().collect(),
    }
}

fn row(sides: impl IntoIterator<Item = AtomSet>) -> AtomBox {
    AtomBox {
        sides: sides.into_iter().collect(),
    }
}

fn span(start: u32, end: u32) -> AtomSet {
    AtomSet::span(start, end)
}

#[test]
fn a_table_without_rows_is_one_gap() {
    let space = space([ordered(3), Column::Set { size: 2 }]);
    assert_eq!(
        completeness(&space, &[], MAX_NODES),
        Verdict::Gap(space.everything())
    );
    assert!(space.everything().narrow_columns(&space).is_empty());
}

#[test]
fn a_space_without_columns_has_one_point() {
    let space = space([]);
    assert_eq!(
        completeness(&space, &[], 10),
        Verdict::Gap(AtomBox::default())
    );
    let rows = [AtomBox::default(), AtomBox::default()];
    assert_eq!(completeness(&space, &rows, 10), Verdict::Complete);
    assert_eq!(overlaps(&space, &rows).pairs, [(0, 1)]);
    let dead = RowVerdict::Unreachable {
        by: vec![0],
        more: 0,
    };
    assert_eq!(
        unreachable(&space, &rows, 10),
        [RowVerdict::Reachable, dead]
    );
}

#[test]
fn a_column_without_atoms_leaves_nothing_to_cover() {
    let space = space([ordered(3), ordered(0)]);
    assert_eq!(completeness(&space, &[], 10), Verdict::Complete);
    assert_eq!(
        unreachable(&space, &[space.everything()], 10),
        [RowVerdict::Empty]
    );
}

#[test]
fn a_short_row_is_anything_and_a_long_or_high_one_is_clipped() {
    let space = space([ordered(3), Column::Set { size: 2 }]);
    assert_eq!(
        completeness(&space, &[row([span(0, 9)])], 10),
        Verdict::Complete
    );
    let long = row([span(1, u32::MAX), span(0, 900), span(0, 0)]);
    let Verdict::Gap(gap) = completeness(&space, &[long], 10) else {
        panic!("a gap")
    };
    assert_eq!(gap, row([span(0, 1), span(0, 2)]));
}

#[test]
fn the_gap_names_only_the_columns_that_matter() {
    // segment (3 values) x quantity (0 .. 5) x region (4 values); nothing for segment 2 from 3 up.
    let space = space([Column::Set { size: 3 }, ordered(5), Column::Set { size: 4 }]);
    let rows = [
        row([AtomSet::from_atoms([0, 1]), span(0, 5), span(0, 4)]),
        row([AtomSet::from_atoms([2]), span(0, 3), span(0, 4)]),
    ];
    let Verdict::Gap(gap) = completeness(&space, &rows, MAX_NODES) else {
        panic!("a gap")
    };
    assert_eq!(gap, row([AtomSet::from_atoms([2]), span(3, 5), span(0, 4)]));
    assert_eq!(gap.narrow_columns(&space), [0, 1]);
}

#[test]
fn a_column_that_can_be_anything_is_preferred_to_a_wider_range() {
    // Free are (0, 0), (0, 1) and (1, 0): the first column could take two values, but not all.
    let space = space([ordered(3), Column::Set { size: 2 }]);
    let rows = [
        row([span(2, 3), span(0, 2)]),
        row([span(1, 3), AtomSet::from_atoms([1])]),
    ];
    let Verdict::Gap(gap) = completeness(&space, &rows, MAX_NODES) else {
        panic!("a gap")
    };
    assert_eq!(gap, row([span(0, 1), span(0, 2)]));
}

#[test]
fn rows_on_top_of_a_partition_do_not_hide_it() {
    // Four rows around a middle one: no slab, no single cut separates them.
    let space = space([ordered(3), ordered(3)]);
    let wheel = [
        row([span(0, 1), span(0, 2)]),
        row([span(0, 2), span(2, 3)]),
        row([span(2, 3), span(1, 3)]),
        row([span(1, 3), span(0, 1)]),
        row([span(1, 2), span(1, 2)]),
    ];
    assert_eq!(completeness(&space, &wheel, 1), Verdict::Complete);
    let more = [wheel.as_slice(), &[row([span(0, 2), span(0, 2)])]].concat();
    let region = region::Region::everything(&matrix::Matrix::new(&space, &more));
    assert!(region.has_disjoint_cover());
    assert_eq!(completeness(&space, &more, 1), Verdict::Complete);
    let hole = completeness(&space, &wheel[..4], MAX_NODES);
    assert_eq!(hole, Verdict::Gap(wheel[4].clone()));
}

#[test]
fn gaps_are_disjoint_and_the_rest_is_known() {
    let space = space([ordered(7)]);
    let rows = [row([AtomSet::from_atoms([1, 3, 5])])];
    let all = gaps(&space, &rows, MAX_NODES, 9);
    assert_eq!(all.rest, Rest::Nothing);
    let mut found: Vec<_> = all.found.iter().map(|gap| gap.sides[0].clone()).collect();
    found.sort_by_key(AtomSet::first);
    assert_eq!(found, [span(0, 1), span(2, 3), span(4, 5), span(6, 7)]);
    let some = gaps(&space, &rows, MAX_NODES, 2);
    assert_eq!((some.found.len(), some.rest), (2, Rest::More));
    assert_eq!(gaps(&space, &rows, MAX_NODES, 4).rest, Rest::Nothing);
}

#[test]
fn none_is_a_gap_of_its_own() {
    let space = space([Column::Ordered {
        atoms: 4,
        missing: true,
    }]);
    let Verdict::Gap(gap) = completeness(&space, &[row([span(0, 4)])], 100) else {
        panic!("a gap")
    };
    assert_eq!(gap.sides[0], AtomSet::from_atoms([4]));
    let Verdict::Gap(gap) = completeness(&space, &[row([span(0, 2)])], 100) else {
        panic!("a gap")
    };
    assert_eq!(
        gap.sides[0],
        span(2, 4),
        "a range does not run on into none"
    );
}

#[test]
fn a_row_hidden_by_several_rows_names_those_that_are_needed() {
    let space = space([ordered(10), Column::Set { size: 3 }]);
    let rows = [
        row([span(0, 5), span(0, 3)]),
        row([span(4, 6), AtomSet::from_atoms([0])]),
        row([span(5, 10), AtomSet::from_atoms([0, 1, 2])]),
        row([span(2, 8), AtomSet::from_atoms([0, 2])]),
        row([span(6, 7), AtomSet::from_atoms([1])]),
    ];
    let verdicts = unreachable(&space, &rows, MAX_NODES);
    assert!(
        verdicts
            .iter()
            .take(3)
            .all(|verdict| *verdict == RowVerdict::Reachable)
    );
    assert_eq!(
        verdicts[3],
        RowVerdict::Unreachable {
            by: vec![0, 2],
            more: 0
        }
    );
    assert_eq!(
        verdicts[4],
        RowVerdict::Unreachable {
            by: vec![2],
            more: 0
        }
    );
}

#[test]
fn at_most_five_covering_rows_are_named() {
    let space = space([ordered(8)]);
    let mut rows: Vec<AtomBox> = (0..8).map(|at| row([span(at, at + 1)])).collect();
    rows.push(space.everything());
    let verdicts = unreachable(&space, &rows, MAX_NODES);
    assert_eq!(
        verdicts[8],
        RowVerdict::Unreachable {
            by: vec![0, 1, 2, 3, 4],
            more: 3
        }
    );
}

#[test]
fn order_matters_when_rows_that_meet_differ() {
    let space = space([ordered(10)]);
    let rows = [row([span(0, 6)]), row([span(4, 10)]), row([span(8, 10)])];
    assert_eq!(
        order(&space, &rows, |_, _| true),
        OrderVerdict::Free { agreeing: 2 }
    );
    let differ = order(&space, &rows, |earlier, later| (earlier, later) != (1, 2));
    assert_eq!(
        differ,
        OrderVerdict::Matters {
            earlier: 1,
            later: 2
        }
    );
    let met = meeting_box(&space, &rows[0], &rows[1]);
    assert_eq!(met, Some(row([span(4, 6)])));
    assert_eq!(meeting_box(&space, &rows[0], &rows[2]), None);
}

#[test]
fn many_overlaps_are_all_counted_and_few_are_named() {
    let space = space([ordered(3)]);
    let rows = vec![space.everything(); 200];
    let found = overlaps(&space, &rows);
    assert_eq!(found.total, 200 * 199 / 2);
    assert_eq!(
        found
            .pairs
            .iter()
            .filter(|(_, later)| *later == 150)
            .count(),
        MAX_PAIRS_PER_ROW
    );
}

#[test]
fn running_out_of_steps_is_said() {
    // Rows that overlap and cover: { column k is 0 } for each k, and the rest in two halves.
    let columns = 6;
    let space = space(vec![ordered(4); columns]);
    let rows: Vec<AtomBox> = (0..columns * 2)
        .map(|number| {
            let mut row = space.everything();
            row.sides[number % columns] = span(0, 2);
            row.sides[(number + 1 + number / columns) % columns] = span(1, 4);
            row
        })
        .chain([space.everything()].map(|mut row| {
            row.sides[0] = span(2, 4);
            row
        }))
        .collect();
    let Verdict::NotDecided(undecided) = completeness(&space, &rows, 1) else {
        panic!("one step is not enough")
    };
    assert_eq!(undecided.steps, 1);
    assert!(
        (500..1000).contains(&undecided.covered_per_mille),
        "{undecided:?}"
    );
    assert!(matches!(
        completeness(&space, &rows, 0),
        Verdict::NotDecided(_)
    ));
    assert!(!matches!(
        completeness(&space, &rows, MAX_NODES),
        Verdict::NotDecided(_)
    ));
}

#[test]
fn volumes_past_128_bits_are_exact() {
    // 40 columns of 1000 atoms, a partition along each in turn: the last part is one corner.
    let space = space(vec![ordered(1000); 40]);
    let mut rows = Vec::new();
    let mut rest = space.everything();
    for column in 0..40 {
        let mut part = rest.clone();
        part.sides[column] = span(0, 999);
        rest.sides[column] = span(999, 1000);
        rows.push(part);
    }
    assert_eq!(
        completeness(&space, &rows, MAX_NODES),
        Verdict::Gap(rest.clone())
    );
    rows.push(rest.clone());
    assert_eq!(
        completeness(&space, &rows, 1),
        Verdict::Complete,
        "by volume, at the root"
    );
    assert_eq!(overlaps(&space, &rows).total, 0);
    rows.push(rest);
    assert_eq!(completeness(&space, &rows, MAX_NODES), Verdict::Complete);
    let last = unreachable(&space, &rows, MAX_NODES).pop();
    assert_eq!(
        last,
        Some(RowVerdict::Unreachable {
            by: vec![40],
            more: 0
        })
    );
}

#[test]
fn thousands_of_constants_are_no_trouble() {
    // A row per code, one code forgotten; the last atom is "any other", given by `not …` twice.
    let size = 5_000;
    let space = space([Column::Set { size }, ordered(4)]);
    let codes = (0..size - 1).filter(|code| *code != 1234);
    let mut rows: Vec<AtomBox> = codes
        .map(|code| row([AtomSet::from_atoms([code]), span(0, 4)]))
        .collect();
    let other = AtomSet::span(0, size - 1).complement(size);
    rows.push(row([other.clone(), span(0, 2)]));
    rows.push(row([other, span(2, 4)]));
    let Verdict::Gap(gap) = completeness(&space, &rows, MAX_NODES) else {
        panic!("a gap")
    };
    assert_eq!(gap, row([AtomSet::from_atoms([1234]), span(0, 4)]));
    assert_eq!(overlaps(&space, &rows).total, 0);
    rows.push(row([AtomSet::from_atoms([7]).complement(size), span(1, 3)]));
    assert_eq!(overlaps(&space, &rows).total, u64::from(size) - 1);
    rows.push(gap);
    assert_eq!(completeness(&space, &rows, MAX_NODES), Verdict::Complete);
}

#[test]
fn stepped_values_leave_nothing_between_neighbours() {
    let next = |day: &u32| day.checked_add(1);
    let domain = Domain {
        lowest: Some(&1),
        highest: Some(&31),
        successor: Some(&next),
    };
    let (low, high) = (Bound::Included(&9), Bound::Included(&10));
    let axis = Axis::new(domain, [(Bound::Unbounded, low), (high, Bound::Unbounded)]);
    assert_eq!(axis.atoms(), 2);
    assert_eq!(axis.range(Bound::Unbounded, low), Some(span(0, 1)));
    assert_eq!(
        axis.range(Bound::Excluded(&9), Bound::Included(&31)),
        Some(span(1, 2))
    );
    assert_eq!(
        axis.range(Bound::Excluded(&31), Bound::Unbounded),
        Some(AtomSet::empty())
    );
    assert_eq!(
        axis.range(Bound::Included(&3), Bound::Unbounded),
        None,
        "not a cut"
    );
    let whole = axis.values(Span { start: 0, end: 2 });
    assert_eq!(whole, Some((Bound::Included(&1), Bound::Included(&31))));
    let first = axis.values(Span { start: 0, end: 1 });
    assert_eq!(first, Some((Bound::Included(&1), Bound::Excluded(&10))));
    assert_eq!(axis.values(Span { start: 2, end: 3 }), None);
    let last = |_: &u32| None;
    let domain = Domain {
        successor: Some(&last),
        ..Domain::dense()
    };
    let axis = Axis::new(domain, [(Bound::Excluded(&9), Bound::Unbounded)]);
    assert_eq!(axis.atoms(), 1, "nothing lies above the last value");
}

#[test]
fn dense_values_keep_ends_apart() {
    let below = (Bound::Unbounded, Bound::Included(&50));
    let above = (Bound::Excluded(&50), Bound::Unbounded);
    let point = (Bound::Included(&50), Bound::Included(&50));
    let axis = Axis::new(Domain::dense(), [below, above]);
    assert_eq!(axis.atoms(), 2);
    assert_eq!(axis.range(point.0, point.1), None);
    let axis = Axis::new(Domain::dense(), [below, above, point]);
    assert_eq!(axis.atoms(), 3);
    assert_eq!(axis.range(point.0, point.1), Some(span(1, 2)));
    assert_eq!(axis.values(Span { start: 1, end: 2 }), Some(point));
    assert_eq!(axis.values(Span { start: 2, end: 3 }), Some(above));
    let empty = (Bound::Excluded(&50), Bound::Included(&50));
    assert_eq!(axis.range(empty.0, empty.1), Some(AtomSet::empty()));
    let nothing = Domain {
        lowest: Some(&2),
        highest: Some(&1),
        successor: None,
    };
    let axis = Axis::new(nothing, [point]);
    assert_eq!(
        (axis.atoms(), axis.range(point.0, point.1)),
        (0, Some(AtomSet::empty()))
    );
    let one = Domain {
        lowest: Some(&1),
        highest: Some(&1),
        successor: None,
    };
    assert_eq!(Axis::new(one, [point]).atoms(), 1);
}

#[test]
fn sets_are_normal_and_shared_operations_agree_with_membership() {
    let mut rng = random::Rng::new(7);
    for _ in 0..2_000 {
        let (a, b) = (rng.atoms(20), rng.atoms(20));
        let (left, right) = (
            AtomSet::from_atoms(a.clone()),
            AtomSet::from_atoms(b.clone()),
        );
        let (both, either, not) = (
            left.intersection(&right),
            left.union(&right),
            left.complement(20),
        );
        let cells =
            [false, true].map(|bits| [&left, &right].map(|set| Cell::of_set(set, 20, bits)));
        for [x, y] in &cells {
            assert_eq!(x.intersection(y).to_set(), both);
            assert_eq!(x.meets(y), !both.is_empty());
            assert_eq!(x.is_inside(y), both == left);
            assert_eq!(
                x.without(y).to_set(),
                left.intersection(&right.complement(20))
            );
            assert_eq!(Cell::union(x, [x, y].into_iter()).to_set(), either);
            assert_eq!((x.count(), x.first()), (left.count(), left.first()));
        }
        for atom in 0..20 {
            let (in_a, in_b) = (a.contains(&atom), b.contains(&atom));
            assert_eq!(both.contains(atom), in_a && in_b);
            assert_eq!(either.contains(atom), in_a || in_b);
            assert_eq!(not.contains(atom), !in_a);
        }
    }
}

#[test]
fn naturals_are_exact() {
    let max = u32::MAX;
    let big = Natural::product([max; 9]);
    let mut sum = big.clone();
    sum.add(&Natural::product([1]));
    assert!(sum > big);
    assert_eq!(sum.less(&big), Natural::product([1]));
    assert_eq!(big.less(&sum), Natural::default());
    assert_eq!(Natural::product([max, 0, max]), Natural::default());
    let third = Natural::product([max; 20]);
    let mut whole = third.clone();
    whole.add(&third);
    whole.add(&third);
    assert_eq!(
        (third.per_mille(&whole), whole.per_mille(&whole)),
        (333, 1000)
    );
    assert_eq!(Natural::default().per_mille(&whole), 0);
    let square = Natural::product([max, max]);
    let expected = Natural::product([max - 1, max]);
    assert_eq!(square.less(&Natural::product([max])), expected);
}
