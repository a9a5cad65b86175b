use crate::shared::{assert_refusals, facts, lines, source, told, unmapped};

const TIMELINE: &str = include_str!("../../src/carriers/colissimo/samples/timeline_company_made_up.json");
const TRACK: &str = include_str!("../../src/carriers/colissimo/samples/track_made_up.xml");

#[test]
fn the_timeline_is_told_oldest_first_and_its_steps_are_not() {
    let parsed = source("colissimo").parse(TIMELINE.as_bytes());
    let expected = [
        "COMCFM · 2026-02-02T18:04:00 · unknown · announced · - · -",
        "PCHCFM · 2026-02-03T17:20:00 · unknown · handed_over · - · BORDEAUX PFC, 33000",
        "AARCFM · 2026-02-05T06:30:00+01:00 · guessed · at_local_depot · - · PLATEFORME DE LYON SUD, 69007, FR",
        "RENARV · 2026-02-05T11:02:00+01:00 · known · out_for_delivery · attempt_failed_absent · PLATEFORME DE LYON SUD, 69007, FR",
        "LIVCFM · 2026-02-06T10:41:00+01:00 · known · delivered · - · PLATEFORME DE LYON SUD, 69007, FR",
    ];
    assert_eq!(told(&parsed), expected);
    assert_eq!((parsed.error.clone(), unmapped(&parsed).len()), (None, 0));
}

#[test]
fn its_parcel_is_la_poste_s() {
    for (raw, number) in [(TIMELINE, "6A00000000001"), (TRACK, "8R00000000001")] {
        let facts = facts(&source("colissimo").parse(raw.as_bytes()));
        assert!(!facts.is_empty());
        assert!(facts.iter().all(|fact| fact["carrier"] == "laposte" && fact["tracking_number"] == number), "{facts:?}");
    }
}

#[test]
fn track_tells_the_last_event() {
    let parsed = source("colissimo").parse(TRACK.as_bytes());
    let expected = ["MLVARS · 2026-02-05T12:15:00+01:00 · known · available_for_pickup · - · TABAC DE L'EGLISE"];
    assert_eq!(told(&parsed), expected);
    assert_eq!((parsed.error.clone(), unmapped(&parsed).len()), (None, 0));
    // Whatever the prefix, and the day written as the French write it.
    let other = TRACK.replace("ns2:", "q:").replace(":ns2", ":q").replace("2026-02-05T12:15:00+01:00", "05/02/2026 12:15");
    assert_eq!(told(&source("colissimo").parse(other.as_bytes())), [expected[0].replace("+01:00 · known", " · unknown")]);
    let day = TRACK.replace("2026-02-05T12:15:00+01:00", "05/02/2026");
    assert_eq!(
        told(&source("colissimo").parse(day.as_bytes())),
        [expected[0].replace("T12:15:00+01:00 · known", "T00:00:00 · unknown")]
    );
}

#[test]
fn the_timeline_in_soap_and_events_within_steps() {
    let event =
        "<event><code>LIVCFM</code><labelLong>Votre colis est livré.</labelLong><date>2026-02-06T10:41:00+01:00</date></event>";
    let soap = format!(
        "<e><return><parcel>{event}<parcelNumber>6A1</parcelNumber></parcel><status><code>0</code></status></return></e>"
    );
    let within = r#"{ "status": [{ "code": 0 }], "parcel": { "parcelNumber": "6A1", "step": [
        { "stepId": 4, "labelShort": "Livraison", "status": "STEP_STATUS_ACTIVE", "date": "2026-02-06T08:00:00", "event": [] },
        { "stepId": 5, "labelShort": "Livré", "status": "STEP_STATUS_ACTIVE", "date": "2026-02-06T10:41:00",
          "event": [{ "code": "LIVCFM", "labelShort": "Livré", "date": "2026-02-06T10:41:00+01:00" }] }] } }"#;
    for raw in [soap.as_str(), within] {
        let parsed = source("colissimo").parse(raw.as_bytes());
        assert_eq!(told(&parsed), ["LIVCFM · 2026-02-06T10:41:00+01:00 · known · delivered · - · -"], "{raw}");
        assert_eq!(facts(&parsed)[0]["tracking_number"], "6A1");
    }
}

#[test]
fn a_time_without_an_offset_is_that_of_the_site() {
    for (site, at) in [
        (r#""siteZipCode": "97400", "country": "FR""#, "2026-07-01T08:00:00+04:00 guessed"),
        (r#""siteZipCode": "69007", "countryCodeISO": "FR""#, "2026-07-01T08:00:00+02:00 guessed"),
        (r#""siteZipCode": null, "country": "PORTUGAL""#, "2026-07-01T08:00:00 unknown"),
        (r#""country": "BE""#, "2026-07-01T08:00:00+02:00 guessed"),
        (r#""siteZipCode": "69007""#, "2026-07-01T08:00:00 unknown"),
    ] {
        let raw = format!(
            r#"{{ "parcel": {{ "parcelNumber": "1", "event": [{{ "code": "PCHCFM", "date": "2026-07-01T08:00:00", {site} }}] }} }}"#
        );
        let lines = lines(&source("colissimo").parse(raw.as_bytes()));
        assert!(lines.len() == 1 && lines[0].starts_with(&format!("{at} handed_over")), "{site}: {lines:?}");
    }
}

#[test]
fn a_code_comes_before_its_words() {
    for (code, label, milestone, exception) in [
        ("PCHMQT", "Votre colis est prêt à être expédié.", "announced", "-"),
        ("ENEMQT", "Votre colis n'a pas pu être récupéré", "announced", "preparation_problem"),
        ("DEPGUI", "Votre colis a été déposé dans un point postal", "handed_over", "-"),
        ("AARDVY", "Votre colis est arrivé par erreur sur un site.", "in_network", "missorted"),
        ("AARCFM", "Votre colis est arrivé sur une plateforme logistique", "in_network", "-"),
        ("CHGCFM", "Votre colis est arrivé en France", "in_network", "-"),
        ("QDICFM", "Votre colis sera présenté le prochain jour ouvré.", "at_local_depot", "-"),
        ("RSTNCG", "Votre colis est en attente de distribution", "at_local_depot", "delayed_by_carrier"),
        ("RSTFMA", "Distribution différée : intempéries", "at_local_depot", "weather"),
        ("RENNRV", "Le destinataire était absent lors de la livraison.", "out_for_delivery", "attempt_failed_absent"),
        ("RENACP", "Reportée pour absence du destinataire ou cas de force majeure", "out_for_delivery", "undeliverable"),
        ("RENCAD", "L'adresse de votre colis est incomplète.", "out_for_delivery", "address_problem"),
        ("RENAVI", "Votre colis est disponible dans votre bureau de poste.", "available_for_pickup", "-"),
        ("RENAVI", "Destinataire absent avisé", "available_for_pickup", "attempt_failed_absent"),
        ("RSTBRT", "Votre colis est disponible au bureau de poste.", "available_for_pickup", "-"),
        ("LIVGAR", "Votre colis a été livré au gardien", "delivered", "-"),
        ("LIVCFM", "Colis livré à l'expéditeur", "returned", "returned_to_sender"),
        // It begins like "delivered", and is not.
        ("LIVREO", "Le colis est livré à l'expéditeur suite à un retour", "returned", "returned_to_sender"),
        ("RENAVA", "Le colis est retourné à l'expéditeur suite à un refus du destinataire", "returning", "refused"),
        ("RENDIA", "Le destinataire du colis n'habite pas à l'adresse indiquée.", "returning", "address_problem"),
        ("RENATT", "Retour à l'expéditeur, délai d'instance expiré", "returning", "unclaimed"),
        ("SOLREO", "Le colis est retourné à l'expéditeur", "returning", "returned_to_sender"),
        ("DOUFCM", "Facture manquante, votre colis est retenu en douane.", "customs", "documents_missing"),
        ("DOUDOU", "Votre colis est retenu en douane pour dédouanement", "customs", "customs_hold"),
        // Not in the list: the sentence is read.
        ("XXXXXX", "Votre colis est en cours de livraison", "out_for_delivery", "-"),
        ("XXXXXX", "Votre colis n'a pas pu être mis en livraison", "at_local_depot", "delayed_by_carrier"),
        ("XXXXXX", "Le colis est retourné à l'expéditeur suite à un refus du destinataire", "returning", "refused"),
        ("XXXXXX", "Le colis est retourné à l'expéditeur", "returning", "returned_to_sender"),
        ("XXXXXX", "Votre colis est livré", "delivered", "-"),
        (
            "XXXXXX",
            "Votre colis n'a pu être livré. Il sera remis en livraison le prochain jour ouvré.",
            "out_for_delivery",
            "undeliverable",
        ),
        ("XXXXXX", "L'accès était impossible. Votre colis sera remis en livraison.", "out_for_delivery", "attempt_failed_access"),
        ("XXXXXX", "L'établissement était fermé. Votre colis sera présenté lundi.", "out_for_delivery", "attempt_failed_closed"),
        (
            "XXXXXX",
            "Vous étiez absent. Votre colis sera présenté une nouvelle fois demain.",
            "out_for_delivery",
            "attempt_failed_absent",
        ),
        ("XXXXXX", "Votre colis sera présenté prochainement.", "at_local_depot", "-"),
        ("XXXXXX", "Votre colis a été déposé dans un point postal", "handed_over", "-"),
        ("LIVCFM", "Votre colis a été livré au point de retrait", "available_for_pickup", "-"),
        ("XXXXXX", "Votre colis est disponible dans votre point de retrait", "available_for_pickup", "-"),
        ("XXXXXX", "Votre colis est sorti du bureau d'échange", "in_network", "-"),
        ("XXXXXX", "Votre colis est en transit pour vous être livré le plus rapidement possible.", "in_network", "-"),
        ("XXXXXX", "Votre colis est dans le site de livraison. Nous le préparons.", "at_local_depot", "-"),
        ("XXXXXX", "Votre colis n'a pas été réclamé. Il est retourné à l'expéditeur", "returning", "unclaimed"),
        ("XXXXXX", "L'adresse est incomplète. Le colis est retourné à l'expéditeur", "returning", "address_problem"),
        ("XXXXXX", "Facture manquante, votre colis est retenu en douane.", "customs", "documents_missing"),
        ("XXXXXX", "Votre colis est retenu en douane", "customs", "customs_hold"),
        (
            "XXXXXX",
            "Le destinataire était absent. Colis disponible au bureau de poste",
            "available_for_pickup",
            "attempt_failed_absent",
        ),
        ("XXXXXX", "Le destinataire a retiré son colis présenté en bureau", "delivered", "-"),
        ("XXXXXX", "Téléporté", "unknown", "-"),
    ] {
        let raw = format!(
            "<r><return><errorCode>0</errorCode><eventCode>{code}</eventCode><eventDate>2026-02-05T12:15:00+01:00</eventDate>\
             <eventLibelle>{label}</eventLibelle><skybillNumber>1</skybillNumber></return></r>"
        );
        let parsed = source("colissimo").parse(raw.as_bytes());
        assert_eq!(
            told(&parsed),
            [format!("{code} · 2026-02-05T12:15:00+01:00 · known · {milestone} · {exception} · -")],
            "{label}"
        );
        assert_eq!(unmapped(&parsed).is_empty(), code != "XXXXXX" || is_a_label(label), "{label}");
    }
}

/// Whether the sentence stands in Colissimo's own table, which settles it; the shared words report the code all the same.
fn is_a_label(label: &str) -> bool {
    let own = [
        "mis en livraison",
        "retourné à l'expéditeur",
        "accès",
        "fermé",
        "absent",
        "présenté",
        "point postal",
        "bureau d'échange",
        "pour vous être livré",
        "site de livraison",
        "Facture",
    ];
    own.iter().any(|own| label.contains(own)) && !label.contains("pu être livré")
}

#[test]
fn what_is_on_its_way_back_does_not_arrive() {
    let event = |code: &str, hour: u8| format!(r#"{{ "code": "{code}", "date": "2026-02-05T{hour:02}:00:00+01:00" }}"#);
    let events = [event("MLVARS", 8), event("SOLREO", 9), event("AARCFM", 10), event("LIVCFM", 11)].join(",");
    let raw = format!(r#"{{ "parcel": {{ "parcelNumber": "1", "event": [{events}] }} }}"#);
    let expected = [
        "MLVARS · 2026-02-05T08:00:00+01:00 · known · available_for_pickup · - · -",
        "SOLREO · 2026-02-05T09:00:00+01:00 · known · returning · unclaimed · -",
        "AARCFM · 2026-02-05T10:00:00+01:00 · known · returning · returned_to_sender · -",
        "LIVCFM · 2026-02-05T11:00:00+01:00 · known · returned · returned_to_sender · -",
    ];
    assert_eq!(told(&source("colissimo").parse(raw.as_bytes())), expected);
}

#[test]
fn what_it_says_instead_is_explained() {
    let track = |code: u16, said: &str| {
        format!(
            "<r><return><errorCode>{code}</errorCode><errorMessage>{said}</errorMessage><skybillNumber>1</skybillNumber></return></r>"
        )
    };
    let timeline = |code: u16, said: &str| {
        format!(r#"{{ "lang": "fr_FR", "status": [{{ "code": "{code}", "message": "{said}" }}], "parcel": null }}"#)
    };
    for answer in [track, timeline] {
        let refusals = [
            (answer(105, "Numéro de colis inconnu"), true, false),
            (answer(0, ""), true, false),
            (answer(101, "Numéro de colis invalide"), false, false),
            (answer(103, "Numéro de colis datant de plus de 90 jours"), false, false),
            (answer(104, "Numéro de colis hors plage client"), false, false),
            (answer(201, "Identifiant / mot de passe invalide"), false, false),
            (answer(202, ""), false, false),
            (answer(1000, "Erreur système"), false, true),
        ];
        let refusals: Vec<(&str, bool, bool)> =
            refusals.iter().map(|(raw, unknown, again)| (raw.as_str(), *unknown, *again)).collect();
        assert_refusals("colissimo", &refusals);
    }
    let message =
        source("colissimo").parse(track(202, "Service non autorisé pour cet identifiant").as_bytes()).error.expect("an error");
    assert!(message.message.contains("refused the key (202)"), "{message}");
}

#[test]
fn a_parcel_that_is_known_and_has_no_event_is_no_error() {
    for parcel in [
        r#"{ "parcelNumber": "1", "event": [] }"#,
        r#"{ "parcelNumber": "1", "event": [], "step": [{ "stepId": 0, "labelShort": "Annonce", "date": "2026-02-02T18:04:00" }] }"#,
    ] {
        let raw = format!(r#"{{ "status": [{{ "code": "0", "message": "" }}], "parcel": {parcel} }}"#);
        let parsed = source("colissimo").parse(raw.as_bytes());
        assert_eq!((parsed.error.clone(), parsed.inputs.len()), (None, 0), "{parcel}");
    }
}
