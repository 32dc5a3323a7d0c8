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
        let mut path = self.0.clone();
        path.extend(name.split('/'));
        let file = File::open(path)?;
        // A folder opens like a file on some systems and fails only when it is read.
        if file.metadata()?.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is a folder",
            ));
        }
        Ok(Box::new(file))
    }
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
