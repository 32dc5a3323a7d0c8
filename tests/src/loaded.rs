//! Rules of one text, loaded without data: for tests of the engine.

use std::sync::Arc;

use assize_compiler::{Database, PackageInput};
use assize_runtime::{Loaded, Rules, Snapshot};

/// The rules of a text that has no errors; its package and file are named like this.
pub fn loaded(name: &str, text: &str) -> Result<Loaded, String> {
    let db = Database::default();
    let file = format!("{name}.assize");
    let package = PackageInput::alone(&db, name, [(file.as_str(), text)]);
    let linked = assize_compiler::program(&db, package);
    let linked = linked.map_err(|fault| format!("not linked: {fault:?}"))?;
    let program = assize_ir::verify_owned(linked.program);
    let program = program.map_err(|faults| format!("not verified: {faults:?}"))?;
    let data = Snapshot::empty(&program);
    Ok(Loaded::of(Arc::new(Rules::from_program(program)), data))
}
