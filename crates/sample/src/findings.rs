//! Parcels of whom it is known what went wrong: for measuring how much of it is found, and how much is found that is not there.
//!
//! Three carriers of different pace, one of them abroad; nobody scans on Sundays. One parcel in five has one thing planted in it.
//! Everything follows from a seed.

use jiff::Timestamp;
use kept_base::Moment;
use kept_domain::finding::Finding;
use kept_domain::input::{
    CustomerDetails, Input, News, OrderPlaced, ParcelAnnounced, ParcelManifested, ParcelNotFound, ParcelScanned,
};
use kept_domain::vocabulary::Milestone;

use crate::rng::Rng;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Monday, 5 January 2026, midnight in UTC.
const BEGINS: i64 = 1_767_571_200_000;

/// What is wrong with a parcel, and while when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planted {
    /// What ought to be found.
    pub finding: Finding,
    /// Wrong from this moment on, epoch milliseconds: whoever finds it before guesses.
    pub from: i64,
    /// And no longer from this one.
    pub until: i64,
}

/// A parcel's life.
#[derive(Debug)]
pub struct Life {
    /// The order's number, and the parcel's.
    pub number: String,
    /// What is wrong, if anything is.
    pub planted: Option<Planted>,
    /// Everything that is said, in order of time.
    pub news: Vec<(i64, Input)>,
}

/// A carrier's pace.
struct Pace {
    carrier: &'static str,
    country: &'static str,
    /// Hours between two scans: the middle, and how far it spreads, in percent.
    hours: i64,
    spread: i64,
    scans: i64,
}

const PACES: [Pace; 3] = [
    Pace { carrier: "chronopost", country: "FR", hours: 7, spread: 60, scans: 3 },
    Pace { carrier: "laposte", country: "FR", hours: 16, spread: 80, scans: 4 },
    Pace { carrier: "gls", country: "DE", hours: 30, spread: 90, scans: 4 },
];

/// Lives of so many parcels, some a day over so many days.
pub fn lives(seed: u64, parcels: u32, days: i64) -> Vec<Life> {
    (0..parcels).map(|serial| life(seed, serial, i64::from(serial) * days * DAY / i64::from(parcels.max(1)))).collect()
}

/// One life as it is written.
struct Writing {
    rng: Rng,
    number: String,
    carrier: &'static str,
    at: i64,
    news: Vec<(i64, Input)>,
    sites: i64,
}

fn life(seed: u64, serial: u32, offset: i64) -> Life {
    let mut rng = Rng::new(seed, u64::from(serial));
    let pace = PACES.get(usize::try_from(rng.below(3)).unwrap_or(0)).unwrap_or(&PACES[0]);
    let planted = rng.percent(20).then(|| Finding::ALL.get(usize::try_from(rng.below(9)).unwrap_or(0)).copied()).flatten();
    let at = BEGINS + offset + rng.below(12) * HOUR;
    let mut life = Writing { rng, number: format!("F{serial:07}"), carrier: pace.carrier, at, news: Vec::new(), sites: 0 };
    life.place(pace.country);
    let planted = life.travel(pace, planted);
    life.news.sort_by_key(|(at, _)| *at);
    Life { number: life.number, planted, news: life.news }
}

impl Writing {
    fn travel(&mut self, pace: &Pace, planted: Option<Finding>) -> Option<Planted> {
        let labelled = self.at;
        match planted {
            Some(Finding::LabelNotHandedOver) => self.pass(4 * DAY, 4 * DAY),
            Some(Finding::NoFirstScan) => {
                self.pass(6 * HOUR, 1);
                self.say(News::ParcelManifested(ParcelManifested {
                    tracking_number: self.number.clone(),
                    carrier: self.carrier.to_owned(),
                    at: moment(self.at),
                }));
                self.pass(30 * HOUR, 2 * DAY);
            }
            Some(Finding::TrackingNumberUnknown) => {
                self.pass(3 * HOUR, 1);
                self.say(News::ParcelNotFound(ParcelNotFound {
                    tracking_number: self.number.clone(),
                    carrier: self.carrier.to_owned(),
                    at: moment(self.at),
                }));
                self.pass(30 * HOUR, DAY);
            }
            _ => self.pass(4 * HOUR, 20 * HOUR),
        }
        let mut wrong = planted
            .filter(|finding| {
                matches!(finding, Finding::LabelNotHandedOver | Finding::NoFirstScan | Finding::TrackingNumberUnknown)
            })
            .map(|finding| Planted { finding, from: labelled, until: self.at });
        self.scan(Milestone::HandedOver);
        let special = self.rng.below(pace.scans);
        for scan in 0..pace.scans {
            if scan == special {
                wrong = wrong.or(self.go_wrong_on_the_way(planted));
                if wrong.is_some_and(|wrong| wrong.finding == Finding::PresumedLost) {
                    return wrong;
                }
            }
            self.gap(pace);
            self.scan(Milestone::InNetwork);
        }
        self.gap(pace);
        self.scan(Milestone::AtLocalDepot);
        self.next_morning();
        if planted == Some(Finding::OutForDeliveryNotClosed) {
            let from = self.at;
            self.scan(Milestone::OutForDelivery);
            self.next_morning();
            wrong = Some(Planted { finding: Finding::OutForDeliveryNotClosed, from, until: self.at });
        }
        self.scan(Milestone::OutForDelivery);
        self.pass(HOUR, 8 * HOUR);
        if matches!(planted, Some(Finding::PickupReminder | Finding::PickupAboutToExpire)) {
            let from = self.at;
            self.scan(Milestone::AvailableForPickup);
            let waits = if planted == Some(Finding::PickupReminder) { 2 } else { 14 };
            self.pass(waits * DAY, 6 * HOUR);
            wrong = planted.map(|finding| Planted { finding, from, until: self.at });
        }
        self.scan(Milestone::Delivered);
        wrong
    }

    /// A silence, a loss or a stay, in the network.
    fn go_wrong_on_the_way(&mut self, planted: Option<Finding>) -> Option<Planted> {
        let from = self.at;
        match planted? {
            Finding::StalledInNetwork => {
                self.pass(4 * DAY, 2 * DAY);
                Some(Planted { finding: Finding::StalledInNetwork, from, until: self.at })
            }
            Finding::StuckAtHub => {
                for _ in 0..8 {
                    self.pass(16 * HOUR, 1);
                    self.scan_at_the_same_place(Milestone::InNetwork);
                }
                Some(Planted { finding: Finding::StuckAtHub, from, until: self.at })
            }
            Finding::PresumedLost => Some(Planted { finding: Finding::PresumedLost, from, until: i64::MAX }),
            _ => None,
        }
    }

    /// A time passes, and some of another.
    fn pass(&mut self, time: i64, more: i64) {
        self.at += time + self.rng.below(more);
    }

    /// From one scan to the next: around the carrier's middle, and never on a Sunday.
    fn gap(&mut self, pace: &Pace) {
        let spread = self.rng.between(-pace.spread, pace.spread) + self.rng.between(-pace.spread, pace.spread);
        self.pass((pace.hours * HOUR * (100 + spread / 2) / 100).max(HOUR), 1);
        let day = (self.at - BEGINS).div_euclid(DAY);
        if day % 7 == 6 {
            self.at = BEGINS + (day + 1) * DAY + 5 * HOUR + self.rng.below(6 * HOUR);
        }
    }

    /// To six in the morning of the next day on which vans drive.
    fn next_morning(&mut self) {
        let mut day = (self.at - BEGINS).div_euclid(DAY) + 1;
        if day % 7 == 6 {
            day += 1;
        }
        self.at = BEGINS + day * DAY + 6 * HOUR;
    }

    fn place(&mut self, country: &str) {
        self.say(News::OrderPlaced(OrderPlaced {
            order_number: self.number.clone(),
            at: moment(self.at),
            customer: CustomerDetails {
                reference: Some(format!("C{}", self.number)),
                country: country.parse().ok(),
                ..CustomerDetails::default()
            },
            lines: Vec::new(),
            delivery_fee: None,
            // Far off: what is measured here is what the watch finds, not whether the promise holds.
            promised_day: moment(self.at + 60 * DAY).wall.date().into(),
            promised_at: None,
            ship_by: None,
            destination_country: country.parse().ok(),
            destination_postal: None,
            as_of: None,
        }));
        self.pass(HOUR, 1);
        self.say(News::ParcelAnnounced(ParcelAnnounced {
            order_number: self.number.clone(),
            carrier: self.carrier.to_owned(),
            tracking_number: self.number.clone(),
            at: moment(self.at),
            skus: Vec::new(),
        }));
    }

    fn scan(&mut self, milestone: Milestone) {
        self.sites += 1;
        self.scan_at_the_same_place(milestone);
    }

    fn scan_at_the_same_place(&mut self, milestone: Milestone) {
        let place = format!("Site {} of {}", self.sites, self.number);
        self.say(News::ParcelScanned(ParcelScanned {
            tracking_number: self.number.clone(),
            carrier: self.carrier.to_owned(),
            code: milestone.word().to_owned(),
            text: String::new(),
            location: Some(place),
            at: moment(self.at),
            milestone,
            exception: None,
            order_number: None,
            promised_at: None,
        }));
    }

    fn say(&mut self, news: News) {
        self.news.push((self.at, Input { source: "sample".to_owned(), event_id: None, news }));
    }
}

fn moment(at: i64) -> Moment {
    Moment::from_timestamp_utc(Timestamp::from_millisecond(at).unwrap_or_default())
}
