//! Purolator: E-Ship web services, `TrackPackagesByPin` (SOAP), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/purolator.md`.

use jiff::civil::Time;
use serde_json::Value;

use crate::partner::Partner;
use crate::reading::history::Scan;
use crate::reading::outline::Outline;
use crate::reading::tree::field;

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
    single: true,
    code: &["ScanType"],
    text: &["Description"],
    reason: &["Comment", "ScanDetails.UndeliverableReason"],
    places: &[&[&["Depot.Name", "Depot"]]],
    home: Some("CA"),
    date: &["ScanDate"],
    time: &["ScanTime"],
    amend,
    ..Outline::EMPTY
};

/// A time that is a number has lost the zeros of `HHmmss` in front: 922 is nine minutes past midnight, not nine o'clock.
fn amend(scan: &mut Scan, event: &Value) -> bool {
    let number = field(event, "ScanTime").and_then(Value::as_i64);
    let part = |number: i64| i8::try_from(number % 100).unwrap_or_default();
    if let Some(number) = number.filter(|number| (0..10_000).contains(number))
        && let Ok(time) = Time::new(0, part(number / 100), part(number), 0)
    {
        scan.at.wall = scan.at.wall.date().to_datetime(time);
    }
    true
}
