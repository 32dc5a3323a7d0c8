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
}

type Pair<'p, 't> = (
    &'p Spanned<std::borrow::Cow<'t, str>>,
    &'p Spanned<DeValue<'t>>,
);

/// Reads the text of a manifest.
pub fn parse(text: &str, file: &Path) -> Result<Manifest, Fault> {
    let reader = Reader { text, file };
    let document = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        reader.fault(&span, &format!("this is no TOML: {message}"))
    })?;
    let mut manifest = Manifest {
        name: String::new(),
        version: String::new(),
        exports: Vec::new(),
        dependencies: Vec::new(),
        file: file.to_owned(),
    };
    let mut has_package = false;
    let mut exports_at: Option<Range<usize>> = None;
    for (key, value) in sorted(document.get_ref()) {
        match key.get_ref().as_ref() {
            "package" => {
                has_package = true;
                reader.package(value, &mut manifest, &mut exports_at)?;
            }
            "dependencies" => manifest.dependencies = reader.dependencies(value)?,
            "exports" => {
                if exports_at.is_some() {
                    return Err(reader.fault(&key.span(), "`exports` is said twice"));
                }
                exports_at = Some(key.span());
                manifest.exports = reader.exports(value)?;
            }
            other => {
                return Err(reader.unknown(
                    &key.span(),
                    other,
                    "the file",
                    &["package", "dependencies", "exports"],
                ));
            }
        }
    }
    if !has_package {
        return Err(Fault::new(format!("{} has no [package]", shown(file)))
            .help("begin with [package], name = \"…\" and version = \"0.1.0\""));
    }
    for (what, value) in [("name", &manifest.name), ("version", &manifest.version)] {
        if value.is_empty() {
            return Err(
                Fault::new(format!("{}: [package] has no `{what}`", shown(file))).help(format!(
                    "add {what} = \"{}\"",
                    if what == "name" { "my-rules" } else { "0.1.0" }
                )),
            );
        }
    }
    Ok(manifest)
}

/// Pairs in the order of the text.
fn sorted<'p, 't>(table: &'p DeTable<'t>) -> Vec<Pair<'p, 't>> {
    let mut pairs: Vec<Pair<'p, 't>> = table.iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    pairs
}

impl Reader<'_> {
    fn package(
        &self,
        value: &Spanned<DeValue<'_>>,
        manifest: &mut Manifest,
        exports_at: &mut Option<Range<usize>>,
    ) -> Result<(), Fault> {
        for (key, value) in sorted(self.table(value, "[package]")?) {
            match key.get_ref().as_ref() {
                "name" => {
                    let name = self.string(value, "name")?;
                    if let Err(why) = check_name(name) {
                        return Err(self.fault(&value.span(), &why));
                    }
                    manifest.name = name.to_owned();
                }
                "version" => {
                    let version = self.string(value, "version")?;
                    if !is_version(version) {
                        let message = format!("\"{version}\" is no version");
                        return Err(self
                            .fault(&value.span(), &message)
                            .help("write three numbers, as in \"1.4.0\""));
                    }
                    manifest.version = version.to_owned();
                }
                "exports" => {
                    if exports_at.is_some() {
                        return Err(self.fault(&key.span(), "`exports` is said twice"));
                    }
                    *exports_at = Some(key.span());
                    manifest.exports = self.exports(value)?;
                }
                other => {
                    return Err(self.unknown(
                        &key.span(),
                        other,
                        "[package]",
                        &["name", "version", "exports"],
                    ));
                }
            }
        }
        Ok(())
    }

    fn exports(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<(String, usize)>, Fault> {
        let example = "write exports = [\"module.decision\"]";
        let Some(items) = value.get_ref().as_array() else {
            return Err(self
                .fault(&value.span(), "`exports` is a list")
                .help(example));
        };
        let mut out: Vec<(String, usize)> = Vec::new();
        for item in items.iter() {
            let Some(name) = item.get_ref().as_str() else {
                return Err(self
                    .fault(&item.span(), "an export is a text")
                    .help(example));
            };
            if out.iter().any(|(known, _)| known == name) {
                return Err(self.fault(&item.span(), &format!("\"{name}\" is exported twice")));
            }
            out.push((name.to_owned(), self.line(&item.span())));
        }
        Ok(out)
    }

    fn dependencies(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<Dependency>, Fault> {
        let mut out = Vec::new();
        for (key, value) in sorted(self.table(value, "[dependencies]")?) {
            let name = key.get_ref().as_ref();
            let example = format!("write {name} = {{ path = \"../{name}\" }}");
            let Some(table) = value.get_ref().as_table() else {
                let message = format!("the dependency `{name}` needs a path");
                return Err(self.fault(&value.span(), &message).help(example));
            };
            let mut path = None;
            for (inner, value) in sorted(table) {
                match inner.get_ref().as_ref() {
                    "path" => path = Some(self.string(value, "path")?.to_owned()),
                    other => {
                        let place = format!("the dependency `{name}`");
                        return Err(self.unknown(&inner.span(), other, &place, &["path"]));
                    }
                }
            }
            let Some(path) = path else {
                let message = format!("the dependency `{name}` needs a path");
                return Err(self.fault(&key.span(), &message).help(example));
            };
            out.push(Dependency {
                name: name.to_owned(),
                path,
                line: self.line(&key.span()),
            });
        }
        out.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(out)
    }

    fn table<'p, 't>(
        &self,
        value: &'p Spanned<DeValue<'t>>,
        what: &str,
    ) -> Result<&'p DeTable<'t>, Fault> {
        value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.fault(&value.span(), &format!("{what} is a section")))
    }

    fn string<'p>(&self, value: &'p Spanned<DeValue<'_>>, what: &str) -> Result<&'p str, Fault> {
        value
            .get_ref()
            .as_str()
            .ok_or_else(|| self.fault(&value.span(), &format!("`{what}` is a text in quotes")))
    }

    fn unknown(&self, span: &Range<usize>, key: &str, place: &str, known: &[&str]) -> Fault {
        let fault = self.fault(span, &format!("there is no key `{key}` in {place}"));
        match nearest(key, known.iter().copied()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help(format!("known are {}", known.join(", "))),
        }
    }

    fn fault(&self, span: &Range<usize>, message: &str) -> Fault {
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
                let help = fault
                    .help
                    .map(|help| format!(" ({help})"))
                    .unwrap_or_default();
                format!("{}{help}", fault.message)
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
                "[package]\nname = \"Shop 1\"".into(),
                "p/assize.toml:2:8: \"Shop 1\" is no name of a package: it begins with a letter a to z, then letters, digits, `-` and `_`, at most 64",
            ),
            (
                "[package]\nname = \"shop\"\nversion = \"1\"".into(),
                "p/assize.toml:3:11: \"1\" is no version (write three numbers, as in \"1.4.0\")",
            ),
            (
                "[package]\nname = 3".into(),
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
