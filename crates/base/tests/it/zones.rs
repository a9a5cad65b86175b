//! Zone arithmetic against Python's zoneinfo, for every zone and every change of clocks 2000–2040.

use std::process::Command;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kept_base::{Due, Moment, Offset};

/// Where both sides read their zones: what jiff takes first, so that the releases cannot differ.
fn database_folder() -> String {
    std::env::var("TZDIR").unwrap_or_else(|_| "/usr/share/zoneinfo".to_owned())
}

#[derive(Default)]
struct Tally {
    ends_of_day: u64,
    instants: u64,
    walls: u64,
    differences: Vec<String>,
}

impl Tally {
    fn note<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, ours: T, theirs: T) {
        if ours != theirs {
            self.differences.push(format!("{what}: here {ours:?}, zoneinfo {theirs:?}"));
        }
    }
}

#[test]
fn every_change_of_clocks_agrees_with_python() {
    let folder = database_folder();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/zones.py");
    let output = Command::new("python3")
        .arg(script)
        .env("PYTHONTZPATH", &folder)
        .output()
        .expect("this test needs `python3` (3.9 or later) on the path: it is the second opinion");
    assert!(
        output.status.success(),
        "zones.py failed with the database in {folder}:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let database = lines.next().expect("zones.py names its database first");
    let mut tally = Tally::default();
    let mut zones = std::collections::BTreeSet::new();
    for line in lines {
        let (zone, fields) = line.split_once(' ').unwrap();
        zones.insert(zone.to_owned());
        compare(zone, fields, &mut tally);
    }
    let total = tally.ends_of_day + tally.instants + tally.walls;
    println!(
        "{database}; {} zones, {total} comparisons ({} ends of day, {} instants, {} wall clocks), {} differences",
        zones.len(),
        tally.ends_of_day,
        tally.instants,
        tally.walls,
        tally.differences.len()
    );
    // A check that found nothing to check must not pass.
    assert!(zones.len() > 400 && total > 100_000, "too little was compared: {total} in {folder}");
    let first: Vec<_> = tally.differences.iter().take(40).cloned().collect();
    assert!(first.is_empty(), "{} differences:\n{}", tally.differences.len(), first.join("\n"));
}

fn compare(zone_name: &str, fields: &str, tally: &mut Tally) {
    let Ok(zone) = TimeZone::get(zone_name) else {
        tally.differences.push(format!("{zone_name}: unknown here"));
        return;
    };
    let mut fields = fields.split(' ');
    let mut number = || fields.next().unwrap().parse::<i64>().unwrap();
    let (instant, before, after) = (number(), number(), number());
    for (at, offset) in [(instant - 1, before), (instant, after), (instant + 1, after)] {
        let at = Timestamp::from_second(at).unwrap();
        let moment = Moment::in_zone(at, &zone);
        let what = format!("{zone_name} at {at}");
        tally.instants += 1;
        tally.note(&what, moment.offset, Offset::Known(i32::try_from(offset).unwrap()));
        tally.note(&what, moment.instant(), Some(at));
    }
    for field in fields {
        let (left, right) = field.split_once('=').unwrap();
        let expected: i64 = right.parse().unwrap();
        if left.contains('T') {
            let wall: DateTime = left.parse().unwrap();
            let moment = Moment::local(wall, &zone);
            tally.walls += 1;
            let expected = Offset::Guessed(i32::try_from(expected).unwrap());
            tally.note(&format!("{zone_name} on {left}"), moment.offset, expected);
        } else {
            let day: Date = left.parse().unwrap();
            let due = Due::end_of_day(day, zone_name).unwrap();
            tally.ends_of_day += 1;
            tally.note(&format!("{zone_name}, end of {day}"), due.at.as_second(), expected);
        }
    }
}
