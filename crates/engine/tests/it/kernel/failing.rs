//! What fails half-way leaves nothing, and takes nothing else with it.

use std::sync::Barrier;

use anyhow::Result;
use kept_domain::Body;
use kept_engine::{EngineError, RecordOptions, Recorded};
use kept_testkit::Installation;

use super::{
    administer, announced, assert_sound, count, facts, input, order, ordered, record, rows, scanned, scanned_with_promise,
};

/// From now on every commit that writes facts fails at its last statement, after subjects, names and sealed content were written.
fn break_ledger(installation: &Installation) -> Result<()> {
    let sql = if installation.kind() == "sqlite" {
        "create trigger injected before insert on block begin select raise(abort, 'injected'); end"
    } else {
        "create function injected() returns trigger language plpgsql as $$ begin raise exception 'injected'; end $$;
         create trigger injected before insert on block for each row execute function injected()"
    };
    administer(&installation.engine, sql)
}

fn mend_ledger(installation: &Installation) -> Result<()> {
    let sql = if installation.kind() == "sqlite" {
        "drop trigger injected"
    } else {
        "drop trigger injected on block; drop function injected()"
    };
    administer(&installation.engine, sql)
}

#[test]
fn a_transaction_that_fails_at_its_end_leaves_nothing() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        record(engine, vec![ordered("5001"), announced("5001", "6E00000000001")])?;
        let kept = |what: &str| -> Result<_> {
            let personal = count(engine, "select count(*) from sealed")? + count(engine, "select count(*) from sealed_about")?;
            let names = count(engine, "select count(*) from person_key")? + count(engine, "select count(*) from request_key")?;
            Ok((facts(engine)?, rows(engine)?, personal, names, what.len()))
        };
        let before = kept("same")?;
        let news = [
            ordered("5002"),
            announced("5002", "6E00000000002"),
            scanned("6E00000000001", "2026-11-03T09:00:00+01:00", "in_network"),
        ];
        let inputs: Vec<_> = news.iter().cloned().map(input).collect::<Result<_>>()?;
        let options = RecordOptions { request_key: Some(("key-1".to_owned(), [7; 32])), ..RecordOptions::default() };
        break_ledger(&installation)?;
        let failed = engine.record(inputs.clone(), options.clone());
        assert!(matches!(failed, Err(EngineError::Unavailable(_))), "{kind}: {failed:?}");
        assert!(
            matches!(engine.watch_at(kept_testkit::at("2026-11-09T09:00:00+01:00")?), Err(EngineError::Unavailable(_))),
            "{kind}"
        );
        assert!(kept("same")? == before, "{kind}: nothing of it is there, in no table");
        mend_ledger(&installation)?;
        let recorded = engine.record(inputs, options)?;
        assert_eq!((recorded.accepted, recorded.duplicates, recorded.repeated), (3, 0, false), "{kind}: sent again it is new");
        assert_eq!(order(engine, "5001")?.1.parcels.len(), 1, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn news_found_wrong_after_some_of_its_facts_leaves_none_of_them() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        // The due is found to be absurd only after order, parcel and promise were written.
        let absurd = scanned_with_promise("6E00000000009", "5009", "2026-11-02T08:00:00+01:00", "2096-11-05T18:00:00+01:00");
        let good = scanned_with_promise("6E00000000008", "5008", "2026-11-02T08:00:00+01:00", "2026-11-05T18:00:00+01:00");
        let recorded = record(engine, vec![absurd, good])?;
        assert_eq!((recorded.accepted, recorded.rejected.len()), (1, 1), "{kind}: {recorded:?}");
        assert_eq!(recorded.rejected[0].0, 0, "{kind}");
        assert!(engine.find("5009")?.is_none() && engine.find("6E00000000009")?.is_none(), "{kind}: no trace of the wrong one");
        let made = facts(engine)?.iter().filter(|fact| matches!(fact.body, Body::PromiseMade(_))).count();
        assert_eq!(made, 1, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn one_bad_write_among_many_gets_its_error_and_the_others_are_stored() -> Result<()> {
    const WRITES: usize = 24;
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        // Whoever holds the ledger keeps the writers waiting: what is sent meanwhile is committed as groups.
        let mut holding = engine.database().connect()?;
        holding.begin()?;
        holding.lock_ledger()?;
        let start = Barrier::new(WRITES + 1);
        let answers: Vec<Result<Recorded, EngineError>> = std::thread::scope(|scope| -> Result<_> {
            let writes: Vec<_> = (0..WRITES)
                .map(|number| {
                    let start = &start;
                    scope.spawn(move || {
                        let news = match number {
                            5 => scanned_with_promise(
                                "6E00000000055",
                                "5055",
                                "2026-11-02T08:00:00+01:00",
                                "2096-11-05T18:00:00+01:00",
                            ),
                            _ => ordered(&format!("51{number:02}")),
                        };
                        // The third and the fourth use one key for two bodies.
                        let request_key =
                            (3..=4).contains(&number).then(|| ("one-key".to_owned(), [u8::try_from(number).expect("small"); 32]));
                        let inputs = vec![input(news).expect("an input")];
                        start.wait();
                        engine.record(inputs, RecordOptions { request_key, ..RecordOptions::default() })
                    })
                })
                .collect();
            start.wait();
            (0..10_000).for_each(|_| std::thread::yield_now());
            holding.rollback()?;
            Ok(writes.into_iter().map(|write| write.join().expect("a write")).collect())
        })?;
        let reused = answers.iter().filter(|answer| matches!(answer, Err(EngineError::KeyReused))).count();
        assert_eq!(reused, 1, "{kind}: one of the two bodies under one key is refused: {answers:?}");
        for (number, answer) in answers.iter().enumerate() {
            match (number, answer) {
                (5, Ok(recorded)) => assert_eq!((recorded.accepted, recorded.rejected.len()), (0, 1), "{kind}"),
                (_, Ok(recorded)) => {
                    assert_eq!(recorded.accepted, 1, "{kind}, {number}");
                    assert!(engine.find(&format!("51{number:02}"))?.is_some(), "{kind}: order {number} is stored");
                }
                (3 | 4, Err(EngineError::KeyReused)) => {
                    assert!(engine.find(&format!("51{number:02}"))?.is_none(), "{kind}: the refused one is not stored")
                }
                (_, Err(error)) => panic!("{kind}: write {number}: {error}"),
            }
        }
        assert_sound(engine, kind)?;
    }
    Ok(())
}
