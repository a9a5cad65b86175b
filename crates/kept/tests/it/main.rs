//! The built program as a process: killed, restarted, fed with bad input, backed up, on two nodes.
//!
//! Everything else in this workspace runs on a clock set by hand. Here real time passes, because a process is killed *at some moment*:
//! waiting ends on what happened (an answer, a fact in the ledger) or at a deadline, and kills follow a printed seed.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod backup;
mod bad_input;
mod books;
mod client;
mod crash;
mod down;
mod erase;
mod nodes;
mod place;
mod proof;
mod server;
mod tamper;
