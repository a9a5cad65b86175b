//! USPS: Tracking v3 in JSON, and the older Web Tools in XML. Both are asked.
//!
//! Shapes: `developers.usps.com` and `usps.com/business/web-tools-apis`; see `docs/connectors/usps.md`.

mod poll;
mod web_tools;

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kept_base::{Country, Moment};
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped};
use serde_json::Value;

pub use poll::{DEFAULT_BASE_URL, poller};

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{Object, first_object, first_text, object, objects, read_json, text, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, Scan};
use crate::reading::refusal::{Outcome, Refusal, refused};
use crate::reading::shipment::Shipment;
use crate::reading::{place, times, xml};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "usps";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/usps.toml"),
    parser: |packs| Arc::new(Usps::new(packs)),
};

/// Reads answers of Tracking v3 (JSON) and of Web Tools' `TrackV2` (XML).
///
/// Codes are event codes; events without one are settled by their words. Inputs are the events of each parcel, oldest first, then
/// its estimate.
#[derive(Clone, Debug)]
pub struct Usps {
    table: Arc<CodeTable>,
}

impl Usps {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> Usps {
        Usps { table: packs.table(SOURCE) }
    }
}

impl Inbound for Usps {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| if xml::is_xml(raw) { web_tools::read(&self.table, raw, parsed) } else { self.read(raw, parsed) })
    }
}

impl Usps {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        let payload = read_json("USPS", raw)?;
        let mut outcome = Outcome::default();
        for answer in objects(Some(&payload)) {
            let wrapped = ["trackingInfo", "trackInfo", "tracking", "data", "results", "payload"];
            let inner = wrapped.iter().find_map(|name| answer.get(*name).filter(|value| value.is_object() || value.is_array()));
            // A notice may hold what it tells as JSON in a text.
            let written: Option<Value> = text(answer, "payload").and_then(|written| serde_json::from_str(&written).ok());
            let inner = inner.or(written.as_ref());
            for parcel in objects(inner).chain(inner.is_none().then_some(answer)) {
                self.read_parcel(parcel, &mut outcome, parsed);
            }
        }
        if outcome.is_empty() {
            return Err(not_usps());
        }
        outcome.tell(parsed);
        Ok(())
    }

    fn read_parcel(&self, parcel: &Object, outcome: &mut Outcome, parsed: &mut Parsed) {
        let number = first_text(parcel, &["trackingNumber", "uniqueTrackingId", "trackingId"]);
        let events = parcel.get("trackingEvents").or_else(|| parcel.get("trackEvents")).or_else(|| parcel.get("trackSummary"));
        // A notice may tell one event, beside the number.
        let single = parcel.contains_key("eventTimestamp").then_some(parcel);
        let has_events = single.is_some() || objects(events).next().is_some();
        if let Some(error) = error_of(parcel).filter(|_| !has_events) {
            outcome.note(number, Err(error));
            return;
        }
        let known =
            has_events || ["statusCategory", "statusSummary", "trackingEvents"].iter().any(|name| parcel.contains_key(*name));
        match number {
            Some(number) if known => {
                let fields = Fields::of_v3();
                let scans = if has_events {
                    read_events(objects(events).chain(single), &fields, &mut parsed.unmapped)
                } else {
                    read_summaries(parcel, &mut parsed.unmapped)
                };
                let expected = estimate(parcel);
                tell(&self.table, number, scans, expected, parsed);
                outcome.note(None, Ok(()));
            }
            None if known => outcome.note(
                None,
                Err(wrong_shape(
                    "USPS's answer has a parcel without a number (`trackingNumber`)",
                    "look at the answer as it came",
                )),
            ),
            _ => {}
        }
    }
}

/// What both versions tell of an event, whatever they call it.
#[derive(Default)]
struct Event {
    code: Option<String>,
    words: Option<String>,
    local: Option<Moment>,
    /// Where the day is all that is given.
    day: Option<Date>,
    utc: Option<Moment>,
    offset: Option<i32>,
    city: Option<String>,
    state: Option<String>,
    postal: Option<String>,
    country: Option<String>,
}

impl Event {
    fn scan(self) -> Option<Scan> {
        // USPS leaves the country out at home.
        let country = self.country.as_deref().map_or_else(|| "US".parse().ok(), place::country_code);
        let country = country.as_ref().map(Country::code);
        let city = self.city.as_deref();
        let state = self.state.as_deref().or_else(|| state_in(city?));
        let zone = place::zone_of(country, state, self.postal.as_deref(), city);
        let at = self.moment(zone.as_ref())?;
        Some(Scan {
            code: self.code.unwrap_or_default(),
            tag: None,
            text: self.words.unwrap_or_default(),
            reason: None,
            location: place::line(&[self.city, self.state, self.postal, self.country]),
            at,
            sequence: 0,
        })
    }

    /// The local clock with the offset beside it. USPS writes a `Z` behind local clocks: where an offset is beside one, the `Z`
    /// says nothing.
    fn moment(&self, zone: Option<&TimeZone>) -> Option<Moment> {
        let Some(local) = self.local else {
            let Some(utc) = self.utc else {
                return self.day.map(times::first_minute);
            };
            return Some(match self.offset {
                Some(seconds) => utc.instant().map_or(utc, |instant| Moment::known(instant, seconds)),
                None => utc,
            });
        };
        if local.offset_seconds().is_some_and(|seconds| seconds != 0) {
            return Some(local);
        }
        let paired = self.utc.and_then(|utc| times::paired(local.wall, utc.wall));
        let beside = self.offset.map(|seconds| Moment::with_known_offset(local.wall, seconds));
        Some(beside.or(paired).unwrap_or_else(|| times::placed(local, zone)))
    }
}

/// The state in the name of a facility, which stands for the city: `PHOENIX AZ DISTRIBUTION CENTER`, `ISC NEW YORK NY(USPS)`.
fn state_in(facility: &str) -> Option<&str> {
    let end = [" NETWORK DISTRIBUTION", " DISTRIBUTION", " REGIONAL", "(USPS)"].iter().find_map(|kind| facility.find(kind))?;
    let state = facility.get(..end)?.rsplit(' ').next()?;
    place::is_abbreviation(state).then_some(state)
}

/// The names of an event's fields.
struct Fields {
    code: [&'static str; 1],
    words: [&'static str; 2],
    local: [&'static str; 2],
    utc: [&'static str; 2],
    offset: [&'static str; 2],
    city: [&'static str; 1],
    state: [&'static str; 1],
    postal: [&'static str; 2],
    country: [&'static str; 1],
}

impl Fields {
    fn of_v3() -> Fields {
        Fields {
            code: ["eventCode"],
            words: ["eventType", "event"],
            local: ["eventTimestamp", "eventDateTime"],
            utc: ["GMTTimestamp", "gmtTimestamp"],
            offset: ["GMTOffset", "gmtOffset"],
            city: ["eventCity"],
            state: ["eventState"],
            postal: ["eventZIP", "eventZIPCode"],
            country: ["eventCountry"],
        }
    }
}

fn read_events<'o>(events: impl Iterator<Item = &'o Object>, fields: &Fields, unmapped: &mut Vec<Unmapped>) -> Vec<Scan> {
    let mut scans = Vec::new();
    for event in events {
        let moment = |names: &[&str]| first_text(event, names).and_then(|written| times::moment(&written, &[], None));
        let code = first_text(event, &fields.code);
        let read = Event {
            code: code.clone(),
            words: first_text(event, &fields.words),
            local: moment(&fields.local),
            day: first_text(event, &fields.local).and_then(|written| times::day(&written, &[])),
            utc: moment(&fields.utc),
            offset: first_text(event, &fields.offset).and_then(|written| times::offset(&written)),
            city: first_text(event, &fields.city),
            state: first_text(event, &fields.state),
            postal: first_text(event, &fields.postal),
            country: first_text(event, &fields.country),
        };
        match read.scan() {
            Some(scan) => scans.push(scan),
            // Who signed does not belong into a list of what was not understood: only code and words are shown.
            None => unmapped.push(timeless(code, &first_text(event, &fields.words).unwrap_or_default())),
        }
    }
    scans
}

/// The answer without `expand=DETAIL`: the newest event and those before it in sentences.
fn read_summaries(parcel: &Object, unmapped: &mut Vec<Unmapped>) -> Vec<Scan> {
    let mut scans: Vec<Scan> =
        text(parcel, "statusSummary").and_then(|words| web_tools::sentence(words).scan()).into_iter().collect();
    let summaries = parcel.get("eventSummaries").and_then(Value::as_array).into_iter().flatten();
    for words in summaries.filter_map(Value::as_str) {
        match web_tools::sentence(words.trim().to_owned()).scan() {
            Some(scan) if scans.iter().any(|told| told.text == scan.text) => {}
            Some(scan) => scans.push(scan),
            None => unmapped.push(timeless(None, words)),
        }
    }
    scans
}

/// One parcel's inputs. Both versions give the newest event first.
fn tell(table: &CodeTable, number: String, mut scans: Vec<Scan>, expected: Option<Date>, parsed: &mut Parsed) {
    history::number(&mut scans, true);
    let newest = scans.iter().map(|scan| scan.at.wall).max();
    let expected = expected.filter(|day| newest.is_some_and(|newest| times::plausible(*day, newest.date())));
    let parcel = Shipment { source: SOURCE, number, carrier: SOURCE.to_owned(), scans, expected, ..Shipment::default() };
    parcel.read_into(table, parsed);
}

/// The predicted day before the expected and the guaranteed one; names differ by revision of v3.
fn estimate(parcel: &Object) -> Option<Date> {
    let expectation = first_object(parcel, &["deliveryDateExpectation"]).unwrap_or(parcel);
    let names = [
        "predictedDeliveryDate",
        "predictedDeliveryTimestamp",
        "predictedDeliveryTimeStamp",
        "expectedDeliveryTimestamp",
        "expectedDeliveryTimeStamp",
        "expectedDeliveryDate",
        "guaranteedDeliveryDate",
        "guaranteedDeliveryTimestamp",
    ];
    first_text(expectation, &names).and_then(|written| times::day(&written, DAYS))
}

/// How USPS writes days in words.
const DAYS: &[&str] = &["%B %d, %Y", "%b %d, %Y"];

/// `{error: {code, message, errors: […]}}`, `{errors: […]}`, and OAuth's `{error: "invalid_client"}`.
fn error_of(answer: &Object) -> Option<ParseError> {
    let outer = object(answer, "error");
    let inner = outer.and_then(|error| objects(error.get("errors")).next()).or_else(|| objects(answer.get("errors")).next());
    let plain = matches!(answer.get("error"), Some(Value::String(_))).then_some(answer);
    if outer.is_none() && inner.is_none() && plain.is_none() {
        return None;
    }
    let find = |names: &[&str]| {
        let places = [outer, inner, plain];
        places.into_iter().flatten().find_map(|place| first_text(place, names))
    };
    let code = find(&["code", "status", "error"]).unwrap_or_default();
    let said = find(&["message", "detail", "title", "error_description"]).unwrap_or_default();
    let detail = inner.and_then(|error| text(error, "detail")).unwrap_or_default();
    Some(refused("USPS", Refusal::of(&code, &format!("{said} {detail}")), &code, &said))
}

fn not_usps() -> ParseError {
    wrong_shape(
        "this is JSON, but not an answer of USPS's Tracking",
        "look at the bytes as they came; was another address called?",
    )
}
