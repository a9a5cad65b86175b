//! Whether quoted days were kept: the record that an estimate has to answer for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::interval::Share;

/// Quoted days by week and declared share in hundredths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EstimateCounts {
    weeks: BTreeMap<i64, BTreeMap<u8, Record>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    kept: u32,
    n: u32,
}

impl EstimateCounts {
    pub(crate) fn observe(&mut self, share: f64, kept: bool, week: i64) {
        let record = self.weeks.entry(week).or_default().entry(hundredths(share)).or_default();
        record.n = record.n.saturating_add(1);
        record.kept = record.kept.saturating_add(u32::from(kept));
    }

    pub(crate) fn merge(&mut self, other: &EstimateCounts) {
        for (week, theirs) in &other.weeks {
            let mine = self.weeks.entry(*week).or_default();
            for (share, more) in theirs {
                let sum = mine.entry(*share).or_default();
                sum.n = sum.n.saturating_add(more.n);
                sum.kept = sum.kept.saturating_add(more.kept);
            }
        }
    }

    pub(crate) fn prune(&mut self, first_week: i64) {
        self.weeks = self.weeks.split_off(&first_week);
    }

    /// What is known in a week, by declared share.
    pub(crate) fn records(&self, horizon: u16, week: i64) -> BTreeMap<u8, Share> {
        let mut sums: BTreeMap<u8, (u64, u64)> = BTreeMap::new();
        for (_, records) in self.weeks.range(week - i64::from(horizon)..=week) {
            for (share, record) in records {
                let sum = sums.entry(*share).or_default();
                *sum = (sum.0 + u64::from(record.kept), sum.1 + u64::from(record.n));
            }
        }
        sums.into_iter().filter_map(|(share, (kept, n))| Some((share, Share::wilson(kept, n)?))).collect()
    }
}

/// A share in whole hundredths: what records are kept by.
pub(crate) fn hundredths(share: f64) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
    let hundredths = (share * 100.0).round().clamp(0.0, 100.0) as u8;
    hundredths
}
