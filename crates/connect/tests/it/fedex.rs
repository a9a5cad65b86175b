use kept_engine::ports::{Parsed, Verification};
use serde_json::{Value, json};

use crate::shared::{estimated_days, facts, source, told, unmapped};

pub const TRACK: &str = include_str!("../../src/carriers/fedex/samples/track_made_up.json");

const RETURN: &str = include_str!("../../src/carriers/fedex/samples/track_return_made_up.json");

fn parse(value: &Value) -> Parsed {
    source("fedex").parse(value.to_string().as_bytes())
}

fn event(event: &Value) -> Parsed {
    parse(
        &json!({ "output": { "completeTrackResults": [{ "trackingNumber": "1", "trackResults": [{ "scanEvents": [event] }] }] } }),
    )
}

#[test]
fn a_history_is_told_and_a_forecast_is_no_scan() {
    let parsed = source("fedex").parse(TRACK.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "OC · 2026-01-05T10:12:00-05:00 · known · announced · - · 30303, US",
            "PU · 2026-01-05T17:00:00-05:00 · known · handed_over · - · ATLANTA, GA, 30303, US",
            "DP · 2026-01-06T22:10:00-05:00 · known · in_network · - · MEMPHIS, TN, 38118, US",
            "AR · 2026-01-08T06:30:00-06:00 · known · at_local_depot · - · AUSTIN, TX, US",
            "OD · 2026-01-08T08:05:00-06:00 · known · out_for_delivery · - · AUSTIN, TX, 73301, US",
            "DE · 2026-01-08T14:20:00-06:00 · known · out_for_delivery · attempt_failed_absent · AUSTIN, TX, 73301, US",
        ]
    );
    assert_eq!(facts(&parsed)[5]["text"], "Delivery exception");
    assert_eq!(estimated_days(&parsed), ["2026-01-09"]);
    assert_eq!((parsed.error.clone(), unmapped(&parsed)), (None, vec!["number 404".to_owned()]));
}

/// Trap 14: without a day a forecast is shown, and moves nothing.
#[test]
fn a_forecast_without_a_day_is_shown() {
    let parsed =
        event(&json!({ "date": "2026-01-08T09:00:00-06:00", "eventType": "AE", "eventDescription": "Shipment arriving early" }));
    assert_eq!((told(&parsed).len(), unmapped(&parsed)), (0, vec!["event AE".to_owned()]));
}

/// The code DE says only that something went wrong; the words beside it say what.
#[test]
fn an_exception_is_read_from_its_own_words() {
    for (code, words, milestone, exception) in [
        ("DE", "Customer not available or business closed", "out_for_delivery", "attempt_failed_absent"),
        ("DE", "Business closed", "out_for_delivery", "attempt_failed_closed"),
        ("DE", "Incorrect address - Recipient moved", "out_for_delivery", "address_problem"),
        ("DE", "Unable to access building", "out_for_delivery", "attempt_failed_access"),
        ("DE", "Shipment Refused by recipient", "out_for_delivery", "refused"),
        ("DE", "Future delivery requested", "out_for_delivery", "held"),
        ("DE", "", "out_for_delivery", "undeliverable"),
        ("SE", "Improper or missing paperwork", "in_network", "documents_missing"),
        ("SE", "Unable to locate package; search in progress", "in_network", "lost"),
        ("SE", "Missort - package was sorted to wrong location", "in_network", "missorted"),
        ("SE", "Security check required", "in_network", "security"),
        ("SE", "Package destroyed by customs", "in_network", "destroyed"),
        ("SE", "Package not picked up within holding period", "in_network", "unclaimed"),
        ("SE", "Local weather delay - Delivery not attempted", "in_network", "weather"),
        ("SE", "Package damaged", "in_network", "damaged"),
        ("CD", "Package is awaiting documents", "customs", "documents_missing"),
        ("CD", "", "customs", "customs_hold"),
        ("DY", "", "in_network", "delayed_by_carrier"),
    ] {
        let parsed = event(
            &json!({ "date": "2026-01-08T09:00:00", "eventType": code, "eventDescription": "Exception", "exceptionDescription": words }),
        );
        let fact = &facts(&parsed)[0];
        assert_eq!((&fact["milestone"], &fact["exception"]), (&json!(milestone), &json!(exception)), "{code} {words}");
        assert_eq!((&fact["code"], unmapped(&parsed).len()), (&json!(code), 0));
    }
}

#[test]
fn codes_that_nobody_listed_are_settled_by_tag_or_words_and_reported() {
    for (derived, words, milestone) in [
        ("DL", "", "delivered"),
        ("IT", "On FedEx vehicle for delivery", "out_for_delivery"),
        ("IT", "", "in_network"),
        ("", "", "unknown"),
    ] {
        let parsed = event(
            &json!({ "date": "2026-01-08T09:00:00", "eventType": "ZZ", "eventDescription": words, "derivedStatusCode": derived }),
        );
        assert_eq!(
            (facts(&parsed)[0]["milestone"].clone(), unmapped(&parsed)),
            (json!(milestone), vec!["code ZZ".to_owned()]),
            "{derived}"
        );
    }
}

#[test]
fn other_envelopes_are_read_too() {
    let whole: Value = serde_json::from_str(TRACK).expect("JSON");
    let expected = told(&parse(&whole));
    let complete = whole["output"]["completeTrackResults"].clone();
    for value in [
        json!({ "output": { "outputMetaData": [{ "attempt": 1 }], "completeTrackResults": complete } }),
        json!({ "completeTrackResults": complete }),
        json!({ "output": { "completeTrackResults": complete[0] } }),
        complete[0].clone(),
        complete[0]["trackResults"][0].clone(),
    ] {
        assert_eq!(told(&parse(&value)), expected, "{value}");
    }
}

#[test]
fn a_status_without_events_is_a_scan() {
    let parsed = parse(&json!({ "trackResults": [{ "trackingNumberInfo": { "trackingNumber": "1" }, "scanEvents": [],
        "latestStatusDetail": { "code": "DL", "derivedCode": "DL", "description": "Delivered", "scanLocation": { "city": "Lyon", "countryCode": "FR" } },
        "dateAndTimes": [{ "type": "ACTUAL_DELIVERY", "dateTime": "2026-01-08T09:00:00+01:00" }] }] }));
    assert_eq!(told(&parsed), ["DL · 2026-01-08T09:00:00+01:00 · known · delivered · - · Lyon, FR"]);
}

#[test]
fn refusals_are_told_in_words() {
    let listed = |code: &str, message: &str| json!({ "transactionId": "t", "errors": [{ "code": code, "message": message }] });
    for (value, words, retryable, not_found) in [
        (listed("NOT.AUTHORIZED.ERROR", "Access token expired."), "refused the key", false, false),
        (listed("TRACKING.TRACKINGNUMBER.INVALID", "Invalid tracking number."), "did not accept", false, false),
        (listed("TRACKING.TRACKINGNUMBER.EMPTY", "Please provide tracking number."), "did not accept", false, false),
        (listed("NOT.FOUND.ERROR", "The resource you requested is no longer available."), "does not know", false, true),
        (listed("SERVICE.UNAVAILABLE.ERROR", "The service is currently unavailable."), "out of order", true, false),
        (
            json!({ "output": { "completeTrackResults": [{ "trackingNumber": "1", "trackResults": [{ "error": { "code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "Tracking number cannot be found." } }] }] } }),
            "does not know",
            false,
            true,
        ),
        (
            json!({ "output": { "alerts": [{ "code": "TRACKING.DATA.NOTFOUND", "message": "Tracking data unavailable" }] } }),
            "does not know",
            false,
            true,
        ),
        (json!({}), "not an answer", false, false),
        (json!({ "trackResults": [{ "scanEvents": [] }] }), "without a number", false, false),
    ] {
        let parsed = parse(&value);
        let error = parsed.error.clone().expect("an error");
        assert!(error.message.contains(words) && error.hint.is_some(), "{error}");
        assert_eq!((error.retryable, error.not_found, parsed.inputs.len()), (retryable, not_found, 0), "{error}");
    }
}

#[test]
fn no_signature_was_read_about() {
    assert_eq!(source("fedex").verify(&|_| None, b"{}", "secret"), Verification::NotDefined);
}

/// On the way back the vehicle brings it to the shipper; a day alone is told.
#[test]
fn a_way_back_is_told_as_one() {
    let parsed = source("fedex").parse(RETURN.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "IX · 2026-05-12T00:00:00 · unknown · in_network · - · -",
            "AF · 2026-05-14T06:00:00-04:00 · guessed · at_local_depot · - · NEWARK, NJ, US",
            "DE · 2026-05-14T17:00:00-04:00 · known · at_local_depot · refused · NEWARK, NJ, US",
            "RS · 2026-05-15T10:00:00-04:00 · known · returning · returned_to_sender · NEWARK, NJ, US",
            "OD · 2026-05-20T07:00:00-06:00 · known · returning · returned_to_sender · DENVER, CO, US",
            "DL · 2026-05-20T10:00:00-06:00 · known · returned · returned_to_sender · DENVER, CO, US",
        ]
    );
    assert_eq!((parsed.error, parsed.unmapped), (None, vec![]));
}

/// The Track Service before the API: SOAP, with other names for the same.
#[test]
fn the_soap_of_the_service_before_is_read_alike() {
    let raw = include_str!("../../src/carriers/fedex/samples/track_reply_made_up.xml");
    let parsed = source("fedex").parse(raw.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "PU · 2026-01-06T17:02:00-05:00 · known · handed_over · - · Newark, NJ, US",
            "DE · 2026-01-08T13:20:00-06:00 · known · handed_over · attempt_failed_absent · Dallas, TX, 75201, US",
        ]
    );
    assert_eq!((estimated_days(&parsed), parsed.error.clone()), (vec!["2026-01-09".to_owned()], None));
    assert!(parsed.unmapped[0].text.contains("does not know"), "{:?}", parsed.unmapped);
    let refused = "<TrackReply><Notifications><Severity>ERROR</Severity><Code>1000</Code><Message>Authentication Failed</Message>\
                   </Notifications></TrackReply>";
    assert!(source("fedex").parse(refused.as_bytes()).error.expect("an error").message.contains("refused the key"));
    let error = source("fedex").parse(b"<other/>").error.expect("an error");
    assert!(error.message.contains("not an answer of FedEx"), "{error}");
}

#[test]
fn what_an_exception_says_decides() {
    for (code, words, expected) in [
        ("SE", "Package received after final location pickup has occurred", "delayed_by_carrier"),
        ("SE", "National holiday", "delayed_by_carrier"),
        ("DE", "Business closed for a holiday", "attempt_failed_closed"),
        ("SE", "Unable to contact recipient for clearance information", "documents_missing"),
        ("DE", "Recipient location security delay", "attempt_failed_access"),
        ("DE", "Restricted access", "attempt_failed_access"),
        ("DE", "Gate code required", "attempt_failed_access"),
        ("DE", "No recipient available to sign", "attempt_failed_absent"),
        ("DE", "Cash on delivery not available", "payment_due"),
        ("SE", "Package discarded", "destroyed"),
        ("SE", "Discarded label replaced, delay", "delayed_by_carrier"),
        ("DE", "Destinatario no disponible o empresa cerrada", "attempt_failed_absent"),
        ("DE", "El cliente no estaba disponible", "attempt_failed_absent"),
        ("DE", "Attempted after close of business", "attempt_failed_closed"),
        ("DE", "Courier attempted delivery, unable to gain access to building", "attempt_failed_access"),
        ("DE", "Improper or missing address; unable to reach recipient", "address_problem"),
        ("DE", "Package sorted to wrong route", "missorted"),
        ("DE", "Reroute requested", "held"),
        ("SE", "Flight cancelled", "delayed_by_carrier"),
        ("DY", "Road closures due to hurricane", "weather"),
        ("CD", "Bill of lading required", "documents_missing"),
    ] {
        let parsed = event(
            &json!({ "eventType": code, "eventDescription": "Exception", "exceptionDescription": words, "date": "2026-01-08T09:12:00-05:00" }),
        );
        assert_eq!(facts(&parsed)[0]["exception"], expected, "{words}");
    }
}

/// What was asked for is not there yet, and a shop is not the recipient.
#[test]
fn a_request_is_no_station() {
    for (code, words, milestone) in [
        ("HA", "Hold at location request accepted", "in_network"),
        ("DL", "Delivered to retail location for recipient pickup", "available_for_pickup"),
    ] {
        let parsed = event(&json!({ "eventType": code, "eventDescription": words, "date": "2026-01-08T09:12:00-05:00" }));
        assert_eq!(facts(&parsed)[0]["milestone"], milestone, "{words}");
    }
}
