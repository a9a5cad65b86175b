//! EPCIS: the events in which trading partners tell of things and parcels.
//!
//! Shapes: GS1's EPCIS 2.0 and Core Business Vocabulary 2.0, JSON, JSON-LD and XML, and the XML of EPCIS 1; see
//! `docs/connectors/epcis.md`.

mod in_xml;

use std::sync::Arc;

use jiff::tz;
use kept_base::Moment;
use kept_domain::input::{Input, News, ParcelScanWithdrawn};
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped};
use serde_json::Value;

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{Object, list, object, read_json, short, text, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, Scan};
use crate::reading::shipment::Shipment;
use crate::reading::{times, xml};

/// Who speaks, in errors: an event names no partner.
const TRADING_PARTNER: &str = "The trading partner";

/// The name in `POST /in/epcis`, in `--source` and in every input; and the carrier, since an event names none.
pub const SOURCE: &str = "epcis";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/epcis.toml"),
    parser: |packs| Arc::new(Epcis::new(packs)),
};

/// Reads EPCIS documents, query answers, lists of events, and events alone; JSON unless it begins like XML.
///
/// Of object, aggregation, transaction and association events each EPC is a parcel with one scan: code = `bizStep`, text =
/// `disposition`. An event that is declared in error is a withdrawal of its scans, and of those of the same event in the document;
/// its scans are not told. Transformations concern no parcel: `unmapped`.
#[derive(Clone, Debug)]
pub struct Epcis {
    table: Arc<CodeTable>,
}

/// An event that concerns parcels.
struct Event {
    id: Option<String>,
    epcs: Vec<String>,
    step: String,
    disposition: Option<String>,
    location: Option<String>,
    at: Moment,
    order_number: Option<String>,
    /// Declared in error, and why.
    error: Option<Option<String>>,
}

impl Epcis {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> Epcis {
        Epcis { table: packs.table(SOURCE) }
    }
}

impl Inbound for Epcis {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl Epcis {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        let written = if xml::is_xml(raw) {
            in_xml::events(raw)?
        } else {
            events_of(&read_json(TRADING_PARTNER, raw)?, &mut parsed.unmapped)?
        };
        let events: Vec<Event> = written.iter().filter_map(|event| read_event(event, &mut parsed.unmapped)).collect();
        if let ([event], [_]) = (events.as_slice(), written.as_slice()) {
            // An event and the declaration that it was in error may go by one id, and are two deliveries.
            let declared = if event.error.is_some() { "#error" } else { "" };
            parsed.delivery_id = event.id.as_ref().map(|id| format!("{id}{declared}"));
        }
        for event in events.iter().filter(|event| event.error.is_some()) {
            let same = |other: &&Event| other.id.is_some() && other.id == event.id && other.error.is_none();
            for withdrawn in std::iter::once(event).chain(events.iter().filter(same)) {
                parsed.inputs.extend(withdrawn.epcs.iter().map(|epc| withdrawal(withdrawn, epc, event.error.clone().flatten())));
            }
        }
        let in_error = |event: &Event| events.iter().any(|other| other.error.is_some() && withdraws(other, event));
        let standing: Vec<&Event> = events.iter().filter(|event| event.error.is_none() && !in_error(event)).collect();
        let mut told: Vec<&str> = Vec::new();
        for epc in standing.iter().flat_map(|event| &event.epcs) {
            if !told.contains(&epc.as_str()) {
                told.push(epc);
                self.tell(epc, &standing, parsed);
            }
        }
        Ok(())
    }

    /// A parcel with its scans, in the order of the document's time.
    fn tell(&self, epc: &str, events: &[&Event], parsed: &mut Parsed) {
        let about = events.iter().filter(|event| event.epcs.iter().any(|other| other == epc));
        let mut order_number = None;
        let mut scans = Vec::new();
        for event in about {
            order_number = order_number.or_else(|| event.order_number.clone());
            scans.push(Scan {
                code: event.step.clone(),
                tag: event.disposition.clone(),
                text: event.disposition.clone().unwrap_or_default(),
                reason: None,
                location: event.location.clone(),
                at: event.at,
                sequence: 0,
            });
        }
        // A query's answer begins with its newest event, unless it was asked otherwise.
        history::number(&mut scans, false);
        let (number, carrier) = (epc.to_owned(), SOURCE.to_owned());
        let parcel = Shipment { source: SOURCE, number, carrier, order_number, scans, ..Shipment::default() };
        parcel.read_into(&self.table, parsed);
    }
}

/// Whether a declaration means this event: by id, else by what the event says.
fn withdraws(declaration: &Event, event: &Event) -> bool {
    let same_id = declaration.id.is_some() && declaration.id == event.id;
    same_id
        || (declaration.epcs == event.epcs
            && declaration.step == event.step
            && declaration.location == event.location
            && declaration.at == event.at)
}

fn withdrawal(event: &Event, epc: &str, reason: Option<String>) -> Input {
    Input {
        source: SOURCE.to_owned(),
        event_id: None,
        news: News::ParcelScanWithdrawn(ParcelScanWithdrawn {
            tracking_number: epc.to_owned(),
            carrier: SOURCE.to_owned(),
            code: event.step.clone(),
            location: event.location.clone(),
            at: event.at,
            reason,
        }),
    }
}

/// A document, a query's answer, a list, or an event alone.
fn events_of(payload: &Value, unmapped: &mut Vec<Unmapped>) -> Result<Vec<Object>, ParseError> {
    let objects = |events: &[Value]| events.iter().filter_map(Value::as_object).cloned().collect();
    match payload {
        // Events, or documents that were kept together.
        Value::Array(things) => {
            let mut events = Vec::with_capacity(things.len());
            for thing in things {
                match thing.as_object() {
                    Some(document) if document.contains_key("epcisBody") => events.append(&mut events_of(thing, unmapped)?),
                    Some(event) => events.push(event.clone()),
                    None => {}
                }
            }
            Ok(events)
        }
        Value::Object(document) => {
            let body = object(document, "epcisBody").unwrap_or(document);
            let results = object(body, "queryResults").and_then(|results| object(results, "resultsBody")).unwrap_or(body);
            if results.contains_key("eventList") {
                return Ok(objects(list(results, "eventList", unmapped)));
            }
            if let Some(event) = object(body, "event") {
                return Ok(vec![event.clone()]);
            }
            if document.contains_key("eventTime") || kind(document).is_some_and(|kind| kind.ends_with("Event")) {
                return Ok(vec![document.clone()]);
            }
            // A problem answer (RFC 9457), which EPCIS 2.0 prescribes.
            Err(match text(document, "title").or_else(|| text(document, "detail")) {
                Some(said) => {
                    wrong_shape(format!("The trading partner refused: {}", short(&said)), "look at the answer as it came")
                }
                None => not_epcis(),
            })
        }
        _ => Err(not_epcis()),
    }
}

fn kind(event: &Object) -> Option<String> {
    ["type", "isA", "@type"].into_iter().find_map(|name| text(event, name)).map(|kind| word(&kind))
}

fn read_event(event: &Object, unmapped: &mut Vec<Unmapped>) -> Option<Event> {
    let kind = kind(event).unwrap_or_else(|| "ObjectEvent".to_owned());
    let whole = || short(&Value::Object(event.clone()).to_string());
    let names: &[&str] = match kind.as_str() {
        "ObjectEvent" => &["epcList"],
        // A transaction may name what holds the things and leave them out.
        "TransactionEvent" => &["epcList", "parentID"],
        // What is packed travels inside what it is packed in: the outer one is the parcel. Where it is not named (seen together,
        // on a pallet without a number) the parcels are those within.
        "AggregationEvent" | "AssociationEvent" => &["parentID", "childEPCs"],
        _ => {
            unmapped.push(Unmapped { code: kind, text: whole(), what: "event".to_owned() });
            return None;
        }
    };
    let mut epcs: Vec<String> = Vec::new();
    for name in names {
        match event.get(*name) {
            Some(Value::Array(list)) => epcs.extend(list.iter().filter_map(Value::as_str).map(|epc| epc.trim().to_owned())),
            _ => epcs.extend(text(event, name)),
        }
        epcs.retain(|epc| !epc.is_empty());
        if !epcs.is_empty() {
            break;
        }
    }
    epcs.dedup();
    if epcs.is_empty() {
        unmapped.push(Unmapped { code: kind, text: format!("an event without an EPC: {}", whole()), what: "event".to_owned() });
        return None;
    }
    let step = text(event, "bizStep").map(|step| word(&step)).unwrap_or_default();
    let Some(at) = when(event) else {
        unmapped.push(timeless(Some(step), &whole()));
        return None;
    };
    let place = |name: &str| match event.get(name)? {
        Value::Object(place) => text(place, "id"),
        _ => text(event, name),
    };
    let declaration = object(event, "errorDeclaration");
    Some(Event {
        id: text(event, "eventID"),
        epcs,
        step,
        disposition: text(event, "disposition").map(|disposition| word(&disposition)),
        location: place("readPoint").or_else(|| place("bizLocation")),
        at,
        order_number: order_number(event, unmapped),
        error: declaration.map(|declaration| text(declaration, "reason").map(|reason| word(&reason))),
    })
}

/// The vocabulary's bare word, of a URN (`urn:epcglobal:cbv:bizstep:shipping`), a link (`https://ref.gs1.org/cbv/BizStep-shipping`)
/// or a compact name (`cbv:BizStep-shipping`), which all mean the same.
fn word(written: &str) -> String {
    let last = written.rsplit(['/', ':']).next().unwrap_or(written);
    let bare = ["BizStep-", "Disp-", "ER-"].iter().find_map(|prefix| last.strip_prefix(prefix));
    bare.unwrap_or(last).to_owned()
}

/// `eventTime` with the wall clock of `eventTimeZoneOffset`, which the standard requires beside it.
fn when(event: &Object) -> Option<Moment> {
    let moment = Moment::parse_iso(&text(event, "eventTime")?).ok()?;
    let offset = text(event, "eventTimeZoneOffset").and_then(|offset| times::offset(&offset));
    Some(match (moment.instant(), offset) {
        (Some(instant), Some(seconds)) if tz::Offset::from_seconds(seconds).is_ok() => Moment::known(instant, seconds),
        (None, Some(seconds)) => Moment::with_known_offset(moment.wall, seconds),
        _ => moment,
    })
}

/// The purchase order among the business transactions, else the despatch advice: the last part of its name.
fn order_number(event: &Object, unmapped: &mut Vec<Unmapped>) -> Option<String> {
    let transactions = list(event, "bizTransactionList", unmapped);
    let of = |wanted: &str| {
        transactions.iter().filter_map(Value::as_object).find_map(|one| {
            let kind = text(one, "type").map(|kind| word(&kind).trim_start_matches("BTT-").to_owned());
            text(one, "bizTransaction").filter(|_| kind.as_deref() == Some(wanted))
        })
    };
    let name = of("po").or_else(|| of("desadv"))?;
    let last = name.rsplit(['/', ':']).next().unwrap_or_default();
    (!last.is_empty()).then(|| last.to_owned())
}

fn not_epcis() -> ParseError {
    wrong_shape("this is JSON, but not an EPCIS document (no `eventList` and no `eventTime`)", "look at the payload as it came")
}
