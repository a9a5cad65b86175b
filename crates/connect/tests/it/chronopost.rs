use crate::shared::{facts, source, told, unmapped};

pub const V2: &str = include_str!("../../src/carriers/chronopost/samples/track_skybill_v2_made_up.xml");
const PICKUP: &str = include_str!("../../src/carriers/chronopost/samples/track_skybill_v2_pickup_made_up.xml");

#[test]
fn a_history_is_told_with_its_offsets() {
    let parsed = source("chronopost").parse(V2.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "DC · 2026-01-06T09:58:30+01:00 · known · announced · - · Web Services",
            "DB · 2026-01-06T17:10:00+01:00 · known · handed_over · - · CHRONOPOST LYON, 69000",
            "TS · 2026-01-07T01:00:00+01:00 · known · in_network · - · HUB EXPRESS",
            "SD · 2026-01-07T05:00:00+01:00 · known · at_local_depot · - · CHRONOPOST PARIS",
            "TA · 2026-01-07T08:00:00+01:00 · known · out_for_delivery · - · CHRONOPOST PARIS",
            // The reason beside it says why; who signed does not.
            "ZZ · 2026-01-07T11:00:00+01:00 · known · out_for_delivery · attempt_failed_absent · CHRONOPOST PARIS",
            "D · 2026-01-08T10:05:00+01:00 · known · delivered · - · CHRONOPOST PARIS",
        ]
    );
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "XX000000001FR" && fact["carrier"] == "chronopost"));
    assert_eq!((parsed.error.clone(), unmapped(&parsed).len()), (None, 0));
}

#[test]
fn a_shop_gets_it_before_the_customer_does() {
    let parsed = source("chronopost").parse(PICKUP.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "EA · 2026-02-04T15:00:00+01:00 · known · announced · - · -",
            // From the shop to the driver: on its way, and nobody's.
            "TT · 2026-02-04T18:00:00+01:00 · known · in_network · - · -",
            "EC · 2026-02-04T23:30:00+01:00 · known · in_network · - · -",
            "A2 · 2026-02-05T06:00:00+01:00 · known · in_network · delayed_by_carrier · -",
            "RB · 2026-02-05T09:00:00+01:00 · known · out_for_delivery · - · -",
            "AB · 2026-02-05T12:00:00+01:00 · known · available_for_pickup · - · PARIS, 75011",
            "SM · 2026-02-05T12:02:00+01:00 · known · available_for_pickup · - · -",
            "RI · 2026-02-06T17:21:33+01:00 · known · delivered · - · TABAC DE L'EGLISE, 75011",
        ]
    );
    assert_eq!((parsed.error.clone(), unmapped(&parsed).len()), (None, 0));
}

#[test]
fn any_prefix_and_every_operation() {
    let prefixed =
        V2.replace("<events>", "<q:events xmlns:q=\"urn:q\">").replace("</events>", "</q:events>").replace("soap:", "S:");
    let prefixed = prefixed.replace("xmlns:soap", "xmlns:S");
    assert_eq!(told(&source("chronopost").parse(prefixed.as_bytes())).len(), 7);
    let one = "<code>D</code><eventDate>2026-01-08T10:05:00+01:00</eventDate><eventLabel>Livraison effectuée</eventLabel>";
    for inner in [
        format!("<listEvents><events>{one}</events><skybillNumber>XX1</skybillNumber></listEvents>"),
        format!("<listParcel><skybillNumber>XX1</skybillNumber><listEvents><events>{one}</events></listEvents></listParcel>"),
        format!("<parcels><significantEvent>{one}</significantEvent><skybillNumber>XX1</skybillNumber></parcels>"),
    ] {
        let parsed = source("chronopost").parse(format!("<a><return><errorCode>0</errorCode>{inner}</return></a>").as_bytes());
        assert_eq!(told(&parsed), ["D · 2026-01-08T10:05:00+01:00 · known · delivered · - · -"], "{inner}");
        assert_eq!(facts(&parsed)[0]["tracking_number"], "XX1");
    }
}

#[test]
fn labels_settle_what_no_code_does() {
    for (code, label, milestone, exception) in [
        ("D", "Livré au point relais", "available_for_pickup", "-"),
        ("D", "Colis retiré au point relais", "delivered", "-"),
        ("D", "Livraison effectuée à l'expéditeur", "returned", "returned_to_sender"),
        ("P", "Echec de livraison suite à l'absence du destinataire.", "out_for_delivery", "attempt_failed_absent"),
        ("IA", "Livraison reportée de 24h", "in_network", "delayed_by_carrier"),
        ("SK", "Colis en attente d'informations complémentaires de votre part", "in_network", "documents_missing"),
        ("SJ", "Problème douanier résolu, colis en cours d'acheminement", "customs", "-"),
        ("EI", "Colis entré dans le pays de destination", "in_network", "-"),
        ("ZZ", "Colis mal dirigé", "in_network", "missorted"),
        ("ZZ", "Colis en instance au bureau de poste", "available_for_pickup", "-"),
        ("ZZ", "Colis trié sur le site de distribution", "at_local_depot", "-"),
        ("R", "Colis en retour expéditeur", "returning", "returned_to_sender"),
        ("ZZ", "Colis non retiré au point de retrait", "available_for_pickup", "unclaimed"),
        ("ZZ", "Retour à l'expéditeur en cours", "returning", "returned_to_sender"),
        ("ZZ", "Livré à l'expéditeur", "returned", "returned_to_sender"),
        ("ZZ", "Envoi disponible en point relais", "available_for_pickup", "-"),
        ("ZZ", "Dédouanement en cours", "customs", "-"),
        ("ZZ", "Adresse incomplète", "out_for_delivery", "address_problem"),
        ("ZZ", "Envoi en retour à l'agence", "at_local_depot", "-"),
        ("ZZ", "Export depuis le pays d'origine", "in_network", "-"),
        ("ZZ", "Taxes et droits de douane à payer par le destinataire", "customs", "payment_due"),
        ("ZZ", "Livraison retardée en raison des intempéries", "in_network", "weather"),
        ("ZZ", "Colis déposé par l'expéditeur au point relais", "handed_over", "-"),
        ("ZZ", "Sorted in delivery location", "at_local_depot", "-"),
        ("ZZ", "Colis arrivé à l'agence destinataire", "at_local_depot", "-"),
        ("D", "Colis livré au relais Pickup, en attente de retrait", "available_for_pickup", "-"),
        ("ZZ", "Colis volé", "in_network", "lost"),
        ("ZZ", "Destinataire a déménagé", "out_for_delivery", "address_problem"),
        ("ZZ", "Shipment is being returned to sender", "returning", "returned_to_sender"),
        ("ZZ", "Parcel delivered to pick-up point", "available_for_pickup", "-"),
        ("ZZ", "Parcel collected by recipient", "delivered", "-"),
        ("ZZ", "Colis non retiré par le destinataire", "available_for_pickup", "unclaimed"),
        ("ZZ", "Le colis n'a pas pu être remis au destinataire", "out_for_delivery", "undeliverable"),
        ("ZZ", "Votre colis sera livré au point relais", "in_network", "-"),
        ("ZZ", "Parcel at post office, to be collected by consignee", "available_for_pickup", "-"),
        ("ZZ", "Téléporté", "unknown", "-"),
    ] {
        let raw = format!(
            "<r><events><code>{code}</code><eventDate>2026-01-08T10:05:00+01:00</eventDate><eventLabel>{label}</eventLabel></events><skybillNumber>1</skybillNumber></r>"
        );
        assert_eq!(
            told(&source("chronopost").parse(raw.as_bytes())),
            [format!("{code} · 2026-01-08T10:05:00+01:00 · known · {milestone} · {exception} · -")],
            "{label}"
        );
    }
}

#[test]
fn refusals_are_told_in_words() {
    for (raw, words, not_found) in [
        ("<r><return><errorCode>0</errorCode></return></r>", "does not know", true),
        (
            "<r><return><errorCode>2</errorCode><errorMessage>The parcel number format is incorrect</errorMessage></return></r>",
            "did not accept",
            false,
        ),
        ("<r><return><errorCode>1</errorCode><errorMessage>System error</errorMessage></return></r>", "out of order", false),
        (
            "<s:Envelope xmlns:s=\"urn:s\"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>Internal error</faultstring></s:Fault></s:Body></s:Envelope>",
            "out of order",
            false,
        ),
        ("<r><events><code>D</code><eventDate>2026-01-08T10:05:00</eventDate></events></r>", "without a number", false),
        ("<r/>", "not an answer", false),
        ("{}", "not an answer", false),
        ("soon", "not JSON", false),
        ("", "nothing", false),
    ] {
        let parsed = source("chronopost").parse(raw.as_bytes());
        let error = parsed.error.clone().expect("an error");
        assert!(error.message.contains(words) && error.hint.is_some(), "{error}");
        assert_eq!((error.not_found, parsed.inputs.len()), (not_found, 0), "{error}");
    }
}

/// The same answer in JSON, with the same names.
#[test]
fn json_is_read_alike() {
    let raw = include_str!("../../src/carriers/chronopost/samples/track_skybill_v2_made_up.json");
    let parsed = source("chronopost").parse(raw.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "DC · 2026-01-06T09:00:00+01:00 · known · announced · - · -",
            "N · 2026-01-08T11:15:00+01:00 · known · out_for_delivery · attempt_failed_absent · LYON CHRONOPOST, 69000",
        ]
    );
    let empty = source("chronopost").parse(br#"{ "errorCode": 0, "listEventInfoComp": { "events": [], "skybillNumber": "X" } }"#);
    assert!(empty.error.expect("an error").not_found);
}

#[test]
fn labels_that_say_two_things_are_read_by_the_one_that_counts() {
    for (label, expected) in [
        ("Envoi non réclamé, retour à l'expéditeur", "returning · unclaimed"),
        ("Livraison reportée à la demande du destinataire", "in_network · held"),
        ("Colis en cours de réacheminement vers son site de distribution", "in_network · -"),
        ("En attente d'instructions de l'expéditeur", "in_network · held"),
        ("Colis remis par l'expéditeur au bureau de poste", "handed_over · -"),
        ("Colis remis en boîte aux lettres", "delivered · -"),
        ("Votre colis est en cours d'acheminement vers l'agence de livraison", "in_network · -"),
        ("Envoi en attente, absence d'accès", "out_for_delivery · attempt_failed_access"),
        ("Grève : votre colis sera livré ultérieurement", "in_network · delayed_by_carrier"),
        ("Envoi avisé en bureau de poste", "available_for_pickup · -"),
        ("Destinataire absent : livraison reprogrammée", "out_for_delivery · attempt_failed_absent"),
        // An instruction is no locker, nor is a locker an instruction.
        ("En attente de consignes de l'expéditeur", "in_network · held"),
        ("Colis disponible en consigne Pickup", "available_for_pickup · -"),
        ("Paiement des droits et taxes effectué", "customs · -"),
        ("Envoi en cours de traitement douanier", "customs · -"),
        ("Colis en cours d'acheminement vers l'expéditeur", "returning · returned_to_sender"),
        ("Envoi pris en charge par le partenaire local", "in_network · -"),
        ("Enlèvement non effectué : colis non prêt", "announced · preparation_problem"),
        ("Le destinataire n'est pas venu retirer son colis", "available_for_pickup · unclaimed"),
        ("Parcel delayed in transit", "in_network · delayed_by_carrier"),
        ("Livraison effectuée au relais Pickup", "available_for_pickup · -"),
        ("Colis stocké en agence dans l'attente d'une nouvelle livraison", "at_local_depot · held"),
    ] {
        let raw = format!(
            "<r><list><skybillNumber>X</skybillNumber><events><code>Q9</code><eventLabel>{label}</eventLabel>\
             <eventDate>2026-01-06T09:58:30+01:00</eventDate></events></list></r>"
        );
        let line = told(&source("chronopost").parse(raw.as_bytes())).remove(0);
        assert!(line.contains(expected), "{label}: {line}");
    }
}
