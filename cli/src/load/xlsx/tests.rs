//! Workbooks made by hand, part by part, so that every odd cell can be had.

use std::io::Write as _;

use zip::write::SimpleFileOptions;

use super::*;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;
const RELS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_RELS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
/// Style 0 is general, 1 a date, 2 a percent, 3 a text that shows a `%`, 4 a duration,
/// 5 a percent with a colour, 6 a number padded to four digits.
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="3"><numFmt numFmtId="164" formatCode="0.00&quot;%&quot;"/><numFmt numFmtId="165" formatCode="0.0%;[Red]\-0.0%"/><numFmt numFmtId="166" formatCode="0000"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="7"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="10" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="46" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/><xf numFmtId="166" applyNumberFormat="1"/></cellXfs></styleSheet>"#;

fn part(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn pack(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in parts {
        out.start_file(*name, options).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn sheet_xml(rows: &str, after: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>{after}</worksheet>"#
    )
}

/// A workbook; `date1904` is the system of its dates, `second` the rows of another sheet.
fn workbook(rows: &str, after: &str, date1904: bool, second: Option<(&str, &str)>) -> Vec<u8> {
    let state = second.map_or("", |(state, _)| state);
    let book = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="{}"/><sheets><sheet name="Tiers" sheetId="1" r:id="rId1"/>{}</sheets></workbook>"#,
        u8::from(date1904),
        match second {
            Some(_) => format!(r#"<sheet name="Other" sheetId="2" {state} r:id="rId2"/>"#),
            None => String::new(),
        }
    );
    let mut parts = vec![
        ("[Content_Types].xml", part(TYPES)),
        ("_rels/.rels", part(RELS)),
        ("xl/workbook.xml", part(&book)),
        ("xl/_rels/workbook.xml.rels", part(BOOK_RELS)),
        ("xl/styles.xml", part(STYLES)),
        ("xl/worksheets/sheet1.xml", part(&sheet_xml(rows, after))),
    ];
    if let Some((_, rows)) = second {
        parts.push(("xl/worksheets/sheet2.xml", part(&sheet_xml(rows, ""))));
    }
    pack(&parts)
}

fn told(result: Result<Vec<SheetRow>, String>) -> String {
    match result {
        Ok(rows) => rows
            .iter()
            .map(|row| format!("{}:{}", row.line, row.cells.join("|")))
            .collect::<Vec<_>>()
            .join(" "),
        Err(why) => why,
    }
}

/// Reads a sheet with one cell below a header.
fn cell(xml: &str) -> String {
    let rows = format!(
        r#"<row r="1"><c r="A1" t="inlineStr"><is><t>h</t></is></c></row><row r="2">{xml}</row>"#
    );
    let text = told(read(workbook(&rows, "", false, None)));
    text.strip_prefix("1:h 2:")
        .map(str::to_owned)
        .unwrap_or(text)
}

#[test]
fn cells_are_what_their_author_saw() {
    for (xml, wanted) in [
        (r#"<c r="A2"><v>0.1</v></c>"#, "0.1"),
        (r#"<c r="A2"><v>1E-3</v></c>"#, "0.001"),
        (r#"<c r="A2"><v>1200000</v></c>"#, "1200000"),
        (r#"<c r="A2"><v>-12.5</v></c>"#, "-12.5"),
        // What a spreadsheet stores for 7 %.
        (r#"<c r="A2" s="2"><v>7.0000000000000007E-2</v></c>"#, "7%"),
        (r#"<c r="A2" s="2"><v>0.125</v></c>"#, "12.5%"),
        (r#"<c r="A2" s="5"><v>-0.005</v></c>"#, "-0.5%"),
        (r#"<c r="A2" s="2"><v>0</v></c>"#, "0%"),
        (r#"<c r="A2" s="2"><v>1</v></c>"#, "100%"),
        (r#"<c r="A2" s="3"><v>5</v></c>"#, "5"),
        (r#"<c r="A2" t="b"><v>1</v></c>"#, "true"),
        (
            r#"<c r="A2" t="inlineStr"><is><t>&lt; 10</t></is></c>"#,
            "< 10",
        ),
        (r#"<c r="A2" s="1"><v>46346</v></c>"#, "2026-11-20"),
        (r#"<c r="A2" s="1"><v>1</v></c>"#, "1900-01-01"),
        (r#"<c r="A2" s="1"><v>59</v></c>"#, "1900-02-28"),
        (r#"<c r="A2" s="1"><v>61</v></c>"#, "1900-03-01"),
        (r#"<c r="A2"><f>1+1</f><v>2</v></c>"#, "2"),
        (r#"<c r="A2" s="6"><v>1234</v></c>"#, "1234"),
        (
            r#"<c r="A2" s="6" t="inlineStr"><is><t>0012</t></is></c>"#,
            "0012",
        ),
    ] {
        assert_eq!(cell(xml), wanted, "{xml}");
    }
}

#[test]
fn what_cannot_be_known_is_refused_with_its_cell() {
    for (xml, wanted) in [
        (
            r#"<c r="A2"><v>0.30000000000000004</v></c>"#,
            "A2: 0.30000000000000004 has 17 digits",
        ),
        (
            r#"<c r="A2" s="1"><v>46346.5</v></c>"#,
            "A2: 46346.5 is a day with a time",
        ),
        (
            r#"<c r="A2" s="1"><v>60</v></c>"#,
            "A2: the serial 60 is no day",
        ),
        (
            r#"<c r="A2" s="1"><v>2958466</v></c>"#,
            "A2: the serial 2958466 is no day",
        ),
        (r#"<c r="A2" s="4"><v>2</v></c>"#, "A2: 2 is a duration"),
        (
            r#"<c r="A2" t="e"><v>#N/A</v></c>"#,
            "A2: the formula ends in #N/A",
        ),
        (
            r#"<c r="A2"><f>B1*2</f></c>"#,
            "A2: the formula has no stored result",
        ),
        (
            r#"<c r="C2"><v>1</v></c>"#,
            "C2: there is no header above this cell",
        ),
        (
            r#"<c r="A2" s="6"><v>12</v></c>"#,
            "A2: the number 12 is shown with zeros in front that it does not have; if it is a code, \
             format the column as text",
        ),
    ] {
        let told = cell(xml);
        assert!(told.starts_with(wanted), "{xml}: {told}");
    }
}

const HEADER: &str = r#"<row r="2"><c r="B2" t="inlineStr"><is><t>q</t></is></c><c r="C2" t="inlineStr"><is><t>||</t></is></c><c r="D2" t="inlineStr"><is><t>out</t></is></c></row>"#;

#[test]
fn a_sheet_may_begin_anywhere_and_have_gaps() {
    let rows = format!(
        r#"{HEADER}<row r="5"><c r="B5"><v>10</v></c><c r="D5" s="2"><v>0.05</v></c></row>"#
    );
    assert_eq!(
        told(read(workbook(&rows, "", false, None))),
        "2:q||||out 5:10||5%"
    );
    assert_eq!(told(read(workbook("", "", false, None))), "");
}

#[test]
fn the_1904_system() {
    let rows = r#"<row r="1"><c r="A1" s="1"><v>0</v></c></row><row r="2"><c r="A2" s="1"><v>44884</v></c></row>"#;
    assert_eq!(
        told(read(workbook(rows, "", true, None))),
        "1:1904-01-01 2:2026-11-20"
    );
}

#[test]
fn merged_cells_and_second_sheets() {
    let merged = r#"<mergeCells count="1"><mergeCell ref="B2:B4"/></mergeCells>"#;
    let text = told(read(workbook(HEADER, merged, false, None)));
    assert_eq!(text, "B2 to B4 are merged; give each cell its own value");
    let other = r#"<row r="1"><c r="A1"><v>1</v></c></row>"#;
    let text = told(read(workbook(HEADER, "", false, Some(("", other)))));
    assert_eq!(
        text,
        "the sheets \"Tiers\" and \"Other\" both hold cells; keep one, or hide the other"
    );
    // All that is wrong with both, so that one look at the workbook mends it.
    let wrong = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>"#;
    let text = told(read(workbook(HEADER, merged, false, Some(("", wrong)))));
    assert_eq!(
        text,
        "the sheets \"Tiers\" and \"Other\" both hold cells; keep one, or hide the other; \
         sheet \"Tiers\", B2 to B4 are merged; give each cell its own value; \
         sheet \"Other\", B2: there is no header above this cell"
    );
    let hidden = told(read(workbook(
        HEADER,
        "",
        false,
        Some((r#"state="hidden""#, other)),
    )));
    assert_eq!(hidden, "2:q||||out");
    let empty = told(read(workbook(HEADER, "", false, Some(("", "")))));
    assert_eq!(empty, "2:q||||out");
}

#[test]
fn bombs_are_refused_while_they_are_read() {
    // A part of 32 MiB of blanks packs to a thousandth.
    let bomb = pack(&[("xl/workbook.xml", vec![b' '; 32 * 1024 * 1024])]);
    assert!(bomb.len() < 64 * 1024);
    let told = told(read(bomb));
    assert!(
        told.starts_with("the workbook unpacks to too much"),
        "{told}"
    );
}

/// A workbook of so many parts with so many blanks each. They are packed once and copied.
fn parts(count: usize, blanks: usize) -> Vec<u8> {
    let one = pack(&[("one", vec![b' '; blanks])]);
    let mut one = zip::ZipArchive::new(Cursor::new(one)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..count {
        let part = one.by_index_raw(0).unwrap();
        out.raw_copy_file_rename(part, format!("p{at}")).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn refused(bytes: &[u8]) -> String {
    check_parts(bytes).err().unwrap_or_default()
}

#[test]
fn a_workbook_has_a_greatest_number_of_parts() {
    let with = |count: usize| refused(&parts(count, 0));
    assert_eq!(with(MAX_PARTS), "");
    assert_eq!(
        with(MAX_PARTS + 1),
        "the workbook has more than 10000 parts"
    );
}

#[test]
fn a_part_unpacks_to_a_hundred_times_its_size() {
    // What cannot be packed stays as it is, blanks become a thousandth: the two together give any ratio.
    let unpacks = |blanks: usize| {
        let noise: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut now = noise;
        let mut part: Vec<u8> = (0..128 * 1024)
            .map(|_| {
                now = now.wrapping_mul(noise).rotate_left(23).wrapping_add(1);
                now.to_le_bytes()[5]
            })
            .collect();
        part.extend(std::iter::repeat_n(b' ', blanks));
        let packed = pack(&[("xl/workbook.xml", part.clone())]);
        let mut archive = zip::ZipArchive::new(Cursor::new(&packed)).unwrap();
        let size = archive.by_index(0).unwrap().compressed_size();
        let ratio = part.len() as u64 / size;
        (ratio, refused(&packed))
    };
    let (ratio, said) = unpacks(12 * 1024 * 1024);
    assert!((80..MAX_UNPACK_RATIO).contains(&ratio), "{ratio}");
    assert_eq!(said, "");
    let (ratio, said) = unpacks(15 * 1024 * 1024);
    assert!((MAX_UNPACK_RATIO..120).contains(&ratio), "{ratio}");
    assert!(
        said.starts_with("the workbook unpacks to too much"),
        "{said}"
    );
}

#[test]
fn all_parts_together_have_a_greatest_size() {
    let small = usize::try_from(SMALL_PART_BYTES).unwrap();
    let count = usize::try_from(MAX_UNPACKED_BYTES / SMALL_PART_BYTES).unwrap();
    let with = |count: usize| refused(&parts(count, small));
    assert_eq!(with(count), "");
    let told = with(count + 1);
    assert!(told.contains("268435456 bytes are read"), "{told}");
}

#[test]
fn a_number_has_as_many_digits_as_a_spreadsheet_keeps() {
    let digits = |count: usize| cell(&format!(r#"<c r="A2"><v>0.{}</v></c>"#, "3".repeat(count)));
    assert_eq!(digits(MAX_DIGITS), format!("0.{}", "3".repeat(MAX_DIGITS)));
    let told = digits(MAX_DIGITS + 1);
    assert!(told.contains("has 16 digits, more than the 15"), "{told}");
}

#[test]
fn far_cells_take_no_memory() {
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    let told = told(read(workbook(rows, "", false, None)));
    assert_eq!(told, "XFD1048576: the sheet is wider than 1024 columns");
}

#[test]
fn a_cell_with_a_colour_alone_is_empty() {
    let rows = format!(
        r#"{HEADER}<row r="3"><c r="B3"><v>1</v></c><c r="C3" s="1"/><c r="D3" s="1"></c></row>"#
    );
    assert_eq!(
        told(read(workbook(&rows, "", false, None))),
        "2:q||||out 3:1||"
    );
}

#[test]
fn places_that_no_sheet_has_are_damage() {
    let damaged = "the workbook is damaged; open it in a spreadsheet and save it again";
    for rows in [
        r#"<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="A99999999999"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="ZZZZZZZZZ9"><v>1</v></c></row>"#,
        r#"<row r="4294967296"></row>"#,
    ] {
        assert_eq!(
            told(read(workbook(rows, "", false, None))),
            damaged,
            "{rows}"
        );
    }
    let backwards = r#"<mergeCells count="1"><mergeCell ref="B4:B2"/></mergeCells>"#;
    assert_eq!(
        told(read(workbook(HEADER, backwards, false, None))),
        damaged
    );
}

#[test]
fn shared_formulas_take_no_memory() {
    let rows = r#"<row r="1"><c r="A1"><f t="shared" si="99999999999" ref="A1:A2">B1</f><v>1</v></c></row><row r="2"><c r="A2"><f t="shared" si="99999999999"/><v>2</v></c></row><row r="3"><c r="A3"><f t="shared" si="1"/></c></row>"#;
    assert_eq!(
        told(read(workbook(rows, "", false, None))),
        "A3: the formula has no stored result; open and save the file once"
    );
}

#[test]
fn what_is_no_workbook() {
    for bytes in [&b""[..], b"PK\x03\x04", b"a,b\n1,2\n"] {
        let told = told(read(bytes.to_vec()));
        assert!(told.starts_with("this is no XLSX file"), "{told}");
    }
    let mut cut = workbook(HEADER, "", false, None);
    cut.truncate(cut.len() / 2);
    assert!(read(cut).is_err());
}

#[test]
fn names_of_cells() {
    let all = [
        (0, 0),
        (6, 1),
        (0, 25),
        (0, 26),
        (0, 701),
        (0, 702),
        (9, 16_383),
    ]
    .map(cell_name);
    assert_eq!(all.join(" "), "A1 B7 Z1 AA1 ZZ1 AAA1 XFD10");
}

#[test]
fn a_sheet_has_as_many_rows_as_a_table() {
    let read_rows = |count: usize| {
        let rows: String = (1..=count)
            .map(|row| {
                format!(
                    r#"<row r="{row}"><c r="A{row}"><v>1</v></c><c r="B{row}"><v>2</v></c></row>"#
                )
            })
            .collect();
        read(workbook(&rows, "", false, None))
    };
    let at_limit = MAX_SHEET_ROWS + 1;
    assert_eq!(read_rows(at_limit).map(|rows| rows.len()), Ok(at_limit));
    let why = read_rows(at_limit + 1).unwrap_err();
    assert!(
        why.contains("at most 100000 rows below the header"),
        "{why}"
    );
}

#[test]
fn every_cell_without_a_header_is_told() {
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row><row r="3"><c r="A3"><v>1</v></c><c r="C3"><v>1</v></c></row>"#;
    assert_eq!(
        told(read(workbook(rows, "", false, None))),
        "B2: there is no header above this cell; C3: there is no header above this cell"
    );
}

#[test]
fn what_a_cell_is_kept_as_is_known() {
    let rows = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>h</t></is></c><c r="B1"><v>7</v></c><c r="C1" s="1"><v>46346</v></c><c r="D1" t="b"><v>1</v></c><c r="E1" s="2"><v>0.1</v></c></row>"#;
    let rows = read(workbook(rows, "", false, None)).unwrap();
    let kinds: Vec<CellKind> = (0..6).map(|at| rows[0].kind(at)).collect();
    let (text, number) = (CellKind::Text, CellKind::Number);
    assert_eq!(
        kinds,
        [text, number, CellKind::Day, CellKind::Bool, number, text]
    );
}
