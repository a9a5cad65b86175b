//! Aggregators, which speak for many carriers: a folder each, with its samples.

pub mod aftership;
