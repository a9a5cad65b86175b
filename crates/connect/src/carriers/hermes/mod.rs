//! Hermes Germany: shipment info of the HSI interface, which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/hermes.md`.

use kept_engine::ports::ParseError;
use serde_json::Value;

use crate::partner::Partner;
use crate::reading::outline::Outline;
use crate::reading::refusal::{Refusal, refused};
use crate::reading::tree::{list_at, text_at};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "hermes";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/hermes.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Hermes",
    number: &["shipmentID", "shipmentId", "barcode", "parcelNumber"],
    events: &["status", "statusHistory", "events", "shipmentStatus"],
    code: &["code", "statusCode", "eventCode"],
    text: &["description", "statusText", "text", "status"],
    places: &[&[
        &["scanningUnit.city", "scanningUnit.name", "location.city", "location.name", "location", "city"],
        &["scanningUnit.countryCode", "location.countryCode", "countryCode"],
    ]],
    country: &["scanningUnit.countryCode", "location.countryCode", "countryCode"],
    destination: &["receiverAddress.countryCode", "receiver.countryCode"],
    at: &["timestamp", "dateTime", "statusTimestamp"],
    date: &["date"],
    time: &["time"],
    patterns: &["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"],
    expected: &["deliveryForecast.date", "deliveryForecast", "deliveryForecast.fixed"],
    refused: unknown_numbers,
    ..Outline::EMPTY
};

/// A number that is not known comes as a shipment without states whose `result` says so.
fn unknown_numbers(answer: &Value) -> Option<ParseError> {
    let shipments = list_at(answer, &["shipmentinfo"]);
    if shipments.iter().any(|shipment| !list_at(shipment, OUTLINE.events).is_empty()) {
        return None;
    }
    let said = shipments.iter().find_map(|shipment| text_at(shipment, &["result.message"]))?;
    (Refusal::of("", &said) == Refusal::NotFound).then(|| refused(OUTLINE.partner, Refusal::NotFound, "", &said))
}
