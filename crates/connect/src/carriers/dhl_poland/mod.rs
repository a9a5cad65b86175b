//! DHL in Poland: DHL24 WebAPI, `getTrackAndTraceInfo` (SOAP), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/dhl_poland.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "dhl_poland";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/dhl_poland.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "DHL24",
    number: &["shipmentId"],
    events: &["events.item", "events.shipmentEvent", "events.event", "events", "shipmentEvent"],
    code: &["status"],
    text: &["description"],
    places: &[&[&["terminal"]]],
    at: &["timestamp"],
    ..Outline::EMPTY
};
