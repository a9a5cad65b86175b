use kept_engine::ports::Parsed;
use serde_json::{Value, json};

use crate::shared::{column, estimated_days, facts, shared_sample, source, told, unmapped};

pub const UPDATED: &str = include_str!("../../src/aggregators/seventeentrack/samples/tracking_updated_made_up.json");

const TIMES: &str = include_str!("../../src/aggregators/seventeentrack/samples/gettrackinfo_times_made_up.json");

fn parse(value: &Value) -> Parsed {
    source("seventeentrack").parse(value.to_string().as_bytes())
}

/// Trap 8: the delivered event has its time in `time_raw` only.
#[test]
fn correios() {
    let Some(raw) = shared_sample("seventeentrack/gettrackinfo_correios_2151.json") else { return };
    let parsed = source("seventeentrack").parse(&raw);
    assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]));
    let facts = facts(&parsed);
    assert_eq!(column(&facts, "code"), ["InTransit_PickedUp", "OutForDelivery_Other", "Delivered_Other"]);
    assert_eq!(column(&facts, "milestone"), ["handed_over", "out_for_delivery", "delivered"]);
    assert_eq!(column(&facts, "offset"), ["known", "known", "guessed"]);
    assert_eq!(column(&facts, "at"), ["2026-06-25T10:12:00-03:00", "2026-06-28T08:40:00-03:00", "2026-06-30T14:23:00-03:00"]);
    assert_eq!(
        (facts[2]["location"].clone(), facts[2]["carrier"].clone()),
        (json!("RECIFE, PE, 50000-000, BR"), json!("correios"))
    );
}

#[test]
fn a_sub_status_from_the_future_and_a_rejected_number() {
    let Some(raw) = shared_sample("seventeentrack/gettrackinfo_yanwen_190012.json") else { return };
    let parsed = source("seventeentrack").parse(&raw);
    assert_eq!(parsed.error, None);
    assert_eq!(column(&facts(&parsed), "milestone"), ["handed_over", "unknown", "in_network"]);
    let what: Vec<&str> = parsed.unmapped.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(what, ["code", "answer"]);
    assert!(parsed.unmapped[1].text.contains("21213123123230"));
    assert_eq!(estimated_days(&parsed), ["2026-07-12"]);
}

#[test]
fn returning_and_stopped() {
    let Some(raw) = shared_sample("seventeentrack/gettrackinfo_exception_returning.json") else { return };
    let parsed = source("seventeentrack").parse(&raw);
    assert_eq!((column(&facts(&parsed), "milestone"), parsed.unmapped), (vec!["returning".to_owned()], vec![]));
    let Some(raw) = shared_sample("seventeentrack/webhook_tracking_stopped.json") else { return };
    assert_eq!(source("seventeentrack").parse(&raw), Parsed::default());
}

#[test]
fn two_providers_a_guessed_time_and_silence() {
    let mut value: Value = serde_json::from_str(UPDATED).expect("JSON");
    let list = json!([value["data"].clone()]);
    for data in [value["data"].clone(), list] {
        value["data"] = data;
        let parsed = parse(&value);
        assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]));
        let facts = facts(&parsed);
        assert_eq!(
            column(&facts, "code"),
            ["InTransit_PickedUp", "InTransit_Arrival", "InTransit_CustomsProcessing", "Expired_Other"]
        );
        assert_eq!(column(&facts, "milestone"), ["handed_over", "in_network", "customs", "customs"]);
        assert_eq!(column(&facts, "exception"), ["", "", "", "stalled_in_network"]);
        assert_eq!(column(&facts, "offset"), ["known", "guessed", "known", "known"]);
        assert_eq!(column(&facts, "location"), ["SHENZHEN, GD, CN", "ROISSY", "ROISSY, FR", ""]);
        assert!(facts.iter().all(|fact| fact["carrier"] == "china-post"));
        assert_eq!(estimated_days(&parsed), ["2026-01-14"]);
    }
}

/// Oldest first, though the documents say otherwise; `time_raw` in one text; a clock beside the same moment in UTC; and silence
/// after a scan that nobody understands.
#[test]
fn times_in_every_shape() {
    let parsed = source("seventeentrack").parse(TIMES.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "InTransit_PickedUp · 2026-01-05T14:23:00 · unknown · handed_over · - · DALLAS",
            "InTransit_Departure · 2026-01-06T10:00:00-06:00 · known · in_network · - · DALLAS",
            "InTransit_Other · 2026-01-07T08:10:00-06:00 · known · in_network · - · DALLAS",
            "OutForDelivery_Other · 2026-01-07T08:10:00-06:00 · known · out_for_delivery · - · DALLAS",
            "InTransit_Teleported · 2026-01-07T14:23:00-06:00 · known · unknown · - · DALLAS",
            "Expired_Other · 2026-01-07T14:23:00-06:00 · known · out_for_delivery · stalled_in_network · -",
        ]
    );
    assert_eq!((parsed.error.clone(), unmapped(&parsed)), (None, vec!["code InTransit_Teleported".to_owned()]));
}

#[test]
fn errors_in_the_user_s_words() {
    let rejected = |code: i64| json!({ "code": 0, "data": { "accepted": [], "rejected": [{ "number": "T1", "carrier": "3011", "error": { "code": code, "message": "…" } }] } });
    for (error, retryable, not_found) in [
        (rejected(-18_019_909), false, true),
        (rejected(-18_019_902), false, false),
        (json!({ "code": -18010002, "data": { "errors": [{ "code": -18010002, "message": "Invalid key" }] } }), false, false),
        (json!({ "code": 429, "data": {} }), true, false),
        (json!({}), false, false),
        (json!({ "event": "TRACKING_UPDATED", "data": {} }), false, false),
    ] {
        let failure = parse(&error).error.expect("an error");
        assert!(!failure.message.is_empty() && failure.hint.is_some());
        assert_eq!((failure.retryable, failure.not_found), (retryable, not_found), "{error}");
    }
    let parsed = parse(&json!({ "event": "TRACKING_TELEPORTED", "data": { "number": "T1" } }));
    assert_eq!((parsed.error.clone(), parsed.unmapped[0].what.as_str()), (None, "event"));
}

/// A day alone is its first minute and gets no offset; a line that ends with a country gives its clock.
#[test]
fn times_that_the_carrier_wrote_alone() {
    for (raw, place, at, offset) in [
        (json!({ "date": "2026-02-05", "time": null, "timezone": null }), "PARIS, FRANCE", "2026-02-05T00:00:00", "unknown"),
        (json!("2026-02-05"), "PARIS, FRANCE", "2026-02-05T00:00:00", "unknown"),
        (json!({ "date": "2026-02-05", "time": "14:35:00" }), "PARIS, FRANCE", "2026-02-05T14:35:00+01:00", "guessed"),
        (json!({ "date": "2026-02-05", "time": "14:35" }), "TOKYO - JAPAN", "2026-02-05T14:35:00+09:00", "guessed"),
        (json!({ "date": "2026-02-05", "time": "14:35:00" }), "SHENZHEN", "2026-02-05T14:35:00", "unknown"),
        (
            json!({ "date": "2026-02-05", "time": "14:35:00", "timezone": "+0800" }),
            "SHENZHEN",
            "2026-02-05T14:35:00+08:00",
            "known",
        ),
    ] {
        let event = json!({ "time_iso": null, "time_utc": null, "time_raw": raw, "description": "In transit", "location": place,
            "sub_status": "InTransit_Other", "address": { "country": null, "state": null, "city": null } });
        let parsed = parse(
            &json!({ "number": "T1", "carrier": 3011, "track_info": { "tracking": { "providers": [{ "events": [event] }] } } }),
        );
        assert_eq!(told(&parsed), [format!("InTransit_Other · {at} · {offset} · in_network · - · {place}")]);
    }
}

/// The first version of the API, whose fields are letters: no code, no offset, the words alone.
#[test]
fn the_first_version_is_read_by_its_words() {
    let raw = include_str!("../../src/aggregators/seventeentrack/samples/version_1_made_up.json");
    let parsed = source("seventeentrack").parse(raw.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            " · 2026-01-05T09:00:00 · unknown · handed_over · - · Shenzhen",
            " · 2026-01-05T21:10:00 · unknown · in_network · - · Shenzhen",
            " · 2026-01-12T10:40:00+01:00 · guessed · delivered · - · Paris, France",
        ]
    );
    assert_eq!((facts(&parsed)[0]["carrier"].as_str(), unmapped(&parsed).len()), (Some("china-post"), 1));
    let answer = json!({ "code": 0, "data": { "accepted": [{ "number": "1", "track": {
        "w1": 3011, "z0": { "a": "2026-01-05 09:00", "c": "--", "z": "Departed" } } }], "rejected": [] } });
    let parsed = parse(&answer);
    assert_eq!(told(&parsed), [" · 2026-01-05T09:00:00 · unknown · in_network · - · -"]);
    assert_eq!(facts(&parsed)[0]["carrier"], "china-post");
}

#[test]
fn webhooks_and_items_kept_together() {
    let webhook: Value = serde_json::from_str(UPDATED).expect("JSON");
    let once = told(&parse(&webhook));
    let parsed = parse(&json!([webhook, webhook["data"], { "event": "TRACKING_STOPPED", "data": { "number": "T1" } }]));
    assert_eq!((parsed.error.clone(), told(&parsed)), (None, [once.clone(), once].concat()));
    assert!(parse(&json!([])).error.is_some());
}

/// The words decide where there is only a stage, and refine what leaves room; also in Chinese, as the carriers of origin write.
#[test]
fn words_in_the_language_of_the_origin() {
    let read = |sub_status: &str, words: &str| {
        let event = json!({ "time_iso": "2026-01-05T10:00:00+08:00", "sub_status": sub_status, "description": words });
        let parsed = parse(&json!({ "number": "T1", "track_info": { "tracking": { "providers": [{ "events": [event] }] } } }));
        let facts = facts(&parsed);
        format!("{} {}", column(&facts, "milestone")[0], column(&facts, "exception")[0])
    };
    for (words, expected) in [
        ("等待揽收", "announced "),
        ("快件已揽收", "handed_over "),
        ("已离开【杭州转运中心】发往【北京】", "in_network "),
        ("海关放行", "customs "),
        ("快件正在派送中", "out_for_delivery "),
        ("包裹已到达自提点，请取件", "available_for_pickup "),
        ("快件已签收", "delivered "),
        ("派送失败", "out_for_delivery undeliverable"),
    ] {
        assert_eq!(read("", words), expected, "{words}");
        assert_eq!(read("InTransit_Other", words), expected, "{words}");
    }
    assert_eq!(read("Exception_Security", "Held by customs"), "customs customs_hold");
    assert_eq!(read("Exception_Security", "Duties unpaid"), "customs payment_due");
    assert_eq!(read("Exception_Security", "Security check"), "in_network security");
    assert_eq!(read("InTransit_CustomsProcessing", "Held by import Customs"), "customs customs_hold");
}

#[test]
fn a_raw_time_by_the_clock_of_twelve_hours_or_all_in_the_date() {
    let at = |raw: Value| {
        let event = json!({ "time_raw": raw, "sub_status": "InTransit_Other", "description": "Departed", "address": { "country": "FR" } });
        let parsed = parse(&json!({ "number": "T1", "track_info": { "tracking": { "providers": [{ "events": [event] }] } } }));
        let facts = facts(&parsed);
        format!("{} {}", column(&facts, "at")[0], column(&facts, "offset")[0])
    };
    assert_eq!(at(json!({ "date": "2026-01-05", "time": "1:05 PM", "timezone": "-05:00" })), "2026-01-05T13:05:00-05:00 known");
    assert_eq!(at(json!({ "date": "2026-01-05", "time": "9:05" })), "2026-01-05T09:05:00+01:00 guessed");
    assert_eq!(at(json!({ "date": "2026-01-05 09:30:00", "time": null })), "2026-01-05T09:30:00+01:00 guessed");
    assert_eq!(at(json!({ "date": "2026-01-05", "time": null })), "2026-01-05T00:00:00 unknown");
}
