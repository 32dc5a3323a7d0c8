//! Linking: from checked declarations to one program.
//!
//! Starting from the decisions of a package (or the parts of its tests), everything they reach is put
//! in order, callees first, and symbolic references become identifiers. The result depends on the
//! texts alone: declarations are visited in the order of modules and text.
//!
//! Calls in calls and records in records are as deep as anybody writes them, so they are followed with a stack
//! of their own ([`work`]) and not with that of the thread.

mod reasons;
pub mod relocate;
mod source;
mod types;
mod work;

use std::collections::{BTreeMap, HashMap, HashSet};

use assize_ir as ir;
use indexmap::{IndexMap, IndexSet};
use ir::{Body, CallableId, EnumId, PlaceId, RecordId, RelationId, Type};

use crate::ast::{Item, Span};
use crate::check::{CallableRef, Fragment, Part, checked};
use crate::db::{Db, SourceFile, Workspace};
use crate::items::{DeclId, DeclKind, decl_ast, decl_offset, file_keys};
use crate::layers::extensions_of;
use crate::names::{full_name, module_name};
use crate::ty::{EnumRef, RecordRef};
pub use reasons::reasons_of;
use relocate::{Maps, relocate_body, relocate_op, relocate_type};
use work::{Stop, Task};

/// Whether its own diagnostics say why it is no part of a program.
fn is_broken(db: &dyn Db, decl: &DeclId) -> bool {
    let found = &checked(db, decl).diagnostics;
    found
        .iter()
        .any(|diagnostic| diagnostic.severity == crate::diagnostic::Severity::Error)
        || !crate::items::syntax_diagnostics(db, decl).is_empty()
}

/// Why no program could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkFault {
    /// A declaration has errors that its diagnostics tell.
    Broken(DeclId),
    /// Declarations call each other in a circle, in this order.
    Circle(Vec<DeclId>),
}

/// A program with the places of what was asked for.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The program.
    pub program: ir::Program,
    /// Identifiers of all callables.
    pub callables: IndexMap<CallableRef, CallableId>,
    /// Identifiers of relations.
    pub relations: HashMap<DeclId, RelationId>,
    /// Records that stand for rows of relations (`given`).
    pub rows: HashMap<DeclId, RecordId>,
    /// What each place of the program is in its declaration, in the order of the places.
    pub origins: IndexSet<(DeclId, Span)>,
    /// Whether callers or data may name reasons.
    pub reads_reasons: bool,
}

/// Links what the given callables reach. `decisions` become decisions of the program. Where one of them
/// reads a reason or its code, the program has every reason of the package.
pub fn link(db: &dyn Db, decisions: &[DeclId], also: &[CallableRef]) -> Result<Linked, LinkFault> {
    let mut linker = Linker::new(db);
    let mut offered = Vec::new();
    for decl in decisions {
        let main = CallableRef {
            decl: decl.clone(),
            part: Part::Main,
        };
        linker.all_of(Task::Callable(main.clone()))?;
        offered.extend(linker.callables.get(&main).copied());
    }
    for callable in also {
        linker.all_of(Task::Callable(callable.clone()))?;
    }
    let reads_reasons = linker.reads_reasons(&offered);
    if let Some(workspace) = Workspace::try_get(db)
        && reads_reasons
    {
        linker.all_reasons(&reasons_of(db, *workspace.root(db)));
    }
    let linked = linker.finish(decisions)?;
    Ok(Linked {
        reads_reasons,
        ..linked
    })
}

/// Links callables for the analyses, and these reasons whether they are used or not: a policy has to
/// say something about each.
pub fn link_with_reasons(
    db: &dyn Db,
    callables: &[CallableRef],
    reasons: &[DeclId],
) -> Result<Linked, LinkFault> {
    let mut linker = Linker::new(db);
    for callable in callables {
        let decl = &callable.decl;
        // A check comes with what it checks: to itself, that would be a circle.
        linker.all_of(match (callable.part, decl.key.kind) {
            (Part::Check(_), DeclKind::Record) => Task::Record(RecordRef::Declared(decl.clone())),
            (Part::Check(_), DeclKind::Data) => Task::Relation(decl.clone()),
            _ => Task::Callable(callable.clone()),
        })?;
    }
    linker.all_reasons(reasons);
    linker.finish(&[])
}

/// The decisions that a package offers, in the order of modules and text.
pub fn decisions_of(db: &dyn Db, package: crate::db::PackageInput) -> Vec<DeclId> {
    let mut files: Vec<SourceFile> = package.files(db).clone();
    files.sort_by_key(|file| module_name(db, *file).clone());
    let exports = package.exports(db);
    let mut out = Vec::new();
    for file in files {
        for key in file_keys(db, file) {
            if key.kind == DeclKind::Decision {
                let decl = DeclId {
                    file,
                    key: key.clone(),
                };
                if exports.is_empty() || exports.contains(&full_name(db, &decl)) {
                    out.push(decl);
                }
            }
        }
    }
    out
}

struct Linker<'db> {
    db: &'db dyn Db,
    program: ir::Program,
    enums: HashMap<EnumRef, EnumId>,
    records: IndexMap<RecordRef, RecordId>,
    relations: HashMap<DeclId, RelationId>,
    reasons: HashMap<DeclId, ir::ReasonId>,
    callables: IndexMap<CallableRef, CallableId>,
    files: HashMap<SourceFile, u32>,
    sources: HashMap<u32, source::Source>,
    /// The places so far; the position of one is its identifier.
    places: IndexSet<(DeclId, Span)>,
    offsets: HashMap<DeclId, u32>,
    /// What has been begun and waits for something else.
    open: HashSet<Task>,
    /// Records and relations that have a place in the program, and a part that could not be linked.
    unfinished: HashSet<Task>,
}

impl<'db> Linker<'db> {
    fn new(db: &'db dyn Db) -> Linker<'db> {
        let mut linker = Linker {
            db,
            program: ir::Program::default(),
            enums: HashMap::new(),
            records: IndexMap::new(),
            relations: HashMap::new(),
            reasons: HashMap::new(),
            callables: IndexMap::new(),
            files: HashMap::new(),
            sources: HashMap::new(),
            places: IndexSet::new(),
            offsets: HashMap::new(),
            open: HashSet::new(),
            unfinished: HashSet::new(),
        };
        let builtin = |name: &str, ordered: bool, values: &[&str]| ir::Enum {
            name: name.to_string(),
            ordered,
            values: values.iter().map(|value| (*value).to_string()).collect(),
            doc: String::new(),
        };
        linker.program.enums = vec![
            builtin("Rounding", false, &ir::ROUNDING_VALUES),
            builtin("Severity", true, &ir::SEVERITY_VALUES),
            builtin("ReasonCode", false, &[]),
        ];
        linker.enums.insert(EnumRef::Rounding, ir::ROUNDING);
        linker.enums.insert(EnumRef::Severity, ir::SEVERITY);
        linker.enums.insert(EnumRef::ReasonCode, ir::REASON_CODE);
        if let Some(workspace) = Workspace::try_get(db) {
            let root = *workspace.root(db);
            linker.program.package = root.name(db).clone();
            linker.program.version = root.version(db).clone();
        }
        linker
    }

    // ------------------------------------------------------------------ places

    /// The file of a place. A sheet belongs to the module of the rule file that names it.
    fn file(&mut self, file: SourceFile, rules: SourceFile) -> u32 {
        if let Some(index) = self.files.get(&file) {
            return *index;
        }
        let index = u32::try_from(self.program.files.len()).unwrap_or(u32::MAX);
        let (text, source) = source::plain(file.text(self.db));
        self.program.files.push(ir::SourceFile {
            module: module_name(self.db, rules).to_string(),
            path: file.path(self.db).clone(),
            text: text.into_owned(),
        });
        self.files.insert(file, index);
        self.sources.insert(index, source);
        index
    }

    fn place(&mut self, decl: &DeclId, span: Span) -> PlaceId {
        let (id, new) = self.places.insert_full((decl.clone(), span));
        let id = PlaceId(u32::try_from(id).unwrap_or(u32::MAX));
        if !new {
            return id;
        }
        let (source, std::ops::Range { start, end }) =
            match crate::sheets::resolve(self.db, decl, span) {
                Some(in_sheet) => in_sheet,
                None => {
                    let offset = self.offset(decl);
                    (decl.file, offset + span.start..offset + span.end)
                }
            };
        let file = self.file(source, decl.file);
        let (mut start, mut end, mut line, mut begin) = (start, end, 1, 0);
        if let Some(source) = self.sources.get(&file) {
            (start, end) = (source.offset(start), source.offset(end));
            (line, begin) = source.line(start);
        }
        let text = self.program.files.get(file as usize).map(|file| &file.text);
        let column = text
            .and_then(|text| text.get(begin as usize..start as usize))
            .map_or(0, |before| before.chars().count())
            + 1;
        self.program.places.push(ir::Place {
            file,
            start,
            end,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        });
        id
    }

    fn offset(&mut self, decl: &DeclId) -> u32 {
        match self.offsets.get(decl) {
            Some(offset) => *offset,
            None => {
                let offset = decl_offset(self.db, decl);
                self.offsets.insert(decl.clone(), offset);
                offset
            }
        }
    }

    // ------------------------------------------------------------------ callables

    /// Identifiers in the program of everything that a fragment refers to, or all that has to be linked
    /// before, in this order.
    fn maps(&mut self, refs: &crate::check::Refs) -> Result<Maps, Stop> {
        let mut maps = Maps::default();
        for of in &refs.enums {
            maps.enums.push(self.enum_id(of));
        }
        let mut needs = Vec::new();
        for of in &refs.relations {
            match self.relation_id(of) {
                Some(id) => maps.relations.push(id),
                None => needs.push(Task::Relation(of.clone())),
            }
        }
        for of in &refs.records {
            match self.record_id(of) {
                Some(id) => maps.records.push(id),
                None => needs.push(Task::Record(of.clone())),
            }
        }
        for of in &refs.reasons {
            match self.reasons.get(of) {
                Some(id) => maps.reasons.push(*id),
                None => needs.push(Task::Reason(of.clone())),
            }
        }
        for of in &refs.callables {
            match self.callables.get(of) {
                Some(id) => maps.callables.push(*id),
                None => needs.push(Task::Callable(of.clone())),
            }
        }
        if !needs.is_empty() {
            return Err(Stop::Needs(needs));
        }
        for (relation, fields) in &refs.indexes {
            let id = maps
                .relations
                .get(relation.index())
                .copied()
                .unwrap_or(RelationId(0));
            maps.indexes.push(self.index_id(id, fields));
        }
        Ok(maps)
    }

    fn index_id(&mut self, relation: RelationId, fields: &[u32]) -> ir::IndexId {
        let Some(relation) = self.program.relations.get_mut(relation.index()) else {
            return ir::IndexId(u32::MAX);
        };
        let found = relation
            .indexes
            .iter()
            .position(|index| index.fields == fields);
        let at = found.unwrap_or_else(|| {
            relation.indexes.push(ir::Index {
                fields: fields.to_vec(),
            });
            relation.indexes.len() - 1
        });
        ir::IndexId(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// A callable that is linked, or that it has to be.
    fn callable(&self, of: &CallableRef) -> Result<CallableId, Stop> {
        match self.callables.get(of) {
            Some(id) => Ok(*id),
            None => Err(Stop::Needs(vec![Task::Callable(of.clone())])),
        }
    }

    /// Links a callable of which all that it refers to is linked, else says what is not.
    fn link_callable(&mut self, of: &CallableRef) -> Result<(), Stop> {
        let db = self.db;
        let all = checked(db, &of.decl);
        let broken = is_broken(db, &of.decl);
        let fragment = all.fragment(of.part);
        let (Some(fragment), false) = (fragment, broken) else {
            return Err(LinkFault::Broken(of.decl.clone()).into());
        };
        let mut callable = self.link_fragment(of, fragment)?;
        callable.module = module_name(db, of.decl.file).to_string();
        let id = CallableId(u32::try_from(self.program.callables.len()).unwrap_or(u32::MAX));
        let extensions = self.pending_extensions(of, id);
        self.program.callables.push(callable);
        self.program.extensions.extend(extensions);
        self.callables.insert(of.clone(), id);
        Ok(())
    }

    fn link_fragment(
        &mut self,
        of: &CallableRef,
        fragment: &Fragment,
    ) -> Result<ir::Callable, Stop> {
        let mut callable = self.relocated(&of.decl, fragment)?;
        if of.part == Part::Main && matches!(of.decl.key.kind, DeclKind::Rule | DeclKind::Parameter)
        {
            self.extend(of, &mut callable)?;
        }
        Ok(callable)
    }

    fn relocated(&mut self, decl: &DeclId, fragment: &Fragment) -> Result<ir::Callable, Stop> {
        let mut maps = self.maps(&fragment.refs)?;
        maps.places = fragment
            .places
            .iter()
            .map(|span| self.place(decl, *span))
            .collect();
        let mut callable = fragment.callable.clone();
        for node in &mut callable.nodes {
            relocate_op(&mut node.op, &maps);
            node.ty = relocate_type(&node.ty, &maps);
            node.place = maps.place(node.place);
        }
        for slot in callable.slots.iter_mut().chain(&mut callable.params) {
            slot.ty = relocate_type(&slot.ty, &maps);
        }
        callable.result = relocate_type(&callable.result, &maps);
        callable.place = maps.place(callable.place);
        relocate_body(&mut callable.body, &maps);
        Ok(callable)
    }

    /// Adds what other packages say of an open rule or parameter.
    fn extend(&mut self, of: &CallableRef, base: &mut ir::Callable) -> Result<(), Stop> {
        let db = self.db;
        for extension in extensions_of(db, of.decl.file, &of.decl) {
            let all = checked(db, &extension);
            // What follows from a misspelt `overrides` is no conflict of the rule.
            let broken = is_broken(db, &extension);
            let (Some(fragment), false) = (all.fragments.first(), broken) else {
                return Err(LinkFault::Broken(extension).into());
            };
            let added = self.relocated(&extension, fragment)?;
            let module = module_name(db, extension.file).to_string();
            let offset = relocate::append(base, &added);
            match (&mut base.body, added.body) {
                (Body::Rule(rule), Body::Rule(more)) => {
                    for mut exception in more.exceptions {
                        offset.exception(&mut exception);
                        exception.name = format!("{module}.{}", exception.name);
                        exception.overrides.clear();
                        rule.exceptions.push(exception);
                    }
                }
                (Body::Parameter(values), Body::Parameter(more)) => {
                    for mut value in more {
                        offset.value(&mut value);
                        match values.iter_mut().find(|known| known.from == value.from) {
                            Some(known) => *known = value,
                            None => values.push(value),
                        }
                    }
                    values.sort_by_key(|value| value.from);
                }
                _ => return Err(LinkFault::Broken(extension).into()),
            }
        }
        if let Body::Rule(rule) = &mut base.body {
            self.precedence(of, rule);
        }
        Ok(())
    }

    /// Precedence between exceptions of the base and of extensions, by name.
    fn precedence(&mut self, of: &CallableRef, rule: &mut ir::Rule) {
        let names: Vec<String> = rule.exceptions.iter().map(|e| e.name.clone()).collect();
        for extension in extensions_of(self.db, of.decl.file, &of.decl) {
            let module = module_name(self.db, extension.file).to_string();
            let Some(Item::Extend(extend)) = decl_ast(self.db, &extension).map(|ast| &ast.item)
            else {
                continue;
            };
            for exception in &extend.exceptions {
                let own = format!("{module}.{}", exception.name.text);
                let Some(me) = names.iter().position(|name| *name == own) else {
                    continue;
                };
                let find = |path: &crate::ast::Path| {
                    let names = names.iter().map(String::as_str);
                    crate::precedence::resolve(names, Some(&module), path)
                };
                for path in &exception.overrides {
                    if let Some(other) = find(path).and_then(|n| u32::try_from(n).ok())
                        && let Some(mine) = rule.exceptions.get_mut(me)
                        && !mine.overrides.contains(&other)
                    {
                        mine.overrides.push(other);
                    }
                }
                for path in &exception.yields_to {
                    if let Some(other) = find(path)
                        && let Ok(me) = u32::try_from(me)
                        && let Some(theirs) = rule.exceptions.get_mut(other)
                        && !theirs.overrides.contains(&me)
                    {
                        theirs.overrides.push(me);
                    }
                }
            }
        }
    }

    fn pending_extensions(&mut self, of: &CallableRef, id: CallableId) -> Vec<ir::Extension> {
        if of.part != Part::Main
            || !matches!(of.decl.key.kind, DeclKind::Rule | DeclKind::Parameter)
        {
            return Vec::new();
        }
        let db = self.db;
        let mut out = Vec::new();
        for extension in extensions_of(db, of.decl.file, &of.decl) {
            let Some(Item::Extend(extend)) = decl_ast(db, &extension).map(|ast| &ast.item) else {
                continue;
            };
            let mut adds: Vec<String> = extend
                .exceptions
                .iter()
                .map(|e| e.name.text.to_string())
                .collect();
            adds.extend(extend.values.iter().map(|value| {
                value
                    .from
                    .and_then(|date| date.day)
                    .map_or_else(|| "value".to_string(), ir::date::format)
            }));
            let place = self.place(&extension, extend.target.span());
            out.push(ir::Extension {
                target: id,
                package: extension.file.package(db).clone(),
                module: module_name(db, extension.file).to_string(),
                adds,
                place,
            });
        }
        out
    }

    // ------------------------------------------------------------------ the end

    fn finish(mut self, decisions: &[DeclId]) -> Result<Linked, LinkFault> {
        // A program without a declaration still has a place: what is nowhere stands there.
        if self.program.files.is_empty() {
            self.program.files.push(ir::SourceFile {
                module: self.program.package.clone(),
                path: self.program.package.clone(),
                text: String::new(),
            });
        }
        if self.program.places.is_empty() {
            self.program.places.push(ir::Place {
                file: 0,
                start: 0,
                end: 0,
                line: 1,
                column: 1,
            });
        }
        self.constants();
        let mut names: BTreeMap<String, u32> = BTreeMap::new();
        for decl in decisions {
            *names.entry(decl.name().to_string()).or_default() += 1;
        }
        let costs = crate::cost::Costs::of(&self.program);
        for decl in decisions {
            let bare = decl.name().to_string();
            let unique = names.get(&bare) == Some(&1);
            let name = if unique {
                bare
            } else {
                full_name(self.db, decl)
            };
            let key = CallableRef {
                decl: decl.clone(),
                part: Part::Main,
            };
            let Some(callable) = self.callables.get(&key).copied() else {
                continue;
            };
            let reads = ir::reach::relations(&self.program, callable);
            let cost = costs.cost(&self.program, callable);
            self.program.decisions.push(ir::Decision {
                name,
                callable,
                reads,
                cost,
            });
        }
        let rows = self
            .records
            .iter()
            .filter_map(|(of, id)| match of {
                RecordRef::RowOf(decl) => Some((decl.clone(), *id)),
                _ => None,
            })
            .collect();
        Ok(Linked {
            program: self.program,
            callables: self.callables,
            relations: self.relations,
            rows,
            origins: self.places,
            reads_reasons: false,
        })
    }

    /// Defaults of fields as constants, computed by the interpreter.
    fn constants(&mut self) {
        let mut found: Vec<(bool, usize, usize, ir::Const)> = Vec::new();
        let data = assize_eval::data::NoData;
        for (of, id) in &self.callables {
            let Part::Default(field) = of.part else {
                continue;
            };
            let interpreter = assize_eval::interp::Interpreter::new(
                &self.program,
                &data,
                assize_eval::interp::Limits::default(),
            );
            let Ok(value) = interpreter.call(*id, &[]) else {
                continue;
            };
            let Some(ty) = self.program.callable(*id).map(|callable| &callable.result) else {
                continue;
            };
            let Some(constant) = constant_of(&value, ty) else {
                continue;
            };
            if let Some(relation) = self.relations.get(&of.decl) {
                found.push((true, relation.index(), field as usize, constant.clone()));
            }
            for kind in [
                RecordRef::Declared(of.decl.clone()),
                RecordRef::RowOf(of.decl.clone()),
            ] {
                if let Some(record) = self.records.get(&kind) {
                    found.push((false, record.index(), field as usize, constant.clone()));
                }
            }
        }
        for (relation, owner, field, constant) in found {
            let fields = if relation {
                self.program
                    .relations
                    .get_mut(owner)
                    .map(|relation| &mut relation.fields)
            } else {
                self.program
                    .records
                    .get_mut(owner)
                    .map(|record| &mut record.fields)
            };
            if let Some(field) = fields.and_then(|fields| fields.get_mut(field)) {
                field.default = Some(constant);
            }
        }
    }
}

/// A value as a constant of a type.
fn constant_of(value: &assize_eval::Value, ty: &Type) -> Option<ir::Const> {
    use assize_eval::Value;
    use ir::Const;
    Some(match (value, ty.plain()) {
        (Value::Missing, _) => Const::Missing,
        (Value::Bool(value), _) => Const::Bool(*value),
        (Value::Int(value), _) => Const::Int(*value),
        (Value::Num(value), _) => Const::Num(*value),
        (Value::Text(value), _) => Const::Text(value.to_string()),
        (Value::Code(value), _) => Const::Code(value.to_string()),
        (Value::Date(value), _) => Const::Date(*value),
        (Value::DateFormula(value), _) => Const::DateFormula(value.to_string()),
        (Value::Calendar(value), _) => Const::Calendar(value.to_string()),
        (Value::Enum(value), Type::Enum(id)) => Const::Enum(*id, *value),
        (Value::List(items), Type::List { item, .. }) => Const::List(
            items
                .iter()
                .map(|value| constant_of(value, item))
                .collect::<Option<_>>()?,
        ),
        _ => return None,
    })
}
