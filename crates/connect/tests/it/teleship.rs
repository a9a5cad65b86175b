use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/teleship/samples/tracking_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("teleship").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-05T10:00:00+00:00 known announced - | LABEL_CREATED | Shipping label created | London, E1 6AN, GB",
        "2026-02-06T01:00:00+00:00 known in_network - | TL-210 | Departed origin hub | London, GB",
        "2026-02-10T15:00:00-05:00 known delivered - | DELIVERED | Delivered | Albany, NY, US",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals("teleship", &[(r#"{ "messages": [{ "code": 404, "message": "Shipment not found" }] }"#, true, false)]);
}
