//! The way of a question through an index.

use super::keys::MISSING;
use super::{Child, Index, PLAIN, Step, Told};

/// Where the words of a question lie.
#[derive(Clone, Copy)]
struct Question(*const u64);

/// A question on its way through an index.
#[derive(Clone, Copy)]
pub(super) struct Walk<'i> {
    index: &'i Index,
    question: Question,
}

/// Columns whose keys are made once for all rows that are compared.
const KEPT: usize = 8;
/// Sets of bits that are looked at together; columns behind them are compared.
pub(super) const MOST_SETS: usize = 8;

/// Rows that are compared.
struct Compared<'i> {
    columns: &'i [u64],
    /// Each row with the ends of its cells.
    rows: &'i [u64],
    keys: [i64; KEPT],
}

impl<'i> Walk<'i> {
    /// # Safety
    /// At the address lie the words of a question to this table.
    #[expect(unsafe_code, reason = "what follows reads the question")]
    #[inline]
    pub(super) unsafe fn new(index: &'i Index, question: *const u64) -> Walk<'i> {
        Walk {
            index,
            question: Question(question),
        }
    }

    #[inline]
    fn key(self, column: usize) -> i64 {
        let Some(keys) = self.index.keys.get(column) else {
            return MISSING;
        };
        #[expect(unsafe_code, reason = "reads what machine code wrote")]
        // SAFETY: whoever made this value says that the question lies there.
        unsafe {
            keys.key(self.question.0)
        }
    }

    /// Tells the rows that hit, those of one list in their order, until `tell` wants no more of the list.
    #[inline]
    pub(super) fn each(self, child: Child, tell: &mut impl FnMut(u32) -> bool) {
        match self.down(child).told() {
            Told::Nothing => {}
            Told::Row(row) => {
                tell(row);
            }
            Told::Step(at) => self.rows(at, tell),
        }
    }

    /// Goes through steps that look a key up, to where there is none any more.
    #[inline]
    fn down(self, child: Child) -> Child {
        let mut child = child;
        while let Told::Step(at) = child.told() {
            match self.look_up(at) {
                Some(next) => child = next,
                None => break,
            }
        }
        child
    }

    /// The child of a step that looks a key up; `None` of another one.
    #[inline]
    fn look_up(self, at: usize) -> Option<Child> {
        let (head, rest) = self.index.words.get(at..)?.split_first()?;
        let (step, column, count) = Step::of(*head)?;
        if !matches!(step, Step::Cuts | Step::Array) {
            return None;
        }
        let key = if head & PLAIN == 0 {
            self.key(column)
        } else {
            #[expect(unsafe_code, reason = "reads what machine code wrote")]
            // SAFETY: whoever made this value says that the question lies there, and whoever made the step that this
            // word of it is the key.
            unsafe {
                self.question.0.add(column).read().cast_signed()
            }
        };
        if step == Step::Cuts {
            let (cuts, children) = rest.split_at_checked(count)?;
            return half(children, below(cuts, key));
        }
        let ([first, ends, missing], children) = rest.split_first_chunk()?;
        let first = first.cast_signed();
        let place = key.wrapping_sub(first).cast_unsigned();
        if place < count as u64 {
            half(children, place as usize)
        } else if key == MISSING {
            Some(Child(*missing as u32))
        } else {
            half(std::slice::from_ref(ends), usize::from(key > first))
        }
    }

    /// The same for a step behind which there are several rows, or rows that are compared.
    #[inline(never)]
    fn rows(self, at: usize, tell: &mut dyn FnMut(u32) -> bool) {
        // No index has anything else behind such a step.
        let Some((head, rest)) = self.index.words.get(at..).and_then(<[u64]>::split_first) else {
            return;
        };
        let Some((step, columns, count)) = Step::of(*head) else {
            return;
        };
        match step {
            Step::Both => {
                for child in rest.iter().take(1).flat_map(|word| halves(*word)) {
                    self.each(Child(child), &mut |row| tell(row));
                }
            }
            Step::Hits => {
                let words = rest.get(..count.div_ceil(2)).unwrap_or_default();
                for number in words.iter().flat_map(|word| halves(*word)) {
                    // The last word may hold one row alone.
                    if number == 0 || !tell(number - 1) {
                        break;
                    }
                }
            }
            Step::Compared => {
                let Some(compared) = self.comparing(columns, count, rest) else {
                    return;
                };
                for row in compared.rows.chunks_exact(compared.width()) {
                    if let Some(row) = self.taken(&compared, row)
                        && !tell(row)
                    {
                        break;
                    }
                }
            }
            Step::Bits => self.bits((columns, count), rest, tell),
            Step::Cuts | Step::Array => {}
        }
    }

    fn comparing(self, columns: usize, count: usize, rest: &'i [u64]) -> Option<Compared<'i>> {
        let (columns, rows) = rest.split_at_checked(columns)?;
        let mut keys = [MISSING; KEPT];
        for (key, column) in keys.iter_mut().zip(columns) {
            *key = self.key(*column as usize);
        }
        let rows = rows.get(..count * (1 + 2 * columns.len()))?;
        Some(Compared {
            columns,
            rows,
            keys,
        })
    }

    /// A row that is compared, where all its cells take their keys.
    #[inline]
    fn taken(self, compared: &Compared<'_>, row: &[u64]) -> Option<u32> {
        let (row, ends) = row.split_first()?;
        let (ends, _) = ends.as_chunks::<2>();
        for (at, (column, ends)) in compared.columns.iter().zip(ends).enumerate() {
            let key = match compared.keys.get(at) {
                Some(key) => *key,
                None => self.key(*column as usize),
            };
            let [low, high] = ends.map(u64::cast_signed);
            let taken = if low <= high {
                low <= key && key <= high
            } else {
                self.is_in(high, key)
            };
            if !taken {
                return None;
            }
        }
        u32::try_from(*row).ok()
    }

    /// Whether one of the intervals at a place takes a key.
    #[cold]
    fn is_in(self, place: i64, key: i64) -> bool {
        let (start, count) = ((place & 0xffff_ffff) as usize, (place >> 32) as usize);
        let all = self.index.intervals.get(start..).unwrap_or_default();
        let all = all.get(..count).unwrap_or_default();
        let next = all.partition_point(|(low, _)| *low <= key);
        let last = next.checked_sub(1).and_then(|last| all.get(last));
        last.is_some_and(|(_, high)| key <= *high)
    }

    /// Rows that all sets of bits leave are compared.
    fn bits(self, head: (usize, usize), rest: &'i [u64], tell: &mut dyn FnMut(u32) -> bool) {
        let Some((sets, compared)) = self.sets(head, rest) else {
            return;
        };
        for word in 0..head.1 {
            let mut left = u64::MAX;
            for set in &sets {
                left &= set.get(word).copied().unwrap_or(u64::MAX);
            }
            while left != 0 {
                let row = word * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                let start = row * compared.width();
                let ends = compared.rows.get(start..start + compared.width());
                if let Some(row) = ends.and_then(|row| self.taken(&compared, row))
                    && !tell(row)
                {
                    return;
                }
            }
        }
    }

    /// The sets of the columns that the question meets, each of so many words, and the rows.
    fn sets(
        self,
        (columns, words): (usize, usize),
        mut rest: &'i [u64],
    ) -> Option<([&'i [u64]; MOST_SETS], Compared<'i>)> {
        let mut sets: [&[u64]; MOST_SETS] = [&[]; MOST_SETS];
        for set in sets.iter_mut().take(columns) {
            let ([column, cuts], behind) = rest.split_first_chunk()?;
            let (cuts, behind) = behind.split_at_checked(usize::try_from(*cuts).ok()?)?;
            let (all, behind) = behind.split_at_checked((cuts.len() + 1) * words)?;
            let place = below(cuts, self.key(usize::try_from(*column).ok()?));
            *set = all.get(place * words..)?.get(..words)?;
            rest = behind;
        }
        let (head, rest) = rest.split_first()?;
        let (_, columns, rows) = Step::of(*head)?;
        Some((sets, self.comparing(columns, rows, rest)?))
    }
}

impl Compared<'_> {
    fn width(&self) -> usize {
        1 + 2 * self.columns.len()
    }
}

/// How many of rising keys are not above one.
#[inline]
fn below(cuts: &[u64], key: i64) -> usize {
    cuts.partition_point(|cut| cut.cast_signed() <= key)
}

fn halves(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

/// One of the children that lie two in a word.
#[inline]
fn half(words: &[u64], at: usize) -> Option<Child> {
    let word = words.get(at / 2)?;
    Some(Child((word >> (at % 2 * 32)) as u32))
}
