//! The way out against a mail server that breaks at every point.

mod peer;
mod sending;
mod settings;
