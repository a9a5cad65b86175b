//! Where shops keep what their own systems have no field for: `packs/carriers/shops.toml`.

use serde::Deserialize;

use crate::reading::pack::{Pack, PackError};

/// The names of every shop.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShopNames {
    #[serde(default)]
    pub woocommerce: Names,
    #[serde(default)]
    pub shopify: Names,
    #[serde(default)]
    pub prestashop: Names,
}

/// The names of one shop.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Names {
    /// Fields that hold the day promised.
    pub promised: Vec<String>,
    /// Fields that hold the day by which the shop said it would hand over to the carrier.
    pub ship_by: Vec<String>,
    /// `strptime` formats of days that would else be ambiguous.
    pub day_formats: Vec<String>,
    /// Fields that hold a VAT number.
    pub vat_number: Vec<String>,
    /// Fields that hold the customer's language.
    pub language: Vec<String>,
    /// Fields of a line, or states of an order, that say there was no stock.
    pub backordered: Vec<String>,
    /// States of an order that say that all of it is there: it is being made ready.
    pub in_stock: Vec<String>,
    /// Fields of a line that name the partner who sells and sends it, on a marketplace.
    pub seller: Vec<String>,
    /// Fields that hold a tracking number.
    pub tracking: Vec<TrackingField>,
    /// States of an order that is not yet one: nothing was paid.
    pub waiting: Vec<String>,
    /// States of an order that was cancelled.
    pub cancelled: Vec<String>,
}

/// A field that holds a tracking number, and who carries it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrackingField {
    /// The field.
    pub number: String,
    /// The carrier, where it is always the same.
    pub carrier: Option<String>,
    /// Or the field that names it.
    pub carrier_field: Option<String>,
}

impl ShopNames {
    /// Reads the file. `file` is only used to name the place of a mistake.
    ///
    /// # Errors
    /// Text that is not the format.
    pub(crate) fn read(file: &str, text: &str) -> Result<ShopNames, PackError> {
        Pack { file, text }.read()
    }
}
