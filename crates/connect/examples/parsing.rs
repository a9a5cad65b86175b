//! How many payloads of each source one thread parses in a second, from the samples in this crate.
//!
//! ```sh
//! cargo run --release -p kept-connect --example parsing
//! ```
//! Two seconds a source by default; another number of seconds may be given. Prints the rows of the table in docs/benchmarks.md.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kept_connect::{CarrierPacks, inbounds};
use kept_domain::input::News;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seconds: f64 = std::env::args().nth(1).map_or(Ok(2.0), |text| text.parse())?;
    println!("| source | samples | bytes a payload | payloads a second | scans a second |");
    println!("|---|---|---|---|---|");
    for inbound in inbounds(&CarrierPacks::embedded()?) {
        let samples = samples_of(inbound.source())?;
        let (bytes, count) = (samples.iter().map(Vec::len).sum::<usize>(), samples.len());
        let (start, end) = (Instant::now(), Duration::from_secs_f64(seconds));
        let (mut payloads, mut scans) = (0_usize, 0_usize);
        while count > 0 && start.elapsed() < end {
            for raw in &samples {
                let parsed = black_box(inbound.parse(black_box(raw)));
                scans += parsed.inputs.iter().filter(|input| matches!(input.news, News::ParcelScanned(_))).count();
                payloads += 1;
            }
        }
        let per_second = |number: usize| number as f64 / start.elapsed().as_secs_f64();
        let source = inbound.source();
        println!("| {source} | {count} | {} | {:.0} | {:.0} |", bytes / count.max(1), per_second(payloads), per_second(scans));
    }
    Ok(())
}

/// The samples of a source, from its folder; answers of carriers that are errors too.
fn samples_of(source: &str) -> std::io::Result<Vec<Vec<u8>>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut samples = Vec::new();
    for folder in ["carriers", "aggregators"].map(|kind| root.join(kind).join(source).join("samples")) {
        let Ok(files) = std::fs::read_dir(&folder) else { continue };
        let mut files = files.map(|file| file.map(|file| file.path())).collect::<std::io::Result<Vec<PathBuf>>>()?;
        files.sort();
        for file in files.iter().filter(|file| is_payload(file)) {
            samples.push(std::fs::read(file)?);
        }
    }
    Ok(samples)
}

fn is_payload(file: &Path) -> bool {
    file.extension().is_some_and(|extension| ["json", "xml", "jsonld"].iter().any(|one| extension == *one))
}
