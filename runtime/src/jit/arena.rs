//! Memory of one decision: given out from the front, taken back all at once.

/// Words of the first piece of memory.
const FIRST: usize = 8 * 1024;
/// Words of the largest piece that is kept for the next decision: 8 MiB.
const KEPT: usize = 1024 * 1024;
/// Words that all pieces together may have: 1 GiB. A decision that wants more leaves the machine code.
const MOST: usize = 128 * 1024 * 1024;

/// Memory for the records, lists and texts of one decision. Machine code gives out from
/// [`Arena::next`] to [`Arena::end`] itself and asks for another piece when that is used up; the host
/// does the same by [`Arena::take`].
#[derive(Debug, Default)]
#[repr(C)]
pub(crate) struct Arena {
    /// Where the next memory is given out.
    pub(crate) next: u64,
    /// Where the piece ends.
    pub(crate) end: u64,
    /// Where the last piece begins.
    start: u64,
    pieces: Vec<Box<[u64]>>,
    /// Words of all pieces.
    words: usize,
}

impl Arena {
    /// The address of room for so many words; `None` when there is no more memory.
    pub(crate) fn take(&mut self, words: usize) -> Option<u64> {
        if words == 0 {
            // Nothing is ever read from there.
            return Some(std::ptr::dangling::<u64>() as u64);
        }
        let bytes = u64::try_from(words).ok()?.checked_mul(8)?;
        if self.end - self.next < bytes {
            self.piece(words)?;
        }
        let address = self.next;
        self.next += bytes;
        Some(address)
    }

    /// Another piece, with room for at least so many words.
    fn piece(&mut self, words: usize) -> Option<()> {
        let last = self.pieces.last().map_or(0, |piece| piece.len());
        let size = words.max((last * 2).clamp(FIRST, MOST / 8));
        self.words = self.words.checked_add(size).filter(|all| *all <= MOST)?;
        self.pieces.push(vec![0u64; size].into_boxed_slice());
        self.rewind();
        Some(())
    }

    /// Gives out the last piece from its beginning.
    fn rewind(&mut self) {
        let range = self.pieces.last().map(|piece| piece.as_ptr_range());
        (self.next, self.end) = range.map_or((0, 0), |it| (it.start as u64, it.end as u64));
        self.start = self.next;
    }

    /// Puts words there; the address of the first.
    pub(crate) fn put(&mut self, words: &[u64]) -> Option<u64> {
        let address = self.take(words.len())?;
        #[expect(unsafe_code, reason = "writes into its own memory")]
        // SAFETY: `take` has given room for so many words, which nobody else was given.
        unsafe {
            std::ptr::copy_nonoverlapping(words.as_ptr(), address as *mut u64, words.len());
        }
        Some(address)
    }

    /// Takes everything back, and keeps the greatest piece that may be kept for the next decision.
    #[inline(always)]
    pub(crate) fn reset(&mut self) {
        // Most decisions take nothing.
        if self.next != self.start {
            self.take_back();
        }
    }

    #[inline(never)]
    fn take_back(&mut self) {
        if self.pieces.len() > 1 {
            // Pieces grow, so the last that may be kept is the greatest of them.
            let kept = self.pieces.drain(..).rfind(|piece| piece.len() <= KEPT);
            self.pieces.extend(kept);
        } else {
            self.pieces.retain(|piece| piece.len() <= KEPT);
        }
        self.words = self.pieces.iter().map(|piece| piece.len()).sum();
        self.rewind();
    }

    /// A copy of a text.
    pub(crate) fn text(&mut self, text: &str) -> Option<[u64; 2]> {
        let address = self.take(text.len().div_ceil(8))?;
        #[expect(unsafe_code, reason = "writes into its own memory")]
        // SAFETY: `take` has given room for so many bytes, which nobody else was given.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr(), address as *mut u8, text.len());
        }
        Some([address, text.len() as u64])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_grow_and_end() {
        let mut arena = Arena::default();
        arena.take(3).unwrap();
        assert_eq!((arena.end - arena.next) as usize, (FIRST - 3) * 8);
        let big = arena.take(100_000).unwrap();
        assert_eq!((arena.next, arena.end), (big + 800_000, big + 800_000));
        assert_eq!(arena.take(MOST), None);
    }

    #[test]
    fn a_piece_is_kept_for_the_next_decision() {
        let mut arena = Arena::default();
        let first = arena.take(10).unwrap();
        arena.reset();
        assert_eq!(arena.take(20).unwrap(), first);
        arena.take(FIRST + 1).unwrap();
        arena.take(KEPT + 1).unwrap();
        arena.reset();
        assert_eq!((arena.end - arena.next) as usize, (FIRST * 2) * 8);
        assert_eq!(arena.words, FIRST * 2);
    }

    #[test]
    fn nothing_needs_no_memory() {
        let mut arena = Arena::default();
        assert_eq!(arena.put(&[]), Some(8));
        assert!(arena.pieces.is_empty());
    }

    #[test]
    fn texts_are_copied() {
        let mut arena = Arena::default();
        let [address, bytes] = arena.text("größer als acht").unwrap();
        #[expect(unsafe_code, reason = "reads its own memory")]
        // SAFETY: the arena is alive.
        let text = unsafe { super::super::words::text(address, bytes) };
        assert_eq!(text, Some("größer als acht"));
    }
}
