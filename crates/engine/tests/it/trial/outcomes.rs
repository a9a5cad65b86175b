//! What a message of a trial was worth: each outcome on a past of its own.

use anyhow::{Context, Result};
use kept_domain::message::{MessageState, Mode};
use kept_engine::trial::{TrialOutcome, TrialRow};
use kept_testkit::{Installation, at};
use serde_json::{Value, json};

use super::{always, named, tried};

const TRACKING: &str = "6A00000000001";

fn scan(milestone: &str, moment: &str) -> Value {
    json!({ "kind": "parcel.scanned", "tracking_number": TRACKING, "carrier": "laposte", "code": milestone, "milestone": milestone, "location": "Lyon", "at": moment })
}

/// An order promised for 5 November whose parcel is in the network, then what happens, then a month. No playbook is on.
fn lived(happens: &[Value]) -> Result<Installation> {
    let installation = Installation::sqlite()?;
    installation.switch_all(Mode::Off)?;
    installation.tell(json!({
        "kind": "order.placed", "order_number": "1", "at": "2026-11-02T09:00:00+01:00", "promised_day": "2026-11-05",
        "customer": { "reference": "C-1", "name": "Anne Perret", "email": "anne@example.org", "language": "fr", "country": "FR" },
        "lines": [{ "sku": "VESTA", "title": "Lampe Vesta" }]
    }))?;
    installation.tell(json!({ "kind": "parcel.announced", "order_number": "1", "carrier": "laposte", "tracking_number": TRACKING, "at": "2026-11-02T11:00:00+01:00" }))?;
    installation.tell(scan("handed_over", "2026-11-03T18:00:00+01:00"))?;
    for news in happens {
        installation.live_until(news["at"].as_str().context("a moment")?)?;
        installation.tell(news.clone())?;
    }
    Ok(installation)
}

fn warned(installation: &Installation, mode: Mode) -> Result<TrialRow> {
    let result = tried(&installation.engine, &always(named(&["tell-late", "next-word", "close-the-loop"]), mode))?;
    result.rows.into_iter().find(|row| *row.playbook == *"tell-late").context("a warning")
}

#[test]
fn told_first() -> Result<()> {
    let installation = lived(&[scan("delivered", "2026-11-07T10:00:00+01:00")])?;
    let result = tried(&installation.engine, &always(named(&["tell-late", "next-word", "close-the-loop"]), Mode::Automatic))?;
    let said: Vec<(&str, i64, bool)> =
        result.rows.iter().map(|row| (&*row.template, row.told_at.unwrap_or_default(), row.follows)).collect();
    // Twelve hours before the end of the 5th the parcel can no longer come in time; then a word that was promised, then the end.
    assert_eq!(
        said,
        [
            ("late-warning", at("2026-11-05T12:00:00+01:00")?, false),
            ("late-next-word", at("2026-11-06T12:00:00+01:00")?, true),
            ("arrived-after-warning", at("2026-11-07T10:00:00+01:00")?, true),
        ]
    );
    assert_eq!(result.rows[0].outcome, TrialOutcome::ToldFirst);
    assert_eq!((result.counts.told_first.count, result.counts.told_first.of), (1, 1));
    assert_eq!(result.counts.lead_hours.median, Some(12.0));
    assert_eq!((result.counts.late, result.counts.late_untold), (1, 0));
    // In shadow nobody is told, so nothing follows; the row says when it would have left.
    let shown = tried(&installation.engine, &always(named(&["tell-late", "next-word", "close-the-loop"]), Mode::Shadow))?;
    assert_eq!(shown.rows.len(), 1);
    assert_eq!((shown.rows[0].state, shown.rows[0].told_at), (MessageState::Shadow, result.rows[0].told_at));
    assert_eq!(shown.rows[0].outcome, TrialOutcome::ToldFirst);
    Ok(())
}

#[test]
fn needless() -> Result<()> {
    let installation = lived(&[scan("delivered", "2026-11-05T18:00:00+01:00")])?;
    let result = tried(&installation.engine, &always(named(&["tell-late"]), Mode::Automatic))?;
    assert_eq!(result.rows[0].outcome, TrialOutcome::Needless);
    assert_eq!((result.counts.needless.count, result.counts.needless.of), (1, 1));
    assert_eq!(result.counts.told_first.of, 0);
    Ok(())
}

#[test]
fn asked_first() -> Result<()> {
    let asked = json!({ "kind": "customer.contacted", "customer": { "order_number": "1" }, "channel": "phone", "asked": true, "at": "2026-11-05T09:00:00+01:00" });
    let installation = lived(&[asked, scan("delivered", "2026-11-07T10:00:00+01:00")])?;
    assert_eq!(warned(&installation, Mode::Automatic)?.outcome, TrialOutcome::AskedFirst);
    Ok(())
}

#[test]
fn broken_anyway_and_still_open() -> Result<()> {
    let installation = lived(&[])?;
    installation.live_until("2026-11-05T18:00:00+01:00")?;
    assert_eq!(warned(&installation, Mode::Automatic)?.outcome, TrialOutcome::StillOpen);
    installation.live_until("2026-12-20T18:00:00+01:00")?;
    let row = warned(&installation, Mode::Automatic)?;
    assert_eq!((row.outcome, row.first), (TrialOutcome::Broken, true));
    Ok(())
}

#[test]
fn after_the_due() -> Result<()> {
    let installation = lived(&[scan("delivered", "2026-11-07T10:00:00+01:00")])?;
    let result = tried(&installation.engine, &always(named(&["apologise-late"]), Mode::Automatic))?;
    // It falls due at midnight, and nobody is written to before the morning.
    assert_eq!(result.rows[0].told_at, Some(at("2026-11-06T08:00:00+01:00")?));
    assert_eq!(result.rows[0].outcome, TrialOutcome::AfterDue);
    assert_eq!((result.counts.told_first.count, result.counts.told_first.of), (0, 1));
    Ok(())
}

#[test]
fn what_is_no_longer_true_in_the_morning_is_not_said() -> Result<()> {
    // Another scan, so that the past reaches beyond the morning.
    let installation = lived(&[scan("delivered", "2026-11-06T07:00:00+01:00"), scan("delivered", "2026-11-06T11:00:00+01:00")])?;
    for mode in [Mode::Automatic, Mode::Approve, Mode::Shadow] {
        let result = tried(&installation.engine, &always(named(&["apologise-late"]), mode))?;
        let row = &result.rows[0];
        assert_eq!((row.told_at, row.state, row.outcome), (None, MessageState::Dropped, TrialOutcome::Untold), "{mode:?}");
        assert!(row.reasons.contains(&"outcome-known".to_owned()), "{mode:?}: {row:?}");
    }
    Ok(())
}

#[test]
fn the_customers_wish_for_peace_holds_in_the_past_too() -> Result<()> {
    let peace = json!({ "kind": "customer.answered", "order_number": "1", "answer": { "says": "peace" }, "at": "2026-11-04T09:00:00+01:00" });
    let installation = lived(&[peace, scan("delivered", "2026-11-07T10:00:00+01:00")])?;
    let row = warned(&installation, Mode::Automatic)?;
    assert_eq!((row.says, row.reasons), (false, vec!["peace".to_owned()]));
    Ok(())
}

#[test]
fn what_was_really_sent_by_a_playbook_on_trial_is_left_out() -> Result<()> {
    let installation = Installation::sqlite()?;
    installation.switch_all(Mode::Automatic)?;
    let (_, promise, ..) = installation.sample_order()?;
    installation.live_until("2026-11-20T12:00:00+01:00")?;
    let engine = &installation.engine;
    assert!(engine.promise(promise)?.context("the promise")?.line.promise.was_told(&["late-warning"]), "it really was told");
    let shown = tried(engine, &always(named(&["tell-late"]), Mode::Shadow))?;
    // In shadow nobody was told by it: the apology, which really was never said, is not on trial and so not said here either.
    assert!(shown.rows.iter().all(|row| row.state != MessageState::Accepted));
    let alone = tried(engine, &always(named(&["apologise-late", "tell-late"]), Mode::Off))?;
    assert!(alone.rows.is_empty(), "what is off says nothing");
    let apology = tried(engine, &always(named(&["apologise-late"]), Mode::Automatic))?;
    assert!(apology.rows.iter().all(|row| !row.says), "the warning of the other playbook stands: {:?}", apology.rows);
    Ok(())
}
