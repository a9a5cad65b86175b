//! What can go wrong at the engine, as its callers must tell it apart.

/// An error of the engine. `Display` is fit for a user; sources are for the log.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// What is asked for is not there: 404.
    #[error("there is no such {0}")]
    NotFound(String),
    /// It is there, but not in a state that allows this: 409.
    #[error("{0}")]
    Conflict(String),
    /// The request makes no sense: 422.
    #[error("{0}")]
    Invalid(String),
    /// The same request key was used with another body: 422.
    #[error("this Idempotency-Key was already used with another body")]
    KeyReused,
    /// Another writer was in the way; the writer runs it again, callers never see it.
    #[error("another write was in the way: {0}")]
    Collision(String),
    /// The database is away or the disk is full; nothing was acknowledged: 503.
    #[error("nothing was stored: {0}")]
    Unavailable(String),
}
