//! The way out against a mail server that breaks at every point.

#![expect(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod peer;
mod sending;
mod settings;
