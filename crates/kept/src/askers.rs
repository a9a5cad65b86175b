//! Threads that ask the outside world, carriers and shops: they end when this is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Result;
use kept_engine::ports::PollError;
use kept_engine::{Engine, Heard};

/// How often a sleeping thread looks whether it should stop.
const STEP: Duration = Duration::from_millis(100);

/// Threads, and the word that ends them.
#[derive(Default)]
pub struct Askers {
    stop: Stop,
    threads: Vec<JoinHandle<()>>,
}

/// Whether it is time to stop.
#[derive(Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

/// Notes how asking one source goes, where pages read it: the first of each kind at once, the same again now and then.
pub struct Noted<'e> {
    engine: &'e Engine,
    source: &'static str,
    pause: Duration,
    answered: Option<Instant>,
    failed: Option<Instant>,
    held: Option<Instant>,
}

/// The same is noted again after so long.
const AGAIN: Duration = Duration::from_secs(30);
/// How much longer than a pause a source is ours: a round takes its time.
const GRACE: Duration = Duration::from_secs(300);

impl<'e> Noted<'e> {
    /// Nothing yet; `pause` lies between two rounds.
    pub fn new(engine: &'e Engine, source: &'static str, pause: Duration) -> Noted<'e> {
        Noted { engine, source, pause, answered: None, failed: None, held: None }
    }

    /// Whether this process asks it, of several on one database. The lease outlives the looks at it by far.
    pub fn is_ours(&mut self) -> bool {
        if self.held.is_some_and(|held| held.elapsed() < AGAIN) {
            return true;
        }
        let ours = self.engine.asks(self.source, (self.pause + GRACE).as_secs()).unwrap_or_else(|error| {
            tracing::warn!(error = %error, source = self.source, "asking.unclaimed");
            false
        });
        self.held = ours.then(Instant::now);
        ours
    }

    /// What came of a turn.
    pub fn hear(&mut self, heard: &Heard) {
        match heard {
            Heard::Nothing => {}
            Heard::Answered => self.answered(),
            Heard::Failed(error) => self.failed(error),
        }
    }

    /// It answered.
    fn answered(&mut self) {
        if self.answered.is_some_and(|noted| noted.elapsed() < AGAIN) {
            return;
        }
        (self.answered, self.failed) = (Some(Instant::now()), None);
        self.keep(self.engine.note_answered(self.source, self.pause.as_secs()));
    }

    /// It did not, or said no.
    fn failed(&mut self, error: &PollError) {
        if self.failed.is_some_and(|noted| noted.elapsed() < AGAIN) {
            return;
        }
        (self.failed, self.answered) = (Some(Instant::now()), None);
        self.keep(self.engine.note_failed(self.source, error, self.pause.as_secs()));
    }

    fn keep(&self, noted: Result<(), kept_engine::EngineError>) {
        if let Err(error) = noted {
            tracing::warn!(error = %error, source = self.source, "asking.not_noted");
        }
    }
}

impl Askers {
    /// Starts a thread of this name, which goes on until it is time to stop.
    pub fn start(&mut self, name: String, asks: impl FnOnce(&Stop) + Send + 'static) -> Result<()> {
        let stop = self.stop.clone();
        self.threads.push(std::thread::Builder::new().name(name).spawn(move || asks(&stop))?);
        Ok(())
    }

    /// Starts asking a source, round after round, as long as it is this process that asks it. A `turn` asks, says what it heard, and rests;
    /// it is made on its own thread.
    pub fn keep<T>(
        &mut self,
        engine: &Engine,
        (what, source): (&str, &'static str),
        pause: Duration,
        turns: impl FnOnce() -> T + Send + 'static,
    ) -> Result<()>
    where
        T: FnMut(&Engine, &mut Noted<'_>, &Stop),
    {
        let engine = engine.clone();
        self.start(format!("{what}-{source}"), move |stop| {
            let (mut turn, mut noted) = (turns(), Noted::new(&engine, source, pause));
            while !stop.is_set() {
                if noted.is_ours() {
                    turn(&engine, &mut noted, stop);
                } else {
                    stop.rest(pause);
                }
            }
        })
    }
}

impl Drop for Askers {
    fn drop(&mut self) {
        self.stop.0.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Stop {
    /// Whether it is.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Waits, but no longer than until it is.
    pub fn rest(&self, pause: Duration) {
        let mut left = pause;
        while !left.is_zero() && !self.is_set() {
            let step = left.min(STEP);
            std::thread::sleep(step);
            left -= step;
        }
    }
}
