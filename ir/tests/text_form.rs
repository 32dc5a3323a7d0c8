//! The text form: what is printed is read back as the same program.

#![expect(clippy::string_slice, reason = "a test that fails says so by a panic")]

use assize_ir::text::{Detail, parse, print, print_with};

const SHOP: &str = include_str!("samples/shop.ir");

#[test]
fn a_program_comes_back() {
    let program = parse(SHOP).unwrap();
    let printed = print(&program);
    let again = match parse(&printed) {
        Ok(again) => again,
        Err(error) => panic!("{error}\n{printed}"),
    };
    assert_eq!(print(&again), printed);
    assert_eq!(again, program);
}

#[test]
fn what_a_person_reads() {
    let program = parse(SHOP).unwrap();
    let brief = print_with(&program, Detail::BRIEF);
    let from = brief.find("define shop.spread").unwrap();
    let to = brief.find("define shop.numbers").unwrap();
    insta::assert_snapshot!(&brief[from..to], @r#"
    define shop.spread#6 (%lines: list(at most 500) of shop.Line, %rate: number(2 places, 0..1)) gives list of shop.Line {
      slots (%l: shop.Line, %left: number(2 places), %best: shop.Line?, %part: number, %taken: number(2 places))
      loop(
        each(%l, %lines),
        where(or(not(is_missing(field(%l, variant))), greater(field(%l, quantity), 0))),
        carry_in_shares(%left, 100),
        carry(%best, missing: shop.Line?),
        now(
          %part,
          round_running(
            0,
            multiply(field(%l, amount), %rate),
            0.01,
            Rounding.nearest,
            field(%l, item)
          )
        ),
        let(%taken, lowest(%left, field(%l, amount))),
        running(1),
        share(
          largest,
          where(greater(field(%l, amount), 0)),
          100.00,
          field(%l, amount),
          0.01,
          Rounding.even,
          per(field(%l, item))
        ),
        share(running, %left, field(%l, amount), 0.01, Rounding.up),
        next(%left, border(subtract(%left, field(%l, amount)), number(2 places), "left")),
        next(%best, if(is_missing(%best), some(%l), %best)),
        give(
          check(
            with(
              %l,
              amount(
                border(
                  add(%part, add(share_part(0), share_part(1))),
                  number(2 places, 0..1000000),
                  "amount"
                )
              ),
              quantity(border(%taken, number(5 places, -1000000..1000000), "quantity"))
            )
          )
        )
      )
    }
    "#);
}

#[test]
fn errors_say_where() {
    let broken = "package \"a\" \"1\"\ndefine a.b () gives int {\n  add(1i, %x)\n}";
    assert_eq!(
        parse(broken).unwrap_err().to_string(),
        "3:11: there is no slot `%x`"
    );
    let broken = "define a.b () gives int { add(1i, 2) }";
    assert_eq!(
        parse(broken).unwrap_err().to_string(),
        "1:27: expected int, found number ($1) with {0 places, 2..2, exact}"
    );
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: usize| {
        format!(
            "package \"a\" \"1\" define a.b (%x: bool) gives bool {{ {}%x{} }}",
            "not(".repeat(depth),
            ")".repeat(depth)
        )
    };
    // What is nested deeper when it is printed gets lines of its own.
    let program = parse(&nested(63)).unwrap();
    assert_eq!(parse(&print(&program)).as_ref(), Ok(&program));
    let error = parse(&nested(100_000)).unwrap_err();
    assert_eq!(error.message, "nested deeper than 64");
    // The ways in which one level takes the most of the stack.
    for open in [
        "loop(share(last, where(",
        "list(when(",
        "with(%x, a(",
        "text(hole(",
    ] {
        let text = format!(
            "package \"a\" \"1\" define a.b (%x: bool) gives bool {{ {} }}",
            open.repeat(1_000)
        );
        let error = parse(&text).unwrap_err();
        assert_eq!(error.message, "nested deeper than 64");
    }
    let types = format!(
        "package \"a\" \"1\" define a.b () gives {} {{",
        "optional(".repeat(100_000)
    );
    assert!(parse(&types).is_err());
}
