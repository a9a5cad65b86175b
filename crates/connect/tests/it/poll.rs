//! The client against a server of our own on the loopback, which speaks the format.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kept_connect::carriers::laposte::{LaPostePoller, LaPosteSettings};
use kept_engine::ports::{PollError, Poller};

use crate::laposte::mit_sample;
use crate::shared::{scans, source};

/// Answers each call with the next text, byte for byte, then closes; gives back what was asked, head and body.
pub fn serve(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().expect("a call");
            let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
            let mut head = String::new();
            while reader.read_line(&mut head).expect("a line") > 2 {}
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<u64>().ok());
            (&mut reader).take(length.unwrap_or(0)).read_to_string(&mut head).expect("a body");
            asked.push(head);
            if answer.is_empty() {
                // Slow: nothing is answered until the client gives up.
                let _ = stream.read(&mut [0]);
            } else {
                stream.write_all(answer.as_bytes()).expect("answered");
            }
        }
        asked
    });
    (address, server)
}

pub fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}", body.len())
}

fn poller(base_url: String) -> LaPostePoller {
    let settings = LaPosteSettings { base_url, timeout: Duration::from_millis(400), ..LaPosteSettings::new("a-key") };
    LaPostePoller::new(settings).expect("a client")
}

pub fn numbers(numbers: &[&str]) -> Vec<String> {
    numbers.iter().map(|number| (*number).to_owned()).collect()
}

fn failure(answer: String) -> PollError {
    let (address, server) = serve(vec![answer]);
    let error = poller(address).ask(&numbers(&["6A18987970674"])).expect_err("a failure");
    server.join().expect("served");
    assert!(!error.message.is_empty());
    assert!(!error.to_string().contains("a-key") && !error.to_string().contains("6A18987970674"), "{error}");
    error
}

#[test]
fn asks_as_documented_and_hands_on_the_raw_answer() {
    let (address, server) = serve(vec![http("200 OK", "content-type: application/json\r\n", mit_sample("200"))]);
    let raw = poller(format!("{address}/")).ask(&numbers(&["6A18987970674", "a/b?c,d"])).expect("an answer");
    assert_eq!(raw, mit_sample("200").as_bytes());
    assert_eq!(scans(&source("laposte").parse(&raw)).len(), 2);
    let asked = server.join().expect("served").remove(0);
    assert!(asked.starts_with("GET /suivi/v2/idships/6A18987970674,a%2Fb%3Fc%2Cd?lang=fr_FR HTTP/1.1\r\n"), "{asked}");
    let asked = asked.to_lowercase();
    assert!(asked.contains("x-okapi-key: a-key\r\n") && asked.contains("accept: application/json\r\n"), "{asked}");
}

#[test]
fn not_found_multi_status_and_bad_question_are_answers_for_the_parser() {
    for (status, body) in
        [("404 Not Found", mit_sample("404")), ("207 Multi-Status", "[]"), ("400 Bad Request", mit_sample("400"))]
    {
        let (address, server) = serve(vec![http(status, "", body)]);
        assert_eq!(poller(address).ask(&numbers(&["1"])).expect(status), body.as_bytes());
        server.join().expect("served");
    }
}

#[test]
fn too_many_requests_waits_as_long_as_asked() {
    assert_eq!(failure(http("429 Too Many Requests", "retry-after: 17\r\n", mit_sample("429"))).retry_after_seconds, Some(17));
    // A date that is past means: at once. One far away is cut to an hour.
    let past = "retry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n";
    assert_eq!(failure(http("429 Too Many Requests", past, "")).retry_after_seconds, Some(0));
    let far = "retry-after: Wed, 21 Oct 2195 07:28:00 GMT\r\n";
    assert_eq!(failure(http("429 Too Many Requests", far, "")).retry_after_seconds, Some(3600));
}

#[test]
fn without_a_wish_the_wait_doubles_until_an_answer_comes() {
    let busy = http("503 Service Unavailable", "", mit_sample("503"));
    let fine = http("200 OK", "", mit_sample("200"));
    let (address, server) = serve(vec![busy.clone(), busy.clone(), busy.clone(), fine, busy]);
    let poller = poller(address);
    let mut waits = Vec::new();
    for _ in 0..5 {
        waits.push(poller.ask(&numbers(&["1"])).err().and_then(|error| error.retry_after_seconds));
    }
    server.join().expect("served");
    assert_eq!(waits, [Some(2), Some(4), Some(8), None, Some(2)]);
}

#[test]
fn a_refused_key_is_not_tried_again() {
    let error = failure(http("401 Unauthorized", "", mit_sample("401")));
    assert_eq!(error.retry_after_seconds, None);
    assert!(error.message.contains("key"), "{error}");
}

#[test]
fn a_web_page_is_explained_and_tried_again() {
    for status in ["404 Not Found", "200 OK"] {
        let error = failure(http(status, "content-type: text/html\r\n", "<html>Not Found</html>"));
        assert!(error.message.contains("not JSON"), "{error}");
        assert!(error.retry_after_seconds.is_some());
    }
}

#[test]
fn a_truncated_body_is_tried_again() {
    let whole = http("200 OK", "", mit_sample("200"));
    let error = failure(whole[..whole.len() - 300].to_owned());
    assert!(error.retry_after_seconds.is_some(), "{error}");
}

#[test]
fn a_slow_server_is_given_up() {
    let started = Instant::now();
    let error = failure(String::new());
    assert!(error.retry_after_seconds.is_some(), "{error}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_server_that_is_not_there_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let error = poller(address).ask(&numbers(&["1"])).expect_err("nobody");
    assert!(error.retry_after_seconds.is_some(), "{error}");
}

#[test]
fn a_redirect_is_not_followed_with_the_key() {
    let error = failure(http("302 Found", "location: http://127.0.0.1:1/elsewhere\r\n", "{}"));
    assert!(error.message.contains("302"), "{error}");
}

#[test]
fn wrong_questions_are_refused_before_any_call() {
    let poller = poller("http://127.0.0.1:9".to_owned());
    assert_eq!((poller.batch(), poller.source()), (10, "laposte"));
    assert_eq!(poller.ask(&[]).expect_err("nothing").retry_after_seconds, None);
    assert_eq!(poller.ask(&vec!["1".to_owned(); 11]).expect_err("too many").retry_after_seconds, None);
    assert!(LaPostePoller::new(LaPosteSettings::new(" ")).is_err());
    assert!(LaPostePoller::new(LaPosteSettings { base_url: "ftp://x".to_owned(), ..LaPosteSettings::new("k") }).is_err());
    assert!(!format!("{:?}", LaPosteSettings::new("a-key")).contains("a-key"));
}
