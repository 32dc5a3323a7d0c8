//! What the tests of the runtime share: small rules and snapshots in memory.

use std::collections::BTreeMap;

use assize_ir::{Verified, parse_and_verify};

/// The rules of `samples/shop.ir`.
#[expect(clippy::unwrap_used, reason = "the sample is part of the test")]
pub fn program() -> Verified {
    parse_and_verify(include_str!("../samples/shop.ir")).unwrap()
}

/// Files in memory.
pub type Memory = BTreeMap<String, Vec<u8>>;

/// A `snapshot.json` with the usual entries.
pub const MANIFEST: &str = r#"{
  "as_of": "2026-11-20T06:00:00Z",
  "relations": {
    "shop.Offer": {"file": "offers.csv", "as_of": "2026-11-20T10:00:00Z"},
    "shop.Rate": {"file": "rates.json"}
  },
  "calendars": {
    "shop": {"working": [1, 2, 3, 4, 5], "exceptions": {"2026-11-23": false}, "from": "2026-01-01", "to": "2026-12-31"}
  }
}"#;

/// Offers with every kind of cell.
pub const OFFERS: &str = "\
row,item,currency,minimum,price,starts,ends,kind,on,note,bands
1,lamp ,,,12.50,,2026-11-30,,,\"\",
2,LAMP,eur,10,9.9,2026-11-01,,special,true,\"a \"\"b\"\",
c\",\"[{\"\"low\"\":1},{\"\"low\"\":5,\"\"high\"\":7}]\"
3,SOFA,,1e1,400,,,plain,false,,[]
";

/// Rates.
pub const RATES: &str = r#"[{"currency": "USD", "factor": "1.08"},
  {"factor": 0.0061, "currency": "jpy"}]"#;

/// Files with these contents.
pub fn files(entries: &[(&str, &str)]) -> Memory {
    let entry = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
    entries.iter().map(entry).collect()
}

/// The usual snapshot.
pub fn good_files() -> Memory {
    files(&[
        ("snapshot.json", MANIFEST),
        ("offers.csv", OFFERS),
        ("rates.json", RATES),
    ])
}
