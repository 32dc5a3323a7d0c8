//! What trees become: snapshots of expressions and declarations, and damage to the whole corpus.

#![expect(clippy::string_slice, reason = "a wrong offset must fail the test")]
#![expect(
    clippy::disallowed_methods,
    reason = "the stack of a thread has a known size"
)]

use assize_grammar::{PieceKind, cut, parse_declaration};

use super::super::*;
use super::{MAX_EXPRESSION_LEVELS, lower_declaration};

mod damage;
mod declarations;
mod expressions;
mod print;

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
