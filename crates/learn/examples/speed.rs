//! How long the model takes and how large it gets, with many lanes.
//!
//! ```sh
//! cargo run --release -p kept-learn --example speed
//! ```

use std::time::Instant;

use kept_learn::{Case, DAY, Exit, Features, HOUR, Model, Settings, Stage};

const LANES: i64 = 5_000;
const PARCELS: i64 = 200_000;
const DAYS: i64 = 180;

fn main() -> Result<(), serde_json::Error> {
    let features = |parcel: i64| Features {
        carrier: format!("carrier {}", parcel % 8),
        service: format!("service {}", parcel % 16),
        lane: format!("lane {}", parcel * 7919 % LANES),
        band: String::new(),
    };
    let mut model = Model::new(Settings::default());
    let now = DAYS * DAY;
    let began = Instant::now();
    let mut open = Vec::new();
    for parcel in 0..PARCELS {
        let features = features(parcel);
        let placed = parcel * now / PARCELS;
        let handed_over = placed + 20 * HOUR + parcel % 29 * HOUR;
        let delivered = handed_over + (30 + parcel * 31 % 211) * HOUR;
        model.observe_entry(&features, Stage::Placed, placed);
        if handed_over < now {
            model.observe_exit(&features, Stage::Placed, placed, handed_over, Exit::To(Stage::InNetwork));
            model.observe_entry(&features, Stage::InNetwork, handed_over);
        }
        if delivered < now {
            model.observe_exit(&features, Stage::InNetwork, handed_over, delivered, Exit::Delivered);
        } else {
            let (stage, since) = if handed_over < now { (Stage::InNetwork, handed_over) } else { (Stage::Placed, placed) };
            open.push(Case { features, stage, since, due: now + (1 + parcel % 12) * DAY });
        }
    }
    let each = |began: Instant, count: usize| began.elapsed().as_secs_f64() * 1e6 / count.max(1) as f64;
    println!("{PARCELS} parcels on {LANES} lanes over {DAYS} days: {} groups, {} open", model.groups(), open.len());
    println!("observe, a parcel       {:>9.1} us", each(began, PARCELS as usize));
    let began = Instant::now();
    let snapshot = model.snapshot(now);
    println!("snapshot                {:>9.1} us", each(began, 1));
    let began = Instant::now();
    let stored = serde_json::to_vec(&model)?;
    println!("stored as JSON          {:>9} KB in {:.0} us", stored.len() / 1024, each(began, 1));
    let mut known = 0usize;
    for (name, stage) in [("placed", Stage::Placed), ("in network", Stage::InNetwork)] {
        let cases: Vec<&Case> = open.iter().filter(|case| case.stage == stage).collect();
        let began = Instant::now();
        known += cases.iter().filter(|case| snapshot.late(case, now).is_ok()).count();
        println!("late, {name:<18}{:>9.1} us", each(began, cases.len()));
        let began = Instant::now();
        known += cases.iter().filter(|case| snapshot.crossing(case, now, 0.5).is_ok()).count();
        println!("crossing, {name:<14}{:>9.1} us", each(began, cases.len()));
        let began = Instant::now();
        known += cases.iter().take(1000).filter(|case| snapshot.arrival(case, now, 0.9).is_ok()).count();
        println!("arrival, {name:<15}{:>9.1} us", each(began, cases.len().min(1000)));
    }
    println!("{known} answers");
    Ok(())
}
