use kept_domain::vocabulary::{ExceptionKind, Milestone};
use serde_json::{Value, json};

use crate::shared::{estimated_days, facts, scans, shared_sample, source};

const MIT_SAMPLES: [(&str, &str); 8] = [
    ("200", include_str!("../../src/carriers/laposte/samples/suivi_v2_200.json")),
    ("400", include_str!("../../src/carriers/laposte/samples/suivi_v2_400.json")),
    ("401", include_str!("../../src/carriers/laposte/samples/suivi_v2_401.json")),
    ("404", include_str!("../../src/carriers/laposte/samples/suivi_v2_404.json")),
    ("429", include_str!("../../src/carriers/laposte/samples/suivi_v2_429.json")),
    ("500", include_str!("../../src/carriers/laposte/samples/suivi_v2_500.json")),
    ("503", include_str!("../../src/carriers/laposte/samples/suivi_v2_503.json")),
    ("504", include_str!("../../src/carriers/laposte/samples/suivi_v2_504.json")),
];

pub fn mit_sample(code: &str) -> &'static str {
    MIT_SAMPLES.iter().find(|(name, _)| *name == code).expect("a sample").1
}

fn answer(events: &Value) -> Value {
    json!({ "lang": "fr_FR", "scope": "open", "returnCode": 200, "shipment": { "idShip": "6X00000000017", "product": "colissimo", "event": events } })
}

fn parse(value: &Value) -> kept_engine::ports::Parsed {
    source("laposte").parse(value.to_string().as_bytes())
}

fn one(code: &str, label: &str) -> (Milestone, Option<ExceptionKind>) {
    let parsed = parse(&answer(&json!([{ "code": code, "label": label, "date": "2026-01-05T10:00:00+01:00" }])));
    let scans = scans(&parsed);
    assert_eq!(scans.len(), 1, "{parsed:?}");
    (scans[0].milestone, scans[0].exception)
}

#[test]
fn the_published_200_is_two_facts() {
    let check = |raw: &[u8]| {
        let parsed = source("laposte").parse(raw);
        assert_eq!(parsed.error, None);
        assert_eq!(parsed.unmapped, []);
        insta::assert_json_snapshot!("laposte_200", facts(&parsed));
        assert_eq!(estimated_days(&parsed), ["2023-01-27"]);
    };
    check(mit_sample("200").as_bytes());
    if let Some(raw) = shared_sample("laposte/suivi_v2_200.json") {
        check(&raw);
    }
}

#[test]
fn error_answers_give_no_fact_and_say_what_to_do() {
    // Code, retryable, not found.
    let expected = [
        ("400", false, false),
        ("401", false, false),
        ("404", false, true),
        ("429", true, false),
        ("500", true, false),
        ("503", true, false),
        ("504", true, false),
    ];
    for (code, retryable, not_found) in expected {
        let shared = shared_sample(&format!("laposte/suivi_v2_{code}.json"));
        for raw in [Some(mit_sample(code).as_bytes().to_vec()), shared].into_iter().flatten() {
            let parsed = source("laposte").parse(&raw);
            assert_eq!(parsed.inputs, [], "{code}");
            let error = parsed.error.expect(code);
            assert_eq!((error.retryable, error.not_found), (retryable, not_found), "{code}: {error}");
            assert!(error.message.contains(code), "{error}");
            assert!(error.hint.is_some());
        }
    }
}

#[test]
fn what_is_not_json_is_explained() {
    let cases: [(&[u8], &str); 4] = [
        (b"<!DOCTYPE html><html><body>404 Not Found</body></html>", "a web page"),
        (b"", "nothing"),
        (b"Not Found", "not JSON"),
        (&mit_sample("200").as_bytes()[..600], "stops in the middle"),
    ];
    for (raw, words) in cases {
        let error = source("laposte").parse(raw).error.expect(words);
        assert!(error.message.contains(words), "{error}");
        assert!(error.retryable && !error.not_found && error.hint.is_some());
    }
}

#[test]
fn every_code_of_the_description() {
    use ExceptionKind as E;
    use Milestone as M;
    let table = [
        ("DR1", M::Announced, None),
        ("DR2", M::Announced, Some(E::PreparationProblem)),
        ("PC1", M::HandedOver, None),
        ("PC2", M::HandedOver, None),
        ("ET1", M::InNetwork, None),
        ("ET2", M::InNetwork, None),
        ("ET3", M::InNetwork, None),
        ("ET4", M::InNetwork, None),
        ("EP1", M::InNetwork, None),
        ("DO1", M::Customs, None),
        ("DO2", M::Customs, None),
        ("DO3", M::Customs, Some(E::CustomsHold)),
        ("PB1", M::InNetwork, Some(E::Held)),
        ("PB2", M::InNetwork, None),
        ("MD2", M::OutForDelivery, None),
        ("ND1", M::OutForDelivery, Some(E::Undeliverable)),
        ("AG1", M::AvailableForPickup, None),
        ("RE1", M::Returning, None),
        ("DI0", M::Delivered, None),
        ("DI1", M::Delivered, None),
        ("DI2", M::Returned, None),
        ("DI3", M::Unknown, None),
        ("ID0", M::Unknown, None),
    ];
    for (code, milestone, exception) in table {
        assert_eq!(one(code, ""), (milestone, exception), "{code}");
    }
}

/// Traps 1 and 2.
#[test]
fn returned_is_not_delivered_and_et1_is_not_the_van() {
    assert_eq!(one("DI2", "Votre colis a été distribué à l'expéditeur.").0, Milestone::Returned);
    assert_eq!(one("RE1", "Votre colis est retourné à son expéditeur.").0, Milestone::Returning);
    assert_eq!(one("ET1", "Votre colis est en cours de livraison vers le site de livraison.").0, Milestone::InNetwork);
}

#[test]
fn labels_choose_the_exception_whatever_the_accents() {
    use ExceptionKind as E;
    let cases = [
        ("ND1", "Le destinataire était ABSENT lors de la présentation.", E::AttemptFailedAbsent),
        ("ND1", "Un avis de passage a été déposé.", E::AttemptFailedAbsent),
        ("ND1", "L’entreprise était fermée.", E::AttemptFailedClosed),
        ("ND1", "Livraison impossible : code d’accès manquant.", E::AttemptFailedAccess),
        ("ND1", "Accès impossible, un avis de passage a été déposé.", E::AttemptFailedAccess),
        ("ND1", "L'adresse est incomplète ou erronée.", E::AddressProblem),
        ("ND1", "Le destinataire n'habite pas à l'adresse indiquée.", E::AddressProblem),
        ("ND1", "Colis refusé par le destinataire.", E::Refused),
        ("ND1", "Votre colis n'a pas pu être livré.", E::Undeliverable),
        ("PB1", "Votre colis a été ENDOMMAGÉ.", E::Damaged),
        ("PB1", "Votre colis est perdu.", E::Lost),
        ("PB1", "Votre colis est retardé.", E::DelayedByCarrier),
        ("PB1", "Votre colis n'a pas pu être mis en livraison aujourd'hui.", E::DelayedByCarrier),
        ("RE1", "Votre colis est retourné à l'expéditeur car le destinataire l'a refusé.", E::Refused),
        ("PB1", "Retard dû aux intempéries.", E::Weather),
        ("PB1", "Votre colis a été mal dirigé.", E::Missorted),
        ("PB1", "Un problème est en cours.", E::Held),
        ("DO3", "En attente de paiement des droits et taxes.", E::PaymentDue),
        ("DO3", "Documents manquants.", E::DocumentsMissing),
        ("DO3", "Retenu par la douane.", E::CustomsHold),
        ("ND1", "Le facteur n'a pas pu accéder à votre boîte aux lettres.", E::AttemptFailedAccess),
        ("ND1", "Le destinataire n'habite plus à l'adresse indiquée.", E::AddressProblem),
        ("ND1", "Your parcel could not be delivered as the company was closed.", E::AttemptFailedClosed),
        ("ND1", "Non livré en raison des intempéries.", E::Weather),
        ("ND1", "La distribution est reportée à votre demande.", E::Held),
        ("PB1", "Votre colis n'a pas été retrouvé.", E::Lost),
        ("PB1", "Votre colis a subi une erreur d'aiguillage.", E::Missorted),
        ("PB1", "Your parcel is delayed.", E::DelayedByCarrier),
        ("DO3", "Duties and taxes must be paid.", E::PaymentDue),
        ("RE1", "Votre courrier non réclamé est retourné à son expéditeur.", E::Unclaimed),
        ("RE1", "Retour à l'expéditeur : adresse incomplète.", E::AddressProblem),
    ];
    for (code, label, exception) in cases {
        assert_eq!(one(code, label).1, Some(exception), "{code} {label}");
    }
    let depot =
        "Votre colis est dans le site de livraison qui dessert votre adresse. Nous le préparons pour le mettre en livraison.";
    assert_eq!(one("MD2", depot).0, Milestone::AtLocalDepot);
    assert_eq!(one("MD2", "Votre colis est en cours de livraison.").0, Milestone::OutForDelivery);
    assert_eq!(one("MD2", "Your parcel has arrived at the delivery site.").0, Milestone::AtLocalDepot);
    assert_eq!(one("MD2", "Votre courrier est arrivé au centre courrier qui dessert votre adresse.").0, Milestone::AtLocalDepot);
    assert_eq!(one("DI1", "Votre colis a été remis à l'expéditeur.").0, Milestone::Returned);
    assert_eq!(one("DI1", "Votre courrier a été distribué à son expéditeur.").0, Milestone::Returned);
}

#[test]
fn an_exception_keeps_the_milestone_of_the_scan_before_it() {
    let parsed = parse(&answer(&json!([
        { "order": 104, "code": "RE1", "label": "Retour à l'expéditeur", "date": "2026-01-25T10:00:00+01:00" },
        { "order": 103, "code": "AG1", "label": "Disponible", "date": "2026-01-08T10:00:00+01:00" },
        { "order": 102, "code": "PB1", "label": "Colis endommagé", "date": "2026-01-07T10:00:00+01:00" },
        { "order": 101, "code": "MD2", "label": "En livraison", "date": "2026-01-06T10:00:00+01:00" },
    ])));
    let read: Vec<_> = scans(&parsed).iter().map(|scan| (scan.code.clone(), scan.milestone, scan.exception)).collect();
    assert_eq!(
        read,
        [
            ("MD2".to_owned(), Milestone::OutForDelivery, None),
            ("PB1".to_owned(), Milestone::OutForDelivery, Some(ExceptionKind::Damaged)),
            ("AG1".to_owned(), Milestone::AvailableForPickup, None),
            ("RE1".to_owned(), Milestone::Returning, Some(ExceptionKind::Unclaimed)),
        ]
    );
}

#[test]
fn an_unknown_code_is_unknown_and_reported() {
    let parsed =
        parse(&answer(&json!([{ "code": "ZZ9", "label": "Votre colis est livré", "date": "2026-01-05T10:00:00+01:00" }])));
    assert_eq!(scans(&parsed)[0].milestone, Milestone::Unknown);
    assert_eq!(parsed.unmapped.len(), 1);
    assert_eq!((parsed.unmapped[0].what.as_str(), parsed.unmapped[0].code.as_str()), ("code", "ZZ9"));
}

#[test]
fn events_of_one_moment_keep_the_source_s_order() {
    let at = "2026-01-05T10:00:00+01:00";
    let with_order =
        parse(&answer(&json!([{ "order": 2, "code": "ET1", "date": at }, { "order": 1, "code": "PC1", "date": at }])));
    let newest_first = parse(&answer(&json!([{ "code": "ET1", "date": at }, { "code": "PC1", "date": at }])));
    for parsed in [with_order, newest_first] {
        let codes: Vec<&str> = scans(&parsed).iter().map(|scan| scan.code.as_str()).collect();
        assert_eq!(codes, ["PC1", "ET1"]);
    }
}

#[test]
fn instants_decide_the_order_and_offsets_stay_as_given() {
    // 09:30 in Réunion (+04:00) is before 08:00 in Paris (+01:00).
    let parsed = parse(&answer(&json!([
        { "code": "ET3", "date": "2026-01-05T08:00:00+01:00" },
        { "code": "ET2", "date": "2026-01-05T09:30:00+04:00" },
        { "code": "PC1", "date": "2026-01-04T00:00:00Z" },
    ])));
    let at: Vec<String> = scans(&parsed).iter().map(|scan| scan.at.at_text()).collect();
    assert_eq!(at, ["2026-01-04T00:00:00+00:00", "2026-01-05T09:30:00+04:00", "2026-01-05T08:00:00+01:00"]);
}

#[test]
fn a_date_without_an_offset_gets_none() {
    let parsed = parse(&answer(&json!([{ "code": "PC1", "date": "2026-01-05T08:00:00" }])));
    let facts = facts(&parsed);
    assert_eq!((facts[0]["at"].as_str(), facts[0]["offset"].as_str()), (Some("2026-01-05T08:00:00"), Some("unknown")));
}

#[test]
fn an_event_without_a_date_is_shown_and_the_others_are_read() {
    let parsed = parse(&answer(&json!([
        { "code": "PC1", "date": "2026-01-05T08:00:00+01:00" },
        { "code": "ET1", "label": "…" },
        { "code": "ET1", "date": "yesterday" },
        "nonsense",
    ])));
    assert_eq!(scans(&parsed).len(), 1);
    assert_eq!(parsed.unmapped.iter().filter(|entry| entry.what == "event").count(), 3);
}

#[test]
fn an_array_is_accepted_for_one_number_and_for_several() {
    let one: Value = serde_json::from_str(mit_sample("200")).expect("JSON");
    let not_found =
        json!({ "returnCode": 404, "returnMessage": "Ressource non trouvée", "idShip": "6X00000000099", "lang": "fr_FR" });
    assert_eq!(scans(&parse(&json!([one]))).len(), 2);
    let mixed = json!([one, not_found, 17, one]);
    let parsed = parse(&mixed);
    assert_eq!(scans(&parsed).len(), 4);
    assert_eq!(parsed.error, None);
    let whats: Vec<_> = parsed.unmapped.iter().map(|entry| (entry.what.as_str(), entry.code.as_str())).collect();
    assert_eq!(whats, [("number", "404"), ("answer", "answer")]);
    assert!(parsed.unmapped[0].text.contains("6X00000000099"));
    assert_eq!(parse(&mixed).not_found, ["6X00000000099"]);
}

#[test]
fn when_nothing_was_found_the_error_says_so() {
    let not_found = json!({ "returnCode": 404, "returnMessage": "Not Found" });
    let error = parse(&json!([not_found, not_found])).error.expect("an error");
    assert!(error.not_found && !error.retryable);
    let mixed = parse(&json!([not_found, { "returnCode": 503 }])).error.expect("an error");
    assert!(mixed.retryable && !mixed.not_found, "{mixed}");
    assert!(!parse(&json!([])).error.expect("an error").message.is_empty());
}

#[test]
fn unknown_fields_are_reported_once_and_known_ones_are_not() {
    let mut value: Value = serde_json::from_str(mit_sample("200")).expect("JSON");
    value["aNewOne"] = json!({ "deep": true });
    value["shipment"]["robot"] = json!(1);
    value["shipment"]["contextData"]["removalPoint"] = json!({ "name": "x" });
    value["shipment"]["event"][0]["site"] = json!("A");
    value["shipment"]["event"][1]["site"] = json!("B");
    let mut fields: Vec<String> =
        parse(&value).unmapped.into_iter().filter(|entry| entry.what == "field").map(|entry| entry.code).collect();
    fields.sort();
    assert_eq!(fields, ["aNewOne", "robot", "site"]);
}

#[test]
fn ids_and_codes_may_be_numbers() {
    let parsed = parse(
        &json!({ "returnCode": "200", "shipment": { "idShip": 61234567890_u64, "event": [{ "code": "DI1", "date": "2026-01-05T08:00:00+01:00" }] } }),
    );
    assert_eq!(scans(&parsed)[0].tracking_number, "61234567890");
}

#[test]
fn a_chronopost_parcel_is_chronopost_s() {
    for (product, carrier) in [("Chronopost", "chronopost"), ("Chrono Relais 13", "chronopost"), ("Colissimo", "laposte")] {
        let parsed = parse(
            &json!({ "returnCode": 200, "shipment": { "idShip": "XX1", "product": product, "event": [{ "code": "DI1", "date": "2026-01-05T08:00:00+01:00" }] } }),
        );
        assert_eq!(scans(&parsed)[0].carrier, carrier, "{product}");
    }
}

#[test]
fn the_gateway_s_words_are_understood() {
    let parsed = parse(&json!({ "code": "BAD_REQUEST", "message": "Format incorrect" }));
    assert!(parsed.error.expect("an error").message.contains("did not accept the question (400)"));
}

#[test]
fn json_that_is_no_answer_is_an_error() {
    for value in [
        json!({}),
        json!({ "hello": 1 }),
        json!(3),
        json!(null),
        json!("x"),
        json!({ "returnCode": 200 }),
        json!({ "returnCode": 200, "shipment": {} }),
    ] {
        let parsed = parse(&value);
        assert_eq!(parsed.inputs, []);
        assert!(!parsed.error.expect("an error").message.is_empty(), "{value}");
    }
}

/// The house is not closed where its gate is, and nobody is away where a name is.
#[test]
fn labels_that_say_two_things_are_read_by_the_one_that_counts() {
    for (code, label, expected) in [
        ("ND1", "Le nom du destinataire est absent de la boîte aux lettres.", ExceptionKind::AddressProblem),
        ("ND1", "Nous n'avons pas trouvé l'adresse.", ExceptionKind::AddressProblem),
        ("ND1", "Portail fermé, accès impossible", ExceptionKind::AttemptFailedAccess),
        ("ND1", "Présence d'un chien", ExceptionKind::AttemptFailedAccess),
        ("ND1", "Une absence d'accès a empêché la livraison", ExceptionKind::AttemptFailedAccess),
        ("ND1", "Défaut d'accès ou d'adressage", ExceptionKind::AddressProblem),
        ("ND1", "Votre colis est trop volumineux pour votre boîte aux lettres", ExceptionKind::AttemptFailedAccess),
        ("PB1", "Votre colis est bloqué en attente d'informations sur l'adresse", ExceptionKind::AddressProblem),
        ("RE1", "Retour à l'expéditeur : délai d'instance dépassé", ExceptionKind::Unclaimed),
        ("DO3", "La douane a besoin d'une facture", ExceptionKind::DocumentsMissing),
        ("ND1", "Votre colis n'a pas pu être distribué par manque d'information.", ExceptionKind::AddressProblem),
        ("ND1", "Votre colis ne rentre pas dans votre boîte aux lettres", ExceptionKind::AttemptFailedAccess),
        ("ND1", "Il destinatario era assente.", ExceptionKind::AttemptFailedAbsent),
        ("PB1", "Votre colis a été mal aiguillé.", ExceptionKind::Missorted),
        ("PB1", "Nous ne parvenons pas à localiser votre colis.", ExceptionKind::Lost),
        ("DO3", "En attente de règlement de la TVA et des frais de douane", ExceptionKind::PaymentDue),
        ("ND1", "Le destinataire a demandé une nouvelle date de livraison.", ExceptionKind::Held),
        ("RE1", "Your parcel has not been collected and is returned to the sender.", ExceptionKind::Unclaimed),
    ] {
        let payload = answer(&json!([{ "code": code, "label": label, "date": "2026-01-08T09:00:00+01:00" }]));
        let parsed = source("laposte").parse(payload.to_string().as_bytes());
        assert_eq!(scans(&parsed)[0].exception, Some(expected), "{label}");
    }
}

/// Without an offset the country where it goes tells the clock, as a guess.
#[test]
fn the_country_of_arrival_tells_the_clock() {
    let mut payload = answer(&json!([{ "code": "DI1", "label": "Livré", "date": "2026-07-01T10:00:00" }]));
    assert_eq!(facts(&source("laposte").parse(payload.to_string().as_bytes()))[0]["offset"], "unknown");
    payload["shipment"]["contextData"] = json!({ "arrivalCountry": "FR" });
    let fact = facts(&source("laposte").parse(payload.to_string().as_bytes())).remove(0);
    assert_eq!((fact["at"].as_str(), fact["offset"].as_str()), (Some("2026-07-01T10:00:00+02:00"), Some("guessed")));
}
