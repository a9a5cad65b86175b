//! Which column is probably what, by its name; a person looks at it before anything is read.

use std::collections::BTreeMap;

use super::mapping::{Mapping, OrderField};
use super::{RowError, Sheet};
use crate::reading::fold::fold;
use crate::reading::pack::PackError;

/// Names that exports of shops give their columns, folded; those nearer to the field's meaning come first.
const NAMES: [(OrderField, &[&str]); 26] = [
    (
        OrderField::OrderNumber,
        &[
            "order number",
            "order_number",
            "order no",
            "order id",
            "numero de commande",
            "n° commande",
            "n° de commande",
            "no commande",
            "commande",
            "reference",
            "name",
            "order",
        ],
    ),
    (
        OrderField::At,
        &[
            "created at",
            "order date",
            "date created",
            "date de commande",
            "date de la commande",
            "date_created",
            "placed at",
            "at",
            "date",
        ],
    ),
    (
        OrderField::PromisedDay,
        &[
            "promised_day",
            "promised day",
            "delivery date",
            "estimated delivery",
            "date de livraison",
            "livraison prevue",
            "livraison prevue le",
        ],
    ),
    (OrderField::PromisedAt, &["promised_at"]),
    (OrderField::ShipBy, &["ship_by", "ship by", "expedition prevue", "expedition avant le"]),
    (OrderField::DeliveryFee, &["delivery_fee", "shipping", "shipping total", "frais de port", "livraison", "port"]),
    (OrderField::Currency, &["currency", "devise"]),
    (
        OrderField::DestinationCountry,
        &["destination_country", "shipping country", "delivery country", "pays de livraison", "country", "pays"],
    ),
    (
        OrderField::DestinationPostal,
        &["destination_postal", "shipping zip", "shipping postcode", "code postal", "postcode", "zip"],
    ),
    (OrderField::CustomerReference, &["customer.reference", "customer id", "customer number", "numero client", "n° client"]),
    (OrderField::CustomerName, &["customer.name", "shipping name", "billing name", "customer", "customer name", "client", "nom"]),
    (
        OrderField::CustomerEmail,
        &["customer.email", "email", "e-mail", "billing email", "customer email", "courriel", "adresse e-mail"],
    ),
    (OrderField::CustomerPhone, &["customer.phone", "phone", "shipping phone", "billing phone", "telephone", "tel"]),
    (OrderField::CustomerAddress, &["customer.address"]),
    (OrderField::CustomerCity, &["customer.city", "shipping city", "ville"]),
    (OrderField::CustomerCountry, &["customer.country", "billing country"]),
    (OrderField::CustomerZone, &["customer.zone"]),
    (OrderField::CustomerConsumer, &["customer.consumer"]),
    (OrderField::CustomerAccount, &["customer.account"]),
    (OrderField::CustomerLanguage, &["customer.language", "language", "langue", "locale"]),
    (
        OrderField::LineSku,
        &["line.sku", "lineitem sku", "sku", "product reference", "ref", "ref.", "reference produit", "article"],
    ),
    (OrderField::LineTitle, &["line.title", "lineitem name", "product", "product name", "produit", "designation"]),
    (OrderField::LineQuantity, &["line.quantity", "lineitem quantity", "quantity", "quantite", "qte", "qty"]),
    (OrderField::LinePrice, &["line.price", "line total", "total ligne"]),
    (OrderField::LineUnitPrice, &["line.unit_price", "lineitem price", "unit price", "prix unitaire"]),
    (OrderField::LineSeller, &["line.seller"]),
];

/// Fields that a page offers, as the mapping writes them; the first two are needed.
#[must_use]
pub fn fields() -> Vec<&'static str> {
    NAMES.iter().map(|(field, _)| field.word()).collect()
}

/// The file's columns, in their order.
///
/// # Errors
/// What is wrong with the whole file.
pub fn columns(csv: &[u8]) -> Result<Vec<String>, RowError> {
    Sheet::header(csv)
}

/// Field and column, as far as the names say it.
#[must_use]
pub fn guess(columns: &[String]) -> BTreeMap<String, String> {
    let folded: Vec<(String, &String)> = columns.iter().map(|column| (fold(column), column)).collect();
    let mut taken = Vec::new();
    let mut guessed = BTreeMap::new();
    for (field, names) in NAMES {
        let found = names.iter().find_map(|name| folded.iter().position(|(column, _)| column == name));
        if let Some(place) = found.filter(|place| !taken.contains(place)) {
            taken.push(place);
            guessed.extend(folded.get(place).map(|(_, column)| (field.word().to_owned(), (*column).clone())));
        }
    }
    guessed
}

impl Mapping {
    /// A mapping as a page fills it in: which field has which column, the zone of times, a currency where no column has one, and the
    /// form of dates, if they are not ISO 8601.
    ///
    /// # Errors
    /// As [`Mapping::from_toml`].
    pub fn filled_in(
        columns: &BTreeMap<String, String>,
        zone: &str,
        currency: Option<&str>,
        date_format: Option<&str>,
        decimal_comma: Option<bool>,
    ) -> Result<Mapping, PackError> {
        // A text of JSON is one of TOML: both escape with backslashes.
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mut toml = format!("zone = {}\n", quoted(zone));
        if let Some(currency) = currency {
            toml.push_str(&format!("currency = {}\n", quoted(currency)));
        }
        if let Some(format) = date_format {
            toml.push_str(&format!("date_format = {}\n", quoted(format)));
        }
        if let Some(comma) = decimal_comma {
            toml.push_str(&format!("decimal_comma = {comma}\n"));
        }
        toml.push_str("[columns]\n");
        for (field, column) in columns {
            toml.push_str(&format!("{} = {}\n", quoted(field), quoted(column)));
        }
        Mapping::from_toml("the page", &toml)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_of_shops_are_known_by_their_columns() {
        let shopify = ["Name", "Email", "Created at", "Lineitem quantity", "Lineitem sku", "Shipping Country", "Currency"];
        let guessed = guess(&shopify.map(str::to_owned));
        assert_eq!(guessed["order_number"], "Name");
        assert_eq!(guessed["at"], "Created at");
        assert_eq!(guessed["destination_country"], "Shipping Country");
        let french = ["N° commande", "Date de commande", "Livraison prévue", "E-mail", "Réf.", "Quantité"];
        let guessed = guess(&french.map(str::to_owned));
        assert_eq!(guessed["order_number"], "N° commande");
        assert_eq!(guessed["promised_day"], "Livraison prévue");
        assert_eq!((guessed["line.sku"].as_str(), guessed["line.quantity"].as_str()), ("Réf.", "Quantité"));
        assert!(guess(&["Foo".to_owned()]).is_empty());
    }

    #[test]
    fn a_column_is_what_it_is_called_whatever_stands_in_its_name() {
        let columns = [("order_number", "N\"o\\\u{7}"), ("at", "Date")];
        let columns = columns.into_iter().map(|(field, column)| (field.to_owned(), column.to_owned())).collect();
        let mapping = Mapping::filled_in(&columns, "Europe/Paris", Some("EUR"), Some("%d/%m/%Y"), Some(true)).expect("a mapping");
        assert_eq!(mapping.column(OrderField::OrderNumber), "N\"o\\\u{7}");
        assert!(Mapping::filled_in(&columns, "Europe/Nowhere", None, None, None).is_err());
    }
}
