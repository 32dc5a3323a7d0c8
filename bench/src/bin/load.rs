//! How long a snapshot of 100 000 rows takes to load, and what it weighs.
//!
//! `cd bench && cargo run --release --bin load`
//!
//! `… --bin load -- swap 1000000` loads one of so many rows, then another one while the first is held, as an engine does
//! that swaps them, and prints what the process had in memory (Linux).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use assize_eval::canonical::snapshot_digest;
use assize_eval::data::Data;
use assize_eval::store::RelationBuilder;
use assize_eval::value::Value;
use assize_ir::{IndexId, RelationId, Verified, parse_and_verify};
use assize_runtime::{SnapshotLimits, load_snapshot};

const RULES: &str = r#"
package "bench" "1.0.0"
enum bench.Source { list, customer, campaign }
relation bench.PriceLine {
  key row: int
  field list: code
  field item: code
  field currency: code?
  field minimum: number(5 places, 0..1000000)
  field price: number(5 places, 0..1000000)
  field starts: date?
  field source: bench.Source
  index (item)
  index (list, item)
}
define bench.count () gives int { loop(rows(%p, bench.PriceLine), count) }
decision "count" = bench.count reads (bench.PriceLine) { }
file "bench" "bench.assize" ""
place 0 0..0 1:1
"#;

const ROWS: u32 = 100_000;
const PRICE_LINE: RelationId = RelationId(0);

/// Rows as an ERP exports them: several prices per item, in no order.
fn rows(count: u32) -> String {
    let mut text = String::from("row,list,item,currency,minimum,price,starts,source\n");
    for number in 0..count {
        // Each row once: 7 919 is a prime, and the counts are none of its multiples.
        let row = u64::from(number) * 7_919 % u64::from(count.max(1));
        let row = u32::try_from(row).unwrap_or_default();
        let item = row / 5;
        let source = ["list", "customer", "campaign"];
        let source = source.get(row as usize % 3).copied().unwrap_or_default();
        let currency = if row.is_multiple_of(4) { "USD" } else { "" };
        let (minimum, cents) = (row % 5 * 10, row % 90_000);
        let _ = writeln!(
            text,
            "{row},S{},ITEM-{item:06},{currency},{minimum},{}.{:02},2026-{:02}-01,{source}",
            row % 50,
            cents / 100,
            cents % 100,
            row % 12 + 1,
        );
    }
    text
}

fn files(count: u32) -> BTreeMap<String, Vec<u8>> {
    let manifest =
        r#"{"as_of":"2026-11-20T06:00:00Z","relations":{"bench.PriceLine":{"file":"p.csv"}}}"#;
    [
        ("snapshot.json".to_owned(), manifest.as_bytes().to_vec()),
        ("p.csv".to_owned(), rows(count).into_bytes()),
    ]
    .into()
}

/// What Linux says of this process, in kilobytes.
fn kilobytes(key: &str) -> Result<u64, String> {
    let status = std::fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|line| line.trim_start_matches(':').split_whitespace().next());
    let number = number.and_then(|number| number.parse().ok());
    number.ok_or_else(|| format!("no {key} of this process"))
}

/// Loads a snapshot, and another one beside it.
fn swap(program: &Verified, count: u32) -> Result<(), String> {
    let files = files(count);
    let limits = SnapshotLimits::default();
    let load = || {
        load_snapshot(program, &files, &limits).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            faults.join("\n")
        })
    };
    let before = kilobytes("VmRSS")?;
    let started = Instant::now();
    let first = load()?;
    let time = started.elapsed();
    let one = kilobytes("VmRSS")?;
    // The peak from here on.
    std::fs::write("/proc/self/clear_refs", "5").map_err(|error| error.to_string())?;
    let second = load()?;
    let peak = kilobytes("VmHWM")?;
    drop(first);
    let after = kilobytes("VmRSS")?;
    let text = files.get("p.csv").map_or(0, Vec::len) / 1024;
    println!(
        "{count} rows, {text} KB of text: loaded in {time:?}, {} KB held; while a second one was loaded beside it \
         {} KB at most, after the swap {} KB",
        one.saturating_sub(before),
        peak.saturating_sub(before),
        after.saturating_sub(before),
    );
    drop(second);
    Ok(())
}

fn main() -> ExitCode {
    let Ok(program) = parse_and_verify(RULES) else {
        eprintln!("the rules of the example do not verify");
        return ExitCode::FAILURE;
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => {}
        [mode, count] if mode == "swap" => {
            let Some(count) = count.parse().ok().filter(|count| *count > 0) else {
                eprintln!("how many rows is a whole number above 0");
                return ExitCode::from(2);
            };
            return match swap(&program, count) {
                Ok(()) => ExitCode::SUCCESS,
                Err(why) => {
                    eprintln!("{why}");
                    ExitCode::FAILURE
                }
            };
        }
        _ => {
            eprintln!("usage: load [swap ROWS]");
            return ExitCode::from(2);
        }
    }
    let files = files(ROWS);
    let raw = files.get("p.csv").map_or(0, Vec::len);
    for round in 1..=5 {
        let begin = Instant::now();
        let snapshot = match load_snapshot(&program, &files, &SnapshotLimits::default()) {
            Ok(snapshot) => snapshot,
            Err(faults) => {
                for fault in faults {
                    eprintln!("{fault}");
                }
                return ExitCode::FAILURE;
            }
        };
        let all = begin.elapsed();
        let store = &snapshot.store;
        let begin = Instant::now();
        let digest = snapshot_digest(&program, store, store.calendars());
        let digest_time = begin.elapsed();
        drop(digest);

        let values: Vec<Vec<Value>> = (0..ROWS)
            .map(|row| {
                (0..8)
                    .map(|field| store.field(PRICE_LINE, row, field))
                    .collect()
            })
            .collect();
        let begin = Instant::now();
        let Some(mut builder) = RelationBuilder::new(&program, PRICE_LINE, None) else {
            return ExitCode::FAILURE;
        };
        for (line, row) in (1u32..).zip(&values) {
            if builder.push(row, line).is_err() {
                return ExitCode::FAILURE;
            }
        }
        let built = builder.finish();
        let build_time = begin.elapsed();

        let begin = Instant::now();
        let mut found = 0;
        for row in &values {
            let key = row.get(2).map(std::slice::from_ref).unwrap_or_default();
            found += store.select(PRICE_LINE, IndexId(0), key).len();
        }
        let look_ups = begin.elapsed() / ROWS;
        println!(
            "round {round}: file to snapshot {all:?} (digest {digest_time:?}), values to table and \
             indexes {build_time:?}, a look-up {look_ups:?} ({found} rows), {} bytes a row, {raw} bytes \
             of text are {} bytes in memory",
            built.table.bytes_per_row(),
            built.table.bytes(),
        );
    }
    ExitCode::SUCCESS
}
