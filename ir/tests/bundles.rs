//! The binary form: it comes back, it is the same each time, and no bytes break it.

#![expect(clippy::unwrap_used, reason = "a test that fails says so by a panic")]

use assize_ir::bundle::{BundleError, Digest, FORMAT_VERSION, read, write};
use assize_ir::{Program, parse};
use proptest::prelude::*;

const SHOP: &str = include_str!("samples/shop.ir");
/// Every kind of body, with shares, lets, relations and reasons.
const PARTS: &str = include_str!("samples/parts.ir");
const SMALL: &str = "package \"a\" \"1\"
enum a.Kind { price, other }
record a.Pair { field left: number(2 places, 0..10) field right: list of a.Kind? = [a.Kind.price, missing] }
define a.f (%p: a.Pair, %n: number(2 places, -1..1)) gives number {
  if(greater(%n, 0), add(field(%p, left), 1.50), loop(each(%k, field(%p, right)), sum(2.5)))
}
table a.t (%n: int) gives list of text { hit list outputs (t) column \"n\" = %n
  row \"1\" (is(1i, range(3i, 5i))) => (\"x\") }
decision \"f\" = a.f reads () { cost 3 * \"x\" }
";

fn sample(text: &str) -> Program {
    parse(text).unwrap()
}

/// Puts the right digest into bytes that were changed, so that the decoder is reached.
fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(bytes.get(..8).unwrap_or_default());
    hasher.update(bytes.get(40..).unwrap_or_default());
    let mut sealed = bytes.to_vec();
    if let Some(digest) = sealed.get_mut(8..40) {
        digest.copy_from_slice(hasher.finalize().as_bytes());
    }
    sealed
}

#[test]
fn bundles_come_back() {
    for text in [SHOP, PARTS, SMALL] {
        let program = sample(text);
        let (bytes, digest) = write(&program);
        assert_eq!(write(&program).0, bytes);
        let bundle = read(&bytes).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(*bundle.program, program);
        assert_eq!(bundle.digest, digest);
        assert!(digest.to_string().starts_with("b3:"));
        assert_eq!(digest.to_string().len(), 67);
    }
}

#[test]
fn every_flipped_bit_is_an_error() {
    let (bytes, _) = write(&sample(SMALL));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut broken = bytes.clone();
            broken[at] ^= 1 << bit;
            assert!(read(&broken).is_err(), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn every_changed_byte_with_a_right_digest_is_read_or_refused() {
    let many = |byte: u8| vec![0, 1, 2, 3, 7, 0x7f, 0x80, 0xff, byte ^ 1, byte ^ 0x40];
    let few = |byte: u8| vec![byte ^ 1, byte.wrapping_add(3)];
    for (text, all) in [(SMALL, true), (PARTS, false)] {
        let values = |byte: u8| if all { many(byte) } else { few(byte) };
        let (bytes, _) = write(&sample(text));
        let (mut refused, mut unsound) = (0, 0);
        for at in 40..bytes.len() {
            for value in values(bytes[at]) {
                let mut changed = bytes.clone();
                changed[at] = value;
                match read(&sealed(&changed)) {
                    // Another sound program: it is written as it was read.
                    Ok(bundle) => assert_eq!(write(&bundle.program).0, sealed(&changed)),
                    Err(BundleError::Faults(_)) => unsound += 1,
                    Err(_) => refused += 1,
                }
            }
        }
        // Both the decoder and the verifier are reached.
        assert!(refused + unsound > bytes.len(), "{refused} {unsound}");
        assert!(refused > bytes.len() / 2, "{refused}");
        assert!(unsound > bytes.len() / 2, "{unsound}");
    }
}

#[test]
fn every_truncation_is_an_error() {
    let (bytes, _) = write(&sample(SMALL));
    for length in 0..bytes.len() {
        let short = &bytes[..length];
        assert!(read(short).is_err(), "{length}");
        assert!(
            read(&sealed(short)).is_err(),
            "{length} with a right digest"
        );
        // The section says how much is left, the program ends too early.
        if length >= 52 {
            let mut shorter = short.to_vec();
            let left = u32::try_from(length - 52).unwrap();
            shorter[48..52].copy_from_slice(&left.to_le_bytes());
            assert!(
                read(&sealed(&shorter)).is_err(),
                "{length} with a right length"
            );
        }
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(read(&sealed(&longer)).is_err());
}

#[test]
fn other_formats_are_refused_with_advice() {
    let (mut bytes, _) = write(&sample(SMALL));
    assert_eq!(read(b"PK\x03\x04").unwrap_err(), BundleError::NoBundle);
    bytes[4] = 0;
    let old = read(&sealed(&bytes)).unwrap_err();
    assert_eq!(old, BundleError::Format(0));
    assert!(old.to_string().contains("assize build"), "{old}");
    bytes[4] = u8::try_from(FORMAT_VERSION).unwrap() + 1;
    let new = read(&sealed(&bytes)).unwrap_err();
    assert!(new.to_string().contains("a later one"), "{new}");
}

#[test]
fn a_wrong_digest_is_told() {
    let (mut bytes, stated) = write(&sample(SMALL));
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    match read(&bytes).unwrap_err() {
        BundleError::Digest {
            stated: found,
            computed,
        } => {
            assert_eq!(found, stated);
            assert_ne!(computed, stated);
        }
        other => panic!("{other}"),
    }
}

#[test]
fn lists_that_claim_to_be_huge_are_refused() {
    // Package, version and then as many enums as a number can say.
    let mut content = vec![0, 0];
    content.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    let mut bytes = write(&Program::default()).0[..52].to_vec();
    let length = u32::try_from(content.len()).unwrap();
    bytes[48..52].copy_from_slice(&length.to_le_bytes());
    bytes.extend(content);
    assert!(matches!(
        read(&sealed(&bytes)),
        Err(BundleError::Content(_))
    ));
}

proptest! {
    #[test]
    fn random_bytes_are_refused(content in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut bytes = write(&Program::default()).0[..52].to_vec();
        let length = u32::try_from(content.len()).unwrap();
        bytes[48..52].copy_from_slice(&length.to_le_bytes());
        bytes.extend(&content);
        if let Ok(bundle) = read(&sealed(&bytes)) {
            prop_assert_eq!(write(&bundle.program).0, sealed(&bytes));
        }
        prop_assert!(read(&content).is_err());
    }

    #[test]
    fn several_changes_are_read_or_refused(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let (mut bytes, _) = write(&sample(PARTS));
        for (at, value) in changes {
            let at = 52 + at.index(bytes.len() - 52);
            bytes[at] = value;
        }
        if let Ok(bundle) = read(&sealed(&bytes)) {
            prop_assert_eq!(write(&bundle.program).0, sealed(&bytes));
        }
    }
}

#[test]
fn digests_are_written_in_hexadecimal() {
    let digest = Digest([0xab; 32]);
    assert_eq!(format!("{digest:?}"), format!("b3:{}", "ab".repeat(32)));
}

#[test]
fn types_and_constants_nest_to_their_limit() {
    use assize_ir::verify::MAX_TYPE_DEPTH;
    use assize_ir::{Const, Type};
    let constant = |levels: u32| {
        let value = (0..levels).fold(Const::Int(1), |inner, _| Const::List(vec![inner]));
        postcard::from_bytes::<Const>(&postcard::to_allocvec(&value).unwrap()).is_ok()
    };
    assert!(constant(32) && !constant(33));
    let ty = |layers: u32| {
        let item = |inner| Type::List {
            item: Box::new(inner),
            at_most: None,
        };
        let ty = (0..layers).fold(Type::Int, |inner, _| item(inner));
        postcard::from_bytes::<Type>(&postcard::to_allocvec(&ty).unwrap()).is_ok()
    };
    assert!(ty(MAX_TYPE_DEPTH) && !ty(MAX_TYPE_DEPTH + 1));
}

#[test]
fn types_and_constants_do_not_nest_without_end() {
    use assize_ir::{Const, Type};
    let mut value = Const::Missing;
    for _ in 0..100 {
        value = Const::List(vec![value]);
    }
    let bytes = postcard::to_allocvec(&value).unwrap();
    assert!(postcard::from_bytes::<Const>(&bytes).is_err());
    let mut ty = Type::Bool;
    for _ in 0..100 {
        ty = Type::Optional(Box::new(ty));
    }
    let bytes = postcard::to_allocvec(&ty).unwrap();
    assert!(postcard::from_bytes::<Type>(&bytes).is_err());
}
