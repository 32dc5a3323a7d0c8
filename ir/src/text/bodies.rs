//! Reads the bodies of callables: definitions, parameters, rules, tables and grids.

use super::build::{Arena, DraftSlot};
use super::lex::Token;
use super::parse::{Read, Reader};
use super::words::{COMBINES, HITS, ORDER_SIGNS, value};
use crate::literal::Rows;
use crate::program::{
    Body, Cell, Column, Combine, DefaultValue, Exception, Grid, GridHead, Hit, ParameterValue, Row,
    Rule, Table, Test,
};
use crate::types::NodeId;

impl Reader<'_> {
    pub(crate) fn callable_body(&mut self, kind: &str, at: usize) -> Read {
        let signature = self.signature()?;
        self.need("{")?;
        let mut arena = Arena::default();
        for param in &signature.params {
            arena.slots.push(DraftSlot {
                name: param.name.clone(),
                ty: Some(param.ty.clone()),
                sensitive: param.sensitive,
            });
        }
        arena.params = arena.slots.len();
        if self.is_word("slots") && matches!(self.peek_after(), Token::Sign("(")) {
            self.next();
            self.next();
            self.items(")", |reader| {
                let (name, _) = reader.slot_name()?;
                reader.need(":")?;
                let ty = Some(reader.ty()?);
                arena.slots.push(DraftSlot {
                    name,
                    ty,
                    sensitive: false,
                });
                Ok(())
            })?;
        }
        arena.listed = arena.slots.len();
        arena.scope = (0..u32::try_from(arena.params).unwrap_or(0)).collect();
        while let (Token::Label(label), Token::Sign("=")) = (self.peek(), self.peek_after()) {
            let label = label.clone();
            self.next();
            self.next();
            let node = self.node(&mut arena)?;
            arena.labels.insert(label, node);
        }
        let mut packed = None;
        let body = match kind {
            "define" => Body::Define(self.node(&mut arena)?),
            "parameter" => Body::Parameter(self.values(&mut arena)?),
            "rule" => Body::Rule(self.rule(&mut arena)?),
            "table" => {
                let (table, at) = self.table(&mut arena)?;
                packed = at;
                Body::Table(table)
            }
            _ => Body::Grid(self.grid(&mut arena)?),
        };
        self.need("}")?;
        let (slots, nodes) = arena.finish(&self.program, body.rule_default())?;
        if let Some(callable) = self.program.callables.get_mut(at) {
            callable.slots = slots;
            callable.nodes = nodes;
            callable.body = body;
            if let Some(at) = packed
                && callable.pack().is_none()
            {
                return self.fault_at(at, "these rows are not constants of one kind in a column");
            }
        }
        Ok(())
    }

    fn assigned(&mut self, arena: &mut Arena) -> Read<NodeId> {
        self.need("=")?;
        self.node(arena)
    }

    fn day(&mut self) -> Read<i32> {
        let at = self.at;
        match self.constant()? {
            crate::node::Const::Date(day) => Ok(day),
            _ => self.fault_at(at, "a day is expected here"),
        }
    }

    fn values(&mut self, arena: &mut Arena) -> Read<Vec<ParameterValue>> {
        let mut all = Vec::new();
        while !self.is("}") {
            let from = if self.eat_word("always") {
                None
            } else {
                self.need_word("from")?;
                Some(self.day()?)
            };
            let place = self.place();
            let because = self.because()?;
            let value = self.assigned(arena)?;
            all.push(ParameterValue {
                from,
                value,
                because,
                place,
            });
        }
        Ok(all)
    }

    fn rule(&mut self, arena: &mut Arena) -> Read<Rule> {
        let mut rule = Rule {
            as_of: None,
            default: None,
            exceptions: Vec::new(),
            combine: None,
            may_agree: self.eat_word("may_agree"),
        };
        if self.eat_word("as_of") {
            rule.as_of = Some(self.assigned(arena)?);
        }
        if self.eat_word("default") {
            let place = self.place();
            let because = self.because()?;
            let value = self.assigned(arena)?;
            rule.default = Some(DefaultValue {
                value,
                because,
                place,
            });
        }
        let mut overrides = Vec::new();
        while self.eat_word("exception") {
            let (exception, names) = self.exception(arena)?;
            rule.exceptions.push(exception);
            overrides.push(names);
        }
        let names: Vec<String> = rule.exceptions.iter().map(|one| one.name.clone()).collect();
        for (exception, wanted) in rule.exceptions.iter_mut().zip(overrides) {
            for (at, token) in wanted {
                let found = match &token {
                    Token::Id(id) => Some(*id),
                    Token::Word(name) | Token::Text(name) => names
                        .iter()
                        .position(|one| one == name)
                        .and_then(|found| u32::try_from(found).ok()),
                    _ => None,
                };
                match found {
                    Some(found) => exception.overrides.push(found),
                    None => return self.fault_at(at, "there is no such exception"),
                }
            }
        }
        if self.eat_word("combine") {
            let at = self.at;
            let word = self.word("how exceptions are combined")?;
            let Some(how) = value(&COMBINES, &word) else {
                return self.fault_at(at, format!("exceptions are not combined by `{word}`"));
            };
            let cap = if self.eat_word("up_to") {
                Some(self.assigned(arena)?)
            } else {
                None
            };
            rule.combine = Some(Combine { how, cap });
        }
        Ok(rule)
    }

    fn exception(&mut self, arena: &mut Arena) -> Read<(Exception, Vec<(usize, Token)>)> {
        let name = self.name("an exception")?;
        let place = self.place();
        let because = self.because()?;
        let from = if self.eat_word("from") {
            Some(self.day()?)
        } else {
            None
        };
        let to = if self.eat_word("to") {
            Some(self.day()?)
        } else {
            None
        };
        let mut overrides = Vec::new();
        if self.eat_word("overrides") {
            self.need("(")?;
            overrides = self.items(")", |reader| Ok((reader.at, reader.next())))?;
        }
        self.need("{")?;
        let mut when = None;
        let mut unless = None;
        if self.eat_word("when") {
            when = Some(self.assigned(arena)?);
        }
        if self.eat_word("unless") {
            unless = Some(self.assigned(arena)?);
        }
        self.need_word("then")?;
        let then = self.assigned(arena)?;
        self.need("}")?;
        Ok((
            Exception {
                name,
                from,
                to,
                when,
                unless,
                then,
                overrides: Vec::new(),
                because,
                place,
            },
            overrides,
        ))
    }

    /// A table, and where it says that its rows are columns.
    fn table(&mut self, arena: &mut Arena) -> Read<(Table, Option<usize>)> {
        let mut table = Table {
            hit: Hit::Unique,
            columns: Vec::new(),
            outputs: Vec::new(),
            record: None,
            rows: Rows::default(),
        };
        if self.eat_word("hit") {
            let at = self.at;
            let word = self.word("a hit policy")?;
            match value(&HITS, &word) {
                Some(hit) => table.hit = hit,
                None => return self.fault_at(at, format!("there is no hit policy `{word}`")),
            }
        }
        if self.eat_word("outputs") {
            self.need("(")?;
            table.outputs = self.items(")", |reader| reader.name("an output"))?;
            if self.eat_word("record") {
                table.record = Some(self.record()?);
            }
        }
        while self.is_word("column") {
            table.columns.push(self.column(arena)?);
        }
        let packed = self.is_word("packed").then_some(self.at);
        if packed.is_some() {
            self.next();
        }
        let mut rows = Vec::new();
        while self.is_word("row") {
            rows.push(self.row(arena)?);
        }
        table.rows = rows.into();
        Ok((table, packed))
    }

    fn grid(&mut self, arena: &mut Arena) -> Read<Grid> {
        let mut columns = Vec::new();
        while self.is_word("column") {
            columns.push(self.column(arena)?);
        }
        if !self.is_word("across") {
            return self.expected("`across`");
        }
        let across = self.column(arena)?;
        let mut heads = Vec::new();
        while self.eat_word("head") {
            let name = self.text()?;
            let place = self.place();
            self.need("=")?;
            let cell = self.cell(arena)?;
            heads.push(GridHead { name, cell, place });
        }
        let mut rows = Vec::new();
        while self.is_word("row") {
            rows.push(self.row(arena)?);
        }
        Ok(Grid {
            columns,
            across,
            heads,
            rows,
        })
    }

    fn column(&mut self, arena: &mut Arena) -> Read<Column> {
        self.next();
        let name = self.text()?;
        let value = self.assigned(arena)?;
        Ok(Column { name, value })
    }

    fn row(&mut self, arena: &mut Arena) -> Read<Row> {
        self.next();
        let name = self.text()?;
        let place = self.place();
        self.need("(")?;
        let cells = self.items(")", |reader| reader.cell(arena))?;
        self.need("=>")?;
        self.need("(")?;
        let outputs = self.items(")", |reader| reader.node(arena))?;
        Ok(Row {
            name,
            cells,
            outputs,
            place,
        })
    }

    fn cell(&mut self, arena: &mut Arena) -> Read<Cell> {
        let at = self.at;
        let word = self.word("a cell")?;
        if word == "any" {
            return Ok(Cell::Any);
        }
        self.need("(")?;
        let tests = self.items(")", |reader| reader.test(arena))?;
        match word.as_str() {
            "is" => Ok(Cell::OneOf(tests)),
            "is_not" => Ok(Cell::NoneOf(tests)),
            _ => self.fault_at(at, format!("`{word}` is no cell")),
        }
    }

    fn test(&mut self, arena: &mut Arena) -> Read<Test> {
        if self.eat_word("absent") {
            return Ok(Test::Missing);
        }
        if let Token::Sign(sign) = self.peek()
            && let Some(order) = value(&ORDER_SIGNS, sign)
        {
            self.next();
            // A bare operand and one in brackets mean the same.
            let bracket = self.eat("(");
            let node = self.node(arena)?;
            if bracket {
                self.need(")")?;
            }
            return Ok(Test::Compare(order, node));
        }
        let below = self.is_word("range_below");
        if below || self.is_word("range") {
            let at = self.at;
            self.next();
            self.need("(")?;
            let ends = self.items(")", |reader| reader.node(arena))?;
            return match ends.as_slice() {
                [low] | [low, _] => Ok(Test::Range {
                    low: *low,
                    high: ends.get(1).copied(),
                    below,
                }),
                _ => self.fault_at(at, "a range has one or two ends"),
            };
        }
        Ok(Test::Equal(self.node(arena)?))
    }
}
