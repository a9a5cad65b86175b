//! Amazon Shipping: `getTracking` of the Selling Partner API, v1 and v2, which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/amazon_shipping.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "amazon_shipping";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/amazon_shipping.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Amazon Shipping",
    number: &["trackingId"],
    events: &["eventHistory"],
    code: &["eventCode"],
    // The way out and the way back are one history: "Delivered" at the end of the way back is the sender's.
    tag: &["shipmentType"],
    // There are no words besides the code.
    text: &["eventCode"],
    places: &[&[&["location.city"], &["location.stateOrRegion"], &["location.postalCode"], &["location.countryCode"]]],
    country: &["location.countryCode"],
    state: &["location.stateOrRegion"],
    at: &["eventTime"],
    expected: &["promisedDeliveryDate"],
    ..Outline::EMPTY
};
