//! Writes a program as text.

use std::borrow::Cow;
use std::fmt::Write;

use super::names::{
    callable_name, const_text, full_name, is_simple, name, quoted, relation_name, type_text,
};
use super::print_node::{Doc, NodeWriter, slot_text};
use super::table::{write_grid, write_table};
use super::words::{COMBINES, word};
use crate::program::{
    Body, Callable, Check, Decision, Field, Param, Program, Record, Relation, Rule,
};
use crate::types::{PlaceId, Slot};

/// How much is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail {
    /// The places of nodes, the files and the list of places.
    pub places: bool,
    /// Facts that do not follow from the rest.
    pub facts: bool,
}

impl Detail {
    /// Everything: [`super::parse`] gives the same program.
    pub const ALL: Detail = Detail {
        places: true,
        facts: true,
    };
    /// What a person reads.
    pub const BRIEF: Detail = Detail {
        places: false,
        facts: false,
    };
}

/// The whole program as text; [`super::parse`] reads it back as the same.
pub fn print(program: &Program) -> String {
    print_with(program, Detail::ALL)
}

/// A program as text, with or without what only tools need.
pub fn print_with(program: &Program, detail: Detail) -> String {
    let mut writer = Writer {
        program,
        detail,
        out: String::new(),
    };
    writer.program();
    writer.out
}

struct Writer<'a> {
    program: &'a Program,
    detail: Detail,
    out: String,
}

/// A place, where it is not the first.
pub(crate) fn place_text(detail: Detail, place: PlaceId) -> String {
    if detail.places && place.0 != 0 {
        format!(" @{}", place.0)
    } else {
        String::new()
    }
}

/// The author's words, where there are some.
pub(crate) fn because_text(because: &str) -> String {
    if because.is_empty() {
        String::new()
    } else {
        format!(" because {}", quoted(because))
    }
}

impl Writer<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn tail(&self, doc: &str, place: PlaceId) -> String {
        let mut tail = place_text(self.detail, place);
        if !doc.is_empty() {
            let _ = write!(tail, " doc {}", quoted(doc));
        }
        tail
    }

    fn program(&mut self) {
        let program = self.program;
        let head = format!(
            "package {} {}",
            quoted(&program.package),
            quoted(&program.version)
        );
        self.line(&head);
        let skip = usize::from(super::build::has_builtin_enums(program)) * 3;
        for found in program.enums.iter().skip(skip) {
            let values: Vec<String> = found.values.iter().map(|value| name(value)).collect();
            let ordered = if found.ordered { " ordered" } else { "" };
            let tail = self.tail(&found.doc, PlaceId(0));
            let line = format!(
                "\nenum {}{ordered}{tail} {{ {} }}",
                name(&found.name),
                values.join(", ")
            );
            self.line(&line);
        }
        if skip == 0 {
            self.line("\nno builtin enums");
        }
        for record in &program.records {
            self.record(record);
        }
        for relation in &program.relations {
            self.relation(relation);
        }
        for reason in &program.reasons {
            let line = format!(
                "\nreason {} of {} severity {} ({}) message {}{}",
                name(&reason.code),
                quoted(&reason.module),
                reason.severity,
                self.params(&reason.params),
                callable_name(program, reason.message),
                self.tail(&reason.doc, reason.place),
            );
            self.line(&line);
        }
        for (at, callable) in program.callables.iter().enumerate() {
            self.callable(at, callable);
        }
        for decision in &program.decisions {
            self.decision(decision);
        }
        for extension in &program.extensions {
            let adds: Vec<String> = extension.adds.iter().map(|add| quoted(add)).collect();
            let line = format!(
                "\nextension {} package {} module {} adds ({}){}",
                callable_name(program, extension.target),
                quoted(&extension.package),
                quoted(&extension.module),
                adds.join(", "),
                place_text(self.detail, extension.place),
            );
            self.line(&line);
        }
        if self.detail.places {
            self.places();
        }
    }

    fn places(&mut self) {
        for file in &self.program.files {
            let line = format!(
                "\nfile {} {} {}",
                quoted(&file.module),
                quoted(&file.path),
                quoted(&file.text)
            );
            self.line(&line);
        }
        for place in &self.program.places {
            let line = format!(
                "place {} {}..{} {}:{}",
                place.file, place.start, place.end, place.line, place.column
            );
            self.line(&line);
        }
    }

    fn field(&mut self, word: &str, field: &Field) {
        let default = match &field.default {
            Some(value) => format!(" = {}", const_text(self.program, value)),
            None => String::new(),
        };
        let line = format!(
            "  {word} {}: {}{default}{}{}",
            name(&field.name),
            type_text(self.program, &field.ty),
            if field.sensitive { " sensitive" } else { "" },
            self.tail(&field.doc, PlaceId(0)),
        );
        self.line(&line);
    }

    fn check(&mut self, check: &Check) {
        let line = format!(
            "  check {}{}{}",
            callable_name(self.program, check.callable),
            because_text(&check.because),
            place_text(self.detail, check.place),
        );
        self.line(&line);
    }

    fn record(&mut self, record: &Record) {
        let line = format!(
            "\nrecord {}{} {{",
            name(&record.name),
            self.tail(&record.doc, record.place)
        );
        self.line(&line);
        for field in &record.fields {
            self.field("field", field);
        }
        for check in &record.checks {
            self.check(check);
        }
        self.line("}");
    }

    fn relation(&mut self, relation: &Relation) {
        let line = format!(
            "\nrelation {}{} {{",
            name(&relation.name),
            self.tail(&relation.doc, relation.place)
        );
        self.line(&line);
        for (at, field) in relation.fields.iter().enumerate() {
            let key = at < relation.key_fields as usize;
            self.field(if key { "key" } else { "field" }, field);
        }
        let names = |fields: &[u32]| {
            let names: Vec<String> = fields
                .iter()
                .map(|at| field_at(&relation.fields, *at))
                .collect();
            names.join(", ")
        };
        if let Some(seconds) = relation.fresh_within_seconds {
            self.line(&format!("  fresh {seconds}"));
        }
        if let Some((from, to)) = relation.valid {
            self.line(&format!("  valid ({})", names(&[from, to])));
        }
        for check in &relation.checks {
            self.check(check);
        }
        for distinct in &relation.distinct {
            let valid = if distinct.while_valid {
                " while_valid"
            } else {
                ""
            };
            let line = format!(
                "  distinct ({}){valid}{}{}",
                names(&distinct.fields),
                because_text(&distinct.because),
                place_text(self.detail, distinct.place),
            );
            self.line(&line);
        }
        for limit in &relation.limits {
            let line = format!(
                "  limit {} per ({}){}",
                limit.at_most,
                names(&limit.per),
                place_text(self.detail, limit.place),
            );
            self.line(&line);
        }
        for index in &relation.indexes {
            self.line(&format!("  index ({})", names(&index.fields)));
        }
        self.line("}");
    }

    fn params(&self, params: &[Param]) -> String {
        let all: Vec<String> = params
            .iter()
            .map(|param| {
                let name = if is_simple(&param.name) {
                    param.name.clone()
                } else {
                    quoted(&param.name)
                };
                let mark = if param.sensitive { " sensitive" } else { "" };
                format!("%{name}: {}{mark}", type_text(self.program, &param.ty))
            })
            .collect();
        all.join(", ")
    }

    fn callable(&mut self, at: usize, callable: &Callable) {
        let whole = callable.unpacked();
        let packed = matches!(whole, Cow::Owned(_));
        let callable = &*whole;
        let kind = match &callable.body {
            Body::Define(_) => "define",
            Body::Parameter(_) => "parameter",
            Body::Rule(_) => "rule",
            Body::Table(_) => "table",
            Body::Grid(_) => "grid",
        };
        let named = full_name(&callable.module, &callable.name)
            .unwrap_or_else(|| format!("{} {}", quoted(&callable.module), quoted(&callable.name)));
        let line = format!(
            "\n{kind} {named}#{at} ({}) gives {}{} {{",
            self.params(&callable.params),
            type_text(self.program, &callable.result),
            self.tail(&callable.doc, callable.place),
        );
        self.line(&line);
        let bound: Vec<String> = callable
            .slots
            .iter()
            .enumerate()
            .skip(callable.params.len())
            .filter_map(|(at, slot)| {
                let id = Slot(u32::try_from(at).ok()?);
                let shown = slot_text(&callable.slots, id, &slot.name);
                Some(format!("{shown}: {}", type_text(self.program, &slot.ty)))
            })
            .collect();
        if !bound.is_empty() {
            self.line(&format!("  slots ({})", bound.join(", ")));
        }
        let nodes = NodeWriter::new(self.program, callable, self.detail);
        for (id, doc) in nodes.labelled() {
            write_doc(&mut self.out, &format!("  ${} = ", id.0), &doc);
        }
        match &callable.body {
            Body::Define(node) => write_doc(&mut self.out, "  ", &nodes.used(*node)),
            Body::Parameter(values) => {
                for value in values {
                    let from = match value.from {
                        Some(day) => format!("from {}", day_text(day)),
                        None => "always".to_owned(),
                    };
                    let head = format!(
                        "  {from}{}{} = ",
                        place_text(self.detail, value.place),
                        because_text(&value.because),
                    );
                    write_doc(&mut self.out, &head, &nodes.used(value.value));
                }
            }
            Body::Rule(rule) => write_rule(&mut self.out, &nodes, rule),
            Body::Table(table) => write_table(&mut self.out, &nodes, table, packed),
            Body::Grid(grid) => write_grid(&mut self.out, &nodes, grid),
        }
        self.line("}");
    }

    fn decision(&mut self, decision: &Decision) {
        let reads: Vec<String> = decision
            .reads
            .iter()
            .map(|id| relation_name(self.program, *id))
            .collect();
        let line = format!(
            "\ndecision {} = {} reads ({}) {{",
            quoted(&decision.name),
            callable_name(self.program, decision.callable),
            reads.join(", "),
        );
        self.line(&line);
        for term in &decision.cost.terms {
            let mut line = format!("  cost {}", term.steps);
            for factor in &term.factors {
                let _ = write!(line, " * {}", quoted(factor));
            }
            for relation in &term.unbounded {
                let _ = write!(line, " * rows {}", quoted(relation));
            }
            self.line(&line);
        }
        self.line("}");
    }
}

/// A line that begins with a head and ends with a node.
pub(crate) fn write_doc(out: &mut String, head: &str, doc: &Doc) {
    out.push_str(head);
    let indent = head.len().saturating_sub(head.trim_start().len());
    doc.write(out, indent);
    out.push('\n');
}

/// A day, also one outside the calendar.
pub(crate) fn day_text(day: i32) -> String {
    const_text(&Program::default(), &crate::node::Const::Date(day))
}

fn write_rule(out: &mut String, nodes: &NodeWriter<'_>, rule: &Rule) {
    if rule.may_agree {
        out.push_str("  may_agree\n");
    }
    if let Some(as_of) = rule.as_of {
        write_doc(out, "  as_of = ", &nodes.used(as_of));
    }
    if let Some(default) = &rule.default {
        let head = format!(
            "  default{}{} = ",
            place_text(nodes.detail, default.place),
            because_text(&default.because)
        );
        write_doc(out, &head, &nodes.used(default.value));
    }
    for exception in &rule.exceptions {
        let _ = write!(
            out,
            "  exception {}{}{}",
            name(&exception.name),
            place_text(nodes.detail, exception.place),
            because_text(&exception.because)
        );
        for (word, day) in [("from", exception.from), ("to", exception.to)] {
            if let Some(day) = day {
                let _ = write!(out, " {word} {}", day_text(day));
            }
        }
        if !exception.overrides.is_empty() {
            let all: Vec<String> = exception
                .overrides
                .iter()
                .map(|at| exception_at(rule, *at))
                .collect();
            let _ = write!(out, " overrides ({})", all.join(", "));
        }
        out.push_str(" {\n");
        for (word, cond) in [("when", exception.when), ("unless", exception.unless)] {
            if let Some(cond) = cond {
                write_doc(out, &format!("    {word} = "), &nodes.used(cond));
            }
        }
        write_doc(out, "    then = ", &nodes.used(exception.then));
        out.push_str("  }\n");
    }
    if let Some(combine) = &rule.combine {
        let how = word(&COMBINES, &combine.how);
        match combine.cap {
            Some(cap) => {
                write_doc(out, &format!("  combine {how} up_to = "), &nodes.used(cap));
            }
            None => {
                let _ = writeln!(out, "  combine {how}");
            }
        }
    }
}

fn exception_at(rule: &Rule, at: u32) -> String {
    let found = rule
        .exceptions
        .get(at as usize)
        .map(|one| one.name.as_str());
    let first = rule
        .exceptions
        .iter()
        .position(|one| Some(one.name.as_str()) == found);
    match found {
        Some(found) if first == Some(at as usize) => name(found),
        _ => format!("#{at}"),
    }
}

fn field_at(fields: &[Field], at: u32) -> String {
    let found = fields.get(at as usize).map(|field| field.name.as_str());
    let first = fields
        .iter()
        .position(|field| Some(field.name.as_str()) == found);
    match found {
        Some(found) if first == Some(at as usize) && is_simple(found) => found.to_owned(),
        _ => format!("#{at}"),
    }
}
