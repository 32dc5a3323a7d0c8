//! Tables whose rows stand in a sheet: what a cell says, and every fault at its place.

#![cfg(test)]

use std::collections::BTreeMap;

use assize_compiler::testing::{TestOptions, render_text, run_tests};
use assize_compiler::{
    CellKind, Database, PackageInput, Severity, Sheet, SheetRow, SourceFile, Workspace,
    diagnostics, resolve,
};

/// A package of one file and one sheet, `r.csv`: rows by line ends, cells parted by `;`. A cell of a
/// workbook that is no text begins with `number:`, `day:` or `bool:`.
fn package(db: &Database, text: &str, sheet: &str) -> PackageInput {
    let file = SourceFile::new(db, "a.assize".into(), "a".into(), text.into());
    let rows = sheet.lines().enumerate().map(|(number, line)| {
        let (cells, kinds) = line
            .split(';')
            .map(|cell| {
                let (kind, cell) = match cell.split_once(':') {
                    Some(("number", cell)) => (CellKind::Number, cell),
                    Some(("day", cell)) => (CellKind::Day, cell),
                    Some(("bool", cell)) => (CellKind::Bool, cell),
                    _ => (CellKind::Text, cell),
                };
                (cell.replace("\\n", "\n"), kind)
            })
            .unzip();
        SheetRow {
            line: u32::try_from(number).unwrap_or(0) + 1,
            cells,
            kinds,
        }
    });
    let sheet = Sheet::of_rows(db, "r.csv".into(), "a".into(), rows.collect());
    let package = PackageInput::new(
        db,
        "a".into(),
        "0.1.0".into(),
        vec![file],
        Vec::new(),
        Vec::new(),
        BTreeMap::from([("r.csv".to_string(), sheet)]),
    );
    let _ = Workspace::new(db, vec![package], package);
    package
}

/// Errors and what is said of the sheet, with the line of the file.
fn told(text: &str, sheet: &str) -> String {
    let db = Database::default();
    let package = package(&db, text, sheet);
    let lines: Vec<String> = diagnostics(&db, package)
        .into_iter()
        .filter(|found| found.severity == Severity::Error || found.code.0 == "A0416")
        .map(|found| {
            let (file, range) = resolve(&db, &found.primary.at);
            let text = file.text(&db);
            let before = text.get(..range.start as usize).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let because = found.because.join("; ");
            let because = match found.code.0 {
                "A0416" if !because.is_empty() => format!(" <- {because}"),
                _ => String::new(),
            };
            let instead = found
                .instead
                .map(|instead| format!(" -> {instead}"))
                .unwrap_or_default();
            let path = file.path(&db);
            let (code, claim) = (found.code.0, found.claim);
            format!("{path}:{line} {code} {claim}{because}{instead}")
        })
        .collect();
    lines.join("\n")
}

/// Runs `expect` lines behind a table that is read from a sheet.
#[track_caller]
fn check(text: &str, sheet: &str, expects: &[&str]) {
    let lines: String = expects
        .iter()
        .map(|line| format!("    expect {line}\n"))
        .collect();
    let text = format!("{text}\ntest \"t\"\n{lines}");
    assert_eq!(told(&text, sheet), "", "{text}");
    let db = Database::default();
    let package = package(&db, &text, sheet);
    let report = run_tests(&db, package, &TestOptions::default());
    assert!(
        !report.tests.is_empty() && report.passed(),
        "{}",
        render_text(&report)
    );
}

const SEVERAL: &str = "record Out
    name : text
    item : code
    note : text?

table rate (key: code) gives Out
    hit first
    from \"r.csv\"
";

#[test]
fn texts_among_several_outputs_are_the_cells_themselves() {
    check(
        SEVERAL,
        "key;||;name;item;note\n\
         A;;rate + 1;key;n\n\
         B;;not here;not x;\n\
         C;;say \"hi\";-x;-\n\
         D;;\"-\";q;missing\n\
         E;;a}}b{c}\\d;q;  two\\nlines  \n\
         F;;\"Special\" offer;q;\"  blanks  \"\n\
         G;;a, b;\"x, y\";\n",
        &[
            "rate(\"A\").name is \"rate + 1\"",
            "rate(\"A\").item is \"KEY\"",
            "rate(\"A\").note is \"n\"",
            "rate(\"B\").name is \"not here\"",
            "rate(\"B\").item is \"NOT X\"",
            "rate(\"B\").note is missing",
            "rate(\"C\").name is \"say \\\"hi\\\"\"",
            "rate(\"C\").item is \"-X\"",
            "rate(\"C\").note is missing",
            "rate(\"D\").name is \"-\"",
            "rate(\"D\").note is missing",
            "rate(\"E\").name is \"a}}}}b{{c}}\\\\d\"",
            "rate(\"E\").note is \"two\\nlines\"",
            "rate(\"F\").name is \"\\\"Special\\\" offer\"",
            "rate(\"F\").note is \"  blanks  \"",
            "rate(\"G\").name is \"a, b\"",
            "rate(\"G\").item is \"X, Y\"",
        ],
    );
}

#[test]
fn one_output_and_lists_read_their_texts_alike() {
    let one = "table rate (key: code) gives text\n    hit first\n    from \"r.csv\"\n";
    check(
        one,
        "key;||;name\nA;;not here\nB;;a + b\n",
        &["rate(\"A\") is \"not here\"", "rate(\"B\") is \"a + b\""],
    );
    let list = "table rate (key: code) gives list of text\n    hit list\n    from \"r.csv\"\n";
    check(
        list,
        "key;||;name\nA;;not here\n-;;b \"c\"\n",
        &["rate(\"A\") is [\"not here\", \"b \\\"c\\\"\"]"],
    );
}

#[test]
fn an_input_may_exclude_list_or_leave_open() {
    let rules = "table rate (key: code?) gives int\n    hit first\n    from \"r.csv\"\n";
    check(
        rules,
        "key;||;n\n\"a\", \"b\";;1\nmissing;;2\n\"c, d\";;3\nnot x;;4\n;;5\n",
        &[
            "rate(\"B\") is 1",
            "rate(missing) is 2",
            "rate(\"c, d\") is 3",
            "rate(\"q\") is 4",
            "rate(\"x\") is 5",
        ],
    );
    let rules = rules.replace("code?", "text");
    check(
        &rules,
        "key;||;n\na, b;;1\nnot \"c\", \"d\";;2\n-;;3\n",
        &[
            "rate(\"a, b\") is 1",
            "rate(\"a\") is 2",
            "rate(\"d\") is 3",
        ],
    );
}

#[test]
fn a_list_of_codes_without_quotes_is_asked_about() {
    let rules = "table rate (key: code) gives int\n    hit first\n    from \"r.csv\"\n";
    assert_eq!(
        told(rules, "key;||;n\nNL, BE;;1\nnot NL, BE;;2\n"),
        "r.csv:2 A0416 `NL, BE` may be one value or several -> write `\"NL\", \"BE\"` for several, or \
         `\"NL, BE\"` for one\n\
         r.csv:3 A0416 `not NL, BE` may be one value or several -> write `not \"NL\", \"BE\"` for \
         several, or `not \"NL, BE\"` for one"
    );
}

#[test]
fn an_output_that_a_row_lacks_is_told_at_its_cell() {
    assert_eq!(
        told(SEVERAL, "key;||;name;item;note\nA;;;-;\n"),
        "r.csv:2 A0416 the cell below `name` is empty, and each row gives a value there -> write the \
         value, or let the result be one with `?`, so that it may be missing\n\
         r.csv:2 A0416 `-` below `item` is no value, and each row gives one there -> write the value; \
         `\"-\"`, with the quotes, is the sign itself"
    );
    let number = "table rate (key: code) gives int?\n    hit first\n    from \"r.csv\"\n";
    check(
        number,
        "key;||;n\nA;;\nB;;-\n-;;1\n",
        &[
            "rate(\"A\") is missing",
            "rate(\"B\") is missing",
            "rate(\"C\") is 1",
        ],
    );
}

#[test]
fn every_fault_of_a_sheet_is_told_up_to_a_limit() {
    let rules = "table rate (n: int) gives int\n    hit first\n    from \"r.csv\"\n";
    assert_eq!(
        told(
            rules,
            "n;||;out\n1;7;2\n2;;3;4\n3\n4 and more;;1\n;;\n5;;1\n"
        ),
        "r.csv:2 A0416 `7` stands in the column headed `||`, which parts inputs from outputs -> move \
         it below the header that it belongs to\n\
         r.csv:3 A0401 this row has 4 cells, and the header has 3 -> give each cell its header and \
         each header its cell, empty where there is nothing to say\n\
         r.csv:4 A0401 this row has 1 cell, and the header has 3 -> give each cell its header and \
         each header its cell, empty where there is nothing to say\n\
         r.csv:5 A0177 `4 and more` is no cell -> write `>= 4`"
    );
    let many: String = (0..7).map(|n| format!("{n};x;1\n")).collect();
    let all = told(rules, &format!("n;||;out\n{many}"));
    assert_eq!(all.matches("stands in the column").count(), 5, "{all}");
    assert!(
        all.contains("a.assize:1 A0416 2 more faults in this sheet"),
        "{all}"
    );
}

#[test]
fn a_column_without_a_header_is_told_alone() {
    let rules = "table rate (n: int) gives int\n    hit first\n    from \"r.csv\"\n";
    assert_eq!(
        told(rules, "n;||;out;\n1;;2;\n"),
        "r.csv:1 A0416 this column has no header -> head it, or delete the column"
    );
}

#[test]
fn a_grid_may_stand_in_a_sheet() {
    let rules = "table rate (country: code, kind: code, n: int) gives text?
    from \"r.csv\"
";
    check(
        rules,
        "#;country;kind \\ n;0+;10+\nlow;NL;not x;a b;c\nhigh;;x;;-\n",
        &[
            "rate(\"nl\", \"q\", 3) is \"a b\"",
            "rate(\"nl\", \"q\", 10) is \"c\"",
            "rate(\"be\", \"x\", 10) is missing",
        ],
    );
    // Codes along the upper edge.
    let rules = "table rate (n: int, country: code) gives int\n    from \"r.csv\"\n";
    check(
        rules,
        "n \\ country;NL;not NL\n0+;1;2\n10+;3;4\n",
        &["rate(10, \"NL\") is 3", "rate(0, \"DE\") is 2"],
    );
    assert_eq!(
        told(rules, "n \\ country;NL;BE, DE\n0+;1;2\n10+;;4\n"),
        "r.csv:1 A0416 `BE, DE` may be one value or several -> write `\"BE\", \"DE\"` for several, or \
         `\"BE, DE\"` for one\n\
         r.csv:3 A0416 the cell below `NL` is empty, and each row gives a value there -> write the \
         value, or let the result be one with `?`, so that it may be missing"
    );
    assert_eq!(
        told(
            &rules.replace("    from", "    hit first\n    from"),
            "n \\ country;NL\n0+;1\n"
        ),
        "a.assize:2 A0405 a grid is always unique -> leave out `hit`"
    );
}

#[test]
fn a_fault_of_a_sheet_that_two_tables_name_is_told_once() {
    let table = |name: &str| {
        format!("table {name} (n: int) gives int\n    hit first\n    from \"r.csv\"\n")
    };
    let rules = format!("{}{}", table("one"), table("two"));
    assert_eq!(
        told(&rules, "n;||;out\n1;7;2\n2;;word\n")
            .lines()
            .map(|line| line.split(" -> ").next().unwrap_or_default())
            .collect::<Vec<_>>(),
        [
            "r.csv:2 A0416 `7` stands in the column headed `||`, which parts inputs from outputs",
            "r.csv:3 A0202 there is no value `word`"
        ]
    );
    assert_eq!(told(&rules, "n;||;out\n1;;word\n").lines().count(), 1);
}

#[test]
fn a_code_or_a_text_that_a_workbook_keeps_as_another_value_is_no_code() {
    let rate = "table rate (key: code, n: int) gives text\n    hit first\n    from \"r.csv\"\n";
    assert_eq!(
        told(
            rate,
            "key;n;||;rate\nnumber:7;number:1;;a\nday:2026-01-02;-;;b\n-;-;;number:12\nA;-;;bool:true"
        ),
        "r.csv:2 A0416 `key` is a code, and this cell holds the number 7 <- a number has lost the \
         zeros that were typed before it -> format the cell as text and type the code again\n\
         r.csv:3 A0416 `key` is a code, and this cell holds the day 2026-01-02 <- a spreadsheet makes \
         days of codes that look like one -> format the cell as text and type the code again\n\
         r.csv:4 A0416 `rate` is a text, and this cell holds the number 12 <- a number has lost the \
         zeros that were typed before it -> format the cell as text and type the text again\n\
         r.csv:5 A0416 `rate` is a text, and this cell holds the truth value true <- a spreadsheet \
         keeps these words as values -> format the cell as text and type the text again"
    );
    let grid = "table price (key: code, n: int) gives int?\n    from \"r.csv\"\n";
    assert_eq!(
        told(
            grid,
            "n \\ key;number:7;A\nnumber:1;number:2;number:3\n-;number:0;number:0"
        ),
        "r.csv:1 A0416 `key` is a code, and this cell holds the number 7 <- a number has lost the \
         zeros that were typed before it -> format the cell as text and type the code again"
    );
    // Texts that look like numbers are codes, and numbers are numbers.
    check(
        rate,
        "key;n;||;rate\n007;number:1;;a\n-;-;;b",
        &["rate(\"007\", 1) is \"a\"", "rate(\"7\", 1) is \"b\""],
    );
}
