//! Asking La Poste.

use std::fmt;
use std::io::Read;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kept_engine::ports::{PollError, Poller};
use reqwest::blocking::{Client, Response};
use reqwest::header::{ACCEPT, RETRY_AFTER};
use reqwest::redirect::Policy;

use super::SOURCE;

/// The vendor's address.
pub const DEFAULT_BASE_URL: &str = "https://api.laposte.fr";

/// Documented: a question may name ten numbers.
const BATCH: usize = 10;
/// Ten histories weigh some tens of kilobytes; more than this is not an answer.
const LARGEST_ANSWER: u64 = 4 * 1024 * 1024;
/// Seconds after the first failure without `Retry-After`; doubled with each further one.
const FIRST_WAIT: u64 = 2;
/// Seconds that a wait never exceeds, whatever is asked for.
const LONGEST_WAIT: u64 = 3600;
/// Seconds before an answer that is not JSON is asked for again.
const WAIT_AFTER_NONSENSE: u64 = 300;

/// How La Poste is asked.
#[derive(Clone)]
pub struct LaPosteSettings {
    /// Scheme, host and, if any, port and path in front of `/suivi/v2`.
    pub base_url: String,
    /// The Okapi key; never shown and never logged.
    pub key: String,
    /// For the connection.
    pub connect_timeout: Duration,
    /// For the whole call.
    pub timeout: Duration,
    /// La Poste allows 100 (its 429 says so).
    pub calls_per_second: f64,
}

impl LaPosteSettings {
    /// The vendor's address and limits, with this key: 5 seconds to connect, 20 in all.
    #[must_use]
    pub fn new(key: impl Into<String>) -> LaPosteSettings {
        LaPosteSettings {
            base_url: DEFAULT_BASE_URL.to_owned(),
            key: key.into(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            calls_per_second: 100.0,
        }
    }
}

impl fmt::Debug for LaPosteSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaPosteSettings")
            .field("base_url", &self.base_url)
            .field("timeout", &self.timeout)
            .field("calls_per_second", &self.calls_per_second)
            .finish_non_exhaustive()
    }
}

/// Asks Suivi v2: `GET {base}/suivi/v2/idships/{numbers}?lang=fr_FR`.
///
/// Blocks: never call it from an asynchronous task. French is asked for because the label tables are French.
pub struct LaPostePoller {
    settings: LaPosteSettings,
    client: Client,
    failures_in_a_row: AtomicU32,
}

impl LaPostePoller {
    /// A client that follows no redirect, so that the key goes nowhere else.
    ///
    /// # Errors
    /// No key, an address that is not http or https, or no TLS on this machine.
    pub fn new(settings: LaPosteSettings) -> Result<LaPostePoller, PollError> {
        if settings.key.trim().is_empty() {
            return Err(useless("no Okapi key is set; hint: get one at developer.laposte.fr, product Suivi"));
        }
        if !settings.base_url.starts_with("https://") && !settings.base_url.starts_with("http://") {
            return Err(useless(format!("{:?} is not an address; hint: it begins with https://", settings.base_url)));
        }
        let client = Client::builder()
            .user_agent(concat!("kept/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.timeout)
            .build()
            .map_err(|error| useless(format!("no client could be made: {}", with_causes(&error))))?;
        Ok(LaPostePoller { settings, client, failures_in_a_row: AtomicU32::new(0) })
    }

    fn call(&self, tracking_numbers: &[String]) -> Result<Vec<u8>, PollError> {
        let numbers: Vec<String> = tracking_numbers.iter().map(|number| escaped(number.trim())).collect();
        let base = self.settings.base_url.trim_end_matches('/');
        let url = format!("{base}/suivi/v2/idships/{}?lang=fr_FR", numbers.join(","));
        let request = self.client.get(url).header(ACCEPT, "application/json").header("X-Okapi-Key", self.settings.key.trim());
        // The address holds tracking numbers, which do not belong into logs.
        let response = request.send().map_err(|error| self.later(with_causes(&error.without_url())))?;
        let status = response.status().as_u16();
        let retry_after = retry_after_seconds(&response);
        let body = self.body(response)?;
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
        match status {
            401 | 403 => Err(useless(format!("the key was refused ({status}); hint: check the Okapi key in the settings"))),
            429 => Err(self.wait(retry_after, "asked too often (429)")),
            500.. => Err(self.wait(retry_after, &format!("out of order ({status})"))),
            _ if !is_json => {
                let message = format!("something that is not JSON ({status}); hint: check the address {base:?}");
                Err(poll_error(message, Some(retry_after.unwrap_or(WAIT_AFTER_NONSENSE))))
            }
            200..=299 | 400 | 404 => Ok(body),
            _ => Err(useless(format!("an unexpected status ({status}); hint: check the address {base:?}"))),
        }
    }

    fn body(&self, response: Response) -> Result<Vec<u8>, PollError> {
        let mut body = Vec::new();
        let read = response.take(LARGEST_ANSWER + 1).read_to_end(&mut body);
        read.map_err(|error| self.later(format!("the answer broke off: {}", with_causes(&error))))?;
        if u64::try_from(body.len()).unwrap_or(u64::MAX) > LARGEST_ANSWER {
            return Err(useless("an answer larger than 4 MiB"));
        }
        Ok(body)
    }

    fn later(&self, message: String) -> PollError {
        self.wait(None, &message)
    }

    fn wait(&self, asked_for: Option<u64>, message: &str) -> PollError {
        let failures = self.failures_in_a_row.fetch_add(1, Ordering::Relaxed).min(20);
        let back_off = FIRST_WAIT.saturating_mul(1 << failures);
        poll_error(message.to_owned(), Some(asked_for.unwrap_or(back_off).min(LONGEST_WAIT)))
    }
}

impl Poller for LaPostePoller {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn batch(&self) -> usize {
        BATCH
    }

    fn calls_per_second(&self) -> f64 {
        self.settings.calls_per_second
    }

    fn ask(&self, tracking_numbers: &[String]) -> Result<Vec<u8>, PollError> {
        if tracking_numbers.iter().all(|number| number.trim().is_empty()) {
            return Err(useless("no number was asked for"));
        }
        if tracking_numbers.len() > BATCH {
            return Err(useless(format!("{} numbers in one question; hint: at most {BATCH}", tracking_numbers.len())));
        }
        let answer = self.call(tracking_numbers)?;
        self.failures_in_a_row.store(0, Ordering::Relaxed);
        Ok(answer)
    }
}

/// Numbers come from shops: nothing in them may become another path, another number or a query.
fn escaped(number: &str) -> String {
    let mut escaped = String::with_capacity(number.len());
    for byte in number.bytes() {
        if byte.is_ascii_alphanumeric() {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// Seconds or a date (RFC 9110, 10.2.3).
fn retry_after_seconds(response: &Response) -> Option<u64> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(seconds);
    }
    let until = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(u64::try_from(until.duration_since(Timestamp::now()).as_secs()).unwrap_or(0))
}

fn useless(message: impl Into<String>) -> PollError {
    poll_error(message.into(), None)
}

fn poll_error(message: String, retry_after_seconds: Option<u64>) -> PollError {
    PollError { source_name: "La Poste".to_owned(), message, retry_after_seconds }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message.push_str(": ");
        message.push_str(&error.to_string());
        cause = error.source();
    }
    message
}
