//! Texts as readers and writers of packs meet them.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod dates;
mod locales;
mod messages;
mod packs;
mod sms;
