//! A request that sends a message, and what its answer says: taken, refused, not taken, or nobody knows.

use std::time::Duration;

use kept_engine::ports::{PollError, SendOutcome, Trouble};
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::Value;

use crate::line::{self, NoAnswer, retry_after_seconds};

/// MiB of an answer.
const LARGEST_ANSWER: u64 = 1;
const CONNECT: Duration = Duration::from_secs(5);
/// A gateway that takes longer is asked nothing again: what became of the message is not known then.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The line to a gateway.
pub(super) struct Line {
    /// Its address, without a slash at the end.
    pub(super) base: String,
    pub(super) client: Client,
}

/// An answer that came whole.
pub(super) struct Answer {
    pub(super) status: u16,
    /// The body as JSON, where it is some.
    pub(super) json: Option<Value>,
    /// The gateway says when to come back.
    pub(super) later: bool,
}

impl Line {
    /// A line to an address.
    ///
    /// # Errors
    /// An address that is not http or https, or no TLS on this machine, in words.
    pub(super) fn open(address: &str, timeout: Option<Duration>) -> Result<Line, String> {
        let (base, client) = line::open(address, CONNECT, timeout.unwrap_or(TIMEOUT))?;
        Ok(Line { base, client })
    }
}

/// Sends a request that acts.
///
/// # Errors
/// Its outcome, where there is no answer: it never left, or nobody knows.
pub(super) fn act(request: RequestBuilder, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> Result<Answer, SendOutcome> {
    in_doubt().map_err(|reason| SendOutcome::Retry { reason })?;
    answer_to(request).map_err(|none| match none {
        NoAnswer::NotSent(why) => SendOutcome::Retry { reason: format!("the gateway cannot be reached: {why}") },
        NoAnswer::Lost(why) => SendOutcome::Unknown { reason: format!("the gateway's answer is not known: {why}") },
    })
}

/// Asks something that acts on nothing.
///
/// # Errors
/// No whole answer.
pub(super) fn asked(source: &str, request: RequestBuilder) -> Result<Answer, PollError> {
    answer_to(request).map_err(|none| match none {
        NoAnswer::NotSent(why) => refused(source, Trouble::Unreachable, why),
        NoAnswer::Lost(why) => refused(source, Trouble::NotData, why),
    })
}

/// What is wrong between a gateway and us.
pub(super) fn refused(source: &str, trouble: Trouble, message: String) -> PollError {
    PollError { source_name: source.to_owned(), message, retry_after_seconds: None, trouble }
}

fn answer_to(request: RequestBuilder) -> Result<Answer, NoAnswer> {
    let line::Answer { status, headers, body } = line::answer_to(request, LARGEST_ANSWER)?;
    Ok(Answer { status, json: serde_json::from_slice(&body).ok(), later: retry_after_seconds(&headers).is_some() })
}

/// What an answer that took nothing says, whoever gave it; `code` is the gateway's own, and `own` whether the gateway itself speaks: a 503
/// of something before it does not say that the message was not taken.
pub(super) fn refusal(answer: &Answer, code: &str, own: bool) -> SendOutcome {
    let status = answer.status;
    let said = if code.is_empty() { status.to_string() } else { format!("{status} {code}") };
    match status {
        401 | 403 => SendOutcome::Retry { reason: format!("{said}: the key was refused; check the gateway's settings") },
        402 => SendOutcome::Retry { reason: format!("{said}: the account has no credit") },
        404 => SendOutcome::Retry { reason: format!("{said}: there is no such account; check the gateway's settings") },
        429 => SendOutcome::Retry { reason: format!("{said}: asked too often") },
        300..=399 => SendOutcome::Retry { reason: format!("{said}: a redirect; set the address it leads to") },
        503 if own || answer.later => SendOutcome::Retry { reason: format!("{said}: the gateway is out of order") },
        408 | 500.. => SendOutcome::Unknown { reason: format!("{said}: the gateway failed") },
        _ => SendOutcome::Refused { reply: said },
    }
}

/// A code of a gateway's, fit to be kept: letters and digits, a few of them, never a sentence that may quote a number.
pub(super) fn code_of(value: Option<&Value>) -> String {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return String::new(),
    };
    let fit = text.len() <= 60 && text.chars().all(|character| character.is_ascii_alphanumeric() || "-_.:".contains(character));
    // A run of digits as long as a phone number is taken for one.
    let digits = text.split(|character: char| !character.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    if fit && digits < 8 { text } else { String::new() }
}
