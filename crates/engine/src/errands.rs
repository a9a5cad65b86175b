//! Do: what is to be done in a shop is decided, asked for by a person, released, and carried out, each attempt fenced.
//!
//! Unlike a letter, an errand of which nobody knows whether it was done is tried again: the way out looks first for what an earlier attempt
//! with the same key left ([`crate::ports::Shop`]).

use std::sync::Arc;

use kept_base::{ErrandId, Money, PromiseId};
use kept_domain::apply::Lane;
use kept_domain::definition::FeePolicy;
use kept_domain::desk::{Desk, ShelfError};
use kept_domain::errand::{Act, Asked, Errand, ErrandKind, ErrandState, Handled, OutcomeSeen};
use kept_domain::input::CancelledBy;
use kept_domain::message::Mode;
use kept_domain::order::Order;
use kept_domain::parcel::Parcel;
use kept_domain::playbook::Playbook;
use kept_domain::promise::{Promise, SignalKind};
use kept_domain::react;
use kept_domain::{Noun, Subject};
use kept_store::{Connection, Listed, OutboxRow, StoreError};

use crate::considering::Met;
use crate::deciding::Situation;
use crate::ports::{ErrandOutcome, Shop};
use crate::sending::wait_after;
use crate::writer::{away, collision, heard, shelved};
use crate::{Engine, EngineError};

/// No way out of this order's shop can do it: a person does it by hand.
pub(crate) const NO_WAY_OUT: &str = "no-way-out";
/// Attempts, over some five hours, after which a person is asked to look: whoever chose waits for an answer.
const MOST_ATTEMPTS: i64 = 6;

/// An errand that a playbook decided on.
#[derive(Clone, Debug)]
pub(crate) struct ErrandReady {
    pub(crate) act: Act,
    pub(crate) by: String,
    pub(crate) state: ErrandState,
    pub(crate) reason: Option<String>,
}

/// What a playbook that does something makes of a situation.
pub(crate) struct ErrandConsidered<'a> {
    pub(crate) playbook: &'a Playbook,
    pub(crate) mode: Mode,
    pub(crate) reasons: Vec<String>,
    pub(crate) errand: Option<ErrandReady>,
}

/// What playbooks that do something make of a situation in which some was `asked` of the shop. `offers`: whether the order's shop can do it.
fn consider<'a>(
    situation: &Situation,
    met: Vec<(Met<'a>, ErrandKind)>,
    asked: &[Errand],
    offers: impl Fn(ErrandKind) -> bool,
) -> Vec<ErrandConsidered<'a>> {
    let mut all = Vec::new();
    for (Met { playbook, mode, wrong }, kind) in met {
        let nothing = |reason: String| ErrandConsidered { playbook, mode, reasons: vec![reason], errand: None };
        if let Some(reason) = wrong {
            all.push(nothing(reason));
            continue;
        }
        let again = |errand: &Errand| {
            errand.kind == kind
                && (mode == Mode::Shadow || errand.state != ErrandState::Shadow)
                && errand.state != ErrandState::Dropped
        };
        if asked.iter().any(again) {
            all.push(nothing("asked-already".to_owned()));
            continue;
        }
        let Some(act) = act_of(kind, &situation.promise, situation.order.as_ref()) else {
            all.push(nothing("nothing-to-do".to_owned()));
            continue;
        };
        let reason = (!offers(act.kind())).then(|| NO_WAY_OUT.to_owned());
        let state = match mode {
            Mode::Off | Mode::Shadow => ErrandState::Shadow,
            Mode::Automatic if reason.is_none() => ErrandState::Queued,
            Mode::Approve | Mode::Automatic => ErrandState::Waiting,
        };
        let by = if situation.signal.kind == SignalKind::Chosen { "customer" } else { "playbook" };
        let errand = ErrandReady { act, by: by.to_owned(), state, reason: reason.clone() };
        all.push(ErrandConsidered { playbook, mode, reasons: reason.into_iter().collect(), errand: Some(errand) });
    }
    all
}

/// What is asked of the shop: for a refund what is owed, for the rest the whole order.
fn act_of(kind: ErrandKind, promise: &Promise, order: Option<&Order>) -> Option<Act> {
    let order = order?;
    let order_number = order.number.clone();
    match kind {
        ErrandKind::CancelOrder => promise.state.is_open().then(|| Act::Cancellation {
            order_number,
            skus: Vec::new(),
            by: CancelledBy::Customer,
            cause: None,
        }),
        ErrandKind::Reshipment => {
            Some(Act::Reshipment { order_number, skus: Vec::new(), reason: "it did not arrive".to_owned() })
        }
        ErrandKind::Refund => {
            let amount = promise.amount.filter(|amount| promise.state.is_open() && amount.minor > 0)?;
            // What was withdrawn and paid back before is not paid back again.
            let owed = |line: &&kept_domain::order::Line| line.cancelled.is_some_and(|(_, at)| at >= promise.made_at);
            let lines: Vec<&kept_domain::order::Line> = order.lines.iter().filter(owed).collect();
            let of_lines: i64 = lines.iter().filter_map(|line| line.price).map(|price| price.minor).sum();
            Some(Act::Refund {
                order_number,
                amount,
                skus: lines.iter().map(|line| line.sku.clone()).collect(),
                delivery_fee: amount.minor > of_lines,
                reason: "owed back to the customer".to_owned(),
            })
        }
        ErrandKind::Note | ErrandKind::CancelLines | ErrandKind::AddressChange => None,
    }
}

/// How much money an act moves.
fn amount_of(act: &Act) -> Option<Money> {
    match act {
        Act::Refund { amount, .. } => Some(*amount),
        _ => None,
    }
}

/// Errands about a promise.
pub(crate) fn about(connection: &mut Connection, promise: PromiseId) -> Result<Vec<Errand>, StoreError> {
    let list = Listed::of(Noun::Errand, "id", false).with("promise = ?", promise.get());
    Ok(list.page(connection, None, 200)?.0.into_iter().filter_map(errand_in).collect())
}

/// The errand that a subject is.
pub(crate) fn errand_in(subject: Subject) -> Option<Errand> {
    match subject {
        Subject::Errand(errand) => Some(*errand),
        _ => None,
    }
}

/// Writes that an errand is asked for.
pub(crate) fn ask(desk: &mut Desk<'_>, promise: &Promise, order: &Order, asked: Asking<'_>) -> Result<ErrandId, ShelfError> {
    let errand: ErrandId = desk.mint()?;
    let bytes = serde_json::to_vec(&asked.act).map_err(|error| ShelfError::Database(Box::new(error)))?;
    let about: Vec<kept_base::SubjectId> =
        promise.customer.map(Into::into).into_iter().chain([order.id.into(), promise.id.into()]).collect();
    let content = desk.shelf().seal(&about, &bytes)?;
    desk.emit(Asked {
        errand,
        shop: order.shop.clone(),
        errand_kind: asked.act.kind(),
        order: order.id,
        promise: promise.id,
        customer: promise.customer,
        amount: amount_of(asked.act),
        content,
        decision: asked.decision,
        playbook: asked.playbook.to_owned(),
        mode: asked.mode,
        by: asked.by.to_owned(),
        state: asked.state,
        reason: asked.reason,
        at: desk.clock,
    })?;
    Ok(errand)
}

/// What is asked, by whom, and where it starts.
pub(crate) struct Asking<'a> {
    pub(crate) act: &'a Act,
    pub(crate) decision: Option<kept_base::DecisionId>,
    pub(crate) playbook: &'a str,
    pub(crate) mode: Mode,
    pub(crate) by: &'a str,
    pub(crate) state: ErrandState,
    pub(crate) reason: Option<String>,
}

impl Engine {
    /// Gives the ways out to shops; without one everything that is to be done there waits for a person.
    pub fn set_shops(&self, shops: Vec<Arc<dyn Shop>>) {
        *self.shared.shops.write().unwrap_or_else(std::sync::PoisonError::into_inner) = shops;
    }

    /// Asks the playbooks that do something. Most signals have none: then nothing more is read. What is asked meanwhile changes the
    /// promise, and the decision is prepared again.
    pub(crate) fn consider_errands<'a>(
        &self,
        situation: &Situation,
        met: Vec<Met<'a>>,
    ) -> Result<Vec<ErrandConsidered<'a>>, EngineError> {
        let does = |met: Met<'a>| met.playbook.errand().map(|kind| (met, kind));
        let met: Vec<_> = met.into_iter().filter_map(does).collect();
        if met.is_empty() {
            return Ok(Vec::new());
        }
        let asked = self.reading(|connection| about(connection, situation.promise.id))?;
        let shop = situation.order.as_ref().map_or("", |order| order.shop.as_str());
        Ok(consider(situation, met, &asked, |kind| self.offers(shop, kind)))
    }

    fn way_out(&self, shop: &str) -> Option<Arc<dyn Shop>> {
        let shops = self.shared.shops.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        shops.iter().find(|way| way.source() == shop).cloned()
    }

    /// Whether the shop an order came from can do this when asked.
    pub fn offers(&self, shop: &str, kind: ErrandKind) -> bool {
        self.way_out(shop).is_some_and(|way| way.offers(kind))
    }

    /// What a customer gets back who cancels all of an order that still stands.
    pub(crate) fn paid_back(&self, order: &Order) -> Option<Money> {
        let standing: Vec<_> = order.lines.iter().filter(|line| line.cancelled.is_none()).map(|line| line.id).collect();
        let policy = self.loaded().packs.definition("delivery").map_or(FeePolicy::None, |definition| definition.fee);
        react::owed_back(order, &standing, CancelledBy::Customer, policy).filter(|amount| amount.minor > 0)
    }

    /// Whether a customer may choose to have the order sent again: a parcel is lost or came back, and the shop can.
    pub(crate) fn can_reship(&self, order: Option<&Order>, parcels: &[Parcel]) -> bool {
        parcels.iter().any(Parcel::will_not_come) && order.is_some_and(|order| self.offers(&order.shop, ErrandKind::Reshipment))
    }

    /// A person asks for something to be done in the shop of a promise's order: it is done at once, or refused here when it cannot be.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for an unknown promise or one without an order, [`EngineError::Invalid`] when its shop cannot do it,
    /// [`EngineError::Conflict`] when the same is asked for already.
    pub fn ask_errand(&self, promise: PromiseId, act: &Act, by: &str) -> Result<ErrandId, EngineError> {
        let (engine, act, by) = (self.clone(), act.clone(), by.to_owned());
        self.shared.writer.write(move |tx| {
            let kind = act.kind();
            let unfinished = about(tx.connection, promise)
                .map_err(collision)?
                .iter()
                .any(|errand| errand.kind == kind && !errand.state.is_over());
            if unfinished && kind != ErrandKind::Note {
                return Err(EngineError::Conflict("this is asked for already".to_owned()));
            }
            tx.desk(engine.now(), |desk| {
                "team".clone_into(&mut desk.source);
                let Some(promise) = desk.promise(promise)?.cloned() else {
                    return Ok(Err(EngineError::NotFound("promise".to_owned())));
                };
                let order = match promise.order {
                    Some(order) => desk.order(order)?,
                    None => None,
                };
                let Some(order) = order.filter(|order| order.number == act.order_number()) else {
                    return Ok(Err(EngineError::NotFound("order".to_owned())));
                };
                if !engine.offers(&order.shop, kind) {
                    let shop = if order.shop.is_empty() { "this order's source" } else { order.shop.as_str() };
                    return Ok(Err(EngineError::Invalid(format!("{shop} cannot be asked to do this"))));
                }
                let asking = Asking {
                    act: &act,
                    decision: None,
                    playbook: "",
                    mode: Mode::Approve,
                    by: &by,
                    state: ErrandState::Queued,
                    reason: None,
                };
                ask(desk, &promise, &order, asking).map(Ok)
            })
            .map_err(shelved)?
        })
    }

    /// A person releases an errand, drops it, or says that they did it by hand, and by what one sees it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; [`EngineError::Conflict`] when it is in a state that does not allow it; [`EngineError::Invalid`] for
    /// another state, or a release where no way out can do it.
    pub fn handle_errand(&self, errand: ErrandId, to: ErrandState, by: &str, reason: &str) -> Result<(), EngineError> {
        let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        if !matches!(to, ErrandState::Queued | ErrandState::Dropped | ErrandState::Done) {
            return Err(EngineError::Invalid("an errand is released, dropped, or done by hand".to_owned()));
        }
        let (engine, by) = (self.clone(), by.to_owned());
        self.shared.writer.write(move |tx| {
            // What is being done right now cannot be called back: its outcome must be seen.
            let running = tx.connection.outbox_leaving(errand.into()).map_err(collision)?;
            let clock = engine.now();
            tx.desk(clock, |desk| {
                "team".clone_into(&mut desk.source);
                let Some(known) = desk.errand(errand)?.cloned() else {
                    return Ok(Err(EngineError::NotFound("errand".to_owned())));
                };
                if running || known.state.is_over() || (to == ErrandState::Queued && known.state.is_under_way()) {
                    return Ok(Err(EngineError::Conflict(format!("it is {} already", known.state.word()))));
                }
                if to == ErrandState::Queued && !engine.offers(&known.shop, known.kind) {
                    return Ok(Err(EngineError::Invalid("no interface of this shop can do it: do it by hand".to_owned())));
                }
                let handled = Handled { errand, promise: known.promise, to, by: by.clone(), at: clock, reason: reason.clone() };
                heard(react::errand_handled(desk, &engine.in_force().rules(), &handled))
            })
            .map_err(shelved)?
        })
    }

    /// Carries out what may be done now; gives how many attempts were made.
    ///
    /// # Errors
    /// When nothing could be made durable.
    pub fn run_errands(&self) -> Result<u64, EngineError> {
        self.each_claimed(Lane::Errand, |row| self.run_one(row))
    }

    fn run_one(&self, row: &OutboxRow) -> Result<(), EngineError> {
        let id = ErrandId::new(row.subject.0);
        let found = self.reading(|connection| connection.load(Noun::Errand, row.subject, false))?;
        let Some(errand) = found.and_then(errand_in) else { return Ok(()) };
        let bytes = self.shared.database.read(|connection| connection.open_sealed(errand.content.id)).map_err(away)?;
        let outcome = match bytes.and_then(|bytes| serde_json::from_slice::<Act>(&bytes).ok()) {
            None => ErrandOutcome::Refused { reason: "what was asked for was erased".to_owned() },
            Some(act) => match self.way_out(&errand.shop) {
                // The way out was there when it was asked for, and is not set up any more.
                None => ErrandOutcome::Retry { reason: format!("no way out to {} is set up", errand.shop), after_seconds: 3600 },
                Some(way) => way.carry_out(&act, &errand.key(), &mut self.doubter(row)),
            },
        };
        self.settle_errand(id, row, outcome)
    }

    /// Records what became of an attempt; one that is no longer this holder's is left alone.
    fn settle_errand(&self, id: ErrandId, row: &OutboxRow, outcome: ErrandOutcome) -> Result<(), EngineError> {
        let wait = wait_after(row.attempt);
        let (state, said, wait) = match outcome {
            ErrandOutcome::Done { reference } => (ErrandState::Done, reference, None),
            ErrandOutcome::Refused { reason } => (ErrandState::Refused, reason, None),
            ErrandOutcome::Retry { reason, .. } if row.attempt >= MOST_ATTEMPTS => {
                (ErrandState::Refused, format!("tried {} times: {reason}", row.attempt), None)
            }
            ErrandOutcome::Retry { reason, after_seconds } => {
                (ErrandState::Retry, reason, Some(i64::try_from(after_seconds).unwrap_or(wait).max(wait)))
            }
            ErrandOutcome::Unknown { reason } => (ErrandState::Unknown, reason, Some(wait)),
        };
        let engine = self.clone();
        self.settle_attempt(row, &said, wait, move |tx, row, said| {
            let at = engine.now();
            tx.desk(at, |desk| {
                let Some(errand) = desk.errand(id)?.cloned() else { return Ok(Ok(())) };
                // What follows in the ledger was said by the shop.
                desk.source.clone_from(&errand.shop);
                let attempt = u32::try_from(row.attempt).unwrap_or(u32::MAX);
                let seen = OutcomeSeen { errand: id, promise: errand.promise, attempt, state, said: said.to_owned(), at };
                heard(react::errand_tried(desk, &engine.in_force().rules(), &seen))
            })
            .map_err(shelved)?
        })
    }
}
