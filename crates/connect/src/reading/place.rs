//! Where a scan was, in words, and the zone whose clock hangs there.

use jiff::tz::TimeZone;
use kept_base::Country;

use crate::reading::answer::{Object, text};

/// The line and the zone of an address whose city, state, postal code and country stand under these names.
pub(crate) fn address(address: Option<&Object>, names: [&str; 4]) -> (Option<String>, Option<TimeZone>) {
    let Some(address) = address else { return (None, None) };
    let [city, state, postal, country] = names.map(|name| text(address, name));
    let zone = zone(country.as_deref(), state.as_deref(), postal.as_deref());
    (line(&[city, state, postal, country]), zone)
}

/// The zone of a place, where there is exactly one: of a country with one zone, or of a state (US, CA, AU, BR: postal
/// abbreviation) that lies in one.
pub(crate) fn zone(country: Option<&str>, state: Option<&str>, postal: Option<&str>) -> Option<TimeZone> {
    let country: Country = alpha2(country?.trim()).parse().ok()?;
    let name = match state.map(|state| state.trim().to_uppercase()) {
        Some(state) => zone_of_state(country.code(), &state).or_else(|| country.default_zone(postal)),
        None => country.default_zone(postal),
    };
    TimeZone::get(name?).ok()
}

/// The two letters of a country written with three (ISO 3166-1 alpha-3), where its zone is worth knowing; else as it came.
fn alpha2(country: &str) -> &str {
    let upper = country.to_ascii_uppercase();
    let known = ALPHA3.split_whitespace().find_map(|pair| pair.strip_prefix(upper.as_str())?.strip_prefix(':'));
    known.unwrap_or(country)
}

/// The parts of a place that are there, in this order, as one line: `Lyon, 69007, FR`.
pub(crate) fn line(parts: &[Option<String>]) -> Option<String> {
    let parts: Vec<&str> = parts.iter().flatten().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// States that lie in one zone, whole; the ones that lie in two (Texas by its tip, Florida by its handle …) are left out.
fn zone_of_state(country: &str, state: &str) -> Option<&'static str> {
    let zone = match (country, state) {
        (
            "US",
            "CT" | "DC" | "DE" | "GA" | "MA" | "MD" | "ME" | "NC" | "NH" | "NJ" | "NY" | "OH" | "PA" | "RI" | "SC" | "VA" | "VT"
            | "WV",
        ) => "America/New_York",
        ("US", "AL" | "AR" | "IA" | "IL" | "LA" | "MN" | "MO" | "MS" | "OK" | "WI") => "America/Chicago",
        ("US", "CO" | "MT" | "NM" | "UT" | "WY") => "America/Denver",
        ("US", "AZ") => "America/Phoenix",
        ("US", "CA" | "WA") => "America/Los_Angeles",
        ("US", "HI") => "Pacific/Honolulu",
        ("CA", "NB" | "NS" | "PE") => "America/Halifax",
        ("CA", "NL") => "America/St_Johns",
        ("CA", "MB") => "America/Winnipeg",
        ("CA", "AB") => "America/Edmonton",
        ("CA", "YT") => "America/Whitehorse",
        ("AU", "NSW" | "ACT") => "Australia/Sydney",
        ("AU", "VIC") => "Australia/Melbourne",
        ("AU", "QLD") => "Australia/Brisbane",
        ("AU", "TAS") => "Australia/Hobart",
        ("AU", "SA") => "Australia/Adelaide",
        ("AU", "WA") => "Australia/Perth",
        ("AU", "NT") => "Australia/Darwin",
        (
            "BR",
            "SP" | "RJ" | "MG" | "ES" | "PR" | "SC" | "RS" | "DF" | "GO" | "BA" | "SE" | "AL" | "PE" | "PB" | "RN" | "CE" | "PI"
            | "MA" | "TO" | "PA" | "AP",
        ) => "America/Sao_Paulo",
        _ => return None,
    };
    Some(zone)
}

/// Countries that aggregators write with three letters, each with its two.
const ALPHA3: &str = "\
    ARE:AE ARG:AR AUS:AU AUT:AT BEL:BE BGD:BD BGR:BG BHR:BH BRA:BR CAN:CA CHE:CH CHL:CL CHN:CN COL:CO CRI:CR CYP:CY \
    CZE:CZ DEU:DE DNK:DK DOM:DO EGY:EG ESP:ES EST:EE FIN:FI FRA:FR GBR:GB GLP:GP GRC:GR GUF:GF HKG:HK HRV:HR HUN:HU \
    IDN:ID IND:IN IRL:IE ISL:IS ISR:IL ITA:IT JOR:JO JPN:JP KEN:KE KOR:KR KWT:KW LBN:LB LIE:LI LKA:LK LTU:LT LUX:LU \
    LVA:LV MAC:MO MAR:MA MCO:MC MEX:MX MLT:MT MTQ:MQ MYS:MY NGA:NG NLD:NL NOR:NO NZL:NZ PAK:PK PAN:PA PER:PE PHL:PH \
    POL:PL PRI:PR PRT:PT QAT:QA REU:RE ROU:RO RUS:RU SAU:SA SEN:SN SGP:SG SRB:RS SVK:SK SVN:SI SWE:SE THA:TH TUN:TN \
    TUR:TR TWN:TW UKR:UA URY:UY USA:US VNM:VN ZAF:ZA";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_s_zone_is_in_the_database() {
        let name = |country, state| zone(Some(country), Some(state), None).and_then(|zone| zone.iana_name().map(str::to_owned));
        assert_eq!(name("US", "nc").as_deref(), Some("America/New_York"));
        assert_eq!(name("US", "TX"), None);
        assert_eq!(name("FR", "").as_deref(), Some("Europe/Paris"));
        assert_eq!(name("fra", "").as_deref(), Some("Europe/Paris"));
        assert_eq!(name("USA", "NY").as_deref(), Some("America/New_York"));
        assert_eq!(name("XYZ", ""), None);
        for (country, states) in
            [("US", "AL AZ CO CA HI"), ("CA", "NB NL MB AB YT"), ("AU", "NSW VIC QLD TAS SA WA NT"), ("BR", "SP")]
        {
            for state in states.split(' ') {
                assert!(name(country, state).is_some(), "{country} {state}");
            }
        }
    }
}
