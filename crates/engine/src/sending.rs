//! Act: messages leave through the outbox, each attempt fenced. What may have left is "unknown", never sent again in silence.

use std::sync::Arc;

use kept_base::MessageId;
use kept_domain::apply::Lane;
use kept_domain::message::{Handled, Message, MessageState, OutcomeSeen};
use kept_domain::promise::Promise;
use kept_domain::react;
use kept_domain::{Noun, Subject};
use kept_store::OutboxRow;

use crate::considering::is_about_lateness;
use crate::deciding::machine_now;
use crate::ports::{Barred, Channel, Letter, Outbound, SendOutcome};
use crate::writer::{Tx, away, collision, heard, shelved};
use crate::{Engine, EngineError};

/// Messages, or errands, claimed at once.
const BATCH: i64 = 20;
/// How long a claim lasts; longer than any attempt may take.
const LEASE: i64 = 900_000;
/// Waits between attempts, in seconds.
const WAITS: [i64; 6] = [60, 300, 900, 3600, 14_400, 43_200];

/// No way out: letters stay where they can be read, and nobody is told.
#[derive(Clone, Copy, Debug)]
pub struct Drawer;

impl Outbound for Drawer {
    fn name(&self) -> &'static str {
        "drawer"
    }

    fn send(&self, _: &Letter, _: &mut dyn FnMut() -> Result<(), String>) -> SendOutcome {
        SendOutcome::Retry { reason: "no way out is set up".to_owned() }
    }
}

/// What is known of an attempt beside its state.
struct Word {
    reply: String,
    /// The gateway's name and its id of it.
    reference: Option<String>,
    barred: Option<Barred>,
}

impl Word {
    fn of(reply: &str) -> Word {
        Word { reply: reply.to_owned(), reference: None, barred: None }
    }
}

impl Engine {
    /// Sends what may leave; gives how many attempts were made. What has no way out stays in the drawer.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn send(&self) -> Result<u64, EngineError> {
        self.settle_doubts()?;
        self.wake_held()?;
        let mut attempts = 0;
        let outbound = self.outbound();
        if outbound.name() != "drawer" {
            attempts += self.each_claimed(Lane::Mail, |row| self.attempt(&outbound, row))?;
        }
        if let Some(gateway) = self.sms_gateway() {
            attempts += self.each_claimed(Lane::Sms, |row| self.attempt(&gateway, row))?;
        }
        Ok(attempts)
    }

    /// Claims what may leave now, a batch at a time, and tries each; gives how many attempts were made.
    pub(crate) fn each_claimed(
        &self,
        lane: Lane,
        attempt: impl Fn(&OutboxRow) -> Result<(), EngineError>,
    ) -> Result<u64, EngineError> {
        let mut attempts = 0;
        if self.shared.database.read(|connection| connection.outbox_pending(lane)).map_err(away)? == 0 {
            return Ok(0);
        }
        loop {
            let (holder, until, now) = (self.shared.holder.clone(), machine_now() + LEASE, self.now());
            // Waits are counted on the engine's clock, leases on the machine's.
            let claimed = self.shared.writer.write(move |tx| {
                tx.connection.claim_outbox(lane, &holder, now, machine_now(), until, BATCH).map_err(collision)
            })?;
            if claimed.is_empty() {
                return Ok(attempts);
            }
            for row in claimed {
                attempts += 1;
                attempt(&row)?;
            }
        }
    }

    fn attempt(&self, outbound: &Arc<dyn Outbound>, row: &OutboxRow) -> Result<(), EngineError> {
        let id = MessageId::new(row.subject.0);
        let Some((message, letter)) = self.letter_of(id)? else {
            return self.settle(row, MessageState::Refused, Word::of("its text was erased"));
        };
        if let Some(reason) = self.no_longer_true(&message)? {
            return self.drop_late(id, reason);
        }
        if letter.to_address.trim().is_empty() {
            return self.settle(row, MessageState::Refused, Word::of("there is no address to write to"));
        }
        if self.is_too_long(&letter) {
            return self.settle(row, MessageState::Refused, Word::of("it is longer than a text message may be"));
        }
        // A STOP that came after it was decided, whoever released it.
        if message.channel == Channel::Sms && self.wants_no_sms(&message)? {
            return self.drop_late(id, "sms-stopped");
        }
        let (mut doubts, mut ours) = (self.doubter(row), true);
        let outcome = outbound.send(&letter, &mut || doubts().inspect_err(|_| ours = false));
        if message.channel == Channel::Sms && ours {
            self.note_sent(outbound.name(), &outcome)?;
        }
        let settled = match outcome {
            SendOutcome::Accepted { reply, reference } => {
                let reference = reference.map(|reference| format!("{}:{reference}", outbound.name()));
                self.settle(row, MessageState::Accepted, Word { reference, ..Word::of(&reply) })
            }
            SendOutcome::Refused { reply } => self.settle(row, MessageState::Refused, Word::of(&reply)),
            SendOutcome::Barred { why, reply } => {
                self.settle(row, MessageState::Refused, Word { barred: Some(why), ..Word::of(&reply) })
            }
            SendOutcome::Retry { reason } => self.settle(row, MessageState::Retry, Word::of(&reason)),
            SendOutcome::Unknown { reason } => self.settle(row, MessageState::Unknown, Word::of(&reason)),
        };
        outbound.part();
        settled
    }

    /// What an attempt calls before the point after which it may have happened: only its holder gets past.
    pub(crate) fn doubter(&self, row: &OutboxRow) -> impl FnMut() -> Result<(), String> + use<> {
        let engine = self.clone();
        let (subject, attempt, holder) = (row.subject, row.attempt, self.shared.holder.clone());
        move || {
            let holder = holder.clone();
            let marked =
                engine.shared.writer.write(move |tx| tx.connection.mark_in_doubt(subject, attempt, &holder).map_err(collision));
            match marked {
                Ok(true) => Ok(()),
                Ok(false) => Err("another attempt took over".to_owned()),
                Err(error) => Err(error.to_string()),
            }
        }
    }

    /// Records what became of an attempt, unless it is no longer this holder's: then it is left alone. `wait`: seconds until it is tried
    /// again, where it is.
    pub(crate) fn settle_attempt(
        &self,
        row: &OutboxRow,
        said: &str,
        wait: Option<i64>,
        record: impl Fn(&mut Tx<'_>, &OutboxRow, &str) -> Result<(), EngineError> + Send + 'static,
    ) -> Result<(), EngineError> {
        let (engine, row, said) = (self.clone(), row.clone(), said.chars().take(300).collect::<String>());
        self.shared.writer.write(move |tx| {
            let current = tx.connection.outbox_attempt(row.subject).map_err(collision)?;
            if current.is_none_or(|current| current.attempt != row.attempt) {
                return Ok(());
            }
            record(tx, &row, &said)?;
            if let Some(wait) = wait {
                tx.connection.retry_outbox(row.subject, engine.now() + wait * 1000).map_err(collision)?;
            }
            Ok(())
        })
    }

    fn wants_no_sms(&self, message: &Message) -> Result<bool, EngineError> {
        let Some(customer) = message.customer else { return Ok(false) };
        let found = self.reading(|connection| crate::gathering::customer_of(connection, customer))?;
        Ok(found.is_some_and(|customer| customer.sms_stopped.is_some()))
    }

    fn settle(&self, row: &OutboxRow, state: MessageState, word: Word) -> Result<(), EngineError> {
        let engine = self.clone();
        let wait = (state == MessageState::Retry).then(|| wait_after(row.attempt));
        let Word { reply, reference, barred } = word;
        self.settle_attempt(row, &reply, wait, move |tx, row, reply| {
            let clock = engine.now();
            tx.desk(clock, |desk| {
                "outbox".clone_into(&mut desk.source);
                let Some(message) = desk.message(MessageId::new(row.subject.0))?.cloned() else { return Ok(Ok(())) };
                let seen = OutcomeSeen {
                    message: message.id,
                    promise: message.promise,
                    customer: message.customer,
                    attempt: u32::try_from(row.attempt).unwrap_or(u32::MAX),
                    state,
                    reply: reply.to_owned(),
                    reference: reference.clone(),
                    at: clock,
                };
                heard(react::message_tried(desk, &engine.in_force().rules(), &seen, barred))
            })
            .map_err(shelved)?
        })
    }

    /// Attempts that were in doubt when their holder vanished: nobody knows whether they left.
    fn settle_doubts(&self) -> Result<(), EngineError> {
        let doubtful = self.shared.database.read(|connection| connection.doubtful(machine_now())).map_err(away)?;
        for row in doubtful {
            self.settle(&row, MessageState::Unknown, Word::of("Kept stopped while the message was being handed over"))?;
        }
        Ok(())
    }

    /// Messages held only for a while go on, or are dropped when they are no longer true.
    fn wake_held(&self) -> Result<(), EngineError> {
        let now = self.now();
        let held = self.shared.database.read(|connection| connection.held_until(now)).map_err(away)?;
        for id in held.into_iter().map(MessageId::new) {
            let Some(message) = self.load_message(id)? else { continue };
            if let Some(reason) = self.no_longer_true(&message)? {
                self.drop_late(id, reason)?;
                continue;
            }
            self.guard_handles(id, MessageState::Queued, None, |state| state == MessageState::Held)?;
        }
        Ok(())
    }

    /// When the next held message wakes, epoch milliseconds: what a replay sets its clock to.
    ///
    /// # Errors
    /// Database errors.
    pub fn next_held(&self) -> Result<Option<i64>, EngineError> {
        self.reading(kept_store::Connection::next_held)
    }

    fn load_message(&self, id: MessageId) -> Result<Option<Message>, EngineError> {
        let found = self.reading(|connection| connection.load(Noun::Message, id.into(), false))?;
        Ok(match found {
            Some(Subject::Message(message)) => Some(*message),
            _ => None,
        })
    }

    fn letter_of(&self, id: MessageId) -> Result<Option<(Message, Letter)>, EngineError> {
        let Some(message) = self.load_message(id)? else { return Ok(None) };
        let Some(sealed) = &message.letter else { return Ok(None) };
        let bytes = self.shared.database.read(|connection| connection.open_sealed(sealed.id)).map_err(away)?;
        let letter = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Ok(letter.map(|letter| (message, letter)))
    }

    /// A message whose reason has gone is not sent: the parcel arrived before the warning left.
    fn no_longer_true(&self, message: &Message) -> Result<Option<&'static str>, EngineError> {
        let found = self.reading(|connection| connection.load(Noun::Promise, message.promise.into(), false))?;
        let Some(Subject::Promise(promise)) = found else { return Ok(None) };
        Ok(no_longer_true(message, &promise))
    }

    fn drop_late(&self, id: MessageId, reason: &'static str) -> Result<(), EngineError> {
        self.guard_handles(id, MessageState::Dropped, Some(reason), |_| true)
    }

    /// Writes down what the guard does with a message that is in a state it `may` be handled in.
    fn guard_handles(
        &self,
        id: MessageId,
        to: MessageState,
        reason: Option<&'static str>,
        may: fn(MessageState) -> bool,
    ) -> Result<(), EngineError> {
        let engine = self.clone();
        self.shared.writer.write(move |tx| {
            let clock = engine.now();
            tx.desk(clock, |desk| {
                "guard".clone_into(&mut desk.source);
                let Some(message) = desk.message(id)?.filter(|message| may(message.state)).cloned() else { return Ok(()) };
                desk.emit(Handled {
                    message: id,
                    promise: message.promise,
                    to,
                    by: "guard".to_owned(),
                    at: clock,
                    reason: reason.map(str::to_owned),
                })?;
                Ok(())
            })
            .map_err(shelved)
        })
    }
}

/// Seconds to wait after an attempt that failed.
pub(crate) fn wait_after(attempt: i64) -> i64 {
    let index = usize::try_from(attempt - 1).unwrap_or(0).min(WAITS.len() - 1);
    WAITS.get(index).copied().unwrap_or(43_200)
}

/// Why a message must not leave any more, as its promise stands now.
pub(crate) fn no_longer_true(message: &Message, promise: &Promise) -> Option<&'static str> {
    if is_about_lateness(&message.template) && !promise.state.is_open() {
        return Some("outcome-known");
    }
    (message.customer.is_some() && promise.peace).then_some("peace")
}
