//! Where one test's data live: a folder, and a database of its own in it or on the PostgreSQL server of the test command.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, Settings};
use kept_store::{Database, Durability};

static NEXT: AtomicU32 = AtomicU32::new(1);
static TURN: Mutex<()> = Mutex::new(());

/// Tests that measure or kill take turns, so that their figures are of one load and not of all tests at once.
pub fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks again and again until something is so.
pub fn until<T>(what: &str, deadline: Duration, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        ensure!(started.elapsed() < deadline, "after {deadline:?} still not: {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Lets real time pass: a process is to be hit at a moment.
pub fn pass(time: Duration) {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}

/// An installation's data.
pub struct Place {
    folder: tempfile::TempDir,
    postgres: Option<(String, String)>,
    base: String,
}

impl Place {
    /// The embedded database in a folder of its own.
    pub fn sqlite() -> Result<Place> {
        Ok(Place { folder: tempfile::tempdir()?, postgres: None, base: String::new() })
    }

    /// A database of its own on the server of `KEPT_TEST_POSTGRES`; `None` where that is not set.
    pub fn postgres() -> Result<Option<Place>> {
        let Ok(base) = std::env::var("KEPT_TEST_POSTGRES") else {
            eprintln!("KEPT_TEST_POSTGRES is not set: not tried on PostgreSQL (`cargo xtask test` starts one)");
            return Ok(None);
        };
        let name = format!("kept_it_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        Database::administer(&base, &format!("create database {name}"))?;
        let (server, _) = base.rsplit_once('/').context("KEPT_TEST_POSTGRES must end in a database name")?;
        let url = format!("{server}/{name}");
        Ok(Some(Place { folder: tempfile::tempdir()?, postgres: Some((url, name)), base }))
    }

    /// A database that the test made itself, and that goes with its server.
    pub fn on(url: &str) -> Result<Place> {
        Ok(Place { folder: tempfile::tempdir()?, postgres: Some((url.to_owned(), String::new())), base: String::new() })
    }

    /// `sqlite` or `postgres`.
    pub fn kind(&self) -> &'static str {
        if self.postgres.is_some() { "postgres" } else { "sqlite" }
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file beside the data, in the same throw-away folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The database's address.
    pub fn url(&self) -> Result<String> {
        std::fs::create_dir_all(self.data())?;
        Ok(match &self.postgres {
            Some((url, _)) => url.clone(),
            None => format!("sqlite:{}", self.data().join("kept.db").display()),
        })
    }

    /// `kept ARGUMENTS` on these data; nothing of the environment's own settings reaches it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = kept(arguments);
        command.arg("--data").arg(self.data());
        if let Some((url, _)) = &self.postgres {
            command.arg("--database").arg(url);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Result<Output> {
        Ok(self.command(arguments).output()?)
    }

    /// Runs a command that must succeed; gives what it printed.
    pub fn must(&self, arguments: &[&str]) -> Result<String> {
        let output = self.run(arguments)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if !output.status.success() {
            bail!("kept {arguments:?} on {} failed: {}{}", self.kind(), text(&output.stdout), text(&output.stderr));
        }
        Ok(text(&output.stdout))
    }

    /// An engine of this test's own process on the same database.
    pub fn engine(&self) -> Result<Engine> {
        self.engine_with(None)
    }

    /// The same with a list of erasures.
    pub fn engine_with(&self, erasures: Option<PathBuf>) -> Result<Engine> {
        let packs = LoadedPacks::load(PackSource::Embedded)?;
        let settings = Settings { writers: 1, erasures, ..Settings::default() };
        Ok(Engine::open(&self.url()?, Durability::Full, settings, Clock::Wall, packs)?)
    }

    /// A copy of the database; nobody may be connected to it.
    pub fn copy_at_rest(&self) -> Result<Place> {
        let Some((_, name)) = &self.postgres else {
            let copy = Place::sqlite()?;
            copy.url()?;
            kept_store::backup(&self.database()?, &copy.data().join("kept.db"), |_, _| {})?;
            return Ok(copy);
        };
        let other = format!("{name}_copy");
        until("nobody is connected", Duration::from_secs(20), || {
            Ok(Database::administer(&self.base, &format!("create database {other} template {name}")).ok())
        })?;
        let (server, _) = self.base.rsplit_once('/').context("no database name")?;
        let url = format!("{server}/{other}");
        Ok(Place { folder: tempfile::tempdir()?, postgres: Some((url, other)), base: self.base.clone() })
    }

    /// The database, to be read.
    pub fn database(&self) -> Result<Database> {
        Ok(Database::open(&self.url()?, Durability::Full)?)
    }

    /// A new API token with these scopes.
    pub fn token(&self, scopes: &[&str]) -> Result<String> {
        let (token, hash) = kept_web::auth::secret::new_token().map_err(|_| anyhow::anyhow!("no randomness"))?;
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.engine()?.add_token(hash, "test", &scopes)?;
        Ok(token)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((_, name)) = self.postgres.as_ref().filter(|(_, name)| !name.is_empty()) {
            // A database left behind goes with the throw-away cluster.
            let _ = Database::administer(&self.base, &format!("drop database if exists {name} with (force)"));
        }
    }
}

/// The built program, without the settings of the environment.
pub fn kept(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kept"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KEPT_") {
            command.env_remove(name);
        }
    }
    command.args(arguments);
    command
}

/// Runs a program that must fail; gives its standard error.
pub fn must_fail(mut command: Command) -> Result<String> {
    let output = command.output()?;
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(!output.status.success(), "it should have failed: {words}");
    Ok(words)
}

/// A file written with its folders.
pub fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, text)?)
}

/// A whole number of the environment: how long a harness runs, or its seed.
pub fn number_of(name: &str, unless: u64) -> Result<u64> {
    std::env::var(name).map_or(Ok(unless), |text| text.parse().with_context(|| format!("{name} must be a whole number")))
}
