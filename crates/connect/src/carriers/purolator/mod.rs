//! Purolator: E-Ship web services, `TrackPackagesByPin` (SOAP), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/purolator.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "purolator";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/purolator.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "Purolator",
    number: &["PIN.Value", "PIN"],
    events: &["Scans.Scan", "Scans"],
    code: &["ScanType"],
    text: &["Description"],
    reason: &["Comment", "ScanDetails.UndeliverableReason"],
    places: &[&[&["Depot.Name", "Depot"]]],
    home: Some("CA"),
    date: &["ScanDate"],
    time: &["ScanTime"],
    ..Outline::EMPTY
};
