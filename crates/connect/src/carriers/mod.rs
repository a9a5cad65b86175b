//! Carriers: a folder each, with its samples.

pub mod asendia;
pub mod australiapost;
pub mod bpost;
pub mod canadapost;
pub mod dhl_express;
pub mod dhl_parcel_de;
pub mod dhl_poland;
pub mod hermes;
pub mod landmark;
pub mod laposte;
pub mod mondial_relay;
pub mod mydhl;
pub mod parcelone;
pub mod purolator;
pub mod seko;
pub mod sendle;
pub mod smartkargo;
pub mod spring;
pub mod teleship;
pub mod usps_international;
