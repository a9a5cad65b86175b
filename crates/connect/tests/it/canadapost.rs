use crate::shared::{assert_refusals, estimated_days, lines, source};

const TRACKING_DETAIL: &str = include_str!("../../src/carriers/canadapost/samples/tracking_detail_made_up.xml");

const FRENCH: &str = include_str!("../../src/carriers/canadapost/samples/tracking_detail_french_made_up.xml");

const TRACKING_SUMMARY: &str = include_str!("../../src/carriers/canadapost/samples/tracking_summary_made_up.xml");

#[test]
fn tracking_detail_is_told() {
    let parsed = source("canadapost").parse(TRACKING_DETAIL.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-03-01T11:00:00-08:00 known announced - | 3000 | Electronic information submitted by shipper | -",
        "2026-03-02T03:12:44-06:00 guessed in_network - | 0100 | Item processed | WINNIPEG, MB",
        "2026-03-03T15:00:00-05:00 known out_for_delivery attempt_failed_absent | 1407 | Attempted delivery. Notice card left indicating where and when to pick up item. | TORONTO, ON",
        "2026-03-04T08:02:00-05:00 known out_for_delivery - | 0174 | Item out for delivery | TORONTO, ON",
        "2026-03-04T14:21:09-05:00 known delivered - | 1408 | Item successfully delivered | TORONTO, ON",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-03-05"]);
}

#[test]
fn tracking_summary_is_told() {
    let parsed = source("canadapost").parse(TRACKING_SUMMARY.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = ["2026-03-03T15:27:45-05:00 guessed out_for_delivery - | OUT | Out for delivery | MONTREAL"];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-03-04"]);
}

/// One identifier is said of the parcel on its way and on its way back: the words tell.
#[test]
fn the_way_back_is_told_in_french() {
    let parsed = source("canadapost").parse(FRENCH.as_bytes());
    assert_eq!((parsed.error.clone(), parsed.unmapped.len()), (None, 0));
    let expected = [
        "2026-06-10T07:43:24-04:00 known in_network address_problem | 0173 | Erreur d'adressage du client; tentative de correction. Délai possible | MONTREAL, QC",
        "2026-06-11T07:43:24-04:00 known out_for_delivery - | 0174 | Article sorti pour livraison | MONTREAL, QC",
        "2026-06-11T09:43:24-04:00 known out_for_delivery attempt_failed_absent | 1479 | Un avis a été laissé pour indiquer où et quand l'article peut être ramassé | MONTREAL, QC",
        "2026-06-12T09:43:24-04:00 known available_for_pickup - | 1701 | Article peut être ramassé au bureau de poste | DEPANNEUR MADE UP",
        "2026-07-01T09:43:24-04:00 known returning unclaimed | 1419 | Article non réclamé par le destinataire. Article retourné à l'expéditeur. | MONTREAL, QC",
        "2026-07-12T09:43:24-04:00 guessed returning returned_to_sender | 0174 | L'article renvoyé à l'expéditeur est sorti pour livraison. | OTTAWA, ON",
        "2026-07-12T11:43:24-04:00 known returned returned_to_sender | 1496 | L'article a été renvoyé avec succès à l'expéditeur. | OTTAWA, ON",
    ];
    assert_eq!(lines(&parsed), expected);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals("canadapost", &[(include_str!("../../src/carriers/canadapost/samples/messages_made_up.xml"), true, false)]);
}
