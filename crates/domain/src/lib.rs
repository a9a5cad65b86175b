//! Room `domain`: the nouns, the facts about them, and the two functions over them: `react` (all policy, live, once) and `apply`
//! (pure, total, small).
//!
//! Invariant: nothing here does I/O, reads a clock or panics. Deliberately absent: SQL, HTTP, mail, threads.

pub mod address;
pub mod apply;
mod counted;
pub mod customer;
pub mod deed;
pub mod definition;
pub mod desk;
pub mod errand;
pub mod fact;
pub mod figures;
pub mod finding;
mod folder;
pub mod foresight;
pub mod house;
pub mod input;
pub mod message;
pub mod notice;
pub mod order;
pub mod parcel;
pub mod penalty;
pub mod playbook;
pub mod promise;
pub mod react;
pub mod scorecard;
pub mod signal;
pub mod subject;
pub mod vocabulary;
pub mod watch;

pub use fact::{Body, Fact, SealedRef};
pub use folder::Extent;
pub use subject::{KeyKind, NaturalKey, Noun, Subject};
