//! Parcels, a row each.

use jiff::tz::TimeZone;
use kept_engine::views::{ParcelFilter, ParcelLine};

use super::{Cell, Table, zone};

const COLUMNS: [&str; 21] = [
    "id",
    "carrier",
    "tracking_number",
    "order",
    "order_number",
    "promise",
    "promise_state",
    "due",
    "due_day",
    "milestone",
    "exceptions",
    "exception_since",
    "claimed_cause",
    "contested",
    "carrier_estimate",
    "first_seen",
    "handed_over_at",
    "last_scan_at",
    "delivered_at",
    "scans",
    "not_found_since",
];

/// The parcels of a filter, wherever a page of them begins.
#[must_use]
pub fn parcels(filter: ParcelFilter) -> Table {
    Table::new("parcels", &COLUMNS, move |engine, after| {
        let filter = ParcelFilter { after: after.map(str::to_owned), ..filter.clone() };
        let (lines, next) = engine.parcel_piece(&filter)?;
        let zone = zone(engine);
        Ok((lines.iter().map(|line| row(line, &zone)).collect(), next))
    })
}

fn row(line: &ParcelLine, zone: &TimeZone) -> Vec<Cell> {
    let parcel = &line.parcel;
    let promise = line.promise.as_ref();
    let open: Vec<&str> = parcel.open_exceptions().map(|exception| exception.kind.word()).collect();
    let last = parcel.open_exceptions().last();
    let [due, due_day] = Cell::due(promise.and_then(|promise| promise.due.as_ref()), zone);
    vec![
        Cell::value(parcel.id),
        Cell::text(&parcel.carrier),
        Cell::text(&parcel.tracking_number),
        Cell::maybe(parcel.order),
        Cell::maybe_text(line.order_number.as_ref()),
        Cell::maybe(parcel.promise),
        Cell::maybe(promise.map(|promise| promise.state.word())),
        due,
        due_day,
        Cell::value(parcel.milestone.word()),
        Cell::value(open.join(" ")),
        Cell::maybe_at(last.map(|exception| exception.opened_at), zone),
        Cell::maybe(last.map(|exception| exception.cause.word())),
        Cell::maybe(last.map(|exception| exception.contested)),
        Cell::maybe(parcel.carrier_estimate.map(|(day, _)| day)),
        Cell::at(parcel.first_seen, zone),
        Cell::maybe_at(parcel.handed_over_at(), zone),
        Cell::maybe_at(parcel.last_scan().map(|scan| scan.at), zone),
        Cell::maybe_at(parcel.delivered_at().map(|(at, _)| at), zone),
        Cell::value(parcel.scans.len()),
        Cell::maybe_at(parcel.not_found.map(|(since, _)| since), zone),
    ]
}
