//! Asking PrestaShop's webservice which orders changed, and who and what their numbers are.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kept_engine::ports::{PollError, ShopPage, ShopReader, Trouble};
use reqwest::Method;
use serde_json::{Value, json};

use super::{SOURCE, moment, rows, said};
use crate::reading::answer::{Object, text};
use crate::shops::call::{Caller, Key, Question};
use crate::shops::cursor::Cursor;

/// Orders a page: their customers and addresses are asked for by number, in the address of the call.
const PAGE: u64 = 40;

/// How a PrestaShop shop is reached.
#[derive(Clone)]
pub struct PrestaShopSettings {
    /// The shop's address, in front of `/api`.
    pub base_url: String,
    /// The webservice key; never shown and never logged.
    pub key: String,
    /// The shop's time zone (IANA): PrestaShop writes times without one.
    pub zone: String,
    /// The order state that means cancelled: 6 as PrestaShop installs it.
    pub cancelled_state: u32,
    /// For a whole call.
    pub timeout: Duration,
}

impl PrestaShopSettings {
    /// This shop with this key; 30 seconds a call.
    #[must_use]
    pub fn new(base_url: impl Into<String>, key: impl Into<String>, zone: impl Into<String>) -> PrestaShopSettings {
        PrestaShopSettings {
            base_url: base_url.into(),
            key: key.into(),
            zone: zone.into(),
            cancelled_state: 6,
            timeout: Duration::from_secs(30),
        }
    }

    pub(super) fn caller(&self) -> Result<Caller, PollError> {
        // The key is the user; there is no password.
        Caller::new("PrestaShop", &self.base_url, Key::Basic(self.key.clone(), String::new()), self.timeout)
    }
}

impl fmt::Debug for PrestaShopSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrestaShopSettings").field("base_url", &self.base_url).field("zone", &self.zone).finish_non_exhaustive()
    }
}

/// Asks `GET /api/orders?filter[date_upd]=…&sort=[date_upd_ASC]`, and for what the orders name by number.
pub struct PrestaShopReader {
    caller: Caller,
    zone: TimeZone,
    zone_name: String,
}

impl PrestaShopReader {
    /// A reader of this shop.
    ///
    /// # Errors
    /// No key, an address or a zone that is none, or no TLS on this machine.
    pub fn new(settings: &PrestaShopSettings) -> Result<PrestaShopReader, PollError> {
        let caller = settings.caller()?;
        let zone = TimeZone::get(&settings.zone)
            .map_err(|_| caller.useless(Trouble::Question, format!("{:?} is no time zone; hint: Europe/Paris", settings.zone)))?;
        Ok(PrestaShopReader { caller, zone, zone_name: settings.zone.clone() })
    }

    fn rows(&self, resource: &str, display: &str, filter: (&str, String)) -> Result<Vec<Object>, PollError> {
        let (name, wanted) = filter;
        found(&self.caller, resource, &[("display", display.to_owned()), (&format!("filter[{name}]"), wanted)])
    }

    /// Rows of a resource by number; none is asked for where none is named.
    fn named(&self, resource: &str, display: &str, ids: &[String]) -> Result<BTreeMap<String, Object>, PollError> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = self.rows(resource, display, ("id", any_of(ids)))?;
        Ok(rows.into_iter().filter_map(|row| Some((text(&row, "id")?, row))).collect())
    }

    /// Each order with what its numbers mean.
    fn bundles(&self, orders: &[Object]) -> Result<Vec<Value>, PollError> {
        let ids = ids_of(orders, &["id"]);
        let of_orders = |resource: &str| self.rows(resource, "full", ("id_order", any_of(&ids)));
        let (order_carriers, slips) = (of_orders("order_carriers")?, of_orders("order_slip")?);
        let customers = self.named("customers", "full", &ids_of(orders, &["id_customer"]))?;
        let addresses = self.named("addresses", "full", &ids_of(orders, &["id_address_delivery", "id_address_invoice"]))?;
        let in_addresses: Vec<Object> = addresses.values().cloned().collect();
        let countries = self.named("countries", "[id,iso_code]", &ids_of(&in_addresses, &["id_country"]))?;
        let currencies = self.named("currencies", "[id,iso_code]", &ids_of(orders, &["id_currency"]))?;
        let languages = self.named("languages", "[id,iso_code]", &ids_of(orders, &["id_lang"]))?;
        let mut carrier_ids = ids_of(orders, &["id_carrier"]);
        carrier_ids.extend(ids_of(&order_carriers, &["id_carrier"]));
        carrier_ids.sort();
        carrier_ids.dedup();
        let carriers = self.named("carriers", "[id,name]", &carrier_ids)?;
        let names: Object =
            carriers.iter().filter_map(|(id, row)| Some((id.clone(), Value::String(text(row, "name")?)))).collect();
        let siblings = self.rows("orders", "[id,reference]", ("reference", any_of(&ids_of(orders, &["reference"]))))?;
        let bundle = |order: &Object| {
            let number = |name: &str| text(order, name).unwrap_or_default();
            let iso = |rows: &BTreeMap<String, Object>, id: &str| rows.get(id).and_then(|row| text(row, "iso_code"));
            let address = |name: &str| {
                let mut address = addresses.get(&number(name))?.clone();
                let country = text(&address, "id_country").and_then(|id| iso(&countries, &id));
                address.insert("country".to_owned(), json!(country));
                Some(Value::Object(address))
            };
            let mine = |rows: &[Object]| -> Vec<Value> {
                let mine = rows.iter().filter(|row| text(row, "id_order") == text(order, "id"));
                mine.cloned().map(Value::Object).collect()
            };
            let mut bundle = json!({
                "number": unique_reference(order, &siblings),
                "zone": self.zone_name,
                "order": order,
                "currency": iso(&currencies, &number("id_currency")),
                "language": iso(&languages, &number("id_lang")),
                "carriers": names,
                "order_carriers": mine(&order_carriers),
                "order_slips": mine(&slips),
            });
            if let Some(bundle) = bundle.as_object_mut() {
                for (name, value) in [
                    ("customer", customers.get(&number("id_customer")).cloned().map(without_secrets)),
                    ("delivery", address("id_address_delivery")),
                    ("invoice", address("id_address_invoice")),
                ] {
                    bundle.extend(value.map(|value| (name.to_owned(), value)));
                }
            }
            json!({ "prestashop": bundle })
        };
        Ok(orders.iter().map(bundle).collect())
    }
}

impl ShopReader for PrestaShopReader {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn changed(&self, since: Timestamp, page: Option<&str>) -> Result<ShopPage, PollError> {
        let cursor = Cursor::at(since, page);
        let from = cursor.since.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let query = [
            ("display", "full".to_owned()),
            ("date", "1".to_owned()),
            ("filter[date_upd]", format!("[{from},2099-12-31 23:59:59]")),
            ("sort", "[date_upd_ASC]".to_owned()),
            ("limit", format!("{},{PAGE}", (cursor.page.saturating_sub(1)).saturating_mul(PAGE))),
        ];
        let orders = found(&self.caller, "orders", &query)?;
        let read_to = orders
            .iter()
            .filter_map(|order| moment(&text(order, "date_upd")?, Some(&self.zone)))
            .filter_map(|moment| moment.instant())
            .max();
        let more = u64::try_from(orders.len()).unwrap_or(0) >= PAGE;
        let bundles = if orders.is_empty() { Vec::new() } else { self.bundles(&orders)? };
        Ok(ShopPage {
            payloads: bundles.iter().map(|bundle| bundle.to_string().into_bytes()).collect(),
            next: cursor.next(more, read_to),
            read_to,
            wait_seconds: 1.0,
        })
    }
}

/// Rows of a list: PrestaShop writes an empty one without its name.
pub(super) fn found(caller: &Caller, resource: &str, query: &[(&str, String)]) -> Result<Vec<Object>, PollError> {
    let mut all = vec![("output_format", "JSON".to_owned())];
    all.extend_from_slice(query);
    let path = format!("api/{resource}");
    let read = caller.read(&Question { method: Method::GET, path: &path, query: &all, body: None }, refusal);
    let value = read.map_err(|error| PollError { message: format!("{resource}: {}", error.message), ..error })?.value;
    match &value {
        Value::Array(rows) if rows.is_empty() => Ok(Vec::new()),
        Value::Object(answer) if answer.is_empty() => Ok(Vec::new()),
        Value::Object(answer) if answer.contains_key(resource) || answer.len() == 1 => {
            // `order_slip` is a list under the name `order_slips`.
            let name = if answer.contains_key(resource) { Some(resource) } else { answer.keys().next().map(String::as_str) };
            Ok(name.map(|name| rows(answer, name, "")).unwrap_or_default().into_iter().cloned().collect())
        }
        _ => Err(caller.useless(Trouble::Form, format!("{resource}: something that is no list"))),
    }
}

/// PrestaShop's own way to tell orders of one cart apart: the second of a reference is `REFERENCE#2`.
fn unique_reference(order: &Object, siblings: &[Object]) -> Option<String> {
    let reference = text(order, "reference")?;
    let id: i64 = text(order, "id")?.parse().ok()?;
    let ids = siblings.iter().filter(|other| text(other, "reference").as_deref() == Some(reference.as_str()));
    let ids: Vec<i64> = ids.filter_map(|other| text(other, "id")?.parse().ok()).collect();
    let first = ids.iter().min().copied().unwrap_or(id);
    Some(if ids.len() > 1 { format!("{reference}#{}", id - first + 1) } else { reference })
}

/// A customer's row has the hash of their password, which is nobody's business here.
fn without_secrets(mut customer: Object) -> Value {
    for name in [
        "passwd",
        "secure_key",
        "reset_password_token",
        "reset_password_validity",
        "last_passwd_gen",
        "ip_registration_newsletter",
    ] {
        customer.remove(name);
    }
    Value::Object(customer)
}

fn ids_of(rows: &[Object], names: &[&str]) -> Vec<String> {
    let mut ids: Vec<String> = rows.iter().flat_map(|row| names.iter().filter_map(|name| text(row, name))).collect();
    ids.retain(|id| id != "0");
    ids.sort();
    ids.dedup();
    ids
}

/// `[1|2|3]`: any of these. Nothing in a value may become another filter.
pub(super) fn any_of(values: &[String]) -> String {
    let plain = |value: &String| value.chars().filter(|character| !"[]|%,".contains(*character)).collect::<String>();
    format!("[{}]", values.iter().map(plain).collect::<Vec<_>>().join("|"))
}

/// `{"errors": [{"code", "message"}]}`.
pub(super) fn refusal(answer: &Value) -> Option<(String, bool)> {
    Some((said(answer.get("errors")?), false))
}
