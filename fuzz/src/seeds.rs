//! Writes what the fuzzer starts from into a folder: `words.dict` and seeds for each target.
//!
//! A text fuzzer without the words of the language finds nothing behind them, so the dictionary is
//! made from the grammar's own tables.

use std::fs;
use std::path::Path;

/// Marks and pieces of text that words alone do not make.
const MARKS: &[&str] = &[
    "||",
    "| ",
    "|\n    | ",
    "\n    ",
    "\n\n",
    "/// ",
    "// ",
    "<=",
    ">=",
    "!=",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "=",
    "%",
    "\"",
    "1+",
    " \\ ",
    "#",
    "12.50 EUR",
    "2026-11-20",
    "0.01",
    "5%",
    "list of ",
    "per ",
    " to ",
    " to below ",
    "not ",
    "\"erp\"",
    "null",
    "true",
    "1e5",
    "\\u0041",
    "as_of",
];

/// Calls of `tests/identity/json.assize`: values of every type.
const EVERY_TYPE: &[(&str, &str)] = &[
    (
        "scalars",
        r#"{"it":{"held":true,"count":-7,"cents":1.5,"price":"2.5000","balance":-9.25,"whole":12,"fine":0.000000000001,"odd":1.5,"saved":12.5,"points":3,"free":0.125,"any":1e-9,"words":"a\u00e9\n","item":" a-1 ","day":"2026-11-20","term":"CM+14D","color":"dark_green","urgency":"low"}}"#,
    ),
    (
        "defaults",
        r#"{"it":{"last":"x","maybe":null,"words":"größe","saved":"5.00"}}"#,
    ),
    (
        "pair",
        r#"{"it":{"quantity_on_hand":1,"quantity_on_order":2},"also":{"quantity_on_a_line":3,"quantity_on_order":2,"quantity_on_hand":0}}"#,
    ),
    (
        "lists",
        r#"{"it":{"flags":[true,false],"counts":[1,2],"amounts":[1.5,"2.25"],"saved":[5],"words":["a",""],"items":["x"],"days":["2026-01-31"],"colors":["red"],"perhaps":[null,3],"prices":[null,1.2345],"pairs":[],"terms":["1M","-2W"]}}"#,
    ),
    (
        "back",
        r#"{"it":{"code":"too_many","severity":"error","parameters":{"count":4,"item":"x"}},"all":[{"parameters":{"day":null},"code":"too_late"}]}"#,
    ),
];

/// As libFuzzer reads it: bytes that are not printable as `\xAB`.
fn escaped(word: &str) -> String {
    word.bytes()
        .map(|byte| match byte {
            b'"' => "\\\"".to_owned(),
            b'\\' => "\\\\".to_owned(),
            b' '..=b'~' => char::from(byte).to_string(),
            other => format!("\\x{other:02X}"),
        })
        .collect()
}

fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: seeds FOLDER");
        std::process::exit(2);
    };
    let folder = Path::new(&folder);
    let mut words: Vec<String> = assize_grammar::words::WORDS
        .iter()
        .map(|(word, _)| (*word).to_owned())
        .collect();
    words.extend(MARKS.iter().map(|mark| (*mark).to_owned()));
    let dictionary: String = words
        .iter()
        .map(|word| format!("\"{}\"\n", escaped(word)))
        .collect();
    fs::create_dir_all(folder)?;
    fs::write(folder.join("words.dict"), dictionary)?;

    let put = |target: &str, name: &str, bytes: &[u8]| -> std::io::Result<()> {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)
    };
    // Each declaration of the project's own rules alone, and the one-page package whole.
    put("rules", "shop", assize_fuzz::SHOP.as_bytes())?;
    for entry in fs::read_dir(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../rules/business-central"
    ))? {
        let path = entry?.path();
        if path
            .extension()
            .is_none_or(|extension| extension != "assize")
        {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        for (number, piece) in assize_grammar::cut(&text).iter().enumerate() {
            if let Some(part) = text.get(piece.range.start as usize..piece.range.end as usize) {
                put("rules", &format!("{name}-{number}"), part.as_bytes())?;
            }
        }
    }
    put(
        "bundle",
        "shop",
        &assize_ir::bundle::write(assize_fuzz::shop()).0,
    )?;
    let columns = assize_fuzz::shop().packed(1).into_owned();
    put("bundle", "columns", &assize_ir::bundle::write(&columns).0)?;
    let samples = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../rules/shop/samples"
    ));
    for entry in fs::read_dir(samples)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let call = fs::read_to_string(&path)?;
            put("input", &name, call.as_bytes())?;
            // The sample may hold the input alone.
            let whole = format!(
                "{{\"decision\":\"quote\",\"at\":\"2026-11-20T10:00:30Z\",\"input\":{call}}}"
            );
            put("input", &format!("{name}-call"), whole.as_bytes())?;
        }
    }
    for (name, input) in EVERY_TYPE {
        let call = format!("{{\"decision\":\"{name}\",\"input\":{input}}}");
        put("input", &format!("every-{name}"), call.as_bytes())?;
    }
    for (first, name) in [(0u8, "Supply.csv"), (1, "snapshot.json")] {
        let mut bytes = vec![first];
        bytes.extend(fs::read(samples.join("data").join(name))?);
        put("snapshot", name, &bytes)?;
    }
    put(
        "snapshot",
        "rows.json",
        b"\x02[{\"item\":\"A\",\"arrives\":\"2026-11-20\",\"quantity\":\"5\"}]",
    )
}
