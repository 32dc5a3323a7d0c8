//! Machine code and the interpreter give one answer: on all tests of all packages in `rules/`.

#![expect(
    clippy::expect_used,
    reason = "a test without its package or thread fails"
)]

use std::sync::Arc;

use assize_compiler::testing::{Second, SecondEngine, TestOptions, inputs, run_tests};
use assize_eval::interp::{Interpreter, Limits};
use assize_eval::store::Store;
use assize_eval::{Failure, Value};
use assize_ir::{CallableId, Program};
use assize_runtime::jit::{Machine, Planted};
use assize_tests::identity::{Identity, Seen};
use assize_tests::tree::repository_root;

/// Compiling takes a large stack.
const STACK: usize = 256 << 20;

fn on_large_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    if let Err(panic) = thread.expect("a thread").join() {
        std::panic::resume_unwind(panic);
    }
}

/// What comes of the tests of a package.
fn tested(package: &str) -> Seen {
    let seen = told(Identity::default(), package);
    assert!(seen.different.is_empty(), "{:#?}", seen.different);
    // Once more with all tables as data, however small they are.
    let as_data = told(Identity::default().with_rows_in_code(0), package);
    assert!(as_data.different.is_empty(), "{:#?}", as_data.different);
    assert_eq!(
        (as_data.same, as_data.left, &as_data.not_yet),
        (seen.same, seen.left, &seen.not_yet)
    );
    seen
}

fn told(identity: Identity, package: &str) -> Seen {
    let folder = repository_root().join("rules").join(package);
    let workbench = assize::load::package::open(&folder).expect("a package");
    let identity = Arc::new(identity);
    let options = TestOptions {
        second: Some(Second(Arc::clone(&identity) as Arc<_>)),
        ..TestOptions::default()
    };
    let report = run_tests(&workbench.db, workbench.root, &options);
    assert!(report.passed(), "{package}");
    let seen = identity.seen();
    println!(
        "{package}: {} the same, {} left, {} failed, {} different; not yet {:?}",
        seen.same,
        seen.left,
        seen.failed,
        seen.different.len(),
        seen.not_yet
    );
    seen
}

#[test]
fn the_shop_decides_alike() {
    on_large_stack(|| assert!(tested("shop").same > 0));
}

#[test]
fn business_central_decides_alike() {
    on_large_stack(|| assert!(tested("business-central").same > 0));
}

#[test]
fn the_checkout_decides_alike() {
    on_large_stack(|| assert!(tested("checkout").same > 0));
}

/// The gate can fail: an answer that is not the interpreter's is told.
#[test]
fn another_answer_is_told() {
    on_large_stack(|| {
        let folder = repository_root().join("rules/shop");
        let workbench = assize::load::package::open(&folder).expect("a package");
        let identity = Arc::new(Liar(Identity::default()));
        let options = TestOptions {
            second: Some(Second(Arc::clone(&identity) as Arc<_>)),
            ..TestOptions::default()
        };
        run_tests(&workbench.db, workbench.root, &options);
        let seen = identity.0.seen();
        assert_eq!(seen.same, 0);
        assert!(!seen.different.is_empty());
    });
}

/// Says the opposite of what the interpreter has answered.
struct Liar(Identity);

impl SecondEngine for Liar {
    fn asked(
        &self,
        on: (&Program, &Store),
        callable: CallableId,
        arguments: &[Value],
        answer: Result<&Value, &Failure>,
    ) {
        let turned = match answer {
            Ok(Value::Bool(holds)) => Value::Bool(!holds),
            _ => Value::Missing,
        };
        self.0.asked(on, callable, arguments, Ok(&turned));
    }
}

/// Decisions on edges, asked with generated inputs.
fn edges(identity: Identity) -> Seen {
    let file = repository_root().join("tests/identity/edges.assize");
    let workbench = assize::load::package::open(&file).expect("a package");
    let linked = assize_compiler::program(&workbench.db, workbench.root).expect("a program");
    let program = assize_ir::verify(&linked.program).expect("a verified program");
    let store = Store::empty(&program);
    let interpreter = Interpreter::new(&program, &store, Limits::default());
    for decision in &program.decisions {
        let callable = decision.callable;
        inputs(&program, &store, callable, (1, 400), |arguments| {
            let answer = interpreter.call(callable, arguments);
            let answer = answer.as_ref().map_err(AsRef::as_ref);
            identity.asked((&program, &store), callable, arguments, answer);
        });
    }
    identity.seen()
}

#[test]
fn edges_are_decided_alike() {
    on_large_stack(|| {
        for identity in [
            Identity::default(),
            Identity::default().with_rows_in_code(0),
        ] {
            let seen = edges(identity);
            assert!(seen.different.is_empty(), "{:#?}", seen.different);
            assert!(seen.same > 5_000, "{seen:?}");
            assert!(seen.not_yet.is_empty(), "{seen:?}");
        }
    });
}

/// Every fault that is planted in machine code is noticed: by the edges, or by the tests of a package.
#[test]
fn planted_faults_are_noticed() {
    on_large_stack(|| {
        for planted in Planted::ALL {
            let mut different = edges(Identity::planted(planted)).different;
            for package in ["shop", "checkout"] {
                if different.is_empty() {
                    different = told(Identity::planted(planted), package).different;
                }
            }
            assert!(!different.is_empty(), "{planted:?} is not noticed");
            println!(
                "{planted:?}: {}",
                different.first().cloned().unwrap_or_default()
            );
        }
    });
}

/// Bytes of this process that hold code of nobody's file, and bytes that can be written and run at once.
#[cfg(target_os = "linux")]
fn code_bytes() -> (u64, u64) {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("the mappings of this process");
    let (mut code, mut both) = (0, 0);
    for line in maps.lines() {
        // Addresses, rights, offset, device, inode, and a name where there is one.
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [addresses, rights, _, _, _, name @ ..] = parts.as_slice() else {
            continue;
        };
        let ends = addresses.split_once('-').expect("two addresses");
        let [start, end] = [ends.0, ends.1].map(|end| u64::from_str_radix(end, 16));
        let bytes = end.expect("an address") - start.expect("an address");
        if rights.contains('x') && name.is_empty() {
            code += bytes;
        }
        if rights.contains("wx") {
            both += bytes;
        }
    }
    (code, both)
}

/// Machine code can never be written while it can be run, and all of it is given back.
#[cfg(target_os = "linux")]
#[test]
fn code_is_never_writable_and_is_given_back() {
    on_large_stack(|| {
        let file = repository_root().join("tests/identity/edges.assize");
        let workbench = assize::load::package::open(&file).expect("a package");
        let linked = assize_compiler::program(&workbench.db, workbench.root).expect("a program");
        let program = assize_ir::verify(&linked.program).expect("a verified program");
        let compile = || Machine::new(&program).expect("machine code");
        let kept: Vec<Machine> = (0..300).map(|_| compile()).collect();
        let made: u64 = kept.iter().map(|machine| machine.bytes() as u64).sum();
        let (held, both) = code_bytes();
        assert!(held >= made, "{held} bytes of code for {made}");
        assert_eq!(both, 0);
        drop(kept);
        // Other tests compile at the same time, and hold far less.
        let (left, _) = code_bytes();
        assert!(left + made / 2 < held, "{left} bytes of {held} are left");
    });
}
