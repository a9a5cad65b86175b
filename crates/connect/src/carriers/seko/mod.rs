//! SEKO ECommerce (OmniParcel): tracking status and its webhook.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/seko.md`.

use kept_engine::ports::ParseError;
use serde_json::Value;

use crate::partner::Partner;
use crate::reading::outline::Outline;
use crate::reading::refusal::{Refusal, refused};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "seko";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/seko.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "SEKO",
    number: &["ConsignmentNo", "TrackingNo", "Connote"],
    events: &["Events"],
    code: &["OmniCode", "Code"],
    text: &["Description", "Status"],
    places: &[&[&["Location"]]],
    country: &["Location"],
    at: &["EventDT", "eventdate"],
    refused: nothing,
    ..Outline::EMPTY
};

/// An empty list answers for a number that is not known.
fn nothing(answer: &Value) -> Option<ParseError> {
    answer.as_array()?.is_empty().then(|| refused(OUTLINE.partner, Refusal::NotFound, "", ""))
}
