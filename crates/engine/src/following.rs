//! Following shops: which orders changed, page by page, so that nothing a webhook lost stays lost. One page a turn; whoever turns the crank
//! keeps the time.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kept_base::from_millis;

use crate::ports::{Inbound, ShopReader};
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
    /// Since when this round reads, its next page, and how many there were.
    page: Option<(Timestamp, String, usize)>,
}

impl Following {
    /// Asks this shop, with a pause between rounds. The first time it reads so far back; `inbound` reads its orders.
    pub fn new(reader: Arc<dyn ShopReader>, inbound: Arc<dyn Inbound>, pause: Duration, history: SignedDuration) -> Following {
        Following { reader, inbound, pause, history, page: None }
    }

    /// Reads one page; gives how long to rest before the next turn. What is read is durable before the moment moves on; what could not be
    /// read is read again.
    ///
    /// Blocks: never call it from an asynchronous task.
    pub fn turn(&mut self, engine: &Engine) -> Duration {
        let source = self.reader.source();
        let page = self.page.take();
        let page = match page.map_or_else(
            || self.since(engine).map(|since| (since, None, 0)),
            |(since, next, pages)| Ok((since, Some(next), pages)),
        ) {
            Ok(page) => page,
            Err(error) => return not_stored(source, &error),
        };
        let (since, next, pages) = page;
        let read = match self.reader.changed(since, next.as_deref()) {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(error = %error, source, "shop.refused");
                return error.retry_after_seconds.map_or(AFTER_REFUSAL, Duration::from_secs).max(self.pause);
            }
        };
        for payload in &read.payloads {
            if let Err(error) = engine.receive(self.inbound.as_ref(), payload) {
                return not_stored(source, &error);
            }
        }
        // Oldest change first: what is older than the newest change of a page was read.
        if let Some(Err(error)) = read.read_to.map(|read_to| engine.save_read_to(source, read_to)) {
            return not_stored(source, &error);
        }
        match read.next.filter(|_| pages + 1 < MOST_PAGES) {
            Some(next) => {
                self.page = Some((since, next, pages + 1));
                Duration::try_from_secs_f64(read.wait_seconds).unwrap_or_default()
            }
            None => self.pause,
        }
    }

    fn since(&self, engine: &Engine) -> Result<Timestamp, EngineError> {
        let back = |from: Timestamp, by: SignedDuration| from.checked_sub(by).unwrap_or(from);
        Ok(match engine.read_to(self.reader.source())? {
            Some(known) => back(known, OVERLAP),
            None => back(from_millis(engine.now()).unwrap_or_default(), self.history),
        })
    }
}

fn not_stored(source: &str, error: &EngineError) -> Duration {
    tracing::warn!(error = %error, source, "shop.not_stored");
    AFTER_FAILURE
}
