use jiff::civil::Date;
use kept_base::HolidayRegion;
use kept_base::holidays::{holidays, is_holiday};
use proptest::prelude::*;

/// `"01-01 04-01"` as the days of a year.
fn days(year: i16, month_days: &str) -> Vec<Date> {
    month_days.split(' ').map(|day| format!("{year}-{day}").parse().unwrap()).collect()
}

fn computed(region: HolidayRegion, year: i16) -> Vec<Date> {
    holidays(region, year).into_iter().map(|(date, _)| date).collect()
}

fn check(region: HolidayRegion, years: &[(i16, &str)]) {
    for (year, expected) in years {
        assert_eq!(computed(region, *year), days(*year, expected), "{region:?} {year}");
    }
}

#[test]
fn france() {
    check(
        HolidayRegion::France,
        &[
            (2024, "01-01 04-01 05-01 05-08 05-09 05-20 07-14 08-15 11-01 11-11 12-25"),
            (2025, "01-01 04-21 05-01 05-08 05-29 06-09 07-14 08-15 11-01 11-11 12-25"),
            (2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"),
            (2027, "01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25"),
            // Ascension and Labour Day on one day.
            (2008, "01-01 03-24 05-01 05-01 05-08 05-12 07-14 08-15 11-01 11-11 12-25"),
        ],
    );
}

#[test]
fn alsace_and_moselle() {
    check(
        HolidayRegion::FranceAlsaceMoselle,
        &[(2026, "01-01 04-03 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25 12-26")],
    );
}

#[test]
fn england_and_wales() {
    // gov.uk/bank-holidays, with Christmas Day itself in 2021, 2022 and 2027.
    check(
        HolidayRegion::EnglandWales,
        &[
            (2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
            (2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-25 12-27 12-28"),
            (2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-25 12-26 12-27"),
            (2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"),
            (2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"),
            (2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
            (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
            (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-25 12-27 12-28"),
            (2002, "01-01 03-29 04-01 05-06 06-03 06-04 08-26 12-25 12-26"),
            (2011, "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-25 12-26 12-27"),
            (2012, "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26"),
        ],
    );
}

#[test]
fn scotland_and_northern_ireland() {
    check(
        HolidayRegion::Scotland,
        &[
            (2022, "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-25 12-26 12-27"),
            (2023, "01-02 01-03 04-07 05-01 05-08 05-29 08-07 11-30 12-25 12-26"),
            (2024, "01-01 01-02 03-29 05-06 05-27 08-05 12-02 12-25 12-26"),
            (2021, "01-01 01-04 04-02 05-03 05-31 08-02 11-30 12-25 12-27 12-28"),
        ],
    );
    check(
        HolidayRegion::NorthernIreland,
        &[
            (2024, "01-01 03-18 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26"),
            (2025, "01-01 03-17 04-18 04-21 05-05 05-26 07-14 08-25 12-25 12-26"),
        ],
    );
}

#[test]
fn spain() {
    check(
        HolidayRegion::Spain,
        &[
            (2025, "01-01 01-06 04-18 05-01 08-15 10-12 11-01 12-06 12-08 12-25"),
            (2026, "01-01 01-06 04-03 05-01 08-15 10-12 11-01 12-06 12-08 12-25"),
        ],
    );
}

#[test]
fn easter_at_its_edges() {
    // Easter Monday of France; the earliest and latest Easters of the period among them.
    for monday in [
        "2000-04-24",
        "2005-03-28",
        "2008-03-24",
        "2011-04-25",
        "2016-03-28",
        "2019-04-22",
        "2035-03-26",
        "2038-04-26",
        "1954-04-19",
        "1981-04-20",
        "2049-04-19",
        "2076-04-20",
        "2100-03-29",
    ] {
        let date: Date = monday.parse().unwrap();
        assert!(holidays(HolidayRegion::France, date.year()).contains(&(date, "easter-monday")), "{monday}");
    }
}

#[test]
fn names_of_regions_in_json_are_kebab_case() {
    assert_eq!(
        serde_json::to_string(&HolidayRegion::ALL).unwrap(),
        r#"["none","france","france-alsace-moselle","england-wales","scotland","northern-ireland","spain"]"#
    );
}

proptest! {
    #[test]
    fn lists_are_sorted_and_agree_with_the_question(
        year in -9999..=9999_i16,
        region in prop::sample::select(HolidayRegion::ALL.to_vec()),
        day in 1..=365_i16,
    ) {
        let list = holidays(region, year);
        prop_assert!(list.is_sorted());
        prop_assert!(list.iter().all(|(date, name)| date.year() == year && !name.is_empty()));
        let date = Date::constant(year, 1, 1).with().day_of_year(day).build().unwrap();
        prop_assert_eq!(is_holiday(region, date), list.iter().any(|(known, _)| *known == date));
    }

    #[test]
    fn bank_holidays_never_lack_a_day_in_lieu(year in 2000..=2040_i16) {
        use jiff::civil::Weekday::{Saturday, Sunday};
        for (region, count) in [
            (HolidayRegion::EnglandWales, 8),
            (HolidayRegion::NorthernIreland, 10),
        ] {
            let weekdays = computed(region, year)
                .into_iter()
                .filter(|date| !matches!(date.weekday(), Saturday | Sunday))
                .count();
            let once = match year { 2002 | 2011 | 2012 | 2023 => 1, 2022 => 2, _ => 0 };
            prop_assert_eq!(weekdays, count + once, "{:?} {}", region, year);
        }
    }
}
