//! Writes the nodes of a callable.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{
    callable_name, const_text, facts_text, quoted, reason_name, record_name, relation_name,
    type_text,
};
use super::print::Detail;
use super::words::{ARITHMETIC, BUILTINS, ORDERS, RESTS, UNITS, word};
use crate::infer::{Context, ShareOf, shares_of};
use crate::node::{Const, Counting, LetMode, Loop, LoopResult, Op, Over, TextPart};
use crate::program::{Callable, Program};
use crate::types::{NodeId, Slot, Type};
use crate::visit::Binding;

/// Wished width of a line in characters.
const WIDTH: usize = 96;
/// Nodes nested deeper than this get a line of their own.
pub(crate) const MAX_INLINE_DEPTH: u32 = 40;

/// A piece of text that is written on one line where it fits, else with a line per part.
pub(crate) enum Doc {
    /// As it is.
    Text(String),
    /// `open part, part close`.
    Group {
        open: String,
        parts: Vec<Doc>,
        close: String,
        width: usize,
    },
}

impl Doc {
    pub(crate) fn text(text: impl Into<String>) -> Doc {
        Doc::Text(text.into())
    }

    pub(crate) fn group(open: impl Into<String>, parts: Vec<Doc>) -> Doc {
        let open = format!("{}(", open.into());
        let width = parts
            .iter()
            .map(|part| part.width().saturating_add(2))
            .fold(open.len(), usize::saturating_add);
        Doc::Group {
            open,
            parts,
            close: ")".to_owned(),
            width,
        }
    }

    pub(crate) fn then(mut self, suffix: &str) -> Doc {
        match &mut self {
            Doc::Text(text) => text.push_str(suffix),
            Doc::Group { close, width, .. } => {
                close.push_str(suffix);
                *width = width.saturating_add(suffix.len());
            }
        }
        self
    }

    fn width(&self) -> usize {
        match self {
            Doc::Text(text) => text.len(),
            Doc::Group { width, .. } => *width,
        }
    }

    pub(crate) fn write(&self, out: &mut String, indent: usize) {
        match self {
            Doc::Text(text) => out.push_str(text),
            Doc::Group {
                open,
                parts,
                close,
                width,
            } => {
                out.push_str(open);
                let broken = indent.saturating_add(*width) > WIDTH && !parts.is_empty();
                let inner = indent.saturating_add(2);
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    if broken {
                        out.push('\n');
                        out.extend(std::iter::repeat_n(' ', inner));
                    } else if at > 0 {
                        out.push(' ');
                    }
                    part.write(out, if broken { inner } else { indent });
                }
                if broken {
                    out.push('\n');
                    out.extend(std::iter::repeat_n(' ', indent));
                }
                out.push_str(close);
            }
        }
    }
}

/// Writes the nodes of one callable.
pub(crate) struct NodeWriter<'a> {
    pub program: &'a Program,
    pub callable: &'a Callable,
    pub detail: Detail,
    bindings: Vec<Option<Binding>>,
    shares: BTreeMap<NodeId, ShareOf>,
    /// Whether a node is written where it is used.
    inline: Vec<bool>,
    /// Slots that more than one node binds.
    bound_again: BTreeSet<u32>,
}

impl<'a> NodeWriter<'a> {
    pub(crate) fn new(program: &'a Program, callable: &'a Callable, detail: Detail) -> Self {
        let ops: Vec<&Op> = callable.nodes.iter().map(|node| &node.op).collect();
        NodeWriter {
            program,
            callable,
            detail,
            bindings: callable.bindings(),
            shares: shares_of(&ops),
            inline: inline_nodes(callable),
            bound_again: bound_again(callable),
        }
    }

    /// Nodes that have a line of their own, in order.
    pub(crate) fn labelled(&self) -> impl Iterator<Item = (NodeId, Doc)> {
        self.inline
            .iter()
            .enumerate()
            .filter(|(_, inline)| !**inline)
            .filter_map(|(at, _)| {
                let id = NodeId(u32::try_from(at).ok()?);
                Some((id, self.node(id)))
            })
    }

    /// A node where it is used.
    pub(crate) fn used(&self, id: NodeId) -> Doc {
        if self.inline.get(id.index()) == Some(&true) {
            self.node(id)
        } else {
            Doc::text(format!("${}", id.0))
        }
    }

    pub(crate) fn many(&self, ids: &[NodeId]) -> Vec<Doc> {
        ids.iter().map(|id| self.used(*id)).collect()
    }

    pub(crate) fn slot(&self, slot: Slot) -> String {
        let Some(found) = self.callable.slot(slot) else {
            return format!("%#{}", slot.0);
        };
        let text = slot_text(&self.callable.slots, slot, &found.name);
        // A name that is bound again would mean a new slot; sound programs never need this.
        if self.bound_again.contains(&slot.0) && !text.ends_with(&format!("#{}", slot.0)) {
            format!("{text}#{}", slot.0)
        } else {
            text
        }
    }

    fn node(&self, id: NodeId) -> Doc {
        let Some(node) = self.callable.node(id) else {
            return Doc::text(format!("${}", id.0));
        };
        let before = self.callable.nodes.get(..id.index()).unwrap_or_default();
        let context = Context {
            program: self.program,
            slots: &self.callable.slots,
            nodes: before,
            bindings: &self.bindings,
            default: self.callable.body.rule_default(),
            shares: &self.shares,
        };
        let mut suffix = String::new();
        if context.type_of(&node.op, None).as_ref() != Ok(&node.ty) {
            suffix.push_str(": ");
            suffix.push_str(&type_text(self.program, &node.ty));
        }
        if self.detail.facts && context.facts_of(id, &node.op, &node.ty) != node.facts {
            match &node.facts {
                Some(facts) => suffix.push_str(&format!(" {}", facts_text(facts))),
                None => suffix.push_str(" {none}"),
            }
        }
        if self.detail.places && node.place.0 != 0 {
            suffix.push_str(&format!(" @{}", node.place.0));
        }
        self.op(&node.op).then(&suffix)
    }

    fn call(&self, head: &str, operands: &[NodeId]) -> Doc {
        Doc::group(head, self.many(operands))
    }

    fn named(&self, head: &str, name: String, operands: &[NodeId]) -> Doc {
        let mut parts = vec![Doc::Text(name)];
        parts.extend(self.many(operands));
        Doc::group(head, parts)
    }

    fn op(&self, op: &Op) -> Doc {
        match op {
            Op::Const(value @ (Const::List(_) | Const::Record(_, _))) => {
                Doc::text(format!("constant {}", const_text(self.program, value)))
            }
            Op::Const(value) => Doc::Text(const_text(self.program, value)),
            Op::Local(slot) => Doc::Text(self.slot(*slot)),
            Op::Default => Doc::text("default"),
            Op::Let {
                slot,
                mode,
                value,
                body,
            } => self.named(let_word(*mode), self.slot(*slot), &[*value, *body]),
            Op::If { .. } => self.call("if", &op.operands()),
            Op::And(..) => self.call("and", &op.operands()),
            Op::Or(..) => self.call("or", &op.operands()),
            Op::Not(_) => self.call("not", &op.operands()),
            Op::Counted { how, items } => match how {
                Counting::All => self.call("all", items),
                Counting::Any => self.call("any", items),
                Counting::None => self.call("none", items),
                Counting::AtLeast(count) => self.named("at_least", count.to_string(), items),
            },
            Op::Arithmetic(how, ..) => self.call(word(&ARITHMETIC, how), &op.operands()),
            Op::Negate(_) => self.call("negate", &op.operands()),
            Op::Absolute(_) => self.call("absolute", &op.operands()),
            Op::IntToNum(_) => self.call("to_number", &op.operands()),
            Op::NumToInt(_) => self.call("to_int", &op.operands()),
            Op::Round { .. } => self.call("round", &op.operands()),
            Op::RoundRunning { state, .. } => {
                self.named("round_running", state.to_string(), &op.operands())
            }
            Op::SharePart(share) => Doc::text(format!("share_part({share})")),
            Op::Border { value, to, what } => Doc::group(
                "border",
                vec![
                    self.used(*value),
                    Doc::Text(type_text(self.program, to)),
                    Doc::Text(quoted(what)),
                ],
            ),
            Op::Bound {
                value,
                at_most,
                what,
            } => Doc::group(
                "bound",
                vec![
                    self.used(*value),
                    Doc::Text(at_most.to_string()),
                    Doc::Text(quoted(what)),
                ],
            ),
            Op::Equal(..) => self.call("equal", &op.operands()),
            Op::Compare(order, ..) => self.call(word(&ORDERS, order), &op.operands()),
            Op::Between { .. } => self.call("between", &op.operands()),
            Op::In(..) => self.call("in", &op.operands()),
            Op::ToOptional(_) => self.call("some", &op.operands()),
            Op::IsMissing(_) => self.call("is_missing", &op.operands()),
            Op::Present(_) => self.call("present", &op.operands()),
            Op::Otherwise { .. } => self.call("otherwise", &op.operands()),
            Op::Stop(_) => self.call("stop", &op.operands()),
            _ => self.op_on_data(op),
        }
    }

    fn op_on_data(&self, op: &Op) -> Doc {
        match op {
            Op::DateStep { date, count, unit } => Doc::group(
                "date_step",
                vec![
                    self.used(*date),
                    Doc::text(format!("{count} {}", word(&UNITS, unit))),
                ],
            ),
            Op::DatePlusDays(..) => self.call("plus_days", &op.operands()),
            Op::DatePlusFormula(..) => self.call("plus_formula", &op.operands()),
            Op::DateDifference(..) => self.call("date_difference", &op.operands()),
            Op::Builtin(which, arguments) => self.call(word(&BUILTINS, which), arguments),
            Op::Text(parts) => Doc::group(
                "text",
                parts
                    .iter()
                    .map(|part| match part {
                        TextPart::Text(text) => Doc::Text(quoted(text)),
                        TextPart::Hole(hole) => self.call("hole", &[*hole]),
                    })
                    .collect(),
            ),
            Op::Record(id, values) => self.named("make", record_name(self.program, *id), values),
            Op::Field(value, at) => Doc::group(
                "field",
                vec![self.used(*value), Doc::Text(self.field(*value, *at))],
            ),
            Op::With(value, changes) => {
                let mut parts = vec![self.used(*value)];
                parts.extend(
                    changes
                        .iter()
                        .map(|(at, to)| Doc::group(self.field(*value, *at), vec![self.used(*to)])),
                );
                Doc::group("with", parts)
            }
            Op::Check(_) => self.call("check", &op.operands()),
            Op::Lookup { relation, key } => {
                self.named("lookup", relation_name(self.program, *relation), key)
            }
            Op::ValidOn { .. } => self.call("valid_on", &op.operands()),
            Op::List(items) => Doc::group(
                "list",
                items
                    .iter()
                    .map(|item| match item.when {
                        Some(when) => self.call("when", &[when, item.value]),
                        None => self.used(item.value),
                    })
                    .collect(),
            ),
            Op::Concat(..) => self.call("concat", &op.operands()),
            Op::Lowest(items) => self.call("lowest", items),
            Op::Highest(items) => self.call("highest", items),
            Op::Loop(each) => Doc::group("loop", self.each(each)),
            Op::Call(id, arguments) => {
                self.named("call", callable_name(self.program, *id), arguments)
            }
            Op::Reason(id, arguments) => {
                self.named("reason", reason_name(self.program, *id), arguments)
            }
            Op::ReasonCode(_) => self.call("reason_code", &op.operands()),
            Op::ReasonSeverity(_) => self.call("reason_severity", &op.operands()),
            _ => Doc::text("?"),
        }
    }

    fn each(&self, each: &Loop) -> Vec<Doc> {
        let mut parts = Vec::new();
        for source in &each.sources {
            let slot = self.slot(source.slot);
            parts.push(match &source.over {
                Over::List(list) => self.named("each", slot, &[*list]),
                Over::Relation(id) => Doc::group(
                    "rows",
                    vec![Doc::Text(slot), Doc::Text(relation_name(self.program, *id))],
                ),
                Over::Indexed {
                    relation,
                    index,
                    key,
                } => {
                    let mut inner = vec![
                        Doc::Text(slot),
                        Doc::Text(relation_name(self.program, *relation)),
                        Doc::text(index.0.to_string()),
                    ];
                    inner.extend(self.many(key));
                    Doc::group("indexed", inner)
                }
            });
        }
        parts.extend(each.filter.map(|cond| self.call("where", &[cond])));
        for key in &each.order {
            let head = if key.descending {
                "by_descending"
            } else {
                "by"
            };
            parts.push(self.call(head, &[key.value]));
        }
        parts.extend(each.until.map(|cond| self.call("until", &[cond])));
        for carry in &each.carries {
            let head = if carry.in_shares {
                "carry_in_shares"
            } else {
                "carry"
            };
            parts.push(self.named(head, self.slot(carry.slot), &[carry.start]));
        }
        for one in &each.lets {
            parts.push(self.named(let_word(one.mode), self.slot(one.slot), &[one.value]));
        }
        if each.running > 0 {
            parts.push(Doc::text(format!("running({})", each.running)));
        }
        for share in &each.shares {
            let mut inner = vec![Doc::text(word(&RESTS, &share.rest))];
            if share.place.0 != 0 {
                inner.push(Doc::text(format!("@{}", share.place.0)));
            }
            inner.extend(share.guard.map(|guard| self.call("where", &[guard])));
            inner.extend(self.many(&[share.total, share.weight, share.step, share.mode]));
            inner.extend(share.per.map(|per| self.call("per", &[per])));
            parts.push(Doc::group("share", inner));
        }
        for carry in &each.carries {
            if let Some(next) = carry.next {
                parts.push(self.named("next", self.slot(carry.slot), &[next]));
            }
        }
        parts.push(match &each.result {
            LoopResult::List(value) => self.call("give", &[*value]),
            LoopResult::Finally(value) => self.call("finally", &[*value]),
            LoopResult::Sum(value) => self.call("sum", &[*value]),
            LoopResult::Count => Doc::text("count"),
            LoopResult::Lowest(value) => self.call("lowest", &[*value]),
            LoopResult::Highest(value) => self.call("highest", &[*value]),
            LoopResult::First(value) => self.call("first", &[*value]),
            LoopResult::Exists => Doc::text("exists"),
            LoopResult::Every(cond) => self.call("every", &[*cond]),
            LoopResult::Group { keys, record } => {
                self.named("group", record_name(self.program, *record), keys)
            }
        });
        parts
    }

    /// A field by name, where the name leads back to it.
    fn field(&self, value: NodeId, at: u32) -> String {
        let ty = self.callable.node(value).map(|node| &node.ty);
        let fields = match ty {
            Some(Type::Record(id)) => self.program.record(*id).map(|found| &found.fields),
            Some(Type::Row(id)) => self.program.relation(*id).map(|found| &found.fields),
            _ => None,
        };
        let name = fields.and_then(|fields| {
            let name = fields.get(at as usize)?.name.as_str();
            let first = fields.iter().position(|field| field.name == name);
            (first == Some(at as usize) && super::names::is_simple(name)).then_some(name)
        });
        match name {
            Some(name) => name.to_owned(),
            None => format!("#{at}"),
        }
    }
}

fn bound_again(callable: &Callable) -> BTreeSet<u32> {
    let params = u32::try_from(callable.params.len()).unwrap_or(u32::MAX);
    let mut once: BTreeSet<u32> = (0..params).collect();
    let all = callable.nodes.iter().flat_map(|node| node.op.binds());
    all.map(|(slot, _)| slot.0)
        .filter(|slot| !once.insert(*slot))
        .collect()
}

fn let_word(mode: LetMode) -> &'static str {
    match mode {
        LetMode::Lazy => "let",
        LetMode::Now => "now",
    }
}

/// A slot: by name, with its number where several are called so.
pub(crate) fn slot_text(slots: &[crate::program::Param], slot: Slot, name: &str) -> String {
    let shown = if super::names::is_simple(name) {
        format!("%{name}")
    } else {
        format!("%{}", quoted(name))
    };
    let several = slots.iter().filter(|one| one.name == name).count() > 1;
    if several {
        format!("{shown}#{}", slot.0)
    } else {
        shown
    }
}

/// Which nodes can be written where they are used, so that reading numbers all nodes as they were:
/// those that are used once, just before the node that uses them.
fn inline_nodes(callable: &Callable) -> Vec<bool> {
    let count = callable.nodes.len();
    let mut uses = vec![0u32; count];
    let body = callable.body.operands();
    let all: Vec<Vec<NodeId>> = callable
        .nodes
        .iter()
        .map(|node| node.op.operands())
        .collect();
    for id in all.iter().flatten().chain(&body) {
        if let Some(uses) = uses.get_mut(id.index()) {
            *uses = uses.saturating_add(1);
        }
    }
    let mut inline = vec![false; count];
    let mut starts: Vec<usize> = Vec::with_capacity(count);
    let mut depths: Vec<u32> = Vec::with_capacity(count);
    let mut settle = |at: usize, operands: &[NodeId], starts: &[usize], depths: &[u32]| {
        let mut cursor = at;
        let mut depth = 0u32;
        for operand in operands.iter().rev() {
            let index = operand.index();
            let (Some(start), Some(inner)) = (starts.get(index), depths.get(index)) else {
                continue;
            };
            let next_to = index.checked_add(1) == Some(cursor);
            if next_to && uses.get(index) == Some(&1) && *inner < MAX_INLINE_DEPTH {
                cursor = *start;
                depth = depth.max(inner.saturating_add(1));
                if let Some(flag) = inline.get_mut(index) {
                    *flag = true;
                }
            }
        }
        (cursor, depth)
    };
    for (at, operands) in all.iter().enumerate() {
        let (start, depth) = settle(at, operands, &starts, &depths);
        starts.push(start);
        depths.push(depth);
    }
    settle(count, &body, &starts, &depths);
    inline
}
