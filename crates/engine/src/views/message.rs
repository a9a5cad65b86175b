//! A message, and the playbook that speaks.

use std::collections::BTreeMap;

use kept_domain::errand::ErrandKind;
use kept_domain::message::{Message, MessageState, Mode};
use kept_domain::notice::Notice;
use kept_domain::promise::SignalKind;
use serde::Serialize;

use super::Person;
use crate::ports::Letter;

/// A message in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageLine {
    /// The message.
    pub message: Message,
    /// To whom.
    pub person: Option<Person>,
    /// The order's number.
    pub order_number: Option<String>,
    /// Its subject line, unsealed; `None` once erased.
    pub subject: Option<String>,
    /// What it costs as a text message, where it is one; `None` once erased.
    pub sms: Option<kept_text::sms::Size>,
}

/// A message with its letter.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageFile {
    /// Message and person.
    pub line: MessageLine,
    /// As it would go or went; `None` once erased.
    pub letter: Option<Letter>,
}

/// What a list of messages shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageFilter {
    /// Only in this state.
    pub state: Option<MessageState>,
    /// Only of this playbook.
    pub playbook: Option<String>,
    /// Start after this row.
    pub after: Option<String>,
    /// Rows a page; 50 unless said.
    pub limit: Option<u32>,
}

/// A playbook with its switch and its record so far.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaybookLine {
    /// Its name in the packs.
    pub name: String,
    /// What it does, French and English, by language tag.
    pub title: BTreeMap<String, String>,
    /// How it decides, in a sentence.
    pub explanation: BTreeMap<String, String>,
    /// Signals it answers.
    pub on: Vec<SignalKind>,
    /// Whether it writes to customers or to operations.
    pub to_customer: bool,
    /// By what it may speak, the channel that is wished for first; none for one that says nothing.
    pub channels: Vec<kept_domain::message::Channel>,
    /// What it leaves to shops and carriers that tell it themselves.
    pub leaves: Vec<Notice>,
    /// What it has done in the shop, where it says nothing.
    pub errand: Option<ErrandKind>,
    /// Its switch.
    pub mode: Mode,
    /// What it did or would have done.
    pub record: PlaybookRecord,
}

/// What a playbook did, or in shadow would have done, against what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlaybookRecord {
    /// Messages decided.
    pub decided: u64,
    /// Of them shown only.
    pub shadow: u64,
    /// Waiting for a yes.
    pub waiting: u64,
    /// Held by the guard.
    pub held: u64,
    /// Accepted for delivery.
    pub accepted: u64,
    /// Refused, or unknown.
    pub failed: u64,
    /// About promises that then were kept in time: needless, when it warned.
    pub then_kept: u64,
    /// About promises that then were late or broken.
    pub then_late: u64,
    /// About promises still open.
    pub still_open: u64,
}
