//! Trial: playbooks run over the real past. Who would have been told what and when, against what then happened.
//!
//! Invariant: nothing is written anywhere, and the same ledger and the same question give the same answer, to the bit. What a playbook
//! and the guard say comes from the code that decides live ([`crate::considering::Answering`]); what a fact does comes from the domain's own
//! `apply`. Deliberately absent: guesses of how a customer would have acted on other words; what customers did is what they did.

mod folding;
mod judging;
mod letter;
mod reading;
mod reliving;
mod running;
mod runs;

use std::ops::ControlFlow;
use std::sync::Arc;

use kept_base::{CustomerId, Position, PromiseId};
use kept_domain::Noun;
use kept_domain::definition::PackError;
use kept_domain::message::{MessageState, Mode};
use kept_domain::playbook::{self, Playbook};
use kept_domain::promise::SignalKind;
use serde::Serialize;

use crate::views::{Quantiles, Share};
use crate::{Engine, EngineError};

pub use runs::{RunState, TrialId, TrialRun, TrialRuns};

/// What is tried, on which part of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialAsked {
    /// Which playbooks.
    pub what: Tried,
    /// How far they are trusted in the trial.
    pub mode: Mode,
    /// Signals raised from this moment on, epoch milliseconds.
    pub from: i64,
    /// And before this one.
    pub before: i64,
}

/// The playbooks on trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// Of the packs in force, by name.
    InForce(Vec<String>),
    /// A text that is saved nowhere, in the form of a file of playbooks.
    Draft(String),
    /// Of the packs in force, by name, as if Kept had been there when the past happened that was only imported later.
    Relived(Vec<String>),
}

/// A past that was played again as it happened: which orders were placed in the period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Relived {
    /// Orders of the period.
    pub orders: u64,
    /// Of these, those of which somebody told what became of them: a carrier, or the shop that cancelled. Only they are played.
    pub heard: u64,
    /// Of these, those that the shop gave a day for.
    pub with_day: u64,
    /// When the first of the period was placed, epoch milliseconds.
    pub first: Option<i64>,
}

/// How far a trial is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TrialProgress {
    /// Facts of the ledger passed.
    pub facts: u64,
    /// Of so many.
    pub of: u64,
}

/// What a trial found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrialResult {
    /// Names of the playbooks tried.
    pub playbooks: Vec<String>,
    /// In this mode.
    pub mode: Mode,
    /// Period, epoch milliseconds.
    pub from: i64,
    /// Its end.
    pub before: i64,
    /// Facts of the ledger passed.
    pub facts: u64,
    /// The most subjects that were in memory at once.
    pub most_held: u64,
    /// Everything that was decided, in order.
    #[serde(skip)]
    pub rows: Vec<TrialRow>,
    /// What it comes to.
    pub counts: TrialCounts,
    /// Messages and signals of the past that the trial left out.
    #[serde(skip)]
    pub(crate) left_out: folding::LeftOut,
    /// SHA-256 of the rows: two runs of one question on one ledger have the same.
    pub digest: String,
    /// What was played again, where the past was relived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relived: Option<Relived>,
}

/// One decision of a trial.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrialRow {
    /// Which playbook.
    pub playbook: Arc<str>,
    /// About which promise.
    pub promise: PromiseId,
    /// To whom; `None`: to operations.
    pub customer: Option<CustomerId>,
    /// What the watch had noticed.
    pub signal: SignalKind,
    /// Why, as a word.
    pub noticed: String,
    /// The signal follows from what was said in the trial, and is not in the ledger.
    pub follows: bool,
    /// When it was decided, epoch milliseconds.
    pub decided_at: i64,
    /// Something was to be said.
    pub says: bool,
    /// The template.
    pub template: Arc<str>,
    /// Reasons of the guard.
    pub reasons: Vec<String>,
    /// What became of the message in the trial.
    pub state: MessageState,
    /// When it left, or would have, epoch milliseconds.
    pub told_at: Option<i64>,
    /// When the next word is promised.
    pub next_word_at: Option<i64>,
    /// Facts before this one were what it saw.
    pub position: Position,
    /// Against what happened.
    pub outcome: TrialOutcome,
    /// Told before the due and before the customer asked, whatever came of it.
    pub first: bool,
    /// The first due, epoch milliseconds.
    pub first_due: Option<i64>,
    /// When the promise ended.
    pub ended_at: Option<i64>,
}

/// What a message was worth, seen from the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialOutcome {
    /// Not kept in time, and told before the due and before the customer asked.
    ToldFirst,
    /// Not kept in time, and the customer had asked before.
    AskedFirst,
    /// Not kept in time, and told only after the due.
    AfterDue,
    /// Warned, then kept in time.
    Needless,
    /// Broken in the end, told or not told first.
    Broken,
    /// Kept in time, and what was said was no warning.
    InTime,
    /// Still owed, and its day has not passed.
    StillOpen,
    /// Moved or let off by the customer: neutral.
    Neutral,
    /// Disputed and not settled.
    Disputed,
    /// Written to operations, not to the customer.
    ToOperations,
    /// Nobody was told: the guard held or dropped it.
    Untold,
}

impl TrialOutcome {
    /// All outcomes, in the order of pages.
    pub const ALL: [TrialOutcome; 11] = [
        TrialOutcome::ToldFirst,
        TrialOutcome::AskedFirst,
        TrialOutcome::AfterDue,
        TrialOutcome::Needless,
        TrialOutcome::Broken,
        TrialOutcome::InTime,
        TrialOutcome::StillOpen,
        TrialOutcome::Neutral,
        TrialOutcome::Disputed,
        TrialOutcome::ToOperations,
        TrialOutcome::Untold,
    ];

    /// The word in reports, addresses and keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            TrialOutcome::ToldFirst => "told_first",
            TrialOutcome::AskedFirst => "asked_first",
            TrialOutcome::AfterDue => "after_due",
            TrialOutcome::Needless => "needless",
            TrialOutcome::Broken => "broken",
            TrialOutcome::InTime => "in_time",
            TrialOutcome::StillOpen => "still_open",
            TrialOutcome::Neutral => "neutral",
            TrialOutcome::Disputed => "disputed",
            TrialOutcome::ToOperations => "to_operations",
            TrialOutcome::Untold => "untold",
        }
    }

    /// The outcome of a word.
    pub fn from_word(word: &str) -> Option<TrialOutcome> {
        TrialOutcome::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// What a promise is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseSubject {
    /// Kind.
    pub kind: String,
    /// The order's number.
    pub order_number: Option<String>,
}

/// What a trial comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TrialCounts {
    /// Signals that the playbooks answer.
    pub signals: u64,
    /// Decisions to say something.
    pub said: u64,
    /// Decisions of the guard to say nothing.
    pub dropped: u64,
    /// Said, but held where only a person could let it go.
    pub held: u64,
    /// Promises whose customer was told something.
    pub promises: u64,
    /// By outcome, of the first message about each promise: outcome and promises.
    pub outcomes: Vec<(TrialOutcome, u64)>,
    /// Of the promises told about that were not kept in time: told first.
    pub told_first: Share,
    /// Of the promises warned about: kept in time after all.
    pub needless: Share,
    /// Promises that fell due unkept in the period.
    pub late: u64,
    /// Of these, those whose customer was told nothing by the playbooks on trial.
    pub late_untold: u64,
    /// How long before the first due warnings left, in hours.
    pub lead_hours: Quantiles,
}

impl Engine {
    /// Runs playbooks over the past. `progress` hears how far it is and may stop it; then there is no result.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for a draft that is wrong, a name no pack has, or a period that ends before it begins; database errors.
    pub fn trial(
        &self,
        asked: &TrialAsked,
        mut progress: impl FnMut(TrialProgress) -> ControlFlow<()>,
    ) -> Result<Option<TrialResult>, EngineError> {
        if asked.before <= asked.from {
            return Err(EngineError::Invalid("the period ends before it begins".to_owned()));
        }
        if let Tried::Relived(names) = &asked.what {
            self.with_tried(&asked.what, |_| ())?;
            return reliving::run(self, asked, names, &mut progress);
        }
        self.with_tried(&asked.what, |playbooks| running::run(self, asked, playbooks, &mut progress))?
    }

    /// Checks the text of a draft; gives the names of its playbooks.
    ///
    /// # Errors
    /// The first thing wrong, with its line and a hint.
    pub fn check_draft(&self, text: &str) -> Result<Vec<String>, PackError> {
        self.draft_playbooks(text).map(|playbooks| playbooks.into_iter().map(|playbook| playbook.name).collect())
    }

    /// The text of a playbook in force, to begin a draft with; `None` when its file cannot be read, or no longer has it.
    pub fn playbook_text(&self, name: &str) -> Option<String> {
        const HEAD: &str = "[[playbook]]";
        let files = crate::packs::playbook_files(&self.loaded().source).ok()?;
        files.iter().flat_map(|(_, text)| text.split(HEAD).skip(1)).find_map(|part| {
            let text = format!("{HEAD}{}\n", part.trim_end());
            (self.check_draft(&text).ok()? == [name]).then_some(text)
        })
    }

    /// What promises are about: kind and order number, without opening anything personal; `None` for one that is not there.
    ///
    /// # Errors
    /// Database errors.
    pub fn promise_subjects(&self, promises: &[PromiseId]) -> Result<Vec<Option<PromiseSubject>>, EngineError> {
        self.reading(|connection| {
            let mut subjects = Vec::with_capacity(promises.len());
            for id in promises {
                let promise = connection.load(Noun::Promise, (*id).into(), false)?.and_then(crate::gathering::promise_of);
                subjects.push(match promise {
                    Some(promise) => Some(PromiseSubject {
                        order_number: crate::gathering::order_of(connection, promise.order)?.map(|order| order.number),
                        kind: promise.kind,
                    }),
                    None => None,
                });
            }
            Ok(subjects)
        })
    }

    fn draft_playbooks(&self, text: &str) -> Result<Vec<Playbook>, PackError> {
        const FILE: &str = "draft";
        let templates = crate::packs::known(&self.loaded().messages);
        let playbooks = playbook::read(FILE, text, &templates)?;
        let mut names = std::collections::HashSet::new();
        match playbooks.iter().find(|playbook| !names.insert(playbook.name.as_str())) {
            Some(twice) => {
                Err(PackError::at(FILE, text, None, format!("playbook `{}` is there twice", twice.name))
                    .hint("one playbook a name"))
            }
            None => Ok(playbooks),
        }
    }

    /// The playbooks on trial, for as long as `use_them` runs: those of packs are not copied.
    fn with_tried<T>(&self, what: &Tried, use_them: impl FnOnce(&[&Playbook]) -> T) -> Result<T, EngineError> {
        let loaded = self.loaded();
        match what {
            Tried::InForce(names) | Tried::Relived(names) => {
                let mut found = Vec::with_capacity(names.len());
                for name in names {
                    let playbook = loaded.packs.playbook(name);
                    found.push(playbook.ok_or_else(|| EngineError::Invalid(format!("no pack has a playbook `{name}`")))?);
                }
                Ok(use_them(&found))
            }
            Tried::Draft(text) => {
                let drafted = self.draft_playbooks(text).map_err(|error| match &error.hint {
                    Some(hint) => EngineError::Invalid(format!("{error}; hint: {hint}")),
                    None => EngineError::Invalid(error.to_string()),
                })?;
                Ok(use_them(&drafted.iter().collect::<Vec<_>>()))
            }
        }
    }
}
