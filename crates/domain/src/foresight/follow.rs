//! Facts become observations. A follower reads the ledger in its order, remembers what is still open, and forgets what is over.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use kept_base::{OrderId, ParcelId, PromiseId, millis};
use kept_learn::{Case, Costs, DAY, Exit, Features, Glance, Model, NOTICES, Settings, Snapshot, Stage};

use super::case::{band, lane, stage};
use super::delay::Heard;
use super::{Delays, Foresight};
use crate::fact::{Body, Fact};
use crate::parcel::Scanned;
use crate::promise::{Assessed, PromiseState};
use crate::vocabulary::Milestone;

/// Announced parcels among which a usual carrier is looked for.
const LATELY: usize = 200;
/// A carrier is the usual one from this share of them on, in percent.
const USUAL: usize = 95;

/// Shares of the days that are named: the likely one, and the nearly sure one.
const QUOTED: [f64; 2] = [0.5, 0.9];

/// Learns from facts in the order of the ledger.
#[derive(Debug)]
pub struct Follower {
    model: Model,
    orders: HashMap<OrderId, Ordered>,
    promises: HashMap<PromiseId, Followed>,
    parcels: HashMap<ParcelId, Travelling>,
    /// What time alone makes happen: glances at open promises, and their dues.
    agenda: BTreeSet<(i64, PromiseId, i64)>,
    carriers: std::collections::VecDeque<String>,
    snapshot: Arc<Snapshot>,
    /// From each scan to the next, in counts of their own: a parcel is long at a stage, and seldom long without a scan.
    gaps: Model,
    gaps_read: Arc<Snapshot>,
    heard: Heard,
    /// The delays as of the last reading of the counts.
    delays: Arc<Delays>,
    /// How far time has come, epoch milliseconds; none before the first fact.
    now: Option<i64>,
}

#[derive(Debug)]
struct Ordered {
    placed_at: i64,
    lane: String,
    promise: Option<PromiseId>,
    parcels: Vec<ParcelId>,
}

/// An open delivery promise.
#[derive(Debug)]
struct Followed {
    order: Option<OrderId>,
    made_at: i64,
    due: Option<i64>,
    /// Entered as placed, with these features; none once a parcel was handed over.
    placed: Option<(Features, i64)>,
    glances: Vec<Glance>,
    /// Days named at hand-over: the share that such days are to keep, and the moment that ends the day.
    quoted: Vec<(f64, i64)>,
    /// Whether its outcome has been counted.
    judged: bool,
}

#[derive(Debug)]
struct Travelling {
    order: Option<OrderId>,
    carrier: String,
    /// Where it stands and since when, once handed over; with the features it was entered with.
    standing: Option<(Features, Stage, i64)>,
    /// Its last scan, if another is waited for.
    last: Option<(Features, Stage, i64)>,
    over: bool,
}

impl Follower {
    /// A follower that has seen nothing. `ahead`: milliseconds by which the shop's local time is ahead of UTC.
    pub fn new(ahead: i64) -> Follower {
        let model = Model::new(Settings { grid: kept_learn::Grid { ahead }, ..Settings::default() });
        let snapshot = Arc::new(model.snapshot(0));
        let gaps = model.clone();
        Follower {
            model,
            orders: HashMap::new(),
            promises: HashMap::new(),
            parcels: HashMap::new(),
            agenda: BTreeSet::new(),
            carriers: std::collections::VecDeque::new(),
            gaps_read: Arc::clone(&snapshot),
            gaps,
            snapshot,
            heard: Heard::default(),
            delays: Arc::default(),
            now: None,
        }
    }

    /// What is foreseen as of the last reading of the counts.
    pub fn foresight(&self, costs: Option<&Costs>) -> Foresight {
        Foresight {
            snapshot: Arc::clone(&self.snapshot),
            policy: costs.and_then(|costs| self.snapshot.policy(costs).ok()).map(|point| point.policy),
            usual_carrier: self.usual_carrier(),
            gaps: Arc::clone(&self.gaps_read),
            delays: Arc::clone(&self.delays),
        }
    }

    /// Open promises that are followed.
    pub fn open(&self) -> usize {
        self.promises.len()
    }

    /// Takes a fact. Time first comes as far as it was recorded: nothing is known before.
    pub fn see(&mut self, fact: &Fact) {
        self.advance(fact.recorded);
        match &fact.body {
            Body::OrderPlaced(body) => {
                let lane = lane(body.country);
                let known = self.orders.entry(body.order).or_insert_with(|| Ordered::new(body.placed_at));
                known.placed_at = body.placed_at;
                known.lane = lane;
            }
            Body::OrderNamed(body) => {
                self.orders.entry(body.order).or_insert_with(|| Ordered::new(body.at));
            }
            Body::PromiseMade(body) if body.kind == "delivery" => {
                if let Some(order) = body.order.and_then(|order| self.orders.get_mut(&order)) {
                    order.promise = Some(body.promise);
                }
                let followed = Followed {
                    order: body.order,
                    made_at: body.made_at,
                    due: None,
                    placed: None,
                    glances: Vec::new(),
                    quoted: Vec::new(),
                    judged: false,
                };
                self.promises.insert(body.promise, followed);
            }
            Body::WordGiven(body) if !body.waiting => {
                if let Some(due) = &body.due {
                    self.bind(body.promise, millis(due.at));
                }
            }
            Body::ParcelAnnounced(body) => self.announce(body.parcel, body.order, &body.carrier),
            Body::ParcelLinked(body) => self.link(body.parcel, body.order),
            Body::ParcelScanned(body) => self.scan(body, fact.recorded),
            Body::PromiseAssessed(body) => self.assess(body),
            // The customer moved it: what comes of it says nothing about how late things are.
            Body::PromiseAmended(body) => self.let_go(body.promise),
            _ => {}
        }
    }

    /// Lets time pass: reads the counts anew at each local midnight, looks at open promises at their moments, and counts what has
    /// missed its due.
    pub fn advance(&mut self, to: i64) {
        let Some(mut now) = self.now else {
            self.now = Some(to);
            self.renew(to);
            return;
        };
        while now < to {
            let midnight = self.midnight_after(now);
            let next = self.agenda.first().map_or(i64::MAX, |(at, ..)| *at).min(midnight);
            if next > to {
                break;
            }
            now = next.max(now);
            if next == midnight {
                self.renew(midnight);
            }
            while let Some(entry) = self.agenda.first().copied().filter(|(at, ..)| *at <= now) {
                self.agenda.remove(&entry);
                self.look(entry.1, entry.0, entry.2);
            }
        }
        self.now = Some(now.max(to));
    }

    fn renew(&mut self, now: i64) {
        self.model.prune(now);
        self.snapshot = Arc::new(self.model.snapshot(now));
        self.gaps.prune(now);
        self.gaps_read = Arc::new(self.gaps.snapshot(now));
        self.delays = Arc::new(self.heard.delays());
    }

    fn midnight_after(&self, now: i64) -> i64 {
        let ahead = self.model.settings().grid.ahead;
        ((now + ahead).div_euclid(DAY) + 1) * DAY - ahead
    }

    /// A due was given: the earliest one counts.
    fn bind(&mut self, id: PromiseId, due: i64) {
        let usual = self.usual_carrier();
        let Some(promise) = self.promises.get_mut(&id) else { return };
        let first = promise.due.is_none();
        if promise.due.is_some_and(|known| known <= due) {
            return;
        }
        promise.due = Some(due);
        self.agenda.insert((due, id, due));
        for at in NOTICES.map(|notice| due - notice) {
            if self.now.is_none_or(|now| at > now) {
                self.agenda.insert((at, id, due));
            }
        }
        if !first {
            return;
        }
        let order = promise.order.and_then(|order| self.orders.get(&order));
        let parcels = order.map(|order| order.parcels.clone()).unwrap_or_default();
        let placed_at = order.map_or(promise.made_at, |order| order.placed_at.min(promise.made_at));
        let handed_over = parcels.iter().any(|parcel| self.parcels.get(parcel).is_some_and(|parcel| parcel.standing.is_some()));
        if !handed_over {
            let features = self.features(id, &usual);
            self.model.observe_entry(&features, Stage::Placed, placed_at);
            if let Some(promise) = self.promises.get_mut(&id) {
                promise.placed = Some((features, placed_at));
            }
        }
    }

    fn announce(&mut self, id: ParcelId, order: Option<OrderId>, carrier: &str) {
        if self.carriers.len() == LATELY {
            self.carriers.pop_front();
        }
        self.carriers.push_back(carrier.to_owned());
        self.parcels.insert(id, Travelling { order, carrier: carrier.to_owned(), standing: None, last: None, over: false });
        if let Some(order) = order.and_then(|order| self.orders.get_mut(&order)) {
            order.parcels.push(id);
        }
    }

    fn link(&mut self, id: ParcelId, order: OrderId) {
        if let Some(parcel) = self.parcels.get_mut(&id) {
            parcel.order = Some(order);
        }
        if let Some(order) = self.orders.get_mut(&order).filter(|order| !order.parcels.contains(&id)) {
            order.parcels.push(id);
        }
    }

    fn scan(&mut self, scanned: &Scanned, recorded: i64) {
        let at = scanned.at.sort_key_millis();
        let Some(parcel) = self.parcels.get_mut(&scanned.parcel).filter(|parcel| !parcel.over) else { return };
        self.heard.see(&parcel.carrier, at, recorded);
        self.gap(scanned, at);
        let Some(parcel) = self.parcels.get_mut(&scanned.parcel) else { return };
        let promise = parcel.order.and_then(|order| self.orders.get(&order)).and_then(|order| order.promise);
        let Some(promise) = promise.filter(|promise| self.promises.get(promise).is_some_and(|known| known.due.is_some())) else {
            return;
        };
        let exit = match (stage(scanned.milestone), scanned.milestone) {
            (Some(Stage::Placed), _) | (None, Milestone::Unknown) => return,
            (Some(stage), _) => Exit::To(stage),
            (None, Milestone::Delivered) => Exit::Delivered,
            (None, _) => Exit::Censored,
        };
        let carrier = parcel.carrier.clone();
        let standing = parcel.standing.take();
        parcel.over = !matches!(exit, Exit::To(_));
        match (standing, exit) {
            (Some((features, stage, since)), Exit::To(next)) if stage == next || at < since => {
                // Nothing new, or told late.
                self.stand(scanned.parcel, features, stage, since);
            }
            (Some((features, stage, since)), exit) => {
                self.model.observe_exit(&features, stage, since, at, exit);
                if let Exit::To(next) = exit {
                    self.enter(scanned.parcel, features, next, at);
                }
            }
            (None, exit) => {
                // Handed over with this scan, whatever it says.
                if let Some((features, since)) = self.promises.get_mut(&promise).and_then(|promise| promise.placed.take()) {
                    let first = if let Exit::To(_) = exit { exit } else { Exit::To(Stage::InNetwork) };
                    self.model.observe_exit(
                        &features,
                        Stage::Placed,
                        since,
                        at,
                        if exit == Exit::Censored { exit } else { first },
                    );
                }
                if let Exit::To(next) = exit {
                    let features = self.features(promise, &carrier);
                    self.enter(scanned.parcel, features, next, at);
                    self.glance(promise, at);
                    self.quote(promise, at);
                }
            }
        }
    }

    /// Counts the gap that ends with a scan, and begins the next one.
    fn gap(&mut self, scanned: &Scanned, at: i64) {
        let Some(parcel) = self.parcels.get_mut(&scanned.parcel) else { return };
        let next = match scanned.milestone {
            // Nobody scans what waits at a counter; what turned back is no delivery's business.
            Milestone::AvailableForPickup => None,
            milestone => stage(milestone).filter(|stage| *stage != Stage::Placed),
        };
        if let Some((features, stage, since)) = parcel.last.take_if(|(.., since)| *since <= at) {
            let exit = next.map_or(Exit::Delivered, Exit::To);
            self.gaps.observe_exit(&features, stage, since, at, exit);
        }
        if let (Some(stage), None) = (next, &parcel.last) {
            let lane = parcel.order.and_then(|order| self.orders.get(&order)).map(|order| order.lane.clone()).unwrap_or_default();
            let features = Features { carrier: parcel.carrier.clone(), lane, ..Features::default() };
            self.gaps.observe_entry(&features, stage, at);
            parcel.last = Some((features, stage, at));
        }
    }

    fn enter(&mut self, parcel: ParcelId, features: Features, stage: Stage, at: i64) {
        self.model.observe_entry(&features, stage, at);
        self.stand(parcel, features, stage, at);
    }

    fn stand(&mut self, parcel: ParcelId, features: Features, stage: Stage, since: i64) {
        if let Some(parcel) = self.parcels.get_mut(&parcel) {
            parcel.standing = Some((features, stage, since));
        }
    }

    /// What an open promise looks like at a moment, to be compared with what becomes of it.
    fn glance(&mut self, id: PromiseId, at: i64) {
        let Some(due) = self.promises.get(&id).filter(|promise| !promise.judged).and_then(|promise| promise.due) else { return };
        let forecasts = self.cases(id, due).into_iter().filter_map(|case| self.delays.late(&self.snapshot, &case, at).ok());
        let worst = forecasts.max_by(|one, other| one.probability.total_cmp(&other.probability));
        if let (Some(forecast), Some(promise)) = (worst, self.promises.get_mut(&id)) {
            promise.glances.push(Glance { notice: due - at, raw: forecast.raw, probability: forecast.probability });
        }
    }

    /// The days that would be named of a promise at a moment: what became of them is held against later ones.
    fn quote(&mut self, id: PromiseId, at: i64) {
        let Some(due) = self.promises.get(&id).filter(|promise| promise.quoted.is_empty()).and_then(|promise| promise.due) else {
            return;
        };
        for share in QUOTED {
            let named =
                self.cases(id, due).into_iter().filter_map(|case| self.delays.arrival(&self.snapshot, &case, at, share).ok());
            let Some(by) = named.map(|arrival| arrival.by).max() else { continue };
            if let Some(promise) = self.promises.get_mut(&id) {
                promise.quoted.push((share, by));
                self.agenda.insert((by, id, by));
            }
        }
    }

    /// Days that have passed were not kept.
    fn unkept(&mut self, id: PromiseId, at: i64) {
        let Some(promise) = self.promises.get_mut(&id) else { return };
        let (passed, ahead) = promise.quoted.iter().partition(|(_, by)| *by <= at);
        let passed: Vec<(f64, i64)> = passed;
        promise.quoted = ahead;
        for (share, by) in passed {
            self.model.observe_estimate(share, false, by);
        }
    }

    /// The moment of a glance, the end of a day that was named, or the due itself.
    fn look(&mut self, id: PromiseId, at: i64, due: i64) {
        self.unkept(id, at);
        if self.promises.get(&id).is_none_or(|promise| promise.judged || promise.due != Some(due)) {
            return;
        }
        if at < due {
            self.glance(id, at);
        } else if let Some(promise) = self.promises.get_mut(&id) {
            // Known from this moment on, whatever comes later.
            promise.judged = true;
            let glances = std::mem::take(&mut promise.glances);
            self.model.observe_outcome(&glances, true, due);
        }
    }

    fn assess(&mut self, assessed: &Assessed) {
        if let Some(promise) = self.promises.get_mut(&assessed.promise)
            && let (false, Some(due)) = (promise.judged, promise.due)
        {
            let glances = std::mem::take(&mut promise.glances);
            let quoted = std::mem::take(&mut promise.quoted);
            if matches!(assessed.state, PromiseState::Kept | PromiseState::KeptLate) {
                for (share, by) in quoted {
                    self.model.observe_estimate(share, assessed.at < by, assessed.at.min(by));
                }
            }
            // Given up or withdrawn before its due says nothing about how late things are.
            if matches!(assessed.state, PromiseState::Kept | PromiseState::KeptLate) {
                self.model.observe_outcome(&glances, assessed.at >= due, assessed.at.min(due));
            }
        }
        self.let_go(assessed.promise);
    }

    /// Forgets a promise with its order and parcels; how long what is still under way takes is not known.
    fn let_go(&mut self, id: PromiseId) {
        let Some(promise) = self.promises.remove(&id) else { return };
        let now = self.now.unwrap_or(promise.made_at);
        if let Some((features, since)) = promise.placed {
            self.model.observe_exit(&features, Stage::Placed, since, now, Exit::Censored);
        }
        let order = promise.order.and_then(|order| self.orders.remove(&order));
        for parcel in order.into_iter().flat_map(|order| order.parcels) {
            let Some(parcel) = self.parcels.remove(&parcel) else { continue };
            if let Some((features, stage, since)) = parcel.standing {
                self.model.observe_exit(&features, stage, since, now, Exit::Censored);
            }
            if let Some((features, stage, since)) = parcel.last {
                self.gaps.observe_exit(&features, stage, since, now, Exit::Censored);
            }
        }
    }

    fn cases(&self, id: PromiseId, due: i64) -> Vec<Case> {
        let Some(promise) = self.promises.get(&id) else { return Vec::new() };
        let mut cases = Vec::new();
        if let Some((features, since)) = &promise.placed {
            cases.push(Case { features: features.clone(), stage: Stage::Placed, since: *since, due });
        }
        let order = promise.order.and_then(|order| self.orders.get(&order));
        for parcel in order.into_iter().flat_map(|order| &order.parcels) {
            if let Some((features, stage, since)) = self.parcels.get(parcel).and_then(|parcel| parcel.standing.as_ref()) {
                cases.push(Case { features: features.clone(), stage: *stage, since: *since, due });
            }
        }
        cases
    }

    fn features(&self, id: PromiseId, carrier: &str) -> Features {
        let promise = self.promises.get(&id);
        let order = promise.and_then(|promise| promise.order).and_then(|order| self.orders.get(&order));
        let length = promise.and_then(|promise| Some(promise.due? - promise.made_at));
        Features {
            carrier: carrier.to_owned(),
            service: String::new(),
            lane: order.map(|order| order.lane.clone()).unwrap_or_default(),
            band: length.map(band).unwrap_or_default(),
        }
    }

    fn usual_carrier(&self) -> String {
        let Some(last) = self.carriers.back() else { return String::new() };
        let same = self.carriers.iter().filter(|carrier| *carrier == last).count();
        if same * 100 >= self.carriers.len() * USUAL { last.clone() } else { String::new() }
    }
}

impl Ordered {
    fn new(placed_at: i64) -> Ordered {
        Ordered { placed_at, lane: String::new(), promise: None, parcels: Vec::new() }
    }
}
