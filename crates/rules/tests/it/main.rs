//! Rules as their authors meet them.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod answers;
mod hostile;
