//! What the law adds to money that is paid back late: its steps, and how far they have run.
//!
//! Which steps apply is decided when the promise is made and stands in that fact; from then on only time decides.

use jiff::ToSpan as _;
use kept_base::{Money, PromiseId, from_millis, millis};
use serde::{Deserialize, Serialize};

use crate::input::Giver;
use crate::promise::Promise;

/// What is added, and by which article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The article of law.
    pub source: String,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// From so many days after the due on, so much in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Days after the due, at whose end it starts.
    pub days: u16,
    /// Percent of what was owed, with what earlier steps added.
    pub percent: u16,
}

/// What is added to a promise, and how far that has run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Penalty {
    /// What may be added.
    pub terms: Terms,
    /// The percentage in force; 0 while it is not late.
    pub percent: u16,
    /// What was added so far.
    pub added: Option<Money>,
}

/// A step began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// Which promise.
    pub promise: PromiseId,
    /// The percentage from now on.
    pub percent: u16,
    /// What this step adds.
    pub adds: Money,
    /// When, epoch milliseconds.
    pub at: i64,
}

impl Penalty {
    /// Terms that have not begun to run.
    #[must_use]
    pub fn new(terms: Terms) -> Penalty {
        Penalty { terms, percent: 0, added: None }
    }

    /// Folds a step.
    pub fn run(&mut self, fact: &Ran) {
        self.percent = fact.percent;
        self.added = Some(self.added.and_then(|added| added.checked_add(fact.adds).ok()).unwrap_or(fact.adds));
    }
}

impl Promise {
    /// The next step, with its moment and what it will add, while the promise is open.
    #[must_use]
    pub fn next_penalty(&self) -> Option<Ran> {
        let penalty = self.penalty.as_ref().filter(|_| self.state.is_open())?;
        // The law's own day, not an earlier one that somebody gave.
        let by_law = self.words.iter().find(|word| word.by == Giver::Law).and_then(|word| word.due.as_ref());
        let (due, amount) = (by_law.or(self.due.as_ref())?, self.amount?);
        let step = penalty.terms.steps.iter().find(|step| step.percent > penalty.percent)?;
        let zone =
            due.zone.as_deref().and_then(|zone| kept_base::moment::zone_named(zone).ok()).unwrap_or(jiff::tz::TimeZone::UTC);
        let at = from_millis(millis(due.at))?.to_zoned(zone).checked_add(i64::from(step.days).days()).ok()?;
        let added = penalty.added.map_or(0, |added| added.minor);
        // Of what was owed without it; rounded as commercial papers are, halves up.
        let owed = i128::from(amount.minor - added);
        let in_all = i64::try_from((owed * i128::from(step.percent) + 50).div_euclid(100)).ok()?;
        let adds = Money { minor: in_all.checked_sub(added)?, currency: amount.currency };
        Some(Ran { promise: self.id, percent: step.percent, adds, at: millis(at.timestamp()) })
    }
}
