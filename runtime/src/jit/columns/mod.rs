//! Decisions on columns: many rows at once, with the loop inside machine code.
//!
//! Whoever holds rows as columns (an Arrow record batch, a data frame, a table of a database) binds a decision to them
//! once, and then hands in buffers: nothing is copied on the way in, and the answers come as columns.
//!
//! ```ignore
//! let columns = loaded.columns("price", &[
//!     Field::new("line.quantity", Kind::Decimal64(3)),
//!     Field::new("line.contract_price", Kind::Decimal64(4)).nullable(),
//!     Field::new("line.segment", Kind::dictionary(["retail", "trade"])),
//! ], &[])?;                                            // every misfit of names, types and places
//! let mut batch = columns.batch();                     // holds the memory of its answers
//! let answers = batch.decide(rows, &[
//!     Cells::I64(&quantities), Cells::I64(&prices).valid(&validity), Cells::I32(&segments),
//! ])?;
//! answers.column("unit_price");
//! ```
//!
//! The buffers are those of the Apache Arrow columnar format, version 1.5: values one after the other, validity and
//! booleans as bits from the lowest, offsets of 32 bits, dictionary codes, decimals as scaled whole numbers. A row that the
//! rules refuse stands in [`Answers::refused`] with the words that JSON would have got; the other rows are decided.

mod bind;
mod cells;
pub(crate) mod plan;
mod slow;

use std::sync::Arc;

use assize_eval::Value;
use assize_ir::{Decision, Program};
use rust_decimal::Decimal;

pub use bind::{Codes, Field, Kind};
pub use cells::{BatchFault, Buffer, Cells};

use super::bound::not_yet;
use super::code::{Code, Entry};
use super::typed::{Misfit, Refused};
use super::words::Reader;
use super::{Frame, Ground, steps_of};
use crate::engine::Loaded;
use bind::Binder;
use plan::{Blank, Given, Taken};

/// Rows of a piece: the memory of one is taken back before the next, so that a batch may be of any length.
const PIECE: usize = 1024;

/// A decision bound to columns.
#[derive(Debug)]
pub struct Columns<'l> {
    loaded: &'l Loaded,
    decision: &'l Decision,
    fields: Vec<Field>,
    given: Vec<(String, Given)>,
    taken: Taken,
    blanks: Vec<Blank>,
    /// `None` where this host allows no machine code, so that the interpreter decides each row.
    code: Option<Code>,
    /// Whether data must be of a certain age.
    dated: bool,
}

/// Answers of a batch, as columns.
#[derive(Debug, Default)]
pub struct Answers {
    columns: Vec<Column>,
    /// Rows that have no answer, and why; their cells hold 0.
    pub refused: Vec<(usize, Refused)>,
}

impl Answers {
    /// The column of a path into the answer; the empty path is the whole answer, where it is no record.
    pub fn column(&self, path: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.path == path)
    }

    /// All columns, in the order of the fields of the answer.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
}

/// A column of answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The path into the answer.
    pub path: String,
    /// Its values, one for each row; 0 where there is none.
    pub data: Data,
    /// 1 for each row that has a value; `None` where all have.
    pub there: Option<Vec<u8>>,
}

/// Values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// 1 where it is so.
    Bool(Vec<u8>),
    /// Whole numbers.
    Int(Vec<i64>),
    /// Coefficients of numbers with so many places.
    Fixed(u8, Vec<i64>),
    /// Numbers with any places.
    Decimal(Vec<Decimal>),
    /// Days since 1970-01-01.
    Day(Vec<i32>),
    /// Positions in these names.
    Choice(Vec<String>, Vec<u32>),
    /// Bits for these names, the first in the lowest.
    Set(Vec<String>, Vec<u64>),
    /// What no column holds: texts, lists, reasons with their parameters.
    Values(Vec<Value>),
}

/// Memory for batches of a bound decision, one after the other. Each thread has its own.
#[derive(Debug)]
pub struct Batch<'t> {
    columns: &'t Columns<'t>,
    ready: Option<(Arc<Ground<'t>>, Entry)>,
    frame: Frame,
    status: Vec<u8>,
    /// The words of values that are made when a piece is done.
    words: Vec<Vec<u64>>,
    answers: Answers,
}

impl Loaded {
    /// Binds a decision to columns for its arguments, by paths: `order.customer.balance`, `order.lines` for the offsets
    /// of a list, `order.lines[].quantity` for its elements. Lists of reasons or of an enum of the answer whose paths stand
    /// in `sets` come as bits.
    pub fn columns(
        &self,
        decision: &str,
        fields: &[Field],
        sets: &[&str],
    ) -> Result<Columns<'_>, Vec<Misfit>> {
        let program: &Program = &self.rules.program;
        let (found, callable) = self.to_bind(decision)?;
        let mut binder = Binder::new(program, fields, sets);
        let given = binder.arguments(&callable.params);
        let mut blanks = Vec::new();
        let taken = binder.result("", &callable.result, &mut blanks);
        binder.unused();
        if !binder.misfits.is_empty() {
            return Err(binder.misfits);
        }
        self.compile();
        let code = self.rules.machine().and_then(|machine| {
            let plan = (given.as_slice(), &taken, steps_of(self.limits));
            Code::columns(program, &machine.layouts, found.callable, plan).ok()
        });
        Ok(Columns {
            loaded: self,
            decision: found,
            fields: fields.to_vec(),
            given,
            taken,
            blanks,
            code,
            dated: self.is_dated(found),
        })
    }
}

impl Columns<'_> {
    /// Memory for batches.
    pub fn batch(&self) -> Batch<'_> {
        let ready = self.ground().map(|(ground, entry)| {
            let ground = Arc::new(ground);
            (ground, entry)
        });
        let mut frame = Frame::default();
        if let Some((ground, _)) = &ready {
            frame.context.stand_on(ground);
        }
        let columns = self.blanks.iter().map(|blank| blank.column.clone());
        Batch {
            columns: self,
            ready,
            frame,
            status: Vec::new(),
            words: vec![Vec::new(); self.blanks.len()],
            answers: Answers {
                columns: columns.collect(),
                refused: Vec::new(),
            },
        }
    }

    /// Leaves all rows to the interpreter: for tests of what a host without machine code answers.
    #[doc(hidden)]
    pub fn interpreted(&mut self) {
        self.code = None;
    }

    /// Whether machine code is there for these columns, and what of it is not.
    pub fn not_yet(&self) -> Option<&'static str> {
        not_yet(self.code.as_ref())
    }

    fn ground(&self) -> Option<(Ground<'_>, Entry)> {
        let lengths = self.fields.iter().map(|field| match field.kind {
            Kind::FixedSizeList(count) => count,
            _ => 0,
        });
        let longest = lengths.max().unwrap_or(0);
        self.loaded
            .ground_of(self.code.as_ref()?, self.decision, longest)
    }
}

impl Batch<'_> {
    /// Decides so many rows; the buffers stand in the order of the fields. Where data must be fresh, this refuses every
    /// row; see [`Batch::decide_at`].
    pub fn decide(&mut self, rows: usize, buffers: &[Buffer<'_>]) -> Result<&Answers, BatchFault> {
        self.decide_at(rows, buffers, None)
    }

    /// Decides at a time, in seconds since 1970-01-01 UTC.
    pub fn decide_at(
        &mut self,
        rows: usize,
        buffers: &[Buffer<'_>],
        at: Option<i64>,
    ) -> Result<&Answers, BatchFault> {
        cells::check(&self.columns.fields, rows, buffers)?;
        self.room(rows);
        let fresh = !self.columns.dated || self.columns.loaded.is_fresh(self.columns.decision, at);
        match self.ready.clone() {
            Some((ground, entry)) if fresh => {
                for first in (0..rows).step_by(PIECE) {
                    let end = rows.min(first + PIECE);
                    self.piece((&ground, entry), buffers, (first, end));
                }
            }
            _ => self.status.fill(1),
        }
        self.rest(buffers, at);
        Ok(&self.answers)
    }

    /// Room for the answers of so many rows, all of them 0.
    fn room(&mut self, rows: usize) {
        self.status.clear();
        self.status.resize(rows, 0);
        self.answers.refused.clear();
        for column in &mut self.answers.columns {
            plan::clear(column, rows);
        }
        for (words, blank) in self.words.iter_mut().zip(&self.columns.blanks) {
            words.clear();
            words.resize(PIECE.min(rows) * blank.words_aside(), 0);
        }
    }

    /// Decides the rows of a piece by machine code, and makes what no column holds.
    fn piece(
        &mut self,
        (ground, entry): (&Ground<'_>, Entry),
        buffers: &[Buffer<'_>],
        (first, end): (usize, usize),
    ) {
        let mut given = vec![first as u64, end as u64, self.status.as_mut_ptr() as u64];
        for buffer in buffers {
            given.extend(buffer.addresses());
        }
        let mut taken = Vec::with_capacity(2 * self.answers.columns.len());
        for (column, words) in self.answers.columns.iter_mut().zip(&mut self.words) {
            taken.extend(plan::addresses(column, words));
        }
        #[expect(unsafe_code, reason = "runs machine code")]
        // SAFETY: the code was made for buffers of these fields, whose lengths and offsets were looked at, and for
        // answers of these shapes, for which there is room. All of it lives until the call is over.
        let decided = unsafe {
            self.frame
                .run(ground, entry, given.as_ptr(), taken.as_mut_ptr())
        };
        if !decided {
            // The code leaves a row by its status; as a whole it only leaves where it was not made.
            if let Some(status) = self.status.get_mut(first..end) {
                status.fill(1);
            }
        }
        self.values(ground, (first, end));
        self.frame.clear();
    }

    /// Makes the decimals and the values of a piece of their words.
    fn values(&mut self, ground: &Ground<'_>, (first, end): (usize, usize)) {
        let reader = Reader {
            program: ground.program,
            layouts: ground.layouts,
        };
        let columns = self.answers.columns.iter_mut();
        for ((column, words), blank) in columns.zip(&self.words).zip(&self.columns.blanks) {
            let Some((ty, shape)) = &blank.words else {
                continue;
            };
            let chunks = words.chunks_exact(shape.words());
            let status = self.status.get_mut(first..end).unwrap_or_default();
            for ((row, words), status) in (first..end).zip(chunks).zip(status) {
                if *status != 0 {
                    continue;
                }
                #[expect(unsafe_code, reason = "reads what machine code wrote")]
                // SAFETY: the code has written a value of this type, and all it points to is alive until the frame is
                // cleared.
                let value = unsafe { reader.read(words.as_ptr(), ty, shape) };
                if value
                    .and_then(|it| plan::set(&mut column.data, row, &it))
                    .is_none()
                {
                    *status = 1;
                }
            }
        }
    }

    /// The rows that machine code has left, by the definition.
    fn rest(&mut self, buffers: &[Buffer<'_>], at: Option<i64>) {
        let columns = self.columns;
        let left = self.status.iter().enumerate();
        let left: Vec<usize> = left
            .filter(|(_, it)| **it != 0)
            .map(|(row, _)| row)
            .collect();
        for row in left {
            // What machine code wrote before it left is not an answer.
            for column in &mut self.answers.columns {
                plan::reset(column, row);
            }
            match columns.slowly(buffers, row, at) {
                Ok(value) => {
                    let answers = &mut self.answers.columns;
                    if !columns.put(&value, row, answers) {
                        for column in &mut self.answers.columns {
                            plan::reset(column, row);
                        }
                        self.answers.refused.push((row, Refused::DoesNotFit));
                    }
                }
                Err(refused) => self.answers.refused.push((row, refused)),
            }
        }
    }
}
