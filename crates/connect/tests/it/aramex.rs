use serde_json::{Value, json};

use crate::shared::{assert_refusals, facts, lines, source, unmapped};

const JSON: &str = include_str!("../../src/carriers/aramex/samples/track_shipments_made_up.json");

const SOAP: &str = include_str!("../../src/carriers/aramex/samples/track_shipments_made_up.xml");

#[test]
fn milliseconds_are_told_on_the_clock_beside_them() {
    let parsed = source("aramex").parse(JSON.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-01T10:00:00+02:00 known announced - | SH014 | Record created. | Cairo, Egypt",
        "2026-02-01T13:00:00+02:00 known handed_over - | SH012 | Picked Up From Shipper | Cairo, Egypt",
        "2026-02-02T00:00:00+02:00 known in_network - | SH022 | Departed Operations facility - In Transit | Cairo, Egypt",
        "2026-02-03T13:13:20+04:00 known in_network attempt_failed_absent | SH033 | Attempted Delivery - Customer Not Available | Dubai, United Arab Emirates",
        "2026-02-04T08:00:00+04:00 known out_for_delivery - | SH003 | Out for Delivery | Dubai, United Arab Emirates",
        "2026-02-04T15:10:00+04:00 known delivered - | SH005 | Delivered | Dubai, United Arab Emirates",
    ];
    assert_eq!(lines(&parsed), expected);
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "00000000017"));
    // A waybill that is not there is said, and hides nothing.
    assert_eq!(unmapped(&parsed), ["number answer", "code SH033"]);
    assert_eq!(parsed.not_found, ["00000000099"]);
}

#[test]
fn soap_gives_the_clock_of_the_place() {
    let parsed = source("aramex").parse(SOAP.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-07-01T20:05:00+03:00 guessed in_network - | SH047 | Received at Origin Facility | Amman, Jordan",
        "2026-07-03T18:20:00+01:00 guessed delivered - | SH006 | Collected by Consignee | London, United Kingdom",
    ];
    assert_eq!(lines(&parsed), expected);
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "00000000025"));
    assert_eq!((parsed.unmapped.len(), parsed.not_found.len()), (0, 0));
}

#[test]
fn every_code_that_is_in_the_list_and_words() {
    for (code, description, milestone, exception) in [
        ("SH001", "Received at Operations Facility", "in_network", "-"),
        ("SH003", "Out for Delivery", "out_for_delivery", "-"),
        ("SH005", "Delivered", "delivered", "-"),
        ("SH005", "Delivered to Shipper", "returned", "returned_to_sender"),
        ("SH006", "Collected by Consignee", "delivered", "-"),
        ("SH012", "Picked Up From Shipper", "handed_over", "-"),
        ("SH014", "Record created.", "announced", "-"),
        ("SH022", "Departed Operations facility - In Transit", "in_network", "-"),
        ("SH047", "Received at Origin Facility", "in_network", "-"),
        ("SH069", "Returned to Shipper", "returned", "returned_to_sender"),
        ("SH900", "Returning to Shipper", "returning", "returned_to_sender"),
        ("SH900", "Shipment Refused by Customer", "out_for_delivery", "refused"),
        ("SH900", "Consignee Not Available", "out_for_delivery", "attempt_failed_absent"),
        ("SH900", "Customs Clearance in Progress", "customs", "-"),
        ("SH900", "Delivery Rescheduled", "in_network", "-"),
        ("SH900", "Ready for Collection", "available_for_pickup", "-"),
        ("SH900", "Teleported", "unknown", "-"),
    ] {
        let raw = answer(
            &json!([{ "UpdateCode": code, "UpdateDescription": description, "UpdateDateTime": "/Date(1770203400000+0000)/" }]),
        );
        let parsed = source("aramex").parse(raw.as_bytes());
        assert_eq!(
            lines(&parsed),
            [format!("2026-02-04T11:10:00+00:00 known {milestone} {exception} | {code} | {description} | -")]
        );
        assert_eq!(parsed.unmapped.is_empty(), code != "SH900" || description == "Consignee Not Available", "{code}");
    }
}

#[test]
fn times_as_they_may_come() {
    for (written, expected) in [
        ("/Date(1770203400000)/", Some("2026-02-04T11:10:00+00:00 known")),
        ("/Date(1770203400000-0530)/", Some("2026-02-04T05:40:00-05:30 known")),
        ("2026-02-04T11:10:00", Some("2026-02-04T11:10:00 unknown")),
        ("04/02/2026 11:10:00", Some("2026-02-04T11:10:00 unknown")),
        ("/Date(soon)/", None),
        ("/Date()/", None),
    ] {
        let raw = answer(&json!([{ "UpdateCode": "SH005", "UpdateDescription": "Delivered", "UpdateDateTime": written }]));
        let parsed = source("aramex").parse(raw.as_bytes());
        let told = lines(&parsed);
        assert_eq!(told.first().and_then(|line| line.split(" delivered").next()), expected, "{written}");
        assert_eq!(parsed.unmapped.is_empty(), expected.is_some(), "{written}");
    }
}

#[test]
fn what_it_says_instead_is_explained() {
    let soap = "<s:Envelope xmlns:s=\"urn:s\"><s:Body><R><HasErrors>false</HasErrors><TrackingResults/><NonExistingWaybills><string>1</string><string>2</string></NonExistingWaybills></R></s:Body></s:Envelope>";
    assert_refusals(
        "aramex",
        &[
            (r#"{ "HasErrors": false, "Notifications": [], "TrackingResults": [], "NonExistingWaybills": ["1"] }"#, true, false),
            (soap, true, false),
            (
                r#"{ "HasErrors": true, "Notifications": [{ "Code": "ERR01", "Message": "Invalid username or password" }], "TrackingResults": null }"#,
                false,
                false,
            ),
            (r#"{ "HasErrors": true, "Notifications": [{ "Code": "ERR52", "Message": "Internal Error" }] }"#, false, true),
        ],
    );
    assert_eq!(source("aramex").parse(soap.as_bytes()).not_found, ["1", "2"]);
}

fn answer(updates: &Value) -> String {
    json!({ "HasErrors": false, "TrackingResults": [{ "Key": "1", "Value": updates }], "NonExistingWaybills": [] }).to_string()
}
