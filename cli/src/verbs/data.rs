//! `assize inspect --data`: how many rows each relation of a snapshot has, their digests, and what is gone since before.

use std::collections::BTreeMap;
use std::path::Path;

use assize_eval::canonical::relation_digest;
use assize_eval::data::Data as _;
use assize_eval::json::instant;
use assize_ir::{Program, RelationId};
use assize_runtime::Snapshot;
use serde_json::{Value, json};

use super::answer::{read_data, read_document};
use crate::args::Inspect;
use crate::console::{Console, Style};
use crate::fault::{Exit, Fault, Stop};
use crate::load::files::shown;
use crate::load::rules::Ready;
use crate::render::cost::grouped;

/// A relation of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    name: String,
    rows: u64,
    /// When its rows were taken.
    as_of: Option<String>,
    /// Of its rows alone, whenever they were taken.
    digest: String,
}

/// A relation that has too few rows beside those that it had.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shrunk {
    name: String,
    rows: u64,
    before: u64,
}

impl Shrunk {
    /// How many of a hundred rows are gone, cut and not rounded.
    fn percent(&self) -> u64 {
        let lost = u128::from(self.before.saturating_sub(self.rows)) * 100;
        u64::try_from(lost / u128::from(self.before.max(1))).unwrap_or(100)
    }

    fn words(&self) -> String {
        let before = grouped(self.before);
        match self.rows {
            0 => format!("{} is empty, and had {}", self.name, rows_of(self.before)),
            rows => format!(
                "{} has {}, and had {before}: {} % are gone",
                self.name,
                rows_of(rows),
                self.percent()
            ),
        }
    }
}

/// Shows what a snapshot holds, and compares it with a summary of before.
pub fn run(
    ready: &Ready,
    folder: &Path,
    arguments: &Inspect,
    console: &mut Console,
) -> Result<Exit, Stop> {
    // A summary that is none is told before the data is read, which may take long.
    let before = arguments.before.as_deref().map(read_summary).transpose()?;
    let snapshot = read_data(ready.program(), folder, console)?;
    let held = held(ready.program(), &snapshot);
    let shrunk = shrunk(&held, before.as_ref(), u64::from(arguments.shrunk));
    let uncompared = uncompared(&held, before.as_ref());
    if console.is_human() {
        human(&snapshot, &held, (&shrunk, &uncompared), console)?;
    } else {
        let document = document(&snapshot, &held, (&shrunk, &uncompared));
        console.line(&document.to_string())?;
    }
    Ok(if shrunk.is_empty() {
        Exit::Success
    } else {
        Exit::Findings
    })
}

fn held(program: &Program, snapshot: &Snapshot) -> Vec<Held> {
    let mut all: Vec<Held> = (0u32..)
        .map(RelationId)
        .zip(&program.relations)
        .map(|(id, relation)| Held {
            name: relation.name.clone(),
            rows: u64::from(snapshot.store.rows(id)),
            as_of: snapshot.store.as_of_seconds(id).map(instant::format),
            // What was read can be written.
            digest: relation_digest(program, &snapshot.store, id)
                .map(|digest| digest.to_string())
                .unwrap_or_default(),
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// The relations that are empty now, or lost more than so many of a hundred rows.
fn shrunk(held: &[Held], before: Option<&BTreeMap<String, u64>>, percent: u64) -> Vec<Shrunk> {
    let had = |it: &Held| before.and_then(|all| all.get(&it.name)).copied();
    let compared = held.iter().filter_map(|it| {
        Some(Shrunk {
            name: it.name.clone(),
            rows: it.rows,
            before: had(it)?,
        })
    });
    compared
        .filter(|it| {
            let lost = u128::from(it.before.saturating_sub(it.rows));
            let empty = it.rows == 0 && it.before > 0;
            empty || lost * 100 > u128::from(percent) * u128::from(it.before)
        })
        .collect()
}

/// Relations that only one of both knows: new ones, and those that the rules do not read any more.
fn uncompared(held: &[Held], before: Option<&BTreeMap<String, u64>>) -> Vec<String> {
    let Some(before) = before else {
        return Vec::new();
    };
    let new = held.iter().map(|it| &it.name);
    let new = new.filter(|name| !before.contains_key(*name));
    let gone = before.keys();
    let gone = gone.filter(|name| !held.iter().any(|it| it.name == **name));
    let mut all: Vec<String> = new.chain(gone).cloned().collect();
    all.sort();
    all
}

/// The rows of each relation in what this verb wrote before.
fn read_summary(path: &Path) -> Result<BTreeMap<String, u64>, Fault> {
    let refused = |why: &str| {
        Fault::new(format!("{} is no summary of data: {why}", shown(path))).help(
            "write one with `assize inspect RULES --data DIR --format json`, from the data of before",
        )
    };
    let bytes = read_document(path)?;
    let document: Value =
        serde_json::from_slice(&bytes).map_err(|error| refused(&format!("{error}")))?;
    let Some(relations) = document.get("relations").and_then(Value::as_array) else {
        return Err(refused("it has no list `relations`"));
    };
    let mut all = BTreeMap::new();
    for (number, relation) in relations.iter().enumerate() {
        let name = relation.get("name").and_then(Value::as_str);
        let rows = relation.get("rows").and_then(Value::as_u64);
        let (Some(name), Some(rows)) = (name, rows) else {
            return Err(refused(&format!(
                "relations[{number}] has no `name` with a number of `rows`"
            )));
        };
        if all.insert(name.to_owned(), rows).is_some() {
            return Err(refused(&format!("`{name}` stands twice in it")));
        }
    }
    Ok(all)
}

fn document(
    snapshot: &Snapshot,
    held: &[Held],
    (shrunk, uncompared): (&[Shrunk], &[String]),
) -> Value {
    let relations: Vec<Value> = held
        .iter()
        .map(|it| {
            json!({
                "name": it.name,
                "rows": it.rows,
                "as_of": it.as_of,
                "digest": it.digest,
            })
        })
        .collect();
    let shrunk: Vec<Value> = shrunk
        .iter()
        .map(|it| {
            json!({
                "name": it.name,
                "rows": it.rows,
                "before": it.before,
                "lost_percent": it.percent(),
            })
        })
        .collect();
    json!({
        "data": snapshot.digest.to_string(),
        "relations": relations,
        "shrunk": shrunk,
        "not_compared": uncompared,
    })
}

fn human(
    snapshot: &Snapshot,
    held: &[Held],
    (shrunk, uncompared): (&[Shrunk], &[String]),
    console: &mut Console,
) -> Result<(), Stop> {
    console.line(&format!("data  {}", snapshot.digest))?;
    let width = |of: &dyn Fn(&Held) -> usize| held.iter().map(of).max().unwrap_or(0);
    let names = width(&|it| it.name.chars().count());
    let rows = width(&|it| rows_of(it.rows).chars().count());
    for it in held {
        let as_of = it.as_of.as_deref().unwrap_or("-");
        console.line(&format!(
            "  {:names$}  {:>rows$}  {as_of}  {}",
            it.name,
            rows_of(it.rows),
            it.digest
        ))?;
    }
    for it in shrunk {
        let label = console.out.paint(Style::Yellow, "warning:");
        console.line(&format!("{label} {}", it.words()))?;
    }
    if !uncompared.is_empty() {
        console.line(&format!("not compared: {}", uncompared.join(", ")))?;
    }
    Ok(())
}

/// `1 row`, `1_200 rows`.
fn rows_of(rows: u64) -> String {
    let plural = if rows == 1 { "" } else { "s" };
    format!("{} row{plural}", grouped(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(name: &str, rows: u64) -> Held {
        Held {
            name: name.to_owned(),
            rows,
            as_of: None,
            digest: String::new(),
        }
    }

    fn told(rows: u64, before: u64, percent: u64) -> Vec<String> {
        let before = BTreeMap::from([("a".to_owned(), before)]);
        let found = shrunk(&[relation("a", rows)], Some(&before), percent);
        found.iter().map(Shrunk::words).collect()
    }

    #[test]
    fn a_warning_needs_more_than_the_threshold() {
        assert_eq!(told(90, 100, 10), Vec::<String>::new());
        assert_eq!(
            told(89, 100, 10),
            ["a has 89 rows, and had 100: 11 % are gone"]
        );
        assert_eq!(
            told(999, 1_000, 0),
            ["a has 999 rows, and had 1_000: 0 % are gone"]
        );
        assert_eq!(told(1_000, 1_000, 0), Vec::<String>::new());
        assert_eq!(told(1_001, 1_000, 0), Vec::<String>::new());
        assert_eq!(told(1, 2, 49), ["a has 1 row, and had 2: 50 % are gone"]);
    }

    #[test]
    fn what_became_empty_is_told_whatever_the_threshold() {
        assert_eq!(told(0, 1, 100), ["a is empty, and had 1 row"]);
        assert_eq!(told(1, u64::MAX, 100), Vec::<String>::new());
        assert_eq!(told(0, 0, 0), Vec::<String>::new());
    }

    #[test]
    fn what_only_one_of_both_knows_is_not_compared() {
        let before = BTreeMap::from([("a".to_owned(), 3), ("gone".to_owned(), 9)]);
        let now = [relation("a", 3), relation("new", 0)];
        assert_eq!(shrunk(&now, Some(&before), 0), []);
        assert_eq!(uncompared(&now, Some(&before)), ["gone", "new"]);
        assert_eq!(uncompared(&now, None), Vec::<String>::new());
    }
}
