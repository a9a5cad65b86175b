//! The ports through which `mail`, `connect` and `web` meet the engine; they never name each other.

use kept_base::Language;
use kept_domain::input::Input;

/// A partner whose bytes come in: a carrier, an aggregator, a shop.
///
/// `verify` and `parse` are pure: no I/O, no clock, no panic, whatever the bytes.
pub trait Inbound: Send + Sync {
    /// The name in `POST /in/{source}` and `--source`.
    fn source(&self) -> &'static str;

    /// Checks the signature on the raw bytes in constant time. `header` looks up a header by its lower-case name.
    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification;

    /// Reads one payload. What cannot be read at all is `error`; everything else that is not understood is `unmapped`.
    fn parse(&self, raw: &[u8]) -> Parsed;
}

/// What became of the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// Signed with the secret.
    Verified,
    /// Missing or wrong: 401, counted, nothing stored.
    Refused,
    /// This source is pulled, or defines no signature; the entrance must be fenced otherwise.
    NotDefined,
}

/// What a payload says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// The news, in the order of the source.
    pub inputs: Vec<Input>,
    /// What was there and is not understood: kept, counted, shown.
    pub unmapped: Vec<Unmapped>,
    /// Set when the payload cannot be read at all, or is the source's own error answer.
    pub error: Option<ParseError>,
    /// Numbers that the source says it does not know, as far as it names them.
    pub not_found: Vec<String>,
    /// The source's id of this delivery; `None` means: the hash of source and raw body.
    pub delivery_id: Option<String>,
}

/// Something a source said that no table maps.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Unmapped {
    /// The source's code, or the field's name.
    pub code: String,
    /// Its words.
    pub text: String,
    /// What it is: `code`, `event`, `field`.
    pub what: String,
}

/// Why a payload could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// What happened, in the user's words.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Asking again later may help.
    pub retryable: bool,
    /// The source says that it does not know this number.
    pub not_found: bool,
}

/// A carrier or aggregator that is asked.
pub trait Poller: Send + Sync {
    /// The name, as in [`Inbound::source`].
    fn source(&self) -> &'static str;
    /// How many numbers one call may name.
    fn batch(&self) -> usize;
    /// Calls a second that the partner allows.
    fn calls_per_second(&self) -> f64;
    /// Asks about these numbers: the raw answer, to be parsed by the [`Inbound`] of the same name.
    ///
    /// # Errors
    /// What failed, whether to try again and after how many seconds.
    fn ask(&self, tracking_numbers: &[String]) -> Result<Vec<u8>, PollError>;
}

/// Why a call to a partner failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{source_name} answered: {message}")]
pub struct PollError {
    /// Who was asked.
    pub source_name: String,
    /// What happened.
    pub message: String,
    /// Seconds to wait before another try; `None` when trying again is useless.
    pub retry_after_seconds: Option<u64>,
}

/// A letter as it will leave.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Letter {
    /// The `Message-ID` without angle brackets; never changes between attempts.
    pub message_id: String,
    /// Sender's name.
    pub from_name: String,
    /// Sender's address.
    pub from_address: String,
    /// Recipient's name.
    pub to_name: String,
    /// Recipient's address.
    pub to_address: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// The language of both.
    pub language: Language,
}

/// A way out for letters.
pub trait Outbound: Send + Sync {
    /// A word for it: `smtp`, `drawer`.
    fn name(&self) -> &'static str;
    /// Sends one letter. Calls `in_doubt` after everything that can be refused was accepted and *before* the first byte that could
    /// complete the transfer; if it fails nothing more is written and the outcome is `Retry`.
    fn send(&self, letter: &Letter, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> SendOutcome;
    /// Says good-bye, once the outcome was written down: a stop while a courtesy is exchanged must not cost what is known.
    fn part(&self) {}
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SendOutcome {
    /// Taken over by the next server: its reply.
    Accepted {
        /// The 250 line with the queue id.
        reply: String,
    },
    /// Refused for good.
    Refused {
        /// The 5xx line.
        reply: String,
    },
    /// Not sent, to be tried again.
    Retry {
        /// Why.
        reason: String,
    },
    /// It may or may not have left.
    Unknown {
        /// What was seen last.
        reason: String,
    },
}
