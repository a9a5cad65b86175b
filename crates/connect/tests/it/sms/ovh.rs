use kept_connect::sms::ovh::{Ovh, OvhSettings};
use kept_engine::ports::{Barred, Outbound, SendOutcome, Verification};
use serde_json::json;
use sha1::{Digest, Sha1};

use super::{NUMBER, TIMEOUT, absent, letter, nothing, opted_out, overtaken, read, receipt, sent, verify};
use crate::shared::source;
use crate::shops::{Asked, Reply, Server};

/// How far the vendor's clock is ahead of ours in these tests.
const AHEAD: i64 = 5_000;

fn gateway(url: String, from: &str) -> Ovh {
    let settings = OvhSettings {
        service: "sms-ab12345-1".to_owned(),
        application_key: "AK".to_owned(),
        application_secret: "AS".to_owned(),
        consumer_key: "CK".to_owned(),
        from: from.to_owned(),
        url: Some(url),
        timeout: Some(TIMEOUT),
    };
    assert!(!format!("{settings:?}").contains("CK"));
    Ovh::new(settings).expect("a gateway")
}

fn header(asked: &Asked, name: &str) -> String {
    let line = asked.head.lines().find_map(|line| line.split_once(':').filter(|(known, _)| known.eq_ignore_ascii_case(name)));
    line.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

/// A server of the vendor's form: the time; and jobs, for whoever signs them at that time.
fn vendor(answer: impl Fn() -> Reply + Send + 'static) -> Server {
    Server::start(move |asked| {
        if asked.line() == "GET /auth/time" {
            return Reply::Json(200, json!(jiff::Timestamp::now().as_second() + AHEAD));
        }
        let time = header(asked, "X-Ovh-Timestamp");
        let near = time.parse::<i64>().is_ok_and(|time| (time - AHEAD - jiff::Timestamp::now().as_second()).abs() < 30);
        let address = format!("http://{}{}", header(asked, "host"), asked.target);
        let digest = Sha1::digest(format!("AS+CK+{}+{address}+{}+{time}", asked.method, asked.body));
        let signed = header(asked, "X-Ovh-Signature") == format!("$1${}", hex::encode(digest));
        if !near || !signed || header(asked, "X-Ovh-Application") != "AK" || header(asked, "X-Ovh-Consumer") != "CK" {
            return Reply::Json(
                400,
                json!({"class": "Client::BadRequest", "errorCode": "INVALID_SIGNATURE", "message": "Invalid signature"}),
            );
        }
        answer()
    })
}

fn taken() -> Reply {
    Reply::Json(200, json!({"totalCreditsRemoved": 1, "invalidReceivers": [], "ids": [27_814_656], "validReceivers": [NUMBER]}))
}

#[test]
fn a_job_is_signed_at_the_vendors_time_and_taken() {
    let server = vendor(taken);
    let gateway = gateway(server.url(), "Lumen");
    let (outcome, doubts) = sent(&gateway);
    assert_eq!(outcome, SendOutcome::Accepted { reply: "200 27814656".to_owned(), reference: Some("27814656".to_owned()) });
    assert_eq!(doubts, 1);
    let job = &server.acts()[0];
    assert_eq!(job.line(), "POST /sms/sms-ab12345-1/jobs");
    assert_eq!(
        job.json(),
        json!({
            "message": letter().text, "receivers": [NUMBER], "sender": "Lumen", "charset": "UTF-8", "class": "phoneDisplay", "coding": "7bit",
            "noStopClause": true, "priority": "high", "validityPeriod": 2880, "tag": "msg_C1"
        })
    );
    sent(&gateway);
    let asked: Vec<String> = server.asked().iter().map(Asked::line).collect();
    assert_eq!(asked.iter().filter(|line| *line == "GET /auth/time").count(), 1, "the time is asked for once: {asked:?}");
}

#[test]
fn a_text_outside_the_alphabet_and_a_sender_that_answers() {
    let server = vendor(taken);
    let letter = kept_engine::ports::Letter { text: "Ваш заказ".to_owned(), ..letter() };
    let outcome = gateway(server.url(), "").send(&letter, &mut || Ok(()));
    assert!(matches!(outcome, SendOutcome::Accepted { .. }), "{outcome:?}");
    let job = server.acts()[0].json();
    assert_eq!((job["coding"].as_str(), job["senderForResponse"].as_bool(), job.get("sender")), (Some("8bit"), Some(true), None));
}

#[test]
fn answers_are_told_apart() {
    let of = |reply: fn() -> Reply| {
        let server = vendor(reply);
        sent(&gateway(server.url(), "Lumen")).0
    };
    let invalid = of(|| Reply::Json(200, json!({"ids": [], "invalidReceivers": [NUMBER], "validReceivers": []})));
    assert_eq!(invalid, SendOutcome::Barred { why: Barred::Unreachable, reply: "200 invalidReceivers".to_owned() });
    let refused = of(|| Reply::Json(400, json!({"class": "Client::BadRequest", "message": format!("{NUMBER} no")})));
    assert_eq!(refused, SendOutcome::Refused { reply: "400 Client::BadRequest".to_owned() });
    for (status, error) in
        [(403, "Client::Forbidden"), (402, "Client::PaymentRequired"), (404, "Client::NotFound"), (429, "Client::TooMany")]
    {
        let server = vendor(move || Reply::Json(status, json!({"class": error, "message": "no"})));
        let outcome = sent(&gateway(server.url(), "Lumen")).0;
        assert!(matches!(&outcome, SendOutcome::Retry { reason } if reason.starts_with(&status.to_string())), "{outcome:?}");
    }
    assert!(matches!(of(|| Reply::Json(200, json!({"ids": []}))), SendOutcome::Unknown { .. }));
    assert!(matches!(of(|| Reply::Json(500, json!({"message": "Internal"}))), SendOutcome::Unknown { .. }));
    assert!(matches!(of(|| Reply::Lost), SendOutcome::Unknown { .. }), "the line broke after the request");
    assert!(
        matches!(sent(&gateway(absent(), "Lumen")), (SendOutcome::Retry { .. }, 0)),
        "not even the time: nothing is in doubt"
    );
    let server = vendor(taken);
    overtaken(&gateway(server.url(), "Lumen"));
    assert!(server.acts().is_empty());
}

#[test]
fn the_account_can_be_looked_at_without_sending() {
    let server = vendor(|| Reply::Json(200, json!({"name": "sms-ab12345-1", "creditsLeft": 42.5})));
    assert!(gateway(server.url(), "Lumen").check().expect("fine").contains("42.5 credits"));
}

#[test]
fn a_callback_says_what_became_of_which_message() {
    let parsed = read("ovh_sms", "id=27814656&ptt=4&date=20261105120000&description=1&descriptionDlr=Success");
    let found = receipt(&parsed);
    assert_eq!((found.message, found.reference.as_deref(), found.delivered), (None, Some("27814656"), true));
    let parsed = read("ovh_sms", "id=27814656&ptt=23&description=2");
    assert_eq!((receipt(&parsed).delivered, receipt(&parsed).unreachable), (false, true));
    let parsed = read("ovh_sms", "id=27814656&ptt=24&description=2");
    assert_eq!((receipt(&parsed).delivered, receipt(&parsed).unreachable), (false, false));
    // A code that came later, beside the coarser state.
    assert!(receipt(&read("ovh_sms", "id=27814656&ptt=999&description=1")).delivered);
    for under_way in ["1", "2", "3", "6"] {
        nothing(&read("ovh_sms", &format!("id=27814656&ptt={under_way}&description=4")));
    }
    assert_eq!(read("ovh_sms", "id=27814656&ptt=999").unmapped[0].code, "999");
    assert!(read("ovh_sms", "ptt=4").error.is_some());
}

#[test]
fn an_answer_to_the_short_number() {
    let parsed = read("ovh_sms", "id=99&keyword=k&message=STOP&senderid=%2B33612345678&shortcode=38100&tag=msg_C1");
    assert_eq!((opted_out(&parsed).phone.as_deref(), opted_out(&parsed).lifted), (Some(NUMBER), false));
    let parsed = read("ovh_sms", "id=99&message=stop&senderid=0033612345678");
    assert_eq!(opted_out(&parsed).phone.as_deref(), Some("0033612345678"));
    assert!(read("ovh_sms", "id=99&message=O%C3%B9+est+mon+colis&senderid=%2B33612345678").error.is_some());
}

#[test]
fn who_does_not_know_the_address_is_refused() {
    let ovh = source("ovh_sms");
    let ask = |url: &str, secret: &str| verify(ovh.as_ref(), &[(":url", url)], "", secret);
    assert_eq!(ask("https://kept.example/in/ovh_sms?token=fence-42&id=1&ptt=4", "fence-42"), Verification::Verified);
    for wrong in ["", "?", "?token=", "?token=fence-4", "?token=fence-422", "?id=1&ptt=4"] {
        assert_eq!(ask(&format!("https://kept.example/in/ovh_sms{wrong}"), "fence-42"), Verification::Refused, "{wrong}");
    }
    assert_eq!(ask("https://kept.example/in/ovh_sms?token=", ""), Verification::Refused);
}
