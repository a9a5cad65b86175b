//! The one way from an async task to the engine.

use kept_engine::{Engine, EngineError};
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
