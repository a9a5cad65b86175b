//! Amounts of money in whole minor units.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// Why an amount or a currency cannot be read or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three ASCII letters.
    #[error("{text:?} is not a currency code of three letters")]
    NotACurrency {
        /// What was read.
        text: String,
    },
    /// Not a decimal number.
    #[error("{text:?} is not an amount")]
    NotAnAmount {
        /// What was read.
        text: String,
    },
    /// More decimals than the currency has; never rounded silently.
    #[error("{text:?} has more than the {digits} decimals of {currency}")]
    TooManyDecimals {
        /// What was read.
        text: String,
        /// The decimals the currency has.
        digits: u32,
        /// The currency.
        currency: Currency,
    },
    /// Two currencies in one sum.
    #[error("{left} and {right} cannot be added")]
    CurrenciesDiffer {
        /// Currency of the left amount.
        left: Currency,
        /// Currency of the right amount.
        right: Currency,
    },
    /// The amount leaves 64 bits of minor units.
    #[error("the amount is too large")]
    TooLarge,
}

/// An ISO 4217 currency code: three upper-case ASCII letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro.
    pub const EUR: Currency = Currency(*b"EUR");
    /// The pound sterling.
    pub const GBP: Currency = Currency(*b"GBP");
    /// The United States dollar.
    pub const USD: Currency = Currency(*b"USD");
    /// The Swiss franc.
    pub const CHF: Currency = Currency(*b"CHF");
    /// The yen.
    pub const JPY: Currency = Currency(*b"JPY");

    /// The code, for example `EUR`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimals the minor unit has (ISO 4217 table A.1): 2 unless known otherwise.
    #[must_use]
    pub const fn minor_digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX" | b"UYI"
            | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }

    /// The sign a reader of `language` takes for this currency alone; others are shown by code.
    fn symbol(self, language: Language) -> Option<&'static str> {
        match (&self.0, language) {
            (b"EUR", _) => Some("€"),
            (b"GBP", Language::English) => Some("£"),
            (b"USD", Language::English) => Some("$"),
            (b"JPY", Language::English) => Some("¥"),
            (b"GBP", Language::French) => Some("£GB"),
            (b"USD", Language::French) => Some("$US"),
            _ => None,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let not_a_currency = || MoneyError::NotACurrency { text: text.to_owned() };
        let letters: [u8; 3] = text.trim().as_bytes().try_into().map_err(|_| not_a_currency())?;
        if !letters.iter().all(u8::is_ascii_alphabetic) {
            return Err(not_a_currency());
        }
        Ok(Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

/// An amount in whole minor units of one currency.
///
/// Serialised as `{"minor":1230,"currency":"EUR"}`. There is no division and no conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units (cents for EUR, yen for JPY, millimes for TND); negative for a credit.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// An amount of minor units.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Reads decimal text: `12.30`, `12,30`, `-5`, `1 234,50`, `1,234.50`, `1.234.567`.
    ///
    /// A single separator is the decimal one, so `1,234` in euros is refused
    /// ([`MoneyError::TooManyDecimals`]) rather than guessed. Spaces, narrow or not, group.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let not_an_amount = || MoneyError::NotAnAmount { text: text.to_owned() };
        let compact: String =
            text.trim().chars().filter(|character| !matches!(character, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')).collect();
        let (negative, unsigned) = match compact.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, compact.strip_prefix('+').unwrap_or(&compact)),
        };
        let (whole, fraction) = split_decimal(unsigned).ok_or_else(not_an_amount)?;
        let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !only_digits(&whole) || !only_digits(fraction) {
            return Err(not_an_amount());
        }
        let digits = currency.minor_digits();
        let given = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
        if given > digits {
            return Err(MoneyError::TooManyDecimals { text: text.to_owned(), digits, currency });
        }
        let padding = "0".repeat(usize::try_from(digits.saturating_sub(given)).unwrap_or(0));
        let minor: i64 = format!("{whole}{fraction}{padding}").parse().map_err(|_| MoneyError::TooLarge)?;
        Ok(Self { minor: if negative { -minor } else { minor }, currency })
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrenciesDiffer { left: self.currency, right: other.currency });
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::TooLarge)?;
        Ok(Money { minor, currency: self.currency })
    }

    /// The amount as a reader of `language` writes it.
    ///
    /// French: `1 234,50 €` with U+202F between thousands and U+00A0 before the sign; English:
    /// `€1,234.50`. Signs and places follow the Unicode CLDR.
    #[must_use]
    pub fn format(&self, language: Language) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let (whole, fraction) = self.parts();
        let (group, decimal) = match language {
            Language::French => ('\u{202f}', ','),
            Language::English => (',', '.'),
        };
        let mut number = grouped(&whole, group);
        if !fraction.is_empty() {
            number.push(decimal);
            number.push_str(&fraction);
        }
        let symbol = self.currency.symbol(language);
        match (language, symbol) {
            (Language::French, _) => {
                format!("{sign}{number}\u{a0}{}", symbol.unwrap_or(self.currency.code()))
            }
            (Language::English, Some(symbol)) => format!("{sign}{symbol}{number}"),
            (Language::English, None) => format!("{sign}{}\u{a0}{number}", self.currency),
        }
    }

    /// The amount as plain decimal text, `1234.50`, without its currency.
    #[must_use]
    pub fn decimal_text(&self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let (whole, fraction) = self.parts();
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }

    fn parts(&self) -> (String, String) {
        let digits = self.currency.minor_digits();
        let scale = 10_u64.pow(digits);
        let magnitude = self.minor.unsigned_abs();
        let whole = (magnitude / scale).to_string();
        if digits == 0 {
            return (whole, String::new());
        }
        let width = usize::try_from(digits).unwrap_or(2);
        (whole, format!("{:0width$}", magnitude % scale))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal_text(), self.currency)
    }
}

/// Splits into the whole part, freed of grouping, and the decimals; `None` if the grouping is odd.
fn split_decimal(text: &str) -> Option<(String, &str)> {
    let Some(last) = text.rfind(['.', ',']) else {
        return Some((text.to_owned(), ""));
    };
    let (before, after) = text.split_at_checked(last)?;
    let mut rest = after.chars();
    let separator = rest.next()?;
    let after = rest.as_str();
    if before.contains(separator) {
        // The same separator twice can only group: 1.234.567 has no decimals.
        return Some((ungrouped(text, separator)?, ""));
    }
    if after.is_empty() {
        return None;
    }
    let other = if separator == '.' { ',' } else { '.' };
    Some((ungrouped(before, other)?, after))
}

fn ungrouped(text: &str, separator: char) -> Option<String> {
    let mut groups = text.split(separator);
    let first = groups.next()?;
    let mut whole = first.to_owned();
    let mut grouped = false;
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        grouped = true;
        whole.push_str(group);
    }
    if grouped && !(1..=3).contains(&first.len()) { None } else { Some(whole) }
}

fn grouped(whole: &str, separator: char) -> String {
    let mut text = String::with_capacity(whole.len() + whole.len() / 3 * 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}
