//! `getTrackingDataResponse` in SOAP.

use kept_engine::ports::ParseError;
use roxmltree::Node;

use super::{LifeCycle, Status, is_reached, national};
use crate::reading::answer::wrong_shape;
use crate::reading::refusal::{Refusal, refused};
use crate::reading::xml::{self, read_xml};

/// The life cycles in an answer; DPD is asked about one parcel at a time.
pub(super) fn read(raw: &[u8]) -> Result<Vec<LifeCycle>, ParseError> {
    read_xml("DPD", raw, |root| {
        let results: Vec<Node<'_, '_>> = root.descendants().filter(|node| is_result(*node)).collect();
        if !results.is_empty() {
            return Ok(results.into_iter().map(|result| read_result(result, root)).collect());
        }
        if let Some(told) = national::read_xml_of(root) {
            return told;
        }
        // Some countries answer a refusal without a SOAP fault.
        let code = ["errorCode", "faultCode"].iter().find_map(|name| xml::find(root, name).and_then(xml::text));
        let said = ["errorMessage", "faultMessage", "message"].iter().find_map(|name| xml::find(root, name).and_then(xml::text));
        if code.is_some() || said.is_some() {
            let (code, said) = (code.unwrap_or_default(), said.unwrap_or_default());
            return Err(refused("DPD", Refusal::of(&code, &said), &code, &said));
        }
        if xml::find(root, "getTrackingDataResponse").is_some() {
            return Err(refused("DPD", Refusal::NotFound, "", ""));
        }
        Err(wrong_shape(
            "this is XML, but not an answer of DPD's parcel life cycle",
            "look at the bytes as they came; was another address called?",
        ))
    })
}

/// Whatever holds `statusInfo`: `trackingresult` is written in several ways.
fn is_result(node: Node<'_, '_>) -> bool {
    node.is_element() && xml::child(node, "statusInfo").is_some()
}

fn read_result(result: Node<'_, '_>, root: Node<'_, '_>) -> LifeCycle {
    let number = ["parcelLabelNumber", "parcelNumber", "parcelNo"];
    let number = number.iter().find_map(|name| xml::find(result, name).or_else(|| xml::find(root, name)).and_then(content));
    // The envelope in which Kept's own client puts an answer names the parcel that was asked for.
    let asked = || root.attribute("parcelLabelNumber").map(str::to_owned);
    let statuses = result.children().filter(|node| node.tag_name().name() == "statusInfo");
    let reached = statuses.filter(|node| is_reached(field(*node, "statusHasBeenReached").as_deref()));
    LifeCycle { number: number.or_else(asked), statuses: reached.map(read_status).collect() }
}

fn read_status(node: Node<'_, '_>) -> Status {
    Status {
        code: field(node, "status").unwrap_or_default(),
        text: field(node, "description").or_else(|| field(node, "label")).unwrap_or_default(),
        location: field(node, "location"),
        country: field(node, "country"),
        date: field(node, "date"),
        nation: None,
    }
}

fn field(node: Node<'_, '_>, name: &str) -> Option<String> {
    xml::child(node, name).and_then(content)
}

/// The words of a field: as they stand, or in `content` elements beside *bold* and *paragraph*, which are how to show them.
fn content(node: Node<'_, '_>) -> Option<String> {
    if !node.children().any(|child| child.is_element()) {
        return xml::text(node);
    }
    let innermost = xml::all(node, "content").filter(|inner| !inner.children().any(|child| child.is_element()));
    let words: Vec<String> = innermost.filter_map(xml::text).collect();
    (!words.is_empty()).then(|| words.join(" "))
}
