use kept_engine::ports::Parsed;
use serde_json::{Value, json};

use crate::shared::{column, estimated_days, facts, shared_sample, source, told};

pub const UPDATED: &str = include_str!("../../src/aggregators/shippo/samples/track_updated_made_up.json");

const RETURNED: &str = include_str!("../../src/aggregators/shippo/samples/track_returned_made_up.json");

fn parse(value: &Value) -> Parsed {
    source("shippo").parse(value.to_string().as_bytes())
}

/// Trap 6: `tracking_status` is the newest scan once more.
#[test]
fn the_published_sample() {
    let Some(raw) = shared_sample("shippo/track_transit.json") else { return };
    let bare: Value = serde_json::from_slice(&raw).expect("JSON");
    for payload in [bare.clone(), json!({ "event": "track_updated", "test": true, "data": bare.clone() }), json!([bare])] {
        let parsed = parse(&payload);
        assert_eq!((parsed.error.clone(), parsed.delivery_id.clone()), (None, None));
        let facts = facts(&parsed);
        assert_eq!(column(&facts, "code"), ["UNKNOWN", "TRANSIT"]);
        assert_eq!(column(&facts, "milestone"), ["unknown", "in_network"]);
        assert_eq!(column(&facts, "at"), ["2018-07-28T14:39:42.589", "2018-07-29T16:44:42.589"]);
        assert_eq!(column(&facts, "offset"), ["unknown", "unknown"]);
        assert_eq!(column(&facts, "location"), ["San Francisco, CA, 94103, US", "San Francisco, CA, 94103, US"]);
        assert_eq!((parsed.unmapped.len(), parsed.unmapped[0].code.as_str()), (1, "UNKNOWN"));
        assert_eq!(estimated_days(&parsed), ["2018-08-02"]);
    }
}

#[test]
fn a_journey_with_substatuses() {
    let parsed = source("shippo").parse(UPDATED.as_bytes());
    assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]));
    let facts = facts(&parsed);
    assert_eq!(column(&facts, "code"), ["information_received", "package_accepted", "out_for_delivery", "delivery_attempted"]);
    assert_eq!(column(&facts, "milestone"), ["announced", "handed_over", "out_for_delivery", "out_for_delivery"]);
    assert_eq!(column(&facts, "exception"), ["", "", "", "attempt_failed_absent"]);
    assert!(facts.iter().all(|fact| fact["offset"] == "known" && fact["carrier"] == "ups"));
    assert_eq!(estimated_days(&parsed), ["2026-01-14"]);
}

/// Newest first, two at one moment; *RETURNED* says both "on its way back" and "back", as does "delivered" of the sender.
#[test]
fn a_return() {
    let parsed = source("shippo").parse(RETURNED.as_bytes());
    assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]));
    assert_eq!(
        told(&parsed),
        [
            "TRANSIT · 2026-01-15T13:10:00+00:00 · known · handed_over · - · -",
            "package_arrived · 2026-01-16T13:10:00+00:00 · known · at_local_depot · - · -",
            "out_for_delivery · 2026-01-16T13:10:00+00:00 · known · out_for_delivery · - · -",
            "return_to_sender · 2026-01-17T18:40:00+00:00 · known · returning · - · -",
            "RETURNED · 2026-01-18T18:40:00+00:00 · known · returning · - · -",
            "delivered · 2026-01-22T18:39:00+00:00 · known · returned · - · Las Vegas, NV, 89101, US",
            "RETURNED · 2026-01-22T18:40:00+00:00 · known · returned · - · Las Vegas, NV, 89101, US",
        ]
    );
}

#[test]
fn without_a_history_the_status_is_the_scan_and_nothing_is_nothing() {
    let mut value: Value = serde_json::from_str(UPDATED).expect("JSON");
    value["data"]["tracking_history"] = json!([]);
    assert_eq!(column(&facts(&parse(&value)), "code"), ["delivery_attempted"]);
    value["data"]["tracking_status"]["substatus"] = Value::Null;
    assert_eq!(column(&facts(&parse(&value)), "code"), ["TRANSIT"]);
    value["data"]["tracking_status"] = Value::Null;
    let parsed = parse(&value);
    assert_eq!((parsed.error.clone(), facts(&parsed).len()), (None, 0));
}

#[test]
fn statuses_and_substatuses() {
    for (status, substatus, text, milestone, exception) in [
        ("DELIVERED", Some("delivered"), "x", "delivered", ""),
        ("RETURNED", None, "x", "returned", ""),
        ("RETURNED", Some("return_to_sender"), "x", "returning", ""),
        ("RETURNED", Some("package_unclaimed"), "x", "returning", "unclaimed"),
        ("TRANSIT", None, "Out for delivery", "out_for_delivery", ""),
        ("TRANSIT", Some("pickup_available"), "x", "available_for_pickup", ""),
        ("TRANSIT", Some("location_inaccessible"), "x", "out_for_delivery", "attempt_failed_access"),
        ("TRANSIT", Some("address_issue"), "x", "in_network", "address_problem"),
        ("TRANSIT", Some("package_held"), "Held by customs", "customs", "customs_hold"),
        ("FAILURE", Some("package_disposed"), "x", "in_network", "destroyed"),
        ("FAILURE", Some("package_undeliverable"), "x", "out_for_delivery", "undeliverable"),
        ("FAILURE", Some("package_lost"), "x", "in_network", "lost"),
    ] {
        let parsed = parse(&json!({ "tracking_number": "T1", "carrier": "usps", "tracking_history": [
            { "status": status, "substatus": substatus.map(|code| json!({ "code": code })), "status_details": text, "status_date": "2026-01-13T10:00:00Z" }] }));
        let facts = facts(&parsed);
        assert_eq!(
            (column(&facts, "milestone"), column(&facts, "exception")),
            (vec![milestone.to_owned()], vec![exception.to_owned()]),
            "{status} {substatus:?}"
        );
        assert_eq!(parsed.unmapped, [], "{status} {substatus:?}");
    }
}

#[test]
fn errors_and_other_events() {
    for (error, not_found) in [
        (json!({ "detail": "Not found." }), true),
        (json!({ "detail": "Invalid token" }), false),
        (json!({ "carrier": ["Invalid carrier token"] }), false),
        (json!({ "__all__": ["Tracking number not found"] }), true),
        (json!({}), false),
        (json!({ "event": "track_updated", "data": {} }), false),
    ] {
        let failure = parse(&error).error.expect("an error");
        assert!(!failure.message.is_empty() && failure.hint.is_some());
        assert_eq!(failure.not_found, not_found, "{error}");
    }
    let parsed = parse(&json!({ "event": "transaction_created", "data": { "object_id": "x" } }));
    assert_eq!((parsed.error.clone(), parsed.unmapped[0].what.as_str()), (None, "event"));
}

/// Customs' processing has no substatus of its own.
#[test]
fn processing_may_be_that_of_customs() {
    for (words, milestone) in [
        ("Clearance event", "customs"),
        ("International shipment release - Import", "customs"),
        ("Processing at facility", "in_network"),
    ] {
        let event = json!({ "status": "TRANSIT", "status_details": words, "status_date": "2026-01-13T10:00:00Z",
            "substatus": { "code": "package_processing", "text": "…", "action_required": false } });
        let parsed = parse(&json!({ "tracking_number": "T1", "carrier": "dhl_express", "tracking_history": [event] }));
        assert_eq!(column(&facts(&parsed), "milestone"), [milestone], "{words}");
    }
}

/// Carriers call delivered what waits in a shop.
#[test]
fn a_shop_is_not_the_customer() {
    let event = json!({ "status": "DELIVERED", "substatus": { "code": "delivered" }, "status_details": "Delivered to UPS Access Point", "status_date": "2026-01-08T09:00:00Z" });
    let parsed = parse(&json!({ "carrier": "ups", "tracking_number": "1", "tracking_history": [event] }));
    assert_eq!(facts(&parsed)[0]["milestone"], "available_for_pickup");
}

#[test]
fn webhooks_kept_together() {
    let webhook: Value = serde_json::from_str(UPDATED).expect("JSON");
    let once = told(&parse(&webhook));
    let parsed =
        parse(&json!([webhook, webhook["data"], { "event": "batch_purchased", "data": {} }, { "detail": "Not found." }]));
    assert_eq!((parsed.error.clone(), told(&parsed)), (None, [once.clone(), once].concat()));
    let what: Vec<&str> = parsed.unmapped.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(what, ["event", "number"]);
}

/// *RETURNED* is "back" unless the words say "on its way", the substatus the other way round.
#[test]
fn a_return_in_other_languages() {
    for (substatus, words, milestone) in [
        ("", "Zwrot do nadawcy", "returning"),
        ("", "In restituzione al mittente", "returning"),
        ("", "Wordt geretourneerd", "returning"),
        ("", "Devuelto al remitente", "returned"),
        ("return_to_sender", "Returned to the sender", "returned"),
        ("return_to_sender", "Colis remis à l'expéditeur", "returned"),
        ("return_to_sender", "Die Rücksendung wurde dem Absender zugestellt", "returned"),
        ("return_to_sender", "Zurück an Absender", "returning"),
    ] {
        let event = json!({ "status": "RETURNED", "substatus": { "code": substatus }, "status_details": words, "status_date": "2026-01-05T10:00:00Z" });
        let parsed = parse(&json!({ "tracking_number": "T1", "carrier": "gls", "tracking_history": [event] }));
        assert_eq!(column(&facts(&parsed), "milestone"), [milestone], "{words}");
    }
}
