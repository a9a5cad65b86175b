//! The two axes of a parcel: how far it is, and what is wrong.
//!
//! They are never one flat status: a parcel can be in the network *and* damaged.

use serde::{Deserialize, Serialize};

/// How far a parcel is.
///
/// `Unknown` means that a source said something which no table maps: it is kept, counted and shown, and moves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// A label exists; nobody has seen the parcel.
    Announced,
    /// The carrier has it.
    HandedOver,
    /// On its way between sites.
    InNetwork,
    /// With a customs office.
    Customs,
    /// At the last site before the door.
    AtLocalDepot,
    /// In the van.
    OutForDelivery,
    /// Waits at a counter or in a locker.
    AvailableForPickup,
    /// Delivered, as the carrier claims.
    Delivered,
    /// On its way back to the sender.
    Returning,
    /// Back at the sender.
    Returned,
    /// The shipment was cancelled.
    Cancelled,
    /// A code that no table maps.
    Unknown,
}

impl Milestone {
    /// All milestones in their order.
    pub const ALL: [Milestone; 12] = [
        Milestone::Announced,
        Milestone::HandedOver,
        Milestone::InNetwork,
        Milestone::Customs,
        Milestone::AtLocalDepot,
        Milestone::OutForDelivery,
        Milestone::AvailableForPickup,
        Milestone::Delivered,
        Milestone::Returning,
        Milestone::Returned,
        Milestone::Cancelled,
        Milestone::Unknown,
    ];

    /// The rank by which "further" is judged; customs and the network share one, since parcels pass between them.
    pub fn rank(self) -> u8 {
        match self {
            Milestone::Unknown => 0,
            Milestone::Announced => 1,
            Milestone::HandedOver => 2,
            Milestone::InNetwork | Milestone::Customs => 3,
            Milestone::AtLocalDepot => 4,
            Milestone::OutForDelivery => 5,
            Milestone::AvailableForPickup => 6,
            Milestone::Delivered => 7,
            Milestone::Returning => 8,
            Milestone::Returned => 9,
            Milestone::Cancelled => 10,
        }
    }

    /// Nothing more is to be expected of the carrier.
    pub fn is_final(self) -> bool {
        matches!(self, Milestone::Delivered | Milestone::Returned | Milestone::Cancelled)
    }

    /// The word used in facts, in the API and as a key of texts.
    pub fn word(self) -> &'static str {
        match self {
            Milestone::Announced => "announced",
            Milestone::HandedOver => "handed_over",
            Milestone::InNetwork => "in_network",
            Milestone::Customs => "customs",
            Milestone::AtLocalDepot => "at_local_depot",
            Milestone::OutForDelivery => "out_for_delivery",
            Milestone::AvailableForPickup => "available_for_pickup",
            Milestone::Delivered => "delivered",
            Milestone::Returning => "returning",
            Milestone::Returned => "returned",
            Milestone::Cancelled => "cancelled",
            Milestone::Unknown => "unknown",
        }
    }

    /// The milestone of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Milestone> {
        Milestone::ALL.into_iter().find(|milestone| milestone.word() == word)
    }
}

macro_rules! exceptions {
    ($($variant:ident = $word:literal, $cause:ident, $doc:literal;)+) => {
        /// What is wrong with a parcel.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ExceptionKind { $(#[doc = $doc] $variant,)+ }

        impl ExceptionKind {
            /// Every kind.
            pub const ALL: &'static [ExceptionKind] = &[$(ExceptionKind::$variant,)+];

            /// The word used in facts, in the API and as a key of texts.
            pub fn word(self) -> &'static str {
                match self { $(ExceptionKind::$variant => $word,)+ }
            }

            /// Whose cause it is unless better is known; a carrier's word about the recipient stays a claim.
            pub fn default_cause(self) -> Cause {
                match self { $(ExceptionKind::$variant => Cause::$cause,)+ }
            }

            /// The kind of a word, if it is one.
            pub fn from_word(word: &str) -> Option<ExceptionKind> {
                ExceptionKind::ALL.iter().copied().find(|kind| kind.word() == word)
            }
        }
    };
}

exceptions! {
    AttemptFailedAbsent = "attempt_failed_absent", Recipient, "Nobody home, as the carrier claims.";
    AttemptFailedClosed = "attempt_failed_closed", Recipient, "The recipient's premises were closed, as the carrier claims.";
    AttemptFailedAccess = "attempt_failed_access", Recipient, "The door could not be reached, as the carrier claims.";
    AddressProblem = "address_problem", Recipient, "The address is wrong or incomplete.";
    Refused = "refused", Recipient, "Refused at the door.";
    CustomsHold = "customs_hold", Customs, "Held by customs.";
    PaymentDue = "payment_due", Customs, "Duties or charges are to be paid.";
    DocumentsMissing = "documents_missing", Customs, "Papers are missing.";
    Damaged = "damaged", Carrier, "Damaged.";
    Lost = "lost", Carrier, "Lost.";
    Missorted = "missorted", Carrier, "Sent the wrong way.";
    DelayedByCarrier = "delayed_by_carrier", Carrier, "Late by the carrier's own word.";
    Weather = "weather", ForceMajeure, "Held up by weather.";
    Held = "held", Unknown, "Held for a reason not said.";
    Unclaimed = "unclaimed", Recipient, "Not picked up in time.";
    Undeliverable = "undeliverable", Unknown, "Could not be delivered, reason not said.";
    Destroyed = "destroyed", Carrier, "Destroyed.";
    ReturnedToSender = "returned_to_sender", Unknown, "Sent back.";
    PreparationProblem = "preparation_problem", Merchant, "A problem while it was prepared.";
    Security = "security", Unknown, "Stopped for a security check.";
    LabelNotHandedOver = "label_not_handed_over", Merchant, "Announced and never handed over.";
    StalledInNetwork = "stalled_in_network", Carrier, "No news for too long.";
    NoFirstScan = "no_first_scan", Unknown, "Handed over by the shop, never scanned by the carrier.";
    TrackingNumberUnknown = "tracking_number_unknown", Merchant, "The carrier does not know the number.";
    StuckAtHub = "stuck_at_hub", Carrier, "At one place for too long.";
    OutForDeliveryNotClosed = "out_for_delivery_not_closed", Carrier, "Out for delivery, and nothing more was said that day.";
    PickupAboutToExpire = "pickup_about_to_expire", Recipient, "Will soon be sent back from the pick-up point.";
    PresumedLost = "presumed_lost", Carrier, "No news for so long that it must be taken for lost.";
    EventRegression = "event_regression", Carrier, "A later scan went back.";
    DeliveredDisputed = "delivered_disputed", Carrier, "The customer says that it did not arrive.";
}

impl ExceptionKind {
    /// How serious it is: of several a list shows the weightiest, and the watch finds nothing lighter beside it.
    pub fn weight(self) -> u8 {
        match self {
            ExceptionKind::Lost | ExceptionKind::Destroyed | ExceptionKind::DeliveredDisputed => 9,
            ExceptionKind::Damaged | ExceptionKind::ReturnedToSender | ExceptionKind::Refused | ExceptionKind::Unclaimed => 8,
            ExceptionKind::PresumedLost => 7,
            ExceptionKind::AddressProblem
            | ExceptionKind::CustomsHold
            | ExceptionKind::PaymentDue
            | ExceptionKind::DocumentsMissing
            | ExceptionKind::Undeliverable
            | ExceptionKind::Security => 6,
            kind if kind.is_failed_attempt() => 5,
            ExceptionKind::TrackingNumberUnknown | ExceptionKind::NoFirstScan | ExceptionKind::PickupAboutToExpire => 4,
            ExceptionKind::LabelNotHandedOver | ExceptionKind::StalledInNetwork | ExceptionKind::OutForDeliveryNotClosed => 3,
            ExceptionKind::StuckAtHub => 2,
            _ => 1,
        }
    }

    /// Its carrier says that it will never come.
    pub fn is_loss(self) -> bool {
        matches!(self, ExceptionKind::Lost | ExceptionKind::Destroyed)
    }

    /// A delivery was tried and failed.
    pub fn is_failed_attempt(self) -> bool {
        matches!(
            self,
            ExceptionKind::AttemptFailedAbsent | ExceptionKind::AttemptFailedClosed | ExceptionKind::AttemptFailedAccess
        )
    }
}

/// Who caused a trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The carrier.
    Carrier,
    /// The shop or its warehouse.
    Merchant,
    /// The person it is for.
    Recipient,
    /// A customs office.
    Customs,
    /// Nobody's fault.
    ForceMajeure,
    /// Not known.
    Unknown,
}

impl Cause {
    /// The word in facts, in the API and as a key of texts.
    pub fn word(self) -> &'static str {
        match self {
            Cause::Carrier => "carrier",
            Cause::Merchant => "merchant",
            Cause::Recipient => "recipient",
            Cause::Customs => "customs",
            Cause::ForceMajeure => "force_majeure",
            Cause::Unknown => "unknown",
        }
    }
}

/// Who opened an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenedBy {
    /// A carrier's code.
    CarrierEvent,
    /// Our watch: nothing was heard.
    Silence,
    /// Our watch: the promise cannot be kept otherwise.
    Promise,
    /// The customer's word.
    Customer,
}
