//! The engine at work by itself: threads that watch, decide and send.
//!
//! Each looks a few times a second; what they look for is in the database, so nothing is lost when they stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use crate::writer::{away, collision};
use crate::{Engine, EngineError};

/// The longest a thread rests.
const REST: Duration = Duration::from_millis(250);
/// After a failure, so long.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// Request keys are kept this long, in milliseconds.
const KEEP_KEYS: i64 = 48 * 3_600_000;

/// Threads at work; they end when this is dropped.
pub struct Workers {
    stop: Arc<AtomicBool>,
    wake: Vec<Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Workers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Workers({})", self.threads.len())
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        for wake in &self.wake {
            let _ = wake.try_send(());
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Engine {
    /// Starts watching, deciding and sending.
    ///
    /// # Errors
    /// When a thread cannot be started or the database fails.
    pub fn work(&self) -> Result<Workers, EngineError> {
        if self.shared.database.engine() == "sqlite" {
            // The embedded database has one process: whoever held leases before is gone.
            let now = crate::deciding::machine_now() - KEEP_KEYS;
            self.shared.writer.write(move |tx| {
                tx.connection.free_leases("").map_err(collision)?;
                tx.connection.free_outbox("").map_err(collision)?;
                tx.connection.forget_request_keys(now).map_err(collision)?;
                Ok(())
            })?;
        }
        let mut workers = Workers { stop: Arc::new(AtomicBool::new(false)), wake: Vec::new(), threads: Vec::new() };
        let watching = |engine: &Engine| Ok(engine.is_due()? && engine.watch()?.facts > 0);
        let deciding = |engine: &Engine| engine.decide().map(|decided| decided > 0);
        let sending = |engine: &Engine| engine.send().map(|attempts| attempts > 0);
        let seen = std::sync::Mutex::new(self.packs_changed_at());
        let packing = move |engine: &Engine| {
            let changed = engine.packs_changed_at();
            let mut seen = seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if *seen != changed {
                *seen = changed;
                // A wrong pack is shown on the health page; the last good ones stay in force.
                let _ = engine.reload_packs();
            }
            Ok(false)
        };
        // What is said about the past changes slowly; reading it must not keep others waiting.
        let learning = |engine: &Engine| {
            engine.count_figures()?;
            engine.learn()?;
            engine.score()?;
            Ok(false)
        };
        self.spawn(&mut workers, "learn", learning)?;
        self.spawn(&mut workers, "packs", packing)?;
        self.spawn(&mut workers, "watch", watching)?;
        self.spawn(&mut workers, "decide", deciding)?;
        self.spawn(&mut workers, "send", sending)?;
        self.spawn(&mut workers, "import", Engine::import_waiting)?;
        self.spawn(&mut workers, "errands", |engine| engine.run_errands().map(|attempts| attempts > 0))?;
        Ok(workers)
    }

    fn spawn(
        &self,
        workers: &mut Workers,
        name: &'static str,
        round: impl Fn(&Engine) -> Result<bool, EngineError> + Send + 'static,
    ) -> Result<(), EngineError> {
        let (wake, woken) = bounded::<()>(1);
        let (engine, stop) = (self.clone(), Arc::clone(&workers.stop));
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            while !stop.load(Ordering::SeqCst) {
                let rest = match round(&engine) {
                    Ok(true) => Duration::ZERO,
                    Ok(false) => REST,
                    Err(error) => {
                        tracing::warn!(error = %error, work = name, "work.failed");
                        AFTER_FAILURE
                    }
                };
                if matches!(woken.recv_timeout(rest), Err(RecvTimeoutError::Disconnected)) {
                    break;
                }
            }
        });
        workers.threads.push(thread.map_err(|error| EngineError::Unavailable(error.to_string()))?);
        workers.wake.push(wake);
        Ok(())
    }

    /// Whether the database answers: for the health address.
    ///
    /// # Errors
    /// When it does not.
    pub fn answers(&self) -> Result<(), EngineError> {
        self.shared.database.read(|connection| connection.query("select 1", &[]).map(|_| ())).map_err(away)
    }
}
