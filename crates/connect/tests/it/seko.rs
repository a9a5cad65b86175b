use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/seko/samples/status_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("seko").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-08-28T17:22:43+03:00 guessed announced - | OP-1 | Tracking number allocated & order ready | IL",
        "2026-08-30T02:00:00+03:00 guessed in_network - | OP-3 | In transit to destination country | IL",
        "2026-09-01T15:30:00 unknown delivered - | OP-99 | Delivered | Auckland, New Zealand",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "seko",
        &[(r#"{ "Message": "An error has occurred: authentication failed" }"#, false, false), ("[]", true, false)],
    );
}

#[test]
fn words_settle_what_the_courier_s_update_does_not() {
    for (code, description, milestone) in [
        ("COURU", "On courier vehicle for delivery", "out_for_delivery"),
        ("COURU", "Scan activity. Imported on runsheet AV1", "out_for_delivery"),
        ("COURU", "Scan activity. Scanned into Palmerston North", "in_network"),
        ("OP-0", "International transit to destination country", "in_network"),
    ] {
        let raw = format!(
            r#"[{{ "ConsignmentNo": "1", "Events": [{{ "EventDT": "2026-08-28T17:22:43", "Code": "{code}", "OmniCode": null, "Description": "{description}", "Location": "AUCKLAND" }}] }}]"#
        );
        let told = lines(&source("seko").parse(raw.as_bytes()));
        assert_eq!(told, [format!("2026-08-28T17:22:43 unknown {milestone} - | {code} | {description} | AUCKLAND")]);
    }
}
