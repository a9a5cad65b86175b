//! Room `mail`: the only crate that knows how a letter travels, and how one is read.
//!
//! Invariant: a letter is *in doubt* from before its first byte until the next server's verdict, and never before everything that can be
//! refused was accepted. What cannot be known afterwards is said to be unknown; nothing here ever sends twice by itself.
//!
//! Deliberately absent: retries and queues (the outbox has them), pooled connections (one letter, one conversation, so that a cut
//! belongs to one letter), logging of addresses or bodies, and any way by which mails come in: they are read where they are brought
//! ([`read`]), neither fetched nor received.

mod compose;
pub mod cutting;
mod error;
pub mod reading;
mod smtp;

pub use error::MailError;
pub use reading::{Mail, Unreadable, read};
pub use smtp::{Security, SmtpConfig, SmtpOutbound};
