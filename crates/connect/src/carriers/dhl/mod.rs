//! DHL: Shipment Tracking – Unified, which is asked, and its push, which sends the same shape.
//!
//! Shapes: `developer.dhl.com/api-reference/shipment-tracking`; see `docs/connectors/dhl.md`.

mod poll;

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kept_base::Country;
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped, Verification};
use serde_json::Value;

pub use poll::{DEFAULT_BASE_URL, poller};

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{Object, first_object, first_text, object, objects, read_json, short, text, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, Scan};
use crate::reading::refusal::{Outcome, Refusal, refused};
use crate::reading::shipment::Shipment;
use crate::reading::{place, signature, times};

/// The name in `POST /in/dhl`, in `--source` and in every input.
pub const SOURCE: &str = "dhl";

/// The header in which the push sends the token that was agreed at subscription: DHL lets the subscriber choose it.
pub const TOKEN_HEADER: &str = "x-kept-token";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/dhl.toml"),
    parser: |packs| Arc::new(Dhl::new(packs)),
};

/// Times that are not ISO 8601, as some divisions write them.
const PATTERNS: [&str; 3] = ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S"];

/// Reads answers of Shipment Tracking and what its push sends.
///
/// Codes are `statusCode`, of which there are five; what happened is in the description. Inputs are the events of each shipment,
/// oldest first, then its estimate. The number is the shipment's `id`; its pieces (`pieceIds`) have no events of their own.
#[derive(Clone, Debug)]
pub struct Dhl {
    table: Arc<CodeTable>,
}

impl Dhl {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> Dhl {
        Dhl { table: packs.table(SOURCE) }
    }
}

impl Inbound for Dhl {
    fn source(&self) -> &'static str {
        SOURCE
    }

    /// DHL signs no body: it sends along the token it was given.
    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, _raw: &[u8], secret: &str) -> Verification {
        signature::token(secret, header(TOKEN_HEADER).unwrap_or_default().trim())
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl Dhl {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        let payload = read_json("DHL", raw)?;
        let mut outcome = Outcome::default();
        let mut notices = 0;
        for answer in objects(Some(&payload)) {
            let shipments: Vec<&Object> = if answer.contains_key("shipments") {
                objects(answer.get("shipments")).collect()
            } else if answer.contains_key("events") || object(answer, "shipment").is_some() {
                vec![object(answer, "shipment").unwrap_or(answer)]
            } else if let Some(scope) = text(answer, "scope") {
                // A notice about the subscription. Its secret is not for the list of what was not understood.
                let words = first_text(answer, &["note", "self"]).unwrap_or_default();
                parsed.unmapped.push(Unmapped { code: scope, text: short(&words), what: "event".to_owned() });
                notices += 1;
                continue;
            } else {
                outcome.note(None, Err(error_of(answer)));
                continue;
            };
            if shipments.is_empty() {
                outcome.note(None, Err(refused("DHL", Refusal::NotFound, "", "")));
            }
            for shipment in shipments {
                let number = first_text(shipment, &["id", "trackingNumber"]);
                outcome.note(number.clone(), self.read_shipment(shipment, number, parsed));
            }
        }
        if outcome.is_empty() && notices == 0 {
            return Err(not_dhl());
        }
        if !outcome.is_empty() {
            outcome.tell(parsed);
        }
        Ok(())
    }

    fn read_shipment(&self, shipment: &Object, number: Option<String>, parsed: &mut Parsed) -> Result<(), ParseError> {
        let number = number
            .ok_or_else(|| wrong_shape("DHL's answer has a shipment without a number (`id`)", "look at the answer as it came"))?;
        // On its way back the sender is the recipient: *delivered* then means returned.
        let home = text(shipment, "service").filter(|service| service == "ecommerce").map(|_| "US");
        let is_return = shipment.get("returnFlag").is_some_and(|flag| flag == &Value::Bool(true) || flag == "true");
        let mut scans = Vec::new();
        for event in objects(shipment.get("events")) {
            match read_event(event, is_return, home) {
                Some(scan) => scans.push(scan),
                None => parsed.unmapped.push(timeless(code_of(event), &Value::Object(event.clone()).to_string())),
            }
        }
        // The status repeats the newest event; it is told only where there is none.
        if scans.is_empty() {
            scans.extend(object(shipment, "status").and_then(|status| read_event(status, is_return, home)));
        }
        history::number(&mut scans, true);
        let newest = scans.iter().map(|scan| scan.at.wall).max();
        let expected = estimate(shipment).filter(|day| newest.is_some_and(|newest| times::plausible(*day, newest.date())));
        let parcel = Shipment { source: SOURCE, number, carrier: SOURCE.to_owned(), scans, expected, ..Shipment::default() };
        parcel.read_into(&self.table, parsed);
        Ok(())
    }
}

fn code_of(event: &Object) -> Option<String> {
    first_text(event, &["statusCode", "status"])
}

fn read_event(event: &Object, is_return: bool, home: Option<&str>) -> Option<Scan> {
    let (location, zone) = place_of(event.get("location"), home);
    let code = code_of(event);
    let description = text(event, "description").or_else(|| text(event, "status"));
    // By division `status` is a word of theirs or a sentence. `remark` and `nextSteps` tell of what is still to come: not read.
    let beside = text(event, "status").filter(|status| Some(status) != description.as_ref());
    Some(Scan {
        code: code.unwrap_or_default(),
        tag: is_return.then(|| "return".to_owned()),
        text: description.unwrap_or_default(),
        reason: beside.map(|status| status.replace('_', " ")),
        location,
        at: times::moment_or_day(&text(event, "timestamp")?, &PATTERNS, zone.as_ref())?,
        sequence: 0,
    })
}

/// `home` is the country of a service that names none at home: of eCommerce's `Atlanta, GA` the end is a state.
fn place_of(location: Option<&Value>, home: Option<&str>) -> (Option<String>, Option<TimeZone>) {
    let location = match location {
        Some(Value::String(text)) => return (place::line(&[Some(text.clone())]), None),
        Some(Value::Object(location)) => location,
        _ => return (None, None),
    };
    let address = object(location, "address").unwrap_or(location);
    let field = |names: &[&str]| first_text(address, names);
    let (postal, country) = (field(&["postalCode"]), field(&["countryCode"]));
    let locality = field(&["addressLocality", "city"]).map(|locality| without_country(locality, country.as_deref()));
    let state = field(&["addressRegion", "stateCode"]);
    // Express writes the country after the city (`LEIPZIG - GERMANY`), eCommerce the state (`Atlanta, GA`).
    let named = locality.as_deref().filter(|_| country.is_none()).and_then(named_country);
    let state_named = locality.as_deref().and_then(|locality| {
        place::state_before_country(locality).or_else(|| locality.rsplit_once(", ").map(|(_, state)| state))
    });
    // `Atlanta, GA, US` alone: two letters after a state are a country's.
    let after_state = locality.as_deref().filter(|_| country.is_none()).and_then(after_state);
    let at_home = home.filter(|_| state_named.is_some_and(place::is_abbreviation));
    let zone = place::zone_of(
        country.as_deref().or(named.as_ref().map(Country::code)).or(after_state.map(|(_, country)| country)).or(at_home),
        state.as_deref().or(after_state.map(|(state, _)| state)).or(state_named),
        postal.as_deref(),
        locality.as_deref(),
    );
    (place::line(&[locality, state, postal, country]), zone)
}

/// Without the country's code at its end, where the code stands in a field of its own.
fn without_country(locality: String, country: Option<&str>) -> String {
    let bare = country.and_then(|country| locality.strip_suffix(country)).and_then(|rest| rest.strip_suffix(", "));
    bare.map_or_else(|| locality.clone(), str::to_owned)
}

/// State and country at the end of a locality: `GA` and `US` of `Atlanta, GA, US`.
fn after_state(locality: &str) -> Option<(&str, &str)> {
    let (rest, country) = locality.rsplit_once(", ")?;
    let (_, state) = rest.rsplit_once(", ")?;
    (place::is_abbreviation(state) && place::is_abbreviation(country)).then_some((state, country))
}

/// The country that a locality names, alone (`Germany`) or at its end; two letters alone may be a village.
fn named_country(locality: &str) -> Option<Country> {
    place::country_at_end(locality).or_else(|| place::country_code(locality).filter(|_| locality.trim().len() > 2))
}

/// The end of the time frame, else the time of delivery that is expected.
fn estimate(shipment: &Object) -> Option<Date> {
    let frame = first_object(shipment, &["estimatedDeliveryTimeFrame"]);
    let end = frame.and_then(|frame| first_text(frame, &["estimatedThrough", "estimatedFrom"]));
    let written = end.or_else(|| first_text(shipment, &["estimatedTimeOfDelivery", "estimatedDelivery"]))?;
    times::day(&written, &PATTERNS)
}

/// `{status, title, detail}`; the gateway writes `{code, message}`.
fn error_of(answer: &Object) -> ParseError {
    let code = first_text(answer, &["status", "statusCode", "code"]);
    let title = first_text(answer, &["title", "message", "error", "reason"]);
    let detail = first_text(answer, &["detail", "details", "error_description"]);
    if code.is_none() && title.is_none() && detail.is_none() {
        return not_dhl();
    }
    let said: Vec<String> = [title, detail].into_iter().flatten().collect();
    let (code, said) = (code.unwrap_or_default(), said.join(": "));
    // Here the number is the HTTP status and says it best.
    let by_status = Refusal::of_status(code.parse().unwrap_or_default());
    let refusal = if by_status == Refusal::Other { Refusal::of(&code, &said) } else { by_status };
    refused("DHL", refusal, &code, &said)
}

fn not_dhl() -> ParseError {
    wrong_shape(
        "this is JSON, but not an answer of DHL's Shipment Tracking",
        "look at the bytes as they came; was another address called?",
    )
}
