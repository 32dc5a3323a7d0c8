//! Parse, check, load: the figures of `docs/performance.md`.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

fn parse(c: &mut Criterion) {
    let texts = assize_bench::texts(100, 10_000);
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.sample_size(10);
    group.bench_function("10 000 lines to trees", |b| {
        b.iter(|| {
            texts
                .iter()
                .map(|text| assize_grammar::parse_file(text).declarations.len())
                .sum::<usize>()
        });
    });
    group.finish();
}

fn check(c: &mut Criterion) {
    let mut group = c.benchmark_group("check");
    group.sample_size(10);
    for (files, lines) in [(10, 1_000), (1_000, 100_000)] {
        let texts = assize_bench::texts(files, lines);
        group.bench_function(format!("{lines} lines in {files} files, cold"), |b| {
            b.iter_batched(
                || assize_bench::database(&texts),
                |(db, package)| assize_compiler::diagnostics(&db, package).len(),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn bundle(c: &mut Criterion) {
    // Whole copies of the one-page package, each with its decision.
    let texts = assize_bench::texts(6, 6 * assize_bench::SHOP.lines().count());
    let (db, package) = assize_bench::database(&texts);
    // Each file is a module with decisions of its own; reason codes are unique by their suffix.
    let Ok(linked) = assize_compiler::program(&db, package) else {
        panic!("the generated package has no errors");
    };
    let (bytes, _) = assize_ir::bundle::write(&linked.program);
    let mut group = c.benchmark_group("bundle");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("load, 1 000 lines", |b| {
        b.iter(|| assize_ir::bundle::read(&bytes).is_ok());
    });
    group.finish();
}

criterion_group!(spine, parse, check, bundle);
criterion_main!(spine);
