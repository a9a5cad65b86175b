//! What figures count of a promise.
//!
//! Each follows from facts that nobody can take back: no act of the team makes any of them better.

use crate::input::Giver;
use crate::promise::{Promise, PromiseState, SignalKind};

/// Causes for which a promise breaks without anybody giving it up.
const NOT_GIVEN_UP: [&str; 3] = ["never_came", "lost", "returned"];

impl Promise {
    /// Told first: a message was accepted before the due and before any contact by the customer.
    pub fn told_first(&self) -> bool {
        let Some(told) = self.first_told_at() else { return false };
        let before_due = self.first_due.as_ref().is_none_or(|due| told < kept_base::millis(due.at));
        before_due && self.chasers.iter().all(|asked| told < *asked)
    }

    /// Moved by the customer's wish before the first day had passed: neutral in every figure. What was late already stays late.
    pub fn is_neutral(&self) -> bool {
        let first_due = self.first_due.as_ref().map(|due| kept_base::millis(due.at));
        self.amended && !self.signals.iter().any(|mark| mark.kind == SignalKind::Late && Some(mark.true_at) == first_due)
    }

    /// Warned that it may be late, and then kept in time: a needless alarm.
    pub fn needless_alarm(&self) -> bool {
        self.state == PromiseState::Kept && self.disputed.is_none() && self.was_told(&["late-warning"])
    }

    /// Who gave the word that figures judge by: that of the first due, or where no word has a date, the first.
    pub fn giver(&self) -> Option<Giver> {
        let first = self.words.iter().find(|word| word.due.is_some() && word.due == self.first_due);
        first.or(self.words.first()).map(|word| word.by)
    }

    /// The moment whose period it counts in, epoch milliseconds: its first due, or where it has none, its end.
    pub fn counts_at(&self) -> Option<i64> {
        // What a partner promised the company is no promise to a customer.
        if self.upstream.is_some() {
            return None;
        }
        let first_due = self.first_due.as_ref().map(|due| kept_base::millis(due.at));
        first_due.or(self.outcome.as_ref().map(|outcome| outcome.at))
    }

    /// Judged kept on the word of a person of the team, with nothing else to show for it.
    pub fn kept_by_hand(&self) -> bool {
        self.deed.is_some() && matches!(self.state, PromiseState::Kept | PromiseState::KeptLate)
    }

    /// The same, on the word of somebody who answered for it.
    pub fn kept_by_own_hand(&self) -> bool {
        self.kept_by_hand() && self.deed.as_ref().is_some_and(|deed| deed.own)
    }

    /// Given up by the company: broken, and not because something was lost or never came.
    pub fn is_withdrawn(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| {
            outcome.state == PromiseState::Broken && outcome.cause.as_deref().is_some_and(|cause| !NOT_GIVEN_UP.contains(&cause))
        })
    }
}
