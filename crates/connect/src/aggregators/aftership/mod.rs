//! AfterShip: an aggregator that pushes the full history of a tracking, and answers with the same when it is asked.
//!
//! Shapes: `aftership.com/docs/tracking`, webhook and tracking API; see `docs/connectors/aftership.md`.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kept_base::Moment;
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped, Verification};
use serde_json::Value;

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{
    Object, day, list, not_found, object, read_each, read_json, report_failures, report_unread, short, text, timeless,
    unreadable, wrong_shape,
};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, ReadScan, Scan};
use crate::reading::names::Carriers;
use crate::reading::shipment::Shipment;
use crate::reading::{place, signature, times};

/// The name in `POST /in/aftership`, in `--source` and in every input.
pub const SOURCE: &str = "aftership";

/// The header of the signature: base64 of HMAC-SHA256 over the raw body.
pub const SIGNATURE_HEADER: &str = "aftership-hmac-sha256";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/aftership.toml"),
    parser: |packs| Arc::new(AfterShip::new(packs)),
};

const ENVELOPE_FIELDS: [&str; 6] = ["event", "event_id", "is_tracking_first_tag", "ts", "msg", "data"];

/// Reads AfterShip's tracking webhooks, and the answers of its tracking API.
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
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl AfterShip {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        match read_json("AfterShip", raw)? {
            Value::Object(payload) => self.read_one(&payload, parsed),
            // Webhooks or trackings that were kept together: several deliveries have no id in common.
            Value::Array(payloads) if !payloads.is_empty() => {
                let read = read_each(&payloads, parsed, |payload, parsed| self.read_one(payload, parsed));
                parsed.delivery_id = parsed.delivery_id.take().filter(|_| payloads.len() == 1);
                read
            }
            _ => Err(not_a_webhook()),
        }
    }

    fn read_one(&self, payload: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        match text(payload, "event") {
            Some(event) => self.read_webhook(&event, payload, parsed),
            None => self.read_answer(payload, parsed),
        }
    }

    fn read_webhook(&self, event: &str, envelope: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        parsed.delivery_id = text(envelope, "event_id");
        report_unread(envelope, &ENVELOPE_FIELDS, &mut parsed.unmapped);
        // `tracking_pending_time` says only that nothing was heard for 24, 48 or 72 hours: Kept's own watch judges silence, so
        // beyond its checkpoints it adds no fact.
        if !matches!(event, "tracking_update" | "edd_revise" | "tracking_pending_time") {
            let words = envelope.get("msg").or_else(|| envelope.get("data")).map(Value::to_string).unwrap_or_default();
            parsed.unmapped.push(Unmapped { code: event.to_owned(), text: short(&words), what: "event".to_owned() });
            return Ok(());
        }
        let message = object(envelope, "msg")
            .or_else(|| object(envelope, "data"))
            .ok_or_else(|| wrong_shape("AfterShip's webhook has no tracking in it (`msg`)", "look at the payload as it came"))?;
        let message = object(message, "tracking").unwrap_or(message);
        let sent = text(envelope, "ts").and_then(|ts| ts.parse().ok()).and_then(times::unix);
        self.read_tracking(message, sent, parsed)
    }

    /// `{meta, data: {tracking}}`, `{meta, data: {trackings}}`, `{meta, data: the tracking}` (from 2023-10 on) or a tracking alone.
    fn read_answer(&self, answer: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        if let Some(error) = object(answer, "meta").and_then(refused) {
            return Err(error);
        }
        let data = object(answer, "data").unwrap_or(answer);
        let tracking = object(data, "tracking").or_else(|| data.contains_key("tracking_number").then_some(data));
        if let Some(tracking) = tracking {
            return self.read_tracking(tracking, None, parsed);
        }
        if !data.contains_key("trackings") {
            return Err(not_a_webhook());
        }
        let trackings = list(data, "trackings", &mut parsed.unmapped).to_vec();
        let mut failures = Vec::new();
        for tracking in trackings.iter().filter_map(Value::as_object) {
            failures.extend(self.read_tracking(tracking, None, parsed).err());
        }
        report_failures(failures, &mut parsed.unmapped);
        Ok(())
    }

    fn read_tracking(&self, tracking: &Object, sent: Option<Moment>, parsed: &mut Parsed) -> Result<(), ParseError> {
        let number = text(tracking, "tracking_number")
            .ok_or_else(|| wrong_shape("AfterShip's tracking has no `tracking_number`", "look at the payload as it came"))?;
        let slug = text(tracking, "slug").unwrap_or_else(|| SOURCE.to_owned());
        // A webhook says when it was sent, an answer when the tracking was last touched.
        let sent = sent.or_else(|| times::moment(&text(tracking, "updated_at")?, &[], None));
        let scans = read_checkpoints(tracking, &mut parsed.unmapped);
        let mut history = history::read(&self.table, scans, &mut parsed.unmapped);
        history.extend(self.status_scan(tracking, sent, &history));
        let shipment = Shipment {
            source: SOURCE,
            number,
            carrier: self.carriers.name(&slug),
            order_number: text(tracking, "order_number"),
            expected: estimate(tracking, sent.is_some() || !history.is_empty(), &mut parsed.unmapped),
            // Without a time of sending it was said no earlier than the newest checkpoint.
            said_at: sent,
            ..Shipment::default()
        };
        shipment.tell(history, parsed);
        Ok(())
    }

    /// *Expired* is said of the tracking, never by a checkpoint: thirty days without news. It is silence and not a stage, so it
    /// keeps the milestone of the newest checkpoint and opens `stalled_in_network`; without any checkpoint it counts as in the
    /// network.
    fn status_scan(&self, tracking: &Object, sent: Option<Moment>, history: &[ReadScan]) -> Option<ReadScan> {
        let code = text(tracking, "subtag")?;
        let already = history.iter().any(|read| read.scan.code == code);
        if already || !self.table.is_shipment_status(&code) {
            return None;
        }
        let at = sent.or_else(|| history.last().map(|read| read.scan.at))?;
        let words = text(tracking, "subtag_message").unwrap_or_default();
        let so_far = history.iter().rev().map(|read| read.milestone).find(|milestone| milestone.rank() > 0);
        let meaning = self.table.meaning(&code, None, &words, so_far);
        let scan = Scan { code, tag: None, text: words, reason: None, location: None, at, sequence: i64::MAX };
        Some(ReadScan { scan, milestone: meaning.milestone, exception: meaning.exception })
    }
}

fn read_checkpoints(tracking: &Object, unmapped: &mut Vec<Unmapped>) -> Vec<Scan> {
    let mut checkpoints = list(tracking, "checkpoints", unmapped);
    if checkpoints.is_empty() {
        // The answer about the last checkpoint has that one only.
        checkpoints = list(tracking, "checkpoint", unmapped);
    }
    let route = Route::of(tracking);
    let mut scans = Vec::with_capacity(checkpoints.len());
    for checkpoint in checkpoints {
        let object = checkpoint.as_object();
        let code = object.and_then(|checkpoint| text(checkpoint, "subtag").or_else(|| text(checkpoint, "tag")));
        let scan = object.and_then(|checkpoint| {
            let (location, zone) = place_of(checkpoint);
            let zone = zone.or_else(|| route.zone(location.is_some()));
            Some(Scan {
                code: code.clone().unwrap_or_default(),
                tag: text(checkpoint, "tag"),
                text: text(checkpoint, "message").unwrap_or_default(),
                reason: None,
                location,
                at: times::moment_or_day(&text(checkpoint, "checkpoint_time")?, &[], zone.as_ref())?,
                sequence: 0,
            })
        });
        match scan {
            Some(scan) => scans.push(scan),
            None => unmapped.push(timeless(code, &checkpoint.to_string())),
        }
    }
    history::number(&mut scans, false);
    scans
}

/// The clocks of a tracking's way, for checkpoints whose own place does not tell.
struct Route {
    /// Of the destination, which stands for a checkpoint without a place.
    destination: Option<TimeZone>,
    /// Of a country that the parcel does not leave, where that has one: wherever a checkpoint is, it is there.
    country: Option<TimeZone>,
}

impl Route {
    fn of(tracking: &Object) -> Route {
        let country = |names: [&str; 2]| names.into_iter().find_map(|name| text(tracking, name));
        let destination = country(["destination_country_region", "destination_country_iso3"]);
        let domestic = destination.is_some() && destination == country(["origin_country_region", "origin_country_iso3"]);
        let (state, postal) = (text(tracking, "destination_state"), text(tracking, "destination_postal_code"));
        Route {
            destination: place::zone(destination.as_deref(), state.as_deref(), postal.as_deref()),
            country: place::zone(destination.as_deref().filter(|_| domestic), None, None),
        }
    }

    fn zone(&self, has_place: bool) -> Option<TimeZone> {
        self.country.clone().or_else(|| self.destination.clone().filter(|_| !has_place))
    }
}

/// The place in its parts where there is more than one; else the carrier's own line of it. The names of the postal code and the
/// country changed with the API's versions.
fn place_of(checkpoint: &Object) -> (Option<String>, Option<TimeZone>) {
    let part = |names: &[&str]| names.iter().find_map(|name| text(checkpoint, name));
    let (city, state, postal) = (part(&["city"]), part(&["state"]), part(&["postal_code", "zip"]));
    let country = part(&["country_region", "country_iso3"]);
    let named = part(&["country_region_name", "country_name"]);
    let code = country.clone().or_else(|| place::country_code(named.as_deref()?).map(|country| country.code().to_owned()));
    let zone = place::zone_of(code.as_deref(), state.as_deref(), postal.as_deref(), city.as_deref());
    let zone = zone.or_else(|| place::zone_of_line(&part(&["location"])?));
    let parts = [city, state, postal, country.or(named)];
    let whole = place::line(&[part(&["location"])]).filter(|_| parts.iter().flatten().count() < 2);
    (whole.or_else(|| place::line(&parts)), zone)
}

/// The newest estimate: `latest_estimated_delivery` (an object, or bare text) before `expected_delivery` and what the carrier
/// itself says. One that cannot be read, or that nobody can date, is reported.
fn estimate(tracking: &Object, dated: bool, unmapped: &mut Vec<Unmapped>) -> Option<Date> {
    let (name, written) = written_estimate(tracking)?;
    let expected = day(&written).filter(|_| dated);
    if expected.is_none() {
        unmapped.push(Unmapped { code: name.to_owned(), text: short(&written), what: "field".to_owned() });
    }
    expected
}

fn written_estimate(tracking: &Object) -> Option<(&'static str, String)> {
    // A range is kept by its end: a promise of "5 to 7" is broken on the 8th.
    const LATEST: [&str; 3] = ["datetime_max", "datetime", "datetime_min"];
    const COURIER: [&str; 2] = ["estimated_delivery_date_max", "estimated_delivery_date"];
    let inside = |name: &str, fields: &[&str]| match tracking.get(name)? {
        Value::Object(estimate) => fields.iter().find_map(|field| text(estimate, field)),
        _ => text(tracking, name),
    };
    let all = [
        ("latest_estimated_delivery", LATEST.as_slice()),
        ("expected_delivery", &[]),
        ("courier_estimated_delivery_date", &COURIER),
        ("aftership_estimated_delivery_date", &COURIER),
    ];
    all.into_iter().find_map(|(name, fields)| inside(name, fields).map(|written| (name, written)))
}

/// An answer that is none: `meta` has AfterShip's own code beside the HTTP status. Codes: "Request errors" of its documentation.
fn refused(meta: &Object) -> Option<ParseError> {
    let code: i64 = text(meta, "code")?.parse().ok()?;
    // Newer versions number their errors below the HTTP status: 42901.
    let status = if code >= 10_000 { code / 100 } else { code };
    if (200..300).contains(&status) {
        return None;
    }
    let said = text(meta, "message").map(|said| format!(": {}", short(&said))).unwrap_or_default();
    Some(match status {
        404 | 4004 => not_found(format!("AfterShip does not know this tracking ({code}){said}")),
        401 | 403 => wrong_shape(format!("AfterShip refused the key ({code}){said}"), "check the API key in the settings"),
        429 => unreadable(format!("AfterShip was asked too often ({code}){said}"), "it is asked again later"),
        500..1000 => unreadable(format!("AfterShip is out of order ({code}){said}"), "it is asked again later"),
        _ => wrong_shape(format!("AfterShip did not accept the question ({code}){said}"), "check the number and the courier"),
    })
}

fn not_a_webhook() -> ParseError {
    wrong_shape(
        "this is JSON, but neither a tracking webhook of AfterShip (no `event`) nor an answer",
        "look at the payload as it came",
    )
}
