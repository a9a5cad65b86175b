use crate::shared::{assert_refusals, estimated_days, facts, lines, source, unmapped};

const EVENTS: &str = include_str!("../../src/carriers/royalmail/samples/events_made_up.json");

const SUMMARY: &str = include_str!("../../src/carriers/royalmail/samples/summary_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("royalmail").parse(EVENTS.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-03-27T09:00:00+00:00 known announced - | EVZZ1 | Sender despatching item | -",
        "2026-03-27T16:05:00+00:00 known handed_over - | EVPPA | Accepted at Post Office | Truro PO",
        "2026-03-28T20:15:00+00:00 known handed_over missorted | EVNMI | Forwarded - Mis-sort | Bristol MC",
        "2026-03-30T05:20:00+01:00 known at_local_depot - | EVZZ3 | Item received at delivery office | Bath DO",
        "2026-03-30T11:42:00+01:00 known delivered - | EVKSP | Delivered and Signed | Bath DO",
    ];
    // What the summary says of the newest event is not said twice.
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-03-30"]);
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "XX000000017GB" && fact["carrier"] == "royal_mail"));
}

#[test]
fn a_summary_is_the_newest_event_and_an_unknown_number_beside_it_is_said() {
    let parsed = source("royalmail").parse(SUMMARY.as_bytes());
    assert_eq!(parsed.error, None);
    assert_eq!(lines(&parsed), ["2026-01-12T21:04:00+00:00 known in_network - | EVZZ2 | In Transit | Leeds MC"]);
    assert_eq!(facts(&parsed)[0]["tracking_number"], "XX000000025GB");
    assert_eq!(unmapped(&parsed), ["number answer", "code EVZZ2"]);
    assert!(parsed.unmapped[0].text.starts_with("XX000000034GB: "), "{:?}", parsed.unmapped);
}

#[test]
fn every_code_that_is_in_the_list_and_names_of_events() {
    for (code, name, milestone, exception) in [
        ("EVKSP", "Delivered and Signed", "delivered", "-"),
        ("EVKSP", "Delivered to sender", "returned", "returned_to_sender"),
        ("EVNMI", "Forwarded - Mis-sort", "in_network", "missorted"),
        ("EVNRT", "Item Retention", "in_network", "-"),
        ("EVPPA", "Accepted at Post Office.", "handed_over", "-"),
        ("EVZZ1", "Sender preparing item", "announced", "-"),
        ("EVZZ1", "Item received at Mail Centre", "in_network", "-"),
        ("EVZZ1", "In Transit", "in_network", "-"),
        ("EVZZ1", "Item is being redirected", "in_network", "-"),
        ("EVZZ1", "Due to be delivered today", "in_network", "-"),
        ("EVZZ1", "Out for delivery", "out_for_delivery", "-"),
        ("EVZZ1", "Attempted delivery - no answer", "out_for_delivery", "attempt_failed_absent"),
        ("EVZZ1", "Delivery refused", "out_for_delivery", "refused"),
        ("EVZZ1", "Address inaccessible", "out_for_delivery", "attempt_failed_access"),
        ("EVZZ1", "Available for collection", "available_for_pickup", "-"),
        ("EVZZ1", "Delivered to neighbour", "delivered", "-"),
        ("EVZZ1", "Delivered to your Safeplace", "delivered", "-"),
        ("EVZZ1", "Unable to deliver to neighbour", "out_for_delivery", "undeliverable"),
        ("EVZZ1", "Forwarded - Mis-sort", "in_network", "missorted"),
        ("EVZZ1", "Item despatched to delivery office", "in_network", "-"),
        ("EVZZ1", "Delivered by hand", "delivered", "-"),
        ("EVZZ1", "Item being returned to sender", "returning", "returned_to_sender"),
        ("EVZZ1", "Item held by customs", "customs", "customs_hold"),
        ("EVZZ1", "Teleported", "unknown", "-"),
    ] {
        let raw = format!(
            r#"{{ "mailPieces": {{ "mailPieceId": "1", "events": {{ "eventCode": "{code}", "eventName": "{name}", "eventDateTime": "2026-07-01T10:00:00+01:00", "locationName": "" }} }} }}"#
        );
        let parsed = source("royalmail").parse(raw.as_bytes());
        assert_eq!(lines(&parsed), [format!("2026-07-01T10:00:00+01:00 known {milestone} {exception} | {code} | {name} | -")]);
    }
}

#[test]
fn what_it_says_instead_is_explained() {
    let errors = |code: &str, said: &str| {
        format!(
            r#"{{ "httpCode": "400", "httpMessage": "Bad Request", "errors": [{{ "errorCode": "{code}", "errorDescription": "{said}", "errorCause": "", "errorResolution": "" }}] }}"#
        )
    };
    let unknown = errors("E1142", "Barcode reference XX1 isn't recognised");
    let busy = errors("E0007", "Rate limit exceeded");
    let wrong = errors("E1144", "The barcode is invalid");
    assert_refusals(
        "royalmail",
        &[
            (&unknown, true, false),
            (&busy, false, true),
            (&wrong, false, false),
            (
                r#"{ "httpCode": "401", "httpMessage": "Unauthorized", "moreInformation": "Invalid client id or secret." }"#,
                false,
                false,
            ),
            (r#"{ "httpCode": "404", "moreInformation": "No resources match requested URI" }"#, true, false),
            (
                r#"{ "httpCode": "429", "httpMessage": "Too Many Requests", "moreInformation": "Rate Limit exceeded" }"#,
                false,
                true,
            ),
            (r#"{ "httpCode": "503", "httpMessage": "Service Unavailable" }"#, false, true),
        ],
    );
    let refused = source("royalmail")
        .parse(br#"{ "httpCode": "401", "httpMessage": "Unauthorized", "moreInformation": "Invalid client id or secret." }"#);
    assert!(refused.error.expect("an error").message.contains("refused the key (401)"));
}
