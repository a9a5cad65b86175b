use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/australiapost/samples/tracking_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("australiapost").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-05-28T15:47:09+10:00 known announced - |  | Shipping information received by Australia Post | -",
        "2026-05-29T17:00:00+10:00 guessed handed_over - |  | Received by Australia Post | SYDNEY NSW",
        "2026-05-29T19:40:19+10:00 known in_network - |  | Processed through Australia Post facility | CHULLORA NSW",
        "2026-05-30T06:08:51+10:00 known out_for_delivery - |  | With Australia Post for delivery today | ALEXANDRIA NSW",
        "2026-05-30T14:43:09+10:00 known delivered - |  | Delivered | ALEXANDRIA NSW",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn attempts_say_why() {
    let parsed = source("australiapost").parse(include_bytes!("../../src/carriers/australiapost/samples/attempts_made_up.json"));
    let expected = [
        "2026-05-28T07:40:19+08:00 known out_for_delivery - |  | On Board for Delivery | -",
        "2026-05-28T19:40:19+08:00 guessed out_for_delivery attempt_failed_absent |  | Attempted delivery - Receiver carded | PERTH WA",
        "2026-05-28T20:40:19+08:00 known out_for_delivery attempt_failed_closed |  | Attempted delivery - Business closed | PERTH WA",
        "2026-05-28T21:40:19+08:00 known available_for_pickup - |  | Awaiting collection at PERTH GPO | PERTH WA",
        "2026-06-28T21:40:19+08:00 known returning returned_to_sender |  | Unclaimed - Return to sender | PERTH WA",
    ];
    assert_eq!((lines(&parsed), parsed.error), (expected.map(str::to_owned).to_vec(), None));
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "australiapost",
        &[
            (
                r#"{ "tracking_results": [{ "tracking_id": "7XX1", "errors": [{ "code": "ESB-10001", "name": "Invalid tracking ID" }] }] }"#,
                false,
                false,
            ),
            (r#"{ "errors": [{ "code": "429", "message": "Too many requests" }] }"#, false, true),
        ],
    );
}
