//! The verifier: sound programs pass, and each kind of fault is found and named.

#![expect(clippy::panic, reason = "a test that fails says so by a panic")]

use assize_ir::{parse, parse_and_verify, verify};

const SHOP: &str = include_str!("samples/shop.ir");

fn faults(text: &str) -> String {
    let program = parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    match verify(&program) {
        Ok(_) => "sound".to_owned(),
        Err(faults) => faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

#[test]
fn the_sample_is_sound() {
    if let Err(error) = parse_and_verify(SHOP) {
        panic!("{error}");
    }
    assert_eq!(faults(SHOP), "sound");
}

/// A program with one define of this signature and body.
fn define(signature: &str, body: &str) -> String {
    format!(
        "package \"a\" \"1\"
enum a.Kind {{ x, y }}
enum a.Rank ordered {{ low, high }}
record a.Pair {{ field left: number(2 places, 0..10) field right: code? }}
record a.Both {{ field kind: a.Kind field rank: a.Rank }}
relation a.Row {{ key item: code field n: int field from: date? index (item) }}
reason stop_it (%n: int) message a.text
define a.text (%n: int) gives text {{ \"x\" }}
{signature} {{ {body} }}"
    )
}

/// The faults of a define.
fn of(signature: &str, body: &str) -> String {
    faults(&define(&format!("define a.f {signature}"), body))
}

#[test]
fn sound_bodies() {
    for (signature, body) in [
        ("(%n: int) gives int", "add(%n, 1i)"),
        (
            "(%n: int?) gives int",
            "otherwise(%n, stop(reason(stop_it, 1i)): int)",
        ),
        ("(%p: a.Pair) gives code?", "field(%p, right)"),
        (
            "(%n: list(at most 10) of number(2 places, 0..10)) gives number(2 places, 0..100)",
            "loop(each(%x, %n), sum(%x))",
        ),
        ("() gives a.Rank", "lowest(a.Rank.low, a.Rank.high)"),
        (
            "() gives list of number",
            "loop(each(%x, list(1, 1)), share(running, 10, %x, 0.01, Rounding.nearest), now(%p, share_part(0)), give(loop(each(%y, list(1)), share(running, 1, %y, 0.01, Rounding.nearest), now(%q, share_part(0)), sum(add(%q, %p)))))",
        ),
        (
            "(%n: list of number, %t: number) gives list of number",
            "loop(each(%x, %n), let(%y, add(%t, 1)), share(last, %y, %x, 1, Rounding.up), give(share_part(0)))",
        ),
        (
            "(%n: list of number) gives list of number",
            "loop(each(%x, %n), let(%y, add(%x, 1)), share(last, %y, 1, %x, Rounding.up, per(%y)), give(share_part(0)))",
        ),
        (
            "(%d: date) gives date",
            "plus_formula(%d, formula(\"CM+1D\"))",
        ),
        ("() gives code", "code(\"STRAßE 1\")"),
        (
            "(%n: list of number(2 places)) gives list of number(2 places)",
            "loop(each(%x, %n), carry(%c: number(2 places), 0), let(%y, add(%c, %x)), next(%c, border(%y, number(2 places), \"c\")), give(%y))",
        ),
    ] {
        assert_eq!(of(signature, body), "sound", "{body}");
    }
}

#[test]
fn each_kind_of_fault() {
    let cases = [
        // Types.
        (
            "(%n: int) gives bool",
            "add(%n, 1i)",
            "expected bool, found int",
        ),
        (
            "(%n: int) gives int",
            "add(%n, 1): int",
            "expected int, found number",
        ),
        (
            "(%n: int) gives int",
            "divide(%n, 1i): int",
            "a number to divide",
        ),
        (
            "(%n: int) gives int",
            "if(%n, 1i, 2i)",
            "expected bool, found int",
        ),
        ("(%n: int) gives bool", "%n: bool", "type int, found bool"),
        (
            "(%a: a.Kind) gives bool",
            "less(%a, a.Kind.x)",
            "a plain value with an order",
        ),
        (
            "(%n: int?) gives bool",
            "less(%n, 1i)",
            "a plain value with an order",
        ),
        ("(%n: int) gives bool", "is_missing(%n)", "an optional"),
        (
            "(%n: int?) gives int?",
            "some(%n): int?",
            "a plain value that is no list",
        ),
        ("(%n: int) gives int?", "%n", "expected int?, found int"),
        (
            "(%p: a.Pair) gives code",
            "field(%p, #7): code",
            "something with a field 7",
        ),
        ("(%n: int) gives a.Pair", "make(a.Pair, 1)", "2 values"),
        (
            "(%n: number) gives a.Pair",
            "make(a.Pair, %n, missing: code?)",
            "expected number(2 places, 0..10)",
        ),
        (
            "() gives a.Kind",
            "enum(3, 7): a.Kind",
            "no value of its type",
        ),
        (
            "() gives row a.Row",
            "lookup(a.Row, 1i)",
            "expected code, found int",
        ),
        (
            "(%r: row a.Row, %d: date) gives bool",
            "valid_on(%r, %d)",
            "a row of a relation with a validity",
        ),
        (
            "(%n: int) gives text",
            "text(hole(some(%n)))",
            "bool, int, number, date, text, code or an enum",
        ),
        (
            "() gives list of int",
            "constant [1i, missing]: list of int",
            "no value of its type",
        ),
        (
            "() gives date",
            "add_working_days(2026-01-01, 1i)",
            "3 values",
        ),
        (
            "(%d: date) gives date",
            "plus_formula(%d, \"1W\")",
            "expected date_formula, found text",
        ),
        (
            "(%n: list of int) gives list(at most 5) of int",
            "%n",
            "expected list(at most 5) of int",
        ),
        // Facts.
        (
            "(%n: number) gives number(2 places)",
            "%n",
            "expected number(2 places), found number",
        ),
        (
            "(%n: number(2 places, 0..10)) gives number",
            "multiply(%n, %n) {3 places, 0..100}",
            "facts that follow from {4 places",
        ),
        (
            "(%n: number(2 places, 0..10)) gives number",
            "add(%n, %n) {2 places, 0..19}",
            "facts that follow from {2 places, 0..20",
        ),
        (
            "(%n: number) gives number",
            "add(%n, 1) {from data, exact}",
            "facts that follow from",
        ),
        (
            "(%n: number) gives number",
            "%n {none}",
            "facts of a number",
        ),
        (
            "(%n: bool) gives bool",
            "%n {1 places}",
            "no facts: it is no number",
        ),
        // Slots.
        (
            "(%n: int) gives int",
            "add(let(%x, 1i, %x), %x#1)",
            "slots used where they are in sight",
        ),
        (
            "(%n: int) gives int",
            "add(let(%n#0, 1i, 2i), 3i)",
            "a slot that is bound here alone",
        ),
        (
            "(%n: list of int) gives int",
            "present(loop(each(%x, %n), carry(%c: int, %x), finally(%c)))",
            "expected an optional, found int",
        ),
        (
            "(%n: list of int) gives int",
            "loop(each(%x, %n), carry(%c: int, %x), finally(%c))",
            "slots used where they are in sight",
        ),
        (
            "(%n: list of int) gives int",
            "loop(each(%x, %n), carry(%c: int, 0i), next(%c, %x), finally(%x))",
            "slots used where they are in sight",
        ),
        (
            "(%n: int) gives int",
            "default: int {0 places}",
            "a rule with a default",
        ),
        // Running totals and shares.
        (
            "(%n: number) gives number",
            "round_running(0, %n, 1, Rounding.up)",
            "running totals inside of a loop",
        ),
        (
            "(%n: list of number) gives list of number",
            "loop(each(%x, %n), running(1), let(%y, round_running(0, %x, 1, Rounding.up)), give(%y))",
            "no lazy one",
        ),
        (
            "(%n: list of number) gives list of number",
            "loop(each(%x, %n), running(1), give(round_running(1, %x, 1, Rounding.up)))",
            "running totals below 1",
        ),
        (
            "(%n: list of number) gives list of number",
            "loop(each(%x, %n), running(1), give(loop(each(%y, %n), sum(round_running(0, %x, 1, Rounding.up)))))",
            "running totals below 0",
        ),
        (
            "(%n: list of number) gives list of number",
            "loop(each(%x, %n), running(1), where(less(round_running(0, %x, 1, Rounding.up), 1)), give(%x))",
            "only in `let`s",
        ),
        (
            "(%n: list of number) gives list of number",
            "loop(each(%x, %n), give(share_part(0)))",
            "shares below 0",
        ),
        (
            "(%n: list of number) gives list of number",
            "loop(each(%x, %n), carry(%c: number, 0), share(last, %c, %x, 1, Rounding.up), give(share_part(0)))",
            "slots used where they are in sight",
        ),
        // A lazy `let` is computed where it is first used, which may be inside of another loop.
        (
            "() gives list of number",
            "loop(each(%x, list(1, 1)), share(running, 10, %x, 0.01, Rounding.nearest), let(%p, share_part(0)), give(loop(each(%y, list(1)), share(running, 1, %y, 0.01, Rounding.nearest), now(%q, share_part(0)), sum(add(%q, %p)))))",
            "a `let` of a share that is no lazy one",
        ),
        (
            "() gives list of number",
            "loop(each(%x, list(1)), share(last, 1, 1, 1, Rounding.up), give(let(%p, add(share_part(0), 1), %p)))",
            "a `let` of a share that is no lazy one",
        ),
        // Where nobody takes part, a share without `per` still needs its total.
        (
            "(%n: list of number) gives list of number",
            "loop(each(%x, %n), share(last, %x, 1, 1, Rounding.up), give(share_part(0)))",
            "a total and step that need no element, found $1",
        ),
        (
            "(%n: list of number) gives list of number",
            "loop(each(%x, %n), let(%y, add(%x, 1)), let(%z, negate(%y)), share(last, 1, 1, %z, Rounding.up), give(share_part(0)))",
            "a total and step that need no element",
        ),
        // Constants in their one form.
        ("() gives code", "code(\"a\")", "no value of its type"),
        ("() gives code", "code(\"A \")", "no value of its type"),
        (
            "() gives calendar",
            "calendar(\"nl\")",
            "no value of its type",
        ),
        (
            "() gives date_formula",
            "formula(\"nonsense\")",
            "no value of its type",
        ),
        (
            "() gives date_formula",
            "formula(\"cm+1d\")",
            "no value of its type",
        ),
        (
            "() gives date_formula",
            "formula(\"+1W\")",
            "no value of its type",
        ),
        (
            "() gives list of code",
            "constant [code(\"A\"), code(\"b\")]: list of code",
            "no value of its type",
        ),
        // Calls.
        ("() gives text", "call(#1): text", "an earlier callable"),
        (
            "() gives text",
            "call(a.text, 1)",
            "expected int, found number",
        ),
        ("() gives reason", "reason(stop_it)", "1 values"),
        (
            "(%c: code?) gives int",
            "loop(indexed(%r, a.Row, 0, present(%c)), sum(field(%r, n)))",
            "values of an index that fail at most in a local",
        ),
        (
            "(%c: code) gives int",
            "loop(indexed(%r, a.Row, 3, %c), sum(1i))",
            "an index",
        ),
    ];
    for (signature, body, wanted) in cases {
        let program = define(&format!("define a.f {signature}"), body);
        let found = match parse(&program) {
            Ok(_) => faults(&program),
            // What has no type at all is not even read.
            Err(error) => error.to_string(),
        };
        assert!(
            found.contains(wanted),
            "{body}\n  gives {found}\n  not {wanted}"
        );
    }
}

#[test]
fn bodies_that_are_not_sound() {
    let rule = |body: &str| faults(&define("rule a.f (%n: int, %d: date) gives int", body));
    let table = |result: &str, body: &str| {
        faults(&define(
            &format!("table a.f (%n: int, %c: code?) gives {result}"),
            body,
        ))
    };
    let parameter = |params: &str, body: &str| {
        faults(&define(&format!("parameter a.f {params} gives int"), body))
    };
    assert_eq!(rule("default = 1i exception a { then = default }"), "sound");
    for (found, wanted) in [
        (
            rule("default = default: int {0 places}"),
            "a default before its use",
        ),
        (
            rule("exception a { then = default: int {0 places} }"),
            "a rule with a default",
        ),
        (
            rule("exception a overrides (#4) { then = 1i }"),
            "an exception below 1",
        ),
        (
            rule("exception a overrides (b) { then = 1i } exception b overrides (a) { then = 1i }"),
            "a cycle",
        ),
        (
            rule("exception a from 2026-01-01 { then = 1i }"),
            "says `as of`",
        ),
        (
            rule("exception a { then = 1i } exception a { then = 1i }"),
            "different names",
        ),
        (
            rule("may_agree exception a { then = 1i } combine sum"),
            "both",
        ),
        (rule("exception a { when = 1i then = 1i }"), "expected bool"),
        (
            rule("exception a { then = 1i } combine compound"),
            "can be combined",
        ),
        (
            parameter("(%d: date)", "from 2026-01-02 = 1i from 2026-01-01 = 1i"),
            "rising order",
        ),
        (
            parameter("(%d: date)", "always = 1i"),
            "a day for each value",
        ),
        (
            parameter("()", "from 2026-01-01 = 1i"),
            "a day for each value",
        ),
        (
            parameter("(%n: int)", "always = 1i"),
            "no parameter, or one of type date",
        ),
        (
            faults(&define(
                "parameter a.f (%d: date) gives date",
                "from 2026-01-01 = %d",
            )),
            "a constant expression",
        ),
        (
            table("int", "outputs (o) column \"n\" = %n row \"1\" () => (1i)"),
            "1 cells in row 1",
        ),
        (
            table(
                "int",
                "outputs (o) column \"n\" = %n row \"1\" (any) => (1i, 2i)",
            ),
            "1 outputs in row 1",
        ),
        (
            table(
                "int",
                "outputs (o) column \"n\" = %n row \"1\" (is(absent)) => (1i)",
            ),
            "a column that may be missing",
        ),
        (
            table(
                "int",
                "outputs (o) column \"n\" = %n row \"1\" (is(1)) => (1i)",
            ),
            "expected int, found number",
        ),
        (
            table(
                "int",
                "outputs (o) column \"n\" = %n row \"1\" (is()) => (1i)",
            ),
            "a cell with tests",
        ),
        (
            table(
                "int",
                "hit list outputs (o) column \"n\" = %n row \"1\" (any) => (1i)",
            ),
            "expected a list, found int",
        ),
        (
            table(
                "text",
                "hit count outputs (o) column \"n\" = %n row \"1\" (any) => (1i)",
            ),
            "expected int, found text",
        ),
        (
            table(
                "text",
                "hit sum outputs (o) column \"n\" = %n row \"1\" (any) => (\"a\")",
            ),
            "a number to sum up",
        ),
        (
            table(
                "int",
                "hit priority outputs (o) column \"n\" = %n row \"1\" (any) => (1i)",
            ),
            "a value of an ordered enum",
        ),
        (
            table(
                "a.Both",
                "outputs (rank, kind) record a.Both column \"n\" = %n",
            ),
            "the fields of a.Both as outputs",
        ),
        (
            table("a.Both", "outputs (a, b) column \"n\" = %n"),
            "several and their record",
        ),
        (
            faults(&define(
                "grid a.f (%n: int) gives int",
                "column \"a\" = %n across \"b\" = %n head \"1\" = is(1i) row \"x\" (any) => ()",
            )),
            "1 outputs in row x",
        ),
    ] {
        assert!(found.contains(wanted), "{found}\n  not {wanted}");
    }
}

#[test]
fn declarations_that_are_not_sound() {
    let head = "package \"a\" \"1\"\n";
    for (text, wanted) in [
        ("no builtin enums", "the built-in enum Rounding"),
        ("record a.R { field r: a.R? }", "does not contain itself"),
        (
            "record a.R { field r: a.S } record a.S { field s: list of a.R }",
            "does not contain itself",
        ),
        (
            "record a.R { field r: optional(int?) }",
            "an optional of a plain type",
        ),
        (
            "record a.R { field r: optional(list of int) }",
            "an optional of a plain type",
        ),
        ("record a.R { field r: int = 1 }", "a default of type int"),
        (
            "record a.R { field r: int field r: int }",
            "fields with different names",
        ),
        (
            "record a.R { field \"r\\n\": int }",
            "without control characters",
        ),
        (
            "record a.R { field r: number(29 places) }",
            "a type that exists",
        ),
        ("record a.R { field r: number(2..1) }", "a type that exists"),
        ("record a.R { field r: number(\"\") }", "a type that exists"),
        (
            "record a.R { field r: number(\"E\\r\") }",
            "a type that exists",
        ),
        (
            "record a.R { field r: number(percent, \"EUR\") }",
            "a type that exists",
        ),
        (
            "record a.R { field r: int check #4 }",
            "expected a callable",
        ),
        (
            "record a.R { field r: int check a.c } define a.c () gives bool { true }",
            "found c () gives bool",
        ),
        ("relation a.R { field r: int }", "1 to 1 key fields"),
        (
            "relation a.R { key r: int? }",
            "a plain, simple type of a key field",
        ),
        (
            "relation a.R { key r: int valid (r, r) }",
            "a field of type date?",
        ),
        (
            "relation a.R { key r: int field s: int index (s, r) }",
            "fields that rise",
        ),
        (
            "relation a.R { key r: int distinct (r) while_valid }",
            "a relation with a validity",
        ),
        (
            "relation a.R { key r: int limit 4 per (#9) }",
            "a field below 1",
        ),
        ("reason a () message #0", "expected a callable"),
        (
            "reason a () message a.m define a.m () gives int { 1i }",
            "gives text",
        ),
        (
            "relation a.R { key r: int } define a.f (%r: row a.R) gives int { 1i } decision \"f\" = a.f { }",
            "parameters and a result without rows",
        ),
        ("define a.f () gives int { 1i @3 }", "a place"),
        ("decision \"f\" = #0 reads (#1) { }", "expected a callable"),
    ] {
        let found = faults(&format!("{head}{text}"));
        assert!(
            found.contains(wanted),
            "{text}\n  gives {found}\n  not {wanted}"
        );
    }
}

#[test]
fn a_loop_has_a_number_of_sources() {
    use assize_ir::verify::MAX_SOURCES;
    let sources = |count: usize| {
        let each: Vec<String> = (0..count)
            .map(|at| format!("each(%x{at}, list(1i))"))
            .collect();
        of("() gives int", &format!("loop({}, count)", each.join(", ")))
    };
    assert_eq!(sources(MAX_SOURCES), "sound");
    assert!(sources(MAX_SOURCES + 1).contains("expected at most 64 sources, found 65"));
}

#[test]
fn checks_of_a_record_come_before_the_table_that_makes_it() {
    let program = |first: &str, then: &str| {
        faults(&format!(
            "package \"a\" \"1\"
record a.R {{ field x: int field y: int check a.c }}
{first}
{then}"
        ))
    };
    let check = "define a.c (%r: a.R) gives bool { true }";
    let table = "table a.t (%n: int) gives a.R { hit unique outputs (x, y) record a.R column \"n\" = %n row \"1\" (any) => (1i, 2i) }";
    assert_eq!(program(check, table), "sound");
    assert_eq!(
        program(table, check),
        "callable a.t#0: expected a record whose checks are earlier callables, found #1"
    );
}

#[test]
fn a_decision_names_all_relations_that_it_can_reach() {
    let program = |reads: &str| {
        faults(&format!(
            "package \"a\" \"1\"
record a.In {{ field of: list of a.Line }}
record a.Line {{ field item: code check a.known }}
record a.Out {{ field n: int check a.out }}
relation a.A {{ key item: code }}
relation a.B {{ key item: code fresh 60 }}
relation a.C {{ key item: code }}
relation a.D {{ key item: code }}
relation a.E {{ key item: code index (item) }}
define a.known (%l: a.Line) gives bool {{ loop(rows(%r, a.A), exists) }}
define a.out (%o: a.Out) gives bool {{ loop(rows(%r, a.C), exists) }}
define a.fresh () gives int {{ loop(rows(%r, a.B), count) }}
define a.f (%in: a.In) gives int {{
  add(add(call(a.fresh), field(check(make(a.Out, 1i)), n)),
      add(loop(indexed(%r, a.E, 0, code(\"A\")), count),
          if(equal(lookup(a.D, code(\"A\")), lookup(a.D, code(\"B\"))), 1i, 2i)))
}}
decision \"f\" = a.f reads ({reads}) {{ }}"
        ))
    };
    assert_eq!(program("a.A, a.B, a.C, a.D, a.E"), "sound");
    for (reads, wanted) in [
        ("a.B, a.C, a.D, a.E", "it can reach a.A"),
        ("a.A, a.C, a.D, a.E", "it can reach a.B"),
        ("a.A, a.B, a.D, a.E", "it can reach a.C"),
        ("a.A, a.B, a.C, a.E", "it can reach a.D"),
        ("a.A, a.B, a.C, a.D", "it can reach a.E"),
        ("", "it can reach a.A"),
    ] {
        let found = program(reads);
        assert!(found.contains("in `reads`"), "{found}");
        assert!(found.contains(wanted), "{reads}: {found}");
    }
}

#[test]
fn depth_is_limited() {
    use assize_ir::verify::{MAX_EVALUATION_DEPTH, MAX_NODE_DEPTH};
    let deep = |count: u32| {
        let mut text = "$0 = %n\n".to_owned();
        for at in 1..count {
            text.push_str(&format!(
                "$x{at} = negate({})\n",
                if at == 1 {
                    "$0".to_owned()
                } else {
                    format!("$x{}", at - 1)
                }
            ));
        }
        text.push_str(&format!("$x{}", count - 1));
        of("(%n: int) gives int", &text)
    };
    assert_eq!(deep(MAX_NODE_DEPTH), "sound");
    assert!(deep(MAX_NODE_DEPTH + 1).contains("nested at most 600 deep"));
    // A chain of calls: each call is a node below the callable, so two per link.
    let chain = |count: u32| {
        let mut text = "package \"a\" \"1\"\ndefine a.f0 () gives int { 1i }\n".to_owned();
        for at in 1..count {
            text.push_str(&format!(
                "define a.f{at} () gives int {{ call(a.f{}) }}\n",
                at - 1
            ));
        }
        faults(&text)
    };
    assert_eq!(chain(MAX_EVALUATION_DEPTH / 2), "sound");
    assert!(chain(MAX_EVALUATION_DEPTH / 2 + 1).contains("evaluation at most 2000 deep"));
}

/// The one weighing: what each kind of callable and node adds to the depth.
#[test]
fn levels_are_weighed_by_kind() {
    use assize_ir::depth;
    let text = "package \"a\" \"1\"
record a.R { field x: int field y: int check a.c }
define a.c (%r: a.R) gives bool { greater(field(%r, x), 0i) }
define a.one (%x: int) gives int { %x }
define a.call (%x: int) gives int { call(a.one, %x) }
rule a.rule (%x: int) gives int { default = 0i exception a { then = default } }
parameter a.parameter () gives int { always = 1i }
table a.table (%x: int) gives int { outputs (o) column \"x\" = %x row \"1\" (any) => (negate(%x)) }
table a.record (%x: int) gives a.R { outputs (x, y) record a.R column \"x\" = %x row \"1\" (any) => (1i, 1i) }
define a.check () gives a.R { check(make(a.R, 1i, 1i)) }
define a.loop () gives int { loop(each(%x, list(1i)), count) }
define a.loops () gives int { loop(each(%x, list(1i)), each(%y, list(1i)), each(%z, list(1i)), count) }
define a.lazy (%x: int) gives int { let(%y, negate(negate(%x)), %y) }
define a.now (%x: int) gives int { now(%y, negate(negate(%x)), %y) }";
    let program = parse_and_verify(text).unwrap_or_else(|error| panic!("{error}"));
    let named = program
        .callables
        .iter()
        .map(|callable| callable.name.as_str());
    let found: Vec<(&str, u32)> = named.zip(depth::of_program(&program)).collect();
    assert_eq!(
        found,
        [
            // The define, greater, field, local.
            ("c", 4),
            ("one", 2),
            // The define, the call, and what is called.
            ("call", 4),
            // The rule; the default of `then` and its value.
            ("rule", 4),
            ("parameter", 3),
            // The table, negate, local.
            ("table", 5),
            // The table, the checks, the deepest check.
            ("record", 9),
            // The define, the node, the checks, the deepest check.
            ("check", 8),
            // The define, the node and its loop, the list, its item.
            ("loop", 9),
            ("loops", 11),
            // The define, the let, the local, and the value where it is first used.
            ("lazy", 6),
            ("now", 5),
        ]
    );
}

#[test]
fn a_body_adds_its_levels_to_the_limit() {
    use assize_ir::verify::MAX_EVALUATION_DEPTH;
    // A chain of defines of two levels each, and on top of them something else.
    let on_top = |links: u32, top: &str| {
        let mut text = "package \"a\" \"1\"\nrecord a.R { field x: int field y: int check a.c }
define a.f0 () gives int { 1i }\n"
            .to_owned();
        for at in 1..links {
            let before = at - 1;
            text.push_str(&format!(
                "define a.f{at} () gives int {{ call(a.f{before}) }}\n"
            ));
        }
        let last = links - 1;
        text.push_str(&format!(
            "define a.c (%r: a.R) gives bool {{ greater(call(a.f{last}), 0i) }}\n"
        ));
        text.push_str(&top.replace("CALL", &format!("call(a.f{last})")));
        faults(&text)
    };
    let limit = MAX_EVALUATION_DEPTH / 2;
    for (top, most) in [
        // Each takes its own levels and one for the call; the check of the record takes three.
        (
            "rule a.t () gives int { exception a { then = CALL } }",
            limit - 2,
        ),
        (
            "table a.t () gives int { outputs (o) row \"1\" () => (CALL) }",
            limit - 2,
        ),
        (
            "table a.t () gives a.R { outputs (x, y) record a.R row \"1\" () => (1i, 1i) }",
            limit - 4,
        ),
        (
            "define a.t () gives a.R { check(make(a.R, 1i, 1i)) }",
            limit - 4,
        ),
        (
            "define a.t () gives int { loop(each(%x, list(CALL)), count) }",
            limit - 5,
        ),
    ] {
        assert_eq!(on_top(most, top), "sound", "{top}");
        let found = on_top(most + 1, top);
        assert!(
            found.contains("evaluation at most 2000 deep"),
            "{top}: {found}"
        );
    }
}

#[test]
fn a_fault_says_where() {
    let found = of("(%n: int) gives bool", "equal(add(%n, 1i), %n) {0 places}");
    assert_eq!(
        found,
        "callable a.f#1, node $4: expected no facts: it is no number, found {0 places}"
    );
}
