//! A run: facts in order, and between them what the trial itself brings about.
//!
//! A signal is decided where it really was decided, with the state it was decided by; one that waited longer than [`PATIENCE`], or was
//! never decided, is decided that long after it was raised. Messages of the playbooks on trial that really were sent are left out, and
//! those of the trial stand in their place: accepted at the moment they leave. From then on the promise follows the trial: the next word
//! a message promised, and the news that it arrived after a warning, are derived, and the ledger's own signals of these kinds are not.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;
use std::sync::Arc;

use kept_base::{BrandId, CustomerId, DecisionId, Language, MessageId, OrderId, Position, PromiseId, SealedId, SignalId};
use kept_domain::fact::{Body, Fact, SealedRef};
use kept_domain::message::{DecisionMade, Drafted, Handled, MessageState, OutcomeSeen, WARNINGS};
use kept_domain::playbook::{Audience, Playbook};
use kept_domain::promise::{PromiseState, SignalKind, SignalRaised};
use kept_store::PendingSignal;
use rustc_hash::{FxHashMap, FxHashSet};

use super::folding::World;
use super::reading::{self, Bundle, Line, Looks};
use super::{TrialAsked, TrialCounts, TrialOutcome, TrialProgress, TrialResult, TrialRow, judging};
use crate::considering::{Answering, Around, Considered};
use crate::drafting::next_word_at;
use crate::sending::no_longer_true;
use crate::writer::{BRAND, away};
use crate::{Engine, EngineError};

/// Deciders look several times a second; a decision that took longer was held up by something else. Milliseconds.
const PATIENCE: i64 = 60_000;

/// Something the trial has to do at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Coming {
    /// Decide a signal that nobody decided.
    Decide(SignalId),
    /// A message may leave: the night is over, or a person says yes.
    Leave(usize, MessageId),
    /// The next word about a promise is due then.
    NextWord(PromiseId, i64),
}

pub(super) struct Run<'a> {
    asked: &'a TrialAsked,
    playbooks: &'a [&'a Playbook],
    names: FxHashMap<&'a str, (Arc<str>, Arc<str>)>,
    answering: &'a FxHashMap<SignalKind, Answering<'a>>,
    house_zone: &'a str,
    around: Around<'a>,
    pub(super) world: World,
    pending: FxHashMap<SignalId, PendingSignal>,
    /// How many signals wait about a promise.
    waiting: FxHashMap<PromiseId, u32>,
    /// Signals of the period that the playbooks on trial answer.
    answered: FxHashSet<SignalId>,
    /// Promises of which the customer was told something else than really happened.
    apart: FxHashSet<PromiseId>,
    /// The next first; of one moment, in the order in which they were scheduled.
    coming: BinaryHeap<Reverse<(i64, u64, Coming)>>,
    sequence: u64,
    minted: i64,
    now: i64,
    over: bool,
    pub(super) rows: Vec<TrialRow>,
    pub(super) late: FxHashSet<PromiseId>,
    signals: u64,
}

/// What a decision is about, apart from the state it was made by.
struct About {
    signal: SignalId,
    kind: SignalKind,
    noticed: String,
    promise: PromiseId,
    order: Option<OrderId>,
    customer: Option<(CustomerId, Language)>,
    now: i64,
    follows: bool,
}

/// Runs it.
pub(super) fn run(
    engine: &Engine,
    asked: &TrialAsked,
    playbooks: &[&Playbook],
    progress: &mut dyn FnMut(TrialProgress) -> ControlFlow<()>,
) -> Result<Option<TrialResult>, EngineError> {
    // What was forgotten is found again by its row: rows must be as far as the ledger.
    engine.flush()?;
    let database = &engine.shared.database;
    let mut connection = database.connect().map_err(away)?;
    let last = connection.last_block().map_err(away)?;
    let of = connection.ledger_size().map_err(away)?.1.unsigned_abs();
    let settings = &engine.shared.settings;
    let kinds = playbooks.iter().flat_map(|playbook| playbook.on.iter().copied());
    let on_trial = || playbooks.iter().map(|playbook| (*playbook, asked.mode));
    let notices = connection.notices(BRAND).map_err(away)?;
    let answering: FxHashMap<_, _> = kinds.map(|kind| (kind, Answering::new(kind, on_trial(), &notices))).collect();
    let at_troubles = answering.values().any(|answering| answering.asks_attempts);
    let mut run = Run {
        asked,
        playbooks,
        names: playbooks
            .iter()
            .filter_map(|playbook| {
                let saying = playbook.saying()?;
                Some((playbook.name.as_str(), (playbook.name.as_str().into(), saying.message.as_str().into())))
            })
            .collect(),
        answering: &answering,
        house_zone: &settings.zone,
        around: Around { reach: engine.reach(), notices: &notices },
        world: World::new(connection),
        pending: FxHashMap::default(),
        waiting: FxHashMap::default(),
        answered: FxHashSet::default(),
        apart: FxHashSet::default(),
        coming: BinaryHeap::new(),
        sequence: 0,
        minted: 0,
        now: i64::MIN,
        over: false,
        rows: Vec::new(),
        late: FxHashSet::default(),
        signals: 0,
    };
    let (bundles, thread) = reading::start(database, last, Looks { before: asked.before, at_troubles })?;
    let mut facts = 0;
    let mut stopped = false;
    for bundle in &bundles {
        let bundle = bundle.map_err(away)?;
        facts += bundle.facts;
        run.take(bundle)?;
        if progress(TrialProgress { facts, of: of.max(facts) }).is_break() {
            stopped = true;
            break;
        }
    }
    // Without anybody to hear it the thread stops at its next block.
    drop(bundles);
    if thread.join().is_err() {
        return Err(EngineError::Unavailable("the ledger could not be read to its end".to_owned()));
    }
    if stopped {
        return Ok(None);
    }
    run.end(last)?;
    Ok(Some(judging::result(run, asked, facts)?))
}

impl<'a> Run<'a> {
    pub(super) fn names(&self) -> Vec<String> {
        self.playbooks.iter().map(|playbook| playbook.name.clone()).collect()
    }

    pub(super) fn counts(&self) -> TrialCounts {
        TrialCounts { signals: self.signals, ..TrialCounts::default() }
    }

    fn take(&mut self, bundle: Bundle) -> Result<(), EngineError> {
        let start = Position::new(bundle.number, 0);
        // What was decided in this block was decided by what stood before it.
        for (signal, at) in &bundle.decided {
            if self.pending.contains_key(signal) {
                self.pass_to(*at, start)?;
                self.decide_pending(*signal, *at, start)?;
            }
        }
        for line in bundle.lines {
            let recorded = line.recorded();
            match line {
                Line::Trouble { parcel, said, .. } => {
                    self.pass_to(recorded, said.position)?;
                    self.world.hear(parcel, said, &bundle.texts);
                }
                Line::Passed { position, .. } => self.pass_to(recorded, position)?,
                Line::Fact(fact) => {
                    self.pass_to(recorded, fact.position)?;
                    self.fact(&fact)?;
                }
            }
        }
        let waiting = &self.waiting;
        self.world.forget(self.now, &|promise| waiting.contains_key(&promise));
        Ok(())
    }

    /// Does what the trial has to do before a moment.
    fn pass_to(&mut self, recorded: i64, before: Position) -> Result<(), EngineError> {
        while let Some(Reverse((at, _, coming))) = self.coming.peek().copied() {
            if at >= recorded {
                break;
            }
            self.coming.pop();
            self.now = self.now.max(at);
            match coming {
                Coming::Decide(signal) => self.decide_pending(signal, at, before)?,
                Coming::Leave(row, message) => self.leave(row, message, at, before),
                Coming::NextWord(promise, at) => {
                    if self
                        .world
                        .folder
                        .promise(promise)
                        .is_some_and(|promise| promise.state.is_open() && promise.next_word_at == Some(at))
                    {
                        self.follow(SignalKind::NextWordDue, promise, at, "word_promised", before)?;
                    }
                }
            }
        }
        self.now = self.now.max(recorded);
        if recorded >= self.asked.before && !self.over {
            self.over = true;
            self.decide_all(before)?;
            self.world.keep_only_outcomes();
        }
        Ok(())
    }

    fn fact(&mut self, fact: &Fact) -> Result<(), EngineError> {
        match &fact.body {
            Body::SignalRaised(body) => {
                let follows = matches!(body.signal_kind, SignalKind::NextWordDue | SignalKind::DeliveredAfterWarning);
                if follows && self.apart.contains(&body.promise) {
                    self.world.left_out.signals.insert(body.signal);
                    return Ok(());
                }
                self.world.fold(fact);
                if self.in_period(fact.recorded) {
                    self.noticed(fact, body);
                }
                Ok(())
            }
            Body::DecisionMade(body) => {
                let ours = self.names.contains_key(body.playbook.as_str()) && self.answered.contains(&body.signal);
                if ours || self.world.left_out.signals.contains(&body.signal) {
                    self.world.left_out.messages.extend(body.message.as_ref().map(|draft| draft.message));
                    return Ok(());
                }
                self.world.fold(fact);
                Ok(())
            }
            Body::MessageHandled(body) if self.world.left_out.messages.contains(&body.message) => {
                if body.to == MessageState::Accepted {
                    self.goes_apart(body.promise);
                }
                Ok(())
            }
            Body::MessageOutcome(body) if self.world.left_out.messages.contains(&body.message) => {
                if body.state == MessageState::Accepted && body.customer.is_some() {
                    self.goes_apart(body.promise);
                }
                Ok(())
            }
            Body::MessageOutcome(body) => {
                self.world.fold(fact);
                self.await_next_word(body.promise);
                Ok(())
            }
            Body::PromiseAssessed(body) => {
                self.world.fold(fact);
                let warned = self.world.folder.promise(body.promise).is_some_and(|promise| promise.was_told(&WARNINGS));
                if warned
                    && self.apart.contains(&body.promise)
                    && matches!(body.state, PromiseState::Kept | PromiseState::KeptLate)
                {
                    let after = Position(fact.position.0 + 1);
                    self.follow(SignalKind::DeliveredAfterWarning, body.promise, body.at, body.state.word(), after)?;
                }
                Ok(())
            }
            _ => {
                self.world.fold(fact);
                Ok(())
            }
        }
    }

    fn noticed(&mut self, fact: &Fact, body: &SignalRaised) {
        if body.signal_kind == SignalKind::Late {
            self.late.insert(body.promise);
        }
        if self.answering.contains_key(&body.signal_kind) {
            self.signals += 1;
            self.answered.insert(body.signal);
            *self.waiting.entry(body.promise).or_default() += 1;
            let pending = PendingSignal {
                signal: body.signal,
                promise: body.promise,
                kind: body.signal_kind,
                position: fact.position,
                raised: fact.recorded,
            };
            self.pending.insert(body.signal, pending);
            self.schedule(fact.recorded + PATIENCE, Coming::Decide(body.signal));
        }
    }

    fn decide_pending(&mut self, signal: SignalId, now: i64, before: Position) -> Result<(), EngineError> {
        let Some(pending) = self.pending.remove(&signal) else { return Ok(()) };
        if let Some(waiting) = self.waiting.get_mut(&pending.promise) {
            *waiting -= 1;
            if *waiting == 0 {
                self.waiting.remove(&pending.promise);
            }
        }
        self.decide(pending, now, before, false)
    }

    fn decide_all(&mut self, before: Position) -> Result<(), EngineError> {
        let mut left: Vec<(i64, SignalId)> = self.pending.values().map(|pending| (pending.raised, pending.signal)).collect();
        left.sort_unstable();
        left.into_iter().try_for_each(|(raised, signal)| self.decide_pending(signal, raised, before))
    }

    fn decide(&mut self, signal: PendingSignal, now: i64, before: Position, follows: bool) -> Result<(), EngineError> {
        let Some(answering) = self.answering.get(&signal.kind) else { return Ok(()) };
        let Some(sight) = self.world.sight(&signal, now, before, answering).map_err(away)? else { return Ok(()) };
        let all = answering.consider(&sight, self.around);
        if all.is_empty() {
            return Ok(());
        }
        let about = About {
            signal: signal.signal,
            kind: signal.kind,
            noticed: sight.reason.to_owned(),
            promise: sight.promise.id,
            order: sight.promise.order,
            customer: sight.customer.map(|customer| (customer.id, customer.language)),
            now,
            follows,
        };
        let house_zone = self.house_zone;
        let next_words: Vec<_> = all
            .iter()
            .map(|considered| next_word_at(sight.order, now, considered.saying, house_zone).filter(|_| considered.says))
            .collect();
        for (considered, next_word) in all.into_iter().zip(next_words) {
            self.carry_out(&about, considered, next_word, before);
        }
        Ok(())
    }

    fn carry_out(&mut self, about: &About, considered: Considered<'_>, next_word: Option<i64>, before: Position) {
        let playbook = considered.playbook;
        let Some((name, template)) = self.names.get(playbook.name.as_str()).cloned() else { return };
        let to_customer = considered.saying.audience == Audience::Customer;
        let customer = about.customer.filter(|_| to_customer);
        let row = self.rows.len();
        self.rows.push(TrialRow {
            playbook: name,
            promise: about.promise,
            customer: customer.map(|(id, _)| id),
            signal: about.kind,
            noticed: about.noticed.clone(),
            follows: about.follows,
            decided_at: about.now,
            says: considered.says,
            template,
            reasons: considered.reasons.clone(),
            state: considered.state,
            told_at: None,
            next_word_at: next_word,
            position: before,
            outcome: if to_customer { TrialOutcome::Untold } else { TrialOutcome::ToOperations },
            first: false,
            first_due: None,
            ended_at: None,
        });
        if !considered.says {
            return;
        }
        self.world.kept.insert(about.promise);
        let message = MessageId::new(self.mint());
        let decision = DecisionId::new(self.mint());
        let body = DecisionMade {
            decision,
            signal: about.signal,
            signal_kind: about.kind,
            promise: about.promise,
            order: about.order,
            playbook: playbook.name.clone(),
            mode: considered.mode,
            verdict: "say".to_owned(),
            reasons: considered.reasons.clone(),
            message: Some(Drafted {
                message,
                customer: customer.map(|(id, _)| id),
                template: considered.saying.message.clone(),
                language: customer.map_or(Language::French, |(_, language)| language),
                channel: considered.ways.channel(),
                state: considered.state,
                held_until: considered.held_until,
                letter: SealedRef { id: SealedId::new(0), hash: String::new() },
                estimate: None,
                next_word_at: next_word,
            }),
            at: about.now,
        };
        self.imagine(body.into(), about.now, before);
        let held = considered.reasons.iter().any(|reason| reason != "quiet-hours");
        match considered.quiet_until {
            _ if held => {}
            Some(until) => self.schedule(until, Coming::Leave(row, message)),
            None => self.leave(row, message, about.now, before),
        }
    }

    /// A message leaves, unless it is no longer true. What is only shown tells nobody, and is noted for when it would have left.
    fn leave(&mut self, row: usize, message: MessageId, at: i64, before: Position) {
        let folder = &self.world.folder;
        let Some(sent) = folder.message(message) else { return };
        let gone = folder.promise(sent.promise).and_then(|promise| no_longer_true(sent, promise));
        let (promise, customer, state) = (sent.promise, sent.customer, sent.state);
        let Some(row) = self.rows.get_mut(row) else { return };
        if let Some(reason) = gone {
            row.reasons.push(reason.to_owned());
            row.state = MessageState::Dropped;
            let dropped = Handled {
                message,
                promise,
                to: MessageState::Dropped,
                by: "guard".to_owned(),
                at,
                reason: Some(reason.to_owned()),
            };
            self.imagine(dropped.into(), at, before);
            return;
        }
        row.told_at = Some(at);
        if state == MessageState::Shadow {
            return;
        }
        row.state = MessageState::Accepted;
        let accepted = OutcomeSeen {
            message,
            promise,
            customer,
            attempt: 1,
            state: MessageState::Accepted,
            reply: String::new(),
            reference: None,
            at,
        };
        self.imagine(accepted.into(), at, before);
        if customer.is_some() {
            self.goes_apart(promise);
        }
        self.await_next_word(promise);
    }

    /// A signal that follows from what was said in the trial; it is decided at once.
    fn follow(
        &mut self,
        kind: SignalKind,
        promise: PromiseId,
        true_at: i64,
        reason: &str,
        before: Position,
    ) -> Result<(), EngineError> {
        let signal = SignalId::new(self.mint());
        let now = self.now;
        let raised = SignalRaised {
            signal,
            signal_kind: kind,
            promise,
            parcel: None,
            armed_by: before,
            true_at,
            lateness: (now - true_at).max(0) / 1000,
            reason: reason.to_owned(),
            threshold: None,
            foreseen: None,
        };
        self.imagine(raised.into(), now, before);
        if !self.in_period(now) || !self.answering.contains_key(&kind) {
            return Ok(());
        }
        self.signals += 1;
        self.decide(PendingSignal { signal, promise, kind, position: before, raised: now }, now, before, true)
    }

    fn goes_apart(&mut self, promise: PromiseId) {
        if self.apart.insert(promise) {
            self.await_next_word(promise);
        }
    }

    fn await_next_word(&mut self, promise: PromiseId) {
        if !self.apart.contains(&promise) {
            return;
        }
        if let Some(at) = self.world.folder.promise(promise).and_then(|promise| promise.next_word_at) {
            self.schedule(at, Coming::NextWord(promise, at));
        }
    }

    fn schedule(&mut self, at: i64, coming: Coming) {
        self.sequence += 1;
        self.coming.push(Reverse((at, self.sequence, coming)));
    }

    fn in_period(&self, at: i64) -> bool {
        (self.asked.from..self.asked.before).contains(&at)
    }

    /// Ids of the trial are below zero: none of the ledger's is.
    fn mint(&mut self) -> i64 {
        self.minted -= 1;
        self.minted
    }

    /// Folds a fact that is the trial's own.
    fn imagine(&mut self, body: Body, recorded: i64, position: Position) {
        let brand: BrandId = BRAND;
        let fact = Fact {
            position,
            subjects: Vec::new(),
            brand,
            happened: None,
            recorded,
            source: "trial".to_owned(),
            event: None,
            body,
        };
        self.world.fold(&fact);
    }

    fn end(&mut self, last: i64) -> Result<(), EngineError> {
        let after = Position::new(last + 1, 0);
        self.decide_all(after)?;
        self.pass_to(self.now, after)
    }
}
