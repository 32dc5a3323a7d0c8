//! Known mistakes: the pages of the codes, a table of further cases, and what holds for every text.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]
#![expect(clippy::string_slice, reason = "a wrong offset must fail the test")]
#![expect(
    clippy::disallowed_methods,
    reason = "corpus, pages and cases are files"
)]

use assize_grammar::{
    CODES, Fault, MAX_FAULTS, explain, explain_file, parse_declaration, parse_file,
};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

fn faults(text: &str) -> Vec<Fault> {
    explain_file(text, &parse_file(text))
}

/// `A0105 3:12 claim / because / instead / fix → text`, `fix!` when it is certain.
fn short(text: &str, fault: &Fault) -> String {
    let start = fault.range.start as usize;
    let line = text[..start].matches('\n').count() + 1;
    let column = text[..start].rsplit('\n').next().unwrap().chars().count() + 1;
    let mut out = format!(
        "{} {line}:{column} {:?} {}",
        fault.code,
        fault.range.of(text),
        fault.claim
    );
    for ground in &fault.because {
        out.push_str(&format!("\n      / {ground}"));
    }
    if let Some(step) = &fault.instead {
        out.push_str(&format!("\n      / {step}"));
    }
    for fix in &fault.fixes {
        let mark = if fix.certain { "!" } else { "" };
        let from = fix.range.of(text);
        out.push_str(&format!(
            "\n      / {}{mark}: {from:?} → {:?}",
            fix.title, fix.text
        ));
    }
    out
}

fn applied(text: &str, fix: &assize_grammar::FaultFix) -> String {
    let (start, end) = (fix.range.start as usize, fix.range.end as usize);
    format!("{}{}{}", &text[..start], fix.text, &text[end..])
}

/// What holds for the faults of every text.
fn check_form(text: &str, faults: &[Fault]) {
    let place = |at: u32| {
        let at = at as usize;
        assert!(text.is_char_boundary(at), "{at} is no place of {text:?}");
    };
    for fault in faults {
        assert!(
            CODES.iter().any(|(code, _)| *code == fault.code),
            "{}",
            fault.code
        );
        assert!(fault.range.start <= fault.range.end);
        place(fault.range.start);
        place(fault.range.end);
        let sentences = std::iter::once(&fault.claim)
            .chain(&fault.because)
            .chain(&fault.instead);
        for sentence in sentences {
            assert!(
                !sentence.is_empty() && !sentence.ends_with('.'),
                "{sentence:?}"
            );
            assert!(!sentence.contains('\n'), "{sentence:?} in {text:?}");
            for blame in [
                "!\u{20}",
                "You",
                "you ",
                "invalid",
                "illegal",
                "unexpected",
                "token",
            ] {
                assert!(!sentence.contains(blame), "{sentence:?}");
            }
        }
        for fix in &fault.fixes {
            assert!(fix.range.start <= fix.range.end);
            place(fix.range.start);
            place(fix.range.end);
            assert!(!fix.title.is_empty());
        }
    }
}

/// How many places are told, those counted by the last fault included.
fn places(faults: &[Fault]) -> usize {
    let more = |fault: &Fault| match fault.claim.split(' ').next() {
        Some(count) if fault.code == "A0162" => count.parse().unwrap_or(1),
        _ => 1,
    };
    faults.iter().map(more).sum()
}

/// A certain fix leaves strictly less to tell and nothing that was not told before, and what it leads
/// to can be laid out.
fn check_fixes(text: &str, before: &[Fault]) {
    let certain = before
        .iter()
        .flat_map(|fault| fault.fixes.iter().map(move |fix| (fault, fix)))
        .filter(|(_, fix)| fix.certain);
    for (fault, fix) in certain {
        let fixed = applied(text, fix);
        let after = faults(&fixed);
        let told: Vec<String> = after.iter().map(|fault| short(&fixed, fault)).collect();
        let context = format!("{} leads to: {fixed}\n{}", fault.code, told.join("\n"));
        assert!(places(&after) < places(before), "{context}");
        for code in after.iter().map(|other| other.code) {
            let count = |list: &[Fault]| list.iter().filter(|other| other.code == code).count();
            let hidden = before.iter().any(|other| other.code == "A0162");
            assert!(
                count(&after) <= count(before) || hidden,
                "new {code}: {context}"
            );
        }
        let laid = assize_grammar::format(&fixed);
        assert_eq!(assize_grammar::format(&laid), laid, "{context}");
        assert_eq!(faults(&laid).len(), after.len(), "{context}\n{laid}");
    }
}

fn pages() -> Vec<(String, String)> {
    let folder = format!("{HERE}/../docs/errors");
    let mut pages: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let code = path.file_stem()?.to_str()?.to_owned();
            let ours = CODES.iter().any(|(known, _)| *known == code);
            ours.then(|| (code, std::fs::read_to_string(&path).unwrap()))
        })
        .collect();
    pages.sort();
    pages
}

fn block<'p>(page: &'p str, info: &str) -> Option<&'p str> {
    let (_, rest) = page.split_once(&format!("```assize {info}\n"))?;
    rest.split_once("\n```").map(|(block, _)| block)
}

#[test]
fn each_code_has_a_page_whose_example_shows_it() {
    let pages = pages();
    let codes: Vec<&str> = pages.iter().map(|(code, _)| code.as_str()).collect();
    let known: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, known);
    for ((code, title), (_, page)) in CODES.iter().zip(&pages) {
        assert_eq!(page.lines().next().unwrap(), format!("# {code}: {title}"));
        let right = block(page, "right").unwrap();
        assert_eq!(faults(right), [], "{code}: {right}");
        let Some(wrong) = block(page, "wrong") else {
            assert!(matches!(*code, "A0158" | "A0161"), "{code}");
            continue;
        };
        // Faults of literals are found where they are read as values: the compiler's own test of
        // the pages shows them.
        if code.starts_with("A012") {
            assert_eq!(faults(wrong), [], "{code}");
            continue;
        }
        let found = faults(wrong);
        let mut codes: Vec<&str> = found.iter().map(|fault| fault.code).collect();
        if *code == "A0162" {
            codes.retain(|code| *code != "A0101");
        }
        codes.dedup();
        let shown: Vec<String> = found.iter().map(|fault| short(wrong, fault)).collect();
        assert_eq!(codes, [*code], "{wrong}\n{}", shown.join("\n"));
        check_form(wrong, &found);
        check_fixes(wrong, &found);
    }
}

const BODY: &str = "define f (a: number) gives number\n    ";

/// The texts of a file of cases. A case of `bodies.txt` is the body of a function, one of
/// `declarations.txt` is a file; `cases.txt` has both.
fn cases(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(format!("{HERE}/tests/mistakes/{name}.txt")).unwrap();
    text.split("\n----\n")
        .map(|case| {
            let case = case
                .trim_end()
                .replace("<tab>", "\t")
                .replace("<nbsp>", "\u{a0}");
            // A line alone, or one that begins inside a declaration, is the body of a function.
            let inside = ["let ", "Let ", "var ", "# ", "if ", "every "];
            let whole = ["enum ", "number "]
                .iter()
                .any(|word| case.starts_with(word));
            let body = match name {
                "bodies" => true,
                "declarations" => false,
                _ => {
                    !whole
                        && (!case.contains('\n')
                            || inside.iter().any(|word| case.starts_with(word)))
                }
            };
            if body { format!("{BODY}{case}") } else { case }
        })
        .collect()
}

fn told(name: &str) -> String {
    let mut out = String::new();
    for case in cases(name) {
        let found = faults(&case);
        check_form(&case, &found);
        check_fixes(&case, &found);
        let shown = case.strip_prefix(BODY).unwrap_or(&case);
        out.push_str(&format!("{shown}\n"));
        for fault in &found {
            out.push_str(&format!("  {}\n", short(&case, fault)));
        }
        assert!(!found.is_empty(), "nothing is told of {case}");
    }
    out
}

#[test]
fn mistakes_are_told_in_words() {
    insta::assert_snapshot!("mistakes", told("cases"));
    insta::assert_snapshot!("bodies", told("bodies"));
    insta::assert_snapshot!("declarations", told("declarations"));
}

fn corpus() -> Vec<String> {
    let mut paths: Vec<_> = std::fs::read_dir(format!("{HERE}/tests/corpus"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn good_files_have_no_faults() {
    for text in corpus() {
        for text in [text.replace('\n', "\r\n"), format!("\u{feff}{text}"), text] {
            assert_eq!(faults(&text), []);
        }
    }
}

const INSERTED: [&str; 16] = [
    "(",
    ")",
    "\"",
    "|",
    "{",
    ";",
    " x ",
    "/",
    "\\",
    "\u{1f600}",
    "„",
    "\u{202e}",
    "\0",
    "e\u{301}",
    " then ",
    ",",
];

fn check_damaged(damaged: &str) {
    let parsed = parse_declaration(damaged);
    let found = explain(damaged, &parsed);
    check_form(damaged, &found);
    assert!(found.len() <= MAX_FAULTS + 1);
    assert!(parsed.errors.is_empty() || !found.is_empty(), "{damaged}");
    assert!(
        found.is_sorted_by_key(|fault| (fault.code == "A0162", fault.range)),
        "{damaged}"
    );
}

#[test]
fn damage_is_told_with_places_inside_the_text() {
    let mut turn = 0;
    for text in corpus() {
        for (range, _) in parse_file(&text).declarations {
            let text = range.of(&text);
            if text.len() > 400 {
                continue;
            }
            let step = 1 + text.len() / 3;
            for (at, removed) in text.char_indices().skip(turn % step).step_by(step) {
                turn += 1;
                let rest = &text[at + removed.len_utf8()..];
                check_damaged(&text[..at]);
                check_damaged(&format!("{}{rest}", &text[..at]));
                check_damaged(&format!(
                    "{}{}{}",
                    &text[..at],
                    INSERTED[turn % INSERTED.len()],
                    &text[at..]
                ));
            }
        }
    }
    assert!(turn > 100, "{turn}");
}

/// Mistakes that are planted into good files: what is replaced, by what, and the codes that may be told.
const PLANTED: &[(&str, &str, &[&str])] = &[
    (" then ", " ", &["A0102"]),
    (" else ", " ", &["A0103"]),
    (" != ", " <> ", &["A0113"]),
    (" >= ", " => ", &["A0113"]),
    (" and ", " && ", &["A0113"]),
    (" or ", " || ", &["A0113"]),
    ("not ", "!", &["A0113"]),
    ("% |", " % |", &["A0151"]),
    (" - ", " – ", &["A0154"]),
    (" * ", " × ", &["A0153"]),
    ("gives ", "-> ", &["A0145"]),
    (")\n", ");\n", &["A0134"]),
    ("give ", "return ", &["A0132"]),
    ("\n    let ", "\n    var ", &["A0132"]),
    (" because \"", " because „", &["A0105"]),
    (" || ", " | ", &["A0108"]),
    (" |\n", "\n", &["A0168"]),
    ("define ", "def ", &["A0132"]),
    ("\n        by ", "\n        order by ", &["A0115"]),
];

#[test]
fn planted_mistakes_are_told_as_what_they_are() {
    let mut told = 0;
    let mut other: Vec<String> = Vec::new();
    for text in corpus() {
        for (range, _) in parse_file(&text).declarations {
            let good = range.of(&text);
            for (from, to, codes) in PLANTED {
                let Some(at) = good.find(from) else { continue };
                let wrong = format!("{}{to}{}", &good[..at], &good[at + from.len()..]);
                let parsed = parse_declaration(&wrong);
                if good.len() > 1500 || parsed.errors.is_empty() || good[..at].contains("//") {
                    continue;
                }
                let found = explain(&wrong, &parsed);
                check_form(&wrong, &found);
                check_fixes(&wrong, &found);
                if found.len() == 1 && codes.contains(&found[0].code) {
                    told += 1;
                } else {
                    let codes: Vec<&str> = found.iter().map(|fault| fault.code).collect();
                    other.push(format!("{from:?} -> {to:?}: {codes:?} in {wrong}"));
                }
            }
        }
    }
    // What is left over: places where the planted text means something else.
    assert!(
        told > 250 && other.len() * 50 <= told,
        "{told}, not {}:\n{}",
        other.len(),
        other.join("\n")
    );
}

#[test]
fn nothing_in_texts_and_comments_is_a_mistake() {
    let text = "reason r\n    \"a == b; 12,50 „x“ null – 31.12.2026 × {{ 5 % \\\" until\"\n\
        // elif == ; „x\nunit a // 12,50 && null\n";
    assert_eq!(faults(text), []);
    // And not where the mistake is another one.
    let text = "define f (a: number) gives text\n    g(\"a == b; 12,50 until\" \"x\") // 1,5 == 2";
    let found = faults(text);
    let codes: Vec<&str> = found.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["A0101"], "{found:?}");
}

#[test]
fn a_lost_indent_is_told_once() {
    let text = "define f (a: int) gives int\nlet b = a\ngive b\n\nunit piece\n";
    let found = faults(text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].code, found[0].range.of(text)),
        ("A0141", "let b = a")
    );
    assert_eq!(faults(&applied(text, &found[0].fixes[0])), []);
}

#[test]
fn a_long_table_still_says_what_is_expected() {
    let rows = "    | 1 || 2 |\n".repeat(300);
    let text = format!("table t (a: int) gives int\n    | a || r |\n{rows}    | 1 || 3 + |");
    let found = faults(&text);
    assert_eq!(found[0].claim, "a value is expected here, but here is `|`");
    assert_eq!(found[0].range.start as usize, text.len() - 1);
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let wide: String = "define f gives int\n    1"
        .chars()
        .flat_map(|c| [c, '\0'])
        .collect();
    let found = faults(&wide);
    assert!(found.iter().all(|fault| fault.code == "A0158"), "{found:?}");
    assert_eq!(found[0].range.start, 1);
    let large = " ".repeat(assize_grammar::MAX_FILE_BYTES + 1);
    assert_eq!(faults(&large)[0].code, "A0161");
    let long = format!("define f gives int\n    a * / b // {}", "x".repeat(100_000));
    assert_eq!(faults(&long).len(), 1);
}

/// The pages that list each claim of their code; `…` in a list stands for what differs.
const LISTED: &[&str] = &["A0171", "A0178", "A0183", "A0186"];

fn listed(page: &str, claim: &str) -> bool {
    let says = page.split("\n## Why").next().unwrap();
    says.lines()
        .filter_map(|line| line.strip_prefix("- "))
        .any(|line| fits(line, claim))
}

/// A claim has the form of a line, in which `…` stands for anything.
fn fits(line: &str, claim: &str) -> bool {
    let mut pieces = line.split('…');
    let Some(mut rest) = claim.strip_prefix(pieces.next().unwrap()) else {
        return false;
    };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, between)) = pieces.split_last() else {
        return rest.is_empty();
    };
    for piece in between {
        let Some((_, behind)) = rest.split_once(piece) else {
            return false;
        };
        rest = behind;
    }
    rest.ends_with(last)
}

#[test]
fn pages_list_each_claim_of_their_code() {
    assert!(fits("`…` is no `…`", "`a` is no `b`") && !fits("`…` is no `…`", "`a` has `b`"));
    let pages = pages();
    let mut told = 0;
    for name in ["cases", "bodies", "declarations"] {
        for case in cases(name) {
            for fault in faults(&case) {
                if LISTED.contains(&fault.code) {
                    let (_, page) = pages.iter().find(|(code, _)| code == fault.code).unwrap();
                    assert!(
                        listed(page, &fault.claim),
                        "{}: {}",
                        fault.code,
                        fault.claim
                    );
                    told += 1;
                }
            }
        }
    }
    assert!(told > 50, "{told}");
}
