use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/dhl_poland/samples/track_and_trace_made_up.xml");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("dhl_poland").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-01-12T09:00:00 unknown announced - | EDWP | Przesyłka została zarejestrowana w systemie DHL | -",
        "2026-01-12T19:40:31 unknown in_network - | CN | Shipment arrived at DHL depot. | WA",
        "2026-01-13T07:40:31 unknown out_for_delivery - | LK | Przesyłka przekazana kurierowi do doręczenia | Gdańsk",
        "2026-01-13T13:05:00 unknown delivered - | DOR | Przesyłka doręczona do odbiorcy | Gdańsk",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "dhl_poland",
        &[(
            r#"<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body><E:Fault><faultcode>114</faultcode><faultstring>Nie znaleziono przesyłki</faultstring></E:Fault></E:Body></E:Envelope>"#,
            true,
            false,
        )],
    );
}
