//! No figure improves by closing, merging, pausing, releasing, withdrawing, estimating anew or handing over: tried on random pasts.

mod counting;

use anyhow::{Context, Result};
use kept_base::PromiseId;
use kept_domain::message::Mode;
use kept_domain::promise::PromiseState;
use kept_engine::views::{Figures, PromiseFilter, Share};
use kept_testkit::{Installation, at};
use serde_json::{Value, json};

use crate::trial::history;

/// An act by which a team might clean up before its report. To release a message is none: telling a customer is what *told first* is for.
#[derive(Clone, Copy, Debug)]
enum Act {
    Withdraw,
    HandOver,
    WithdrawLines,
    /// Written down as the customer's, after the first due: what is late stays late.
    LetOffLate,
    MoveLate,
    OrderAgain,
    LaterWord,
    EarlierWord,
    EstimateAnew,
    SettleAsLate,
    DropMessages,
    SwitchOff,
}

const ACTS: [Act; 12] = [
    Act::Withdraw,
    Act::HandOver,
    Act::WithdrawLines,
    Act::LetOffLate,
    Act::MoveLate,
    Act::OrderAgain,
    Act::LaterWord,
    Act::EarlierWord,
    Act::EstimateAnew,
    Act::SettleAsLate,
    Act::DropMessages,
    Act::SwitchOff,
];

fn figures(installation: &Installation, kind: Option<&str>) -> Result<Figures> {
    let (from, before) = (at("2026-11-01T00:00:00+01:00")?, at("2026-12-01T00:00:00+01:00")?);
    Ok(installation.engine.figures(from, before, kind)?)
}

/// The counts at hand against a count by the database: of all, of one kind, of a month, and of a period that begins and ends within days.
fn agree(installation: &Installation, when: &str) -> Result<()> {
    let engine = &installation.engine;
    let (month, end) = (at("2026-11-01T00:00:00+01:00")?, at("2026-12-01T00:00:00+01:00")?);
    let within = (at("2026-11-06T13:05:00+01:00")?, at("2026-11-12T00:00:00+01:00")?);
    for (from, before) in [(month, end), within, (0, i64::MAX / 4), (engine.now(), end)] {
        for kind in [None, Some("delivery"), Some("refund"), Some("nothing")] {
            let (at_hand, counted) = (engine.figures(from, before, kind)?, counting::counted(engine, from, before, kind)?);
            assert_eq!(at_hand, counted, "{}: {when}, {from}..{before}, {kind:?}", installation.kind());
        }
    }
    Ok(())
}

/// What got better; nothing may.
fn better(then: &Figures, now: &Figures) -> Vec<String> {
    let rises = |name: &str, then: Share, now: Share| {
        let more = now.count > then.count || now.count * then.of > then.count * now.of;
        more.then(|| format!("{name} rose from {}/{} to {}/{}", then.count, then.of, now.count, now.of))
    };
    let falls = |name: &str, then: u64, now: u64| (now < then).then(|| format!("{name} fell from {then} to {now}"));
    [
        rises("kept", then.kept, now.kept),
        rises("told first", then.told_first, now.told_first),
        rises("coverage", then.coverage, now.coverage),
        falls("not kept in time", then.kept.of - then.kept.count, now.kept.of - now.kept.count),
        falls("broken or late and open", then.broken.count + then.late_open, now.broken.count + now.late_open),
        falls("withdrawn", then.withdrawn.count, now.withdrawn.count),
        falls("promises in the period", then.due, now.due),
        falls("chased", then.chased.count, now.chased.count),
        falls("chasers", then.chasers, now.chasers),
        falls("needless", then.needless.count, now.needless.count),
        falls("kept by hand", then.by_hand.count, now.by_hand.count),
        falls("kept by own hand", then.own_hand.count, now.own_hand.count),
        (then.needless.of > 0 && now.needless.count * then.needless.of < then.needless.count * now.needless.of)
            .then(|| "the share of needless warnings fell".to_owned()),
        falls("promises whose length is counted", then.length_hours.n, now.length_hours.n),
        (now.length_hours.median < then.length_hours.median).then(|| "the median length fell".to_owned()),
        (now.lead_hours.median > then.lead_hours.median).then(|| "the median lead rose".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn act(installation: &Installation, act: Act, promise: PromiseId, later: &str) -> Result<()> {
    let engine = &installation.engine;
    let file = engine.promise(promise)?.context("the promise")?;
    let state = &file.line.promise;
    let number = file.line.order_number.clone().unwrap_or_default();
    let overdue = state.first_due.as_ref().is_some_and(|due| kept_base::millis(due.at) <= engine.now());
    let tell = |news: Value| {
        // What is refused is as good as not tried: it cannot improve anything.
        let _ = installation.tell(news);
    };
    match act {
        // What is refused here is refused with a reason, and changes nothing.
        Act::Withdraw => drop(engine.withdraw_promise(promise, "stock corrected", "Paul")),
        Act::HandOver => drop(engine.assign_promise(promise, "somebody else", "Paul")),
        Act::WithdrawLines => tell(json!({ "kind": "order.lines_cancelled", "order_number": number, "by": "shop", "at": later })),
        Act::LetOffLate if overdue => {
            tell(json!({ "kind": "order.lines_cancelled", "order_number": number, "by": "customer", "at": later }));
        }
        Act::MoveLate if overdue => {
            tell(
                json!({ "kind": "customer.answered", "order_number": number, "answer": { "says": "another_day", "day": "2026-12-30" }, "noted_by": "Paul", "at": later }),
            );
        }
        Act::LetOffLate | Act::MoveLate => {}
        Act::OrderAgain => tell(json!({
            "kind": "order.placed", "order_number": number, "at": later, "promised_day": "2026-12-30",
            "customer": { "reference": "C-1", "email": "c1@example.org" }, "lines": [{ "sku": "VESTA" }]
        })),
        Act::LaterWord => tell(
            json!({ "kind": "word.given", "promise_kind": "delivery", "customer": { "order_number": number }, "by": "agent", "due_day": "2026-12-30", "at": later }),
        ),
        Act::EarlierWord => tell(
            json!({ "kind": "word.given", "promise_kind": "delivery", "customer": { "order_number": number }, "by": "agent", "due_day": "2026-10-20", "at": later }),
        ),
        Act::EstimateAnew => {
            for parcel in &file.line.parcels {
                tell(
                    json!({ "kind": "parcel.estimated", "carrier": "laposte", "tracking_number": parcel.tracking_number, "expected_day": "2026-12-20", "at": later }),
                );
            }
        }
        Act::SettleAsLate => drop(engine.settle_dispute(promise, PromiseState::KeptLate, "Paul")),
        Act::DropMessages => {
            let messages: Vec<_> = file.messages.iter().map(|message| message.line.message.id).collect();
            engine.drop_messages(&messages, "Paul", "tidied")?;
        }
        Act::SwitchOff => installation.switch_all(Mode::Off)?,
    }
    Ok(())
}

/// Lives through a random past, then tries each act on each of some promises; after every one the figures must be no better.
fn cleaned_up(seed: u64, mode: Mode) -> Result<()> {
    let installation = Installation::sqlite()?;
    installation.switch_all(mode)?;
    // Half the orders have not come to an end when the month is cleaned up.
    history::live_for(&installation, seed, 14, 600, "2026-11-11T17:00:00+01:00")?;
    let filter = PromiseFilter { limit: Some(200), ..PromiseFilter::default() };
    let promises: Vec<PromiseId> = installation.engine.promises(&filter)?.rows.iter().map(|line| line.promise.id).collect();
    anyhow::ensure!(promises.len() >= 10, "a past with something in it");
    let mut random = history::Random::new(seed);
    // Some answers were given by hand, half of them by who answered for them: none of that can be cleaned away.
    for (index, promise) in promises.iter().enumerate() {
        if index % 2 == 0 {
            drop(installation.engine.assign_promise(*promise, "Paul", "Paul"));
        }
        let _ = installation.tell(json!({
            "kind": "deed.noted", "promise": promise.get(), "noted_by": "Paul", "evidence": "written", "at": "2026-11-11T17:00:00+01:00"
        }));
    }
    let mut minute = 0;
    for (index, promise) in promises.iter().enumerate() {
        let kinds = [None, Some("delivery")];
        let before = kinds.map(|kind| figures(&installation, kind));
        let chosen = ACTS[(random.below(ACTS.len() as u64) as usize + index) % ACTS.len()];
        minute += 1;
        act(&installation, chosen, *promise, &format!("2026-11-11T17:{minute:02}:00+01:00"))?;
        installation.settle()?;
        agree(&installation, &format!("seed {seed}, after {chosen:?}"))?;
        for (kind, before) in kinds.into_iter().zip(before) {
            let (then, now) = (before?, figures(&installation, kind)?);
            let found = better(&then, &now);
            assert!(found.is_empty(), "seed {seed}, {mode:?}: {chosen:?} on {promise}, {kind:?}: {found:?}\n{then:?}\n{now:?}");
        }
    }
    Ok(())
}

#[test]
fn no_figure_improves_by_cleaning_up_when_everything_is_shown_only() -> Result<()> {
    (1..=6).try_for_each(|seed| cleaned_up(seed, Mode::Shadow))
}

#[test]
fn no_figure_improves_by_cleaning_up_when_everything_is_automatic() -> Result<()> {
    (11..=16).try_for_each(|seed| cleaned_up(seed, Mode::Automatic))
}

#[test]
fn groups_add_up_and_open_what_they_count() -> Result<()> {
    for installation in Installation::each()? {
        installation.switch_all(Mode::Automatic)?;
        history::live_for(&installation, 21, 14, 600, "2026-11-20T17:00:00+01:00")?;
        let engine = &installation.engine;
        let (from, before) = (at("2026-11-01T00:00:00+01:00")?, at("2026-12-01T00:00:00+01:00")?);
        let all = figures(&installation, None)?;
        let sum = |shares: &mut dyn Iterator<Item = Share>| {
            shares.fold((0, 0), |(kept, of), share| (kept + share.count, of + share.of))
        };
        let whole = (all.kept.count, all.kept.of);
        let kind = installation.kind();
        assert!(all.kept.of >= 10, "{kind}: {all:?}");
        assert_eq!(sum(&mut all.by_kind.iter().map(|group| group.1)), whole, "{kind}: by kind");
        assert_eq!(sum(&mut all.by_giver.iter().map(|group| group.1)), whole, "{kind}: by giver");
        assert_eq!(sum(&mut all.by_owner.iter().map(|group| group.1)), whole, "{kind}: by owner");
        assert_eq!(sum(&mut all.by_week.iter().map(|group| group.1)), whole, "{kind}: by week");
        assert_eq!(sum(&mut all.by_month.iter().map(|group| group.1)), whole, "{kind}: by month");
        let filter = || PromiseFilter {
            first_due_from: Some(from),
            first_due_before: Some(before),
            figure: Some("decided".to_owned()),
            ..PromiseFilter::default()
        };
        for (giver, share) in &all.by_giver {
            let listed = engine.promises(&PromiseFilter { giver: Some(giver.clone()), ..filter() })?.total;
            assert_eq!(listed, share.of, "{kind}: {giver}");
        }
        for (owner, share) in &all.by_owner {
            let listed = engine.promises(&PromiseFilter { owner: Some(owner.clone()), ..filter() })?.total;
            assert_eq!(listed, share.of, "{kind}: {owner}");
        }
        for (figure, count) in [("withdrawn", all.withdrawn.count), ("released", all.released), ("decided", all.kept.of)] {
            let listed = engine.promises(&PromiseFilter { figure: Some(figure.to_owned()), ..filter() })?.total;
            assert_eq!(listed, count, "{kind}: {figure}");
        }
    }
    Ok(())
}

/// Some of the past is counted before it goes on, some by the thread that learns, and what is late to come comes late.
#[test]
fn the_counts_at_hand_are_what_a_count_would_give() -> Result<()> {
    for seed in 31..=33 {
        // One past on every kind of database, the others on the embedded one.
        let installations = if seed == 31 { Installation::each()? } else { vec![Installation::sqlite()?] };
        for installation in installations {
            installation.switch_all(Mode::Automatic)?;
            agree(&installation, "before anything")?;
            for half_day in 6..30 {
                let until = format!("2026-11-{:02}T{:02}:30:00+01:00", half_day / 2, 9 + half_day % 2 * 7);
                history::live_for(&installation, seed, 10, 600, &until)?;
                agree(&installation, &until)?;
            }
            // What reads the ledger anyway shows it to the counts; then time alone passes.
            installation.engine.learn()?;
            agree(&installation, "learned")?;
            installation.live_until("2026-11-20T17:00:00+01:00")?;
            installation.engine.count_figures()?;
            agree(&installation, "the end")?;
            // When all is decided a parcel of another carrier comes to light: its name stands first.
            let carriers = |figures: &Figures| figures.by_carrier.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            assert_eq!(carriers(&figures(&installation, None)?), ["laposte"]);
            for order in ["70000", "70001", "70002"] {
                installation.tell(json!({
                    "kind": "parcel.announced", "order_number": order, "carrier": "dhl", "tracking_number": format!("D{order}"), "at": "2026-11-20T17:00:00+01:00"
                }))?;
            }
            assert_eq!(carriers(&figures(&installation, None)?), ["dhl", "laposte"], "{}", installation.kind());
            agree(&installation, "another carrier")?;
            installation.engine.rebuild(|_| {})?;
            agree(&installation, "rebuilt")?;
        }
    }
    Ok(())
}

/// Two nodes on one database: what the other one records is counted here.
#[test]
fn what_another_process_recorded_is_counted() -> Result<()> {
    for installation in Installation::each()? {
        history::live_for(&installation, 41, 6, 600, "2026-11-08T09:00:00+01:00")?;
        let other = crate::kernel::second(&installation)?;
        assert_eq!(other.figures(0, i64::MAX / 4, None)?, installation.engine.figures(0, i64::MAX / 4, None)?);
        history::live_for(&installation, 42, 12, 600, "2026-11-12T09:00:00+01:00")?;
        let (here, there) = (installation.engine.figures(0, i64::MAX / 4, None)?, other.figures(0, i64::MAX / 4, None)?);
        assert!(here.due > 6, "{here:?}");
        assert_eq!(there, here, "{}", installation.kind());
    }
    Ok(())
}
