//! Acting in PrestaShop, as far as its webservice goes.
//!
//! It can write the order's note, cancel a whole order and lead it to another address. It makes credit slips but moves no money, takes no
//! line out of an order and makes none at no price: these are not offered.

use kept_engine::ports::{Act, DeliveryAddress, ErrandKind, ErrandOutcome, PollError, Shop};
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::SOURCE;
use super::poll::{PrestaShopSettings, any_of, found, refusal};
use crate::line::escaped;
use crate::reading::answer::{Object, object, text};
use crate::shops::call::{Body, Caller, IntoOutcome, Question};
use crate::shops::errand::{NO_CARRIER, check_key, done, doubt, harmless, mark, marked, outcome, refused};

/// States in which an order is beyond cancelling, as PrestaShop installs them: sent, delivered, paid back.
const TOO_LATE: [&str; 3] = ["4", "5", PAID_BACK];
const PAID_BACK: &str = "7";

type Outcome = Result<ErrandOutcome, ErrandOutcome>;
type InDoubt<'d> = &'d mut dyn FnMut() -> Result<(), String>;

/// Acts in a PrestaShop shop: the order's note, whole cancellations, addresses.
pub struct PrestaShopShop {
    caller: Caller,
    cancelled: String,
}

impl PrestaShopShop {
    /// A way out to this shop.
    ///
    /// # Errors
    /// No key, an address that is none, or no TLS on this machine.
    pub fn new(settings: &PrestaShopSettings) -> Result<PrestaShopShop, PollError> {
        Ok(PrestaShopShop { caller: settings.caller()?, cancelled: settings.cancelled_state.to_string() })
    }

    /// The order of a reference; `REFERENCE#2` is the second of one cart.
    fn order(&self, number: &str) -> Result<Object, ErrandOutcome> {
        let (reference, place) = number.split_once('#').unwrap_or((number, ""));
        let query = [("display", "full".to_owned()), ("filter[reference]", any_of(&[reference.to_owned()]))];
        let mut orders = found(&self.caller, "orders", &query).map_err(IntoOutcome::into_outcome)?;
        orders.retain(|order| text(order, "reference").is_some_and(|other| other.eq_ignore_ascii_case(reference)));
        let id = |order: &Object| text(order, "id").and_then(|id| id.parse::<i64>().ok()).unwrap_or(0);
        orders.sort_by_key(id);
        let first = orders.first().map_or(0, id);
        let wanted = place.parse::<i64>().ok().map(|place| first + place - 1);
        match (orders.len(), wanted) {
            (0, _) => Err(refused(format!("PrestaShop has no order {number}"))),
            (1, None) => orders.pop().ok_or_else(|| refused("PrestaShop has no such order")),
            (_, None) => Err(refused(format!("PrestaShop has several orders {reference}: which of them?"))),
            (_, Some(wanted)) => {
                let order = orders.into_iter().find(|order| id(order) == wanted);
                order.ok_or_else(|| refused(format!("PrestaShop has no order {number}")))
            }
        }
    }

    fn note(&self, order: &Object, words: &str, key: &str, in_doubt: InDoubt<'_>) -> Outcome {
        let id = id_of(order)?;
        let so_far = text(order, "note").unwrap_or_default();
        if so_far.contains(&mark(key)) {
            return Ok(done(id));
        }
        if !order.contains_key("note") {
            return Err(refused("this PrestaShop has no note on orders (it came with 1.7.8)"));
        }
        let note = format!("{so_far}\n{}", marked(words, key));
        doubt(in_doubt)?;
        self.patch(&id, [("note", note.trim())])?;
        Ok(done(id))
    }

    fn cancel(&self, order: &Object, in_doubt: InDoubt<'_>) -> Outcome {
        let id = id_of(order)?;
        let state = text(order, "current_state").unwrap_or_default();
        if state == self.cancelled {
            return Ok(done(id));
        }
        // What it went through is on its record: an attempt whose answer was lost cancelled it, and it went on from there.
        let cancelled = [
            ("display", "[id]".to_owned()),
            ("filter[id_order]", any_of(std::slice::from_ref(&id))),
            ("filter[id_order_state]", any_of(std::slice::from_ref(&self.cancelled))),
        ];
        let was = match found(&self.caller, "order_histories", &cancelled) {
            Ok(entries) => !entries.is_empty(),
            // A key that may write the record and not read it.
            Err(error) if error.retry_after_seconds.is_none() => false,
            Err(error) => return Err(error.into_outcome()),
        };
        if was && state == PAID_BACK {
            return Ok(done(id));
        }
        if TOO_LATE.contains(&state.as_str()) {
            return Err(refused("the order was sent, delivered or paid back already"));
        }
        if was {
            return Err(refused("the order was cancelled before, and somebody has taken it up again"));
        }
        doubt(in_doubt)?;
        let history = [("id_order", id.as_str()), ("id_order_state", self.cancelled.as_str())];
        self.act(Method::POST, "order_histories", xml("order_history", &history))?;
        Ok(done(id))
    }

    /// Addresses are shared by orders: a new one is made, hidden from the customer's own list, and the order led to it.
    fn readdress(&self, order: &Object, address: &DeliveryAddress, key: &str, in_doubt: InDoubt<'_>) -> Outcome {
        let id = id_of(order)?;
        if TOO_LATE.contains(&text(order, "current_state").unwrap_or_default().as_str()) {
            return Err(refused("the order was sent already"));
        }
        let customer = text(order, "id_customer").unwrap_or_default();
        let alias = format!("kept-{}", hex::encode(Sha256::digest(key.as_bytes())).get(..20).unwrap_or_default());
        let query = [
            ("display", "[id]".to_owned()),
            ("filter[id_customer]", any_of(std::slice::from_ref(&customer))),
            ("filter[alias]", any_of(std::slice::from_ref(&alias))),
            // Without it, hidden ones are left out.
            ("filter[deleted]", "[0|1]".to_owned()),
        ];
        let known = found(&self.caller, "addresses", &query).map_err(IntoOutcome::into_outcome)?;
        let new = match known.first().and_then(|row| text(row, "id")) {
            Some(known) => known,
            None => self.make_address(address, &customer, &alias).map_err(harmless)?,
        };
        // Led there by an attempt whose answer was lost: whoever led it elsewhere since has the last word.
        let so_far = text(order, "note").unwrap_or_default();
        if so_far.contains(&mark(key)) || text(order, "id_address_delivery").as_deref() == Some(new.as_str()) {
            return Ok(done(new));
        }
        let note = format!("{so_far}\n{}", mark(key));
        let note = order.contains_key("note").then_some(("note", note.trim()));
        doubt(in_doubt)?;
        self.patch(&id, [("id_address_delivery", new.as_str())].into_iter().chain(note))?;
        Ok(done(new))
    }

    fn make_address(&self, address: &DeliveryAddress, customer: &str, alias: &str) -> Result<String, ErrandOutcome> {
        let country = self.id_by_code("countries", address.country.code())?;
        let country = country.ok_or_else(|| refused(format!("the shop does not know the country {}", address.country.code())))?;
        let state = match &address.state {
            Some(state) => self.id_by_code("states", state)?.unwrap_or_default(),
            None => String::new(),
        };
        let body = xml(
            "address",
            &[
                ("id_customer", customer),
                ("id_country", &country),
                ("id_state", &state),
                ("alias", alias),
                ("company", address.company.as_deref().unwrap_or_default()),
                // Both names are required.
                ("firstname", address.first_name.as_deref().unwrap_or(&address.last_name)),
                ("lastname", &address.last_name),
                ("address1", &address.street),
                ("address2", address.more.as_deref().unwrap_or_default()),
                ("postcode", &address.postal),
                ("city", &address.city),
                ("phone", address.phone.as_deref().unwrap_or_default()),
                ("deleted", "1"),
            ],
        );
        let made = self.act(Method::POST, "addresses", body)?;
        let made = made.as_object().and_then(|made| object(made, "address").or(Some(made))).and_then(|made| text(made, "id"));
        made.ok_or_else(|| refused("PrestaShop made an address without an id"))
    }

    fn id_by_code(&self, resource: &str, code: &str) -> Result<Option<String>, ErrandOutcome> {
        let query = [("display", "[id]".to_owned()), ("filter[iso_code]", any_of(&[code.to_owned()]))];
        let rows = found(&self.caller, resource, &query).map_err(IntoOutcome::into_outcome)?;
        Ok(rows.first().and_then(|row| text(row, "id")))
    }

    /// Changes these fields and leaves the others: `PATCH` came with PrestaShop 8.
    fn patch<'f>(&self, id: &'f str, fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<Value, ErrandOutcome> {
        let fields: Vec<(&str, &str)> = [("id", id)].into_iter().chain(fields).collect();
        self.act(Method::PATCH, &format!("orders/{}", escaped(id)), xml("order", &fields))
    }

    fn act(&self, method: Method, path: &str, body: String) -> Result<Value, ErrandOutcome> {
        let path = format!("api/{path}");
        let query = [("output_format", "JSON".to_owned())];
        self.caller.act(&Question { method, path: &path, query: &query, body: Some(Body::Xml(body)) }, refusal)
    }
}

impl Shop for PrestaShopShop {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn offers(&self, kind: ErrandKind) -> bool {
        matches!(kind, ErrandKind::Note | ErrandKind::CancelOrder | ErrandKind::AddressChange)
    }

    fn carry_out(&self, errand: &Act, key: &str, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> ErrandOutcome {
        if !self.offers(errand.kind()) {
            return refused("PrestaShop's webservice cannot do this: do it in the back office");
        }
        let mut attempt = || {
            check_key(key)?;
            let order = self.order(errand.order_number().trim())?;
            match errand {
                Act::Note { text, .. } => self.note(&order, text, key, in_doubt),
                Act::Cancellation { .. } => self.cancel(&order, in_doubt),
                Act::AddressChange { address, .. } => self.readdress(&order, address, key, in_doubt),
                Act::DeliveryDay { .. } => Err(refused(NO_CARRIER)),
                Act::Refund { .. } | Act::Reshipment { .. } => Err(refused("PrestaShop's webservice cannot do this")),
            }
        };
        outcome(attempt())
    }
}

/// A resource with these fields.
fn xml(resource: &str, fields: &[(&str, &str)]) -> String {
    let fields: String = fields.iter().map(|(name, value)| format!("<{name}>{}</{name}>", escape(value))).collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><prestashop><{resource}>{fields}</{resource}></prestashop>")
}

/// What XML cannot hold is left out.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !character.is_control() || matches!(character, '\n' | '\t')) {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn id_of(order: &Object) -> Result<String, ErrandOutcome> {
    text(order, "id").ok_or_else(|| refused("PrestaShop gave an order without an id"))
}
