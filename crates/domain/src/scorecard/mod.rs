//! Scorecards: how carriers, lanes, classes of service and the own warehouse did, in counts of parcels that add up.
//!
//! What counts of a parcel is a function of how it, its order and its promise stand ([`score`]): a handful of marks and two durations.
//! [`Scorecards`] keeps the counts of them by day, carrier, lane, class and seller. What is told late — a dispute, a scan that is taken back —
//! takes a parcel's contribution out and puts the new one in, so that the counts are what a recount would give, in whatever order facts
//! came.
//!
//! Everything counts on the day of the promise's first due, as in figures. Deliberately absent: parcels without a promise,
//! carriers' services (the ledger does not know them), and any mark that the team could set by an act of its own.

mod bins;
mod score;

use kept_learn::Spells;

pub use bins::{Scorecards, Under};
pub use score::{Open, Score, score};

use crate::vocabulary::Cause;

/// What counts of a parcel, yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Mark {
    /// Its carrier had it.
    Handed,
    /// Its first due has passed or it was delivered, and its carrier could have kept it.
    Judged,
    /// Delivered by the first due.
    Kept,
    /// The customer moved the due: counted apart.
    Moved,
    /// The customer let us off before the due: counted apart.
    LetOff,
    /// Said to be delivered, the customer says no, and nobody has settled it: counted apart.
    InDispute,
    /// Handed over when the due had passed: no carrier could have kept it.
    HandedTooLate,
    /// Nothing was heard of it for too long, at least once, while its carrier had it.
    Silent,
    /// Its carrier says that it was delivered.
    Delivered,
    /// Said to be delivered, and the customer said no; not taken back.
    Disputed,
    /// Brought to the door, with an end to the first attempt.
    Attempted,
    /// Delivered at the first attempt, and nobody says no.
    FirstTry,
    /// A failed attempt that the customer contests: whose cause is not known.
    Contested,
    /// Something was wrong for which its carrier claims the cause itself, and nobody contests it.
    ClaimedCarrier,
    /// The same, the sender's cause.
    ClaimedMerchant,
    /// The same, the recipient's cause.
    ClaimedRecipient,
    /// The same, customs.
    ClaimedCustoms,
    /// The same, nobody's.
    ClaimedForceMajeure,
    /// The same, and its carrier did not say whose.
    ClaimedUnknown,
    /// The day by which the shop said it would hand over has passed, or it was handed over.
    ShipJudged,
    /// Handed over by that day.
    ShipInTime,
    /// A label, and never handed over: found so, or due and still not.
    NeverHanded,
}

/// How many marks there are.
const MARKS: usize = 22;

impl Mark {
    /// All marks.
    pub const ALL: [Mark; MARKS] = [
        Mark::Handed,
        Mark::Judged,
        Mark::Kept,
        Mark::Moved,
        Mark::LetOff,
        Mark::InDispute,
        Mark::HandedTooLate,
        Mark::Silent,
        Mark::Delivered,
        Mark::Disputed,
        Mark::Attempted,
        Mark::FirstTry,
        Mark::Contested,
        Mark::ClaimedCarrier,
        Mark::ClaimedMerchant,
        Mark::ClaimedRecipient,
        Mark::ClaimedCustoms,
        Mark::ClaimedForceMajeure,
        Mark::ClaimedUnknown,
        Mark::ShipJudged,
        Mark::ShipInTime,
        Mark::NeverHanded,
    ];

    /// The mark of a cause that a carrier claims.
    pub fn claimed(cause: Cause) -> Mark {
        match cause {
            Cause::Carrier => Mark::ClaimedCarrier,
            Cause::Merchant => Mark::ClaimedMerchant,
            Cause::Recipient => Mark::ClaimedRecipient,
            Cause::Customs => Mark::ClaimedCustoms,
            Cause::ForceMajeure => Mark::ClaimedForceMajeure,
            Cause::Unknown => Mark::ClaimedUnknown,
        }
    }
}

/// The marks of one parcel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks(u32);

impl Marks {
    /// Adds one.
    pub fn set(&mut self, mark: Mark) {
        self.0 |= 1 << mark as u8;
    }

    /// Whether it is there.
    pub fn has(self, mark: Mark) -> bool {
        self.0 & (1 << mark as u8) != 0
    }
}

/// How long something took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Stay {
    /// Not known when it began, or not asked.
    #[default]
    None,
    /// It ended after so many whole hours.
    Ended(u16),
    /// It was seen to last so long, and nothing is known of it after.
    Seen(u16),
    /// It will never end: returned, lost.
    Never,
}

impl Stay {
    const HOUR: i64 = 3_600_000;

    fn hours(from: i64, to: i64) -> u16 {
        u16::try_from((to - from).max(0) / Stay::HOUR).unwrap_or(u16::MAX)
    }

    /// From one moment to another, epoch milliseconds.
    pub fn ended(from: i64, to: i64) -> Stay {
        Stay::Ended(Stay::hours(from, to))
    }

    /// Still lasting.
    pub fn seen(from: i64, to: i64) -> Stay {
        Stay::Seen(Stay::hours(from, to))
    }
}

/// What is held together, and compared only with its like.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Group {
    /// Carrier.
    pub carrier: String,
    /// Where it went: the destination's country; empty where it is not known.
    pub lane: String,
    /// How long the promise was, in bands of days, as forecasts have them: what stands for a class of service. Empty without a due.
    pub class: String,
    /// Handed over after the day by which the shop had said it would.
    pub handed_late: bool,
    /// The partner who sold and sent it; empty where that was the shop itself, or several together.
    pub seller: String,
}

/// One parcel's share in the counts, as of a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Part {
    /// Marks.
    pub marks: Marks,
    /// From hand-over to delivery.
    pub transit: Stay,
    /// From order to hand-over.
    pub preparing: Stay,
}

/// Counts of parcels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    parcels: u32,
    marks: [u32; MARKS],
    /// From hand-over to delivery.
    pub transit: Stays,
    /// From order to hand-over.
    pub preparing: Stays,
}

/// Durations, counted by the hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stays {
    /// Hours, how many ended then, how many were last seen then; in order, no empty ones.
    hours: Vec<(u16, u32, u32)>,
    never: u32,
}

impl Bin {
    /// Parcels.
    pub fn parcels(&self) -> u64 {
        u64::from(self.parcels)
    }

    /// Parcels with a mark.
    pub fn count(&self, mark: Mark) -> u64 {
        self.marks.get(mark as usize).copied().map_or(0, u64::from)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.parcels == 0
    }

    /// Puts a parcel's part in.
    pub fn add(&mut self, part: &Part) {
        self.parcels += 1;
        self.each(part.marks, |count| *count += 1);
        self.transit.change(part.transit, |count| *count += 1);
        self.preparing.change(part.preparing, |count| *count += 1);
    }

    /// Takes a part out that was put in.
    pub fn take(&mut self, part: &Part) {
        self.parcels = self.parcels.saturating_sub(1);
        self.each(part.marks, |count| *count = count.saturating_sub(1));
        self.transit.change(part.transit, |count| *count = count.saturating_sub(1));
        self.preparing.change(part.preparing, |count| *count = count.saturating_sub(1));
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Bin) {
        self.parcels += other.parcels;
        for (count, more) in self.marks.iter_mut().zip(other.marks) {
            *count += more;
        }
        self.transit.merge(&other.transit);
        self.preparing.merge(&other.preparing);
    }

    fn each(&mut self, marks: Marks, change: impl Fn(&mut u32)) {
        for (mark, count) in Mark::ALL.into_iter().zip(&mut self.marks) {
            if marks.has(mark) {
                change(count);
            }
        }
    }
}

impl Stays {
    /// How many durations.
    pub fn n(&self) -> u64 {
        self.hours.iter().map(|(_, ended, seen)| u64::from(*ended) + u64::from(*seen)).sum::<u64>() + u64::from(self.never)
    }

    /// How many of them have ended.
    pub fn ended(&self) -> u64 {
        self.hours.iter().map(|(_, ended, _)| u64::from(*ended)).sum()
    }

    /// As `learn` takes them: what never ends is there to the last.
    pub fn spells(&self) -> Vec<Spells> {
        let hours = self.hours.iter().map(|(hours, ended, seen)| Spells {
            lasted: i64::from(*hours),
            ended: usize::try_from(*ended).unwrap_or(usize::MAX),
            seen: usize::try_from(*seen).unwrap_or(usize::MAX),
        });
        let never = Spells { lasted: i64::MAX, ended: 0, seen: usize::try_from(self.never).unwrap_or(usize::MAX) };
        hours.chain(Some(never).filter(|never| never.seen > 0)).collect()
    }

    fn change(&mut self, stay: Stay, change: impl Fn(&mut u32)) {
        match stay {
            Stay::None => {}
            Stay::Never => change(&mut self.never),
            Stay::Ended(hours) => self.at(hours, |(_, ended, _)| change(ended)),
            Stay::Seen(hours) => self.at(hours, |(_, _, seen)| change(seen)),
        }
    }

    fn at(&mut self, hours: u16, change: impl FnOnce(&mut (u16, u32, u32))) {
        let place = match self.hours.binary_search_by_key(&hours, |entry| entry.0) {
            Ok(place) => place,
            Err(place) => {
                self.hours.insert(place, (hours, 0, 0));
                place
            }
        };
        let Some(entry) = self.hours.get_mut(place) else { return };
        change(entry);
        if (entry.1, entry.2) == (0, 0) {
            self.hours.remove(place);
        }
    }

    fn merge(&mut self, other: &Stays) {
        for (hours, ended, seen) in &other.hours {
            self.at(*hours, |entry| {
                entry.1 += ended;
                entry.2 += seen;
            });
        }
        self.never += other.never;
    }
}
