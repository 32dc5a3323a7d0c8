//! The `calendars` of `snapshot.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use assize_eval::calendar::Calendar;
use assize_eval::json::describe::suggestion;
use assize_eval::json::{Fault, FaultCode, Json, Path, nearest, normalise_code};
use assize_ir::date;

/// Most exceptions of a calendar.
const MAX_EXCEPTIONS: usize = 100_000;

/// Reads all calendars; one with a fault is left out.
pub fn read(json: &Json<'_>, path: &Path<'_>) -> (Vec<Calendar>, Vec<Fault>) {
    let mut reader = Reader { faults: Vec::new() };
    let Json::Object(members) = json else {
        reader.fault(
            path,
            FaultCode::WrongType,
            "an object with one entry per calendar",
            json,
        );
        return (Vec::new(), reader.faults);
    };
    let mut calendars: Vec<Calendar> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (code, entry) in members {
        let path = path.field(code);
        let normal = normalise_code(code);
        if !seen.insert(normal.to_string()) {
            let expected = "each code once, upper and lower case being the same";
            reader.fault(&path, FaultCode::DuplicateKey, expected, entry);
            continue;
        }
        calendars.extend(reader.calendar(&normal, entry, &path));
    }
    (calendars, reader.faults)
}

struct Reader {
    faults: Vec<Fault>,
}

impl Reader {
    fn fault(&mut self, path: &Path<'_>, code: FaultCode, expected: &str, json: &Json<'_>) {
        self.faults
            .push(Fault::new(path, code, expected, &json.found()));
    }

    /// A fault of a field; one that is not there is missing, whatever else was wrong.
    fn field_fault(
        &mut self,
        path: &Path<'_>,
        code: FaultCode,
        expected: &str,
        json: Option<&Json<'_>>,
    ) {
        match json {
            Some(json) => self.fault(path, code, expected, json),
            None => {
                let fault = Fault::new(path, FaultCode::MissingField, expected, "nothing");
                self.faults.push(fault);
            }
        }
    }

    fn calendar(&mut self, code: &str, json: &Json<'_>, path: &Path<'_>) -> Option<Calendar> {
        let before = self.faults.len();
        let Json::Object(members) = json else {
            let expected = "an object with \"working\", \"exceptions\", \"from\", \"to\"";
            self.fault(path, FaultCode::WrongType, expected, json);
            return None;
        };
        let working = self.working(json.get("working"), &path.field("working"));
        let exceptions = self.exceptions(json.get("exceptions"), &path.field("exceptions"));
        let from = self.day(json.get("from"), &path.field("from"));
        let to = self.day(json.get("to"), &path.field("to"));
        if let (Some(from), Some(to)) = (from, to)
            && from > to
            && let Some(json) = json.get("to")
        {
            self.fault(
                &path.field("to"),
                FaultCode::OutOfRange,
                "a day on or after `from`",
                json,
            );
        }
        let known = ["working", "exceptions", "from", "to"];
        for (name, value) in members {
            if !known.contains(&&**name) {
                let expected = suggestion("a field of a calendar".to_owned(), nearest(name, known));
                self.fault(&path.field(name), FaultCode::UnknownField, &expected, value);
            }
        }
        if self.faults.len() > before {
            return None;
        }
        Some(Calendar {
            code: Arc::from(code),
            working,
            exceptions,
            from: from?,
            to: to?,
        })
    }

    fn working(&mut self, json: Option<&Json<'_>>, path: &Path<'_>) -> BTreeSet<u32> {
        let mut working = BTreeSet::new();
        let expected = "a list of weekdays, 1 (Monday) to 7";
        let Some(Json::List(items)) = json else {
            self.field_fault(path, FaultCode::WrongType, expected, json);
            return working;
        };
        for (index, item) in items.iter().enumerate() {
            let weekday = match item {
                Json::Number(text) => text.parse().ok().filter(|day| (1..=7).contains(day)),
                _ => None,
            };
            match weekday {
                Some(day) if working.insert(day) => {}
                Some(_) => {
                    let expected = "each weekday once";
                    self.fault(&path.item(index), FaultCode::DuplicateKey, expected, item);
                }
                None => self.fault(&path.item(index), FaultCode::OutOfRange, expected, item),
            }
        }
        working
    }

    fn exceptions(&mut self, json: Option<&Json<'_>>, path: &Path<'_>) -> BTreeMap<i32, bool> {
        let mut exceptions = BTreeMap::new();
        let members = match json {
            None => return exceptions,
            Some(Json::Object(members)) if members.len() <= MAX_EXCEPTIONS => members,
            Some(Json::Object(members)) => {
                let expected = format!("at most {MAX_EXCEPTIONS} exceptions");
                let found = members.len().to_string();
                self.faults
                    .push(Fault::new(path, FaultCode::TooLong, expected, &found));
                return exceptions;
            }
            Some(other) => {
                let expected = "an object of days, true for a working day";
                self.fault(path, FaultCode::WrongType, expected, other);
                return exceptions;
            }
        };
        for (day, works) in members {
            let path = path.field(day);
            let Some(number) = date::parse(day) else {
                let expected = "a day written like \"2026-12-25\"";
                self.fault(
                    &path,
                    FaultCode::NotADate,
                    expected,
                    &Json::Text(day.clone()),
                );
                continue;
            };
            match works {
                Json::Bool(works) => drop(exceptions.insert(number, *works)),
                other => {
                    let expected = "true for a working day, false for a day off";
                    self.fault(&path, FaultCode::WrongType, expected, other);
                }
            }
        }
        exceptions
    }

    fn day(&mut self, json: Option<&Json<'_>>, path: &Path<'_>) -> Option<i32> {
        let day = match json {
            Some(Json::Text(text)) => date::parse(text),
            _ => None,
        };
        if day.is_none() {
            let expected = "a day written like \"2026-01-01\"";
            self.field_fault(path, FaultCode::NotADate, expected, json);
        }
        day
    }
}
