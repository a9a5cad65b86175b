//! Asking Mondial Relay: `WSI2_TracingColisDetaille`, each question signed.

use kept_engine::ports::PollError;
use md5::{Digest, Md5};
use reqwest::header::CONTENT_TYPE;

use super::SOURCE;
use crate::asking::{AskingSettings, CarrierPoller, Speaks, Way, escaped_in_xml};

/// The vendor's address.
pub const DEFAULT_BASE_URL: &str = "https://api.mondialrelay.com";

/// French, because the label tables are French.
const LANGUAGE: &str = "FR";

static WAY: Way = Way {
    source: SOURCE,
    partner: "Mondial Relay",
    key: "the brand code and its private key",
    needs_secret: true,
    batch: 1,
    speaks: Speaks::Xml,
    question: |caller, settings, numbers, _| {
        let (brand, number) = (settings.user.trim(), numbers.first().copied().unwrap_or_default());
        let envelope = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
             <WSI2_TracingColisDetaille xmlns=\"http://www.mondialrelay.fr/webservice/\"><Enseigne>{}</Enseigne><Expedition>{}</Expedition>\
             <Langue>{LANGUAGE}</Langue><Security>{}</Security></WSI2_TracingColisDetaille></soap:Body></soap:Envelope>",
            escaped_in_xml(brand),
            escaped_in_xml(number),
            security(&[brand, number, LANGUAGE, settings.secret.trim()]),
        );
        caller
            .post("/Web_Services.asmx")
            .header(CONTENT_TYPE, "text/xml; charset=utf-8")
            .header("SOAPAction", "\"http://www.mondialrelay.fr/webservice/WSI2_TracingColisDetaille\"")
            .body(envelope)
    },
    token: None,
    named_in: Some("Expedition"),
};

/// Asks `WSI2_TracingColisDetaille`, one number a call. `user` is the brand code (*Enseigne*), `secret` the private key.
///
/// # Errors
/// No key, an address that is not http or https, or no TLS on this machine.
pub fn poller(settings: AskingSettings) -> Result<CarrierPoller, PollError> {
    CarrierPoller::new(&WAY, settings)
}

/// The hash that Mondial Relay asks for: MD5 over all fields and the private key, in capitals. It is no protection of ours.
fn security(fields: &[&str]) -> String {
    hex::encode_upper(Md5::digest(fields.concat()))
}

#[cfg(test)]
mod tests {
    use super::security;

    #[test]
    fn the_hash_is_md5_in_capitals() {
        // RFC 1321, A.5: MD5 ("abc").
        assert_eq!(security(&["a", "", "bc"]), "900150983CD24FB0D6963F7D28E17F72");
    }
}
