//! Limits of what is read from folders and files: at the limit, and one past it.

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use assize::load::files::{MAX_FOLDER_DEPTH, MAX_RULE_FILES, rule_files};
use assize::load::manifest::MAX_MANIFEST_BYTES;
use assize::load::package::{self, MAX_PACKAGES};
use assize::load::sheets::{
    self, MAX_CELL_BYTES, MAX_CELLS, MAX_ROW_BYTES, MAX_SHEET_BYTES, MAX_SHEET_COLUMNS,
};
use assize::repl::MAX_INPUT_BYTES;
use assize::verbs::check::MAX_SHOWN_PER_FILE;
use assize_eval::json::reader::MAX_JSON_BYTES;
use assize_ir::bundle::MAX_BUNDLE_BYTES;

use crate::common::{Run, TIERS, assize as said, assize_with, folder, folder_with, write};

/// Why something was refused, and nothing if it was not.
fn told<T, E: Debug>(result: Result<T, E>) -> String {
    result
        .err()
        .map(|why| format!("{why:?}"))
        .unwrap_or_default()
}

#[test]
fn rule_files_of_a_package() {
    let folder = folder("limit-files");
    for number in 0..MAX_RULE_FILES {
        fs::write(folder.join(format!("{number}.assize")), "").unwrap();
    }
    assert_eq!(rule_files(&folder).unwrap().len(), MAX_RULE_FILES);
    fs::write(folder.join("more.assize"), "").unwrap();
    let why = told(rule_files(&folder));
    assert!(why.contains("holds more than 10000 rule files"), "{why}");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn folders_in_folders() {
    let folder = folder("limit-depth");
    let mut deep = folder.clone();
    for _ in 0..MAX_FOLDER_DEPTH {
        deep.push("d");
    }
    write(&deep.join("a.assize"), b"");
    assert_eq!(rule_files(&folder).unwrap().len(), 1);
    write(&deep.join("d/a.assize"), b"");
    let why = told(rule_files(&folder));
    assert!(why.contains("lies deeper than 32 folders"), "{why}");
}

#[test]
fn packages_of_a_compilation() {
    let manifest = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
    let all = folder("limit-packages");
    let name = |number: usize| format!("p{number}");
    for number in 0..MAX_PACKAGES {
        let own = all.join(name(number));
        write(&own.join("assize.toml"), manifest(&name(number)).as_bytes());
        let text = format!("module m{number}\n");
        write(&own.join("a.assize"), text.as_bytes());
    }
    let root = all.join("root");
    write(&root.join("a.assize"), b"module root\n");
    let depend = |count: usize| {
        let needed: String = (0..count)
            .map(|number| format!("p{number} = {{ path = \"../p{number}\" }}\n"))
            .collect();
        let text = format!("{}\n[dependencies]\n{needed}", manifest("root"));
        write(&root.join("assize.toml"), text.as_bytes());
        told(package::open(&root))
    };
    assert_eq!(depend(MAX_PACKAGES - 1), "");
    let why = depend(MAX_PACKAGES);
    assert!(why.contains("more than 1000 packages are needed"), "{why}");
    fs::remove_dir_all(&all).unwrap();
}

#[test]
fn the_manifest() {
    let head = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n#";
    let long = usize::try_from(MAX_MANIFEST_BYTES).unwrap() - head.len();
    let read = |more: usize| {
        let text = format!("{head}{}", "x".repeat(long + more));
        let files = [("assize.toml", text.as_str()), ("a.assize", "module a\n")];
        told(package::open(&folder_with("limit-manifest", &files)))
    };
    assert_eq!(read(0), "");
    let why = read(1);
    assert!(why.contains("1048576 bytes"), "{why}");
}

#[test]
fn cells_columns_and_rows_of_a_sheet() {
    let csv = |text: &str| told(sheets::csv(text.as_bytes()));
    let cell = "x".repeat(MAX_CELL_BYTES);
    assert_eq!(csv(&format!("a\n{cell}\n")), "");
    let why = csv(&format!("a\n{cell}x\n"));
    assert!(why.contains("65536"), "{why}");

    let columns = |count: usize| format!("{}\n", vec!["x"; count].join(","));
    assert_eq!(csv(&columns(MAX_SHEET_COLUMNS)), "");
    let why = csv(&columns(MAX_SHEET_COLUMNS + 1));
    assert!(why.contains("1024"), "{why}");

    // Cells of half the longest: a row of a mebibyte, its commas not counted.
    let cells = MAX_ROW_BYTES / (MAX_CELL_BYTES / 2);
    let row = vec!["x".repeat(MAX_CELL_BYTES / 2); cells].join(",");
    assert_eq!(csv(&format!("{row}\n")), "");
    let why = csv(&format!("{row},x\n"));
    assert!(why.contains("1048576"), "{why}");
}

#[test]
fn the_file_of_a_sheet() {
    let folder = folder("limit-sheet");
    let path = folder.join("r.csv");
    let longest = usize::try_from(MAX_SHEET_BYTES).unwrap();
    let line = format!("{}\n", "x".repeat(MAX_CELL_BYTES - 1));
    let whole = line.repeat(longest / line.len());
    let read = |more: &str, path: &Path| {
        fs::write(path, format!("{whole}{more}")).unwrap();
        told(sheets::read(path))
    };
    let rest = longest - whole.len();
    assert_eq!(read(&"\n".repeat(rest), &path), "");
    let why = read(&"\n".repeat(rest + 1), &path);
    assert!(why.contains("67108864 bytes"), "{why}");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn cells_of_a_sheet() {
    let row = format!("{}\n", ",".repeat(MAX_SHEET_COLUMNS - 1));
    let rows = MAX_CELLS / MAX_SHEET_COLUMNS;
    let rest = format!("{}\n", ",".repeat(MAX_CELLS % MAX_SHEET_COLUMNS - 1));
    let text = format!("{}{rest}", row.repeat(rows));
    assert_eq!(told(sheets::csv(text.as_bytes())), "");
    let why = told(sheets::csv(format!("{text}x\n").as_bytes()));
    assert!(why.contains("more than 4000000 cells"), "{why}");
}

#[test]
fn findings_of_a_file() {
    let wrong = |count: usize| -> String {
        (0..count)
            .map(|n| format!("define f{n} gives int\n    nowhere\n"))
            .collect()
    };
    let check = |count: usize, more: &[&str]| {
        let folder = folder_with("limit-findings", &[("a.assize", &wrong(count))]);
        said(&folder, &[&["check", "a.assize"], more].concat())
    };
    let told = |run: &Run| run.out.matches("nothing called `nowhere`").count();
    let at = check(MAX_SHOWN_PER_FILE, &[]);
    assert!(!at.out.contains(" more in "), "{}", at.shown());
    let past = check(MAX_SHOWN_PER_FILE + 1, &[]);
    assert_eq!(told(&past), told(&at));
    let rest = "… 1 more in a.assize (--format json tells all)";
    assert!(past.out.contains(rest), "{}", past.shown());
    let json = check(MAX_SHOWN_PER_FILE + 1, &["--format", "json"]);
    assert_eq!(
        json.out.matches("\"A0202\"").count(),
        MAX_SHOWN_PER_FILE + 1
    );
}

#[test]
fn a_bundle() {
    let folder = folder("limit-bundle");
    let read = |bytes: u64| {
        // A file with a hole: it takes no room on the disk.
        let file = fs::File::create(folder.join("big.bundle")).unwrap();
        file.set_len(bytes).unwrap();
        said(&folder, &["inspect", "big.bundle"])
    };
    let most = u64::try_from(MAX_BUNDLE_BYTES).unwrap();
    let at = read(most);
    let nothing = "neither a package nor a bundle";
    assert!(at.err.contains(nothing), "{}", at.shown());
    let past = read(most + 1);
    assert!(past.err.contains("268435456 bytes"), "{}", past.shown());
    assert_eq!(past.code, 2);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_line_of_run_jsonl() {
    let folder = folder_with("limit-line", &[("tiers.assize", TIERS)]);
    let call = r#"{"segment": "trade", "n": 3}"#;
    let line = |bytes: usize| format!("{call}{}\n", " ".repeat(bytes - call.len()));
    let lines = [line(MAX_JSON_BYTES), line(MAX_JSON_BYTES + 1), line(100)].concat();
    let run = assize_with(
        &folder,
        &["run", "tiers.assize", "quote", "-i", "-", "--jsonl"],
        lines.as_bytes(),
    );
    insta::assert_snapshot!(run.shown());
}

#[test]
fn an_input_of_the_prompt() {
    let folder = folder("limit-prompt");
    // Open until its bracket is closed in the second line.
    let asked = |bytes: usize| {
        let first = format!("(1 +{}", " ".repeat(1_000));
        let last = "1)";
        let blanks = " ".repeat(bytes - first.trim_end().len() - "\n".len() - last.len());
        let text = format!("{first}\n{blanks}{last}\n");
        assize_with(&folder, &["repl"], text.as_bytes())
    };
    let at = asked(MAX_INPUT_BYTES);
    assert_eq!((at.out.as_str(), at.code), ("2 : int\n", 0));
    let past = asked(MAX_INPUT_BYTES + 1);
    assert_eq!(past.code, 2);
    assert!(
        past.err.contains("an input is longer than 1048576 bytes"),
        "{}",
        past.shown()
    );
}

/// Lists in a sentence, and tables beside what was asked for, end where nobody reads on; they say how all is seen.
#[test]
fn long_lists_of_names_are_counted() {
    let decisions: String = (0..60)
        .map(|n| format!("decision d{n} (n: int) gives int\n    n + {n}\n"))
        .collect();
    let folder = folder_with(
        "many-names",
        &[("a.assize", &decisions), ("n.json", "{\"n\": 1}")],
    );
    let all = "… and 49 more (`assize inspect` tells all)";
    let unknown = said(&folder, &["run", "a.assize", "zzzzzz", "--input", "n.json"]);
    assert!(unknown.err.contains(all), "{}", unknown.shown());
    let unnamed = said(&folder, &["run", "a.assize"]);
    assert!(unnamed.err.contains(all), "{}", unnamed.shown());
    assert!(!unnamed.err.contains("d11,"), "{}", unnamed.shown());
    let checked = said(&folder, &["check", "a.assize"]);
    let more = "… 10 more decisions (`assize inspect` tells all)";
    assert!(checked.out.contains(more), "{}", checked.shown());
    assert!(!checked.out.contains("d50 "), "{}", checked.shown());
    let inspected = said(&folder, &["inspect", "a.assize"]);
    assert!(inspected.out.contains("d59"), "{}", inspected.shown());
    // Machines get all.
    let checked = said(&folder, &["check", "a.assize", "--format", "json"]);
    assert!(checked.out.contains("d59"), "{}", checked.shown());
    let hundred: Vec<String> = (1..=100).map(|n| n.to_string()).collect();
    let line = format!("[{}]\n", hundred.join(", "));
    let asked = assize_with(&folder, &["repl", "a.assize"], line.as_bytes());
    assert!(asked.out.contains("… and 50 more]"), "{}", asked.shown());
}
