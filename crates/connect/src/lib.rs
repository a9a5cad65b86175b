//! Carriers, aggregators, shops and gateways of text messages: bytes of the outside world become [`kept_domain::input::Input`].
//!
//! A folder a partner, with its samples: `carriers` and `aggregators`; `reading` holds what all of them read with. What a code
//! means is data (`packs/carriers/*.toml`), not code.
//!
//! Invariants:
//! - A parser is pure and total: whatever the bytes, it returns; an error always says what happened and what to do.
//! - What is not understood is reported as `unmapped`; it is never guessed and never silently dropped.
//! - Times keep the wall clock and the offset as they came; no `Z` is ever added.
//! - Signatures are checked on the raw bytes, in constant time, before anything reads them.
//!
//! Deliberately absent: storage, the clock (but for `Retry-After` dates and the ends of tokens), retries and schedules (the
//! engine's), and any asynchronous code: what asks ([`asking`]) blocks, and must be called from a thread of its own.

mod line;
mod partner;
mod reading;

pub mod aggregators;
pub mod asking;
pub mod carriers;
pub mod orders_csv;
pub mod own;
pub mod registry;
pub mod shops;
pub mod sms;

pub use partner::CarrierPacks;
pub use reading::codes::{CodeTable, Meaning};
pub use reading::names::Carriers;
pub use reading::pack::PackError;
pub use registry::{inbounds, scan_json};
