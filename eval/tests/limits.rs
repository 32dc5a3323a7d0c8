//! Bounds, ages of data, and programs that no verifier lets through.

#![cfg(test)]

mod common;

use std::sync::Arc;

use assize_eval::interp::Watch;
use assize_eval::interp::depth::{self, MAX_EVALUATION_DEPTH};
use assize_eval::trace::render::{Level, lines};
use assize_eval::trace::{Explain, MAX_FINDING_DEPTH, MAX_TRACE_DEPTH};
use assize_eval::{ErrorCode, Interpreter, Limits, Value};
use assize_ir::verify::MAX_SOURCES;
use assize_ir::{CallableId, NodeId, Op, Program, date};
use common::{Rows, callable, program, told};

fn limited(text: &str, limits: Limits) -> String {
    let program = program(text);
    let data = Rows::new(&program, &[]);
    let main = callable(&program, "t.main");
    let result = Interpreter::new(&program, &data, limits).call(main, &[]);
    told(
        &program,
        &data,
        &program.callables[main.index()].result,
        &result,
    )
}

#[test]
fn steps() {
    let text = "define t.main () gives int { add(1i, 2i) }";
    let steps = |max_steps| {
        limited(
            text,
            Limits {
                max_steps,
                ..Limits::default()
            },
        )
    };
    assert_eq!(steps(3), "3");
    assert_eq!(steps(2), "limit_exceeded: steps, at most 2");
    let days =
        "define t.main () gives int { working_days_between(0001-01-01, 9999-12-31, list()) }";
    let days = days.replace("list()", "constant []: list of calendar");
    let steps = |max_steps| {
        limited(
            &days,
            Limits {
                max_steps,
                ..Limits::default()
            },
        )
    };
    assert_eq!(steps(1_000), "limit_exceeded: steps, at most 1000");
    assert_eq!(steps(3_652_062), "3652058");
    assert_eq!(steps(3_652_061), "limit_exceeded: steps, at most 3652061");
}

#[test]
fn steps_unless_somebody_says_otherwise() {
    // 13 times all the days there are, and some more: each day is a step.
    let all = "working_days_between(0001-01-01, 9999-12-31, constant []: list of calendar)";
    let to = |last: i32| {
        let last = all.replace("9999-12-31", &date::format(last));
        let sum = (0..13).fold(last, |sum, _| format!("add({sum}, {all})"));
        limited(
            &format!("define t.main () gives int {{ {sum} }}"),
            Limits::default(),
        )
    };
    let first = date::from_civil(1, 1, 1).unwrap();
    // Each of the 14 calls has three arguments and is a step itself: 3 652 058 + 4 of 13, 13 sums, 4 of the last.
    let left = 50_000_000 - 13 * (3_652_058 + 4) - 13 - 4;
    // The days of all calls together.
    assert_eq!(to(first + left), (13 * 3_652_058 + left).to_string());
    assert_eq!(
        to(first + left + 1),
        "limit_exceeded: steps, at most 50000000"
    );
}

#[test]
fn steps_of_loops_tables_and_sorts() {
    let steps = |text: &str| {
        let program = program(text);
        let data = Rows::new(&program, &[]);
        common::explained(&program, &data, &[], None).steps
    };
    let list = "constant [1, 2, 3]: list of number";
    // loop + list + 3 × (element + value)
    assert_eq!(
        steps(&format!(
            "define t.main () gives number {{ loop(each(%x, {list}), sum(%x)) }}"
        )),
        8
    );
    // and 3 keys and a sort of 3 for 6
    assert_eq!(
        steps(&format!(
            "define t.main () gives number {{ loop(each(%x, {list}), by(%x), sum(%x)) }}"
        )),
        17
    );
    // call + constant; input; 2 rows with a constant each; output
    assert_eq!(steps("table t.t (%x: int) gives int { hit unique outputs (o) column \"x\" = %x row \"1\" (is(1i)) => (1i) row \"2\" (is(2i)) => (2i) }
        define t.main () gives int { call(t.t, 1i) }"), 8);
}

#[test]
fn lists() {
    let with = |text: &str, max_list_elements| {
        let text = format!("define t.main () gives list of int {{ {text} }}");
        limited(
            &text,
            Limits {
                max_list_elements,
                ..Limits::default()
            },
        )
    };
    let over = "limit_exceeded: list elements, at most 2";
    assert_eq!(with("list(1i, 2i)", 2), "[1, 2]");
    assert_eq!(with("list(1i, 2i, 3i)", 2), over);
    assert_eq!(with("concat(list(1i), list(2i))", 2), "[1, 2]");
    assert_eq!(with("concat(list(1i, 2i), list(3i))", 2), over);
    let nested = "loop(each(%a, list(1i, 2i)), each(%b, list(1i, 2i)), give(%b))";
    assert_eq!(with(nested, 2), over);
}

#[test]
fn bytes_of_a_text() {
    let text = "define t.main () gives text { text(\"é\", hole(12i), \"a\") }";
    let with = |max_list_elements| {
        let limits = Limits {
            max_list_elements,
            ..Limits::default()
        };
        limited(text, limits)
    };
    assert_eq!(with(5), "\"é12a\"");
    assert_eq!(with(4), "limit_exceeded: bytes of a text, at most 4");
    // Asked after each part.
    assert_eq!(with(3), "limit_exceeded: bytes of a text, at most 3");
}

#[test]
fn sources_of_a_loop() {
    let run = |count: usize| {
        let each: Vec<String> = (0..count)
            .map(|at| format!("each(%x{at}, list(1i))"))
            .collect();
        let each = each.join(", ");
        let text = format!("define t.main () gives int {{ loop({each}, count) }}");
        let program = common::parsed(&text);
        let data = Rows::new(&program, &[]);
        let interpreter = Interpreter::new(&program, &data, Limits::default());
        interpreter
            .call(CallableId(0), &[])
            .map_err(|failure| failure.code)
    };
    assert_eq!(run(MAX_SOURCES), Ok(Value::Int(1)));
    assert_eq!(run(MAX_SOURCES + 1), Err(ErrorCode::Internal));
}

/// The trace of a chain of callables, `links` of them.
fn traced(links: usize, form: &str, argument: Value) -> assize_eval::trace::Trace {
    let program = chained(u32::try_from(links - 1).unwrap(), form_type(form), form);
    let data = Rows::new(&program, &[]);
    let last = CallableId(u32::try_from(program.callables.len() - 1).unwrap());
    let watch = Watch {
        explain: Some(Explain::default()),
        observer: None,
    };
    let interpreter = Interpreter::new(&program, &data, Limits::default());
    interpreter
        .call_with(last, &[argument], watch)
        .trace
        .unwrap()
}

fn form_type(form: &str) -> &str {
    if form.contains("gives bool") {
        "bool"
    } else {
        "int"
    }
}

#[test]
fn depth_of_a_trace() {
    let form = "define t.link (%x: int) gives int { call(t.first, %x) }";
    let omitted = |links| traced(links, form, Value::Int(1)).omitted;
    assert_eq!(omitted(MAX_TRACE_DEPTH), 0);
    assert_eq!(omitted(MAX_TRACE_DEPTH + 1), 1);
    assert_eq!(omitted(MAX_TRACE_DEPTH + 2), 2);
}

#[test]
fn depth_of_findings() {
    let form = "define t.link (%x: bool) gives bool { call(t.first, %x) }";
    let depth = |links| {
        let trace = traced(links, form, Value::Bool(true));
        let mut depth = 0;
        let mut next = trace.root.because.as_ref();
        while let Some(finding) = next {
            depth += 1;
            next = finding.because.as_ref();
        }
        depth
    };
    assert_eq!(depth(MAX_FINDING_DEPTH - 1), MAX_FINDING_DEPTH - 1);
    assert_eq!(depth(MAX_FINDING_DEPTH), MAX_FINDING_DEPTH);
    // The one below loses what is below it.
    assert_eq!(depth(MAX_FINDING_DEPTH + 1), 2);
}

/// A chain of sums, one node nested in the other.
fn nested(levels: usize) -> Program {
    let mut program = program("define t.main () gives int { add(1i, 0i) }");
    let main = &mut program.callables[0];
    let template = main.nodes[2].clone();
    assert_eq!(template.op.operands(), [NodeId(0), NodeId(1)]);
    for level in 0..levels {
        let mut node = template.clone();
        node.op = Op::Arithmetic(
            assize_ir::Arithmetic::Add,
            NodeId(2 + level as u32),
            NodeId(1),
        );
        main.nodes.push(node);
    }
    main.body = assize_ir::Body::Define(NodeId(2 + levels as u32));
    program
}

/// A chain of callables of the given form, each calling the one before; all take and give `ty`.
fn chained(levels: u32, ty: &str, form: &str) -> Program {
    let mut program = program(&format!(
        "record t.R {{ field a: int }} define t.first (%x: {ty}) gives {ty} {{ %x }} {form}"
    ));
    let link = program.callables.pop().unwrap();
    for level in 1..=levels {
        let mut next = link.clone();
        for node in &mut next.nodes {
            if let Op::Call(callee, _) = &mut node.op {
                *callee = CallableId(level - 1);
            }
        }
        program.callables.push(next);
    }
    program
}

/// Runs on a stack of 2 MiB, the one of an ordinary thread.
fn on_a_thread(program: Program) -> Result<Value, ErrorCode> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the size of the stack is what is tested"
    )]
    let thread = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || {
            let data = Rows::new(&program, &[]);
            let last = CallableId(program.callables.len() as u32 - 1);
            let params = &program.callables[last.index()].params;
            let arguments = vec![Value::Int(1); params.len()];
            let interpreter = Interpreter::new(&program, &data, Limits::default());
            interpreter
                .call(last, &arguments)
                .map_err(|failure| failure.code)
        });
    thread.unwrap().join().unwrap()
}

#[test]
fn the_deepest_evaluation_fits_the_stack() {
    // One level for the define, one for each node.
    assert_eq!(on_a_thread(nested(1_997)), Ok(Value::Int(1)));
    assert_eq!(on_a_thread(nested(1_998)), Err(ErrorCode::LimitExceeded));
    let deepest = MAX_EVALUATION_DEPTH as usize;
    assert_eq!(
        on_a_thread(nested(deepest + 10)),
        Err(ErrorCode::LimitExceeded)
    );
}

/// Ways in which one callable can wait for another.
const LINKS: &[&str] = &[
    "define t.link (%x: int) gives int { call(t.first, %x) }",
    "rule t.link (%x: int) gives int { default = 0i exception a { when = greater(%x, 0i) then = call(t.first, %x) } }",
    "rule t.link (%x: int) gives int { exception a { then = call(t.first, %x) } combine sum }",
    "rule t.link (%x: int) gives int { as_of = 2026-01-01 exception a { when = greater(call(t.first, %x), 0i) then = 1i } }",
    "table t.link (%x: int) gives int { hit same outputs (o) column \"x\" = %x row \"1\" (any) => (call(t.first, %x)) }",
    "table t.link (%x: int) gives int { hit first outputs (o) column \"x\" = %x row \"1\" (is(call(t.first, %x))) => (1i) }",
    "grid t.link (%x: int) gives int { column \"x\" = %x across \"x\" = %x head \"1\" = is(range(1i, call(t.first, %x))) row \"1\" (any) => (1i) }",
    "define t.link (%x: int) gives int { loop(each(%y, list(%x)), sum(call(t.first, %y))) }",
    "define t.link (%x: int) gives int { otherwise(loop(each(%y, list(%x)), where(greater(call(t.first, %y), 0i)), first(%y)), 0i) }",
    "define t.link (%x: int) gives int { loop(each(%z, list(%x)), each(%y, list(call(t.first, %z))), carry(%c: int, 0i), next(%c, %y), finally(%c)) }",
    "define t.link (%x: int) gives int { field(loop(each(%y, list(%x)), where(true), by(%y), share(last, 1, to_number(call(t.first, %y)), 1, Rounding.up), now(%z, share_part(0)), carry(%c: t.R, make(t.R, 1i)), next(%c, check(make(t.R, to_int(%z)))), finally(%c)), a) }",
    "define t.link (%x: int) gives int { loop(each(%y, list(%x)), carry(%c: int, 0i), running(1), now(%z, round_running(0, to_number(call(t.first, %y)), 1, Rounding.up)), next(%c, to_int(%z)), finally(%c)) }",
    "define t.link (%x: int) gives int { let(%y, call(t.first, %x), if(all(equal(%y, 1i)), %y, 0i)) }",
];

/// What the verifier lets through never meets the limit, however deep it is, and fits the stack.
#[test]
fn what_is_verified_is_never_too_deep() {
    let sources: Vec<String> = (1..MAX_SOURCES)
        .map(|at| format!("each(%x{at}, list(1i))"))
        .collect();
    let many = format!(
        "define t.link (%x: int) gives int {{ loop({}, each(%y, list(call(t.first, %x))), sum(%y)) }}",
        sources.join(", ")
    );
    let forms = LINKS.iter().copied().chain([many.as_str()]);
    for form in forms {
        let fits = |levels: u32| {
            let program = chained(levels, "int", form);
            let deepest = depth::of_program(&program).into_iter().max();
            let sound = assize_ir::verify(&program).is_ok();
            assert_eq!(
                sound,
                deepest <= Some(MAX_EVALUATION_DEPTH),
                "{form}: {levels}"
            );
            sound
        };
        let (mut low, mut high) = (1, MAX_EVALUATION_DEPTH);
        while high - low > 1 {
            let middle = low.midpoint(high);
            if fits(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        assert!(low > 20, "{form}: {low}");
        let deepest = on_a_thread(chained(low, "int", form));
        assert_eq!(deepest, Ok(Value::Int(1)), "{form}: {low}");
    }
}

#[test]
fn checks_of_records_in_records_are_never_too_deep() {
    // Each check builds a record whose check builds one: six levels a link.
    let chain = |links: u32| {
        let mut text = "record t.R0 { field a: int }\n".to_owned();
        for at in 1..=links {
            let before = at - 1;
            text.push_str(&format!(
                "record t.R{at} {{ field a: int check t.c{at} }}
define t.c{at} (%r: t.R{at}) gives bool {{ equal(field(check(make(t.R{before}, 1i)), a), 1i) }}\n"
            ));
        }
        text.push_str(&format!(
            "define t.main (%x: int) gives int {{ field(check(make(t.R{links}, %x)), a) }}"
        ));
        common::parsed(&text)
    };
    let most = (1..MAX_EVALUATION_DEPTH)
        .take_while(|links| assize_ir::verify(&chain(*links)).is_ok())
        .last();
    let most = most.unwrap();
    assert_eq!(most, 332);
    assert_eq!(on_a_thread(chain(most)), Ok(Value::Int(1)));
}

/// A key of an index that fails leaves nothing behind: not its depth, and not the loops that it was in.
#[test]
fn a_key_that_fails_costs_no_depth() {
    let text = "
relation t.R { key k: int index (k) }
define t.main (%n: list of int) gives list of number {
  loop(each(%x, %n), share(last, 10, 1, 1, Rounding.nearest),
    let(%zero, loop(each(%y, list(1)), share(last, 1, 1, 0.01, Rounding.nearest), sum(divide(1, 0)))),
    let(%key, to_int(%zero)),
    let(%rows, loop(indexed(%r, t.R, 0, %key), where(equal(field(%r, k), %key)), count)),
    now(%part, share_part(0)),
    give(add(%part, to_number(%rows))))
}";
    let program = program(text);
    let data = Rows::new(&program, &[]);
    let main = callable(&program, "t.main");
    let numbers: Arc<[Value]> = (0..3_000).map(Value::Int).collect();
    let interpreter = Interpreter::new(&program, &data, Limits::default());
    let result = interpreter.call(main, &[Value::List(numbers)]).unwrap();
    let Value::List(parts) = result else {
        panic!("{result:?}");
    };
    // 10 over 3 000 to 1: nothing for anyone but the last, who takes what is left.
    assert_eq!(parts.len(), 3_000);
    assert_eq!(parts[0], common::num("0"));
    assert_eq!(parts[2_999], common::num("10"));
}

#[test]
fn the_deepest_chains_of_calls_fit_the_stack() {
    for form in LINKS {
        let shallow = on_a_thread(chained(100, "int", form));
        assert_eq!(shallow, Ok(Value::Int(1)), "{form}");
        let deep = on_a_thread(chained(MAX_EVALUATION_DEPTH, "int", form));
        assert_eq!(deep, Err(ErrorCode::LimitExceeded), "{form}");
    }
}

#[test]
fn the_deepest_trace_fits_the_stack() {
    let calls =
        "define t.link (%x: int) gives int { if(all(greater(call(t.first, %x), 0i)), 1i, 2i) }";
    let conditions = "define t.link (%x: bool) gives bool { not(any(false, call(t.first, %x))) }";
    for (form, ty, argument) in [
        (calls, "int", Value::Int(1)),
        (conditions, "bool", Value::Bool(true)),
    ] {
        let deep = chained(390, ty, form);
        #[expect(
            clippy::disallowed_methods,
            reason = "the size of the stack is what is tested"
        )]
        let thread = std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(move || {
                let data = Rows::new(&deep, &[]);
                let last = CallableId(deep.callables.len() as u32 - 1);
                let watch = Watch {
                    explain: Some(Explain::default()),
                    observer: None,
                };
                let interpreter = Interpreter::new(&deep, &data, Limits::default());
                let answer = interpreter.call_with(last, &[argument], watch);
                assert!(answer.result.is_ok());
                let trace = answer.trace.unwrap();
                let text = lines(&deep, &trace, Level::Everything);
                let json = serde_json::to_string(&trace).unwrap();
                (trace.omitted, text.len(), json.len())
            });
        let (omitted, lines, bytes) = thread.unwrap().join().unwrap();
        assert!(
            omitted > 200 && lines > 200 && bytes < 5_000_000,
            "{lines} {bytes}"
        );
    }
}

#[test]
fn fresh_enough() {
    // Not verified: its relations are out of order.
    let program = common::parsed(
        "
relation t.B { key k: int fresh 900 }
relation t.A { key k: int fresh 60 }
relation t.C { key k: int }
define t.main () gives int { loop(rows(%a, t.A), count) }
decision \"main\" = t.main reads (t.B, t.A, t.C) { }",
    );
    let mut data = Rows::new(&program, &[]);
    let decide = |data: &Rows, at: Option<i64>| {
        let answer = Interpreter::new(&program, data, Limits::default()).decide("main", &[], at);
        told(&program, data, &assize_ir::Type::Int, &answer.result)
    };
    // Rows of a test have no age.
    assert_eq!(decide(&data, None), "0");
    data.as_of.insert(0, 1_000);
    data.as_of.insert(1, 1_000);
    assert_eq!(decide(&data, Some(1_060)), "0");
    assert_eq!(decide(&data, Some(500)), "0");
    // In order of the names, not of the declarations.
    assert_eq!(
        decide(&data, Some(2_000)),
        "stale_data: relation t.A, age_seconds 1000, fresh_within_seconds 60"
    );
    assert_eq!(
        decide(&data, None),
        "stale_data: relation t.A, age_seconds unknown, fresh_within_seconds 60"
    );
    let limits = Limits::default();
    let stale = Interpreter::new(&program, &data, limits).decide("main", &[], Some(2_000));
    let stale = stale.result.unwrap_err();
    // The place is that of the relation, in the name of the relation.
    assert!(stale.place.starts_with("t.A"), "{}", stale.place);
    assert_eq!(stale.rule, "t.main");
    data.as_of.insert(1, 2_000);
    assert_eq!(
        decide(&data, Some(2_000)),
        "stale_data: relation t.B, age_seconds 1000, fresh_within_seconds 900"
    );
    let unknown = Interpreter::new(&program, &data, Limits::default()).decide("other", &[], None);
    assert_eq!(unknown.result.unwrap_err().code, ErrorCode::Internal);
}

#[test]
fn odd_programs_are_internal() {
    let base = program(
        "
record t.R { field a: int }
define t.other (%x: int) gives int { %x }
define t.main () gives int { add(call(t.other, 1i), field(make(t.R, 1i), a)) }",
    );
    let data = Rows::new(&base, &[]);
    let run = |program: &Program| {
        let main = CallableId(1);
        Interpreter::new(program, &data, Limits::default())
            .call(main, &[])
            .map_err(|it| it.code)
    };
    assert_eq!(run(&base), Ok(Value::Int(2)));
    let count = base.callables[1].nodes.len();
    // Every node in turn is replaced by something else of another kind.
    for at in 0..count {
        for op in [
            Op::Default,
            Op::SharePart(3),
            Op::Local(assize_ir::Slot(99)),
            Op::Call(CallableId(1), Vec::new()),
            Op::Call(CallableId(77), Vec::new()),
            Op::Not(NodeId(0)),
            Op::Lowest(Vec::new()),
            Op::Field(NodeId(0), 7),
            Op::Negate(NodeId(9_999)),
            Op::Check(NodeId(0)),
            Op::Stop(NodeId(0)),
            Op::Negate(NodeId(at as u32)),
        ] {
            let mut odd = base.clone();
            odd.callables[1].nodes[at].op = op.clone();
            let result = run(&odd);
            let expected = matches!(
                result,
                Ok(_) | Err(ErrorCode::Internal | ErrorCode::LimitExceeded)
            );
            assert!(expected, "{op:?} at {at}: {result:?}");
        }
    }
    let few = Interpreter::new(&base, &data, Limits::default()).call(CallableId(0), &[]);
    assert_eq!(few.unwrap_err().code, ErrorCode::Internal);
}
