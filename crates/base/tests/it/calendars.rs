use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kept_base::{Calendar, CalendarDuration, CalendarError, CalendarKind, Due, HolidayRegion};
use proptest::prelude::*;

fn calendar(kind: CalendarKind) -> Calendar {
    Calendar { zone: "Europe/Paris".to_owned(), kind, holidays: HolidayRegion::France }
}

fn duration(text: &str) -> CalendarDuration {
    text.parse().unwrap()
}

/// Ten in the morning of a day in Paris.
fn morning(day: &str) -> Timestamp {
    let zone = TimeZone::get("Europe/Paris").unwrap();
    day.parse::<Date>().unwrap().at(10, 0, 0, 0).to_zoned(zone).unwrap().timestamp()
}

fn due(kind: CalendarKind, start: &str, text: &str, roll: bool) -> Due {
    calendar(kind).due_after(morning(start), &duration(text), roll).unwrap()
}

#[track_caller]
fn assert_day(due: &Due, day: &str) {
    let day = day.parse().unwrap();
    assert_eq!(due.day, Some(day));
    assert_eq!(due, &Due::end_of_day(day, "Europe/Paris").unwrap());
}

#[test]
fn legal_periods_end_where_the_law_says() {
    use CalendarKind::{CalendarDays, WorkingDaysMonFri, WorkingDaysMonSat};
    for (kind, start, text, roll, end) in [
        // Withdrawal, 14 days, rolled.
        (CalendarDays, "2026-04-17", "P14D", true, "2026-05-04"),
        (CalendarDays, "2026-11-22", "P14D", true, "2026-12-07"),
        (CalendarDays, "2026-12-11", "P14D", true, "2026-12-28"),
        // A data request, one month, rolled.
        (CalendarDays, "2026-01-31", "P1M", true, "2026-03-02"),
        (CalendarDays, "2026-02-28", "P1M", true, "2026-03-30"),
        (CalendarDays, "2026-11-22", "P1M", true, "2026-12-22"),
        (CalendarDays, "2027-12-31", "P1M", true, "2028-01-31"),
        // A complaint to a payment provider, fifteen working days in both readings.
        (WorkingDaysMonSat, "2026-12-21", "P15D", true, "2027-01-09"),
        (WorkingDaysMonFri, "2026-12-21", "P15D", true, "2027-01-13"),
        // Notice of renewal: counted backwards, never rolled.
        (CalendarDays, "2026-12-31", "-P3M", true, "2026-09-30"),
        (CalendarDays, "2026-12-31", "-P1M", true, "2026-11-30"),
        (CalendarDays, "2026-05-31", "-P1D", true, "2026-05-30"),
        // Delivery, thirty days without rolling.
        (CalendarDays, "2026-11-22", "P30D", false, "2026-12-22"),
        (CalendarDays, "2028-02-29", "P1Y", false, "2029-02-28"),
        (CalendarDays, "2026-01-31", "P1M1D", false, "2026-03-01"),
        (CalendarDays, "2026-05-01", "P0D", false, "2026-05-01"),
        (CalendarDays, "2026-05-01", "P0D", true, "2026-05-04"),
        (WorkingDaysMonFri, "2026-05-01", "P2W", true, "2026-05-15"),
        (WorkingDaysMonFri, "2026-04-30", "P1D", false, "2026-05-04"),
        (WorkingDaysMonSat, "2026-04-30", "P1D", false, "2026-05-02"),
        (WorkingDaysMonFri, "2026-05-04", "-P1D", false, "2026-04-30"),
    ] {
        let due = due(kind, start, text, roll);
        assert_eq!(due.day, Some(end.parse().unwrap()), "{kind:?} {start} {text} {roll}");
        assert_day(&due, end);
    }
}

#[test]
fn the_day_of_the_event_is_the_day_in_the_calendars_zone() {
    // 23:30 UTC is already the next day in Paris.
    let start = "2026-11-22T23:30:00Z".parse().unwrap();
    let due = calendar(CalendarKind::CalendarDays).due_after(start, &duration("P1D"), false);
    assert_day(&due.unwrap(), "2026-11-24");
}

#[test]
fn hours_are_exact_and_do_not_roll() {
    // Over the end of summer time: 72 hours, not three days on the wall clock.
    let due = due(CalendarKind::ClockHours, "2026-10-23", "PT72H", true);
    assert_eq!(due, Due::at("2026-10-26T08:00:00Z".parse().unwrap()));
    let day = self::due(CalendarKind::ClockHours, "2026-10-24", "P1D", true);
    assert_eq!(day, Due::at("2026-10-25T08:00:00Z".parse().unwrap()));
    let month = self::due(CalendarKind::ClockHours, "2026-10-24", "P1M", true);
    assert_eq!(month, Due::at("2026-11-24T09:00:00Z".parse().unwrap()));
    let calendar_hours = self::due(CalendarKind::CalendarDays, "2026-10-23", "PT2H", true);
    assert_eq!(calendar_hours, Due::at("2026-10-23T10:00:00Z".parse().unwrap()));
}

#[test]
fn hours_of_working_days_leave_out_the_rest() {
    // Thursday 30 April 2026 at 10:00; Friday is Labour Day; Monday has 24 hours.
    let due = due(CalendarKind::WorkingDaysMonFri, "2026-04-30", "PT24H", false);
    assert_eq!(due, Due::at("2026-05-04T08:00:00Z".parse().unwrap()));
    let saturday = self::due(CalendarKind::WorkingDaysMonSat, "2026-04-30", "PT24H", false);
    assert_eq!(saturday, Due::at("2026-05-02T08:00:00Z".parse().unwrap()));
    let from_sunday = self::due(CalendarKind::WorkingDaysMonFri, "2026-05-03", "PT1H", false);
    assert_eq!(from_sunday, Due::at("2026-05-03T23:00:00Z".parse().unwrap()));
    let mixed = self::due(CalendarKind::WorkingDaysMonFri, "2026-04-30", "P1DT2H", false);
    assert_eq!(mixed, Due::at("2026-05-04T10:00:00Z".parse().unwrap()));
}

#[test]
fn working_days_are_those_of_the_kind() {
    let working = |kind, day: &str| calendar(kind).is_working_day(day.parse().unwrap());
    assert!(working(CalendarKind::WorkingDaysMonSat, "2026-05-02"));
    assert!(!working(CalendarKind::WorkingDaysMonFri, "2026-05-02"));
    assert!(!working(CalendarKind::CalendarDays, "2026-05-02"));
    assert!(!working(CalendarKind::WorkingDaysMonSat, "2026-05-01"));
    assert!(!working(CalendarKind::WorkingDaysMonSat, "2026-05-03"));
    let calendar = calendar(CalendarKind::WorkingDaysMonFri);
    let day = |text: &str| text.parse::<Date>().unwrap();
    assert_eq!(calendar.next_working_day(day("2026-04-30")), Ok(day("2026-05-04")));
    assert_eq!(calendar.add_working_days(day("2026-05-03"), 0), Ok(day("2026-05-03")));
}

#[test]
fn what_cannot_be_counted_is_an_error() {
    let start = morning("2026-01-01");
    for kind in
        [CalendarKind::CalendarDays, CalendarKind::ClockHours, CalendarKind::WorkingDaysMonSat, CalendarKind::WorkingDaysMonFri]
    {
        for text in [
            "P9000Y",
            "P9223372036854775807D",
            "P9223372036854775807W",
            "-P9223372036854775807Y",
            "PT9223372036854775807S",
            "P9223372036854775807M",
        ] {
            let result = calendar(kind).due_after(start, &duration(text), true);
            assert!(matches!(result, Err(CalendarError::OutOfRange { .. })), "{kind:?} {text} {result:?}");
        }
    }
    let nowhere = Calendar { zone: "Nowhere".to_owned(), ..calendar(CalendarKind::CalendarDays) };
    let result = nowhere.due_after(start, &duration("P1D"), true);
    assert!(matches!(result, Err(CalendarError::Moment(_))), "{result:?}");
}

#[test]
fn json_is_kebab_case() {
    let json = r#"{"zone":"Europe/Paris","kind":"working-days-mon-sat","holidays":"france"}"#;
    let read: Calendar = serde_json::from_str(json).unwrap();
    assert_eq!(read, calendar(CalendarKind::WorkingDaysMonSat));
    assert_eq!(serde_json::to_string(&read).unwrap(), json);
    let kinds = [CalendarKind::CalendarDays, CalendarKind::ClockHours, CalendarKind::WorkingDaysMonFri];
    assert_eq!(serde_json::to_string(&kinds).unwrap(), r#"["calendar-days","clock-hours","working-days-mon-fri"]"#);
}

proptest! {
    #[test]
    fn working_days_forth_and_back_come_home(day in 0..10_000_i32, n in 1..200_i64) {
        let calendar = calendar(CalendarKind::WorkingDaysMonFri);
        let any = Date::constant(2010, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        let start = calendar.next_working_day(any).unwrap();
        let there = calendar.add_working_days(start, n).unwrap();
        prop_assert!(calendar.is_working_day(there));
        prop_assert_eq!(calendar.add_working_days(there, -n).unwrap(), start);
        let between = std::iter::successors(Some(start), |day| day.tomorrow().ok())
            .skip(1)
            .take_while(|day| *day <= there)
            .filter(|day| calendar.is_working_day(*day))
            .count();
        prop_assert_eq!(i64::try_from(between).unwrap(), n);
    }

    #[test]
    fn a_longer_period_is_never_due_earlier(
        start in 0..2_000_000_000_i64,
        days in 0..400_i64,
        roll: bool,
    ) {
        let start = Timestamp::from_second(start).unwrap();
        for kind in [CalendarKind::CalendarDays, CalendarKind::WorkingDaysMonSat, CalendarKind::ClockHours] {
            let calendar = calendar(kind);
            let shorter = calendar.due_after(start, &CalendarDuration::days(days), roll).unwrap();
            let longer = calendar.due_after(start, &CalendarDuration::days(days + 1), roll).unwrap();
            prop_assert!(start <= shorter.at && shorter <= longer);
        }
    }
}
