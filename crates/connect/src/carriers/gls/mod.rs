//! GLS: Track & Trace v1 and the shapes that GLS gave before it. All are asked.
//!
//! Shapes: `api.gls-group.net` and `developer.gls-poland.com`; see `docs/connectors/gls.md`.

mod in_xml;
mod poll;

use std::sync::Arc;

use jiff::tz::TimeZone;
use kept_base::{Country, Moment};
use kept_engine::ports::{Inbound, ParseError, Parsed};
use serde_json::Value;

pub use poll::{DEFAULT_BASE_URL, poller};

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{Object, first_object, first_text, object, objects, read_json, text, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, Scan};
use crate::reading::refusal::{Outcome, Refusal, refused};
use crate::reading::shipment::Shipment;
use crate::reading::xml::is_xml;
use crate::reading::{place, times};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "gls";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/gls.toml"),
    parser: |packs| Arc::new(Gls::new(packs)),
};

/// The lists of parcels, version by version.
const PARCELS: [&str; 6] = ["parcels", "tuStatus", "UnitDetail", "UnitItems", "unitDetail", "parcel"];
/// The lists of events.
const EVENTS: [&str; 4] = ["events", "history", "History", "ParcelStatusList"];
const NUMBERS: [&str; 8] = ["unitno", "unitNo", "tuNo", "trackid", "TrackID", "ParcelNumber", "parcelNumber", "requested"];
const CODES: [&str; 5] = ["code", "eventCode", "StatusCode", "evtNo", "evtCode"];
const WORDS: [&str; 5] = ["description", "evtDscr", "Description", "StatusText", "StatusDescription"];
const TIMES: [&str; 6] = ["eventDateTime", "timestamp", "dateTime", "Date", "date", "StatusDate"];
/// Written where ISO 8601 is not.
const PATTERNS: [&str; 4] = ["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"];

/// Reads answers of Track & Trace v1 (`parcels[].events`), of its predecessor, of the public page (`tuStatus[].history`) and of ShipIT
/// (`UnitDetail.History`) and of MyGLS (`ParcelStatusList`); and what is told in XML (`in_xml`).
///
/// Codes are the events' codes; the parcel's own status (`DELIVEREDPS`) is the tag of its newest event, or a scan of its own where
/// there are no events.
#[derive(Clone, Debug)]
pub struct Gls {
    table: Arc<CodeTable>,
}

impl Gls {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> Gls {
        Gls { table: packs.table(SOURCE) }
    }
}

impl Inbound for Gls {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl Gls {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        let payload = if is_xml(raw) { in_xml::answer(raw)? } else { read_json("GLS", raw)? };
        let mut outcome = Outcome::default();
        for answer in objects(Some(&payload)) {
            let listed = PARCELS.iter().find_map(|name| answer.get(*name));
            let bare = EVENTS.iter().any(|name| answer.contains_key(*name)) || answer.contains_key("unitno");
            let parcels: Vec<&Object> = match listed {
                Some(listed) => objects(Some(listed)).collect(),
                None if bare => vec![answer],
                None => Vec::new(),
            };
            if parcels.is_empty() {
                // An answer that lists no parcel says why, or does not know the number.
                let nothing = listed.is_some().then(|| refused("GLS", Refusal::NotFound, "", ""));
                if let Some(error) = error_of(answer).or(nothing) {
                    outcome.note(None, Err(error));
                }
            }
            for parcel in parcels {
                let number = number_of(parcel);
                outcome.note(number.clone(), self.read_parcel(parcel, number, parsed));
            }
        }
        if outcome.is_empty() {
            return Err(not_gls());
        }
        outcome.tell(parsed);
        Ok(())
    }

    fn read_parcel(&self, parcel: &Object, number: Option<String>, parsed: &mut Parsed) -> Result<(), ParseError> {
        let events = EVENTS.iter().find_map(|name| parcel.get(*name).filter(|value| objects(Some(value)).next().is_some()));
        let status = first_text(parcel, &["status", "Status"])
            .or_else(|| object(parcel, "progressBar").and_then(|bar| text(bar, "statusInfo")));
        if let Some(error) = error_of(parcel).filter(|_| events.is_none()) {
            return Err(error);
        }
        let number = number.ok_or_else(|| {
            wrong_shape("GLS's answer has a parcel without a number (`unitno`)", "look at the answer as it came")
        })?;
        let mut scans = Vec::new();
        for event in objects(events) {
            match read_event(event) {
                Some(scan) => scans.push(scan),
                None => {
                    parsed.unmapped.push(timeless(first_text(event, &CODES), &Value::Object(event.clone()).to_string()));
                }
            }
        }
        if scans.is_empty() {
            scans.extend(status.clone().and_then(|status| status_scan(parcel, status)));
        }
        history::number(&mut scans, true);
        // The parcel's status is that of its newest event and of no other.
        let newest = scans.iter_mut().max_by_key(|scan| (scan.at.wall, scan.sequence));
        if let Some((newest, status)) = newest.zip(status) {
            newest.tag = Some(format!("{}|{}", status.to_uppercase(), newest.code));
        }
        let parcel = Shipment { source: SOURCE, number, carrier: SOURCE.to_owned(), scans, ..Shipment::default() };
        parcel.read_into(&self.table, parsed);
        Ok(())
    }
}

fn read_event(event: &Object) -> Option<Scan> {
    let (location, zone) = place_of(event);
    let words = first_text(event, &WORDS).unwrap_or_default();
    // The public page gives events no code: its words stand alone.
    let code = first_text(event, &CODES).or_else(|| number_as_written(event)).unwrap_or_default();
    Some(Scan {
        // Also a tag: what the event says comes before what its code stands for. A nation's own codes stand for nothing elsewhere.
        tag: Some(code.clone()).filter(|_| !event.contains_key("nation")),
        code,
        text: words,
        reason: None,
        location,
        at: moment(event, zone.as_ref())?,
        sequence: 0,
    })
}

/// `3.0` may come as a number, and a number with a fraction is no id anywhere else.
fn number_as_written(event: &Object) -> Option<String> {
    match event.get("code")? {
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn status_scan(parcel: &Object, status: String) -> Option<Scan> {
    let written = first_text(parcel, &["statusDateTime", "timestamp"])?;
    Some(Scan {
        code: status,
        tag: None,
        text: first_text(parcel, &["statusDescription", "description"]).unwrap_or_default(),
        reason: None,
        location: None,
        at: times::moment(&written, &PATTERNS, None)?,
        sequence: 0,
    })
}

fn moment(event: &Object, zone: Option<&TimeZone>) -> Option<Moment> {
    let written = first_text(event, &TIMES)?;
    let apart = first_text(event, &["time", "Time"]).map(|time| format!("{written} {time}"));
    // MyGLS has the form of .NET.
    let whole = times::in_date_call(&written).or_else(|| times::moment(&written, &PATTERNS, zone));
    let joined = whole.or_else(|| times::moment(&apart?, &PATTERNS, zone));
    joined.or_else(|| times::moment_or_day(&written, &["%d.%m.%Y", "%d/%m/%Y"], zone))
}

fn place_of(event: &Object) -> (Option<String>, Option<TimeZone>) {
    let address = first_object(event, &["address", "location"]).unwrap_or(event);
    let field = |names: &[&str]| first_text(address, names).or_else(|| first_text(event, names));
    let city = field(&["city", "location", "Location", "depot", "DepotCity"]);
    let postal = field(&["postalCode", "zipCode", "zip"]);
    let country = field(&["countryCode", "country", "Country"]);
    // Older shapes write the country's name.
    let named = country.as_deref().and_then(place::country_code);
    let nation = text(event, "nation");
    let zone =
        place::zone(named.as_ref().map(Country::code).or(country.as_deref()).or(nation.as_deref()), None, postal.as_deref());
    (place::line(&[city, postal, country.or_else(|| field(&["countryName"]))]), zone)
}

/// Of the numbers it goes by the parcel's own (`UNITNO`), not the customer's.
fn number_of(parcel: &Object) -> Option<String> {
    let listed = objects(parcel.get("references"))
        .find(|reference| text(reference, "type").is_some_and(|kind| kind == "UNITNO"))
        .and_then(|reference| text(reference, "value"));
    first_text(parcel, &["unitno", "unitNo", "tuNo"]).or(listed).or_else(|| first_text(parcel, &NUMBERS))
}

/// `errorCode` at a parcel, `errors[]` of the gateway, `lastError` of the public page.
fn error_of(answer: &Object) -> Option<ParseError> {
    let listed = objects(answer.get("errors")).chain(objects(answer.get("GetParcelStatusErrors"))).next();
    let error = listed.or_else(|| object(answer, "error")).unwrap_or(answer);
    let code = first_text(error, &["errorCode", "exitCode", "lastError", "code", "status", "httpCode", "ErrorCode"]);
    let said = first_text(
        error,
        &[
            "errorMessage",
            "exitMessage",
            "exceptionText",
            "message",
            "description",
            "detail",
            "title",
            "error",
            "ErrorDescription",
        ],
    );
    // A parcel's own `status` and `description` are no error.
    let at_parcel = ["errorCode", "errorMessage", "lastError", "exceptionText"].iter().any(|name| text(answer, name).is_some());
    let is_parcel = number_of(answer).is_some();
    if (is_parcel && !at_parcel && listed.is_none()) || (code.is_none() && said.is_none()) {
        return None;
    }
    let (code, said) = (code.unwrap_or_default(), said.unwrap_or_default());
    // `E000` of the public page stands for every failure; its words tell.
    Some(refused("GLS", Refusal::of(&code, &said), &code, &said))
}

fn not_gls() -> ParseError {
    wrong_shape(
        "this is JSON, but not an answer of GLS's tracking",
        "look at the bytes as they came; was another address called?",
    )
}
