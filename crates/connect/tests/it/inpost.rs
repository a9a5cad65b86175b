use crate::shared::{assert_refusals, estimated_days, facts, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/inpost/samples/tracking_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("inpost").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-03-27T09:30:00+01:00 known announced - | confirmed | confirmed | -",
        "2026-03-27T12:05:44+01:00 known handed_over - | dispatched_by_sender | dispatched_by_sender | -",
        "2026-03-27T16:20:00+01:00 known handed_over - | taken_by_courier | taken_by_courier | KRK",
        "2026-03-27T21:15:00+01:00 known in_network - | sent_from_source_branch | sent_from_source_branch | KRK",
        "2026-03-28T03:11:00+01:00 known at_local_depot - | adopted_at_target_branch | adopted_at_target_branch | WAW",
        "2026-03-28T06:58:00+01:00 known out_for_delivery - | out_for_delivery | out_for_delivery | WAW",
        "2026-03-28T10:40:11+01:00 known available_for_pickup - | ready_to_pickup | ready_to_pickup | WAW",
        "2026-03-29T18:00:00+02:00 known available_for_pickup - | pickup_reminder_sent | pickup_reminder_sent | -",
        "2026-03-30T18:12:05+02:00 known delivered - | delivered | delivered | -",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "600000000000000000000017"));
    assert_eq!(parsed.unmapped, []);
}

#[test]
fn every_status_that_is_in_the_list() {
    for (status, milestone, exception) in [
        ("created", "announced", "-"),
        ("offers_prepared", "announced", "-"),
        ("offer_selected", "announced", "-"),
        ("confirmed", "announced", "-"),
        ("dispatched_by_sender", "handed_over", "-"),
        ("dispatched_by_sender_to_pok", "handed_over", "-"),
        ("collected_from_sender", "handed_over", "-"),
        ("taken_by_courier", "handed_over", "-"),
        ("taken_by_courier_from_pok", "handed_over", "-"),
        ("adopted_at_source_branch", "in_network", "-"),
        ("sent_from_source_branch", "in_network", "-"),
        ("adopted_at_sorting_center", "in_network", "-"),
        ("sent_from_sorting_center", "in_network", "-"),
        ("adopted_at_target_branch", "at_local_depot", "-"),
        ("out_for_delivery", "out_for_delivery", "-"),
        ("out_for_delivery_to_address", "out_for_delivery", "-"),
        ("ready_to_pickup", "available_for_pickup", "-"),
        ("ready_to_pickup_from_pok", "available_for_pickup", "-"),
        ("ready_to_pickup_from_pok_registered", "available_for_pickup", "-"),
        ("ready_to_pickup_from_branch", "available_for_pickup", "-"),
        ("courier_avizo_in_customer_service_point", "available_for_pickup", "-"),
        ("pickup_reminder_sent", "available_for_pickup", "-"),
        ("pickup_reminder_sent_address", "out_for_delivery", "-"),
        ("pickup_time_expired", "available_for_pickup", "unclaimed"),
        ("stack_parcel_pickup_time_expired", "available_for_pickup", "unclaimed"),
        ("stack_parcel_in_box_machine_pickup_time_expired", "available_for_pickup", "unclaimed"),
        ("delivered", "delivered", "-"),
        ("avizo", "out_for_delivery", "attempt_failed_absent"),
        ("rejected_by_receiver", "out_for_delivery", "refused"),
        ("undelivered", "out_for_delivery", "undeliverable"),
        ("undelivered_wrong_address", "out_for_delivery", "address_problem"),
        ("undelivered_incomplete_address", "out_for_delivery", "address_problem"),
        ("undelivered_unknown_receiver", "out_for_delivery", "address_problem"),
        ("undelivered_not_live_address", "out_for_delivery", "address_problem"),
        ("undelivered_cod_cash_receiver", "out_for_delivery", "payment_due"),
        ("undelivered_no_mailbox", "out_for_delivery", "attempt_failed_access"),
        ("undelivered_lack_of_access_letterbox", "out_for_delivery", "attempt_failed_access"),
        ("delay_in_delivery", "in_network", "delayed_by_carrier"),
        ("readdressed", "in_network", "-"),
        ("redirect_to_box", "in_network", "-"),
        ("canceled_redirect_to_box", "in_network", "-"),
        ("stack_in_customer_service_point", "in_network", "-"),
        ("stack_in_box_machine", "in_network", "-"),
        ("unstack_from_customer_service_point", "in_network", "-"),
        ("unstack_from_box_machine", "in_network", "-"),
        ("returned_to_sender", "returned", "returned_to_sender"),
        ("canceled", "cancelled", "-"),
        // What became of the parcel these do not say.
        ("claimed", "unknown", "-"),
        ("oversized", "unknown", "-"),
        ("teleported", "unknown", "-"),
    ] {
        let raw = format!(
            r#"{{ "tracking_number": "6", "tracking_details": [{{ "status": "{status}", "origin_status": "X", "agency": "WAW", "datetime": "2026-07-01T10:00:00.000+02:00" }}] }}"#
        );
        let parsed = source("inpost").parse(raw.as_bytes());
        assert_eq!(
            lines(&parsed),
            [format!("2026-07-01T10:00:00+02:00 known {milestone} {exception} | {status} | {status} | WAW")]
        );
        assert_eq!(parsed.unmapped.is_empty(), milestone != "unknown", "{status}");
    }
}

#[test]
fn a_notice_leaves_the_parcel_where_the_history_has_it() {
    let parsed = source("inpost").parse(
        br#"{ "tracking_number": "6", "tracking_details": [
            { "status": "returned_to_sender", "datetime": "2026-07-09T10:00:00.000+02:00" },
            { "status": "pickup_time_expired", "datetime": "2026-07-04T10:00:00.000+02:00" },
            { "status": "ready_to_pickup", "datetime": "2026-07-02T10:00:00.000+02:00" },
            { "status": "delay_in_delivery", "datetime": "2026-07-01T10:00:00.000+02:00" }] }"#,
    );
    let expected = [
        "2026-07-01T10:00:00+02:00 known in_network delayed_by_carrier | delay_in_delivery | delay_in_delivery | -",
        "2026-07-02T10:00:00+02:00 known available_for_pickup - | ready_to_pickup | ready_to_pickup | -",
        "2026-07-04T10:00:00+02:00 known available_for_pickup unclaimed | pickup_time_expired | pickup_time_expired | -",
        "2026-07-09T10:00:00+02:00 known returned returned_to_sender | returned_to_sender | returned_to_sender | -",
    ];
    assert_eq!(lines(&parsed), expected);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "inpost",
        &[
            (
                r#"{ "status": 404, "error": "resource_not_found", "message": "Tracking of 6 not found", "details": {} }"#,
                true,
                false,
            ),
            (r#"{ "status": 404, "error": "resource_not_found" }"#, true, false),
            (
                r#"{ "status": 400, "error": "invalid_parameter", "description": "Provided unsupported value", "details": null }"#,
                false,
                false,
            ),
            (r#"{ "status": 401, "error": "token_invalid", "message": "Token is missing or invalid." }"#, false, false),
            (
                r#"{ "status": 400, "error": "validation_failed", "message": "There are some validation errors. Check details object for more info.", "details": {} }"#,
                false,
                false,
            ),
            (r#"{ "status": 503, "error": "service_unavailable", "message": "Service is unavailable" }"#, false, true),
        ],
    );
}
