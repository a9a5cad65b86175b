use kept_engine::ports::Parsed;
use serde_json::{Value, json};

use crate::shared::{facts, source, told};

pub const V1: &str = include_str!("../../src/carriers/gls/samples/track_and_trace_v1_made_up.json");
const TU_STATUS: &str = include_str!("../../src/carriers/gls/samples/tu_status_made_up.json");

fn parse(value: &Value) -> Parsed {
    source("gls").parse(value.to_string().as_bytes())
}

/// Trap 4: DELIVEREDPS is a parcel shop, not the customer; `+0100` is an offset.
#[test]
fn a_parcel_shop_is_not_the_customer() {
    let parsed = source("gls").parse(V1.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "X.1 · 2026-01-07T09:00:00+01:00 · known · announced · - · Berlin, 12681, DE",
            "X.2 · 2026-01-07T15:00:00+01:00 · known · handed_over · - · Berlin, 12681, DE",
            "X.3 · 2026-01-07T23:00:00+01:00 · known · in_network · - · Neuenstein, 36286, DE",
            "X.7 · 2026-01-08T05:00:00+01:00 · known · at_local_depot · - · Lyon, 69007, FR",
            "X.8 · 2026-01-08T07:00:00+01:00 · known · out_for_delivery · - · Lyon, 69007, FR",
            "X.9 · 2026-01-08T10:12:00+01:00 · known · available_for_pickup · - · Lyon, 69007, FR",
        ]
    );
    assert_eq!(parsed.error, None);
}

#[test]
fn the_public_page_gives_days_and_times_apart() {
    let parsed = source("gls").parse(TU_STATUS.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            " · 2026-01-07T15:00:00+01:00 · guessed · handed_over · - · Paris, FR",
            " · 2026-01-08T10:12:00+01:00 · guessed · delivered · - · Lyon, FR",
        ]
    );
}

#[test]
fn older_shapes_are_read() {
    let parsed = parse(&json!({ "parcels": [{ "timestamp": "2026-01-08T10:12:00", "status": "DELIVERED", "trackid": "ZC000001",
        "references": [{ "type": "UNITNO", "value": "50000000003" }, { "type": "CUSTREF", "value": "mine" }],
        "events": [{ "timestamp": "2026-01-08T10:12:00", "description": "The parcel has been delivered.", "location": "Lyon", "country": "FR", "code": "3.0" }] }] }));
    assert_eq!(told(&parsed), ["3.0 · 2026-01-08T10:12:00+01:00 · guessed · delivered · - · Lyon, FR"]);
    assert_eq!(facts(&parsed)[0]["tracking_number"], "50000000003");
    let parsed = parse(&json!({ "UnitDetail": { "TrackID": "ZC000002", "History": [
        { "Date": "2026-01-08T10:12:00", "LocationCode": "FR1", "Location": "Lyon", "Country": "FR", "StatusCode": "INDELIVERY", "Description": "In delivery" }] } }));
    assert_eq!(told(&parsed), ["INDELIVERY · 2026-01-08T10:12:00+01:00 · guessed · out_for_delivery · - · Lyon, FR"]);
}

#[test]
fn every_status_of_a_parcel() {
    for (status, milestone, exception) in [
        ("PREADVICE", "announced", Value::Null),
        ("PLANNEDPICKUP", "announced", Value::Null),
        ("INPICKUP", "announced", Value::Null),
        ("INTRANSIT", "in_network", Value::Null),
        ("INWAREHOUSE", "in_network", Value::Null),
        ("INDELIVERY", "out_for_delivery", Value::Null),
        ("DELIVERED", "delivered", Value::Null),
        ("DELIVEREDPS", "available_for_pickup", Value::Null),
        ("NOTDELIVERED", "out_for_delivery", json!("undeliverable")),
        ("NOTPICKEDUP", "announced", json!("preparation_problem")),
        ("CANCELED", "cancelled", Value::Null),
        ("TELEPORTED", "unknown", Value::Null),
    ] {
        let parsed = parse(&json!({ "unitno": "1", "status": status, "statusDateTime": "2026-01-08T10:12:00+0200" }));
        let fact = facts(&parsed)[0].clone();
        assert_eq!((&fact["code"], &fact["at"]), (&json!(status), &json!("2026-01-08T10:12:00+02:00")));
        assert_eq!((&fact["milestone"], &fact["exception"]), (&json!(milestone), &exception), "{status}");
        assert_eq!(parsed.unmapped.is_empty(), status != "TELEPORTED");
    }
}

#[test]
fn what_events_say() {
    for (words, status, milestone, exception) in [
        ("The parcel has been delivered / dropped off.", "DELIVERED", "delivered", Value::Null),
        ("The parcel has been delivered / dropped off.", "DELIVEREDPS", "available_for_pickup", Value::Null),
        ("Das Paket wurde durch den Versender im GLS PaketShop abgegeben.", "INTRANSIT", "handed_over", Value::Null),
        ("Das Paket wurde im GLS PaketShop zugestellt.", "DELIVEREDPS", "available_for_pickup", Value::Null),
        ("Das Paket wurde vom Empfänger abgeholt.", "DELIVERED", "delivered", Value::Null),
        (
            "The parcel has reached the maximum storage time in the ParcelShop.",
            "INWAREHOUSE",
            "available_for_pickup",
            json!("unclaimed"),
        ),
        ("The parcel was sorted incorrectly.", "INTRANSIT", "in_network", json!("missorted")),
        ("The parcel is being returned to the sender.", "INTRANSIT", "returning", json!("returned_to_sender")),
        ("The parcel was handed over by the ParcelShop to the driver.", "INTRANSIT", "in_network", Value::Null),
        ("Das Paket wurde vom Empfänger im PaketShop abgeholt.", "DELIVERED", "delivered", Value::Null),
        ("Not delivered because consignee not in", "NOTDELIVERED", "out_for_delivery", json!("attempt_failed_absent")),
        ("Not delivered due to declined acceptance", "NOTDELIVERED", "out_for_delivery", json!("refused")),
        ("Not out for delivery because missing parcel", "NOTDELIVERED", "in_network", json!("lost")),
        ("The parcel was not picked up by the consignee.", "INWAREHOUSE", "available_for_pickup", json!("unclaimed")),
        ("The parcel is being returned to the depot.", "INTRANSIT", "at_local_depot", Value::Null),
        (
            "The parcel could not be delivered to the ParcelShop because it was closed.",
            "NOTDELIVERED",
            "out_for_delivery",
            json!("attempt_failed_closed"),
        ),
        ("The parcel can be picked up by the consignee.", "INWAREHOUSE", "available_for_pickup", Value::Null),
        ("Pickup performed", "INTRANSIT", "handed_over", Value::Null),
        ("Export cleared", "INTRANSIT", "customs", Value::Null),
        (
            "The parcel could not be picked up as the goods were not packed.",
            "NOTPICKEDUP",
            "announced",
            json!("preparation_problem"),
        ),
        ("Het pakket wordt in de loop van de dag geleverd.", "INDELIVERY", "out_for_delivery", Value::Null),
        ("The parcel was handed over to GLS by the sender at the ParcelShop.", "INTRANSIT", "handed_over", Value::Null),
        ("Das Paket hat den GLS PaketShop erreicht.", "DELIVEREDPS", "available_for_pickup", Value::Null),
        ("Das Paket wird an den Versender zurückgesendet.", "NOTDELIVERED", "returning", json!("returned_to_sender")),
        ("The parcel is damaged.", "INTRANSIT", "in_network", json!("damaged")),
        ("The parcel was released by customs.", "INTRANSIT", "customs", Value::Null),
        ("Customs clearance is delayed due to a missing invoice.", "INTRANSIT", "customs", json!("documents_missing")),
        ("Die Zollabfertigung ist abgeschlossen.", "INTRANSIT", "customs", Value::Null),
        ("The consignee was informed by email.", "INTRANSIT", "in_network", Value::Null),
        (
            "The parcel could not be delivered as the consignee refused to pay charges.",
            "NOTDELIVERED",
            "out_for_delivery",
            json!("payment_due"),
        ),
        (
            "The parcel could not be delivered as further address information is needed.",
            "NOTDELIVERED",
            "in_network",
            json!("address_problem"),
        ),
        ("The parcel could not be delivered due to the weather condition.", "NOTDELIVERED", "out_for_delivery", json!("weather")),
    ] {
        let event = json!({ "code": "9.99", "description": words, "eventDateTime": "2026-01-08T10:12:00+0200" });
        let parsed = parse(&json!({ "parcels": [{ "unitno": "1", "status": status, "events": [event] }] }));
        let fact = facts(&parsed)[0].clone();
        assert_eq!((&fact["milestone"], &fact["exception"]), (&json!(milestone), &exception), "{words}");
    }
}

#[test]
fn refusals_are_told_in_words() {
    for (value, words, not_found) in [
        (
            json!({ "parcels": [{ "requested": "1", "errorCode": "404", "errorMessage": "Parcel not found" }] }),
            "does not know",
            true,
        ),
        (json!({ "parcels": [] }), "does not know", true),
        (json!({ "errors": [{ "exitCode": "E001", "exitMessage": "Authentication failed" }] }), "refused the key", false),
        (json!({ "lastError": "E000", "exceptionText": "No data found" }), "does not know", true),
        (json!({}), "not an answer", false),
        (json!({ "parcels": [{ "events": [{}] }] }), "without a number", false),
    ] {
        let parsed = parse(&value);
        let error = parsed.error.clone().expect("an error");
        assert!(error.message.contains(words) && error.hint.is_some(), "{error}");
        assert_eq!((error.not_found, parsed.inputs.len()), (not_found, 0), "{error}");
    }
}

/// Codes are the same in every language; words and the parcel's status come before them.
#[test]
fn a_code_says_what_no_words_do() {
    for (code, words, milestone) in [
        ("0.100", "Csomagadatok", "announced"),
        ("0.0", "", "handed_over"),
        ("1.0", "", "in_network"),
        ("2.0", "The parcel has reached the final parcel center.", "at_local_depot"),
        ("11.0", "Kiszállítás", "out_for_delivery"),
        ("3.0", "Kézbesítve", "delivered"),
        ("3.0", "The parcel has been returned to the sender.", "returned"),
    ] {
        let event = |code: &str, words: &str, day: &str| json!({ "code": code, "description": words, "eventDateTime": day });
        let events = [event("9.99", "?", "2026-01-09T10:12:00+0200"), event(code, words, "2026-01-08T10:12:00+0200")];
        let parsed = parse(&json!({ "parcels": [{ "unitno": "1", "status": "INTRANSIT", "events": events }] }));
        assert_eq!(facts(&parsed)[0]["milestone"], milestone, "{code} {words}");
    }
    let shop = json!({ "code": "3.0", "description": "?", "eventDateTime": "2026-01-08T10:12:00+0200" });
    let parsed = parse(&json!({ "parcels": [{ "unitno": "1", "status": "DELIVEREDPS", "events": [shop] }] }));
    assert_eq!(facts(&parsed)[0]["milestone"], "available_for_pickup");
}

#[test]
fn a_day_alone_and_a_country_s_name_are_read() {
    for (date, expected) in
        [("2026-07-01T08:00:00", "2026-07-01T08:00:00+02:00 · guessed"), ("2026-07-01", "2026-07-01T00:00:00 · unknown")]
    {
        let event =
            json!({ "code": "2.0", "description": "x", "city": "Neuenstein", "country": "Germany", "eventDateTime": date });
        let parsed = parse(&json!({ "parcels": [{ "unitno": "1", "status": "INTRANSIT", "events": [event] }] }));
        assert_eq!(told(&parsed), [format!("2.0 · {expected} · in_network · - · Neuenstein, Germany")]);
        // The code stands for the same as the status: nothing is left unsaid.
        assert_eq!(parsed.unmapped, []);
    }
}

/// MyGLS: a list of numbered statuses with Microsoft's dates, in the language that was asked for.
#[test]
fn the_statuses_of_mygls_are_read() {
    let raw = include_str!("../../src/carriers/gls/samples/parcel_statuses_made_up.json");
    let parsed = source("gls").parse(raw.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "51 · 2026-01-06T10:00:00+01:00 · known · announced · - · -",
            "12 · 2026-01-07T13:00:00+01:00 · known · announced · attempt_failed_absent · Budapest",
            // The words are Hungarian: the number says it.
            "05 · 2026-01-08T12:00:00+01:00 · known · delivered · - · Budapest",
        ]
    );
    assert_eq!((facts(&parsed)[0]["tracking_number"].as_str(), parsed.unmapped.len()), (Some("5000000017"), 0));
    let unknown = parse(
        &json!({ "ParcelNumber": 0, "ParcelStatusList": [], "GetParcelStatusErrors": [{ "ErrorCode": 13, "ErrorDescription": "Parcel number not found." }] }),
    );
    assert!(unknown.error.expect("an error").not_found);
}

/// A box of the recipient's own and one where parcels are fetched have one name; the parcel's status tells them apart.
#[test]
fn whose_box_it_is_the_status_says() {
    for (status, expected) in
        [("DELIVERED", "delivered"), ("DELIVEREDPS", "available_for_pickup"), ("INTRANSIT", "available_for_pickup")]
    {
        let event = json!({ "code": "9.9", "description": "The parcel has been delivered to the parcel box.", "country": "DE", "eventDateTime": "2026-01-08T09:00:00+0100" });
        let parsed = parse(&json!({ "parcels": [{ "unitno": "1", "status": status, "events": [event] }] }));
        assert_eq!(facts(&parsed)[0]["milestone"], expected, "{status}");
    }
}

/// The codes have names in some countries, and words in languages that no table has.
#[test]
fn named_codes_say_what_their_words_do_not() {
    for (code, words, expected) in [
        ("INTIAL.PREADVICE", "Pakkedata modtaget", "announced"),
        ("INTIAL.E48_DATA", "The parcel was provided by the sender for collection by GLS.", "announced"),
        ("INTIAL.NORMAL", "Pakken er indleveret", "handed_over"),
        ("INBOUD.NORMAL", "Pakken er ankommet", "in_network"),
        ("OUTDEL.NORMAL", "Pakken er ude", "out_for_delivery"),
        ("DELIVD.PARCELSHOP", "Pakkeshop", "available_for_pickup"),
        ("9.9", "The parcel is being delivered.", "out_for_delivery"),
        ("9.9", "The parcel has been delivered to the parcel box.", "available_for_pickup"),
        ("9.9", "The pickup request has been cancelled as there were no goods to be picked up.", "cancelled"),
        ("9.9", "The parcel was handed over to the GLS partner.", "in_network"),
    ] {
        let event = json!({ "code": code, "description": words, "city": "--", "postalCode": "-", "country": "DK", "eventDateTime": "2026-01-08T09:00:00+0100" });
        let parsed = parse(&json!({ "parcels": [{ "unitno": "1", "events": [event] }] }));
        assert_eq!(
            (&facts(&parsed)[0]["milestone"], &facts(&parsed)[0]["location"]),
            (&json!(expected), &json!("DK")),
            "{words}"
        );
    }
}

/// Italy's and Spain's lists of codes are their own: there the words count, and a code is not what it stands for elsewhere.
#[test]
fn what_is_told_in_xml_is_read() {
    let tu_details = include_str!("../../src/carriers/gls/samples/tu_details_made_up.xml");
    let italian = include_str!("../../src/carriers/gls/samples/get_xml_track_made_up.xml");
    let spanish = include_str!("../../src/carriers/gls/samples/get_exp_cli_made_up.xml");
    for (raw, number, lines) in [
        (
            tu_details,
            "50000000021",
            &[
                "0.0 · 2026-01-07T05:02:00+01:00 · guessed · handed_over · - · Bornheim, Germany",
                "3.0 · 2026-01-08T11:40:00+01:00 · guessed · delivered · - · Odense, Denmark",
            ][..],
        ),
        (
            italian,
            "860000017",
            &[
                " · 2026-01-07T18:00:00 · unknown · in_network · - · Lyon",
                "904 · 2026-01-08T05:58:00+01:00 · guessed · at_local_depot · - · FIRENZE",
                "905 · 2026-01-08T08:12:00+01:00 · guessed · out_for_delivery · - · FIRENZE",
                "3 · 2026-01-09T11:30:00+01:00 · guessed · out_for_delivery · attempt_failed_absent · -",
            ],
        ),
        (
            spanish,
            "61700000000017",
            &[
                "0 · 2026-01-07T18:12:00 · unknown · announced · - · MADRID",
                "3 · 2026-01-08T11:12:00 · unknown · announced · address_problem · SEVILLA",
                // Who signed is nobody's business.
                "7 · 2026-01-09T10:12:00 · unknown · delivered · - · SEVILLA",
            ],
        ),
    ] {
        let parsed = source("gls").parse(raw.as_bytes());
        assert_eq!(told(&parsed), lines);
        assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == number), "{number}");
        assert_eq!(parsed.error, None);
    }
    // ShipIT says in SOAP what it says in JSON; an event says more than the status that is its code.
    let shipit = "<e><ns2:UnitDetail xmlns:ns2=\"urn:t\"><ns2:TrackID>ZC000002</ns2:TrackID><ns2:History><ns2:Date>2026-01-08T10:12:00</ns2:Date>\
                  <ns2:Location>Lyon</ns2:Location><ns2:Country>France</ns2:Country><ns2:StatusCode>INTRANSIT</ns2:StatusCode>\
                  <ns2:Description>The parcel was handed over to GLS.</ns2:Description></ns2:History></ns2:UnitDetail></e>";
    let parsed = source("gls").parse(shipit.as_bytes());
    assert_eq!(told(&parsed), ["INTRANSIT · 2026-01-08T10:12:00+01:00 · guessed · handed_over · - · Lyon, France"]);
    for (raw, words, not_found) in [
        ("<ERRORE><TESTOERRORE>Spedizione non trovata</TESTOERRORE></ERRORE>", "does not know", true),
        ("<r><ExitCode><ErrorCode>998</ErrorCode><ErrorDscr>No data found</ErrorDscr></ExitCode></r>", "does not know", true),
        ("<r><faultstring>Authentication failed</faultstring></r>", "refused the key", false),
        ("<r/>", "not an answer", false),
        ("<html></html>", "web page", false),
    ] {
        let error = source("gls").parse(raw.as_bytes()).error.expect("an error");
        assert!(error.message.contains(words) && error.not_found == not_found, "{error}");
    }
}

/// The word for *delivered* is that for *handed over* in some languages, and stands in what did not happen in others.
#[test]
fn languages_say_delivered_of_other_things() {
    for (code, words, expected, exception) in [
        ("0.100", "Il pacco non è ancora stato consegnato a GLS.", "announced", "-"),
        ("0.0", "Il pacco è stato consegnato a GLS.", "handed_over", "-"),
        ("0.0", "El paquete ha sido entregado a GLS.", "handed_over", "-"),
        ("11.0", "Se espera que el paquete sea entregado durante el día.", "out_for_delivery", "-"),
        ("11.0", "Le colis devrait être livré dans le courant de la journée.", "out_for_delivery", "-"),
        ("11.0", "Le colis est en cours de livraison au Relais GLS.", "out_for_delivery", "-"),
        ("11.0", "Het pakket wordt vandaag bezorgd.", "out_for_delivery", "-"),
        ("9.9", "Het pakket wordt teruggestuurd naar de afzender.", "returning", "returned_to_sender"),
        ("9.9", "Le colis n'a pas pu être livré faute d'accès.", "out_for_delivery", "attempt_failed_access"),
        ("9.9", "Het pakket kon niet worden afgeleverd, de ontvanger was afwezig.", "out_for_delivery", "attempt_failed_absent"),
        ("9.9", "Paczka została doręczona do punktu ParcelShop.", "available_for_pickup", "-"),
        ("9.9", "Le colis a été livré à l'expéditeur.", "returned", "returned_to_sender"),
        ("9.9", "Le colis est de retour à l'agence GLS.", "at_local_depot", "-"),
        ("9.9", "Das Paket konnte aufgrund von Zeitmangel nicht zugestellt werden.", "out_for_delivery", "delayed_by_carrier"),
        ("9.9", "The parcel could not be found.", "in_network", "lost"),
        ("9.9", "CERRADO DEFINITIVO", "in_network", "-"),
    ] {
        let event = |code: &str, words: &str, day: &str| json!({ "code": code, "description": words, "eventDateTime": day });
        // The parcel's status is of its newest event, not of this one.
        let events = [event("9.99", "?", "2026-01-09T09:00:00+0100"), event(code, words, "2026-01-08T09:00:00+0100")];
        let parsed = parse(&json!({ "parcels": [{ "unitno": "1", "status": "DELIVERED", "events": events }] }));
        let expected = format!("{code} · 2026-01-08T09:00:00+01:00 · known · {expected} · {exception} · -");
        assert_eq!(told(&parsed)[0], expected, "{words}");
    }
}
