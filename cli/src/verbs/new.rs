//! `assize new`: a package that passes its own tests.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::args::{New, Template};
use crate::console::{Console, Style};
use crate::fault::{Exit, Fault, Stop};
use crate::load::files::{MANIFEST, shown};
use crate::load::manifest::check_name;

/// A file of a template: its path and text. In both, `{module}` and `{name}` are replaced.
type File = (&'static str, &'static str);

const STARTER: &[File] = &[
    (
        "{module}.assize",
        include_str!("../../templates/starter/rules.assize"),
    ),
    (
        "samples/order.json",
        include_str!("../../templates/starter/order.json"),
    ),
];

const SHOP: &[File] = &[
    (
        "{module}.assize",
        include_str!("../../../rules/shop/shop.assize"),
    ),
    (
        "samples/order.json",
        include_str!("../../../rules/shop/samples/order.json"),
    ),
    (
        "samples/black-week.json",
        include_str!("../../../rules/shop/samples/black-week.json"),
    ),
    (
        "samples/data/snapshot.json",
        include_str!("../../../rules/shop/samples/data/snapshot.json"),
    ),
    (
        "samples/data/Supply.csv",
        include_str!("../../../rules/shop/samples/data/Supply.csv"),
    ),
];

/// Makes the folder of a package.
pub fn run(arguments: &New, console: &mut Console) -> Result<Exit, Stop> {
    let folder = Path::new(&arguments.name);
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    check_name(&name).map_err(Fault::new)?;
    if folder.exists() {
        return Err(Fault::new(format!("{} is already there", shown(folder)))
            .help("choose another name, or remove it")
            .into());
    }
    let module = name.replace('-', "_");
    let (files, input) = match arguments.template {
        Template::Starter => (STARTER, "--input {}/samples/order.json"),
        Template::Shop => (SHOP, "--input {}/samples/order.json --data {}/samples/data"),
    };
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nexports = [\"{module}.main.quote\"]\n\n\
         [dependencies]\n"
    );
    let mut made = vec![MANIFEST.to_owned()];
    write(&folder.join(MANIFEST), &manifest)?;
    for (path, text) in files {
        let path = path.replace("{module}", &module);
        // The modules of templates are called `shop.main`.
        write(
            &folder.join(&path),
            &text.replace("shop.main", &format!("{module}.main")),
        )?;
        made.push(path);
    }
    let place = shown(folder);
    if console.is_human() {
        let title = console.out.paint(Style::Bold, &name);
        console.line(&format!("{title} is in {place}:"))?;
        for path in &made {
            console.line(&format!("  {path}"))?;
        }
        console.line("")?;
        console.line(&format!("assize test {place}"))?;
        let input = input.replace("{}", &place);
        console.line(&format!("assize run {place} quote {input} --explain"))?;
    } else {
        console.line(&json!({"package": name, "folder": place, "files": made}).to_string())?;
    }
    Ok(Exit::Success)
}

fn write(path: &Path, text: &str) -> Result<(), Fault> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Fault::write(folder, &error))?;
    }
    fs::write(path, text).map_err(|error| Fault::write(path, &error))
}
