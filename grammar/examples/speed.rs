//! Prints how fast the given files are cut and parsed: `cargo run --release --example speed FILES`.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "a tool that reads files and the clock, and prints"
)]

use std::time::Instant;

fn main() {
    let mut text = String::new();
    for path in std::env::args().skip(1) {
        match std::fs::read_to_string(&path) {
            Ok(file) => {
                text.push_str(&file);
                text.push('\n');
            }
            Err(error) => println!("{path}: {error}"),
        }
    }
    if text.is_empty() {
        println!("usage: speed FILES");
        return;
    }
    let rounds = 2_000_000_usize.div_ceil(text.len());
    for what in ["cut", "parse"] {
        let start = Instant::now();
        let mut count = 0;
        for _ in 0..rounds {
            count += match what {
                "cut" => assize_grammar::cut(&text).len(),
                _ => assize_grammar::parse_file(&text).good(),
            };
        }
        let micros = start.elapsed().as_micros().max(1);
        let bytes = (text.len() * rounds) as u128;
        println!(
            "{what}: {bytes} bytes, {count} results, {micros} us, {} kB/s",
            bytes * 1000 / micros
        );
    }
}
