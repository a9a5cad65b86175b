//! bpost (Belgium): tracking as JSON and as XML (`trackingInfo`), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/bpost.md`.

use kept_engine::ports::ParseError;
use serde_json::Value;

use crate::partner::Partner;
use crate::reading::outline::Outline;
use crate::reading::refusal::{Refusal, refused};
use crate::reading::tree::field;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "bpost";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/bpost.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "bpost",
    number: &["itemCode", "barcode", "trackingNumber"],
    events: &["stateInfo", "events", "event", "statusHistory"],
    code: &["stateCode", "statusCode", "code", "key.code", "key"],
    text: &[
        "stateDescription",
        "description",
        "key.EN.description",
        "key.FR.description",
        "key.NL.description",
        "key.DE.description",
        "key.description",
        "EN.description",
        "key",
    ],
    reason: &["irregularity.description", "irregularity"],
    places: &[&[
        &["location.locationName", "location.city", "location.name", "location", "city"],
        &["location.postalCode", "postalCode"],
        &["location.countryCode", "countryCode", "country"],
    ]],
    country: &["location.countryCode", "countryCode", "country"],
    destination: &["receiver.countryCode", "receiverInfo.countryCode", "receiver.country"],
    at: &["time", "dateTime", "timestamp", "eventTime"],
    date: &["date"],
    time: &["time"],
    expected: &["expectedDeliveryDate", "expectedDeliveryTimeRange.day"],
    refused: no_items,
    ..Outline::EMPTY
};

/// A list of no items answers for a number that is not known.
fn no_items(answer: &Value) -> Option<ParseError> {
    let items = field(answer, "items")?.as_array()?;
    items.is_empty().then(|| refused(OUTLINE.partner, Refusal::NotFound, "", ""))
}
