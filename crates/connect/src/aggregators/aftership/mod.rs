//! AfterShip: an aggregator that pushes the full history of a tracking.
//!
//! Shapes: `aftership.com/docs/tracking/webhook`; see `docs/connectors/aftership.md`.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use kept_base::Moment;
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped, Verification};
use serde_json::Value;

use crate::reading::answer::{Object, day, list, moment, read_json, report_unread, short, text, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, ReadScan, Scan};
use crate::reading::names::Carriers;
use crate::reading::shipment::Shipment;
use crate::reading::signature;
use crate::registry::{CarrierPacks, Partner};

/// The name in `POST /in/aftership`, in `--source` and in every input.
pub const SOURCE: &str = "aftership";

/// The header of the signature: base64 of HMAC-SHA256 over the raw body.
pub const SIGNATURE_HEADER: &str = "aftership-hmac-sha256";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/aftership.toml"),
    parser: |packs| Arc::new(AfterShip::new(packs)),
};

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

impl AfterShip {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> AfterShip {
        AfterShip { table: packs.table(SOURCE), carriers: Arc::clone(&packs.carriers) }
    }
}

impl Inbound for AfterShip {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        let signature = header(SIGNATURE_HEADER).unwrap_or_default();
        signature::hmac_base64(secret.as_bytes(), &[raw], &signature)
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
        let sent = sent(envelope);
        let scans = read_checkpoints(message, &mut parsed.unmapped);
        let mut history = history::read(&self.table, scans, &mut parsed.unmapped);
        history.extend(self.status_scan(message, sent, &history));
        let tracking = Shipment {
            source: SOURCE,
            number,
            carrier: self.carriers.name(&slug),
            order_number: text(message, "order_number"),
            expected: estimate(message, sent.is_some() || !history.is_empty(), &mut parsed.unmapped),
            // Without a time of sending it was said no earlier than the newest checkpoint.
            said_at: sent,
            ..Shipment::default()
        };
        // `tracking_pending_time` says only that nothing was heard for 24, 48 or 72 hours: Kept's own watch judges silence, so
        // beyond its checkpoints it adds no fact.
        tracking.tell(history, parsed);
        Ok(())
    }

    /// *Expired* is said of the tracking, never by a checkpoint: thirty days without news. It is silence and not a stage, so it
    /// keeps the milestone of the newest checkpoint and opens `stalled_in_network`; without any checkpoint it counts as in the
    /// network.
    fn status_scan(&self, message: &Object, sent: Option<Moment>, history: &[ReadScan]) -> Option<ReadScan> {
        let code = text(message, "subtag")?;
        let already = history.iter().any(|read| read.scan.code == code);
        if already || !self.table.is_shipment_status(&code) {
            return None;
        }
        let at = sent.or_else(|| history.last().map(|read| read.scan.at))?;
        let words = text(message, "subtag_message").unwrap_or_default();
        let so_far = history.iter().rev().map(|read| read.milestone).find(|milestone| milestone.rank() > 0);
        let meaning = self.table.meaning(&code, None, &words, so_far);
        let scan = Scan { code, tag: None, text: words, reason: None, location: None, at, sequence: i64::MAX };
        Some(ReadScan { scan, milestone: meaning.milestone, exception: meaning.exception })
    }
}

/// The newest estimate: `latest_estimated_delivery` (an object, or bare text) before `expected_delivery`. One that cannot be read,
/// or that nobody can date, is reported.
fn estimate(message: &Object, dated: bool, unmapped: &mut Vec<Unmapped>) -> Option<Date> {
    let (name, written) = written_estimate(message)?;
    let expected = day(&written).filter(|_| dated);
    if expected.is_none() {
        unmapped.push(Unmapped { code: name.to_owned(), text: short(&written), what: "field".to_owned() });
    }
    expected
}

fn read_checkpoints(message: &Object, unmapped: &mut Vec<Unmapped>) -> Vec<Scan> {
    let checkpoints = list(message, "checkpoints", unmapped);
    let mut scans = Vec::with_capacity(checkpoints.len());
    for (place, checkpoint) in checkpoints.iter().enumerate() {
        let object = checkpoint.as_object();
        let code = object.and_then(|checkpoint| text(checkpoint, "subtag").or_else(|| text(checkpoint, "tag")));
        let scan = object.and_then(|checkpoint| {
            Some(Scan {
                code: code.clone().unwrap_or_default(),
                tag: text(checkpoint, "tag"),
                text: text(checkpoint, "message").unwrap_or_default(),
                reason: None,
                location: text(checkpoint, "location").or_else(|| text(checkpoint, "city")),
                at: moment(checkpoint, "checkpoint_time")?,
                sequence: i64::try_from(place).unwrap_or(i64::MAX),
            })
        });
        match scan {
            Some(scan) => scans.push(scan),
            None => unmapped.push(timeless(code, &checkpoint.to_string())),
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
