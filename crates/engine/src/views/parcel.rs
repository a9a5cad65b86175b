//! A parcel.

use kept_domain::parcel::Parcel;
use kept_domain::promise::Promise;
use kept_domain::vocabulary::{ExceptionKind, Milestone};

use super::{FactLine, OrderFile, PromiseLine};

/// A parcel in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ParcelLine {
    /// The parcel.
    pub parcel: Parcel,
    /// The order's number.
    pub order_number: Option<String>,
    /// The delivery promise.
    pub promise: Option<Promise>,
}

/// What a list of parcels shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParcelFilter {
    /// Only at this milestone.
    pub milestone: Option<Milestone>,
    /// Only with this exception open.
    pub exception: Option<ExceptionKind>,
    /// Only with any exception open.
    pub in_trouble: bool,
    /// Only of this carrier.
    pub carrier: Option<String>,
    /// Only those that stand still at this place.
    pub standing_at: Option<i64>,
    /// Only those still waiting for their order.
    pub without_order: bool,
    /// Only those under way.
    pub open_only: bool,
    /// A tracking or order number.
    pub search: Option<String>,
    /// Start after this row.
    pub after: Option<String>,
    /// Rows a page; 50 unless said.
    pub limit: Option<u32>,
}

/// Everything about one parcel.
#[derive(Clone, Debug, PartialEq)]
pub struct ParcelFile {
    /// The parcel.
    pub parcel: Parcel,
    /// Its order.
    pub order: Option<OrderFile>,
    /// Its promise.
    pub promise: Option<PromiseLine>,
    /// Every scan, newest first, as facts with the carrier's raw words.
    pub facts: Vec<FactLine>,
}
