//! Room `mail`: the only crate that knows how a letter travels.
//!
//! Invariant: a letter is *in doubt* from before its first byte until the next server's verdict, and never before everything that can be
//! refused was accepted. What cannot be known afterwards is said to be unknown; nothing here ever sends twice by itself.
//!
//! Deliberately absent: retries and queues (the outbox has them), pooled connections (one letter, one conversation, so that a cut
//! belongs to one letter), logging of addresses or bodies, and mail that comes in.

mod compose;
pub mod cutting;
mod error;
mod smtp;

pub use error::MailError;
pub use smtp::{Security, SmtpConfig, SmtpOutbound};
