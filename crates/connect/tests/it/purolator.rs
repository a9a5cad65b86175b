use crate::shared::{assert_refusals, estimated_days, lines, source};

const SAMPLE: &str = include_str!("../../src/carriers/purolator/samples/track_packages_made_up.xml");

const SCANS: &str = include_str!("../../src/carriers/purolator/samples/scans_made_up.json");

#[test]
fn the_history_is_told_oldest_first() {
    let parsed = source("purolator").parse(SAMPLE.as_bytes());
    assert_eq!(parsed.error, None);
    let expected = [
        "2026-01-19T16:00:00-05:00 guessed handed_over - | ProofOfPickUp | Picked up by Purolator | MONTREAL, QC",
        "2026-01-20T00:55:00-05:00 guessed in_network - | Other | Arrived at sort facility | MONTREAL SORT CTR/CTR TRIE, QC",
        "2026-01-21T17:30:00-06:00 guessed out_for_delivery attempt_failed_absent | Undeliverable | Customer not available or business closed | WINNIPEG, MB",
        "2026-01-22T08:05:00-06:00 guessed out_for_delivery - | OnDelivery | On vehicle for delivery | WINNIPEG, MB",
        "2026-01-22T13:40:15-06:00 guessed delivered - | Delivery | Shipment delivered to | WINNIPEG, MB",
    ];
    assert_eq!(lines(&parsed), expected);
    assert_eq!(estimated_days(&parsed), [""; 0]);
}

/// A bare list of scans, as integrators keep it: numbers have lost the zeros of `HHmmss`.
#[test]
fn a_bare_list_of_scans_is_read() {
    let parsed = source("purolator").parse(SCANS.as_bytes());
    assert_eq!((parsed.error.clone(), parsed.unmapped.len()), (None, 0));
    let expected = [
        "2026-01-26T00:09:22-08:00 guessed in_network - | Other | Departed sort facility | RICHMOND, BC",
        "2026-01-27T00:45:30-05:00 guessed in_network - | Other | Arrived at sort facility | MONTREAL SORT CTR/CTR TRIE, QC",
        "2026-01-28T08:37:04-05:00 guessed out_for_delivery - | OnDelivery | On vehicle for delivery | TORONTO, ON",
        "2026-01-28T13:01:15 unknown delivered - | Delivery | Envoi livré | -",
    ];
    assert_eq!(lines(&parsed), expected);
}

#[test]
fn what_it_says_instead_is_explained() {
    assert_refusals(
        "purolator",
        &[
            (
                "<TrackPackagesByPinResponse><ResponseInformation><Errors><Error><Code>1100534</Code><Description>PIN could not be found</Description></Error></Errors></ResponseInformation><TrackingInformationList/></TrackPackagesByPinResponse>",
                true,
                false,
            ),
            (
                r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>Unauthorized</faultstring></s:Fault></s:Body></s:Envelope>"#,
                false,
                false,
            ),
        ],
    );
}
