//! The list of erasures: a file outside the database that says who was erased, by ids that mean nothing to anybody else.
//!
//! A backup does not know what was erased after it was taken. The list does: a database that is put back erases again whatever stands
//! in the list and not in itself. Each entry has a random name, and the database remembers the names that it has dealt with, so that an
//! id given anew after a restore never makes somebody else be erased.

use std::fs::File;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use kept_base::{CustomerId, SealedId};
use kept_domain::SealedRef;
use kept_domain::fact::Body;
use serde::{Deserialize, Serialize};

use crate::connection::Connection;
use crate::error::StoreError;
use crate::value::params;

/// Names of settings that remember an erasure.
const SETTING: &str = "erasure:";
/// Its value once the erasure stands in the list; before, it holds the entry itself.
const LISTED: &str = "listed";

/// An erasure as the list holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Its name: random.
    pub erasure: String,
    /// When, epoch milliseconds.
    pub at: i64,
    /// Who.
    pub customer: CustomerId,
    /// When that customer was first seen, which tells them from another who was given the id later.
    pub since: i64,
    /// What was deleted, each with its hash, which tells it from another that was given the id later.
    pub sealed: Vec<SealedRef>,
}

/// The file.
#[derive(Debug)]
pub struct ErasureList {
    path: PathBuf,
    /// One writer at a time.
    turn: Mutex<()>,
}

impl ErasureList {
    /// The list at a path; nothing is read or made yet.
    pub fn at(path: &Path) -> ErasureList {
        ErasureList { path: path.to_owned(), turn: Mutex::new(()) }
    }

    /// Its entries; `None` where there is no file.
    ///
    /// # Errors
    /// When it cannot be read, or a line is no erasure.
    pub fn read(&self) -> Result<Option<Vec<Erasure>>, StoreError> {
        match std::fs::read_to_string(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.failed(source)),
            Ok(text) => {
                // A line without its end was being written when the machine stopped: it was never said to be there.
                let whole = text.rfind('\n').map_or("", |end| text.get(..end).unwrap_or_default());
                let mut entries = Vec::new();
                for (number, line) in (1..).zip(whole.lines()).filter(|(_, line)| !line.trim().is_empty()) {
                    let entry = serde_json::from_str(line).map_err(|error| {
                        StoreError::Corrupt(format!("{}, line {number}, is no erasure: {error}", self.path.display()))
                    })?;
                    entries.push(entry);
                }
                Ok(Some(entries))
            }
        }
    }

    /// Adds entries, durably.
    ///
    /// # Errors
    /// When the file cannot be written; then none of them counts as listed.
    pub fn append(&self, entries: &[Erasure]) -> Result<(), StoreError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, entry)?;
            lines.push(b'\n');
        }
        self.write(&lines).map_err(|source| self.failed(source))
    }

    fn write(&self, lines: &[u8]) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let before = std::fs::read(&self.path).unwrap_or_default();
        let whole = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let mut file = File::options().create(true).append(true).open(&self.path)?;
        if whole < before.len() {
            file.set_len(whole as u64)?;
        }
        file.write_all(lines)?;
        file.sync_all()?;
        // A new file is there after a power cut only once its folder is synced too.
        match self.path.parent().filter(|folder| before.is_empty() && !folder.as_os_str().is_empty()) {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }

    fn failed(&self, source: std::io::Error) -> StoreError {
        StoreError::File { path: self.path.display().to_string(), source }
    }
}

/// The erasures that an export of the ledger records: for a restore where the list was lost.
///
/// # Errors
/// When the file cannot be read or is no export; `verify_export` says whether it is sound.
pub fn erasures_in_export(file: &mut dyn BufRead) -> Result<Vec<Erasure>, StoreError> {
    let mut since = std::collections::HashMap::new();
    let mut hashes = std::collections::HashMap::new();
    let mut erasures = Vec::new();
    for block in crate::export::blocks(file) {
        let block = block?;
        for fact in block.read()? {
            for reference in crate::verifying::references(&fact)? {
                hashes.insert(reference.id, reference.hash);
            }
            match &fact.body {
                Body::CustomerRegistered(body) => {
                    since.entry(body.customer).or_insert(fact.recorded);
                }
                Body::CustomerErased(body) => erasures.push((fact.position, fact.recorded, body.clone())),
                _ => {}
            }
        }
    }
    let entry = |(position, at, body): (kept_base::Position, i64, kept_domain::customer::Erased)| Erasure {
        erasure: format!("export {position} {at}"),
        at,
        customer: body.customer,
        since: since.get(&body.customer).copied().unwrap_or(i64::MIN),
        sealed: body
            .sealed
            .iter()
            .filter_map(|id| hashes.get(&id.get()).map(|hash| SealedRef { id: *id, hash: hash.clone() }))
            .collect(),
    };
    Ok(erasures.into_iter().map(entry).collect())
}

impl Connection {
    /// Remembers, in the transaction that erases, what is still to be written to the list.
    ///
    /// # Errors
    /// When the database fails.
    pub fn save_erasure(&mut self, erasure: &Erasure) -> Result<(), StoreError> {
        let entry = serde_json::to_string(erasure)?;
        self.save_setting(&format!("{SETTING}{}", erasure.erasure), &entry)
    }

    /// Remembers that an erasure stands in the list and was carried out here.
    ///
    /// # Errors
    /// When the database fails.
    pub fn erasure_is_listed(&mut self, erasure: &Erasure) -> Result<(), StoreError> {
        self.save_setting(&format!("{SETTING}{}", erasure.erasure), LISTED)
    }

    /// Whether this database has dealt with an erasure.
    ///
    /// # Errors
    /// When the database fails.
    pub fn knows_erasure(&mut self, erasure: &Erasure) -> Result<bool, StoreError> {
        Ok(self.setting(&format!("{SETTING}{}", erasure.erasure))?.is_some())
    }

    /// Erasures that are done and not yet in the list.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unlisted_erasures(&mut self) -> Result<Vec<Erasure>, StoreError> {
        let sql = "select value from setting where name like $1 and value <> $2 order by name";
        let rows = self.query(sql, params![format!("{SETTING}%"), LISTED])?;
        rows.iter().map(|row| Ok(serde_json::from_str(&row.text(0)?)?)).collect()
    }

    /// What is there of these sealed contents, with the hash of each.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sealed_refs(&mut self, ids: &[SealedId]) -> Result<Vec<SealedRef>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(row) = self.first("select salt, bytes from sealed where id = $1", params![id.get()])? {
                found.push(SealedRef { id: *id, hash: crate::sealed::hash(row.blob(0)?, row.blob(1)?) });
            }
        }
        Ok(found)
    }
}
