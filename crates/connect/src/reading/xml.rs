//! Reading a partner's XML without trusting it: no entities of its own, no name spaces to get wrong.

use kept_engine::ports::ParseError;
use roxmltree::{Document, Node, ParsingOptions};

use crate::reading::answer::unreadable;
use crate::reading::refusal::{Refusal, refused};

/// Reads XML and hands its root to `read`; what is not XML is explained. `partner` is the name shown.
///
/// A document type is refused: no partner needs one, and entities that grow are an attack.
pub(crate) fn read_xml<T>(
    partner: &str,
    raw: &[u8],
    read: impl FnOnce(Node<'_, '_>) -> Result<T, ParseError>,
) -> Result<T, ParseError> {
    let text = decode(raw);
    let start = text.trim_start();
    if start.is_empty() {
        return Err(unreadable(format!("{partner} answered with nothing"), "ask again later"));
    }
    let lower = start.get(..15).unwrap_or(start).to_ascii_lowercase();
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        let message = format!("{partner} answered with a web page instead of data");
        return Err(unreadable(message, "check the address that is called, and ask again later"));
    }
    // Deep nesting would cost as much stack as there are bytes; no answer is deeper than a score.
    let options = ParsingOptions { allow_dtd: false, nodes_limit: 1_000_000, ..ParsingOptions::default() };
    let document = Document::parse_with_options(start, options).map_err(|error| match error {
        roxmltree::Error::UnexpectedEndOfStream | roxmltree::Error::UnclosedRootNode => {
            unreadable(format!("what {partner} sent stops in the middle"), "ask again: the transfer was cut off")
        }
        other => unreadable(
            format!("what {partner} sent is not XML (line {})", other.pos().row),
            "check the address that is called; the bytes as they came are kept",
        ),
    })?;
    let root = document.root_element();
    if let Some(fault) = find(root, "Fault") {
        // The detail says more than the fault's own string, which is often only "Fault occurred".
        let first = |names: &[&str]| names.iter().find_map(|name| find(fault, name).and_then(self::text)).unwrap_or_default();
        let said = first(&["errorMessage", "message", "Description", "faultstring", "Text", "Reason"]);
        let code = first(&["errorCode", "faultCode", "PrimaryErrorCode", "faultcode", "Value"]);
        return Err(refused(partner, Refusal::of(&code, &said), &code, &said));
    }
    read(root)
}

/// Whether it is XML, and no web page.
pub(crate) fn is_xml(raw: &[u8]) -> bool {
    let start: Vec<u8> = raw.iter().skip_while(|byte| !byte.is_ascii_graphic()).take(9).map(u8::to_ascii_lowercase).collect();
    start.first() == Some(&b'<') && !start.starts_with(b"<!doctype") && !start.starts_with(b"<html")
}

/// The first element of this local name, at any depth, whatever its name space.
pub(crate) fn find<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.descendants().find(|other| other.is_element() && other.tag_name().name() == name)
}

/// Every element of this local name, at any depth, in order.
pub(crate) fn all<'a, 'input>(node: Node<'a, 'input>, name: &'static str) -> impl Iterator<Item = Node<'a, 'input>> {
    node.descendants().filter(move |other| other.is_element() && other.tag_name().name() == name)
}

/// The direct child of this local name.
pub(crate) fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|other| other.is_element() && other.tag_name().name() == name)
}

/// The trimmed text of a direct child, if it has any.
pub(crate) fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    child(node, name).and_then(text)
}

/// The trimmed text of an element with all that is in it, if there is any.
pub(crate) fn text(node: Node<'_, '_>) -> Option<String> {
    let text: String = node.descendants().filter_map(|inner| inner.is_text().then(|| inner.text()).flatten()).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// UTF-8 unless the declaration says a Latin one, which some carriers still write.
pub(crate) fn decode(raw: &[u8]) -> String {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => raw.iter().map(|&byte| char::from(byte)).collect(),
    }
}
