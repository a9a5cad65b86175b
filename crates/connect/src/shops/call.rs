//! Calls to a shop, over the line of [`crate::line`]; no error shows a key.

use std::time::Duration;

use kept_engine::ports::{ErrandOutcome, PollError, Trouble};
use reqwest::Method;
use reqwest::blocking::Client;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use serde_json::Value;

use crate::line::{self, Answer, BackOff, LONGEST_WAIT, NoAnswer, WAIT_AFTER_NONSENSE, escaped, retry_after_seconds};
use crate::reading::answer::{read_json, short};

/// MiB. A page of orders weighs some hundreds of kilobytes; more than this is not an answer.
const LARGEST_ANSWER: u64 = 16;

/// How a shop knows us.
#[derive(Clone)]
pub(crate) enum Key {
    /// User and password in `Authorization: Basic`.
    Basic(String, String),
    /// A token in a header of this name.
    Header(&'static str, String),
}

/// Calls one shop.
pub(crate) struct Caller {
    shop: &'static str,
    base: String,
    key: Key,
    client: Client,
    back_off: BackOff,
}

/// A request: method, path below the base address, query, body.
pub(crate) struct Question<'q> {
    pub method: Method,
    pub path: &'q str,
    pub query: &'q [(&'q str, String)],
    pub body: Option<Body>,
}

/// A body, and what it is.
pub(crate) enum Body {
    Json(Value),
    /// Fields of a form.
    Form(Vec<(&'static str, String)>),
    Xml(String),
}

/// An answer in JSON.
pub(crate) struct JsonAnswer {
    pub value: Value,
    pub headers: HeaderMap,
}

/// How the shop says no in its own words: the message, and whether nothing was done for sure in spite of a 5xx status.
pub(crate) type Refusal = fn(&Value) -> Option<(String, bool)>;

impl Caller {
    /// A client that follows no redirect, so that the key goes nowhere else.
    ///
    /// # Errors
    /// No key, an address that is not http or https, or no TLS on this machine.
    pub(crate) fn new(shop: &'static str, base: &str, key: Key, timeout: Duration) -> Result<Caller, PollError> {
        let error = |trouble: Trouble, message: String| PollError {
            source_name: shop.to_owned(),
            message,
            retry_after_seconds: None,
            trouble,
        };
        let empty = match &key {
            Key::Basic(user, _) | Key::Header(_, user) => user.trim().is_empty(),
        };
        if empty {
            return Err(error(Trouble::Key, "no key is set".to_owned()));
        }
        let (base, client) =
            line::open(base, Duration::from_secs(5).min(timeout), timeout).map_err(|message| error(Trouble::Address, message))?;
        Ok(Caller { shop, base, key, client, back_off: BackOff::default() })
    }

    /// Reads: a failure harms nothing.
    ///
    /// # Errors
    /// What failed, whether to try again and after how many seconds. A 404 is useless to ask again.
    pub(crate) fn read(&self, question: &Question<'_>, refusal: Refusal) -> Result<JsonAnswer, PollError> {
        let answer = match self.ask(question) {
            Ok(answer) => answer,
            Err(NoAnswer::NotSent(why) | NoAnswer::Lost(why)) => return Err(self.wait(Trouble::Unreachable, None, &why)),
        };
        let retry_after = retry_after_seconds(&answer.headers);
        let value = read_json(self.shop, &answer.body);
        let said = value.as_ref().ok().and_then(refusal).map(|(said, _)| self.clean(&said));
        let with = |message: &str| said.as_ref().map_or_else(|| message.to_owned(), |said| format!("{message}: {said}"));
        match (answer.status, value) {
            (401 | 403, _) => {
                let message = with(&format!("the key was refused ({}); hint: check the key and its rights", answer.status));
                Err(self.useless(Trouble::of_status(answer.status), message))
            }
            (404, _) => Err(self.useless(Trouble::Address, with("there is no such thing (404); hint: check the address"))),
            (429, _) => Err(self.wait(Trouble::TooOften, retry_after, "asked too often (429)")),
            (status @ 500.., _) => Err(self.wait(Trouble::OutOfOrder, retry_after, &with(&format!("out of order ({status})")))),
            (status @ 300..=399, _) => {
                Err(self.useless(Trouble::Address, format!("a redirect ({status}); hint: set the address it leads to")))
            }
            (_, Err(error)) => {
                let hint = format!("{error}; hint: check the address {:?}", self.base);
                Err(self.error(Trouble::Address, hint, Some(retry_after.unwrap_or(WAIT_AFTER_NONSENSE).min(LONGEST_WAIT))))
            }
            (200..=299, Ok(value)) => {
                self.back_off.succeeded();
                Ok(JsonAnswer { value, headers: answer.headers })
            }
            (status, Ok(_)) => Err(self.useless(Trouble::of_status(status), with(&format!("an unexpected status ({status})")))),
        }
    }

    /// Acts: only an answer of the shop itself says what became of it.
    ///
    /// # Errors
    /// The outcome, when it is not done for sure.
    pub(crate) fn act(&self, question: &Question<'_>, refusal: Refusal) -> Result<Value, ErrandOutcome> {
        let answer = match self.ask(question) {
            Ok(answer) => answer,
            Err(NoAnswer::NotSent(why)) => return Err(self.wait(Trouble::Unreachable, None, &why).into_outcome()),
            Err(NoAnswer::Lost(why)) => return Err(ErrandOutcome::Unknown { reason: format!("{}: {why}", self.shop) }),
        };
        let value = read_json(self.shop, &answer.body);
        let said = value.as_ref().ok().and_then(refusal);
        let for_sure = said.as_ref().is_some_and(|(_, for_sure)| *for_sure);
        let words = said.map(|(said, _)| self.clean(&said));
        let refused = |otherwise: &str| ErrandOutcome::Refused {
            reason: format!("{} refused: {}", self.shop, words.clone().unwrap_or_else(|| otherwise.to_owned())),
        };
        match (answer.status, value) {
            (200..=299, Ok(value)) => Ok(value),
            (200..=299, Err(error)) => Err(ErrandOutcome::Unknown { reason: error.to_string() }),
            (401 | 403, _) => Err(refused("the key may not do this; check its rights")),
            (429, _) => {
                Err(self.wait(Trouble::TooOften, retry_after_seconds(&answer.headers), "asked too often (429)").into_outcome())
            }
            (status @ 300..=399, _) => Err(refused(&format!("a redirect ({status}); set the address it leads to"))),
            (408 | 500.., _) if for_sure => Err(refused("")),
            (status @ (408 | 500..), _) => {
                let reason = format!("{} answered with {status}: {}", self.shop, words.unwrap_or_default());
                Err(ErrandOutcome::Unknown { reason: reason.trim_end_matches(": ").to_owned() })
            }
            (status, _) => Err(refused(&format!("status {status}"))),
        }
    }

    fn ask(&self, question: &Question<'_>) -> Result<Answer, NoAnswer> {
        let mut url = format!("{}/{}", self.base, question.path.trim_start_matches('/'));
        if !question.query.is_empty() {
            url.push('?');
            url.push_str(&pairs(question.query));
        }
        let mut request = self.client.request(question.method.clone(), url).header(ACCEPT, "application/json");
        request = match &self.key {
            Key::Basic(user, password) => request.basic_auth(user.trim(), Some(password.trim())),
            Key::Header(name, token) => request.header(*name, token.trim()),
        };
        request = match &question.body {
            Some(Body::Json(value)) => request.json(value),
            Some(Body::Form(fields)) => request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(pairs(fields)),
            Some(Body::Xml(text)) => request.header(CONTENT_TYPE, "text/xml; charset=utf-8").body(text.clone()),
            None => request,
        };
        line::answer_to(request, LARGEST_ANSWER).map_err(|none| match none {
            NoAnswer::NotSent(why) => NoAnswer::NotSent(self.clean(&why)),
            NoAnswer::Lost(why) => NoAnswer::Lost(self.clean(&why)),
        })
    }

    /// Whatever a shop says may quote what it was asked with.
    pub(crate) fn clean(&self, text: &str) -> String {
        let secrets: [&str; 2] = match &self.key {
            Key::Basic(user, password) => [user.trim(), password.trim()],
            Key::Header(_, token) => [token.trim(), ""],
        };
        let mut text = text.to_owned();
        for secret in secrets.into_iter().filter(|secret| !secret.is_empty()) {
            text = text.replace(secret, "…");
        }
        short(&text)
    }

    /// Waits as long as asked for, else twice as long as the last time.
    pub(crate) fn wait(&self, trouble: Trouble, asked_for: Option<u64>, message: &str) -> PollError {
        self.error(trouble, message.to_owned(), Some(self.back_off.after_failure(asked_for)))
    }

    /// Asking again is useless.
    pub(crate) fn useless(&self, trouble: Trouble, message: impl Into<String>) -> PollError {
        self.error(trouble, message.into(), None)
    }

    fn error(&self, trouble: Trouble, message: String, retry_after_seconds: Option<u64>) -> PollError {
        PollError { source_name: self.shop.to_owned(), message, retry_after_seconds, trouble }
    }
}

/// A failure to read is no harm to an errand: nothing was done.
pub(crate) trait IntoOutcome {
    /// Later, or never.
    fn into_outcome(self) -> ErrandOutcome;
}

impl IntoOutcome for PollError {
    fn into_outcome(self) -> ErrandOutcome {
        let reason = self.to_string();
        match self.retry_after_seconds {
            Some(after_seconds) => ErrandOutcome::Retry { reason, after_seconds },
            None => ErrandOutcome::Refused { reason },
        }
    }
}

fn pairs(fields: &[(&str, String)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    pairs.join("&")
}
