//! What programs hold: every operation of the IR, every kind of body, and the ways that each of them has.
//!
//! Each list below is a `match` without a wildcard, and the same lines are what a run must have seen. So an
//! operation that is added does not compile here until it has a line, and its line fails the test until the
//! generator makes it.

use std::collections::BTreeSet;

use assize_ir::facts::Places;
use assize_ir::{
    Arithmetic, Body, Builtin, Callable, Cell, CombineHow, Const, Counting, DateUnit, Exception,
    Hit, LetMode, Loop, LoopResult, Node, NodeId, Op, Order, Over, Program, Rest, Table, Test,
    TextPart, Type,
};

/// What no program can hold, with the reason.
pub const NEVER: &[(&str, &str)] = &[(
    "a constant record",
    "the compiler builds a record of its fields; only a default that callers leave out is a constant, and no node",
)];

/// Names of what is there, one per line, and the function that tells which one something is.
macro_rules! features {
    ($(fn $name:ident($ty:ty) in $list:ident { $($pattern:pat => $feature:literal,)+ })+) => {
        $(
            fn $name(it: &$ty) -> &'static str {
                match it { $($pattern => $feature,)+ }
            }
            const $list: &[&str] = &[$($feature),+];
        )+
        /// All that there is.
        const LISTS: &[&[&str]] = &[$($list),+, MORE];
    };
}

features! {
    fn op(Op) in OPS {
        Op::Const(_) => "a constant",
        Op::Local(_) => "a local",
        Op::Default => "the default",
        Op::Let { mode: LetMode::Lazy, .. } => "a let",
        // A running value stands only in the body of a loop, whose lets are listed there.
        Op::Let { mode: LetMode::Now, .. } => "a let at once",
        Op::If { .. } => "if",
        Op::And(..) => "and",
        Op::Or(..) => "or",
        Op::Not(_) => "not",
        Op::Counted { how: Counting::All, .. } => "all of",
        Op::Counted { how: Counting::Any, .. } => "any of",
        Op::Counted { how: Counting::None, .. } => "none of",
        Op::Counted { how: Counting::AtLeast(_), .. } => "at least",
        Op::Arithmetic(Arithmetic::Add, ..) => "a sum",
        Op::Arithmetic(Arithmetic::Subtract, ..) => "a difference",
        Op::Arithmetic(Arithmetic::Multiply, ..) => "a product",
        Op::Arithmetic(Arithmetic::Divide, ..) => "a quotient",
        Op::Negate(_) => "the opposite",
        Op::Absolute(_) => "absolute",
        Op::IntToNum(_) => "an int as a number",
        Op::NumToInt(_) => "a number as an int",
        Op::Round { .. } => "round",
        Op::RoundRunning { per: None, .. } => "carrying remainder",
        Op::RoundRunning { per: Some(_), .. } => "carrying remainder per",
        Op::SharePart(_) => "a share",
        Op::Border { .. } => "a border",
        Op::Bound { .. } => "a bound",
        Op::Equal(..) => "equal",
        Op::Compare(Order::Less, ..) => "less",
        Op::Compare(Order::LessOrEqual, ..) => "less or equal",
        Op::Compare(Order::Greater, ..) => "greater",
        Op::Compare(Order::GreaterOrEqual, ..) => "greater or equal",
        Op::Between { .. } => "between",
        Op::In(..) => "in",
        Op::ToOptional(_) => "to optional",
        Op::IsMissing(_) => "is missing",
        Op::Present(_) => "present",
        Op::Otherwise { .. } => "otherwise",
        Op::Stop(_) => "stop",
        Op::DateStep { unit: DateUnit::Days, .. } => "a step of days",
        Op::DateStep { unit: DateUnit::Weeks, .. } => "a step of weeks",
        Op::DateStep { unit: DateUnit::Months, .. } => "a step of months",
        Op::DateStep { unit: DateUnit::Quarters, .. } => "a step of quarters",
        Op::DateStep { unit: DateUnit::Years, .. } => "a step of years",
        Op::DatePlusDays(..) => "a date plus days",
        Op::DatePlusFormula(..) => "a date plus a formula",
        Op::DateDifference(..) => "a difference of dates",
        Op::Builtin(Builtin::AddWorkingDays, _) => "add_working_days",
        Op::Builtin(Builtin::WorkingDaysBetween, _) => "working_days_between",
        Op::Builtin(Builtin::StartOfMonth, _) => "start_of_month",
        Op::Builtin(Builtin::EndOfMonth, _) => "end_of_month",
        Op::Builtin(Builtin::Weekday, _) => "weekday",
        Op::Builtin(Builtin::Length, _) => "length",
        Op::Builtin(Builtin::StartsWith, _) => "starts_with",
        Op::Text(_) => "a text with holes",
        Op::Record(..) => "a record",
        Op::Field(..) => "a field",
        Op::With(..) => "with",
        Op::Check(_) => "a check of what is built",
        Op::Lookup { .. } => "a look-up",
        Op::ValidOn { .. } => "valid on",
        Op::List(_) => "a written list",
        Op::Concat(..) => "lists joined",
        Op::Lowest(_) => "the lowest of a written list",
        Op::Highest(_) => "the highest of a written list",
        Op::Loop(_) => "a loop",
        Op::Call(..) => "a call",
        Op::Reason(..) => "a reason",
        Op::ReasonCode(_) => "the code of a reason",
        Op::ReasonSeverity(_) => "the severity of a reason",
    }
    fn constant(Const) in CONSTANTS {
        Const::Bool(_) => "a constant of bool",
        Const::Int(_) => "a constant of int",
        Const::Num(_) => "a constant number",
        Const::Text(_) => "a constant text",
        Const::Code(_) => "a constant code",
        Const::Date(_) => "a constant date",
        Const::DateFormula(_) => "a constant date formula",
        Const::Calendar(_) => "a constant calendar",
        Const::Enum(..) => "a constant enum value",
        Const::Missing => "missing",
        Const::List(_) => "a constant list",
        Const::Record(..) => "a constant record",
    }
    fn over(Over) in SOURCES {
        Over::List(_) => "over a list",
        Over::Relation(_) => "over a relation",
        Over::Indexed { .. } => "over an index",
    }
    fn result(LoopResult) in RESULTS {
        LoopResult::List(_) => "give",
        LoopResult::Finally(_) => "finally",
        LoopResult::Sum(_) => "sum of elements",
        LoopResult::Count => "count of elements",
        LoopResult::Lowest(_) => "lowest of elements",
        LoopResult::Highest(_) => "highest of elements",
        LoopResult::First(_) => "first of elements",
        LoopResult::Exists => "exists",
        LoopResult::Every(_) => "every",
        LoopResult::Group { .. } => "group",
    }
    fn rest(Rest) in RESTS {
        Rest::Running => "a running share",
        Rest::Largest => "rest to largest",
        Rest::First => "rest to first",
        Rest::Last => "rest to last",
    }
    fn text_part(TextPart) in PARTS {
        TextPart::Text(_) => "text as written",
        TextPart::Hole(_) => "a hole",
    }
    fn body(Body) in BODIES {
        Body::Define(_) => "a define",
        Body::Parameter(_) => "a parameter",
        Body::Rule(_) => "a rule",
        Body::Table(_) => "a table",
        Body::Grid(_) => "a grid",
    }
    fn hit(Hit) in HITS {
        Hit::Unique => "hit unique",
        Hit::Same => "hit same",
        Hit::First => "hit first",
        Hit::Priority => "hit priority",
        Hit::List => "hit list",
        Hit::ListByPriority => "hit list by priority",
        Hit::Sum => "hit sum",
        Hit::Lowest => "hit lowest",
        Hit::Highest => "hit highest",
        Hit::Count => "hit count",
    }
    fn cell(Cell) in CELLS {
        Cell::Any => "a cell for anything",
        Cell::OneOf(_) => "a cell of values",
        Cell::NoneOf(_) => "a cell with not",
    }
    fn test(Test) in TESTS {
        Test::Missing => "a cell for missing",
        Test::Equal(_) => "a cell with a value",
        Test::Compare(Order::Less, _) => "a cell with <",
        Test::Compare(Order::LessOrEqual, _) => "a cell with <=",
        Test::Compare(Order::Greater, _) => "a cell with >",
        Test::Compare(Order::GreaterOrEqual, _) => "a cell with >=",
        Test::Range { below: false, high: Some(_), .. } => "a cell with to",
        Test::Range { below: true, high: Some(_), .. } => "a cell with to below",
        Test::Range { high: None, .. } => "the last step of a grid",
    }
    fn combine(CombineHow) in COMBINES {
        CombineHow::Sum => "combine sum",
        CombineHow::Highest => "combine highest",
        CombineHow::Lowest => "combine lowest",
        CombineHow::Compound => "combine compound",
    }
    fn ty(Type) in TYPES {
        Type::Bool => "bool",
        Type::Int => "int",
        Type::Num(_) => "a number",
        Type::Text => "text",
        Type::Code => "code",
        Type::Date => "date",
        Type::DateFormula => "date_formula",
        Type::Calendar => "calendar",
        Type::Enum(_) => "an enum",
        Type::Record(_) => "a record type",
        Type::Row(_) => "a row",
        Type::Reason => "a type Reason",
        Type::List { .. } => "a list",
        Type::Optional(_) => "an optional",
    }
}

/// What is no variant of its own.
const MORE: &[&str] = &[
    "several sources",
    "where",
    "by",
    "by descending",
    "ending with",
    "carry",
    "next",
    "carry in shares",
    "let in a loop",
    "let of a running value",
    "share per",
    "share with a guard",
    "round with a mode from data",
    "round to a step from data",
    "round using nearest",
    "round using even",
    "round using up",
    "round using down",
    "round using floor",
    "round using ceiling",
    "a product of ints",
    "a product of numbers",
    "a sum of ints",
    "a sum of numbers",
    "a comparison of ints",
    "a comparison of numbers",
    "a comparison of dates",
    "a comparison of texts",
    "a comparison of codes",
    "a comparison of enum values",
    "a number of any places",
    "an item with when",
    "a dated parameter",
    "an undated parameter",
    "a rule as of",
    "a rule without default",
    "a rule that may agree",
    "a cap",
    "valid from",
    "valid to",
    "when",
    "unless",
    "overrides",
    "a table of several outputs",
    "a grid with a key before the corner",
    "a grid of steps",
    "a check of a row",
    "rows at most",
    "fresh within",
    "a decision with a reason as its result",
];

/// All that a run must have seen.
pub fn all() -> impl Iterator<Item = &'static str> {
    let lists = LISTS.iter().flat_map(|list| list.iter().copied());
    lists.filter(|it| NEVER.iter().all(|(never, _)| never != it))
}

/// Collects what one program holds.
struct Found<'f>(&'f mut BTreeSet<&'static str>);

impl Found<'_> {
    fn add(&mut self, feature: &'static str) {
        self.0.insert(feature);
    }

    fn when(&mut self, holds: bool, feature: &'static str) {
        if holds {
            self.add(feature);
        }
    }
}

/// Adds what a program holds.
pub fn of(program: &Program, out: &mut BTreeSet<&'static str>) {
    let mut found = Found(out);
    for callable in &program.callables {
        found.add(body(&callable.body));
        for slot in &callable.slots {
            found.add(ty(&slot.ty));
        }
        for node in &callable.nodes {
            found.add(ty(&node.ty));
            node_of(callable, node, &mut found);
        }
        body_of(callable, &mut found);
    }
    for relation in &program.relations {
        found.when(!relation.checks.is_empty(), "a check of a row");
        found.when(!relation.limits.is_empty(), "rows at most");
        found.when(relation.fresh_within_seconds.is_some(), "fresh within");
    }
    for decision in &program.decisions {
        let reasons = program.callable(decision.callable).is_some_and(
            |it| matches!(&it.result, Type::List { item, .. } if **item == Type::Reason),
        );
        found.when(reasons, "a decision with a reason as its result");
    }
}

fn node_of(callable: &Callable, node: &Node, found: &mut Found<'_>) {
    found.add(op(&node.op));
    let ty_of = |id: &NodeId| callable.node(*id).map(|node| node.ty.plain().clone());
    let whole = |ty: Option<Type>| ty == Some(Type::Int);
    match &node.op {
        Op::Const(it) => {
            let mut open = vec![it];
            while let Some(it) = open.pop() {
                found.add(constant(it));
                if let Const::List(items) | Const::Record(_, items) = it {
                    open.extend(items);
                }
            }
        }
        Op::Arithmetic(how, a, _) => match (how, whole(ty_of(a))) {
            (Arithmetic::Multiply, true) => found.add("a product of ints"),
            (Arithmetic::Multiply, false) => found.add("a product of numbers"),
            (_, true) => found.add("a sum of ints"),
            (Arithmetic::Add | Arithmetic::Subtract, false) => found.add("a sum of numbers"),
            (Arithmetic::Divide, false) => {}
        },
        Op::Compare(_, a, _) => match ty_of(a) {
            Some(Type::Int) => found.add("a comparison of ints"),
            Some(Type::Num(_)) => found.add("a comparison of numbers"),
            Some(Type::Date) => found.add("a comparison of dates"),
            Some(Type::Text) => found.add("a comparison of texts"),
            Some(Type::Code) => found.add("a comparison of codes"),
            Some(Type::Enum(_)) => found.add("a comparison of enum values"),
            _ => {}
        },
        Op::Round { step, mode, .. } => {
            let is_constant = |id: &NodeId| {
                let op = callable.node(*id).map(|node| &node.op);
                op.and_then(|op| match op {
                    Op::Const(it) => Some(it),
                    _ => None,
                })
            };
            found.when(is_constant(step).is_none(), "round to a step from data");
            match is_constant(mode) {
                Some(Const::Enum(_, 0)) => found.add("round using nearest"),
                Some(Const::Enum(_, 1)) => found.add("round using even"),
                Some(Const::Enum(_, 2)) => found.add("round using up"),
                Some(Const::Enum(_, 3)) => found.add("round using down"),
                Some(Const::Enum(_, 4)) => found.add("round using floor"),
                Some(Const::Enum(_, 5)) => found.add("round using ceiling"),
                _ => found.add("round with a mode from data"),
            }
        }
        Op::Text(parts) => parts.iter().for_each(|part| found.add(text_part(part))),
        Op::List(items) => found.when(
            items.iter().any(|item| item.when.is_some()),
            "an item with when",
        ),
        Op::Loop(it) => loop_of(it, found),
        _ => {}
    }
    let open = node
        .facts
        .as_ref()
        .is_some_and(|it| !matches!(it.places, Places::AtMost(_)));
    found.when(open, "a number of any places");
}

fn loop_of(it: &Loop, found: &mut Found<'_>) {
    found.add(result(&it.result));
    for source in &it.sources {
        found.add(over(&source.over));
    }
    found.when(it.sources.len() > 1, "several sources");
    found.when(it.filter.is_some(), "where");
    found.when(!it.order.is_empty(), "by");
    found.when(it.order.iter().any(|key| key.descending), "by descending");
    found.when(it.until.is_some(), "ending with");
    found.when(!it.carries.is_empty(), "carry");
    found.when(it.carries.iter().any(|it| it.next.is_some()), "next");
    found.when(it.carries.iter().any(|it| it.in_shares), "carry in shares");
    for each in &it.lets {
        match each.mode {
            LetMode::Lazy => found.add("let in a loop"),
            LetMode::Now => found.add("let of a running value"),
        }
    }
    for share in &it.shares {
        found.add(rest(&share.rest));
        found.when(share.per.is_some(), "share per");
        found.when(share.guard.is_some(), "share with a guard");
    }
}

fn body_of(callable: &Callable, found: &mut Found<'_>) {
    match &callable.body {
        Body::Define(_) => {}
        Body::Parameter(values) => {
            let dated = values.iter().any(|it| it.from.is_some());
            found.add(if dated {
                "a dated parameter"
            } else {
                "an undated parameter"
            });
        }
        Body::Rule(rule) => {
            found.when(rule.as_of.is_some(), "a rule as of");
            found.when(rule.default.is_none(), "a rule without default");
            found.when(rule.may_agree, "a rule that may agree");
            if let Some(it) = &rule.combine {
                found.add(combine(&it.how));
                found.when(it.cap.is_some(), "a cap");
            }
            let mut any = |holds: fn(&Exception) -> bool, feature| {
                found.when(rule.exceptions.iter().any(holds), feature);
            };
            any(|it| it.from.is_some(), "valid from");
            any(|it| it.to.is_some(), "valid to");
            any(|it| it.when.is_some(), "when");
            any(|it| it.unless.is_some(), "unless");
            any(|it| !it.overrides.is_empty(), "overrides");
        }
        Body::Table(table) => table_of(table, found),
        Body::Grid(grid) => {
            found.when(
                grid.columns.len() > 1,
                "a grid with a key before the corner",
            );
            let heads = grid.heads.iter().map(|head| &head.cell);
            for it in heads.chain(grid.rows.iter().flat_map(|row| &row.cells)) {
                cell_of(it, found);
            }
        }
    }
}

fn table_of(table: &Table, found: &mut Found<'_>) {
    found.add(hit(&table.hit));
    found.when(table.record.is_some(), "a table of several outputs");
    for it in table.rows.iter().flat_map(|row| &row.cells) {
        cell_of(it, found);
    }
}

fn cell_of(it: &Cell, found: &mut Found<'_>) {
    found.add(cell(it));
    if let Cell::OneOf(tests) | Cell::NoneOf(tests) = it {
        for it in tests {
            found.add(test(it));
            found.when(
                matches!(it, Test::Range { high: None, .. }),
                "a grid of steps",
            );
        }
    }
}
