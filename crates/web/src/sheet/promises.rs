//! Promises, a row each.

use jiff::tz::TimeZone;
use kept_engine::views::{PromiseFilter, PromiseLine};

use super::{Cell, Table, zone};
use crate::api::shapes::Sight;

const COLUMNS: [&str; 37] = [
    "id",
    "kind",
    "state",
    "owner",
    "order_number",
    "customer",
    "customer_reference",
    "customer_name",
    "made_at",
    "due",
    "due_day",
    "first_due",
    "first_due_day",
    "review_at",
    "amended",
    "disputed_since",
    "outcome",
    "outcome_by_first_due",
    "outcome_at",
    "outcome_certain",
    "outcome_by",
    "cause",
    "estimate_day",
    "estimate_by_day",
    "estimate_basis",
    "amount",
    "currency",
    "told",
    "told_last_at",
    "chasers",
    "choice",
    "peace",
    "signals",
    "last_signal",
    "parcels",
    "tracking_numbers",
    "message_waiting",
];

/// The promises of a filter, wherever a page of them begins.
#[must_use]
pub fn promises(filter: PromiseFilter, sight: Sight) -> Table {
    Table::new("promises", &COLUMNS, move |engine, after| {
        let filter = PromiseFilter { after: after.map(str::to_owned), ..filter.clone() };
        let (lines, next) = engine.promise_piece(&filter)?;
        let zone = zone(engine);
        Ok((lines.iter().map(|line| row(line, sight, &zone)).collect(), next))
    })
}

fn row(line: &PromiseLine, sight: Sight, zone: &TimeZone) -> Vec<Cell> {
    let promise = &line.promise;
    let person = line.person.as_ref().filter(|_| sight == Sight::Personal).and_then(|person| person.details.as_ref());
    let outcome = promise.outcome.as_ref();
    let estimate = promise.estimate.as_ref();
    let told = promise.told.iter().filter(|told| !told.bounced);
    let [due, due_day] = Cell::due(promise.due.as_ref(), zone);
    let [first_due, first_due_day] = Cell::due(promise.first_due.as_ref(), zone);
    let [amount, currency] = Cell::money(promise.amount);
    let numbers: Vec<&str> = line.parcels.iter().map(|parcel| parcel.tracking_number.as_str()).collect();
    vec![
        Cell::value(promise.id),
        Cell::text(&promise.kind),
        Cell::value(promise.state.word()),
        Cell::text(&promise.owner),
        Cell::maybe_text(line.order_number.as_ref()),
        Cell::maybe(promise.customer),
        Cell::maybe_text(person.and_then(|person| person.reference.as_ref())),
        Cell::maybe_text(person.and_then(|person| person.name.as_ref())),
        Cell::at(promise.made_at, zone),
        due,
        due_day,
        first_due,
        first_due_day,
        Cell::maybe_at(promise.review_at, zone),
        Cell::value(promise.amended),
        Cell::maybe_at(promise.disputed, zone),
        Cell::maybe(outcome.map(|outcome| outcome.state.word())),
        Cell::maybe(outcome.map(|outcome| outcome.by_first_due.word())),
        Cell::maybe_at(outcome.map(|outcome| outcome.at), zone),
        Cell::maybe(outcome.map(|outcome| outcome.certain)),
        Cell::maybe_text(outcome.map(|outcome| &outcome.by)),
        Cell::maybe_text(outcome.and_then(|outcome| outcome.cause.as_ref())),
        Cell::maybe(estimate.map(|estimate| estimate.day)),
        Cell::maybe(estimate.and_then(|estimate| estimate.by_day)),
        Cell::maybe_text(estimate.map(|estimate| &estimate.basis)),
        amount,
        currency,
        Cell::value(told.clone().count()),
        Cell::maybe_at(told.map(|told| told.at).max(), zone),
        Cell::value(promise.chasers.len()),
        Cell::maybe_text(promise.choice.as_ref()),
        Cell::value(promise.peace),
        Cell::value(promise.signals.len()),
        Cell::maybe(promise.signals.last().map(|signal| signal.kind.word())),
        Cell::value(line.parcels.len()),
        Cell::text(numbers.join(" ")),
        Cell::maybe(line.waiting),
    ]
}
