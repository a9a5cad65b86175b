//! The counts, by day and group, and what each parcel put into them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use kept_base::ParcelId;
use rustc_hash::FxHashMap;

use super::{Bin, Group, Mark, Open, Part, Score};

/// Counts of parcels by day of first due, carrier, lane and class.
#[derive(Clone, Debug, Default)]
pub struct Scorecards {
    groups: Vec<Group>,
    numbers: FxHashMap<Group, u32>,
    /// By day and number of the group: those to whom time adds nothing.
    bins: BTreeMap<(i32, u32), Bin>,
    closed: FxHashMap<ParcelId, Slot>,
    open: FxHashMap<ParcelId, (Slot, Open)>,
}

/// What a parcel has put in, to be taken out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    day: i32,
    group: u32,
    part: Part,
}

/// Which parcels lie under a figure.
#[derive(Clone, Debug, Default)]
pub struct Under {
    /// Of this carrier.
    pub carrier: Option<String>,
    /// On this lane.
    pub lane: Option<String>,
    /// Of this class.
    pub class: Option<String>,
    /// Sold by this partner; empty: by the shop itself.
    pub seller: Option<String>,
    /// With this mark.
    pub with: Option<Mark>,
    /// And without this one.
    pub without: Option<Mark>,
}

impl Scorecards {
    /// Says what counts of a parcel now, in place of what counted before.
    pub fn put(&mut self, parcel: ParcelId, score: Option<Score>) {
        self.take_out(parcel);
        let Some(Score { day, group, part, open }) = score else { return };
        let slot = Slot { day, group: self.number(group), part };
        match open {
            Some(open) => {
                self.open.insert(parcel, (slot, open));
            }
            None => {
                self.bins.entry((day, slot.group)).or_default().add(&part);
                self.closed.insert(parcel, slot);
            }
        }
    }

    /// How many parcels are counted.
    pub fn len(&self) -> usize {
        self.closed.len() + self.open.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets what counts before a day.
    pub fn forget_before(&mut self, day: i32) {
        self.bins = self.bins.split_off(&(day, 0));
        self.closed.retain(|_, slot| slot.day >= day);
        self.open.retain(|_, (slot, _)| slot.day >= day);
    }

    /// The counts of some days, group by group in order, as of a moment.
    pub fn sum(&self, days: &RangeInclusive<i32>, now: i64) -> Vec<(&Group, Bin)> {
        let mut sums: Vec<Bin> = vec![Bin::default(); self.groups.len()];
        for ((_, group), bin) in self.bins.range((*days.start(), 0)..=(*days.end(), u32::MAX)) {
            if let Some(sum) = sums.get_mut(*group as usize) {
                sum.merge(bin);
            }
        }
        for (slot, open) in self.open.values().filter(|(slot, _)| days.contains(&slot.day)) {
            if let Some(sum) = sums.get_mut(slot.group as usize) {
                sum.add(&open.at(&slot.part, now));
            }
        }
        let mut found: Vec<(&Group, Bin)> = self.groups.iter().zip(sums).filter(|(_, sum)| !sum.is_empty()).collect();
        // Groups are numbered as they are met: what is computed from them is not to depend on that.
        found.sort_by_key(|(group, _)| *group);
        found
    }

    /// The parcels under a figure, latest due first.
    pub fn under(&self, days: &RangeInclusive<i32>, under: &Under, now: i64) -> Vec<ParcelId> {
        let is = |asked: &Option<String>, value: &str| asked.as_deref().is_none_or(|asked| asked == value);
        let asked: Vec<bool> = self
            .groups
            .iter()
            .map(|group| {
                is(&under.carrier, &group.carrier)
                    && is(&under.lane, &group.lane)
                    && is(&under.class, &group.class)
                    && is(&under.seller, &group.seller)
            })
            .collect();
        let lies = |slot: &Slot, part: &Part| {
            days.contains(&slot.day)
                && asked.get(slot.group as usize).copied().unwrap_or(false)
                && under.with.is_none_or(|mark| part.marks.has(mark))
                && !under.without.is_some_and(|mark| part.marks.has(mark))
        };
        let closed = self.closed.iter().filter(|(_, slot)| lies(slot, &slot.part)).map(|(id, slot)| (slot.day, *id));
        let open = self.open.iter().filter(|(_, (slot, open))| lies(slot, &open.at(&slot.part, now)));
        let mut found: Vec<(i32, ParcelId)> = closed.chain(open.map(|(id, (slot, _))| (slot.day, *id))).collect();
        found.sort_unstable_by(|one, other| other.cmp(one));
        found.into_iter().map(|(_, id)| id).collect()
    }

    fn take_out(&mut self, parcel: ParcelId) {
        self.open.remove(&parcel);
        let Some(slot) = self.closed.remove(&parcel) else { return };
        if let std::collections::btree_map::Entry::Occupied(mut entry) = self.bins.entry((slot.day, slot.group)) {
            entry.get_mut().take(&slot.part);
            if entry.get().is_empty() {
                entry.remove();
            }
        }
    }

    fn number(&mut self, group: Group) -> u32 {
        let next = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(group).or_insert_with_key(|group| {
            self.groups.push(group.clone());
            next
        })
    }
}
