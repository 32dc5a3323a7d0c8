//! Snapshots from files: every fault with its file and line, limits, and the digest.

mod common;

use std::sync::Arc;

use assize_eval::data::Data;
use assize_eval::value::Value;
use assize_ir::{RelationId, date};
use assize_runtime::snapshot::{Folder, MAX_COMPARED, Snapshot, SnapshotFault};
use assize_runtime::{SnapshotLimits, load_snapshot};
use common::{MANIFEST, Memory, OFFERS, RATES, files, good_files, program};

const OFFER: RelationId = RelationId(0);

fn load(files: &Memory) -> Result<Snapshot, Vec<SnapshotFault>> {
    load_snapshot(&program(), files, &SnapshotLimits::default())
}

fn faults_of(files: &Memory) -> String {
    match load(files) {
        Ok(_) => "good".to_owned(),
        Err(faults) => faults.iter().map(|fault| format!("{fault}\n")).collect(),
    }
}

fn with(name: &str, text: &str) -> String {
    let mut files = good_files();
    files.insert(name.to_owned(), text.as_bytes().to_vec());
    faults_of(&files)
}

/// Offers with this header and rows.
fn offers(text: &str) -> String {
    with("offers.csv", text)
}

fn manifest(from: &str, to: &str) -> String {
    assert!(MANIFEST.contains(from));
    with("snapshot.json", &MANIFEST.replacen(from, to, 1))
}

#[test]
fn a_good_snapshot() {
    let snapshot = load(&good_files()).unwrap();
    let field = |row: u32, field: u32| snapshot.store.field(OFFER, row, field);
    assert_eq!(snapshot.store.rows(OFFER), 3);
    assert_eq!(field(0, 1), Value::Code(Arc::from("LAMP")));
    assert_eq!(field(0, 2), Value::Missing);
    assert_eq!(field(0, 3), Value::Num("0".parse().unwrap()));
    assert_eq!(field(0, 4), Value::Num("12.5".parse().unwrap()));
    assert_eq!(field(0, 6), Value::Date(date::parse("2026-11-30").unwrap()));
    assert_eq!(field(0, 7), Value::Enum(0));
    assert_eq!(field(0, 8), Value::Bool(true));
    // An empty cell in quotes is the empty text, without quotes it is missing.
    assert_eq!(field(0, 9), Value::Text(Arc::from("")));
    assert_eq!(field(2, 9), Value::Missing);
    assert_eq!(field(1, 9), Value::Text(Arc::from("a \"b\",\nc")));
    let band = |low, high| Value::Record(Arc::from([Value::Int(low), Value::Int(high)]));
    assert_eq!(
        field(1, 10),
        Value::List(Arc::from([band(1, 100), band(5, 7)]))
    );
    assert_eq!(field(2, 8), Value::Bool(false));
    let code = Value::Code(Arc::from("JPY"));
    let row = snapshot.store.lookup(RelationId(1), &[code]).unwrap();
    assert_eq!(
        snapshot.store.field(RelationId(1), row, 1),
        Value::Num("0.0061".parse().unwrap())
    );
    assert_eq!(snapshot.store.as_of_seconds(OFFER), Some(1_795_168_800));
    assert_eq!(
        snapshot.store.as_of_seconds(RelationId(1)),
        Some(1_795_154_400)
    );
    assert!(snapshot.store.calendar("SHOP").is_some());
    insta::assert_snapshot!(snapshot.digest, @"b3:98ee94754881bebea28e6ab684349545b91e695b29c1503b63ec183730328d4d");
}

#[test]
fn the_digest_knows_content_only() {
    let digest = |files: &Memory| load(files).unwrap().digest;
    let first = digest(&good_files());
    // Another order of rows and columns, JSON for CSV, another spelling of the same values.
    let json = r#"[
        {"row": 3, "item": "sofa", "minimum": "10.0", "price": 400.00, "on": false, "bands": []},
        {"row": "1", "ends": "2026-11-30", "item": "LAMP", "price": "12.5", "note": "", "currency": null},
        {"note": "a \"b\",\nc", "row": 2, "item": " lamp", "currency": "EUR", "minimum": 1e1, "price": 9.90,
         "starts": "2026-11-01", "kind": "special", "bands": [{"low": 1, "high": 100}, {"high": 7, "low": 5}]}]"#;
    let manifest = MANIFEST
        .replace("offers.csv", "deep/offers.json")
        .replace("\"shop\"", "\" SHOP\"");
    let rates = "factor,currency\n0.0061,JPY\n1.080,usd\n";
    let manifest = manifest.replace("rates.json", "rates.csv");
    let other = files(&[
        ("snapshot.json", &manifest),
        ("deep/offers.json", json),
        ("rates.csv", rates),
    ]);
    assert_eq!(first, digest(&other));
    for (from, to) in [
        ("06:00:00", "06:00:01"),
        ("[1, 2", "[2, 1, 6"),
        ("false", "true"),
    ] {
        let mut changed = good_files();
        let text = MANIFEST.replacen(from, to, 1);
        changed.insert("snapshot.json".to_owned(), text.into_bytes());
        assert_ne!(first, digest(&changed), "{from}");
    }
    let mut changed = good_files();
    changed.insert(
        "rates.json".to_owned(),
        RATES.replace("1.08", "1.09").into_bytes(),
    );
    assert_ne!(first, digest(&changed));
}

#[test]
fn faults_of_the_manifest() {
    let mut all = String::new();
    all += &faults_of(&files(&[]));
    all += &with("snapshot.json", "{");
    all += &with("snapshot.json", "[]");
    all += &with("snapshot.json", "{}");
    all += &with(
        "snapshot.json",
        r#"{"relations": 5, "relatons": 1, "relations": 6}"#,
    );
    all += &manifest("\"as_of\": \"2026-11-20T06:00:00Z\",", "");
    all += &manifest("2026-11-20T06:00:00Z", "2026-11-20 06:00");
    all += &manifest("2026-11-20T10:00:00Z", "today");
    all += &manifest("\"shop.Rate\"", "\"shop.Rates\"");
    all += &manifest("{\"file\": \"rates.json\"}", "\"rates.json\"");
    all += &manifest("{\"file\": \"rates.json\"}", "{\"fil\": \"rates.json\"}");
    all += &manifest("\"rates.json\"", "5");
    all += &manifest("rates.json", "../rates.json");
    all += &manifest("rates.json", "/rates.json");
    all += &manifest("rates.json", "C:rates.json");
    all += &manifest("rates.json", "a\\\\rates.json");
    all += &manifest("rates.json", "rates.xlsx");
    all += &manifest("rates.json", "rate.json");
    insta::assert_snapshot!(all, @r#"
    snapshot.json: missing_file: expected a readable file, found there is no such file
    snapshot.json:1: line 1, column 2: invalid_json: expected a name in quotes, found the end
    snapshot.json: wrong_type: expected an object with "as_of" and "relations", found a list of 0
    snapshot.json: relations: missing_field: expected the relations, found nothing
    snapshot.json:1: relations: duplicate_key: expected each name once in an object, found "relations" again
    snapshot.json:1: relations: wrong_type: expected an object with one entry per relation, found 5
    snapshot.json:1: relatons: unknown_field: expected a field of a snapshot; the nearest is `relations`, found 1
    snapshot.json:5: relations["shop.Rate"].as_of: missing_field: expected when it was read, here or for the whole snapshot, found nothing
    snapshot.json:2: as_of: not_an_instant: expected an instant in UTC written like "2026-11-20T06:00:00Z", found "2026-11-20 06:00"
    snapshot.json:4: relations["shop.Offer"].as_of: not_an_instant: expected an instant in UTC written like "2026-11-20T06:00:00Z", found "today"
    snapshot.json:5: relations["shop.Rates"]: unknown_relation: expected a relation of the rules; the nearest is `shop.Rate`, found an object
    snapshot.json:3: relations["shop.Rate"]: missing_relation: expected an entry, since the rules read it, found nothing
    snapshot.json:5: relations["shop.Rate"]: wrong_type: expected an object with "file", found "rates.json"
    snapshot.json:5: relations["shop.Rate"].fil: unknown_field: expected a field of a relation; the nearest is `file`, found "rates.json"
    snapshot.json:5: relations["shop.Rate"].file: missing_field: expected the name of a file in quotes, found nothing
    snapshot.json:5: relations["shop.Rate"].file: wrong_type: expected the name of a file in quotes, found 5
    snapshot.json:5: relations["shop.Rate"].file: wrong_file: expected a file in the folder of the snapshot or below, parts parted by `/`, found "../rates.json"
    snapshot.json:5: relations["shop.Rate"].file: wrong_file: expected a file in the folder of the snapshot or below, parts parted by `/`, found "/rates.json"
    snapshot.json:5: relations["shop.Rate"].file: wrong_file: expected a file in the folder of the snapshot or below, parts parted by `/`, found "C:rates.json"
    snapshot.json:5: relations["shop.Rate"].file: wrong_file: expected a file in the folder of the snapshot or below, parts parted by `/`, found "a\rates.json"
    snapshot.json:5: relations["shop.Rate"].file: wrong_file: expected a file that ends in .csv or .json, found "rates.xlsx"
    rate.json: missing_file: expected a readable file, found there is no such file
    "#);
}

/// The rates are named in `without`, and more stands in `snapshot.json`.
fn without(list: &str, more: &str) -> String {
    let entry = ",\n    \"shop.Rate\": {\"file\": \"rates.json\"}";
    assert!(MANIFEST.contains(entry));
    let text = MANIFEST.replacen(entry, "", 1);
    let fields = format!("\"without\": {list},{more}\n  \"calendars\"");
    text.replacen("\"calendars\"", &fields, 1)
}

#[test]
fn a_relation_may_be_empty_on_purpose() {
    let mut files = good_files();
    files.remove("rates.json");
    let text = without(r#"["shop.Rate"]"#, "");
    files.insert("snapshot.json".to_owned(), text.clone().into_bytes());
    let snapshot = load(&files).unwrap();
    assert_eq!(snapshot.store.rows(RelationId(1)), 0);
    assert_eq!(
        snapshot.store.as_of_seconds(RelationId(1)),
        Some(1_795_154_400)
    );
    // The same as a file without rows.
    let mut empty = good_files();
    empty.insert("rates.json".to_owned(), b"[]".to_vec());
    assert_eq!(snapshot.digest, load(&empty).unwrap().digest);

    let mut all = String::new();
    all += &with("snapshot.json", &without("\"shop.Rate\"", ""));
    all += &with("snapshot.json", &without("[\"shop.Rates\", 5]", ""));
    all += &with(
        "snapshot.json",
        &without(
            "[\"shop.Rate\", \"shop.Rate\", \"shop.Offer\"]",
            "\"shared\": 1,",
        ),
    );
    let untimed = text.replacen("\"as_of\": \"2026-11-20T06:00:00Z\",", "", 1);
    all += &with("snapshot.json", &untimed);
    insta::assert_snapshot!(all);
}

#[test]
fn a_snapshot_may_be_shared_with_other_rules() {
    let more = "\n    \"pay.Term\": {\"file\": \"nowhere.csv\", \"rows\": 5},";
    let others = format!("\"relations\": {{{more}");
    let text = without(r#"["shop.Rate", "pay.Bank"]"#, "\"shared\": true,");
    let text = text.replacen("\"relations\": {", &others, 1);
    let mut files = good_files();
    files.insert("snapshot.json".to_owned(), text.clone().into_bytes());
    // What the rules do not read is no part of what a decision is made from.
    let mut alone = good_files();
    alone.insert("rates.json".to_owned(), b"[]".to_vec());
    assert_eq!(load(&files).unwrap().digest, load(&alone).unwrap().digest);

    let mut all = String::new();
    all += &with("snapshot.json", &text.replace("true", "false"));
    // A misspelt name is told with the one that is missing; what is far from it is passed over.
    all += &with("snapshot.json", &text.replace("shop.Rate", "shop.Rates"));
    all += &with("snapshot.json", &text.replace("shop.Offer", "shop.Ofer"));
    all += &with("snapshot.json", &text.replace("shop.Rate", "far.Away"));
    all += &with("snapshot.json", &text.replace("\"rows\"", "\"row\""));
    insta::assert_snapshot!(all);
}

#[test]
fn names_of_a_shared_snapshot_are_compared_up_to_a_limit() {
    for (before, told) in [(MAX_COMPARED - 1, 2), (MAX_COMPARED, 1)] {
        let mut text = String::from("{\"as_of\": \"2026-11-20T06:00:00Z\", \"shared\": true,");
        text += "\"relations\": {\"shop.Offer\": {\"file\": \"offers.csv\"}";
        for index in 0..before {
            text += &format!(",\"other.{index}\":{{\"file\":\"o.csv\"}}");
        }
        text += ",\"shop.Rates\": {\"file\": \"rates.json\"}}}";
        assert_eq!(with("snapshot.json", &text).lines().count(), told);
    }
}

#[test]
fn faults_of_calendars() {
    let mut all = String::new();
    all += &manifest("[1, 2, 3, 4, 5]", "[0, 1, 1, \"2\"]");
    all += &manifest("\"working\": [1, 2, 3, 4, 5], ", "\"wroking\": 1, ");
    all += &manifest(
        "{\"2026-11-23\": false}",
        "{\"2026-11-31\": false, \"2026-12-01\": 1}",
    );
    all += &manifest("{\"2026-11-23\": false}", "[]");
    all += &manifest("\"to\": \"2026-12-31\"", "\"to\": \"2025-12-31\"");
    all += &manifest("\"from\": \"2026-01-01\", ", "");
    all += &manifest("\"shop\": {", "\"SHOP\": 1, \"shop\": {");
    all += &manifest("\"calendars\": {", "\"calendars\": 1, \"c\": {");
    insta::assert_snapshot!(all, @r#"
    snapshot.json:8: calendars.shop.working[0]: out_of_range: expected a list of weekdays, 1 (Monday) to 7, found 0
    snapshot.json:8: calendars.shop.working[2]: duplicate_key: expected each weekday once, found 1
    snapshot.json:8: calendars.shop.working[3]: out_of_range: expected a list of weekdays, 1 (Monday) to 7, found "2"
    snapshot.json:8: calendars.shop.working: missing_field: expected a list of weekdays, 1 (Monday) to 7, found nothing
    snapshot.json:8: calendars.shop.wroking: unknown_field: expected a field of a calendar; the nearest is `working`, found 1
    snapshot.json:8: calendars.shop.exceptions["2026-11-31"]: not_a_date: expected a day written like "2026-12-25", found "2026-11-31"
    snapshot.json:8: calendars.shop.exceptions["2026-12-01"]: wrong_type: expected true for a working day, false for a day off, found 1
    snapshot.json:8: calendars.shop.exceptions: wrong_type: expected an object of days, true for a working day, found a list of 0
    snapshot.json:8: calendars.shop.to: out_of_range: expected a day on or after `from`, found "2025-12-31"
    snapshot.json:8: calendars.shop.from: missing_field: expected a day written like "2026-01-01", found nothing
    snapshot.json:8: calendars.SHOP: wrong_type: expected an object with "working", "exceptions", "from", "to", found 1
    snapshot.json:8: calendars.shop: duplicate_key: expected each code once, upper and lower case being the same, found an object
    snapshot.json:7: calendars: wrong_type: expected an object with one entry per calendar, found 1
    snapshot.json:7: c: unknown_field: expected a field of a snapshot, found an object
    "#);
}

#[test]
fn faults_of_csv() {
    let mut all = String::new();
    all += &offers("");
    // Saved with another separator: one fault, not one per row.
    all += &offers("row;item;price\n1;A;1,50\n2;B;2\n");
    all += &offers("row\titem\tprice\n1\tA\t1\n");
    all += &offers("row,item,prise,price2,row,item\n");
    all += &offers("row,item,price\n1,A,1\n2,B\n3,C,1,2\n4,\"D,1\n5,E,1\n");
    all += &offers("row,item,price\n1,A\"x,1\n2,B,1\nx,C,1.234\n,D,\n4,,0\n4,E,1\n4,F,1\n");
    all += &offers(
        "row,item,price,kind,on,starts,bands\n1,A,1,spezial,yes,1.1.2026,\"[{}]\"\n2,B,1,,,,\"[{\"\"low\"\":5,\"\"high\"\":4}]\"\n3,C,1,,,,[\n4,D,1,,,,\"[{\"\"low\"\":1,\"\"low\"\":2}]\"\n",
    );
    insta::assert_snapshot!(all, @r#"
    offers.csv:1: missing_field: expected a header, found an empty file
    offers.csv:1: broken_row: expected cells parted by `,`, found `;`
    offers.csv:1: broken_row: expected cells parted by `,`, found tabs
    offers.csv:1: unknown_field: expected a field of the relation; the nearest is `price`, found the column "prise"
    offers.csv:1: unknown_field: expected a field of the relation; the nearest is `price`, found the column "price2"
    offers.csv:1: row: duplicate_key: expected each column once, found row
    offers.csv:1: item: duplicate_key: expected each column once, found item
    offers.csv:1: missing_field: expected the column "price", found nothing
    offers.csv:3: broken_row: expected 3 cells, as in the header, found 2
    offers.csv:4: broken_row: expected 3 cells, as in the header, found 4
    offers.csv:5: broken_row: expected `"` at the end of a cell, found the end
    offers.csv:2: broken_row: expected quotes around the whole cell, found `"` inside a cell
    offers.csv:4: row: not_a_number: expected a whole number, written like 12 or -3, without blanks and separators, found "x"
    offers.csv:4: price: too_many_places: expected a number with at most 2 places from 0 to 1000000, found "1.234"
    offers.csv:5: row: missing_field: expected a whole number, found nothing
    offers.csv:5: price: missing_field: expected a number with at most 2 places from 0 to 1000000, found nothing
    offers.csv:6: item: missing_field: expected a code in quotes, found nothing
    offers.csv:8: shop.Offer[4]: duplicate_row: expected each key once, found the row of line 7 as well
    offers.csv:2: starts: not_a_date: expected a day written like "2026-11-20", found "1.1.2026"
    offers.csv:2: kind: not_in_enum: expected one of plain, special; the nearest is `special`, found "spezial"
    offers.csv:2: on: wrong_type: expected true or false, found "yes"
    offers.csv:2: bands[0].low: missing_field: expected a whole number, found nothing
    offers.csv:3: bands[0]: check_failed: A band is not upside down
    offers.csv:4: bands: invalid_json: expected JSON: a value, found the end
    offers.csv:5: bands[0].low: duplicate_key: expected each name once in an object, found "low" again
    "#);
}

#[test]
fn faults_of_rows_together() {
    insta::assert_snapshot!(offers("\
row,item,price,starts,ends
1,A,1,2026-01-01,2026-06-30
2,A,1,2026-06-30,
3,B,0,,
4,C,1,2026-01-01,2026-01-31
5,C,1,2026-02-01,
6,D,1,,2026-01-01
7,D,1,2026-01-02,2026-01-02
8,D,1,2026-01-03,2026-01-03
9,D,1,2026-01-04,2026-01-04
10,D,1,2026-01-05,2026-01-05
11,D,1,2026-01-06,2026-01-06
"), @r#"
    offers.csv:3: shop.Offer[2]: not_distinct: expected distinct item, currency, minimum while valid, found "A", missing, 0 in the row of line 2 as well
    offers.csv:7: shop.Offer[6]: too_many_rows: expected at most 5 rows per item, found 6 with "D"
    offers.csv:4: shop.Offer[3]: check_failed: An offer costs something
    "#);
}

#[test]
fn faults_of_json() {
    let rates = |text: &str| with("rates.json", text);
    let mut all = String::new();
    all += &rates("{}");
    all += &rates(
        "[{\"currency\": \"USD\", \"factor\": 1},\n\n{\"currency\": \"usd \", \"factor\": 2}]",
    );
    all += &rates(
        "[{\"curency\": \"USD\", \"factor\": \"x\"},\n5,\n{\"currency\": \"EUR\",\n \"factor\": 1,,}\n,{\"currency\": \"A\", \"currency\": \"B\", \"factor\": 1}]",
    );
    all += &rates("[{\"currency\": \"USD\", \"factor\": 1}");
    // All on one line, as services write it.
    all += &rates(
        "[{\"currency\": \"EUR\", \"factor\": 1}, {\"currency\": \"usd\", \"factor\": \"x\"}, {\"currency\": \"GBP\"}, {\"currency\": \"EUR\", \"factor\": 2}]",
    );
    all += &rates("[{\"currency\": \"USD\", \"factor\": 1}, {\"currency\": \"EUR\"");
    all += &rates("[] []");
    all += &rates("\u{feff}[]");
    insta::assert_snapshot!(all, @r#"
    rates.json:1: invalid_json: expected a list of objects: `[`, found `{`
    rates.json:3: shop.Rate["USD"]: duplicate_row: expected each key once, found the row of line 1 as well
    rates.json:1: element 1: currency: missing_field: expected a code in quotes, found nothing
    rates.json:1: element 1: factor: not_a_number: expected a number, written like 12.5, without blanks and separators, found "x"
    rates.json:1: element 1: curency: unknown_field: expected a field of Rate; the nearest is `currency`, found "USD"
    rates.json:2: element 2: wrong_type: expected an object with the fields of Rate, found 5
    rates.json:4: element 3: invalid_json: expected a name in quotes, found `,`
    rates.json:5: element 4: shop.Rate["A"]: currency: duplicate_key: expected each name once in an object, found "currency" again
    rates.json:1: invalid_json: expected `,` or `]`, found the end
    rates.json:1: element 2: shop.Rate["USD"]: factor: not_a_number: expected a number, written like 12.5, without blanks and separators, found "x"
    rates.json:1: element 3: shop.Rate["GBP"]: factor: missing_field: expected a number, found nothing
    rates.json:1: shop.Rate["EUR"]: duplicate_row: expected each key once, found another row of this line as well
    rates.json:1: element 2: invalid_json: expected `,` or `]`, found the end
    rates.json:1: invalid_json: expected the end, found `[`
    rates.json:1: wrong_encoding: expected UTF-8 without a byte order mark, found a byte order mark
    "#);
}

#[test]
fn wrong_encodings() {
    let mut files = good_files();
    files.insert(
        "offers.csv".to_owned(),
        b"row,item,price\n1,A,1\n2,\xC4,1\n3,C,1\n".to_vec(),
    );
    insta::assert_snapshot!(faults_of(&files), @"offers.csv:3: wrong_encoding: expected UTF-8, found byte 0xC4");
    files.insert("offers.csv".to_owned(), b"\xFF\xFEr\x00o\x00w\x00".to_vec());
    insta::assert_snapshot!(faults_of(&files), @"offers.csv:1: wrong_encoding: expected UTF-8, found UTF-16");
    files.insert(
        "offers.csv".to_owned(),
        [b"\xEF\xBB\xBF", OFFERS.as_bytes()].concat(),
    );
    assert_eq!(faults_of(&files), "good");
    files.insert(
        "rates.json".to_owned(),
        b"[{\"currency\": \"\xFF\", \"factor\": 1}]".to_vec(),
    );
    insta::assert_snapshot!(faults_of(&files), @"rates.json:1: element 1: wrong_encoding: expected UTF-8, found byte 0xFF");
}

#[test]
fn wide_files_are_named_without_a_mark_too() {
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut all = String::new();
    let wide: [fn(&str) -> Vec<u8>; 2] = [little, big];
    for wide in wide {
        for (name, text) in [
            ("offers.csv", "row,item,price\n1,A,1\n"),
            ("rates.json", "[]"),
            ("rates.json", "\n[\n]"),
            ("snapshot.json", MANIFEST),
        ] {
            let mut files = good_files();
            files.insert(name.to_owned(), wide(text));
            all += &faults_of(&files);
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_manifest_with_very_many_entries_is_read() {
    // What compares each entry with each other takes minutes here.
    let mut text = String::from("{\"as_of\": \"2026-11-20T06:00:00Z\", \"relations\": {");
    for index in 0..120_000 {
        text += &format!("\"r{index}\":1,");
    }
    text += "\"z\":1},\n\"calendars\": {";
    for index in 0..30_000 {
        text += &format!(
            "\"c{index}\":{{\"working\":[],\"from\":\"2026-01-01\",\"to\":\"2026-12-31\"}},"
        );
    }
    text += "\n\"c1\": 1}}";
    let told = with("snapshot.json", &text);
    assert_eq!(told.lines().count(), 1_001);
    // A code that was used up stays used up, also by a calendar with a fault.
    let told = manifest("\"shop\": {", "\"SHOP\": 1,\n\"shop\": {");
    insta::assert_snapshot!(told);
}

#[test]
fn limits_hold_while_reading() {
    let limited = |limits: SnapshotLimits| match load_snapshot(&program(), &good_files(), &limits) {
        Ok(_) => "good".to_owned(),
        Err(faults) => faults.iter().map(|fault| format!("{fault}\n")).collect(),
    };
    let all = SnapshotLimits::default();
    let bytes = OFFERS.len() as u64;
    assert_eq!(
        limited(SnapshotLimits {
            file_bytes: bytes,
            ..all
        }),
        "good"
    );
    insta::assert_snapshot!(limited(SnapshotLimits { file_bytes: bytes - 1, ..all }), @"offers.csv:1: too_long: expected a file of at most 225 bytes, found more");
    assert_eq!(limited(SnapshotLimits { rows: 3, ..all }), "good");
    insta::assert_snapshot!(limited(SnapshotLimits { rows: 2, ..all }), @"offers.csv:5: too_many_rows: expected at most 2 rows, found more");
    let longest = "[{\"low\":1},{\"low\":5,\"high\":7}]".len();
    assert_eq!(
        limited(SnapshotLimits {
            cell_bytes: longest,
            ..all
        }),
        "good"
    );
    insta::assert_snapshot!(limited(SnapshotLimits { cell_bytes: longest - 1, ..all }), @"offers.csv:3: too_long: expected a cell of at most 29 bytes, found more");
    let mut short = good_files();
    short.insert("offers.csv".to_owned(), b"row,item,price\n".to_vec());
    let rows = |row_bytes: usize| {
        let limits = SnapshotLimits { row_bytes, ..all };
        match load_snapshot(&program(), &short, &limits) {
            Ok(_) => "good".to_owned(),
            Err(faults) => faults.iter().map(SnapshotFault::to_string).collect(),
        }
    };
    assert_eq!(rows(37), "good");
    insta::assert_snapshot!(rows(36), @"rates.json:1: too_long: expected an element of at most 36 bytes, found more");
    let mut many = good_files();
    let rows: String = (0..50).map(|row| format!("{row},,0\n")).collect();
    many.insert(
        "offers.csv".to_owned(),
        format!("row,item,price\n{rows}").into_bytes(),
    );
    let limits = SnapshotLimits { faults: 3, ..all };
    let faults = load_snapshot(&program(), &many, &limits).unwrap_err();
    assert_eq!(faults.len(), 4);
    insta::assert_snapshot!(faults[3], @"offers.csv:5: too_many_faults: expected at most 3 faults, found more");
}

#[test]
fn a_row_has_a_greatest_number_of_cells() {
    let most = assize_runtime::snapshot::MAX_CELLS;
    let told = |cells: usize| {
        let more: Vec<String> = (3..cells).map(|at| format!("c{at}")).collect();
        offers(&format!("row,item,price,{}\n", more.join(",")))
    };
    // What is too wide is one fault, what is not has a fault for each of its unknown columns.
    assert_eq!(told(most).lines().count(), 1_001);
    assert!(told(most).starts_with("offers.csv:1: unknown_field"));
    insta::assert_snapshot!(told(most + 1), @"offers.csv:1: broken_row: expected at most 1024 cells in a row, found more");
}

#[test]
fn a_calendar_has_a_greatest_number_of_exceptions() {
    let told = |days: i32| {
        let list: Vec<String> = (0..days)
            .map(|day| format!("\"{}\": false", date::format(day)))
            .collect();
        let days = format!("{{{}}}", list.join(","));
        manifest("{\"2026-11-23\": false}", &days)
    };
    assert_eq!(told(100_000), "good");
    insta::assert_snapshot!(told(100_001), @"snapshot.json:8: calendars.shop.exceptions: too_long: expected at most 100000 exceptions, found 100001");
}

#[test]
fn a_manifest_has_a_greatest_size() {
    let most = usize::try_from(assize_runtime::snapshot::MAX_MANIFEST_BYTES).unwrap();
    let padded = |bytes: usize| format!("{MANIFEST}{}", " ".repeat(bytes - MANIFEST.len()));
    assert_eq!(with("snapshot.json", &padded(most)), "good");
    insta::assert_snapshot!(
        with("snapshot.json", &padded(most + 1)),
        @"snapshot.json: too_long: expected a file of at most 4194304 bytes, found more"
    );
}

#[test]
fn a_folder_on_disk() {
    let folder = Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/shop").into());
    let snapshot = load_snapshot(&program(), &folder, &SnapshotLimits::default()).unwrap();
    assert_eq!(snapshot.digest, load(&good_files()).unwrap().digest);
    let nowhere = Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/nowhere").into());
    let faults = load_snapshot(&program(), &nowhere, &SnapshotLimits::default()).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].file, "snapshot.json");
}
