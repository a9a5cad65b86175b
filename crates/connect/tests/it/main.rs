//! Tests of the room `connect`.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod aftership;
mod asendia;
mod asking;
mod australiapost;
mod bpost;
mod canadapost;
mod chronopost;
mod dhl;
mod dhl_express;
mod dhl_parcel_de;
mod dhl_poland;
mod dpd;
mod easypost;
mod epcis;
mod fedex;
mod fuzz;
mod gls;
mod hermes;
mod hostile;
mod landmark;
mod laposte;
mod mondial_relay;
mod mydhl;
mod orders_csv;
mod outlines;
mod own;
mod packs;
mod parcelone;
mod poll;
mod purolator;
mod seko;
mod sendcloud;
mod sendle;
mod seventeentrack;
mod shared;
mod shippo;
mod shops;
mod signatures;
mod smartkargo;
mod spring;
mod teleship;
mod ups;
mod usps;
mod usps_international;
