//! `snapshot.json`: which file holds which relation, and how old it is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use assize_eval::calendar::Calendar;
use assize_eval::json::describe::suggestion;
use assize_eval::json::reader::Members;
use assize_eval::json::{Fault, FaultCode, Json, Path, instant, lines_of, nearest, parse};
use assize_ir::{Program, Relation, RelationId};

use super::files::{Files, is_inside, unreadable};
use super::{Faults, MANIFEST, MAX_MANIFEST_BYTES, SnapshotFault, calendars};

/// In a shared snapshot, most relations that the rules do not read whose names are compared with
/// those that are missing. The names come from outside, and each costs a comparison with each that is
/// missing; what is missing is told however many there are.
pub const MAX_COMPARED: usize = 1_000;

/// The members of an object.
type Entries<'j> = [(Cow<'j, str>, Json<'j>)];

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
    /// Relations that have no rows on purpose, with the seconds since 1970-01-01 UTC of the snapshot.
    pub without: Vec<(RelationId, i64)>,
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
                &unreadable(&error),
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
        let as_of = as_of.or_else(|| json.get("as_of").map(|_| 0));
        let without = self.without(json, &root.field("without"));
        let shared = self.shared(json, &root.field("shared"));
        let path = root.field("relations");
        let entries: &Entries<'_> = match json.get("relations") {
            Some(Json::Object(entries)) => entries,
            Some(other) => {
                let expected = "an object with one entry per relation";
                self.fault(&path, FaultCode::WrongType, expected, &other.found());
                return self.rest(json, members);
            }
            None if self.program.relations.is_empty() || !without.is_empty() => &[],
            None => {
                self.fault(&path, FaultCode::MissingField, "the relations", "nothing");
                return self.rest(json, members);
            }
        };
        self.both(entries, &without);
        if shared {
            self.unread(entries, &without, as_of);
        } else {
            self.unknown_relations(entries, &without);
        }
        self.relations(entries, &without, as_of);
        self.rest(json, members);
    }

    /// What says nothing about relations.
    fn rest(&mut self, json: &Json<'_>, members: &Entries<'_>) {
        let root = Path::Root("");
        let path = root.field("calendars");
        if let Some(json) = json.get("calendars") {
            let (calendars, faults) = calendars::read(json, &path);
            self.manifest.calendars = calendars;
            for fault in faults {
                self.faults.add(SnapshotFault::new(MANIFEST, 0, fault));
            }
        }
        let known = ["as_of", "relations", "without", "shared", "calendars"];
        self.unknown_fields(members, &known, "a snapshot", &root);
    }

    fn unknown_fields(
        &mut self,
        members: &Entries<'_>,
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

    /// The relations that are empty on purpose, each with its place in the list.
    fn without<'j>(&mut self, json: &'j Json<'_>, path: &Path<'_>) -> BTreeMap<&'j str, usize> {
        let mut names = BTreeMap::new();
        let items = match json.get("without") {
            Some(Json::List(items)) => items,
            Some(other) => {
                let expected = "a list of relations, each name in quotes";
                self.fault(path, FaultCode::WrongType, expected, &other.found());
                return names;
            }
            None => return names,
        };
        for (place, item) in items.iter().enumerate() {
            let path = path.item(place);
            match item {
                Json::Text(name) if names.contains_key(name.as_ref()) => {
                    let found = format!("\"{name}\" again");
                    let expected = "each relation once";
                    self.fault(&path, FaultCode::DuplicateKey, expected, &found);
                }
                Json::Text(name) => {
                    names.insert(name.as_ref(), place);
                }
                other => {
                    let expected = "the name of a relation in quotes";
                    self.fault(&path, FaultCode::WrongType, expected, &other.found());
                }
            }
        }
        names
    }

    /// Whether other rules read this snapshot as well.
    fn shared(&mut self, json: &Json<'_>, path: &Path<'_>) -> bool {
        match json.get("shared") {
            None => false,
            Some(Json::Bool(shared)) => *shared,
            Some(other) => {
                let expected = "true or false";
                self.fault(path, FaultCode::WrongType, expected, &other.found());
                // What the author meant is not known: no faults that are none if it was `true`.
                true
            }
        }
    }

    /// Rows in a file and no rows on purpose: one of the two is not meant.
    fn both(&mut self, entries: &Entries<'_>, without: &BTreeMap<&str, usize>) {
        let root = Path::Root("");
        let path = root.field("without");
        for (name, _) in entries {
            if let Some(place) = without.get(&**name) {
                let expected = "a relation that has no entry in `relations`";
                let found = format!("\"{name}\"");
                self.fault(
                    &path.item(*place),
                    FaultCode::DuplicateKey,
                    expected,
                    &found,
                );
            }
        }
    }

    fn unknown_relations(&mut self, entries: &Entries<'_>, without: &BTreeMap<&str, usize>) {
        let relation = |relation: &'p Relation| relation.name.as_str();
        let known: BTreeSet<&str> = self.program.relations.iter().map(relation).collect();
        let root = Path::Root("");
        let relations = root.field("relations");
        for (name, value) in entries {
            // The nearest name is looked for among all: not for faults that nobody is shown.
            if self.faults.is_full() {
                return;
            }
            if !known.contains(&**name) {
                let near = nearest(name, known.iter().copied());
                self.unknown(&relations.field(name), near, &value.found());
            }
        }
        let list = root.field("without");
        for (name, place) in without {
            if self.faults.is_full() {
                return;
            }
            if !known.contains(name) {
                let near = nearest(name, known.iter().copied());
                self.unknown(&list.item(*place), near, &format!("\"{name}\""));
            }
        }
    }

    fn unknown(&mut self, path: &Path<'_>, near: Option<&str>, found: &str) {
        let expected = suggestion("a relation of the rules".to_owned(), near);
        self.fault(path, FaultCode::UnknownRelation, expected, found);
    }

    /// In a shared snapshot: what other rules read is passed over, yet it must be well formed, and it
    /// must not be the misspelt name of a relation that is missing.
    fn unread(
        &mut self,
        entries: &Entries<'_>,
        without: &BTreeMap<&str, usize>,
        as_of: Option<i64>,
    ) {
        let program = self.program;
        let names: BTreeSet<&str> = entries.iter().map(|(name, _)| &**name).collect();
        let read: BTreeSet<&str> = program
            .relations
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        let missing: Vec<&str> = read
            .iter()
            .copied()
            .filter(|name| !names.contains(name) && !without.contains_key(name))
            .collect();
        let root = Path::Root("");
        let relations = root.field("relations");
        let mut compared = 0usize;
        let mut meant = |name: &str| {
            compared += 1;
            let compare = compared <= MAX_COMPARED;
            compare.then(|| nearest(name, missing.iter().copied()))?
        };
        for (name, value) in entries {
            if read.contains(&**name) {
                continue;
            }
            let path = relations.field(name);
            match meant(name) {
                Some(near) => self.unknown(&path, Some(near), &value.found()),
                // Its file is not opened: it is the other rules that know its fields.
                None => drop(self.source(RelationId(0), value, as_of, &path)),
            }
        }
        let list = root.field("without");
        for (name, place) in without {
            if read.contains(name) {
                continue;
            }
            if let Some(near) = meant(name) {
                self.unknown(&list.item(*place), Some(near), &format!("\"{name}\""));
            }
        }
    }

    fn relations(
        &mut self,
        entries: &Entries<'_>,
        without: &BTreeMap<&str, usize>,
        as_of: Option<i64>,
    ) {
        let program = self.program;
        let root = Path::Root("");
        let relations = root.field("relations");
        let mut entries = Members::new(entries);
        for (position, relation) in (0u32..).zip(&program.relations) {
            let path = relations.field(&relation.name);
            let id = RelationId(position);
            if let Some(entry) = entries.get(&relation.name) {
                let source = self.source(id, entry, as_of, &path);
                self.manifest.sources.extend(source);
            } else if let Some(place) = without.get(relation.name.as_str()) {
                let list = root.field("without");
                let as_of = as_of.or_else(|| self.no_time(&list.item(*place)));
                self.manifest.without.push((id, as_of.unwrap_or(0)));
            } else {
                let expected = "an entry, since the rules read it";
                self.fault(&path, FaultCode::MissingRelation, expected, "nothing");
            }
        }
    }

    fn no_time(&mut self, path: &Path<'_>) -> Option<i64> {
        let expected = "when it was read, here or for the whole snapshot";
        self.fault(path, FaultCode::MissingField, expected, "nothing");
        None
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
            None if as_of.is_none() => self.no_time(&path.field("as_of")),
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
