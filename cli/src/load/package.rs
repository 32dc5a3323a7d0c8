//! A package and everything it depends on, in the compiler's database.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assize_compiler::items::{DeclId, DeclKind, file_keys};
use assize_compiler::names::{full_name, module_name};
use assize_compiler::{Database, PackageInput, Sheet, SourceFile, Workspace};
use assize_eval::json::nearest;

use assize_compiler::Setter as _;

use super::files::{MANIFEST, is_rule_file, read_text, rule_files, shown};
use super::manifest::{self, Manifest};
use super::{ahead, sheets};
use crate::fault::Fault;
use crate::render::few::few;
use crate::render::source::Source;

/// Most packages of one compilation.
pub const MAX_PACKAGES: usize = 1_000;
/// Version of a package that is a single file.
const FILE_VERSION: &str = "0.0.0";

/// A package with its dependencies, ready for every question to the compiler.
pub struct Workbench {
    /// The database.
    pub db: Database,
    /// The package that was asked for.
    pub root: PackageInput,
    /// All packages, in order of their names.
    pub packages: Vec<PackageInput>,
    sources: HashMap<SourceFile, Arc<Source>>,
}

impl Workbench {
    /// A rule file as people see it: its path from where they are, its text and lines.
    pub fn source(&self, file: SourceFile) -> Arc<Source> {
        self.sources.get(&file).cloned().unwrap_or_default()
    }

    /// Adds a file to the root package that is nowhere on disk.
    pub fn add_file(&mut self, below: &str) -> SourceFile {
        let package = self.root.name(&self.db).clone();
        let file = SourceFile::new(&self.db, below.to_owned(), package, String::new());
        let mut files = self.root.files(&self.db).clone();
        files.push(file);
        self.root.set_files(&mut self.db).to(files);
        file
    }

    /// Changes the text of a file that was added.
    pub fn set_text(&mut self, file: SourceFile, text: String) {
        let below = file.path(&self.db).clone();
        self.sources
            .insert(file, Arc::new(Source::new(below, text.clone())));
        file.set_text(&mut self.db).to(text);
    }

    /// Number of rule files of the root package.
    pub fn file_count(&self) -> usize {
        self.root.files(&self.db).len()
    }

    /// Where people find a file: by the package and its path below that. Without a package the first
    /// that has such a file.
    pub fn shown_path(&self, package: Option<&str>, below: &str) -> Option<String> {
        let packages = self.packages.iter();
        let wanted = packages.filter(|it| package.is_none_or(|name| it.name(&self.db) == name));
        let files = wanted.flat_map(|package| {
            let sheets = package.sheets(&self.db).values();
            let sheets = sheets.filter_map(|sheet| match sheet {
                Sheet::Rows { file, .. } => Some(*file),
                Sheet::Fault(_) => None,
            });
            package.files(&self.db).iter().copied().chain(sheets)
        });
        let mut files = files.filter(|file| file.path(&self.db) == below);
        files.next().map(|file| self.source(file).path.clone())
    }

    /// Where people find a file of a program: that of the package that declares its module.
    pub fn shown_file(&self, file: &assize_ir::SourceFile) -> String {
        let named = |rules: &SourceFile| module_name(&self.db, *rules).as_ref() == file.module;
        let declares = |package: &&PackageInput| package.files(&self.db).iter().any(named);
        let package = self.packages.iter().find(declares);
        let package = package.map(|package| package.name(&self.db).as_str());
        let shown = self.shown_path(package, &file.path);
        shown.unwrap_or_else(|| file.path.clone())
    }
}

/// A package as it was read.
struct Folder {
    name: String,
    version: String,
    exports: Vec<(String, usize)>,
    dependencies: Vec<String>,
    manifest: Option<PathBuf>,
    /// The folder that paths of files are below.
    folder: PathBuf,
    /// Where the same folder is, whatever it is called.
    identity: PathBuf,
    files: Vec<(String, PathBuf, String)>,
}

/// A package without files: for expressions that need none.
pub fn empty() -> Result<Workbench, Fault> {
    let folder = Folder {
        name: "rules".to_owned(),
        version: FILE_VERSION.to_owned(),
        exports: Vec::new(),
        dependencies: Vec::new(),
        manifest: None,
        folder: PathBuf::new(),
        identity: PathBuf::new(),
        files: Vec::new(),
    };
    fill(vec![folder])
}

/// Opens a folder with `assize.toml`, or a single rule file.
pub fn open(path: &Path) -> Result<Workbench, Fault> {
    let about = fs::metadata(path).map_err(|error| Fault::read(path, &error))?;
    let folders = if about.is_dir() {
        let mut closure = Closure {
            found: Vec::new(),
            chain: Vec::new(),
        };
        closure.add(path)?;
        closure.found
    } else if is_rule_file(path) {
        vec![single_file(path)?]
    } else {
        return Err(Fault::new(format!("{} is no package", shown(path)))
            .help("name a folder with assize.toml, or a file that ends in .assize"));
    };
    fill(folders)
}

fn single_file(path: &Path) -> Result<Folder, Fault> {
    let text = read_rules(path)?;
    let file_name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let stem = path
        .file_stem()
        .map(|name| name.to_string_lossy().to_lowercase());
    let mut name: String = stem
        .unwrap_or_default()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .collect();
    if manifest::check_name(&name).is_err() {
        name = "rules".to_owned();
    }
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok(Folder {
        name,
        version: FILE_VERSION.to_owned(),
        exports: Vec::new(),
        dependencies: Vec::new(),
        manifest: None,
        identity: folder.clone(),
        folder,
        files: vec![(file_name.unwrap_or_default(), path.to_owned(), text)],
    })
}

fn read_rules(path: &Path) -> Result<String, Fault> {
    read_text(
        path,
        u64::try_from(assize_grammar::MAX_FILE_BYTES).unwrap_or(u64::MAX),
    )
}

/// Follows dependencies; the chain that led to a package is told when something is wrong there.
struct Closure {
    found: Vec<Folder>,
    chain: Vec<(String, PathBuf)>,
}

impl Closure {
    fn add(&mut self, folder: &Path) -> Result<String, Fault> {
        if !folder.join(MANIFEST).is_file() {
            let rules = rule_files(folder)
                .ok()
                .and_then(|files| files.into_iter().next());
            let help = match rules {
                Some((_, file)) => format!(
                    "add one ([package], name, version), or name a single file such as {}",
                    shown(&file)
                ),
                None => {
                    "name the folder of a package, or make one with `assize new NAME`".to_owned()
                }
            };
            return Err(Fault::new(format!("{} has no {MANIFEST}", shown(folder))).help(help));
        }
        let identity = fs::canonicalize(folder).map_err(|error| Fault::read(folder, &error))?;
        let manifest = manifest::read(folder)?;
        if let Some(at) = self.chain.iter().position(|(_, known)| *known == identity) {
            let circle = self.chain.iter().skip(at).map(|(name, _)| name.as_str());
            let circle: Vec<&str> = circle.chain([manifest.name.as_str()]).collect();
            return Err(Fault::new(format!(
                "packages depend on each other: {}",
                circle.join(" → ")
            ))
            .help("move what both need into a package of its own"));
        }
        if let Some(known) = self.found.iter().find(|known| known.identity == identity) {
            return Ok(known.name.clone());
        }
        let in_chain = self.chain.iter().map(|(name, path)| (name, path));
        let same = self
            .found
            .iter()
            .map(|known| (&known.name, &known.identity))
            .chain(in_chain);
        for (name, other) in same {
            if *name == manifest.name {
                return Err(Fault::new(format!(
                    "two packages are called `{name}`: {} and {}",
                    shown(other),
                    shown(&identity)
                ))
                .help("give one of them another name"));
            }
        }
        if self.found.len() + self.chain.len() >= MAX_PACKAGES {
            return Err(Fault::new(format!(
                "more than {MAX_PACKAGES} packages are needed"
            )));
        }
        self.chain.push((manifest.name.clone(), identity.clone()));
        for dependency in &manifest.dependencies {
            self.dependency(folder, &manifest, dependency)?;
        }
        self.chain.pop();
        let mut files = Vec::new();
        for (below, path) in rule_files(folder)? {
            let text = read_rules(&path)?;
            files.push((below, path, text));
        }
        if files.is_empty() {
            return Err(
                Fault::new(format!("the package {} holds no rule file", shown(folder)))
                    .help("rule files end in .assize and lie in the package's folder or below it"),
            );
        }
        self.found.push(Folder {
            name: manifest.name.clone(),
            version: manifest.version,
            exports: manifest.exports,
            dependencies: manifest
                .dependencies
                .into_iter()
                .map(|it| it.name)
                .collect(),
            manifest: Some(manifest.file),
            folder: folder.to_owned(),
            identity,
            files,
        });
        Ok(manifest.name)
    }

    fn dependency(
        &mut self,
        folder: &Path,
        manifest: &Manifest,
        dependency: &manifest::Dependency,
    ) -> Result<(), Fault> {
        let place = format!("{}:{}", shown(&manifest.file), dependency.line);
        let target = folder.join(&dependency.path);
        if !target.is_dir() {
            let chain: Vec<&str> = self
                .chain
                .iter()
                .map(|(name, _)| name.as_str())
                .chain([dependency.name.as_str()])
                .collect();
            return Err(Fault::new(format!(
                "{place}: the dependency `{}` is not there: no folder {} ({})",
                dependency.name,
                shown(&target),
                chain.join(" → ")
            ))
            .help("the path is relative to the folder of this assize.toml"));
        }
        let name = self.add(&target)?;
        if name != dependency.name {
            return Err(Fault::new(format!(
                "{place}: the dependency `{}` is called `{name}` in {}",
                dependency.name,
                shown(&target.join(MANIFEST))
            ))
            .help(format!(
                "write {name} = {{ path = \"{}\" }}",
                dependency.path
            )));
        }
        Ok(())
    }
}

/// Puts everything into a database.
fn fill(folders: Vec<Folder>) -> Result<Workbench, Fault> {
    let db = Database::default();
    let mut sources = HashMap::new();
    let mut inputs: BTreeMap<String, PackageInput> = BTreeMap::new();
    let mut root = None;
    for folder in folders {
        let mut files = Vec::new();
        for (below, path, text) in folder.files {
            let file = SourceFile::new(&db, below, folder.name.clone(), text.clone());
            sources.insert(file, Arc::new(Source::new(shown(&path), text)));
            files.push(file);
        }
        ahead::read(&db, &files);
        check_exports(&db, &folder.exports, &files, folder.manifest.as_deref())?;
        let sheets = sheets::of_package(&db, &folder.name, &files, &folder.folder);
        for (below, sheet) in &sheets {
            if let Sheet::Rows { file, .. } = sheet {
                let path = shown(&folder.folder.join(below));
                let source = Source::new(path, file.text(&db).clone());
                sources.insert(*file, Arc::new(source));
            }
        }
        let input = PackageInput::new(
            &db,
            folder.name.clone(),
            folder.version,
            files,
            folder.dependencies,
            folder.exports.into_iter().map(|(name, _)| name).collect(),
            sheets,
        );
        inputs.insert(folder.name, input);
        // The closure ends with the package that was asked for.
        root = Some(input);
    }
    let Some(root) = root else {
        return Err(Fault::new("there is no package"));
    };
    let packages: Vec<PackageInput> = inputs.into_values().collect();
    Workspace::new(&db, packages.clone(), root);
    Ok(Workbench {
        db,
        root,
        packages,
        sources,
    })
}

/// An export that names no decision would be left out unseen.
fn check_exports(
    db: &Database,
    exports: &[(String, usize)],
    files: &[SourceFile],
    manifest: Option<&Path>,
) -> Result<(), Fault> {
    if exports.is_empty() {
        return Ok(());
    }
    let mut decisions = Vec::new();
    for file in files {
        for key in file_keys(db, *file) {
            if key.kind == DeclKind::Decision {
                decisions.push(full_name(
                    db,
                    &DeclId {
                        file: *file,
                        key: key.clone(),
                    },
                ));
            }
        }
    }
    for (export, line) in exports {
        if decisions.contains(export) {
            continue;
        }
        let place = manifest.map(shown).unwrap_or_default();
        let fault = Fault::new(format!("{place}:{line}: there is no decision `{export}`"));
        return Err(
            match nearest(export, decisions.iter().map(String::as_str)) {
                Some(near) => fault.help(format!("did you mean \"{near}\"?")),
                None if decisions.is_empty() => fault.help("the package declares no decision"),
                None => fault.help(format!("there are {}", few(&decisions))),
            },
        );
    }
    Ok(())
}
