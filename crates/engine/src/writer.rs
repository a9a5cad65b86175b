//! The writer: a queue of writes, and threads that commit many of them together.
//!
//! A write is a value that can run again: a group that fails is rolled back and its writes run one by one. Nothing is answered before
//! the commit that holds it has returned.
//!
//! Order on PostgreSQL: a block's number is drawn first, rows are locked as they are loaded, and a loaded subject that already holds a
//! fact of a later block sends the group round again with a new number. So facts of one subject are always ordered by position as
//! they were committed, without knowing beforehand which rows a write will touch.
//!
//! On the embedded database the rows of subjects may *lag*: news is acknowledged when its block is committed, and the rows it changed
//! are written a moment later, once for many pieces of news. Everything else that writes, and everyone who reads, has them written
//! first ([`Writer::settle`]); a stop in between is made up for from the ledger (`rebuilding::catch_up`).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use kept_base::{BrandId, Position, SubjectId};
use kept_domain::desk::{Desk, Gathered, Shelf, ShelfError};
use kept_domain::react::ReactError;
use kept_domain::{NaturalKey, Noun, SealedRef, Subject};
use kept_store::{Connection, Database, Ledger, Sealer, StoreError};

use crate::error::EngineError;
use crate::secrets::Secrets;

/// Writes taken into one commit at most.
const GROUP: usize = 512;
/// Facts in one commit, beyond which no further write joins.
const GROUP_FACTS: usize = 20_000;
/// Subjects kept at hand between commits, on the embedded database.
const CACHE: usize = 160_000;
/// Names kept at hand between commits, on the embedded database; beyond that they are asked for anew.
const NAMES: usize = 200_000;
/// Subjects whose rows may lag, on the embedded database.
const LAG: usize = 50_000;
/// How long rows may lag.
const LAG_TIME: Duration = Duration::from_secs(1);
/// How often a write that collides is run again.
const TRIES: u32 = 12;
/// From this try on a write keeps every other writer out, so that it cannot collide for ever.
const ALONE_FROM: u32 = 2;
/// Writes waiting, beyond which callers wait.
const QUEUE: usize = 4096;

/// The one brand of this installation so far; every row and key carries it.
pub const BRAND: BrandId = BrandId::new(1);

/// A write that may run several times until it is committed once.
pub type Write<T> = Box<dyn FnMut(&mut Tx<'_>) -> Result<T, EngineError> + Send>;

type Job = Box<dyn Run + Send>;

/// Something to run in a transaction and to answer once it is durable.
trait Run {
    /// Whether the rows of the subjects it changes may be written later.
    fn may_lag(&self) -> bool;
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), EngineError>;
    fn answer(&mut self, result: Result<(), EngineError>);
}

struct Pending<T> {
    may_lag: bool,
    write: Write<T>,
    result: Option<T>,
    reply: Sender<Result<T, EngineError>>,
}

impl<T: Send> Run for Pending<T> {
    fn may_lag(&self) -> bool {
        self.may_lag
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), EngineError> {
        self.result = Some((self.write)(tx)?);
        Ok(())
    }

    fn answer(&mut self, result: Result<(), EngineError>) {
        let answer = match (result, self.result.take()) {
            (Ok(()), Some(value)) => Ok(value),
            (Err(error), _) => Err(error),
            (Ok(()), None) => Err(EngineError::Unavailable("the write gave no result".to_owned())),
        };
        // A caller that no longer waits loses only the answer.
        let _ = self.reply.send(answer);
    }
}

/// What is told after a commit that wrote facts.
pub type Committed = Arc<dyn Fn(Position) + Send + Sync>;

/// The way to the writer threads.
#[derive(Clone)]
pub struct Writer {
    jobs: Sender<Job>,
    /// Rows of subjects lag behind the ledger.
    behind: Arc<AtomicBool>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

impl Writer {
    /// Starts writer threads: one on the embedded database, `threads` on PostgreSQL.
    ///
    /// # Errors
    /// When a thread cannot be started or the database cannot be reached.
    pub fn start(
        database: &Database,
        threads: usize,
        secrets: &Arc<Secrets>,
        committed: &Committed,
    ) -> Result<(Writer, Vec<JoinHandle<()>>), EngineError> {
        let (jobs, queue) = bounded::<Job>(QUEUE);
        let behind = Arc::new(AtomicBool::new(false));
        let threads = if database.engine() == "sqlite" { 1 } else { threads.max(1) };
        let mut handles = Vec::new();
        for number in 0..threads {
            let mut thread = Thread {
                database: database.clone(),
                secrets: Arc::clone(secrets),
                committed: Arc::clone(committed),
                session: None,
                gathered: Gathered::default(),
                version: None,
                behind: Arc::clone(&behind),
                lag_since: None,
            };
            thread.open()?;
            let queue = queue.clone();
            let handle = std::thread::Builder::new()
                .name(format!("writer-{number}"))
                .spawn(move || thread.work(&queue))
                .map_err(|error| EngineError::Unavailable(error.to_string()))?;
            handles.push(handle);
        }
        Ok((Writer { jobs, behind }, handles))
    }

    /// Waits until the rows of subjects hold everything that was acknowledged before this call.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn settle(&self) -> Result<(), EngineError> {
        if self.behind.load(Ordering::SeqCst) { self.write(|_| Ok(())) } else { Ok(()) }
    }

    /// Queues a write and waits until it is durable.
    ///
    /// # Errors
    /// The write's own error, or that nothing could be made durable.
    pub fn write<T: Send + 'static>(
        &self,
        write: impl FnMut(&mut Tx<'_>) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        self.queue(Box::new(write), false)
    }

    /// The same for news: what it says is durable when this returns, the rows of the subjects it changed may be written a moment later.
    ///
    /// # Errors
    /// As for [`Writer::write`].
    pub fn write_news<T: Send + 'static>(
        &self,
        write: impl FnMut(&mut Tx<'_>) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        self.queue(Box::new(write), true)
    }

    fn queue<T: Send + 'static>(&self, write: Write<T>, may_lag: bool) -> Result<T, EngineError> {
        let (reply, answer) = bounded(1);
        let job: Job = Box::new(Pending { may_lag, write, result: None, reply });
        let stopped = || EngineError::Unavailable("Kept is stopping".to_owned());
        self.jobs.send(job).map_err(|_| stopped())?;
        answer.recv().map_err(|_| stopped())?
    }
}

struct Thread {
    database: Database,
    secrets: Arc<Secrets>,
    committed: Committed,
    session: Option<Session>,
    gathered: Gathered,
    version: Option<i64>,
    behind: Arc<AtomicBool>,
    /// Since when rows of subjects lag behind what was committed.
    lag_since: Option<Instant>,
}

/// Who else may write while a transaction is under way (PostgreSQL).
#[derive(Clone, Copy)]
enum Company {
    Others,
    Nobody,
}

struct Session {
    connection: Connection,
    ledger: Ledger,
    sealer: Sealer,
}

impl Thread {
    fn open(&mut self) -> Result<&mut Session, EngineError> {
        if self.session.is_none() {
            let mut connection = self.database.connect().map_err(away)?;
            let ledger = Ledger::claim(&mut connection).map_err(away)?;
            self.session = Some(Session { connection, ledger, sealer: Sealer::default() });
            self.forget();
        }
        self.session.as_mut().ok_or_else(|| EngineError::Unavailable("no database session".to_owned()))
    }

    /// Forgets what is at hand. Rows that lag are made up for from the ledger by the next attempt.
    fn forget(&mut self) {
        self.gathered = Gathered::default();
        self.version = None;
    }

    /// The next write; `None` when no one can send any more. Rows that have lagged long enough are written meanwhile.
    fn next(&mut self, queue: &Receiver<Job>) -> Option<Job> {
        while let Some(since) = self.lag_since {
            match queue.recv_timeout(LAG_TIME.saturating_sub(since.elapsed())) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(error) = self.attempt(&mut [], Company::Others) {
                        tracing::warn!(error = %error, "rows.lag");
                        break;
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        queue.recv().ok()
    }

    fn work(&mut self, queue: &Receiver<Job>) {
        while let Some(first) = self.next(queue) {
            let mut group = vec![first];
            while group.len() < GROUP {
                match queue.try_recv() {
                    Ok(job) => group.push(job),
                    Err(_) => break,
                }
            }
            self.commit_group(group);
        }
    }

    fn commit_group(&mut self, mut group: Vec<Job>) {
        if group.len() > 1 {
            let taken = self.attempt(&mut group, Company::Others);
            match taken {
                Ok(taken) => {
                    let rest = group.split_off(taken);
                    for mut job in group {
                        job.answer(Ok(()));
                    }
                    if !rest.is_empty() {
                        self.commit_group(rest);
                    }
                    return;
                }
                Err(error) => tracing::debug!(error = %error, writes = group.len(), "group.rerun"),
            }
        }
        for mut job in group {
            let mut result = Err(EngineError::Unavailable("not tried".to_owned()));
            for attempt in 0..TRIES {
                let company = if attempt < ALONE_FROM { Company::Others } else { Company::Nobody };
                result = self.attempt(std::slice::from_mut(&mut job), company).map(|_| ());
                if !matches!(result, Err(EngineError::Collision(_))) {
                    break;
                }
                std::thread::sleep(Duration::from_millis(u64::from(attempt) * 2));
            }
            if let Err(EngineError::Collision(why)) = result {
                result = Err(EngineError::Unavailable(format!("other writes kept getting in the way ({why})")));
            }
            job.answer(result);
        }
    }

    /// Runs writes in one transaction and commits them; gives how many were taken. On any error nothing has happened.
    fn attempt(&mut self, jobs: &mut [Job], company: Company) -> Result<usize, EngineError> {
        self.open()?;
        let result = self.attempt_open(jobs, company);
        if result.is_err() {
            self.forget();
            let broken = match self.session.as_mut() {
                Some(session) => {
                    session.sealer.rolled_back();
                    session.connection.rollback().is_err()
                }
                None => false,
            };
            // After a failed commit the state of the session is unknown: a fresh one reads what really is there.
            if broken || matches!(result, Err(EngineError::Unavailable(_))) {
                self.session = None;
            }
        }
        result
    }

    fn attempt_open(&mut self, jobs: &mut [Job], company: Company) -> Result<usize, EngineError> {
        let Some(session) = self.session.as_mut() else {
            return Err(EngineError::Unavailable("no database session".to_owned()));
        };
        let mut may_lag = !session.connection.is_postgres()
            && !jobs.is_empty()
            && jobs.iter().all(|job| job.may_lag())
            && self.gathered.folder.dirty() < LAG
            && self.lag_since.is_none_or(|since| since.elapsed() < LAG_TIME);
        match company {
            Company::Others => session.connection.begin_write().map_err(away)?,
            Company::Nobody => {
                session.connection.begin().map_err(away)?;
                session.connection.lock_ledger().map_err(away)?;
            }
        }
        if !session.connection.is_postgres() {
            // Another process may have written: then what is at hand is stale, and so is the head of the chain.
            let version = session
                .connection
                .first("pragma data_version", &[])
                .map_err(away)?
                .map_or(Ok(0), |row| row.int(0))
                .map_err(away)?;
            if self.version != Some(version) {
                self.gathered = Gathered::default();
                session.ledger = Ledger::claim(&mut session.connection).map_err(away)?;
                crate::rebuilding::catch_up(&mut session.connection, &mut self.gathered).map_err(away)?;
                self.version = Some(version);
                may_lag = false;
            }
        }
        if session.connection.is_postgres() {
            self.gathered.folder.clear();
        } else {
            self.gathered.folder.forget_unused(CACHE);
        }
        let block = session.ledger.next_block(&mut session.connection).map_err(away)?;
        let mut tx = Tx {
            connection: &mut session.connection,
            sealer: &mut session.sealer,
            secrets: &self.secrets,
            gathered: &mut self.gathered,
            block,
        };
        let mut taken = 0;
        for job in jobs.iter_mut() {
            if taken > 0 && tx.gathered.facts.len() > GROUP_FACTS {
                break;
            }
            if !job.may_lag() {
                // What asks for rows by SQL finds them as they are.
                tx.write_rows()?;
            }
            job.run(&mut tx)?;
            taken += 1;
        }
        let last = tx.flush(&session.ledger, may_lag)?;
        session.connection.commit().map_err(|error| match collision(error) {
            collision @ EngineError::Collision(_) => collision,
            other => EngineError::Unavailable(other.to_string()),
        })?;
        self.lag_since = (self.gathered.folder.dirty() > 0).then(|| self.lag_since.unwrap_or_else(Instant::now));
        if !session.connection.is_postgres() {
            self.behind.store(self.lag_since.is_some(), Ordering::SeqCst);
        }
        if let Some((head, position)) = last {
            session.ledger.committed(head);
            (self.committed)(position);
        }
        Ok(taken)
    }
}

/// A transaction under way.
pub struct Tx<'a> {
    /// The connection, for operational tables.
    pub connection: &'a mut Connection,
    sealer: &'a mut Sealer,
    secrets: &'a Secrets,
    gathered: &'a mut Gathered,
    block: i64,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tx(block {})", self.block)
    }
}

impl Tx<'_> {
    /// Works at a desk: what `work` writes joins this transaction.
    ///
    /// # Errors
    /// What `work` gives.
    pub fn desk<T>(&mut self, clock: i64, work: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        let mut shelf = StoreShelf { connection: self.connection, sealer: self.sealer, secrets: self.secrets, block: self.block };
        let mut desk = Desk::new(&mut shelf, self.gathered, self.block, clock, BRAND);
        work(&mut desk)
    }

    /// Facts gathered in this transaction so far.
    pub fn facts(&self) -> &[kept_domain::Fact] {
        &self.gathered.facts
    }

    /// A new id for something that is no subject.
    ///
    /// # Errors
    /// When the database fails.
    pub fn mint(&mut self) -> Result<i64, EngineError> {
        self.sealer.mint(self.connection).map_err(collision)
    }

    /// Writes the rows of changed subjects, and when each is to be looked at again.
    fn write_rows(&mut self) -> Result<(), EngineError> {
        let Gathered { folder, watches, .. } = &mut *self.gathered;
        watches.retain(|id, watch| folder.watch_moves(*id, watch.at, watch.clock));
        for changed in folder.take_dirty() {
            let watch = watches.remove(&changed.subject.id()).map(|watch| watch.at);
            self.connection.save(changed.subject, watch, changed.extent).map_err(collision)?;
        }
        for (id, watch) in watches.drain() {
            self.connection.save_watch(watch.noun, id, watch.at).map_err(collision)?;
        }
        Ok(())
    }

    /// Writes the block, what its facts do beside their subjects, and the rows of these unless they may lag; gives the new head and
    /// the last position.
    fn flush(&mut self, ledger: &Ledger, may_lag: bool) -> Result<Option<(kept_store::Chain, Position)>, EngineError> {
        if !may_lag {
            self.write_rows()?;
            if !self.connection.is_postgres() {
                let applied = if self.gathered.facts.is_empty() { self.block - 1 } else { self.block };
                self.connection.save_applied(applied).map_err(collision)?;
            }
        }
        let Gathered { facts, effects, names, persons, .. } = &mut *self.gathered;
        persons.clear();
        if self.connection.is_postgres() || names.len() > NAMES {
            names.clear();
        }
        let facts = std::mem::take(facts);
        let effects = std::mem::take(effects);
        for (position, recorded, effect) in effects {
            self.connection.carry_out(BRAND, position, recorded, &effect, true).map_err(collision)?;
        }
        let Some(last) = facts.last() else { return Ok(None) };
        let head = ledger.append(self.connection, self.block, &facts, last.recorded).map_err(collision)?;
        Ok(Some((head, last.position)))
    }
}

struct StoreShelf<'a> {
    connection: &'a mut Connection,
    sealer: &'a mut Sealer,
    secrets: &'a Secrets,
    block: i64,
}

impl Shelf for StoreShelf<'_> {
    fn load(&mut self, noun: Noun, id: SubjectId) -> Result<Option<Subject>, ShelfError> {
        let subject = self.connection.load(noun, id, true).map_err(shelf)?;
        if self.connection.is_postgres()
            && let Some(subject) = &subject
            && subject.newest().is_some_and(|position| position.block() >= self.block)
        {
            return Err(ShelfError::Overtaken);
        }
        Ok(subject)
    }

    fn find(&mut self, key: &NaturalKey) -> Result<Option<SubjectId>, ShelfError> {
        if self.connection.is_postgres() {
            // Whoever first uses a name makes its subject; the others wait for them.
            self.connection.lock_name(key).map_err(shelf)?;
        }
        self.connection.find_key(key).map_err(shelf)
    }

    fn person_key(&self, text: &str) -> String {
        self.secrets.person_key(text)
    }

    fn name_person(&mut self, key: NaturalKey, subject: SubjectId) -> Result<(), ShelfError> {
        self.connection.save_key(&key, subject).map_err(shelf)
    }

    fn mint(&mut self) -> Result<i64, ShelfError> {
        self.sealer.mint(self.connection).map_err(shelf)
    }

    fn seal(&mut self, about: &[SubjectId], bytes: &[u8]) -> Result<SealedRef, ShelfError> {
        self.sealer.seal(self.connection, about, bytes).map_err(shelf)
    }

    fn open(&mut self, sealed: &SealedRef) -> Result<Option<Vec<u8>>, ShelfError> {
        self.connection.open_sealed(sealed.id).map_err(shelf)
    }
}

fn shelf(error: StoreError) -> ShelfError {
    ShelfError::Database(Box::new(error))
}

/// What `react` says, at a desk: news that makes no sense is an answer, a store that cannot is none.
pub(crate) fn heard<T>(result: Result<T, ReactError>) -> Result<Result<T, EngineError>, ShelfError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(ReactError::Invalid(why)) => Ok(Err(EngineError::Invalid(why))),
        Err(ReactError::Shelf(error)) => Err(error),
    }
}

/// A failure of the shelf as the engine tells it.
pub fn shelved(error: ShelfError) -> EngineError {
    match error {
        ShelfError::Overtaken => EngineError::Collision("a later block was committed first".to_owned()),
        ShelfError::Database(source) => match source.downcast::<StoreError>() {
            Ok(error) => collision(*error),
            Err(source) => EngineError::Unavailable(source.to_string()),
        },
    }
}

/// A failure of the store within a transaction: what may succeed when run again is a collision.
pub fn collision(error: StoreError) -> EngineError {
    match error {
        StoreError::Retry(_) | StoreError::Exists => EngineError::Collision(error.to_string()),
        other => EngineError::Unavailable(other.to_string()),
    }
}

/// A failure to reach the database.
pub fn away(error: StoreError) -> EngineError {
    EngineError::Unavailable(error.to_string())
}

/// Subjects touched by facts from an index on.
pub fn touched(facts: &[kept_domain::Fact]) -> Vec<SubjectId> {
    let mut seen = HashMap::new();
    for subject in facts.iter().flat_map(|fact| &fact.subjects) {
        seen.insert(*subject, ());
    }
    let mut touched: Vec<SubjectId> = seen.into_keys().collect();
    touched.sort();
    touched
}
