//! Judging: what each message of a trial was worth, seen from the end of the ledger.

use std::collections::{BTreeMap, HashMap};

use kept_base::{PromiseId, millis};
use kept_domain::message::WARNINGS;
use kept_domain::promise::{Promise, PromiseState};
use sha2::{Digest, Sha256};

use super::running::Run;
use super::{TrialAsked, TrialOutcome, TrialResult, TrialRow};
use crate::EngineError;
use crate::figures::{quantiles, share};

pub(super) fn result(mut run: Run<'_>, asked: &TrialAsked, facts: u64) -> Result<TrialResult, EngineError> {
    let mut rows = std::mem::take(&mut run.rows);
    for row in &mut rows {
        if let Some(promise) = run.world.folder.promise(row.promise) {
            judge(row, promise);
        }
    }
    let mut counts = run.counts();
    let mut first: HashMap<PromiseId, &TrialRow> = HashMap::new();
    let mut leads = Vec::new();
    let mut warned: HashMap<PromiseId, bool> = HashMap::new();
    for row in &rows {
        counts.said += u64::from(row.says);
        counts.dropped += u64::from(!row.says);
        counts.held += u64::from(row.says && row.told_at.is_none() && row.state != kept_domain::message::MessageState::Dropped);
        if row.customer.is_none() || row.told_at.is_none() {
            continue;
        }
        first.entry(row.promise).or_insert(row);
        if is_warning(row) {
            *warned.entry(row.promise).or_default() |= row.outcome == TrialOutcome::Needless;
            if let (Some(told), Some(due)) = (row.told_at, row.first_due)
                && told < due
                && row.signal != kept_domain::promise::SignalKind::NextWordDue
            {
                leads.push((due - told) as f64 / 3_600_000.0);
            }
        }
    }
    let mut outcomes: BTreeMap<TrialOutcome, u64> = BTreeMap::new();
    for row in first.values() {
        *outcomes.entry(row.outcome).or_default() += 1;
    }
    let of = |outcome: TrialOutcome| outcomes.get(&outcome).copied().unwrap_or(0);
    let broken_first = first.values().filter(|row| row.outcome == TrialOutcome::Broken && row.first).count() as u64;
    let not_kept =
        of(TrialOutcome::ToldFirst) + of(TrialOutcome::AskedFirst) + of(TrialOutcome::AfterDue) + of(TrialOutcome::Broken);
    counts.promises = first.len() as u64;
    counts.told_first = share(of(TrialOutcome::ToldFirst) + broken_first, not_kept);
    counts.needless = share(warned.values().filter(|needless| **needless).count() as u64, warned.len() as u64);
    counts.late = run.late.len() as u64;
    counts.late_untold = run.late.iter().filter(|promise| !first.contains_key(promise)).count() as u64;
    counts.lead_hours = quantiles(leads);
    counts.outcomes = outcomes.into_iter().collect();
    let playbooks = run.names();
    let (most_held, left_out) = (run.world.most_held as u64, std::mem::take(&mut run.world.left_out));
    let digest = std::thread::scope(|scope| {
        // Some hundred thousand subjects are not forgotten in no time.
        scope.spawn(|| drop(run));
        digest(&rows)
    })?;
    Ok(TrialResult {
        playbooks,
        mode: asked.mode,
        from: asked.from,
        before: asked.before,
        facts,
        most_held,
        counts,
        digest,
        left_out,
        rows,
        relived: None,
    })
}

fn digest(rows: &[TrialRow]) -> Result<String, EngineError> {
    let mut hashing = std::io::BufWriter::with_capacity(1 << 16, Hashing(Sha256::new()));
    serde_json::to_writer(&mut hashing, rows).map_err(|error| EngineError::Invalid(error.to_string()))?;
    let Hashing(hash) = hashing.into_inner().map_err(|error| EngineError::Invalid(error.to_string()))?;
    Ok(hex::encode(hash.finalize()))
}

/// Hashes what is written to it: the rows are never there in one piece.
struct Hashing(Sha256);

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn is_warning(row: &TrialRow) -> bool {
    WARNINGS.contains(&&*row.template)
}

fn judge(row: &mut TrialRow, promise: &Promise) {
    let first_due = promise.first_due.as_ref().map(|due| millis(due.at));
    row.first_due = first_due;
    row.ended_at = promise.outcome.as_ref().map(|outcome| outcome.at);
    let (Some(told), Some(_)) = (row.told_at, row.customer) else { return };
    let asked = promise.chasers.iter().any(|asked| *asked <= told);
    let in_time = first_due.is_none_or(|due| told < due);
    row.first = in_time && !asked;
    let by_first_due = promise.outcome.as_ref().map(|outcome| outcome.by_first_due);
    row.outcome = match by_first_due {
        _ if promise.disputed.is_some() => TrialOutcome::Disputed,
        _ if promise.is_neutral() => TrialOutcome::Neutral,
        Some(PromiseState::Released) => TrialOutcome::Neutral,
        Some(PromiseState::Kept) if is_warning(row) => TrialOutcome::Needless,
        Some(PromiseState::Kept) => TrialOutcome::InTime,
        Some(PromiseState::Broken) => TrialOutcome::Broken,
        None if promise.state != PromiseState::Late => TrialOutcome::StillOpen,
        _ if asked => TrialOutcome::AskedFirst,
        _ if in_time => TrialOutcome::ToldFirst,
        _ => TrialOutcome::AfterDue,
    };
}
