//! Samples that may be used in tests and not be copied: read from beside the workspace, skipped where they are absent.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use kept_connect::{CarrierPacks, inbounds, scan_json};
use kept_domain::input::{News, ParcelScanned};
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

/// Every registered source.
pub fn sources() -> &'static [Arc<dyn Inbound>] {
    static SOURCES: OnceLock<Vec<Arc<dyn Inbound>>> = OnceLock::new();
    SOURCES.get_or_init(|| inbounds(&CarrierPacks::embedded().expect("the packs inside the binary")))
}

pub fn source(name: &str) -> Arc<dyn Inbound> {
    Arc::clone(sources().iter().find(|inbound| inbound.source() == name).expect("a registered source"))
}

/// The payloads in a source's folder, in order of their names; every source has some.
pub fn samples_of(source: &str) -> Vec<Vec<u8>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let partners = ["carriers", "aggregators", "shops"].map(|kind| root.join(kind).join(source).join("samples"));
    let folders = partners.into_iter().chain([root.join("sms/samples").join(source)]);
    let mut samples = Vec::new();
    for folder in folders.filter(|folder| folder.is_dir()) {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder).expect("samples").map(|entry| entry.expect("a file").path()).collect();
        files.sort();
        samples.extend(files.iter().filter(|file| is_payload(file)).map(|file| std::fs::read(file).expect("a sample")));
    }
    assert!(!samples.is_empty(), "{source} has no samples");
    samples
}

fn is_payload(file: &Path) -> bool {
    file.extension().is_some_and(|extension| ["json", "xml", "jsonld", "form"].iter().any(|one| extension == *one))
}

pub fn scans(parsed: &Parsed) -> Vec<&ParcelScanned> {
    let scanned = parsed.inputs.iter().filter_map(|input| match &input.news {
        News::ParcelScanned(scan) => Some(scan),
        _ => None,
    });
    scanned.collect()
}

/// The facts that `kept parse` prints.
pub fn facts(parsed: &Parsed) -> Vec<Value> {
    parsed.inputs.iter().map(scan_json).filter(|fact| fact["kind"] == "parcel.scanned").collect()
}

/// The facts as lines: `code, at, offset, milestone, exception, location`, with `-` for what is not there.
pub fn told(parsed: &Parsed) -> Vec<String> {
    let line = |fact: &Value| {
        let part = |name: &str| fact[name].as_str().unwrap_or("-").to_owned();
        ["code", "at", "offset", "milestone", "exception", "location"].map(part).join(" · ")
    };
    facts(parsed).iter().map(line).collect()
}

/// What was not understood, as lines: `what code`.
pub fn unmapped(parsed: &Parsed) -> Vec<String> {
    parsed.unmapped.iter().map(|entry| format!("{} {}", entry.what, entry.code)).collect()
}

/// One field of each fact; nothing is an empty text.
pub fn column(facts: &[Value], name: &str) -> Vec<String> {
    facts.iter().map(|fact| fact[name].as_str().unwrap_or_default().to_owned()).collect()
}

pub fn estimated_days(parsed: &Parsed) -> Vec<String> {
    let days = parsed.inputs.iter().filter_map(|input| match &input.news {
        News::ParcelEstimated(estimate) => Some(estimate.expected_day.to_string()),
        _ => None,
    });
    days.collect()
}

/// The facts of `kept parse` as lines: time, what is known of its offset, milestone, exception; code, text, place.
pub fn lines(parsed: &Parsed) -> Vec<String> {
    let line = |fact: Value| {
        let of = |name: &str| fact[name].as_str().unwrap_or("-").to_owned();
        let head = [of("at"), of("offset"), of("milestone"), of("exception")].join(" ");
        [head, of("code"), of("text"), of("location")].join(" | ")
    };
    facts(parsed).into_iter().map(line).collect()
}

/// What a source says instead of a parcel: the answer, whether the number is not known, whether asking again may help.
pub fn assert_refusals(name: &str, answers: &[(&str, bool, bool)]) {
    for (raw, not_found, retryable) in answers {
        let parsed = source(name).parse(raw.as_bytes());
        assert!(parsed.inputs.is_empty(), "{raw}");
        let error = parsed.error.expect(raw);
        assert_eq!((error.not_found, error.retryable), (*not_found, *retryable), "{error}");
        assert!(error.hint.is_some());
    }
}
