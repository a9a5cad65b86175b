//! Asking GLS: Track & Trace v1, with a user's name and password.

use kept_engine::ports::PollError;
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE};

use super::SOURCE;
use crate::asking::{AskingSettings, CarrierPoller, Speaks, Way};
use crate::line::escaped;

/// The vendor's address.
pub const DEFAULT_BASE_URL: &str = "https://api.gls-group.eu";

static WAY: Way = Way {
    source: SOURCE,
    partner: "GLS",
    key: "GLS's user and password",
    needs_secret: true,
    batch: 1,
    speaks: Speaks::Json,
    question: |caller, settings, numbers, _| {
        let number = numbers.first().copied().map(escaped).unwrap_or_default();
        caller
            .get(&format!("/public/v1/tracking/references/{number}"))
            .basic_auth(settings.user.trim(), Some(settings.secret.trim()))
            .header(ACCEPT, "application/json")
            .header(ACCEPT_LANGUAGE, "en")
    },
    token: None,
    named_in: None,
};

/// Asks Track & Trace: `GET {base}/public/v1/tracking/references/{number}`, one number a call. English is asked for because most of the
/// rules are English. `user` and `secret` are those of YourGLS.
///
/// # Errors
/// No password, an address that is not http or https, or no TLS on this machine.
pub fn poller(settings: AskingSettings) -> Result<CarrierPoller, PollError> {
    CarrierPoller::new(&WAY, settings)
}
