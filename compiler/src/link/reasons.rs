//! Which reasons a program has besides those that it makes.

use std::collections::HashSet;

use assize_ir as ir;
use ir::{CallableId, RecordId, Type};

use super::Linker;
use super::work::Task;
use crate::db::{Db, PackageInput};
use crate::items::{DeclId, DeclKind, file_decls};
use crate::names::visible_modules;

/// All reasons that a package can see, in the order of modules and text.
pub fn reasons_of(db: &dyn Db, package: PackageInput) -> Vec<DeclId> {
    let Some(file) = package.files(db).first() else {
        return Vec::new();
    };
    visible_modules(db, *file)
        .values()
        .flatten()
        .flat_map(|file| {
            file_decls(db, *file)
                .iter()
                .map(|decl| (*file, decl.key.clone()))
        })
        .filter(|(_, key)| key.kind == DeclKind::Reason)
        .map(|(file, key)| DeclId { file, key })
        .collect()
}

impl Linker<'_> {
    /// Links every reason, made or not. One that is broken is left out; its fault is reported already.
    pub(super) fn all_reasons(&mut self, reasons: &[DeclId]) {
        for reason in reasons {
            let _ = self.all_of(Task::Reason(reason.clone()));
        }
    }

    /// Whether a reason or its code may come in from outside: as a parameter of one of these, or in a
    /// row of a relation. Then it may be any reason of the package, and not only one that is made.
    pub(super) fn reads_reasons(&self, of: &[CallableId]) -> bool {
        let params = of
            .iter()
            .filter_map(|id| self.program.callable(*id))
            .flat_map(|callable| &callable.params)
            .map(|param| &param.ty);
        let fields = self
            .program
            .relations
            .iter()
            .flat_map(|relation| &relation.fields)
            .map(|field| &field.ty);
        let mut open: Vec<&Type> = params.chain(fields).collect();
        let mut seen: HashSet<RecordId> = HashSet::new();
        while let Some(ty) = open.pop() {
            match ty {
                Type::Reason | Type::Enum(ir::REASON_CODE) => return true,
                Type::Optional(inner) => open.push(inner),
                Type::List { item, .. } => open.push(item),
                Type::Record(id) if seen.insert(*id) => {
                    let record = self.program.records.get(id.index());
                    open.extend(
                        record
                            .into_iter()
                            .flat_map(|it| &it.fields)
                            .map(|it| &it.ty),
                    );
                }
                _ => {}
            }
        }
        false
    }
}
