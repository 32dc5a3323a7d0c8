//! The sample calls beside a package: `samples/*.json`, decided with the data in `samples/data`.
//!
//! That is where `assize new` puts them. What a page shows as an answer was decided: a made-up one
//! would be taken for a promise.

use std::fs;
use std::path::{Path, PathBuf};

use assize_eval::json::call::decode_call_of;
use assize_eval::json::{NumberStyle, encode, parse};
use assize_eval::store::Store;
use assize_eval::value::Value;
use assize_eval::{Interpreter, Limits};
use assize_ir::{Check, Decision, Program};
use assize_runtime::snapshot::{Folder, MANIFEST, SnapshotLimits, holds, load_snapshot};

use super::sample::{Sample, write_json};
use crate::load::files::read_bytes;
use crate::render::pretty::pretty;

/// Folder of the samples below that of the package.
const FOLDER: &str = "samples";
/// Folder of their data in it.
const DATA: &str = "data";
/// Longest sample that is shown, in bytes: a page is read by people.
const MAX_SAMPLE_BYTES: u64 = 32 * 1024;
/// Most files that are tried.
const MAX_TRIED: usize = 100;

/// The samples of a package, with the program that decides them.
pub struct Samples {
    program: Program,
    store: Store,
    has_data: bool,
    files: Vec<PathBuf>,
}

impl Samples {
    /// Those in the folder of a package; `None` if there are none, or their data cannot be taken.
    pub fn new(program: Program, package: &Path) -> Option<Samples> {
        let folder = package.join(FOLDER);
        let mut files: Vec<PathBuf> = fs::read_dir(&folder)
            .ok()?
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .collect();
        files.sort();
        files.truncate(MAX_TRIED);
        let data = folder.join(DATA);
        let has_data = data.join(MANIFEST).is_file();
        let store = if has_data {
            let limits = SnapshotLimits::default();
            load_snapshot(&program, &Folder(data), &limits).ok()?.store
        } else {
            Store::empty(&program)
        };
        Some(Samples {
            program,
            store,
            has_data,
            files,
        })
    }

    /// The sample of a decision: the file that is called like one of its parameters, else the first
    /// one that names the decision and is decided.
    pub fn of(&self, decision: &Decision) -> Option<Sample> {
        let decision = self.program.decision(&decision.name)?;
        let callable = self.program.callable(decision.callable)?;
        let is_named = |path: &&PathBuf| {
            let name = path.file_stem().and_then(|name| name.to_str());
            callable
                .params
                .iter()
                .any(|param| Some(param.name.as_str()) == name)
        };
        let named = self.files.iter().filter(is_named);
        let others = self.files.iter().filter(|path| !is_named(path));
        named
            .chain(others)
            .find_map(|path| self.decided(path, decision))
    }

    fn decided(&self, path: &Path, decision: &Decision) -> Option<Sample> {
        let bytes = read_bytes(path, MAX_SAMPLE_BYTES).ok()?;
        let document = parse(&bytes, "").ok()?;
        // A sample says which decision it is for: other files may fit by chance.
        document.value.get("decision")?;
        let input = document.value.get("input")?;
        let interpreter = Interpreter::new(&self.program, &self.store, Limits::default());
        let mut checker = |check: &Check, value: &Value| holds(&interpreter, check, value.clone());
        let call =
            decode_call_of(&self.program, Some(decision), &document.value, &mut checker).ok()?;
        let answer = interpreter.decide(&decision.name, &call.arguments, call.at);
        let result = &self.program.callable(decision.callable)?.result;
        let value = answer.result.ok()?;
        let output = encode(&self.program, result, &value, NumberStyle::String).ok()?;
        let mut text = String::new();
        write_json(input, &mut text);
        let name = path.file_name()?.to_str()?;
        Some(Sample {
            input: pretty(&text),
            from: format!("{FOLDER}/{name}"),
            examples: Vec::new(),
            output: Some(pretty(&format!("{{\"output\":{output}}}"))),
            data: self.has_data.then(|| format!("{FOLDER}/{DATA}")),
        })
    }
}
