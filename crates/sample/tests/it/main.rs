//! The sample shop and the load.

#![expect(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod carriers;
mod driver;
mod load;
mod peer;
mod sms;
mod woocommerce;
mod world;
