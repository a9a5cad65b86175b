use kept_engine::ports::Parsed;
use serde_json::{Value, json};

use crate::shared::{estimated_days, facts, source, told, unmapped};

pub const V3: &str = include_str!("../../src/carriers/usps/samples/tracking_v3_made_up.json");
pub const WEB_TOOLS: &str = include_str!("../../src/carriers/usps/samples/web_tools_made_up.xml");

const DAYS: &str = include_str!("../../src/carriers/usps/samples/web_tools_days_made_up.xml");

fn parse(value: &Value) -> Parsed {
    source("usps").parse(value.to_string().as_bytes())
}

fn event(event: &Value) -> Parsed {
    parse(&json!({ "trackingNumber": "9", "trackingEvents": [event] }))
}

/// A `Z` behind a local clock says nothing where an offset is beside it.
#[test]
fn version_three_gives_local_clocks_with_their_offset_beside() {
    let parsed = source("usps").parse(V3.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "GX · 2026-01-05T09:00:00-05:00 · known · announced · - · DETROIT, MI, 48201",
            "03 · 2026-01-05T16:00:00-05:00 · known · handed_over · - · DETROIT, MI, 48201",
            "EF · 2026-01-06T23:40:00-06:00 · known · in_network · - · CHICAGO IL DISTRIBUTION CENTER",
            "NT · 2026-01-07T11:00:00 · unknown · in_network · - · -",
            "07 · 2026-01-08T05:30:00-06:00 · guessed · at_local_depot · - · MADISON, WI, 53703",
            "OF · 2026-01-08T06:10:00-06:00 · known · out_for_delivery · - · MADISON, WI, 53703",
            "01 · 2026-01-08T14:11:00-06:00 · known · delivered · - · MADISON, WI, 53703",
        ]
    );
    assert_eq!(facts(&parsed)[6]["text"], "Delivered, Front Door/Porch");
    assert_eq!(estimated_days(&parsed), ["2026-01-08"]);
    assert_eq!((parsed.error, parsed.unmapped), (None, vec![]));
}

/// Trap 5: 12:35 am is half past midnight, and pm is not lost.
#[test]
fn web_tools_are_read_with_fields_and_in_sentences() {
    let parsed = source("usps").parse(WEB_TOOLS.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            " · 2026-01-04T09:41:00-06:00 · guessed · handed_over · - · MADE UP, IA, 50000",
            "10 · 2026-01-05T14:11:00 · unknown · in_network · - · ISC MADE UP, CANADA",
            "56 · 2026-01-06T00:35:00-06:00 · guessed · in_network · attempt_failed_absent · NEWTON, IA, 50208",
        ]
    );
    assert_eq!(estimated_days(&parsed), ["2026-01-07"]);
    assert_eq!((parsed.error.clone(), unmapped(&parsed)), (None, vec!["number 404".to_owned()]));
}

#[test]
fn words_settle_what_no_code_does() {
    for (code, words, milestone, exception) in [
        ("", "Delivered, Left with Individual", "delivered", Value::Null),
        ("01", "Delivered, To Original Sender", "returned", json!("returned_to_sender")),
        ("DE", "Delivered, To Original Sender", "returned", json!("returned_to_sender")),
        ("09", "Return to Sender Processed", "returning", json!("returned_to_sender")),
        ("ZZ", "Delivery Attempted - No Access to Delivery Location", "out_for_delivery", json!("attempt_failed_access")),
        ("ZZ", "Arrived at USPS Regional Facility", "in_network", Value::Null),
        ("", "Being Returned to Sender", "returning", json!("returned_to_sender")),
        ("", "Unclaimed/Being Returned to Sender", "returning", json!("unclaimed")),
        ("", "Notice Left (Business Closed)", "out_for_delivery", json!("attempt_failed_closed")),
        ("", "Your item is being held at the DENVER, CO 80202 post office", "available_for_pickup", Value::Null),
        ("", "Your item can be picked up at the post office", "available_for_pickup", Value::Null),
        ("", "Missent", "in_network", json!("missorted")),
        ("", "Addressee not available - Will attempt delivery later", "out_for_delivery", json!("attempt_failed_absent")),
        ("", "Processing Exception, Weather Delay", "in_network", json!("weather")),
        ("57", "Delivery Exception, Animal Interference", "out_for_delivery", json!("attempt_failed_access")),
        ("57", "Delivery Exception, Local Weather Delay", "out_for_delivery", json!("weather")),
        ("11", "Dead Letter", "in_network", json!("lost")),
        ("89", "Merchant Order Receipt Notification, USPS Awaiting Item", "announced", Value::Null),
        ("ZZ", "Held at Post Office, At Customer Request", "available_for_pickup", Value::Null),
        ("ZZ", "Insufficient Address", "in_network", json!("address_problem")),
        ("ZZ", "Inbound Into Customs", "customs", Value::Null),
        ("ZZ", "Pre-Shipment Info Sent to USPS, USPS Awaiting Item", "announced", Value::Null),
        ("52", "Notice Left (No Secure Location Available)", "out_for_delivery", json!("attempt_failed_absent")),
        ("51", "Business Closed", "out_for_delivery", json!("attempt_failed_closed")),
        ("04", "Refused", "out_for_delivery", json!("refused")),
        ("08", "Missent", "in_network", json!("missorted")),
        ("ZZ", "Teleported", "unknown", Value::Null),
    ] {
        let parsed = event(&json!({ "eventCode": code, "eventType": words, "eventTimestamp": "2026-01-08T14:11:00" }));
        let fact = &facts(&parsed)[0];
        assert_eq!((&fact["milestone"], &fact["exception"]), (&json!(milestone), &exception), "{code} {words}");
    }
}

#[test]
fn clocks_are_paired_or_read_alone() {
    for (value, at, offset) in [
        (
            json!({ "eventTimestamp": "2026-01-08T14:11:00", "GMTTimestamp": "2026-01-08T19:11:00Z" }),
            "2026-01-08T14:11:00-05:00",
            "known",
        ),
        (json!({ "GMTTimestamp": "2026-01-08T19:11:00Z", "GMTOffset": "-05:00" }), "2026-01-08T14:11:00-05:00", "known"),
        (json!({ "GMTTimestamp": "2026-01-08T19:11:00Z" }), "2026-01-08T19:11:00+00:00", "known"),
        (json!({ "eventTimestamp": "2026-01-08T14:11:00-05:00", "GMTOffset": "-06:00" }), "2026-01-08T14:11:00-05:00", "known"),
    ] {
        let fact = facts(&event(&value))[0].clone();
        assert_eq!((&fact["at"], &fact["offset"]), (&json!(at), &json!(offset)), "{value}");
    }
    // Who signed is not shown.
    let parsed = event(&json!({ "eventType": "Delivered", "name": "J DOE" }));
    assert_eq!(unmapped(&parsed), ["event "]);
    assert!(!parsed.unmapped[0].text.contains("DOE"));
}

#[test]
fn other_envelopes_are_read_too() {
    let whole: Value = serde_json::from_str(V3).expect("JSON");
    let expected = told(&parse(&whole));
    assert_eq!(told(&parse(&json!([whole]))), expected);
    assert_eq!(told(&parse(&json!({ "trackingInfo": [whole] }))), expected);
}

#[test]
fn refusals_are_told_in_words() {
    for (raw, words, retryable, not_found) in [
        (json!({ "apiVersion": "v3", "error": { "code": "401", "message": "Unauthorized", "errors": [] } }).to_string(), "refused the key", false, false),
        (json!({ "error": { "code": "404", "message": "Not Found" } }).to_string(), "does not know", false, true),
        (
            json!({ "error": { "code": "400", "message": "Bad", "errors": [{ "status": "400", "title": "Invalid", "detail": "The tracking number is not found." }] } }).to_string(),
            "does not know",
            false,
            true,
        ),
        (json!({ "error": { "code": "429", "message": "Too Many Requests" } }).to_string(), "too often", true, false),
        (json!({ "error": "invalid_client", "error_description": "Client credentials are invalid" }).to_string(), "refused the key", false, false),
        (json!({}).to_string(), "not an answer", false, false),
        (json!({ "trackingEvents": [{}] }).to_string(), "without a number", false, false),
        ("<Error><Number>80040B1A</Number><Description>Authorization failure. Perhaps username is incorrect.</Description></Error>".to_owned(), "refused the key", false, false),
        (
            "<TrackResponse><TrackInfo ID=\"1\"><Error><Description>The Postal Service could not locate the tracking information for your request. Please try again later.</Description></Error></TrackInfo></TrackResponse>".to_owned(),
            "does not know",
            false,
            true,
        ),
        ("<Something/>".to_owned(), "not an answer", false, false),
        ("<html><body>503</body></html>".to_owned(), "web page", true, false),
    ] {
        let parsed = source("usps").parse(raw.as_bytes());
        let error = parsed.error.clone().expect("an error");
        assert!(error.message.contains(words) && error.hint.is_some(), "{error}");
        assert_eq!((error.retryable, error.not_found, parsed.inputs.len()), (retryable, not_found, 0), "{error}");
    }
}

/// A day without a time is told as its first minute; a sentence and a facility's name say where.
#[test]
fn days_and_places_are_found_where_they_stand() {
    let parsed = source("usps").parse(DAYS.as_bytes());
    assert_eq!(
        told(&parsed),
        [
            "MA · 2025-11-26T00:00:00 · unknown · announced · - · -",
            "EF · 2025-11-27T00:35:00-07:00 · guessed · in_network · - · PHOENIX AZ DISTRIBUTION CENTER",
            "NT · 2025-11-28T00:00:00 · unknown · in_network · - · -",
            "01 · 2025-11-29T14:11:00-06:00 · known · delivered · - · CHICAGO, IL, 60601",
            " · 2025-07-13T00:00:00 · unknown · in_network · - · -",
            " · 2025-07-14T07:10:00-04:00 · guessed · out_for_delivery · - · JERICHO, NY, 11753",
            " · 2025-07-14T14:58:00-04:00 · guessed · delivered · - · JERICHO, NY, 11753",
        ]
    );
    assert_eq!((parsed.error.clone(), unmapped(&parsed)), (None, vec![]));
    let day = event(&json!({ "eventTimestamp": "2026-01-08", "eventCode": "NT", "eventType": "In Transit to Next Facility" }));
    assert_eq!(told(&day), ["NT · 2026-01-08T00:00:00 · unknown · in_network · - · -"]);
    let abroad =
        json!({ "eventTimestamp": "2026-01-08T10:00:00", "eventCountry": "FRANCE", "eventType": "Attempted Delivery Abroad" });
    assert_eq!(
        told(&event(&abroad)),
        [" · 2026-01-08T10:00:00+01:00 · guessed · out_for_delivery · attempt_failed_absent · FRANCE"]
    );
}

#[test]
fn who_picks_up_is_told_by_the_code() {
    for (code, words, milestone) in [
        ("43", "Picked Up", "delivered"),
        ("60", "Delivered to Agent for Final Delivery", "delivered"),
        ("VC", "USPS picked up item", "handed_over"),
        ("59", "Out for Delivery, Expected Delivery by 9:00pm", "out_for_delivery"),
        ("59", "Held at Post Office, At Customer Request", "available_for_pickup"),
        ("PC", "Sorting Complete", "at_local_depot"),
        ("PC", "Customs Clearance", "customs"),
    ] {
        let parsed = event(&json!({ "eventTimestamp": "2026-01-08T10:00:00", "eventCode": code, "eventType": words }));
        assert_eq!((&facts(&parsed)[0]["milestone"], unmapped(&parsed).len()), (&json!(milestone), 0), "{code} {words}");
    }
}

/// Without `expand=DETAIL` version 3 tells its events in sentences.
#[test]
fn summaries_are_read() {
    let parsed = parse(&json!({ "trackingNumber": "9", "statusCategory": "Delivered", "status": "Delivered, In/At Mailbox",
        "statusSummary": "Your item was delivered in or at the mailbox at 2:58 pm on July 14, 2025 in JERICHO, NY 11753.",
        "eventSummaries": ["Out for Delivery, 07/14/2025, 7:10 am, JERICHO, NY 11753", "Arrived at Hub"] }));
    assert_eq!(
        told(&parsed),
        [
            " · 2025-07-14T07:10:00-04:00 · guessed · out_for_delivery · - · JERICHO, NY, 11753",
            " · 2025-07-14T14:58:00-04:00 · guessed · delivered · - · JERICHO, NY, 11753",
        ]
    );
    assert_eq!((parsed.error.clone(), unmapped(&parsed)), (None, vec!["event ".to_owned()]));
}

/// The text is the more reliable key: one code goes with several.
#[test]
fn words_come_before_codes_that_go_with_several() {
    for (code, words, expected) in [
        ("SF", "USPS in possession of item", "handed_over · -"),
        ("SF", "Departed USPS Facility", "in_network · -"),
        ("VH", "Held at Post Office - Vacation Hold", "available_for_pickup · -"),
        ("10", "Arrived at USPS Regional Facility", "in_network · -"),
        ("ZZ", "Reminder to pick up your item", "available_for_pickup · -"),
        ("ZZ", "In Transit to Original Sender", "returning · returned_to_sender"),
        ("ZZ", "Awaiting Delivery Scan", "in_network · -"),
        ("ZZ", "Final Reminder: pick up your item before it is returned to sender", "available_for_pickup · -"),
        ("ZZ", "Item refused by addressee - Item being returned to sender", "returning · refused"),
        ("ZZ", "Addressee has moved - Item being forwarded", "in_network · address_problem"),
        ("ZZ", "Addressee requests own pick-up - Item being held, addressee being notified", "available_for_pickup · -"),
        ("ZZ", "Departed Post Office", "in_network · -"),
        ("ZZ", "Item being held at customs, duty to be paid", "customs · payment_due"),
    ] {
        let parsed = event(&json!({ "eventCode": code, "eventType": words, "eventTimestamp": "2026-01-08T09:00:00" }));
        let line = told(&parsed).remove(0);
        assert!(line.contains(expected), "{words}: {line}");
    }
}

/// A place stands in the middle of a sentence as well as at its end.
#[test]
fn sentences_say_where_in_several_ways() {
    for (words, expected) in [
        (
            "Your item arrived at the DENVER, CO 80202 post office at 7:17 am on July 8, 2025 and is ready for pickup.",
            "2025-07-08T07:17:00-06:00 · guessed · available_for_pickup · - · DENVER, CO, 80202",
        ),
        (
            "Your item was returned to the sender at 9:06 am on July 9, 2025 in DENVER, CO 80202 because the addressee was unknown.",
            "2025-07-09T09:06:00-06:00 · guessed · returning · address_problem · DENVER, CO, 80202",
        ),
        (
            "Your item departed our USPS facility in OAKLAND, CA 94607 on July 9, 2025 at 3:13 am.",
            "2025-07-09T03:13:00-07:00 · guessed · in_network · - · OAKLAND, CA, 94607",
        ),
        (
            "Your item was delivered at 6:50 am on February 6, 2025 in SAN JUAN PR 00901.",
            "2025-02-06T06:50:00-04:00 · guessed · delivered · - · SAN JUAN, PR, 00901",
        ),
        (
            "Arrived at USPS Regional Facility, July 2, 2025, 1:05 am, PHOENIX AZ DISTRIBUTION CENTER",
            "2025-07-02T01:05:00-07:00 · guessed · in_network · - · PHOENIX AZ DISTRIBUTION CENTER",
        ),
        (
            "Customs Clearance, July 3, 2025, 6:05 pm, ROISSY, FRANCE",
            "2025-07-03T18:05:00+02:00 · guessed · customs · - · ROISSY, FRANCE",
        ),
        (
            "The U.S. Postal Service was electronically notified by the shipper on April 9, 2012 to expect your package for mailing.",
            "2012-04-09T00:00:00 · unknown · announced · - · -",
        ),
    ] {
        let parsed = parse(&json!({ "trackingNumber": "9", "statusCategory": "x", "statusSummary": words }));
        assert_eq!(told(&parsed), [format!(" · {expected}")], "{words}");
    }
}

/// A notice holds what an answer holds, as JSON in a text too, or one event beside the number.
#[test]
fn notices_are_read() {
    let event = json!({ "trackingNumber": "9", "eventCode": "OF", "eventType": "Out for Delivery", "eventTimestamp": "2026-01-08T09:00:00Z",
        "GMTOffset": "-05:00" });
    let answer = json!({ "trackingNumber": "9", "trackingEvents": [event] });
    let expected = ["OF · 2026-01-08T09:00:00-05:00 · known · out_for_delivery · - · -"];
    for notice in [event, json!({ "subscriptionId": "s", "payload": answer }), json!({ "payload": answer.to_string() })] {
        assert_eq!(told(&parse(&notice)), expected, "{notice}");
    }
}
