use hmac::{Hmac, KeyInit, Mac};
use kept_connect::sms::http::{Fields, Http, HttpSettings, SIGNATURE_HEADER};
use kept_engine::ports::{SendOutcome, Verification};
use serde_json::json;
use sha2::Sha256;

use super::{NUMBER, TIMEOUT, absent, letter, opted_out, overtaken, read, receipt, sent, silent, verify};
use crate::shared::source;
use crate::shops::{Reply, Server};

fn gateway(url: String, fields: &str) -> Http {
    let settings = HttpSettings {
        url,
        header: "X-Api-Key".to_owned(),
        secret: "Bearer s3cret".to_owned(),
        from: "Lumen".to_owned(),
        fields: Fields::read(fields).expect("fields"),
        timeout: Some(TIMEOUT),
    };
    assert!(!format!("{settings:?}").contains("s3cret"));
    Http::new(settings).expect("a gateway")
}

#[test]
fn names_of_fields_are_the_gateways() {
    let server = Server::start(|_| Reply::Json(202, json!({"message_id": "G-1", "id": "other"})));
    let (outcome, doubts) = sent(&gateway(format!("{}/send", server.url()), "to=recipient text=content reference=message_id"));
    assert_eq!(outcome, SendOutcome::Accepted { reply: "202".to_owned(), reference: Some("G-1".to_owned()) });
    assert_eq!(doubts, 1);
    let asked = &server.asked()[0];
    assert_eq!(asked.line(), "POST /send");
    assert!(asked.head.to_lowercase().contains("x-api-key: bearer s3cret"), "{}", asked.head);
    assert_eq!(asked.json(), json!({"recipient": NUMBER, "content": letter().text, "from": "Lumen", "id": "msg_C1"}));
    for wrong in ["to", "whom=x"] {
        assert!(Fields::read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn answers_count_by_their_status() {
    let of = |status: u16| {
        let server = Server::start(move |_| Reply::Json(status, json!({"code": "x"})));
        sent(&gateway(server.url(), "")).0
    };
    assert_eq!(of(400), SendOutcome::Refused { reply: "400 x".to_owned() });
    assert_eq!(of(422), SendOutcome::Refused { reply: "422 x".to_owned() });
    for status in [302, 401, 403, 404, 429] {
        assert!(matches!(of(status), SendOutcome::Retry { .. }), "{status}");
    }
    for status in [408, 500, 502, 503] {
        assert!(matches!(of(status), SendOutcome::Unknown { .. }), "{status}");
    }
    let later = Server::start(|_| Reply::Raw(503, "retry-after: 60\r\n".to_owned(), String::new()));
    assert!(matches!(sent(&gateway(later.url(), "")).0, SendOutcome::Retry { .. }), "it says itself that it took nothing");
    let words = Server::start(|_| Reply::Raw(200, String::new(), "OK".to_owned()));
    assert_eq!(sent(&gateway(words.url(), "")).0, SendOutcome::Accepted { reply: "200".to_owned(), reference: None });
    assert!(matches!(silent(|url| Box::new(gateway(url, ""))), SendOutcome::Unknown { .. }), "no answer in time");
    assert!(matches!(sent(&gateway(absent(), "")).0, SendOutcome::Retry { .. }));
    let server = Server::start(|_| Reply::Json(200, json!({})));
    overtaken(&gateway(server.url(), ""));
    assert!(server.asked().is_empty());
}

#[test]
fn receipts_and_stop_in_a_form_of_our_own() {
    let parsed = read("sms_http", r#"{"message": "msg_C1", "status": "delivered", "at": "2026-11-05T12:00:00+01:00"}"#);
    assert!(receipt(&parsed).delivered && receipt(&parsed).at.is_some());
    let parsed = read("sms_http", r#"{"reference": "G-1", "status": "unreachable", "code": 23}"#);
    assert_eq!((receipt(&parsed).unreachable, receipt(&parsed).code.as_deref()), (true, Some("23")));
    let parsed = read("sms_http", r#"{"from": "+33612345678", "text": "Stop", "id": "A-1"}"#);
    assert_eq!((opted_out(&parsed).phone.as_deref(), parsed.inputs[0].event_id.as_deref()), (Some(NUMBER), Some("A-1")));
    assert_eq!(read("sms_http", r#"{"reference": "G-1", "status": "lost"}"#).unmapped[0].code, "lost");
    for wrong in [
        "[]",
        "{}",
        r#"{"status": "delivered"}"#,
        r#"{"message": "10377", "status": "delivered"}"#,
        r#"{"reference": "G-1", "status": "delivered", "at": "soon"}"#,
        r#"{"from": "+33612345678", "text": "Merci"}"#,
    ] {
        assert!(read("sms_http", wrong).error.is_some(), "{wrong}");
    }
}

#[test]
fn a_forged_receipt_is_refused() {
    let raw = r#"{"reference":"G-1","status":"delivered"}"#;
    let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").expect("any length");
    mac.update(raw.as_bytes());
    let good = hex::encode(mac.finalize().into_bytes());
    let gateway = source("sms_http");
    let ask = |signature: &str, raw: &str, secret: &str| verify(gateway.as_ref(), &[(SIGNATURE_HEADER, signature)], raw, secret);
    assert_eq!(ask(&good, raw, "secret"), Verification::Verified);
    assert_eq!(ask(&format!("sha256={good}"), raw, "secret"), Verification::Verified);
    assert_eq!(ask(&good, &raw.replace("G-1", "G-2"), "secret"), Verification::Refused);
    assert_eq!(ask(&good, raw, "other"), Verification::Refused);
    assert_eq!(ask("", raw, "secret"), Verification::Refused);
    assert_eq!(ask(&good, raw, ""), Verification::Refused);
}
