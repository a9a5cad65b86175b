use crate::shared::{assert_refusals, estimated_days, facts, lines, source, unmapped};

const SAMPLE: &str = include_str!("../../src/carriers/dhl_parcel_de/samples/piece_detail_made_up.xml");
const PUBLIC: &str = include_str!("../../src/carriers/dhl_parcel_de/samples/status_public_made_up.xml");
const RETURN: &str = include_str!("../../src/carriers/dhl_parcel_de/samples/piece_detail_return_made_up.xml");

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

/// The public query has no list of events: the parcel's own state is the one scan.
#[test]
fn the_public_query_is_one_scan() {
    let parsed = source("dhl_parcel_de").parse(PUBLIC.as_bytes());
    let text = "The shipment is in the parcel center of destination.";
    assert_eq!(lines(&parsed), [format!("2026-03-16T05:43:00+01:00 guessed at_local_depot - | ULFMV | {text} | -")]);
    assert_eq!(facts(&parsed)[0]["tracking_number"], "00340000000000000024");
}

/// What goes back is not delivered, whichever site it passes; and the standard event code decides where nothing else does.
#[test]
fn a_parcel_that_goes_back() {
    let parsed = source("dhl_parcel_de").parse(RETURN.as_bytes());
    let expected = [
        "2026-07-17T15:26:00+02:00 guessed customs - | CSTBR | Die Auslands-Sendung wird zur Verzollung im Zielland vorbereitet. | Schweiz",
        "2026-07-18T11:43:00+02:00 guessed customs undeliverable | NTDEL | Die Sendung konnte nicht zugestellt werden. | Bern, Schweiz",
        "2026-07-18T15:43:00+02:00 guessed available_for_pickup - | CNRFC | Die Sendung wurde in die Packstation eingestellt. | Bern, Schweiz",
        "2026-07-19T08:00:00+02:00 guessed out_for_delivery - | XXXXX | Es gibt Neues. | Bern, Schweiz",
        "2026-07-20T15:26:00+02:00 guessed returning returned_to_sender | RETRN | Die Sendung wird an den Absender zurückgesandt. | Schweiz",
        "2026-07-24T02:02:00+02:00 guessed returning returned_to_sender | LDTMV | Die Sendung wurde im Start-Paketzentrum bearbeitet. | Speyer, Deutschland",
        "2026-07-26T10:02:00+02:00 guessed returned returned_to_sender | DLVRD | Die Sendung wurde erfolgreich zugestellt. | Bonn, Deutschland",
    ];
    assert_eq!(lines(&parsed), expected);
    assert!(unmapped(&parsed).contains(&"code XXXXX".to_owned()));
}

#[test]
fn codes_of_which_the_words_say_nothing() {
    for (ice, milestone, exception) in [
        ("PARCV", "announced", "-"),
        ("HLDCC", "available_for_pickup", "-"),
        ("DLVRF", "out_for_delivery", "refused"),
        ("MSRTD", "in_network", "missorted"),
        ("DMGDS", "in_network", "damaged"),
        ("LDEXC", "in_network", "delayed_by_carrier"),
        ("DSPSD", "in_network", "destroyed"),
        ("CANCL", "cancelled", "-"),
        ("ZF", "available_for_pickup", "-"),
    ] {
        let event = format!(r#"<data name="piece-event" event-timestamp="20.07.2026 15:26" event-status="…" ice="{ice}"/>"#);
        let raw = format!(r#"<data name="piece-shipment" piece-code="1"><data name="piece-event-list">{event}</data></data>"#);
        let parsed = source("dhl_parcel_de").parse(raw.as_bytes());
        assert_eq!(lines(&parsed), [format!("2026-07-20T15:26:00 unknown {milestone} {exception} | {ice} | … | -")]);
    }
}

#[test]
fn words_where_there_is_no_code() {
    for (words, milestone) in [
        ("Die Sendung wurde für den Weitertransport in die Region des Empfängers vorbereitet.", "in_network"),
        ("Die Sendung ist in der Region des Empfängers angekommen.", "at_local_depot"),
        ("Die Sendung wurde beim Nachbarn abgegeben.", "delivered"),
        ("Der Abholauftrag wurde erteilt.", "announced"),
        ("Die Sendung wurde vom Absender in die PACKSTATION eingeliefert.", "handed_over"),
    ] {
        for ice in ["", "LDTMV"] {
            // What only says that something moved does not say more than the words.
            if !ice.is_empty() && !words.contains("Region") {
                continue;
            }
            let event =
                format!(r#"<data name="piece-event" event-timestamp="20.07.2026 15:26" event-status="{words}" ice="{ice}"/>"#);
            let raw =
                format!(r#"<data name="piece-shipment" piece-code="1"><data name="piece-event-list">{event}</data></data>"#);
            let told = lines(&source("dhl_parcel_de").parse(raw.as_bytes()));
            assert_eq!(told, [format!("2026-07-20T15:26:00 unknown {milestone} - | {ice} | {words} | -")]);
        }
    }
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "dhl_parcel_de",
        &[
            (r#"<data name="piece-shipment-list" code="100" error="Keine Daten gefunden." request-id="0"/>"#, true, false),
            (
                r#"<data name="piece-shipment-list" code="0" request-id="0"><data name="piece-shipment" error-status="100" piece-status="100" piece-status-desc="Keine Daten gefunden" status="" piece-code="1"/></data>"#,
                true,
                false,
            ),
        ],
    );
}
