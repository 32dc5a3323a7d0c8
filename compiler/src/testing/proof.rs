//! When are some cases all cases? Either a property has few cases, or all that is asked of its
//! numbers, days and texts is how they compare with constants: then one value for each constant and
//! one between each two neighbours stand for all others.
//!
//! The second claim is checked on the IR, and conservatively. A value of a parameter that is not
//! enumerated (a *leaf*) may be passed on, returned, put into records and compared with values known
//! to be constants. Whatever else happens to it (arithmetic, rounding, texts, look-ups, comparison
//! with another leaf or with data), the claim is given up. All other values are functions of those
//! comparisons, so they are the same for all values of a leaf that compare alike.

use std::collections::{BTreeMap, BTreeSet};

use assize_eval::Value;
use assize_ir::date::{FIRST_DAY, LAST_DAY};
use assize_ir::{
    Body, Callable, CallableId, Cell, Const, Hit, Node, NodeId, NumType, Op, Program, Rule, Table,
    Test, Type,
};
use rust_decimal::Decimal;

use super::MAX_PROOF_CASES;
use super::generate::{all_values, product};
use super::report::HowRun;
use super::values::{number_value, step};

/// Values of a number that are enumerated even when other parameters are not.
const MAX_SMALL: usize = 64;
/// Nodes that are looked at before the claim is given up.
const MAX_NODES: u32 = 200_000;
/// Nesting of nodes and calls that is looked at before the claim is given up.
const MAX_DEPTH: u32 = 150;

/// What a part of the property may give.
pub enum Root {
    /// A truth value or anything else that may not depend on a leaf but through comparisons.
    Settled(CallableId),
    /// Any value: only whether it fails counts.
    Any(CallableId),
}

/// Cases that prove the property when it holds for each of them.
pub fn cases(
    program: &Program,
    types: &[&Type],
    roots: &[Root],
) -> Option<(HowRun, Vec<Vec<Value>>)> {
    let all: Option<Vec<Vec<Value>>> = types
        .iter()
        .map(|ty| all_values(program, ty, MAX_PROOF_CASES))
        .collect();
    if let Some(cases) = all.and_then(|columns| product(&columns, MAX_PROOF_CASES)) {
        return Some((HowRun::AllCases, cases));
    }
    let mut flow = Flow {
        program,
        leaves: Vec::new(),
        nodes_left: MAX_NODES,
        depth: 0,
    };
    let trees: Option<Vec<Tree>> = types.iter().map(|ty| flow.tree(ty)).collect();
    let trees = trees?;
    for (ty, tree) in types.iter().zip(&trees) {
        flow.checks(ty, tree)?;
    }
    for root in roots {
        let arguments: Vec<Abs> = trees.iter().map(Tree::abs).collect();
        match root {
            Root::Settled(id) => {
                let result = flow.call(*id, arguments)?;
                settled(&result).then_some(())?;
            }
            Root::Any(id) => {
                flow.call(*id, arguments)?;
            }
        }
    }
    let columns: Option<Vec<Vec<Value>>> = trees.iter().map(|tree| flow.values(tree)).collect();
    let cases = product(&columns?, MAX_PROOF_CASES)?;
    Some((HowRun::EachKind, cases))
}

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
enum Abs {
    /// The same for all values of the leaves that compare alike.
    Settled,
    /// One of these constants, settled which.
    Known(Vec<Value>),
    /// One of these leaves, or something settled; settled which.
    Leaf(BTreeSet<usize>),
    /// A record of these.
    Record(Vec<Abs>),
}

fn settled(abs: &Abs) -> bool {
    match abs {
        Abs::Settled | Abs::Known(_) => true,
        Abs::Leaf(_) => false,
        Abs::Record(fields) => fields.iter().all(settled),
    }
}

/// Either of two values, settled which.
fn join(a: Abs, b: Abs) -> Option<Abs> {
    Some(match (a, b) {
        (Abs::Known(mut a), Abs::Known(b)) => {
            for value in b {
                if !a.contains(&value) {
                    a.push(value);
                }
            }
            Abs::Known(a)
        }
        (Abs::Leaf(mut leaves), Abs::Leaf(more)) => {
            leaves.extend(more);
            Abs::Leaf(leaves)
        }
        // What is settled compares alike with constants, whatever it is.
        (Abs::Leaf(leaves), b) | (b, Abs::Leaf(leaves)) if settled(&b) => Abs::Leaf(leaves),
        (Abs::Record(a), Abs::Record(b)) if a.len() == b.len() => Abs::Record(
            a.into_iter()
                .zip(b)
                .map(|(a, b)| join(a, b))
                .collect::<Option<_>>()?,
        ),
        (a, b) if settled(&a) && settled(&b) => Abs::Settled,
        _ => return None,
    })
}

/// A parameter: how it is enumerated.
enum Tree {
    /// All its values.
    All(Vec<Value>),
    /// A leaf; whether it may be missing.
    Leaf(usize, bool),
    /// A record.
    Record(Vec<Tree>),
}

impl Tree {
    fn abs(&self) -> Abs {
        match self {
            Tree::All(_) => Abs::Settled,
            Tree::Leaf(leaf, _) => Abs::Leaf([*leaf].into()),
            Tree::Record(fields) => Abs::Record(fields.iter().map(Tree::abs).collect()),
        }
    }
}

/// A value that is only compared.
struct Leaf {
    ty: Type,
    numbers: BTreeSet<Decimal>,
    days: BTreeSet<i32>,
    texts: BTreeSet<String>,
}

/// What slots hold, and the value of a rule's default.
struct Env<'p> {
    callable: &'p Callable,
    slots: BTreeMap<u32, Abs>,
    default: Option<Abs>,
}

struct Flow<'p> {
    program: &'p Program,
    leaves: Vec<Leaf>,
    nodes_left: u32,
    depth: u32,
}

impl<'p> Flow<'p> {
    fn tree(&mut self, ty: &Type) -> Option<Tree> {
        if let Some(values) = all_values(self.program, ty, MAX_SMALL) {
            return Some(Tree::All(values));
        }
        match ty.plain() {
            Type::Int | Type::Num(_) | Type::Date | Type::Text | Type::Code => {
                self.leaves.push(Leaf {
                    ty: ty.plain().clone(),
                    numbers: BTreeSet::new(),
                    days: BTreeSet::new(),
                    texts: BTreeSet::new(),
                });
                Some(Tree::Leaf(self.leaves.len() - 1, ty.is_optional()))
            }
            Type::Record(id) if !ty.is_optional() => {
                let record = self.program.record(*id)?;
                let fields: Option<Vec<Tree>> = record
                    .fields
                    .iter()
                    .map(|field| self.tree(&field.ty))
                    .collect();
                fields.map(Tree::Record)
            }
            _ => None,
        }
    }

    /// The checks of records must be settled, too: they say which cases there are.
    fn checks(&mut self, ty: &Type, tree: &Tree) -> Option<()> {
        let (Type::Record(id), Tree::Record(fields)) = (ty, tree) else {
            return Some(());
        };
        let record = self.program.record(*id)?;
        for (field, tree) in record.fields.iter().zip(fields) {
            self.checks(&field.ty, tree)?;
        }
        for check in &record.checks {
            let result = self.call(check.callable, vec![tree.abs()])?;
            settled(&result).then_some(())?;
        }
        Some(())
    }

    /// The values that stand for all others.
    fn values(&self, tree: &Tree) -> Option<Vec<Value>> {
        match tree {
            Tree::All(values) => Some(values.clone()),
            Tree::Leaf(leaf, optional) => {
                let mut values = self.leaves.get(*leaf)?.values()?;
                if *optional {
                    values.push(Value::Missing);
                }
                Some(values)
            }
            Tree::Record(fields) => {
                let columns: Option<Vec<Vec<Value>>> =
                    fields.iter().map(|field| self.values(field)).collect();
                let rows = product(&columns?, MAX_PROOF_CASES)?;
                Some(
                    rows.into_iter()
                        .map(|row| Value::Record(row.into()))
                        .collect(),
                )
            }
        }
    }

    fn enter(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth < MAX_DEPTH).then_some(())
    }

    fn call(&mut self, id: CallableId, arguments: Vec<Abs>) -> Option<Abs> {
        let callable = self.program.callable(id)?;
        // Nothing of a leaf goes in, so nothing of it comes out.
        if arguments.iter().all(settled) && !matches!(callable.body, Body::Parameter(_)) {
            return Some(Abs::Settled);
        }
        self.enter()?;
        let slots = (0_u32..).zip(arguments).collect();
        let mut env = Env {
            callable,
            slots,
            default: None,
        };
        let result = match &callable.body {
            Body::Define(node) => self.node(&mut env, *node),
            Body::Parameter(values) => {
                if let Some(day) = env.slots.get(&0).cloned() {
                    for from in values.iter().filter_map(|value| value.from) {
                        self.compare(&day, &Abs::Known(vec![Value::Date(from)]), true)?;
                    }
                }
                let mut result = Abs::Known(Vec::new());
                for value in values {
                    let value = self.node(&mut env, value.value)?;
                    result = join(result, value)?;
                }
                Some(result)
            }
            Body::Rule(rule) => self.rule(&mut env, rule),
            Body::Table(table) => self.table(&mut env, table),
            Body::Grid(grid) => {
                let across = self.node(&mut env, grid.across.value)?;
                for head in &grid.heads {
                    self.cell(&mut env, &head.cell, &across)?;
                }
                let mut inputs = Vec::new();
                for column in &grid.columns {
                    inputs.push(self.node(&mut env, column.value)?);
                }
                let mut result = Abs::Known(Vec::new());
                for row in &grid.rows {
                    for (cell, input) in row.cells.iter().zip(&inputs) {
                        self.cell(&mut env, cell, input)?;
                    }
                    for output in &row.outputs {
                        let output = self.node(&mut env, *output)?;
                        result = join(result, output)?;
                    }
                }
                Some(result)
            }
        };
        self.depth -= 1;
        result
    }

    fn rule(&mut self, env: &mut Env<'p>, rule: &Rule) -> Option<Abs> {
        if let Some(day) = rule.as_of {
            let day = self.node(env, day)?;
            for end in rule
                .exceptions
                .iter()
                .flat_map(|it| it.from.iter().chain(&it.to))
            {
                self.compare(&day, &Abs::Known(vec![Value::Date(*end)]), true)?;
            }
        }
        let mut result = Abs::Known(Vec::new());
        if let Some(default) = &rule.default {
            result = self.node(env, default.value)?;
        }
        env.default = Some(result.clone());
        for exception in &rule.exceptions {
            for condition in exception.when.iter().chain(&exception.unless) {
                self.settled(env, *condition)?;
            }
            let then = self.node(env, exception.then)?;
            // Values that are compared or combined must be settled.
            if rule.combine.is_some() || rule.may_agree {
                settled(&then).then_some(())?;
            }
            result = join(result, then)?;
        }
        if let Some(combine) = &rule.combine {
            if let Some(cap) = &combine.cap {
                self.settled(env, *cap)?;
            }
            settled(&result).then_some(())?;
            return Some(Abs::Settled);
        }
        Some(result)
    }

    fn table(&mut self, env: &mut Env<'p>, table: &Table) -> Option<Abs> {
        let mut inputs = Vec::new();
        for column in &table.columns {
            inputs.push(self.node(env, column.value)?);
        }
        let mut result: Option<Abs> = None;
        let takes_one = matches!(table.hit, Hit::Unique | Hit::First);
        for row in &table.rows {
            for (cell, input) in row.cells.iter().zip(&inputs) {
                self.cell(env, cell, input)?;
            }
            let mut outputs = Vec::new();
            for output in &row.outputs {
                let output = self.node(env, *output)?;
                (takes_one || settled(&output)).then_some(())?;
                outputs.push(output);
            }
            let value = match (outputs.len(), outputs.pop()) {
                (1, Some(only)) => only,
                (_, last) => {
                    outputs.extend(last);
                    Abs::Record(outputs)
                }
            };
            result = Some(match result {
                None => value,
                Some(result) => join(result, value)?,
            });
        }
        let result = result.unwrap_or(Abs::Settled);
        Some(if takes_one && !settled(&result) {
            result
        } else {
            Abs::Settled
        })
    }

    fn cell(&mut self, env: &mut Env<'p>, cell: &Cell, input: &Abs) -> Option<()> {
        let (Cell::OneOf(tests) | Cell::NoneOf(tests)) = cell else {
            return Some(());
        };
        for test in tests {
            match test {
                Test::Missing => {}
                Test::Equal(value) => {
                    let value = self.node(env, *value)?;
                    self.compare(input, &value, false)?;
                }
                Test::Compare(_, value) => {
                    let value = self.node(env, *value)?;
                    self.compare(input, &value, true)?;
                }
                Test::Range { low, high, .. } => {
                    for end in [Some(*low), *high].into_iter().flatten() {
                        let end = self.node(env, end)?;
                        self.compare(input, &end, true)?;
                    }
                }
            }
        }
        Some(())
    }

    /// A comparison: settled with settled, or a leaf with constants.
    fn compare(&mut self, a: &Abs, b: &Abs, ordered: bool) -> Option<()> {
        let (leaves, constants) = match (a, b) {
            (a, b) if settled(a) && settled(b) => return Some(()),
            (Abs::Leaf(leaves), Abs::Known(values)) | (Abs::Known(values), Abs::Leaf(leaves)) => {
                (leaves, values)
            }
            _ => return None,
        };
        for leaf in leaves {
            let leaf = self.leaves.get_mut(*leaf)?;
            for constant in constants {
                match (constant, &leaf.ty) {
                    (Value::Missing, _) => {}
                    (Value::Int(value), Type::Int | Type::Num(_)) => {
                        leaf.numbers.insert(Decimal::from(*value));
                    }
                    (Value::Num(value), Type::Int | Type::Num(_)) => {
                        leaf.numbers.insert(value.normalize());
                    }
                    (Value::Date(day), Type::Date) => {
                        leaf.days.insert(*day);
                    }
                    (Value::Text(text), Type::Text) | (Value::Code(text), Type::Code)
                        if !ordered =>
                    {
                        leaf.texts.insert(text.to_string());
                    }
                    _ => return None,
                }
            }
        }
        Some(())
    }

    /// A node that must be settled.
    fn settled(&mut self, env: &mut Env<'p>, id: NodeId) -> Option<()> {
        let abs = self.node(env, id)?;
        settled(&abs).then_some(())
    }

    fn node(&mut self, env: &mut Env<'p>, id: NodeId) -> Option<Abs> {
        self.nodes_left = self.nodes_left.checked_sub(1)?;
        self.enter()?;
        let node = env.callable.node(id)?;
        let result = self.op(env, node)?;
        self.depth -= 1;
        Some(result)
    }

    fn op(&mut self, env: &mut Env<'p>, node: &'p Node) -> Option<Abs> {
        Some(match &node.op {
            Op::Const(Const::List(_) | Const::Record(..)) => Abs::Settled,
            Op::Const(constant) => match assize_eval::interp::value_of(constant) {
                Some(value) => Abs::Known(vec![value]),
                None => Abs::Settled,
            },
            Op::Local(slot) => env.slots.get(&slot.0).cloned().unwrap_or(Abs::Settled),
            Op::Default => env.default.clone()?,
            Op::Let {
                slot, value, body, ..
            } => {
                let value = self.node(env, *value)?;
                env.slots.insert(slot.0, value);
                self.node(env, *body)?
            }
            Op::If { cond, then, other } => {
                self.settled(env, *cond)?;
                let then = self.node(env, *then)?;
                let other = self.node(env, *other)?;
                join(then, other)?
            }
            Op::Otherwise { value, other } => {
                let value = self.node(env, *value)?;
                let other = self.node(env, *other)?;
                join(value, other)?
            }
            Op::ToOptional(value) | Op::Present(value) => self.node(env, *value)?,
            Op::IntToNum(value) => match self.node(env, *value)? {
                Abs::Known(values) => {
                    Abs::Known(values.iter().map(as_number).collect::<Option<_>>()?)
                }
                other => other,
            },
            Op::Border { value, to, .. } => {
                let value = self.node(env, *value)?;
                self.border(&value, to)?;
                value
            }
            Op::Equal(a, b) => {
                let (a, b) = (self.node(env, *a)?, self.node(env, *b)?);
                self.compare(&a, &b, false)?;
                Abs::Settled
            }
            Op::Compare(_, a, b) => {
                let (a, b) = (self.node(env, *a)?, self.node(env, *b)?);
                self.compare(&a, &b, true)?;
                Abs::Settled
            }
            Op::Between { value, low, high } => {
                let value = self.node(env, *value)?;
                for end in [*low, *high] {
                    let end = self.node(env, end)?;
                    self.compare(&value, &end, true)?;
                }
                Abs::Settled
            }
            Op::In(value, list) => {
                let value = self.node(env, *value)?;
                match env.callable.node(*list).map(|node| &node.op) {
                    Some(Op::List(items)) => {
                        for item in items {
                            if let Some(when) = &item.when {
                                self.settled(env, *when)?;
                            }
                            let item = self.node(env, item.value)?;
                            self.compare(&value, &item, false)?;
                        }
                    }
                    Some(Op::Const(Const::List(items))) => {
                        for item in items {
                            let item = Abs::Known(vec![assize_eval::interp::value_of(item)?]);
                            self.compare(&value, &item, false)?;
                        }
                    }
                    _ => {
                        let list = self.node(env, *list)?;
                        (settled(&value) && settled(&list)).then_some(())?;
                    }
                }
                Abs::Settled
            }
            Op::IsMissing(value) => {
                self.node(env, *value)?;
                Abs::Settled
            }
            // A refusal is the same one whatever its words are.
            Op::Stop(reason) => {
                match env.callable.node(*reason).map(|node| &node.op) {
                    Some(Op::Reason(_, arguments)) => {
                        for argument in arguments {
                            self.node(env, *argument)?;
                        }
                    }
                    _ => self.settled(env, *reason)?,
                }
                Abs::Known(Vec::new())
            }
            Op::Record(_, fields) => {
                let fields: Option<Vec<Abs>> =
                    fields.iter().map(|field| self.node(env, *field)).collect();
                Abs::Record(fields?)
            }
            Op::Field(value, field) => match self.node(env, *value)? {
                Abs::Record(fields) => fields.get(*field as usize)?.clone(),
                Abs::Leaf(_) => return None,
                Abs::Settled | Abs::Known(_) => Abs::Settled,
            },
            Op::With(value, changes) => {
                let mut fields = match self.node(env, *value)? {
                    Abs::Record(fields) => fields,
                    Abs::Leaf(_) => return None,
                    Abs::Settled | Abs::Known(_) => {
                        let Type::Record(id) = node.ty.plain() else {
                            return None;
                        };
                        let count = self.program.record(*id)?.fields.len();
                        vec![Abs::Settled; count]
                    }
                };
                for (field, value) in changes {
                    *fields.get_mut(*field as usize)? = self.node(env, *value)?;
                }
                Abs::Record(fields)
            }
            Op::Check(value) => {
                let value = self.node(env, *value)?;
                if let Type::Record(id) = node.ty.plain() {
                    for check in &self.program.record(*id)?.checks {
                        let held = self.call(check.callable, vec![value.clone()])?;
                        settled(&held).then_some(())?;
                    }
                }
                value
            }
            Op::Call(callee, arguments) => {
                let arguments: Option<Vec<Abs>> = arguments
                    .iter()
                    .map(|argument| self.node(env, *argument))
                    .collect();
                self.call(*callee, arguments?)?
            }
            op => {
                if let Op::Loop(it) = op {
                    for binding in &it.lets {
                        let value = self.node(env, binding.value)?;
                        env.slots.insert(binding.slot.0, value);
                    }
                    let lets: Vec<NodeId> = it.lets.iter().map(|binding| binding.value).collect();
                    for operand in op.operands() {
                        if !lets.contains(&operand) {
                            self.settled(env, operand)?;
                        }
                    }
                } else {
                    for operand in op.operands() {
                        self.settled(env, operand)?;
                    }
                }
                Abs::Settled
            }
        })
    }

    /// A border compares with the ends of its range; its places must be those of the leaf anyway.
    fn border(&mut self, value: &Abs, to: &Type) -> Option<()> {
        let Abs::Leaf(leaves) = value else {
            return settled(value).then_some(());
        };
        let Type::Num(to) = to.plain() else {
            return None;
        };
        for leaf in leaves {
            let places = match &self.leaves.get(*leaf)?.ty {
                Type::Int => Some(0),
                Type::Num(num) => num.places,
                _ => return None,
            };
            if to
                .places
                .is_some_and(|most| places.is_none_or(|places| places > most))
            {
                return None;
            }
        }
        let ends = to
            .lowest
            .iter()
            .chain(&to.highest)
            .map(|end| Value::Num(*end))
            .collect();
        self.compare(value, &Abs::Known(ends), true)
    }
}

fn as_number(value: &Value) -> Option<Value> {
    match value {
        Value::Int(value) => Some(Value::Num(Decimal::from(*value))),
        Value::Missing => Some(Value::Missing),
        _ => None,
    }
}

impl Leaf {
    /// Each constant, and one value between each two neighbours and beyond the ends.
    fn values(&self) -> Option<Vec<Value>> {
        match &self.ty {
            Type::Int => self.numbers(&NumType {
                places: Some(0),
                ..NumType::PLAIN
            }),
            Type::Num(num) => self.numbers(num),
            Type::Date => {
                let mut out = BTreeSet::new();
                let mut before = FIRST_DAY;
                out.insert(FIRST_DAY);
                for day in self
                    .days
                    .iter()
                    .filter(|day| (FIRST_DAY..=LAST_DAY).contains(*day))
                {
                    // The day before stands for all between this constant and the one before it.
                    out.insert(day.saturating_sub(1).max(before));
                    out.insert(*day);
                    before = *day;
                }
                out.insert(LAST_DAY);
                Some(out.into_iter().map(Value::Date).collect())
            }
            Type::Text | Type::Code => {
                let mut other = "X".to_string();
                while self.texts.contains(&other) {
                    other.push('X');
                }
                let all = self.texts.iter().cloned().chain([other]);
                Some(match self.ty {
                    Type::Text => all.map(|text| Value::Text(text.into())).collect(),
                    _ => all.map(|text| Value::Code(text.into())).collect(),
                })
            }
            _ => None,
        }
    }

    fn numbers(&self, num: &NumType) -> Option<Vec<Value>> {
        let unit = step(num);
        let mut points = self.numbers.clone();
        points.extend(num.lowest);
        points.extend(num.highest);
        points.retain(|point| {
            num.lowest.is_none_or(|low| *point >= low)
                && num.highest.is_none_or(|high| *point <= high)
        });
        let mut out = BTreeSet::new();
        let fits = |point: &Decimal| super::values::fits(num, *point);
        // Beyond the ends, where the type has none.
        let one = Decimal::ONE;
        let first = points.first().copied().unwrap_or(Decimal::ZERO);
        let last = points.last().copied().unwrap_or(Decimal::ZERO);
        if num.lowest.is_none() {
            out.insert(first.checked_sub(one)?.floor());
        }
        if num.highest.is_none() {
            out.insert(last.checked_add(one)?.ceil());
        }
        if points.is_empty() {
            out.insert(Decimal::ZERO);
        }
        for (low, high) in points.iter().zip(points.iter().skip(1)) {
            let between = match unit {
                Some(unit) => {
                    let below = low.checked_div(unit)?.floor();
                    let next = below.checked_add(one)?.checked_mul(unit)?;
                    // A quotient that was rounded to fit would skip the neighbour.
                    (below.checked_mul(unit)? <= *low && *low < next).then_some(next)?
                }
                None => {
                    let half = high.checked_sub(*low)?.checked_div(Decimal::TWO)?;
                    let middle = low.checked_add(half)?;
                    (*low < middle && middle < *high).then_some(middle)?
                }
            };
            if between < *high {
                out.insert(between);
            }
        }
        out.extend(points.iter().filter(|point| fits(point)));
        out.retain(|value| fits(value));
        out.into_iter()
            .map(|value| number_value(&self.ty, value.normalize()))
            .collect()
    }
}
