//! Twilio: Messages resource (API 2010-04-01), status callbacks, incoming messages.
//!
//! Built from twilio.com/docs: *Messages resource*, *Track the Message Status of Outbound Messages*, *Webhooks security*, *Twilio's
//! response*, *Error and Warning Dictionary*, *Advanced Opt-Out*. Not tried on a live account.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use kept_domain::input::{CustomerOptedOut, CustomerRef, Input, MessageReceipt, News};
use kept_engine::ports::{Barred, Inbound, Letter, Outbound, Parsed, SendOutcome, Unmapped, Verification};
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use sha1::Sha1;

use super::call::{self, Line, code_of};
use super::form::Form;
use super::{answered, opts_out};
use crate::line::escaped;
use crate::reading::answer::wrong_shape;
use crate::reading::signature::verdict;

const SOURCE: &str = "twilio";
/// The header of the signature.
pub const SIGNATURE_HEADER: &str = "x-twilio-signature";
/// Where the API is.
const ADDRESS: &str = "https://api.twilio.com";

/// An account.
#[derive(Clone)]
pub struct TwilioSettings {
    /// `AC…`
    pub account: String,
    /// The auth token; callbacks are signed with it too.
    pub token: String,
    /// A number in E.164, a name of up to eleven characters, or a messaging service (`MG…`).
    pub from: String,
    /// Where Kept is reached by the world; receipts come only to an address that begins with https.
    pub public_url: String,
    /// Another address of the same API.
    pub url: Option<String>,
    /// Longest wait for an answer.
    pub timeout: Option<Duration>,
}

impl fmt::Debug for TwilioSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioSettings").field("from", &self.from).field("url", &self.url).finish_non_exhaustive()
    }
}

/// The way out by Twilio. Blocks.
pub struct Twilio {
    settings: TwilioSettings,
    line: Line,
}

impl Twilio {
    /// A way out.
    ///
    /// # Errors
    /// A setting that can never work, in words.
    pub fn new(settings: TwilioSettings) -> Result<Twilio, String> {
        for (value, what) in [(&settings.account, "account SID"), (&settings.token, "auth token"), (&settings.from, "sender")] {
            if value.trim().is_empty() {
                return Err(format!("Twilio needs its {what}"));
            }
        }
        let line = Line::open(settings.url.as_deref().unwrap_or(ADDRESS), settings.timeout)?;
        Ok(Twilio { settings, line })
    }

    /// Asks for the account: sends nothing. Gives a sentence for the operator.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self) -> Result<String, String> {
        let path = format!("{}/2010-04-01/Accounts/{}.json", self.line.base, escaped(self.settings.account.trim()));
        let request = self.line.client.get(path).basic_auth(self.settings.account.trim(), Some(self.settings.token.trim()));
        let answer = call::look(request)?;
        let state = answer.json.as_ref().and_then(|json| json.get("status")).and_then(Value::as_str).unwrap_or_default();
        match (answer.status, state) {
            (200, "active") => Ok("Twilio answers; the account is active".to_owned()),
            (200, state) => Err(format!("the account at Twilio is {state:?}")),
            (status, _) => Err(format!("Twilio answers with {status}: check account and token")),
        }
    }
}

impl Outbound for Twilio {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn send(&self, letter: &Letter, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> SendOutcome {
        let TwilioSettings { account, token, from, public_url, .. } = &self.settings;
        let from = from.trim();
        let sender = if from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
        let mut fields = vec![("To", letter.to_address.clone()), (sender, from.to_owned()), ("Body", letter.text.clone())];
        // Twilio refuses a message whose callback it cannot reach.
        if public_url.starts_with("https://") {
            fields.push(("StatusCallback", format!("{public_url}/in/{SOURCE}?message={}", letter.message_id)));
        }
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let path = format!("{}/2010-04-01/Accounts/{}/Messages.json", self.line.base, escaped(account.trim()));
        let request = self.line.client.post(path).basic_auth(account.trim(), Some(token.trim()));
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.join("&"));
        match call::act(request, in_doubt) {
            Ok(answer) => judged(&answer),
            Err(outcome) => outcome,
        }
    }
}

fn judged(answer: &call::Answer) -> SendOutcome {
    let field = |name: &str| answer.json.as_ref().and_then(|json| json.get(name));
    let sid = field("sid").and_then(Value::as_str).filter(|sid| is_sid(sid));
    match (answer.status, sid) {
        (200..=299, Some(sid)) => match field("status").and_then(Value::as_str).unwrap_or_default() {
            "failed" | "undelivered" => barred_or_refused(&code_of(field("error_code")), answer.status),
            state => SendOutcome::Accepted {
                reply: format!("{} {} {sid}", answer.status, code_of(Some(&Value::from(state)))),
                reference: Some(sid.to_owned()),
            },
        },
        (200..=299, None) => SendOutcome::Unknown { reason: "Twilio's answer names no message".to_owned() },
        _ => {
            let code = code_of(field("code"));
            match answer.status {
                400 => barred_or_refused(&code, 400),
                _ => call::refusal(answer, &code, !code.is_empty()),
            }
        }
    }
}

fn barred_or_refused(code: &str, status: u16) -> SendOutcome {
    let reply = format!("{status} {code}").trim().to_owned();
    match barred(code) {
        Some(why) => SendOutcome::Barred { why, reply },
        None => SendOutcome::Refused { reply },
    }
}

/// Codes that say something of the number, not of the message (*Error and Warning Dictionary*): unsubscribed; invalid, no mobile number,
/// unknown, a landline.
fn barred(code: &str) -> Option<Barred> {
    match code {
        "21610" => Some(Barred::OptedOut),
        "21211" | "21214" | "21217" | "21401" | "21407" | "21614" | "21635" | "30005" | "30006" => Some(Barred::Unreachable),
        _ => None,
    }
}

fn is_sid(text: &str) -> bool {
    text.len() <= 40 && text.chars().all(|character| character.is_ascii_alphanumeric())
}

/// What comes back from Twilio: states of messages, and answers to them.
pub struct TwilioReceipts;

impl Inbound for TwilioReceipts {
    fn source(&self) -> &'static str {
        SOURCE
    }

    /// `X-Twilio-Signature`: base64 of HMAC-SHA1, by the auth token, over the address as it was called and the form's fields, sorted, each
    /// name and value behind the other. SHA-1 is Twilio's choice; HMAC does not rest on what is broken in it.
    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        let (Some(given), Some(url)) = (header(SIGNATURE_HEADER), header(":url")) else { return Verification::Refused };
        let (Ok(given), Ok(text)) = (STANDARD.decode(given.trim()), std::str::from_utf8(raw)) else {
            return Verification::Refused;
        };
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return Verification::Refused };
        mac.update(url.as_bytes());
        for (name, value) in Form::of(text).sorted() {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        // An empty secret would make every stranger's signature computable. Compares in constant time.
        verdict(!secret.is_empty() && mac.verify_slice(&given).is_ok())
    }

    fn by_address(&self) -> bool {
        true
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| {
            let form = Form::read(raw)?;
            let Some(sid) = form.get("MessageSid").or_else(|| form.get("SmsSid")).filter(|sid| is_sid(sid)) else {
                return Err(wrong_shape(
                    "no `MessageSid` in it",
                    "this address takes status callbacks and incoming messages of Twilio",
                ));
            };
            let incoming =
                form.get("Body").is_some() || form.get("MessageStatus").or_else(|| form.get("SmsStatus")) == Some("received");
            if incoming {
                return read_answer(&form, sid, parsed);
            }
            let Some(status) = form.get("MessageStatus").or_else(|| form.get("SmsStatus")) else {
                return Err(wrong_shape("no `MessageStatus` in it", "give this address as `StatusCallback`"));
            };
            parsed.delivery_id = Some(format!("{sid}:{}", status.chars().take(40).collect::<String>()));
            let delivered = match status {
                "delivered" | "read" => true,
                "undelivered" | "failed" => false,
                "accepted" | "scheduled" | "queued" | "sending" | "sent" | "canceled" => return Ok(()),
                other => {
                    parsed.unmapped.push(Unmapped { code: other.to_owned(), text: String::new(), what: "event".to_owned() });
                    return Ok(());
                }
            };
            let code = form.get("ErrorCode").map(|code| code_of(Some(&Value::from(code)))).filter(|code| !code.is_empty());
            parsed.inputs.push(input(News::MessageReceipt(MessageReceipt {
                message: form.get("message").and_then(|id| id.parse().ok()),
                reference: Some(sid.to_owned()),
                at: None,
                delivered,
                unreachable: !delivered && code.as_deref().and_then(barred) == Some(Barred::Unreachable),
                code,
            })));
            Ok(())
        })
    }
}

fn read_answer(form: &Form, sid: &str, parsed: &mut Parsed) -> Result<(), kept_engine::ports::ParseError> {
    parsed.delivery_id = Some(sid.to_owned());
    let lifted = match form.get("OptOutType") {
        Some("STOP") => Some(false),
        Some("START") => Some(true),
        Some("HELP") => return Ok(()),
        _ => opts_out(form.get("Body").unwrap_or_default()).map(|out| !out),
    };
    let (Some(lifted), Some(from)) = (lifted, form.get("From")) else { return Err(answered()) };
    parsed.inputs.push(Input {
        event_id: Some(sid.to_owned()),
        ..input(News::CustomerOptedOut(CustomerOptedOut {
            customer: CustomerRef::default(),
            phone: Some(from.to_owned()),
            at: None,
            lifted,
        }))
    });
    Ok(())
}

fn input(news: News) -> Input {
    Input { source: SOURCE.to_owned(), event_id: None, news }
}
