//! The server, driven in-process over its real router and a real engine.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod choices;
mod connections;
mod csv;
mod errands;
mod facts;
mod forms;
mod hands;
mod headers;
mod house;
mod inbound;
mod limits;
mod live;
mod logs;
mod matrix;
mod openapi;
mod pages_happened;
mod pages_live;
mod pages_made_up;
mod pages_made_up_files;
mod pages_made_up_house;
mod pages_render;
mod reading;
mod scorecards;
mod sign_in;
mod sms;
mod start;
mod trials;
