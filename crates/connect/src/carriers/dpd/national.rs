//! The services of countries that have one of their own: France (`Webtrace_Service`), Poland (`getEventsForWaybillV1` and its like) and
//! the United Kingdom (`parcelevents`).

use kept_engine::ports::ParseError;
use roxmltree::Node;
use serde_json::Value;

use super::{LifeCycle, Status};
use crate::reading::answer::{objects, text};
use crate::reading::refusal::{Refusal, refused};
use crate::reading::xml;

/// What is in XML of France's or Poland's; `None` where it is neither.
pub(super) fn read_xml_of(root: Node<'_, '_>) -> Option<Result<Vec<LifeCycle>, ParseError>> {
    let polish = events_of_waybills(root);
    if !polish.is_empty() {
        return Some(Ok(polish));
    }
    let traces: Vec<Node<'_, '_>> = root.descendants().filter(|node| is_trace(*node)).collect();
    (!traces.is_empty()).then(|| shipment_traces(&traces))
}

/// Poland: events of one waybill or several, each with its number.
fn events_of_waybills(root: Node<'_, '_>) -> Vec<LifeCycle> {
    let mut cycles: Vec<LifeCycle> = Vec::new();
    for event in root.descendants().filter(|node| node.tag_name().name() == "eventsList") {
        let number = xml::text_of(event, "waybill");
        let status = Status {
            code: xml::text_of(event, "businessCode").unwrap_or_default(),
            text: xml::text_of(event, "description").unwrap_or_default(),
            location: xml::text_of(event, "depotName"),
            country: xml::text_of(event, "country"),
            date: xml::text_of(event, "eventTime"),
            nation: Some("PL"),
        };
        match cycles.iter_mut().find(|cycle| cycle.number == number) {
            Some(cycle) => cycle.statuses.push(status),
            None => cycles.push(LifeCycle { number, statuses: vec![status] }),
        }
    }
    cycles
}

/// `clsShipmentTrace`, `ShipmentTrace`, or the result of the operation itself: by what it holds.
fn is_trace(node: Node<'_, '_>) -> bool {
    node.is_element() && ["Traces", "LastError"].iter().any(|name| xml::child(node, name).is_some())
}

fn shipment_traces(traces: &[Node<'_, '_>]) -> Result<Vec<LifeCycle>, ParseError> {
    let cycles: Vec<LifeCycle> = traces.iter().copied().map(shipment_trace).filter(|cycle| !cycle.statuses.is_empty()).collect();
    if !cycles.is_empty() {
        return Ok(cycles);
    }
    let said = traces.iter().find_map(|trace| xml::text_of(*trace, "LastError"));
    let refusal = said.as_deref().map_or(Refusal::NotFound, |said| Refusal::of("", said));
    Err(refused("DPD", refusal, "", &said.unwrap_or_default()))
}

fn shipment_trace(trace: Node<'_, '_>) -> LifeCycle {
    let statuses = xml::all(trace, "clsTrace").map(|scan| {
        let at: Vec<String> = ["ScanDate", "ScanTime"].iter().filter_map(|name| xml::text_of(scan, name)).collect();
        Status {
            code: xml::text_of(scan, "StatusNumber").unwrap_or_default(),
            text: xml::text_of(scan, "StatusDescription").unwrap_or_default(),
            location: xml::text_of(scan, "CenterName"),
            country: None,
            date: (!at.is_empty()).then(|| at.join(" ")),
            nation: Some("FR"),
        }
    });
    LifeCycle { number: xml::text_of(trace, "ShipmentNumber"), statuses: statuses.collect() }
}

/// The United Kingdom: the events of the parcel that was asked for, whose number is not repeated.
pub(super) fn parcel_events(payload: &Value) -> Option<LifeCycle> {
    let events = objects(payload.get("data")).filter(|event| event.contains_key("eventText"));
    let statuses: Vec<Status> = events
        .map(|event| Status {
            code: text(event, "eventCode").unwrap_or_default(),
            text: text(event, "eventText").unwrap_or_default(),
            location: text(event, "eventLocation"),
            country: None,
            date: text(event, "eventDate"),
            nation: Some("GB"),
        })
        .collect();
    (!statuses.is_empty()).then_some(LifeCycle { number: None, statuses })
}
