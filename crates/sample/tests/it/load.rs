//! The load is the same everywhere, and its breaches are known.

use std::path::PathBuf;

use kept_domain::input::News;
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_sample::load::{expected, to_input};
use kept_sample::{Breach, Counts, LoadEvent, LoadEvents, Oracle};
use sha2::{Digest, Sha256};

/// The folder of samples that lies beside the project, if it is there.
fn shared(path: &str) -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if file.exists() {
        return Some(file);
    }
    println!("skipped: {path} is not beside the project");
    None
}

/// Hashes what is written instead of keeping it.
#[derive(Default)]
struct Hasher(Sha256);

impl std::io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn hash(shipments: u32) -> (u64, String) {
    let mut hasher = Hasher::default();
    let lines = LoadEvents::new(shipments).write_to(&mut hasher).unwrap();
    (lines, hex::encode(hasher.0.finalize()))
}

#[test]
fn loads_have_the_published_hashes() {
    assert_eq!(hash(183), (1_998, "b6cad94305c7130120fbdff743ff8be41ebc876a1353db621bd77369b273f9c3".to_owned()));
    assert_eq!(hash(20_000), (218_942, "6deb1499536e0be9031fd070ad85d25a513fb16ad8733d7758f38aa24970047a".to_owned()));
}

#[test]
fn loads_have_the_published_counts() {
    assert_eq!(expected(183), Counts { silent: 7, late: 23, failed_attempt: 11 });
    assert_eq!(expected(20_000), Counts { silent: 776, late: 2_398, failed_attempt: 1_001 });
}

#[test]
fn the_small_load_is_the_published_file() {
    let Some(file) = shared("load/events_2000.ndjson") else { return };
    let mut made = Vec::new();
    LoadEvents::new(183).write_to(&mut made).unwrap();
    let given = std::fs::read(file).unwrap();
    assert!(made == given, "the bytes differ");
    for (line, event) in given.split(|byte| *byte == b'\n').zip(LoadEvents::new(183)) {
        assert_eq!(serde_json::from_slice::<LoadEvent>(line).unwrap(), event);
    }
}

#[test]
fn the_oracle_finds_the_published_breaches() {
    let Some(file) = shared("load/expected_2000.json") else { return };
    let published: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut published: Vec<Breach> = serde_json::from_value(published["breaches"].clone()).unwrap();
    published.sort();
    let mut oracle = Oracle::default();
    LoadEvents::new(183).for_each(|event| oracle.see(&event));
    assert_eq!(oracle.end(), published);
}

#[test]
fn a_silence_of_exactly_48_hours_and_a_delivery_on_the_dot_are_no_breach() {
    let mut events: Vec<LoadEvent> = LoadEvents::new(1).take(2).collect();
    let (first, last) = (events.remove(0), events.remove(0));
    let mut last = LoadEvent { status: "delivered".into(), occurred_at: first.occurred_at + 48 * 3_600_000, ..last };
    last.promised_at = last.occurred_at;
    let first = LoadEvent { promised_at: last.occurred_at, ..first };
    let found = |last: &LoadEvent| {
        let mut oracle = Oracle::default();
        oracle.see(&first);
        oracle.see(last);
        Counts::of(&oracle.end())
    };
    assert_eq!(found(&last), Counts::default());
    last.occurred_at += 1;
    assert_eq!(found(&last), Counts { silent: 1, late: 1, failed_attempt: 0 });
}

#[test]
fn scans_become_inputs_with_known_instants() {
    let failed = LoadEvents::new(183).find(|event| event.status == "failed_attempt").unwrap();
    let input = to_input(&failed);
    assert_eq!((input.source.as_str(), input.event_id.as_deref()), ("load", Some(failed.id.as_str())));
    let News::ParcelScanned(scan) = input.news else { panic!("not a scan") };
    assert_eq!((scan.milestone, scan.exception), (Milestone::OutForDelivery, Some(ExceptionKind::AttemptFailedAbsent)));
    assert_eq!(scan.at.instant().map(|at| at.as_millisecond()), Some(failed.occurred_at));
    assert_eq!(scan.promised_at.and_then(|at| at.instant()).map(|at| at.as_millisecond()), Some(failed.promised_at));
    assert!(scan.at.is_known());
}
