//! Royal Mail: Tracking API v2 (events, and summaries of up to thirty items), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/royalmail.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "royalmail";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/royalmail.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: "royal_mail",
    partner: "Royal Mail",
    number: &["mailPieceId", "oneDBarcode"],
    events: &["events"],
    newest: &["summary"],
    repeated: true,
    code: &["eventCode", "lastEventCode"],
    tag: &["statusCategory"],
    text: &["eventName", "lastEventName", "statusDescription"],
    places: &[&[&["locationName", "lastEventLocationName"]]],
    at: &["eventDateTime", "lastEventDateTime"],
    expected: &["estimatedDelivery.date"],
    ..Outline::EMPTY
};
