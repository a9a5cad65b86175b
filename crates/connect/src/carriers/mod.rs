//! Carriers: a folder each, with its samples.

pub mod chronopost;
pub mod dhl;
pub mod dpd;
pub mod fedex;
pub mod gls;
pub mod laposte;
pub mod ups;
pub mod usps;
