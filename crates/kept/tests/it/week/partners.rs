//! Two carriers that are asked and the line to the shop: each speaks its documented format, counts how it is asked, and fails when told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kept_sample::door::{Reply, Request};
use serde_json::{Value, json};

use super::time::{Span, Time};

/// How a partner fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429, with or without saying when to come again, in seconds.
    TooOften(Option<i64>),
    /// Nobody answers.
    Away,
    /// A web page with status 200.
    WebPage,
}

/// How a partner behaves, and how it was asked.
pub struct Conduct {
    time: Time,
    /// Calls in any second.
    limit: usize,
    faults: Vec<(Span, Fault)>,
    seen: Mutex<Seen>,
}

/// What a partner saw of us.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// All calls.
    pub calls: u64,
    /// Those that were one too many in a second.
    pub too_often: u64,
    /// Those that came before the time that we were told to wait.
    pub impatient: u64,
    /// Those that fell into a fault.
    pub in_faults: u64,
    last: Vec<i64>,
    not_before: i64,
}

impl Conduct {
    pub fn new(time: &Time, limit: usize, faults: Vec<(Span, Fault)>) -> Arc<Conduct> {
        Arc::new(Conduct { time: time.clone(), limit, faults, seen: Mutex::default() })
    }

    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn faults(&self) -> Vec<Span> {
        self.faults.iter().map(|(span, _)| *span).collect()
    }

    /// Counts a call; what is answered instead of the truth.
    pub fn instead(&self) -> Option<Reply> {
        let now = self.time.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.calls += 1;
        seen.impatient += u64::from(now < seen.not_before);
        seen.last.retain(|at| *at > now - 1000);
        seen.last.push(now);
        let busy = || Reply::json(429, &json!({ "code": "TOO_MANY_REQUESTS", "message": "Rate limited" }));
        if seen.last.len() > self.limit {
            seen.too_often += 1;
            return Some(busy());
        }
        let (_, fault) = self.faults.iter().find(|(span, _)| span.holds(now))?;
        seen.in_faults += 1;
        Some(match fault {
            Fault::TooOften(None) => busy(),
            Fault::TooOften(Some(seconds)) => {
                seen.not_before = now + seconds * 1000;
                busy().with("Retry-After", seconds.to_string())
            }
            Fault::Away => Reply::nothing(),
            Fault::WebPage => Reply::page(200, "<!DOCTYPE html><html><body>Maintenance en cours</body></html>"),
        })
    }
}

/// One scan: when it can be asked for, code, words.
pub type Scan = (i64, &'static str, &'static str);

/// What a carrier knows of its parcels.
#[derive(Default)]
pub struct Register(pub Mutex<BTreeMap<String, Vec<Scan>>>);

impl Register {
    pub fn add(&self, number: &str, scans: Vec<Scan>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(number.to_owned(), scans);
    }

    pub fn all(&self) -> BTreeMap<String, Vec<Scan>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The scans of a parcel by now, oldest first.
    fn by(&self, number: &str, now: i64) -> Vec<Scan> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(number).into_iter().flatten().filter(|(at, ..)| *at <= now).copied().collect()
    }
}

/// How a carrier answers, at a moment.
pub type Answers = fn(&Register, i64, &Request) -> Reply;

fn written(at: i64) -> String {
    let zone = TimeZone::get("Europe/Paris").expect("Paris");
    Timestamp::from_millisecond(at).expect("a moment").to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// La Poste's Suivi v2: developer.laposte.fr, product Suivi.
pub fn suivi(register: &Register, now: i64, request: &Request) -> Reply {
    let Some(numbers) = request.path.strip_prefix("/suivi/v2/idships/") else {
        return Reply::json(404, &json!({ "returnCode": 404 }));
    };
    let one = |number: &str| -> Value {
        let scans = register.by(number, now);
        if scans.is_empty() {
            return json!({ "lang": "fr_FR", "scope": "open", "returnCode": 404, "returnMessage": "Ressource non trouvée", "idShip": number });
        }
        let event = |(order, (at, code, label)): (usize, &Scan)| json!({ "order": order + 1, "code": code, "label": label, "date": written(*at) });
        let events: Vec<Value> = scans.iter().enumerate().map(event).rev().collect();
        json!({
            "lang": "fr_FR", "scope": "open", "returnCode": 200,
            "shipment": { "idShip": number, "holder": 4, "product": "colissimo", "isFinal": false, "event": events },
        })
    };
    let answers: Vec<Value> = numbers.split(',').map(one).collect();
    let status = |answer: &Value| u16::try_from(answer["returnCode"].as_u64().unwrap_or(0)).unwrap_or(0);
    match answers.as_slice() {
        [answer] => Reply::json(status(answer), answer),
        _ if answers.iter().all(|answer| status(answer) == 200) => Reply::json(200, &Value::Array(answers)),
        _ => Reply::json(207, &Value::Array(answers)),
    }
}

/// Chronopost's `trackSkybillV2`: ws.chronopost.fr/tracking-cxf/TrackingServiceWS?wsdl.
pub fn skybill(register: &Register, now: i64, request: &Request) -> Reply {
    let asked = String::from_utf8_lossy(&request.body).into_owned();
    let number = asked.split_once("<skybillNumber>").and_then(|(_, rest)| rest.split_once('<')).map_or("", |(number, _)| number);
    let events: String = register
        .by(number, now)
        .iter()
        .map(|(at, code, label)| {
            format!("<events><code>{code}</code><eventDate>{}</eventDate><eventLabel>{label}</eventLabel></events>", written(*at))
        })
        .collect();
    let found = if events.is_empty() {
        String::new()
    } else {
        format!("<listEventInfoComp>{events}<skybillNumber>{number}</skybillNumber></listEventInfoComp>")
    };
    Reply::xml(
        200,
        format!(
            "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
             <ns1:trackSkybillV2Response xmlns:ns1=\"http://cxf.tracking.soap.chronopost.fr/\"><return><errorCode>0</errorCode>{found}</return>\
             </ns1:trackSkybillV2Response></soap:Body></soap:Envelope>"
        ),
    )
}
