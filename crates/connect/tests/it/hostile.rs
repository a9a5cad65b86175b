//! Whatever the bytes: no panic, and an error that says something.

use std::sync::{Arc, OnceLock};

use kept_connect::orders_csv::{Mapping, preview};
use kept_connect::own::parse_lines;
use kept_connect::{CarrierPacks, inbounds};
use kept_domain::input::News;
use kept_engine::ports::{Inbound, Verification};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::aftership::UPDATE;
use crate::laposte::mit_sample;
use crate::shared::source;
use crate::shops::{PRESTASHOP, PRESTASHOP_XML, SHOPIFY, WOOCOMMERCE};

/// A sample of each source, in JSON; then in XML.
fn json_samples() -> Vec<&'static str> {
    vec![
        mit_sample("200"),
        UPDATE,
        crate::dhl::SHIPMENTS,
        crate::dpd::PLC,
        crate::fedex::TRACK,
        crate::gls::V1,
        crate::ups::TRACK,
        crate::usps::V3,
        crate::easypost::UPDATED,
        crate::epcis::DOCUMENT,
        crate::sendcloud::EVENT_CREATED,
        crate::sendcloud::STATUS_CHANGED,
        crate::sendcloud::TRACKING_V2,
        crate::sendcloud::TRACKING_V3,
        crate::sendcloud::PARCELS_V2,
        crate::sendcloud::SHIPMENT_V3,
        crate::seventeentrack::UPDATED,
        crate::shippo::UPDATED,
        WOOCOMMERCE,
        SHOPIFY,
        PRESTASHOP,
    ]
}

const XML_SAMPLES: [&str; 4] = [PRESTASHOP_XML, crate::chronopost::V2, crate::dpd::SOAP, crate::usps::WEB_TOOLS];

const SHOPS: [&str; 3] = ["prestashop", "shopify", "woocommerce"];

fn partners() -> &'static [Arc<dyn Inbound>] {
    static PARTNERS: OnceLock<Vec<Arc<dyn Inbound>>> = OnceLock::new();
    PARTNERS.get_or_init(|| inbounds(&CarrierPacks::embedded().expect("the packs inside the binary")))
}

fn total(raw: &[u8]) {
    for partner in partners().iter().filter(|partner| !SHOPS.contains(&partner.source())) {
        let name = partner.source();
        let parsed = partner.parse(raw);
        if let Some(error) = &parsed.error {
            assert!(!error.message.is_empty());
            assert!(parsed.inputs.is_empty(), "an error and facts at once");
        }
        for input in &parsed.inputs {
            let of_parcels =
                matches!(input.news, News::ParcelScanned(_) | News::ParcelEstimated(_) | News::ParcelScanWithdrawn(_));
            assert!(of_parcels);
            serde_json::to_value(input).expect("every input is JSON");
        }
        let nobody = |_: &str| None;
        assert_ne!(partner.verify(&nobody, raw, "secret"), Verification::Verified, "{name}");
    }
    for name in SHOPS {
        let parsed = source(name).parse(raw);
        if let Some(error) = &parsed.error {
            assert!(!error.message.is_empty() && parsed.inputs.is_empty(), "an error and facts at once");
        }
        for input in &parsed.inputs {
            let known = matches!(
                input.news,
                News::OrderPlaced(_) | News::ParcelAnnounced(_) | News::OrderLinesCancelled(_) | News::RefundPaid(_)
            );
            assert!(known && input.event_id.is_some() == matches!(input.news, News::RefundPaid(_)));
            serde_json::to_value(input).expect("every input is JSON");
        }
        source(name).verify(&|_: &str| None, raw, "secret");
    }
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
    for sample in json_samples().into_iter().chain([crate::own::EVERY_KIND]) {
        let document: Value = serde_json::from_str(sample).expect("JSON");
        with_wrong_types(&document, &mut |changed| total(changed.to_string().as_bytes()));
    }
}

#[test]
fn cut_off_anywhere() {
    for sample in json_samples().into_iter().chain(XML_SAMPLES) {
        for end in (0..sample.len()).step_by(7) {
            total(&sample.as_bytes()[..end]);
        }
    }
}

#[test]
fn nested_beyond_reason() {
    total("[".repeat(100_000).as_bytes());
    total("{\"a\":".repeat(100_000).as_bytes());
    total("<a>".repeat(100_000).as_bytes());
    total(format!("{}{}", "<a>".repeat(5_000), "</a>".repeat(5_000)).as_bytes());
}

fn mapping() -> Mapping {
    Mapping::from_toml(
        "m",
        "currency = \"EUR\"\n[columns]\norder_number = \"N\"\nat = \"D\"\n\"line.sku\" = \"S\"\n\"line.price\" = \"P\"\n",
    )
    .expect("a mapping")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes(raw in proptest::collection::vec(any::<u8>(), 0..400)) {
        total(&raw);
        for error in preview(&raw, &mapping(), 3).errors {
            prop_assert!(!error.message.is_empty());
        }
    }

    #[test]
    fn arbitrary_text(raw in "\\PC{0,200}") {
        total(raw.as_bytes());
    }

    #[test]
    fn mutated_samples(which in any::<prop::sample::Index>(), places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let samples: Vec<&str> = json_samples().into_iter().chain(XML_SAMPLES).chain([crate::own::EVERY_KIND]).collect();
        let sample = *which.get(&samples);
        let mut raw = sample.as_bytes().to_vec();
        for (place, byte) in places {
            let place = place.index(raw.len());
            raw[place] = byte;
        }
        total(&raw);
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
