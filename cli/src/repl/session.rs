//! What a session knows: a package, names that were given, data; and how an expression is evaluated.
//!
//! An expression becomes `example it = …` in a module that is nowhere on disk and uses all others;
//! names that were given are examples before it. Findings are told in the text as it was typed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use assize_compiler::SourceFile;
use assize_compiler::check::{CallableRef, Part, checked};
use assize_compiler::items::{DeclId, DeclKind, file_keys, syntax_diagnostics};
use assize_compiler::link::{LinkFault, Linked, link};
use assize_compiler::names::{full_name, visible_modules};
use assize_eval::failure::Failure;
use assize_eval::store::Store;
use assize_eval::trace::{Explain, render};
use assize_eval::{Interpreter, Limits, Value, Watch};
use assize_ir::{CallableId, Program};
use assize_runtime::snapshot::{SnapshotLimits, load_snapshot};

use super::picked::Picked;
use super::show;
use crate::fault::Fault;
use crate::load::files::shown;
use crate::load::{Workbench, package, rules};
use crate::render::finding::{Finding, Place, findings};
use crate::render::source::Source;

/// Path of the session's module among the files.
const FILE: &str = "input";
/// Name of what was typed last.
const IT: &str = "it";
/// What stands before each line of an expression in the module.
const INDENT: &str = "    ";
/// Faults of the data that are told; the rest is counted.
const DATA_FAULTS_SHOWN: usize = 5;

/// A name that was given.
struct Given {
    name: String,
    typed: Typed,
}

/// An expression as it was typed.
#[derive(Clone)]
struct Typed {
    /// All that was typed.
    whole: String,
    /// First byte of the expression in it.
    start: usize,
}

impl Typed {
    fn expression(&self) -> &str {
        self.whole.get(self.start..).unwrap_or_default()
    }
}

/// A session.
pub struct Session {
    workbench: Workbench,
    file: SourceFile,
    module: String,
    given: Vec<Given>,
    data: Option<PathBuf>,
    /// Data that was read, with the relations and enums of the program that it was read for.
    store: Option<(Vec<String>, Vec<Vec<String>>, Store)>,
}

/// Why there is no answer.
pub enum Trouble {
    /// Something is wrong with what was typed.
    Findings(Vec<Finding>),
    /// It cannot be evaluated.
    Fault(Fault),
    /// It was evaluated and failed: how, and what led to it where that was asked for.
    Failed(String, Vec<String>),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Trouble {
        Trouble::Fault(fault)
    }
}

/// A value with its type, as the author would write both.
pub struct Answer {
    /// The value; empty when only the type was asked for.
    pub value: String,
    /// The type.
    pub ty: String,
    /// The other fields of a row; empty for other values.
    pub beside: String,
    /// Remarks on what was typed.
    pub warnings: Vec<Finding>,
    /// What decided, where it was asked for.
    pub explanation: Vec<String>,
}

/// What is asked about an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Its value.
    Value,
    /// Its type alone.
    Type,
    /// Its value and what decided.
    Explanation,
}

impl Session {
    /// A session in a package, or in none.
    pub fn new(path: Option<&Path>) -> Result<Session, Fault> {
        let mut workbench = match path {
            Some(path) => package::open(path)?,
            None => package::empty()?,
        };
        let file = workbench.add_file(FILE);
        let taken = visible_modules(&workbench.db, file);
        let mut module = "session".to_owned();
        while taken.contains_key(module.as_str()) {
            module.push('_');
        }
        Ok(Session {
            workbench,
            file,
            module,
            given: Vec::new(),
            data: None,
            store: None,
        })
    }

    /// Takes another package; what was named is forgotten, data is read again when it is asked for.
    pub fn load(&mut self, path: &Path) -> Result<usize, Fault> {
        let mut fresh = Session::new(Some(path))?;
        fresh.data = self.data.take();
        *self = fresh;
        Ok(self.workbench.file_count().saturating_sub(1))
    }

    /// Number of errors of the package, without what was typed.
    pub fn errors(&self) -> usize {
        let found = rules::check(&self.workbench);
        let is_error = |one: &&Finding| one.severity == assize_compiler::Severity::Error;
        let of_package = |one: &&Finding| one.primary.source.path != FILE;
        found.iter().filter(is_error).filter(of_package).count()
    }

    /// Takes other data.
    pub fn set_data(&mut self, folder: &Path) -> Result<(), Fault> {
        let about = std::fs::metadata(folder).map_err(|error| Fault::read(folder, &error))?;
        if !about.is_dir() {
            return Err(Fault::new(format!("{} is no folder", shown(folder)))
                .help("name the folder with snapshot.json"));
        }
        Picked::new(folder, &[])?;
        self.data = Some(folder.to_owned());
        self.store = None;
        Ok(())
    }

    /// The compiler's view of the session.
    pub fn view(&self) -> (&Workbench, SourceFile) {
        (&self.workbench, self.file)
    }

    /// Names that were given, in order.
    pub fn given(&self) -> impl Iterator<Item = &str> {
        self.given.iter().map(|given| given.name.as_str())
    }

    /// The type of a name that was given.
    pub fn type_of(&self, name: &str) -> Option<String> {
        let db = &self.workbench.db;
        let keys = file_keys(db, self.file);
        let key = keys
            .iter()
            .find(|key| key.kind == DeclKind::Example && *key.name == *name)?;
        let decl = DeclId {
            file: self.file,
            key: key.clone(),
        };
        checked(db, &decl).value.as_ref().map(|ty| ty.text())
    }

    /// Evaluates an expression.
    pub fn evaluate(&mut self, text: &str, start: usize, ask: Ask) -> Result<Answer, Trouble> {
        let typed = Typed {
            whole: text.to_owned(),
            start,
        };
        self.evaluate_as(IT, &typed, ask)
    }

    /// Evaluates an expression and keeps it under a name.
    pub fn give(&mut self, name: &str, text: &str, start: usize) -> Result<Answer, Trouble> {
        if name == IT {
            let fault = Fault::new("`it` is the line that is being evaluated");
            return Err(fault.help("choose another name").into());
        }
        let typed = Typed {
            whole: text.to_owned(),
            start,
        };
        // An older value of the name must not be in the way.
        let before: Vec<Given> = std::mem::take(&mut self.given);
        let (older, others): (Vec<Given>, Vec<Given>) =
            before.into_iter().partition(|given| given.name == name);
        self.given = others;
        let answer = self.evaluate_as(name, &typed, Ask::Value);
        match &answer {
            Ok(_) => self.given.push(Given {
                name: name.to_owned(),
                typed,
            }),
            Err(_) => self.given.extend(older),
        }
        answer
    }

    fn evaluate_as(&mut self, name: &str, typed: &Typed, ask: Ask) -> Result<Answer, Trouble> {
        let mut blocks: Vec<(usize, Typed)> = Vec::new();
        let mut text = format!("module {}\n", self.module);
        for (module, files) in visible_modules(&self.workbench.db, self.file) {
            if files.iter().any(|file| *file != self.file) {
                text.push_str(&format!("use {module}\n"));
            }
        }
        let all = self
            .given
            .iter()
            .map(|it| (it.name.as_str(), &it.typed))
            .chain([(name, typed)]);
        for (name, typed) in all {
            text.push_str(&format!("\nexample {name} =\n{INDENT}"));
            blocks.push((text.len(), typed.clone()));
            text.push_str(&typed.expression().replace('\n', &format!("\n{INDENT}")));
            text.push('\n');
        }
        self.workbench.set_text(self.file, text);
        let db = &self.workbench.db;
        let keys = file_keys(db, self.file);
        let found = keys
            .iter()
            .find(|key| key.kind == DeclKind::Example && *key.name == *name);
        let Some(key) = found.cloned() else {
            // What was typed broke out of its declaration: everything in the module tells why.
            let all = keys.iter().map(|key| DeclId {
                file: self.file,
                key: key.clone(),
            });
            return Err(Trouble::Findings(self.told(all, &blocks)));
        };
        let decl = DeclId {
            file: self.file,
            key,
        };
        let broken = keys.iter().filter(|key| key.kind == DeclKind::Broken);
        let broken = broken.map(|key| DeclId {
            file: self.file,
            key: key.clone(),
        });
        let told = self.told(broken.chain([decl.clone()]), &blocks);
        let is_error = |one: &Finding| one.severity == assize_compiler::Severity::Error;
        if told.iter().any(is_error) {
            return Err(Trouble::Findings(
                told.into_iter().filter(is_error).collect(),
            ));
        }
        let ty = checked(db, &decl)
            .value
            .as_ref()
            .map(|ty| ty.text())
            .unwrap_or_default();
        let mut answer = Answer {
            value: String::new(),
            ty,
            beside: String::new(),
            warnings: told,
            explanation: Vec::new(),
        };
        if ask == Ask::Type {
            return Ok(answer);
        }
        let of = CallableRef {
            decl,
            part: Part::Main,
        };
        let linked = link(db, &[], std::slice::from_ref(&of))
            .map_err(|fault| self.unlinked(&fault, &blocks))?;
        let Linked {
            program, callables, ..
        } = linked;
        let id = callables.get(&of).copied().unwrap_or(CallableId(u32::MAX));
        let store = self.store_for(&program)?;
        let interpreter = Interpreter::new(&program, &store, Limits::default());
        let explain = (ask == Ask::Explanation).then(Explain::default);
        let decided = interpreter.call_with(
            id,
            &[],
            Watch {
                explain,
                observer: None,
            },
        );
        if let Some(trace) = &decided.trace {
            // The session's own module says nothing to anybody.
            let module = format!("{}.", self.module);
            answer.explanation = render::lines(&program, trace, render::Level::Rules)
                .iter()
                .map(|line| line.replace(&module, ""))
                .collect();
        }
        match decided.result {
            Ok(value) => {
                let ty = program
                    .callable(id)
                    .map_or(&assize_ir::Type::Bool, |it| &it.result);
                (answer.value, answer.beside) = show::value(&program, &store, ty, &value);
                self.keep(&program, store);
                Ok(answer)
            }
            Err(failure) => {
                let words = self.failure(&program, &store, &failure, &blocks);
                self.keep(&program, store);
                // The error is the head of its explanation.
                let below = answer.explanation.into_iter().skip(1).collect();
                Err(Trouble::Failed(words, below))
            }
        }
    }

    /// What is said about declarations of the module, in the text as it was typed.
    fn told(&self, decls: impl Iterator<Item = DeclId>, blocks: &[(usize, Typed)]) -> Vec<Finding> {
        let db = &self.workbench.db;
        let mut all = Vec::new();
        for decl in decls {
            all.extend(syntax_diagnostics(db, &decl));
            all.extend(checked(db, &decl).diagnostics.iter().cloned());
        }
        let mut found = findings(&self.workbench, &all);
        for finding in &mut found {
            let edits = finding
                .fixes
                .iter_mut()
                .flat_map(|fix| fix.edits.iter_mut());
            for place in std::iter::once(&mut finding.primary)
                .chain(&mut finding.related)
                .chain(edits)
            {
                as_typed(place, blocks);
            }
            // What only changes the text around what was typed helps nobody.
            finding.fixes.retain(|fix| {
                let changes = |edit: &Place| !edit.text.is_empty() || !edit.range.is_empty();
                fix.edits.iter().any(changes)
            });
            in_words_of_inputs(finding);
        }
        found
    }

    fn unlinked(&self, fault: &LinkFault, blocks: &[(usize, Typed)]) -> Trouble {
        match fault {
            LinkFault::Broken(decl) if decl.file == self.file => {
                Trouble::Findings(self.told(std::iter::once(decl.clone()), blocks))
            }
            LinkFault::Broken(decl) => {
                let name = full_name(&self.workbench.db, decl);
                Fault::new(format!("`{name}` has errors"))
                    .help("`assize check` tells them")
                    .into()
            }
            LinkFault::Circle(circle) => {
                let names: Vec<String> = circle
                    .iter()
                    .map(|decl| format!("`{}`", decl.name()))
                    .collect();
                Fault::new(format!("{} needs itself", names.join(" → "))).into()
            }
        }
    }

    /// The rows of the relations of a program; those that were read last if they are the same.
    fn store_for(&mut self, program: &Program) -> Result<Store, Fault> {
        let Some(folder) = &self.data else {
            return Ok(Store::empty(program));
        };
        if program.relations.is_empty() && !has_calendars(program) {
            return Ok(Store::empty(program));
        }
        let (relations, enums) = fingerprint(program);
        if let Some((known, known_enums, store)) = self.store.take()
            && known == relations
            && known_enums == enums
        {
            return Ok(store);
        }
        let picked = Picked::new(folder, &relations)?;
        load_snapshot(program, &picked, &SnapshotLimits::default())
            .map(|snapshot| snapshot.store)
            .map_err(|faults| {
                let lines: Vec<String> = faults
                    .iter()
                    .take(DATA_FAULTS_SHOWN)
                    .map(|fault| format!("{}/{fault}", shown(folder)))
                    .collect();
                let more = faults.len().saturating_sub(lines.len());
                let more = if more > 0 {
                    format!("; and {more} more")
                } else {
                    String::new()
                };
                Fault::new(format!(
                    "the data cannot be taken: {}{more}",
                    lines.join("; ")
                ))
            })
    }

    fn keep(&mut self, program: &Program, store: Store) {
        if self.data.is_some() && !program.relations.is_empty() {
            let (relations, enums) = fingerprint(program);
            self.store = Some((relations, enums, store));
        }
    }

    /// A failure in one line, with its place.
    fn failure(
        &self,
        program: &Program,
        store: &Store,
        failure: &Failure,
        blocks: &[(usize, Typed)],
    ) -> String {
        let mut out = failure.code.name().replace('_', " ");
        let mut values: Vec<String> = failure
            .values
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        if let Some(reason) = &failure.reason
            && let Some(declared) = program.reason(reason.reason)
        {
            let interpreter = Interpreter::new(program, store, Limits::default());
            values = vec![declared.code.clone()];
            if let Ok(Value::Text(text)) = interpreter.call(declared.message, &reason.arguments) {
                values.push(text.to_string());
            }
        }
        if !values.is_empty() {
            out.push_str(&format!(": {}", values.join(", ")));
        }
        let place = failure.place_id.and_then(|id| {
            let place = program.place(id)?;
            let file = program.files.get(usize::try_from(place.file).ok()?)?;
            if file.module == self.module {
                let at = usize::try_from(place.start).ok()?;
                let (typed, at) = typed_at(at, blocks)?;
                let position = Source::new(String::new(), typed.whole.clone()).position(at);
                return Some(format!("{FILE}:{}:{}", position.line, position.column));
            }
            let path = self.workbench.shown_file(file);
            Some(format!(
                "{} at {path}:{}:{}",
                failure.rule, place.line, place.column
            ))
        });
        match place {
            Some(place) => format!("{out} ({place})"),
            None => out,
        }
    }

    /// Modules that are in sight, in order of their names.
    pub fn modules(&self) -> Vec<SourceFile> {
        visible_modules(&self.workbench.db, self.file)
            .values()
            .flatten()
            .copied()
            .filter(|file| *file != self.file)
            .collect()
    }

    /// Whether two modules in sight give a word a meaning: then it is written in full.
    pub fn is_ambiguous(&self, decl: &DeclId) -> bool {
        let db = &self.workbench.db;
        let same = |file: &SourceFile| {
            file_keys(db, *file).iter().any(|key| {
                key.name == decl.key.name
                    && space(key.kind).is_some_and(|it| Some(it) == space(decl.key.kind))
            })
        };
        self.modules().iter().filter(|file| same(file)).count() > 1
    }
}

/// Kinds that share their words.
fn space(kind: DeclKind) -> Option<u8> {
    match kind {
        DeclKind::Define
        | DeclKind::Decision
        | DeclKind::Rule
        | DeclKind::Table
        | DeclKind::Reason => Some(0),
        DeclKind::Parameter | DeclKind::Example => Some(1),
        DeclKind::Record | DeclKind::Data | DeclKind::Enum | DeclKind::Number => Some(2),
        _ => None,
    }
}

/// What data of a program depends on: its relations, and the positions of enum values.
fn fingerprint(program: &Program) -> (Vec<String>, Vec<Vec<String>>) {
    let relations = program
        .relations
        .iter()
        .map(|relation| relation.name.clone())
        .collect();
    let enums = program.enums.iter().map(|of| of.values.clone()).collect();
    (relations, enums)
}

/// Whether the program can ask for a calendar without a relation.
fn has_calendars(program: &Program) -> bool {
    let mut nodes = program
        .callables
        .iter()
        .flat_map(|callable| &callable.nodes);
    nodes.any(|node| matches!(node.ty.plain(), assize_ir::Type::Calendar))
}

/// The typed text that a byte of the module belongs to, and the byte in it.
fn typed_at(at: usize, blocks: &[(usize, Typed)]) -> Option<(&Typed, usize)> {
    // What stands before an expression is its header.
    let after = blocks
        .iter()
        .rposition(|(start, _)| *start <= at)
        .unwrap_or(0);
    let (start, typed) = blocks.get(after)?;
    let mut left = at.saturating_sub(*start);
    let mut out = typed.start;
    let mut lines = typed.expression().split('\n').peekable();
    while let Some(line) = lines.next() {
        if left <= line.len() || lines.peek().is_none() {
            return Some((typed, out + left.min(line.len())));
        }
        out += line.len() + 1;
        left = left.saturating_sub(line.len() + 1 + INDENT.len());
    }
    Some((typed, out))
}

/// Says a finding without the declaration that what was typed became.
fn in_words_of_inputs(finding: &mut Finding) {
    const WORDS: &[(&str, &str)] = &[
        ("the end of the declaration", "the end"),
        ("the declaration ends before", "the input ends before"),
        ("the type of this example", "the type of this"),
        (
            "declare it, or `use` the module that does",
            "`:names` lists what is in sight, and `let x = …` gives a name",
        ),
    ];
    let texts = std::iter::once(&mut finding.claim)
        .chain(&mut finding.because)
        .chain(&mut finding.instead);
    for text in texts {
        for (of_files, of_inputs) in WORDS {
            if text.contains(of_files) {
                *text = text.replace(of_files, of_inputs);
            }
        }
    }
}

/// Moves a place of the module to what was typed.
fn as_typed(place: &mut Place, blocks: &[(usize, Typed)]) {
    if place.source.path != FILE {
        return;
    }
    let Some((typed, start)) = typed_at(place.range.start, blocks) else {
        return;
    };
    let end = match typed_at(place.range.end, blocks) {
        Some((same, end)) if same.whole == typed.whole => end.max(start),
        _ => typed.whole.len(),
    };
    // An indent was added to every line but the first.
    place.text = place.text.replace(&format!("\n{INDENT}"), "\n");
    place.range = start..end;
    place.source = Arc::new(Source::new(FILE.to_owned(), typed.whole.clone()));
}
