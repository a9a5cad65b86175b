//! Where a scan was, in words, and the zone whose clock hangs there.

use jiff::tz::TimeZone;
use kept_base::Country;

use crate::reading::answer::{Object, text};
use crate::reading::fold::fold;

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

/// The same; in a state or a country that lies in several zones, that of a city in it.
pub(crate) fn zone_of(country: Option<&str>, state: Option<&str>, postal: Option<&str>, city: Option<&str>) -> Option<TimeZone> {
    zone(country, state, postal).or_else(|| {
        let country: Country = alpha2(country?.trim()).parse().ok()?;
        let state = state.map(|state| state.trim().to_uppercase()).unwrap_or_default();
        TimeZone::get(zone_of_city(country.code(), &state, &fold(city?))?).ok()
    })
}

/// The two letters of a country written with three (ISO 3166-1 alpha-3), where its zone is worth knowing; else as it came.
fn alpha2(country: &str) -> &str {
    let upper = country.to_ascii_uppercase();
    let known = ALPHA3.split_whitespace().find_map(|pair| pair.strip_prefix(upper.as_str())?.strip_prefix(':'));
    known.unwrap_or(country)
}

/// The parts of a place that are there, in this order, as one line: `Lyon, 69007, FR`. A part without a letter or a digit (`--`) is
/// how some say that there is none.
pub(crate) fn line(parts: &[Option<String>]) -> Option<String> {
    let is_there = |part: &&str| part.chars().any(char::is_alphanumeric);
    let parts: Vec<&str> = parts.iter().flatten().map(|part| part.trim()).filter(is_there).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The code of a country that is written by its name or by three letters, as carriers print it after a city: the ones that parcels
/// of European, North American and Australian shops go through most.
pub(crate) fn country_code(written: &str) -> Option<Country> {
    let written = written.trim().trim_end_matches('.');
    if let Ok(country) = written.parse() {
        return Some(country);
    }
    let code = match fold(written).as_str() {
        "deutschland" | "germany" | "allemagne" | "deu" => "DE",
        "france" | "frankreich" | "fra" => "FR",
        "osterreich" | "austria" | "autriche" | "aut" => "AT",
        "schweiz" | "switzerland" | "suisse" | "che" => "CH",
        "belgien" | "belgium" | "belgique" | "belgie" | "bel" => "BE",
        "niederlande" | "netherlands" | "the netherlands" | "pays-bas" | "nederland" | "netherlands, the" | "nld" => "NL",
        "luxemburg" | "luxembourg" | "lux" => "LU",
        "spanien" | "spain" | "espagne" | "espana" | "esp" => "ES",
        "portugal" | "prt" => "PT",
        "italien" | "italy" | "italie" | "italia" | "ita" => "IT",
        "polen" | "poland" | "pologne" | "polska" | "pol" => "PL",
        "tschechien" | "czech republic" | "czechia" | "czech republic, the" | "cze" => "CZ",
        "slowakei" | "slovakia" | "svk" => "SK",
        "ungarn" | "hungary" | "hongrie" | "hun" => "HU",
        "slowenien" | "slovenia" | "svn" => "SI",
        "kroatien" | "croatia" | "hrv" => "HR",
        "rumanien" | "romania" | "rou" => "RO",
        "bulgarien" | "bulgaria" | "bgr" => "BG",
        "griechenland" | "greece" | "grc" => "GR",
        "danemark" | "denmark" | "dnk" => "DK",
        "schweden" | "sweden" | "suede" | "swe" => "SE",
        "norwegen" | "norway" | "norvege" | "nor" => "NO",
        "finnland" | "finland" | "finlande" | "fin" => "FI",
        "irland" | "ireland" | "irlande" | "ireland, republic of" | "irl" => "IE",
        "grossbritannien"
        | "united kingdom"
        | "great britain"
        | "great britain and northern ireland"
        | "england"
        | "royaume-uni"
        | "vereinigtes konigreich"
        | "gbr" => "GB",
        "estland" | "estonia" | "est" => "EE",
        "lettland" | "latvia" | "lva" => "LV",
        "litauen" | "lithuania" | "ltu" => "LT",
        "turkei" | "turkey" | "turquie" | "tur" => "TR",
        "israel" | "isr" => "IL",
        "united states" | "united states of america" | "usa" | "etats-unis" | "vereinigte staaten" => "US",
        "kanada" | "canada" | "can" => "CA",
        "australien" | "australia" | "australie" | "aus" => "AU",
        "neuseeland" | "new zealand" | "nzl" => "NZ",
        "china"
        | "china mainland"
        | "mainland china"
        | "china, people's republic"
        | "china, the peoples republic"
        | "china, peoples republic"
        | "chn" => "CN",
        "hongkong" | "hong kong" | "hong kong sar" | "hong kong sar, china" | "hkg" => "HK",
        "japan" | "japon" | "jpn" => "JP",
        "singapur" | "singapore" | "singapour" | "sgp" => "SG",
        "indien" | "india" | "inde" | "ind" => "IN",
        "sudkorea" | "south korea" | "korea, republic of" | "korea, republic of (south k.)" | "kor" => "KR",
        "taiwan" | "twn" => "TW",
        "thailand" | "tha" => "TH",
        "malaysia" | "mys" => "MY",
        "united arab emirates" | "uae" | "are" => "AE",
        "sudafrika" | "south africa" | "zaf" => "ZA",
        "vietnam" | "viet nam" | "vnm" => "VN",
        "philippines" | "philippines, the" | "phl" => "PH",
        "saudi arabia" | "sau" => "SA",
        "qatar" | "qat" => "QA",
        "bahrain" | "bhr" => "BH",
        "kuwait" | "kwt" => "KW",
        "egypt" | "egy" => "EG",
        "jordan" | "jor" => "JO",
        "lebanon" | "liban" | "lbn" => "LB",
        "oman" | "omn" => "OM",
        "pakistan" | "pak" => "PK",
        "bangladesh" | "bgd" => "BD",
        "sri lanka" | "lka" => "LK",
        "morocco" | "maroc" | "mar" => "MA",
        "malta" | "mlt" => "MT",
        "cyprus" | "cyp" => "CY",
        "iceland" | "isl" => "IS",
        "serbia" | "srb" => "RS",
        "macau" | "macau sar, china" | "mac" => "MO",
        _ => return None,
    };
    code.parse().ok()
}

/// The country that a line of a place ends with: after ` - ` or `-` as DHL Express writes it, else after the last comma.
pub(crate) fn country_at_end(line: &str) -> Option<Country> {
    // MyDHL API writes `Brussels-BE`.
    if let Some((_, code)) = line.rsplit_once('-').filter(|(_, code)| is_abbreviation(code)) {
        return country_code(code);
    }
    if let Some((_, after)) = line.rsplit_once(" - ") {
        return country_code(after);
    }
    let (_, after) = line.rsplit_once(',')?;
    // Two letters after a comma are as often a state (`Montreal, QC`) as a country.
    (after.trim().len() > 2).then(|| country_code(after)).flatten()
}

/// The zone of a place that is told in one line with its country at the end: `Paris, France`, `Newark, NJ, USA`.
pub(crate) fn zone_of_line(line: &str) -> Option<TimeZone> {
    let country = country_at_end(line)?;
    let parts: Vec<&str> = line.split(',').map(str::trim).collect();
    let inner = parts.get(1..parts.len().saturating_sub(1)).unwrap_or_default();
    let state = state_before_country(line).or_else(|| inner.iter().copied().find(|part| is_abbreviation(part)));
    zone_of(Some(country.code()), state, None, parts.first().copied())
}

/// The state before the country that a line ends with, as DHL writes it: `CINCINNATI HUB,OH - USA`.
pub(crate) fn state_before_country(line: &str) -> Option<&str> {
    let (place, _) = line.rsplit_once(" - ")?;
    let state = place.rsplit_once(',')?.1.trim();
    is_abbreviation(state).then_some(state)
}

/// Two capitals, as states and countries are abbreviated.
pub(crate) fn is_abbreviation(part: &str) -> bool {
    part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase())
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
        ("US", "PR" | "VI") => "America/Puerto_Rico",
        ("US", "GU") => "Pacific/Guam",
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

/// The zone of a city in a state or a country that lies in several: those in which carriers sort, as they begin a place
/// (`montreal sort ctr`).
fn zone_of_city(country: &str, state: &str, folded: &str) -> Option<&'static str> {
    // What is longer than a postal abbreviation is no state, but the place once more.
    let state = if state.len() > 3 { "" } else { state };
    let (_, _, zone, _) = CITIES.iter().find(|(of_country, of_state, _, cities)| {
        let named = |city: &str| folded.strip_prefix(city).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        *of_country == country && *of_state == state && cities.split(' ').any(|city| named(&city.replace('_', " ")))
    })?;
    Some(zone)
}

/// Country, state (or none, where carriers leave it out), zone, and cities with `_` for a space.
const CITIES: &[(&str, &str, &str, &str)] = &[
    (
        "CA",
        "ON",
        "America/Toronto",
        "toronto mississauga brampton ottawa hamilton london markham vaughan concord kitchener windsor etobicoke scarborough \
         north_york oakville burlington barrie kingston guelph sudbury",
    ),
    (
        "CA",
        "QC",
        "America/Toronto",
        "montreal quebec laval gatineau longueuil sherbrooke saint-laurent st-laurent st_laurent dorval lachine anjou levis \
         trois-rivieres brossard terrebonne",
    ),
    (
        "CA",
        "BC",
        "America/Vancouver",
        "vancouver richmond burnaby surrey victoria delta coquitlam langley abbotsford kelowna nanaimo kamloops prince_george",
    ),
    ("CA", "SK", "America/Regina", "regina saskatoon"),
    ("US", "TX", "America/Chicago", "dallas houston austin san_antonio fort_worth"),
    ("US", "FL", "America/New_York", "miami orlando tampa jacksonville"),
    ("US", "TN", "America/Chicago", "memphis nashville"),
    ("US", "TN", "America/New_York", "knoxville"),
    ("US", "KY", "America/New_York", "louisville lexington hebron"),
    ("US", "IN", "America/New_York", "indianapolis"),
    ("US", "MI", "America/New_York", "detroit grand_rapids romulus"),
    ("US", "NV", "America/Los_Angeles", "las_vegas reno"),
    ("US", "OR", "America/Los_Angeles", "portland"),
    ("US", "KS", "America/Chicago", "wichita kansas_city"),
    ("US", "NE", "America/Chicago", "omaha lincoln"),
    ("US", "ID", "America/Denver", "boise"),
    ("US", "AK", "America/Anchorage", "anchorage"),
    ("US", "", "America/New_York", "new_york cincinnati_hub"),
    ("US", "", "America/Los_Angeles", "los_angeles san_francisco"),
    ("US", "", "America/Chicago", "chicago"),
    ("CA", "", "America/Toronto", "toronto montreal"),
    ("CA", "", "America/Vancouver", "vancouver"),
    ("ES", "", "Europe/Madrid", "madrid barcelona valencia sevilla seville zaragoza bilbao vitoria malaga alicante"),
    ("PT", "", "Europe/Lisbon", "lisbon lisboa porto oporto"),
    ("AU", "", "Australia/Sydney", "sydney canberra"),
    ("AU", "", "Australia/Melbourne", "melbourne"),
    ("AU", "", "Australia/Brisbane", "brisbane"),
    ("AU", "", "Australia/Adelaide", "adelaide"),
    ("AU", "", "Australia/Perth", "perth"),
];

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

    #[test]
    fn cities_of_states_in_two_zones() {
        let name = |country: &str, state: &str, city: &str| {
            let zone = zone_of(Some(country), Some(state), None, Some(city));
            zone.and_then(|zone| zone.iana_name().map(str::to_owned))
        };
        assert_eq!(name("CA", "QC", "Montréal Sort Ctr/Ctr Trie").as_deref(), Some("America/Toronto"));
        assert_eq!(name("US", "TX", "EL PASO"), None);
        assert_eq!(name("US", "OR", "Portlandia"), None);
        assert_eq!(name("US", "TX", "New York"), None);
        assert_eq!(name("ES", "", "MADRID - SPAIN").as_deref(), Some("Europe/Madrid"));
        assert_eq!(name("US", "NY", "").as_deref(), Some("America/New_York"));
        for (country, state, _, cities) in CITIES {
            for city in cities.split(' ') {
                assert!(name(country, state, &city.replace('_', " ")).is_some(), "{country} {state} {city}");
            }
        }
    }

    #[test]
    fn countries_by_their_names() {
        let code = |written: &str| country_code(written).map(|country| country.code().to_owned());
        assert_eq!(code("Deutschland").as_deref(), Some("DE"));
        assert_eq!(code("uk").as_deref(), Some("GB"));
        assert_eq!(code("Nowhere"), None);
        let at_end = |line: &str| country_at_end(line).map(|country| country.code().to_owned());
        assert_eq!(at_end("LEIPZIG - GERMANY").as_deref(), Some("DE"));
        assert_eq!(at_end("HONG KONG - HONG KONG SAR, CHINA").as_deref(), Some("HK"));
        assert_eq!(at_end("Brussels-BE").as_deref(), Some("BE"));
        assert_eq!(at_end("LONDON-HEATHROW - UK").as_deref(), Some("GB"));
        assert_eq!(state_before_country("CINCINNATI HUB,OH - USA"), Some("OH"));
        assert_eq!(state_before_country("HONG KONG - HONG KONG SAR, CHINA"), None);
        assert_eq!(at_end("Montreal, QC"), None);
        let zone = |line: &str| zone_of_line(line).and_then(|zone| zone.iana_name().map(str::to_owned));
        assert_eq!(zone("Paris, France").as_deref(), Some("Europe/Paris"));
        assert_eq!(zone("Newark, NJ, 07101, USA").as_deref(), Some("America/New_York"));
        assert_eq!(zone("CINCINNATI HUB,OH - USA").as_deref(), Some("America/New_York"));
        assert_eq!((zone("SHENZHEN"), zone("Springfield, USA")), (None, None));
        assert_eq!(at_end("Lyon"), None);
    }
}
