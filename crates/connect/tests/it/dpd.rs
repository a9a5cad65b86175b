use serde_json::{Value, json};

use crate::shared::{column, facts, source, told, unmapped};

pub const SOAP: &str = include_str!("../../src/carriers/dpd/samples/life_cycle_made_up.xml");
pub const PLC: &str = include_str!("../../src/carriers/dpd/samples/plc_made_up.json");

/// Traps 4 and 5: a status that was not reached is no event; returning from delivery follows a failed attempt; twelve hours twice a
/// day.
#[test]
fn a_life_cycle_is_told_as_far_as_it_was_reached() {
    let parsed = source("dpd").parse(SOAP.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "SHIPMENT · 2026-08-16T00:35:00+01:00 · guessed · announced · - · Hinckley (GB)",
            "BetweenDepots · 2026-08-17T19:11:26+02:00 · guessed · in_network · - · Raunheim (DE)",
            "Courier · 2026-08-18T08:00:00 · unknown · out_for_delivery · - · Nijmegen",
            "DeliveryFailure · 2026-08-18T13:00:00 · unknown · out_for_delivery · attempt_failed_absent · Nijmegen",
            "ReturningFromDelivery · 2026-08-18T17:11:26 · unknown · at_local_depot · - · Nijmegen",
        ]
    );
    assert_eq!(facts(&parsed)[0]["text"], "Order information has been transmitted to DPD.");
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "05000000000001"));
    assert_eq!((parsed.error.clone(), unmapped(&parsed).len()), (None, 0));
}

#[test]
fn the_public_page_and_the_rest_service_say_the_same_in_json() {
    let parsed = source("dpd").parse(PLC.as_bytes());
    let expected = [
        "ACCEPTED · 2026-01-06T17:10:00+01:00 · guessed · handed_over · - · Wien (AT)",
        "AT_DELIVERY_DEPOT · 2026-01-07T05:02:00+01:00 · guessed · at_local_depot · - · Graz (AT)",
    ];
    assert_eq!(told(&parsed), expected);
    let content = |words: &str| json!({ "content": [{ "content": words, "bold": false, "paragraph": false }] });
    let rest = json!({ "getTrackingDataResponse": { "trackingResult": { "shipmentInfo": { "parcelLabelNumber": "1" }, "statusInfo": {
        "status": "DELIVERED", "label": content("Delivered"), "description": content("Delivered to the recipient"), "statusHasBeenReached": "true",
        "location": content("Utrecht, NL"), "date": content("06/01/2026 17:10:00") } } } });
    let parsed = source("dpd").parse(rest.to_string().as_bytes());
    assert_eq!(told(&parsed), ["DELIVERED · 2026-01-06T17:10:00+01:00 · guessed · delivered · - · Utrecht, NL"]);
    assert_eq!(facts(&parsed)[0]["text"], "Delivered to the recipient");
    // The number may be words in a box, as every other field.
    let boxed = rest.to_string().replace(r#""parcelLabelNumber":"1""#, r#""parcelLabelNumber":{"content":"05000000000007"}"#);
    let parsed = source("dpd").parse(boxed.as_bytes());
    assert_eq!((&facts(&parsed)[0]["tracking_number"], unmapped(&parsed).len()), (&json!("05000000000007"), 0));
}

#[test]
fn a_list_of_life_cycles_is_several_parcels() {
    let cycle = |number: &str| json!({ "shipmentInfo": { "parcelLabelNumber": number }, "statusInfo": [{ "status": "ACCEPTED", "label": "Handed to DPD", "date": "06.01.2026, 17:10" }] });
    let page = json!({ "parcellifecycleResponse": { "parcelLifeCycleData": [cycle("1"), cycle("2")] } });
    let parsed = source("dpd").parse(page.to_string().as_bytes());
    assert_eq!(facts(&parsed).iter().map(|fact| fact["tracking_number"].clone()).collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn scans_are_read_where_statuses_have_no_time() {
    let page = json!({ "parcellifecycleResponse": { "parcelLifeCycleData": { "shipmentInfo": { "parcelLabelNumber": "1" },
        "statusInfo": [{ "status": "ACCEPTED", "statusHasBeenReached": true, "date": "06.01.2026" }],
        "scanInfo": { "scan": [{ "date": "2026-01-06T17:10:00", "scanData": { "location": "Wien", "country": "AT" }, "scanDescription": { "content": ["Parcel handed to DPD"] }, "scanType": { "code": "13" } }] } } } });
    let parsed = source("dpd").parse(page.to_string().as_bytes());
    assert_eq!(told(&parsed), ["13 · 2026-01-06T17:10:00+01:00 · guessed · handed_over · - · Wien, AT"]);
}

#[test]
fn every_status_in_both_spellings() {
    for (status, words, milestone, exception) in [
        ("BETWEEN_DEPOTS", "", "in_network", Value::Null),
        ("Depot", "", "in_network", Value::Null),
        ("ON_THE_ROAD", "", "in_network", Value::Null),
        ("ParcelShop", "", "available_for_pickup", Value::Null),
        ("PARCEL_SHOP", "", "available_for_pickup", Value::Null),
        ("DELIVERY_FAILURE", "", "out_for_delivery", json!("undeliverable")),
        ("DeliveryFailure", "Annahme verweigert", "out_for_delivery", json!("refused")),
        ("ReturningFromDelivery", "The parcel could not be delivered", "at_local_depot", json!("undeliverable")),
        ("ReturningFromDelivery", "We have not been able to deliver", "at_local_depot", json!("undeliverable")),
        ("Delivered", "", "delivered", Value::Null),
        ("DELIVERED", "Delivered at Pickup parcelshop", "available_for_pickup", Value::Null),
        ("DELIVERED", "Picked up by consignee at Pickup parcelshop", "delivered", Value::Null),
        ("DELIVERED", "Paket wurde dem Absender zugestellt", "returned", json!("returned_to_sender")),
        ("DELIVERY_FAILURE", "COD amount not available", "out_for_delivery", json!("payment_due")),
        ("DELIVERY_FAILURE", "Empfänger unbekannt verzogen", "out_for_delivery", json!("address_problem")),
        ("DELIVERY_FAILURE", "Empfänger hat Betriebsferien", "out_for_delivery", json!("attempt_failed_closed")),
        ("DELIVERY_FAILURE", "Lack of time", "out_for_delivery", json!("delayed_by_carrier")),
        ("DELIVERY_FAILURE", "Weather conditions", "out_for_delivery", json!("weather")),
        ("ZZ", "Refused by the recipient", "out_for_delivery", json!("refused")),
        ("ZZ", "To be collected by the recipient", "available_for_pickup", Value::Null),
        ("ZZ", "Not collected by the recipient", "available_for_pickup", json!("unclaimed")),
        ("ZZ", "Collected at the shop by the recipient", "delivered", Value::Null),
        // Kinds of scan, said in no language.
        ("03", "", "out_for_delivery", Value::Null),
        ("04", "", "at_local_depot", Value::Null),
        ("10", "", "in_network", Value::Null),
        ("23", "Delivered by driver to Pickup parcelshop", "available_for_pickup", Value::Null),
        ("Delivered", "Delivered to the sender", "returned", json!("returned_to_sender")),
        ("PICKED_UP", "Your parcel has been picked up by DPD", "handed_over", Value::Null),
        ("PICKED_UP", "Das Paket wurde vom Empfänger abgeholt.", "delivered", Value::Null),
        ("RETURNED", "Das Paket wird an den Absender zurückgesandt.", "returning", json!("returned_to_sender")),
        ("RETURNED", "Returned to the sender", "returned", json!("returned_to_sender")),
        ("Teleported", "", "unknown", Value::Null),
        ("Teleported", "Out for delivery", "out_for_delivery", Value::Null),
    ] {
        let raw = format!(
            "<r><parcelLabelNumber>1</parcelLabelNumber><statusInfo><status>{status}</status><description>{words}</description><date>2026-01-06 17:10:00</date></statusInfo></r>"
        );
        let parsed = source("dpd").parse(raw.as_bytes());
        let fact = facts(&parsed)[0].clone();
        assert_eq!((&fact["milestone"], &fact["exception"]), (&json!(milestone), &exception), "{status} {words}");
        assert_eq!(fact["code"], status);
    }
}

#[test]
fn an_answer_without_a_number_is_told_and_reported() {
    let raw = SOAP.replace("<parcelLabelNumber>05000000000001</parcelLabelNumber>", "");
    let parsed = source("dpd").parse(raw.as_bytes());
    assert_eq!((facts(&parsed).len(), unmapped(&parsed)), (5, vec!["field parcelLabelNumber".to_owned()]));
    let asked = format!("<answer parcelLabelNumber=\"05000000000009\">{raw}</answer>");
    let parsed = source("dpd").parse(asked.as_bytes());
    assert_eq!((&facts(&parsed)[0]["tracking_number"], unmapped(&parsed).len()), (&json!("05000000000009"), 0));
}

#[test]
fn refusals_are_told_in_words() {
    let fault = |detail: &str| {
        format!(
            "<s:Envelope xmlns:s=\"urn:s\"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>Fault occured</faultstring><detail>{detail}</detail></s:Fault></s:Body></s:Envelope>"
        )
    };
    for (raw, words, not_found) in [
        (
            fault(
                "<a:authenticationFault xmlns:a=\"urn:a\"><errorCode>LOGIN_5</errorCode><errorMessage>The authtoken is expired</errorMessage></a:authenticationFault>",
            ),
            "refused the key",
            false,
        ),
        (
            fault("<f><faultCode>COMMON_7</faultCode><message>No parcel found for the given parcel label number</message></f>"),
            "does not know",
            true,
        ),
        (fault("<faults><faultCode>PLC_1</faultCode><message>Parcel not found</message></faults>"), "does not know", true),
        ("<getTrackingDataResponse><trackingresult/></getTrackingDataResponse>".to_owned(), "does not know", true),
        (json!({ "getTrackingDataResponse": { "trackingResult": {} } }).to_string(), "does not know", true),
        (json!({ "status": { "errorCode": "LOGIN_6", "errorMessage": "wrong password" } }).to_string(), "refused the key", false),
        (json!({}).to_string(), "not an answer", false),
        ("<r/>".to_owned(), "not an answer", false),
        ("<html></html>".to_owned(), "web page", false),
    ] {
        let parsed = source("dpd").parse(raw.as_bytes());
        let error = parsed.error.clone().expect("an error");
        assert!(error.message.contains(words) && error.hint.is_some(), "{error}");
        assert_eq!((error.not_found, parsed.inputs.len()), (not_found, 0), "{error}");
    }
}

/// A day alone is told as its first minute; the country at the end of a place may be a name.
#[test]
fn days_and_countries_are_read_as_they_are_written() {
    for (date, place, expected) in [
        ("17.08.2026", "Raunheim (DE)", "2026-08-17T00:00:00 · unknown"),
        ("8/17/2026", "Raunheim (DE)", "2026-08-17T00:00:00 · unknown"),
        ("17/08/2026, 09:05:01", "Lille (FR)", "2026-08-17T09:05:01+02:00 · guessed"),
        ("17.08.2026 09:05", "Raunheim, Germany", "2026-08-17T09:05:00+02:00 · guessed"),
        ("8/17/2026 12:05:26 AM", "Raunheim", "2026-08-17T00:05:26 · unknown"),
    ] {
        let status = json!({ "status": "DELIVERED", "description": "Delivered", "location": place, "date": date });
        let answer = json!({ "trackingResult": { "shipmentInfo": { "parcelLabelNumber": "1" }, "statusInfo": [status] } });
        let parsed = source("dpd").parse(answer.to_string().as_bytes());
        assert_eq!(told(&parsed), [format!("DELIVERED · {expected} · delivered · - · {place}")], "{date}");
    }
}

/// DPD Poland tells of several waybills in one answer, each event with its number.
#[test]
fn the_events_of_polish_waybills_are_read() {
    let raw = include_str!("../../src/carriers/dpd/samples/events_for_waybill_made_up.xml");
    let parsed = source("dpd").parse(raw.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "170309 · 2026-01-08T08:00:00+01:00 · guessed · out_for_delivery · - · Warszawa, PL",
            "190101 · 2026-01-08T12:00:00+01:00 · guessed · delivered · - · Warszawa, PL",
            "030103 · 2026-01-07T08:00:00+01:00 · guessed · announced · - · Łódź, PL",
        ]
    );
    assert_eq!(column(&facts(&parsed), "tracking_number"), ["0000000000017Q", "0000000000017Q", "0000000000025Q"]);
    assert_eq!(unmapped(&parsed).len(), 3, "codes of which no list was read are reported");
}

#[test]
fn why_it_was_not_delivered_is_in_the_words() {
    for (words, expected) in [
        ("Wegen Streik nicht zugestellt", "delayed_by_carrier"),
        ("Consignee asks for another day", "held"),
        ("Niemand thuis", "attempt_failed_absent"),
        ("Not enough time to deliver", "delayed_by_carrier"),
        ("Traffic problems", "delayed_by_carrier"),
        ("Kein Empfänger angetroffen", "attempt_failed_absent"),
        ("Adresat nieobecny", "attempt_failed_absent"),
        ("Le destinataire a déménagé", "address_problem"),
        ("Indirizzo errato", "address_problem"),
    ] {
        let status = json!({ "status": "DELIVERY_FAILURE", "description": words, "date": "17.08.2026, 19:11" });
        let payload = json!({ "trackingResult": { "shipmentInfo": { "parcelLabelNumber": "1" }, "statusInfo": [status] } });
        let parsed = source("dpd").parse(payload.to_string().as_bytes());
        assert_eq!(facts(&parsed)[0]["exception"], expected, "{words}");
    }
}

/// France's numbers of statuses are not the kinds of scan that have the same number; the United Kingdom does not repeat the parcel's.
#[test]
fn the_services_of_single_countries_are_read() {
    let french = include_str!("../../src/carriers/dpd/samples/shipment_trace_made_up.xml");
    let parsed = source("dpd").parse(french.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "10 · 2026-01-07T22:00:00+01:00 · guessed · in_network · - · LYON",
            "20 · 2026-01-08T05:30:00+01:00 · guessed · at_local_depot · - · NANTES",
            "40 · 2026-01-08T11:12:00+01:00 · guessed · delivered · - · -",
        ]
    );
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "250048000000017"));
    let british = include_str!("../../src/carriers/dpd/samples/parcel_events_made_up.json");
    assert_eq!(
        told(&source("dpd").parse(british.as_bytes())),
        [
            "007 · 2026-01-07T17:20:00+00:00 · guessed · handed_over · - · Hub 3 - Birmingham",
            "015 · 2026-01-08T07:20:00+00:00 · guessed · out_for_delivery · - · Reading",
        ]
    );
    let trace = |inside: &str| format!("<r><clsShipmentTrace>{inside}</clsShipmentTrace></r>");
    for (raw, not_found) in [
        (trace("<LastError>Shipment not found</LastError>"), true),
        (trace("<LastError>Wrong password</LastError>"), false),
        (trace("<Traces/>"), true),
    ] {
        let error = source("dpd").parse(raw.as_bytes()).error.expect("an error");
        assert_eq!(error.not_found, not_found, "{error}");
    }
}

#[test]
fn a_status_is_refined_by_its_words() {
    for (status, words, expected) in [
        ("DEPOT", "Votre colis est arrivé au dépôt de livraison.", "at_local_depot · -"),
        ("DEPOT", "Parcel stored at the depot", "at_local_depot · held"),
        ("PARCEL_SHOP", "Votre colis n'a pas été retiré et sera renvoyé à l'expéditeur", "returning · unclaimed"),
        ("PARCEL_SHOP", "Paket nicht abgeholt", "available_for_pickup · unclaimed"),
        ("DELIVERED", "Livré dans une consigne", "available_for_pickup · -"),
        ("DELIVERY_FAILURE", "Consegna rifiutata dal destinatario", "out_for_delivery · refused"),
        ("DELIVERY_FAILURE", "Paket nicht auffindbar.", "out_for_delivery · lost"),
        ("DELIVERY_FAILURE", "Colis endommagé.", "out_for_delivery · damaged"),
        ("DELIVERY_FAILURE", "Le destinataire a demandé une livraison un autre jour.", "out_for_delivery · held"),
        ("00", "DPD has received your parcel data.", "announced · -"),
        ("040101", "Przesyłka odebrana przez Kuriera", "handed_over · -"),
        ("190102", "Przesyłka doręczona do nadawcy", "returned · returned_to_sender"),
        ("330135", "Przyjęcie przesyłki w oddziale DPD", "in_network · -"),
    ] {
        let status = json!({ "status": status, "description": words, "date": "17.08.2026, 19:11" });
        let payload = json!({ "trackingResult": { "shipmentInfo": { "parcelLabelNumber": "1" }, "statusInfo": [status] } });
        let line = told(&source("dpd").parse(payload.to_string().as_bytes())).remove(0);
        assert!(line.contains(expected), "{words}: {line}");
    }
}
