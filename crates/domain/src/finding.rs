//! Findings: what the watch sees of a parcel that nobody reported, because time passed and something did not happen.

use kept_base::Position;
use serde::{Deserialize, Serialize};

use crate::parcel::{Parcel, Scan};
use crate::signal::SignalKind;
use crate::vocabulary::{ExceptionKind, Milestone};

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// A label exists, and nobody handed the parcel over.
    LabelNotHandedOver,
    /// The shop handed it over, and the carrier never scanned it.
    NoFirstScan,
    /// The carrier does not know the number.
    TrackingNumberUnknown,
    /// Nothing was heard on the way.
    StalledInNetwork,
    /// Scans go on, and all at one place.
    StuckAtHub,
    /// Out for delivery, and the day ended without a word.
    OutForDeliveryNotClosed,
    /// It waits at the pick-up point since a day.
    PickupReminder,
    /// The pick-up point will soon send it back.
    PickupAboutToExpire,
    /// Nothing was heard for so long that it must be taken for lost.
    PresumedLost,
}

impl Finding {
    /// All findings.
    pub const ALL: [Finding; 9] = [
        Finding::LabelNotHandedOver,
        Finding::NoFirstScan,
        Finding::TrackingNumberUnknown,
        Finding::StalledInNetwork,
        Finding::StuckAtHub,
        Finding::OutForDeliveryNotClosed,
        Finding::PickupReminder,
        Finding::PickupAboutToExpire,
        Finding::PresumedLost,
    ];

    /// The word in packs.
    pub fn word(self) -> &'static str {
        match self {
            Finding::LabelNotHandedOver => "label_not_handed_over",
            Finding::NoFirstScan => "no_first_scan",
            Finding::TrackingNumberUnknown => "tracking_number_unknown",
            Finding::StalledInNetwork => "stalled_in_network",
            Finding::StuckAtHub => "stuck_at_hub",
            Finding::OutForDeliveryNotClosed => "out_for_delivery_not_closed",
            Finding::PickupReminder => "pickup_reminder",
            Finding::PickupAboutToExpire => "pickup_about_to_expire",
            Finding::PresumedLost => "presumed_lost",
        }
    }

    /// The signal's reason; two of them are older than findings.
    pub fn reason(self) -> &'static str {
        match self {
            Finding::LabelNotHandedOver => "not_handed_over",
            Finding::StalledInNetwork => "silent",
            other => other.word(),
        }
    }

    /// The finding behind a signal's reason.
    pub fn of_reason(reason: &str) -> Option<Finding> {
        Finding::ALL.into_iter().find(|finding| finding.reason() == reason)
    }

    /// The signal that is raised.
    pub fn signal(self) -> SignalKind {
        match self {
            Finding::LabelNotHandedOver | Finding::StalledInNetwork | Finding::StuckAtHub | Finding::OutForDeliveryNotClosed => {
                SignalKind::Silent
            }
            Finding::NoFirstScan | Finding::TrackingNumberUnknown => SignalKind::Unseen,
            Finding::PickupReminder | Finding::PickupAboutToExpire => SignalKind::PickupReminder,
            Finding::PresumedLost => SignalKind::Lost,
        }
    }

    /// What it opens on the parcel; a reminder opens nothing.
    pub fn exception(self) -> Option<ExceptionKind> {
        match self {
            Finding::LabelNotHandedOver => Some(ExceptionKind::LabelNotHandedOver),
            Finding::NoFirstScan => Some(ExceptionKind::NoFirstScan),
            Finding::TrackingNumberUnknown => Some(ExceptionKind::TrackingNumberUnknown),
            Finding::StalledInNetwork => Some(ExceptionKind::StalledInNetwork),
            Finding::StuckAtHub => Some(ExceptionKind::StuckAtHub),
            Finding::OutForDeliveryNotClosed => Some(ExceptionKind::OutForDeliveryNotClosed),
            Finding::PickupReminder => None,
            Finding::PickupAboutToExpire => Some(ExceptionKind::PickupAboutToExpire),
            Finding::PresumedLost => Some(ExceptionKind::PresumedLost),
        }
    }

    /// Since when the parcel has been as the finding describes it, and the fact that began it; `None` where it is not.
    pub fn since(self, parcel: &Parcel) -> Option<(i64, Position)> {
        let last = parcel.last_scan();
        let mark = |scan: &Scan| (scan.at, scan.position);
        match self {
            Finding::LabelNotHandedOver if parcel.milestone == Milestone::Announced => Some(match last {
                Some(scan) => mark(scan),
                None => (parcel.first_seen, parcel.facts.first().copied().unwrap_or_default()),
            }),
            Finding::NoFirstScan if parcel.milestone == Milestone::Announced => parcel.manifested,
            Finding::TrackingNumberUnknown if parcel.milestone == Milestone::Announced => parcel.not_found,
            Finding::StalledInNetwork if is_travelling(parcel.milestone) => last.map(mark),
            Finding::StuckAtHub if is_travelling(parcel.milestone) => {
                let last = last.filter(|scan| scan.place != 0)?;
                // A next step at the same place is a step.
                let same = |scan: &&Scan| scan.place == last.place && scan.milestone == last.milestone;
                let mut there = parcel.scans.iter().rev().take_while(same);
                // One scan at a place is a silence, if anything.
                there.next()?;
                there.last().map(mark)
            }
            Finding::OutForDeliveryNotClosed if parcel.milestone == Milestone::OutForDelivery => last.map(mark),
            Finding::PickupReminder | Finding::PickupAboutToExpire if parcel.milestone == Milestone::AvailableForPickup => {
                let known = parcel.scans.iter().rev().filter(|scan| scan.milestone != Milestone::Unknown);
                known.take_while(|scan| scan.milestone == Milestone::AvailableForPickup).last().map(mark)
            }
            Finding::PresumedLost if is_travelling(parcel.milestone) || parcel.milestone == Milestone::OutForDelivery => {
                last.map(mark)
            }
            _ => None,
        }
    }

    /// Whether it was found already since then.
    pub fn has_fired(self, parcel: &Parcel, armed_by: Position) -> bool {
        parcel.fired.iter().any(|(finding, armed)| *finding == self && *armed == armed_by)
    }

    /// Whether something more serious is open on the parcel: then this one would be noise.
    pub fn is_outweighed(self, parcel: &Parcel) -> bool {
        let own = self.exception().map_or(0, ExceptionKind::weight);
        parcel.open_exceptions().any(|exception| exception.kind.weight() > own)
    }
}

fn is_travelling(milestone: Milestone) -> bool {
    matches!(milestone, Milestone::HandedOver | Milestone::InNetwork | Milestone::Customs | Milestone::AtLocalDepot)
}
