//! Times the phases of checking the rule files given as arguments: a tool for those who work on the
//! compiler.

use std::time::Instant;

use assize_compiler::{Database, PackageInput, SourceFile, Workspace};

#[expect(clippy::disallowed_methods, reason = "a development tool reads files and the clock")]
fn main() {
    let db = Database::default();
    let files: Vec<SourceFile> = std::env::args()
        .skip(1)
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            SourceFile::new(&db, path, "phases".to_string(), text)
        })
        .collect();
    let package = PackageInput::new(
        &db,
        "phases".to_string(),
        "0.1.0".to_string(),
        files.clone(),
        Vec::new(),
        Vec::new(),
        Default::default(),
    );
    let _ = Workspace::new(&db, vec![package], package);
    let mut last = Instant::now();
    let mut phase = |name: &str| {
        println!("{name:24} {:6} ms", last.elapsed().as_millis());
        last = Instant::now();
    };
    for file in &files {
        assize_compiler::items::file_decls(&db, *file);
    }
    phase("parse");
    let declarations = assize_compiler::package::declarations(&db, package);
    for decl in &declarations {
        assize_compiler::signature::signature(&db, decl);
    }
    phase("signatures");
    for decl in &declarations {
        assize_compiler::check::checked(&db, decl);
    }
    phase("check");
    let found = assize_compiler::analysis::diagnostics(&db, package);
    phase("analyses");
    let all = assize_compiler::diagnostics(&db, package);
    phase("all diagnostics");
    println!("{} declarations, {} + {} findings", declarations.len(), found.len(), all.len());
}
