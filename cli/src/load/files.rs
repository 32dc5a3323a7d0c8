//! Reading and writing files, with limits and with words for what goes wrong.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::fault::Fault;

/// Most rule files of one package.
pub const MAX_RULE_FILES: usize = 10_000;
/// Deepest folder below a package, in levels.
pub const MAX_FOLDER_DEPTH: usize = 32;
/// Ending of rule files.
pub const RULE_ENDING: &str = "assize";
/// Name of the file that makes a folder a package.
pub const MANIFEST: &str = "assize.toml";

/// The bytes of a file, at most so many.
pub fn read_bytes(path: &Path, at_most: u64) -> Result<Vec<u8>, Fault> {
    let file = fs::File::open(path).map_err(|error| Fault::read(path, &error))?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(Fault::read(path, &io::ErrorKind::IsADirectory.into()));
    }
    let mut bytes = Vec::new();
    file.take(at_most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Fault::read(path, &error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > at_most {
        return Err(Fault::new(format!(
            "{} is longer than {at_most} bytes, the most that is read",
            path.display()
        )));
    }
    Ok(bytes)
}

/// The text of a file, at most so many bytes of it.
pub fn read_text(path: &Path, at_most: u64) -> Result<String, Fault> {
    text_of(read_bytes(path, at_most)?, &path.display().to_string())
}

/// Bytes as text; `name` is what the file is called in a fault.
pub fn text_of(bytes: Vec<u8>, name: &str) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let before = bytes.get(..good).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let byte = bytes.get(good).copied().unwrap_or(0);
        Fault::new(format!(
            "{name} is not UTF-8: byte 0x{byte:02X} in line {line}"
        ))
        .help("save it as UTF-8 in your editor")
    })
}

/// Refuses to write over what a package is made of: a mistyped argument must not cost the rules.
pub fn refuse_rules(path: &Path) -> Result<(), Fault> {
    let kind = path.extension().and_then(|it| it.to_str());
    let Some(kind @ ("assize" | "toml" | "csv" | "xlsx" | "md")) = kind else {
        return Ok(());
    };
    Err(Fault::new(format!(
        "{} would be written over, and a file that ends in .{kind} is part of a package",
        path.display()
    ))
    .help("name a file with another ending, for example .bundle or .xml"))
}

/// Writes a file as a whole or not at all: what was there stays until the new one is complete.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let fault = |error: io::Error| Fault::write(path, &error);
    // A link stays a link: what it points to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if target.is_dir() {
        return Err(fault(io::ErrorKind::IsADirectory.into()));
    }
    // What is no plain file (a pipe, /dev/stdout) is written to as it is.
    if fs::metadata(&target).is_ok_and(|about| !about.is_file()) {
        return fs::write(&target, bytes).map_err(fault);
    }
    let Some(name) = target.file_name() else {
        return Err(Fault::new(format!(
            "{} is no name of a file",
            path.display()
        )));
    };
    let mut temporary_name = std::ffi::OsString::from(".");
    temporary_name.push(name);
    temporary_name.push(format!(".{}.tmp", std::process::id()));
    let temporary = target.with_file_name(temporary_name);
    let written = (|| {
        let mut file = fs::File::create_new(&temporary)?;
        file.write_all(bytes)?;
        if let Ok(about) = fs::metadata(&target) {
            if about.permissions().readonly() {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            file.set_permissions(about.permissions())?;
        }
        drop(file);
        fs::rename(&temporary, &target)
    })();
    if written.is_err() {
        drop(fs::remove_file(&temporary));
    }
    written.map_err(fault)
}

/// Rule files below a folder in order of their paths; `/` parts the names of a path below it.
///
/// Left out are what begins with a dot, folders called `target`, folders that are packages of their
/// own, and links to folders (they may lead anywhere, in circles too).
pub fn rule_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, Fault> {
    let mut found = Vec::new();
    walk(folder, "", 0, false, &mut found)?;
    found.sort();
    Ok(found)
}

/// Like [`rule_files`], those of packages further down included.
pub fn all_rule_files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    walk(folder, "", 0, true, &mut found)?;
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

fn walk(
    folder: &Path,
    below: &str,
    depth: usize,
    into_packages: bool,
    found: &mut Vec<(String, PathBuf)>,
) -> Result<(), Fault> {
    if depth > MAX_FOLDER_DEPTH {
        let folder = folder.display();
        return Err(Fault::new(format!(
            "{folder} lies deeper than {MAX_FOLDER_DEPTH} folders"
        )));
    }
    let entries = fs::read_dir(folder).map_err(|error| Fault::read(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| Fault::read(folder, &error))?;
        let path = entry.path();
        let file_name = entry.file_name();
        let Some(name) = file_name.to_str() else {
            if path.extension().is_some_and(|ending| ending == RULE_ENDING) {
                return Err(Fault::new(format!(
                    "the name of {} is not Unicode",
                    path.display()
                )));
            }
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        let kind = entry
            .file_type()
            .map_err(|error| Fault::read(&path, &error))?;
        let inner = if below.is_empty() {
            name.to_owned()
        } else {
            format!("{below}/{name}")
        };
        if kind.is_dir() {
            if name != "target" && (into_packages || !path.join(MANIFEST).is_file()) {
                walk(&path, &inner, depth + 1, into_packages, found)?;
            }
        } else if is_rule_file(&path) && !path.is_dir() {
            // To open a pipe is to wait for whoever writes into it.
            if fs::metadata(&path).is_ok_and(|about| !about.is_file()) {
                return Err(
                    Fault::new(format!("{} is no regular file", shown(&path))).help(
                        "rule files are read again and again: save it as a file, or move it away",
                    ),
                );
            }
            if found.len() == MAX_RULE_FILES {
                return Err(Fault::new(format!(
                    "{} holds more than {MAX_RULE_FILES} rule files",
                    folder.display()
                )));
            }
            found.push((inner, path));
        }
    }
    Ok(())
}

/// Whether a path ends like a rule file.
pub fn is_rule_file(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == RULE_ENDING)
}

/// A path as people see it, with `/` on every system.
pub fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own, empty at the start.
    fn folder(name: &str) -> PathBuf {
        let name = format!("assize-load-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        drop(fs::remove_dir_all(&path));
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn a_file_has_a_greatest_size() {
        let folder = folder("size");
        let path = folder.join("a.assize");
        fs::write(&path, "0123456789").unwrap();
        assert_eq!(read_text(&path, 10).unwrap(), "0123456789");
        let refused = read_text(&path, 9).unwrap_err().message;
        assert!(
            refused.ends_with("is longer than 9 bytes, the most that is read"),
            "{refused}"
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_package_has_a_greatest_number_of_files() {
        let folder = folder("files");
        for index in 0..MAX_RULE_FILES {
            fs::write(folder.join(format!("{index}.assize")), "").unwrap();
        }
        assert_eq!(rule_files(&folder).unwrap().len(), MAX_RULE_FILES);
        fs::write(folder.join("more.assize"), "").unwrap();
        let refused = rule_files(&folder).unwrap_err().message;
        assert!(
            refused.ends_with("holds more than 10000 rule files"),
            "{refused}"
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_not_opened() {
        let folder = folder("regular");
        fs::write(folder.join("a.assize"), "").unwrap();
        assert_eq!(rule_files(&folder).unwrap().len(), 1);
        let _socket = std::os::unix::net::UnixListener::bind(folder.join("b.assize")).unwrap();
        let refused = rule_files(&folder).unwrap_err().message;
        assert!(
            refused.ends_with("b.assize is no regular file"),
            "{refused}"
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn folders_have_a_greatest_depth() {
        let folder = folder("depth");
        let deepest = folder.join(vec!["d"; MAX_FOLDER_DEPTH].join("/"));
        fs::create_dir_all(&deepest).unwrap();
        fs::write(deepest.join("a.assize"), "").unwrap();
        assert_eq!(rule_files(&folder).unwrap().len(), 1);
        fs::create_dir(deepest.join("d")).unwrap();
        let refused = rule_files(&folder).unwrap_err().message;
        assert!(
            refused.ends_with("lies deeper than 32 folders"),
            "{refused}"
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn packages_have_a_greatest_number() {
        let folder = folder("packages");
        let package = |number: usize, needs: &str| {
            let path = folder.join(number.to_string());
            fs::create_dir_all(&path).unwrap();
            let text = format!("[package]\nname = \"p{number}\"\nversion = \"1.0.0\"\n{needs}");
            fs::write(path.join(MANIFEST), text).unwrap();
            let rules = format!("module p{number}\n");
            fs::write(path.join("m.assize"), rules).unwrap();
        };
        let needs = |most: usize| {
            let lines =
                (1..most).map(|number| format!("p{number} = {{ path = \"../{number}\" }}\n"));
            format!("[dependencies]\n{}", lines.collect::<String>())
        };
        let most = crate::load::package::MAX_PACKAGES;
        (1..=most).for_each(|number| package(number, ""));
        package(0, &needs(most));
        let open = || crate::load::open(&folder.join("0")).map(|opened| opened.packages.len());
        assert_eq!(open(), Ok(most));
        package(0, &needs(most + 1));
        assert_eq!(
            open().unwrap_err().message,
            "more than 1000 packages are needed"
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_manifest_has_greatest_sizes() {
        let folder = folder("manifest");
        let longest = "a".repeat(crate::load::manifest::MAX_NAME_CHARS);
        let read = |name: &str, pad: usize| {
            let text = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n#");
            let bytes = usize::try_from(crate::load::manifest::MAX_MANIFEST_BYTES).unwrap();
            let text = format!("{text}{}", "#".repeat(bytes + pad - text.len()));
            fs::write(folder.join(MANIFEST), text).unwrap();
            crate::load::manifest::read(&folder).map_err(|fault| fault.message)
        };
        assert!(read(&longest, 0).is_ok());
        assert!(
            read("p", 1)
                .unwrap_err()
                .contains("is longer than 1048576 bytes")
        );
        let refused = read(&format!("{longest}a"), 0).unwrap_err();
        assert!(refused.contains("at most 64"), "{refused}");
        fs::remove_dir_all(folder).unwrap();
    }
}
