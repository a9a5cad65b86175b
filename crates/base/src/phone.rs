//! Phone numbers that a text message can reach, in E.164.
//!
//! A number is normalised or refused, never guessed: a national one needs its country, and one that its country's plan calls a landline is
//! no number for a text message. Plans: the national numbering plans communicated to the ITU (E.129), as far as the table goes; for
//! other calling codes only the form of E.164 is checked.

use std::fmt;

use crate::country::Country;

/// Digits of an E.164 number without its plus: at most (E.164, 6.2.1), and the fewest that any plan here has.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=15;

/// A phone number in E.164: a plus, the calling code, the national number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// Why a text is no number that a text message can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Something else than digits and the signs people put between them.
    #[error("this is not a phone number")]
    NotANumber,
    /// A national number, and the country it is of is not known, or has no plan here.
    #[error("a number without its country's code needs a country")]
    NoCountry,
    /// Too many digits for its country, too few, or without the 0 that its country writes in front.
    #[error("no number of this country is written so")]
    WrongForm,
    /// A landline, by its country's plan.
    #[error("this is not a mobile number")]
    NotMobile,
}

/// A numbering plan.
struct Plan {
    /// Calling code.
    code: &'static str,
    /// Who uses it.
    countries: &'static [&'static str],
    /// What stands in front of a national number and not in an international one.
    trunk: &'static str,
    /// Digits of a national number, without the trunk prefix.
    lengths: std::ops::RangeInclusive<usize>,
    /// What mobile numbers begin with; empty where the plan does not tell them apart.
    mobile: &'static [&'static str],
}

const fn plan(
    code: &'static str,
    countries: &'static [&'static str],
    trunk: &'static str,
    lengths: std::ops::RangeInclusive<usize>,
    mobile: &'static [&'static str],
) -> Plan {
    Plan { code, countries, trunk, lengths, mobile }
}

/// No code is the beginning of another.
const PLANS: [Plan; 24] = [
    plan("33", &["FR"], "0", 9..=9, &["6", "7"]),
    plan("262", &["RE", "YT"], "0", 9..=9, &["692", "693", "639"]),
    plan("590", &["GP", "BL", "MF"], "0", 9..=9, &["690", "691"]),
    plan("594", &["GF"], "0", 9..=9, &["694"]),
    plan("596", &["MQ"], "0", 9..=9, &["696", "697"]),
    plan("377", &["MC"], "", 8..=9, &["3", "4", "6"]),
    plan("32", &["BE"], "0", 8..=9, &["45", "46", "47", "48", "49"]),
    plan("41", &["CH"], "0", 9..=9, &["74", "75", "76", "77", "78", "79"]),
    plan("352", &["LU"], "", 4..=11, &["6"]),
    plan("49", &["DE"], "0", 6..=11, &["15", "16", "17"]),
    plan("43", &["AT"], "0", 4..=13, &["65", "660", "661", "663", "664", "665", "666", "667", "668", "669", "67", "68", "69"]),
    plan("34", &["ES"], "", 9..=9, &["6", "71", "72", "73", "74", "75", "76", "77", "78", "79"]),
    // Italy writes the 0 of its landlines in both forms.
    plan("39", &["IT"], "", 6..=11, &["3"]),
    plan("351", &["PT"], "", 9..=9, &["9"]),
    plan("31", &["NL"], "0", 9..=9, &["6"]),
    plan("353", &["IE"], "0", 7..=9, &["8"]),
    plan("44", &["GB"], "0", 9..=10, &["71", "72", "73", "74", "75", "7624", "77", "78", "79"]),
    plan("45", &["DK"], "", 8..=8, &[]),
    plan("46", &["SE"], "0", 7..=9, &["70", "72", "73", "76", "79"]),
    plan("47", &["NO"], "", 8..=8, &["4", "9"]),
    plan("358", &["FI"], "0", 5..=12, &["4", "50"]),
    plan("48", &["PL"], "", 9..=9, &[]),
    plan("420", &["CZ"], "", 9..=9, &["6", "7"]),
    plan("1", &["US", "CA"], "1", 10..=10, &[]),
];

impl Phone {
    /// The mobile number that a text says, as people of this country write it or with its calling code (`+33…`, `0033…`).
    ///
    /// # Errors
    /// [`PhoneError`]: what keeps it from being one.
    pub fn mobile(text: &str, country: Option<Country>) -> Result<Phone, PhoneError> {
        let (international, digits) = digits(text)?;
        if international {
            return by_code(&digits);
        }
        let country = country.ok_or(PhoneError::NoCountry)?;
        let plan = PLANS.iter().find(|plan| plan.countries.contains(&country.code())).ok_or(PhoneError::NoCountry)?;
        let national = match (digits.strip_prefix(plan.trunk), plan.trunk) {
            (Some(national), _) => national,
            // North America's 1 may be left out; a 0 that is missing elsewhere was lost on the way, and other digits may be too.
            (None, "1") => digits.as_str(),
            (None, _) => return Err(PhoneError::WrongForm),
        };
        in_plan(plan, national)
    }

    /// The number with its plus.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number itself is personal: what is logged by mistake shows none of it.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(***)")
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The digits of a number, and whether they begin with a calling code. `(0)` behind one is how some write a trunk prefix.
fn digits(text: &str) -> Result<(bool, String), PhoneError> {
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text).trim_start();
    let (international, rest) = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        Some(rest) => (true, rest.replacen("(0)", "", 1)),
        None => (false, text.to_owned()),
    };
    let mut digits = String::with_capacity(rest.len());
    for character in rest.chars() {
        match character {
            '0'..='9' => digits.push(character),
            ' ' | '\u{a0}' | '\u{202f}' | '.' | '-' | '\u{2010}' | '\u{2011}' | '/' | '(' | ')' => {}
            _ => return Err(PhoneError::NotANumber),
        }
    }
    if digits.is_empty() { Err(PhoneError::NotANumber) } else { Ok((international, digits)) }
}

fn by_code(digits: &str) -> Result<Phone, PhoneError> {
    match PLANS.iter().find_map(|plan| Some((plan, digits.strip_prefix(plan.code)?))) {
        Some((plan, national)) => in_plan(plan, national),
        None if LENGTHS.contains(&digits.len()) && !digits.starts_with('0') => Ok(Phone(format!("+{digits}"))),
        None => Err(PhoneError::WrongForm),
    }
}

fn in_plan(plan: &Plan, national: &str) -> Result<Phone, PhoneError> {
    let begins = !plan.trunk.is_empty() && national.starts_with(plan.trunk);
    if !plan.lengths.contains(&national.len()) || begins || plan.code.len() + national.len() > *LENGTHS.end() {
        return Err(PhoneError::WrongForm);
    }
    if !plan.mobile.is_empty() && !plan.mobile.iter().any(|prefix| national.starts_with(prefix)) {
        return Err(PhoneError::NotMobile);
    }
    Ok(Phone(format!("+{}{national}", plan.code)))
}
