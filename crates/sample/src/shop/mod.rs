//! Maison Lumen, a shop that sells lamps and does not exist, on a clock of its own.
//!
//! The world is made day by day from a seed. An order's whole life is drawn when it is placed: what the carrier will do, what will go wrong,
//! what the customer will say. Troubles are dealt from a shuffled deck, so that every few days each kind has occurred.

mod clock;
mod goods;
mod parcel;
mod people;
mod plan;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use kept_domain::input::Input;

use crate::carriers::SuiviBook;
use crate::rng::Rng;
use clock::Clock;
use parcel::aftership_body;
use people::{Person, people};
use plan::{OrderSeed, Planned, Trouble, What, plan};

pub(crate) use parcel::Told;
pub use parcel::aftership_signature;

/// How many days of history lie before the start.
pub const HISTORY_DAYS: i64 = 21;
/// The first order's number is this and one.
const ORDERS_BEFORE: u64 = 10_400;
const CUSTOMERS: u64 = 340;

/// Something that happened in the shop's world.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    /// When it is known to whoever tells Kept: a scan is told some minutes after it was made.
    pub at: Timestamp,
    /// What.
    pub happening: Happening,
}

/// What happened, in the form in which Kept hears of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// An order, for `POST /api/facts`.
    Order(Input),
    /// Other news of the shop or its customers, for `POST /api/facts`.
    Fact(Input),
    /// A webhook of AfterShip for `POST /in/aftership`; [`aftership_signature`] signs it.
    AfterShip {
        /// The raw body. The same body may come twice, as real webhooks do.
        body: Vec<u8>,
    },
    /// A scan of La Poste: it can be asked for from now on, nobody is told.
    LaPosteScan {
        /// The parcel.
        tracking_number: String,
    },
}

/// The shop's world at some virtual moment.
///
/// Two worlds of the same seed and start give the same happenings, however time is cut into pieces.
pub struct World {
    seed: u64,
    clock: Clock,
    people: Vec<Person>,
    next_day: Date,
    orders: u64,
    planned: BTreeMap<(Timestamp, u64), What>,
    sequence: u64,
    suivi: SuiviBook,
}

impl World {
    /// A world whose history begins three weeks before `start`.
    #[must_use]
    pub fn new(seed: u64, start: Timestamp) -> World {
        let clock = Clock::paris();
        let next_day = clock::days_after(clock.day_of(start), -HISTORY_DAYS);
        World {
            seed,
            people: people(seed, CUSTOMERS),
            clock,
            next_day,
            orders: 0,
            planned: BTreeMap::new(),
            sequence: 0,
            suivi: SuiviBook::default(),
        }
    }

    /// What La Poste knows, for its fake server; it grows as [`World::until`] goes on.
    #[must_use]
    pub fn suivi(&self) -> SuiviBook {
        self.suivi.clone()
    }

    /// Everything that happens up to and including a moment and was not given before, in order of time.
    ///
    /// The first call gives the history. A moment before the last one gives nothing.
    pub fn until(&mut self, now: Timestamp) -> Vec<Happened> {
        let today = self.clock.day_of(now);
        while self.next_day <= today {
            let day = self.next_day;
            self.next_day = clock::days_after(day, 1);
            if self.next_day == day {
                break;
            }
            self.make_day(day);
        }
        let mut happened = Vec::new();
        while let Some(first) = self.planned.first_entry() {
            let (at, _) = *first.key();
            if at > now {
                break;
            }
            let what = first.remove();
            happened.push(Happened { at, happening: self.happen(what) });
        }
        happened
    }

    fn make_day(&mut self, day: Date) {
        let number = u64::try_from(day.since(Date::constant(2020, 1, 1)).map_or(0, |span| span.get_days())).unwrap_or(0);
        let mut rng = Rng::new(self.seed, 3_000_000 + number);
        let usual = match day.weekday() {
            Weekday::Saturday => 12,
            Weekday::Sunday => 20,
            _ => 16,
        };
        let how_many = usual + rng.below(8);
        // The mean of two draws: most orders come around the middle of the day and of the evening's start.
        let mut minutes: Vec<i64> = (0..how_many).map(|_| (rng.between(390, 1_410) + rng.between(390, 1_410)) / 2).collect();
        minutes.sort_unstable();
        for minute in minutes {
            let place = usize::try_from(rng.next()).unwrap_or(0).checked_rem(self.people.len()).unwrap_or(0);
            let Some(person) = self.people.get(place) else { continue };
            let order = OrderSeed {
                seed: self.seed,
                serial: self.orders,
                number: format!("ML-{}", ORDERS_BEFORE + 1 + self.orders),
                placed: self.clock.at(day, minute),
                trouble: trouble_of(self.seed, self.orders),
            };
            self.orders += 1;
            for Planned { at, what } in plan(&order, person, &self.clock) {
                self.sequence += 1;
                self.planned.insert((at, self.sequence), what);
            }
        }
    }

    fn happen(&self, what: What) -> Happening {
        match what {
            What::Order(input) => Happening::Order(*input),
            What::Fact(input) => Happening::Fact(*input),
            What::Scan { parcel, index, .. } if parcel.carrier.is_asked() => {
                if let Some(scan) = parcel.scans.get(index) {
                    self.suivi.add(&parcel.number, |told| told.add(scan, &self.clock));
                }
                Happening::LaPosteScan { tracking_number: parcel.number.clone() }
            }
            What::Scan { parcel, index, sent } => {
                Happening::AfterShip { body: aftership_body(&parcel, index, sent, &self.clock) }
            }
        }
    }
}

/// Each run of orders as long as the deck meets every trouble in it, in an order of its own.
fn trouble_of(seed: u64, serial: u64) -> Trouble {
    let mut deck: Vec<Trouble> =
        Trouble::DECK.iter().flat_map(|(trouble, times)| std::iter::repeat_n(*trouble, *times)).collect();
    let size = u64::try_from(deck.len()).unwrap_or(1).max(1);
    Rng::new(seed, 2_000_000 + serial / size).shuffle(&mut deck);
    let place = usize::try_from(serial % size).unwrap_or(0);
    deck.get(place).copied().unwrap_or(Trouble::None)
}

/// Shared by all scans of a parcel.
type SharedParcel = Arc<parcel::Parcel>;
