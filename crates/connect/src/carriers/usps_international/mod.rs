//! USPS, tracking v3 as it answers for international parcels, which is asked. The carrier is `usps`.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/usps_international.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "usps_international";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/usps_international.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    table: Some("usps"),
    carrier: "usps",
    partner: "USPS",
    number: &["trackingNumber", "ID"],
    events: &["trackingEvents", "eventSummaries", "trackDetail"],
    newest: &["TrackSummary"],
    code: &["eventCode"],
    text: &["eventType", "event", "name"],
    reason: &["actionCode", "reasonCode"],
    places: &[&[
        &["eventCity"],
        &["eventState", "eventStateOrProvince"],
        &["eventZIP", "eventZIPCode", "eventZip"],
        &["eventCountry"],
    ]],
    country: &["eventCountry"],
    state: &["eventState"],
    home: Some("US"),
    at: &["eventTimestamp", "eventDateTime"],
    date: &["eventDate"],
    time: &["eventTime"],
    utc: &["GMTTimestamp"],
    offset: &["GMTOffset"],
    patterns: &["%B %d, %Y"],
    expected: &[
        "deliveryDateExpectation.expectedDeliveryTimestamp",
        "expectedDeliveryTimeStamp",
        "expectedDeliveryDate",
        "predictedDeliveryDate",
    ],
    ..Outline::EMPTY
};
