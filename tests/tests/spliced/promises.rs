//! What holds of every text, right or wrong: of its form, its fixes, its cases, its bundle.

use std::fmt::Write as _;
use std::path::Path;

use assize::args::Format;
use assize_compiler::ast::Span;
use assize_compiler::diagnostic::{Applicability, At};
use assize_compiler::testing::{Outcome, TestOptions, TestReport, render_text, run_tests};
use assize_compiler::{
    Database, Diagnostic, PackageInput, Setter as _, Severity, diagnostics, resolve,
};
use assize_ir::Program;
use assize_ir::text::{Detail, print_with};

use crate::texts::Texts;

/// Texts with what is said of them.
pub struct Looked {
    /// The database.
    pub db: Database,
    /// The package that is compiled.
    pub package: PackageInput,
    packages: Vec<PackageInput>,
    /// All that is said.
    pub found: Vec<Diagnostic>,
}

impl Looked {
    /// Checks texts in a database of their own.
    pub fn at(texts: &Texts) -> Looked {
        let (db, packages, package) = texts.load();
        let mut looked = Looked {
            db,
            package,
            packages,
            found: Vec::new(),
        };
        looked.look();
        looked
    }

    fn look(&mut self) {
        let packages = self.packages.iter();
        let found = packages.flat_map(|package| diagnostics(&self.db, *package));
        self.found = found.collect();
    }

    /// Writes other texts into the same files, and checks them again.
    pub fn edit(&mut self, texts: &Texts) {
        for package in &self.packages {
            for file in package.files(&self.db).clone() {
                let key = (file.package(&self.db).clone(), file.path(&self.db).clone());
                let Some(text) = texts.files.get(&key) else {
                    continue;
                };
                if file.text(&self.db) != text {
                    file.set_text(&mut self.db).to(text.clone());
                }
            }
        }
        self.look();
    }

    fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        let errors = |found: &&Diagnostic| found.severity == Severity::Error;
        self.found.iter().filter(errors)
    }

    /// Whether there is a program.
    pub fn is_right(&self) -> bool {
        self.errors().next().is_none()
    }

    /// How often this is said.
    fn same(&self, one: &Diagnostic) -> usize {
        let same = |found: &&Diagnostic| found.code == one.code && found.claim == one.claim;
        self.found.iter().filter(same).count()
    }

    /// Codes of broken syntax.
    fn damage(&self) -> impl Iterator<Item = &'static str> {
        let codes = self.found.iter().map(|found| found.code.0);
        codes.filter(|code| code.starts_with("A01"))
    }

    /// The codes, in order.
    pub fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> = self.found.iter().map(|found| found.code.0).collect();
        codes.sort_unstable();
        codes
    }

    /// Package, path and range of a place.
    fn place(&self, at: &At) -> ((String, String), std::ops::Range<usize>) {
        let (file, range) = resolve(&self.db, at);
        let key = (file.package(&self.db).clone(), file.path(&self.db).clone());
        (key, range.start as usize..range.end as usize)
    }

    /// Everything that is said, with its places.
    pub fn told(&self) -> String {
        let mut out = String::new();
        for found in &self.found {
            let shown = |at: &At| {
                let ((_, path), range) = self.place(at);
                format!("{path}:{range:?}")
            };
            let at = shown(&found.primary.at);
            let (code, claim, because) = (found.code.0, &found.claim, &found.because);
            let (instead, label) = (&found.instead, &found.primary.text);
            let _ = writeln!(
                out,
                "{code} {at} {claim} {because:?} {instead:?} {label:?} {:?}",
                found.witness
            );
            for label in &found.related {
                let _ = writeln!(out, "    {} {}", shown(&label.at), label.text);
            }
            for fix in &found.fixes {
                let edits = fix.edits.iter().map(|(at, new)| (shown(at), new));
                let edits: Vec<_> = edits.collect();
                let _ = writeln!(out, "    {:?} {} {edits:?}", fix.applicability, fix.title);
            }
        }
        out
    }
}

/// What an edit and its undoing leave behind, in a database that has seen other texts.
pub fn edited(
    before: &mut Looked,
    known: &str,
    base: &Texts,
    looked: &Looked,
    texts: &Texts,
) -> Option<String> {
    before.edit(texts);
    let (now, cold) = (before.told(), looked.told());
    let program = |looked: &Looked| {
        let linked = assize_compiler::everything(&looked.db, looked.package).ok();
        linked.map(|linked| assize_ir::bundle::write(&linked.program).0)
    };
    let same = !looked.is_right() || program(before) == program(looked);
    before.edit(base);
    let undone = before.told();
    if now != cold {
        return Some(format!("after an edit:\n{now}\n==== cold:\n{cold}"));
    }
    if !same {
        return Some("another program after an edit".into());
    }
    (undone != known).then(|| format!("after undoing:\n{undone}\n==== before:\n{known}"))
}

/// What the formatter changed besides the form.
pub fn form(texts: &Texts, looked: &Looked, program: Option<&Program>) -> Option<String> {
    let formed = texts.map(assize_grammar::format);
    let again = formed.map(assize_grammar::format);
    if again.files != formed.files {
        let (formed, again) = (formed.shown(), again.shown());
        return Some(format!(
            "formatted twice is not formatted once:\n{formed}\n====\n{again}"
        ));
    }
    if formed.files == texts.files {
        return None;
    }
    let other = Looked::at(&formed);
    let formed = formed.shown();
    // The first declaration of a file is laid out at the start of its line, where it was meant to be.
    let codes = |looked: &Looked| -> Vec<_> {
        let codes = looked.codes().into_iter();
        codes.filter(|code| *code != "A0140").collect()
    };
    let (before, after) = (codes(looked), codes(&other));
    if before != after {
        return Some(format!("formatted, {before:?} became {after:?}:\n{formed}"));
    }
    let linked = assize_compiler::everything(&other.db, other.package).ok();
    let (before, after) = (program?, linked?.program);
    let (before, after) = (brief(before), brief(&after));
    let differ = before.lines().zip(after.lines()).find(|(a, b)| a != b);
    differ.map(|(a, b)| format!("formatted, another program:\n{a}\n{b}\n{formed}"))
}

fn brief(program: &Program) -> String {
    print_with(program, Detail::BRIEF)
}

/// A fix that can be applied unseen and does not mend.
pub fn fixes(texts: &Texts, looked: &Looked) -> Option<String> {
    for found in &looked.found {
        for fix in &found.fixes {
            if fix.applicability != Applicability::Certain {
                continue;
            }
            let mut mended = texts.clone();
            let edits = fix.edits.iter();
            let mut edits: Vec<_> = edits.map(|(at, new)| (looked.place(at), new)).collect();
            edits.sort_by_key(|((_, range), _)| std::cmp::Reverse(range.start));
            // A fix of a sheet is made in another file.
            if !edits
                .iter()
                .all(|((key, _), _)| texts.files.contains_key(key))
            {
                continue;
            }
            for ((key, range), new) in edits {
                if let Some(text) = mended.files.get_mut(&key) {
                    text.replace_range(range, new);
                }
            }
            let after = Looked::at(&mended);
            // A fault behind this one may come to light, but no broken syntax, and this one is gone.
            // Behind broken syntax nothing was checked, so there may be several.
            let unread = found.code.0.starts_with("A01");
            let fewer = after.errors().count() < looked.errors().count()
                || after.same(found) < looked.same(found)
                    && (unread || after.errors().count() <= looked.errors().count());
            let damage = after
                .damage()
                .find(|code| !looked.damage().any(|known| known == *code));
            if !fewer || damage.is_some() {
                let title = &fix.title;
                let said: Vec<String> = after
                    .errors()
                    .map(|found| format!("{} {}", found.code.0, found.claim))
                    .collect();
                return Some(format!(
                    "the certain fix `{title}` of {} {} ({} errors) leaves {said:?}:\n{}\n==== before",
                    found.code.0,
                    found.claim,
                    looked.errors().count(),
                    mended.shown(),
                ));
            }
        }
    }
    None
}

/// A case that is shown and does not end as it is said.
pub fn cases(texts: &Texts, looked: &Looked) -> Option<String> {
    let mut longer = texts.clone();
    let mut shown = 0;
    for found in &looked.found {
        let Some(witness) = &found.witness else {
            continue;
        };
        let (key, _) = looked.place(&found.primary.at.decl.at(Span::default()));
        if witness.test.is_empty() {
            continue;
        }
        if let Some(text) = longer.files.get_mut(&key) {
            *text = format!("{}\n\n{}", text.trim_end(), witness.test);
            shown += 1;
        }
    }
    if shown == 0 {
        return None;
    }
    let after = Looked::at(&longer);
    let longer = longer.shown();
    // A case may be the first to use something.
    let codes = |looked: &Looked| -> Vec<_> {
        let codes = looked.codes().into_iter();
        codes.filter(|code| *code != "A0213").collect()
    };
    let (before, now) = (codes(looked), codes(&after));
    if before != now {
        return Some(format!(
            "with its cases, {before:?} became {now:?}:\n{longer}"
        ));
    }
    if !looked.is_right() {
        return None;
    }
    // Those of a package that others depend on are run in it alone.
    let passed = |looked: &Looked| -> (usize, String) {
        let packages = looked.packages.iter();
        let reports = packages.map(|it| run_tests(&looked.db, *it, &TestOptions::default()));
        let reports: Vec<TestReport> = reports.collect();
        let passed = reports.iter().map(|it| it.count(Outcome::Passed)).sum();
        (passed, reports.iter().map(render_text).collect())
    };
    let (now, report) = passed(&after);
    let held = now == passed(looked).0 + shown;
    (!held).then(|| format!("a case is not as shown:\n{report}\n{longer}"))
}

/// What is never used, and is missed when it is gone.
pub fn unused(texts: &Texts, looked: &Looked, report: &TestReport) -> Option<String> {
    let mut unused = looked.found.iter().filter(|found| found.code.0 == "A0213");
    let found = unused.next()?;
    let (key, place) = looked.place(&found.primary.at);
    let mut without = texts.clone();
    let text = without.files.get_mut(&key)?;
    let parsed = assize_grammar::parse_file(text);
    let ranges = parsed.declarations.iter();
    let mut ranges = ranges.map(|(range, _)| range.start as usize..range.end as usize);
    let range = ranges.find(|range| range.contains(&place.start))?;
    text.replace_range(range, "");
    let after = Looked::at(&without);
    let outcomes = |report: &TestReport| -> Vec<_> {
        let tests = report.tests.iter();
        tests
            .map(|test| (test.name.clone(), test.outcome))
            .collect()
    };
    let again = run_tests(&after.db, after.package, &TestOptions::default());
    if after.is_right() && outcomes(&again) == outcomes(report) {
        return None;
    }
    let said: Vec<_> = after.errors().map(|found| &found.claim).collect();
    Some(format!(
        "without what is said to be unused ({}): {said:?}\n{}\n{}",
        found.claim,
        render_text(&again),
        without.shown()
    ))
}

/// What its documentation shows otherwise the second time; a page of what is right is there.
pub fn pages(texts: &Texts) -> Option<String> {
    // Other packages and sheets lie beside it on a disk.
    if texts.names.len() > 1 || texts.has_sheets() {
        return None;
    }
    let made = |format| {
        let mut workbench = assize::load::package::empty().ok()?;
        for ((_, path), text) in &texts.files {
            let file = workbench.add_file(path);
            workbench.set_text(file, text.clone());
        }
        assize::doc::pages(&workbench, Path::new("nowhere"), format)
    };
    [Format::Html, Format::Md].into_iter().find_map(|format| {
        let (first, second) = (made(format), made(format));
        if first.is_none() {
            return Some("no documentation of what is right".into());
        }
        (first != second).then(|| format!("documented otherwise: {first:?}\n{second:?}"))
    })
}

/// What is lost between a program and its written forms.
pub fn written(program: &Program) -> Option<String> {
    let (bytes, digest) = assize_ir::bundle::write(program);
    match assize_ir::bundle::read(&bytes) {
        Ok(bundle) if *bundle.program == *program => {
            if assize_ir::bundle::write(&bundle.program) != (bytes, digest) {
                return Some("the bundle is written otherwise when it was read".into());
            }
        }
        Ok(_) => return Some("the bundle holds another program".into()),
        Err(fault) => return Some(format!("the bundle cannot be read: {fault}")),
    }
    let text = assize_ir::print(program);
    match assize_ir::parse(&text) {
        Ok(again) if again == *program => None,
        Ok(_) => Some(format!("the text form is of another program:\n{text}")),
        Err(fault) => Some(format!("the text form cannot be read: {fault}\n{text}")),
    }
}
