//! The functions of a program as machine code.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use assize_eval::Value;
use assize_ir::{Body as CallableBody, CallableId, Op, Program, RelationId};
use cranelift_codegen::ir::{AbiParam, FuncRef, Function, InstBuilder, Signature, types};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module, default_libcall_names};

use super::arena::Arena;
use super::host::{Context, Note, functions};
use super::lower::columns::Plan;
use super::lower::{Body, NotYet};
use super::planted::{Planted, Variant};
use super::report::{Lowered, Remarks};
use super::shape::{Layouts, Shape};
use super::table::Index;
use super::typed::form::Form;

/// Nodes of a callable that is written into every caller.
const SMALL: usize = 24;

/// Bytes of stack that a decision may take, host functions left out: far below what any thread has. The calls
/// of a program form no circle, so the most that they take is known when they are compiled.
const MOST_STACK: u64 = 256 * 1024;
/// What a frame takes beside its room: the return address and saved registers.
const FRAME: u64 = 128;

/// Bytes of stack on which code is made. A stack takes memory where it is used, so this is a bound and no cost.
const COMPILING_STACK: usize = 256 * 1024 * 1024;

/// A decision as machine code: context, words of the arguments, room for the result; 0, or 1 when the
/// interpreter must decide.
pub(crate) type Entry = extern "C" fn(*mut Context, *const u64, *mut u64) -> u64;

/// Why no code can be made at all.
#[derive(Clone, Debug)]
pub struct CannotCompile(String);

impl std::fmt::Display for CannotCompile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no machine code: {}", self.0)
    }
}

impl std::error::Error for CannotCompile {}

impl CannotCompile {
    pub(crate) fn because(why: &str) -> CannotCompile {
        CannotCompile(why.to_owned())
    }

    /// What stands in the way, in words.
    pub fn why(&self) -> &str {
        &self.0
    }
}

/// A fault in words, with what caused it: that a host forbids something stands at the end.
fn cannot(error: impl std::error::Error) -> CannotCompile {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.ends_with(&more) {
            words = format!("{words}: {more}");
        }
        cause = error.source();
    }
    CannotCompile(words)
}

/// Texts that code points to.
type Texts = BTreeMap<String, Box<str>>;

/// What is being made.
pub(crate) struct Unit<'p> {
    pub(crate) program: &'p Program,
    pub(crate) layouts: &'p Layouts,
    module: JITModule,
    /// The functions of the host, in the order of [`super::host::Call`].
    pub(crate) host: Vec<FuncId>,
    functions: BTreeMap<CallableId, FuncId>,
    /// Functions that are called and not written yet.
    waiting: Vec<CallableId>,
    /// Callables that are written into their callers.
    written_in: BTreeSet<CallableId>,
    /// Callables that somebody calls.
    called: BTreeSet<CallableId>,
    notes: Vec<Note>,
    texts: Texts,
    /// Address of the severities of all reasons.
    severities: u64,
    reads: BTreeSet<RelationId>,
    pub(crate) variant: Variant,
    /// Tables that are data, and what comes out of their rows.
    tables: Vec<Arc<Index>>,
    answers: Answers,
    /// What is remarked of the function that is being written.
    pub(crate) remarks: Remarks,
    /// The function that is being written, and which functions each one calls.
    writing: Option<FuncId>,
    edges: BTreeMap<FuncId, BTreeSet<FuncId>>,
}

/// The machine code of a program, and all that it points to.
pub(crate) struct Code {
    module: Option<JITModule>,
    pub(crate) entries: BTreeMap<CallableId, Entry>,
    pub(crate) notes: Vec<Note>,
    /// The relations that the code reads.
    pub(crate) reads: Vec<RelationId>,
    /// Callables that are left to the interpreter, and for what.
    pub(crate) not_yet: Vec<(CallableId, &'static str)>,
    /// Bytes of code.
    pub(crate) bytes: usize,
    /// Bytes of stack that a decision takes at most.
    pub(crate) stack: u64,
    /// What became of each function, where it was asked for.
    pub(crate) lowered: Vec<Lowered>,
    /// Tables that are data.
    pub(crate) tables: Vec<Arc<Index>>,
    #[expect(dead_code, reason = "keeps alive what the code points to")]
    held: (Texts, Answers),
}

/// Words of constants that come out of tables, and the values in which their texts lie.
#[derive(Default)]
pub(crate) struct Answers {
    pub(crate) blocks: Vec<Box<[u64]>>,
    pub(crate) texts: Vec<Box<str>>,
    pub(crate) values: Vec<Value>,
    pub(crate) arena: Arena,
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Code")
            .field("entries", &self.entries.len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

// SAFETY: the module is only touched when it is made and when it is dropped; code and notes are never
// written again.
#[expect(unsafe_code, reason = "machine code is shared between threads")]
unsafe impl Send for Code {}
// SAFETY: as above.
#[expect(unsafe_code, reason = "machine code is shared between threads")]
unsafe impl Sync for Code {}

impl Drop for Code {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            #[expect(unsafe_code, reason = "dropping alone gives nothing back")]
            // SAFETY: whoever calls an entry holds this value, so nobody is in the code any more.
            unsafe {
                module.free_memory();
            }
        }
    }
}

impl Code {
    /// Makes code for some callables of a program.
    pub(crate) fn new(
        program: &Program,
        layouts: &Layouts,
        callables: impl IntoIterator<Item = CallableId>,
        variant: Variant,
    ) -> Result<Code, CannotCompile> {
        let entries = callables.into_iter().map(|id| (id, Arguments::InMemory));
        Code::with_entries(program, layouts, entries.collect(), variant)
    }

    /// Makes code for one callable, between images of these forms.
    pub(crate) fn typed(
        program: &Program,
        layouts: &Layouts,
        callable: CallableId,
        (given, taken): (&Form, &Form),
    ) -> Result<Code, CannotCompile> {
        let entries = BTreeMap::from([(callable, Arguments::Image(given, taken))]);
        Code::with_entries(program, layouts, entries, Variant::default())
    }

    /// Makes code for one callable, from columns to columns.
    pub(crate) fn columns(
        program: &Program,
        layouts: &Layouts,
        callable: CallableId,
        plan: Plan<'_>,
    ) -> Result<Code, CannotCompile> {
        let entries = BTreeMap::from([(callable, Arguments::Columns(plan))]);
        Code::with_entries(program, layouts, entries, Variant::default())
    }

    /// Makes code for callables, and says what became of each function.
    pub(crate) fn told(
        program: &Program,
        layouts: &Layouts,
        callables: impl IntoIterator<Item = CallableId>,
    ) -> Result<Vec<Lowered>, CannotCompile> {
        let entries = callables.into_iter().map(|id| (id, Arguments::InMemory));
        let code = Code::asked(
            program,
            layouts,
            entries.collect(),
            Variant::default(),
            true,
        )?;
        Ok(code.lowered.clone())
    }

    fn with_entries(
        program: &Program,
        layouts: &Layouts,
        wanted: BTreeMap<CallableId, Arguments<'_>>,
        variant: Variant,
    ) -> Result<Code, CannotCompile> {
        Code::asked(program, layouts, wanted, variant, false)
    }

    fn asked(
        program: &Program,
        layouts: &Layouts,
        wanted: BTreeMap<CallableId, Arguments<'_>>,
        variant: Variant,
        told: bool,
    ) -> Result<Code, CannotCompile> {
        // Variant deep rules are nested is their own affair, and not that of the thread which asks.
        std::thread::scope(|scope| {
            let builder = std::thread::Builder::new()
                .name("machine code".to_owned())
                .stack_size(COMPILING_STACK);
            let made = builder
                .spawn_scoped(scope, move || {
                    Code::written(program, layouts, wanted, variant, told)
                })
                .map_err(|_| CannotCompile::because("there is no thread to make it on"))?;
            let failed = |_| Err(CannotCompile::because("the compiler has a fault"));
            made.join().unwrap_or_else(failed)
        })
    }

    /// The same on a stack that is deep enough.
    fn written(
        program: &Program,
        layouts: &Layouts,
        wanted: BTreeMap<CallableId, Arguments<'_>>,
        variant: Variant,
        told: bool,
    ) -> Result<Code, CannotCompile> {
        let mut unit = Unit::new(program, layouts)?;
        unit.remarks.wanted = told;
        unit.variant = variant;
        match Code::made(&mut unit, wanted) {
            Ok((entries, stack, maker)) => Ok(Code {
                entries,
                notes: unit.notes,
                reads: unit.reads.into_iter().collect(),
                not_yet: maker.not_yet,
                bytes: maker.bytes,
                stack,
                lowered: maker.lowered,
                tables: unit.tables,
                held: (unit.texts, unit.answers),
                module: Some(unit.module),
            }),
            Err(error) => {
                // Whoever reloads asks again and again where the host forbids code.
                #[expect(unsafe_code, reason = "dropping alone gives nothing back")]
                // SAFETY: nobody has an address of code that was not finished.
                unsafe {
                    unit.module.free_memory();
                }
                Err(error)
            }
        }
    }

    /// Entries, the most stack that one of them takes, and what else is known of the code.
    fn made(
        unit: &mut Unit<'_>,
        wanted: BTreeMap<CallableId, Arguments<'_>>,
    ) -> Result<(BTreeMap<CallableId, Entry>, u64, Maker), CannotCompile> {
        let mut maker = Maker {
            context: unit.module.make_context(),
            builder: FunctionBuilderContext::new(),
            not_yet: Vec::new(),
            lowered: Vec::new(),
            bytes: 0,
            frames: BTreeMap::new(),
        };
        let mut entries = BTreeMap::new();
        for (callable, arguments) in wanted {
            entries.insert(callable, maker.entry(unit, callable, arguments)?);
        }
        while let Some(callable) = unit.waiting.pop() {
            maker.callable(unit, callable)?;
        }
        unit.module.finalize_definitions().map_err(cannot)?;
        let mut known = BTreeMap::new();
        entries.retain(|callable, function| {
            let fits = maker.stack(&unit.edges, *function, &mut known) <= MOST_STACK;
            if !fits {
                maker.not_yet.push((*callable, "a deep stack"));
            }
            fits
        });
        let stack = entries
            .values()
            .filter_map(|function| known.get(function))
            .max();
        let stack = stack.copied().unwrap_or(0);
        let entries = entries.into_iter().map(|(callable, function)| {
            let address = unit.module.get_finalized_function(function);
            #[expect(unsafe_code, reason = "this is what machine code is made for")]
            // SAFETY: the function was made with this signature.
            let entry = unsafe { std::mem::transmute::<*const u8, Entry>(address) };
            (callable, entry)
        });
        Ok((entries.collect(), stack, maker))
    }
}

/// Makes one function after the other.
struct Maker {
    context: cranelift_codegen::Context,
    builder: FunctionBuilderContext,
    not_yet: Vec<(CallableId, &'static str)>,
    lowered: Vec<Lowered>,
    bytes: usize,
    /// Bytes of stack that each function takes itself.
    frames: BTreeMap<FuncId, u64>,
}

impl Maker {
    /// A function that a caller of decisions enters.
    fn entry(
        &mut self,
        unit: &mut Unit<'_>,
        id: CallableId,
        arguments: Arguments<'_>,
    ) -> Result<FuncId, CannotCompile> {
        let signature = unit.signature(3);
        let name = format!("decision {}", id.0);
        let function = unit
            .module
            .declare_function(&name, Linkage::Local, &signature)
            .map_err(cannot)?;
        self.define(unit, (function, signature), id, arguments)?;
        Ok(function)
    }

    fn callable(&mut self, unit: &mut Unit<'_>, id: CallableId) -> Result<(), CannotCompile> {
        let function = unit.functions.get(&id).copied();
        let function =
            function.ok_or_else(|| CannotCompile::because("a function that nobody declared"))?;
        let signature = unit.signature_of(id);
        self.define(unit, (function, signature), id, Arguments::Given)
    }

    fn define(
        &mut self,
        unit: &mut Unit<'_>,
        (function, signature): (FuncId, Signature),
        id: CallableId,
        arguments: Arguments<'_>,
    ) -> Result<(), CannotCompile> {
        self.context.func = Function::with_name_signature(Default::default(), signature.clone());
        unit.writing = Some(function);
        let is_entry = !matches!(arguments, Arguments::Given);
        let mut left = None;
        let before = self.bytes;
        if let Err(NotYet(what)) = self.write(unit, id, arguments) {
            left = Some(what);
            self.not_yet.push((id, what));
            unit.module.clear_context(&mut self.context);
            self.builder = FunctionBuilderContext::new();
            self.context.func = Function::with_name_signature(Default::default(), signature);
            self.write_leaving(unit);
        }
        unit.module
            .define_function(function, &mut self.context)
            .map_err(|error| CannotCompile(format!("{error:?}")))?;
        if let Some(code) = self.context.compiled_code() {
            self.bytes += code.code_buffer().len();
            let room = code
                .buffer
                .frame_layout()
                .map_or(0, |it| it.frame_to_fp_offset);
            self.frames.insert(function, u64::from(room) + FRAME);
        }
        unit.module.clear_context(&mut self.context);
        if unit.remarks.wanted {
            let remarks = std::mem::take(&mut unit.remarks);
            unit.remarks.wanted = true;
            self.lowered.push(Lowered {
                callable: id,
                is_entry,
                bytes: self.bytes - before,
                left,
                checks: remarks.checks,
                calls: remarks.calls,
            });
        }
        Ok(())
    }

    fn write(
        &mut self,
        unit: &mut Unit<'_>,
        id: CallableId,
        arguments: Arguments<'_>,
    ) -> Result<(), NotYet> {
        let config = unit.module.target_config();
        let program = unit.program;
        let callable = program.callable(id).ok_or(NotYet("an unknown callable"))?;
        let mut b = FunctionBuilder::new(&mut self.context.func, &mut self.builder);
        let start = b.create_block();
        b.append_block_params_for_function_params(start);
        let params = b.block_params(start).to_vec();
        let leave = b.create_block();
        b.set_cold_block(leave);
        b.switch_to_block(start);
        let context = params.first().copied().ok_or(NotYet("no context"))?;
        let mut body = Body::new(unit, b, context, leave);
        let out = match (arguments, params.as_slice()) {
            (Arguments::Columns(plan), [_, from, out]) => {
                body.write_columns(id, plan, (*from, *out))?
            }
            (Arguments::Image(given, taken), [_, from, out]) => {
                body.write_typed(id, (given, taken), (*from, *out))?
            }
            _ => body.write_callable(id, callable, arguments, &params)?,
        };
        body.finish(out);
        body.b.finalize(config);
        Ok(())
    }

    /// Bytes of stack that a function and all that it calls take at most; what is known is kept.
    fn stack(
        &self,
        edges: &BTreeMap<FuncId, BTreeSet<FuncId>>,
        of: FuncId,
        known: &mut BTreeMap<FuncId, u64>,
    ) -> u64 {
        if let Some(bytes) = known.get(&of) {
            return *bytes;
        }
        let own = self.frames.get(&of).copied().unwrap_or(FRAME);
        let called = edges.get(&of).into_iter().flatten();
        // Callables call earlier ones alone, so this ends, and no deeper than the verifier allows calls.
        let below = called.map(|called| self.stack(edges, *called, known)).max();
        let bytes = own.saturating_add(below.unwrap_or(0));
        known.insert(of, bytes);
        bytes
    }

    /// A function that leaves at once.
    fn write_leaving(&mut self, unit: &Unit<'_>) {
        let config = unit.module.target_config();
        let mut b = FunctionBuilder::new(&mut self.context.func, &mut self.builder);
        let start = b.create_block();
        b.append_block_params_for_function_params(start);
        b.switch_to_block(start);
        let one = b.ins().iconst(types::I64, 1);
        b.ins().return_(&[one]);
        b.seal_all_blocks();
        b.finalize(config);
    }
}

/// Where a function finds its arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arguments<'f> {
    /// In an image of this form, at the address that follows the context; then the room for the image of the
    /// result, of the other form.
    Image(&'f Form, &'f Form),
    /// In columns, whose addresses stand at the address that follows the context; then those of the columns of results.
    Columns(Plan<'f>),
    /// Behind the context and the room for the result.
    Given,
    /// One after the other, at the address that follows the context; then the room for the result.
    InMemory,
}

impl<'p> Unit<'p> {
    fn new(program: &'p Program, layouts: &'p Layouts) -> Result<Unit<'p>, CannotCompile> {
        let mut flags = settings::builder();
        for (name, value) in [
            ("use_colocated_libcalls", "false"),
            ("is_pic", "false"),
            ("opt_level", "speed"),
            (
                "enable_verifier",
                if cfg!(debug_assertions) {
                    "true"
                } else {
                    "false"
                },
            ),
        ] {
            flags.set(name, value).map_err(cannot)?;
        }
        let isa = cranelift_native::builder().map_err(CannotCompile::because)?;
        let isa = isa.finish(settings::Flags::new(flags)).map_err(cannot)?;
        let mut builder = JITBuilder::with_isa(isa, default_libcall_names());
        let severities: Box<[u64]> = program
            .reasons
            .iter()
            .map(|it| u64::from(it.severity))
            .collect();
        let all = functions();
        for function in &all {
            builder.symbol(function.name, function.address as *const u8);
        }
        let mut unit = Unit {
            program,
            layouts,
            module: JITModule::new(builder),
            host: Vec::new(),
            functions: BTreeMap::new(),
            waiting: Vec::new(),
            written_in: written_in(program),
            called: calls(program).into_keys().collect(),
            notes: Vec::new(),
            texts: BTreeMap::new(),
            severities: severities.as_ptr() as u64,
            reads: BTreeSet::new(),
            variant: Variant::default(),
            tables: Vec::new(),
            answers: Answers {
                blocks: vec![severities],
                ..Answers::default()
            },
            remarks: Remarks::default(),
            writing: None,
            edges: BTreeMap::new(),
        };
        for function in all {
            let signature = unit.signature(function.takes);
            let id = unit
                .module
                .declare_function(function.name, Linkage::Import, &signature)
                .map_err(cannot)?;
            unit.host.push(id);
        }
        Ok(unit)
    }

    /// So many words in, one out.
    fn signature(&self, words: usize) -> Signature {
        let mut signature = self.module.make_signature();
        signature.params = vec![AbiParam::new(types::I64); words];
        signature.returns = vec![AbiParam::new(types::I64)];
        signature
    }

    fn signature_of(&self, id: CallableId) -> Signature {
        let params = self
            .program
            .callable(id)
            .map(|callable| callable.params.as_slice());
        let words = params
            .unwrap_or_default()
            .iter()
            .map(|param| Shape::of(&param.ty).words());
        self.signature(2 + words.sum::<usize>())
    }

    /// The function of a callable; it is written later.
    pub(crate) fn function_of(&mut self, id: CallableId) -> Result<FuncId, NotYet> {
        let function = match self.functions.get(&id) {
            Some(found) => *found,
            None => self.declare(id)?,
        };
        if let Some(caller) = self.writing {
            self.edges.entry(caller).or_default().insert(function);
        }
        Ok(function)
    }

    fn declare(&mut self, id: CallableId) -> Result<FuncId, NotYet> {
        let signature = self.signature_of(id);
        let name = format!("callable {}", id.0);
        let function = self
            .module
            .declare_function(&name, Linkage::Local, &signature)
            .map_err(|_| NotYet("a function that cannot be declared"))?;
        self.functions.insert(id, function);
        self.waiting.push(id);
        Ok(function)
    }

    pub(crate) fn declare_in(&mut self, id: FuncId, function: &mut Function) -> FuncRef {
        self.module.declare_func_in_func(id, function)
    }

    /// Whether an entry calls a callable, whose function others call too.
    pub(crate) fn is_shared(&self, id: CallableId) -> bool {
        self.called.contains(&id)
    }

    pub(crate) fn is_written_in(&self, id: CallableId) -> bool {
        self.written_in.contains(&id)
    }

    /// Notes something for the host; its number.
    pub(crate) fn note(&mut self, note: Note) -> i64 {
        self.notes.push(note);
        i64::try_from(self.notes.len()).unwrap_or(i64::MAX) - 1
    }

    /// Address and bytes of a text that lives as long as the code.
    pub(crate) fn text(&mut self, text: &str) -> [u64; 2] {
        let held = self
            .texts
            .entry(text.to_owned())
            .or_insert_with(|| Box::from(text));
        super::words::text_words(held)
    }

    /// Address of words that live as long as the code.
    pub(crate) fn block(&mut self, words: &[u64]) -> u64 {
        let held: Box<[u64]> = Box::from(words);
        let address = held.as_ptr() as u64;
        self.answers.blocks.push(held);
        address
    }

    /// Address of a table that lives as long as the code.
    pub(crate) fn table(&mut self, table: Index) -> u64 {
        let table = Arc::new(table);
        let address = std::ptr::from_ref::<Index>(&table) as u64;
        self.tables.push(table);
        address
    }

    /// Where constants are put that live as long as the code.
    pub(crate) fn answers(&mut self) -> &mut Answers {
        &mut self.answers
    }

    /// Address of the severities of all reasons.
    pub(crate) fn severities(&self) -> u64 {
        self.severities
    }

    /// Whether this fault is wanted.
    pub(crate) fn has(&self, planted: Planted) -> bool {
        self.variant.planted == Some(planted)
    }

    pub(crate) fn reads(&mut self, relation: RelationId) {
        self.reads.insert(relation);
    }
}

/// In how many places each callable is called.
fn calls(program: &Program) -> BTreeMap<CallableId, usize> {
    let mut calls: BTreeMap<CallableId, usize> = BTreeMap::new();
    for callable in &program.callables {
        for node in &callable.nodes {
            if let Op::Call(called, _) = node.op {
                *calls.entry(called).or_default() += 1;
            }
        }
    }
    calls
}

/// Callables that are small, or are called in one place.
fn written_in(program: &Program) -> BTreeSet<CallableId> {
    let calls = calls(program);
    let all = program.callables.iter().enumerate();
    let small = all.filter_map(|(number, callable)| {
        let id = CallableId(u32::try_from(number).ok()?);
        let rows = match &callable.body {
            CallableBody::Table(table) => table.rows.len() * table.columns.len(),
            CallableBody::Grid(grid) => grid.rows.len() * grid.heads.len(),
            _ => 0,
        };
        let size = callable.nodes.len() + rows;
        (size <= SMALL || calls.get(&id) == Some(&1)).then_some(id)
    });
    small.collect()
}
