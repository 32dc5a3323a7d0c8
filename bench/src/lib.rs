//! What the benchmarks share: rule packages of any size, made from a real one, and a stack that is deep enough.

use std::process::ExitCode;

use assize_compiler::{Database, PackageInput};

/// Compiling takes a large stack, of which only what is used takes memory.
const STACK: usize = 1 << 30;

/// Runs a benchmark on a thread with a large stack, and tells why it ended.
pub fn on_deep_stack(run: fn() -> Result<(), String>) -> ExitCode {
    let work = std::thread::Builder::new().stack_size(STACK).spawn(run);
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(why))) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
        _ => ExitCode::FAILURE,
    }
}

/// The one-page package that every line of the large ones comes from.
pub const SHOP: &str = include_str!("../../rules/shop/shop.assize");

/// Names that the package declares: each copy gets names of its own, so that no two declarations are
/// the same text and nothing is saved by reading one twice.
const NAMES: [&str; 30] = [
    "EUR",
    "piece",
    "Price",
    "Amount",
    "Quantity",
    "Pieces",
    "Percent",
    "Segment",
    "Category",
    "Credit",
    "Line",
    "Customer",
    "Order",
    "Supply",
    "vat_standard",
    "tolerance",
    "tier_discount",
    "line_discount",
    "line_amount",
    "promise",
    "customer_blocked",
    "over_limit",
    "balance_overdue",
    "limited",
    "credit_reasons",
    "effect",
    "Answer",
    "quote",
    "lamp",
    "garden_shop",
];

/// `files` files with about `lines` lines in all.
pub fn texts(files: usize, lines: usize) -> Vec<String> {
    let per_file = lines.div_ceil(files.max(1));
    (0..files)
        .map(|file| {
            let mut out = format!("module shop.m{file}\n");
            let mut count = 1;
            let mut copy = 0;
            while count < per_file {
                let suffix = format!("_{file}x{copy}");
                for line in SHOP.lines().skip(1) {
                    out.push_str(&renamed(line, &suffix));
                    out.push('\n');
                    count += 1;
                    // A file ends between two declarations.
                    if line.is_empty() && count >= per_file {
                        break;
                    }
                }
                copy += 1;
            }
            out
        })
        .collect()
}

/// Appends a suffix to every declared name.
fn renamed(line: &str, suffix: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in line.chars().chain(['\n']) {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        out.push_str(&word);
        if NAMES.contains(&word.as_str()) {
            out.push_str(suffix);
        }
        word.clear();
        if c != '\n' {
            out.push(c);
        }
    }
    out
}

/// A database with one package of these files.
pub fn database(texts: &[String]) -> (Database, PackageInput) {
    let db = Database::default();
    let files = texts
        .iter()
        .enumerate()
        .map(|(n, text)| (format!("m{n}.assize"), text.as_str()));
    let package = PackageInput::alone(&db, "big", files);
    (db, package)
}
