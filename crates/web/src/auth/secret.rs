//! Random secrets and what is stored of them.
//!
//! A secret of 256 random bits needs no slow hash: SHA-256 of it tells nothing, and checking one costs a microsecond.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::failure::Failure;

/// What every API token begins with, so that scanners for leaked secrets know one.
pub const TOKEN_PREFIX: &str = "kept_";

/// The session cookie's name.
#[must_use]
pub fn cookie_name(secure: bool) -> &'static str {
    // The prefix makes browsers refuse the cookie from anything but this host over HTTPS (RFC 6265bis, 4.1.3.2).
    if secure { "__Host-kept" } else { "kept" }
}

/// 256 random bits in base64url, 43 characters.
///
/// # Errors
/// 500 when the system gives no randomness.
pub fn random() -> Result<String, Failure> {
    random_bytes().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

/// A new API token, to be shown once, and the hash to be stored.
///
/// # Errors
/// 500 when the system gives no randomness.
pub fn new_token() -> Result<(String, [u8; 32]), Failure> {
    let bytes = random_bytes()?;
    Ok((format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)), hash(&bytes)))
}

/// The hash under which a token is stored; `None` for anything that is not of a token's form.
#[must_use]
pub fn token_hash(token: &str) -> Option<[u8; 32]> {
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(TOKEN_PREFIX)?).ok()?;
    (bytes.len() == 32).then(|| hash(&bytes))
}

/// SHA-256.
#[must_use]
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The csrf value of a session: derived from its cookie, so that nothing more is stored, and of no use for finding the cookie.
#[must_use]
pub fn csrf_of(cookie: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(b"csrf");
    digest.update(cookie.as_bytes());
    hex::encode(digest.finalize())
}

/// Whether two secrets are the same, in a time that does not depend on where they differ; an empty one is never the same.
#[must_use]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    // Their hashes are compared, so that not even the length shows.
    !left.is_empty() && bool::from(hash(left).ct_eq(&hash(right)))
}

fn random_bytes() -> Result<[u8; 32], Failure> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(error = %error, "the system gives no randomness");
        Failure::internal()
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_256_bits_and_only_its_own_form_is_read() {
        let (token, stored) = new_token().unwrap();
        assert_eq!(token.len(), TOKEN_PREFIX.len() + 43);
        assert_eq!(token_hash(&token), Some(stored));
        for wrong in ["", "kept_", &token[..token.len() - 1], &token[5..], "kept_!!!", &format!("{token}AAAA")] {
            assert_eq!(token_hash(wrong), None, "{wrong}");
        }
        assert_ne!(new_token().unwrap().0, token);
    }

    #[test]
    fn empty_secrets_are_never_the_same() {
        assert!(!same(b"", b""));
        assert!(same(b"a", b"a"));
        assert!(!same(b"a", b"ab"));
    }
}
