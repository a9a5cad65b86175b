//! OVHcloud SMS: jobs of the API v1 (signed requests), receipts and answers by callback.
//!
//! Built from docs.ovhcloud.com, *API SMS Cookbook* and the guides on sending with the API, and github.com/ovh (signature of a request:
//! `$1$` and SHA-1 over secret, consumer key, method, address, body and time). The fields of the callback are those of an older page of
//! the vendor's, quoted in github.com/ovh/docs/issues/1496. Not tried on a live account.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use kept_domain::input::{CustomerOptedOut, CustomerRef, Input, MessageReceipt, News};
use kept_engine::ports::{Barred, Inbound, Letter, Outbound, Parsed, PollError, SendOutcome, Trouble, Unmapped, Verification};
use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::call::{self, Line, code_of};
use super::form::Form;
use super::{answered, opts_out};
use crate::line::escaped;
use crate::reading::answer::wrong_shape;
use crate::reading::signature::token;

const SOURCE: &str = "ovh_sms";
/// Where the API is, for accounts of OVHcloud in Europe.
const ADDRESS: &str = "https://eu.api.ovh.com/1.0";
/// Minutes for which a phone that is off is tried.
const VALIDITY: u32 = 2880;

/// An SMS account.
#[derive(Clone)]
pub struct OvhSettings {
    /// `sms-ab12345-1`
    pub service: String,
    /// The application's key.
    pub application_key: String,
    /// Its secret.
    pub application_secret: String,
    /// The consumer key that may `POST /sms/*/jobs`.
    pub consumer_key: String,
    /// A sender that OVHcloud has validated; empty: a short number that can be answered.
    pub from: String,
    /// Another address of the same API.
    pub url: Option<String>,
    /// Longest wait for an answer.
    pub timeout: Option<Duration>,
}

impl fmt::Debug for OvhSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OvhSettings").field("from", &self.from).field("url", &self.url).finish_non_exhaustive()
    }
}

/// The way out by OVHcloud. Blocks.
pub struct Ovh {
    settings: OvhSettings,
    line: Line,
    /// How far OVHcloud's clock is ahead of this machine's, in seconds, once it was asked.
    ahead: Mutex<Option<i64>>,
}

impl Ovh {
    /// A way out.
    ///
    /// # Errors
    /// A setting that can never work, in words.
    pub fn new(settings: OvhSettings) -> Result<Ovh, String> {
        let needed = [
            (&settings.service, "SMS account (sms-…)"),
            (&settings.application_key, "application key"),
            (&settings.application_secret, "application secret"),
            (&settings.consumer_key, "consumer key"),
        ];
        for (value, what) in needed {
            if value.trim().is_empty() {
                return Err(format!("OVHcloud needs the {what}"));
            }
        }
        let line = Line::open(settings.url.as_deref().unwrap_or(ADDRESS), settings.timeout)?;
        Ok(Ovh { settings, line, ahead: Mutex::new(None) })
    }

    /// Asks for the account: sends nothing. Gives a sentence for the operator.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self) -> Result<String, PollError> {
        let path = format!("/sms/{}", escaped(self.settings.service.trim()));
        let request = self.signed(&Method::GET, &path, String::new());
        let request = request.map_err(|why| call::refused(SOURCE, Trouble::Unreachable, why))?;
        let answer = call::asked(SOURCE, request)?;
        let credits = answer.json.as_ref().and_then(|json| json.get("creditsLeft")).and_then(Value::as_f64);
        match (answer.status, credits) {
            (200, Some(credits)) => Ok(format!("OVHcloud answers; {credits} credits are left")),
            (200, None) => Ok("OVHcloud answers".to_owned()),
            (403, _) => Ok("OVHcloud answers; the key may send and not look at the account".to_owned()),
            (status, _) => {
                let why = format!("OVHcloud answers with {status}: check account and keys");
                Err(call::refused(SOURCE, Trouble::of_status(status), why))
            }
        }
    }

    /// A request with its signature. OVHcloud takes it only close to its own time, which is asked for once.
    fn signed(&self, method: &Method, path: &str, body: String) -> Result<RequestBuilder, String> {
        let OvhSettings { application_key, application_secret, consumer_key, .. } = &self.settings;
        let (secret, consumer) = (application_secret.trim(), consumer_key.trim());
        let time = Timestamp::now().as_second() + self.ahead()?;
        let address = format!("{}{path}", self.line.base);
        let digest = Sha1::digest(format!("{secret}+{consumer}+{method}+{address}+{body}+{time}"));
        let request = self.line.client.request(method.clone(), address).header(CONTENT_TYPE, "application/json");
        let request = request.header("X-Ovh-Application", application_key.trim()).header("X-Ovh-Consumer", consumer);
        let request = request.header("X-Ovh-Timestamp", time).header("X-Ovh-Signature", format!("$1${}", hex::encode(digest)));
        Ok(if body.is_empty() { request } else { request.body(body) })
    }

    fn ahead(&self) -> Result<i64, String> {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ahead) = *ahead {
            return Ok(ahead);
        }
        let request = self.line.client.get(format!("{}/auth/time", self.line.base));
        let theirs = call::asked(SOURCE, request).map_err(|error| error.message)?.json.as_ref().and_then(Value::as_i64);
        let theirs = theirs.ok_or_else(|| "OVHcloud does not say what time it is".to_owned())?;
        let found = theirs - Timestamp::now().as_second();
        *ahead = Some(found);
        Ok(found)
    }
}

impl Outbound for Ovh {
    fn name(&self) -> &'static str {
        SOURCE
    }

    fn send(&self, letter: &Letter, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> SendOutcome {
        let size = kept_text::sms::Size::of(&letter.text);
        let coding = if size.encoding == kept_text::sms::Encoding::Gsm7 { "7bit" } else { "8bit" };
        let mut job = json!({
            "message": letter.text, "receivers": [letter.to_address], "charset": "UTF-8", "class": "phoneDisplay", "coding": coding,
            // News of an order is no advertising: it carries no STOP clause and is not held back by the hours of advertising.
            "noStopClause": true, "priority": "high", "validityPeriod": VALIDITY, "tag": letter.message_id,
        });
        let from = self.settings.from.trim();
        if let Some(fields) = job.as_object_mut() {
            match from.is_empty() {
                true => fields.insert("senderForResponse".to_owned(), Value::from(true)),
                false => fields.insert("sender".to_owned(), Value::from(from)),
            };
        }
        let path = format!("/sms/{}/jobs", escaped(self.settings.service.trim()));
        let request = match self.signed(&Method::POST, &path, job.to_string()) {
            Ok(request) => request,
            Err(reason) => return SendOutcome::Retry { reason },
        };
        let outcome = match call::act(request, in_doubt) {
            Ok(answer) => judged(&answer),
            Err(outcome) => outcome,
        };
        if matches!(outcome, SendOutcome::Retry { .. }) {
            // A clock that was set since makes every signature old.
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        outcome
    }
}

fn judged(answer: &call::Answer) -> SendOutcome {
    let field = |name: &str| answer.json.as_ref().and_then(|json| json.get(name));
    let many = |name: &str| field(name).and_then(Value::as_array).map_or(0, Vec::len);
    let id = field("ids").and_then(Value::as_array).and_then(|ids| ids.first()).and_then(id_of);
    match (answer.status, id) {
        (200..=299, Some(id)) => SendOutcome::Accepted { reply: format!("{} {id}", answer.status), reference: Some(id) },
        (200..=299, None) if many("invalidReceivers") > 0 => {
            SendOutcome::Barred { why: Barred::Unreachable, reply: format!("{} invalidReceivers", answer.status) }
        }
        (200..=299, None) => SendOutcome::Unknown { reason: "OVHcloud's answer names no message".to_owned() },
        _ => {
            let code = code_of(field("errorCode").or_else(|| field("class")));
            call::refusal(answer, &code, field("message").is_some())
        }
    }
}

fn id_of(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => number.as_u64().map(|id| id.to_string()),
        Value::String(text) => {
            Some(text.clone()).filter(|id| !id.is_empty() && id.len() <= 40 && id.chars().all(char::is_alphanumeric))
        }
        _ => None,
    }
}

/// What comes back from OVHcloud: states of messages by `callBack`, answers by `smsResponse`.
pub struct OvhReceipts;

impl Inbound for OvhReceipts {
    fn source(&self) -> &'static str {
        SOURCE
    }

    /// OVHcloud signs nothing: the secret stands in the address that it is given (`?token=…`).
    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, _: &[u8], secret: &str) -> Verification {
        let Some(url) = header(":url") else { return Verification::Refused };
        let query = url.split_once('?').map_or("", |(_, query)| query);
        token(secret, Form::of(query).get("token").unwrap_or_default())
    }

    fn by_address(&self) -> bool {
        true
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| {
            let form = Form::read(raw)?;
            if let (Some(text), Some(from)) = (form.get("message"), form.get("senderid")) {
                return read_answer(&form, text, from, parsed);
            }
            let (Some(id), Some(ptt)) = (form.get("id"), form.get("ptt").or_else(|| form.get("description"))) else {
                return Err(wrong_shape(
                    "no `id` and `ptt` in it",
                    "this address takes the state of messages, and answers to them",
                ));
            };
            let state = format!("{}:{}", form.get("ptt").unwrap_or_default(), form.get("description").unwrap_or_default());
            parsed.delivery_id = Some(format!("{}:{}", short(id), short(&state)));
            let found = form.get("ptt").and_then(of_ptt).or_else(|| form.get("description").and_then(of_description));
            let (delivered, unreachable) = match found {
                Some(State::Delivered) => (true, false),
                Some(State::Failed { unreachable }) => (false, unreachable),
                Some(State::UnderWay) => return Ok(()),
                None => {
                    parsed.unmapped.push(Unmapped { code: short(ptt), text: String::new(), what: "event".to_owned() });
                    return Ok(());
                }
            };
            parsed.inputs.push(Input {
                source: SOURCE.to_owned(),
                event_id: None,
                news: News::MessageReceipt(MessageReceipt {
                    message: None,
                    reference: Some(short(id)),
                    // `date` says neither its form nor its zone.
                    at: None,
                    delivered,
                    unreachable,
                    code: Some(format!("ptt {}", short(ptt))),
                }),
            });
            Ok(())
        })
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

enum State {
    UnderWay,
    Delivered,
    Failed { unreachable: bool },
}

/// *Premium Tracking Technical*: 23 is a number that is wrong or barred for good, 27 a phone that can never take such a message.
fn of_ptt(code: &str) -> Option<State> {
    match code {
        // 6: the operator never says what became of it.
        "1" | "2" | "3" | "6" => Some(State::UnderWay),
        "4" => Some(State::Delivered),
        "23" | "27" => Some(State::Failed { unreachable: true }),
        "5" | "8" | "20" | "21" | "24" | "25" | "26" | "28" | "29" | "33" | "39" | "73" | "74" | "76" | "202" => {
            Some(State::Failed { unreachable: false })
        }
        _ => None,
    }
}

/// The coarser state beside it.
fn of_description(code: &str) -> Option<State> {
    match code {
        "0" | "4" | "8" => Some(State::UnderWay),
        "1" => Some(State::Delivered),
        "2" | "16" => Some(State::Failed { unreachable: false }),
        _ => None,
    }
}

fn read_answer(form: &Form, text: &str, from: &str, parsed: &mut Parsed) -> Result<(), kept_engine::ports::ParseError> {
    parsed.delivery_id = form.get("id").map(|id| format!("answer:{}", short(id)));
    let Some(out) = opts_out(text) else { return Err(answered()) };
    let phone = if from.starts_with('+') || from.starts_with("00") { from.to_owned() } else { format!("+{from}") };
    parsed.inputs.push(Input {
        source: SOURCE.to_owned(),
        event_id: form.get("id").map(short),
        news: News::CustomerOptedOut(CustomerOptedOut {
            customer: CustomerRef::default(),
            phone: Some(phone),
            at: None,
            lifted: !out,
        }),
    });
    Ok(())
}
