//! Runs under way: a trial works on a thread of its own and can be left, looked at again, and stopped.
//!
//! They live in memory, since nothing of a trial is written anywhere: after a restart, or on another node, it is asked for again, and
//! gives the same.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::{TrialAsked, TrialProgress, TrialResult};
use crate::{Engine, EngineError, random};

/// Runs kept; the oldest goes first.
const KEPT: usize = 8;

/// Names a run; not guessable, so that an address can be passed on within the team and no further.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TrialId(String);

impl TrialId {
    /// From an address.
    #[must_use]
    pub fn new(text: &str) -> TrialId {
        TrialId(text.to_owned())
    }

    /// As it stands in an address.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// How a run stands.
#[derive(Clone, Debug)]
pub enum RunState {
    /// Under way.
    Running(TrialProgress),
    /// Over.
    Done(Arc<TrialResult>),
    /// Stopped by somebody.
    Stopped,
    /// It could not be brought to an end, and why.
    Failed(String),
}

/// A run.
#[derive(Clone, Debug)]
pub struct TrialRun {
    /// Its id.
    pub id: TrialId,
    /// What was asked.
    pub asked: Arc<TrialAsked>,
    /// Who asked.
    pub by: String,
    /// How it stands.
    pub state: RunState,
}

#[derive(Debug)]
struct Kept {
    id: TrialId,
    asked: Arc<TrialAsked>,
    by: String,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    facts: AtomicU64,
    of: AtomicU64,
    stop: AtomicBool,
    end: Mutex<Option<RunState>>,
    ended: Condvar,
}

/// The runs of a process.
#[derive(Clone, Debug, Default)]
pub struct TrialRuns {
    runs: Arc<Mutex<VecDeque<Kept>>>,
}

impl TrialRuns {
    /// Starts a run. One works at a time, so that trials never take the machine from what is live.
    ///
    /// # Errors
    /// [`EngineError::Conflict`] while another is under way; [`EngineError::Invalid`] for a question that makes no sense.
    pub fn start(&self, engine: &Engine, asked: TrialAsked, by: &str) -> Result<TrialId, EngineError> {
        if asked.before <= asked.from {
            return Err(EngineError::Invalid("the period ends before it begins".to_owned()));
        }
        engine.with_tried(&asked.what, |_| ())?;
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if runs.iter().any(|run| run.shared.is_running()) {
            return Err(EngineError::Conflict("another trial is under way".to_owned()));
        }
        let id = TrialId(hex::encode(random::<8>()?));
        let (asked, shared) = (Arc::new(asked), Arc::new(Shared::default()));
        let worker = (engine.clone(), Arc::clone(&asked), Arc::clone(&shared));
        let thread = std::thread::Builder::new().name("trial".to_owned()).spawn(move || {
            let (engine, asked, shared) = worker;
            // However the thread ends, the run is over.
            let mut over = Over { shared: &shared, state: RunState::Failed("it ended without a word".to_owned()) };
            over.state = match engine.trial(&asked, |progress| shared.pass(progress)) {
                Ok(Some(result)) => RunState::Done(Arc::new(result)),
                Ok(None) => RunState::Stopped,
                Err(error) => RunState::Failed(error.to_string()),
            };
        });
        thread.map_err(|error| EngineError::Unavailable(error.to_string()))?;
        while runs.len() >= KEPT {
            runs.pop_front();
        }
        runs.push_back(Kept { id: id.clone(), asked, by: by.to_owned(), shared });
        Ok(id)
    }

    /// A run, if it is still there.
    #[must_use]
    pub fn find(&self, id: &TrialId) -> Option<TrialRun> {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.iter().find(|run| run.id == *id).map(Kept::look)
    }

    /// Waits until a run is over. Blocking.
    pub fn wait(&self, id: &TrialId) {
        let found = {
            let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
            runs.iter().find(|run| run.id == *id).map(|run| Arc::clone(&run.shared))
        };
        let Some(shared) = found else { return };
        let mut end = shared.end.lock().unwrap_or_else(PoisonError::into_inner);
        while end.is_none() {
            end = shared.ended.wait(end).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// All runs, newest first.
    #[must_use]
    pub fn all(&self) -> Vec<TrialRun> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().map(Kept::look).collect()
    }

    /// Stops a run at its next block.
    pub fn stop(&self, id: &TrialId) {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = runs.iter().find(|run| run.id == *id) {
            run.shared.stop.store(true, Ordering::Relaxed);
        }
    }
}

impl Kept {
    fn look(&self) -> TrialRun {
        let end = self.shared.end.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let progress =
            TrialProgress { facts: self.shared.facts.load(Ordering::Relaxed), of: self.shared.of.load(Ordering::Relaxed) };
        TrialRun {
            id: self.id.clone(),
            asked: Arc::clone(&self.asked),
            by: self.by.clone(),
            state: end.unwrap_or(RunState::Running(progress)),
        }
    }
}

impl Shared {
    fn is_running(&self) -> bool {
        self.end.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    fn pass(&self, progress: TrialProgress) -> ControlFlow<()> {
        self.facts.store(progress.facts, Ordering::Relaxed);
        self.of.store(progress.of, Ordering::Relaxed);
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

struct Over<'a> {
    shared: &'a Shared,
    state: RunState,
}

impl Drop for Over<'_> {
    fn drop(&mut self) {
        *self.shared.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.state.clone());
        self.shared.ended.notify_all();
    }
}
