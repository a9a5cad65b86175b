//! What holds for every carrier that is read by an outline.

use serde_json::{Value, json};

use crate::shared::{lines, source};

const SAMPLES: &[(&str, &str)] = &[
    ("amazon_shipping", include_str!("../../src/carriers/amazon_shipping/samples/tracking_v2_made_up.json")),
    ("aramex", include_str!("../../src/carriers/aramex/samples/track_shipments_made_up.json")),
    ("australiapost", include_str!("../../src/carriers/australiapost/samples/tracking_made_up.json")),
    ("bpost", include_str!("../../src/carriers/bpost/samples/items_made_up.json")),
    ("hermes", include_str!("../../src/carriers/hermes/samples/shipmentinfo_made_up.json")),
    ("inpost", include_str!("../../src/carriers/inpost/samples/tracking_made_up.json")),
    ("mydhl", include_str!("../../src/carriers/mydhl/samples/tracking_made_up.json")),
    ("postnl", include_str!("../../src/carriers/postnl/samples/complete_status_made_up.json")),
    ("royalmail", include_str!("../../src/carriers/royalmail/samples/events_made_up.json")),
    ("seko", include_str!("../../src/carriers/seko/samples/status_made_up.json")),
    ("sendle", include_str!("../../src/carriers/sendle/samples/tracking_made_up.json")),
    ("smartkargo", include_str!("../../src/carriers/smartkargo/samples/events_made_up.json")),
    ("spring", include_str!("../../src/carriers/spring/samples/track_shipment_made_up.json")),
    ("usps_international", include_str!("../../src/carriers/usps_international/samples/tracking_made_up.json")),
];

fn told(name: &str, value: &Value) -> Vec<String> {
    lines(&source(name).parse(value.to_string().as_bytes()))
}

#[test]
fn any_envelope_gives_the_same_facts() {
    for (name, sample) in SAMPLES {
        let bare: Value = serde_json::from_str(sample).expect("JSON");
        let expected = told(name, &bare);
        assert!(!expected.is_empty(), "{name}");
        for wrapped in [json!([bare]), json!({ "data": bare }), json!({ "payload": [{ "body": bare }], "meta": { "id": 1 } })] {
            assert_eq!(told(name, &wrapped), expected, "{name}");
        }
    }
}

#[test]
fn a_single_object_counts_as_a_list_of_one() {
    let event = json!({ "typeCode": "OK", "description": "Delivered", "date": "2026-02-04", "time": "13:20:00" });
    let one = told("mydhl", &json!({ "shipments": { "shipmentTrackingNumber": 2222222222_u64, "events": event } }));
    assert_eq!(one, ["2026-02-04T13:20:00 unknown delivered - | OK | Delivered | -"]);
}

#[test]
fn the_events_of_the_pieces_are_read_where_the_parcel_has_none() {
    let event = json!({ "typeCode": "WC", "description": "With courier", "date": "2026-02-04", "time": "13:20:00" });
    let shipment = json!({ "shipmentTrackingNumber": "2", "events": [], "pieces": [{ "number": 1, "events": [event] }] });
    assert_eq!(told("mydhl", &json!({ "shipments": [shipment] })).len(), 1);
}

#[test]
fn a_parcel_without_news_is_no_error() {
    let parsed = source("mydhl").parse(br#"{ "shipments": [{ "shipmentTrackingNumber": "2", "events": [] }] }"#);
    assert_eq!((parsed.error, parsed.inputs.len()), (None, 0));
}

#[test]
fn a_scan_without_a_time_is_reported_and_one_without_an_hour_is_told() {
    let parsed = source("teleship").parse(
        br#"{ "trackingNumber": "T", "events": [{ "code": "DELIVERED", "description": "Delivered" }, { "code": "DELIVERED", "timestamp": "2026-02-04", "description": "Delivered" }] }"#,
    );
    assert_eq!(lines(&parsed), ["2026-02-04T00:00:00 unknown delivered - | DELIVERED | Delivered | -"]);
    assert_eq!(parsed.unmapped.iter().filter(|entry| entry.what == "event").count(), 1);
}

#[test]
fn a_number_that_is_not_known_does_not_hide_the_others() {
    let known = r#"<AWBInfo><AWBNumber>2</AWBNumber><ShipmentInfo><ShipmentEvent><Date>2026-01-05</Date><Time>17:42</Time>
        <ServiceEvent><EventCode>PU</EventCode></ServiceEvent></ShipmentEvent></ShipmentInfo></AWBInfo>"#;
    let unknown = "<AWBInfo><AWBNumber>1</AWBNumber><Status><ActionStatus>No Shipments Found</ActionStatus></Status></AWBInfo>";
    let parsed = source("dhl_express").parse(format!("<R>{unknown}{known}</R>").as_bytes());
    assert_eq!((lines(&parsed).len(), parsed.error), (1, None));
    assert!(parsed.unmapped.iter().any(|entry| entry.what == "number" && entry.text.starts_with("1: ")), "{:?}", parsed.unmapped);
}
