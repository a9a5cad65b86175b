//! A reader for partners whose answer is a list of events, told by declaration what the fields are called.
//!
//! A partner that fits is a page: an [`Outline`] and its table. What is odd about it goes into the two hooks of the outline, or the
//! partner keeps a parser of its own. The reader finds parcels at any depth and in any envelope: an object that has the event list
//! is a parcel, and its number is its own or the nearest one above it.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kept_base::{Country, Moment};
use kept_engine::ports::{Inbound, ParseError, Parsed};
use serde_json::Value;

use crate::partner::CarrierPacks;
use crate::reading::answer::{not_read, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, Scan};
use crate::reading::refusal::{Refusal, refused};
use crate::reading::shipment::Shipment;
use crate::reading::tree::{Names, begins_here, is_empty, list_at, read_tree, text_at, texts_at};
use crate::reading::{fault, place, times};

/// What the fields of a partner's answer are called. All names are alternatives: the first that is there counts.
pub(crate) struct Outline {
    /// The name in `--source`.
    pub source: &'static str,
    /// The source whose table is read, where it is not its own.
    pub table: Option<&'static str>,
    /// The carrier, by the name Kept uses.
    pub carrier: &'static str,
    /// The name shown in errors.
    pub partner: &'static str,
    /// XML only: the attribute that names an element, where the element's own name says nothing.
    pub named_by: Option<&'static str>,
    /// The parcel's number.
    pub number: Names,
    /// The list of events in a parcel.
    pub events: Names,
    /// The newest event, where it lies beside the list.
    pub newest: Names,
    /// The newest event says in other words what the list's event of the same moment says: it is told only where there is none.
    pub repeated: bool,
    /// An object with an event's own fields and no list is a parcel with that one event (webhooks, summaries, flat lists).
    pub single: bool,
    /// An event's code, the finest first.
    pub code: Names,
    /// Its coarser tag, for the table.
    pub tag: Names,
    /// Its words.
    pub text: Names,
    /// What else it says of what happened: read by the table, not shown.
    pub reason: Names,
    /// Where: lines of parts, of which the first that is not empty is shown.
    pub places: &'static [&'static [Names]],
    /// The country of the place: a code or a name.
    pub country: Names,
    /// Its state, as the postal abbreviation.
    pub state: Names,
    /// Its postal code, where that tells the zone.
    pub postal: Names,
    /// The country whose states are meant where an event names a state and no country.
    pub home: Option<&'static str>,
    /// The country that the parcel goes to, from the parcel.
    pub destination: Names,
    /// When: date and time in one field.
    pub at: Names,
    /// When: the date, where the time is another field.
    pub date: Names,
    /// When: the time.
    pub time: Names,
    /// The same moment in UTC, beside the local one.
    pub utc: Names,
    /// The offset, or a North American zone's abbreviation, beside a local time.
    pub offset: Names,
    /// `strptime` patterns of dates, and of dates with times, that are not ISO 8601.
    pub patterns: &'static [&'static str],
    /// The day it is expected, from the parcel.
    pub expected: Names,
    /// Numbers that the partner says it does not know, beside the parcels.
    pub unknown: Names,
    /// The partner's own way to say no, read before anything else.
    pub refused: fn(&Value) -> Option<ParseError>,
    /// The last word on a scan, with the event that it comes from; false leaves it out.
    pub amend: fn(&mut Scan, &Value) -> bool,
}

impl Outline {
    /// Nothing named yet: to be filled in with `..Outline::EMPTY`.
    pub(crate) const EMPTY: Outline = Outline {
        source: "",
        table: None,
        carrier: "",
        partner: "",
        named_by: None,
        number: &[],
        events: &[],
        newest: &[],
        repeated: false,
        single: false,
        code: &[],
        tag: &[],
        text: &[],
        reason: &[],
        places: &[],
        country: &[],
        state: &[],
        postal: &[],
        home: None,
        destination: &[],
        at: &[],
        date: &[],
        time: &[],
        utc: &[],
        offset: &[],
        patterns: &[],
        expected: &[],
        unknown: &[],
        refused: |_| None,
        amend: |_, _| true,
    };

    /// The parser of this outline.
    pub(crate) fn parser(&'static self, packs: &CarrierPacks) -> Arc<dyn Inbound> {
        Arc::new(OutlineReader { outline: self, table: packs.table(self.table.unwrap_or(self.source)) })
    }
}

/// Reads answers by an outline. Inputs are the scans of each parcel, oldest first, then its estimate.
#[derive(Clone)]
struct OutlineReader {
    outline: &'static Outline,
    table: Arc<CodeTable>,
}

impl Inbound for OutlineReader {
    fn source(&self) -> &'static str {
        self.outline.source
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

/// How many events of a parcel the events of another of its pieces are compared with.
const MOST_COMPARED: usize = 200;

/// A parcel found in an answer.
struct Found<'v> {
    number: Option<String>,
    parcel: &'v Value,
    events: Vec<&'v Value>,
}

/// What an answer has in it.
#[derive(Default)]
struct Search<'v> {
    parcels: Vec<Found<'v>>,
    /// Errors beside parcels, each with the number it is about.
    failures: Vec<(Option<String>, ParseError)>,
    /// Numbers that the partner does not know.
    unknown: Vec<String>,
}

impl OutlineReader {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        let outline = self.outline;
        let answer = read_tree(outline.partner, outline.named_by, raw).map_err(|error| self.fault(error))?;
        if let Some(refused) = (outline.refused)(&answer) {
            return Err(refused);
        }
        let mut search = Search::default();
        self.search(&answer, None, &mut search);
        for number in std::mem::take(&mut search.unknown) {
            search.failures.push((Some(number.clone()), refused(outline.partner, Refusal::NotFound, "", &number)));
            parsed.not_found.push(number);
        }
        let told = search.parcels.iter().any(|found| !found.events.is_empty());
        if let Some((_, failure)) = (!told).then(|| search.failures.pop()).flatten() {
            return Err(failure);
        }
        if search.parcels.is_empty() {
            return Err(fault::read(outline.partner, &answer).unwrap_or_else(|| self.not_an_answer()));
        }
        // One number that is not known must not hide the parcels beside it.
        for (number, failure) in search.failures {
            parsed.unmapped.push(not_read("answer".to_owned(), number.as_deref(), &failure));
        }
        for found in search.parcels {
            self.read_parcel(found, parsed);
        }
        Ok(())
    }

    /// A SOAP fault says in words what other answers say in fields.
    fn fault(&self, error: ParseError) -> ParseError {
        match error.message.split_once(" refused the question: ") {
            Some((_, said)) if !said.is_empty() => fault::explain(self.outline.partner, None, said),
            _ => error,
        }
    }

    fn not_an_answer(&self) -> ParseError {
        wrong_shape(
            format!("this is data, but not a tracking answer of {}", self.outline.partner),
            "look at the bytes as they came; was another address called?",
        )
    }

    fn search<'v>(&self, value: &'v Value, above: Option<&str>, search: &mut Search<'v>) {
        let outline = self.outline;
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.search(value, above, search)),
            Value::Object(fields) => {
                let number = text_at(value, outline.number).or_else(|| above.map(str::to_owned));
                search.unknown.extend(texts_at(value, outline.unknown));
                let events = list_at(value, outline.events);
                let told = events.iter().filter(|_| outline.repeated).filter_map(|event| self.moment(event, None));
                let told: Vec<Moment> = told.collect();
                let newest = list_at(value, outline.newest).iter().filter(|newest| {
                    let again = self.moment(newest, None).is_some_and(|at| told.contains(&at));
                    !again && !events.contains(newest) && self.is_event(newest)
                });
                let events: Vec<&Value> = newest.chain(events).filter(|event| !is_empty(event)).collect();
                if !events.is_empty() {
                    search.add(number, value, events);
                    return;
                }
                let failures = search.failures.len();
                if let Some(failure) = fault::beside(outline.partner, value) {
                    search.failures.push((number.clone(), failure));
                }
                let before = search.parcels.len();
                fields.values().for_each(|value| self.search(value, number.as_deref(), search));
                if search.parcels.len() > before {
                    return;
                }
                if outline.single && self.is_event(value) {
                    search.add(number, value, vec![value]);
                } else if begins_here(value, outline.events) {
                    search.add(number, value, Vec::new());
                } else if search.failures.len() == failures && text_at(value, outline.number).is_some() {
                    // A number with nothing to it, among others: it is said if the partner does not know it.
                    let unknown = fault::read(outline.partner, value).filter(|failure| failure.not_found);
                    search.failures.extend(unknown.map(|failure| (number, failure)));
                }
            }
            _ => {}
        }
    }

    fn is_event(&self, value: &Value) -> bool {
        let said = text_at(value, self.outline.code).or_else(|| text_at(value, self.outline.text));
        said.is_some() && self.moment(value, None).is_some()
    }

    fn read_parcel(&self, found: Found<'_>, parsed: &mut Parsed) {
        let outline = self.outline;
        let destination = text_at(found.parcel, outline.destination).and_then(|country| place::country_code(&country));
        let mut scans = Vec::with_capacity(found.events.len());
        for event in &found.events {
            match self.scan(event, destination.as_ref()) {
                Some(mut scan) => {
                    if (outline.amend)(&mut scan, event) {
                        scans.push(scan);
                    }
                }
                None => parsed.unmapped.push(timeless(text_at(event, outline.code), &event.to_string())),
            }
        }
        history::number(&mut scans, false);
        let number = found.number.or_else(|| found.events.iter().find_map(|event| text_at(event, outline.number)));
        let expected = text_at(found.parcel, outline.expected);
        let parcel = Shipment {
            source: outline.source,
            // Some answers leave out the number that was asked for: whoever asked knows it.
            number: number.unwrap_or_default(),
            carrier: outline.carrier.to_owned(),
            expected: expected.and_then(|written| expected_day(&written, outline.patterns)),
            scans,
            ..Shipment::default()
        };
        parcel.read_into(&self.table, parsed);
    }

    fn scan(&self, event: &Value, destination: Option<&Country>) -> Option<Scan> {
        let outline = self.outline;
        let location = outline.places.iter().find_map(|parts| {
            let mut parts: Vec<Option<String>> = parts.iter().map(|names| text_at(event, names)).collect();
            parts.dedup();
            place::line(&parts)
        });
        let zone = self.zone(event, location.as_deref(), destination);
        Some(Scan {
            code: text_at(event, outline.code).unwrap_or_default(),
            tag: text_at(event, outline.tag),
            text: text_at(event, outline.text).unwrap_or_default(),
            reason: text_at(event, outline.reason),
            location,
            at: self.moment(event, zone.as_ref())?,
            sequence: 0,
        })
    }

    /// The zone of the place; without a place, that of the destination.
    fn zone(&self, event: &Value, location: Option<&str>, destination: Option<&Country>) -> Option<TimeZone> {
        let outline = self.outline;
        let last_word = |line: &str| line.rsplit([',', ' ']).next().map(str::to_owned);
        let country = text_at(event, outline.country).and_then(|country| place::country_code(&country));
        let country = country.or_else(|| location.and_then(place::country_at_end));
        let state = text_at(event, outline.state);
        let state = state.or_else(|| location.and_then(place::state_before_country).map(str::to_owned));
        let city = location.and_then(|line| line.split(',').next());
        let here = match (country, outline.home) {
            (Some(country), home) => {
                let state = state.or_else(|| location.filter(|_| home == Some(country.code())).and_then(last_word));
                let postal = text_at(event, outline.postal);
                place::zone_of(Some(country.code()), state.as_deref(), postal.as_deref(), city)
            }
            (None, Some(home)) => {
                let state = state.or_else(|| location.and_then(last_word));
                state.and_then(|state| place::zone_of(Some(home), Some(&state), None, city))
            }
            (None, None) => None,
        };
        // A place that is named and not resolved may be anywhere: the destination's clock is that of a scan without a place.
        here.or_else(|| place::zone(destination.filter(|_| location.is_none()).map(Country::code), None, None))
    }

    /// A moment: what the partner gives of the offset first, then what its place tells.
    fn moment(&self, event: &Value, zone: Option<&TimeZone>) -> Option<Moment> {
        let outline = self.outline;
        let written = text_at(event, outline.at);
        let moment = written.and_then(|written| epoch(&written).or_else(|| times::moment(&written, outline.patterns, None)));
        let (moment, whole) = match moment {
            Some(moment) => (moment, true),
            None => {
                let date = text_at(event, outline.date).or_else(|| text_at(event, outline.at))?;
                let time = text_at(event, outline.time);
                let wall = times::joined(&date, time.as_deref(), outline.patterns)?;
                match time.as_deref().and_then(offset_after) {
                    Some(seconds) => (Moment::with_known_offset(wall, seconds), true),
                    None => (Moment::unknown(wall), time.is_some()),
                }
            }
        };
        let utc = text_at(event, outline.utc).and_then(|utc| Moment::parse_iso(&utc).ok());
        if let Some(paired) = utc.and_then(|utc| times::paired(moment.wall, utc.wall)) {
            return Some(paired);
        }
        if moment.offset_seconds().is_some() {
            return Some(moment);
        }
        let beside =
            text_at(event, outline.offset).and_then(|offset| times::offset(&offset).or_else(|| times::american_offset(&offset)));
        match beside {
            Some(seconds) if whole => Some(Moment::with_known_offset(moment.wall, seconds)),
            // A day without a time has no moment that an offset could belong to.
            _ if !whole => Some(moment),
            _ => Some(times::placed(moment, zone)),
        }
    }
}

impl<'v> Search<'v> {
    /// Adds events to the parcel of this number, or a parcel.
    fn add(&mut self, number: Option<String>, parcel: &'v Value, events: Vec<&'v Value>) {
        match self.parcels.iter_mut().find(|found| number.is_some() && found.number == number) {
            Some(found) => {
                // Pieces of one shipment tell of one scan each, in the same words. Nothing is compared in a list that never ends.
                let seen = found.events.get(..MOST_COMPARED.min(found.events.len())).unwrap_or_default();
                let news: Vec<&Value> = events.into_iter().filter(|event| !seen.contains(event)).collect();
                found.events.extend(news);
            }
            None => self.parcels.push(Found { number, parcel, events }),
        }
    }
}

/// The day of an estimate, whatever follows it (`2026-01-09 23:59:00 GMT+08:00`).
fn expected_day(written: &str, patterns: &[&str]) -> Option<Date> {
    times::day(written, patterns).or_else(|| times::day(written.get(..10)?, patterns))
}

/// Seconds (ten digits) or milliseconds (thirteen) since 1970; milliseconds with the offset of the clock (`/Date(1700000000000+0300)/`).
fn epoch(written: &str) -> Option<Moment> {
    if let Some(moment) = times::in_date_call(written) {
        return Some(moment);
    }
    let number: i64 = written.parse().ok()?;
    let at = match written.len() {
        10 => jiff::Timestamp::from_second(number),
        13 => jiff::Timestamp::from_millisecond(number),
        _ => return None,
    };
    at.ok().map(Moment::from_timestamp_utc)
}

/// The offset that follows a time of day: `13:05:00+02:00`, `13:05Z`.
fn offset_after(time: &str) -> Option<i32> {
    let start = time.find(['+', 'Z'])?;
    times::offset(time.get(start..)?)
}
