use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/landmark/samples/track_made_up.xml");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("landmark").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-01-18T10:00:00 unknown announced - | 50 | Shipment Data Uploaded | -",
        "2026-01-20T00:35:00 unknown customs - | 125 | Customs Cleared | -",
        "2026-01-21T09:15:00 unknown in_network - | 200 | Item scanned at postal facility | Mississauga, ON",
        "2026-01-23T16:10:00 unknown delivered - | 500 | Item successfully delivered | Toronto, ON",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn every_code_that_is_in_the_list() {
    for (code, status, milestone, exception) in [
        (90, "Shipment held for payment", "announced", "payment_due"),
        (250, "Item scanned for crossing", "in_network", "-"),
        (275, "Item in transit with carrier", "in_network", "-"),
        (300, "Item out for delivery", "out_for_delivery", "-"),
        (400, "Attempted delivery", "out_for_delivery", "attempt_failed_absent"),
        (410, "Item available for pickup", "available_for_pickup", "-"),
        (450, "Item re-directed to new address", "in_network", "-"),
        (510, "Proof Of Delivery", "delivered", "-"),
        (550, "Return received at handling facility", "returning", "returned_to_sender"),
        (570, "Return Received", "returned", "returned_to_sender"),
        (900, "Delivery failed", "out_for_delivery", "undeliverable"),
        // What became of the parcel a claim does not say.
        (800, "Claim Issued", "unknown", "-"),
    ] {
        let event = format!(
            "<Event><Status>{status}</Status><DateTime>2026-01-23 16:10:05</DateTime><Location/><EventCode>{code}</EventCode></Event>"
        );
        let raw = format!("<R><Package><TrackingNumber>1</TrackingNumber><Events>{event}</Events></Package></R>");
        let parsed = source("landmark").parse(raw.as_bytes());
        assert_eq!(lines(&parsed), [format!("2026-01-23T16:10:05 unknown {milestone} {exception} | {code} | {status} | -")]);
        assert_eq!(parsed.unmapped.is_empty(), code != 800, "{code}");
    }
}

#[test]
fn what_it_says_instead_is_explained() {
    let refusal = |code: &str, said: &str| {
        format!(
            "<TrackResponse><Errors><Error><ErrorCode>{code}</ErrorCode><ErrorMessage>{said}</ErrorMessage></Error></Errors></TrackResponse>"
        )
    };
    let unknown = refusal("Track.1", "Unknown tracking number");
    let unmatched = refusal("InvalidTrackingNumber", "Could not find shipment matching tracking number");
    assert_refusals("landmark", &[(&unknown, true, false), (&unmatched, true, false)]);
}
