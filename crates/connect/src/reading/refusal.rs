//! A partner's own error answer, said in the user's words.

use kept_engine::ports::ParseError;
use serde_json::Value;

use crate::reading::answer::short;
use crate::reading::fold::fold;
use crate::reading::tree::{is_empty, same_name, scalar};

/// Fields in which partners say what is wrong, the more telling first.
const SAID: [&str; 16] = [
    "errormessage",
    "errordescription",
    "conditiondata",
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
    "name",
];

/// Fields that carry the number of an error.
const CODES: [&str; 7] = ["errorcode", "code", "status", "statuscode", "conditioncode", "errorlevel", "error"];

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
    let words = fold(&format!("{} {said}", code.unwrap_or_default())).replace('_', " ");
    let any = |list: &[&str]| list.iter().any(|word| words.contains(word));
    let code_is = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code.trim()));
    let shown = code.filter(|code| !code.eq_ignore_ascii_case(said)).map(|code| format!(" ({})", short(code)));
    let shown = shown.unwrap_or_default();
    let said = short(said);
    let answer = |what: &str, hint: &str, retryable: bool, not_found: bool| ParseError {
        message: format!("{partner} {what}{shown}: {said}"),
        hint: Some(hint.to_owned()),
        retryable,
        not_found,
    };
    if code_is(&["429"]) || any(&["too many", "rate limit", "quota", "throttl", "spike arrest"]) {
        return answer("was asked too often", "it is asked again later", true, false);
    }
    if code_is(&["401", "403"])
        || any(&[
            "unauthor",
            "api key",
            "apikey",
            "credential",
            "authenti",
            "forbidden",
            "password",
            "access denied",
            "acces refuse",
        ])
    {
        return answer("refused the key", "check the key or the account in the settings", false, false);
    }
    let nowhere = [
        "not found",
        "notfound",
        "no shipment",
        "no data",
        "no history",
        "no pin",
        "no tracking",
        "no result",
        "no record",
        "does not exist",
        "doesn't exist",
        "unknown tracking",
        "unknown number",
        "not exist",
        "introuvable",
        "inexistant",
        "inconnu",
        "nicht gefunden",
        "keine daten",
        "keine sendung",
        "unbekannt",
        "nie znaleziono",
        "brak",
        "not available",
        "not yet been scanned",
        "no information",
        "could not be found",
        "cannot be found",
    ];
    if code_is(&["404"]) || any(&nowhere) {
        let hint = "it may be too early: a number is known some hours after the label; else check it";
        return answer("does not know this number", hint, false, true);
    }
    if code_is(&["500", "502", "503", "504"])
        || any(&["temporar", "unavailable", "timeout", "timed out", "internal", "indisponible", "try again"])
    {
        return answer("is out of order", "it is asked again later", true, false);
    }
    answer("did not accept the question", "check the tracking number and the account", false, false)
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
                scalar(value)
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
        assert!(read(json!({ "status": 429, "title": "Too many requests" })).retryable);
        let refused = read(json!({ "httpCode": "401", "moreInformation": "x", "message": "Invalid API key" }));
        assert!(refused.message.contains("refused the key") && !refused.retryable);
        assert!(super::read("Someone", &json!({})).is_none());
        assert!(beside("Someone", &json!({ "ErrorLevel": 0, "Error": "" })).is_none());
        assert!(
            beside("Someone", &json!({ "ErrorLevel": 10, "Error": "Tracking number not found" }))
                .is_some_and(|error| error.not_found)
        );
    }
}
