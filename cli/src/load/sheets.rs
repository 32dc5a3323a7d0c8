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
/// Most rows of a sheet below its header: those of a table.
pub const MAX_SHEET_ROWS: usize = assize_ir::verify::MAX_ROWS;
/// Most columns of a sheet.
pub const MAX_SHEET_COLUMNS: usize = 1_024;
/// Most cells of a sheet: an empty one is a byte of a CSV and many in memory.
pub const MAX_CELLS: usize = 4_000_000;
/// Longest row of a CSV sheet, in bytes.
pub const MAX_ROW_BYTES: usize = 1024 * 1024;
/// Longest cell of a sheet, in bytes.
pub const MAX_CELL_BYTES: usize = 64 * 1024;
/// Faults that are told of one file; more are counted.
const FAULTS_SHOWN: usize = 25;

/// Faults of one file as one sentence: the first of them and the number of the others.
pub fn told(faults: &[String]) -> String {
    let mut text = faults
        .iter()
        .take(FAULTS_SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("; ");
    let more = faults.len().saturating_sub(FAULTS_SHOWN);
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    text
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
                    Ok(path) if path.is_file() => read(&path),
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
pub fn read(path: &Path) -> Result<Vec<SheetRow>, String> {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let bytes = read_bytes(path, MAX_SHEET_BYTES).map_err(|fault| fault.message)?;
    match ending.as_deref() {
        Some("csv") => csv(&bytes),
        Some("xlsx") => xlsx::read(bytes),
        _ => Err("the name of the file ends in .csv or .xlsx".to_owned()),
    }
}

/// Reads CSV: UTF-8, cells parted by commas. What is wrong with a row that can be taken apart, the
/// compiler tells at its place.
pub fn csv(bytes: &[u8]) -> Result<Vec<SheetRow>, String> {
    let limits = CsvLimits {
        cell_bytes: MAX_CELL_BYTES,
        cells: MAX_SHEET_COLUMNS,
        row_bytes: MAX_ROW_BYTES,
        file_bytes: MAX_SHEET_BYTES,
    };
    let mut reader = CsvReader::new(bytes, limits);
    let mut row = CsvRow::default();
    let mut rows: Vec<SheetRow> = Vec::new();
    let mut faults: Vec<String> = Vec::new();
    let mut cell_count = 0usize;
    loop {
        match reader.read(&mut row) {
            Ok(false) => break,
            Ok(true) => {}
            Err(fault) => {
                let (line, expected, found) = (fault.line, fault.expected, fault.found);
                faults.push(format!("line {line}: expected {expected}, found {found}"));
                if fault.fatal {
                    break;
                }
                continue;
            }
        }
        let cells: Vec<String> = (0..row.len())
            .map(|at| row.cell(at).unwrap_or_default().to_owned())
            .collect();
        let line = row.line();
        let only = (cells.len() == 1).then(|| cells.first()).flatten();
        if rows.is_empty() && only.is_some_and(|cell| cell.contains([';', '\t'])) {
            return Err(format!(
                "line {line}: the cells are parted by something else than commas; save it as CSV \
                 with commas and UTF-8"
            ));
        }
        cell_count = cell_count.saturating_add(cells.len());
        if cell_count > MAX_CELLS {
            faults.push(format!("line {line}: more than {MAX_CELLS} cells"));
            break;
        }
        if rows.len() > MAX_SHEET_ROWS {
            faults.push(format!(
                "line {line}: more than {MAX_SHEET_ROWS} rows below the header"
            ));
            break;
        }
        rows.push(SheetRow::texts(line, cells));
    }
    if faults.is_empty() {
        Ok(rows)
    } else {
        Err(told(&faults))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_strict() {
        let told = |bytes: &[u8]| match csv(bytes) {
            Ok(rows) => rows
                .iter()
                .map(|row| format!("{}:{}", row.line, row.cells.join("|")))
                .collect::<Vec<_>>()
                .join(" "),
            Err(why) => why,
        };
        assert_eq!(told(b"a,||,b\n1,,\"x, y\"\n"), "1:a||||b 2:1||x, y");
        assert_eq!(told(b"\xEF\xBB\xBFa,b\r\n1,2\r\n"), "1:a|b 2:1|2");
        assert_eq!(told(b"a,b\n1\n"), "1:a|b 2:1");
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
    fn csv_tells_all_its_faults() {
        let why = csv(b"a,b\n1,\"2\"x\n1,2\n\xFF,2\n").unwrap_err();
        assert_eq!(
            why,
            "line 2: expected `,` or the end of the row, found something after the closing `\"`; \
             line 4: expected UTF-8, found byte 0xFF"
        );
        let bad = b"\xFF\n".repeat(27);
        let why = csv(&[b"a\n".as_slice(), &bad].concat()).unwrap_err();
        assert!(
            why.contains("line 26: ") && !why.contains("line 27: "),
            "{why}"
        );
        assert!(why.ends_with("; and 2 more"), "{why}");
    }

    #[test]
    fn a_sheet_has_as_many_rows_as_a_table() {
        let at_limit = ["a\n", &"1\n".repeat(MAX_SHEET_ROWS)].concat();
        assert_eq!(
            csv(at_limit.as_bytes()).map(|rows| rows.len()),
            Ok(MAX_SHEET_ROWS + 1)
        );
        let past = format!("{at_limit}1\n");
        assert_eq!(
            csv(past.as_bytes()),
            Err("line 100002: more than 100000 rows below the header".to_owned())
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
