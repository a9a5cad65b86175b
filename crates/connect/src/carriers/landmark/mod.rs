//! Landmark Global: Track API (XML), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/landmark.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "landmark";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/landmark.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Landmark Global",
    number: &["TrackingNumber", "LandmarkTrackingNumber", "PackageReference"],
    events: &["Events.Event", "Events"],
    code: &["EventCode", "StatusCode", "Code"],
    text: &["Status", "Description"],
    places: &[&[&["Location"]]],
    at: &["DateTime", "Time", "Date"],
    patterns: &[
        "%m/%d/%Y %I:%M:%S %p",
        "%m/%d/%Y %I:%M %p",
        "%m/%d/%Y %H:%M:%S",
        "%m/%d/%Y %H:%M",
        "%Y-%m-%d %I:%M:%S %p",
        "%Y-%m-%d %I:%M %p",
    ],
    expected: &["ExpectedDelivery", "ExpectedDeliveryDate"],
    ..Outline::EMPTY
};
