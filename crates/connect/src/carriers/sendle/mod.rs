//! Sendle (Australia, United States, Canada): tracking and its webhook.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/sendle.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "sendle";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/sendle.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Sendle",
    number: &["sendle_reference", "tracking_number", "order_id"],
    events: &["tracking_events"],
    single: true,
    code: &["event_type"],
    text: &["description"],
    reason: &["reason"],
    places: &[
        &[&["location"]],
        &[&["location_data.suburb"], &["location_data.state"], &["location_data.postcode"], &["location_data.country"]],
        &[&["origin_location"]],
        &[&["destination_location"]],
    ],
    country: &["location_data.country"],
    state: &["location_data.state"],
    at: &["local_scan_time", "display_time", "scan_time"],
    utc: &["scan_time"],
    expected: &["scheduling.estimated_delivery_date_maximum", "scheduling.estimated_delivery_date_minimum"],
    ..Outline::EMPTY
};
