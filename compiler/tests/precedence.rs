//! What packages say together about one rule: names and precedence.

#![cfg(test)]

use std::collections::BTreeMap;

use assize_compiler::{Database, PackageInput, SourceFile, Workspace, diagnostics, resolve};

const BASE: &str = "module base.m

rule disc (q: int) gives int
    open to exceptions
    default 0
    exception tier
        when q > 10
        then 1
";

/// What is found in a package that extends the base: line, code, claim, and the other places.
fn check(extends: &str) -> String {
    let db = Database::default();
    let package = |name: &str, text: &str, needs: Vec<String>| {
        let file = SourceFile::new(&db, format!("{name}.assize"), name.into(), text.to_owned());
        PackageInput::new(
            &db,
            name.into(),
            "0.1.0".into(),
            vec![file],
            needs,
            Vec::new(),
            BTreeMap::new(),
        )
    };
    let text = format!(
        "module root.m\nuse base.m\n{extends}\ndecision d (q: int) gives int\n    disc(q)\n"
    );
    let base = package("base", BASE, Vec::new());
    let root = package("root", &text, vec!["base".into()]);
    let _ = Workspace::new(&db, vec![base, root], root);
    let mut lines: Vec<String> = diagnostics(&db, root)
        .iter()
        .map(|found| {
            let place = |at| {
                let (file, range) = resolve(&db, at);
                let before = file.text(&db).get(..range.start as usize);
                let line = before.unwrap_or_default().matches('\n').count() + 1;
                format!("{}:{line}", file.path(&db))
            };
            let others: Vec<String> = found.related.iter().map(|it| place(&it.at)).collect();
            format!(
                "{} {} {} [{}]",
                place(&found.primary.at),
                found.code.0,
                found.claim,
                others.join(", ")
            )
        })
        .collect();
    if let Err(fault) = assize_compiler::program(&db, root)
        && lines.is_empty()
    {
        lines.push(format!("{fault:?}"));
    }
    lines.join("\n")
}

const EXCEPTION: &str = "        when q > 20\n        then 50\n";

#[test]
fn precedence_of_an_extension_must_not_run_in_a_circle() {
    let both = format!(
        "extend base.m.disc\n    exception loyal overrides tier yields to tier\n{EXCEPTION}"
    );
    assert_eq!(
        check(&both),
        "root.assize:4 A0504 `root.m.loyal` and `tier` override each other in a circle [root.assize:4]"
    );
    let two = format!(
        "extend base.m.disc\n    exception x overrides tier yields to y\n{EXCEPTION}    exception y yields to x\n        when q > 30\n        then 60\n"
    );
    assert!(check(&two).contains("A0504"), "{}", check(&two));
    let one_way = format!("extend base.m.disc\n    exception loyal overrides tier\n{EXCEPTION}");
    assert_eq!(check(&one_way), "");
}

#[test]
fn a_bare_name_is_that_of_the_base() {
    let named_alike = format!("extend base.m.disc\n    exception tier overrides tier\n{EXCEPTION}");
    assert_eq!(check(&named_alike), "");
    let itself =
        format!("extend base.m.disc\n    exception tier overrides root.m.tier\n{EXCEPTION}");
    assert!(check(&itself).contains("A05"), "{}", check(&itself));
}

#[test]
fn a_module_says_a_name_once() {
    let twice = format!(
        "extend base.m.disc\n    exception loyal overrides tier\n{EXCEPTION}extend base.m.disc\n    exception loyal yields to tier\n        when q > 100\n        then 51\n"
    );
    assert_eq!(
        check(&twice).lines().next(),
        Some("root.assize:8 A0208 two exceptions are called `root.m.loyal` [root.assize:4]")
    );
}

/// A base, a package that extends it, and a root that extends both: what is told, with its advice.
fn three(vip: &str) -> Vec<String> {
    let db = Database::default();
    let package = |name: &str, text: &str, needs: &[&str]| {
        let file = SourceFile::new(&db, format!("{name}.assize"), name.into(), text.to_owned());
        PackageInput::new(
            &db,
            name.into(),
            "0.1.0".into(),
            vec![file],
            needs.iter().map(|need| (*need).to_string()).collect(),
            Vec::new(),
            BTreeMap::new(),
        )
    };
    let base = package("base", BASE, &[]);
    let mid = "module mid.m\nuse base.m\nextend base.m.disc\n    exception loyal overrides tier\n        when q between 15 and 30\n        then 7\n";
    let mid = package("mid", mid, &["base"]);
    let root = format!(
        "module a.m\nuse base.m\nuse mid.m\nextend base.m.disc\n    {vip}\n{EXCEPTION}\ndecision d (q: int) gives int\n    disc(q)\n"
    );
    let root = package("root", &root, &["base", "mid"]);
    let _ = Workspace::new(&db, vec![base, mid, root], root);
    // A rule is told of in its own package, and at the place that has to change.
    let all = [base, mid, root].map(|package| diagnostics(&db, package));
    let way = |one: &assize_compiler::Diagnostic| one.instead.clone().unwrap_or_default();
    all.iter()
        .flatten()
        .map(|one| format!("{} {}", one.claim, way(one)))
        .collect()
}

/// The advice is taken until nothing is left to say.
#[test]
fn the_precedence_that_is_proposed_can_be_written() {
    let mut vip = "exception vip".to_string();
    let mut told = three(&vip);
    assert!(!told.is_empty());
    for _ in 0..2 {
        let advice = told.concat();
        let Some((_, written)) = advice.split_once("(`") else {
            break;
        };
        vip = written.split('`').next().unwrap_or_default().to_string();
        assert!(vip.starts_with("exception vip overrides "), "{vip}");
        told = three(&vip);
    }
    assert_eq!(told, [""; 0], "{vip}");
}
