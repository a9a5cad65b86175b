//! What GLS answers in XML, brought to the names of Track & Trace v1: ShipIT's `ParcelDetails`, the `GetTuDetail` of the Tracking service
//! before it, and the national ones of Italy (`get_xml_track`) and of Spain (`GetExpCli`).

use jiff::civil::Date;
use kept_engine::ports::ParseError;
use serde_json::{Map, Value};

use crate::reading::answer::wrong_shape;
use crate::reading::refusal::{Refusal, refused};
use crate::reading::tree::{Names, anywhere, field, list_at, read_tree, scalar, text_at};

/// What a service calls things. A parcel is any element that has its number.
struct Shape {
    number: Names,
    events: Names,
    code: Names,
    text: Names,
    city: Names,
    country: Names,
    /// The country whose clocks are meant and whose list of codes it is: nobody else's codes mean the same.
    nation: Option<&'static str>,
}

const SHAPES: [Shape; 5] = [
    Shape {
        number: &["TrackID"],
        events: &["History"],
        code: &["StatusCode"],
        text: &["Description"],
        city: &["Location"],
        country: &["Country"],
        nation: None,
    },
    Shape {
        number: &["TuNo"],
        events: &["History"],
        code: &["Code"],
        text: &["Desc"],
        city: &["LocationName"],
        country: &["CountryName"],
        nation: None,
    },
    Shape { number: &["NumSped"], events: &["TRACKING"], nation: Some("IT"), ..ITALIAN },
    // Abroad: no codes, and nobody says in which country.
    Shape { number: &["NumSped"], events: &["ColloInternazionale.TRACKINGINT"], nation: None, ..ITALIAN },
    Shape {
        number: &["codbar"],
        events: &["tracking_list.tracking"],
        code: &["codigo"],
        text: &["evento"],
        city: &["nombreplaza"],
        country: &[],
        nation: Some("ES"),
    },
];

const ITALIAN: Shape =
    Shape { number: &[], events: &[], code: &["Codice"], text: &["Stato"], city: &["Luogo"], country: &[], nation: None };

/// Of what Spain lists, that which happened to the parcel: the rest is of mails, links and who signed.
const HAPPENED: [&str; 2] = ["ESTADO", "INCIDENCIA"];

/// The deepest that a parcel lies in its envelopes, and then some.
const DEEPEST: usize = 12;

/// The answer as Track & Trace v1 would give it.
///
/// # Errors
/// What the service said instead of a parcel, or XML that is not GLS's.
pub(super) fn answer(raw: &[u8]) -> Result<Value, ParseError> {
    let tree = read_tree("GLS", None, raw)?;
    let mut parcels: Vec<Value> = Vec::new();
    collect(&tree, 0, &mut parcels);
    if parcels.is_empty() {
        return Err(said_no(&tree));
    }
    Ok(object([("parcels", Value::Array(parcels))]))
}

fn collect(value: &Value, depth: usize, parcels: &mut Vec<Value>) {
    match value {
        _ if depth > DEEPEST => {}
        Value::Array(values) => values.iter().for_each(|value| collect(value, depth + 1, parcels)),
        Value::Object(fields) => match parcel(value) {
            // What lies in a parcel is its own; a parcel that goes back (`SPEDIZIONEDIRIENTRO`) has another number and is another.
            Some(parcel) => parcels.push(parcel),
            None => fields.values().for_each(|value| collect(value, depth + 1, parcels)),
        },
        _ => {}
    }
}

fn parcel(value: &Value) -> Option<Value> {
    let mut shapes = SHAPES.iter().filter_map(|shape| Some((shape, text_at(value, shape.number)?))).peekable();
    let number = shapes.peek()?.1.clone();
    let events = shapes
        .flat_map(|(shape, _)| list_at(value, shape.events).iter().flat_map(unzipped).filter_map(|event| read(&event, shape)));
    Some(object([("unitno", Value::from(number)), ("events", Value::Array(events.collect()))]))
}

/// Italy puts one list of events into one element in some answers: all dates, all times, all places, in turn.
fn unzipped(event: &Value) -> Vec<Value> {
    let columns = event.as_object().into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_array()?)));
    let columns: Vec<(&String, &Vec<Value>)> = columns.collect();
    let Some(rows) = columns.iter().map(|(_, values)| values.len()).max() else { return vec![event.clone()] };
    let row = |row: usize| columns.iter().filter_map(move |(name, values)| Some(((*name).clone(), values.get(row)?.clone())));
    (0..rows).map(|place| Value::Object(row(place).collect())).collect()
}

fn read(event: &Value, shape: &Shape) -> Option<Value> {
    if text_at(event, &["tipo"]).is_some_and(|kind| !HAPPENED.contains(&kind.to_ascii_uppercase().as_str())) {
        return None;
    }
    let fields = [
        ("code", text_at(event, shape.code)),
        ("description", text_at(event, shape.text)),
        ("city", text_at(event, shape.city)),
        ("country", text_at(event, shape.country)),
        ("nation", shape.nation.map(str::to_owned)),
        ("eventDateTime", at(event)),
    ];
    Some(object(fields.into_iter().filter_map(|(name, value)| Some((name, Value::from(value?))))))
}

/// One text, the numbers of a date one by one, or a day of two digits and a time.
fn at(event: &Value) -> Option<String> {
    if let Some(whole) = text_at(event, &["Date", "fecha"]) {
        return Some(whole);
    }
    if let Some(date) = field(event, "Date") {
        let part = |name: &str| field(date, name).and_then(scalar)?.parse::<u16>().ok();
        let day = format!("{:04}-{:02}-{:02}", part("Year")?, part("Month")?, part("Day")?);
        let time = part("Hour").map(|hour| format!("T{hour:02}:{:02}", part("Minut").unwrap_or_default()));
        return Some(day + &time.unwrap_or_default());
    }
    let written = text_at(event, &["Data"])?;
    // A year of four digits also fits the pattern of two, and the other way round.
    let pattern = if written.len() > "31/12/99".len() { "%d/%m/%Y" } else { "%d/%m/%y" };
    let day = Date::strptime(pattern, &written).ok()?;
    Some(text_at(event, &["Ora"]).map_or_else(|| day.to_string(), |time| format!("{day}T{time}")))
}

fn said_no(tree: &Value) -> ParseError {
    let said = ["TESTOERRORE", "ErrorDscr", "ErrorMessage", "faultstring"].iter().find_map(|name| anywhere(tree, name));
    let code = anywhere(tree, "ErrorCode").unwrap_or_default();
    match said {
        Some(said) if said.to_lowercase().contains("non trovat") => refused("GLS", Refusal::NotFound, &code, &said),
        // GLS's numbers are its own: none of them is an HTTP status.
        Some(said) => refused("GLS", Refusal::of("", &said), &code, &said),
        None => wrong_shape(
            "this is XML, but not an answer of GLS's tracking",
            "look at the bytes as they came; was another address called?",
        ),
    }
}

fn object<'n>(fields: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<String, Value>>())
}
