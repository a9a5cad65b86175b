use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/dhl_express/samples/tracking_made_up.xml");

const PIECES: &str = include_str!("../../src/carriers/dhl_express/samples/pieces_made_up.xml");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("dhl_express").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-01-05T17:42:10+01:00 guessed handed_over - | PU | Shipment picked up | LYON - FRANCE",
        "2026-01-06T02:11:00+01:00 guessed in_network - | DF | Departed Facility in LEIPZIG - GERMANY | LEIPZIG - GERMANY",
        "2026-01-08T09:05:00+08:00 guessed out_for_delivery attempt_failed_absent | NH | Delivery attempted; recipient not home | HONG KONG - HONG KONG SAR, CHINA",
        "2026-01-09T10:31:00+08:00 guessed delivered - | OK | Shipment delivered | HONG KONG - HONG KONG SAR, CHINA",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-01-09"]);
}

/// What both pieces tell in the same words is one scan.
#[test]
fn scans_of_several_pieces_are_not_doubled() {
    let parsed = source("dhl_express").parse(PIECES.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-01-05T17:42:00+01:00 guessed handed_over - | PU | Shipment picked up | PARIS - FRANCE",
        "2026-01-06T07:42:00+00:00 guessed out_for_delivery - | WC | With delivery courier | BIRMINGHAM - UK",
        "2026-01-06T09:10:00+00:00 guessed out_for_delivery damaged | DM | Damaged | BIRMINGHAM - UK",
    ];
    assert_eq!(lines(&parsed), expected);
}

#[test]
fn the_state_before_the_country_gives_the_zone() {
    let event = "<ShipmentEvent><Date>2026-01-05</Date><Time>17:42</Time><ServiceEvent><EventCode>AF</EventCode><Description>Arrived</Description></ServiceEvent><ServiceArea><Description>CINCINNATI HUB,OH - USA</Description></ServiceArea></ShipmentEvent>";
    let parsed = source("dhl_express")
        .parse(format!("<R><AWBInfo><AWBNumber>1</AWBNumber><ShipmentInfo>{event}</ShipmentInfo></AWBInfo></R>").as_bytes());
    assert_eq!(lines(&parsed), ["2026-01-05T17:42:00-05:00 guessed in_network - | AF | Arrived | CINCINNATI HUB,OH - USA"]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "dhl_express",
        &[
            (
                r#"<req:TrackingResponse xmlns:req="http://www.dhl.com"><AWBInfo><AWBNumber>1111111111</AWBNumber><Status><ActionStatus>No Shipments Found</ActionStatus><Condition><ConditionCode>209</ConditionCode><ConditionData>No Shipments Found for AWBNumber 1111111111</ConditionData></Condition></Status></AWBInfo></req:TrackingResponse>"#,
                true,
                false,
            ),
            (
                r#"<res:ErrorResponse xmlns:res="http://www.dhl.com"><Response><Status><ActionStatus>Error</ActionStatus><Condition><ConditionCode>111</ConditionCode><ConditionData>Validation Failure: site id or password is wrong</ConditionData></Condition></Status></Response></res:ErrorResponse>"#,
                false,
                false,
            ),
        ],
    );
}
