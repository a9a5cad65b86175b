//! `kept trial`: playbooks, in force or drafted, over the real past. Reads only.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kept_base::from_millis;
use kept_domain::message::Mode;
use kept_engine::trial::{TrialAsked, TrialResult, TrialRow, Tried};
use kept_engine::views::Share;
use kept_engine::{Clock, Engine};
use serde_json::json;

use crate::setup::{Hint, Place, Shop, progress};

/// Tries playbooks on the past.
#[derive(Debug, Args)]
pub struct Trial {
    #[command(flatten)]
    place: Place,
    /// The shop's time zone (IANA), in which days begin and end.
    #[arg(long, env = "KEPT_ZONE", default_value = "Europe/Paris")]
    zone: String,
    /// Where operations get their messages; without it these are only shown.
    #[arg(long, env = "KEPT_OPERATIONS")]
    operations: Option<String>,
    /// A playbook in force; may be given several times: they are then tried together.
    #[arg(long, required_unless_present = "draft", conflicts_with = "draft")]
    playbook: Vec<String>,
    /// A file of playbooks that is in no pack.
    #[arg(long)]
    draft: Option<PathBuf>,
    /// First day of the period (YYYY-MM-DD, in the shop's zone).
    #[arg(long)]
    from: Date,
    /// Last day of the period.
    #[arg(long)]
    to: Date,
    /// How far the playbooks are trusted.
    #[arg(long, value_enum, default_value_t = Trust::Automatic)]
    mode: Trust,
    /// Decisions listed; 0: only the counts.
    #[arg(long, default_value_t = 20)]
    list: usize,
    /// Prints one JSON object: the counts, and every decision.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Trust {
    Shadow,
    Approve,
    Automatic,
}

/// Runs it and prints what it found.
pub fn run(command: &Trial) -> Result<()> {
    command.place.must_exist()?;
    let shop = Shop { zone: command.zone.clone(), operations: command.operations.clone(), ..Shop::default() };
    let engine = command.place.engine(&shop, "http://localhost:8420", Clock::Wall)?;
    let zone = kept_base::moment::zone_named(&command.zone).unwrap_or(TimeZone::UTC);
    let what = match &command.draft {
        Some(file) => Tried::Draft(draft(&engine, file)?),
        None => Tried::InForce(command.playbook.clone()),
    };
    let start = |day: Date| -> Result<i64> { Ok(kept_base::millis(day.to_zoned(zone.clone())?.timestamp())) };
    let asked = TrialAsked {
        what,
        mode: match command.mode {
            Trust::Shadow => Mode::Shadow,
            Trust::Approve => Mode::Approve,
            Trust::Automatic => Mode::Automatic,
        },
        from: start(command.from)?,
        before: start(command.to.tomorrow()?)?,
    };
    let bar = progress("facts passed");
    let result = engine.trial(&asked, |progress| {
        bar.set_position(progress.facts);
        ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    let result = result
        .map_err(|error| {
            let names: Vec<String> = engine.playbooks().unwrap_or_default().into_iter().map(|line| line.name).collect();
            Hint::error(
                error.to_string(),
                format!("playbooks in force: {}; the period is from --from to the end of --to", names.join(", ")),
            )
        })?
        .context("the trial was stopped")?;
    if command.json {
        println!("{}", json!({ "trial": result, "rows": result.rows }));
    } else {
        table(&result, command, &zone);
    }
    Ok(())
}

/// The text of a draft; a wrong one is refused with file, line and hint.
fn draft(engine: &Engine, file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    match engine.check_draft(&text) {
        Ok(_) => Ok(text),
        Err(mut error) => {
            error.file = file.display().to_string();
            let hint = error.hint.clone().unwrap_or_else(|| "docs/packs.md lists every key".to_owned());
            Err(Hint::error(error.to_string(), hint))
        }
    }
}

fn table(result: &TrialResult, command: &Trial, zone: &TimeZone) {
    let counts = &result.counts;
    println!(
        "{} in {}, {} to {}, {} facts",
        result.playbooks.join(", "),
        result.mode.word(),
        command.from,
        command.to,
        result.facts
    );
    println!(
        "{} signals answered: {} messages, {} said nothing by the guard, {} held for a person",
        counts.signals, counts.said, counts.dropped, counts.held
    );
    println!("{} promises whose customer would have been told; of the first message about each:", counts.promises);
    for (outcome, promises) in &counts.outcomes {
        println!("  {promises:>8}  {}", words(outcome.word()));
    }
    println!("told first, of those not kept in time: {}", said(counts.told_first));
    println!("needless, of those warned: {}", said(counts.needless));
    if let (Some(median), Some(p90)) = (counts.lead_hours.median, counts.lead_hours.p90) {
        println!("warned before the due: median {median:.1} h, ninth decile {p90:.1} h, n = {}", counts.lead_hours.n);
    }
    println!(
        "{} promises fell due unkept in the period; of {} the customer would have been told nothing",
        counts.late, counts.late_untold
    );
    if command.list > 0 {
        println!();
        println!("{:<16} {:<18} {:<16} {:<22} {:<16} outcome", "decided", "playbook", "promise", "message", "told");
        result.rows.iter().take(command.list).for_each(|row| line(row, zone));
        if result.rows.len() > command.list {
            println!("… and {} more (--list, or --json for all)", result.rows.len() - command.list);
        }
    }
    println!("digest {}", result.digest);
}

fn line(row: &TrialRow, zone: &TimeZone) {
    let moment = |at: i64| {
        let at = from_millis(at).unwrap_or_default().to_zoned(zone.clone());
        at.strftime("%Y-%m-%d %H:%M").to_string()
    };
    let told = row.told_at.map_or_else(|| row.reasons.join(","), moment);
    let message = if row.says { &*row.template } else { "–" };
    println!(
        "{:<16} {:<18} {:<16} {message:<22} {told:<16} {}",
        moment(row.decided_at),
        row.playbook,
        row.promise.to_string(),
        words(row.outcome.word())
    );
}

fn words(word: &str) -> String {
    word.replace('_', " ")
}

fn said(share: Share) -> String {
    if share.of == 0 {
        return "none to count".to_owned();
    }
    let percent = 100.0 * share.count as f64 / share.of as f64;
    format!(
        "{} of {} ({percent:.0} %, 95 % interval {:.0} to {:.0} %)",
        share.count,
        share.of,
        share.low * 100.0,
        share.high * 100.0
    )
}
