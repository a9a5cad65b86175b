//! Aggregators, which speak for many carriers, and EPCIS, in which trading partners speak: a folder each, with its samples.

pub mod aftership;
pub mod easypost;
pub mod epcis;
pub mod sendcloud;
pub mod seventeentrack;
pub mod shippo;
