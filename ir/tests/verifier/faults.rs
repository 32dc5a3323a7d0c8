//! Each kind of fault of a node, of a body and of a declaration.

use super::*;

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
