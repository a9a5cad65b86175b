//! DHL Paket in Germany: Parcel DE Tracking (XML of `data` elements, and its newer JSON), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/dhl_parcel_de.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "dhl_parcel_de";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/dhl_parcel_de.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "DHL Paket",
    named_by: Some("name"),
    number: &["piece-code", "searched-piece-code", "piece-identifier", "id", "trackingNumber"],
    events: &["piece-event-list.piece-event", "piece-event", "events"],
    single: true,
    code: &["ice", "standard-event-code", "statusCode", "code"],
    tag: &["ruecksendung"],
    text: &["event-status", "event-text", "event-short-status", "description", "status", "status-text"],
    reason: &["ric", "event-short-status"],
    places: &[&[
        &["event-location", "location.address.addressLocality", "location.name", "location"],
        &["location.address.postalCode"],
        &["event-country", "location.address.countryCode"],
    ]],
    country: &["event-country", "location.address.countryCode"],
    destination: &["dest-country", "destination.address.countryCode"],
    at: &["event-timestamp", "timestamp", "status-timestamp"],
    patterns: &["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"],
    expected: &["delivery-date-to", "estimated-delivery-date", "estimatedTimeOfDelivery"],
    ..Outline::EMPTY
};
