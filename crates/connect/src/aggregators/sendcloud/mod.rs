//! Sendcloud: an aggregator that pushes one event at a time, and answers with parcels or with whole histories.
//!
//! Shapes: `sendcloud.dev`, API v2 and v3; see `docs/connectors/sendcloud.md`. Every one of them becomes a list of events.

mod shapes;

use std::sync::Arc;

use jiff::civil::Date;
use kept_base::Moment;
use kept_domain::vocabulary::Milestone;
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped, Verification};
use serde_json::Value;

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{Object, not_found, read_json, report_failures, short, text, unreadable, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, ReadScan, Scan};
use crate::reading::names::Carriers;
use crate::reading::shipment::Shipment;
use crate::reading::signature;

/// The name in `POST /in/sendcloud`, in `--source` and in every input.
pub const SOURCE: &str = "sendcloud";

/// The header of the signature: HMAC-SHA256 over the raw body in hexadecimal.
pub const SIGNATURE_HEADER: &str = "Sendcloud-Signature";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/sendcloud.toml"),
    parser: |packs| Arc::new(Sendcloud::new(packs)),
};

/// Reads Sendcloud's webhooks (`parcel_status_changed` of v2, `parcels.event.created` of v3) and the answers of its APIs
/// (parcels, tracking, shipments).
///
/// Inputs are each parcel's events, oldest first, then its estimate. Codes are status ids, status codes or phases, whichever the
/// shape has; the carrier is by the name Kept uses.
#[derive(Clone, Debug)]
pub struct Sendcloud {
    table: Arc<CodeTable>,
    carriers: Arc<Carriers>,
}

/// A parcel, whatever shape it came in.
struct Told {
    number: String,
    carrier: Option<String>,
    /// The name of the shipping method, which begins with the carrier's: *PostNL Standard*.
    method: Option<String>,
    order_number: Option<String>,
    events: Vec<Event>,
    expected: Option<Date>,
    said_at: Option<Moment>,
}

/// What happened to it.
struct Event {
    /// As it is shown: a status's id or word; of v3 `phase/exception/sub_status`, without those that are `none`.
    code: String,
    /// The status in words, or the phase alone: statuses have an id and words, and few of the ids are documented.
    words: String,
    /// What v3 says beside the phase: `exception` and `sub_status`, each left out where it is `none`.
    exception: Option<String>,
    sub_status: Option<String>,
    text: String,
    location: Option<String>,
    at: Moment,
}

impl Sendcloud {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> Sendcloud {
        Sendcloud { table: packs.table(SOURCE), carriers: Arc::clone(&packs.carriers) }
    }
}

impl Inbound for Sendcloud {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        let signature = header(SIGNATURE_HEADER).unwrap_or_default();
        signature::hmac_hex(secret.as_bytes(), &[raw], &signature)
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl Sendcloud {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        // A number that v2 does not know is answered by the storage behind it, in XML.
        if raw.windows(9).any(|part| part == b"NoSuchKey") && !raw.trim_ascii_start().starts_with(b"{") {
            return Err(not_found("Sendcloud does not know this number"));
        }
        let payload = read_json("Sendcloud", raw)?;
        let told = match &payload {
            Value::Object(payload) => self.read_one(payload, &mut parsed.unmapped)?,
            Value::Array(things) => {
                let mut told = Vec::new();
                let mut failure = None;
                for thing in things.iter().filter_map(Value::as_object) {
                    match self.read_one(thing, &mut parsed.unmapped) {
                        Ok(mut more) => told.append(&mut more),
                        Err(error) => failure = Some(error),
                    }
                }
                match failure {
                    Some(failure) if told.is_empty() => return Err(failure),
                    Some(failure) => report_failures(vec![failure], &mut parsed.unmapped),
                    None => {}
                }
                told
            }
            _ => return Err(not_a_parcel()),
        };
        told.into_iter().for_each(|parcel| self.tell(parcel, parsed));
        Ok(())
    }

    fn read_one(&self, payload: &Object, unmapped: &mut Vec<Unmapped>) -> Result<Vec<Told>, ParseError> {
        match shapes::parcels(payload, unmapped) {
            Some(parcels) => Ok(parcels),
            None => Err(refused(payload)),
        }
    }

    fn tell(&self, parcel: Told, parsed: &mut Parsed) {
        let mut keys = Vec::with_capacity(parcel.events.len());
        let mut scans = Vec::with_capacity(parcel.events.len());
        for event in parcel.events {
            keys.push((event.exception, event.sub_status.clone()));
            scans.push(Scan {
                tag: Some(self.key(&event.code, &event.words, event.sub_status.as_deref())),
                code: event.code,
                text: event.text,
                reason: None,
                location: event.location,
                at: event.at,
                sequence: 0,
            });
        }
        history::number(&mut scans, false);
        let mut history =
            history::read_by(&self.table, scans, &mut parsed.unmapped, |scan| scan.tag.as_deref().unwrap_or_default());
        for read in &mut history {
            // Numbered forwards or backwards, the number is the place in the list.
            let key = usize::try_from(read.scan.sequence.unsigned_abs()).ok().and_then(|position| keys.get(position));
            if let Some((Some(exception), sub_status)) = key {
                self.go_wrong(read, exception, sub_status.as_deref(), &mut parsed.unmapped);
            }
        }
        let shipment = Shipment {
            source: SOURCE,
            number: parcel.number,
            carrier: self.carrier(parcel.carrier, parcel.method.as_deref()),
            order_number: parcel.order_number,
            expected: parcel.expected,
            said_at: parcel.said_at,
            ..Shipment::default()
        };
        shipment.tell(history, parsed);
    }

    /// What the table has a status under: its own code if it is there, `phase/sub_status` of v3, else its words as a slug
    /// (*At customs* and `AT_CUSTOMS` are `at-customs`).
    fn key(&self, code: &str, words: &str, sub_status: Option<&str>) -> String {
        let known = |key: &str| self.table.meaning(key, None, "", None).mapped;
        let fine = sub_status.map(|sub_status| format!("{}/{}", slug(words), slug(sub_status)));
        let candidates = [fine, Some(code.to_owned()), Some(slug(code)), Some(slug(words))];
        candidates.into_iter().flatten().find(|key| known(key)).unwrap_or_else(|| code.to_owned())
    }

    /// The exception beside a phase: `exception/NAME/SUB_STATUS` in the table. It may say where the parcel is, too (on its way
    /// back, cancelled).
    fn go_wrong(&self, read: &mut ReadScan, exception: &str, sub_status: Option<&str>, unmapped: &mut Vec<Unmapped>) {
        let key = format!("exception/{}/{}", slug(exception), slug(sub_status.unwrap_or("none")));
        let so_far = Some(read.milestone).filter(|milestone| *milestone != Milestone::Unknown);
        let meaning = self.table.meaning(&key, None, &read.scan.text, so_far);
        if !meaning.mapped {
            unmapped.push(Unmapped { code: key, text: short(&read.scan.text), what: "code".to_owned() });
            return;
        }
        (read.milestone, read.exception) = (meaning.milestone, meaning.exception);
    }

    /// Webhooks of v2 name the carrier only at the beginning of the shipping method.
    fn carrier(&self, carrier: Option<String>, method: Option<&str>) -> String {
        if let Some(carrier) = carrier {
            return self.carriers.name(&carrier);
        }
        let words: Vec<&str> = method.unwrap_or(SOURCE).split_whitespace().collect();
        let beginnings = (1..=words.len().min(3)).rev().filter_map(|count| words.get(..count)).map(|words| words.join(" "));
        let known = beginnings.into_iter().find_map(|name| self.carriers.known(&name).map(str::to_owned));
        known.unwrap_or_else(|| self.carriers.name(words.first().copied().unwrap_or(SOURCE)))
    }
}

/// Lower case with single dashes: how Sendcloud itself turns a status into a word.
fn slug(words: &str) -> String {
    let parts = words.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_lowercase()
}

/// An answer without a parcel: `{"error": {code, message, request}}` in v2, `{"detail": …}` and `{"errors": [{code, detail}]}` in v3.
fn refused(answer: &Object) -> ParseError {
    let said = |error: &Object, names: [&str; 4]| names.iter().find_map(|name| text(error, name));
    let inside = |name: &str| match answer.get(name) {
        Some(Value::Object(error)) => said(error, ["message", "detail", "msg", "title"]),
        Some(Value::Array(errors)) => said(errors.first()?.as_object()?, ["detail", "message", "msg", "title"]),
        Some(_) => text(answer, name),
        None => None,
    };
    let Some(said) = ["error", "errors", "detail", "message"].into_iter().find_map(inside) else { return not_a_parcel() };
    let lower = said.to_lowercase();
    let said = short(&said);
    if ["not exist", "not found", "no parcel", "unknown parcel"].iter().any(|words| lower.contains(words)) {
        not_found(format!("Sendcloud does not know this parcel: {said}"))
    } else if ["authentic", "credential", "api key", "username", "permission"].iter().any(|words| lower.contains(words)) {
        wrong_shape(format!("Sendcloud refused the key: {said}"), "check the public and the secret key in the settings")
    } else if ["throttled", "too many", "rate limit"].iter().any(|words| lower.contains(words)) {
        unreadable(format!("Sendcloud was asked too often: {said}"), "it is asked again later")
    } else if ["internal server", "unavailable", "gateway", "timed out"].iter().any(|words| lower.contains(words)) {
        unreadable(format!("Sendcloud is out of order: {said}"), "it is asked again later")
    } else {
        wrong_shape(format!("Sendcloud did not accept the question: {said}"), "look at the answer as it came")
    }
}

fn not_a_parcel() -> ParseError {
    wrong_shape("this is JSON, but neither a webhook nor a parcel of Sendcloud", "look at the payload as it came")
}
