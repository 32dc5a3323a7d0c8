//! Faults of the verifier that no text can say, or that need many parts: a sound program is changed in
//! one place, and the fault is named. Also every limit, at the limit and one past it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails says so by a panic"
)]

use assize_ir::verify::*;
use assize_ir::*;

const BASE: &str = "package \"a\" \"1\"
enum a.Rank ordered { low, high }
record a.Pair { field left: int field right: int check a.c }
record a.Group { field key: code field members: list of row a.Row }
relation a.Row { key item: code field n: int field from: date? field to: date? valid (from, to)
  distinct (n) limit 9 per (item) index (item) }
relation a.Other { key item: code }
reason why (%n: int) message a.m
define a.c (%p: a.Pair) gives bool { true }
define a.m (%n: int) gives text { \"x\" }
define a.f (%n: int) gives int { let(%x, add(%n, 1i), loop(each(%y, list(%x, %n)), sum(%y))) }
rule a.r (%d: date) gives int { as_of = %d default = 1i exception one from 2026-01-01 to 2026-12-31 { when = true then = 2i } combine sum up_to = 3i }
parameter a.p (%d: date) gives int { from 2026-01-01 = 1i from 2026-02-01 = 2i }
table a.t (%n: int, %k: bool) gives int { hit sum outputs (o) column \"n\" = %n row \"1\" (is(1i)) => (1i) row \"2\" (any) => (2i) }
grid a.g (%n: int) gives int { column \"n\" = %n across \"m\" = %n head \"h\" = is(1i) row \"1\" (any) => (3i) }
define a.q (%c: code) gives list of a.Group { loop(rows(%r, a.Row), where(equal(field(%r, item), %c)), group(a.Group, field(%r, item))) }
define a.b (%n: number) gives number(2 places) { border(%n, number(2 places), \"n\") }
decision \"f\" = a.f reads () { }
decision \"q\" = a.two reads (a.Other, a.Row) { }
define a.two () gives int { add(loop(rows(%r, a.Row), count), loop(rows(%o, a.Other), count)) }
extension a.r package \"b\" module \"m\" adds (\"x\")
file \"a\" \"a.assize\" \"text\"
place 0 0..4 1:1
place 0 1..2 1:2
";

fn base() -> Program {
    parse(BASE).unwrap_or_else(|error| panic!("{error}"))
}

fn faults(program: &Program) -> String {
    match verify(program) {
        Ok(_) => "sound".to_owned(),
        Err(faults) => {
            let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
            all.join("\n")
        }
    }
}

fn callable<'p>(program: &'p mut Program, name: &str) -> &'p mut Callable {
    program
        .callables
        .iter_mut()
        .find(|it| it.name == name)
        .unwrap()
}

/// The first node of this kind.
fn node<'p>(program: &'p mut Program, name: &str, wanted: fn(&Op) -> bool) -> &'p mut Op {
    let nodes = &mut callable(program, name).nodes;
    nodes
        .iter_mut()
        .map(|node| &mut node.op)
        .find(|op| wanted(op))
        .unwrap()
}

fn each<'p>(program: &'p mut Program, name: &str) -> &'p mut Loop {
    match node(program, name, |op| matches!(op, Op::Loop(_))) {
        Op::Loop(each) => each,
        _ => panic!("no loop"),
    }
}

fn rule(program: &mut Program) -> &mut Rule {
    match &mut callable(program, "r").body {
        Body::Rule(rule) => rule,
        _ => panic!("no rule"),
    }
}

fn table(program: &mut Program) -> &mut Table {
    match &mut callable(program, "t").body {
        Body::Table(table) => table,
        _ => panic!("no table"),
    }
}

fn grid(program: &mut Program) -> &mut Grid {
    match &mut callable(program, "g").body {
        Body::Grid(grid) => grid,
        _ => panic!("no grid"),
    }
}

fn values(program: &mut Program) -> &mut Vec<ParameterValue> {
    match &mut callable(program, "p").body {
        Body::Parameter(values) => values,
        _ => panic!("no parameter"),
    }
}

#[test]
fn the_base_is_sound() {
    assert_eq!(faults(&base()), "sound");
}

type Change = fn(&mut Program);

#[test]
fn each_change_is_a_fault() {
    let all: &[(&str, Change)] = &[
        // Callables, nodes and slots.
        ("the parameters as the first slots", |p| {
            callable(p, "f").slots[0].ty = Type::Bool;
        }),
        ("the parameters as the first slots", |p| {
            callable(p, "f").slots.clear();
        }),
        ("`sensitive` at parameters alone, found y", |p| {
            let f = callable(p, "f");
            f.slots[2].sensitive = true;
            f.slots[2].name = "y".to_owned();
        }),
        ("parameters that are told, found n", |p| {
            p.reasons[0].params.push(Param {
                name: "n".to_owned(),
                ty: Type::Int,
                sensitive: true,
            });
        }),
        ("operands before the node, found $99", |p| {
            *node(p, "f", |op| matches!(op, Op::Arithmetic(..))) =
                Op::Arithmetic(Arithmetic::Add, NodeId(0), NodeId(99));
        }),
        ("expected a node, found $99", |p| {
            callable(p, "f").body = Body::Define(NodeId(99));
        }),
        ("a slot bound to an earlier node", |p| {
            *node(p, "f", |op| matches!(op, Op::Local(Slot(0)))) = Op::Local(Slot(1));
        }),
        ("a slot of an earlier list", |p| {
            *node(p, "f", |op| matches!(op, Op::Local(Slot(0)))) = Op::Local(Slot(2));
        }),
        ("a slot of this callable, found 77", |p| {
            *node(p, "f", |op| matches!(op, Op::Local(Slot(0)))) = Op::Local(Slot(77));
        }),
        ("slots that are bound, found slot 3", |p| {
            let slots = &mut callable(p, "f").slots;
            slots.push(Param {
                name: "z".to_owned(),
                ty: Type::Int,
                sensitive: false,
            });
        }),
        ("a slot that is bound", |p| {
            let f = callable(p, "f");
            f.slots.push(Param {
                name: "z".to_owned(),
                ty: Type::Int,
                sensitive: false,
            });
            f.nodes[0].op = Op::Local(Slot(3));
        }),
        ("a slot that is bound here alone", |p| {
            each(p, "f").sources[0].slot = Slot(1)
        }),
        ("a slot that is bound here alone", |p| {
            each(p, "f").sources[0].slot = Slot(0)
        }),
        ("a slot, found 88", |p| {
            each(p, "f").sources[0].slot = Slot(88)
        }),
        ("a slot, found 88", |p| {
            each(p, "f").carries.push(Carry {
                slot: Slot(88),
                start: NodeId(0),
                next: None,
                in_shares: false,
            });
        }),
        ("a border of a number", |p| {
            *node(p, "b", |op| matches!(op, Op::Border { .. })) = Op::Border {
                value: NodeId(0),
                to: Type::Text,
                what: String::new(),
            };
        }),
        ("a type that exists", |p| {
            *node(p, "b", |op| matches!(op, Op::Border { .. })) = Op::Border {
                value: NodeId(0),
                to: Type::Enum(EnumId(99)),
                what: String::new(),
            };
        }),
        ("a type that exists", |p| {
            callable(p, "f").nodes[0].ty = Type::Record(RecordId(99))
        }),
        ("a place, found @9", |p| {
            callable(p, "f").nodes[0].place = PlaceId(9)
        }),
        ("a callable, found #99", |p| {
            callable(p, "f").nodes[0].op = Op::Call(CallableId(99), Vec::new())
        }),
        ("a reason, found #99", |p| {
            callable(p, "f").nodes[0].op = Op::Reason(ReasonId(99), Vec::new())
        }),
        ("a record, found #99", |p| {
            callable(p, "f").nodes[0].op = Op::Record(RecordId(99), Vec::new())
        }),
        ("a relation, found #99", |p| {
            callable(p, "f").nodes[0].op = Op::Lookup {
                relation: RelationId(99),
                key: Vec::new(),
            };
        }),
        // Loops.
        ("at least one source", |p| each(p, "f").sources.clear()),
        ("a relation, found #99", |p| {
            each(p, "two").sources[0].over = Over::Relation(RelationId(99))
        }),
        ("an index, found 7", |p| {
            each(p, "q").sources[0].over = Over::Indexed {
                relation: RelationId(0),
                index: IndexId(7),
                key: Vec::new(),
            };
        }),
        ("1 values, found 0", |p| {
            each(p, "q").sources[0].over = Over::Indexed {
                relation: RelationId(0),
                index: IndexId(0),
                key: Vec::new(),
            };
        }),
        ("a value with an order", |p| {
            // The row itself has none.
            each(p, "q").order.push(Key {
                value: NodeId(0),
                descending: false,
            });
        }),
        ("a value that is no list", |p| {
            let list = callable(p, "f")
                .nodes
                .iter()
                .position(|node| matches!(node.op, Op::List(_)));
            each(p, "f").result = LoopResult::First(NodeId(u32::try_from(list.unwrap()).unwrap()));
        }),
        ("a number", |p| {
            let list = callable(p, "f")
                .nodes
                .iter()
                .position(|node| matches!(node.op, Op::List(_)));
            each(p, "f").result = LoopResult::Sum(NodeId(u32::try_from(list.unwrap()).unwrap()));
        }),
        ("a record, found #99", |p| {
            each(p, "q").result = LoopResult::Group {
                keys: Vec::new(),
                record: RecordId(99),
            };
        }),
        ("a record with members, found no field", |p| {
            let empty = Record {
                fields: Vec::new(),
                checks: Vec::new(),
                name: "a.Empty".to_owned(),
                ..p.records[0].clone()
            };
            p.records.push(empty);
            each(p, "q").result = LoopResult::Group {
                keys: Vec::new(),
                record: RecordId(2),
            };
        }),
        ("1 values, found 0", |p| {
            each(p, "q").result = LoopResult::Group {
                keys: Vec::new(),
                record: RecordId(1),
            };
        }),
        ("expected list", |p| p.records[1].fields[1].ty = Type::Code),
        ("one source, found 2", |p| {
            let q = callable(p, "q");
            q.slots.push(Param {
                name: "s".to_owned(),
                ty: Type::Row(RelationId(0)),
                sensitive: false,
            });
            let slot = Slot(u32::try_from(q.slots.len() - 1).unwrap());
            each(p, "q").sources.push(Source {
                slot,
                over: Over::Relation(RelationId(0)),
            });
        }),
        ("a type that exists", |p| {
            callable(p, "q").slots[1].ty = Type::Row(RelationId(99));
        }),
        // Bodies.
        ("a place, found @9", |p| {
            rule(p).exceptions[0].place = PlaceId(9)
        }),
        ("a place, found @9", |p| {
            table(p).rows.plain_mut()[0].place = PlaceId(9)
        }),
        ("a place, found @9", |p| grid(p).heads[0].place = PlaceId(9)),
        ("a day from 0001-01-01 to 9999-12-31", |p| {
            rule(p).exceptions[0].from = Some(-719_163)
        }),
        ("a day from 0001-01-01 to 9999-12-31", |p| {
            rule(p).exceptions[0].to = Some(2_932_897)
        }),
        ("a day from 0001-01-01 to 9999-12-31", |p| {
            values(p)[1].from = Some(2_932_897)
        }),
        ("one value, or dated ones, found 0", |p| values(p).clear()),
        ("one value, or dated ones, found 2", |p| {
            let p = callable(p, "p");
            p.params.clear();
            p.slots.clear();
        }),
        ("expected date, found int", |p| {
            let constant = rule(p).default.as_ref().map(|default| default.value);
            rule(p).as_of = constant;
        }),
        ("a result with an order", |p| {
            let r = callable(p, "r");
            r.result = Type::Bool;
        }),
        ("without control characters, found \"a\\u{7}\"", |p| {
            rule(p).exceptions[0].name = "a\u{7}".to_owned()
        }),
        ("without control characters", |p| {
            table(p).rows.plain_mut()[0].name = "\n".to_owned()
        }),
        ("without control characters", |p| {
            table(p).columns[0].name = "\n".to_owned()
        }),
        ("without control characters", |p| {
            grid(p).heads[0].name = "\n".to_owned()
        }),
        ("without control characters", |p| {
            grid(p).across.name = "\n".to_owned()
        }),
        ("at least one column and one head", |p| {
            grid(p).heads.clear()
        }),
        ("at least one column and one head", |p| {
            grid(p).columns.clear()
        }),
        ("1 cells in row 1", |p| grid(p).rows[0].cells.clear()),
        ("a column with an order, found bool", |p| {
            let t = callable(p, "t");
            t.nodes[0].op = Op::Local(Slot(1));
            t.nodes[0].ty = Type::Bool;
            t.nodes[0].facts = None;
            let value = NodeId(0);
            table(p).rows.plain_mut()[0].cells[0] =
                Cell::OneOf(vec![Test::Compare(Order::Less, value)]);
        }),
        (
            "one output, or several and their record, found 0 and none",
            |p| table(p).outputs.clear(),
        ),
        (
            "one output, or several and their record, found 1 and one",
            |p| table(p).record = Some(RecordId(0)),
        ),
        ("one output, found 2", |p| {
            let table = table(p);
            table.outputs.push("x".to_owned());
            table.record = Some(RecordId(0));
        }),
        ("a bound that is not below the number of rows", |p| {
            let one = Type::List {
                item: Box::new(Type::Int),
                at_most: Some(1),
            };
            callable(p, "t").result = one;
            table(p).hit = Hit::List;
        }),
        ("a result with an order, found list of int", |p| {
            callable(p, "t").result = Type::List {
                item: Box::new(Type::Int),
                at_most: None,
            };
            table(p).hit = Hit::Lowest;
        }),
        // Declarations.
        ("expected a name, found nothing", |p| {
            callable(p, "f").name.clear()
        }),
        ("expected a name, found nothing", |p| {
            p.records[0].name.clear()
        }),
        ("expected a name, found nothing", |p| {
            p.enums[3].values[0].clear()
        }),
        ("a name without control characters", |p| {
            p.package = "\u{1}".to_owned()
        }),
        ("enums with different names, found Rounding twice", |p| {
            p.enums[3].name = "Rounding".to_owned()
        }),
        ("values with different names", |p| {
            p.enums[3].values[1] = "low".to_owned()
        }),
        ("records with different names", |p| {
            p.records[1].name = "a.Pair".to_owned()
        }),
        ("relations with different names", |p| {
            p.relations[1].name = "a.Row".to_owned()
        }),
        ("decisions with different names", |p| {
            p.decisions[1].name = "f".to_owned()
        }),
        ("parameters with different names", |p| {
            let t = callable(p, "t");
            t.params[1].name = "n".to_owned();
            t.slots[1].name = "n".to_owned();
        }),
        ("reasons with different names", |p| {
            let again = p.reasons[0].clone();
            p.reasons.push(again);
        }),
        ("a severity from 0 to 2, found 3", |p| {
            p.reasons[0].severity = 3
        }),
        ("a parameter without rows, found n", |p| {
            p.reasons[0].params[0].ty = Type::Row(RelationId(0));
        }),
        ("a parameter without rows, found n", |p| {
            p.reasons[0].params[0].ty = Type::Record(RecordId(1));
        }),
        ("a field without rows and reasons, found n", |p| {
            p.relations[0].fields[1].ty = Type::Row(RelationId(1));
        }),
        ("a field without rows and reasons, found n", |p| {
            p.relations[0].fields[1].ty = Type::List {
                item: Box::new(Type::Reason),
                at_most: None,
            };
        }),
        ("a field below 4, found 9", |p| {
            p.relations[0].distinct[0].fields[0] = 9
        }),
        ("a field below 4, found 9", |p| {
            p.relations[0].indexes[0].fields[0] = 9
        }),
        ("an index of fields that rise", |p| {
            p.relations[0].indexes[0].fields.clear()
        }),
        ("1 to 4 key fields, found 5", |p| {
            p.relations[0].key_fields = 5
        }),
        ("1 to 4 key fields, found 0", |p| {
            p.relations[0].key_fields = 0
        }),
        ("a field of type date? for the validity, found #9", |p| {
            p.relations[0].valid = Some((2, 9))
        }),
        ("relations in order of their names", |p| {
            p.decisions[1].reads.reverse()
        }),
        ("relations in order of their names", |p| {
            p.decisions[1].reads.push(RelationId(0))
        }),
        ("relations in order of their names", |p| {
            p.decisions[1].reads.push(RelationId(9))
        }),
        ("a callable, found #99", |p| {
            p.decisions[0].callable = CallableId(99)
        }),
        ("a callable, found #99", |p| {
            p.extensions[0].target = CallableId(99)
        }),
        ("a place, found @9", |p| p.extensions[0].place = PlaceId(9)),
        ("a place inside of a file, found @1", |p| {
            p.places[1].end = 5
        }),
        ("a place inside of a file, found @1", |p| {
            p.places[1].start = 3
        }),
        ("a place inside of a file, found @1", |p| {
            p.places[1].file = 1
        }),
        ("expected a name, found nothing", |p| {
            p.files[0].path.clear()
        }),
    ];
    for (at, (wanted, change)) in all.iter().enumerate() {
        let mut program = base();
        change(&mut program);
        let found = faults(&program);
        assert!(
            found.contains(wanted),
            "change {at}: {found}\n  not {wanted}"
        );
    }
}

#[test]
fn each_limit_holds_at_the_limit_and_one_past_it() {
    fn named(count: usize) -> Vec<String> {
        (0..count).map(|at| format!("n{at}")).collect()
    }
    fn params(count: usize) -> Vec<Param> {
        named(count)
            .into_iter()
            .map(|name| Param {
                name,
                ty: Type::Bool,
                sensitive: false,
            })
            .collect()
    }
    /// What a program has to be for a count, its limit, and what is said past it.
    type Limit = (usize, &'static str, fn(&mut Program, usize));
    let all: &[Limit] = &[
        (MAX_MEMBERS, "values", |p, count| {
            p.enums[3].values = named(count)
        }),
        (MAX_MEMBERS, "enums", |p, count| {
            let one = p.enums[3].clone();
            p.enums.truncate(3);
            p.enums
                .extend(named(count - 3).into_iter().map(|name| Enum {
                    name,
                    ..one.clone()
                }));
        }),
        (MAX_MEMBERS, "records", |p, count| {
            let one = Record {
                checks: Vec::new(),
                ..p.records[0].clone()
            };
            let more = named(count - p.records.len());
            p.records.extend(more.into_iter().map(|name| Record {
                name,
                ..one.clone()
            }));
        }),
        (MAX_MEMBERS, "relations", |p, count| {
            let one = p.relations[1].clone();
            let more = named(count - p.relations.len());
            p.relations.extend(more.into_iter().map(|name| Relation {
                name,
                ..one.clone()
            }));
        }),
        (MAX_MEMBERS, "decisions", |p, count| {
            let one = p.decisions[0].clone();
            let more = named(count - p.decisions.len());
            p.decisions.extend(more.into_iter().map(|name| Decision {
                name,
                ..one.clone()
            }));
        }),
        (MAX_MEMBERS, "reasons", |p, count| {
            let one = p.reasons[0].clone();
            let more = named(count - 1);
            p.reasons.extend(more.into_iter().map(|code| Reason {
                code,
                ..one.clone()
            }));
            p.enums[2].values = p.reasons.iter().map(|reason| reason.code.clone()).collect();
        }),
        (MAX_MEMBERS, "fields", |p, count| {
            let one = p.relations[1].fields[0].clone();
            let more = named(count - 1);
            p.relations[1]
                .fields
                .extend(more.into_iter().map(|name| Field {
                    name,
                    ..one.clone()
                }));
        }),
        (MAX_MEMBERS, "parameters", |p, count| {
            let c = callable(p, "m");
            c.name = "other".to_owned();
            let mut big = c.clone();
            big.params = params(count);
            big.slots = big.params.clone();
            p.callables.push(big);
        }),
        (MAX_MEMBERS, "exceptions", |p, count| {
            let one = rule(p).exceptions[0].clone();
            rule(p).exceptions = named(count)
                .into_iter()
                .map(|name| Exception {
                    name,
                    ..one.clone()
                })
                .collect();
        }),
        (MAX_MEMBERS, "columns", |p, count| {
            let table = table(p);
            let one = table.columns[0].clone();
            table.columns = vec![one; count];
            for row in table.rows.plain_mut() {
                row.cells = vec![Cell::Any; count];
            }
        }),
        (MAX_MEMBERS, "columns", |p, count| {
            let grid = grid(p);
            let (head, output) = (grid.heads[0].clone(), grid.rows[0].outputs[0]);
            grid.heads = vec![head; count];
            grid.rows[0].outputs = vec![output; count];
        }),
        (MAX_ROWS, "rows", |p, count| {
            let one = table(p).rows[0].clone();
            table(p).rows = vec![one; count].into();
        }),
        (MAX_ROWS, "rows", |p, count| {
            let one = grid(p).rows[0].clone();
            grid(p).rows = vec![one; count];
        }),
        (MAX_CALLABLES, "callables", |p, count| {
            let one = p.callables[0].clone();
            let more = count - p.callables.len();
            p.callables.extend(std::iter::repeat_n(one, more));
        }),
        (MAX_SLOTS, "slots", |p, count| {
            // Each bound by a `let` around the body before it: beside each other, so not nested.
            let m = callable(p, "m");
            let free = count - m.slots.len();
            m.slots.extend(params(free));
            let text = m.nodes[0].clone();
            let yes = Node {
                op: Op::Const(Const::Bool(true)),
                ty: Type::Bool,
                facts: None,
                place: PlaceId(0),
            };
            m.nodes = vec![text, yes.clone()];
            for at in 0..free {
                let slot = Slot(u32::try_from(at + 1).unwrap());
                m.nodes.push(Node {
                    op: Op::Let {
                        slot,
                        mode: LetMode::Lazy,
                        value: NodeId(1),
                        body: NodeId(1),
                    },
                    ..yes.clone()
                });
            }
        }),
        (MAX_NAME_BYTES, "bytes", |p, count| {
            callable(p, "f").name = "n".repeat(count)
        }),
        (MAX_NAME_BYTES, "bytes", |p, count| {
            p.decisions[0].name = "n".repeat(count)
        }),
        (MAX_NAME_BYTES, "bytes", |p, count| {
            table(p).rows.plain_mut()[0].name = "n".repeat(count)
        }),
        (MAX_TEXT_BYTES, "bytes", |p, count| {
            p.records[0].doc = "n".repeat(count)
        }),
        (MAX_TEXT_BYTES, "bytes", |p, count| {
            p.files[0].text = "n".repeat(count)
        }),
        (MAX_TYPE_DEPTH as usize, "deep", |p, count| {
            let list = |inner| Type::List {
                item: Box::new(inner),
                at_most: None,
            };
            p.records[0].fields[0].ty = (1..count).fold(Type::Int, |inner, _| list(inner));
        }),
        (
            MAX_RECORD_DEPTH as usize,
            "records in each other",
            |p, count| {
                // A chain of records behind all others, the last of which holds a number.
                let first = p.records.len();
                let one = p.records[0].fields[0].clone();
                for at in 1..=count {
                    let inner = RecordId(u32::try_from(first + at).unwrap());
                    let ty = if at == count {
                        Type::Int
                    } else {
                        Type::Record(inner)
                    };
                    p.records.push(Record {
                        name: format!("chain{at}"),
                        fields: vec![Field { ty, ..one.clone() }],
                        checks: Vec::new(),
                        ..p.records[0].clone()
                    });
                }
            },
        ),
        (32, "a default of type", |p, count| {
            // The field is only as deep as a type may be: a record inside takes the rest.
            let list = |inner| Type::List {
                item: Box::new(inner),
                at_most: None,
            };
            let pair = Type::Record(RecordId(0));
            p.records[0].checks.clear();
            p.records[0].fields[0].ty = (1..20).fold(Type::Int, |inner, _| list(inner));
            p.records[0].fields.truncate(1);
            p.records[1].fields[0].ty = (20..count - 1).fold(pair, |inner, _| list(inner));
            let deep = (1..20).fold(Const::Int(1), |inner, _| Const::List(vec![inner]));
            let deep = Const::Record(RecordId(0), vec![deep]);
            let deep = (20..count - 1).fold(deep, |inner, _| Const::List(vec![inner]));
            p.records[1].fields.truncate(1);
            p.records[1].fields[0].default = Some(Const::clone(&deep));
            let depth = |mut now: &Const| {
                let mut depth = 0;
                while let Const::List(items) | Const::Record(_, items) = now {
                    depth += 1;
                    now = &items[0];
                }
                depth
            };
            // Levels above the innermost value.
            assert_eq!(depth(&deep), count - 1);
            p.records[1].fields[0].ty = list(p.records[1].fields[0].ty.clone());
            p.records[1].fields[0].default = Some(Const::List(vec![deep]));
            // Only the declarations are looked at: what reads the records is taken away.
            p.callables.truncate(0);
            p.decisions.clear();
            p.extensions.clear();
            p.reasons.clear();
            p.enums[2].values.clear();
        }),
    ];
    for (at, (limit, what, make)) in all.iter().enumerate() {
        let mut program = base();
        make(&mut program, *limit);
        let sound = faults(&program);
        assert_eq!(sound, "sound", "limit {at}: {what}");
        let mut program = base();
        make(&mut program, limit + 1);
        let found = faults(&program);
        assert!(
            found.contains(what) && !found.contains("sound"),
            "limit {at}: {what}: {found}"
        );
    }
}

#[test]
fn only_so_many_faults_are_reported() {
    let with = |count: usize| {
        let mut program = base();
        program.enums[3].values = vec![String::new(); 1];
        // One name that is none is one fault each, and all but the first are there twice.
        program.extensions = vec![
            Extension {
                target: CallableId(99),
                ..program.extensions[0].clone()
            };
            count
        ];
        verify(&program).map_or_else(|faults| faults.len(), |_| 0)
    };
    assert_eq!(with(MAX_FAULTS - 2), MAX_FAULTS - 1);
    assert_eq!(with(MAX_FAULTS - 1), MAX_FAULTS);
    assert_eq!(with(MAX_FAULTS), MAX_FAULTS);
}

#[test]
fn texts_nest_to_their_limit() {
    let text = |count: usize| {
        let nested = format!("{}1i{}", "negate(".repeat(count - 1), ")".repeat(count - 1));
        parse(&format!(
            "package \"a\" \"1\" define a.f () gives int {{ {nested} }}"
        ))
    };
    // The innermost constant is an expression and a constant.
    assert!(text(63).is_ok());
    let found = text(64).unwrap_err().to_string();
    assert!(found.contains("nested deeper than 64"), "{found}");
}
