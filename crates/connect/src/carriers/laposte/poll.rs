//! Asking La Poste.

use std::fmt;
use std::time::Duration;

use kept_engine::ports::{PollError, Poller, Trouble};
use reqwest::header::ACCEPT;

use super::SOURCE;
use crate::asking::{Caller, Speaks};
use crate::line::escaped;

/// The vendor's address.
pub const DEFAULT_BASE_URL: &str = "https://api.laposte.fr";

/// Documented: a question may name ten numbers.
const BATCH: usize = 10;
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
    caller: Caller,
}

impl LaPostePoller {
    /// A client that follows no redirect, so that the key goes nowhere else.
    ///
    /// # Errors
    /// No key, an address that is not http or https, or no TLS on this machine.
    pub fn new(settings: LaPosteSettings) -> Result<LaPostePoller, PollError> {
        let caller = Caller::new("La Poste", "the Okapi key", &settings.base_url, settings.connect_timeout, settings.timeout)?;
        if settings.key.trim().is_empty() {
            return Err(caller.useless(Trouble::Key, "no Okapi key is set; hint: get one at developer.laposte.fr, product Suivi"));
        }
        Ok(LaPostePoller { settings, caller })
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
        let numbers: Vec<String> = self.caller.numbers(tracking_numbers, BATCH)?.into_iter().map(escaped).collect();
        let request = self.caller.get(&format!("/suivi/v2/idships/{}?lang=fr_FR", numbers.join(",")));
        let request = request.header(ACCEPT, "application/json").header("X-Okapi-Key", self.settings.key.trim());
        let answer = self.caller.judge(self.caller.send(request)?, Speaks::Json)?;
        self.caller.succeeded();
        Ok(answer)
    }
}
