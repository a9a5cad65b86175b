//! What an open promise looks like to the counts.

use kept_base::millis;
use kept_learn::{Case, DAY, Features, Stage};

use crate::order::Order;
use crate::parcel::Parcel;
use crate::promise::Promise;
use crate::vocabulary::Milestone;

/// The stage of a milestone; none where nothing is learned: it arrived, turned back, or nobody knows what it means.
pub(super) fn stage(milestone: Milestone) -> Option<Stage> {
    match milestone {
        Milestone::Announced => Some(Stage::Placed),
        Milestone::HandedOver | Milestone::InNetwork | Milestone::Customs => Some(Stage::InNetwork),
        Milestone::AtLocalDepot | Milestone::AvailableForPickup => Some(Stage::AtDepot),
        Milestone::OutForDelivery => Some(Stage::OutForDelivery),
        Milestone::Delivered | Milestone::Returning | Milestone::Returned | Milestone::Cancelled | Milestone::Unknown => None,
    }
}

/// How long a promise was, in bands of days: upper bounds, included.
pub(crate) fn band(length: i64) -> String {
    const BOUNDS: [i64; 12] = [1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 28, 35];
    BOUNDS.into_iter().find(|bound| length <= bound * DAY).map_or_else(|| "more".to_owned(), |bound| bound.to_string())
}

/// What a parcel on its way is counted by, whatever was promised of it.
pub(super) fn on_the_way(carrier: &str, order: Option<&Order>) -> Features {
    Features {
        carrier: carrier.to_owned(),
        service: String::new(),
        lane: lane(order.and_then(|order| order.country)),
        band: String::new(),
    }
}

/// Where a parcel goes, as lanes are told apart.
pub(crate) fn lane(country: Option<kept_base::Country>) -> String {
    country.map(|country| country.to_string()).unwrap_or_default()
}

/// One case for each parcel under way, and one for what is in none yet.
pub(super) fn cases(promise: &Promise, order: Option<&Order>, parcels: &[&Parcel], usual_carrier: &str) -> Vec<Case> {
    let Some(due) = promise.due.as_ref().map(|due| millis(due.at)) else { return Vec::new() };
    let placed = order.map_or(promise.made_at, |order| order.placed_at.min(promise.made_at));
    let lane = lane(order.and_then(|order| order.country));
    let features = |carrier: &str| Features {
        carrier: carrier.to_owned(),
        service: String::new(),
        lane: lane.clone(),
        band: band(due - promise.made_at),
    };
    // What is in no parcel yet, while the rest may have arrived.
    let unsent = || Case { features: features(usual_carrier), stage: Stage::Placed, since: placed, due };
    if parcels.is_empty() {
        return vec![unsent()];
    }
    let under_way = parcels.iter().filter_map(|parcel| {
        let stage = stage(parcel.milestone)?;
        let since = if stage == Stage::Placed { placed } else { entered(parcel, stage) };
        Some(Case { features: features(&parcel.carrier), stage, since, due })
    });
    under_way.chain(promise.lacks_parcel(parcels).then(unsent)).collect()
}

/// When a parcel came to where it stands: the first of its last scans that say so without a break.
fn entered(parcel: &Parcel, standing: Stage) -> i64 {
    let last = parcel.scans.iter().rev().filter(|scan| scan.milestone != Milestone::Unknown);
    let there = last.take_while(|scan| stage(scan.milestone) == Some(standing));
    there.map(|scan| scan.at).last().unwrap_or(parcel.first_seen)
}
