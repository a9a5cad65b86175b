//! Room `engine`: record, watch, decide, act; rebuild; what pages and the API read.
//!
//! Invariants: nothing is acknowledged before it is durable; a signal fires once for what armed it; one decision sends at most one
//! message, and what may have left is never sent again in silence; every playbook starts in shadow.
//!
//! Deliberately absent: SQL (`store`), the meaning of news (`domain`), SMTP, carriers and HTTP, which come in through [`ports`]. The
//! engine is synchronous: call it from a thread that may wait.

mod accounts;
mod acting;
mod asking;
mod blocks;
mod catching_up;
mod changing;
mod clock;
mod connections;
mod considering;
mod deciding;
mod drafting;
mod erasing;
mod errands;
mod error;
mod estimating;
mod figures;
mod following;
mod foresight;
mod gateways;
mod gathering;
mod importing;
mod notices;
mod offers;
mod overview;
mod packs;
pub mod ports;
mod reading;
mod rebuilding;
mod recording;
pub mod scorecards;
mod secrets;
mod sending;
mod totals;
pub mod trial;
pub mod views;
mod watching;
mod whole;
mod working;
mod writer;

use std::sync::{Arc, PoisonError, RwLock};

use kept_base::{Country, Language, Position};
use kept_domain::definition::Packs;
use kept_domain::watch::House;
use kept_store::{Database, Durability};
use kept_text::MessagePack;

pub use accounts::{ApiToken, User};
pub use asking::{Asking, Heard, Plan, Turn};
pub use clock::Clock;
pub use connections::{AskingFailed, AskingState, FileRead, Import, SavedConnection, SourceHeard};
pub use erasing::ErasedAgain;
pub use error::EngineError;
pub use following::Following;
pub use foresight::{Outlook, WarningCurve};
pub use gateways::SmsTest;
pub use notices::TellerLine;
pub use packs::{LoadedPacks, PackSource};
pub use rebuilding::{Compared, Rebuilt};
pub use recording::{Delivery, RecordOptions, Recorded, RequestKey, delivery_hash};
pub use secrets::random;
pub use sending::Drawer;
pub use watching::Watched;
pub use whole::Piece;
pub use working::Workers;
pub use writer::BRAND;

use ports::Outbound;
use secrets::Secrets;
use writer::{Committed, Writer};

/// Something changed: pages that show it may fetch anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Position of the last fact.
    pub position: Position,
}

/// How an engine is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The shop's name.
    pub shop: String,
    /// Its country.
    pub country: Country,
    /// Its zone.
    pub zone: String,
    /// Who signs messages.
    pub team: String,
    /// The address messages come from.
    pub from_address: String,
    /// Where operations get theirs; none: they are only shown.
    pub operations_address: Option<String>,
    /// The language of operations.
    pub team_language: Language,
    /// Where Kept is reached, without a slash at the end.
    pub public_url: String,
    /// Writer threads on PostgreSQL.
    pub writers: usize,
    /// The list of erasures, outside the database: what is in it and not in the database is erased again before anything is served.
    pub erasures: Option<std::path::PathBuf>,
    /// Messages that one text message may be sent as, and paid for; a longer one is refused.
    pub sms_segments: usize,
    /// More automatic messages than this within a minute wait for a person's yes: after an outage or a jump of the clock.
    pub most_a_minute: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            shop: "Kept".to_owned(),
            country: "FR".parse().unwrap_or(Country::FR),
            zone: "Europe/Paris".to_owned(),
            team: "Service clients".to_owned(),
            from_address: "service@localhost".to_owned(),
            operations_address: None,
            team_language: Language::French,
            public_url: "http://localhost:8080".to_owned(),
            writers: 4,
            erasures: None,
            sms_segments: 3,
            most_a_minute: 200,
        }
    }
}

/// The engine: cheap to clone, shared by all entrances.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) database: Database,
    pub(crate) writer: Writer,
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) house: Arc<House>,
    pub(crate) learner: std::sync::Mutex<foresight::Learner>,
    pub(crate) foresight: RwLock<Option<Arc<kept_domain::foresight::Foresight>>>,
    pub(crate) scorer: std::sync::Mutex<scorecards::Scorer>,
    pub(crate) counter: std::sync::Mutex<figures::Counter>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) packs: RwLock<Arc<LoadedPacks>>,
    pub(crate) packs_error: RwLock<Option<String>>,
    pub(crate) outbound: RwLock<Arc<dyn Outbound>>,
    pub(crate) gateway: RwLock<Option<Arc<dyn Outbound>>>,
    pub(crate) totals: std::sync::Mutex<totals::Totals>,
    pub(crate) shops: RwLock<Vec<Arc<dyn ports::Shop>>>,
    pub(crate) changes: tokio::sync::broadcast::Sender<Change>,
    pub(crate) meanings: RwLock<Vec<kept_store::CodeMeaning>>,
    /// Automatic messages of the minute that began then (machine's clock).
    pub(crate) automatic: std::sync::Mutex<(i64, usize)>,
    /// Names this process as a holder of leases.
    pub(crate) holder: String,
    pub(crate) erasures: Option<kept_store::ErasureList>,
    pub(crate) erased_again: std::sync::OnceLock<Option<ErasedAgain>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine({})", self.shared.database.engine())
    }
}

impl Engine {
    /// Opens an engine on a database: `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// When the database cannot be opened or a thread cannot be started.
    pub fn open(
        url: &str,
        durability: Durability,
        settings: Settings,
        clock: Clock,
        packs: LoadedPacks,
    ) -> Result<Engine, EngineError> {
        let database = Database::open(url, durability).map_err(writer::away)?;
        let secrets = Arc::new(Secrets::load(&database)?);
        let (changes, _) = tokio::sync::broadcast::channel(256);
        let committed: Committed = {
            let changes = changes.clone();
            Arc::new(move |position| {
                // Nobody listening is no failure.
                let _ = changes.send(Change { position });
            })
        };
        let (writer, _threads) = Writer::start(&database, settings.writers, &secrets, &committed)?;
        let house = Arc::new(House { shop: settings.shop.clone(), country: settings.country, zone: settings.zone.clone() });
        let learner = std::sync::Mutex::new(foresight::Learner::new(&settings.zone, clock.now()));
        let scorer = std::sync::Mutex::new(scorecards::Scorer::new(&settings.zone));
        let holder = format!("{}-{}", std::process::id(), hex::encode(random::<4>()?));
        let erasures = erasing::list(&settings);
        let engine = Engine {
            shared: Arc::new(Shared {
                database,
                writer,
                clock,
                settings,
                house,
                learner,
                foresight: RwLock::new(None),
                scorer,
                counter: std::sync::Mutex::default(),
                secrets,
                packs: RwLock::new(Arc::new(packs)),
                packs_error: RwLock::new(None),
                outbound: RwLock::new(Arc::new(Drawer)),
                gateway: RwLock::new(None),
                totals: std::sync::Mutex::default(),
                shops: RwLock::new(Vec::new()),
                changes,
                meanings: RwLock::new(Vec::new()),
                automatic: std::sync::Mutex::new((0, 0)),
                holder,
                erasures,
                erased_again: std::sync::OnceLock::new(),
            }),
        };
        engine.check_fold()?;
        engine.follow_erasures()?;
        engine.refresh_meanings()?;
        Ok(engine)
    }

    /// Gives the way out for letters; without one they stay in the drawer.
    pub fn set_outbound(&self, outbound: Arc<dyn Outbound>) {
        *self.shared.outbound.write().unwrap_or_else(PoisonError::into_inner) = outbound;
    }

    pub(crate) fn outbound(&self) -> Arc<dyn Outbound> {
        Arc::clone(&self.shared.outbound.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gives the way out for text messages; without one none is decided, and playbooks go by their other channel.
    pub fn set_sms_gateway(&self, gateway: Option<Arc<dyn Outbound>>) {
        *self.shared.gateway.write().unwrap_or_else(PoisonError::into_inner) = gateway;
    }

    /// The gateway's name, where text messages can leave.
    pub fn sms_gateway_name(&self) -> Option<&'static str> {
        self.sms_gateway().map(|gateway| gateway.name())
    }

    pub(crate) fn sms_gateway(&self) -> Option<Arc<dyn Outbound>> {
        self.shared.gateway.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn loaded(&self) -> Arc<LoadedPacks> {
        Arc::clone(&self.shared.packs.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The engine's clock, epoch milliseconds.
    pub fn now(&self) -> i64 {
        self.shared.clock.now()
    }

    /// The engine's clock itself.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The shop's name.
    pub fn shop(&self) -> String {
        self.shared.settings.shop.clone()
    }

    /// The shop's zone (IANA), in which the team's days end.
    pub fn zone(&self) -> String {
        self.shared.settings.zone.clone()
    }

    /// The settings it was opened with.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// The database, for `verify`, `backup` and tests; its rows hold what was acknowledged before this call.
    pub fn database(&self) -> &Database {
        if let Err(error) = self.shared.writer.settle() {
            tracing::warn!(error = %error, "rows.behind");
        }
        &self.shared.database
    }

    /// Waits until the rows of subjects hold everything acknowledged so far.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn flush(&self) -> Result<(), EngineError> {
        self.shared.writer.settle()
    }

    /// A position that everything committed so far lies at or before, on whatever node it was.
    ///
    /// # Errors
    /// Database errors.
    pub fn position(&self) -> Result<Position, EngineError> {
        let block = self.shared.database.read(kept_store::Connection::last_block).map_err(writer::away)?;
        Ok(Position::new(block, Position::MAX_INDEX))
    }

    /// Says whenever facts were written.
    pub fn changes(&self) -> tokio::sync::broadcast::Receiver<Change> {
        self.shared.changes.subscribe()
    }
}

/// Packs in force: definitions and playbooks, and the texts of messages.
pub(crate) fn rules(loaded: &LoadedPacks) -> (&Packs, &MessagePack) {
    (&loaded.packs, &loaded.messages)
}
