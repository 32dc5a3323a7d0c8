//! Documents: hostile, odd but good, and at their limits.

use super::*;

fn refused(bytes: &[u8]) -> String {
    match parse(bytes, "input") {
        Ok(document) => match document.duplicates.first() {
            Some(fault) => fault.to_string(),
            None => "good".to_owned(),
        },
        Err(error) => error.to_string(),
    }
}

#[test]
fn hostile_documents() {
    let samples: Vec<&[u8]> = vec![
        b"",
        b"  ",
        b"nul",
        b"nulll",
        b"{\"a\":1}}",
        b"[1,]",
        b"{\"a\":1,}",
        b"{a:1}",
        b"{\"a\" 1}",
        b"[1 2]",
        b"'a'",
        b"01",
        b"-",
        b"+1",
        b"1.",
        b".5",
        b"1e",
        b"NaN",
        b"\"a\nb\"",
        b"\"a\x00b\"",
        b"\"abc",
        b"\"\\",
        b"\"\\x\"",
        b"\"\\u12\"",
        b"\"\\u12G4\"",
        b"\"\\ud800\"",
        b"\"\\udc00\\ud800\"",
        b"\"\\ud800\\u0041\"",
        b"\"\\ud800\\n\"",
        b"\"\xFF\"",
        b"\n\n  \"ab\xC0\xAF\"",
        b"\"\xED\xA0\x80\"",
        b"\xEF\xBB\xBF1",
        b"\xFF\xFE1\x00",
        b"/* c */ 1",
        b"{\"a\":1,\"a\":2}",
        b"{\"x\":[{\"b\":1,\"\\u0062\":2}]}",
        b"\x0B1",
    ];
    let found: String = samples
        .iter()
        .map(|sample| format!("{}: {}\n", sample.escape_ascii(), refused(sample)))
        .collect();
    insta::assert_snapshot!(found, @r#"
    : line 1, column 1: invalid_json: expected a value, found the end
      : line 1, column 3: invalid_json: expected a value, found the end
    nul: line 1, column 1: invalid_json: expected a value, found `n`
    nulll: line 1, column 5: invalid_json: expected the end, found `l`
    {\"a\":1}}: line 1, column 8: invalid_json: expected the end, found `}`
    [1,]: line 1, column 4: invalid_json: expected a value, found `]`
    {\"a\":1,}: line 1, column 8: invalid_json: expected a name in quotes, found `}`
    {a:1}: line 1, column 2: invalid_json: expected a name in quotes, found `a`
    {\"a\" 1}: line 1, column 6: invalid_json: expected `:`, found `1`
    [1 2]: line 1, column 4: invalid_json: expected `,` or `]`, found `2`
    \'a\': line 1, column 1: invalid_json: expected a value, found `'`
    01: line 1, column 2: invalid_json: expected a number without leading zeros, found `1`
    -: line 1, column 2: invalid_json: expected a digit, found the end
    +1: line 1, column 1: invalid_json: expected a value, found `+`
    1.: line 1, column 3: invalid_json: expected a digit, found the end
    .5: line 1, column 1: invalid_json: expected a value, found `.`
    1e: line 1, column 3: invalid_json: expected a digit, found the end
    NaN: line 1, column 1: invalid_json: expected a value, found `N`
    \"a\nb\": line 1, column 3: invalid_json: expected an escape such as `\n` for a control character, found the character U+000A
    \"a\x00b\": line 1, column 3: invalid_json: expected an escape such as `\n` for a control character, found the character U+0000
    \"abc: line 1, column 5: invalid_json: expected `"` at the end of a text, found the end
    \"\\: line 1, column 3: invalid_json: expected one of `" \ / b f n r t u` after `\`, found the end
    \"\\x\": line 1, column 3: invalid_json: expected one of `" \ / b f n r t u` after `\`, found `x`
    \"\\u12\": line 1, column 6: invalid_json: expected four hexadecimal digits, found `"`
    \"\\u12G4\": line 1, column 6: invalid_json: expected four hexadecimal digits, found `G`
    \"\\ud800\": line 1, column 2: invalid_json: expected a character, or both halves of a surrogate pair, found the lone surrogate \ud800
    \"\\udc00\\ud800\": line 1, column 2: invalid_json: expected a character, or both halves of a surrogate pair, found the lone surrogate \udc00
    \"\\ud800\\u0041\": line 1, column 2: invalid_json: expected a character, or both halves of a surrogate pair, found the lone surrogate \ud800
    \"\\ud800\\n\": line 1, column 2: invalid_json: expected a character, or both halves of a surrogate pair, found the lone surrogate \ud800
    \"\xff\": line 1, column 2: wrong_encoding: expected UTF-8, found byte 0xFF
    \n\n  \"ab\xc0\xaf\": line 3, column 6: wrong_encoding: expected UTF-8, found byte 0xC0
    \"\xed\xa0\x80\": line 1, column 2: wrong_encoding: expected UTF-8, found byte 0xED
    \xef\xbb\xbf1: line 1, column 1: wrong_encoding: expected UTF-8 without a byte order mark, found a byte order mark
    \xff\xfe1\x00: line 1, column 1: wrong_encoding: expected UTF-8, found byte 0xFF
    /* c */ 1: line 1, column 1: invalid_json: expected a value, found `/`
    {\"a\":1,\"a\":2}: input.a: duplicate_key: expected each name once in an object, found "a" again
    {\"x\":[{\"b\":1,\"\\u0062\":2}]}: input.x[0].b: duplicate_key: expected each name once in an object, found "b" again
    \x0b1: line 1, column 1: invalid_json: expected a value, found the character U+000B
    "#);
}

#[test]
fn odd_but_good_documents() {
    for text in [
        "\u{20}\t\r\n[]",
        "{}",
        "-0",
        "1E+2",
        r#""\ud83d\ude00\u0000\/""#,
        "\"\u{7f}\u{2028}\"",
        r#"{"":{"":1}}"#,
    ] {
        assert_eq!(refused(text.as_bytes()), "good", "{text}");
    }
    let json = parse_strict(br#""\ud83d\ude00\"\\\b\f\n\r\t""#).unwrap();
    assert_eq!(json, Json::Text("\u{1f600}\"\\\u{8}\u{c}\n\r\t".into()));
}

#[test]
fn limits_of_a_document() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(refused(nested(MAX_JSON_DEPTH).as_bytes()), "good");
    assert!(refused(nested(MAX_JSON_DEPTH + 1).as_bytes()).contains("too_deep"));
    assert!(refused("[".repeat(1_000_000).as_bytes()).contains("too_deep"));
    assert!(refused("{\"a\":".repeat(1_000_000).as_bytes()).contains("too_deep"));
    let wide = |values: usize| format!("[{}1]", "1,".repeat(values - 2));
    assert_eq!(refused(wide(reader::MAX_JSON_VALUES).as_bytes()), "good");
    assert!(refused(wide(reader::MAX_JSON_VALUES + 1).as_bytes()).contains("too_long"));
    let long = format!("\"{}\"", "x".repeat(MAX_JSON_BYTES - 2));
    assert_eq!(refused(long.as_bytes()), "good");
    assert!(refused(format!("{long} ").as_bytes()).contains("too_long"));
    let many: String = (0..5_000).map(|n| format!("\"k{n}\":1,")).collect();
    assert_eq!(refused(format!("{{{many}\"k\":1}}").as_bytes()), "good");
    assert!(
        refused(format!("{{{many}\"k77\":1}}").as_bytes()).contains("input.k77: duplicate_key")
    );
}

#[test]
fn duplicate_names_stand_with_the_other_faults() {
    insta::assert_snapshot!(line(r#""item":"a","quantity":1,"quantity":2"#), @r#"input.document.lines[0].quantity: duplicate_key: expected each name once in an object, found "quantity" again"#);
    insta::assert_snapshot!(line(r#""item":"a","quantity":"x","item":2"#), @r#"
    input.document.lines[0].item: duplicate_key: expected each name once in an object, found "item" again
    input.document.lines[0].quantity: not_a_number: expected a number with at most 5 places from -1000 to 1000, written like 12.5, without blanks and separators, found "x"
    "#);
}

#[test]
fn duplicate_names_beyond_the_limit_are_said() {
    let names = |count: usize| {
        let members = vec!["\"a\":1"; count + 1].join(",");
        parse(format!("{{{members}}}").as_bytes(), "")
            .unwrap()
            .duplicates
    };
    assert_eq!(names(1_000).len(), 1_000);
    let found = names(1_001);
    assert_eq!(found.len(), 1_001);
    assert_eq!(found[1_000].code, FaultCode::TooManyFaults);
    // With other faults there is still one such line, at the end.
    let members = vec!["\"a\":1"; 1_200].join(",");
    let text = format!("{{\"decision\":\"echo\",\"input\":{{{members}}}}}");
    let found = decode_call(&program(), text.as_bytes(), &mut checker).unwrap_err();
    let too_many = |fault: &Fault| fault.code == FaultCode::TooManyFaults;
    assert_eq!(
        (found.len(), found.iter().position(too_many)),
        (1_001, Some(1_000))
    );
}

#[test]
fn utf_16_is_named() {
    let wide: Vec<u8> = "[1]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    insta::assert_snapshot!(refused(&wide), @"line 1, column 1: wrong_encoding: expected UTF-8, found UTF-16");
    let wide: Vec<u8> = "[1]".encode_utf16().flat_map(u16::to_be_bytes).collect();
    insta::assert_snapshot!(refused(&wide), @"line 1, column 1: wrong_encoding: expected UTF-8, found UTF-16");
}
