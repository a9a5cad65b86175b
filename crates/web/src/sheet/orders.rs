//! Orders, a row for each line, in the words that reading orders from a file knows: what comes out here goes in there.

use kept_base::{Language, Money};
use kept_domain::order::Line;
use kept_engine::views::OrderFile;

use super::{Cell, Table};
use crate::api::shapes::Sight;

const COLUMNS: [&str; 30] = [
    "order_number",
    "at",
    "promised_day",
    "promised_at",
    "ship_by",
    "delivery_fee",
    "currency",
    "destination_country",
    "customer.reference",
    "customer.name",
    "customer.email",
    "customer.phone",
    "customer.address",
    "customer.city",
    "customer.language",
    "customer.country",
    "customer.zone",
    "customer.consumer",
    "customer.account",
    "line.sku",
    "line.title",
    "line.quantity",
    "line.price",
    "line.seller",
    // What reading orders does not take up again.
    "line.cancelled_at",
    "line.cancelled_by",
    "order_id",
    "customer_id",
    "refunded",
    "refunded_currency",
];

/// Every order that was placed, oldest first.
#[must_use]
pub fn orders(sight: Sight) -> Table {
    Table::new("orders", &COLUMNS, move |engine, after| {
        let (files, next) = engine.order_piece(after)?;
        Ok((files.iter().flat_map(|file| rows(file, sight)).collect(), next))
    })
}

/// A row for each line; what belongs to the whole order stands in each, but for its amounts: added up, they must come to the order's.
fn rows(file: &OrderFile, sight: Sight) -> Vec<Vec<Cell>> {
    let order = &file.order;
    let titles = file.titles.iter().map(Option::as_deref).chain(std::iter::repeat(None));
    // A line that the shop took off is none of the order's any more.
    let lines: Vec<(&Line, Option<&str>)> = order.lines.iter().zip(titles).filter(|(line, _)| !line.removed).collect();
    let mut out = Vec::with_capacity(lines.len() + 1);
    let fits = lines.first().is_some_and(|(line, _)| same_currency(line.price, order.fee));
    if !fits {
        out.push(row(file, sight, None, order.fee, true));
    }
    for (place, line) in lines.into_iter().enumerate() {
        let first = fits && place == 0;
        out.push(row(file, sight, Some(line), order.fee.filter(|_| first), first));
    }
    out
}

/// A row has one currency.
fn same_currency(price: Option<Money>, fee: Option<Money>) -> bool {
    price.zip(fee).is_none_or(|(price, fee)| price.currency == fee.currency)
}

fn row(file: &OrderFile, sight: Sight, line: Option<(&Line, Option<&str>)>, fee: Option<Money>, first: bool) -> Vec<Cell> {
    let order = &file.order;
    let zone = kept_base::moment::zone_named(&order.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let personal = sight == Sight::Personal;
    let person = file.person.as_ref().filter(|_| personal).and_then(|person| person.details.as_ref());
    let promised = order.promised.as_ref();
    let day = promised.and_then(|due| due.day);
    let price = line.and_then(|(line, _)| line.price);
    let currency = price.or(fee).map(|money| money.currency.code().to_owned());
    let cancelled = line.and_then(|(line, _)| line.cancelled);
    let [refunded, refunded_currency] = Cell::money(order.refunded.filter(|_| first));
    vec![
        Cell::text(&order.number),
        Cell::at(order.placed_at, &zone),
        Cell::maybe(day),
        Cell::maybe_at(promised.filter(|_| day.is_none()).map(|due| kept_base::millis(due.at)), &zone),
        Cell::maybe(order.ship_by.as_ref().and_then(|due| due.day)),
        Cell::maybe(fee.map(|fee| fee.decimal_text())),
        Cell::maybe(currency),
        Cell::maybe(order.country),
        Cell::maybe_text(person.and_then(|person| person.reference.as_ref())),
        Cell::maybe_text(person.and_then(|person| person.name.as_ref())),
        Cell::maybe_text(person.and_then(|person| person.email.as_ref())),
        Cell::maybe_text(person.and_then(|person| person.phone.as_ref())),
        Cell::maybe_text(person.and_then(|person| person.address.as_ref())),
        Cell::maybe_text(person.and_then(|person| person.city.as_ref())),
        Cell::maybe(person.and_then(|person| person.language).map(Language::tag)),
        Cell::maybe(person.and_then(|person| person.country)),
        // The zone in which the order's days end.
        Cell::text(&order.zone),
        Cell::maybe(person.and_then(|person| person.consumer)),
        Cell::maybe_text(person.and_then(|person| person.account.as_ref())),
        Cell::maybe_text(line.map(|(line, _)| &line.sku)),
        Cell::maybe_text(line.and_then(|(_, title)| title).filter(|_| personal)),
        Cell::maybe(line.map(|(line, _)| line.quantity)),
        Cell::maybe(price.map(|price| price.decimal_text())),
        Cell::maybe_text(line.and_then(|(line, _)| line.seller.as_ref())),
        Cell::maybe_at(cancelled.map(|(_, at)| at), &zone),
        Cell::maybe(cancelled.map(|(by, _)| by.word())),
        Cell::value(order.id),
        Cell::maybe(order.customer),
        refunded,
        refunded_currency,
    ]
}
