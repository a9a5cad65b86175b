//! A parcel's way to the door, and how its carrier tells it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::clock::Clock;

/// What happens to a parcel, whoever carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Announced,
    HandedOver,
    InNetwork,
    AtDepot,
    OutForDelivery,
    Absent,
    NoAccess,
    AddressProblem,
    Delayed,
    Weather,
    Damaged,
    ReadyForPickup,
    PickedUp,
    Delivered,
    Returning,
    Returned,
    /// A code that no table of Kept knows: it must be shown, not guessed.
    Unheard,
}

impl Step {
    /// La Poste's code and label.
    fn laposte(self) -> (&'static str, &'static str) {
        match self {
            Step::Announced => {
                ("DR1", "Votre Colissimo va bientôt nous être confié ! Il est en cours de préparation chez votre expéditeur.")
            }
            Step::HandedOver => ("PC1", "Votre Colissimo a été déposé par votre expéditeur. Il est pris en charge par La Poste."),
            Step::InNetwork => (
                "ET1",
                "Votre colis est en transit sur nos plateformes logistiques pour vous être livré le plus rapidement possible.",
            ),
            Step::AtDepot => ("MD2", "Votre colis est arrivé sur son site de distribution."),
            Step::OutForDelivery => ("MD2", "Votre colis est en cours de livraison par votre facteur."),
            Step::Absent => {
                ("ND1", "Votre colis n'a pas pu être livré : le destinataire était absent. Un avis de passage a été déposé.")
            }
            Step::NoAccess => ("ND1", "Votre colis n'a pas pu être livré : l'accès à l'adresse n'a pas été possible (digicode)."),
            Step::AddressProblem => ("ND1", "Votre colis n'a pas pu être livré : l'adresse est incomplète."),
            Step::Delayed => (
                "PB1",
                "L'acheminement de votre colis connaît un retard. Nous mettons tout en œuvre pour le livrer au plus vite.",
            ),
            Step::Weather => ("PB1", "L'acheminement de votre colis est perturbé par les intempéries."),
            Step::Damaged => ("PB1", "Votre colis a été endommagé pendant son acheminement."),
            Step::ReadyForPickup => {
                ("AG1", "Votre colis est disponible dans votre bureau de poste. Munissez-vous d'une pièce d'identité.")
            }
            Step::PickedUp => ("DI1", "Votre colis a été remis au destinataire au bureau de poste."),
            Step::Delivered => ("DI1", "Votre colis est livré."),
            Step::Returning => ("RE1", "Votre colis est retourné à l'expéditeur."),
            Step::Returned => ("DI2", "Votre colis a été distribué à son expéditeur."),
            Step::Unheard => ("ID0", "Information complémentaire sur votre envoi."),
        }
    }

    /// AfterShip's tag, subtag and a carrier's words.
    fn aftership(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Step::Announced => ("InfoReceived", "InfoReceived_001", "Shipment information received"),
            Step::HandedOver => ("InTransit", "InTransit_002", "Parcel picked up from sender"),
            Step::InNetwork => ("InTransit", "InTransit_007", "Parcel left the sorting centre"),
            Step::AtDepot => ("InTransit", "InTransit_003", "Arrived at delivery depot"),
            Step::OutForDelivery => ("OutForDelivery", "OutForDelivery_001", "Out for delivery"),
            Step::Absent => ("AttemptFail", "AttemptFail_002", "Recipient absent, a notice was left"),
            Step::NoAccess => ("AttemptFail", "AttemptFail_001", "No access to the building"),
            Step::AddressProblem => ("Exception", "Exception_007", "Incorrect address"),
            Step::Delayed => ("Exception", "Exception_016", "Delayed at sorting centre"),
            Step::Weather => ("Exception", "Exception_017", "Delayed by extreme weather"),
            Step::Damaged => ("Exception", "Exception_012", "Parcel damaged"),
            Step::ReadyForPickup => ("AvailableForPickup", "AvailableForPickup_001", "Available at relay point"),
            Step::PickedUp => ("Delivered", "Delivered_002", "Collected by the recipient"),
            Step::Delivered => ("Delivered", "Delivered_001", "Delivered"),
            Step::Returning => ("Exception", "Exception_010", "Returning to sender"),
            Step::Returned => ("Exception", "Exception_011", "Returned to sender"),
            Step::Unheard => ("InTransit", "InTransit_042", "Parcel consolidated"),
        }
    }
}

/// Who carries a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// Asked by Suivi v2.
    Colissimo,
    /// Told by AfterShip.
    Chronopost,
    /// Told by AfterShip.
    Dpd,
}

impl Carrier {
    /// The name in facts.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Carrier::Colissimo => "laposte",
            Carrier::Chronopost => "chronopost",
            Carrier::Dpd => "dpd",
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Carrier::Colissimo => "colissimo",
            Carrier::Chronopost => "chronopost-france",
            Carrier::Dpd => "dpd-fr",
        }
    }

    /// A number of the carrier's form.
    pub(crate) fn tracking_number(self, serial: u64) -> String {
        match self {
            Carrier::Colissimo => format!("6A{:011}", 30_000_000_000 + serial),
            Carrier::Chronopost => format!("XY{:09}FR", 400_000_000 + serial),
            Carrier::Dpd => format!("{:014}", 25_000_000_000_000 + serial),
        }
    }

    pub(crate) fn is_asked(self) -> bool {
        self == Carrier::Colissimo
    }
}

/// One scan of a parcel's way.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    pub at: Timestamp,
    pub step: Step,
    pub place: String,
    /// The day on which the carrier expects to deliver, from this scan on.
    pub estimate: Option<Date>,
}

/// A parcel's whole way, known to the world before it happens.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub number: String,
    pub carrier: Carrier,
    pub order_number: String,
    /// The carrier's feed gives wall clocks without an offset, as some do.
    pub without_offset: bool,
    pub scans: Vec<Scan>,
}

/// A parcel as Suivi v2 would show it now; it grows with each scan.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    /// Newest last: date as written, code, label.
    pub events: Vec<(String, &'static str, &'static str)>,
    pub estimate: Option<Date>,
    pub reached: i64,
    pub is_final: bool,
}

impl Told {
    pub(crate) fn nothing() -> Told {
        Told { events: Vec::new(), estimate: None, reached: 1, is_final: false }
    }

    pub(crate) fn add(&mut self, scan: &Scan, clock: &Clock) {
        let (code, label) = scan.step.laposte();
        self.events.push((clock.moment(scan.at).at_text(), code, label));
        self.estimate = scan.estimate.or(self.estimate);
        self.is_final = matches!(scan.step, Step::Delivered | Step::PickedUp | Step::Returned);
        let stage = match scan.step {
            Step::Announced => 1,
            Step::HandedOver | Step::InNetwork => 2,
            Step::AtDepot => 3,
            Step::OutForDelivery | Step::ReadyForPickup => 4,
            Step::Delivered | Step::PickedUp => 5,
            _ => 0,
        };
        self.reached = self.reached.max(stage);
    }
}

/// The webhook that AfterShip sends at the scan of this index: the whole history up to it.
pub(crate) fn aftership_body(parcel: &Parcel, index: usize, sent: Timestamp, clock: &Clock) -> Vec<u8> {
    let told = parcel.scans.get(..=index).unwrap_or_default();
    let written = |at: Timestamp| {
        let moment = clock.moment(at);
        if parcel.without_offset { kept_base::Moment::unknown(moment.wall).at_text() } else { moment.at_text() }
    };
    let checkpoints: Vec<Value> = told
        .iter()
        .map(|scan| {
            let (tag, subtag, words) = scan.step.aftership();
            json!({
                "checkpoint_time": written(scan.at), "city": scan.place, "location": scan.place, "country_iso3": "FRA",
                "message": words, "slug": parcel.carrier.slug(), "tag": tag, "subtag": subtag,
            })
        })
        .collect();
    let (tag, subtag, words) = told.last().map(|scan| scan.step.aftership()).unwrap_or(("Pending", "Pending_001", "Pending"));
    let estimate = told.iter().rev().find_map(|scan| scan.estimate).map(|day| day.to_string());
    let id = uuid_like(&format!("{} {index}", parcel.number));
    let body = json!({
        "event": "tracking_update",
        "event_id": id,
        "is_tracking_first_tag": index == 0,
        "msg": {
            "id": uuid_like(&parcel.number).replace('-', ""),
            "tracking_number": parcel.number,
            "slug": parcel.carrier.slug(),
            "tag": tag,
            "subtag": subtag,
            "subtag_message": words,
            "title": parcel.order_number,
            "order_number": parcel.order_number,
            "expected_delivery": estimate,
            "checkpoints": checkpoints,
        },
        "ts": sent.as_second(),
    });
    body.to_string().into_bytes()
}

/// What AfterShip writes into `aftership-hmac-sha256`: base64 of HMAC-SHA256 over the raw body.
#[must_use]
pub fn aftership_signature(secret: &str, body: &[u8]) -> String {
    // A key of any length is taken by HMAC.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

fn uuid_like(of: &str) -> String {
    let digits = hex::encode(Sha256::digest(of.as_bytes()));
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default().to_owned();
    format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}
