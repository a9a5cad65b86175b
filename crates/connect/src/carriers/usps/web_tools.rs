//! Web Tools: `TrackResponse` in XML, with fields (`TrackFieldRequest`) or in sentences (`TrackRequest`).

use jiff::civil::DateTime;
use kept_base::Moment;
use kept_engine::ports::{ParseError, Parsed};
use roxmltree::Node;

use super::{DAYS, Event, tell};
use crate::reading::answer::{timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::Scan;
use crate::reading::refusal::{Outcome, Refusal, refused};
use crate::reading::times;
use crate::reading::xml::{self, read_xml, text_of};

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
        let event = if node.children().any(|child| child.is_element()) { fields(node) } else { sentence(node) };
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
        utc: stamp("GMTTimestamp").or_else(|| stamp("GMT")),
        offset: field("GMTOffset").and_then(|written| times::offset(&written)),
        city: field("EventCity"),
        state: field("EventState"),
        postal: field("EventZIPCode").or_else(|| field("EventZIP")),
        country: field("EventCountry"),
    }
}

/// `January 6, 2016` and `2:11 pm`, each its own field. A day without a time is no moment.
fn clock(date: Option<String>, time: Option<String>) -> Option<Moment> {
    let (date, time) = (date?, time?);
    let time = time.to_uppercase();
    let date = times::day(&date, DAYS).or_else(|| times::day(&date, &["%m/%d/%Y"]))?;
    times::moment(&format!("{date} {time}"), &["%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %H:%M"], None)
}

/// An event in a sentence: only where it says the whole day, with its year, can it be dated.
fn sentence(node: Node<'_, '_>) -> Event {
    let words = xml::text(node).unwrap_or_default();
    Event { local: moment_in(&words).map(Moment::unknown), words: Some(words), ..Event::default() }
}

/// `… at 9:41 am on June 8, 2020 in …`, `…, July 3, 2020, 3:52 pm, …`.
fn moment_in(words: &str) -> Option<DateTime> {
    let pieces: Vec<&str> = words.split([' ', ',']).filter(|piece| !piece.is_empty()).collect();
    let date = pieces.windows(3).find_map(|three| times::day(&three.join(" "), &["%B %d %Y"]))?;
    let time = pieces.windows(2).find_map(|two| {
        let written = two.join(" ").trim_end_matches('.').to_uppercase();
        jiff::civil::Time::strptime("%I:%M %p", written).ok()
    })?;
    Some(date.to_datetime(time))
}

fn error_of(error: Node<'_, '_>) -> ParseError {
    let code = text_of(error, "Number").unwrap_or_default();
    let said = text_of(error, "Description").unwrap_or_default();
    refused("USPS", Refusal::of("", &said), &code, &said)
}
