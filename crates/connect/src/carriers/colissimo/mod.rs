//! Colissimo's own services, which are asked: the shipper's tracking (SOAP, its operation `track` tells the last event) and the timeline
//! (`timelineCompany`, JSON or SOAP, all events). Suivi v2 of La Poste, which knows the same parcels, is the source `laposte`.
//!
//! Where the shapes come from, and what is not verified: `docs/connectors/colissimo.md`.

use kept_engine::ports::ParseError;
use serde_json::Value;

use crate::partner::Partner;
use crate::reading::outline::Outline;
use crate::reading::refusal::{Refusal, refused};
use crate::reading::tree::{Names, field, is_empty, list_at, text_at};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "colissimo";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/colissimo.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

const COUNTRY: Names = &["countryCodeISO", "countryCode", "country"];

static OUTLINE: Outline = Outline {
    source: SOURCE,
    // Colissimo is La Poste's (`carriers.toml`): what both sources tell of a number is of one parcel.
    carrier: "laposte",
    partner: "Colissimo",
    number: &["skybillNumber", "parcelNumber"],
    events: &["event"],
    single: true,
    code: &["eventCode", "code"],
    text: &["eventLibelle", "labelLong", "labelShort"],
    places: &[&[&["eventSite", "siteName"], &["siteZipCode"], COUNTRY]],
    country: COUNTRY,
    // Réunion keeps another clock than the rest of France.
    postal: &["siteZipCode"],
    at: &["eventDate", "date"],
    patterns: &["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"],
    refused: said_no,
    // A step of the timeline is no event but what it has come to.
    amend: |_, event| text_at(event, &["stepId"]).is_none(),
    ..Outline::EMPTY
};

/// `errorCode` of `track`, `status[].code` of the timeline: 0, or a number out of one list.
fn said_no(answer: &Value) -> Option<ParseError> {
    if any(answer, 0, &|value| text_at(value, OUTLINE.code).is_some() && text_at(value, OUTLINE.at).is_some()) {
        return None;
    }
    let (code, said) = verdict(answer, 0)?;
    let refusal = match code.as_str() {
        // Nothing is wrong: either the parcel is there and has no event yet, or nothing is there at all.
        "0" if any(answer, 0, &|value| field(value, "event").is_some() || field(value, "step").is_some()) => return None,
        "0" | "105" => Refusal::NotFound,
        "101" | "104" => Refusal::Question,
        "103" => Refusal::Other,
        "201" | "202" => Refusal::Key,
        "1000" => Refusal::OutOfOrder,
        _ => Refusal::of("", &said),
    };
    Some(refused("Colissimo", refusal, &code, &said))
}

/// What the answer says of itself: a number, and words where it has any.
fn verdict(value: &Value, depth: usize) -> Option<(String, String)> {
    let of = |value: &Value, code: Names, said: Names| Some((text_at(value, code)?, text_at(value, said).unwrap_or_default()));
    let status = || list_at(value, &["status"]).iter().find_map(|status| of(status, &["code"], &["message"]));
    let here = of(value, &["errorCode"], &["errorMessage"]).or_else(status);
    here.or_else(|| inside(value, depth).find_map(|inner| verdict(inner, depth + 1)))
}

fn any(value: &Value, depth: usize, wanted: &dyn Fn(&Value) -> bool) -> bool {
    wanted(value) || inside(value, depth).any(|inner| any(inner, depth + 1, wanted))
}

/// What lies in it, down to where no answer is any more.
fn inside(value: &Value, depth: usize) -> impl Iterator<Item = &Value> {
    let (fields, values) = match value {
        _ if depth > 8 => (None, None),
        Value::Object(fields) => (Some(fields.values()), None),
        Value::Array(values) => (None, Some(values.iter())),
        _ => (None, None),
    };
    fields.into_iter().flatten().chain(values.into_iter().flatten()).filter(|inner| !is_empty(inner))
}
