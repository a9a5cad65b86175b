use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/smartkargo/samples/events_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("smartkargo").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-05T10:00:00 unknown handed_over - | RCS | Received from shipper | YUL",
        "2026-02-05T18:00:00-05:00 known in_network - | DEP | Departed | YUL",
        "2026-02-06T12:00:00-08:00 known delivered - | DLV | Delivered | YVR",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals("smartkargo", &[(r#"{ "message": "Unauthorized" }"#, false, false)]);
}
