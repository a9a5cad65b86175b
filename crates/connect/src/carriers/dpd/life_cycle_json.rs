//! The same in JSON: the REST service's `getTrackingDataResponse`, and the public page's `parcellifecycleResponse`.

use kept_engine::ports::ParseError;
use serde_json::Value;

use super::{LifeCycle, Status, is_reached, national};
use crate::reading::answer::{Object, first_text, object, objects, read_json, text, wrong_shape};
use crate::reading::refusal::{Refusal, refused};

/// Envelopes, from the outside in; each may be missing.
const ENVELOPES: [&str; 7] = [
    "getTrackingDataResponse",
    "GetTrackingDataResponse",
    "parcellifecycleResponse",
    "trackingResult",
    "trackingresult",
    "TrackingResult",
    "parcelLifeCycleData",
];

/// The life cycles in an answer.
pub(super) fn read(raw: &[u8]) -> Result<Vec<LifeCycle>, ParseError> {
    let payload = read_json("DPD", raw)?;
    if let Some(british) = national::parcel_events(&payload) {
        return Ok(vec![british]);
    }
    let mut cycles = Vec::new();
    for (answer, inner) in
        objects(Some(&payload)).flat_map(|answer| unwrapped(answer).into_iter().map(move |inner| (answer, inner)))
    {
        if inner.contains_key("statusInfo") || inner.contains_key("scanInfo") {
            cycles.push(read_cycle(answer, inner));
        } else if let Some(error) = error_of(answer).or_else(|| error_of(inner)) {
            return Err(error);
        } else if !std::ptr::eq(answer, inner) || ENVELOPES.iter().any(|name| answer.contains_key(*name)) {
            return Err(refused("DPD", Refusal::NotFound, "", ""));
        }
    }
    if cycles.is_empty() {
        return Err(wrong_shape(
            "this is JSON, but not an answer of DPD's parcel life cycle",
            "look at the bytes as they came; was another address called?",
        ));
    }
    Ok(cycles)
}

/// What is in the envelopes: one life cycle, or a list of them.
fn unwrapped(answer: &Object) -> Vec<&Object> {
    let mut inner = vec![answer];
    // As deep as there are names: an envelope within itself is nobody's answer.
    for _ in ENVELOPES {
        inner = inner.into_iter().flat_map(opened).collect();
    }
    inner
}

/// What is in an envelope; what is none, itself.
fn opened(object: &Object) -> Vec<&Object> {
    let inside = ENVELOPES.iter().map(|name| objects(object.get(*name)).collect::<Vec<_>>()).find(|inside| !inside.is_empty());
    inside.unwrap_or_else(|| vec![object])
}

fn read_cycle(answer: &Object, cycle: &Object) -> LifeCycle {
    let info = object(cycle, "shipmentInfo");
    let named = |object: &Object| ["parcelLabelNumber", "parcelNumber"].iter().find_map(|name| words(object.get(*name)));
    let number = info.and_then(named).or_else(|| named(cycle)).or_else(|| named(answer));
    let reached = objects(cycle.get("statusInfo")).filter(|status| is_reached(flag(status, "statusHasBeenReached").as_deref()));
    let mut statuses: Vec<Status> = reached.map(read_status).collect();
    // The page often gives its statuses a day only, and its scans the time.
    if !statuses.iter().any(|status| status.date.as_deref().is_some_and(|date| date.contains(':'))) {
        let scans = object(cycle, "scanInfo").and_then(|info| info.get("scan"));
        let scans: Vec<Status> = objects(scans).map(read_scan).collect();
        if !scans.is_empty() {
            statuses = scans;
        }
    }
    LifeCycle { number, statuses }
}

fn read_status(status: &Object) -> Status {
    Status {
        code: words(status.get("status")).unwrap_or_default(),
        text: words(status.get("description")).or_else(|| words(status.get("label"))).unwrap_or_default(),
        location: words(status.get("location")),
        country: words(status.get("country")),
        date: words(status.get("date")),
        nation: None,
    }
}

fn read_scan(scan: &Object) -> Status {
    let kind = object(scan, "scanType");
    let data = object(scan, "scanData");
    Status {
        code: kind.and_then(|kind| first_text(kind, &["code", "name"])).unwrap_or_default(),
        text: words(scan.get("scanDescription")).unwrap_or_default(),
        location: data.and_then(|data| words(data.get("location"))),
        country: data.and_then(|data| first_text(data, &["country", "countryIsoCode"])),
        date: words(scan.get("date")),
        nation: None,
    }
}

/// The words of a field: text, a list of texts, or an object that holds either under `content`.
fn words(value: Option<&Value>) -> Option<String> {
    let words = match value? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(parts) => parts.iter().filter_map(|part| words(Some(part))).collect::<Vec<String>>().join(" "),
        Value::Object(object) => return words(object.get("content")),
        Value::Null | Value::Bool(_) => return None,
    };
    (!words.is_empty()).then_some(words)
}

fn flag(object: &Object, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::Bool(flag) => Some(flag.to_string()),
        _ => text(object, name),
    }
}

fn error_of(answer: &Object) -> Option<ParseError> {
    let listed = ["errors", "error", "fault", "faults", "authenticationFault", "Fault", "status"];
    let error = listed.iter().find_map(|name| objects(answer.get(*name)).next()).unwrap_or(answer);
    let code = first_text(error, &["errorCode", "code", "faultCode", "errorClass", "status"]);
    let said = first_text(error, &["errorMessage", "message", "faultMessage", "faultstring", "detail", "title"]);
    if code.is_none() && said.is_none() {
        return None;
    }
    let (code, said) = (code.unwrap_or_default(), said.unwrap_or_default());
    Some(refused("DPD", Refusal::of(&code, &said), &code, &said))
}
