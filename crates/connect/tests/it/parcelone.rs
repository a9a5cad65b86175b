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

/// A date and a time in two fields, the date as Germans write it; and the place under the name that begins as the others do.
#[test]
fn days_and_times_apart() {
    let parsed = source("parcelone").parse(
        r#"{ "results": { "TrackingID": "P2", "Events": [
            { "EventDate": "05.02.2026", "EventTime": "10:15", "TrackingStatusCode": "D", "TrackingStatus": "Zugestellt", "TrackingLocation": "Wien", "CountryCode": "AT" },
            { "EventDate": "04.02.2026", "TrackingStatusCode": "C", "TrackingStatus": "Daten übermittelt", "TrackingLocation": "", "CountryCode": "DE" }] } }"#
            .as_bytes(),
    );
    let expected = [
        "2026-02-04T00:00:00 unknown announced - | C | Daten übermittelt | DE",
        "2026-02-05T10:15:00+01:00 guessed delivered - | D | Zugestellt | Wien, AT",
    ];
    assert_eq!(lines(&parsed), expected);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals("parcelone", &[(r#"{ "success": -1, "message": "Shipment not found" }"#, true, false)]);
}
