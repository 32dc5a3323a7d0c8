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
//! | `arena` | the memory of one decision |
//! | `view` | a snapshot in words, with hashed keys |
//! | `table` | tables as data: an index over the cells of many rows |
//! | `host` | what machine code calls |
//! | `code` | functions, and who owns them |
//! | `lower` | from nodes to instructions |

mod arena;
mod code;
mod compare;
mod host;
mod lower;
mod planted;
mod shape;
mod table;
mod view;
mod words;

use std::sync::{Mutex, PoisonError};

use assize_eval::store::Store;
use assize_eval::{Limits, Value};
use assize_ir::{CallableId, Program, Type, Verified};

use arena::Arena;
use code::Code;
use host::{Context, Host};
use shape::{Layouts, Shape};
use view::View;
use words::{Reader, Writer};

pub use code::CannotCompile;
pub use planted::Planted;

/// The machine code of verified rules.
#[derive(Debug)]
pub struct Machine {
    layouts: Layouts,
    code: Code,
}

/// The rows of a snapshot as machine code reads them. Made for one [`Machine`] and one store, and used with
/// these alone.
#[derive(Debug)]
pub struct Rows {
    view: View,
    /// Memory of earlier decisions.
    idle: Mutex<Vec<Arena>>,
}

/// Rows or cells of a table that is written as code; greater ones are data.
const ROWS_IN_CODE: usize = 24;

/// Most pieces of memory that wait for the next decisions.
const IDLE: usize = 64;

impl Machine {
    /// Compiles all decisions.
    pub fn new(program: &Verified) -> Result<Machine, CannotCompile> {
        let decisions = program.decisions.iter().map(|it| it.callable);
        Machine::of(program, decisions)
    }

    /// Compiles some callables, to be called from outside.
    pub fn of(
        program: &Verified,
        callables: impl IntoIterator<Item = CallableId>,
    ) -> Result<Machine, CannotCompile> {
        Machine::with(program, callables, None)
    }

    /// Compiles with a fault on purpose: for tests of what notices it.
    #[doc(hidden)]
    pub fn with(
        program: &Verified,
        callables: impl IntoIterator<Item = CallableId>,
        planted: Option<Planted>,
    ) -> Result<Machine, CannotCompile> {
        Machine::with_tables(program, callables, planted, ROWS_IN_CODE)
    }

    /// Compiles tables of more than so many rows or cells as data, and others as code: for tests of both.
    #[doc(hidden)]
    pub fn with_tables(
        program: &Verified,
        callables: impl IntoIterator<Item = CallableId>,
        planted: Option<Planted>,
        rows_in_code: usize,
    ) -> Result<Machine, CannotCompile> {
        let layouts = Layouts::new(program);
        let code = Code::new(program, &layouts, callables, (planted, rows_in_code))?;
        Ok(Machine { layouts, code })
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

    /// The value of a decision's callable; `None` when the interpreter must decide.
    pub fn call(
        &self,
        program: &Verified,
        (rows, store): (&Rows, &Store),
        callable: CallableId,
        arguments: &[Value],
        limits: Limits,
    ) -> Option<Value> {
        let program: &Program = program;
        let entry = self.code.entries.get(&callable)?;
        let declared = program.callable(callable)?;
        if declared.params.len() != arguments.len() {
            return None;
        }
        let idle = || rows.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut arena = idle().pop().unwrap_or_default();
        let mut words = Vec::new();
        let mut writer = Writer {
            layouts: &self.layouts,
            arena: &mut arena,
        };
        for (value, param) in arguments.iter().zip(&declared.params) {
            writer.write(value, &Shape::of(&param.ty), &mut words)?;
        }
        let mut context = Context {
            next: 0,
            end: 0,
            fuel: i64::try_from(limits.max_steps).unwrap_or(i64::MAX),
            relations: rows.view.relations.as_ptr() as u64,
            longest: limits.max_list_elements,
            host: Host {
                program,
                layouts: &self.layouts,
                notes: &self.code.notes,
                view: &rows.view,
                store,
                arena,
                running: Vec::new(),
            },
        };
        let result: &Type = &declared.result;
        let shape = Shape::of(result);
        let mut out = vec![0u64; shape.words()];
        let status = entry(&raw mut context, words.as_ptr(), out.as_mut_ptr());
        let reader = Reader {
            program,
            layouts: &self.layouts,
        };
        let value = (status == 0).then(|| {
            #[expect(unsafe_code, reason = "reads what machine code wrote")]
            // SAFETY: the code gave a value of this type, and all it points to lives in the arguments, the
            // snapshot, the code and the arena, which are alive.
            unsafe {
                reader.read(out.as_ptr(), result, &shape)
            }
        });
        let mut arena = context.host.arena;
        arena.reset();
        let mut idle = idle();
        if idle.len() < IDLE {
            idle.push(arena);
        }
        value.flatten()
    }
}
