//! Asking DPD: `getAuth` of the LoginService 2.0 for a token, `getTrackingData` of the ParcelLifeCycleService 2.0 with it.

use std::time::Duration;

use jiff::Timestamp;
use kept_base::Moment;
use kept_engine::ports::PollError;
use reqwest::blocking::RequestBuilder;
use reqwest::header::CONTENT_TYPE;

use super::SOURCE;
use crate::asking::{AskingSettings, Caller, CarrierPoller, Speaks, TokenWay, Way, escaped_in_xml};
use crate::reading::xml::{self, read_xml};

/// DPD's address for the countries that have none of their own.
pub const DEFAULT_BASE_URL: &str = "https://public-ws.dpd.com/services";

/// Documented: a token is good for 24 hours from its first log-in, to the minute.
const TOKEN_LASTS: Duration = Duration::from_secs(24 * 3600);
/// Documented: ten log-ins a day.
const BETWEEN_LOGINS: Duration = Duration::from_secs(24 * 3600 / 10);

static WAY: Way = Way {
    source: SOURCE,
    partner: "DPD",
    key: "the delis id and its password",
    needs_secret: true,
    batch: 1,
    speaks: Speaks::Xml,
    question: |caller, settings, numbers, token| {
        let number = numbers.first().copied().map(escaped_in_xml).unwrap_or_default();
        let header = format!(
            "<auth:authentication><delisId>{}</delisId><authToken>{}</authToken><messageLanguage>en_EN</messageLanguage></auth:authentication>",
            escaped_in_xml(settings.user.trim()),
            escaped_in_xml(token)
        );
        let body = format!("<plc:getTrackingData><parcelLabelNumber>{number}</parcelLabelNumber></plc:getTrackingData>");
        let spaces = "xmlns:auth=\"http://dpd.com/common/service/types/Authentication/2.0\" \
                      xmlns:plc=\"http://dpd.com/common/service/types/ParcelLifeCycleService/2.0\"";
        let service = "ParcelLifeCycleService";
        soap(caller, service, "getTrackingData", &envelope(spaces, &header, &body))
    },
    token: Some(TokenWay {
        question: |caller, settings| {
            let body = format!(
                "<ns:getAuth><delisId>{}</delisId><password>{}</password><messageLanguage>en_EN</messageLanguage></ns:getAuth>",
                escaped_in_xml(settings.user.trim()),
                escaped_in_xml(settings.secret.trim())
            );
            let spaces = "xmlns:ns=\"http://dpd.com/common/service/types/LoginService/2.0\"";
            soap(caller, "LoginService", "getAuth", &envelope(spaces, "", &body))
        },
        speaks: Speaks::Xml,
        read: token,
        refuses,
        least_between: BETWEEN_LOGINS,
    }),
    named_in: Some("parcelLabelNumber"),
};

/// Asks `getTrackingData`, one number a call. `user` is the delis id, `secret` its password; the address is that of DPD's country, up to
/// `/services`. English is asked for, since the codes say what counts.
///
/// # Errors
/// No password, an address that is not http or https, or no TLS on this machine.
pub fn poller(settings: AskingSettings) -> Result<CarrierPoller, PollError> {
    CarrierPoller::new(&WAY, settings)
}

fn soap(caller: &Caller, service: &str, operation: &str, envelope: &str) -> RequestBuilder {
    caller
        .post(&format!("/{service}/V2_0"))
        .header(CONTENT_TYPE, "text/xml; charset=utf-8")
        .header("SOAPAction", format!("\"http://dpd.com/common/service/{service}/2.0/{operation}\""))
        .body(envelope.to_owned())
}

fn envelope(spaces: &str, header: &str, body: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" {spaces}><soapenv:Header>{header}</soapenv:Header>\
         <soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )
}

/// `authToken`, and how long it lasts by `authTokenExpires`, which is UTC and not given everywhere.
fn token(answer: &[u8]) -> Option<(String, Duration)> {
    let read = read_xml("DPD", answer, |root| {
        let field = |name: &str| xml::find(root, name).and_then(xml::text);
        Ok((field("authToken"), field("authTokenExpires")))
    });
    let (token, expires) = read.ok()?;
    let until = expires.and_then(|written| Moment::parse_iso(&written).ok()).and_then(|written| {
        let known = written.instant();
        known.or_else(|| written.wall.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp()))
    });
    // An end that is past would have us log in with every call.
    let left = until.and_then(|until| Duration::try_from(until.duration_since(Timestamp::now())).ok());
    Some((token?, left.filter(|left| *left > Duration::from_secs(120)).unwrap_or(TOKEN_LASTS)))
}

/// The faults of a token that is too old or unknown, and of a wrong password.
fn refuses(answer: &[u8]) -> bool {
    const FAULTS: [&str; 4] =
        ["authenticationFault", "DELICOM_ERR_AUTHENTICATION", "ERR_DELICOM_TOKEN_EXPIRED", "ERR_DELICOM_TOKEN_INCORRECT"];
    let text = String::from_utf8_lossy(answer);
    FAULTS.iter().any(|fault| text.contains(fault))
}
