use crate::shared::{assert_refusals, estimated_days, facts, lines, source};

const V1: &str = include_str!("../../src/carriers/amazon_shipping/samples/tracking_v1_made_up.json");

const V2: &str = include_str!("../../src/carriers/amazon_shipping/samples/tracking_v2_made_up.json");

#[test]
fn the_history_of_v1_is_told_oldest_first() {
    let parsed = source("amazon_shipping").parse(V1.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-03T09:00:00+00:00 known announced - | ReadyForReceive | ReadyForReceive | -",
        "2026-02-03T16:30:00+00:00 known handed_over - | PickupDone | PickupDone | -",
        "2026-02-03T22:05:00+00:00 known in_network - | Departed | Departed | Coventry, GB",
        "2026-02-04T03:40:00+00:00 known in_network - | ArrivedAtCarrierFacility | ArrivedAtCarrierFacility | Bristol, GB",
        "2026-02-04T07:55:10+00:00 known out_for_delivery - | OutForDelivery | OutForDelivery | Bristol, GB",
        "2026-02-04T13:20:00+00:00 known delivered - | Delivered | Delivered | Bristol, England, ZZ1 1ZZ, GB",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-02-04"]);
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "XX0000000017"));
    assert_eq!(parsed.unmapped, []);
}

#[test]
fn what_is_delivered_on_the_way_back_is_returned() {
    let parsed = source("amazon_shipping").parse(V2.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-03-09T17:10:00+00:00 known handed_over - | PickupDone | PickupDone | Torino, 00000, IT",
        "2026-03-11T10:02:00+00:00 known out_for_delivery attempt_failed_absent | DeliveryAttempted | DeliveryAttempted | Milano, IT",
        "2026-03-12T08:00:00+00:00 known available_for_pickup - | AvailableForPickup | AvailableForPickup | Milano, IT",
        "2026-03-20T08:00:00+00:00 known returning returned_to_sender | ReturnInitiated | ReturnInitiated | Milano, IT",
        "2026-03-20T20:00:00+00:00 known returning returned_to_sender | Departed | Departed | Milano, IT",
        "2026-03-23T09:30:00+00:00 known returned returned_to_sender | Delivered | Delivered | Torino, IT",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-03-11"]);
}

#[test]
fn every_code_that_is_in_the_list() {
    for (code, milestone, exception) in [
        ("ReadyForReceive", "announced", "-"),
        ("PickupDone", "handed_over", "-"),
        ("Received", "handed_over", "-"),
        ("Departed", "in_network", "-"),
        ("ArrivedAtCarrierFacility", "in_network", "-"),
        ("OutForDelivery", "out_for_delivery", "-"),
        ("Delivered", "delivered", "-"),
        ("DeliveryAttempted", "out_for_delivery", "attempt_failed_absent"),
        ("Rejected", "out_for_delivery", "refused"),
        ("Undeliverable", "out_for_delivery", "undeliverable"),
        ("Lost", "in_network", "lost"),
        ("AvailableForPickup", "available_for_pickup", "-"),
        ("PickupCancelled", "cancelled", "-"),
        ("ReturnInitiated", "returning", "returned_to_sender"),
        ("RecipientRequestedAlternateDeliveryTiming", "in_network", "-"),
        ("Teleported", "unknown", "-"),
    ] {
        // A time without an offset gets that of its place.
        let raw = format!(
            r#"{{ "trackingId": "1", "eventHistory": [{{ "eventCode": "{code}", "eventTime": "2026-07-01T10:00:00", "location": {{ "countryCode": "FR" }} }}] }}"#
        );
        let parsed = source("amazon_shipping").parse(raw.as_bytes());
        assert_eq!(lines(&parsed), [format!("2026-07-01T10:00:00+02:00 guessed {milestone} {exception} | {code} | {code} | FR")]);
        assert_eq!(parsed.unmapped.is_empty(), code != "Teleported", "{code}");
    }
}

#[test]
fn a_parcel_without_events_is_no_error() {
    let parsed = source("amazon_shipping").parse(
        br#"{ "payload": { "trackingId": "1", "summary": { "status": "PreTransit" }, "promisedDeliveryDate": "2026-07-01T10:00:00Z", "eventHistory": [] } }"#,
    );
    assert_eq!((parsed.error, parsed.inputs.len()), (None, 0));
}

#[test]
fn what_it_says_instead_is_explained() {
    let errors =
        |code: &str, said: &str| format!(r#"{{ "errors": [{{ "code": "{code}", "message": "{said}", "details": "" }}] }}"#);
    assert_refusals(
        "amazon_shipping",
        &[
            (&errors("NotFound", "The requested resource was not found"), true, false),
            (&errors("InvalidInput", "The trackingId is invalid"), false, false),
            (&errors("Unauthorized", "Access to requested resource is denied."), false, false),
            (&errors("QuotaExceeded", "You exceeded your quota for the requested resource."), false, true),
            (&errors("InternalFailure", "We encountered an internal error. Please try again."), false, true),
        ],
    );
}
