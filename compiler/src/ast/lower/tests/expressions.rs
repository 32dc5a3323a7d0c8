//! Expressions in their compact form, and what is wrong with their literals.

use super::*;

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
