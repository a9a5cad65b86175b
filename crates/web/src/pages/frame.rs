//! What stands around every page of the team: navigation with counts, search, who is signed in, the ledger's health.

use kept_base::Position;
use kept_engine::views::{Health, Pressing};
use kept_engine::{Engine, EngineError};

use crate::access::Session;
use crate::ask::ask;
use crate::assets;
use crate::failure::Failure;
use crate::pages::words::{Words, arg};
use crate::state::App;

/// The frame of a page.
#[derive(Clone, Debug)]
pub struct Frame {
    /// How to say things to the reader.
    pub w: Words,
    /// Title of the page, for the window.
    pub title: String,
    /// The shop's name.
    pub shop: String,
    /// Who is signed in.
    pub user: String,
    /// Their role, as a word in their language.
    pub role: String,
    /// They may do what supervisors do.
    pub supervisor: bool,
    /// They may do what administrators do.
    pub admin: bool,
    /// Value of the field `csrf` in forms.
    pub csrf: String,
    /// Navigation.
    pub menu: Vec<MenuItem>,
    /// The present, said.
    pub clock: String,
    /// How the ledger is.
    pub ledger: String,
    /// The ledger needs a person.
    pub ledger_bad: bool,
    /// A demonstration with made-up people.
    pub demo: bool,
    /// Fetch the main part anew when something changes.
    pub live: bool,
    /// What the page shows holds everything up to here.
    pub position: Position,
    /// What the act before this page did, said.
    pub notice: Option<String>,
    /// Addresses of files.
    pub files: FileAddresses,
}

/// One place to go.
#[derive(Clone, Debug)]
pub struct MenuItem {
    /// Address.
    pub href: &'static str,
    /// Its word.
    pub label: String,
    /// How many wait there; empty when none.
    pub count: String,
    /// The reader is there.
    pub current: bool,
    /// Shown in the bar of phones.
    pub on_phone: bool,
}

/// Addresses of the files every page needs.
#[derive(Clone, Debug)]
pub struct FileAddresses {
    /// Colours, fonts and letters.
    pub tokens: String,
    /// Rules of pages.
    pub style: String,
    /// Live refresh.
    pub htmx: String,
    /// Keys and live refresh.
    pub live: String,
    /// The small picture of the window.
    pub icon: String,
}

/// What the frame must know of the engine.
#[derive(Clone, Debug)]
pub struct FrameFacts {
    /// The present, epoch milliseconds.
    pub now: i64,
    /// What the page shows holds everything up to here, and perhaps more.
    pub position: Position,
    /// The shop's name.
    pub shop: String,
    /// The shop's zone.
    pub zone: String,
    /// How much needs a person.
    pub pressing: Pressing,
    /// How the installation is.
    pub health: Health,
    /// Connections that do not answer.
    pub failing: u64,
}

impl FrameFacts {
    /// Reads them. Blocking.
    ///
    /// # Errors
    /// Database errors.
    pub fn read(engine: &Engine) -> Result<FrameFacts, EngineError> {
        Ok(FrameFacts {
            now: engine.now(),
            // Read before all else: what comes in meanwhile is then told again rather than never.
            position: engine.position()?,
            shop: engine.shop(),
            zone: engine.zone(),
            pressing: engine.pressing()?,
            health: engine.health()?,
            failing: engine.failing_connections()?,
        })
    }
}

impl FileAddresses {
    /// The addresses of the files in this program.
    pub fn embedded() -> FileAddresses {
        FileAddresses {
            tokens: assets::href("tokens.css"),
            style: assets::href("kept.css"),
            htmx: assets::href("htmx.min.js"),
            live: assets::href("live.js"),
            icon: assets::href("favicon.svg"),
        }
    }
}

impl Frame {
    /// The frame for a session; `here` is the address of the place in the menu.
    pub fn new(words: Words, facts: &FrameFacts, session: &Session, here: &str, demo: bool) -> Frame {
        let Pressing { late, next_hour, today, at_risk, waiting, held, unknown, quarantine, unmapped } = facts.pressing;
        let places: [(&str, &str, u64, bool, bool); 10] = [
            ("/", "nav-today", late + next_hour + today, true, true),
            ("/promises", "nav-promises", at_risk + late, true, true),
            ("/parcels", "nav-parcels", 0, true, true),
            ("/customers", "nav-customers", 0, false, true),
            ("/messages", "nav-messages", waiting + held + unknown, true, true),
            ("/playbooks", "nav-playbooks", 0, false, true),
            ("/figures", "nav-figures", 0, false, true),
            ("/unmapped", "nav-unmapped", unmapped + quarantine, false, true),
            ("/connections", "nav-connections", facts.failing, false, session.is_supervisor()),
            ("/settings", "nav-settings", 0, false, session.is_admin()),
        ];
        let menu = places
            .into_iter()
            .filter(|place| place.4)
            .map(|(href, key, count, on_phone, _)| MenuItem {
                href,
                label: words.t(key),
                count: if count == 0 { String::new() } else { words.count_or_many(count) },
                current: href == here,
                on_phone,
            })
            .collect();
        let health = &facts.health;
        let ledger_bad = health.unwatched > 0 || health.verified.is_some_and(|(_, held)| !held);
        let ledger = match health.verified {
            Some((_, false)) => words.t("ledger-broken"),
            _ if health.unwatched > 0 => words.say("ledger-unwatched", &[("count", arg(health.unwatched))]),
            Some((at, true)) => words.say("ledger-verified", &[("when", words.at(at).into())]),
            None => words.say("ledger-facts", &[("count", arg(health.facts))]),
        };
        Frame {
            title: String::new(),
            shop: facts.shop.clone(),
            user: session.user.name.clone(),
            role: words.word("role", session.role().word()),
            supervisor: session.is_supervisor(),
            admin: session.is_admin(),
            csrf: session.csrf.clone(),
            menu,
            clock: format!("{} {}", words.capital(&words.day_short(words.now)), words.at(words.now)),
            ledger,
            ledger_bad,
            demo,
            live: false,
            position: facts.position,
            notice: None,
            files: FileAddresses::embedded(),
            w: words,
        }
    }

    /// Reads frame and page in one turn on a thread that may wait.
    ///
    /// # Errors
    /// What the engine answered.
    pub async fn with<T, F>(app: &App, session: &Session, here: &str, read: F) -> Result<(Frame, FrameFacts, T), Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    {
        let (facts, value) = ask(&app.engine, move |engine| Ok((FrameFacts::read(engine)?, read(engine)?))).await?;
        let words = Words::new(app.texts.clone(), session.language(), &facts.zone, facts.now);
        let frame = Frame::new(words, &facts, session, here, app.config.demo);
        Ok((frame, facts, value))
    }

    /// With a title for the window.
    pub fn titled(mut self, title: impl Into<String>) -> Frame {
        self.title = title.into();
        self
    }

    /// With live refresh of the main part.
    pub fn live(mut self) -> Frame {
        self.live = true;
        self
    }

    /// With what the act before did, by its word; a word without a text says nothing.
    pub fn noticed(mut self, done: Option<&str>) -> Frame {
        let key = done.map(|done| format!("done-{done}"));
        self.notice = key.filter(|key| self.w.texts.has(self.w.language, key)).map(|key| self.w.t(&key));
        self
    }
}
