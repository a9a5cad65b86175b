//! EasyPost: an aggregator that pushes the full history of a tracker, and answers with the same when it is asked.
//!
//! Shapes: `docs.easypost.com`, objects *Tracker* and *Event*; see `docs/connectors/easypost.md`.

use std::sync::Arc;

use jiff::civil::Date;
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped, Verification};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{
    Object, list, not_found, object, read_each, read_json, report_failures, short, text, timeless, unreadable, wrong_shape,
};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, Scan};
use crate::reading::names::Carriers;
use crate::reading::shipment::Shipment;
use crate::reading::{place, signature, times};

/// The name in `POST /in/easypost`, in `--source` and in every input.
pub const SOURCE: &str = "easypost";

/// The header of the signature: `hmac-sha256-hex=` and HMAC-SHA256 over the raw body in hexadecimal.
pub const SIGNATURE_HEADER: &str = "X-Hmac-Signature";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/easypost.toml"),
    parser: |packs| Arc::new(EasyPost::new(packs)),
};

/// What a list of EasyPost's stands under.
const LISTS: [&str; 3] = ["trackers", "events", "shipments"];

/// Reads EasyPost's tracker events, and the answers of its tracker API.
///
/// Inputs are each tracker's scans, oldest first, then its estimate. `delivery_id` is the event's. A scan's code is the carrier's
/// own (`carrier_code`) where there is one, else EasyPost's; what it means is looked up as `status/status_detail`.
#[derive(Clone, Debug)]
pub struct EasyPost {
    table: Arc<CodeTable>,
    carriers: Arc<Carriers>,
}

impl EasyPost {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> EasyPost {
        EasyPost { table: packs.table(SOURCE), carriers: Arc::clone(&packs.carriers) }
    }
}

impl Inbound for EasyPost {
    fn source(&self) -> &'static str {
        SOURCE
    }

    /// The secret is brought into Unicode's form NFKD first, as EasyPost's own clients do.
    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        let signature = header(SIGNATURE_HEADER).unwrap_or_default();
        let Some(digest) = signature.trim().strip_prefix("hmac-sha256-hex=") else { return Verification::Refused };
        let secret: String = secret.nfkd().collect();
        signature::hmac_hex(secret.as_bytes(), &[raw], digest)
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl EasyPost {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        match read_json("EasyPost", raw)? {
            Value::Object(payload) if is_event(&payload) => {
                parsed.delivery_id = text(&payload, "id");
                self.read_event(&payload, parsed)
            }
            Value::Object(payload) => self.read_answer(&payload, parsed),
            Value::Array(things) => read_each(&things, parsed, |thing, parsed| self.read_thing(thing, parsed)),
            _ => Err(not_a_tracker()),
        }
    }

    fn read_event(&self, event: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        let description = text(event, "description").unwrap_or_default();
        match object(event, "result") {
            Some(result) if is_tracker(result) => self.read_tracker(result, parsed),
            // Of something else than a tracker: a batch, a payment, a refund.
            Some(result) => {
                let words = short(&Value::Object(result.clone()).to_string());
                parsed.unmapped.push(Unmapped { code: description, text: words, what: "event".to_owned() });
                Ok(())
            }
            // The API's own events carry no result: the tracker has to be asked for.
            None => {
                let words = "the event comes without its tracker: ask for the tracker".to_owned();
                parsed.unmapped.push(Unmapped { code: description, text: words, what: "answer".to_owned() });
                Ok(())
            }
        }
    }

    fn read_answer(&self, answer: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        if let Some(error) = answer.get("error") {
            return Err(refused(error));
        }
        // A shipment has the number too, and its tracker inside.
        if let Some(tracker) = object(answer, "tracker") {
            return self.read_tracker(tracker, parsed);
        }
        if is_tracker(answer) {
            return self.read_tracker(answer, parsed);
        }
        let Some(name) = LISTS.into_iter().find(|name| answer.contains_key(*name)) else { return Err(not_a_tracker()) };
        let mut failures = Vec::new();
        for thing in list(answer, name, &mut parsed.unmapped).to_vec().iter().filter_map(Value::as_object) {
            failures.extend(self.read_thing(thing, parsed).err());
        }
        report_failures(failures, &mut parsed.unmapped);
        Ok(())
    }

    /// What stands in a list: an event, a shipment with its tracker, or a tracker.
    fn read_thing(&self, thing: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        if is_event(thing) {
            return self.read_event(thing, parsed);
        }
        self.read_tracker(object(thing, "tracker").unwrap_or(thing), parsed)
    }

    fn read_tracker(&self, tracker: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        let number = text(tracker, "tracking_code").ok_or_else(not_a_tracker)?;
        let carrier = text(tracker, "carrier").unwrap_or_else(|| SOURCE.to_owned());
        let scans = read_details(tracker, &mut parsed.unmapped);
        let history = history::read_by(&self.table, scans, &mut parsed.unmapped, key);
        let shipment = Shipment {
            source: SOURCE,
            number,
            carrier: self.carriers.name(&carrier),
            expected: estimate(tracker, &mut parsed.unmapped),
            said_at: text(tracker, "updated_at").and_then(|at| times::moment(&at, &[], None)),
            ..Shipment::default()
        };
        shipment.tell(history, parsed);
        Ok(())
    }
}

/// `status/status_detail`, which is what the table is kept by.
fn key(scan: &Scan) -> &str {
    scan.tag.as_deref().unwrap_or_default()
}

fn read_details(tracker: &Object, unmapped: &mut Vec<Unmapped>) -> Vec<Scan> {
    let details = list(tracker, "tracking_details", unmapped);
    let mut scans = Vec::with_capacity(details.len());
    for detail in details {
        let scan = detail.as_object().and_then(|detail| {
            let status = text(detail, "status").unwrap_or_default();
            let status_detail = text(detail, "status_detail").filter(|word| word != "unknown");
            let (location, zone) = place::address(object(detail, "tracking_location"), ["city", "state", "zip", "country"]);
            let own = text(detail, "carrier_code").or_else(|| status_detail.clone());
            Some(Scan {
                code: own.unwrap_or_else(|| status.clone()),
                tag: Some(status_detail.map_or_else(|| status.clone(), |detail| format!("{status}/{detail}"))),
                text: text(detail, "message").or_else(|| text(detail, "description")).unwrap_or_default(),
                reason: text(detail, "description"),
                location,
                at: times::moment(&text(detail, "datetime")?, &[], zone.as_ref())?,
                sequence: 0,
            })
        });
        match scan {
            Some(scan) => scans.push(scan),
            None => unmapped.push(timeless(detail.as_object().and_then(|detail| text(detail, "status")), &detail.to_string())),
        }
    }
    history::number(&mut scans, false);
    scans
}

/// The day at the destination where the carrier says it, else the day as EasyPost writes it.
fn estimate(tracker: &Object, unmapped: &mut Vec<Unmapped>) -> Option<Date> {
    let local = object(tracker, "carrier_detail").and_then(|detail| text(detail, "est_delivery_date_local"));
    let written = local.or_else(|| text(tracker, "est_delivery_date"))?;
    let expected = times::day(&written, &[]);
    if expected.is_none() {
        unmapped.push(Unmapped { code: "est_delivery_date".to_owned(), text: short(&written), what: "field".to_owned() });
    }
    expected
}

fn is_event(payload: &Object) -> bool {
    text(payload, "object").as_deref() == Some("Event") || payload.get("result").is_some_and(Value::is_object)
}

fn is_tracker(payload: &Object) -> bool {
    payload.contains_key("tracking_code")
}

/// `{"error": {"code": "TRACKER.…", "message", "errors"}}`; older answers have text there.
fn refused(error: &Value) -> ParseError {
    let (code, said) = match error {
        Value::Object(error) => (text(error, "code").unwrap_or_default(), text(error, "message").unwrap_or_default()),
        other => (String::new(), other.as_str().unwrap_or_default().to_owned()),
    };
    let said = match (code.as_str(), short(&said)) {
        ("", said) => said,
        (code, said) => format!("{said} ({code})"),
    };
    match code.as_str() {
        "NOT_FOUND" | "TRACKER.NOT_FOUND" => not_found(format!("EasyPost does not know this tracker: {said}")),
        "UNAUTHORIZED" | "APIKEY.INACTIVE" | "FORBIDDEN" => {
            wrong_shape(format!("EasyPost refused the key: {said}"), "check the API key in the settings")
        }
        "RATE_LIMITED" | "TOO_MANY_REQUESTS" => {
            unreadable(format!("EasyPost was asked too often: {said}"), "it is asked again later")
        }
        "INTERNAL_SERVER_ERROR" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "GATEWAY_TIMEOUT" => {
            unreadable(format!("EasyPost is out of order: {said}"), "it is asked again later")
        }
        _ => wrong_shape(format!("EasyPost did not accept the question: {said}"), "check the number and the carrier"),
    }
}

fn not_a_tracker() -> ParseError {
    wrong_shape(
        "this is JSON, but neither an event nor a tracker of EasyPost (no `tracking_code`)",
        "look at the payload as it came",
    )
}
