//! DHL Express through MyDHL API (REST), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/mydhl.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "mydhl";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/mydhl.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    table: Some("dhl_express"),
    carrier: "dhl_express",
    partner: "MyDHL API",
    // A piece has a `trackingNumber` of its own, under which nobody asks.
    number: &["shipmentTrackingNumber"],
    events: &["events"],
    code: &["typeCode", "code", "serviceEvent.eventCode"],
    text: &["description", "serviceEvent.description"],
    reason: &["remark.furtherDetails", "remarks"],
    places: &[&[&["serviceArea.description", "serviceArea.code", "location"]]],
    destination: &["receiverDetails.postalAddress.countryCode", "receiverDetails.countryCode"],
    at: &["timestamp", "dateTime"],
    date: &["date"],
    time: &["time"],
    offset: &["GMTOffset", "gmtOffset"],
    expected: &["estimatedDeliveryDate", "estimatedTimeOfDelivery"],
    ..Outline::EMPTY
};
