//! Teleship: tracking, which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/teleship.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "teleship";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/teleship.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Teleship",
    number: &["trackingNumber", "trackingId", "shipmentId"],
    events: &["events", "trackingEvents"],
    code: &["code", "status", "eventCode"],
    text: &["description", "message", "name"],
    places: &[&[
        &["location.city", "location.name", "location"],
        &["location.state"],
        &["location.postcode", "location.postalCode"],
        &["location.country", "location.countryCode"],
    ]],
    country: &["location.country", "location.countryCode"],
    state: &["location.state"],
    destination: &["shipTo.address.country", "destination.country"],
    at: &["timestamp", "date", "eventTime"],
    expected: &["estimatedDelivery", "estimatedDeliveryDate"],
    ..Outline::EMPTY
};
