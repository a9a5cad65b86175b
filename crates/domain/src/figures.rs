//! Figures: what counts of each promise, at hand in thirty-two bytes, so that any period as of any moment is summed up by going through
//! it once.
//!
//! [`Counts`] holds days: all promises that count in one, or none of them. Whoever keeps it loads the days that are asked for and says
//! anew what counts of a promise whenever it may have changed; a promise is taken out of where it was and put where it belongs now, in
//! whatever order facts came. Deliberately absent: what the sums mean; nothing here divides.

use std::collections::BTreeMap;

use kept_base::PromiseId;
use rustc_hash::FxHashMap;

use crate::promise::PromiseState;

/// A day in milliseconds.
const DAY: i64 = 86_400_000;
/// A quarter of an hour in milliseconds.
const QUARTER: i64 = 900_000;
/// Quarters that a day can have promises in: its own, and the last one of the day before.
const QUARTERS: usize = 97;
/// Tenths of an hour that are counted in place: 417 days.
const IN_PLACE: usize = 10_000;
/// Where there is no such duration.
const NONE: i32 = i32::MIN;

/// What is told apart in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Group {
    /// Kind.
    pub kind: String,
    /// Who answers.
    pub owner: String,
    /// Who gave the word; empty where nobody did.
    pub giver: String,
    /// The carrier of its parcels, the first by name.
    pub carrier: Option<String>,
}

/// What counts of a promise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// The moment whose period it counts in, epoch milliseconds: its first due, or its end where it has none.
    pub at: i64,
    /// What it is told apart by.
    pub group: Group,
    /// Its outcome by first due; none while it is open.
    pub by_first_due: Option<PromiseState>,
    /// Disputed and not settled.
    pub disputed: bool,
    /// Moved by the customer.
    pub amended: bool,
    /// Told before the due and before the customer asked.
    pub told_first: bool,
    /// Contacts in which the customer had to ask.
    pub chasers: u32,
    /// Warned, then kept in time.
    pub needless: bool,
    /// Warned.
    pub warned: bool,
    /// Given up by the company.
    pub withdrawn: bool,
    /// Whose customer is known.
    pub reachable: bool,
    /// Kept on the word of a person of the team.
    pub by_hand: bool,
    /// Kept on the word of somebody who answered for it.
    pub own_hand: bool,
    /// From when it was given to its first due, in milliseconds.
    pub length: Option<i64>,
    /// From when the customer was told to its first due, in milliseconds.
    pub lead: Option<i64>,
    /// Since when money is held that is to be paid back, and until when; epoch milliseconds.
    pub held: Option<(i64, Option<i64>)>,
}

/// How a promise stands in figures at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stands {
    /// Kept by first due.
    Kept,
    /// Kept after it.
    KeptLate,
    /// Broken.
    Broken,
    /// The customer let us off.
    Released,
    /// Past its first due, and open.
    LateOpen,
    /// Open.
    Open,
    /// Moved by the customer.
    Amended,
    /// Disputed and not settled, moved or not.
    Disputed,
}

impl Stands {
    const ALL: [Stands; 8] = [
        Stands::Kept,
        Stands::KeptLate,
        Stands::Broken,
        Stands::Released,
        Stands::LateOpen,
        Stands::Open,
        Stands::Amended,
        Stands::Disputed,
    ];

    /// Kept, in time or late.
    pub fn is_kept(self) -> bool {
        matches!(self, Stands::Kept | Stands::KeptLate)
    }

    /// Judged, or past its first due: what a share can be counted over.
    pub fn is_decided(self) -> bool {
        matches!(self, Stands::Kept | Stands::KeptLate | Stands::Broken | Stands::LateOpen)
    }

    /// As it stands whatever the moment; `Open` may be late.
    fn of(counted: &Counted) -> Stands {
        match counted.by_first_due {
            _ if counted.disputed => Stands::Disputed,
            _ if counted.amended => Stands::Amended,
            Some(PromiseState::Kept) => Stands::Kept,
            Some(PromiseState::KeptLate) => Stands::KeptLate,
            Some(PromiseState::Broken) => Stands::Broken,
            Some(PromiseState::Released) => Stands::Released,
            Some(PromiseState::Open | PromiseState::AtRisk | PromiseState::Late) | None => Stands::Open,
        }
    }
}

/// Promises of one group that stand alike, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub count: u64,
    /// Moved by the customer, disputed ones too.
    pub amended: u64,
    /// Told before the due and before the customer asked; never what was given up: giving up is no way of telling first.
    pub told_first: u64,
    /// With contacts in which the customer had to ask.
    pub chased: u64,
    /// Such contacts.
    pub chasers: u64,
    /// Warned, then kept in time.
    pub needless: u64,
    /// Warned, and not given up: giving up does not make a warning right.
    pub warned: u64,
    /// Given up by the company.
    pub withdrawn: u64,
    /// Whose customer is known.
    pub reachable: u64,
    /// Kept, in time or late, on the word of a person of the team.
    pub by_hand: u64,
    /// The same, on the word of somebody who answered for it.
    pub own_hand: u64,
}

/// A period summed up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// By group and how they stand, in order.
    pub groups: Vec<(Group, Stands, Sum)>,
    /// Decided ones by the quarter of an hour since 1970 of the moment they count at, less a minute (the end of a day lies in the day):
    /// how many, and how many of them were kept.
    pub quarters: Vec<(i64, u64, u64)>,
    /// From given to first due: tenths of hours, with how many, in order.
    pub lengths: Vec<(i64, u64)>,
    /// From told to first due, where customers were warned, neither moved it nor dispute it.
    pub leads: Vec<(i64, u64)>,
    /// For how long money was held.
    pub held: Vec<(i64, u64)>,
}

/// Which promises lie under a figure.
#[derive(Clone, Debug, Default)]
pub struct Under {
    /// The figure's word; all of the period for a word that is no figure.
    pub figure: String,
    /// Of this kind.
    pub kind: Option<String>,
    /// For which this one answers.
    pub owner: Option<String>,
    /// Whose word this one gave.
    pub giver: Option<String>,
}

/// What counts of promises, by day.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    groups: Vec<Group>,
    numbers: FxHashMap<Group, u32>,
    days: BTreeMap<i64, Day>,
    places: FxHashMap<PromiseId, i64>,
    /// The first day that is loaded, and the first after it that is not.
    loaded: Option<(i64, i64)>,
}

#[derive(Clone, Debug, Default)]
struct Day {
    promises: Vec<Entry>,
    /// Few: refunds.
    held: Vec<Held>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    id: PromiseId,
    at: i64,
    /// Tenths of hours.
    length: i32,
    lead: i32,
    group: u32,
    chasers: u16,
    marks: u8,
    stands: Stands,
}

const AMENDED: u8 = 1;
const TOLD_FIRST: u8 = 2;
const NEEDLESS: u8 = 4;
const WARNED: u8 = 8;
const WITHDRAWN: u8 = 16;
const REACHABLE: u8 = 32;
const BY_HAND: u8 = 64;
const OWN_HAND: u8 = 128;

#[derive(Clone, Copy, Debug)]
struct Held {
    id: PromiseId,
    at: i64,
    group: u32,
    since: i64,
    until: Option<i64>,
}

/// The day of a moment, for loading: days of no zone.
pub fn day_of(at: i64) -> i64 {
    at.div_euclid(DAY)
}

/// The first moment of a day.
pub fn start_of(day: i64) -> i64 {
    day.saturating_mul(DAY)
}

impl Counts {
    /// How many promises are at hand.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether any day is loaded.
    pub fn has_days(&self) -> bool {
        self.loaded.is_some()
    }

    /// The next days to be loaded before all from `first` up to the one before `after` are at hand, at most so many; none when they are.
    /// Days that are loaded always stand together.
    pub fn missing(&self, first: i64, after: i64, most: i64) -> Option<(i64, i64)> {
        let (loaded, until) = self.loaded.unwrap_or((after, after));
        if until < after {
            return Some((until, after.min(until.saturating_add(most))));
        }
        (first < loaded).then(|| (first.max(loaded.saturating_sub(most)), loaded))
    }

    /// Begins to load days that [`Counts::missing`] named: from now on what is put into them counts.
    pub fn load(&mut self, first: i64, after: i64) {
        let (loaded, until) = self.loaded.unwrap_or((first, after));
        self.loaded = Some((loaded.min(first), until.max(after)));
    }

    /// Says for how long money is held of a promise that is at hand.
    pub fn hold(&mut self, id: PromiseId, since: i64, until: Option<i64>) {
        let Some(day) = self.places.get(&id).and_then(|day| self.days.get_mut(day)) else { return };
        let Some(entry) = day.promises.iter().find(|entry| entry.id == id) else { return };
        let held = Held { id, at: entry.at, group: entry.group, since, until };
        day.held.retain(|other| other.id != id);
        day.held.push(held);
    }

    /// Says what counts of a promise now, in place of what counted before; of no matter while its day is not loaded.
    pub fn put(&mut self, id: PromiseId, counted: Option<&Counted>) {
        self.take_out(id);
        let Some(counted) = counted else { return };
        let day = day_of(counted.at);
        if !self.loaded.is_some_and(|(first, after)| (first..after).contains(&day)) {
            return;
        }
        let group = self.number(&counted.group);
        let into = self.days.entry(day).or_default();
        into.promises.push(entry(id, group, counted));
        into.held.extend(counted.held.map(|(since, until)| Held { id, at: counted.at, group, since, until }));
        self.places.insert(id, day);
    }

    fn take_out(&mut self, id: PromiseId) {
        let Some(day) = self.places.remove(&id) else { return };
        let Some(from) = self.days.get_mut(&day) else { return };
        if let Some(place) = from.promises.iter().position(|entry| entry.id == id) {
            from.promises.swap_remove(place);
        }
        from.held.retain(|held| held.id != id);
        if from.promises.is_empty() {
            self.days.remove(&day);
        }
    }

    fn number(&mut self, group: &Group) -> u32 {
        if let Some(number) = self.numbers.get(group) {
            return *number;
        }
        let next = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.groups.push(group.clone());
        self.numbers.insert(group.clone(), next);
        next
    }

    /// The promises that count in `from..before`, of one kind or all, as of a moment. What is not loaded is not counted.
    pub fn sum(&self, from: i64, before: i64, kind: Option<&str>, now: i64) -> Sums {
        let asked: Vec<bool> = self.groups.iter().map(|group| kind.is_none_or(|kind| group.kind == kind)).collect();
        let is_asked = |group: u32| asked.get(group as usize).copied().unwrap_or(false);
        let mut groups: Vec<[Sum; 8]> = vec![[Sum::default(); 8]; self.groups.len()];
        let mut sums = Sums::default();
        let (mut lengths, mut leads, mut held) = (Durations::default(), Durations::default(), Durations::default());
        if from >= before {
            return sums;
        }
        for (day, of_day) in self.days.range(day_of(from)..=day_of(before - 1)) {
            let first_quarter = day * (DAY / QUARTER) - 1;
            let mut quarters = [(0_u64, 0_u64); QUARTERS];
            let lies = |at: i64, group: u32| from <= at && at < before && is_asked(group);
            for entry in of_day.promises.iter().filter(|entry| lies(entry.at, entry.group)) {
                let stands = entry.stands_at(now);
                if let Some(sum) = groups.get_mut(entry.group as usize).and_then(|sums| sums.get_mut(stands as usize)) {
                    sum.add(entry);
                }
                lengths.add(entry.length);
                leads.add(entry.lead);
                if stands.is_decided() {
                    let place = usize::try_from((entry.at - 60_000) / QUARTER - first_quarter).unwrap_or(0);
                    if let Some((of, kept)) = quarters.get_mut(place) {
                        *of += 1;
                        *kept += u64::from(stands == Stands::Kept);
                    }
                }
            }
            let counted = (first_quarter..).zip(quarters).filter(|(_, (of, _))| *of > 0);
            sums.quarters.extend(counted.map(|(quarter, (of, kept))| (quarter, of, kept)));
            for one in of_day.held.iter().filter(|one| lies(one.at, one.group)) {
                held.add(tenths(one.until.unwrap_or(now) - one.since));
            }
        }
        for (group, counted) in self.groups.iter().zip(groups) {
            let any = Stands::ALL.into_iter().zip(counted).filter(|(_, sum)| sum.count > 0);
            sums.groups.extend(any.map(|(stands, sum)| (group.clone(), stands, sum)));
        }
        // Groups are numbered as they are met: what is computed from them is not to depend on that.
        sums.groups.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
        (sums.lengths, sums.leads, sums.held) = (lengths.counted(), leads.counted(), held.counted());
        sums
    }

    /// The promises of a period under a figure, the latest first: a page of them, after one (the moment it counts at, and its id), and
    /// how many there are in all. What is not loaded is not among them.
    pub fn under(
        &self,
        (from, before): (i64, i64),
        under: &Under,
        now: i64,
        after: Option<(i64, PromiseId)>,
        most: usize,
    ) -> (Vec<(i64, PromiseId)>, u64) {
        let is = |asked: &Option<String>, value: &str| asked.as_deref().is_none_or(|asked| asked == value);
        let asked =
            |group: &Group| is(&under.kind, &group.kind) && is(&under.owner, &group.owner) && is(&under.giver, &group.giver);
        let asked: Vec<bool> = self.groups.iter().map(asked).collect();
        let lies = |entry: &&Entry| {
            from <= entry.at
                && entry.at < before
                && asked.get(entry.group as usize).copied().unwrap_or(false)
                && entry.lies_under(&under.figure, now)
        };
        let (mut page, mut total) = (Vec::new(), 0);
        if from >= before {
            return (page, total);
        }
        for day in self.days.range(day_of(from)..=day_of(before - 1)).rev().map(|(_, day)| day) {
            if page.len() >= most {
                total += day.promises.iter().filter(lies).count() as u64;
                continue;
            }
            let mut found: Vec<(i64, PromiseId)> = day.promises.iter().filter(lies).map(|entry| (entry.at, entry.id)).collect();
            total += found.len() as u64;
            found.sort_unstable_by(|one, other| other.cmp(one));
            let rest = found.into_iter().filter(|place| after.is_none_or(|after| *place < after));
            page.extend(rest.take(most - page.len()));
        }
        (page, total)
    }
}

impl Entry {
    fn stands_at(&self, now: i64) -> Stands {
        if self.stands == Stands::Open && self.at <= now { Stands::LateOpen } else { self.stands }
    }

    fn has(&self, mark: u8) -> bool {
        self.marks & mark != 0
    }

    /// As [`Sums`] count it; what is moved or disputed is judged by none of them.
    fn lies_under(&self, figure: &str, now: i64) -> bool {
        let stands = self.stands_at(now);
        let judged = !self.has(AMENDED) && stands != Stands::Disputed;
        match figure {
            "kept" => stands == Stands::Kept,
            "kept_late" => stands == Stands::KeptLate,
            "broken" => stands == Stands::Broken,
            "late_open" => stands == Stands::LateOpen,
            "open" => stands == Stands::Open,
            "released" => stands == Stands::Released,
            "decided" => stands.is_decided(),
            "withdrawn" => judged && self.has(WITHDRAWN),
            "amended" => self.has(AMENDED),
            "disputed" => stands == Stands::Disputed,
            "told_first" => stands.is_decided() && stands != Stands::Kept && self.has(TOLD_FIRST),
            "chased" => self.chasers > 0,
            "needless" => judged && self.has(NEEDLESS),
            "by_hand" => stands.is_kept() && self.has(BY_HAND),
            "own_hand" => stands.is_kept() && self.has(OWN_HAND),
            _ => true,
        }
    }
}

impl Sum {
    fn add(&mut self, entry: &Entry) {
        let has = |mark: u8| u64::from(entry.marks & mark != 0);
        self.count += 1;
        self.amended += has(AMENDED);
        self.told_first += has(TOLD_FIRST);
        self.chased += u64::from(entry.chasers > 0);
        self.chasers += u64::from(entry.chasers);
        self.needless += has(NEEDLESS);
        self.warned += has(WARNED);
        self.withdrawn += has(WITHDRAWN);
        self.reachable += has(REACHABLE);
        self.by_hand += has(BY_HAND);
        self.own_hand += has(OWN_HAND);
    }
}

fn entry(id: PromiseId, group: u32, counted: &Counted) -> Entry {
    let marks = [
        (counted.amended, AMENDED),
        (counted.told_first && !counted.withdrawn, TOLD_FIRST),
        (counted.needless, NEEDLESS),
        (counted.warned && !counted.withdrawn, WARNED),
        (counted.withdrawn, WITHDRAWN),
        (counted.reachable, REACHABLE),
        (counted.by_hand, BY_HAND),
        (counted.own_hand, OWN_HAND),
    ];
    let leads = counted.warned && !counted.amended && !counted.disputed;
    Entry {
        id,
        at: counted.at,
        length: counted.length.map_or(NONE, tenths),
        lead: counted.lead.filter(|_| leads).map_or(NONE, tenths),
        group,
        chasers: u16::try_from(counted.chasers).unwrap_or(u16::MAX),
        marks: marks.into_iter().filter(|(so, _)| *so).fold(0, |marks, (_, mark)| marks | mark),
        stands: Stands::of(counted),
    }
}

/// Whole tenths of hours.
fn tenths(milliseconds: i64) -> i32 {
    i32::try_from(milliseconds / 360_000).unwrap_or(if milliseconds < 0 { NONE + 1 } else { i32::MAX })
}

/// Durations, counted.
#[derive(Default)]
struct Durations {
    in_place: Vec<u64>,
    /// Those that are negative or very long.
    others: BTreeMap<i32, u64>,
}

impl Durations {
    fn add(&mut self, tenths: i32) {
        if tenths == NONE {
            return;
        }
        match usize::try_from(tenths) {
            Ok(place) if place < IN_PLACE => {
                if self.in_place.is_empty() {
                    self.in_place = vec![0; IN_PLACE];
                }
                if let Some(count) = self.in_place.get_mut(place) {
                    *count += 1;
                }
            }
            _ => *self.others.entry(tenths).or_default() += 1,
        }
    }

    fn counted(self) -> Vec<(i64, u64)> {
        let in_place = (0..).zip(self.in_place).filter(|(_, count)| *count > 0);
        let others = self.others.into_iter().map(|(tenths, count)| (i64::from(tenths), count));
        let mut counted: Vec<(i64, u64)> = in_place.chain(others).collect();
        counted.sort_unstable();
        counted
    }
}

#[cfg(test)]
mod tests {
    use kept_base::PromiseId;

    use super::{Counted, Counts, Group, Stands, day_of};
    use crate::promise::PromiseState;

    const HOUR: i64 = 3_600_000;

    fn promise(at: i64, by_first_due: Option<PromiseState>) -> Counted {
        let group = Group { kind: "delivery".to_owned(), owner: "team".to_owned(), ..Group::default() };
        Counted { at, group, by_first_due, length: Some(20 * HOUR), ..Counted::default() }
    }

    #[test]
    fn what_is_put_again_counts_once_where_it_belongs_now() {
        let mut counts = Counts::default();
        counts.load(0, 10);
        counts.put(PromiseId::new(1), Some(&promise(5 * HOUR, None)));
        counts.put(PromiseId::new(1), Some(&promise(50 * HOUR, Some(PromiseState::Kept))));
        let sums = counts.sum(0, 100 * HOUR, None, 60 * HOUR);
        assert_eq!(sums.groups.iter().map(|(_, stands, sum)| (*stands, sum.count)).collect::<Vec<_>>(), [(Stands::Kept, 1)]);
        assert_eq!(sums.lengths, [(200, 1)]);
        assert_eq!(sums.quarters, [(199, 1, 1)]);
        // Into a day that is not loaded, and out.
        counts.put(PromiseId::new(1), Some(&promise(11 * 24 * HOUR, None)));
        assert!(counts.is_empty());
        assert_eq!(counts.sum(0, i64::MAX, None, 0), super::Sums::default());
    }

    #[test]
    fn open_is_late_from_its_first_due_on_and_a_period_ends_before_its_end() {
        let mut counts = Counts::default();
        counts.load(0, 10);
        counts.put(PromiseId::new(1), Some(&promise(5 * HOUR, None)));
        let stands = |now: i64| counts.sum(0, 6 * HOUR, None, now).groups.first().map(|(_, stands, _)| *stands);
        assert_eq!((stands(5 * HOUR - 1), stands(5 * HOUR)), (Some(Stands::Open), Some(Stands::LateOpen)));
        assert!(counts.sum(0, 5 * HOUR, None, 0).groups.is_empty());
        assert_eq!(counts.sum(5 * HOUR, 5 * HOUR + 1, Some("delivery"), 0).groups.len(), 1);
        assert!(counts.sum(0, 6 * HOUR, Some("refund"), 0).groups.is_empty());
    }

    #[test]
    fn days_that_are_loaded_stand_together() {
        let mut counts = Counts::default();
        let all = i64::MAX;
        assert_eq!(counts.missing(5, 8, all), Some((5, 8)));
        assert_eq!(counts.missing(5, 8, 2), Some((6, 8)), "the latest first");
        counts.load(6, 8);
        assert_eq!(counts.missing(5, 8, all), Some((5, 6)));
        counts.load(5, 6);
        assert_eq!(counts.missing(5, 8, all), None);
        assert_eq!(counts.missing(1, 2, all), Some((1, 5)));
        assert_eq!(counts.missing(7, 12, 1), Some((8, 9)));
        counts.load(8, 9);
        assert_eq!(counts.missing(-1000, 9, all), Some((-1000, 5)));
        assert_eq!(day_of(-1), -1);
    }
}
