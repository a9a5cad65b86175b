use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/parcelone/samples/tracking_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("parcelone").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-02T08:00:00+01:00 guessed announced - | 10 | Shipment data received | DE",
        "2026-02-05T10:15:00+01:00 guessed delivered - | 40 | Delivered | Wien, AT",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals("parcelone", &[(r#"{ "success": -1, "message": "Shipment not found" }"#, true, false)]);
}
