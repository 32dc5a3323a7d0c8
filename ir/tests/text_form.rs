//! The text form: what is printed is read back as the same program.

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
    insta::assert_snapshot!(&brief[from..to], @"");
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
        "1:27: int is expected here, not number ($1) with {0 places, 2..2, exact}"
    );
}
