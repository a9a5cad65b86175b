//! WooCommerce: orders as its REST API v3 and its webhooks write them.
//!
//! Shapes: `woocommerce.github.io/woocommerce-rest-api-docs` (Orders, Refunds, Order notes, Webhooks); see `docs/connectors/woocommerce.md`.

mod errands;
mod poll;

use std::sync::Arc;

use jiff::Timestamp;
use kept_base::{Currency, Language, Moment};
use kept_domain::input::{
    CancelledBy, CustomerDetails, LineOrdered, OrderLinesBackordered, OrderLinesCancelled, OrderPlaced, ParcelAnnounced,
    RefundPaid,
};
use kept_engine::ports::{Inbound, ParseError, Parsed, Trouble, Verification};
use serde_json::Value;

pub use errands::WooCommerceShop;
pub use poll::{WooCommerceReader, WooCommerceSettings};

use super::ShopSource;
use super::names::Names;
use super::reading::{
    MICRO, Told, address_lines, country, currency, firm, first_named, full_name, merged, micro, micro_of, money, named_values,
    promised, promised_day, quantity, untold, whole_cancelled,
};
use crate::partner::CarrierPacks;
use crate::reading::answer::{Object, list, object, read_json, text, wrong_shape};
use crate::reading::names::Carriers;
use crate::reading::signature;
use crate::reading::times::paired;

/// The name in `POST /in/woocommerce`, in `--source` and in every input.
pub const SOURCE: &str = "woocommerce";

/// The header of the signature: base64 of HMAC-SHA256 over the raw body.
pub const SIGNATURE_HEADER: &str = "x-wc-webhook-signature";

/// The meta field by which an order that Kept cancelled says who wished it.
pub(super) const CANCELLED_BY: &str = "_kept_cancelled_by";

pub(crate) const SHOP: ShopSource = ShopSource { parser: |packs| Arc::new(WooCommerce::new(packs)) };

/// Reads WooCommerce's orders: one, or a list.
///
/// Each order gives `order.placed` with all its parcels, cancellations and refunds, every time: what is known is a duplicate.
#[derive(Clone, Debug)]
pub struct WooCommerce {
    names: Names,
    carriers: Arc<Carriers>,
}

impl WooCommerce {
    /// A reader with the names of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> WooCommerce {
        WooCommerce { names: packs.shops.woocommerce.clone(), carriers: Arc::clone(&packs.carriers) }
    }
}

impl Inbound for WooCommerce {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        // When a webhook is made, an unsigned `webhook_id=12` asks whether somebody listens: fenced by the token in the address.
        if is_ping(raw) {
            return Verification::NotDefined;
        }
        let signature = header(SIGNATURE_HEADER).unwrap_or_default();
        signature::hmac_base64(secret.as_bytes(), &[raw], &signature)
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| if is_ping(raw) { Ok(()) } else { self.read(raw, parsed) })
    }
}

impl WooCommerce {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        let payload = read_json("WooCommerce", raw)?;
        match &payload {
            Value::Array(orders) => orders.iter().filter_map(Value::as_object).for_each(|order| self.read_order(order, parsed)),
            Value::Object(order)
                if order.contains_key("code") && order.contains_key("message") && !order.contains_key("number") =>
            {
                let said = text(order, "message").unwrap_or_default();
                let refused = wrong_shape(
                    format!("WooCommerce refused: {}", crate::reading::answer::short(&said)),
                    "check the consumer key and its rights",
                );
                return Err(ParseError { trouble: Trouble::Key, ..refused });
            }
            Value::Object(order) if text(order, "id").is_some() => self.read_order(order, parsed),
            _ => {
                return Err(wrong_shape("this is JSON, but no order of WooCommerce (no `id`)", "look at the payload as it came"));
            }
        }
        Ok(())
    }

    fn read_order(&self, order: &Object, parsed: &mut Parsed) {
        let Some(number) = text(order, "number") else {
            // `order.deleted` has nothing but the id.
            let id = text(order, "id").unwrap_or_default();
            parsed.unmapped.push(untold("order.deleted", format!("order with the id {id} was deleted, or has no number")));
            return;
        };
        let status = text(order, "status").unwrap_or_default();
        let Some(at) = moment(order, "date_created") else {
            parsed.unmapped.push(untold("order", format!("order {number} has no time that can be read")));
            return;
        };
        if matches!(status.as_str(), "trash" | "auto-draft") {
            parsed.unmapped.push(untold(&format!("status {status}"), format!("order {number}")));
            return;
        }
        if !is_placed(order, &status) {
            return;
        }
        let currency = currency(order, "currency");
        let meta = named_values(list(order, "meta_data", &mut parsed.unmapped), "key");
        let changed = moment(order, "date_modified").unwrap_or(at);
        let completed = text(order, "date_completed").or_else(|| text(order, "date_completed_gmt")).is_some();
        if completed && status == "cancelled" {
            parsed.unmapped.push(untold("cancelled when complete", format!("order {number}")));
        }
        let mut told = Told { source: SOURCE, ..Told::default() };
        told.parcels = self.parcels(order, &number, &meta, at, changed);
        told.cancellations = cancellations(order, &number, &status, &meta, changed, told.parcels.is_empty());
        told.refunds = refunds(order, &number, currency, changed);
        let short = self.without_stock(order);
        if !short.is_empty() && !completed {
            told.backordered.push(OrderLinesBackordered { order_number: number.clone(), at, skus: short, expected_day: None });
        }
        let placed = self.placed(order, number, at, currency, &meta, parsed);
        told.order = Some(OrderPlaced { as_of: Some(changed), ..placed });
        told.tell(&mut parsed.inputs);
    }

    fn placed(
        &self,
        order: &Object,
        order_number: String,
        at: Moment,
        currency: Option<Currency>,
        meta: &[(String, String)],
        parsed: &mut Parsed,
    ) -> OrderPlaced {
        let nothing = Object::new();
        let billing = object(order, "billing").unwrap_or(&nothing);
        let shipping = object(order, "shipping").filter(|address| text(address, "address_1").is_some()).unwrap_or(billing);
        let mut customer = CustomerDetails {
            reference: text(order, "customer_id").filter(|id| id != "0"),
            name: full_name(billing, "first_name", "last_name").or_else(|| full_name(shipping, "first_name", "last_name")),
            email: text(billing, "email"),
            phone: text(billing, "phone").or_else(|| text(shipping, "phone")),
            address: address_lines(&[
                text(shipping, "company"),
                text(shipping, "address_1"),
                text(shipping, "address_2"),
                crate::reading::place::line(&[text(shipping, "postcode"), text(shipping, "city")]),
            ]),
            city: text(shipping, "city"),
            language: first_named(meta, &self.names.language).and_then(|tag| Language::from_tag(&tag)),
            country: country(billing, "country"),
            ..CustomerDetails::default()
        };
        firm(&mut customer, text(billing, "company"), first_named(meta, &self.names.vat_number));
        let fee = [micro_of(order, "shipping_total"), micro_of(order, "shipping_tax")].into_iter().flatten().sum::<i128>();
        OrderPlaced {
            order_number,
            at,
            customer,
            lines: self.lines(order, currency, parsed),
            delivery_fee: currency.filter(|_| fee > 0).and_then(|currency| money(fee, currency)),
            promised_day: promised(meta, &self.names, at.offset_seconds(), &mut parsed.unmapped),
            promised_at: None,
            ship_by: first_named(meta, &self.names.ship_by)
                .and_then(|written| promised_day(&written, &self.names.day_formats, at.offset_seconds())),
            destination_country: country(shipping, "country"),
            destination_postal: text(shipping, "postcode"),
            as_of: None,
        }
    }

    /// The articles that were ordered without stock: WooCommerce notes it on the line when the order is placed, and never takes it back.
    fn without_stock(&self, order: &Object) -> Vec<String> {
        let short = |item: &&Object| {
            let meta = named_values(list_quietly(item, "meta_data"), "key");
            first_named(&meta, &self.names.backordered).is_some()
        };
        let mut skus: Vec<String> =
            list_quietly(order, "line_items").iter().filter_map(Value::as_object).filter(short).map(sku).collect();
        skus.sort();
        skus.dedup();
        skus
    }

    fn lines(&self, order: &Object, currency: Option<Currency>, parsed: &mut Parsed) -> Vec<LineOrdered> {
        let mut unmapped = Vec::new();
        let mut lines = Vec::new();
        for item in list(order, "line_items", &mut unmapped).iter().filter_map(Value::as_object) {
            let Some(quantity) = quantity(item.get("quantity")).filter(|quantity| *quantity > 0) else { continue };
            let total = micro_of(item, "total").map(|total| total + micro_of(item, "total_tax").unwrap_or(0));
            let meta = named_values(list(item, "meta_data", &mut Vec::new()), "key");
            lines.push(LineOrdered {
                sku: sku(item),
                title: text(item, "name"),
                quantity,
                price: total.zip(currency).and_then(|(total, currency)| money(total, currency)),
                seller: first_named(&meta, &self.names.seller),
            });
        }
        parsed.unmapped.append(&mut unmapped);
        merged(lines)
    }

    fn parcels(
        &self,
        order: &Object,
        number: &str,
        meta: &[(String, String)],
        ordered: Moment,
        changed: Moment,
    ) -> Vec<ParcelAnnounced> {
        let mut parcels: Vec<ParcelAnnounced> = Vec::new();
        let mut add = |carrier: Option<String>, tracking_number: Option<String>, at: Option<Moment>, skus: Vec<String>| {
            let Some(tracking_number) = tracking_number else { return };
            if parcels.iter().any(|known| known.tracking_number == tracking_number) {
                return;
            }
            let carrier = super::reading::carrier(&self.carriers, carrier.as_deref());
            parcels.push(ParcelAnnounced {
                order_number: number.to_owned(),
                carrier,
                tracking_number,
                at: at.unwrap_or(changed),
                skus,
            });
        };
        let plain = list_quietly(order, "meta_data");
        for entry in plain.iter().filter_map(Value::as_object) {
            match text(entry, "key").as_deref() {
                Some("_wc_shipment_tracking_items") => {
                    for item in items_of(entry) {
                        let carrier = text(item, "tracking_provider").or_else(|| text(item, "custom_tracking_provider"));
                        let at = text(item, "date_shipped").and_then(|written| stamped(&written, &ordered));
                        add(carrier, text(item, "tracking_number"), at, skus_of(order, item));
                    }
                }
                Some("wc_connect_labels" | "wcshipping_labels") => {
                    for item in items_of(entry).filter(|item| !item.contains_key("refund")) {
                        let at = text(item, "created").and_then(|written| stamped(&written, &ordered));
                        add(text(item, "carrier_id"), text(item, "tracking"), at, Vec::new());
                    }
                }
                _ => {}
            }
        }
        for field in &self.names.tracking {
            let value = |name: &str| meta.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
            let carrier = field.carrier.clone().or_else(|| field.carrier_field.as_deref().and_then(value));
            add(carrier, value(&field.number), None, Vec::new());
        }
        parcels
    }
}

/// Nothing is promised before it is paid: `pending`, `failed` and drafts may never be, `on-hold` waits for a transfer or a cheque. An order
/// that was paid stays one, whatever its status.
fn is_placed(order: &Object, status: &str) -> bool {
    let paid = text(order, "date_paid").or_else(|| text(order, "date_paid_gmt")).is_some();
    match status {
        "pending" | "failed" | "checkout-draft" | "draft" | "" => false,
        "on-hold" | "cancelled" | "refunded" => paid,
        _ => true,
    }
}

/// Cancelled, or paid back whole before anything left. Lines that were paid back while the order was not yet complete will not come
/// either; only refunds read in full say which.
fn cancellations(
    order: &Object,
    number: &str,
    status: &str,
    meta: &[(String, String)],
    changed: Moment,
    nothing_left: bool,
) -> Vec<OrderLinesCancelled> {
    let completed = text(order, "date_completed").or_else(|| text(order, "date_completed_gmt")).is_some();
    let wished = meta.iter().any(|(key, value)| key == CANCELLED_BY && value == "customer");
    let by = if wished { CancelledBy::Customer } else { CancelledBy::Shop };
    match status {
        // What arrived is not withdrawn by it.
        "cancelled" if completed => return Vec::new(),
        "cancelled" => return vec![whole_cancelled(number, changed, by, Some("cancelled"))],
        "refunded" if !completed && nothing_left => return vec![whole_cancelled(number, changed, by, Some("refunded"))],
        _ => {}
    }
    if completed || !nothing_left || status == "completed" {
        return Vec::new();
    }
    let mut gone: Vec<OrderLinesCancelled> = Vec::new();
    let mut counted: Vec<(String, i128)> = Vec::new();
    for refund in list_quietly(order, "refunds").iter().filter_map(Value::as_object) {
        let at = moment(refund, "date_created").unwrap_or(changed);
        let mut whole: Vec<String> = Vec::new();
        for line in list_quietly(refund, "line_items").iter().filter_map(Value::as_object) {
            let (sku, taken) = (sku(line), micro_of(line, "quantity").map_or(0, |quantity| -quantity / MICRO));
            if taken <= 0 {
                continue;
            }
            // All refunds together: what is told again says nothing new.
            let so_far = match counted.iter_mut().find(|(known, _)| *known == sku) {
                Some((_, so_far)) => {
                    *so_far += taken;
                    *so_far
                }
                None => {
                    counted.push((sku.clone(), taken));
                    taken
                }
            };
            if so_far >= ordered(order, &sku) {
                whole.push(sku);
            } else {
                gone.push(refunded(number, at, vec![sku], u32::try_from(so_far).ok()));
            }
        }
        if !whole.is_empty() {
            gone.push(refunded(number, at, whole, None));
        }
    }
    gone
}

fn refunded(number: &str, at: Moment, skus: Vec<String>, quantity: Option<u32>) -> OrderLinesCancelled {
    let cause = Some("refunded".to_owned());
    OrderLinesCancelled { order_number: number.to_owned(), at, skus, quantity, by: CancelledBy::Shop, cause }
}

/// How many of an article were ordered.
fn ordered(order: &Object, wanted: &str) -> i128 {
    let lines = list_quietly(order, "line_items").iter().filter_map(Value::as_object).filter(|line| sku(line) == wanted);
    lines.filter_map(|line| micro_of(line, "quantity")).sum::<i128>() / MICRO
}

/// In an order a refund has its id, its reason and its total below nothing; read on its own also its time. One that Kept asked for and that
/// moved no money is none; one that the shop noted by hand is taken at its word.
fn refunds(order: &Object, number: &str, currency: Option<Currency>, changed: Moment) -> Vec<(String, RefundPaid)> {
    let refunds = list_quietly(order, "refunds").iter().filter_map(Value::as_object);
    refunds
        .filter_map(|refund| {
            let id = text(refund, "id")?;
            let ours = text(refund, "reason").is_some_and(|reason| reason.contains("[kept:"));
            if ours && refund.get("refunded_payment") == Some(&Value::Bool(false)) {
                return None;
            }
            let written = refund.get("amount").or_else(|| refund.get("total"))?;
            let amount = money(micro(written)?.abs(), currency?).filter(|amount| amount.minor > 0)?;
            let at = moment(refund, "date_created").unwrap_or(changed);
            Some((format!("refund-{id}"), RefundPaid { order_number: number.to_owned(), at, amount }))
        })
        .collect()
}

/// The article number, or what stands for it: lines without one are known by their product.
pub(super) fn sku(item: &Object) -> String {
    let variation = text(item, "variation_id").filter(|id| id != "0").map(|id| format!("variation-{id}"));
    let product = || text(item, "product_id").filter(|id| id != "0").map(|id| format!("product-{id}"));
    text(item, "sku").or(variation).or_else(product).or_else(|| text(item, "name")).unwrap_or_else(|| "line".to_owned())
}

/// The site's local time beside the same in UTC: together they give the offset.
fn moment(order: &Object, name: &str) -> Option<Moment> {
    let local = Moment::parse_iso(&text(order, name)?).ok()?;
    if local.offset_seconds().is_some() {
        return Some(local);
    }
    let gmt = text(order, &format!("{name}_gmt")).and_then(|written| Moment::parse_iso(&written).ok());
    Some(gmt.and_then(|gmt| paired(local.wall, gmt.wall)).unwrap_or(local))
}

/// Unix time in seconds or milliseconds, by the clock of the site as the order shows it; or a written date.
fn stamped(written: &str, ordered: &Moment) -> Option<Moment> {
    let Ok(number) = written.parse::<i64>() else { return Moment::parse_iso(written).ok() };
    let seconds = if number.unsigned_abs() > 100_000_000_000 { number / 1000 } else { number };
    let at = Timestamp::from_second(seconds).ok()?;
    Some(Moment::known(at, ordered.offset_seconds().unwrap_or(0)))
}

/// The articles of a parcel: Advanced Shipment Tracking names them by the line's id.
fn skus_of(order: &Object, parcel: &Object) -> Vec<String> {
    let wanted: Vec<String> = list_quietly(parcel, "products_list")
        .iter()
        .filter_map(Value::as_object)
        .filter_map(|product| text(product, "item_id"))
        .collect();
    let lines = list_quietly(order, "line_items").iter().filter_map(Value::as_object);
    let mut skus: Vec<String> = lines.filter(|line| text(line, "id").is_some_and(|id| wanted.contains(&id))).map(sku).collect();
    skus.dedup();
    skus
}

fn items_of(entry: &Object) -> impl Iterator<Item = &Object> {
    list_quietly(entry, "value").iter().filter_map(Value::as_object)
}

fn list_quietly<'o>(object: &'o Object, name: &str) -> &'o [Value] {
    list(object, name, &mut Vec::new())
}

fn is_ping(raw: &[u8]) -> bool {
    let id = raw.trim_ascii().strip_prefix(b"webhook_id=").unwrap_or_default();
    !id.is_empty() && id.len() < 20 && id.iter().all(u8::is_ascii_digit)
}
