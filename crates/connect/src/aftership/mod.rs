//! AfterShip: an aggregator that pushes the full history of a tracking.
//!
//! Shapes: `aftership.com/docs/tracking/webhook`; see `docs/connectors/aftership.md`.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use kept_base::Moment;
use kept_domain::input::{Input, News, ParcelEstimated, ParcelScanned};
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped, Verification};
use serde_json::Value;
use sha2::Sha256;

use crate::answer::{Object, day, moment, read_json, report_unread, short, text, wrong_shape};
use crate::carriers::Carriers;
use crate::codes::CodeTable;
use crate::history::{self, ReadScan, Scan};
use crate::registry::CarrierPacks;

/// The name in `POST /in/aftership`, in `--source` and in every input.
pub const SOURCE: &str = "aftership";

/// The header of the signature: base64 of HMAC-SHA256 over the raw body.
pub const SIGNATURE_HEADER: &str = "aftership-hmac-sha256";

const ENVELOPE_FIELDS: [&str; 5] = ["event", "event_id", "is_tracking_first_tag", "ts", "msg"];

/// Reads AfterShip's tracking webhooks.
///
/// Inputs are the checkpoints, oldest first, then what the tracking's own status adds (*expired*), then the estimate.
/// `delivery_id` is `event_id`. Codes are subtags; the carrier is the tracking's slug by the name Kept uses.
#[derive(Clone, Debug)]
pub struct AfterShip {
    table: Arc<CodeTable>,
    carriers: Arc<Carriers>,
}

/// A tracking's own data, the same for all its scans.
struct Tracking {
    number: String,
    carrier: String,
    order_number: Option<String>,
    /// When AfterShip sent it.
    sent: Option<Moment>,
}

impl AfterShip {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> AfterShip {
        AfterShip { table: Arc::clone(&packs.aftership), carriers: Arc::clone(&packs.carriers) }
    }
}

impl Inbound for AfterShip {
    fn source(&self) -> &'static str {
        SOURCE
    }

    /// An empty secret would make every stranger's signature computable: it is refused.
    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        let signature = header(SIGNATURE_HEADER).and_then(|value| STANDARD.decode(value.trim()).ok());
        let (Some(signature), false) = (signature, secret.is_empty()) else {
            return Verification::Refused;
        };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
            return Verification::Refused;
        };
        mac.update(raw);
        // Compares in constant time.
        if mac.verify_slice(&signature).is_ok() { Verification::Verified } else { Verification::Refused }
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        let mut parsed = Parsed::default();
        parsed.error = self.read(raw, &mut parsed).err();
        parsed
    }
}

impl AfterShip {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        let payload = read_json("AfterShip", raw)?;
        let envelope = payload.as_object().ok_or_else(not_a_webhook)?;
        parsed.delivery_id = text(envelope, "event_id");
        let event = text(envelope, "event").ok_or_else(not_a_webhook)?;
        report_unread(envelope, &ENVELOPE_FIELDS, &mut parsed.unmapped);
        if !matches!(event.as_str(), "tracking_update" | "edd_revise" | "tracking_pending_time") {
            let words = envelope.get("msg").map(Value::to_string).unwrap_or_default();
            parsed.unmapped.push(Unmapped { code: event, text: short(&words), what: "event".to_owned() });
            return Ok(());
        }
        let message = envelope
            .get("msg")
            .and_then(Value::as_object)
            .ok_or_else(|| wrong_shape("AfterShip's webhook has no tracking in it (`msg`)", "look at the payload as it came"))?;
        let number = text(message, "tracking_number")
            .ok_or_else(|| wrong_shape("AfterShip's tracking has no `tracking_number`", "look at the payload as it came"))?;
        let slug = text(message, "slug").unwrap_or_else(|| SOURCE.to_owned());
        let tracking = Tracking {
            number,
            carrier: self.carriers.name(&slug),
            order_number: text(message, "order_number"),
            sent: sent(envelope),
        };
        let scans = read_checkpoints(message, &mut parsed.unmapped);
        let mut history = history::read(&self.table, scans, &mut parsed.unmapped);
        history.extend(self.status_scan(message, &tracking, &history));
        let newest = history.last().map(|read| read.scan.at);
        parsed.inputs.extend(history.into_iter().map(|read| tracking.scanned(read)));
        let estimate = tracking.estimated(message, newest, &mut parsed.unmapped);
        parsed.inputs.extend(estimate);
        // `tracking_pending_time` says only that nothing was heard for 24, 48 or 72 hours: Kept's own watch judges silence, so
        // beyond its checkpoints it adds no fact.
        Ok(())
    }

    /// *Expired* is said of the tracking, never by a checkpoint: thirty days without news. It is silence and not a stage, so it
    /// keeps the milestone of the newest checkpoint and opens `stalled_in_network`; without any checkpoint it counts as in the
    /// network.
    fn status_scan(&self, message: &Object, tracking: &Tracking, history: &[ReadScan]) -> Option<ReadScan> {
        let code = text(message, "subtag")?;
        let already = history.iter().any(|read| read.scan.code == code);
        if already || !self.table.is_shipment_status(&code) {
            return None;
        }
        let at = tracking.sent.or_else(|| history.last().map(|read| read.scan.at))?;
        let words = text(message, "subtag_message").unwrap_or_default();
        let so_far = history.iter().rev().map(|read| read.milestone).find(|milestone| milestone.rank() > 0);
        let meaning = self.table.meaning(&code, None, &words, so_far);
        let scan = Scan { code, tag: None, text: words, location: None, at, sequence: i64::MAX };
        Some(ReadScan { scan, milestone: meaning.milestone, exception: meaning.exception })
    }
}

impl Tracking {
    fn scanned(&self, read: ReadScan) -> Input {
        input(News::ParcelScanned(ParcelScanned {
            tracking_number: self.number.clone(),
            carrier: self.carrier.clone(),
            code: read.scan.code,
            text: read.scan.text,
            location: read.scan.location,
            at: read.scan.at,
            milestone: read.milestone,
            exception: read.exception,
            order_number: self.order_number.clone(),
            promised_at: None,
        }))
    }

    /// The newest estimate: `latest_estimated_delivery` (an object, or bare text) before `expected_delivery`.
    fn estimated(&self, message: &Object, newest: Option<Moment>, unmapped: &mut Vec<Unmapped>) -> Option<Input> {
        let (name, written) = written_estimate(message)?;
        // Without a time of sending it was said no earlier than the newest checkpoint.
        let at = self.sent.or(newest);
        let Some((at, expected_day)) = at.zip(day(&written)) else {
            unmapped.push(Unmapped { code: name.to_owned(), text: short(&written), what: "field".to_owned() });
            return None;
        };
        let estimated = ParcelEstimated { tracking_number: self.number.clone(), carrier: self.carrier.clone(), at, expected_day };
        Some(input(News::ParcelEstimated(estimated)))
    }
}

fn input(news: News) -> Input {
    Input { source: SOURCE.to_owned(), event_id: None, news }
}

fn read_checkpoints(message: &Object, unmapped: &mut Vec<Unmapped>) -> Vec<Scan> {
    let checkpoints = match message.get("checkpoints") {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(checkpoints)) => checkpoints,
        Some(other) => {
            unmapped.push(Unmapped { code: "checkpoints".to_owned(), text: short(&other.to_string()), what: "field".to_owned() });
            return Vec::new();
        }
    };
    let mut scans = Vec::with_capacity(checkpoints.len());
    for (place, checkpoint) in checkpoints.iter().enumerate() {
        let object = checkpoint.as_object();
        let code = object.and_then(|checkpoint| text(checkpoint, "subtag").or_else(|| text(checkpoint, "tag")));
        let scan = object.and_then(|checkpoint| {
            Some(Scan {
                code: code.clone().unwrap_or_default(),
                tag: text(checkpoint, "tag"),
                text: text(checkpoint, "message").unwrap_or_default(),
                location: text(checkpoint, "location").or_else(|| text(checkpoint, "city")),
                at: moment(checkpoint, "checkpoint_time")?,
                sequence: i64::try_from(place).unwrap_or(i64::MAX),
            })
        });
        match scan {
            Some(scan) => scans.push(scan),
            None => {
                let words = format!("a checkpoint without a time that can be read: {checkpoint}");
                unmapped.push(Unmapped { code: code.unwrap_or_default(), text: short(&words), what: "event".to_owned() });
            }
        }
    }
    scans
}

fn written_estimate(message: &Object) -> Option<(&'static str, String)> {
    let latest = match message.get("latest_estimated_delivery") {
        Some(Value::Object(latest)) => {
            // A range is kept by its end: a promise of "5 to 7" is broken on the 8th.
            ["datetime_max", "datetime", "datetime_min"].into_iter().find_map(|name| text(latest, name))
        }
        Some(_) => text(message, "latest_estimated_delivery"),
        None => None,
    };
    latest
        .map(|written| ("latest_estimated_delivery", written))
        .or_else(|| text(message, "expected_delivery").map(|written| ("expected_delivery", written)))
}

/// `ts` is Unix time in seconds; values beyond the year 5138 are milliseconds.
fn sent(envelope: &Object) -> Option<Moment> {
    let number: i64 = text(envelope, "ts")?.parse().ok()?;
    let instant = if number.unsigned_abs() > 100_000_000_000 {
        Timestamp::from_millisecond(number)
    } else {
        Timestamp::from_second(number)
    };
    instant.ok().map(Moment::from_timestamp_utc)
}

fn not_a_webhook() -> ParseError {
    wrong_shape("this is JSON, but not a tracking webhook of AfterShip (no `event`)", "look at the payload as it came")
}
