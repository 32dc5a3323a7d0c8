//! Tables of every hit policy, and grids.

use super::types::Ty;
use super::{Callee, CalleeKind, Maker, Part};

/// An input column.
struct Column {
    header: String,
    ty: Ty,
}

const DAYS: &[&str] = &[
    "2024-02-29",
    "2025-01-01",
    "2026-01-01",
    "2026-11-20",
    "2027-01-01",
];
const STEPS: &[&str] = &["0", "1", "5", "10", "50", "100"];

/// Rising values of a type.
fn steps(ty: &Ty) -> Vec<String> {
    let words = if *ty == Ty::Date { DAYS } else { STEPS };
    let text = |word: &&str| match ty {
        Ty::Num(dim, ..) => dim.literal(word),
        _ => (*word).to_owned(),
    };
    words.iter().map(text).collect()
}

impl Maker<'_> {
    /// A table or grid that gives a type.
    pub(super) fn table(&mut self, ty: &Ty, depth: usize) -> Option<Callee> {
        let params = self.many((1, 4), 65, |maker, at| {
            match at == 0 || maker.c.chance(80) {
                true => maker.column_ty(),
                false => maker.input_ty(1),
            }
        });
        let name = self.name("t");
        let (header, outer) = self.enter(&params);
        let gives = self.ty_text(ty);
        let mut text = format!("table {name} {header}gives {gives}");
        let columns = self.columns();
        let body = match ty {
            Ty::List(_) => None,
            _ if columns.len() >= 2 && self.c.chance(30) => self.grid(&columns, ty, depth),
            _ => None,
        };
        let body = match body {
            Some(body) => Some(body),
            None => self.rows(&columns, ty, depth),
        };
        self.leave(outer);
        text += &body?;
        self.decls.push(text);
        Some(Callee {
            name,
            params,
            result: ty.clone(),
            kind: CalleeKind::Function,
        })
    }

    fn column_ty(&mut self) -> Ty {
        let ty = match self.c.weighted(&[30, 12, 22, 6, 12, 12, 18, 3]) {
            0 => Ty::Int,
            1 => Ty::Bool,
            2 => self.number_ty(None),
            3 => Ty::Text,
            4 => Ty::Code,
            5 => Ty::Date,
            6 => self.enum_ty(None),
            _ => Ty::Severity,
        };
        match self.c.chance(20) {
            true => ty.opt(),
            false => ty,
        }
    }

    /// One to three of the parameters and their fields.
    fn columns(&mut self) -> Vec<Column> {
        let mut out: Vec<Column> = Vec::new();
        let most = 1 + self.c.below(3);
        for _ in 0..most {
            let taken: Vec<String> = out.iter().map(|it| it.header.clone()).collect();
            let found = self.path(&|ty| {
                matches!(
                    ty.plain(),
                    Ty::Int
                        | Ty::Bool
                        | Ty::Num(..)
                        | Ty::Text
                        | Ty::Code
                        | Ty::Date
                        | Ty::Enum(_)
                        | Ty::Severity
                )
            });
            let Some(var) = found.filter(|var| !taken.contains(&var.path)) else {
                continue;
            };
            out.push(Column {
                header: var.path,
                ty: var.ty,
            });
        }
        out
    }

    fn rows(&mut self, columns: &[Column], ty: &Ty, depth: usize) -> Option<String> {
        let first = columns.first()?;
        let (hit, item) = self.hit(ty, &first.ty)?;
        let mut headers: Vec<String> = columns.iter().map(|it| it.header.clone()).collect();
        let mut text = String::new();
        // One column of days may be that of validities.
        let dated = columns.iter().position(|it| it.ty == Ty::Date);
        if let Some(at) = dated.filter(|at| *at > 0 && self.c.chance(50)) {
            text += &format!("\n    as of {}", columns.get(at)?.header);
            *headers.get_mut(at)? = "valid".into();
        }
        if hit != "unique" || self.c.chance(50) {
            text += &format!("\n    hit {hit}");
        }
        let (outputs, tys) = self.outputs(&item, hit);
        text += &format!(
            "\n    | {} || {} |",
            headers.join(" | "),
            outputs.join(" | ")
        );
        let disjoint = matches!(hit, "unique" | "same");
        let parts = match disjoint {
            true => self.disjoint(&first.ty),
            false => Vec::new(),
        };
        let count = match disjoint {
            true => parts.len(),
            false => 1 + self.c.below(5),
        };
        for row in 0..count {
            self.c.begin();
            let mut cells = Vec::new();
            for (at, column) in columns.iter().enumerate() {
                let cell = match parts.get(row).filter(|_| at == 0) {
                    Some(part) => part.clone(),
                    None => self.cell(&column.ty, disjoint),
                };
                cells.push(cell);
            }
            let mut values = Vec::new();
            for ty in &tys {
                let value = match hit {
                    "count" => Part::atom("true"),
                    _ => self.value(ty, depth.min(2)),
                };
                values.push(value.term());
            }
            text += &format!("\n    | {} || {} |", cells.join(" | "), values.join(" | "));
            // Several rows that say the same.
            if hit == "same" && self.c.chance(50) {
                text += &format!("\n    | {} || {} |", cells.join(" | "), values.join(" | "));
            }
            self.c.end();
        }
        Some(text)
    }

    /// A hit policy for a result, and the type of one row's output.
    fn hit(&mut self, ty: &Ty, first: &Ty) -> Option<(&'static str, Ty)> {
        let same = ty.clone();
        Some(match ty {
            Ty::List(item) => {
                let ordered = matches!(**item, Ty::Enum(_)) && item.is_ordered(self);
                let hit = match ordered {
                    true => self
                        .c
                        .word(&["list by priority", "list", "list by priority"]),
                    false => "list",
                };
                (hit, (**item).clone())
            }
            Ty::Int => {
                let hits = [
                    "first", "unique", "sum", "count", "lowest", "highest", "same",
                ];
                (self.c.word(&hits), same)
            }
            Ty::Num(..) => {
                let hits = ["first", "unique", "sum", "lowest", "highest", "same"];
                (self.c.word(&hits), same)
            }
            ty if ty.is_ordered(self) && matches!(ty, Ty::Enum(_) | Ty::Date) => {
                let mut hits = vec!["first", "unique", "lowest", "highest", "same"];
                if matches!(ty, Ty::Enum(_)) {
                    hits.extend(["priority", "priority"]);
                }
                (self.c.word(&hits), same)
            }
            Ty::Opt(inner) if matches!(**inner, Ty::Enum(_)) && inner.is_ordered(self) => {
                (self.c.word(&["first", "unique", "priority"]), same)
            }
            _ => {
                let plain = matches!(first, Ty::Enum(_) | Ty::Int | Ty::Bool | Ty::Num(..));
                let hits: &[&str] = match plain {
                    true => &["first", "unique", "unique", "same"],
                    false => &["first", "first"],
                };
                (self.c.word(hits), same)
            }
        })
    }

    /// The output columns and their types.
    fn outputs(&mut self, item: &Ty, hit: &str) -> (Vec<String>, Vec<Ty>) {
        if let Ty::Record(id) = item
            && hit != "count"
            && let Some(decl) = self.records.get(*id)
            && decl.fields.len() > 1
        {
            let fields = decl.fields.clone();
            let mut names = Vec::new();
            let mut tys = Vec::new();
            for field in fields {
                if !field.default || names.is_empty() || self.c.chance(60) {
                    names.push(field.name);
                    tys.push(field.ty);
                }
            }
            if names.len() > 1 {
                return (names, tys);
            }
        }
        (vec!["out".into()], vec![item.clone()])
    }

    /// Cells of which no two take one value.
    fn disjoint(&mut self, ty: &Ty) -> Vec<String> {
        let mut out = match ty.plain() {
            Ty::Bool => vec!["true".to_owned(), "false".to_owned()],
            Ty::Enum(id) => {
                let values = self.enums.get(*id).map(|it| it.values.clone());
                let mut values = values.unwrap_or_default();
                if values.len() > 2 && self.c.chance(50) {
                    let rest = values.split_off(values.len() - 2);
                    values.push(rest.join(", "));
                }
                values
            }
            Ty::Severity => ["info", "warning", "error"].map(String::from).to_vec(),
            Ty::Code => vec![
                "\"A\"".into(),
                "\"B\", \"C1\"".into(),
                "not \"A\", \"B\", \"C1\"".into(),
            ],
            Ty::Text => vec!["\"a\"".into(), "not \"a\"".into()],
            Ty::Date => {
                let [a, b, c, ..] = *DAYS else {
                    return Vec::new();
                };
                vec![
                    format!("< {a}"),
                    format!("{a} to below {b}"),
                    format!("{b} to {c}"),
                    format!("> {c}"),
                ]
            }
            _ => {
                let sign = |number: &str| match ty.plain() {
                    Ty::Num(dim, ..) => dim.literal(number),
                    _ => number.to_owned(),
                };
                let (a, b, c) = (sign("5"), sign("10"), sign("50"));
                match self.c.below(3) {
                    0 => vec![
                        format!("< {a}"),
                        format!("{a} to below {b}"),
                        format!("{b} to {c}"),
                        format!("> {c}"),
                    ],
                    1 => vec![format!("<= {b}"), format!("> {b}")],
                    _ => vec![format!("{b}, {c}"), format!("< {b}"), format!("> {c}")],
                }
            }
        };
        if matches!(ty, Ty::Opt(_)) && !out.iter().any(|it| it.starts_with("not")) {
            out.push("missing".into());
        }
        out
    }

    fn cell(&mut self, ty: &Ty, plain: bool) -> String {
        let inner = ty.plain().clone();
        let optional = matches!(ty, Ty::Opt(_));
        match self.c.weighted(&[30, 20, 8, 10, 22, 12, 6, 6]) {
            0 => "-".into(),
            6 if optional => self.c.word(&["missing", "not missing"]).into(),
            2 => format!("{}, {}", self.literal(&inner), self.literal(&inner)),
            3 => {
                let mut cell = format!("not {}", self.literal(&inner));
                if self.c.chance(40) {
                    cell += &format!(", {}", self.literal(&inner));
                }
                cell
            }
            4 if inner.is_ordered(self) && !matches!(inner, Ty::Text | Ty::Code) => {
                let sign = self.c.word(&["<", "<=", ">", ">="]);
                format!("{sign} {}", self.literal(&inner))
            }
            5 if inner.is_ordered(self) && !matches!(inner, Ty::Text | Ty::Code | Ty::Severity) => {
                self.band(&inner)
            }
            7 if !plain => match self.path(&|of| *of == inner) {
                Some(var) if inner.is_ordered(self) && !matches!(inner, Ty::Text | Ty::Code) => {
                    format!("{}{}", self.c.word(&["", "<= ", "> "]), var.path)
                }
                Some(var) => var.path,
                None => self.literal(&inner),
            },
            _ => self.literal(&inner),
        }
    }

    /// `a to b` or `a to below b`, rising.
    fn band(&mut self, ty: &Ty) -> String {
        let below = self.c.word(&["", "below "]);
        let words = match ty {
            Ty::Enum(id) => {
                let values = self.enums.get(*id).map(|it| it.values.clone());
                values.unwrap_or_default()
            }
            ty => steps(ty),
        };
        let low = self.c.below(words.len().saturating_sub(1));
        let high = low + 1 + self.c.below(words.len().saturating_sub(low + 1).max(1));
        let at = |at: usize| words.get(at).cloned().unwrap_or_default();
        format!("{} to {below}{}", at(low), at(high))
    }

    /// A grid: rows by one column, columns by another.
    fn grid(&mut self, columns: &[Column], ty: &Ty, depth: usize) -> Option<String> {
        let stepped = |ty: &Ty| matches!(ty, Ty::Int | Ty::Num(..) | Ty::Date);
        let across = columns.iter().position(|it| {
            stepped(&it.ty) || matches!(it.ty.plain(), Ty::Enum(_) | Ty::Bool | Ty::Severity)
        })?;
        let mut down: Vec<&Column> = Vec::new();
        down.extend(
            columns
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != across)
                .map(|(_, it)| it),
        );
        let across = columns.get(across)?;
        let heads = self.axis(&across.ty);
        let last = down.pop()?;
        let sides = self.axis(&last.ty);
        let mut header: Vec<String> = down.iter().map(|it| it.header.clone()).collect();
        header.push(format!("{} \\ {}", last.header, across.header));
        let mut text = format!("\n    | {} | {} |", header.join(" | "), heads.join(" | "));
        // A key before the corner: once with a value, once with every other.
        let mut keys = vec![Vec::new()];
        for column in &down {
            let value = self.literal(column.ty.plain());
            keys = keys
                .into_iter()
                .flat_map(|key: Vec<String>| {
                    [value.clone(), format!("not {value}")].map(|cell| {
                        let mut key = key.clone();
                        key.push(cell);
                        key
                    })
                })
                .collect();
            if keys.len() >= 4 {
                break;
            }
        }
        if keys.first().map(Vec::len) != Some(down.len()) {
            return None;
        }
        for key in keys {
            for side in &sides {
                let mut cells = key.clone();
                cells.push(side.clone());
                for _ in &heads {
                    cells.push(match self.c.chance(70) {
                        true => self.value(ty, 0).term(),
                        false => self.value(ty, depth.min(2)).term(),
                    });
                }
                text += &format!("\n    | {} |", cells.join(" | "));
            }
        }
        Some(text)
    }

    fn axis(&mut self, ty: &Ty) -> Vec<String> {
        if !matches!(ty, Ty::Int | Ty::Num(..) | Ty::Date) {
            return self.disjoint(ty);
        }
        let steps = steps(ty);
        if self.c.chance(25) {
            return self.disjoint(ty);
        }
        let first = self.c.below(3);
        let count = 2 + self.c.below(2);
        let steps = steps.iter().skip(first).take(count);
        steps.map(|step| format!("{step}+")).collect()
    }
}
