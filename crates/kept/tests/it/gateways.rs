//! A gateway of text messages that is connected on a page: the running server takes it up, sends a message to oneself, and customers' too.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hmac::{Hmac, KeyInit, Mac};
use kept_domain::Body;
use kept_domain::message::MessageState;
use reqwest::blocking::Client;
use serde_json::json;
use sha2::Sha256;

use crate::books::facts;
use crate::client::http;
use crate::erase::{encoded, signed_in};
use crate::mailing::automatic;
use crate::place::{Place, turn, until};
use crate::server::Server;
use crate::texting::{gateway, outcomes, waits};

struct Hand<'s> {
    client: Client,
    server: &'s Server,
    cookie: String,
}

impl Hand<'_> {
    /// Sends a form; gives where it leads, or the page it answers with.
    fn send(&self, path: &str, fields: &[(&str, &str)]) -> Result<String> {
        let csrf = kept_web::auth::secret::csrf_of(&self.cookie);
        let fields: Vec<(&str, &str)> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        let request = self.client.post(self.server.at(path)).header("cookie", format!("kept={}", self.cookie));
        let answer = request.header("content-type", "application/x-www-form-urlencoded").body(encoded(&fields)).send()?;
        match answer.headers().get("location") {
            Some(to) => Ok(to.to_str()?.to_owned()),
            None => Ok(answer.text()?),
        }
    }

    fn page(&self, path: &str) -> Result<String> {
        Ok(self.client.get(self.server.at(path)).header("cookie", format!("kept={}", self.cookie)).send()?.text()?)
    }

    /// A message to oneself, as soon as the gateway is at work.
    fn message(&self) -> Result<()> {
        until("the gateway is at work", Duration::from_secs(20), || {
            let to = self.send("/connections/sms_http/message", &[("number", "06 12 34 56 78")])?;
            ensure!(to.contains("sms-tried") || to.contains("sms-not-yet"), "{to}");
            Ok(to.contains("sms-tried").then_some(()))
        })
    }
}

#[test]
fn a_gateway_is_connected_tried_and_forgotten_on_its_page() -> Result<()> {
    let _turn = turn();
    let place = Place::sqlite()?;
    let token = place.token(&["facts:write"])?;
    automatic(&place)?;
    let (address, asked) = gateway("7712")?;
    let server = Server::start(&place)?;
    let hand = Hand { client: http()?, server: &server, cookie: signed_in(&server)? };
    let filled = [("url", address.as_str()), ("secret", "Bearer key_made_up"), ("from", "Lumen")];
    let to = hand.send("/connections/sms_http", &filled)?;
    ensure!(to.ends_with("?done=connected"), "{to}");
    let wrong = hand.send("/connections/sms_http/message", &[("number", "01 23 45 67 89")])?;
    ensure!(wrong.contains("This is no mobile number") && wrong.contains("01 23 45 67 89"), "a landline is none");
    hand.message()?;
    let (head, sent) = asked.lock().expect("the log").first().cloned().context("a request")?;
    assert!(head.to_lowercase().contains("authorization: bearer key_made_up"), "{head}");
    assert_eq!((sent["to"].as_str(), sent["from"].as_str()), (Some("+33612345678"), Some("Lumen")), "{sent}");
    assert!(sent["text"].as_str().is_some_and(|text| text.contains("a test message by Kept")), "{sent}");
    let page = hand.page("/connections/sms_http")?;
    ensure!(page.contains("The gateway took the test") && !page.contains("612345678"), "{page}");
    ensure!(!page.contains("key_made_up"), "a secret is never shown");

    // Its receipt is the test's: no fact, nothing that was not understood.
    hand.send("/connections/sms_http/secret", &[("make", "yes")])?;
    let secret = place.engine()?.secret("inbound:sms_http")?.context("a secret")?;
    let receipt = json!({ "message": sent["id"], "status": "delivered", "code": "0" }).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(receipt.as_bytes());
    let digest: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let told = hand.client.post(server.at("/in/sms_http")).header("x-kept-signature", digest).body(receipt).send()?;
    assert_eq!(told.status().as_u16(), 200);
    ensure!(hand.page("/connections/sms_http")?.contains("The test arrived on the phone"), "the network's word is shown");
    let all = facts(&place.database()?)?;
    assert!(!all.iter().any(|fact| matches!(&fact.body, Body::MessageReceipt(_))), "no customer's message");
    let received = |body: &Body| if let Body::PayloadReceived(body) = body { body.error.clone() } else { None };
    assert!(all.iter().all(|fact| received(&fact.body).is_none()), "it was understood");

    waits(&hand.client, &server, &token, "7711")?;
    until("the customer's message is taken", Duration::from_secs(30), || {
        Ok((outcomes(&place)? == [MessageState::Accepted]).then_some(()))
    })?;

    // Another gateway takes its place; then none is left, and nothing is sent.
    let other =
        hand.send("/connections/twilio", &[("account", "AC1"), ("secret", "token"), ("from", "Lumen"), ("address", &address)])?;
    ensure!(other.contains("Stored, but it does not work yet"), "{other}");
    let saved: Vec<String> = place.engine()?.connections()?.into_iter().map(|connection| connection.source).collect();
    assert_eq!(saved, ["twilio"], "one gateway is in force");
    assert_eq!(place.engine()?.secret("inbound:twilio")?.as_deref(), Some("token"), "it signs what comes back");
    hand.send("/connections/twilio/removal", &[])?;
    let requests = || asked.lock().expect("the log").len();
    // What a page changes is picked up within a second; tries are few.
    until("no gateway is at work", Duration::from_secs(20), || {
        std::thread::sleep(Duration::from_millis(400));
        let before = requests();
        let to = hand.send("/connections/sms_http/message", &[("number", "06 12 34 56 78")])?;
        ensure!(to.contains("sms-tried") || requests() == before, "{to}");
        Ok(to.contains("sms-not-yet").then_some(()))
    })?;
    server.stop()
}

#[test]
fn a_gateway_that_refuses_the_key_says_so_where_connections_do() -> Result<()> {
    let _turn = turn();
    let place = Place::sqlite()?;
    let server = Server::start(&place)?;
    let hand = Hand { client: http()?, server: &server, cookie: signed_in(&server)? };
    let refuses = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}/send", refuses.local_addr()?);
    std::thread::spawn(move || {
        for mut stream in refuses.incoming().flatten() {
            use std::io::{Read, Write};
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(stream, "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    hand.send("/connections/sms_http", &[("url", &address)])?;
    hand.message()?;
    let page = hand.page("/connections/sms_http")?;
    ensure!(page.contains("The test has not left") && page.contains("the key was refused"), "{page}");
    ensure!(hand.page("/connections")?.contains("the key was refused"), "among the connections too");
    server.stop()
}
