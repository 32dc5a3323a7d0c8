//! Lists of words, as the grammar has them.

use assize_grammar::words::{NOT_A_UNIT, WordClass, of_class};

use super::page::WordList;

/// Widest line of a list.
const MAX_COLUMNS: usize = 100;

/// The words of a list in alphabetical order, on lines of at most [`MAX_COLUMNS`] columns.
pub fn list(which: WordList) -> String {
    let mut words: Vec<&str> = match which {
        WordList::Reserved => of_class(WordClass::Reserved)
            .chain(of_class(WordClass::Constant))
            .collect(),
        WordList::Declaration => of_class(WordClass::Declaration).collect(),
        WordList::InPlace => of_class(WordClass::InPlace).collect(),
        WordList::NoUnit => NOT_A_UNIT.to_vec(),
    };
    words.sort_unstable();
    let mut out = String::new();
    let mut used = 0;
    for word in words {
        if used > 0 && used + 1 + word.len() > MAX_COLUMNS {
            out.push('\n');
            used = 0;
        }
        if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += word.len();
    }
    out.push('\n');
    out
}
