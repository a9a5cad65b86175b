//! A made-up world whose rules are known: lanes, weekdays, a network that slows down and speeds up, and parcels that get stuck. The
//! oracle knows the rules and what has happened so far, and not what will: nobody can forecast better.

use kept_learn::score::{auc, average_precision, calibration_error};
use kept_learn::{DAY, Features, STEP, Settings};

use crate::replay::{Order, Play, Rule};
use crate::table::Look;

/// Steps of a week.
const WEEK: i64 = 28;
/// So many of a thousand get stuck when they are handed over.
const STUCK: u64 = 40;

struct Lane {
    carrier: &'static str,
    name: &'static str,
    /// Steps that every parcel takes at least.
    least: i64,
    /// Share that is delivered in a step after that.
    rate: f64,
    /// Days that are promised, before what the shop adds.
    promised: i64,
}

const LANES: [Lane; 6] = [
    Lane { carrier: "swift", name: "near", least: 3, rate: 0.30, promised: 5 },
    Lane { carrier: "swift", name: "far", least: 8, rate: 0.16, promised: 9 },
    Lane { carrier: "steady", name: "near", least: 5, rate: 0.20, promised: 6 },
    Lane { carrier: "steady", name: "far", least: 10, rate: 0.12, promised: 11 },
    Lane { carrier: "steady", name: "island", least: 16, rate: 0.08, promised: 16 },
    Lane { carrier: "cheap", name: "far", least: 9, rate: 0.07, promised: 16 },
];

/// Orders of so many weeks, so many a day; the same for the same seed.
pub fn orders(seed: u64, weeks: i64, a_day: i64) -> Vec<Order> {
    let mut rng = Rng(seed);
    let mut orders = Vec::new();
    for day in 0..weeks * 7 {
        for _ in 0..a_day {
            orders.push(order(&mut rng, day));
        }
    }
    orders.sort_by_key(|order| order.placed);
    orders
}

fn order(rng: &mut Rng, day: i64) -> Order {
    let placed = day * DAY + rng.below(DAY);
    let lane = LANES.get(rng.below(6) as usize).unwrap_or(&LANES[0]);
    let promised = lane.promised + rng.below(4);
    let mut step = placed / STEP;
    while !rng.happens(hand_over(step)) {
        step += 1;
    }
    let entered = step;
    // Within the step, and not before the order.
    let handed_over = within(rng, step).max(placed);
    let stuck = rng.next() % 1000 < STUCK;
    step += 1;
    while !rng.happens(delivery(lane, step - entered, step, stuck)) {
        step += 1;
    }
    Order {
        placed,
        handed_over: Some(handed_over),
        delivered: Some(within(rng, step)),
        due: (day + promised + 1) * DAY,
        features: Features { carrier: lane.carrier.to_owned(), lane: lane.name.to_owned(), ..Features::default() },
        scored: true,
    }
}

fn within(rng: &mut Rng, step: i64) -> i64 {
    step * STEP + rng.below(STEP)
}

/// Share that is handed over in a step: in the two later quarters of working days.
fn hand_over(step: i64) -> f64 {
    let (day, quarter) = (step / 4 % 7, step % 4);
    if day < 5 && quarter >= 2 { 0.4 } else { 0.0 }
}

/// Share that is delivered in a step.
fn delivery(lane: &Lane, age: i64, step: i64, stuck: bool) -> f64 {
    if age < lane.least {
        return 0.0;
    }
    let by_day = [1.1, 1.0, 1.0, 1.0, 1.2, 0.4, 0.0].get((step / 4 % 7) as usize).copied().unwrap_or(1.0);
    let by_quarter = [0.0, 1.0, 1.8, 1.2].get((step % 4) as usize).copied().unwrap_or(1.0);
    let pace = match step / WEEK {
        22..30 => 0.6,
        40..48 => 1.5,
        _ => 1.0,
    };
    let rate = if stuck { 0.15 } else { 1.0 } * lane.rate * by_day * by_quarter * pace;
    rate.min(0.9)
}

/// The chance that an order is late, by who knows the rules: at the start of the step of `now`, from what has happened by then.
pub fn oracle(order: &Order, now: i64) -> f64 {
    let lane = LANES.iter().find(|lane| lane.carrier == order.features.carrier && lane.name == order.features.lane);
    let lane = lane.unwrap_or(&LANES[0]);
    let (first, end) = (now / STEP, order.due / STEP);
    if let Some(handed_over) = order.handed_over.filter(|at| *at < now) {
        return from_network(lane, handed_over / STEP, first, end);
    }
    let (mut there, mut late) = (1.0, 0.0);
    for step in first..end {
        late += there * hand_over(step) * from_network(lane, step, step + 1, end);
        there *= 1.0 - hand_over(step);
    }
    late + there
}

/// The chance of still being under way at `end`, for who entered at a step and is so at `first`; stuck or not is not known.
fn from_network(lane: &Lane, entered: i64, first: i64, end: i64) -> f64 {
    let lasts = |from: i64, until: i64, stuck: bool| -> f64 {
        (from..until).map(|step| 1.0 - delivery(lane, step - entered, step, stuck)).product()
    };
    let prior = STUCK as f64 / 1000.0;
    let (mut still, mut late) = (0.0, 0.0);
    for (share, stuck) in [(prior, true), (1.0 - prior, false)] {
        let so_far = share * lasts(entered + 1, first, stuck);
        still += so_far;
        late += so_far * lasts(first, end, stuck);
    }
    late / still
}

/// How far the model's forecasts of one look are from the oracle's.
#[derive(Clone, Copy, Debug)]
pub struct Distance {
    pub n: usize,
    pub late: f64,
    pub precision: f64,
    pub best_precision: f64,
    pub area: f64,
    pub best_area: f64,
    pub error: f64,
    pub best_error: f64,
    pub floor: f64,
    /// Mean distance of the two chances.
    pub apart: f64,
}

impl std::fmt::Display for Distance {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "n {} late {:.3} | AP {:.3}, oracle {:.3} | AUC {:.3}, oracle {:.3} | ECE {:.3}, oracle {:.3}, floor {:.3} | apart {:.3}",
            self.n,
            self.late,
            self.precision,
            self.best_precision,
            self.area,
            self.best_area,
            self.error,
            self.best_error,
            self.floor,
            self.apart
        )
    }
}

/// Plays so many weeks of the world, so many orders a day, and compares from the tenth week to the last but three.
pub fn compare(seed: u64, weeks: i64, a_day: i64) -> Vec<(&'static str, Distance)> {
    let orders = orders(seed, weeks, a_day);
    let rules: [Rule; 0] = [];
    let (tracks, _) = Play { rules: &rules, settings: Settings::default(), shares: &[], until: None }.run(&orders);
    let mut found = Vec::new();
    for look in [Look::Week, Look::ThreeDays, Look::Warning] {
        let tested = tracks.iter().filter(|track| track.order.placed >= 70 * DAY && track.order.placed < (weeks - 3) * 7 * DAY);
        let rows: Vec<(f64, f64, bool)> = tested
            .filter_map(|track| Some((track, look.of(track)?)))
            .map(|(track, glance)| {
                (glance.probability, oracle(&track.order, track.order.due - glance.notice), track.order.late())
            })
            .collect();
        let model: Vec<(f64, bool)> = rows.iter().map(|(chance, _, late)| (*chance, *late)).collect();
        let best: Vec<(f64, bool)> = rows.iter().map(|(_, chance, late)| (*chance, *late)).collect();
        let (Some(error), Some(best_error)) = (calibration_error(&model), calibration_error(&best)) else { continue };
        let nothing = f64::NAN;
        found.push((
            look.name(),
            Distance {
                n: rows.len(),
                late: model.iter().filter(|(_, late)| *late).count() as f64 / rows.len() as f64,
                precision: average_precision(&model).unwrap_or(nothing),
                best_precision: average_precision(&best).unwrap_or(nothing),
                area: auc(&model).unwrap_or(nothing),
                best_area: auc(&best).unwrap_or(nothing),
                error: error.error,
                best_error: best_error.error,
                floor: error.floor,
                apart: rows.iter().map(|(chance, best, _)| (chance - best).abs()).sum::<f64>() / rows.len() as f64,
            },
        ));
    }
    found
}

/// SplitMix64.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: i64) -> i64 {
        (self.next() % bound.unsigned_abs().max(1)) as i64
    }

    fn happens(&mut self, share: f64) -> bool {
        ((self.next() >> 11) as f64 / (1u64 << 53) as f64) < share
    }
}
