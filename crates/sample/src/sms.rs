//! A gateway of text messages on this machine, in the form that any gateway may have (`docs/connectors/sms_http.md`): it takes messages and
//! says what became of them. One customer answers STOP, and one number can never be reached.

use std::collections::BTreeSet;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::blocking::Client;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::door::{Door, Reply, Request};

/// So long after it was taken the network's word comes.
const NETWORK: Duration = Duration::from_millis(300);
/// Tries until Kept has heard it.
const TRIES: usize = 10;
/// Of the people who are written to, this one wants no more of it.
const STOPS: usize = 2;
/// And this one has a number that nothing reaches.
const BARRED: usize = 4;

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texted {
    /// The recipient's number.
    pub to: String,
    /// The text.
    pub text: String,
    /// Kept's id of it.
    pub id: String,
}

#[derive(Default)]
struct Messages {
    taken: Vec<Texted>,
    /// Numbers, in the order in which they were first written to.
    people: Vec<String>,
    /// Ids that were seen: none is sent twice.
    known: BTreeSet<String>,
}

/// The gateway at work; it ends when it is dropped.
pub struct SmsGateway {
    messages: Arc<Mutex<Messages>>,
    door: Option<Door>,
    words: Option<Sender<Value>>,
    thread: Option<JoinHandle<()>>,
}

impl SmsGateway {
    /// Listens on a free port; who asks has this `key` as a bearer, and what comes back goes to `kept_url`, signed with `secret`.
    ///
    /// # Errors
    /// No port or no thread could be had.
    pub fn start(key: &str, secret: &str, kept_url: &str) -> io::Result<SmsGateway> {
        let messages = Arc::new(Mutex::new(Messages::default()));
        let (words, heard) = channel::<Value>();
        let (taken, answers, key) = (Arc::clone(&messages), words.clone(), format!("Bearer {key}"));
        let door = Door::open("demo-sms", move |request| answer(request, &key, &taken, &answers))?;
        let (secret, url) = (secret.to_owned(), format!("{}/in/sms_http", kept_url.trim_end_matches('/')));
        let thread = std::thread::Builder::new().name("demo-network".to_owned()).spawn(move || network(&heard, &secret, &url))?;
        Ok(SmsGateway { messages, door: Some(door), words: Some(words), thread: Some(thread) })
    }

    /// Where messages are posted.
    #[must_use]
    pub fn url(&self) -> String {
        self.door.as_ref().map(|door| format!("{}/messages", door.base_url())).unwrap_or_default()
    }

    /// Everything it took.
    #[must_use]
    pub fn taken(&self) -> Vec<Texted> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).taken.clone()
    }
}

impl Drop for SmsGateway {
    fn drop(&mut self) {
        // The door holds the other end of the words.
        drop(self.door.take());
        drop(self.words.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn answer(request: &Request, key: &str, messages: &Mutex<Messages>, words: &Sender<Value>) -> Reply {
    if request.header("authorization") != Some(key) {
        return Reply::json(401, &json!({ "code": "no_key" }));
    }
    let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let field = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let message = Texted { to: field("to"), text: field("text"), id: field("id") };
    if message.to.is_empty() || message.text.is_empty() {
        return Reply::json(400, &json!({ "code": "no_recipient_or_text" }));
    }
    let mut messages = messages.lock().unwrap_or_else(PoisonError::into_inner);
    let reference = format!("LUM-{}", message.id);
    if !messages.known.insert(message.id.clone()) {
        return Reply::json(200, &json!({ "id": reference }));
    }
    let place = match messages.people.iter().position(|number| *number == message.to) {
        Some(place) => place,
        None => {
            messages.people.push(message.to.clone());
            messages.people.len() - 1
        }
    };
    let status = if place == BARRED { "unreachable" } else { "delivered" };
    let code = if place == BARRED { "absent_subscriber" } else { "0" };
    let mut says = vec![json!({ "message": message.id, "reference": reference, "status": status, "code": code })];
    if place == STOPS {
        says.push(json!({ "from": message.to, "text": "Stop", "id": format!("answer-{}", message.id) }));
    }
    messages.taken.push(message);
    for word in says {
        // Nobody listens any more when the demo ends.
        drop(words.send(word));
    }
    Reply::json(202, &json!({ "id": reference }))
}

/// Tells what became of messages, each a moment after it was taken: Kept may not have written down yet that it was.
fn network(heard: &Receiver<Value>, secret: &str, url: &str) {
    let Ok(client) = Client::builder().timeout(Duration::from_secs(10)).build() else { return };
    while let Ok(word) = heard.recv() {
        std::thread::sleep(NETWORK);
        let body = word.to_string();
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return };
        mac.update(body.as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        for _ in 0..TRIES {
            let request = client.post(url).header("X-Kept-Signature", &signature).header("Content-Type", "application/json");
            match request.body(body.clone()).send() {
                Ok(answer) if !answer.status().is_server_error() => break,
                _ => std::thread::sleep(NETWORK),
            }
        }
    }
}
