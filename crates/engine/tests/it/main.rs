//! Behaviour of the engine, on every kind of database.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod figures;
mod first_path;
mod kernel;
mod scorecards;
mod trial;
