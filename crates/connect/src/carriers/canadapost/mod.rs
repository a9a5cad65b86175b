//! Canada Post: tracking detail and summary (XML, REST and SOAP), which are asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/canadapost.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "canadapost";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/canadapost.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Canada Post",
    number: &["pin"],
    events: &["significant-events.occurrence", "significant-events"],
    single: true,
    code: &["event-identifier", "event-type"],
    text: &["event-description"],
    places: &[&[&["event-site", "event-retail-name", "event-location"], &["event-province"]]],
    state: &["event-province"],
    home: Some("CA"),
    at: &["event-date-time"],
    date: &["event-date"],
    time: &["event-time"],
    offset: &["event-time-zone"],
    patterns: &["%Y%m%d:%H%M%S"],
    expected: &["changed-expected-date", "expected-delivery-date"],
    ..Outline::EMPTY
};
