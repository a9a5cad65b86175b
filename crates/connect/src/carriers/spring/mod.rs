//! Spring GDS (XBS): `TrackShipment`, which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/spring.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "spring";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/spring.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Spring",
    number: &["TrackingNumber", "DisplayId", "ShipperReference"],
    events: &["Events"],
    code: &["Code"],
    text: &["Description", "CarrierDescription"],
    reason: &["CarrierDescription"],
    places: &[&[&["City"], &["State"], &["Zip", "ZipCode", "PostalCode"], &["Country"]]],
    country: &["Country"],
    state: &["State"],
    destination: &["ConsigneeAddress.Country", "DestinationCountry"],
    at: &["DateTime", "Timestamp", "Date"],
    patterns: &["%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S"],
    ..Outline::EMPTY
};
