use kept_domain::input::{News, ParcelScanWithdrawn};
use kept_engine::ports::Parsed;
use serde_json::{Value, json};

use crate::shared::{column, facts, scans, shared_sample, source};

pub const DOCUMENT: &str = include_str!("../../src/aggregators/epcis/samples/document_made_up.json");

const XML: &str = include_str!("../../src/aggregators/epcis/samples/document_made_up.xml");

const XML_1_2: &str = include_str!("../../src/aggregators/epcis/samples/document_1_2_made_up.xml");

fn parse(value: &Value) -> Parsed {
    source("epcis").parse(value.to_string().as_bytes())
}

fn withdrawn(parsed: &Parsed) -> Vec<&ParcelScanWithdrawn> {
    let withdrawn = parsed.inputs.iter().filter_map(|input| match &input.news {
        News::ParcelScanWithdrawn(withdrawn) => Some(withdrawn),
        _ => None,
    });
    withdrawn.collect()
}

/// Trap 13: one event, two parcels.
#[test]
fn the_example_of_the_standard() {
    let Some(raw) = shared_sample("epcis/Example_9.6.1-ObjectEvent.jsonld") else { return };
    let parsed = source("epcis").parse(&raw);
    assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]));
    let facts = facts(&parsed);
    let numbers =
        ["urn:epc:id:sgtin:0614141.107346.2017", "urn:epc:id:sgtin:0614141.107346.2018", "urn:epc:id:sgtin:0614141.107346.2018"];
    assert_eq!(column(&facts, "tracking_number"), numbers);
    assert_eq!(column(&facts, "milestone"), ["handed_over", "handed_over", "delivered"]);
    assert_eq!(column(&facts, "code"), ["shipping", "shipping", "receiving"]);
    assert_eq!(column(&facts, "at")[0], "2005-04-03T20:33:31.116-06:00");
    assert!(facts.iter().all(|fact| fact["offset"] == "known"));
    assert_eq!(column(&facts, "location")[2], "urn:epc:id:sgln:0012345.11111.400");
    assert!(scans(&parsed).iter().all(|scan| scan.order_number.as_deref() == Some("12345678")));
}

#[test]
fn an_event_declared_in_error_takes_its_scans_back() {
    let Some(raw) = shared_sample("epcis/Example_9.6.1-with-error-declaration.jsonld") else { return };
    let parsed = source("epcis").parse(&raw);
    assert_eq!((parsed.error.clone(), parsed.unmapped.clone()), (None, vec![]));
    let facts = facts(&parsed);
    assert_eq!(
        (column(&facts, "code"), column(&facts, "milestone")),
        (vec!["receiving".to_owned()], vec!["delivered".to_owned()])
    );
    let withdrawn = withdrawn(&parsed);
    assert_eq!(withdrawn.len(), 2);
    assert!(withdrawn.iter().all(|one| one.code == "shipping" && one.reason.as_deref() == Some("incorrect_data")));
    // It names the scan as the event without the declaration gives it.
    let Some(raw) = shared_sample("epcis/Example_9.6.1-ObjectEvent.jsonld") else { return };
    let original = source("epcis").parse(&raw);
    for (scan, one) in scans(&original).iter().zip(withdrawn) {
        assert_eq!(
            (&scan.tracking_number, &scan.code, &scan.location, scan.at),
            (&one.tracking_number, &one.code, &one.location, one.at)
        );
    }
}

#[test]
fn transformations_concern_no_parcel() {
    let Some(raw) = shared_sample("epcis/error_declaration_and_corrective_event.jsonld") else { return };
    let parsed = source("epcis").parse(&raw);
    assert_eq!((parsed.error.clone(), parsed.inputs.len()), (None, 0));
    assert!(parsed.unmapped.iter().all(|entry| entry.what == "event" && entry.code == "TransformationEvent"));
    assert_eq!(parsed.unmapped.len(), 2);
}

/// The wall clock is that of `eventTimeZoneOffset`, whatever clock `eventTime` is written in.
#[test]
fn every_optional_field() {
    let Some(raw) = shared_sample("epcis/object_event_all_possible_fields.jsonld") else { return };
    let parsed = source("epcis").parse(&raw);
    assert_eq!((parsed.error.clone(), facts(&parsed).len()), (None, 0));
    assert_eq!(parsed.delivery_id.as_deref(), Some("urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8#error"));
    assert_eq!(withdrawn(&parsed)[0].at.at_text(), "2005-04-04T20:33:31.116-06:00");
    let mut value: Value = serde_json::from_slice(&raw).expect("JSON");
    value["epcisBody"]["eventList"][0].as_object_mut().expect("an event").remove("errorDeclaration");
    let parsed = parse(&value);
    assert_eq!(parsed.delivery_id.as_deref(), Some("urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"));
    let facts = facts(&parsed);
    assert_eq!(
        (column(&facts, "at"), column(&facts, "offset")),
        (vec!["2005-04-04T20:33:31.116-06:00".to_owned()], vec!["known".to_owned()])
    );
    assert_eq!(column(&facts, "milestone"), ["delivered"]);
}

#[test]
fn names_of_the_vocabulary_in_every_form() {
    let parsed = source("epcis").parse(DOCUMENT.as_bytes());
    assert_eq!(parsed.error, None);
    let facts = facts(&parsed);
    assert_eq!(column(&facts, "code"), ["shipping", "arriving", "shipping"]);
    assert_eq!(column(&facts, "text"), ["in_transit", "damaged", "in_transit"]);
    assert_eq!(column(&facts, "milestone"), ["handed_over", "in_network", "handed_over"]);
    assert_eq!(column(&facts, "exception"), ["", "damaged", ""]);
    assert_eq!(column(&facts, "at")[0], "2026-01-12T17:00:00+01:00");
    assert_eq!(scans(&parsed)[0].order_number.as_deref(), Some("R-1001"));
    let withdrawn = withdrawn(&parsed);
    // Once for the declaration, once for the event of the same id; the second is a repetition to whoever takes it.
    assert!(
        withdrawn.len() == 2
            && withdrawn.iter().all(|one| one.code == "receiving" && one.reason.as_deref() == Some("did_not_occur"))
    );
    assert_eq!(parsed.unmapped.len(), 1);
}

#[test]
fn steps_and_dispositions() {
    for (step, disposition, milestone, exception) in [
        ("staging_outbound", "", "announced", ""),
        ("shipping", "returned", "returning", ""),
        ("receiving", "returned", "returned", ""),
        ("accepting", "", "delivered", ""),
        ("departing", "in_transit", "in_network", ""),
        ("transporting", "damaged", "in_network", "damaged"),
        ("holding", "unavailable", "customs", "customs_hold"),
        ("loading", "", "out_for_delivery", ""),
        ("loading", "stolen", "out_for_delivery", "lost"),
        ("unloading", "returned", "returning", ""),
        ("unloading", "damaged", "in_network", "damaged"),
        ("transporting", "destroyed", "in_network", "destroyed"),
        ("arriving", "unavailable", "in_network", "undeliverable"),
        ("consigning", "in_transit", "handed_over", ""),
        ("void_shipping", "", "cancelled", ""),
    ] {
        let event = json!({ "type": "ObjectEvent", "eventTime": "2026-01-12T08:00:00Z", "epcList": "urn:epc:id:sscc:1.1", "bizStep": step, "disposition": disposition });
        for payload in [
            event.clone(),
            json!([event.clone()]),
            json!({ "epcisBody": { "queryResults": { "resultsBody": { "eventList": [event] } } } }),
        ] {
            let parsed = parse(&payload);
            let facts = facts(&parsed);
            assert_eq!(
                (column(&facts, "milestone"), column(&facts, "exception")),
                (vec![milestone.to_owned()], vec![exception.to_owned()]),
                "{step}"
            );
        }
    }
    let packed = json!({ "type": "AggregationEvent", "eventTime": "2026-01-12T08:00:00Z", "eventTimeZoneOffset": "+01:00", "parentID": "urn:epc:id:sscc:1.1", "childEPCs": ["urn:epc:id:sgtin:1.1.1"], "bizStep": "packing", "action": "ADD" });
    assert_eq!(column(&facts(&parse(&packed)), "tracking_number"), ["urn:epc:id:sscc:1.1"]);
    let unknown = json!({ "type": "ObjectEvent", "eventTime": "2026-01-12T08:00:00Z", "epcList": ["urn:epc:id:sscc:1.1"], "bizStep": "cycle_counting" });
    let parsed = parse(&unknown);
    assert_eq!((column(&facts(&parsed), "milestone"), parsed.unmapped.len()), (vec!["unknown".to_owned()], 1));
}

#[test]
fn wrong_payloads_are_errors_with_a_way_out() {
    for payload in [
        json!({}),
        json!(1),
        json!({ "type": "epcisException:ValidationException", "title": "EPCIS event is not valid", "status": 400 }),
    ] {
        let error = parse(&payload).error.expect("an error");
        assert!(!error.message.is_empty() && error.hint.is_some());
    }
}

#[test]
fn xml_tells_the_same() {
    let parsed = source("epcis").parse(XML.as_bytes());
    assert_eq!(parsed.error, None);
    let told = facts(&parsed);
    let (first, second) = ("urn:epc:id:sscc:4012345.0000000111", "urn:epc:id:sscc:4012345.0000000112");
    assert_eq!(column(&told, "tracking_number"), [first, second, second]);
    assert_eq!(column(&told, "code"), ["shipping", "shipping", "receiving"]);
    assert_eq!(column(&told, "text"), ["in_transit", "in_transit", "damaged"]);
    assert_eq!(column(&told, "milestone"), ["handed_over", "handed_over", "delivered"]);
    assert_eq!(column(&told, "at"), ["2026-01-12T17:00:00+01:00", "2026-01-12T17:00:00+01:00", "2026-01-13T09:00:00+01:00"]);
    assert_eq!(column(&told, "location"), ["urn:epc:id:sgln:4012345.00001.0", "urn:epc:id:sgln:4012345.00001.0", ""]);
    assert!(scans(&parsed).iter().all(|scan| scan.order_number.as_deref() == Some("R-1001")));
    let taken_back = withdrawn(&parsed);
    assert_eq!(taken_back.len(), 1);
    assert_eq!((taken_back[0].tracking_number.as_str(), taken_back[0].code.as_str()), (first, "receiving"));
    assert_eq!(taken_back[0].reason.as_deref(), Some("incorrect_data"));
    let unread: Vec<&str> = parsed.unmapped.iter().map(|entry| entry.code.as_str()).collect();
    assert_eq!(unread, ["TransformationEvent"]);
}

/// Before 2.0 an event's id and its declaration stand in an extension.
#[test]
fn xml_of_version_1_2() {
    let parsed = source("epcis").parse(XML_1_2.as_bytes());
    assert_eq!((parsed.error.clone(), parsed.unmapped.len()), (None, 0));
    let told = facts(&parsed);
    assert_eq!(
        (column(&told, "code"), column(&told, "at")[0].as_str()),
        (vec!["packing".to_owned()], "2026-01-12T08:00:00-06:00")
    );
    let taken_back = withdrawn(&parsed);
    assert_eq!(taken_back.len(), 1);
    assert_eq!(taken_back[0].at.at_text(), "2026-01-12T20:33:31.116-06:00");
    assert_eq!(taken_back[0].reason.as_deref(), Some("did_not_occur"));
    let other = source("epcis").parse(b"<a/>").error.expect("an error");
    assert!(other.message.contains("not an EPCIS document") && other.hint.is_some());
}

/// Seen together without the number of what holds them: the parcels are those within.
#[test]
fn an_aggregation_without_its_parent() {
    let event = json!({ "type": "AggregationEvent", "eventTime": "2026-01-12T08:00:00Z", "eventTimeZoneOffset": "+01:00", "action": "OBSERVE",
        "childEPCs": ["urn:epc:id:sscc:1.2", "urn:epc:id:sscc:1.3"], "bizStep": "receiving" });
    let parsed = parse(&event);
    assert_eq!(
        (column(&facts(&parsed), "tracking_number"), parsed.unmapped.len()),
        (vec!["urn:epc:id:sscc:1.2".to_owned(), "urn:epc:id:sscc:1.3".to_owned()], 0)
    );
    let xml = "<EPCISDocument><EPCISBody><EventList><AggregationEvent><eventTime>2026-01-12T08:00:00Z</eventTime><eventTimeZoneOffset>+01:00</eventTimeZoneOffset><parentID/>\
        <childEPCs><epc>urn:epc:id:sscc:1.2</epc></childEPCs><action>OBSERVE</action><bizStep>urn:epcglobal:cbv:bizstep:receiving</bizStep></AggregationEvent></EventList></EPCISBody></EPCISDocument>";
    assert_eq!(column(&facts(&source("epcis").parse(xml.as_bytes())), "tracking_number"), ["urn:epc:id:sscc:1.2"]);
}

/// A query's answer begins with its newest event: of two at one moment the later stands first. Kinds of event have long names, too.
#[test]
fn the_newest_event_first() {
    let event = |step: &str, kind: &str, time: &str| json!({ "type": kind, "eventTime": time, "eventTimeZoneOffset": "+00:00", "epcList": ["urn:epc:id:sscc:1.1"], "bizStep": step });
    let events = [
        event("receiving", "epcis:ObjectEvent", "2026-01-13T08:00:00Z"),
        event("arriving", "https://ref.gs1.org/epcis/ObjectEvent", "2026-01-12T08:00:00Z"),
        event("shipping", "ObjectEvent", "2026-01-12T08:00:00Z"),
    ];
    let parsed = parse(
        &json!({ "type": "EPCISQueryDocument", "epcisBody": { "queryResults": { "resultsBody": { "eventList": events } } } }),
    );
    assert_eq!(
        (column(&facts(&parsed), "code"), parsed.unmapped.len()),
        (vec!["shipping".to_owned(), "arriving".to_owned(), "receiving".to_owned()], 0)
    );
}

#[test]
fn documents_kept_together() {
    let document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
    let once = parse(&document);
    let parsed = parse(&json!([document]));
    assert_eq!((parsed.error.clone(), parsed.inputs.clone()), (None, once.inputs));
}
