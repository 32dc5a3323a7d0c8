//! How deep a program may nest, and what each part of it weighs.

use super::*;

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
