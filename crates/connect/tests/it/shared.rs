//! Samples that may be used in tests and not be copied: read from beside the workspace, skipped where they are absent.

use std::path::PathBuf;
use std::sync::Arc;

use kept_connect::{CarrierPacks, inbounds, scan_json};
use kept_domain::input::{Input, News, ParcelScanned};
use kept_engine::ports::{Inbound, Parsed};
use serde_json::Value;

/// A file of `../shared/data/parcels`, or `None` with a printed message.
pub fn shared_sample(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/parcels").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            println!("skipped: the shared sample {name} is not there");
            None
        }
    }
}

pub fn source(name: &str) -> Arc<dyn Inbound> {
    let packs = CarrierPacks::embedded().expect("the packs inside the binary");
    inbounds(&packs).into_iter().find(|inbound| inbound.source() == name).expect("a registered source")
}

pub fn scans(parsed: &Parsed) -> Vec<&ParcelScanned> {
    let scan = |input: &'_ Input| matches!(input.news, News::ParcelScanned(_));
    parsed
        .inputs
        .iter()
        .filter(|input| scan(input))
        .map(|input| match &input.news {
            News::ParcelScanned(scanned) => scanned,
            _ => unreachable!(),
        })
        .collect()
}

/// The facts that `kept parse` prints.
pub fn facts(parsed: &Parsed) -> Vec<Value> {
    parsed.inputs.iter().map(scan_json).filter(|fact| fact["kind"] == "parcel.scanned").collect()
}

pub fn estimated_days(parsed: &Parsed) -> Vec<String> {
    let days = parsed.inputs.iter().filter_map(|input| match &input.news {
        News::ParcelEstimated(estimate) => Some(estimate.expected_day.to_string()),
        _ => None,
    });
    days.collect()
}
