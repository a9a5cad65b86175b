//! Several writers on one database.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use kept_base::Position;
use kept_domain::Body;
use kept_domain::apply::Effect;
use kept_domain::house::{PlaybookSwitched, UnmappedSeen};
use kept_domain::message::Mode;
use kept_engine::Engine;
use kept_engine::ports::Outbound;
use kept_store::StoreError;
use kept_testkit::{Installation, Mailbox, at};
use serde_json::Value;

use super::{announced, assert_sound, facts, input, order, ordered, record, rows, scanned_with_promise, second};

const PARCELS: usize = 6;
const STEPS: usize = 10;
const DUE: &str = "2026-11-05T18:00:00+01:00";

/// Each writer tells scans that only it knows and scans that all know, of the same parcels in another order.
fn batch(writer: usize, step: usize) -> Vec<Value> {
    let mut news = Vec::new();
    for place in 0..PARCELS {
        let parcel = (place * (1 + writer % 2) + step + writer) % PARCELS;
        let (tracking, number) = (format!("6A0000000000{parcel}"), format!("20{parcel}"));
        let own = format!("2026-11-02T{:02}:{:02}:{:02}+01:00", writer + 1, step, parcel);
        let shared = format!("2026-11-02T08:{step:02}:{parcel:02}+01:00");
        news.push(scanned_with_promise(&tracking, &number, &own, DUE));
        news.push(scanned_with_promise(&tracking, &number, &shared, DUE));
    }
    news
}

#[test]
fn writers_at_once_on_the_same_parcels_lose_nothing_and_count_nothing_twice() -> Result<()> {
    for installation in Installation::each()? {
        let kind = installation.kind();
        let engines = [installation.engine.clone(), second(&installation)?];
        let recorded: Vec<Result<(u32, u32)>> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|writer| {
                    let engine = engines[writer % 2].clone();
                    scope.spawn(move || {
                        let (mut accepted, mut duplicates) = (0, 0);
                        for step in 0..STEPS {
                            let recorded = record(&engine, batch(writer, step))?;
                            assert_eq!(recorded.rejected, Vec::new());
                            accepted += recorded.accepted;
                            duplicates += recorded.duplicates;
                        }
                        anyhow::Ok((accepted, duplicates))
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().expect("a writer").context(kind)).collect()
        });
        let recorded = recorded.into_iter().collect::<Result<Vec<_>>>()?;
        let told: HashSet<String> = (0..4)
            .flat_map(|writer| (0..STEPS).flat_map(move |step| batch(writer, step)))
            .map(|news| format!("{} {}", news["tracking_number"], news["at"]))
            .collect();
        let accepted: usize = recorded.iter().map(|(accepted, _)| *accepted as usize).sum();
        let duplicates: usize = recorded.iter().map(|(_, duplicates)| *duplicates as usize).sum();
        assert_eq!(accepted, told.len(), "{kind}: each scan is taken once, whoever tells it");
        assert_eq!(accepted + duplicates, 4 * STEPS * PARCELS * 2, "{kind}: everything was answered");

        let mut scans: HashMap<i64, usize> = HashMap::new();
        let (mut parcels, mut promises) = (0, 0);
        for fact in facts(&engines[0])? {
            match &fact.body {
                Body::ParcelScanned(scan) => *scans.entry(scan.parcel.get()).or_default() += 1,
                Body::ParcelAnnounced(_) => parcels += 1,
                Body::PromiseMade(_) => promises += 1,
                _ => {}
            }
        }
        assert_eq!((parcels, promises), (PARCELS, PARCELS), "{kind}: whoever is first makes the subject, and nobody again");
        assert_eq!(scans.values().sum::<usize>(), told.len(), "{kind}");
        for number in 0..PARCELS {
            let (_, order) = order(&engines[0], &format!("20{number}"))?;
            assert_eq!(order.parcels.len(), 1, "{kind}");
            let parcel = super::parcel(&engines[0], order.parcels[0])?;
            assert_eq!(parcel.scans.len(), scans[&order.parcels[0].get()], "{kind}: the row holds every scan of the ledger");
        }
        assert_sound(&engines[1], kind)?;
    }
    Ok(())
}

#[test]
fn news_time_decisions_and_sending_on_two_nodes_at_once() -> Result<()> {
    const ORDERS: usize = 8;
    for installation in Installation::each()? {
        let kind = installation.kind();
        installation.switch_all(Mode::Automatic)?;
        let engines = [installation.engine.clone(), second(&installation)?];
        let mailboxes = [Arc::clone(&installation.mail), Arc::new(Mailbox::default())];
        engines[1].set_outbound(Arc::clone(&mailboxes[1]) as Arc<dyn Outbound>);
        let tracking = |number: usize| format!("6B0000000000{number}");
        for number in 0..ORDERS {
            record(&engines[0], vec![ordered(&format!("30{number}")), announced(&format!("30{number}"), &tracking(number))])?;
        }
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| -> Result<()> {
            let nodes: Vec<_> = engines
                .iter()
                .map(|engine| {
                    let (engine, stop) = (engine.clone(), &stop);
                    scope.spawn(move || -> Result<()> {
                        while !stop.load(Ordering::SeqCst) {
                            engine.watch()?;
                            engine.decide()?;
                            engine.send()?;
                        }
                        Ok(())
                    })
                })
                .collect();
            let told = (|| -> Result<()> {
                for hour in 0..20 {
                    // Five hours at a time: reached, at risk, silent and late fall among the scans.
                    let now = at("2026-11-02T10:00:00+01:00")? + hour * 5 * 3_600_000;
                    installation.engine.clock().set(now);
                    let moment = kept_base::from_millis(now).expect("a moment").to_string();
                    for number in 0..ORDERS {
                        // One never arrives: however slow the nodes are, somebody has to be told of it.
                        let milestone = if hour == 19 && number > 0 { "delivered" } else { "in_network" };
                        let engine: &Engine = &engines[number % 2];
                        if (hour as usize + number) % 3 != 1 || hour == 19 {
                            record(engine, vec![super::scanned(&tracking(number), &moment, milestone)])?;
                        }
                    }
                }
                Ok(())
            })();
            stop.store(true, Ordering::SeqCst);
            for node in nodes {
                node.join().expect("a node")?;
            }
            told
        })?;
        installation.settle()?;

        let mut fired = HashSet::new();
        for fact in facts(&engines[0])? {
            if let Body::SignalRaised(signal) = &fact.body {
                assert!(
                    fired.insert((signal.promise, signal.signal_kind, signal.armed_by, signal.reason.clone())),
                    "{kind}: {signal:?} fired twice"
                );
            }
        }
        assert!(fired.len() >= 2 * ORDERS, "{kind}: at risk and late were noticed of each order: {}", fired.len());
        let letters: Vec<String> =
            mailboxes.iter().flat_map(|mailbox| mailbox.letters()).map(|letter| letter.message_id).collect();
        let different: HashSet<&String> = letters.iter().collect();
        assert!(!letters.is_empty(), "{kind}: somebody was told");
        assert_eq!(different.len(), letters.len(), "{kind}: no letter left twice");
        assert_eq!(super::count(&engines[0], "select count(*) from outbox")?, 0, "{kind}: nothing waits to leave");
        assert_eq!(super::count(&engines[0], "select count(*) from signal")?, 0, "{kind}: every signal was decided");
        assert_sound(&engines[0], kind)?;
    }
    Ok(())
}

#[test]
fn a_rebuild_among_writers_loses_nothing() -> Result<()> {
    for installation in Installation::each()? {
        let kind = installation.kind();
        let engines = [installation.engine.clone(), second(&installation)?];
        record(&engines[0], batch(0, 0))?;
        std::thread::scope(|scope| -> Result<()> {
            let writers: Vec<_> = (1..4)
                .map(|writer| {
                    let engine = engines[writer % 2].clone();
                    scope.spawn(move || -> Result<()> {
                        for step in 0..STEPS {
                            record(&engine, batch(writer, step))?;
                        }
                        Ok(())
                    })
                })
                .collect();
            for _ in 0..4 {
                engines[0].rebuild(|_| {}).context(kind)?;
            }
            for writer in writers {
                writer.join().expect("a writer").context(kind)?;
            }
            Ok(())
        })?;
        assert_sound(&engines[0], kind)?;
    }
    Ok(())
}

#[test]
fn words_of_a_code_that_two_nodes_count_at_once_are_the_same_after_a_rebuild() -> Result<()> {
    for installation in Installation::each()? {
        let kind = installation.kind();
        let engines = [installation.engine.clone(), second(&installation)?];
        std::thread::scope(|scope| -> Result<()> {
            let writers: Vec<_> = (0..4)
                .map(|writer| {
                    let engine = engines[writer % 2].clone();
                    scope.spawn(move || -> Result<()> {
                        for step in 0..20 {
                            let mut news = super::scanned(
                                &format!("6C{writer:011}"),
                                &format!("2026-11-02T0{writer}:{step:02}:00+01:00"),
                                "unknown",
                            );
                            news["code"] = "XYZ9".into();
                            news["text"] = format!("words {writer} {step}").into();
                            engine.record(vec![input(news)?], kept_engine::RecordOptions::default())?;
                        }
                        Ok(())
                    })
                })
                .collect();
            for writer in writers {
                writer.join().expect("a writer").context(kind)?;
            }
            Ok(())
        })?;
        assert_eq!(super::count(&engines[0], "select seen from unmapped where code = 'XYZ9'")?, 80, "{kind}");
        assert_sound(&engines[0], kind)?;
    }
    Ok(())
}

/// What is counted beside the subjects has no subject's lock to order it: a writer that drew its number first may commit last.
#[test]
fn small_tables_do_not_depend_on_who_commits_last() -> Result<()> {
    let unmapped = |words: &str| {
        Effect::Unmapped(UnmappedSeen {
            source: "test".to_owned(),
            what: "code".to_owned(),
            code: "XYZ9".to_owned(),
            text: words.to_owned(),
        })
    };
    let switched =
        |mode: Mode| Effect::Switched(PlaybookSwitched { playbook: "tell-late".to_owned(), mode, by: "test".to_owned() });
    let (earlier, later) = (Position::new(7, 0), Position::new(8, 0));
    let mut each = Installation::each()?;
    each.extend(Installation::each()?);
    let mut counted: HashMap<&str, Vec<Vec<String>>> = HashMap::new();
    for (number, installation) in each.iter().enumerate() {
        let kind = installation.kind();
        let mut connection = installation.engine.database().connect()?;
        let in_order = number < each.len() / 2;
        let mut news = [(earlier, unmapped("older")), (later, unmapped("newer"))];
        if !in_order {
            news.reverse();
        }
        for (position, effect) in news {
            connection.begin_write()?;
            connection.carry_out(kept_engine::BRAND, position, 1000, &effect, true)?;
            connection.commit()?;
        }
        counted.entry(kind).or_default().push(rows(&installation.engine)?);

        connection.begin_write()?;
        connection.carry_out(kept_engine::BRAND, later, 1000, &switched(Mode::Approve), true)?;
        connection.commit()?;
        connection.begin_write()?;
        let overtaken = connection.carry_out(kept_engine::BRAND, earlier, 1000, &switched(Mode::Off), true);
        connection.rollback()?;
        // On the embedded database there is one writer, and numbers are drawn as it goes.
        assert_eq!(matches!(overtaken, Err(StoreError::Retry(_))), kind == "postgres", "{kind}: {overtaken:?}");
    }
    for (kind, counted) in counted {
        assert_eq!(counted[0], counted[1], "{kind}");
    }
    Ok(())
}

#[test]
fn switches_that_two_nodes_turn_at_once_are_the_same_after_a_rebuild() -> Result<()> {
    for installation in Installation::each()? {
        let engines = [installation.engine.clone(), second(&installation)?];
        let playbook = installation.engine.playbooks()?.first().map(|playbook| playbook.name.clone()).unwrap_or_default();
        std::thread::scope(|scope| -> Result<()> {
            let people: Vec<_> = [Mode::Automatic, Mode::Approve, Mode::Shadow, Mode::Off]
                .into_iter()
                .enumerate()
                .map(|(person, mode)| {
                    let (engine, playbook) = (engines[person % 2].clone(), &playbook);
                    scope.spawn(move || -> Result<()> {
                        for _ in 0..25 {
                            engine.switch_playbook(playbook, mode, "test")?;
                        }
                        Ok(())
                    })
                })
                .collect();
            for person in people {
                person.join().expect("a person")?;
            }
            Ok(())
        })?;
        assert_sound(&installation.engine, installation.kind())?;
    }
    Ok(())
}
