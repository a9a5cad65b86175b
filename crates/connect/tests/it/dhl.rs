use kept_engine::ports::{Parsed, Verification};
use serde_json::{Value, json};

use crate::shared::{estimated_days, facts, source, told, unmapped};

pub const SHIPMENTS: &str = include_str!("../../src/carriers/dhl/samples/shipments_made_up.json");

const PLACES: &str = include_str!("../../src/carriers/dhl/samples/shipments_places_made_up.json");

fn parse(value: &Value) -> Parsed {
    source("dhl").parse(value.to_string().as_bytes())
}

fn event(code: &str, words: &str) -> Parsed {
    parse(
        &json!({ "shipments": [{ "id": "1", "events": [{ "timestamp": "2026-01-08T09:12:00", "statusCode": code, "description": words }] }] }),
    )
}

/// Trap 10: the id is a number; trap 13: two pieces are one answer.
#[test]
fn a_history_is_told_oldest_first_and_no_offset_is_invented() {
    let parsed = source("dhl").parse(SHIPMENTS.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "pre-transit · 2026-01-06T10:00:00 · unknown · announced · - · -",
            "transit · 2026-01-06T18:00:00 · unknown · handed_over · - · -",
            "transit · 2026-01-07T05:00:00+00:00 · known · customs · - · LEIPZIG - GERMANY, DE",
            "failure · 2026-01-07T17:00:00+01:00 · known · customs · attempt_failed_absent · Lyon, FR",
            "transit · 2026-01-08T07:40:00+01:00 · guessed · out_for_delivery · - · LYON - FRANCE",
            "delivered · 2026-01-08T09:12:00+01:00 · guessed · delivered · - · Lyon, 69007, FR",
        ]
    );
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "7777777770" && fact["carrier"] == "dhl"));
    assert_eq!(estimated_days(&parsed), ["2026-01-08"]);
    assert_eq!((parsed.error, parsed.unmapped), (None, vec![]));
}

#[test]
fn five_codes_are_refined_by_words() {
    for (code, words, milestone, exception) in [
        ("transit", "The shipment has been loaded onto the delivery vehicle", "out_for_delivery", Value::Null),
        (
            "transit",
            "The shipment arrived in the region of recipient and will be transported to the delivery base in the next step.",
            "at_local_depot",
            Value::Null,
        ),
        ("transit", "The shipment is ready for pick-up at the PACKSTATION", "available_for_pickup", Value::Null),
        ("transit", "The shipment is on its way to the region of the recipient", "in_network", Value::Null),
        (
            "transit",
            "The shipment has been delivered to the retail outlet for the recipient to pick up",
            "available_for_pickup",
            Value::Null,
        ),
        (
            "transit",
            "The shipment could not be delivered to the PACKSTATION and is being transferred to a retail outlet",
            "out_for_delivery",
            json!("undeliverable"),
        ),
        ("transit", "The recipient has picked up the shipment from the retail outlet", "delivered", Value::Null),
        ("transit", "Shipment delivered at DHL ServicePoint", "available_for_pickup", Value::Null),
        (
            "transit",
            "The return shipment has been processed in the parcel center of origin",
            "returning",
            json!("returned_to_sender"),
        ),
        ("transit", "The shipment was not picked up by the recipient", "available_for_pickup", json!("unclaimed")),
        ("transit", "Der Empfänger hat die Sendung nicht abgeholt", "available_for_pickup", json!("unclaimed")),
        ("transit", "The recipient can pick up the shipment at the retail outlet", "available_for_pickup", Value::Null),
        ("transit", "The shipment can be picked up by the recipient", "available_for_pickup", Value::Null),
        ("transit", "Missed delivery cycle", "in_network", json!("delayed_by_carrier")),
        ("transit", "Verify Payment", "in_network", json!("payment_due")),
        ("transit", "The instruction data have been provided by the sender to DHL electronically", "announced", Value::Null),
        ("delivered", "Die Sendung wurde dem Absender zugestellt", "returned", json!("returned_to_sender")),
        ("delivered", "The shipment has been placed in the PACKSTATION", "available_for_pickup", Value::Null),
        ("failure", "The recipient is unknown", "out_for_delivery", json!("address_problem")),
        ("failure", "Delivery not accepted", "out_for_delivery", json!("refused")),
        ("transit", "The shipment has been posted by the sender at the retail outlet", "handed_over", Value::Null),
        (
            "transit",
            "Die Sendung wurde für den Weitertransport in die Region des Empfängers vorbereitet.",
            "in_network",
            Value::Null,
        ),
        ("transit", "Something else", "in_network", Value::Null),
        ("transit", "Shipment on hold", "in_network", json!("held")),
        (
            "pre-transit",
            "The instruction data for this shipment have been provided by the sender to DHL electronically",
            "announced",
            Value::Null,
        ),
        // Trap 10: code and text contradict each other in DHL's own samples.
        ("pre-transit", "DELIVERED AT PICKUP", "announced", Value::Null),
        ("failure", "", "out_for_delivery", json!("undeliverable")),
        ("failure", "The shipment is being returned to the sender", "returning", json!("returned_to_sender")),
        ("failure", "No name on the doorbell", "out_for_delivery", json!("address_problem")),
        ("delivered", "The shipment has been successfully delivered", "delivered", Value::Null),
        ("delivered", "The shipment has been delivered to the sender", "returned", json!("returned_to_sender")),
        ("unknown", "", "unknown", Value::Null),
        ("unknown", "Out for delivery", "out_for_delivery", Value::Null),
    ] {
        let fact = facts(&event(code, words))[0].clone();
        assert_eq!((&fact["milestone"], &fact["exception"]), (&json!(milestone), &exception), "{code} {words}");
    }
    assert_eq!(unmapped(&event("teleported", "")), ["code teleported"]);
}

#[test]
fn on_the_way_back_delivered_is_returned() {
    let parsed = parse(&json!({ "shipments": [{ "id": "1", "returnFlag": true, "events": [
        { "timestamp": "2026-01-08T09:12:00", "statusCode": "delivered", "description": "The shipment has been successfully delivered" },
        { "timestamp": "2026-01-05T09:12:00", "statusCode": "transit", "description": "On its way" }] }] }));
    assert_eq!(facts(&parsed).iter().map(|fact| fact["milestone"].clone()).collect::<Vec<_>>(), ["in_network", "returned"]);
}

#[test]
fn the_status_is_told_where_there_are_no_events() {
    let parsed = parse(
        &json!({ "shipments": [{ "id": "1", "status": { "timestamp": "2026-01-08T09:12:00", "statusCode": "transit", "status": "OUT_FOR_DELIVERY",
        "location": { "address": { "addressLocality": "Germany" } } } }] }),
    );
    assert_eq!(told(&parsed), ["transit · 2026-01-08T09:12:00+01:00 · guessed · in_network · - · Germany"]);
}

#[test]
fn pushes_and_notices_are_read() {
    let whole: Value = serde_json::from_str(SHIPMENTS).expect("JSON");
    assert_eq!(told(&parse(&whole["shipments"][0])), told(&parse(&whole)));
    assert_eq!(told(&parse(&json!({ "shipments": whole["shipments"][0] }))), told(&parse(&whole)));
    let notice = parse(&json!({ "scope": "subscription.activation", "secret": "made-up-secret", "note": "confirm" }));
    assert_eq!((notice.error.clone(), unmapped(&notice)), (None, vec!["event subscription.activation".to_owned()]));
    assert!(!format!("{notice:?}").contains("made-up-secret"));
}

#[test]
fn refusals_are_told_in_words() {
    for (value, words, retryable, not_found) in [
        (
            json!({ "status": 404, "title": "No result found", "detail": "No shipment with given tracking number found." }),
            "does not know",
            false,
            true,
        ),
        (
            json!({ "status": 401, "title": "Unauthorized", "detail": "Unauthorized for given resource." }),
            "refused the key",
            false,
            false,
        ),
        (json!({ "status": 429, "title": "Too many requests" }), "too often", true, false),
        (json!({ "status": "503", "title": "Service Unavailable" }), "out of order", true, false),
        (json!({ "shipments": [] }), "does not know", false, true),
        (json!({ "shipments": [{ "events": [] }] }), "without a number", false, false),
        (json!({}), "not an answer", false, false),
        (json!(7), "not an answer", false, false),
    ] {
        let parsed = parse(&value);
        let error = parsed.error.clone().expect("an error");
        assert!(error.message.contains(words) && error.hint.is_some(), "{error}");
        assert_eq!((error.retryable, error.not_found, parsed.inputs.len()), (retryable, not_found, 0), "{error}");
    }
}

#[test]
fn the_token_is_compared() {
    let verify = |given: Option<&str>, secret: &str| {
        let header = |name: &str| given.filter(|_| name == "x-kept-token").map(str::to_owned);
        source("dhl").verify(&header, b"{}", secret)
    };
    assert_eq!(verify(Some("made-up"), "made-up"), Verification::Verified);
    for (given, secret) in [(None, "made-up"), (None, ""), (Some(""), ""), (Some("made-uP"), "made-up")] {
        assert_eq!(verify(given, secret), Verification::Refused, "{given:?} {secret}");
    }
}

/// Express writes the country after the city, eCommerce state and country; a day alone is told; a shop is not the recipient.
#[test]
fn divisions_write_places_and_words_in_their_own_ways() {
    let parsed = source("dhl").parse(PLACES.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "transit · 2026-02-03T18:00:00+00:00 · guessed · handed_over · - · LONDON-HEATHROW - UK",
            "transit · 2026-02-05T07:30:00+01:00 · guessed · at_local_depot · - · MADRID - SPAIN",
            "transit · 2026-02-05T09:01:00+01:00 · guessed · out_for_delivery · - · MADRID - SPAIN",
            "delivered · 2026-02-05T13:20:00+01:00 · guessed · delivered · - · MADRID - SPAIN",
            "pre-transit · 2026-02-27T00:00:00 · unknown · announced · - · US",
            "transit · 2026-03-01T20:10:00 · unknown · in_network · - · Opa Locka, FL, US",
            "delivered · 2026-03-02T11:10:00-05:00 · guessed · delivered · - · ATLANTA, GA, 30303, US",
            "delivered · 2026-01-05T13:00:00+01:00 · known · available_for_pickup · - · -",
            "delivered · 2026-01-06T13:00:00+01:00 · known · delivered · - · -",
        ]
    );
    assert_eq!((parsed.error, parsed.unmapped), (None, vec![]));
}

/// Two letters at the end are a country's where two before them are a state's.
#[test]
fn a_locality_may_say_state_and_country_itself() {
    let parsed =
        parse(&json!({ "shipments": [{ "id": "1", "events": [{ "timestamp": "2026-07-05T14:00:00", "statusCode": "transit",
        "description": "PROCESSED", "location": { "address": { "addressLocality": "Atlanta, GA, US" } } }] }] }));
    assert_eq!(told(&parsed), ["transit · 2026-07-05T14:00:00-04:00 · guessed · in_network · - · Atlanta, GA, US"]);
}

/// eCommerce writes a state and no country at home; elsewhere two letters at the end may be one.
#[test]
fn a_state_alone_tells_the_zone_of_ecommerce_only() {
    let told_by = |service: &str| {
        let event = json!({ "timestamp": "2026-01-08T09:12:00", "statusCode": "transit", "description": "Departed", "location": { "address": { "addressLocality": "Atlanta, GA" } } });
        told(&parse(&json!({ "shipments": [{ "id": "1", "service": service, "events": [event] }] }))).remove(0)
    };
    assert_eq!(told_by("ecommerce"), "transit · 2026-01-08T09:12:00-05:00 · guessed · in_network · - · Atlanta, GA");
    assert_eq!(told_by("express"), "transit · 2026-01-08T09:12:00 · unknown · in_network · - · Atlanta, GA");
}

#[test]
fn words_that_say_two_things_are_read_by_the_one_that_counts() {
    for (code, words, expected) in [
        ("failure", "We tried to deliver but no one was in, a calling card was left", "attempt_failed_absent"),
        ("failure", "Clearance delay - information needed", "customs · documents_missing"),
        ("failure", "Returned to shipper", "returning · returned_to_sender"),
        ("failure", "Customer moved", "address_problem"),
        ("failure", "Consignee on holiday", "attempt_failed_closed"),
        ("transit", "Die Sendung wird zur Abholung in die Packstation gebracht.", "in_network · -"),
        ("transit", "Der Empfänger hat eine Zustellung an eine Packstation gewünscht.", "in_network · -"),
        ("transit", "The shipment was not picked up and is being returned to the sender", "returning · unclaimed"),
        ("transit", "The shipment has been taken over by DHL", "handed_over · -"),
        ("transit", "The recipient was not present; the shipment is being brought to a retail outlet", "attempt_failed_absent"),
        ("transit", "The shipment is being prepared for delivery in the delivery depot", "at_local_depot · -"),
        ("transit", "Customs clearance delay", "customs · customs_hold"),
        ("transit", "Commercial invoice missing", "customs · documents_missing"),
        ("transit", "Payment of duties and taxes received", "customs · -"),
        ("transit", "Shipment held - Available upon receipt of payment", "in_network · payment_due"),
        ("transit", "Further consignee information needed", "in_network · address_problem"),
        ("failure", "Empfänger unter der Anschrift nicht zu ermitteln", "address_problem"),
        ("failure", "Betriebsferien", "attempt_failed_closed"),
        ("transit", "Arrived at the DHL parcel shop", "available_for_pickup · -"),
        ("transit", "Die Sendung wird für die Verladung ins Zustellfahrzeug vorbereitet.", "at_local_depot · -"),
        ("transit", "Die Sendung befindet sich auf dem Weg zur nächsten Zustellbasis.", "in_network · -"),
        ("transit", "Die Sendung wurde fehlgeleitet und konnte nicht zugestellt werden.", "in_network · missorted"),
        ("transit", "Held in customs - awaiting commercial invoice", "customs · documents_missing"),
        ("transit", "Clearance delay - Duties and taxes payment required", "customs · payment_due"),
        ("transit", "TRANSFERRED TO LOCAL DELIVERY PROVIDER", "in_network · -"),
        ("transit", "Parcel delivered at pick-up point", "available_for_pickup · -"),
        ("failure", "Annahme verweigert. Die Sendung wird an den Absender zurückgesandt.", "returning · refused"),
        ("failure", "The shipment was not picked up and is being returned to the sender.", "returning · unclaimed"),
        ("failure", "Lagerfrist abgelaufen", "available_for_pickup · unclaimed"),
        ("failure", "Shipment missing; a search has been started", "in_network · lost"),
        ("delivered", "Zwrot doręczony do nadawcy", "returned · returned_to_sender"),
        ("delivered", "The shipment was delivered to the parcel shop and awaits collection", "available_for_pickup · -"),
    ] {
        let line = told(&event(code, words)).remove(0);
        assert!(line.contains(expected), "{words}: {line}");
    }
}
