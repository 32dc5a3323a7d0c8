//! What holds of every text, right or wrong: of its form, its fixes, its cases, its bundle.

use assize_compiler::diagnostic::Applicability;
use assize_compiler::testing::{TestOptions, render_text, run_tests};
use assize_compiler::{Database, Diagnostic, PackageInput, Severity, diagnostics, resolve};
use assize_ir::Program;
use assize_ir::text::{Detail, print_with};

/// A text with what is said of it.
pub struct Looked {
    /// The database.
    pub db: Database,
    /// The package that the text is.
    pub package: PackageInput,
    /// All that is said.
    pub found: Vec<Diagnostic>,
}

impl Looked {
    /// Checks a text as a module of its own.
    pub fn at(text: &str) -> Looked {
        let db = Database::default();
        let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
        let found = diagnostics(&db, package);
        Looked { db, package, found }
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

    fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> = self.found.iter().map(|found| found.code.0).collect();
        codes.sort_unstable();
        codes
    }
}

/// What the formatter changed besides the form.
pub fn form(text: &str, looked: &Looked, program: Option<&Program>) -> Option<String> {
    let formed = assize_grammar::format(text);
    let again = assize_grammar::format(&formed);
    if again != formed {
        return Some(format!(
            "formatted twice is not formatted once:\n{formed}\n====\n{again}"
        ));
    }
    if formed == text {
        return None;
    }
    let other = Looked::at(&formed);
    if other.codes() != looked.codes() {
        let (before, after) = (looked.codes(), other.codes());
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
pub fn fixes(text: &str, looked: &Looked) -> Option<String> {
    for found in &looked.found {
        for fix in &found.fixes {
            if fix.applicability != Applicability::Certain {
                continue;
            }
            let mut mended = text.to_string();
            let mut edits: Vec<_> = fix
                .edits
                .iter()
                .map(|(at, new)| (resolve(&looked.db, at).1, new))
                .collect();
            edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
            for (range, new) in edits {
                mended.replace_range(range.start as usize..range.end as usize, new);
            }
            let after = Looked::at(&mended);
            // A fault behind this one may come to light, but no broken syntax, and this one is gone.
            let fewer = after.errors().count() < looked.errors().count()
                || after.same(found) < looked.same(found)
                    && after.errors().count() <= looked.errors().count();
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
                    "the certain fix `{title}` of {} {} ({} errors) leaves {said:?}:\n{mended}\n==== before",
                    found.code.0,
                    found.claim,
                    looked.errors().count(),
                ));
            }
        }
    }
    None
}

/// A case that is shown and does not end as it is said.
pub fn cases(text: &str, looked: &Looked) -> Option<String> {
    let tests: Vec<&str> = looked
        .found
        .iter()
        .filter_map(|found| Some(found.witness.as_ref()?.test.as_str()))
        .filter(|test| !test.is_empty())
        .collect();
    if tests.is_empty() {
        return None;
    }
    let longer = format!("{}\n\n{}", text.trim_end(), tests.join("\n"));
    let after = Looked::at(&longer);
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
    let report = run_tests(&after.db, after.package, &TestOptions::default());
    let shown: Vec<_> = report.tests.iter().rev().take(tests.len()).collect();
    let held = shown
        .iter()
        .all(|test| test.outcome == assize_compiler::testing::Outcome::Passed);
    (!held).then(|| {
        format!(
            "a case is not as shown:\n{}\n{longer}",
            render_text(&report)
        )
    })
}

/// What is lost between a program and its written forms.
pub fn written(program: &Program) -> Option<String> {
    let (bytes, _) = assize_ir::bundle::write(program);
    match assize_ir::bundle::read(&bytes) {
        Ok(bundle) if *bundle.program == *program => {}
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
