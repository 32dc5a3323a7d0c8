//! `assize build`: one file that every engine loads.

use serde_json::json;

use crate::args::Build;
use crate::console::{Console, Style};
use crate::fault::{Exit, Stop};
use crate::load::files::{refuse_rules, shown, write_whole};
use crate::load::{package, rules};
use crate::render::cost::grouped;

/// Compiles a package to a bundle. The same package gives the same bytes, wherever it lies.
pub fn run(arguments: &Build, console: &mut Console) -> Result<Exit, Stop> {
    refuse_rules(&arguments.output)?;
    let workbench = package::open(&arguments.package)?;
    let (ready, bytes) = rules::compile(workbench, &shown(&arguments.package), console)?;
    write_whole(&arguments.output, &bytes)?;
    let output = shown(&arguments.output);
    let (name, version) = (&ready.program().package, &ready.program().version);
    let digest = ready.rules.digest.to_string();
    if console.is_human() {
        let title = console.out.paint(Style::Bold, &format!("{name} {version}"));
        console.line(&format!("{title}  {output}"))?;
        console.line(&format!("digest  {digest}"))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        console.line(&format!("size    {} bytes", grouped(size)))?;
    } else {
        let document = json!({
            "package": name,
            "version": version,
            "digest": digest,
            "bytes": bytes.len(),
            "file": output,
        });
        console.line(&document.to_string())?;
    }
    Ok(Exit::Success)
}
