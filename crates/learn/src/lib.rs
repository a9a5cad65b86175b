//! Quantiles, survival, calibration: numbers that know their uncertainty.
//!
//! Invariant: everything here is a value computed from values. The [`Model`] holds integer counts only, so that the order of
//! observations does not matter and two models can be added; weights, rates and chances exist only in a [`Snapshot`]. An outcome counts
//! from the moment it is observed, never before; what is still open counts as having taken at least so long. Every figure says what it
//! was learned from, and where too little is known there is none: [`NotReady`].
//!
//! Deliberately absent: input and output, clocks, threads, locks, randomness, and texts that a person reads. The watermark, up to which
//! facts were observed, belongs to whoever keeps the model.
//!
//! # In use
//!
//! ```
//! use kept_learn::{Case, Costs, DAY, Exit, Features, HOUR, Model, Settings, Stage};
//!
//! // The model of a shop in France: the local day is (about) an hour ahead of UTC. Kept behind a watermark, stored as JSON.
//! let mut model = Model::new(Settings { grid: kept_learn::Grid { ahead: HOUR }, ..Settings::default() });
//! let features = Features { carrier: "colissimo".into(), service: "home".into(), lane: "75>13".into(), band: "8".into() };
//!
//! // Each fact once, when it becomes known: entering a stage, leaving it, and what became of the promise.
//! for parcel in 0..200 {
//!     let placed = parcel * 6 * HOUR;
//!     let (handed_over, due) = (placed + DAY, placed + 8 * DAY);
//!     let delivered = handed_over + (2 + parcel % 7) * DAY;
//!     model.observe_entry(&features, Stage::Placed, placed);
//!     model.observe_exit(&features, Stage::Placed, placed, handed_over, Exit::To(Stage::InNetwork));
//!     model.observe_entry(&features, Stage::InNetwork, handed_over);
//!     // While the promise is open: what it looks like at the looks ahead, kept with it and renewed with each word and each day.
//!     let case = Case { features: features.clone(), stage: Stage::InNetwork, since: handed_over, due };
//!     let glances = model.snapshot(handed_over).glances(&case, handed_over).unwrap_or_default();
//!     model.observe_exit(&features, Stage::InNetwork, handed_over, delivered, Exit::Delivered);
//!     // Late is known at the due moment already. Only looks that came while it was open.
//!     let known_at = delivered.min(due);
//!     let passed: Vec<_> = glances.into_iter().filter(|glance| due - glance.notice < known_at).collect();
//!     model.observe_outcome(&passed, delivered >= due, known_at);
//! }
//!
//! // Taken now and then (each hour, each day), shared behind an Arc, read without a lock.
//! let now = 60 * DAY;
//! let snapshot = model.snapshot(now);
//! let case = Case { features, stage: Stage::InNetwork, since: now - 2 * DAY, due: now + 4 * DAY };
//! let forecast = snapshot.late(&case, now)?;
//! assert!((0.0..=1.0).contains(&forecast.probability));
//! assert_eq!(forecast.basis.level, kept_learn::Level::Band);
//!
//! // The moment in advance at which a rule will warn if nothing more is heard: what a watch is set to. Ask again with each new snapshot.
//! let policy = snapshot.policy(&Costs::default()).map(|point| point.policy).unwrap_or(kept_learn::Policy { notice: 2 * DAY + 6 * HOUR, threshold: 0.5 });
//! if let Some(at) = snapshot.warning(&case, now, &policy)? {
//!     assert!(at >= now && at < case.due);
//! }
//!
//! // Silence beyond this moment is out of the ordinary: nineteen of twenty have moved on by then.
//! let ordinary = snapshot.stay(&case.features, case.stage, case.since, 0.95)?;
//! assert!(ordinary.until > case.since);
//!
//! // A day that nine of ten such parcels keep.
//! let arrival = snapshot.arrival(&case, now, 0.9)?;
//! assert!(arrival.by > now && arrival.probability >= 0.9);
//! // Once it came, or the day passed without it: whether such days are kept is itself learned, and quoting stops if they are not.
//! model.observe_estimate(arrival.share, true, arrival.by);
//! # Ok::<(), kept_learn::NotReady>(())
//! ```
//!
//! # What to tell it, and when
//!
//! | when | call |
//! |---|---|
//! | ordered, handed over, at the depot, out for delivery | [`Model::observe_exit`] of the stage before, [`Model::observe_entry`] of the new one |
//! | delivered | [`Model::observe_exit`] with [`Exit::Delivered`] |
//! | cancelled, returned, lost, given up | [`Model::observe_exit`] with [`Exit::Censored`] |
//! | while a promise is open: at each word and at least once a day | keep [`Snapshot::glances`] with it; at the hand-over one more [`Glance`], from [`Snapshot::late`] |
//! | kept, or its due moment passed | [`Model::observe_outcome`] with the glances whose moment came; once |
//! | a quoted day was met or missed | [`Model::observe_estimate`] |
//! | once a day | [`Model::prune`], [`Model::snapshot`] |
//!
//! A promise without a parcel works the same: it stays at [`Stage::Placed`] until it is kept. Features must be the same at the entry and
//! the exit of a stage.
//!
//! # How it works
//!
//! Time is counted in quarters of a local day ([`STEP`]). For each stage and group the model counts who was there to leave at each age,
//! and who left: a life table of the calendar's weeks, in which an open parcel is a parcel at risk. A snapshot weights weeks by their age,
//! separates age from the place in the week, corrects by the pace of the last weeks, and lets each finer group ([`Level`]) move the coarser
//! one's rate as far as its own exits carry. The chance of being late follows by going through the stages backwards from the due moment,
//! which gives the chance at every step ahead in one pass; that is why [`Snapshot::crossing`] equals asking step by step.
//!
//! Raw chances are corrected by what became of earlier ones: an isotonic curve for each [`Look`], pulled towards no correction, which
//! follows drift where it is more than chance. The warning rule is the cheapest of a grid of rules, each judged on all outcomes known.
//! `examples/orders.rs` replays histories and prints what all of it was worth; `examples/speed.rs` what it takes.
//!
//! Known limits: a hazard depends on the age in a stage and not on how near the promised day is, so where carriers aim at that day
//! (business-to-business lines) raw chances are coarse and days quoted weeks ahead are kept less often than declared, until the record
//! stops them. Holidays are not known; the pace follows them a week late. Ages beyond ninety days count as lost.

mod calibration;
mod compare;
mod counts;
mod estimates;
mod features;
mod forecast;
mod grid;
mod interval;
mod isotonic;
mod model;
mod policy;
mod quantile;
pub mod score;
mod snapshot;
mod survival;

pub use calibration::Look;
pub use compare::{Against, Change, Stratum, against_expected, change};
pub use features::{Exit, Features, Level, Stage};
pub use forecast::{Arrival, Case, Forecast, Stay};
pub use grid::{DAY, Grid, HOUR, STEP};
pub use interval::Share;
pub use isotonic::isotonic;
pub use model::{Model, Settings};
pub use policy::{Costs, Glance, NOTICES, Point, Policy};
pub use quantile::{Quantile, quantile};
pub use snapshot::{Basis, NotReady, Pace, Snapshot};
pub use survival::{Spell, Spells, Survival, ended_by, kaplan_meier, kaplan_meier_counted};
