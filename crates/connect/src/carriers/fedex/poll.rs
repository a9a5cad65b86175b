//! Asking FedEx: Track v1, with OAuth's client credentials.

use kept_engine::ports::PollError;
use serde_json::{Value, json};

use super::SOURCE;
use crate::asking::{AskingSettings, CarrierPoller, Speaks, TokenWay, Way};

/// The vendor's address.
pub const DEFAULT_BASE_URL: &str = "https://apis.fedex.com";

static WAY: Way = Way {
    source: SOURCE,
    partner: "FedEx",
    key: "FedEx's API key and secret",
    needs_secret: true,
    // Documented: up to 30 packages.
    batch: 30,
    speaks: Speaks::Json,
    question: |caller, _, numbers, bearer| {
        let numbers: Vec<Value> =
            numbers.iter().map(|number| json!({ "trackingNumberInfo": { "trackingNumber": number } })).collect();
        let question = json!({ "includeDetailedScans": true, "trackingInfo": numbers });
        caller
            .post("/track/v1/trackingnumbers")
            .bearer_auth(bearer)
            .header("X-locale", "en_US")
            .header("content-type", "application/json")
            .body(question.to_string())
    },
    token: Some(TokenWay::oauth(|caller, settings| {
        caller.post_form(
            "/oauth/token",
            &[
                ("grant_type", "client_credentials"),
                ("client_id", settings.user.trim()),
                ("client_secret", settings.secret.trim()),
            ],
        )
    })),
    named_in: None,
};

/// Asks Track: `POST {base}/track/v1/trackingnumbers`, up to 30 numbers a call. English is asked for because the rules are English.
/// `user` is the API key, `secret` its secret.
///
/// # Errors
/// No secret, an address that is not http or https, or no TLS on this machine.
pub fn poller(settings: AskingSettings) -> Result<CarrierPoller, PollError> {
    CarrierPoller::new(&WAY, settings)
}
