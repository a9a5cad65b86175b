//! What scorecards take when they are kept and read: `cargo run --release -p kept-domain --example scorecards -- 1000000`.
//!
//! Parcels of a year, made up: four carriers, ten countries, three lengths of promise, one in twenty handed over late, one in fifty
//! not arrived. Only the counts are measured; rows, pages and HTTP are measured by `kept load scorecards`.

use std::time::Instant;

use kept_base::ParcelId;
use kept_domain::scorecard::{Group, Mark, Marks, Open, Part, Score, Scorecards, Stay, Under};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const CARRIERS: [&str; 4] = ["laposte", "chronopost", "dpd", "gls"];
const COUNTRIES: [&str; 10] = ["FR", "BE", "DE", "ES", "IT", "GB", "RE", "NL", "PT", "CH"];
const CLASSES: [&str; 3] = ["2", "4", "8"];
const YEAR: std::ops::RangeInclusive<i32> = 20_000..=20_364;
/// How often each question is asked.
const TIMES: u32 = 20;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(bound)).unwrap_or(0)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.below(u32::try_from(of.len()).unwrap_or(1)) as usize).copied().unwrap_or_default()
    }
}

fn score(random: &mut Random) -> Score {
    let day = YEAR.start() + i32::try_from(random.below(365)).unwrap_or(0);
    let (group, mut marks) = (
        Group {
            carrier: random.one(&CARRIERS).to_owned(),
            lane: random.one(&COUNTRIES).to_owned(),
            class: random.one(&CLASSES).to_owned(),
            handed_late: random.below(20) == 0,
            seller: String::new(),
        },
        Marks::default(),
    );
    marks.set(Mark::Handed);
    marks.set(Mark::ShipJudged);
    let due = i64::from(day) * DAY;
    let handed = due - i64::from(20 + random.below(100)) * HOUR;
    let preparing = Stay::Ended(u16::try_from(4 + random.below(60)).unwrap_or(0));
    if random.below(50) == 0 {
        let open = Open { missed_from: Some(due), under_way_since: Some(handed), ..Open::default() };
        return Score { day, group, part: Part { marks, transit: Stay::None, preparing }, open: Some(open) };
    }
    for mark in [Mark::Judged, Mark::Delivered, Mark::Attempted] {
        marks.set(mark);
    }
    if random.below(10) > 0 {
        marks.set(Mark::Kept);
        marks.set(Mark::FirstTry);
    }
    let transit = Stay::Ended(u16::try_from(20 + random.below(120)).unwrap_or(0));
    Score { day, group, part: Part { marks, transit, preparing }, open: None }
}

fn main() {
    let parcels = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(200_000_i64);
    let mut random = Random(7);
    let scores: Vec<Score> = (0..parcels).map(|_| score(&mut random)).collect();
    let mut counts = Scorecards::default();
    let started = Instant::now();
    for (id, score) in (1..).zip(&scores) {
        counts.put(ParcelId::new(id), Some(score.clone()));
    }
    let put = started.elapsed();
    let now = i64::from(*YEAR.end()) * DAY;
    println!("{parcels} parcels put in: {:.2} µs each", put.as_secs_f64() * 1e6 / parcels as f64);
    let started = Instant::now();
    for (id, score) in (1..).zip(scores.iter().rev()).take(100_000) {
        counts.put(ParcelId::new(id), Some(score.clone()));
    }
    println!("100,000 of them put in anew: {:.2} µs each", started.elapsed().as_secs_f64() * 10.0);
    for days in [30, 90, 365] {
        let period = YEAR.end() - (days - 1)..=*YEAR.end();
        let mut times: Vec<f64> = (0..TIMES)
            .map(|_| {
                let started = Instant::now();
                let groups = counts.sum(&period, now).len();
                assert!(groups > 0, "a year with parcels");
                started.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let at = |share: usize| times.get(times.len() * share / 100).or(times.last()).copied().unwrap_or(0.0);
        println!("sum of {days} days: median {:.2} ms, slowest {:.2} ms", at(50), at(100));
    }
    let started = Instant::now();
    let under =
        Under { carrier: Some("dpd".to_owned()), with: Some(Mark::Judged), without: Some(Mark::Kept), ..Under::default() };
    let found = counts.under(&YEAR, &under, now).len();
    println!("{found} parcels under a figure: {:.2} ms", started.elapsed().as_secs_f64() * 1000.0);
}
