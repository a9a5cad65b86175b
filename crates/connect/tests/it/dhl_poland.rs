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
fn every_kind_of_status() {
    for (status, description, milestone, exception) in [
        (
            "EDWP",
            "DHL otrzymał dane elektroniczne przesyłki. Informacje zostaną zaktualizowane po przekazaniu przez Nadawcę przesyłki do transportu",
            "announced",
            "-",
        ),
        ("DWP", "przesyłka odebrana od nadawcy", "handed_over", "-"),
        ("SP_DWP", "nadana w DHL Parcelshop przesyłka oczekuje na odbiór przez kuriera DHL", "handed_over", "-"),
        ("SORT", "przesyłka jest obsługiwana w centrum sortowania", "in_network", "-"),
        ("LP", "przesyłka dotarła do oddziału", "at_local_depot", "-"),
        ("LK", "przesyłka przekazana kurierowi do doręczenia", "out_for_delivery", "-"),
        ("AWI", "próba doręczenia zakończona niepowodzeniem", "out_for_delivery", "attempt_failed_absent"),
        ("AWI_OZ", "brak dostępu do posesji lub osiedle zamknięte", "out_for_delivery", "attempt_failed_access"),
        ("AN", "przesyłka błędnie zaadresowana", "in_network", "address_problem"),
        ("BRG", "doręczenie wstrzymane do czasu uregulowania opłat przez odbiorcę", "in_network", "payment_due"),
        ("OP_COD", "odmowa przyjęcia - błędna kwota COD", "out_for_delivery", "refused"),
        ("OWL_SP_ONO", "przesyłka oczekuje na odbiór przez klienta - Service point", "available_for_pickup", "-"),
        ("PPDOR", "przesyłka została odebrana w Punkcie Obsługi Klienta DHL", "delivered", "-"),
        ("DOR_SAS", "przesyłka została doręczona do sąsiada", "delivered", "-"),
        ("PNPT", "decyzja Odbiorcy: nowa data doręczenia przesyłki", "in_network", "-"),
        ("REZ", "decyzja Odbiorcy: przesyłka zostanie zwrócona do Nadawcy", "returning", "returned_to_sender"),
        ("ZWR", "przesyłka zostanie zwrócona do nadawcy", "returning", "returned_to_sender"),
        ("SP_TO", "zwrot przesyłki do nadawcy - minął termin odbioru z DHL Parcelshop", "returning", "unclaimed"),
        ("ZWN", "przesyłka zwrócona nadawcy", "returned", "returned_to_sender"),
        // Without a code that is known the words decide, and the code is shown.
        ("XX", "przesyłka odebrana osobiście przez Odbiorcę", "delivered", "-"),
        ("XX", "przesyłka zostanie zwrócona do nadawcy", "returning", "returned_to_sender"),
        ("XX", "przesyłka teleportowana", "unknown", "-"),
    ] {
        let item = format!(
            "<item><status>{status}</status><description>{description}</description><terminal/><timestamp>2026-01-12 09:00:00</timestamp></item>"
        );
        let raw = format!("<R><shipmentId>1</shipmentId><events>{item}</events></R>");
        let told = lines(&source("dhl_poland").parse(raw.as_bytes()));
        assert_eq!(told, [format!("2026-01-12T09:00:00 unknown {milestone} {exception} | {status} | {description} | -")]);
    }
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "dhl_poland",
        &[
            (
                r#"<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body><E:Fault><faultcode>114</faultcode><faultstring>Nie znaleziono przesyłki</faultstring></E:Fault></E:Body></E:Envelope>"#,
                true,
                false,
            ),
            (
                r#"<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body><E:Fault><faultcode>100</faultcode><faultstring>Błąd autoryzacji</faultstring></E:Fault></E:Body></E:Envelope>"#,
                false,
                false,
            ),
        ],
    );
}
