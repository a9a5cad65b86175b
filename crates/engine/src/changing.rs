//! What a person of the team changes: switches, messages, promises.

use kept_base::{MessageId, PromiseId};
use kept_domain::Body;
use kept_domain::desk::{Desk, ShelfError};
use kept_domain::house::{CodeMapped, PlaybookSwitched};
use kept_domain::message::{Handled, MessageState, Mode};
use kept_domain::promise::{Assessed, Assigned, PromiseState, Settled};
use kept_domain::react;
use kept_domain::vocabulary::{ExceptionKind, Milestone};

use crate::writer::{collision, heard, shelved};
use crate::{Engine, EngineError};

impl Engine {
    /// Works at a desk in one transaction and sets anew when the promise is looked at.
    fn change(
        &self,
        promise: PromiseId,
        work: impl Fn(&mut Desk<'_>, i64) -> Result<Result<(), EngineError>, ShelfError> + Send + 'static,
    ) -> Result<(), EngineError> {
        let engine = self.clone();
        self.shared.writer.write(move |tx| {
            let clock = engine.now();
            tx.desk(clock, |desk| {
                "team".clone_into(&mut desk.source);
                match work(desk, clock)? {
                    Ok(()) => react::rearm_promise(desk, &engine.in_force().rules(), promise).map(Ok),
                    Err(error) => Ok(Err(error)),
                }
            })
            .map_err(shelved)?
        })
    }

    /// Writes down what a person of the team says of the installation itself.
    pub(crate) fn write_down(&self, fact: impl Into<Body> + Clone + Send + 'static) -> Result<(), EngineError> {
        let engine = self.clone();
        self.shared.writer.write(move |tx| {
            tx.desk(engine.now(), |desk| {
                "team".clone_into(&mut desk.source);
                desk.emit(fact.clone()).map(|_| ())
            })
            .map_err(shelved)
        })
    }

    /// Switches a playbook.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for a name no pack has.
    pub fn switch_playbook(&self, name: &str, mode: Mode, by: &str) -> Result<(), EngineError> {
        if self.loaded().packs.playbook(name).is_none() {
            return Err(EngineError::NotFound(format!("playbook `{name}`")));
        }
        self.write_down(PlaybookSwitched { playbook: name.to_owned(), mode, by: by.to_owned() })
    }

    /// Releases shadowed, waiting or held messages: they leave. Gives how many; those in another state are skipped.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn release_messages(&self, messages: &[MessageId], by: &str) -> Result<u32, EngineError> {
        let may = |state: MessageState| matches!(state, MessageState::Shadow | MessageState::Waiting | MessageState::Held);
        self.handle_messages(messages, by, None, MessageState::Queued, may)
    }

    /// Drops messages: nothing will be said. Gives how many.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn drop_messages(&self, messages: &[MessageId], by: &str, reason: &str) -> Result<u32, EngineError> {
        let may = |state: MessageState| {
            matches!(
                state,
                MessageState::Shadow | MessageState::Waiting | MessageState::Held | MessageState::Queued | MessageState::Retry
            )
        };
        let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        self.handle_messages(messages, by, reason, MessageState::Dropped, may)
    }

    /// Says what became of a message whose fate was unknown: accepted, or queued to send it again knowingly.
    ///
    /// # Errors
    /// [`EngineError::Conflict`] when it is not unknown.
    pub fn resolve_unknown(&self, message: MessageId, to: MessageState, by: &str) -> Result<(), EngineError> {
        if !matches!(to, MessageState::Accepted | MessageState::Queued | MessageState::Dropped) {
            return Err(EngineError::Invalid("an unknown message was accepted, is sent again, or is given up".to_owned()));
        }
        match self.handle_messages(&[message], by, None, to, |state| state == MessageState::Unknown)? {
            1 => Ok(()),
            _ => Err(EngineError::Conflict("this message is not unknown".to_owned())),
        }
    }

    fn handle_messages(
        &self,
        messages: &[MessageId],
        by: &str,
        reason: Option<String>,
        to: MessageState,
        may: fn(MessageState) -> bool,
    ) -> Result<u32, EngineError> {
        let (engine, messages, by) = (self.clone(), messages.to_vec(), by.to_owned());
        self.shared.writer.write(move |tx| {
            let clock = engine.now();
            // What is being handed over right now cannot be called back: its outcome must be seen.
            let mut leaving = Vec::new();
            for id in &messages {
                if tx.connection.outbox_leaving((*id).into()).map_err(collision)? {
                    leaving.push(*id);
                }
            }
            tx.desk(clock, |desk| {
                "team".clone_into(&mut desk.source);
                let mut handled = 0;
                for id in messages.iter().filter(|id| !leaving.contains(id)) {
                    let Some(message) = desk.message(*id)?.cloned() else { continue };
                    if !may(message.state) {
                        continue;
                    }
                    desk.emit(Handled {
                        message: *id,
                        promise: message.promise,
                        to,
                        by: by.clone(),
                        at: clock,
                        reason: reason.clone(),
                    })?;
                    react::rearm_promise(desk, &engine.in_force().rules(), message.promise)?;
                    handled += 1;
                }
                Ok(handled)
            })
            .map_err(shelved)
        })
    }

    /// Gives a code its meaning, for every scan to come.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn map_code(
        &self,
        source: &str,
        code: &str,
        milestone: Milestone,
        exception: Option<ExceptionKind>,
        by: &str,
    ) -> Result<(), EngineError> {
        if source.trim().is_empty() || code.trim().is_empty() || milestone == Milestone::Unknown {
            return Err(EngineError::Invalid("a source, a code and a meaning are needed".to_owned()));
        }
        self.write_down(CodeMapped {
            source: source.to_owned(),
            code: code.to_owned(),
            milestone,
            exception,
            by: by.to_owned(),
        })?;
        self.refresh_meanings()
    }

    /// Gives a promise another owner.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Invalid`] for an empty owner.
    pub fn assign_promise(&self, promise: PromiseId, owner: &str, by: &str) -> Result<(), EngineError> {
        let (owner, by) = (owner.trim().to_owned(), by.to_owned());
        if owner.is_empty() || owner.chars().count() > 60 {
            return Err(EngineError::Invalid("an owner has a name of 1 to 60 characters".to_owned()));
        }
        self.change(promise, move |desk, _| {
            if desk.promise(promise)?.is_none() {
                return Ok(Err(EngineError::NotFound("promise".to_owned())));
            }
            desk.emit(Assigned { promise, owner: owner.clone(), by: by.clone() })?;
            Ok(Ok(()))
        })
    }

    /// The company gives a promise up: it is broken, with who did it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Conflict`] when it is not open.
    pub fn withdraw_promise(&self, promise: PromiseId, cause: &str, by: &str) -> Result<(), EngineError> {
        let (cause, by) = (cause.trim().to_owned(), by.to_owned());
        if cause.is_empty() {
            return Err(EngineError::Invalid("say why the promise is given up".to_owned()));
        }
        self.change(promise, move |desk, clock| {
            let Some(state) = desk.promise(promise)?.map(|promise| promise.state) else {
                return Ok(Err(EngineError::NotFound("promise".to_owned())));
            };
            if !state.is_open() {
                return Ok(Err(EngineError::Conflict("this promise is no longer open".to_owned())));
            }
            desk.emit(Assessed {
                promise,
                state: PromiseState::Broken,
                by_first_due: PromiseState::Broken,
                at: clock,
                certain: true,
                by: by.clone(),
                cause: Some(cause.clone()),
            })?;
            Ok(Ok(()))
        })
    }

    /// Settles a dispute by a person, on evidence.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Conflict`] when it is not disputed.
    pub fn settle_dispute(&self, promise: PromiseId, state: PromiseState, by: &str) -> Result<(), EngineError> {
        if state.is_open() || state == PromiseState::Released {
            return Err(EngineError::Invalid("a dispute ends as kept, kept late or broken".to_owned()));
        }
        let (engine, by) = (self.clone(), by.to_owned());
        self.change(promise, move |desk, clock| {
            let Some(disputed) = desk.promise(promise)?.map(|promise| promise.disputed) else {
                return Ok(Err(EngineError::NotFound("promise".to_owned())));
            };
            if disputed.is_none() {
                return Ok(Err(EngineError::Conflict("this promise is not disputed".to_owned())));
            }
            let outcome = desk.promise(promise)?.and_then(|promise| promise.outcome.clone());
            if state == PromiseState::Kept && outcome.is_some_and(|outcome| outcome.state != PromiseState::Kept) {
                return Ok(Err(EngineError::Invalid(
                    "it came after its due: a dispute about it ends as kept late or broken".to_owned(),
                )));
            }
            desk.emit(Settled { promise, state, at: clock, by: by.clone() })?;
            heard(react::answer_given(desk, &engine.in_force().rules(), promise, &by))
        })
    }
}
