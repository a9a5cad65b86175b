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

/// Posts tell of an item in the words of the UPU.
#[test]
fn the_words_of_posts() {
    for (words, milestone, exception) in [
        ("Posting/Collection", "handed_over", "-"),
        ("Arrival at outward office of exchange", "in_network", "-"),
        ("Dispatched from outward office of exchange", "in_network", "-"),
        ("Item held by import customs", "customs", "customs_hold"),
        ("Item returned from import customs", "customs", "-"),
        ("Arrival at delivery office", "at_local_depot", "-"),
        ("Item out for physical delivery", "out_for_delivery", "-"),
        ("Unsuccessful delivery", "out_for_delivery", "undeliverable"),
        ("Item arrival at collection point for pick-up (by recipient)", "available_for_pickup", "-"),
        ("Item pre-advised", "announced", "-"),
        ("Handed over to local carrier", "in_network", "-"),
        ("Final delivery", "delivered", "-"),
    ] {
        let event = format!(r#"{{ "code": "X", "time": "2026-02-11T09:12:00Z", "carrierEventDescription": "{words}" }}"#);
        let raw = format!(r#"{{ "trackingNumber": "1", "trackingEvents": [{event}] }}"#);
        let told = lines(&source("asendia").parse(raw.as_bytes()));
        assert_eq!(told, [format!("2026-02-11T09:12:00+00:00 known {milestone} {exception} | X | {words} | -")]);
    }
}
