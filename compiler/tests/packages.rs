//! Names across packages: who may use whose modules, and whose name is whose.

#![cfg(test)]

use std::collections::BTreeMap;

use assize_compiler::{Database, PackageInput, Severity, SourceFile, Workspace, diagnostics};

/// The errors of all packages. A package is its name, its dependencies and its files, which are called
/// `1.assize`, `2.assize` …; the first is the root.
fn errors(packages: &[(&str, &[&str], &[&str])]) -> Vec<String> {
    let db = Database::default();
    let inputs: Vec<PackageInput> = packages
        .iter()
        .map(|(name, dependencies, texts)| {
            let files = texts.iter().enumerate().map(|(number, text)| {
                let path = format!("{}.assize", number + 1);
                SourceFile::new(&db, path, (*name).to_owned(), (*text).to_owned())
            });
            PackageInput::new(
                &db,
                (*name).to_owned(),
                "0.1.0".into(),
                files.collect(),
                dependencies.iter().map(|name| (*name).to_owned()).collect(),
                Vec::new(),
                BTreeMap::new(),
            )
        })
        .collect();
    let root = *inputs.first().expect("a package");
    let _ = Workspace::new(&db, inputs.clone(), root);
    let mut out = Vec::new();
    for package in inputs {
        for found in diagnostics(&db, package) {
            if found.severity == Severity::Error {
                let file = found.primary.at.decl.file;
                let (package, path) = (file.package(&db), file.path(&db));
                let (code, claim) = (found.code.0, &found.claim);
                let instead = found.instead.unwrap_or_default();
                out.push(format!("{package}/{path} {code} {claim} -> {instead}"));
            }
        }
    }
    out
}

const BASE: &str = "module base
enum Kind = one | two
record Line
    kind : Kind
data Price
    key n : int
parameter limit : int
    open to values
    is 5
define start gives int
    1
";
const MIDDLE: &str = "module middle\nuse base\ndefine second gives int\n    start() + 1\n";

#[test]
fn a_dependency_of_a_dependency_is_not_in_sight() {
    let told = |module: &str, package: &str| {
        format!(
            "A0207 the module `{module}` is in the package `{package}`, which is no dependency of this \
             one -> add `{package} = {{ path = \"…\" }}` to `[dependencies]` of `assize.toml`"
        )
    };
    let check = |text: &str, count: usize| {
        let packages: [(&str, &[&str], &[&str]); 3] = [
            ("top", &["middle"], &[text]),
            ("middle", &["low"], &[MIDDLE]),
            ("low", &[], &[BASE]),
        ];
        let expected = vec![format!("top/1.assize {}", told("base", "low")); count];
        assert_eq!(errors(&packages), expected, "{text}");
        let declared: [(&str, &[&str], &[&str]); 3] = [
            ("top", &["middle", "low"], &[text]),
            ("middle", &["low"], &[MIDDLE]),
            ("low", &[], &[BASE]),
        ];
        assert_eq!(errors(&declared), Vec::<String>::new(), "{text}");
    };
    // One fault, however often the names of the module are used.
    check(
        "module top\nuse base\ndefine f gives int\n    start() + base.start()\n",
        1,
    );
    // Names in full need no `use`.
    check("module top\ndefine f gives int\n    base.start()\n", 1);
    check("module top\ndefine f gives int\n    base.limit\n", 1);
    check(
        "module top\ndefine f (l: base.Line) gives bool\n    true or l.kind is one\n",
        1,
    );
    check(
        "module top\ndefine f gives base.Kind\n    base.Kind.one\n",
        2,
    );
    check(
        "module top\ndefine f gives int\n    count of base.Price\n",
        1,
    );
    check("module top\nextend base.limit\n    is 6\n", 1);
    // What a dependency gives may be used as it is.
    check(
        "module top\nuse middle\ndefine f gives int\n    second()\n",
        0,
    );
}

#[test]
fn names_of_modules_are_unique_in_the_bundle() {
    let one = "module same\ndefine one gives int\n    1\n";
    let two = "module same\ndefine two gives int\n    2\n";
    // The package that depends on the other cannot have its name.
    assert_eq!(
        errors(&[("top", &["low"], &[one]), ("low", &[], &[two])]),
        [
            "top/1.assize A0223 the module `same` is already the file 1.assize of the package `low` -> give \
          one of them another name"
        ]
    );
    // Two that do not know of each other meet in a third.
    let top = "module top\ndefine three gives int\n    3\n";
    assert_eq!(
        errors(&[
            ("top", &["a", "b"], &[top]),
            ("a", &[], &[one]),
            ("b", &[], &[two])
        ]),
        [
            "b/1.assize A0223 the module `same` is already the file 1.assize of the package `a` -> give one \
          of them another name"
        ]
    );
    assert_eq!(
        errors(&[("top", &[], &[top, one, two])]),
        [
            "top/3.assize A0223 the module `same` is already the file 2.assize -> give one of them another \
          name"
        ]
    );
}

/// A module that is not there is told; what it may declare is a consequence of that.
#[test]
fn a_missing_module_is_told_once() {
    let text = "module own
use base
currency EUR
define fee (line: Line, kind: Kind) gives Amount
    let start = base_fee(line)
    give if kind is one then start else default_fee * 2
define twice (n: int) gives int
    n * \"2\"
";
    assert_eq!(
        errors(&[("own", &[], &[text])]),
        [
            "own/1.assize A0207 there is no module `base` -> add its package to `[dependencies]` of \
             `assize.toml`",
            "own/1.assize A0309 `*` cannot take int and text -> take numbers"
        ]
    );
    let found = errors(&[("own", &[], &[&text.replace("use base\n", "")])]);
    assert_eq!(found.len(), 7, "{found:#?}");
}

const OPEN: &str = "module base
rule discount (n: int, member: bool) gives int
    open to exceptions
    default 0
    exception much
        when n > 10
        then 5
";

#[test]
fn a_fault_is_told_in_its_own_package_alone() {
    // An extension that cannot be read leaves its rule as it is.
    let found = errors(&[
        (
            "top",
            &["low"],
            &[
                "module top\nuse base\n\nextend base.discount\n    exception loyal overrides much\n        when member\n        overrides much\n",
            ],
        ),
        ("low", &[], &[OPEN]),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("top/1.assize A0101"), "{found:?}");
    // Nor is a circle told by those who use it.
    let found = errors(&[
        (
            "top",
            &["low"],
            &["module top\nuse base\ndefine f (n: int) gives int\n    price(n)\n"],
        ),
        (
            "low",
            &[],
            &["module base\ndefine price (n: int) gives int\n    price(n) + 1\n"],
        ),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("low/1.assize A0214"), "{found:?}");
}
