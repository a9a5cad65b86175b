//! Signals: what the watch noticed about a promise, as a fact and as the promise remembers it.

use kept_base::{ParcelId, Position, PromiseId, SignalId};
use serde::{Deserialize, Serialize};

use crate::foresight::Foreseen;

/// What the watch noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// It will probably or surely not be kept in time.
    AtRisk,
    /// Nothing was heard for too long.
    Silent,
    /// The carrier does not seem to have it: a matter between the shop and its carrier.
    Unseen,
    /// Nothing was heard for so long that it must be taken for lost.
    Lost,
    /// Its carrier says that it is lost or destroyed.
    DeclaredLost,
    /// What was lost, or taken for lost, was seen again.
    FoundAgain,
    /// The due has passed.
    Late,
    /// It came after we had said that it might be late.
    DeliveredAfterWarning,
    /// A delivery was tried and failed.
    AttemptFailed,
    /// The address needs the customer.
    AddressProblem,
    /// It waits to be picked up.
    PickupWaiting,
    /// It still waits to be picked up, or will soon be sent back.
    PickupReminder,
    /// Lines are not in stock, and will not come in time.
    Backordered,
    /// Lines will not come.
    LinesWithdrawn,
    /// It goes back to the sender.
    Returned,
    /// The customer says that it is not so.
    Disputed,
    /// No due: it is time to look again and say something.
    ReviewDue,
    /// A message promised another word by now.
    NextWordDue,
    /// The customer chose something that has to be carried out.
    Chosen,
    /// Money is owed back.
    RefundOwed,
    /// All that was owed back was paid.
    Refunded,
    /// What was to be done in the shop is done.
    ErrandDone,
    /// The shop will not do it.
    ErrandRefused,
}

impl SignalKind {
    /// All kinds.
    pub const ALL: [SignalKind; 23] = [
        SignalKind::AtRisk,
        SignalKind::Silent,
        SignalKind::Unseen,
        SignalKind::Lost,
        SignalKind::DeclaredLost,
        SignalKind::FoundAgain,
        SignalKind::Late,
        SignalKind::DeliveredAfterWarning,
        SignalKind::AttemptFailed,
        SignalKind::AddressProblem,
        SignalKind::PickupWaiting,
        SignalKind::PickupReminder,
        SignalKind::Backordered,
        SignalKind::LinesWithdrawn,
        SignalKind::Returned,
        SignalKind::Disputed,
        SignalKind::ReviewDue,
        SignalKind::NextWordDue,
        SignalKind::Chosen,
        SignalKind::RefundOwed,
        SignalKind::Refunded,
        SignalKind::ErrandDone,
        SignalKind::ErrandRefused,
    ];

    /// The word in facts, packs and keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            SignalKind::AtRisk => "at_risk",
            SignalKind::Silent => "silent",
            SignalKind::Unseen => "unseen",
            SignalKind::Lost => "lost",
            SignalKind::DeclaredLost => "declared_lost",
            SignalKind::FoundAgain => "found_again",
            SignalKind::Late => "late",
            SignalKind::DeliveredAfterWarning => "delivered_after_warning",
            SignalKind::AttemptFailed => "attempt_failed",
            SignalKind::AddressProblem => "address_problem",
            SignalKind::PickupWaiting => "pickup_waiting",
            SignalKind::PickupReminder => "pickup_reminder",
            SignalKind::Backordered => "backordered",
            SignalKind::LinesWithdrawn => "lines_withdrawn",
            SignalKind::Returned => "returned",
            SignalKind::Disputed => "disputed",
            SignalKind::ReviewDue => "review_due",
            SignalKind::NextWordDue => "next_word_due",
            SignalKind::Chosen => "chosen",
            SignalKind::RefundOwed => "refund_owed",
            SignalKind::Refunded => "refunded",
            SignalKind::ErrandDone => "errand_done",
            SignalKind::ErrandRefused => "errand_refused",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<SignalKind> {
        SignalKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A signal as the promise remembers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalMark {
    /// Id.
    pub signal: SignalId,
    /// Kind.
    pub kind: SignalKind,
    /// What armed it: with the kind, what makes it fire once.
    pub armed_by: Position,
    /// The moment it became true, epoch milliseconds.
    pub true_at: i64,
    /// Why, as a word: `not_handed_over`, `unreachable`, `foreseen`, `silent` …
    pub reason: String,
    /// What was foreseen, where that raised it.
    pub foreseen: Option<Foreseen>,
}

/// The watch noticed something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalRaised {
    /// Id.
    pub signal: SignalId,
    /// Kind.
    pub signal_kind: SignalKind,
    /// About which promise.
    pub promise: PromiseId,
    /// About which parcel.
    pub parcel: Option<ParcelId>,
    /// What armed it.
    pub armed_by: Position,
    /// The moment it became true, epoch milliseconds.
    pub true_at: i64,
    /// Seconds between that and this fact: how late we noticed.
    pub lateness: i64,
    /// Why.
    pub reason: String,
    /// The figure behind it, in seconds, where there is one: the silence allowed, the time still needed.
    pub threshold: Option<i64>,
    /// What was foreseen, where that raised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreseen: Option<Foreseen>,
}
