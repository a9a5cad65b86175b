//! What follows from a customer's choice, before anybody is asked to carry it out.

use jiff::civil::Date;
use kept_base::{LineId, Position, PromiseId};

use super::{React, ReactError};
use crate::address::{AddressFault, AddressPart};
use crate::errand::{Act, Asked, DeliveryAddress, Errand, ErrandKind, ErrandState, Handled};
use crate::fact::SealedRef;
use crate::input::Answer;
use crate::message::Mode;
use crate::order::Order;
use crate::promise::{Item, ItemKind, ItemState, Promise, PromiseState, SignalKind, Touched};
use crate::watch::Coming;

impl React<'_, '_> {
    /// An address is personal: it is sealed with whom it is about, and goes when they are erased.
    pub(super) fn seal_address(
        &mut self,
        promise: &Promise,
        address: Option<&DeliveryAddress>,
    ) -> Result<Option<SealedRef>, ReactError> {
        let Some(address) = address else { return Ok(None) };
        let about: Vec<_> = promise.customer.map(Into::into).into_iter().chain([promise.id.into()]).collect();
        let bytes = serde_json::to_vec(address).map_err(|error| ReactError::Invalid(error.to_string()))?;
        Ok(Some(self.desk.shelf().seal(&about, &bytes)?))
    }

    /// They want it elsewhere: an address that still waits for a person is the wrong one from now on. The due stands.
    ///
    /// The signal is armed by the answer itself: the address is read from that fact.
    pub(super) fn address_chosen(
        &mut self,
        promise: &Promise,
        says: &'static str,
        answered: Position,
        at: i64,
    ) -> Result<(), ReactError> {
        self.replace_errands(promise, is_address, at)?;
        self.desk.emit(Touched { promise: promise.id, how: says.to_owned(), at })?;
        self.raise(promise.id, None, Coming::seen(SignalKind::Chosen, answered, at, says))?;
        Ok(())
    }

    /// They want it on another day. No interface tells whoever delivers, so a person does, once for a day: that needs no playbook, since
    /// there is nothing to be done by itself. A day that still waits to be told is the wrong one from now on.
    ///
    /// Only the customer's own choice is a signal: what a person noted has reached a person.
    pub(super) fn day_chosen(
        &mut self,
        promise: &Promise,
        order: Option<&Order>,
        day: Date,
        noted: bool,
        at: i64,
    ) -> Result<(), ReactError> {
        let position = self.desk.emit(Touched { promise: promise.id, how: "another_day".to_owned(), at })?;
        if let Some(order) = order.filter(|_| promise.kind == "delivery") {
            self.tell_day(promise, order, day, at)?;
        }
        if !noted {
            self.raise(promise.id, None, Coming::seen(SignalKind::Chosen, position, at, "another_day"))?;
        }
        Ok(())
    }

    fn tell_day(&mut self, promise: &Promise, order: &Order, day: Date, at: i64) -> Result<(), ReactError> {
        let act = Act::DeliveryDay { order_number: order.number.clone(), day };
        let mut last = None;
        for id in &promise.errands {
            let told = |errand: &&Errand| errand.kind == ErrandKind::DeliveryDay && errand.state != ErrandState::Dropped;
            last = self.desk.errand(*id)?.filter(told).map(|errand| errand.content.clone()).or(last);
        }
        let said = match last {
            Some(content) => self.desk.shelf().open(&content)?.and_then(|bytes| serde_json::from_slice::<Act>(&bytes).ok()),
            None => None,
        };
        if said.as_ref() == Some(&act) {
            return Ok(());
        }
        self.replace_errands(promise, is_day, at)?;
        let about: Vec<_> = promise.customer.map(Into::into).into_iter().chain([order.id.into(), promise.id.into()]).collect();
        let bytes = serde_json::to_vec(&act).map_err(|error| ReactError::Invalid(error.to_string()))?;
        let content = self.desk.shelf().seal(&about, &bytes)?;
        let errand = self.desk.mint()?;
        self.desk.emit(Asked {
            errand,
            shop: order.shop.clone(),
            errand_kind: act.kind(),
            order: order.id,
            promise: promise.id,
            customer: promise.customer,
            amount: None,
            content,
            decision: None,
            playbook: String::new(),
            mode: Mode::Approve,
            by: "customer".to_owned(),
            state: ErrandState::Waiting,
            reason: Some("no-way-out".to_owned()),
            at,
        })?;
        Ok(())
    }

    /// Where and when to deliver matters to nobody any more once a promise is judged.
    pub(super) fn drop_wishes(&mut self, id: PromiseId) -> Result<(), ReactError> {
        let errands = self.desk.promise(id)?.map(|promise| promise.errands.clone()).unwrap_or_default();
        let at = self.desk.clock;
        for errand in errands {
            let waits = |errand: &Errand| errand.state.waits() && (is_address(errand) || is_day(errand));
            if self.desk.errand(errand)?.is_some_and(waits) {
                let by = "rule".to_owned();
                self.desk.emit(Handled { errand, promise: id, to: ErrandState::Dropped, by, at, reason: None })?;
            }
        }
        Ok(())
    }

    /// A newer wish of the customer stands in the place of those that nobody has begun to carry out.
    fn replace_errands(&mut self, promise: &Promise, which: fn(&Errand) -> bool, at: i64) -> Result<(), ReactError> {
        for id in &promise.errands {
            if self.desk.errand(*id)?.is_some_and(|errand| which(errand) && errand.state.waits()) {
                let by = "customer".to_owned();
                self.desk.emit(Handled { errand: *id, promise: promise.id, to: ErrandState::Dropped, by, at, reason: None })?;
            }
        }
        Ok(())
    }
}

/// The lines for which a customer wants their money back instead of a new parcel: of those two choices, one.
pub(super) fn refund_chosen(
    promise: &Promise,
    order: Option<&Order>,
    answer: &Answer,
) -> Result<Option<Vec<LineId>>, ReactError> {
    let gone = match order.filter(|_| promise.kind == "delivery" && promise.state == PromiseState::Broken) {
        Some(order) => gone(promise, order),
        None => Vec::new(),
    };
    if gone.is_empty() {
        return Ok(None);
    }
    match (answer, promise.choice.as_deref()) {
        (Answer::Cancel, Some("reship")) | (Answer::Reship, Some("cancel")) => {
            Err(ReactError::Invalid("the customer chose the other already: a new parcel, or their money back".to_owned()))
        }
        (Answer::Cancel, _) => Ok(Some(gone)),
        _ => Ok(None),
    }
}

/// The lines that broke a promise because their parcel was lost or came back, and about which nothing was decided yet.
pub fn gone(promise: &Promise, order: &Order) -> Vec<LineId> {
    let lost = |item: &&Item| item.state == ItemState::Broken && matches!(item.cause.as_deref(), Some("lost" | "returned"));
    let standing = |line: &LineId| order.lines.iter().any(|other| other.id == *line && other.cancelled.is_none());
    let lines = promise.items.iter().filter(lost).filter_map(|item| match item.kind {
        ItemKind::Line(line) => Some(line),
        _ => None,
    });
    lines.filter(standing).collect()
}

/// About where to deliver.
fn is_address(errand: &Errand) -> bool {
    errand.kind == ErrandKind::AddressChange
}

/// About the day of delivery, the note of it on the order too.
fn is_day(errand: &Errand) -> bool {
    errand.kind == ErrandKind::DeliveryDay || (errand.kind == ErrandKind::Note && errand.by == "customer")
}

/// The address an answer names, if it names one: whole, and of the country the order goes to.
pub(super) fn address_wished(
    promise: &Promise,
    order: Option<&Order>,
    answer: &Answer,
) -> Result<Option<DeliveryAddress>, ReactError> {
    let address = match answer {
        Answer::NewAddress { address } => address.trimmed(),
        Answer::PickupPoint { name, address } => {
            let address = DeliveryAddress { company: Some(name.clone()), ..address.clone() }.trimmed();
            if address.company.is_none() {
                return Err(ReactError::Invalid(AddressFault::Missing(AddressPart::Point).to_string()));
            }
            address
        }
        _ => return Ok(None),
    };
    let Some(order) = order.filter(|_| promise.kind == "delivery") else {
        return Err(ReactError::Invalid("only what is delivered for an order can be delivered elsewhere".to_owned()));
    };
    if !promise.state.is_open() {
        return Err(ReactError::Invalid("this promise is no longer open, so it cannot be delivered elsewhere".to_owned()));
    }
    match address.fault(order.country) {
        Some(fault) => Err(ReactError::Invalid(fault.to_string())),
        None => Ok(Some(address)),
    }
}
