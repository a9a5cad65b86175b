use crate::shared::{assert_refusals, column, estimated_days, facts, lines, source, unmapped};

const COMPLETE: &str = include_str!("../../src/carriers/postnl/samples/complete_status_made_up.json");

const CURRENT: &str = include_str!("../../src/carriers/postnl/samples/current_status_made_up.json");

const UPDATED: &str = include_str!("../../src/carriers/postnl/samples/updated_shipments_made_up.json");

#[test]
fn the_events_of_a_complete_status_are_told_oldest_first() {
    let parsed = source("postnl").parse(COMPLETE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-03T16:00:00+01:00 guessed announced - | 01A | Zending is aangemeld maar nog niet ontvangen door PostNL | -",
        "2026-02-04T02:17:49+01:00 guessed in_network - | X03 | Zending is gesorteerd | 000001",
        "2026-02-04T09:12:00+01:00 guessed out_for_delivery - | X04 | Bezorger is onderweg | 000002",
        "2026-02-04T14:31:09+01:00 guessed delivered - | X05 | Zending is bezorgd | 000002",
    ];
    // The status says of the newest event what the event says.
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-02-04"]);
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "3SXXXX000000017"));
    assert_eq!(unmapped(&parsed), ["code X03", "code X04", "code X05"]);
}

#[test]
fn a_current_status_is_one_scan_on_the_clock_of_its_destination() {
    let parsed = source("postnl").parse(CURRENT.as_bytes());
    assert_eq!(parsed.error, None);
    assert_eq!(lines(&parsed), ["2026-07-08T10:13:20+02:00 guessed out_for_delivery - | 7 | Shipment out for delivery | -"]);
    assert_eq!(estimated_days(&parsed), ["2026-07-08"]);
    assert_eq!(parsed.unmapped, []);
}

#[test]
fn updated_shipments_are_a_list_of_parcels() {
    let parsed = source("postnl").parse(UPDATED.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-03T02:17:49 unknown in_network - | 5 | Zending gesorteerd | -",
        "2026-02-03T04:15:00 unknown announced - | 13 | Voorgemeld: nog niet aangenomen | -",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(column(&facts(&parsed), "tracking_number"), ["3SXXXX000000033", "3SXXXX000000041"]);
}

#[test]
fn old_statuses_are_the_history_where_there_are_no_events() {
    let parsed = source("postnl").parse(
        br#"{ "CompleteStatus": { "Shipment": { "Barcode": "3S1", "Event": [],
            "OldStatus": [{ "TimeStamp": "04-02-2026 14:31:09", "StatusCode": "12", "StatusDescription": "Zending beschikbaar op afhaallocatie" },
                          { "TimeStamp": "03-02-2026 16:00", "StatusCode": "1", "StatusDescription": "Zending voorgemeld" }],
            "Status": { "TimeStamp": "06-02-2026 17:05:00", "StatusCode": "22", "StatusDescription": "Zending afgehaald", "PhaseCode": "4" } } } }"#,
    );
    let expected = [
        "2026-02-03T16:00:00 unknown announced - | 1 | Zending voorgemeld | -",
        "2026-02-04T14:31:09 unknown available_for_pickup - | 12 | Zending beschikbaar op afhaallocatie | -",
        "2026-02-06T17:05:00 unknown delivered - | 22 | Zending afgehaald | -",
    ];
    assert_eq!(lines(&parsed), expected);
}

#[test]
fn every_status_that_is_in_the_list() {
    for (code, description, milestone, exception) in [
        ("1", "Zending voorgemeld", "announced", "-"),
        ("2", "Zending in ontvangst genomen", "handed_over", "-"),
        ("3", "Zending afgehaald", "handed_over", "-"),
        ("4", "Zending niet afgehaald", "announced", "preparation_problem"),
        ("5", "Shipment sorted", "in_network", "-"),
        ("6", "Zending niet gesorteerd", "in_network", "-"),
        ("7", "Zending in distributieproces", "out_for_delivery", "-"),
        ("8", "Zending niet afgeleverd", "out_for_delivery", "undeliverable"),
        ("8", "Niet thuis", "out_for_delivery", "attempt_failed_absent"),
        ("9", "Zending bij douane", "customs", "-"),
        ("11", "Zending afgeleverd", "delivered", "-"),
        ("11", "Zending afgeleverd bij afzender", "returned", "returned_to_sender"),
        ("12", "Zending beschikbaar op afhaallocatie", "available_for_pickup", "-"),
        ("13", "Voorgemeld: nog niet aangenomen", "announced", "-"),
        ("14", "Voorgemeld: definitief niet aangenomen", "announced", "preparation_problem"),
        ("18", "Definitief manco", "in_network", "lost"),
        ("20", "Zending in inklaringsproces", "customs", "-"),
        ("22", "Zending afgehaald", "delivered", "-"),
        ("99", "Niet van toepassing", "unknown", "-"),
        ("16", "Manco sortering", "unknown", "-"),
    ] {
        let raw = format!(
            r#"{{ "CurrentStatus": {{ "Shipment": {{ "Barcode": "3S1", "Status": {{ "TimeStamp": "08-07-2026 10:13:20", "StatusCode": "{code}", "StatusDescription": "{description}" }} }} }} }}"#
        );
        let parsed = source("postnl").parse(raw.as_bytes());
        assert_eq!(lines(&parsed), [format!("2026-07-08T10:13:20 unknown {milestone} {exception} | {code} | {description} | -")]);
        assert_eq!(parsed.unmapped.is_empty(), !["99", "16"].contains(&code), "{code}");
    }
}

#[test]
fn events_are_read_from_their_words() {
    for (description, milestone, exception) in [
        ("Zending is aangemeld maar nog niet ontvangen door PostNL", "announced", "-"),
        ("Zending ontvangen door PostNL", "handed_over", "-"),
        ("Zending is gesorteerd", "in_network", "-"),
        ("Vertraging in de bezorging", "in_network", "delayed_by_carrier"),
        ("Bezorger is onderweg", "out_for_delivery", "-"),
        ("Ontvanger niet thuis", "out_for_delivery", "attempt_failed_absent"),
        ("Zending geweigerd door ontvanger", "out_for_delivery", "refused"),
        ("Zending ligt klaar op een PostNL-locatie", "available_for_pickup", "-"),
        ("Zending is bezorgd", "delivered", "-"),
        ("Zending is bezorgd bij de buren", "delivered", "-"),
        ("Zending is bezorgd op een afhaallocatie", "available_for_pickup", "-"),
        ("Zending wordt geretourneerd", "returning", "returned_to_sender"),
        ("Zending retour afzender", "returning", "returned_to_sender"),
        ("Shipment delivered", "delivered", "-"),
        ("Niet bezorgd: ook niet bij de buren", "out_for_delivery", "undeliverable"),
        ("Niet afgehaald op de afhaallocatie, retour afzender", "returning", "unclaimed"),
        ("Zending is onderweg naar een afhaallocatie", "in_network", "-"),
        ("Zending is geteleporteerd", "unknown", "-"),
    ] {
        let raw = format!(
            r#"{{ "CompleteStatus": {{ "Shipment": {{ "Barcode": "3S1", "Event": {{ "TimeStamp": "08-07-2026 10:13:20", "Code": "Z99", "LocationCode": "1", "Description": "{description}" }} }} }} }}"#
        );
        let told = lines(&source("postnl").parse(raw.as_bytes()));
        assert_eq!(told, [format!("2026-07-08T10:13:20+02:00 guessed {milestone} {exception} | Z99 | {description} | 1")]);
    }
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "postnl",
        &[
            (r#"{ "CurrentStatus": {}, "Warnings": [{ "Code": "2", "Description": "No shipment found" }] }"#, true, false),
            (
                r#"{ "Warnings": { "Warning": { "Code": "2", "Description": "No shipment found" } }, "CurrentStatus": null }"#,
                true,
                false,
            ),
            (r#"{ "Errors": [{ "Code": "1", "Description": "Invalid barcode format" }] }"#, false, false),
            (
                r#"{ "fault": { "faultstring": "Invalid ApiKey", "detail": { "errorcode": "oauth.v2.InvalidApiKey" } } }"#,
                false,
                false,
            ),
            (r#"{ "message": "Too many requests" }"#, false, true),
        ],
    );
}
