//! Web Tools: `TrackResponse` in XML, with fields (`TrackFieldRequest`) or in sentences (`TrackRequest`).

use jiff::civil::{Date, Time};
use kept_base::Moment;
use kept_engine::ports::{ParseError, Parsed};
use roxmltree::Node;

use super::{DAYS, Event, tell};
use crate::reading::answer::{timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::Scan;
use crate::reading::refusal::{Outcome, Refusal, refused};
use crate::reading::xml::{self, read_xml, text_of};
use crate::reading::{place, times};

/// Reads every `TrackInfo` of an answer.
pub(super) fn read(table: &CodeTable, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
    read_xml("USPS", raw, |root| {
        let mut outcome = Outcome::default();
        if root.tag_name().name() == "Error" {
            outcome.note(None, Err(error_of(root)));
        }
        for info in xml::all(root, "TrackInfo") {
            let number = info.attribute("ID").map(str::trim).filter(|number| !number.is_empty()).map(str::to_owned);
            outcome.note(number.clone(), read_parcel(table, info, number, parsed));
        }
        if outcome.is_empty() {
            let root_error = xml::find(root, "Error").map(error_of);
            return Err(root_error.unwrap_or_else(|| {
                wrong_shape(
                    "this is XML, but not an answer of USPS's Track",
                    "look at the bytes as they came; was another address called?",
                )
            }));
        }
        outcome.tell(parsed);
        Ok(())
    })
}

fn read_parcel(table: &CodeTable, info: Node<'_, '_>, number: Option<String>, parsed: &mut Parsed) -> Result<(), ParseError> {
    let events: Vec<Node<'_, '_>> =
        info.children().filter(|node| matches!(node.tag_name().name(), "TrackSummary" | "TrackDetail")).collect();
    if let Some(error) = xml::child(info, "Error").filter(|_| events.is_empty()) {
        return Err(error_of(error));
    }
    let number = number.ok_or_else(|| {
        wrong_shape("USPS's answer has a parcel without a number (`TrackInfo ID`)", "look at the answer as it came")
    })?;
    let mut scans: Vec<Scan> = Vec::new();
    for node in events {
        let event = if node.children().any(|child| child.is_element()) {
            fields(node)
        } else {
            sentence(xml::text(node).unwrap_or_default())
        };
        let (code, words) = (event.code.clone(), event.words.clone());
        match event.scan() {
            Some(scan) => scans.push(scan),
            None => parsed.unmapped.push(timeless(code, &words.unwrap_or_default())),
        }
    }
    let day = ["PredictedDeliveryDate", "ExpectedDeliveryDate", "GuaranteedDeliveryDate"];
    let expected = day.iter().find_map(|name| times::day(&text_of(info, name)?, DAYS));
    tell(table, number, scans, expected, parsed);
    Ok(())
}

fn fields(node: Node<'_, '_>) -> Event {
    let field = |name: &str| text_of(node, name);
    let stamp = |name: &str| field(name).and_then(|written| times::moment(&written, &[], None));
    Event {
        code: field("EventCode"),
        words: field("Event"),
        local: clock(field("EventDate"), field("EventTime")).or_else(|| stamp("EventTimestamp")),
        day: field("EventDate").and_then(|date| day(&date)),
        utc: stamp("GMTTimestamp").or_else(|| stamp("GMT")),
        offset: field("GMTOffset").and_then(|written| times::offset(&written)),
        city: field("EventCity"),
        state: field("EventState"),
        postal: field("EventZIPCode").or_else(|| field("EventZIP")),
        country: field("EventCountry"),
    }
}

fn day(date: &str) -> Option<Date> {
    times::day(date, DAYS).or_else(|| times::day(date, &["%m/%d/%Y"]))
}

/// `January 6, 2016` and `2:11 pm`, each its own field. A day without a time is no moment.
fn clock(date: Option<String>, time: Option<String>) -> Option<Moment> {
    let (date, time) = (date?, time?);
    let time = time.to_uppercase();
    let date = day(&date)?;
    times::moment(&format!("{date} {time}"), &["%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %H:%M"], None)
}

/// An event in a sentence: only where it says the whole day, with its year, can it be dated.
pub(super) fn sentence(words: String) -> Event {
    let (day, time) = dated(&words);
    let Place { city, state, postal, country } = at_home(&words).or_else(|| listed(&words)).unwrap_or_default();
    let local = day.zip(time).map(|(day, time)| Moment::unknown(day.to_datetime(time)));
    Event { local, day, words: Some(words), city, state, postal, country, ..Event::default() }
}

/// `… at 9:41 am on June 8, 2020 in …`, `…, July 3, 2020, 3:52 pm, …`, `…, 07/14/2020, 7:10 am, …`.
fn dated(words: &str) -> (Option<Date>, Option<Time>) {
    let pieces: Vec<&str> = words.split([' ', ',']).filter(|piece| !piece.is_empty()).collect();
    let in_words = || pieces.windows(3).find_map(|three| times::day(&three.join(" "), &["%B %d %Y"]));
    let in_numbers = || pieces.iter().find_map(|piece| times::day(piece, &["%m/%d/%Y"]));
    let time = pieces.windows(2).find_map(|two| {
        let written = two.join(" ").trim_end_matches('.').to_uppercase();
        Time::strptime("%I:%M %p", written).ok()
    });
    (in_words().or_else(in_numbers), time)
}

/// Where a sentence says that it was.
#[derive(Default)]
struct Place {
    city: Option<String>,
    state: Option<String>,
    postal: Option<String>,
    country: Option<String>,
}

/// City, state and ZIP code: `… in JERICHO, NY 11753.`, `… at the DENVER, CO 80202 post office …`, `… in BARTOW FL 33830.`,
/// `…, 5:05 am, HICKSVILLE, NY 11801`. A state without a ZIP code is one only after a comma, at the end of a sentence.
fn at_home(words: &str) -> Option<Place> {
    words.match_indices(' ').find_map(|(space, separator)| {
        let (before, after) = (words.get(..space)?, words.get(space + separator.len()..)?);
        let (state, rest) = after.split_at_checked(2).filter(|(state, _)| place::is_abbreviation(state))?;
        let postal: String = rest.trim_start().chars().take_while(|letter| letter.is_ascii_digit() || *letter == '-').collect();
        let has_postal = postal.len() >= 5 && rest.starts_with(' ');
        let ends = before.ends_with(',') && (rest.is_empty() || rest.starts_with('.'));
        let starts = [" in the ", " in ", " at the ", "am, ", "pm, "];
        let start = starts.iter().filter_map(|mark| Some(before.rfind(mark)? + mark.len())).max()?;
        (has_postal || ends).then(|| Place {
            city: before.get(start..).map(|city| city.trim_end_matches(',').to_owned()),
            state: Some(state.to_owned()),
            postal: has_postal.then_some(postal),
            country: None,
        })
    })
}

/// What a list of events has after the time, where no ZIP code stands: a facility or a country (`…, 6:05 pm, GUANGZHOU, CHINA`).
fn listed(words: &str) -> Option<Place> {
    let start = ["am, ", "pm, "].iter().filter_map(|mark| Some(words.rfind(mark)? + mark.len())).max()?;
    let tail = words.get(start..)?.trim();
    let (city, last) = tail.rsplit_once(", ").map_or((None, tail), |(city, last)| (Some(city), last));
    if place::country_code(last).is_some() {
        return Some(Place { city: city.map(str::to_owned), country: Some(last.to_owned()), ..Place::default() });
    }
    let is_name = !tail.is_empty() && !tail.bytes().any(|byte| byte.is_ascii_lowercase());
    is_name.then(|| Place { city: Some(tail.to_owned()), ..Place::default() })
}

fn error_of(error: Node<'_, '_>) -> ParseError {
    let code = text_of(error, "Number").unwrap_or_default();
    let said = text_of(error, "Description").unwrap_or_default();
    refused("USPS", Refusal::of("", &said), &code, &said)
}
