//! What becomes of messages: the gateway's word, receipts of the network, and who wants none.

use kept_base::{CustomerId, MessageId, Phone, PromiseId};

use super::customer::{identify, phone_texts};
use super::{React, ReactError, Reaction};
use crate::customer::{Bounced, OptedOut};
use crate::input::{CustomerOptedOut, MessageReceipt};
use crate::message::{Channel, OutcomeSeen, ReceiptSeen};
use crate::subject::{KeyKind, NaturalKey};

/// Why a gateway will never take a message to this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Barred {
    /// Its owner wants none.
    OptedOut,
    /// It is no number that can be reached.
    Unreachable,
}

impl React<'_, '_> {
    /// What became of an attempt; a number that is barred is not tried with the next message.
    pub(super) fn message_tried(&mut self, seen: &OutcomeSeen, barred: Option<Barred>) -> Result<(), ReactError> {
        self.desk.emit(seen.clone())?;
        match (seen.customer, barred) {
            (Some(customer), Some(Barred::OptedOut)) => self.opt_out(customer, false, seen.at)?,
            (Some(customer), Some(Barred::Unreachable)) => self.unreachable(customer, seen.message, seen.at)?,
            _ => {}
        }
        self.after_message(seen.promise)
    }

    /// The network's word. It may come twice, and in any order; that a message arrived is not taken back.
    pub(super) fn message_receipt(&mut self, source: &str, news: &MessageReceipt) -> Result<Reaction, ReactError> {
        let id = match (news.message, &news.reference) {
            (Some(id), _) => Some(id),
            (None, Some(reference)) => {
                let key = format!("{source}:{}", reference.trim());
                let key = NaturalKey { brand: self.desk.brand, kind: KeyKind::Dispatch, key };
                self.desk.find(&key)?.map(MessageId::from)
            }
            (None, None) => return Err(ReactError::Invalid("name the `message` or its `reference`".to_owned())),
        };
        let message = match id {
            Some(id) => self.desk.message(id)?.cloned(),
            None => None,
        };
        let Some(message) = message.filter(|message| message.channel == Channel::Sms) else {
            return Err(ReactError::Invalid("there is no text message with this id".to_owned()));
        };
        if message.receipt.as_ref().is_some_and(|known| known.delivered || !news.delivered) {
            return Ok(Reaction::Duplicate);
        }
        let at = self.told_at(news.at.as_ref());
        self.desk.emit(ReceiptSeen {
            message: message.id,
            promise: message.promise,
            customer: message.customer,
            delivered: news.delivered,
            code: news.code.clone().unwrap_or_default(),
            at,
        })?;
        if let Some(customer) = message.customer.filter(|_| news.unreachable && !news.delivered) {
            self.unreachable(customer, message.id, at)?;
        }
        self.after_message(message.promise)?;
        Ok(Reaction::Taken)
    }

    /// STOP or START: of everybody who has this number, or of the one who is named.
    pub(super) fn customer_opted_out(&mut self, news: &CustomerOptedOut) -> Result<Reaction, ReactError> {
        let mut customers: Vec<CustomerId> = Vec::new();
        if let Some(phone) = &news.phone {
            let phone = Phone::mobile(phone, None).map_err(|error| ReactError::Invalid(format!("`phone`: {error}")))?;
            for text in phone_texts(&phone) {
                let key = NaturalKey { brand: self.desk.brand, kind: KeyKind::Person, key: self.desk.shelf().person_key(&text) };
                customers.extend(self.desk.find(&key)?.map(CustomerId::from));
            }
        }
        customers.extend(identify(self.desk, &news.customer)?);
        customers.sort_unstable();
        customers.dedup();
        if customers.is_empty() {
            return Err(ReactError::Invalid("no customer has this number".to_owned()));
        }
        let at = self.told_at(news.at.as_ref());
        let mut reaction = Reaction::Duplicate;
        for customer in customers {
            let stopped = self.desk.customer(customer)?.map(|customer| customer.sms_stopped.is_some());
            if stopped == Some(news.lifted) {
                self.opt_out(customer, news.lifted, at)?;
                reaction = Reaction::Taken;
            }
        }
        Ok(reaction)
    }

    fn opt_out(&mut self, customer: CustomerId, lifted: bool, at: i64) -> Result<(), ReactError> {
        self.desk.emit(OptedOut { customer, channel: Channel::Sms, lifted, at })?;
        Ok(())
    }

    fn unreachable(&mut self, customer: CustomerId, message: MessageId, at: i64) -> Result<(), ReactError> {
        self.desk.emit(Bounced { customer, message: Some(message), channel: Channel::Sms, at })?;
        Ok(())
    }

    fn after_message(&mut self, promise: PromiseId) -> Result<(), ReactError> {
        self.rearm(promise)?;
        Ok(())
    }

    /// When it happened, where its source says so; never after it was recorded.
    fn told_at(&self, at: Option<&kept_base::Moment>) -> i64 {
        at.map_or(self.desk.clock, |at| self.instant(at, &self.rules.house.zone)).min(self.desk.clock)
    }
}
