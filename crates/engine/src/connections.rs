//! Connections made on a page: what was filled in, how asking stands, how far an import is, and what was heard of each source.
//!
//! What was filled in is a secret of the installation; pages store it, and read back only what a connector says is none. Who asks is the
//! binary: it looks here for what there is to ask.

use std::collections::{BTreeMap, HashMap};

use kept_base::Position;
use kept_domain::message::Mode;
use kept_store::Connection;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::deciding::machine_now;
use crate::gathering::{Read, facts_at};
use crate::ports::{Given, PollError, Trouble};
use crate::writer::{BRAND, away, collision};
use crate::{Engine, EngineError};

const FIELDS: &str = "connection:";
const ASKING: &str = "asking:";
pub(crate) const IMPORT: &str = "import:";
const HELD: &str = "asks:";
const DAY: i64 = 86_400_000;
/// Days over which a source's usual silence is measured.
const USUAL: i64 = 14;
/// Fewer deliveries say nothing of what is usual.
const ENOUGH: u64 = 20;
/// Nothing shorter is called a silence, in milliseconds.
const LEAST_SILENCE: i64 = 6 * 3_600_000;
/// Rounds of asking that may fail to come before a source counts as silent.
const ROUNDS: i64 = 4;

/// A connection made on a page. `Debug` never shows what was filled in.
#[derive(Clone, PartialEq, Eq)]
pub struct SavedConnection {
    /// The source.
    pub source: String,
    /// What was filled in, secrets too.
    pub given: Given,
}

impl std::fmt::Debug for SavedConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SavedConnection").field("source", &self.source).finish_non_exhaustive()
    }
}

/// How asking a source stands; moments are the engine's, epoch milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskingState {
    /// When it last answered.
    pub answered_at: Option<i64>,
    /// What went wrong last; stays after it was overcome.
    pub failed: Option<AskingFailed>,
    /// Seconds between two rounds.
    pub every_seconds: u64,
}

impl AskingState {
    /// The last thing that happened was a failure.
    pub fn is_failing(&self) -> bool {
        self.failed.as_ref().is_some_and(|failed| self.answered_at.is_none_or(|answered| failed.at > answered))
    }
}

/// What went wrong when a source was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskingFailed {
    /// When, epoch milliseconds.
    pub at: i64,
    /// What kind of trouble.
    pub trouble: Trouble,
    /// The program's words, and the partner's.
    pub said: String,
}

/// An import of a shop's past: every order that changed since a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// From then on, epoch milliseconds.
    pub from: i64,
    /// Up to then: when it was asked for.
    pub to: i64,
    /// Read up to here.
    pub at: i64,
    /// Orders read.
    pub orders: u64,
    /// When it was over.
    pub done_at: Option<i64>,
    /// What became of the orders, where they came in a file: then `from`, `to` and `at` are when that began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileRead>,
}

/// Orders of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRead {
    /// Orders in it that could be read.
    pub of: u64,
    /// Recorded so far.
    pub accepted: u64,
    /// Known already.
    pub known: u64,
    /// Lines that could not be read, and orders that were not taken.
    pub wrong: u64,
}

/// What was heard of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceHeard {
    /// When last, epoch milliseconds.
    pub last: Option<i64>,
    /// Deliveries of the last day.
    pub day: u64,
    /// Of the last seven.
    pub week: u64,
    /// Refused for their signature, in all.
    pub refused: u64,
    /// Kept unread, or not taken, in all.
    pub unreadable: u64,
    /// The last of these: when, what kind, the program's words.
    pub last_error: Option<(i64, Option<Trouble>, String)>,
    /// Nothing was heard for far longer than is usual: the longest pause that was, in milliseconds.
    pub silent_beyond: Option<i64>,
    /// How asking stands, where it is asked.
    pub asking: Option<AskingState>,
    /// The import, where there was one.
    pub import: Option<Import>,
}

impl SourceHeard {
    /// It is asked, and has not answered for several rounds. A gateway is asked only when there is something to send.
    pub fn is_unanswered(&self, now: i64) -> bool {
        let silent = |asking: &AskingState| {
            if asking.every_seconds == 0 {
                return false;
            }
            let every = i64::try_from(asking.every_seconds).unwrap_or(i64::MAX / 4000).saturating_mul(1000);
            asking.answered_at.is_some_and(|at| now - at > every.saturating_mul(ROUNDS).max(LEAST_SILENCE))
        };
        self.asking.as_ref().is_some_and(silent)
    }
}

impl Engine {
    /// Every connection that was made on a page.
    ///
    /// # Errors
    /// Database errors.
    pub fn connections(&self) -> Result<Vec<SavedConnection>, EngineError> {
        let rows = self.shared.database.read(|connection| connection.secrets_under(FIELDS)).map_err(away)?;
        let read = |(name, value): (String, String)| {
            let source = name.strip_prefix(FIELDS)?.to_owned();
            Some(SavedConnection { source, given: serde_json::from_str(&value).ok()? })
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Stores what was filled in for a source; whoever asks picks it up. What went wrong before with other keys is forgotten.
    ///
    /// # Errors
    /// Database errors.
    pub fn save_connection(&self, source: &str, given: &Given) -> Result<(), EngineError> {
        let (fields, asking) = (format!("{FIELDS}{source}"), format!("{ASKING}{source}"));
        let value = written(given)?;
        self.shared.writer.write(move |tx| {
            tx.connection.save_secret(&fields, &value, false).map_err(collision)?;
            tx.connection.delete_setting(&asking).map_err(collision).map(|_| ())
        })
    }

    /// Forgets what was filled in: it is asked no more. What came in stays.
    ///
    /// # Errors
    /// Database errors; [`EngineError::NotFound`].
    pub fn remove_connection(&self, source: &str) -> Result<(), EngineError> {
        let (fields, asking) = (format!("{FIELDS}{source}"), format!("{ASKING}{source}"));
        let removed = self.shared.writer.write(move |tx| {
            tx.connection.delete_setting(&asking).map_err(collision)?;
            tx.connection.delete_secret(&fields).map_err(collision)
        })?;
        if removed { Ok(()) } else { Err(EngineError::NotFound("connection".to_owned())) }
    }

    /// Whether this process is the one that asks a source, for so many seconds from now: of several nodes one asks. The embedded database
    /// has one process.
    ///
    /// # Errors
    /// Database errors.
    pub fn asks(&self, source: &str, seconds: u64) -> Result<bool, EngineError> {
        if self.shared.database.engine() == "sqlite" {
            return Ok(true);
        }
        let (name, holder) = (format!("{HELD}{source}"), self.shared.holder.clone());
        let until = machine_now() + i64::try_from(seconds).unwrap_or(0).saturating_mul(1000);
        self.shared.writer.write(move |tx| tx.connection.hold(&name, &holder, machine_now(), until).map_err(collision))
    }

    /// Notes that a source answered.
    ///
    /// # Errors
    /// Database errors.
    pub fn note_answered(&self, source: &str, every_seconds: u64) -> Result<(), EngineError> {
        let now = self.now();
        self.note(source, move |asking| {
            asking.answered_at = Some(now);
            asking.every_seconds = every_seconds;
        })
    }

    /// Notes that a source did not answer, and why.
    ///
    /// # Errors
    /// Database errors.
    pub fn note_failed(&self, source: &str, error: &PollError, every_seconds: u64) -> Result<(), EngineError> {
        let failed = AskingFailed { at: self.now(), trouble: error.trouble, said: error.to_string() };
        self.note(source, move |asking| {
            asking.failed = Some(failed.clone());
            asking.every_seconds = every_seconds;
        })
    }

    pub(crate) fn note(&self, source: &str, change: impl Fn(&mut AskingState) + Send + 'static) -> Result<(), EngineError> {
        let name = format!("{ASKING}{source}");
        self.shared.writer.write(move |tx| {
            let mut asking: AskingState = setting(tx.connection, &name).map_err(collision)?.unwrap_or_default();
            change(&mut asking);
            tx.connection.save_setting(&name, &written(&asking)?).map_err(collision)
        })
    }

    /// Asks for an import: every order of a shop that changed since then is read, again if need be.
    ///
    /// # Errors
    /// Database errors; [`EngineError::Invalid`] for a moment that has not come.
    pub fn begin_import(&self, source: &str, from: i64) -> Result<(), EngineError> {
        let to = self.now();
        if from >= to {
            return Err(EngineError::Invalid("an import begins in the past".to_owned()));
        }
        let (name, value) =
            (format!("{IMPORT}{source}"), written(&Import { from, to, at: from, orders: 0, done_at: None, file: None })?);
        self.shared.writer.write(move |tx| tx.connection.save_setting(&name, &value).map_err(collision))
    }

    /// The import of a source, under way or over.
    ///
    /// # Errors
    /// Database errors.
    pub fn import(&self, source: &str) -> Result<Option<Import>, EngineError> {
        let name = format!("{IMPORT}{source}");
        self.shared.database.read(|connection| setting(connection, &name)).map_err(away)
    }

    /// Notes how far the import `begun` then is; one that was asked for anew meanwhile is left as it is.
    ///
    /// # Errors
    /// Database errors.
    pub fn note_import(&self, source: &str, begun: &Import, at: i64, orders: u64, over: bool) -> Result<(), EngineError> {
        let (name, begun, now) = (format!("{IMPORT}{source}"), *begun, self.now());
        self.shared.writer.write(move |tx| {
            let known: Option<Import> = setting(tx.connection, &name).map_err(collision)?;
            let Some(mut import) = known.filter(|known| (known.from, known.to) == (begun.from, begun.to)) else { return Ok(()) };
            import.at = import.at.max(at);
            import.orders += orders;
            import.done_at = over.then_some(now);
            tx.connection.save_setting(&name, &written(&import)?).map_err(collision)
        })
    }

    /// What was heard of each source, of those that were heard of or asked.
    ///
    /// # Errors
    /// Database errors.
    pub fn sources_heard(&self) -> Result<BTreeMap<String, SourceHeard>, EngineError> {
        let now = self.now();
        self.reading(|connection| {
            let mut sources: BTreeMap<String, SourceHeard> = BTreeMap::new();
            for (source, (_, last)) in self.totals(connection)?.sources {
                sources.entry(source).or_default().last = last;
            }
            for (source, refused, unreadable) in connection.source_troubles()? {
                let heard = sources.entry(source).or_default();
                heard.refused += refused.unsigned_abs();
                heard.unreadable += unreadable.unsigned_abs();
            }
            for row in connection.heard_lately(now - USUAL * DAY, now - 7 * DAY, now - DAY)? {
                let heard = sources.entry(row.source).or_default();
                (heard.week, heard.day) = (row.week.unsigned_abs(), row.day.unsigned_abs());
                let pause = row.longest_gap.zip(row.last).filter(|_| row.long.unsigned_abs() >= ENOUGH);
                heard.silent_beyond =
                    pause.filter(|(gap, last)| now - last > gap.saturating_mul(2).max(LEAST_SILENCE)).map(|(gap, _)| gap);
            }
            let errors = connection.last_errors()?;
            let troubles = troubles_at(connection, errors.iter().map(|row| row.position).collect())?;
            for row in errors {
                let trouble = troubles.get(&row.position).copied();
                sources.entry(row.source).or_default().last_error = Some((row.at, trouble, row.error));
            }
            for (name, value) in connection.settings_under(ASKING)? {
                let Some(source) = name.strip_prefix(ASKING) else { continue };
                sources.entry(source.to_owned()).or_default().asking = serde_json::from_str(&value).ok();
            }
            for (name, value) in connection.settings_under(IMPORT)? {
                let Some(source) = name.strip_prefix(IMPORT) else { continue };
                sources.entry(source.to_owned()).or_default().import = serde_json::from_str(&value).ok();
            }
            Ok(sources)
        })
    }

    /// How many sources that are asked do not answer. Read with each page: it looks at one row a source.
    ///
    /// # Errors
    /// Database errors.
    pub fn failing_connections(&self) -> Result<u64, EngineError> {
        let rows = self.shared.database.read(|connection| connection.settings_under(ASKING)).map_err(away)?;
        let failing = |value: &str| serde_json::from_str::<AskingState>(value).is_ok_and(|asking| asking.is_failing());
        Ok(rows.iter().filter(|(_, value)| failing(value)).count() as u64)
    }

    /// How far each playbook in force is trusted.
    ///
    /// # Errors
    /// Database errors.
    pub fn playbook_modes(&self) -> Result<Vec<Mode>, EngineError> {
        let modes = self.shared.database.read(|connection| connection.playbook_modes(BRAND)).map_err(away)?;
        let loaded = self.loaded();
        let mode = |name: &str| modes.iter().find(|(switched, _)| switched == name).map(|(_, mode)| *mode).unwrap_or_default();
        Ok(loaded.packs.playbooks.iter().map(|playbook| mode(&playbook.name)).collect())
    }

    /// Whether anything ever came in from a partner.
    ///
    /// # Errors
    /// Database errors.
    pub fn has_sources(&self) -> Result<bool, EngineError> {
        self.reading(|connection| Ok(!self.totals(connection)?.sources.is_empty()))
    }

    /// A setting of pages, such as that a guide was put away.
    ///
    /// # Errors
    /// Database errors.
    pub fn page_setting(&self, name: &str) -> Result<Option<String>, EngineError> {
        let name = format!("page:{name}");
        self.shared.database.read(|connection| connection.setting(&name)).map_err(away)
    }

    /// Stores a setting of pages.
    ///
    /// # Errors
    /// Database errors.
    pub fn save_page_setting(&self, name: &str, value: &str) -> Result<(), EngineError> {
        let (name, value) = (format!("page:{name}"), value.to_owned());
        self.shared.writer.write(move |tx| tx.connection.save_setting(&name, &value).map_err(collision))
    }
}

/// What kind of trouble the payloads at these places are, where their facts say it.
pub(crate) fn troubles_at(connection: &mut Connection, positions: Vec<Position>) -> Read<HashMap<Position, Trouble>> {
    let facts = facts_at(connection, positions)?;
    let read = |line: crate::views::FactLine| {
        let word = line.plain.get("trouble").and_then(serde_json::Value::as_str)?;
        Some((line.position, Trouble::from_word(word)?))
    };
    Ok(facts.into_iter().filter_map(read).collect())
}

pub(crate) fn setting<T: DeserializeOwned>(connection: &mut Connection, name: &str) -> Read<Option<T>> {
    Ok(connection.setting(name)?.and_then(|value| serde_json::from_str(&value).ok()))
}

pub(crate) fn written(value: &impl Serialize) -> Result<String, EngineError> {
    serde_json::to_string(value).map_err(|error| EngineError::Unavailable(error.to_string()))
}
