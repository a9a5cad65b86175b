//! The shapes in which Sendcloud tells of parcels, each brought to the same few fields.

use jiff::civil::Date;
use kept_base::Moment;
use kept_engine::ports::Unmapped;
use serde_json::Value;

use super::{Event, Told};
use crate::reading::answer::{Object, list, object, short, text, timeless};
use crate::reading::{place, times};

/// What carriers call the number in their own links: DHL, UPS, PostNL, GLS.
const CARRIERS_OWN: [&str; 7] = ["tracking_number", "trackingNumber", "tracking-id", "piececode", "tracknum", "B", "match"];

/// v2 writes dates of parcels as `01-01-2018 21:45:30`, without an offset.
const V2_DATES: [&str; 1] = ["%d-%m-%Y %H:%M:%S"];

/// The parcels of a payload; `None` when it is none of the shapes.
pub(super) fn parcels(payload: &Object, unmapped: &mut Vec<Unmapped>) -> Option<Vec<Told>> {
    if let Some(action) = text(payload, "action") {
        return Some(webhook_v2(&action, payload, unmapped));
    }
    // Beside `data` it names the webhook; a bare event of a tracking answer has it too, and no data.
    if let (Some(event_type), Some(data)) = (text(payload, "event_type"), object(payload, "data")) {
        return Some(webhook_v3(&event_type, data, unmapped));
    }
    if payload.contains_key("statuses") {
        return Some(tracking_v2(payload, unmapped).into_iter().collect());
    }
    if payload.contains_key("events") {
        return Some(tracking_v3(payload, unmapped).into_iter().collect());
    }
    if let Some(parcel) = object(payload, "parcel") {
        return Some(parcel_v2(parcel, None, unmapped).into_iter().collect());
    }
    match payload.get("data") {
        Some(Value::Object(data)) => return parcels(data, unmapped),
        Some(Value::Array(shipments)) => {
            return Some(
                shipments.iter().filter_map(Value::as_object).filter_map(|one| parcels(one, unmapped)).flatten().collect(),
            );
        }
        _ => {}
    }
    if payload.contains_key("parcels") {
        let order_number = text(payload, "order_number");
        let all = list(payload, "parcels", unmapped).to_vec();
        let mut told: Vec<Told> =
            all.iter().filter_map(Value::as_object).filter_map(|parcel| parcel_v2(parcel, None, unmapped)).collect();
        told.iter_mut().for_each(|parcel| parcel.order_number = parcel.order_number.take().or_else(|| order_number.clone()));
        return Some(told);
    }
    let alone = payload.contains_key("tracking_number") && payload.contains_key("status");
    alone.then(|| parcel_v2(payload, None, unmapped).into_iter().collect())
}

/// `{action: parcel_status_changed, timestamp, carrier_status_change_timestamp, parcel}`: one event.
fn webhook_v2(action: &str, payload: &Object, unmapped: &mut Vec<Unmapped>) -> Vec<Told> {
    let Some(parcel) = object(payload, "parcel").filter(|_| action == "parcel_status_changed") else {
        // Of the integration, of a return …: nothing about where a parcel is.
        let words = short(&Value::Object(payload.clone()).to_string());
        unmapped.push(Unmapped { code: action.to_owned(), text: words, what: "event".to_owned() });
        return Vec::new();
    };
    // The carrier's clock before Sendcloud's.
    let at = ["carrier_status_change_timestamp", "timestamp"].into_iter().find_map(|name| unix(payload, name));
    parcel_v2(parcel, at, unmapped).into_iter().collect()
}

/// A parcel of v2, or of a v3 shipment: its present status is its one event, at `at` or when it was last touched.
fn parcel_v2(parcel: &Object, at: Option<Moment>, unmapped: &mut Vec<Unmapped>) -> Option<Told> {
    let status = object(parcel, "status");
    let words = status.and_then(|status| text(status, "message")).unwrap_or_default();
    let code = status.and_then(|status| text(status, "id").or_else(|| text(status, "code"))).unwrap_or_else(|| words.clone());
    let Some(number) = text(parcel, "tracking_number") else {
        let words = format!("a parcel without a tracking number: {words}");
        unmapped.push(Unmapped { code, text: words, what: "answer".to_owned() });
        return None;
    };
    let touched = ["updated_at", "date_updated", "announced_at", "date_announced", "created_at", "date_created"];
    let at = at.or_else(|| touched.into_iter().find_map(|name| times::moment(&text(parcel, name)?, &V2_DATES, None)));
    let mut events = Vec::new();
    match at {
        Some(at) if !code.is_empty() => events.push(Event {
            code,
            text: words.clone(),
            words,
            exception: None,
            sub_status: None,
            // The address of a parcel is the customer's: where the scan was is not said.
            location: None,
            at,
        }),
        _ => unmapped.push(timeless(Some(code), &words)),
    }
    let carrier = object(parcel, "carrier").and_then(|carrier| text(carrier, "code")).or_else(|| text(parcel, "carrier"));
    let method = object(parcel, "shipment").and_then(|method| text(method, "name"));
    Some(Told { number, carrier, method, order_number: text(parcel, "order_number"), events, expected: None, said_at: None })
}

/// `{event_type: parcels.event.created, data: {parcel, event}}`: one event.
fn webhook_v3(event_type: &str, data: &Object, unmapped: &mut Vec<Unmapped>) -> Vec<Told> {
    let parts = object(data, "parcel").zip(object(data, "event")).filter(|_| event_type == "parcels.event.created");
    let Some((parcel, event)) = parts else {
        let words = short(&Value::Object(data.clone()).to_string());
        unmapped.push(Unmapped { code: event_type.to_owned(), text: words, what: "event".to_owned() });
        return Vec::new();
    };
    let Some(number) = text(parcel, "tracking_number") else {
        let words = "an event of a parcel without a tracking number".to_owned();
        unmapped.push(Unmapped { code: event_type.to_owned(), text: words, what: "answer".to_owned() });
        return Vec::new();
    };
    let events = event_v3(event, unmapped).into_iter().collect();
    let carrier = text(parcel, "carrier_code");
    vec![Told { number, carrier, method: None, order_number: None, events, expected: None, said_at: None }]
}

/// The full history of `GET /v2/tracking/{number}`, which names the parcel only in its link.
fn tracking_v2(tracking: &Object, unmapped: &mut Vec<Unmapped>) -> Option<Told> {
    let of_link = |link: &str, names: &[&str]| {
        let link = text(tracking, link)?;
        names.iter().find_map(|name| from_link(&link, name))
    };
    let number = text(tracking, "tracking_number")
        .or_else(|| of_link("carrier_tracking_url", &["code"]))
        .or_else(|| of_link("sendcloud_tracking_url", &["tracking_number", "code"]))
        .or_else(|| of_link("carrier_tracking_url", &CARRIERS_OWN));
    let Some(number) = number else {
        let words = "a tracking that names no number, not even in its links".to_owned();
        unmapped.push(Unmapped { code: text(tracking, "parcel_id").unwrap_or_default(), text: words, what: "answer".to_owned() });
        return None;
    };
    let mut events = Vec::new();
    for status in list(tracking, "statuses", unmapped).to_vec() {
        let event = status.as_object().and_then(|status| {
            let code = text(status, "parent_status").unwrap_or_default();
            Some(Event {
                words: code.clone(),
                code,
                exception: None,
                sub_status: None,
                text: text(status, "carrier_message").unwrap_or_default(),
                location: None,
                at: times::moment(&text(status, "carrier_update_timestamp")?, &[], None)?,
            })
        });
        match event {
            Some(event) => events.push(event),
            None => unmapped.push(timeless(None, &status.to_string())),
        }
    }
    Some(Told {
        number,
        carrier: text(tracking, "carrier_code"),
        method: None,
        order_number: None,
        events,
        expected: expected(tracking, unmapped),
        said_at: None,
    })
}

/// The full history of `GET /v3/parcels/tracking/{number}`. A parcel may have several numbers: the first is its own.
fn tracking_v3(tracking: &Object, unmapped: &mut Vec<Unmapped>) -> Option<Told> {
    let numbers = list(tracking, "tracking_numbers", unmapped).to_vec();
    let first = numbers.iter().find_map(Value::as_object);
    let number = first.and_then(|number| text(number, "tracking_number")).or_else(|| text(tracking, "tracking_number"));
    let Some(number) = number else {
        let words = "a tracking without a number (`tracking_numbers`)".to_owned();
        unmapped.push(Unmapped { code: String::new(), text: words, what: "answer".to_owned() });
        return None;
    };
    let events = list(tracking, "events", unmapped).to_vec();
    let events = events.iter().filter_map(Value::as_object).filter_map(|event| event_v3(event, unmapped)).collect();
    let carrier = first.and_then(|number| text(number, "carrier_code")).or_else(|| text(tracking, "carrier_code"));
    let details = object(tracking, "details").unwrap_or(tracking);
    let said_at = text(tracking, "updated_at").and_then(|at| times::moment(&at, &[], None));
    Some(Told { number, carrier, method: None, order_number: None, events, expected: expected(details, unmapped), said_at })
}

/// An event of v3: the webhook says `phase`, `exception`, `sub_status`, `timestamp`, `description`; a tracking says `status_code`,
/// `sub_status_code`, `event_at`, `status_description`.
fn event_v3(event: &Object, unmapped: &mut Vec<Unmapped>) -> Option<Event> {
    let part = |names: &[&str]| names.iter().find_map(|name| text(event, name));
    let fine = |names: &[&str]| part(names).filter(|word| word != "none");
    let phase = part(&["phase", "status_code", "parent_status"]).unwrap_or_default();
    let (exception, sub_status) = (fine(&["exception"]), fine(&["sub_status", "sub_status_code"]));
    let details = object(event, "location_details");
    let (location, zone) = place::address(details, ["city", "state", "postal_code", "country"]);
    let Some(at) = part(&["timestamp", "event_at"]).and_then(|at| times::moment(&at, &[], zone.as_ref())) else {
        unmapped.push(timeless(Some(phase), &Value::Object(event.clone()).to_string()));
        return None;
    };
    let finest = [Some(phase.as_str()), exception.as_deref(), sub_status.as_deref()];
    // What is brought back is not delivered, whatever the phase.
    let returned = event.get("is_returned").and_then(Value::as_bool).unwrap_or_default();
    Some(Event {
        code: finest.into_iter().flatten().collect::<Vec<_>>().join("/"),
        words: phase,
        exception: exception.or_else(|| returned.then(|| "returned_sender".to_owned())),
        sub_status,
        text: part(&["description", "status_description"]).unwrap_or_default(),
        location: location.or_else(|| details.and_then(|details| text(details, "depot"))),
        at,
    })
}

fn expected(object: &Object, unmapped: &mut Vec<Unmapped>) -> Option<Date> {
    let written = text(object, "expected_delivery_date")?;
    let expected = times::day(&written, &[]);
    if expected.is_none() {
        unmapped.push(Unmapped { code: "expected_delivery_date".to_owned(), text: short(&written), what: "field".to_owned() });
    }
    expected
}

fn unix(payload: &Object, name: &str) -> Option<Moment> {
    let written = text(payload, name)?;
    match written.parse() {
        // How "not known" is written where a number has to stand.
        Ok(0) => None,
        Ok(number) => times::unix(number),
        Err(_) => times::moment(&written, &[], None),
    }
}

/// What a link's query says of this name.
fn from_link(link: &str, name: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    (!value.is_empty()).then(|| value.to_owned())
}
