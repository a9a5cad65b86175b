//! What most commands share: where the data are, packs, settings, progress.

use std::fmt;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use kept_connect::CarrierPacks;
use kept_engine::ports::Inbound;
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, Settings};
use kept_store::Durability;

/// An error with what to do about it.
#[derive(Debug)]
pub struct Hint {
    message: String,
    /// What to do.
    pub hint: String,
}

impl Hint {
    /// An error with a hint.
    pub fn error(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
        anyhow::Error::new(Hint { message: message.into(), hint: hint.into() })
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Hint {}

/// Where the data are.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Folder of the embedded database and of the packs.
    #[arg(long, env = "KEPT_DATA", default_value = "data")]
    pub data: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; the embedded database in the data folder unless given.
    #[arg(long, env = "KEPT_DATABASE")]
    pub database: Option<String>,
    /// The list of erasures, best on another disk than the data; `erasures.ndjson` in the data folder unless given. What is in it and not
    /// in the database is erased again before anything is served.
    #[arg(long, env = "KEPT_ERASURES")]
    pub erasures: Option<PathBuf>,
}

/// What the shop is.
#[derive(Clone, Debug, Args)]
pub struct Shop {
    /// The shop's name.
    #[arg(long, env = "KEPT_SHOP", default_value = "Kept")]
    pub shop: String,
    /// Who signs messages to customers.
    #[arg(long, env = "KEPT_TEAM", default_value = "Service clients")]
    pub team: String,
    /// The shop's country (ISO 3166): what is domestic.
    #[arg(long, env = "KEPT_COUNTRY", default_value = "FR")]
    pub country: String,
    /// The shop's time zone (IANA).
    #[arg(long, env = "KEPT_ZONE", default_value = "Europe/Paris")]
    pub zone: String,
    /// The address messages come from.
    #[arg(long, env = "KEPT_FROM", default_value = "service@localhost")]
    pub from: String,
    /// Where operations get their messages; without it these are only shown.
    #[arg(long, env = "KEPT_OPERATIONS")]
    pub operations: Option<String>,
    /// Messages that one text message may be sent as, and paid for.
    #[arg(long, env = "KEPT_SMS_SEGMENTS", default_value_t = 3)]
    pub sms_segments: usize,
    /// Where customers and the team reach Kept; the listening address unless given.
    #[arg(long, env = "KEPT_PUBLIC_URL")]
    pub public_url: Option<String>,
}

impl Default for Shop {
    fn default() -> Shop {
        Shop {
            shop: "Kept".to_owned(),
            team: "Service clients".to_owned(),
            country: "FR".to_owned(),
            zone: "Europe/Paris".to_owned(),
            from: "service@localhost".to_owned(),
            operations: None,
            sms_segments: 3,
            public_url: None,
        }
    }
}

impl Place {
    /// The database's address.
    pub fn url(&self) -> Result<String> {
        match &self.database {
            Some(url) => Ok(url.clone()),
            None => {
                std::fs::create_dir_all(&self.data)
                    .with_context(|| format!("the folder {} cannot be made", self.data.display()))?;
                Ok(format!("sqlite:{}", self.file().display()))
            }
        }
    }

    /// The embedded database's file.
    pub fn file(&self) -> PathBuf {
        match self.database.as_deref().and_then(|url| url.strip_prefix("sqlite:")) {
            Some(path) => PathBuf::from(path.strip_prefix("//").unwrap_or(path)),
            None => self.data.join("kept.db"),
        }
    }

    /// The list of erasures.
    pub fn erasures(&self) -> PathBuf {
        self.erasures.clone().unwrap_or_else(|| self.data.join("erasures.ndjson"))
    }

    /// Refuses a place where no ledger is: checking nothing would look like success.
    pub fn must_exist(&self) -> Result<()> {
        let embedded = self.database.as_deref().is_none_or(|url| url.starts_with("sqlite:"));
        if embedded && !self.file().exists() {
            return Err(Hint::error(
                format!("there is no database at {}", self.file().display()),
                "name the folder with --data, or the database with --database",
            ));
        }
        Ok(())
    }

    /// The packs: those in `DATA/packs` where they are, else the program's. A wrong one stops the start, with file and line.
    pub fn packs(&self) -> Result<LoadedPacks> {
        let folder = self.data.join("packs");
        let source = if folder.is_dir() { PackSource::Folder(folder) } else { PackSource::Embedded };
        LoadedPacks::load(source).map_err(|error| {
            let hint = error.hint.clone().unwrap_or_else(|| "docs/packs.md lists every key".to_owned());
            Hint::error(error.to_string(), hint)
        })
    }

    /// Carriers' mappings: those in `DATA/packs/carriers` where they are, else the program's.
    pub fn carriers(&self) -> Result<CarrierPacks> {
        let folder = self.data.join("packs").join("carriers");
        let packs = if folder.is_dir() { CarrierPacks::load(&folder) } else { CarrierPacks::embedded() };
        packs.map_err(|error| Hint::error(error.to_string(), "docs/adding-a-connector.md says how a mapping is written"))
    }

    /// An engine on it.
    pub fn engine(&self, shop: &Shop, public_url: &str, clock: Clock) -> Result<Engine> {
        let url = self.url()?;
        let country = shop
            .country
            .parse()
            .map_err(|_| Hint::error(format!("`{}` is no country", shop.country), "two letters: FR, GB, ES"))?;
        if kept_base::moment::zone_named(&shop.zone).is_err() {
            return Err(Hint::error(format!("`{}` is no time zone", shop.zone), "an IANA name: Europe/Paris"));
        }
        let settings = Settings {
            shop: shop.shop.clone(),
            country,
            zone: shop.zone.clone(),
            team: shop.team.clone(),
            from_address: shop.from.clone(),
            operations_address: shop.operations.clone(),
            erasures: Some(self.erasures()),
            sms_segments: shop.sms_segments.max(1),
            public_url: shop.public_url.clone().unwrap_or_else(|| public_url.to_owned()).trim_end_matches('/').to_owned(),
            // A clock that hurries puts days of messages into a minute of the machine's: no flood.
            most_a_minute: if matches!(clock, Clock::Wall) { Settings::default().most_a_minute } else { usize::MAX },
            ..Settings::default()
        };
        Engine::open(&url, Durability::Full, settings, clock, self.packs()?).map_err(|error| {
            Hint::error(error.to_string(), "is the address right, is the server up, and is there room on the disk?")
        })
    }
}

/// The partners Kept reads, by the names of `--source` and `POST /in/{source}`.
pub fn inbounds(packs: &CarrierPacks) -> Vec<Arc<dyn Inbound>> {
    kept_connect::inbounds(packs)
}

/// A line of progress on standard error; silent where nobody watches.
pub fn progress(words: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {human_pos} ({per_sec})") {
        bar.set_style(style);
    }
    bar.set_message(words);
    bar
}
