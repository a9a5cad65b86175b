//! Shops: their orders become news, and what Kept owes a customer is done there.
//!
//! A folder a shop: `mod.rs` reads payloads, `poll.rs` asks which orders changed, `errands.rs` acts. `reading`, `call` and `errand` hold
//! what they share; `names` the fields of modules and themes, which are data.

mod call;
mod cursor;
mod errand;
pub(crate) mod names;
mod reading;

pub mod prestashop;
pub mod shopify;
pub mod woocommerce;

use std::sync::Arc;

use kept_engine::ports::Inbound;

use crate::partner::CarrierPacks;

/// A shop whose bytes come in: its name is that of its parser.
pub(crate) struct ShopSource {
    /// Makes its parser.
    pub parser: fn(&CarrierPacks) -> Arc<dyn Inbound>,
}

/// Who is there.
pub(crate) const SHOPS: &[ShopSource] = &[prestashop::SHOP, shopify::SHOP, woocommerce::SHOP];
