//! The crates: their names, who may use whom, where versions stand, and the opening page of each.
//!
//! The table below is the dependency picture of `docs/ARCHITECTURE.md` as data. A crate that is not
//! in it fails the check: whoever adds one says here what it may know.

use toml::{Table, Value};

use super::{Fault, find};
use crate::tree::SourceFile;

/// What one crate may depend on.
struct Layer {
    folder: &'static str,
    name: &'static str,
    /// Crates of this project it may use, in tests too.
    may_use: &'static [&'static str],
    /// Beginnings of names of foreign crates it must never use outside its tests.
    never: &'static [&'static [&'static str]],
}

const EDGE: &[&str] = &[
    "assize-grammar",
    "assize-ir",
    "assize-eval",
    "assize-compiler",
    "assize-runtime",
];

/// For crates that compute from what they are given and run in a browser too.
const IMPURE: &[&str] = &[
    "tokio",
    "async-",
    "rayon",
    "rand",
    "chrono",
    "miette",
    "lsp-",
    "cranelift",
];

const LAYERS: &[Layer] = &[
    Layer {
        folder: "grammar",
        name: "assize-grammar",
        may_use: &[],
        never: &[IMPURE, &["salsa"]],
    },
    Layer {
        folder: "ir",
        name: "assize-ir",
        may_use: &[],
        never: &[IMPURE, &["salsa", "pest"]],
    },
    Layer {
        folder: "eval",
        name: "assize-eval",
        may_use: &["assize-ir"],
        never: &[IMPURE, &["salsa", "pest"]],
    },
    Layer {
        folder: "compiler",
        name: "assize-compiler",
        may_use: &["assize-grammar", "assize-ir", "assize-eval"],
        never: &[IMPURE, &["pest"]],
    },
    Layer {
        folder: "derive",
        name: "assize-derive",
        may_use: &[],
        never: &[IMPURE, &["salsa", "pest"]],
    },
    Layer {
        folder: "runtime",
        name: "assize-runtime",
        may_use: &["assize-derive", "assize-ir", "assize-eval"],
        never: &[&["salsa", "pest", "miette", "lsp-", "chrono", "rand"]],
    },
    Layer {
        folder: "cli",
        name: "assize",
        may_use: EDGE,
        never: &[&["salsa", "chrono"]],
    },
    Layer {
        folder: "tests",
        name: "assize-tests",
        may_use: &[
            "assize-grammar",
            "assize-ir",
            "assize-eval",
            "assize-compiler",
            "assize-runtime",
            "assize",
        ],
        never: &[],
    },
];

/// Tables of a Cargo.toml that hold dependencies, and whether they reach the user.
const DEPENDENCY_TABLES: &[(&str, bool)] = &[
    ("dependencies", true),
    ("build-dependencies", true),
    ("dev-dependencies", false),
];

/// What the opening page of a crate says, each under its own heading.
const CRATE_PAGE: &[&str] = &["**Purpose**", "**Knows**", "**Must never know**"];

/// Names, directions and places of versions, read from the `Cargo.toml` files.
pub fn dependencies(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.ends_with("/Cargo.toml")) {
        // Benchmarks and fuzzing are workspaces of their own, outside of the layers.
        if file.path.starts_with("bench/") || file.path.starts_with("fuzz/") {
            continue;
        }
        let Some(layer) = LAYERS.iter().find(|layer| file.path == manifest_of(layer)) else {
            let message = "no such crate in the layers of tests/src/tidy/layers.rs";
            faults.push(Fault::in_file(&file.path, message));
            continue;
        };
        match file.text.parse::<Table>() {
            Ok(manifest) => check_manifest(layer, file, &manifest, &mut faults),
            Err(error) => faults.push(Fault::in_file(&file.path, error.message())),
        }
    }
    for layer in LAYERS {
        if find(files, &manifest_of(layer)).is_none() {
            faults.push(Fault::in_file(manifest_of(layer), "the crate is gone"));
        }
    }
    faults
}

/// The workspace that compares with other engines, and the beginnings of the names of what nobody else may use.
const PEERS: &str = "bench/peers/Cargo.toml";
const PEER_ENGINES: &[&str] = &["cel", "mlua", "regorus", "rhai", "zen-"];

/// The comparison with other engines is a workspace of its own, which no other and no gate builds: it takes ten minutes.
pub fn peers_apart(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.ends_with("Cargo.toml")) {
        let manifest = match file.text.parse::<Table>() {
            Ok(manifest) => manifest,
            Err(error) => {
                faults.push(Fault::in_file(&file.path, error.message()));
                continue;
            }
        };
        if file.path == PEERS {
            if !manifest.contains_key("workspace") {
                let message = "is no workspace of its own: `[workspace]` is missing";
                faults.push(Fault::in_file(&file.path, message));
            }
            continue;
        }
        let workspace = manifest.get("workspace");
        let strings = |key: &str| {
            let list = workspace
                .and_then(|it| it.get(key))
                .and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str)
        };
        if strings("members").any(|member| member.contains("peers") || member.contains('*')) {
            let message = "takes in the comparison with other engines, or any folder";
            faults.push(Fault::in_file(&file.path, message));
        }
        if file.path == "bench/Cargo.toml" && !strings("exclude").any(|it| it == "peers") {
            faults.push(Fault::in_file(
                &file.path,
                "`exclude = [\"peers\"]` is missing",
            ));
        }
        let own = DEPENDENCY_TABLES
            .iter()
            .filter_map(|(table, _)| manifest.get(*table));
        let shared = workspace.and_then(|it| it.get("dependencies"));
        for name in own
            .chain(shared)
            .filter_map(Value::as_table)
            .flat_map(Table::keys)
        {
            if name == "assize-bench-peers" || PEER_ENGINES.iter().any(|it| name.starts_with(it)) {
                let message = format!("{name} is for {PEERS} alone");
                faults.push(Fault::in_file(&file.path, message));
            }
        }
    }
    for path in [PEERS, "bench/peers/Cargo.lock"] {
        if find(files, path).is_none() {
            faults.push(Fault::in_file(path, "is missing"));
        }
    }
    let gate = find(files, ".ci/run").map_or("", |gate| gate.text.as_str());
    if gate.contains("peers") {
        let message = "builds the comparison with other engines, which takes ten minutes";
        faults.push(Fault::in_file(".ci/run", message));
    }
    faults
}

fn manifest_of(layer: &Layer) -> String {
    format!("{}/Cargo.toml", layer.folder)
}

fn check_manifest(layer: &Layer, file: &SourceFile, manifest: &Table, faults: &mut Vec<Fault>) {
    let name = manifest
        .get("package")
        .and_then(|package| package.get("name"));
    if name.and_then(Value::as_str) != Some(layer.name) {
        faults.push(Fault::in_file(
            &file.path,
            format!("is not called `{}`", layer.name),
        ));
    }
    let lints = manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"));
    if lints.and_then(Value::as_bool) != Some(true) {
        faults.push(Fault::in_file(
            &file.path,
            "`[lints] workspace = true` is missing",
        ));
    }
    if manifest.contains_key("target") && layer.folder != "cli" {
        let message = "`[target]`: what a decision needs is the same on every machine";
        faults.push(Fault::in_file(&file.path, message));
    }
    for &(table, reaches_user) in DEPENDENCY_TABLES {
        for (name, how) in manifest
            .get(table)
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            let message = if name.starts_with("assize") {
                (!layer.may_use.contains(&name.as_str()))
                    .then(|| format!("{} must not know {name}", layer.name))
            } else {
                let mut never = layer.never.iter().copied().flatten();
                let forbidden = never.any(|beginning| name.starts_with(beginning));
                (reaches_user && forbidden).then(|| format!("{} must not use {name}", layer.name))
            };
            faults.extend(message.map(|message| Fault::in_file(&file.path, message)));
            if how.get("workspace").and_then(Value::as_bool) != Some(true) {
                let message =
                    format!("{name}: the version belongs into the Cargo.toml at the root");
                faults.push(Fault::in_file(&file.path, message));
            }
        }
    }
}

/// Each crate's opening page has Purpose, Knows and Must never know.
pub fn crate_pages(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for layer in LAYERS {
        let candidates = ["lib", "main"].map(|name| format!("{}/src/{name}.rs", layer.folder));
        let Some(file) = candidates.iter().find_map(|path| find(files, path)) else {
            let message = "neither src/lib.rs nor src/main.rs";
            faults.push(Fault::in_file(layer.folder, message));
            continue;
        };
        let page: Vec<&str> = file
            .text
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .collect();
        for heading in CRATE_PAGE {
            if !page
                .iter()
                .any(|line| line.trim_start().starts_with(heading))
            {
                let message = format!("the crate's opening page lacks {heading}");
                faults.push(Fault::in_file(&file.path, message));
            }
        }
    }
    faults
}

/// Settings of the workspace that the invariants rest on: salsa without threads, and the lints that
/// keep broken input from becoming a panic.
pub fn workspace_settings(files: &[SourceFile]) -> Vec<Fault> {
    let path = "Cargo.toml";
    let Some(file) = find(files, path) else {
        return vec![Fault::in_file(path, "is missing")];
    };
    let root = match file.text.parse::<Table>() {
        Ok(root) => Value::Table(root),
        Err(error) => return vec![Fault::in_file(path, error.message())],
    };
    let at = |keys: &[&str]| keys.iter().try_fold(&root, |value, key| value.get(key));
    let mut faults = Vec::new();
    if let Some(salsa) = at(&["workspace", "dependencies", "salsa"]) {
        let features = salsa.get("features").and_then(Value::as_array);
        let names_rayon = features
            .into_iter()
            .flatten()
            .any(|name| name.as_str() == Some("rayon"));
        let defaults = salsa.get("default-features").and_then(Value::as_bool) != Some(false);
        if defaults || names_rayon {
            faults.push(Fault::in_file(
                path,
                "salsa brings threads: default-features = false",
            ));
        }
    }
    for lint in [
        "unwrap_used",
        "expect_used",
        "panic",
        "unreachable",
        "todo",
        "unimplemented",
        "indexing_slicing",
        "string_slice",
        "float_arithmetic",
        "allow_attributes",
    ] {
        if at(&["workspace", "lints", "clippy", lint]).and_then(Value::as_str) != Some("deny") {
            faults.push(Fault::in_file(
                path,
                format!("the lint clippy::{lint} is not denied"),
            ));
        }
    }
    if at(&["workspace", "lints", "rust", "unsafe_code"]).and_then(Value::as_str) != Some("deny") {
        faults.push(Fault::in_file(path, "the lint unsafe_code is not denied"));
    }
    if at(&["profile", "release", "overflow-checks"]).and_then(Value::as_bool) != Some(true) {
        faults.push(Fault::in_file(
            path,
            "the release profile lacks overflow-checks = true",
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::messages;
    use super::*;

    /// A good tree, with one manifest replaced by what `change` makes of it.
    fn tree_with(folder: &str, change: impl Fn(&str) -> String) -> Vec<SourceFile> {
        LAYERS
            .iter()
            .map(|layer| {
                let good = format!(
                    "[package]\nname = \"{}\"\n[lints]\nworkspace = true\n",
                    layer.name
                );
                let text = if layer.folder == folder {
                    change(&good)
                } else {
                    good
                };
                SourceFile::new(manifest_of(layer), text)
            })
            .collect()
    }

    fn with_dependency(folder: &str, table: &str, line: &str) -> String {
        messages(&dependencies(&tree_with(folder, |good| {
            format!("{good}[{table}]\n{line}\n")
        })))
    }

    #[test]
    fn a_good_tree_passes() {
        assert_eq!(dependencies(&tree_with("", str::to_owned)), []);
        let text = with_dependency("eval", "dependencies", "assize-ir = { workspace = true }");
        assert!(text.starts_with("0 "), "{text}");
    }

    #[test]
    fn other_engines_come_in_nowhere_else() {
        let tree = |path: &str, from: &str, to: &str| {
            let good = [
                (
                    "Cargo.toml",
                    "[workspace]\nmembers = [\"ir\"]\n[workspace.dependencies]\nserde = \"1\"\n",
                ),
                (
                    "bench/Cargo.toml",
                    "[workspace]\nmembers = [\"checkout\"]\nexclude = [\"peers\"]\n[dependencies]\n",
                ),
                (PEERS, "[workspace]\n[dependencies]\nrhai = \"1\"\n"),
                ("bench/peers/Cargo.lock", ""),
                (".ci/run", "cargo check\n"),
            ];
            let files = good.map(|(of, text)| {
                let text = if of == path {
                    text.replace(from, to)
                } else {
                    text.to_owned()
                };
                SourceFile::new(of.to_owned(), text)
            });
            messages(&peers_apart(&files))
        };
        assert!(tree("", "", "").starts_with("0 "), "{}", tree("", "", ""));
        for (path, from, to, fault) in [
            (PEERS, "[workspace]\n", "", "is no workspace of its own"),
            ("bench/Cargo.toml", "exclude", "except", "`exclude = "),
            (
                "bench/Cargo.toml",
                "\"checkout\"",
                "\"checkout\", \"peers\"",
                "takes in the comparison",
            ),
            (
                "bench/Cargo.toml",
                "\"checkout\"",
                "\"*\"",
                "takes in the comparison",
            ),
            (
                "bench/Cargo.toml",
                "[dependencies]\n",
                "[dependencies]\nassize-bench-peers = \"1\"\n",
                "is for bench/peers",
            ),
            (
                "Cargo.toml",
                "serde",
                "zen-engine",
                "zen-engine is for bench/peers",
            ),
            (
                ".ci/run",
                "cargo check",
                "cargo check --manifest-path bench/peers/Cargo.toml",
                "takes ten minutes",
            ),
        ] {
            let found = tree(path, from, to);
            assert!(found.contains(fault), "{path} {to}: {found}");
        }
    }

    #[test]
    fn a_wrong_direction_is_found() {
        for (folder, table, name) in [
            ("grammar", "dependencies", "assize-ir"),
            ("ir", "dependencies", "assize-eval"),
            ("eval", "dev-dependencies", "assize-compiler"),
            ("compiler", "dependencies", "assize-runtime"),
            ("runtime", "dependencies", "assize-compiler"),
            ("runtime", "dev-dependencies", "assize-grammar"),
            ("cli", "dependencies", "assize-tests"),
        ] {
            let found = with_dependency(folder, table, &format!("{name} = {{ workspace = true }}"));
            assert!(
                found.contains(&format!("must not know {name}")),
                "{folder}: {found}"
            );
        }
    }

    #[test]
    fn a_foreign_crate_in_the_wrong_layer_is_found() {
        for (folder, name) in [
            ("grammar", "salsa"),
            ("compiler", "miette"),
            ("ir", "cranelift-jit"),
            ("eval", "tokio"),
        ] {
            let line = format!("{name} = {{ workspace = true }}");
            let found = with_dependency(folder, "dependencies", &line);
            assert!(
                found.contains(&format!("must not use {name}")),
                "{folder}: {found}"
            );
        }
        let line = "miette = { workspace = true }";
        assert!(with_dependency("compiler", "dev-dependencies", line).starts_with("0 "));
    }

    #[test]
    fn names_lints_and_versions_are_held() {
        assert!(with_dependency("ir", "dependencies", "serde = \"1\"").contains("belongs into"));
        let renamed = tree_with("ir", |good| good.replace("assize-ir", "assize-core"));
        assert!(messages(&dependencies(&renamed)).contains("is not called `assize-ir`"));
        let unlinted = tree_with("ir", |good| good.replace("workspace = true", ""));
        assert!(messages(&dependencies(&unlinted)).contains("`[lints] workspace"));
        let mut more = tree_with("", str::to_owned);
        more.push(SourceFile::new(
            "extra/Cargo.toml",
            "[package]\nname = \"extra\"\n",
        ));
        assert!(messages(&dependencies(&more)).contains("extra/Cargo.toml: no such crate"));
        more.retain(|file| file.path != "ir/Cargo.toml");
        assert!(messages(&dependencies(&more)).contains("ir/Cargo.toml: the crate is gone"));
    }

    #[test]
    fn a_missing_page_is_found() {
        let page =
            "//! A.\n//!\n//! **Purpose**: a\n//! **Knows**: b\n//! **Must never know**: c\n";
        let good: Vec<SourceFile> = LAYERS
            .iter()
            .map(|layer| SourceFile::new(format!("{}/src/lib.rs", layer.folder), page))
            .collect();
        assert_eq!(crate_pages(&good), []);
        let mut bad = good;
        if let Some(file) = bad.first_mut() {
            file.text = page.replace("**Knows**", "Knows");
        }
        bad.pop();
        let found = messages(&crate_pages(&bad));
        assert!(found.contains("grammar/src/lib.rs: the crate's opening page lacks **Knows**"));
        assert!(found.contains("tests: neither"), "{found}");
    }

    #[test]
    fn loosened_settings_are_found() {
        let text =
            "[workspace.dependencies]\nsalsa = { version = \"1\", features = [\"rayon\"] }\n";
        let found = messages(&workspace_settings(&[SourceFile::new("Cargo.toml", text)]));
        for expected in [
            "salsa brings",
            "clippy::unwrap_used",
            "unsafe_code",
            "overflow-checks",
        ] {
            assert!(found.contains(expected), "{expected} in {found}");
        }
    }
}
