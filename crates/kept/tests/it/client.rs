//! Clients that hand in facts over HTTP and keep their own log of what was acknowledged.
//!
//! A request without an answer is sent again with the same Idempotency-Key until it has one, as a careful shop does.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use jiff::Timestamp;
use reqwest::blocking::Client;
use serde::Deserialize;
use serde_json::{Value, json};

/// Facts in a batch at most.
const BATCH: u64 = 6;

/// What `POST /api/facts` answers.
#[derive(Clone, Debug, Deserialize)]
pub struct Taken {
    pub accepted: u32,
    pub duplicates: u32,
    pub rejected: Vec<Value>,
    pub repeated: bool,
}

/// Everything that was acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Requests.
    pub requests: u64,
    /// Scans by tracking number and code.
    pub scans: HashSet<(String, String)>,
    /// Orders by number.
    pub orders: HashSet<String>,
    /// Requests whose first sending was committed though its answer was lost.
    pub repeated: u64,
    /// Sendings that got no answer.
    pub unanswered: u64,
}

impl Tally {
    /// Acknowledged facts.
    pub fn facts(&self) -> usize {
        self.scans.len() + self.orders.len()
    }
}

/// A request as sent, the first time and again.
#[derive(Clone, Debug)]
pub struct Request {
    key: String,
    body: String,
    news: u32,
    scans: Vec<(String, String)>,
    orders: Vec<String>,
}

/// Where servers listen, whether to go on, and what was acknowledged.
#[derive(Default)]
pub struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    addresses: Vec<SocketAddr>,
    stop: bool,
    tally: Tally,
    broken: Option<String>,
}

impl Board {
    /// Where servers listen now; an empty list while they are down.
    pub fn set(&self, addresses: &[SocketAddr]) {
        self.lock().addresses = addresses.to_vec();
        self.changed.notify_all();
    }

    /// A copy of the log.
    pub fn tally(&self) -> Tally {
        self.lock().tally.clone()
    }

    /// Waits for more acknowledged requests than `requests`; gives when it saw them.
    pub fn after(&self, requests: u64, deadline: Duration) -> Result<Instant> {
        let state = self.lock();
        let (state, out) = self
            .changed
            .wait_timeout_while(state, deadline, |state| state.tally.requests <= requests && state.broken.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(why) = &state.broken {
            return Err(anyhow!("a client gave up: {why}"));
        }
        ensure!(!out.timed_out(), "nothing was acknowledged for {deadline:?}");
        Ok(Instant::now())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Clients at work.
pub struct Load {
    /// Shared with the test.
    pub board: Arc<Board>,
    threads: Vec<JoinHandle<()>>,
}

/// How clients behave.
#[derive(Clone)]
pub struct Manner {
    /// API token.
    pub token: String,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// Clients.
    pub clients: u64,
    /// One in so many requests is sent to every server at once; 0: none.
    pub doubled: u64,
    /// Distinguishes the facts of several loads on one ledger.
    pub mark: String,
}

impl Load {
    /// Starts clients; they wait for an address.
    pub fn start(manner: &Manner) -> Result<Load> {
        let board = Arc::new(Board::default());
        let shared = Arc::new(AtomicU64::new(0));
        let mut threads = Vec::new();
        for number in 0..manner.clients {
            let worker = Worker {
                board: Arc::clone(&board),
                shared: Arc::clone(&shared),
                manner: manner.clone(),
                number,
                made: 0,
                draw: Draw::new(manner.seed.wrapping_mul(1_000_003).wrapping_add(number)),
                http: http()?,
                parcels: Vec::new(),
            };
            threads.push(std::thread::Builder::new().name(format!("client-{number}")).spawn(move || worker.work())?);
        }
        Ok(Load { board, threads })
    }

    /// Lets every client get its last answer, and gives the log. A server must be running.
    pub fn finish(mut self) -> Result<Tally> {
        self.board.lock().stop = true;
        self.board.changed.notify_all();
        for thread in self.threads.drain(..) {
            thread.join().map_err(|_| anyhow!("a client died"))?;
        }
        let state = self.board.lock();
        match &state.broken {
            Some(why) => Err(anyhow!("a client gave up: {why}")),
            None => Ok(state.tally.clone()),
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        let mut state = self.board.lock();
        state.stop = true;
        // No server will answer any more: whoever still waits gives up.
        state.broken.get_or_insert_with(|| "the test ended".to_owned());
        drop(state);
        self.board.changed.notify_all();
    }
}

struct Worker {
    board: Arc<Board>,
    shared: Arc<AtomicU64>,
    manner: Manner,
    number: u64,
    made: u64,
    draw: Draw,
    http: Client,
    parcels: Vec<String>,
}

impl Worker {
    fn work(mut self) {
        let mut pending: Option<Request> = None;
        loop {
            let addresses = {
                let state = self.board.lock();
                let wait = |state: &mut State| {
                    state.addresses.is_empty() && state.broken.is_none() && !(state.stop && pending.is_none())
                };
                let state = self.board.changed.wait_while(state, wait).unwrap_or_else(PoisonError::into_inner);
                if state.broken.is_some() || (state.stop && pending.is_none()) {
                    return;
                }
                state.addresses.clone()
            };
            let request = match pending.take() {
                Some(request) => request,
                None => self.next(),
            };
            match self.hand_in(&addresses, &request) {
                Ok(true) => {}
                Ok(false) => {
                    self.board.lock().tally.unanswered += 1;
                    pending = Some(request);
                    // The server is gone or going; a moment later there is another, or the address is taken off the board.
                    std::thread::park_timeout(Duration::from_millis(5));
                }
                Err(why) => {
                    self.board.lock().broken = Some(format!("{why:#}"));
                    self.board.changed.notify_all();
                    return;
                }
            }
        }
    }

    /// Sends a request; false: no answer, to be repeated.
    fn hand_in(&mut self, addresses: &[SocketAddr], request: &Request) -> Result<bool> {
        let index = usize::try_from(self.number).unwrap_or(0) % addresses.len().max(1);
        let Some(mine) = addresses.get(index).copied() else { return Ok(false) };
        let everywhere = self.manner.doubled > 0 && self.draw.below(self.manner.doubled) == 0;
        let answers: Vec<Option<Taken>> = if everywhere {
            std::thread::scope(|scope| {
                let sent: Vec<_> = addresses.iter().map(|address| scope.spawn(|| self.send(*address, request))).collect();
                sent.into_iter().map(|sent| sent.join().unwrap_or_else(|_| Err(anyhow!("a sender died")))).collect::<Result<_>>()
            })?
        } else {
            vec![self.send(mine, request)?]
        };
        let mut taken: Vec<&Taken> = answers.iter().flatten().collect();
        if taken.is_empty() {
            return Ok(false);
        }
        if everywhere && taken.len() == addresses.len() {
            let first = taken.iter().filter(|taken| !taken.repeated).count();
            ensure!(first <= 1, "key {} had an effect {first} times: {taken:?}", request.key);
        }
        for answer in &taken {
            ensure!(
                answer.accepted == request.news && answer.duplicates == 0 && answer.rejected.is_empty(),
                "an answer to {} news says {answer:?}",
                request.news
            );
        }
        let repeated = taken.pop().is_some_and(|taken| taken.repeated && !everywhere);
        let mut state = self.board.lock();
        state.tally.requests += 1;
        state.tally.repeated += u64::from(repeated);
        state.tally.scans.extend(request.scans.iter().cloned());
        state.tally.orders.extend(request.orders.iter().cloned());
        drop(state);
        self.board.changed.notify_all();
        Ok(true)
    }

    fn send(&self, address: SocketAddr, request: &Request) -> Result<Option<Taken>> {
        let sent = self
            .http
            .post(format!("http://{address}/api/facts"))
            .bearer_auth(&self.manner.token)
            .header("content-type", "application/x-ndjson")
            .header("idempotency-key", &request.key)
            .body(request.body.clone())
            .send();
        let Ok(answer) = sent else { return Ok(None) };
        let status = answer.status().as_u16();
        let Ok(text) = answer.text() else { return Ok(None) };
        match status {
            200 => Ok(Some(serde_json::from_str(&text).with_context(|| text.clone())?)),
            503 => Ok(None),
            other => Err(anyhow!("{other}: {text}")),
        }
    }

    /// The next request: one scan, a batch of scans, or an order with its parcel.
    fn next(&mut self) -> Request {
        self.made += 1;
        let (mark, number, made) = (&self.manner.mark, self.number, self.made);
        let key = format!("{mark}-{}-{number}-{made}", self.manner.seed);
        let mut request = Request { key, body: String::new(), news: 0, scans: Vec::new(), orders: Vec::new() };
        let now = Timestamp::now();
        if self.draw.below(5) == 0 || self.parcels.is_empty() {
            let (order, tracking) = (format!("O{mark}-{number}-{made}"), format!("T{mark}{number}X{made}"));
            let due = now + jiff::SignedDuration::from_millis(i64::try_from(200 + self.draw.below(1300)).unwrap_or(0));
            request.add(&json!({
                "kind": "order.placed", "order_number": order, "at": now.to_string(), "promised_at": due.to_string(),
                "customer": { "reference": format!("R{mark}-{number}-{made}"), "name": "Anne Perret", "email": format!("anne.{number}.{made}@example.org"), "country": "FR" },
                "lines": [{ "sku": "VESTA", "title": "Lampe Vesta", "price": { "minor": 12900, "currency": "EUR" } }],
            }));
            request.add(&json!({ "kind": "parcel.announced", "order_number": order, "carrier": "laposte", "tracking_number": tracking, "at": now.to_string() }));
            request.orders.push(order);
            self.parcels.push(tracking);
            if self.parcels.len() > 8 {
                self.parcels.remove(0);
            }
            return request;
        }
        let count = if self.draw.below(2) == 0 { 1 } else { 2 + self.draw.below(BATCH - 1) };
        for part in 0..count {
            // Every third scan is of a parcel that all clients talk about at the same time.
            let tracking = if self.draw.below(3) == 0 {
                format!("S{mark}X{}", self.shared.fetch_add(1, Ordering::Relaxed) / 60)
            } else {
                let index = usize::try_from(self.draw.below(self.parcels.len() as u64)).unwrap_or(0);
                self.parcels.get(index).cloned().unwrap_or_default()
            };
            let code = format!("K{number}-{made}-{part}");
            request.add(&json!({
                "kind": "parcel.scanned", "tracking_number": tracking, "carrier": "laposte", "code": code, "text": "en cours",
                "milestone": "in_network", "at": now.to_string(),
            }));
            request.scans.push((tracking, code));
        }
        request
    }
}

impl Request {
    fn add(&mut self, news: &Value) {
        self.body.push_str(&news.to_string());
        self.body.push('\n');
        self.news += 1;
    }
}

/// An HTTP client that keeps to this machine.
pub fn http() -> Result<Client> {
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).redirect(reqwest::redirect::Policy::none());
    Ok(client.build()?)
}

/// Numbers from a seed (splitmix64).
pub struct Draw(u64);

impl Draw {
    /// A row of numbers.
    pub fn new(seed: u64) -> Draw {
        Draw(seed)
    }

    /// The next below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}
