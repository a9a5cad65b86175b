//! The kinds of own facts and their fields, in the order of `kept_domain::input`. A test compares the two.

use serde_json::{Map, Value};

use super::shape::{Field, Shape};
use super::{LineError, error};

/// Every kind with its fields.
pub(super) const KINDS: [(&str, &[Field]); 18] = [
    ("order.placed", ORDER_PLACED),
    ("order.lines_cancelled", ORDER_LINES_CANCELLED),
    ("order.lines_added", ORDER_LINES_ADDED),
    ("order.lines_backordered", ORDER_LINES_BACKORDERED),
    ("order.lines_available", ORDER_LINES_AVAILABLE),
    ("parcel.announced", PARCEL_ANNOUNCED),
    ("parcel.scanned", PARCEL_SCANNED),
    ("parcel.manifested", PARCEL_TOLD),
    ("parcel.not_found", PARCEL_TOLD),
    ("parcel.scan_withdrawn", PARCEL_SCAN_WITHDRAWN),
    ("parcel.estimated", PARCEL_ESTIMATED),
    ("customer.contacted", CUSTOMER_CONTACTED),
    ("customer.answered", CUSTOMER_ANSWERED),
    ("customer.opted_out", CUSTOMER_OPTED_OUT),
    ("message.receipt", MESSAGE_RECEIPT),
    ("word.given", WORD_GIVEN),
    ("refund.paid", REFUND_PAID),
    ("deed.noted", DEED_NOTED),
];

/// The fields of a kind, if it is one.
pub(super) fn fields_of(kind: &str) -> Option<&'static [Field]> {
    KINDS.iter().find(|(name, _)| *name == kind).map(|(_, fields)| *fields)
}

/// What no single field can say.
pub(super) fn check_whole(kind: &str, fact: &Map<String, Value>) -> Result<(), LineError> {
    if kind == "customer.contacted" && !fact.contains_key("customer") && !fact.contains_key("promise") {
        return Err(error("`customer` and `promise` are both missing", "name one: who got in touch?"));
    }
    if kind == "customer.opted_out" && !fact.contains_key("customer") && !fact.contains_key("phone") {
        return Err(error("`customer` and `phone` are both missing", "name one: who wants no text messages?"));
    }
    if kind == "message.receipt" && !fact.contains_key("message") && !fact.contains_key("reference") {
        return Err(error("`message` and `reference` are both missing", "name one: which message arrived, or did not?"));
    }
    if kind == "customer.answered" {
        if !fact.contains_key("promise") && !fact.contains_key("order_number") {
            return Err(error("`promise` and `order_number` are both missing", "name one: what is the answer about?"));
        }
        let answer = fact.get("answer").and_then(Value::as_object);
        let says = answer.and_then(|answer| answer.get("says")).and_then(Value::as_str).unwrap_or_default();
        let needed: &[&str] = match says {
            "another_day" => &["day"],
            "told_otherwise" => &["text"],
            "new_address" => &["address"],
            "pickup_point" => &["name", "address"],
            _ => &[],
        };
        if let Some(needed) = needed.iter().find(|needed| answer.is_none_or(|answer| !answer.contains_key(**needed))) {
            return Err(error(format!("`answer.{needed}` is missing"), format!("{says:?} is said with a `{needed}`")));
        }
    }
    Ok(())
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

const fn optional(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false }
}

const SOURCE: Field = optional("source", Shape::Text);
const EVENT_ID: Field = optional("event_id", Shape::Text);
const AT: Field = required("at", Shape::Moment);
const MAYBE_AT: Field = optional("at", Shape::Moment);

const ORDER_PLACED: &[Field] = &[
    SOURCE,
    EVENT_ID,
    required("order_number", Shape::Text),
    AT,
    required("customer", Shape::Object(CUSTOMER_DETAILS)),
    optional("lines", Shape::List(&Shape::Object(LINE))),
    optional("delivery_fee", Shape::Object(MONEY)),
    optional("promised_day", Shape::Day),
    optional("promised_at", Shape::NestedMoment),
    optional("ship_by", Shape::Day),
    optional("destination_country", Shape::Country),
    optional("destination_postal", Shape::Text),
    optional("as_of", Shape::NestedMoment),
];

const ORDER_LINES_CANCELLED: &[Field] = &[
    SOURCE,
    EVENT_ID,
    required("order_number", Shape::Text),
    AT,
    optional("skus", Shape::List(&Shape::Text)),
    optional("quantity", Shape::Count),
    required("by", Shape::Word(&["shop", "customer"])),
    optional("cause", Shape::Text),
];

const ORDER_LINES_ADDED: &[Field] =
    &[SOURCE, EVENT_ID, required("order_number", Shape::Text), AT, required("lines", Shape::List(&Shape::Object(LINE)))];

const ORDER_LINES_BACKORDERED: &[Field] = &[
    SOURCE,
    EVENT_ID,
    required("order_number", Shape::Text),
    AT,
    optional("skus", Shape::List(&Shape::Text)),
    optional("expected_day", Shape::Day),
];

const ORDER_LINES_AVAILABLE: &[Field] =
    &[SOURCE, EVENT_ID, required("order_number", Shape::Text), AT, optional("skus", Shape::List(&Shape::Text))];

const PARCEL_ANNOUNCED: &[Field] = &[
    SOURCE,
    EVENT_ID,
    required("order_number", Shape::Text),
    required("carrier", Shape::Text),
    required("tracking_number", Shape::Text),
    AT,
    optional("skus", Shape::List(&Shape::Text)),
];

const PARCEL_SCANNED: &[Field] = &[
    SOURCE,
    EVENT_ID,
    required("tracking_number", Shape::Text),
    required("carrier", Shape::Text),
    required("code", Shape::Text),
    optional("text", Shape::Words),
    optional("location", Shape::Text),
    AT,
    required("milestone", Shape::Milestone),
    optional("exception", Shape::Exception),
    optional("order_number", Shape::Text),
    optional("promised_at", Shape::NestedMoment),
];

const PARCEL_TOLD: &[Field] = &[SOURCE, EVENT_ID, required("tracking_number", Shape::Text), required("carrier", Shape::Text), AT];
const PARCEL_SCAN_WITHDRAWN: &[Field] = &[
    SOURCE,
    EVENT_ID,
    required("tracking_number", Shape::Text),
    required("carrier", Shape::Text),
    required("code", Shape::Text),
    optional("location", Shape::Text),
    AT,
    optional("reason", Shape::Words),
];

const PARCEL_ESTIMATED: &[Field] = &[
    SOURCE,
    EVENT_ID,
    required("tracking_number", Shape::Text),
    required("carrier", Shape::Text),
    AT,
    required("expected_day", Shape::Day),
];

const CUSTOMER_CONTACTED: &[Field] = &[
    SOURCE,
    EVENT_ID,
    optional("customer", Shape::Object(CUSTOMER_REF)),
    optional("promise", Shape::Promise),
    AT,
    required("channel", Shape::Text),
    required("asked", Shape::Flag),
    optional("text", Shape::Words),
    optional("noted_by", Shape::Text),
];

const CUSTOMER_ANSWERED: &[Field] = &[
    SOURCE,
    EVENT_ID,
    optional("promise", Shape::Promise),
    optional("order_number", Shape::Text),
    AT,
    required("answer", Shape::Object(ANSWER)),
    optional("noted_by", Shape::Text),
];

const CUSTOMER_OPTED_OUT: &[Field] = &[
    SOURCE,
    EVENT_ID,
    optional("customer", Shape::Object(CUSTOMER_REF)),
    optional("phone", Shape::Text),
    MAYBE_AT,
    optional("lifted", Shape::Flag),
];

const MESSAGE_RECEIPT: &[Field] = &[
    SOURCE,
    EVENT_ID,
    optional("message", Shape::Message),
    optional("reference", Shape::Text),
    MAYBE_AT,
    required("delivered", Shape::Flag),
    optional("unreachable", Shape::Flag),
    optional("code", Shape::Text),
];

const WORD_GIVEN: &[Field] = &[
    SOURCE,
    EVENT_ID,
    required("promise_kind", Shape::Text),
    required("customer", Shape::Object(CUSTOMER_REF)),
    AT,
    required("by", Shape::Word(&["shop", "agent", "system", "partner", "law", "customer"])),
    optional("sentence", Shape::Words),
    optional("due_day", Shape::Day),
    optional("due_at", Shape::NestedMoment),
    optional("within", Shape::Span),
    optional("amount", Shape::Object(MONEY)),
    optional("condition", Shape::Words),
    optional("exceeds_authority", Shape::Flag),
];

const REFUND_PAID: &[Field] =
    &[SOURCE, EVENT_ID, required("order_number", Shape::Text), AT, required("amount", Shape::Object(MONEY))];

const DEED_NOTED: &[Field] = &[
    SOURCE,
    EVENT_ID,
    required("promise", Shape::Promise),
    AT,
    required("noted_by", Shape::Text),
    required("evidence", Shape::Words),
];

const CUSTOMER_DETAILS: &[Field] = &[
    optional("reference", Shape::Text),
    optional("name", Shape::Text),
    optional("email", Shape::Text),
    optional("phone", Shape::Text),
    optional("address", Shape::Words),
    optional("city", Shape::Text),
    optional("language", Shape::Language),
    optional("country", Shape::Country),
    optional("zone", Shape::Zone),
    optional("consumer", Shape::Flag),
    optional("account", Shape::Text),
];

const CUSTOMER_REF: &[Field] =
    &[optional("reference", Shape::Text), optional("email", Shape::Text), optional("order_number", Shape::Text)];

const LINE: &[Field] = &[
    required("sku", Shape::Text),
    optional("title", Shape::Text),
    optional("quantity", Shape::Count),
    optional("price", Shape::Object(MONEY)),
    optional("seller", Shape::Text),
];

const MONEY: &[Field] = &[required("minor", Shape::Minor), required("currency", Shape::Currency)];

const ANSWER: &[Field] = &[
    required(
        "says",
        Shape::Word(&[
            "arrived",
            "not_arrived",
            "attempt_contested",
            "wait",
            "another_day",
            "cancel",
            "reship",
            "new_address",
            "pickup_point",
            "peace",
            "told_otherwise",
        ]),
    ),
    optional("day", Shape::Day),
    optional("text", Shape::Words),
    optional("name", Shape::Text),
    optional("address", Shape::Object(ADDRESS)),
];

const ADDRESS: &[Field] = &[
    optional("first_name", Shape::Text),
    required("last_name", Shape::Text),
    optional("company", Shape::Text),
    required("street", Shape::Text),
    optional("more", Shape::Text),
    required("postal", Shape::Text),
    required("city", Shape::Text),
    optional("state", Shape::Text),
    required("country", Shape::Country),
    optional("phone", Shape::Text),
];
