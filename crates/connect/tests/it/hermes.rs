use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/hermes/samples/shipmentinfo_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("hermes").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-03T10:00:00+01:00 known announced - | 0000 | Die Sendung wurde Hermes elektronisch angekündigt. | -",
        "2026-02-05T08:10:00+01:00 guessed out_for_delivery - | 3000 | Die Sendung ist auf Zustelltour gegangen. | Hamburg, DE",
        "2026-02-05T14:30:00+01:00 known delivered - | 3500 | Die Sendung wurde zugestellt. | Hamburg, DE",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-02-05"]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals("hermes", &[(r#"{ "errors": [{ "code": "e020", "message": "Sendung nicht gefunden" }] }"#, true, false)]);
}
