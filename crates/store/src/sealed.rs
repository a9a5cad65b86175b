//! Sealed content: personal bytes in a table of their own, each with a salt; the ledger holds only the hash of both.

use kept_base::{SealedId, SubjectId};
use kept_domain::SealedRef;
use sha2::{Digest, Sha256};

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::params;

/// Draws ids in blocks from the database's sequence.
#[derive(Debug, Default)]
pub struct Sealer {
    next: i64,
    end: i64,
}

/// Ids drawn at once.
const DRAWN: i64 = 1000;

impl Sealer {
    /// A new id, never given before.
    ///
    /// # Errors
    /// When the database fails.
    pub fn mint(&mut self, connection: &mut Connection) -> Result<i64, StoreError> {
        if self.next >= self.end {
            let first = if connection.is_postgres() {
                connection.first("select nextval('kept_ids')", &[])?
            } else {
                connection.first(
                    "insert into counter (name, next) values ('ids', $1) on conflict (name) do update set next = counter.next + $2 returning next - $2",
                    params![1 + DRAWN, DRAWN],
                )?
            };
            self.next = first.ok_or_else(|| StoreError::Corrupt("no id".to_owned()))?.int(0)?;
            self.end = self.next + DRAWN;
        }
        let id = self.next;
        self.next += 1;
        Ok(id)
    }

    /// Forgets drawn ids: after a rollback the database no longer knows that they were drawn.
    pub fn rolled_back(&mut self) {
        *self = Sealer::default();
    }

    /// Seals bytes about subjects.
    ///
    /// # Errors
    /// When the database fails, or the machine gives no randomness.
    pub fn seal(&mut self, connection: &mut Connection, about: &[SubjectId], bytes: &[u8]) -> Result<SealedRef, StoreError> {
        let mut salt = [0_u8; 16];
        getrandom::fill(&mut salt).map_err(|error| StoreError::Away(format!("no randomness: {error}")))?;
        let id = self.mint(connection)?;
        connection.execute("insert into sealed (id, salt, bytes) values ($1, $2, $3)", params![id, salt.as_slice(), bytes])?;
        connection.relate_sealed(SealedId::new(id), about)?;
        Ok(SealedRef { id: SealedId::new(id), hash: hash(&salt, bytes) })
    }
}

impl Connection {
    /// Opens what was sealed; `None` once erased.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open_sealed(&mut self, id: SealedId) -> Result<Option<Vec<u8>>, StoreError> {
        match self.first("select bytes from sealed where id = $1", params![id.get()])? {
            Some(row) => Ok(Some(row.blob(0)?.to_vec())),
            None => Ok(None),
        }
    }

    /// Says that sealed content is about further subjects.
    ///
    /// # Errors
    /// When the database fails.
    pub fn relate_sealed(&mut self, id: SealedId, about: &[SubjectId]) -> Result<(), StoreError> {
        for subject in about {
            self.execute(
                "insert into sealed_about (subject, sealed) values ($1, $2) on conflict do nothing",
                params![subject.0, id.get()],
            )?;
        }
        Ok(())
    }

    /// What is sealed about any of these subjects.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sealed_about(&mut self, subjects: &[SubjectId]) -> Result<Vec<SealedId>, StoreError> {
        let mut found = Vec::new();
        for subject in subjects {
            for row in self.query("select sealed from sealed_about where subject = $1 order by sealed", params![subject.0])? {
                let id = SealedId::new(row.int(0)?);
                if !found.contains(&id) {
                    found.push(id);
                }
            }
        }
        Ok(found)
    }

    /// Deletes sealed contents for good; the caller records it in the ledger, in the same transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub fn delete_sealed(&mut self, ids: &[SealedId]) -> Result<(), StoreError> {
        for id in ids {
            self.execute("delete from sealed where id = $1", params![id.get()])?;
            self.execute("delete from sealed_about where sealed = $1", params![id.get()])?;
        }
        Ok(())
    }
}

pub(crate) fn hash(salt: &[u8], bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(bytes);
    hex::encode(hash.finalize().get(..16).unwrap_or_default())
}
