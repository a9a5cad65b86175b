//! How long news takes to get here. What is known of a parcel at a moment is how it stood so long before: a carrier that is asked every
//! few hours, or tells in the evening what happened in the morning, would make everything look late.

use std::collections::{HashMap, VecDeque};

use kept_learn::{Arrival, Case, DAY, Forecast, NotReady, Snapshot};

/// Scans remembered of a carrier.
const LATELY: usize = 200;
/// Fewer say nothing yet.
const ENOUGH: usize = 10;
/// A longer delay is a scan told again, or a clock that is off.
const LONGEST: i64 = 3 * DAY;

/// The delays of the last scans: by carrier, and over all.
#[derive(Debug, Default)]
pub(super) struct Heard(HashMap<String, VecDeque<i64>>);

/// Between what happened and when it was recorded: medians by carrier, and over all where the carrier is not known.
#[derive(Clone, Debug, Default)]
pub struct Delays(HashMap<String, i64>);

impl Heard {
    /// Counts one scan.
    pub(super) fn see(&mut self, carrier: &str, happened: i64, recorded: i64) {
        let delay = recorded - happened;
        if !(0..=LONGEST).contains(&delay) {
            return;
        }
        for name in [carrier, ""] {
            let lately = self.0.entry(name.to_owned()).or_default();
            if lately.len() == LATELY {
                lately.pop_front();
            }
            lately.push_back(delay);
        }
    }

    /// The medians as they are now.
    pub(super) fn delays(&self) -> Delays {
        let median = |lately: &VecDeque<i64>| {
            let mut sorted: Vec<i64> = lately.iter().copied().collect();
            sorted.sort_unstable();
            sorted.get(sorted.len() / 2).copied().unwrap_or(0)
        };
        let known = self.0.iter().filter(|(_, lately)| lately.len() >= ENOUGH);
        Delays(known.map(|(carrier, lately)| (carrier.clone(), median(lately))).collect())
    }
}

impl Delays {
    /// How far what is known of a carrier's parcels lies behind, in milliseconds: the median delay of its last scans; 0 before enough
    /// were seen.
    pub fn behind(&self, carrier: &str) -> i64 {
        self.0.get(carrier).copied().unwrap_or(0)
    }

    /// The chance of being late, given how a case stood when it was last certain.
    pub(super) fn late(&self, snapshot: &Snapshot, case: &Case, now: i64) -> Result<Forecast, NotReady> {
        snapshot.late(case, self.seen(case, now))
    }

    /// The day by which a case will have arrived, likewise.
    pub(super) fn arrival(&self, snapshot: &Snapshot, case: &Case, now: i64, share: f64) -> Result<Arrival, NotReady> {
        snapshot.arrival(case, self.seen(case, now), share)
    }

    fn seen(&self, case: &Case, now: i64) -> i64 {
        // Once the due has passed nothing is in doubt; and nobody knows less than when it came to where it stands.
        if now >= case.due { now } else { (now - self.behind(&case.features.carrier)).max(case.since) }
    }
}
