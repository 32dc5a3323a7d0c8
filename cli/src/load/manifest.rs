//! `assize.toml`: the name, version, exports and dependencies of a package.
//!
//! ```toml
//! [package]
//! name = "shop"
//! version = "0.1.0"
//! exports = ["shop.main.quote"]   # left out: every decision; may stand above [package], too
//!
//! [dependencies]
//! base = { path = "../base" }     # the name is that of the package there
//! ```
//!
//! Unknown keys are errors: a misspelt `exports` would otherwise offer every decision.

use std::ops::Range;
use std::path::{Path, PathBuf};

use assize_eval::json::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::files::{MANIFEST, read_text, shown};
use crate::fault::Fault;

/// Longest `assize.toml`, in bytes.
pub const MAX_MANIFEST_BYTES: u64 = 1024 * 1024;
/// Longest name of a package, in characters.
pub const MAX_NAME_CHARS: usize = 64;

/// What `assize.toml` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Name of the package.
    pub name: String,
    /// Version, as `1.2.3`.
    pub version: String,
    /// Exported decisions, with the line that names each.
    pub exports: Vec<(String, usize)>,
    /// Packages that may be used, in order of their names.
    pub dependencies: Vec<Dependency>,
    /// The file, for faults.
    pub file: PathBuf,
}

/// A line of `[dependencies]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Name of the package.
    pub name: String,
    /// Its folder, relative to that of the manifest.
    pub path: String,
    /// Line in `assize.toml`.
    pub line: usize,
}

/// Reads the manifest of a folder.
pub fn read(folder: &Path) -> Result<Manifest, Fault> {
    let file = folder.join(MANIFEST);
    let text = read_text(&file, MAX_MANIFEST_BYTES)?;
    parse(&text, &file)
}

struct Reader<'t> {
    text: &'t str,
    file: &'t Path,
    /// All of them are told at once, in the order of the text.
    faults: Vec<Fault>,
    exports: bool,
}

type Pair<'p, 't> = (
    &'p Spanned<std::borrow::Cow<'t, str>>,
    &'p Spanned<DeValue<'t>>,
);

/// Reads the text of a manifest; else everything that is wrong with it.
pub fn parse(text: &str, file: &Path) -> Result<Manifest, Fault> {
    let mut reader = Reader {
        text,
        file,
        faults: Vec::new(),
        exports: false,
    };
    // What is no TOML says nothing of what comes after it.
    let document = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        reader.at(&span, &format!("this is no TOML: {message}"))
    })?;
    let mut manifest = Manifest {
        name: String::new(),
        version: String::new(),
        exports: Vec::new(),
        dependencies: Vec::new(),
        file: file.to_owned(),
    };
    let mut has_package = false;
    for (key, value) in sorted(document.get_ref()) {
        match key.get_ref().as_ref() {
            "package" => {
                has_package = true;
                reader.package(value, &mut manifest);
            }
            "dependencies" => manifest.dependencies = reader.dependencies(value),
            "exports" => reader.exported(&key.span(), value, &mut manifest),
            other => {
                let known = ["package", "dependencies", "exports"];
                reader.unknown(&key.span(), other, "the file", &known);
            }
        }
    }
    if !has_package {
        reader.faults.push(
            Fault::new(format!("{} has no [package]", shown(file)))
                .help("begin with [package], name = \"…\" and version = \"0.1.0\""),
        );
    }
    match Fault::of_all(reader.faults) {
        None => Ok(manifest),
        Some(fault) => Err(fault),
    }
}

/// Pairs in the order of the text.
fn sorted<'p, 't>(table: &'p DeTable<'t>) -> Vec<Pair<'p, 't>> {
    let mut pairs: Vec<Pair<'p, 't>> = table.iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    pairs
}

impl Reader<'_> {
    fn package(&mut self, value: &Spanned<DeValue<'_>>, manifest: &mut Manifest) {
        let Some(table) = self.table(value, "[package]") else {
            return;
        };
        let mut misspelt = Vec::new();
        for (key, value) in sorted(table) {
            match key.get_ref().as_ref() {
                "name" => {
                    let name = self.string(value, "name").unwrap_or_default();
                    if let (false, Err(why)) = (name.is_empty(), check_name(name)) {
                        self.fault(&value.span(), &why);
                    }
                    manifest.name = name.to_owned();
                }
                "version" => {
                    let version = self.string(value, "version").unwrap_or_default();
                    if !version.is_empty() && !is_version(version) {
                        let message = format!("\"{version}\" is no version");
                        self.fault_help(
                            &value.span(),
                            &message,
                            "write three numbers, as in \"1.4.0\"",
                        );
                    }
                    manifest.version = version.to_owned();
                }
                "exports" => self.exported(&key.span(), value, manifest),
                other => {
                    let known = ["name", "version", "exports"];
                    misspelt.extend(nearest(other, known));
                    self.unknown(&key.span(), other, "[package]", &known);
                }
            }
        }
        for (what, example) in [("name", "my-rules"), ("version", "0.1.0")] {
            let said = table.get(what).map(|value| value.get_ref().as_str());
            // What is no text, and what was misspelt, has been told.
            let said =
                matches!(said, Some(None)) || matches!(said, Some(Some(text)) if !text.is_empty());
            if !said && !misspelt.contains(&what) {
                let fault = Fault::new(format!("{}: [package] has no `{what}`", shown(self.file)));
                self.faults
                    .push(fault.help(format!("add {what} = \"{example}\"")));
            }
        }
    }

    fn exported(
        &mut self,
        key: &Range<usize>,
        value: &Spanned<DeValue<'_>>,
        manifest: &mut Manifest,
    ) {
        if std::mem::replace(&mut self.exports, true) {
            return self.fault(key, "`exports` is said twice");
        }
        let example = "write exports = [\"module.decision\"]";
        let Some(items) = value.get_ref().as_array() else {
            return self.fault_help(&value.span(), "`exports` is a list", example);
        };
        for item in items.iter() {
            let Some(name) = item.get_ref().as_str() else {
                self.fault_help(&item.span(), "an export is a text", example);
                continue;
            };
            if manifest.exports.iter().any(|(known, _)| known == name) {
                self.fault(&item.span(), &format!("\"{name}\" is exported twice"));
                continue;
            }
            let line = self.line(&item.span());
            manifest.exports.push((name.to_owned(), line));
        }
    }

    fn dependencies(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<Dependency> {
        let mut out = Vec::new();
        let Some(all) = self.table(value, "[dependencies]") else {
            return out;
        };
        for (key, value) in sorted(all) {
            let name = key.get_ref().as_ref();
            let example = format!("write {name} = {{ path = \"../{name}\" }}");
            let message = format!("the dependency `{name}` needs a path");
            let Some(table) = value.get_ref().as_table() else {
                self.fault_help(&value.span(), &message, &example);
                continue;
            };
            let before = self.faults.len();
            let mut path = None;
            for (inner, value) in sorted(table) {
                match inner.get_ref().as_ref() {
                    "path" => path = self.string(value, "path").map(str::to_owned),
                    other => {
                        let place = format!("the dependency `{name}`");
                        self.unknown(&inner.span(), other, &place, &["path"]);
                    }
                }
            }
            match path {
                Some(path) => out.push(Dependency {
                    name: name.to_owned(),
                    path,
                    line: self.line(&key.span()),
                }),
                // A misspelt `path` has been told.
                None if self.faults.len() > before => {}
                None => self.fault_help(&key.span(), &message, &example),
            }
        }
        out.sort_by(|a, b| a.name.cmp(&b.name));
        out
    }

    fn table<'p, 't>(
        &mut self,
        value: &'p Spanned<DeValue<'t>>,
        what: &str,
    ) -> Option<&'p DeTable<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.fault(&value.span(), &format!("{what} is a section"));
        }
        table
    }

    fn string<'p>(&mut self, value: &'p Spanned<DeValue<'_>>, what: &str) -> Option<&'p str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.fault(&value.span(), &format!("`{what}` is a text in quotes"));
        }
        text
    }

    fn unknown(&mut self, span: &Range<usize>, key: &str, place: &str, known: &[&str]) {
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        self.fault_help(span, &format!("there is no key `{key}` in {place}"), &help);
    }

    fn fault(&mut self, span: &Range<usize>, message: &str) {
        let fault = self.at(span, message);
        self.faults.push(fault);
    }

    fn fault_help(&mut self, span: &Range<usize>, message: &str, help: &str) {
        let fault = self.at(span, message).help(help);
        self.faults.push(fault);
    }

    fn at(&self, span: &Range<usize>, message: &str) -> Fault {
        Fault::new(format!("{}: {message}", self.place(span)))
    }

    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.get(..span.start).unwrap_or_default();
        before.matches('\n').count() + 1
    }

    fn place(&self, span: &Range<usize>) -> String {
        let before = self.text.get(..span.start).unwrap_or_default();
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        format!("{}:{}:{column}", shown(self.file), self.line(span))
    }
}

/// Whether a name can be that of a package; else why not.
pub fn check_name(name: &str) -> Result<(), String> {
    let starts = name
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_lowercase());
    let rest = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    if !starts || !rest || name.chars().count() > MAX_NAME_CHARS {
        return Err(format!(
            "\"{name}\" is no name of a package: it begins with a letter a to z, then letters, digits, \
             `-` and `_`, at most {MAX_NAME_CHARS}"
        ));
    }
    Ok(())
}

/// `1.2.3`, or `1.2.3-word`.
fn is_version(text: &str) -> bool {
    let (numbers, word) = match text.split_once('-') {
        Some((numbers, word)) => (numbers, Some(word)),
        None => (text, None),
    };
    let parts: Vec<&str> = numbers.split('.').collect();
    let number = |part: &&str| {
        (1..=9).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let good = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
    };
    parts.len() == 3 && parts.iter().all(number) && word.is_none_or(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match parse(text, Path::new("p/assize.toml")) {
            Ok(manifest) => format!("{manifest:?}"),
            Err(fault) => {
                let each = |one: &Fault| match &one.help {
                    Some(help) => format!("{} ({help})", one.message),
                    None => one.message.clone(),
                };
                fault.each().map(each).collect::<Vec<_>>().join("\n")
            }
        }
    }

    #[test]
    fn reads_everything() {
        let text = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nexports = [\"a.b\"]\n\n[dependencies]\nz = { path = \"../z\" }\nbase = { path = \"base\" }\n";
        let manifest = parse(text, Path::new("assize.toml")).unwrap();
        assert_eq!(
            (manifest.name.as_str(), manifest.version.as_str()),
            ("shop", "0.1.0")
        );
        assert_eq!(manifest.exports, [("a.b".to_owned(), 4)]);
        let names: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|it| (it.name.as_str(), it.line))
            .collect();
        assert_eq!(names, [("base", 8), ("z", 7)]);
    }

    #[test]
    fn exports_at_the_top_are_taken_too() {
        let text = "exports = [\"a.b\"]\n[package]\nname = \"shop\"\nversion = \"0.1.0\"\n";
        let manifest = parse(text, Path::new("assize.toml")).unwrap();
        assert_eq!(manifest.exports.len(), 1);
    }

    #[test]
    fn faults_say_where_and_what_instead() {
        let head = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n";
        for (text, wanted) in [
            (
                "".to_owned(),
                "p/assize.toml has no [package] (begin with [package], name = \"…\" and version = \"0.1.0\")",
            ),
            (
                "[package]\nname = \"shop\"".into(),
                "p/assize.toml: [package] has no `version` (add version = \"0.1.0\")",
            ),
            (
                format!("{head}versoin = \"1\""),
                "p/assize.toml:4:1: there is no key `versoin` in [package] (did you mean `version`?)",
            ),
            (
                format!("{head}[dependncies]"),
                "p/assize.toml:4:2: there is no key `dependncies` in the file (did you mean `dependencies`?)",
            ),
            (
                format!("{head}[dependencies]\nbase = \"1.0\""),
                "p/assize.toml:5:8: the dependency `base` needs a path (write base = { path = \"../base\" })",
            ),
            (
                format!("{head}[dependencies]\nbase = {{ pth = \"b\" }}"),
                "p/assize.toml:5:10: there is no key `pth` in the dependency `base` (did you mean `path`?)",
            ),
            (
                "[package]\nname = \"Shop 1\"\nversion = \"0.1.0\"".into(),
                "p/assize.toml:2:8: \"Shop 1\" is no name of a package: it begins with a letter a to z, then letters, digits, `-` and `_`, at most 64",
            ),
            (
                "[package]\nname = \"shop\"\nversion = \"1\"".into(),
                "p/assize.toml:3:11: \"1\" is no version (write three numbers, as in \"1.4.0\")",
            ),
            (
                "[package]\nname = 3\nversion = \"0.1.0\"".into(),
                "p/assize.toml:2:8: `name` is a text in quotes",
            ),
            (
                format!("{head}exports = [\"a.b\", \"a.b\"]"),
                "p/assize.toml:4:19: \"a.b\" is exported twice",
            ),
            (
                format!("exports = []\n{head}exports = []"),
                "p/assize.toml:5:1: `exports` is said twice",
            ),
        ] {
            assert_eq!(told(&text), wanted);
        }
        assert!(
            told("[package\n").starts_with("p/assize.toml:1:9: this is no TOML: "),
            "{}",
            told("[package\n")
        );
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let text = "exports = 3\nexport = []\n[package]\nnam = \"Shop\"\nversion = \"1\"\nlicence = \"MIT\"\n\
                    exports = [\"a.b\", 5, \"a.b\"]\n[dependencies]\nbase = \"../base\"\nmodel = { pth = \"m\" }\nother = {}\n";
        insta::assert_snapshot!(told(text), @r#"
        p/assize.toml:1:11: `exports` is a list (write exports = ["module.decision"])
        p/assize.toml:2:1: there is no key `export` in the file (did you mean `exports`?)
        p/assize.toml:4:1: there is no key `nam` in [package] (did you mean `name`?)
        p/assize.toml:5:11: "1" is no version (write three numbers, as in "1.4.0")
        p/assize.toml:6:1: there is no key `licence` in [package] (known are name, version, exports)
        p/assize.toml:7:1: `exports` is said twice
        p/assize.toml:9:8: the dependency `base` needs a path (write base = { path = "../base" })
        p/assize.toml:10:11: there is no key `pth` in the dependency `model` (did you mean `path`?)
        p/assize.toml:11:1: the dependency `other` needs a path (write other = { path = "../other" })
        "#);
        assert_eq!(
            told("[package]\nname = \"\"\nversion = 1\n[dependencies]\na = { path = 3 }"),
            "p/assize.toml:3:11: `version` is a text in quotes\n\
             p/assize.toml: [package] has no `name` (add name = \"my-rules\")\n\
             p/assize.toml:5:14: `path` is a text in quotes"
        );
        assert_eq!(
            told("package = 1\ndependencies = 2"),
            "p/assize.toml:1:11: [package] is a section\np/assize.toml:2:16: [dependencies] is a section"
        );
    }

    #[test]
    fn versions() {
        for good in ["0.1.0", "10.20.30", "1.0.0-rc.1"] {
            assert!(is_version(good), "{good}");
        }
        for bad in [
            "", "1", "1.2", "1.2.3.4", "1.2.x", "1.2.3-", "v1.2.3", "1..3",
        ] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
