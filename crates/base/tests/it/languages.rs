use jiff::tz::TimeZone;
use kept_base::{Country, Language};

#[test]
fn a_tag_is_read_whatever_its_region() {
    for tag in ["fr", "fr-FR", "FR_ca", "fr-Latn-CH"] {
        assert_eq!(Language::from_tag(tag), Some(Language::French), "{tag}");
    }
    assert_eq!(Language::from_tag("en-GB"), Some(Language::English));
    for tag in ["", "de", "frs", "eng-GB"] {
        assert_eq!(Language::from_tag(tag), None, "{tag}");
    }
    assert_eq!(serde_json::to_string(&Language::ALL).unwrap(), r#"["fr","en"]"#);
    assert_eq!(serde_json::from_str::<Language>("\"en\"").unwrap(), Language::English);
}

#[test]
fn a_reader_is_answered_in_the_language_they_prefer() {
    for (header, expected) in [
        ("", Language::French),
        ("*", Language::French),
        ("fr-FR,fr;q=0.9,en;q=0.8", Language::French),
        ("en-GB,en;q=0.9,fr;q=0.8", Language::English),
        ("fr;q=0.5, en;q=0.7", Language::English),
        ("de,en;q=0.3", Language::English),
        ("de,fr;q=0.3", Language::French),
        ("fr;q=0, en;q=0.1", Language::English),
        ("de, it", Language::English),
        ("fr, en", Language::French),
        ("en;q=nonsense", Language::English),
        (";;;,,,q=", Language::French),
    ] {
        assert_eq!(Language::negotiate(header), expected, "{header:?}");
    }
}

#[test]
fn a_country_is_two_letters() {
    assert_eq!("fr".parse::<Country>().unwrap(), Country::FR);
    assert_eq!("UK".parse::<Country>().unwrap(), Country::GB);
    assert_eq!(serde_json::to_string(&Country::ES).unwrap(), "\"ES\"");
    for text in ["", "F", "FRA", "F1", "éa", "é"] {
        assert!(text.parse::<Country>().is_err(), "{text}");
    }
}

#[test]
fn a_destination_has_a_zone_where_there_is_exactly_one() {
    let zone = |country: &str, postal| country.parse::<Country>().unwrap().default_zone(postal);
    for (country, postal, expected) in [
        ("FR", None, Some("Europe/Paris")),
        ("FR", Some("75011"), Some("Europe/Paris")),
        ("FR", Some("20 000"), Some("Europe/Paris")),
        ("FR", Some("1000"), Some("Europe/Paris")),
        ("FR", Some("97110"), Some("America/Guadeloupe")),
        ("FR", Some("97200"), Some("America/Martinique")),
        ("FR", Some("97300"), Some("America/Cayenne")),
        ("FR", Some("97400"), Some("Indian/Reunion")),
        ("FR", Some("97500"), Some("America/Miquelon")),
        ("FR", Some("97600"), Some("Indian/Mayotte")),
        ("FR", Some("98714"), Some("Pacific/Tahiti")),
        ("FR", Some("98742"), None),
        ("FR", Some("98800"), Some("Pacific/Noumea")),
        ("FR", Some("974"), None),
        ("RE", None, Some("Indian/Reunion")),
        ("ES", None, None),
        ("ES", Some("28013"), Some("Europe/Madrid")),
        ("ES", Some("35001"), Some("Atlantic/Canary")),
        ("ES", Some("38001"), Some("Atlantic/Canary")),
        ("ES", Some("99999"), None),
        ("PT", Some("1000-001"), Some("Europe/Lisbon")),
        ("PT", Some("9500-150"), Some("Atlantic/Azores")),
        ("GB", None, Some("Europe/London")),
        ("DE", Some("10115"), Some("Europe/Berlin")),
        ("US", Some("10001"), None),
        ("AU", None, None),
        ("ZZ", None, None),
    ] {
        assert_eq!(zone(country, postal), expected, "{country} {postal:?}");
    }
}

#[test]
fn every_zone_of_a_country_is_in_the_database() {
    let letters = || b'A'..=b'Z';
    let mut countries = 0;
    for (first, second) in letters().flat_map(|first| letters().map(move |second| (first, second))) {
        let code = String::from_utf8(vec![first, second]).unwrap();
        if let Some(zone) = code.parse::<Country>().unwrap().default_zone(None) {
            assert!(TimeZone::get(zone).is_ok(), "{code}: {zone}");
            countries += 1;
        }
    }
    // All of ISO 3166 but those with several zones, two aliases counted again (UK, EL).
    assert_eq!(countries, 228);
}
