use crate::shared::{assert_refusals, estimated_days, facts, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/spring/samples/track_shipment_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("spring").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-01-18T09:00:00 unknown announced - | 0 | PARCEL CREATED | -",
        "2026-01-19T06:10:00+01:00 guessed in_network - | 21 | IN TRANSIT | Rijswijk, NL",
        "2026-01-20T11:00:00+01:00 guessed out_for_delivery attempt_failed_absent | 91 | DELIVERY ATTEMPTED | DE",
        "2026-01-21T11:00:00+01:00 guessed delivered - | 100 | DELIVERED | Berlin, 10115, DE",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "LX000000000NL"));
}

#[test]
fn every_code_that_is_in_the_list() {
    for (code, description, milestone, exception) in [
        ("10", "LABEL CREATED", "announced", "-"),
        ("1001", "ITEM ON HOLD DUE TO INCOMPLETE DATA", "announced", "preparation_problem"),
        ("19", "PROCESSING DEPOT", "in_network", "-"),
        ("21", "DELIVERED TO AIRLINE", "in_network", "-"),
        ("2102", "ITEM RELEASED FROM CUSTOMS", "customs", "-"),
        ("25", "END OF TRACKING UPDATES", "in_network", "-"),
        ("4101", "ITEM HELD FOR CUSTOMS INSPECTION", "customs", "customs_hold"),
        ("4106", "CONSIGNMENT CANCELLED", "cancelled", "-"),
        ("93", "DELIVERY SCHEDULED", "in_network", "-"),
        ("93", "AT LOCAL DEPOT LMC", "at_local_depot", "-"),
        ("9301", "OUT FOR DELIVERY", "out_for_delivery", "-"),
        ("9302", "DELIVERY EXCEPTION - DELAYED", "in_network", "delayed_by_carrier"),
        // To the country, which is not to the recipient.
        ("101", "DELIVERED TO DESTINATION COUNTRY", "in_network", "-"),
        ("11102", "DESTROYED", "in_network", "destroyed"),
        ("12404", "RETURN IN TRANSIT - NOT COLLECTED", "returning", "unclaimed"),
        ("12406", "ITEM RETURNED TO SHIPPER", "returned", "returned_to_sender"),
        ("12501", "RETURN RECEIVED - REFUSED", "returned", "refused"),
        ("126", "RETURN COMPLETED", "returned", "returned_to_sender"),
        ("77777", "TELEPORTED", "unknown", "-"),
    ] {
        let raw = format!(
            r#"{{ "Shipment": {{ "TrackingNumber": "LX1", "Events": {{ "DateTime": "2026-01-20T10:00:00", "Code": {code}, "Description": "{description}" }} }} }}"#
        );
        let parsed = source("spring").parse(raw.as_bytes());
        let expected = format!("2026-01-20T10:00:00 unknown {milestone} {exception} | {code} | {description} | -");
        assert_eq!(lines(&parsed), [expected]);
        assert_eq!(parsed.unmapped.is_empty(), code != "77777", "{code}");
    }
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "spring",
        &[
            (r#"{ "ErrorLevel": 10, "Error": "Shipment not found", "Shipment": null }"#, true, false),
            (r#"{ "ErrorLevel": 10, "Error": "Invalid API key" }"#, false, false),
        ],
    );
}
