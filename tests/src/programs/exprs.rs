//! Expressions that every type has: names in sight, choices, `let`, calls, values that may be missing.

use super::types::{Dim, Places, Ty};
use super::{Callee, CalleeKind, Maker, Part, Var, Want};

/// Most levels of fields in a path.
const PATH: usize = 2;

impl Maker<'_> {
    /// An expression of what is wanted.
    pub(super) fn expr(&mut self, want: &Want, depth: usize) -> Part {
        self.c.begin();
        let simple = depth == 0 || self.budget == 0;
        self.budget = self.budget.saturating_sub(1);
        let how = if simple {
            self.c.weighted(&[25, 75])
        } else if depth == super::DEEP {
            // A function that only gives a name or a constant shows nothing.
            self.c.weighted(&[0, 0, 45, 12, 10, 20, 4, 5, 3, 3])
        } else {
            self.c.weighted(&[6, 16, 42, 9, 7, 17, 4, 5, 3, 3])
        };
        let depth = depth.saturating_sub(1);
        let part = match how {
            0 => None,
            1 => self.named(want),
            2 => Some(self.own(want, depth)),
            3 => Some(self.choice(want, depth)),
            4 => Some(self.block(want, depth)),
            5 => self.call(want, depth),
            6 => Some(self.otherwise(want, depth)),
            7 => self.narrowed(want, depth),
            8 => self.field_of_made(want, depth),
            _ => match want {
                Want::Ty(ty) => Some(self.finally(ty, depth)),
                Want::Number(_) => None,
            },
        };
        let part = part.unwrap_or_else(|| self.leaf(want));
        self.c.end();
        part
    }

    /// A value of a type.
    pub(super) fn value(&mut self, ty: &Ty, depth: usize) -> Part {
        self.expr(&Want::Ty(ty.clone()), depth)
    }

    /// What only this type has.
    fn own(&mut self, want: &Want, depth: usize) -> Part {
        match want {
            Want::Ty(ty @ Ty::Num(..)) => self.fitting_number(ty, depth),
            Want::Ty(ty) => self.own_value(ty, depth),
            Want::Number(dim) => self.own_number(*dim, depth),
        }
    }

    /// The simplest value: written as it is.
    pub(super) fn leaf(&mut self, want: &Want) -> Part {
        match want {
            Want::Ty(ty @ Ty::Num(..)) => {
                let text = self.literal(ty);
                super::values::written(text).with(Places::Known(0))
            }
            Want::Ty(ty) => self.simplest(ty),
            Want::Number(dim) => self.number_literal(*dim),
        }
    }

    /// Paths in sight that the wish accepts, inner names first.
    fn paths(&self, fits: &dyn Fn(&Ty) -> bool) -> Vec<Var> {
        let mut out = Vec::new();
        for var in self.vars.iter().rev() {
            self.paths_below(var, PATH, fits, &mut out);
        }
        out
    }

    fn paths_below(&self, var: &Var, depth: usize, fits: &dyn Fn(&Ty) -> bool, out: &mut Vec<Var>) {
        if fits(&var.ty) {
            out.push(var.clone());
        }
        let decl = match &var.ty {
            Ty::Record(id) => self.records.get(*id),
            Ty::Row(id) => self.relations.get(*id),
            Ty::Group(id) => self.groups.get(*id),
            _ => None,
        };
        let fields = decl
            .filter(|_| depth > 0)
            .map(|decl| decl.fields.as_slice());
        for field in fields.unwrap_or_default() {
            let path = format!("{}.{}", var.path, field.name);
            let ty = field.ty.clone();
            self.paths_below(&Var { path, ty }, depth - 1, fits, out);
        }
    }

    /// A name in sight whose type passes.
    pub(super) fn path(&mut self, fits: &dyn Fn(&Ty) -> bool) -> Option<Var> {
        let paths = self.paths(fits);
        self.c.pick(&paths)
    }

    fn named(&mut self, want: &Want) -> Option<Part> {
        match want {
            Want::Number(dim) => self.number_path(*dim),
            Want::Ty(ty @ Ty::Num(dim, places, decl)) => {
                let exact = self.path(&|of| of == ty && decl.is_some());
                if let Some(var) = exact {
                    return Some(Part::atom(var.path).with(*places));
                }
                let part = self.number_path(*dim)?;
                Some(self.fit(part, ty))
            }
            Want::Ty(ty) => {
                let inner = ty.plain().clone();
                let number = matches!(inner, Ty::Num(..));
                let var = self.path(&|of| of == ty || (!number && *of == inner))?;
                Some(Part::atom(var.path))
            }
        }
    }

    /// A number in sight.
    pub(super) fn number_path(&mut self, dim: Dim) -> Option<Part> {
        let plain = dim == Dim::Plain;
        let var = self.path(&|of| match of {
            Ty::Num(of, ..) => *of == dim,
            Ty::Int => plain,
            _ => false,
        })?;
        let places = match var.ty {
            Ty::Num(_, places, _) => places,
            _ => Places::Known(0),
        };
        Some(Part::atom(var.path).with(places))
    }

    fn choice(&mut self, want: &Want, depth: usize) -> Part {
        let condition = self.value(&Ty::Bool, depth);
        let then = self.expr(want, depth);
        let other = self.expr(want, depth);
        let text = format!(
            "if {} then {} else {}",
            condition.term(),
            then.term(),
            other.term()
        );
        Part::of(text).with(worse(then.places, other.places))
    }

    /// `let … give …`
    fn block(&mut self, want: &Want, depth: usize) -> Part {
        let outside = self.vars.len();
        let mut text = String::new();
        loop {
            let line = self.let_line(depth);
            text += &line;
            if !self.c.chance(35) {
                break;
            }
        }
        let result = self.expr(want, depth);
        self.vars.truncate(outside);
        Part::of(format!("{text}give {}", result.term())).with(result.places)
    }

    /// `let x: T = value `, of which the name is in sight from now on.
    pub(super) fn let_line(&mut self, depth: usize) -> String {
        self.c.begin();
        let path = self.name("v");
        let mut ty = self.inner_ty();
        let text = match &ty {
            // Without its type it has the places of its value.
            Ty::Num(dim, ..) if self.c.chance(50) => {
                let dim = *dim;
                let value = self.expr(&Want::Number(dim), depth);
                ty = Ty::Num(dim, value.places, None);
                format!("let {path} = {} ", value.term())
            }
            _ => {
                let value = self.value(&ty, depth);
                format!("let {path}: {} = {} ", self.ty_text(&ty), value.term())
            }
        };
        self.vars.push(Var { path, ty });
        self.c.end();
        text
    }

    /// A call of what gives such a value: something that is there, or something new.
    fn call(&mut self, want: &Want, depth: usize) -> Option<Part> {
        let ty = match want {
            Want::Ty(ty) => ty.clone(),
            Want::Number(Dim::Percent) if self.c.chance(60) => self.free_percent(),
            Want::Number(dim) => self.number_ty(Some(*dim)),
        };
        let there: Vec<_> = self
            .callees
            .iter()
            .filter(|it| it.result == ty)
            .cloned()
            .collect();
        let callee = if !there.is_empty() && self.c.chance(45) {
            self.c.pick(&there)?
        } else {
            self.callee(&ty, depth)?
        };
        Some(self.called(&callee, depth))
    }

    /// A call of this.
    pub(super) fn called(&mut self, callee: &Callee, depth: usize) -> Part {
        let places = places_of(&callee.result);
        let text = match callee.kind {
            CalleeKind::Value => callee.name.clone(),
            CalleeKind::Dated => {
                // A written day before the first value is refused.
                let day = match self.path(&|ty| *ty == Ty::Date) {
                    Some(day) => day.path,
                    None => self
                        .c
                        .word(&["2026-06-15", "2026-01-01", "2024-02-29"])
                        .into(),
                };
                let text = format!("{} on {day}", callee.name);
                return Part::of(text).with(places);
            }
            CalleeKind::Function if callee.params.is_empty() => format!("{}()", callee.name),
            CalleeKind::Function => {
                let arguments: Vec<String> = callee
                    .params
                    .iter()
                    .map(|ty| self.value(ty, depth.min(2)).term())
                    .collect();
                format!("{}({})", callee.name, arguments.join(", "))
            }
        };
        Part::atom(text).with(places)
    }

    /// `optional otherwise value`, or the end of the decision.
    fn otherwise(&mut self, want: &Want, depth: usize) -> Part {
        let (optional, dim) = match want {
            Want::Ty(ty @ (Ty::Opt(_) | Ty::List(_))) => (ty.clone(), None),
            Want::Ty(ty) => (ty.clone().opt(), None),
            Want::Number(dim) => (self.number_ty(Some(*dim)).opt(), Some(*dim)),
        };
        if matches!(optional, Ty::List(_)) {
            return self.own(want, depth);
        }
        let mut first = self.value(&optional, depth);
        if first.text == "missing" {
            // Nothing says then what is missing.
            let condition = self.value(&Ty::Bool, depth.min(1));
            let value = self.value(optional.plain(), depth.min(1));
            let text = format!("if {} then {} else missing", condition.term(), value.term());
            first = Part::of(text);
        }
        let places = places_of(optional.plain());
        if self.c.chance(20) && !matches!(want, Want::Ty(Ty::Opt(_))) {
            let reason = self.reason_value(depth.min(1));
            return Part::of(format!("{} otherwise stop {}", first.term(), reason.text))
                .with(places);
        }
        let other = match dim {
            Some(dim) => self.expr(&Want::Number(dim), depth),
            None => self.expr(want, depth),
        };
        let text = format!("{} otherwise {}", first.term(), other.term());
        Part::of(text).with(worse(places, other.places))
    }

    /// A choice whose one side knows that something is there.
    fn narrowed(&mut self, want: &Want, depth: usize) -> Option<Part> {
        let optional = self.path(&|ty| matches!(ty, Ty::Opt(_)))?;
        let path = optional.path.clone();
        let inner = Var {
            path: path.clone(),
            ty: optional.ty.plain().clone(),
        };
        let turned = self.c.chance(40);
        let other = self.expr(want, depth);
        self.vars.push(inner);
        let there = self.expr(want, depth);
        // What is asked about, where the wish has a use for it.
        self.vars.pop();
        let text = if turned {
            format!(
                "if {path} is not missing then {} else {}",
                there.term(),
                other.term()
            )
        } else {
            format!(
                "if {path} is missing then {} else {}",
                other.term(),
                there.term()
            )
        };
        Some(Part::of(text).with(worse(there.places, other.places)))
    }

    /// The field of a record that is made for it, or of a row that is looked up.
    fn field_of_made(&mut self, want: &Want, depth: usize) -> Option<Part> {
        if self.relations.is_empty() || self.c.chance(30) {
            self.relation()?;
        }
        let fits = |ty: &Ty| match want {
            Want::Ty(wanted) => ty == wanted,
            Want::Number(dim) => matches!(ty, Ty::Num(of, ..) if of == dim),
        };
        let mut found = Vec::new();
        let rows = self
            .relations
            .iter()
            .enumerate()
            .map(|(id, it)| (Ty::Row(id), it));
        let records = self
            .records
            .iter()
            .enumerate()
            .map(|(id, it)| (Ty::Record(id), it));
        for (ty, decl) in rows.chain(records) {
            for field in decl.fields.iter().filter(|field| fits(&field.ty)) {
                found.push((ty.clone(), field.clone()));
            }
        }
        let (ty, field) = self.c.pick(&found)?;
        let whole = self.value(&ty, depth);
        let text = format!("{}.{}", whole.term(), field.name);
        Some(Part::atom(text).with(places_of(&field.ty)))
    }
}

/// The places of a value of a type.
pub(super) fn places_of(ty: &Ty) -> Places {
    match ty {
        Ty::Num(_, places, _) => *places,
        _ => Places::Known(0),
    }
}

/// The places of one of two.
pub(super) fn worse(a: Places, b: Places) -> Places {
    match (a, b) {
        (Places::Open, _) | (_, Places::Open) => Places::Open,
        (Places::Data, _) | (_, Places::Data) => Places::Data,
        (Places::Known(a), Places::Known(b)) => Places::Known(a.max(b)),
    }
}
