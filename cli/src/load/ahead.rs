//! Reads rule files on all processors before anyone asks for them.
//!
//! What a file says depends on its text alone, so files can be read in any order and the answers are
//! the same; what follows (names, types, analyses) is asked on one thread.

use assize_compiler::items::file_keys;
use assize_compiler::{Database, SourceFile};

use crate::STACK_BYTES;

/// Packages with less text are read before another thread has started.
const MIN_BYTES: usize = 256 * 1024;

/// Has the database read all these files.
pub fn read(db: &Database, files: &[SourceFile]) {
    let bytes: usize = files.iter().map(|file| file.text(db).len()).sum();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.min(files.len());
    if threads < 2 || bytes < MIN_BYTES {
        return;
    }
    std::thread::scope(|scope| {
        // Files beside each other are of a size more often than not: each thread takes every nth.
        for first in 1..threads {
            let db = db.clone();
            let rest = files.iter().skip(first).step_by(threads);
            // A thread that cannot be started leaves its files to whoever asks for them.
            let _ = std::thread::Builder::new()
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, move || {
                    for file in rest {
                        file_keys(&db, *file);
                    }
                });
        }
        for file in files.iter().step_by(threads) {
            file_keys(db, *file);
        }
    });
}
