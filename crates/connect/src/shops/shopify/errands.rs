//! Acting in Shopify, by its GraphQL Admin API.
//!
//! Refunds carry Shopify's own idempotency key; for the rest, and before it, what an earlier attempt left is looked for.

use kept_base::Money;
use kept_domain::input::CancelledBy;
use kept_engine::ports::{Act, DeliveryAddress, ErrandKind, ErrandOutcome, PollError, Shop};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::poll::{Admin, ShopifySettings};
use super::{RELEASED, SOURCE, plain};
use crate::shops::errand::{NO_CARRIER, check_key, done, doubt, harmless, mark, marked, outcome, refused};
use crate::shops::reading::{micro, money};

const ORDERS: &str = "query($query: String!) { orders(first: 10, query: $query) { nodes { \
    id name note email cancelledAt displayFulfillmentStatus presentmentCurrencyCode customer { id } customAttributes { key value } \
    shippingAddress { firstName lastName company address1 address2 city zip provinceCode countryCodeV2 phone } \
    lineItems(first: 100) { nodes { id sku title quantity currentQuantity unfulfilledQuantity refundableQuantity variant { id } } } \
    refunds(first: 100) { id note } \
    transactions(first: 100) { id kind status gateway parentTransaction { id } \
    amountSet { presentmentMoney { amount currencyCode } } } } } }";
const UPDATE: &str = "mutation($input: OrderInput!) { orderUpdate(input: $input) { order { id } userErrors { field message } } }";
const CANCEL: &str = "mutation($orderId: ID!, $reason: OrderCancelReason!, $notify: Boolean!, \
    $staffNote: String) { \
    orderCancel(orderId: $orderId, reason: $reason, restock: true, notifyCustomer: $notify, staffNote: $staffNote, \
    refundMethod: { originalPaymentMethodsRefund: false }) { job { id } orderCancelUserErrors { field message code } } }";
const CANCEL_STATE: &str = "query($id: ID!) { order(id: $id) { id cancelledAt } }";
const EDIT: &str = "mutation($id: ID!) { orderEditBegin(id: $id) { calculatedOrder { id \
    lineItems(first: 100) { nodes { id sku title variant { id } } } } userErrors { field message } } }";
const SET: &str = "mutation($id: ID!, $line: ID!) { orderEditSetQuantity(id: $id, lineItemId: $line, quantity: 0, restock: true) { \
    calculatedOrder { id } userErrors { field message } } }";
const COMMIT: &str = "mutation($id: ID!, $note: String) { orderEditCommit(id: $id, notifyCustomer: false, staffNote: $note) { \
    order { id } userErrors { field message } } }";
const REFUND: &str = "mutation($input: RefundInput!, $key: String!) { refundCreate(input: $input) @idempotent(key: $key) { \
    refund { id transactions(first: 10) { nodes { status } } } userErrors { field message } } }";
const REFUND_STATE: &str = "query($id: ID!) { refund(id: $id) { id transactions(first: 10) { nodes { status } } } }";
const DRAFT: &str = "mutation($input: DraftOrderInput!) { draftOrderCreate(input: $input) { draftOrder { id } \
    userErrors { field message } } }";
const DRAFT_STATE: &str = "query($id: ID!) { draftOrder(id: $id) { id status order { id name } } }";
const COMPLETE: &str = "mutation($id: ID!) { draftOrderComplete(id: $id) { draftOrder { id order { id name } } \
    userErrors { field message } } }";

/// A transaction by which nothing moved; any other has moved money, or may.
const FAILED: [&str; 2] = ["FAILURE", "ERROR"];

type Outcome = Result<ErrandOutcome, ErrandOutcome>;
type InDoubt<'d> = &'d mut dyn FnMut() -> Result<(), String>;

/// Acts in a Shopify shop: notes, cancellations whole or of lines, refunds, reshipments, addresses.
pub struct ShopifyShop {
    admin: Admin,
}

impl ShopifyShop {
    /// A way out to this shop.
    ///
    /// # Errors
    /// No token, an address that is none, or no TLS on this machine.
    pub fn new(settings: &ShopifySettings) -> Result<ShopifyShop, PollError> {
        Ok(ShopifyShop { admin: Admin::new(settings)? })
    }

    fn order(&self, number: &str) -> Result<Value, ErrandOutcome> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if number.is_empty() || !number.bytes().all(is_plain) {
            return Err(refused(format!("{number:?} is no number that Shopify can be asked for")));
        }
        let found = self.admin.look(ORDERS, json!({ "query": format!("name:{number}") }))?;
        let orders = found.pointer("/orders/nodes").and_then(Value::as_array).cloned().unwrap_or_default();
        let is_it = |order: &Value| text(order, "/name").is_some_and(|name| plain(name) == number);
        orders.into_iter().find(is_it).ok_or_else(|| refused(format!("Shopify has no order {number}")))
    }

    fn note(&self, order: &Value, words: &str, key: &str, in_doubt: InDoubt<'_>) -> Outcome {
        let id = id_of(order)?;
        let so_far = text(order, "/note").unwrap_or_default();
        if so_far.contains(&mark(key)) {
            return Ok(done(id));
        }
        // An order has one note: what is there stays.
        let note = format!("{so_far}\n{}", marked(words, key));
        doubt(in_doubt)?;
        self.admin.mutate("orderUpdate", UPDATE, json!({ "input": { "id": id, "note": note.trim() } }))?;
        Ok(done(id))
    }

    fn cancel_order(&self, order: &Value, asked: &CancelAsked<'_>, key: &str, in_doubt: InDoubt<'_>) -> Outcome {
        let id = id_of(order)?;
        if text(order, "/cancelledAt").is_some() {
            return Ok(done(id));
        }
        let reason = match (asked.by, asked.cause) {
            (CancelledBy::Customer, _) => "CUSTOMER",
            (CancelledBy::Shop, Some("unavailable" | "inventory")) => "INVENTORY",
            (CancelledBy::Shop, _) => "OTHER",
        };
        doubt(in_doubt)?;
        let variables = json!({ "orderId": id, "reason": reason, "notify": asked.tells, "staffNote": mark(key) });
        let begun = self.admin.mutate("orderCancel", CANCEL, variables);
        // What is answered is that a job began, or that there is nothing to begin; whether the order is cancelled, only the order says.
        if matches!(begun, Ok(_) | Err(ErrandOutcome::Refused { .. })) {
            let state = self.admin.look(CANCEL_STATE, json!({ "id": id }))?;
            if text(&state, "/order/cancelledAt").is_some() {
                return Ok(done(id));
            }
        }
        begun?;
        Err(ErrandOutcome::Retry { reason: "Shopify is cancelling the order".to_owned(), after_seconds: 60 })
    }

    /// Nothing is changed before the edit is committed: a repetition begins anew.
    fn cancel_lines(&self, order: &Value, skus: &[String], by: CancelledBy, key: &str, in_doubt: InDoubt<'_>) -> Outcome {
        let id = id_of(order)?;
        if text(order, "/cancelledAt").is_some() {
            return Ok(done(id));
        }
        let mut open = Vec::new();
        for wanted in skus {
            let lines: Vec<&Value> = nodes(order, "/lineItems/nodes").filter(|line| sku(line) == *wanted).collect();
            if lines.is_empty() {
                return Err(refused(format!("the order has no line {wanted} in Shopify")));
            }
            for line in lines.into_iter().filter(|line| whole(line, "/currentQuantity") > 0) {
                if whole(line, "/unfulfilledQuantity") < whole(line, "/currentQuantity") {
                    return Err(refused(format!("line {wanted} was sent already")));
                }
                open.push(wanted);
            }
        }
        if open.is_empty() {
            return Ok(done(id));
        }
        if by == CancelledBy::Customer {
            self.add_attribute(order, RELEASED, &skus.join("|")).map_err(harmless)?;
        }
        let begun = self.admin.mutate("orderEditBegin", EDIT, json!({ "id": id })).map_err(harmless)?;
        let edit = text(&begun, "/calculatedOrder/id").ok_or_else(|| refused("Shopify began no edit of the order"))?;
        for line in nodes(&begun, "/calculatedOrder/lineItems/nodes").filter(|line| open.contains(&&sku(line))) {
            let variables = json!({ "id": edit, "line": id_of(line)? });
            self.admin.mutate("orderEditSetQuantity", SET, variables).map_err(harmless)?;
        }
        doubt(in_doubt)?;
        self.admin.mutate("orderEditCommit", COMMIT, json!({ "id": edit, "note": mark(key) }))?;
        Ok(done(id))
    }

    fn refund(&self, order: &Value, asked: &RefundAsked<'_>, key: &str, in_doubt: InDoubt<'_>) -> Outcome {
        let id = id_of(order)?;
        let marked_by_us = |refund: &&Value| text(refund, "/note").is_some_and(|note| note.contains(&mark(key)));
        if let Some(refund) = nodes(order, "/refunds").find(marked_by_us) {
            let state = self.admin.look(REFUND_STATE, json!({ "id": id_of(refund)? }))?;
            return paid_back(state.pointer("/refund").unwrap_or(refund));
        }
        let transactions = transactions(order, &id, asked.amount)?;
        let mut lines = Vec::new();
        for wanted in asked.skus {
            let mut found = nodes(order, "/lineItems/nodes").filter(|line| sku(line) == *wanted).peekable();
            if found.peek().is_none() {
                return Err(refused(format!("the order has no line {wanted} in Shopify")));
            }
            // A line that is no longer on the order is paid back as an amount.
            for line in found.filter(|line| whole(line, "/refundableQuantity") > 0) {
                lines.push(json!({
                    "lineItemId": id_of(line)?, "quantity": whole(line, "/refundableQuantity"), "restockType": "NO_RESTOCK",
                }));
            }
        }
        let mut input = json!({
            "orderId": id,
            "note": marked(asked.reason, key),
            "notify": asked.tells,
            "currency": asked.amount.currency.code(),
            "refundLineItems": lines,
            "transactions": transactions,
        });
        if let (Some(input), true) = (input.as_object_mut(), asked.delivery_fee && asked.skus.is_empty()) {
            input.insert("shipping".to_owned(), json!({ "amount": asked.amount.decimal_text() }));
        }
        doubt(in_doubt)?;
        let made = self.admin.mutate("refundCreate", REFUND, json!({ "input": input, "key": uuid(key) }))?;
        match made.pointer("/refund").filter(|refund| !refund.is_null()) {
            Some(refund) => paid_back(refund),
            None => Err(ErrandOutcome::Unknown { reason: "Shopify answered without a refund".to_owned() }),
        }
    }

    /// A draft at no price, noted on the first order, then completed. A draft whose making was answered into the void stays a draft.
    fn reship(&self, order: &Value, skus: &[String], reason: &str, key: &str, in_doubt: InDoubt<'_>) -> Outcome {
        let noted = noted(key);
        let known = nodes(order, "/customAttributes")
            .find(|attribute| text(attribute, "/key") == Some(noted.as_str()))
            .and_then(|attribute| text(attribute, "/value"));
        let draft = match known {
            Some(draft) => draft.to_owned(),
            None => {
                let input = draft(order, skus, reason, key)?;
                let made = self.admin.mutate("draftOrderCreate", DRAFT, json!({ "input": input })).map_err(harmless)?;
                let draft = text(&made, "/draftOrder/id").ok_or_else(|| refused("Shopify made no draft"))?.to_owned();
                self.add_attribute(order, &noted, &draft).map_err(harmless)?;
                draft
            }
        };
        let state = self.admin.look(DRAFT_STATE, json!({ "id": draft }))?;
        if let Some(again) = text(&state, "/draftOrder/order/name") {
            return Ok(done(plain(again)));
        }
        doubt(in_doubt)?;
        let made = self.admin.mutate("draftOrderComplete", COMPLETE, json!({ "id": draft }))?;
        match text(&made, "/draftOrder/order/name") {
            Some(again) => Ok(done(plain(again))),
            None => Err(ErrandOutcome::Unknown { reason: "Shopify completed the draft and named no order".to_owned() }),
        }
    }

    fn readdress(&self, order: &Value, address: &DeliveryAddress, key: &str, in_doubt: InDoubt<'_>) -> Outcome {
        let (id, noted) = (id_of(order)?, noted(key));
        // Led there by an attempt whose answer was lost: whoever led it elsewhere since has the last word.
        if nodes(order, "/customAttributes").any(|attribute| text(attribute, "/key") == Some(noted.as_str())) {
            return Ok(done(id));
        }
        if text(order, "/cancelledAt").is_some() {
            return Err(refused("the order is cancelled in Shopify"));
        }
        if text(order, "/displayFulfillmentStatus") == Some("FULFILLED") {
            return Err(refused("the order was sent already"));
        }
        let wanted = json!({
            "firstName": address.first_name, "lastName": address.last_name, "company": address.company,
            "address1": address.street, "address2": address.more, "city": address.city, "zip": address.postal,
            "provinceCode": address.state, "countryCode": address.country.code(), "phone": address.phone,
        });
        let there = |name: &str| order.pointer("/shippingAddress").and_then(|there| there.get(name)).unwrap_or(&Value::Null);
        let same = wanted.as_object().is_some_and(|wanted| {
            wanted.iter().all(|(name, value)| there(if name == "countryCode" { "countryCodeV2" } else { name }) == value)
        });
        if same {
            return Ok(done(id));
        }
        let attributes = attributes(order, &noted, "address");
        let input = json!({ "id": id, "shippingAddress": wanted, "customAttributes": attributes });
        doubt(in_doubt)?;
        self.admin.mutate("orderUpdate", UPDATE, json!({ "input": input }))?;
        Ok(done(id))
    }

    fn add_attribute(&self, order: &Value, name: &str, value: &str) -> Result<(), ErrandOutcome> {
        let input = json!({ "id": id_of(order)?, "customAttributes": attributes(order, name, value) });
        self.admin.mutate("orderUpdate", UPDATE, json!({ "input": input })).map(|_| ())
    }
}

/// The attribute that an errand leaves on an order.
fn noted(key: &str) -> String {
    format!("_kept_errand_{key}")
}

/// Attributes are written all at once: those that are there are written again.
fn attributes(order: &Value, name: &str, value: &str) -> Vec<Value> {
    let others = nodes(order, "/customAttributes").filter(|attribute| text(attribute, "/key") != Some(name));
    let again =
        others.map(|attribute| json!({ "key": attribute.get("key"), "value": text(attribute, "/value").unwrap_or_default() }));
    again.chain([json!({ "key": name, "value": value })]).collect()
}

/// A refund may stand in the shop's books while the payment's provider said no.
fn paid_back(refund: &Value) -> Outcome {
    let mut statuses = nodes(refund, "/transactions/nodes").filter_map(|transaction| text(transaction, "/status")).peekable();
    if statuses.peek().is_some() && statuses.all(|status| FAILED.contains(&status)) {
        return Err(refused("Shopify wrote the refund down, and no money moved: pay it back by hand"));
    }
    Ok(done(id_of(refund)?))
}

/// What is to be paid back.
struct RefundAsked<'e> {
    amount: Money,
    skus: &'e [String],
    delivery_fee: bool,
    reason: &'e str,
    /// Shopify writes to the customer.
    tells: bool,
}

struct CancelAsked<'e> {
    by: CancelledBy,
    cause: Option<&'e str>,
    tells: bool,
}

impl Shop for ShopifyShop {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn offers(&self, kind: ErrandKind) -> bool {
        kind != ErrandKind::DeliveryDay
    }

    fn carry_out(&self, act: &Act, key: &str, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> ErrandOutcome {
        self.run(act, key, false, in_doubt)
    }

    fn carry_out_telling(&self, act: &Act, key: &str, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> ErrandOutcome {
        self.run(act, key, true, in_doubt)
    }
}

impl ShopifyShop {
    fn run(&self, errand: &Act, key: &str, tells: bool, in_doubt: InDoubt<'_>) -> ErrandOutcome {
        let mut attempt = || {
            check_key(key)?;
            let order = self.order(&plain(errand.order_number().trim()))?;
            match errand {
                Act::Note { text, .. } => self.note(&order, text, key, in_doubt),
                Act::Cancellation { skus, by, cause, .. } if skus.is_empty() => {
                    self.cancel_order(&order, &CancelAsked { by: *by, cause: cause.as_deref(), tells }, key, in_doubt)
                }
                Act::Cancellation { skus, by, .. } => self.cancel_lines(&order, skus, *by, key, in_doubt),
                Act::Refund { amount, skus, delivery_fee, reason, .. } => {
                    let asked = RefundAsked { amount: *amount, skus, delivery_fee: *delivery_fee, reason, tells };
                    self.refund(&order, &asked, key, in_doubt)
                }
                Act::Reshipment { skus, reason, .. } => self.reship(&order, skus, reason, key, in_doubt),
                Act::AddressChange { address, .. } => self.readdress(&order, address, key, in_doubt),
                Act::DeliveryDay { .. } => Err(refused(NO_CARRIER)),
            }
        };
        outcome(attempt())
    }
}

/// The payments that the amount goes back to, oldest first, each up to what is left of it.
fn transactions(order: &Value, id: &str, amount: Money) -> Result<Vec<Value>, ErrandOutcome> {
    if amount.minor <= 0 {
        return Err(refused("there is nothing to pay back"));
    }
    let code = amount.currency.code();
    if text(order, "/presentmentCurrencyCode") != Some(code) {
        return Err(refused(format!("the order was not paid in {code}")));
    }
    let all: Vec<&Value> = nodes(order, "/transactions").collect();
    let worth = |transaction: &Value| {
        let written = transaction.pointer("/amountSet/presentmentMoney/amount").and_then(micro)?;
        money(written, amount.currency).map(|money| money.minor)
    };
    let is = |transaction: &Value, kinds: &[&str]| text(transaction, "/kind").is_some_and(|kind| kinds.contains(&kind));
    let mut left = amount.minor;
    let mut parts = Vec::new();
    for payment in all.iter().filter(|payment| is(payment, &["SALE", "CAPTURE"]) && text(payment, "/status") == Some("SUCCESS")) {
        let parent = id_of(payment)?;
        let back: i64 = all
            .iter()
            .filter(|other| is(other, &["REFUND"]) && !text(other, "/status").is_some_and(|status| FAILED.contains(&status)))
            .filter(|other| text(other, "/parentTransaction/id") == Some(parent.as_str()))
            .filter_map(|other| worth(other))
            .sum();
        let part = (worth(payment).unwrap_or(0) - back).min(left);
        if part > 0 {
            left -= part;
            parts.push(json!({
                "orderId": id, "parentId": parent, "kind": "REFUND", "gateway": text(payment, "/gateway").unwrap_or_default(),
                "amount": Money { minor: part, currency: amount.currency }.decimal_text(),
            }));
        }
    }
    if left > 0 {
        let possible = Money { minor: amount.minor - left, currency: amount.currency };
        return Err(refused(format!("of {amount} only {possible} can be paid back in Shopify")));
    }
    Ok(parts)
}

fn draft(order: &Value, skus: &[String], reason: &str, key: &str) -> Result<Value, ErrandOutcome> {
    let lines = || nodes(order, "/lineItems/nodes");
    if let Some(missing) = skus.iter().find(|wanted| !lines().any(|line| sku(line) == **wanted)) {
        return Err(refused(format!("the order has no line {missing} in Shopify")));
    }
    let wanted = lines().filter(|line| skus.is_empty() || skus.contains(&sku(line)));
    let items: Vec<Value> = wanted
        .map(|line| match text(line, "/variant/id") {
            Some(variant) => json!({ "variantId": variant, "quantity": whole(line, "/quantity").max(1) }),
            None => json!({
                "title": text(line, "/title").unwrap_or("Reshipment"), "quantity": whole(line, "/quantity").max(1),
                "originalUnitPriceWithCurrency": nothing_in(order),
            }),
        })
        .collect();
    let address = order.pointer("/shippingAddress").filter(|address| address.is_object());
    let address = address.map(|address| {
        let part = |name: &str| address.get(name).cloned().unwrap_or_default();
        json!({
            "firstName": part("firstName"), "lastName": part("lastName"), "company": part("company"), "address1": part("address1"),
            "address2": part("address2"), "city": part("city"), "zip": part("zip"), "provinceCode": part("provinceCode"),
            "countryCode": part("countryCodeV2"), "phone": part("phone"),
        })
    });
    let mut input = json!({
        "lineItems": items,
        "note": marked(reason, key),
        "tags": ["kept-reshipment"],
        "appliedDiscount": { "title": "Reshipment", "value": 100.0, "valueType": "PERCENTAGE" },
        "shippingLine": { "title": "Reshipment", "priceWithCurrency": nothing_in(order) },
        "presentmentCurrencyCode": order.get("presentmentCurrencyCode"),
        "email": order.get("email"),
        "shippingAddress": address,
    });
    if let (Some(input), Some(customer)) = (input.as_object_mut(), text(order, "/customer/id")) {
        input.insert("purchasingEntity".to_owned(), json!({ "customerId": customer }));
    }
    Ok(input)
}

fn nothing_in(order: &Value) -> Value {
    json!({ "amount": "0.00", "currencyCode": order.get("presentmentCurrencyCode") })
}

/// A key of the form that Shopify recommends; the same each time.
fn uuid(key: &str) -> String {
    let digits = hex::encode(Sha256::digest(key.as_bytes()));
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// The article number, or what stands for it: the same as in the REST shape.
fn sku(line: &Value) -> String {
    let variant = || {
        let id = text(line, "/variant/id")?.rsplit('/').next()?;
        Some(format!("variant-{id}"))
    };
    let given = text(line, "/sku").map(str::trim).filter(|sku| !sku.is_empty()).map(str::to_owned);
    given.or_else(variant).or_else(|| text(line, "/title").map(str::to_owned)).unwrap_or_else(|| "line".to_owned())
}

fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str()
}

fn whole(value: &Value, pointer: &str) -> i64 {
    value.pointer(pointer).and_then(Value::as_i64).unwrap_or(0)
}

fn nodes<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

fn id_of(value: &Value) -> Result<String, ErrandOutcome> {
    text(value, "/id").map(str::to_owned).ok_or_else(|| refused("Shopify gave something without an id"))
}
