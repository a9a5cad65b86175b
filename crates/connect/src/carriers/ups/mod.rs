//! UPS: the Track API, which is asked, and Track Alert, which pushes one event.
//!
//! Shapes: `github.com/UPS-API/api-documentation`; see `docs/connectors/ups.md`.

mod poll;

use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time};
use kept_base::Moment;
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped, Verification};
use serde_json::Value;

pub use poll::{DEFAULT_BASE_URL, poller};

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{Object, first_object, first_text, object, objects, text, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, Scan};
use crate::reading::refusal::{Outcome, Refusal, refused};
use crate::reading::shipment::Shipment;
use crate::reading::tree::{out_of_envelope, read_tree};
use crate::reading::{place, signature, times};

/// The name in `POST /in/ups`, in `--source` and in every input.
pub const SOURCE: &str = "ups";

/// The header in which Track Alert sends the credential that was agreed at subscription.
pub const CREDENTIAL_HEADER: &str = "x-api-key";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/ups.toml"),
    parser: |packs| Arc::new(Ups::new(packs)),
};

/// Reads answers of Track, in JSON and of the service before it in XML, and webhooks of Track Alert.
///
/// Codes are UPS's activity codes (`OT`); the status number (`021`) and the type (`I`) are read as tags, since none of the three
/// says everything alone. Inputs are the activities of each package, oldest first, then its estimate.
#[derive(Clone, Debug)]
pub struct Ups {
    table: Arc<CodeTable>,
}

impl Ups {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> Ups {
        Ups { table: packs.table(SOURCE) }
    }
}

impl Inbound for Ups {
    fn source(&self) -> &'static str {
        SOURCE
    }

    /// UPS signs no body: it sends along the credential it was given.
    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, _raw: &[u8], secret: &str) -> Verification {
        signature::token(secret, header(CREDENTIAL_HEADER).unwrap_or_default().trim())
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl Ups {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        // The service before this one answers in XML too, with the names that its JSON has.
        let payload = read_tree("UPS", None, raw)?;
        let mut outcome = Outcome::default();
        for answer in objects(Some(out_of_envelope(&payload))) {
            if answer.contains_key("activityStatus") {
                outcome.note(text(answer, "trackingNumber"), self.read_alert(answer, parsed));
            } else {
                self.read_answer(answer, &mut outcome, parsed);
            }
        }
        if outcome.is_empty() {
            return Err(not_ups());
        }
        outcome.tell(parsed);
        Ok(())
    }

    fn read_answer(&self, answer: &Object, outcome: &mut Outcome, parsed: &mut Parsed) {
        if let Some(error) = error_of(answer) {
            outcome.note(None, Err(error));
            return;
        }
        let response = first_object(answer, &["trackResponse", "TrackResponse"]).unwrap_or(answer);
        let has = |name: &str| response.contains_key(name);
        if has("activity") || has("Activity") {
            outcome.note(None, self.read_package(response, None, parsed));
            return;
        }
        let bare = has("package") || has("Package");
        let shipments: Vec<&Object> =
            if bare { vec![response] } else { objects(response.get("shipment").or_else(|| response.get("Shipment"))).collect() };
        for shipment in shipments {
            self.read_shipment(shipment, outcome, parsed);
        }
    }

    fn read_shipment(&self, shipment: &Object, outcome: &mut Outcome, parsed: &mut Parsed) {
        let inquiry = number_of(shipment, &["inquiryNumber", "InquiryNumber"]);
        let mut packages = objects(shipment.get("package").or_else(|| shipment.get("Package"))).peekable();
        // Freight has its activities on the shipment itself.
        let bare = packages.peek().is_none();
        if bare && (shipment.contains_key("activity") || shipment.contains_key("Activity")) {
            outcome.note(inquiry.clone(), self.read_package(shipment, inquiry.as_deref(), parsed));
            return;
        }
        if bare {
            let warning = objects(shipment.get("warnings")).next();
            let said = |name: &str| warning.and_then(|warning| text(warning, name)).unwrap_or_default();
            let (code, message) = (said("code"), said("message"));
            let refusal = if warning.is_some() { Refusal::of(&code, &message) } else { Refusal::NotFound };
            outcome.note(inquiry, Err(refused("UPS", refusal, &code, &message)));
            return;
        }
        for package in packages {
            outcome.note(inquiry.clone(), self.read_package(package, inquiry.as_deref(), parsed));
        }
    }

    fn read_package(&self, package: &Object, inquiry: Option<&str>, parsed: &mut Parsed) -> Result<(), ParseError> {
        let number = number_of(package, &["trackingNumber", "TrackingNumber"]).or_else(|| inquiry.map(str::to_owned));
        let number = number.ok_or_else(no_number)?;
        let mut scans = Vec::new();
        for activity in objects(package.get("activity").or_else(|| package.get("Activity"))) {
            match read_activity(activity) {
                Ok(scan) => scans.push(scan),
                Err(unmapped) => parsed.unmapped.push(unmapped),
            }
        }
        // Documented: the most recent activity first.
        history::number(&mut scans, true);
        let expected = scheduled(package).filter(|expected| is_plausible(*expected, &scans));
        let parcel = Shipment { source: SOURCE, number, carrier: SOURCE.to_owned(), scans, expected, ..Shipment::default() };
        parcel.read_into(&self.table, parsed);
        Ok(())
    }

    fn read_alert(&self, alert: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        let number = text(alert, "trackingNumber").ok_or_else(no_number)?;
        let status = first_object(alert, &["activityStatus"]);
        let location = first_object(alert, &["activityLocation"]);
        let names = Clock {
            date: "localActivityDate",
            time: "localActivityTime",
            gmt_date: "gmtActivityDate",
            gmt_time: "gmtActivityTime",
        };
        let scan = scan(alert, status, location, &names, &alert_text(alert));
        let scans: Vec<Scan> = match scan {
            Ok(scan) => vec![scan],
            Err(unmapped) => {
                parsed.unmapped.push(unmapped);
                Vec::new()
            }
        };
        // The published sample carries a date five years old.
        let expected = text(alert, "scheduledDeliveryDate").and_then(|written| date(&written));
        let expected = expected.filter(|expected| is_plausible(*expected, &scans));
        let parcel = Shipment { source: SOURCE, number, carrier: SOURCE.to_owned(), scans, expected, ..Shipment::default() };
        parcel.read_into(&self.table, parsed);
        Ok(())
    }
}

/// The names under which an event's clocks stand.
struct Clock {
    date: &'static str,
    time: &'static str,
    gmt_date: &'static str,
    gmt_time: &'static str,
}

fn read_activity(activity: &Object) -> Result<Scan, Unmapped> {
    let status = first_object(activity, &["status", "Status"]);
    let place = first_object(activity, &["location", "ActivityLocation"]);
    let address = place.and_then(|place| first_object(place, &["address", "Address"])).or(place);
    let capitals = activity.contains_key("Date");
    let names = if capitals {
        Clock { date: "Date", time: "Time", gmt_date: "GMTDate", gmt_time: "GMTTime" }
    } else {
        Clock { date: "date", time: "time", gmt_date: "gmtDate", gmt_time: "gmtTime" }
    };
    scan(activity, status, address, &names, &Value::Object(activity.clone()).to_string())
}

fn scan(event: &Object, status: Option<&Object>, address: Option<&Object>, names: &Clock, whole: &str) -> Result<Scan, Unmapped> {
    let said = |names: &[&str]| status.and_then(|status| first_text(status, names));
    let nested = |name: &str, field: &str| text(object(status?, name)?, field);
    let kind = said(&["type", "Type"]).or_else(|| nested("StatusType", "Code"));
    let number = said(&["statusCode", "StatusCode", "descriptionCode"]);
    let code = said(&["code", "Code"]).or_else(|| nested("StatusCode", "Code"));
    let code = code.or_else(|| number.clone()).or_else(|| kind.clone()).unwrap_or_default();
    let tags: Vec<String> = [number, kind].into_iter().flatten().collect();
    let field = |names: &[&str]| address.and_then(|address| first_text(address, names));
    let state = field(&["stateProvince", "StateProvinceCode", "stateProvinceCode"]);
    let postal = field(&["postalCode", "PostalCode"]);
    let country = field(&["countryCode", "CountryCode", "country", "Country"]);
    let city = field(&["city", "City"]);
    let zone = place::zone_of(country.as_deref(), state.as_deref(), postal.as_deref(), city.as_deref());
    let words = said(&["description", "Description", "simplifiedTextDescription"]);
    let words = words.or_else(|| text(event, "Description").filter(|_| status.is_none()));
    let at = moment(event, names, zone.as_ref()).ok_or_else(|| timeless(Some(code.clone()), whole))?;
    Ok(Scan {
        code,
        tag: (!tags.is_empty()).then(|| tags.join("|")),
        text: words.or_else(|| nested("StatusType", "Description")).unwrap_or_default(),
        reason: None,
        location: place::line(&[city, state, postal, country]),
        at,
        sequence: 0,
    })
}

/// The local clock; its offset from the GMT clock beside it, else from `gmtOffset`, else from the place. Only the day, where no time is
/// given.
fn moment(event: &Object, names: &Clock, zone: Option<&jiff::tz::TimeZone>) -> Option<Moment> {
    let clock = |date_name: &str, time_name: &str| -> Option<DateTime> {
        Some(date(&text(event, date_name)?)?.to_datetime(time(&text(event, time_name)?)?))
    };
    let Some(time_of_day) = text(event, names.time) else {
        let Some(local) = text(event, names.date) else { return of_gmt(clock(names.gmt_date, names.gmt_time)?, event) };
        return date(&local).map(times::first_minute);
    };
    let local = date(&text(event, names.date)?)?.to_datetime(time(&time_of_day)?);
    let paired = clock(names.gmt_date, names.gmt_time).and_then(|gmt| times::paired(local, gmt));
    let beside = || {
        let seconds = times::offset(&first_text(event, &["gmtOffset", "GMTOffset"])?)?;
        Some(Moment::with_known_offset(local, seconds))
    };
    Some(paired.or_else(beside).unwrap_or_else(|| times::local(local, zone)))
}

/// The GMT clock alone: told by the local one where an offset is beside it.
fn of_gmt(gmt: DateTime, event: &Object) -> Option<Moment> {
    let utc = Moment::with_known_offset(gmt, 0);
    let offset = first_text(event, &["gmtOffset", "GMTOffset"]).and_then(|written| times::offset(&written));
    Some(offset.and_then(|seconds| Some(Moment::known(utc.instant()?, seconds))).unwrap_or(utc))
}

/// `20210210`, and `2021-02-10` for good measure.
fn date(written: &str) -> Option<Date> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 8 { Date::strptime("%Y%m%d", &digits).ok() } else { None }
}

/// `071356`, `74700` (a leading zero lost), `5` (all of them), `07:13:56`.
fn time(written: &str) -> Option<Time> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let padded = match digits.len() {
        1 | 2 | 5 | 6 => format!("{digits:0>6}"),
        3 | 4 => format!("{digits:0>4}00"),
        _ => return None,
    };
    Time::strptime("%H%M%S", &padded).ok()
}

/// The rescheduled day before the scheduled one; the day of delivery (`DEL`) is no estimate.
fn scheduled(package: &Object) -> Option<Date> {
    let of_type = |wanted: &str| {
        objects(package.get("deliveryDate"))
            .filter(|entry| text(entry, "type").is_some_and(|kind| kind == wanted))
            .find_map(|entry| date(&text(entry, "date")?))
    };
    of_type("RDD").or_else(|| of_type("SDD"))
}

fn is_plausible(expected: Date, scans: &[Scan]) -> bool {
    scans.iter().map(|scan| scan.at.wall).max().is_some_and(|newest| times::plausible(expected, newest.date()))
}

/// A number, or the object with a `Value` in which older answers wrap it.
fn number_of(object: &Object, names: &[&str]) -> Option<String> {
    first_text(object, names).or_else(|| text(first_object(object, names)?, "Value"))
}

/// `{response: {errors: […]}}`, the older `Fault`, the `Error` of the XML, and the gateway's `httpCode`.
fn error_of(answer: &Object) -> Option<ParseError> {
    let response = first_object(answer, &["response"]).unwrap_or(answer);
    let listed = objects(response.get("errors")).next();
    let fault = first_object(answer, &["Fault", "fault"]);
    let primary = fault
        .and_then(|fault| first_object(fault, &["detail"]))
        .and_then(|detail| first_object(detail, &["Errors"]))
        .and_then(|errors| first_object(errors, &["ErrorDetail"]))
        .and_then(|detail| first_object(detail, &["PrimaryErrorCode"]));
    let gateway = answer.contains_key("httpCode").then_some(answer);
    let in_xml = object(answer, "TrackResponse").and_then(|track| object(track, "Response")).and_then(|it| object(it, "Error"));
    let error = listed.or(primary).or(fault).or(gateway).or(in_xml)?;
    let code = first_text(error, &["code", "Code", "faultcode", "httpCode", "ErrorCode"]).unwrap_or_default();
    let said = ["message", "Description", "faultstring", "moreInformation", "httpMessage", "ErrorDescription"];
    let said = first_text(error, &said).unwrap_or_default();
    Some(refused("UPS", Refusal::of(&code, &said), &code, &said))
}

/// Without `receivedBy`: who took the parcel does not belong into a list of what was not understood.
fn alert_text(alert: &Object) -> String {
    let shown: Object =
        alert.iter().filter(|(name, _)| *name != "receivedBy").map(|(name, value)| (name.clone(), value.clone())).collect();
    Value::Object(shown).to_string()
}

fn no_number() -> ParseError {
    wrong_shape("UPS's answer has a package without a number (`trackingNumber`)", "look at the answer as it came")
}

fn not_ups() -> ParseError {
    wrong_shape(
        "this is neither an answer of UPS's Track nor a Track Alert",
        "look at the bytes as they came; was another address called?",
    )
}
