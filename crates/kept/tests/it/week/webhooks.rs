//! What AfterShip and Sendcloud push, signed as they sign it.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::time::moment;

/// A webhook that a partner sends, as often as it takes to be answered with 200.
#[derive(Clone, Debug)]
pub struct Webhook {
    pub source: &'static str,
    /// The parcel, and the scans that it tells.
    pub number: String,
    pub tells: Vec<&'static str>,
    pub body: Vec<u8>,
    /// Answered with 200 at.
    pub taken: Option<i64>,
}

const SUBTAGS: [(&str, &str); 6] = [
    ("InfoReceived", "InfoReceived_001"),
    ("InTransit", "InTransit_002"),
    ("InTransit", "InTransit_007"),
    ("InTransit", "InTransit_003"),
    ("OutForDelivery", "OutForDelivery_001"),
    ("Delivered", "Delivered_001"),
];
const STATUSES: [(i64, &str, &str); 6] = [
    (1, "1", "Announced"),
    (22, "22", "Shipment picked up by driver"),
    (3, "3", "En route to sorting center"),
    (5, "5", "Sorted"),
    (92, "92", "Driver en route"),
    (11, "11", "Delivered"),
];

/// AfterShip's webhook: the whole history each time (aftership.com/docs/tracking/webhook).
pub fn aftership(order: &str, tracking: &str, times: &[i64]) -> Webhook {
    let told = times.iter().zip(SUBTAGS);
    let checkpoints: Vec<Value> = told
        .map(|(at, (tag, subtag))| json!({ "checkpoint_time": moment(*at).at_text(), "message": subtag, "slug": "dpd-fr", "tag": tag, "subtag": subtag }))
        .collect();
    let (tag, subtag) = SUBTAGS[times.len() - 1];
    let body = json!({
        "event": "tracking_update", "event_id": format!("{tracking}-{}", times.len()), "ts": times[times.len() - 1] / 1000,
        "msg": { "id": tracking, "tracking_number": tracking, "slug": "dpd-fr", "tag": tag, "subtag": subtag, "order_number": order, "checkpoints": checkpoints },
    });
    Webhook {
        source: "aftership",
        number: tracking.to_owned(),
        tells: SUBTAGS[..times.len()].iter().map(|(_, subtag)| *subtag).collect(),
        body: body.to_string().into_bytes(),
        taken: None,
    }
}

/// Sendcloud's webhook: one change each time (sendcloud.dev/api/v2/webhooks).
pub fn sendcloud(order: &str, tracking: &str, times: &[i64]) -> Webhook {
    let (at, (id, code, message)) = (times[times.len() - 1], STATUSES[times.len() - 1]);
    let body = json!({
        "action": "parcel_status_changed", "timestamp": at + 500, "carrier_status_change_timestamp": at / 1000,
        "parcel": {
            "id": 17, "tracking_number": tracking, "order_number": order, "status": { "id": id, "message": message },
            "shipment": { "id": 8, "name": "Mondial Relay Point" }, "country": { "iso_2": "FR" },
        },
    });
    Webhook {
        source: "sendcloud",
        number: tracking.to_owned(),
        tells: vec![code],
        body: body.to_string().into_bytes(),
        taken: None,
    }
}

pub fn signature(secret: &str, body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}
