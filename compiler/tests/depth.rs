//! How deep functions may call each other: the compiler says what the verifier would refuse.

#![cfg(test)]

use assize_compiler::{Database, PackageInput, codes, diagnostics, program};

fn package(text: &str) -> (Database, PackageInput) {
    let db = Database::default();
    let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
    (db, package)
}

fn linked(text: &str) -> assize_ir::Program {
    let (db, package) = package(text);
    match program(&db, package) {
        Ok(linked) => linked.program,
        Err(fault) => panic!("{fault:?}"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a thread of its own has a stack of known size"
)]
fn on_a_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(512 * 1024);
    thread.spawn(work).unwrap().join().unwrap()
}

/// What the verifier would refuse for its depth is said where it gets too deep, and nothing else is.
#[test]
fn what_is_too_deep_is_said_where_it_gets_so() {
    // The function, 97 sums one inside the other, and the call: 99 levels a link, 2 for the first.
    let chain = |links: usize, sums: usize| {
        let mut text = "define f0 (n: int) gives int\n    n\n".to_string();
        let more = " + n".repeat(97);
        for at in 1..=links {
            let before = at - 1;
            text.push_str(&format!(
                "\ndefine f{at} (n: int) gives int\n    f{before}(n){more}\n"
            ));
        }
        let more = " + n".repeat(sums);
        text.push_str(&format!(
            "\ndecision ask (n: int) gives int\n    f{links}(n){more}\n"
        ));
        text
    };
    let said = |text: &str| {
        let (db, package) = package(text);
        diagnostics(&db, package)
            .iter()
            .filter(|found| found.code == codes::TOO_DEEP_TO_DECIDE)
            .map(|found| format!("{}: {}", found.claim, found.because.join("; ")))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let sound = |text: &str| assize_ir::verify(&linked(text)).is_ok();
    // 20 × 99 + 2 and the decision with its call, 2, leave 16.
    let most = chain(20, 16);
    assert!(sound(&most));
    assert_eq!(said(&most), "");
    let over = chain(20, 17);
    assert!(!sound(&over));
    insta::assert_snapshot!(said(&over), @"`ask` is nested too deeply to be decided: with all that it calls it is 2001 levels deep, and 2000 are the most");
    // Of all that is too deep, the first.
    let far = chain(25, 0);
    assert!(!sound(&far));
    insta::assert_snapshot!(said(&far), @"`f21` is nested too deeply to be decided: with all that it calls it is 2081 levels deep, and 2000 are the most");
}

/// What calls each other is linked on the stack of whoever asks, and that one may be small: chains of calls as deep as
/// they may be, deeper ones that are only told, records in records with checks, defaults and rows.
#[test]
fn chains_are_linked_on_a_small_stack() {
    // Each call is a level, and so is each function.
    let calls = |links: usize| -> String {
        let one = |at: usize| format!("define f{at} (n: int) gives int\n    f{}(n)\n", at + 1);
        let chain: String = (0..links).map(one).collect();
        format!(
            "decision ask (n: int) gives int\n    f0(n)\n{chain}define f{links} (n: int) gives int\n    n\n"
        )
    };
    let records = |links: usize| -> String {
        let one = |at: usize| {
            format!(
                "record R{at}\n    r : R{}\n    check r is r because \"checked\"\n",
                at + 1
            )
        };
        let chain: String = (0..links).map(one).collect();
        format!("decision ask (r: R0) gives int\n    1\n{chain}record R{links}\n    n : int = 1\n")
    };
    let texts = [calls(998), calls(5_000), records(63)];
    let linked = move || {
        let (sound, deep, records) = (linked(&texts[0]), linked(&texts[1]), linked(&texts[2]));
        (
            (sound.callables.len(), assize_ir::verify(&sound).is_ok()),
            (deep.callables.len(), assize_ir::verify(&deep).is_ok()),
            records.records.len(),
        )
    };
    assert_eq!(
        on_a_small_stack(linked),
        ((1_000, true), (5_002, false), 64)
    );
}

/// Records in each other have 64 levels. However many there are, the one is told that goes a level too far, and checking
/// needs no deep stack; a circle is still a circle.
#[test]
fn records_in_each_other_are_told_on_a_small_stack() {
    let chain = |count: usize, innermost: &str| {
        let mut text = format!("record R1\n    x: {innermost}\n");
        for at in 2..=count {
            let before = at - 1;
            let ty = match at % 3 {
                0 => format!("R{before}"),
                1 => format!("R{before}?"),
                _ => format!("list of R{before}"),
            };
            text.push_str(&format!("\nrecord R{at}\n    x: {ty}\n"));
        }
        format!("{text}\ndecision ask (_r: R{count}) gives int\n    1\n")
    };
    let said = |text: String| {
        on_a_small_stack(move || {
            let (db, package) = package(&text);
            let all = diagnostics(&db, package);
            let all = all.iter().map(|it| format!("{}: {}", it.code.0, it.claim));
            all.collect::<Vec<_>>().join("\n")
        })
    };
    assert_eq!(said(chain(64, "int")), "");
    let (db, package) = package(&chain(64, "int"));
    assert!(assize_ir::verify(&program(&db, package).unwrap().program).is_ok());
    insta::assert_snapshot!(said(chain(65, "int")), @"A1001: `R65` is nested too deeply");
    insta::assert_snapshot!(said(chain(1_000, "int")), @"A1001: `R65` is nested too deeply");
    insta::assert_snapshot!(said(chain(100, "R100")), @"A0608: `R1` contains itself, through `x`");
}
