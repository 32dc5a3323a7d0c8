//! The part of a snapshot that an expression reads: a snapshot lists every relation of the rules, an
//! expression needs a few of them.

use std::fs;
use std::io::{self, Cursor, Read};
use std::path::Path;

use assize_runtime::snapshot::{Files, Folder, MANIFEST, MAX_MANIFEST_BYTES};
use serde_json::Value;

use crate::fault::Fault;
use crate::load::files::read_bytes;

/// A folder of data that lists the wanted relations only.
pub struct Picked {
    folder: Folder,
    manifest: Vec<u8>,
}

impl Picked {
    /// The wanted relations, by full name, of a folder.
    pub fn new(folder: &Path, wanted: &[String]) -> Result<Picked, Fault> {
        let path = folder.join(MANIFEST);
        fs::metadata(&path).map_err(|error| Fault::read(&path, &error))?;
        let bytes = read_bytes(&path, MAX_MANIFEST_BYTES)?;
        // What is no JSON is told by the reader of snapshots.
        let manifest = match serde_json::from_slice::<Value>(&bytes) {
            Ok(mut json) => {
                let relations = json.get_mut("relations").and_then(Value::as_object_mut);
                if let Some(relations) = relations {
                    relations.retain(|name, _| wanted.contains(name));
                }
                serde_json::to_vec(&json).unwrap_or(bytes)
            }
            Err(_) => bytes,
        };
        Ok(Picked {
            folder: Folder(folder.to_owned()),
            manifest,
        })
    }
}

impl Files for Picked {
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        if name == MANIFEST {
            return Ok(Box::new(Cursor::new(&self.manifest)));
        }
        self.folder.open(name)
    }
}
