//! An answer as one tree, whether it came as JSON or as XML, and fields found in it by name.
//!
//! Names are compared without case, `_` and `-`, because one partner writes `eventDate`, `event_date` and `EventDate` in three
//! versions of one answer. Nothing here fails: what is not there is `None`.

use kept_engine::ports::ParseError;
use roxmltree::Node;
use serde_json::{Map, Value};

use crate::reading::answer::read_json;
use crate::reading::xml::read_xml;

/// Ways to fields: parts with a dot between; the first that leads to something counts.
pub(crate) type Names = &'static [&'static str];

/// The text of an element that has attributes or children as well.
const TEXT: &str = "#text";

/// No answer is deeper; what lies below is left out, because every level costs stack.
const DEEPEST: usize = 64;

/// Reads an answer: XML if it begins like XML, else JSON.
///
/// `named_by` is the attribute that names an element, for DHL's `<data name="piece-event">`. `partner` is the name shown.
pub(crate) fn read_tree(partner: &str, named_by: Option<&str>, raw: &[u8]) -> Result<Value, ParseError> {
    let text = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw).trim_ascii_start();
    if !text.starts_with(b"<") {
        return read_json(partner, raw);
    }
    read_xml(partner, raw, |root| {
        let name = name_of(root, named_by);
        Ok(Value::Object(Map::from_iter([(name, element(root, named_by, 0))])))
    })
}

/// An element alone, as [`read_tree`] would have it.
pub(crate) fn tree_of(node: Node<'_, '_>) -> Value {
    element(node, None, 0)
}

/// An element: its text, or an object of its attributes and children; several children of one name are a list.
fn element(node: Node<'_, '_>, named_by: Option<&str>, depth: usize) -> Value {
    let mut fields: Map<String, Value> = Map::new();
    if depth >= DEEPEST {
        return Value::Null;
    }
    // Attributes of a name space speak of the schema (`xsi:nil`, `xsi:type`), not of the parcel; the one that names the element has
    // been read.
    let own = node.attributes().filter(|attribute| attribute.namespace().is_none() && Some(attribute.name()) != named_by);
    for attribute in own {
        fields.insert(attribute.name().to_owned(), Value::String(attribute.value().to_owned()));
    }
    for child in node.children().filter(Node::is_element) {
        let value = element(child, named_by, depth + 1);
        match fields.entry(name_of(child, named_by)) {
            serde_json::map::Entry::Vacant(place) => {
                place.insert(value);
            }
            serde_json::map::Entry::Occupied(mut place) => match place.get_mut() {
                Value::Array(values) => values.push(value),
                first => *first = Value::Array(vec![first.take(), value]),
            },
        }
    }
    let text: String = node.children().filter(Node::is_text).filter_map(|text| text.text()).collect();
    match (text.trim(), fields.is_empty()) {
        ("", true) => Value::Null,
        (text, true) => Value::String(text.to_owned()),
        ("", false) => Value::Object(fields),
        (text, false) => {
            fields.insert(TEXT.to_owned(), Value::String(text.to_owned()));
            Value::Object(fields)
        }
    }
}

fn name_of(node: Node<'_, '_>, named_by: Option<&str>) -> String {
    let given = named_by.and_then(|attribute| node.attribute(attribute)).filter(|name| !name.trim().is_empty());
    given.unwrap_or_else(|| node.tag_name().name()).to_owned()
}

/// The field of this name in an object.
pub(crate) fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| object.iter().find(|(other, _)| same_name(other, name)).map(|(_, found)| found))
}

/// The text of the first field of this name, however deep.
pub(crate) fn anywhere(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Array(values) => values.iter().find_map(|value| anywhere(value, name)),
        Value::Object(fields) => {
            field(value, name).and_then(scalar).or_else(|| fields.values().find_map(|value| anywhere(value, name)))
        }
        _ => None,
    }
}

/// What a SOAP envelope holds; what is in none, itself.
pub(crate) fn out_of_envelope(answer: &Value) -> &Value {
    field(answer, "Envelope").and_then(|envelope| field(envelope, "Body")).unwrap_or(answer)
}

/// What lies at the end of a way; in a list on it the first entry that has the next field counts.
fn follow<'v>(value: &'v Value, way: &str) -> Option<&'v Value> {
    let (name, rest) = way.split_once('.').map_or((way, None), |(name, rest)| (name, Some(rest)));
    let from = |value: &'v Value| {
        let found = field(value, name)?;
        rest.map_or(Some(found), |rest| follow(found, rest))
    };
    match value {
        Value::Array(values) => values.iter().find_map(from),
        other => from(other),
    }
}

/// The first of these that is a text or a number.
pub(crate) fn text_at(value: &Value, names: Names) -> Option<String> {
    names.iter().find_map(|way| scalar(follow(value, way)?))
}

/// The texts of the first of these that is a list of texts, or a single one where the brackets are left out.
pub(crate) fn texts_at(value: &Value, names: Names) -> Vec<String> {
    let lists = names.iter().filter_map(|way| match follow(value, way)? {
        Value::Array(values) => Some(values.iter().filter_map(scalar).collect()),
        one => scalar(one).map(|text| vec![text]),
    });
    lists.into_iter().find(|texts: &Vec<String>| !texts.is_empty()).unwrap_or_default()
}

/// Whether any of these ways begins here.
pub(crate) fn begins_here(value: &Value, names: Names) -> bool {
    names.iter().any(|way| way.split('.').next().is_some_and(|first| field(value, first).is_some()))
}

/// The first of these that is a list, or a single object where the brackets are left out, and is not empty.
pub(crate) fn list_at(value: &Value, names: Names) -> &[Value] {
    let lists = names.iter().filter_map(|way| match follow(value, way)? {
        Value::Array(values) => Some(values.as_slice()),
        one @ Value::Object(_) => Some(std::slice::from_ref(one)),
        _ => None,
    });
    lists.into_iter().find(|list| !list.is_empty()).unwrap_or_default()
}

/// A text, trimmed, or a number as text; `None` for nothing.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Object(fields) => return fields.get(TEXT).and_then(scalar),
        Value::Array(values) => return values.iter().find_map(scalar),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Whether there is nothing in it at all.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.iter().all(is_empty),
        Value::Object(fields) => fields.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether two spellings are of one name.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    let letters = |name: &str| -> Vec<u8> {
        name.bytes().filter(|byte| !matches!(byte, b'_' | b'-')).map(|byte| byte.to_ascii_lowercase()).collect()
    };
    one.eq_ignore_ascii_case(other) || letters(one) == letters(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn xml_and_json_give_one_tree() {
        let xml = r#"<?xml version="1.0"?><t:Answer xmlns:t="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
            <t:Parcel id="1"><Event a="b"><Code> 7 </Code><Nothing xsi:nil="true"/></Event><Event>seven</Event></t:Parcel></t:Answer>"#;
        let tree = read_tree("Someone", None, xml.as_bytes()).expect("XML");
        let expected =
            json!({ "Answer": { "Parcel": { "id": "1", "Event": [{ "a": "b", "Code": "7", "Nothing": null }, "seven"] } } });
        assert_eq!(tree, expected);
        let named = read_tree("Someone", Some("name"), br#"<data name="list"><data name="event" x="1"/></data>"#).expect("XML");
        assert_eq!(named, json!({ "list": { "event": { "x": "1" } } }));
    }

    #[test]
    fn fields_are_found_whatever_their_spelling() {
        let value = json!({ "event_date": "d", "list": [{}, { "City": "Lyon" }], "none": "", "number": 5, "one": { "a": 1 } });
        assert_eq!(text_at(&value, &["missing", "none", "EventDate"]).as_deref(), Some("d"));
        assert_eq!(text_at(&value, &["List.city"]).as_deref(), Some("Lyon"));
        assert_eq!(text_at(&value, &["number"]).as_deref(), Some("5"));
        assert_eq!(list_at(&value, &["missing", "one"]).len(), 1);
        assert!(begins_here(&value, &["list.x.y"]) && !begins_here(&value, &["y"]));
    }

    #[test]
    fn a_tower_of_elements_is_cut_and_not_fallen_from() {
        let tower = format!("{}{}", "<a>".repeat(2_000), "</a>".repeat(2_000));
        assert!(read_tree("Someone", None, tower.as_bytes()).is_ok());
    }
}
