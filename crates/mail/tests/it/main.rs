//! The way out against a mail server that breaks at every point, and mails read.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod corpora;
mod cutting;
mod fuzz;
mod peer;
mod reading;
mod sending;
mod settings;
