//! Erasing a person; and erasing again, before anything is served, in a database that was put back from before.

use kept_base::{CustomerId, SealedId, SubjectId};
use kept_domain::customer::{Customer, Erased};
use kept_domain::{Noun, Subject};
use kept_store::{Connection, Erasure, ErasureList, StoreError};

use crate::secrets::random;
use crate::writer::{BRAND, Tx, away, collision, shelved};
use crate::{Engine, EngineError};

/// Nobody's id: an erasure of contents whose person this database never knew.
const NOBODY: CustomerId = CustomerId::new(0);

/// What a list of erasures asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErasedAgain {
    /// Entries in the list.
    pub listed: u64,
    /// Those that this database had not seen, and that found somebody or something to erase.
    pub again: u64,
    /// Sealed contents deleted for them.
    pub contents: u64,
}

impl Engine {
    /// Erases a person: what is sealed about them, their orders, parcels, promises and messages is deleted, and history still
    /// verifies. Gives how many contents were deleted.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn erase_customer(&self, customer: CustomerId, by: &str) -> Result<u32, EngineError> {
        let (engine, by, name) = (self.clone(), by.to_owned(), hex::encode(random::<16>()?));
        let count = self.shared.writer.write(move |tx| {
            let person = person(tx.connection, customer).map_err(collision)?;
            let person = person.ok_or_else(|| EngineError::NotFound("customer".to_owned()))?;
            let sealed = about(tx.connection, &person).map_err(collision)?;
            let entry = Erasure {
                erasure: name.clone(),
                at: engine.now(),
                customer,
                since: person.since,
                sealed: tx.connection.sealed_refs(&sealed).map_err(collision)?,
            };
            tx.connection.forget_person(customer.into()).map_err(collision)?;
            engine.erase(tx, customer, &sealed, &by)?;
            tx.connection.save_erasure(&entry).map_err(collision)?;
            Ok(u32::try_from(sealed.len()).unwrap_or(u32::MAX))
        })?;
        // What was deleted must not live on in the write-ahead log.
        self.shared.database.read(Connection::forget_log).map_err(away)?;
        // The erasure is done and recorded; if it cannot be listed now, it is at the next start.
        if let Err(error) = self.list_erasures() {
            tracing::warn!(error = %error, "erasures.not_listed");
        }
        Ok(count)
    }

    /// What the list asked for when this engine was opened; `None` where there is no list.
    pub fn erased_again(&self) -> Option<ErasedAgain> {
        self.shared.erased_again.get().copied().flatten()
    }

    /// Writes to the list what is not in it yet, and carries out what is in it and was not done here.
    pub(crate) fn follow_erasures(&self) -> Result<(), EngineError> {
        self.list_erasures()?;
        let Some(list) = &self.shared.erasures else { return Ok(()) };
        let again = match list.read().map_err(away)? {
            None => None,
            Some(entries) => Some(self.erase_again(&entries)?),
        };
        let _ = self.shared.erased_again.set(again);
        Ok(())
    }

    /// Carries out erasures that this database has not seen. To be called before anything is served.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn erase_again(&self, entries: &[Erasure]) -> Result<ErasedAgain, EngineError> {
        let mut all = ErasedAgain { listed: entries.len() as u64, ..ErasedAgain::default() };
        for entry in entries {
            if self.shared.database.read(|connection| connection.knows_erasure(entry)).map_err(away)? {
                continue;
            }
            let (engine, entry) = (self.clone(), entry.clone());
            if let Some(contents) = self.shared.writer.write(move |tx| engine.repeat_erasure(tx, &entry))? {
                all.again += 1;
                all.contents += contents;
            }
        }
        if all.again > 0 {
            self.shared.database.read(Connection::forget_log).map_err(away)?;
        }
        Ok(all)
    }

    fn repeat_erasure(&self, tx: &mut Tx<'_>, entry: &Erasure) -> Result<Option<u64>, EngineError> {
        let ids: Vec<SealedId> = entry.sealed.iter().map(|sealed| sealed.id).collect();
        let there = tx.connection.sealed_refs(&ids).map_err(collision)?;
        // An id may have been given to something else since: the hash, and of a person the moment they came, say whether it is the same.
        let mut sealed: Vec<SealedId> =
            there.into_iter().filter(|there| entry.sealed.contains(there)).map(|there| there.id).collect();
        let person = person(tx.connection, entry.customer).map_err(collision)?;
        let person = person.filter(|person| person.since == entry.since && !person.erased);
        if let Some(person) = &person {
            for id in about(tx.connection, person).map_err(collision)? {
                if !sealed.contains(&id) {
                    sealed.push(id);
                }
            }
            tx.connection.forget_person(entry.customer.into()).map_err(collision)?;
        }
        if person.is_some() || !sealed.is_empty() {
            self.erase(tx, person.as_ref().map_or(NOBODY, |person| person.id), &sealed, "restore")?;
        }
        tx.connection.erasure_is_listed(entry).map_err(collision)?;
        Ok((person.is_some() || !sealed.is_empty()).then_some(sealed.len() as u64))
    }

    fn erase(&self, tx: &mut Tx<'_>, customer: CustomerId, sealed: &[SealedId], by: &str) -> Result<(), EngineError> {
        tx.connection.delete_sealed(sealed).map_err(collision)?;
        tx.desk(self.now(), |desk| {
            "team".clone_into(&mut desk.source);
            desk.emit(Erased { customer, sealed: sealed.to_vec(), by: by.to_owned() }).map(|_| ())
        })
        .map_err(shelved)
    }

    fn list_erasures(&self) -> Result<(), EngineError> {
        let Some(list) = &self.shared.erasures else { return Ok(()) };
        let unlisted = self.shared.database.read(Connection::unlisted_erasures).map_err(away)?;
        if unlisted.is_empty() {
            return Ok(());
        }
        list.append(&unlisted).map_err(away)?;
        self.shared
            .writer
            .write(move |tx| unlisted.iter().try_for_each(|entry| tx.connection.erasure_is_listed(entry)).map_err(collision))
    }
}

/// The list of an engine's settings.
pub(crate) fn list(settings: &crate::Settings) -> Option<ErasureList> {
    settings.erasures.as_deref().map(ErasureList::at)
}

fn person(connection: &mut Connection, customer: CustomerId) -> Result<Option<Customer>, StoreError> {
    Ok(match connection.load(Noun::Customer, customer.into(), true)? {
        Some(Subject::Customer(person)) => Some(*person),
        _ => None,
    })
}

/// What is sealed about a customer, and about every order, parcel, promise and message of theirs.
fn about(connection: &mut Connection, person: &Customer) -> Result<Vec<SealedId>, StoreError> {
    let mut subjects: Vec<SubjectId> = vec![person.id.into()];
    subjects.extend(person.promises.iter().map(|id| SubjectId::from(*id)));
    for order in &person.orders {
        subjects.push((*order).into());
        if let Some(Subject::Order(order)) = connection.load(Noun::Order, (*order).into(), false)? {
            subjects.extend(order.parcels.iter().map(|id| SubjectId::from(*id)));
        }
    }
    subjects.extend(connection.messages_of(BRAND, person.id.get())?.into_iter().map(SubjectId));
    connection.sealed_about(&subjects)
}
