use crate::shared::{assert_refusals, column, estimated_days, facts, lines, source, unmapped};

const SAMPLE: &str = include_str!("../../src/carriers/hermes/samples/shipmentinfo_made_up.json");
const CODES: &str = include_str!("../../src/carriers/hermes/samples/shipmentinfo_codes_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("hermes").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-02-03T10:00:00+01:00 known announced - | 0000 | Die Sendung wurde Hermes elektronisch angekündigt. | -",
        "2026-02-05T08:10:00+01:00 guessed out_for_delivery - | 3000 | Die Sendung ist auf Zustelltour gegangen. | Hamburg, DE",
        "2026-02-05T14:30:00+01:00 known delivered - | 3500 | Die Sendung wurde zugestellt. | Hamburg, DE",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-02-05"]);
}

#[test]
fn codes_say_where_it_is_and_what_went_wrong() {
    let parsed = source("hermes").parse(CODES.as_bytes());
    let expected = [
        "2026-02-02T10:00:00+01:00 guessed handed_over - | 1000 | Die Sendung hat das Lager des Auftraggebers verlassen. | -",
        "2026-02-03T06:00:00+01:00 guessed at_local_depot - | 2000 | Die Sendung ist eingetroffen. | Hamburg, DEU",
        "2026-02-03T08:00:00+01:00 guessed out_for_delivery - | 3010 | Die Sendung hat das Depot auf Tour verlassen. | -",
        "2026-02-03T12:00:00+01:00 guessed out_for_delivery attempt_failed_absent | 3731 | Empfänger nicht angetroffen | -",
        "2026-02-03T18:00:00+01:00 guessed at_local_depot attempt_failed_absent | 4031 | Rücklauf | -",
        "2026-02-04T09:00:00+01:00 guessed available_for_pickup - | 3410 | Im PaketShop | -",
        "2026-02-14T09:00:00+01:00 guessed returning unclaimed | 6093 | Rückversand | -",
        "2026-02-18T09:00:00+01:00 guessed returned returned_to_sender | 7500 | Beim Auftraggeber eingetroffen | -",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!((parsed.error.clone(), unmapped(&parsed).len()), (None, 0));
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "hermes",
        &[
            (r#"{ "errors": [{ "code": "e020", "message": "Sendung nicht gefunden" }] }"#, true, false),
            (
                r#"{ "shipmentinfo": [{ "shipmentID": "H1", "result": { "code": "e404", "message": "Keine Sendungsinformation gefunden" }, "status": [] }] }"#,
                true,
                false,
            ),
        ],
    );
}

/// What a driver fetches at a shop is on its way; what the recipient fetches there is delivered.
#[test]
fn who_fetches_it_at_the_shop() {
    let event = |day: u8, words: &str| format!(r#"{{ "timestamp": "2026-02-{day:02}T12:00:00Z", "description": "{words}" }}"#);
    let history = [
        "Die Sendung wurde Hermes elektronisch angekündigt.",
        "Die Sendung ist im PaketShop eingetroffen.",
        "Der Fahrer hat die Sendung im PaketShop abgeholt.",
        "Die Sendung wurde im Logistikzentrum sortiert.",
        "Die Sendung befindet sich in der Zustellung.",
        "Die Sendung ist im PaketShop eingetroffen.",
        "Die Sendung wurde im PaketShop abgeholt.",
    ];
    let events: Vec<String> = (1..).zip(history).map(|(day, words)| event(day, words)).collect();
    let parsed = source("hermes").parse(format!(r#"{{ "shipmentID": "H1", "status": [{}] }}"#, events.join(",")).as_bytes());
    let expected =
        ["announced", "handed_over", "handed_over", "in_network", "out_for_delivery", "available_for_pickup", "delivered"];
    assert_eq!(column(&facts(&parsed), "milestone"), expected);
}

#[test]
fn a_shipment_that_is_known_and_has_no_news_is_no_error() {
    let parsed = source("hermes")
        .parse(br#"{ "shipmentinfo": [{ "shipmentID": "H1", "result": { "code": "ok", "message": "" }, "status": [] }] }"#);
    assert_eq!((parsed.error, parsed.inputs.len()), (None, 0));
}
