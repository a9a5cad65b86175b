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
    let [city, state, postal] = place_in(&words).unwrap_or_default();
    let local = day.zip(time).map(|(day, time)| Moment::unknown(day.to_datetime(time)));
    Event { local, day, words: Some(words), city, state, postal, ..Event::default() }
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

/// City, state and ZIP code at the end of a sentence: `… in JERICHO, NY 11753.`, `…, 5:05 am, HICKSVILLE, NY 11801`.
fn place_in(words: &str) -> Option<[Option<String>; 3]> {
    let start = [" in ", "am, ", "pm, "].iter().filter_map(|mark| Some(words.rfind(mark)? + mark.len())).max()?;
    let tail = words.get(start..)?.split(". ").next()?.trim().trim_end_matches('.');
    let (city, rest) = tail.rsplit_once(", ")?;
    let (state, postal) = rest.split_once(' ').map_or((rest, None), |(state, postal)| (state, Some(postal)));
    let is_postal = postal.is_none_or(|postal| postal.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'));
    (place::is_abbreviation(state) && is_postal)
        .then(|| [Some(city.to_owned()), Some(state.to_owned()), postal.map(str::to_owned)])
}

fn error_of(error: Node<'_, '_>) -> ParseError {
    let code = text_of(error, "Number").unwrap_or_default();
    let said = text_of(error, "Description").unwrap_or_default();
    refused("USPS", Refusal::of("", &said), &code, &said)
}
