//! Signatures over raw bytes, compared in constant time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use kept_engine::ports::Verification;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Whether `signature` (hexadecimal, any case) is HMAC-SHA256 of these pieces of bytes, one after the other.
///
/// An empty secret would make every stranger's signature computable: it is refused.
pub(crate) fn hmac_hex(secret: &[u8], pieces: &[&[u8]], signature: &str) -> Verification {
    verdict(hex::decode(signature.trim()).is_ok_and(|given| is_hmac(secret, pieces, &given)))
}

/// The same for a signature in base64.
pub(crate) fn hmac_base64(secret: &[u8], pieces: &[&[u8]], signature: &str) -> Verification {
    verdict(STANDARD.decode(signature.trim()).is_ok_and(|given| is_hmac(secret, pieces, &given)))
}

/// Whether a secret that is sent along (a token in a header) is the one that was agreed.
pub(crate) fn token(secret: &str, given: &str) -> Verification {
    verdict(!secret.is_empty() && bool::from(secret.as_bytes().ct_eq(given.as_bytes())))
}

/// Whether two digests are the same.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

fn is_hmac(secret: &[u8], pieces: &[&[u8]], given: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
    pieces.iter().for_each(|piece| mac.update(piece));
    // Compares in constant time.
    !secret.is_empty() && mac.verify_slice(given).is_ok()
}

/// The verdict of a comparison.
pub(crate) fn verdict(holds: bool) -> Verification {
    if holds { Verification::Verified } else { Verification::Refused }
}
