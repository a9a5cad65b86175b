//! Trials: playbooks over the past, against what was really decided and what really happened.

mod asking;
pub(crate) mod history;
mod outcomes;
mod same;

use std::ops::ControlFlow;

use anyhow::{Context, Result};
use kept_domain::message::Mode;
use kept_engine::Engine;
use kept_engine::trial::{TrialAsked, TrialResult, Tried};

/// Everything that ever was.
fn always(what: Tried, mode: Mode) -> TrialAsked {
    TrialAsked { what, mode, from: i64::MIN / 4, before: i64::MAX / 4 }
}

fn named(names: &[&str]) -> Tried {
    Tried::InForce(names.iter().map(|name| (*name).to_owned()).collect())
}

fn tried(engine: &Engine, asked: &TrialAsked) -> Result<TrialResult> {
    engine.trial(asked, |_| ControlFlow::Continue(()))?.context("nobody stopped it")
}
