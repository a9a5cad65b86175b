//! The load: any number of shipments whose silences, delays and failed attempts are known beforehand.
//!
//! Same count, same bytes: the random source, the draws and their order are fixed, so that two programs can agree on every breach.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use kept_base::{Moment, from_millis};
use kept_domain::input::{Input, News, ParcelScanned};
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use serde::{Deserialize, Serialize};

/// The name of the source in every input made of this load.
pub const SOURCE: &str = "load";
/// Milliseconds without news after which a parcel that is not delivered counts as silent.
pub const SILENT_AFTER: i64 = 48 * HOUR;

const HOUR: i64 = 3_600_000;
/// 2026-01-01T00:00Z in epoch milliseconds.
const BEGINNING: i64 = 1_767_225_600_000;
const SEED: u64 = 0x000D_EADB_EEF1_2345;
const ID_STEP: u64 = 0x9E37_79B9_7F4A_7C15;
const CARRIERS: [&str; 4] = ["colissimo", "chronopost", "dpd", "mondialrelay"];
const STATUSES: [&str; 6] = ["created", "picked_up", "in_transit", "out_for_delivery", "failed_attempt", "delivered"];
const CITIES: [(&str, &str); 8] = [
    ("Lyon", "69003"),
    ("Paris", "75011"),
    ("Marseille", "13001"),
    ("Lille", "59000"),
    ("Toulouse", "31000"),
    ("Nantes", "44000"),
    ("Strasbourg", "67000"),
    ("Saint-Étienne", "42000"),
];
const DETAIL: &str = "Votre colis est en cours d'acheminement vers son site de livraison";

/// One scan of the load. Serialised compactly it is one line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadEvent {
    /// Unique: `evt_` and 24 hex digits.
    pub id: String,
    /// `shipment.tracking`.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// Epoch milliseconds; the file is sorted by it.
    pub occurred_at: i64,
    /// Epoch milliseconds, 0.2 to 60.2 s later.
    pub received_at: i64,
    /// Carrier.
    pub carrier: Cow<'static, str>,
    /// Tracking number, one a shipment.
    pub tracking: String,
    /// Shipment, from 1.
    pub shipment: u32,
    /// Order number, one a shipment.
    pub order: String,
    /// `created`, `picked_up`, `in_transit`, `out_for_delivery`, `failed_attempt` or `delivered`.
    pub status: Cow<'static, str>,
    /// Where.
    pub location: LoadPlace,
    /// Epoch milliseconds, the same for all scans of a shipment.
    pub promised_at: i64,
    /// Epoch milliseconds, or nothing.
    pub eta: Option<i64>,
    /// Words, or nothing.
    pub detail: Option<Cow<'static, str>>,
}

/// Where a scan of the load was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadPlace {
    /// City.
    pub city: Cow<'static, str>,
    /// `FR`.
    pub country: Cow<'static, str>,
    /// Postal code.
    pub postal: Cow<'static, str>,
}

impl LoadEvent {
    /// The line as bytes, without the line feed that ends it in the file.
    #[must_use]
    pub fn line(&self) -> Vec<u8> {
        // Only numbers, texts and options: nothing that JSON cannot say.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The scans of a number of shipments, in the order of the file.
///
/// Holds 16 bytes a scan (35 MB for 200,000 shipments) and makes each event when it is asked for.
pub struct LoadEvents {
    scans: std::vec::IntoIter<Scan>,
    promised: Vec<i64>,
    random: Random,
    index: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Scan {
    at: i64,
    shipment: u32,
    status: u8,
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: i64) -> i64 {
        let Random(x) = self;
        *x ^= *x << 13;
        *x ^= *x >> 7;
        *x ^= *x << 17;
        let drawn = x.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        // 53 bits and a small bound: both fit.
        i64::try_from(drawn % bound.unsigned_abs().max(1)).unwrap_or(0)
    }
}

impl LoadEvents {
    /// Draws and sorts the scans of `shipments` shipments.
    #[must_use]
    pub fn new(shipments: u32) -> LoadEvents {
        let mut random = Random(SEED);
        let mut scans = Vec::new();
        let mut promised = Vec::new();
        for shipment in 1..=shipments {
            promised.push(draw_shipment(shipment, &mut random, &mut scans));
        }
        scans.sort_unstable();
        LoadEvents { scans: scans.into_iter(), promised, random, index: 0 }
    }

    /// Writes the file: each line ended by a line feed. Gives how many lines.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_to(self, out: &mut dyn Write) -> io::Result<u64> {
        let mut lines = 0;
        for event in self {
            out.write_all(&event.line())?;
            out.write_all(b"\n")?;
            lines += 1;
        }
        Ok(lines)
    }
}

impl Iterator for LoadEvents {
    type Item = LoadEvent;

    fn next(&mut self) -> Option<LoadEvent> {
        let Scan { at, shipment, status } = self.scans.next()?;
        let promised_at =
            usize::try_from(shipment).ok().and_then(|shipment| self.promised.get(shipment.checked_sub(1)?).copied())?;
        let (city, postal) = CITIES.get(usize::try_from(self.random.below(8)).ok()?).copied()?;
        let received_at = at + 200 + self.random.below(60_000);
        let eta = (self.random.below(2) == 0).then_some(promised_at - 2 * HOUR);
        let detail = (self.random.below(3) == 0).then_some(Cow::Borrowed(DETAIL));
        let id = format!("evt_{:016x}{shipment:08x}", self.index.wrapping_mul(ID_STEP));
        self.index += 1;
        Some(LoadEvent {
            id,
            kind: Cow::Borrowed("shipment.tracking"),
            occurred_at: at,
            received_at,
            carrier: Cow::Borrowed(CARRIERS.get(usize::try_from(shipment % 4).ok()?).copied()?),
            tracking: format!("6A{shipment:011}"),
            shipment,
            order: format!("ORD-2026-{shipment:08}"),
            status: Cow::Borrowed(STATUSES.get(usize::from(status)).copied()?),
            location: LoadPlace { city: Cow::Borrowed(city), country: Cow::Borrowed("FR"), postal: Cow::Borrowed(postal) },
            promised_at,
            eta,
            detail,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.scans.size_hint()
    }
}

fn draw_shipment(shipment: u32, random: &mut Random, scans: &mut Vec<Scan>) -> i64 {
    let created = BEGINNING + random.below(20 * 24 * HOUR);
    let promised = created + (72 + random.below(49)) * HOUR;
    let steps = 8 + random.below(5);
    let silent = random.below(100) < 3;
    let late = random.below(100) < 6;
    let fails = random.below(100) < 5;
    let never = random.below(100) < 1;
    let special = 2 + random.below(4);
    let span = match late {
        true => (promised - created) + (2 + random.below(40)) * HOUR,
        false => (promised - created) - (1 + random.below(24)) * HOUR,
    };
    let gap = span / steps;
    let jitter = gap / 4;
    let mut at = created;
    scans.push(Scan { at, shipment, status: 0 });
    for step in 1..=steps {
        at += gap - jitter / 2 + random.below(jitter.max(1));
        if silent && step == special {
            at += (50 + random.below(40)) * HOUR;
        }
        if never && step > special {
            break;
        }
        let status = match step {
            1 => 1,
            _ if step == steps => 5,
            _ if step == steps - 1 => 3,
            _ if step == steps - 2 && fails => 4,
            _ => 2,
        };
        scans.push(Scan { at, shipment, status });
    }
    promised
}

/// What a scan of the load is to Kept.
///
/// A failed attempt is *out for delivery* with *nobody home*, as the carrier claims. A status that the load does not have is `unknown`.
#[must_use]
pub fn to_input(event: &LoadEvent) -> Input {
    let (milestone, exception) = match event.status.as_ref() {
        "created" => (Milestone::Announced, None),
        "picked_up" => (Milestone::HandedOver, None),
        "in_transit" => (Milestone::InNetwork, None),
        "out_for_delivery" => (Milestone::OutForDelivery, None),
        "failed_attempt" => (Milestone::OutForDelivery, Some(ExceptionKind::AttemptFailedAbsent)),
        "delivered" => (Milestone::Delivered, None),
        _ => (Milestone::Unknown, None),
    };
    Input {
        source: SOURCE.to_owned(),
        event_id: Some(event.id.clone()),
        news: News::ParcelScanned(ParcelScanned {
            tracking_number: event.tracking.clone(),
            carrier: event.carrier.to_string(),
            code: event.status.to_string(),
            text: event.detail.as_deref().unwrap_or_default().to_owned(),
            location: Some(event.location.city.to_string()),
            at: moment(event.occurred_at),
            milestone,
            exception,
            order_number: Some(event.order.clone()),
            promised_at: Some(moment(event.promised_at)),
        }),
    }
}

fn moment(millis: i64) -> Moment {
    Moment::from_timestamp_utc(from_millis(millis).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// What went wrong with a shipment of the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreachKind {
    /// Not delivered, and no event for more than 48 hours: at the last event and 48 hours.
    Silent,
    /// Not delivered by the promised moment: at that moment.
    Late,
    /// A failed attempt: at its event.
    FailedAttempt,
}

/// One breach of the load.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Breach {
    /// Epoch milliseconds.
    pub at: i64,
    /// Shipment.
    pub shipment: u32,
    /// What.
    pub kind: BreachKind,
    /// The event it follows or is; none for *late*.
    pub after_event: Option<String>,
}

/// How many breaches of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Silences.
    pub silent: u64,
    /// Late shipments.
    pub late: u64,
    /// Failed attempts.
    pub failed_attempt: u64,
}

/// The rules applied directly, in memory: what an engine that is right must find.
///
/// Needs the events of each shipment in the order of time, each once; holds one row a shipment.
#[derive(Default)]
pub struct Oracle {
    shipments: BTreeMap<u32, Shipment>,
    breaches: Vec<Breach>,
}

struct Shipment {
    last: i64,
    last_event: String,
    promised: i64,
    delivered: Option<i64>,
}

impl Oracle {
    /// Takes the next event.
    pub fn see(&mut self, event: &LoadEvent) {
        let at = event.occurred_at;
        let shipment = self.shipments.entry(event.shipment).or_insert_with(|| Shipment {
            last: at,
            last_event: event.id.clone(),
            promised: event.promised_at,
            delivered: None,
        });
        if shipment.delivered.is_none() && at > shipment.last + SILENT_AFTER {
            self.breaches.push(shipment.silence(event.shipment));
        }
        if event.status == "failed_attempt" {
            let after_event = Some(event.id.clone());
            self.breaches.push(Breach { at, shipment: event.shipment, kind: BreachKind::FailedAttempt, after_event });
        }
        if event.status == "delivered" {
            shipment.delivered.get_or_insert(at);
        }
        shipment.last = at;
        shipment.last_event.clone_from(&event.id);
    }

    /// Lets time run on for ever and gives every breach, by moment, shipment and kind.
    #[must_use]
    pub fn end(mut self) -> Vec<Breach> {
        for (number, shipment) in &self.shipments {
            if shipment.delivered.is_none() {
                self.breaches.push(shipment.silence(*number));
            }
            if shipment.delivered.is_none_or(|delivered| delivered > shipment.promised) {
                self.breaches.push(Breach {
                    at: shipment.promised,
                    shipment: *number,
                    kind: BreachKind::Late,
                    after_event: None,
                });
            }
        }
        self.breaches.sort_unstable();
        self.breaches
    }
}

impl Shipment {
    fn silence(&self, shipment: u32) -> Breach {
        Breach { at: self.last + SILENT_AFTER, shipment, kind: BreachKind::Silent, after_event: Some(self.last_event.clone()) }
    }
}

impl Counts {
    /// Counts breaches by kind.
    #[must_use]
    pub fn of(breaches: &[Breach]) -> Counts {
        let mut counts = Counts::default();
        for breach in breaches {
            match breach.kind {
                BreachKind::Silent => counts.silent += 1,
                BreachKind::Late => counts.late += 1,
                BreachKind::FailedAttempt => counts.failed_attempt += 1,
            }
        }
        counts
    }
}

/// The counts that a load of so many shipments must give.
#[must_use]
pub fn expected(shipments: u32) -> Counts {
    let mut oracle = Oracle::default();
    LoadEvents::new(shipments).for_each(|event| oracle.see(&event));
    Counts::of(&oracle.end())
}
