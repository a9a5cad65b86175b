//! Parcels of whom it is known what went wrong: for measuring how much of it is found, and how much is found that is not there.
//!
//! Three carriers of different pace, one of them abroad; nobody scans on Sundays. One parcel in five has one thing planted in it.
//! Everything follows from a seed.

use jiff::Timestamp;
use kept_base::Moment;
use kept_domain::finding::Finding;
use kept_domain::input::{
    Answer, CustomerAnswered, CustomerDetails, Input, LineOrdered, News, OrderPlaced, ParcelAnnounced, ParcelManifested,
    ParcelNotFound, ParcelScanned,
};
use kept_domain::signal::SignalKind;
use kept_domain::vocabulary::{ExceptionKind, Milestone};

use crate::rng::Rng;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Monday, 5 January 2026, midnight in UTC.
const BEGINS: i64 = 1_767_571_200_000;

/// A rule that ought to notice something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// The watch finds it, because something did not happen.
    Finding(Finding),
    /// A fact says it, or the due does.
    Signal(SignalKind),
    /// A promise is kept when its last parcel is there, and not before.
    PartialDelivery,
}

impl Rule {
    /// All that are planted.
    pub const ALL: [Rule; 16] = [
        Rule::Finding(Finding::LabelNotHandedOver),
        Rule::Finding(Finding::NoFirstScan),
        Rule::Finding(Finding::TrackingNumberUnknown),
        Rule::Finding(Finding::StalledInNetwork),
        Rule::Finding(Finding::StuckAtHub),
        Rule::Finding(Finding::OutForDeliveryNotClosed),
        Rule::Finding(Finding::PickupReminder),
        Rule::Finding(Finding::PickupAboutToExpire),
        Rule::Finding(Finding::PresumedLost),
        Rule::Signal(SignalKind::PickupWaiting),
        Rule::Signal(SignalKind::AttemptFailed),
        Rule::Signal(SignalKind::AddressProblem),
        Rule::Signal(SignalKind::Returned),
        Rule::Signal(SignalKind::Disputed),
        Rule::Signal(SignalKind::Late),
        Rule::PartialDelivery,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Rule::Finding(finding) => finding.word(),
            Rule::Signal(kind) => kind.word(),
            Rule::PartialDelivery => "partial_delivery",
        }
    }
}

/// What is wrong with a parcel, and while when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planted {
    /// What ought to be noticed.
    pub rule: Rule,
    /// Wrong from this moment on, epoch milliseconds: whoever finds it before guesses.
    pub from: i64,
    /// And no longer from this one.
    pub until: i64,
}

/// A parcel's life.
#[derive(Debug)]
pub struct Life {
    /// The order's number, and the parcel's; a second parcel's has [`SECOND`] at its end.
    pub number: String,
    /// What is wrong, if anything is.
    pub planted: Option<Planted>,
    /// Everything that is said, in order of time.
    pub news: Vec<(i64, Input)>,
}

/// What the number of an order's second parcel ends with.
pub const SECOND: &str = "-2";

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
    /// The one that is told about.
    parcel: String,
    /// The order comes in two parcels.
    in_two: bool,
    carrier: &'static str,
    at: i64,
    news: Vec<(i64, Input)>,
    sites: i64,
}

fn life(seed: u64, serial: u32, offset: i64) -> Life {
    let mut rng = Rng::new(seed, u64::from(serial));
    let pace = PACES.get(usize::try_from(rng.below(3)).unwrap_or(0)).unwrap_or(&PACES[0]);
    let planted = rng
        .percent(20)
        .then(|| rng.below(Rule::ALL.len() as i64))
        .and_then(|place| Rule::ALL.get(usize::try_from(place).ok()?).copied());
    let at = BEGINS + offset + rng.below(12) * HOUR;
    let number = format!("F{serial:07}");
    let in_two = planted == Some(Rule::PartialDelivery);
    let (parcel, carrier) = (number.clone(), pace.carrier);
    let mut life = Writing { rng, parcel, in_two, number, carrier, at, news: Vec::new(), sites: 0 };
    life.place(pace.country, planted);
    let planted = life.travel(pace, planted);
    life.news.sort_by_key(|(at, _)| *at);
    Life { number: life.number, planted, news: life.news }
}

impl Writing {
    fn travel(&mut self, pace: &Pace, rule: Option<Rule>) -> Option<Planted> {
        let labelled = self.at;
        let planted = match rule {
            Some(Rule::Finding(finding)) => Some(finding),
            _ => None,
        };
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
            .map(|finding| Planted { rule: Rule::Finding(finding), from: labelled, until: self.at });
        self.scan(Milestone::HandedOver);
        let special = self.rng.below(pace.scans);
        for scan in 0..pace.scans {
            if scan == special {
                wrong = wrong.or(self.go_wrong_on_the_way(planted));
                if wrong.is_some_and(|wrong| wrong.rule == Rule::Finding(Finding::PresumedLost)) {
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
            wrong = Some(Planted { rule: Rule::Finding(Finding::OutForDeliveryNotClosed), from, until: self.at });
        }
        self.scan(Milestone::OutForDelivery);
        self.pass(HOUR, 8 * HOUR);
        if matches!(planted, Some(Finding::PickupReminder | Finding::PickupAboutToExpire)) {
            let from = self.at;
            self.scan(Milestone::AvailableForPickup);
            let waits = if planted == Some(Finding::PickupReminder) { 2 } else { 14 };
            self.pass(waits * DAY, 6 * HOUR);
            wrong = planted.map(|finding| Planted { rule: Rule::Finding(finding), from, until: self.at });
        }
        match rule {
            Some(rule @ (Rule::Signal(_) | Rule::PartialDelivery)) => self.end_otherwise(rule),
            _ => {
                self.scan(Milestone::Delivered);
                wrong
            }
        }
    }

    /// An end at the door, or short of it, that a fact or the due tells of.
    fn end_otherwise(&mut self, rule: Rule) -> Option<Planted> {
        let came = self.at;
        let (from, until) = match rule {
            Rule::Signal(SignalKind::PickupWaiting) => {
                self.scan(Milestone::AvailableForPickup);
                self.pass(4 * HOUR, 10 * HOUR);
                let collected = self.at;
                self.scan(Milestone::Delivered);
                (came, collected)
            }
            Rule::Signal(SignalKind::AttemptFailed) => (came, self.delivered_after(&[ExceptionKind::AttemptFailedAbsent])),
            Rule::Signal(SignalKind::AddressProblem) => {
                let failures: &[ExceptionKind] = match self.rng.percent(50) {
                    true => &[ExceptionKind::AddressProblem],
                    false => &[ExceptionKind::AttemptFailedAbsent, ExceptionKind::AttemptFailedAccess],
                };
                (came, self.delivered_after(failures))
            }
            Rule::Signal(SignalKind::Returned) => {
                self.scan_with(Milestone::Returning, Some(ExceptionKind::ReturnedToSender));
                self.pass(2 * DAY, DAY);
                self.scan(Milestone::Returned);
                (came, i64::MAX)
            }
            Rule::Signal(SignalKind::Disputed) => {
                self.scan(Milestone::Delivered);
                self.pass(2 * HOUR, 40 * HOUR);
                self.say(News::CustomerAnswered(CustomerAnswered {
                    promise: None,
                    order_number: Some(self.number.clone()),
                    at: moment(self.at),
                    answer: Answer::NotArrived,
                    noted_by: None,
                }));
                (self.at, self.at + DAY)
            }
            Rule::PartialDelivery => {
                self.scan(Milestone::Delivered);
                self.in_two = false;
                self.parcel = format!("{}{SECOND}", self.number);
                self.next_morning();
                self.brought();
                (self.at, i64::MAX)
            }
            // The day that was promised is over, if it is.
            _ => {
                self.scan(Milestone::Delivered);
                let due = self.promised_day(1).and_then(|day| midnight(day.tomorrow().ok()?))?;
                if self.at <= due {
                    return None;
                }
                (due - 2 * HOUR, self.at)
            }
        };
        Some(Planted { rule, from, until })
    }

    /// Brought to the door, after these failures; gives when the last of them was over.
    fn delivered_after(&mut self, failures: &[ExceptionKind]) -> i64 {
        for failure in failures {
            self.fails(*failure);
        }
        let again = self.at;
        self.brought();
        again
    }

    /// In the van, and handed over within the day.
    fn brought(&mut self) {
        self.scan(Milestone::OutForDelivery);
        self.pass(HOUR, 8 * HOUR);
        self.scan(Milestone::Delivered);
    }

    /// Nobody gets it, and the van tries again in the morning.
    fn fails(&mut self, exception: ExceptionKind) {
        self.scan_with(Milestone::OutForDelivery, Some(exception));
        self.next_morning();
    }

    /// A silence, a loss or a stay, in the network.
    fn go_wrong_on_the_way(&mut self, planted: Option<Finding>) -> Option<Planted> {
        let from = self.at;
        match planted? {
            Finding::StalledInNetwork => {
                self.pass(4 * DAY, 2 * DAY);
                Some(Planted { rule: Rule::Finding(Finding::StalledInNetwork), from, until: self.at })
            }
            Finding::StuckAtHub => {
                for _ in 0..8 {
                    self.pass(16 * HOUR, 1);
                    self.scan_at_the_same_place(Milestone::InNetwork, None);
                }
                Some(Planted { rule: Rule::Finding(Finding::StuckAtHub), from, until: self.at })
            }
            Finding::PresumedLost => Some(Planted { rule: Rule::Finding(Finding::PresumedLost), from, until: i64::MAX }),
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

    /// The day so many days after it was ordered.
    fn promised_day(&self, days: i64) -> Option<jiff::civil::Date> {
        let placed = self.news.first().map_or(self.at, |(at, _)| *at);
        Some(moment(placed + days * DAY).wall.date())
    }

    fn place(&mut self, country: &str, planted: Option<Rule>) {
        let line = |sku: &str| LineOrdered { sku: sku.to_owned(), title: None, quantity: 1, price: None, seller: None };
        let lines = if self.in_two { vec![line("LAMP"), line("SHADE")] } else { Vec::new() };
        // Far off, unless that is what is measured: whether the promise holds is another matter.
        let days = if planted == Some(Rule::Signal(SignalKind::Late)) { 1 } else { 60 };
        self.say(News::OrderPlaced(OrderPlaced {
            order_number: self.number.clone(),
            at: moment(self.at),
            customer: CustomerDetails {
                reference: Some(format!("C{}", self.number)),
                country: country.parse().ok(),
                ..CustomerDetails::default()
            },
            lines,
            delivery_fee: None,
            promised_day: self.promised_day(days),
            promised_at: None,
            ship_by: None,
            destination_country: country.parse().ok(),
            destination_postal: None,
            as_of: None,
        }));
        self.pass(HOUR, 1);
        if self.in_two {
            self.announce(self.number.clone(), &["LAMP"]);
            self.announce(format!("{}{SECOND}", self.number), &["SHADE"]);
        } else {
            self.announce(self.number.clone(), &[]);
        }
    }

    fn announce(&mut self, tracking_number: String, skus: &[&str]) {
        self.say(News::ParcelAnnounced(ParcelAnnounced {
            order_number: self.number.clone(),
            carrier: self.carrier.to_owned(),
            tracking_number,
            at: moment(self.at),
            skus: skus.iter().map(|sku| (*sku).to_owned()).collect(),
        }));
    }

    fn scan(&mut self, milestone: Milestone) {
        self.scan_with(milestone, None);
    }

    fn scan_with(&mut self, milestone: Milestone, exception: Option<ExceptionKind>) {
        self.sites += 1;
        self.scan_at_the_same_place(milestone, exception);
        if self.in_two && milestone.rank() < Milestone::OutForDelivery.rank() {
            // They travel together, up to the last depot.
            let first = std::mem::replace(&mut self.parcel, format!("{}{SECOND}", self.number));
            self.scan_at_the_same_place(milestone, exception);
            self.parcel = first;
        }
    }

    fn scan_at_the_same_place(&mut self, milestone: Milestone, exception: Option<ExceptionKind>) {
        let place = format!("Site {} of {}", self.sites, self.number);
        self.say(News::ParcelScanned(ParcelScanned {
            tracking_number: self.parcel.clone(),
            carrier: self.carrier.to_owned(),
            code: milestone.word().to_owned(),
            text: String::new(),
            location: Some(place),
            at: moment(self.at),
            milestone,
            exception,
            order_number: None,
            promised_at: None,
        }));
    }

    fn say(&mut self, news: News) {
        self.news.push((self.at, Input { source: "sample".to_owned(), event_id: None, news }));
    }
}

/// When a day begins in UTC, epoch milliseconds.
fn midnight(day: jiff::civil::Date) -> Option<i64> {
    Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

fn moment(at: i64) -> Moment {
    Moment::from_timestamp_utc(Timestamp::from_millisecond(at).unwrap_or_default())
}
