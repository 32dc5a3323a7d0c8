//! Snapshots from files, and the engine that decides.
//!
//! **Purpose**: what an integrator embeds in a checkout or a connector. Loads compiled rules and a
//! snapshot of reference data, holds both as one value, and answers calls.
//!
//! **Knows**: files of a snapshot (`snapshot.json`, CSV, JSON) and their limits, reloading, the
//! envelope of calls and answers. What a decision *is* comes from `assize-eval`.
//!
//! **Must never know**: the parser, the compiler, the text of rules, networks, or the clock: the time
//! of a call is part of the call. There is no global state; two engines in one process know nothing
//! of each other. What a thread keeps from one JSON call to the next is memory, of which nothing is read before it is
//! written again.

pub mod csv;
pub mod engine;
pub mod jit;
pub mod json_rows;
pub mod snapshot;

pub use jit::{columns, typed};

pub use engine::{Engine, LoadError, Loaded, Options, Rules};
pub use snapshot::{Files, Folder, Snapshot, SnapshotFault, SnapshotLimits, load_snapshot};
