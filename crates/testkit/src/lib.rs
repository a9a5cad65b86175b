//! Room `testkit`: an installation in a box, for tests only: a real engine on a database of its own, a clock set by hand, and a mail
//! server that keeps letters. And changed samples, for those who try that nothing makes a parser panic.
//!
//! Invariant: every installation has its own database; nothing is shared between tests. Deliberately absent: HTTP (tests of `web` drive
//! the router themselves).

pub mod fuzzing;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use kept_base::{CustomerId, OrderId, ParcelId, PromiseId};
use kept_domain::Noun;
use kept_domain::input::Input;
use kept_domain::message::Mode;
use kept_engine::ports::{Channel, Letter, Outbound, SendOutcome};
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, RecordOptions, Recorded, Settings};
use kept_store::{Database, Durability};

/// An engine on a database of its own.
#[derive(Debug)]
pub struct Installation {
    /// The engine.
    pub engine: Engine,
    /// What left by mail.
    pub mail: Arc<Mailbox>,
    /// Where it lives.
    pub url: String,
    folder: Option<tempfile::TempDir>,
    drop_database: Option<(String, String)>,
}

/// A mail server, or a gateway of text messages, that takes everything and keeps it.
#[derive(Debug, Default)]
pub struct Mailbox {
    letters: Mutex<Vec<Letter>>,
    refuse: Mutex<Option<SendOutcome>>,
}

impl Mailbox {
    /// Letters accepted so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on every letter ends so, until `None` is given.
    pub fn answer_with(&self, outcome: Option<SendOutcome>) {
        *self.refuse.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
    }
}

impl Outbound for Mailbox {
    fn name(&self) -> &'static str {
        "mailbox"
    }

    fn send(&self, letter: &Letter, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> SendOutcome {
        let refuse = self.refuse.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(outcome) = refuse {
            return outcome;
        }
        if let Err(reason) = in_doubt() {
            return SendOutcome::Retry { reason };
        }
        let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        letters.push(letter.clone());
        // A gateway names what it takes: the first text message is G-1.
        let texts = letters.iter().filter(|letter| letter.channel == Channel::Sms).count();
        let reference = (letter.channel == Channel::Sms).then(|| format!("G-{texts}"));
        SendOutcome::Accepted { reply: "250 2.0.0 queued".to_owned(), reference }
    }
}

static NEXT: AtomicU32 = AtomicU32::new(1);

impl Installation {
    /// On an embedded database in a folder of its own, at 9:00 on 2 November 2026 in Paris.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub fn sqlite() -> Result<Installation> {
        Installation::sqlite_with(LoadedPacks::load(PackSource::Embedded)?)
    }

    /// The same with other packs.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub fn sqlite_with(packs: LoadedPacks) -> Result<Installation> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite:{}", folder.path().join("kept.db").display());
        Installation::open(url, Some(folder), None, packs)
    }

    /// On PostgreSQL, in a database of its own beside the one of `KEPT_TEST_POSTGRES`; `None` when that is not set.
    ///
    /// # Errors
    /// When it is set and cannot be used.
    pub fn postgres() -> Result<Option<Installation>> {
        let Ok(base) = std::env::var("KEPT_TEST_POSTGRES") else { return Ok(None) };
        let name = format!("kept_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        admin(&base, &format!("create database {name}"))?;
        let (server, _) = base.rsplit_once('/').context("KEPT_TEST_POSTGRES must end in a database name")?;
        let url = format!("{server}/{name}");
        Installation::open(url, None, Some((base, name)), LoadedPacks::load(PackSource::Embedded)?).map(Some)
    }

    /// Every kind of database there is here: the embedded one, and PostgreSQL where the test command started it.
    ///
    /// # Errors
    /// When one cannot be set up.
    pub fn each() -> Result<Vec<Installation>> {
        let mut all = vec![Installation::sqlite()?];
        match Installation::postgres()? {
            Some(installation) => all.push(installation),
            None => eprintln!("KEPT_TEST_POSTGRES is not set: tried on SQLite only (`cargo xtask test` starts PostgreSQL)"),
        }
        Ok(all)
    }

    fn open(
        url: String,
        folder: Option<tempfile::TempDir>,
        drop_database: Option<(String, String)>,
        packs: LoadedPacks,
    ) -> Result<Installation> {
        let start = at("2026-11-02T09:00:00+01:00")?;
        let settings = Settings {
            shop: "Maison Lumen".to_owned(),
            from_address: "service@lumen.example".to_owned(),
            writers: 2,
            ..Settings::default()
        };
        let engine = Engine::open(&url, Durability::Full, settings, Clock::manual(start), packs)?;
        let mail = Arc::new(Mailbox::default());
        engine.set_outbound(Arc::clone(&mail) as Arc<dyn Outbound>);
        Ok(Installation { engine, mail, url, folder, drop_database })
    }

    /// A gateway of text messages is set up: what leaves by it comes into the same box as mail, in the order it left.
    pub fn open_gateway(&self) {
        self.engine.set_sms_gateway(Some(Arc::clone(&self.mail) as Arc<dyn Outbound>));
    }

    /// `sqlite` or `postgres`, for messages of failed assertions.
    pub fn kind(&self) -> &'static str {
        self.engine.database().engine()
    }

    /// The folder of an embedded database.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_ref().map(tempfile::TempDir::path)
    }

    /// Sets the clock forward to a moment (ISO 8601 with offset) and lets everything happen that is due.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn advance_to(&self, moment: &str) -> Result<()> {
        self.engine.clock().set(at(moment)?);
        self.settle()
    }

    /// Watches, decides, sends and carries out until nothing is left to do.
    ///
    /// # Errors
    /// When the engine fails, or work never ends.
    pub fn settle(&self) -> Result<()> {
        for _ in 0..50 {
            let watched = self.engine.watch()?.facts;
            let decided = self.engine.decide()?;
            let sent = self.engine.send()?;
            let done = self.engine.run_errands()?;
            if watched + decided + sent + done == 0 {
                return Ok(());
            }
        }
        Err(anyhow!("the engine never came to rest"))
    }

    /// Lets time pass up to a moment as it does in life: the clock stops at everything that falls due on the way, and what follows from
    /// it happens then, not at the end.
    ///
    /// # Errors
    /// When the engine fails, or something due never goes away.
    pub fn live_until(&self, moment: &str) -> Result<()> {
        let until = at(moment)?;
        self.settle()?;
        for _ in 0..100_000 {
            let now = self.engine.now();
            if now >= until || !self.anything_due(until)? {
                self.engine.clock().set(until);
                return self.settle();
            }
            if self.anything_due(now)? {
                return Err(anyhow!("something stays due after everything was done"));
            }
            let (mut before, mut next) = (now, until);
            while next - before > 1 {
                let middle = before + (next - before) / 2;
                if self.anything_due(middle)? {
                    next = middle;
                } else {
                    before = middle;
                }
            }
            self.engine.clock().set(next);
            self.settle()?;
        }
        Err(anyhow!("too much fell due"))
    }

    /// Whether the watch would look at something, or a held message would go on, by a moment.
    fn anything_due(&self, by: i64) -> Result<bool> {
        Ok(self.engine.database().read(|connection| {
            Ok(!connection.due_watches(Noun::Parcel, by, 1)?.is_empty()
                || !connection.due_watches(Noun::Promise, by, 1)?.is_empty()
                || !connection.held_until(by)?.is_empty())
        })?)
    }

    /// Records news given as JSON at the moment it happened (the clock follows), and lets everything happen.
    ///
    /// # Errors
    /// When the news cannot be read, is rejected, or the engine fails.
    pub fn tell(&self, news: serde_json::Value) -> Result<Recorded> {
        let moment = news.get("at").and_then(|at| at.as_str()).map(str::to_owned);
        let mut input: Input = serde_json::from_value(news).context("not an input")?;
        if input.source.is_empty() {
            "test".clone_into(&mut input.source);
        }
        if let Some(moment) = moment.as_deref().and_then(|moment| at(moment).ok()) {
            self.engine.clock().set(moment);
        }
        let recorded = self.engine.record(vec![input], RecordOptions::default())?;
        if let Some((_, why)) = recorded.rejected.first() {
            return Err(anyhow!("rejected: {why}"));
        }
        self.settle()?;
        Ok(recorded)
    }

    /// Switches every playbook.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn switch_all(&self, mode: Mode) -> Result<()> {
        for playbook in self.engine.playbooks()? {
            self.engine.switch_playbook(&playbook.name, mode, "test")?;
        }
        Ok(())
    }

    /// A first order with a parcel on its way: order, promise, parcel, customer, and the secret of the customer's link.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn sample_order(&self) -> Result<(OrderId, PromiseId, ParcelId, CustomerId, String)> {
        let number = format!("10{:03}", NEXT.fetch_add(1, Ordering::SeqCst));
        let tracking = format!("6A{number}000001");
        self.tell(serde_json::json!({
            "kind": "order.placed", "order_number": number, "at": "2026-11-02T09:00:00+01:00",
            "customer": { "reference": format!("C-{number}"), "name": "Anne Perret", "email": format!("anne.{number}@example.org"), "city": "Brest", "language": "fr", "country": "FR" },
            "lines": [{ "sku": "VESTA", "title": "Lampe Vesta, laiton", "quantity": 1, "price": { "minor": 12900, "currency": "EUR" } }],
            "delivery_fee": { "minor": 990, "currency": "EUR" }, "promised_day": "2026-11-05"
        }))?;
        self.tell(serde_json::json!({
            "kind": "parcel.announced", "order_number": number, "carrier": "laposte", "tracking_number": tracking, "at": "2026-11-02T11:00:00+01:00"
        }))?;
        let missing = || anyhow!("the sample order left no trace");
        let Some(kept_engine::views::Found::Order(order)) = self.engine.find(&number)? else { return Err(missing()) };
        let (file, _) = self.engine.order(order)?.ok_or_else(missing)?;
        let promise = file.order.delivery.ok_or_else(missing)?;
        let parcel = *file.order.parcels.first().ok_or_else(missing)?;
        let customer = file.order.customer.ok_or_else(missing)?;
        let secret = self.engine.customer_secret(customer)?;
        Ok((order, promise, parcel, customer, secret))
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if let Some((base, name)) = self.drop_database.take() {
            // The server ends its sessions; a database left behind goes with the throw-away cluster.
            let _ = admin(&base, &format!("drop database if exists {name} with (force)"));
        }
    }
}

fn admin(url: &str, sql: &str) -> Result<()> {
    Ok(Database::administer(url, sql)?)
}

/// Epoch milliseconds of an ISO 8601 moment with offset.
///
/// # Errors
/// When it is not one.
pub fn at(moment: &str) -> Result<i64> {
    let instant = kept_base::Moment::parse_iso(moment)?.instant().context("a moment with an offset is needed")?;
    Ok(kept_base::millis(instant))
}
