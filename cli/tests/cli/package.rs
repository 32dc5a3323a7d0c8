//! Packages: folders, manifests, dependencies, sheets, and what is wrong with them.

use std::fmt::Write as _;

use crate::common::{TIERS, assize, assize_with, folder_with};

fn manifest(name: &str, more: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n{more}")
}

#[test]
fn a_package_may_extend_another() {
    let base = "module base\n\ndefine twice (n: int) gives int\n    n * 2\n";
    let shop = "module shop\nuse base\n\ndecision quote (n: int) gives int\n    twice(n)\n";
    let folder = folder_with(
        "package-two",
        &[
            ("base/assize.toml", &manifest("base", "")),
            ("base/base.assize", base),
            (
                "shop/assize.toml",
                &manifest("shop", "[dependencies]\nbase = { path = \"../base\" }\n"),
            ),
            ("shop/rules/shop.assize", shop),
        ],
    );
    let run = assize_with(
        &folder,
        &["run", "shop", "quote", "-i", "-"],
        b"{\"n\": 21}",
    );
    assert_eq!(
        (run.code, run.out.as_str()),
        (0, "{\n  \"output\": 42\n}\n"),
        "{}",
        run.err
    );
}

#[test]
fn what_is_wrong_with_a_package() {
    let dependency =
        |name: &str, path: &str| format!("[dependencies]\n{name} = {{ path = \"{path}\" }}\n");
    let rules = "module m\n\ndecision quote (n: int) gives int\n    n\n";
    let folder = folder_with(
        "package-wrong",
        &[
            ("none/a.assize", rules),
            ("bare/readme.txt", ""),
            ("empty/assize.toml", &manifest("empty", "")),
            ("key/assize.toml", &manifest("key", "exprots = []\n")),
            ("key/a.assize", rules),
            ("toml/assize.toml", "[package\n"),
            (
                "export/assize.toml",
                &manifest("export", "exports = [\"m.qoute\"]\n"),
            ),
            ("export/a.assize", rules),
            (
                "missing/assize.toml",
                &manifest("missing", &dependency("base", "../base")),
            ),
            ("missing/a.assize", rules),
            (
                "named/assize.toml",
                &manifest("named", &dependency("base", "../export")),
            ),
            ("named/a.assize", rules),
            (
                "one/assize.toml",
                &manifest("one", &dependency("two", "../two")),
            ),
            ("one/a.assize", rules),
            (
                "two/assize.toml",
                &manifest("two", &dependency("one", "../one")),
            ),
            ("two/a.assize", rules),
            (
                "deep/assize.toml",
                &manifest("deep", &dependency("missing", "../missing")),
            ),
            ("deep/a.assize", rules),
        ],
    );
    crate::common::write(
        &folder.join("latin/assize.toml"),
        manifest("latin", "").as_bytes(),
    );
    crate::common::write(&folder.join("latin/a.assize"), b"module m\n\n// caf\xE9\n");
    crate::common::write(
        &folder.join("twins/assize.toml"),
        manifest("key", &dependency("key", "../twin")).as_bytes(),
    );
    crate::common::write(&folder.join("twins/a.assize"), rules.as_bytes());
    crate::common::write(
        &folder.join("twin/assize.toml"),
        manifest("key", "").as_bytes(),
    );
    let mut told = String::new();
    for name in [
        "nowhere", "none", "bare", "empty", "key", "toml", "export", "missing", "named", "one",
        "deep", "latin", "twins",
    ] {
        let run = assize(&folder, &["check", name]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{name}");
        write!(told, "{}", run.err.replace(&*folder.to_string_lossy(), "…")).unwrap();
    }
    insta::assert_snapshot!(told);
    let run = assize(&folder, &["check", "key", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(answer["error"]["code"], "cannot_run");
    assert_eq!(answer["error"]["help"], "did you mean `exports`?");
}

#[cfg(unix)]
#[test]
fn a_file_without_permission() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = folder_with("package-permission", &[("a.assize", TIERS)]);
    let path = folder.join("a.assize");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    // The administrator may read everything.
    if std::fs::read(&path).is_ok() {
        return;
    }
    let run = assize(&folder, &["check", "a.assize"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .starts_with("error: a.assize cannot be read: permission denied"),
        "{}",
        run.err
    );
}

#[test]
fn other_packages_and_hidden_folders_below_are_left_out() {
    let broken = "module m\n\ndefine (\n";
    let folder = folder_with(
        "package-below",
        &[
            ("assize.toml", &manifest("tiers", "")),
            ("tiers.assize", TIERS),
            (".hidden/a.assize", broken),
            ("target/a.assize", broken),
            ("other/assize.toml", &manifest("other", "")),
            ("other/a.assize", broken),
        ],
    );
    let run = assize(&folder, &["check", "."]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.ends_with("in 1 file\n"), "{}", run.out);
}

#[test]
fn exports_at_the_top_are_taken_too() {
    let text = format!("exports = [\"tiers.quote\"]\n{}", manifest("tiers", ""));
    let folder = folder_with(
        "package-top",
        &[("assize.toml", &text), ("tiers.assize", TIERS)],
    );
    let run = assize(&folder, &["check", "."]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

const SHEETS: &str = "\
module sheets

unit piece
number Quantity = piece, 0 places, from 0 to 1000
number Percent  = percent, 2 places, from 0% to 100%

table tier (item: code, quantity: Quantity) gives Percent
    hit first
    from \"tiers.csv\"

decision quote (item: code, quantity: Quantity) gives Percent
    tier(item, quantity)
";

#[test]
fn a_table_takes_its_rows_from_a_sheet() {
    let sheet = "item,quantity,||,percent\n1896-S,>= 10,,5%\n,,,0%\n";
    let folder = folder_with(
        "package-sheet",
        &[("a.assize", SHEETS), ("tiers.csv", sheet)],
    );
    let arguments = ["run", "a.assize", "quote", "-i", "-"];
    let run = assize_with(
        &folder,
        &arguments,
        br#"{"item": "1896-s", "quantity": 10}"#,
    );
    assert_eq!(run.out, "{\n  \"output\": \"5.00\"\n}\n", "{}", run.err);
    // Another folder, the same bytes.
    let other = folder_with(
        "package-sheet-other",
        &[("a.assize", SHEETS), ("tiers.csv", sheet)],
    );
    for place in [&folder, &other] {
        assert_eq!(
            assize(place, &["build", "a.assize", "-o", "a.bundle"]).code,
            0
        );
    }
    let read = |place: &std::path::Path| std::fs::read(place.join("a.bundle")).unwrap();
    assert_eq!(read(&folder), read(&other));
}

#[test]
fn a_sheet_that_cannot_be_taken_is_a_finding_at_its_name() {
    let mut told = String::new();
    for (name, sheet) in [
        ("missing", None),
        ("narrow", Some("item,quantity,||,percent\nA,1,\n")),
        ("semicolons", Some("item;quantity;||;percent\n")),
        ("open", Some("item,quantity,||,percent\n\"A,1,,5%\n")),
        ("syntax", Some("item,quantity,||,percent\nA,>= ,,5%\n")),
    ] {
        let mut files = vec![("a.assize", SHEETS)];
        files.extend(sheet.map(|text| ("tiers.csv", text)));
        let folder = folder_with(&format!("package-sheet-{name}"), &files);
        let run = assize(&folder, &["check", "a.assize"]);
        assert_eq!(run.code, 1, "{name}: {}", run.out);
        writeln!(told, "{name}\n{}", run.out).unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_said_of_a_row_of_a_sheet_names_the_sheet_and_its_line() {
    let rules = "table t (q: int) gives int\n    hit first\n    from \"r.csv\"\n\n\
                 decision d (q: int) gives int\n    t(q)\n\n\
                 test \"two\"\n    expect d(2) is 20\n";
    let sheet = "q,||,out\n1,,10\n2,,20\n3,,30\n-,,0\n";
    let folder = folder_with(
        "package-sheet-places",
        &[("t.assize", rules), ("r.csv", sheet)],
    );
    // The rebuilt text is longer than the rule file: all places must lie inside of their files.
    let run = assize_with(
        &folder,
        &["run", "t.assize", "d", "-i", "-"],
        br#"{"q": 1}"#,
    );
    assert_eq!(run.out, "{\n  \"output\": 10\n}\n", "{}", run.err);
    let test = assize(&folder, &["test", "t.assize"]);
    assert_eq!(test.code, 0, "{}", test.out);
    for line in ["r.csv:2", "r.csv:4", "r.csv:5"] {
        assert!(test.out.contains(line), "{line}: {}", test.out);
    }
    let mut told = String::new();
    for (name, sheet) in [
        ("fraction", "q,||,out\n1,,10\n2,,20.5\n-,,0\n"),
        ("comma", "q,||,out\n1,,10\n\n\"2,5\",,20\n-,,0\n"),
        ("unreachable", "q,||,out\n< 10,,10\n5,,20\n-,,0\n"),
    ] {
        let name_of = format!("package-sheet-places-{name}");
        let folder = folder_with(&name_of, &[("t.assize", rules), ("r.csv", sheet)]);
        let run = assize(&folder, &["check", "t.assize"]);
        writeln!(told, "{name}\n{}", run.out).unwrap();
    }
    insta::assert_snapshot!(told);
}
