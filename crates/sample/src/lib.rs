//! Room `sample`: a shop that does not exist, its customers, its carriers, and a load that can be counted by hand.
//!
//! Invariant: everything follows from a seed and a virtual moment; the same two give the same news, byte for byte. Names, addresses and
//! numbers are made up and lie in ranges kept free for examples, so nothing here can reach a real person.
//!
//! Deliberately absent: any way into Kept but its public entrances. The driver posts what a shop and its partners would post, and the fake
//! servers are asked like the real ones.

pub mod carriers;
pub mod door;
pub mod driver;
pub mod findings;
pub mod load;
pub mod peer;
mod rng;
pub mod shop;
pub mod sms;
pub mod woocommerce;

pub use carriers::{FakeLaPoste, SuiviBook};
pub use driver::{DemoOptions, Driver, DriverError, DriverStatus, Phase};
pub use load::{Breach, BreachKind, Counts, LoadEvent, LoadEvents, Oracle, to_input};
pub use peer::{ReceivedLetter, SmtpPeer};
pub use shop::{Happened, Happening, World};
pub use sms::{SmsGateway, Texted};
pub use woocommerce::WooShop;
