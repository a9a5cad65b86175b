//! Carriers: a folder each, with its samples.

pub mod laposte;
