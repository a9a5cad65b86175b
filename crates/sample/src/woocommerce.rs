//! A shop that speaks the REST API v3 of WooCommerce, as far as orders, refunds and notes go, and does what it is asked.
//!
//! Shapes and effects as documented at developer.woocommerce.com/docs/apis/rest-api/v3/orders: lists by `modified_after` with their pages
//! counted in `X-WP-TotalPages`, meta data changed by its key, a refund answered with `refunded_payment`, an order refunded whole has the
//! status `refunded`, and no more is paid back than was paid.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use kept_base::{Language, Moment, Money, from_millis};
use kept_domain::input::OrderPlaced;
use serde_json::{Map, Value, json};

use crate::door::{Reply, Request};

const ROOT: &str = "/wp-json/wc/v3/orders";
/// What can be cancelled and paid back; WooCommerce counts with more digits, but charges no more.
const CENTS: i64 = 100;

/// The shop; a clone is the same shop.
#[derive(Clone)]
pub struct WooShop {
    clock: Arc<dyn Fn() -> Moment + Send + Sync>,
    authorization: String,
    books: Arc<Mutex<Books>>,
}

#[derive(Default)]
struct Books {
    orders: BTreeMap<u64, Map<String, Value>>,
    refunds: Vec<(u64, Value)>,
    notes: Vec<(u64, Value)>,
    acts: Vec<Act>,
    made: u64,
    /// When anything changed last, in epoch milliseconds: a shop's changes never lie before those that were read already.
    changed: i64,
}

/// Something that the shop was asked to change.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// When, by the shop's clock.
    pub at: Timestamp,
    /// The order's number.
    pub order: String,
    /// `order`, `refunds`, `notes`.
    pub what: &'static str,
    /// What was asked for.
    pub asked: Value,
}

impl WooShop {
    /// A shop without orders, which answers to this key and secret. `clock` is its wall clock with its offset.
    #[must_use]
    pub fn new(key: &str, secret: &str, clock: impl Fn() -> Moment + Send + Sync + 'static) -> WooShop {
        let authorization = format!("Basic {}", STANDARD.encode(format!("{key}:{secret}")));
        WooShop { clock: Arc::new(clock), authorization, books: Arc::default() }
    }

    /// Takes an order that was paid; gives it as the shop shows it.
    pub fn place(&self, order: &OrderPlaced) -> Value {
        let mut books = self.lock();
        let id = books.next_id();
        books.keep(id, written(id, order), &order.at)
    }

    /// Changes an order at a moment as the shop's own people would, and gives it; `None` when there is none of this number.
    pub fn change(&self, number: &str, at: &Moment, change: impl FnOnce(&mut Map<String, Value>)) -> Option<Value> {
        let mut books = self.lock();
        let id = books.numbered(number)?;
        let mut order = books.orders.get(&id)?.clone();
        change(&mut order);
        Some(books.keep(id, order, at))
    }

    /// The shop's people cancel an order, because it cannot be had or because its customer asked them to.
    pub fn cancel(&self, number: &str, at: &Moment, by_customer: bool) -> Option<Value> {
        self.change(number, at, |order| {
            order.insert("status".to_owned(), json!("cancelled"));
            // The field by which Kept's own cancellations say whose wish they are.
            set_meta(order, "_kept_cancelled_by", json!(if by_customer { "customer" } else { "shop" }));
        })
    }

    /// Whether an order stands: it is there, and neither cancelled nor paid back whole.
    #[must_use]
    pub fn stands(&self, number: &str) -> bool {
        let books = self.lock();
        let status =
            books.numbered(number).and_then(|id| books.orders.get(&id)).and_then(|order| order.get("status").map(text_of));
        matches!(status.as_deref(), Some("processing" | "completed"))
    }

    /// A parcel of an order is announced, as the plug-in *Shipment Tracking* writes it.
    pub fn ship(&self, number: &str, carrier: &str, tracking_number: &str, at: &Moment, skus: &[String]) -> Option<Value> {
        let shipped = at.instant().unwrap_or_default();
        self.change(number, at, |order| {
            let products: Vec<Value> = lines_of(order)
                .iter()
                .filter(|line| skus.iter().any(|sku| line["sku"] == **sku))
                .map(|line| json!({ "product": line["product_id"], "item_id": line["id"].to_string(), "qty": line["quantity"].to_string() }))
                .collect();
            let parcel = json!({
                "tracking_provider": carrier, "custom_tracking_provider": "", "custom_tracking_link": "", "tracking_number": tracking_number,
                "date_shipped": shipped.as_second().to_string(), "products_list": products,
            });
            let mut parcels = meta_of(order, "_wc_shipment_tracking_items").and_then(|known| known.as_array().cloned()).unwrap_or_default();
            parcels.push(parcel);
            set_meta(order, "_wc_shipment_tracking_items", Value::Array(parcels));
        })
    }

    /// Pays back at a moment as the shop's own people would, and gives the order; `None` when there is no such order, or so much is not left.
    pub fn pay_back(&self, number: &str, at: &Moment, amount: Money, reason: &str) -> Option<Value> {
        let mut books = self.lock();
        let id = books.numbered(number)?;
        let asked = json!({ "amount": amount.decimal_text(), "reason": reason, "line_items": [] });
        let made = books.refund(id, &asked, at);
        let order = books.orders.get(&id).filter(|_| made.status == 201)?;
        Some(Value::Object(order.clone()))
    }

    /// The orders as they stand.
    #[must_use]
    pub fn orders(&self) -> Vec<Value> {
        self.lock().orders.values().cloned().map(Value::Object).collect()
    }

    /// The refunds of an order.
    #[must_use]
    pub fn refunds(&self, number: &str) -> Vec<Value> {
        let books = self.lock();
        let is_of = |id: &u64| books.orders.get(id).is_some_and(|order| is_numbered(order, number));
        books.refunds.iter().filter(|(id, _)| is_of(id)).map(|(_, refund)| refund.clone()).collect()
    }

    /// Everything that it was asked to change, in order.
    #[must_use]
    pub fn acts(&self) -> Vec<Act> {
        self.lock().acts.clone()
    }

    /// Answers a request.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Reply {
        if request.header("authorization") != Some(self.authorization.as_str()) {
            return refusal(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.");
        }
        let Some(rest) = request.path.strip_prefix(ROOT) else { return no_route() };
        let mut parts = rest.split('/').filter(|part| !part.is_empty());
        let (id, part) = (parts.next(), parts.next());
        let asked: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let now = (self.clock)();
        let mut books = self.lock();
        let Some(id) = id else {
            return match request.method.as_str() {
                "GET" => books.list(request),
                "POST" => books.make(&asked, &now),
                _ => no_route(),
            };
        };
        let Some(id) = id.parse().ok().filter(|id| books.orders.contains_key(id)) else {
            return refusal(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.");
        };
        match (request.method.as_str(), part) {
            ("GET", None) => Reply::json(200, &Value::Object(books.orders.get(&id).cloned().unwrap_or_default())),
            ("PUT", None) => {
                books.note_act(id, "order", &asked, &now);
                books.put(id, &asked, &now)
            }
            ("GET", Some("refunds")) => Reply::json(200, &Value::Array(of_order(&books.refunds, id))),
            ("POST", Some("refunds")) => {
                books.note_act(id, "refunds", &asked, &now);
                books.refund(id, &asked, &now)
            }
            ("GET", Some("notes")) => Reply::json(200, &Value::Array(of_order(&books.notes, id))),
            ("POST", Some("notes")) => {
                books.note_act(id, "notes", &asked, &now);
                let note = json!({ "id": books.next_id(), "author": "Kept", "note": asked.get("note"), "customer_note": asked.get("customer_note") });
                books.notes.push((id, note.clone()));
                Reply::json(201, &note)
            }
            _ => no_route(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    fn next_id(&mut self) -> u64 {
        self.made += 1;
        1_000 + self.made
    }

    fn numbered(&self, number: &str) -> Option<u64> {
        self.orders.iter().find(|(_, order)| is_numbered(order, number)).map(|(id, _)| *id)
    }

    /// Puts an order in its place, changed at a moment.
    fn keep(&mut self, id: u64, mut order: Map<String, Value>, at: &Moment) -> Value {
        self.changed = self.changed.max(at.sort_key_millis());
        let changed = from_millis(self.changed).unwrap_or_default();
        let (local, gmt) = pair(&Moment::known(changed, at.offset_seconds().unwrap_or(0)));
        order.insert("date_modified".to_owned(), json!(local));
        order.insert("date_modified_gmt".to_owned(), json!(gmt));
        self.orders.insert(id, order.clone());
        Value::Object(order)
    }

    fn note_act(&mut self, id: u64, what: &'static str, asked: &Value, now: &Moment) {
        let order = self.orders.get(&id).and_then(|order| order.get("number")).map(text_of).unwrap_or_default();
        self.acts.push(Act { at: now.instant().unwrap_or_default(), order, what, asked: asked.clone() });
    }

    fn make(&mut self, asked: &Value, now: &Moment) -> Reply {
        let id = self.next_id();
        let (local, gmt) = pair(now);
        let mut order: Map<String, Value> = asked.as_object().cloned().unwrap_or_default();
        let own = [
            ("id", json!(id)),
            ("number", json!(id.to_string())),
            ("refunds", json!([])),
            ("date_created", json!(local)),
            ("date_created_gmt", json!(gmt)),
        ];
        order.extend(own.map(|(name, value)| (name.to_owned(), value)));
        let made = self.keep(id, order, now);
        self.note_act(id, "order", asked, now);
        Reply::json(201, &made)
    }

    fn put(&mut self, id: u64, asked: &Value, now: &Moment) -> Reply {
        let Some(mut order) = self.orders.get(&id).cloned() else { return no_route() };
        let (local, gmt) = pair(now);
        for (name, value) in asked.as_object().into_iter().flatten() {
            match (name.as_str(), value) {
                ("meta_data", Value::Array(entries)) => {
                    for entry in entries {
                        set_meta(&mut order, entry["key"].as_str().unwrap_or_default(), entry["value"].clone());
                    }
                }
                ("set_paid", Value::Bool(true)) => {
                    order.insert("date_paid".to_owned(), json!(local));
                    order.insert("date_paid_gmt".to_owned(), json!(gmt));
                }
                (_, Value::Object(fields)) => {
                    let known = order.entry(name.clone()).or_insert_with(|| json!({}));
                    if let Some(known) = known.as_object_mut() {
                        known.extend(fields.clone());
                    }
                }
                _ => drop(order.insert(name.clone(), value.clone())),
            }
        }
        Reply::json(200, &self.keep(id, order, now))
    }

    fn refund(&mut self, id: u64, asked: &Value, now: &Moment) -> Reply {
        let paid_back: i64 = of_order(&self.refunds, id).iter().map(|refund| cents(&refund["amount"])).sum();
        let amount = cents(&asked["amount"]);
        let Some(mut order) = self.orders.get(&id).cloned() else { return no_route() };
        let left = order.get("total").map_or(0, cents) - paid_back;
        if amount <= 0 || amount > left {
            return refusal(500, "woocommerce_rest_cannot_create_order_refund", "Invalid refund amount.");
        }
        let (refund_id, (local, gmt)) = (self.next_id(), pair(now));
        let known = lines_of(&order);
        let taken = |line: &Value| {
            let known = known.iter().find(|known| known["id"] == line["id"])?;
            Some(json!({
                "id": refund_id * 10, "name": known["name"], "product_id": known["product_id"], "variation_id": 0, "sku": known["sku"],
                "quantity": -line["quantity"].as_i64().unwrap_or(0), "total": format!("-{}", text_of(&line["refund_total"])), "total_tax": "0.00",
            }))
        };
        let lines: Vec<Value> = asked["line_items"].as_array().into_iter().flatten().filter_map(taken).collect();
        let refund = json!({
            "id": refund_id, "date_created": local, "date_created_gmt": gmt, "amount": text_of(&asked["amount"]), "reason": asked["reason"],
            "refunded_by": 1, "refunded_payment": true, "meta_data": asked.get("meta_data").cloned().unwrap_or(json!([])), "line_items": lines,
        });
        if let Some(known) = order.get_mut("refunds").and_then(Value::as_array_mut) {
            known.push(json!({ "id": refund_id, "reason": asked["reason"], "total": format!("-{}", text_of(&asked["amount"])) }));
        }
        if amount == left {
            order.insert("status".to_owned(), json!("refunded"));
        }
        self.keep(id, order, now);
        self.refunds.push((id, refund.clone()));
        Reply::json(201, &refund)
    }

    fn list(&self, request: &Request) -> Reply {
        let after = request.field("modified_after");
        let sought = request.field("search");
        let changed = |order: &Map<String, Value>| order.get("date_modified_gmt").map(text_of).unwrap_or_default();
        let mut found: Vec<&Map<String, Value>> = self
            .orders
            .values()
            .filter(|order| after.as_ref().is_none_or(|after| changed(order) > *after))
            .filter(|order| sought.as_ref().is_none_or(|number| is_numbered(order, number)))
            .collect();
        found.sort_by_key(|order| changed(order));
        let number = |name: &str, otherwise: usize| {
            request.field(name).and_then(|written| written.parse().ok()).filter(|number| *number > 0).unwrap_or(otherwise)
        };
        let (each, page) = (number("per_page", 10), number("page", 1));
        let shown: Vec<Value> =
            found.iter().skip((page - 1) * each).take(each).map(|order| Value::Object((*order).clone())).collect();
        Reply::json(200, &Value::Array(shown))
            .with("X-WP-Total", found.len().to_string())
            .with("X-WP-TotalPages", found.len().div_ceil(each).to_string())
    }
}

/// The order as the shop shows it. What was promised stands where the plug-in *Order Delivery Date* writes it.
fn written(id: u64, order: &OrderPlaced) -> Map<String, Value> {
    let (local, gmt) = pair(&order.at);
    let customer = &order.customer;
    let name = customer.name.clone().unwrap_or_default();
    let (first, last) = name.split_once(' ').unwrap_or(("", name.as_str()));
    let country = customer.country.map(|country| country.code().to_owned()).unwrap_or_default();
    let street = customer.address.as_deref().and_then(|address| address.lines().next()).unwrap_or_default();
    let address = json!({
        "first_name": first, "last_name": last, "company": "", "address_1": street, "address_2": "",
        "city": customer.city, "state": "", "postcode": order.destination_postal, "country": country,
        "phone": customer.phone.clone().unwrap_or_default(), "email": customer.email.clone().unwrap_or_default(),
    });
    let mut billing = address.clone();
    // A firm is known by its name on the bill.
    if let Some(billing) = billing.as_object_mut().filter(|_| customer.consumer == Some(false)) {
        billing.insert("company".to_owned(), json!(format!("{last} SARL")));
    }
    let fee = order.delivery_fee.map_or(0, |fee| fee.minor);
    let lines: Vec<Value> = order.lines.iter().zip(1..).map(|(line, number)| {
        let price = line.price.map_or_else(|| "0.00".to_owned(), |price| price.decimal_text());
        json!({
            "id": id * 10 + number, "name": line.title, "product_id": id * 10 + number, "variation_id": 0, "quantity": line.quantity,
            "subtotal": price, "total": price, "total_tax": "0.00", "taxes": [], "meta_data": [], "sku": line.sku,
        })
    }).collect();
    let goods: i64 = order.lines.iter().filter_map(|line| line.price).map(|price| price.minor).sum();
    let currency =
        order.lines.iter().find_map(|line| line.price).map_or("EUR".to_owned(), |price| price.currency.code().to_owned());
    let language = customer.language.map_or("fr", Language::tag);
    let mut meta = vec![json!({ "id": id * 100, "key": "wpml_language", "value": language })];
    if let Some(day) = order.promised_day {
        meta.push(json!({ "id": id * 100 + 1, "key": "_delivery_date", "value": day.to_string() }));
    }
    if let Some(day) = order.ship_by {
        meta.push(json!({ "id": id * 100 + 2, "key": "_ship_by", "value": day.to_string() }));
    }
    let reference: u64 = customer
        .reference
        .as_deref()
        .map_or(0, |reference| reference.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0));
    let order = json!({
        "id": id, "parent_id": 0, "number": order.order_number, "status": "processing", "currency": currency, "customer_id": reference,
        "date_created": local, "date_created_gmt": gmt, "date_paid": local, "date_paid_gmt": gmt, "date_completed": null,
        "date_completed_gmt": null, "shipping_total": amount(fee), "shipping_tax": "0.00", "total": amount(goods + fee), "payment_method": "stripe",
        "billing": billing, "shipping": address, "meta_data": meta, "line_items": lines, "shipping_lines": [], "fee_lines": [],
        "coupon_lines": [], "refunds": [],
    });
    order.as_object().cloned().unwrap_or_default()
}

/// Local time and UTC, as WooCommerce writes both.
fn pair(at: &Moment) -> (String, String) {
    let text = |wall: DateTime| wall.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let gmt = at.instant().map_or(at.wall, |instant| jiff::tz::TimeZone::UTC.to_datetime(instant));
    (text(at.wall), text(gmt))
}

fn of_order(all: &[(u64, Value)], id: u64) -> Vec<Value> {
    all.iter().filter(|(other, _)| *other == id).map(|(_, value)| value.clone()).collect()
}

fn lines_of(order: &Map<String, Value>) -> Vec<Value> {
    order.get("line_items").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn is_numbered(order: &Map<String, Value>, number: &str) -> bool {
    order.get("number").and_then(Value::as_str) == Some(number)
}

fn meta_of<'o>(order: &'o Map<String, Value>, key: &str) -> Option<&'o Value> {
    order.get("meta_data")?.as_array()?.iter().find(|entry| entry["key"] == *key)?.get("value")
}

/// Meta data is known by its key: a value in the place of the one before, else one more.
fn set_meta(order: &mut Map<String, Value>, key: &str, value: Value) {
    let entries = order.entry("meta_data").or_insert_with(|| json!([]));
    let Some(entries) = entries.as_array_mut() else { return };
    match entries.iter_mut().find(|entry| entry["key"] == *key).and_then(Value::as_object_mut) {
        Some(entry) => drop(entry.insert("value".to_owned(), value)),
        None => entries.push(json!({ "id": entries.len() + 1, "key": key, "value": value })),
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn cents(value: &Value) -> i64 {
    let text = text_of(value);
    let (whole, fraction) = text.split_once('.').unwrap_or((text.as_str(), ""));
    let fraction: i64 = format!("{fraction:0<2}").get(..2).and_then(|fraction| fraction.parse().ok()).unwrap_or(0);
    whole.parse::<i64>().unwrap_or(0) * CENTS + fraction
}

fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / CENTS, cents % CENTS)
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({ "code": code, "message": message, "data": { "status": status } }))
}

fn no_route() -> Reply {
    refusal(404, "rest_no_route", "No route was found matching the URL and request method.")
}
