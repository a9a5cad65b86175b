//! Aramex: Tracking API, `TrackShipments` (JSON and SOAP), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/aramex.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "aramex";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/aramex.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Aramex",
    number: &["Key", "WaybillNumber"],
    events: &["Value.TrackingResult", "Value"],
    // Answers for one waybill are also seen without the list by number.
    single: true,
    code: &["UpdateCode"],
    text: &["UpdateDescription"],
    reason: &["Comments"],
    places: &[&[&["UpdateLocation"]]],
    at: &["UpdateDateTime"],
    patterns: &["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"],
    unknown: &["NonExistingWaybills.string", "NonExistingWaybills"],
    ..Outline::EMPTY
};
