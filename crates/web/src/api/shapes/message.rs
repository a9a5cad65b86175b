//! Messages as the API shows them.

use kept_domain::message::Message;
use kept_engine::views::MessageLine;
use serde::Serialize;
use utoipa::ToSchema;

use super::{PersonBody, Sight, iso, person};

/// A message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageBody {
    /// `msg_…`
    pub id: String,
    /// `shadow`, `waiting`, `held`, `queued`, `retry`, `accepted`, `refused`, `unknown`, `dropped`.
    pub state: String,
    /// The playbook that decided.
    pub playbook: String,
    /// Its mode then.
    pub mode: String,
    /// What was noticed.
    pub signal: String,
    /// The template.
    pub template: String,
    /// Language.
    pub language: String,
    /// By what it goes: `mail` or `sms`.
    pub channel: String,
    /// Of a text message: messages it is sent as, and paid for; null by mail, and once erased.
    pub segments: Option<usize>,
    /// The promise it is about: `prm_…`
    pub promise: String,
    /// The order: `ord_…`
    pub order: Option<String>,
    /// The shop's number of the order.
    pub order_number: Option<String>,
    /// To whom: `cus_…`; null: to operations.
    pub customer: Option<String>,
    /// Only with the scope `personal`.
    pub person: Option<PersonBody>,
    /// Only with the scope `personal`.
    pub subject: Option<String>,
    /// Why it was held or dropped.
    pub reasons: Vec<String>,
    /// Held until.
    pub held_until: Option<String>,
    /// When decided.
    pub decided_at: String,
    /// Who released or dropped it.
    pub handled_by: Option<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was accepted, refused or lost sight of.
    pub settled_at: Option<String>,
    /// The server's last words.
    pub reply: Option<String>,
    /// What the network says of a text message that was accepted.
    pub receipt: Option<ReceiptBody>,
}

/// What the network says became of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReceiptBody {
    /// It reached the phone; else it will not.
    pub delivered: bool,
    /// When.
    pub at: String,
    /// The gateway's code.
    pub code: String,
}

impl MessageBody {
    /// A message.
    #[must_use]
    pub fn of(line: &MessageLine, sight: Sight) -> MessageBody {
        let message: &Message = &line.message;
        MessageBody {
            id: message.id.to_string(),
            state: message.state.word().to_owned(),
            playbook: message.playbook.clone(),
            mode: message.mode.word().to_owned(),
            signal: message.signal_kind.word().to_owned(),
            template: message.template.clone(),
            language: message.language.tag().to_owned(),
            channel: message.channel.word().to_owned(),
            segments: line.sms.map(|size| size.segments),
            promise: message.promise.to_string(),
            order: message.order.map(|id| id.to_string()),
            order_number: line.order_number.clone(),
            customer: message.customer.map(|id| id.to_string()),
            person: person(line.person.as_ref(), sight),
            subject: sight.of_personal(|| line.subject.clone()),
            reasons: message.reasons.clone(),
            held_until: message.held_until.map(iso),
            decided_at: iso(message.decided_at),
            handled_by: message.handled_by.clone(),
            attempts: message.attempts,
            settled_at: message.settled_at.map(iso),
            reply: message.reply.clone(),
            receipt: message.receipt.as_ref().map(|receipt| ReceiptBody {
                delivered: receipt.delivered,
                at: iso(receipt.at),
                code: receipt.code.clone(),
            }),
        }
    }
}
