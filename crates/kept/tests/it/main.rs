//! The built program as a process: killed, restarted, fed with bad input, backed up, on two nodes.
//!
//! Everything else in this workspace runs on a clock set by hand. Here real time passes, because a process is killed *at some moment*:
//! waiting ends on what happened (an answer, a fact in the ledger) or at a deadline, and kills follow a printed seed.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod away;
mod backup;
mod bad_input;
mod books;
mod client;
mod clocks;
mod cluster;
mod crash;
mod csv;
mod disk;
mod down;
mod erase;
mod fake_time;
mod faults;
mod findings;
mod fire;
mod full;
mod gateways;
mod importing;
mod line;
mod mailing;
mod nodes;
mod paused;
mod place;
mod postfix;
mod power;
mod proof;
mod server;
mod shop;
mod tamper;
mod texting;
mod week;
