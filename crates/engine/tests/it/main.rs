//! Behaviour of the engine, on every kind of database.
#![expect(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod connections;
mod figures;
mod first_path;
mod importing;
mod kernel;
mod lists;
mod scorecards;
mod trial;
