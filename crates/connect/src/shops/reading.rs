//! What the readers of shops share: amounts, days, people, and news.

use jiff::Timestamp;
use jiff::civil::Date;
use kept_base::{Country, Currency, Moment, Money};
use kept_domain::input::{
    CancelledBy, CustomerDetails, Input, LineOrdered, News, OrderLinesAvailable, OrderLinesBackordered, OrderLinesCancelled,
    OrderPlaced, ParcelAnnounced, RefundPaid,
};
use kept_engine::ports::Unmapped;
use serde_json::Value;

use super::names::Names;
use crate::reading::answer::{Object, short, text};
use crate::reading::names::Carriers;

/// Millionths of a currency's unit: shops calculate with more digits than they charge.
pub(crate) const MICRO: i128 = 1_000_000;

/// An amount as a shop writes it, text or number, in millionths. Group separators are not written by any of them.
pub(crate) fn micro(value: &Value) -> Option<i128> {
    let written = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let (negative, digits) = match written.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, written.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.len() <= 24 && part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction: i128 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let amount = whole.checked_mul(MICRO)?.checked_add(fraction)?;
    Some(if negative { -amount } else { amount })
}

/// The amount under this name.
pub(crate) fn micro_of(object: &Object, name: &str) -> Option<i128> {
    micro(object.get(name)?)
}

/// Millionths as money, rounded to what the currency has, halves away from nothing.
pub(crate) fn money(micro: i128, currency: Currency) -> Option<Money> {
    let unit = MICRO / 10_i128.checked_pow(currency.minor_digits()).filter(|scale| *scale <= MICRO)?;
    let minor = (micro.abs() + unit / 2) / unit;
    let minor = i64::try_from(minor).ok()?;
    Some(Money { minor: if micro < 0 { -minor } else { minor }, currency })
}

/// The currency under this name.
pub(crate) fn currency(object: &Object, name: &str) -> Option<Currency> {
    text(object, name)?.to_uppercase().parse().ok()
}

/// The country under this name.
pub(crate) fn country(object: &Object, name: &str) -> Option<Country> {
    text(object, name)?.to_uppercase().parse().ok()
}

/// A whole number from 1: quantities are written as numbers, texts, and `1.0`.
pub(crate) fn quantity(value: Option<&Value>) -> Option<u32> {
    let micro = micro(value?)?;
    (micro % MICRO == 0).then(|| u32::try_from(micro / MICRO).ok()).flatten()
}

/// A day in any of the ways that modules write it; `None` also where it could be two days.
pub(crate) fn promised_day(written: &str, formats: &[String], offset_seconds: Option<i32>) -> Option<Date> {
    let written = written.trim();
    if let Some(day) = formats.iter().find_map(|format| Date::strptime(format, written).ok()) {
        return Some(day);
    }
    if written.len() >= 9 && written.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds: i64 = written.parse().ok()?;
        let seconds = if seconds > 100_000_000_000 { seconds / 1000 } else { seconds };
        let shifted = seconds.checked_add(i64::from(offset_seconds.unwrap_or(0)))?;
        return Some(Timestamp::from_second(shifted).ok()?.to_zoned(jiff::tz::TimeZone::UTC).date());
    }
    if written.starts_with("0000") {
        return None;
    }
    const PLAIN: [&str; 8] =
        ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d %B %Y", "%d %B, %Y", "%B %d, %Y", "%Y-%m-%d %H:%M:%S", "%A, %d %B %Y"];
    crate::reading::times::day(written, &PLAIN).or_else(|| either_way(written))
}

/// `31/01/2026` is one day however it is read; `01/02/2026` is two.
fn either_way(written: &str) -> Option<Date> {
    let parts: Vec<&str> = written.split(['/', '-', '.']).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    let (first, second, year): (i8, i8, i16) = (first.parse().ok()?, second.parse().ok()?, year.parse().ok()?);
    if year < 1000 {
        return None;
    }
    match (Date::new(year, second, first).ok(), Date::new(year, first, second).ok()) {
        (Some(day), None) | (None, Some(day)) => Some(day),
        (Some(one), Some(other)) => (one == other).then_some(one),
        (None, None) => None,
    }
}

/// The promised day among named values; one that cannot be read is reported.
pub(crate) fn promised(
    values: &[(String, String)],
    names: &Names,
    offset_seconds: Option<i32>,
    unmapped: &mut Vec<Unmapped>,
) -> Option<Date> {
    let mut unread = None;
    for name in &names.promised {
        let Some((_, written)) = values.iter().find(|(other, value)| other == name && !value.trim().is_empty()) else { continue };
        match promised_day(written, &names.day_formats, offset_seconds) {
            Some(day) => return Some(day),
            None => unread = unread.or(Some((name, written))),
        }
    }
    if let Some((name, written)) = unread.filter(|(_, written)| !written.starts_with("0000")) {
        unmapped.push(Unmapped { code: name.clone(), text: short(written), what: "field".to_owned() });
    }
    None
}

/// The first of these names that has a value.
pub(crate) fn first_named(values: &[(String, String)], names: &[String]) -> Option<String> {
    names.iter().find_map(|name| {
        let (_, value) = values.iter().find(|(other, value)| other == name && !value.trim().is_empty())?;
        Some(value.trim().to_owned())
    })
}

/// Name and value of each entry of a list of `{key, value}`, where the value is plain.
pub(crate) fn named_values(list: &[Value], key: &str) -> Vec<(String, String)> {
    list.iter()
        .filter_map(|entry| {
            let entry = entry.as_object()?;
            Some((text(entry, key)?, text(entry, "value")?))
        })
        .collect()
}

/// A firm or a consumer: a firm has a VAT number or is named on the bill.
pub(crate) fn firm(customer: &mut CustomerDetails, company: Option<String>, vat_number: Option<String>) {
    customer.consumer = Some(company.is_none() && vat_number.is_none());
    customer.account = vat_number.or(company);
}

/// First and last name.
pub(crate) fn full_name(object: &Object, first: &str, last: &str) -> Option<String> {
    let parts: Vec<String> = [text(object, first), text(object, last)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Lines of an address.
pub(crate) fn address_lines(parts: &[Option<String>]) -> Option<String> {
    let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

/// Something that happened and that no news can say: kept, counted and shown.
pub(crate) fn untold(code: &str, words: impl AsRef<str>) -> Unmapped {
    Unmapped { code: code.to_owned(), text: short(words.as_ref()), what: "event".to_owned() }
}

/// The carrier of a name that a merchant may have written: `Colissimo - à domicile` is known by how it begins.
pub(crate) fn carrier(carriers: &Carriers, written: Option<&str>) -> String {
    let Some(written) = written.map(str::trim).filter(|written| !written.is_empty()) else { return "unknown".to_owned() };
    let words: Vec<&str> = written
        .split(|character: char| character.is_whitespace() || "-_/(|:,".contains(character))
        .filter(|word| !word.is_empty())
        .collect();
    let beginnings = (1..=words.len()).rev().filter_map(|count| words.get(..count).map(|words| words.join(" ")));
    let known = carriers.known(written).map(str::to_owned);
    known
        .or_else(|| beginnings.into_iter().find_map(|name| carriers.known(&name).map(str::to_owned)))
        .unwrap_or_else(|| carriers.name(written))
}

/// An order with what is known of its parcels, cancellations and refunds, told in the order in which they make sense.
///
/// Saying all of it with every payload is harmless: orders, parcels and cancellations are known by what they are, refunds by their id.
#[derive(Default)]
pub(crate) struct Told {
    pub source: &'static str,
    pub order: Option<OrderPlaced>,
    pub backordered: Vec<OrderLinesBackordered>,
    pub available: Vec<OrderLinesAvailable>,
    pub parcels: Vec<ParcelAnnounced>,
    pub cancellations: Vec<OrderLinesCancelled>,
    /// With the shop's id of each.
    pub refunds: Vec<(String, RefundPaid)>,
}

impl Told {
    pub(crate) fn tell(self, inputs: &mut Vec<Input>) {
        let source = self.source;
        let input = |event_id: Option<String>, news: News| Input { source: source.to_owned(), event_id, news };
        inputs.extend(self.order.map(|order| input(None, News::OrderPlaced(order))));
        inputs.extend(self.parcels.into_iter().map(|parcel| input(None, News::ParcelAnnounced(parcel))));
        inputs.extend(self.cancellations.into_iter().map(|cancelled| input(None, News::OrderLinesCancelled(cancelled))));
        inputs.extend(self.refunds.into_iter().map(|(id, refund)| input(Some(id), News::RefundPaid(refund))));
        // Last: what has left, or will not come, is not waited for.
        inputs.extend(self.backordered.into_iter().map(|lines| input(None, News::OrderLinesBackordered(lines))));
        inputs.extend(self.available.into_iter().map(|lines| input(None, News::OrderLinesAvailable(lines))));
    }
}

/// A cancellation of a whole order.
pub(crate) fn whole_cancelled(number: &str, at: Moment, by: CancelledBy, cause: Option<&str>) -> OrderLinesCancelled {
    OrderLinesCancelled {
        order_number: number.to_owned(),
        at,
        skus: Vec::new(),
        quantity: None,
        by,
        cause: cause.filter(|_| by == CancelledBy::Shop).map(str::to_owned),
    }
}

/// One line a product: a sku on two lines is one line, since lines are known by it.
pub(crate) fn merged(lines: Vec<LineOrdered>) -> Vec<LineOrdered> {
    let mut merged: Vec<LineOrdered> = Vec::with_capacity(lines.len());
    for line in lines {
        match merged.iter_mut().find(|known| known.sku == line.sku) {
            Some(known) => {
                known.quantity = known.quantity.saturating_add(line.quantity);
                known.price = known.price.zip(line.price).and_then(|(one, other)| one.checked_add(other).ok());
                // Two sellers of one article are nobody in particular.
                known.seller = known.seller.take().filter(|seller| line.seller.as_ref() == Some(seller));
            }
            None => merged.push(line),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_in_every_dress() {
        let minor = |value: Value| micro(&value).and_then(|micro| money(micro, Currency::EUR)).map(|money| money.minor);
        assert_eq!(minor(json!("12.50")), Some(1250));
        assert_eq!(minor(json!("12.500000")), Some(1250));
        assert_eq!(minor(json!(12.5)), Some(1250));
        assert_eq!(minor(json!("-0.005")), Some(-1));
        assert_eq!(minor(json!("12,50")), None);
        assert_eq!(minor(json!(1e300)), None);
        assert_eq!(micro(&json!("5")).and_then(|micro| money(micro, Currency::JPY)).map(|money| money.minor), Some(5));
    }

    #[test]
    fn days_in_every_dress_and_no_guess() {
        let day = |written: &str| promised_day(written, &[], Some(3600)).map(|day| day.to_string());
        for written in [
            "2026-01-31",
            "2026/01/31",
            "20260131",
            "31 January 2026",
            "January 31, 2026",
            "31/01/2026",
            "01/31/2026",
            "1769814000",
        ] {
            assert_eq!(day(written).as_deref(), Some("2026-01-31"), "{written}");
        }
        assert_eq!(day("01/02/2026"), None);
        assert_eq!(day("0000-00-00 00:00:00"), None);
        assert_eq!(day("soon"), None);
        let french = ["%d/%m/%Y".to_owned()];
        assert_eq!(promised_day("01/02/2026", &french, None).map(|day| day.to_string()).as_deref(), Some("2026-02-01"));
    }
}
