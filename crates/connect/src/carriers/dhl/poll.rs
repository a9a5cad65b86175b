//! Asking DHL: Shipment Tracking – Unified, with a key.

use kept_engine::ports::PollError;

use super::SOURCE;
use crate::asking::{AskingSettings, CarrierPoller, Speaks, Way};
use crate::line::escaped;

/// The vendor's address.
pub const DEFAULT_BASE_URL: &str = "https://api-eu.dhl.com";

static WAY: Way = Way {
    source: SOURCE,
    partner: "DHL",
    key: "the DHL API key",
    needs_secret: true,
    batch: 1,
    speaks: Speaks::Json,
    question: |caller, settings, numbers, _| {
        let number = numbers.first().copied().map(escaped).unwrap_or_default();
        caller.get(&format!("/track/shipments?trackingNumber={number}&language=en")).header("DHL-API-Key", settings.secret.trim())
    },
    token: None,
    named_in: None,
};

/// Asks Shipment Tracking: `GET {base}/track/shipments?trackingNumber={number}`, one number a call. English is asked for because the
/// rules are English. `secret` is the key; `user` is not used.
///
/// # Errors
/// No key, an address that is not http or https, or no TLS on this machine.
pub fn poller(settings: AskingSettings) -> Result<CarrierPoller, PollError> {
    CarrierPoller::new(&WAY, settings)
}
