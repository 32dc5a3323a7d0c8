//! Declarations in their compact form, whole and broken.

use super::*;

#[test]
fn simple_declarations() {
    insta::assert_snapshot!(checked(&[
        "module erp.bc.price",
        "use erp.bc.model",
        "currency document, local",
        "unit base_unit, sales_unit",
        "number Q = money in document per local, 5 places, from -1_000 to 1_000.50, 2 places",
        "number P = percent, to 100%",
        "enum Blocked = open | ship | list",
        "enum Credit = clear < warning < hold",
        "reason r (a: int, b: list of code?, at most 5)\n    warning \"{a} exceeds {b}\"",
        "reason plain \"x\"",
        "example lamp = Line(item: \"LAMP\")",
        "define f gives list of model.Line?\n    a",
        "/// Twice.\n///  Indented.\n///\ndecision d (a: int, b: T?) gives int // more\n    a",
    ]), @r##"
    module erp.bc.price
    use erp.bc.model
    currency document local
    unit base_unit sales_unit
    number Q = money:document/local places 5 places 2 from (neg 1000) to 1000.50.
    number P = percent to 100%
    enum Blocked: open ship list
    ordered Credit: clear warning hold
    reason r(a: int, b: [code?] at-most 5) warning (text <a> " exceeds " <b>)
    reason plain() - (text "x")
    example lamp = Line(item: (text "LAMP"))
    define f() -> [model.Line?]
      a
    doc Twice.
    doc  Indented.
    decision d(a: int, b: T?) -> int
      a
    "##);
}

#[test]
fn declarations_with_parts() {
    insta::assert_snapshot!(checked(&[
        "record R
    /// The item.
    item : list of code?, at most 500 /// not this
    n : int = 1, check : bool
    // nor this
    check n > 0 because \"say \\\"why\\\" {n}\"",
        "data P
    fresh within 15 minutes
    /// The list.
    key a : code,
        /// The row.
        b : int
    /// First
    /// day.
    from : date?, to : date?
    valid from from to to
    check distinct a, b while valid because \"x\"
    check distinct a
    rows at most 40 per a, b
    rows at most 99999999999999999999",
        "parameter v : Percent
    open to values
    from 2001-01-01 is 19%
    from 2012-10-01 is 21% because \"law\"",
        "parameter w : Amount\n    is 0.05",
        "extend a.b\n    is 0.10 because \"c\"",
        "extend a.b\n    from 2026-01-01 is 1",
        "extend a.b.c\n    exception e overrides f, x.y\n        when a\n        then 12%",
        "rule r (a: int) gives int
    as of day
    combine sum up to 30%
    exceptions may agree
    open to exceptions
    default 0 because \"none\"
    exception e overrides x.y, z yields to w
        valid 2026-11-20 to 2026-11-30
        when a
        unless b
        then highest of [10%, default]
        because \"x\"
    exception f
        valid from 2026-01-01
        then 1
    exception g
        valid to 2026-01-01
        then 2",
    ]), @r##"
    record R
      field item: [code?] at-most 500 doc "The item."
      field n: int = 1
      field check: bool
      check (> n 0) because "say \"why\" {n}"
    data P
      fresh 15:minutes
      key a: code doc "The list."
      key b: int doc "The row."
      field from: date? doc "First\nday."
      field to: date?
      valid from to
      distinct a b while-valid because "x"
      distinct a
      rows 40 per [a b]
      rows ? per []
    ! A0120 at "99999999999999999999": `99999999999999999999` is more than can be counted; write a number up to 18446744073709551615
    parameter v: Percent open
      2001-01-01 is 19%
      2012-10-01 is 21% because "law"
    parameter w: Amount
      always is 0.05.
    extend a.b
      always is 0.10. because "c"
    extend a.b
      2026-01-01 is 1
    extend a.b.c
      exception e overrides [f x.y] when a then 12%
    rule r(a: int) -> int
      as-of day
      combine sum up-to 30%
      may-agree
      open
      default 0 because "none"
      exception e overrides [x.y z] yields [w] valid 2026-11-20..2026-11-30 when a unless b then (highest [10%, default]) because "x"
      exception f valid 2026-01-01..open then 1
      exception g valid open..2026-01-01 then 2
    "##);
}

#[test]
fn tables_and_tests() {
    insta::assert_snapshot!(checked(&[
        "table t (a: int, b: K) gives F
    as of day
    hit list by priority
    | # | a | b.c || r | s |
    | n | - | not x, y.z || 1 | f(2) |
    | m | < 0, -1 to below 2 | missing || -1 | 3 |
    | o | 2026-01-01 to 2026-12-31, >= 5% | \"S\", true, != -3 || a | b |",
        "table g (a: int, b: K, c: int) gives F
    | a | b \\ c | 0+ | -10+ |
    | 1 | x, y | 0% | 3% | // c
    | - | 5+ | f(1) | missing |",
        "table h (a: K, d: date) gives F
    | # | a \\ d | 2025-01-01+ | 2027-01-01+ |
    | w | web | 75 | 100 |",
        "table k (a: K, d: J) gives F
    | a \\ d | b | c, d |
    | web | 75 | 100 |",
        "table f (a: int) gives F\n    from \"tiers.csv\"",
        "test \"t\"
    given P
        | a | b |
        | \"S\" | - |
    let x: int = 1
    expect f(1) is 10
    expect error stopped in f(1)
    cases
        | q | r.s || f(q) | g(q) |
        | 1 | - || 0% | 2 |
    cases
        | q || f(q) | by |
        | 1 || 0% | t.x, default |
        | 2 || 1% | vat.2026-01-01 |
        | 3 || 2% | 2026-01-01 |
        | 4 || 3% | - |",
        "property \"p\"
    for all n: list of N, at most 3, s: int where s >= 0
    let x = 1
    expect f(n) <= s",
    ]), @r##"
    table t(a: int, b: K) -> F
      as-of day
      hit list by priority
      rows named=true [a b.c] [r s]
        n [- | not x, y.z] -> [1 | f(2)]
        m [< 0, (neg 1)..<2 | missing] -> [(neg 1) | 3]
        o [2026-01-01..2026-12-31, >= 5% | (text "S"), true, != (neg 3)] -> [a | b]
    table g(a: int, b: K, c: int) -> F
      grid named=false [a] b \ c [0+ | (neg 10)+]
        [1 | x, y] -> [0% | 3%]
        [- | 5+] -> [f(1) | missing]
    table h(a: K, d: date) -> F
      grid named=true [] a \ d [2025-01-01+ | 2027-01-01+]
        w [web] -> [75 | 100]
    table k(a: K, d: J) -> F
      grid named=false [] a \ d [b | c, d]
        [web] -> [75 | 100]
    table f(a: int) -> F
      file "tiers.csv"
    test "t"
      given P [a b]
        [(text "S") | -]
      (let x: int 1)
      expect (is f(1) 10)
      expect-error stopped f(1)
      cases [q r.s] [f(q) | g(q)]
        [1 | -] -> [0% | 2]
      cases [q] [f(q)] by
        [1] -> [0%] by t.x by default
        [2] -> [1%] by vat.<2026-01-01>
        [3] -> [2%] by <2026-01-01>
        [4] -> [3%] by -
    property "p" (n: [N] at-most 3, s: int) where (>= s 0)
      (let x 1)
      expect (<= f(n) s)
    "##);
}

#[test]
fn broken_declarations_keep_what_others_need() {
    insta::assert_snapshot!(checked(&[
        "define f (a: int, b: list of T?, at most 3, c: 5, d: a.b gives int?\n    a",
        "define f (a: int) gives int\n    let b = a *\n    let c = 2\n    give b + c",
        "define f (a: int) gives int",
        "reason r (a: int, b: \"x\"",
        "number N = money on EUR",
        "enum E = a | ; b",
        "enum E = a < b <",
        "currency a, b; c",
        "record R\n    a : int\n    b :\n    c : code\n    d : int = a *\n    e : list of\n    f : x y",
        "data D\n    key a : code, b :\n    c : int = (\n    check c >",
        "parameter p : int\n    from 2020-01-01 is (\n    from 2021-01-01 is 2",
        "rule r (a: int) gives int
    as of (
    combine sum up )
    default 0 *
    exception e overrides g
        when a >
        then 2
    exception f
        then 3",
        "table t (a: int) gives int
    hit first
    | a || r |
    | 1 || ( |
    | - || 0 |",
        "table t (a: int) gives int\n    | a | r |\n    | 1 | 2 |",
        "extend a.b\n    exception e\n        when (\n        then 3",
        "test \"t\"
    given R
        | a |
        | ( |
        | 2 |
    given S
        | a.( |
        | 2 |
    let x = 1 *
    let y = (
    expect x is
    expect y is 2",
        "nonsense \"text\" 12",
        "define",
    ]), @r##"
    define f(a: int, b: [T?] at-most 3, c: error, d: a.b) -> int?
      a
    define f(a: int) -> int
      error
    define f(a: int) -> int
      error
    reason r(a: int, b: error) -
    number N = error
    enum E: a b
    ordered E: a b
    currency a b c
    record R
      field a: int
      field b: error
      field c: code
      field d: int = error
      field e: error
      field f: x
    data D
      key a: code
      key b: error
      field c: int
    parameter p: int
      no-date is error
      2021-01-01 is 2
    rule r(a: int) -> int
      as-of error
      combine sum
      default error
      exception e overrides [g] when error then error
      exception f then 3
    table t(a: int) -> int
      hit first
      rows named=false [a] [r]
        [-] -> [0]
    table t(a: int) -> int
      error
    extend a.b
      exception e when error then error
    test "t"
      given R [a]
        [2]
      given S []
      (let x error)
      (let y error)
      expect (is y 2)
    broken
    broken
    "##);
}

#[test]
fn spans_are_bytes_of_the_text() {
    let text = "/// Ä.\ndefine f gives int\n    (a + b) * c.d(1) as percent";
    let parsed = parse_declaration(text);
    let (decl, _) = lower_declaration(&parsed.tree);
    let of = |span: Span| &text[span.start as usize..span.end as usize];
    assert_eq!(of(decl.span), text.split_once('\n').unwrap().1);
    let Item::Define(define) = &decl.item else {
        panic!("{decl:?}")
    };
    assert_eq!(of(define.body.span), "(a + b) * c.d(1) as percent");
    let ExprKind::As { value, .. } = &*define.body.kind else {
        panic!("{decl:?}")
    };
    assert_eq!(of(value.span), "(a + b) * c.d(1)");
    let ExprKind::Arithmetic {
        left,
        right,
        op_span,
        ..
    } = &*value.kind
    else {
        panic!("{decl:?}")
    };
    assert_eq!(
        (of(left.span), of(*op_span), of(right.span)),
        ("a + b", "*", "c.d(1)")
    );
    let ExprKind::Call { callee, .. } = &*right.kind else {
        panic!("{decl:?}")
    };
    let ExprKind::Field { name, .. } = &*callee.kind else {
        panic!("{decl:?}")
    };
    assert_eq!((of(callee.span), of(name.span)), ("c.d", "d"));
}
