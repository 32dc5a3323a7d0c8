//! Writes a package of any size to a folder, for measuring the command line as a whole process:
//! `package FOLDER FILES LINES`.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, files, lines] = arguments.as_slice() else {
        eprintln!("usage: package FOLDER FILES LINES");
        return ExitCode::from(2);
    };
    let (Ok(files), Ok(lines)) = (files.parse(), lines.parse()) else {
        eprintln!("FILES and LINES are whole numbers");
        return ExitCode::from(2);
    };
    match write(Path::new(folder), files, lines) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path, files: usize, lines: usize) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(
        folder.join("assize.toml"),
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n",
    )?;
    for (n, text) in assize_bench::texts(files, lines).iter().enumerate() {
        std::fs::write(folder.join(format!("m{n}.assize")), text)?;
    }
    Ok(())
}
