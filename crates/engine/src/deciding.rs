//! Decide: signals become decisions, apart from any acknowledgement. Playbooks say what to do, the guard says whether, and both are
//! written down with their reasons.
//!
//! A decision is prepared outside the writer, from one consistent look, and committed only if the signal still waits and the promise
//! has not changed since; otherwise it is prepared again.

use kept_base::{DecisionId, MessageId, PromiseId, SignalId};
use kept_domain::customer::Customer;
use kept_domain::errand::{ErrandKind, ErrandState};
use kept_domain::message::{DecisionMade, Drafted, MessageState, Mode};
use kept_domain::order::Order;
use kept_domain::parcel::Parcel;
use kept_domain::playbook::{Audience, Playbook, Saying};
use kept_domain::promise::{Promise, SignalKind, SignalMark};
use kept_domain::vocabulary::ExceptionKind;
use kept_domain::{Noun, Subject};
use kept_rules::Facts;
use kept_store::{Connection, PendingSignal, StoreError};
use serde_json::json;

use crate::drafting::Draft;
use crate::errands::{self, Asking, ErrandReady};
use crate::gathering::{customer_of, order_of, parcels_of};
use crate::ports::Letter;
use crate::writer::{BRAND, Tx, away, collision, shelved};
use crate::{Engine, EngineError, rules};

/// Signals claimed at once.
const BATCH: i64 = 200;
/// How long a claim lasts: a decider that vanished holds nothing up for longer. Milliseconds of the machine's clock.
const LEASE: i64 = 60_000;
/// Messages to one customer within a day, beyond which the next is held.
const MOST_A_DAY: usize = 3;
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
    /// What was asked of the shop for this promise.
    pub(crate) errands: Vec<(ErrandKind, ErrandState)>,
    /// What was decided to be said about this promise, and not dropped or refused since: template, and whether it was only shown.
    pub(crate) said: Vec<(String, bool)>,
    pub(crate) now: i64,
}

/// What the guard says of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guarded {
    /// Reasons to hold it, as words.
    pub(crate) holds: Vec<String>,
    /// Reasons not to say it at all.
    pub(crate) drops: Vec<String>,
    /// Held only until then.
    pub(crate) until: Option<i64>,
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
            let modes = connection.playbook_modes(BRAND)?;
            Ok(situation(connection, signal.clone(), now)?.map(|situation| (situation, modes)))
        });
        let Some((situation, modes)) = look? else {
            tracing::warn!(signal = %signal.signal, "decide.promise_missing");
            return Ok(None);
        };
        let loaded = self.loaded();
        let (packs, _) = rules(&loaded);
        let mode_of = |name: &str| modes.iter().find(|(switched, _)| switched == name).map(|(_, mode)| *mode).unwrap_or_default();
        let on = || packs.playbooks.iter().map(|playbook| (playbook, mode_of(&playbook.name)));
        let mut decisions = Vec::new();
        for considered in consider(&situation, on(), self.shared.settings.operations_address.is_some()) {
            decisions.push(self.deciding(&situation, considered)?);
        }
        let shop = situation.order.as_ref().map_or("", |order| order.shop.as_str());
        for considered in errands::consider(&situation, on(), |kind| self.offers(shop, kind)) {
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

    /// A decision with its letter; an automatic message that would be one too many in this minute waits for a person's yes.
    fn deciding(&self, situation: &Situation, considered: Considered<'_>) -> Result<Deciding, EngineError> {
        let Considered { playbook, saying, mode, says, mut reasons, mut state, held_until, .. } = considered;
        let draft = if says { Some(self.draft(situation, saying)?) } else { None };
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
                        let letter = Letter { message_id: format!("{message}.1@{}", self.mail_domain()), ..draft.letter.clone() };
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
    let about = kept_store::Listed::of(Noun::Message, "id", false)
        .with("promise = ?", promise.id.get())
        .only("state not in ('dropped', 'refused')");
    for message in about.page(connection, None, 200)?.0 {
        if let Subject::Message(message) = message {
            said.push((message.template, message.state == MessageState::Shadow));
        }
    }
    let Some(mark) = promise.signals.iter().find(|mark| mark.signal == signal.signal).cloned() else { return Ok(None) };
    let errands = errands::about(connection, promise.id)?.iter().map(|errand| (errand.kind, errand.state)).collect();
    Ok(Some(Situation { signal, mark, promise: *promise, order, customer, parcels, recent, errands, said, now }))
}

/// What conditions of playbooks can ask.
pub(crate) fn cel_facts(situation: &Situation) -> Facts {
    let promise = &situation.promise;
    let attempts = situation
        .parcels
        .iter()
        .flat_map(|parcel| &parcel.scans)
        .filter(|scan| scan.exception.is_some_and(ExceptionKind::is_failed_attempt))
        .count();
    let past_due = promise.due.as_ref().is_some_and(|due| kept_base::millis(due.at) <= situation.now);
    let minor = promise.amount.map_or(0, |amount| amount.minor);
    Facts::new()
        .with(
            "promise",
            json!({
                "kind": promise.kind, "state": promise.state.word(), "open": promise.state.is_open(), "past_due": past_due,
                "amended": promise.amended, "disputed": promise.disputed.is_some(), "told": promise.told.len(),
                "chasers": promise.chasers.len(), "amount_minor": minor, "owner": promise.owner,
            }),
        )
        .with(
            "order",
            json!({
                "lines": situation.order.as_ref().map_or(0, |order| order.lines.len()),
                "country": situation.order.as_ref().and_then(|order| order.country).map(|country| country.to_string()),
                "parcels": situation.parcels.len(),
            }),
        )
        .with(
            "customer",
            json!({
                "known": situation.customer.is_some(),
                "consumer": situation.customer.as_ref().is_none_or(|customer| customer.consumer),
                "language": situation.customer.as_ref().map(|customer| customer.language.tag()),
            }),
        )
        .with("parcel", json!({ "carrier": situation.parcels.first().map(|parcel| parcel.carrier.clone()) }))
        .with("signal", json!({ "kind": situation.signal.kind.word(), "reason": situation.mark.reason, "attempts": attempts }))
}

/// What a playbook makes of a situation, before anything is drafted.
pub(crate) struct Considered<'a> {
    pub(crate) playbook: &'a Playbook,
    pub(crate) saying: &'a Saying,
    pub(crate) mode: Mode,
    /// Something is to be said.
    pub(crate) says: bool,
    /// Why it is held, or not said at all, as words.
    pub(crate) reasons: Vec<String>,
    pub(crate) state: MessageState,
    pub(crate) held_until: Option<i64>,
    /// The end of the quiet hours it falls in, when nothing else holds it: whatever the mode, nobody is written to before.
    pub(crate) quiet_until: Option<i64>,
}

/// Asks each playbook that answers a situation's signal, and the guard. Pure: live decisions and trials on the past are both this.
pub(crate) fn consider<'a>(
    situation: &Situation,
    playbooks: impl IntoIterator<Item = (&'a Playbook, Mode)>,
    operations_reachable: bool,
) -> Vec<Considered<'a>> {
    let facts = cel_facts(situation);
    let mut all = Vec::new();
    for (playbook, mode) in playbooks {
        let Some(saying) = playbook.saying().filter(|_| mode != Mode::Off && playbook.on.contains(&situation.signal.kind)) else {
            continue;
        };
        match playbook.when.as_ref().map(|rule| rule.holds(&facts)) {
            Some(Ok(false)) => {}
            // A condition that cannot be judged says nothing to anybody; the reason is on the record.
            Some(Err(error)) => all.push(nothing(playbook, saying, mode, vec![format!("condition: {error}")])),
            None | Some(Ok(true)) => all.push(weigh(situation, (playbook, saying), mode, operations_reachable)),
        }
    }
    all
}

fn weigh<'a>(
    situation: &Situation,
    (playbook, saying): (&'a Playbook, &'a Saying),
    mode: Mode,
    operations_reachable: bool,
) -> Considered<'a> {
    let guarded = guard(situation, saying, mode, operations_reachable);
    if !guarded.drops.is_empty() {
        return nothing(playbook, saying, mode, guarded.drops);
    }
    let reasons = guarded.holds;
    let quiet_until = guarded.until.filter(|_| reasons.len() == 1);
    let state = match mode {
        Mode::Off | Mode::Shadow => MessageState::Shadow,
        _ if reasons.iter().any(|reason| reason != "quiet-hours") => MessageState::Held,
        Mode::Approve => MessageState::Waiting,
        Mode::Automatic if !reasons.is_empty() => MessageState::Held,
        Mode::Automatic => MessageState::Queued,
    };
    let held_until = quiet_until.filter(|_| state == MessageState::Held);
    Considered { playbook, saying, mode, says: true, reasons, state, held_until, quiet_until }
}

fn nothing<'a>(playbook: &'a Playbook, saying: &'a Saying, mode: Mode, reasons: Vec<String>) -> Considered<'a> {
    let state = MessageState::Dropped;
    Considered { playbook, saying, mode, says: false, reasons, state, held_until: None, quiet_until: None }
}

/// The guard: what every message passes before it leaves.
pub(crate) fn guard(situation: &Situation, saying: &Saying, mode: Mode, operations_reachable: bool) -> Guarded {
    let mut guarded = Guarded::default();
    let promise = &situation.promise;
    if is_about_lateness(&saying.message) && !promise.state.is_open() {
        guarded.drops.push("outcome-known".to_owned());
    }
    // Said, or on its way to be said: the same news twice is none.
    // What was only shown tells nobody: it counts for a playbook that only shows.
    let said =
        |template: &String| situation.said.iter().any(|(said, shown)| said == template && (!shown || mode == Mode::Shadow));
    if saying.unless_told.iter().any(said) {
        guarded.drops.push("told-already".to_owned());
    }
    if saying.audience == Audience::Operations {
        if !operations_reachable {
            guarded.holds.push("no-address".to_owned());
        }
        return guarded;
    }
    if promise.peace {
        guarded.drops.push("peace".to_owned());
    }
    match &situation.customer {
        None => guarded.holds.push("no-address".to_owned()),
        Some(customer) if customer.erased => guarded.drops.push("erased".to_owned()),
        Some(customer) => {
            if !customer.has_address {
                guarded.holds.push("no-address".to_owned());
            }
            if customer.bounced.is_some() {
                guarded.holds.push("bounced".to_owned());
            }
            if situation.recent.len() >= MOST_A_DAY {
                guarded.holds.push("too-many".to_owned());
            }
            if let Some(until) = quiet_until(situation.now, &customer.zone) {
                guarded.holds.push("quiet-hours".to_owned());
                guarded.until = Some(until);
                // In the morning it would speak of a day that is over; then an apology is due, not a warning.
                if saying.message == "late-warning" && promise.due.as_ref().is_some_and(|due| kept_base::millis(due.at) <= until)
                {
                    guarded.drops.push("due-before-morning".to_owned());
                }
            }
        }
    }
    guarded
}

/// Messages that make sense only while the promise is open.
pub(crate) fn is_about_lateness(template: &str) -> bool {
    matches!(
        template,
        "late-warning"
            | "late-apology"
            | "late-next-word"
            | "silent-operations"
            | "pickup-waiting"
            | "pickup-reminder"
            | "presumed-lost"
            | "carrier-enquiry"
            | "attempt-failed"
            | "address-problem"
    )
}

/// In quiet hours (21:00 to 08:00 where the customer lives): until when.
pub(crate) fn quiet_until(now: i64, zone: &str) -> Option<i64> {
    let zone = kept_base::moment::zone_named(zone).ok()?;
    let local = kept_base::from_millis(now)?.to_zoned(zone.clone());
    let day = match local.hour() {
        0..8 => local.date(),
        21.. => local.date().tomorrow().ok()?,
        _ => return None,
    };
    let morning = day.at(8, 0, 0, 0).to_zoned(zone).ok()?;
    Some(kept_base::millis(morning.timestamp()))
}
