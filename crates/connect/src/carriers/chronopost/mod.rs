//! Chronopost: the SOAP service `TrackingServiceWS`, which is asked.
//!
//! Shapes: `ws.chronopost.fr/tracking-cxf/TrackingServiceWS?wsdl`; see `docs/connectors/chronopost.md`.

mod poll;

use std::sync::Arc;

use kept_engine::ports::{Inbound, ParseError, Parsed};
use serde_json::Value;

pub use poll::{DEFAULT_BASE_URL, poller};

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{short, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::fold::fold;
use crate::reading::history::{self, Scan};
use crate::reading::refusal::{Outcome, Refusal, refused};
use crate::reading::shipment::Shipment;
use crate::reading::tree::{anywhere, field, list_at, read_tree, text_at};
use crate::reading::{place, times};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "chronopost";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/chronopost.toml"),
    parser: |packs| Arc::new(Chronopost::new(packs)),
};

/// How the service's operations call an event.
const EVENTS: [&str; 3] = ["events", "event", "significantEvent"];

/// How they call a parcel's number.
const NUMBERS: [&str; 2] = ["skybillNumber", "parcelNumber"];

/// Of what is told besides (`infoCompList`), that which says why: the others name people and products.
const REASONS: [&str; 4] = ["motif", "raison", "cause", "reason"];

/// Reads answers of `trackSkybillV2`, `trackSkybill`, `trackWithSenderRef` and `trackSearch`, whatever their prefixes; in XML, or in JSON
/// with the same names.
///
/// A parcel is any element that holds events; its number is the `skybillNumber` beside or above them. Inputs are the events of each
/// parcel, oldest first; Chronopost gives no estimate.
#[derive(Clone, Debug)]
pub struct Chronopost {
    table: Arc<CodeTable>,
}

impl Chronopost {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> Chronopost {
        Chronopost { table: packs.table(SOURCE) }
    }
}

impl Inbound for Chronopost {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| {
            let answer = read_tree("Chronopost", None, raw)?;
            let mut outcome = Outcome::default();
            self.read(&answer, None, &mut outcome, parsed);
            if outcome.is_empty() {
                return Err(nothing_told(&answer));
            }
            outcome.tell(parsed);
            Ok(())
        })
    }
}

impl Chronopost {
    /// Reads the parcels in this and below it. `above` is the nearest number above, for lists that have theirs beside them.
    fn read(&self, value: &Value, above: Option<&str>, outcome: &mut Outcome, parsed: &mut Parsed) {
        let fields = match value {
            Value::Array(values) => return values.iter().for_each(|value| self.read(value, above, outcome, parsed)),
            Value::Object(fields) => fields,
            _ => return,
        };
        let own = NUMBERS.iter().find_map(|name| text_at(value, std::slice::from_ref(name))).map(|number| short(&number));
        let number = own.as_deref().or(above);
        let events: Vec<&Value> =
            EVENTS.iter().flat_map(|name| list_at(value, std::slice::from_ref(name))).filter(|event| is_event(event)).collect();
        if !events.is_empty() {
            outcome.note(number.map(str::to_owned), self.read_parcel(&events, number, parsed));
        }
        for (_, inner) in fields.iter().filter(|(name, _)| !EVENTS.contains(&name.as_str())) {
            self.read(inner, number, outcome, parsed);
        }
    }

    fn read_parcel(&self, events: &[&Value], number: Option<&str>, parsed: &mut Parsed) -> Result<(), ParseError> {
        let number = number.map(str::to_owned).ok_or_else(|| {
            wrong_shape("Chronopost's answer has events without a number (`skybillNumber`)", "look at the answer as it came")
        })?;
        let mut scans = Vec::new();
        for event in events {
            match read_event(event) {
                Some(scan) => scans.push(scan),
                None => parsed
                    .unmapped
                    .push(timeless(text_at(event, &["code"]), &text_at(event, &["eventLabel"]).unwrap_or_default())),
            }
        }
        history::number(&mut scans, false);
        let parcel = Shipment { source: SOURCE, number, carrier: SOURCE.to_owned(), scans, ..Shipment::default() };
        parcel.read_into(&self.table, parsed);
        Ok(())
    }
}

/// Why an answer has no parcel in it.
fn nothing_told(answer: &Value) -> ParseError {
    let code = anywhere(answer, "errorCode").unwrap_or_default();
    let said = anywhere(answer, "errorMessage").unwrap_or_default();
    let is_answer = ["return", "skybillNumber"].iter().any(|name| is_anywhere(answer, name));
    match code.as_str() {
        // Nothing is wrong, and nothing is there: the number has no event yet.
        "0" => refused("Chronopost", Refusal::NotFound, "", &said),
        "" if is_answer => refused("Chronopost", Refusal::NotFound, "", &said),
        "" => wrong_shape(
            "this is not an answer of Chronopost's tracking",
            "look at the bytes as they came; was another address called?",
        ),
        code => refused("Chronopost", Refusal::of("", &said), code, &said),
    }
}

fn is_anywhere(value: &Value, name: &str) -> bool {
    match value {
        Value::Array(values) => values.iter().any(|value| is_anywhere(value, name)),
        Value::Object(fields) => field(value, name).is_some() || fields.values().any(|value| is_anywhere(value, name)),
        _ => false,
    }
}

fn is_event(value: &Value) -> bool {
    ["code", "eventDate", "eventLabel"].iter().any(|name| field(value, name).is_some())
}

fn read_event(event: &Value) -> Option<Scan> {
    let reason: Vec<String> = list_at(event, &["infoCompList"]).iter().filter_map(reason).collect();
    Some(Scan {
        code: text_at(event, &["code"]).unwrap_or_default(),
        tag: None,
        text: text_at(event, &["eventLabel", "label"]).unwrap_or_default(),
        reason: (!reason.is_empty()).then(|| reason.join(" ")),
        location: place::line(&[text_at(event, &["officeLabel"]), text_at(event, &["zipCode"])]),
        at: times::moment(&text_at(event, &["eventDate"])?, &["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"], None)?,
        sequence: 0,
    })
}

fn reason(entry: &Value) -> Option<String> {
    let name = fold(&text_at(entry, &["name"])?);
    REASONS.iter().any(|wanted| name.contains(wanted)).then(|| text_at(entry, &["value"])).flatten()
}
