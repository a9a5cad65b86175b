//! Sending is fenced: a holder that was paused, and whose claim another took over, sends nothing; what may have left is never sent again.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use crossbeam_channel::{Receiver, Sender, bounded};
use kept_base::MessageId;
use kept_domain::Body;
use kept_domain::message::{MessageState, Mode};
use kept_engine::Engine;
use kept_engine::ports::{Letter, Outbound, SendOutcome};
use kept_engine::views::MessageFilter;
use kept_testkit::{Installation, Mailbox, at};

use super::{assert_sound, count, facts, second};

/// A way out that stands still, before or after it may say "in doubt", until it is let go.
pub(super) struct Paused {
    after: bool,
    reached: Sender<()>,
    go: Receiver<()>,
    pub(super) left: Mutex<Vec<Letter>>,
    refused: Mutex<Vec<String>>,
}

impl Paused {
    pub(super) fn new(after: bool) -> (Arc<Paused>, Receiver<()>, Sender<()>) {
        let ((reached, is_reached), (let_go, go)) = (bounded(1), bounded(1));
        (Arc::new(Paused { after, reached, go, left: Mutex::default(), refused: Mutex::default() }), is_reached, let_go)
    }

    fn pause(&self) {
        self.reached.send(()).expect("the test listens");
        self.go.recv().expect("the test lets go");
    }
}

pub(super) fn locked<T: Clone>(held: &Mutex<T>) -> T {
    held.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Outbound for Paused {
    fn name(&self) -> &'static str {
        "paused"
    }

    fn send(&self, letter: &Letter, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> SendOutcome {
        if !self.after {
            self.pause();
        }
        if let Err(reason) = in_doubt() {
            self.refused.lock().unwrap_or_else(PoisonError::into_inner).push(reason.clone());
            return SendOutcome::Retry { reason };
        }
        if self.after {
            self.pause();
        }
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push(letter.clone());
        SendOutcome::Accepted { reply: "250 2.0.0 queued".to_owned(), reference: None }
    }
}

/// One message, decided and queued, that nobody has tried to send yet.
fn queued(installation: &Installation) -> Result<MessageId> {
    installation.switch_all(Mode::Automatic)?;
    let (_, _, parcel, _, _) = installation.sample_order()?;
    let number = super::parcel(&installation.engine, parcel)?.tracking_number;
    installation.tell(super::scanned(&number, "2026-11-02T18:00:00+01:00", "handed_over"))?;
    installation.engine.clock().set(at("2026-11-05T15:00:00+01:00")?);
    installation.engine.watch()?;
    installation.engine.decide()?;
    let messages =
        installation.engine.messages(&MessageFilter { state: Some(MessageState::Queued), ..MessageFilter::default() })?;
    assert_eq!(messages.rows.len(), 1, "{}: one message waits to leave", installation.kind());
    Ok(messages.rows[0].message.id)
}

fn state(engine: &Engine, message: MessageId) -> Result<MessageState> {
    Ok(engine.message(message)?.context("the message")?.line.message.state)
}

fn outcomes(engine: &Engine) -> Result<Vec<MessageState>> {
    let outcome = |body| if let Body::MessageOutcome(outcome) = body { Some(outcome.state) } else { None };
    Ok(facts(engine)?.into_iter().filter_map(|fact| outcome(fact.body)).collect())
}

/// Lets every lease run out: what time does after five minutes.
pub(super) fn leases_run_out(engine: &Engine) -> Result<()> {
    Ok(engine.database().connect()?.free_outbox("")?)
}

#[test]
fn a_holder_paused_before_the_last_step_sends_nothing_once_another_took_over() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, slow) = (installation.kind(), installation.engine.clone());
        let message = queued(&installation)?;
        let (paused, reached, go) = Paused::new(false);
        slow.set_outbound(Arc::clone(&paused) as Arc<dyn Outbound>);
        let quick = second(&installation)?;
        let mailbox = Arc::new(Mailbox::default());
        quick.set_outbound(Arc::clone(&mailbox) as Arc<dyn Outbound>);
        std::thread::scope(|scope| -> Result<()> {
            let sending = scope.spawn(|| slow.send());
            reached.recv()?;
            assert_eq!(quick.send()?, 0, "{kind}: while the claim stands nobody else tries");
            leases_run_out(&quick)?;
            assert_eq!(quick.send()?, 1, "{kind}");
            go.send(())?;
            sending.join().expect("the paused sender")?;
            Ok(())
        })?;
        assert_eq!(mailbox.letters().len(), 1, "{kind}");
        assert!(locked(&paused.left).is_empty(), "{kind}: the paused one did not send");
        assert_eq!(locked(&paused.refused), ["another attempt took over"], "{kind}");
        assert_eq!(state(&quick, message)?, MessageState::Accepted, "{kind}");
        assert_eq!(outcomes(&quick)?, [MessageState::Accepted], "{kind}: what the paused one says afterwards changes nothing");
        assert_eq!(count(&quick, "select count(*) from outbox")?, 0, "{kind}");
        assert_sound(&quick, kind)?;
    }
    Ok(())
}

#[test]
fn what_another_is_sending_is_not_touched_by_the_one_it_was_taken_from() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, slow) = (installation.kind(), installation.engine.clone());
        let message = queued(&installation)?;
        let (paused, reached, go) = Paused::new(false);
        slow.set_outbound(Arc::clone(&paused) as Arc<dyn Outbound>);
        let quick = second(&installation)?;
        let (delivering, delivers, deliver) = Paused::new(true);
        quick.set_outbound(Arc::clone(&delivering) as Arc<dyn Outbound>);
        std::thread::scope(|scope| -> Result<()> {
            let first = scope.spawn(|| slow.send());
            reached.recv()?;
            leases_run_out(&quick)?;
            let other = scope.spawn(|| quick.send());
            delivers.recv()?;
            // The second attempt is in doubt; the first comes back to life, is refused, and must not call it a retry.
            go.send(())?;
            first.join().expect("the paused sender")?;
            deliver.send(())?;
            other.join().expect("the other sender")?;
            Ok(())
        })?;
        assert_eq!((locked(&paused.left).len(), locked(&delivering.left).len()), (0, 1), "{kind}");
        assert_eq!(state(&quick, message)?, MessageState::Accepted, "{kind}");
        assert_eq!(outcomes(&quick)?, [MessageState::Accepted], "{kind}");
        assert_eq!(count(&quick, "select count(*) from outbox")?, 0, "{kind}");
        assert_sound(&quick, kind)?;
    }
    Ok(())
}

#[test]
fn a_holder_paused_after_it_leaves_an_unknown_that_nobody_sends_again() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, slow) = (installation.kind(), installation.engine.clone());
        let message = queued(&installation)?;
        let (paused, reached, go) = Paused::new(true);
        slow.set_outbound(Arc::clone(&paused) as Arc<dyn Outbound>);
        let quick = second(&installation)?;
        let mailbox = Arc::new(Mailbox::default());
        quick.set_outbound(Arc::clone(&mailbox) as Arc<dyn Outbound>);
        std::thread::scope(|scope| -> Result<()> {
            let sending = scope.spawn(|| slow.send());
            reached.recv()?;
            leases_run_out(&quick)?;
            assert_eq!(quick.send()?, 0, "{kind}: what may have left is not sent by another");
            assert_eq!(state(&quick, message)?, MessageState::Unknown, "{kind}: it is shown as unknown");
            go.send(())?;
            sending.join().expect("the paused sender")?;
            Ok(())
        })?;
        assert_eq!(locked(&paused.left).len(), 1, "{kind}: it did leave, once");
        assert_eq!(state(&quick, message)?, MessageState::Unknown, "{kind}: only a person says what became of it");
        assert_eq!(outcomes(&quick)?, [MessageState::Unknown], "{kind}");
        // Nothing that happens later sends it: not time, not a rebuild, not a restart.
        quick.rebuild(|_| {})?;
        let restarted = second(&installation)?;
        restarted.set_outbound(Arc::clone(&mailbox) as Arc<dyn Outbound>);
        restarted.send()?;
        assert!(mailbox.letters().is_empty() && locked(&paused.left).len() == 1, "{kind}");
        quick.resolve_unknown(message, MessageState::Accepted, "test")?;
        assert_eq!(state(&quick, message)?, MessageState::Accepted, "{kind}");
        assert_eq!(count(&quick, "select count(*) from outbox")?, 0, "{kind}");
        assert_sound(&quick, kind)?;
    }
    Ok(())
}
