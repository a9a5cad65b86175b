//! What time makes due fires once for what armed it, however often one looks, and says how late it was noticed.

use std::collections::HashSet;

use anyhow::{Context, Result};
use kept_base::millis;
use kept_domain::promise::{SignalKind, SignalRaised};
use kept_domain::{Body, Fact};
use kept_engine::{Clock, Engine, LoadedPacks, PackSource};
use kept_store::Durability;
use kept_testkit::{Installation, at};

use super::{assert_sound, facts, scanned};

fn signals(engine: &Engine) -> Result<Vec<(i64, SignalRaised)>> {
    let signal = |fact: Fact| if let Body::SignalRaised(signal) = fact.body { Some((fact.recorded, signal)) } else { None };
    let signals: Vec<_> = facts(engine)?.into_iter().filter_map(signal).collect();
    let mut seen = HashSet::new();
    for (_, signal) in &signals {
        assert!(
            seen.insert((signal.promise, signal.signal_kind, signal.armed_by, signal.reason.clone())),
            "fired twice: {signal:?}"
        );
    }
    Ok(signals)
}

fn silences(engine: &Engine) -> Result<Vec<i64>> {
    Ok(signals(engine)?
        .into_iter()
        .filter(|(_, signal)| signal.signal_kind == SignalKind::Silent && signal.reason == "silent")
        .map(|(_, signal)| signal.true_at)
        .collect())
}

#[test]
fn a_silence_fires_once_and_again_only_when_it_was_broken_and_came_back() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let (_, _, id, _, _) = installation.sample_order()?;
        let number = super::parcel(engine, id)?.tracking_number;
        let first = scanned(&number, "2026-11-02T18:00:00+01:00", "handed_over");
        let then = scanned(&number, "2026-11-06T20:00:00+01:00", "in_network");
        installation.tell(first.clone())?;
        installation.advance_to("2026-11-05T17:59:59+01:00")?;
        assert_eq!(silences(engine)?, Vec::<i64>::new(), "{kind}: not a second too early");
        installation.advance_to("2026-11-05T18:00:00+01:00")?;
        let once = vec![at("2026-11-05T18:00:00+01:00")?];
        assert_eq!(silences(engine)?, once, "{kind}");
        // Looking again, hearing old news again, a rebuild and the hours that follow fire nothing.
        for _ in 0..3 {
            engine.watch()?;
        }
        super::record(engine, vec![first.clone(), first.clone()])?;
        engine.rebuild(|_| {})?;
        installation.settle()?;
        installation.advance_to("2026-11-06T19:00:00+01:00")?;
        assert_eq!(silences(engine)?, once, "{kind}");
        installation.tell(then.clone())?;
        assert_eq!(silences(engine)?, once, "{kind}: the news itself is no silence");
        installation.advance_to("2026-11-09T21:00:00+01:00")?;
        let twice = vec![once[0], at("2026-11-09T20:00:00+01:00")?];
        assert_eq!(silences(engine)?, twice, "{kind}: broken, it fires again");
        super::record(engine, vec![then, first])?;
        engine.rebuild(|_| {})?;
        installation.advance_to("2026-11-12T21:00:00+01:00")?;
        assert_eq!(silences(engine)?, twice, "{kind}: never the same one again");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_silence_that_nobody_watched_fires_before_the_news_that_breaks_it() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let (_, _, id, _, _) = installation.sample_order()?;
        let number = super::parcel(engine, id)?.tracking_number;
        installation.tell(scanned(&number, "2026-11-02T18:00:00+01:00", "handed_over"))?;
        engine.clock().set(at("2026-11-05T20:00:00+01:00")?);
        super::record(engine, vec![scanned(&number, "2026-11-05T19:59:00+01:00", "in_network")])?;
        let fired = facts(engine)?;
        let place = |wanted: fn(&Body) -> bool| fired.iter().rposition(|fact| wanted(&fact.body));
        let silent = place(|body| matches!(body, Body::SignalRaised(signal) if signal.signal_kind == SignalKind::Silent));
        let news = place(|body| matches!(body, Body::ParcelScanned(_)));
        assert!(silent.is_some() && silent < news, "{kind}: {silent:?} {news:?}");
        let silence =
            signals(engine)?.into_iter().find(|(_, signal)| signal.signal_kind == SignalKind::Silent).context("the silence")?.1;
        assert_eq!(
            (silence.true_at, silence.lateness),
            (at("2026-11-05T18:00:00+01:00")?, 7200),
            "{kind}: two hours late, and it says so"
        );
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn what_fell_due_while_nothing_ran_fires_once_and_says_how_late() -> Result<()> {
    for mut installation in Installation::each()? {
        let kind = installation.kind();
        let (_, id, parcel, _, _) = installation.sample_order()?;
        let number = super::parcel(&installation.engine, parcel)?.tracking_number;
        installation.tell(scanned(&number, "2026-11-02T18:00:00+01:00", "handed_over"))?;
        let due = millis(super::promise(&installation.engine, id)?.due.context("a due")?.at);
        let down = facts(&installation.engine)?.len();

        let back = at("2026-11-10T09:00:00+01:00")?;
        let reopened = |clock: i64| -> Result<Engine> {
            let packs = LoadedPacks::load(PackSource::Embedded)?;
            Ok(Engine::open(
                &installation.url,
                Durability::Full,
                installation.engine.settings().clone(),
                Clock::manual(clock),
                packs,
            )?)
        };
        let restarted = reopened(back)?;
        let again = reopened(back + 60_000)?;
        installation.engine = restarted;
        let engine = &installation.engine;
        assert_eq!(facts(engine)?.len(), down, "{kind}: starting alone fires nothing");
        engine.watch()?;
        for engine in [engine, &again] {
            engine.watch()?;
        }
        let fired = signals(engine)?;
        for (wanted, true_at) in [(SignalKind::Late, due), (SignalKind::Silent, at("2026-11-05T18:00:00+01:00")?)] {
            let of: Vec<_> = fired.iter().filter(|(_, signal)| signal.signal_kind == wanted).collect();
            assert_eq!(of.len(), 1, "{kind}: {wanted:?} fires once");
            let (recorded, signal) = of[0];
            assert_eq!(
                (*recorded, signal.true_at, signal.lateness),
                (back, true_at, (back - true_at) / 1000),
                "{kind}: {wanted:?}"
            );
        }
        let order: Vec<i64> =
            fired.iter().filter(|(_, signal)| signal.parcel.is_none()).map(|(_, signal)| signal.true_at).collect();
        assert!(order.is_sorted(), "{kind}: a promise's own steps fire in the order in which they became true: {order:?}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}
