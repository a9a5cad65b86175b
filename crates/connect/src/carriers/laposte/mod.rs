//! La Poste (Colissimo, letters, and Chronopost through the same door): Suivi v2, which is asked.
//!
//! Shapes: `developer.laposte.fr`, product Suivi v2; see `docs/connectors/laposte.md`.

mod poll;

use std::sync::Arc;

use jiff::civil::Date;
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped};
use serde_json::Value;

pub use poll::{DEFAULT_BASE_URL, LaPostePoller, LaPosteSettings};

use crate::carriers::chronopost::SOURCE as CHRONOPOST;
use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{Object, day, list, moment, object, read_json, report_unread, short, text, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::fold::fold;
use crate::reading::history::Scan;
use crate::reading::names::Carriers;
use crate::reading::refusal::{Outcome, Refusal};
use crate::reading::shipment::Shipment;
use crate::reading::{place, times};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "laposte";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/laposte.toml"),
    parser: |packs| Arc::new(LaPoste::new(packs)),
};

const ANSWER_FIELDS: [&str; 8] = ["lang", "scope", "returnCode", "returnMessage", "shipment", "idShip", "code", "message"];
const SHIPMENT_FIELDS: [&str; 11] = [
    "idShip",
    "holder",
    "product",
    "isFinal",
    "entryDate",
    "deliveryDate",
    "estimDate",
    "url",
    "timeline",
    "event",
    "contextData",
];
const EVENT_FIELDS: [&str; 4] = ["order", "code", "label", "date"];

/// Reads answers of Suivi v2.
///
/// An answer is one object or an array of them, whatever was asked for; each has its own `returnCode`. Inputs are the scans of
/// each parcel, oldest first, then its estimate. In an array the parcels that were not found are `unmapped` (`what` = `answer`)
/// and the others are read; `error` is set when no parcel could be read at all.
#[derive(Clone, Debug)]
pub struct LaPoste {
    table: Arc<CodeTable>,
    carriers: Arc<Carriers>,
}

impl LaPoste {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> LaPoste {
        LaPoste { table: packs.table(SOURCE), carriers: Arc::clone(&packs.carriers) }
    }
}

impl Inbound for LaPoste {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| {
            let mut outcome = Outcome::default();
            for answer in answers(raw)? {
                let object = answer.as_object();
                let result = object.ok_or_else(not_suivi).and_then(|answer| self.read_answer(answer, parsed));
                let code = object.and_then(return_code).map_or_else(|| "answer".to_owned(), |code| code.to_string());
                outcome.note_as(Some(code), object.and_then(number), result);
            }
            outcome.tell(parsed);
            Ok(())
        })
    }
}

fn answers(raw: &[u8]) -> Result<Vec<Value>, ParseError> {
    match read_json("La Poste", raw)? {
        Value::Array(answers) if answers.is_empty() => {
            Err(wrong_shape("La Poste's answer names no parcel", "check the numbers that were asked"))
        }
        Value::Array(answers) => Ok(answers),
        answer @ Value::Object(_) => Ok(vec![answer]),
        _ => Err(not_suivi()),
    }
}

impl LaPoste {
    fn read_answer(&self, answer: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        let code = return_code(answer);
        let shipment = answer.get("shipment").and_then(Value::as_object);
        match (code, shipment) {
            (None | Some(200 | 207), Some(shipment)) => {
                report_unread(answer, &ANSWER_FIELDS, &mut parsed.unmapped);
                self.read_shipment(shipment, parsed)
            }
            (Some(code), _) if !matches!(code, 200 | 207) => Err(refused(code, text(answer, "returnMessage"))),
            (None, None) => match (text(answer, "code"), text(answer, "message")) {
                (None, None) => Err(not_suivi()),
                (word, message) => Err(refused(code_of_word(word.as_deref()), message.or(word))),
            },
            _ => Err(wrong_shape("La Poste's answer has no parcel in it", "look at the answer as it came")),
        }
    }

    fn read_shipment(&self, shipment: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        let Some(number) = text(shipment, "idShip") else {
            return Err(wrong_shape(
                "La Poste's answer has a parcel without a number (`idShip`)",
                "look at the answer as it came",
            ));
        };
        report_unread(shipment, &SHIPMENT_FIELDS, &mut parsed.unmapped);
        let product = text(shipment, "product").unwrap_or_default();
        // Its products are many (`Chronopost`, `Chrono 13`, `Chrono Relais`).
        let by_chronopost = || fold(&product).starts_with("chrono").then_some(CHRONOPOST);
        let carrier = self.carriers.known(&product).or_else(by_chronopost).unwrap_or(SOURCE).to_owned();
        let scans = read_events(shipment, &mut parsed.unmapped);
        // The answer does not say when the estimate was made: not before the newest event, else the parcel's entry.
        let said_at = if scans.is_empty() { moment(shipment, "entryDate") } else { None };
        let dated = !scans.is_empty() || said_at.is_some();
        let expected = estimate(shipment, dated, &mut parsed.unmapped);
        let parcel = Shipment { source: SOURCE, number, carrier, scans, expected, said_at, ..Shipment::default() };
        parcel.read_into(&self.table, parsed);
        Ok(())
    }
}

fn read_events(shipment: &Object, unmapped: &mut Vec<Unmapped>) -> Vec<Scan> {
    // Dates have an offset; one without is of the country where the parcel goes, as far as the answer tells.
    let arrival = object(shipment, "contextData").and_then(|context| text(context, "arrivalCountry"));
    let zone = place::zone(arrival.as_deref(), None, None);
    let events = list(shipment, "event", unmapped);
    let mut scans = Vec::with_capacity(events.len());
    for (place, event) in events.iter().enumerate() {
        let object = event.as_object();
        let scan = object.and_then(|event| {
            // Events come newest first; `order` grows with time where it is given.
            let newest_first = -i64::try_from(place).unwrap_or(i64::MAX);
            Some(Scan {
                code: text(event, "code").unwrap_or_default(),
                tag: None,
                text: text(event, "label").unwrap_or_default(),
                reason: None,
                location: None,
                at: times::moment(&text(event, "date")?, &[], zone.as_ref())?,
                sequence: event.get("order").and_then(Value::as_i64).unwrap_or(newest_first),
            })
        });
        if let Some(event) = object {
            report_unread(event, &EVENT_FIELDS, unmapped);
        }
        match scan {
            Some(scan) => scans.push(scan),
            None => unmapped.push(timeless(object.and_then(|event| text(event, "code")), &event.to_string())),
        }
    }
    scans
}

fn estimate(shipment: &Object, dated: bool, unmapped: &mut Vec<Unmapped>) -> Option<Date> {
    let written = text(shipment, "estimDate")?;
    let expected = day(&written).filter(|_| dated);
    if expected.is_none() {
        unmapped.push(Unmapped { code: "estimDate".to_owned(), text: short(&written), what: "field".to_owned() });
    }
    expected
}

fn return_code(answer: &Object) -> Option<i64> {
    text(answer, "returnCode")?.parse().ok()
}

fn number(answer: &Object) -> Option<String> {
    let inside = answer.get("shipment").and_then(Value::as_object).and_then(|shipment| text(shipment, "idShip"));
    text(answer, "idShip").or(inside)
}

/// 429 and 503 come as `{code, message}` with a word for a code.
fn code_of_word(word: Option<&str>) -> i64 {
    match word.unwrap_or_default() {
        "TOO_MANY_REQUESTS" => 429,
        "SERVICE_UNAVAILABLE" => 503,
        "GATEWAY_TIMEOUT" => 504,
        "INTERNAL_SERVER_ERROR" => 500,
        "BAD_REQUEST" => 400,
        "UNAUTHORIZED" => 401,
        "FORBIDDEN" => 403,
        "RESOURCE_NOT_FOUND" | "NOT_FOUND" => 404,
        other => other.parse().unwrap_or(0),
    }
}

fn refused(code: i64, said: Option<String>) -> ParseError {
    let (what, hint) = match code {
        400 => ("did not accept the question", "check the tracking number: 11 to 15 letters and digits"),
        401 | 403 => ("refused the key", "check the Okapi key in the settings"),
        404 => ("does not know this number", "it may be too early: a number is known some hours after the label; else check it"),
        429 => ("was asked too often", "it is asked again later"),
        500.. => ("is out of order", "it is asked again later"),
        _ => ("sent an answer of its own that is not in the description", "look at the answer as it came"),
    };
    let said = said.map(|said| format!(": {}", short(&said))).unwrap_or_default();
    let shown = if code == 0 { String::new() } else { format!(" ({code})") };
    ParseError {
        message: format!("La Poste {what}{shown}{said}"),
        hint: Some(hint.to_owned()),
        retryable: matches!(code, 429 | 500..),
        not_found: code == 404,
        trouble: Refusal::of_status(code).trouble(),
    }
}

fn not_suivi() -> ParseError {
    wrong_shape(
        "this is JSON, but not an answer of La Poste's Suivi v2",
        "look at the bytes as they came; was another address called?",
    )
}
