//! Rows become an order.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use kept_base::{Country, Currency, Language, Moment, Money};
use kept_domain::input::{CustomerDetails, Input, LineOrdered, News, OrderPlaced};

use super::mapping::{Mapping, OrderField};
use super::{OrderRead, RowError};

/// One row: the text of each mapped field that is not empty.
pub(super) struct Row {
    line: u64,
    fields: BTreeMap<OrderField, String>,
    /// The order number's column, for the error when it is empty.
    number_column: String,
}

impl Row {
    /// Takes the mapped columns, then the constants where a column gave nothing.
    pub(super) fn read(line: u64, values: &[String], cells: &[(usize, OrderField)], mapping: &Mapping) -> Row {
        let mut fields = BTreeMap::new();
        for (place, name) in cells {
            if let Some(value) = values.get(*place).filter(|value| !value.is_empty()) {
                fields.insert(*name, mapping.translated(*name, value).to_owned());
            }
        }
        for (name, value) in mapping.constants() {
            fields.entry(name).or_insert_with(|| value.clone());
        }
        Row { line, fields, number_column: mapping.column(OrderField::OrderNumber).to_owned() }
    }

    /// The order it belongs to.
    pub(super) fn order_number(&self) -> Result<String, RowError> {
        self.fields.get(&OrderField::OrderNumber).cloned().ok_or_else(|| RowError {
            line: self.line,
            column: Some(self.number_column.clone()),
            message: "the order number is empty".to_owned(),
            hint: Some("every row names its order".to_owned()),
        })
    }
}

/// One order out of its rows, or everything that is wrong with them.
pub(super) fn build(rows: &[Row], columns: &[String], mapping: &Mapping) -> Result<OrderRead, Vec<RowError>> {
    let Some(first) = rows.first() else {
        return Err(Vec::new());
    };
    let mut merged = Row { line: first.line, fields: BTreeMap::new(), number_column: first.number_column.clone() };
    let mut notes = Vec::new();
    for row in rows {
        for (name, value) in row.fields.iter().filter(|(name, _)| !name.is_of_line()) {
            let kept = merged.fields.entry(*name).or_insert_with(|| value.clone());
            if kept != value {
                // Without the values: notes are logged and shown, and these may be names and addresses.
                notes.push(format!(
                    "line {}: `{}` differs from the order's other rows; the first is kept",
                    row.line,
                    name.word()
                ));
            }
        }
    }
    let mut reader = Reader { row: &merged, columns, mapping, errors: Vec::new() };
    let order = reader.order();
    let mut errors = reader.errors;
    let mut lines = Vec::new();
    for row in rows {
        let mut reader = Reader { row, columns, mapping, errors: Vec::new() };
        lines.extend(reader.line());
        errors.append(&mut reader.errors);
    }
    match order {
        Some(mut order) if errors.is_empty() => {
            order.lines = lines;
            let input = Input { source: "csv".to_owned(), event_id: None, news: News::OrderPlaced(order) };
            Ok(OrderRead { lines: rows.iter().map(|row| row.line).collect(), input, notes })
        }
        _ => Err(errors),
    }
}

/// Reads fields of one row and gathers what is wrong with them.
struct Reader<'r> {
    row: &'r Row,
    columns: &'r [String],
    mapping: &'r Mapping,
    errors: Vec<RowError>,
}

impl Reader<'_> {
    fn order(&mut self) -> Option<OrderPlaced> {
        let order_number = self.text(OrderField::OrderNumber)?;
        if self.text(OrderField::At).is_none() {
            self.wrong(OrderField::At, "the time of the order is empty", "every order needs one");
        }
        let at = self.moment(OrderField::At);
        let currency = self.currency();
        let order = OrderPlaced {
            order_number,
            at: at?,
            customer: CustomerDetails {
                reference: self.text(OrderField::CustomerReference),
                name: self.text(OrderField::CustomerName),
                email: self.text(OrderField::CustomerEmail),
                phone: self.text(OrderField::CustomerPhone),
                address: self.text(OrderField::CustomerAddress),
                city: self.text(OrderField::CustomerCity),
                language: self.language(),
                country: self.country(OrderField::CustomerCountry),
                zone: self.zone(),
                consumer: self.flag(OrderField::CustomerConsumer),
                account: self.text(OrderField::CustomerAccount),
            },
            lines: Vec::new(),
            delivery_fee: self.money(OrderField::DeliveryFee, currency),
            promised_day: self.day(OrderField::PromisedDay),
            promised_at: self.moment(OrderField::PromisedAt),
            ship_by: self.day(OrderField::ShipBy),
            destination_country: self.country(OrderField::DestinationCountry),
            destination_postal: self.text(OrderField::DestinationPostal),
            as_of: None,
        };
        Some(order)
    }

    /// A row without an article (a header row of the order, a shipping row) has no line.
    fn line(&mut self) -> Option<LineOrdered> {
        let sku = self.text(OrderField::LineSku)?;
        let quantity = self.quantity()?;
        let currency = if self.text(OrderField::LinePrice).or(self.text(OrderField::LineUnitPrice)).is_some() {
            self.currency()
        } else {
            None
        };
        let unit_price = self.money(OrderField::LineUnitPrice, currency);
        let whole = unit_price.and_then(|unit| {
            let minor = unit.minor.checked_mul(i64::from(quantity));
            if minor.is_none() {
                self.wrong(OrderField::LineUnitPrice, "the amount is too large", "check the price and the quantity");
            }
            Some(Money { minor: minor?, ..unit })
        });
        let price = self.money(OrderField::LinePrice, currency).or(whole);
        Some(LineOrdered {
            sku,
            title: self.text(OrderField::LineTitle),
            quantity,
            price,
            seller: self.text(OrderField::LineSeller),
        })
    }

    fn text(&self, name: OrderField) -> Option<String> {
        self.row.fields.get(&name).cloned()
    }

    fn quantity(&mut self) -> Option<u32> {
        let Some(written) = self.text(OrderField::LineQuantity) else {
            return Some(1);
        };
        // Spreadsheets write 2 as "2,00".
        let whole = written.split_once(['.', ',']).filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'));
        let digits = whole.map_or(written.as_str(), |(whole, _)| whole);
        let quantity = digits.parse().ok().filter(|quantity| *quantity > 0);
        if quantity.is_none() {
            self.wrong(OrderField::LineQuantity, format!("{written:?} is not a quantity"), "a whole number from 1");
        }
        quantity
    }

    fn currency(&mut self) -> Option<Currency> {
        let Some(written) = self.text(OrderField::Currency) else {
            return self.mapping.currency();
        };
        let currency = written.parse().ok();
        if currency.is_none() {
            self.wrong(OrderField::Currency, format!("{written:?} is not a currency"), "three letters: EUR");
        }
        currency
    }

    fn money(&mut self, name: OrderField, currency: Option<Currency>) -> Option<Money> {
        let written = self.text(name)?;
        let Some(currency) = currency else {
            let hint = "add currency = \"EUR\" to the mapping, or a column for `currency`";
            self.wrong(name, format!("{written:?} has no currency"), hint);
            return None;
        };
        let bare = written.replace(['€', '$', '£'], "").replace(currency.code(), "");
        let plain = match self.mapping.decimal_comma() {
            Some(true) => bare.replace('.', "").replace(',', "."),
            Some(false) => bare.replace(',', ""),
            None => bare,
        };
        match Money::parse(&plain, currency) {
            Ok(money) => Some(money),
            Err(error) => {
                let hint = match self.mapping.decimal_comma() {
                    None => "set decimal_comma = true or false in the mapping",
                    Some(_) => "check the amount, and decimal_comma in the mapping",
                };
                self.wrong(name, format!("{written:?} cannot be read as an amount: {error}"), hint);
                None
            }
        }
    }

    /// With a zone in the mapping the shop itself says what its times mean: the offset is known, but for the hour that clocks
    /// skip or repeat, and for a bare day, whose hour nobody gave.
    fn moment(&mut self, name: OrderField) -> Option<Moment> {
        let written = self.text(name)?;
        if let Some(moment) = self.written_moment(&written) {
            return Some(moment);
        }
        let Some((wall, offset, has_time)) = self.parsed(&written) else {
            self.not_a_date(name, &written);
            return None;
        };
        let zone = self.mapping.zone();
        Some(match (offset, zone) {
            (Some(offset), _) => Moment::with_known_offset(wall, offset),
            (None, None) => Moment::unknown(wall),
            (None, Some(zone)) if !has_time => Moment::local(wall, zone),
            (None, Some(zone)) => placed(wall, zone),
        })
    }

    /// ISO 8601 is read where no format is given.
    fn written_moment(&self, written: &str) -> Option<Moment> {
        if self.mapping.date_format().is_some() {
            return None;
        }
        let moment = Moment::parse_iso(written).ok()?;
        match (moment.offset_seconds(), self.mapping.zone()) {
            (None, Some(zone)) => Some(placed(moment.wall, zone)),
            _ => Some(moment),
        }
    }

    fn day(&mut self, name: OrderField) -> Option<Date> {
        let written = self.text(name)?;
        let iso = || Moment::parse_iso(&written).ok().map(|moment| moment.wall.date());
        let day = self.parsed(&written).map(|(wall, _, _)| wall.date()).or_else(iso);
        if day.is_none() {
            self.not_a_date(name, &written);
        }
        day
    }

    /// Wall clock, offset if the text has one, and whether it has a time of day. The format's day part alone, and ISO days, are
    /// also taken.
    fn parsed(&self, written: &str) -> Option<(DateTime, Option<i32>, bool)> {
        let midnight = |date: Date| (date.at(0, 0, 0, 0), None, false);
        let iso_day = || if written.len() == 10 { written.parse::<Date>().ok().map(midnight) } else { None };
        let Some(format) = self.mapping.date_format() else {
            return iso_day();
        };
        let day_format = format.split([' ', 'T']).next().unwrap_or(format);
        if let Ok(parsed) = jiff::fmt::strtime::parse(format, written) {
            let date = parsed.to_date().ok()?;
            return Some(match parsed.to_time() {
                Ok(time) if parsed.hour().is_some() => {
                    (date.to_datetime(time), parsed.offset().map(|offset| offset.seconds()), true)
                }
                _ => midnight(date),
            });
        }
        let by_day = jiff::fmt::strtime::parse(day_format, written).and_then(|parsed| parsed.to_date());
        by_day.ok().map(midnight).or_else(iso_day)
    }

    fn language(&mut self) -> Option<Language> {
        let written = self.text(OrderField::CustomerLanguage)?;
        let language = Language::from_tag(&written);
        if language.is_none() {
            let hint = "fr or en; translate other words under [values.\"customer.language\"]";
            self.wrong(OrderField::CustomerLanguage, format!("{written:?} is not a language spoken here"), hint);
        }
        language
    }

    fn country(&mut self, name: OrderField) -> Option<Country> {
        let written = self.text(name)?;
        let country = written.parse().ok();
        if country.is_none() {
            let hint = format!("two letters: FR; translate names under [values.\"{}\"]", name.word());
            self.wrong(name, format!("{written:?} is not a country code"), hint);
        }
        country
    }

    fn zone(&mut self) -> Option<String> {
        let written = self.text(OrderField::CustomerZone)?;
        if jiff::tz::TimeZone::get(&written).is_err() {
            self.wrong(
                OrderField::CustomerZone,
                format!("{written:?} is not a time zone"),
                "a name of the IANA database: Europe/Paris",
            );
            return None;
        }
        Some(written)
    }

    fn flag(&mut self, name: OrderField) -> Option<bool> {
        let written = self.text(name)?;
        match written.to_lowercase().as_str() {
            "true" | "yes" | "oui" | "vrai" | "1" | "y" | "o" => Some(true),
            "false" | "no" | "non" | "faux" | "0" | "n" => Some(false),
            _ => {
                let hint = format!("true or false; translate other words under [values.\"{}\"]", name.word());
                self.wrong(name, format!("{written:?} is neither yes nor no"), hint);
                None
            }
        }
    }

    fn not_a_date(&mut self, name: OrderField, written: &str) {
        let (expected, hint) = match self.mapping.date_format() {
            Some(format) => (format!(" in the format {format:?}"), "check date_format in the mapping".to_owned()),
            None => (String::new(), "set date_format in the mapping, for example \"%d/%m/%Y %H:%M\"".to_owned()),
        };
        self.wrong(name, format!("{written:?} is not a date{expected}"), hint);
    }

    fn wrong(&mut self, name: OrderField, message: impl Into<String>, hint: impl Into<String>) {
        let column = self.mapping.column(name);
        let column = self.columns.iter().find(|here| *here == column).map_or_else(|| name.word().to_owned(), Clone::clone);
        self.errors.push(RowError {
            line: self.row.line,
            column: Some(column),
            message: message.into(),
            hint: Some(hint.into()),
        });
    }
}

fn placed(wall: DateTime, zone: &jiff::tz::TimeZone) -> Moment {
    match zone.to_ambiguous_timestamp(wall).unambiguous() {
        Ok(instant) => Moment::in_zone(instant, zone),
        Err(_) => Moment::local(wall, zone),
    }
}
