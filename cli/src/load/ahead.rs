//! Does on a second processor what does not wait for the first.
//!
//! What a file says depends on its text alone, so files can be read in any order. What the analyses find and what is
//! found otherwise do not need each other. The answers are the same as on one thread, and in the same order.

use assize_compiler::items::file_keys;
use assize_compiler::{Database, Diagnostic, PackageInput, SourceFile};

use crate::STACK_BYTES;

/// Packages with less text are read before another thread has started.
const MIN_BYTES: usize = 256 * 1024;

/// How many threads are worth to be started for these files.
fn threads_for(db: &Database, files: &[SourceFile]) -> usize {
    let bytes: usize = files.iter().map(|file| file.text(db).len()).sum();
    if bytes < MIN_BYTES {
        return 1;
    }
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// All that the compiler says about a package, the analyses beside the rest.
pub fn diagnostics(db: &Database, package: PackageInput) -> Vec<Diagnostic> {
    if threads_for(db, package.files(db)) < 2 {
        return assize_compiler::diagnostics(db, package);
    }
    std::thread::scope(|scope| {
        let beside = db.clone();
        let thread = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, move || assize_compiler::analyses(&beside, package));
        assize_compiler::diagnostics_with(db, package, || match thread.map(|it| it.join()) {
            Ok(Ok(found)) => found,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => assize_compiler::analyses(db, package),
        })
    })
}

/// Has the database read all these files.
pub fn read(db: &Database, files: &[SourceFile]) {
    let threads = threads_for(db, files).min(files.len());
    if threads < 2 {
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
