//! `snapshot.json`: which file holds which relation, and how old it is.

use std::collections::BTreeSet;
use std::io::Read;

use assize_eval::calendar::Calendar;
use assize_eval::json::describe::suggestion;
use assize_eval::json::reader::Members;
use assize_eval::json::{Fault, FaultCode, Json, Path, instant, lines_of, nearest, parse};
use assize_ir::{Program, Relation, RelationId};

use super::files::{Files, is_inside};
use super::{Faults, MANIFEST, MAX_MANIFEST_BYTES, SnapshotFault, calendars};

/// What kind of file it is, by its ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `.csv`
    Csv,
    /// `.json`
    Json,
}

/// A relation's place.
#[derive(Clone, Debug)]
pub struct Source {
    /// The relation.
    pub relation: RelationId,
    /// Name of the file.
    pub file: String,
    /// Kind of the file.
    pub kind: Kind,
    /// Seconds since 1970-01-01 UTC.
    pub as_of: i64,
    /// How many rows whoever wrote the file put into it, where that is said.
    pub rows: Option<u32>,
    /// How few rows would be a fault of whoever wrote the file, where that is said.
    pub rows_at_least: Option<u32>,
}

/// What `snapshot.json` says.
#[derive(Debug, Default)]
pub struct Manifest {
    /// Relations in the order of the program.
    pub sources: Vec<Source>,
    /// Calendars.
    pub calendars: Vec<Calendar>,
}

/// Reads `snapshot.json`; what is wrong with an entry leaves it out.
pub fn read(program: &Program, files: &dyn Files, faults: &mut Faults) -> Manifest {
    let mut reader = Reader {
        program,
        faults,
        manifest: Manifest::default(),
    };
    let Some(bytes) = reader.bytes(files) else {
        return Manifest::default();
    };
    match parse(&bytes, "") {
        Err(error) => {
            let line = u32::try_from(error.line).unwrap_or(u32::MAX);
            reader
                .faults
                .add(SnapshotFault::new(MANIFEST, line, Fault::from(error)));
        }
        Ok(document) => {
            for fault in document.duplicates {
                reader.faults.add(SnapshotFault::new(MANIFEST, 0, fault));
            }
            reader.document(&document.value);
        }
    }
    let manifest = reader.manifest;
    add_lines(&bytes, faults);
    manifest
}

/// Gives the faults of `snapshot.json` their lines: in a large one a path alone is hard to find.
fn add_lines(bytes: &[u8], faults: &mut Faults) {
    let list: Vec<Fault> = faults.list.iter().map(|it| it.fault.clone()).collect();
    if list.is_empty() {
        return;
    }
    for (fault, line) in faults.list.iter_mut().zip(lines_of(bytes, "", &list)) {
        if let (0, Some(line)) = (fault.line, line) {
            fault.line = u32::try_from(line).unwrap_or(u32::MAX);
        }
    }
}

struct Reader<'r, 'p> {
    program: &'p Program,
    faults: &'r mut Faults,
    manifest: Manifest,
}

impl<'p> Reader<'_, 'p> {
    fn fault(
        &mut self,
        path: &Path<'_>,
        code: FaultCode,
        expected: impl Into<String>,
        found: &str,
    ) {
        let fault = Fault::new(path, code, expected, found);
        self.faults.add(SnapshotFault::new(MANIFEST, 0, fault));
    }

    fn bytes(&mut self, files: &dyn Files) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = files
            .open(MANIFEST)
            .and_then(|file| file.take(MAX_MANIFEST_BYTES + 1).read_to_end(&mut bytes));
        let root = Path::Root("");
        if let Err(error) = read {
            self.fault(
                &root,
                FaultCode::MissingFile,
                "a readable file",
                &error.to_string(),
            );
            return None;
        }
        if u64::try_from(bytes.len()).is_ok_and(|bytes| bytes > MAX_MANIFEST_BYTES) {
            let expected = format!("a file of at most {MAX_MANIFEST_BYTES} bytes");
            self.fault(&root, FaultCode::TooLong, expected, "more");
            return None;
        }
        Some(bytes)
    }

    fn document(&mut self, json: &Json<'_>) {
        let root = Path::Root("");
        let Json::Object(members) = json else {
            let expected = "an object with \"as_of\" and \"relations\"";
            return self.fault(&root, FaultCode::WrongType, expected, &json.found());
        };
        let as_of = json
            .get("as_of")
            .and_then(|json| self.instant(json, &root.field("as_of")));
        let path = root.field("relations");
        match json.get("relations") {
            Some(Json::Object(relations)) => {
                self.unknown_relations(relations, &path);
                self.relations(
                    relations,
                    as_of.or_else(|| json.get("as_of").map(|_| 0)),
                    &path,
                );
            }
            Some(other) => {
                let expected = "an object with one entry per relation";
                self.fault(&path, FaultCode::WrongType, expected, &other.found());
            }
            None if self.program.relations.is_empty() => {}
            None => self.fault(&path, FaultCode::MissingField, "the relations", "nothing"),
        }
        let path = root.field("calendars");
        if let Some(json) = json.get("calendars") {
            let (calendars, faults) = calendars::read(json, &path);
            self.manifest.calendars = calendars;
            for fault in faults {
                self.faults.add(SnapshotFault::new(MANIFEST, 0, fault));
            }
        }
        let known = ["as_of", "relations", "calendars"];
        self.unknown_fields(members, &known, "a snapshot", &root);
    }

    fn unknown_fields(
        &mut self,
        members: &[(std::borrow::Cow<'_, str>, Json<'_>)],
        known: &[&str],
        what: &str,
        path: &Path<'_>,
    ) {
        for (name, value) in members {
            if !known.contains(&&**name) {
                let near = nearest(name, known.iter().copied());
                let expected = suggestion(format!("a field of {what}"), near);
                self.fault(
                    &path.field(name),
                    FaultCode::UnknownField,
                    expected,
                    &value.found(),
                );
            }
        }
    }

    fn instant(&mut self, json: &Json<'_>, path: &Path<'_>) -> Option<i64> {
        let seconds = match json {
            Json::Text(text) => instant::parse(text),
            _ => None,
        };
        if seconds.is_none() {
            let expected = "an instant in UTC written like \"2026-11-20T06:00:00Z\"";
            self.fault(path, FaultCode::NotAnInstant, expected, &json.found());
        }
        seconds
    }

    fn unknown_relations(
        &mut self,
        relations: &[(std::borrow::Cow<'_, str>, Json<'_>)],
        path: &Path<'_>,
    ) {
        let relation = |relation: &'p Relation| relation.name.as_str();
        let known: BTreeSet<&str> = self.program.relations.iter().map(relation).collect();
        for (name, value) in relations {
            // The nearest name is looked for among all: not for faults that nobody is shown.
            if self.faults.is_full() {
                return;
            }
            if !known.contains(&**name) {
                let near = nearest(name, known.iter().copied());
                let expected = suggestion("a relation of the rules".to_owned(), near);
                let found = value.found();
                self.fault(
                    &path.field(name),
                    FaultCode::UnknownRelation,
                    expected,
                    &found,
                );
            }
        }
    }

    fn relations(
        &mut self,
        relations: &[(std::borrow::Cow<'_, str>, Json<'_>)],
        as_of: Option<i64>,
        path: &Path<'_>,
    ) {
        let program = self.program;
        let mut entries = Members::new(relations);
        for (position, relation) in (0u32..).zip(&program.relations) {
            let path = path.field(&relation.name);
            let Some(entry) = entries.get(&relation.name) else {
                let expected = "an entry, since the rules read it";
                self.fault(&path, FaultCode::MissingRelation, expected, "nothing");
                continue;
            };
            let source = self.source(RelationId(position), entry, as_of, &path);
            self.manifest.sources.extend(source);
        }
    }

    fn source(
        &mut self,
        relation: RelationId,
        entry: &Json<'_>,
        as_of: Option<i64>,
        path: &Path<'_>,
    ) -> Option<Source> {
        let Json::Object(members) = entry else {
            let expected = "an object with \"file\"";
            self.fault(path, FaultCode::WrongType, expected, &entry.found());
            return None;
        };
        let known = ["file", "as_of", "rows", "rows_at_least"];
        self.unknown_fields(members, &known, "a relation", path);
        let own = entry
            .get("as_of")
            .map(|json| self.instant(json, &path.field("as_of")));
        let as_of = match own {
            Some(own) => own,
            None if as_of.is_none() => {
                let expected = "when it was read, here or for the whole snapshot";
                self.fault(
                    &path.field("as_of"),
                    FaultCode::MissingField,
                    expected,
                    "nothing",
                );
                None
            }
            None => as_of,
        };
        let [rows, rows_at_least] = ["rows", "rows_at_least"].map(|name| {
            let json = entry.get(name)?;
            self.rows(json, &path.field(name))
        });
        let (file, kind) = self.file(entry, &path.field("file"))?;
        // With a fault in its time the rows are read all the same, for their faults.
        Some(Source {
            relation,
            file,
            kind,
            as_of: as_of.unwrap_or(0),
            rows,
            rows_at_least,
        })
    }

    fn rows(&mut self, json: &Json<'_>, path: &Path<'_>) -> Option<u32> {
        let count = match json {
            Json::Number(digits) => digits.parse().ok(),
            _ => None,
        };
        if count.is_none() {
            let expected = "the number of rows, a whole number such as 1200";
            self.fault(path, FaultCode::WrongType, expected, &json.found());
        }
        count
    }

    /// The name of the file and its kind.
    fn file(&mut self, entry: &Json<'_>, path: &Path<'_>) -> Option<(String, Kind)> {
        let file = match entry.get("file") {
            Some(Json::Text(file)) => file.to_string(),
            other => {
                let code = other.map_or(FaultCode::MissingField, |_| FaultCode::WrongType);
                let found = other.map_or_else(|| "nothing".to_owned(), Json::found);
                self.fault(path, code, "the name of a file in quotes", &found);
                return None;
            }
        };
        let kind = match file.rsplit_once('.').map(|(_, ending)| ending) {
            Some("csv") => Some(Kind::Csv),
            Some("json") => Some(Kind::Json),
            _ => None,
        };
        if !is_inside(&file) {
            let expected = "a file in the folder of the snapshot or below, parts parted by `/`";
            self.fault(path, FaultCode::WrongFile, expected, &format!("\"{file}\""));
            return None;
        }
        let Some(kind) = kind else {
            let expected = "a file that ends in .csv or .json";
            self.fault(path, FaultCode::WrongFile, expected, &format!("\"{file}\""));
            return None;
        };
        Some((file, kind))
    }
}
