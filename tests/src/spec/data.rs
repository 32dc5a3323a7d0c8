//! Reference data of a section: a snapshot whose files are blocks.

use std::collections::BTreeMap;
use std::io::{self, Read};

use assize_compiler::SheetRow;
use assize_ir::Program;
use assize_runtime::csv::{CsvLimits, CsvReader, CsvRow};
use assize_runtime::{Files, Snapshot, SnapshotLimits, load_snapshot};

use super::page::{Block, Kind};

/// When the data of a section was taken, unless it has a `snapshot.json`.
pub const AS_OF: &str = "2026-11-20T06:00:00Z";
/// Longest sheet of an example, in bytes.
const MAX_SHEET_BYTES: usize = 64 * 1024;
/// Most columns of a sheet of an example.
const MAX_SHEET_COLUMNS: usize = 64;

/// Files by name.
struct Blocks(BTreeMap<String, String>);

impl Files for Blocks {
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let text = self.0.get(name);
        let text = text.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "not found"))?;
        Ok(Box::new(text.as_bytes()))
    }
}

/// The snapshot of a section, or why it is refused, one line each.
///
/// A relation is found by its bare name; those without a block have no rows.
pub fn snapshot(program: &Program, blocks: &[Block]) -> Result<Snapshot, String> {
    let mut files = BTreeMap::new();
    let mut manifest = None;
    for block in blocks {
        match &block.kind {
            Kind::Data(name, csv) => {
                let ending = if *csv { "csv" } else { "json" };
                files.insert(format!("{name}.{ending}"), block.written_out().into_owned());
            }
            Kind::Manifest => manifest = Some(block.written_out().into_owned()),
            _ => {}
        }
    }
    let manifest = manifest.unwrap_or_else(|| {
        let mut relations = Vec::new();
        for relation in &program.relations {
            let bare = relation.name.rsplit('.').next().unwrap_or(&relation.name);
            let csv = format!("{bare}.csv");
            let name = if files.contains_key(&csv) {
                csv
            } else {
                format!("{bare}.json")
            };
            files.entry(name.clone()).or_insert_with(|| "[]".to_owned());
            relations.push(format!("\"{}\": {{\"file\": \"{name}\"}}", relation.name));
        }
        format!(
            "{{\"as_of\": \"{AS_OF}\", \"relations\": {{{}}}}}",
            relations.join(", ")
        )
    });
    files.insert("snapshot.json".to_owned(), manifest);
    load_snapshot(program, &Blocks(files), &SnapshotLimits::default())
        .map_err(|faults| faults.iter().map(|fault| format!("{fault}\n")).collect())
}

/// The names of relations that blocks have data for, with the position of the block.
pub fn names(blocks: &[Block]) -> impl Iterator<Item = (usize, &str)> {
    blocks
        .iter()
        .enumerate()
        .filter_map(|(index, block)| match &block.kind {
            Kind::Data(name, _) => Some((index, name.as_str())),
            _ => None,
        })
}

/// The rows of a sheet, or why there are none.
pub type SheetRows = Result<Vec<SheetRow>, String>;

/// The sheets of a section by name.
pub fn sheets(blocks: &[Block]) -> BTreeMap<String, SheetRows> {
    let sheets = blocks.iter().filter_map(|block| match &block.kind {
        Kind::Sheet(name) => Some((name.clone(), sheet(&block.written_out()))),
        _ => None,
    });
    sheets.collect()
}

fn sheet(text: &str) -> SheetRows {
    let limits = CsvLimits {
        cell_bytes: MAX_SHEET_BYTES,
        cells: MAX_SHEET_COLUMNS,
        row_bytes: MAX_SHEET_BYTES,
        file_bytes: MAX_SHEET_BYTES as u64,
    };
    let mut reader = CsvReader::new(text.as_bytes(), limits);
    let mut row = CsvRow::default();
    let mut rows = Vec::new();
    loop {
        match reader.read(&mut row) {
            Ok(false) => return Ok(rows),
            Ok(true) => rows.push(SheetRow::texts(
                row.line(),
                (0..row.len())
                    .map(|at| row.cell(at).unwrap_or_default().into())
                    .collect(),
            )),
            Err(fault) => {
                let (line, expected, found) = (fault.line, fault.expected, fault.found);
                return Err(format!("line {line}: expected {expected}, found {found}"));
            }
        }
    }
}
