//! Canpar Express (Canada): `trackByBarcodeV2` (SOAP), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/canpar.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "canpar";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/canpar.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Canpar",
    number: &["barcode"],
    events: &["events"],
    code: &["code"],
    text: &["code_description_en", "code_description_fr"],
    reason: &["comment"],
    places: &[&[&["address.city"], &["address.province"], &["address.postal_code"], &["address.country"]]],
    country: &["address.country"],
    state: &["address.province"],
    home: Some("CA"),
    at: &["local_date_time"],
    patterns: &["%Y%m%d %H%M%S", "%Y%m%d %H%M", "%Y%m%d"],
    expected: &["estimated_delivery_date"],
    ..Outline::EMPTY
};
