//! A La Poste that can be asked: Suivi v2 over HTTP on this machine.
//!
//! Shapes as the vendor's: an object for one number, an array for several, `returnCode` in each, 401 for a wrong key, 404 for a number not
//! known, 429 with `{code, message}` when asked too fast.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::shop::Told;

/// Calls a second before 429; the vendor's own limit is 100.
pub const DEFAULT_CALLS_PER_SECOND: usize = 50;
/// Numbers in one question.
const BATCH: usize = 10;
/// No question is longer than its head.
const LONGEST_HEAD: u64 = 16 * 1024;

/// What La Poste knows of its parcels; shared between the world and the fake server.
#[derive(Clone, Default)]
pub struct SuiviBook(Arc<Mutex<BTreeMap<String, Told>>>);

impl SuiviBook {
    pub(crate) fn add(&self, number: &str, change: impl FnOnce(&mut Told)) {
        let mut parcels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(parcels.entry(number.to_owned()).or_insert_with(Told::nothing));
    }

    /// The answer about one number, with its HTTP status.
    #[must_use]
    pub fn answer(&self, number: &str) -> (u16, Value) {
        let well_formed = (11..=15).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !well_formed {
            return (
                400,
                refusal(400, "Votre requête est incorrecte. Veuillez la ressaisir en respectant le format.", Some(number)),
            );
        }
        let parcels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match parcels.get(number) {
            Some(told) => (200, shipment(number, told)),
            None => (404, refusal(404, "Ressource non trouvée", Some(number))),
        }
    }

    /// The numbers known by now.
    #[must_use]
    pub fn numbers(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}

/// The fake server; stops when it is dropped.
pub struct FakeLaPoste {
    address: SocketAddr,
    calls: Arc<AtomicU64>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Desk {
    book: SuiviBook,
    key: String,
    calls_per_second: usize,
    recent: Mutex<VecDeque<Instant>>,
    calls: Arc<AtomicU64>,
}

impl FakeLaPoste {
    /// Listens on a free port of this machine; only questions with this Okapi key are answered.
    ///
    /// # Errors
    /// No port could be had.
    pub fn start(book: SuiviBook, key: &str) -> io::Result<FakeLaPoste> {
        FakeLaPoste::with_limit(book, key, DEFAULT_CALLS_PER_SECOND)
    }

    /// Like [`FakeLaPoste::start`], with so many calls a second.
    ///
    /// # Errors
    /// No port could be had.
    pub fn with_limit(book: SuiviBook, key: &str, calls_per_second: usize) -> io::Result<FakeLaPoste> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let calls = Arc::new(AtomicU64::new(0));
        let desk =
            Arc::new(Desk { book, key: key.to_owned(), calls_per_second, recent: Mutex::default(), calls: Arc::clone(&calls) });
        let stop = Arc::clone(&stopping);
        let thread = std::thread::Builder::new().name("fake-laposte".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Acquire) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let desk = Arc::clone(&desk);
                // A caller that breaks off harms nobody but itself.
                drop(std::thread::Builder::new().spawn(move || drop(desk.serve(&stream))));
            }
        })?;
        Ok(FakeLaPoste { address, calls, stopping, thread: Some(thread) })
    }

    /// Scheme, host and port, to stand in front of `/suivi/v2`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many questions were asked so far, refused ones included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

impl Drop for FakeLaPoste {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        // The listener wakes only for a caller.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Desk {
    fn serve(&self, mut stream: &TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.set_write_timeout(Some(Duration::from_secs(10)))?;
        let mut head = BufReader::new(stream.take(LONGEST_HEAD));
        let mut first = String::new();
        head.read_line(&mut first)?;
        let mut key = None;
        loop {
            let mut line = String::new();
            if head.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
                break;
            }
            if let Some((_, value)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("x-okapi-key")) {
                key = Some(value.trim().to_owned());
            }
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
        let mut words = first.split_whitespace();
        let (status, body) = self.answer(words.next().unwrap_or_default(), words.next().unwrap_or_default(), key.as_deref());
        let body = body.to_string();
        let reason = match status {
            200 => "OK",
            207 => "Multi-Status",
            400 => "Bad Request",
            401 => "Unauthorized",
            404 => "Not Found",
            405 => "Method Not Allowed",
            _ => "Too Many Requests",
        };
        let wait = if status == 429 { "Retry-After: 1\r\n" } else { "" };
        write!(
            stream,
            "HTTP/1.1 {status} {reason}\r\nContent-Type: application/json; charset=utf-8\r\n{wait}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
        stream.flush()
    }

    fn answer(&self, method: &str, target: &str, key: Option<&str>) -> (u16, Value) {
        if method != "GET" {
            return (405, refusal(405, "Method Not Allowed", None));
        }
        if key != Some(self.key.as_str()) {
            return (401, refusal(401, "Unauthorized", None));
        }
        if self.too_fast() {
            let limit = self.calls_per_second;
            let message = format!("Rate limited, max quota reached ({limit} calls per 1s) (TOO_MANY_REQUESTS).");
            return (429, json!({ "code": "TOO_MANY_REQUESTS", "message": message }));
        }
        let path = target.split('?').next().unwrap_or_default();
        let Some(numbers) = path.strip_prefix("/suivi/v2/idships/").filter(|numbers| !numbers.is_empty()) else {
            return (404, refusal(404, "Not Found", None));
        };
        let numbers: Vec<&str> = numbers.split(',').collect();
        match numbers.as_slice() {
            [one] => self.book.answer(one),
            several if several.len() <= BATCH => {
                let answers: Vec<(u16, Value)> = several.iter().map(|number| self.book.answer(number)).collect();
                let status = if answers.iter().all(|(status, _)| *status == 200) { 200 } else { 207 };
                (status, Value::Array(answers.into_iter().map(|(_, answer)| answer).collect()))
            }
            _ => (400, refusal(400, "Votre requête est incorrecte. Le nombre d'identifiants est limité à 10.", None)),
        }
    }

    fn too_fast(&self) -> bool {
        let now = Instant::now();
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        while recent.front().is_some_and(|call| now.duration_since(*call) >= Duration::from_secs(1)) {
            recent.pop_front();
        }
        if recent.len() >= self.calls_per_second {
            return true;
        }
        recent.push_back(now);
        false
    }
}

fn refusal(code: u16, message: &str, number: Option<&str>) -> Value {
    let mut answer = json!({ "returnCode": code, "returnMessage": message, "lang": "fr_FR", "scope": "open" });
    if let (Some(number), Some(fields)) = (number, answer.as_object_mut()) {
        fields.insert("idShip".to_owned(), json!(number));
    }
    answer
}

fn shipment(number: &str, told: &Told) -> Value {
    let first = told.events.first().map(|(date, _, _)| date.clone());
    let last = told.events.last().map(|(date, _, _)| date.clone());
    let oldest_order = 100_usize.saturating_sub(told.events.len());
    let mut events: Vec<Value> = told
        .events
        .iter()
        .zip(oldest_order + 1..)
        .map(|((date, code, label), order)| json!({ "order": order, "label": label, "date": date, "code": code }))
        .collect();
    events.reverse();
    let mut fields = json!({
        "idShip": number,
        "holder": 4,
        "product": "colissimo",
        "isFinal": told.is_final,
        "entryDate": first,
        "timeline": timeline(told, first.as_deref()),
        "event": events,
        "contextData": { "deliveryChoice": { "deliveryChoice": 0 }, "originCountry": "FR", "arrivalCountry": "FR" },
        "url": format!("https://www.laposte.fr/outils/suivre-vos-envois?code={number}"),
    });
    if let Some(object) = fields.as_object_mut() {
        if let Some(day) = told.estimate {
            object.insert("estimDate".to_owned(), json!(format!("{day}T00:00:00+01:00")));
        }
        if told.is_final {
            object.insert("deliveryDate".to_owned(), json!(last));
        }
    }
    json!({ "lang": "fr_FR", "scope": "open", "returnCode": 200, "shipment": fields })
}

fn timeline(told: &Told, first: Option<&str>) -> Vec<Value> {
    let labels = [
        "Votre colis est pris en charge",
        "Il est en traitement dans notre réseau.",
        "Il est sur son site de livraison",
        "Nous préparons sa livraison",
        "Votre colis est livré",
    ];
    let stage = |(label, id): (&&str, i64)| {
        let reached = id <= told.reached;
        let mut stage = json!({
            "shortLabel": if reached { label } else { "" }, "longLabel": "", "id": id, "country": "", "status": reached, "type": 1,
        });
        if let (1, Some(date), Some(fields)) = (id, first, stage.as_object_mut()) {
            fields.insert("date".to_owned(), json!(date));
        }
        stage
    };
    labels.iter().zip(1..).map(stage).collect()
}
