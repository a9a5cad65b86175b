//! Figures of a period.

use serde::Serialize;

/// Figures that nobody can improve by clicking: by first due, amended ones apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Promises whose first due lies in the period (or that ended in it, where they had none).
    pub due: u64,
    /// Kept by first due.
    pub kept: Share,
    /// Kept after it.
    pub kept_late: Share,
    /// Broken, with withdrawals.
    pub broken: Share,
    /// Of the broken ones, those that the company gave up.
    pub withdrawn: Share,
    /// The customer let us off before the first due: neutral.
    pub released: u64,
    /// Past due and still open.
    pub late_open: u64,
    /// Still open and not yet due.
    pub open: u64,
    /// Moved by the customer: neutral.
    pub amended: u64,
    /// Disputed and not settled: counted nowhere else.
    pub disputed: u64,
    /// Of those not kept in time: told before the due and before they asked.
    pub told_first: Share,
    /// Share of promises whose customers' mail we can reach.
    pub coverage: Share,
    /// Promises about which the customer had to ask.
    pub chased: Share,
    /// Contacts in which they had to ask.
    pub chasers: u64,
    /// Warned, then kept in time, of all warned.
    pub needless: Share,
    /// Of those kept, in time or late: on the word of a person of the team.
    pub by_hand: Share,
    /// The same, where that person answered for it, then or before.
    pub own_hand: Share,
    /// By who answers, those with something closed by hand: on a person's word.
    pub by_hand_by_owner: Vec<(String, Share)>,
    /// The same owners: on their own word.
    pub own_hand_by_owner: Vec<(String, Share)>,
    /// Length of promises in hours: median and 90th percentile, with n.
    pub length_hours: Quantiles,
    /// Notice given by warnings before the due, in hours.
    pub lead_hours: Quantiles,
    /// For how long money was held that is to be paid back, from the order until all was paid back or until now, in hours.
    pub held_hours: Quantiles,
    /// The same by carrier: kept by first due.
    pub by_carrier: Vec<(String, Share)>,
    /// By kind of promise.
    pub by_kind: Vec<(String, Share)>,
    /// By who gave the word.
    pub by_giver: Vec<(String, Share)>,
    /// By who answers.
    pub by_owner: Vec<(String, Share)>,
    /// Month by month: its first day and share.
    pub by_month: Vec<(jiff::civil::Date, Share)>,
    /// Kept by first due, week by week: Monday's date and share.
    pub by_week: Vec<(jiff::civil::Date, Share)>,
}

/// A share with its count and Wilson 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// Lower end, 0 to 1; 0 when `of` is 0.
    pub low: f64,
    /// Upper end, 0 to 1; 1 when `of` is 0.
    pub high: f64,
}

/// Median and 90th percentile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Quantiles {
    /// How many values.
    pub n: u64,
    /// Median.
    pub median: Option<f64>,
    /// 90th percentile.
    pub p90: Option<f64>,
}
