//! The line to a partner, alike for carriers that are asked and shops that are acted in: it blocks, has time-outs, follows no redirect (a
//! key goes nowhere else), caps what comes back, and waits longer from failure to failure.

use std::io::Read;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;

/// Seconds after the first failure without `Retry-After`; doubled with each further one.
const FIRST_WAIT: u64 = 2;
/// Seconds that a wait never exceeds, whatever is asked for.
pub(crate) const LONGEST_WAIT: u64 = 3600;
/// Seconds that a wait nobody asked for never exceeds: a partner that was away for half a day is noticed within a round of asking when it is
/// back.
const LONGEST_OWN_WAIT: u64 = 300;
/// Seconds before an answer that is not what the partner speaks is asked for again.
pub(crate) const WAIT_AFTER_NONSENSE: u64 = 300;

/// An address without a slash at its end, and a client for it.
///
/// # Errors
/// An address that is not http or https, or no TLS on this machine, in words.
pub(crate) fn open(address: &str, connect_timeout: Duration, timeout: Duration) -> Result<(String, Client), String> {
    let address = address.trim().trim_end_matches('/').to_owned();
    if !address.starts_with("https://") && !address.starts_with("http://") {
        return Err(format!("{address:?} is not an address; hint: it begins with https://"));
    }
    let client = Client::builder()
        .user_agent(concat!("kept/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(connect_timeout)
        .timeout(timeout)
        .build()
        .map_err(|error| format!("no client could be made: {}", with_causes(&error)))?;
    Ok((address, client))
}

/// The body, if it is no longer than so many MiB.
///
/// # Errors
/// That it broke off, or is longer, in words.
pub(crate) fn body(response: Response, most_mebibytes: u64) -> Result<Vec<u8>, BrokenBody> {
    let most = most_mebibytes * 1024 * 1024;
    let mut body = Vec::new();
    let read = response.take(most + 1).read_to_end(&mut body);
    read.map_err(|error| BrokenBody::Off(format!("the answer broke off: {}", with_causes(&error))))?;
    if u64::try_from(body.len()).unwrap_or(u64::MAX) > most {
        return Err(BrokenBody::TooLong(format!("an answer larger than {most_mebibytes} MiB")));
    }
    Ok(body)
}

/// Why there is no body.
pub(crate) enum BrokenBody {
    /// It broke off.
    Off(String),
    /// It is longer than any answer.
    TooLong(String),
}

/// What came back, whatever it says.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// No answer, and why.
pub(crate) enum NoAnswer {
    /// The request never left.
    NotSent(String),
    /// It left, and what became of it is not known.
    Lost(String),
}

/// Sends a request, and reads its answer whole.
///
/// # Errors
/// That there is none. An address may hold what is personal, or a key: it is not in the words.
pub(crate) fn answer_to(request: RequestBuilder, most_mebibytes: u64) -> Result<Answer, NoAnswer> {
    let response = request.send().map_err(|error| {
        let (never_left, error) = (error.is_connect() || error.is_builder(), error.without_url());
        let why = with_causes(&error);
        if never_left { NoAnswer::NotSent(why) } else { NoAnswer::Lost(why) }
    })?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = body(response, most_mebibytes);
    let body = body.map_err(|(BrokenBody::Off(why) | BrokenBody::TooLong(why))| NoAnswer::Lost(why))?;
    Ok(Answer { status, headers, body })
}

/// How long to wait after a failure: as long as asked for, else twice as long as the last time.
#[derive(Default)]
pub(crate) struct BackOff {
    failures_in_a_row: AtomicU32,
}

impl BackOff {
    /// Counts a failure; seconds to wait after it.
    pub(crate) fn after_failure(&self, asked_for: Option<u64>) -> u64 {
        let failures = self.failures_in_a_row.fetch_add(1, Ordering::Relaxed).min(20);
        asked_for.unwrap_or(FIRST_WAIT.saturating_mul(1 << failures).min(LONGEST_OWN_WAIT)).min(LONGEST_WAIT)
    }

    /// The last call went well: waits begin short again.
    pub(crate) fn succeeded(&self) {
        self.failures_in_a_row.store(0, Ordering::Relaxed);
    }
}

/// Seconds (Shopify writes `2.0`) or a date (RFC 9110, 10.2.3).
pub(crate) fn retry_after_seconds(headers: &HeaderMap) -> Option<u64> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let (whole, _) = value.split_once('.').unwrap_or((value, ""));
    if let Ok(seconds) = whole.parse() {
        return Some(seconds);
    }
    let until = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(u64::try_from(until.duration_since(Timestamp::now()).as_secs()).unwrap_or(0))
}

/// What comes from outside as one part of a path or a query: nothing in it may become another.
pub(crate) fn escaped(part: &str) -> String {
    let mut escaped = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// An error with what caused it.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message.push_str(": ");
        message.push_str(&error.to_string());
        cause = error.source();
    }
    message
}
