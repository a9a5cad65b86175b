use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/dhl_parcel_de/samples/piece_detail_made_up.xml");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("dhl_parcel_de").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-01-09T10:00:00+01:00 guessed announced - | PARCV | Die Sendung wurde elektronisch angekündigt. | Deutschland",
        "2026-01-10T19:30:00+01:00 guessed in_network - | LDTMV | Die Sendung wurde im Start-Paketzentrum bearbeitet. | Rüdersdorf, Deutschland",
        "2026-01-12T08:15:00+01:00 guessed out_for_delivery - | SRTED | Die Sendung wurde in das Zustellfahrzeug geladen. | Bonn, Deutschland",
        "2026-01-12T14:02:00+01:00 guessed delivered - | DLVRD | Die Sendung wurde erfolgreich zugestellt. | Bonn, Deutschland",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "dhl_parcel_de",
        &[(r#"<data name="piece-shipment-list" code="100" error="Keine Daten gefunden." request-id="0"/>"#, true, false)],
    );
}
