//! Lists by all that they can be narrowed to, against a look at everything: whatever index a database takes, the same rows come.

use anyhow::{Context, Result};
use kept_base::PromiseId;
use kept_domain::message::Mode;
use kept_domain::promise::PromiseState;
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_engine::views::{ParcelFilter, ParcelLine, PromiseFilter, PromiseLine};
use kept_testkit::{Installation, at};

use crate::trial::history;

const FIGURES: [&str; 16] = [
    "kept",
    "kept_late",
    "broken",
    "late_open",
    "open",
    "withdrawn",
    "released",
    "decided",
    "amended",
    "disputed",
    "told_first",
    "chased",
    "needless",
    "by_hand",
    "own_hand",
    "all",
];

fn promises(installation: &Installation, filter: &PromiseFilter) -> Result<Vec<PromiseLine>> {
    let page = installation.engine.promises(&PromiseFilter { limit: Some(500), ..filter.clone() })?;
    assert_eq!(page.total, page.rows.len() as u64, "{filter:?}");
    // Page by page the same rows come in the same order.
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let page = installation.engine.promises(&PromiseFilter { limit: Some(7), after, ..filter.clone() })?;
        paged.extend(page.rows);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let ids = |lines: &[PromiseLine]| lines.iter().map(|line| line.promise.id).collect::<Vec<_>>();
    assert_eq!(ids(&paged), ids(&page.rows), "{}: {filter:?}", installation.kind());
    Ok(page.rows)
}

#[test]
fn promises_are_narrowed_to_what_was_asked_for() -> Result<()> {
    for installation in Installation::each()? {
        installation.switch_all(Mode::Automatic)?;
        history::live_for(&installation, 61, 24, 600, "2026-11-12T17:00:00+01:00")?;
        let all = promises(&installation, &PromiseFilter::default())?;
        assert!(all.len() >= 20, "a past with something in it");
        let one = all.first().context("a promise")?.promise.id;
        installation.engine.assign_promise(one, "Paul", "Paul")?;
        let all = promises(&installation, &PromiseFilter::default())?;
        let states = PromiseState::ALL.into_iter().map(Some).chain([None]);
        let mut found = 0;
        for state in states {
            for kind in [None, Some("delivery"), Some("refund"), Some("nothing")] {
                for owner in [None, Some("Paul"), Some("nobody")] {
                    for (open_only, due_before) in [(false, None), (true, None), (true, Some(installation.engine.now()))] {
                        let filter = PromiseFilter {
                            state,
                            kind: kind.map(str::to_owned),
                            owner: owner.map(str::to_owned),
                            open_only,
                            due_before,
                            ..PromiseFilter::default()
                        };
                        let matches = |line: &&PromiseLine| {
                            let promise = &line.promise;
                            let due = promise.due.as_ref().map(|due| kept_base::millis(due.at));
                            state.is_none_or(|state| promise.state == state)
                                && kind.is_none_or(|kind| promise.kind == kind)
                                && owner.is_none_or(|owner| promise.owner == owner)
                                && (!open_only || promise.state.is_open())
                                && due_before.is_none_or(|before| due.is_some_and(|due| due < before))
                        };
                        let mut expected: Vec<PromiseId> = all.iter().filter(matches).map(|line| line.promise.id).collect();
                        let listed = promises(&installation, &filter)?;
                        if filter.is_by_due() {
                            let dues =
                                |line: &PromiseLine| line.promise.due.as_ref().map_or(i64::MAX, |due| kept_base::millis(due.at));
                            assert!(listed.is_sorted_by_key(dues), "{filter:?}");
                        }
                        let mut listed: Vec<PromiseId> = listed.iter().map(|line| line.promise.id).collect();
                        found += listed.len();
                        expected.sort_unstable();
                        listed.sort_unstable();
                        assert_eq!(listed, expected, "{}: {filter:?}", installation.kind());
                    }
                }
            }
        }
        assert!(found > 100, "filters that find something: {found}");
    }
    Ok(())
}

/// What lies under a figure is read from the counts, or, narrowed to a state, from rows: both say the same.
#[test]
fn what_lies_under_a_figure_is_the_same_by_counts_and_by_rows() -> Result<()> {
    for installation in Installation::each()? {
        installation.switch_all(Mode::Automatic)?;
        history::live_for(&installation, 62, 24, 600, "2026-11-12T17:00:00+01:00")?;
        let (from, before) = (at("2026-11-05T12:00:00+01:00")?, at("2026-11-12T00:00:00+01:00")?);
        let mut found = 0;
        for figure in FIGURES {
            for (kind, giver) in [(None, None), (Some("delivery"), None), (None, Some("shop")), (Some("refund"), None)] {
                let filter = PromiseFilter {
                    figure: Some(figure.to_owned()),
                    first_due_from: Some(from),
                    first_due_before: Some(before),
                    kind: kind.map(str::to_owned),
                    giver: giver.map(str::to_owned),
                    ..PromiseFilter::default()
                };
                let mut counted: Vec<PromiseId> = promises(&installation, &filter)?.iter().map(|line| line.promise.id).collect();
                let mut by_rows = Vec::new();
                for state in PromiseState::ALL {
                    let narrowed = PromiseFilter { state: Some(state), ..filter.clone() };
                    by_rows.extend(promises(&installation, &narrowed)?.iter().map(|line| line.promise.id));
                }
                counted.sort_unstable();
                by_rows.sort_unstable();
                found += counted.len();
                assert_eq!(counted, by_rows, "{}: {filter:?}", installation.kind());
            }
        }
        assert!(found > 100, "figures with something under them: {found}");
    }
    Ok(())
}

#[test]
fn parcels_are_narrowed_to_what_was_asked_for() -> Result<()> {
    for installation in Installation::each()? {
        installation.switch_all(Mode::Automatic)?;
        history::live_for(&installation, 63, 24, 600, "2026-11-10T17:00:00+01:00")?;
        let listed = |filter: &ParcelFilter| -> Result<Vec<ParcelLine>> {
            let page = installation.engine.parcels(&ParcelFilter { limit: Some(500), ..filter.clone() })?;
            assert_eq!(page.total, page.rows.len() as u64, "{filter:?}");
            Ok(page.rows)
        };
        let all = listed(&ParcelFilter::default())?;
        let mut found = 0;
        for milestone in Milestone::ALL.into_iter().map(Some).chain([None]) {
            for (exception, in_trouble) in [(None, false), (None, true), (Some(ExceptionKind::AttemptFailedAbsent), false)] {
                for carrier in [None, Some("laposte"), Some("nobody")] {
                    for open_only in [false, true] {
                        let filter = ParcelFilter {
                            milestone,
                            exception,
                            in_trouble,
                            carrier: carrier.map(str::to_owned),
                            open_only,
                            ..ParcelFilter::default()
                        };
                        let matches = |line: &&ParcelLine| {
                            let parcel = &line.parcel;
                            let worst = parcel.open_exceptions().map(|exception| exception.kind).max_by_key(|kind| kind.weight());
                            milestone.is_none_or(|milestone| parcel.milestone == milestone)
                                && exception.is_none_or(|exception| worst == Some(exception))
                                && (!in_trouble || worst.is_some())
                                && carrier.is_none_or(|carrier| parcel.carrier == carrier)
                                && (!open_only || !parcel.milestone.is_final())
                        };
                        let ids = |lines: Vec<&ParcelLine>| lines.into_iter().map(|line| line.parcel.id).collect::<Vec<_>>();
                        let rows = listed(&filter)?;
                        found += rows.len();
                        let expected = ids(all.iter().filter(matches).collect());
                        assert_eq!(ids(rows.iter().collect()), expected, "{}: {filter:?}", installation.kind());
                    }
                }
            }
        }
        assert!(found > 100, "filters that find something: {found}");
    }
    Ok(())
}
