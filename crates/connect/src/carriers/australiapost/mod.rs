//! Australia Post: Shipping and Tracking API, which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/australiapost.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "australiapost";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/australiapost.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Australia Post",
    number: &["article_id", "tracking_id", "consignment_id"],
    events: &["events", "track_events"],
    code: &["event_code", "code", "event_type"],
    text: &["description", "event_description"],
    places: &[&[&["location", "location.name"]]],
    home: Some("AU"),
    at: &["date", "date_time", "event_date"],
    ..Outline::EMPTY
};
