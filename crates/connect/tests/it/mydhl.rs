use crate::shared::{assert_refusals, column, estimated_days, facts, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/mydhl/samples/tracking_made_up.json");

const WEST: &str = include_str!("../../src/carriers/mydhl/samples/tracking_west_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("mydhl").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-02T18:40:00+01:00 known handed_over - | PU | Shipment picked up | Paris-FR",
        "2026-02-03T06:30:00-05:00 known customs customs_hold | UD | Clearance event | Cincinnati Hub-US",
        "2026-02-04T08:01:00-05:00 known out_for_delivery - | WC | Shipment is out with courier for delivery | New York-US",
        "2026-02-04T13:20:00-05:00 known delivered - | OK | Delivered | New York-US",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-02-05"]);
}

/// By wall clocks it would land before it took off; one scan without an offset must not lead to that.
#[test]
fn a_parcel_that_flies_west_keeps_its_order() {
    let parsed = source("mydhl").parse(WEST.as_bytes());
    assert_eq!((parsed.error.clone(), parsed.unmapped.len()), (None, 0));
    let expected = [
        "2026-02-02T18:40:00+08:00 known in_network - | CI | Facility check-in HONG KONG | Hong Kong-HK",
        "2026-02-02T22:15:00+08:00 known in_network - | DF | Shipment has departed from a DHL facility HONG KONG | Hong Kong-HK",
        "2026-02-02T19:05:00-05:00 known in_network - | AF | Arrived at DHL Sort Facility CINCINNATI HUB-USA | Cincinnati Hub-US",
        "2026-02-03T07:30:00 unknown customs - | ES | Entry submitted | -",
        "2026-02-04T10:20:00-05:00 known delivered damaged | DD | Delivered damaged | New York-US",
    ];
    assert_eq!(lines(&parsed), expected);
}

/// Scans of pieces are those of the shipment, told once.
#[test]
fn pieces_go_by_the_number_of_the_shipment() {
    let piece = |number: &str| {
        format!(
            r#"{{ "trackingNumber": "{number}", "events": [{{ "date": "2026-02-02", "time": "16:40:11", "GMTOffset": "+01:00", "typeCode": "PU", "description": "Picked up" }}] }}"#
        )
    };
    let raw = format!(
        r#"{{ "shipments": [{{ "shipmentTrackingNumber": "1", "events": null, "pieces": [{}, {}] }}] }}"#,
        piece("JD1"),
        piece("JD2")
    );
    let parsed = source("mydhl").parse(raw.as_bytes());
    assert_eq!(lines(&parsed), ["2026-02-02T16:40:11+01:00 known handed_over - | PU | Picked up | -"]);
    assert_eq!(column(&facts(&parsed), "tracking_number"), ["1"]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "mydhl",
        &[
            (
                r#"{ "instance": "/expressapi/shipments/1/tracking", "detail": "No data found", "title": "No Data Found", "status": "404" }"#,
                true,
                false,
            ),
            (
                r#"{ "reasons": [{ "msg": "Invalid Credentials" }], "details": { "msgId": "x" }, "status": 401, "title": "Unauthorized" }"#,
                false,
                false,
            ),
        ],
    );
}
