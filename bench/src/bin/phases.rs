//! Times the phases of checking the rule files given as arguments: a tool for those who work on the
//! compiler.

use std::time::Instant;

use assize_compiler::{Database, PackageInput, SourceFile, Workspace};

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
    // The parts of reading a declaration, each alone.
    let pieces: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let text = file.text(&db);
            assize_grammar::cut(text)
                .into_iter()
                .filter(assize_grammar::Piece::is_declaration)
                .filter_map(|piece| {
                    text.get(piece.range.start as usize..piece.range.end as usize)
                        .map(String::from)
                })
                .collect::<Vec<_>>()
        })
        .collect();
    phase("cut");
    let parsed: Vec<_> = pieces
        .iter()
        .map(|piece| assize_grammar::parse_declaration(piece))
        .collect();
    phase("parse alone");
    for parsed in &parsed {
        assize_compiler::ast::lower::lower_declaration(&parsed.tree);
    }
    phase("lower alone");
    for (piece, parsed) in pieces.iter().zip(&parsed) {
        std::hint::black_box(assize_grammar::explain(piece, parsed));
    }
    phase("explain alone");
    drop((pieces, parsed));
    for file in &files {
        assize_compiler::items::file_decls(&db, *file);
    }
    phase("read all");
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
    println!(
        "{} declarations, {} + {} findings",
        declarations.len(),
        found.len(),
        all.len()
    );
}
