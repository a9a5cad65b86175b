//! Dates and spans said.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use kept_base::{Due, Language};
use kept_text::said;
use proptest::prelude::*;

const FRENCH: Language = Language::French;
const ENGLISH: Language = Language::English;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

#[test]
fn days_are_said_as_people_say_them() {
    let saturday = date(2026, 11, 28);
    assert_eq!(said::day(FRENCH, saturday), "samedi 28 novembre");
    assert_eq!(said::day(ENGLISH, saturday), "Saturday 28 November");
    assert_eq!(said::day_short(FRENCH, saturday), "sam. 28 nov.");
    assert_eq!(said::day_short(ENGLISH, saturday), "Sat 28 Nov");
    assert_eq!(said::day(FRENCH, date(2026, 12, 1)), "mardi 1ᵉʳ décembre");
    assert_eq!(said::day_short(FRENCH, date(2026, 12, 1)), "mar. 1ᵉʳ déc.");
    assert_eq!(said::day(ENGLISH, date(2026, 12, 1)), "Tuesday 1 December");
    assert_eq!(said::day_from(FRENCH, date(2027, 1, 4), saturday), "lundi 4 janvier 2027");
    assert_eq!(said::day_short_from(ENGLISH, date(2027, 1, 4), saturday), "Mon 4 Jan 2027");
    assert_eq!(said::day_from(FRENCH, saturday, saturday), "samedi 28 novembre");
}

#[test]
fn moments_are_said_where_somebody_lives() {
    let paris = TimeZone::get("Europe/Paris").expect("a zone");
    let moment = at("2026-11-28T13:07:00Z").to_zoned(paris);
    assert_eq!(said::moment(FRENCH, &moment), "samedi 28 novembre à 14:07");
    assert_eq!(said::moment(ENGLISH, &moment), "Saturday 28 November at 14:07");
    assert_eq!(said::moment_from(ENGLISH, &moment, date(2027, 1, 1)), "Saturday 28 November 2026 at 14:07");
    assert_eq!(said::moment_short_from(FRENCH, &moment, date(2026, 11, 27)), "sam. 28 nov., 14:07");
    assert_eq!(said::moment_short_from(FRENCH, &moment, date(2026, 11, 28)), "14:07");
}

#[test]
fn a_due_says_its_day_or_its_time() {
    let today = date(2026, 11, 27);
    let end_of_day = Due::end_of_day(date(2026, 11, 28), "Europe/Paris").expect("a due");
    // Its own day is said even to somebody in Nouméa, where the instant falls on the 29th.
    let noumea = TimeZone::get("Pacific/Noumea").expect("a zone");
    assert_eq!(said::due(FRENCH, &end_of_day, &noumea, today), "samedi 28 novembre, fin de journée");
    assert_eq!(said::due(ENGLISH, &end_of_day, &noumea, today), "Saturday 28 November, end of day");
    assert_eq!(said::due_short(FRENCH, &end_of_day, &noumea, today), "sam. 28 nov., fin de journée");
    assert_eq!(said::due_day(FRENCH, &end_of_day, &noumea, today), "samedi 28 novembre");
    let moment = Due::at(at("2026-11-28T17:00:00Z"));
    let paris = TimeZone::get("Europe/Paris").expect("a zone");
    assert_eq!(said::due(FRENCH, &moment, &paris, today), "samedi 28 novembre, 18:00");
    assert_eq!(said::due_day(ENGLISH, &moment, &noumea, today), "Sunday 29 November");
}

#[test]
fn spans_and_relations_keep_their_number_with_their_unit() {
    let now = at("2026-11-27T13:07:00Z");
    let plain = |text: String| text.replace('\u{a0}', " ");
    assert_eq!(said::relative(FRENCH, now, now + 53.minutes()), "dans 53\u{a0}min");
    assert_eq!(plain(said::relative(ENGLISH, now, now + 53.minutes())), "in 53 min");
    assert_eq!(plain(said::relative(FRENCH, now, now - 72.hours())), "il y a 3 jours");
    assert_eq!(plain(said::relative(ENGLISH, now, now - 72.hours())), "3 days ago");
    assert_eq!(said::relative(FRENCH, now, now + 20.seconds()), "maintenant");
    assert_eq!(plain(said::late_by(FRENCH, now, now + 26.hours() + 7.minutes())), "+ 26 h 07");
    assert_eq!(plain(said::late_by(ENGLISH, now, now + 5.minutes())), "+ 5 min");
    assert_eq!(plain(said::late_by(FRENCH, now, now + 71.hours() + 59.minutes())), "+ 71 h 59");
    assert_eq!(plain(said::late_by(ENGLISH, now, now + 72.hours())), "+ 3 days");
    assert_eq!(plain(said::late_by(FRENCH, now, now + 225.hours() + 37.minutes())), "+ 9 jours");
    assert_eq!(plain(said::span(FRENCH, 41 * 3600 + 59)), "41 h");
    assert_eq!(plain(said::span(FRENCH, 48 * 3600)), "2 jours");
    assert_eq!(plain(said::span(ENGLISH, 0)), "1 min");
    assert_eq!(said::span(FRENCH, 86_400 * 1500), "1\u{202f}500\u{a0}jours");
}

#[test]
fn things_are_listed() {
    let things = |count: usize| ["a", "b", "c"].into_iter().take(count).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(said::list(FRENCH, &things(0)), "");
    assert_eq!(said::list(FRENCH, &things(1)), "a");
    assert_eq!(said::list(FRENCH, &things(2)), "a et b");
    assert_eq!(said::list(FRENCH, &things(3)), "a, b et c");
    assert_eq!(said::list(ENGLISH, &things(3)), "a, b and c");
    assert_eq!(said::capitalised("éclairs"), "Éclairs");
}

#[test]
fn every_day_of_four_years_is_said_in_its_own_way() {
    for language in Language::ALL {
        let mut seen = std::collections::HashSet::new();
        let mut day = date(2024, 1, 1);
        while day < date(2028, 1, 1) {
            let full = said::day_from(language, day, date(1999, 1, 1));
            assert!(full.ends_with(&day.year().to_string()));
            assert!(said::day_short(language, day).chars().count() <= 14, "{day}");
            assert!(seen.insert(full), "{day}");
            day = day.tomorrow().expect("a day");
        }
    }
}

proptest! {
    #[test]
    fn any_instants_can_be_related(from in -377_705_023_201_i64..253_402_207_200, to in -377_705_023_201_i64..253_402_207_200) {
        let (from, to) = (Timestamp::from_second(from).expect("in range"), Timestamp::from_second(to).expect("in range"));
        for language in Language::ALL {
            let _ = said::relative(language, from, to);
            let _ = said::late_by(language, from, to);
        }
        let _ = said::span(FRENCH, i64::MIN);
        let _ = said::day_from(FRENCH, Date::MIN, Date::MAX);
    }
}
