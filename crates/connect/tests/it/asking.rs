//! Every client against a server of our own on the loopback, which speaks the format.

use std::time::Duration;

use kept_connect::asking::{AskingSettings, CarrierPoller};
use kept_connect::carriers::{chronopost, dhl, dpd, fedex, gls, mondial_relay, ups, usps};
use kept_engine::ports::{PollError, Poller};

use crate::poll::{http, numbers, serve};
use crate::shared::{scans, source};

type Make = fn(AskingSettings) -> Result<CarrierPoller, PollError>;

/// The client, its source, a sample of what is answered, what is answered before, and what the question holds.
type Case = (Make, &'static str, &'static str, Vec<String>, &'static [&'static str]);

const NUMBER: &str = "50 1/2";

fn settings(base_url: String) -> AskingSettings {
    AskingSettings { timeout: Duration::from_millis(400), ..AskingSettings::new(base_url, "a-user", "a-secret") }
}

const DPD: &str = include_str!("../../src/carriers/dpd/samples/life_cycle_made_up.xml");
const MONDIAL_RELAY: &str = include_str!("../../src/carriers/mondial_relay/samples/tracing_made_up.xml");

/// DPD's answer to a log-in: docs/connectors/dpd.md.
fn dpd_token(token: &str, more: &str) -> String {
    let answer = format!(
        "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
         <ns2:getAuthResponse xmlns:ns2=\"http://dpd.com/common/service/types/LoginService/2.0\"><return><delisId>a-user</delisId>\
         <customerUid>a-user</customerUid><authToken>{token}</authToken><depot>0530</depot>{more}</return></ns2:getAuthResponse></s:Body></s:Envelope>"
    );
    http("200 OK", "content-type: text/xml\r\n", &answer)
}

fn dpd_fault(code: &str) -> String {
    let fault = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>Fault occured</faultstring>\
         <detail><a:authenticationFault xmlns:a=\"http://dpd.com/common/service/types/Authentication/2.0\"><errorCode>{code}</errorCode>\
         <errorMessage>no</errorMessage></a:authenticationFault></detail></s:Fault></s:Body></s:Envelope>"
    );
    http("500 Internal Server Error", "content-type: text/xml\r\n", &fault)
}

fn token(expires_in: &str) -> String {
    http("200 OK", "", &format!("{{\"access_token\":\"a-token\",\"expires_in\":{expires_in}}}"))
}

/// Asks once; what was asked, and what came of it.
fn ask(make: Make, answers: Vec<String>) -> (Vec<String>, Result<Vec<u8>, PollError>) {
    let (address, server) = serve(answers);
    let answer = make(settings(address)).expect("a client").ask(&numbers(&[NUMBER]));
    (server.join().expect("served"), answer)
}

#[test]
fn each_carrier_is_asked_as_it_wants() {
    let cases: [Case; 8] = [
        (
            ups::poller,
            "ups",
            crate::ups::TRACK,
            vec![token("\"14399\"")],
            &["GET /api/track/v1/details/50%201%2F2?", "authorization: Bearer a-token", "transid: kept-"],
        ),
        (
            fedex::poller,
            "fedex",
            crate::fedex::TRACK,
            vec![token("3599")],
            &["POST /track/v1/trackingnumbers", "authorization: Bearer a-token"],
        ),
        (
            usps::poller,
            "usps",
            crate::usps::V3,
            vec![token("28799")],
            &["GET /tracking/v3/tracking/50%201%2F2?expand=DETAIL", "authorization: Bearer a-token"],
        ),
        (
            dhl::poller,
            "dhl",
            crate::dhl::SHIPMENTS,
            vec![],
            &["GET /track/shipments?trackingNumber=50%201%2F2&", "dhl-api-key: a-secret"],
        ),
        (
            gls::poller,
            "gls",
            crate::gls::V1,
            vec![],
            &[
                "GET /public/v1/tracking/references/50%201%2F2 ",
                "authorization: Basic YS11c2VyOmEtc2VjcmV0",
                "accept-language: en",
            ],
        ),
        (chronopost::poller, "chronopost", crate::chronopost::V2, vec![], &["POST /tracking-cxf/TrackingServiceWS", "text/xml"]),
        (
            dpd::poller,
            "dpd",
            DPD,
            vec![dpd_token("a-token", "")],
            &[
                "POST /ParcelLifeCycleService/V2_0 ",
                "soapaction: \"http://dpd.com/common/service/ParcelLifeCycleService/2.0/getTrackingData\"",
                "<delisId>a-user</delisId><authToken>a-token</authToken>",
                "<parcelLabelNumber>50 1/2</parcelLabelNumber>",
            ],
        ),
        (
            mondial_relay::poller,
            "mondial_relay",
            MONDIAL_RELAY,
            vec![],
            &[
                "POST /Web_Services.asmx ",
                "<Enseigne>a-user</Enseigne><Expedition>50 1/2</Expedition><Langue>FR</Langue>",
                // The MD5 of "a-user50 1/2FRa-secret", computed by another program.
                "<Security>90AA1E0AE50EA86BFB5E15C0611CE8C1</Security>",
            ],
        ),
    ];
    for (make, name, sample, mut answers, expected) in cases {
        answers.push(http("200 OK", "", sample));
        let (asked, answer) = ask(make, answers);
        let last = asked.last().expect("a question");
        for part in expected {
            assert!(last.contains(part), "{name}: {last}");
        }
        assert!(!scans(&source(name).parse(&answer.expect("an answer"))).is_empty(), "{name}");
    }
}

#[test]
fn a_token_is_kept_and_renewed_once_when_it_is_refused() {
    let answer = || http("200 OK", "", crate::ups::TRACK);
    let (address, server) =
        serve(vec![token("3600"), answer(), answer(), http("401 Unauthorized", "", "{}"), token("3600"), answer()]);
    let poller = ups::poller(settings(address)).expect("a client");
    for _ in 0..3 {
        poller.ask(&numbers(&["1Z"])).expect("an answer");
    }
    let asked = server.join().expect("served");
    let tokens = asked.iter().filter(|head| head.starts_with("POST /security/v1/oauth/token")).count();
    assert_eq!((asked.len(), tokens), (6, 2));
}

/// DPD says with a fault that a token is too old, and allows ten log-ins a day: another is had once, and not again before its time.
#[test]
fn dpd_is_logged_in_to_again_when_its_token_is_refused_but_not_with_every_call() {
    let answer = || http("200 OK", "", DPD);
    let (address, server) = serve(vec![dpd_token("first", ""), answer(), answer(), dpd_fault("ERR_DELICOM_TOKEN_EXPIRED")]);
    let poller = dpd::poller(settings(address)).expect("a client");
    for _ in 0..2 {
        poller.ask(&numbers(&["1"])).expect("an answer");
    }
    let error = poller.ask(&numbers(&["1"])).expect_err("it was logged in a moment ago");
    assert_eq!(error.retry_after_seconds, Some(3600), "{error}");
    let asked = server.join().expect("served");
    assert_eq!(asked.iter().filter(|asked| asked.contains("getAuth")).count(), 1);
    assert!(asked[1].contains("<authToken>first</authToken>") && asked[2].contains("<authToken>first</authToken>"));
    assert!(asked[0].contains("<password>a-secret</password>"), "{}", asked[0]);

    // A token that ends within two minutes is not worth keeping; the whole day is taken instead, and its fault would tell.
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(3);
    let expires = format!("<authTokenExpires>{until}</authTokenExpires>");
    let (address, server) = serve(vec![dpd_token("a&amp;b", &expires), answer()]);
    dpd::poller(settings(address)).expect("a client").ask(&numbers(&["1"])).expect("an answer");
    assert!(server.join().expect("served")[1].contains("<authToken>a&amp;b</authToken>"));

    let error = ask(dpd::poller, vec![dpd_fault("DELICOM_ERR_AUTHENTICATION")]).1.expect_err("refused");
    assert!(error.retry_after_seconds.is_none() && error.message.contains("delis id"), "{error}");
    assert!(!error.to_string().contains("a-secret"), "{error}");
}

/// What does not say which parcel it is about is told by the number that was asked for.
#[test]
fn an_answer_without_a_number_is_given_the_one_that_was_asked_for() {
    let bare = DPD.replace("parcelLabelNumber", "somethingElse");
    let (_, answer) = ask(dpd::poller, vec![dpd_token("a-token", ""), http("200 OK", "", &format!("\u{feff}{bare}"))]);
    let parsed = source("dpd").parse(&answer.expect("an answer"));
    assert!(!scans(&parsed).is_empty() && scans(&parsed).iter().all(|scan| scan.tracking_number == NUMBER), "{parsed:?}");
    let (_, answer) = ask(mondial_relay::poller, vec![http("200 OK", "", MONDIAL_RELAY)]);
    let parsed = source("mondial_relay").parse(&answer.expect("an answer"));
    assert!(scans(&parsed).iter().all(|scan| scan.tracking_number == NUMBER), "{parsed:?}");
    assert_eq!(scans(&parsed).len(), 3);
    let refused = "<r xmlns=\"http://www.mondialrelay.fr/webservice/\"><WSI2_TracingColisDetailleResult><STAT>94</STAT></WSI2_TracingColisDetailleResult></r>";
    let (_, answer) = ask(mondial_relay::poller, vec![http("200 OK", "", refused)]);
    assert!(source("mondial_relay").parse(&answer.expect("an answer")).error.expect("an error").not_found);
}

#[test]
fn a_refused_key_is_not_tried_again() {
    for (make, answers) in [
        (ups::poller as Make, vec![http("401 Unauthorized", "", "{}")]),
        (fedex::poller, vec![token("3599"), http("403 Forbidden", "", "{}")]),
        (dhl::poller, vec![http("401 Unauthorized", "", "{}")]),
    ] {
        let error = ask(make, answers).1.expect_err("refused");
        assert_eq!(error.retry_after_seconds, None, "{error}");
        assert!(error.message.contains("hint: check") && !error.message.contains("a-secret"), "{error}");
    }
}

#[test]
fn waits_are_honoured_and_shown_without_number_or_key() {
    for (make, answer, seconds) in [
        (dhl::poller as Make, http("429 Too Many Requests", "retry-after: 7\r\n", "{}"), 7),
        (dhl::poller, http("503 Service Unavailable", "", "{}"), 2),
        (gls::poller, http("200 OK", "", "<html></html>"), 300),
        (chronopost::poller, http("200 OK", "", "<!DOCTYPE html><html></html>"), 300),
        (chronopost::poller, http("500 Internal Server Error", "", "out of order"), 2),
        (dhl::poller, String::new(), 2),
    ] {
        let error = ask(make, vec![answer]).1.expect_err("a failure");
        assert_eq!(error.retry_after_seconds, Some(seconds), "{error}");
        let shown = error.to_string();
        assert!(!shown.contains("a-secret") && !shown.contains("50%201") && !shown.contains(NUMBER), "{shown}");
    }
}

/// SOAP answers everything that is wrong with 500; the parser tells what it is.
#[test]
fn a_soap_fault_is_handed_to_the_parser() {
    let fault = "<s:Envelope xmlns:s=\"urn:s\"><s:Body><s:Fault><faultstring>Internal error</faultstring></s:Fault></s:Body></s:Envelope>";
    let answer = ask(chronopost::poller, vec![http("500 Internal Server Error", "", fault)]).1.expect("an answer");
    assert!(source("chronopost").parse(&answer).error.expect("an error").retryable);
}

#[test]
fn wrong_settings_and_questions_are_named() {
    let without = |make: Make| make(AskingSettings::new("https://x.test", "a-user", "")).err().expect("no secret");
    for make in [ups::poller as Make, dpd::poller, fedex::poller, usps::poller, dhl::poller, gls::poller, mondial_relay::poller] {
        assert!(without(make).message.contains("is not set"));
    }
    assert!(
        chronopost::poller(AskingSettings::new("ftp://x.test", "", "")).err().expect("no address").message.contains("https://")
    );
    let poller = fedex::poller(settings("http://127.0.0.1:1".to_owned())).expect("a client");
    assert_eq!((poller.source(), poller.batch()), ("fedex", 30));
    for wrong in [vec![], vec![" ".to_owned()], vec!["1".to_owned(); 31]] {
        assert_eq!(poller.ask(&wrong).expect_err("refused").retry_after_seconds, None);
    }
    assert!(!format!("{:?}", settings("https://x.test".to_owned())).contains("a-secret"));
}
