use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/landmark/samples/track_made_up.xml");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("landmark").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-01-18T10:00:00 unknown announced - | 50 | Shipment Data Uploaded | -",
        "2026-01-20T00:35:00 unknown customs - | 125 | Customs Cleared | -",
        "2026-01-21T09:15:00 unknown in_network - | 200 | Item scanned at postal facility | Mississauga, ON",
        "2026-01-23T16:10:00 unknown delivered - | 500 | Item successfully delivered | Toronto, ON",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "landmark",
        &[(
            "<TrackResponse><Errors><Error><ErrorCode>Track.1</ErrorCode><ErrorMessage>Unknown tracking number</ErrorMessage></Error></Errors></TrackResponse>",
            true,
            false,
        )],
    );
}
