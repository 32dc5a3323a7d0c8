//! Replaces the identifiers of a fragment by those of the program.

use assize_ir::{
    Body, Callable, CallableId, Cell, Const, EnumId, Exception, IndexId, LoopResult, NodeId, Op,
    Over, ParameterValue, PlaceId, REASON_CODE, ReasonId, RecordId, RelationId, Row, Slot, Test,
    TextPart, Type,
};

/// Identifiers in the program, by identifiers in the fragment.
#[derive(Debug, Default)]
pub struct Maps {
    /// Enums.
    pub enums: Vec<EnumId>,
    /// Records.
    pub records: Vec<RecordId>,
    /// Relations.
    pub relations: Vec<RelationId>,
    /// Reasons.
    pub reasons: Vec<ReasonId>,
    /// Callables.
    pub callables: Vec<CallableId>,
    /// Indexes.
    pub indexes: Vec<IndexId>,
    /// Places.
    pub places: Vec<PlaceId>,
}

impl Maps {
    /// The place in the program.
    pub fn place(&self, place: PlaceId) -> PlaceId {
        self.places
            .get(place.index())
            .copied()
            .unwrap_or(PlaceId(0))
    }
    fn record(&self, id: RecordId) -> RecordId {
        self.records.get(id.index()).copied().unwrap_or(id)
    }
    fn relation(&self, id: RelationId) -> RelationId {
        self.relations.get(id.index()).copied().unwrap_or(id)
    }
}

/// A type of the fragment as one of the program.
pub fn relocate_type(ty: &Type, maps: &Maps) -> Type {
    match ty {
        Type::Enum(id) => Type::Enum(maps.enums.get(id.index()).copied().unwrap_or(*id)),
        Type::Record(id) => Type::Record(maps.record(*id)),
        Type::Row(id) => Type::Row(maps.relation(*id)),
        Type::List { item, at_most } => Type::List {
            item: Box::new(relocate_type(item, maps)),
            at_most: *at_most,
        },
        Type::Optional(inner) => Type::Optional(Box::new(relocate_type(inner, maps))),
        other => other.clone(),
    }
}

fn relocate_const(constant: &mut Const, maps: &Maps) {
    match constant {
        // The value of `ReasonCode` is the reason itself.
        Const::Enum(id, value) if *id == REASON_CODE => {
            if let Some(reason) = maps.reasons.get(*value as usize) {
                *value = reason.0;
            }
        }
        Const::Enum(id, _) => *id = maps.enums.get(id.index()).copied().unwrap_or(*id),
        Const::List(items) => items.iter_mut().for_each(|item| relocate_const(item, maps)),
        Const::Record(id, fields) => {
            *id = maps.record(*id);
            fields
                .iter_mut()
                .for_each(|field| relocate_const(field, maps));
        }
        _ => {}
    }
}

/// An operation of the fragment as one of the program.
pub fn relocate_op(op: &mut Op, maps: &Maps) {
    match op {
        Op::Const(constant) => relocate_const(constant, maps),
        Op::Border { to, .. } => *to = relocate_type(to, maps),
        Op::Record(id, _) => *id = maps.record(*id),
        Op::Lookup { relation, .. } => *relation = maps.relation(*relation),
        Op::Call(id, _) => *id = maps.callables.get(id.index()).copied().unwrap_or(*id),
        Op::Reason(id, _) => *id = maps.reasons.get(id.index()).copied().unwrap_or(*id),
        Op::Loop(it) => {
            for source in &mut it.sources {
                match &mut source.over {
                    Over::List(_) => {}
                    Over::Relation(id) => *id = maps.relation(*id),
                    Over::Indexed {
                        relation, index, ..
                    } => {
                        *relation = maps.relation(*relation);
                        *index = maps.indexes.get(index.index()).copied().unwrap_or(*index);
                    }
                }
            }
            for share in &mut it.shares {
                share.place = maps.place(share.place);
            }
            if let LoopResult::Group { record, .. } = &mut it.result {
                *record = maps.record(*record);
            }
        }
        _ => {}
    }
}

/// A body of the fragment as one of the program.
pub fn relocate_body(body: &mut Body, maps: &Maps) {
    let rows = |rows: &mut Vec<Row>| {
        for row in rows {
            row.place = maps.place(row.place);
        }
    };
    match body {
        Body::Define(_) => {}
        Body::Parameter(values) => {
            for value in values {
                value.place = maps.place(value.place);
            }
        }
        Body::Rule(rule) => {
            if let Some(default) = &mut rule.default {
                default.place = maps.place(default.place);
            }
            for exception in &mut rule.exceptions {
                exception.place = maps.place(exception.place);
            }
        }
        Body::Table(table) => {
            table.record = table.record.map(|id| maps.record(id));
            rows(table.rows.plain_mut());
        }
        Body::Grid(grid) => {
            for head in &mut grid.heads {
                head.place = maps.place(head.place);
            }
            rows(&mut grid.rows);
        }
    }
}

/// By how much identifiers of an appended arena moved.
#[derive(Clone, Copy, Debug)]
pub struct Offset {
    nodes: u32,
    slots: u32,
    params: u32,
}

/// Appends the nodes and slots of an extension to the callable that it extends. Its parameters are
/// those of the base.
pub fn append(base: &mut Callable, added: &Callable) -> Offset {
    let params = u32::try_from(added.params.len()).unwrap_or(u32::MAX);
    let offset = Offset {
        nodes: u32::try_from(base.nodes.len()).unwrap_or(u32::MAX),
        slots: u32::try_from(base.slots.len())
            .unwrap_or(u32::MAX)
            .saturating_sub(params),
        params,
    };
    base.slots
        .extend(added.slots.iter().skip(added.params.len()).cloned());
    for node in &added.nodes {
        let mut node = node.clone();
        offset.op(&mut node.op);
        base.nodes.push(node);
    }
    offset
}

impl Offset {
    fn node(self, id: &mut NodeId) {
        id.0 = id.0.saturating_add(self.nodes);
    }
    fn slot(self, slot: &mut Slot) {
        if slot.0 >= self.params {
            slot.0 = slot.0.saturating_add(self.slots);
        }
    }
    fn all(self, ids: &mut [NodeId]) {
        ids.iter_mut().for_each(|id| self.node(id));
    }
    fn maybe(self, id: &mut Option<NodeId>) {
        if let Some(id) = id {
            self.node(id);
        }
    }

    /// Moves the nodes of an exception.
    pub fn exception(self, exception: &mut Exception) {
        self.maybe(&mut exception.when);
        self.maybe(&mut exception.unless);
        self.node(&mut exception.then);
    }

    /// Moves the node of a parameter value.
    pub fn value(self, value: &mut ParameterValue) {
        self.node(&mut value.value);
    }

    /// Moves the nodes of a cell.
    pub fn cell(self, cell: &mut Cell) {
        let (Cell::OneOf(tests) | Cell::NoneOf(tests)) = cell else {
            return;
        };
        for test in tests {
            match test {
                Test::Missing => {}
                Test::Equal(id) | Test::Compare(_, id) => self.node(id),
                Test::Range { low, high, .. } => {
                    self.node(low);
                    self.maybe(high);
                }
            }
        }
    }

    fn op(self, op: &mut Op) {
        match op {
            Op::Const(_) | Op::Default | Op::SharePart(_) => {}
            Op::Local(slot) => self.slot(slot),
            Op::Let {
                slot, value, body, ..
            } => {
                self.slot(slot);
                self.node(value);
                self.node(body);
            }
            Op::If { cond, then, other } => {
                self.node(cond);
                self.node(then);
                self.node(other);
            }
            Op::And(a, b)
            | Op::Or(a, b)
            | Op::Arithmetic(_, a, b)
            | Op::Equal(a, b)
            | Op::Compare(_, a, b)
            | Op::In(a, b)
            | Op::DatePlusDays(a, b)
            | Op::DatePlusFormula(a, b)
            | Op::DateDifference(a, b)
            | Op::Concat(a, b)
            | Op::Otherwise { value: a, other: b }
            | Op::ValidOn { row: a, date: b } => {
                self.node(a);
                self.node(b);
            }
            Op::Not(a)
            | Op::Negate(a)
            | Op::Absolute(a)
            | Op::IntToNum(a)
            | Op::NumToInt(a)
            | Op::ToOptional(a)
            | Op::IsMissing(a)
            | Op::Present(a)
            | Op::Stop(a)
            | Op::Field(a, _)
            | Op::Check(a)
            | Op::ReasonCode(a)
            | Op::ReasonSeverity(a)
            | Op::DateStep { date: a, .. }
            | Op::Border { value: a, .. }
            | Op::Bound { value: a, .. } => self.node(a),
            Op::Counted { items, .. }
            | Op::Lowest(items)
            | Op::Highest(items)
            | Op::Builtin(_, items)
            | Op::Call(_, items)
            | Op::Record(_, items)
            | Op::Reason(_, items)
            | Op::Lookup { key: items, .. } => self.all(items),
            Op::Round { value, step, mode } => {
                self.node(value);
                self.node(step);
                self.node(mode);
            }
            Op::RoundRunning {
                value,
                step,
                mode,
                per,
                ..
            } => {
                self.node(value);
                self.node(step);
                self.node(mode);
                self.maybe(per);
            }
            Op::Between { value, low, high } => {
                self.node(value);
                self.node(low);
                self.node(high);
            }
            Op::Text(parts) => {
                for part in parts {
                    if let TextPart::Hole(id) = part {
                        self.node(id);
                    }
                }
            }
            Op::With(base, changes) => {
                self.node(base);
                changes.iter_mut().for_each(|(_, id)| self.node(id));
            }
            Op::List(items) => {
                for item in items {
                    self.maybe(&mut item.when);
                    self.node(&mut item.value);
                }
            }
            Op::Loop(it) => self.each(it),
        }
    }

    fn each(self, it: &mut assize_ir::Loop) {
        for source in &mut it.sources {
            self.slot(&mut source.slot);
            match &mut source.over {
                Over::List(id) => self.node(id),
                Over::Relation(_) => {}
                Over::Indexed { key, .. } => self.all(key),
            }
        }
        self.maybe(&mut it.filter);
        it.order
            .iter_mut()
            .for_each(|key| self.node(&mut key.value));
        self.maybe(&mut it.until);
        for carry in &mut it.carries {
            self.slot(&mut carry.slot);
            self.node(&mut carry.start);
            self.maybe(&mut carry.next);
        }
        for statement in &mut it.lets {
            self.slot(&mut statement.slot);
            self.node(&mut statement.value);
        }
        for share in &mut it.shares {
            self.maybe(&mut share.guard);
            self.node(&mut share.total);
            self.node(&mut share.weight);
            self.node(&mut share.step);
            self.node(&mut share.mode);
            self.maybe(&mut share.per);
        }
        match &mut it.result {
            LoopResult::List(id)
            | LoopResult::Finally(id)
            | LoopResult::Sum(id)
            | LoopResult::Lowest(id)
            | LoopResult::Highest(id)
            | LoopResult::First(id)
            | LoopResult::Every(id) => self.node(id),
            LoopResult::Count | LoopResult::Exists => {}
            LoopResult::Group { keys, .. } => self.all(keys),
        }
    }
}
