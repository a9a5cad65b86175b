//! The trial of a playbook over a time in which it really ran comes to the decisions that were recorded, and writes nothing.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use anyhow::{Context, Result};
use kept_base::PromiseId;
use kept_domain::Body;
use kept_domain::message::{DecisionMade, Mode};
use kept_domain::promise::PromiseState;
use kept_engine::Engine;
use kept_engine::trial::{TrialRow, Tried};
use kept_testkit::Installation;

use super::{always, history, named, tried};

const SHOWN: [&str; 3] = ["tell-late", "next-word", "failed-attempt"];
const ACTING: [&str; 5] = ["apologise-late", "close-the-loop", "not-arrived", "ask-for-proof", "silent-operations"];

fn lived(seed: u64, orders: u32, each: i64) -> Result<Installation> {
    let installation = Installation::sqlite()?;
    for name in ACTING {
        installation.engine.switch_playbook(name, Mode::Automatic, "test")?;
    }
    history::live(&installation, seed, orders, each)?;
    Ok(installation)
}

/// Promise, signal, moment, whether it speaks, reasons.
type Decided = (i64, &'static str, i64, bool, Vec<String>);

fn recorded(engine: &Engine, mut take: impl FnMut(DecisionMade)) -> Result<()> {
    for block in engine.database().read(|connection| connection.blocks_after(0, i64::MAX))? {
        for fact in block.read()? {
            if let Body::DecisionMade(made) = fact.body {
                take(made);
            }
        }
    }
    Ok(())
}

fn of_record(engine: &Engine, playbook: &str) -> Result<Vec<Decided>> {
    let mut all = Vec::new();
    recorded(engine, |made| {
        if made.playbook == playbook {
            all.push((made.promise.get(), made.signal_kind.word(), made.at, made.verdict == "say", made.reasons));
        }
    })?;
    all.sort();
    Ok(all)
}

fn of_trial(rows: &[TrialRow], playbook: &str) -> Vec<Decided> {
    let mut all: Vec<Decided> = rows
        .iter()
        .filter(|row| *row.playbook == *playbook)
        .map(|row| {
            // What the guard finds in the morning, when a message was to leave, is no reason of the decision.
            let morning = |reason: &&String| row.says && ["outcome-known", "peace"].contains(&reason.as_str());
            let reasons = row.reasons.iter().filter(|reason| !morning(reason)).cloned().collect();
            (row.promise.get(), row.signal.word(), row.decided_at, row.says, reasons)
        })
        .collect();
    all.sort();
    all
}

#[test]
fn what_was_decided_in_shadow_is_what_the_trial_decides() -> Result<()> {
    let installation = lived(1, 60, 240)?;
    let engine = &installation.engine;
    let before = engine.database().read(kept_store::Connection::dump_projections)?;
    let size = engine.database().read(kept_store::Connection::ledger_size)?;
    for name in SHOWN {
        let result = tried(engine, &always(named(&[name]), Mode::Shadow))?;
        assert_eq!(of_trial(&result.rows, name), of_record(engine, name)?, "{name}");
    }
    let together = tried(engine, &always(named(&SHOWN), Mode::Shadow))?;
    for name in SHOWN {
        assert_eq!(of_trial(&together.rows, name), of_record(engine, name)?, "{name}, with others");
    }
    assert!(of_record(engine, "tell-late")?.len() > 10, "the past has something to show");
    assert_eq!(engine.database().read(kept_store::Connection::ledger_size)?, size, "nothing was written to the ledger");
    assert_eq!(engine.database().read(kept_store::Connection::dump_projections)?, before, "nor to the state");
    Ok(())
}

#[test]
fn what_was_decided_in_automatic_is_what_the_trial_decides() -> Result<()> {
    let installation = lived(2, 60, 240)?;
    let engine = &installation.engine;
    // What follows from a playbook's own messages is derived, not read: these are tried together, as they acted.
    let result = tried(engine, &always(named(&ACTING), Mode::Automatic))?;
    for name in ACTING {
        assert_eq!(of_trial(&result.rows, name), of_record(engine, name)?, "{name}");
        assert!(!of_record(engine, name)?.is_empty(), "{name} had something to do");
    }
    assert!(result.rows.iter().any(|row| row.follows), "something followed from what was said");
    Ok(())
}

#[test]
fn the_record_of_a_playbook_in_shadow_is_its_trial() -> Result<()> {
    let installation = lived(3, 60, 300)?;
    let engine = &installation.engine;
    let lines = engine.playbooks()?;
    let record = lines.iter().find(|line| line.name == "tell-late").context("tell-late")?.record;
    let result = tried(engine, &always(named(&["tell-late"]), Mode::Shadow))?;
    let (mut kept, mut late, mut open) = (0, 0, 0);
    for row in result.rows.iter().filter(|row| row.says) {
        let promise = engine.promise(row.promise)?.context("the promise")?.line.promise;
        match promise.outcome.map(|outcome| outcome.by_first_due) {
            Some(PromiseState::Kept) => kept += 1,
            Some(PromiseState::Released) => {}
            Some(_) => late += 1,
            None if promise.state == PromiseState::Late => late += 1,
            None => open += 1,
        }
    }
    assert_eq!((record.decided, record.then_kept, record.then_late, record.still_open), (result.counts.said, kept, late, open));
    assert!(kept > 0 && late > 0, "{record:?}");
    Ok(())
}

#[test]
fn the_same_question_has_the_same_answer() -> Result<()> {
    let installation = lived(4, 40, 240)?;
    let engine = &installation.engine;
    let asked = always(named(&["tell-late", "next-word", "close-the-loop"]), Mode::Automatic);
    let (one, other) = (tried(engine, &asked)?, tried(engine, &asked)?);
    assert_eq!(one.digest, other.digest);
    assert_eq!(one, other);
    // Another question has another answer: the digest is of something.
    assert_ne!(one.digest, tried(engine, &always(named(&["tell-late"]), Mode::Automatic))?.digest);
    // A rebuild changes no fact, so it changes no answer.
    engine.rebuild(|_| {})?;
    assert_eq!(tried(engine, &asked)?.digest, one.digest);
    Ok(())
}

#[test]
fn a_period_decides_what_the_whole_decides_in_it() -> Result<()> {
    let installation = lived(5, 60, 240)?;
    let engine = &installation.engine;
    let (from, before) = (kept_testkit::at("2026-11-06T00:00:00+01:00")?, kept_testkit::at("2026-11-10T00:00:00+01:00")?);
    let mut asked = always(named(&["tell-late"]), Mode::Shadow);
    let whole = tried(engine, &asked)?;
    (asked.from, asked.before) = (from, before);
    let part = tried(engine, &asked)?;
    let within: Vec<(PromiseId, i64)> = whole
        .rows
        .iter()
        .filter(|row| (from..before).contains(&row.decided_at))
        .map(|row| (row.promise, row.decided_at))
        .collect();
    let found: Vec<(PromiseId, i64)> = part.rows.iter().map(|row| (row.promise, row.decided_at)).collect();
    assert_eq!(found, within);
    assert!(!found.is_empty());
    // What became of them is known although it happened after the period.
    let outcomes: BTreeMap<_, _> = whole.rows.iter().map(|row| ((row.promise, row.decided_at), row.outcome)).collect();
    for row in &part.rows {
        assert_eq!(outcomes.get(&(row.promise, row.decided_at)), Some(&row.outcome), "{row:?}");
    }
    Ok(())
}

#[test]
fn what_is_over_is_forgotten_and_found_again() -> Result<()> {
    // One order every second day: hardly more than a few are ever under way.
    let installation = lived(6, 40, 2880)?;
    let engine = &installation.engine;
    let result = tried(engine, &always(named(&["not-arrived"]), Mode::Automatic))?;
    assert_eq!(of_trial(&result.rows, "not-arrived"), of_record(engine, "not-arrived")?, "disputes about forgotten promises");
    assert!(!result.rows.is_empty());
    let (_, promises) = (engine.now(), engine.promises(&kept_engine::views::PromiseFilter::default())?.total);
    let everything = engine.database().read(kept_store::Connection::dump_projections)?.len() as u64;
    assert!(
        result.most_held * 2 < everything,
        "at hand at once: {}; in all {everything} rows, {promises} promises",
        result.most_held
    );
    Ok(())
}

#[test]
fn a_trial_can_be_stopped() -> Result<()> {
    let installation = lived(7, 5, 240)?;
    let stopped = installation.engine.trial(&always(named(&["tell-late"]), Mode::Shadow), |_| ControlFlow::Break(()))?;
    assert!(stopped.is_none());
    Ok(())
}

#[test]
fn letters_are_those_that_were_written() -> Result<()> {
    let installation = lived(8, 40, 240)?;
    let engine = &installation.engine;
    let asked = always(named(&ACTING), Mode::Automatic);
    let result = tried(engine, &asked)?;
    let sent = installation.mail.letters();
    let mut compared = 0;
    for (index, row) in result.rows.iter().enumerate().filter(|(_, row)| row.customer.is_some() && row.told_at.is_some()) {
        let letter = engine.trial_letter(&asked, &result, index)?.context("its letter")?;
        let same = sent
            .iter()
            .any(|other| (&other.to_address, &other.subject, &other.text) == (&letter.to_address, &letter.subject, &letter.text));
        assert!(same, "{row:?}\n{}\n{}", letter.subject, letter.text);
        compared += 1;
    }
    assert!(compared > 5, "{compared}");
    Ok(())
}

#[test]
fn a_draft_is_tried_without_being_saved() -> Result<()> {
    let installation = lived(9, 40, 240)?;
    let engine = &installation.engine;
    // The program's own rule under another name: in the place of the real one it says the same.
    let pack = include_str!("../../../../../packs/playbooks/delivery.toml");
    let start = pack.find("[[playbook]]").context("a playbook")?;
    let end = pack[start + 1..].find("[[playbook]]").context("another")? + start + 1;
    let text = pack[start..end].replace("\"tell-late\"", "\"my-draft\"");
    assert_eq!(engine.check_draft(&text)?, ["my-draft"]);
    let draft = tried(engine, &always(Tried::Draft(text), Mode::Automatic))?;
    let own = tried(engine, &always(named(&["tell-late"]), Mode::Automatic))?;
    let plain = |rows: &[TrialRow]| rows.iter().map(|row| (row.promise, row.decided_at, row.told_at)).collect::<Vec<_>>();
    assert!(!draft.rows.is_empty());
    let told = |rows: &[TrialRow]| rows.iter().filter(|row| row.told_at.is_some()).count();
    assert!(told(&own.rows) > 0);
    // The real one only showed what it would say: that hinders nobody, and so both say the same.
    assert_eq!(plain(&draft.rows), plain(&own.rows));
    assert!(engine.playbooks()?.iter().all(|line| line.name != "my-draft"), "it is in no pack");
    Ok(())
}

#[test]
fn a_wrong_draft_is_refused_with_line_and_hint() -> Result<()> {
    let installation = Installation::sqlite()?;
    let engine = &installation.engine;
    let good = "[[playbook]]\nname = \"mine\"\ntitle = { fr = \"a\", en = \"a\" }\nexplanation = { fr = \"a\", en = \"a\" }\non = [\"late\"]\naudience = \"customer\"\nmessage = \"late-apology\"\n";
    assert_eq!(engine.check_draft(good)?, ["mine"]);
    for (from, to, line) in [
        ("\"late\"", "\"lte\"", Some(5)),
        ("message = \"late-apology\"", "message = \"nothing\"", Some(1)),
        ("audience = \"customer\"\n", "", Some(1)),
        ("on =", "when = \"promise.knid ==\"\non =", Some(1)),
    ] {
        let error = engine.check_draft(&good.replace(from, to)).expect_err(to);
        assert!(error.hint.is_some(), "{error}: a hint for {to}");
        assert!(error.line.is_some() == line.is_some(), "{error}: a line for {to}");
    }
    let twice = engine.check_draft(&format!("{good}{good}")).expect_err("the same name twice");
    assert!(twice.to_string().contains("twice"), "{twice}");
    let asked = always(Tried::Draft("nothing".to_owned()), Mode::Shadow);
    assert!(engine.trial(&asked, |_| ControlFlow::Continue(())).is_err());
    assert!(engine.trial(&always(named(&["no-such"]), Mode::Shadow), |_| ControlFlow::Continue(())).is_err());
    Ok(())
}
