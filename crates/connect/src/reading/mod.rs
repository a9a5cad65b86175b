//! What every parser reads with: JSON and XML without trust, times, places, codes, names.

pub(crate) mod answer;
pub mod codes;
pub(crate) mod entities;
pub(crate) mod fault;
pub(crate) mod fold;
pub(crate) mod history;
pub mod names;
pub(crate) mod outline;
pub(crate) mod pack;
pub(crate) mod place;
pub(crate) mod refusal;
pub(crate) mod shipment;
pub(crate) mod signature;
pub(crate) mod times;
pub(crate) mod tree;
pub(crate) mod xml;
