//! Digests and receipts: which rules, which data, which input, which output.

use std::fmt;
use std::str::FromStr;

use assize_ir::{Decision, Program, Type};

use crate::canonical;
use crate::failure::Failure;
use crate::json::encode::{EncodeError, write_text};
use crate::json::instant;
use crate::value::Value;

/// What every digest text begins with: the name of the hash function, BLAKE3 with 256 bits.
pub const DIGEST_PREFIX: &str = "b3:";

/// A BLAKE3 digest of 256 bits, written `b3:` and 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(*blake3::hash(bytes).as_bytes())
    }
}

impl From<assize_ir::Digest> for Digest {
    fn from(digest: assize_ir::Digest) -> Digest {
        Digest(digest.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DIGEST_PREFIX)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDigest;

impl fmt::Display for NoDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a digest is written `b3:` and 64 lower-case hexadecimal digits")
    }
}

impl std::error::Error for NoDigest {}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Digest, NoDigest> {
        let digits = text.strip_prefix(DIGEST_PREFIX).ok_or(NoDigest)?;
        let value = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = digits
            .as_bytes()
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(value(*high)? * 16 + value(*low)?),
                _ => None,
            })
            .collect();
        bytes
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .map(Digest)
            .ok_or(NoDigest)
    }
}

/// Takes a digest piece by piece.
#[derive(Debug, Default)]
pub struct Hasher(blake3::Hasher);

impl Hasher {
    /// A hasher that has seen nothing.
    pub fn new() -> Hasher {
        Hasher::default()
    }

    /// Adds bytes; how they are cut into pieces does not matter.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of everything added.
    pub fn finish(&self) -> Digest {
        Digest(*self.0.finalize().as_bytes())
    }
}

/// What a decision was made of. Same rules, data and input: same output, to the last byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The compiled rules.
    pub rules: Digest,
    /// The reference data.
    pub data: Digest,
    /// The time of the call, where it said one, in seconds since 1970-01-01 UTC. The digest of the input
    /// covers it; here it can be read.
    pub at: Option<i64>,
    /// The call: decision, time and arguments.
    pub input: Digest,
    /// The result: output or error.
    pub output: Digest,
}

/// The layer in which a replay differs from a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Other rules: look at deployments.
    Rules,
    /// Other reference data: look at the synchronisation.
    Data,
    /// Another input: look at what was sent.
    Input,
    /// All the same, but another result: one of both sides was changed or is broken.
    Output,
}

impl Receipt {
    /// The receipt of a result.
    pub fn new(
        program: &Program,
        digests: (Digest, Digest),
        call: (&Decision, Option<i64>, &[Value]),
        result: Result<&Value, &Failure>,
    ) -> Result<Receipt, EncodeError> {
        let (decision, at, arguments) = call;
        let input = canonical::input_text(program, decision, at, arguments)?;
        let ty = program
            .callable(decision.callable)
            .map_or(&Type::Bool, |callable| &callable.result);
        let output = canonical::output_text(program, ty, result);
        Ok(Receipt {
            rules: digests.0,
            data: digests.1,
            at,
            input: Digest::of(input.as_bytes()),
            output: Digest::of(output.as_bytes()),
        })
    }

    /// Compares this receipt with the one of a replay; the layers that differ, outermost first. The
    /// output is only listed when nothing before it explains the difference.
    pub fn differences(&self, replay: &Receipt) -> Vec<Layer> {
        let mut layers = Vec::new();
        if self.rules != replay.rules {
            layers.push(Layer::Rules);
        }
        if self.data != replay.data {
            layers.push(Layer::Data);
        }
        if self.input != replay.input {
            layers.push(Layer::Input);
        }
        if layers.is_empty() && self.output != replay.output {
            layers.push(Layer::Output);
        }
        layers
    }

    /// Appends the JSON object.
    pub fn write_json(&self, out: &mut String) {
        for (name, digest) in [("{\"rules\":", &self.rules), (",\"data\":", &self.data)] {
            out.push_str(name);
            write_text(&digest.to_string(), out);
        }
        if let Some(at) = self.at {
            // Who reads a receipt years later need not know that all times here are UTC.
            out.push_str(",\"at\":");
            write_text(&instant::format(at), out);
            out.push_str(",\"zone\":\"UTC\"");
        }
        for (name, digest) in [(",\"input\":", &self.input), (",\"output\":", &self.output)] {
            out.push_str(name);
            write_text(&digest.to_string(), out);
        }
        out.push('}');
    }
}
