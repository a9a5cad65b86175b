//! Asking carriers about the parcels under way, one call at a time, so that whoever turns the crank keeps the time: the machine's in life,
//! a clock set by hand in tests.
//!
//! A *round* goes through a carrier's parcels once, those first whose promise is due next. The next round begins an interval after the last
//! one began. Where the carrier's limit does not allow so many calls in an interval, rounds still begin in time, so that what is due next is
//! always asked about in time; every second call then goes on where the earlier round broke off, so that nobody is never asked about.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use kept_base::{Moment, ParcelId, from_millis};
use kept_domain::input::{Input, News, ParcelNotFound};

use crate::gathering::parcel;
use crate::ports::{Inbound, Parsed, PollError, Poller};
use crate::{Engine, EngineError, RecordOptions};

/// Parcels whose numbers are read at once: what is asked about a moment later should still be under way.
const PAGE: usize = 200;
/// How often a question is asked again before others come first.
const TRIES: u32 = 3;
/// After an answer that says that trying again is useless, and while our own database is away.
const AFTER_REFUSAL: Duration = Duration::from_secs(60);
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// What a turn came to.
#[derive(Debug)]
pub struct Turn {
    /// How long to rest before the next one.
    pub rest: Duration,
    /// What was heard.
    pub heard: Heard,
}

/// What a partner said to a question.
#[derive(Debug)]
pub enum Heard {
    /// Nobody was asked.
    Nothing,
    /// It answered.
    Answered,
    /// It did not, or said no.
    Failed(PollError),
}

impl Turn {
    /// A turn in which nobody was asked.
    pub(crate) fn idle(rest: Duration) -> Turn {
        Turn { rest, heard: Heard::Nothing }
    }
}

/// A carrier that is asked again and again.
pub struct Asking {
    poller: Arc<dyn Poller>,
    inbound: Arc<dyn Inbound>,
    interval: Duration,
    began: Option<Duration>,
    round: Round,
    /// An earlier round that broke off.
    behind: Option<Round>,
    behind_is_next: bool,
}

/// A carrier's parcels in the order in which they are asked about: when each one's promise is due, and its id. Sixteen bytes a parcel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan(Vec<(i64, i64)>);

/// The numbers of one call, and how often it failed.
struct Question {
    numbers: Vec<String>,
    failed: u32,
}

/// How far a round is.
#[derive(Default)]
struct Round {
    plan: Plan,
    /// Parcels whose numbers were read.
    done: usize,
    numbers: VecDeque<String>,
    /// A question that failed.
    again: Option<Question>,
    /// Questions that failed too often to hold up the others.
    put_off: VecDeque<Question>,
}

impl Asking {
    /// Asks this carrier, each parcel once an interval; `inbound` reads its answers.
    pub fn new(poller: Arc<dyn Poller>, inbound: Arc<dyn Inbound>, interval: Duration) -> Asking {
        Asking { poller, inbound, interval, began: None, round: Round::default(), behind: None, behind_is_next: false }
    }

    /// The carrier's name.
    pub fn source(&self) -> &'static str {
        self.poller.source()
    }

    /// Makes at most one call. `now` is any clock that only goes forward.
    ///
    /// Blocks: never call it from an asynchronous task.
    pub fn turn(&mut self, engine: &Engine, now: Duration) -> Turn {
        let next = self.begin_in_time(engine, now).and_then(|()| self.next_question(engine));
        let (question, of_behind) = match next {
            Ok(Some(next)) => next,
            Ok(None) => return Turn::idle(self.interval.saturating_sub(now.saturating_sub(self.began.unwrap_or(now)))),
            Err(error) => {
                tracing::warn!(error = %error, source = self.source(), "poll.failed");
                return Turn::idle(AFTER_FAILURE);
            }
        };
        let (turn, failed) = self.ask(engine, &question.numbers);
        if failed {
            let round = if of_behind { self.behind.get_or_insert_default() } else { &mut self.round };
            round.failed(question);
        }
        turn
    }

    fn begin_in_time(&mut self, engine: &Engine, now: Duration) -> Result<(), EngineError> {
        if self.began.is_some_and(|began| now.saturating_sub(began) < self.interval) {
            return Ok(());
        }
        let round = Round { plan: engine.plan(self.source())?, ..Round::default() };
        let broken_off = std::mem::replace(&mut self.round, round);
        if self.behind.is_none() && !broken_off.is_over() {
            self.behind = Some(broken_off);
        }
        self.began = Some(now);
        Ok(())
    }

    /// The next question, and whether it is of the round behind.
    fn next_question(&mut self, engine: &Engine) -> Result<Option<(Question, bool)>, EngineError> {
        let batch = self.poller.batch().max(1);
        self.behind_is_next = !self.behind_is_next;
        if let Some(behind) = self.behind.as_mut().filter(|_| self.behind_is_next) {
            if let Some(question) = behind.next(engine, batch)? {
                return Ok(Some((question, true)));
            }
            self.behind = None;
        }
        if let Some(question) = self.round.next(engine, batch)? {
            return Ok(Some((question, false)));
        }
        let Some(behind) = self.behind.as_mut() else { return Ok(None) };
        let question = behind.next(engine, batch)?;
        if question.is_none() {
            self.behind = None;
        }
        Ok(question.map(|question| (question, true)))
    }

    /// Asks about one batch, and whether it has to be asked again.
    fn ask(&self, engine: &Engine, batch: &[String]) -> (Turn, bool) {
        let between = Duration::from_secs_f64(1.0 / self.poller.calls_per_second().max(0.01));
        let source = self.source();
        match self.poller.ask(batch) {
            Ok(raw) => {
                let stored = engine
                    .receive(self.inbound.as_ref(), &raw)
                    .and_then(|(parsed, _)| tell_not_found(engine, source, batch, parsed));
                let heard = Heard::Answered;
                match stored {
                    Ok(()) => (Turn { rest: between, heard }, false),
                    Err(error) => {
                        tracing::warn!(error = %error, source, "poll.not_stored");
                        (Turn { rest: between.max(AFTER_FAILURE), heard }, true)
                    }
                }
            }
            Err(error) => {
                tracing::warn!(error = %error, source, "poll.refused");
                let rest = error.retry_after_seconds.map_or(AFTER_REFUSAL, Duration::from_secs).max(between);
                let again = error.retry_after_seconds.is_some();
                (Turn { rest, heard: Heard::Failed(error) }, again)
            }
        }
    }
}

impl Plan {
    /// How many parcels.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When promises are due, in the plan's order: epoch milliseconds, far away where nothing is promised.
    pub fn dues(&self) -> impl Iterator<Item = i64> {
        self.0.iter().map(|(due, _)| *due)
    }
}

impl Engine {
    /// The order in which a carrier is asked about its parcels under way: those first whose promise is due next.
    ///
    /// # Errors
    /// Database errors.
    pub fn plan(&self, carrier: &str) -> Result<Plan, EngineError> {
        self.reading(|connection| connection.parcels_under_way(carrier)).map(Plan)
    }

    /// The tracking numbers of so many parcels of a plan, from one on; without those that have arrived meanwhile.
    ///
    /// # Errors
    /// Database errors.
    pub fn planned_numbers(&self, plan: &Plan, from: usize, many: usize) -> Result<Vec<String>, EngineError> {
        let places = plan.0.get(from..from.saturating_add(many).min(plan.len())).unwrap_or_default();
        self.reading(|connection| {
            let mut numbers = Vec::with_capacity(places.len());
            for (_, id) in places {
                let parcel = parcel(connection, ParcelId::new(*id))?;
                numbers.extend(parcel.filter(|parcel| !parcel.milestone.is_final()).map(|parcel| parcel.tracking_number));
            }
            Ok(numbers)
        })
    }
}

impl Round {
    fn is_over(&self) -> bool {
        self.done >= self.plan.len() && self.numbers.is_empty() && self.again.is_none() && self.put_off.is_empty()
    }

    fn next(&mut self, engine: &Engine, batch: usize) -> Result<Option<Question>, EngineError> {
        if let Some(again) = self.again.take() {
            return Ok(Some(again));
        }
        while self.numbers.len() < batch && self.done < self.plan.len() {
            self.numbers.extend(engine.planned_numbers(&self.plan, self.done, PAGE)?);
            self.done += PAGE;
        }
        let numbers: Vec<String> = self.numbers.drain(..batch.min(self.numbers.len())).collect();
        if !numbers.is_empty() {
            return Ok(Some(Question { numbers, failed: 0 }));
        }
        Ok(self.put_off.pop_front())
    }

    fn failed(&mut self, question: Question) {
        let failed = question.failed + 1;
        if failed < TRIES {
            self.again = Some(Question { failed, ..question });
        } else {
            self.put_off.push_back(Question { failed: 0, ..question });
        }
    }
}

/// Numbers that the carrier does not know; an answer that names none speaks of all that were asked.
fn tell_not_found(engine: &Engine, carrier: &str, asked: &[String], parsed: Parsed) -> Result<(), EngineError> {
    let all = parsed.error.is_some_and(|error| error.not_found) && parsed.not_found.is_empty();
    let numbers = if all { asked.to_vec() } else { parsed.not_found };
    if numbers.is_empty() {
        return Ok(());
    }
    let at = Moment::from_timestamp_utc(from_millis(engine.now()).unwrap_or_default());
    let told = numbers.into_iter().map(|tracking_number| Input {
        source: carrier.to_owned(),
        event_id: None,
        news: News::ParcelNotFound(ParcelNotFound { tracking_number, carrier: carrier.to_owned(), at }),
    });
    engine.record(told.collect(), RecordOptions::default()).map(|_| ())
}
