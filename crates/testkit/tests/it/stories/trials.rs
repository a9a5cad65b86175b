//! Every story's past, tried again: the trial must come to the decisions that were really made, where nothing else was decided.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use anyhow::{Context, Result};
use kept_domain::Body;
use kept_domain::message::Mode;
use kept_engine::Engine;
use kept_engine::trial::{TrialAsked, TrialRow, Tried};

/// Playbook, promise, signal, moment, whether it speaks, reasons.
type Decided = (String, i64, &'static str, i64, bool, Vec<String>);

/// What the ledger says of decisions and what trials say, where they differ.
pub(super) fn differences(engine: &Engine) -> Result<Vec<String>> {
    let mut recorded: BTreeMap<String, Vec<(Mode, Decided)>> = BTreeMap::new();
    for block in engine.database().read(|connection| connection.blocks_after(0, i64::MAX))? {
        for fact in block.read()? {
            // What is done in a shop is not tried: a trial is about who would have been told what.
            if let Body::DecisionMade(made) = fact.body
                && !made.playbook.is_empty()
                && engine.playbooks()?.iter().any(|playbook| playbook.name == made.playbook && playbook.errand.is_none())
            {
                let says = made.verdict == "say";
                let decided =
                    (made.playbook.clone(), made.promise.get(), made.signal_kind.word(), made.at, says, made.reasons.clone());
                recorded.entry(made.playbook).or_default().push((made.mode, decided));
            }
        }
    }
    // Playbooks whose mode was changed half-way were never one thing to be tried.
    let mut by_mode: BTreeMap<&str, (Mode, Vec<String>)> = BTreeMap::new();
    for (name, decisions) in &recorded {
        let Some((mode, _)) = decisions.first().filter(|(mode, _)| decisions.iter().all(|(other, _)| other == mode)) else {
            continue;
        };
        by_mode.entry(mode.word()).or_insert_with(|| (*mode, Vec::new())).1.push(name.clone());
    }
    let mut wrong = Vec::new();
    for (mode, names) in by_mode.into_values() {
        let asked = TrialAsked { what: Tried::InForce(names.clone()), mode, from: i64::MIN / 4, before: i64::MAX / 4 };
        let before = engine.database().read(|connection| connection.ledger_size())?;
        let result = engine.trial(&asked, |_| ControlFlow::Continue(()))?.context("nobody stopped it")?;
        let again = engine.trial(&asked, |_| ControlFlow::Continue(()))?.context("nobody stopped it")?;
        if result != again {
            wrong.push(format!("a trial of {names:?} gives one thing and then another"));
        }
        if before != engine.database().read(|connection| connection.ledger_size())? {
            wrong.push(format!("a trial of {names:?} wrote something"));
        }
        let mut found: Vec<Decided> = result.rows.iter().map(decided).collect();
        let mut real: Vec<Decided> =
            names.iter().filter_map(|name| recorded.get(name)).flatten().map(|(_, decided)| decided.clone()).collect();
        found.sort();
        real.sort();
        for missing in real.iter().filter(|decided| !found.contains(decided)) {
            wrong.push(format!("in {} it was decided, and the trial does not: {missing:?}", mode.word()));
        }
        for invented in found.iter().filter(|decided| !real.contains(decided)) {
            wrong.push(format!("in {} the trial decides what nobody decided: {invented:?}", mode.word()));
        }
        for (index, row) in result.rows.iter().enumerate().filter(|(_, row)| row.says) {
            if engine.trial_letter(&asked, &result, index)?.is_none() {
                wrong.push(format!("the letter of {row:?} cannot be opened"));
            }
        }
    }
    Ok(wrong)
}

fn decided(row: &TrialRow) -> Decided {
    // What the guard found later, when the message was to leave, is no reason of the decision.
    let later = ["outcome-known", "peace"];
    let reasons = row.reasons.iter().filter(|reason| !row.says || !later.contains(&reason.as_str())).cloned().collect();
    (row.playbook.to_string(), row.promise.get(), row.signal.word(), row.decided_at, row.says, reasons)
}
