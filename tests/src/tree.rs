//! The files of the project as data: where the root is, and what lies below it.
//!
//! The walk needs no git, so that the checks run from an unpacked archive too. It honours the
//! patterns of the `.gitignore` at the root, of which [`Ignored`] understands three simple forms;
//! a pattern it does not understand is an error, not a guess.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files larger than this many bytes are refused: nothing written by hand comes near it.
pub const MAX_TEXT_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Endings of files that are not text. They are listed by path and never read.
const BINARY_ENDINGS: &[&str] = &[".xlsx", ".png", ".ico", ".aszb", ".wasm"];

/// One file of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path from the root of the project, with `/` between the parts on every system.
    pub path: String,
    /// The contents; empty if the file is kept byte for byte (see [`is_kept_raw`]).
    pub text: String,
}

impl SourceFile {
    /// A file from its path and its text; the samples of the checks' own tests are made with it.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// Whether the name ends in `ending`, e.g. `".rs"`.
    pub fn ends_with(&self, ending: &str) -> bool {
        self.path.ends_with(ending)
    }

    /// The first folder of the path, or the file itself if it lies at the root.
    pub fn top_folder(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Whether this is a test and nothing else: it lies in a folder `tests` inside a crate, or is a
    /// module file called `tests.rs`. The sources of the crate `tests/` itself do not count.
    pub fn is_test_only(&self) -> bool {
        let inner = self.path.split('/').skip(1);
        self.path.ends_with("/tests.rs") || inner.clone().any(|part| part == "tests")
    }
}

/// Whether the file is kept byte for byte: binary, or a damaged or foreign sample in a folder `raw`.
pub fn is_kept_raw(path: &str) -> bool {
    path.split('/').any(|part| part == "raw")
        || BINARY_ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// The root of the project: the folder above this crate.
pub fn repository_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// All files below `root` that git would offer to track, in order of their paths.
///
/// # Errors
/// Fails if a folder or file cannot be read, if a text file is not UTF-8 or larger than
/// [`MAX_TEXT_FILE_BYTES`], or if `.gitignore` holds a pattern that is not understood.
pub fn read_tree(root: &Path) -> io::Result<Vec<SourceFile>> {
    let mut paths = BTreeSet::new();
    // What the `.gitignore` of a folder leaves out below it, for each folder that has one.
    let mut ignored: Vec<(String, Ignored)> = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        match fs::read_to_string(root.join(&folder).join(".gitignore")) {
            Ok(text) => {
                let found = Ignored::parse(&text).map_err(io::Error::other)?;
                let below = if folder.is_empty() {
                    String::new()
                } else {
                    format!("{folder}/")
                };
                ignored.push((below, found));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|name| {
                io::Error::other(format!("{folder}/{} is not UTF-8", name.display()))
            })?;
            let path = if folder.is_empty() {
                name.clone()
            } else {
                format!("{folder}/{name}")
            };
            let kind = entry.file_type()?;
            let left_out = ignored.iter().any(|(below, ignored)| {
                path.strip_prefix(below.as_str())
                    .is_some_and(|path| ignored.covers(path))
            });
            if name == ".git" || left_out {
                continue;
            } else if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                paths.insert(path);
            }
        }
    }
    paths
        .into_iter()
        .filter_map(|path| read_file(root, path).transpose())
        .collect()
}

/// Reads one file; `None` if it is gone, because an editor may save while the tests run.
fn read_file(root: &Path, path: String) -> io::Result<Option<SourceFile>> {
    if is_kept_raw(&path) {
        return Ok(Some(SourceFile::new(path, "")));
    }
    let full = root.join(&path);
    let read = fs::metadata(&full).and_then(|about| {
        if about.len() > MAX_TEXT_FILE_BYTES {
            return Err(io::Error::other(format!(
                "larger than {MAX_TEXT_FILE_BYTES} bytes"
            )));
        }
        fs::read_to_string(&full)
    });
    match read {
        Ok(text) => Ok(Some(SourceFile { path, text })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io::Error::new(error.kind(), format!("{path}: {error}"))),
    }
}

/// The patterns of a `.gitignore`, as far as this project uses them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignored {
    /// Paths from the root, written `/target`.
    rooted: Vec<String>,
    /// Names at any depth, written `scratch`.
    names: Vec<String>,
    /// Endings of names at any depth, written `*.orig` or `**/*.orig`.
    endings: Vec<String>,
}

impl Ignored {
    /// Reads the text of a `.gitignore`.
    ///
    /// # Errors
    /// Returns the pattern that has none of the three forms.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut ignored = Self::default();
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let plain = |rest: &str| !rest.contains(['*', '?', '[', '!', '\\']);
            let name = line.strip_prefix("**/").unwrap_or(line);
            if let Some(path) = line.strip_prefix('/').filter(|path| plain(path)) {
                ignored.rooted.push(path.trim_end_matches('/').to_owned());
            } else if let Some(ending) = name
                .strip_prefix('*')
                .filter(|ending| plain(ending) && !ending.contains('/'))
            {
                ignored.endings.push(ending.to_owned());
            } else if plain(name) && !name.trim_end_matches('/').contains('/') {
                ignored.names.push(name.trim_end_matches('/').to_owned());
            } else {
                return Err(format!(
                    ".gitignore: the pattern `{line}` is not understood here"
                ));
            }
        }
        Ok(ignored)
    }

    /// Whether a path from the root is ignored. Folders are asked before what lies in them.
    pub fn covers(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.rooted.iter().any(|rooted| rooted == path)
            || self.names.iter().any(|ignored| ignored == name)
            || self
                .endings
                .iter()
                .any(|ending| name.ends_with(ending.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignores_what_it_says_and_nothing_else() {
        let ignored = Ignored::parse("# c\n/target\n**/*.snap.new\n*.orig\nscratch/\n").unwrap();
        assert!(ignored.covers("target"));
        assert!(!ignored.covers("docs/target"));
        assert!(ignored.covers("grammar/snapshots/a.snap.new"));
        assert!(ignored.covers("a.orig"));
        assert!(ignored.covers("cli/scratch"));
        assert!(!ignored.covers("grammar/snapshots/a.snap"));
    }

    #[test]
    fn each_folder_says_what_it_leaves_out() {
        let root = std::env::temp_dir().join(format!("assize-tree-{}", std::process::id()));
        for (path, text) in [
            (".gitignore", "/target\n"),
            ("inner/.gitignore", "/target\n"),
            ("inner/target/x", "x"),
            ("inner/deep/target/kept", "x"),
        ] {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let found: Vec<String> = read_tree(&root)
            .unwrap()
            .into_iter()
            .map(|file| file.path)
            .collect();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(
            found,
            [".gitignore", "inner/.gitignore", "inner/deep/target/kept"]
        );
    }

    #[test]
    fn refuses_patterns_it_does_not_understand() {
        for pattern in ["!kept", "a/b", "x?y", "/a*b", "*.a/b"] {
            assert!(Ignored::parse(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn tells_tests_from_sources() {
        for test in [
            "grammar/tests/corpus.rs",
            "tests/tests/tidy.rs",
            "eval/src/interp/tests.rs",
        ] {
            assert!(SourceFile::new(test, "").is_test_only(), "{test}");
        }
        for source in [
            "tests/src/tree.rs",
            "grammar/src/tree.rs",
            "eval/src/latests.rs",
        ] {
            assert!(!SourceFile::new(source, "").is_test_only(), "{source}");
        }
    }

    #[test]
    fn the_walk_finds_this_file_and_skips_git() {
        let files = read_tree(&repository_root()).unwrap();
        assert!(files.iter().any(|file| file.path == "tests/src/tree.rs"));
        assert!(files.iter().any(|file| file.path == ".ci/run"));
        assert!(files.iter().all(|file| !file.path.starts_with(".git/")));
        assert!(files.iter().all(|file| !file.path.starts_with("target/")));
    }
}
