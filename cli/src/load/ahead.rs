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

#[cfg(test)]
mod tests {
    use super::*;

    /// A package that is large enough for a second thread, with faults of every phase in some of its files.
    fn files() -> Vec<(String, String)> {
        let file = |number: usize| {
            let faults = match number % 40 {
                0 => {
                    "table overlapping (a: int) gives int\n    | a || x |\n    | > 1 || 1 |\n    | > 2 || 2 |\n"
                }
                1 => {
                    "define a (x: int) gives int\n    b(x)\n\ndefine b (x: int) gives int\n    a(x)\n"
                }
                2 => "define wrong gives int\n    true\n",
                3 => "define unread (x: int gives int\n    x\n",
                4 => {
                    "rule clashing (a: int) gives int\n    default 1\n    exception one\n        when a > 1\n        \
                      then 2\n    exception two\n        when a > 2\n        then 3\n"
                }
                _ => "define fine (x: int) gives int\n    x + 1\n",
            };
            let padding =
                "// a line of words that says nothing at all, so that the package is large\n";
            let text = format!("module m{number}\n\n{}\n{faults}", padding.repeat(20));
            (format!("m{number}.assize"), text)
        };
        (0..200).map(file).collect()
    }

    #[test]
    fn what_is_found_on_two_threads_is_what_one_finds() {
        let package = |db: &Database| PackageInput::alone(db, "large", files());
        let work = || {
            let (one, two) = (Database::default(), Database::default());
            let beside = package(&two);
            let size: usize = beside
                .files(&two)
                .iter()
                .map(|it| it.text(&two).len())
                .sum();
            assert!(size >= MIN_BYTES, "{size}");
            let told = |db: &Database, all: Vec<Diagnostic>| -> Vec<String> {
                let line = |it: &Diagnostic| {
                    let (file, range) = assize_compiler::resolve(db, &it.primary.at);
                    format!("{} {range:?} {} {}", file.path(db), it.code.0, it.claim)
                };
                all.iter().map(line).collect()
            };
            let alone = told(&one, assize_compiler::diagnostics(&one, package(&one)));
            let both = told(&two, diagnostics(&two, beside));
            assert!(alone.len() >= 25, "{}", alone.len());
            assert_eq!(alone, both);
        };
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
            let run = thread.spawn_scoped(scope, work);
            assert!(run.is_ok_and(|run| run.join().is_ok()));
        });
    }
}
