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
fn each_package_of_an_air_waybill_is_told() {
    let parsed = source("smartkargo").parse(include_bytes!("../../src/carriers/smartkargo/samples/shipments_made_up.json"));
    let expected = [
        "2026-04-16T10:20:00 unknown in_network - | ARR | Arrived | LAX",
        "2026-04-15T10:20:00-07:00 known handed_over - | FOH | Freight on hand | Los Angeles",
    ];
    assert_eq!((lines(&parsed), parsed.error), (expected.map(str::to_owned).to_vec(), None));
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals("smartkargo", &[(r#"{ "message": "Unauthorized" }"#, false, false)]);
}
