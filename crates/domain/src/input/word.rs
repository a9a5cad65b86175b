//! Words given, and deeds noted by a person.

use kept_base::{Moment, Money};
use serde::{Deserialize, Serialize};

use super::CustomerRef;

/// Somebody gave their word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WordGiven {
    /// What is promised: `refund`, `reply`, `call_back`, `repair` …; a definition of this kind must exist.
    pub promise_kind: String,
    /// To whom.
    pub customer: CustomerRef,
    /// When the word was given.
    #[serde(flatten)]
    pub at: Moment,
    /// Who gave it.
    pub by: Giver,
    /// The sentence as the customer would say it; sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// Due day where the customer lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_day: Option<jiff::civil::Date>,
    /// Or due moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
    /// Or a span from when it was given (ISO 8601).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<kept_base::CalendarDuration>,
    /// The amount promised, if money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// A condition not yet met, in words, sealed: the word waits and has no due until it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// True when whoever gave it had no right to; it is honoured or made good, never deleted.
    #[serde(default)]
    pub exceeds_authority: bool,
}

/// Who gives a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Giver {
    /// The shop, in its offer or order confirmation.
    Shop,
    /// A person of the team.
    Agent,
    /// Kept itself, in a message it sent.
    System,
    /// A carrier, seller or other partner.
    Partner,
    /// The law.
    Law,
    /// The customer: their own wish.
    Customer,
}

impl Giver {
    /// All of them.
    pub const ALL: [Giver; 6] = [Giver::Shop, Giver::Agent, Giver::System, Giver::Partner, Giver::Law, Giver::Customer];

    /// The word in rows, addresses and keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            Giver::Shop => "shop",
            Giver::Agent => "agent",
            Giver::System => "system",
            Giver::Partner => "partner",
            Giver::Law => "law",
            Giver::Customer => "customer",
        }
    }
}

/// A person of the team says that what was promised is done: called back, answered, repaired.
///
/// It counts at the moment it is recorded, whatever `at` says: nobody moves a deed before its due by writing it down later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeedNoted {
    /// Which promise, as shown (`prm_…`).
    pub promise: kept_base::PromiseId,
    /// When it was done, by what they say.
    #[serde(flatten)]
    pub at: Moment,
    /// Who says so.
    pub noted_by: String,
    /// By what one can see it; sealed.
    pub evidence: String,
}
