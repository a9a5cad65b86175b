//! What can go wrong in the store, as callers must tell it apart.

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another transaction was in the way; running again may succeed.
    #[error("another transaction was in the way")]
    Retry(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database cannot be reached, or refuses to write (disk full).
    #[error("the database is away or cannot write: {0}")]
    Away(String),
    /// A row breaks a uniqueness rule.
    #[error("it is there already")]
    Exists,
    /// What is stored cannot be read; `kept verify` says what.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
    /// The database is of a newer or older program.
    #[error("{0}")]
    Version(String),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Anything else the database says.
    #[error("the database failed: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Retry(Box::new(error)),
            Some(ErrorCode::DiskFull | ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly) => {
                StoreError::Away(error.to_string())
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(error.to_string()),
            Some(ErrorCode::ConstraintViolation) => StoreError::Exists,
            _ => StoreError::Database(Box::new(error)),
        }
    }
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> StoreError {
        use postgres::error::SqlState;
        match error.code() {
            Some(code)
                if *code == SqlState::T_R_DEADLOCK_DETECTED
                    || *code == SqlState::T_R_SERIALIZATION_FAILURE
                    || *code == SqlState::LOCK_NOT_AVAILABLE =>
            {
                StoreError::Retry(Box::new(error))
            }
            Some(code) if *code == SqlState::UNIQUE_VIOLATION => StoreError::Exists,
            Some(code)
                if *code == SqlState::DISK_FULL || *code == SqlState::ADMIN_SHUTDOWN || *code == SqlState::CANNOT_CONNECT_NOW =>
            {
                StoreError::Away(error.to_string())
            }
            // The driver says "error connecting to server"; why is in its source.
            None => StoreError::Away(match std::error::Error::source(&error) {
                Some(why) => format!("{error}: {why}"),
                None => error.to_string(),
            }),
            // The driver's own words are only "db error"; the server's say what is wrong.
            _ => match error.as_db_error().map(|error| format!("{} ({})", error.message(), error.code().code())) {
                Some(words) => StoreError::Database(words.into()),
                None => StoreError::Database(Box::new(error)),
            },
        }
    }
}

impl From<postcard::Error> for StoreError {
    fn from(error: postcard::Error) -> StoreError {
        StoreError::Corrupt(format!("{error}; `kept rebuild` makes the state anew"))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> StoreError {
        StoreError::Corrupt(error.to_string())
    }
}
