//! The world of a trial: the subjects at hand, folded with the domain's own `apply`, and forgotten when they are over.
//!
//! A subject that is needed again after it was forgotten is folded anew from its own facts, up to the moment of the trial. Scans are
//! kept as they stand in the ledger and folded only when a decision looks at their parcel: most never are.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use kept_base::{CustomerId, MessageId, OrderId, ParcelId, Position, PromiseId, SignalId, SubjectId};
use kept_domain::apply::{Folder, apply};
use kept_domain::fact::{Body, Fact};
use kept_domain::message::MessageState;
use kept_domain::{Noun, Subject};
use kept_store::{Connection, Lines, PendingSignal, StoreError};

use super::reading::Unread;
use crate::deciding::{DAY, Situation};

/// A promise is forgotten so long after it ended.
const AFTERMATH: i64 = 3 * DAY;
/// Room for so many scans is made at once: most parcels have no more.
const SCANS: usize = 12;
/// A parcel or an order that nothing was promised about is forgotten after so long.
const UNCLAIMED: i64 = 30 * DAY;

/// What is not of the trial's past: messages of the playbooks on trial that really were decided, and signals that followed from them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LeftOut {
    pub(super) messages: HashSet<MessageId>,
    pub(super) signals: HashSet<SignalId>,
}

/// When to see whether a subject can be forgotten, the next first.
type Leaving = BinaryHeap<Reverse<(i64, Noun, SubjectId)>>;

/// The subjects at hand.
pub(super) struct World {
    connection: Connection,
    pub(super) folder: Folder,
    pub(super) left_out: LeftOut,
    /// What carriers said of parcels that nobody has looked at yet.
    unread: HashMap<ParcelId, Vec<(Unread, Arc<str>)>>,
    /// Messages about a promise.
    about: HashMap<PromiseId, Vec<MessageId>>,
    /// Messages to a customer within a day, with when they were decided.
    recent: HashMap<CustomerId, VecDeque<(i64, MessageId)>>,
    /// Promises at hand of an order.
    standing: HashMap<OrderId, HashSet<PromiseId>>,
    /// Promises the trial spoke about: what becomes of them is wanted.
    pub(super) kept: HashSet<PromiseId>,
    leaving: Leaving,
    pub(super) most_held: usize,
}

impl World {
    pub(super) fn new(connection: Connection) -> World {
        World {
            connection,
            folder: Folder::default(),
            left_out: LeftOut::default(),
            unread: HashMap::new(),
            about: HashMap::new(),
            recent: HashMap::new(),
            standing: HashMap::new(),
            kept: HashSet::new(),
            leaving: Leaving::new(),
            most_held: 0,
        }
    }

    /// Keeps what a carrier said for when its parcel is looked at.
    pub(super) fn hear(&mut self, parcel: ParcelId, said: Unread, texts: &Arc<str>) {
        let said = (said, Arc::clone(texts));
        match self.unread.entry(parcel) {
            Entry::Occupied(mut heard) => heard.get_mut().push(said),
            Entry::Vacant(nothing) if self.folder.has(parcel.into()) => {
                let mut heard = Vec::with_capacity(SCANS);
                heard.push(said);
                nothing.insert(heard);
            }
            // A parcel that was forgotten is folded anew when it is asked for.
            Entry::Vacant(_) => {}
        }
    }

    /// Folds a fact, real or of the trial. Subjects that are not at hand are passed over, and folded anew if they are ever asked for.
    pub(super) fn fold(&mut self, fact: &Fact) -> Result<(), StoreError> {
        match &fact.body {
            // What a parcel makes of these depends on how far it is.
            Body::SignalRaised(body) => {
                if let Some(parcel) = body.parcel {
                    self.fold_unread(parcel)?;
                }
            }
            Body::ParcelContested(body) => self.fold_unread(body.parcel)?,
            Body::ParcelScanWithdrawn(body) => self.fold_unread(body.parcel)?,
            _ => {}
        }
        apply(&mut self.folder, fact);
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
        Ok(())
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
            if let Some(Subject::Promise(mut promise)) = self.folder.take(id.into()) {
                promise.items = Vec::new();
                promise.words = Vec::new();
                promise.facts = Vec::new();
                self.folder.put(Subject::Promise(promise));
            }
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
        if let Some(Subject::Customer(mut customer)) = self.folder.take(id.into()) {
            customer.orders = Vec::new();
            customer.promises = Vec::new();
            customer.contacts = Vec::new();
            customer.facts = Vec::new();
            self.folder.put(Subject::Customer(customer));
        }
        if self.recent.get(&id).is_some_and(VecDeque::is_empty) {
            self.recent.remove(&id);
        }
    }

    /// After the period nothing is decided: only promises that were spoken about stay.
    pub(super) fn keep_only_outcomes(&mut self) {
        self.unread = HashMap::new();
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
    pub(super) fn situation(
        &mut self,
        signal: PendingSignal,
        now: i64,
        before: Position,
    ) -> Result<Option<Situation>, StoreError> {
        self.at_hand(Noun::Promise, signal.promise.into(), before)?;
        let Some(promise) = self.folder.promise(signal.promise).cloned() else { return Ok(None) };
        let Some(mark) = promise.signals.iter().find(|mark| mark.signal == signal.signal).cloned() else { return Ok(None) };
        let order = match promise.order {
            Some(order) => {
                self.at_hand(Noun::Order, order.into(), before)?;
                self.folder.order(order).cloned()
            }
            None => None,
        };
        let customer = match promise.customer {
            Some(customer) => {
                self.at_hand(Noun::Customer, customer.into(), before)?;
                self.folder.customer(customer).cloned()
            }
            None => None,
        };
        let mut parcels = Vec::new();
        for id in order.iter().flat_map(|order| &order.parcels).copied() {
            self.at_hand(Noun::Parcel, id.into(), before)?;
            self.fold_unread(id)?;
            parcels.extend(self.folder.parcel(id).cloned());
        }
        let mut recent = Vec::new();
        for (at, message) in customer.iter().filter_map(|customer| self.recent.get(&customer.id)).flatten() {
            let counts = |state: MessageState| {
                use MessageState::{Accepted, Queued, Retry, Unknown, Waiting};
                matches!(state, Accepted | Queued | Retry | Waiting | Unknown)
            };
            if *at >= now - DAY && self.folder.message(*message).is_some_and(|message| counts(message.state)) {
                recent.push(*at);
            }
        }
        let mut said = Vec::new();
        for message in self.about.get(&promise.id).into_iter().flatten().filter_map(|id| self.folder.message(*id)) {
            if !matches!(message.state, MessageState::Dropped | MessageState::Refused) {
                said.push((message.template.clone(), message.state == MessageState::Shadow));
            }
        }
        Ok(Some(Situation { signal, mark, promise, order, customer, parcels, recent, errands: Vec::new(), said, now }))
    }

    fn fold_unread(&mut self, parcel: ParcelId) -> Result<(), StoreError> {
        for (said, texts) in self.unread.remove(&parcel).unwrap_or_default() {
            apply(&mut self.folder, &said.read(&texts)?);
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
