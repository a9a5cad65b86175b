//! Plays the shop's world against Kept's own entrances, as a shop and its aggregator would.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use kept_domain::input::{CancelledBy, Input, News};
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::redirect::Policy;
use sha2::{Digest, Sha256};

use crate::shop::{Happened, Happening, World, aftership_signature};
use crate::woocommerce::WooShop;

/// Facts in one request.
const CHUNK: usize = 200;
/// How often the live world is looked at.
const TICK: Duration = Duration::from_millis(200);
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How the demonstration is played.
#[derive(Clone)]
pub struct DemoOptions {
    /// Scheme, host and port of Kept.
    pub kept_url: String,
    /// A token that may write facts.
    pub api_token: String,
    /// The secret that Kept has for AfterShip.
    pub aftership_secret: String,
    /// The virtual moment it is now: Kept's own clock, so that both live in one time.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// The virtual moment at which the history ends; the same as the world's.
    pub start: Timestamp,
    /// The shop's own books and the secret of its webhooks; without them its orders are told as facts.
    pub shop: Option<(WooShop, String)>,
}

/// How something of the shop's world is told.
enum Way {
    /// To `POST /api/facts`.
    Fact(Box<Input>),
    /// To `POST /in/woocommerce`: the order as it stands now.
    Webhook(Vec<u8>),
    /// Not at all: what the shop's own books say by now has it otherwise.
    Nothing,
}

/// Why the driver could not start.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// A setting that can never work.
    #[error("the demonstration cannot start: {0}")]
    Setting(String),
    /// No thread or no client could be made.
    #[error("the demonstration cannot start")]
    Machine(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// How far the driver is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Telling what lies before the start.
    History,
    /// Going on with the clock.
    Live,
    /// Over.
    Stopped,
}

/// What the driver did so far.
#[derive(Clone, Debug, PartialEq)]
pub struct DriverStatus {
    /// How far it is.
    pub phase: Phase,
    /// The virtual moment up to which everything was told.
    pub told_until: Timestamp,
    /// Happenings told.
    pub told: u64,
    /// Facts sent to `POST /api/facts`.
    pub facts: u64,
    /// Webhooks sent to `POST /in/aftership` and `POST /in/woocommerce`.
    pub webhooks: u64,
    /// Facts and webhooks that Kept did not take.
    pub refused: u64,
    /// Tries that failed and were repeated.
    pub repeated: u64,
    /// The last thing that went wrong, in words; stays after it was overcome.
    pub last_trouble: Option<String>,
}

/// The driver at work; stops when told to, or when it is dropped.
pub struct Driver {
    stop: Option<Sender<()>>,
    status: Arc<Mutex<DriverStatus>>,
    thread: Option<JoinHandle<()>>,
}

impl Driver {
    /// Starts telling what happens up to the clock's moment, again and again, with `progress` after each round. Returns at once.
    ///
    /// What Kept does not answer is tried again, for ever and ever more slowly; what it refuses is counted and left.
    /// Started again with the same seed and start, it tells the same again under the same ids, which Kept knows as repetitions.
    ///
    /// # Errors
    /// An address that cannot be used; no thread, no client.
    pub fn start(
        world: World,
        options: DemoOptions,
        progress: impl FnMut(&DriverStatus) + Send + 'static,
    ) -> Result<Driver, DriverError> {
        if !options.kept_url.starts_with("http://") && !options.kept_url.starts_with("https://") {
            return Err(DriverError::Setting(format!("{:?} is not an address; hint: it begins with http://", options.kept_url)));
        }
        // Redirects would carry the token elsewhere.
        let client = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(60))
            .build();
        let client = client.map_err(|error| DriverError::Machine(error.into()))?;
        let status = Arc::new(Mutex::new(DriverStatus {
            phase: Phase::History,
            told_until: options.start,
            told: 0,
            facts: 0,
            webhooks: 0,
            refused: 0,
            repeated: 0,
            last_trouble: None,
        }));
        let (stop, stopped) = channel();
        let mut teller = Teller {
            world,
            options,
            client,
            stopped,
            status: Arc::clone(&status),
            progress: Box::new(progress),
            kept_back: HashSet::new(),
        };
        let thread = std::thread::Builder::new().name("demo-driver".to_owned()).spawn(move || {
            teller.run();
            teller.note(|status| status.phase = Phase::Stopped);
        });
        let thread = thread.map_err(|error| DriverError::Machine(error.into()))?;
        Ok(Driver { stop: Some(stop), status, thread: Some(thread) })
    }

    /// What was done so far.
    #[must_use]
    pub fn status(&self) -> DriverStatus {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops and waits until the last request is over.
    pub fn stop(mut self) -> DriverStatus {
        self.halt();
        self.status()
    }

    fn halt(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.halt();
    }
}

/// Somebody said stop.
struct Stop;

/// What became of one request.
enum Sent {
    Taken { refused: u64, why: Option<String> },
    Refused(String),
    Later(String),
}

struct Teller {
    world: World,
    options: DemoOptions,
    client: Client,
    stopped: Receiver<()>,
    status: Arc<Mutex<DriverStatus>>,
    progress: Box<dyn FnMut(&DriverStatus) + Send>,
    /// Parcels that were never sent, because their order was cancelled in the shop.
    kept_back: HashSet<String>,
}

impl Teller {
    fn run(&mut self) {
        while self.wait(TICK).is_ok() {
            let now = (self.options.clock)();
            let happened = self.world.until(now);
            if self.tell(happened).is_err() {
                return;
            }
            let live = now >= self.options.start;
            self.note(|status| {
                status.told_until = now;
                status.phase = if live { Phase::Live } else { Phase::History };
            });
            self.report();
        }
    }

    /// Tells everything in order; neighbouring facts go together.
    fn tell(&mut self, happened: Vec<Happened>) -> Result<(), Stop> {
        let mut facts: Vec<Input> = Vec::new();
        for Happened { happening, .. } in happened {
            match happening {
                Happening::Order(input) | Happening::Fact(input) => match self.way(input) {
                    Way::Fact(input) => {
                        facts.push(*input);
                        if facts.len() >= CHUNK {
                            self.tell_facts(&mut facts)?;
                        }
                    }
                    Way::Webhook(body) => {
                        self.tell_facts(&mut facts)?;
                        self.tell_order(&body)?;
                    }
                    Way::Nothing => self.note(|status| status.told += 1),
                },
                Happening::AfterShip { body } if self.is_kept_back(&body) => self.note(|status| status.told += 1),
                Happening::AfterShip { body } => {
                    self.tell_facts(&mut facts)?;
                    self.tell_webhook(body)?;
                }
                Happening::LaPosteScan { .. } => self.note(|status| status.told += 1),
            }
        }
        self.tell_facts(&mut facts)
    }

    /// What the shop itself knows is told by its webhooks; what its people and customers say, as facts. Lines that cannot be had are a fact
    /// too: WooCommerce has no way to say so before the money goes back.
    fn way(&mut self, input: Input) -> Way {
        let Some((shop, _)) = &self.options.shop else { return Way::Fact(Box::new(input)) };
        let order = match &input.news {
            News::OrderPlaced(order) => Some(shop.place(order)),
            News::ParcelAnnounced(parcel) if !shop.stands(&parcel.order_number) => {
                self.kept_back.insert(parcel.tracking_number.clone());
                return Way::Nothing;
            }
            News::ParcelAnnounced(parcel) => {
                shop.ship(&parcel.order_number, &parcel.carrier, &parcel.tracking_number, &parcel.at, &parcel.skus)
            }
            News::OrderLinesCancelled(gone) if gone.skus.is_empty() && shop.stands(&gone.order_number) => {
                shop.cancel(&gone.order_number, &gone.at, gone.by == CancelledBy::Customer)
            }
            News::OrderLinesCancelled(gone) if gone.skus.is_empty() => return Way::Nothing,
            // Nobody pays back what was paid back already, by Kept's asking or by hand.
            News::RefundPaid(refund) if !shop.refunds(&refund.order_number).is_empty() => return Way::Nothing,
            News::RefundPaid(refund) => shop.pay_back(&refund.order_number, &refund.at, refund.amount, ""),
            _ => return Way::Fact(Box::new(input)),
        };
        order.map_or(Way::Fact(Box::new(input)), |order| Way::Webhook(order.to_string().into_bytes()))
    }

    fn is_kept_back(&self, body: &[u8]) -> bool {
        if self.kept_back.is_empty() {
            return false;
        }
        let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let number = body.get("msg").and_then(|told| told.get("tracking_number")).and_then(serde_json::Value::as_str);
        number.is_some_and(|number| self.kept_back.contains(number))
    }

    fn tell_order(&mut self, body: &[u8]) -> Result<(), Stop> {
        let url = format!("{}/in/woocommerce", self.options.kept_url.trim_end_matches('/'));
        // WooCommerce signs as AfterShip does: base64 of HMAC-SHA256 over the raw body.
        let secret = self.options.shop.as_ref().map_or("", |(_, secret)| secret.as_str());
        let signature = aftership_signature(secret, body);
        self.send(1, |client| {
            let request =
                client.post(&url).header("X-WC-Webhook-Signature", &signature).header("X-WC-Webhook-Topic", "order.updated");
            request.header("Content-Type", "application/json").body(body.to_vec())
        })?;
        self.note(|status| {
            status.webhooks += 1;
            status.told += 1;
        });
        Ok(())
    }

    fn tell_facts(&mut self, facts: &mut Vec<Input>) -> Result<(), Stop> {
        if facts.is_empty() {
            return Ok(());
        }
        let mut body = Vec::new();
        for fact in facts.iter() {
            // Texts, numbers and lists only: always JSON.
            body.extend(serde_json::to_vec(fact).unwrap_or_default());
            body.push(b'\n');
        }
        let count = u64::try_from(facts.len()).unwrap_or(0);
        facts.clear();
        let url = format!("{}/api/facts", self.options.kept_url.trim_end_matches('/'));
        // The same body has the same key: a repetition after an answer that was lost is not told twice.
        let key = format!("demo-{}", hex::encode(Sha256::digest(&body)));
        let token = self.options.api_token.clone();
        self.send(count, |client| {
            let request = client.post(&url).bearer_auth(&token).header("Idempotency-Key", &key);
            request.header("Content-Type", "application/x-ndjson").body(body.clone())
        })?;
        self.note(|status| {
            status.facts += count;
            status.told += count;
        });
        self.report();
        Ok(())
    }

    fn tell_webhook(&mut self, body: Vec<u8>) -> Result<(), Stop> {
        let url = format!("{}/in/aftership", self.options.kept_url.trim_end_matches('/'));
        let signature = aftership_signature(&self.options.aftership_secret, &body);
        self.send(1, |client| {
            let request = client.post(&url).header("aftership-hmac-sha256", &signature);
            request.header("Content-Type", "application/json").body(body.clone())
        })?;
        self.note(|status| {
            status.webhooks += 1;
            status.told += 1;
        });
        Ok(())
    }

    /// Until Kept has taken it or said that it never will.
    fn send(&mut self, count: u64, request: impl Fn(&Client) -> RequestBuilder) -> Result<(), Stop> {
        let mut pause = FIRST_WAIT;
        loop {
            // Looked at before every request, so that a long history can be broken off.
            self.wait(Duration::ZERO)?;
            match outcome(request(&self.client)) {
                Sent::Taken { refused, why } => {
                    self.note(|status| {
                        status.refused += refused;
                        status.last_trouble = why.or(status.last_trouble.take());
                    });
                    return Ok(());
                }
                Sent::Refused(why) => {
                    self.note(|status| {
                        status.refused += count;
                        status.last_trouble = Some(why);
                    });
                    return Ok(());
                }
                Sent::Later(why) => {
                    self.note(|status| {
                        status.repeated += 1;
                        status.last_trouble = Some(why);
                    });
                    self.report();
                    self.wait(pause)?;
                    pause = (pause * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    fn wait(&self, pause: Duration) -> Result<(), Stop> {
        match self.stopped.recv_timeout(pause) {
            Err(RecvTimeoutError::Timeout) => Ok(()),
            Ok(()) | Err(RecvTimeoutError::Disconnected) => Err(Stop),
        }
    }

    fn note(&self, change: impl FnOnce(&mut DriverStatus)) {
        change(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn report(&mut self) {
        let status = self.status.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (self.progress)(&status);
    }
}

fn outcome(request: RequestBuilder) -> Sent {
    let response = match request.send() {
        Ok(response) => response,
        Err(error) => return Sent::Later(format!("Kept did not answer: {}", error.without_url())),
    };
    let status = response.status();
    let body = match response.text() {
        Ok(body) => body,
        Err(error) => return Sent::Later(format!("Kept's answer broke off: {}", error.without_url())),
    };
    if status.is_success() {
        let rejected = rejected(&body);
        let refused = u64::try_from(rejected.len()).unwrap_or(0);
        let why = rejected.into_iter().next().map(|why| format!("Kept did not take a fact: {why}"));
        return Sent::Taken { refused, why };
    }
    let words: String = body.chars().take(300).collect();
    // 409: the same key is being worked on.
    if status.is_server_error() || matches!(status.as_u16(), 408 | 409 | 425 | 429) {
        return Sent::Later(format!("Kept answered {status}: {words}"));
    }
    Sent::Refused(format!("Kept answered {status}: {words}"))
}

/// The elements of `rejected` in an answer, as text.
fn rejected(body: &str) -> Vec<String> {
    let answer: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    answer
        .get("rejected")
        .and_then(serde_json::Value::as_array)
        .map(|all| all.iter().map(ToString::to_string).collect())
        .unwrap_or_default()
}
