use crate::shared::{assert_refusals, estimated_days, lines, source};

const TRACKING: &str = include_str!("../../src/carriers/sendle/samples/tracking_made_up.json");

const LOCAL: &str = include_str!("../../src/carriers/sendle/samples/tracking_local_made_up.json");

const WEBHOOK: &str = include_str!("../../src/carriers/sendle/samples/webhook_made_up.json");

#[test]
fn tracking_is_told() {
    let parsed = source("sendle").parse(TRACKING.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-05-19T01:04:00+00:00 known announced preparation_problem | Pickup Attempted | We attempted to pick up the parcel but were unsuccessful | -",
        "2026-05-20T20:31:00+00:00 known handed_over - | Pickup | Parcel picked up | Sydney, NSW",
        "2026-05-21T01:14:00+00:00 known in_network - | In Transit | In transit | Sydney",
        "2026-05-22T23:00:00+00:00 known out_for_delivery - | Info | Parcel is loaded for delivery | Brisbane, QLD, 4000, AU",
        "2026-05-23T03:00:00+00:00 known out_for_delivery attempt_failed_absent | Card Left | Card left | -",
        "2026-05-25T04:25:00+00:00 known delivered - | Delivered | Parcel delivered | -",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-05-26"]);
}

/// The local clock where it is given; its offset is what lies between it and UTC.
#[test]
fn local_clocks_are_told() {
    let parsed = source("sendle").parse(LOCAL.as_bytes());
    let expected = [
        "2026-08-07T18:39:00-04:00 known in_network - | In Transit | Your package has been accepted by our delivery partner. | VALLEY COTTAGE, NY",
        "2026-08-08T09:58:20-04:00 known out_for_delivery - | Out for Delivery | Parcel is onboard the courier vehicle for delivery | -",
        "2026-08-08T17:58:20+00:00 known delivered - | Delivered | Parcel delivered | -",
    ];
    assert_eq!((lines(&parsed), parsed.error), (expected.map(str::to_owned).to_vec(), None));
}

#[test]
fn webhook_is_told() {
    let parsed = source("sendle").parse(WEBHOOK.as_bytes());
    assert_eq!(parsed.error, None);
    let expected =
        ["2026-05-25T21:21:05+00:00 known handed_over - | Dropped off | Parcel has been dropped off | Eugene, OR, 97405, US"];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "sendle",
        &[(r#"{ "error": "not_found", "error_description": "The resource you requested was not found" }"#, true, false)],
    );
}
