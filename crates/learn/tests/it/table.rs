//! The figures of a replay.

use kept_learn::{DAY, Glance, HOUR};

use crate::replay::{Track, When};

/// What one rule's warnings were worth. Shares are none where there is nothing to share.
#[derive(Clone, Debug, PartialEq)]
pub struct Warned {
    pub orders: usize,
    pub late: usize,
    pub warned: usize,
    pub hits: usize,
    /// Late orders warned of with at least one, two, three days' notice.
    pub with_days: [usize; 3],
    pub median_days: Option<f64>,
}

/// Counts a rule's warnings: one an order, before the promised day ended.
pub fn warned<'a>(tracks: impl Iterator<Item = &'a Track>, rule: usize) -> Warned {
    let mut found = Warned { orders: 0, late: 0, warned: 0, hits: 0, with_days: [0; 3], median_days: None };
    let mut leads = Vec::new();
    for track in tracks {
        let late = track.order.late();
        found.orders += 1;
        found.late += usize::from(late);
        let at = track.said.warned.get(rule).copied().flatten();
        let Some(lead) = at.map(|at| track.order.due - at).filter(|lead| *lead > 0) else { continue };
        found.warned += 1;
        if late {
            found.hits += 1;
            leads.push(lead);
            for (count, days) in found.with_days.iter_mut().zip(1..) {
                *count += usize::from(lead >= days * DAY);
            }
        }
    }
    leads.sort_unstable();
    found.median_days = leads.get(leads.len() / 2).map(|lead| *lead as f64 / DAY as f64);
    found
}

impl Warned {
    pub fn precision(&self) -> Option<f64> {
        share(self.hits, self.warned)
    }
}

/// The moments at which forecasts are scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Purchase,
    HandOver,
    Week,
    /// 00:00 three days before the promised day.
    ThreeDays,
    /// The last evening on which a warning gives two days.
    Warning,
}

impl Look {
    pub fn name(self) -> &'static str {
        match self {
            Look::Purchase => "purchase",
            Look::HandOver => "hand-over",
            Look::Week => "7 d",
            Look::ThreeDays => "T-3",
            Look::Warning => "2 d 6 h",
        }
    }

    pub fn of(self, track: &Track) -> Option<Glance> {
        match self {
            Look::Purchase => track.said.at_purchase,
            Look::HandOver => track.said.at_hand_over,
            Look::Week => track.at(7 * DAY),
            Look::ThreeDays => track.at(4 * DAY),
            Look::Warning => track.at(2 * DAY + 6 * HOUR),
        }
    }
}

/// How often days quoted at a moment with a share were kept, of how many, and how far ahead they lay in the median.
pub fn kept(tracks: &[&Track], when: When, share: f64) -> Option<(f64, usize, f64)> {
    let mut days = Vec::new();
    let mut kept = 0;
    for track in tracks {
        for quoted in track.said.quoted.iter().filter(|quoted| quoted.when == when && quoted.share == share) {
            days.push((quoted.by - quoted.at) as f64 / DAY as f64);
            kept += usize::from(track.order.delivered.is_some_and(|delivered| delivered < quoted.by));
        }
    }
    days.sort_by(f64::total_cmp);
    Some((kept as f64 / days.len() as f64, days.len(), *days.get(days.len() / 2)?))
}

/// A part of a whole; none of nothing.
pub fn share(count: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| count as f64 / of as f64)
}
