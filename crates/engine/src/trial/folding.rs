//! The world of a trial: the subjects at hand, folded with the domain's own `apply`, and forgotten when they are over.
//!
//! A subject that is needed again after it was forgotten is folded anew from its own facts, up to the moment of the trial. Of scans only
//! those that tell of something wrong are kept, as they stand in the ledger, and folded when a decision asks about their parcel: a parcel
//! here is no further than its announcement otherwise.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use kept_base::{CustomerId, MessageId, OrderId, ParcelId, Position, PromiseId, SignalId, SubjectId};
use kept_domain::apply::{Folder, apply, apply_to_state};
use kept_domain::fact::{Body, Fact};
use kept_domain::message::{Message, MessageState};
use kept_domain::{Noun, Subject};
use kept_store::{Connection, Lines, PendingSignal, StoreError};
use rustc_hash::{FxHashMap, FxHashSet};

use super::reading::Unread;
use crate::considering::{Answering, Parcels, Sight};
use crate::deciding::DAY;

/// A promise is forgotten so long after it ended.
const AFTERMATH: i64 = 3 * DAY;
/// A parcel or an order that nothing was promised about is forgotten after so long.
const UNCLAIMED: i64 = 30 * DAY;

/// What is not of the trial's past: messages of the playbooks on trial that really were decided, and signals that followed from them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LeftOut {
    pub(super) messages: FxHashSet<MessageId>,
    pub(super) signals: FxHashSet<SignalId>,
}

/// When to see whether a subject can be forgotten, the next first.
type Leaving = BinaryHeap<Reverse<(i64, Noun, SubjectId)>>;

/// The subjects at hand.
pub(super) struct World {
    connection: Connection,
    pub(super) folder: Folder,
    pub(super) left_out: LeftOut,
    /// What carriers said went wrong with parcels that nobody has asked about yet.
    unread: FxHashMap<ParcelId, Vec<(Unread, Arc<str>)>>,
    /// Messages about a promise.
    about: FxHashMap<PromiseId, Vec<MessageId>>,
    /// Messages to a customer within a day, with when they were decided.
    recent: FxHashMap<CustomerId, VecDeque<(i64, MessageId)>>,
    /// Promises at hand of an order.
    standing: FxHashMap<OrderId, FxHashSet<PromiseId>>,
    /// Promises the trial spoke about: what becomes of them is wanted.
    pub(super) kept: FxHashSet<PromiseId>,
    leaving: Leaving,
    pub(super) most_held: usize,
}

impl World {
    pub(super) fn new(connection: Connection) -> World {
        World {
            connection,
            folder: Folder::default(),
            left_out: LeftOut::default(),
            unread: FxHashMap::default(),
            about: FxHashMap::default(),
            recent: FxHashMap::default(),
            standing: FxHashMap::default(),
            kept: FxHashSet::default(),
            leaving: Leaving::new(),
            most_held: 0,
        }
    }

    /// Keeps what a carrier said for when its parcel is asked about.
    pub(super) fn hear(&mut self, parcel: ParcelId, said: Unread, texts: &Arc<str>) {
        // A parcel that was forgotten is folded anew when it is asked for.
        if self.folder.has(parcel.into()) {
            self.unread.entry(parcel).or_default().push((said, Arc::clone(texts)));
        }
    }

    /// Folds a fact, real or of the trial. Subjects that are not at hand are passed over, and folded anew if they are ever asked for.
    pub(super) fn fold(&mut self, fact: &Fact) {
        apply_to_state(&mut self.folder, fact);
        match &fact.body {
            Body::OrderPlaced(body) => self.leaves(fact.recorded + UNCLAIMED, Noun::Order, body.order.into()),
            Body::OrderNamed(body) => self.leaves(fact.recorded + UNCLAIMED, Noun::Order, body.order.into()),
            Body::ParcelAnnounced(body) if body.promise.is_none() => {
                self.leaves(fact.recorded + UNCLAIMED, Noun::Parcel, body.parcel.into());
            }
            Body::PromiseMade(body) => self.stand(body.order, body.promise),
            Body::PromiseAssessed(body) => self.may_leave(fact.recorded, body.promise),
            Body::PromiseSettled(body) => self.may_leave(fact.recorded, body.promise),
            Body::DecisionMade(body) => {
                if let Some(draft) = &body.message {
                    self.about.entry(body.promise).or_default().push(draft.message);
                    if let Some(customer) = draft.customer {
                        let recent = self.recent.entry(customer).or_default();
                        while recent.front().is_some_and(|(at, _)| *at < body.at - DAY) {
                            recent.pop_front();
                        }
                        recent.push_back((body.at, draft.message));
                    }
                }
            }
            _ => {}
        }
        self.most_held = self.most_held.max(self.folder.len());
    }

    fn stand(&mut self, order: Option<OrderId>, promise: PromiseId) {
        if let Some(order) = order {
            self.standing.entry(order).or_default().insert(promise);
        }
    }

    fn leaves(&mut self, at: i64, noun: Noun, id: SubjectId) {
        self.leaving.push(Reverse((at, noun, id)));
    }

    pub(super) fn may_leave(&mut self, now: i64, promise: PromiseId) {
        self.leaves(now + AFTERMATH, Noun::Promise, promise.into());
    }

    /// Forgets what is over by `now`, but nothing that a signal still waits about.
    pub(super) fn forget(&mut self, now: i64, is_awaited: &dyn Fn(PromiseId) -> bool) {
        while let Some(Reverse((at, noun, id))) = self.leaving.peek().copied() {
            if at > now {
                return;
            }
            self.leaving.pop();
            match noun {
                Noun::Promise => {
                    let promise = PromiseId::from(id);
                    if is_awaited(promise) {
                        self.may_leave(now, promise);
                    } else if self.folder.promise(promise).is_some_and(|promise| !promise.state.is_open()) {
                        self.forget_promise(promise);
                    }
                }
                Noun::Order => {
                    let order = OrderId::from(id);
                    if !self.standing.contains_key(&order) {
                        self.forget_order(order);
                    }
                }
                Noun::Parcel => {
                    let parcel = ParcelId::from(id);
                    if self.folder.parcel(parcel).is_some_and(|parcel| parcel.promise.is_none()) {
                        self.forget_parcel(parcel);
                    }
                }
                Noun::Customer | Noun::Message | Noun::Errand => {}
            }
        }
    }

    fn forget_promise(&mut self, id: PromiseId) {
        let (order, customer) = match self.folder.promise(id) {
            Some(promise) => (promise.order, promise.customer),
            None => return,
        };
        if self.kept.contains(&id) {
            // What became of it is still wanted; its parts and words are not.
            self.folder.thin(id.into(), |subject| {
                if let Subject::Promise(promise) = subject {
                    promise.items = Vec::new();
                    promise.words = Vec::new();
                    promise.facts = Vec::new();
                }
            });
        } else {
            self.folder.take(id.into());
            for message in self.about.remove(&id).unwrap_or_default() {
                self.folder.take(message.into());
            }
        }
        if let Some(customer) = customer {
            self.strip_customer(customer);
        }
        if let Some(order) = order
            && let Some(promises) = self.standing.get_mut(&order)
        {
            promises.remove(&id);
            if promises.is_empty() {
                self.standing.remove(&order);
                self.forget_order(order);
            }
        }
    }

    fn forget_order(&mut self, id: OrderId) {
        if let Some(Subject::Order(order)) = self.folder.take(id.into()) {
            for parcel in order.parcels {
                self.forget_parcel(parcel);
            }
        }
    }

    fn forget_parcel(&mut self, id: ParcelId) {
        self.folder.take(id.into());
        self.unread.remove(&id);
    }

    /// Customers come back: they stay at hand, with no more than a decision looks at.
    fn strip_customer(&mut self, id: CustomerId) {
        self.folder.thin(id.into(), |subject| {
            if let Subject::Customer(customer) = subject {
                customer.orders = Vec::new();
                customer.promises = Vec::new();
                customer.contacts = Vec::new();
                customer.facts = Vec::new();
            }
        });
        if self.recent.get(&id).is_some_and(VecDeque::is_empty) {
            self.recent.remove(&id);
        }
    }

    /// After the period nothing is decided: only promises that were spoken about stay.
    pub(super) fn keep_only_outcomes(&mut self) {
        self.unread = FxHashMap::default();
        let mut folder = Folder::default();
        for id in &self.kept {
            let messages = self.about.get(id).into_iter().flatten().map(|message| SubjectId::from(*message));
            for id in messages.chain([SubjectId::from(*id)]) {
                if let Some(subject) = self.folder.take(id) {
                    folder.put(subject);
                }
            }
        }
        self.folder = folder;
        self.leaving = Leaving::new();
    }

    /// What a decision about a signal looks at, as live ([`crate::deciding::situation`]); `None` when its promise is not there.
    pub(super) fn sight(
        &mut self,
        signal: &PendingSignal,
        now: i64,
        before: Position,
        answering: &Answering<'_>,
    ) -> Result<Option<Sight<'_>>, StoreError> {
        self.at_hand(Noun::Promise, signal.promise.into(), before)?;
        let Some(promise) = self.folder.promise(signal.promise) else { return Ok(None) };
        let (order, customer) = (promise.order, promise.customer);
        if let Some(order) = order {
            self.at_hand(Noun::Order, order.into(), before)?;
        }
        if let Some(customer) = customer {
            self.at_hand(Noun::Customer, customer.into(), before)?;
        }
        if answering.asks_parcels {
            let parcels = order.and_then(|order| self.folder.order(order)).map(|order| order.parcels.clone());
            for id in parcels.unwrap_or_default() {
                self.at_hand(Noun::Parcel, id.into(), before)?;
                if answering.asks_attempts {
                    self.fold_unread(id)?;
                }
            }
        }
        let Some(promise) = self.folder.promise(signal.promise) else { return Ok(None) };
        let Some(mark) = promise.signals.iter().find(|mark| mark.signal == signal.signal) else { return Ok(None) };
        let order = order.and_then(|order| self.folder.order(order));
        let customer = customer.and_then(|customer| self.folder.customer(customer));
        let parcels = order.filter(|_| answering.asks_parcels).into_iter().flat_map(|order| &order.parcels);
        let recent = customer.and_then(|customer| self.recent.get(&customer.id)).into_iter().flatten();
        let counts = |message: MessageId| {
            use MessageState::{Accepted, Queued, Retry, Unknown, Waiting};
            let state = self.folder.message(message).map(|message| message.state);
            matches!(state, Some(Accepted | Queued | Retry | Waiting | Unknown))
        };
        let about = self.about.get(&promise.id).into_iter().flatten().filter_map(|id| self.folder.message(*id));
        let stands = |message: &&Message| !matches!(message.state, MessageState::Dropped | MessageState::Refused);
        Ok(Some(Sight {
            signal: signal.kind,
            reason: &mark.reason,
            true_at: mark.true_at,
            promise,
            order,
            customer,
            parcels: Parcels::of(parcels.filter_map(|id| self.folder.parcel(*id))),
            recent: recent.filter(|(at, message)| *at >= now - DAY && counts(*message)).count(),
            said: about
                .filter(stands)
                .map(|message| (message.template.as_str(), message.state == MessageState::Shadow))
                .collect(),
            now,
        }))
    }

    fn fold_unread(&mut self, parcel: ParcelId) -> Result<(), StoreError> {
        for (said, texts) in self.unread.remove(&parcel).unwrap_or_default() {
            apply_to_state(&mut self.folder, &said.read(&texts)?);
        }
        Ok(())
    }

    /// Folds a subject anew from its facts before a position, if it is not at hand.
    fn at_hand(&mut self, noun: Noun, id: SubjectId, before: Position) -> Result<(), StoreError> {
        if self.folder.has(id) {
            return Ok(());
        }
        let Some((subject, messages)) = recalled(&mut self.connection, noun, id, before, &self.left_out)? else { return Ok(()) };
        if let Subject::Promise(promise) = &subject {
            self.about.insert(promise.id, messages.iter().map(|message| MessageId::from(message.id())).collect());
            self.stand(promise.order, promise.id);
            if let Some(at) = promise.outcome.as_ref().map(|outcome| outcome.at) {
                self.may_leave(at, promise.id);
            }
        }
        for subject in messages.into_iter().chain([subject]) {
            self.folder.put(subject);
        }
        Ok(())
    }
}

/// A subject as it was before a position, folded from its own facts; of a promise, its messages too.
pub(super) fn recalled(
    connection: &mut Connection,
    noun: Noun,
    id: SubjectId,
    before: Position,
    left_out: &LeftOut,
) -> Result<Option<(Subject, Vec<Subject>)>, StoreError> {
    let Some(now) = connection.load(noun, id, false)? else { return Ok(None) };
    let mut positions = now.positions();
    positions.retain(|position| *position < before);
    positions.sort_unstable();
    positions.dedup();
    let mut folder = Folder::default();
    let mut messages = Vec::new();
    let mut held: Option<(i64, Lines)> = None;
    for position in positions {
        if held.as_ref().is_none_or(|(number, _)| *number != position.block()) {
            let Some(block) = kept_store::read_block(connection, position.block())? else { continue };
            held = Some((position.block(), block.lines()?));
        }
        let Some(fact) = held.as_ref().map(|(_, lines)| lines.fact(position.index())).transpose()?.flatten() else { continue };
        match &fact.body {
            Body::SignalRaised(body) if left_out.signals.contains(&body.signal) => continue,
            Body::MessageHandled(body) if left_out.messages.contains(&body.message) => continue,
            Body::MessageOutcome(body) if left_out.messages.contains(&body.message) => continue,
            Body::DecisionMade(body) => match &body.message {
                Some(draft) if left_out.messages.contains(&draft.message) => continue,
                Some(draft) => messages.push(draft.message),
                None => {}
            },
            _ => {}
        }
        apply(&mut folder, &fact);
    }
    let messages = messages.into_iter().filter_map(|message| folder.take(message.into())).collect();
    Ok(folder.take(id).map(|subject| (subject, messages)))
}
