//! A backup taken under load is a consistent ledger, and ends.

use anyhow::{Context, Result};
use kept_engine::{Engine, LoadedPacks, PackSource};
use kept_store::{Durability, StoreError};
use kept_testkit::Installation;

use super::{assert_sound, facts, record, scanned_with_promise};

/// Enough parcels that the copy takes many steps.
const PARCELS: u32 = 8000;
/// Far more steps than a copy needs that is not made to begin anew.
const MOST_STEPS: u32 = 300;

fn batch(first: u32, minute: u32) -> Vec<serde_json::Value> {
    (first..first + 50)
        .map(|number| {
            let at = format!("2026-11-02T08:{minute:02}:00+01:00");
            scanned_with_promise(&format!("6H{number:011}"), &format!("8{number:05}"), &at, "2026-11-05T18:00:00+01:00")
        })
        .collect()
}

#[test]
fn a_backup_under_load_is_a_consistent_ledger_and_ends() -> Result<()> {
    let installation = Installation::sqlite()?;
    let engine = &installation.engine;
    for first in (0..PARCELS).step_by(50) {
        record(engine, batch(first, 0))?;
    }
    let acknowledged = facts(engine)?.len();
    let file = installation.folder().context("a folder")?.join("copy.db");
    let mut steps = 0;
    kept_store::backup(engine.database(), &file, |_, _| {
        steps += 1;
        // Somebody commits between any two steps; a copy that never ends so must fail the test, not hang it.
        if steps <= MOST_STEPS {
            record(engine, batch(steps * 7 % PARCELS, 1 + steps % 50)).expect("writers go on while a copy is made");
        }
    })?;
    assert!(steps > 3, "the copy takes many steps: {steps}");
    assert!(steps < MOST_STEPS, "the copy began anew at every commit: {steps} steps");

    let packs = LoadedPacks::load(PackSource::Embedded)?;
    let copy = Engine::open(
        &format!("sqlite:{}", file.display()),
        Durability::Full,
        engine.settings().clone(),
        engine.clock().clone(),
        packs,
    )?;
    let (copied, live) = (facts(&copy)?, facts(engine)?);
    assert!(copied.len() >= acknowledged, "what was acknowledged before the copy began is in it");
    assert_eq!(copied[..], live[..copied.len()], "the copy is the ledger as it stood at one moment");
    assert_sound(&copy, "the copy")?;
    assert_sound(engine, "the original")?;
    Ok(())
}

#[test]
fn postgresql_is_backed_up_with_its_own_tools() -> Result<()> {
    let Some(installation) = Installation::postgres()? else {
        eprintln!("KEPT_TEST_POSTGRES is not set: skipped");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let refused = kept_store::backup(installation.engine.database(), &folder.path().join("copy.db"), |_, _| {});
    assert!(matches!(refused, Err(StoreError::Version(_))), "{refused:?}");
    Ok(())
}
