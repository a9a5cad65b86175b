use kept_engine::ports::Parsed;
use serde_json::{Value, json};

use crate::shared::{column, estimated_days, facts, scans, shared_sample, source};

pub const EVENT_CREATED: &str = include_str!("../../src/aggregators/sendcloud/samples/parcel_event_created_made_up.json");
pub const STATUS_CHANGED: &str = include_str!("../../src/aggregators/sendcloud/samples/parcel_status_changed_made_up.json");
pub const TRACKING_V2: &str = include_str!("../../src/aggregators/sendcloud/samples/tracking_v2_made_up.json");
pub const TRACKING_V3: &str = include_str!("../../src/aggregators/sendcloud/samples/tracking_v3_made_up.json");
pub const PARCELS_V2: &str = include_str!("../../src/aggregators/sendcloud/samples/parcels_v2_made_up.json");
pub const SHIPMENT_V3: &str = include_str!("../../src/aggregators/sendcloud/samples/shipment_v3_made_up.json");

fn parse(value: &Value) -> Parsed {
    source("sendcloud").parse(value.to_string().as_bytes())
}

fn read(sample: &str) -> (Parsed, Vec<Value>) {
    let parsed = source("sendcloud").parse(sample.as_bytes());
    assert_eq!(parsed.error, None);
    let facts = facts(&parsed);
    (parsed, facts)
}

#[test]
fn the_published_webhook() {
    let Some(raw) = shared_sample("sendcloud/parcel_status_changed.json") else { return };
    let parsed = source("sendcloud").parse(&raw);
    assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]));
    let facts = facts(&parsed);
    assert_eq!((column(&facts, "code"), column(&facts, "milestone")), (vec!["1".to_owned()], vec!["announced".to_owned()]));
    // The sample's timestamps are placeholders: 123 seconds.
    assert_eq!((facts[0]["at"].clone(), facts[0]["location"].clone()), (json!("1970-01-01T00:02:03+00:00"), Value::Null));
    assert_eq!((facts[0]["carrier"].clone(), facts[0]["tracking_number"].clone()), (json!("postnl"), json!("3SYZXG132912330")));
    assert_eq!(scans(&parsed)[0].order_number.as_deref(), Some("ORD12334"));
}

/// Trap 3, and the array form.
#[test]
fn eighty_is_not_delivered() {
    let (parsed, facts) = read(STATUS_CHANGED);
    assert_eq!(parsed.unmapped, []);
    let of = |name: &str| facts[0][name].clone();
    assert_eq!(
        (of("code"), of("milestone"), of("exception"), of("carrier")),
        (json!("80"), json!("out_for_delivery"), json!("undeliverable"), json!("mondial_relay"))
    );
    assert_eq!(of("at"), "2026-01-13T09:26:40+00:00");
}

#[test]
fn an_event_of_v3() {
    let (parsed, facts) = read(EVENT_CREATED);
    assert_eq!(parsed.unmapped, []);
    let of = |name: &str| facts[0][name].clone();
    assert_eq!(
        (of("code"), of("milestone"), of("exception"), of("location"), of("at")),
        (
            json!("attempted/company_closed"),
            json!("out_for_delivery"),
            json!("attempt_failed_closed"),
            json!("Eindhoven, 5611 EM, NL"),
            json!("2026-01-13T10:30:00+00:00")
        )
    );
    for (phase, exception, sub_status, returned, milestone, trouble) in [
        ("in_transit", "none", "none", false, "in_network", ""),
        ("pup", "none", "locker", false, "available_for_pickup", ""),
        ("pup", "pup_expiration", "none", false, "available_for_pickup", "unclaimed"),
        ("in_delivery", "address_error", "unknown_receiver", false, "out_for_delivery", "address_problem"),
        ("in_transit", "delivery_delay", "weather_conditions", false, "in_network", "weather"),
        ("customs", "customs_issue", "payment", false, "customs", "payment_due"),
        ("sorted", "returned_sender", "none", false, "returning", ""),
        ("delivered", "returned_sender", "none", false, "returned", ""),
        ("delivered", "none", "none", true, "returned", ""),
        ("delivered", "none", "neighbour", false, "delivered", ""),
        ("announced", "cancelled", "none", false, "cancelled", ""),
    ] {
        let mut value: Value = serde_json::from_str(EVENT_CREATED).expect("JSON");
        let event = &mut value["data"]["event"];
        (event["phase"], event["exception"], event["sub_status"]) = (json!(phase), json!(exception), json!(sub_status));
        event["is_returned"] = json!(returned);
        let parsed = parse(&value);
        let facts = crate::shared::facts(&parsed);
        assert_eq!(parsed.unmapped, [], "{phase} {exception} {sub_status}");
        assert_eq!(
            (column(&facts, "milestone"), column(&facts, "exception")),
            (vec![milestone.to_owned()], vec![trouble.to_owned()]),
            "{phase} {exception} {sub_status}"
        );
    }
}

#[test]
fn histories_and_lists() {
    let (parsed, facts) = read(TRACKING_V2);
    assert_eq!(column(&facts, "code"), ["no-label", "ready-to-send", "at-sorting-centre", "delivered"]);
    assert_eq!(column(&facts, "milestone"), ["announced", "announced", "in_network", "delivered"]);
    assert!(facts.iter().all(|fact| fact["tracking_number"] == "JVGL00000000000017" && fact["offset"] == "known"));
    assert_eq!(estimated_days(&parsed), ["2026-01-14"]);

    let (parsed, facts) = read(TRACKING_V3);
    assert_eq!(column(&facts, "code"), ["ready_to_send", "accepted", "customs/documents"]);
    assert_eq!(column(&facts, "milestone"), ["announced", "handed_over", "customs"]);
    assert_eq!(column(&facts, "exception"), ["", "", "documents_missing"]);
    assert_eq!(estimated_days(&parsed), ["2026-01-15"]);

    let (parsed, facts) = read(PARCELS_V2);
    assert_eq!((column(&facts, "code"), column(&facts, "milestone")), (vec!["62989".to_owned()], vec!["customs".to_owned()]));
    assert_eq!((facts[0]["at"].clone(), facts[0]["offset"].clone()), (json!("2026-01-13T06:47:12"), json!("unknown")));
    assert_eq!((parsed.unmapped.len(), parsed.unmapped[0].what.as_str()), (1, "answer"));

    let (parsed, facts) = read(SHIPMENT_V3);
    assert_eq!(
        (column(&facts, "code"), column(&facts, "milestone")),
        (vec!["CANCELLED".to_owned()], vec!["cancelled".to_owned()])
    );
    assert_eq!(scans(&parsed)[0].order_number.as_deref(), Some("R-1004"));
}

#[test]
fn errors_and_other_actions() {
    for (error, retryable, not_found) in [
        (json!({ "detail": "Parcel does not exist" }), false, true),
        (json!({ "error": { "code": 401, "message": "Invalid username/password.", "request": "api/v2/parcels" } }), false, false),
        (json!({ "errors": [{ "code": "throttled", "detail": "Request was throttled." }] }), true, false),
        (json!({}), false, false),
        (json!([{}]), false, false),
    ] {
        let failure = parse(&error).error.expect("an error");
        assert!(!failure.message.is_empty() && failure.hint.is_some());
        assert_eq!((failure.retryable, failure.not_found), (retryable, not_found), "{error}");
    }
    let xml = b"<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>";
    assert!(source("sendcloud").parse(xml).error.expect("an error").not_found);
    let parsed = parse(&json!({ "action": "integration_connected", "timestamp": 1, "integration": {} }));
    assert_eq!((parsed.error.clone(), parsed.unmapped[0].what.as_str()), (None, "event"));
}
