//! Reads the nodes of a callable.

use super::build::{Arena, Draft};
use super::lex::Token;
use super::parse::{Read, Reader};
use super::words::{ARITHMETIC, BUILTINS, ORDERS, RESTS, UNITS, value};
use crate::node::{
    Carry, Counting, Item, Key, LetMode, Loop, LoopLet, LoopResult, Op, Over, Share, Source,
    TextPart,
};
use crate::types::{IndexId, NodeId, PlaceId, RecordId, Slot};

/// An operation and the names of fields in it.
type Named = (Op, Vec<Option<String>>);

impl Reader<'_> {
    /// One expression.
    pub(crate) fn node(&mut self, arena: &mut Arena) -> Read<NodeId> {
        if let Token::Label(label) = self.peek() {
            let found = arena.labels.get(label).copied();
            let message = format!("there is no node `${label}` before this");
            return match found {
                Some(found) => {
                    self.next();
                    Ok(found)
                }
                None => self.fault(message),
            };
        }
        let begin = self.at;
        let (op, fields) = self.deeper(|reader| reader.operation(arena))?;
        let ty = if self.eat(":") {
            Some(self.ty()?)
        } else {
            None
        };
        let facts = if self.is("{") {
            Some(self.facts()?)
        } else {
            None
        };
        let place = self.place();
        let (line, column) = self
            .tokens
            .get(begin)
            .map_or((1, 1), |lexed| (lexed.line, lexed.column));
        Ok(arena.add(Draft {
            op,
            fields,
            ty,
            facts,
            place,
            line,
            column,
        }))
    }

    fn operation(&mut self, arena: &mut Arena) -> Read<Named> {
        let plain = |op: Op| Ok((op, Vec::new()));
        match self.peek() {
            Token::Slot(_) => {
                let slot = self.slot_use(arena)?;
                plain(Op::Local(slot))
            }
            Token::Word(word) if matches!(self.peek_after(), Token::Sign("(")) => {
                let word = word.clone();
                match word.as_str() {
                    "code" | "formula" | "calendar" | "date" | "enum" => {
                        plain(Op::Const(self.constant()?))
                    }
                    _ => {
                        let at = self.at;
                        self.next();
                        self.next();
                        self.call(&word, at, arena)
                    }
                }
            }
            Token::Word(word) if word == "default" => {
                self.next();
                plain(Op::Default)
            }
            Token::Word(word) if word == "constant" => {
                self.next();
                plain(Op::Const(self.constant()?))
            }
            _ => plain(Op::Const(self.constant()?)),
        }
    }

    /// `%name` or `%name#3`, bound before or listed under `slots`.
    fn slot_use(&mut self, arena: &Arena) -> Read<Slot> {
        let at = self.at;
        let (name, id) = self.slot_name()?;
        let found = match id {
            Some(id) => Some(id),
            None => arena.slot(&name),
        };
        match found {
            Some(found) => Ok(Slot(found)),
            None => self.fault_at(at, format!("there is no slot `%{name}`")),
        }
    }

    pub(crate) fn slot_name(&mut self) -> Read<(String, Option<u32>)> {
        let Token::Slot(name) = self.peek() else {
            return self.expected("a slot such as `%name`");
        };
        let name = name.clone();
        self.next();
        let id = match self.peek() {
            Token::Id(id) => Some(*id),
            _ => None,
        };
        if id.is_some() {
            self.next();
        }
        Ok((name, id))
    }

    /// A slot where it is bound: one of `slots (…)`, or a new one, then with or without a type.
    fn slot_bound(&mut self, arena: &mut Arena) -> Read<Slot> {
        let (name, id) = self.slot_name()?;
        let ty = if self.eat(":") {
            Some(self.ty()?)
        } else {
            None
        };
        Ok(Slot(match id {
            Some(id) => {
                arena.bind_id(id);
                id
            }
            None => arena.bind(name, ty),
        }))
    }

    fn nodes(&mut self, arena: &mut Arena) -> Read<Vec<NodeId>> {
        self.items(")", |reader| reader.node(arena))
    }

    /// Exactly so many nodes, then `)`.
    fn exactly<const N: usize>(&mut self, at: usize, arena: &mut Arena) -> Read<[NodeId; N]> {
        let found = self.nodes(arena)?;
        let count = found.len();
        match <[NodeId; N]>::try_from(found) {
            Ok(found) => Ok(found),
            Err(_) => self.fault_at(at, format!("{N} operands are expected here, not {count}")),
        }
    }

    fn rest(&mut self, arena: &mut Arena) -> Read<Vec<NodeId>> {
        if self.eat(",") {
            self.nodes(arena)
        } else {
            self.need(")")?;
            Ok(Vec::new())
        }
    }

    fn call(&mut self, word: &str, at: usize, arena: &mut Arena) -> Read<Named> {
        if let Some(how) = value(&ARITHMETIC, word) {
            let [left, right] = self.exactly(at, arena)?;
            return Ok((Op::Arithmetic(how, left, right), Vec::new()));
        }
        if let Some(order) = value(&ORDERS, word) {
            let [left, right] = self.exactly(at, arena)?;
            return Ok((Op::Compare(order, left, right), Vec::new()));
        }
        if let Some(builtin) = value(&BUILTINS, word) {
            return Ok((Op::Builtin(builtin, self.nodes(arena)?), Vec::new()));
        }
        if let Some(op) = self.simple(word, at, arena)? {
            return Ok((op, Vec::new()));
        }
        match word {
            "let" | "now" => {
                let outside = arena.scope.len();
                let slot = self.slot_bound(arena)?;
                // A `let` does not see itself: out of sight while its value is read.
                arena.scope.pop();
                self.need(",")?;
                let bound = self.node(arena)?;
                arena.scope.push(slot.0);
                self.need(",")?;
                let body = self.node(arena)?;
                arena.scope.truncate(outside);
                self.eat(",");
                self.need(")")?;
                Ok((
                    Op::Let {
                        slot,
                        mode: let_mode(word),
                        value: bound,
                        body,
                    },
                    Vec::new(),
                ))
            }
            "field" => {
                let of = self.node(arena)?;
                self.need(",")?;
                let (at, name) = self.field_name()?;
                self.need(")")?;
                Ok((Op::Field(of, at), vec![name]))
            }
            "with" => {
                let of = self.node(arena)?;
                let mut changes = Vec::new();
                let mut names = Vec::new();
                if self.eat(",") {
                    self.items(")", |reader| {
                        let (at, name) = reader.field_name()?;
                        reader.need("(")?;
                        changes.push((at, reader.node(arena)?));
                        reader.need(")")?;
                        names.push(name);
                        Ok(())
                    })?;
                } else {
                    self.need(")")?;
                }
                Ok((Op::With(of, changes), names))
            }
            "loop" => {
                let each = self.each(arena)?;
                Ok((Op::Loop(Box::new(each)), Vec::new()))
            }
            _ => self.fault_at(at, format!("there is no operation `{word}`")),
        }
    }

    /// `name`, or `#position`.
    fn field_name(&mut self) -> Read<(u32, Option<String>)> {
        if let Token::Id(id) = self.peek() {
            let id = *id;
            self.next();
            return Ok((id, None));
        }
        Ok((0, Some(self.word("a field")?)))
    }

    /// Operations without names of slots or fields.
    fn simple(&mut self, word: &str, at: usize, arena: &mut Arena) -> Read<Option<Op>> {
        let one = |make: fn(NodeId) -> Op, [value]: [NodeId; 1]| make(value);
        let two = |make: fn(NodeId, NodeId) -> Op, [a, b]: [NodeId; 2]| make(a, b);
        Ok(Some(match word {
            "if" => {
                let [cond, then, other] = self.exactly(at, arena)?;
                Op::If { cond, then, other }
            }
            "and" => two(Op::And, self.exactly(at, arena)?),
            "or" => two(Op::Or, self.exactly(at, arena)?),
            "not" => one(Op::Not, self.exactly(at, arena)?),
            "all" | "any" | "none" => Op::Counted {
                how: match word {
                    "all" => Counting::All,
                    "any" => Counting::Any,
                    _ => Counting::None,
                },
                items: self.nodes(arena)?,
            },
            "at_least" => {
                let count = self.whole()?;
                Op::Counted {
                    how: Counting::AtLeast(count),
                    items: self.rest(arena)?,
                }
            }
            "negate" => one(Op::Negate, self.exactly(at, arena)?),
            "absolute" => one(Op::Absolute, self.exactly(at, arena)?),
            "to_number" => one(Op::IntToNum, self.exactly(at, arena)?),
            "to_int" => one(Op::NumToInt, self.exactly(at, arena)?),
            "round" => {
                let [value, step, mode] = self.exactly(at, arena)?;
                Op::Round { value, step, mode }
            }
            "round_running" => {
                let state = self.whole()?;
                let rest = self.rest(arena)?;
                match rest.as_slice() {
                    [value, step, mode] | [value, step, mode, _] => Op::RoundRunning {
                        state,
                        value: *value,
                        step: *step,
                        mode: *mode,
                        per: rest.get(3).copied(),
                    },
                    _ => return self.fault_at(at, "3 or 4 operands are expected here"),
                }
            }
            "share_part" => {
                let share = self.whole()?;
                self.need(")")?;
                Op::SharePart(share)
            }
            "equal" => two(Op::Equal, self.exactly(at, arena)?),
            "between" => {
                let [value, low, high] = self.exactly(at, arena)?;
                Op::Between { value, low, high }
            }
            "in" => two(Op::In, self.exactly(at, arena)?),
            "some" => one(Op::ToOptional, self.exactly(at, arena)?),
            "is_missing" => one(Op::IsMissing, self.exactly(at, arena)?),
            "present" => one(Op::Present, self.exactly(at, arena)?),
            "otherwise" => {
                let [value, other] = self.exactly(at, arena)?;
                Op::Otherwise { value, other }
            }
            "stop" => one(Op::Stop, self.exactly(at, arena)?),
            "plus_days" => two(Op::DatePlusDays, self.exactly(at, arena)?),
            "plus_formula" => two(Op::DatePlusFormula, self.exactly(at, arena)?),
            "date_difference" => two(Op::DateDifference, self.exactly(at, arena)?),
            "check" => one(Op::Check, self.exactly(at, arena)?),
            "valid_on" => {
                let [row, date] = self.exactly(at, arena)?;
                Op::ValidOn { row, date }
            }
            "concat" => two(Op::Concat, self.exactly(at, arena)?),
            "lowest" => Op::Lowest(self.nodes(arena)?),
            "highest" => Op::Highest(self.nodes(arena)?),
            "reason_code" => one(Op::ReasonCode, self.exactly(at, arena)?),
            "reason_severity" => one(Op::ReasonSeverity, self.exactly(at, arena)?),
            _ => return self.mixed(word, arena),
        }))
    }

    /// Operations with names or texts among their operands.
    fn mixed(&mut self, word: &str, arena: &mut Arena) -> Read<Option<Op>> {
        Ok(Some(match word {
            "border" => {
                let value = self.node(arena)?;
                self.need(",")?;
                let to = self.ty()?;
                let what = self.what()?;
                Op::Border { value, to, what }
            }
            "bound" => {
                let value = self.node(arena)?;
                self.need(",")?;
                let at_most = self.whole()?;
                let what = self.what()?;
                Op::Bound {
                    value,
                    at_most,
                    what,
                }
            }
            "date_step" => {
                let date = self.node(arena)?;
                self.need(",")?;
                let count = self.signed()?;
                let unit = self.word("a unit such as `months`")?;
                self.need(")")?;
                match value(&UNITS, &unit) {
                    Some(unit) => Op::DateStep { date, count, unit },
                    None => return self.fault(format!("there is no unit `{unit}`")),
                }
            }
            "text" => Op::Text(self.items(")", |reader| {
                if reader.eat_word("hole") {
                    reader.need("(")?;
                    let hole = reader.node(arena)?;
                    reader.need(")")?;
                    Ok(TextPart::Hole(hole))
                } else {
                    reader.text().map(TextPart::Text)
                }
            })?),
            "make" => Op::Record(self.record()?, self.rest(arena)?),
            "lookup" => Op::Lookup {
                relation: self.relation()?,
                key: self.rest(arena)?,
            },
            "list" => Op::List(self.items(")", |reader| {
                let guarded =
                    reader.is_word("when") && matches!(reader.peek_after(), Token::Sign("("));
                if !guarded {
                    return reader.node(arena).map(|value| Item { when: None, value });
                }
                let at = reader.at;
                reader.next();
                reader.next();
                let [when, value] = reader.exactly(at, arena)?;
                Ok(Item {
                    when: Some(when),
                    value,
                })
            })?),
            "call" => Op::Call(self.callable()?, self.rest(arena)?),
            "reason" => Op::Reason(self.reason()?, self.rest(arena)?),
            _ => return Ok(None),
        }))
    }

    fn what(&mut self) -> Read<String> {
        let what = if self.eat(",") {
            self.text()?
        } else {
            String::new()
        };
        self.need(")")?;
        Ok(what)
    }

    fn each(&mut self, arena: &mut Arena) -> Read<Loop> {
        let mut each = Loop {
            sources: Vec::new(),
            filter: None,
            order: Vec::new(),
            until: None,
            carries: Vec::new(),
            lets: Vec::new(),
            running: 0,
            shares: Vec::new(),
            result: LoopResult::Count,
        };
        let begin = self.at;
        let mut result = None;
        let outside = arena.scope.len();
        self.items(")", |reader| {
            let at = reader.at;
            let word = reader.word("a part of a loop")?;
            if !reader.eat("(") {
                result = Some(match word.as_str() {
                    "count" => LoopResult::Count,
                    "exists" => LoopResult::Exists,
                    _ => return reader.fault_at(at, format!("`{word}` is no part of a loop")),
                });
                return Ok(());
            }
            if let Some(found) = reader.loop_result(&word, at, arena)? {
                result = Some(found);
                return Ok(());
            }
            reader.loop_part(&word, at, arena, &mut each)
        })?;
        arena.scope.truncate(outside);
        match result {
            Some(result) => each.result = result,
            None => return self.fault_at(begin, "the loop does not say what it gives"),
        }
        Ok(each)
    }

    fn loop_part(&mut self, word: &str, at: usize, arena: &mut Arena, each: &mut Loop) -> Read {
        match word {
            "each" | "rows" | "indexed" => {
                let slot = self.slot_bound(arena)?;
                self.need(",")?;
                let over = match word {
                    "each" => {
                        let [list] = self.exactly(at, arena)?;
                        Over::List(list)
                    }
                    "rows" => {
                        let relation = self.relation()?;
                        self.need(")")?;
                        Over::Relation(relation)
                    }
                    _ => {
                        let relation = self.relation()?;
                        self.need(",")?;
                        Over::Indexed {
                            relation,
                            index: IndexId(self.whole()?),
                            key: self.rest(arena)?,
                        }
                    }
                };
                each.sources.push(Source { slot, over });
            }
            "where" => {
                let [cond] = self.exactly(at, arena)?;
                each.filter = Some(cond);
            }
            "by" | "by_descending" => {
                let [key] = self.exactly(at, arena)?;
                each.order.push(Key {
                    value: key,
                    descending: word == "by_descending",
                });
            }
            "until" => {
                let [cond] = self.exactly(at, arena)?;
                each.until = Some(cond);
            }
            "carry" | "carry_in_shares" => {
                let slot = self.slot_bound(arena)?;
                self.need(",")?;
                arena.scope.pop();
                let [start] = self.exactly(at, arena)?;
                arena.scope.push(slot.0);
                each.carries.push(Carry {
                    slot,
                    start,
                    next: None,
                    in_shares: word == "carry_in_shares",
                });
            }
            "next" => {
                let slot = self.slot_use(arena)?;
                self.need(",")?;
                let [next] = self.exactly(at, arena)?;
                match each.carries.iter_mut().find(|carry| carry.slot == slot) {
                    Some(carry) => carry.next = Some(next),
                    None => return self.fault_at(at, "this slot is not carried"),
                }
            }
            "let" | "now" => {
                let slot = self.slot_bound(arena)?;
                self.need(",")?;
                arena.scope.pop();
                let [bound] = self.exactly(at, arena)?;
                arena.scope.push(slot.0);
                each.lets.push(LoopLet {
                    slot,
                    mode: let_mode(word),
                    value: bound,
                });
            }
            "running" => {
                each.running = self.whole()?;
                self.need(")")?;
            }
            "share" => each.shares.push(self.share(at, arena)?),
            _ => return self.fault_at(at, format!("`{word}` is no part of a loop")),
        }
        Ok(())
    }

    fn share(&mut self, at: usize, arena: &mut Arena) -> Read<Share> {
        let rest = self.word("who takes the rest")?;
        let Some(rest) = value(&RESTS, &rest) else {
            return self.fault_at(at, format!("nobody called `{rest}` takes the rest"));
        };
        self.need(",")?;
        let place = self.place();
        if place != PlaceId(0) {
            self.need(",")?;
        }
        let guard = self.clause("where", arena)?;
        if guard.is_some() {
            self.need(",")?;
        }
        let mut parts = Vec::new();
        let mut per = None;
        self.items(")", |reader| {
            match reader.clause("per", arena)? {
                Some(found) => per = Some(found),
                None => parts.push(reader.node(arena)?),
            }
            Ok(())
        })?;
        match parts.as_slice() {
            [total, weight, step, mode] => Ok(Share {
                guard,
                total: *total,
                weight: *weight,
                step: *step,
                mode: *mode,
                per,
                rest,
                place,
            }),
            _ => self.fault_at(at, "a share has a total, a weight, a step and a mode"),
        }
    }

    /// `word(node)`, if it is there.
    fn clause(&mut self, word: &str, arena: &mut Arena) -> Read<Option<NodeId>> {
        if !self.is_word(word) || !matches!(self.peek_after(), Token::Sign("(")) {
            return Ok(None);
        }
        let at = self.at;
        self.next();
        self.next();
        let [node] = self.exactly(at, arena)?;
        Ok(Some(node))
    }

    fn loop_result(
        &mut self,
        word: &str,
        at: usize,
        arena: &mut Arena,
    ) -> Read<Option<LoopResult>> {
        let make: fn(NodeId) -> LoopResult = match word {
            "give" => LoopResult::List,
            "finally" => LoopResult::Finally,
            "sum" => LoopResult::Sum,
            "lowest" => LoopResult::Lowest,
            "highest" => LoopResult::Highest,
            "first" => LoopResult::First,
            "every" => LoopResult::Every,
            "group" => {
                let record: RecordId = self.record()?;
                let keys = self.rest(arena)?;
                return Ok(Some(LoopResult::Group { keys, record }));
            }
            _ => return Ok(None),
        };
        let [value] = self.exactly(at, arena)?;
        Ok(Some(make(value)))
    }
}

fn let_mode(word: &str) -> LetMode {
    if word == "now" {
        LetMode::Now
    } else {
        LetMode::Lazy
    }
}
