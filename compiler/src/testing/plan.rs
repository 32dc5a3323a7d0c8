//! Which tests there are, and one program for all that can run.

use crate::check::{CallableRef, Part, PlanStep, TestPlan, checked};
use crate::db::{Db, PackageInput, Workspace};
use crate::items::{DeclId, DeclKind, decl_ast, decl_text};
use crate::link::{LinkFault, Linked, link};
use crate::names::{full_name, module_name};
use crate::package::declarations;

use super::TestOptions;
use super::needs::{Needs, errors_of};
use super::place::place;
use super::report::{BrokenBy, Outcome, TestKind, TestResult};

/// Greatest number of faults that are told of a broken test.
const MAX_BROKEN_BY: usize = 5;

/// Whether a test can run.
pub enum State {
    /// It is part of the program.
    Ready,
    /// These declarations have errors, or call each other in a circle.
    Broken(Vec<DeclId>),
}

/// A test of the package.
pub struct Test {
    /// Its declaration.
    pub decl: DeclId,
    /// What it is.
    pub kind: TestKind,
    /// Its plan; empty when the declaration could not be read.
    pub plan: TestPlan,
    /// Whether it can run.
    pub state: State,
}

/// All chosen tests of a package.
pub struct Suite {
    /// The tests in order.
    pub tests: Vec<Test>,
    /// The program of those that can run and of everything else that is declared.
    pub linked: Option<Linked>,
}

impl Suite {
    /// Chooses the tests and links those that can run.
    pub fn new(db: &dyn Db, package: PackageInput, options: &TestOptions) -> Suite {
        let all = declarations(db, package);
        let mut tests: Vec<Test> = all
            .iter()
            .filter_map(|decl| {
                let kind = kind_of(db, decl)?;
                let title = format!("{}: {}", module_name(db, decl.file), decl.name());
                if options
                    .filter
                    .as_ref()
                    .is_some_and(|text| !title.contains(text.as_str()))
                {
                    return None;
                }
                let (plan, state) = match &checked(db, decl).plan {
                    // A fault may have swallowed the very steps that would not hold.
                    Some(plan) if !errors_of(db, decl).is_empty() => {
                        (plan.clone(), State::Broken(vec![decl.clone()]))
                    }
                    Some(plan) => (plan.clone(), State::Ready),
                    None => {
                        let nothing = TestPlan {
                            title: decl.name().to_string(),
                            params: Vec::new(),
                            filter: None,
                            filter_teaches: false,
                            steps: Vec::new(),
                        };
                        (nothing, State::Broken(vec![decl.clone()]))
                    }
                };
                Some(Test {
                    decl: decl.clone(),
                    kind,
                    plan,
                    state,
                })
            })
            .collect();
        let mut needs = Needs::new(db);
        for test in &mut tests {
            if matches!(test.state, State::Ready) {
                let broken = needs.broken(&test.decl);
                if !broken.is_empty() {
                    test.state = State::Broken(broken);
                }
            }
        }
        // What no test reaches is part of the program, too, so that coverage can tell of it.
        let mut others: Vec<CallableRef> = counted(db, &all);
        let mut linked = link(db, &[], &wanted(&tests, &others)).ok();
        if linked.is_none() {
            for test in &mut tests {
                if matches!(test.state, State::Ready)
                    && let Err(fault) = link(db, &[], &parts(test))
                {
                    test.state = State::Broken(match fault {
                        LinkFault::Broken(decl) => vec![decl],
                        LinkFault::Circle(decls) => decls,
                    });
                }
            }
            others.retain(|of| link(db, &[], std::slice::from_ref(of)).is_ok());
            linked = link(db, &[], &wanted(&tests, &others)).ok();
        }
        Suite { tests, linked }
    }
}

/// Declarations of this package and of those that it uses whose elements are counted.
fn counted(db: &dyn Db, own: &[DeclId]) -> Vec<CallableRef> {
    let mut all: Vec<DeclId> = own.to_vec();
    if let Some(workspace) = Workspace::try_get(db) {
        let root = *workspace.root(db);
        let mut queue: Vec<String> = root.dependencies(db).clone();
        let mut known: Vec<String> = vec![root.name(db).clone()];
        while let Some(name) = queue.pop() {
            if known.contains(&name) {
                continue;
            }
            known.push(name.clone());
            for package in workspace
                .packages(db)
                .iter()
                .filter(|it| *it.name(db) == name)
            {
                queue.extend(package.dependencies(db).iter().cloned());
                all.extend(declarations(db, *package));
            }
        }
    }
    let mut seen = std::collections::HashSet::new();
    all.into_iter()
        .filter(|decl| {
            matches!(
                decl.key.kind,
                DeclKind::Table
                    | DeclKind::Rule
                    | DeclKind::Parameter
                    | DeclKind::Reason
                    | DeclKind::Define
                    | DeclKind::Decision
            ) && seen.insert(decl.clone())
        })
        .map(|decl| CallableRef {
            decl,
            part: Part::Main,
        })
        .collect()
}

/// What a declaration is, if it is a test. One whose header could not be read is one by its word: it
/// must not be forgotten, or a package would pass for want of its tests.
fn kind_of(db: &dyn Db, decl: &DeclId) -> Option<TestKind> {
    match decl.key.kind {
        DeclKind::Test => Some(TestKind::Test),
        DeclKind::Property => Some(TestKind::Property),
        DeclKind::Broken => {
            let text = decl_text(db, decl.file, decl.key.clone())?.text(db);
            let line = text
                .lines()
                .find(|line| !line.starts_with("//") && !line.trim().is_empty())?;
            match line.split_whitespace().next()? {
                "test" => Some(TestKind::Test),
                "property" => Some(TestKind::Property),
                _ => None,
            }
        }
        _ => None,
    }
}

fn wanted(tests: &[Test], others: &[CallableRef]) -> Vec<CallableRef> {
    let ready = tests
        .iter()
        .filter(|test| matches!(test.state, State::Ready));
    others
        .iter()
        .cloned()
        .chain(ready.flat_map(parts))
        .collect()
}

/// Every callable of a test.
fn parts(test: &Test) -> Vec<CallableRef> {
    let mut parts: Vec<Part> = test.plan.filter.into_iter().collect();
    for step in &test.plan.steps {
        match step {
            PlanStep::Calendar(_) => {}
            PlanStep::Given { rows, .. } => parts.extend(rows.iter().map(|(part, _)| *part)),
            PlanStep::Expect { cond, sides, .. } => {
                parts.push(*cond);
                parts.extend(sides.iter().flat_map(|(a, b)| [*a, *b]));
            }
            PlanStep::ExpectError { value, .. } => parts.push(*value),
            PlanStep::Case { outputs, .. } => {
                parts.extend(outputs.iter().flat_map(|(a, b, c)| [*a, *b, *c]));
            }
        }
    }
    parts
        .into_iter()
        .map(|part| CallableRef {
            decl: test.decl.clone(),
            part,
        })
        .collect()
}

impl Test {
    /// A result without steps.
    pub fn result(&self, db: &dyn Db, outcome: Outcome) -> TestResult {
        let span = decl_ast(db, &self.decl).map_or_else(Default::default, |ast| match &ast.item {
            crate::ast::Item::Test(test) => test.title.span,
            crate::ast::Item::Property(property) => property.title.span,
            _ => ast.span,
        });
        TestResult {
            name: self.plan.title.clone(),
            module: module_name(db, self.decl.file).to_string(),
            kind: self.kind,
            place: place(db, &self.decl, span),
            outcome,
            steps: Vec::new(),
            fixture_faults: Vec::new(),
            broken_by: Vec::new(),
            property: None,
        }
    }

    /// The result of a test that could not run.
    pub fn broken(&self, db: &dyn Db, decls: &[DeclId]) -> TestResult {
        let mut result = self.result(db, Outcome::Broken);
        for decl in decls {
            let circle = decls.len() > 1;
            let name = match decl.key.kind {
                DeclKind::Test | DeclKind::Property => {
                    format!("{} \"{}\"", decl.key.kind.word(), decl.name())
                }
                DeclKind::Broken if *decl == self.decl => self.kind.word().to_string(),
                _ => full_name(db, decl),
            };
            let errors = errors_of(db, decl);
            if errors.is_empty() {
                let ast = decl_ast(db, decl);
                result.broken_by.push(BrokenBy {
                    declaration: name,
                    code: String::new(),
                    claim: if circle {
                        "is part of a circle of calls".to_string()
                    } else {
                        "could not be linked".to_string()
                    },
                    place: place(db, decl, ast.map(|ast| ast.span).unwrap_or_default()),
                });
                continue;
            }
            for error in errors {
                let at = &error.primary.at;
                result.broken_by.push(BrokenBy {
                    declaration: name.clone(),
                    code: error.code.0.to_string(),
                    claim: error.claim.clone(),
                    place: place(db, &at.decl, at.span),
                });
            }
        }
        result.broken_by.truncate(MAX_BROKEN_BY);
        result
    }
}
