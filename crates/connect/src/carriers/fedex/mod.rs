//! FedEx: the Track API, which is asked, and its visibility webhook, which pushes the same shape.
//!
//! Shapes: `developer.fedex.com`; see `docs/connectors/fedex.md`.

mod in_xml;
mod poll;

use std::sync::Arc;

use jiff::civil::Date;
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped};
use serde_json::Value;

pub use poll::{DEFAULT_BASE_URL, poller};

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{Object, first_object, object, objects, read_json, short, text, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, Scan};
use crate::reading::refusal::{Outcome, Refusal, refused};
use crate::reading::shipment::Shipment;
use crate::reading::{place, times, xml};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "fedex";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/fedex.toml"),
    parser: |packs| Arc::new(FedEx::new(packs)),
};

/// Scan events that are forecasts: *arriving early*, *arriving on time*. They move no parcel.
const FORECASTS: [&str; 2] = ["AE", "AO"];

/// Which of `dateAndTimes` says the day, the newest kind of promise first.
const ESTIMATES: [&str; 4] = ["ESTIMATED_DELIVERY", "APPOINTMENT_DELIVERY", "COMMITMENT", "ANTICIPATED_TENDER"];

/// Reads answers of Track and what the visibility webhook pushes; and the Track Service before it, in XML.
///
/// Codes are `eventType`; `derivedStatusCode` is the tag, and the exception's code and words are read by the table's rules. Inputs
/// are the scans of each parcel, oldest first, then its estimate. How the webhook is signed was not read in FedEx's documentation:
/// its entrance must be fenced otherwise.
#[derive(Clone, Debug)]
pub struct FedEx {
    table: Arc<CodeTable>,
}

impl FedEx {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> FedEx {
        FedEx { table: packs.table(SOURCE) }
    }
}

impl Inbound for FedEx {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl FedEx {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        let payload = if xml::is_xml(raw) { in_xml::answer(raw)? } else { read_json("FedEx", raw)? };
        let mut outcome = Outcome::default();
        for answer in objects(Some(&payload)) {
            self.read_answer(answer, &mut outcome, parsed);
        }
        if outcome.is_empty() {
            return Err(not_fedex());
        }
        outcome.tell(parsed);
        Ok(())
    }

    fn read_answer(&self, answer: &Object, outcome: &mut Outcome, parsed: &mut Parsed) {
        let output = object(answer, "output").unwrap_or(answer);
        let complete = output.contains_key("completeTrackResults");
        // `alerts` warn beside results; where there are none they say why.
        let alert = objects(output.get("alerts")).next().filter(|_| !complete);
        if let Some(error) = objects(answer.get("errors")).next().or(alert) {
            outcome.note(None, Err(error_of(error)));
            return;
        }
        if complete {
            for complete in objects(output.get("completeTrackResults")) {
                self.read_results(complete, outcome, parsed);
            }
        } else {
            self.read_results(output, outcome, parsed);
        }
    }

    /// A number may have several results (it was used again, or has several pieces): each is a parcel.
    fn read_results(&self, complete: &Object, outcome: &mut Outcome, parsed: &mut Parsed) {
        let number = text(complete, "trackingNumber");
        let bare = complete.contains_key("scanEvents") || complete.contains_key("latestStatusDetail");
        let results: Vec<&Object> = if bare { vec![complete] } else { objects(complete.get("trackResults")).collect() };
        for result in results {
            let own = object(result, "trackingNumberInfo").and_then(|info| text(info, "trackingNumber"));
            let own = own.or_else(|| text(result, "trackingNumber")).or_else(|| number.clone());
            outcome.note(own.clone(), self.read_result(result, own, parsed));
        }
    }

    fn read_result(&self, result: &Object, number: Option<String>, parsed: &mut Parsed) -> Result<(), ParseError> {
        let has_events = objects(result.get("scanEvents")).next().is_some();
        if let Some(error) = object(result, "error").filter(|_| !has_events) {
            return Err(error_of(error));
        }
        let number = number.ok_or_else(|| {
            wrong_shape("FedEx's answer has a parcel without a number (`trackingNumber`)", "look at the answer as it came")
        })?;
        let (scans, forecasts) = read_events(result, &mut parsed.unmapped);
        let newest = scans.iter().map(|scan| scan.at.wall).max();
        let said_at = forecasts.iter().map(|forecast| forecast.at).max_by_key(|at| at.wall);
        let seen = newest.max(said_at.map(|at| at.wall));
        let expected = estimate(result).filter(|day| seen.is_some_and(|seen| times::plausible(*day, seen.date())));
        if expected.is_none() {
            // Without a day a forecast is nothing that can be kept to; it is shown all the same.
            parsed.unmapped.extend(forecasts.into_iter().map(|forecast| Unmapped {
                code: forecast.code,
                text: short(&forecast.text),
                what: "event".to_owned(),
            }));
        }
        let parcel = Shipment {
            source: SOURCE,
            number,
            carrier: SOURCE.to_owned(),
            scans,
            expected,
            // A forecast older than the newest scan is not when the estimate in this answer was made.
            said_at: said_at.filter(|at| newest.is_none_or(|newest| at.wall >= newest)),
            ..Shipment::default()
        };
        parcel.read_into(&self.table, parsed);
        Ok(())
    }
}

/// The scans, and the forecasts apart from them.
fn read_events(result: &Object, unmapped: &mut Vec<Unmapped>) -> (Vec<Scan>, Vec<Scan>) {
    let (mut scans, mut forecasts) = (Vec::new(), Vec::new());
    for event in objects(result.get("scanEvents")) {
        let derived = text(event, "derivedStatusCode");
        let code = text(event, "eventType").or_else(|| derived.clone()).unwrap_or_default();
        match read_event(event, code.clone(), derived) {
            Some(scan) if FORECASTS.contains(&code.to_uppercase().as_str()) => forecasts.push(scan),
            Some(scan) => scans.push(scan),
            None => unmapped.push(timeless(Some(code), &Value::Object(event.clone()).to_string())),
        }
    }
    // Some answers carry a status and no events.
    if scans.is_empty() && forecasts.is_empty() {
        scans.extend(latest_status(result));
    }
    history::number(&mut scans, true);
    (scans, forecasts)
}

fn read_event(event: &Object, code: String, derived: Option<String>) -> Option<Scan> {
    let (location, zone) = place_of(object(event, "scanLocation"));
    let delay = object(event, "delayDetail");
    let delay = |name: &str| delay.and_then(|delay| text(delay, name));
    let reason = [text(event, "exceptionDescription"), delay("type"), delay("subType")];
    let exception = text(event, "exceptionCode").map(|code| format!("[{code}]"));
    let reason: Vec<String> = exception.into_iter().chain(reason.into_iter().flatten()).collect();
    Some(Scan {
        code,
        tag: derived,
        text: text(event, "eventDescription").or_else(|| text(event, "derivedStatus")).unwrap_or_default(),
        reason: (!reason.is_empty()).then(|| reason.join(" ")),
        location,
        at: times::moment_or_day(&text(event, "date")?, &[], zone.as_ref())?,
        sequence: 0,
    })
}

/// `latestStatusDetail`, dated by the time in `dateAndTimes` that belongs to it.
fn latest_status(result: &Object) -> Option<Scan> {
    let status = object(result, "latestStatusDetail")?;
    let code = text(status, "code")?;
    let kind = match code.to_uppercase().as_str() {
        "DL" => "ACTUAL_DELIVERY",
        "PU" => "ACTUAL_PICKUP",
        "OC" => "SHIP",
        _ => return None,
    };
    let (location, zone) = place_of(object(status, "scanLocation"));
    Some(Scan {
        code,
        tag: text(status, "derivedCode"),
        text: text(status, "description").or_else(|| text(status, "statusByLocale")).unwrap_or_default(),
        reason: None,
        location,
        at: times::moment(&date_and_time(result, kind)?, &[], zone.as_ref())?,
        sequence: 0,
    })
}

fn place_of(address: Option<&Object>) -> (Option<String>, Option<jiff::tz::TimeZone>) {
    let field = |name: &str| address.and_then(|address| text(address, name));
    let (state, postal, country) = (field("stateOrProvinceCode"), field("postalCode"), field("countryCode"));
    let city = field("city");
    let zone = place::zone_of(country.as_deref(), state.as_deref(), postal.as_deref(), city.as_deref());
    (place::line(&[city, state, postal, country.or_else(|| field("countryName"))]), zone)
}

fn date_and_time(result: &Object, kind: &str) -> Option<String> {
    objects(result.get("dateAndTimes"))
        .filter(|entry| text(entry, "type").is_some_and(|given| given == kind))
        .find_map(|entry| text(entry, "dateTime"))
}

/// The end of the window that FedEx estimates, else the day of the newest kind of promise.
fn estimate(result: &Object) -> Option<Date> {
    let window = first_object(result, &["estimatedDeliveryTimeWindow"]).and_then(|window| object(window, "window"));
    let end = window.and_then(|window| text(window, "ends").or_else(|| text(window, "begins")));
    let written = end.or_else(|| ESTIMATES.iter().find_map(|kind| date_and_time(result, kind)))?;
    times::day(&written, &[])
}

fn error_of(error: &Object) -> ParseError {
    let code = text(error, "code").unwrap_or_default();
    let said = text(error, "message").unwrap_or_default();
    // Codes are words with dots between them: `NOT.FOUND.ERROR`.
    refused("FedEx", Refusal::of(&code.replace('.', " "), &said), &code, &said)
}

fn not_fedex() -> ParseError {
    wrong_shape("this is JSON, but not an answer of FedEx's Track", "look at the bytes as they came; was another address called?")
}
