//! A pack edit in the middle: the past keeps what it was made under.

use std::path::Path;

use anyhow::{Context, Result};
use kept_domain::Body;
use kept_engine::{LoadedPacks, PackSource};
use kept_testkit::Installation;

use super::{announced, assert_sound, facts, order, ordered, promise, record, rows, scanned, second_with};

/// The program's own packs in a folder, to be edited.
fn folder() -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    for part in ["promises", "playbooks"] {
        std::fs::create_dir(folder.path().join(part))?;
        for entry in std::fs::read_dir(packs.join(part))? {
            let entry = entry?;
            std::fs::copy(entry.path(), folder.path().join(part).join(entry.file_name()))?;
        }
    }
    Ok(folder)
}

fn edit(folder: &Path, from: &str, to: &str) -> Result<()> {
    let file = folder.join("promises/delivery.toml");
    let text = std::fs::read_to_string(&file)?;
    assert!(text.contains(from), "the pack has {from}");
    Ok(std::fs::write(file, text.replacen(from, to, 1))?)
}

#[test]
fn an_edited_pack_changes_what_comes_and_never_what_was() -> Result<()> {
    for installation in Installation::each()? {
        let kind = installation.kind();
        let folder = folder()?;
        let editing = second_with(&installation, LoadedPacks::load(PackSource::Folder(folder.path().to_owned()))?)?;
        record(&editing, vec![ordered("4001"), announced("4001", "6D00000000001")])?;
        let made = facts(&editing)?;
        let before = rows(&editing)?;

        edit(folder.path(), "owner = \"operations\"", "owner = \"logistics\"")?;
        editing.reload_packs()?;
        assert_eq!(rows(&editing)?, before, "{kind}: an edit alone changes no row");
        record(&editing, vec![ordered("4002"), announced("4002", "6D00000000002")])?;
        // Another node has not heard of the edit yet.
        record(&installation.engine, vec![ordered("4003")])?;
        // Both go on with the first order, under other packs than it was promised.
        record(&editing, vec![scanned("6D00000000001", "2026-11-03T09:00:00+01:00", "in_network")])?;
        record(&installation.engine, vec![scanned("6D00000000001", "2026-11-03T10:00:00+01:00", "at_local_depot")])?;

        let of = |number: &str| -> Result<_> {
            let delivery = order(&editing, number)?.1.delivery.context("the delivery promise")?;
            promise(&editing, delivery)
        };
        let check = |when: &str| -> Result<()> {
            let (first, edited, other) = (of("4001")?, of("4002")?, of("4003")?);
            assert_eq!(first.owner, "operations", "{kind}, {when}");
            assert_eq!(edited.owner, "logistics", "{kind}, {when}");
            assert_ne!(first.definition, edited.definition, "{kind}, {when}: a promise names the pack it was made under");
            assert_eq!(first.definition, other.definition, "{kind}, {when}");
            Ok(())
        };
        check("live")?;
        assert_eq!(facts(&editing)?[..made.len()], made[..], "{kind}: the past is as it was");
        assert_sound(&editing, kind)?;
        check("rebuilt under the edited packs")?;
        assert_sound(&installation.engine, kind)?;
        check("rebuilt under the old packs")?;
    }
    Ok(())
}

#[test]
fn a_wrong_edit_is_refused_and_the_last_good_packs_stay() -> Result<()> {
    for installation in Installation::each()? {
        let kind = installation.kind();
        let folder = folder()?;
        let editing = second_with(&installation, LoadedPacks::load(PackSource::Folder(folder.path().to_owned()))?)?;
        edit(folder.path(), "owner = \"operations\"", "owner = ")?;
        let error = editing.reload_packs().expect_err("a pack that is no TOML").to_string();
        assert!(error.contains("delivery.toml"), "{kind}: {error}");
        record(&editing, vec![ordered("4010")])?;
        let made = facts(&editing)?
            .into_iter()
            .filter(|fact| matches!(&fact.body, Body::PromiseMade(made) if made.owner == "operations"))
            .count();
        assert_eq!(made, 1, "{kind}");
        assert_sound(&editing, kind)?;
    }
    Ok(())
}
