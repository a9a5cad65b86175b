//! The Track Service that was there before the Track API: SOAP, brought to the names that the API has.

use kept_engine::ports::ParseError;
use serde_json::{Map, Value};

use crate::reading::answer::wrong_shape;
use crate::reading::tree::{field, list_at, out_of_envelope, read_tree, text_at};

/// `TrackReply` as the answer that the API would give.
///
/// # Errors
/// XML that is not FedEx's, or none at all.
pub(super) fn answer(raw: &[u8]) -> Result<Value, ParseError> {
    let tree = read_tree("FedEx", None, raw)?;
    let reply = field(out_of_envelope(&tree), "TrackReply").ok_or_else(|| {
        wrong_shape(
            "this is XML, but not an answer of FedEx's Track Service",
            "look at the bytes as they came; was another address called?",
        )
    })?;
    // Versions before the fifth have the details right below the reply.
    let completed = list_at(reply, &["CompletedTrackDetails"]);
    let parents = if completed.is_empty() { std::slice::from_ref(reply) } else { completed };
    let results: Vec<Value> = parents.iter().flat_map(|parent| list_at(parent, &["TrackDetails"])).map(result).collect();
    if results.is_empty() {
        let refused = list_at(reply, &["Notifications"]).iter().find_map(refusal);
        return Ok(object([("errors", Value::Array(refused.into_iter().collect()))]));
    }
    let complete = object([("trackResults", Value::Array(results))]);
    Ok(object([("completeTrackResults", Value::Array(vec![complete]))]))
}

fn result(details: &Value) -> Value {
    let events = list_at(details, &["Events"]).iter().map(event).collect();
    let days = list_at(details, &["DatesOrTimes"])
        .iter()
        .map(|entry| texts(entry, &[("type", &["Type"]), ("dateTime", &["DateOrTimestamp"])]));
    let estimated = text_at(details, &["EstimatedDeliveryTimestamp"])
        .map(|at| object([("type", Value::from("ESTIMATED_DELIVERY")), ("dateTime", Value::from(at))]));
    let mut fields = Map::from_iter([
        ("scanEvents".to_owned(), Value::Array(events)),
        ("dateAndTimes".to_owned(), Value::Array(estimated.into_iter().chain(days).collect())),
    ]);
    if let Some(number) = text_at(details, &["TrackingNumber"]) {
        fields.insert("trackingNumber".to_owned(), Value::from(number));
    }
    if let Some(error) = list_at(details, &["Notification"]).iter().find_map(refusal) {
        fields.insert("error".to_owned(), error);
    }
    Value::Object(fields)
}

fn event(event: &Value) -> Value {
    let mut scan = texts(
        event,
        &[
            ("date", &["Timestamp"]),
            ("eventType", &["EventType"]),
            ("eventDescription", &["EventDescription"]),
            ("exceptionCode", &["StatusExceptionCode"]),
            ("exceptionDescription", &["StatusExceptionDescription"]),
        ],
    );
    let address = field(event, "Address").map(|address| {
        texts(
            address,
            &[
                ("city", &["City"]),
                ("stateOrProvinceCode", &["StateOrProvinceCode"]),
                ("postalCode", &["PostalCode"]),
                ("countryCode", &["CountryCode"]),
                ("countryName", &["CountryName"]),
            ],
        )
    });
    if let (Value::Object(scan), Some(address)) = (&mut scan, address) {
        scan.insert("scanLocation".to_owned(), address);
    }
    scan
}

/// A notification that says no: `SUCCESS`, `NOTE` and `WARNING` do not.
fn refusal(notification: &Value) -> Option<Value> {
    let severity = text_at(notification, &["Severity"])?;
    let said = text_at(notification, &["Message", "LocalizedMessage"]).unwrap_or_default();
    matches!(severity.as_str(), "ERROR" | "FAILURE").then(|| error(text_at(notification, &["Code"]), said))
}

fn error(code: Option<String>, said: String) -> Value {
    object([("code", Value::from(code.unwrap_or_default())), ("message", Value::from(said))])
}

fn texts(from: &Value, names: &[(&str, &'static [&'static str])]) -> Value {
    let fields = names.iter().filter_map(|(name, ways)| Some(((*name).to_owned(), Value::from(text_at(from, ways)?))));
    Value::Object(fields.collect())
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
