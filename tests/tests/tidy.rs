//! The tidy checks over the real tree. Each check and its own tests are in `tests/src/tidy/`.

use assize_tests::tidy::{
    Fault, codes, house, layers, limits, links, report, rust, snapshots, text,
};
use assize_tests::tree::{SourceFile, read_tree, repository_root};

/// Runs one check over every file of the project.
#[track_caller]
fn check(check: fn(&[SourceFile]) -> Vec<Fault>) {
    let tree = read_tree(&repository_root());
    assert!(tree.is_ok(), "the tree cannot be read: {tree:?}");
    let files = tree.unwrap_or_default();
    let faults = check(&files);
    assert!(faults.is_empty(), "{}", report(&faults));
}

#[test]
fn text_is_clean() {
    check(text::hygiene);
}

#[test]
fn nothing_names_a_path_of_one_machine() {
    check(text::no_machine_paths);
}

#[test]
fn rust_files_say_what_they_are_for() {
    check(rust::opening_words);
}

#[test]
fn rust_files_are_not_too_long() {
    check(rust::too_long);
}

/// No fault: a list to read with `-- --nocapture`.
#[test]
fn rust_files_worth_splitting_are_listed() {
    let files = read_tree(&repository_root()).unwrap();
    for (path, lines) in rust::worth_splitting(&files) {
        println!("{lines:5} lines  {path}");
    }
}

#[test]
fn nothing_is_unfinished() {
    check(rust::unfinished);
}

#[test]
fn unsafe_code_stays_in_its_folder() {
    check(rust::unsafe_code);
}

#[test]
fn numbers_never_meet_a_float() {
    check(rust::floats);
}

#[test]
fn crates_know_only_what_they_may() {
    check(layers::dependencies);
}

#[test]
fn other_engines_are_built_by_nobody_who_does_not_ask() {
    check(layers::peers_apart);
}

#[test]
fn crates_open_with_their_page() {
    check(layers::crate_pages);
}

#[test]
fn workspace_keeps_its_lints() {
    check(layers::workspace_settings);
}

#[test]
fn each_limit_is_shown() {
    check(limits::shown);
}

#[test]
fn links_lead_somewhere() {
    check(links::markdown_links);
}

#[test]
fn named_pages_exist() {
    check(links::named_pages);
}

#[test]
fn codes_are_registered_once() {
    check(codes::registry);
}

#[test]
fn codes_have_pages_and_pages_have_codes() {
    check(codes::pages_and_codes);
}

#[test]
fn pages_of_codes_have_their_form() {
    check(codes::page_form);
}

/// `ASSIZE_UPDATE=1` writes the list anew.
#[test]
fn every_code_is_listed() {
    if std::env::var_os("ASSIZE_UPDATE").is_some_and(|value| value == "1") {
        let files = read_tree(&repository_root()).unwrap();
        let list = codes::index_page(&files);
        std::fs::write(repository_root().join(codes::INDEX), list).unwrap();
    }
    check(codes::index);
}

#[test]
fn snapshots_are_alive() {
    check(snapshots::dead);
}

#[test]
fn pure_crates_are_kept_pure_by_clippy() {
    check(house::clippy_of_pure_crates);
}

#[test]
fn dependencies_are_held_to_the_policy() {
    check(house::dependency_policy);
}

#[test]
fn the_gate_runs_what_the_readme_says() {
    check(house::gate);
}

#[cfg(unix)]
#[test]
fn the_gate_can_be_executed() {
    use std::os::unix::fs::PermissionsExt;
    let gate = std::fs::metadata(repository_root().join(".ci/run")).unwrap();
    assert_ne!(
        gate.permissions().mode() & 0o100,
        0,
        ".ci/run is not executable"
    );
}
