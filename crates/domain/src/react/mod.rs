//! `react(state, news, packs, clock) → facts`: all policy, run once, live.
//!
//! For each subject the news touches, first what fell due before it fires, then the news becomes facts, then what follows from it is
//! judged. Whatever figure, version or clock reading caused something is written into the fact.

mod choice;
mod customer;
mod deed;
mod errand;
mod judging;
mod lines;
mod loss;
mod message;
mod order;
mod parcel;
mod promise;
mod supply;

use kept_base::{Due, Moment, OrderId, from_millis};

use crate::apply::event_key;
use crate::desk::{Desk, ShelfError};
use crate::input::{Input, News};
use crate::order::Order;
use crate::subject::{KeyKind, NaturalKey};
use crate::watch::Rules;

pub use choice::gone;
pub use customer::identify;
pub use message::Barred;
pub use order::owed_back;

/// What became of one piece of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// It is recorded now.
    Taken,
    /// It was known already.
    Duplicate,
}

/// Why news could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum ReactError {
    /// The news makes no sense: what is wrong, in the user's words. Nothing of it was written.
    #[error("{0}")]
    Invalid(String),
    /// The store could not; the whole transaction is off.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
}

/// Takes one piece of news.
///
/// # Errors
/// See [`ReactError`].
pub fn react(desk: &mut Desk<'_>, rules: &Rules<'_>, input: &Input) -> Result<Reaction, ReactError> {
    desk.source.clone_from(&input.source);
    desk.happened(moment(&input.news));
    // Orders, parcels and scans are known by what they are; other news only by its source's id.
    let by_id = matches!(
        input.news,
        News::RefundPaid(_)
            | News::CustomerContacted(_)
            | News::CustomerAnswered(_)
            | News::CustomerOptedOut(_)
            | News::WordGiven(_)
            | News::DeedNoted(_)
    );
    let event = input.event_id.clone().filter(|_| by_id);
    if let Some(event) = &event {
        let key = NaturalKey { brand: desk.brand, kind: KeyKind::Event, key: event_key(&input.source, event) };
        if desk.find(&key)?.is_some() {
            return Ok(Reaction::Duplicate);
        }
    }
    desk.event(event);
    let mut react = React { desk, rules };
    let reaction = match &input.news {
        News::OrderPlaced(news) => react.order_placed(news),
        News::OrderLinesCancelled(news) => react.lines_cancelled(news),
        News::OrderLinesAdded(news) => react.lines_added(news),
        News::OrderLinesBackordered(news) => react.lines_backordered(news),
        News::OrderLinesAvailable(news) => react.lines_available(news),
        News::RefundPaid(news) => react.refund_paid(news),
        News::ParcelAnnounced(news) => react.parcel_announced(news),
        News::ParcelScanned(news) => react.parcel_scanned(news),
        News::ParcelManifested(news) => react.parcel_manifested(news),
        News::ParcelNotFound(news) => react.parcel_not_found(news),
        News::ParcelScanWithdrawn(news) => react.parcel_scan_withdrawn(news),
        News::ParcelEstimated(news) => react.parcel_estimated(news),
        News::CustomerContacted(news) => react.customer_contacted(news),
        News::CustomerAnswered(news) => react.customer_answered(news),
        News::CustomerOptedOut(news) => react.customer_opted_out(news),
        News::MessageReceipt(news) => react.message_receipt(&input.source, news),
        News::WordGiven(news) => react.word_given(news),
        News::DeedNoted(news) => react.deed_noted(news),
    };
    desk.happened(None);
    desk.event(None);
    reaction
}

/// What time made due of the subjects of `news`, before it: fires what became true before the desk's clock.
///
/// # Errors
/// When the store cannot.
pub fn advance_promise(
    desk: &mut Desk<'_>,
    rules: &Rules<'_>,
    promise: kept_base::PromiseId,
    inclusive: bool,
) -> Result<(), ShelfError> {
    "watch".clone_into(&mut desk.source);
    React { desk, rules }.advance_promise(promise, inclusive)
}

/// The same for what is found of a parcel.
///
/// # Errors
/// When the store cannot.
pub fn advance_parcel(
    desk: &mut Desk<'_>,
    rules: &Rules<'_>,
    parcel: kept_base::ParcelId,
    inclusive: bool,
) -> Result<(), ShelfError> {
    "watch".clone_into(&mut desk.source);
    React { desk, rules }.advance_parcel(parcel, inclusive)
}

/// Writes down what became of an attempt to do something in a shop, and what follows from it.
///
/// # Errors
/// See [`ReactError`].
pub fn errand_tried(desk: &mut Desk<'_>, rules: &Rules<'_>, seen: &crate::errand::OutcomeSeen) -> Result<(), ReactError> {
    React { desk, rules }.errand_tried(seen)
}

/// Writes down what a person did with an errand, and what follows from it.
///
/// # Errors
/// See [`ReactError`].
pub fn errand_handled(desk: &mut Desk<'_>, rules: &Rules<'_>, handled: &crate::errand::Handled) -> Result<(), ReactError> {
    React { desk, rules }.errand_handled(handled)
}

/// Sets anew when a promise is to be looked at, after something else changed it.
///
/// # Errors
/// When the store cannot.
pub fn rearm_promise(desk: &mut Desk<'_>, rules: &Rules<'_>, promise: kept_base::PromiseId) -> Result<(), ShelfError> {
    React { desk, rules }.rearm(promise)
}

/// The answer that a disputed promise owed was given: what was promised about it is kept.
///
/// # Errors
/// See [`ReactError`].
pub fn answer_given(desk: &mut Desk<'_>, rules: &Rules<'_>, disputed: kept_base::PromiseId, by: &str) -> Result<(), ReactError> {
    React { desk, rules }.keep_replies(disputed, by)
}

/// Writes down what became of an attempt to send, and what it says of who it was for.
///
/// # Errors
/// See [`ReactError`].
pub fn message_tried(
    desk: &mut Desk<'_>,
    rules: &Rules<'_>,
    seen: &crate::message::OutcomeSeen,
    barred: Option<Barred>,
) -> Result<(), ReactError> {
    React { desk, rules }.message_tried(seen, barred)
}

/// When the news happened; `None` where its source does not say.
pub fn moment(news: &News) -> Option<Moment> {
    let at = match news {
        News::CustomerOptedOut(news) => return news.at,
        News::MessageReceipt(news) => return news.at,
        News::OrderPlaced(news) => news.at,
        News::OrderLinesCancelled(news) => news.at,
        News::OrderLinesAdded(news) => news.at,
        News::OrderLinesBackordered(news) => news.at,
        News::OrderLinesAvailable(news) => news.at,
        News::RefundPaid(news) => news.at,
        News::ParcelAnnounced(news) => news.at,
        News::ParcelScanned(news) => news.at,
        News::ParcelManifested(news) => news.at,
        News::ParcelNotFound(news) => news.at,
        News::ParcelScanWithdrawn(news) => news.at,
        News::ParcelEstimated(news) => news.at,
        News::CustomerContacted(news) => news.at,
        News::CustomerAnswered(news) => news.at,
        News::WordGiven(news) => news.at,
        News::DeedNoted(news) => news.at,
    };
    Some(at)
}

/// One reaction under way.
struct React<'a, 'b> {
    desk: &'a mut Desk<'b>,
    rules: &'a Rules<'a>,
}

impl React<'_, '_> {
    fn order_by_number(&mut self, number: &str) -> Result<Option<Order>, ReactError> {
        let key = self.order_key(number);
        match self.desk.find(&key)? {
            Some(subject) => Ok(self.desk.order(OrderId::from(subject))?),
            None => Ok(None),
        }
    }

    fn order_key(&self, number: &str) -> NaturalKey {
        NaturalKey { brand: self.desk.brand, kind: KeyKind::OrderNumber, key: number.trim().to_owned() }
    }

    fn known_order(&mut self, number: &str) -> Result<Order, ReactError> {
        self.order_by_number(number)?
            .ok_or_else(|| ReactError::Invalid(format!("no order `{number}` is known; send `order.placed` first")))
    }

    /// An instant of the moment: as known, or the wall clock in a zone.
    fn instant(&self, at: &Moment, zone: &str) -> i64 {
        let instant = at
            .instant()
            .or_else(|| kept_base::moment::zone_named(zone).ok().and_then(|zone| Moment::local(at.wall, &zone).instant()));
        instant.map_or_else(|| at.sort_key_millis(), kept_base::millis)
    }

    fn end_of_day(&self, day: jiff::civil::Date, zone: &str, field: &str) -> Result<Due, ReactError> {
        let due = Due::end_of_day(day, zone).map_err(|error| ReactError::Invalid(format!("`{field}`: {error}")))?;
        self.sane(&due, field)?;
        Ok(due)
    }

    /// A due that lies decades away is a slip of the pen, not a promise.
    fn sane(&self, due: &Due, field: &str) -> Result<(), ReactError> {
        const DECADE: i64 = 3_653 * 86_400_000;
        let at = kept_base::millis(due.at);
        if (at - self.desk.clock).abs() > DECADE {
            let day = from_millis(at).map(|at| at.to_string()).unwrap_or_default();
            return Err(ReactError::Invalid(format!("`{field}` is {day}: more than ten years from now")));
        }
        Ok(())
    }
}
