//! Numbers, with the places that the checker sees.

use rust_decimal::Decimal;

use super::exprs::worse;
use super::types::{Dim, Places, Ty};
use super::{Maker, Part, Want};

/// Places beyond which nothing is said.
const PLACES_MAX: u32 = 16;
/// Written numbers, simple ones first.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "10",
    "5",
    "0.5",
    "100",
    "7",
    "0.1",
    "2.5",
    "0.01",
    "1.25",
    "12",
    "99.99",
    "0.05",
    "0.005",
    "50",
    "1.5",
    "3.333",
    "1000",
    "0.125",
    "4",
    "0.00001",
    "30370.00499",
    "92233720368.54775",
    "9007199254740993",
];
/// Whole numbers, simple ones first.
const WHOLE: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "10",
    "5",
    "7",
    "12",
    "100",
    "50",
    "9",
    "1000",
    "1000000",
    "3037000500",
    "9223372036854775807",
    "4611686018427387904",
];

impl Maker<'_> {
    /// A written number of a declared type, within its places and range.
    pub(super) fn number_text(&mut self, ty: &Ty) -> String {
        let Ty::Num(dim, places, decl) = ty else {
            return "0".into();
        };
        let most = match places {
            Places::Known(most) => *most,
            _ => PLACES_MAX,
        };
        let range = decl
            .and_then(|id| self.nums.get(id))
            .and_then(|it| it.range);
        let mut fitting: Vec<Decimal> = NUMBERS
            .iter()
            .filter_map(|text| text.parse::<Decimal>().ok())
            .flat_map(|number| [number, -number])
            .filter(|number| number.scale() <= most)
            .filter(|number| range.is_none_or(|(low, high)| low <= *number && *number <= high))
            .collect();
        // Negative ones are rare: half of the list is there for what a range leaves of it.
        if self.c.chance(75) && fitting.iter().any(Decimal::is_sign_positive) {
            fitting.retain(Decimal::is_sign_positive);
        }
        fitting.extend(range.map(|(_, high)| high));
        let number = self.c.pick(&fitting).unwrap_or_default();
        dim.literal(&number.normalize().to_string())
    }

    pub(super) fn number_literal(&mut self, dim: Dim) -> Part {
        let text = if self.c.chance(40) {
            self.c.word(NUMBERS)
        } else {
            self.c.word(WHOLE)
        };
        let places = text.parse::<Decimal>().map_or(0, |number| number.scale());
        Part::atom(dim.literal(text)).with(Places::Known(places))
    }

    /// A number made to fit a border.
    pub(super) fn fit(&mut self, part: Part, ty: &Ty) -> Part {
        let Ty::Num(dim, places, decl) = ty else {
            return part;
        };
        let range = decl
            .and_then(|id| self.nums.get(id))
            .and_then(|it| it.range);
        let mut part = part;
        if let Places::Known(most) = places {
            let fits = match part.places {
                Places::Known(has) => has <= *most,
                Places::Data => self.c.chance(50),
                Places::Open => false,
            };
            if !fits {
                part = self.rounded(part, *dim, Some(*most), 1);
            }
        }
        // What no name is in may be known to lie outside, which is refused.
        let known = !self.vars.iter().any(|var| part.text.contains(&var.path));
        if let Some((low, high)) = range
            && (known || self.c.chance(50))
        {
            let ends = [low, high].map(|end| dim.literal(&end.to_string()));
            let text = format!(
                "lowest of [{}, highest of [{}, {}]]",
                ends[1], ends[0], part.text
            );
            part = Part::of(text).with(part.places);
        }
        part
    }

    /// Rounded to a step that has at most so many places.
    pub(super) fn rounded(
        &mut self,
        part: Part,
        dim: Dim,
        most: Option<u32>,
        depth: usize,
    ) -> Part {
        let places;
        let from_data = match most {
            None if self.c.chance(40) => self.number_path(dim),
            _ => None,
        };
        let step = if let Some(step) = from_data {
            places = step.places;
            step.term()
        } else {
            let most = most.unwrap_or(5);
            let steps: Vec<&str> = [
                "1", "0.01", "0.1", "0.001", "0.05", "0.5", "5", "0.25", "10", "0.00001",
            ]
            .into_iter()
            .filter(|step| step.parse::<Decimal>().is_ok_and(|it| it.scale() <= most))
            .collect();
            let finest = format!("{}", Decimal::new(1, most));
            let step = match self.c.pick(&steps) {
                Some(step) if self.c.chance(40) => step.to_owned(),
                _ => finest,
            };
            places = Places::Known(step.parse::<Decimal>().map_or(0, |it| it.scale()));
            let sign = if dim == Dim::Percent { "%" } else { "" };
            format!("{step}{sign}")
        };
        let using = self.using(depth);
        Part::of(format!("round {} to {step}{using}", part.term())).with(places)
    }

    /// ` using MODE`, or nothing.
    pub(super) fn using(&mut self, depth: usize) -> String {
        match self.c.weighted(&[40, 45, 15]) {
            0 => String::new(),
            1 => format!(
                " using {}",
                self.c
                    .word(&["nearest", "even", "up", "down", "floor", "ceiling"])
            ),
            _ => format!(" using {}", self.value(&Ty::Rounding, depth.min(1)).term()),
        }
    }

    /// A number of a declared type.
    pub(super) fn fitting_number(&mut self, ty: &Ty, depth: usize) -> Part {
        let Ty::Num(dim, ..) = ty else {
            return Part::atom("0");
        };
        let part = self.own_number(*dim, depth);
        self.fit(part, ty)
    }

    /// A number that counts something.
    pub(super) fn own_number(&mut self, dim: Dim, depth: usize) -> Part {
        let any = |maker: &mut Self, dim: Dim| maker.expr(&Want::Number(dim), depth);
        match self.c.weighted(&[6, 20, 16, 10, 18, 6, 10, 6, 8]) {
            1 => {
                let (a, b) = (any(self, dim), any(self, dim));
                let sign = self.c.word(&["+", "-"]);
                let places = worse(a.places, b.places);
                Part::of(format!("{} {sign} {}", a.term(), b.term())).with(places)
            }
            2 => self.product(dim, depth),
            3 => self.quotient(dim, depth),
            4 => {
                // A number that comes from outside may be a tie.
                let outside = self.number_path(dim).filter(|_| self.c.chance(50));
                let part = outside.unwrap_or_else(|| any(self, dim));
                self.rounded(part, dim, None, depth)
            }
            5 => {
                let part = any(self, dim);
                let text = match self.c.chance(50) {
                    true => Part::atom(format!("absolute({})", part.text)),
                    false => Part::of(format!("-{}", part.term())),
                };
                text.with(part.places)
            }
            6 => {
                let (a, b) = (any(self, dim), any(self, dim));
                let places = worse(a.places, b.places);
                let what = self.c.word(&["lowest", "highest", "sum", "first"]);
                Part::of(format!("{what} of [{}, {}]", a.term(), b.term())).with(places)
            }
            7 => self.read_as(dim, depth),
            8 => self.sum(dim, depth),
            _ => self.number_literal(dim),
        }
    }

    fn product(&mut self, dim: Dim, depth: usize) -> Part {
        let pairs: &[(Dim, Dim)] = match dim {
            Dim::Plain => &[(Dim::Plain, Dim::Plain), (Dim::Plain, Dim::Percent)],
            Dim::Percent => &[(Dim::Percent, Dim::Percent)],
            Dim::Euro => &[
                (Dim::EuroPerPiece, Dim::Piece),
                (Dim::Euro, Dim::Percent),
                (Dim::Euro, Dim::Plain),
            ],
            other => &[(other, Dim::Plain), (other, Dim::Percent)],
        };
        let (a, b) = self.c.pick(pairs).unwrap_or((dim, Dim::Plain));
        let (a, b) = (
            (a, self.expr(&Want::Number(a), depth)),
            (b, self.expr(&Want::Number(b), depth)),
        );
        let held = |(dim, part): &(Dim, Part)| match part.places {
            Places::Known(places) if *dim == Dim::Percent => Places::Known(places + 2),
            places => places,
        };
        let places = match (held(&a), held(&b)) {
            (Places::Known(a), Places::Known(b)) => {
                // A product of percents is a percent: written in points again.
                let all = if dim == Dim::Percent {
                    (a + b).saturating_sub(2)
                } else {
                    a + b
                };
                if all > PLACES_MAX {
                    Places::Open
                } else {
                    Places::Known(all)
                }
            }
            _ => Places::Open,
        };
        Part::of(format!("{} * {}", a.1.term(), b.1.term())).with(places)
    }

    fn quotient(&mut self, dim: Dim, depth: usize) -> Part {
        let pairs: &[(Dim, Dim)] = match dim {
            Dim::Plain => &[
                (Dim::Plain, Dim::Plain),
                (Dim::Euro, Dim::Euro),
                (Dim::Percent, Dim::Percent),
            ],
            Dim::Piece => &[(Dim::Euro, Dim::EuroPerPiece), (Dim::Piece, Dim::Plain)],
            Dim::EuroPerPiece => &[(Dim::Euro, Dim::Piece), (Dim::EuroPerPiece, Dim::Plain)],
            Dim::Percent => &[(Dim::Percent, Dim::Plain)],
            other => &[(other, Dim::Plain), (other, Dim::Percent)],
        };
        let (a, b) = self.c.pick(pairs).unwrap_or((dim, Dim::Plain));
        let top = self.expr(&Want::Number(a), depth);
        let ten = ["10", "100", "3", "7", "0.1", "12"];
        let text = if self.c.chance(50) {
            format!("{} / {}", top.term(), b.literal(self.c.word(&ten)))
        } else {
            let mut below = self.expr(&Want::Number(b), depth);
            if below.text.starts_with(|it: char| it.is_ascii_digit()) {
                below = Part::atom(b.literal("3"));
            }
            match self.c.chance(70) {
                // A division that is guarded by its own condition.
                true => format!(
                    "if {0} = 0 then {2} else {1} / {0}",
                    below.term(),
                    top.term(),
                    dim.literal("1")
                ),
                false => format!("{} / {}", top.term(), below.term()),
            }
        };
        Part::of(text).with(Places::Open)
    }

    /// A plain number read in a dimension.
    fn read_as(&mut self, dim: Dim, depth: usize) -> Part {
        match dim {
            Dim::Plain => {
                let whole = self.value(&Ty::Int, depth);
                Part::of(format!("{} + 0", whole.term()))
            }
            Dim::Days if self.c.chance(60) => {
                let (a, b) = (self.value(&Ty::Date, depth), self.value(&Ty::Date, depth));
                Part::of(format!("{} - {}", a.term(), b.term()))
            }
            Dim::Days => {
                let whole = self.value(&Ty::Int, depth);
                Part::of(format!("{} as days", whole.term()))
            }
            dim => {
                let part = self.expr(&Want::Number(Dim::Plain), depth);
                let places = match part.places {
                    Places::Known(places) if dim == Dim::Percent => {
                        Places::Known(places.saturating_sub(2))
                    }
                    places => places,
                };
                Part::of(format!("{} as {}", part.term(), dim.name())).with(places)
            }
        }
    }

    /// A sum over elements.
    fn sum(&mut self, dim: Dim, depth: usize) -> Part {
        let outside = self.vars.len();
        let tail = self.tail(depth, true);
        let part = self.expr(&Want::Number(dim), depth);
        self.vars.truncate(outside);
        Part::of(format!("sum of {} for {tail}", part.term())).with(part.places)
    }

    /// A whole number.
    pub(super) fn own_int(&mut self, depth: usize) -> Part {
        let whole = |maker: &mut Self| maker.value(&Ty::Int, depth);
        match self.c.weighted(&[6, 30, 6, 14, 6, 6, 8, 10, 8, 5]) {
            1 => {
                let (a, b) = (whole(self), whole(self));
                let sign = self.c.word(&["+", "-", "*"]);
                Part::of(format!("{} {sign} {}", a.term(), b.term()))
            }
            2 => {
                let a = whole(self);
                match self.c.chance(50) {
                    true => Part::atom(format!("absolute({})", a.text)),
                    false => Part::of(format!("-{}", a.term())),
                }
            }
            3 => {
                let part = self.expr(&Want::Number(Dim::Plain), depth);
                let using = self.using(depth);
                Part::of(format!("round {} to 1{using}", part.term()))
            }
            4 => Part::atom(format!("length({})", self.value(&Ty::Text, depth).text)),
            5 => Part::atom(format!("weekday({})", self.value(&Ty::Date, depth).text)),
            6 => {
                let (a, b) = (whole(self), whole(self));
                let what = self.c.word(&["lowest", "highest", "sum", "first"]);
                Part::of(format!("{what} of [{}, {}]", a.term(), b.term()))
            }
            7 => {
                let outside = self.vars.len();
                let tail = self.tail(depth, true);
                self.vars.truncate(outside);
                Part::of(format!("count of {tail}"))
            }
            8 => {
                let outside = self.vars.len();
                let tail = self.tail(depth, true);
                let part = whole(self);
                self.vars.truncate(outside);
                Part::of(format!("sum of {} for {tail}", part.term()))
            }
            9 => {
                let (a, b) = (self.value(&Ty::Date, depth), self.value(&Ty::Date, depth));
                let calendars = self.calendars(depth);
                Part::atom(format!(
                    "working_days_between({}, {}, {calendars})",
                    a.text, b.text
                ))
            }
            _ => {
                let text = self.c.word(WHOLE);
                Part::atom(text)
            }
        }
    }

    pub(super) fn calendars(&mut self, depth: usize) -> String {
        let mut list = vec![self.value(&Ty::Calendar, depth.min(1)).text];
        if self.c.chance(40) {
            list.push(self.value(&Ty::Calendar, depth.min(1)).text);
        }
        format!("[{}]", list.join(", "))
    }
}
