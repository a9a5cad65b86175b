//! Whatever the bytes, for the carriers that are read by an outline: no panic, an error that says something, never an error and
//! facts at once.

use kept_domain::input::News;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::shared::source;

/// A source with a sample of its own.
const SAMPLES: &[(&str, &str)] = &[
    ("asendia", include_str!("../../src/carriers/asendia/samples/tracking_made_up.json")),
    ("australiapost", include_str!("../../src/carriers/australiapost/samples/tracking_made_up.json")),
    ("bpost", include_str!("../../src/carriers/bpost/samples/items_made_up.json")),
    ("bpost", include_str!("../../src/carriers/bpost/samples/tracking_info_made_up.xml")),
    ("canadapost", include_str!("../../src/carriers/canadapost/samples/tracking_detail_made_up.xml")),
    ("canadapost", include_str!("../../src/carriers/canadapost/samples/tracking_summary_made_up.xml")),
    ("dhl_express", include_str!("../../src/carriers/dhl_express/samples/tracking_made_up.xml")),
    ("dhl_parcel_de", include_str!("../../src/carriers/dhl_parcel_de/samples/piece_detail_made_up.xml")),
    ("dhl_poland", include_str!("../../src/carriers/dhl_poland/samples/track_and_trace_made_up.xml")),
    ("hermes", include_str!("../../src/carriers/hermes/samples/shipmentinfo_made_up.json")),
    ("landmark", include_str!("../../src/carriers/landmark/samples/track_made_up.xml")),
    ("mondial_relay", include_str!("../../src/carriers/mondial_relay/samples/tracing_made_up.xml")),
    ("mydhl", include_str!("../../src/carriers/mydhl/samples/tracking_made_up.json")),
    ("parcelone", include_str!("../../src/carriers/parcelone/samples/tracking_made_up.json")),
    ("purolator", include_str!("../../src/carriers/purolator/samples/track_packages_made_up.xml")),
    ("seko", include_str!("../../src/carriers/seko/samples/status_made_up.json")),
    ("sendle", include_str!("../../src/carriers/sendle/samples/tracking_made_up.json")),
    ("sendle", include_str!("../../src/carriers/sendle/samples/webhook_made_up.json")),
    ("smartkargo", include_str!("../../src/carriers/smartkargo/samples/events_made_up.json")),
    ("spring", include_str!("../../src/carriers/spring/samples/track_shipment_made_up.json")),
    ("teleship", include_str!("../../src/carriers/teleship/samples/tracking_made_up.json")),
    ("usps_international", include_str!("../../src/carriers/usps_international/samples/tracking_made_up.json")),
];

fn total(name: &str, raw: &[u8]) {
    let parsed = source(name).parse(raw);
    if let Some(error) = &parsed.error {
        assert!(!error.message.is_empty() && parsed.inputs.is_empty(), "{name}: {error}");
    }
    for input in &parsed.inputs {
        assert!(matches!(input.news, News::ParcelScanned(_) | News::ParcelEstimated(_)));
        serde_json::to_value(input).expect("every input is JSON");
    }
}

/// Every value of a document replaced, one after the other.
fn with_wrong_types(value: &Value, path: &str, check: &mut dyn FnMut(&str)) {
    check(path);
    match value {
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(place, value)| with_wrong_types(value, &format!("{path}/{place}"), check));
        }
        Value::Object(values) => {
            values.iter().for_each(|(name, value)| with_wrong_types(value, &format!("{path}/{name}"), check));
        }
        _ => {}
    }
}

#[test]
fn wrong_types_everywhere() {
    for (name, sample) in SAMPLES.iter().filter(|(_, sample)| !sample.trim_start().starts_with('<')) {
        let document: Value = serde_json::from_str(sample).expect("JSON");
        with_wrong_types(&document, "", &mut |path| {
            for wrong in [json!(null), json!(true), json!(-1), json!(1e300), json!("\u{0}é"), json!([[]]), json!({ "": {} })] {
                let mut changed = document.clone();
                *changed.pointer_mut(path).expect("a path of it") = wrong;
                total(name, changed.to_string().as_bytes());
            }
        });
    }
}

#[test]
fn cut_off_anywhere() {
    for (name, sample) in SAMPLES {
        for end in (0..sample.len()).step_by(31) {
            total(name, &sample.as_bytes()[..end]);
        }
    }
}

#[test]
fn nothing_and_everything_else() {
    for (name, _) in SAMPLES {
        for raw in ["", " ", "null", "[]", "{}", "7", "\"no\"", "<html></html>", "<a/>", "<a>1</a>", "[[[]]]", "not found"] {
            let parsed = source(name).parse(raw.as_bytes());
            assert!(parsed.error.is_some() && parsed.inputs.is_empty(), "{name}: {raw}");
        }
        total(name, "[".repeat(100_000).as_bytes());
        total(name, "{\"events\":".repeat(100_000).as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn mutated_samples(which in 0..SAMPLES.len(), places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let (name, sample) = SAMPLES[which];
        let mut raw = sample.as_bytes().to_vec();
        for (place, byte) in places {
            let place = place.index(raw.len());
            raw[place] = byte;
        }
        total(name, &raw);
    }
}
