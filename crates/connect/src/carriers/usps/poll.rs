//! Asking USPS: Tracking v3, with OAuth's client credentials.

use kept_engine::ports::PollError;

use super::SOURCE;
use crate::asking::{AskingSettings, CarrierPoller, Speaks, TokenWay, Way};
use crate::line::escaped;

/// The vendor's address.
pub const DEFAULT_BASE_URL: &str = "https://apis.usps.com";

static WAY: Way = Way {
    source: SOURCE,
    partner: "USPS",
    key: "USPS's consumer key and secret",
    needs_secret: true,
    batch: 1,
    speaks: Speaks::Json,
    question: |caller, _, numbers, bearer| {
        let number = numbers.first().copied().map(escaped).unwrap_or_default();
        caller.get(&format!("/tracking/v3/tracking/{number}?expand=DETAIL")).bearer_auth(bearer)
    },
    token: Some(TokenWay::oauth(|caller, settings| {
        caller.post_form(
            "/oauth2/v3/token",
            &[
                ("grant_type", "client_credentials"),
                ("client_id", settings.user.trim()),
                ("client_secret", settings.secret.trim()),
            ],
        )
    })),
    named_in: None,
};

/// Asks Tracking v3: `GET {base}/tracking/v3/tracking/{number}?expand=DETAIL`, one number a call. `user` is the consumer key, `secret`
/// its secret.
///
/// # Errors
/// No secret, an address that is not http or https, or no TLS on this machine.
pub fn poller(settings: AskingSettings) -> Result<CarrierPoller, PollError> {
    CarrierPoller::new(&WAY, settings)
}
