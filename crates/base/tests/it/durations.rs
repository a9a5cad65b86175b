use kept_base::{CalendarDuration, DurationError};
use proptest::prelude::*;

fn read(text: &str) -> CalendarDuration {
    text.parse().unwrap()
}

#[test]
fn iso_durations_are_read() {
    assert_eq!(read("P1Y2M3W4DT5H6M7S"), CalendarDuration { years: 1, months: 2, weeks: 3, days: 4, seconds: 18_367 });
    assert_eq!(read("PT72H"), CalendarDuration::seconds(259_200));
    assert_eq!(read("P30D"), CalendarDuration::days(30));
    assert_eq!(read("-P1M").months, -1);
    assert_eq!(read("P1M").months, 1);
    assert_eq!(read("PT1M").seconds, 60);
    assert_eq!(read("P0D"), read("PT0S"));
}

#[test]
fn what_is_no_duration_is_refused() {
    for text in [
        "",
        "P",
        "-P",
        "PT",
        "P1YT",
        "1D",
        "P1",
        "PD",
        "P1H",
        "PT1D",
        "P1D2Y",
        "P1D1D",
        "P-1D",
        "+P1D",
        "p1d",
        "P1D ago",
        "P 1D",
        "P1DT2HT3M",
        "--P1D",
    ] {
        let error = text.parse::<CalendarDuration>();
        assert!(matches!(error, Err(DurationError::NotADuration { .. })), "{text}: {error:?}");
    }
    for text in ["P1.5D", "PT0,5H"] {
        assert!(matches!(text.parse::<CalendarDuration>(), Err(DurationError::Fraction { .. })));
    }
    for text in ["P9223372036854775808D", "PT9223372036854775807H"] {
        assert!(matches!(text.parse::<CalendarDuration>(), Err(DurationError::TooLong { .. })));
    }
}

#[test]
fn a_duration_of_both_signs_is_not_written_down() {
    let mixed = CalendarDuration { months: 1, days: -1, ..CalendarDuration::default() };
    assert!(serde_json::to_string(&mixed).is_err());
    assert!(mixed.to_string().parse::<CalendarDuration>().is_err());
}

#[test]
fn json_is_the_text() {
    assert_eq!(serde_json::to_string(&read("P2W")).unwrap(), "\"P2W\"");
    assert_eq!(serde_json::to_string(&read("PT90S")).unwrap(), "\"PT1M30S\"");
    assert_eq!(serde_json::from_str::<CalendarDuration>("\"PT72H\"").unwrap(), read("PT72H"));
}

proptest! {
    #[test]
    fn every_duration_survives_its_text(
        years in 0..10_000_i64,
        months in 0..10_000_i64,
        weeks in 0..10_000_i64,
        days in 0..=i64::MAX,
        seconds in 0..=i64::MAX,
        backwards: bool,
    ) {
        let sign = if backwards { -1 } else { 1 };
        let duration = CalendarDuration {
            years: sign * years,
            months: sign * months,
            weeks: sign * weeks,
            days: sign * days,
            seconds: sign * seconds,
        };
        prop_assert_eq!(read(&duration.to_string()), duration);
        let json = serde_json::to_string(&duration).unwrap();
        prop_assert_eq!(serde_json::from_str::<CalendarDuration>(&json).unwrap(), duration);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*", near in "-?P?[0-9YMWDTHS.é]{0,12}") {
        let _ = text.parse::<CalendarDuration>();
        if let Ok(duration) = near.parse::<CalendarDuration>() {
            prop_assert_eq!(read(&duration.to_string()), duration);
        }
    }
}
