//! Scorecards: the counts follow the facts of the ledger, behind the watermark of `learn`. A fact says which parcels to look at; what
//! counts of them is read from their rows, so that what is told late needs no rule of its own.

mod computing;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use kept_base::{OrderId, ParcelId, PromiseId, from_millis, millis};
use kept_domain::apply::touches;
use kept_domain::scorecard::{Mark, Scorecards as Counts, Under, score};
use kept_domain::subject::{Noun, Subject};
use kept_domain::vocabulary::Cause;
use kept_domain::{Body, Fact};
use kept_learn::{Against, Change};
use kept_store::Connection;
use serde::Serialize;

use crate::views::{Page, ParcelLine, Share};
use crate::writer::away;
use crate::{Engine, EngineError};

/// Parcels looked at in one go: what records and decides is not to be kept waiting.
const AT_ONCE: usize = 2000;
/// The longest period that can be asked for, in days.
pub const LONGEST: i64 = 365;
/// What counted longer ago is forgotten, in days.
const KEPT_FOR: i32 = 400;
/// Drift: the last days, held against those before them.
const LATELY: i32 = 28;
const BEFORE: i32 = 84;
/// Fewer on either side say nothing of a drift.
const FEW: u64 = 20;

const CAUSES: [Cause; 6] =
    [Cause::Carrier, Cause::Recipient, Cause::Merchant, Cause::Customs, Cause::ForceMajeure, Cause::Unknown];

/// The counts, and what is to be looked at.
#[derive(Debug)]
pub(crate) struct Scorer {
    counts: Counts,
    zone: TimeZone,
    /// With the last block that touched them: rows may lie behind the ledger.
    parcels: BTreeMap<ParcelId, i64>,
    orders: BTreeMap<OrderId, i64>,
    promises: BTreeMap<PromiseId, i64>,
    forgotten_before: i32,
}

impl Scorer {
    pub(crate) fn new(zone: &str) -> Scorer {
        Scorer {
            counts: Counts::default(),
            zone: kept_base::moment::zone_named(zone).unwrap_or(TimeZone::UTC),
            parcels: BTreeMap::new(),
            orders: BTreeMap::new(),
            promises: BTreeMap::new(),
            forgotten_before: i32::MIN,
        }
    }

    fn see(&mut self, fact: &Fact) {
        if !matters(&fact.body) {
            return;
        }
        let block = fact.position.block();
        for (noun, id) in touches(&fact.body) {
            match noun {
                Noun::Parcel => drop(self.parcels.insert(ParcelId::new(id.get()), block)),
                Noun::Order => drop(self.orders.insert(OrderId::new(id.get()), block)),
                Noun::Promise => drop(self.promises.insert(PromiseId::new(id.get()), block)),
                Noun::Customer | Noun::Message | Noun::Errand => {}
            }
        }
    }

    fn waiting(&self) -> usize {
        self.parcels.len() + self.orders.len() + self.promises.len()
    }

    /// Looks at some of what waits, as far as rows are written.
    fn look(&mut self, connection: &mut Connection, most: usize) -> Result<(), kept_store::StoreError> {
        let applied = if connection.is_postgres() { i64::MAX } else { connection.applied()? };
        for (order, block) in ready(&mut self.orders, applied, most) {
            for parcel in connection.parcels_of_order(order)? {
                self.parcels.insert(parcel, block);
            }
        }
        for (promise, block) in ready(&mut self.promises, applied, most) {
            for parcel in connection.parcels_of_promise(promise)? {
                self.parcels.insert(parcel, block);
            }
        }
        for (parcel, _) in ready(&mut self.parcels, applied, most) {
            let score = match connection.scored_parcel(parcel)? {
                Some(mut found) => {
                    if let (None, Some(delivery)) = (&found.promise, found.order.as_ref().and_then(|order| order.delivery))
                        && let Some(Subject::Promise(promise)) = connection.load(Noun::Promise, delivery.into(), false)?
                    {
                        found.promise = Some(promise);
                    }
                    let promise = found.promise.as_deref();
                    promise.and_then(|promise| score(&found.parcel, found.order.as_deref(), promise, &self.zone))
                }
                None => None,
            };
            self.counts.put(parcel, score.filter(|score| score.day >= self.forgotten_before));
        }
        Ok(())
    }

    /// Forgets what nobody can ask for any more; once a day.
    fn forget(&mut self, now: i64) {
        let before = day_of(now, &self.zone) - KEPT_FOR;
        if before > self.forgotten_before {
            self.forgotten_before = before;
            self.counts.forget_before(before);
        }
    }
}

/// Takes out what waits and can be read, in order.
fn ready<K: Ord + Copy>(waiting: &mut BTreeMap<K, i64>, applied: i64, most: usize) -> Vec<(K, i64)> {
    let ready: Vec<(K, i64)> =
        waiting.iter().filter(|(_, block)| **block <= applied).take(most).map(|(id, block)| (*id, *block)).collect();
    for (id, _) in &ready {
        waiting.remove(id);
    }
    ready
}

/// Whether a fact can change what counts of a parcel.
fn matters(body: &Body) -> bool {
    matches!(
        body,
        Body::OrderPlaced(_)
            | Body::OrderNamed(_)
            | Body::OrderLinesAdded(_)
            | Body::ParcelAnnounced(_)
            | Body::ParcelLinked(_)
            | Body::ParcelScanned(_)
            | Body::ParcelManifested(_)
            | Body::ParcelScanWithdrawn(_)
            | Body::ParcelContested(_)
            | Body::PromiseMade(_)
            | Body::WordGiven(_)
            | Body::PromiseAssessed(_)
            | Body::PromiseReopened(_)
            | Body::PromiseAmended(_)
            | Body::PromiseDisputed(_)
            | Body::PromiseSettled(_)
            | Body::SignalRaised(_)
    )
}

/// Days since 1970 where the house works.
fn day_of(at: i64, zone: &TimeZone) -> i32 {
    let date = from_millis(at).unwrap_or_default().to_zoned(zone.clone()).date();
    let days = date.duration_since(jiff::civil::Date::constant(1970, 1, 1)).as_hours() / 24;
    i32::try_from(days).unwrap_or(0)
}

/// The first moment of a day, epoch milliseconds.
fn start_of(day: i32, zone: &TimeZone) -> i64 {
    let date = jiff::civil::Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(day));
    date.to_zoned(zone.clone()).map_or(i64::from(day) * 86_400_000, |start| millis(start.timestamp()))
}

/// How everybody did in a period, by day of first due.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scorecards {
    /// The period's first moment, epoch milliseconds.
    pub from: i64,
    /// The moment that ends it.
    pub before: i64,
    /// All carriers together.
    pub all: Scorecard,
    /// Carriers: ranked ones first, then by parcels.
    pub carriers: Vec<Scorecard>,
    /// Destination countries, by parcels.
    pub lanes: Vec<Scorecard>,
    /// Lengths of promises, in bands of days: what stands for classes of service.
    pub classes: Vec<Scorecard>,
    /// The own warehouse.
    pub warehouse: Warehouse,
    /// Partners who sell and send goods themselves, by parcels.
    pub partners: Vec<Partner>,
    /// Parcels and promises that are still to be looked at: the counts lie so far behind.
    pub waiting: u64,
}

/// How one did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scorecard {
    /// Carrier, country or band; empty where it is not known.
    pub name: String,
    /// Parcels.
    pub parcels: u64,
    /// Parcels that were handed over.
    pub handed_over: u64,
    /// Delivered by the first due, of those handed over and judged.
    pub kept: Share,
    /// Against what everybody's shares on the same lanes, in the same classes, would have given: carriers only.
    pub against: Option<Against>,
    /// What that says.
    pub standing: Standing,
    /// Place among the carriers that can be compared; none where every difference may be chance.
    pub rank: Option<u32>,
    /// From hand-over to delivery.
    pub transit: Lasting,
    /// Fell silent, of those handed over.
    pub silent: Share,
    /// Delivered at the first attempt, of those brought to the door.
    pub first_attempt: Share,
    /// Said to be delivered and the customer said no, of those said to be delivered.
    pub disputed: Share,
    /// Failed attempts that the customer contests, of those handed over: whose cause is not known.
    pub contested: Share,
    /// What the carrier says was wrong, by whose cause it says it was, of those handed over.
    pub claims: Vec<(&'static str, Share)>,
    /// In no share: in dispute, moved by the customer, let off, handed over after the due.
    pub apart: Apart,
    /// The last four weeks against the twelve before, whatever the period: kept.
    pub drift: Drift,
}

/// Counted apart, in no kept share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Apart {
    /// Said to be delivered, the customer says no, not settled.
    pub in_dispute: u64,
    /// Moved by the customer's wish.
    pub moved: u64,
    /// Let off by the customer.
    pub let_off: u64,
    /// Handed over when the due had passed.
    pub handed_too_late: u64,
}

/// How one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing is compared here.
    NotCompared,
    /// Nobody else carries on its lanes.
    Alone,
    /// Too few to compare.
    TooFew,
    /// No more than chance.
    NoDifference,
    /// More kept than others keep.
    Better,
    /// Fewer.
    Worse,
}

/// How long something took, open ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lasting {
    /// How many.
    pub n: u64,
    /// How many of them have ended.
    pub ended: u64,
    /// By then half had ended, in hours; none where the estimate does not reach so far.
    pub median_hours: Option<i64>,
    /// By then nine of ten had ended, in hours.
    pub p90_hours: Option<i64>,
}

/// The last weeks against those before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Drift {
    /// The last four weeks.
    pub now: Share,
    /// The twelve before.
    pub before: Share,
    /// The difference, where both have any.
    pub change: Option<Change>,
    /// What it says.
    pub standing: Standing,
}

/// How a partner who sells and sends goods itself did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Partner {
    /// The name under which it sells.
    pub name: String,
    /// What became of the promises to the customers: the company's own, whoever sent.
    pub kept: Share,
    /// Against what everybody's shares on the same lanes, with promises as long, would have given.
    pub against: Against,
    /// What that says.
    pub standing: Standing,
    /// Of those sent: exceptions whose cause the carrier says is the sender's.
    pub claimed: Share,
    /// How it hands over.
    pub hands_over: Warehouse,
}

/// How the own warehouse did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Warehouse {
    /// Labels.
    pub parcels: u64,
    /// Handed over by the day that the shop had said, of those with such a day.
    pub in_time: Share,
    /// Labels that were never handed over.
    pub never_handed: Share,
    /// From order to hand-over.
    pub preparing: Lasting,
    /// The last weeks against those before: handed over in time.
    pub drift: Drift,
}

impl Engine {
    pub(crate) fn see_for_scorecards(&self, facts: &[Fact]) {
        let mut scorer = self.scorer();
        for fact in facts {
            scorer.see(fact);
        }
    }

    /// Counts anew what facts have touched since, some at a time. Gives how many wait still.
    ///
    /// # Errors
    /// When rows cannot be read.
    pub fn score(&self) -> Result<usize, EngineError> {
        let now = self.now();
        let mut scorer = self.scorer();
        scorer.forget(now);
        self.shared.database.read(|connection| scorer.look(connection, AT_ONCE)).map_err(away)?;
        Ok(scorer.waiting())
    }

    /// How carriers, lanes, classes and the warehouse did over the last `days` days, today included.
    ///
    /// # Errors
    /// Database errors.
    pub fn scorecards(&self, days: i64) -> Result<Scorecards, EngineError> {
        self.shared.writer.settle()?;
        self.score()?;
        let now = self.now();
        let scorer = self.scorer();
        let period = period(now, days, &scorer.zone);
        Ok(Scorecards {
            from: start_of(*period.start(), &scorer.zone),
            before: start_of(*period.end() + 1, &scorer.zone),
            waiting: scorer.waiting() as u64,
            ..computing::computed(&scorer.counts, &period, now, day_of(now, &scorer.zone))
        })
    }

    /// The parcels under a figure of the last `days` days, latest due first: a page of them, from the `after`th on, and how many.
    ///
    /// # Errors
    /// Database errors.
    pub fn scorecard_parcels(&self, days: i64, under: &Under, after: usize) -> Result<Page<ParcelLine>, EngineError> {
        /// Rows of a page.
        const ROWS: usize = 50;
        let now = self.now();
        let found = {
            let scorer = self.scorer();
            let period = period(now, days, &scorer.zone);
            scorer.counts.under(&period, under, now)
        };
        let next = Some(after + ROWS).filter(|next| *next < found.len()).map(|next| next.to_string());
        let rows = self.parcel_lines(found.iter().copied().skip(after).take(ROWS))?;
        Ok(Page { rows, total: found.len() as u64, next })
    }

    fn scorer(&self) -> MutexGuard<'_, Scorer> {
        self.shared.scorer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The parcels under a figure: with this mark, and without that one; none for a word that is no figure.
pub fn marks_of(figure: &str) -> Option<(Option<Mark>, Option<Mark>)> {
    let with = |mark: Mark| Some((Some(mark), None));
    match figure {
        "parcels" => Some((None, None)),
        "missed" => Some((Some(Mark::Judged), Some(Mark::Kept))),
        "failed_attempt" => Some((Some(Mark::Attempted), Some(Mark::FirstTry))),
        "ship_late" => Some((Some(Mark::ShipJudged), Some(Mark::ShipInTime))),
        "kept" => with(Mark::Kept),
        "silent" => with(Mark::Silent),
        "disputed" => with(Mark::Disputed),
        "contested" => with(Mark::Contested),
        "in_dispute" => with(Mark::InDispute),
        "moved" => with(Mark::Moved),
        "let_off" => with(Mark::LetOff),
        "handed_too_late" => with(Mark::HandedTooLate),
        "never_handed" => with(Mark::NeverHanded),
        claimed => {
            let cause = claimed.strip_prefix("claimed_")?;
            CAUSES.into_iter().find(|known| known.word() == cause).and_then(|cause| with(Mark::claimed(cause)))
        }
    }
}

/// The last days, today included.
fn period(now: i64, days: i64, zone: &TimeZone) -> RangeInclusive<i32> {
    let today = day_of(now, zone);
    let days = i32::try_from(days.clamp(1, LONGEST)).unwrap_or(1);
    today - (days - 1)..=today
}
