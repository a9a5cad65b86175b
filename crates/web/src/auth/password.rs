//! Passwords: Argon2id, on threads that may wait, two at once.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::failure::Failure;
use crate::state::App;

/// A password has at least this many characters.
pub const SHORTEST: usize = 12;

/// And at most this many bytes, so that nobody feeds a book to the hash.
pub const LONGEST_BYTES: usize = 1024;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Fewer than [`SHORTEST`] characters.
    #[error("the password has fewer than 12 characters")]
    TooShort,
    /// More than [`LONGEST_BYTES`] bytes.
    #[error("the password is longer than 1024 bytes")]
    TooLong,
    /// The mail address, the name, or one character again and again.
    #[error("the password is easy to guess")]
    EasilyGuessed,
}

impl Refused {
    /// Key of the text that says so on a page.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Refused::TooShort => "password-too-short",
            Refused::TooLong => "password-too-long",
            Refused::EasilyGuessed => "password-easily-guessed",
        }
    }
}

/// Whether a password may be chosen by the person of this address and name.
///
/// Length is what counts (NIST SP 800-63B, 3.1.1.2): no rules about kinds of characters.
///
/// # Errors
/// Why not.
pub fn check(password: &str, email: &str, name: &str) -> Result<(), Refused> {
    if password.chars().count() < SHORTEST {
        return Err(Refused::TooShort);
    }
    if password.len() > LONGEST_BYTES {
        return Err(Refused::TooLong);
    }
    let folded = password.to_lowercase();
    let first = folded.chars().next();
    let uniform = folded.chars().all(|character| Some(character) == first);
    if uniform || folded == email.trim().to_lowercase() || folded == name.trim().to_lowercase() {
        return Err(Refused::EasilyGuessed);
    }
    Ok(())
}

/// The hash of a password in PHC form, made at once: for programs that set up accounts before they serve anybody.
///
/// # Errors
/// When the password cannot be hashed.
pub fn hash_now(password: &str) -> Result<String, argon2::password_hash::Error> {
    argon2().hash_password(password.as_bytes()).map(|hash: PasswordHash| hash.to_string())
}

/// The hash of a password in PHC form.
///
/// # Errors
/// 503 when too many wait for a turn.
pub async fn hash(app: &App, password: String) -> Result<String, Failure> {
    let turn = app.gate.password_turn().await.ok_or_else(Failure::busy)?;
    let hashed = tokio::task::spawn_blocking(move || hash_now(&password)).await;
    drop(turn);
    match hashed {
        Ok(Ok(hash)) => Ok(hash),
        Ok(Err(error)) => {
            tracing::error!(error = %error, "a password could not be hashed");
            Err(Failure::internal())
        }
        Err(_) => Err(Failure::internal()),
    }
}

/// Whether a password fits a hash; without a hash the same work is done and the answer is no.
///
/// # Errors
/// 503 when too many wait for a turn.
pub async fn fits(app: &App, password: String, hash: Option<String>) -> Result<bool, Failure> {
    let turn = app.gate.password_turn().await.ok_or_else(Failure::busy)?;
    let fitting = tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS.clone());
        let fits = PasswordHash::new(&hash).is_ok_and(|parsed| {
            password.len() <= LONGEST_BYTES && argon2().verify_password(password.as_bytes(), &parsed).is_ok()
        });
        fits && known
    })
    .await;
    drop(turn);
    fitting.map_err(|_| Failure::internal())
}

/// 19 MiB, two passes, one lane: the first choice of the OWASP password storage cheat sheet.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// A hash that belongs to nobody: unknown accounts cost as much as known ones.
static NOBODYS: LazyLock<String> = LazyLock::new(|| {
    let made = argon2().hash_password(b"the password of nobody").map(|hash: PasswordHash| hash.to_string());
    made.unwrap_or_default()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_argon2id_with_19_mib_two_passes_one_lane() {
        assert!(NOBODYS.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", *NOBODYS);
    }

    #[test]
    fn a_password_is_long_and_not_the_address() {
        assert_eq!(check("elevenchars", "a@b.example", "A"), Err(Refused::TooShort));
        assert_eq!(check("éééééééééééé", "a@b.example", "A"), Err(Refused::EasilyGuessed));
        assert_eq!(check("Ada@Shop.Example", "ada@shop.example", "Ada"), Err(Refused::EasilyGuessed));
        assert_eq!(check(&"ab".repeat(600), "a@b.example", "A"), Err(Refused::TooLong));
        assert_eq!(check("correct horse battery", "a@b.example", "A"), Ok(()));
    }
}
