//! Where the files of a snapshot come from.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

/// Opens the files of a snapshot by name. Names have been checked: parts of plain letters parted by
/// `/`, never leaving the folder.
pub trait Files {
    /// Opens a file.
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>>;
}

/// A folder on disk.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Files for Folder {
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let refused = |why: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        let mut path = self.0.clone();
        path.extend(name.split('/'));
        // A link may lead out of the folder, and a fault quotes what it read: the file that is meant
        // in the end has to lie inside.
        let path = path.canonicalize()?;
        if !path.starts_with(self.0.canonicalize()?) {
            return refused("a link leads out of the folder of the data");
        }
        // Looked at before it is opened: opening a pipe waits for somebody to write into it.
        let kind = path.metadata()?;
        if kind.is_dir() {
            return refused("it is a folder");
        }
        if !kind.is_file() {
            return refused("it is no regular file");
        }
        Ok(Box::new(File::open(path)?))
    }
}

/// Why a file cannot be read, in words that are the same on every system.
pub fn unreadable(error: &io::Error) -> String {
    // What was refused above has its words.
    if error.get_ref().is_some() {
        return error.to_string();
    }
    let words = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file",
        io::ErrorKind::PermissionDenied => "it may not be read",
        io::ErrorKind::IsADirectory => "it is a folder",
        io::ErrorKind::NotADirectory => "a part of its path is a file",
        io::ErrorKind::InvalidFilename => "a file cannot have this name",
        io::ErrorKind::OutOfMemory => "there is not enough memory",
        _ => {
            return match error.raw_os_error() {
                Some(number) => {
                    format!("it cannot be read (error {number} of the operating system)")
                }
                None => "it cannot be read".to_owned(),
            };
        }
    };
    words.to_owned()
}

/// Files in memory, by name.
impl Files for std::collections::BTreeMap<String, Vec<u8>> {
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        match self.get(name) {
            Some(bytes) => Ok(Box::new(bytes.as_slice())),
            None => Err(io::Error::new(
                io::ErrorKind::NotFound,
                "there is no such file",
            )),
        }
    }
}

/// Whether a name stays in the folder: no root, no drive, no `.` or `..`, no backslash.
pub fn is_inside(name: &str) -> bool {
    !name.contains(['\\', ':', '\0'])
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_system_are_told_in_our_words() {
        let told = |kind: io::ErrorKind| unreadable(&kind.into());
        assert_eq!(told(io::ErrorKind::NotFound), "there is no such file");
        assert_eq!(told(io::ErrorKind::PermissionDenied), "it may not be read");
        assert_eq!(told(io::ErrorKind::IsADirectory), "it is a folder");
        assert_eq!(told(io::ErrorKind::TimedOut), "it cannot be read");
        let number = unreadable(&io::Error::from_raw_os_error(5));
        assert_eq!(
            number,
            "it cannot be read (error 5 of the operating system)"
        );
    }

    fn told(folder: &Folder, name: &str) -> String {
        match folder.open(name) {
            Ok(_) => "opened".to_owned(),
            Err(error) => unreadable(&error),
        }
    }

    #[test]
    fn only_regular_files_inside_of_the_folder_are_opened() {
        let root = std::env::temp_dir().join(format!("assize-files-{}", std::process::id()));
        let folder = Folder(root.join("data"));
        std::fs::create_dir_all(root.join("data/sub")).unwrap();
        std::fs::write(root.join("secret"), "x").unwrap();
        std::fs::write(root.join("data/sub/rows.csv"), "x").unwrap();
        std::os::unix::fs::symlink("../secret", root.join("data/out.csv")).unwrap();
        std::os::unix::fs::symlink("sub/rows.csv", root.join("data/in.csv")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", root.join("data/zero.csv")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("data/socket")).unwrap();
        assert_eq!(told(&folder, "sub/rows.csv"), "opened");
        assert_eq!(told(&folder, "in.csv"), "opened");
        let out = "a link leads out of the folder of the data";
        assert_eq!(told(&folder, "out.csv"), out);
        assert_eq!(told(&folder, "zero.csv"), out);
        assert_eq!(told(&folder, "sub"), "it is a folder");
        assert_eq!(told(&folder, "socket"), "it is no regular file");
        assert_eq!(told(&folder, "other.csv"), "there is no such file");
        let through = told(&folder, "sub/rows.csv/rows.csv");
        assert_eq!(through, "a part of its path is a file");
        std::os::unix::fs::symlink("loop.csv", root.join("data/loop.csv")).unwrap();
        assert!(told(&folder, "loop.csv").starts_with("it cannot be read (error "));
        std::fs::remove_dir_all(root).unwrap();
    }
}
