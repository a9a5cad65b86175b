//! Asking a partner: what every client does alike.
//!
//! The line is that of [`crate::line`]; an error shows neither key nor tracking number, and a refused key is not tried again.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use kept_engine::ports::{PollError, Poller, Trouble};
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use crate::line::{self, BackOff, BrokenBody, WAIT_AFTER_NONSENSE, escaped, with_causes};
use crate::reading::xml;

/// MiB. Ten histories weigh some tens of kilobytes; more than this is not an answer.
const LARGEST_ANSWER: u64 = 4;
/// A token is renewed this long before it ends: a call on its way must not outlive it.
const TOKEN_MARGIN: Duration = Duration::from_secs(60);
/// However long a token is said to last.
const LONGEST_TOKEN: Duration = Duration::from_secs(24 * 3600);

/// How a carrier is asked.
#[derive(Clone)]
pub struct AskingSettings {
    /// Scheme, host and, if any, port and path in front of the carrier's own.
    pub base_url: String,
    /// The user's name or the client's id; empty where the carrier wants none.
    pub user: String,
    /// The key, the password or the client's secret; never shown and never logged. Empty where the carrier wants none.
    pub secret: String,
    /// For the connection.
    pub connect_timeout: Duration,
    /// For the whole call.
    pub timeout: Duration,
    /// What the carrier allows.
    pub calls_per_second: f64,
}

impl AskingSettings {
    /// This address and these credentials: 5 seconds to connect, 20 in all, one call a second.
    #[must_use]
    pub fn new(base_url: impl Into<String>, user: impl Into<String>, secret: impl Into<String>) -> AskingSettings {
        AskingSettings {
            base_url: base_url.into(),
            user: user.into(),
            secret: secret.into(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            calls_per_second: 1.0,
        }
    }
}

impl fmt::Debug for AskingSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AskingSettings")
            .field("base_url", &self.base_url)
            .field("timeout", &self.timeout)
            .field("calls_per_second", &self.calls_per_second)
            .finish_non_exhaustive()
    }
}

/// What is particular to asking one carrier.
pub(crate) struct Way {
    /// The name, as in `--source`.
    pub source: &'static str,
    /// The carrier's name, as shown.
    pub partner: &'static str,
    /// What opens its door, as shown: *the key*.
    pub key: &'static str,
    /// Whether it asks for credentials at all.
    pub needs_secret: bool,
    /// How many numbers one question may name.
    pub batch: usize,
    /// What it speaks.
    pub speaks: Speaks,
    /// The question about these numbers, which are trimmed and at least one; `bearer` is the token, where there is one.
    pub question: fn(&Caller, &AskingSettings, &[&str], bearer: &str) -> RequestBuilder,
    /// How a token is had, where one is needed.
    pub token: Option<TokenWay>,
    /// The attribute that names, in an element around it, the number that an answer of XML is about and does not say itself.
    pub named_in: Option<&'static str>,
}

/// How a token is had and lost.
pub(crate) struct TokenWay {
    /// The question for one.
    pub question: fn(&Caller, &AskingSettings) -> RequestBuilder,
    /// What the answer to it is.
    pub speaks: Speaks,
    /// The token in an answer, and how long it lasts.
    pub read: fn(&[u8]) -> Option<(String, Duration)>,
    /// Whether an answer, whatever its status, refuses the token; or, to the question for one, the credentials.
    pub refuses: fn(&[u8]) -> bool,
    /// A partner may allow only so many of these questions a day.
    pub least_between: Duration,
}

impl TokenWay {
    /// OAuth's client credentials.
    pub(crate) const fn oauth(question: fn(&Caller, &AskingSettings) -> RequestBuilder) -> TokenWay {
        TokenWay { question, speaks: Speaks::Json, read: oauth_token, refuses: |_| false, least_between: Duration::ZERO }
    }
}

/// The token of OAuth (RFC 6749, 5.1). Some carriers write the number of seconds as text.
fn oauth_token(answer: &[u8]) -> Option<(String, Duration)> {
    let read: Value = serde_json::from_slice(answer).ok()?;
    let token = read.get("access_token").and_then(Value::as_str)?;
    let written = read.get("expires_in");
    let seconds = written.and_then(Value::as_u64).or_else(|| written?.as_str()?.parse().ok()).unwrap_or(600);
    Some((token.to_owned(), Duration::from_secs(seconds)))
}

/// What an answer must be, to be handed to the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    Json,
    Xml,
}

/// Asks a carrier. Blocks: never call it from an asynchronous task.
pub struct CarrierPoller {
    way: &'static Way,
    settings: AskingSettings,
    caller: Caller,
    token: Mutex<TokenKept>,
}

/// The token, until when it is good, and when one was had last.
#[derive(Default)]
struct TokenKept {
    token: Option<(String, Instant)>,
    had: Option<Instant>,
}

impl CarrierPoller {
    /// A client for this way of asking.
    ///
    /// # Errors
    /// No credentials where some are needed, an address that is not http or https, or no TLS on this machine.
    pub(crate) fn new(way: &'static Way, settings: AskingSettings) -> Result<CarrierPoller, PollError> {
        let caller = Caller::new(way.partner, way.key, &settings.base_url, settings.connect_timeout, settings.timeout)?;
        if way.needs_secret && settings.secret.trim().is_empty() {
            return Err(caller.useless(Trouble::Key, format!("{} is not set; hint: get it from the carrier", way.key)));
        }
        Ok(CarrierPoller { way, settings, caller, token: Mutex::default() })
    }

    fn call(&self, numbers: &[&str]) -> Result<Vec<u8>, PollError> {
        let Some(token) = &self.way.token else {
            let answer = self.caller.send((self.way.question)(&self.caller, &self.settings, numbers, ""))?;
            return self.caller.judge(answer, self.way.speaks);
        };
        let ask = |bearer: &str| self.caller.send((self.way.question)(&self.caller, &self.settings, numbers, bearer));
        let refused = |answer: &Answer| answer.status == 401 || (token.refuses)(&answer.body);
        let mut answer = ask(&self.bearer(token)?)?;
        if refused(&answer) {
            // The token may have been taken back before its time; a fresh one is tried once.
            self.token.lock().unwrap_or_else(PoisonError::into_inner).token = None;
            answer = ask(&self.bearer(token)?)?;
            if refused(&answer) {
                return Err(self.caller.refused_key(answer.status));
            }
        }
        self.caller.judge(answer, self.way.speaks)
    }

    /// The token that is still good, else a new one. Held locked while it is asked for: two threads need not ask twice.
    fn bearer(&self, way: &TokenWay) -> Result<String, PollError> {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some((token, until)) = kept.token.as_ref()
            && now < *until
        {
            return Ok(token.clone());
        }
        if let Some(left) =
            kept.had.and_then(|had| way.least_between.checked_sub(now.duration_since(had))).filter(|left| !left.is_zero())
        {
            let message = "refuses the token that it gave, and does not allow to ask for another yet";
            return Err(self.caller.wait(Trouble::Key, Some(left.as_secs() + 1), message));
        }
        let answer = self.caller.send((way.question)(&self.caller, &self.settings))?;
        kept.had = Some(now);
        if matches!(answer.status, 400 | 401 | 403) || (way.refuses)(&answer.body) {
            return Err(self.caller.refused_key(answer.status));
        }
        let body = self.caller.judge(answer, way.speaks)?;
        let Some((token, lasts)) = (way.read)(&body) else {
            return Err(self.caller.wait(
                Trouble::Form,
                Some(WAIT_AFTER_NONSENSE),
                "no token in the answer to the question for one",
            ));
        };
        let lasts = lasts.min(LONGEST_TOKEN).saturating_sub(TOKEN_MARGIN);
        kept.token = Some((token.clone(), now + lasts));
        Ok(token)
    }
}

impl Poller for CarrierPoller {
    fn source(&self) -> &'static str {
        self.way.source
    }

    fn batch(&self) -> usize {
        self.way.batch
    }

    fn calls_per_second(&self) -> f64 {
        self.settings.calls_per_second
    }

    fn ask(&self, tracking_numbers: &[String]) -> Result<Vec<u8>, PollError> {
        let numbers = self.caller.numbers(tracking_numbers, self.way.batch)?;
        let answer = self.call(&numbers)?;
        self.caller.succeeded();
        Ok(match (self.way.named_in, numbers.as_slice()) {
            (Some(attribute), [number]) => named(answer, attribute, number),
            _ => answer,
        })
    }
}

/// An answer in an element that names the number it is about. Its own declaration goes, which may stand at the beginning only; so does the
/// mark of its encoding, after the bytes were read by it.
fn named(answer: Vec<u8>, attribute: &str, number: &str) -> Vec<u8> {
    let text = xml::decode(&answer);
    let text = text.trim_start();
    let inner = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or(text, |(_, inner)| inner);
    format!("<answer {attribute}=\"{}\">{inner}</answer>", escaped_in_xml(number)).into_bytes()
}

/// One partner's line.
pub(crate) struct Caller {
    partner: &'static str,
    key: &'static str,
    base_url: String,
    client: Client,
    back_off: BackOff,
}

/// What came back.
pub(crate) struct Answer {
    pub status: u16,
    retry_after: Option<u64>,
    body: Vec<u8>,
}

impl Caller {
    /// A client that follows no redirect.
    ///
    /// # Errors
    /// An address that is not http or https, or no TLS on this machine.
    pub(crate) fn new(
        partner: &'static str,
        key: &'static str,
        base_url: &str,
        connect_timeout: Duration,
        timeout: Duration,
    ) -> Result<Caller, PollError> {
        let (base_url, client) = line::open(base_url, connect_timeout, timeout)
            .map_err(|message| poll_error(partner, Trouble::Address, message, None))?;
        Ok(Caller { partner, key, base_url, client, back_off: BackOff::default() })
    }

    /// A question that is read.
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base_url))
    }

    /// A question with a body.
    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.base_url))
    }

    /// A question with a form.
    pub(crate) fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        self.post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(fields.join("&"))
    }

    /// The numbers of a question, trimmed.
    ///
    /// # Errors
    /// None, or more than the partner takes at once.
    pub(crate) fn numbers<'n>(&self, given: &'n [String], batch: usize) -> Result<Vec<&'n str>, PollError> {
        if given.len() > batch {
            return Err(
                self.useless(Trouble::Question, format!("{} numbers in one question; hint: at most {batch}", given.len()))
            );
        }
        let numbers: Vec<&str> = given.iter().map(|number| number.trim()).collect();
        if numbers.iter().all(|number| number.is_empty()) {
            return Err(self.useless(Trouble::Question, "no number was asked for"));
        }
        Ok(numbers)
    }

    /// Sends it; the answer's status is not judged yet.
    ///
    /// # Errors
    /// No connection, too slow, cut off, too large.
    pub(crate) fn send(&self, request: RequestBuilder) -> Result<Answer, PollError> {
        // The address holds tracking numbers, which do not belong into logs.
        let response =
            request.send().map_err(|error| self.wait(Trouble::Unreachable, None, &with_causes(&error.without_url())))?;
        let (status, retry_after) = (response.status().as_u16(), line::retry_after_seconds(response.headers()));
        Ok(Answer { status, retry_after, body: self.body(response)? })
    }

    /// The body where the parser can read it: an answer, or the partner's own words on what it does not know.
    ///
    /// # Errors
    /// A refused key, asked too often, out of order, an answer in another tongue, a status that nobody described.
    pub(crate) fn judge(&self, answer: Answer, speaks: Speaks) -> Result<Vec<u8>, PollError> {
        let Answer { status, retry_after, body } = answer;
        let understood = match speaks {
            Speaks::Json => serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok(),
            Speaks::Xml => xml::is_xml(&body),
        };
        match status {
            401 | 403 => Err(self.refused_key(status)),
            429 => Err(self.wait(Trouble::TooOften, retry_after, "asked too often (429)")),
            // SOAP says everything that is wrong with 500; the parser tells what.
            500 if speaks == Speaks::Xml && understood => Ok(body),
            500.. => Err(self.wait(Trouble::OutOfOrder, retry_after, &format!("out of order ({status})"))),
            _ if !understood => {
                let tongue = if speaks == Speaks::Json { "JSON" } else { "XML" };
                let message = format!("something that is not {tongue} ({status}); hint: check the address {:?}", self.base_url);
                Err(poll_error(self.partner, Trouble::Address, message, Some(retry_after.unwrap_or(WAIT_AFTER_NONSENSE))))
            }
            200..=299 | 400 | 404 => Ok(body),
            _ => {
                let message = format!("an unexpected status ({status}); hint: check the address {:?}", self.base_url);
                Err(self.useless(Trouble::of_status(status), message))
            }
        }
    }

    /// The last call went well: waits begin short again.
    pub(crate) fn succeeded(&self) {
        self.back_off.succeeded();
    }

    /// An error that trying again does not heal.
    pub(crate) fn useless(&self, trouble: Trouble, message: impl Into<String>) -> PollError {
        poll_error(self.partner, trouble, message.into(), None)
    }

    fn refused_key(&self, status: u16) -> PollError {
        let trouble = if status == 403 { Trouble::Rights } else { Trouble::Key };
        self.useless(trouble, format!("the key was refused ({status}); hint: check {} in the settings", self.key))
    }

    fn body(&self, response: Response) -> Result<Vec<u8>, PollError> {
        line::body(response, LARGEST_ANSWER).map_err(|broken| match broken {
            BrokenBody::Off(message) => self.wait(Trouble::Unreachable, None, &message),
            BrokenBody::TooLong(message) => self.useless(Trouble::Form, message),
        })
    }

    fn wait(&self, trouble: Trouble, asked_for: Option<u64>, message: &str) -> PollError {
        poll_error(self.partner, trouble, message.to_owned(), Some(self.back_off.after_failure(asked_for)))
    }
}

/// A number or a name as text of XML: nothing in it may become an element.
pub(crate) fn escaped_in_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn poll_error(partner: &str, trouble: Trouble, message: String, retry_after_seconds: Option<u64>) -> PollError {
    PollError { source_name: partner.to_owned(), message, retry_after_seconds, trouble }
}
