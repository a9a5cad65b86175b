//! Decide: signals become decisions, apart from any acknowledgement. Playbooks say what to do, the guard says whether, and both are
//! written down with their reasons.
//!
//! A decision is prepared outside the writer, from one consistent look, and committed only if the signal still waits and the promise
//! has not changed since; otherwise it is prepared again.

use kept_base::{DecisionId, MessageId, PromiseId, SignalId};
use kept_domain::customer::Customer;
use kept_domain::message::{Channel, DecisionMade, Drafted, MessageState, Mode};
use kept_domain::order::Order;
use kept_domain::parcel::Parcel;
use kept_domain::promise::{Promise, SignalKind, SignalMark};
use kept_domain::{Noun, Subject};
use kept_store::{Connection, PendingSignal, StoreError};

use crate::acting::ErrandReady;
use crate::considering::{Answering, Around, Considered, Parcels, Reach, Sight};
use crate::drafting::{Draft, TOO_LONG};
use crate::errands::{self, Asking};
use crate::gathering::{customer_of, order_of, parcels_of};
use crate::ports::Letter;
use crate::writer::{BRAND, Tx, away, collision, shelved};
use crate::{Engine, EngineError, rules};

/// Signals claimed at once.
const BATCH: i64 = 200;
/// How long a claim lasts: a decider that vanished holds nothing up for longer. Milliseconds of the machine's clock.
const LEASE: i64 = 60_000;
pub(crate) const DAY: i64 = 86_400_000;

/// Everything a decision looks at.
pub(crate) struct Situation {
    pub(crate) signal: PendingSignal,
    pub(crate) mark: SignalMark,
    pub(crate) promise: Promise,
    pub(crate) order: Option<Order>,
    pub(crate) customer: Option<Customer>,
    pub(crate) parcels: Vec<Parcel>,
    /// When messages to this customer were decided, epoch milliseconds.
    pub(crate) recent: Vec<i64>,
    /// What was decided to be said about this promise, and not dropped or refused since: template, and whether it was only shown.
    pub(crate) said: Vec<(String, bool)>,
    pub(crate) now: i64,
}

struct Prepared {
    signal: SignalId,
    /// Facts the promise held when this was prepared.
    seen: usize,
    promise: PromiseId,
    decisions: Vec<Deciding>,
}

struct Deciding {
    playbook: String,
    mode: Mode,
    verdict: &'static str,
    reasons: Vec<String>,
    draft: Option<Draft>,
    errand: Option<ErrandReady>,
    state: MessageState,
    held_until: Option<i64>,
}

impl Situation {
    pub(crate) fn sight(&self) -> Sight<'_> {
        Sight {
            signal: self.signal.kind,
            reason: &self.mark.reason,
            true_at: self.mark.true_at,
            promise: &self.promise,
            order: self.order.as_ref(),
            customer: self.customer.as_ref(),
            parcels: Parcels::of(&self.parcels),
            recent: self.recent.len(),
            said: self.said.iter().map(|(template, shown)| (template.as_str(), *shown)).collect(),
            now: self.now,
        }
    }
}

impl Engine {
    /// Decides every signal that waits; gives how many were decided.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn decide(&self) -> Result<u64, EngineError> {
        let mut decided = 0;
        if self.shared.database.read(kept_store::Connection::signals_pending).map_err(away)? == 0 {
            return Ok(0);
        }
        loop {
            let (holder, until) = (self.shared.holder.clone(), machine_now() + LEASE);
            let claimed = self
                .shared
                .writer
                .write(move |tx| tx.connection.claim_signals(&holder, machine_now(), until, BATCH).map_err(collision))?;
            if claimed.is_empty() {
                return Ok(decided);
            }
            // One signal a promise at a time: what is decided about the first is part of what the second is judged by.
            let mut promises = std::collections::HashSet::new();
            let (first, later): (Vec<_>, Vec<_>) = claimed.into_iter().partition(|signal| promises.insert(signal.promise));
            let mut prepared = Vec::with_capacity(first.len());
            for signal in first {
                if let Some(ready) = self.prepare(signal)? {
                    prepared.push(ready);
                }
            }
            let round = self.commit_decisions(prepared, later.iter().map(|signal| signal.signal).collect())?;
            decided += round;
            if round == 0 {
                // Every promise changed meanwhile; the next round sees it as it is now.
                return Ok(decided);
            }
        }
    }

    fn prepare(&self, signal: PendingSignal) -> Result<Option<Prepared>, EngineError> {
        let now = self.now();
        let look = self.reading(|connection| {
            let (modes, notices) = (connection.playbook_modes(BRAND)?, connection.notices(BRAND)?);
            Ok(situation(connection, signal.clone(), now)?.map(|situation| (situation, modes, notices)))
        });
        let Some((situation, modes, notices)) = look? else {
            tracing::warn!(signal = %signal.signal, "decide.promise_missing");
            return Ok(None);
        };
        let loaded = self.loaded();
        let (packs, _) = rules(&loaded);
        let mode_of = |name: &str| modes.iter().find(|(switched, _)| switched == name).map(|(_, mode)| *mode).unwrap_or_default();
        let on = packs.playbooks.iter().map(|playbook| (playbook, mode_of(&playbook.name)));
        let mut decisions = Vec::new();
        let answering = Answering::new(situation.signal.kind, on, &notices);
        let around = Around { reach: self.reach(), notices: &notices };
        let sight = situation.sight();
        for considered in answering.consider(&sight, around) {
            decisions.push(self.deciding(&situation, considered)?);
        }
        for considered in self.consider_errands(&situation, answering.met(&sight))? {
            let verdict = if considered.errand.is_some() { "do" } else { "nothing" };
            decisions.push(Deciding {
                playbook: considered.playbook.name.clone(),
                mode: considered.mode,
                verdict,
                reasons: considered.reasons,
                draft: None,
                errand: considered.errand,
                state: MessageState::Dropped,
                held_until: None,
            });
        }
        Ok(Some(Prepared {
            signal: situation.signal.signal,
            seen: situation.promise.facts.len(),
            promise: situation.promise.id,
            decisions,
        }))
    }

    /// Who can be reached, as the installation is set up now.
    pub(crate) fn reach(&self) -> Reach {
        Reach { operations: self.shared.settings.operations_address.is_some(), sms: self.sms_gateway().is_some() }
    }

    /// A decision with its letter; an automatic message that would be one too many in this minute waits for a person's yes.
    fn deciding(&self, situation: &Situation, considered: Considered<'_>) -> Result<Deciding, EngineError> {
        let Considered { playbook, saying, mode, ways, says, mut reasons, mut state, mut held_until, .. } = considered;
        let draft = match says.then(|| self.draft_by(situation, saying, &ways)).transpose()? {
            Some((draft, too_long)) => {
                if too_long {
                    reasons.push(TOO_LONG.to_owned());
                    if state != MessageState::Shadow {
                        (state, held_until) = (MessageState::Held, None);
                    }
                }
                Some(draft)
            }
            None => None,
        };
        if state == MessageState::Queued && self.is_flood() {
            reasons.push("too-many".to_owned());
            state = MessageState::Waiting;
        }
        let verdict = if says { "say" } else { "nothing" };
        Ok(Deciding { playbook: playbook.name.clone(), mode, verdict, reasons, draft, errand: None, state, held_until })
    }

    /// Counts one more automatic message; true when this minute has had too many.
    fn is_flood(&self) -> bool {
        const MINUTE: i64 = 60_000;
        let mut automatic = self.shared.automatic.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = machine_now();
        if now - automatic.0 > MINUTE {
            *automatic = (now, 0);
        }
        automatic.1 += 1;
        automatic.1 > self.shared.settings.most_a_minute
    }

    /// Writes decisions, and gives back the claims on signals that must wait for another round.
    fn commit_decisions(&self, prepared: Vec<Prepared>, later: Vec<SignalId>) -> Result<u64, EngineError> {
        let engine = self.clone();
        self.shared.writer.write(move |tx| {
            let mut decided = 0;
            let mut waiting = later.clone();
            for ready in &prepared {
                if !tx.connection.signal_pending(ready.signal).map_err(collision)? {
                    continue;
                }
                if engine.decide_one(tx, ready)? {
                    decided += 1;
                } else {
                    waiting.push(ready.signal);
                }
            }
            for signal in &waiting {
                tx.connection.free_signal(*signal).map_err(collision)?;
            }
            Ok(decided)
        })
    }

    /// Writes the decisions about one signal; false when the promise changed meanwhile, and the signal goes back.
    fn decide_one(&self, tx: &mut Tx<'_>, ready: &Prepared) -> Result<bool, EngineError> {
        let clock = self.now();
        let mut links = Vec::new();
        let written = tx.desk(clock, |desk| {
            "decide".clone_into(&mut desk.source);
            let Some(promise) = desk.promise(ready.promise)?.cloned() else { return Ok(false) };
            if promise.facts.len() != ready.seen {
                return Ok(false);
            }
            let kind =
                promise.signals.iter().find(|mark| mark.signal == ready.signal).map_or(SignalKind::AtRisk, |mark| mark.kind);
            let made = |desk: &mut kept_domain::desk::Desk<'_>, deciding: Option<&Deciding>, message: Option<Drafted>| {
                let decision: DecisionId = desk.mint()?;
                let fact = DecisionMade {
                    decision,
                    signal: ready.signal,
                    signal_kind: kind,
                    promise: ready.promise,
                    order: promise.order,
                    playbook: deciding.map(|deciding| deciding.playbook.clone()).unwrap_or_default(),
                    mode: deciding.map(|deciding| deciding.mode).unwrap_or_default(),
                    verdict: deciding.map_or("nothing", |deciding| deciding.verdict).to_owned(),
                    reasons: deciding.map_or_else(|| vec!["no-playbook".to_owned()], |deciding| deciding.reasons.clone()),
                    message,
                    at: clock,
                };
                desk.emit(fact).map(|_| decision)
            };
            if ready.decisions.is_empty() {
                made(desk, None, None)?;
            }
            for deciding in &ready.decisions {
                let drafted = match &deciding.draft {
                    None => None,
                    Some(draft) => {
                        let message: MessageId = desk.mint()?;
                        let message_id = match draft.letter.channel {
                            Channel::Mail => format!("{message}.1@{}", self.mail_domain()),
                            Channel::Sms => message.to_string(),
                        };
                        let letter = Letter { message_id, ..draft.letter.clone() };
                        let bytes = serde_json::to_vec(&letter).unwrap_or_default();
                        let about: Vec<_> =
                            promise.customer.map(Into::into).into_iter().chain([ready.promise.into(), message.into()]).collect();
                        let letter = desk.shelf().seal(&about, &bytes)?;
                        links.extend(draft.link);
                        Some(Drafted {
                            message,
                            customer: draft.customer,
                            template: draft.template.clone(),
                            language: draft.letter.language,
                            channel: draft.letter.channel,
                            state: deciding.state,
                            held_until: deciding.held_until,
                            letter,
                            estimate: draft.estimate.clone(),
                            next_word_at: draft.next_word_at,
                        })
                    }
                };
                let decision = made(desk, Some(deciding), drafted)?;
                let order = match promise.order {
                    Some(order) => desk.order(order)?,
                    None => None,
                };
                if let (Some(ready), Some(order)) = (&deciding.errand, order) {
                    let asking = Asking {
                        act: &ready.act,
                        decision: Some(decision),
                        playbook: &deciding.playbook,
                        mode: deciding.mode,
                        by: &ready.by,
                        state: ready.state,
                        reason: ready.reason.clone(),
                    };
                    errands::ask(desk, &promise, &order, asking)?;
                }
            }
            Ok(true)
        });
        for (hash, customer) in links {
            tx.connection.save_link(&hash, customer).map_err(collision)?;
        }
        written.map_err(shelved)
    }

    pub(crate) fn mail_domain(&self) -> String {
        let address = &self.shared.settings.from_address;
        address.rsplit_once('@').map_or("localhost", |(_, domain)| domain).to_owned()
    }
}

/// The machine's clock: leases are between processes, whatever time the engine keeps.
pub(crate) fn machine_now() -> i64 {
    crate::Clock::Wall.now()
}

/// Gathers what a decision about a signal looks at; `None` when its promise is not there.
pub(crate) fn situation(connection: &mut Connection, signal: PendingSignal, now: i64) -> Result<Option<Situation>, StoreError> {
    let Some(Subject::Promise(promise)) = connection.load(Noun::Promise, signal.promise.into(), false)? else { return Ok(None) };
    let order = order_of(connection, promise.order)?;
    let customer = promise.customer.map(|id| customer_of(connection, id)).transpose()?.flatten();
    let parcels = parcels_of(connection, order.as_ref())?;
    let recent = match &customer {
        Some(customer) => connection.decided_to(customer.id.get(), now - DAY)?,
        None => Vec::new(),
    };
    let mut said = Vec::new();
    let about = kept_store::Listed::of(Noun::Message, "decided_at", false)
        .with("promise = ?", promise.id.get())
        .only("state not in ('dropped', 'refused')");
    for message in about.page(connection, None, 200)?.0 {
        if let Subject::Message(message) = message {
            said.push((message.template, message.state == MessageState::Shadow));
        }
    }
    let Some(mark) = promise.signals.iter().find(|mark| mark.signal == signal.signal).cloned() else { return Ok(None) };
    Ok(Some(Situation { signal, mark, promise: *promise, order, customer, parcels, recent, said, now }))
}
