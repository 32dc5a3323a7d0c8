//! Lists, queries and `for each`: filters, order, groups, running values, shares.

use super::exprs::places_of;
use super::types::{Dim, Places, Ty};
use super::{Maker, Part, Var, Want};

impl Maker<'_> {
    /// A source of elements and its tail: `x in S where … by … ending with …`. Its names stay in sight.
    pub(super) fn tail(&mut self, depth: usize, ordered: bool) -> String {
        let depth = depth.saturating_sub(1);
        let mut text = self.source(depth);
        if self.c.chance(12) {
            text += &format!(" for {}", self.source(depth));
        }
        if let Some(equal) = self.by_column(depth) {
            text += &format!(" where {equal}");
            if self.c.chance(30) {
                text += &format!(" and {}", self.value(&Ty::Bool, depth).term());
            }
        } else if self.c.chance(50) {
            text += &format!(" where {}", self.value(&Ty::Bool, depth).term());
        }
        if ordered && self.c.chance(40) {
            text += &format!(" by {}", self.order_key(depth));
            if self.c.chance(40) {
                text += &format!(" then {}", self.order_key(depth));
            }
        }
        if ordered && self.c.chance(15) {
            text += &format!(" ending with {}", self.value(&Ty::Bool, depth).term());
        }
        text
    }

    fn order_key(&mut self, depth: usize) -> String {
        let key = self.key(depth);
        let turned = self.c.chance(40);
        format!("{key}{}", if turned { " descending" } else { "" })
    }

    /// `x in S`
    fn source(&mut self, depth: usize) -> String {
        let in_sight = self.path(&|ty| matches!(ty, Ty::List(_)));
        let (text, ty) = match (self.c.weighted(&[45, 35, 8, 12]), in_sight) {
            (0, Some(var)) => (var.path, var.ty),
            (3, Some(var)) => self.grouped(var, depth),
            (2, _) => {
                let ty = self.scalar_ty().list();
                match self.call_of(&ty, depth) {
                    Some(text) => (text, ty),
                    None => (format!("[{}]", self.literal(&Ty::Int)), Ty::Int.list()),
                }
            }
            (_, in_sight) => match (self.relation(), in_sight) {
                (Some(id), _) => {
                    let name = self.relations.get(id).map(|it| it.name.clone());
                    (name.unwrap_or_default(), Ty::Row(id).list())
                }
                (None, Some(var)) => (var.path, var.ty),
                (None, None) => ("[3, 1, 2, 3]".into(), Ty::Int.list()),
            },
        };
        let Ty::List(item) = ty else {
            return text;
        };
        let path = self.name("x");
        self.vars.push(Var {
            path: path.clone(),
            ty: *item,
        });
        format!("{path} in {text}")
    }

    fn call_of(&mut self, ty: &Ty, depth: usize) -> Option<String> {
        let callee = self.callee(ty, depth)?;
        if callee.kind != super::CalleeKind::Function {
            return None;
        }
        let arguments: Vec<String> = callee
            .params
            .iter()
            .map(|ty| self.value(ty, depth.min(1)).text)
            .collect();
        Some(format!("{}({})", callee.name, arguments.join(", ")))
    }

    /// `group x in xs by …`, of which the members are taken again.
    fn grouped(&mut self, var: Var, depth: usize) -> (String, Ty) {
        let Ty::List(item) = var.ty.clone() else {
            return (var.path, var.ty);
        };
        let outside = self.vars.len();
        let path = self.name("x");
        self.vars.push(Var {
            path: path.clone(),
            ty: (*item).clone(),
        });
        let mut fields = Vec::new();
        let mut keys = Vec::new();
        while keys.is_empty() || (keys.len() < 3 && self.c.chance(35)) {
            let ty = match self.c.below(4) {
                0 => Ty::Bool,
                1 => Ty::Int,
                2 => Ty::Code,
                _ => self.enum_ty(None),
            };
            let named = self.path(&|of| *of == ty).filter(|_| self.c.below(4) > 0);
            let value = match named {
                Some(var) => var.path,
                None if matches!(ty, Ty::Bool | Ty::Int) => self.value(&ty, depth.min(2)).term(),
                None => continue,
            };
            let name = format!("k{}", keys.len());
            keys.push(format!("{name}: {value}"));
            fields.push(super::types::Field {
                name,
                ty,
                default: false,
            });
        }
        self.vars.truncate(outside);
        fields.push(super::types::Field {
            name: "members".into(),
            ty: var.ty,
            default: false,
        });
        let text = format!("group {path} in {} by {}", var.path, keys.join(" then "));
        // A record without a name, which nothing else may ask for.
        self.groups.push(super::types::RecordDecl {
            name: String::new(),
            fields,
            keys: 0,
            valid: false,
        });
        (text, Ty::Group(self.groups.len() - 1).list())
    }

    /// `row.column = value`: what an index is made for.
    fn by_column(&mut self, depth: usize) -> Option<String> {
        let last = self.vars.last()?.clone();
        let Ty::Row(id) = last.ty else {
            return None;
        };
        if !self.c.chance(55) {
            return None;
        }
        let fields = self.relations.get(id)?.fields.clone();
        let fields: Vec<_> = fields
            .into_iter()
            .filter(|it| !matches!(it.ty.plain(), Ty::Calendar | Ty::Formula))
            .collect();
        let field = self.c.pick(&fields)?;
        self.vars.pop();
        let wanted = field.ty.clone();
        let value = match self.path(&|of| *of == wanted) {
            Some(var) if self.c.chance(60) => var.path,
            _ => self.value(&wanted, depth.min(1)).term(),
        };
        self.vars.push(last.clone());
        Some(format!("{}.{} = {value}", last.path, field.name))
    }

    pub(super) fn exists(&mut self, depth: usize) -> Part {
        let outside = self.vars.len();
        let tail = self.tail(depth, false);
        let part = match self.c.chance(50) {
            true => Part::of(format!("exists {tail}")),
            false => {
                let condition = self.value(&Ty::Bool, depth.saturating_sub(1));
                Part::of(format!("every {tail} has {}", condition.term()))
            }
        };
        self.vars.truncate(outside);
        part
    }

    /// `first of`, `lowest of` or `highest of` elements.
    pub(super) fn one_of(&mut self, ty: &Ty, depth: usize) -> Part {
        let outside = self.vars.len();
        let what = match ty.is_ordered(self) && self.c.chance(60) {
            true => self.c.word(&["lowest", "highest"]),
            false => "first",
        };
        let tail = match ty {
            Ty::Row(id) => {
                let name = self.relations.get(*id).map(|it| it.name.clone());
                let path = self.name("x");
                self.vars.push(Var {
                    path: path.clone(),
                    ty: ty.clone(),
                });
                let mut text = format!("{path} in {}", name.unwrap_or_default());
                if let Some(equal) = self.by_column(depth) {
                    text += &format!(" where {equal}");
                }
                if self.c.chance(40) {
                    text += &format!(" by {}", self.order_key(depth));
                }
                self.vars.truncate(outside);
                return Part::of(format!("first of {text}"));
            }
            _ => self.tail(depth, true),
        };
        let mut value = self.value(ty, depth.saturating_sub(1));
        if *ty == Ty::Int && value.text.contains("round ") {
            // What is rounded is a number until something asks for a whole one.
            let name = self.name("v");
            value = Part::of(format!("let {name}: int = {} give {name}", value.term()));
        }
        self.vars.truncate(outside);
        Part::of(format!("{what} of {} for {tail}", value.term())).with(places_of(ty))
    }

    /// A list.
    pub(super) fn own_list(&mut self, item: &Ty, depth: usize) -> Part {
        match self.c.weighted(&[8, 22, 12, 58]) {
            1 => self.written(item, depth),
            2 => {
                let ty = item.clone().list();
                let (a, b) = (self.value(&ty, depth), self.value(&ty, depth));
                Part::of(format!("{} + {}", a.term(), b.term()))
            }
            3 => self.for_each(item, depth, false),
            _ => self.simplest(&item.clone().list()),
        }
    }

    fn written(&mut self, item: &Ty, depth: usize) -> Part {
        let items = self.many((0, 4), 70, |maker, _| {
            let value = maker.value(item, depth);
            let when = match maker.c.chance(35) {
                true => format!(" when {}", maker.value(&Ty::Bool, depth).term()),
                false => String::new(),
            };
            format!("{}{when}", value.term())
        });
        Part::atom(format!("[{}]", items.join(", ")))
    }

    /// `for each … give …`
    pub(super) fn for_each(&mut self, item: &Ty, depth: usize, running: bool) -> Part {
        let outside = self.vars.len();
        let tail = self.tail(depth, true);
        let depth = depth.saturating_sub(1);
        let mut text = format!("for each {tail} ");
        let carried = self.carries(outside, depth, &mut text);
        let plain = self.vars.len();
        let often = match (running, item) {
            (true, _) => 80,
            (false, Ty::Num(..)) => 60,
            (false, _) => 12,
        };
        let parts = self.parts((item, often), outside, depth, &mut text);
        // A share that needs its own parts is refused, so what is carried reads none.
        let hidden = if parts {
            self.vars.split_off(plain)
        } else {
            Vec::new()
        };
        self.nexts(&carried, depth, &mut text);
        self.vars.extend(hidden);
        if self.c.chance(25) {
            let line = self.let_line(depth);
            text += &line;
        }
        let value = match self.vars.get(plain).cloned() {
            Some(part) if parts && part.ty == *item && self.c.chance(70) => Part::atom(part.path),
            _ => match item {
                Ty::Num(dim, Places::Known(most), _) if running && self.c.chance(40) => {
                    let part = self.remainder(*dim, *most, depth);
                    let name = self.name("v");
                    Part::of(format!("let {name} = {part} give {name}"))
                }
                _ => self.value(item, depth),
            },
        };
        self.vars.truncate(outside);
        Part::of(format!("{text}give {}", value.term()))
    }

    /// The elements of the last parameter in an order, and something of each.
    pub(super) fn sorted(&mut self, item: &Ty) -> String {
        let outside = self.vars.len();
        let Some(list) = self.vars.last().cloned() else {
            return "[]".into();
        };
        let Ty::List(element) = list.ty else {
            return "[]".into();
        };
        let path = self.name("x");
        self.vars.push(Var {
            path: path.clone(),
            ty: *element,
        });
        let (first, second) = (self.order_key(1), self.order_key(1));
        let value = self.value(item, 1);
        self.vars.truncate(outside);
        format!(
            "for each {path} in {} by {first} then {second} give {}",
            list.path,
            value.term()
        )
    }

    /// `for each … finally …`
    pub(super) fn finally(&mut self, ty: &Ty, depth: usize) -> Part {
        let outside = self.vars.len();
        let tail = self.tail(depth, true);
        let depth = depth.saturating_sub(1);
        let mut text = format!("for each {tail} ");
        let path = self.name("c");
        let elements = self.vars.split_off(outside);
        let start = self.value(ty, depth);
        self.vars.extend(elements);
        text += &format!("carry {path}: {} = {} ", self.ty_text(ty), start.term());
        let var = Var {
            path: path.clone(),
            ty: ty.clone(),
        };
        self.vars.push(var.clone());
        if self.c.chance(30) {
            let line = self.let_line(depth);
            text += &line;
        }
        let next = self.value(ty, depth);
        text += &format!("next {path} = {} ", next.term());
        self.vars.truncate(outside);
        self.vars.push(var);
        let last = match self.c.chance(70) {
            true => Part::atom(path),
            false => self.value(ty, depth),
        };
        self.vars.truncate(outside);
        Part::of(format!("{text}finally {}", last.term()))
    }

    fn carries(&mut self, outside: usize, depth: usize, text: &mut String) -> Vec<Var> {
        let mut carried = Vec::new();
        while carried.len() < 2 && self.c.chance(35) {
            let path = self.name("c");
            let ty = match self.c.chance(50) {
                true => Ty::Int,
                false => self.scalar_ty(),
            };
            // A start sees no element.
            let elements = self.vars.split_off(outside);
            let start = self.value(&ty, depth.min(1));
            self.vars.extend(elements);
            *text += &format!("carry {path}: {} = {} ", self.ty_text(&ty), start.term());
            carried.push(Var { path, ty });
        }
        self.vars.extend(carried.iter().cloned());
        carried
    }

    fn nexts(&mut self, carried: &[Var], depth: usize, text: &mut String) {
        for var in carried {
            if self.c.chance(85) {
                let next = self.value(&var.ty, depth);
                *text += &format!("next {} = {} ", var.path, next.term());
            }
        }
    }

    /// Shares and remainders, as `let`s; whether there are any.
    fn parts(
        &mut self,
        (item, often): (&Ty, u64),
        outside: usize,
        depth: usize,
        text: &mut String,
    ) -> bool {
        let mut made = Vec::new();
        while made.len() < 2 && self.c.chance(often) {
            let ty = match item {
                Ty::Num(_, Places::Known(_), Some(_)) => item.clone(),
                _ => self.number_ty(Some(Dim::Plain)),
            };
            let Ty::Num(dim, places, _) = ty.clone() else {
                continue;
            };
            let most = match places {
                Places::Known(most) => most,
                _ => 4,
            };
            self.c.begin();
            let share = match self.c.chance(50) {
                true => self.share(dim, most, outside, depth),
                false => self.remainder(dim, most, depth),
            };
            let value = match self.c.chance(35) {
                true => {
                    let condition = self.value(&Ty::Bool, depth.min(1));
                    format!(
                        "if {} then ({share}) else {}",
                        condition.term(),
                        dim.literal("0")
                    )
                }
                false => share,
            };
            self.c.end();
            let path = self.name("s");
            *text += &format!("let {path} = {value} ");
            made.push(Var {
                path,
                ty: Ty::Num(dim, Places::Known(most), None),
            });
        }
        let any = !made.is_empty();
        // What is given stands first.
        if let (Some(first), Ty::Num(..)) = (made.first_mut(), item)
            && self.range_of(item).is_none()
            && matches!(item, Ty::Num(_, Places::Known(_), Some(_)))
        {
            first.ty = item.clone();
        }
        self.vars.extend(made);
        any
    }

    fn range_of(&self, ty: &Ty) -> Option<(rust_decimal::Decimal, rust_decimal::Decimal)> {
        match ty {
            Ty::Num(_, _, Some(id)) => self.nums.get(*id).and_then(|it| it.range),
            _ => None,
        }
    }

    fn step(&mut self, dim: Dim, most: u32) -> String {
        let finest = rust_decimal::Decimal::new(1, most).to_string();
        let step = match self.c.chance(35) {
            true => self.c.word(&["1", "5", "10"]).to_owned(),
            false => finest,
        };
        format!("{step}{}", if dim == Dim::Percent { "%" } else { "" })
    }

    fn share(&mut self, dim: Dim, most: u32, outside: usize, depth: usize) -> String {
        // One total for all elements sees none of them.
        let per = match self.c.chance(30) {
            true => Some(self.key(depth.min(1))),
            false => None,
        };
        let inside = self.vars.split_off(outside);
        let total = self.expr(&Want::Number(dim), depth.min(2));
        let step = self.step(dim, most);
        let using = match self.c.chance(40) {
            true => format!(
                " using {}",
                self.c
                    .word(&["even", "up", "down", "floor", "ceiling", "nearest"])
            ),
            false => String::new(),
        };
        self.vars.extend(inside);
        // What is carried is in sight last, and so comes first.
        let whole = self.path(&|ty| *ty == Ty::Int);
        let weight = match (self.c.chance(40), whole) {
            (true, Some(var)) => Part::atom(var.path),
            (true, None) => self.value(&Ty::Int, depth.min(1)),
            (false, _) => {
                let dims = self.c.pick(&Dim::ALL).unwrap_or(Dim::Plain);
                self.expr(&Want::Number(dims), depth.min(1))
            }
        };
        let per = per.map(|key| format!(" per {key}")).unwrap_or_default();
        let rest = self
            .c
            .word(&["", " rest to largest", " rest to first", " rest to last"]);
        format!(
            "share of {} by {} to {step}{using}{per}{rest}",
            total.term(),
            weight.term()
        )
    }

    fn remainder(&mut self, dim: Dim, most: u32, depth: usize) -> String {
        let part = self.expr(&Want::Number(dim), depth.min(2));
        let step = self.step(dim, most);
        let using = self.using(0);
        let per = match self.c.chance(35) {
            true => format!(" per {}", self.key(depth.min(1))),
            false => String::new(),
        };
        format!(
            "round {} to {step}{using} carrying remainder{per}",
            part.term()
        )
    }
}
