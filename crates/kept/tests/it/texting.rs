//! Text messages by the built program: a gateway of our own takes them, one answer is lost, and receipts come back signed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use kept_domain::Body;
use kept_domain::message::MessageState;
use reqwest::blocking::Client;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::books::facts;
use crate::client::http;
use crate::mailing::automatic;
use crate::place::{Place, pass, turn, until};
use crate::server::Server;

const SECRET: &str = "whsec_made_up";

/// What a gateway was asked: head and body.
pub type Log = Arc<Mutex<Vec<(String, Value)>>>;

/// Takes every message but the one of an order whose number it finds in the text: there it hangs up after the request.
pub fn gateway(lost: &'static str) -> Result<(String, Log)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}/send", listener.local_addr()?);
    let asked = Log::default();
    let log = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(stream, &log, lost);
        }
    });
    Ok((address, asked))
}

fn answer(mut stream: TcpStream, log: &Log, lost: &str) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let text = String::from_utf8_lossy(&body).into_owned();
    log.lock().expect("the log").push((head, serde_json::from_str(&text)?));
    if text.contains(lost) {
        return Ok(());
    }
    let body = r#"{"id": "G-1"}"#;
    write!(stream, "HTTP/1.1 202 Accepted\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())?;
    Ok(())
}

/// A zone in which it is around noon now: nobody is written to at night.
fn noon() -> Result<String> {
    let hour = i32::from(Timestamp::now().in_tz("UTC")?.hour());
    let ahead = 12 - hour;
    // In `Etc` the sign is the other way round.
    Ok(if ahead >= 0 { format!("Etc/GMT-{ahead}") } else { format!("Etc/GMT+{}", -ahead) })
}

/// An order by somebody with a phone alone, whose parcel waits to be picked up.
pub fn waits(client: &Client, server: &Server, token: &str, number: &str) -> Result<()> {
    let (now, tracking) = (Timestamp::now(), format!("6A0{number}000001"));
    let news = [
        json!({ "kind": "order.placed", "order_number": number, "at": now.to_string(),
            "customer": { "reference": number, "name": "Rose Lantier", "phone": "06 12 34 56 78", "country": "FR", "language": "fr", "zone": noon()? },
            "lines": [{ "sku": "RADIO" }] }),
        json!({ "kind": "parcel.announced", "order_number": number, "carrier": "laposte", "tracking_number": tracking, "at": now.to_string() }),
        json!({ "kind": "parcel.scanned", "tracking_number": tracking, "carrier": "laposte", "code": "x", "milestone": "available_for_pickup", "at": now.to_string() }),
    ];
    let body: String = news.iter().map(|news| format!("{news}\n")).collect();
    let request =
        client.post(server.at("/api/facts")).bearer_auth(token).header("content-type", "application/x-ndjson").body(body);
    let answer = request.send()?;
    ensure!(answer.status().is_success(), "{}: {}", answer.status(), answer.text()?);
    Ok(())
}

pub fn outcomes(place: &Place) -> Result<Vec<MessageState>> {
    let of = |body| if let Body::MessageOutcome(body) = body { Some(body.state) } else { None };
    Ok(facts(&place.database()?)?.into_iter().filter_map(|fact| of(fact.body)).collect())
}

#[test]
fn a_text_message_leaves_by_the_gateway_and_what_became_of_it_comes_back() -> Result<()> {
    let _turn = turn();
    let place = Place::sqlite()?;
    let token = place.token(&["facts:write"])?;
    automatic(&place)?;
    place.engine()?.set_secret("inbound:sms_http", SECRET)?;
    let (address, asked) = gateway("7712")?;
    let flags = ["--sms-gateway", "http", "--sms-url", &address, "--sms-secret", "Bearer key_made_up", "--sms-from", "Lumen"];
    let server = Server::start_with(&place, &flags)?;
    let client = http()?;
    waits(&client, &server, &token, "7711")?;
    until("the message is taken", Duration::from_secs(30), || Ok((outcomes(&place)? == [MessageState::Accepted]).then_some(())))?;
    let (head, message) = asked.lock().expect("the log").first().cloned().context("a request")?;
    assert!(head.starts_with("POST /send ") && head.to_lowercase().contains("authorization: bearer key_made_up"), "{head}");
    assert_eq!((message["to"].as_str(), message["from"].as_str()), (Some("+33612345678"), Some("Lumen")), "{message}");
    let text = message["text"].as_str().context("a text")?;
    assert!(text.contains("7711") && text.contains(&server.at("/p/")), "{text}");

    let receipt = json!({ "reference": "G-1", "status": "delivered", "code": "0" }).to_string();
    let tell = |signature: String| -> Result<u16> {
        let request = client.post(server.at("/in/sms_http")).header("x-kept-signature", signature).body(receipt.clone());
        Ok(request.send()?.status().as_u16())
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())?;
    mac.update(receipt.as_bytes());
    assert_eq!(tell("00".repeat(32))?, 401, "a forged one");
    let digest: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(tell(digest)?, 200);
    let arrived = |fact: &kept_domain::Fact| matches!(&fact.body, Body::MessageReceipt(body) if body.delivered);
    assert_eq!(facts(&place.database()?)?.iter().filter(|fact| arrived(fact)).count(), 1);

    // The answer is lost: nobody knows, and nobody sends it again.
    waits(&client, &server, &token, "7712")?;
    let expected = [MessageState::Accepted, MessageState::Unknown];
    until("it is not known", Duration::from_secs(30), || Ok((outcomes(&place)? == expected).then_some(())))?;
    let requests = asked.lock().expect("the log").len();
    pass(Duration::from_secs(2));
    server.stop()?;
    let server = Server::start_with(&place, &flags)?;
    pass(Duration::from_secs(2));
    assert_eq!(asked.lock().expect("the log").len(), requests, "not by time, not by a restart");
    assert_eq!(requests, 2);
    server.stop()?;
    Ok(())
}
