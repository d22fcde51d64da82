//! Digests: what blobs and layers are named by.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest, shown as `sha256:` and 64 hexadecimal digits.
///
/// Parsing checks the grammar, so that a digest can become the name of a file without leading anywhere else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 64 digits alone: the name of a blob's file.
    #[must_use]
    pub fn hex(&self) -> String {
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Why a text is no digest that the store can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum DigestError {
    #[error("`{text}` is no digest: `sha256:` and 64 lowercase hexadecimal digits are expected")]
    Malformed { text: String },

    #[error("digest algorithm `{algorithm}` is not supported: only sha256 is")]
    Unsupported { algorithm: String },
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let malformed = || DigestError::Malformed { text: text.to_owned() };
        let (algorithm, digits) = text.split_once(':').ok_or_else(malformed)?;
        if algorithm != "sha256" {
            let named = !algorithm.is_empty() && algorithm.bytes().all(|byte| byte.is_ascii_alphanumeric());
            return Err(if named {
                DigestError::Unsupported { algorithm: algorithm.to_owned() }
            } else {
                malformed()
            });
        }
        bytes(digits).map(Self).ok_or_else(malformed)
    }
}

/// The 32 bytes behind 64 lowercase digits.
fn bytes(digits: &str) -> Option<[u8; 32]> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let pairs = digits.as_bytes().chunks_exact(2);
    let whole = digits.len() == 64;
    let bytes =
        pairs.map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect::<Option<Vec<u8>>>()?;
    bytes.try_into().ok().filter(|_| whole)
}

/// Passes on what is read, and hashes and counts it.
#[derive(Debug)]
pub struct Hashing<R> {
    inner: R,
    hash: Sha256,
    count: u64,
}

impl<R: Read> Hashing<R> {
    /// Hashes what is read from `inner` from here on.
    pub fn new(inner: R) -> Self {
        Self { inner, hash: Sha256::new(), count: 0 }
    }

    /// The digest of everything that was read, and how many bytes that were.
    pub fn finish(self) -> (Digest, u64) {
        (Digest(self.hash.finalize().into()), self.count)
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        self.count += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_shown() {
        let nothing = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(nothing.parse(), Ok(Digest::of(b"")));
        assert_eq!(Digest::of(b"").to_string(), nothing);
    }

    #[test]
    fn what_could_lead_out_of_the_store_is_no_digest() {
        let upper = format!("sha256:{}", "A".repeat(64));
        for text in ["", "sha256:", "sha256:../../x", "sha256:abc", &upper, "../x:abc", &"a".repeat(64)] {
            let malformed = DigestError::Malformed { text: text.to_owned() };
            assert_eq!(text.parse::<Digest>(), Err(malformed));
        }
        let other = DigestError::Unsupported { algorithm: "sha512".to_owned() };
        assert_eq!("sha512:abc".parse::<Digest>(), Err(other));
    }

    #[test]
    fn hashing_what_is_read_is_hashing_the_whole() {
        let mut reader = Hashing::new(b"abc".as_slice());
        io::copy(&mut reader, &mut io::sink()).unwrap();
        assert_eq!(reader.finish(), (Digest::of(b"abc"), 3));
    }
}
