//! Chronopost: the SOAP service `TrackingServiceWS`, which is asked.
//!
//! Shapes: `ws.chronopost.fr/tracking-cxf/TrackingServiceWS?wsdl`; see `docs/connectors/chronopost.md`.

mod poll;

use std::sync::Arc;

use kept_engine::ports::{Inbound, ParseError, Parsed};
use roxmltree::Node;

pub use poll::{DEFAULT_BASE_URL, poller};

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{short, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::fold::fold;
use crate::reading::history::{self, Scan};
use crate::reading::refusal::{Outcome, Refusal, refused};
use crate::reading::shipment::Shipment;
use crate::reading::xml::{self, read_xml, text_of};
use crate::reading::{place, times};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "chronopost";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/chronopost.toml"),
    parser: |packs| Arc::new(Chronopost::new(packs)),
};

/// How the service's operations call an event.
const EVENTS: [&str; 3] = ["events", "event", "significantEvent"];

/// Of what is told besides (`infoCompList`), that which says why: the others name people and products.
const REASONS: [&str; 4] = ["motif", "raison", "cause", "reason"];

/// Reads answers of `trackSkybillV2`, `trackSkybill`, `trackWithSenderRef` and `trackSearch`, whatever their prefixes.
///
/// A parcel is any element that holds events; its number is the `skybillNumber` beside or above them. Inputs are the events of each
/// parcel, oldest first; Chronopost gives no estimate.
#[derive(Clone, Debug)]
pub struct Chronopost {
    table: Arc<CodeTable>,
}

impl Chronopost {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> Chronopost {
        Chronopost { table: packs.table(SOURCE) }
    }
}

impl Inbound for Chronopost {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| {
            read_xml("Chronopost", raw, |root| {
                let mut outcome = Outcome::default();
                self.read(root, &mut outcome, parsed)?;
                outcome.tell(parsed);
                Ok(())
            })
        })
    }
}

impl Chronopost {
    fn read(&self, root: Node<'_, '_>, outcome: &mut Outcome, parsed: &mut Parsed) -> Result<(), ParseError> {
        let parcels = root.descendants().filter(|node| node.is_element() && events(*node).next().is_some());
        for parcel in parcels {
            let number = number_of(parcel);
            outcome.note(number.clone(), self.read_parcel(parcel, number, parsed));
        }
        if !outcome.is_empty() {
            return Ok(());
        }
        let code = xml::find(root, "errorCode").and_then(xml::text);
        let said = xml::find(root, "errorMessage").and_then(xml::text).unwrap_or_default();
        match code.as_deref() {
            // Nothing is wrong, and nothing is there: the number has no event yet.
            Some("0") => Err(refused("Chronopost", Refusal::NotFound, "", &said)),
            Some(code) => Err(refused("Chronopost", Refusal::of("", &said), code, &said)),
            None if xml::find(root, "return").is_some() || xml::find(root, "skybillNumber").is_some() => {
                Err(refused("Chronopost", Refusal::NotFound, "", &said))
            }
            None => Err(wrong_shape(
                "this is XML, but not an answer of Chronopost's tracking",
                "look at the bytes as they came; was another address called?",
            )),
        }
    }

    fn read_parcel(&self, parcel: Node<'_, '_>, number: Option<String>, parsed: &mut Parsed) -> Result<(), ParseError> {
        let number = number.ok_or_else(|| {
            wrong_shape("Chronopost's answer has events without a number (`skybillNumber`)", "look at the answer as it came")
        })?;
        let mut scans = Vec::new();
        for event in events(parcel) {
            match read_event(event) {
                Some(scan) => scans.push(scan),
                None => parsed.unmapped.push(timeless(text_of(event, "code"), &text_of(event, "eventLabel").unwrap_or_default())),
            }
        }
        history::number(&mut scans, false);
        let parcel = Shipment { source: SOURCE, number, carrier: SOURCE.to_owned(), scans, ..Shipment::default() };
        parcel.read_into(&self.table, parsed);
        Ok(())
    }
}

/// The events right below an element.
fn events<'a, 'input>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children()
        .filter(|child| EVENTS.contains(&child.tag_name().name()))
        .filter(|event| ["code", "eventDate", "eventLabel"].iter().any(|name| xml::child(*event, name).is_some()))
}

fn read_event(event: Node<'_, '_>) -> Option<Scan> {
    let code = text_of(event, "code").unwrap_or_default();
    let reason: Vec<String> = xml::all(event, "infoCompList").filter_map(reason).collect();
    Some(Scan {
        code,
        tag: None,
        text: text_of(event, "eventLabel").or_else(|| text_of(event, "label")).unwrap_or_default(),
        reason: (!reason.is_empty()).then(|| reason.join(" ")),
        location: place::line(&[text_of(event, "officeLabel"), text_of(event, "zipCode")]),
        at: times::moment(&text_of(event, "eventDate")?, &["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"], None)?,
        sequence: 0,
    })
}

fn reason(entry: Node<'_, '_>) -> Option<String> {
    let name = fold(&text_of(entry, "name")?);
    REASONS.iter().any(|wanted| name.contains(wanted)).then(|| text_of(entry, "value")).flatten()
}

/// Beside the events, else with the nearest element above them.
fn number_of(parcel: Node<'_, '_>) -> Option<String> {
    let named = |node: Node<'_, '_>| ["skybillNumber", "parcelNumber"].iter().find_map(|name| text_of(node, name));
    parcel.ancestors().find_map(named).map(|number| short(&number))
}
