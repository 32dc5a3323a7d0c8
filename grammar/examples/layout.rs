//! Prints a file in canonical layout: `cargo run --example layout -- FILE`.
#![expect(
    clippy::disallowed_methods,
    reason = "an example reads the file it is given"
)]
#![expect(clippy::print_stdout, reason = "an example prints")]

fn main() {
    for path in std::env::args().skip(1) {
        if let Ok(text) = std::fs::read_to_string(&path) {
            print!("{}", assize_grammar::format(&text));
        }
    }
}
