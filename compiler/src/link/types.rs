//! Enums, records, relations and reasons of the program, made when something first refers to them.

use assize_ir as ir;
use ir::{EnumId, PlaceId, RecordId, RelationId};

use super::relocate::relocate_type;
use super::work::{Stop, Task};
use super::{LinkFault, Linker};
use crate::ast::{CheckDecl, Item};
use crate::check::{CallableRef, Part};
use crate::db::Db;
use crate::items::{DeclId, decl_ast};
use crate::names::{full_name, module_name};
use crate::signature::{FieldSig, SignatureKind, signature};
use crate::ty::{EnumRef, RecordRef};

impl Linker<'_> {
    pub(super) fn enum_id(&mut self, of: &EnumRef) -> EnumId {
        if let Some(id) = self.enums.get(of) {
            return *id;
        }
        let EnumRef::Declared(decl) = of else {
            return ir::ROUNDING;
        };
        let (ordered, values) = match &signature(self.db, decl).kind {
            SignatureKind::Enum { ordered, values } => (
                *ordered,
                values.iter().map(|value| value.to_string()).collect(),
            ),
            _ => (false, Vec::new()),
        };
        let id = EnumId(u32::try_from(self.program.enums.len()).unwrap_or(u32::MAX));
        self.program.enums.push(ir::Enum {
            name: full_name(self.db, decl),
            ordered,
            values,
            doc: decl_ast(self.db, decl)
                .map(|ast| ast.doc.clone())
                .unwrap_or_default(),
        });
        self.enums.insert(of.clone(), id);
        id
    }

    /// The identifier of a record that is linked, or is being linked.
    pub(super) fn record_id(&self, of: &RecordRef) -> Option<RecordId> {
        let id = self.records.get(of).copied()?;
        let unfinished =
            !self.unfinished.is_empty() && self.unfinished.contains(&Task::Record(of.clone()));
        (!unfinished).then_some(id)
    }

    fn begun_record(&mut self, of: &RecordRef) -> RecordId {
        if let Some(id) = self.records.get(of) {
            return *id;
        }
        let id = RecordId(u32::try_from(self.program.records.len()).unwrap_or(u32::MAX));
        self.records.insert(of.clone(), id);
        let name = match of {
            RecordRef::Declared(decl) => full_name(self.db, decl),
            RecordRef::RowOf(decl) => format!("{} row", full_name(self.db, decl)),
            RecordRef::Group(_) => format!("group {}", id.0),
        };
        let place = match of {
            RecordRef::Declared(decl) | RecordRef::RowOf(decl) => self.decl_place(decl),
            // It is written nowhere. The first place exists at the latest when all is linked.
            RecordRef::Group(_) => PlaceId(0),
        };
        self.program.records.push(ir::Record {
            name,
            fields: Vec::new(),
            checks: Vec::new(),
            doc: match of {
                RecordRef::Declared(decl) => decl_ast(self.db, decl)
                    .map(|ast| ast.doc.clone())
                    .unwrap_or_default(),
                _ => String::new(),
            },
            place,
        });
        id
    }

    /// Links a record: its identifier, then its fields and its checks one after the other.
    pub(super) fn link_record(&mut self, of: &RecordRef) -> Result<(), Stop> {
        let id = self.begun_record(of);
        let (sigs, decl) = match of {
            RecordRef::Declared(decl) | RecordRef::RowOf(decl) => (
                signature(self.db, decl).kind.fields().to_vec(),
                Some(decl.clone()),
            ),
            RecordRef::Group(group) => (crate::check::access::group_fields(group), None),
        };
        let made = |linker: &Self| {
            let record = linker.program.records.get(id.index());
            record.map_or((0, 0), |it| (it.fields.len(), it.checks.len()))
        };
        for (index, sig) in sigs.iter().enumerate().skip(made(self).0) {
            let field = self.field(index, sig, decl.as_ref())?;
            if let Some(record) = self.program.records.get_mut(id.index()) {
                record.fields.push(field);
            }
        }
        // The rows that a test gives are checked like those of a snapshot.
        if let RecordRef::RowOf(decl) = of
            && self.relation_id(decl).is_none()
        {
            return Err(Stop::Needs(vec![Task::Relation(decl.clone())]));
        }
        if let RecordRef::Declared(decl) = of {
            for (index, check) in checks_of(self.db, decl)
                .iter()
                .enumerate()
                .skip(made(self).1)
            {
                let check = self.check(index, check, decl)?;
                if let Some(record) = self.program.records.get_mut(id.index()) {
                    record.checks.push(check);
                }
            }
        }
        Ok(())
    }

    fn decl_place(&mut self, decl: &DeclId) -> PlaceId {
        let span = decl_ast(self.db, decl)
            .map(|ast| ast.item.name().map_or(ast.span, |name| name.span))
            .unwrap_or_default();
        self.place(decl, span)
    }

    fn field(
        &mut self,
        index: usize,
        sig: &FieldSig,
        decl: Option<&DeclId>,
    ) -> Result<ir::Field, Stop> {
        let mut refs = crate::check::Refs::new();
        let local = refs.ir_type(&sig.ty);
        let maps = self.maps(&refs)?;
        if sig.has_default
            && let Some(decl) = decl
        {
            self.callable(&CallableRef {
                decl: decl.clone(),
                part: Part::Default(u32::try_from(index).unwrap_or(u32::MAX)),
            })?;
        }
        Ok(ir::Field {
            name: sig.name.to_string(),
            ty: relocate_type(&local, &maps),
            default: None,
            doc: sig.doc.clone(),
            sensitive: sig.sensitive,
        })
    }

    fn check(&mut self, index: usize, check: &CheckDecl, decl: &DeclId) -> Result<ir::Check, Stop> {
        let callable = self.callable(&CallableRef {
            decl: decl.clone(),
            part: Part::Check(u32::try_from(index).unwrap_or(u32::MAX)),
        })?;
        let because = check.because.as_ref().map(|text| text.text.clone());
        Ok(ir::Check {
            callable,
            because: because.unwrap_or_default(),
            place: self.place(decl, check.span),
        })
    }

    /// The identifier of a relation that is linked, or is being linked.
    pub(super) fn relation_id(&self, decl: &DeclId) -> Option<RelationId> {
        let id = self.relations.get(decl).copied()?;
        let unfinished =
            !self.unfinished.is_empty() && self.unfinished.contains(&Task::Relation(decl.clone()));
        (!unfinished).then_some(id)
    }

    fn begun_relation(&mut self, decl: &DeclId) -> RelationId {
        if let Some(id) = self.relations.get(decl) {
            return *id;
        }
        let id = RelationId(u32::try_from(self.program.relations.len()).unwrap_or(u32::MAX));
        self.relations.insert(decl.clone(), id);
        let place = self.decl_place(decl);
        self.program.relations.push(ir::Relation {
            name: full_name(self.db, decl),
            fields: Vec::new(),
            key_fields: 0,
            fresh_within_seconds: None,
            valid: None,
            checks: Vec::new(),
            distinct: Vec::new(),
            limits: Vec::new(),
            indexes: Vec::new(),
            doc: decl_ast(self.db, decl)
                .map(|ast| ast.doc.clone())
                .unwrap_or_default(),
            place,
        });
        id
    }

    /// Links a relation: its identifier, then its fields, what holds of its rows, and its checks.
    pub(super) fn link_relation(&mut self, decl: &DeclId) -> Result<(), Stop> {
        let id = self.begun_relation(decl);
        let made = |linker: &Self| {
            let relation = linker.program.relations.get(id.index());
            relation.map_or((0, 0), |it| (it.fields.len(), it.checks.len()))
        };
        let SignatureKind::Data {
            fields: sigs,
            keys,
            valid,
        } = &signature(self.db, decl).kind
        else {
            return Err(LinkFault::Broken(decl.clone()).into());
        };
        for (index, sig) in sigs.iter().enumerate().skip(made(self).0) {
            let field = self.field(index, sig, Some(decl))?;
            if let Some(relation) = self.program.relations.get_mut(id.index()) {
                relation.fields.push(field);
            }
        }
        let position = |name: &str| {
            sigs.iter()
                .position(|field| *field.name == *name)
                .and_then(|n| u32::try_from(n).ok())
        };
        let mut distinct = Vec::new();
        let mut limits = Vec::new();
        let mut fresh = None;
        if let Some(Item::Data(data)) = decl_ast(self.db, decl).map(|ast| &ast.item) {
            for check in &data.distinct {
                distinct.push(ir::Distinct {
                    fields: check
                        .fields
                        .iter()
                        .filter_map(|name| position(&name.text))
                        .collect(),
                    while_valid: check.while_valid,
                    because: check
                        .because
                        .as_ref()
                        .map(|t| t.text.clone())
                        .unwrap_or_default(),
                    place: self.place(decl, check.span),
                });
            }
            for rows in &data.rows {
                limits.push(ir::RowLimit {
                    at_most: rows.at_most.value.unwrap_or(u64::MAX),
                    per: rows
                        .per
                        .iter()
                        .filter_map(|name| position(&name.text))
                        .collect(),
                    place: self.place(decl, rows.span),
                });
            }
            fresh = data
                .fresh
                .first()
                .and_then(crate::check::decl::fresh_seconds);
        }
        if let Some(relation) = self.program.relations.get_mut(id.index()) {
            relation.key_fields = u32::try_from(*keys).unwrap_or(u32::MAX);
            relation.valid = *valid;
            relation.distinct = distinct;
            relation.limits = limits;
            relation.fresh_within_seconds = fresh;
        }
        for (index, check) in checks_of(self.db, decl)
            .iter()
            .enumerate()
            .skip(made(self).1)
        {
            let check = self.check(index, check, decl)?;
            if let Some(relation) = self.program.relations.get_mut(id.index()) {
                relation.checks.push(check);
            }
        }
        Ok(())
    }

    pub(super) fn link_reason(&mut self, decl: &DeclId) -> Result<(), Stop> {
        let message = self.callable(&CallableRef {
            decl: decl.clone(),
            part: Part::Main,
        })?;
        let SignatureKind::Reason { params, severity } = &signature(self.db, decl).kind else {
            return Err(LinkFault::Broken(decl.clone()).into());
        };
        let mut out = Vec::new();
        for param in params {
            let mut refs = crate::check::Refs::new();
            let local = refs.ir_type(&param.ty);
            let maps = self.maps(&refs)?;
            out.push(ir::Param {
                name: param.name.to_string(),
                ty: relocate_type(&local, &maps),
                sensitive: false,
            });
        }
        let id = ir::ReasonId(u32::try_from(self.program.reasons.len()).unwrap_or(u32::MAX));
        let place = self.decl_place(decl);
        self.program.reasons.push(ir::Reason {
            code: decl.name().to_string(),
            module: module_name(self.db, decl.file).to_string(),
            severity: *severity,
            params: out,
            message,
            doc: decl_ast(self.db, decl)
                .map(|ast| ast.doc.clone())
                .unwrap_or_default(),
            place,
        });
        if let Some(codes) = self.program.enums.get_mut(ir::REASON_CODE.index()) {
            codes.values.push(decl.name().to_string());
        }
        self.reasons.insert(decl.clone(), id);
        Ok(())
    }
}

fn checks_of<'db>(db: &'db dyn Db, decl: &DeclId) -> &'db [CheckDecl] {
    match decl_ast(db, decl).map(|ast| &ast.item) {
        Some(Item::Record(record)) => &record.checks,
        Some(Item::Data(data)) => &data.checks,
        _ => &[],
    }
}
