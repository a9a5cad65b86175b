use base64::Engine;
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_engine::ports::{Parsed, Verification};
use serde_json::{Value, json};

use crate::shared::{estimated_days, facts, scans, shared_sample, source, told, unmapped};

pub const UPDATE: &str = include_str!("../../src/aggregators/aftership/samples/tracking_update_made_up.json");
const DAYS_ONLY: &str = include_str!("../../src/aggregators/aftership/samples/tracking_days_only_made_up.json");
const EDD_REVISE: &str = include_str!("../../src/aggregators/aftership/samples/edd_revise_made_up.json");
const EXPIRED: &str = include_str!("../../src/aggregators/aftership/samples/expired_made_up.json");

fn parse(value: &Value) -> Parsed {
    source("aftership").parse(value.to_string().as_bytes())
}

fn checkpoint(tag: &str, subtag: &str, message: &str) -> Value {
    json!({ "event": "tracking_update", "event_id": "e", "ts": 1768300000, "msg": { "tracking_number": "T1", "slug": "usps", "tag": tag, "subtag": subtag,
        "checkpoints": [{ "checkpoint_time": "2026-01-05T10:00:00", "message": message, "tag": tag, "subtag": subtag }] } })
}

fn verify(header: Option<&str>, raw: &[u8], secret: &str) -> Verification {
    let lookup = |name: &str| header.filter(|_| name == "aftership-hmac-sha256").map(str::to_owned);
    source("aftership").verify(&lookup, raw, secret)
}

#[test]
fn the_published_sample_is_one_fact() {
    let Some(raw) = shared_sample("aftership/tracking_update.json") else { return };
    let parsed = source("aftership").parse(&raw);
    assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]));
    assert_eq!(parsed.delivery_id.as_deref(), Some("94dadd60-ed26-46d0-aa52-3ced925a50ff"));
    let facts = facts(&parsed);
    assert_eq!(facts.len(), 1);
    let of = |name: &str| facts[0][name].clone();
    assert_eq!(
        (of("code"), of("at"), of("offset"), of("milestone"), of("exception"), of("location")),
        (json!("InTransit_001"), json!("2021-01-14T00:52:00"), json!("unknown"), json!("in_network"), Value::Null, Value::Null)
    );
    assert_eq!((of("carrier"), of("tracking_number")), (json!("usps"), json!("0000000000000000")));
}

#[test]
fn signature_computed_by_us_from_the_documented_rule() {
    let Some(vectors) = shared_sample("signatures.json") else { return };
    let vectors: Value = serde_json::from_slice(&vectors).expect("JSON");
    let vector = vectors.as_array().expect("a list").iter().find(|vector| vector["source"] == "aftership").expect("aftership's");
    let text = |name: &str| vector[name].as_str().expect(name).to_owned();
    let (body, secret, value) = (text("body"), text("secret"), text("value"));
    assert_eq!(verify(Some(&value), body.as_bytes(), &secret), Verification::Verified);
    for place in 0..body.len() {
        let mut changed = body.clone().into_bytes();
        changed[place] ^= 1;
        assert_eq!(verify(Some(&value), &changed, &secret), Verification::Refused);
    }
    let signature = base64::engine::general_purpose::STANDARD.decode(&value).expect("base64");
    for place in 0..signature.len() {
        let mut changed = signature.clone();
        changed[place] ^= 0x80;
        let changed = base64::engine::general_purpose::STANDARD.encode(changed);
        assert_eq!(verify(Some(&changed), body.as_bytes(), &secret), Verification::Refused);
    }
    let again = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&body).expect("JSON")).expect("JSON");
    assert_eq!(verify(Some(&value), again.as_bytes(), &secret), Verification::Refused);
    let newline = format!("{body}\n");
    assert_eq!(verify(Some(&value), newline.as_bytes(), &secret), Verification::Refused);
    for wrong in ["", "whsec-tesT"] {
        assert_eq!(verify(Some(&value), body.as_bytes(), wrong), Verification::Refused);
    }
    for header in [None, Some(""), Some("not base64!"), Some(&value[..20])] {
        assert_eq!(verify(header, body.as_bytes(), &secret), Verification::Refused);
    }
}

#[test]
fn a_signature_made_with_an_empty_secret_is_refused() {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"").expect("any length");
    mac.update(b"{}");
    let value = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(verify(Some(&value), b"{}", ""), Verification::Refused);
}

#[test]
fn a_full_history_is_sorted_and_an_exception_keeps_the_milestone() {
    let parsed = source("aftership").parse(UPDATE.as_bytes());
    insta::assert_json_snapshot!("aftership_update", facts(&parsed));
    assert_eq!(estimated_days(&parsed), ["2026-01-14"]);
    assert!(scans(&parsed).iter().all(|scan| scan.order_number.as_deref() == Some("R-1001")));
}

/// Couriers give a day alone, too; of two on one day a list that begins with its newest keeps the order.
#[test]
fn a_day_without_a_time_is_its_first_minute() {
    let parsed = source("aftership").parse(DAYS_ONLY.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "Pending · 2026-01-13T00:00:00 · unknown · announced · - · -",
            "InTransit_002 · 2026-01-13T00:00:00 · unknown · handed_over · - · -",
            "InTransit_003 · 2026-01-14T00:00:00 · unknown · at_local_depot · - · PFC NANTES",
            "OutForDelivery_001 · 2026-01-15T08:02:00 · unknown · out_for_delivery · - · -",
            "Delivered_001 · 2026-01-15T10:02:00 · unknown · delivered · - · Nantes (44)",
        ]
    );
    assert_eq!((parsed.error.clone(), unmapped(&parsed)), (None, vec!["event Pending_002".to_owned()]));
}

/// What knows no place hangs on the clock of the destination; in a country that it does not leave, every checkpoint does.
#[test]
fn a_clock_that_only_the_way_tells() {
    for (way, location, at) in [
        (
            json!({ "destination_country_region": "FRA", "origin_country_region": "CHN" }),
            Value::Null,
            "2026-01-05T10:00:00+01:00",
        ),
        (json!({ "destination_country_iso3": "FRA", "origin_country_iso3": "CHN" }), json!("Shenzhen"), "2026-01-05T10:00:00"),
        (
            json!({ "destination_country_iso3": "FRA", "origin_country_iso3": "FRA" }),
            json!("PFC NANTES"),
            "2026-01-05T10:00:00+01:00",
        ),
        (json!({ "destination_country_region": "USA", "origin_country_region": "USA" }), json!("HUB"), "2026-01-05T10:00:00"),
        (json!({ "destination_country_region": "USA", "destination_state": "NY" }), Value::Null, "2026-01-05T10:00:00-05:00"),
        (json!({ "destination_country_region": null, "origin_country_region": null }), Value::Null, "2026-01-05T10:00:00"),
    ] {
        let mut value = checkpoint("InTransit", "InTransit_007", "Departed");
        value["msg"].as_object_mut().expect("a tracking").extend(way.as_object().expect("fields").clone());
        value["msg"]["checkpoints"][0]["location"] = location;
        assert_eq!(facts(&parse(&value))[0]["at"], at, "{way}");
    }
}

#[test]
fn the_last_checkpoint_alone() {
    let tracking = checkpoint("InTransit", "InTransit_003", "Arrived")["msg"].clone();
    let answer = json!({ "meta": { "code": 200 }, "data": { "id": "x", "tracking_number": "T1", "slug": "fedex", "tag": "InTransit",
        "checkpoint": tracking["checkpoints"][0] } });
    assert_eq!(told(&parse(&answer)), ["InTransit_003 · 2026-01-05T10:00:00 · unknown · in_network · - · -"]);
}

#[test]
fn delivered_to_the_sender_is_returned() {
    let parsed = parse(&checkpoint("Delivered", "Delivered_001", "Delivered, To Original Sender"));
    assert_eq!((scans(&parsed)[0].milestone, parsed.unmapped), (Milestone::Returned, vec![]));
}

#[test]
fn a_revised_estimate_is_an_estimate_and_no_scan() {
    let parsed = source("aftership").parse(EDD_REVISE.as_bytes());
    assert_eq!(parsed.error, None);
    assert_eq!(scans(&parsed).len(), 0);
    insta::assert_json_snapshot!("aftership_edd_revise", parsed.inputs);
}

#[test]
fn expired_keeps_the_milestone_and_is_a_silence() {
    let parsed = source("aftership").parse(EXPIRED.as_bytes());
    let scans = scans(&parsed);
    assert_eq!(scans.len(), 2);
    assert_eq!(scans[1].code, "Expired_001");
    assert_eq!((scans[1].milestone, scans[1].exception), (Milestone::OutForDelivery, Some(ExceptionKind::StalledInNetwork)));
    let alone = parse(&checkpoint("Expired", "Expired_001", "Expired"));
    let alone = crate::shared::scans(&alone);
    assert_eq!(alone.len(), 1);
    assert_eq!((alone[0].milestone, alone[0].exception), (Milestone::InNetwork, Some(ExceptionKind::StalledInNetwork)));
}

#[test]
fn pending_time_is_no_error_and_invents_nothing() {
    let parsed = parse(&json!({ "event": "tracking_pending_time", "event_id": "p", "ts": 1768300000,
        "msg": { "tracking_number": "T1", "slug": "usps", "tag": "Pending", "subtag": "Pending_001", "checkpoints": [] } }));
    assert_eq!(parsed, Parsed { delivery_id: Some("p".to_owned()), ..Parsed::default() });
}

#[test]
fn every_subtag_of_the_table() {
    use ExceptionKind as E;
    use Milestone as M;
    let table = [
        ("Pending_001", M::Announced, None),
        ("Pending_006", M::Announced, None),
        ("InfoReceived_001", M::Announced, None),
        ("InTransit_001", M::InNetwork, None),
        ("InTransit_002", M::HandedOver, None),
        ("InTransit_003", M::InNetwork, None),
        ("InTransit_004", M::InNetwork, None),
        ("InTransit_005", M::Customs, None),
        ("InTransit_006", M::Customs, None),
        ("InTransit_007", M::InNetwork, None),
        ("InTransit_008", M::InNetwork, None),
        ("InTransit_009", M::InNetwork, None),
        ("OutForDelivery_001", M::OutForDelivery, None),
        ("OutForDelivery_003", M::OutForDelivery, None),
        ("OutForDelivery_004", M::OutForDelivery, None),
        ("AvailableForPickup_001", M::AvailableForPickup, None),
        ("Delivered_001", M::Delivered, None),
        ("Delivered_002", M::Delivered, None),
        ("Delivered_003", M::Delivered, None),
        ("Delivered_004", M::Delivered, None),
        ("Delivered_005", M::Delivered, None),
        ("AttemptFail_001", M::OutForDelivery, Some(E::Undeliverable)),
        ("AttemptFail_002", M::OutForDelivery, Some(E::AttemptFailedAbsent)),
        ("AttemptFail_003", M::OutForDelivery, Some(E::AttemptFailedClosed)),
        ("Exception_001", M::InNetwork, Some(E::Undeliverable)),
        ("Exception_002", M::InNetwork, Some(E::AddressProblem)),
        ("Exception_003", M::OutForDelivery, Some(E::Refused)),
        ("Exception_004", M::Customs, Some(E::CustomsHold)),
        ("Exception_005", M::InNetwork, Some(E::DelayedByCarrier)),
        ("Exception_006", M::Customs, Some(E::PaymentDue)),
        ("Exception_007", M::InNetwork, Some(E::AddressProblem)),
        ("Exception_008", M::AvailableForPickup, Some(E::Unclaimed)),
        ("Exception_009", M::Announced, Some(E::Undeliverable)),
        ("Exception_010", M::Returning, None),
        ("Exception_011", M::Returned, None),
        ("Exception_012", M::InNetwork, Some(E::Damaged)),
        ("Exception_013", M::InNetwork, Some(E::Lost)),
        ("Exception_016", M::InNetwork, Some(E::DelayedByCarrier)),
        ("Exception_017", M::InNetwork, Some(E::Weather)),
        ("Exception_018", M::Customs, Some(E::DocumentsMissing)),
        ("Exception_019", M::InNetwork, Some(E::DelayedByCarrier)),
        ("Exception_020", M::Cancelled, None),
        ("Exception_021", M::InNetwork, Some(E::Destroyed)),
        ("Expired_001", M::InNetwork, Some(E::StalledInNetwork)),
    ];
    for (subtag, milestone, exception) in table {
        let tag = subtag.split('_').next().expect("a tag");
        let parsed = parse(&checkpoint(tag, subtag, ""));
        assert_eq!((scans(&parsed)[0].milestone, scans(&parsed)[0].exception), (milestone, exception), "{subtag}");
        assert_eq!(parsed.unmapped, [], "{subtag}");
    }
}

/// Trap 11: what is not on the vendor's page is reported, and settles a milestone only where its tag does.
#[test]
fn an_unknown_subtag_is_reported_and_read_by_its_tag_where_that_settles_it() {
    let table = [
        ("Delivered", "Delivered_099", Milestone::Delivered),
        ("OutForDelivery", "OutForDelivery_002", Milestone::OutForDelivery),
        ("InTransit", "InTransit_013", Milestone::InNetwork),
        ("InfoReceived", "InfoReceived_002", Milestone::Announced),
        ("AvailableForPickup", "AvailableForPickup_002", Milestone::AvailableForPickup),
        ("AttemptFail", "AttemptFail_004", Milestone::OutForDelivery),
        ("Exception", "Exception_022", Milestone::Unknown),
        ("Expired", "Expired_002", Milestone::Unknown),
        ("Teleported", "Teleported_001", Milestone::Unknown),
    ];
    for (tag, subtag, milestone) in table {
        let parsed = parse(&checkpoint(tag, subtag, "words"));
        assert_eq!(scans(&parsed)[0].milestone, milestone, "{subtag}");
        assert_eq!(parsed.unmapped.len(), 1, "{subtag}");
        assert_eq!((parsed.unmapped[0].what.as_str(), parsed.unmapped[0].code.as_str()), ("code", subtag));
    }
}

#[test]
fn a_checkpoint_with_a_tag_only_is_mapped_by_it() {
    let mut value = checkpoint("Delivered", "x", "");
    value["msg"]["checkpoints"][0]["subtag"] = Value::Null;
    value["msg"]["subtag"] = Value::Null;
    let parsed = parse(&value);
    assert_eq!((scans(&parsed)[0].code.as_str(), scans(&parsed)[0].milestone), ("Delivered", Milestone::Delivered));
    assert_eq!(parsed.unmapped, []);
}

#[test]
fn the_generic_attempt_blames_only_where_the_words_do() {
    let exception = |words: &str| scans(&parse(&checkpoint("AttemptFail", "AttemptFail_001", words)))[0].exception;
    assert_eq!(exception("Recipient not home, notice left"), Some(ExceptionKind::AttemptFailedAbsent));
    assert_eq!(exception("Business Closed"), Some(ExceptionKind::AttemptFailedClosed));
    assert_eq!(exception("Delivery attempted"), Some(ExceptionKind::Undeliverable));
}

#[test]
fn carriers_get_one_name() {
    for (slug, carrier) in [
        ("la-poste-colissimo", "laposte"),
        ("Colissimo", "laposte"),
        ("chronopost-france", "chronopost"),
        ("usps", "usps"),
        ("some-new-carrier", "some-new-carrier"),
    ] {
        let mut value = checkpoint("Delivered", "Delivered_001", "");
        value["msg"]["slug"] = json!(slug);
        assert_eq!(scans(&parse(&value))[0].carrier, carrier);
    }
}

/// The names of country and postal code changed with the API's versions; a place that is known gives a clock that is guessed.
#[test]
fn the_place_of_a_checkpoint_in_every_version() {
    for (place, location, at, offset) in [
        (json!({}), Value::Null, "2026-01-05T10:00:00", "unknown"),
        (
            json!({ "city": "Lyon", "zip": "69007", "country_iso3": "FRA" }),
            json!("Lyon, 69007, FRA"),
            "2026-01-05T10:00:00+01:00",
            "guessed",
        ),
        (
            json!({ "city": "New York", "state": "NY", "postal_code": "10011", "country_region": "USA", "location": "13th Street, New York, NY 10011, USA" }),
            json!("New York, NY, 10011, USA"),
            "2026-01-05T10:00:00-05:00",
            "guessed",
        ),
        (json!({ "location": "Memphis Hub", "country_region": "USA" }), json!("Memphis Hub"), "2026-01-05T10:00:00", "unknown"),
        (json!({ "country_name": "Belgium" }), json!("Belgium"), "2026-01-05T10:00:00+01:00", "guessed"),
    ] {
        let mut value = checkpoint("InTransit", "InTransit_007", "Departed");
        let fields = place.as_object().expect("fields").clone();
        value["msg"]["checkpoints"][0].as_object_mut().expect("a checkpoint").extend(fields);
        let facts = facts(&parse(&value));
        let of = |name: &str| facts[0][name].clone();
        assert_eq!((of("location"), of("at"), of("offset")), (location, json!(at), json!(offset)), "{place}");
    }
}

#[test]
fn the_api_s_answers_are_read_like_a_webhook() {
    let tracking = checkpoint("Delivered", "Delivered_002", "Picked up")["msg"].clone();
    for answer in [
        json!({ "meta": { "code": 200 }, "data": { "tracking": tracking } }),
        json!({ "meta": { "code": 200 }, "data": { "trackings": [tracking], "pagination": {} } }),
        json!({ "meta": { "code": 200 }, "data": tracking }),
        json!({ "data": { "trackings": tracking } }),
        tracking,
    ] {
        let parsed = parse(&answer);
        assert_eq!((parsed.error.clone(), parsed.unmapped.clone(), scans(&parsed).len()), (None, vec![], 1), "{answer}");
    }
    for (code, retryable, not_found) in [
        (4004, false, true),
        (401, false, false),
        (429, true, false),
        (500, true, false),
        (4001, false, false),
        (40401, false, true),
        (42901, true, false),
    ] {
        let error = parse(&json!({ "meta": { "code": code, "message": "…", "type": "…" }, "data": {} })).error.expect("an error");
        assert_eq!((error.retryable, error.not_found, error.hint.is_some()), (retryable, not_found, true), "{code}");
    }
}

#[test]
fn an_unknown_event_is_shown_and_not_guessed() {
    let mut value = checkpoint("Delivered", "Delivered_001", "");
    value["event"] = json!("tracking_teleported");
    value["something"] = json!(1);
    let parsed = parse(&value);
    assert_eq!((parsed.inputs.len(), parsed.error), (0, None));
    let what: Vec<(&str, &str)> = parsed.unmapped.iter().map(|entry| (entry.what.as_str(), entry.code.as_str())).collect();
    assert_eq!(what, [("field", "something"), ("event", "tracking_teleported")]);
}

#[test]
fn wrong_payloads_are_errors_with_a_way_out() {
    for value in [
        json!({}),
        json!([]),
        json!(1),
        json!({ "event": "tracking_update" }),
        json!({ "event": "tracking_update", "msg": { "slug": "x" } }),
    ] {
        let error = parse(&value).error.expect("an error");
        assert!(!error.message.is_empty() && error.hint.is_some() && !error.retryable, "{value}");
    }
}

#[test]
fn a_time_of_sending_in_milliseconds_is_understood() {
    for ts in [json!(1768300000), json!(1768300000000_i64), json!("1768300000")] {
        let mut value: Value = serde_json::from_str(EDD_REVISE).expect("JSON");
        value["ts"] = ts;
        let parsed = parse(&value);
        let input = serde_json::to_value(&parsed.inputs[0]).expect("JSON");
        assert_eq!(input["at"], "2026-01-13T10:26:40+00:00");
    }
}

/// A checkpoint of which only a line or a country's name says where it was has that place's clock.
#[test]
fn a_clock_that_only_words_tell() {
    for (place, at) in [
        (json!({ "location": "Paris, France" }), "2026-01-05T10:00:00+01:00"),
        (json!({ "location": "Newark, NJ, USA" }), "2026-01-05T10:00:00-05:00"),
        (json!({ "location": "SHENZHEN", "country_name": "China" }), "2026-01-05T10:00:00+08:00"),
        (json!({ "location": "SHENZHEN" }), "2026-01-05T10:00:00"),
    ] {
        let mut value = checkpoint("InTransit", "InTransit_007", "Departed");
        let fields = place.as_object().expect("fields").clone();
        value["msg"]["checkpoints"][0].as_object_mut().expect("a checkpoint").extend(fields);
        assert_eq!(facts(&parse(&value))[0]["at"], at, "{place}");
    }
}

#[test]
fn words_where_a_subtag_leaves_room() {
    for (subtag, message, milestone, exception) in [
        ("InTransit_003", "Arrived at Post Office", "at_local_depot", ""),
        ("InTransit_003", "Votre colis est arrivé sur son site de distribution", "at_local_depot", ""),
        ("InTransit_003", "Arrived at USPS Regional Facility", "in_network", ""),
        ("Delivered_001", "Delivered to shipper", "returned", ""),
        ("Delivered_001", "Delivered to UPS Access Point™", "available_for_pickup", ""),
        ("Delivered_001", "Package delivered by local post office", "delivered", ""),
        ("AttemptFail_001", "Recipient unavailable", "out_for_delivery", "attempt_failed_absent"),
        ("AttemptFail_001", "Notice left", "out_for_delivery", "attempt_failed_absent"),
        ("AttemptFail_001", "Insufficient address", "out_for_delivery", "address_problem"),
        ("AttemptFail_001", "Not in service area", "out_for_delivery", "undeliverable"),
        ("Exception_018", "Held by customs: invoice missing", "customs", "documents_missing"),
        ("Exception_006", "Import duties are to be paid", "customs", "payment_due"),
        ("Exception_006", "Cash on delivery not paid", "customs", "payment_due"),
    ] {
        let fact = facts(&parse(&checkpoint(subtag.split('_').next().unwrap_or_default(), subtag, message))).remove(0);
        assert_eq!(
            (fact["milestone"].as_str(), fact["exception"].as_str().unwrap_or_default()),
            (Some(milestone), exception),
            "{message}"
        );
    }
}

/// Checkpoints from before there were subtags: the tag is the code, and of *Exception* the words tell.
#[test]
fn a_tag_without_a_subtag() {
    for (tag, message, milestone, exception) in [
        ("InTransit", "Posting/Collection", "in_network", ""),
        ("AttemptFail", "Delivery attempted, recipient absent", "out_for_delivery", "undeliverable"),
        ("Exception", "Item is being returned to sender", "returning", ""),
        ("Exception", "Returned to sender, addressee unknown", "returned", ""),
        ("Exception", "Parcel damaged", "in_network", "damaged"),
        ("Exception", "Held by customs", "customs", "customs_hold"),
        ("Exception", "Contact the sender", "in_network", "undeliverable"),
    ] {
        let mut value = checkpoint(tag, "", message);
        value["msg"]["checkpoints"][0].as_object_mut().expect("a checkpoint").remove("subtag");
        let parsed = parse(&value);
        let fact = facts(&parsed).remove(0);
        assert_eq!((fact["code"].as_str(), unmapped(&parsed)), (Some(tag), vec![]));
        assert_eq!(
            (fact["milestone"].as_str(), fact["exception"].as_str().unwrap_or_default()),
            (Some(milestone), exception),
            "{message}"
        );
    }
}

#[test]
fn the_tracking_in_other_envelopes_and_several_kept_together() {
    let webhook: Value = serde_json::from_str(UPDATE).expect("JSON");
    let tracking = webhook["msg"].clone();
    let once = told(&parse(&webhook));
    for envelope in [
        json!({ "event": "tracking_update", "ts": 1768300000, "data": tracking }),
        json!({ "event": "tracking_update", "ts": 1768300000, "msg": { "tracking": tracking } }),
    ] {
        let parsed = parse(&envelope);
        assert_eq!((parsed.error.clone(), told(&parsed)), (None, once.clone()), "{envelope}");
    }
    let parsed = parse(&json!([webhook]));
    assert_eq!((parsed.delivery_id.is_some(), told(&parsed)), (true, once.clone()));
    let parsed = parse(&json!([webhook, { "event": "tracking_update" }, { "meta": { "code": 4004 } }, { "data": tracking }]));
    assert_eq!((parsed.error.clone(), parsed.delivery_id.clone()), (None, None));
    assert_eq!(told(&parsed), [once.clone(), once].concat());
    assert_eq!(unmapped(&parsed), ["answer ", "number "]);
}

#[test]
fn the_tag_alone_and_the_generic_attempt_in_other_languages() {
    let read = |tag: &str, subtag: &str, words: &str| {
        let parsed = parse(&checkpoint(tag, subtag, words));
        let scan = scans(&parsed).remove(0);
        format!("{} {}", scan.milestone.word(), scan.exception.map_or("-", |exception| exception.word()))
    };
    for (words, expected) in [
        ("Livraison retardée", "in_network delayed_by_carrier"),
        ("Unwetter: Zustellung verzögert", "in_network weather"),
        ("Annahme verweigert", "in_network refused"),
        ("Indirizzo errato", "in_network address_problem"),
        ("Retour à l'expéditeur en cours", "returning -"),
    ] {
        assert_eq!(read("Exception", "", words), expected, "{words}");
    }
    for (words, exception) in [
        ("Niemand thuis", "attempt_failed_absent"),
        ("Kein Zugang zum Gebäude", "attempt_failed_access"),
        ("El destinatario rechaza el envío", "refused"),
    ] {
        assert_eq!(read("AttemptFail", "AttemptFail_001", words), format!("out_for_delivery {exception}"), "{words}");
    }
    assert_eq!(read("InTransit", "InTransit_003", "Im Paketzustellzentrum."), "at_local_depot -");
}
