//! Programs that nobody wrote: well-typed rules with questions to them, of which every engine must say the same.
//!
//! **A program** is written as text from a stream of [`choices`], so that the whole way of a rule file is gone.
//! Whatever an expression needs — a type, a relation, a function to call — is declared when the expression asks
//! for it. So what an expression does not need is not there, and leaving out its choices leaves out all of it.
//! **Questions** ([`inputs`]) are rows and arguments made of the types of the compiled program: ends of ranges,
//! constants of the program and their neighbours, numbers whose products just fit 64 bits.
//! **Comparing** ([`compare`]) asks the interpreter and machine code, value by value and as JSON.
//! **Coverage** ([`coverage`]) counts what the programs hold, in a list that no new operation can escape.
//! **Shrinking** ([`shrink`]) makes what was found small.
//!
//! | file | writes |
//! |---|---|
//! | `types` | types, and the declarations that they need |
//! | `exprs` | what every type has: names, `if`, `let`, calls, `otherwise` |
//! | `values` | values of each type but numbers |
//! | `numbers` | numbers, with the places that the checker sees |
//! | `queries` | lists, queries, `for each` |
//! | `tables`, `rules` | what is called: tables and grids; defines, rules and parameters |

pub mod choices;
pub mod compare;
pub mod coverage;
mod exprs;
pub mod inputs;
mod numbers;
mod queries;
mod rules;
pub mod shrink;
mod tables;
mod types;
mod values;

use choices::Choices;
use types::{Dim, EnumDecl, NumDecl, Places, ReasonDecl, RecordDecl, Ty};

/// Expressions that a program may have before only simple ones are written.
const EXPRESSIONS: usize = 60;
/// Most decisions of a program.
const DECISIONS: usize = 12;
/// Most levels of expressions in expressions.
const DEEP: usize = 5;

/// An expression.
#[derive(Clone, Debug)]
struct Part {
    text: String,
    /// Whether it may stand beside an operator.
    atom: bool,
    /// Of numbers.
    places: Places,
}

impl Part {
    fn atom(text: impl Into<String>) -> Part {
        Part {
            text: text.into(),
            atom: true,
            places: Places::Known(0),
        }
    }

    fn of(text: impl Into<String>) -> Part {
        Part {
            atom: false,
            ..Part::atom(text)
        }
    }

    fn with(self, places: Places) -> Part {
        Part { places, ..self }
    }

    /// As it stands beside an operator.
    fn term(&self) -> String {
        if self.atom {
            self.text.clone()
        } else {
            format!("({})", self.text)
        }
    }
}

/// What is wanted of an expression.
#[derive(Clone, Debug)]
enum Want {
    /// A value that fits a border of this type.
    Ty(Ty),
    /// A number that counts this, of any places.
    Number(Dim),
}

/// A name in sight, or the path of a field that is known to be there.
#[derive(Clone, Debug)]
struct Var {
    path: String,
    ty: Ty,
}

/// What can be called.
#[derive(Clone, Debug)]
struct Callee {
    name: String,
    params: Vec<Ty>,
    result: Ty,
    kind: CalleeKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CalleeKind {
    Function,
    /// A parameter with one value.
    Value,
    /// A parameter with values through time.
    Dated,
}

/// Writes one program.
struct Maker<'c> {
    c: &'c mut Choices,
    decls: Vec<String>,
    names: usize,
    enums: Vec<EnumDecl>,
    nums: Vec<NumDecl>,
    num_tys: Vec<Ty>,
    records: Vec<RecordDecl>,
    relations: Vec<RecordDecl>,
    /// What groups are made of.
    groups: Vec<RecordDecl>,
    reasons: Vec<ReasonDecl>,
    callees: Vec<Callee>,
    vars: Vec<Var>,
    /// Inside an exception: the value of the rule's default.
    default: Option<Ty>,
    budget: usize,
}

/// The text of the program that the choices make.
pub fn write(choices: &mut Choices) -> String {
    let mut maker = Maker {
        c: choices,
        decls: Vec::new(),
        names: 0,
        enums: Vec::new(),
        nums: Vec::new(),
        num_tys: Vec::new(),
        records: Vec::new(),
        relations: Vec::new(),
        groups: Vec::new(),
        reasons: Vec::new(),
        callees: Vec::new(),
        vars: Vec::new(),
        default: None,
        budget: EXPRESSIONS,
    };
    maker.many((1, DECISIONS), 70, |maker, at| {
        if at == 0 || maker.budget > 0 {
            maker.decision();
        }
    });
    let mut out = String::from("module made\n\ncurrency EUR\nunit pc\n");
    for decl in &maker.decls {
        out += &format!("\n{decl}\n");
    }
    out
}

impl Maker<'_> {
    /// So many of something, each with its own run of choices, so that any of them can be left out.
    fn many<T>(
        &mut self,
        (least, most): (usize, usize),
        percent: u64,
        mut make: impl FnMut(&mut Self, usize) -> T,
    ) -> Vec<T> {
        let mut out = Vec::new();
        while out.len() < most {
            self.c.begin();
            let more = self.c.chance(percent) || out.len() < least;
            if more {
                let made = make(self, out.len());
                out.push(made);
            }
            self.c.end();
            if !more {
                break;
            }
        }
        out
    }

    fn decision(&mut self) {
        let mut params = self.many((1, 4), 60, |maker, _| maker.input_ty(2));
        let about = self.c.weighted(&[36, 6, 14, 9, 9, 8, 9, 9]);
        let result = match about {
            6 => {
                let (coarse, fine) = self.coarse_and_fine();
                params.push(fine);
                coarse
            }
            7 => {
                let item = self.scalar_ty();
                params.push(Ty::Record(self.record(0)).list());
                item.list()
            }
            1 => Ty::Reason.list(),
            2 => self.number_ty(None).list(),
            3 => self.free_percent(),
            4 => self.enum_ty(Some(true)).list(),
            5 => Ty::Record(self.record(0)),
            _ => self.input_ty(2),
        };
        let name = self.name("decide");
        let (header, outer) = self.enter(&params);
        let body = self.about(about, &result);
        self.leave(outer);
        let gives = self.ty_text(&result);
        self.decls
            .push(format!("decision {name} {header}gives {gives}\n    {body}"));
    }

    /// Parameters, which alone are in sight inside; gives what was in sight outside.
    fn enter(&mut self, params: &[Ty]) -> (String, (Vec<Var>, Option<Ty>)) {
        let mut inside = Vec::new();
        let mut texts = Vec::new();
        for ty in params {
            let path = self.name("p");
            let ty = ty.clone();
            texts.push(format!("{path}: {}", self.border_text(&ty)));
            inside.push(Var { path, ty });
        }
        let outer = std::mem::replace(&mut self.vars, inside);
        let header = match texts.is_empty() {
            true => String::new(),
            false => format!("({}) ", texts.join(", ")),
        };
        (header, (outer, self.default.take()))
    }

    fn leave(&mut self, (vars, default): (Vec<Var>, Option<Ty>)) {
        self.vars = vars;
        self.default = default;
    }

    /// The body of a decision. What would be rare by chance alone has decisions of its own: parts of a whole,
    /// rules that combine, tables that give lists, records, numbers with one place too many, lists in an order.
    fn about(&mut self, about: usize, result: &Ty) -> String {
        let callee = match (about, result) {
            (2, Ty::List(item)) => return self.for_each(&item.clone(), DEEP, true).text,
            (3, _) => self.rule(result, 2),
            (4, _) => self.table(result, 2),
            (5, _) => self.parameter(result),
            (6, Ty::Num(dim, Places::Known(most), _)) => {
                let (dim, most) = (*dim, *most);
                let last = self.vars.last().map(|var| var.path.clone());
                let fine = Part::atom(last.unwrap_or_default()).with(Places::Open);
                return self.rounded(fine, dim, Some(most), 1).text;
            }
            (7, Ty::List(item)) => return self.sorted(&item.clone()),
            _ => None,
        };
        let Some(callee) = callee else {
            return self.expr(&Want::Ty(result.clone()), DEEP).text;
        };
        self.callees.push(callee.clone());
        self.called(&callee, 2).text
    }
}
