//! Whatever the bytes: no panic, and an error that says something.

use kept_connect::orders_csv::{Mapping, preview};
use kept_connect::own::parse_lines;
use kept_domain::input::News;
use kept_engine::ports::{Inbound, Verification};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::shared::{samples_of, sources};

const GATEWAYS: [&str; 3] = ["ovh_sms", "sms_http", "twilio"];
const SHOPS: [&str; 3] = ["prestashop", "shopify", "woocommerce"];

/// Whatever a source is given: an error with words, or news of its own kind; and nobody who signed nothing is believed.
fn total(source: &dyn Inbound, raw: &[u8]) {
    let (name, parsed) = (source.source(), source.parse(raw));
    if let Some(error) = &parsed.error {
        assert!(!error.message.is_empty(), "{name}");
        assert!(parsed.inputs.is_empty(), "{name}: an error and facts at once");
    }
    for input in &parsed.inputs {
        let own = if SHOPS.contains(&name) {
            // Money that goes back is the only news of theirs that nothing but its own id makes the same.
            input.event_id.is_some() == matches!(input.news, News::RefundPaid(_))
                && matches!(
                    input.news,
                    News::OrderPlaced(_)
                        | News::ParcelAnnounced(_)
                        | News::OrderLinesCancelled(_)
                        | News::OrderLinesBackordered(_)
                        | News::OrderLinesAvailable(_)
                        | News::RefundPaid(_)
                )
        } else if GATEWAYS.contains(&name) {
            matches!(input.news, News::MessageReceipt(_) | News::CustomerOptedOut(_))
        } else {
            matches!(input.news, News::ParcelScanned(_) | News::ParcelEstimated(_) | News::ParcelScanWithdrawn(_))
        };
        assert!(own, "{name}: {input:?}");
        serde_json::to_value(input).expect("every input is JSON");
    }
    assert_ne!(source.verify(&|_: &str| None, raw, "secret"), Verification::Verified, "{name}");
}

/// The same for all of them, and for Kept's own facts.
fn total_for_all(raw: &[u8]) {
    sources().iter().for_each(|source| total(source.as_ref(), raw));
    own_facts(raw);
}

fn own_facts(raw: &[u8]) {
    for content_type in [None, Some("application/json"), Some("application/x-ndjson")] {
        let lines = parse_lines(raw, content_type);
        assert!(!lines.is_empty() || !raw.trim_ascii().is_empty());
        for line in lines {
            if let Err(error) = &line.result {
                assert!(!error.message.is_empty() && line.line > 0);
            }
        }
    }
}

/// Each source with each of its samples.
fn samples() -> Vec<(&'static dyn Inbound, Vec<u8>)> {
    let of = |source: &'static std::sync::Arc<dyn Inbound>| {
        samples_of(source.source()).into_iter().map(move |sample| (source.as_ref(), sample))
    };
    sources().iter().flat_map(of).collect()
}

/// Every value of a document, one after the other, replaced by each of these.
fn with_wrong_types(document: &Value, check: &mut dyn FnMut(&Value)) {
    fn paths(value: &Value, path: &str, into: &mut Vec<String>) {
        into.push(path.to_owned());
        match value {
            Value::Array(values) => {
                values.iter().enumerate().for_each(|(place, value)| paths(value, &format!("{path}/{place}"), into))
            }
            Value::Object(values) => values.iter().for_each(|(name, value)| paths(value, &format!("{path}/{name}"), into)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    paths(document, "", &mut all);
    for path in all {
        for wrong in [
            json!(null),
            json!(true),
            json!(-1),
            json!(1.5),
            json!(1e300),
            json!(""),
            json!("\u{0}é"),
            json!([]),
            json!([[]]),
            json!({}),
            json!({ "": {} }),
        ] {
            let mut changed = document.clone();
            *changed.pointer_mut(&path).expect("a path of it") = wrong;
            check(&changed);
        }
    }
}

#[test]
fn wrong_types_everywhere() {
    for (source, sample) in samples() {
        let Ok(document) = serde_json::from_slice::<Value>(&sample) else { continue };
        with_wrong_types(&document, &mut |changed| total(source, changed.to_string().as_bytes()));
    }
    let document: Value = serde_json::from_str(crate::own::EVERY_KIND).expect("JSON");
    with_wrong_types(&document, &mut |changed| own_facts(changed.to_string().as_bytes()));
}

#[test]
fn cut_off_anywhere() {
    for (source, sample) in samples() {
        for end in (0..sample.len()).step_by(13) {
            total(source, &sample[..end]);
        }
    }
}

#[test]
fn nothing_and_everything_else() {
    for raw in ["", " ", "null", "[]", "7", "\"no\"", "<html></html>", "<a/>", "<a>1</a>", "[[[]]]", "not found"] {
        total_for_all(raw.as_bytes());
    }
}

#[test]
fn nested_beyond_reason() {
    total_for_all("[".repeat(100_000).as_bytes());
    total_for_all("{\"a\":".repeat(100_000).as_bytes());
    total_for_all("<a>".repeat(100_000).as_bytes());
    total_for_all(format!("{}{}", "<a>".repeat(5_000), "</a>".repeat(5_000)).as_bytes());
}

fn mapping() -> Mapping {
    Mapping::from_toml(
        "m",
        "currency = \"EUR\"\n[columns]\norder_number = \"N\"\nat = \"D\"\n\"line.sku\" = \"S\"\n\"line.price\" = \"P\"\n",
    )
    .expect("a mapping")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn arbitrary_bytes(raw in proptest::collection::vec(any::<u8>(), 0..400)) {
        total_for_all(&raw);
        for error in preview(&raw, &mapping(), 3).errors {
            prop_assert!(!error.message.is_empty());
        }
    }

    #[test]
    fn arbitrary_text(raw in "\\PC{0,200}") {
        total_for_all(raw.as_bytes());
    }

    #[test]
    fn mutated_own_facts(places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut raw = crate::own::EVERY_KIND.as_bytes().to_vec();
        for (place, byte) in places {
            let place = place.index(raw.len());
            raw[place] = byte;
        }
        own_facts(&raw);
    }

    #[test]
    fn arbitrary_sheets(rows in proptest::collection::vec("[^\r\n]{0,40}", 0..8)) {
        let csv = format!("N;D;S;P\n{}", rows.join("\n"));
        let preview = preview(csv.as_bytes(), &mapping(), 3);
        for error in preview.errors {
            prop_assert!(!error.message.is_empty());
        }
    }
}
