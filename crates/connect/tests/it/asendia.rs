use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/asendia/samples/tracking_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("asendia").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-11T09:12:00+01:00 known in_network - | E1 | Your item has been processed | Zurich, CH",
        "2026-02-14T12:00:00+01:00 guessed delivered - | E2 | Delivered | Lyon, FR",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals("asendia", &[(r#"{ "title": "Not Found", "status": 404 }"#, true, false)]);
}
