//! Snapshots: reference data from a folder (language reference §16).
//!
//! A folder holds `snapshot.json` and one file per relation. Everything is read as a stream and
//! bounded while it is read. A snapshot with any fault is refused as a whole, with every fault that
//! can be found in one pass: broken rows, then duplicate keys and rows that are not distinct, then
//! the checks of rows.
//!
//! ```json
//! {
//!   "as_of": "2026-11-20T06:00:00Z",
//!   "relations": {
//!     "erp.bc.agreements.PriceLine": {"file": "PriceLine.csv", "as_of": "2026-11-20T09:55:00Z"}
//!   },
//!   "calendars": {
//!     "SHOP": {
//!       "working": [1, 2, 3, 4, 5],
//!       "exceptions": {"2026-12-25": false, "2026-12-19": true},
//!       "from": "2026-01-01", "to": "2027-12-31"
//!     }
//!   }
//! }
//! ```
//!
//! * Every relation of the program stands there, or in `without`, a list of relations that have no
//!   rows on purpose. Its `as_of` is that of the snapshot unless it has one of its own. Where `rows` says how many rows it has, the file must hold as many; where
//!   `rows_at_least` says so, no fewer.
//! * A relation that the program does not have is a fault. Where `"shared": true` says that other
//!   programs read the folder too, it is one only if its name is nearly that of a relation that is
//!   missing; its file is not read, and it is no part of the digest.
//! * `calendars` may be left out. `working` are weekdays, 1 is Monday; `exceptions` are days that
//!   differ (may be left out); outside `from` to `to`, both included, a day is `missing_data`.

mod calendars;
mod files;
mod load;
mod manifest;
mod rows;

use std::fmt;

use assize_eval::canonical::snapshot_digest;
use assize_eval::digest::Digest;
use assize_eval::json::{Fault, FaultCode};
use assize_eval::store::{DataFault, Store};
use assize_ir::Program;

pub use files::{Files, Folder, unreadable};
pub use load::{holds, load_snapshot};
pub use manifest::MAX_COMPARED;

/// Name of the file that lists the others.
pub const MANIFEST: &str = "snapshot.json";

/// Longest `snapshot.json`, in bytes.
pub const MAX_MANIFEST_BYTES: u64 = 4 * 1024 * 1024;
/// Longest file of a relation, in bytes.
pub const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024 * 1024;
/// Most rows of a relation.
pub const MAX_RELATION_ROWS: u32 = 50_000_000;
/// Longest row of a file, in bytes.
pub const MAX_ROW_BYTES: usize = 1024 * 1024;
/// Longest cell of a CSV file, in bytes.
pub const MAX_CELL_BYTES: usize = 256 * 1024;
/// Most cells of a row of a CSV file.
pub const MAX_CELLS: usize = 1_024;
/// Most faults that a refused snapshot lists; one more says that there were more.
pub const MAX_SNAPSHOT_FAULTS: usize = 1_000;

/// Limits of a snapshot. The default is the constants of this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotLimits {
    /// See [`MAX_FILE_BYTES`].
    pub file_bytes: u64,
    /// See [`MAX_RELATION_ROWS`].
    pub rows: u32,
    /// See [`MAX_ROW_BYTES`].
    pub row_bytes: usize,
    /// See [`MAX_CELL_BYTES`].
    pub cell_bytes: usize,
    /// See [`MAX_SNAPSHOT_FAULTS`].
    pub faults: usize,
}

impl Default for SnapshotLimits {
    fn default() -> SnapshotLimits {
        SnapshotLimits {
            file_bytes: MAX_FILE_BYTES,
            rows: MAX_RELATION_ROWS,
            row_bytes: MAX_ROW_BYTES,
            cell_bytes: MAX_CELL_BYTES,
            faults: MAX_SNAPSHOT_FAULTS,
        }
    }
}

/// Reference data, ready to be read. Nothing in it changes.
#[derive(Debug)]
pub struct Snapshot {
    /// Rows, indexes and calendars.
    pub store: Store,
    /// Digest of the content: independent of the order of rows and the kind of files.
    pub digest: Digest,
}

impl Snapshot {
    /// Without data: every relation is empty.
    pub fn empty(program: &Program) -> Snapshot {
        let store = Store::empty(program);
        // Nothing of an empty store has no digest.
        let digest =
            snapshot_digest(program, &store, store.calendars()).unwrap_or_else(|_| Digest::of(b""));
        Snapshot { store, digest }
    }
}

/// Why a snapshot is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotFault {
    /// The file, as `snapshot.json` names it.
    pub file: String,
    /// Line, from 1; 0: the file as a whole.
    pub line: u32,
    /// Of a JSON file: the number of the element, from 1. A file may be one long line.
    pub element: Option<u64>,
    /// Relation and key, `shop.Offer[1]`, where they are known.
    pub row: String,
    /// What is wrong; its path begins with the field of the row, or with the field of the manifest.
    pub fault: Fault,
}

impl SnapshotFault {
    fn new(file: &str, line: u32, fault: Fault) -> SnapshotFault {
        SnapshotFault {
            file: file.to_owned(),
            line,
            element: None,
            row: String::new(),
            fault,
        }
    }

    fn of_row(file: &str, fault: DataFault) -> SnapshotFault {
        let row = match fault.key.as_str() {
            "" => fault.relation,
            key => format!("{}[{key}]", fault.relation),
        };
        SnapshotFault {
            file: file.to_owned(),
            line: fault.line,
            element: None,
            row,
            fault: fault.fault,
        }
    }
}

impl fmt::Display for SnapshotFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        let Fault { path, code, .. } = &self.fault;
        if let Some(element) = self.element {
            write!(f, ": element {element}")?;
        }
        for part in [&self.row, path] {
            if !part.is_empty() {
                write!(f, ": {part}")?;
            }
        }
        write!(f, ": {code}: {}", self.fault.words())
    }
}

impl std::error::Error for SnapshotFault {}

/// Collects faults up to a limit.
struct Faults {
    list: Vec<SnapshotFault>,
    limit: usize,
}

impl Faults {
    fn add(&mut self, fault: SnapshotFault) {
        if self.list.len() < self.limit {
            self.list.push(fault);
        } else if self.list.len() == self.limit {
            let expected = format!("at most {} faults", self.limit);
            let more = Fault::new("", FaultCode::TooManyFaults, expected, "more");
            self.list
                .push(SnapshotFault::new(&fault.file, fault.line, more));
        }
    }

    /// No fault that comes now would be listed.
    fn is_full(&self) -> bool {
        self.list.len() > self.limit
    }
}
