//! Room `engine`: record, watch, decide, act.
pub mod api;
pub mod error;
pub mod ports;
pub mod views;

pub use api::{ApiToken, Change, Delivery, RecordOptions, Recorded, User};
pub use error::EngineError;

/// The engine: cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine {}
