//! Asendia: tracking, which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/asendia.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "asendia";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/asendia.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Asendia",
    number: &["trackingNumber", "trackingId", "barcode", "parcelNumber"],
    events: &["trackingEvents", "trackingBrandedEvents", "events", "eventHistory"],
    code: &["code", "eventCode"],
    text: &["carrierEventDescription", "description", "eventDescription", "label", "name"],
    reason: &["status", "eventStatus"],
    places: &[&[
        &["locationName", "location.city", "location.name", "location", "city"],
        &["location.state", "state"],
        &["location.postalCode", "postalCode"],
        &["location.country", "locationCountry", "countryCode", "country"],
    ]],
    country: &["location.country", "locationCountry", "countryCode", "country"],
    destination: &["destinationCountry", "recipient.country"],
    at: &["time", "eventTime", "dateTime", "timestamp", "eventDate", "date"],
    expected: &["estimatedDeliveryDate"],
    ..Outline::EMPTY
};
