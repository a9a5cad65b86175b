//! Tests that drive the whole engine on each database.

mod stories;
