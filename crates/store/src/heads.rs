//! Signed heads: what each stream of the ledger had come to at a moment, in a line that can be kept anywhere.
//!
//! Within the database a tail that was cut off leaves no trace; a line kept outside shows it. The signature says which installation
//! wrote the line, so that nobody can put another in its place without the key.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::connection::Connection;
use crate::error::StoreError;
use crate::ledger::{Chain, STREAMS, hash_of};
use crate::value::params;

/// Where the key stands among the installation's secrets.
const SECRET: &str = "key.heads";

/// The installation's signing key (ed25519), made at the first start. `Debug` shows the public half only.
pub struct HeadKey(SigningKey);

/// Heads of all streams at a moment, signed. One line of JSON in a file of heads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHeads {
    /// When, as ISO 8601.
    pub at: String,
    /// Each stream's head, by stream.
    pub heads: Vec<Head>,
    /// Public key, hex.
    pub key: String,
    /// Signature of [`SignedHeads::statement`], hex.
    pub signature: String,
}

/// A stream's head as said outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The stream.
    pub stream: i64,
    /// Blocks in it.
    pub blocks: i64,
    /// Chain hash of the last of them, hex.
    pub chain: String,
}

impl std::fmt::Debug for HeadKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HeadKey({})", self.public())
    }
}

impl HeadKey {
    /// The key of this installation; `None` before its first start.
    ///
    /// # Errors
    /// When the database fails, or what stands there is no key.
    pub fn load(connection: &mut Connection) -> Result<Option<HeadKey>, StoreError> {
        let Some(text) = connection.secret(SECRET)? else { return Ok(None) };
        let bytes: Option<[u8; 32]> = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        let bytes = bytes.ok_or_else(|| StoreError::Corrupt("the key that signs heads is damaged".to_owned()))?;
        Ok(Some(HeadKey(SigningKey::from_bytes(&bytes))))
    }

    /// Makes the key unless there is one.
    ///
    /// # Errors
    /// When the database fails, or the machine gives no randomness.
    pub fn ensure(connection: &mut Connection) -> Result<(), StoreError> {
        if connection.secret(SECRET)?.is_none() {
            let mut bytes = [0_u8; 32];
            getrandom::fill(&mut bytes).map_err(|error| StoreError::Away(format!("no randomness: {error}")))?;
            connection.save_secret(SECRET, &hex::encode(bytes), true)?;
        }
        Ok(())
    }

    /// The public half, hex: to be kept outside, beside the heads.
    pub fn public(&self) -> String {
        hex::encode(self.0.verifying_key().as_bytes())
    }

    /// Signs heads.
    pub fn sign(&self, at: jiff::Timestamp, heads: Vec<Head>) -> SignedHeads {
        let mut signed = SignedHeads { at: at.to_string(), heads, key: self.public(), signature: String::new() };
        signed.signature = self.sign_text(&signed.statement());
        signed
    }

    pub(crate) fn sign_text(&self, text: &str) -> String {
        hex::encode(self.0.sign(text.as_bytes()).to_bytes())
    }
}

impl SignedHeads {
    /// What is signed: a line of text for each part, so that other programs can check it.
    pub fn statement(&self) -> String {
        let mut text = format!("kept-heads 1\nat {}\n", self.at);
        for head in &self.heads {
            text.push_str(&format!("stream {} blocks {} chain {}\n", head.stream, head.blocks, head.chain));
        }
        text
    }

    /// The line for a file of heads.
    ///
    /// # Errors
    /// Only if it cannot be written as JSON.
    pub fn to_line(&self) -> Result<String, StoreError> {
        Ok(serde_json::to_string(self)?)
    }

    /// Reads a line of a file of heads and checks that its signature fits.
    ///
    /// # Errors
    /// When it is no such line, not written as this program writes it, or the signature is another's.
    pub fn from_line(line: &str) -> Result<SignedHeads, StoreError> {
        let signed: SignedHeads = serde_json::from_str(line)?;
        if signed.to_line()? != line.trim_end() {
            return Err(StoreError::Corrupt("the line of heads is not written as Kept writes it".to_owned()));
        }
        if !signature_fits(&signed.key, &signed.signature, &signed.statement()) {
            return Err(StoreError::Corrupt("the signature of these heads does not fit".to_owned()));
        }
        Ok(signed)
    }
}

/// Reads a file of heads: one line each, empty lines passed over.
///
/// # Errors
/// Names the first line that is wrong.
pub fn read_heads(text: &str) -> Result<Vec<SignedHeads>, StoreError> {
    let mut all = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        all.push(SignedHeads::from_line(line).map_err(|error| StoreError::Corrupt(format!("line {number}: {error}")))?);
    }
    Ok(all)
}

/// Whether a signature is that of a key over a text.
pub(crate) fn signature_fits(key: &str, signature: &str, text: &str) -> bool {
    let key: Option<[u8; 32]> = hex::decode(key).ok().and_then(|bytes| bytes.try_into().ok());
    let signature: Option<[u8; 64]> = hex::decode(signature).ok().and_then(|bytes| bytes.try_into().ok());
    match (key.and_then(|key| VerifyingKey::from_bytes(&key).ok()), signature) {
        (Some(key), Some(signature)) => key.verify_strict(text.as_bytes(), &Signature::from_bytes(&signature)).is_ok(),
        _ => false,
    }
}

impl Connection {
    /// The head of every stream that holds a block, read from the ends of the streams; nothing is checked.
    ///
    /// # Errors
    /// When the database fails.
    pub fn heads(&mut self) -> Result<Vec<Head>, StoreError> {
        let mut heads = Vec::new();
        for stream in 0..STREAMS {
            let sql = "select sequence, chain from block where stream = $1 order by sequence desc limit 1";
            if let Some(row) = self.first(sql, params![stream])? {
                let chain = Chain { stream, sequence: row.int(0)?, hash: hash_of(row.blob(1)?)? };
                heads.push(Head { stream, blocks: chain.sequence, chain: hex::encode(chain.hash) });
            }
        }
        Ok(heads)
    }

    /// The heads as they are now, signed.
    ///
    /// # Errors
    /// When the database fails, or there is no key yet.
    pub fn signed_heads(&mut self) -> Result<SignedHeads, StoreError> {
        let key = HeadKey::load(self)?.ok_or_else(no_key)?;
        Ok(key.sign(jiff::Timestamp::now(), self.heads()?))
    }
}

/// Said where a signature is wanted before Kept was ever started on the database.
pub(crate) fn no_key() -> StoreError {
    StoreError::Version("this installation has no key for heads yet: it is made at the first start".to_owned())
}
