//! PrestaShop: orders as its webservice writes them, in JSON or XML, and with what Kept's reader puts beside them.
//!
//! Shapes: `devdocs.prestashop-project.org`, webservice resources (orders, addresses, customers, order_carriers, order_slip …); see
//! `docs/connectors/prestashop.md`.

mod errands;
mod poll;

use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kept_base::{Currency, Language, Moment};
use kept_domain::input::{
    CancelledBy, CustomerDetails, LineOrdered, OrderLinesAvailable, OrderLinesBackordered, OrderPlaced, ParcelAnnounced,
    RefundPaid,
};
use kept_engine::ports::{Inbound, ParseError, Parsed};
use roxmltree::Node;
use serde_json::Value;

pub use errands::PrestaShopShop;
pub use poll::{PrestaShopReader, PrestaShopSettings};

use super::ShopSource;
use super::names::Names;
use super::reading::{
    Told, address_lines, carrier, country, currency, firm, full_name, merged, micro_of, money, promised, quantity, untold,
    whole_cancelled,
};
use crate::partner::CarrierPacks;
use crate::reading::answer::{Object, list, object, read_json, short, text, wrong_shape};
use crate::reading::names::Carriers;
use crate::reading::times;
use crate::reading::xml::read_xml;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "prestashop";

pub(crate) const SHOP: ShopSource = ShopSource { parser: |packs| Arc::new(PrestaShop::new(packs)) };

/// Reads PrestaShop's orders.
///
/// An order alone has the numbers of its customer, addresses and currency, and not what they are; [`PrestaShopReader`] puts them beside it
/// (`{"prestashop": {"order", "customer", "delivery", "invoice", "currency" …}}`). PrestaShop's core sends nothing by itself.
#[derive(Clone, Debug)]
pub struct PrestaShop {
    names: Names,
    carriers: Arc<Carriers>,
}

impl PrestaShop {
    /// A reader with the names of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> PrestaShop {
        PrestaShop { names: packs.shops.prestashop.clone(), carriers: Arc::clone(&packs.carriers) }
    }
}

impl Inbound for PrestaShop {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl PrestaShop {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        let start = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw).trim_ascii_start();
        let payload = if start.starts_with(b"<") {
            read_xml("PrestaShop", raw, |root| Ok(from_xml(root, 0)))?
        } else {
            read_json("PrestaShop", raw)?
        };
        let nothing_known = || wrong_shape("this is no order of PrestaShop (no `order`)", "look at the payload as it came");
        // An empty list is written as `[]`, without its name.
        let Some(envelope) = payload.as_object() else {
            return if payload.as_array().is_some_and(Vec::is_empty) { Ok(()) } else { Err(nothing_known()) };
        };
        let envelope = object(envelope, "prestashop").unwrap_or(envelope);
        if let Some(errors) = envelope.get("errors") {
            return Err(wrong_shape(
                format!("PrestaShop refused: {}", short(&said(errors))),
                "check the webservice key and its rights",
            ));
        }
        let orders: Vec<&Object> = rows(envelope, "orders", "order");
        match object(envelope, "order") {
            Some(order) => self.read_order(order, envelope, parsed),
            None if envelope.contains_key("orders") => {
                orders.into_iter().for_each(|order| self.read_order(order, &Object::new(), parsed));
            }
            None => return Err(nothing_known()),
        }
        Ok(())
    }

    fn read_order(&self, order: &Object, beside: &Object, parsed: &mut Parsed) {
        let Some(number) = text(beside, "number").or_else(|| text(order, "reference")) else {
            parsed.unmapped.push(untold("order", format!("the order with the id {} has no reference", id(order))));
            return;
        };
        let zone = text(beside, "zone").and_then(|zone| TimeZone::get(&zone).ok());
        let at = |name: &str| text(order, name).and_then(|written| moment(&written, zone.as_ref()));
        let Some(ordered) = at("date_add") else {
            parsed.unmapped.push(untold("order", format!("order {number} has no time that can be read")));
            return;
        };
        let changed = at("date_upd").unwrap_or(ordered);
        let state = text(order, "current_state").unwrap_or_default();
        let cancelled = self.names.cancelled.contains(&state);
        let paid = micro_of(order, "total_paid_real").is_some_and(|paid| paid > 0);
        let waiting = self.names.waiting.contains(&state) || state == "0";
        if (waiting || cancelled) && !paid {
            return;
        }
        let currency = currency(beside, "currency");
        let mut told = Told { source: SOURCE, ..Told::default() };
        told.parcels = self.parcels(order, beside, &number, changed);
        if cancelled {
            told.cancellations.push(whole_cancelled(&number, changed, CancelledBy::Shop, Some("cancelled")));
        }
        told.refunds = refunds(beside, &number, currency, zone.as_ref());
        let skus = Vec::new();
        if self.names.backordered.contains(&state) {
            // The state says it of the order as a whole.
            told.backordered.push(OrderLinesBackordered { order_number: number.clone(), at: changed, skus, expected_day: None });
        } else if self.names.in_stock.contains(&state) {
            told.available.push(OrderLinesAvailable { order_number: number.clone(), at: changed, skus });
        }
        let placed = self.placed(order, beside, number, ordered, currency, parsed);
        told.order = Some(OrderPlaced { as_of: Some(changed), ..placed });
        told.tell(&mut parsed.inputs);
    }

    fn placed(
        &self,
        order: &Object,
        beside: &Object,
        order_number: String,
        at: Moment,
        currency: Option<Currency>,
        parsed: &mut Parsed,
    ) -> OrderPlaced {
        let nothing = Object::new();
        let person = object(beside, "customer").unwrap_or(&nothing);
        let delivery = object(beside, "delivery").unwrap_or(&nothing);
        let invoice = object(beside, "invoice").unwrap_or(delivery);
        let guest = text(person, "is_guest").as_deref() == Some("1");
        let mut customer = CustomerDetails {
            // A guest is a new customer with each order: their address says who they are.
            reference: text(order, "id_customer").filter(|id| id != "0" && !guest),
            name: full_name(person, "firstname", "lastname")
                .or_else(|| full_name(invoice, "firstname", "lastname"))
                .or_else(|| full_name(delivery, "firstname", "lastname")),
            email: text(person, "email"),
            phone: ["phone_mobile", "phone"].iter().find_map(|name| text(delivery, name).or_else(|| text(invoice, name))),
            address: address_lines(&[
                text(delivery, "company"),
                text(delivery, "address1"),
                text(delivery, "address2"),
                crate::reading::place::line(&[text(delivery, "postcode"), text(delivery, "city")]),
            ]),
            city: text(delivery, "city"),
            language: text(beside, "language").and_then(|tag| Language::from_tag(&tag)),
            country: country(invoice, "country").or_else(|| country(delivery, "country")),
            ..CustomerDetails::default()
        };
        let company = text(invoice, "company").or_else(|| text(person, "company"));
        let vat_number = text(invoice, "vat_number");
        if beside.contains_key("invoice") || company.is_some() {
            firm(&mut customer, company, vat_number);
        }
        let fields: Vec<(String, String)> = order.keys().filter_map(|name| Some((name.clone(), text(order, name)?))).collect();
        let fee = micro_of(order, "total_shipping_tax_incl").or_else(|| micro_of(order, "total_shipping"));
        OrderPlaced {
            order_number,
            at,
            customer,
            lines: lines(order, currency),
            delivery_fee: fee.zip(currency).and_then(|(fee, currency)| money(fee, currency)).filter(|fee| fee.minor > 0),
            promised_day: promised(&fields, &self.names, at.offset_seconds(), &mut parsed.unmapped),
            promised_at: None,
            ship_by: None,
            destination_country: country(delivery, "country"),
            destination_postal: text(delivery, "postcode"),
            as_of: None,
        }
    }

    fn parcels(&self, order: &Object, beside: &Object, number: &str, changed: Moment) -> Vec<ParcelAnnounced> {
        let names = object(beside, "carriers");
        let named = |id: Option<String>| id.and_then(|id| text(names?, &id));
        let mut parcels: Vec<ParcelAnnounced> = Vec::new();
        let mut add = |carrier_id: Option<String>, tracking_number: Option<String>| {
            let Some(tracking_number) = tracking_number else { return };
            if parcels.iter().all(|known| known.tracking_number != tracking_number) {
                parcels.push(ParcelAnnounced {
                    order_number: number.to_owned(),
                    carrier: carrier(&self.carriers, named(carrier_id).as_deref()),
                    tracking_number,
                    at: changed,
                    skus: Vec::new(),
                });
            }
        };
        for row in rows(beside, "order_carriers", "order_carrier") {
            add(text(row, "id_carrier"), text(row, "tracking_number"));
        }
        add(text(order, "id_carrier"), text(order, "shipping_number"));
        parcels
    }
}

fn lines(order: &Object, currency: Option<Currency>) -> Vec<LineOrdered> {
    let nothing = Object::new();
    let associations = object(order, "associations").unwrap_or(&nothing);
    let read = rows(associations, "order_rows", "order_row").into_iter().filter_map(|row| {
        let quantity = quantity(row.get("product_quantity")).filter(|quantity| *quantity > 0)?;
        let each = micro_of(row, "unit_price_tax_incl").or_else(|| micro_of(row, "product_price"));
        let price = each
            .and_then(|each| each.checked_mul(i128::from(quantity)))
            .zip(currency)
            .and_then(|(price, currency)| money(price, currency));
        Some(LineOrdered { sku: sku(row), title: text(row, "product_name"), quantity, price, seller: None })
    });
    merged(read.collect())
}

/// A credit slip is money owed back and, in PrestaShop's own flow, paid with it.
fn refunds(beside: &Object, number: &str, currency: Option<Currency>, zone: Option<&TimeZone>) -> Vec<(String, RefundPaid)> {
    let slips = rows(beside, "order_slips", "order_slip").into_iter();
    slips
        .filter_map(|slip| {
            let id = text(slip, "id")?;
            let at = moment(&text(slip, "date_add")?, zone)?;
            let products = micro_of(slip, "total_products_tax_incl").or_else(|| micro_of(slip, "amount")).unwrap_or(0);
            let shipping =
                micro_of(slip, "total_shipping_tax_incl").or_else(|| micro_of(slip, "shipping_cost_amount")).unwrap_or(0);
            let amount = money(products + shipping, currency?).filter(|amount| amount.minor > 0)?;
            Some((format!("slip-{id}"), RefundPaid { order_number: number.to_owned(), at, amount }))
        })
        .collect()
}

fn sku(row: &Object) -> String {
    let product = || {
        let product = text(row, "product_id")?;
        let attribute = text(row, "product_attribute_id").filter(|attribute| attribute != "0");
        Some(attribute.map_or_else(|| format!("product-{product}"), |attribute| format!("product-{product}-{attribute}")))
    };
    text(row, "product_reference").or_else(product).or_else(|| text(row, "product_name")).unwrap_or_else(|| "line".to_owned())
}

/// The shop's wall clock: known where its zone is, but for the hour that clocks skip or repeat.
fn moment(written: &str, zone: Option<&TimeZone>) -> Option<Moment> {
    if written.starts_with("0000") {
        return None;
    }
    let wall = DateTime::strptime("%Y-%m-%d %H:%M:%S", written.trim()).ok();
    let wall = wall.or_else(|| times::moment(written, &[], None).map(|moment| moment.wall))?;
    let Some(zone) = zone else { return Some(Moment::unknown(wall)) };
    Some(match zone.to_ambiguous_timestamp(wall).unambiguous() {
        Ok(at) => Moment::in_zone(at, zone),
        Err(_) => Moment::local(wall, zone),
    })
}

/// A list: in JSON under its name, in XML under its name and that of one.
fn rows<'o>(holder: &'o Object, many: &str, one: &str) -> Vec<&'o Object> {
    let values = match holder.get(many) {
        Some(Value::Object(inner)) if inner.contains_key(one) => list(inner, one, &mut Vec::new()),
        _ => list(holder, many, &mut Vec::new()),
    };
    values.iter().filter_map(Value::as_object).collect()
}

/// XML as the JSON it would have been. Deep nesting is cut: no resource is deeper than five.
fn from_xml(node: Node<'_, '_>, depth: usize) -> Value {
    let children: Vec<Node<'_, '_>> = node.children().filter(Node::is_element).collect();
    if children.is_empty() || depth > 20 {
        return crate::reading::xml::text(node).map_or(Value::Null, Value::String);
    }
    let mut object = Object::new();
    for child in children {
        let name = child.tag_name().name().to_owned();
        let value = from_xml(child, depth + 1);
        match object.get_mut(&name) {
            None => {
                object.insert(name, value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(object)
}

/// What `{"errors": [{"code", "message"}]}` says.
fn said(errors: &Value) -> String {
    let messages: Vec<&str> = errors
        .as_array()
        .map(|errors| errors.iter().filter_map(|error| error.get("message")?.as_str()).collect())
        .unwrap_or_default();
    if messages.is_empty() { errors.to_string() } else { messages.join("; ") }
}

fn id(order: &Object) -> String {
    text(order, "id").unwrap_or_else(|| "?".to_owned())
}
