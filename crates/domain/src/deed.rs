//! A deed: the word of a person of the team that what was promised is done, where no carrier and no payment says it.

use kept_base::PromiseId;
use serde::{Deserialize, Serialize};

use crate::fact::SealedRef;
use crate::promise::Promise;

/// A person of the team says that it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// Who says so.
    pub by: String,
    /// When it was noted, epoch milliseconds.
    pub at: i64,
    /// They answer for it themselves, or did before.
    pub own: bool,
    /// By what one can see it.
    pub evidence: SealedRef,
}

/// A person said that a promise is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Which.
    pub promise: PromiseId,
    /// When it was noted, epoch milliseconds: from then on it counts.
    pub at: i64,
    /// Who says so.
    pub by: String,
    /// They answer for it themselves, or did before: judged by their own word.
    pub own: bool,
    /// By what one can see it.
    pub evidence: SealedRef,
}

impl Promise {
    /// Folds the word of a person that it is done.
    pub fn note_deed(&mut self, fact: &Noted) {
        self.deed = Some(Deed { by: fact.by.clone(), at: fact.at, own: fact.own, evidence: fact.evidence.clone() });
    }

    /// Whether somebody of this name answers for it, or ever did.
    pub fn is_or_was_owned_by(&self, name: &str) -> bool {
        let same = |owner: &String| owner.trim().to_lowercase() == name.trim().to_lowercase();
        same(&self.owner) || self.owners_before.iter().any(same)
    }
}
