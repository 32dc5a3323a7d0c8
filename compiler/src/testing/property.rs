//! Runs a test once, and a property on all cases that prove it or on generated ones.

use assize_eval::Value;
use assize_eval::store::Store;
use assize_ir::{CallableId, Type};

use crate::ast::{Item, TestStep};
use crate::check::{CallableRef, Part, PlanStep};
use crate::db::Db;
use crate::items::{decl_ast, decl_text};
use crate::link::Linked;
use crate::literal::literal;

use super::coverage::Seen;
use super::generate::{Generator, Impossible};
use super::inputs;
use super::place::one_line;
use super::plan::Test;
use super::proof::{self, Root};
use super::random::seed_of;
use super::report::{
    Counterexample, FixtureFault, HowRun, Outcome, PropertyReport, StepReport, TestKind, TestResult,
};
use super::steps::Runner;
use super::values::Constants;
use super::{MAX_ATTEMPTS_PER_CASE, MAX_SHRINK_STEPS, TestOptions, fixture, shrink};

/// Runs a test or property.
pub fn run(
    db: &dyn Db,
    linked: &Linked,
    test: &Test,
    options: &TestOptions,
    seen: &mut Seen<'_>,
) -> TestResult {
    seen.by_property = test.kind == TestKind::Property;
    match test.kind {
        TestKind::Test => {
            let (steps, fixture_faults) = report(db, linked, test, options, &[], Some(seen));
            finish(db, test, steps, fixture_faults)
        }
        TestKind::Property => Property::new(db, linked, test, options).run(seen),
    }
}

fn finish(
    db: &dyn Db,
    test: &Test,
    steps: Vec<StepReport>,
    fixture_faults: Vec<FixtureFault>,
) -> TestResult {
    let passed =
        fixture_faults.is_empty() && steps.iter().all(|step| step.outcome == Outcome::Passed);
    let outcome = if passed {
        Outcome::Passed
    } else {
        Outcome::Failed
    };
    TestResult {
        steps,
        fixture_faults,
        ..test.result(db, outcome)
    }
}

/// What came of each step over the rows that the test gives.
fn report(
    db: &dyn Db,
    linked: &Linked,
    test: &Test,
    options: &TestOptions,
    arguments: &[Value],
    seen: Option<&mut Seen<'_>>,
) -> (Vec<StepReport>, Vec<FixtureFault>) {
    let mut unseen = Seen::default();
    let seen = seen.unwrap_or(&mut unseen);
    match fixture::fill(db, linked, test, arguments, options, seen) {
        Ok(store) => {
            let runner = Runner {
                db,
                linked,
                test,
                store: &store,
                options,
            };
            (runner.report(arguments, Some(seen)), Vec::new())
        }
        Err(faults) => (Vec::new(), faults),
    }
}

struct Property<'p> {
    db: &'p dyn Db,
    linked: &'p Linked,
    test: &'p Test,
    options: &'p TestOptions,
    types: Vec<&'p Type>,
    /// The calendars, without rows.
    base: Store,
    /// Whether it gives rows, which may depend on the case; otherwise all cases share `base`.
    given: bool,
    seed: u64,
}

/// How a case ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Held,
    Failed,
    LeftOut,
}

impl<'p> Property<'p> {
    fn new(
        db: &'p dyn Db,
        linked: &'p Linked,
        test: &'p Test,
        options: &'p TestOptions,
    ) -> Property<'p> {
        let given = test
            .plan
            .steps
            .iter()
            .any(|step| matches!(step, PlanStep::Given { .. }));
        let text = decl_text(db, test.decl.file, test.decl.key.clone())
            .map(|text| text.text(db).as_str())
            .unwrap_or_default();
        let seed = options
            .seed
            .unwrap_or_else(|| seed_of(&[&test.plan.title, text]));
        let mut property = Property {
            db,
            linked,
            test,
            options,
            types: Vec::new(),
            base: fixture::calendars(linked, test, options),
            given,
            seed,
        };
        let program = &linked.program;
        let first = property
            .callables()
            .first()
            .and_then(|id| program.callable(*id));
        property.types = first
            .map(|callable| callable.params.iter().map(|param| &param.ty).collect())
            .unwrap_or_default();
        property
    }

    fn callable(&self, part: Part) -> Option<CallableId> {
        let key = CallableRef {
            decl: self.test.decl.clone(),
            part,
        };
        self.linked.callables.get(&key).copied()
    }

    /// All its callables.
    fn callables(&self) -> Vec<CallableId> {
        self.roots()
            .iter()
            .map(|root| match root {
                Root::Settled(id) | Root::Any(id) => *id,
            })
            .collect()
    }

    fn roots(&self) -> Vec<Root> {
        let mut out: Vec<Root> = Vec::new();
        let settled = |part: Part| self.callable(part).map(Root::Settled);
        out.extend(self.test.plan.filter.and_then(settled));
        for step in &self.test.plan.steps {
            match step {
                PlanStep::Calendar(_) => {}
                PlanStep::Given { rows, .. } => {
                    out.extend(rows.iter().filter_map(|(part, _)| settled(*part)));
                }
                PlanStep::Expect { cond, .. } => out.extend(settled(*cond)),
                PlanStep::ExpectError { value, .. } => {
                    out.extend(self.callable(*value).map(Root::Any));
                }
                PlanStep::Case { outputs, .. } => {
                    out.extend(outputs.iter().filter_map(|(cond, _, _)| settled(*cond)));
                }
            }
        }
        out
    }

    fn run(&self, seen: &mut Seen<'_>) -> TestResult {
        let program = &self.linked.program;
        let proof = proof::cases(program, &self.types, &self.roots());
        let mut told = PropertyReport {
            how: HowRun::Generated,
            cases: 0,
            left_out: 0,
            seed: self.seed,
            note: String::new(),
            counterexample: None,
        };
        let failing = match proof {
            Some((how, cases)) => {
                told.how = how;
                self.all(cases, &mut told, seen)
            }
            None => match self.generated(&mut told, seen) {
                Ok(failing) => failing,
                Err(Impossible(what)) => {
                    told.note = format!("no case can be made: it needs {what}");
                    None
                }
            },
        };
        let Some(failing) = failing else {
            if told.cases == 0 && told.note.is_empty() {
                told.note = "no case passes `where` and the checks of its records".to_string();
            }
            let outcome = if told.cases == 0 {
                Outcome::Failed
            } else {
                Outcome::Passed
            };
            return TestResult {
                property: Some(told),
                ..self.test.result(self.db, outcome)
            };
        };
        let smallest = shrink::shrink(
            program,
            &self.types,
            failing,
            MAX_SHRINK_STEPS,
            &mut |case| self.case(case, &mut None) == Ended::Failed,
        );
        told.counterexample = Some(self.counterexample(&smallest));
        let (steps, faults) = report(
            self.db,
            self.linked,
            self.test,
            self.options,
            &smallest,
            None,
        );
        TestResult {
            property: Some(told),
            outcome: Outcome::Failed,
            ..finish(self.db, self.test, steps, faults)
        }
    }

    /// Runs cases that prove it; the first for which it does not hold.
    fn all(
        &self,
        cases: Vec<Vec<Value>>,
        told: &mut PropertyReport,
        seen: &mut Seen<'_>,
    ) -> Option<Vec<Value>> {
        for case in cases {
            match self.case(&case, &mut Some(seen)) {
                Ended::LeftOut => told.left_out += 1,
                Ended::Held => told.cases += 1,
                Ended::Failed => {
                    told.cases += 1;
                    return Some(case);
                }
            }
        }
        None
    }

    fn generated(
        &self,
        told: &mut PropertyReport,
        seen: &mut Seen<'_>,
    ) -> Result<Option<Vec<Value>>, Impossible> {
        let program = &self.linked.program;
        let mut constants = Constants::reachable(program, &self.callables());
        constants.of_calendars(self.base.calendars());
        let mut generator = Generator::new(program, &self.base, &constants, self.seed);
        let attempts = u64::from(self.options.cases) * u64::from(MAX_ATTEMPTS_PER_CASE);
        let wanted = u64::from(self.options.cases);
        while told.cases < wanted {
            if told.cases + told.left_out >= attempts {
                told.note = format!(
                    "only {} of {wanted} cases: `where` and checks left out {}",
                    told.cases, told.left_out
                );
                break;
            }
            let case = generator.arguments(&self.types)?;
            match self.case(&case, &mut Some(seen)) {
                Ended::LeftOut => told.left_out += 1,
                Ended::Held => told.cases += 1,
                Ended::Failed => {
                    told.cases += 1;
                    return Ok(Some(case));
                }
            }
        }
        Ok(None)
    }

    /// One case: `where` and the checks of records say whether it counts. A `where` or check that
    /// cannot be computed does not hold.
    fn case(&self, arguments: &[Value], seen: &mut Option<&mut Seen<'_>>) -> Ended {
        if !self.allowed(&self.base, arguments) {
            return Ended::LeftOut;
        }
        let given;
        let store = if self.given {
            let mut unseen = Seen::default();
            let seen = seen.as_deref_mut().unwrap_or(&mut unseen);
            let filled = fixture::fill(
                self.db,
                self.linked,
                self.test,
                arguments,
                self.options,
                seen,
            );
            match filled {
                Ok(store) => {
                    given = store;
                    &given
                }
                // Rows made of a case that `where` leaves out anyway say nothing.
                Err(_) if self.wanted(&self.base, arguments) => return Ended::Failed,
                Err(_) => return Ended::LeftOut,
            }
        } else {
            &self.base
        };
        if !self.wanted(store, arguments) {
            return Ended::LeftOut;
        }
        let runner = self.runner(store);
        if runner.holds(arguments, seen) {
            Ended::Held
        } else {
            Ended::Failed
        }
    }

    fn runner<'r>(&'r self, store: &'r Store) -> Runner<'r> {
        Runner {
            db: self.db,
            linked: self.linked,
            test: self.test,
            store,
            options: self.options,
        }
    }

    /// Whether `where` holds.
    fn wanted(&self, store: &Store, arguments: &[Value]) -> bool {
        self.test.plan.filter.is_none_or(|filter| {
            let answer = self.runner(store).evaluate(filter, arguments, None, false);
            answer.result == Ok(Value::Bool(true))
        })
    }

    fn allowed(&self, store: &Store, arguments: &[Value]) -> bool {
        let on = (store, self.options.limits);
        inputs::allowed(&self.linked.program, on, &self.types, arguments)
    }

    // ------------------------------------------------------------------ the counterexample

    fn counterexample(&self, arguments: &[Value]) -> Counterexample {
        let program = &self.linked.program;
        let values: Vec<(String, String)> = self
            .test
            .plan
            .params
            .iter()
            .zip(self.types.iter().zip(arguments))
            .map(|((name, _), (ty, value))| (name.to_string(), literal(program, ty, value)))
            .collect();
        let title = self
            .test
            .plan
            .title
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('{', "{{");
        let mut test = format!("test \"{title}: counterexample\"\n");
        let Some(Item::Property(property)) =
            decl_ast(self.db, &self.test.decl).map(|ast| &ast.item)
        else {
            return Counterexample { values, test };
        };
        for (param, (name, value)) in property.params.iter().zip(&values) {
            let ty = one_line(self.db, &self.test.decl, param.ty.span);
            test.push_str(&format!("    let {name}: {ty} = {value}\n"));
        }
        // What `where` says of missing values is known below it, here as in the property.
        if let Some(filter) = property.filter.as_ref()
            && self.test.plan.filter_teaches
        {
            let filter = one_line(self.db, &self.test.decl, filter.span);
            test.push_str(&format!("    expect {filter}\n"));
        }
        // The steps as they are written, from the first to the end of the declaration.
        if let Some(first) = property.steps.first() {
            let text = decl_text(self.db, self.test.decl.file, self.test.decl.key.clone());
            let whole = text
                .map(|text| text.text(self.db).as_str())
                .unwrap_or_default();
            if let Some(steps) = whole.get(start_of(first, whole)..) {
                test.push_str("    ");
                test.push_str(steps.trim_end());
                test.push('\n');
            }
        }
        Counterexample { values, test }
    }
}

/// Where a step begins.
fn start_of(step: &TestStep, text: &str) -> usize {
    let start = match step {
        TestStep::Given(given) => given.span.start,
        TestStep::Calendar(calendar) => calendar.span.start,
        TestStep::Cases(cases) => cases.span.start,
        TestStep::Expect { span, .. } | TestStep::ExpectError { span, .. } => span.start,
        // The statement begins with its word, before the name.
        TestStep::Let(statement) => {
            let name = statement.name.span.start as usize;
            return text
                .get(..name)
                .and_then(|before| before.rfind("let"))
                .unwrap_or(name);
        }
    };
    start as usize
}
