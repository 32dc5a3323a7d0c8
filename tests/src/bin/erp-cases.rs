//! Answers cases of an ERP with the rules of a package.
//!
//! `cargo run -p assize-tests --bin erp-cases -- FILE` reads a JSON list of cases and prints one line
//! per case: `{"id", "outputs"}` with the names that the case decides, or `{"id", "unmapped"}` with
//! the reason. `--compare` prints only the cases whose outputs are not those that they expect.

use std::path::PathBuf;
use std::process::ExitCode;

use assize_tests::erp_cases::answer_line;
use assize_tests::erp_cases::compare::{differs, expected};
use assize_tests::erp_cases::desk::Desk;
use assize_tests::erp_cases::node::Node;
use assize_tests::tree::repository_root;

const USAGE: &str = "usage: erp-cases [--compare] [--rules PACKAGE] FILE";

fn main() -> ExitCode {
    // Deeply nested rules are compiled by recursion.
    let worker = std::thread::Builder::new()
        .stack_size(assize::STACK_BYTES)
        .spawn(run);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(code))) => code,
        Ok(Ok(Err(why))) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
        _ => ExitCode::FAILURE,
    }
}

fn run() -> Result<ExitCode, String> {
    let mut compares = false;
    let mut package = repository_root().join("rules/business-central");
    let mut file = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--compare" => compares = true,
            "--rules" => package = PathBuf::from(arguments.next().ok_or(USAGE)?),
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(ExitCode::SUCCESS);
            }
            _ if argument.starts_with('-') || file.is_some() => return Err(USAGE.to_owned()),
            _ => file = Some(PathBuf::from(argument)),
        }
    }
    let file = file.ok_or(USAGE)?;
    let text = std::fs::read_to_string(&file)
        .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let cases = Node::parse(&text).map_err(|why| format!("{}:{why}", file.display()))?;
    let desk = Desk::open(&package)?;
    let mut different = 0;
    for case in cases.items() {
        let line = answer_line(&desk, case);
        if !compares {
            println!("{line}");
        } else if differs(case, &line) {
            different += 1;
            println!("{line}\n  expected {}", expected(case));
        }
    }
    if compares {
        println!(
            "{} of {} cases as expected",
            cases.items().len() - different,
            cases.items().len()
        );
    }
    Ok(if different == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
