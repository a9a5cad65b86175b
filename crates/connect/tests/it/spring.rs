use crate::shared::{assert_refusals, estimated_days, lines, source};

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
