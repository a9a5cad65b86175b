//! Asking Chronopost: `trackSkybillV2` in SOAP, which wants no key.

use kept_engine::ports::PollError;
use reqwest::header::CONTENT_TYPE;

use super::SOURCE;
use crate::asking::{AskingSettings, CarrierPoller, Speaks, Way, escaped_in_xml};

/// The vendor's address.
pub const DEFAULT_BASE_URL: &str = "https://ws.chronopost.fr";

static WAY: Way = Way {
    source: SOURCE,
    partner: "Chronopost",
    key: "the account",
    needs_secret: false,
    batch: 1,
    speaks: Speaks::Xml,
    question: |caller, _, numbers, _| {
        let number = numbers.first().copied().map(escaped_in_xml).unwrap_or_default();
        let envelope = format!(
            "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:cxf=\"http://cxf.tracking.soap.chronopost.fr/\"><soapenv:Header/><soapenv:Body><cxf:trackSkybillV2>\
             <language>fr_FR</language><skybillNumber>{number}</skybillNumber></cxf:trackSkybillV2></soapenv:Body></soapenv:Envelope>"
        );
        caller.post("/tracking-cxf/TrackingServiceWS").header(CONTENT_TYPE, "text/xml; charset=utf-8").body(envelope)
    },
    token: None,
    named_in: None,
};

/// Asks `trackSkybillV2`, one number a call. French is asked for because the label tables are French; `user` and `secret` are not used.
///
/// # Errors
/// An address that is not http or https, or no TLS on this machine.
pub fn poller(settings: AskingSettings) -> Result<CarrierPoller, PollError> {
    CarrierPoller::new(&WAY, settings)
}
