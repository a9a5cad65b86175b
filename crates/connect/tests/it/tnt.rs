use crate::shared::{assert_refusals, estimated_days, facts, lines, source, told, unmapped};

const SAMPLE: &str = include_str!("../../src/carriers/tnt/samples/track_response_made_up.xml");
const FRENCH: &str = include_str!("../../src/carriers/tnt/samples/track_response_fr_made_up.xml");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("tnt").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        // The depot of origin lies in the country of origin; of the others the country is not said.
        "2026-02-02T16:30:00+01:00 guessed handed_over - | PP | Shipment Collected From Sender | Lille",
        "2026-02-03T00:35:00 unknown in_network - | TT | Shipment Received At Transit Point. | Liege Euro Hub",
        "2026-02-04T08:05:00 unknown out_for_delivery - | OD | Out For Delivery. | Dublin",
        "2026-02-04T11:10:00 unknown out_for_delivery attempt_failed_absent | QQ | Customer Not Home. Follow Up Actions Underway | Dublin",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-02-04"]);
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "000000001" && fact["carrier"] == "tnt"));
}

#[test]
fn a_consignment_that_is_not_found_does_not_hide_the_others() {
    let parsed = source("tnt").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.not_found, ["000000002"]);
    assert_eq!(unmapped(&parsed).iter().filter(|entry| entry.starts_with("number")).count(), 1);
}

#[test]
fn within_one_country_every_depot_s_clock_is_known() {
    let parsed = source("tnt").parse(FRENCH.as_bytes());
    let expected = [
        // A day without a time has no offset.
        "QQ · 2026-07-02T00:00:00 · unknown · handed_over · - · Lyon",
        "OD · 2026-07-03T07:10:00+02:00 · guessed · out_for_delivery · - · Nantes",
        "OK · 2026-07-03T09:05:00+02:00 · guessed · delivered · - · Nantes",
    ];
    assert_eq!(told(&parsed), expected);
    assert_eq!((parsed.error.clone(), estimated_days(&parsed).len()), (None, 0));
}

fn consignment(summary: &str, statuses: &[(&str, &str)]) -> String {
    let statuses: String = statuses
        .iter()
        .enumerate()
        .map(|(place, (code, said))| {
            let minute = 59 - place;
            format!(
                "<StatusData><StatusCode>{code}</StatusCode><StatusDescription><![CDATA[{said}]]></StatusDescription>\
                 <LocalEventDate format=\"YYYYMMDD\">20260204</LocalEventDate><LocalEventTime format=\"HHMM\">10{minute}</LocalEventTime></StatusData>"
            )
        })
        .collect();
    format!(
        "<TrackResponse><Consignment access=\"public\"><ConsignmentNumber>1</ConsignmentNumber><SummaryCode>{summary}</SummaryCode>{statuses}</Consignment></TrackResponse>"
    )
}

#[test]
fn words_tell_what_no_code_does() {
    for (code, said, milestone, exception) in [
        ("OK", "Shipment Delivered In Good Condition.", "delivered", "-"),
        ("OK", "Colis livré à l'expéditeur", "returned", "returned_to_sender"),
        ("RES", "Consignment Delivered To Residential", "delivered", "-"),
        ("ZZ", "Shipment Delivered Damaged.", "delivered", "damaged"),
        ("ZZ", "Shipment Received At Transit Point.", "in_network", "-"),
        ("ZZ", "Shipment Arrived At Tnt Location", "in_network", "-"),
        ("ZZ", "Received At Destination Depot", "at_local_depot", "-"),
        ("ZZ", "Onforwarded For Delivery", "in_network", "-"),
        ("ZZ", "Closed On Delivery Attempt. Follow Up Actions Underway", "out_for_delivery", "attempt_failed_closed"),
        ("ZZ", "Contact With Receiver Required To Agree Delivery Date/time", "at_local_depot", "held"),
        ("ZZ", "Delivery Date/time Slot Agreed With Receiver", "at_local_depot", "-"),
        ("ZZ", "Pre-arrival Customs Clearance In Progress", "in_network", "-"),
        ("ZZ", "Customs Clearance In Progress.", "customs", "-"),
        ("ZZ", "Released By Customs", "customs", "-"),
        ("ZZ", "Delay Due To Congestion En Route. Recovery Action Underway.", "in_network", "delayed_by_carrier"),
        ("ZZ", "Connection Delay. Recovery Actions Underway.", "in_network", "delayed_by_carrier"),
        ("ZZ", "Shipment Rerouted. Recovery Actions Underway.", "in_network", "delayed_by_carrier"),
        ("ZZ", "Delivery Address Incorrect/incomplete/missing", "out_for_delivery", "address_problem"),
        ("ZZ", "Shipment Refused By Receiver", "out_for_delivery", "refused"),
        ("ZZ", "Colis en cours de livraison", "out_for_delivery", "-"),
        ("ZZ", "Destinataire absent, avis de passage laissé", "out_for_delivery", "attempt_failed_absent"),
        ("ZZ", "Destinataire fermé", "out_for_delivery", "attempt_failed_closed"),
        ("ZZ", "Colis arrivé à l'agence de livraison", "at_local_depot", "-"),
        ("ZZ", "Colis livré dans le relais colis", "available_for_pickup", "-"),
        ("ZZ", "Ramassage effectué", "handed_over", "-"),
        ("ZZ", "Colis pris en charge", "handed_over", "-"),
        ("ZZ", "Votre colis sera pris en charge demain", "announced", "-"),
        ("ZZ", "En cours de livraison depuis l'agence de livraison", "out_for_delivery", "-"),
        ("ZZ", "Shipment Collected By Receiver", "delivered", "-"),
        ("ZZ", "Shipment Rerouted", "in_network", "-"),
        ("ZZ", "Refused By Receiver. Being Returned To Sender", "returning", "refused"),
        ("ZZ", "Colis en cours de retour vers l'expéditeur", "returning", "returned_to_sender"),
        ("ZZ", "Awaiting Customs Documents From Receiver", "customs", "documents_missing"),
        ("ZZ", "Colis livré", "delivered", "-"),
        ("ZZ", "Retour à l'expéditeur", "returning", "returned_to_sender"),
        ("ZZ", "Colis retourné à l'expéditeur", "returned", "returned_to_sender"),
    ] {
        let parsed = source("tnt").parse(consignment("EXC", &[(code, said)]).as_bytes());
        assert_eq!(told(&parsed), [format!("{code} · 2026-02-04T10:59:00 · unknown · {milestone} · {exception} · -")], "{said}");
    }
}

#[test]
fn the_summary_is_of_the_newest_status_only() {
    for (summary, milestone, exception) in
        [("DEL", "delivered", "-"), ("INT", "in_network", "-"), ("EXC", "in_network", "held"), ("NEW", "unknown", "-")]
    {
        let parsed = source("tnt").parse(consignment(summary, &[("YY", "Teleported"), ("XX", "Teleported")]).as_bytes());
        let expected = [
            "XX · 2026-02-04T10:58:00 · unknown · unknown · - · -".to_owned(),
            format!("YY · 2026-02-04T10:59:00 · unknown · {milestone} · {exception} · -"),
        ];
        assert_eq!(told(&parsed), expected);
        // Whatever it means, nobody has read what the code is.
        assert_eq!(unmapped(&parsed), ["code XX", "code YY"]);
    }
}

#[test]
fn a_summary_without_statuses_tells_of_the_arrival() {
    let raw = "<TrackResponse><Consignment access=\"public\"><ConsignmentNumber>1</ConsignmentNumber>\
               <DeliveryTown>MADRID</DeliveryTown><DeliveryDate format=\"YYYYMMDD\">20260204</DeliveryDate>\
               <DeliveryTime format=\"HHMM\">1020</DeliveryTime><SummaryCode>DEL</SummaryCode>\
               <DestinationCountry><CountryCode>BE</CountryCode></DestinationCountry></Consignment></TrackResponse>";
    let parsed = source("tnt").parse(raw.as_bytes());
    assert_eq!(told(&parsed), ["DEL · 2026-02-04T10:20:00+01:00 · guessed · delivered · - · MADRID"]);
    let parsed = source("tnt").parse(consignment("INT", &[]).as_bytes());
    assert_eq!((parsed.error.clone(), parsed.inputs.len()), (None, 0));
}

#[test]
fn a_status_without_a_date_is_reported() {
    let raw = consignment("INT", &[("OD", "Out For Delivery")]).replace("LocalEventDate", "SomeDate");
    let parsed = source("tnt").parse(raw.as_bytes());
    assert_eq!((parsed.inputs.len(), unmapped(&parsed)), (0, vec!["event OD".to_owned()]));
}

#[test]
fn an_estimate_that_cannot_belong_to_it_is_left_out() {
    let parsed = source("tnt").parse(SAMPLE.replace("20260204</DueDate>", "20190204</DueDate>").as_bytes());
    assert_eq!((lines(&parsed).len(), estimated_days(&parsed).len()), (4, 0));
}

#[test]
fn what_it_says_instead_is_explained() {
    let error = |code: &str, said: &str| {
        format!("<TrackResponse><Error><Code>{code}</Code><Message>{said}</Message></Error></TrackResponse>")
    };
    let (login, busy, wrong) = (
        error("1", "Invalid user login"),
        error("404", "System unavailable, try again later"),
        error("7", "Mandatory field missing"),
    );
    assert_refusals(
        "tnt",
        &[
            (&consignment("CNF", &[]), true, false),
            (&login, false, false),
            (&busy, false, true),
            (&wrong, false, false),
            ("<TrackResponse/>", false, false),
            ("<html><head><title>401</title></head></html>", false, true),
            ("{}", false, true),
        ],
    );
}
