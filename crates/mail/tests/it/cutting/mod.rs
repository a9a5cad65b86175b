//! Cutting: mails of our own making, sets that lie beside the workspace, and what holds for every text.

mod bodies;
mod properties;
mod sets;
