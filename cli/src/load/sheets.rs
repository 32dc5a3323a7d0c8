//! Rows for `table … from "file"`: CSV and XLSX files beside rule files, read to cells of text.
//!
//! Only files that a table names are read, and only inside the package's folder. A file that cannot be
//! taken is handed on with the reason, so that the compiler tells it where the table names it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assize_compiler::ast::Item;
use assize_compiler::ast::table::TableBody;
use assize_compiler::items::{DeclId, DeclKind, decl_ast, file_keys};
use assize_compiler::{Database, Sheet, SheetRow, SourceFile};
use assize_runtime::csv::{CsvLimits, CsvReader, CsvRow};

use super::files::read_bytes;
use super::xlsx;

/// Longest sheet file, in bytes.
pub const MAX_SHEET_BYTES: u64 = 64 * 1024 * 1024;
/// Most rows of a sheet, the header included.
pub const MAX_SHEET_ROWS: usize = 200_000;
/// Most columns of a sheet.
pub const MAX_SHEET_COLUMNS: usize = 1_024;
/// Longest row of a CSV sheet, in bytes.
pub const MAX_ROW_BYTES: usize = 1024 * 1024;
/// Longest cell of a sheet, in bytes.
pub const MAX_CELL_BYTES: usize = 64 * 1024;

/// Limits of a sheet. The default is the constants of this module and of [`xlsx`].
#[derive(Clone, Copy, Debug)]
pub struct SheetLimits {
    /// See [`MAX_SHEET_BYTES`].
    pub bytes: u64,
    /// See [`MAX_SHEET_ROWS`].
    pub rows: usize,
    /// See [`MAX_SHEET_COLUMNS`].
    pub columns: usize,
    /// See [`MAX_ROW_BYTES`].
    pub row_bytes: usize,
    /// See [`MAX_CELL_BYTES`].
    pub cell_bytes: usize,
    /// See [`xlsx::MAX_CELLS`].
    pub cells: usize,
    /// See [`xlsx::MAX_PARTS`].
    pub parts: usize,
    /// See [`xlsx::MAX_UNPACK_RATIO`].
    pub unpack_ratio: u64,
    /// See [`xlsx::SMALL_PART_BYTES`].
    pub small_part_bytes: u64,
    /// See [`xlsx::MAX_UNPACKED_BYTES`].
    pub unpacked_bytes: u64,
}

impl Default for SheetLimits {
    fn default() -> SheetLimits {
        SheetLimits {
            bytes: MAX_SHEET_BYTES,
            rows: MAX_SHEET_ROWS,
            columns: MAX_SHEET_COLUMNS,
            row_bytes: MAX_ROW_BYTES,
            cell_bytes: MAX_CELL_BYTES,
            cells: xlsx::MAX_CELLS,
            parts: xlsx::MAX_PARTS,
            unpack_ratio: xlsx::MAX_UNPACK_RATIO,
            small_part_bytes: xlsx::SMALL_PART_BYTES,
            unpacked_bytes: xlsx::MAX_UNPACKED_BYTES,
        }
    }
}

/// The sheets that the tables of these files name, by path below the package's folder.
pub fn of_package(
    db: &Database,
    package: &str,
    files: &[SourceFile],
    folder: &Path,
) -> BTreeMap<String, Sheet> {
    let mut sheets = BTreeMap::new();
    for file in files {
        let beside = file
            .path(db)
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        for key in file_keys(db, *file) {
            if key.kind != DeclKind::Table {
                continue;
            }
            let decl = DeclId {
                file: *file,
                key: key.clone(),
            };
            let Some(Item::Table(table)) = decl_ast(db, &decl).map(|decl| &decl.item) else {
                continue;
            };
            let TableBody::File(name) = &table.body else {
                continue;
            };
            let below = if beside.is_empty() {
                name.text.clone()
            } else {
                format!("{beside}/{}", name.text)
            };
            // Beside the rule file first, then from the package's folder: as the compiler looks.
            for candidate in [below, name.text.clone()] {
                if sheets.contains_key(&candidate) {
                    break;
                }
                let found = match place(folder, &candidate) {
                    Ok(path) if path.is_file() => read(&path, &SheetLimits::default()),
                    Ok(_) => continue,
                    Err(why) => Err(why),
                };
                let found = match found {
                    Ok(rows) => Sheet::of_rows(db, candidate.clone(), package.to_owned(), rows),
                    Err(why) => Sheet::Fault(why),
                };
                sheets.insert(candidate, found);
                break;
            }
        }
    }
    sheets
}

/// A path below the folder; what would lead out of it is refused.
fn place(folder: &Path, below: &str) -> Result<PathBuf, String> {
    let leaves = below.starts_with('/')
        || below.contains(['\\', ':', '\0'])
        || below.split('/').any(|part| part == "..");
    if leaves {
        return Err("the file must lie in the folder of the package".to_owned());
    }
    Ok(folder.join(below))
}

/// Reads the rows of a sheet by the ending of its name; else says why they cannot be taken.
pub fn read(path: &Path, limits: &SheetLimits) -> Result<Vec<SheetRow>, String> {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let bytes = read_bytes(path, limits.bytes).map_err(|fault| fault.message)?;
    match ending.as_deref() {
        Some("csv") => csv(&bytes, limits),
        Some("xlsx") => xlsx::read(bytes, *limits),
        _ => Err("the name of the file ends in .csv or .xlsx".to_owned()),
    }
}

/// Reads CSV: UTF-8, cells parted by commas, every row as wide as the header.
pub fn csv(bytes: &[u8], limits: &SheetLimits) -> Result<Vec<SheetRow>, String> {
    let csv_limits = CsvLimits {
        cell_bytes: limits.cell_bytes,
        cells: limits.columns,
        row_bytes: limits.row_bytes,
        file_bytes: limits.bytes,
    };
    let mut reader = CsvReader::new(bytes, csv_limits);
    let mut row = CsvRow::default();
    let mut rows: Vec<SheetRow> = Vec::new();
    loop {
        match reader.read(&mut row) {
            Ok(false) => break,
            Ok(true) => {}
            Err(fault) => {
                let (line, expected, found) = (fault.line, fault.expected, fault.found);
                return Err(format!("line {line}: expected {expected}, found {found}"));
            }
        }
        let cells: Vec<String> = (0..row.len())
            .map(|at| row.cell(at).unwrap_or_default().to_owned())
            .collect();
        let line = row.line();
        match rows.first() {
            None if cells.len() == 1 && cells.iter().any(|cell| cell.contains([';', '\t'])) => {
                return Err(
                    "line 1: the cells are parted by something else than commas; save it as CSV \
                     with commas and UTF-8"
                        .to_owned(),
                );
            }
            Some(header) if header.cells.len() != cells.len() => {
                return Err(format!(
                    "line {line}: {} cells, the header has {}",
                    cells.len(),
                    header.cells.len()
                ));
            }
            _ => {}
        }
        if rows.len() == limits.rows {
            return Err(format!("line {line}: more than {} rows", limits.rows));
        }
        rows.push(SheetRow { line, cells });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(read: Result<Vec<SheetRow>, String>) -> String {
        match read {
            Ok(rows) => rows
                .iter()
                .map(|row| format!("{}:{}", row.line, row.cells.join("|")))
                .collect::<Vec<_>>()
                .join(" "),
            Err(why) => why,
        }
    }

    #[test]
    fn a_sheet_has_greatest_sizes() {
        let all = SheetLimits::default();
        let text = b"ab,c\n1,22\n";
        let at = |limits: SheetLimits| told(csv(text, &limits));
        let good = "1:ab|c 2:1|22";
        let (bytes, rows, columns, row_bytes, cell_bytes) = (10, 2, 2, 3, 2);
        for (fits, too_small, why) in [
            (
                SheetLimits { bytes, ..all },
                SheetLimits {
                    bytes: bytes - 1,
                    ..all
                },
                "line 1: expected a file of at most 9 bytes, found more",
            ),
            (
                SheetLimits { rows, ..all },
                SheetLimits {
                    rows: rows - 1,
                    ..all
                },
                "line 2: more than 1 rows",
            ),
            (
                SheetLimits { columns, ..all },
                SheetLimits {
                    columns: columns - 1,
                    ..all
                },
                "line 1: expected at most 1 cells in a row, found more",
            ),
            (
                SheetLimits { row_bytes, ..all },
                SheetLimits {
                    row_bytes: row_bytes - 1,
                    ..all
                },
                "line 1: expected a row of at most 2 bytes, found more",
            ),
            (
                SheetLimits { cell_bytes, ..all },
                SheetLimits {
                    cell_bytes: cell_bytes - 1,
                    ..all
                },
                "line 1: expected a cell of at most 1 bytes, found more",
            ),
        ] {
            assert_eq!(at(fits), good);
            assert_eq!(at(too_small), why);
        }
    }

    #[test]
    fn csv_is_strict() {
        let told = |bytes: &[u8]| told(csv(bytes, &SheetLimits::default()));
        assert_eq!(told(b"a,||,b\n1,,\"x, y\"\n"), "1:a||||b 2:1||x, y");
        assert_eq!(told(b"\xEF\xBB\xBFa,b\r\n1,2\r\n"), "1:a|b 2:1|2");
        assert_eq!(told(b"a,b\n1\n"), "line 2: 1 cells, the header has 2");
        assert!(told(b"a;b\n1;2\n").starts_with("line 1: the cells are parted by something else"));
        assert!(
            told(b"a,b\n\xFF,2\n").starts_with("line 2: expected UTF-8"),
            "{}",
            told(b"a,b\n\xFF,2\n")
        );
        assert!(
            told(b"a,b\n\"1,2\n").starts_with("line 2: expected"),
            "{}",
            told(b"a,b\n\"1,2\n")
        );
    }

    #[test]
    fn files_stay_inside() {
        for out in [
            "../a.csv",
            "a/../../b.csv",
            "/etc/a.csv",
            "c:a.csv",
            "a\\b.csv",
        ] {
            assert!(place(Path::new("p"), out).is_err(), "{out}");
        }
        assert_eq!(
            place(Path::new("p"), "sub/a.csv"),
            Ok(PathBuf::from("p/sub/a.csv"))
        );
    }
}
