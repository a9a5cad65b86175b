//! Where a partner's error answer says what is wrong: fields found by their names, whatever the shape around them.

use kept_engine::ports::ParseError;
use serde_json::Value;

use crate::reading::refusal::{Refusal, refused};
use crate::reading::tree::{is_empty, same_name, scalar};

/// Fields in which partners say what is wrong, the more telling first.
const SAID: [&str; 20] = [
    "errormessage",
    "errordescription",
    "conditiondata",
    "piecestatusdesc",
    "message",
    "messages",
    "detail",
    "description",
    "error",
    "faultstring",
    "errortext",
    "actionstatus",
    "title",
    "reason",
    "moreinfo",
    "text",
    "msg",
    "name",
    "httpmessage",
    "moreinformation",
];

/// Fields that carry the number of an error.
const CODES: [&str; 8] = ["errorcode", "code", "status", "statuscode", "conditioncode", "errorlevel", "error", "httpcode"];

/// Fields under which errors lie beside parcels.
const PLACES: [&str; 6] = ["errors", "error", "fault", "exception", "exceptions", "messages"];

/// What a partner says instead of a parcel, if it says anything.
pub(crate) fn read(partner: &str, answer: &Value) -> Option<ParseError> {
    let (code, said) = (first(answer, &CODES, 0), first(answer, &SAID, 0));
    let said = said.or_else(|| answer.as_str().map(str::to_owned))?;
    Some(explain(partner, code.as_deref(), &said))
}

/// An error that lies in an object beside its other fields.
pub(crate) fn beside(partner: &str, value: &Value) -> Option<ParseError> {
    let fields = value.as_object()?;
    let error = fields.iter().find(|(name, value)| PLACES.iter().any(|place| same_name(name, place)) && !is_empty(value))?;
    match error.1 {
        Value::String(said) => {
            let code = first(value, &["errorlevel", "code", "status"], 0);
            let more = ["error_description", "errormessage", "message", "detail"];
            let more = more.iter().find_map(|name| fields.get(*name).and_then(scalar)).filter(|more| more != said);
            let said = more.map_or_else(|| said.clone(), |more| format!("{said}: {more}"));
            Some(explain(partner, code.as_deref(), &said))
        }
        inside @ (Value::Object(_) | Value::Array(_)) => read(partner, inside),
        _ => None,
    }
}

/// Says what a partner's words mean for whoever asked.
pub(crate) fn explain(partner: &str, code: Option<&str>, said: &str) -> ParseError {
    let code = code.unwrap_or_default();
    let shown = if code.eq_ignore_ascii_case(said) { "" } else { code };
    refused(partner, Refusal::of(&code.replace('_', " "), &said.replace('_', " ")), shown, said)
}

/// The first text under one of these names, in their order, nearest to the top.
fn first(value: &Value, names: &[&str], depth: usize) -> Option<String> {
    if depth > 6 {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().find_map(|value| first(value, names, depth + 1)),
        Value::Object(fields) => {
            let here = names.iter().find_map(|name| {
                let (_, value) = fields.iter().find(|(other, _)| same_name(other, name))?;
                // `ActionStatus: Error` says no more than that there is one: what it is stands deeper.
                scalar(value).filter(|said| !said.eq_ignore_ascii_case("error"))
            });
            here.or_else(|| fields.values().find_map(|value| first(value, names, depth + 1)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_partners_say_is_sorted() {
        let read = |value: Value| read("Someone", &value).expect("an error");
        assert!(read(json!({ "error": "not_found", "error_description": "The resource was not found" })).not_found);
        assert!(read(json!({ "error": "NO_DATA_FOUND" })).not_found);
        assert!(read(json!({ "status": 429, "title": "Too many requests" })).retryable);
        let refused = read(json!({ "httpCode": "401", "moreInformation": "x", "message": "Invalid API key" }));
        assert!(refused.message.contains("refused the key") && !refused.retryable);
        let nested =
            read(json!({ "ActionStatus": "Error", "Condition": { "ConditionCode": 100, "ConditionData": "wrong password" } }));
        assert!(nested.message.contains("refused the key (100)"), "{}", nested.message);
        assert!(read(json!({ "reasons": [{ "msg": "Invalid Credentials" }] })).message.contains("refused the key"));
        assert!(super::read("Someone", &json!({})).is_none());
        assert!(beside("Someone", &json!({ "ErrorLevel": 0, "Error": "" })).is_none());
        assert!(
            beside("Someone", &json!({ "ErrorLevel": 10, "Error": "Tracking number not found" }))
                .is_some_and(|error| error.not_found)
        );
    }
}
