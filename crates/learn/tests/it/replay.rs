//! Plays histories of orders in the order of time: what is said of an order is said with what was known then.

use std::collections::BTreeSet;

use kept_learn::{Case, Costs, DAY, Exit, Features, Glance, Model, NOTICES, Policy, STEP, Settings, Snapshot, Stage};

/// An order as history knows it in the end.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub placed: i64,
    pub handed_over: Option<i64>,
    pub delivered: Option<i64>,
    pub due: i64,
    pub features: Features,
    /// Whether the tables count it.
    pub scored: bool,
}

impl Order {
    pub fn late(&self) -> bool {
        self.delivered.is_none_or(|delivered| delivered >= self.due)
    }
}

/// A rule by which warnings are given.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// Always the same.
    Fixed(Policy),
    /// The one that would have cost least on what is known so far.
    Chosen(Costs),
}

/// A quoted day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quoted {
    pub when: When,
    pub at: i64,
    pub share: f64,
    pub by: i64,
}

/// The moments at which days are quoted and chances noted beside the [`NOTICES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Purchase,
    HandOver,
    FourDays,
}

/// What was said of an order while it was open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// At those of the [`NOTICES`] that came while it was open.
    pub glances: Vec<Glance>,
    pub at_purchase: Option<Glance>,
    pub at_hand_over: Option<Glance>,
    /// By rule, when it was warned of.
    pub warned: Vec<Option<i64>>,
    pub quoted: Vec<Quoted>,
}

/// An order and what was said of it.
#[derive(Clone, Debug)]
pub struct Track {
    pub order: Order,
    pub said: Said,
    /// How it stands, while it is open.
    open: Option<Case>,
    judged: bool,
    /// Quoted days whose outcome the model knows.
    settled: Vec<bool>,
}

impl Track {
    /// The chance noted at one of the [`NOTICES`].
    pub fn at(&self, notice: i64) -> Option<Glance> {
        self.said.glances.iter().copied().find(|glance| glance.notice == notice)
    }
}

/// What is played.
pub struct Play<'a> {
    pub rules: &'a [Rule],
    pub settings: Settings,
    /// Shares of the days that are quoted.
    pub shares: &'a [f64],
    /// When to stop; none: at the last thing that happened.
    pub until: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Placed,
    HandedOver,
    Delivered,
}

impl Play<'_> {
    /// Plays orders from the first moment to the last, and says what was said. Snapshots are taken each midnight; every open order is
    /// looked at each step.
    pub fn run(&self, orders: &[Order]) -> (Vec<Track>, Model) {
        let mut events: Vec<(i64, Event, usize)> = Vec::new();
        for (index, order) in orders.iter().enumerate() {
            let known = |at: Option<i64>| at.filter(|at| *at >= order.placed);
            events.push((order.placed, Event::Placed, index));
            events.extend(known(order.handed_over).map(|at| (at, Event::HandedOver, index)));
            events.extend(known(order.delivered).map(|at| (at, Event::Delivered, index)));
        }
        events.sort_unstable();
        let warned = vec![None; self.rules.len()];
        let track = |order: &Order| Track {
            order: order.clone(),
            said: Said { warned: warned.clone(), ..Said::default() },
            open: None,
            judged: false,
            settled: Vec::new(),
        };
        let mut tracks: Vec<Track> = orders.iter().map(track).collect();
        let mut model = Model::new(self.settings.clone());
        let first = events.first().map_or(0, |event| event.0.div_euclid(DAY) * DAY);
        let last = self.until.unwrap_or_else(|| events.last().map_or(first, |event| event.0));
        let mut snapshot = model.snapshot(first);
        let mut policies = Vec::new();
        let mut open = BTreeSet::new();
        let mut events = events.into_iter().peekable();
        let mut now = first;
        while now <= last {
            while let Some((at, event, index)) = events.next_if(|event| event.0 <= now) {
                let Some(track) = tracks.get_mut(index) else { continue };
                self.hear(track, &mut model, &snapshot, at, event);
                if track.open.is_some() {
                    open.insert(index);
                } else {
                    open.remove(&index);
                }
            }
            for index in &open {
                let Some(track) = tracks.get_mut(*index) else { continue };
                if track.order.due <= now {
                    judge(track, &mut model, true, track.order.due);
                }
                settle(track, &mut model, now, false);
            }
            if now.rem_euclid(DAY) == 0 {
                model.prune(now);
                snapshot = model.snapshot(now);
                policies = self.rules.iter().map(|rule| choose(rule, &snapshot)).collect();
            }
            for index in &open {
                let Some(track) = tracks.get_mut(*index) else { continue };
                self.look(track, &snapshot, &policies, now);
            }
            now += STEP;
        }
        (tracks, model)
    }

    fn hear(&self, track: &mut Track, model: &mut Model, snapshot: &Snapshot, at: i64, event: Event) {
        let features = &track.order.features;
        match (event, track.open.take()) {
            (Event::Placed, _) => {
                model.observe_entry(features, Stage::Placed, at);
                let case = Case { features: features.clone(), stage: Stage::Placed, since: at, due: track.order.due };
                track.said.at_purchase = glance(snapshot, &case, at);
                self.quote(&mut track.said, snapshot, &case, When::Purchase, at);
                track.open = Some(case);
            }
            (Event::HandedOver, Some(mut case)) => {
                model.observe_exit(features, case.stage, case.since, at, Exit::To(Stage::InNetwork));
                model.observe_entry(features, Stage::InNetwork, at);
                case.stage = Stage::InNetwork;
                case.since = at;
                track.said.at_hand_over = glance(snapshot, &case, at);
                self.quote(&mut track.said, snapshot, &case, When::HandOver, at);
                track.open = Some(case);
            }
            (Event::Delivered, Some(case)) => {
                model.observe_exit(features, case.stage, case.since, at, Exit::Delivered);
                judge(track, model, at >= track.order.due, at.min(track.order.due));
                settle(track, model, at, true);
            }
            (Event::HandedOver | Event::Delivered, None) => {}
        }
    }

    fn look(&self, track: &mut Track, snapshot: &Snapshot, policies: &[Option<Policy>], now: i64) {
        let Some(case) = track.open.as_ref().filter(|_| !track.judged) else { return };
        let notice = case.due - now;
        if NOTICES.contains(&notice) {
            track.said.glances.extend(glance(snapshot, case, now));
        }
        if notice == 4 * DAY {
            self.quote(&mut track.said, snapshot, case, When::FourDays, now);
        }
        for (warned, policy) in track.said.warned.iter_mut().zip(policies) {
            let Some(policy) = policy.filter(|policy| warned.is_none() && policy.notice + STEP > notice) else { continue };
            // Within this step; what is heard in the next one is weighed again. Delivered meanwhile, it is not warned of.
            let at = snapshot.warning(case, now, &policy).ok().flatten().filter(|at| *at < now + STEP);
            *warned = at.filter(|at| track.order.delivered.is_none_or(|delivered| *at < delivered));
        }
    }

    fn quote(&self, said: &mut Said, snapshot: &Snapshot, case: &Case, when: When, at: i64) {
        for share in self.shares {
            let quoted = snapshot.arrival(case, at, *share).ok();
            said.quoted.extend(quoted.map(|arrival| Quoted { when, at, share: *share, by: arrival.by }));
        }
    }
}

fn glance(snapshot: &Snapshot, case: &Case, now: i64) -> Option<Glance> {
    let forecast = snapshot.late(case, now).ok()?;
    Some(Glance { notice: case.due - now, raw: forecast.raw, probability: forecast.probability })
}

/// The model learns what became of an order, once.
fn judge(track: &mut Track, model: &mut Model, late: bool, known_at: i64) {
    if !track.judged {
        track.judged = true;
        let glances: Vec<Glance> = track.said.glances.iter().copied().chain(track.said.at_hand_over).collect();
        model.observe_outcome(&glances, late, known_at);
    }
}

/// The model learns which quoted days were kept: at the arrival, or at the end of a day that was missed.
fn settle(track: &mut Track, model: &mut Model, now: i64, arrived: bool) {
    track.settled.resize(track.said.quoted.len(), false);
    for (settled, quoted) in track.settled.iter_mut().zip(&track.said.quoted) {
        if !*settled && (arrived || quoted.by <= now) {
            *settled = true;
            model.observe_estimate(quoted.share, now < quoted.by, now.min(quoted.by));
        }
    }
}

fn choose(rule: &Rule, snapshot: &Snapshot) -> Option<Policy> {
    match rule {
        Rule::Fixed(policy) => Some(*policy),
        Rule::Chosen(costs) => snapshot.policy(costs).ok().map(|point| point.policy),
    }
}
