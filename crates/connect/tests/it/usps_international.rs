use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/usps_international/samples/tracking_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("usps_international").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-04-05T10:00:00-04:00 guessed handed_over - | 03 | USPS in possession of item | ATLANTA, GA, 30301",
        "2026-04-06T20:30:00-05:00 known in_network - | EC | Processed Through Facility | ISC CHICAGO IL(USPS)",
        "2026-04-08T02:00:00 unknown customs - | PC | Customs Clearance | CANADA",
        "2026-04-10T11:15:00-04:00 known delivered - | 01 | Delivered | CANADA",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

/// Its event codes are those of USPS, and read from one table.
#[test]
fn codes_are_those_of_usps() {
    let event = |code: &str, words: &str| {
        let raw = format!(
            r#"{{ "trackingNumber": "LX", "trackingEvents": [{{ "eventTimestamp": "2026-04-05T10:00:00", "eventCountry": "GREAT BRITAIN AND NORTHERN IRELAND", "eventCode": "{code}", "eventType": "{words}" }}] }}"#
        );
        let parsed = source("usps_international").parse(raw.as_bytes());
        (lines(&parsed).concat(), parsed.unmapped.len())
    };
    let place = "GREAT BRITAIN AND NORTHERN IRELAND";
    assert_eq!(
        event("16", "Available for Pickup"),
        (format!("2026-04-05T10:00:00+01:00 guessed available_for_pickup - | 16 | Available for Pickup | {place}"), 0)
    );
    assert_eq!(
        event("H2", "Attempted Delivery Abroad").0,
        format!(
            "2026-04-05T10:00:00+01:00 guessed out_for_delivery attempt_failed_absent | H2 | Attempted Delivery Abroad | {place}"
        )
    );
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "usps_international",
        &[(
            r#"{ "apiVersion": "v3", "error": { "code": "404", "message": "A status update is not yet available on your tracking number; no record" } }"#,
            true,
            false,
        )],
    );
}
