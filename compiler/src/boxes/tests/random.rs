//! Small random tables against brute force over all their points.

use super::super::*;

/// Tables compared.
const TABLES: u64 = 20_000;

/// Xorshift with a fixed seed: the same tables in every run.
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    fn below(&mut self, limit: u32) -> u32 {
        (self.next() % u64::from(limit)) as u32
    }

    /// Each of `0 .. size` with probability one half.
    pub(super) fn atoms(&mut self, size: u32) -> Vec<u32> {
        (0..size).filter(|_| self.below(2) == 0).collect()
    }

    fn column(&mut self, large: bool) -> Column {
        match (large, self.below(3)) {
            (true, 0) => Column::Ordered {
                atoms: 66,
                missing: true,
            },
            (true, _) => Column::Set {
                size: 65 + self.below(20),
            },
            (false, 0) => Column::Ordered {
                atoms: 1 + self.below(6),
                missing: false,
            },
            (false, 1) => Column::Ordered {
                atoms: self.below(5),
                missing: true,
            },
            (false, _) => Column::Set {
                size: 1 + self.below(5),
            },
        }
    }

    fn space(&mut self, number: u64) -> Space {
        let columns = if number.is_multiple_of(16) {
            let mut columns = vec![self.column(true), self.column(false)];
            if self.below(2) == 0 {
                columns.reverse();
            }
            columns
        } else {
            (0..1 + self.below(4)).map(|_| self.column(false)).collect()
        };
        Space { columns }
    }

    fn cell(&mut self, column: Column) -> AtomSet {
        let size = column.atoms();
        let range = |rng: &mut Self| {
            let start = rng.below(size);
            AtomSet::span(start, start + 1 + rng.below(size - start))
        };
        match self.below(12) {
            0..=2 => column.all(),
            3..=6 => range(self),
            7 => range(self).complement(size),
            8 => AtomSet::from_atoms(self.atoms(size)),
            9 => AtomSet::from_atoms([self.below(size)]).complement(size),
            10 => AtomSet::from_atoms(column.missing_atom()).union(&range(self)),
            _ => AtomSet::from_atoms([self.below(size)]),
        }
    }

    /// A box of the rows so far is cut in two (keeps a cover a cover), or a random row is added.
    fn rows(&mut self, space: &Space) -> Vec<AtomBox> {
        let count = 1 + self.below(9) as usize;
        let mut rows = Vec::new();
        if self.below(3) > 0 {
            rows.push(space.everything());
        }
        for _ in 0..count {
            let random = AtomBox {
                sides: space.columns.iter().map(|c| self.cell(*c)).collect(),
            };
            if rows.is_empty() || self.below(4) == 0 {
                rows.push(random);
                continue;
            }
            let place = self.below(rows.len() as u32) as usize;
            let column = self.below(space.columns.len() as u32) as usize;
            let mut other = rows[place].clone();
            let size = space.columns[column].atoms();
            let cut = &random.sides[column];
            rows[place].sides[column] = other.sides[column].intersection(cut);
            other.sides[column] = other.sides[column].intersection(&cut.complement(size));
            rows.push(other);
        }
        if self.below(4) == 0 {
            let place = self.below(rows.len() as u32) as usize;
            rows.remove(place);
        }
        for last in (1..rows.len()).rev() {
            rows.swap(last, self.below(last as u32 + 1) as usize);
        }
        rows
    }
}

fn points(space: &Space) -> Vec<Vec<u32>> {
    let mut points = vec![vec![]];
    for column in &space.columns {
        let longer = points.iter().flat_map(|point| {
            (0..column.atoms()).map(move |atom| [point.as_slice(), &[atom]].concat())
        });
        points = longer.collect();
    }
    points
}

#[derive(Default, Debug)]
struct Seen {
    complete: u32,
    gaps: u32,
    overlapping: u32,
    dead: u32,
    undecided: u32,
}

#[test]
fn small_tables_agree_with_brute_force() {
    let mut rng = Rng::new(2026);
    let mut seen = Seen::default();
    for number in 0..TABLES {
        let space = rng.space(number);
        let rows = rng.rows(&space);
        compare(&space, &rows, &mut seen);
    }
    // The comparison is only worth something if all answers occur often.
    assert!(
        seen.complete > 2_000 && seen.gaps > 2_000 && seen.overlapping > 2_000,
        "{seen:?}"
    );
    assert!(seen.dead > 2_000 && seen.undecided > 500, "{seen:?}");
}

fn compare(space: &Space, rows: &[AtomBox], seen: &mut Seen) {
    let points = points(space);
    let inside: Vec<Vec<bool>> = rows
        .iter()
        .map(|row| points.iter().map(|point| row.contains(point)).collect())
        .collect();
    compare_overlaps(space, rows, &inside, seen);
    compare_gaps(space, rows, &points, &inside, seen);
    compare_reach(space, rows, &inside, seen);
}

fn compare_overlaps(space: &Space, rows: &[AtomBox], inside: &[Vec<bool>], seen: &mut Seen) {
    let mut expected = Vec::new();
    for later in 0..rows.len() {
        for earlier in 0..later {
            let met = inside[later]
                .iter()
                .zip(&inside[earlier])
                .any(|(a, b)| *a && *b);
            let meeting = meeting_box(space, &rows[earlier], &rows[later]);
            assert_eq!(met, meeting.is_some(), "{space:?} {rows:?}");
            if met {
                expected.push((earlier as u32, later as u32));
            }
        }
    }
    let found = overlaps(space, rows);
    assert_eq!(found.total, expected.len() as u64, "{space:?} {rows:?}");
    let mut kept = expected.clone();
    kept.retain(|(earlier, later)| {
        let before = expected
            .iter()
            .filter(|(a, b)| b == later && a < earlier)
            .count();
        before < MAX_PAIRS_PER_ROW
    });
    assert_eq!(found.pairs, kept);
    seen.overlapping += u32::from(!expected.is_empty());
}

fn compare_gaps(
    space: &Space,
    rows: &[AtomBox],
    points: &[Vec<u32>],
    inside: &[Vec<bool>],
    seen: &mut Seen,
) {
    let is_free = |point: usize| inside.iter().all(|row| !row[point]);
    let free = (0..points.len()).filter(|point| is_free(*point)).count();
    let context = || format!("{space:?} {rows:?}");
    match completeness(space, rows, MAX_NODES) {
        Verdict::Complete => assert_eq!(free, 0, "{}", context()),
        Verdict::Gap(gap) => check_maximal(space, points, &is_free, &gap),
        Verdict::NotDecided(_) => panic!("small tables are decided: {}", context()),
    }
    seen.complete += u32::from(free == 0);
    seen.gaps += u32::from(free > 0);
    let all = gaps(space, rows, MAX_NODES, 1_000);
    assert_eq!(all.rest, Rest::Nothing);
    let mut left = free;
    for gap in &all.found {
        left -= gap
            .sides
            .iter()
            .map(|side| side.count() as usize)
            .product::<usize>();
    }
    assert_eq!(left, 0, "disjoint gaps are all that is free: {}", context());
    for gap in &all.found {
        let mut members = (0..points.len()).filter(|point| gap.contains(&points[*point]));
        assert!(members.all(is_free), "{}", context());
    }
    for budget in [0, 1, 2] {
        match completeness(space, rows, budget) {
            Verdict::Complete => assert_eq!(free, 0, "{}", context()),
            Verdict::Gap(_) => assert!(free > 0, "{}", context()),
            Verdict::NotDecided(undecided) => {
                seen.undecided += 1;
                let covered = (points.len() - free) * 1000 / points.len();
                assert!(
                    usize::from(undecided.covered_per_mille) <= covered,
                    "{}",
                    context()
                );
                assert!(undecided.steps <= budget);
            }
        }
    }
}

/// No point of the gap is in a row, and no neighbouring atom could be added to any side.
fn check_maximal(
    space: &Space,
    points: &[Vec<u32>],
    is_free: &impl Fn(usize) -> bool,
    gap: &AtomBox,
) {
    let all_free = |candidate: &AtomBox| {
        (0..points.len()).all(|point| !candidate.contains(&points[point]) || is_free(point))
    };
    assert!(gap.sides.iter().all(|side| !side.is_empty()));
    assert!(all_free(gap), "{space:?} {gap:?}");
    for (place, column) in space.columns.iter().enumerate() {
        let side = &gap.sides[place];
        let missing = column.missing_atom();
        for atom in (0..column.atoms()).filter(|atom| !side.contains(*atom)) {
            let touches = side.contains(atom + 1) || atom > 0 && side.contains(atom - 1);
            let widens = match column {
                Column::Set { .. } => true,
                Column::Ordered { .. } => {
                    touches && missing.is_none_or(|none| none != atom && !side.contains(none))
                }
            };
            let mut wider = gap.clone();
            wider.sides[place] = side.union(&AtomSet::from_atoms([atom]));
            assert!(
                !widens || !all_free(&wider),
                "{space:?} {gap:?} can grow to {wider:?}"
            );
        }
        let mut anything = gap.clone();
        anything.sides[place] = column.all();
        assert!(
            *side == column.all() || !all_free(&anything),
            "{space:?} {gap:?}"
        );
    }
}

fn compare_reach(space: &Space, rows: &[AtomBox], inside: &[Vec<bool>], seen: &mut Seen) {
    let verdicts = unreachable(space, rows, MAX_NODES);
    for (number, verdict) in verdicts.iter().enumerate() {
        let (earlier, own) = (&inside[..number], &inside[number]);
        let free = |point: usize, by: &[Vec<bool>]| by.iter().all(|row| !row[point]);
        let reachable = (0..own.len()).any(|point| own[point] && free(point, earlier));
        let context = || format!("row {number}: {verdict:?}, {space:?} {rows:?}");
        match verdict {
            RowVerdict::Reachable => assert!(reachable, "{}", context()),
            RowVerdict::Empty => assert!(own.iter().all(|inside| !inside), "{}", context()),
            RowVerdict::NotDecided(_) => panic!("small tables are decided: {}", context()),
            RowVerdict::Unreachable { by, more } => {
                seen.dead += 1;
                assert!(!reachable && own.contains(&true), "{}", context());
                assert!(
                    by.iter().all(|row| (*row as usize) < number),
                    "{}",
                    context()
                );
                let named: Vec<_> = by.iter().map(|row| inside[*row as usize].clone()).collect();
                let bare = (0..own.len()).any(|point| own[point] && free(point, &named));
                assert_eq!(bare, *more > 0, "needed rows only: {}", context());
            }
        }
        let point = effective_point(space, rows, number as u32, MAX_NODES);
        assert_eq!(point.is_some(), reachable, "{}", context());
        if let Some(point) = point {
            assert!(rows[number].contains(&point), "{}", context());
            assert!(
                rows[..number].iter().all(|row| !row.contains(&point)),
                "{}",
                context()
            );
        }
    }
}

/// Cuts the whole space into `count` disjoint rows, in random places, in random order.
fn partition(rng: &mut Rng, space: &Space, count: usize) -> Vec<AtomBox> {
    let mut rows = vec![space.everything()];
    while rows.len() < count {
        let place = rng.below(rows.len() as u32) as usize;
        let column = rng.below(space.columns.len() as u32) as usize;
        let old = rows[place].sides[column].clone();
        let cut = rng.cell(space.columns[column]);
        let (kept, rest) = (
            old.intersection(&cut),
            old.intersection(&cut.complement(space.columns[column].atoms())),
        );
        if kept.is_empty() || rest.is_empty() {
            continue;
        }
        let mut other = rows[place].clone();
        rows[place].sides[column] = kept;
        other.sides[column] = rest;
        rows.push(other);
    }
    for last in (1..rows.len()).rev() {
        rows.swap(last, rng.below(last as u32 + 1) as usize);
    }
    rows
}

#[test]
fn larger_partitions_with_and_without_faults() {
    let mut rng = Rng::new(11);
    let columns = vec![
        Column::Ordered {
            atoms: 300,
            missing: true,
        },
        Column::Set { size: 8 },
        Column::Set { size: 200 },
        Column::Ordered {
            atoms: 50,
            missing: false,
        },
    ];
    let space = Space { columns };
    for count in [60, 150, 700] {
        let rows = partition(&mut rng, &space, count);
        assert_eq!(overlaps(&space, &rows), Overlaps::default());
        assert_eq!(
            completeness(&space, &rows, 1 + count as u64 / 64),
            Verdict::Complete
        );

        let mut missing = rows.clone();
        let hole = missing.remove(count / 3);
        let found = gaps(&space, &missing, MAX_NODES, 10_000);
        assert_eq!(found.rest, Rest::Nothing);
        let inside = |gap: &AtomBox| meeting_box(&space, gap, &hole).as_ref() == Some(gap);
        assert!(!found.found.is_empty() && found.found.iter().all(inside));

        let mut faulty = rows.clone();
        for _ in 0..5 {
            let (row, column) = (rng.below(count as u32) as usize, rng.below(4) as usize);
            let more = rng.cell(space.columns[column]);
            faulty[row].sides[column] = faulty[row].sides[column].union(&more);
        }
        check_pairs(&space, &faulty);
        assert_eq!(completeness(&space, &faulty, MAX_NODES), Verdict::Complete);
    }
}

#[test]
fn overlaps_of_larger_tables_agree_with_every_pair() {
    let mut rng = Rng::new(13);
    for round in 0..12 {
        let space = rng.space(round * 4);
        let count = 60 + 40 * round as usize;
        let rows: Vec<AtomBox> = (0..count)
            .map(|_| AtomBox {
                sides: space.columns.iter().map(|c| rng.cell(*c)).collect(),
            })
            .collect();
        check_pairs(&space, &rows);
    }
}

fn check_pairs(space: &Space, rows: &[AtomBox]) {
    let mut expected = Overlaps::default();
    for later in 0..rows.len() {
        let meeting = (0..later)
            .filter(|earlier| meeting_box(space, &rows[*earlier], &rows[later]).is_some());
        let meeting: Vec<usize> = meeting.collect();
        expected.total += meeting.len() as u64;
        let kept = meeting.iter().take(MAX_PAIRS_PER_ROW);
        expected
            .pairs
            .extend(kept.map(|earlier| (*earlier as u32, later as u32)));
    }
    assert_eq!(overlaps(space, rows), expected);
}
