use crate::shared::{assert_refusals, estimated_days, lines, source};

const ITEMS: &str = include_str!("../../src/carriers/bpost/samples/items_made_up.json");

const TRACKING_INFO: &str = include_str!("../../src/carriers/bpost/samples/tracking_info_made_up.xml");

#[test]
fn items_is_told() {
    let parsed = source("bpost").parse(ITEMS.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-02T09:00:00 unknown announced - |  | Confirmation of preparation of the parcel received | -",
        "2026-02-02T23:10:00 unknown in_network - |  | Parcel in the sorting centre | -",
        "2026-02-03T11:42:00+01:00 guessed delivered - |  | Parcel delivered | GENT X, BE",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-02-03"]);
}

#[test]
fn tracking_info_is_told() {
    let parsed = source("bpost").parse(TRACKING_INFO.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = ["2026-02-02T23:10:00+01:00 known in_network - | 60 | Parcel in the sorting centre | -"];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "bpost",
        &[
            (r#"{ "error": "NO_DATA_FOUND", "message": "No data found" }"#, true, false),
            (r#"{ "error": "NO_DATA_FOUND" }"#, true, false),
            (r#"{ "items": [] }"#, true, false),
        ],
    );
}

#[test]
fn four_languages() {
    for (language, description, milestone, exception) in [
        ("EN", "Confirmation of preparation of the item received", "announced", "-"),
        ("EN", "Shipment is taken over from the sender", "handed_over", "-"),
        ("EN", "Departure to country of destination", "in_network", "-"),
        ("EN", "Parcel could not be delivered: receiver not at home", "out_for_delivery", "attempt_failed_absent"),
        ("EN", "Item will be delivered tomorrow", "in_network", "-"),
        ("EN", "Parcel available in pick-up point", "available_for_pickup", "-"),
        ("EN", "Item picked up by the addressee", "delivered", "-"),
        ("EN", "Item delivered", "delivered", "-"),
        ("EN", "Item not delivered", "out_for_delivery", "undeliverable"),
        ("FR", "Colis disponible dans le point d'enlèvement", "available_for_pickup", "-"),
        ("FR", "Envoi livré chez un voisin", "delivered", "-"),
        ("FR", "Envoi en tournée de distribution", "out_for_delivery", "-"),
        ("EN", "Item arrived in the distribution office", "at_local_depot", "-"),
        ("NL", "We hebben je pakje ontvangen", "handed_over", "-"),
        ("NL", "Zending wordt gesorteerd", "in_network", "-"),
        ("NL", "Zending beschikbaar in het afhaalpunt", "available_for_pickup", "-"),
        ("NL", "Zending kon niet geleverd worden", "out_for_delivery", "undeliverable"),
        ("NL", "Zending geleverd", "delivered", "-"),
        ("DE", "Sendung zugestellt", "delivered", "-"),
        ("EN", "Item teleported", "unknown", "-"),
    ] {
        let raw = format!(
            r#"{{ "items": [{{ "itemCode": "1", "events": [{{ "date": "2026-02-03", "time": "11:42", "key": {{ "{language}": {{ "description": "{description}" }} }}, "location": null }}] }}] }}"#
        );
        let told = lines(&source("bpost").parse(raw.as_bytes()));
        assert_eq!(told, [format!("2026-02-03T11:42:00 unknown {milestone} {exception} |  | {description} | -")]);
    }
}
