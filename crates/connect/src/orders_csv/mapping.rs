//! The mapping: which column is what, and how it is written.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use kept_base::Currency;
use serde::Deserialize;
use toml::Spanned;

use crate::reading::fold::nearest;
use crate::reading::pack::{Pack, PackError};

macro_rules! names {
    ($($variant:ident = $word:literal;)+) => {
        /// A field of an order that a column or a constant can fill.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum OrderField { $($variant,)+ }

        impl OrderField {
            /// Every field.
            pub(super) const ALL: &'static [OrderField] = &[$(OrderField::$variant,)+];

            /// The field as the mapping writes it.
            pub(super) fn word(self) -> &'static str {
                match self { $(OrderField::$variant => $word,)+ }
            }
        }
    };
}

names! {
    OrderNumber = "order_number";
    At = "at";
    PromisedDay = "promised_day";
    PromisedAt = "promised_at";
    ShipBy = "ship_by";
    DeliveryFee = "delivery_fee";
    Currency = "currency";
    DestinationCountry = "destination_country";
    DestinationPostal = "destination_postal";
    CustomerReference = "customer.reference";
    CustomerName = "customer.name";
    CustomerEmail = "customer.email";
    CustomerPhone = "customer.phone";
    CustomerAddress = "customer.address";
    CustomerCity = "customer.city";
    CustomerLanguage = "customer.language";
    CustomerCountry = "customer.country";
    CustomerZone = "customer.zone";
    CustomerConsumer = "customer.consumer";
    CustomerAccount = "customer.account";
    LineSku = "line.sku";
    LineTitle = "line.title";
    LineQuantity = "line.quantity";
    LinePrice = "line.price";
    LineUnitPrice = "line.unit_price";
    LineSeller = "line.seller";
}

impl OrderField {
    /// Whether it belongs to one line; the others are the order's, the same in all its rows.
    pub(super) fn is_of_line(self) -> bool {
        matches!(
            self,
            OrderField::LineSku
                | OrderField::LineTitle
                | OrderField::LineQuantity
                | OrderField::LinePrice
                | OrderField::LineUnitPrice
                | OrderField::LineSeller
        )
    }
}

/// Which column is what, and how dates, amounts and words are written.
#[derive(Clone, Debug)]
pub struct Mapping {
    delimiter: Option<u8>,
    zone: Option<TimeZone>,
    currency: Option<Currency>,
    decimal_comma: Option<bool>,
    date_format: Option<String>,
    columns: BTreeMap<OrderField, String>,
    constants: BTreeMap<OrderField, String>,
    values: BTreeMap<OrderField, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    delimiter: Option<Spanned<String>>,
    zone: Option<Spanned<String>>,
    currency: Option<Spanned<String>>,
    decimal_comma: Option<bool>,
    date_format: Option<Spanned<String>>,
    columns: Spanned<BTreeMap<Spanned<String>, Spanned<String>>>,
    #[serde(default)]
    constants: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    values: BTreeMap<Spanned<String>, BTreeMap<String, String>>,
}

impl Mapping {
    /// Reads a mapping (TOML). `file` only names the place of a mistake.
    ///
    /// # Errors
    /// Text that is not the format; an unknown field, zone, currency or date format; no order number or no time.
    pub fn from_toml(file: &str, text: &str) -> Result<Mapping, PackError> {
        let pack = Pack { file, text };
        let read: MappingFile = pack.read()?;
        let columns_span = read.columns.span();
        let columns = named(&pack, read.columns.into_inner())?;
        let constants = named(&pack, read.constants)?;
        let mut values = BTreeMap::new();
        for (key, words) in read.values {
            values.insert(name(&pack, &key)?, words);
        }
        for needed in [OrderField::OrderNumber, OrderField::At] {
            if !columns.contains_key(&needed) {
                let message = format!("no column for `{}`", needed.word());
                return Err(pack.wrong(
                    columns_span,
                    message,
                    format!("add {} = \"the column's name\" under [columns]", needed.word()),
                ));
            }
        }
        let delimiter = read.delimiter.map(|written| delimiter(&pack, &written)).transpose()?;
        let zone = read.zone.map(|written| {
            let hint = "a name of the IANA database: \"Europe/Paris\"";
            TimeZone::get(written.get_ref())
                .map_err(|_| pack.wrong(written.span(), format!("{:?} is not a time zone", written.get_ref()), hint))
        });
        let currency = read.currency.map(|written| {
            written.get_ref().parse().map_err(|error| pack.wrong(written.span(), format!("{error}"), "three letters: \"EUR\""))
        });
        let date_format = read.date_format.map(|written| date_format(&pack, written)).transpose()?;
        Ok(Mapping {
            delimiter,
            zone: zone.transpose()?,
            currency: currency.transpose()?,
            decimal_comma: read.decimal_comma,
            date_format,
            columns,
            constants,
            values,
        })
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = (OrderField, &String)> {
        self.columns.iter().map(|(name, column)| (*name, column))
    }

    /// The column of a field, or the field itself where a constant fills it.
    pub(super) fn column(&self, name: OrderField) -> &str {
        self.columns.get(&name).map_or(name.word(), String::as_str)
    }

    pub(super) fn constants(&self) -> impl Iterator<Item = (OrderField, &String)> {
        self.constants.iter().map(|(name, value)| (*name, value))
    }

    /// The word that a value of the file stands for.
    pub(super) fn translated<'v>(&'v self, name: OrderField, value: &'v str) -> &'v str {
        self.values.get(&name).and_then(|words| words.get(value)).map_or(value, String::as_str)
    }

    pub(super) fn delimiter(&self) -> Option<u8> {
        self.delimiter
    }

    pub(super) fn zone(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }

    pub(super) fn currency(&self) -> Option<Currency> {
        self.currency
    }

    pub(super) fn decimal_comma(&self) -> Option<bool> {
        self.decimal_comma
    }

    pub(super) fn date_format(&self) -> Option<&str> {
        self.date_format.as_deref()
    }
}

fn named(
    pack: &Pack<'_>,
    written: BTreeMap<Spanned<String>, Spanned<String>>,
) -> Result<BTreeMap<OrderField, String>, PackError> {
    let mut read = BTreeMap::new();
    for (key, value) in written {
        let name = name(pack, &key)?;
        let column = value.get_ref().trim().to_owned();
        if column.is_empty() {
            return Err(pack.wrong(
                value.span(),
                format!("`{}` is empty", name.word()),
                "write the column's name, or delete the line",
            ));
        }
        read.insert(name, column);
    }
    Ok(read)
}

fn name(pack: &Pack<'_>, key: &Spanned<String>) -> Result<OrderField, PackError> {
    let found = OrderField::ALL.iter().copied().find(|name| name.word() == key.get_ref());
    found.ok_or_else(|| {
        let words = || OrderField::ALL.iter().map(|name| name.word());
        let hint = match nearest(key.get_ref(), words()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("one of {}", words().collect::<Vec<_>>().join(", ")),
        };
        pack.wrong(key.span(), format!("{:?} is not a field of an order", key.get_ref()), hint)
    })
}

fn delimiter(pack: &Pack<'_>, written: &Spanned<String>) -> Result<u8, PackError> {
    match written.get_ref().as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err(pack.wrong(
            written.span(),
            "the delimiter is one character",
            "\";\", \",\", \"\\t\" or \"|\"; left out, it is found in the header",
        )),
    }
}

/// A format that cannot give a day is a mistake of the mapping, not of every row.
fn date_format(pack: &Pack<'_>, written: Spanned<String>) -> Result<String, PackError> {
    let span = written.span();
    let format = written.into_inner();
    let hint = "for 31/12/2026 14:05 write \"%d/%m/%Y %H:%M\"; for 12/31/2026 2:05 PM \"%m/%d/%Y %I:%M %p\"";
    let example = jiff::civil::date(2026, 12, 31).at(14, 5, 9, 0);
    let Ok(shown) = jiff::fmt::strtime::format(
        &format,
        &example.in_tz("UTC").map_err(|error| pack.wrong(span.clone(), error.to_string(), hint))?,
    ) else {
        return Err(pack.wrong(span, format!("{format:?} is not a date format"), hint));
    };
    match jiff::fmt::strtime::parse(&format, &shown).and_then(|parsed| parsed.to_date()) {
        Ok(date) if date == example.date() => Ok(format),
        _ => Err(pack.wrong(span, format!("{format:?} does not give a whole day"), hint)),
    }
}
