//! Conditions that a user may write, with a fence around them.
//!
//! Invariant: a [`Rule`] that compiled can be evaluated on any thread, on a small stack, in a bounded number of steps, and answers
//! yes, no, or an error that says what to change. It never panics, reads no clock, does no input or output and sees nothing but the
//! [`Facts`] it is given.
//!
//! Deliberately absent: the language's own types (the crate `cel` stays inside, so that it can be replaced), regular expressions
//! (their cost is not bounded by the source), optional values, structures, functions of our own, and any notion of an order or a
//! promise: those are names that the caller declares.

mod error;
mod facts;
mod fence;
mod rule;
mod scan;

pub use error::{RuleError, RuleErrorKind};
pub use facts::Facts;
pub use rule::Rule;

/// Longest source of a rule, in bytes.
pub const MOST_SOURCE_BYTES: usize = 1024;
/// Most operators in one rule.
pub const MOST_OPERATORS: usize = 64;
/// Deepest nesting of brackets.
pub const MOST_BRACKETS: usize = 16;
/// Deepest nesting of `all`, `exists`, `exists_one`, `filter` and `map`.
pub const MOST_MACROS: usize = 2;
/// Most elements of a list, written in a rule or given in facts.
pub const MOST_ELEMENTS: usize = 64;
/// Most steps that one evaluation may take, as counted from the source.
pub const MOST_STEPS: u64 = 500_000;
