//! The ports through which `mail`, `connect` and `web` meet the engine; they never name each other.

use kept_base::Language;
use kept_domain::input::Input;

pub use kept_domain::errand::{Act, DeliveryAddress, ErrandKind};
pub use kept_domain::message::Channel;
pub use kept_domain::react::Barred;

/// A partner whose bytes come in: a carrier, an aggregator, a shop.
///
/// `verify` and `parse` are pure: no I/O, no clock, no panic, whatever the bytes.
pub trait Inbound: Send + Sync {
    /// The name in `POST /in/{source}` and `--source`.
    fn source(&self) -> &'static str;

    /// Checks the signature on the raw bytes in constant time. `header` looks up a header by its lower-case name; `:url` is
    /// the address it was brought to as the world knows it, with its query.
    ///
    /// A source that is only asked, or that signs nothing, leaves this as it is.
    fn verify(&self, _header: &dyn Fn(&str) -> Option<String>, _raw: &[u8], _secret: &str) -> Verification {
        Verification::NotDefined
    }

    /// The address says something too: what is kept and read is the query, without the entrance's secret, with the body behind it (both are
    /// forms), and the source may call with GET.
    fn by_address(&self) -> bool {
        false
    }

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

impl Parsed {
    /// What `read` finds. A payload that turns out to be unreadable tells no news, however far it was read.
    pub fn by(read: impl FnOnce(&mut Parsed) -> Result<(), ParseError>) -> Parsed {
        let mut parsed = Parsed::default();
        if let Err(error) = read(&mut parsed) {
            parsed.inputs.clear();
            parsed.error = Some(error);
        }
        parsed
    }
}

/// Something a source said that no table maps.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Unmapped {
    /// The source's code, or the field's name.
    pub code: String,
    /// Its words.
    pub text: String,
    /// What it is: `code`, `event`, `field`, `answer`, [`Unmapped::NUMBER`].
    pub what: String,
}

impl Unmapped {
    /// A number that the source does not know, in an answer that speaks of others too.
    pub const NUMBER: &str = "number";
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
    /// What kind of trouble it is: said on pages in the reader's language, with the message beside it.
    pub trouble: Trouble,
}

/// What is wrong between a partner and us, as far as its reader has to know what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The key, the password or the secret was refused, or is not set.
    Key,
    /// The key is good, and may not do this.
    Rights,
    /// Nothing of the kind is at this address, or it is none.
    Address,
    /// No connection, too slow, or cut off.
    Unreachable,
    /// Asked too often.
    TooOften,
    /// The partner is out of order.
    OutOfOrder,
    /// The number is not known to the partner.
    NotFound,
    /// The partner did not accept the question.
    Question,
    /// What came is not data: a web page, nothing, or only a part.
    NotData,
    /// Data, and not in the form that the partner documents.
    Form,
    /// Read, and Kept could not take all of it.
    NotTaken,
    /// Anything else; the partner's own words stand beside it.
    Other,
}

impl Trouble {
    /// Every kind.
    pub const ALL: [Trouble; 12] = [
        Trouble::Key,
        Trouble::Rights,
        Trouble::Address,
        Trouble::Unreachable,
        Trouble::TooOften,
        Trouble::OutOfOrder,
        Trouble::NotFound,
        Trouble::Question,
        Trouble::NotData,
        Trouble::Form,
        Trouble::NotTaken,
        Trouble::Other,
    ];

    /// The word in facts, settings and keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            Trouble::Key => "key",
            Trouble::Rights => "rights",
            Trouble::Address => "address",
            Trouble::Unreachable => "unreachable",
            Trouble::TooOften => "too_often",
            Trouble::OutOfOrder => "out_of_order",
            Trouble::NotFound => "not_found",
            Trouble::Question => "question",
            Trouble::NotData => "not_data",
            Trouble::Form => "form",
            Trouble::NotTaken => "not_taken",
            Trouble::Other => "other",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Trouble> {
        Trouble::ALL.into_iter().find(|trouble| trouble.word() == word)
    }

    /// By an HTTP status.
    pub fn of_status(status: u16) -> Trouble {
        match status {
            401 => Trouble::Key,
            403 => Trouble::Rights,
            300..=399 | 404 | 410 => Trouble::Address,
            429 => Trouble::TooOften,
            500.. => Trouble::OutOfOrder,
            400 | 405 | 406 | 415 | 422 => Trouble::Question,
            _ => Trouble::Other,
        }
    }
}

/// A partner that can be connected from a page: what has to be filled in, and how it is tried. What is particular to one partner stands
/// here, so that pages know none.
pub trait Connector: Send + Sync {
    /// The name, as in [`Inbound::source`].
    fn source(&self) -> &'static str;
    /// What it is.
    fn kind(&self) -> ConnectorKind;
    /// What has to be filled in, for it to be asked; `None`: it is not asked, it only sends.
    fn fields(&self) -> Option<&'static [ConnectorField]>;
    /// Whose the secret is that its webhooks are signed with; `None`: it sends nothing.
    fn sends(&self) -> Option<SecretOf>;
    /// The address it sends to carries the secret as well: it first asks, unsigned, whether somebody listens.
    fn token_in_address(&self) -> bool {
        false
    }
    /// The field whose value signs what it sends, where that is one that is filled in.
    fn signing_field(&self) -> Option<&'static str> {
        None
    }
    /// It was set up where Kept was started; what a page says does not count then.
    fn set_at_start(&self) -> bool;
    /// Really asks with what was filled in, about `number` where it is asked about parcels.
    ///
    /// Blocks: never call it from an asynchronous task.
    ///
    /// # Errors
    /// What is wrong with it.
    fn try_it(&self, given: &Given, number: Option<&str>) -> Result<Tried, PollError>;
}

/// What was filled in, by field.
pub type Given = std::collections::BTreeMap<String, String>;

/// What a partner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConnectorKind {
    /// Tells of orders.
    Shop,
    /// Carries parcels.
    Carrier,
    /// Tells of many carriers' parcels.
    Aggregator,
    /// Takes text messages, and says what became of them.
    Gateway,
}

impl ConnectorKind {
    /// The word in keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            ConnectorKind::Shop => "shop",
            ConnectorKind::Carrier => "carrier",
            ConnectorKind::Aggregator => "aggregator",
            ConnectorKind::Gateway => "gateway",
        }
    }
}

/// Something to fill in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectorField {
    /// Its name in forms and in keys of texts.
    pub name: &'static str,
    /// It is stored and never shown again.
    pub secret: bool,
    /// It cannot be left empty.
    pub needed: bool,
}

/// Whose secret signs what a partner sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretOf {
    /// The partner gives it.
    Theirs,
    /// We choose it and tell them.
    Ours,
}

/// What came back from a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// A shop answered, with so many orders that changed within a day; there may be more.
    Orders(usize),
    /// A carrier answered about this number, with so many scans.
    Parcel {
        /// The number.
        number: String,
        /// Scans told.
        scans: usize,
    },
    /// A carrier let us in, and does not know this number.
    NumberUnknown(String),
    /// A gateway let us in; nothing was sent.
    Account,
    /// Nothing can be asked of it without sending.
    Unasked,
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
    /// What kind of trouble it is.
    pub trouble: Trouble,
}

/// A message as it will leave. By SMS only the recipient's number and the text do; the subject is what lists call it by.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Letter {
    /// By what it goes.
    #[serde(default, skip_serializing_if = "Channel::is_mail")]
    pub channel: Channel,
    /// The `Message-ID` without angle brackets, or by SMS the message's own id; never changes between attempts.
    pub message_id: String,
    /// Sender's name.
    pub from_name: String,
    /// Sender's address.
    pub from_address: String,
    /// Recipient's name.
    pub to_name: String,
    /// Recipient's address, or their number in E.164.
    pub to_address: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same in HTML; by SMS there is none.
    pub html: String,
    /// The language of both.
    pub language: Language,
}

/// A way out for messages, by one channel.
pub trait Outbound: Send + Sync {
    /// A word for it: `smtp`, `drawer`, a gateway's name, by which its receipts come in.
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
        /// The 250 line with the queue id; of a gateway its own id and state.
        reply: String,
        /// The gateway's id of it, by which its receipts speak of it.
        reference: Option<String>,
    },
    /// Refused for good, and so would be whatever else goes to this number.
    Barred {
        /// Why.
        why: Barred,
        /// The gateway's code.
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

/// A shop that is asked which orders changed.
pub trait ShopReader: Send + Sync {
    /// The name, as in [`Inbound::source`].
    fn source(&self) -> &'static str;
    /// One page of the orders that changed at or after `since`, oldest change first. `page` is the `next` of the page before.
    ///
    /// Blocks: never call it from an asynchronous task.
    ///
    /// # Errors
    /// What failed, whether to try again and after how many seconds.
    fn changed(&self, since: jiff::Timestamp, page: Option<&str>) -> Result<ShopPage, PollError>;
}

/// A page of changed orders.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShopPage {
    /// One payload an order, to be parsed by the [`Inbound`] of the same name: what is kept of one customer holds nobody else's.
    pub payloads: Vec<Vec<u8>>,
    /// Where the next page is; `None` at the end.
    pub next: Option<String>,
    /// The newest change in this page, by the shop's clock.
    pub read_to: Option<jiff::Timestamp>,
    /// Seconds to wait before the next call, by what the shop says of its limits.
    pub wait_seconds: f64,
}

/// What became of an errand.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ErrandOutcome {
    /// It is done, now or by an earlier attempt with the same key.
    Done {
        /// The shop's id of what was made: a refund, a note, an order.
        reference: String,
    },
    /// The shop will not do it; trying again is useless.
    Refused {
        /// Why, in words for the team.
        reason: String,
    },
    /// It was not done, and may be tried again.
    Retry {
        /// Why.
        reason: String,
        /// Seconds to wait.
        after_seconds: u64,
    },
    /// It may or may not be done. Asking again with the same key first looks, and acts only if it was not.
    Unknown {
        /// What was seen last.
        reason: String,
    },
}

/// A way out to a shop.
pub trait Shop: Send + Sync {
    /// The name, as in [`Inbound::source`].
    fn source(&self) -> &'static str;
    /// Whether the shop's interface can do this at all: what it cannot is never offered.
    fn offers(&self, kind: ErrandKind) -> bool;
    /// Carries an errand out, once for its key, however often it is asked: it first looks for what an earlier attempt with this key left.
    /// `key` is made of letters, digits, `-` and `_`, and is unique for ever. Calls `in_doubt` after everything that only reads and *before*
    /// the request that acts; if it fails nothing is asked for and the outcome is `Retry`.
    ///
    /// Two attempts with one key must not run at once: claim the errand first. Blocks: never call it from an asynchronous task.
    fn carry_out(&self, act: &Act, key: &str, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> ErrandOutcome;
    /// As [`Shop::carry_out`], and the shop tells its customer of it itself. Only a shop that lets whoever asks choose overrides this;
    /// the others write or not as they are set up.
    fn carry_out_telling(&self, act: &Act, key: &str, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> ErrandOutcome {
        self.carry_out(act, key, in_doubt)
    }
}
