//! The binary form of a program: a file that is built once and loaded by every engine.
//!
//! The layout is in `docs/ir/binary-form.md`. The same program gives the same bytes; whatever is
//! damaged, truncated or hostile is an error, and what is read is verified.

use std::fmt;

use crate::literal::PACKED_FROM;
use crate::program::Program;
use crate::verify::{Verified, VerifyFault, verify_owned};

/// The first four bytes.
pub const MAGIC: [u8; 4] = *b"ASZB";
/// The format that is written and read.
pub const FORMAT_VERSION: u16 = 4;
/// Greatest size of a bundle, in bytes.
pub const MAX_BUNDLE_BYTES: usize = 256 * 1024 * 1024;

/// Section with the program.
const PROGRAM_SECTION: u32 = 1;
/// Magic, version, number of sections.
const HEAD_BYTES: usize = 8;
const DIGEST_BYTES: usize = 32;
/// Kind, start and length of a section.
const ENTRY_BYTES: usize = 12;

/// Digest of a bundle: BLAKE3 over everything but itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; DIGEST_BYTES]);

impl fmt::Display for Digest {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "b3:{}", blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, to)
    }
}

/// A bundle that was read and verified.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The program.
    pub program: Verified,
    /// Digest of the bytes that it was read from.
    pub digest: Digest,
}

/// Why bytes are no bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BundleError {
    /// They do not begin with [`MAGIC`].
    NoBundle,
    /// The format is another; the number that was found.
    Format(u16),
    /// Longer than [`MAX_BUNDLE_BYTES`].
    TooLarge(usize),
    /// Shorter than they say, or laid out in another way.
    Layout(&'static str),
    /// The digest in the bundle is not that of its content.
    Digest {
        /// What the bundle says.
        stated: Digest,
        /// What its content has.
        computed: Digest,
    },
    /// The content cannot be decoded.
    Content(String),
    /// The program is not sound.
    Faults(Vec<VerifyFault>),
}

impl fmt::Display for BundleError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BundleError::NoBundle => to.write_str("this is no bundle: it does not begin with ASZB"),
            BundleError::Format(found) if *found < FORMAT_VERSION => write!(
                to,
                "the bundle has format {found}, this version reads {FORMAT_VERSION}: build it again \
                 from its package with `assize build`"
            ),
            BundleError::Format(found) => write!(
                to,
                "the bundle has format {found}, this version reads {FORMAT_VERSION}: use the version \
                 of assize that built it, or a later one"
            ),
            BundleError::TooLarge(bytes) => write!(
                to,
                "the bundle has {bytes} bytes, at most {MAX_BUNDLE_BYTES} are read"
            ),
            BundleError::Layout(what) => write!(to, "the bundle is damaged: {what}"),
            BundleError::Digest { stated, computed } => write!(
                to,
                "the bundle is damaged: it says {stated}, its content is {computed}"
            ),
            BundleError::Content(what) => write!(to, "the bundle cannot be decoded: {what}"),
            BundleError::Faults(faults) => {
                to.write_str("the bundle holds no sound program")?;
                faults
                    .iter()
                    .try_for_each(|fault| write!(to, "\n  {fault}"))
            }
        }
    }
}

impl std::error::Error for BundleError {}

/// The bytes of a program and their digest. The program need not be verified; reading verifies. Tables of many
/// constant rows are written as columns, see [`Program::pack`], be they held so or not.
pub fn write(program: &Program) -> (Vec<u8>, Digest) {
    let program = program.packed(PACKED_FROM);
    // Encoding into memory fails for no program: all lists know their length. Nothing at all would
    // be refused when it is read.
    let content = postcard::to_allocvec(&*program).unwrap_or_default();
    let begin = HEAD_BYTES + DIGEST_BYTES + ENTRY_BYTES;
    let mut head = Vec::with_capacity(HEAD_BYTES);
    head.extend(MAGIC);
    head.extend(FORMAT_VERSION.to_le_bytes());
    head.extend(1u16.to_le_bytes());
    let mut rest = Vec::with_capacity(content.len().saturating_add(ENTRY_BYTES));
    for number in [PROGRAM_SECTION, offset(begin), offset(content.len())] {
        rest.extend(number.to_le_bytes());
    }
    rest.extend(content);
    let digest = digest_of(&head, &rest);
    head.extend(digest.0);
    head.extend(rest);
    (head, digest)
}

/// A length as it is written; what is longer is refused when it is read.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn digest_of(head: &[u8], rest: &[u8]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update(head);
    hasher.update(rest);
    Digest(*hasher.finalize().as_bytes())
}

/// Reads and verifies a bundle.
pub fn read(bytes: &[u8]) -> Result<Bundle, BundleError> {
    read_up_to(bytes, MAX_BUNDLE_BYTES)
}

fn read_up_to(bytes: &[u8], most: usize) -> Result<Bundle, BundleError> {
    if bytes.len() > most {
        return Err(BundleError::TooLarge(bytes.len()));
    }
    if !bytes.starts_with(&MAGIC) {
        return Err(BundleError::NoBundle);
    }
    let truncated = BundleError::Layout("it ends too early");
    let (head, rest) = bytes
        .split_first_chunk::<HEAD_BYTES>()
        .ok_or(truncated.clone())?;
    let [_, _, _, _, v1, v2, n1, n2] = *head;
    let version = u16::from_le_bytes([v1, v2]);
    if version != FORMAT_VERSION {
        return Err(BundleError::Format(version));
    }
    let (stated, rest) = rest
        .split_first_chunk::<DIGEST_BYTES>()
        .ok_or(truncated.clone())?;
    let stated = Digest(*stated);
    let computed = digest_of(head, rest);
    if stated != computed {
        return Err(BundleError::Digest { stated, computed });
    }
    if u16::from_le_bytes([n1, n2]) != 1 {
        return Err(BundleError::Layout("it has not one section"));
    }
    let (entry, content) = rest.split_first_chunk::<ENTRY_BYTES>().ok_or(truncated)?;
    let [k1, k2, k3, k4, s1, s2, s3, s4, l1, l2, l3, l4] = *entry;
    let kind = u32::from_le_bytes([k1, k2, k3, k4]);
    let start = u32::from_le_bytes([s1, s2, s3, s4]);
    let length = u32::from_le_bytes([l1, l2, l3, l4]);
    if kind != PROGRAM_SECTION {
        return Err(BundleError::Layout("its section is not the program"));
    }
    if start as usize != HEAD_BYTES + DIGEST_BYTES + ENTRY_BYTES {
        return Err(BundleError::Layout("its section begins elsewhere"));
    }
    if length as usize != content.len() {
        return Err(BundleError::Layout("its section has another length"));
    }
    let program = decode(content)?;
    let program = verify_owned(program).map_err(BundleError::Faults)?;
    Ok(Bundle {
        program,
        digest: stated,
    })
}

/// Compares what is written with what was read, and keeps nothing of it.
struct Compared<'c> {
    left: &'c [u8],
}

impl postcard::ser_flavors::Flavor for Compared<'_> {
    /// Whether nothing is left.
    type Output = bool;

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        match self.left.split_at_checked(bytes.len()) {
            Some((same, left)) if same == bytes => {
                self.left = left;
                Ok(())
            }
            _ => Err(postcard::Error::SerializeBufferFull),
        }
    }

    fn finalize(self) -> postcard::Result<bool> {
        Ok(self.left.is_empty())
    }
}

fn decode(content: &[u8]) -> Result<Program, BundleError> {
    let (program, rest) = postcard::take_from_bytes::<Program>(content)
        .map_err(|error| BundleError::Content(error.to_string()))?;
    if !rest.is_empty() {
        return Err(BundleError::Content("bytes are left over".to_owned()));
    }
    // One program has one form: numbers written longer than needed are refused.
    let again = postcard::serialize_with_flavor(&program, Compared { left: content });
    if again != Ok(true) {
        return Err(BundleError::Content(
            "it is not written in the one form".to_owned(),
        ));
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_has_a_number_of_bytes() {
        let text = "package \"a\" \"1\" define a.f () gives int { 1i }";
        let (bytes, _) = write(&crate::text::parse(text).unwrap());
        assert!(read_up_to(&bytes, bytes.len()).is_ok());
        assert_eq!(
            read_up_to(&bytes, bytes.len() - 1).unwrap_err(),
            BundleError::TooLarge(bytes.len())
        );
    }
}
