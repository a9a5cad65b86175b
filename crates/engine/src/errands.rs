//! Do: what is to be done in a shop is decided, asked for by a person, released, and carried out, each attempt fenced.
//!
//! Unlike a letter, an errand of which nobody knows whether it was done is tried again: the way out looks first for what an earlier attempt
//! with the same key left ([`crate::ports::Shop`]).

use std::sync::Arc;

use kept_base::{ErrandId, Money, PromiseId};
use kept_domain::apply::Lane;
use kept_domain::desk::{Desk, ShelfError};
use kept_domain::errand::{Act, Asked, Errand, ErrandKind, ErrandState, Handled, OutcomeSeen};
use kept_domain::message::Mode;
use kept_domain::order::Order;
use kept_domain::parcel::Parcel;
use kept_domain::promise::Promise;
use kept_domain::react;
use kept_domain::{Noun, Subject};
use kept_store::{Connection, Listed, OutboxRow, StoreError};

use crate::acting::LEFT_ALREADY;
use crate::gathering::{order_of, parcels_of};
use crate::ports::{ErrandOutcome, Shop};
use crate::recording::RequestKey;
use crate::sending::wait_after;
use crate::writer::{Tx, away, collision, heard, shelved};
use crate::{Engine, EngineError};

/// Attempts, over some five hours, after which a person is asked to look: whoever chose waits for an answer.
const MOST_ATTEMPTS: i64 = 6;

/// How much money an act moves.
fn amount_of(act: &Act) -> Option<Money> {
    match act {
        Act::Refund { amount, .. } => Some(*amount),
        _ => None,
    }
}

/// Errands about a promise, in the order in which they were asked for: ids of several writers say nothing of it.
pub(crate) fn about(connection: &mut Connection, promise: PromiseId) -> Result<Vec<Errand>, StoreError> {
    let list = Listed::of(Noun::Errand, "asked_at", false).with("promise = ?", promise.get());
    let mut errands: Vec<Errand> = list.page(connection, None, 200)?.0.into_iter().filter_map(errand_in).collect();
    errands.sort_by_key(|errand| errand.facts.first().copied());
    Ok(errands)
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

/// The errand that was answered with under this key, if it was used before.
fn answered(tx: &mut Tx<'_>, key: Option<&RequestKey>) -> Result<Option<ErrandId>, EngineError> {
    let Some((key, asked)) = key else { return Ok(None) };
    match tx.connection.request_key(key).map_err(collision)? {
        None => Ok(None),
        Some((known, answer)) if known == asked => {
            answer.parse().map(Some).map_err(|_| EngineError::Unavailable("the stored answer names no errand".to_owned()))
        }
        Some(_) => Err(EngineError::KeyReused),
    }
}

/// Keeps under which key an errand was answered with, in the same transaction.
fn remember(tx: &mut Tx<'_>, key: Option<&RequestKey>, errand: ErrandId, at: i64) -> Result<(), EngineError> {
    let Some((key, asked)) = key else { return Ok(()) };
    tx.connection.save_request_key(key, asked, &errand.to_string(), at).map_err(collision)
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

    fn way_out(&self, shop: &str) -> Option<Arc<dyn Shop>> {
        let shops = self.shared.shops.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        shops.iter().find(|way| way.source() == shop).cloned()
    }

    /// Whether the shop an order came from can do this when asked.
    pub fn offers(&self, shop: &str, kind: ErrandKind) -> bool {
        self.way_out(shop).is_some_and(|way| way.offers(kind))
    }

    /// Whether an errand can be released: its shop is asked.
    pub(crate) fn can_release(&self, errand: &Errand) -> bool {
        errand.reason.as_deref() != Some(LEFT_ALREADY) && self.offers(&errand.shop, errand.kind)
    }

    /// A person, or a program for one, asks for something to be done in the shop of a promise's order: it is done at once, or refused here
    /// when it cannot be. Under the same `key` it is asked for once.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for an unknown promise or one without an order, [`EngineError::Invalid`] when its shop cannot do it,
    /// [`EngineError::Conflict`] when the same is asked for already, [`EngineError::KeyReused`].
    pub fn ask_errand(&self, promise: PromiseId, act: &Act, by: &str, key: Option<&RequestKey>) -> Result<ErrandId, EngineError> {
        let (engine, act, by, key) = (self.clone(), act.clone(), by.to_owned(), key.cloned());
        self.shared.writer.write(move |tx| {
            if let Some(known) = answered(tx, key.as_ref())? {
                return Ok(known);
            }
            let kind = act.kind();
            let unfinished = about(tx.connection, promise)
                .map_err(collision)?
                .iter()
                .any(|errand| errand.kind == kind && !errand.state.is_over());
            if unfinished && kind != ErrandKind::Note {
                return Err(EngineError::Conflict("this is asked for already".to_owned()));
            }
            let clock = engine.now();
            let asked = tx.desk(clock, |desk| {
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
            });
            let errand = asked.map_err(shelved)??;
            remember(tx, key.as_ref(), errand, clock)?;
            Ok(errand)
        })
    }

    /// A person releases an errand, drops it, or says that they did it by hand, and by what one sees it. Under the same `key` once.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; [`EngineError::Conflict`] when it is in a state that does not allow it; [`EngineError::Invalid`] for
    /// another state, or a release where no way out can do it; [`EngineError::KeyReused`].
    pub fn handle_errand(
        &self,
        errand: ErrandId,
        to: ErrandState,
        by: &str,
        reason: &str,
        key: Option<&RequestKey>,
    ) -> Result<(), EngineError> {
        let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        if !matches!(to, ErrandState::Queued | ErrandState::Dropped | ErrandState::Done) {
            return Err(EngineError::Invalid("an errand is released, dropped, or done by hand".to_owned()));
        }
        let (engine, by, key) = (self.clone(), by.to_owned(), key.cloned());
        self.shared.writer.write(move |tx| {
            if answered(tx, key.as_ref())?.is_some() {
                return Ok(());
            }
            // What is being done right now cannot be called back: its outcome must be seen.
            let running = tx.connection.outbox_leaving(errand.into()).map_err(collision)?;
            let clock = engine.now();
            let handled = tx.desk(clock, |desk| {
                "team".clone_into(&mut desk.source);
                let Some(known) = desk.errand(errand)?.cloned() else {
                    return Ok(Err(EngineError::NotFound("errand".to_owned())));
                };
                if running || known.state.is_over() || (to == ErrandState::Queued && known.state.is_under_way()) {
                    return Ok(Err(EngineError::Conflict(format!("it is {} already", known.state.word()))));
                }
                if to == ErrandState::Queued && !engine.can_release(&known) {
                    return Ok(Err(EngineError::Invalid("no interface of this shop can do it: do it by hand".to_owned())));
                }
                let handled = Handled { errand, promise: known.promise, to, by: by.clone(), at: clock, reason: reason.clone() };
                heard(react::errand_handled(desk, &engine.in_force().rules(), &handled))
            });
            handled.map_err(shelved)??;
            remember(tx, key.as_ref(), errand, clock)
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
            Some(Act::AddressChange { .. }) if self.has_left(&errand)? => {
                ErrandOutcome::Refused { reason: "a parcel has left: tell its carrier".to_owned() }
            }
            Some(act) => match self.way_out(&errand.shop) {
                // The way out was there when it was asked for, and is not set up any more.
                None => ErrandOutcome::Retry { reason: format!("no way out to {} is set up", errand.shop), after_seconds: 3600 },
                Some(way) if self.shop_tells(&errand.shop, &act)? => {
                    way.carry_out_telling(&act, &errand.key(), &mut self.doubter(row))
                }
                Some(way) => way.carry_out(&act, &errand.key(), &mut self.doubter(row)),
            },
        };
        self.settle_errand(id, row, outcome)
    }

    /// Whether a parcel of the order has left: what the shop changes then reaches no carrier.
    fn has_left(&self, errand: &Errand) -> Result<bool, EngineError> {
        let parcels = self.reading(|connection| {
            let order = order_of(connection, Some(errand.order))?;
            parcels_of(connection, order.as_ref())
        })?;
        Ok(parcels.iter().any(Parcel::has_left))
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
