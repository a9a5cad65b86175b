//! PostNL: Shippingstatus API v2 (current and complete status, updated shipments), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/postnl.md`.

use serde_json::Value;

use crate::partner::Partner;
use crate::reading::history::Scan;
use crate::reading::outline::Outline;
use crate::reading::tree::text_at;
use crate::reading::{place, times};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "postnl";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/postnl.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "PostNL",
    number: &["Barcode", "MainBarcode"],
    events: &["Event", "Events", "OldStatus"],
    newest: &["Status"],
    repeated: true,
    code: &["Code", "StatusCode"],
    text: &["Description", "StatusDescription"],
    places: &[&[&["LocationCode"]]],
    destination: &["Address.CountryCode"],
    at: &["TimeStamp"],
    patterns: &["%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y"],
    expected: &["Expectation.ETATo", "Expectation.ETAFrom", "DeliveryDate"],
    amend,
    ..Outline::EMPTY
};

/// A location code is that of a site of PostNL's own: the Dutch clock hangs there.
fn amend(scan: &mut Scan, event: &Value) -> bool {
    let timed = text_at(event, OUTLINE.at).is_some_and(|written| written.contains(':'));
    if scan.location.is_some() && timed {
        scan.at = times::placed(scan.at, place::zone(Some("NL"), None, None).as_ref());
    }
    true
}
