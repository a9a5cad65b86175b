//! `kept load findings`: parcels with known troubles, watched from a cold start and after learning: how much is found, and how much of
//! what is found is there.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use clap::Args;
use kept_domain::Body;
use kept_domain::finding::Finding;
use kept_domain::signal::SignalKind;
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, RecordOptions, Settings};
use kept_sample::findings::{Life, Planted, Rule, SECOND, lives};
use kept_store::Durability;
use serde_json::json;

use super::rounded;

const HOUR: i64 = 3_600_000;
/// The last of the lives goes on this long after it began.
const AFTERWARDS: i64 = 40 * 24;

/// Measures what the watch finds.
#[derive(Debug, Args)]
pub struct Findings {
    /// Parcels; one in five has something wrong with it.
    #[arg(long, default_value_t = 6000)]
    parcels: u32,
    /// Days over which they are placed. The second half is what is counted.
    #[arg(long, default_value_t = 90)]
    days: i64,
    /// What the lives are drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Prints one JSON line instead of a table.
    #[arg(long)]
    json: bool,
}

/// What became of the findings of one kind.
#[derive(Clone, Debug, Default)]
struct Score {
    planted: u64,
    found: u64,
    raised: u64,
    right: u64,
    /// Hours from when it went wrong until it was found.
    hours: Vec<f64>,
}

/// Lives through the same parcels twice: without learning, and with.
pub fn run(command: &Findings) -> Result<()> {
    let cold = live(command, false)?;
    let learned = live(command, true)?;
    if command.json {
        let scores = |scores: &BTreeMap<Rule, Score>| {
            scores.iter().map(|(rule, score)| (rule.word().to_owned(), score.json())).collect::<serde_json::Map<_, _>>()
        };
        println!("{}", json!({ "parcels": command.parcels, "cold": scores(&cold), "learned": scores(&learned) }));
        return Ok(());
    }
    println!("{:28} {:>8} {:>30} {:>30}", "", "planted", "cold: precision recall hours", "learned: precision recall hours");
    for (rule, cold) in &cold {
        let learned = learned.get(rule).cloned().unwrap_or_default();
        println!("{:28} {:>8} {:>30} {:>30}", rule.word(), cold.planted, cold.to_string(), learned.to_string());
    }
    Ok(())
}

fn live(command: &Findings, learn: bool) -> Result<BTreeMap<Rule, Score>> {
    let lives = lives(command.seed, command.parcels, command.days);
    let mut news: Vec<_> = lives.iter().flat_map(|life| life.news.iter().cloned()).collect();
    news.sort_by_key(|(at, _)| *at);
    let folder = tempfile::tempdir()?;
    let begins = news.first().map_or(0, |(at, _)| *at);
    let url = format!("sqlite:{}", folder.path().join("findings.db").display());
    let packs = LoadedPacks::load(PackSource::Embedded)?;
    let engine = Engine::open(&url, Durability::Scratch, Settings::default(), Clock::manual(begins), packs)?;
    let last = news.last().map_or(0, |(at, _)| *at) / HOUR + AFTERWARDS;
    let mut news = news.into_iter().peekable();
    for hour in begins / HOUR..=last {
        let mut inputs = Vec::new();
        while let Some((_, input)) = news.next_if(|(at, _)| *at <= hour * HOUR) {
            inputs.push(input);
        }
        engine.record(inputs, RecordOptions { as_it_happened: true, ..RecordOptions::default() })?;
        engine.clock().set(hour * HOUR);
        engine.watch()?;
        if learn && hour % 24 == 0 {
            engine.learn()?;
        }
    }
    let counted = begins + command.days * 24 * HOUR / 2;
    score(&engine, &lives, counted)
}

/// Compares what was noticed with what was planted, of the parcels placed from a moment on.
fn score(engine: &Engine, lives: &[Life], from: i64) -> Result<BTreeMap<Rule, Score>> {
    let mut scoring =
        Scoring { scores: Rule::ALL.into_iter().map(|rule| (rule, Score::default())).collect(), ..Scoring::default() };
    for life in lives.iter().filter(|life| life.news.first().is_some_and(|(at, _)| *at >= from)) {
        scoring.planted.insert(&life.number, life.planted);
        if let Some(score) = life.planted.and_then(|planted| scoring.scores.get_mut(&planted.rule)) {
            score.planted += 1;
        }
    }
    let mut numbers = HashMap::new();
    for block in engine.database().read(|connection| connection.blocks_after(0, i64::MAX))? {
        for fact in block.read()? {
            match fact.body {
                Body::ParcelAnnounced(body) => {
                    if let Some(promise) = body.promise {
                        numbers.insert(promise, body.tracking_number.trim_end_matches(SECOND).to_owned());
                    }
                }
                Body::SignalRaised(body) => {
                    let Some(number) = numbers.get(&body.promise) else { continue };
                    // What is at risk may be so for the same reason.
                    let finding = Finding::of_reason(&body.reason).filter(|finding| finding.signal() == body.signal_kind);
                    let rule = finding.map_or(Rule::Signal(body.signal_kind), Rule::Finding);
                    scoring.noticed(number, rule, body.true_at);
                }
                Body::PromiseAssessed(body) => {
                    let Some(number) = numbers.get(&body.promise) else { continue };
                    let planted = scoring.planted.get(number.as_str()).copied().flatten();
                    // Of one parcel there is no part.
                    if planted.is_some_and(|planted| planted.rule == Rule::PartialDelivery) {
                        scoring.noticed(number, Rule::PartialDelivery, body.at);
                    }
                }
                _ => {}
            }
        }
    }
    Ok(scoring.scores)
}

#[derive(Default)]
struct Scoring<'a> {
    scores: BTreeMap<Rule, Score>,
    planted: HashMap<&'a str, Option<Planted>>,
    found: HashSet<String>,
}

impl Scoring<'_> {
    /// A rule said something of a parcel.
    fn noticed(&mut self, number: &str, rule: Rule, at: i64) {
        let (Some(truth), Some(score)) = (self.planted.get(number), self.scores.get_mut(&rule)) else { return };
        score.raised += 1;
        let Some(truth) = truth.filter(|truth| (truth.from..truth.until).contains(&at)) else { return };
        if is_right(rule, truth.rule) {
            score.right += 1;
        }
        if rule == truth.rule && self.found.insert(number.to_owned()) {
            score.found += 1;
            score.hours.push((at - truth.from) as f64 / HOUR as f64);
        }
    }
}

/// What is noticed beside what was planted is right too where the one contains the other.
fn is_right(rule: Rule, planted: Rule) -> bool {
    use Rule::{Finding as Found, Signal};
    rule == planted
        || match planted {
            // It never comes, so that the due passes too.
            Found(Finding::PresumedLost) => {
                matches!(rule, Found(Finding::StalledInNetwork) | Signal(SignalKind::Late))
            }
            Signal(SignalKind::Returned) => rule == Signal(SignalKind::Late),
            Found(Finding::PickupAboutToExpire) => {
                matches!(rule, Found(Finding::PickupReminder) | Signal(SignalKind::PickupWaiting))
            }
            Found(Finding::PickupReminder) => rule == Signal(SignalKind::PickupWaiting),
            Found(Finding::TrackingNumberUnknown | Finding::NoFirstScan) => rule == Found(Finding::LabelNotHandedOver),
            Signal(SignalKind::AddressProblem) => rule == Signal(SignalKind::AttemptFailed),
            _ => false,
        }
}

impl Score {
    fn shares(&self) -> (Option<f64>, Option<f64>, Option<f64>) {
        let share = |part: u64, of: u64| (of > 0).then(|| rounded(part as f64 / of as f64));
        let mut hours = self.hours.clone();
        hours.sort_by(f64::total_cmp);
        (share(self.right, self.raised), share(self.found, self.planted), hours.get(hours.len() / 2).copied().map(rounded))
    }

    fn json(&self) -> serde_json::Value {
        let (precision, recall, hours) = self.shares();
        json!({
            "planted": self.planted, "found": self.found, "raised": self.raised, "right": self.right,
            "precision": precision, "recall": recall, "median_hours_until_found": hours,
        })
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (precision, recall, hours) = self.shares();
        let said = |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{share:.2}"));
        let hours = hours.map_or("–".to_owned(), |hours| format!("{hours:.0} h"));
        f.pad(&format!("{} ({}) {} {hours}", said(precision), self.raised, said(recall)))
    }
}
