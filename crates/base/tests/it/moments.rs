use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use kept_base::{Due, Moment, MomentError, Offset, from_millis, millis};
use proptest::prelude::*;

fn read(text: &str) -> Moment {
    Moment::parse_iso(text).unwrap()
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

#[test]
fn iso_texts_are_read_with_what_they_say_of_their_offset() {
    let two_hours = Offset::Known(7200);
    for (text, at, offset) in [
        ("2020-07-04T01:25:12+02:00", "2020-07-04T01:25:12+02:00", two_hours),
        ("2020-07-04 01:25:12+0200", "2020-07-04T01:25:12+02:00", two_hours),
        ("2020-07-04T01:25:12 +02", "2020-07-04T01:25:12+02:00", two_hours),
        ("2020-07-04T01:25+02:00", "2020-07-04T01:25:00+02:00", two_hours),
        ("2020-07-04T01:25:12Z", "2020-07-04T01:25:12+00:00", Offset::Known(0)),
        ("2020-07-04t01:25:12z", "2020-07-04T01:25:12+00:00", Offset::Known(0)),
        ("2020-07-04T01:25:12-09:30", "2020-07-04T01:25:12-09:30", Offset::Known(-34_200)),
        ("2020-07-04T01:25:12.000", "2020-07-04T01:25:12", Offset::Unknown),
        ("2020-07-04T01:25:12.5Z", "2020-07-04T01:25:12.500+00:00", Offset::Known(0)),
        ("2020-07-04T01:25:12,123987", "2020-07-04T01:25:12.123", Offset::Unknown),
        ("2020-07-04T24:00:00", "2020-07-05T00:00:00", Offset::Unknown),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00", Offset::Known(0)),
        ("1900-01-01T00:00:00+00:09:21", "1900-01-01T00:00:00+00:09:21", Offset::Known(561)),
        ("2200-12-31T23:59:59Z", "2200-12-31T23:59:59+00:00", Offset::Known(0)),
        ("2020-07-04T01:25:12+02:00[Europe/Paris]", "2020-07-04T01:25:12+02:00", two_hours),
    ] {
        let moment = read(text);
        assert_eq!((moment.at_text().as_str(), moment.offset), (at, offset), "{text}");
    }
}

#[test]
fn what_is_no_moment_is_refused_with_what_was_read() {
    for text in [
        "",
        "2020-07-04",
        "2020-07-04T",
        "2020-7-4T01:25:12",
        "04/07/2020 01:25",
        "2020-07-04T01:25:12+",
        "2020-07-04T01:25:12+2",
        "2020-07-04T01:25:12.Z",
        "2020-07-04T01:25:12 ",
        "2020-07-04T01:25:12ZZ",
        "2020-07-04T01:25:12 CEST",
        "2020-07-04T1:25:12",
        "é020-07-04T01:25:12",
        "2020-07-04T01:25[Europe/Paris]",
    ] {
        match Moment::parse_iso(text) {
            Err(error @ MomentError::NotAMoment { .. }) => {
                assert!(error.to_string().contains(text.trim()), "{error}");
            }
            // Blanks around the whole are forgiven.
            Ok(_) if text.ends_with(' ') => {}
            other => panic!("{text:?}: {other:?}"),
        }
    }
    for (text, expected) in [
        ("2021-02-29T00:00:00Z", "day"),
        ("2021-13-01T00:00:00Z", "day"),
        ("2021-02-01T25:00:00Z", "time"),
        ("2021-02-01T24:00:01Z", "time"),
        ("2021-02-01T12:61:00Z", "time"),
        ("2021-02-01T12:00:00+26:00", "offset"),
        ("2021-02-01T12:00:00+02:60", "offset"),
    ] {
        match Moment::parse_iso(text) {
            Err(MomentError::NoSuch { part, .. }) => assert_eq!(part, expected, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn an_instant_needs_an_offset() {
    assert_eq!(read("2020-07-04T01:25:12+02:00").instant(), Some(instant("2020-07-03T23:25:12Z")));
    let unknown = read("2020-07-04T01:25:12");
    assert_eq!(unknown.instant(), None);
    assert_eq!(unknown.sort_key_millis(), read("2020-07-04T01:25:12Z").sort_key_millis());
    assert_eq!(unknown, Moment::unknown(date(2020, 7, 4).at(1, 25, 12, 0)));
    assert!(read("1899-01-01T00:00:00").sort_key_millis() < 0);
}

#[test]
fn a_local_clock_in_a_place_is_guessed() {
    let local = |text: &str| Moment::local(text.parse::<DateTime>().unwrap(), &paris());
    assert_eq!(local("2020-07-04T01:25:12").at_text(), "2020-07-04T01:25:12+02:00");
    assert_eq!(local("2020-01-04T01:25:12").offset, Offset::Guessed(3600));
    // In the gap of spring the offset before it, in the fold of autumn the earlier instant.
    assert_eq!(local("2021-03-28T02:30:00").offset, Offset::Guessed(3600));
    assert_eq!(local("2021-10-31T02:30:00").offset, Offset::Guessed(7200));
    assert!(!local("2020-07-04T01:25:12").is_known());
}

#[test]
fn an_instant_in_a_zone_keeps_its_instant() {
    let at = instant("2021-10-31T01:30:00.250999Z");
    let moment = Moment::in_zone(at, &paris());
    assert_eq!(moment.at_text(), "2021-10-31T02:30:00.250+01:00");
    assert_eq!(moment.instant(), from_millis(millis(at)));
    // An offset that cannot be leaves the instant right.
    assert_eq!(Moment::known(at, 1_000_000).instant(), from_millis(millis(at)));
}

#[test]
fn json_says_how_the_offset_is_known() {
    for (moment, json) in [
        (read("2020-07-04T01:25:12+02:00"), r#"{"at":"2020-07-04T01:25:12+02:00","offset":"known"}"#),
        (Moment::local(date(2020, 7, 4).at(1, 25, 12, 0), &paris()), r#"{"at":"2020-07-04T01:25:12+02:00","offset":"guessed"}"#),
        (read("2020-07-04T01:25:12"), r#"{"at":"2020-07-04T01:25:12","offset":"unknown"}"#),
    ] {
        assert_eq!(serde_json::to_string(&moment).unwrap(), json);
        assert_eq!(serde_json::from_str::<Moment>(json).unwrap(), moment);
    }
    for json in [
        r#"{"at":"2020-07-04T01:25:12","offset":"known"}"#,
        r#"{"at":"2020-07-04T01:25:12Z","offset":"unknown"}"#,
        r#"{"at":"2020-07-04T01:25:12Z","offset":"certain"}"#,
    ] {
        assert!(serde_json::from_str::<Moment>(json).is_err(), "{json}");
    }
}

#[test]
fn a_day_ends_with_the_first_instant_of_the_next() {
    let end = |day: &str, zone: &str| Due::end_of_day(day.parse().unwrap(), zone).unwrap().at.to_string();
    assert_eq!(end("2026-11-28", "Europe/Paris"), "2026-11-28T23:00:00Z");
    assert_eq!(end("2026-07-14", "Europe/Paris"), "2026-07-14T22:00:00Z");
    // The clocks of São Paulo went from 00:00 to 01:00: the day ends at that jump.
    assert_eq!(end("2018-11-03", "America/Sao_Paulo"), "2018-11-04T03:00:00Z");
    // Those of Beirut too.
    assert_eq!(end("2021-03-27", "Asia/Beirut"), "2021-03-27T22:00:00Z");
    // Samoa had no 30 December 2011: the 29th and the 30th end together.
    assert_eq!(end("2011-12-29", "Pacific/Apia"), "2011-12-30T10:00:00Z");
    assert_eq!(end("2011-12-30", "Pacific/Apia"), "2011-12-30T10:00:00Z");
    // Newfoundland went back at 00:01: the first of two midnights.
    assert_eq!(end("2010-11-06", "America/St_Johns"), "2010-11-07T02:30:00Z");
    // Toronto in 1919 jumped from 23:30 to 00:30, over midnight.
    assert_eq!(end("1919-03-30", "America/Toronto"), "1919-03-31T04:30:00Z");
    let wrong = Due::end_of_day(date(2026, 1, 1), "Europe/Atlantis");
    assert!(matches!(wrong, Err(MomentError::NoSuchZone { .. })), "{wrong:?}");
    let beyond = Due::end_of_day(Date::MAX, "UTC");
    assert!(matches!(beyond, Err(MomentError::OutOfRange { .. })), "{beyond:?}");
}

#[test]
fn a_machine_without_zones_has_the_bundled_ones() {
    let bundled = jiff::tz::TimeZoneDatabase::bundled();
    for zone in ["Europe/Paris", "Indian/Reunion", "Atlantic/Canary"] {
        assert!(bundled.get(zone).is_ok(), "{zone}");
    }
}

#[test]
fn a_due_is_written_in_milliseconds_and_ordered_by_them() {
    let day = Due::end_of_day(date(2026, 11, 28), "Europe/Paris").unwrap();
    let json = r#"{"at":1795906800000,"day":"2026-11-28","zone":"Europe/Paris"}"#;
    assert_eq!(serde_json::to_string(&day).unwrap(), json);
    assert_eq!(serde_json::from_str::<Due>(json).unwrap(), day);
    let moment = Due::at(instant("2026-11-28T22:59:59.9996Z"));
    assert_eq!(serde_json::to_string(&moment).unwrap(), r#"{"at":1795906799999}"#);
    assert_eq!(serde_json::from_str::<Due>(r#"{"at":1795906799999,"day":null}"#).unwrap(), moment);
    assert!(moment < day);
    assert!(serde_json::from_str::<Due>(r#"{"at":9223372036854775807}"#).is_err());
    assert_eq!(from_millis(i64::MAX), None);
}

proptest! {
    #[test]
    fn every_known_moment_survives_its_json(
        at in -2_208_988_800_000..7_289_654_400_000_i64,
        minutes in -900..=900_i32,
    ) {
        let at = from_millis(at).unwrap();
        let moment = Moment::known(at, minutes * 60);
        prop_assert_eq!(moment.instant(), Some(at));
        prop_assert_eq!(moment.sort_key_millis(), millis(at));
        let json = serde_json::to_string(&moment).unwrap();
        prop_assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), moment);
        let unknown = Moment::unknown(moment.wall);
        let json = serde_json::to_string(&unknown).unwrap();
        prop_assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), unknown);
    }

    #[test]
    fn no_text_makes_the_parser_panic(
        text in "\\PC*",
        near in "20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-9:.é]{0,12}[-+Z0-9:\\[\\]]{0,7}",
    ) {
        let _ = Moment::parse_iso(&text);
        if let Ok(moment) = Moment::parse_iso(&near) {
            prop_assert_eq!(Moment::parse_iso(&moment.at_text()).unwrap(), moment);
        }
    }

    #[test]
    fn extreme_instants_are_moments_too(at in Timestamp::MIN.as_millisecond()..=Timestamp::MAX.as_millisecond()) {
        let at = from_millis(at).unwrap();
        prop_assert_eq!(Moment::in_zone(at, &paris()).instant(), Some(at));
    }
}
