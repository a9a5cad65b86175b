//! News about parcels, by shops and carriers.

use kept_base::Moment;
use serde::{Deserialize, Serialize};

use crate::vocabulary::{ExceptionKind, Milestone};

/// A parcel exists for an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelAnnounced {
    /// The order it belongs to.
    pub order_number: String,
    /// The carrier: `laposte`, `chronopost`, `dpd` …
    pub carrier: String,
    /// The carrier's number.
    pub tracking_number: String,
    /// When the label was made.
    #[serde(flatten)]
    pub at: Moment,
    /// Article numbers inside; empty means all that travel in no other parcel.
    #[serde(default)]
    pub skus: Vec<String>,
}

/// A carrier said something about a parcel. The output of every parser and the parcel fact of `kept parse`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelScanned {
    /// The carrier's number.
    pub tracking_number: String,
    /// The carrier.
    pub carrier: String,
    /// The source's code, as it came.
    pub code: String,
    /// The source's words, as they came.
    #[serde(default)]
    pub text: String,
    /// Where, as it came.
    #[serde(default)]
    pub location: Option<String>,
    /// When: wall clock as given, and what is known of its offset.
    #[serde(flatten)]
    pub at: Moment,
    /// What the code means.
    pub milestone: Milestone,
    /// What is wrong, if it says so.
    #[serde(default)]
    pub exception: Option<ExceptionKind>,
    /// The order it belongs to, where the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
    /// The moment promised, where the source itself carries it (own facts).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<Moment>,
}

/// The shop handed a parcel over: the carrier ought to scan it within the day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelManifested {
    /// The carrier's number.
    pub tracking_number: String,
    /// The carrier.
    pub carrier: String,
    /// When it was handed over.
    #[serde(flatten)]
    pub at: Moment,
}

/// A carrier does not know a parcel's number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelNotFound {
    /// The number.
    pub tracking_number: String,
    /// The carrier that was asked.
    pub carrier: String,
    /// When it said so.
    #[serde(flatten)]
    pub at: Moment,
}

/// A source took back a scan: it did not happen, or not so. It names the scan by what makes it that scan, whether it has come yet
/// or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelScanWithdrawn {
    /// The carrier's number.
    pub tracking_number: String,
    /// The carrier.
    pub carrier: String,
    /// The scan's code, as it came.
    pub code: String,
    /// The scan's place, as it came.
    #[serde(default)]
    pub location: Option<String>,
    /// The scan's moment.
    #[serde(flatten)]
    pub at: Moment,
    /// Why, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A carrier or aggregator gave the day it expects to deliver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelEstimated {
    /// The carrier's number.
    pub tracking_number: String,
    /// The carrier.
    pub carrier: String,
    /// When it said so.
    #[serde(flatten)]
    pub at: Moment,
    /// The day it expects.
    pub expected_day: jiff::civil::Date,
}
