//! Asking UPS: Track v1, with OAuth's client credentials.

use std::sync::atomic::{AtomicU64, Ordering};

use kept_engine::ports::PollError;

use super::SOURCE;
use crate::asking::{AskingSettings, CarrierPoller, Speaks, TokenWay, Way};
use crate::line::escaped;

/// The vendor's address.
pub const DEFAULT_BASE_URL: &str = "https://onlinetools.ups.com";

static WAY: Way = Way {
    source: SOURCE,
    partner: "UPS",
    key: "UPS's client id and secret",
    needs_secret: true,
    batch: 1,
    speaks: Speaks::Json,
    question: |caller, _, numbers, bearer| {
        // `transId` must differ from call to call and means nothing.
        static QUESTIONS: AtomicU64 = AtomicU64::new(1);
        let question = QUESTIONS.fetch_add(1, Ordering::Relaxed);
        let number = numbers.first().copied().map(escaped).unwrap_or_default();
        caller
            .get(&format!("/api/track/v1/details/{number}?locale=en_US&returnSignature=false"))
            .bearer_auth(bearer)
            .header("transId", format!("kept-{question}"))
            .header("transactionSrc", "kept")
    },
    token: Some(TokenWay::oauth(|caller, settings| {
        caller
            .post_form("/security/v1/oauth/token", &[("grant_type", "client_credentials")])
            .basic_auth(settings.user.trim(), Some(settings.secret.trim()))
    })),
    named_in: None,
};

/// Asks Track: `GET {base}/api/track/v1/details/{number}`, one number a call. English is asked for because the label tables are
/// English. `user` is the client's id, `secret` its secret.
///
/// # Errors
/// No secret, an address that is not http or https, or no TLS on this machine.
pub fn poller(settings: AskingSettings) -> Result<CarrierPoller, PollError> {
    CarrierPoller::new(&WAY, settings)
}
