//! What the columns of a sheet hold, from its header and the signature of its table.

use crate::db::Db;
use crate::items::DeclId;
use crate::signature::{ParamSig, SignatureKind, signature};
use crate::ty::{RecordRef, Ty};

/// Heads the column before the outputs.
const OUTPUTS: &str = "||";

/// How the cells of a sheet are read.
pub(super) struct Layout {
    /// One for each column of the header.
    pub(super) columns: Vec<Column>,
    /// Of a grid: how the header cells behind the corner are read.
    pub(super) axis: Option<Literal>,
}

/// A column.
pub(super) struct Column {
    /// What it is headed.
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) literal: Literal,
}

/// What a column is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It holds tests of an input, or names of rows.
    Input,
    /// `||`: nothing stands below it.
    Border,
    /// It holds outputs; where one may be missing, an empty cell is `missing`.
    Output { optional: bool },
}

/// Whether a cell is the value itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    /// It is what a rule would say.
    No,
    Code,
    Text,
}

impl Literal {
    fn of(ty: Option<&Ty>) -> Literal {
        match ty.map(Ty::plain) {
            Some(Ty::Code) => Literal::Code,
            Some(Ty::Text) => Literal::Text,
            _ => Literal::No,
        }
    }
}

impl Layout {
    /// The layout that a header asks for; `None`: it does not say where the outputs begin.
    pub(super) fn of(db: &dyn Db, decl: &DeclId, header: &[String]) -> Option<Layout> {
        let cells: Vec<&str> = header.iter().map(|cell| cell.trim()).collect();
        let border = cells.iter().position(|cell| *cell == OUTPUTS);
        let corner = cells.iter().position(|cell| cell.contains('\\'));
        let last_input = border.or(corner)?;
        let (params, result): (&[ParamSig], &Ty) = match &signature(db, decl).kind {
            SignatureKind::Function { params, result } => (params, result),
            _ => (&[], &Ty::Error),
        };
        let single = match result {
            Ty::List(item, _) => item,
            other => other,
        };
        let several = border.is_some_and(|border| cells.len() > border + 2);
        let columns = cells.iter().enumerate().map(|(index, cell)| {
            let (role, literal) = if border == Some(index) {
                (Role::Border, Literal::No)
            } else if index > last_input {
                // Several outputs are the fields of the record that is the result.
                let ty = match several {
                    true => field(db, single, cell),
                    false => Some(single.clone()),
                };
                let optional = ty
                    .as_ref()
                    .is_none_or(|ty| ty.is_optional() || ty.is_error());
                (Role::Output { optional }, Literal::of(ty.as_ref()))
            } else {
                let path = cell.split_once('\\').map_or(*cell, |(rows, _)| rows.trim());
                (Role::Input, Literal::of(input(db, params, path).as_ref()))
            };
            Column {
                name: (*cell).to_owned(),
                role,
                literal,
            }
        });
        let columns = columns.collect();
        let axis = match border {
            Some(_) => None,
            None => cells
                .get(last_input)
                .and_then(|corner| corner.split_once('\\'))
                .map(|(_, across)| Literal::of(input(db, params, across.trim()).as_ref())),
        };
        Some(Layout { columns, axis })
    }
}

/// The type of an input column: a parameter or its fields.
fn input(db: &dyn Db, params: &[ParamSig], path: &str) -> Option<Ty> {
    let mut parts = path.split('.');
    let first = parts.next()?;
    let param = params.iter().find(|param| *param.name == *first)?;
    let mut ty = param.ty.clone();
    for part in parts {
        ty = field(db, &ty, part)?;
    }
    Some(ty)
}

/// The type of a field of a record or row.
fn field(db: &dyn Db, of: &Ty, name: &str) -> Option<Ty> {
    let decl = match of.plain() {
        Ty::Record(RecordRef::Declared(decl)) | Ty::Row(decl) => decl,
        _ => return None,
    };
    let fields = signature(db, decl).kind.fields();
    let found = fields.iter().find(|field| *field.name == *name)?;
    Some(found.ty.clone())
}
