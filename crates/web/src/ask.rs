//! The one way from an async task to the engine.

use kept_base::{Moment, PromiseId};
use kept_domain::input::{Answer, CustomerAnswered, Input, News};
use kept_engine::{Engine, EngineError, RecordOptions, Recorded};
use tracing::Span;

use crate::failure::Failure;

/// Asks the engine on a thread that may wait.
///
/// Engine calls are synchronous, and database clients must never be touched from an async task.
///
/// # Errors
/// What the engine answered, as the reader may hear it; 500 when it panicked.
pub async fn ask<T, F>(engine: &Engine, question: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
{
    let engine = engine.clone();
    let span = Span::current();
    match tokio::task::spawn_blocking(move || span.in_scope(|| question(&engine))).await {
        Ok(answer) => answer.map_err(Failure::from),
        Err(error) => {
            tracing::error!(
                error.kind = "panic",
                error.cancelled = error.is_cancelled(),
                "a call to the engine did not come back"
            );
            Err(Failure::internal())
        }
    }
}

/// Records what a customer answered about a promise just now, as said in `zone`: on their own page, or to a person who noted it.
///
/// # Errors
/// Database errors; what the engine cannot take is among the rejected.
pub fn record_answer(
    engine: &Engine,
    zone: &str,
    source: &str,
    promise: PromiseId,
    answer: Answer,
    noted_by: Option<String>,
) -> Result<Recorded, EngineError> {
    let now = kept_base::from_millis(engine.now()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let at = Moment::in_zone(now, &kept_base::moment::zone_named(zone).unwrap_or(jiff::tz::TimeZone::UTC));
    let news = CustomerAnswered { promise: Some(promise), order_number: None, at, answer, noted_by };
    let input = Input { source: source.to_owned(), event_id: None, news: News::CustomerAnswered(news) };
    engine.record(vec![input], RecordOptions::default())
}
