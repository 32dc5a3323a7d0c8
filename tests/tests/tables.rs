//! Tables and grids as data give what the interpreter gives, and what they give as code: generated tables of every
//! policy, asked at every border of their cells and one unit beside it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test whose generated rules do not compile fails"
)]

use std::fmt::Write as _;
use std::sync::Arc;

use assize_compiler::diagnostic::Severity;
use assize_compiler::testing::SecondEngine;
use assize_compiler::{Database, PackageInput};
use assize_eval::Value;
use assize_eval::interp::{Interpreter, Limits};
use assize_eval::store::Store;
use assize_ir::{Body, Callable, CallableId, Const, Hit, Op, Program, Type};
use assize_runtime::jit::Planted;
use assize_tests::identity::{Identity, Seen};
use rust_decimal::Decimal;

/// Compiling takes a large stack.
const STACK: usize = 256 << 20;

fn on_large_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    if let Err(panic) = thread.expect("a thread").join() {
        std::panic::resume_unwind(panic);
    }
}

/// Numbers that are the same on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        usize::try_from((self.0 >> 33) % end.max(1) as u64).expect("a small number")
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        of.get(self.below(of.len())).expect("one of some")
    }
}

const HEAD: &str = r#"module generated

number Cents = plain, 2 places

enum Rank = low < middle < high

record Terms
    discount : int
    title    : text
    rank     : Rank?
    rate     : Cents
    check discount < 990
        because "no discount is so great"

parameter limit : int
    is 40
"#;

/// One of some words, around and around.
fn one_of(words: &[&str], number: usize) -> String {
    let word = words.get(number % words.len().max(1));
    word.copied().unwrap_or_default().to_owned()
}

/// What the columns of a table are, what their cells are made of, and how often a cell is `-`.
struct Shape {
    columns: &'static [Kind],
    any: usize,
    /// How often a cell of whole numbers names a value in sight.
    computed: usize,
    /// How different the values are.
    spread: usize,
    /// Whether a cell has one test at most, so that rows can be columns.
    single: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Item,
    Note,
    Whole,
    Sparse,
    Maybe,
    Price,
    Free,
    Day,
    Rank,
    Flag,
}

impl Kind {
    fn declared(self) -> (&'static str, &'static str) {
        match self {
            Kind::Item => ("item", "code"),
            Kind::Note => ("note", "text?"),
            Kind::Whole => ("whole", "int"),
            Kind::Sparse => ("sparse", "int"),
            Kind::Maybe => ("maybe", "int?"),
            Kind::Price => ("price", "Cents"),
            Kind::Free => ("free", "number"),
            Kind::Day => ("day", "date"),
            Kind::Rank => ("rank", "Rank?"),
            Kind::Flag => ("flag", "bool"),
        }
    }

    fn is_optional(self) -> bool {
        self.declared().1.ends_with('?')
    }

    /// A value that a cell names, in rising order of its number.
    fn value(self, number: usize) -> String {
        match self {
            // Some share their ends, and some are longer than two words.
            Kind::Item => format!("\"IT{number:03}{}\"", "-LONG-AND-LONGER".repeat(number % 3)),
            Kind::Note => format!("\"n{number:03}\""),
            Kind::Whole | Kind::Maybe => format!("{}", number as i64 - 20),
            Kind::Sparse => format!("{}", number * 1_000_003),
            Kind::Price => format!("{}.{:02}", number * 3 / 100, number * 3 % 100),
            Kind::Free => format!("{}.{:03}", number * 17 / 1000, number * 17 % 1000),
            Kind::Day => format!("20{:02}-{:02}-15", 20 + number / 12, number % 12 + 1),
            Kind::Rank => one_of(&["low", "middle", "high"], number),
            Kind::Flag => one_of(&["true", "false"], number),
        }
    }

    fn cell(self, chance: &mut Chance, shape: &Shape) -> String {
        let found = self.any_cell(chance, shape);
        // A range that is left out has no column either.
        if shape.single
            && (found.contains(", ") || found.starts_with("not ") && found.contains(" to "))
        {
            return self.cell(chance, shape);
        }
        found
    }

    fn any_cell(self, chance: &mut Chance, shape: &Shape) -> String {
        if chance.percent(shape.any) {
            return "-".to_owned();
        }
        if self == Kind::Whole && chance.percent(shape.computed) {
            return chance
                .one(&["< base", ">= limit", "not base", "base", "limit"])
                .to_string();
        }
        let spread = shape.spread;
        let low = chance.below(spread);
        let high = low + chance.below(spread / 4 + 1);
        let (a, b) = (self.value(low), self.value(high));
        let plain = match self {
            Kind::Flag => a,
            Kind::Item | Kind::Note | Kind::Sparse => match chance.below(6) {
                0 if a != b => format!("{a}, {b}"),
                1 => format!("not {a}"),
                _ => a,
            },
            _ => match chance.below(10) {
                0 => format!("< {a}"),
                1 => format!("<= {a}"),
                2 => format!("> {a}"),
                3 => format!(">= {a}"),
                4 if low < high && self != Kind::Rank => format!("{a} to below {b}"),
                5 if low < high && self != Kind::Rank => format!("{a} to {b}"),
                6 if low < high && self != Kind::Rank => format!("not {a} to {b}"),
                7 if a != b => format!("{a}, {b}"),
                8 if a != b => format!("not {a}, {b}"),
                _ => a,
            },
        };
        if self.is_optional() {
            match chance.below(8) {
                0 => return "missing".to_owned(),
                1 if !plain.starts_with("not") => return format!("missing, {plain}"),
                2 if !plain.starts_with("not") => return format!("not missing, {plain}"),
                _ => {}
            }
        }
        plain
    }
}

/// One table of each kind of result, all with the same cells.
fn rules(shape: &Shape, rows: usize, seed: u64) -> String {
    let mut chance = Chance(seed);
    let mut text = HEAD.to_owned();
    let declared: Vec<_> = shape.columns.iter().map(|kind| kind.declared()).collect();
    let params: Vec<String> = declared
        .iter()
        .map(|(name, ty)| format!("{name}: {ty}"))
        .collect();
    let params = format!("{}, base: int", params.join(", "));
    let names: Vec<&str> = declared.iter().map(|(name, _)| *name).collect();
    let cells: Vec<String> = (0..rows)
        .map(|_| {
            let cells = shape
                .columns
                .iter()
                .map(|kind| kind.cell(&mut chance, shape));
            cells.collect::<Vec<_>>().join(" | ")
        })
        .collect();
    for (table, result, hit) in [
        ("first_of", "int?", "first"),
        ("sum_of", "Cents", "sum"),
        ("count_of", "int", "count"),
        ("list_of", "list of text", "list"),
        ("ranked", "list of Rank", "list by priority"),
        ("best", "Rank?", "priority"),
        ("terms", "Terms?", "first"),
    ] {
        let output = match table {
            "terms" => "discount | title | rank | rate",
            _ => "x",
        };
        let _ = write!(
            text,
            "\ntable {table} ({params}) gives {result}\n    hit {hit}\n    | {} || {output} |\n",
            names.join(" | ")
        );
        for row in &cells {
            let number = chance.below(1000);
            let rank = one_of(&["low", "middle", "high"], number);
            let computed = shape.computed > 0 && chance.percent(20);
            let output = match table {
                "first_of" if computed => format!("base + {number}"),
                "first_of" => format!("{}", number % 5),
                "sum_of" if computed => format!("{number}.5 + 0.25"),
                "sum_of" => format!("{}.{:02}", number / 100, number % 100),
                "count_of" => "true".to_owned(),
                "list_of" if computed => format!("\"{number} of {{base}}\""),
                "list_of" => format!("\"text {number}\""),
                "terms" if computed => format!("base | \"t\" | missing | {number}"),
                "terms" => format!("{number} | \"title {number}\" | {rank} | {number}.25"),
                _ => rank,
            };
            let _ = writeln!(text, "    | {row} || {output} |");
        }
        let _ = write!(
            text,
            "\ndecision ask_{table} ({params}) gives {result}\n    {table}({}, base)\n",
            names.join(", ")
        );
    }
    text
}

fn linked(text: &str) -> Program {
    let db = Database::default();
    let package = PackageInput::alone(&db, "generated", [("generated.assize", text)]);
    match assize_compiler::program(&db, package) {
        Ok(linked) => linked.program,
        Err(fault) => {
            let found = assize_compiler::diagnostics(&db, package);
            let errors = found.iter().filter(|it| it.severity == Severity::Error);
            panic!("{fault:?}: {:#?}", errors.take(3).collect::<Vec<_>>())
        }
    }
}

/// What may be asked in place of a parameter: what the constants of a table name, one unit beside it, and missing.
fn candidates(callable: &Callable, ty: &Type) -> Vec<Value> {
    let mut found = Vec::new();
    let callable = callable.unpacked();
    let constants = callable.nodes.iter().filter_map(|node| match &node.op {
        Op::Const(constant) => Some(constant),
        _ => None,
    });
    for constant in constants {
        match (constant, ty.plain()) {
            (Const::Int(value), Type::Int) => {
                found.extend([-1, 0, 1].map(|by| Value::Int(value + by)));
            }
            (Const::Date(day), Type::Date) => {
                found.extend([-1, 0, 1].map(|by| Value::Date(day + by)));
            }
            // A value has the places of its type.
            (Const::Num(value), Type::Num(ty))
                if ty.places.is_none_or(|it| value.scale() <= u32::from(it)) =>
            {
                let unit = Decimal::new(1, u32::from(ty.places.unwrap_or(9)));
                found.extend([*value - unit, *value, *value + unit].map(Value::Num));
            }
            (Const::Code(code), Type::Code) => {
                found.push(Value::Code(Arc::from(code.as_str())));
                found.push(Value::Code(Arc::from(format!("{code}X"))));
            }
            (Const::Text(text), Type::Text) => {
                found.push(Value::Text(Arc::from(text.as_str())));
                found.push(Value::Text(Arc::from(format!("{text} "))));
                found.push(Value::Text(Arc::from(text.to_uppercase())));
            }
            _ => {}
        }
    }
    match ty.plain() {
        Type::Bool => found.extend([true, false].map(Value::Bool)),
        Type::Enum(_) => found.extend([0, 1, 2].map(Value::Enum)),
        Type::Int => found.extend([i64::MIN, i64::MIN + 1, i64::MAX].map(Value::Int)),
        Type::Text => found.push(Value::Text(Arc::from(""))),
        Type::Code => found.push(Value::Code(Arc::from(""))),
        Type::Num(ty) if ty.places.is_none() => {
            found.extend([Decimal::MAX, Decimal::MIN, Decimal::new(1, 28)].map(Value::Num));
        }
        _ => {}
    }
    if ty.is_optional() {
        // One of five, as a missing value is a border of its own.
        found.resize(found.len() + found.len() / 4 + 1, Value::Missing);
    }
    found
}

/// Asks tables so many questions, and tells the answers.
fn ask(program: &Program, identity: &Identity, questions: usize) {
    let verified = assize_ir::verify(program).expect("verified rules");
    let store = Store::empty(&verified);
    let interpreter = Interpreter::new(&verified, &store, Limits::default());
    let mut chance = Chance(7);
    for (number, callable) in (0u32..).zip(&program.callables) {
        if !matches!(callable.body, Body::Table(_) | Body::Grid(_)) {
            continue;
        }
        let types = callable.params.iter().map(|param| &param.ty);
        let values: Vec<Vec<Value>> = types.map(|ty| candidates(callable, ty)).collect();
        for _ in 0..questions {
            let arguments: Vec<Value> = values.iter().map(|of| chance.one(of).clone()).collect();
            let answer = interpreter.call(CallableId(number), &arguments);
            let answer = answer.as_ref().map_err(AsRef::as_ref);
            identity.asked((program, &store), CallableId(number), &arguments, answer);
        }
    }
}

/// The tables with other policies.
fn with_policies(program: &Program) -> Vec<Program> {
    let policies = [
        (Hit::First, Hit::First),
        (Hit::Unique, Hit::Unique),
        (Hit::Same, Hit::Same),
        (Hit::Lowest, Hit::First),
        (Hit::Highest, Hit::First),
    ];
    let changed = policies.map(|(of_numbers, of_records)| {
        let mut program = program.clone();
        for callable in &mut program.callables {
            if let Body::Table(table) = &mut callable.body {
                match callable.name.as_str() {
                    "first_of" => table.hit = of_numbers,
                    "terms" => table.hit = of_records,
                    _ => {}
                }
            }
        }
        program
    });
    changed.to_vec()
}

const SHAPES: [Shape; 9] = [
    // A price list.
    Shape {
        columns: &[Kind::Item, Kind::Price, Kind::Day],
        any: 10,
        computed: 0,
        spread: 40,
        single: false,
    },
    // Some of all.
    Shape {
        columns: &[Kind::Item, Kind::Note, Kind::Maybe, Kind::Rank, Kind::Flag],
        any: 50,
        computed: 0,
        spread: 20,
        single: false,
    },
    // Bands that overlap in several columns.
    Shape {
        columns: &[Kind::Price, Kind::Free, Kind::Day],
        any: 5,
        computed: 0,
        spread: 200,
        single: false,
    },
    // Keys far apart, and rows for all of them.
    Shape {
        columns: &[Kind::Sparse, Kind::Item],
        any: 40,
        computed: 0,
        spread: 150,
        single: false,
    },
    // Cells and outputs that are computed.
    Shape {
        columns: &[Kind::Whole, Kind::Item, Kind::Maybe],
        any: 20,
        computed: 30,
        spread: 30,
        single: false,
    },
    // One band.
    Shape {
        columns: &[Kind::Free],
        any: 1,
        computed: 0,
        spread: 300,
        single: false,
    },
    // A price list of which columns are made.
    Shape {
        columns: &[Kind::Item, Kind::Price, Kind::Day],
        any: 10,
        computed: 0,
        spread: 40,
        single: true,
    },
    // Columns of all kinds.
    Shape {
        columns: &[Kind::Note, Kind::Maybe, Kind::Rank, Kind::Flag],
        any: 30,
        computed: 0,
        spread: 20,
        single: true,
    },
    Shape {
        columns: &[Kind::Sparse, Kind::Free, Kind::Whole],
        any: 30,
        computed: 0,
        spread: 100,
        single: true,
    },
];

/// The program with columns in place of the rows of all its tables.
fn packed(mut program: Program) -> Program {
    program.pack(1);
    for callable in &program.callables {
        if let Body::Table(table) = &callable.body {
            assert!(table.rows.literals().is_some(), "{}", callable.name);
        }
    }
    program
}

/// As code and as data, or as data alone.
fn compared(shape: &Shape, rows: usize, policies: usize, forms: &[usize]) -> Seen {
    let program = linked(&rules(shape, rows, rows as u64));
    let program = if shape.single {
        packed(program)
    } else {
        program
    };
    let mut all = Seen::default();
    for program in with_policies(&program).iter().take(policies) {
        for form in forms {
            let identity = Identity::default().with_rows_in_code(*form);
            ask(program, &identity, 60);
            let seen = identity.seen();
            assert!(seen.different.is_empty(), "{:#?}", seen.different);
            assert!(seen.not_yet.is_empty(), "{seen:?}");
            all.same += seen.same;
            all.left += seen.left;
            all.failed += seen.failed;
        }
    }
    println!(
        "{rows} rows: {} the same, {} left, {} failed",
        all.same, all.left, all.failed
    );
    all
}

#[test]
fn small_tables_are_the_same_as_code_and_as_data() {
    on_large_stack(|| {
        for shape in &SHAPES {
            for rows in [2, 25] {
                let seen = compared(shape, rows, 5, &[usize::MAX, 0]);
                assert!(seen.same > 1_000, "{seen:?}");
            }
        }
    });
}

#[test]
fn large_tables_are_decided_alike() {
    on_large_stack(|| {
        let mut failed = 0;
        for shape in &SHAPES {
            for (rows, policies) in [(150, 5), (500, 2)] {
                let seen = compared(shape, rows, policies, &[100]);
                assert!(seen.same > 500, "{seen:?}");
                // A value that only the interpreter has: the lowest whole number, or a sum that does not fit.
                assert!(seen.left * 10 < seen.same, "{seen:?}");
                failed += seen.failed;
            }
        }
        // Conflicts.
        assert!(failed > 1_000, "{failed}");
    });
}

/// A band that ends one too late is told.
#[test]
fn a_planted_band_is_told() {
    on_large_stack(|| {
        let shape = SHAPES.first().expect("a shape");
        let plain = linked(&rules(shape, 300, 3));
        let single = SHAPES.iter().find(|shape| shape.single);
        let columns = packed(linked(&rules(single.expect("a shape"), 300, 3)));
        for program in [plain, columns] {
            let identity = Identity::planted(Planted::BandOffByOne).with_rows_in_code(0);
            ask(&program, &identity, 200);
            assert!(!identity.seen().different.is_empty());
        }
    });
}

/// A grid of rows by an item and a band, columns by a day.
fn grid(rows: usize, heads: usize, seed: u64) -> String {
    let mut chance = Chance(seed);
    let head: Vec<String> = (0..heads)
        .map(|at| match chance.below(4) {
            0 => format!("< {}", Kind::Day.value(at)),
            _ => format!("{} to {}", Kind::Day.value(at), Kind::Day.value(at + 1)),
        })
        .collect();
    let mut text = HEAD.to_owned();
    for (name, result) in [("maybe_of", "int?"), ("exactly", "int")] {
        let _ = write!(
            text,
            "\ntable {name} (item: code, price: Cents, day: date, base: int) gives {result}\n    | item | price \\ day | {} |\n",
            head.join(" | ")
        );
        for row in 0..rows {
            let item = match chance.below(40) {
                0 => "-".to_owned(),
                _ => Kind::Item.value(row / 4),
            };
            let (low, high) = (
                Kind::Price.value(row % 4 * 10),
                Kind::Price.value(row % 4 * 10 + 10),
            );
            let outputs: Vec<String> = (0..heads)
                .map(|_| match chance.below(200) {
                    0 => "base + 1".to_owned(),
                    _ => chance.below(1000).to_string(),
                })
                .collect();
            let _ = writeln!(
                text,
                "    | {item} | {low} to below {high} | {} |",
                outputs.join(" | ")
            );
        }
        let _ = write!(
            text,
            "\ndecision ask_{name} (item: code, price: Cents, day: date, base: int) gives {result}\n    {name}(item, price, day, base)\n",
        );
    }
    text
}

#[test]
fn grids_are_decided_alike() {
    on_large_stack(|| {
        for (rows, heads, form) in [(8, 4, 0), (8, 4, 1000), (200, 12, 100), (12, 30, 100)] {
            let program = linked(&grid(rows, heads, 5));
            let identity = Identity::default().with_rows_in_code(form);
            ask(&program, &identity, 2_000);
            let seen = identity.seen();
            println!(
                "{} same, {} left, {} failed",
                seen.same, seen.left, seen.failed
            );
            assert!(seen.different.is_empty(), "{:#?}", seen.different);
            assert!(seen.not_yet.is_empty(), "{seen:?}");
            assert!(
                seen.same > 500 && seen.left == 0 && seen.failed > 100,
                "{seen:?}"
            );
        }
    });
}
