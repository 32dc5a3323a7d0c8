//! What trees become: snapshots of expressions and declarations, and damage to the whole corpus.

#![expect(clippy::string_slice, reason = "a wrong offset must fail the test")]
#![expect(
    clippy::disallowed_methods,
    reason = "the stack of a thread has a known size"
)]

use assize_grammar::{PieceKind, cut, parse_declaration};

use super::super::*;
use super::{MAX_EXPRESSION_LEVELS, lower_declaration};

mod print;

/// The example packages and the blocks of the language reference.
const CORPUS: &[&str] = &[
    include_str!("../../../../grammar/tests/corpus/bc-credit.assize"),
    include_str!("../../../../grammar/tests/corpus/bc-document.assize"),
    include_str!("../../../../grammar/tests/corpus/bc-model.assize"),
    include_str!("../../../../grammar/tests/corpus/bc-price.assize"),
    include_str!("../../../../grammar/tests/corpus/bc-stock.assize"),
    include_str!("../../../../grammar/tests/corpus/quote.assize"),
    include_str!("../../../../grammar/tests/corpus/shop.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-01.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-02.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-03.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-04.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-05.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-06.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-07.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-08.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-09.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-10.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-11.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-12.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-13.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-14.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-15.assize"),
    include_str!("../../../../grammar/tests/corpus/reference-16.assize"),
];

/// The declarations of a file, each as its own text.
fn declarations(text: &str) -> Vec<&str> {
    let pieces = cut(text);
    let declarations = pieces
        .iter()
        .filter(|piece| piece.kind == PieceKind::Declaration);
    declarations.map(|piece| piece.range.of(text)).collect()
}

/// The compact form, then the faults with the text they are about.
fn check(text: &str) -> String {
    let parsed = parse_declaration(text);
    let (decl, faults) = lower_declaration(&parsed.tree);
    let mut out = print::decl(&decl);
    for fault in faults {
        let about = fault.range.of(text);
        out.push_str(&format!("\n! {} at {about:?}: {}", fault.code, fault.claim));
        out.extend(fault.instead.map(|instead| format!("; {instead}")));
        out.extend(fault.fixes.iter().map(|fix| {
            format!(
                "\n!   {} with {:?} certain={}",
                fix.title, fix.text, fix.certain
            )
        }));
    }
    out
}

fn checked(declarations: &[&str]) -> String {
    let shown: Vec<String> = declarations.iter().map(|text| check(text)).collect();
    shown.join("\n")
}

fn body(text: &str) -> (Expr, Vec<assize_grammar::Fault>) {
    let parsed = parse_declaration(text);
    let (decl, faults) = lower_declaration(&parsed.tree);
    match decl.item {
        Item::Define(define) => (define.body, faults),
        _ => panic!("{text:?} is no define"),
    }
}

/// Each expression as the body of a function, with its compact form below it.
fn expressions(all: &str) -> String {
    let mut out = String::new();
    for line in all.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let text = format!("define f gives int\n    {line}");
        assert_eq!(parse_declaration(&text).errors, [], "{line}");
        let (value, faults) = body(&text);
        out.push_str(&format!("{line}\n    {}\n", print::expr(&value)));
        out.extend(
            faults
                .iter()
                .map(|fault| format!("    ! {} {}\n", fault.code, fault.claim)),
        );
    }
    out
}

#[test]
fn operators() {
    insta::assert_snapshot!(expressions(
        "
        a - b - c
        a / b / c * d
        a + b * c - d / e
        a / b as percent
        a + b as money in local per base_unit
        (a as days) * 2
        -a * -(b)
        -5 + 3
        a otherwise b otherwise c
        a + b otherwise stop no_rate(currency)
        a and b and c
        a or b and c or d
        (a and b) and c
        not a and not (b or c)
        a = b
        a != b and c <= d and e >= f and g < h and i > j
        order is large
        order is not large
        x in [a, b]
        x not in xs
        x between a and b and c
        p valid on day
        not p valid on D
        rate on document.posting_date
        x on (day + 1 month)
        l with (rate: 5%) with (x, y: 1)
        p on day with (a: 1)
        "
    ), @r##"
    a - b - c
        (- (- a b) c)
    a / b / c * d
        (* (/ (/ a b) c) d)
    a + b * c - d / e
        (- (+ a (* b c)) (/ d e))
    a / b as percent
        (as (/ a b) percent)
    a + b as money in local per base_unit
        (+ a (as b money:local/base_unit))
    (a as days) * 2
        (* (as a days) 2)
    -a * -(b)
        (* (neg a) (neg b))
    -5 + 3
        (+ (neg 5) 3)
    a otherwise b otherwise c
        (otherwise a (otherwise b c))
    a + b otherwise stop no_rate(currency)
        (otherwise (+ a b) (stop no_rate(currency)))
    a and b and c
        (and a b c)
    a or b and c or d
        (or a (and b c) d)
    (a and b) and c
        (and (and a b) c)
    not a and not (b or c)
        (and (not a) (not (or b c)))
    a = b
        (= a b)
    a != b and c <= d and e >= f and g < h and i > j
        (and (!= a b) (<= c d) (>= e f) (< g h) (> i j))
    order is large
        (is order large)
    order is not large
        (is-not order large)
    x in [a, b]
        (in x [a, b])
    x not in xs
        (not-in x xs)
    x between a and b and c
        (and (between x a b) c)
    p valid on day
        (valid-on p day)
    not p valid on D
        (not (valid-on p D))
    rate on document.posting_date
        (on rate document.posting_date)
    x on (day + 1 month)
        (on x (+ day 1:month))
    l with (rate: 5%) with (x, y: 1)
        (with (with l (rate: 5%)) (x, y: 1))
    p on day with (a: 1)
        (with (on p day) (a: 1))
    "##);
}

#[test]
fn terms_and_literals() {
    insta::assert_snapshot!(expressions(
        r#"
        12.50 EUR
        1_000
        1 document per local
        30 days
        5%
        0.50%
        2026-11-20
        true
        false
        missing
        default
        a.b.from
        f()
        erp.model.f(a, b)
        Line(item: "1896-S", quantity,)
        Rate["USD", day].factor
        rows(a)[b](c).d
        [a, b when c > 0, 1,]
        []
        ""
        "plain"
        "{a} of {b + 1}, {{literal} \"quoted\" back\\slash\nline"
        "#
    ), @r##"
    12.50 EUR
        12.50.:EUR
    1_000
        1000
    1 document per local
        1:document/local
    30 days
        30:days
    5%
        5%
    0.50%
        0.50%
    2026-11-20
        2026-11-20
    true
        true
    false
        false
    missing
        missing
    default
        default
    a.b.from
        a.b.from
    f()
        f()
    erp.model.f(a, b)
        erp.model.f(a, b)
    Line(item: "1896-S", quantity,)
        Line(item: (text "1896-S"), quantity)
    Rate["USD", day].factor
        Rate[(text "USD") | day].factor
    rows(a)[b](c).d
        rows(a)[b](c).d
    [a, b when c > 0, 1,]
        [a, b when (> c 0), 1]
    []
        []
    ""
        (text )
    "plain"
        (text "plain")
    "{a} of {b + 1}, {{literal} \"quoted\" back\\slash\nline"
        (text <a> " of " <(+ b 1)> ", {literal} \"quoted\" back\\slash\nline")
    "##);
}

#[test]
fn expressions_led_by_words() {
    insta::assert_snapshot!(expressions(
        "
        if a then b else if c then d else e otherwise f
        let x: list of int? = [] let y = 2 give x + y
        let g = group l in lines where l.a by vat: l.v then negative: l.a < 0 give g
        round a - b to 0.01
        round x to step using mode carrying remainder per l.key
        round x to 1 carrying remainder
        share of freight by l.weight to 0.01 using up per k rest to largest
        share of a by b to c
        sum of l.a * 2 for l in lines where l.a > 0
        count of lines
        count of l in lines where l.open
        lowest of [a, b, 5%]
        first of p in P for q in p.parts where p.a by p.b descending then q.c ending with q.d
        f(highest of p in P by p.a then p.b, 3)
        exists x in S for y in x.parts where y = 1
        every x in S where a has not x.b
        all of [a, none of [b, any of [c]], at least 2 of [d, e, f]]
        for each l in lines where l.a by l.b let p = 1 carry c: int = 0 next c = c + p give l
        for each c in rows carry best: C? = missing next best = c finally best
        for each g in group l in lines by vat: l.v give g.members
        stop no_rate(currency)
        "
    ), @r##"
    if a then b else if c then d else e otherwise f
        (if a b (if c d (otherwise e f)))
    let x: list of int? = [] let y = 2 give x + y
        ((let x: [int?] []) (let y 2) (+ x y))
    let g = group l in lines where l.a by vat: l.v then negative: l.a < 0 give g
        ((let g (group l in lines where l.a by vat: l.v negative: (< l.a 0))) g)
    round a - b to 0.01
        (round (- a b) 0.01.)
    round x to step using mode carrying remainder per l.key
        (round x step using mode carrying per l.key)
    round x to 1 carrying remainder
        (round x 1 carrying)
    share of freight by l.weight to 0.01 using up per k rest to largest
        (share freight l.weight 0.01. using up per k rest largest)
    share of a by b to c
        (share a b c)
    sum of l.a * 2 for l in lines where l.a > 0
        (sum (* l.a 2){l in lines where (> l.a 0)})
    count of lines
        (count lines)
    count of l in lines where l.open
        (count {l in lines where l.open})
    lowest of [a, b, 5%]
        (lowest [a, b, 5%])
    first of p in P for q in p.parts where p.a by p.b descending then q.c ending with q.d
        (first {p in P for q in p.parts where p.a by p.b descending by q.c ending q.d})
    f(highest of p in P by p.a then p.b, 3)
        f((highest {p in P by p.a by p.b}), 3)
    exists x in S for y in x.parts where y = 1
        (exists {x in S for y in x.parts where (= y 1)})
    every x in S where a has not x.b
        (every {x in S where a} has (not x.b))
    all of [a, none of [b, any of [c]], at least 2 of [d, e, f]]
        (all-of a (none-of b (any-of c)) (at-least 2 d e f))
    for each l in lines where l.a by l.b let p = 1 carry c: int = 0 next c = c + p give l
        (for-each {l in lines where l.a by l.b} (let p 1) (carry c: int 0) (next c (+ c p)) give l)
    for each c in rows carry best: C? = missing next best = c finally best
        (for-each {c in rows} (carry best: C? missing) (next best c) finally best)
    for each g in group l in lines by vat: l.v give g.members
        (for-each {g in (group l in lines by vat: l.v)} give g.members)
    stop no_rate(currency)
        (stop no_rate(currency))
    "##);
}

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
fn faults_of_literals_and_clauses() {
    insta::assert_snapshot!(checked(&[
        "define f gives int\n    79228162514264337593543950335 + 79228162514264337593543950336",
        "define f gives int\n    0.0000000000000000000000000001 + 0.00000000000000000000000000010",
        "define f gives int\n    12345678901234567890123456789012%",
        "define f gives int\n    f(2026-02-30, 2026-13-01, 0000-01-01, 2026-02-00)",
        r#"define f gives int
    "a\tb \{ c\"d \\t""#,
        "define f gives bool\n    at least 99999999999999999999 of [a]",
        "number Q = plain, from 0 to 1, from 2 to 3, to 4",
        "rule r (a: int) gives int
    open to exceptions
    open to exceptions
    exceptions may agree
    exceptions may agree
    as of a
    as of b
    default 0",
        "test \"x\"\n    cases\n        | q || f(q) | by |\n        | 1 || 0 | a.2026-02-30 |",
    ]), @r##"
    define f() -> int
      (+ 79228162514264337593543950335 ?)
    ! A0120 at "79228162514264337593543950336": `79228162514264337593543950336` has more digits than a decimal holds; write fewer digits
    define f() -> int
      (+ 0.0000000000000000000000000001. ?.)
    ! A0120 at "0.00000000000000000000000000010": `0.00000000000000000000000000010` has more digits than a decimal holds; write fewer digits
    define f() -> int
      ?%
    ! A0120 at "12345678901234567890123456789012%": `12345678901234567890123456789012%` has more digits than a decimal holds; write fewer digits
    define f() -> int
      f(no-date, no-date, no-date, no-date)
    ! A0121 at "2026-02-30": there is no 2026-02-30; write 2026-02-28, or the day that is meant
    !   write 2026-02-28 with "2026-02-28" certain=false
    ! A0121 at "2026-13-01": there is no 2026-13-01; write year, month and day, from 0001-01-01 to 9999-12-31
    ! A0121 at "0000-01-01": there is no 0000-01-01; write year, month and day, from 0001-01-01 to 9999-12-31
    ! A0121 at "2026-02-00": there is no 2026-02-00; write year, month and day, from 0001-01-01 to 9999-12-31
    define f() -> int
      (text "atb { c\"d \\t")
    ! A0122 at "\\t": `\t` means nothing in a text; write `\\` for a backslash
    !   write the backslash itself with "\\\\" certain=false
    ! A0122 at "\\{": `\{` means nothing in a text; write `{{` for a brace
    !   write `{{` with "{{" certain=true
    define f() -> bool
      (at-least ? a)
    ! A0120 at "99999999999999999999": `99999999999999999999` is more than can be counted; write a number up to 18446744073709551615
    number Q = plain from 0 to 1
    ! A0123 at "from 2 to 3": `from` is said twice; keep one of them
    ! A0123 at "to 4": `to` is said twice; keep one of them
    rule r(a: int) -> int
      as-of a
      as-of b
      may-agree
      open
      default 0
    ! A0123 at "open to exceptions": `open to exceptions` is said twice; keep one of them
    !   remove the second one with "" certain=false
    ! A0123 at "exceptions may agree": `exceptions may agree` is said twice; keep one of them
    !   remove the second one with "" certain=false
    test "x"
      cases [q] [f(q)] by
        [1] -> [0] by a.<no-date>
    ! A0121 at "2026-02-30": there is no 2026-02-30; write 2026-02-28, or the day that is meant
    !   write 2026-02-28 with "2026-02-28" certain=false
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

#[test]
fn the_corpus_lowers_without_faults() {
    for file in CORPUS {
        for text in declarations(file) {
            let parsed = parse_declaration(text);
            let (decl, faults) = lower_declaration(&parsed.tree);
            assert_eq!(faults, [], "{text}");
            let shown = print::decl(&decl);
            assert!(
                !shown.contains("error") || text.contains("error"),
                "{text}\n{shown}"
            );
            assert!(decl.item != Item::Broken, "{text}");
        }
    }
}

/// What other declarations see: name, parameters and result.
fn seen(item: &Item) -> Option<(String, Vec<ParamDecl>, Option<TypeExpr>)> {
    let (params, result) = match item {
        Item::Define(decl) | Item::Decision(decl) => (&decl.params, &decl.result),
        Item::Rule(decl) => (&decl.params, &decl.result),
        Item::Table(decl) => (&decl.params, &decl.result),
        Item::Reason(decl) => (&decl.params, &None),
        _ => {
            return item
                .name()
                .map(|name| (name.text.to_string(), Vec::new(), None));
        }
    };
    Some((
        item.name()?.text.to_string(),
        params.clone(),
        result.clone(),
    ))
}

/// Where the part that others need ends: for a function behind its result, else behind its name.
fn header_end(text: &str, decl: &Decl) -> usize {
    let result = match &decl.item {
        Item::Define(decl) | Item::Decision(decl) => decl.result.as_ref(),
        Item::Rule(decl) => decl.result.as_ref(),
        Item::Table(decl) => decl.result.as_ref(),
        _ => None,
    };
    let named = decl.item.name().map(|name| name.span);
    let end = result.map(|ty| ty.span).or(named).unwrap_or(decl.span).end as usize;
    // The rest of that line belongs to the header: an added character would lengthen its last word.
    text[end..].find('\n').map_or(text.len(), |line| end + line)
}

/// Nothing panics, and damage below the header line takes nothing from what others see.
fn check_damage(damaged: &str, wanted: Option<&(String, Vec<ParamDecl>, Option<TypeExpr>)>) {
    let parsed = parse_declaration(damaged);
    let (decl, faults) = lower_declaration(&parsed.tree);
    print::decl(&decl);
    for fault in faults {
        assert!(
            damaged
                .get(fault.range.start as usize..fault.range.end as usize)
                .is_some()
        );
    }
    if let Some(wanted) = wanted {
        assert_eq!(seen(&decl.item).as_ref(), Some(wanted), "{damaged}");
    }
}

#[test]
fn damage_takes_no_name_and_no_parameter() {
    for file in CORPUS {
        for text in declarations(file) {
            let (decl, _) = lower_declaration(&parse_declaration(text).tree);
            let header = header_end(text, &decl);
            let wanted = seen(&decl.item);
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            // A step that is prime to the length of lines samples every column of long texts.
            let step = 1 + 2 * (text.len() / 30);
            for at in ends.into_iter().step_by(step) {
                let keep = wanted.as_ref().filter(|_| at > header);
                check_damage(&text[..at], keep);
                let width = text[at..].chars().next().map_or(0, char::len_utf8);
                check_damage(&format!("{}{}", &text[..at], &text[at + width..]), keep);
                check_damage(&format!("{}({}", &text[..at], &text[at..]), keep);
                check_damage(&format!("{}\"{}", &text[..at], &text[at..]), keep);
            }
        }
    }
}

/// As small as the stack of a thread may be.
const STACK_BYTES: usize = 2 * 1024 * 1024;

fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(run);
    thread.unwrap().join().unwrap();
}

#[test]
fn deep_trees_fit_a_small_stack() {
    on_small_stack(|| {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("f(a = b + c * -", ")"),
            ("not ", ""),
            ("-", ""),
        ] {
            for levels in [100, 240, 400] {
                let value = format!("{}a{}", open.repeat(levels), close.repeat(levels));
                let text = format!("define f (x: int) gives int\n    {value}");
                let (decl, _) = lower_declaration(&parse_declaration(&text).tree);
                assert!(decl.clone() == decl);
                let Item::Define(define) = decl.item else {
                    panic!("{open} {levels}")
                };
                assert_eq!((define.params.len(), define.result.is_some()), (1, true));
            }
        }
    });
}

/// Deep values are never printed.
fn is_error(value: &Expr) -> bool {
    *value.kind == ExprKind::Error
}

#[test]
fn chains_end_at_the_limit() {
    on_small_stack(|| {
        let most = MAX_EXPRESSION_LEVELS as usize;
        for (sign, others) in [
            (" + a", 2),
            (" * a", 2),
            (".a", 2),
            ("(1)", 2),
            (" with (x)", 2),
        ] {
            let text = |count| format!("define f gives int\n    a{}", sign.repeat(count));
            let (value, faults) = body(&text(most - others));
            assert_eq!(faults, []);
            assert!(!is_error(&value), "{sign}");
            for count in [most - others + 1, 20_000] {
                let (value, faults) = body(&text(count));
                assert!(is_error(&value), "{sign}");
                assert_eq!(
                    faults.iter().map(|fault| fault.code).collect::<Vec<_>>(),
                    ["A0124"]
                );
            }
        }
    });
}
