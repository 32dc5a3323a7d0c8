//! Reads declarations: names first, then what they mean, then the bodies.

use super::build::builtin_enums;
use super::lex::Token;
use super::parse::{Read, Reader};
use crate::program::{
    Body, Callable, Check, Cost, CostTerm, Decision, Distinct, Enum, Extension, Field, Index,
    Param, Place, Reason, Record, Relation, RowLimit, SourceFile,
};
use crate::types::{CallableId, NodeId, PlaceId, Type};

/// A declaration: its word and where it begins.
struct Found {
    word: String,
    at: usize,
}

impl Reader<'_> {
    pub(crate) fn program(&mut self) -> Read {
        let found = self.scan()?;
        let mut builtin = true;
        for one in &found {
            self.at = one.at;
            match one.word.as_str() {
                "no" => builtin = false,
                "reason" => {
                    let code = self.name("a reason")?;
                    self.program.reasons.push(Reason {
                        code,
                        module: String::new(),
                        severity: 0,
                        params: Vec::new(),
                        message: CallableId(0),
                        doc: String::new(),
                        place: PlaceId(0),
                    });
                }
                "enum" => {
                    let found = self.enumeration()?;
                    self.program.enums.push(found);
                }
                "record" => {
                    let name = self.name("a record")?;
                    self.program.records.push(Record {
                        name,
                        fields: Vec::new(),
                        checks: Vec::new(),
                        doc: String::new(),
                        place: PlaceId(0),
                    });
                }
                "relation" => {
                    let name = self.name("a relation")?;
                    self.program.relations.push(empty_relation(name));
                }
                "define" | "parameter" | "rule" | "table" | "grid" => {
                    let (module, name) = self.callable_head()?;
                    self.program.callables.push(empty_callable(module, name));
                }
                _ => {}
            }
        }
        if builtin {
            let mut enums = builtin_enums(&self.program).to_vec();
            enums.append(&mut self.program.enums);
            self.program.enums = enums;
        }
        self.meanings(&found)?;
        self.bodies(&found)
    }

    fn meanings(&mut self, found: &[Found]) -> Read {
        let (mut records, mut relations, mut reasons, mut callables) = (0, 0, 0, 0);
        for one in found {
            self.at = one.at;
            match one.word.as_str() {
                "record" => {
                    let read = self.record_declaration()?;
                    set(&mut self.program.records, &mut records, read);
                }
                "relation" => {
                    let read = self.relation_declaration()?;
                    set(&mut self.program.relations, &mut relations, read);
                }
                "reason" => {
                    let read = self.reason_declaration()?;
                    set(&mut self.program.reasons, &mut reasons, read);
                }
                "define" | "parameter" | "rule" | "table" | "grid" => {
                    let read = self.signature()?;
                    set(&mut self.program.callables, &mut callables, read);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn bodies(&mut self, found: &[Found]) -> Read {
        let mut callables = 0usize;
        for one in found {
            self.at = one.at;
            match one.word.as_str() {
                "package" => {
                    self.program.package = self.text()?;
                    self.program.version = self.text()?;
                }
                "define" | "parameter" | "rule" | "table" | "grid" => {
                    self.callable_body(&one.word, callables)?;
                    callables = callables.saturating_add(1);
                }
                "decision" => {
                    let decision = self.decision()?;
                    self.program.decisions.push(decision);
                }
                "extension" => {
                    let extension = self.extension()?;
                    self.program.extensions.push(extension);
                }
                "file" => {
                    let file = SourceFile {
                        module: self.text()?,
                        path: self.text()?,
                        text: self.text()?,
                    };
                    self.program.files.push(file);
                }
                "place" => {
                    let file = self.whole()?;
                    let start = self.whole()?;
                    self.need("..")?;
                    let end = self.whole()?;
                    let line = self.whole()?;
                    self.need(":")?;
                    let column = self.whole()?;
                    self.program.places.push(Place {
                        file,
                        start,
                        end,
                        line,
                        column,
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Where the declarations are.
    fn scan(&mut self) -> Read<Vec<Found>> {
        let mut all = Vec::new();
        while *self.peek() != Token::End {
            let at = self.at;
            let word = self.word("a declaration")?;
            let begin = self.at;
            match word.as_str() {
                "package" => self.skip(2),
                "file" => self.skip(3),
                "place" => self.skip(7),
                "no" => {
                    self.need_word("builtin")?;
                    self.need_word("enums")?;
                }
                "reason" => {
                    self.skip_past("(", ")")?;
                    self.need_word("message")?;
                    self.callable_reference()?;
                    self.place();
                    if self.eat_word("doc") {
                        self.text()?;
                    }
                }
                "extension" => {
                    self.skip_past("(", ")")?;
                    self.place();
                }
                "enum" | "record" | "relation" | "define" | "parameter" | "rule" | "table"
                | "grid" | "decision" => self.skip_past("{", "}")?,
                _ => return self.fault_at(at, format!("`{word}` begins no declaration")),
            }
            all.push(Found { word, at: begin });
        }
        Ok(all)
    }

    fn skip(&mut self, count: usize) {
        self.at = self.at.saturating_add(count);
    }

    fn callable_reference(&mut self) -> Read {
        if matches!(self.peek(), Token::Word(_)) {
            self.next();
            if matches!(self.peek(), Token::Id(_)) {
                self.next();
            }
            Ok(())
        } else if matches!(self.peek(), Token::Id(_)) {
            self.next();
            Ok(())
        } else {
            self.expected("a callable")
        }
    }

    fn skip_past(&mut self, open: &'static str, close: &'static str) -> Read {
        while !self.is(open) {
            if *self.peek() == Token::End {
                return self.expected(&format!("`{open}`"));
            }
            self.next();
        }
        let mut depth = 0u32;
        loop {
            match self.next() {
                Token::Sign(sign) if sign == open => depth = depth.saturating_add(1),
                Token::Sign(sign) if sign == close => depth = depth.saturating_sub(1),
                Token::End => return self.expected(&format!("`{close}`")),
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Place and documentation, where they are.
    fn tail(&mut self) -> Read<(PlaceId, String)> {
        let place = self.place();
        let doc = if self.eat_word("doc") {
            self.text()?
        } else {
            String::new()
        };
        Ok((place, doc))
    }

    fn enumeration(&mut self) -> Read<Enum> {
        let name = self.name("an enum")?;
        let ordered = self.eat_word("ordered");
        let (_, doc) = self.tail()?;
        self.need("{")?;
        let values = self.items("}", |reader| reader.name("a value"))?;
        Ok(Enum {
            name,
            ordered,
            values,
            doc,
        })
    }

    fn field_declaration(&mut self) -> Read<Field> {
        let name = self.name("a field")?;
        self.need(":")?;
        let ty = self.ty()?;
        let default = if self.eat("=") {
            Some(self.constant()?)
        } else {
            None
        };
        let sensitive = self.eat_word("sensitive");
        let (_, doc) = self.tail()?;
        Ok(Field {
            sensitive,
            name,
            ty,
            default,
            doc,
        })
    }

    fn check_declaration(&mut self) -> Read<Check> {
        let callable = self.callable()?;
        let because = self.because()?;
        Ok(Check {
            callable,
            because,
            place: self.place(),
        })
    }

    fn record_declaration(&mut self) -> Read<Record> {
        let name = self.name("a record")?;
        let (place, doc) = self.tail()?;
        let mut record = Record {
            name,
            fields: Vec::new(),
            checks: Vec::new(),
            doc,
            place,
        };
        self.need("{")?;
        while !self.eat("}") {
            if self.eat_word("field") {
                record.fields.push(self.field_declaration()?);
            } else if self.eat_word("check") {
                record.checks.push(self.check_declaration()?);
            } else {
                return self.expected("`field`, `check` or `}`");
            }
        }
        Ok(record)
    }

    fn relation_declaration(&mut self) -> Read<Relation> {
        let name = self.name("a relation")?;
        let (place, doc) = self.tail()?;
        let mut relation = Relation {
            doc,
            place,
            ..empty_relation(name)
        };
        self.need("{")?;
        while !self.eat("}") {
            let at = self.at;
            let word = self.word("a part of a relation")?;
            match word.as_str() {
                "key" => {
                    relation.key_fields = relation.key_fields.saturating_add(1);
                    relation.fields.push(self.field_declaration()?);
                }
                "field" => relation.fields.push(self.field_declaration()?),
                "fresh" => relation.fresh_within_seconds = Some(self.whole()?),
                "valid" => match self.positions(&relation.fields)?.as_slice() {
                    [from, to] => relation.valid = Some((*from, *to)),
                    _ => return self.fault_at(at, "two fields are expected after `valid`"),
                },
                "check" => relation.checks.push(self.check_declaration()?),
                "distinct" => {
                    let fields = self.positions(&relation.fields)?;
                    let while_valid = self.eat_word("while_valid");
                    let because = self.because()?;
                    let place = self.place();
                    relation.distinct.push(Distinct {
                        fields,
                        while_valid,
                        because,
                        place,
                    });
                }
                "limit" => {
                    let at_most = self.whole()?;
                    self.need_word("per")?;
                    let per = self.positions(&relation.fields)?;
                    let place = self.place();
                    relation.limits.push(RowLimit {
                        at_most,
                        per,
                        place,
                    });
                }
                "index" => {
                    let fields = self.positions(&relation.fields)?;
                    relation.indexes.push(Index { fields });
                }
                _ => return self.fault_at(at, format!("`{word}` is no part of a relation")),
            }
        }
        Ok(relation)
    }

    /// `(field, #2)`: positions of fields.
    fn positions(&mut self, fields: &[Field]) -> Read<Vec<u32>> {
        self.need("(")?;
        self.items(")", |reader| {
            let at = reader.at;
            match reader.next() {
                Token::Id(id) => Ok(id),
                Token::Word(name) => {
                    match super::parse::position(fields, &name, |field| &field.name) {
                        Some(found) => Ok(u32::try_from(found).unwrap_or(u32::MAX)),
                        None => reader.fault_at(at, format!("there is no field `{name}`")),
                    }
                }
                _ => reader.fault_at(at, "a field is expected here"),
            }
        })
    }

    fn params(&mut self) -> Read<Vec<Param>> {
        self.need("(")?;
        self.items(")", |reader| {
            let (name, _) = reader.slot_name()?;
            reader.need(":")?;
            Ok(Param {
                name,
                ty: reader.ty()?,
                sensitive: reader.eat_word("sensitive"),
            })
        })
    }

    fn reason_declaration(&mut self) -> Read<Reason> {
        let code = self.name("a reason")?;
        let module = if self.eat_word("of") {
            self.text()?
        } else {
            String::new()
        };
        let severity = if self.eat_word("severity") {
            self.whole()?
        } else {
            0
        };
        let params = self.params()?;
        self.need_word("message")?;
        let message = self.callable()?;
        let (place, doc) = self.tail()?;
        Ok(Reason {
            code,
            module,
            severity,
            params,
            message,
            doc,
            place,
        })
    }

    /// `module.name#7`, or `"module" "name"#7`.
    fn callable_head(&mut self) -> Read<(String, String)> {
        let at = self.at;
        let found = match self.next() {
            Token::Word(full) => match full.rsplit_once('.') {
                Some((module, name)) => (module.to_owned(), name.to_owned()),
                None => (String::new(), full),
            },
            Token::Text(module) => (module, self.text()?),
            _ => return self.fault_at(at, "the name of a callable is expected here"),
        };
        if let Token::Id(id) = self.peek() {
            let (id, wanted) = (*id as usize, self.program.callables.len());
            let again = self
                .program
                .callables
                .iter()
                .any(|one| one.module == found.0 && one.name == found.1);
            if id != wanted && !again {
                return self.fault_at(at, format!("this is callable #{wanted}"));
            }
            self.next();
        }
        Ok(found)
    }

    pub(crate) fn signature(&mut self) -> Read<Callable> {
        let (module, name) = self.callable_head()?;
        let params = self.params()?;
        self.need_word("gives")?;
        let result = self.ty()?;
        let (place, doc) = self.tail()?;
        Ok(Callable {
            params,
            result,
            doc,
            place,
            ..empty_callable(module, name)
        })
    }

    fn decision(&mut self) -> Read<Decision> {
        let name = self.text()?;
        self.need("=")?;
        let callable = self.callable()?;
        let mut reads = Vec::new();
        if self.eat_word("reads") {
            self.need("(")?;
            reads = self.items(")", Self::relation)?;
        }
        let mut cost = Cost::default();
        self.need("{")?;
        while self.eat_word("cost") {
            let mut term = CostTerm {
                steps: self.whole()?,
                factors: Vec::new(),
                unbounded: Vec::new(),
            };
            while self.eat("*") {
                if self.eat_word("rows") {
                    term.unbounded.push(self.text()?);
                } else {
                    term.factors.push(self.text()?);
                }
            }
            cost.terms.push(term);
        }
        self.need("}")?;
        Ok(Decision {
            name,
            callable,
            reads,
            cost,
        })
    }

    fn extension(&mut self) -> Read<Extension> {
        let target = self.callable()?;
        self.need_word("package")?;
        let package = self.text()?;
        self.need_word("module")?;
        let module = self.text()?;
        self.need_word("adds")?;
        self.need("(")?;
        let adds = self.items(")", |reader| reader.text())?;
        Ok(Extension {
            target,
            package,
            module,
            adds,
            place: self.place(),
        })
    }
}

/// Replaces the next item of a list of which only the name was known.
fn set<T>(all: &mut [T], at: &mut usize, read: T) {
    if let Some(one) = all.get_mut(*at) {
        *one = read;
    }
    *at = at.saturating_add(1);
}

fn empty_relation(name: String) -> Relation {
    Relation {
        name,
        fields: Vec::new(),
        key_fields: 0,
        fresh_within_seconds: None,
        valid: None,
        checks: Vec::new(),
        distinct: Vec::new(),
        limits: Vec::new(),
        indexes: Vec::new(),
        doc: String::new(),
        place: PlaceId(0),
    }
}

fn empty_callable(module: String, name: String) -> Callable {
    Callable {
        name,
        module,
        params: Vec::new(),
        result: Type::Bool,
        slots: Vec::new(),
        nodes: Vec::new(),
        body: Body::Define(NodeId(0)),
        doc: String::new(),
        place: PlaceId(0),
    }
}
