//! Inputs of the compiler and its database.
//!
//! Whoever owns files (the command line, an editor) fills the inputs; nothing here reads anything.

#![expect(
    missing_docs,
    reason = "salsa generates accessors of the documented fields"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

/// A rule file.
#[salsa::input(debug)]
pub struct SourceFile {
    /// Path below the package's folder, with `/`.
    #[returns(ref)]
    pub path: String,
    /// Name of the package.
    #[returns(ref)]
    pub package: String,
    /// The text.
    #[returns(ref)]
    pub text: String,
}

/// A package: a folder with an `assize.toml`, or a single file.
#[salsa::input(debug)]
pub struct PackageInput {
    /// Name.
    #[returns(ref)]
    pub name: String,
    /// Version.
    #[returns(ref)]
    pub version: String,
    /// Rule files in order of their paths.
    #[returns(ref)]
    pub files: Vec<SourceFile>,
    /// Names of the packages that it may use.
    #[returns(ref)]
    pub dependencies: Vec<String>,
    /// Exported decisions (`module.decision`); empty: all of them.
    #[returns(ref)]
    pub exports: Vec<String>,
    /// Rows for `table … from "file"`, by path below the package's folder, already read.
    #[returns(ref)]
    pub sheets: BTreeMap<String, Sheet>,
}

impl PackageInput {
    /// A package that is the whole compilation: these texts by their paths, without dependencies,
    /// chosen exports and sheets.
    pub fn alone<P: Into<String>, T: Into<String>>(
        db: &dyn Db,
        name: &str,
        files: impl IntoIterator<Item = (P, T)>,
    ) -> PackageInput {
        let files = files
            .into_iter()
            .map(|(path, text)| SourceFile::new(db, path.into(), name.to_owned(), text.into()))
            .collect();
        let package = PackageInput::new(
            db,
            name.to_owned(),
            "0.1.0".to_owned(),
            files,
            Vec::new(),
            Vec::new(),
            BTreeMap::new(),
        );
        let _ = Workspace::new(db, vec![package], package);
        package
    }
}

/// All packages of a compilation.
#[salsa::input(singleton, debug)]
pub struct Workspace {
    /// Packages in order of their names, the root among them.
    #[returns(ref)]
    pub packages: Vec<PackageInput>,
    /// The package that is compiled.
    pub root: PackageInput,
}

/// Cells of a CSV or XLSX file beside a rule file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sheet {
    /// Rows of cells as text; the first row is the header.
    Rows {
        /// The rows.
        rows: Arc<[SheetRow]>,
        /// The sheet as a file that places point into: see [`crate::sheets::Rendered`].
        file: SourceFile,
    },
    /// Why it could not be read.
    Fault(String),
}

impl Sheet {
    /// A sheet of rows. `path` is below the folder of the package, with `/`.
    pub fn of_rows(db: &dyn Db, path: String, package: String, rows: Vec<SheetRow>) -> Sheet {
        let text = crate::sheets::Rendered::of(&rows).text;
        Sheet::Rows {
            rows: rows.into(),
            file: SourceFile::new(db, path, package, text),
        }
    }
}

/// A row of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SheetRow {
    /// Line in the file, from 1.
    pub line: u32,
    /// The cells.
    pub cells: Vec<String>,
    /// What a workbook keeps each cell as; cells without an entry are texts.
    pub kinds: Vec<CellKind>,
}

/// What a workbook keeps a cell as. The text of a cell that is none may have lost what was typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CellKind {
    /// A text: what was typed.
    #[default]
    Text,
    /// A number or a percent.
    Number,
    /// A day.
    Day,
    /// True or false.
    Bool,
}

impl SheetRow {
    /// A row of texts, as a CSV has them.
    pub fn texts(line: u32, cells: Vec<String>) -> SheetRow {
        let kinds = Vec::new();
        SheetRow { line, cells, kinds }
    }

    /// What the cell at an index is kept as.
    pub fn kind(&self, index: usize) -> CellKind {
        self.kinds.get(index).copied().unwrap_or_default()
    }
}

/// What the compiler's queries need of a database.
#[salsa::db]
pub trait Db: salsa::Database {}

/// The database.
#[salsa::db]
#[derive(Default, Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
}

impl Database {
    /// A database that tells each query it executes: for tests that count work.
    pub fn watched(told: impl Fn(salsa::Event) + Send + Sync + 'static) -> Database {
        Database {
            storage: salsa::Storage::new(Some(Box::new(told))),
        }
    }
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl Db for Database {}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

/// The text of a declaration, its documentation included.
#[salsa::interned(debug)]
pub struct DeclText<'db> {
    /// The text.
    #[returns(ref)]
    pub text: String,
}
