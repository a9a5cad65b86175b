//! InPost (Poland): ShipX tracking, which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/inpost.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "inpost";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/inpost.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "InPost",
    number: &["tracking_number"],
    events: &["tracking_details"],
    code: &["status"],
    // There are no words besides the status.
    text: &["status"],
    places: &[&[&["location.name", "location", "agency"]]],
    at: &["datetime"],
    ..Outline::EMPTY
};
