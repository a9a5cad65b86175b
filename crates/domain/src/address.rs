//! Whether an address that somebody typed can be one: what is missing, what is too long, what has not the shape of its country.
//!
//! It says nothing of whether the place exists: only who delivers there knows.

use kept_base::Country;

use crate::errand::DeliveryAddress;

/// Characters of a part of an address; carriers' labels hold fewer than this, forms of shops no more.
pub const LONGEST_PART: usize = 100;

/// A part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressPart {
    /// Who it is for.
    Name,
    /// The pick-up point, or a firm.
    Point,
    /// Street and number.
    Street,
    /// Second line.
    More,
    /// Postal code.
    Postal,
    /// City.
    City,
    /// State or province.
    State,
    /// Phone.
    Phone,
}

impl AddressPart {
    /// The word in forms, errors and keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            AddressPart::Name => "name",
            AddressPart::Point => "point",
            AddressPart::Street => "street",
            AddressPart::More => "more",
            AddressPart::Postal => "postal",
            AddressPart::City => "city",
            AddressPart::State => "state",
            AddressPart::Phone => "phone",
        }
    }
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// A part that every address has is not there.
    #[error("`address.{}` is missing", .0.word())]
    Missing(AddressPart),
    /// A part is longer than [`LONGEST_PART`], or holds something that is no text of one line.
    #[error("`address.{}` is not one line of at most {LONGEST_PART} characters", .0.word())]
    TooLong(AddressPart),
    /// The postal code has not the shape of its country.
    #[error("`address.postal` is no postal code of {country}; one looks like {example}")]
    Postal {
        /// The country.
        country: Country,
        /// A code of that country.
        example: &'static str,
    },
    /// The phone number holds too few digits, or something that is none.
    #[error("`address.phone` is no phone number")]
    Phone,
    /// The order goes to another country: what it costs, and what was promised, depends on that.
    #[error("the order goes to {0}, and only an address there can be taken")]
    Elsewhere(Country),
}

/// Countries whose postal codes have a fixed shape, as the Universal Postal Union describes their addresses: the shapes without spaces and
/// hyphens (`9` a digit, `A` a letter), and a code. Codes of countries that are not here are taken as they are.
const POSTAL: [(&str, &[&str], &str); 34] = [
    ("AT", &["9999"], "1010"),
    ("BE", &["9999"], "1000"),
    ("BL", &["99999"], "97133"),
    ("CA", &["A9A9A9"], "K1A 0B1"),
    ("CH", &["9999"], "3000"),
    ("CZ", &["99999"], "110 00"),
    ("DE", &["99999"], "10115"),
    ("DK", &["9999"], "1050"),
    ("EE", &["99999"], "10111"),
    ("ES", &["99999"], "28001"),
    ("FI", &["99999"], "00100"),
    ("FR", &["99999"], "75011"),
    ("GB", &["A99AA", "A999AA", "AA99AA", "AA999AA", "A9A9AA", "AA9A9AA"], "SW1A 1AA"),
    ("GF", &["99999"], "97300"),
    ("GP", &["99999"], "97100"),
    ("GR", &["99999"], "105 57"),
    ("HR", &["99999"], "10000"),
    ("HU", &["9999"], "1051"),
    ("IT", &["99999"], "00184"),
    ("LU", &["9999"], "1009"),
    ("MC", &["99999"], "98000"),
    ("MF", &["99999"], "97150"),
    ("MQ", &["99999"], "97200"),
    ("NL", &["9999AA"], "1012 JS"),
    ("NO", &["9999"], "0150"),
    ("PL", &["99999"], "00-001"),
    ("PM", &["99999"], "97500"),
    ("PT", &["9999999"], "1000-001"),
    ("RE", &["99999"], "97400"),
    ("SE", &["99999"], "111 22"),
    ("SI", &["9999"], "1000"),
    ("SK", &["99999"], "811 01"),
    ("US", &["99999", "999999999"], "20500"),
    ("YT", &["99999"], "97600"),
];

/// Countries where no parcel finds its way without a state or province.
const WITH_STATES: [&str; 9] = ["AR", "AU", "BR", "CA", "CN", "IN", "JP", "MX", "US"];

/// Whether addresses in this country name a state or province.
pub fn has_states(country: Country) -> bool {
    WITH_STATES.contains(&country.code())
}

impl DeliveryAddress {
    /// The same without spaces around its parts; a part with nothing in it is none.
    #[must_use]
    pub fn trimmed(&self) -> DeliveryAddress {
        let text = |part: &str| part.trim().to_owned();
        let some = |part: &Option<String>| part.as_deref().map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned);
        DeliveryAddress {
            first_name: some(&self.first_name),
            last_name: text(&self.last_name),
            company: some(&self.company),
            street: text(&self.street),
            more: some(&self.more),
            postal: text(&self.postal),
            city: text(&self.city),
            state: some(&self.state),
            country: self.country,
            phone: some(&self.phone),
        }
    }

    /// The first thing wrong with it, for an order that goes to `destination`.
    pub fn fault(&self, destination: Option<Country>) -> Option<AddressFault> {
        if let Some(country) = destination.filter(|country| *country != self.country) {
            return Some(AddressFault::Elsewhere(country));
        }
        let state_needed = has_states(self.country);
        let parts = [
            (AddressPart::Name, Some(self.last_name.as_str()), true),
            (AddressPart::Name, self.first_name.as_deref(), false),
            (AddressPart::Point, self.company.as_deref(), false),
            (AddressPart::Street, Some(self.street.as_str()), true),
            (AddressPart::More, self.more.as_deref(), false),
            (AddressPart::Postal, Some(self.postal.as_str()), true),
            (AddressPart::City, Some(self.city.as_str()), true),
            (AddressPart::State, self.state.as_deref(), state_needed),
            (AddressPart::Phone, self.phone.as_deref(), false),
        ];
        for (part, text, needed) in parts {
            let text = text.unwrap_or_default().trim();
            if needed && text.is_empty() {
                return Some(AddressFault::Missing(part));
            }
            if text.chars().count() > LONGEST_PART || text.chars().any(char::is_control) {
                return Some(AddressFault::TooLong(part));
            }
        }
        if let Some((_, shapes, example)) = POSTAL.iter().find(|(code, ..)| *code == self.country.code())
            && !shapes.iter().any(|shape| has_shape(&self.postal, shape))
        {
            return Some(AddressFault::Postal { country: self.country, example });
        }
        self.phone.as_deref().filter(|phone| !is_phone(phone)).map(|_| AddressFault::Phone)
    }
}

/// `L-1009`, `D-10115`: the country before the code is how some write it.
fn has_shape(postal: &str, shape: &str) -> bool {
    let bare = match postal.split_once('-') {
        Some((before, code)) if !before.is_empty() && before.chars().all(|letter| letter.is_ascii_alphabetic()) => code,
        _ => postal,
    };
    let written: Vec<char> = bare.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    written.len() == shape.len()
        && written.iter().zip(shape.chars()).all(|(letter, wanted)| match wanted {
            '9' => letter.is_ascii_digit(),
            _ => letter.is_ascii_alphabetic(),
        })
}

/// Between six and fifteen digits (E.164), and what people write between them.
fn is_phone(phone: &str) -> bool {
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    (6..=15).contains(&digits)
        && phone.chars().all(|letter| letter.is_ascii_digit() || letter.is_whitespace() || "+().-/".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(country: &str, postal: &str) -> DeliveryAddress {
        DeliveryAddress {
            first_name: None,
            last_name: "Anne Perret".to_owned(),
            company: None,
            street: "8 rue Haute".to_owned(),
            more: None,
            postal: postal.to_owned(),
            city: "Brest".to_owned(),
            state: None,
            country: country.parse().expect("a country"),
            phone: None,
        }
    }

    #[test]
    fn a_postal_code_has_the_shape_of_its_country() {
        let good = [
            ("FR", "29200"),
            ("FR", "29 200"),
            ("LU", "L-1009"),
            ("NL", "1012 js"),
            ("GB", "SW1A 1AA"),
            ("PT", "1000-001"),
            ("PL", "00-001"),
            ("IE", "whatever"),
        ];
        for (country, postal) in good {
            assert_eq!(address(country, postal).fault(None), None, "{country} {postal}");
        }
        for (country, postal) in
            [("FR", "2920"), ("FR", "29200A"), ("FR", "A-29200-1"), ("NL", "1012"), ("GB", "29200"), ("BE", "29200")]
        {
            assert!(matches!(address(country, postal).fault(None), Some(AddressFault::Postal { .. })), "{country} {postal}");
        }
    }

    #[test]
    fn what_is_missing_or_cannot_be_is_said() {
        let fault = |change: fn(&mut DeliveryAddress)| {
            let mut address = address("FR", "29200");
            change(&mut address);
            address.fault(Some(Country::FR))
        };
        assert_eq!(fault(|_| {}), None);
        assert_eq!(fault(|address| address.last_name = " ".to_owned()), Some(AddressFault::Missing(AddressPart::Name)));
        assert_eq!(fault(|address| address.street.clear()), Some(AddressFault::Missing(AddressPart::Street)));
        assert_eq!(fault(|address| address.city = "x".repeat(101)), Some(AddressFault::TooLong(AddressPart::City)));
        assert_eq!(fault(|address| address.street = "a\nBcc: b".to_owned()), Some(AddressFault::TooLong(AddressPart::Street)));
        assert_eq!(fault(|address| address.phone = Some("ask me".to_owned())), Some(AddressFault::Phone));
        assert_eq!(fault(|address| address.phone = Some("+33 6 12 34 56 78".to_owned())), None);
        assert_eq!(fault(|address| address.country = Country::BE), Some(AddressFault::Elsewhere(Country::FR)));
        assert_eq!(address("US", "20500").fault(None), Some(AddressFault::Missing(AddressPart::State)));
    }
}
