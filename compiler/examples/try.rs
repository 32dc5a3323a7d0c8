//! Checks rule files given as arguments and prints what is found: a tool for those who work on the
//! compiler.

use assize_compiler::{Database, PackageInput, SourceFile, Workspace};

#[expect(
    clippy::disallowed_methods,
    reason = "a development tool reads the files it is given"
)]
fn main() {
    let db = Database::default();
    let files: Vec<SourceFile> = std::env::args()
        .skip(1)
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            SourceFile::new(&db, path, "try".to_string(), text)
        })
        .collect();
    let package = PackageInput::new(
        &db,
        "try".to_string(),
        "0.1.0".to_string(),
        files,
        Vec::new(),
        Vec::new(),
        Default::default(),
    );
    let _ = Workspace::new(&db, vec![package], package);
    for diagnostic in assize_compiler::diagnostics(&db, package) {
        let (file, range) = assize_compiler::resolve(&db, &diagnostic.primary.at);
        let text = file.text(&db);
        let before = text.get(..range.start as usize).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let source = text
            .get(range.start as usize..range.end as usize)
            .unwrap_or_default();
        println!(
            "{}:{line}: {:?} {} {}\n    `{}`",
            file.path(&db),
            diagnostic.severity,
            diagnostic.code.0,
            diagnostic.claim,
            source.lines().next().unwrap_or_default()
        );
        for because in &diagnostic.because {
            println!("    because {because}");
        }
        if let Some(instead) = &diagnostic.instead {
            println!("    instead {instead}");
        }
    }
    match assize_compiler::everything(&db, package) {
        Ok(linked) => {
            println!("linked {} callables", linked.program.callables.len());
            match assize_ir::verify(&linked.program) {
                Ok(_) => println!("verified"),
                Err(faults) => {
                    for fault in faults.iter().take(12) {
                        println!("{fault}");
                    }
                    println!("{} faults", faults.len());
                }
            }
        }
        Err(fault) => println!("not linked: {fault:?}"),
    }
}
