//! What came of the tests, as plain data with stable field names.

use serde::{Serialize, Serializer};

/// What came of a package's tests.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestReport {
    /// Name of the package.
    pub package: String,
    /// Tests and properties in the order of files and text.
    pub tests: Vec<TestResult>,
    /// What decided in them, and what never did.
    pub coverage: Coverage,
}

impl TestReport {
    /// Whether every test passed.
    pub fn passed(&self) -> bool {
        self.tests
            .iter()
            .all(|test| test.outcome == Outcome::Passed)
    }

    /// Every place of the report, so that whoever knows where packages lie can name their files as its
    /// reader does.
    pub fn each_place(&mut self, tell: &mut dyn FnMut(&mut SourcePlace)) {
        for test in &mut self.tests {
            tell(&mut test.place);
            for step in &mut test.steps {
                tell(&mut step.place);
                for problem in &mut step.problems {
                    if let Problem::Error { error, .. } | Problem::OtherError { error, .. } =
                        problem
                    {
                        error.source.iter_mut().for_each(&mut *tell);
                    }
                }
            }
            for fault in &mut test.fixture_faults {
                tell(&mut fault.place);
            }
            for broken in &mut test.broken_by {
                tell(&mut broken.place);
            }
        }
        let coverage = &mut self.coverage;
        let declarations = coverage.declarations.iter_mut();
        for declaration in declarations.chain(&mut coverage.dependencies) {
            for element in &mut declaration.elements {
                tell(&mut element.place);
            }
        }
    }

    /// How many tests ended in this way.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.tests
            .iter()
            .filter(|test| test.outcome == outcome)
            .count()
    }
}

/// A place in a rule file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourcePlace {
    /// The package whose file it is; empty where it is not known.
    #[serde(skip)]
    pub package: String,
    /// Path below the package's folder, or what [`TestReport::each_place`] made of it.
    #[serde(rename = "file")]
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// What a test is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TestKind {
    /// `test`
    Test,
    /// `property`
    Property,
}

impl TestKind {
    /// The word that begins it.
    pub const fn word(self) -> &'static str {
        match self {
            TestKind::Test => "test",
            TestKind::Property => "property",
        }
    }
}

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As expected.
    Passed,
    /// Not as expected.
    Failed,
    /// It could not run: it, or something that it needs, has errors.
    Broken,
}

/// What came of a test or property.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestResult {
    /// Its title.
    pub name: String,
    /// Module that declares it.
    pub module: String,
    /// What it is.
    pub kind: TestKind,
    /// Where it stands.
    pub place: SourcePlace,
    /// How it ended.
    pub outcome: Outcome,
    /// Its steps; of a property: those of the counterexample.
    pub steps: Vec<StepReport>,
    /// Rows of `given` that were refused.
    pub fixture_faults: Vec<FixtureFault>,
    /// Why it could not run.
    pub broken_by: Vec<BrokenBy>,
    /// How a property was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<PropertyReport>,
}

/// A fault that keeps a test from running.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BrokenBy {
    /// Full name of the declaration.
    pub declaration: String,
    /// Code of the diagnostic; empty when there is none.
    pub code: String,
    /// What is wrong.
    pub claim: String,
    /// Where.
    pub place: SourcePlace,
}

/// A row of `given` that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FixtureFault {
    /// Full name of the relation.
    pub relation: String,
    /// Key of the row; empty where it is not known.
    pub key: String,
    /// Code of the fault (`check_failed`, `duplicate_key`, …) or of the error.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// Where the row stands.
    pub place: SourcePlace,
}

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// `expect`
    Expect,
    /// `expect error`
    ExpectError,
    /// A row of `cases`.
    Case,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepReport {
    /// What it is.
    pub kind: StepKind,
    /// The condition as written; of a case: its names and cells.
    pub text: String,
    /// Where it stands.
    pub place: SourcePlace,
    /// How it ended.
    pub outcome: Outcome,
    /// What is not as expected.
    pub problems: Vec<Problem>,
}

/// What is not as expected.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// A comparison does not hold: both sides.
    Sides {
        /// Left side as written.
        left: String,
        /// Its value.
        left_value: String,
        /// Right side as written.
        right: String,
        /// Its value.
        right_value: String,
    },
    /// A condition that is no comparison does not hold.
    DoesNotHold {
        /// What decided it, one finding per line.
        because: Vec<String>,
    },
    /// An output of a case differs.
    Output {
        /// The output as written in the header.
        output: String,
        /// The value in the cell.
        expected: String,
        /// The value that came out.
        found: String,
    },
    /// An error that was not expected.
    Error {
        /// The output or side in which it came up, as written; empty: the whole step.
        output: String,
        /// The error.
        error: ErrorReport,
    },
    /// An error was expected, and there was a value.
    NoError {
        /// The expected code.
        expected: String,
        /// The value that came out.
        found: String,
    },
    /// Another error than the expected one.
    OtherError {
        /// The expected code.
        expected: String,
        /// The error.
        error: ErrorReport,
    },
    /// Something else decided.
    DecidedBy {
        /// What should have decided.
        expected: Vec<String>,
        /// What decided.
        found: Vec<String>,
    },
}

/// An error of a decision, with everything that it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorReport {
    /// Code, as in `expect error`.
    pub code: String,
    /// Full name of the declaration.
    pub rule: String,
    /// `module.declaration:line:column`.
    pub place: String,
    /// The same place as a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourcePlace>,
    /// What was involved, in order.
    pub values: Vec<(String, String)>,
    /// Text of the reason of a `stop`, or in words what the code leaves unsaid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How a property was run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PropertyReport {
    /// Proved, or run on generated cases.
    pub how: HowRun,
    /// Cases that were run.
    pub cases: u64,
    /// Cases that were made and left out because `where` or a check of a record refused them.
    pub left_out: u64,
    /// Seed of the generated cases. In JSON it is a text: many readers keep 53 bits of a number.
    #[serde(serialize_with = "as_text")]
    pub seed: u64,
    /// Why no case could be made or why there were too few; empty otherwise.
    pub note: String,
    /// The smallest case found for which it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterexample: Option<Counterexample>,
}

fn as_text<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

/// How cases were chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HowRun {
    /// All cases there are: proved.
    AllCases,
    /// One case for each way in which its values can compare with the constants of the rules:
    /// proved, since nothing else is asked of them.
    EachKind,
    /// Generated cases: not proved.
    Generated,
}

/// A case for which a property does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counterexample {
    /// Names and values, as the author would write them.
    pub values: Vec<(String, String)>,
    /// A ready `test` declaration that fails in the same way.
    pub test: String,
}

/// What decided in the tests.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Coverage {
    /// `41 of 44 rows, 9 of 9 exceptions, 3 of 4 parameter values`.
    pub headline: String,
    /// Totals of the package by kind.
    pub totals: Vec<CoverageTotal>,
    /// Declarations of the package in the order of files and text.
    pub declarations: Vec<DeclarationCoverage>,
    /// The same of the packages that it uses; they do not count.
    pub dependencies: Vec<DeclarationCoverage>,
}

/// Seen and total of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoverageTotal {
    /// Kind.
    pub kind: CoverageKind,
    /// How many were seen.
    pub seen: u64,
    /// How many of them only by properties.
    pub seen_by_properties_only: u64,
    /// How many there are.
    pub total: u64,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageKind {
    /// A row of a table decided.
    Row,
    /// A cell of a grid decided.
    Cell,
    /// An exception applied and decided.
    Exception,
    /// An exception did not apply.
    NotApplicable,
    /// An exception applied and was overridden.
    Overridden,
    /// A default was taken.
    Default,
    /// A value of a parameter was read.
    ParameterValue,
    /// A reason was made.
    Reason,
    /// A `stop` ended a decision.
    Refusal,
    /// A value stood on one side of where a cell or a comparison with a constant changes its mind.
    Edge,
}

impl CoverageKind {
    /// All kinds in the order of the headline.
    pub const ALL: [CoverageKind; 10] = [
        CoverageKind::Row,
        CoverageKind::Cell,
        CoverageKind::Edge,
        CoverageKind::Exception,
        CoverageKind::Default,
        CoverageKind::ParameterValue,
        CoverageKind::Reason,
        CoverageKind::Refusal,
        CoverageKind::NotApplicable,
        CoverageKind::Overridden,
    ];

    /// What is counted, in the plural.
    pub const fn plural(self) -> &'static str {
        match self {
            CoverageKind::Row => "rows",
            CoverageKind::Cell => "cells",
            CoverageKind::Edge => "edges",
            CoverageKind::Exception => "exceptions",
            CoverageKind::NotApplicable => "exceptions not applicable",
            CoverageKind::Overridden => "exceptions overridden",
            CoverageKind::Default => "defaults",
            CoverageKind::ParameterValue => "parameter values",
            CoverageKind::Reason => "reasons",
            CoverageKind::Refusal => "refusals",
        }
    }

    /// Whether it is part of the headline: what is not, is a further side of an exception.
    pub const fn in_headline(self) -> bool {
        !matches!(self, CoverageKind::NotApplicable | CoverageKind::Overridden)
    }
}

/// Coverage of a declaration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeclarationCoverage {
    /// Full name.
    pub name: String,
    /// The word that begins it.
    pub kind: String,
    /// Package that declares its elements.
    pub package: String,
    /// Its elements in order.
    pub elements: Vec<CoverageElement>,
}

impl DeclarationCoverage {
    /// What no test has seen.
    pub fn never_seen(&self) -> impl Iterator<Item = &CoverageElement> {
        self.elements.iter().filter(|element| !element.seen())
    }
}

/// An element of a declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoverageElement {
    /// What is counted.
    pub kind: CoverageKind,
    /// Name of the row, exception, day, reason.
    pub name: String,
    /// Where it stands.
    pub place: SourcePlace,
    /// How often it was seen by tests.
    pub tests: u64,
    /// How often it was seen by properties.
    pub properties: u64,
}

impl CoverageElement {
    /// Whether it was seen at all.
    pub const fn seen(&self) -> bool {
        self.tests > 0 || self.properties > 0
    }
}
