use kept_engine::ports::Parsed;
use serde_json::{Value, json};

use crate::shared::{column, estimated_days, facts, scans, shared_sample, source, told, unmapped};

pub const EVENT_CREATED: &str = include_str!("../../src/aggregators/sendcloud/samples/parcel_event_created_made_up.json");
pub const STATUS_CHANGED: &str = include_str!("../../src/aggregators/sendcloud/samples/parcel_status_changed_made_up.json");
pub const TRACKING_V2: &str = include_str!("../../src/aggregators/sendcloud/samples/tracking_v2_made_up.json");
pub const TRACKING_V3: &str = include_str!("../../src/aggregators/sendcloud/samples/tracking_v3_made_up.json");
pub const PARCELS_V2: &str = include_str!("../../src/aggregators/sendcloud/samples/parcels_v2_made_up.json");
pub const SHIPMENT_V3: &str = include_str!("../../src/aggregators/sendcloud/samples/shipment_v3_made_up.json");

const TRACKING_CODES: &str = include_str!("../../src/aggregators/sendcloud/samples/tracking_v2_codes_made_up.json");

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

/// Newest first, two at one moment; the codes are those of v3 in small letters.
#[test]
fn a_history_in_codes() {
    let (parsed, _) = read(TRACKING_CODES);
    assert_eq!(
        told(&parsed),
        [
            "announcing · 2026-01-12T15:04:43+00:00 · known · announced · - · -",
            "picked-up-by-driver · 2026-01-13T17:09:00+00:00 · known · handed_over · - · -",
            "to-sorting · 2026-01-13T21:09:00+00:00 · known · in_network · - · -",
            "sorting · 2026-01-14T07:09:00+00:00 · known · in_network · - · -",
            "driver-on-route · 2026-01-14T07:09:00+00:00 · known · out_for_delivery · - · -",
            "delivery-failed · 2026-01-14T10:09:00+00:00 · known · out_for_delivery · attempt_failed_absent · -",
            "awaiting-customer-pickup · 2026-01-14T16:09:00+00:00 · known · available_for_pickup · - · -",
            "collected-by-customer · 2026-01-16T16:09:00+00:00 · known · delivered · - · -",
            "unknown · 2026-01-16T16:10:00+00:00 · known · unknown · - · -",
        ]
    );
    assert_eq!(unmapped(&parsed), ["code unknown"]);
}

/// Sendcloud's list of statuses: id of v2, code of v3, words. Each of the three alone says the same.
#[test]
fn every_status_by_its_id_its_code_and_its_words() {
    for (id, code, words, milestone) in [
        (999, "NO_LABEL", "No label", "announced"),
        (1000, "READY_TO_SEND", "Ready to send", "announced"),
        (1001, "ANNOUNCING", "Being announced", "announced"),
        (1, "ANNOUNCED", "Announced", "announced"),
        (13, "ANNOUNCED_UNCOLLECTED", "Announced: not collected", "announced"),
        (1002, "ANNOUNCEMENT_FAILED", "Announcement failed", "announced"),
        (15, "COLLECT_ERROR", "Error collecting", "announced"),
        (22, "PICKED_UP_BY_DRIVER", "Shipment picked up by driver", "handed_over"),
        (3, "TO_SORTING", "En route to sorting center", "in_network"),
        (62990, "AT_SORTING_CENTRE", "At sorting centre", "in_network"),
        (7, "SORTING", "Being sorted", "in_network"),
        (5, "SORTED", "Sorted", "in_network"),
        (6, "UNSORTED", "Not sorted", "in_network"),
        (91, "SHIPMENT_ON_ROUTE", "Parcel en route", "in_network"),
        (4, "DELAYED", "Delivery delayed", "in_network"),
        (62993, "DELIVERY_METHOD_CHANGED", "Delivery method changed", "in_network"),
        (62994, "DELIVERY_DATE_CHANGED", "Delivery date changed", "in_network"),
        (62995, "DELIVERY_ADDRESS_CHANGED", "Delivery address changed", "in_network"),
        (62996, "EXCEPTION", "Exception", "in_network"),
        (62997, "ADDRESS_INVALID", "Address invalid", "in_network"),
        (62989, "AT_CUSTOMS", "At Customs", "customs"),
        (92, "DRIVER_ON_ROUTE", "Driver en route", "out_for_delivery"),
        (8, "DELIVERY_FAILED", "Delivery attempt failed", "out_for_delivery"),
        (80, "UNDELIVERABLE", "Unable to deliver", "out_for_delivery"),
        (62991, "REFUSED_BY_RECIPIENT", "Refused by recipient", "out_for_delivery"),
        (12, "AWAITING_CUSTOMER_PICKUP", "Awaiting customer pickup", "available_for_pickup"),
        (11, "DELIVERED", "Delivered", "delivered"),
        (93, "COLLECTED_BY_CUSTOMER", "Shipment collected by customer", "delivered"),
        (62992, "RETURNED_TO_SENDER", "Returned to sender", "returned"),
        (1999, "CANCELLING", "Cancellation requested", "announced"),
        (2001, "CANCELLING_UPSTREAM", "Submitting cancellation request", "announced"),
        (94, "CANCELLATION_FAILED", "Parcel cancellation failed.", "announced"),
        (1998, "CANCELLED_UPSTREAM", "Cancelled upstream", "cancelled"),
        (2000, "CANCELLED", "Cancelled", "cancelled"),
    ] {
        for status in [json!({ "id": id }), json!({ "code": code }), json!({ "message": words })] {
            let parsed = parse(&json!({ "tracking_number": "T1", "status": status, "updated_at": "2026-01-12T17:41:16Z" }));
            assert_eq!(
                (column(&facts(&parsed), "milestone"), unmapped(&parsed)),
                (vec![milestone.to_owned()], vec![]),
                "{status}"
            );
        }
    }
    let unknown = json!({ "id": 1337, "message": "Unknown status - check carrier track & trace page for more insights" });
    let parsed = parse(&json!({ "tracking_number": "T1", "status": unknown, "updated_at": "2026-01-12T17:41:16Z" }));
    assert_eq!(
        (column(&facts(&parsed), "milestone"), unmapped(&parsed)),
        (vec!["unknown".to_owned()], vec!["code 1337".to_owned()])
    );
}

#[test]
fn errors_and_other_actions() {
    for (error, retryable, not_found) in [
        (json!({ "detail": "Parcel does not exist" }), false, true),
        (json!({ "error": { "code": 401, "message": "Invalid username/password.", "request": "api/v2/parcels" } }), false, false),
        (json!({ "errors": [{ "code": "throttled", "detail": "Request was throttled." }] }), true, false),
        (json!({ "errors": [{ "status": "500", "title": "Internal Server Error" }] }), true, false),
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

/// The status of a tracking is coarse, and the carrier's own words stand beside it.
#[test]
fn what_went_wrong_in_the_carrier_s_words() {
    for (status, words, milestone, exception) in [
        ("exception", "Die Sendung wird an den Absender zurückgesandt", "returning", "returned_to_sender"),
        ("exception", "Colis non réclamé, retour à l'expéditeur", "in_network", "unclaimed"),
        ("exception", "Package damaged during transport", "in_network", "damaged"),
        ("exception", "Something else", "in_network", "undeliverable"),
        ("delivery-failed", "Der Empfänger wurde an der Adresse nicht angetroffen", "out_for_delivery", "attempt_failed_absent"),
        ("delivery-failed", "Zustellung nicht möglich, Firma geschlossen", "out_for_delivery", "attempt_failed_closed"),
        ("delivery-failed", "Empfänger hat Annahme verweigert", "out_for_delivery", "refused"),
        ("delivery-failed", "Adresse unvollständig", "out_for_delivery", "address_problem"),
        ("delivery-failed", "Zustellversuch", "out_for_delivery", "attempt_failed_absent"),
        ("at-customs", "Clearance delay - Import", "customs", "customs_hold"),
        ("at-customs", "Clearance in progress", "customs", ""),
        ("delivery-delayed", "Local weather delay", "in_network", "weather"),
        ("returned-to-sender", "Wordt geretourneerd naar de afzender", "returning", ""),
        ("returned-to-sender", "Retour ontvangen", "returned", ""),
    ] {
        let event =
            json!({ "parent_status": status, "carrier_message": words, "carrier_update_timestamp": "2026-01-05T10:00:00+00:00" });
        let parsed = parse(&json!({ "tracking_number": "T1", "carrier_code": "dpd", "statuses": [event] }));
        let facts = facts(&parsed);
        assert_eq!(
            (column(&facts, "milestone")[0].as_str(), column(&facts, "exception")[0].as_str()),
            (milestone, exception),
            "{words}"
        );
    }
}

#[test]
fn a_number_that_only_a_link_tells() {
    let status = json!({ "parent_status": "delivered", "carrier_update_timestamp": "2026-01-05T10:00:00+00:00" });
    for (carrier, own) in [
        ("https://carrier.example/?code=T1", "https://tracking.example/forward?carrier=postnl&code=T2"),
        ("https://carrier.example/NL/5611EM", "https://tracking.example/forward?carrier=postnl&code=T1&destination=NL"),
        ("https://carrier.example/?lang=nl&tracknum=T1", ""),
    ] {
        let parsed = parse(&json!({ "carrier_tracking_url": carrier, "sendcloud_tracking_url": own, "statuses": [status] }));
        assert_eq!(column(&facts(&parsed), "tracking_number"), ["T1"], "{carrier} {own}");
    }
}

#[test]
fn a_time_of_zero_is_none() {
    let mut value: Value = serde_json::from_str(STATUS_CHANGED).expect("JSON");
    value = value.as_array().and_then(|all| all.first().cloned()).unwrap_or(value);
    (value["timestamp"], value["carrier_status_change_timestamp"]) = (json!(1768296400000_i64), json!(0));
    assert_eq!(column(&facts(&parse(&value)), "at"), ["2026-01-13T09:26:40+00:00"]);
}
