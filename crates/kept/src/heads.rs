//! Heads of the ledger written outside while Kept runs: a line at the start, one each interval in which something was recorded, and one
//! at the end.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use kept_store::{Database, Head};

/// Where signed heads go.
#[derive(Clone, Debug, Default, Args)]
pub struct HeadsKept {
    /// A file that gets the signed heads of the ledger, best on another machine's disk; none unless given.
    #[arg(long = "heads", env = "KEPT_HEADS")]
    file: Option<PathBuf>,
    /// Minutes between two lines of it.
    #[arg(long = "heads-minutes", env = "KEPT_HEADS_MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
}

/// The thread that writes; it ends, with a last line, when this is dropped.
pub struct Writing {
    thread: Option<(std::sync::mpsc::Sender<()>, JoinHandle<()>)>,
}

impl Drop for Writing {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

impl HeadsKept {
    /// Writes the first line, so that a wrong path shows at once, and goes on in a thread.
    pub fn start(&self, database: &Database) -> Result<Writing> {
        let Some(file) = self.file.clone() else { return Ok(Writing { thread: None }) };
        let mut last = append(&file, database)?;
        let (database, interval) = (database.clone(), Duration::from_secs(self.minutes.saturating_mul(60)));
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::Builder::new().name("heads".to_owned()).spawn(move || {
            loop {
                let ended = !matches!(stopped.recv_timeout(interval), Err(std::sync::mpsc::RecvTimeoutError::Timeout));
                let now = database.read(kept_store::Connection::heads);
                if now.as_ref().is_ok_and(|now| *now != last) {
                    match append(&file, &database) {
                        Ok(heads) => last = heads,
                        Err(error) => tracing::warn!(error = %format!("{error:#}"), "heads.not_written"),
                    }
                }
                if ended {
                    return;
                }
            }
        })?;
        Ok(Writing { thread: Some((stop, thread)) })
    }
}

/// Adds the heads as they are now to a file, durably; gives them.
pub fn append(file: &Path, database: &Database) -> Result<Vec<Head>> {
    let signed = database.read(kept_store::Connection::signed_heads)?;
    let write = || -> std::io::Result<()> {
        let mut out = File::options().create(true).append(true).open(file)?;
        out.write_all(format!("{}\n", signed.to_line().map_err(std::io::Error::other)?).as_bytes())?;
        out.sync_all()
    };
    write().with_context(|| format!("the heads cannot be written to {}", file.display()))?;
    Ok(signed.heads)
}
