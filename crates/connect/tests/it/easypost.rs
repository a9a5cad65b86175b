use kept_engine::ports::Parsed;
use serde_json::{Value, json};

use crate::shared::{column, estimated_days, facts, shared_sample, source, told};

pub const UPDATED: &str = include_str!("../../src/aggregators/easypost/samples/tracker_updated_made_up.json");

const RETURNED: &str = include_str!("../../src/aggregators/easypost/samples/tracker_returned_made_up.json");

fn parse(value: &Value) -> Parsed {
    source("easypost").parse(value.to_string().as_bytes())
}

fn detail(status: &str, status_detail: &str, message: &str) -> Value {
    json!({ "object": "Tracker", "tracking_code": "T1", "carrier": "USPS", "status": status, "updated_at": "2026-01-14T09:00:00Z",
        "tracking_details": [{ "status": status, "status_detail": status_detail, "message": message, "datetime": "2026-01-13T10:00:00Z" }] })
}

#[test]
fn the_published_webhook() {
    let Some(raw) = shared_sample("easypost/webhook_event.json") else { return };
    let parsed = source("easypost").parse(&raw);
    assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]));
    assert_eq!(parsed.delivery_id.as_deref(), Some("evt_1"));
    let facts = facts(&parsed);
    assert_eq!(column(&facts, "code"), ["OC", "PU", "AR", "DP", "IT", "IT", "AR"]);
    let expected = ["announced", "handed_over", "in_network", "in_network", "in_network", "in_network", "in_network"];
    assert_eq!(column(&facts, "milestone"), expected);
    assert!(facts.iter().all(|fact| fact["offset"] == "known" && fact["exception"].is_null() && fact["tracking_number"] == "1"));
    assert!(facts.iter().all(|fact| fact["carrier"] == "fedex"));
    assert_eq!(
        (facts[1]["location"].clone(), facts[1]["at"].clone()),
        (json!("ORLANDO, FL, 32809, US"), json!("2024-07-31T19:27:00+00:00"))
    );
    assert_eq!(estimated_days(&parsed), ["2024-08-05"]);
}

#[test]
fn the_published_answers() {
    for (file, count) in
        [("easypost/tracker_retrieve.json", 2), ("easypost/trackers_list.json", 2), ("easypost/trackers_recorded.json", 20)]
    {
        let Some(raw) = shared_sample(file) else { return };
        let parsed = source("easypost").parse(&raw);
        assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]), "{file}");
        let facts = facts(&parsed);
        assert_eq!(facts.len(), count, "{file}");
        assert!(facts.iter().all(|fact| fact["milestone"] == "announced" && fact["offset"] == "known"), "{file}");
        let mut numbers = column(&facts, "tracking_number");
        numbers.sort();
        numbers.dedup();
        let mut scans: Vec<String> =
            facts.iter().map(|fact| format!("{} {} {}", fact["tracking_number"], fact["at"], fact["text"])).collect();
        scans.sort();
        scans.dedup();
        let expected = if count == 20 { (6, 14) } else { (1, 2) };
        assert_eq!((numbers.len(), scans.len()), expected, "{file}");
    }
}

/// Trap 7: an event that is fetched carries no tracker.
#[test]
fn an_event_without_its_tracker_is_no_error() {
    let Some(raw) = shared_sample("easypost/event_without_result.json") else { return };
    let parsed = source("easypost").parse(&raw);
    assert_eq!((parsed.error.clone(), parsed.inputs.len()), (None, 0));
    assert_eq!(parsed.delivery_id.as_deref(), Some("evt_ad2365c22d1511f0b5364ffbb3e7a1f1"));
    assert_eq!(parsed.unmapped[0].what, "answer");
}

#[test]
fn a_journey_with_its_troubles() {
    let parsed = source("easypost").parse(UPDATED.as_bytes());
    assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]));
    let facts = facts(&parsed);
    assert_eq!(column(&facts, "code"), ["GX", "03", "weather_delay", "OF", "55", "01"]);
    assert_eq!(
        column(&facts, "milestone"),
        ["announced", "handed_over", "handed_over", "out_for_delivery", "out_for_delivery", "delivered"]
    );
    assert_eq!(column(&facts, "exception"), ["", "", "weather", "", "attempt_failed_absent", ""]);
    assert_eq!(column(&facts, "offset"), ["known", "known", "known", "known", "guessed", "known"]);
    assert_eq!(facts[4]["at"], "2026-01-13T11:40:00-05:00");
    assert_eq!(estimated_days(&parsed), ["2026-01-13"]);
}

#[test]
fn statuses_and_details() {
    for (status, status_detail, message, milestone, exception) in [
        ("in_transit", "unknown", "On the way", "in_network", ""),
        ("in_transit", "arrived_at_facility", "Arrived at Post Office", "at_local_depot", ""),
        ("in_transit", "received_at_destination_facility", "x", "at_local_depot", ""),
        ("in_transit", "status_update", "Held in Customs", "customs", "customs_hold"),
        ("in_transit", "address_correction", "x", "in_network", "address_problem"),
        ("in_transit", "missorted", "x", "in_network", "missorted"),
        ("available_for_pickup", "arrived_at_pickup_location", "x", "available_for_pickup", ""),
        ("return_to_sender", "return", "Return to sender processed", "returning", ""),
        ("return_to_sender", "return", "Delivered to shipper", "returned", ""),
        ("return_to_sender", "return", "Undelivered, on its way back", "returning", ""),
        ("in_transit", "return", "Delivered to sender", "returned", ""),
        ("in_transit", "arrived_at_destination", "x", "at_local_depot", ""),
        ("delivered", "delivered", "Delivered, Front Door/Porch", "delivered", ""),
        ("failure", "delivery_exception", "Business closed", "out_for_delivery", "attempt_failed_closed"),
        ("failure", "delivery_exception", "x", "out_for_delivery", "undeliverable"),
        ("failure", "refused", "x", "out_for_delivery", "refused"),
        ("failure", "expired", "x", "available_for_pickup", "unclaimed"),
        ("cancelled", "cancelled", "x", "cancelled", ""),
    ] {
        let parsed = parse(&detail(status, status_detail, message));
        let facts = facts(&parsed);
        assert_eq!(column(&facts, "milestone"), [milestone], "{status}/{status_detail} {message}");
        assert_eq!(column(&facts, "exception"), [exception], "{status}/{status_detail} {message}");
        assert_eq!(parsed.unmapped, [], "{status}/{status_detail}");
    }
    let parsed = parse(&detail("teleported", "unknown", "words"));
    assert_eq!((column(&facts(&parsed), "milestone"), parsed.unmapped.len()), (vec!["unknown".to_owned()], 1));
}

/// Newest first, two at one moment; what says "delivered" is at a pickup point, on its way back, or back.
#[test]
fn a_return_and_what_is_called_delivered() {
    let parsed = source("easypost").parse(RETURNED.as_bytes());
    assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]));
    assert_eq!(
        told(&parsed),
        [
            "arrived_at_destination · 2026-01-13T08:00:00-06:00 · known · in_network · - · -",
            "arrived_at_destination · 2026-01-13T09:00:00-06:00 · known · customs · - · -",
            "YP · 2026-01-14T09:00:00-06:00 · known · in_network · - · Chicago, IL, US",
            "OT · 2026-01-14T09:00:00-06:00 · known · out_for_delivery · - · Chicago, IL, US",
            "2Q · 2026-01-14T15:00:00-06:00 · known · available_for_pickup · - · Chicago, IL, US",
            "X9 · 2026-01-20T15:00:00-06:00 · known · returning · - · Chicago, IL, US",
            "delivered · 2026-01-22T15:00:00-05:00 · known · returned · - · Newark, NJ, US",
        ]
    );
}

#[test]
fn errors_in_the_user_s_words() {
    for (error, retryable, not_found) in [
        (
            json!({ "error": { "code": "NOT_FOUND", "message": "The requested resource could not be found.", "errors": [] } }),
            false,
            true,
        ),
        (json!({ "error": { "code": "UNAUTHORIZED", "message": "Authentication is required." } }), false, false),
        (json!({ "error": { "code": "RATE_LIMITED", "message": "Too many." } }), true, false),
        (json!({ "error": { "code": "GATEWAY_TIMEOUT", "message": "…" } }), true, false),
        (json!({ "error": "The request could not be understood" }), false, false),
        (json!({}), false, false),
        (json!([{}]), false, false),
        (json!({ "object": "Tracker" }), false, false),
    ] {
        let failure = parse(&error).error.expect("an error");
        assert!(!failure.message.is_empty() && failure.hint.is_some());
        assert_eq!((failure.retryable, failure.not_found), (retryable, not_found), "{error}");
    }
}

#[test]
fn an_event_of_something_else_is_shown() {
    let parsed = parse(
        &json!({ "object": "Event", "id": "evt_2", "description": "batch.updated", "result": { "object": "Batch", "id": "batch_1" } }),
    );
    assert_eq!((parsed.error.clone(), parsed.inputs.len()), (None, 0));
    assert_eq!((parsed.unmapped[0].what.as_str(), parsed.unmapped[0].code.as_str()), ("event", "batch.updated"));
}

/// Why it goes back stands beside the status.
#[test]
fn what_goes_back_says_why() {
    for (status_detail, exception) in [
        ("return", ""),
        ("refused", "refused"),
        ("address_correction", "address_problem"),
        ("expired", "unclaimed"),
        ("damaged", "damaged"),
    ] {
        let facts = facts(&parse(&detail("return_to_sender", status_detail, "Return")));
        assert_eq!(
            (column(&facts, "milestone"), column(&facts, "exception")),
            (vec!["returning".to_owned()], vec![exception.to_owned()])
        );
    }
}

/// A shipment has the number of its tracker beside it; lists of events and of shipments hold trackers as well.
#[test]
fn a_tracker_inside_something_else() {
    let tracker = detail("delivered", "arrived_at_destination", "Delivered");
    let once = told(&parse(&tracker));
    assert_eq!(once.len(), 1);
    let shipment = json!({ "object": "Shipment", "tracking_code": "T1", "tracker": tracker });
    for payload in [
        shipment.clone(),
        json!({ "shipments": [shipment] }),
        json!({ "events": [{ "object": "Event", "description": "tracker.updated", "result": tracker }] }),
    ] {
        let parsed = parse(&payload);
        assert_eq!((parsed.error.clone(), told(&parsed)), (None, once.clone()), "{payload}");
    }
}

#[test]
fn a_failure_keeps_its_detail_and_what_the_words_do_not_take_back() {
    let read = |status: &str, status_detail: &str, message: &str| {
        let facts = facts(&parse(&detail(status, status_detail, message)));
        format!("{} {}", column(&facts, "milestone")[0], column(&facts, "exception")[0])
    };
    for (status, status_detail, message, expected) in [
        ("failure", "delayed", "Shipment exception", "in_network delayed_by_carrier"),
        ("failure", "weather_delay", "Shipment exception", "in_network weather"),
        ("failure", "missorted", "Sent to the wrong facility", "in_network missorted"),
        ("failure", "unknown", "The delivery is rescheduled", "out_for_delivery undeliverable"),
        ("failure", "unknown", "Delivery rescheduled", "out_for_delivery undeliverable"),
        ("in_transit", "unknown", "Delivery rescheduled", "in_network "),
        ("return_to_sender", "unknown", "Colis distribué à l'expéditeur", "returned "),
        ("return_to_sender", "unknown", "Entregado al remitente", "returned "),
        ("return_to_sender", "unknown", "Die Sendung wird an den Absender zurückgesandt", "returning "),
    ] {
        assert_eq!(read(status, status_detail, message), expected, "{status} {status_detail} {message}");
    }
}
