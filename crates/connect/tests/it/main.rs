//! Tests of the room `connect`.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod aftership;
mod hostile;
mod laposte;
mod orders_csv;
mod own;
mod packs;
mod poll;
mod shared;
mod shops;
