use crate::shared::{assert_refusals, estimated_days, facts, lines, source, unmapped};

const SAMPLE: &str = include_str!("../../src/carriers/mondial_relay/samples/tracing_made_up.xml");
const CAPITALS: &str = include_str!("../../src/carriers/mondial_relay/samples/tracing_capitals_made_up.xml");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("mondial_relay").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-01-13T21:02:00 unknown handed_over - |  | Prise en charge en agence | AGENCE DE LYON",
        "2026-01-15T09:12:00+01:00 guessed available_for_pickup - |  | Colis disponible au Point Relais | LE PETIT BAZAR",
        "2026-01-16T17:35:00+01:00 guessed delivered - |  | Colis remis au destinataire | LE PETIT BAZAR",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

/// In capitals, with years of two digits, oldest first: and the shop's *delivered* is not the customer's.
#[test]
fn labels_in_capitals() {
    let parsed = source("mondial_relay").parse(CAPITALS.as_bytes());
    let expected = [
        "2026-06-01T20:02:00 unknown announced - |  | RÉCEPTION DES DONNÉES | -",
        "2026-06-02T07:11:00 unknown handed_over - |  | PRISE EN CHARGE EN AGENCE | HUB LILLE",
        "2026-06-03T05:11:00 unknown in_network - |  | RÉCEPTION EN AGENCE | AGENCE PARIS SUD",
        "2026-06-03T07:11:00 unknown out_for_delivery - |  | EN COURS DE LIVRAISON AU POINT RELAIS | AGENCE PARIS SUD",
        "2026-06-03T10:10:00+02:00 guessed available_for_pickup - |  | COLIS LIVRÉ AU POINT RELAIS | LE PETIT BAZAR",
        "2026-06-03T10:11:00+02:00 guessed available_for_pickup - |  | DISPONIBLE AU POINT RELAIS | LE PETIT BAZAR",
        "2026-06-05T17:00:00+02:00 guessed delivered - |  | COLIS LIVRÉ | LE PETIT BAZAR",
    ];
    assert_eq!(lines(&parsed), expected);
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "30000002"));
    assert_eq!((parsed.error.clone(), unmapped(&parsed).len()), (None, 0));
}

#[test]
fn labels_of_all_languages_and_of_what_goes_wrong() {
    for (before, label, milestone, exception) in [
        ("", "Data reception", "announced", "-"),
        ("", "COLIS EN COURS D'ACHEMINEMENT", "in_network", "-"),
        ("", "Recieved in agency", "handed_over", "-"),
        ("", "Delivery at Pick Up Point", "available_for_pickup", "-"),
        ("", "Parcel could not be delivered", "out_for_delivery", "undeliverable"),
        ("", "En reparto", "out_for_delivery", "-"),
        ("", "Recepcionado en el Punto Pack", "available_for_pickup", "-"),
        ("Data reception", "Recepcionado en el Punto Pack", "handed_over", "-"),
        ("", "Paquete entregado al Destinata", "delivered", "-"),
        ("", "COLIS REMIS AU TRANSPORTEUR", "in_network", "-"),
        ("", "COLIS REMIS AU LIVREUR", "out_for_delivery", "-"),
        ("", "COLIS DÉPOSÉ AU POINT RELAIS PAR L'EXPÉDITEUR", "handed_over", "-"),
        ("", "VOTRE COLIS SERA LIVRÉ DEMAIN", "in_network", "-"),
        ("", "DÉLAI DE GARDE DÉPASSÉ - COLIS EN RETOUR", "returning", "unclaimed"),
        ("", "RETOUR EXPÉDITEUR", "returning", "returned_to_sender"),
        ("", "COLIS RETOURNÉ À L'EXPÉDITEUR", "returned", "returned_to_sender"),
        ("", "DESTINATAIRE ABSENT", "out_for_delivery", "attempt_failed_absent"),
        ("", "TÉLÉPORTÉ", "unknown", "-"),
    ] {
        let one = |label: &str, hour: &str| {
            let fields = format!("<Libelle>{label}</Libelle><Date>01/06/26</Date><Heure>{hour}</Heure>");
            format!("<ret_WSI2_sub_TracingColisDetaille>{fields}</ret_WSI2_sub_TracingColisDetaille>")
        };
        let before = if before.is_empty() { String::new() } else { one(before, "08:00") };
        let raw = format!("<R><STAT>81</STAT><Tracing>{before}{}</Tracing></R>", one(label, "9:00"));
        let told = lines(&source("mondial_relay").parse(raw.as_bytes()));
        let expected = format!("2026-06-01T09:00:00 unknown {milestone} {exception} |  | {label} | -");
        assert_eq!(told.last(), Some(&expected), "{label}");
    }
}

/// The guide calls the fields otherwise than the WSDL.
#[test]
fn fields_by_the_names_of_the_guide() {
    let fields = "<Tracing_Libelle>COLIS DISPONIBLE AU POINT RELAIS</Tracing_Libelle><Tracing_Date>05/03/26</Tracing_Date><Tracing_Heure>9:05</Tracing_Heure>\
        <Tracing_Lieu>LE PETIT BAZAR</Tracing_Lieu><Tracing_Relais>012345</Tracing_Relais><Tracing_Pays>FR</Tracing_Pays>";
    let event = format!("<ret_WSI2_sub_TracingColisDetaille>{fields}</ret_WSI2_sub_TracingColisDetaille>");
    let parsed = source("mondial_relay").parse(format!("<R><STAT>81</STAT><Tracing>{event}</Tracing></R>").as_bytes());
    let expected =
        "2026-03-05T09:05:00+01:00 guessed available_for_pickup - |  | COLIS DISPONIBLE AU POINT RELAIS | LE PETIT BAZAR";
    assert_eq!(lines(&parsed), [expected]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "mondial_relay",
        &[
            (
                r#"<WSI2_TracingColisDetailleResponse xmlns="http://www.mondialrelay.fr/webservice/"><WSI2_TracingColisDetailleResult><STAT>24</STAT></WSI2_TracingColisDetailleResult></WSI2_TracingColisDetailleResponse>"#,
                true,
                false,
            ),
            ("<R><STAT>97</STAT></R>", false, false),
            ("<R><STAT>95</STAT></R>", false, false),
            ("<R><STAT>98</STAT></R>", false, false),
            ("<R><STAT>99</STAT></R>", false, true),
        ],
    );
}
