use crate::shared::{assert_refusals, estimated_days, facts, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/canpar/samples/track_by_barcode_made_up.xml");

#[test]
fn the_history_is_told_oldest_first_on_the_clocks_of_the_provinces() {
    let parsed = source("canpar").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-01-30T16:45:00-05:00 guessed handed_over - | ZZ2 | PICKED UP FROM SHIPPER | MISSISSAUGA, ON, CA",
        "2026-02-03T01:12:45-07:00 guessed in_network - | ZZ3 | IN TRANSIT | CALGARY, AB, CA",
        "2026-02-05T07:30:00-08:00 guessed out_for_delivery - | ZZ4 | OUT FOR DELIVERY | VANCOUVER, BC, CA",
        "2026-02-05T14:15:30-08:00 guessed delivered - | ZZ5 | DELIVERED | VANCOUVER, BC, CA",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), ["2026-02-05"]);
    assert!(facts(&parsed).iter().all(|fact| fact["tracking_number"] == "D000000000000000000017"));
}

#[test]
fn events_are_read_from_their_words_in_both_languages() {
    for (language, description, milestone, exception) in [
        ("en", "LABEL CREATED", "announced", "-"),
        ("en", "PICKED UP FROM SHIPPER", "handed_over", "-"),
        ("en", "RECEIVED AT DEPOT", "in_network", "-"),
        ("en", "OUT FOR DELIVERY", "out_for_delivery", "-"),
        ("en", "DELIVERY ATTEMPTED - CARD LEFT", "out_for_delivery", "attempt_failed_absent"),
        ("en", "CONSIGNEE CLOSED", "out_for_delivery", "attempt_failed_closed"),
        ("en", "REFUSED BY CONSIGNEE", "out_for_delivery", "refused"),
        ("en", "INCORRECT ADDRESS", "out_for_delivery", "address_problem"),
        ("en", "DAMAGED", "in_network", "damaged"),
        ("en", "RETURN TO SENDER", "returning", "returned_to_sender"),
        ("en", "DELIVERED", "delivered", "-"),
        ("en", "TELEPORTED", "unknown", "-"),
        ("fr", "EN LIVRAISON", "out_for_delivery", "-"),
        ("fr", "LIVRÉ", "delivered", "-"),
    ] {
        let event = format!(
            "<events><code>ZZ9</code><code_description_{language}>{description}</code_description_{language}><local_date_time>20260701 100000</local_date_time></events>"
        );
        let raw = format!("<return><error/><result><barcode>D1</barcode>{event}</result></return>");
        let parsed = source("canpar").parse(raw.as_bytes());
        assert_eq!(lines(&parsed), [format!("2026-07-01T10:00:00 unknown {milestone} {exception} | ZZ9 | {description} | -")]);
    }
}

#[test]
fn an_address_that_names_no_country_is_canadian_by_its_province() {
    let address = "<address><city>HALIFAX</city><province>NS</province></address>";
    let event = format!(
        "<events>{address}<code>1</code><code_description_en>DELIVERED</code_description_en><local_date_time>20260701 1000</local_date_time></events>"
    );
    let parsed = source("canpar").parse(format!("<return><result><barcode>D1</barcode>{event}</result></return>").as_bytes());
    assert_eq!(lines(&parsed), ["2026-07-01T10:00:00-03:00 guessed delivered - | 1 | DELIVERED | HALIFAX, NS"]);
}

#[test]
fn what_it_says_instead_is_explained() {
    let refusal = |said: &str| {
        format!("<trackByBarcodeV2Response><return><error>{said}</error><result/></return></trackByBarcodeV2Response>")
    };
    let fault = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>System error</faultstring></s:Fault></s:Body></s:Envelope>";
    assert_refusals(
        "canpar",
        &[
            (&refusal("Barcode not found"), true, false),
            (&refusal("No tracking information for this barcode"), true, false),
            (&refusal("Invalid barcode"), false, false),
            (&refusal("Login failed"), false, false),
            (fault, false, true),
        ],
    );
}
