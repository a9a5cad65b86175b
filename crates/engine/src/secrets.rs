//! Secrets of the installation: the key under which persons are found again, and the one that customers' links are made with. The key
//! that signs the ledger's heads is made here too; `store` reads it where it signs.

use hmac::{Hmac, KeyInit, Mac};
use kept_base::CustomerId;
use kept_store::Database;
use sha2::{Digest, Sha256};

use crate::error::EngineError;
use crate::writer::away;

/// The keys. `Debug` never shows them.
pub struct Secrets {
    person: Vec<u8>,
    link: Vec<u8>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(***)")
    }
}

impl Secrets {
    /// Reads the keys, and makes them at the first start.
    ///
    /// # Errors
    /// When the database fails, or the machine gives no randomness.
    pub fn load(database: &Database) -> Result<Secrets, EngineError> {
        let mut connection = database.connect().map_err(away)?;
        kept_store::HeadKey::ensure(&mut connection).map_err(away)?;
        let mut key = |name: &str| -> Result<Vec<u8>, EngineError> {
            if connection.secret(name).map_err(away)?.is_none() {
                connection.save_secret(name, &hex::encode(random::<32>()?), true).map_err(away)?;
            }
            let text = connection.secret(name).map_err(away)?.unwrap_or_default();
            hex::decode(text).map_err(|_| EngineError::Unavailable(format!("the secret `{name}` is damaged")))
        };
        Ok(Secrets { person: key("key.person")?, link: key("key.link")? })
    }

    /// The keyed hash of a person's reference or address.
    pub fn person_key(&self, text: &str) -> String {
        hex::encode(mac(&self.person, text.as_bytes()).get(..16).unwrap_or_default())
    }

    /// The secret of a customer's link: 160 bits, the same each time, so that it need not be kept in clear.
    pub fn link_secret(&self, customer: CustomerId) -> String {
        base32(mac(&self.link, &customer.get().to_be_bytes()).get(..20).unwrap_or_default())
    }

    /// The hash by which a link is looked up.
    pub fn link_hash(secret: &str) -> [u8; 32] {
        Sha256::digest(secret.trim().to_uppercase().as_bytes()).into()
    }
}

/// Random bytes.
///
/// # Errors
/// When the machine gives none.
pub fn random<const N: usize>() -> Result<[u8; N], EngineError> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|error| EngineError::Unavailable(format!("no randomness: {error}")))?;
    Ok(bytes)
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }
        // HMAC takes keys of any length; an empty answer opens nothing.
        Err(_) => Vec::new(),
    }
}

fn base32(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            let index = usize::try_from((bits >> held) & 31).unwrap_or(0);
            text.push(char::from(*DIGITS.get(index).unwrap_or(&b'0')));
        }
    }
    text
}
