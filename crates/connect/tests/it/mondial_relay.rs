use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/mondial_relay/samples/tracing_made_up.xml");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("mondial_relay").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-01-13T21:02:00 unknown handed_over - |  | Prise en charge en agence | AGENCE DE LYON",
        "2026-01-15T09:12:00+01:00 guessed available_for_pickup - |  | Colis disponible au Point Relais | LE PETIT BAZAR",
        "2026-01-16T17:35:00+01:00 guessed delivered - |  | Colis remis au destinataire | LE PETIT BAZAR",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "mondial_relay",
        &[
            (
                r#"<WSI2_TracingColisDetailleResponse xmlns="http://www.mondialrelay.fr/webservice/"><WSI2_TracingColisDetailleResult><STAT>24</STAT></WSI2_TracingColisDetailleResult></WSI2_TracingColisDetailleResponse>"#,
                true,
                false,
            ),
            ("<R><STAT>97</STAT></R>", false, false),
            ("<R><STAT>99</STAT></R>", false, true),
        ],
    );
}
