use crate::shared::{assert_refusals, estimated_days, lines, source};

const ITEMS: &str = include_str!("../../src/carriers/bpost/samples/items_made_up.json");

const TRACKING_INFO: &str = include_str!("../../src/carriers/bpost/samples/tracking_info_made_up.xml");

#[test]
fn items_is_told() {
    let parsed = source("bpost").parse(ITEMS.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-02T09:00:00 unknown announced - |  | Confirmation of preparation of the parcel received | -",
        "2026-02-02T23:10:00 unknown in_network - |  | Parcel in the sorting centre | -",
        "2026-02-03T11:42:00+01:00 guessed delivered - |  | Parcel delivered | GENT X, BE",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-02-03"]);
}

#[test]
fn tracking_info_is_told() {
    let parsed = source("bpost").parse(TRACKING_INFO.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = ["2026-02-02T23:10:00+01:00 known in_network - | 60 | Parcel in the sorting centre | -"];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals("bpost", &[(r#"{ "error": "NO_DATA_FOUND", "message": "No data found" }"#, true, false)]);
}
