use kept_engine::ports::{Parsed, Verification};
use serde_json::{Value, json};

use crate::shared::{estimated_days, facts, shared_sample, source, told, unmapped};

pub const TRACK: &str = include_str!("../../src/carriers/ups/samples/track_made_up.json");

const ODDITIES: &str = include_str!("../../src/carriers/ups/samples/track_oddities_made_up.json");

fn parse(value: &Value) -> Parsed {
    source("ups").parse(value.to_string().as_bytes())
}

fn status(kind: &str, code: &str, number: &str, words: &str) -> Parsed {
    parse(&json!({ "trackResponse": { "shipment": [{ "package": [{ "trackingNumber": "1Z", "activity": [{
        "status": { "type": kind, "code": code, "statusCode": number, "description": words }, "date": "20260105", "time": "120000" }] }] }] } }))
}

#[test]
fn a_history_is_told_oldest_first_with_its_offsets() {
    let parsed = source("ups").parse(TRACK.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "MP · 2026-01-04T12:00:00 · unknown · announced · - · US",
            "DP · 2026-01-05T03:05:00-05:00 · known · in_network · - · Louisville, KY, US",
            "48 · 2026-01-07T14:00:00+01:00 · guessed · in_network · attempt_failed_absent · Lyon, FR",
            "OT · 2026-01-08T07:15:00+01:00 · known · out_for_delivery · - · Lyon, FR",
            "FS · 2026-01-08T10:34:16+01:00 · known · delivered · - · Lyon, 69007, FR",
        ]
    );
    assert_eq!(facts(&parsed)[0]["text"], "Shipper created a label, UPS has not received the package yet.");
    assert_eq!(estimated_days(&parsed), ["2026-01-08"]);
    assert_eq!((parsed.error, parsed.unmapped), (None, vec![]));
}

#[test]
fn the_published_alerts_are_one_fact_each() {
    for (name, expected, days) in [
        (
            "ups/track_alert_out_for_delivery.json",
            "OT · 2024-04-23T09:15:19-04:00 · known · out_for_delivery · - · Charlotte, NC, 30004, US",
            vec!["2024-04-23".to_owned()],
        ),
        (
            "ups/track_alert_delivered.json",
            "FS · 2024-04-23T09:50:04-04:00 · known · delivered · - · CHARLOTTE, NC, 28209, US",
            // The scheduled day is five years before the scan.
            vec![],
        ),
    ] {
        let Some(raw) = shared_sample(name) else { continue };
        let parsed = source("ups").parse(&raw);
        assert_eq!((told(&parsed), estimated_days(&parsed)), (vec![expected.to_owned()], days), "{name}");
        assert_eq!((parsed.error, parsed.unmapped), (None, vec![]));
    }
}

/// Type D is also said of parcels in the van; a type alone is coarse, and the words come before it.
#[test]
fn type_code_number_and_words_are_read_together() {
    for (kind, code, number, words, milestone, exception) in [
        ("D", "OT", "", "Out for Delivery", "out_for_delivery", Value::Null),
        ("D", "XX", "021", "", "out_for_delivery", Value::Null),
        ("D", "XX", "", "Loaded on Delivery Vehicle", "out_for_delivery", Value::Null),
        ("D", "XX", "", "", "unknown", Value::Null),
        ("D", "ZP", "040", "DELIVERED TO UPS ACCESS POINT", "available_for_pickup", Value::Null),
        ("D", "2W", "", "Delivered to UPS Access Point", "available_for_pickup", Value::Null),
        ("D", "RS", "034", "Returned to Sender", "returned", json!("returned_to_sender")),
        ("I", "XX", "", "Out For Delivery", "out_for_delivery", Value::Null),
        ("I", "XX", "", "", "in_network", Value::Null),
        ("X", "XX", "", "", "in_network", json!("held")),
        ("X", "XX", "", "A correct street number is needed for delivery.", "in_network", json!("address_problem")),
        ("X", "SR", "003", "Your package was released by the customs agency.", "customs", Value::Null),
        ("X", "XX", "", "Severe weather conditions have delayed delivery.", "in_network", json!("weather")),
        ("M", "XX", "", "", "announced", Value::Null),
        ("MV", "VM", "", "Voided Information Received", "cancelled", Value::Null),
        ("", "", "011", "Delivered", "delivered", Value::Null),
        ("I", "DP", "036", "Departed from Facility", "returning", json!("returned_to_sender")),
        ("I", "OT", "037", "Out For Delivery", "returning", json!("returned_to_sender")),
        ("D", "FS", "034", "Returned to Sender", "returned", json!("returned_to_sender")),
        ("D", "FS", "040", "Delivered", "available_for_pickup", Value::Null),
        ("X", "XX", "013", "The package will be returned to the sender.", "returning", json!("returned_to_sender")),
        ("X", "XX", "058", "Duties or taxes are due on this package.", "customs", json!("payment_due")),
        ("X", "XX", "059", "All merchandise discarded.", "in_network", json!("destroyed")),
        ("X", "XX", "059", "Damage reported, package transferred to be inspected", "in_network", json!("damaged")),
        ("X", "XX", "060", "UPS could not access the delivery location.", "out_for_delivery", json!("attempt_failed_access")),
        ("X", "XX", "046", "Your package was incorrectly sorted at this facility.", "in_network", json!("missorted")),
        ("I", "XX", "005", "Drop-Off", "handed_over", Value::Null),
        ("X", "XX", "013", "The package was not picked up by the customer.", "available_for_pickup", json!("unclaimed")),
        ("I", "XX", "", "The package can be picked up by the customer.", "available_for_pickup", Value::Null),
        ("X", "XX", "069", "Not claimed, and will be returned to the sender.", "returning", json!("unclaimed")),
        ("DO", "", "", "Delivered Origin CFS", "in_network", Value::Null),
        ("DD", "", "", "Delivered Destination CFS", "at_local_depot", Value::Null),
        ("W", "", "", "Warehousing", "in_network", Value::Null),
    ] {
        let parsed = status(kind, code, number, words);
        let fact = &facts(&parsed)[0];
        assert_eq!((&fact["milestone"], &fact["exception"]), (&json!(milestone), &exception), "{kind} {code} {number} {words}");
    }
}

/// Trap 9: `021` is text, `-04.00` an offset.
#[test]
fn a_status_number_is_text_and_an_offset_may_have_a_dot() {
    let parsed = parse(&json!({ "trackingNumber": "1Z", "localActivityDate": "20240423", "localActivityTime": "091519",
        "gmtOffset": "-04.00", "activityStatus": { "type": "I", "descriptionCode": "021", "description": "" } }));
    assert_eq!(told(&parsed), ["021 · 2024-04-23T09:15:19-04:00 · known · out_for_delivery · - · -"]);
    assert_eq!(unmapped(&parsed), [""; 0]);
}

#[test]
fn other_envelopes_are_read_too() {
    let whole: Value = serde_json::from_str(TRACK).expect("JSON");
    let expected = told(&parse(&whole));
    let shipment = &whole["trackResponse"]["shipment"][0];
    for value in [
        json!([whole]),
        json!({ "trackResponse": { "shipment": shipment } }),
        whole["trackResponse"].clone(),
        shipment.clone(),
        shipment["package"][0].clone(),
    ] {
        assert_eq!(told(&parse(&value)), expected, "{value}");
    }
    let older = json!({ "TrackResponse": { "Shipment": { "InquiryNumber": { "Value": "1Z" }, "Package": { "TrackingNumber": "1Z", "Activity": {
        "ActivityLocation": { "Address": { "City": "Lyon", "CountryCode": "FR" } }, "Date": "20160105", "Time": "120000",
        "Status": { "Type": "D", "Code": "KM", "Description": "Delivered" } } } } } });
    assert_eq!(told(&parse(&older)), ["KM · 2016-01-05T12:00:00+01:00 · guessed · delivered · - · Lyon, FR"]);
    let freight = json!({ "TrackResponse": { "Shipment": { "InquiryNumber": { "Code": "03", "Value": "F1" }, "Activity": {
        "ActivityLocation": { "City": "Lyon", "CountryCode": "FR" }, "Description": "Out for Delivery", "Date": "20160105", "Time": "120000" } } } });
    assert_eq!(told(&parse(&freight)), [" · 2016-01-05T12:00:00+01:00 · guessed · out_for_delivery · - · Lyon, FR"]);
    // Not every field has a value: the GMT clock alone says the moment too.
    let gmt = json!({ "trackingNumber": "1Z", "activityStatus": { "type": "I", "code": "AR", "description": "Arrived at Facility" },
        "gmtActivityDate": "20250708", "gmtActivityTime": "160000", "gmtOffset": "-04.00" });
    assert_eq!(told(&parse(&gmt)), ["AR · 2025-07-08T12:00:00-04:00 · known · in_network · - · -"]);
}

#[test]
fn refusals_are_told_in_words() {
    let listed = |code: &str, message: &str| json!({ "response": { "errors": [{ "code": code, "message": message }] } });
    for (value, words, retryable, not_found) in [
        (listed("250002", "Invalid Authentication Information."), "refused the key", false, false),
        (listed("TW0001", "Tracking Information Not Found"), "does not know", false, true),
        (listed("429", "Too Many Requests"), "too often", true, false),
        (listed("10001", "Internal Server Error"), "out of order", true, false),
        (
            json!({ "trackResponse": { "shipment": [{ "inquiryNumber": "1Z", "warnings": [{ "code": "TW0001", "message": "Tracking Information Not Found" }] }] } }),
            "does not know",
            false,
            true,
        ),
        (json!({ "httpCode": "401", "httpMessage": "Unauthorized" }), "refused the key", false, false),
        (json!({}), "neither an answer", false, false),
        (json!([]), "neither an answer", false, false),
        (json!({ "activityStatus": {} }), "without a number", false, false),
    ] {
        let parsed = parse(&value);
        let error = parsed.error.clone().expect("an error");
        assert!(error.message.contains(words) && error.hint.is_some(), "{error}");
        assert_eq!((error.retryable, error.not_found, parsed.inputs.len()), (retryable, not_found, 0), "{error}");
    }
}

#[test]
fn one_unknown_number_does_not_hide_the_others() {
    let mut whole: Value = serde_json::from_str(TRACK).expect("JSON");
    let missing =
        json!({ "inquiryNumber": "1ZX", "warnings": [{ "code": "TW0001", "message": "Tracking Information Not Found" }] });
    whole["trackResponse"]["shipment"].as_array_mut().expect("a list").push(missing);
    let parsed = parse(&whole);
    assert_eq!((told(&parsed).len(), parsed.error.clone(), unmapped(&parsed)), (5, None, vec!["number 404".to_owned()]));
}

#[test]
fn the_credential_is_compared() {
    let verify = |given: Option<&str>, secret: &str| {
        let header = |name: &str| given.filter(|_| name == "x-api-key").map(str::to_owned);
        source("ups").verify(&header, b"{}", secret)
    };
    assert_eq!(verify(Some("made-up"), "made-up"), Verification::Verified);
    for (given, secret) in
        [(None, "made-up"), (Some(""), ""), (Some("made-uP"), "made-up"), (Some("made-up2"), "made-up"), (Some(""), "made-up")]
    {
        assert_eq!(verify(given, secret), Verification::Refused, "{given:?} {secret}");
    }
}

/// Times without their zeros or not there at all, entities in the words, reasons in French.
#[test]
fn oddities_of_answers_are_read() {
    let parsed = source("ups").parse(ODDITIES.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "MP · 2026-03-09T00:00:00 · unknown · announced · - · -",
            "DP · 2026-03-10T00:00:05-05:00 · guessed · in_network · - · Dallas, TX, US",
            "48 · 2026-03-11T15:00:00+01:00 · guessed · in_network · attempt_failed_absent · Lyon, FR",
            "YP · 2026-03-12T07:15:00+01:00 · guessed · out_for_delivery · - · Lyon, FR",
            "OT · 2026-03-12T08:00:00+01:00 · guessed · out_for_delivery · - · Lyon, FR",
            "KB · 2026-03-12T13:47:00+01:00 · known · delivered · - · Lyon, 69007, FR",
        ]
    );
    assert_eq!(facts(&parsed)[4]["text"], "En cours de livraison aujourd'hui");
    assert_eq!((parsed.error.clone(), unmapped(&parsed)), (None, vec![]));
}

#[test]
fn on_the_way_to_an_access_point_is_not_there() {
    for (number, words, milestone) in [
        ("057", "Your package is on its way to a UPS Access Point, ready for pickup tomorrow", "in_network"),
        ("040", "Delivered to UPS Access Point", "available_for_pickup"),
        ("011", "Picked up by the customer at a UPS Access Point", "delivered"),
        ("046", "Your package will be delivered to a UPS Access Point", "in_network"),
    ] {
        assert_eq!(facts(&status("I", "ZZ", number, words))[0]["milestone"], milestone, "{words}");
    }
    for (number, words, exception) in [
        ("060", "Delivery attempted", "attempt_failed_absent"),
        (
            "060",
            "Customer was not home when we attempted delivery; package will be delivered to a UPS Access Point",
            "attempt_failed_absent",
        ),
        ("013", "El destinatario rechazó la entrega, paquete rechazado", "refused"),
        ("013", "Die Adresse ist unvollständig.", "address_problem"),
        ("012", "Your package is held in customs", "customs_hold"),
    ] {
        assert_eq!(facts(&status("X", "ZZ", number, words))[0]["exception"], exception, "{words}");
    }
}

/// The service before this one answered in XML too: one activity for each step, codes in elements of their own.
#[test]
fn the_xml_of_the_service_before_is_read_alike() {
    let raw = include_str!("../../src/carriers/ups/samples/track_before_made_up.xml");
    let expected = [
        "MP · 2026-01-06T18:00:00+01:00 · guessed · announced · - · FR",
        "OF · 2026-01-08T07:15:00+01:00 · guessed · out_for_delivery · - · LYON, FR",
        "KB · 2026-01-08T10:34:00+01:00 · guessed · delivered · - · LYON, 69007, FR",
    ];
    let in_soap = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{}</s:Body></s:Envelope>",
        raw.replace("<?xml version=\"1.0\"?>", "")
    );
    for raw in [raw, &in_soap] {
        let parsed = source("ups").parse(raw.as_bytes());
        assert_eq!((told(&parsed), parsed.error.clone()), (expected.map(str::to_owned).to_vec(), None));
    }
    let refused = "<TrackResponse><Response><ResponseStatusCode>0</ResponseStatusCode><Error><ErrorCode>151044</ErrorCode>\
                   <ErrorDescription>No tracking information available</ErrorDescription></Error></Response></TrackResponse>";
    assert!(source("ups").parse(refused.as_bytes()).error.expect("an error").not_found);
}

/// A shop is where the customer got it, and why a parcel goes back says more than that it does.
#[test]
fn words_that_say_two_things_are_read_by_the_one_that_counts() {
    for (kind, words, expected) in [
        ("D", "Delivered to the customer at a UPS Access Point", "delivered · -"),
        ("X", "The package was refused by the receiver and will be returned to the sender.", "returning · refused"),
        ("X", "The package was not collected by the customer and is being returned", "returning · unclaimed"),
        ("X", "The package was missed at the UPS facility.", "in_network · delayed_by_carrier"),
        ("X", "A brokerage fee is due", "customs · payment_due"),
        ("X", "Customs has requested additional information", "customs · documents_missing"),
        ("X", "Your package is awaiting clearance as additional information is needed", "customs · documents_missing"),
        ("X", "Your package is delayed because of an incorrect or missing address", "in_network · address_problem"),
        ("X", "Theft in transit reported", "in_network · lost"),
        ("X", "Severe weather has delayed delivery. / Your delivery will be rescheduled.", "in_network · weather"),
        ("X", "Merchandise was damaged and the package will be returned to the sender.", "returning · damaged"),
        ("X", "The address label is missing or damaged.", "in_network · address_problem"),
        ("X", "The receiver did not pick up the package. It will be returned to the sender.", "returning · unclaimed"),
        ("X", "The package is being held at a customs facility", "customs · customs_hold"),
        ("X", "The package was sorted to an incorrect UPS facility", "in_network · missorted"),
        ("I", "Out for Post Office Delivery Today", "out_for_delivery · -"),
        ("I", "Postage paid; ready for destination post office entry", "in_network · -"),
        ("P", "Dropped off at a UPS Access Point", "handed_over · -"),
    ] {
        let line = told(&status(kind, "Q1", "013", words)).remove(0);
        assert!(line.contains(expected), "{words}: {line}");
    }
}
