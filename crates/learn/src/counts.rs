//! What one group has seen: integers by week, age and place in the week. Sums only, so that order does not matter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::features::EXITS;
use crate::grid::{BINS, OLDEST, SLOTS, bin, slot, week};

/// One age at one place in the week: the place, exits, and steps that somebody was there to leave. A tuple, since there are many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cell(u16, u32, u32);

/// One span of weeks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Bucket {
    /// In the order of their places, `bin * SLOTS + slot`; where the group keeps no places in the week, the slot is 0.
    cells: Vec<Cell>,
    /// Exits by where they led.
    led: [u32; EXITS],
}

impl Bucket {
    fn add(&mut self, Cell(place, exits, exposed): Cell) {
        match self.cells.binary_search_by_key(&place, |cell| cell.0) {
            Ok(index) => {
                if let Some(cell) = self.cells.get_mut(index) {
                    cell.1 = cell.1.saturating_add(exits);
                    cell.2 = cell.2.saturating_add(exposed);
                }
            }
            Err(index) => self.cells.insert(index, Cell(place, exits, exposed)),
        }
    }
}

/// The counts of one group at one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    buckets: BTreeMap<i64, Bucket>,
    /// Entries without their exit, by the step of the entry. An exit may be told before its entry: then it is below zero for a while.
    open: BTreeMap<i64, i64>,
}

/// How finely a group is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grain {
    /// Weeks of a bucket.
    pub(crate) weeks: i64,
    /// Whether the place in the week is kept.
    pub(crate) slots: bool,
}

/// The counts of a group as weighted at a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Weighed {
    /// Exits by bin and slot.
    pub(crate) exits: Vec<f64>,
    /// Exposure by bin and slot.
    pub(crate) exposed: Vec<f64>,
    /// Exits by where they led.
    pub(crate) led: [f64; EXITS],
    /// Exits counted, unweighted.
    pub(crate) n: u32,
    /// The first week that counted.
    pub(crate) since: Option<i64>,
}

impl Counts {
    /// Someone entered at a step.
    pub(crate) fn enter(&mut self, step: i64) {
        self.shift_open(step, 1);
    }

    /// Someone who had entered at `entered` left at `left`, or was last seen there (`led` is none).
    pub(crate) fn leave(&mut self, entered: i64, left: i64, led: Option<usize>, grain: Grain) {
        self.shift_open(entered, -1);
        let end = left.min(entered + OLDEST);
        for step in entered..=end {
            let event = step == left && led.is_some();
            // The step in which someone drops out of sight is not one in which they were seen to stay.
            if step == left && led.is_none() {
                break;
            }
            self.bucket(step, grain).add(Cell(place(step - entered, step, grain), u32::from(event), 1));
        }
        if let Some(led) = led
            && end == left
            && let Some(count) = self.bucket(left, grain).led.get_mut(led)
        {
            *count = count.saturating_add(1);
        }
    }

    /// Adds what another has counted.
    pub(crate) fn merge(&mut self, other: &Counts) {
        for (key, theirs) in &other.buckets {
            let mine = self.buckets.entry(*key).or_default();
            for cell in &theirs.cells {
                mine.add(*cell);
            }
            for (sum, more) in mine.led.iter_mut().zip(theirs.led) {
                *sum = sum.saturating_add(more);
            }
        }
        for (step, count) in &other.open {
            self.shift_open(*step, *count);
        }
    }

    /// Forgets weeks before this one, and entries that are too old to be slow. True where nothing is left.
    pub(crate) fn prune(&mut self, first_week: i64, first_step: i64) -> bool {
        self.buckets = self.buckets.split_off(&first_week);
        self.open = self.open.split_off(&first_step);
        self.buckets.is_empty() && self.open.is_empty()
    }

    /// Everything weighted by the age of its week; who is still there counts for the steps before `now`.
    pub(crate) fn weigh(&self, now: i64, grain: Grain, weight: &dyn Fn(i64) -> f64) -> Weighed {
        let size = if grain.slots { BINS * SLOTS } else { BINS };
        let mut sums = Weighed { exits: vec![0.0; size], exposed: vec![0.0; size], ..Weighed::default() };
        for (key, bucket) in &self.buckets {
            let weight = weight(*key);
            if weight <= 0.0 {
                continue;
            }
            for Cell(place, exits, exposed) in &bucket.cells {
                let place = index(*place, grain);
                add(&mut sums.exits, place, weight * f64::from(*exits));
                add(&mut sums.exposed, place, weight * f64::from(*exposed));
            }
            for (sum, led) in sums.led.iter_mut().zip(bucket.led) {
                *sum += weight * f64::from(led);
                sums.n = sums.n.saturating_add(led);
            }
            if sums.since.is_none() && bucket.led.iter().any(|led| *led > 0) {
                sums.since = Some(*key);
            }
        }
        for (entered, count) in self.open.iter().filter(|(entered, count)| **count > 0 && **entered + OLDEST >= now) {
            #[expect(clippy::cast_precision_loss, reason = "counts of parcels are far below 2^52")]
            let count = *count as f64;
            let mut known: Option<(i64, f64)> = None;
            for step in *entered..now {
                let key = key(step, grain);
                let weight = match known {
                    Some((of, weight)) if of == key => weight,
                    _ => weight(key),
                };
                known = Some((key, weight));
                add(&mut sums.exposed, index(place(step - entered, step, grain), grain), weight * count);
            }
        }
        sums
    }

    fn bucket(&mut self, step: i64, grain: Grain) -> &mut Bucket {
        self.buckets.entry(key(step, grain)).or_default()
    }

    fn shift_open(&mut self, step: i64, by: i64) {
        let count = self.open.entry(step).or_default();
        *count += by;
        if *count == 0 {
            self.open.remove(&step);
        }
    }
}

fn key(step: i64, grain: Grain) -> i64 {
    let weeks = grain.weeks.max(1);
    week(step).div_euclid(weeks) * weeks
}

fn place(age: i64, step: i64, grain: Grain) -> u16 {
    let slot = if grain.slots { slot(step) } else { 0 };
    u16::try_from(bin(age) * SLOTS + slot).unwrap_or(u16::MAX)
}

/// Where a cell stands in the weighted sums.
fn index(place: u16, grain: Grain) -> usize {
    let place = usize::from(place);
    if grain.slots { place } else { place / SLOTS }
}

fn add(sums: &mut [f64], place: usize, more: f64) {
    if let Some(sum) = sums.get_mut(place) {
        *sum += more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: Grain = Grain { weeks: 1, slots: true };
    const COARSE: Grain = Grain { weeks: 4, slots: false };

    #[test]
    fn an_exit_is_exposed_until_it_left() {
        let mut counts = Counts::default();
        counts.enter(10);
        counts.leave(10, 13, Some(4), COARSE);
        let sums = counts.weigh(100, COARSE, &|_| 1.0);
        assert_eq!(sums.exposed.iter().sum::<f64>(), 4.0);
        assert_eq!(sums.exits[bin(3)], 1.0);
        assert_eq!((sums.n, sums.led[4]), (1, 1.0));
    }

    #[test]
    fn who_is_still_there_counts_up_to_now_and_not_beyond() {
        let mut counts = Counts::default();
        counts.enter(10);
        assert_eq!(counts.weigh(13, FINE, &|_| 1.0).exposed.iter().sum::<f64>(), 3.0);
        assert_eq!(counts.weigh(10 + OLDEST + 1, FINE, &|_| 1.0).exposed.iter().sum::<f64>(), 0.0);
        counts.leave(10, 13, None, FINE);
        let sums = counts.weigh(100, FINE, &|_| 1.0);
        assert_eq!((sums.exposed.iter().sum::<f64>(), sums.exits.iter().sum::<f64>(), sums.n), (3.0, 0.0, 0));
    }

    #[test]
    fn order_does_not_matter_and_parts_add_up() {
        let mut whole = Counts::default();
        whole.enter(3);
        whole.enter(5);
        whole.leave(3, 40, Some(1), FINE);
        let (mut left, mut right) = (Counts::default(), Counts::default());
        right.leave(3, 40, Some(1), FINE);
        right.enter(5);
        left.enter(3);
        right.merge(&left);
        assert_eq!(whole, right);
    }
}
