//! Parcels as the API shows them.

use kept_domain::parcel::Parcel;
use kept_engine::views::ParcelFile;
use serde::Serialize;
use utoipa::ToSchema;

use super::{FactBody, OrderBody, PromiseBody, Sight, iso};

/// A parcel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParcelBody {
    /// `par_…`
    pub id: String,
    /// Carrier.
    pub carrier: String,
    /// The carrier's number.
    pub tracking_number: String,
    /// `ord_…`, once known.
    pub order: Option<String>,
    /// The shop's number of the order.
    pub order_number: Option<String>,
    /// The delivery promise it serves: `prm_…`
    pub promise: Option<String>,
    /// How far it is.
    pub milestone: String,
    /// What is or was wrong.
    pub exceptions: Vec<ExceptionBody>,
    /// The day its carrier expects to deliver.
    pub carrier_estimate: Option<String>,
    /// When first heard of.
    pub first_seen: String,
    /// The last scan; null when there was none.
    pub last_scan: Option<String>,
    /// How many scans there are.
    pub scans: usize,
}

/// What is or was wrong with a parcel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExceptionBody {
    /// `lost`, `damaged`, `stalled_in_network` …
    pub kind: String,
    /// Whose cause, as claimed: `carrier`, `merchant`, `recipient`, `customs`, `force_majeure`, `unknown`.
    #[schema(value_type = String)]
    pub cause: kept_domain::vocabulary::Cause,
    /// `carrier_event`, `silence`, `promise`, `customer`.
    #[schema(value_type = String)]
    pub opened_by: kept_domain::vocabulary::OpenedBy,
    /// Since.
    pub opened_at: String,
    /// Over since.
    pub resolved_at: Option<String>,
    /// The customer says that it is not so.
    pub contested: bool,
}

/// Everything about one parcel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParcelFileBody {
    /// The parcel.
    pub parcel: ParcelBody,
    /// Its order.
    pub order: Option<OrderBody>,
    /// Its promise.
    pub promise: Option<PromiseBody>,
    /// Scans and other facts, newest first.
    pub facts: Vec<FactBody>,
}

impl ParcelBody {
    /// A parcel.
    #[must_use]
    pub fn of(parcel: &Parcel, order_number: Option<&str>) -> ParcelBody {
        let exceptions = parcel.exceptions.iter().map(|exception| ExceptionBody {
            kind: exception.kind.word().to_owned(),
            cause: exception.cause,
            opened_by: exception.opened_by,
            opened_at: iso(exception.opened_at),
            resolved_at: exception.resolved_at.map(iso),
            contested: exception.contested,
        });
        ParcelBody {
            id: parcel.id.to_string(),
            carrier: parcel.carrier.clone(),
            tracking_number: parcel.tracking_number.clone(),
            order: parcel.order.map(|id| id.to_string()),
            order_number: order_number.map(ToOwned::to_owned),
            promise: parcel.promise.map(|id| id.to_string()),
            milestone: parcel.milestone.word().to_owned(),
            exceptions: exceptions.collect(),
            carrier_estimate: parcel.carrier_estimate.map(|(day, _)| day.to_string()),
            first_seen: iso(parcel.first_seen),
            last_scan: parcel.scans.last().map(|scan| iso(scan.at)),
            scans: parcel.scans.len(),
        }
    }
}

impl ParcelFileBody {
    /// Everything about a parcel.
    #[must_use]
    pub fn of(file: &ParcelFile, sight: Sight) -> ParcelFileBody {
        ParcelFileBody {
            parcel: ParcelBody::of(&file.parcel, file.order.as_ref().map(|order| order.order.number.as_str())),
            order: file.order.as_ref().map(|order| OrderBody::of(order, sight)),
            promise: file.promise.as_ref().map(|promise| PromiseBody::of(promise, sight)),
            facts: file.facts.iter().map(FactBody::of).collect(),
        }
    }
}
