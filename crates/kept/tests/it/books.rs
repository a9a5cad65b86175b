//! What really stands in a ledger, read block by block and independently of any projection.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Result, ensure};
use kept_base::{OrderId, ParcelId, PromiseId};
use kept_domain::promise::SignalKind;
use kept_domain::{Body, Fact, Noun};
use kept_store::{Block, Database};

use crate::client::Tally;
use crate::place::{Place, until};

/// A ledger, counted.
#[derive(Default)]
pub struct Books {
    /// Scans by tracking number and code.
    pub scans: HashMap<(String, String), u32>,
    /// Orders placed, by number.
    pub orders: HashMap<String, u32>,
    /// Delivery promises by order.
    pub promises: HashMap<PromiseId, Promised>,
    /// All facts.
    pub facts: u64,
}

/// A promise as the ledger tells it.
#[derive(Clone, Debug, Default)]
pub struct Promised {
    /// The order's number.
    pub number: String,
    /// First due given, epoch milliseconds.
    pub due: Option<i64>,
    /// Each late signal: when recorded, and the lateness it states in seconds.
    pub late: Vec<(i64, i64)>,
}

impl Books {
    /// Reads a place's whole ledger.
    pub fn read(place: &Place) -> Result<Books> {
        Books::of(&facts(&place.database()?)?)
    }

    fn of(facts: &[Fact]) -> Result<Books> {
        let mut books = Books { facts: facts.len() as u64, ..Books::default() };
        let mut parcels: HashMap<ParcelId, String> = HashMap::new();
        let mut numbers: HashMap<OrderId, String> = HashMap::new();
        for fact in facts {
            match &fact.body {
                Body::ParcelAnnounced(body) => {
                    let known = parcels.insert(body.parcel, body.tracking_number.clone());
                    ensure!(known.is_none(), "parcel {} was announced twice", body.tracking_number);
                }
                Body::ParcelScanned(body) => {
                    let number = parcels.get(&body.parcel).cloned().unwrap_or_default();
                    *books.scans.entry((number, body.code.clone())).or_default() += 1;
                }
                Body::OrderPlaced(body) => {
                    *books.orders.entry(body.number.clone()).or_default() += 1;
                    numbers.insert(body.order, body.number.clone());
                }
                Body::PromiseMade(body) if body.kind == "delivery" => {
                    let number = body.order.and_then(|order| numbers.get(&order)).cloned().unwrap_or_default();
                    let known = books.promises.insert(body.promise, Promised { number: number.clone(), ..Promised::default() });
                    ensure!(known.is_none(), "the delivery of order {number} was promised twice");
                }
                Body::WordGiven(body) => {
                    if let (Some(promised), Some(due)) = (books.promises.get_mut(&body.promise), &body.due) {
                        promised.due.get_or_insert(kept_base::millis(due.at));
                    }
                }
                Body::SignalRaised(body) if body.signal_kind == SignalKind::Late => {
                    books.promises.entry(body.promise).or_default().late.push((fact.recorded, body.lateness));
                }
                _ => {}
            }
        }
        Ok(books)
    }

    /// Compares with what was acknowledged: gives lost, doubled, and facts that nobody was told about.
    pub fn compare(&self, tally: &Tally) -> Compared {
        let mut compared = Compared::default();
        for scan in &tally.scans {
            match self.scans.get(scan) {
                None => compared.lost.push(format!("scan {scan:?}")),
                Some(_) => compared.found += 1,
            }
        }
        for number in &tally.orders {
            match self.orders.get(number) {
                None => compared.lost.push(format!("order {number}")),
                Some(_) => compared.found += 1,
            }
        }
        let twice = |count: &u32| *count > 1;
        compared
            .doubled
            .extend(self.scans.iter().filter(|(_, count)| twice(count)).map(|(scan, count)| format!("scan {scan:?} × {count}")));
        compared.doubled.extend(
            self.orders.iter().filter(|(_, count)| twice(count)).map(|(number, count)| format!("order {number} × {count}")),
        );
        compared.unasked = (self.scans.len() + self.orders.len()).saturating_sub(compared.found);
        compared
    }
}

/// What a comparison with the clients' own log gave.
#[derive(Debug, Default)]
pub struct Compared {
    /// Acknowledged and there.
    pub found: usize,
    /// Acknowledged and not there.
    pub lost: Vec<String>,
    /// There more than once.
    pub doubled: Vec<String>,
    /// There, and no client was told.
    pub unasked: usize,
}

/// Every fact of a ledger, in its order.
pub fn facts(database: &Database) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    let mut after = 0;
    loop {
        let blocks = database.read(|connection| connection.blocks_after(after, 256))?;
        let Some(last) = blocks.last() else { return Ok(facts) };
        after = last.number;
        for block in &blocks {
            facts.extend(Block::read(block)?);
        }
    }
}

/// `kept verify` must succeed, and `kept rebuild` must give the rows that are there. No server may run.
pub fn holds_and_rebuilds(place: &Place) -> Result<u64> {
    quiet(place)?;
    let said = place.must(&["verify"])?;
    ensure!(said.contains("The ledger holds."), "verify said: {said}");
    // A kill may leave rows behind the ledger; whatever opens the place writes them before it goes on.
    let packs = kept_engine::LoadedPacks::load(kept_engine::PackSource::Embedded)?;
    let (settings, clock) = (kept_engine::Settings::default(), kept_engine::Clock::Wall);
    kept_engine::Engine::open(&place.url()?, kept_store::Durability::Full, settings, clock, packs)?.flush()?;
    let database = place.database()?;
    let before = database.read(kept_store::Connection::dump_projections)?;
    place.must(&["rebuild"])?;
    let after = database.read(kept_store::Connection::dump_projections)?;
    if before != after {
        let lost: Vec<&String> = before.iter().filter(|row| !after.contains(row)).take(3).collect();
        let new: Vec<&String> = after.iter().filter(|row| !before.contains(row)).take(3).collect();
        anyhow::bail!(
            "{}: rebuild gave other rows ({} before, {} after): before {lost:#?}, after {new:#?}",
            place.kind(),
            before.len(),
            after.len()
        );
    }
    Ok(before.len() as u64)
}

/// Waits until no session of a killed server is at work: what it had sent may still be committed by PostgreSQL.
pub fn quiet(place: &Place) -> Result<()> {
    if place.kind() == "sqlite" {
        return Ok(());
    }
    let database = place.database()?;
    until("sessions of the killed server ended", Duration::from_secs(20), || {
        let sql = "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'kept' and pid <> pg_backend_pid() and state <> 'idle'";
        let busy = database.read(|connection| connection.first(sql, &[]))?.map_or(Ok(0), |row| row.int(0))?;
        Ok((busy == 0).then_some(()))
    })
}

/// Nothing is due that was not looked at, and every open promise has its next look. Waits for a running server to get there.
pub fn watched(place: &Place, deadline: Duration) -> Result<()> {
    let database = place.database()?;
    until("everything due was looked at", deadline, || {
        let now = kept_base::millis(jiff::Timestamp::now());
        let left = database.read(|connection| {
            Ok(connection.due_watches(Noun::Promise, now, 1)?.len() + connection.due_watches(Noun::Parcel, now, 1)?.len())
        })?;
        Ok((left == 0).then_some(()))
    })?;
    let unwatched = database.read(kept_store::Connection::unwatched)?;
    ensure!(unwatched == 0, "{unwatched} open promises are not watched");
    Ok(())
}
