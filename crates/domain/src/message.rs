//! Decisions and the messages they made, with what became of each.

use kept_base::{BrandId, CustomerId, DecisionId, Language, MessageId, OrderId, Position, PromiseId, SignalId};
use serde::{Deserialize, Serialize};

use crate::fact::SealedRef;
use crate::promise::{Estimate, SignalKind};

/// Templates that say that a promise may not be kept in time: who was told one of them is also told when it arrived.
pub const WARNINGS: [&str; 6] =
    ["late-warning", "late-apology", "late-next-word", "presumed-lost", "declared-lost", "backordered"];
/// Messages that say that a parcel is lost, or taken for lost.
pub const LOSSES: [&str; 2] = ["presumed-lost", "declared-lost"];

/// How far a playbook is trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It does not even show.
    Off,
    /// It shows what it would do. Every playbook starts here.
    #[default]
    Shadow,
    /// A person releases each act.
    Approve,
    /// It acts.
    Automatic,
}

impl Mode {
    /// All modes, from none to full trust.
    pub const ALL: [Mode; 4] = [Mode::Off, Mode::Shadow, Mode::Approve, Mode::Automatic];

    /// The word in facts, forms and keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Off => "off",
            Mode::Shadow => "shadow",
            Mode::Approve => "approve",
            Mode::Automatic => "automatic",
        }
    }

    /// The mode of a word.
    pub fn from_word(word: &str) -> Option<Mode> {
        Mode::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

/// By what a message goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By mail; what facts mean that name no channel.
    #[default]
    Mail,
    /// By text message.
    Sms,
}

impl Channel {
    /// Both.
    pub const ALL: [Channel; 2] = [Channel::Mail, Channel::Sms];

    /// The word in facts, packs, rows and keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            Channel::Mail => "mail",
            Channel::Sms => "sms",
        }
    }

    /// Whether it is what facts mean that name none.
    pub fn is_mail(&self) -> bool {
        *self == Channel::Mail
    }
}

/// How a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Would have gone; the playbook is in shadow.
    Shadow,
    /// Waits for a person's yes.
    Waiting,
    /// Held by the guard, with its reasons.
    Held,
    /// On its way out.
    Queued,
    /// An attempt failed; it will be tried again.
    Retry,
    /// Taken over by the next server: the customer is told.
    Accepted,
    /// Refused for good: the customer is not told.
    Refused,
    /// It may or may not have left; never resent in silence.
    Unknown,
    /// A person decided to say nothing, or its reason has gone.
    Dropped,
}

impl MessageState {
    /// All states.
    pub const ALL: [MessageState; 9] = [
        MessageState::Shadow,
        MessageState::Waiting,
        MessageState::Held,
        MessageState::Queued,
        MessageState::Retry,
        MessageState::Accepted,
        MessageState::Refused,
        MessageState::Unknown,
        MessageState::Dropped,
    ];

    /// The word in rows, in the API and in keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            MessageState::Shadow => "shadow",
            MessageState::Waiting => "waiting",
            MessageState::Held => "held",
            MessageState::Queued => "queued",
            MessageState::Retry => "retry",
            MessageState::Accepted => "accepted",
            MessageState::Refused => "refused",
            MessageState::Unknown => "unknown",
            MessageState::Dropped => "dropped",
        }
    }

    /// The state of a word.
    pub fn from_word(word: &str) -> Option<MessageState> {
        MessageState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// The state of a message: one decision, at most one message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Id.
    pub id: MessageId,
    /// Whose.
    pub brand: BrandId,
    /// The decision that made it.
    pub decision: DecisionId,
    /// The signal that was answered.
    pub signal: SignalId,
    /// What the watch had noticed.
    pub signal_kind: SignalKind,
    /// The playbook.
    pub playbook: String,
    /// Its mode when it decided.
    pub mode: Mode,
    /// The promise it is about.
    pub promise: PromiseId,
    /// The order.
    pub order: Option<OrderId>,
    /// To whom; `None`: to operations.
    pub customer: Option<CustomerId>,
    /// The template.
    pub template: String,
    /// Language.
    pub language: Language,
    /// By what it goes.
    pub channel: Channel,
    /// How it stands.
    pub state: MessageState,
    /// Why it was held or dropped: words such as `quiet-hours`.
    pub reasons: Vec<String>,
    /// Held until, epoch milliseconds, when the reason passes by itself.
    pub held_until: Option<i64>,
    /// Sealed [`Letter`](../../kept_engine/ports/struct.Letter.html) as JSON.
    pub letter: Option<SealedRef>,
    /// The estimate it tells.
    pub estimate: Option<Estimate>,
    /// When the next word is due that it promises, epoch milliseconds.
    pub next_word_at: Option<i64>,
    /// When decided, epoch milliseconds.
    pub decided_at: i64,
    /// Who released or dropped it.
    pub handled_by: Option<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was accepted, refused or lost sight of.
    pub settled_at: Option<i64>,
    /// The server's last words (no personal data: reply code and queue id).
    pub reply: Option<String>,
    /// What the network says became of it after it was accepted.
    pub receipt: Option<Receipt>,
    /// Facts about it.
    pub facts: Vec<Position>,
}

/// What the network says became of a message that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// It reached the phone; else it will not.
    pub delivered: bool,
    /// Epoch milliseconds.
    pub at: i64,
    /// The gateway's code.
    pub code: String,
}

/// A playbook decided, or the guard did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionMade {
    /// Id.
    pub decision: DecisionId,
    /// What is answered.
    pub signal: SignalId,
    /// What the watch had noticed.
    pub signal_kind: SignalKind,
    /// About which promise.
    pub promise: PromiseId,
    /// The order.
    pub order: Option<OrderId>,
    /// The playbook; empty when none applies.
    pub playbook: String,
    /// Its mode.
    pub mode: Mode,
    /// What was decided: `say`, `nothing`.
    pub verdict: String,
    /// The reasons, as words.
    pub reasons: Vec<String>,
    /// The message, when something is to be said.
    pub message: Option<Drafted>,
    /// Epoch milliseconds.
    pub at: i64,
}

/// A message as decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drafted {
    /// Id.
    pub message: MessageId,
    /// To whom; `None`: to operations.
    pub customer: Option<CustomerId>,
    /// The template.
    pub template: String,
    /// Language.
    pub language: Language,
    /// By what it goes.
    #[serde(default, skip_serializing_if = "Channel::is_mail")]
    pub channel: Channel,
    /// Where it starts: shadow, waiting, held or queued.
    pub state: MessageState,
    /// Held until.
    pub held_until: Option<i64>,
    /// Sealed letter.
    pub letter: SealedRef,
    /// The estimate it tells.
    pub estimate: Option<Estimate>,
    /// The next word it promises.
    pub next_word_at: Option<i64>,
}

/// A person released, discarded or looked after a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handled {
    /// Which.
    pub message: MessageId,
    /// About which promise.
    pub promise: PromiseId,
    /// The state it goes to: queued, dropped, accepted (an unknown one that was found to have arrived).
    pub to: MessageState,
    /// Who.
    pub by: String,
    /// Epoch milliseconds.
    pub at: i64,
    /// Why.
    pub reason: Option<String>,
}

/// What became of an attempt to send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeSeen {
    /// Which.
    pub message: MessageId,
    /// About which promise.
    pub promise: PromiseId,
    /// To whom.
    pub customer: Option<CustomerId>,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// Accepted, refused, retry or unknown.
    pub state: MessageState,
    /// The server's words.
    pub reply: String,
    /// The gateway's own id of it, by which receipts speak of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Epoch milliseconds.
    pub at: i64,
}

/// The network says what became of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptSeen {
    /// Which.
    pub message: MessageId,
    /// About which promise.
    pub promise: PromiseId,
    /// To whom.
    pub customer: Option<CustomerId>,
    /// It reached the phone; else it will not.
    pub delivered: bool,
    /// The gateway's code.
    pub code: String,
    /// Epoch milliseconds.
    pub at: i64,
}

impl Message {
    /// A message as drafted by a decision.
    pub fn new(brand: BrandId, fact: &DecisionMade, draft: &Drafted) -> Message {
        Message {
            id: draft.message,
            brand,
            decision: fact.decision,
            signal: fact.signal,
            signal_kind: fact.signal_kind,
            playbook: fact.playbook.clone(),
            mode: fact.mode,
            promise: fact.promise,
            order: fact.order,
            customer: draft.customer,
            template: draft.template.clone(),
            language: draft.language,
            channel: draft.channel,
            state: draft.state,
            reasons: fact.reasons.clone(),
            held_until: draft.held_until,
            letter: Some(draft.letter.clone()),
            estimate: draft.estimate.clone(),
            next_word_at: draft.next_word_at,
            decided_at: fact.at,
            handled_by: None,
            attempts: 0,
            settled_at: None,
            reply: None,
            receipt: None,
            facts: Vec::new(),
        }
    }

    /// Folds what a person did with it.
    pub fn handle(&mut self, fact: &Handled) {
        self.state = fact.to;
        self.handled_by = Some(fact.by.clone());
        self.reasons.extend(fact.reason.clone());
        if fact.to == MessageState::Queued {
            // What was said of an earlier attempt says nothing of the next.
            self.receipt = None;
        }
        if fact.to != MessageState::Queued {
            self.settled_at = Some(fact.at);
        }
    }

    /// Folds what became of an attempt.
    pub fn outcome(&mut self, fact: &OutcomeSeen) {
        let failed = self.receipt.as_ref().is_some_and(|receipt| !receipt.delivered);
        // The network may be quicker than the gateway's own answer.
        self.state = if fact.state == MessageState::Accepted && failed { MessageState::Refused } else { fact.state };
        self.attempts = self.attempts.max(fact.attempt);
        self.reply = Some(fact.reply.clone());
        if fact.state != MessageState::Retry {
            self.settled_at = Some(fact.at);
        }
    }

    /// Folds a receipt. It settles what nobody knew, and takes back that the customer was told when it did not arrive.
    pub fn receive(&mut self, fact: &ReceiptSeen) {
        self.receipt = Some(Receipt { delivered: fact.delivered, at: fact.at, code: fact.code.clone() });
        let state = match (self.state, fact.delivered) {
            (MessageState::Accepted, true) => return,
            (_, true) => MessageState::Accepted,
            (MessageState::Unknown | MessageState::Accepted, false) => MessageState::Refused,
            // An earlier attempt failed; what is tried again has its own outcome.
            (_, false) => return,
        };
        self.state = state;
        self.settled_at = Some(fact.at);
    }
}
