//! Every Rust file: its opening words, its length, nothing unfinished, `unsafe`, floats.

use super::Fault;
use crate::rust_text::{Without, lines_without_tests, view, words};
use crate::tree::SourceFile;

/// Length in lines, tests excluded, past which a file is listed as worth splitting.
pub const WISHED_FILE_LINES: usize = 300;

/// Length in lines past which a file is refused: tests beside code excluded, files of tests as a whole.
pub const MAX_FILE_LINES: usize = 800;

/// The one folder where `unsafe` may stand.
const UNSAFE_FOLDER: &str = "runtime/src/jit/";

/// Where `unsafe impl` is written for the types of callers, who may forbid it themselves.
const DERIVE_FOLDER: &str = "derive/src/";

/// The folders through which numbers pass.
const FLOAT_FREE_FOLDERS: &[&str] = &[
    "grammar", "ir", "eval", "compiler", "derive", "runtime", "cli",
];

/// Calls and attributes that mean "not finished". `ignore` is looked for as an attribute.
const UNFINISHED_MACROS: &[&str] = &["todo", "unimplemented", "dbg"];

fn rust_files(files: &[SourceFile]) -> impl Iterator<Item = &SourceFile> {
    files.iter().filter(|file| file.ends_with(".rs"))
}

/// Every file opens with `//!` and says what it is for.
pub fn opening_words(files: &[SourceFile]) -> Vec<Fault> {
    rust_files(files)
        .filter(|file| {
            let first = file.text.lines().next().unwrap_or_default();
            first
                .strip_prefix("//! ")
                .is_none_or(|words| !words.contains(' '))
        })
        .map(|file| Fault::in_file(&file.path, "does not open with `//!` and what it is for"))
        .collect()
}

/// No file is longer than [`MAX_FILE_LINES`]. Tests that stand below the code that they are about do not
/// count; a file that is nothing but tests counts as a whole.
pub fn too_long(files: &[SourceFile]) -> Vec<Fault> {
    let code =
        longer_than(files, MAX_FILE_LINES).map(|(file, lines)| (file, lines, " without its tests"));
    let tests = rust_files(files)
        .filter(|file| file.is_test_only())
        .map(|file| (file, file.text.lines().count(), " of tests"))
        .filter(|(_, lines, _)| *lines > MAX_FILE_LINES);
    code.chain(tests)
        .map(|(file, lines, what)| {
            let message = format!("{lines} lines{what}, {MAX_FILE_LINES} are allowed");
            Fault::in_file(&file.path, message)
        })
        .collect()
}

/// Files longer than [`WISHED_FILE_LINES`], with their length in lines: no fault, but worth a look.
pub fn worth_splitting(files: &[SourceFile]) -> Vec<(String, usize)> {
    let mut long: Vec<_> = longer_than(files, WISHED_FILE_LINES)
        .map(|(file, lines)| (file.path.clone(), lines))
        .collect();
    long.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    long
}

fn longer_than(files: &[SourceFile], most: usize) -> impl Iterator<Item = (&SourceFile, usize)> {
    rust_files(files)
        .filter(|file| !file.is_test_only())
        .map(|file| (file, lines_without_tests(&file.text)))
        .filter(move |(_, lines)| *lines > most)
}

/// No `todo!`, `unimplemented!`, `dbg!`, and no test that is switched off.
pub fn unfinished(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in rust_files(files) {
        let code = view(&file.text, Without::CommentsAndTexts);
        for (index, line) in code.lines().enumerate() {
            for name in UNFINISHED_MACROS {
                let call = format!("{name}!");
                let called = line.match_indices(&call).any(|(at, _)| {
                    let before = line.get(..at).and_then(|text| text.chars().next_back());
                    !before.is_some_and(|character| character.is_alphanumeric() || character == '_')
                });
                if called {
                    faults.push(Fault::at_line(file, index, format!("`{call}`: finish it")));
                }
            }
            let dense: String = line.split_whitespace().collect();
            if dense.contains("#[ignore") || dense.contains("#![ignore") {
                let message = "`#[ignore]`: a test runs, or it asserts today's wrong answer";
                faults.push(Fault::at_line(file, index, message));
            }
        }
    }
    faults
}

/// `unsafe` only in `runtime/src/jit/`, and there with `// SAFETY:` directly above or beside it; a function that is
/// `unsafe` to call, and a trait that is to implement, says under `# Safety` what it asks. What is derived for such a
/// trait is `unsafe impl`, and nothing else.
pub fn unsafe_code(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in rust_files(files) {
        let code = view(&file.text, Without::CommentsAndTexts);
        let lines: Vec<&str> = file.text.lines().collect();
        for (index, line) in code.lines().enumerate() {
            if !words(line).any(|word| word == "unsafe") {
                continue;
            }
            let derived = file.path.starts_with(DERIVE_FOLDER)
                && line.trim_start().starts_with("unsafe impl ");
            if !file.path.starts_with(UNSAFE_FOLDER) && !derived {
                let message = format!("`unsafe` outside {UNSAFE_FOLDER}");
                faults.push(Fault::at_line(file, index, message));
            } else if !says_why_it_is_safe(&lines, index) {
                faults.push(Fault::at_line(
                    file,
                    index,
                    "`unsafe` without `// SAFETY:` above it",
                ));
            }
        }
    }
    faults
}

/// Whether the line itself or the unbroken comments and attributes above it hold `SAFETY:`.
fn says_why_it_is_safe(lines: &[&str], index: usize) -> bool {
    let above = lines.iter().take(index).rev().map(|line| line.trim_start());
    let own = lines.get(index).copied().unwrap_or_default();
    own.contains("// SAFETY: ")
        || above
            .take_while(|line| line.starts_with("//") || line.starts_with("#["))
            .any(|line| {
                line.starts_with("// SAFETY: ")
                    || ((own.contains("unsafe fn ") || own.contains("unsafe trait "))
                        && line.starts_with("/// # Safety"))
            })
}

/// No float type in the crates that numbers pass through. A line that needs one (a spreadsheet
/// stores floats) says why: `// float: <reason>`.
pub fn floats(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in rust_files(files).filter(|file| FLOAT_FREE_FOLDERS.contains(&file.top_folder())) {
        let code = view(&file.text, Without::CommentsAndTexts);
        for (index, (line, seen)) in file.text.lines().zip(code.lines()).enumerate() {
            let reason = line
                .split_once("// float: ")
                .map(|(_, reason)| reason.trim());
            let excused = reason.is_some_and(|reason| !reason.is_empty());
            if !excused && words(seen).any(is_float_word) {
                let message = "a float: numbers are decimals; if it must be, say `// float: why`";
                faults.push(Fault::at_line(file, index, message));
            }
        }
    }
    faults
}

/// `f64`, a literal such as `1_f64`, a conversion such as `to_f64`; the same for 32 bits.
fn is_float_word(word: &str) -> bool {
    ["f32", "f64"].into_iter().any(|float| {
        word.strip_suffix(float).is_some_and(|before| {
            before.is_empty() || before.ends_with('_') || before.starts_with(char::is_numeric)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::messages;
    use super::*;

    fn one(path: &str, text: &str) -> Vec<SourceFile> {
        vec![SourceFile::new(path, text)]
    }

    #[test]
    fn a_file_without_opening_words_is_found() {
        for text in [
            "fn a() {}\n",
            "//!\n",
            "//! placeholder\n",
            "// comment here\n",
            "",
        ] {
            assert_eq!(
                opening_words(&one("ir/src/a.rs", text)).len(),
                1,
                "{text:?}"
            );
        }
        assert_eq!(
            opening_words(&one("ir/src/a.rs", "//! Dates as days.\n")),
            []
        );
    }

    #[test]
    fn length_is_refused_one_past_the_limit() {
        let long = |lines: usize| "fn a() {}\n".repeat(lines);
        let tests = "#[cfg(test)]\nmod tests {\n    fn a() {}\n}\n";
        let at_limit = one("ir/src/a.rs", &(long(MAX_FILE_LINES) + tests));
        assert_eq!(too_long(&at_limit), []);
        let past = one("ir/src/a.rs", &(long(MAX_FILE_LINES + 1) + tests));
        assert!(messages(&too_long(&past)).contains("801 lines"));
        for tests in ["ir/tests/a.rs", "ir/src/a/tests.rs", "ir/src/a/tests/b.rs"] {
            assert_eq!(too_long(&one(tests, &long(MAX_FILE_LINES))), [], "{tests}");
            let past = one(tests, &long(MAX_FILE_LINES + 1));
            assert!(
                messages(&too_long(&past)).contains("801 lines of tests"),
                "{tests}"
            );
        }
        assert_eq!(
            worth_splitting(&at_limit),
            [("ir/src/a.rs".to_owned(), MAX_FILE_LINES)]
        );
    }

    #[test]
    fn unfinished_work_is_found() {
        for line in [
            "todo!()",
            "unimplemented!(\"x\")",
            "dbg!(x)",
            "#[ignore]",
            "#[ ignore = \"\"]",
        ] {
            assert_eq!(unfinished(&one("a.rs", line)).len(), 1, "{line}");
        }
        for line in [
            "// todo!()",
            "\"dbg!\"",
            "my_todo!()",
            "// #[ignore]",
            "ignored()",
        ] {
            assert_eq!(unfinished(&one("a.rs", line)), [], "{line}");
        }
    }

    #[test]
    fn unsafe_outside_its_folder_or_without_a_reason_is_found() {
        let block = "    unsafe { run() }\n";
        let explained = format!("    // SAFETY: checked above.\n    #[inline]\n{block}");
        assert!(messages(&unsafe_code(&one("eval/src/a.rs", &explained))).contains("outside"));
        assert!(messages(&unsafe_code(&one("runtime/src/jit/a.rs", block))).contains("without"));
        assert_eq!(unsafe_code(&one("runtime/src/jit/a.rs", &explained)), []);
        let function = "/// # Safety\n/// All is well.\nunsafe fn run() {}\n";
        assert_eq!(unsafe_code(&one("runtime/src/jit/a.rs", function)), []);
        let asks = "/// # Safety\n/// It is so.\npub unsafe trait Is {}\n";
        assert_eq!(unsafe_code(&one("runtime/src/jit/a.rs", asks)), []);
        let derived = "        // SAFETY: it is.\n        unsafe impl Is for It {}\n";
        assert_eq!(unsafe_code(&one("derive/src/a.rs", derived)), []);
        assert_eq!(unsafe_code(&one("derive/src/a.rs", &explained)).len(), 1);
        let silent = "/// All is well.\nunsafe fn run() {}\n";
        assert_eq!(unsafe_code(&one("runtime/src/jit/a.rs", silent)).len(), 1);
        let far = format!("    // SAFETY: of another block.\n    let a = 1;\n{block}");
        assert_eq!(unsafe_code(&one("runtime/src/jit/a.rs", &far)).len(), 1);
        assert_eq!(
            unsafe_code(&one("a.rs", "#![deny(unsafe_code)] // unsafe\n")),
            []
        );
    }

    #[test]
    fn floats_are_found_and_need_a_reason() {
        for line in [
            "a: f64",
            "1.5f32",
            "2_f64",
            "x.to_f64()",
            "a: f64 // float:",
            "f64 // float",
        ] {
            assert_eq!(floats(&one("eval/src/a.rs", line)).len(), 1, "{line}");
        }
        for line in [
            "a: f64 // float: a cell of XLSX holds one",
            "// f64",
            "\"f64\"",
            "buf64",
        ] {
            assert_eq!(floats(&one("eval/src/a.rs", line)), [], "{line}");
        }
        assert_eq!(floats(&one("tests/src/a.rs", "a: f64")), []);
    }
}
