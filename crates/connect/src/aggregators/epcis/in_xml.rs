//! EPCIS in XML, 1.0 to 2.0: its events with the names of the JSON form.

use kept_engine::ports::ParseError;
use roxmltree::Node;
use serde_json::{Map, Value};

use super::TRADING_PARTNER;
use crate::reading::answer::{Object, wrong_shape};
use crate::reading::tree::{scalar, tree_of};
use crate::reading::xml::{self, read_xml};

/// The events of a document or of a query's answer, in its order.
pub(super) fn events(raw: &[u8]) -> Result<Vec<Object>, ParseError> {
    read_xml(TRADING_PARTNER, raw, |root| {
        let list = xml::find(root, "EventList").ok_or_else(|| {
            wrong_shape("this is XML, but not an EPCIS document (no `EventList`)", "look at the payload as it came")
        })?;
        // Kinds of event that a version did not know before stand in an `extension`.
        let events = list.descendants().filter(|node| node.is_element() && node.tag_name().name().ends_with("Event"));
        Ok(events.map(event).collect())
    })
}

fn event(node: Node<'_, '_>) -> Object {
    let mut fields = match tree_of(node) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    for wrapper in ["baseExtension", "extension"] {
        if let Some(Value::Object(inner)) = fields.remove(wrapper) {
            for (name, value) in inner {
                fields.entry(name).or_insert(value);
            }
        }
    }
    for name in ["epcList", "childEPCs"] {
        if let Some(list) = fields.remove(name) {
            fields.insert(name.to_owned(), Value::Array(items(list, "epc")));
        }
    }
    if let Some(list) = fields.remove("bizTransactionList") {
        let transactions = items(list, "bizTransaction").into_iter().map(transaction).collect();
        fields.insert("bizTransactionList".to_owned(), Value::Array(transactions));
    }
    fields.insert("type".to_owned(), Value::String(node.tag_name().name().to_owned()));
    fields
}

/// What stands under one name in a list, once or several times.
fn items(list: Value, name: &str) -> Vec<Value> {
    match list {
        Value::Object(mut inner) => match inner.remove(name) {
            Some(Value::Array(values)) => values,
            Some(one) => vec![one],
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// `<bizTransaction type="…">…</bizTransaction>`.
fn transaction(element: Value) -> Value {
    let mut fields = Map::new();
    if let Some(kind) = element.get("type") {
        fields.insert("type".to_owned(), kind.clone());
    }
    if let Some(name) = scalar(&element) {
        fields.insert("bizTransaction".to_owned(), Value::String(name));
    }
    Value::Object(fields)
}
