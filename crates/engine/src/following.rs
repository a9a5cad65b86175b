//! Following shops: which orders changed, page by page, so that nothing a webhook lost stays lost. One page a turn; whoever turns the crank
//! keeps the time.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kept_base::{from_millis, millis};

use crate::asking::{Heard, Turn};
use crate::connections::Import;
use crate::ports::{Inbound, ShopPage, ShopReader};
use crate::{Engine, EngineError};

/// Read again with each round: a shop's clock may be behind, and what is written within a second may be seen after it.
const OVERLAP: SignedDuration = SignedDuration::from_secs(120);
/// Pages after which a round begins anew, if the end has not come before.
const MOST_PAGES: usize = 10_000;
const AFTER_REFUSAL: Duration = Duration::from_secs(600);
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// A shop that is asked again and again.
pub struct Following {
    reader: Arc<dyn ShopReader>,
    inbound: Arc<dyn Inbound>,
    pause: Duration,
    history: SignedDuration,
    round: Option<Round>,
}

/// A round under way.
struct Round {
    since: Timestamp,
    next: Option<String>,
    pages: usize,
    /// The import it is, where somebody asked for one.
    import: Option<Import>,
}

impl Following {
    /// Asks this shop, with a pause between rounds. The first time it reads so far back; `inbound` reads its orders.
    pub fn new(reader: Arc<dyn ShopReader>, inbound: Arc<dyn Inbound>, pause: Duration, history: SignedDuration) -> Following {
        Following { reader, inbound, pause, history, round: None }
    }

    /// Reads one page. What is read is durable before the moment moves on; what could not be read is read again.
    ///
    /// Blocks: never call it from an asynchronous task.
    pub fn turn(&mut self, engine: &Engine) -> Turn {
        let source = self.reader.source();
        let round = match self.round.take().map_or_else(|| self.begin(engine), Ok) {
            Ok(round) => round,
            Err(error) => return Turn::idle(not_stored(source, &error)),
        };
        let read = match self.reader.changed(round.since, round.next.as_deref()) {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(error = %error, source, "shop.refused");
                let rest = error.retry_after_seconds.map_or(AFTER_REFUSAL, Duration::from_secs).max(self.pause);
                return Turn { rest, heard: Heard::Failed(error) };
            }
        };
        match self.keep(engine, round, read) {
            Ok(rest) => Turn { rest, heard: Heard::Answered },
            Err(error) => Turn { rest: not_stored(source, &error), heard: Heard::Answered },
        }
    }

    /// Keeps what a page says, and how far the round is; gives how long to rest.
    fn keep(&mut self, engine: &Engine, round: Round, read: ShopPage) -> Result<Duration, EngineError> {
        let source = self.reader.source();
        for payload in &read.payloads {
            engine.receive(self.inbound.as_ref(), payload)?;
        }
        // Oldest change first: what is older than the newest change of a page was read.
        match (&round.import, read.read_to) {
            (Some(import), read_to) => {
                engine.note_import(source, import, read_to.map_or(import.at, millis), read.payloads.len() as u64, false)?;
            }
            (None, Some(read_to)) => engine.save_read_to(source, read_to)?,
            (None, None) => {}
        }
        let between = Duration::try_from_secs_f64(read.wait_seconds).unwrap_or_default();
        if let Some(next) = read.next.filter(|_| round.pages + 1 < MOST_PAGES) {
            self.round = Some(Round { next: Some(next), pages: round.pages + 1, ..round });
            return Ok(between);
        }
        if let Some(import) = &round.import {
            // What changed since the import was asked for is read by the round that follows at once.
            engine.save_read_to(source, from_millis(import.to).unwrap_or_default())?;
            engine.note_import(source, import, import.to, 0, true)?;
            return Ok(between);
        }
        Ok(self.pause)
    }

    fn begin(&self, engine: &Engine) -> Result<Round, EngineError> {
        let source = self.reader.source();
        let back = |from: Timestamp, by: SignedDuration| from.checked_sub(by).unwrap_or(from);
        let import = engine.import(source)?.filter(|import| import.done_at.is_none());
        let since = match (&import, engine.read_to(source)?) {
            (Some(import), _) => from_millis(import.at).unwrap_or_default(),
            (None, Some(known)) => back(known, OVERLAP),
            (None, None) => back(from_millis(engine.now()).unwrap_or_default(), self.history),
        };
        Ok(Round { since, next: None, pages: 0, import })
    }
}

fn not_stored(source: &str, error: &EngineError) -> Duration {
    tracing::warn!(error = %error, source, "shop.not_stored");
    AFTER_FAILURE
}
