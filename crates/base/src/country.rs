//! Countries and the time zone of a destination.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is not a country code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a country code of two letters")]
pub struct CountryError {
    /// What was read.
    pub text: String,
}

/// An ISO 3166-1 alpha-2 country code in upper case, serialised as that text.
///
/// Any two ASCII letters are accepted (a new code is kept, not refused); `UK` and `EL`, which senders
/// write, become `GB` and `GR`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// France.
    pub const FR: Country = Country(*b"FR");
    /// The United Kingdom.
    pub const GB: Country = Country(*b"GB");
    /// Spain.
    pub const ES: Country = Country(*b"ES");
    /// Germany.
    pub const DE: Country = Country(*b"DE");
    /// Belgium.
    pub const BE: Country = Country(*b"BE");
    /// Switzerland.
    pub const CH: Country = Country(*b"CH");
    /// Italy.
    pub const IT: Country = Country(*b"IT");
    /// Luxembourg.
    pub const LU: Country = Country(*b"LU");
    /// Monaco.
    pub const MC: Country = Country(*b"MC");
    /// The Netherlands.
    pub const NL: Country = Country(*b"NL");
    /// Portugal.
    pub const PT: Country = Country(*b"PT");
    /// Ireland.
    pub const IE: Country = Country(*b"IE");
    /// The United States.
    pub const US: Country = Country(*b"US");
    /// Canada.
    pub const CA: Country = Country(*b"CA");

    /// The code, for example `FR`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }

    /// The IANA time zone of a destination here, where there is exactly one.
    ///
    /// Countries whose zones have kept the same time since 2020 count as one. The postal code tells
    /// French overseas territories, the Canaries, Madeira and the Azores apart. `None` where the
    /// country has several zones and the postal code, as far as known here, does not tell. France
    /// without a postal code is metropolitan France, because ISO 3166 gives its territories codes of
    /// their own; Spain and Portugal without one are undecided.
    #[must_use]
    pub fn default_zone(&self, postal: Option<&str>) -> Option<&'static str> {
        let digits: String = postal.unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        match &self.0 {
            b"FR" => french_zone(&digits),
            b"ES" => spanish_zone(&digits),
            b"PT" => portuguese_zone(&digits),
            code => ONE_ZONE
                .binary_search_by(|(country, _)| country.cmp(code))
                .ok()
                .and_then(|place| ONE_ZONE.get(place))
                .map(|(_, zone)| *zone),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        let not_a_country = || CountryError { text: text.to_owned() };
        let letters: [u8; 2] = text.trim().as_bytes().try_into().map_err(|_| not_a_country())?;
        if !letters.iter().all(u8::is_ascii_alphabetic) {
            return Err(not_a_country());
        }
        Ok(match &letters.map(|letter| letter.to_ascii_uppercase()) {
            b"UK" => Country(*b"GB"),
            b"EL" => Country(*b"GR"),
            upper => Country(*upper),
        })
    }
}

impl TryFrom<String> for Country {
    type Error = CountryError;

    fn try_from(text: String) -> Result<Self, CountryError> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.code().to_owned()
    }
}

/// La Poste's postal codes: 97x and 98x are overseas, everything else metropolitan.
///
/// Four digits are a metropolitan code that lost its leading zero in a spreadsheet (01000 Bourg).
fn french_zone(digits: &str) -> Option<&'static str> {
    if matches!(digits.len(), 0 | 4) {
        return Some("Europe/Paris");
    }
    if digits.len() != 5 {
        return None;
    }
    match digits.get(..3)? {
        "971" => Some("America/Guadeloupe"),
        "972" => Some("America/Martinique"),
        "973" => Some("America/Cayenne"),
        "974" => Some("Indian/Reunion"),
        "975" => Some("America/Miquelon"),
        "976" => Some("Indian/Mayotte"),
        // Saint-Barthélemy and Saint-Martin keep the time of Guadeloupe.
        "977" | "978" => Some("America/Guadeloupe"),
        // Monaco uses the French scheme.
        "980" => Some("Europe/Paris"),
        "986" => Some("Pacific/Wallis"),
        // The Marquesas (9874x) and the Gambier Islands (98755) keep other times than Tahiti.
        "987" if digits.starts_with("9874") || digits == "98755" => None,
        "987" => Some("Pacific/Tahiti"),
        "988" => Some("Pacific/Noumea"),
        other if other.starts_with("97") || other.starts_with("98") => None,
        _ => Some("Europe/Paris"),
    }
}

/// The first two digits are the province: 35 and 38 are the Canaries, 51 Ceuta, 52 Melilla.
fn spanish_zone(digits: &str) -> Option<&'static str> {
    if digits.len() == 4 {
        return Some("Europe/Madrid");
    }
    if digits.len() != 5 {
        return None;
    }
    match digits.get(..2)? {
        "35" | "38" => Some("Atlantic/Canary"),
        province if ("01"..="52").contains(&province) => Some("Europe/Madrid"),
        _ => None,
    }
}

/// The first two digits: 90 to 94 are Madeira, 95 to 99 the Azores.
fn portuguese_zone(digits: &str) -> Option<&'static str> {
    if !matches!(digits.len(), 4 | 7) {
        return None;
    }
    match digits.get(..2)? {
        "90" | "91" | "92" | "93" | "94" => Some("Atlantic/Madeira"),
        "95" | "96" | "97" | "98" | "99" => Some("Atlantic/Azores"),
        region if region >= "10" => Some("Europe/Lisbon"),
        _ => None,
    }
}

/// Countries with one time, in code order; from zone.tab of the IANA database, release 2025b.
///
/// Two are set by hand: China keeps Beijing time by law (zone.tab also lists the unofficial time of
/// Xinjiang), and Ukraine is given the time of Kyiv (zone.tab also lists Crimea).
const ONE_ZONE: &[([u8; 2], &str)] = &[
    (*b"AD", "Europe/Andorra"),
    (*b"AE", "Asia/Dubai"),
    (*b"AF", "Asia/Kabul"),
    (*b"AG", "America/Antigua"),
    (*b"AI", "America/Anguilla"),
    (*b"AL", "Europe/Tirane"),
    (*b"AM", "Asia/Yerevan"),
    (*b"AO", "Africa/Luanda"),
    (*b"AR", "America/Argentina/Buenos_Aires"),
    (*b"AS", "Pacific/Pago_Pago"),
    (*b"AT", "Europe/Vienna"),
    (*b"AW", "America/Aruba"),
    (*b"AX", "Europe/Mariehamn"),
    (*b"AZ", "Asia/Baku"),
    (*b"BA", "Europe/Sarajevo"),
    (*b"BB", "America/Barbados"),
    (*b"BD", "Asia/Dhaka"),
    (*b"BE", "Europe/Brussels"),
    (*b"BF", "Africa/Ouagadougou"),
    (*b"BG", "Europe/Sofia"),
    (*b"BH", "Asia/Bahrain"),
    (*b"BI", "Africa/Bujumbura"),
    (*b"BJ", "Africa/Porto-Novo"),
    (*b"BL", "America/St_Barthelemy"),
    (*b"BM", "Atlantic/Bermuda"),
    (*b"BN", "Asia/Brunei"),
    (*b"BO", "America/La_Paz"),
    (*b"BQ", "America/Kralendijk"),
    (*b"BS", "America/Nassau"),
    (*b"BT", "Asia/Thimphu"),
    (*b"BW", "Africa/Gaborone"),
    (*b"BY", "Europe/Minsk"),
    (*b"BZ", "America/Belize"),
    (*b"CC", "Indian/Cocos"),
    (*b"CF", "Africa/Bangui"),
    (*b"CG", "Africa/Brazzaville"),
    (*b"CH", "Europe/Zurich"),
    (*b"CI", "Africa/Abidjan"),
    (*b"CK", "Pacific/Rarotonga"),
    (*b"CM", "Africa/Douala"),
    (*b"CN", "Asia/Shanghai"),
    (*b"CO", "America/Bogota"),
    (*b"CR", "America/Costa_Rica"),
    (*b"CU", "America/Havana"),
    (*b"CV", "Atlantic/Cape_Verde"),
    (*b"CW", "America/Curacao"),
    (*b"CX", "Indian/Christmas"),
    (*b"CY", "Asia/Nicosia"),
    (*b"CZ", "Europe/Prague"),
    (*b"DE", "Europe/Berlin"),
    (*b"DJ", "Africa/Djibouti"),
    (*b"DK", "Europe/Copenhagen"),
    (*b"DM", "America/Dominica"),
    (*b"DO", "America/Santo_Domingo"),
    (*b"DZ", "Africa/Algiers"),
    (*b"EE", "Europe/Tallinn"),
    (*b"EG", "Africa/Cairo"),
    (*b"EH", "Africa/El_Aaiun"),
    (*b"ER", "Africa/Asmara"),
    (*b"ET", "Africa/Addis_Ababa"),
    (*b"FI", "Europe/Helsinki"),
    (*b"FJ", "Pacific/Fiji"),
    (*b"FK", "Atlantic/Stanley"),
    (*b"FO", "Atlantic/Faroe"),
    (*b"FR", "Europe/Paris"),
    (*b"GA", "Africa/Libreville"),
    (*b"GB", "Europe/London"),
    (*b"GD", "America/Grenada"),
    (*b"GE", "Asia/Tbilisi"),
    (*b"GF", "America/Cayenne"),
    (*b"GG", "Europe/Guernsey"),
    (*b"GH", "Africa/Accra"),
    (*b"GI", "Europe/Gibraltar"),
    (*b"GM", "Africa/Banjul"),
    (*b"GN", "Africa/Conakry"),
    (*b"GP", "America/Guadeloupe"),
    (*b"GQ", "Africa/Malabo"),
    (*b"GR", "Europe/Athens"),
    (*b"GS", "Atlantic/South_Georgia"),
    (*b"GT", "America/Guatemala"),
    (*b"GU", "Pacific/Guam"),
    (*b"GW", "Africa/Bissau"),
    (*b"GY", "America/Guyana"),
    (*b"HK", "Asia/Hong_Kong"),
    (*b"HN", "America/Tegucigalpa"),
    (*b"HR", "Europe/Zagreb"),
    (*b"HT", "America/Port-au-Prince"),
    (*b"HU", "Europe/Budapest"),
    (*b"IE", "Europe/Dublin"),
    (*b"IL", "Asia/Jerusalem"),
    (*b"IM", "Europe/Isle_of_Man"),
    (*b"IN", "Asia/Kolkata"),
    (*b"IO", "Indian/Chagos"),
    (*b"IQ", "Asia/Baghdad"),
    (*b"IR", "Asia/Tehran"),
    (*b"IS", "Atlantic/Reykjavik"),
    (*b"IT", "Europe/Rome"),
    (*b"JE", "Europe/Jersey"),
    (*b"JM", "America/Jamaica"),
    (*b"JO", "Asia/Amman"),
    (*b"JP", "Asia/Tokyo"),
    (*b"KE", "Africa/Nairobi"),
    (*b"KG", "Asia/Bishkek"),
    (*b"KH", "Asia/Phnom_Penh"),
    (*b"KM", "Indian/Comoro"),
    (*b"KN", "America/St_Kitts"),
    (*b"KP", "Asia/Pyongyang"),
    (*b"KR", "Asia/Seoul"),
    (*b"KW", "Asia/Kuwait"),
    (*b"KY", "America/Cayman"),
    (*b"LA", "Asia/Vientiane"),
    (*b"LB", "Asia/Beirut"),
    (*b"LC", "America/St_Lucia"),
    (*b"LI", "Europe/Vaduz"),
    (*b"LK", "Asia/Colombo"),
    (*b"LR", "Africa/Monrovia"),
    (*b"LS", "Africa/Maseru"),
    (*b"LT", "Europe/Vilnius"),
    (*b"LU", "Europe/Luxembourg"),
    (*b"LV", "Europe/Riga"),
    (*b"LY", "Africa/Tripoli"),
    (*b"MA", "Africa/Casablanca"),
    (*b"MC", "Europe/Monaco"),
    (*b"MD", "Europe/Chisinau"),
    (*b"ME", "Europe/Podgorica"),
    (*b"MF", "America/Marigot"),
    (*b"MG", "Indian/Antananarivo"),
    (*b"MH", "Pacific/Majuro"),
    (*b"MK", "Europe/Skopje"),
    (*b"ML", "Africa/Bamako"),
    (*b"MM", "Asia/Yangon"),
    (*b"MO", "Asia/Macau"),
    (*b"MP", "Pacific/Saipan"),
    (*b"MQ", "America/Martinique"),
    (*b"MR", "Africa/Nouakchott"),
    (*b"MS", "America/Montserrat"),
    (*b"MT", "Europe/Malta"),
    (*b"MU", "Indian/Mauritius"),
    (*b"MV", "Indian/Maldives"),
    (*b"MW", "Africa/Blantyre"),
    (*b"MY", "Asia/Kuala_Lumpur"),
    (*b"MZ", "Africa/Maputo"),
    (*b"NA", "Africa/Windhoek"),
    (*b"NC", "Pacific/Noumea"),
    (*b"NE", "Africa/Niamey"),
    (*b"NF", "Pacific/Norfolk"),
    (*b"NG", "Africa/Lagos"),
    (*b"NI", "America/Managua"),
    (*b"NL", "Europe/Amsterdam"),
    (*b"NO", "Europe/Oslo"),
    (*b"NP", "Asia/Kathmandu"),
    (*b"NR", "Pacific/Nauru"),
    (*b"NU", "Pacific/Niue"),
    (*b"OM", "Asia/Muscat"),
    (*b"PA", "America/Panama"),
    (*b"PE", "America/Lima"),
    (*b"PH", "Asia/Manila"),
    (*b"PK", "Asia/Karachi"),
    (*b"PL", "Europe/Warsaw"),
    (*b"PM", "America/Miquelon"),
    (*b"PN", "Pacific/Pitcairn"),
    (*b"PR", "America/Puerto_Rico"),
    (*b"PS", "Asia/Gaza"),
    (*b"PW", "Pacific/Palau"),
    (*b"PY", "America/Asuncion"),
    (*b"QA", "Asia/Qatar"),
    (*b"RE", "Indian/Reunion"),
    (*b"RO", "Europe/Bucharest"),
    (*b"RS", "Europe/Belgrade"),
    (*b"RW", "Africa/Kigali"),
    (*b"SA", "Asia/Riyadh"),
    (*b"SB", "Pacific/Guadalcanal"),
    (*b"SC", "Indian/Mahe"),
    (*b"SD", "Africa/Khartoum"),
    (*b"SE", "Europe/Stockholm"),
    (*b"SG", "Asia/Singapore"),
    (*b"SH", "Atlantic/St_Helena"),
    (*b"SI", "Europe/Ljubljana"),
    (*b"SJ", "Arctic/Longyearbyen"),
    (*b"SK", "Europe/Bratislava"),
    (*b"SL", "Africa/Freetown"),
    (*b"SM", "Europe/San_Marino"),
    (*b"SN", "Africa/Dakar"),
    (*b"SO", "Africa/Mogadishu"),
    (*b"SR", "America/Paramaribo"),
    (*b"SS", "Africa/Juba"),
    (*b"ST", "Africa/Sao_Tome"),
    (*b"SV", "America/El_Salvador"),
    (*b"SX", "America/Lower_Princes"),
    (*b"SY", "Asia/Damascus"),
    (*b"SZ", "Africa/Mbabane"),
    (*b"TC", "America/Grand_Turk"),
    (*b"TD", "Africa/Ndjamena"),
    (*b"TF", "Indian/Kerguelen"),
    (*b"TG", "Africa/Lome"),
    (*b"TH", "Asia/Bangkok"),
    (*b"TJ", "Asia/Dushanbe"),
    (*b"TK", "Pacific/Fakaofo"),
    (*b"TL", "Asia/Dili"),
    (*b"TM", "Asia/Ashgabat"),
    (*b"TN", "Africa/Tunis"),
    (*b"TO", "Pacific/Tongatapu"),
    (*b"TR", "Europe/Istanbul"),
    (*b"TT", "America/Port_of_Spain"),
    (*b"TV", "Pacific/Funafuti"),
    (*b"TW", "Asia/Taipei"),
    (*b"TZ", "Africa/Dar_es_Salaam"),
    (*b"UA", "Europe/Kyiv"),
    (*b"UG", "Africa/Kampala"),
    (*b"UY", "America/Montevideo"),
    (*b"UZ", "Asia/Samarkand"),
    (*b"VA", "Europe/Vatican"),
    (*b"VC", "America/St_Vincent"),
    (*b"VE", "America/Caracas"),
    (*b"VG", "America/Tortola"),
    (*b"VI", "America/St_Thomas"),
    (*b"VN", "Asia/Ho_Chi_Minh"),
    (*b"VU", "Pacific/Efate"),
    (*b"WF", "Pacific/Wallis"),
    (*b"WS", "Pacific/Apia"),
    (*b"XK", "Europe/Belgrade"),
    (*b"YE", "Asia/Aden"),
    (*b"YT", "Indian/Mayotte"),
    (*b"ZA", "Africa/Johannesburg"),
    (*b"ZM", "Africa/Lusaka"),
    (*b"ZW", "Africa/Harare"),
];
