use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use kept_connect::sms::twilio::{SIGNATURE_HEADER, Twilio, TwilioSettings};
use kept_engine::ports::{Barred, SendOutcome, Verification};
use serde_json::json;
use sha1::Sha1;

use super::{NUMBER, TIMEOUT, absent, nothing, opted_out, overtaken, read, receipt, sent, silent, verify};
use crate::shared::source;
use crate::shops::{Asked, Reply, Server};

const SID: &str = "SM0123456789abcdef0123456789abcdef";
const TOKEN: &str = "0123456789abcdef";

fn gateway(url: String, from: &str, public_url: &str) -> Twilio {
    let settings = TwilioSettings {
        account: "AC0123".to_owned(),
        token: TOKEN.to_owned(),
        from: from.to_owned(),
        public_url: public_url.to_owned(),
        url: Some(url),
        timeout: Some(TIMEOUT),
    };
    assert!(!format!("{settings:?}").contains(TOKEN));
    Twilio::new(settings).expect("a gateway")
}

/// A server of the vendor's form: 201 with the message, for whoever knows the token.
fn take(asked: &Asked) -> Reply {
    let known = format!("authorization: basic {}", STANDARD.encode(format!("AC0123:{TOKEN}")).to_lowercase());
    if !asked.head.to_lowercase().contains(&known) {
        return Reply::Json(401, json!({"code": 20003, "message": "Authenticate", "status": 401}));
    }
    Reply::Json(201, json!({"sid": SID, "status": "queued", "error_code": null, "to": NUMBER}))
}

fn outcome(status: u16, answer: serde_json::Value) -> SendOutcome {
    let server = Server::start(move |_| Reply::Json(status, answer.clone()));
    let (outcome, doubts) = sent(&gateway(server.url(), "Lumen", ""));
    assert_eq!((doubts, server.asked().len()), (1, 1), "asked once");
    outcome
}

#[test]
fn a_message_is_posted_as_a_form_and_taken() {
    let server = Server::start(take);
    let (outcome, doubts) = sent(&gateway(server.url(), "MG0123", "https://kept.example"));
    assert_eq!(outcome, SendOutcome::Accepted { reply: format!("201 queued {SID}"), reference: Some(SID.to_owned()) });
    assert_eq!(doubts, 1);
    let asked = &server.asked()[0];
    assert_eq!(asked.line(), "POST /2010-04-01/Accounts/AC0123/Messages.json");
    assert!(asked.head.to_lowercase().contains("content-type: application/x-www-form-urlencoded"), "{}", asked.head);
    assert_eq!(
        asked.body,
        "To=%2B33612345678&MessagingServiceSid=MG0123&Body=Maison%20Lumen%20%3A%20votre%20commande%2010377%20arrivera%20plus%20tard%20%26%20ailleurs%2E%20https%3A%2F%2Fkept%2Eexample%2Fp%2FA&StatusCallback=https%3A%2F%2Fkept%2Eexample%2Fin%2Ftwilio%3Fmessage%3Dmsg_C1"
    );
    // From a name, and without an address that Twilio could call.
    sent(&gateway(server.url(), "Lumen", "http://localhost:8420"));
    let body = &server.asked()[1].body;
    assert!(body.contains("&From=Lumen&") && !body.contains("StatusCallback"), "{body}");
}

#[test]
fn what_is_refused_for_ever_says_whether_it_is_the_number() {
    let refused = |code: u32| {
        outcome(400, json!({"code": code, "message": format!("The 'To' number {NUMBER} is not valid"), "status": 400}))
    };
    assert_eq!(refused(21211), SendOutcome::Barred { why: Barred::Unreachable, reply: "400 21211".to_owned() });
    assert_eq!(refused(21614), SendOutcome::Barred { why: Barred::Unreachable, reply: "400 21614".to_owned() });
    assert_eq!(refused(21610), SendOutcome::Barred { why: Barred::OptedOut, reply: "400 21610".to_owned() });
    assert_eq!(refused(21606), SendOutcome::Refused { reply: "400 21606".to_owned() });
    assert_eq!(outcome(400, json!({"message": format!("no {NUMBER}")})), SendOutcome::Refused { reply: "400".to_owned() });
    let failed = outcome(201, json!({"sid": SID, "status": "failed", "error_code": 30006}));
    assert_eq!(failed, SendOutcome::Barred { why: Barred::Unreachable, reply: "201 30006".to_owned() });
}

#[test]
fn what_was_not_taken_is_tried_again_and_what_may_have_been_is_not() {
    let retried = |outcome: SendOutcome| matches!(outcome, SendOutcome::Retry { .. });
    let unknown = |outcome: SendOutcome| matches!(outcome, SendOutcome::Unknown { .. });
    assert!(retried(outcome(429, json!({"code": 20429, "status": 429}))));
    assert!(retried(outcome(401, json!({"code": 20003, "status": 401}))));
    assert!(retried(outcome(503, json!({"code": 20503, "status": 503}))));
    // Something before Twilio: it may have handed the request on.
    assert!(unknown(outcome(503, json!("upstream reset"))));
    assert!(unknown(outcome(500, json!({"code": 20500, "status": 500}))));
    assert!(unknown(outcome(504, json!({}))));
    assert!(unknown(outcome(201, json!({"status": "queued"}))), "taken, and nobody knows what");
    let server = Server::start(|_| Reply::Lost);
    assert!(unknown(sent(&gateway(server.url(), "Lumen", "")).0), "the line broke after the request");
    assert!(unknown(silent(|url| Box::new(gateway(url, "Lumen", "")))), "no answer in time");
    assert!(retried(sent(&gateway(absent(), "Lumen", "")).0), "nobody there");
    let server = Server::start(take);
    overtaken(&gateway(server.url(), "Lumen", ""));
    assert!(server.asked().is_empty());
}

#[test]
fn the_account_can_be_looked_at_without_sending() {
    let server = Server::start(|asked| match asked.line().as_str() {
        "GET /2010-04-01/Accounts/AC0123.json" => Reply::Json(200, json!({"sid": "AC0123", "status": "active"})),
        _ => Reply::Json(404, json!({})),
    });
    assert!(gateway(server.url(), "Lumen", "").check().expect("fine").contains("active"));
    let server = Server::start(|_| Reply::Json(401, json!({"code": 20003})));
    assert!(gateway(server.url(), "Lumen", "").check().expect_err("no key").message.contains("401"));
    for (account, from) in [("", "Lumen"), ("AC1", "")] {
        let settings = TwilioSettings {
            account: account.to_owned(),
            token: TOKEN.to_owned(),
            from: from.to_owned(),
            public_url: String::new(),
            url: None,
            timeout: None,
        };
        assert!(Twilio::new(settings).is_err());
    }
}

#[test]
fn receipts_say_what_became_of_which_message() {
    let told = |status: &str, code: &str| {
        format!("message=msg_C1&AccountSid=AC0123&MessageSid={SID}&MessageStatus={status}&ErrorCode={code}")
    };
    let parsed = read("twilio", &told("delivered", ""));
    let found = receipt(&parsed);
    assert_eq!((found.message.map(|id| id.to_string()).as_deref(), found.reference.as_deref()), (Some("msg_C1"), Some(SID)));
    assert_eq!((found.delivered, found.unreachable, found.at), (true, false, None));
    assert_eq!(parsed.delivery_id, Some(format!("{SID}:delivered")));
    let parsed = read("twilio", &told("undelivered", "30003"));
    assert_eq!(
        (receipt(&parsed).delivered, receipt(&parsed).unreachable, receipt(&parsed).code.as_deref()),
        (false, false, Some("30003"))
    );
    let parsed = read("twilio", &told("failed", "30006"));
    assert!(receipt(&parsed).unreachable, "a landline");
    for under_way in ["accepted", "queued", "sending", "sent"] {
        nothing(&read("twilio", &told(under_way, "")));
    }
    let parsed = read("twilio", &told("teleported", ""));
    assert_eq!((parsed.inputs.len(), parsed.unmapped[0].code.as_str()), (0, "teleported"));
    assert!(read("twilio", "MessageStatus=delivered").error.is_some());
    assert!(read("twilio", "").error.is_some());
}

#[test]
fn stop_and_start_are_understood_and_other_words_are_kept() {
    let said = |body: &str, more: &str| {
        read("twilio", &format!("MessageSid={SID}&From=%2B33612345678&To=%2B33700000000&Body={body}{more}"))
    };
    for (body, more, lifted) in [
        ("STOP", "", false),
        ("Arr%C3%AAt.", "", false),
        ("stop+all", "", false),
        ("Non+merci", "&OptOutType=STOP", false),
        ("START", "", true),
    ] {
        let parsed = said(body, more);
        let found = opted_out(&parsed);
        assert_eq!((found.phone.as_deref(), found.lifted), (Some(NUMBER), lifted), "{body}");
        assert_eq!(parsed.inputs[0].event_id.as_deref(), Some(SID));
    }
    for body in ["Stop+please,+where+is+it?", "Merci", ""] {
        let parsed = read("twilio", &format!("MessageSid={SID}&SmsStatus=received&From=%2B33612345678&Body={body}"));
        let error = parsed.error.expect("kept where people see it");
        assert!(error.message.contains("answered"), "{body}: {error}");
    }
    nothing(&said("HELP", "&OptOutType=HELP"));
}

/// The vendor's example (*Webhooks security*): address, fields, token `12345`, signature.
#[test]
fn the_signature_is_the_vendors() {
    let twilio = source("twilio");
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    let raw = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
    let signed = [(":url", url), (SIGNATURE_HEADER, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")];
    assert_eq!(verify(twilio.as_ref(), &signed, raw, "12345"), Verification::Verified);
}

#[test]
fn a_forged_receipt_is_refused() {
    let twilio = source("twilio");
    let (url, raw) = ("https://kept.example/in/twilio?message=msg_C1", format!("MessageStatus=delivered&MessageSid={SID}"));
    let sign = |url: &str, secret: &str| {
        let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(format!("{url}MessageSid{SID}MessageStatusdelivered").as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    };
    let ask = |url: &str, signature: &str, raw: &str, secret: &str| {
        verify(twilio.as_ref(), &[(":url", url), (SIGNATURE_HEADER, signature)], raw, secret)
    };
    let good = sign(url, TOKEN);
    assert_eq!(ask(url, &good, &raw, TOKEN), Verification::Verified);
    let other_message = "https://kept.example/in/twilio?message=msg_C2";
    assert_eq!(ask(other_message, &good, &raw, TOKEN), Verification::Refused, "another message");
    assert_eq!(ask(url, &good, &raw.replace("delivered", "failed"), TOKEN), Verification::Refused, "another state");
    assert_eq!(ask(url, &good, &format!("{raw}&Extra=1"), TOKEN), Verification::Refused, "one field more");
    assert_eq!(ask(url, &good, &raw, "other"), Verification::Refused, "another token");
    assert_eq!(ask(url, &sign(url, ""), &raw, ""), Verification::Refused, "an empty token signs nothing");
    for wrong in ["", "=", "not base64!", &good[..20]] {
        assert_eq!(ask(url, wrong, &raw, TOKEN), Verification::Refused, "{wrong}");
    }
    assert_eq!(verify(twilio.as_ref(), &[(SIGNATURE_HEADER, &good)], &raw, TOKEN), Verification::Refused, "no address");
}
