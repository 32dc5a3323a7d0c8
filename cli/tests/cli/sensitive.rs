//! Values of fields that are marked `sensitive` are in nothing that is printed, whichever way a decision ends; without
//! the mark they are, so these tests can fail.

use crate::common::{assize, folder_with};

/// Every way in which a value comes into an explanation or error. The output has none of them.
const RULES: &str = r#"module main

currency EUR
number Amount = money in EUR, 2 places, from 0 to 100_000

record Customer
    number           : code
    sensitive income : Amount
    sensitive born   : date
    sensitive branch : code
    sensitive debts  : list of Amount, at most 5
    check income * 2 != 84_850 because "An income is as it is"

data Person
    key sensitive person : code
    sensitive score      : Amount
    note                 : text

enum Verdict = yes | no

reason refused "not for this customer"

define doubled (amount: Amount) gives Amount
    amount * 2

define branch_of (customer: Customer) gives text
    "branch {customer.branch}"

define unlike (text: text) gives bool
    text != "branch X"

define open_debts (customer: Customer) gives Amount
    sum of debt in customer.debts where debt > 1

define first_large (customer: Customer) gives Amount
    (first of debt in customer.debts where debt > 10_000) otherwise 0

rule verdict (customer: Customer, twice: Amount) gives Verdict
    as of customer.born
    default no
    exception modern
        valid 1900-01-01 to 2100-01-01
        when twice > 80_000
        then yes

rule bonus (twice: Amount) gives Amount
    combine sum up to 90_000
    default 1
    exception own
        when twice > 0
        then twice
    exception other
        when twice > 1
        then 2

table band (income: Amount, born: date) gives int
    | income          | born          || band |
    | < 42_000        | -             || 1    |
    | 42_000 to 42_500 | < 2000-01-01 || 2    |
    | > 42_500        | -             || 3    |

table gap (income: Amount) gives int
    | income   || band |
    | < 42_000 || 1    |

decision decide (customer: Customer) gives Verdict
    let twice = doubled(customer.income)
    let other = customer with (income: 41_000)
    let lower = band(other.income, other.born)
    let debts = open_debts(customer) + first_large(customer)
    let shares =
        for each debt in customer.debts
            give share of customer.income by debt to 0.01
    let known = exists p in Person where p.score = customer.income
    let parts = count of shares
    give if band(customer.income, customer.born) = 2 and lower = 1 and unlike(branch_of(customer)) and debts > 0 and bonus(twice) > 0 and parts > 0 and not known
        then verdict(customer, twice)
        else no

decision too_much (customer: Customer) gives bool
    doubled(doubled(doubled(customer.income))) > 1

decision undecided (customer: Customer) gives bool
    gap(customer.income) > 1

decision unknown (customer: Customer) gives bool
    Person[customer.branch].score > 1

decision divided (customer: Customer) gives bool
    customer.income / (customer.income - customer.income) > 1

decision changed (customer: Customer) gives bool
    (customer with (income: customer.income + 0.75)).income > 1

decision stopped (customer: Customer) gives bool
    if customer.income > 1 then stop refused() else true
"#;

const INPUT: &str = r#"{"customer": {"number": "C1", "income": "42424.25", "born": "1942-04-24", "branch": "B4242",
  "debts": ["14242.25", "4242.5"]}}"#;

const DATA: &str =
    r#"{"as_of": "2026-11-20T06:00:00Z", "relations": {"main.Person": {"file": "Person.csv"}}}"#;

const PERSONS: &str = "person,score,note\nP4242,4242.25,x\n";

/// What a value, or one that is computed from it, is written like; and the day.
const SECRETS: [&str; 7] = ["4242", "424.25", "8484", "848.5", "4848", "1942-04", "B42"];

fn leaks(text: &str) -> Vec<String> {
    let lines = text.lines();
    let leaking = lines.filter(|line| SECRETS.iter().any(|secret| line.contains(secret)));
    leaking.map(str::to_owned).collect()
}

/// What all commands print that tell about decisions, inputs and data.
fn told(name: &str, rules: &str) -> String {
    let folder = folder_with(
        name,
        &[
            ("rules.assize", rules),
            ("input.json", INPUT),
            ("snapshot.json", DATA),
            ("Person.csv", PERSONS),
        ],
    );
    let mut out = String::new();
    let mut tell = |arguments: &[&str]| {
        let told = assize(&folder, arguments);
        assert!(
            !told.err.contains("see docs/errors") && !told.err.contains("no rule, table"),
            "{arguments:?}: {}",
            told.err
        );
        out.push_str(&format!("$ {arguments:?}\n{}\n{}\n", told.out, told.err));
    };
    let decisions = [
        "decide",
        "too_much",
        "undecided",
        "conflict",
        "unknown",
        "divided",
        "changed",
        "stopped",
    ];
    for decision in decisions {
        let asked = [
            "rules.assize",
            decision,
            "--input",
            "input.json",
            "--data",
            ".",
        ];
        for level in ["line", "rules", "all"] {
            tell(&[&["explain"], asked.as_slice(), &["--level", level]].concat());
        }
        tell(&[&["run"], asked.as_slice(), &["--explain", "--receipt"]].concat());
        tell(
            &[
                &["run"],
                asked.as_slice(),
                &["--explain", "--format", "json"],
            ]
            .concat(),
        );
    }
    let asked = [
        "explain",
        "rules.assize",
        "decide",
        "--input",
        "input.json",
        "--data",
        ".",
    ];
    for name in [
        "verdict",
        "modern",
        "band.1",
        "band",
        "own",
        "bonus",
        "doubled",
        "open_debts",
        "Person[P4242]",
    ] {
        tell(&[asked.as_slice(), &["--why-not", name]].concat());
    }
    // Inputs and data with faults.
    for (field, value) in [
        ("income", "\"42424.255\""),
        ("income", "424242424.25"),
        ("income", "[42424.25]"),
        ("incom", "42424.25"),
        ("born", "\"1942-04-42\""),
        ("born", "\"B4242\""),
        ("debts", "[4242, 4242.555]"),
        ("income", "42425"),
    ] {
        let input = format!(r#"{{"customer": {{"number": "C1", "{field}": {value}}}}}"#);
        std::fs::write(folder.join("faulty.json"), input).unwrap();
        tell(&["run", "rules.assize", "stopped", "--input", "faulty.json"]);
    }
    for rows in [
        "P4242,4242.255,x\n",
        "P4242,x4242,x\n",
        "P4242,4242,x\nP4242,4243,x\n",
        "P4242,4242.25\n",
    ] {
        let persons = format!("person,score,note\n{rows}");
        std::fs::write(folder.join("Person.csv"), persons).unwrap();
        tell(&[
            "run",
            "rules.assize",
            "unknown",
            "--input",
            "input.json",
            "--data",
            ".",
        ]);
    }
    out
}

#[test]
fn are_told_nowhere() {
    let hidden = told("sensitive", RULES);
    // The names that were asked for are the caller's own, and come back.
    let hidden = hidden.replace("Person[P4242]", "").replace("P4242", "");
    assert_eq!(leaks(&hidden), Vec::<String>::new());
    // It still says which way the decision went, and why.
    for said in [
        "verdict(customer: Customer(number: \"C1\", income: ***, born: ***, branch: ***, debts: ***), twice: ***) is yes",
        "income needed < 42000 EUR, got ***",
        "out of range: the result of `doubled` ***, at most 100000.00 EUR",
        "missing data",
        "share of customer.income by debt to 0.01: *** * *** / *** is ***",
    ] {
        assert!(hidden.contains(said), "{said} in\n{hidden}");
    }
}

#[test]
fn are_told_without_the_mark() {
    let shown = told("not-sensitive", &RULES.replace("sensitive ", ""));
    let leaks = leaks(&shown);
    for secret in SECRETS {
        assert!(leaks.iter().any(|line| line.contains(secret)), "{secret}");
    }
}

#[test]
fn a_reason_takes_none_of_them() {
    let rules = "module main\nrecord C\n    sensitive income : int\nreason low (n: int) \"{n}\"\n\
        define f (n: int) gives list of Reason\n    [low(n) when n < 3]\n\
        decision d (c: C) gives list of Reason\n    f(c.income + 1)\n";
    let folder = folder_with("sensitive-reason", &[("a.assize", rules)]);
    let told = assize(&folder, &["check", "a.assize", "--format", "json"]);
    assert!(told.out.contains("A0613"), "{}", told.shown());
    let without = rules.replace("sensitive ", "");
    std::fs::write(folder.join("a.assize"), without).unwrap();
    let told = assize(&folder, &["check", "a.assize"]);
    assert_eq!(told.code, 0, "{}", told.shown());
}

/// The same values as parameters of decisions, functions, rules and tables.
const BY_PARAMETER: &str = r#"module main

currency EUR
number Amount = money in EUR, 2 places, from 0 to 100_000

enum Verdict = yes | no

define doubled (amount: Amount) gives Amount
    amount * 2

define spare (sensitive income: Amount, cost: Amount) gives Amount
    income - cost

rule verdict (twice: Amount, sensitive born: date) gives Verdict
    as of born
    default no
    exception modern
        valid 1900-01-01 to 2100-01-01
        when twice > 80_000
        then yes

table band (sensitive income: Amount) gives int
    | income    || band |
    | < 42_000  || 1    |
    | >= 42_000 || 2    |

decision decide (sensitive income: Amount, sensitive born: date, sensitive branch: code, sensitive debts: list of Amount, at most 5) gives Verdict
    let twice = doubled(income)
    let left = spare(income, lowest of debt for debt in debts otherwise 0)
    give if band(income) = 2 and left > 0 and "branch {branch}" != "x" then verdict(twice, born) else no

decision too_much (sensitive income: Amount) gives bool
    doubled(doubled(doubled(income))) > 1

decision divided (sensitive income: Amount) gives bool
    income / (income - income) > 1
"#;

fn told_of_parameters(name: &str, rules: &str) -> String {
    let folder = folder_with(name, &[("rules.assize", rules)]);
    let whole = r#"{"income": "42424.25", "born": "1942-04-24", "branch": "B4242", "debts": ["14242.25", "4242.5"]}"#;
    let mut out = String::new();
    let mut tell = |arguments: &[&str], input: &str| {
        std::fs::write(folder.join("input.json"), input).unwrap();
        let told = assize(&folder, arguments);
        assert!(!told.err.contains("see docs/errors"), "{}", told.err);
        out.push_str(&format!("$ {arguments:?}\n{}\n{}\n", told.out, told.err));
    };
    for (decision, input) in [
        ("decide", whole),
        ("too_much", r#"{"income": "42424.25"}"#),
        ("divided", r#"{"income": "42424.25"}"#),
        // Faults of the input.
        ("too_much", r#"{"income": "42424.255"}"#),
        ("too_much", r#"{"income": "424242424.25"}"#),
        ("too_much", r#"{"income": ["42424.25"]}"#),
        ("too_much", r#"{"incom": "42424.25"}"#),
        ("decide", &whole.replace("1942-04-24", "1942-04-42")),
        ("decide", &whole.replace("4242.5", "4242.555")),
    ] {
        let asked = ["rules.assize", decision, "--input", "input.json"];
        for level in ["line", "rules", "all"] {
            tell(
                &[&["explain"], asked.as_slice(), &["--level", level]].concat(),
                input,
            );
        }
        tell(
            &[&["run"], asked.as_slice(), &["--explain", "--receipt"]].concat(),
            input,
        );
        let json = ["--explain", "--format", "json"];
        tell(&[&["run"], asked.as_slice(), &json].concat(), input);
    }
    for name in ["modern", "verdict", "band.1", "band", "doubled", "spare"] {
        let asked = [
            "explain",
            "rules.assize",
            "decide",
            "--input",
            "input.json",
            "--why-not",
            name,
        ];
        tell(&asked, whole);
    }
    out
}

#[test]
fn parameters_are_told_nowhere() {
    let hidden = told_of_parameters("sensitive-parameters", BY_PARAMETER);
    assert_eq!(leaks(&hidden), Vec::<String>::new());
    for said in [
        "decision decide(income: ***, born: ***, branch: ***, debts: ***) is yes",
        "rule verdict(twice: ***, born: ***) is yes: exception modern",
        "income needed < 42000 EUR, got ***",
        "out of range: the result of `doubled` ***, at most 100000.00 EUR",
    ] {
        assert!(hidden.contains(said), "{said} in\n{hidden}");
    }
}

#[test]
fn parameters_are_told_without_the_mark() {
    let rules = BY_PARAMETER.replace("sensitive ", "");
    let leaks = leaks(&told_of_parameters("not-sensitive-parameters", &rules));
    for secret in SECRETS {
        assert!(leaks.iter().any(|line| line.contains(secret)), "{secret}");
    }
}

/// A bundle keeps the mark, and documents and lists of what there is show it.
#[test]
fn the_mark_of_a_parameter_goes_with_it() {
    let folder = folder_with("sensitive-bundle", &[("rules.assize", BY_PARAMETER)]);
    let built = assize(&folder, &["build", "rules.assize", "-o", "rules.bundle"]);
    assert_eq!(built.code, 0, "{}", built.shown());
    std::fs::write(folder.join("input.json"), r#"{"income": "42424.255"}"#).unwrap();
    let told = assize(
        &folder,
        &["run", "rules.bundle", "too_much", "-i", "input.json"],
    );
    assert!(
        told.out.contains("***") && leaks(&told.out).is_empty(),
        "{}",
        told.shown()
    );
    let text = assize(&folder, &["inspect", "rules.bundle", "--text"]);
    assert!(
        text.out.contains(" sensitive) gives bool"),
        "{}",
        text.shown()
    );
    let written = assize(
        &folder,
        &["doc", "rules.assize", "--format", "md", "-o", "doc"],
    );
    assert_eq!(written.code, 0, "{}", written.shown());
    let found = std::fs::read_dir(folder.join("doc")).unwrap().any(|file| {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap_or_default();
        text.contains("sensitive income: ")
    });
    assert!(found);
}
