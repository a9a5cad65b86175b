//! Asking WooCommerce which orders changed.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use kept_engine::ports::{PollError, ShopPage, ShopReader, Trouble};
use reqwest::Method;
use serde_json::Value;

use super::SOURCE;
use crate::line::escaped;
use crate::reading::answer::{list, text};
use crate::shops::call::{Caller, JsonAnswer, Key, Question};
use crate::shops::cursor::Cursor;

/// Documented: at most 100 a page. Fewer, since each order with refunds costs a call of its own.
const PAGE: u32 = 50;

/// How a WooCommerce shop is reached.
#[derive(Clone)]
pub struct WooCommerceSettings {
    /// The site's address, in front of `/wp-json`.
    pub base_url: String,
    /// Consumer key; never shown and never logged.
    pub key: String,
    /// Consumer secret; never shown and never logged.
    pub secret: String,
    /// For a whole call.
    pub timeout: Duration,
}

impl WooCommerceSettings {
    /// This site with these keys; 30 seconds a call.
    #[must_use]
    pub fn new(base_url: impl Into<String>, key: impl Into<String>, secret: impl Into<String>) -> WooCommerceSettings {
        WooCommerceSettings {
            base_url: base_url.into(),
            key: key.into(),
            secret: secret.into(),
            timeout: Duration::from_secs(30),
        }
    }

    pub(super) fn caller(&self) -> Result<Caller, PollError> {
        let key = Key::Basic(self.key.clone(), self.secret.clone());
        Caller::new("WooCommerce", &self.base_url, key, self.timeout)
    }
}

impl fmt::Debug for WooCommerceSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WooCommerceSettings").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Asks `GET /wp-json/wc/v3/orders?modified_after=…`, and for orders with refunds these in full.
pub struct WooCommerceReader {
    caller: Caller,
}

impl WooCommerceReader {
    /// A reader of this shop.
    ///
    /// # Errors
    /// No key, an address that is none, or no TLS on this machine.
    pub fn new(settings: &WooCommerceSettings) -> Result<WooCommerceReader, PollError> {
        Ok(WooCommerceReader { caller: settings.caller()? })
    }

    /// The refunds of an order: the order itself only has their totals.
    fn with_refunds(&self, mut order: Value) -> Result<Value, PollError> {
        let Some(object) = order.as_object_mut() else { return Ok(order) };
        let has_refunds = !list(object, "refunds", &mut Vec::new()).is_empty();
        if let Some(id) = text(object, "id").filter(|_| has_refunds) {
            let path = format!("orders/{}/refunds", escaped(&id));
            let refunds = read(&self.caller, &path, &[("per_page", "100".to_owned())])?;
            if refunds.value.is_array() {
                object.insert("refunds".to_owned(), refunds.value);
            }
        }
        Ok(order)
    }
}

impl ShopReader for WooCommerceReader {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn changed(&self, since: Timestamp, page: Option<&str>) -> Result<ShopPage, PollError> {
        let cursor = Cursor::at(since, page);
        // `modified_after` leaves the second itself out.
        let after = cursor.since.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(cursor.since);
        let query = [
            ("modified_after", after.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
            ("dates_are_gmt", "true".to_owned()),
            ("orderby", "modified".to_owned()),
            ("order", "asc".to_owned()),
            ("per_page", PAGE.to_string()),
            ("page", cursor.page.to_string()),
        ];
        let JsonAnswer { value, headers } = read(&self.caller, "orders", &query)?;
        let Value::Array(orders) = value else {
            return Err(self.caller.useless(Trouble::Form, "something that is no list of orders"));
        };
        let pages: Option<u64> =
            headers.get("x-wp-totalpages").and_then(|pages| pages.to_str().ok()).and_then(|pages| pages.trim().parse().ok());
        let full = orders.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
        let more = pages.map_or(full, |pages| cursor.page < pages);
        let read_to = orders.iter().filter_map(changed_at).max();
        let orders = orders.into_iter().map(|order| self.with_refunds(order)).collect::<Result<Vec<_>, _>>()?;
        Ok(ShopPage {
            payloads: orders.iter().map(|order| order.to_string().into_bytes()).collect(),
            next: cursor.next(more, read_to),
            read_to,
            wait_seconds: 1.0,
        })
    }
}

fn changed_at(order: &Value) -> Option<Timestamp> {
    let written = text(order.as_object()?, "date_modified_gmt")?;
    let wall = kept_base::Moment::parse_iso(&written).ok()?.wall;
    wall.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp())
}

/// Reads below `wp-json/wc/v3`.
pub(super) fn read(caller: &Caller, path: &str, query: &[(&str, String)]) -> Result<JsonAnswer, PollError> {
    let path = format!("wp-json/wc/v3/{path}");
    caller.read(&Question { method: Method::GET, path: &path, query, body: None }, refusal)
}

/// `{"code": …, "message": …}`. A refund that the payment's provider refused is taken back before it is answered, with status 500.
pub(super) fn refusal(answer: &Value) -> Option<(String, bool)> {
    let answer = answer.as_object()?;
    let code = text(answer, "code")?;
    let message = text(answer, "message")?;
    Some((message, code == "woocommerce_rest_cannot_create_order_refund"))
}
