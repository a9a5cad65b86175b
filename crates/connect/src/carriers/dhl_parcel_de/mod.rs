//! DHL Paket in Germany: Parcel DE Tracking (XML of `data` elements, and its newer JSON), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/dhl_parcel_de.md`.

use serde_json::Value;

use crate::partner::Partner;
use crate::reading::history::Scan;
use crate::reading::outline::Outline;
use crate::reading::tree::text_at;

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
    at: &["event-timestamp", "timestamp", "status-timestamp", "last-event-timestamp"],
    patterns: &["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"],
    expected: &["delivery-date-to", "estimated-delivery-date", "estimatedTimeOfDelivery"],
    amend: with_standard_code,
    ..Outline::EMPTY
};

/// The two-letter standard event code is coarser than ICE and text: it is a tag, after the one that says that it goes back.
fn with_standard_code(scan: &mut Scan, event: &Value) -> bool {
    if let Some(code) = text_at(event, &["standard-event-code"]) {
        scan.tag = Some(scan.tag.take().map_or_else(|| code.clone(), |tag| format!("{tag}|{code}")));
    }
    true
}
