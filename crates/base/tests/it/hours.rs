use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use kept_base::{HolidayRegion, OpeningHours, Slot};
use proptest::prelude::*;

/// Monday to Friday 9 to 12 and 14 to 18, Saturday 10 to 12, in Paris.
fn shop() -> OpeningHours {
    let weekday = vec![Slot::new(540, 720), Slot::new(840, 1080)];
    OpeningHours {
        zone: "Europe/Paris".to_owned(),
        week: [weekday.clone(), weekday.clone(), weekday.clone(), weekday.clone(), weekday, vec![Slot::new(600, 720)], vec![]],
        holidays: HolidayRegion::France,
        closed: vec![date(2026, 5, 15)],
        open_extra: vec![(date(2026, 5, 17), vec![Slot::new(600, 660)]), (date(2026, 5, 14), vec![Slot::new(600, 660)])],
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn it_is_open_in_its_slots_only() {
    let shop = shop();
    for (instant, open) in [
        ("2026-05-11T06:59:59Z", false),
        ("2026-05-11T07:00:00Z", true),
        ("2026-05-11T09:59:59.999Z", true),
        ("2026-05-11T10:00:00Z", false),
        ("2026-05-11T12:00:00Z", true),
        // A holiday, a closed day, a holiday opened, a Sunday opened.
        ("2026-05-08T08:00:00Z", false),
        ("2026-05-15T08:00:00Z", false),
        ("2026-05-14T08:30:00Z", true),
        ("2026-05-14T09:30:00Z", false),
        ("2026-05-17T08:30:00Z", true),
    ] {
        assert_eq!(shop.is_open_at(at(instant)), open, "{instant}");
    }
}

#[test]
fn the_next_opening_is_found_over_closed_days() {
    let shop = shop();
    for (from, opening) in [
        ("2026-05-11T08:00:00Z", "2026-05-11T08:00:00Z"),
        ("2026-05-11T10:00:00Z", "2026-05-11T12:00:00Z"),
        ("2026-05-07T16:00:00Z", "2026-05-09T08:00:00Z"),
        ("2026-05-16T10:00:00Z", "2026-05-17T08:00:00Z"),
    ] {
        assert_eq!(shop.next_open(at(from)), Some(at(opening)), "{from}");
    }
}

#[test]
fn open_time_is_added_slot_by_slot() {
    let shop = shop();
    let from = at("2026-05-11T09:00:00Z");
    assert_eq!(shop.add_open_time(from, 3600), Some(at("2026-05-11T10:00:00Z")));
    assert_eq!(shop.add_open_time(from, 3601), Some(at("2026-05-11T12:00:01Z")));
    assert_eq!(shop.add_open_time(from, 5 * 3600 + 1), Some(at("2026-05-12T07:00:01Z")));
    assert_eq!(shop.add_open_time(from, 0), Some(from));
    assert_eq!(shop.add_open_time(from, -1), None);
    // Thursday evening, over Labour Day: Saturday.
    assert_eq!(shop.add_open_time(at("2026-04-30T16:00:00Z"), 60), Some(at("2026-05-02T08:01:00Z")));
    assert_eq!(shop.open_seconds_between(from, at("2026-05-12T07:00:01Z")), 5 * 3600 + 1);
    assert_eq!(shop.open_seconds_between(at("2026-05-12T07:00:01Z"), from), 0);
}

#[test]
fn days_have_the_length_they_have() {
    let always = OpeningHours::always("Europe/Paris");
    assert_eq!(always.open_seconds_between(at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z")), 23 * 3600);
    // A night shift over the end of summer time works an hour more.
    let mut night = always.clone();
    night.week = std::array::from_fn(|_| vec![Slot::new(0, 360)]);
    assert_eq!(night.open_seconds_between(at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z")), 7 * 3600);
    // A slot that lies in the gap of spring is no time at all.
    night.week = std::array::from_fn(|_| vec![Slot::new(120, 180)]);
    assert_eq!(night.open_seconds_between(at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")), 0);
    // Samoa had no 30 December 2011.
    let apia = OpeningHours::always("Pacific/Apia");
    let (from, to) = (at("2011-12-28T10:00:00Z"), at("2012-01-02T10:00:00Z"));
    assert_eq!(apia.open_seconds_between(from, to), 5 * 86_400);
}

#[test]
fn what_never_opens_is_never_waited_for() {
    let mut never = OpeningHours::always("Europe/Paris");
    never.week = std::array::from_fn(|_| vec![]);
    let from = at("2026-05-11T09:00:00Z");
    assert_eq!((never.next_open(from), never.add_open_time(from, 1)), (None, None));
    never.week = std::array::from_fn(|_| vec![Slot::new(600, 600), Slot::new(700, 600), Slot::new(1500, 2000)]);
    assert_eq!((never.next_open(from), never.add_open_time(from, 1)), (None, None));
    assert_eq!(never.open_seconds_between(from, at("2027-05-11T09:00:00Z")), 0);
    let nowhere = OpeningHours::always("Nowhere");
    assert!(!nowhere.zone_exists() && !nowhere.is_open_at(from));
    assert_eq!((nowhere.next_open(from), nowhere.add_open_time(from, 1)), (None, None));
    let always = OpeningHours::always("UTC");
    assert_eq!(always.add_open_time(from, i64::MAX), None);
    assert_eq!(always.next_open(Timestamp::MAX), None);
    // The first day that can be represented has no beginning that can.
    assert!(!always.is_open_at(Timestamp::MIN));
}

#[test]
fn overlapping_slots_count_once() {
    let mut hours = OpeningHours::always("UTC");
    hours.week = std::array::from_fn(|_| vec![Slot::new(700, 800), Slot::new(600, 750), Slot::new(800, 2000)]);
    let midnight = at("2026-05-11T00:00:00Z");
    let day = midnight + SignedDuration::from_hours(24);
    assert_eq!(hours.open_seconds_between(midnight, day), (1440 - 600) * 60);
}

#[test]
fn json_keeps_what_is_not_given_empty() {
    let json = r#"{"zone":"UTC","week":[[{"from":540,"to":720}],[],[],[],[],[],[]]}"#;
    let read: OpeningHours = serde_json::from_str(json).unwrap();
    assert!(read.closed.is_empty() && read.holidays == HolidayRegion::None);
    let shop = shop();
    let text = serde_json::to_string(&shop).unwrap();
    assert!(text.contains(r#"["2026-05-17",[{"from":600,"to":660}]]"#), "{text}");
    assert_eq!(serde_json::from_str::<OpeningHours>(&text).unwrap(), shop);
}

fn slots() -> impl Strategy<Value = Vec<Slot>> {
    prop::collection::vec((0..1500_u16, 0..1500_u16), 0..4)
        .prop_map(|pairs| pairs.into_iter().map(|(from, to)| Slot::new(from, to)).collect())
}

fn any_hours(zones: &'static [&'static str]) -> impl Strategy<Value = OpeningHours> {
    let week: [_; 7] = std::array::from_fn(|_| slots());
    (week, prop::sample::select(zones), prop::sample::select(HolidayRegion::ALL.to_vec())).prop_map(|(week, zone, holidays)| {
        OpeningHours {
            zone: zone.to_owned(),
            week,
            holidays,
            closed: vec![date(2021, 3, 29)],
            open_extra: vec![(date(2021, 12, 25), vec![Slot::ALL_DAY])],
        }
    })
}

const ZONES: &[&str] = &[
    "Europe/Paris",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Beirut",
    "UTC",
];

proptest! {
    #[test]
    fn open_time_added_is_the_open_time_between(
        hours in any_hours(ZONES),
        from in 1_262_304_000_000..1_800_000_000_000_i64,
        seconds in 0..1_000_000_i64,
    ) {
        let from = Timestamp::from_millisecond(from).unwrap();
        if let Some(to) = hours.add_open_time(from, seconds) {
            prop_assert_eq!(hours.open_seconds_between(from, to), seconds);
            // It is the first such instant: a moment earlier, less was open.
            if seconds > 0 {
                let before = to - SignedDuration::from_millis(1);
                prop_assert_eq!(hours.open_seconds_between(from, before), seconds - 1);
                prop_assert!(hours.is_open_at(before));
            }
        } else {
            // It gives up only where too little ever opens: a single extra day, and then nothing for years.
            let years_later = from + SignedDuration::from_hours(4 * 366 * 24);
            prop_assert!(hours.open_seconds_between(from, years_later) < seconds);
        }
    }

    #[test]
    fn between_now_and_the_next_opening_nothing_is_open(
        hours in any_hours(ZONES),
        from in 1_262_304_000_000..1_800_000_000_000_i64,
    ) {
        let from = Timestamp::from_millisecond(from).unwrap();
        if let Some(open) = hours.next_open(from) {
            prop_assert!(hours.is_open_at(open));
            prop_assert_eq!(hours.is_open_at(from), open == from);
            prop_assert_eq!(hours.open_seconds_between(from, open), 0);
        }
    }

    #[test]
    fn stretches_add_up(
        hours in any_hours(ZONES),
        from in 1_262_304_000..1_800_000_000_i64,
        first in 0..3_000_000_i64,
        second in 0..3_000_000_i64,
    ) {
        let point = |second| Timestamp::from_second(second).unwrap();
        let (a, b, c) = (point(from), point(from + first), point(from + first + second));
        prop_assert_eq!(
            hours.open_seconds_between(a, b) + hours.open_seconds_between(b, c),
            hours.open_seconds_between(a, c)
        );
    }

    #[test]
    fn in_utc_the_minutes_can_be_counted_one_by_one(
        hours in any_hours(&["UTC"]),
        from in 26_800_000..27_000_000_i64,
        minutes in 0..6_000_i64,
    ) {
        let minute = |number: i64| Timestamp::from_second(number * 60).unwrap();
        let counted: i64 = (from..from + minutes)
            .filter(|number| hours.is_open_at(minute(*number)))
            .count()
            .try_into()
            .unwrap();
        prop_assert_eq!(hours.open_seconds_between(minute(from), minute(from + minutes)), counted * 60);
    }
}
