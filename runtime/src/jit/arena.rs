//! Memory of one decision: given out from the front, taken back all at once.

/// Words of the first piece of memory.
const FIRST: usize = 8 * 1024;
/// Words of the largest piece that is kept for the next decision: 8 MiB.
const KEPT: usize = 1024 * 1024;
/// Words that all pieces together may have: 1 GiB. A decision that wants more leaves the machine code.
const MOST: usize = 128 * 1024 * 1024;

/// Memory for the records, lists and texts of one decision. Machine code gives out from
/// [`Arena::next`] to [`Arena::end`] itself and asks for another piece when that is used up.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    pieces: Vec<Box<[u64]>>,
    /// Words of all pieces.
    words: usize,
    /// Words of the piece that machine code is given.
    current: usize,
    /// A piece of an earlier decision; what stands in it means nothing.
    kept: Option<Box<[u64]>>,
}

impl Arena {
    /// Another piece with room for at least so many words: its first and its last address.
    pub(crate) fn piece(&mut self, words: usize) -> Option<(u64, u64)> {
        if let Some(piece) = self.kept.take_if(|piece| piece.len() >= words) {
            self.words = self.words.checked_add(piece.len())?;
            return Some(self.hand_out(piece));
        }
        let size = words.max((self.current * 2).clamp(FIRST, MOST / 8));
        self.words = self.words.checked_add(size).filter(|all| *all <= MOST)?;
        Some(self.hand_out(vec![0u64; size].into_boxed_slice()))
    }

    fn hand_out(&mut self, piece: Box<[u64]>) -> (u64, u64) {
        let range = piece.as_ptr_range();
        self.current = piece.len();
        self.pieces.push(piece);
        (range.start as u64, range.end as u64)
    }

    /// Puts words into a piece of their own; the address of the first.
    pub(crate) fn put(&mut self, words: &[u64]) -> Option<u64> {
        if words.is_empty() {
            // Nothing is ever read from there.
            return Some(std::ptr::dangling::<u64>() as u64);
        }
        self.words = self
            .words
            .checked_add(words.len())
            .filter(|all| *all <= MOST)?;
        let piece: Box<[u64]> = Box::from(words);
        let address = piece.as_ptr() as u64;
        self.pieces.push(piece);
        Some(address)
    }

    /// Takes everything back, and keeps one piece for the next decision.
    pub(crate) fn reset(&mut self) {
        let largest = self.pieces.drain(..).max_by_key(|piece| piece.len());
        self.kept = largest.filter(|piece| (FIRST..=KEPT).contains(&piece.len()));
        (self.words, self.current) = (0, 0);
    }

    /// A copy of a text.
    pub(crate) fn text(&mut self, text: &str) -> Option<[u64; 2]> {
        let words: Vec<u64> = text
            .as_bytes()
            .chunks(8)
            .map(|chunk| {
                let mut word = [0; 8];
                for (to, from) in word.iter_mut().zip(chunk) {
                    *to = *from;
                }
                u64::from_ne_bytes(word)
            })
            .collect();
        Some([self.put(&words)?, text.len() as u64])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_grow_and_end() {
        let mut arena = Arena::default();
        let (start, end) = arena.piece(3).unwrap();
        assert_eq!((end - start) as usize, FIRST * 8);
        let (start, end) = arena.piece(100_000).unwrap();
        assert_eq!((end - start) as usize, 800_000);
        assert_eq!(arena.piece(MOST), None);
    }

    #[test]
    fn a_piece_is_kept_for_the_next_decision() {
        let mut arena = Arena::default();
        let first = arena.piece(10).unwrap();
        arena.reset();
        assert_eq!(arena.piece(20).unwrap(), first);
        arena.piece(KEPT + 1).unwrap();
        arena.reset();
        assert!(arena.kept.is_none());
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
