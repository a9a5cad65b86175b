//! Gateways of text messages as pages show them: how sending goes, and a message to oneself.
//!
//! How sending goes is kept where asking is, so that a gateway that refuses the key stands out like a carrier that does. A message to
//! oneself is no message to a customer: no fact is made of it, and its receipt is not taken for one's.

use kept_base::{MessageId, Phone};
use kept_domain::input::{Input, MessageReceipt, News};
use serde::{Deserialize, Serialize};

use crate::connections::{AskingFailed, setting, written};
use crate::ports::{Channel, Letter, SendOutcome, Trouble};
use crate::secrets::random;
use crate::writer::{away, collision};
use crate::{Engine, EngineError};

const TEST: &str = "sms-test:";

/// The last message to oneself by a gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsTest {
    /// Its id, as the gateway was given it.
    pub id: MessageId,
    /// The gateway's id of it.
    pub reference: Option<String>,
    /// When it was sent, epoch milliseconds.
    pub at: i64,
    /// What became of it.
    pub outcome: SendOutcome,
    /// The network's word: whether it arrived, its code, and when that was heard.
    pub receipt: Option<(bool, String, i64)>,
}

impl Engine {
    /// Sends a text to a number by the gateway in force, once and now; `None` where `source` is not the gateway in force.
    ///
    /// Blocks: never call it from an asynchronous task.
    ///
    /// # Errors
    /// Database errors.
    pub fn try_sms(&self, source: &str, to: &Phone, text: &str) -> Result<Option<SmsTest>, EngineError> {
        let Some(gateway) = self.sms_gateway().filter(|gateway| gateway.name() == source) else { return Ok(None) };
        // No message of ours has so high a number.
        let id = MessageId::new((u64::from_be_bytes(random::<8>()?) >> 2 | 1 << 61).cast_signed());
        let settings = &self.shared.settings;
        let letter = Letter {
            channel: Channel::Sms,
            message_id: id.to_string(),
            from_name: settings.team.clone(),
            from_address: String::new(),
            to_name: String::new(),
            to_address: to.as_str().to_owned(),
            subject: String::new(),
            text: text.to_owned(),
            html: String::new(),
            language: settings.team_language,
        };
        let outcome = gateway.send(&letter, &mut || Ok(()));
        self.note_sent(source, &outcome)?;
        let reference = match &outcome {
            SendOutcome::Accepted { reference, .. } => reference.clone(),
            _ => None,
        };
        let test = SmsTest { id, reference, at: self.now(), outcome, receipt: None };
        let (name, value) = (format!("{TEST}{source}"), written(&test)?);
        self.shared.writer.write(move |tx| tx.connection.save_setting(&name, &value).map_err(collision))?;
        Ok(Some(test))
    }

    /// The last message to oneself by a gateway.
    ///
    /// # Errors
    /// Database errors.
    pub fn sms_test(&self, source: &str) -> Result<Option<SmsTest>, EngineError> {
        let name = format!("{TEST}{source}");
        self.shared.database.read(|connection| setting(connection, &name)).map_err(away)
    }

    /// Notes how sending by a gateway goes. What is wrong with one message is no trouble of the gateway's.
    pub(crate) fn note_sent(&self, source: &str, outcome: &SendOutcome) -> Result<(), EngineError> {
        let now = self.now();
        let failed = match outcome {
            SendOutcome::Accepted { .. } | SendOutcome::Barred { .. } | SendOutcome::Refused { .. } => None,
            SendOutcome::Retry { reason } | SendOutcome::Unknown { reason } => {
                Some(AskingFailed { at: now, trouble: trouble_of(reason), said: reason.clone() })
            }
        };
        self.note(source, move |sending| match &failed {
            Some(failed) => sending.failed = Some(failed.clone()),
            None => sending.answered_at = Some(now),
        })
    }

    /// Takes out the receipts of messages to oneself, and notes what they say.
    pub(crate) fn without_tests(&self, source: &str, inputs: Vec<Input>) -> Result<Vec<Input>, EngineError> {
        if inputs.iter().all(|input| receipt_in(input).is_none()) {
            return Ok(inputs);
        }
        let Some(test) = self.sms_test(source)? else { return Ok(inputs) };
        let (own, others): (Vec<Input>, Vec<Input>) = inputs.into_iter().partition(|input| {
            receipt_in(input).is_some_and(|receipt| {
                receipt.message == Some(test.id) || (receipt.reference.is_some() && receipt.reference == test.reference)
            })
        });
        if let Some(receipt) = own.last().and_then(receipt_in) {
            let heard = Some((receipt.delivered, receipt.code.clone().unwrap_or_default(), self.now()));
            let (name, value) = (format!("{TEST}{source}"), written(&SmsTest { receipt: heard, ..test })?);
            self.shared.writer.write(move |tx| tx.connection.save_setting(&name, &value).map_err(collision))?;
        }
        Ok(others)
    }
}

fn receipt_in(input: &Input) -> Option<&MessageReceipt> {
    match &input.news {
        News::MessageReceipt(receipt) => Some(receipt),
        _ => None,
    }
}

/// Gateways' reasons begin with the status of the answer, where there was one.
fn trouble_of(reason: &str) -> Trouble {
    let status = reason.split(|character: char| !character.is_ascii_digit()).next().unwrap_or_default();
    status.parse().map_or(Trouble::Unreachable, Trouble::of_status)
}
