use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/mydhl/samples/tracking_made_up.json");

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
