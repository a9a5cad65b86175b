//! SmartKargo (airlines' parcels): tracking events.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/smartkargo.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "smartkargo";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/smartkargo.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "SmartKargo",
    number: &["packageReference", "trackingNumber", "airWaybill", "awbNumber", "headerReference", "reference"],
    events: &["events", "trackingEvents", "history"],
    single: true,
    code: &["eventType", "eventCode", "code", "status"],
    text: &["description", "eventDescription", "statusDescription", "eventType"],
    reason: &["remarks", "comments"],
    places: &[&[&["eventLocation", "location", "location.name", "location.code", "airportCode", "airport", "station"]]],
    at: &["eventDate", "eventDateTime", "timestamp", "dateTime"],
    date: &["eventDate", "date"],
    time: &["eventTime", "time"],
    patterns: &["%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d-%b-%Y %H:%M"],
    expected: &["estimatedDeliveryDate"],
    ..Outline::EMPTY
};
