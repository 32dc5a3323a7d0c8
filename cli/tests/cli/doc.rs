//! `assize doc`: pages of a small package in both formats, well formed, the same bytes anywhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::common::{assize, copy, folder, folder_with, project};

const BASE: &str = "\
/// What a line of the shop costs, <b>before</b> VAT.
///
/// The law sets the rates.
module base.prices

currency EUR
unit piece

/// What one piece costs.
number Price = money in EUR per piece, 2 places, from 0 to 1_000 // euro
number Percent = percent, 1 places, from 0% to 100%

enum Segment = retail | trade
enum Mood = calm < angry

/// A line of `Basket`, <b>as ordered</b> & \"quoted\".
record Line
    item     : code                 // of the catalogue
    segment  : Segment = retail
    price    : Price
    note     : text?
    check price > 0 because \"A line | costs something\"

/// What lies where.
data Stock
    fresh within 5 minutes
    key item : code, place : code
    pieces : int
    starts : date?, ends : date?
    valid from starts to ends
    check distinct item while valid
    rows at most 20 per item

/// The rate of the law.
parameter rate : Percent
    open to values
    from 2001-01-01 is 19%
    from 2012-10-01 is 21% because \"law gazette 2012\"

table by_segment (segment: Segment, mood: Mood) gives Percent
    hit first
    | #    | segment | mood || out            |
    | sale | retail  | calm || 5%             |
    | rest | -       | -    || (1% + 1%) - 0.5% |

table by_day (segment: Segment, day: date) gives Percent
    | segment \\ day | 2025-01-01+ | 2027-01-01+ |
    | retail        | 1%          | 2%          |
    | trade         | 3%          | 4%          |

/// The discount of a line.
rule discount (line: Line, day: date) gives Percent
    as of day
    open to exceptions
    default by_segment(line.segment, calm)
    exception week
        valid 2026-11-20 to 2026-11-30
        when line.item = \"LAMP\"
        then 15%
        because \"The week\"
    exception staff
        overrides week
        unless line.segment is retail
        then 20%

/// Nothing left.
reason sold_out (item: code)
    warning \"{item} is sold out\"

define pieces (item: code) gives int
    sum of s.pieces for s in Stock where s.item = item // all places

/// What a line costs.
decision price (line: Line, day: date) gives Price
    if pieces(line.item) < 0 then stop sold_out(line.item)
    else round line.price * (100% - discount(line, day)) * (100% + (rate on day)) to 0.01

example lamp = Line(item: \"LAMP\", price: 10)

test \"the week & <its> end\"
    cases
        | day        || discount(lamp, day) | by   |
        | 2026-11-20 || 15%                 | week |
        | 2026-12-01 || 5%                  | sale |

test \"stock\"
    given Stock
        | item   | place | pieces |
        | \"LAMP\" | \"A\"   | 2      |
    let there = pieces(\"LAMP\")
    // two
    expect there = 2
    expect error missing_data in Stock[\"X\", \"Y\"].pieces

property \"never negative\"
    for all segment: Segment
    expect by_segment(segment, angry) >= 0%
";

const LAYER: &str = "\
module layer.more
use base.prices

/// Ours.
extend base.prices.discount
    exception friends
        overrides staff, week
        when line.price > 100
        then 30%
        because \"Friends\"

extend base.prices.rate
    from 2027-01-01 is 25% because \"budget 2027\"

decision ours (line: Line) gives Percent
    discount(line, 2026-11-21)
";

fn package(name: &str) -> std::path::PathBuf {
    folder_with(
        name,
        &[
            (
                "base/assize.toml",
                "[package]\nname = \"base\"\nversion = \"1.2.3\"\n",
            ),
            ("base/prices.assize", BASE),
            (
                "layer/assize.toml",
                "[package]\nname = \"layer\"\nversion = \"0.1.0\"\n\n[dependencies]\nbase = { path = \"../base\" }\n",
            ),
            ("layer/more.assize", LAYER),
        ],
    )
}

fn pages(package: &Path, out: &Path, format: &str) -> Vec<(String, String)> {
    let (package, out_text) = (package.display().to_string(), out.display().to_string());
    let done = assize(out, &["doc", &package, "-o", &out_text, "--format", format]);
    assert_eq!(done.code, 0, "{}", done.err);
    let mut files: Vec<_> = fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn markdown_of_a_package() {
    let package = package("doc-markdown");
    let found = pages(&package.join("base"), &folder("doc-markdown-base"), "md");
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["base.prices.md", "index.md"]);
    insta::assert_snapshot!("base_prices", found[0].1);
    insta::assert_snapshot!("base_index", found[1].1);
    let found = pages(&package.join("layer"), &folder("doc-markdown-layer"), "md");
    insta::assert_snapshot!("layer_index", found[0].1);
    insta::assert_snapshot!("layer_more", found[1].1);
}

/// Every element that is opened is closed, in order; gives the ids and the links of the page.
fn check(page: &str) -> (BTreeSet<String>, Vec<String>) {
    let (mut ids, mut links) = (BTreeSet::new(), Vec::new());
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page
        .strip_prefix("<!DOCTYPE html>")
        .expect("a document type");
    while let Some(at) = rest.find('<') {
        assert!(
            !rest[..at].contains('>') || open.last() == Some(&"style"),
            "{}",
            &rest[..at]
        );
        rest = &rest[at + 1..];
        let end = rest.find('>').expect("a tag that ends");
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap();
        for (attribute, quoted) in tag
            .split('"')
            .collect::<Vec<_>>()
            .chunks(2)
            .filter_map(|pair| Some((pair.first()?.trim().rsplit(' ').next()?, *pair.get(1)?)))
        {
            match attribute {
                "id=" => assert!(ids.insert(quoted.to_owned()), "{quoted} twice"),
                "href=" => links.push(quoted.to_owned()),
                "src=" | "onclick=" => panic!("{attribute}{quoted}"),
                _ => {}
            }
        }
        assert_ne!(name, "script");
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    (ids, links)
}

fn check_all(found: &[(String, String)]) {
    let checked: Vec<_> = found
        .iter()
        .map(|(name, page)| (name, check(page)))
        .collect();
    for (name, (_, links)) in &checked {
        for link in links {
            let (page, anchor) = link.split_once('#').unwrap_or((link, ""));
            let page = if page.is_empty() { name.as_str() } else { page };
            let target = checked.iter().find(|(name, _)| *name == page);
            let (_, (ids, _)) = target.unwrap_or_else(|| panic!("{name}: no page {link}"));
            assert!(
                anchor.is_empty() || ids.contains(anchor),
                "{name}: no place {link}"
            );
        }
    }
}

#[test]
fn pages_are_well_formed_and_links_lead_somewhere() {
    let package = package("doc-html");
    for name in ["base", "layer"] {
        let found = pages(
            &package.join(name),
            &folder(&format!("doc-html-{name}")),
            "html",
        );
        check_all(&found);
    }
    for name in ["shop", "business-central", "checkout"] {
        let out = folder(&format!("doc-html-{name}"));
        check_all(&pages(&project().join("rules").join(name), &out, "html"));
    }
}

#[test]
fn what_is_written_is_escaped() {
    let package = package("doc-escaped");
    let found = pages(&package.join("base"), &folder("doc-escaped-out"), "html");
    let page = &found[0].1;
    assert!(page.contains("&lt;b&gt;as ordered&lt;/b&gt; &amp; &quot;quoted&quot;"));
    assert!(page.contains("the week &amp; &lt;its&gt; end"));
    assert!(page.contains("<code>Basket</code>"));
}

#[test]
fn the_same_bytes_anywhere_and_no_path_of_the_machine() {
    for format in ["html", "md"] {
        let (one, two) = (package("doc-here"), package("doc-there"));
        let first = pages(&one.join("layer"), &folder("doc-here-out"), format);
        let second = pages(&two.join("layer"), &folder("doc-there-out"), format);
        assert_eq!(first, second);
        let here = env!("CARGO_TARGET_TMPDIR");
        assert!(first.iter().all(|(_, page)| !page.contains(here)));
    }
}

#[test]
fn a_package_with_errors_has_no_pages() {
    let folder = folder_with(
        "doc-broken",
        &[("a.assize", "define f gives int\n    nothing\n")],
    );
    let done = assize(&folder, &["doc", "a.assize", "-o", "out"]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("has 1 error"), "{}", done.err);
    assert!(!folder.join("out").exists());
    assert_eq!(assize(&folder, &["doc", "nowhere"]).code, 2);
    assert_eq!(
        assize(&folder, &["check", "a.assize", "--format", "md"]).code,
        2
    );
}

/// What a page shows as an answer is what `assize run` says, and nothing is made up.
#[test]
fn answers_are_those_of_the_samples() {
    let place = folder("doc-samples");
    copy(&project().join("rules"), &place.join("rules"));
    for (package, page) in [
        ("rules/shop", "shop.main.md"),
        ("rules/business-central", "erp.bc.quote.md"),
    ] {
        let out = folder(&format!("doc-samples-{}", page.len()));
        let found = pages(&place.join(package), &out, "md");
        let (_, text) = found.iter().find(|(name, _)| name == page).unwrap();
        let sample = format!("{package}/samples/order.json");
        let data = format!("{package}/samples/data");
        let run = assize(
            &place,
            &["run", package, "quote", "-i", &sample, "--data", &data],
        );
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(text.contains("The sample `samples/order.json`."), "{text}");
        assert!(
            text.contains(&format!("```json\n{}```\n", run.out)),
            "{text}"
        );
    }
    // Without samples, and with samples whose data is damaged.
    let rules = "module m\n\ndata Item\n    key no  : code\n    price   : int\n    rows at most 1 per no\n\n\
                 decision price (no: code) gives int\n    Item[no].price\n";
    let manifest = "[package]\nname = \"p\"\nversion = \"0.1.0\"\n";
    let call = "{\"decision\": \"price\", \"input\": {\"no\": \"A\"}}";
    let files = [
        ("assize.toml", manifest),
        ("m.assize", rules),
        ("samples/order.json", call),
        ("samples/data/snapshot.json", "{"),
    ];
    for count in [2, 4] {
        let package = folder_with("doc-damaged", files.get(..count).unwrap());
        let found = pages(&package, &folder("doc-damaged-out"), "md");
        let (_, text) = found.iter().find(|(name, _)| name == "m.md").unwrap();
        assert!(text.contains("Values that fit the types."), "{text}");
        assert!(!text.contains("#### Answer"), "{text}");
    }
}
