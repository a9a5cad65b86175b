//! Shippo: an aggregator that pushes the full history of a tracking, and answers with the same when it is asked.
//!
//! Shapes: `docs.goshippo.com`, tracking and webhooks; see `docs/connectors/shippo.md`.

use std::sync::Arc;

use jiff::civil::Date;
use kept_domain::vocabulary::Milestone;
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped, Verification};
use serde_json::Value;

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{
    Object, list, not_found, object, read_each, read_json, short, text, timeless, unreadable, wrong_shape,
};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, Scan};
use crate::reading::names::Carriers;
use crate::reading::shipment::Shipment;
use crate::reading::{place, signature, times};

/// The name in `POST /in/shippo`, in `--source` and in every input.
pub const SOURCE: &str = "shippo";

/// The header of the signature, which Shippo sets up on request: `t=TIME,v1=HEX`, HEX being HMAC-SHA256 over `TIME.` and the raw
/// body.
pub const SIGNATURE_HEADER: &str = "Shippo-Auth-Signature";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/shippo.toml"),
    parser: |packs| Arc::new(Shippo::new(packs)),
};

/// Reads Shippo's tracking webhooks, and the answers of its tracking API, which are what the webhook has in `data`.
///
/// Inputs are the scans of `tracking_history`, oldest first, then the estimate. `tracking_status` repeats the newest scan under
/// another id and a time some milliseconds apart: it is read only where there is no history. Codes are substatuses, else statuses.
#[derive(Clone, Debug)]
pub struct Shippo {
    table: Arc<CodeTable>,
    carriers: Arc<Carriers>,
}

impl Shippo {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> Shippo {
        Shippo { table: packs.table(SOURCE), carriers: Arc::clone(&packs.carriers) }
    }
}

impl Inbound for Shippo {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        let signature = header(SIGNATURE_HEADER).unwrap_or_default();
        let part = |name: &str| signature.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        let (Some(time), Some(digest)) = (part("t"), part("v1")) else { return Verification::Refused };
        signature::hmac_hex(secret.as_bytes(), &[time.as_bytes(), b".", raw], digest)
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl Shippo {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        match read_json("Shippo", raw)? {
            Value::Object(payload) => self.read_one(&payload, parsed),
            Value::Array(payloads) => self.read_list(&payloads, parsed),
            _ => Err(not_a_tracking()),
        }
    }

    /// A webhook, a list of trackings, or a tracking.
    fn read_one(&self, payload: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        match (text(payload, "event"), payload.get("data")) {
            (Some(event), Some(data)) if event != "track_updated" => {
                parsed.unmapped.push(Unmapped { code: event, text: short(&data.to_string()), what: "event".to_owned() });
                Ok(())
            }
            (_, Some(Value::Object(data))) => self.read_tracking(data, parsed),
            (_, Some(Value::Array(trackings))) => self.read_list(trackings, parsed),
            _ if payload.contains_key("results") => {
                let trackings = list(payload, "results", &mut parsed.unmapped).to_vec();
                self.read_list(&trackings, parsed)
            }
            _ => self.read_tracking(payload, parsed),
        }
    }

    /// Trackings, or webhooks that were kept together.
    fn read_list(&self, payloads: &[Value], parsed: &mut Parsed) -> Result<(), ParseError> {
        read_each(payloads, parsed, |payload, parsed| self.read_one(payload, parsed))
    }

    fn read_tracking(&self, tracking: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        let number = text(tracking, "tracking_number").ok_or_else(|| refused(tracking))?;
        let carrier = text(tracking, "carrier").unwrap_or_else(|| SOURCE.to_owned());
        let mut events = list(tracking, "tracking_history", &mut parsed.unmapped);
        if events.is_empty() {
            events = list(tracking, "tracking_status", &mut parsed.unmapped);
        }
        let scans = read_events(events, &mut parsed.unmapped);
        let history = history::read(&self.table, scans, &mut parsed.unmapped);
        // *UNKNOWN* is a word of Shippo's own: it is counted as if no table had it.
        for read in history.iter().filter(|read| read.milestone == Milestone::Unknown && read.scan.code == "UNKNOWN") {
            let (code, text) = (read.scan.code.clone(), short(&read.scan.text));
            parsed.unmapped.push(Unmapped { code, text, what: "code".to_owned() });
        }
        let shipment = Shipment {
            source: SOURCE,
            number,
            carrier: self.carriers.name(&carrier),
            expected: estimate(tracking, &mut parsed.unmapped),
            ..Shipment::default()
        };
        shipment.tell(history, parsed);
        Ok(())
    }
}

fn read_events(events: &[Value], unmapped: &mut Vec<Unmapped>) -> Vec<Scan> {
    let mut scans = Vec::with_capacity(events.len());
    for event in events {
        let object_of = event.as_object();
        let status = object_of.and_then(|event| text(event, "status"));
        let scan = object_of.and_then(|event| {
            let substatus = match event.get("substatus") {
                Some(Value::Object(substatus)) => text(substatus, "code"),
                _ => text(event, "substatus"),
            };
            let (location, _) = place::address(object(event, "location"), ["city", "state", "zip", "country"]);
            Some(Scan {
                code: substatus.or_else(|| status.clone()).unwrap_or_default(),
                tag: status.clone(),
                text: text(event, "status_details").unwrap_or_default(),
                reason: None,
                location,
                // Shippo calls its times UTC and writes some without an offset: the clock of the place would be a wrong guess.
                at: times::moment(&text(event, "status_date")?, &[], None)?,
                sequence: 0,
            })
        });
        match scan {
            Some(scan) => scans.push(scan),
            None => unmapped.push(timeless(status, &event.to_string())),
        }
    }
    history::number(&mut scans, false);
    scans
}

fn estimate(tracking: &Object, unmapped: &mut Vec<Unmapped>) -> Option<Date> {
    let (name, written) = ["eta", "original_eta"].into_iter().find_map(|name| Some((name, text(tracking, name)?)))?;
    let expected = times::day(&written, &[]);
    if expected.is_none() {
        unmapped.push(Unmapped { code: name.to_owned(), text: short(&written), what: "field".to_owned() });
    }
    expected
}

/// An answer without a tracking: `{"detail": "…"}`, `{"error": "…"}` on older paths, `{"carrier": ["…"]}` about a field asked with.
fn refused(answer: &Object) -> ParseError {
    let Some(said) = ["detail", "error", "message"].iter().find_map(|name| text(answer, name)) else {
        let field = answer.iter().find_map(|(name, said)| Some((name, said.as_array()?.first()?.as_str()?)));
        return field.map_or_else(not_a_tracking, |(name, said)| {
            let unknown = said.to_lowercase().contains("not found");
            let said = short(said);
            if unknown {
                return not_found(format!("Shippo does not know this tracking: {said}"));
            }
            wrong_shape(format!("Shippo did not accept the question: {name}: {said}"), "check the number and the carrier")
        });
    };
    let lower = said.to_lowercase();
    let said = short(&said);
    if lower.contains("not found") || lower.contains("no tracking") {
        not_found(format!("Shippo does not know this tracking: {said}"))
    } else if lower.contains("token") || lower.contains("authenticat") || lower.contains("credential") {
        wrong_shape(format!("Shippo refused the key: {said}"), "check the API token in the settings")
    } else if lower.contains("too many") || lower.contains("throttled") || lower.contains("rate limit") {
        unreadable(format!("Shippo was asked too often: {said}"), "it is asked again later")
    } else {
        wrong_shape(format!("Shippo did not accept the question: {said}"), "check the number and the carrier")
    }
}

fn not_a_tracking() -> ParseError {
    wrong_shape("this is JSON, but not a tracking of Shippo (no `tracking_number`)", "look at the payload as it came")
}
