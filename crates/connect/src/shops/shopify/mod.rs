//! Shopify: orders as its REST Admin API and its webhooks write them, and fulfilments.
//!
//! Shapes: `shopify.dev` (Order, Fulfillment, Refund; Webhooks: delivery structure, verify deliveries); see `docs/connectors/shopify.md`.

mod errands;
mod graphql;
mod poll;

use std::sync::Arc;

use kept_base::{Currency, Language, Moment};
use kept_domain::input::{
    CancelledBy, CustomerDetails, LineOrdered, OrderLinesCancelled, OrderPlaced, ParcelAnnounced, RefundPaid,
};
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped, Verification};
use serde_json::Value;

pub use errands::ShopifyShop;
pub use poll::{API_VERSION, ShopifyAccess, ShopifyReader, ShopifySettings};

use super::ShopSource;
use super::names::Names;
use super::reading::{
    Told, address_lines, country, currency, firm, first_named, full_name, merged, micro, micro_of, money, named_values, promised,
    quantity, untold, whole_cancelled,
};
use crate::partner::CarrierPacks;
use crate::reading::answer::{Object, list, moment, object, read_json, short, text, wrong_shape};
use crate::reading::names::Carriers;
use crate::reading::signature;

/// The name in `POST /in/shopify`, in `--source` and in every input.
pub const SOURCE: &str = "shopify";

/// The header of the signature: base64 of HMAC-SHA256 over the raw body with the app's client secret.
pub const SIGNATURE_HEADER: &str = "x-shopify-hmac-sha256";

/// The note attribute by which lines that Kept took out say that the customer wished it.
pub(super) const RELEASED: &str = "_kept_released";

pub(crate) const SHOP: ShopSource = ShopSource { parser: |packs| Arc::new(Shopify::new(packs)) };

/// Reads Shopify's orders (one, `{"order"}`, `{"orders"}`) and fulfilments.
///
/// Each order gives `order.placed` with all its parcels, cancellations and refunds, every time: what is known is a duplicate.
#[derive(Clone, Debug)]
pub struct Shopify {
    names: Names,
    carriers: Arc<Carriers>,
}

impl Shopify {
    /// A reader with the names of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> Shopify {
        Shopify { names: packs.shops.shopify.clone(), carriers: Arc::clone(&packs.carriers) }
    }
}

impl Inbound for Shopify {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        let signature = header(SIGNATURE_HEADER).unwrap_or_default();
        signature::hmac_base64(secret.as_bytes(), &[raw], &signature)
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl Shopify {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        let payload = read_json("Shopify", raw)?;
        let nothing_known =
            || wrong_shape("this is JSON, but no order or fulfilment of Shopify", "look at the payload as it came");
        let envelope = payload.as_object().ok_or_else(nothing_known)?;
        if let Some(errors) = envelope.get("errors") {
            let message = format!("Shopify refused: {}", short(&errors.to_string()));
            return Err(wrong_shape(message, "check the access token and its scopes"));
        }
        if envelope.contains_key("orders") {
            let mut unmapped = Vec::new();
            let orders = list(envelope, "orders", &mut unmapped).iter().filter_map(Value::as_object);
            orders.for_each(|order| self.read_order(order, parsed));
            parsed.unmapped.append(&mut unmapped);
            return Ok(());
        }
        let order = object(envelope, "order").unwrap_or(envelope);
        if order.contains_key("refund_line_items") {
            // A refund names its order by an id that only Shopify knows; `orders/updated` comes with it and says all of it.
            let words = format!("refund {} of the order with the id {}", said(order, "id"), said(order, "order_id"));
            parsed.unmapped.push(untold("refunds/create", format!("{words}: read from orders/updated")));
            return Ok(());
        }
        if order.contains_key("order_id") && (order.contains_key("tracking_numbers") || order.contains_key("tracking_number")) {
            self.read_fulfillment(order, parsed);
            return Ok(());
        }
        if text(order, "name").is_none() && text(order, "order_number").is_none() {
            return match text(order, "id") {
                // `orders/delete` has nothing but the id.
                Some(id) => {
                    parsed.unmapped.push(untold("orders/delete", format!("order with the id {id}")));
                    Ok(())
                }
                None => Err(nothing_known()),
            };
        }
        self.read_order(order, parsed);
        Ok(())
    }

    fn read_order(&self, order: &Object, parsed: &mut Parsed) {
        let Some(number) = number(order) else { return };
        let Some(at) = moment(order, "created_at") else {
            parsed.unmapped.push(untold("order", format!("order {number} has no time that can be read")));
            return;
        };
        let charged = charged(order);
        let lines: Vec<Line<'_>> = lines(order, charged);
        if lines.is_empty() {
            // Gift cards, downloads: nothing travels, so nothing is owed at a door.
            parsed.unmapped.push(untold("order without goods", format!("order {number}")));
            return;
        }
        let attributes = named_values(list(order, "note_attributes", &mut parsed.unmapped), "name");
        let changed = moment(order, "updated_at").unwrap_or(at);
        let mut told = Told { source: SOURCE, ..Told::default() };
        for fulfillment in objects(order, "fulfillments") {
            told.parcels.extend(self.parcels(fulfillment, &number, changed, Some(&lines), &mut parsed.unmapped));
        }
        told.cancellations = cancellations(order, &number, &lines, &attributes, changed);
        told.refunds = refunds(order, &number, &mut parsed.unmapped);
        let placed = self.placed(order, number, at, charged, &lines, &attributes, parsed);
        told.order = Some(OrderPlaced { as_of: Some(changed), ..placed });
        told.tell(&mut parsed.inputs);
    }

    #[expect(clippy::too_many_arguments, reason = "what was read of the order already, and the order")]
    fn placed(
        &self,
        order: &Object,
        order_number: String,
        at: Moment,
        charged: Option<Currency>,
        lines: &[Line<'_>],
        attributes: &[(String, String)],
        parsed: &mut Parsed,
    ) -> OrderPlaced {
        let nothing = Object::new();
        let person = object(order, "customer").unwrap_or(&nothing);
        let billing = object(order, "billing_address").unwrap_or(&nothing);
        let shipping = object(order, "shipping_address").unwrap_or(billing);
        let named = |address: &Object| text(address, "name").or_else(|| full_name(address, "first_name", "last_name"));
        let mut customer = CustomerDetails {
            reference: text(person, "id"),
            name: full_name(person, "first_name", "last_name").or_else(|| named(billing)).or_else(|| named(shipping)),
            email: ["contact_email", "email"].iter().find_map(|name| text(order, name)).or_else(|| text(person, "email")),
            phone: text(order, "phone").or_else(|| text(shipping, "phone")).or_else(|| text(person, "phone")),
            address: address_lines(&[
                text(shipping, "company"),
                text(shipping, "address1"),
                text(shipping, "address2"),
                crate::reading::place::line(&[text(shipping, "zip"), text(shipping, "city")]),
            ]),
            city: text(shipping, "city"),
            language: text(order, "customer_locale").and_then(|tag| Language::from_tag(&tag)),
            country: country(billing, "country_code").or_else(|| country(shipping, "country_code")),
            ..CustomerDetails::default()
        };
        let company = object(order, "company").and_then(|company| text(company, "id"));
        firm(&mut customer, company.or_else(|| text(billing, "company")), first_named(attributes, &self.names.vat_number));
        OrderPlaced {
            order_number,
            at,
            customer,
            lines: merged(lines.iter().map(|line| line.ordered.clone()).collect()),
            delivery_fee: charged.and_then(|currency| money(fee(order), currency)).filter(|fee| fee.minor > 0),
            promised_day: promised(attributes, &self.names, at.offset_seconds(), &mut parsed.unmapped),
            promised_at: None,
            ship_by: None,
            destination_country: country(shipping, "country_code"),
            destination_postal: text(shipping, "zip"),
            as_of: None,
        }
    }

    fn read_fulfillment(&self, fulfillment: &Object, parsed: &mut Parsed) {
        // `#1001.2` is the second fulfilment of order #1001.
        let order_number = text(fulfillment, "name").and_then(|name| {
            let (order, count) = name.rsplit_once('.')?;
            count.bytes().all(|byte| byte.is_ascii_digit()).then(|| plain(order))
        });
        let at = moment(fulfillment, "updated_at").or_else(|| moment(fulfillment, "created_at"));
        match (order_number, at) {
            (Some(number), Some(at)) => {
                let parcels = self.parcels(fulfillment, &number, at, None, &mut parsed.unmapped);
                Told { source: SOURCE, parcels, ..Told::default() }.tell(&mut parsed.inputs);
            }
            _ => parsed.unmapped.push(untold(
                "fulfillment",
                format!("of the order with the id {}: it does not name its order", said(fulfillment, "order_id")),
            )),
        }
    }

    /// A parcel for each number; what is inside is only known where there is one.
    fn parcels(
        &self,
        fulfillment: &Object,
        number: &str,
        changed: Moment,
        lines: Option<&[Line<'_>]>,
        unmapped: &mut Vec<Unmapped>,
    ) -> Vec<ParcelAnnounced> {
        let status = text(fulfillment, "status").unwrap_or_default();
        if matches!(status.as_str(), "cancelled" | "error" | "failure") {
            unmapped.push(untold(&format!("fulfillment {status}"), format!("order {number}")));
            return Vec::new();
        }
        let mut numbers: Vec<String> = match fulfillment.get("tracking_numbers") {
            Some(Value::Array(numbers)) => numbers.iter().filter_map(plain_text).collect(),
            _ => Vec::new(),
        };
        numbers.extend(text(fulfillment, "tracking_number").filter(|_| numbers.is_empty()));
        numbers.dedup();
        let mut skus: Vec<String> = objects(fulfillment, "line_items").filter(|item| ships(item)).map(sku).collect();
        skus.dedup();
        skus.retain(|sku| lines.is_none_or(|lines| lines.iter().any(|line| line.ordered.sku == *sku)));
        if numbers.len() > 1 {
            skus.clear();
        }
        let carrier = super::reading::carrier(&self.carriers, text(fulfillment, "tracking_company").as_deref());
        let at = moment(fulfillment, "created_at").unwrap_or(changed);
        let parcel = |tracking_number| ParcelAnnounced {
            order_number: number.to_owned(),
            carrier: carrier.clone(),
            tracking_number,
            at,
            skus: skus.clone(),
        };
        numbers.into_iter().map(parcel).collect()
    }
}

/// A line that travels.
struct Line<'o> {
    item: &'o Object,
    ordered: LineOrdered,
}

fn lines(order: &Object, charged: Option<Currency>) -> Vec<Line<'_>> {
    let included = order.get("taxes_included") == Some(&Value::Bool(true));
    let items = objects(order, "line_items").filter(|item| ships(item));
    let read = items.filter_map(|item| {
        let quantity = quantity(item.get("quantity")).filter(|quantity| *quantity > 0)?;
        let price = (|| {
            let each = presented(item, "price_set").or_else(|| micro_of(item, "price"))?;
            let off: i128 = objects(item, "discount_allocations")
                .filter_map(|off| presented(off, "amount_set").or_else(|| micro_of(off, "amount")))
                .sum();
            let taxes = if included { 0 } else { taxes(item) };
            money(each.checked_mul(i128::from(quantity))? - off + taxes, charged?)
        })();
        let title = text(item, "name").or_else(|| text(item, "title"));
        Some(Line { item, ordered: LineOrdered { sku: sku(item), title, quantity, price, seller: None } })
    });
    read.collect()
}

fn fee(order: &Object) -> i128 {
    let included = order.get("taxes_included") == Some(&Value::Bool(true));
    objects(order, "shipping_lines")
        .filter_map(|line| {
            let price = presented(line, "discounted_price_set").or_else(|| micro_of(line, "discounted_price"));
            let price = price.or_else(|| presented(line, "price_set")).or_else(|| micro_of(line, "price"))?;
            Some(price + if included { 0 } else { taxes(line) })
        })
        .sum()
}

fn taxes(item: &Object) -> i128 {
    objects(item, "tax_lines").filter_map(|tax| presented(tax, "price_set").or_else(|| micro_of(tax, "price"))).sum()
}

/// What the customer was charged in: the currency they saw.
fn charged(order: &Object) -> Option<Currency> {
    currency(order, "presentment_currency").or_else(|| currency(order, "currency"))
}

/// The amount the customer saw.
fn presented(item: &Object, name: &str) -> Option<i128> {
    micro(object(object(item, name)?, "presentment_money")?.get("amount")?)
}

fn cancellations(
    order: &Object,
    number: &str,
    lines: &[Line<'_>],
    attributes: &[(String, String)],
    changed: Moment,
) -> Vec<OrderLinesCancelled> {
    if let Some(at) = moment(order, "cancelled_at") {
        let reason = text(order, "cancel_reason").unwrap_or_default();
        let by = if reason == "customer" { CancelledBy::Customer } else { CancelledBy::Shop };
        let cause = match reason.as_str() {
            "inventory" => "unavailable",
            "" => "cancelled",
            other => other,
        };
        return vec![whole_cancelled(number, at, by, Some(cause))];
    }
    let released: Vec<&str> =
        attributes.iter().filter(|(name, _)| name == RELEASED).flat_map(|(_, skus)| skus.split('|')).collect();
    let mut cancelled: Vec<OrderLinesCancelled> = Vec::new();
    for line in lines {
        // What was sent and came back is no longer on the order either; it was not withdrawn.
        let left = text(line.item, "fulfillment_status").is_some();
        let (Some(now), false) = (line.item.get("current_quantity").and_then(micro), left) else { continue };
        let by = if released.contains(&line.ordered.sku.as_str()) { CancelledBy::Customer } else { CancelledBy::Shop };
        let at = taken_out(order, line.item).unwrap_or(changed);
        let cause = || (by == CancelledBy::Shop).then(|| "removed".to_owned());
        if now > 0 {
            // Fewer of it: so many in all, over every line of the article.
            let of_article = lines.iter().filter(|other| other.ordered.sku == line.ordered.sku);
            let taken: i128 = of_article
                .filter_map(|other| {
                    let now = other.item.get("current_quantity").and_then(micro)?;
                    Some(i128::from(other.ordered.quantity) - now / super::reading::MICRO)
                })
                .sum();
            let told = cancelled.iter().any(|known| known.quantity.is_some() && known.skus.contains(&line.ordered.sku));
            if let Some(quantity) = u32::try_from(taken).ok().filter(|taken| *taken > 0 && !told) {
                let skus = vec![line.ordered.sku.clone()];
                cancelled.push(OrderLinesCancelled {
                    order_number: number.to_owned(),
                    at,
                    skus,
                    quantity: Some(quantity),
                    by,
                    cause: cause(),
                });
            }
            continue;
        }
        let others_stay = lines.iter().any(|other| {
            other.ordered.sku == line.ordered.sku && other.item.get("current_quantity").and_then(micro).is_none_or(|now| now > 0)
        });
        if others_stay {
            continue;
        }
        match cancelled.iter_mut().find(|known| known.by == by && known.at == at && known.quantity.is_none()) {
            Some(known) => known.skus.push(line.ordered.sku.clone()),
            None => cancelled.push(OrderLinesCancelled {
                order_number: number.to_owned(),
                at,
                skus: vec![line.ordered.sku.clone()],
                quantity: None,
                by,
                cause: cause(),
            }),
        }
    }
    cancelled
}

/// When a refund took the line out.
fn taken_out(order: &Object, item: &Object) -> Option<Moment> {
    let id = text(item, "id")?;
    objects(order, "refunds")
        .filter(|refund| {
            objects(refund, "refund_line_items").any(|line| text(line, "line_item_id").as_deref() == Some(id.as_str()))
        })
        .find_map(|refund| moment(refund, "created_at"))
}

/// Money is paid back when a transaction of the refund succeeded; each is known by its own id.
fn refunds(order: &Object, number: &str, unmapped: &mut Vec<Unmapped>) -> Vec<(String, RefundPaid)> {
    let mut paid = Vec::new();
    for refund in objects(order, "refunds") {
        for transaction in objects(refund, "transactions") {
            if text(transaction, "kind").as_deref() != Some("refund") {
                continue;
            }
            match text(transaction, "status").as_deref() {
                Some("success") => {}
                Some(status @ ("failure" | "error")) => {
                    unmapped.push(untold(&format!("refund {status}"), format!("order {number}")));
                    continue;
                }
                _ => continue,
            }
            let amount = currency(transaction, "currency")
                .or_else(|| charged(order))
                .zip(micro_of(transaction, "amount"))
                .and_then(|(currency, amount)| money(amount, currency))
                .filter(|amount| amount.minor > 0);
            let at = ["processed_at", "created_at"].iter().find_map(|name| moment(transaction, name));
            let at = at.or_else(|| moment(refund, "created_at"));
            if let (Some(id), Some(amount), Some(at)) = (text(transaction, "id"), amount, at) {
                paid.push((format!("transaction-{id}"), RefundPaid { order_number: number.to_owned(), at, amount }));
            }
        }
    }
    paid
}

/// The article number, or what stands for it.
fn sku(item: &Object) -> String {
    let variant = || text(item, "variant_id").map(|id| format!("variant-{id}"));
    text(item, "sku").or_else(variant).or_else(|| text(item, "title")).unwrap_or_else(|| "line".to_owned())
}

fn ships(item: &Object) -> bool {
    item.get("requires_shipping") != Some(&Value::Bool(false)) && item.get("gift_card") != Some(&Value::Bool(true))
}

/// The order's number as customers write it, without the sign in front.
fn number(order: &Object) -> Option<String> {
    text(order, "name").map(|name| plain(&name)).or_else(|| text(order, "order_number"))
}

fn plain(name: &str) -> String {
    name.strip_prefix('#').unwrap_or(name).trim().to_owned()
}

fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn objects<'o>(object: &'o Object, name: &str) -> impl Iterator<Item = &'o Object> + use<'o> {
    list(object, name, &mut Vec::new()).iter().filter_map(Value::as_object)
}

fn said(object: &Object, name: &str) -> String {
    text(object, name).unwrap_or_else(|| "?".to_owned())
}
