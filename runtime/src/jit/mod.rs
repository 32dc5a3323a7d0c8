//! Decisions as machine code.
//!
//! A decision is compiled once, when its rules are loaded, and then reads its arguments, the snapshot and
//! its own memory as plain words. Whatever would fail, does not fit a word, or is not written yet *leaves*:
//! the interpreter then decides from the start. Rules are pure, so nothing is undone, and every error has
//! the interpreter's words. The promise is that a value, where machine code gives one, is the interpreter's.
//!
//! | file | holds |
//! |---|---|
//! | `shape` | how values lie in words |
//! | `words`, `compare` | values into words and back; equality, order and hashes of words |
//! | `fits` | whether values of a caller are of their types |
//! | `arena` | the memory of one decision |
//! | `log` | what code tells of what decided |
//! | `view` | a snapshot in words, with hashed keys |
//! | `table` | tables as data: an index over the cells of many rows |
//! | `host` | what machine code calls |
//! | `code` | functions, and who owns them |
//! | `planted` | variants of code, and faults on purpose |
//! | `bound` | what decisions bound to types and to columns share |
//! | `lower` | from nodes to instructions |
//! | `typed` | decisions between Rust types |
//! | `columns` | decisions on columns of many rows |
//! | `json` | JSON text straight into words and back |

mod arena;
mod bound;
mod code;
pub mod columns;
mod compare;
mod fits;
mod host;
pub(crate) mod json;
mod log;
mod lower;
mod planted;
mod report;
mod shape;
mod table;
pub mod typed;
mod view;
mod words;

use std::sync::{Mutex, PoisonError};

use assize_eval::decided::Decided;
use assize_eval::store::Store;
use assize_eval::{Limits, Value};
use assize_ir::{CallableId, Program, Type, Verified};

use code::{Code, Entry};
use fits::Known;
use host::{Context, Note};
use json::Plans;
use shape::{Layouts, Shape};
use view::View;
use words::{Reader, Writer};

pub use code::CannotCompile;
pub use json::Asked;
pub use planted::{Planted, Variant};
pub use report::Lowered;

/// The machine code of verified rules.
#[derive(Debug)]
pub struct Machine {
    layouts: Layouts,
    code: Code,
    plans: Plans,
}

/// The rows of a snapshot as machine code reads them. Made for one [`Machine`] and one store, and used with
/// these alone.
#[derive(Debug)]
pub struct Rows {
    view: View,
    /// Memory of earlier decisions.
    idle: Mutex<Vec<Frame>>,
}

/// The memory of a call: words of arguments and result, and what the decision takes in between. Used for
/// one call after the other.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pub(crate) context: Context,
    /// The words of the arguments, one after the other.
    pub(crate) arguments: Vec<u64>,
    /// The words of the result.
    pub(crate) result: Vec<u64>,
    /// A text that is read or written.
    pub(crate) text: String,
}

/// All that a call runs on beside its arguments: rules, their code, and rows that were made for them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground<'g> {
    pub(crate) program: &'g Program,
    pub(crate) layouts: &'g Layouts,
    pub(crate) notes: &'g [Note],
    pub(crate) rows: &'g Rows,
    pub(crate) store: &'g Store,
    pub(crate) limits: Limits,
}

/// What a decision may look at, as machine code counts it down.
pub(crate) fn steps_of(limits: Limits) -> i64 {
    i64::try_from(limits.max_steps).unwrap_or(i64::MAX)
}

/// Most pieces of memory that wait for the next decisions.
const IDLE: usize = 64;
/// Words of arguments and bytes of text that are kept for the next decision.
const KEPT: usize = 1024 * 1024;

impl Rows {
    /// Memory for a call.
    pub(crate) fn frame(&self) -> Frame {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop().unwrap_or_default()
    }

    /// Takes memory back for the next call.
    pub(crate) fn give_back(&self, mut frame: Frame) {
        frame.clear();
        frame.arguments.clear();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(frame);
        }
    }
}

impl Frame {
    /// Makes room for the next call. The words of arguments stay, for whoever writes all of them again.
    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        self.context.arena.reset();
        if self.arguments.capacity() > KEPT || self.text.capacity() > KEPT {
            self.arguments = Vec::new();
            self.text = String::new();
        }
        self.context.running.clear();
        self.context.log.clear();
    }

    /// Decides; the words of the arguments stand in the frame, as those of the result will. `false` when
    /// the interpreter must decide.
    ///
    /// # Safety
    /// The arguments are those of the entry's callable, all they point to is alive, and so much room for
    /// the result is its `room`. The entry is one of this machine.
    #[expect(unsafe_code, reason = "machine code reads and writes addresses")]
    #[inline(always)]
    pub(crate) unsafe fn enter(&mut self, ground: &Ground<'_>, entry: Entry, room: usize) -> bool {
        // What stands there of an earlier call is overwritten, or never read.
        if self.result.len() != room {
            self.result.resize(room, 0);
        }
        let (arguments, result) = (self.arguments.as_ptr(), self.result.as_mut_ptr());
        // SAFETY: as the caller says, and there is so much room.
        unsafe { self.run(ground, entry, arguments, result) }
    }

    /// Decides once more on the ground on which the context stands; `false` when the interpreter must decide.
    ///
    /// # Safety
    /// The words of the arguments stand in the frame, there is room for those of the result, and all the arguments
    /// point to is alive, as is the ground. The entry is one of its machine.
    #[expect(unsafe_code, reason = "machine code reads and writes addresses")]
    #[inline(always)]
    pub(crate) unsafe fn again(&mut self, entry: Entry, steps: i64) -> bool {
        self.context.refuel(steps);
        let (arguments, result) = (self.arguments.as_ptr(), self.result.as_mut_ptr());
        entry(&raw mut self.context, arguments, result) == 0
    }

    /// Makes room for the next call of the same callable.
    #[inline(always)]
    pub(crate) fn reset(&mut self) {
        self.context.arena.reset();
        self.context.running.clear();
    }

    /// Runs an entry; `false` when the interpreter must decide.
    ///
    /// # Safety
    /// At the addresses lie the arguments of the entry's callable, and room for its result. All that the
    /// arguments point to is alive. The entry is one of this machine.
    #[expect(unsafe_code, reason = "machine code reads and writes addresses")]
    #[inline(always)]
    pub(crate) unsafe fn run(
        &mut self,
        ground: &Ground<'_>,
        entry: Entry,
        arguments: *const u64,
        result: *mut u64,
    ) -> bool {
        self.context.stand_on(ground);
        let status = entry(&raw mut self.context, arguments, result);
        status == 0
    }
}

impl Machine {
    /// Compiles all decisions, and the checks of what callers hand in.
    pub fn new(program: &Verified) -> Result<Machine, CannotCompile> {
        Machine::of_decisions(program, Variant::default())
    }

    /// The same as code that tells what decided, see [`Machine::call_telling`].
    pub fn telling(program: &Verified) -> Result<Machine, CannotCompile> {
        let tells = Variant {
            tells: true,
            ..Variant::default()
        };
        Machine::of_decisions(program, tells)
    }

    fn of_decisions(program: &Verified, variant: Variant) -> Result<Machine, CannotCompile> {
        let decisions = program.decisions.iter().map(|it| it.callable);
        Machine::of(program, decisions.chain(json::checks(program)), variant)
    }

    /// What becomes of each function of the decisions: where it may still leave, and what it asks the host.
    pub fn lowered(program: &Verified) -> Result<Vec<Lowered>, CannotCompile> {
        let decisions = program.decisions.iter().map(|it| it.callable);
        Code::told(program, &Layouts::new(program), decisions)
    }

    /// Compiles some callables, to be called from outside: for tests of every variant.
    #[doc(hidden)]
    pub fn of(
        program: &Verified,
        callables: impl IntoIterator<Item = CallableId>,
        variant: Variant,
    ) -> Result<Machine, CannotCompile> {
        let layouts = Layouts::new(program);
        let code = Code::new(program, &layouts, callables, variant)?;
        let plans = Plans::new(program, &layouts, &code.entries);
        Ok(Machine {
            layouts,
            code,
            plans,
        })
    }

    /// Bytes of the tables that are data.
    pub fn table_bytes(&self) -> usize {
        self.code.tables.iter().map(|table| table.bytes()).sum()
    }

    /// The rows that the code reads; `None` where a cell has no words, so that the interpreter must decide.
    pub fn rows(&self, program: &Verified, store: &Store) -> Option<Rows> {
        let view = View::new(program, &self.layouts, store, &self.code.reads)?;
        Some(Rows {
            view,
            idle: Mutex::default(),
        })
    }

    /// Bytes of machine code.
    pub fn bytes(&self) -> usize {
        self.code.bytes
    }

    /// Bytes of stack that a decision takes at most, what the host does for it left out.
    pub fn stack(&self) -> u64 {
        self.code.stack
    }

    /// Callables whose code only leaves, and what in them is not written yet.
    pub fn not_yet(&self) -> impl Iterator<Item = (CallableId, &'static str)> {
        self.code.not_yet.iter().copied()
    }

    /// Whether rows that were made for another machine of the same program hold all that this one reads.
    pub(crate) fn reads_no_more_than(&self, other: &Machine) -> bool {
        let mut reads = self.code.reads.iter();
        reads.all(|relation| other.code.reads.contains(relation))
    }

    /// The value of a decision's callable; `None` when the interpreter must decide.
    pub fn call(
        &self,
        program: &Verified,
        (rows, store): (&Rows, &Store),
        callable: CallableId,
        arguments: &[Value],
        limits: Limits,
    ) -> Option<Value> {
        let ground = self.ground(program, (rows, store), limits);
        let mut frame = rows.frame();
        let value = self.call_in(&mut frame, ground, callable, arguments);
        rows.give_back(frame);
        value
    }

    /// The value of a decision's callable, with what decided counted; `None` when the interpreter must decide, and
    /// then nothing is counted. Of a machine that does not tell this is an empty count.
    pub fn call_telling(
        &self,
        program: &Verified,
        (rows, store): (&Rows, &Store),
        (callable, arguments): (CallableId, &[Value]),
        limits: Limits,
        decided: &mut Decided,
    ) -> Option<Value> {
        let ground = self.ground(program, (rows, store), limits);
        let mut frame = rows.frame();
        let value = self.call_in(&mut frame, ground, callable, arguments);
        if value.is_some() {
            frame.context.log.count(program, decided);
        }
        rows.give_back(frame);
        value
    }

    /// All that a call of this machine runs on.
    pub(crate) fn ground<'g>(
        &'g self,
        program: &'g Program,
        (rows, store): (&'g Rows, &'g Store),
        limits: Limits,
    ) -> Ground<'g> {
        Ground {
            program,
            layouts: &self.layouts,
            notes: &self.code.notes,
            rows,
            store,
            limits,
        }
    }

    fn call_in(
        &self,
        frame: &mut Frame,
        ground: Ground<'_>,
        callable: CallableId,
        arguments: &[Value],
    ) -> Option<Value> {
        let entry = self.code.entries.get(&callable)?;
        let declared = ground.program.callable(callable)?;
        if declared.params.len() != arguments.len() {
            return None;
        }
        let mut writer = Writer {
            layouts: &self.layouts,
            arena: &mut frame.context.arena,
        };
        let known = Known {
            program: ground.program,
            store: ground.store,
        };
        for (value, param) in arguments.iter().zip(&declared.params) {
            if !known.fits(value, &param.ty) {
                return None;
            }
            writer.write(value, &Shape::of(&param.ty), &mut frame.arguments)?;
        }
        let result: &Type = &declared.result;
        let shape = Shape::of(result);
        let reader = Reader {
            program: ground.program,
            layouts: &self.layouts,
        };
        #[expect(unsafe_code, reason = "runs machine code and reads what it wrote")]
        // SAFETY: the arguments are of their types, are written as the parameters of the callable want them, and point into
        // the values, which the caller holds, and into the frame. What the code gives is a value of this
        // type, and all it points to lives in the arguments, the snapshot, the code and the frame.
        unsafe {
            frame
                .enter(&ground, *entry, shape.words())
                .then(|| reader.read(frame.result.as_ptr(), result, &shape))?
        }
    }
}
