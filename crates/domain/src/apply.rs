//! `apply(state, fact) → state`: pure, total, small. All that start-up, rebuild and a test need.
//!
//! It reads no pack, no clock and no model, and mints nothing; whatever a decision rested on stands in the fact. Raise
//! [`FOLD_VERSION`] with every change of what a fact does here, so that `kept rebuild` is asked for.

use kept_base::{BrandId, MessageId, PromiseId, SealedId, SignalId, SubjectId};

use crate::customer::Customer;
use crate::errand::{Errand, ErrandState};
use crate::fact::{Body, Fact};
use crate::finding::Finding;
use crate::house::{CodeMapped, PlaybookSwitched, UnmappedSeen};
use crate::message::{Channel, Message, MessageState};
use crate::notice::NoticesSaid;
use crate::order::Order;
use crate::parcel::Parcel;
use crate::promise::{Promise, SignalKind};
use crate::subject::{KeyKind, NaturalKey, Noun, Subject, tracking_key};

pub use crate::folder::{Changed, Folder};

/// The version of the fold: rows made by another version are rebuilt.
pub const FOLD_VERSION: i64 = 13;

/// What a fact does beside the state of its subjects: rows of small tables, all rebuildable.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// The world names a subject so.
    Named(NaturalKey, SubjectId),
    /// A signal waits for a decision.
    SignalRaised {
        /// Id.
        signal: SignalId,
        /// About which promise.
        promise: PromiseId,
        /// Kind.
        kind: SignalKind,
    },
    /// A signal was decided.
    SignalDecided(SignalId),
    /// A message or an errand is on its way out.
    Outgoing(Lane, SubjectId),
    /// A message or an errand is no longer on its way out.
    NotOutgoing(SubjectId),
    /// A playbook was switched.
    Switched(PlaybookSwitched),
    /// A code got its meaning.
    Mapped(CodeMapped),
    /// A person said what a source tells customers by itself.
    Noticed(NoticesSaid),
    /// Something that nothing maps, to be counted.
    Unmapped(UnmappedSeen),
    /// A payload was kept: source, its id, size, and what was wrong with it.
    Payload {
        /// Source.
        source: String,
        /// The source's id.
        delivery: String,
        /// Bytes.
        size: u64,
        /// Where its bytes are.
        sealed: SealedId,
        /// What was wrong.
        error: Option<String>,
    },
}

/// One of the ways out of the outbox: each has its own claims, so that a way that is not set up stops no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Messages by mail.
    Mail,
    /// Messages by SMS.
    Sms,
    /// Errands in shops.
    Errand,
}

impl Lane {
    /// The word in rows of the outbox.
    pub fn word(self) -> &'static str {
        match self {
            Lane::Mail => "message",
            Lane::Sms => "sms",
            Lane::Errand => "errand",
        }
    }
}

impl From<Channel> for Lane {
    fn from(channel: Channel) -> Lane {
        match channel {
            Channel::Mail => Lane::Mail,
            Channel::Sms => Lane::Sms,
        }
    }
}

/// The subjects a fact touches, with what they are: what must be at hand before it is applied.
pub fn touches(body: &Body) -> Vec<(Noun, SubjectId)> {
    let mut touched: Vec<(Noun, SubjectId)> = Vec::with_capacity(3);
    let customer = |id: Option<kept_base::CustomerId>| id.map(|id| (Noun::Customer, SubjectId::from(id)));
    let promise = |id: PromiseId| (Noun::Promise, SubjectId::from(id));
    let order = |id: kept_base::OrderId| (Noun::Order, SubjectId::from(id));
    let parcel = |id: kept_base::ParcelId| (Noun::Parcel, SubjectId::from(id));
    let message = |id: MessageId| (Noun::Message, SubjectId::from(id));
    let errand = |id: kept_base::ErrandId| (Noun::Errand, SubjectId::from(id));
    match body {
        Body::CustomerRegistered(fact) => touched.extend(customer(Some(fact.customer))),
        Body::CustomerContacted(fact) => {
            touched.extend(customer(fact.customer));
            touched.extend(fact.promises.iter().copied().map(promise));
        }
        Body::CustomerAnswered(fact) => touched.push(promise(fact.promise)),
        Body::CustomerErased(fact) => touched.extend(customer(Some(fact.customer))),
        Body::CustomerBounced(fact) => touched.extend(customer(Some(fact.customer))),
        Body::CustomerOptedOut(fact) => touched.extend(customer(Some(fact.customer))),
        Body::OrderNamed(fact) => touched.push(order(fact.order)),
        Body::OrderPlaced(fact) => {
            touched.push(order(fact.order));
            touched.extend(customer(Some(fact.customer)));
        }
        Body::OrderLinesCancelled(fact) => touched.push(order(fact.order)),
        Body::OrderSeen(fact) => touched.push(order(fact.order)),
        Body::OrderLinesAdded(fact) => touched.push(order(fact.order)),
        Body::OrderLineSplit(fact) => touched.push(order(fact.order)),
        Body::OrderLinesBackordered(fact) => touched.push(order(fact.order)),
        Body::OrderLinesAvailable(fact) => touched.push(order(fact.order)),
        Body::RefundPaid(fact) => touched.push(order(fact.order)),
        Body::ParcelAnnounced(fact) => {
            touched.push(parcel(fact.parcel));
            touched.extend(fact.order.map(order));
        }
        Body::ParcelLinked(fact) => {
            touched.push(parcel(fact.parcel));
            touched.push(order(fact.order));
        }
        Body::ParcelScanned(fact) => touched.push(parcel(fact.parcel)),
        Body::ParcelManifested(fact) => touched.push(parcel(fact.parcel)),
        Body::ParcelNotFound(fact) => touched.push(parcel(fact.parcel)),
        Body::ParcelScanWithdrawn(fact) => touched.push(parcel(fact.parcel)),
        Body::ParcelEstimated(fact) => touched.push(parcel(fact.parcel)),
        Body::ParcelContested(fact) => touched.push(parcel(fact.parcel)),
        Body::PromiseMade(fact) => {
            touched.push(promise(fact.promise));
            touched.extend(customer(fact.customer));
            touched.extend(fact.order.map(order));
        }
        Body::WordGiven(fact) => touched.push(promise(fact.promise)),
        Body::ItemsAdded(fact) => touched.push(promise(fact.promise)),
        Body::PenaltyRan(fact) => touched.push(promise(fact.promise)),
        Body::ItemSettled(fact) => touched.push(promise(fact.promise)),
        Body::PromiseAssessed(fact) => touched.push(promise(fact.promise)),
        Body::PromiseReopened(fact) => touched.push(promise(fact.promise)),
        Body::PromiseAmended(fact) => touched.push(promise(fact.promise)),
        Body::PromiseDisputed(fact) => touched.push(promise(fact.promise)),
        Body::PromiseSettled(fact) => touched.push(promise(fact.promise)),
        Body::DeedNoted(fact) => touched.push(promise(fact.promise)),
        Body::PromiseAssigned(fact) => touched.push(promise(fact.promise)),
        Body::PromiseTouched(fact) => touched.push(promise(fact.promise)),
        Body::PromiseAdopted(fact) => {
            touched.push(promise(fact.promise));
            touched.extend(customer(Some(fact.customer)));
        }
        Body::SignalRaised(fact) => {
            touched.push(promise(fact.promise));
            touched.extend(fact.parcel.map(parcel));
        }
        Body::DecisionMade(fact) => {
            touched.push(promise(fact.promise));
            touched.extend(fact.message.as_ref().map(|draft| message(draft.message)));
        }
        Body::MessageHandled(fact) => {
            touched.push(message(fact.message));
            touched.push(promise(fact.promise));
        }
        Body::MessageOutcome(fact) => {
            touched.push(message(fact.message));
            touched.push(promise(fact.promise));
        }
        Body::MessageReceipt(fact) => {
            touched.push(message(fact.message));
            touched.push(promise(fact.promise));
        }
        Body::ErrandAsked(fact) => touched.extend([errand(fact.errand), promise(fact.promise)]),
        Body::ErrandHandled(fact) => touched.extend([errand(fact.errand), promise(fact.promise)]),
        Body::ErrandOutcome(fact) => touched.extend([errand(fact.errand), promise(fact.promise)]),
        Body::PlaybookSwitched(_)
        | Body::CodeMapped(_)
        | Body::NoticesSaid(_)
        | Body::PayloadReceived(_)
        | Body::UnmappedSeen(_)
        | Body::Unknown(_) => {}
    }
    touched
}

/// Folds one fact. Subjects that are not at hand are passed over: the caller puts what [`touches`] names at hand first.
pub fn apply(folder: &mut Folder, fact: &Fact) -> Vec<Effect> {
    let position = fact.position;
    let mut effects = Vec::new();
    fold(folder, fact, &mut effects);
    if let Some(event) = &fact.event {
        let subject = fact.subjects.first().copied().unwrap_or(SubjectId(0));
        effects.push(named(fact.brand, KeyKind::Event, event_key(&fact.source, event), subject));
    }
    for (_, subject) in touches(&fact.body) {
        // A parcel remembers the position of each scan in the scan itself.
        if matches!(fact.body, Body::ParcelScanned(_)) {
            continue;
        }
        if let Some(subject) = folder.edit(subject) {
            subject.facts_mut().push(position);
        }
    }
    effects
}

/// Folds one fact into the state of its subjects and does no more: for who looks at the past and writes nothing. Nothing beside the
/// subjects is worked out, and they do not remember where the fact stands.
pub fn apply_to_state(folder: &mut Folder, fact: &Fact) {
    fold(folder, fact, &mut Nobody);
}

/// Who hears of effects.
trait Hears {
    fn push(&mut self, effect: impl FnOnce() -> Effect);
}

impl Hears for Vec<Effect> {
    fn push(&mut self, effect: impl FnOnce() -> Effect) {
        Vec::push(self, effect());
    }
}

struct Nobody;

impl Hears for Nobody {
    fn push(&mut self, _: impl FnOnce() -> Effect) {}
}

fn fold(folder: &mut Folder, fact: &Fact, effects: &mut impl Hears) {
    let (brand, position) = (fact.brand, fact.position);
    match &fact.body {
        Body::CustomerRegistered(body) => {
            if folder.has(body.customer.into()) {
                folder.on_customer(body.customer, |customer| customer.register(body));
            } else {
                folder.add(Subject::Customer(Box::new(Customer::new(brand, body, fact.recorded))));
            }
        }
        Body::CustomerContacted(body) => {
            if let Some(customer) = body.customer {
                folder.on_customer(customer, |customer| customer.contact(body));
            }
        }
        Body::CustomerAnswered(_) => {}
        Body::CustomerErased(body) => folder.on_customer(body.customer, Customer::erase),
        Body::CustomerBounced(body) => {
            folder.on_customer(body.customer, |customer| customer.bounce(body));
        }
        Body::CustomerOptedOut(body) => folder.on_customer(body.customer, |customer| customer.opt_out(body)),
        Body::OrderNamed(body) => {
            folder.add(Subject::Order(Box::new(Order::named(brand, body))));
            effects.push(|| named(brand, KeyKind::OrderNumber, body.number.clone(), body.order.into()));
        }
        Body::OrderPlaced(body) => {
            if folder.has(body.order.into()) {
                folder.on_order(body.order, |order| order.place(body));
            } else {
                folder.add(Subject::Order(Box::new(Order::new(brand, body))));
                effects.push(|| named(brand, KeyKind::OrderNumber, body.number.clone(), body.order.into()));
            }
            folder.on_order(body.order, |order| order.shop.clone_from(&fact.source));
            folder.on_customer(body.customer, |customer| customer.orders.push(body.order));
        }
        Body::OrderLinesCancelled(body) => folder.on_order(body.order, |order| order.cancel(body)),
        Body::OrderSeen(body) => folder.on_order(body.order, |order| order.seen(body)),
        Body::OrderLinesAdded(body) => folder.on_order(body.order, |order| order.add(body)),
        Body::OrderLineSplit(body) => folder.on_order(body.order, |order| order.split(body)),
        Body::OrderLinesBackordered(body) => folder.on_order(body.order, |order| order.backorder(body, position)),
        Body::OrderLinesAvailable(body) => folder.on_order(body.order, |order| order.restock(body)),
        Body::RefundPaid(body) => folder.on_order(body.order, |order| order.refund_paid(body)),
        Body::ParcelAnnounced(body) => {
            folder.add(Subject::Parcel(Box::new(Parcel::new(brand, body))));
            effects.push(|| named(brand, KeyKind::Tracking, tracking_key(&body.tracking_number), body.parcel.into()));
            if let Some(order) = body.order {
                folder.on_order(order, |order| order.parcels.push(body.parcel));
            }
        }
        Body::ParcelLinked(body) => {
            folder.on_parcel(body.parcel, |parcel| {
                parcel.order = Some(body.order);
                parcel.promise = body.promise;
                if !body.lines.is_empty() {
                    parcel.lines.clone_from(&body.lines);
                }
            });
            folder.on_order(body.order, |order| {
                if !order.parcels.contains(&body.parcel) {
                    order.parcels.push(body.parcel);
                }
            });
        }
        Body::ParcelScanned(body) => folder.on_parcel(body.parcel, |parcel| parcel.scan(body, position)),
        Body::ParcelManifested(body) => folder.on_parcel(body.parcel, |parcel| parcel.manifested = Some((body.at, position))),
        Body::ParcelNotFound(body) => folder.on_parcel(body.parcel, |parcel| {
            // Whoever scanned it knows it.
            if parcel.scans.is_empty() && parcel.not_found.is_none() {
                parcel.not_found = Some((body.at, position));
            }
        }),
        Body::ParcelScanWithdrawn(body) => folder.on_parcel(body.parcel, |parcel| parcel.withdraw(body)),
        Body::ParcelEstimated(body) => folder.on_parcel(body.parcel, |parcel| {
            if parcel.carrier_estimate.is_none_or(|(_, at)| at <= body.at) {
                parcel.carrier_estimate = Some((body.day, body.at));
            }
        }),
        Body::ParcelContested(body) => folder.on_parcel(body.parcel, |parcel| parcel.contest(body)),
        Body::PromiseMade(body) => {
            folder.add(Subject::Promise(Box::new(Promise::new(brand, body, position, fact.recorded))));
            if let Some(customer) = body.customer {
                folder.on_customer(customer, |customer| customer.promises.push(body.promise));
            }
            if let Some(order) = body.order {
                folder.on_order(order, |order| match body.kind.as_str() {
                    "delivery" => order.delivery = Some(body.promise),
                    "refund" => order.refund = Some(body.promise),
                    _ if body.upstream.is_some() => order.supplies.push(body.promise),
                    _ => {}
                });
            }
        }
        Body::PromiseAdopted(body) => {
            folder.on_promise(body.promise, |promise| {
                promise.customer = Some(body.customer);
                if !body.items.is_empty() {
                    promise.items.clone_from(&body.items);
                }
            });
            folder.on_customer(body.customer, |customer| customer.promises.push(body.promise));
        }
        Body::WordGiven(body) => folder.on_promise(body.promise, |promise| promise.give_word(body, position)),
        Body::ItemsAdded(body) => folder.on_promise(body.promise, |promise| promise.add_items(body)),
        Body::PenaltyRan(body) => folder.on_promise(body.promise, |promise| promise.run_penalty(body)),
        Body::ItemSettled(body) => folder.on_promise(body.promise, |promise| promise.settle_item(body)),
        Body::PromiseAssessed(body) => folder.on_promise(body.promise, |promise| promise.assess(body, position)),
        Body::PromiseReopened(body) => folder.on_promise(body.promise, |promise| promise.reopen(body)),
        Body::PromiseAmended(body) => folder.on_promise(body.promise, |promise| promise.amend(body, position)),
        Body::PromiseDisputed(body) => folder.on_promise(body.promise, |promise| promise.dispute(body)),
        Body::PromiseSettled(body) => folder.on_promise(body.promise, |promise| promise.settle(body, position)),
        Body::DeedNoted(body) => folder.on_promise(body.promise, |promise| promise.note_deed(body)),
        Body::PromiseAssigned(body) => folder.on_promise(body.promise, |promise| promise.assign(body)),
        Body::PromiseTouched(body) => folder.on_promise(body.promise, |promise| promise.touch(body)),
        Body::SignalRaised(body) => {
            folder.on_promise(body.promise, |promise| promise.signal(body));
            // What is seen in a scan has reasons of its own; a finding's names it.
            if let Some((parcel, finding)) =
                body.parcel.zip(Finding::of_reason(&body.reason)).filter(|(_, finding)| finding.signal() == body.signal_kind)
            {
                folder.on_parcel(parcel, |parcel| parcel.find(finding, body.true_at, body.armed_by));
            }
            effects.push(|| Effect::SignalRaised { signal: body.signal, promise: body.promise, kind: body.signal_kind });
        }
        Body::DecisionMade(body) => {
            effects.push(|| Effect::SignalDecided(body.signal));
            if let Some(draft) = &body.message {
                folder.add(Subject::Message(Box::new(Message::new(brand, body, draft))));
                if draft.state == MessageState::Queued {
                    effects.push(|| Effect::Outgoing(draft.channel.into(), draft.message.into()));
                }
            }
        }
        Body::MessageHandled(body) => {
            folder.on_message(body.message, |message| message.handle(body));
            if body.to == MessageState::Accepted {
                told(folder, body.message, body.promise, body.at);
            }
            let channel = folder.message(body.message).map_or(Channel::Mail, |message| message.channel);
            effects.push(|| match body.to {
                MessageState::Queued => Effect::Outgoing(channel.into(), body.message.into()),
                _ => Effect::NotOutgoing(body.message.into()),
            });
        }
        Body::MessageOutcome(body) => {
            folder.on_message(body.message, |message| message.outcome(body));
            if folder.message(body.message).is_some_and(|message| message.state == MessageState::Accepted) {
                told(folder, body.message, body.promise, body.at);
            }
            if body.state != MessageState::Retry {
                effects.push(|| Effect::NotOutgoing(body.message.into()));
            }
            if let Some(reference) = &body.reference {
                effects.push(|| named(brand, KeyKind::Dispatch, reference.clone(), body.message.into()));
            }
        }
        Body::MessageReceipt(body) => {
            let before = folder.message(body.message).map(|message| message.state);
            folder.on_message(body.message, |message| message.receive(body));
            let after = folder.message(body.message).map(|message| message.state);
            match (before == after, after) {
                (false, Some(MessageState::Accepted)) => {
                    told(folder, body.message, body.promise, body.at);
                    effects.push(|| Effect::NotOutgoing(body.message.into()));
                }
                (false, _) => folder.on_promise(body.promise, |promise| promise.bounce(body.message)),
                (true, _) => {}
            }
        }
        Body::ErrandAsked(body) => {
            folder.add(Subject::Errand(Box::new(Errand::new(brand, body))));
            folder.on_promise(body.promise, |promise| promise.errands.push(body.errand));
            if body.state == ErrandState::Queued {
                effects.push(|| Effect::Outgoing(Lane::Errand, body.errand.into()));
            }
        }
        Body::ErrandHandled(body) => {
            folder.on_errand(body.errand, |errand| errand.handle(body));
            effects.push(|| match body.to {
                ErrandState::Queued => Effect::Outgoing(Lane::Errand, body.errand.into()),
                _ => Effect::NotOutgoing(body.errand.into()),
            });
        }
        Body::ErrandOutcome(body) => {
            folder.on_errand(body.errand, |errand| errand.outcome(body));
            if !body.state.is_under_way() {
                effects.push(|| Effect::NotOutgoing(body.errand.into()));
            }
        }
        Body::PlaybookSwitched(body) => effects.push(|| Effect::Switched(body.clone())),
        Body::CodeMapped(body) => effects.push(|| Effect::Mapped(body.clone())),
        Body::NoticesSaid(body) => effects.push(|| Effect::Noticed(body.clone())),
        Body::PayloadReceived(body) => effects.push(|| Effect::Payload {
            source: body.source.clone(),
            delivery: body.delivery.clone(),
            size: body.size,
            sealed: body.bytes.id,
            error: body.error.clone(),
        }),
        Body::UnmappedSeen(body) => effects.push(|| Effect::Unmapped(body.clone())),
        Body::Unknown(_) => {}
    }
}

/// The name of a piece of news: its source and the source's id.
pub fn event_key(source: &str, event: &str) -> String {
    format!("{source}:{event}")
}

fn told(folder: &mut Folder, message: MessageId, promise: PromiseId, at: i64) {
    let Some(sent) = folder.message(message).cloned() else { return };
    if sent.customer.is_some() {
        folder.on_promise(promise, |promise| promise.tell(&sent, at));
    }
}

fn named(brand: BrandId, kind: KeyKind, key: String, subject: SubjectId) -> Effect {
    Effect::Named(NaturalKey { brand, kind, key }, subject)
}
