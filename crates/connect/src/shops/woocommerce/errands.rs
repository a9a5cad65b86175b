//! Acting in WooCommerce. It has no idempotency keys: what an earlier attempt left is looked for first.

use kept_domain::input::CancelledBy;
use kept_engine::ports::{Act, DeliveryAddress, ErrandKind, ErrandOutcome, PollError, Shop};
use reqwest::Method;
use serde_json::{Value, json};

use super::poll::{WooCommerceSettings, read, refusal};
use super::{CANCELLED_BY, SOURCE, sku};
use crate::line::escaped;
use crate::reading::answer::{Object, list, object, text};
use crate::shops::call::{Body, Caller, IntoOutcome, Question};
use crate::shops::errand::{NO_CARRIER, check_key, done, doubt, harmless, mark, marked, outcome, refused};

/// The meta field that an errand leaves on what it makes.
const ERRAND: &str = "_kept_errand";

/// Acts in a WooCommerce shop: notes, whole cancellations, refunds through the payment's provider, reshipments, addresses.
///
/// Lines are not cancelled: taking one out of an order changes what was paid. A refund of the line is what WooCommerce has for that.
pub struct WooCommerceShop {
    caller: Caller,
}

impl WooCommerceShop {
    /// A way out to this shop.
    ///
    /// # Errors
    /// No key, an address that is none, or no TLS on this machine.
    pub fn new(settings: &WooCommerceSettings) -> Result<WooCommerceShop, PollError> {
        Ok(WooCommerceShop { caller: settings.caller()? })
    }

    /// The order of this number. Plug-ins number orders as they like; without one the number is the id.
    fn order(&self, number: &str) -> Result<Object, ErrandOutcome> {
        let is_it = |order: &Value| {
            order.get("number").is_some() && order.as_object().and_then(|order| text(order, "number")).as_deref() == Some(number)
        };
        let as_id = !number.is_empty() && number.len() < 19 && number.bytes().all(|byte| byte.is_ascii_digit());
        if as_id {
            match read(&self.caller, &format!("orders/{number}"), &[]) {
                Ok(found) if is_it(&found.value) => return object_of(found.value),
                Ok(_) => {}
                // Not there by its id; perhaps by its number.
                Err(error) if error.retry_after_seconds.is_none() && error.message.contains("404") => {}
                Err(error) => return Err(error.into_outcome()),
            }
        }
        let query = [("search", number.to_owned()), ("per_page", "20".to_owned())];
        let found = read(&self.caller, "orders", &query).map_err(IntoOutcome::into_outcome)?.value;
        let orders = found.as_array().cloned().unwrap_or_default();
        match orders.into_iter().find(is_it) {
            Some(order) => object_of(order),
            None => Err(refused(format!("WooCommerce has no order {number}"))),
        }
    }

    fn act(&self, method: Method, path: &str, body: Value) -> Result<Value, ErrandOutcome> {
        let path = format!("wp-json/wc/v3/{path}");
        self.caller.act(&Question { method, path: &path, query: &[], body: Some(Body::Json(body)) }, refusal)
    }

    fn list(&self, path: &str) -> Result<Vec<Value>, ErrandOutcome> {
        let found = read(&self.caller, path, &[("per_page", "100".to_owned())]).map_err(IntoOutcome::into_outcome)?.value;
        found.as_array().cloned().ok_or_else(|| refused("WooCommerce answered with something that is no list"))
    }

    fn note(&self, order: &Object, words: &str, key: &str, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> Outcome {
        let path = format!("orders/{}/notes", id_of(order)?);
        let said = |note: &&Value| note.get("note").and_then(Value::as_str).is_some_and(|note| note.contains(&mark(key)));
        // Notes are not paged: all of them come.
        let notes = read(&self.caller, &path, &[]).map_err(IntoOutcome::into_outcome)?.value;
        if let Some(note) = notes.as_array().and_then(|notes| notes.iter().find(said)) {
            return Ok(done(reference(note)));
        }
        doubt(in_doubt)?;
        let made = self.act(Method::POST, &path, json!({ "note": marked(words, key), "customer_note": false }))?;
        made_one(&made)
    }

    fn cancel(&self, order: &Object, by: CancelledBy, key: &str, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> Outcome {
        let id = id_of(order)?;
        // An attempt whose answer was lost did it, and the shop may have paid back since: then the order is no longer cancelled but refunded.
        if has_meta(&Value::Object(order.clone()), ERRAND, key) {
            return Ok(done(id));
        }
        match text(order, "status").as_deref() {
            Some("cancelled") => return Ok(done(id)),
            Some(status @ ("completed" | "refunded" | "trash")) => {
                return Err(refused(format!("the order is {status} in WooCommerce already")));
            }
            _ => {}
        }
        let by = if by == CancelledBy::Customer { "customer" } else { "shop" };
        doubt(in_doubt)?;
        let body = json!({ "status": "cancelled", "meta_data": [
            { "key": CANCELLED_BY, "value": by }, { "key": ERRAND, "value": key } ] });
        let changed = self.act(Method::PUT, &format!("orders/{id}"), body)?;
        match changed.get("status").and_then(Value::as_str) {
            Some("cancelled") => Ok(done(id)),
            other => {
                Err(ErrandOutcome::Unknown { reason: format!("WooCommerce says the order is {}", other.unwrap_or("unchanged")) })
            }
        }
    }

    fn refund(
        &self,
        order: &Object,
        errand: &RefundAsked<'_>,
        key: &str,
        in_doubt: &mut dyn FnMut() -> Result<(), String>,
    ) -> Outcome {
        let path = format!("orders/{}/refunds", id_of(order)?);
        let marked_by_us = |refund: &&Value| {
            let reason = refund.get("reason").and_then(Value::as_str).is_some_and(|reason| reason.contains(&mark(key)));
            reason || has_meta(refund, ERRAND, key)
        };
        if let Some(refund) = self.list(&path)?.iter().find(marked_by_us) {
            return paid_back(refund);
        }
        if text(order, "currency").is_none_or(|currency| !currency.eq_ignore_ascii_case(errand.amount.currency.code())) {
            return Err(refused(format!("the order was not paid in {}", errand.amount.currency.code())));
        }
        if errand.amount.minor <= 0 {
            return Err(refused("there is nothing to pay back"));
        }
        let line_items: Vec<Value> = errand.skus.iter().map(|sku| line_refund(order, sku)).collect::<Result<Vec<_>, _>>()?;
        let body = json!({
            "amount": errand.amount.decimal_text(),
            "reason": marked(errand.reason, key),
            "api_refund": true,
            "api_restock": false,
            "line_items": line_items,
            "meta_data": [{ "key": ERRAND, "value": key }],
        });
        doubt(in_doubt)?;
        let made = self.act(Method::POST, &path, body)?;
        paid_back(&made)
    }

    /// A new order at no price: made as one that waits, noted on the first order, then released. Each step is harmless when repeated; an
    /// order whose making was answered into the void waits, and is never sent.
    fn reship(
        &self,
        order: &Object,
        skus: &[String],
        reason: &str,
        key: &str,
        in_doubt: &mut dyn FnMut() -> Result<(), String>,
    ) -> Outcome {
        let (id, noted) = (id_of(order)?, format!("{ERRAND}_{key}"));
        let known = list(order, "meta_data", &mut Vec::new())
            .iter()
            .filter_map(Value::as_object)
            .find(|entry| text(entry, "key").as_deref() == Some(noted.as_str()))
            .and_then(|entry| text(entry, "value"));
        let again = match known {
            Some(again) => again,
            None => {
                let body = json!({
                    "status": "pending",
                    "customer_id": order.get("customer_id").cloned().unwrap_or(json!(0)),
                    "currency": order.get("currency"),
                    "billing": order.get("billing"),
                    "shipping": order.get("shipping"),
                    "line_items": lines_again(order, skus)?,
                    "meta_data": [
                        { "key": ERRAND, "value": key },
                        { "key": "_kept_reshipment_of", "value": id },
                        { "key": "_kept_reason", "value": reason },
                    ],
                });
                let made = self.act(Method::POST, "orders", body).map_err(harmless)?;
                let again = made.as_object().and_then(|made| text(made, "id"));
                let again = again.ok_or_else(|| refused("WooCommerce made an order without an id"))?;
                let note = json!({ "meta_data": [{ "key": noted, "value": again }] });
                // Until this is kept the new order must not be released; a repetition makes another one that waits.
                self.act(Method::PUT, &format!("orders/{id}"), note).map_err(harmless)?;
                again
            }
        };
        let path = format!("orders/{}", escaped(&again));
        let waiting = read(&self.caller, &path, &[]).map_err(IntoOutcome::into_outcome)?.value;
        if waiting.get("status").and_then(Value::as_str) != Some("pending") {
            return Ok(done(again));
        }
        doubt(in_doubt)?;
        self.act(Method::PUT, &path, json!({ "status": "processing", "set_paid": true }))?;
        Ok(done(again))
    }

    fn readdress(
        &self,
        order: &Object,
        address: &DeliveryAddress,
        key: &str,
        in_doubt: &mut dyn FnMut() -> Result<(), String>,
    ) -> Outcome {
        let (id, noted) = (id_of(order)?, format!("{ERRAND}_{key}"));
        // Led there by an attempt whose answer was lost: whoever led it elsewhere since has the last word.
        if has_meta(&Value::Object(order.clone()), &noted, "address") {
            return Ok(done(id));
        }
        if let Some(status @ ("completed" | "cancelled" | "refunded")) = text(order, "status").as_deref() {
            return Err(refused(format!("the order is {status} in WooCommerce already")));
        }
        let wanted = json!({
            "first_name": address.first_name.clone().unwrap_or_default(),
            "last_name": address.last_name,
            "company": address.company.clone().unwrap_or_default(),
            "address_1": address.street,
            "address_2": address.more.clone().unwrap_or_default(),
            "city": address.city,
            "state": address.state.clone().unwrap_or_default(),
            "postcode": address.postal,
            "country": address.country.code(),
            "phone": address.phone.clone().unwrap_or_default(),
        });
        let there = object(order, "shipping");
        if wanted
            .as_object()
            .is_some_and(|wanted| wanted.iter().all(|(name, value)| there.and_then(|there| there.get(name)) == Some(value)))
        {
            return Ok(done(id));
        }
        let body = json!({ "shipping": wanted, "meta_data": [{ "key": noted, "value": "address" }] });
        doubt(in_doubt)?;
        self.act(Method::PUT, &format!("orders/{id}"), body)?;
        Ok(done(id))
    }
}

type Outcome = Result<ErrandOutcome, ErrandOutcome>;

/// What is to be paid back.
struct RefundAsked<'e> {
    amount: kept_base::Money,
    skus: &'e [String],
    reason: &'e str,
}

impl Shop for WooCommerceShop {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn offers(&self, kind: ErrandKind) -> bool {
        !matches!(kind, ErrandKind::CancelLines | ErrandKind::DeliveryDay)
    }

    fn carry_out(&self, errand: &Act, key: &str, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> ErrandOutcome {
        if errand.kind() == ErrandKind::CancelLines {
            return refused("WooCommerce takes no lines out of an order that was paid: refund them");
        }
        let mut attempt = || {
            check_key(key)?;
            let order = self.order(errand.order_number().trim())?;
            match errand {
                Act::Note { text, .. } => self.note(&order, text, key, in_doubt),
                Act::Cancellation { by, .. } => self.cancel(&order, *by, key, in_doubt),
                Act::Refund { amount, skus, reason, .. } => {
                    self.refund(&order, &RefundAsked { amount: *amount, skus, reason }, key, in_doubt)
                }
                Act::Reshipment { skus, reason, .. } => self.reship(&order, skus, reason, key, in_doubt),
                Act::AddressChange { address, .. } => self.readdress(&order, address, key, in_doubt),
                Act::DeliveryDay { .. } => Err(refused(NO_CARRIER)),
            }
        };
        outcome(attempt())
    }
}

/// A whole line in a refund: how many, and what it cost with each of its taxes.
fn line_refund(order: &Object, wanted: &str) -> Result<Value, ErrandOutcome> {
    let lines = list(order, "line_items", &mut Vec::new());
    let line = lines.iter().filter_map(Value::as_object).find(|line| sku(line) == wanted);
    let line = line.ok_or_else(|| refused(format!("the order has no line {wanted} in WooCommerce")))?;
    let taxes = list(line, "taxes", &mut Vec::new()).iter().filter_map(Value::as_object);
    let taxes: Vec<Value> = taxes.map(|tax| json!({ "id": tax.get("id"), "refund_total": amount(tax.get("total")) })).collect();
    Ok(json!({
        "id": line.get("id"),
        "quantity": line.get("quantity"),
        "refund_total": amount(line.get("total")),
        "refund_tax": taxes,
    }))
}

/// An amount as a number, as refunds take it.
fn amount(written: Option<&Value>) -> Value {
    match written {
        Some(Value::String(text)) => serde_json::from_str(text).ok().filter(Value::is_number).unwrap_or(json!(0)),
        Some(number @ Value::Number(_)) => number.clone(),
        _ => json!(0),
    }
}

fn lines_again(order: &Object, skus: &[String]) -> Result<Vec<Value>, ErrandOutcome> {
    let lines = list(order, "line_items", &mut Vec::new());
    if let Some(sku_missing) =
        skus.iter().find(|wanted| !lines.iter().filter_map(Value::as_object).any(|line| sku(line) == **wanted))
    {
        return Err(refused(format!("the order has no line {sku_missing} in WooCommerce")));
    }
    let wanted = lines.iter().filter_map(Value::as_object).filter(|line| skus.is_empty() || skus.contains(&sku(line)));
    let lines = wanted.map(|line| {
        json!({
            "product_id": line.get("product_id"), "variation_id": line.get("variation_id"), "quantity": line.get("quantity"),
            "subtotal": "0", "total": "0",
        })
    });
    Ok(lines.collect())
}

fn has_meta(value: &Value, key: &str, wanted: &str) -> bool {
    let entries = value.get("meta_data").and_then(Value::as_array);
    entries.is_some_and(|entries| {
        entries
            .iter()
            .filter_map(Value::as_object)
            .any(|entry| text(entry, "key").as_deref() == Some(key) && text(entry, "value").as_deref() == Some(wanted))
    })
}

fn id_of(order: &Object) -> Result<String, ErrandOutcome> {
    text(order, "id").map(|id| escaped(&id)).ok_or_else(|| refused("WooCommerce gave an order without an id"))
}

fn reference(made: &Value) -> String {
    made.as_object().and_then(|made| text(made, "id")).unwrap_or_default()
}

/// A refund may stand in the shop's books while no money moved: saying "done" would be a lie to the customer.
fn paid_back(refund: &Value) -> Outcome {
    if refund.get("refunded_payment").and_then(Value::as_bool) == Some(false) {
        let id = reference(refund);
        return Err(refused(format!("WooCommerce noted refund {id}, but paid nothing back: pay it by hand")));
    }
    made_one(refund)
}

/// JSON that names nothing is no proof that something was made.
fn made_one(made: &Value) -> Outcome {
    match reference(made) {
        id if id.is_empty() => Err(ErrandOutcome::Unknown { reason: "WooCommerce answered without an id".to_owned() }),
        id => Ok(done(id)),
    }
}

fn object_of(value: Value) -> Result<Object, ErrandOutcome> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(refused("WooCommerce answered with something that is no order")),
    }
}
