//! Watch: what time alone makes due. One indexed query finds it; no timer lives in memory, so a restart forgets nothing.

use kept_base::{ParcelId, PromiseId, SubjectId};
use kept_domain::Noun;
use kept_domain::react;

use crate::writer::{away, shelved};
use crate::{Engine, EngineError};

/// Subjects looked at in one transaction.
const BATCH: i64 = 500;

/// What a round of watching did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Subjects looked at.
    pub looked: u64,
    /// Facts that followed.
    pub facts: u64,
}

impl Engine {
    /// Looks at everything that is due by the clock, in order, until nothing is.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn watch(&self) -> Result<Watched, EngineError> {
        self.watch_at(self.now())
    }

    /// The same by another clock: a replay's.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn watch_at(&self, clock: i64) -> Result<Watched, EngineError> {
        let mut watched = Watched::default();
        for noun in [Noun::Parcel, Noun::Promise] {
            let mut last = Vec::new();
            loop {
                let due = self.reading(|connection| connection.due_watches(noun, clock, BATCH))?;
                if due.is_empty() {
                    break;
                }
                if due == last {
                    // What was looked at must move on; standing still would hold up everything behind it.
                    tracing::error!(noun = noun.word(), subjects = due.len(), "watch.stuck");
                    break;
                }
                last.clone_from(&due);
                watched.looked += due.len() as u64;
                watched.facts += self.look_at(noun, due, clock)?;
            }
        }
        Ok(watched)
    }

    /// Whether anything is due by the clock, as far as rows have been written: what may lag is seen within a second.
    pub(crate) fn is_due(&self) -> Result<bool, EngineError> {
        let now = self.now();
        let next = self.shared.database.read(kept_store::Connection::next_watch).map_err(away)?;
        Ok(next.is_some_and(|next| next <= now))
    }

    /// The next moment at which anything is to be looked at, epoch milliseconds: what a replay sets its clock to.
    ///
    /// # Errors
    /// Database errors.
    pub fn next_watch(&self) -> Result<Option<i64>, EngineError> {
        self.reading(kept_store::Connection::next_watch)
    }

    fn look_at(&self, noun: Noun, due: Vec<SubjectId>, clock: i64) -> Result<u64, EngineError> {
        let engine = self.clone();
        self.shared.writer.write(move |tx| {
            let in_force = engine.in_force();
            let before = tx.facts().len();
            tx.desk(clock, |desk| {
                for id in &due {
                    if noun == Noun::Parcel {
                        react::advance_parcel(desk, &in_force.rules(), ParcelId::from(*id), true)?;
                    } else {
                        react::advance_promise(desk, &in_force.rules(), PromiseId::from(*id), true)?;
                    }
                }
                Ok(())
            })
            .map_err(shelved)?;
            Ok((tx.facts().len() - before) as u64)
        })
    }
}
